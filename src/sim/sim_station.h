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
/* Emits what is due in this tick. `initial`: the first tick, with everything that a broker would have kept. */
void station_publish(struct station *station, int64_t now_ms, int64_t tick, bool initial, struct sim_text *scratch,
    const struct sim_sink *sink);
void station_close(struct station *station, int64_t now_ms, const struct sim_sink *sink);

#endif
