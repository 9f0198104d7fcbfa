/*
 * Rows of an answer on meters: a day is added to those that its quarters belong to, from its slots, from its head, or from what was used in each of its hours, whichever is enough.
 */
#include <math.h>
#include <string.h>

#include "core/memory.h"
#include "io/history_energy.h"

/* ---- contexts ---- */

static bool is_work(const void *context, uint32_t number, const void *key)
{
    return ((const struct reading *)context)->works[number].id == *(const int64_t *)key;
}

static bool same_group(const struct reading *r, const struct energy_cell *a, const struct energy_cell *b)
{
    switch (r->query->by) {
    case BY_SHIFT: return a->shift_ms == b->shift_ms && strcmp(a->shift, b->shift) == 0;
    case BY_PRODUCT: return strcmp(a->product, b->product) == 0;
    case BY_CREW: return strcmp(a->crew, b->crew) == 0;
    case BY_ORDER: return strcmp(a->order, b->order) == 0;
    case BY_CELL: return a == b; /* each context is by itself */
    default: return true;
    }
}

static bool is_group(const void *context, uint32_t number, const void *key)
{
    const struct reading *r = context;
    return same_group(r, &r->works[number].cell, key);
}

static uint64_t group_hash(const struct reading *r, const struct energy_cell *c)
{
    if (r->query->by == BY_CELL)
        return (uint64_t)r->work_count; /* any: none is looked for again */
    const char *text = r->query->by == BY_SHIFT ? c->shift : r->query->by == BY_PRODUCT ? c->product : r->query->by == BY_CREW ? c->crew : r->query->by == BY_ORDER ? c->order : "";
    return hash_bytes(text, strlen(text)) ^ (r->query->by == BY_SHIFT ? (uint64_t)c->shift_ms * UINT64_C(0x9E3779B97F4A7C15) : 0);
}

uint32_t reading_work(struct reading *r, int64_t id)
{
    uint64_t hash = hash_bytes(&id, sizeof id);
    uint32_t found = hash_index_find(&r->by_work, hash, is_work, r, &id);
    if (found != HASH_INDEX_NONE)
        return found;
    struct work work = {.id = id};
    struct energy_cell *c = &work.cell;
    sqlite3_stmt *stmt = history_stmt(r->h, STMT_WORK, r->err);
    if (!stmt)
        return NO_WORK;
    sqlite3_bind_int64(stmt, 1, id);
    int rc = history_row(r->h, stmt, r->err);
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        return NO_WORK;
    if (rc == SQLITE_ROW) {
        c->shift_ms = sqlite3_column_int64(stmt, 0);
        c->day = sqlite3_column_int(stmt, 1);
        c->planned = sqlite3_column_int(stmt, 2) != 0;
        column_text_into(stmt, 3, c->shift, sizeof c->shift);
        column_text_into(stmt, 4, c->crew, sizeof c->crew);
        column_text_into(stmt, 5, c->product, sizeof c->product);
        column_text_into(stmt, 6, c->order, sizeof c->order);
    }
    history_done(stmt);
    uint32_t number = (uint32_t)r->work_count;
    uint64_t group = group_hash(r, c);
    work.group = hash_index_find(&r->by_group, group, is_group, r, c);
    bool first = work.group == HASH_INDEX_NONE;
    work.group = first ? number : work.group;
    r->works = mem_grow(r->works, r->work_count, &r->work_capacity, sizeof *r->works);
    r->works[r->work_count++] = work;
    hash_index_add(&r->by_work, hash, number);
    if (first)
        hash_index_add(&r->by_group, group, number);
    return number;
}

/* ---- rows ---- */

/* Steps are in order of time, and come so but for the meters of a sum, which follow each other through each day. */
static struct sum *sum_of(struct metered *m, int64_t step_ms, uint32_t group, int64_t work_id)
{
    if (m->count && m->sums[m->newest].step_ms == step_ms && m->sums[m->newest].group == group)
        return &m->sums[m->newest];
    size_t at = m->count;
    for (; at > 0 && m->sums[at - 1].step_ms > step_ms; at--)
        continue;
    for (size_t i = at; i-- > 0 && m->sums[i].step_ms == step_ms;)
        if (m->sums[i].group == group) {
            m->newest = i;
            return &m->sums[i];
        }
    m->sums = mem_grow(m->sums, m->count, &m->capacity, sizeof *m->sums);
    memmove(m->sums + at + 1, m->sums + at, (m->count++ - at) * sizeof *m->sums);
    m->newest = at;
    m->sums[at] = (struct sum){.step_ms = step_ms, .group = group, .work_id = work_id, .from_ms = INT64_MAX, .to_ms = INT64_MIN, .peak = NAN, .quarter_ms = INT64_MIN};
    return &m->sums[at];
}

static void widen(struct sum *sum, int64_t from_ms, int64_t to_ms)
{
    sum->from_ms = from_ms < sum->from_ms ? from_ms : sum->from_ms;
    sum->to_ms = to_ms > sum->to_ms ? to_ms : sum->to_ms;
}

static void raise_peak(struct sum *sum, double peak, int64_t peak_ms)
{
    if (isfinite(peak) && !(peak <= sum->peak)) {
        sum->peak = peak;
        sum->peak_ms = peak_ms;
    }
}

/* Of a row's cells in one quarter. */
static void add_to_quarter(struct sum *sum, int64_t quarter_ms, const struct energy *e)
{
    if (sum->quarter_ms != quarter_ms) {
        sum->quarter_ms = quarter_ms;
        sum->quarter_amount = 0;
        sum->quarter_valid_ms = 0;
    }
    sum->quarter_amount += e->amount;
    sum->quarter_valid_ms += e->valid_ms;
    if (sum->quarter_valid_ms >= METER_QUARTER_MS)
        raise_peak(sum, sum->quarter_amount * 4, quarter_ms);
}

static bool is_within(const struct reading *r, const struct energy_slot *s)
{
    int64_t from_ms = r->today.start_ms + s->from_ms;
    return from_ms >= r->from_ms && from_ms < r->to_ms;
}

/* Slots that follow each other within one row. */
static void add_run(struct reading *r, struct metered *m, struct sum *sum, const struct energy_slot *slots, size_t count)
{
    const double *prices = m->price == NO_TARIFF ? NULL : today_prices(&r->today, m->price)->each, *carbons = m->carbon == NO_TARIFF ? NULL : today_carbons(&r->today, m->carbon)->each;
    double cost = 0, carbon = 0;
    for (size_t i = 0; i < count; i++) {
        const struct energy_slot *s = &slots[i];
        int quarter = s->from_ms / METER_QUARTER_MS;
        widen(sum, r->today.start_ms + s->from_ms, r->today.start_ms + s->to_ms);
        energy_add(&sum->energy, &s->sum);
        if (s->sum.amount < 0 || s->sum.amount > 0) { /* nothing costs nothing, whatever the price; what is unknown in one part is unknown in the sum */
            cost += prices ? s->sum.amount * prices[quarter] : 0;
            carbon += carbons ? s->sum.amount * carbons[quarter] : 0;
        }
        if (m->together)
            energy_quarters_add(&m->together->quarters, s);
        else
            add_to_quarter(sum, r->today.start_ms + quarter * (int64_t)METER_QUARTER_MS, &s->sum);
    }
    sum->cost += cost;
    sum->carbon += carbon;
}

bool reading_add_slots(struct reading *r, struct metered *m, const struct energy_day *day)
{
    const struct energy_slot *slots = day->slots;
    for (size_t i = 0, end; i < day->count; i = end) {
        int64_t step = r->today.steps[slots[i].from_ms / METER_QUARTER_MS];
        bool apart = r->query->by != BY_NOTHING;
        for (end = i + 1; end < day->count && r->today.steps[slots[end].from_ms / METER_QUARTER_MS] == step && (!apart || slots[end].work == slots[i].work) &&
             is_within(r, &slots[end]) == is_within(r, &slots[i]);)
            end++;
        if (!is_within(r, &slots[i]))
            continue;
        uint32_t work = apart ? reading_work(r, slots[i].work) : 0;
        if (work == NO_WORK)
            return false;
        add_run(r, m, sum_of(m, step, apart ? r->works[work].group : 0, slots[i].work), slots + i, end - i);
    }
    return true;
}

/* Where a price is unknown, only what costs nothing may lie. */
bool reading_is_simple(struct reading *r, const struct metered *m)
{
    return r->today.one_step && r->query->by == BY_NOTHING && (m->price == NO_TARIFF || today_prices(&r->today, m->price)->whole)
        && (m->carbon == NO_TARIFF || today_carbons(&r->today, m->carbon)->whole);
}

/* Of a whole day by nothing its head is enough, but for prices that change in it. */
void reading_add_head(struct reading *r, struct metered *m, const struct energy_day_head *head, const void *bytes, size_t length)
{
    struct sum *sum = sum_of(m, r->today.steps[0], 0, head->work);
    widen(sum, r->today.start_ms + head->from_ms, r->today.start_ms + head->to_ms);
    energy_add(&sum->energy, &head->sum);
    if (m->together)
        energy_quarters_gather(&m->together->quarters, bytes, length, &r->day);
    else
        raise_peak(sum, head->peak, r->today.start_ms + head->peak_ms);
    for (int i = 0; i < 2; i++) {
        uint16_t of = i ? m->carbon : m->price;
        if (of == NO_TARIFF)
            continue;
        const struct weights *w = i ? today_carbons(&r->today, of) : today_prices(&r->today, of);
        *(i ? &sum->carbon : &sum->cost) += w->flat ? head->sum.amount * w->each[0] : energy_day_weigh(bytes, length, w->each);
    }
}

bool reading_is_by_hours(struct reading *r, const struct metered *m)
{
    return !m->together && reading_is_simple(r, m) && (m->price == NO_TARIFF || today_prices(&r->today, m->price)->hourly)
        && (m->carbon == NO_TARIFF || today_carbons(&r->today, m->carbon)->hourly);
}

static double weigh_hours(const struct energy_run_day *day, const struct weights *w)
{
    double sum = 0;
    for (int h = 0; h < ENERGY_RUN_HOURS && !w->flat; h++)
        sum += day->hours[h] * w->each[4 * h];
    return w->flat ? day->head.sum.amount * w->each[0] : sum;
}

void reading_add_hours(struct reading *r, struct metered *m, const struct energy_run_day *day)
{
    const struct energy_day_head *head = &day->head;
    struct sum *sum = sum_of(m, r->today.steps[0], 0, head->work);
    widen(sum, r->today.start_ms + head->from_ms, r->today.start_ms + head->to_ms);
    energy_add(&sum->energy, &head->sum);
    raise_peak(sum, head->peak, r->today.start_ms + head->peak_ms);
    sum->cost += m->price == NO_TARIFF ? 0 : weigh_hours(day, today_prices(&r->today, m->price));
    sum->carbon += m->carbon == NO_TARIFF ? 0 : weigh_hours(day, today_carbons(&r->today, m->carbon));
}

/* Peaks of sums, when a day is through: of quarters that all of their meters cover. */
void reading_end_day(struct reading *r)
{
    for (size_t i = 0; i < r->count; i++) {
        struct metered *m = &r->meters[i];
        struct together *t = m->together;
        if (!t || !t->any)
            continue;
        for (int q = 0; q < ENERGY_DAY_QUARTERS && r->query->by == BY_NOTHING; q++)
            if (t->quarters.valid_ms[q] >= t->leaves * (int64_t)METER_QUARTER_MS)
                raise_peak(sum_of(m, r->today.steps[q], 0, 0), t->quarters.amount[q] * 4, r->today.start_ms + q * (int64_t)METER_QUARTER_MS);
        t->quarters = (struct energy_quarters){.amount = {0}};
        t->any = false;
    }
}
