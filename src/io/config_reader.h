/*
 * config_reader: what the files of the configuration edge share, and nobody else. One struct reader lives for one
 * config_build(): it holds the flat text's line map, where problems go, the plant being built and the tables of names.
 *
 * A group of the files becomes a struct fields: each known key that holds a valid value, found by the option table's row.
 * Everything invalid has been reported by then, and reads as its preset.
 */
#ifndef ANDON_IO_CONFIG_READER_H
#define ANDON_IO_CONFIG_READER_H

#include <libconfig.h>

#include "core/hash_index.h"
#include "core/plant_build.h"
#include "io/config.h"
#include "io/config_scan.h"

enum { MOST_KEYS = 64, TEXT_MOST = 1024, NAME_MOST = 64, PATH_MOST = 512, DIAGNOSTICS_KEPT = 1000 };

typedef const config_setting_t setting_t;

/* ---- where things stand ---- */

/* From `flat_line` on, lines are those of `file` from `line` on. */
struct line_span {
    int flat_line, line;
    size_t file;
};

struct flat {
    char *text;
    size_t length, capacity;
    int lines;
    struct line_span *spans;
    size_t span_count, span_capacity;
};

/* Names that must be unique within their owner; remembers where each stands. */
struct name_entry {
    const void *owner;
    const char *name;
    setting_t *where;
    const void *value;
};

struct names {
    struct name_entry *entries;
    size_t count, capacity;
    struct hash_index index;
};

/* The topic that feeds a tag, as far as one place in the files says it. NULL and -1: not said there. */
struct feed {
    setting_t *topic_where, *path_where;
    const char *topic, *path, *time_path, *encoding;
    const struct envelope_kind *kind; /* of a format with a name */
    const struct envelope *select;
    const struct zone *zone;
    setting_t *select_where;
    int format, time_format, broker;
};

/* A tag as a type or a node declares it. */
struct alarm_list; /* config_alarms.h */
struct alarm_seat;
struct energy_list; /* config_meters.h */
struct energy_seat;

struct template {
    setting_t *where;
    bool told;                       /* by the fold: no topic feeds it */
    bool alone;                      /* what its node or type says of topics is not said of it */
    const struct tag_def *def;
    struct feed feed;
    const struct alarm_list *alarms; /* NULL: none */
};

struct templates {
    struct template *rows;
    size_t count, capacity;
};

/* Where somebody tells whether a publisher lives, and how. */
struct availability {
    setting_t *where; /* NULL: nobody does */
    const char *topic, *path;
    const char **alive, **dead;
    size_t alive_count, dead_count;
};

struct type {
    const char *name;
    struct availability availability;
    struct feed feed;
    double ideal_cycle_s, stop_after;
    int64_t silent_after_ms;
    struct templates tags;
    const struct alarm_list *alarms;
    const struct energy_list *energy;
    setting_t *dues;                /* NULL: none */
};

/* A topic with its fields while they are collected; fields are chained newest first. */
struct draft {
    const char *topic, *time_path, *encoding;
    const struct envelope *envelope;
    const struct zone *zone;
    int broker, format, time_format;
    setting_t *where;
    uint32_t last_field, field_count;
};

struct draft_field {
    const char *path;
    uint64_t mask; /* the bits of it that the tag reads; 0: all */
    uint32_t tag, draft, next;
    setting_t *where;
};

struct reader {
    struct bundle *bundle;
    struct diagnostics *diagnostics;
    struct flat flat;
    struct plant_build build;
    struct settings settings;
    struct names said;                  /* diagnostics that were made already, by line and text */
    struct names broker_names, map_names, type_names, node_names, tag_names, trend_names, view_names, class_names, position_names, people_names;
    struct names select_names, zone_names; /* by what they say: equal ones are one */
    struct names calendar_names, reason_names, call_names, carrier_names, tariff_names, meter_names, baseline_names;
    struct type **types;
    size_t type_count, type_capacity;
    struct availability *broker_availabilities; /* by broker */
    size_t broker_availability_count, broker_availability_capacity;
    struct draft *drafts;
    size_t draft_count, draft_capacity;
    struct draft_field *fields;
    size_t field_count, field_capacity;
    struct hash_index draft_index, field_index;
    struct alarm_list **alarm_lists;
    size_t alarm_list_count, alarm_list_capacity;
    struct alarm_seat *seats;           /* the plant's alarms to be, in its order */
    size_t seat_count, seat_capacity;
    struct energy_list **energy_lists;
    size_t energy_list_count, energy_list_capacity;
    struct energy_seat *energy_seats;   /* nodes with meters, in the plant's order */
    size_t energy_seat_count, energy_seat_capacity;
    int64_t shelve_most_ms;
    size_t owners; /* of tag names: nodes that had tags of their own */
    bool full; /* a limit was met and reported: no more nodes and tags */
};

/* ---- config.c: diagnostics ---- */

void diagnostics_add(struct diagnostics *d, enum severity severity, const char *file, size_t order, int line, const char *key,
    const char *text);
void diagnostics_sort(struct diagnostics *d);

/* ---- config_bundle.c ---- */

/* Like config_gather(), but the bundle is filled also when it returns false: what is missing is an empty file. */
bool bundle_gather(const char *path, struct bundle *bundle, struct diagnostics *diagnostics);
/* The index of the file that `name`, included by `from`, stands for; SIZE_MAX when it is not in the bundle. */
size_t bundle_find(const struct bundle *bundle, const char *from, const char *name, size_t length);
/* `name` as seen from the folder of `from`; to free(). */
char *path_beside(const char *from, const char *name, size_t length);
bool broker_url_valid(const char *url, struct error *err);

/* ---- config_csv.c, config_tables.c: tables in files of their own ---- */

/* The option of a key that names a table ("tags_csv"); its choices are the group whose keys the columns are. NULL: it is none. */
const struct option_row *table_row(const char *key, size_t length);
/* Looks on while a text is scanned; zeroed at first. */
struct table_watch { const struct option_row *row; int state; };
/* True at the text that names the file of the table `row`. */
bool table_watch(struct table_watch *watch, const struct scanner *s, enum token token);
/* Appends the file's rows as a list. False: it has errors, which are told. */
bool table_append(struct reader *r, size_t file, const struct option_row *table);
/* Moves the rows of all tables at and below a setting into the lists that they belong to. */
void tables_place(struct reader *r, config_setting_t *s);

/* ---- config_flat.c: one text of all files ---- */

/* Appends lines of a file, the first of which is `line`; the text is made to end with a line end. */
void flat_append(struct flat *flat, size_t file, int line, const char *text, size_t length);

bool flat_make(struct reader *r);
void flat_finish(struct flat *flat);
/* The file and line of a flat line. */
void flat_locate(const struct flat *flat, int flat_line, size_t *file, int *line);

/* ---- config_read.c: reporting, names ---- */

void report_at(struct reader *r, enum severity severity, int flat_line, const char *key, const char *text);
void complain(struct reader *r, setting_t *where, const char *format, ...);
void warn(struct reader *r, setting_t *where, const char *format, ...);
/* "file:line" of a setting. */
const char *place(const struct reader *r, setting_t *where, char out[PATH_MOST]);
/* Adds a name; false, and *earlier, when the owner has it already. `value` is the caller's. */
bool names_add(struct names *names, const void *owner, const char *name, setting_t *where, const void *value,
    const struct name_entry **earlier);
const struct name_entry *names_find(const struct names *names, const void *owner, const char *name);
void names_finish(struct names *names);
/* The name in a set that is nearest to a mistyped one, or NULL when none is near. */
const char *names_nearest(const struct names *names, const void *owner, const char *name);
bool names_near(const char *a, const char *b, size_t *distance);

/* ---- config_check.c: a group against the option table ---- */

struct fields {
    setting_t *group;
    const struct option_row *rows;
    size_t count;
    setting_t *set[MOST_KEYS];
};

/* Checks every member of a group: unknown keys, types, ranges, choices. */
void fields_read(struct reader *r, setting_t *group, const char *name, struct fields *f);
setting_t *field(const struct fields *f, const char *key);
const char *field_text(const struct fields *f, const char *key);  /* "" without one */
double field_number(const struct fields *f, const char *key);     /* the preset without one */
int64_t field_integer(const struct fields *f, const char *key);
bool field_bool(const struct fields *f, const char *key);
int64_t field_duration(const struct fields *f, const char *key);  /* -1 for a word instead of a duration */
int64_t field_size(const struct fields *f, const char *key); /* bytes */
int field_choice(const struct fields *f, const char *key);        /* index of the choice, -1 without one */
bool field_range(const struct fields *f, const char *key, double out[2]);
double setting_number(setting_t *s);
const char *setting_text(setting_t *s); /* "" for anything but a text */
/* Complains when a key is missing that has to be there (and was not complained of already). */
bool field_required(struct reader *r, const struct fields *f, const char *key);
/* Spells a value as it was written, for messages. */
const char *setting_shown(setting_t *s, char out[NAME_MOST + 16]);

/* ---- config_expand.c: ranges in names, captures ---- */

struct name_range {
    size_t before, after; /* lengths around the braces */
    long low, high;       /* low > high: there is no range */
    int width;
};

bool range_of(const char *text, struct name_range *range, struct error *err);
/* The text for one number of the name's range: `{n}` and an equal range are replaced. */
void range_text(const char *text, long number, int width, char *out, size_t cap);
/* Replaces the captures; false and err for one that is not known here. */
bool captures_expand(const struct plant *plant, uint32_t node, const char *tag, const char *text, char *out, size_t cap,
    struct error *err);

/* ---- config_alarms.c, config_alarm_refs.c, config_access.c ---- */

/* The alarms of a type, node or tag (then `tag`, else NULL) on top of those that they change; NULL when there are none. The reader owns it. */
struct alarm_list *read_alarm_list(struct reader *r, const struct fields *f, const struct alarm_list *base, const struct tag_def *tag);
void alarm_list_destroy(struct alarm_list *list);
/* One machine has these alarms; called in the nodes' order. `list` may be NULL. */
void place_alarms(struct reader *r, uint32_t node, uint32_t tag, const struct alarm_list *list);
/* Into the plant, when all nodes and tags are there. */
void add_alarms(struct reader *r);
/* Settings and classes; before the types. */
void read_alarm_settings(struct reader *r, const struct fields *root);
/* The area, line or unit of a path from the site; NO_NODE, told, when there is none. */
uint32_t config_node_of(struct reader *r, setting_t *s);
/* After the plant. */
void read_outputs(struct reader *r, const struct fields *root);
void read_positions(struct reader *r, const struct fields *root);
void read_access(struct reader *r, const struct fields *root);

/* "06:00" as minutes of the day, or -1. */
int minutes_of_day(const char *text);
/* A setting that is a text or a list of texts: its i-th text, and how many there are. */
setting_t *text_at(setting_t *s, int i, int *count);

/* ---- config_calendar.c, config_work.c ---- */

/* Before the plant. */
void read_calendars(struct reader *r, const struct fields *root);
void read_reasons(struct reader *r, const struct fields *root);
void read_calls(struct reader *r, const struct fields *root);
/* A date of a field ("2024-06-12") as yyyymmdd; true also without one, then *out stays. */
bool read_date(struct reader *r, const struct fields *f, const char *key, int32_t *out);
/* A list of words of three letters, or from one to another: a bit for each; all without a list. `what` is told of others. */
unsigned read_words(struct reader *r, setting_t *list, const char *const *words, int count, const char *what);
enum { CONFIG_WEEKDAYS = 7 };
extern const char *const config_weekdays[CONFIG_WEEKDAYS];
/* What a node says of its work, into the node. */
void read_work(struct reader *r, const struct fields *f, struct node *node);
/* The products of a line or unit; the reader's caller frees them. Told once, however many nodes have them. */
struct product_list { struct plant_product *rows; size_t count; };
void read_products(struct reader *r, const struct fields *f, struct product_list *out);

/* ---- config_energy.c, config_meters.c, config_baselines.c ---- */

/* After the calendars; the carriers after the tariffs. */
void read_tariffs(struct reader *r, const struct fields *root);
void read_carriers(struct reader *r, const struct fields *root);
/* Meters, demands and emissions of a type or node on top of those that they change; NULL when there are none. The reader owns it. */
struct energy_list *read_energy_list(struct reader *r, const struct fields *f, const struct energy_list *base);
void energy_list_destroy(struct energy_list *list);
/* Adds the tags that the fold tells of demands and emissions, or makes them of those that are there. */
void tell_tags(struct reader *r, const struct energy_list *list, struct templates *tags);
/* One machine has these meters; called in the nodes' order. `list` may be NULL. */
void place_energy(struct reader *r, uint32_t node, const struct energy_list *list);
/* Into the plant, when all nodes and tags are there. */
void add_energy(struct reader *r);
void read_baselines(struct reader *r, const struct fields *root);

/* ---- config_availability.c ---- */

void read_availability(struct reader *r, const struct fields *f, struct availability *out);
/* Values of the keys alive and dead, into what lives as long as the plant. */
void read_liveness(struct reader *r, const struct fields *f, const char ***alive, size_t *alive_count, const char ***dead, size_t *dead_count);
/* Adds the tags that tell it of a node of this level: by what the node says itself, its type, or the broker (-1: not said) that feeds it. */
void availability_tags(struct reader *r, const struct fields *f, enum level level, const struct type *type, int broker, struct templates *tags);

/* ---- config_due.c ---- */

/* What will be due on the newest node, whose tags are there: of its type, changed by its own. Either may be NULL. */
void read_dues(struct reader *r, uint32_t node, setting_t *of_type, setting_t *own);

/* ---- config_types.c, config_brokers.c, config_plant.c, config_topics.c ---- */

/* False, and a complaint, for an element that is not a group. */
bool is_group(struct reader *r, setting_t *s);
/* Calls `read` for each group of a list. */
void read_each(struct reader *r, const struct fields *f, const char *key, void (*read)(struct reader *r, setting_t *s));
void read_feed(struct reader *r, const struct fields *f, struct feed *out);
/* ---- config_formats.c ---- */

/* What a select, a format and a time_zone say; NULL without one, or (told) when it says nothing that can be used. */
const struct envelope *read_select(struct reader *r, const struct fields *f);
const struct envelope_kind *read_format_kind(const struct fields *f);
const struct zone *read_time_zone(struct reader *r, const struct fields *f);
const char *read_encoding(struct reader *r, const struct fields *f);
/* How a tag's values are written, on top of the form that it changes; NULL: as they come. */
const struct value_form *read_form(struct reader *r, const struct fields *f, const struct value_form *base);
void check_form(struct reader *r, const struct fields *f, const struct tag_def *def);
/* The path of a tag that says none: of the names that the select reads; "" for the whole payload. */
const char *select_path(const struct plant *plant, uint32_t node, const char *tag, const struct envelope *select, char *out, size_t cap);

void read_tag_list(struct reader *r, const struct fields *f, const void *owner, const struct templates *base, struct templates *out);
void read_maps(struct reader *r, const struct fields *root);
void read_types(struct reader *r, const struct fields *root);
void read_brokers(struct reader *r, const struct fields *root);
void read_trends(struct reader *r, const struct fields *root);
void read_views(struct reader *r, const struct fields *root);
/* The like of a list alone. */
void read_view_list(struct reader *r, setting_t *list);
void read_settings(struct reader *r, const struct fields *root);
void read_plant(struct reader *r, const struct fields *root);
/* The type or map or broker that a key names: its entry's value, NULL (and a complaint) when there is none. */
const struct name_entry *field_reference(struct reader *r, const struct fields *f, const char *key, const struct names *names);
/* Claims (broker, topic, path) for a tag; the feeds are asked in this order. False when none names a topic. */
bool claim_topic(struct reader *r, uint32_t tag, setting_t *where, const struct feed *const *feeds, size_t count);
/* The value of a name_entry that is an index. */
static inline uint32_t entry_index(const struct name_entry *entry) { return (uint32_t)(uintptr_t)entry->value; }
static inline const void *entry_value(size_t index) { return (const void *)(uintptr_t)index; }
/* The owner of the names of a node's children, in node_names. */
static inline const void *node_owner(uint32_t parent) { return entry_value((size_t)parent + 1); }
void add_bindings(struct reader *r);

#endif
