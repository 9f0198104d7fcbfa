/*
 * Signals follow a target that depends on the condition, slowly and with noise; a coming fault pulls its own signal away
 * first. One step is a second: the step's share of the way is 1 / tau, the noise such that the deviation comes out as the table says.
 */
#include <math.h>
#include <string.h>

#include "sim/sim_station.h"

static bool is_moving(enum condition c)
{
    return c == CONDITION_RUN || c == CONDITION_SLOW;
}

/* Waiting keeps a machine warm: only half way to idle. */
static double target_of(const struct station *s, size_t i, int64_t now_ms)
{
    const struct signal *g = &s->type->signals[i];
    const struct machine *m = s->machine;
    if (!m || is_moving(m->condition)) {
        double drift = m && m->type == s->type && m->fault && m->fault->signal == (int)i ? m->fault->drift : 0;
        return g->run + drift * (drift != 0 ? machine_drift(m, now_ms) : 0);
    }
    if (m->condition == CONDITION_FAULT && m->type == s->type && m->fault && m->fault->signal == (int)i)
        return g->run + m->fault->drift * 0.9;
    bool waits = m->condition != CONDITION_IDLE && m->condition != CONDITION_REPAIR && m->condition != CONDITION_FAULT;
    return waits ? (g->run + g->idle) / 2 : g->idle;
}

/* A batch stays what it is while it stands, but for what comes of missing cooling. */
static double target_of_phase(const struct station *s, size_t i, int64_t now_ms)
{
    const struct signal *g = &s->type->signals[i];
    const struct vocabulary *v = s->type->words;
    size_t phase = v && v->phase_count ? station_phase(s, now_ms) : 0;
    bool level = g->kind == SIGNAL_LEVEL;
    double share = v && v->phase_count ? (level ? v->phases[phase].level : v->phases[phase].heat) : 1;
    if (!level && i > 0 && g[-1].run > 0)
        share += 0.2 * share * (1 - s->values[i - 1] / g[-1].run);
    return g->idle + (g->run - g->idle) * share;
}

static void walk(struct station *s, size_t i, double target)
{
    const struct signal *g = &s->type->signals[i];
    double tau = g->tau_s < 1 ? 1 : g->tau_s;
    bool still = s->machine && !is_moving(s->machine->condition) && g->idle == 0;
    double noise = still ? 0 : g->spread * (tau > 1 ? sqrt(2.0 / tau) : 1.0) * dice_noise(&s->dice);
    s->values[i] += (target - s->values[i]) / tau + noise;
    if (s->values[i] < 0 && g->run >= 0 && g->idle >= 0)
        s->values[i] = 0;
}

/* Never by nothing: who sets something changes it. */
static void set_by_hand(struct station *s, size_t i)
{
    const struct signal *g = &s->type->signals[i];
    bool out_of_use = s->machine && (s->machine->condition == CONDITION_IDLE || s->machine->condition == CONDITION_REPAIR);
    if (out_of_use || !dice_chance(&s->hand, 1.0 / g->tau_s))
        return;
    double step = (s->values[i] - g->run) / g->spread;
    int at = (int)(step < 0 ? step - 0.5 : step + 0.5), to = (int)dice_pick(&s->hand, 4) - 2;
    s->values[i] = g->run + g->spread * (to >= at ? to + 1 : to);
}

/* Where a power is between idle, 0, and running, 1. */
static double share_of(const struct signal *power, double value)
{
    return power->run > power->idle ? (value - power->idle) / (power->run - power->idle) : 0;
}

void station_move(struct station *s, int64_t now_ms, double site_kw)
{
    double power = 0, share = 0;
    for (size_t i = 0; i < MAX_SIGNALS && s->type->signals[i].name; i++) {
        const struct signal *g = &s->type->signals[i];
        switch (g->kind) {
        case SIGNAL_POWER:
            walk(s, i, s->machine ? target_of(s, i, now_ms) : g->run + site_kw);
            power = s->values[i];
            share = share_of(g, power);
            break;
        case SIGNAL_FOLLOW:
            s->values[i] = g->idle + (g->run - g->idle) * share;
            break;
        case SIGNAL_TOTAL:
            s->values[i] += s->values[i - 1] / 3600.0;
            break;
        case SIGNAL_REACTIVE:
            s->values[i] += g->run * power / 3600.0;
            break;
        case SIGNAL_ENERGY:
            s->values[i] += power / 3600.0;
            break;
        case SIGNAL_SET:
            set_by_hand(s, i);
            break;
        case SIGNAL_SUPPLY:
            s->values[i] -= s->machine && is_moving(s->machine->condition) ? g->spread : 0;
            s->values[i] = s->values[i] <= g->idle ? g->run : s->values[i];
            break;
        case SIGNAL_RATE:
            s->values[i] = s->machine && is_moving(s->machine->condition) && s->machine->cycle_s > 0 ? 3600.0 / s->machine->cycle_s : 0;
            break;
        case SIGNAL_LEVEL:
        case SIGNAL_HEAT:
            walk(s, i, target_of_phase(s, i, now_ms));
            break;
        case SIGNAL_WALK:
            walk(s, i, target_of(s, i, now_ms));
            break;
        }
    }
}

double station_power(const struct station *s)
{
    double sum = 0;
    for (size_t i = 0; i < MAX_SIGNALS && s->type->signals[i].name; i++)
        if (s->type->signals[i].kind == SIGNAL_POWER && s->machine)
            sum += s->values[i];
    return sum;
}
