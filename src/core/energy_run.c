/*
 * The bytes: checksum(8) over all the rest, format, how many days, which are known (2), and a record of one length for each day that has something, in order.
 */
#include "core/energy_run.h"

#include "core/energy_day_bytes.h"
#include "core/hash_index.h"

enum { RUN_FORMAT = 1, RUN_HEAD = 12, AT_RUN_FORMAT = 8, AT_RUN_COUNT = 9, AT_RUN_KNOWN = 10,
    AT_DAY = 0, AT_DAY_COUNT = 1, AT_DAY_WORK = 4, AT_DAY_FROM = 8, AT_DAY_TO = 12, AT_DAY_PEAK_MS = 16, AT_DAY_PEAK = 20, AT_DAY_SUMS = 28, AT_DAY_TIMES = 68, AT_DAY_HOURS = 92,
    RECORD = AT_DAY_HOURS + 8 * ENERGY_RUN_HOURS };

static void put(uint8_t *at, uint64_t v, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        at[i] = (uint8_t)(v >> 8 * i);
}

static void put_number(uint8_t *at, double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    put(at, bits, sizeof bits);
}

size_t energy_run_begin(struct packer *p)
{
    static const uint8_t none[RUN_HEAD];
    size_t mark = p->count;
    pack_bytes(p, none, sizeof none);
    return mark;
}

void energy_run_add(struct packer *p, unsigned day, const struct energy_day_head *head, const struct energy_day *of)
{
    uint8_t record[RECORD] = {0};
    double hours[ENERGY_RUN_HOURS] = {0};
    if (of->count == 0)
        return;
    for (size_t i = 0; i < of->count; i++)
        hours[of->slots[i].from_ms / (4 * METER_QUARTER_MS)] += of->slots[i].sum.amount;
    record[AT_DAY] = (uint8_t)day;
    put(record + AT_DAY_COUNT, head->count, 2);
    put(record + AT_DAY_WORK, head->work, 4);
    put(record + AT_DAY_FROM, (uint64_t)head->from_ms, 4);
    put(record + AT_DAY_TO, (uint64_t)head->to_ms, 4);
    put(record + AT_DAY_PEAK_MS, (uint64_t)head->peak_ms, 4);
    put_number(record + AT_DAY_PEAK, head->peak);
    const double sums[AMOUNTS] = {head->sum.amount, head->sum.reactive, head->sum.leading, head->sum.idle, head->sum.estimated};
    const int64_t times[COLUMNS - AMOUNTS] = {head->sum.valid_ms, head->sum.missing_ms, head->sum.running_ms};
    for (size_t i = 0; i < AMOUNTS; i++)
        put_number(record + AT_DAY_SUMS + 8 * i, sums[i]);
    for (size_t i = 0; i < COLUMNS - AMOUNTS; i++)
        put(record + AT_DAY_TIMES + 8 * i, (uint64_t)times[i], 8);
    for (size_t i = 0; i < ENERGY_RUN_HOURS; i++)
        put_number(record + AT_DAY_HOURS + 8 * i, hours[i]);
    pack_bytes(p, record, sizeof record);
}

void energy_run_end(struct packer *p, size_t mark, uint16_t known)
{
    uint8_t *at = p->bytes + mark;
    at[AT_RUN_FORMAT] = RUN_FORMAT;
    at[AT_RUN_COUNT] = (uint8_t)((p->count - mark - RUN_HEAD) / RECORD);
    put(at + AT_RUN_KNOWN, known, 2);
    put(at, hash_bytes(at + 8, p->count - mark - 8), 8);
}

bool energy_run_open(struct energy_run *run, const void *bytes, size_t length)
{
    const uint8_t *at = bytes;
    if (!at || length < RUN_HEAD || at[AT_RUN_FORMAT] != RUN_FORMAT || at[AT_RUN_COUNT] > ENERGY_RUN_DAYS || length != RUN_HEAD + at[AT_RUN_COUNT] * (size_t)RECORD
        || get_u64(at) != hash_bytes(at + 8, length - 8))
        return false;
    *run = (struct energy_run){.days = at + RUN_HEAD, .count = at[AT_RUN_COUNT], .known = (uint16_t)get_u16(at + AT_RUN_KNOWN)};
    return true;
}

bool energy_run_find(const struct energy_run *run, unsigned day, struct energy_run_day *out)
{
    const uint8_t *at = run->days, *end = at + run->count * RECORD;
    while (at < end && at[AT_DAY] < day)
        at += RECORD;
    if (at == end || at[AT_DAY] != day)
        return false;
    const uint8_t *sums = at + AT_DAY_SUMS, *times = at + AT_DAY_TIMES;
    out->head = (struct energy_day_head){
        .sum = {.amount = get_double(sums), .reactive = get_double(sums + 8), .leading = get_double(sums + 16), .idle = get_double(sums + 24), .estimated = get_double(sums + 32),
            .valid_ms = (int64_t)get_u64(times), .missing_ms = (int64_t)get_u64(times + 8), .running_ms = (int64_t)get_u64(times + 16)},
        .count = get_u16(at + AT_DAY_COUNT), .from_ms = get_i32(at + AT_DAY_FROM), .to_ms = get_i32(at + AT_DAY_TO), .work = get_u32(at + AT_DAY_WORK),
        .peak = get_double(at + AT_DAY_PEAK), .peak_ms = get_i32(at + AT_DAY_PEAK_MS)};
    for (size_t i = 0; i < ENERGY_RUN_HOURS; i++)
        out->hours[i] = get_double(at + AT_DAY_HOURS + 8 * i);
    return true;
}
