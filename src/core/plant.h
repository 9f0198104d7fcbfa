/*
 * plant: what the configuration says there is: site, areas, lines, units (ISA-95), their tags, and which topics feed them.
 *
 * Built once by the configuration reader, immutable and shared afterwards; a reload makes a new one. The plant owns every
 * string and array in it. Nodes stand in depth-first order, so a subtree is the range [i, node[i].end), and a node's own
 * tags are contiguous. Everything that repeats for forty equal machines (struct tag_def) exists once.
 *
 *     for (uint32_t n = 0; n < plant->node_count; n++)
 *         if (plant->nodes[n].level == LEVEL_LINE) ...
 */
#ifndef ANDON_CORE_PLANT_H
#define ANDON_CORE_PLANT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/alarm_def.h"
#include "core/bounds.h"
#include "core/calendar.h"
#include "core/call.h"
#include "core/energy.h"
#include "core/due.h"
#include "core/envelope.h"
#include "core/panel.h"
#include "core/period.h"
#include "core/state.h"
#include "core/stop.h"
#include "core/zone.h"

/* Not enumerators: those are of type int. */
#define NO_NODE UINT32_MAX
#define NO_TAG UINT32_MAX
enum { ANY_BROKER = UINT16_MAX, KEY_BYTES = 256, DECIMALS_AUTO = 255 };

enum level { LEVEL_SITE, LEVEL_AREA, LEVEL_LINE, LEVEL_UNIT };

enum tag_kind { KIND_VALUE, KIND_STATE, KIND_COUNTER, KIND_POWER, KIND_REGISTER, KIND_TEXT, KIND_BOOL,
    KIND_SETPOINT, KIND_LIMIT, /* numbers that somebody sets: every change is an event */
    KIND_RECIPE,               /* the like in words or a number */
    KIND_COUNT };

struct value_form; /* core/value_form.h */

/* What a tag is to its unit or line. By default a tag whose name is a role's name has that role. */
enum tag_role {
    ROLE_NONE,
    ROLE_STATE,   /* the state (kind state) */
    ROLE_GOOD,    /* counter of good pieces */
    ROLE_REJECT,  /* counter of rejected pieces */
    ROLE_CYCLE,   /* last cycle time, seconds */
    ROLE_SPEED,   /* present speed, in the unit of the tag */
    ROLE_REASON,  /* text: why the state is what it is */
    ROLE_ORDER, ROLE_PRODUCT, ROLE_CREW,
    ROLE_TOTAL,      /* counter of all pieces; with good, rejected is what is missing, with reject good is */
    ROLE_REWORK,     /* counter of pieces to be reworked */
    ROLE_FIRST_PASS, /* counter of pieces that were good at the first attempt */
    ROLE_INSPECTED,  /* counter of pieces that were inspected */
    ROLE_MODE,       /* PackML UnitModeCurrent: running in another mode than production (1) is not production */
    ROLE_PLAN,       /* pieces that the present order wants */
    ROLE_ORDERED,    /* pieces of the present order made so far, where the machine counts them itself */
    ROLE_BUFFER,     /* pieces that wait before this unit */
    ROLE_DEFECT,     /* text: each message of it is one defect */
    ROLE_AVAILABILITY, /* bool: whether the publisher of all tags here and below lives; never by a tag's name */
    ROLE_COUNT
};

enum count_mode { COUNT_TOTAL, COUNT_INCREMENT /* since the last message */, COUNT_PULSE /* a rising edge is one */ };
enum payload_format { FORMAT_AUTO, FORMAT_TEXT, FORMAT_JSON, FORMAT_CSV };

struct tag_def {
    const char *name, *title, *alias, *description, *unit; /* title falls back to name; the others are "" */
    const char *was;         /* the old path after a rename, or NULL */
    enum tag_kind kind;
    enum tag_role role;
    bool told;               /* by the fold itself, reckoned from a meter: no topic feeds it */
    bool has_range, has_normal, key;  /* key: shown on the overview beside the state (utilities) */
    double range[2], normal[2]; /* in the tag's unit */
    uint8_t decimals;        /* DECIMALS_AUTO: as the values come */
    double scale, offset;    /* shown = raw * scale + offset */
    double modulus;          /* of a counter or register; 0: none */
    enum count_mode count;   /* of a counter: what its messages hold */
    double pieces;           /* of a counter: pieces for each count (cavities, boards a panel); 0 means 1 */
    int64_t interval_ms;     /* configured cadence; stale after 3 of them; 0: reports by exception */
    uint16_t map;            /* of a state: index into plant->maps */
    const struct value_form *form; /* NULL: as it comes */
    const char **alive, **dead; /* of an availability: values that mean so, beside those of core/availability.h */
    size_t alive_count, dead_count;
};

struct plant_tag {
    uint32_t node;
    uint32_t first_use;      /* in plant->alarm_uses, of the alarms that look at it; UINT32_MAX: none does */
    const struct tag_def *def;
    uint16_t broker;         /* the only one that feeds it; ANY_BROKER: none does, or it may be one of several */
};

/* What tells by a tag whether it lives: all tags of the node and below it come from it, as far as the same broker feeds them. */
#define NO_PUBLISHER UINT32_MAX
struct plant_publisher {
    uint32_t tag, node;
    uint32_t first_tag, end_tag;     /* of the node and below */
};

struct node {
    enum level level;
    uint32_t parent, end;           /* NO_NODE for the site; end: one past its subtree */
    const char *name, *title, *alias, *type; /* title falls back to name; alias and type to "" */
    uint32_t first_tag, tag_count;  /* its own tags */
    uint32_t role_tag[ROLE_COUNT];  /* index of the tag with that role here, or NO_TAG */
    uint32_t constraint;            /* of a line: the node whose state and counts are the line's: itself, its constraint
                                       unit, else the first unit with a state or a counter; NO_NODE: none */
    double ideal_cycle_s;           /* per piece; 0: not configured */
    double stop_after_cycles;       /* state derived from a counter: stopped after so many ideal cycles (default 5) */
    int64_t silent_after_ms;        /* silence of all its tags that makes it dead; 0: never */
    uint16_t calendar;              /* in plant->calendars; 0 while nobody gave one. Inherited */
    double target;                  /* OEE that is wanted, 0..1; 0: none. Inherited, as is all down to setup_standard_ms */
    int64_t minor_stop_ms;          /* shorter unplanned stops are minor ones; preset 120000 */
    int64_t startup_ms;             /* after a set-up: rejects are start-up rejects; preset 0 */
    bool gap_said;                  /* gap_pieces is this node's own */
    bool gap_pieces;                /* pieces counted across a gap: true: they and the gap's time are taken as produced running; false: as unknown */
    int64_t setup_standard_ms;      /* a changeover's standard; 0: none, nothing is beyond it */
    double plan_per_hour;           /* planned pieces of a planned hour; 0: by ideal cycle and target */
    uint32_t publisher;             /* the first of plant->publishers that hangs here, or NO_PUBLISHER */
    uint32_t first_product, product_count; /* in plant->products: ideal cycles by product; of a unit without any, its line's are looked at */
};

struct plant_broker {
    const char *name, *url; /* mqtt:// or mqtts://host[:port] */
    const char *ca, *cert, *key, *user, *password_file, *password_env, *client_id; /* "" when not given */
    const char *server_name;          /* for SNI and the host-name check, when it is not the URL's host */
    bool verify;                      /* check the certificate and its host name; default true */
    uint8_t version;                  /* 5 or 4 (3.1.1) */
    uint8_t qos;
    int64_t session_ms;               /* the broker keeps what comes while nobody listens, so long; 0: nothing. Of QoS 1 and 2 alone */
    uint32_t session_messages;        /* so many of them for one client, not more */
    int64_t keepalive_ms, connect_timeout_ms, backoff_max_ms;
    const char *encoding;             /* of texts in payloads, "" for UTF-8 */
    const char **subscribe;           /* topic filters; default "#" */
    size_t subscribe_count;
};

/* One field of a message and the tag that it feeds. */
struct plant_field {
    const char *path; /* RFC 6901 pointer into the payload; "" is the whole payload */
    uint32_t tag;
};

/* One topic filter, with every {capture} already replaced, and what to read from its messages. */
struct plant_binding {
    const char *topic;               /* may hold + and # */
    uint16_t broker;                 /* index into brokers, or ANY_BROKER */
    enum payload_format format;
    const char *time_path;           /* pointer to the source time, "" for none */
    enum time_format time_format;
    const struct zone *zone;         /* of times that say none; NULL: the site's */
    const char *encoding;            /* "" or NULL: the broker's */
    const struct envelope *envelope; /* of a payload whose items say what they are; NULL: paths lie in the payload itself */
    struct plant_field *fields;
    size_t field_count;
    const uint32_t *by_path;         /* with an envelope: the fields in the order of their paths' bytes */
};

/* A product's ideal cycle on a line or unit. */
struct plant_product { const char *name, *title; double ideal_cycle_s; };

/* A set of tags that is shown together; keys, of which some may not be there. */
enum { PLANT_TREND_TAGS = 8 };
struct plant_trend {
    const char *name;
    const char **tags;
    size_t tag_count;                /* 1 .. PLANT_TREND_TAGS */
};

struct plant {
    const char *site_zone_name;      /* "Asia/Shanghai"; "" is UTC */
    struct zone zone;
    struct node *nodes;
    size_t node_count;               /* at least 1: the site */
    struct plant_tag *tags;
    size_t tag_count;
    struct plant_broker *brokers;
    size_t broker_count;
    struct plant_binding *bindings;
    size_t binding_count;
    struct state_map *maps;          /* maps[0] is the built-in packml */
    size_t map_count;
    struct calendar *calendars;      /* [0]: calendar_always(), used where nobody gave one */
    size_t calendar_count;
    struct plant_product *products;
    size_t product_count;
    struct reason *reasons;          /* depth first; may be none */
    size_t reason_count;
    struct call_kind *call_kinds;
    size_t call_kind_count;
    const char *currency;            /* of prices: "EUR", "" when nobody said */
    struct carrier *carriers;        /* [0]: electricity, kWh; gas, steam, water, compressed air, heat are there too */
    size_t carrier_count;
    struct tariff *tariffs;
    size_t tariff_count;
    struct meter *meters;            /* by node; a parent may stand anywhere, and no meter is below itself */
    size_t meter_count;
    struct demand *demands;
    size_t demand_count;
    struct emission *emissions;
    size_t emission_count;
    struct baseline *baselines;
    size_t baseline_count;
    struct due *dues;                /* what will be due, in the nodes' order */
    size_t due_count;
    struct plant_publisher *publishers; /* by node */
    size_t publisher_count;
    struct plant_trend *trends;
    size_t trend_count;
    struct panel_view *views;        /* of panels; what their patterns name may not be there */
    size_t view_count;
    struct alarm_class *alarm_classes; /* the built-in ones first: process, safety, machine, system */
    size_t alarm_class_count;
    struct alarm_position *positions;  /* at least one */
    size_t position_count;
    const char **first_outs;           /* names of first-out groups */
    size_t first_out_count;
    struct plant_alarm *alarms;        /* those of a node and its tags stand together, nodes in their order */
    size_t alarm_count;
    struct alarm_input *alarm_inputs;
    size_t alarm_input_count;
    struct alarm_use *alarm_uses;      /* an alarm's own tag or node is among what it uses */
    size_t alarm_use_count;
    int64_t clock_error_ms;            /* of the sources' clocks: first-out within it is a tie */
    struct shift_begins shift_begins;
    struct { unsigned chatter_count; int64_t chatter_ms, fleeting_ms; } counting; /* as in core/alarm_metrics.h */
    struct bounds bounds;
    uint64_t id;                     /* hash of the configuration's whole source text */
    void *arena;                     /* owns everything above; see plant_build.h */
};

void plant_destroy(struct plant *plant);

/* The key of a tag, `site[/area[/line[/unit]]]/tag`, or of a node; cut at cap. Returns its length. */
size_t plant_tag_key(const struct plant *plant, uint32_t tag, char *out, size_t cap);
/* The only broker that feeds the tag; ANY_BROKER when there is none, or it may be one of several. */
uint16_t plant_tag_broker(const struct plant *plant, uint32_t tag);
/* The publisher of a tag that hangs nearest, then the next one above it; NO_PUBLISHER at the end. Begin with NO_PUBLISHER. */
uint32_t plant_tag_publisher(const struct plant *plant, uint32_t tag, uint32_t before);
size_t plant_node_path(const struct plant *plant, uint32_t node, char *out, size_t cap);
/* The key of an alarm: its tag's key or its node's path, a point, its name. */
size_t plant_alarm_key(const struct plant *plant, uint32_t alarm, char *out, size_t cap);
/* The first use of something and how many follow, sorted by alarm. Tags: O(1), else a binary search. */
const struct alarm_use *plant_alarm_uses(const struct plant *plant, enum alarm_input_kind kind, uint32_t index, size_t *count);
/* Of a product (its name, without case) on a node: its own, else its line's, else the node's ideal cycle, else the line's; of a line, its
 * constraint's stand in the second place. 0: not known. Seconds. */
double plant_ideal_cycle(const struct plant *plant, uint32_t node, const char *product);
/* A reason's path, "mechanical/jam", "" for NO_REASON; and the reason of a path, NO_REASON when there is none. */
size_t plant_reason_path(const struct plant *plant, uint16_t reason, char *out, size_t cap);
uint16_t plant_reason_by_path(const struct plant *plant, const char *path);
/* The reason that a machine's message proposes: the first whose code fits it, without case. */
uint16_t plant_reason_proposed(const struct plant *plant, const char *message);
/* The key of a meter: its node's path, a slash, its name. */
size_t plant_meter_key(const struct plant *plant, uint32_t meter, char *out, size_t cap);
uint32_t plant_meter_by_key(const struct plant *plant, const char *key); /* NO_METER */
/* The first meter on a node, or on one behind it; meter_count at the end. */
uint32_t plant_meter_from(const struct plant *plant, uint32_t node);
/* The meters whose sum is a node's consumption of a carrier: those of it and all below whose parent is not among them; emissions never. Fills at most `cap`; returns how many there are. */
size_t plant_meters_of(const struct plant *plant, uint32_t node, uint16_t carrier, uint32_t *out, size_t cap);
/* The node of a path; NO_NODE when there is none. Costs the path's levels times their siblings. */
uint32_t plant_node_by_path(const struct plant *plant, const char *path);
/* First child, and the next sibling, of a node; NO_NODE at the end. */
uint32_t plant_first_child(const struct plant *plant, uint32_t node);
uint32_t plant_next_sibling(const struct plant *plant, uint32_t node);
/* The first line from a node on, in the plant's order; NO_NODE at the end. Lines hold no lines, so that the next one is looked for from
 * nodes[line].end on: whatever units there are cost nothing. */
uint32_t plant_line_from(const struct plant *plant, uint32_t node);
/* The area or line that a node lies in (itself included), or NO_NODE. */
uint32_t plant_ancestor(const struct plant *plant, uint32_t node, enum level level);
extern const char *const tag_kind_names[KIND_COUNT];
extern const char *const tag_role_names[ROLE_COUNT];

#endif
