/* Every widget, tiny and wide, with values of every trust; and the rule of the state band. */
#include "check.h"

#include "golden.h"
#include "widgets/widget.h"

enum { TINY_W = 9, WIDE_X = 12, WIDE_W = 46, GRID_W = WIDE_X + WIDE_W, HOUR = 3600000 };

/* A feed temperature of 24.5 in 10..40, normal 18..30, heard 3 s ago. */
static struct reading feed(double number, enum tag_trust trust)
{
    static char text[12][NUMBER_TEXT];
    static int next;
    struct reading reading = {
        .title = "料温", .unit = "°C", .has_number = true, .number = number, .decimals = 1, .has_range = true, .range = {10, 40},
        .has_normal = true, .normal = {18, 30}, .trust = trust, .age_ms = 3000, .elapsed_ms = 600000,
    };
    char *space = text[next++ % 12];
    number_text(number, 1, false, space);
    reading.text = space;
    return reading;
}

static struct reading word(const char *text)
{
    struct reading reading = feed(0, TRUST_GOOD);
    reading.has_number = reading.has_range = reading.has_normal = false;
    reading.unit = "";
    reading.text = text;
    return reading;
}

static struct reading never(void)
{
    struct reading reading = feed(0, TRUST_NEVER);
    reading.has_number = false;
    reading.text = "";
    reading.age_ms = -1;
    return reading;
}

static struct reading retained(void)
{
    struct reading reading = feed(24.5, TRUST_GOOD);
    reading.age_at_least = true;
    reading.age_ms = 125000;
    return reading;
}

/* Each reading in a row of `h` cells, tiny at the left and wide at the right. */
static void check(const char *name, const struct reading *readings, size_t count, int h)
{
    const struct widget *widget = widget_find(name);
    assert_non_null(widget);
    struct grid *grid = grid_create(GRID_W, (int)count * h);
    for (size_t i = 0; i < count; i++) {
        widget->draw(&readings[i], surface_sub(surface_of(grid), rect_of(0, (int)i * h, TINY_W, h)));
        widget->draw(&readings[i], surface_sub(surface_of(grid), rect_of(WIDE_X, (int)i * h, WIDE_W, h)));
        widget->draw(&readings[i], surface_sub(surface_of(grid), rect_of(0, 0, 0, 0)));
    }
    char file[64];
    snprintf(file, sizeof file, "widget-%s", name);
    golden_check(file, grid);
    grid_destroy(grid);
}

static void numbers_of_every_trust(void **state)
{
    (void)state;
    const struct reading readings[] = {
        feed(24.5, TRUST_GOOD), feed(31.4, TRUST_GOOD), feed(12, TRUST_GOOD), feed(24.5, TRUST_UNCERTAIN), feed(24.5, TRUST_BAD), feed(31.4, TRUST_STALE),
        feed(24.5, TRUST_UNCONFIRMED), never(), retained(), word("Execute"), word("a text that is far too long for the cells"), feed(1234567.8, TRUST_GOOD),
    };
    check("value", readings, sizeof readings / sizeof readings[0], 1);
    check("text", readings, sizeof readings / sizeof readings[0], 1);
    check("bar", readings, sizeof readings / sizeof readings[0], 1);
}

static void a_bar_without_range_takes_its_scale_from_the_band(void **state)
{
    (void)state;
    struct reading band_only = feed(36.5, TRUST_GOOD), range_only = feed(24.5, TRUST_GOOD), nothing = feed(24.5, TRUST_GOOD);
    band_only.has_range = range_only.has_normal = nothing.has_range = nothing.has_normal = false;
    struct grid *grid = grid_create(40, 3);
    const struct reading *readings[] = {&band_only, &range_only, &nothing};
    for (int i = 0; i < 3; i++)
        widget_find("bar")->draw(readings[i], surface_sub(surface_of(grid), rect_of(0, i, 40, 1)));
    golden_check("widget-bar-scales", grid);
    grid_destroy(grid);
}

static void digits_for_a_hall(void **state)
{
    (void)state;
    const struct reading readings[] = {feed(24.5, TRUST_GOOD), feed(-31.4, TRUST_STALE), feed(1067.89, TRUST_GOOD), never(), word("Execute")};
    check("big", readings, sizeof readings / sizeof readings[0], 5);
}

/* ---- lamps and bands ---- */

static struct node_state in_class(enum state_class class)
{
    return (struct node_state){.class = (uint8_t)class, .heard_elapsed_ms = 0};
}

static void lamps_are_the_glyphs_of_classes(void **state)
{
    (void)state;
    struct node_state states[CLASS_COUNT];
    struct reading readings[CLASS_COUNT + 3];
    for (int class = 0; class < CLASS_COUNT; class++) {
        states[class] = in_class((enum state_class)class);
        readings[class] = word(state_class_table[class].word);
        readings[class].state = &states[class];
    }
    readings[CLASS_COUNT] = word("on");
    readings[CLASS_COUNT + 1] = word("off");
    readings[CLASS_COUNT + 2] = never();
    check("lamp", readings, CLASS_COUNT + 3, 1);
}

static const struct interval morning[] = {
    {1 * HOUR, 3 * HOUR, CLASS_RUN, 0}, {3 * HOUR, 3 * HOUR + 700000, CLASS_STOP, 0}, {3 * HOUR + 700000, 5 * HOUR, CLASS_RUN, 0},
    {5 * HOUR, 6 * HOUR, CLASS_UNKNOWN, 0}, {6 * HOUR, 6 * HOUR + 2000000, CLASS_STARVED, 0}, {6 * HOUR + 2000000, 8 * HOUR, CLASS_SETUP, 0},
    {8 * HOUR, 10 * HOUR + 1700000, CLASS_RUN, 0}, {10 * HOUR + 1700000, 0, CLASS_STOP, 0},
};

static struct node_state morning_state(void)
{
    struct node_state state = in_class(CLASS_STOP);
    state.intervals = (struct interval *)(uintptr_t)morning;
    state.interval_count = sizeof morning / sizeof morning[0];
    return state;
}

static void a_band_ends_now_and_invents_nothing(void **state)
{
    (void)state;
    struct node_state told = morning_state(), silent = in_class(CLASS_UNKNOWN);
    struct reading readings[] = {word("STOP"), word("?"), word("STOP")};
    readings[0].state = readings[2].state = &told;
    readings[1].state = &silent;
    for (size_t i = 0; i < 3; i++) {
        readings[i].now_ms = 10 * HOUR + 1710000;
        readings[i].span_ms = i == 2 ? 3 * HOUR : INT64_C(12) * HOUR;
    }
    check("band", readings, 3, 1);
}

static void a_stretch_shows_what_took_most_of_a_fifth(void **state)
{
    (void)state;
    struct node_state told = morning_state();
    static const struct { int64_t from, to; int class; } cases[] = {
        {0, HOUR, -1}, {0, 2 * HOUR, CLASS_RUN}, {2 * HOUR, 3 * HOUR, CLASS_RUN}, {3 * HOUR, 3 * HOUR + 3500000, CLASS_STOP},
        {3 * HOUR, 3 * HOUR + 3500001, CLASS_RUN}, {5 * HOUR, 6 * HOUR, CLASS_UNKNOWN}, {6 * HOUR, 7 * HOUR, CLASS_STARVED},
        {6 * HOUR, 8 * HOUR, CLASS_SETUP}, {11 * HOUR, 12 * HOUR, CLASS_STOP},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t from = 0;
        assert_int_equal(band_class(&told, cases[i].from, cases[i].to, &from), cases[i].class);
    }
}

static void a_trend_keeps_extremes_and_gaps(void **state)
{
    (void)state;
    struct ring ring;
    ring_init(&ring, 0);
    for (int64_t t = 0; t <= 600000; t += 10000)
        if (t < 200000 || t > 280000)
            ring_add(&ring, t, 20.0 + (double)(t % 150000) / 10000.0);
    struct reading readings[] = {feed(24.5, TRUST_GOOD), feed(24.5, TRUST_STALE), feed(24.5, TRUST_GOOD)};
    readings[0].ring = readings[1].ring = &ring;
    check("spark", readings, 3, 1);
    struct grid *grid = grid_create(72, 6);
    widget_find("spark")->draw(&readings[0], surface_of(grid));
    golden_check("widget-spark-tall", grid);
    grid_destroy(grid);
}

static void every_widget_is_found_by_its_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < widget_count; i++)
        assert_ptr_equal(widget_find(widget_registry[i]->name), widget_registry[i]);
    assert_null(widget_find("gague"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(numbers_of_every_trust), CASE(a_bar_without_range_takes_its_scale_from_the_band), CASE(digits_for_a_hall), CASE(lamps_are_the_glyphs_of_classes),
        CASE(a_band_ends_now_and_invents_nothing), CASE(a_stretch_shows_what_took_most_of_a_fifth), CASE(a_trend_keeps_extremes_and_gaps),
        CASE(every_widget_is_found_by_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
