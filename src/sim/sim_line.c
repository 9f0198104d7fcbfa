/*
 * A machine is in one condition; `until_ms` ends those that end by themselves. While it runs, cycle_end_ms is when its piece is
 * done (0: it has none); a stop keeps what is left of the cycle, so a piece is never lost or made twice. A machine that waits goes on as
 * "running" for a grace of part of a cycle, as controllers do, or balanced lines would flicker.
 *
 * A line's changeover stops all its machines with their pieces in them; they go on where they were.
 */
#include "sim/sim_line.h"

#include <assert.h>

#define MINUTE_MS INT64_C(60000)
#define DAY_MS (INT64_C(24) * 60 * MINUTE_MS)

static int64_t ms_of(double seconds)
{
    return (int64_t)(seconds * 1000.0);
}

static void set_condition(struct machine *m, enum condition condition, const char *reason, int64_t now_ms)
{
    if (m->condition != condition)
        m->since_ms = now_ms;
    m->condition = condition;
    m->reason = reason;
}

static bool makes_pieces(const struct line *line)
{
    return line->spec->ideal_s > 0;
}

/* ---- pieces ---- */

static void begin_cycle(struct line *line, struct machine *m, int64_t from_ms)
{
    double ideal = line->spec->ideal_s * m->factor;
    double cycle = ideal * (1.0 + 0.012 * dice_noise(&line->dice)) * (m->condition == CONDITION_SLOW ? 1.9 : 1.0);
    m->cycle_from_ms = from_ms;
    m->cycle_end_ms = from_ms + ms_of(cycle);
    m->cycle_s = cycle;
    m->wait_from_ms = 0;
}

static bool take_piece(struct line *line, int i)
{
    if (i == 0)
        return true;
    if (line->machines[i - 1].buffer == 0)
        return false;
    line->machines[i - 1].buffer--;
    return true;
}

/* Hands the finished piece on; false when there is no room. The last machine's pieces leave the line. */
static bool hand_on(struct line *line, int i)
{
    struct machine *m = &line->machines[i];
    if (i + 1 < line->machine_count) {
        if (m->buffer >= BUFFER_PIECES)
            return false;
        m->buffer++;
    }
    return true;
}

/* A rejected piece leaves the line where it is found. */
static bool count_piece(struct line *line, struct machine *m)
{
    bool bad = dice_chance(&line->dice, line->spec->reject_rate);
    if (bad)
        m->reject++, m->piece_reject++;
    else
        m->good++, m->piece_good++;
    return !bad;
}

/* Waits for a piece (CONDITION_STARVED) or for room (CONDITION_BLOCKED), told after the grace. */
static void wait_for(struct line *line, struct machine *m, enum condition why, int64_t now_ms)
{
    double grace_s = line->spec->ideal_s * 0.4 < 5.0 ? 5.0 : line->spec->ideal_s * 0.4;
    if (m->wait_from_ms == 0)
        m->wait_from_ms = now_ms;
    if (now_ms - m->wait_from_ms > ms_of(grace_s))
        set_condition(m, why, "", now_ms);
}

static void next_piece(struct line *line, int i, int64_t from_ms, int64_t now_ms)
{
    struct machine *m = &line->machines[i];
    if (!take_piece(line, i)) {
        m->cycle_end_ms = 0;
        wait_for(line, m, CONDITION_STARVED, now_ms);
        return;
    }
    if (m->condition != CONDITION_SLOW)
        set_condition(m, CONDITION_RUN, "", now_ms);
    begin_cycle(line, m, m->wait_from_ms ? now_ms : from_ms);
}

static void work(struct line *line, int i, int64_t now_ms)
{
    struct machine *m = &line->machines[i];
    if (m->cycle_end_ms == 0) {
        next_piece(line, i, now_ms, now_ms);
        return;
    }
    if (now_ms < m->cycle_end_ms)
        return;
    if (!m->holds_piece) {
        m->holds_piece = true;
        if (!count_piece(line, m)) {
            m->holds_piece = false;
            next_piece(line, i, m->cycle_end_ms, now_ms);
            return;
        }
    }
    if (!hand_on(line, i)) {
        wait_for(line, m, CONDITION_BLOCKED, now_ms);
        return;
    }
    m->holds_piece = false;
    if (m->wait_from_ms) {
        m->cycle_end_ms = now_ms;
        m->wait_from_ms = 0;
    }
    if (m->condition == CONDITION_BLOCKED)
        set_condition(m, CONDITION_RUN, "", now_ms);
    next_piece(line, i, m->cycle_end_ms, now_ms);
}

/* ---- stops ---- */

static bool is_working(const struct machine *m)
{
    return m->condition == CONDITION_RUN || m->condition == CONDITION_SLOW;
}

/* A stop of this length; what is left of the piece in the machine is done when it goes on. */
static void stop_for(struct machine *m, enum condition condition, const char *reason, int64_t length_ms, int64_t now_ms)
{
    m->until_ms = now_ms + length_ms;
    if (is_working(m) && m->cycle_end_ms > now_ms && condition != CONDITION_SLOW)
        m->left_ms = m->cycle_end_ms - now_ms;
    set_condition(m, condition, reason, now_ms);
}

static void resume(struct machine *m, int64_t now_ms)
{
    if (m->left_ms > 0) {
        int64_t shift_ms = now_ms + m->left_ms - m->cycle_end_ms;
        m->cycle_from_ms += shift_ms;
        m->cycle_end_ms += shift_ms;
        m->left_ms = 0;
    }
    m->wait_from_ms = 0;
    set_condition(m, CONDITION_RUN, "", now_ms);
}

static void begin_fault(struct line *line, struct machine *m, int64_t now_ms)
{
    double seconds = dice_between(&line->dice, m->fault->min_s, m->fault->max_s);
    m->fault_ms = 0;
    stop_for(m, m->fault->slow ? CONDITION_SLOW : CONDITION_FAULT, m->fault->reason, ms_of(seconds), now_ms);
}

static void arm_fault(struct machine *m, const struct fault *fault, int64_t now_ms, int64_t in_ms)
{
    m->fault = fault;
    m->armed_ms = now_ms;
    m->fault_ms = now_ms + in_ms;
}

static void maybe_stop(struct line *line, struct machine *m, int64_t now_ms, double dt_s)
{
    double machines = line->machine_count;
    double fault_s = (line->spec->fault_min > 0 ? line->spec->fault_min : 40.0) * 60.0 * machines;
    bool steady = line->spec->flags & (LINE_UTILITY | LINE_STEADY);
    double micro_s = line->spec->flags & LINE_RIGID ? 1100.0 : 330.0 * machines;
    if (m->type->fault_count && !m->fault && dice_chance(&line->dice, dt_s / fault_s)) {
        uint32_t which = dice_pick(&line->dice, (uint32_t)m->type->fault_count);
        const struct fault *fault = &m->type->faults[which];
        arm_fault(m, fault, now_ms, fault->signal < 0 ? 1000 : ms_of(dice_between(&line->dice, 90, 240)));
    }
    if (m->fault && m->fault_ms && now_ms >= m->fault_ms) {
        begin_fault(line, m, now_ms);
        return;
    }
    bool calm = m->fault && m->fault_ms;
    if (!steady && !calm && m->type->hitch_count && m->condition == CONDITION_RUN && dice_chance(&line->dice, dt_s / micro_s)) {
        const char *why = m->type->hitches[dice_pick(&line->dice, (uint32_t)m->type->hitch_count)];
        stop_for(m, CONDITION_MICRO, why, ms_of(dice_between(&line->dice, 10, 60)), now_ms);
    }
}

static void maybe_recover(struct machine *m, int64_t now_ms)
{
    bool timed = m->condition == CONDITION_MICRO || m->condition == CONDITION_FAULT || m->condition == CONDITION_SLOW;
    if (!timed || now_ms < m->until_ms)
        return;
    if (m->condition != CONDITION_MICRO)
        m->fault = NULL;
    resume(m, now_ms);
}

/* ---- the line ---- */

static void begin_setup(struct line *line, int64_t now_ms)
{
    int64_t length_ms = ms_of(dice_between(&line->dice, 8 * 60, 18 * 60));
    line->setup = true;
    line->setup_end_ms = now_ms + length_ms;
    line->order += 1 + (int)dice_pick(&line->dice, 3);
    line->product = (line->product + 1) % line->spec->product_count;
    for (int i = 0; i < line->machine_count; i++) {
        struct machine *m = &line->machines[i];
        m->fault = NULL;
        m->fault_ms = 0;
        m->wait_from_ms = 0;
        stop_for(m, CONDITION_SETUP, "", length_ms, now_ms);
    }
}

static void end_setup(struct line *line, int64_t now_ms)
{
    line->setup = false;
    line->next_setup_ms = now_ms + ms_of(dice_between(&line->dice, 150 * 60, 320 * 60));
    for (int i = 0; i < line->machine_count; i++)
        resume(&line->machines[i], now_ms);
}

/* The fence door stays shut but for a glance now and then. */
static void move_door(struct line *line, int64_t now_ms)
{
    if (now_ms < line->door_ms)
        return;
    line->door_open = !line->door_open;
    line->door_ms = now_ms + ms_of(line->door_open ? dice_between(&line->dice, 5, 40) : dice_between(&line->dice, 120, 1800));
}

void line_advance(struct line *line, int64_t now_ms, int64_t dt_ms)
{
    if (line->spec->flags & (LINE_IDLE | LINE_REPAIR))
        return;
    move_door(line, now_ms);
    if (line->setup && now_ms >= line->setup_end_ms)
        end_setup(line, now_ms);
    else if (!line->setup && line->spec->product_count && now_ms >= line->next_setup_ms)
        begin_setup(line, now_ms);
    if (line->setup)
        return;
    for (int i = line->machine_count - 1; i >= 0; i--) {
        struct machine *m = &line->machines[i];
        maybe_recover(m, now_ms);
        if (is_working(m))
            maybe_stop(line, m, now_ms, (double)dt_ms / 1000.0);
        if (makes_pieces(line) && (is_working(m) || m->condition == CONDITION_STARVED || m->condition == CONDITION_BLOCKED))
            work(line, i, now_ms);
    }
}

static void add_machine(struct line *line, const struct type *type, double factor, int64_t now_ms)
{
    assert(line->machine_count < MAX_MACHINES);
    struct machine *m = &line->machines[line->machine_count++];
    *m = (struct machine){.type = type, .factor = factor > 0 ? factor : 1, .reason = "", .since_ms = now_ms,
        .cycle_s = line->spec->ideal_s, .buffer = 1};
    m->good = dice_pick(&line->dice, 4000000) + 200000;
    m->reject = m->good / 60;
    if (line->spec->flags & LINE_IDLE)
        m->condition = CONDITION_IDLE;
    if (line->spec->flags & LINE_REPAIR)
        m->condition = CONDITION_REPAIR;
    if (line->spec->flags & (LINE_IDLE | LINE_REPAIR))
        m->since_ms = now_ms - ms_of(dice_between(&line->dice, 1.2, 2.8) * 86400.0);
    if (line->spec->flags & (LINE_UTILITY | LINE_STEADY))
        m->since_ms = now_ms - ms_of(dice_between(&line->dice, 4, 60) * 86400.0);
}

void line_init(struct line *line, const struct line_spec *spec, uint64_t seed, uint64_t which, int64_t now_ms)
{
    *line = (struct line){.spec = spec, .dice = dice_make(seed, which), .order = spec->first_order};
    if (spec->flags & LINE_RIGID) {
        add_machine(line, spec->type, 1, now_ms);
    } else {
        for (const struct unit_spec *u = spec->units; u < spec->units + MAX_UNITS && u->type; u++)
            for (int k = 0; k < (u->count ? u->count : 1); k++)
                add_machine(line, u->type, u->factor, now_ms);
        line->machines[spec->constraint].factor = 1;
    }
    line->next_setup_ms = now_ms + ms_of(dice_between(&line->dice, 20 * 60, 320 * 60));
    if (spec->flags & (LINE_UTILITY | LINE_STEADY))
        line->next_setup_ms = now_ms + 3650 * DAY_MS;
    line->door_ms = now_ms + ms_of(dice_between(&line->dice, 60, 900));
    line->product = spec->product_count ? dice_pick(&line->dice, (uint32_t)spec->product_count) : 0;
}

void line_schedule_fault(struct line *line, int64_t now_ms, int64_t in_ms)
{
    if (line->setup)
        end_setup(line, now_ms);
    if (line->next_setup_ms < now_ms + 30 * MINUTE_MS)
        line->next_setup_ms += 45 * MINUTE_MS;
    for (int i = 0; i < line->machine_count; i++) {
        struct machine *m = &line->machines[i];
        m->fault = NULL;
        m->fault_ms = 0;
        if (m->condition != CONDITION_RUN)
            resume(m, now_ms);
    }
    struct machine *first = &line->machines[line->spec->constraint];
    if (first->cycle_end_ms - first->cycle_from_ms > 30 * MINUTE_MS) { /* a long batch is in its middle */
        int64_t length_ms = first->cycle_end_ms - first->cycle_from_ms;
        first->cycle_from_ms = now_ms - length_ms / 2;
        first->cycle_end_ms = first->cycle_from_ms + length_ms;
    }
    arm_fault(first, &first->type->faults[0], now_ms - FAULT_LEAD_MS, in_ms + FAULT_LEAD_MS);
}

double machine_drift(const struct machine *m, int64_t now_ms)
{
    if (!m->fault || now_ms <= m->armed_ms)
        return 0;
    if (m->fault_ms == 0 || now_ms >= m->fault_ms)
        return 1;
    return (double)(now_ms - m->armed_ms) / (double)(m->fault_ms - m->armed_ms);
}

double machine_progress(const struct machine *m, int64_t now_ms)
{
    if (m->cycle_end_ms <= m->cycle_from_ms || now_ms >= m->cycle_end_ms)
        return 1;
    return now_ms <= m->cycle_from_ms ? 0 : (double)(now_ms - m->cycle_from_ms) / (double)(m->cycle_end_ms - m->cycle_from_ms);
}
