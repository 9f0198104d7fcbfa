/*
 * model_private: the fold's parts, shared by the model_*.c files and by nothing else.
 *
 * Invariants: tags[0 .. plant->tag_count-1] are configured, the others discovered (their keys in `keys`); by_key holds every
 * tag; by_series[id] is a tag or NO_TAG. Timer slots: one a node for its silence, one a node for a state derived from a
 * counter; of a configured tag one for its cadence, one for a change that waits to be told, one for its running quarter of an hour; one an
 * alarm, in their order of rank, one for the end of the next maintenance, one a node for the next cut of its account, and one a meter, demand and emission. A timer may be set too early (it is not moved at every sample): when it
 * fires, the true deadline is looked at and the timer set again if that lies ahead.
 */
#ifndef ANDON_CORE_MODEL_PRIVATE_H
#define ANDON_CORE_MODEL_PRIVATE_H

#include "core/bitset.h"
#include "core/hash_index.h"
#include "core/model.h"
#include "core/timer.h"

enum {
    STALE_INTERVALS = 3,       /* missed cadences until a tag is stale */
    INTERVAL_AGE_MS = 86400000,
    SOURCES_MOST = 1024,
    PUBLISHERS_MOST = 1024,    /* that are only found */
    CHANGE_QUIET_MS = 10000,   /* after an event of a tag, further changes are gathered for so long */
    CHANGES_KEPT = 200,
    BAND_QUIET_MS = 300000,    /* after a value has left its band, it is not told again for so long; */
    BAND_TOLD = 256,           /* and so many tags tell it in that time */
    LIMITS_TOLD = 200,         /* events of one new configuration, then one that counts the rest */
};

struct told {
    struct value value;
    char *text;                /* of VALUE_TEXT, owned; else NULL */
};

struct tag_change {
    struct told told, newest;  /* of the last event (or the first value), and since */
    int64_t newest_ms;         /* source time of the newest */
    int64_t quiet_until_ms;    /* elapsed */
};

/* What a counter of pieces gained with its newest reading, since the one before. */
struct counter_leap {
    int64_t from_ms, to_ms;    /* of the readings, source time; to_ms 0: there was none yet */
    double from, to;           /* the readings */
    bool whole;                /* all of it was booked at to_ms: a late reading may move a part of it */
    bool across;               /* as pieces of unknown time */
};

struct tag_tally {
    int64_t start_ms;          /* of the running quarter, source time; matters while `gained` is above 0 */
    int64_t due_ms;            /* elapsed: when it is given away */
    double gained;
    bool flagged;              /* part of it was gained across a gap */
    bool across;               /* there was a gap since the last reading */
    bool fits;                 /* and its length is enough for what was gained; matters while the reading is taken, not saved */
    struct counter_leap leap;
};

/* What a tag says for itself, whatever its node does: its trust, and of a good one whether it is within its band. */
enum standing_own { OWN_NEVER = TRUST_NEVER, OWN_GOOD = TRUST_GOOD, OWN_ABOVE = TRUST_COUNT, OWN_BELOW, OWN_QUIET, OWN_COUNT };
enum standing_sum { SUM_ABOVE = TRUST_COUNT, SUM_BELOW_RUNNING, SUM_BELOW_UNKNOWN, SUM_COUNT };

struct node_standing {
    uint32_t own[OWN_COUNT], sum[SUM_COUNT]; /* see model_standing.c */
    uint8_t class;
    bool silent;
};

struct band_told { uint32_t tag; int64_t elapsed_ms; };

struct publisher_state {
    enum liveness liveness;
    uint64_t dead_seq;         /* of the batch that told that it is dead */
    uint32_t tag, tags;        /* which tells it; how many come from it */
    size_t prefix;             /* of a found one: so much of its tag's key do all its keys begin with */
};

struct model {
    const struct plant *plant;
    uint64_t seq, samples, config_id;
    int64_t wall, elapsed;
    uint8_t boot[16];
    int64_t clock_step, clock_when, gap, gap_when;
    struct tag *tags;
    size_t tag_count, tag_capacity;
    char **keys;               /* of discovered tags */
    size_t key_capacity;
    struct hash_index by_key;
    uint32_t *by_series;
    size_t series_capacity;
    struct node_state *nodes;
    struct node_standing *standings; /* by node, and one more */
    struct bitset above, below; /* of configured tags */
    int64_t *stopped_until;    /* by node: see model_standing.c */
    struct source *sources;
    size_t source_count, source_capacity;
    struct publisher_state *publishers; /* the plant's, then those that were found: see model_publisher.c */
    size_t publisher_count, publisher_capacity, publishers_dead;
    struct hash_index publisher_index; /* of those that were found, by the beginning of their keys */
    struct clock_skew *skews;
    size_t skew_count, skew_capacity;
    struct hash_index skew_index;
    struct drop_count drops[DROP_COUNT];
    struct timers timers;
    struct outcomes outcomes;
    bool outcomes_kept;        /* those of model_configure() go with the next batch */
    uint64_t outcome_seq;      /* of the batch that what happens now belongs to */
    uint64_t event_number;     /* of the newest event */
    struct band_told band_told[BAND_TOLD]; /* see model_band.c */
    size_t band_count;
    struct event *changes;     /* see model_event.c */
    size_t change_count, change_capacity;
    struct alarm_book *alarms;
    struct account_book *accounts;
    struct due_book *dues;
    struct energy_book *energies; /* NULL: the plant has no meters */
    bool any_lost;             /* a node may be lost */
};

/* ---- model.c ---- */
uint32_t model_add_discovered(struct model *model, const char *key);
void model_set_series(struct model *model, uint32_t tag, uint32_t series);
struct source *model_add_source(struct model *model, const char *name);
void model_tag_release(struct tag *tag);
void model_node_release(struct node_state *node);

/* ---- model_state.c ---- */
uint32_t slot_silence(const struct model *model, uint32_t node);
uint32_t slot_derived(const struct model *model, uint32_t node);
uint32_t slot_cadence(const struct model *model, uint32_t tag);
uint32_t slot_change(const struct model *model, uint32_t tag);
uint32_t slot_tally(const struct model *model, uint32_t tag);
/* Sets every timer anew from the state. */
void model_arm(struct model *model);
void model_fire(struct model *model, struct timer_entry due);
void state_set(struct model *model, uint32_t node, enum state_class class, enum pack_state state, const char *word, int64_t time_ms);
/* Is a node's state derived from its counter? */
bool state_is_derived(const struct model *model, uint32_t node);
/* The row of its map for a value; `text` is that of VALUE_TEXT. */
const struct state_map_row *state_row_of(const struct model *model, uint32_t tag, struct value value, const char *text);
/* A sample of a state tag came: maps it and sets its node's state. */
void state_told(struct model *model, uint32_t tag, int64_t time_ms);
/* A node's counter was read: `gained` pieces at time_ms (0: none). */
void state_counted(struct model *model, uint32_t node, double gained, int64_t time_ms);
/* The wall clock was set by `step`, model->wall is the new one: a state lasts as long as it did, and what was stamped by arrival moves. */
void state_clock_stepped(struct model *model, uint32_t node, int64_t step);
/* A node whose state is derived runs, and has its time again until the next piece. */
void state_watch(struct model *model, uint32_t node);
/* Tags of a broker (ANY_BROKER: all) are not confirmed any more, and their nodes' states unknown, since time_ms. */
void model_unconfirm(struct model *model, uint16_t broker, int64_t time_ms);
/* The same of one tag, because its publisher is dead; a tag that was not confirmed before has another reason. */
void model_forsake(struct model *model, uint32_t tag, int64_t time_ms);

/* ---- model_publisher.c ---- */
void publishers_create(struct model *model);
void publishers_finish(struct model *model);
/* A discovered tag was added. */
void publishers_added(struct model *model, uint32_t tag);
/* A tag that tells whether a publisher lives got a value. */
void publishers_told(struct model *model, uint32_t tag);
/* Does what a tag says now not confirm it: its publisher is dead, and this was said before, or kept by the broker? */
bool publishers_doubt(const struct model *model, uint32_t tag, bool retained);
/* Everything was loaded, or came from another configuration: who is dead follows from the tags. */
void publishers_settle(struct model *model);

/* ---- model_skew.c ---- */
void skew_told(struct model *model, const char *name, int64_t ms);
void skews_clear(struct model *model);
void skews_carry(struct model *model, struct model *old);
void skew_pack(const struct clock_skew *skew, struct packer *p);
void skew_load(struct model *model, struct unpacker *u);

/* ---- model_mend.c ---- */
/* Looks through a batch, before it is folded, for what tells of the time in which nobody listened. */
void mend_before(struct model *model, const struct batch *batch);
/* Notes of a counter what the sample that is about to be taken says of the time before it. */
void mend_counter(const struct model *model, uint32_t tag, const struct record *sample);
/* What it has gained across a time in which nobody listened: is it of a time of this node that is known after all? */
bool mend_is_known(const struct model *model, uint32_t tag, uint32_t node);

/* ---- model_standing.c ---- */
/* To be called when a tag or a node's class or silence may have changed. */
void standing_tag(struct model *model, uint32_t tag);
void standing_node(struct model *model, uint32_t node);
/* A node's state changed at time_ms from this class. */
void standing_moved(struct model *model, uint32_t node, enum state_class before, int64_t time_ms);
/* What a node was before has turned out to be otherwise. */
void standing_amended(struct model *model, uint32_t node);
/* A discovered tag was added. */
void standing_discovered(struct model *model);
/* Counts everything anew. */
void standing_recount(struct model *model);
void standing_finish(struct model *model);

/* ---- model_read.c ---- */
/* The trust in a tag, whatever its node does. */
enum tag_trust trust_alone(const struct tag *tag);

/* ---- model_counter.c ---- */
enum counter_step { COUNTER_FIRST, COUNTER_RAN, COUNTER_RESET, COUNTER_ROLLED, COUNTER_DIPPED };

/* ---- model_alarm*.c ---- */
struct alarm_book *alarms_create(const struct model *model);
void alarms_destroy(struct alarm_book *book, const struct plant *plant);
/* Sets the moment that what follows happens at. */
void alarms_at(struct model *model, int64_t elapsed_ms);
uint32_t slot_alarm(const struct model *model, uint32_t alarm);
void alarms_arm(struct model *model);
void alarms_fire(struct model *model, struct timer_entry due);
/* A tag's value, or whether it is confirmed, has changed; `sample`: by a sample of its own. Only for tags that alarms use. */
void alarms_tag(struct model *model, uint32_t tag, bool sample);
/* A sample came that is older than the present value. */
void alarms_late(struct model *model, uint32_t tag, const struct batch *batch, const struct record *r);
/* A node's class has changed. */
void alarms_node(struct model *model, uint32_t node, int64_t time_ms);
/* A tag of the node has spoken (`live`: not what the broker had kept). */
void alarms_heard(struct model *model, uint32_t node, bool live);
void alarms_gap(struct model *model);
void alarms_clock(struct model *model);
void alarms_linked(struct model *model);
/* A batch begins: results of the last one's actions go. */
void alarms_begin(struct model *model);
/* Does what a person wants, or says why not; journals it. */
void alarms_act(struct model *model, const struct action *action);
/* The old model's alarms go on in the new one. */
void alarms_carry(struct model *model, struct model *old);
void alarms_save(const struct model *model, struct packer *p);
/* A frame of alarms_save(); false when the kind is none of its. */
bool alarms_load(struct model *model, uint8_t kind, struct unpacker *u);
/* After everything was loaded. */
void alarms_loaded(struct model *model);

/* ---- model_account*.c, model_stop*.c, model_call.c ---- */
struct account_book *accounts_create(const struct model *model);
void accounts_destroy(struct account_book *book, const struct plant *plant);
uint32_t slot_account(const struct model *model, uint32_t node);
void accounts_arm(struct model *model);
void accounts_fire(struct model *model, uint32_t node);
/* What a timer or a batch's records led to is complete: what is due of it is told. */
void accounts_settle(struct model *model);
/* A node's class, or the mode that it runs in, has changed at ms. */
void accounts_class(struct model *model, uint32_t node, int64_t ms);
/* What the node's state is booked as by the mode that was heard last, however long ago. */
enum state_class accounts_class_heard(const struct model *model, uint32_t node);
/* What a tag with a role says, or whether it is confirmed, has changed at ms. */
void accounts_tag(struct model *model, uint32_t tag, int64_t ms);
/* A counter was read: it gained so much up to ms; across: over a time in which nobody knows what happened. */
void accounts_counted(struct model *model, uint32_t tag, double gained, int64_t ms, bool across);
/* A tag of role defect told one: its value, or the text of VALUE_TEXT. */
void defect_told(struct model *model, uint32_t tag, struct value value, const char *text, int64_t ms);
void accounts_gap(struct model *model);
/* A total was read: `before` stood in its last reading. To be called when what it gained is booked. */
void accounts_leap(struct model *model, uint32_t tag, enum counter_step step, double before, int64_t ms, bool across);
/* A node's state was sampled then, whatever it said. */
void accounts_state_sampled(struct model *model, uint32_t node, int64_t ms);
/* A total, or a state of its map, came that is older than the newest. */
void accounts_late_count(struct model *model, uint32_t tag, double reading, int64_t ms);
void accounts_late_state(struct model *model, uint32_t tag, const struct state_map_row *row, int64_t ms);
/* An alarm was raised. */
void accounts_message(struct model *model, uint32_t alarm);
/* Are actions of that kind of stops, quantities, calls or notes? Would one be done; and does it, or says why not. */
bool accounts_acts(enum action_kind kind);
enum refusal accounts_check(const struct model *model, const struct action *action);
enum refusal accounts_act(struct model *model, const struct action *action);
void accounts_clock(struct model *model);
/* The old model's accounts go on in the new one, whose nodes have no states yet. */
void accounts_carry(struct model *model, struct model *old);
void accounts_save(const struct model *model, struct packer *p);
/* A frame of accounts_save(); false when the kind is none of its. */
bool accounts_load(struct model *model, uint8_t kind, struct unpacker *u);

/* ---- model_energy*.c ---- */
/* NULL: the plant has no meters. All that follows then does nothing. */
struct energy_book *energies_create(const struct model *model);
void energies_destroy(struct energy_book *book, const struct plant *plant);
void energies_arm(struct model *model);
void energies_fire(struct model *model, uint32_t slot);
void energies_settle(struct model *model);
/* A tag said a number (NAN: something else, or a bad one); late: it is older than what it said before. Only with meters. */
void energies_sample(struct model *model, uint32_t tag, double value, int64_t ms, uint8_t flags, bool late);
/* What a node did since from_ms turns out to have been otherwise: to be called with -1 before its track changes, and with 1 when it has. */
void energies_time(struct model *model, uint32_t node, int64_t from_ms, int sign);
/* A node makes something else, or for another order, from ms on. */
void energies_work(struct model *model, uint32_t node, enum tag_role role, int64_t ms);
/* The clock was set back. */
void energies_clock(struct model *model);
void energies_carry(struct model *model, struct model *old);
void energies_save(const struct model *model, struct packer *p);
/* A frame of energies_save(); false when the kind is none of its. */
bool energies_load(struct model *model, uint8_t kind, struct unpacker *u);

/* ---- model_counter.c ---- */
/* What a total gained from one reading to the next, in its own unit; modulus 0: it has none. Of a dip nothing. */
enum counter_step counter_step_of(double last, double reading, double modulus, double *gained);
/* Books a reading: what was gained since the last one goes, in pieces, to tag->gained and *gained. */
enum counter_step counter_read(struct tag *tag, double reading, double *gained);
/* Books one message of a counter that tells increments, late ones too. A negative one is a dip. */
enum counter_step counter_add(struct tag *tag, double increment, double *gained);

/* ---- model_due.c ---- */
struct due_book *dues_create(const struct model *model);
void dues_destroy(struct due_book *book);
/* A node's class has changed; a configured tag's value came. */
void dues_node(struct model *model, uint32_t node);
void dues_tag(struct model *model, uint32_t tag);
enum refusal due_check(const struct model *model, const struct action *action);
void due_act(struct model *model, const struct action *action);
void dues_save(const struct model *model, struct packer *p);
/* A frame of dues_save(); false when it is none. */
bool dues_load(struct model *model, uint8_t kind, struct unpacker *u);
void dues_carry(struct model *model, const struct model *old);

/* ---- model_event.c ---- */
/* Gives an event: its number and batch are filled in here. */
void model_event(struct model *model, const struct event *what);
/* A text into an event's field: through the gate, cut where a character ends. */
void event_word(char *out, size_t cap, const char *text);
/* A number with its unit, if it has one. */
void event_quantity(char *out, size_t cap, const char *number, const char *unit);
/* A node shows another state than it did `before`; `interval` has ended, and `word` was shown at its end. */
void event_of_state(struct model *model, uint32_t node, const struct node_state *before, int64_t time_ms);
void interval_ended(struct model *model, uint32_t node, const struct interval *interval, const char *word);
void event_of_source(struct model *model, const char *name, const char *said, bool down);
void event_of_gap(struct model *model, int64_t length_ms);
void event_of_clock(struct model *model, int64_t step_ms);
void event_of_config(struct model *model, uint64_t old, uint64_t new, const char *from);
void event_of_drop(struct model *model, enum drop reason, uint64_t count);
void event_of_action(struct model *model, const struct batch *batch, const struct record *r);
void changes_load(struct model *model, struct unpacker *u);

/* ---- model_change.c ---- */
/* The kind of event that a change of the tag's value is; EVENT_KIND_COUNT: none. */
enum event_kind change_kind(const struct tag_def *def);
/* A value of such a tag came and is in the tag. */
void change_see(struct model *model, uint32_t tag);
void change_fire(struct model *model, uint32_t tag, int64_t now);
void change_arm(struct model *model, uint32_t tag);
void change_release(struct tag *tag);
void change_pack(const struct tag *tag, struct packer *p);
void change_load(struct tag *tag, struct unpacker *u);

/* ---- model_band.c ---- */
/* A configured tag's value came; `stood` is what it was counted as before. */
void band_see(struct model *model, uint32_t tag, uint8_t stood);
void band_pack(const struct model *model, struct packer *p);
void band_load(struct model *model, struct unpacker *u);
void band_move(struct model *model, const struct model *old);

/* ---- model_tally.c ---- */
/* A counter was read: it gained so much (0: nothing) up to time_ms. */
void tally_read(struct model *model, uint32_t tag, double gained, int64_t time_ms);
void tally_fire(struct model *model, uint32_t tag);
void tally_arm(struct model *model, uint32_t tag);
void tally_pack(const struct tag *tag, struct packer *p);
void tally_load(struct tag *tag, struct unpacker *u);

/* ---- model_configure.c ---- */
/* The configured tag that a tag was under the old configuration, by its key or what it says that it was; NO_TAG. */
uint32_t model_predecessor(const struct model *model, uint32_t tag, const struct model *old);

/* ---- model_limits.c ---- */
/* Gives an event for every limit that differs from the old configuration's. */
void limits_compare(struct model *model, const struct model *old);

/* ---- model_apply.c ---- */
/* Sets a configured tag to a number that the fold has reckoned (no finite one: it is not known), as a sample of that moment would. */
void model_tell(struct model *model, uint32_t tag, double value, int64_t elapsed_ms, int64_t wall_ms);
void model_count_drop(struct model *model, enum drop reason, uint64_t count, const char *example);
/* exp(-dt / 1 minute) by arithmetic that is the same on every machine. */
double minute_decay(int64_t dt_ms);

#endif
