/*
 * The rows of the energy view and what they are summed from: the model's cells for what it remembers, the history for what was before. Both tell whole
 * cells, so that a moment lies on one side. Questions stand still while time passes: they end at a midnight, or where the model's memory begins.
 */
#include "views/energy.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/period.h"
#include "views/oee.h"

const char *const energy_period_names[POWER_PERIODS] = {"today", "yesterday", "week", "month", "year"};
const char *const energy_by_names[POWER_BYS] = {"meters", "shifts", "crews", "products", "orders"};

/* ---- periods ---- */

static int64_t local_day(const struct zone *zone, struct civil c, int month, int day)
{
    return zone_utc(zone, (struct civil){.year = c.year, .month = month, .day = day});
}

struct energy_range energy_range_of(const struct zone *zone, enum energy_period period, int64_t now)
{
    struct civil c = zone_civil(zone, now);
    int64_t today = local_day(zone, c, c.month, c.day);
    switch (period) {
    case POWER_YESTERDAY: return (struct energy_range){local_day(zone, c, c.month, c.day - 1), today};
    case POWER_WEEK: return (struct energy_range){local_day(zone, c, c.month, c.day - (c.weekday + 6) % 7), now};
    case POWER_MONTH: return (struct energy_range){local_day(zone, c, c.month, 1), now};
    case POWER_YEAR: return (struct energy_range){local_day(zone, c, 1, 1), now};
    default: return (struct energy_range){today, now};
    }
}

void energy_ask(void *state, const struct model *model, int64_t ms)
{
    const struct zone *zone = &model_plant(model)->zone;
    struct civil c = zone_civil(zone, ms);
    struct energy_view *view = state;
    int64_t end = local_day(zone, c, c.month, c.day + 1) - 1;
    view->asked_ms = model_wall(model) == 0 || end < model_wall(model) ? end : 0;
}

/* ---- sums ---- */

uint32_t *energy_leaves_of(const struct plant *plant, uint32_t meter, size_t *count)
{
    uint32_t *leaves = mem_resize(NULL, plant->meter_count + 1, sizeof *leaves);
    *count = energy_leaves(plant, meter, leaves, plant->meter_count);
    return leaves;
}

int64_t energy_remembered(const struct scene *scene)
{
    const struct model *model = scene->model;
    const struct plant *plant = model_plant(model);
    int64_t now = model_wall(model), midnight = period_day(&plant->zone, now), since = midnight;
    for (uint32_t m = 0; m < plant->meter_count; m++) {
        size_t count;
        const struct energy_cell *cells = model_energy_cells(model, m, &count);
        if (count > 0 && cells[0].from_ms > since)
            since = cells[0].from_ms;
    }
    return since;
}

static void add_cell(struct energy_total *total, struct energy_price *price, const struct energy_cell *cell)
{
    energy_add(&total->sum, &cell->sum);
    total->cost += energy_price_cost(price, cell->from_ms, cell->sum.amount);
    total->carbon += energy_price_carbon(price, cell->from_ms, cell->sum.amount);
}

void energy_add_cells(const struct scene *scene, uint32_t meter, int64_t from_ms, int64_t to_ms, struct energy_total *total)
{
    size_t count;
    const struct energy_cell *cells = model_energy_cells(scene->model, meter, &count);
    struct energy_price price;
    energy_price_init(&price, model_plant(scene->model), meter);
    for (size_t i = 0; i < count; i++)
        if (cells[i].from_ms >= from_ms && cells[i].from_ms < to_ms)
            add_cell(total, &price, &cells[i]);
}

static void add_row(struct energy_total *total, const struct energy_row *row)
{
    energy_add(&total->sum, &row->cell.sum);
    total->cost += row->cost;
    total->carbon += row->carbon;
}

static const struct answer *ask(struct energy_page *page, struct want want)
{
    want.kind = WANT_ENERGY;
    if (want.from_ms >= want.to_ms || !page->scene->recall)
        return NULL;
    const struct answer *answer = recall_want(page->scene->recall, &want);
    page->loading = page->loading || !answer;
    return answer && !answer->why[0] ? answer : NULL;
}

/* Up to where the history is asked. */
static int64_t cut_of(const struct energy_page *page)
{
    int64_t cut = page->scene->recall ? energy_remembered(page->scene) : page->range.from_ms;
    return cut < page->range.from_ms ? page->range.from_ms : cut < page->range.to_ms ? cut : page->range.to_ms;
}

static void sum_meters(struct energy_page *page, struct energy_total *totals)
{
    int64_t cut = cut_of(page);
    struct want want = {.below = true, .step = ENERGY_ALL, .from_ms = page->range.from_ms, .to_ms = cut};
    plant_node_path(page->plant, 0, want.path, sizeof want.path);
    const struct answer *answer = ask(page, want);
    for (size_t i = 0; answer && i < answer->energy_count; i++) {
        uint32_t meter = plant_meter_by_key(page->plant, answer->energies[i].path);
        if (meter == NO_METER || page->plant->meters[meter].kind == METER_SUM) /* that is added up below, with what the model remembers */
            continue;
        add_row(&totals[meter], &answer->energies[i]);
        page->first_ms = answer->energies[i].cell.from_ms < page->first_ms ? answer->energies[i].cell.from_ms : page->first_ms;
    }
    for (uint32_t m = 0; m < page->plant->meter_count; m++) {
        size_t count;
        int64_t known_ms;
        struct energy sum = {.amount = 0};
        const struct energy_cell *cells = model_energy_cells(page->scene->model, m, &count);
        energy_add_cells(page->scene, m, cut, page->range.to_ms, &totals[m]);
        model_energy(page->scene->model, m, cut, page->range.to_ms, &sum, &known_ms);
        for (size_t i = 0; i < count; i++) { /* the first cell is of a whole quarter, however late in it the first sample came */
            int64_t from_ms = cells[i].from_ms < known_ms && known_ms < cells[i].to_ms ? known_ms : cells[i].from_ms;
            if (cells[i].from_ms >= cut && cells[i].from_ms < page->range.to_ms && from_ms < page->first_ms)
                page->first_ms = from_ms;
        }
    }
    for (uint32_t m = 0; m < page->plant->meter_count; m++) { /* of a sum: all that is under it and measured */
        size_t count;
        if (page->plant->meters[m].kind != METER_SUM)
            continue;
        uint32_t *leaves = energy_leaves_of(page->plant, m, &count);
        for (size_t i = 0; i < count; i++) {
            energy_add(&totals[m].sum, &totals[leaves[i]].sum);
            totals[m].cost += totals[leaves[i]].cost;
            totals[m].carbon += totals[leaves[i]].carbon;
        }
        free(leaves);
    }
}

/* ---- rows ---- */

static struct energy_line *add_line(struct energy_view *view, struct energy_line line)
{
    view->lines = mem_grow(view->lines, view->line_count, &view->line_capacity, sizeof *view->lines);
    view->lines[view->line_count] = line;
    return &view->lines[view->line_count++];
}

static double good_of(struct energy_page *page, uint32_t node)
{
    const struct node *n = &page->plant->nodes[node];
    struct account sum;
    if ((n->level != LEVEL_LINE && n->level != LEVEL_UNIT) || !model_has_account(page->scene->model, node) || !node_counts(page->scene->model, node))
        return NAN;
    oee_account(page->scene, node, (struct oee_range){page->range.from_ms, page->range.to_ms}, &sum, &page->loading);
    return sum.good;
}

static bool is_wanted(const struct energy_page *page, uint32_t meter)
{
    char text[512], more[1024];
    if (!page->scene->filter[0])
        return true;
    node_haystack(page->plant, page->plant->meters[meter].node, text, sizeof text);
    snprintf(more, sizeof more, "%s %s %s", text, page->plant->meters[meter].name, page->plant->meters[meter].title);
    return filter_matches(page->scene->filter, more);
}

static void list_meters(struct energy_page *page, const struct energy_total *totals)
{
    struct energy_branch *branches;
    double *amounts = mem_zero(page->plant->meter_count + 1, sizeof *amounts);
    for (uint32_t m = 0; m < page->plant->meter_count; m++)
        amounts[m] = totals[m].sum.valid_ms > 0 || totals[m].sum.amount != 0 ? totals[m].sum.amount : NAN;
    size_t count = energy_tree(page->plant, page->view->carrier, amounts, &branches);
    for (size_t i = 0; i < count; i++) {
        const struct energy_branch *b = &branches[i];
        if (!is_wanted(page, b->meter))
            continue;
        struct energy_line line = {.meter = b->meter, .depth = b->depth, .rest = b->rest, .more = b->more, .amount = b->amount, .share = b->share, .power = NAN, .good = NAN};
        if (!b->rest) {
            line.total = totals[b->meter];
            if (isnan(amounts[b->meter])) /* nothing was measured: neither was its cost */
                line.total.cost = line.total.carbon = NAN;
            line.power = model_meter(page->scene->model, b->meter)->power;
            line.good = good_of(page, page->plant->meters[b->meter].node);
        }
        add_line(page->view, line);
    }
    free(branches);
    free(amounts);
}

static const char *name_in(const struct energy_cell *cell, enum energy_by by)
{
    return by == POWER_SHIFTS ? cell->shift : by == POWER_CREWS ? cell->crew : by == POWER_PRODUCTS ? cell->product : cell->order;
}

static struct energy_line *line_named(struct energy_view *view, const char *name)
{
    for (size_t i = 0; i < view->line_count; i++)
        if (strcmp(view->lines[i].name, name) == 0)
            return &view->lines[i];
    struct energy_line line = {.meter = NO_METER, .power = NAN, .good = NAN, .share = NAN};
    snprintf(line.name, sizeof line.name, "%s", name);
    return add_line(view, line);
}

static void list_work(struct energy_page *page)
{
    static const enum account_by bys[POWER_BYS] = {[POWER_SHIFTS] = BY_SHIFT, [POWER_CREWS] = BY_CREW, [POWER_PRODUCTS] = BY_PRODUCT, [POWER_ORDERS] = BY_ORDER};
    struct energy_view *view = page->view;
    int64_t cut = cut_of(page);
    double all = 0;
    size_t leaf_count;
    if (page->meter == NO_METER)
        return;
    struct want want = {.by = bys[view->by], .step = ENERGY_ALL, .from_ms = page->range.from_ms, .to_ms = cut};
    plant_meter_key(page->plant, page->meter, want.path, sizeof want.path);
    const struct answer *answer = ask(page, want);
    for (size_t i = 0; answer && i < answer->energy_count; i++)
        add_row(&line_named(view, name_in(&answer->energies[i].cell, view->by))->total, &answer->energies[i]);
    uint32_t *leaves = energy_leaves_of(page->plant, page->meter, &leaf_count);
    for (size_t l = 0; l < leaf_count; l++) {
        size_t count;
        const struct energy_cell *cells = model_energy_cells(page->scene->model, leaves[l], &count);
        struct energy_price price;
        energy_price_init(&price, page->plant, leaves[l]);
        for (size_t i = 0; i < count; i++)
            if (cells[i].from_ms >= cut && cells[i].from_ms < page->range.to_ms)
                add_cell(&line_named(view, name_in(&cells[i], view->by))->total, &price, &cells[i]);
    }
    free(leaves);
    for (size_t i = 0; i < view->line_count; i++)
        all += view->lines[i].total.sum.amount;
    for (size_t i = 0; i < view->line_count; i++) {
        view->lines[i].amount = view->lines[i].total.sum.amount;
        view->lines[i].share = all > 0 ? view->lines[i].amount / all : NAN;
    }
}

/* ---- the selected meter ---- */

/* The one that was selected, if it is still there and of this carrier; else the first root. */
void energy_choose(struct energy_page *page)
{
    const struct plant *plant = page->plant;
    page->meter = page->view->meter[0] ? plant_meter_by_key(plant, page->view->meter) : NO_METER;
    if (page->meter != NO_METER && (plant->meters[page->meter].carrier != page->view->carrier || plant->meters[page->meter].kind == METER_EMISSION))
        page->meter = NO_METER;
    if (page->meter == NO_METER && plant_meters_of(plant, 0, page->view->carrier, &page->meter, 1) == 0)
        return;
    for (uint32_t d = 0; d < plant->demand_count; d++)
        if (plant->demands[d].meter == page->meter || (page->demand == UINT32_MAX && plant->meters[plant->demands[d].meter].carrier == page->view->carrier))
            page->demand = d;
    if (page->demand == UINT32_MAX)
        return;
    if (page->view->asked_ms) {
        struct energy_series month;
        page->loading = !energy_series_of(page, METER_QUARTER_MS, energy_range_of(&plant->zone, POWER_MONTH, page->now_ms).from_ms, &month) || page->loading;
        page->peak_count = energy_peaks(&month, INT64_MIN, page->now_ms, page->peak);
        energy_series_finish(&month);
        return;
    }
    const struct demand_meter *meter = model_demand(page->scene->model, page->demand, &page->now);
    page->peak_count = meter->peak_count;
    memcpy(page->peak, meter->peaks, sizeof page->peak);
}

/* Of a sum a block is measured as long as all of its meters are: what they miss together is taken for missing at different times. */
static void add_history(const struct answer *answer, size_t leaves, struct energy_series *out)
{
    for (size_t i = 0; answer && i < answer->energy_count; i++) {
        const struct energy_cell *cell = &answer->energies[i].cell;
        int64_t valid_ms = cell->sum.valid_ms - (int64_t)(leaves - 1) * (cell->to_ms - cell->from_ms);
        energy_series_add(out, cell->from_ms, cell->sum.amount, valid_ms > 0 ? valid_ms : 0);
    }
}

bool energy_series_of(const struct energy_page *page, int64_t step_ms, int64_t from_ms, struct energy_series *out)
{
    struct energy_page copy = *page; /* for its `loading` */
    int64_t now = page->now_ms, cut = page->scene->recall ? energy_remembered(page->scene) : from_ms;
    cut = cut <= now ? cut : now + 1;
    struct energy_series remembered = {.step_ms = step_ms};
    struct want want = {.step = step_ms == METER_QUARTER_MS ? ENERGY_QUARTER : ENERGY_HOUR, .from_ms = from_ms, .to_ms = cut};
    size_t leaf_count;
    *out = (struct energy_series){.step_ms = step_ms};
    copy.loading = false;
    if (page->meter == NO_METER)
        return true;
    uint32_t *leaves = energy_leaves_of(page->plant, page->meter, &leaf_count);
    plant_meter_key(page->plant, page->meter, want.path, sizeof want.path);
    for (size_t l = 0; l < leaf_count; l++) {
        struct energy_series one = {.step_ms = step_ms};
        size_t count;
        const struct energy_cell *cells = model_energy_cells(page->scene->model, leaves[l], &count);
        for (size_t i = 0; i < count; i++)
            if (cells[i].from_ms >= cut && cells[i].from_ms >= from_ms && cells[i].from_ms <= now)
                energy_series_cells(&one, &cells[i], 1);
        energy_series_merge(&remembered, &one);
        energy_series_finish(&one);
    }
    free(leaves);
    add_history(ask(&copy, want), leaf_count, out);
    for (size_t i = 0; i < remembered.count; i++)
        energy_series_add(out, remembered.blocks[i].from_ms, remembered.blocks[i].amount, remembered.blocks[i].valid_ms);
    energy_series_finish(&remembered);
    return !copy.loading;
}

/* ---- a page ---- */

uint16_t energy_carriers(const struct plant *plant, uint16_t after)
{
    for (size_t step = 1; step <= plant->carrier_count; step++) {
        uint16_t carrier = (uint16_t)((after + step) % plant->carrier_count);
        for (size_t m = 0; m < plant->meter_count; m++)
            if (plant->meters[m].kind != METER_EMISSION && plant->meters[m].carrier == carrier)
                return carrier;
    }
    return after;
}

void energy_page_init(struct energy_page *page, struct energy_view *view, const struct scene *scene)
{
    *page = (struct energy_page){.scene = scene, .plant = model_plant(scene->model), .view = view, .meter = NO_METER, .demand = UINT32_MAX, .first_ms = INT64_MAX};
    page->now_ms = view->asked_ms ? view->asked_ms : model_wall(scene->model);
    page->range = energy_range_of(&page->plant->zone, view->period, page->now_ms);
    page->range.to_ms += view->asked_ms && view->period != POWER_YESTERDAY; /* a day's last millisecond */
    if (page->plant->carrier_count && view->carrier >= page->plant->carrier_count)
        view->carrier = 0;
    if (page->plant->meter_count && energy_carriers(page->plant, view->carrier) != view->carrier) { /* nothing measures the first one */
        uint16_t last = view->carrier ? (uint16_t)(view->carrier - 1) : (uint16_t)(page->plant->carrier_count - 1);
        if (energy_carriers(page->plant, last) != view->carrier)
            view->carrier = energy_carriers(page->plant, view->carrier);
    }
}

void energy_rows_make(struct energy_page *page)
{
    page->view->line_count = 0;
    if (page->plant->meter_count == 0)
        return;
    energy_choose(page);
    struct energy_total *totals = mem_zero(page->plant->meter_count, sizeof *totals);
    if (page->view->by == POWER_METERS) {
        sum_meters(page, totals);
        list_meters(page, totals);
    } else {
        list_work(page);
    }
    free(totals);
}
