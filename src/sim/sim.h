/*
 * sim: a plant that does not exist: lines with stops, faults and changeovers, counters, process values, power. It emits the
 * messages that such a plant would publish, and the truth behind them, so that what andon shows can be checked.
 *
 * Pure and deterministic: the same options give the same bytes on every machine. Time is the caller's: the simulator begins
 * at options.start_ms, in the middle of a shift (eight hours run unseen before it), and goes on as far as it is told.
 *
 *     struct sim *sim = sim_create(&(struct sim_options){.industry = "appliance", .seed = 1, .start_ms = t}, &err);
 *     sim_step(sim, t + 60000, &sink);
 *     sim_close(sim, &sink);
 *     sim_destroy(sim);
 *
 * Five plants have names (sim_industries); without an industry it is a load plant: so many lines and tags at such a rate.
 */
#ifndef ANDON_SIM_SIM_H
#define ANDON_SIM_SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "core/plant.h"
#include "core/state.h"

enum { SIM_TICK_MS = 100, SIM_MAX_LINES = 100000, SIM_MAX_TAGS = 1000000, SIM_MAX_RATE = 1000000 };

struct sim_options {
    const char *industry; /* a name of sim_industries, or NULL for a load plant */
    uint64_t seed;
    int64_t start_ms;     /* UTC */
    uint32_t lines, tags; /* of a load plant: 1 to SIM_MAX_LINES, and at least one tag a line */
    double rate;          /* of a load plant: messages a second, over 0 */
};

/* Borrowed for the call. */
struct sim_message {
    const char *topic;
    const char *payload;
    size_t payload_length;
    int64_t ts_ms;
    bool retained; /* to be published with the retain flag */
    bool initial;  /* what a broker would hand to a subscriber that came at the start: older than the start */
};

/* A state of a unit or line, from the stamp of the first message that told it to that of the first that told another. */
struct sim_interval {
    const char *node;  /* "shenyang/foaming/cabinet/f2" */
    enum pack_state state;
    enum state_class class;
    int64_t from_ms, to_ms;
    const char *reason; /* "" for none */
};

/* What a unit's or line's counters gained between its first and its last message that told them. */
struct sim_count {
    const char *node;
    uint64_t good, reject;
    int64_t from_ms, to_ms;
};

/* How many defects of a kind a unit or line told. */
struct sim_defects {
    const char *node, *text;
    uint64_t count;
};

/* The electricity that a unit, line or the site used, to the second, in one shift and of one order, between its first and its last message. */
struct sim_energy {
    const char *node;
    const char *order, *product, *crew; /* of its line; "" for none */
    int64_t shift_ms;      /* when the shift began */
    int64_t from_ms, to_ms;
    double kwh, idle_kwh;  /* idle: while it told a state other than running */
};

/* One value that a plant publishes: where it comes (path: JSON pointer; "": the whole payload), and what it is. Borrowed for the call. */
struct sim_tag {
    const char *node, *type; /* type: as the plant's configuration calls it; "orders" for a line of whose machines alone all else is told */
    const char *topic, *path;
    enum tag_kind kind;
    enum tag_role role;
};

/* Where the output goes; a slot may be NULL. */
struct sim_sink {
    void (*message)(void *arg, const struct sim_message *message);
    void (*interval)(void *arg, const struct sim_interval *interval);
    void (*count)(void *arg, const struct sim_count *count);
    void (*defects)(void *arg, const struct sim_defects *defects);
    void (*energy)(void *arg, const struct sim_energy *energy);
    void *arg;
};

#define SIM_INDUSTRIES "appliance, steel, automotive, electronics and chemical" /* in words */

struct sim_industry {
    const char *name, *title, *zone;
    int64_t preset_start_ms; /* a good moment for a capture: UTC */
};

extern const struct sim_industry sim_industries[];
extern const size_t sim_industry_count;

struct sim;

/* NULL and err for an unknown industry or a size out of bounds. The options' text is not kept. */
struct sim *sim_create(const struct sim_options *options, struct error *err);
void sim_destroy(struct sim *sim);
/* Emits everything with a stamp up to until_ms, in time order. */
void sim_step(struct sim *sim, int64_t until_ms, const struct sim_sink *sink);
/* Emits the intervals that are still open, ended at the last step, the counts and the energy. Nothing may follow but destroy. */
void sim_close(struct sim *sim, const struct sim_sink *sink);

/* Everything that a named plant publishes, but what no configuration knows; a topic's values follow each other, and so do a node's topics. */
void sim_tags(const struct sim *sim, void (*take)(void *arg, const struct sim_tag *tag), void *arg);

/* The configuration for a load plant of these options, the caller's to free(). The industries have files: config/NAME.cfg. */
char *sim_load_config(const struct sim_options *options, struct error *err);

#endif
