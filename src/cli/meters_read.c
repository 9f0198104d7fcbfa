/*
 * Reading what a report on energy tells: each meter's quarters once, which are added to every subject that it is a part of, and its sums by shift, crew,
 * product and order. Facts are told when a quarter is over; of quarters that no fact tells of, the fold of the period's end is asked, as the screens do. One batch
 * is the last for all of it.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "app/past.h"
#include "cli/meters.h"
#include "core/energy_price.h"
#include "core/memory.h"

enum { REMEMBERED_MS = 26 * 3600000 /* of cells, in the fold */ };

static int64_t quarter_of(int64_t ms)
{
    return ms - ((ms % METER_QUARTER_MS) + METER_QUARTER_MS) % METER_QUARTER_MS;
}

/* ---- parts ---- */

static bool same_part(enum meters_by by, const struct meters_part *a, const struct meters_part *b)
{
    if (by <= METERS_BY_MONTH)
        return a->from_ms == b->from_ms;
    if (by == METERS_BY_SHIFT)
        return a->shift_ms == b->shift_ms && a->planned == b->planned && strcmp(a->name, b->name) == 0 && strcmp(a->crew, b->crew) == 0;
    return strcmp(a->name, b->name) == 0;
}

static bool before(enum meters_by by, const struct meters_part *a, const struct meters_part *b)
{
    if (by <= METERS_BY_MONTH)
        return a->from_ms < b->from_ms;
    if (by == METERS_BY_SHIFT)
        return a->shift_ms != b->shift_ms ? a->shift_ms < b->shift_ms : strcmp(a->name, b->name) < 0;
    return by != METERS_BY_RATE && strcmp(a->name, b->name) < 0;
}

struct meters_part *meters_part_at(struct meters_parts *parts, enum meters_by by, const struct meters_part *like)
{
    size_t low = 0, high = by == METERS_BY_RATE ? 0 : parts->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (before(by, &parts->rows[middle], like))
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < parts->count && (by == METERS_BY_RATE || !before(by, like, &parts->rows[low])); low++)
        if (same_part(by, &parts->rows[low], like))
            return &parts->rows[low];
    parts->rows = mem_grow(parts->rows, parts->count, &parts->capacity, sizeof *parts->rows);
    memmove(parts->rows + low + 1, parts->rows + low, (parts->count - low) * sizeof *parts->rows);
    parts->count++;
    parts->rows[low] = *like;
    parts->rows[low].sum = (struct energy){.amount = 0};
    parts->rows[low].cost = parts->rows[low].carbon = 0;
    parts->rows[low].good = NAN;
    return &parts->rows[low];
}

static void add_part(struct meters_parts *parts, enum meters_by by, const struct meters_part *more)
{
    struct meters_part *part = meters_part_at(parts, by, more);
    part->from_ms = more->from_ms < part->from_ms ? more->from_ms : part->from_ms;
    part->to_ms = more->to_ms > part->to_ms ? more->to_ms : part->to_ms;
    energy_add(&part->sum, &more->sum);
    part->cost += more->cost;
    part->carbon += more->carbon;
}

/* The hour, day or month that a quarter lies in. */
static struct period stretch_of(const struct zone *zone, enum meters_by by, int64_t ms)
{
    int64_t steady_from, steady_to;
    if (by == METERS_BY_QUARTER)
        return (struct period){quarter_of(ms), quarter_of(ms) + METER_QUARTER_MS};
    if (by != METERS_BY_HOUR)
        return period_at(zone, NULL, by == METERS_BY_DAY ? PERIOD_DAY : PERIOD_MONTH, ms);
    int64_t offset = zone_steady(zone, ms, &steady_from, &steady_to) * INT64_C(1000), hour = 4 * METER_QUARTER_MS;
    int64_t local = ms + offset, begin = local - ((local % hour) + hour) % hour - offset;
    return (struct period){begin, begin + hour};
}

/* ---- what a meter measured ---- */

static void row_of_cell(const struct plant *plant, uint32_t meter, struct energy_price *price, const struct energy_cell *cell, struct energy_row *row)
{
    *row = (struct energy_row){.cell = *cell, .peak = NAN};
    plant_meter_key(plant, meter, row->path, sizeof row->path);
    row->cost = energy_price_cost(price, cell->from_ms, cell->sum.amount);
    row->carbon = energy_price_carbon(price, cell->from_ms, cell->sum.amount);
}

/* Facts of a meter follow each other: where the last one ends. A quarter may be told in parts, up to a change of product or order. */
static int64_t told_until(const struct energy_row *rows, size_t count)
{
    int64_t until = INT64_MIN;
    for (size_t r = 0; r < count; r++)
        until = rows[r].cell.to_ms > until ? rows[r].cell.to_ms : until;
    return until;
}

/* Adds the cells that no fact tells of. */
static void add_untold(const struct meters_source *source, const struct plant *plant, uint32_t meter, struct period period, struct energy_row **rows, size_t *count)
{
    char key[KEY_BYTES];
    struct energy_price price;
    size_t cell_count = 0, facts = *count;
    plant_meter_key(plant, meter, key, sizeof key);
    uint32_t its = plant_meter_by_key(model_plant(source->model), key);
    if (its == NO_METER || model_plant(source->model)->meters[its].kind == METER_SUM)
        return;
    const struct energy_cell *cells = model_energy_cells(source->model, its, &cell_count);
    *rows = mem_resize(*rows, facts + cell_count + 1, sizeof **rows);
    int64_t until = told_until(*rows, facts);
    energy_price_init(&price, plant, meter);
    for (size_t c = 0; c < cell_count; c++)
        if (cells[c].from_ms >= period.from_ms && cells[c].from_ms < period.to_ms && cells[c].from_ms >= until)
            row_of_cell(plant, meter, &price, &cells[c], &(*rows)[(*count)++]);
}

bool meters_quarters(const struct meters_source *source, const struct plant *plant, uint32_t meter, struct period period, struct energy_row **rows, size_t *count, size_t *facts, struct error *err)
{
    struct energy_query query = {.plant = plant, .meters = &meter, .meter_count = 1, .step = ENERGY_QUARTER, .from_ms = period.from_ms, .to_ms = period.to_ms, .until_seq = source->until_seq};
    *rows = NULL;
    *count = 0;
    if (!history_energy(source->history, &query, rows, count, err))
        return false;
    *facts = *count;
    if (source->model)
        add_untold(source, plant, meter, period, rows, count);
    return true;
}

/* ---- subjects ---- */

struct filling {
    struct meters *meters;
    const struct meters_source *source;
    unsigned parts;
    struct error *err;
};

static bool is_part(const struct meters_subject *s, uint32_t leaf)
{
    for (size_t l = 0; l < s->leaf_count; l++)
        if (s->leaves[l] == leaf)
            return true;
    return false;
}

static void part_of(const struct energy_row *row, enum meters_by by, struct meters_part *part)
{
    const struct energy_cell *cell = &row->cell;
    *part = (struct meters_part){.from_ms = cell->from_ms, .to_ms = cell->to_ms, .shift_ms = cell->shift_ms, .day = cell->day, .planned = cell->planned, .sum = cell->sum,
        .cost = row->cost, .carbon = row->carbon};
    const char *name = by == METERS_BY_SHIFT ? cell->shift : by == METERS_BY_CREW ? cell->crew : by == METERS_BY_PRODUCT ? cell->product : cell->order;
    snprintf(part->name, sizeof part->name, "%s", name);
    if (by == METERS_BY_SHIFT)
        snprintf(part->crew, sizeof part->crew, "%s", cell->crew);
}

static void add_quarters(const struct filling *f, struct meters_subject *s, const struct energy_row *rows, size_t count)
{
    struct energy_series own = {.step_ms = METER_QUARTER_MS};
    energy_series_rows(&own, rows, count);
    energy_series_merge(&s->quarters, &own);
    energy_series_finish(&own);
    for (size_t r = 0; r < count; r++) {
        energy_add(&s->sum, &rows[r].cell.sum);
        s->cost += rows[r].cost;
        s->carbon += rows[r].carbon;
    }
    for (int by = METERS_BY_QUARTER; by <= METERS_BY_MONTH; by++) {
        for (size_t r = 0; f->parts >> by & 1 && r < count; r++) {
            struct period stretch = stretch_of(f->meters->zone, (enum meters_by)by, rows[r].cell.from_ms);
            struct meters_part part = {.from_ms = stretch.from_ms, .to_ms = stretch.to_ms, .planned = true, .sum = rows[r].cell.sum, .cost = rows[r].cost, .carbon = rows[r].carbon};
            add_part(&s->parts[by], (enum meters_by)by, &part);
        }
    }
}

/* `more`: what is in no fact yet. */
static bool read_work(const struct filling *f, uint32_t leaf, enum meters_by by, const struct energy_row *more, size_t more_count)
{
    static const enum account_by names[METERS_BYS] = {[METERS_BY_SHIFT] = BY_SHIFT, [METERS_BY_CREW] = BY_CREW, [METERS_BY_PRODUCT] = BY_PRODUCT, [METERS_BY_ORDER] = BY_ORDER};
    struct energy_query query = {.plant = f->meters->plant, .meters = &leaf, .meter_count = 1, .by = names[by], .from_ms = f->meters->period.from_ms, .to_ms = f->meters->period.to_ms,
        .until_seq = f->source->until_seq};
    struct energy_row *rows = NULL;
    size_t count = 0;
    if (!history_energy(f->source->history, &query, &rows, &count, f->err))
        return false;
    for (size_t r = 0; r < count + more_count; r++) {
        struct meters_part part;
        part_of(r < count ? &rows[r] : &more[r - count], by, &part);
        for (size_t i = 0; i < f->meters->subject_count; i++)
            if (is_part(&f->meters->subjects[i], leaf))
                add_part(&f->meters->subjects[i].parts[by], by, &part);
    }
    free(rows);
    return true;
}

static bool read_leaf(const struct filling *f, uint32_t leaf)
{
    struct energy_row *rows;
    size_t count, facts;
    if (!meters_quarters(f->source, f->meters->plant, leaf, f->meters->period, &rows, &count, &facts, f->err))
        return false;
    for (size_t i = 0; i < f->meters->subject_count; i++)
        if (is_part(&f->meters->subjects[i], leaf))
            add_quarters(f, &f->meters->subjects[i], rows, count);
    bool good = true;
    for (int by = METERS_BY_SHIFT; good && by <= METERS_BY_ORDER; by++)
        good = !(f->parts >> by & 1) || read_work(f, leaf, (enum meters_by)by, rows + facts, count - facts);
    free(rows);
    return good;
}

bool meters_fill(struct meters *meters, const struct meters_source *source, unsigned parts, struct error *err)
{
    struct filling f = {.meters = meters, .source = source, .parts = parts, .err = err};
    for (uint32_t m = 0; m < meters->plant->meter_count; m++) {
        bool wanted = false;
        for (size_t s = 0; s < meters->subject_count; s++)
            wanted |= is_part(&meters->subjects[s], m);
        if (wanted && !read_leaf(&f, m))
            return false;
    }
    for (size_t s = 0; s < meters->subject_count; s++) {
        struct meters_subject *subject = &meters->subjects[s];
        subject->figures = energy_figures(&subject->quarters, meters->zone, INT64_MIN, INT64_MAX);
        if (subject->quarters.count == 0)
            subject->cost = subject->carbon = NAN;
    }
    return true;
}

/* ---- all of it ---- */

static bool settle(struct meters *meters, struct meters_source *source, struct error *err)
{
    int64_t begin = 0, end = 0;
    if (!history_span(source->history, &meters->kept_from_ms, &meters->newest_ms, &source->until_seq, err))
        return err->text[0] ? false : error_set(err, "nothing is kept yet");
    if (!history_energy_span(source->history, &begin, &end, err))
        return false;
    meters->kept_from_ms = begin ? begin : meters->kept_from_ms;
    meters->newest_ms = end + METER_QUARTER_MS > meters->newest_ms ? end + METER_QUARTER_MS : meters->newest_ms;
    meters->period.from_ms = quarter_of(meters->period.from_ms);
    meters->period.to_ms = quarter_of(meters->period.to_ms + METER_QUARTER_MS - 1);
    if (meters->period.to_ms > meters->newest_ms)
        meters->period.to_ms = meters->newest_ms;
    return meters->period.from_ms < meters->period.to_ms || error_set(err, "nothing is kept of that period");
}

static unsigned parts_wanted(const struct meters *meters)
{
    unsigned work = 1u << METERS_BY_CREW | 1u << METERS_BY_PRODUCT | 1u << METERS_BY_ORDER;
    return work | 1u << meters_step(meters) | 1u << meters->by;
}

/* The fold of the period's end, where the cells of the newest hours are wanted. */
static void look_at_model(struct meters *meters, struct meters_source *source, struct past **past)
{
    struct error why;
    if (source->until_seq == 0 || meters->period.to_ms <= meters->newest_ms - REMEMBERED_MS)
        return;
    *past = past_open(source->path, &why);
    meters->untold = !*past || !past_to(*past, meters->period.to_ms, &why);
    source->model = meters->untold ? NULL : past_model(*past);
}

static bool read_all(struct meters *meters, struct meters_source *source, const struct meters_request *request, struct past **past, struct error *err)
{
    if (!settle(meters, source, err) || !meters_choose(meters, request, err))
        return false;
    look_at_model(meters, source, past);
    return meters_fill(meters, source, parts_wanted(meters), err) && meters_reckon(meters, source, err) && meters_baselines(meters, source, err);
}

static bool open_source(struct meters *meters, struct meters_source *source, const char *path, const struct meters_request *request, struct error *err)
{
    err->text[0] = '\0';
    *meters = (struct meters){.plant = request->plant, .zone = &request->plant->zone, .period = request->period, .asked = request->period, .by = request->by, .made_ms = request->now_ms};
    *source = (struct meters_source){.history = history_open(path, err), .path = path};
    return source->history != NULL;
}

static bool close_source(struct meters *meters, struct meters_source *source, struct past *past, bool good)
{
    past_close(past);
    history_close(source->history);
    if (!good)
        meters_finish(meters);
    return good;
}

bool meters_read(struct meters *meters, const char *path, const struct meters_request *request, struct error *err)
{
    struct past *past = NULL;
    struct meters_source source;
    if (!open_source(meters, &source, path, request, err))
        return false;
    bool good = read_all(meters, &source, request, &past, err);
    return close_source(meters, &source, past, good);
}

bool meters_used(struct meters *meters, const char *path, const struct meters_request *request, const uint32_t *nodes, size_t node_count, struct error *err)
{
    struct past *past = NULL;
    struct meters_source source;
    if (!open_source(meters, &source, path, request, err))
        return false;
    for (size_t n = 0; n < node_count; n++)
        for (uint16_t c = 0; c < request->plant->carrier_count; c++)
            meters_add_node(meters, nodes[n], c);
    bool good = meters->subject_count == 0 || settle(meters, &source, err);
    if (good && meters->subject_count) {
        look_at_model(meters, &source, &past);
        good = meters_fill(meters, &source, 0, err);
    }
    return close_source(meters, &source, past, good);
}

void meters_subject_finish(struct meters_subject *s)
{
    for (int by = 0; by < METERS_BYS; by++)
        free(s->parts[by].rows);
    energy_series_finish(&s->quarters);
    free(s->leaves);
    free(s->months);
    free(s->dates);
}

void meters_finish(struct meters *meters)
{
    for (size_t s = 0; s < meters->subject_count; s++)
        meters_subject_finish(&meters->subjects[s]);
    for (size_t c = 0; meters->trees && c < meters->plant->carrier_count; c++)
        free(meters->trees[c]);
    for (size_t b = 0; b < meters->baseline_count; b++)
        free(meters->baselines[b].rows);
    for (size_t e = 0; e < meters->emission_count; e++)
        for (int kind = 0; kind < EMISSION_MEANS; kind++)
            free(meters->emissions[e].rows[kind]);
    free(meters->subjects);
    free(meters->trees);
    free(meters->tree_counts);
    free(meters->baselines);
    free(meters->emissions);
    *meters = (struct meters){.plant = NULL};
}
