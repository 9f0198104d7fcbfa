/*
 * sim_station: whatever publishes: a unit, a line or the site. It follows a machine's condition, has signals of its own, and
 * turns both into messages and truth.
 */
#ifndef ANDON_SIM_SIM_STATION_H
#define ANDON_SIM_SIM_STATION_H

#include "sim/sim.h"
#include "sim/sim_line.h"
#include "sim/sim_text.h"

struct told_state {
    const struct word *word;  /* NULL: nothing told yet */
    const char *reason;
    int64_t since_ms;
};

struct told_count {
    bool begun;
    uint64_t good, reject, first_good, first_reject;
    int64_t from_ms, to_ms;
};

/* What it used: up to at_ms, and as much of it as its messages have told. */
struct used {
    bool begun;
    int64_t from_ms, at_ms, told_ms, shift_ms;
    int order;
    size_t product;
    double kwh, idle, told_kwh, told_idle;
};

struct station {
    const struct plant_spec *plant;
    const struct type *type;
    const struct line *line;        /* NULL: the site */
    const struct machine *machine;  /* whose condition it shows; NULL: the site */
    bool is_line;
    char *node, *topic;             /* "site/area/line/unit"; "root/area/line/unit" */
    struct dice dice, hand, eye;    /* hand: of those who set something; eye: of who sees defects; of their own, so that nothing else depends on them */
    double values[MAX_SIGNALS];
    int phase;                      /* 0-9: its tick in each second */
    int period_phase;               /* 0 .. period_s-1 */
    struct told_state told;
    struct told_count counted;
    struct used used;
    int64_t spoke_ms;               /* of its newest telemetry */
    int told_order;
    int64_t told_crew;
    bool told_door;
    uint64_t looked_at, defects[MAX_DEFECTS]; /* rejected pieces whose defect is told; and how many of each kind */
};

void station_init(struct station *station, uint64_t seed, uint64_t which);
void station_finish(struct station *station);
/* Once a second: moves the signals. `site_kw` is what the site's power follows. */
void station_move(struct station *station, int64_t now_ms, double site_kw);
/* The sum of its SIGNAL_POWER, kW; 0 for the site itself. */
double station_power(const struct station *station);
/* Of its machine's cycle, by the type's vocabulary, which has phases. */
size_t station_phase(const struct station *station, int64_t now_ms);
/* Emits what is due in this tick. `initial`: the first tick, with everything that a broker would have kept. */
void station_publish(struct station *station, int64_t now_ms, int64_t tick, bool initial, struct sim_text *scratch,
    const struct sim_sink *sink);
/* Before the signals move: what was used up to now; a shift or an order that ended is told. */
void station_use(struct station *station, int64_t now_ms, const struct sim_sink *sink);
/* After it has published. */
void station_used(struct station *station, int64_t now_ms);
void station_use_close(const struct station *station, const struct sim_sink *sink);
/* The text of its line's order. */
void station_order(const struct station *station, int order, char out[48]);
/* Each value that it publishes. */
void station_tags(const struct station *station, void (*take)(void *arg, const struct sim_tag *tag), void *arg);
void station_close(struct station *station, int64_t now_ms, const struct sim_sink *sink);

#endif
