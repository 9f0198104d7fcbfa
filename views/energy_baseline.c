/*
 * The baseline of the selected meter (ISO 50006): energy on its drivers over the chosen period, what was expected and what was used since, the sum of savings.
 * A struct history_days is what the past tells of the days from the period's beginning to yesterday; a figure that nobody told stays NAN.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/period.h"
#include "draw/plot.h"
#include "draw/scale.h"
#include "draw/text.h"
#include "views/energy.h"

enum { DAYS_MOST = 800, WEEK = 7, TEXT_ROWS = 3 };
#define DAY_MS INT64_C(86400000)
#define HOUR INT64_C(3600000)
#define HOUR_MS 3600000.0

struct history_days {
    int64_t *begins;           /* local midnights, one more than days */
    int32_t *dates;
    struct baseline_row *rows; /* by day */
    size_t count;
    bool loading;
};

static int32_t date_of(struct civil c)
{
    return c.year * 10000 + c.month * 100 + c.day;
}

/* The index of the day that begins at or before a moment; SIZE_MAX: none. */
static size_t day_index(const struct history_days *days, int64_t ms)
{
    size_t low = 0, high = days->count;
    if (days->count == 0 || ms < days->begins[0] || ms >= days->begins[days->count])
        return SIZE_MAX;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (days->begins[middle] <= ms)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static void days_init(struct history_days *days, const struct energy_page *page, const struct baseline *b)
{
    const struct zone *zone = &page->plant->zone;
    int64_t today = period_day(zone, model_wall(page->scene->model));
    struct civil c = {.year = b->from / 10000, .month = b->from / 100 % 100, .day = b->from % 100};
    *days = (struct history_days){.begins = mem_zero(DAYS_MOST + 1, sizeof *days->begins), .dates = mem_zero(DAYS_MOST, sizeof *days->dates), .rows = mem_zero(DAYS_MOST, sizeof *days->rows)};
    for (; days->count < DAYS_MOST; days->count++, c.day++) {
        days->begins[days->count] = zone_utc(zone, c);
        if (days->begins[days->count] >= today)
            break;
        days->dates[days->count] = date_of(zone_civil(zone, days->begins[days->count]));
        days->rows[days->count] = (struct baseline_row){.day = days->dates[days->count], .actual = NAN};
        for (size_t d = 0; d < BASELINE_DRIVERS; d++)
            days->rows[days->count].x[d] = NAN;
    }
    days->begins[days->count] = zone_utc(zone, c);
}

static const struct answer *ask_of(struct history_days *days, const struct scene *scene, struct want want)
{
    const struct answer *answer = scene->recall ? recall_want(scene->recall, &want) : NULL;
    days->loading = days->loading || (scene->recall && !answer);
    return answer && !answer->why[0] ? answer : NULL;
}

static const struct answer *ask(struct history_days *days, const struct scene *scene, struct want want)
{
    want.from_ms = days->begins[0];
    want.to_ms = days->begins[days->count];
    return ask_of(days, scene, want);
}

static void plus(double *sum, double more)
{
    *sum = isnan(*sum) ? more : *sum + more;
}

/* Of a day that was measured for the most part, as in reports; of a sum by all of its meters. */
static void take_energy(struct history_days *days, const struct energy_page *page, uint32_t meter)
{
    struct want want = {.kind = WANT_ENERGY, .step = ENERGY_DAY};
    size_t leaves = energy_leaves(page->plant, meter, NULL, 0);
    plant_meter_key(page->plant, meter, want.path, sizeof want.path);
    const struct answer *answer = ask(days, page->scene, want);
    for (size_t i = 0; answer && i < answer->energy_count; i++) {
        const struct energy *sum = &answer->energies[i].cell.sum;
        size_t at = day_index(days, answer->energies[i].cell.from_ms);
        if (at != SIZE_MAX && (double)sum->valid_ms >= energy_baseline_measured * (double)(days->begins[at + 1] - days->begins[at]) * (double)leaves)
            plus(&days->rows[at].actual, sum->amount);
    }
}

static void take_account(struct history_days *days, const struct energy_page *page, const struct baseline_driver *driver, size_t d)
{
    struct want want = {.kind = WANT_ACCOUNTS, .by = BY_DAY, .below = page->plant->nodes[driver->node].level < LEVEL_LINE};
    plant_node_path(page->plant, driver->node, want.path, sizeof want.path);
    const struct answer *answer = ask(days, page->scene, want);
    for (size_t i = 0; answer && i < answer->account_count; i++) {
        const struct account_cell *cell = &answer->accounts[i].cell;
        for (size_t at = 0; at < days->count; at++)
            if (days->dates[at] == cell->day)
                plus(&days->rows[at].x[d], driver->kind == DRIVER_GOOD ? cell->sum.good : driver->kind == DRIVER_PRODUCED ? account_produced(&cell->sum) : (double)cell->sum.ms[TIME_RUN] / HOUR_MS);
    }
}

/* Means of the hours of days, as many at a time as one answer has columns: degree days are the mean of the hours' degrees. */
static void take_tag(struct history_days *days, const struct energy_page *page, const struct baseline_driver *driver, size_t d)
{
    size_t *hours = mem_zero(days->count + 1, sizeof *hours);
    struct want want = {.kind = WANT_COLUMNS};
    plant_tag_key(page->plant, driver->tag, want.path, sizeof want.path);
    for (want.from_ms = days->begins[0]; want.from_ms < days->begins[days->count]; want.from_ms = want.to_ms) {
        int64_t left = (days->begins[days->count] - want.from_ms) / HOUR;
        want.columns = (uint16_t)(left < RECALL_COLUMNS ? left : RECALL_COLUMNS);
        want.to_ms = want.from_ms + want.columns * HOUR;
        const struct answer *answer = want.columns ? ask_of(days, page->scene, want) : NULL;
        for (size_t i = 0; answer && i < answer->column_count; i++) {
            size_t at = day_index(days, want.from_ms + (int64_t)i * HOUR);
            if (answer->columns[i].state != COLUMN_FILLED || at == SIZE_MAX)
                continue;
            plus(&days->rows[at].x[d], energy_driver_value(driver, answer->columns[i].mean));
            hours[at]++;
        }
        if (!want.columns)
            break;
    }
    for (size_t i = 0; i < days->count; i++)
        if (hours[i])
            days->rows[i].x[d] /= (double)hours[i];
    free(hours);
}

/* Days become weeks, from the first Monday on; a week with an unknown day is unknown; the mean of a tag is that of its days. */
static void make_weeks(struct history_days *days, const struct baseline *b, const struct zone *zone)
{
    size_t first = 0, weeks = 0;
    while (first < days->count && zone_civil(zone, days->begins[first]).weekday != 1)
        first++;
    for (size_t at = first; at + WEEK <= days->count; at += WEEK) {
        struct baseline_row week = days->rows[at];
        for (size_t i = 1; i < WEEK; i++) {
            week.actual += days->rows[at + i].actual;
            for (size_t d = 0; d < BASELINE_DRIVERS; d++)
                week.x[d] += days->rows[at + i].x[d];
        }
        for (size_t d = 0; d < b->driver_count; d++)
            week.x[d] /= b->drivers[d].kind == DRIVER_MEAN ? WEEK : 1;
        days->rows[weeks++] = week;
    }
    days->count = weeks;
}

static void draw_savings(const struct history_days *days, struct surface s)
{
    enum { AXIS_W = 9 };
    char text[NUMBER_TEXT];
    double low = 0, high = 0;
    if (s.h < 3 || s.w < AXIS_W + 10 || days->count < 2)
        return;
    for (size_t i = 0; i < days->count; i++) {
        low = fmin(low, days->rows[i].saved);
        high = fmax(high, days->rows[i].saved);
    }
    struct scale scale = scale_round(low, high, 4);
    struct surface area = surface_sub(s, rect_of(AXIS_W, 0, s.w - AXIS_W, s.h));
    int columns = plot_columns(s.grid->tier, area.w);
    struct plot_point *points = mem_zero((size_t)columns + 1, sizeof *points);
    for (int c = 0; c < columns; c++) {
        double saved = days->rows[(size_t)c * days->count / (size_t)columns].saved, at = scale_at(scale, saved);
        if (isfinite(saved))
            points[c] = (struct plot_point){.ink = PLOT_SAMPLE, .low = at, .high = at, .last = at};
    }
    struct plot plot;
    plot_begin(&plot, area);
    plot_series(&plot, points, CELL_SERIES_1, PLOT_SOLID);
    plot_end(&plot);
    free(points);
    energy_amount_text(scale.high, AXIS_W - 1, text);
    surface_text_right(s, 0, 0, AXIS_W - 1, CELL_DIM, text);
    energy_amount_text(scale.low, AXIS_W - 1, text);
    surface_text_right(s, 0, s.h - 1, AXIS_W - 1, CELL_DIM, text);
}

static void draw_fit(const struct baseline *b, const struct baseline_fit *fit, const struct history_days *days, struct surface s)
{
    char text[LABEL_TEXT * 2], number[NUMBER_TEXT];
    int length = 0, y = 0;
    energy_amount_text(fit->fit.b[0], 9, number);
    length = snprintf(text, sizeof text, "%s", number);
    for (size_t d = 0; d < b->driver_count && length >= 0 && (size_t)length < sizeof text; d++) {
        number_fit(fabs(fit->fit.b[d + 1]), fabs(fit->fit.b[d + 1]) < 10 ? 3 : 1, 9, number);
        length += snprintf(text + length, sizeof text - (size_t)length, " %s %s %s", fit->fit.b[d + 1] < 0 ? "-" : "+", number, b->drivers[d].name);
    }
    y = draw_words(s, 0, 0, s.w, CELL_TEXT, text);
    int x = surface_format(s, 0, y, CELL_DIM, "R2 ") ;
    x = surface_format(s, x, y, fit->fit.weak ? CELL_WARN : CELL_VALUE, "%.2f", fit->fit.r2) + 2;
    x = surface_format(s, x, y, CELL_DIM, "of %zu %s", fit->used, b->weekly ? "weeks" : "days") + 2;
    if (fit->fit.weak)
        surface_text_fit(s, x, y, s.w - x, CELL_WARN, "weak: believe no saving");
    y++;
    for (size_t i = days->count; i-- > 0;) {
        const struct baseline_row *row = &days->rows[i];
        if (isnan(row->expected))
            continue;
        energy_amount_text(row->actual, 9, number);
        x = surface_format(s, 0, y, CELL_TEXT, "%s %02d-%02d  %s", b->weekly ? "week of" : "on", (int)(row->day / 100 % 100), (int)(row->day % 100), number) + 1;
        energy_amount_text(row->expected, 9, number);
        x = surface_format(s, x, y, CELL_DIM, "expected %s", number) + 1;
        if (row->expected > 0)
            surface_format(s, x, y, row->saving < 0 && !fit->fit.weak ? CELL_WARN : CELL_VALUE, "%+.1f %%", -row->saving / row->expected * 100);
        break;
    }
    y++;
    if (y + 4 <= s.h) {
        surface_text_fit(s, 0, y, s.w, CELL_DIM, "saved since it began (CUSUM)");
        draw_savings(days, surface_sub(s, rect_of(0, y + 1, s.w, s.h - y - 1)));
    }
}

static void draw_lack(const struct baseline_fit *fit, bool loading, struct surface s)
{
    char text[LABEL_TEXT * 2];
    snprintf(text, sizeof text, "%s%s%s", loading ? "reading ..." : fit->why, loading || !fit->lacks ? "" : ": ", loading || !fit->lacks ? "" : fit->lacks);
    draw_words(s, 0, 0, s.w, CELL_DIM, text);
}

void energy_draw_baseline(struct energy_page *page, struct surface s)
{
    const struct plant *plant = page->plant;
    const struct baseline *b = NULL;
    struct history_days days;
    struct baseline_fit fit;
    for (size_t i = 0; i < plant->baseline_count; i++)
        if (!b || plant->baselines[i].meter == page->meter)
            b = &plant->baselines[i];
    if (!b || !page->scene->recall) {
        draw_words(s, 0, 0, s.w, CELL_DIM, b ? "a baseline needs history" : "no baseline is configured (baselines)");
        return;
    }
    surface_text_fit(s, 0, 0, s.w, CELL_TEXT, b->title);
    surface_format(s, text_width(b->title) + 2, 0, CELL_DIM, "on %d-%02d-%02d .. %d-%02d-%02d", (int)(b->from / 10000), (int)(b->from / 100 % 100), (int)(b->from % 100), (int)(b->to / 10000), (int)(b->to / 100 % 100),
        (int)(b->to % 100));
    days_init(&days, page, b);
    if (days.count > 0) {
        take_energy(&days, page, b->meter);
        for (size_t d = 0; d < b->driver_count; d++) {
            if (b->drivers[d].kind == DRIVER_GOOD || b->drivers[d].kind == DRIVER_PRODUCED || b->drivers[d].kind == DRIVER_RUN_HOURS)
                take_account(&days, page, &b->drivers[d], d);
            else
                take_tag(&days, page, &b->drivers[d], d);
        }
        if (b->weekly)
            make_weeks(&days, b, &plant->zone);
    }
    energy_baseline_fit(b, days.rows, days.count, &fit);
    energy_baseline_tell(&fit, days.rows, days.count);
    struct surface below = surface_sub(s, rect_of(0, 1, s.w, s.h - 1));
    if (fit.fitted)
        draw_fit(b, &fit, &days, below);
    else
        draw_lack(&fit, days.loading, below);
    free(days.begins);
    free(days.dates);
    free(days.rows);
}
