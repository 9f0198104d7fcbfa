/* Gauges, trends, heat maps and Pareto bars: in each tier, wide and narrow, of values of every trust; and nothing reaches outside its cells. */
#include <math.h>
#include <stdlib.h>

#include "check.h"

#include "core/memory.h"
#include "golden.h"
#include "widgets/widget.h"

#define HOUR INT64_C(3600000)
#define NOW (INT64_C(19886) * 24 * HOUR + 10 * HOUR + 42 * 60000) /* Wed 2024-06-12 10:42 UTC */

enum { MOST = 8, COLUMNS = 240 };

/* A feed temperature in 10..40, normal 18..30. */
static struct reading feed(double number, enum tag_trust trust)
{
    static char text[64][NUMBER_TEXT];
    static int next;
    struct reading reading = {
        .title = "料温", .unit = "°C", .has_number = true, .number = number, .decimals = 1, .has_range = true, .range = {10, 40},
        .has_normal = true, .normal = {18, 30}, .limits = {35}, .limit_count = 1, .trust = trust, .age_ms = 3000, .now_ms = NOW, .span_ms = HOUR,
    };
    char *space = text[next++ % 64];
    number_text(number, 1, false, space);
    reading.text = space;
    return reading;
}

static struct reading never(void)
{
    struct reading reading = feed(0, TRUST_NEVER);
    reading.has_number = false;
    reading.text = "";
    return reading;
}

static const char *const tier_names[] = {[TIER_WGL4] = "wgl4", [TIER_ASCII] = "ascii", [TIER_FULL] = "full"};

/* At three sizes beside one another, one golden a tier. */
static void check(const char *name, const char *picture, const struct reading *readings, size_t count, int h)
{
    static const int widths[] = {60, 30, 13};
    const struct widget *widget = widget_find(name);
    assert_non_null(widget);
    for (int tier = TIER_WGL4; tier <= TIER_FULL; tier++) {
        struct grid *grid = grid_create(60 + 30 + 13 + 4, h);
        grid->tier = (enum glyph_tier)tier;
        for (int i = 0, x = 0; i < 3; x += widths[i++] + 2)
            widget_draw(widget, readings, count, surface_sub(surface_of(grid), rect_of(x, 0, widths[i], h)));
        char file[80];
        snprintf(file, sizeof file, "widget-%s-%s", picture, tier_names[tier]);
        golden_check(file, grid);
        grid_destroy(grid);
    }
}

/* ---- gauges ---- */

static void a_gauge_tells_where_a_value_stands(void **state)
{
    (void)state;
    struct reading low = feed(24.5, TRUST_GOOD), no_range = feed(24.5, TRUST_GOOD);
    no_range.has_range = no_range.has_normal = false;
    const struct { const char *name; struct reading reading; } cases[] = {
        {"gauge", low}, {"gauge-high", feed(36.4, TRUST_GOOD)}, {"gauge-beyond", feed(77, TRUST_GOOD)}, {"gauge-stale", feed(24.5, TRUST_STALE)},
        {"gauge-bad", feed(24.5, TRUST_BAD)}, {"gauge-unconfirmed", feed(24.5, TRUST_UNCONFIRMED)}, {"gauge-never", never()}, {"gauge-no-range", no_range},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check("gauge", cases[i].name, &cases[i].reading, 1, 3);
    check("gauge", "gauge-tall", &low, 1, 10);
}

/* ---- trends and heat maps ---- */

struct told {
    struct column columns[COLUMNS];
    struct series series;
};

static double wave(size_t i, size_t period)
{
    double up = 4.0 * (double)(i % period) / (double)period;
    return up < 1 ? up : up < 3 ? 2 - up : up - 4;
}

/* Samples with a gap, and a stretch in which the value only stood. */
static void tell(struct told *told, double middle, double swing, double noise, size_t period)
{
    for (size_t i = 0; i < COLUMNS; i++) {
        struct column *c = &told->columns[i];
        *c = (struct column){.state = COLUMN_EMPTY};
        if (i >= 60 && i < 90)
            continue;
        bool held = i >= 150 && i < 180;
        c->state = held ? COLUMN_HELD : COLUMN_FILLED;
        c->last = c->mean = middle + swing * wave(held ? 149 : i, period);
        c->low = c->last - (held ? 0 : noise);
        c->high = c->last + (held ? 0 : noise);
        c->count = held ? 0 : 4;
    }
    told->series = (struct series){.columns = told->columns, .count = COLUMNS, .from_ms = NOW - HOUR, .step_ms = (double)HOUR / COLUMNS};
}

static void a_trend_is_drawn_in_each_tier(void **state)
{
    (void)state;
    struct told *told = mem_zero(4, sizeof *told);
    struct reading readings[] = {feed(24.5, TRUST_GOOD), feed(31.2, TRUST_STALE), never()};
    tell(&told[0], 25, 8, 0.5, 120);
    tell(&told[1], 19, 4, 0, 90);
    tell(&told[3], 25, 12, 10, 60);
    readings[0].series = &told[0].series;
    readings[1].series = &told[1].series;
    readings[1].label = "回水";
    readings[2].series = &told[2].series;
    readings[2].label = "never heard";
    check("trend", "trend", readings, 1, 8);
    check("trend", "trend-several", readings, 3, 10);
    readings[0].series = &told[3].series; /* columns that reach far */
    readings[0].has_range = false;
    check("trend", "trend-band", readings, 1, 7);
    readings[0].series = NULL;
    check("trend", "trend-nothing", readings, 1, 5);
    check("trend", "trend-low", &readings[1], 1, 1);
    free(told);
}

static void a_heat_map_of_several_has_a_row_each(void **state)
{
    (void)state;
    struct told *told = mem_zero(3, sizeof *told);
    struct reading readings[MOST];
    static const char *const labels[MOST] = {"Press 1", "Press 2", "Press 3", "Press 4", "Press 5", "Press 6", "Press 7", "压机八"};
    for (size_t i = 0; i < 3; i++)
        tell(&told[i], 20 + 5 * (double)i, 5, 0, 70 + 30 * i);
    for (size_t i = 0; i < MOST; i++) {
        readings[i] = feed(24.5, TRUST_GOOD);
        readings[i].has_range = false;
        readings[i].label = labels[i];
        readings[i].series = i % 4 == 3 ? NULL : &told[i % 3].series;
    }
    check("heat", "heat-rows", readings, MOST, 9);
    check("heat", "heat-rows-cut", readings, MOST, 5);
    check("heat", "heat-nothing", &readings[3], 1, 3);
    free(told);
}

static void a_heat_map_of_one_has_hours_by_days(void **state)
{
    (void)state;
    enum { DAYS = 7 };
    struct column *columns = mem_zero(DAYS * 24, sizeof *columns);
    for (size_t i = 0; i < DAYS * 24; i++) {
        double value = 10 + 20 * (double)(i % 24 > 5 && i % 24 < 22) + (double)(i / 24);
        bool known = (i < 40 || i > 50) && i < 6 * 24 + 11;
        columns[i] = (struct column){.state = known ? COLUMN_FILLED : COLUMN_EMPTY, .count = 60, .low = value, .high = value, .mean = value, .last = value};
    }
    struct series series = {.columns = columns, .count = DAYS * 24, .from_ms = NOW - NOW % (24 * HOUR) - 6 * 24 * HOUR, .step_ms = HOUR};
    struct reading reading = feed(24.5, TRUST_GOOD);
    reading.has_range = false;
    reading.span_ms = DAYS * 24 * HOUR;
    reading.series = &series;
    check("heat", "heat-days", &reading, 1, 9);
    check("heat", "heat-days-low", &reading, 1, 3);
    free(columns);
}

/* ---- Pareto bars ---- */

static void pareto_bars_rank_and_add_up(void **state)
{
    (void)state;
    static const double numbers[MOST] = {12, 126, 0, 31, 88, 22, 7, 0};
    static const char *const labels[MOST] = {"changeover", "top pressure", "nothing", "cobbles", "belt slip", "strip break", "a very long name of a reason", "模具"};
    struct reading readings[MOST];
    for (size_t i = 0; i < MOST; i++) {
        readings[i] = feed(numbers[i], TRUST_GOOD);
        readings[i].decimals = 0;
        readings[i].has_normal = false;
        readings[i].label = labels[i];
    }
    readings[5].trust = TRUST_STALE;
    readings[6].trust = TRUST_BAD;
    struct reading unknown = never();
    unknown.label = labels[7];
    readings[7] = unknown;
    check("pareto", "pareto", readings, MOST, 8);
    check("pareto", "pareto-cut", readings, MOST, 4);
    readings[0].number = -12;
    check("pareto", "pareto-negative", readings, MOST, 8);
    check("pareto", "pareto-never", &unknown, 1, 3);
}

/* ---- edges ---- */

/* Whatever is asked of it, a widget stays in its surface: the cells around it are as they were. */
static void nothing_is_drawn_outside(void **state)
{
    (void)state;
    struct told *told = mem_zero(1, sizeof *told);
    tell(told, 1e300, 9e299, 0, 50);
    struct reading readings[] = {feed(-1234567890.123, TRUST_GOOD), feed(1e300, TRUST_GOOD), feed(INFINITY, TRUST_GOOD), never()};
    for (size_t i = 0; i < 4; i++) {
        readings[i].series = &told->series;
        readings[i].label = "压机压机压机压机压机压机压机压机";
    }
    for (size_t n = 0; n < widget_count; n++)
        for (int w = 0; w <= 26; w++)
            for (int h = 0; h <= 11; h++) {
                struct grid *grid = grid_create(w + 4, h + 2);
                grid->tier = (enum glyph_tier)((w + h) % 3);
                surface_fill(surface_of(grid), rect_of(0, 0, grid->w, grid->h), CELL_BANNER, "@");
                struct surface s = surface_sub(surface_of(grid), rect_of(2, 1, w, h));
                surface_fill(s, surface_rect(s), CELL_TEXT, " ");
                widget_draw(widget_registry[n], readings, 4, s);
                widget_draw(widget_registry[n], &readings[2], 1, s);
                for (int y = 0; y < grid->h; y++)
                    for (int x = 0; x < grid->w; x++)
                        if (x < 2 || y < 1 || x >= w + 2 || y >= h + 1)
                            assert_string_equal(grid_cell(grid, x, y)->text, "@");
                grid_destroy(grid);
            }
    free(told);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_gauge_tells_where_a_value_stands), CASE(a_trend_is_drawn_in_each_tier), CASE(a_heat_map_of_several_has_a_row_each),
        CASE(a_heat_map_of_one_has_hours_by_days), CASE(pareto_bars_rank_and_add_up), CASE(nothing_is_drawn_outside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
