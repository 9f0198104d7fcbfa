/*
 * The rows of the OEE view and what they are summed from: the model's cells for what it remembers, the history for what was before. A range is that of a
 * calendar, since lines work different shifts; a day is the one that shifts are counted to, so that a night shift is whole in it.
 */
#include "views/oee.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

const char *const oee_period_names[OEE_PERIODS] = {"this shift", "last shift", "today", "yesterday", "week"};
const char *const oee_by_names[OEE_BYS] = {"lines", "units", "products", "crews"};

enum { STEPS_MOST = 400, WEEKDAYS = 7, TOGETHER_MS = 7200000 };

/* ---- periods ---- */

/* The day that a moment is counted to, from its first shift to the next day's. */
static struct oee_range day_at(const struct model *model, uint32_t node, int64_t ms)
{
    struct shift_at at, next;
    model_shift_at(model, node, ms, &at);
    struct oee_range range = {at.from_ms, at.to_ms};
    for (int i = 0; i < STEPS_MOST; i++, range.from_ms = next.from_ms) {
        model_shift_at(model, node, range.from_ms - 1, &next);
        if (next.day != at.day)
            break;
    }
    for (int i = 0; i < STEPS_MOST; i++, range.to_ms = next.to_ms) {
        model_shift_at(model, node, range.to_ms, &next);
        if (next.day != at.day)
            break;
    }
    return range;
}

static int weekday_of(int32_t day)
{
    int64_t days = civil_days(day / 10000, day / 100 % 100, day % 100);
    return (int)((days + 3) % WEEKDAYS); /* 0: Monday; 1970-01-01 was a Thursday */
}

static struct oee_range whole_range(const struct model *model, uint32_t node, enum oee_period period)
{
    int64_t now = model_wall(model);
    struct shift_at at;
    struct oee_range range;
    model_shift(model, node, &at);
    switch (period) {
    case OEE_THIS_SHIFT: return (struct oee_range){at.from_ms, at.to_ms};
    case OEE_LAST_SHIFT:
        do
            model_shift_at(model, node, at.from_ms - 1, &at);
        while (!at.planned && now - at.from_ms < (int64_t)STEPS_MOST * 86400000);
        return (struct oee_range){at.from_ms, at.to_ms};
    case OEE_TODAY: return day_at(model, node, now);
    case OEE_YESTERDAY: return day_at(model, node, day_at(model, node, now).from_ms - 1);
    default:
        range = day_at(model, node, now);
        for (int back = weekday_of(at.day); back > 0; back--)
            range.from_ms = day_at(model, node, range.from_ms - 1).from_ms;
        return range;
    }
}

struct oee_range oee_range_of(const struct model *model, uint32_t node, enum oee_period period)
{
    struct oee_range range = whole_range(model, node, period);
    range.to_ms = range.to_ms < model_wall(model) ? range.to_ms : model_wall(model);
    return range;
}

static struct oee_range range_for(struct oee_page *page, uint32_t node)
{
    const struct model *model = page->scene->model;
    struct oee_range *range = &page->ranges[model_plant(model)->nodes[node].calendar];
    if (range->to_ms == 0) {
        *range = oee_range_of(model, node, page->view->period);
    }
    return *range;
}

/* ---- sums ---- */

static const struct answer *ask(const struct scene *scene, const char *path, enum account_by by, bool below, struct oee_range range, bool *loading)
{
    struct want want = {.kind = WANT_ACCOUNTS, .by = by, .below = below, .from_ms = range.from_ms, .to_ms = range.to_ms};
    snprintf(want.path, sizeof want.path, "%s", path);
    const struct answer *answer = recall_want(scene->recall, &want);
    *loading = *loading || (!answer && scene->recall);
    return answer && !answer->why[0] ? answer : NULL;
}

/* Of every line at once, so that they are one question; of a unit by itself. */
static void add_from_history(const struct scene *scene, uint32_t node, struct oee_range range, struct account *sum, int64_t *first_ms, bool *loading)
{
    const struct plant *plant = model_plant(scene->model);
    bool line = plant->nodes[node].level == LEVEL_LINE;
    char path[KEY_BYTES], site[KEY_BYTES];
    plant_node_path(plant, node, path, sizeof path);
    plant_node_path(plant, 0, site, sizeof site);
    const struct answer *answer = ask(scene, line ? site : path, line ? BY_NODE : BY_NOTHING, line, range, loading);
    for (size_t i = 0; answer && i < answer->account_count; i++) {
        const struct account_row *row = &answer->accounts[i];
        if (line && strcmp(row->path, path) != 0)
            continue;
        account_add(sum, &row->cell.sum);
        *first_ms = row->cell.from_ms < *first_ms ? row->cell.from_ms : *first_ms;
    }
}

/* What lies before it the history must tell. It stands still until more is forgotten, and then goes on by an hour: a question that changed with each moment
 * would never be answered. */
static int64_t cut_at(const struct model *model, uint32_t node, struct oee_range range, int64_t known)
{
    return known < range.to_ms ? known : range.to_ms < model_wall(model) ? range.to_ms : day_at(model, node, model_wall(model)).from_ms;
}

int64_t oee_account(const struct scene *scene, uint32_t node, struct oee_range range, struct account *sum, bool *loading)
{
    const struct model *model = scene->model;
    int64_t known, cut;
    model_account(model, node, range.from_ms, range.to_ms, sum, &known);
    if (known <= range.from_ms)
        return range.from_ms;
    cut = cut_at(model, node, range, known);
    account_forget(model, node, range.from_ms, known < range.to_ms ? known : range.to_ms, sum);
    if (!scene->recall || cut <= range.from_ms)
        return known < range.to_ms ? known : range.to_ms;
    struct account recent = {.good = 0};
    bool read = false;
    int64_t first = cut;
    if (known < range.to_ms)
        model_account(model, node, cut, range.to_ms, &recent, NULL);
    add_from_history(scene, node, (struct oee_range){range.from_ms, cut}, &recent, &first, &read);
    *loading = *loading || read;
    if (!read)
        *sum = recent;
    return first;
}

/* ---- rows ---- */

static struct oee_row *add_row(struct oee_page *page, struct oee_row row)
{
    struct oee_view *view = page->view;
    view->rows = mem_grow(view->rows, view->row_count, &view->row_capacity, sizeof *view->rows);
    view->rows[view->row_count] = row;
    return &view->rows[view->row_count++];
}

static void add_node(struct oee_page *page, uint32_t node, bool unit, bool open)
{
    struct oee_row row = {.node = node, .unit = unit, .open = open, .range = range_for(page, node)};
    row.known_ms = oee_account(page->scene, node, row.range, &row.account, &page->loading);
    row.kpis = account_kpis(&row.account);
    add_row(page, row);
}

static bool is_wanted(const struct oee_page *page, uint32_t node)
{
    char text[512];
    if (!page->scene->filter[0])
        return true;
    node_haystack(model_plant(page->scene->model), node, text, sizeof text);
    return filter_matches(page->scene->filter, text);
}

static void list_nodes(struct oee_page *page)
{
    const struct model *model = page->scene->model;
    const struct plant *plant = model_plant(model);
    uint32_t opened = page->view->opened[0] ? plant_node_by_path(plant, page->view->opened) : NO_NODE;
    for (uint32_t n = plant_line_from(plant, 0); n != NO_NODE; n = plant_line_from(plant, plant->nodes[n].end)) {
        bool open = page->view->by == OEE_UNITS || n == opened;
        if (!model_has_account(model, n) || !is_wanted(page, n))
            continue;
        add_node(page, n, false, open);
        for (uint32_t u = n + 1; open && u < plant->nodes[n].end; u++)
            if (model_has_account(model, u))
                add_node(page, u, true, false);
    }
}

static struct oee_row *row_named(struct oee_page *page, const char *name)
{
    for (size_t i = 0; i < page->view->row_count; i++)
        if (strcmp(page->view->rows[i].name, name) == 0)
            return &page->view->rows[i];
    struct oee_row row = {.node = NO_NODE, .range = range_for(page, 0)};
    snprintf(row.name, sizeof row.name, "%s", name);
    return add_row(page, row);
}

/* The cells of a line, and what it does since the last of them was booked. */
static void add_cells(struct oee_page *page, uint32_t line, int64_t from_ms, int64_t to_ms)
{
    const struct model *model = page->scene->model;
    bool products = page->view->by == OEE_PRODUCTS;
    size_t count;
    const struct account_cell *cells = model_cells(model, line, &count);
    struct account rest;
    struct shift_at now;
    int64_t known;
    model_account(model, line, from_ms, to_ms, &rest, &known);
    account_forget(model, line, from_ms, known < to_ms ? known : to_ms, &rest);
    for (size_t i = 0; i < count; i++) {
        if (cells[i].from_ms < from_ms || cells[i].from_ms >= to_ms)
            continue;
        account_subtract(&rest, &cells[i].sum);
        account_add(&row_named(page, products ? cells[i].product : cells[i].crew)->account, &cells[i].sum);
    }
    if (account_length_ms(&rest) == 0)
        return;
    model_shift(model, line, &now);
    bool told = count > 0 && cells[count - 1].shift_ms == now.from_ms; /* a machine may have said who works */
    account_add(&row_named(page, products ? present_product(model, line) : told ? cells[count - 1].crew : now.crew)->account, &rest);
}

/* Since when a line is remembered, within the range; INT64_MAX: it was never heard. */
static int64_t remembered(const struct model *model, uint32_t line, struct oee_range range)
{
    struct account sum;
    int64_t known;
    model_account(model, line, range.from_ms, range.to_ms, &sum, &known);
    return known == INT64_MAX || known < range.to_ms ? (known > range.from_ms ? known : range.from_ms) : range.to_ms;
}

static uint32_t next_line(const struct model *model, uint32_t line)
{
    const struct plant *plant = model_plant(model);
    do
        line = plant_line_from(plant, line == NO_NODE ? 0 : plant->nodes[line].end);
    while (line != NO_NODE && !model_has_account(model, line));
    return line;
}

/* What was told at `path` and below in the range, of a line only from before it is remembered. */
static void add_told(struct oee_page *page, const char *path, enum account_by by, struct oee_range range)
{
    const struct model *model = page->scene->model;
    const struct answer *answer = range.from_ms < range.to_ms ? ask(page->scene, path, by, true, range, &page->loading) : NULL;
    for (size_t i = 0; answer && i < answer->account_count; i++) {
        const struct account_cell *cell = &answer->accounts[i].cell;
        uint32_t line = by == BY_CELL ? plant_node_by_path(model_plant(model), answer->accounts[i].path) : NO_NODE;
        if (line == NO_NODE || cell->from_ms < remembered(model, line, range))
            account_add(&row_named(page, page->view->by == OEE_PRODUCTS ? cell->product : cell->crew)->account, &cell->sum);
    }
}

/* As far as no line is remembered in one sum, from there cell by cell; of lines that came long after the first each for itself. */
static void add_work_from_history(struct oee_page *page, struct oee_range range)
{
    const struct model *model = page->scene->model;
    enum account_by by = page->view->by == OEE_PRODUCTS ? BY_PRODUCT : BY_CREW;
    int64_t first = INT64_MAX, last = range.from_ms, from;
    char path[KEY_BYTES];
    for (uint32_t n = next_line(model, NO_NODE); n != NO_NODE; n = next_line(model, n)) {
        from = remembered(model, n, range);
        first = from < first ? from : first;
    }
    if (first == INT64_MAX)
        first = range.to_ms;
    for (uint32_t n = next_line(model, NO_NODE); n != NO_NODE; n = next_line(model, n)) {
        from = remembered(model, n, range);
        plant_node_path(model_plant(model), n, path, sizeof path);
        if (from < INT64_MAX && from - first > TOGETHER_MS)
            add_told(page, path, by, (struct oee_range){first, from});
        else if (from < INT64_MAX)
            last = from > last ? from : last;
    }
    plant_node_path(model_plant(model), 0, path, sizeof path);
    add_told(page, path, by, (struct oee_range){range.from_ms, first});
    add_told(page, path, BY_CELL, (struct oee_range){first, last});
}

static void list_work(struct oee_page *page)
{
    const struct model *model = page->scene->model;
    struct oee_range range = range_for(page, 0);
    if (page->scene->recall)
        add_work_from_history(page, range);
    for (uint32_t n = next_line(model, NO_NODE); n != NO_NODE; n = next_line(model, n)) {
        int64_t from = page->scene->recall ? remembered(model, n, range) : range.from_ms;
        if (from < range.to_ms)
            add_cells(page, n, from, range.to_ms);
    }
    for (size_t i = 0; i < page->view->row_count; i++)
        page->view->rows[i].kpis = account_kpis(&page->view->rows[i].account);
}

/* What all rows are together; units are in their lines. */
static void add_sum(struct oee_page *page)
{
    struct oee_row sum = {.node = page->view->by <= OEE_UNITS ? 0 : NO_NODE, .sum = true, .range = range_for(page, 0)};
    struct account_group group = {.unrated = 0};
    for (size_t i = 0; i < page->view->row_count; i++)
        if (!page->view->rows[i].unit)
            account_group_add(&group, &page->view->rows[i].account);
    sum.account = group.all;
    sum.kpis = account_group_kpis(&group);
    sum.unrated = group.unrated;
    sum.lacks = account_group_lacks(&group);
    add_row(page, sum);
}

void oee_rows_make(struct oee_page *page)
{
    page->view->row_count = 0;
    if (page->view->by <= OEE_UNITS)
        list_nodes(page);
    else
        list_work(page);
    if (page->view->row_count > 1)
        add_sum(page);
}

void oee_page_init(struct oee_page *page, struct oee_view *view, const struct scene *scene)
{
    *page = (struct oee_page){.scene = scene, .view = view, .reports_defects = node_reports_defects(model_plant(scene->model), 0)};
    page->ranges = mem_zero(model_plant(scene->model)->calendar_count + 1, sizeof *page->ranges);
}

void oee_page_finish(struct oee_page *page)
{
    free(page->ranges);
}

const char *oee_row_title(const struct oee_page *page, const struct oee_row *row)
{
    if (row->sum)
        return "together";
    if (row->node != NO_NODE)
        return model_plant(page->scene->model)->nodes[row->node].title;
    return row->name[0] ? row->name : page->view->by == OEE_PRODUCTS ? "no product" : "no crew";
}

/* ---- the selected row ---- */

static enum loss loss_of_step(const struct waterfall_step *step)
{
    static const struct { enum time_category category; enum loss loss; } rows[] = {
        {TIME_DOWN, LOSS_BREAKDOWN}, {TIME_MINOR, LOSS_MINOR}, {TIME_SETUP, LOSS_SETUP}, {TIME_SETUP_OVER, LOSS_SETUP_OVER}, {TIME_STARVED, LOSS_EXTERNAL},
        {TIME_BLOCKED, LOSS_EXTERNAL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (step->category == rows[i].category)
            return rows[i].loss;
    return step->loss;
}

/* Steps of which there is nothing are left out; what is left stands where calendar time becomes planned busy time, and at the end. */
static void take_steps(struct oee_page *page)
{
    const struct account *a = &page->row->account;
    struct waterfall_step steps[WATERFALL_STEPS];
    struct losses l = account_losses(a);
    double cycle = l.ideal ? a->ideal_ms / account_produced(a) : 0;
    size_t count = account_waterfall(a, steps);
    bool planned = false;
    for (size_t i = 0; i < count; i++) {
        enum loss loss = loss_of_step(&steps[i]);
        if (!planned && i > 0 && (loss < LOSS_COUNT || steps[i].category == TIME_UNKNOWN)) {
            page->steps[page->step_count++] = (struct oee_step){"= planned busy", steps[i].left_ms + steps[i].ms, steps[i].left_ms + steps[i].ms, 0, true, LOSS_COUNT};
            planned = true;
        }
        if (i > 0 && steps[i].ms < 0.5 && steps[i].ms > -0.5)
            continue;
        double pieces = loss == LOSS_STARTUP || loss == LOSS_REJECT ? l.pieces[loss] : cycle > 0 && loss < LOSS_COUNT ? steps[i].ms / cycle : 0;
        page->steps[page->step_count++] = (struct oee_step){steps[i].title, i ? steps[i].ms : steps[i].left_ms, steps[i].left_ms, pieces, i == 0, loss};
    }
    page->steps[page->step_count++] = (struct oee_step){l.ideal ? "= fully productive" : "= production", count ? steps[count - 1].left_ms : 0, count ? steps[count - 1].left_ms : 0,
        a->good, true, LOSS_COUNT};
}

static void take_lost(struct oee_page *page)
{
    const struct oee_row *row = page->row;
    bool products = page->view->by == OEE_PRODUCTS, work = row->node == NO_NODE && !row->sum;
    const struct lost_want want = {.within = row->node == NO_NODE ? 0 : row->node, .from_ms = row->range.from_ms, .to_ms = row->range.to_ms,
        .product = work && products ? row->name : NULL, .crew = work && !products ? row->name : NULL, .by_times = page->view->by_times};
    page->lost_count = lost_list(page->scene->model, &want, page->lost);
}

/* A shift's parts come one after the other. */
static void add_shift(struct oee_page *page, int64_t began_ms, const struct account_cell *cell)
{
    size_t last = page->shift_count;
    if (!cell->planned)
        return;
    if (last == 0 || page->shifts[last - 1].from_ms != began_ms) {
        if (last == OEE_SHIFTS) {
            memmove(page->shifts, page->shifts + 1, --last * sizeof page->shifts[0]);
            page->shift_count--;
        }
        struct oee_shift *shift = &page->shifts[page->shift_count++];
        *shift = (struct oee_shift){.from_ms = began_ms};
        snprintf(shift->shift, sizeof shift->shift, "%s", cell->shift);
        snprintf(shift->crew, sizeof shift->crew, "%s", cell->crew);
    }
    page->shifts[page->shift_count - 1].to_ms = cell->to_ms;
    account_add(&page->shifts[page->shift_count - 1].account, &cell->sum);
}

/* The last shifts of a line or unit, the running one included. */
static void take_shifts(struct oee_page *page)
{
    const struct model *model = page->scene->model;
    uint32_t node = page->row->node;
    size_t count;
    if (node == NO_NODE || page->row->sum)
        return;
    const struct account_cell *cells = model_cells(model, node, &count);
    int64_t today = day_at(model, node, model_wall(model)).from_ms, from = 0, known;
    struct account unused;
    model_account(model, node, today, model_wall(model), &unused, &known);
    today = known > today && known < model_wall(model) ? known : today;
    char path[KEY_BYTES];
    plant_node_path(model_plant(model), node, path, sizeof path);
    const struct oee_range before = {today - (int64_t)OEE_TREND_DAYS * 86400000, today};
    const struct answer *answer = page->scene->recall ? ask(page->scene, path, BY_SHIFT, false, before, &page->shifts_loading) : NULL;
    for (size_t i = 0; answer && i < answer->account_count; i++)
        add_shift(page, answer->accounts[i].cell.shift_ms, &answer->accounts[i].cell);
    from = answer && answer->account_count ? today : 0;
    for (size_t i = 0; i < count; i++)
        if (cells[i].from_ms >= from)
            add_shift(page, cells[i].shift_ms, &cells[i]);
    struct oee_range present = oee_range_of(model, node, OEE_THIS_SHIFT);
    if (page->shift_count && page->shifts[page->shift_count - 1].from_ms == present.from_ms) { /* with what it does now */
        struct oee_shift *shift = &page->shifts[page->shift_count - 1];
        bool read = false;
        shift->to_ms = present.to_ms;
        oee_account(page->scene, node, present, &shift->account, &read);
    }
    for (size_t i = 0; i < page->shift_count / 2; i++) {
        struct oee_shift other = page->shifts[i];
        page->shifts[i] = page->shifts[page->shift_count - 1 - i];
        page->shifts[page->shift_count - 1 - i] = other;
    }
}

/* What the history tells of a stretch, of one product or crew (else NULL). */
static void defects_told(struct oee_page *page, uint32_t node, bool below, struct oee_range range, const char *product, const char *crew)
{
    char path[KEY_BYTES];
    if (!page->scene->recall || range.to_ms <= range.from_ms)
        return;
    plant_node_path(model_plant(page->scene->model), node, path, sizeof path);
    const struct answer *answer = ask(page->scene, path, BY_DEFECT, below, range, &page->defects_loading);
    for (size_t i = 0; answer && i < answer->account_count; i++) {
        const struct account_row *told = &answer->accounts[i];
        if ((!product || strcmp(product, told->cell.product) == 0) && (!crew || strcmp(crew, told->cell.crew) == 0))
            defects_add(&page->defects, told->defect, told->defects);
    }
}

static uint32_t next_reporting(const struct model *model, uint32_t line)
{
    do
        line = next_line(model, line);
    while (line != NO_NODE && !node_reports_defects(model_plant(model), line));
    return line;
}

/* Of all lines in one question as far back as none remembers them, from there each by itself: a line has those of its units. */
static void take_defects_of_lines(struct oee_page *page, const char *product, const char *crew)
{
    const struct model *model = page->scene->model;
    struct oee_range range = page->row->range;
    int64_t first = range.to_ms;
    for (uint32_t n = next_reporting(model, NO_NODE); n != NO_NODE; n = next_reporting(model, n)) {
        int64_t from = remembered(model, n, range);
        first = from < first ? from : first;
    }
    defects_told(page, 0, true, (struct oee_range){range.from_ms, first}, product, crew);
    for (uint32_t n = next_reporting(model, NO_NODE); n != NO_NODE; n = next_reporting(model, n)) {
        int64_t from = remembered(model, n, range);
        from = from < range.to_ms ? from : range.to_ms;
        defects_told(page, n, false, (struct oee_range){first, from}, product, crew);
        defects_of(model, n, page->scene->recall ? from : range.from_ms, range.to_ms, product, crew, &page->defects);
    }
}

static void take_defects(struct oee_page *page)
{
    const struct oee_row *row = page->row;
    const struct model *model = page->scene->model;
    bool one = row->node != NO_NODE && !row->sum, products = page->view->by == OEE_PRODUCTS, work = row->node == NO_NODE && !row->sum;
    int64_t from = row->range.from_ms, known;
    struct account unused;
    if (one) {
        model_account(model, row->node, from, row->range.to_ms, &unused, &known);
        if (page->scene->recall && known > from) {
            from = cut_at(model, row->node, row->range, known);
            defects_told(page, row->node, false, (struct oee_range){row->range.from_ms, from}, NULL, NULL);
        }
        defects_of(model, row->node, from, row->range.to_ms, NULL, NULL, &page->defects);
    } else {
        take_defects_of_lines(page, work && products ? row->name : NULL, work && !products ? row->name : NULL);
    }
    defects_sort(&page->defects);
}

void oee_select(struct oee_page *page)
{
    if (!page->row)
        return;
    take_steps(page);
    take_lost(page);
    if (page->reports_defects)
        take_defects(page);
    take_shifts(page);
}
