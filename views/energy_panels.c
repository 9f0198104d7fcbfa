/*
 * What is shown of the selected meter: the running block of demand, its day beside yesterday and a typical one, its days and hours as a map.
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

enum { LABEL_W = 10, DAY_SLOTS = ENERGY_SLOTS, HOUR_CELLS = 24, MAP_SUM_W = 8, SHADES = 4, BASE_W = 20 };
#define DAY_MS INT64_C(86400000)
#define HOUR_MS INT64_C(3600000)

/* ---- demand ---- */

static double least_of(double a, double b)
{
    return isnan(a) ? b : isnan(b) ? a : fmin(a, b);
}

/* Where the running block will end, on a scale from 0 beyond the limit. */
static void draw_gauge(const struct energy_page *page, struct surface s)
{
    const struct demand *d = &page->plant->demands[page->demand];
    const struct demand_now *now = &page->now;
    double peak = page->peak_count ? page->peak[0].mean : NAN, top = 0;
    const double values[] = {d->limit, d->warn, now->forecast, now->so_far, peak};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        top = isfinite(values[i]) ? fmax(top, values[i]) : top;
    top *= 1.1;
    if (!(top > 0) || s.w < 20)
        return;
    double band = isfinite(d->limit) ? d->limit : least_of(d->warn, top);
    int limit = (int)lround(band / top * (s.w - 1)), mark = isfinite(now->forecast) ? (int)lround(fmin(now->forecast, top) / top * (s.w - 1)) : -1;
    for (int x = 0; x < limit; x++)
        surface_glyph(s, x, 0, CELL_BAND, GLYPH_BAND);
    for (int x = limit; x < s.w; x++)
        surface_glyph(s, x, 0, CELL_BORDER, GLYPH_LINE);
    if (isfinite(d->limit))
        surface_glyph(s, limit, 0, CELL_TEXT, GLYPH_VLINE);
    if (mark >= 0)
        surface_glyph(s, mark, 0, isfinite(d->limit) && now->forecast > d->limit ? CELL_STOP : isfinite(d->warn) && now->forecast > d->warn ? CELL_WARN : CELL_VALUE, GLYPH_BLOCK);
}

static int figure(struct surface s, int x, int y, const char *label, double value, enum cell_role role)
{
    char text[NUMBER_TEXT];
    energy_amount_text(value, 8, text);
    return x + text_width(label) + 1 + text_width(text) <= s.w ? draw_figure(s, x, y, label, isfinite(value) ? role : CELL_DIM, text) + 1 : x;
}

/* Loads that matter most now: meters that measure, which have no other below them. */
static void draw_loads(const struct energy_page *page, struct surface s, int y)
{
    const struct plant *plant = page->plant;
    uint32_t loads[POWER_LOADS];
    double powers[POWER_LOADS];
    size_t count = 0;
    for (uint32_t m = 0; m < plant->meter_count; m++) {
        bool leaf = plant->meters[m].kind != METER_EMISSION && plant->meters[m].carrier == page->view->carrier;
        for (uint32_t other = 0; leaf && other < plant->meter_count; other++)
            leaf = plant->meters[other].parent != m || plant->meters[other].kind == METER_EMISSION;
        double power = leaf ? model_meter(page->scene->model, m)->power : NAN;
        if (!(power > 0) || (count == POWER_LOADS && power <= powers[count - 1]))
            continue;
        size_t at = count < POWER_LOADS ? count++ : count - 1;
        for (; at > 0 && powers[at - 1] < power; at--) {
            powers[at] = powers[at - 1];
            loads[at] = loads[at - 1];
        }
        powers[at] = power;
        loads[at] = m;
    }
    int x = count > 0 && y < s.h ? surface_text(s, 0, y, CELL_DIM, "loads now") + 2 : 0;
    for (size_t i = 0; i < count && y < s.h; i++) {
        char text[NUMBER_TEXT];
        const char *title = plant->nodes[plant->meters[loads[i]].node].title;
        energy_amount_text(powers[i], 8, text);
        if (x + text_width(title) + 1 + text_width(text) > s.w) {
            if (x <= LABEL_W + 1 || ++y >= s.h)
                break;
            x = LABEL_W + 1;
        }
        x = surface_text_fit(s, x, y, s.w - x, CELL_TEXT, title) + 1;
        x = surface_text(s, x, y, CELL_VALUE, text) + 2;
    }
}

/* Of a day that is over: its highest block, how often the limit was passed, and how many blocks nobody measured. */
static void draw_past_demand(const struct energy_page *page, struct surface s)
{
    const struct demand *d = &page->plant->demands[page->demand];
    struct energy_range day = energy_range_of(&page->plant->zone, POWER_TODAY, page->now_ms);
    struct energy_series quarters, blocks;
    struct demand_peak peaks[DEMAND_PEAKS];
    size_t over = 0, whole = 0;
    char from[48], to[48], limit[NUMBER_TEXT];
    bool read = energy_series_of(page, METER_QUARTER_MS, day.from_ms, &quarters);
    energy_series_coarse(&quarters, d->block_ms >= METER_QUARTER_MS ? d->block_ms : METER_QUARTER_MS, &page->plant->zone, &blocks);
    size_t count = energy_peaks(&blocks, day.from_ms, page->now_ms, peaks);
    for (size_t b = 0; b < blocks.count; b++) {
        double power = energy_block_power(&blocks, &blocks.blocks[b]);
        over += power > d->limit;
        whole += isfinite(power) != 0;
    }
    energy_series_finish(&quarters);
    energy_series_finish(&blocks);
    if (count == 0) {
        surface_text_fit(s, 0, 0, s.w, CELL_DIM, read ? "no whole block was measured on that day" : "reading ...");
        return;
    }
    date_clock_text(&page->plant->zone, peaks[0].from_ms, from);
    date_clock_text(&page->plant->zone, peaks[0].to_ms, to);
    enum cell_role role = isfinite(d->limit) && peaks[0].mean > d->limit ? CELL_STOP : isfinite(d->warn) && peaks[0].mean > d->warn ? CELL_WARN : CELL_VALUE;
    int x = figure(s, 0, 0, "highest", peaks[0].mean, role);
    surface_format(s, x, 0, CELL_TEXT, "%.5s-%.5s", from + 15, to + 15);
    x = figure(s, 0, 1, "limit", d->limit, CELL_VALUE);
    energy_amount_text(d->limit, 8, limit);
    if (isfinite(d->limit))
        surface_format(s, x, 1, over ? CELL_WARN : CELL_DIM, "passed in %zu of %zu blocks", over, whole);
    struct energy_page then = *page;
    then.now = (struct demand_now){.so_far = peaks[0].mean, .forecast = peaks[0].mean};
    draw_gauge(&then, surface_sub(s, rect_of(0, 2, s.w, 1)));
    if (page->peak_count > 0) {
        date_clock_text(&page->plant->zone, page->peak[0].from_ms, from);
        x = figure(s, 0, 3, "month's peak", page->peak[0].mean, CELL_VALUE);
        surface_format(s, x, 3, CELL_DIM, "%.3s %.5s %.5s", from, from + 9, from + 15);
    }
}

void energy_draw_demand(struct energy_page *page, struct surface s)
{
    if (page->view->asked_ms && page->demand != UINT32_MAX) {
        draw_past_demand(page, s);
        return;
    }
    if (page->demand == UINT32_MAX) {
        draw_words(s, 0, 0, s.w, CELL_DIM, "no demand is configured for it (demands)");
        draw_loads(page, s, 2);
        return;
    }
    const struct demand *d = &page->plant->demands[page->demand];
    const struct demand_now *now = &page->now;
    char from[48], to[48], left[SPAN_TEXT], text[LABEL_TEXT];
    date_clock_text(&page->plant->zone, now->from_ms, from);
    date_clock_text(&page->plant->zone, now->to_ms, to);
    int64_t left_ms = now->to_ms - model_wall(page->scene->model);
    span_text(left_ms > 0 ? left_ms : 0, left);
    if (d->kind == DEMAND_BLOCK)
        snprintf(text, sizeof text, "block %.5s-%.5s  %s left", from + 15, to + 15, left);
    else
        snprintf(text, sizeof text, "last %lld min, %s", (long long)(d->block_ms / 60000), d->kind == DEMAND_SLIDING ? "sliding" : "rolling");
    int x = surface_text_fit(s, 0, 0, s.w, CELL_TEXT, text) + 2;
    if (isfinite(now->missing) && now->missing >= 0.005 && x + 14 < s.w)
        surface_format(s, x, 0, CELL_WARN, "%.0f %% missing", now->missing * 100);
    bool over = isfinite(d->limit) && now->forecast > d->limit, warned = isfinite(d->warn) && now->forecast > d->warn;
    x = figure(s, 0, 1, "forecast", now->forecast, over ? CELL_STOP : warned ? CELL_WARN : CELL_VALUE);
    x = isfinite(d->limit) ? figure(s, x, 1, "limit", d->limit, CELL_VALUE) : x;
    x = figure(s, x, 1, "power", model_meter(page->scene->model, d->meter)->power, CELL_VALUE);
    x = figure(s, x, 1, "so far", now->so_far, CELL_VALUE);
    draw_gauge(page, surface_sub(s, rect_of(0, 2, s.w, 1)));
    if (over && now->limit_in_ms >= 0) {
        span_text(now->limit_in_ms, left);
        energy_amount_text(now->shed, 8, from);
        snprintf(text, sizeof text, now->limit_in_ms == 0 ? "the limit is passed" : "limit in %s: shed %s kW now", left, from);
        surface_text_fit(s, 0, 3, s.w, CELL_STOP, text);
    } else if (page->peak_count > 0) {
        date_clock_text(&page->plant->zone, page->peak[0].from_ms, from);
        x = figure(s, 0, 3, "month's peak", page->peak[0].mean, isfinite(d->limit) && page->peak[0].mean > d->limit ? CELL_WARN : CELL_VALUE);
        surface_format(s, x, 3, CELL_DIM, "%.3s %.5s %.5s", from, from + 9, from + 15);
    }
    draw_loads(page, s, 4);
}

/* ---- a day ---- */

static double top_of(const double power[DAY_SLOTS], double top)
{
    for (int i = 0; i < DAY_SLOTS; i++)
        top = isfinite(power[i]) ? fmax(top, power[i]) : top;
    return top;
}

static void draw_profile(struct plot *plot, int columns, const double power[DAY_SLOTS], double top, enum cell_role role, enum plot_style style)
{
    struct plot_point *points = mem_zero((size_t)columns + 1, sizeof *points);
    for (int c = 0; c < columns; c++) {
        int first = c * DAY_SLOTS / columns, end = (c + 1) * DAY_SLOTS / columns;
        double low = NAN, high = NAN, last = NAN;
        for (int i = first; i < (end > first ? end : first + 1) && i < DAY_SLOTS; i++) {
            if (!isfinite(power[i]))
                continue;
            low = isfinite(low) ? fmin(low, power[i]) : power[i];
            high = isfinite(high) ? fmax(high, power[i]) : power[i];
            last = power[i];
        }
        if (isfinite(low))
            points[c] = (struct plot_point){.ink = style == PLOT_SOLID ? PLOT_RUN : PLOT_SAMPLE, .low = low / top, .high = high / top, .last = last / top};
        if (isfinite(low) && style != PLOT_SOLID)
            points[c].low = points[c].high = points[c].last;
    }
    plot_series(plot, points, role, style);
    free(points);
}

/* Local hours below a day of `columns` cells. */
static void draw_hours(struct surface s, int x, int y, int w)
{
    for (int h = 0; h < HOUR_CELLS; h += w >= 96 ? 1 : w >= 48 ? 2 : w >= 24 ? 4 : 6)
        surface_format(s, x + h * w / HOUR_CELLS, y, CELL_DIM, "%02d", h);
}

void energy_draw_day(struct energy_page *page, struct surface s)
{
    const struct zone *zone = &page->plant->zone;
    int64_t now = page->now_ms, today = period_day(zone, now), yesterday = period_day(zone, today - 1);
    double powers[3][DAY_SLOTS], top;
    char date[48];
    struct energy_series quarters;
    if (s.w < 24 || s.h < 4 || page->meter == NO_METER)
        return;
    bool read = energy_series_of(page, METER_QUARTER_MS, period_day(zone, today - POWER_MAP_DAYS * DAY_MS), &quarters);
    energy_profile(&quarters, zone, today, powers[0]);
    energy_profile(&quarters, zone, yesterday, powers[1]);
    size_t days = energy_typical(&quarters, zone, zone_civil(zone, now).weekday, today, powers[2]);
    double base = energy_figures(&quarters, zone, INT64_MIN, now + 1).base;
    energy_series_finish(&quarters);
    struct civil c = zone_civil(zone, now);
    size_t so_far = (size_t)(c.hour * 4 + c.minute / 15), unknown[3];
    double sums[3];
    for (int i = 0; i < 3; i++)
        sums[i] = energy_profile_sum(powers[i], so_far, &unknown[i]);
    top = top_of(powers[2], top_of(powers[1], top_of(powers[0], 0)));
    int x;
    if (page->view->asked_ms) {
        date_clock_text(zone, today, date);
        x = surface_format(s, 0, 0, CELL_SERIES_1, "%.3s %.5s", date, date + 9) + 1;
    } else {
        x = surface_text(s, 0, 0, CELL_SERIES_1, "today") + 1;
    }
    char text[NUMBER_TEXT];
    const char *const names[] = {"", page->view->asked_ms ? "the day before" : "yesterday", "typical"};
    for (int i = 1; i < 3; i++) {
        double change = sums[i] > 0 && unknown[i] == 0 && unknown[0] == 0 ? (sums[0] / sums[i] - 1) * 100 : NAN;
        if (so_far == 0 || unknown[i] == so_far || (i == 2 && days < 2) || x + 18 > s.w)
            continue;
        x = isfinite(change) ? surface_format(s, x, 0, CELL_VALUE, fabs(change) < 0.5 ? "%.0f %%" : "%+.0f %%", fabs(change) < 0.5 ? 0 : change) + 1 : surface_text(s, x, 0, CELL_DIM, "?") + 1;
        x = surface_text(s, x, 0, CELL_DIM, "to ");
        x = surface_text(s, x, 0, i == 1 ? CELL_DIM : CELL_SERIES_2, names[i]) + 2;
    }
    if (!read && x + 12 < s.w)
        surface_text(s, x, 0, CELL_DIM, "reading ...");
    else if (read && isfinite(base) && x + BASE_W <= s.w)
        figure(s, x + 1, 0, "base load", base, CELL_VALUE);
    if (!(top > 0)) {
        surface_text_fit(s, 0, 1, s.w, CELL_DIM, read ? "no whole quarter of an hour yet" : "");
        return;
    }
    enum { AXIS_W = 7 };
    top = scale_round(0, top, 4).high;
    struct surface area = surface_sub(s, rect_of(AXIS_W, 1, s.w - AXIS_W, s.h - 2));
    struct plot plot;
    int columns = plot_columns(s.grid->tier, area.w);
    plot_begin(&plot, area);
    draw_profile(&plot, columns, powers[1], top, CELL_DIM, PLOT_FAINT);
    if (days >= 2)
        draw_profile(&plot, columns, powers[2], top, CELL_SERIES_2, PLOT_SHADED);
    draw_profile(&plot, columns, powers[0], top, CELL_SERIES_1, PLOT_SOLID);
    plot_end(&plot);
    energy_amount_text(top, AXIS_W - 1, text);
    surface_text_right(s, 0, 1, AXIS_W - 1, CELL_DIM, text);
    surface_text_right(s, 0, s.h - 2, AXIS_W - 1, CELL_DIM, "0");
    draw_hours(s, AXIS_W, s.h - 1, area.w);
}

/* ---- days x hours ---- */

static void draw_shade(struct surface s, int x, int y, int w, double share)
{
    static const enum glyph glyphs[SHADES] = {GLYPH_DOT, GLYPH_FAINT, GLYPH_SHADE, GLYPH_BLOCK};
    int step = (int)(share * SHADES);
    for (int i = 0; i < w; i++)
        surface_glyph(s, x + i, y, step >= SHADES - 1 ? CELL_VALUE : CELL_BAND, glyphs[step < 0 ? 0 : step < SHADES ? step : SHADES - 1]);
}

void energy_draw_map(struct energy_page *page, struct surface s)
{
    const struct zone *zone = &page->plant->zone;
    int64_t now = page->now_ms, today = period_day(zone, now);
    int label_w = s.w >= 44 ? 10 : 6, cell_w = (s.w - label_w - MAP_SUM_W) / HOUR_CELLS, w = cell_w > 4 ? 4 : cell_w, rows = s.h - 2;
    struct energy_series quarters;
    struct energy_date *days;
    if (w < 1 || rows < 1 || page->meter == NO_METER) {
        surface_text_fit(s, 0, 0, s.w, CELL_DIM, "wider: z");
        return;
    }
    bool read = energy_series_of(page, METER_QUARTER_MS, period_day(zone, today - POWER_MAP_DAYS * DAY_MS), &quarters);
    size_t count = energy_dates(&quarters, zone, &days), first = count > (size_t)rows ? count - (size_t)rows : 0;
    double low = INFINITY, high = -INFINITY;
    for (size_t d = first; d < count; d++)
        for (int h = 0; h < HOUR_CELLS; h++)
            if (isfinite(days[d].power[h])) {
                low = fmin(low, days[d].power[h]);
                high = fmax(high, days[d].power[h]);
            }
    draw_hours(s, label_w, 0, w * HOUR_CELLS);
    for (size_t d = first; d < count; d++) {
        int y = 1 + (int)(d - first);
        char date[48], text[NUMBER_TEXT];
        date_clock_text(zone, days[d].from_ms + DAY_MS / 2, date);
        enum cell_role role = days[d].weekday == 0 || days[d].weekday == 6 ? CELL_DIM : CELL_TEXT;
        if (label_w == 10)
            surface_format(s, 0, y, role, "%.3s %.5s", date, date + 9);
        else
            surface_format(s, 0, y, role, "%.5s", date + 9);
        for (int h = 0; h < HOUR_CELLS; h++) {
            if (isfinite(days[d].power[h]))
                draw_shade(s, label_w + h * w, y, w, high > low ? (days[d].power[h] - low) / (high - low) : 0);
            else if (days[d].from_ms + (h + 1) * HOUR_MS <= now)
                surface_text(s, label_w + h * w, y, CELL_UNKNOWN, "?");
        }
        energy_amount_text(days[d].amount, MAP_SUM_W - 1, text);
        surface_text_right(s, label_w + HOUR_CELLS * w, y, MAP_SUM_W, CELL_VALUE, text);
    }
    if (count == 0) {
        surface_text(s, 0, 1, CELL_DIM, read ? "no whole hour yet" : "reading ...");
    } else if (s.h > 2 + (int)(count - first)) {
        char least[NUMBER_TEXT], most[NUMBER_TEXT];
        int x = label_w, y = 1 + (int)(count - first);
        energy_amount_text(low, 8, least);
        energy_amount_text(high, 8, most);
        x = surface_text(s, x, y, CELL_DIM, least) + 1;
        for (int i = 0; i < SHADES; i++, x += 2)
            draw_shade(s, x, y, 2, (i + 0.5) / SHADES);
        surface_text(s, x + 1, y, CELL_DIM, most);
        x = surface_text_fit(s, x + 2 + text_width(most), y, s.w - x - 2 - text_width(most), CELL_DIM, " mean of an hour");
        double base = energy_figures(&quarters, zone, INT64_MIN, now + 1).base;
        if (isfinite(base) && x + 2 + BASE_W <= s.w)
            figure(s, x + 2, y, "base load", base, CELL_VALUE);
    }
    free(days);
    energy_series_finish(&quarters);
}
