/*
 * What stations used, in truth: the power between two moves of the signals is what it is, so that a sum is exact. A piece ends with its shift or order; the last one with
 * the last message, for nobody can know more.
 */
#include <stdio.h>

#include "sim/sim_station.h"

enum { SHIFT_MS = 8 * 3600000, FIRST_SHIFT_MS = 6 * 3600000 };

/* Three shifts around the clock, from six. */
static int64_t shift_of(const struct station *s, int64_t now_ms)
{
    int64_t local = now_ms + s->plant->utc_offset_s * INT64_C(1000) - FIRST_SHIFT_MS;
    return now_ms - local % SHIFT_MS;
}

static bool has_power(const struct station *s, double *kw)
{
    bool has = false;
    *kw = 0;
    for (size_t i = 0; i < MAX_SIGNALS && s->type->signals[i].name; i++)
        if (s->type->signals[i].kind == SIGNAL_POWER) {
            *kw += s->values[i];
            has = true;
        }
    return has;
}

static bool makes(const struct station *s)
{
    return s->line && !(s->line->spec->flags & LINE_UTILITY) && s->line->spec->product_count > 0;
}

void station_order(const struct station *s, int order, char out[48])
{
    bool idle = s->line->spec->flags & (LINE_IDLE | LINE_REPAIR);
    snprintf(out, 48, idle ? "-" : "%s%d", s->plant->order_prefix, order);
}

static void tell(const struct station *s, int64_t to_ms, double kwh, double idle, const struct sim_sink *sink)
{
    const struct used *u = &s->used;
    char order[48] = "";
    const char *product = "", *crew = s->plant->crews[0] && s->line ? s->plant->crews[(u->from_ms / 1000 + s->plant->utc_offset_s - FIRST_SHIFT_MS / 1000) / (SHIFT_MS / 1000) % 4] : "";
    if (makes(s)) {
        station_order(s, u->order, order);
        product = s->line->spec->flags & (LINE_IDLE | LINE_REPAIR) ? "-" : s->line->spec->products[u->product];
    }
    if (sink->energy && to_ms > u->from_ms)
        sink->energy(sink->arg, &(struct sim_energy){.node = s->node, .order = order, .product = product, .crew = crew, .shift_ms = u->shift_ms, .from_ms = u->from_ms, .to_ms = to_ms,
            .kwh = kwh, .idle_kwh = idle});
}

static void begin(struct station *s, int64_t now_ms)
{
    s->used = (struct used){.begun = true, .from_ms = now_ms, .at_ms = now_ms, .told_ms = now_ms, .shift_ms = shift_of(s, now_ms), .order = makes(s) ? s->line->order : 0,
        .product = makes(s) ? s->line->product : 0};
}

void station_use(struct station *s, int64_t now_ms, const struct sim_sink *sink)
{
    struct used *u = &s->used;
    double kw;
    if (!u->begun || !has_power(s, &kw))
        return;
    double kwh = kw * (double)(now_ms - u->at_ms) / 3.6e6;
    u->kwh += kwh;
    if (s->told.word && s->told.word->class != CLASS_RUN)
        u->idle += kwh;
    u->at_ms = now_ms;
    if (shift_of(s, now_ms) == u->shift_ms && (!makes(s) || s->line->order == u->order))
        return;
    tell(s, now_ms, u->kwh, u->idle, sink);
    begin(s, now_ms);
}

void station_used(struct station *s, int64_t now_ms)
{
    struct used *u = &s->used;
    double kw;
    if (s->spoke_ms != now_ms || !has_power(s, &kw))
        return;
    if (!u->begun)
        begin(s, now_ms);
    u->told_ms = now_ms;
    u->told_kwh = u->kwh;
    u->told_idle = u->idle;
}

void station_use_close(const struct station *s, const struct sim_sink *sink)
{
    if (s->used.begun)
        tell(s, s->used.told_ms, s->used.told_kwh, s->used.told_idle, sink);
}
