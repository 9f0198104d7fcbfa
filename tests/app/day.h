/*
 * day: hours of a simulated plant and what the fold makes of them. Two models hear the same messages, the second a fifth of them late and out of order;
 * both are saved and loaded in the middle. Beside them stands what was so, as the simulator says.
 *
 *     struct day *days[2];
 *     day_live(industry, 24, days);
 *     ... days[1]->truth[node] ...
 *     day_end(days[0]);
 */
#ifndef ANDON_TESTS_DAY_H
#define ANDON_TESTS_DAY_H

#include "check.h"

#include "core/chunk.h"
#include "core/ingest.h"
#include "core/model.h"
#include "io/config.h"
#include "sim/sim.h"
#include "sim/sim_random.h"

enum { TICK_MS = 100, DAY_MS = 24 * HOUR_MS, WINDOW_MS = 5000, LATE_SLOTS = WINDOW_MS / TICK_MS + 2, NODES = 200, DEFECTS = 400 };

/* Of one class, to the millisecond. */
struct stretch { enum state_class class; int64_t from_ms, to_ms; };
struct stretches { struct stretch *rows; size_t count, capacity; };
struct kept_stops { struct stop *rows; size_t count, capacity; };
struct kept_cells { struct account_cell *rows; size_t count, capacity; };
struct kept_energy { struct energy_cell *rows; size_t count, capacity; };
struct used_row { int64_t shift_ms, from_ms, to_ms; double kwh, idle_kwh; char product[WORK_NAME]; };
struct kept_used { struct used_row *rows; size_t count, capacity; };
struct states { struct interval *rows; size_t count, capacity; };

/* That a node told. */
struct seen_defects { uint32_t node; const char *text; uint64_t count; };

struct held;

/* Where a day's messages go instead of this process's fold. */
struct day_wire {
    void *arg;
    void (*say)(void *arg, bool retained, const char *topic, const char *payload, size_t length);
    void (*tick)(void *arg, int64_t ms);         /* every 100 ms, behind all that came before */
    bool (*reached)(void *arg, int64_t into_ms); /* the plant has gone on so far; true: from now on every message goes, as a plant publishes them */
};

struct day {
    struct config config;
    const struct plant *plant;
    struct model *model;
    struct ingest *ingest;
    int64_t start_ms, end_ms, closed_ms;
    int64_t wanted_ms;                      /* the accounts' day: from the last full local hour before the start */
    struct stretches truth[NODES];          /* by node, to the millisecond */
    struct states states[NODES];
    struct sim_count counts[NODES];
    struct kept_stops stops[NODES];         /* newest version of each */
    struct kept_cells told[NODES];          /* sums of facts */
    struct seen_defects defects[DEFECTS];
    size_t defect_count;
    const struct day_wire *wire;            /* NULL: this process */
    int64_t lost_ms;                        /* so long nobody knows what happened: 0, or in the middle; and so many pieces of a node may lie in it */
    double lost_pieces;
    struct kept_used used[NODES];           /* in truth, by node */
    struct kept_energy energy[NODES];       /* sums of facts, by meter */
    bool late;                              /* a fifth of all messages comes late and out of order, by up to WINDOW_MS */
    struct dice dice;
    struct held *held[LATE_SLOTS], *last[LATE_SLOTS]; /* messages on their way, by the step in which they come */
    size_t slot;
};

/* The industry is an index of sim_industries. */
void day_live(size_t industry, int64_t hours, struct day *days[2]);
/* One day, a fifth of its messages late, over a wire, and what was so; the configuration is a text. There is no model yet. */
struct day *day_over(size_t industry, const char *config, int64_t hours, const struct day_wire *wire);
/* What a collector's cache made of it: the model, facts and stops. */
void day_take(struct day *day, const char *cache);
/* How much of the fold is not what was so; the first differences go to stderr. */
size_t day_compare(const struct day *day);
void day_end(struct day *day);
/* Of a line whose use changes much, and no register counts: is each message of its power heard? */
bool day_hears_all(const char *path);

#endif
