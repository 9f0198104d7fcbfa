/*
 * A struct held is a message on its way; it waits in the slot of the tick in which it comes, so that none needs a clock. `at_ms` is the tick that has been
 * handed on last; a message that comes at once comes behind the late ones of its tick.
 */
#include "sim/sim_late.h"

#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "sim/sim_random.h"

enum { SLOTS = SIM_LATE_MS / SIM_TICK_MS + 1, FIRST_MS = 10000, DICE = 1 << 21 };

struct held {
    char *topic, *payload;
    size_t payload_length;
    struct held *next;
};

struct queue { struct held *first, **last; };

struct sim_late {
    struct sim_sink to, from; /* where it all goes; and what the plant is given */
    double share;
    struct dice dice;
    int64_t start_ms, at_ms;
    struct queue slots[SLOTS];
};

static struct queue *slot_at(struct sim_late *late, int64_t ms)
{
    return &late->slots[(size_t)(ms / SIM_TICK_MS) % SLOTS];
}

static void release(struct sim_late *late, int64_t ms)
{
    struct queue *slot = slot_at(late, ms);
    while (slot->first) {
        struct held *h = slot->first;
        slot->first = h->next;
        if (late->to.message)
            late->to.message(late->to.arg, &(struct sim_message){.topic = h->topic, .payload = h->payload, .payload_length = h->payload_length, .ts_ms = ms});
        free(h->topic);
        free(h->payload);
        free(h);
    }
    slot->last = &slot->first;
}

void sim_late_to(struct sim_late *late, int64_t until_ms)
{
    for (; late->at_ms + SIM_TICK_MS <= until_ms; release(late, late->at_ms))
        late->at_ms += SIM_TICK_MS;
}

static void hold(struct sim_late *late, const struct sim_message *m)
{
    struct queue *slot = slot_at(late, late->at_ms + (1 + dice_pick(&late->dice, SLOTS - 1)) * (int64_t)SIM_TICK_MS);
    struct held *h = mem_zero(1, sizeof *h);
    *h = (struct held){.topic = mem_text(m->topic), .payload = mem_zero(m->payload_length + 1, 1), .payload_length = m->payload_length};
    memcpy(h->payload, m->payload, m->payload_length);
    *slot->last = h;
    slot->last = &h->next;
}

static void take_message(void *arg, const struct sim_message *m)
{
    struct sim_late *late = arg;
    bool in_order = m->retained || m->initial || m->ts_ms < late->start_ms + FIRST_MS;
    sim_late_to(late, m->ts_ms);
    if (!in_order && dice_chance(&late->dice, late->share))
        hold(late, m);
    else if (late->to.message)
        late->to.message(late->to.arg, m);
}

static void take_interval(void *arg, const struct sim_interval *interval)
{
    const struct sim_late *late = arg;
    if (late->to.interval)
        late->to.interval(late->to.arg, interval);
}

static void take_count(void *arg, const struct sim_count *count)
{
    const struct sim_late *late = arg;
    if (late->to.count)
        late->to.count(late->to.arg, count);
}

static void take_defects(void *arg, const struct sim_defects *defects)
{
    const struct sim_late *late = arg;
    if (late->to.defects)
        late->to.defects(late->to.arg, defects);
}

static void take_energy(void *arg, const struct sim_energy *energy)
{
    const struct sim_late *late = arg;
    if (late->to.energy)
        late->to.energy(late->to.arg, energy);
}

struct sim_late *sim_late_create(uint64_t seed, double share, int64_t start_ms, const struct sim_sink *sink)
{
    struct sim_late *late = mem_zero(1, sizeof *late);
    *late = (struct sim_late){.to = *sink, .share = share, .dice = dice_make(seed, DICE), .start_ms = start_ms, .at_ms = start_ms - start_ms % SIM_TICK_MS};
    late->from = (struct sim_sink){.message = take_message, .interval = take_interval, .count = take_count, .defects = take_defects, .energy = take_energy, .arg = late};
    for (size_t s = 0; s < SLOTS; s++)
        late->slots[s].last = &late->slots[s].first;
    return late;
}

void sim_late_destroy(struct sim_late *late)
{
    if (!late)
        return;
    late->to.message = NULL;
    for (int s = 0; s < SLOTS; s++)
        release(late, s * (int64_t)SIM_TICK_MS);
    free(late);
}

const struct sim_sink *sim_late_sink(const struct sim_late *late)
{
    return &late->from;
}
