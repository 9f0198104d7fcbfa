/*
 * The fold of an import: a model of the same plant that has never heard of anything else gets the rows in the order of their own time, as if each
 * had come at its time. Its states and quantities are kept, and what its alarms did; nothing of that is anybody's news any more.
 */
#include <stdlib.h>
#include <string.h>

#include "app/import.h"
#include "core/memory.h"
#include "core/model.h"

enum { AMENDED_MOST = 512 /* so many cells back an amendment finds its own */ };

struct folding {
    struct import *import;
    struct model *model;
    struct batch batch;
    size_t at[IMPORT_COLUMNS];
};

/* The column of the alarm's tag, or of what it looks at; NULL when it looks at none: then the file does not tell of it. */
static struct import_column *column_of(struct import *im, uint32_t index)
{
    const struct plant_alarm *alarm = &im->plant->alarms[index];
    for (size_t c = 0; c < im->column_count; c++) {
        bool looks = im->columns[c].tag == alarm->tag;
        for (size_t i = 0; i < alarm->def->input_count && alarm->tag == NO_TAG; i++) {
            const struct alarm_input *input = &im->plant->alarm_inputs[alarm->first_input + i];
            looks = looks || (input->kind == INPUT_TAG && input->index == im->columns[c].tag);
        }
        if (looks && im->columns[c].samples.count)
            return &im->columns[c];
    }
    return NULL;
}

/* What a file does not tell may have come otherwise: that no data came is no alarm of an import. */
static void keep_event(struct folding *f, const struct event *event)
{
    bool lives = event->kind == EVENT_ALARM && event->alarm.kind != ALARM_NO_DATA &&
        (event->alarm.event == ALARM_RAISED || event->alarm.event == ALARM_ROSE || event->alarm.event == ALARM_FELL || event->alarm.event == ALARM_CLEARED);
    uint32_t index = lives ? model_find_alarm(f->model, event->path) : NO_ALARM;
    struct import_column *column = index != NO_ALARM ? column_of(f->import, index) : NULL;
    if (!column)
        return;
    column->event_ends = mem_grow(column->event_ends, column->event_count, &column->event_capacity, sizeof *column->event_ends);
    event_pack(event, &column->events);
    column->event_ends[column->event_count++] = column->events.count;
}

/* What an import does not tell may be known otherwise: that nothing was known is no fact of it. */
static void keep_gain(struct folding *f, const struct account_gain *gain)
{
    static const struct account nothing = {.good = 0};
    struct account sum = gain->cell.sum;
    sum.ms[TIME_UNKNOWN] = 0;
    if (memcmp(&sum, &nothing, sizeof sum) == 0)
        return;
    struct account_gain *kept = outcomes_gain(&f->import->outcomes);
    *kept = *gain;
    kept->cell.sum.ms[TIME_UNKNOWN] = 0;
}

/* The cell that it amends, told lately: one that is left out must be left out with all its amendments. */
static struct energy_gain *kept_cell(struct outcomes *o, const struct energy_gain *gain)
{
    for (size_t i = o->energy_count; i-- > 0 && o->energy_count - i <= AMENDED_MOST;) {
        struct energy_cell *c = &o->energies[i].cell, like = gain->cell;
        like.from_ms = c->from_ms;
        like.to_ms = c->to_ms;
        if (c->from_ms / METER_QUARTER_MS == gain->cell.from_ms / METER_QUARTER_MS && energy_cell_same(c, &like) && strcmp(o->energies[i].path, gain->path) == 0)
            return &o->energies[i];
    }
    return NULL;
}

/* The like of meters: silence of a file is no silence of a meter. */
static void keep_energy(struct folding *f, const struct energy_gain *gain)
{
    static const struct energy nothing = {.amount = 0};
    struct energy sum = gain->cell.sum;
    sum.missing_ms = 0;
    if (memcmp(&sum, &nothing, sizeof sum) == 0)
        return;
    struct energy_gain *kept = kept_cell(&f->import->outcomes, gain);
    if (kept) {
        energy_add(&kept->cell.sum, &sum);
        kept->cell.from_ms = gain->cell.from_ms < kept->cell.from_ms ? gain->cell.from_ms : kept->cell.from_ms;
        kept->cell.to_ms = gain->cell.to_ms > kept->cell.to_ms ? gain->cell.to_ms : kept->cell.to_ms;
        return;
    }
    kept = outcomes_energy(&f->import->outcomes);
    *kept = *gain;
    kept->cell.sum = sum;
}

static void gather(struct folding *f)
{
    const struct outcomes *o = model_outcomes(f->model);
    for (size_t i = 0; i < o->event_count; i++)
        keep_event(f, &o->events[i]);
    for (size_t i = 0; i < o->interval_count; i++)
        if (o->intervals[i].class != CLASS_UNKNOWN) /* what an import does not tell may be known otherwise */
            *outcomes_interval(&f->import->outcomes) = o->intervals[i];
    for (size_t i = 0; i < o->bucket_count; i++)
        *outcomes_bucket(&f->import->outcomes) = o->buckets[i];
    for (size_t i = 0; i < o->gain_count; i++)
        keep_gain(f, &o->gains[i]);
    for (size_t i = 0; i < o->stop_count; i++)
        *outcomes_stop(&f->import->outcomes) = o->stops[i];
    for (size_t i = 0; i < o->energy_count; i++)
        keep_energy(f, &o->energies[i]);
}

static void fold_at(struct folding *f, int64_t wall_ms, int64_t elapsed_ms)
{
    f->batch.seq = model_seq(f->model) + 1;
    f->batch.wall_ms = wall_ms;
    f->batch.elapsed_ms = elapsed_ms;
    batch_order(&f->batch);
    model_apply(f->model, &f->batch);
    gather(f);
    batch_clear(&f->batch);
}

static int64_t next_time(const struct folding *f)
{
    int64_t next = INT64_MAX;
    for (size_t c = 0; c < f->import->column_count; c++) {
        const struct samples *s = &f->import->columns[c].samples;
        if (f->at[c] < s->count && s->rows[f->at[c]].time_ms < next)
            next = s->rows[f->at[c]].time_ms;
    }
    return next;
}

static void add_samples(struct folding *f, int64_t time_ms)
{
    for (size_t c = 0; c < f->import->column_count; c++) {
        const struct samples *s = &f->import->columns[c].samples;
        for (; f->at[c] < s->count && s->rows[f->at[c]].time_ms == time_ms; f->at[c]++) {
            const struct sample *sample = &s->rows[f->at[c]];
            struct value value = sample->value;
            if (value.kind == VALUE_TEXT) {
                const char *text = samples_text(s, value);
                value = value_text(batch_text(&f->batch, text, strlen(text)));
            }
            batch_add(&f->batch, (struct record){.kind = RECORD_SAMPLE, .series = (uint32_t)c + 1, .time_ms = time_ms, .quality = sample->quality,
                .flags = SAMPLE_SOURCE_TIME, .value = value});
        }
    }
}

void import_fold(struct import *im)
{
    struct folding *f = mem_zero(1, sizeof *f);
    f->import = im;
    f->model = model_create(im->plant);
    batch_init(&f->batch);
    for (size_t c = 0; c < im->column_count; c++)
        batch_add(&f->batch, (struct record){.kind = RECORD_SERIES, .series = (uint32_t)c + 1,
            .text = batch_text(&f->batch, im->columns[c].key, strlen(im->columns[c].key))});
    int64_t before = im->first_ms, time_ms;
    while ((time_ms = next_time(f)) != INT64_MAX) {
        add_samples(f, time_ms);
        fold_at(f, time_ms, time_ms - before);
        before = time_ms;
    }
    /* what came after the last row nobody knows: the last state ends there, and the last quarters and cells are given away */
    batch_add(&f->batch, (struct record){.kind = RECORD_GAP, .time_ms = before, .value = value_int(0)});
    fold_at(f, before, 0);
    int64_t silence_ms = 2 * HOUR_MS;
    for (size_t m = 0; m < im->plant->meter_count; m++) /* until it has passed, more could come of a meter's last quarter */
        silence_ms = im->plant->meters[m].gap_ms + HOUR_MS > silence_ms ? im->plant->meters[m].gap_ms + HOUR_MS : silence_ms;
    fold_at(f, before + silence_ms, silence_ms);
    batch_finish(&f->batch);
    model_destroy(f->model);
    free(f);
}
