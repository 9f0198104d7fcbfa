/*
 * What a counter gains, by quarters of an hour of source time. A struct tag_tally holds the running quarter; it is given away (outcomes, buckets)
 * when a reading of another quarter comes, or when the quarter is over by the wall clock and nothing has come. What comes of it still later is
 * given again as an addition, so that nothing depends on the time at which a quarter is given.
 */
#include "core/memory.h"
#include "core/model_private.h"

static int64_t quarter_of(int64_t ms)
{
    int64_t into = ms % BUCKET_MS;
    return ms - (into < 0 ? into + BUCKET_MS : into);
}

static void give(struct model *model, uint32_t index)
{
    struct tag_tally *tally = model->tags[index].tally;
    struct bucket_gain *bucket = outcomes_bucket(&model->outcomes);
    *bucket = (struct bucket_gain){.series = model->tags[index].series, .start_ms = tally->start_ms, .gained = tally->gained, .flagged = tally->flagged};
    tally->gained = 0;
    tally->flagged = false;
}

/* To the end of the quarter by the wall clock, so that all counters' quarters end in one batch; a source that runs ahead gets its time. */
static int64_t due(const struct model *model, int64_t start_ms)
{
    int64_t end = quarter_of(model->wall) + BUCKET_MS;
    if (end < start_ms + BUCKET_MS)
        end = start_ms + BUCKET_MS;
    return model->elapsed + (end - model->wall);
}

void tally_read(struct model *model, uint32_t index, double gained, int64_t time_ms)
{
    struct tag *tag = &model->tags[index];
    if (!tag->tally)
        tag->tally = mem_zero(1, sizeof *tag->tally);
    struct tag_tally *tally = tag->tally;
    bool across = tally->across;
    tally->across = false;
    if (!(gained > 0))
        return;
    int64_t start = quarter_of(time_ms);
    if (tally->gained > 0 && tally->start_ms != start)
        give(model, index);
    if (!(tally->gained > 0)) {
        tally->start_ms = start;
        tally->due_ms = due(model, start);
        timers_set(&model->timers, slot_tally(model, index), tally->due_ms);
    }
    tally->gained += gained;
    tally->flagged |= across;
}

void tally_fire(struct model *model, uint32_t index)
{
    const struct tag_tally *tally = model->tags[index].tally;
    if (tally && tally->gained > 0)
        give(model, index);
}

void tally_arm(struct model *model, uint32_t index)
{
    const struct tag_tally *tally = model->tags[index].tally;
    if (tally && tally->gained > 0)
        timers_set(&model->timers, slot_tally(model, index), tally->due_ms);
}

/* ---- saved ---- */

void tally_pack(const struct tag *tag, struct packer *p)
{
    const struct tag_tally *tally = tag->tally;
    const struct counter_leap *leap = &tally->leap;
    pack_u8(p, (uint8_t)(tally->flagged | tally->across << 1 | (leap->to_ms != 0) << 2 | leap->whole << 3 | leap->across << 4));
    pack_zigzag(p, tally->start_ms);
    pack_zigzag(p, tally->due_ms);
    pack_value(p, value_real(tally->gained));
    if (leap->to_ms == 0)
        return;
    pack_zigzag(p, leap->from_ms);
    pack_zigzag(p, leap->to_ms);
    pack_value(p, value_real(leap->from));
    pack_value(p, value_real(leap->to));
}

static double load_real(struct unpacker *u)
{
    struct value v = unpack_value(u);
    return v.kind == VALUE_REAL ? v.d : 0;
}

void tally_load(struct tag *tag, struct unpacker *u)
{
    uint8_t bits = unpack_u8(u);
    struct tag_tally *tally = tag->tally = mem_zero(1, sizeof *tally);
    tally->flagged = bits & 1;
    tally->across = bits >> 1 & 1;
    tally->start_ms = unpack_time(u);
    tally->due_ms = unpack_time(u);
    struct value gained = unpack_value(u);
    tally->gained = gained.kind == VALUE_REAL && gained.d > 0 ? gained.d : 0;
    if (!(bits >> 2 & 1))
        return;
    tally->leap = (struct counter_leap){.whole = bits >> 3 & 1, .across = bits >> 4 & 1, .from_ms = unpack_time(u)};
    tally->leap.to_ms = unpack_time(u);
    tally->leap.from = load_real(u);
    tally->leap.to = load_real(u);
}
