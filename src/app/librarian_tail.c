/*
 * What is on its way to the disk is not in an answer yet. A struct tail keeps the samples that the living plant got since, as far as they
 * belong to a curve that is wanted; with the next answer those go that it holds. The merged answer is base plus tail, made anew each time,
 * so that nothing is counted twice.
 */
#include "app/librarian_parts.h"

#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

bool order_has_tail(const struct order *order)
{
    return order->want.kind == WANT_COLUMNS;
}

void tail_finish(struct order *order)
{
    free(order->tail.rows);
    order->tail.rows = NULL;
    answer_finish(&order->base);
}

static const struct sample *tail_row(const struct tail *tail, size_t index)
{
    return &tail->rows[(tail->first + index) % TAIL_MOST];
}

void tail_begin(struct order *order, const struct answer *answer, uint64_t last_seq)
{
    struct tail *tail = &order->tail;
    answer_finish(&order->base);
    order->base = (struct answer){.want = answer->want, .column_count = answer->column_count, .cut = answer->cut, .first_ms = answer->first_ms, .last_ms = answer->last_ms};
    memcpy(order->base.why, answer->why, sizeof order->base.why);
    memcpy(order->base.tier, answer->tier, sizeof order->base.tier);
    if (answer->column_count) {
        order->base.columns = mem_resize(NULL, answer->column_count, sizeof *answer->columns);
        memcpy(order->base.columns, answer->columns, answer->column_count * sizeof *answer->columns);
    }
    order->base_seq = last_seq;
    while (tail->count > 0 && tail_row(tail, 0)->seq <= last_seq) {
        tail->first = (tail->first + 1) % TAIL_MOST;
        tail->count--;
    }
    tail->dirty = tail->count > 0;
}

static void tail_add(struct tail *tail, struct sample sample)
{
    if (!tail->rows)
        tail->rows = mem_resize(NULL, TAIL_MOST, sizeof *tail->rows);
    if (tail->count == TAIL_MOST) {
        tail->lost_seq = tail_row(tail, 0)->seq;
        tail->first = (tail->first + 1) % TAIL_MOST;
        tail->count--;
    }
    tail->rows[(tail->first + tail->count++) % TAIL_MOST] = sample;
    tail->dirty = true;
}

void tail_batch(struct order *order, const struct model *model, const struct batch *batch)
{
    uint32_t tag = model_find(model, order->want.path);
    if (order->tail.since_seq == 0)
        order->tail.since_seq = batch->seq;
    uint32_t series = tag == NO_TAG ? 0 : model_tag(model, tag)->series;
    for (size_t r = 0; r < batch->count; r++) {
        const struct record *record = &batch->records[r];
        bool lost = record->kind == RECORD_DEATH && want_lost_with(&order->want, batch_text_at(batch, record->text));
        if (lost || record->kind == RECORD_GAP || record->kind == RECORD_CLOCK || record->kind == RECORD_CONFIG)
            order->tail.broken_seq = batch->seq;
        if (record->kind == RECORD_SAMPLE && series != 0 && record->series == series && record->value.kind != VALUE_TEXT)
            tail_add(&order->tail, (struct sample){.seq = batch->seq, .time_ms = record->time_ms, .value = record->value,
                .quality = record->quality, .flags = record->flags});
    }
    order->tail.dirty = true; /* time has gone on: a value stands in one more column */
}

static size_t column_at(const struct want *want, int64_t ms)
{
    double part = (double)(want->to_ms - want->from_ms) / want->columns;
    size_t column = (size_t)((double)(ms - want->from_ms) / part);
    return column < want->columns ? column : want->columns - 1u;
}

static void column_add(struct column *column, const struct sample *sample)
{
    struct summary one = {.count = 0};
    summary_add(&one, sample);
    if (one.count == 0)
        return;
    bool first = column->state != COLUMN_FILLED || column->count == 0;
    if (first) /* a late one takes nothing from what stood */
        *column = (struct column){.state = COLUMN_FILLED, .low = one.min, .high = one.max, .last = column->state == COLUMN_EMPTY ? one.max : column->last};
    column->low = one.min < column->low ? one.min : column->low;
    column->high = one.max > column->high ? one.max : column->high;
    column->mean += (one.sum - column->mean) / (column->count + 1.0);
    column->count++;
    if (!(sample->flags & SAMPLE_LATE))
        column->last = one.max;
}

/* The newest value that was told since, if it still stands: the newest sample counts, and nothing has ended it. */
static const struct sample *standing(const struct order *order)
{
    const struct sample *newest = NULL;
    struct summary one = {.count = 0};
    for (size_t i = order->tail.count; i-- > 0 && !newest;)
        if (!(tail_row(&order->tail, i)->flags & SAMPLE_LATE))
            newest = tail_row(&order->tail, i);
    if (!newest || newest->seq <= order->base_seq || newest->seq <= order->tail.broken_seq)
        return NULL;
    summary_add(&one, newest);
    return one.count ? newest : NULL;
}

/* From its column on up to now it stands, as long as a value may. */
static void hold_on(struct answer *answer, const struct sample *sample, int64_t now_ms)
{
    const struct want *want = &answer->want;
    if (answer->column_count == 0 || now_ms < want->from_ms || sample->time_ms >= want->to_ms || sample->time_ms > now_ms)
        return;
    struct summary one = {.count = 0};
    summary_add(&one, sample);
    double part = (double)(want->to_ms - want->from_ms) / want->columns;
    size_t since = sample->time_ms < want->from_ms ? 0 : column_at(want, sample->time_ms);
    size_t now = now_ms >= want->to_ms ? answer->column_count - 1 : column_at(want, now_ms);
    for (size_t i = since; i <= now; i++) {
        if (want->hold_ms > 0 && (double)want->from_ms + (double)i * part - (double)sample->time_ms > (double)want->hold_ms)
            return;
        if (answer->columns[i].state == COLUMN_EMPTY)
            answer->columns[i] = (struct column){.state = COLUMN_HELD, .low = one.max, .high = one.max, .mean = one.max, .last = one.max};
    }
}

struct answer tail_merge(const struct order *order, int64_t now_ms)
{
    struct answer merged = order->base;
    merged.columns = mem_resize(NULL, merged.column_count, sizeof *merged.columns);
    memcpy(merged.columns, order->base.columns, merged.column_count * sizeof *merged.columns);
    const struct sample *stands = standing(order);
    for (size_t i = 0; i < order->tail.count; i++) {
        const struct sample *sample = tail_row(&order->tail, i);
        if (sample->seq <= order->base_seq || sample->time_ms < order->want.from_ms || sample->time_ms >= order->want.to_ms)
            continue;
        column_add(&merged.columns[column_at(&order->want, sample->time_ms)], sample);
    }
    if (stands)
        hold_on(&merged, stands, now_ms);
    return merged;
}
