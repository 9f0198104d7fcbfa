/*
 * sim_line: how a line behaves: machines in a row with small buffers between them, micro-stops, faults, changeovers.
 *
 * A machine takes a piece, works on it for a cycle, hands it on. One that stops starves those after it and blocks those
 * before it as soon as the buffers are empty or full. Time is the caller's; any step from milliseconds to seconds does.
 */
#ifndef ANDON_SIM_SIM_LINE_H
#define ANDON_SIM_SIM_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/sim_plant.h"
#include "sim/sim_random.h"

enum { BUFFER_PIECES = 2, MAX_MACHINES = 12, FAULT_LEAD_MS = 180000 };

struct machine {
    const struct type *type;
    double factor;
    enum condition condition;
    int64_t since_ms;
    int64_t cycle_from_ms, cycle_end_ms;
    int64_t left_ms;        /* of the cycle, while it stands */
    double cycle_s;         /* of the last piece, without the stops in it */
    int64_t wait_from_ms;   /* waiting for a piece or for room, 0: no; told after a grace */
    bool holds_piece;       /* finished, but there is no room for it */
    int64_t until_ms;       /* end of a micro-stop, fault or slow spell */
    int64_t armed_ms, fault_ms; /* a fault is coming (its signal drifts); 0: none */
    const struct fault *fault;
    const char *reason;     /* "" while it runs */
    uint32_t good, reject;  /* cumulative, 32 bits, roll over */
    uint64_t piece_good, piece_reject; /* since the beginning */
    int buffer;             /* pieces after it */
};

struct line {
    const struct line_spec *spec;
    struct dice dice;
    struct machine machines[MAX_MACHINES];
    int machine_count;
    bool setup;
    int64_t setup_end_ms, next_setup_ms;
    int order;
    size_t product;
    bool door_open;
    int64_t door_ms;        /* of the next change */
};

void line_init(struct line *line, const struct line_spec *spec, uint64_t seed, uint64_t which, int64_t now_ms);
void line_advance(struct line *line, int64_t now_ms, int64_t dt_ms);
/* Puts the line into order (every machine runs) and its constraint's first fault `in_ms` ahead, as if it had
 * been coming for FAULT_LEAD_MS. */
void line_schedule_fault(struct line *line, int64_t now_ms, int64_t in_ms);
/* How far the coming or present fault has moved its signal: 0 to 1. */
double machine_drift(const struct machine *machine, int64_t now_ms);
/* How much of the present cycle is done: 0 to 1. */
double machine_progress(const struct machine *machine, int64_t now_ms);

#endif
