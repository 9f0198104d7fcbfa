/*
 * Demands in the fold. Every ten seconds of stream time each is given what its meter (of a sum: all meters under it) has measured since, as far as all of them have;
 * what it comes to is told to the plant's tags, which alarms and trends look at. Of meters that are silent what the others measured meanwhile is not counted:
 * part of a sum is no sum.
 */
#include <math.h>
#include <string.h>

#include "core/memory.h"
#include "core/model_energy_private.h"

enum demand_bit { BIT_FED = 1, BIT_HIGH = 2, BIT_UNLED = 4 };

static struct demand_book *book_of(const struct model *model, uint32_t demand) { return &model->energies->demands[demand]; }

void demands_create(struct energy_book *book, const struct plant *plant)
{
    book->demands = mem_zero(plant->demand_count, sizeof *book->demands);
    for (uint32_t d = 0; d < plant->demand_count; d++)
        demand_init(&book->demands[d].d, &plant->demands[d], &plant->zone);
}

uint32_t slot_demand(const struct model *model, uint32_t demand)
{
    return slot_meter(model, (uint32_t)model->plant->meter_count) + demand;
}

void demands_arm(struct model *model)
{
    for (uint32_t d = 0; d < model->plant->demand_count; d++) {
        struct demand_book *book = book_of(model, d);
        if (book->due_ms <= model->elapsed)
            book->due_ms = model->elapsed + DEMAND_TICK_MS;
        timers_set(&model->timers, slot_demand(model, d), book->due_ms);
    }
}

/* ---- what meters have measured ---- */

static bool speaks(const struct model *model, uint32_t meter)
{
    const struct meter_book *book = meter_of(model, meter);
    return book->channels[CHANNEL_AMOUNT].known && book->stale_due_ms != INT64_MAX;
}

/* From where on, and up to where, all of a meter's parts that speak have measured; INT64_MAX, INT64_MIN: none does. */
static void measured(const struct model *model, uint32_t meter, int64_t *from_ms, int64_t *to_ms)
{
    const struct plant *plant = model->plant;
    if (plant->meters[meter].kind == METER_SUM) {
        for (uint32_t m = meter_under(plant, meter, 0); m < plant->meter_count; m = meter_under(plant, meter, m + 1))
            measured(model, m, from_ms, to_ms);
        return;
    }
    const struct meter_book *book = meter_of(model, meter);
    if (!speaks(model, meter))
        return;
    *from_ms = *from_ms == INT64_MAX ? book->known_ms : later(*from_ms, book->known_ms);
    *to_ms = *to_ms == INT64_MIN ? book->channels[CHANNEL_AMOUNT].last_ms : earlier(*to_ms, book->channels[CHANNEL_AMOUNT].last_ms);
}

/* How much of [from, to) all parts have measured; `scaled` (of the first pass): their quantity in so much of it. */
static void measure(const struct model *model, uint32_t meter, int64_t from_ms, int64_t to_ms, int64_t *valid_ms, double *amount)
{
    const struct plant *plant = model->plant;
    if (plant->meters[meter].kind == METER_SUM) {
        for (uint32_t m = meter_under(plant, meter, 0); m < plant->meter_count; m = meter_under(plant, meter, m + 1))
            measure(model, m, from_ms, to_ms, valid_ms, amount);
        return;
    }
    struct energy e = {.amount = 0};
    meter_measure(model, meter, CHANNEL_AMOUNT, from_ms, to_ms, &e);
    if (!amount)
        *valid_ms = earlier(*valid_ms, e.valid_ms);
    else if (e.valid_ms > 0)
        *amount += e.amount * (double)*valid_ms / (double)e.valid_ms;
}

static void feed(struct model *model, uint32_t demand)
{
    struct demand_meter *d = &book_of(model, demand)->d;
    int64_t from = INT64_MAX, to = INT64_MIN;
    measured(model, d->demand->meter, &from, &to);
    if (to == INT64_MIN)
        return;
    if (d->fed_ms != INT64_MIN)
        from = later(d->fed_ms, to - 2 * d->demand->block_ms);
    for (int64_t t = from, until; t < to; t = until) {
        int64_t valid;
        double amount = 0;
        until = earlier(to, demand_step_end(d, t));
        valid = until - t;
        measure(model, d->demand->meter, t, until, &valid, NULL);
        measure(model, d->demand->meter, t, until, &valid, &amount);
        demand_feed(d, t, until, amount, valid);
    }
}

/* ---- told ---- */

void energy_tell(struct model *model, uint32_t tag, double value)
{
    if (tag == NO_TAG || (!isfinite(value) && (model->tags[tag].count == 0 || model->tags[tag].quality == QUALITY_BAD)))
        return;
    model_tell(model, tag, value, model->alarms->now.elapsed_ms, model->alarms->now.wall_ms);
}

void demand_fire(struct model *model, uint32_t demand)
{
    struct demand_book *book = book_of(model, demand);
    const struct demand *def = book->d.demand;
    book->due_ms = model->alarms->now.elapsed_ms + DEMAND_TICK_MS;
    timers_set(&model->timers, slot_demand(model, demand), book->due_ms);
    feed(model, demand);
    energy_tell(model, def->forecast_tag, demand_now(&book->d, account_now(model), meter_present(model, def->meter)).forecast);
    if (book->d.last.to_ms == book->told_ms)
        return;
    book->told_ms = book->d.last.to_ms;
    energy_tell(model, def->mean_tag, book->d.last.mean);
}

void demand_contact(struct model *model, uint32_t demand, double value, int64_t ms)
{
    struct demand_book *book = book_of(model, demand);
    if (value > 0 && !book->high)
        demand_sync(&book->d, ms);
    if (!isnan(value))
        book->high = value > 0;
}

void demands_clock(struct model *model, int64_t now_ms)
{
    for (uint32_t d = 0; d < model->plant->demand_count; d++)
        demand_set_back(&book_of(model, d)->d, now_ms);
}

const struct demand_meter *model_demand(const struct model *model, uint32_t demand, struct demand_now *now)
{
    const struct demand_meter *d = &book_of(model, demand)->d;
    if (now)
        *now = demand_now(d, model->wall, meter_present(model, d->demand->meter));
    return d;
}

/* ---- saved and carried ---- */

static void pack_peak(const struct demand_peak *peak, struct packer *p)
{
    pack_zigzag(p, peak->from_ms);
    pack_zigzag(p, peak->to_ms);
    pack_double(p, peak->mean);
}

static struct demand_peak load_peak(struct unpacker *u)
{
    struct demand_peak peak = {.from_ms = unpack_time(u)};
    peak.to_ms = unpack_time(u);
    peak.mean = unpack_double(u);
    return peak;
}

static void save_demand(const struct model *m, uint32_t demand, struct packer *p)
{
    const struct demand_book *book = book_of(m, demand);
    const struct demand_meter *d = &book->d;
    char key[KEY_BYTES];
    size_t mark = p->count;
    plant_meter_key(m->plant, d->demand->meter, key, sizeof key);
    pack_text(p, key);
    pack_text(p, d->demand->name);
    pack_zigzag(p, book->due_ms);
    pack_zigzag(p, book->told_ms);
    pack_u8(p, (uint8_t)((d->fed_ms != INT64_MIN ? BIT_FED : 0) | (book->high ? BIT_HIGH : 0) | (d->unled ? BIT_UNLED : 0)));
    pack_zigzag(p, d->fed_ms != INT64_MIN ? d->fed_ms : 0);
    pack_zigzag(p, d->month);
    pack_double(p, d->month_sum);
    pack_zigzag(p, d->month_valid_ms);
    pack_peak(&d->last, p);
    pack_varint(p, d->peak_count);
    for (size_t i = 0; i < d->peak_count; i++)
        pack_peak(&d->peaks[i], p);
    pack_varint(p, d->pulse_count);
    for (size_t i = 0; i < d->pulse_count; i++)
        pack_zigzag(p, d->pulses[i]);
    pack_varint(p, d->count);
    for (size_t back = d->count; back-- > 0;) {
        size_t i = (d->newest + DEMAND_RING - back) % DEMAND_RING;
        pack_zigzag(p, d->begin_ms[i]);
        pack_double(p, d->sum[i]);
        pack_zigzag(p, d->valid_ms[i]);
    }
    run_frame(p, mark, CHECK_DEMAND);
}

static uint32_t find_demand(const struct plant *plant, const char *key, const char *name)
{
    uint32_t meter = plant_meter_by_key(plant, key), d = 0;
    while (d < plant->demand_count && (plant->demands[d].meter != meter || strcmp(plant->demands[d].name, name) != 0))
        d++;
    return d;
}

static void load_steps(struct demand_meter *d, struct unpacker *u)
{
    uint64_t peaks = unpack_varint(u);
    if (peaks > DEMAND_PEAKS)
        u->failed = true;
    for (uint64_t i = 0; i < peaks && !u->failed; i++)
        d->peaks[d->peak_count++] = load_peak(u);
    uint64_t pulses = unpack_varint(u);
    if (pulses > DEMAND_PULSES)
        u->failed = true;
    for (uint64_t i = 0; i < pulses && !u->failed; i++)
        d->pulses[d->pulse_count++] = unpack_time(u);
    uint64_t steps = unpack_varint(u);
    if (steps > DEMAND_RING)
        u->failed = true;
    for (uint64_t i = 0; i < steps && !u->failed; i++) {
        d->newest = (size_t)i;
        d->begin_ms[i] = unpack_time(u);
        d->sum[i] = unpack_double(u);
        d->valid_ms[i] = unpack_time(u);
        d->count++;
        if (i > 0 && d->begin_ms[i] <= d->begin_ms[i - 1])
            u->failed = true;
    }
}

void demand_load(struct model *m, struct unpacker *u)
{
    char key[KEY_BYTES], name[KEY_BYTES];
    unpack_text(u, key, sizeof key);
    unpack_text(u, name, sizeof name);
    uint32_t demand = u->failed || !m->energies ? UINT32_MAX : find_demand(m->plant, key, name);
    if (demand >= m->plant->demand_count || book_of(m, demand)->d.count > 0)
        return;
    struct demand_book *book = book_of(m, demand);
    struct demand_meter *d = &book->d;
    demand_init(d, d->demand, d->zone);
    book->due_ms = unpack_time(u);
    book->told_ms = unpack_time(u);
    uint8_t bits = unpack_u8(u);
    int64_t fed = unpack_time(u);
    d->fed_ms = bits & BIT_FED ? fed : INT64_MIN;
    d->unled = bits & BIT_UNLED;
    book->high = bits & BIT_HIGH;
    d->month = (int32_t)unpack_time(u);
    d->month_sum = unpack_double(u);
    d->month_valid_ms = unpack_time(u);
    d->last = load_peak(u);
    load_steps(d, u);
}

void demands_save(const struct model *m, struct packer *p)
{
    for (uint32_t d = 0; d < m->plant->demand_count; d++)
        save_demand(m, d, p);
}

void demands_carry(struct model *model, struct model *old)
{
    for (uint32_t d = 0; d < model->plant->demand_count; d++) {
        struct demand_book *to = book_of(model, d);
        const struct demand *def = to->d.demand;
        char key[KEY_BYTES];
        plant_meter_key(model->plant, def->meter, key, sizeof key);
        uint32_t from = find_demand(old->plant, key, def->name);
        if (from == old->plant->demand_count)
            continue;
        const struct demand *was = &old->plant->demands[from];
        if (was->kind != def->kind || was->block_ms != def->block_ms || was->step_ms != def->step_ms)
            continue;
        *to = *book_of(old, from);
        to->d.demand = def;
        to->d.zone = &model->plant->zone;
    }
}
