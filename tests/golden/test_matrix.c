#include "fixture.h"

#include "check.h"

/* Equal machines as rows: of a broker that nobody configured, and of a configured plant. */

enum { PRESSES = 12, MINUTES = 12 };

static void number(struct fixture *f, const char *machine, const char *what, double value)
{
    char key[KEY_BYTES];
    snprintf(key, sizeof key, "main:works/hall1/%s/data#/%s", machine, what);
    if (model_find(f->model, key) == NO_TAG)
        fixture_discover(f, key);
    fixture_put(f, key, value_real(value), QUALITY_GOOD, 0);
}

static void word(struct fixture *f, const char *machine, const char *what, const char *text)
{
    char key[KEY_BYTES];
    snprintf(key, sizeof key, "main:works/hall1/%s/data#/%s", machine, what);
    if (model_find(f->model, key) == NO_TAG)
        fixture_discover(f, key);
    fixture_text(f, key, text, 0);
}

/* Twelve presses and four pumps speak for twelve minutes. Press 4 is hot, 7 counts no more, 9 is in hand mode, 11 fell silent; 3 has no vibration. */
static void tell_presses(struct fixture *f, int second)
{
    for (int p = 1; p <= PRESSES; p++) {
        char name[16];
        snprintf(name, sizeof name, "press%02d", p);
        if (p == 11 && second > 120)
            continue;
        number(f, name, "cycle_time", 8.2 + 0.1 * (p % 5) + 0.05 * (second / 15 % 3));
        number(f, name, "good_count", 4200 + 137 * p + (p == 7 && second > 120 ? 12 : second / 10));
        number(f, name, "oil_temperature", (p == 4 ? 78.5 : 51.0) + 0.4 * (p % 7) + 0.1 * (second / 15 % 4));
        number(f, name, "pressure_setpoint", 160);
        word(f, name, "mode", p == 9 ? "manual" : "auto");
        if (p != 3)
            number(f, name, "spindle_vibration_rms", 1.25 + 0.03 * (p % 4) + 0.01 * (second / 15 % 2));
    }
}

static void tell_pumps(struct fixture *f, int second)
{
    for (int p = 1; p <= 4; p++) {
        char name[16];
        snprintf(name, sizeof name, "pump%d", p);
        number(f, name, "flow", 120.0 + p + second / 15 % 2);
        number(f, name, "bearing", 40.0 + p);
    }
}

static void open_found(struct fixture *f)
{
    fixture_nothing(f);
    for (int second = 0; second <= MINUTES * 60; second += 15) {
        tell_presses(f, second);
        tell_pumps(f, second);
        fixture_step(f, 36000 + second);
    }
    fixture_report(f);
    fixture_open(f, "matrix");
}

static const struct { int w, h; } sizes[] = {{80, 24}, {40, 12}, {200, 60}};

static void a_plant_that_nobody_configured(void **state)
{
    (void)state;
    struct fixture f;
    open_found(&f);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        fixture_golden(&f, "matrix-found", sizes[i].w, sizes[i].h, NULL);
    fixture_finish(&f);
}

static void other_terminals(void **state)
{
    (void)state;
    struct fixture f;
    open_found(&f);
    f.tier = TIER_ASCII;
    fixture_golden(&f, "matrix-ascii", 80, 24, NULL);
    f.tier = TIER_FULL;
    fixture_golden(&f, "matrix-full", 80, 24, NULL);
    fixture_finish(&f);
}

static void the_odd_ones_are_told_why(void **state)
{
    (void)state;
    struct fixture f;
    open_found(&f);
    fixture_golden(&f, "matrix-found", 80, 24, NULL);
    for (int n = 1; n <= 4; n++) {
        char name[32];
        fixture_press(&f, key_char('o'));
        snprintf(name, sizeof name, "matrix-odd%d", n);
        fixture_golden(&f, name, 80, 24, NULL);
    }
    fixture_golden(&f, "matrix-odd4", 40, 12, NULL);
    struct request request = fixture_press(&f, (struct key){.code = KEYC_ENTER});
    assert_int_equal(request.kind, REQUEST_FACEPLATE);
    assert_non_null(strstr(request.focus.tag, "main:works/hall1/press"));
    assert_int_equal(fixture_press(&f, key_char('v')).kind, REQUEST_TREND);
    fixture_finish(&f);
}

static void kinds_and_filters(void **state)
{
    (void)state;
    struct fixture f;
    open_found(&f);
    fixture_golden(&f, "matrix-found", 80, 24, NULL);
    fixture_press(&f, (struct key){.code = KEYC_TAB});
    fixture_golden(&f, "matrix-pumps", 80, 24, NULL);
    fixture_press(&f, key_char('p'));
    f.scene.filter = "press0";
    fixture_golden(&f, "matrix-filter", 80, 24, NULL);
    f.scene.filter = "temp";
    fixture_golden(&f, "matrix-columns", 80, 24, NULL);
    f.scene.filter = "nothing such";
    fixture_golden(&f, "matrix-none", 40, 12, NULL);
    fixture_finish(&f);
}

/* Names of machines stay while columns scroll. */
static void columns_scroll(void **state)
{
    (void)state;
    struct fixture f;
    open_found(&f);
    fixture_golden(&f, "matrix-found", 40, 12, NULL);
    for (int n = 0; n < 5; n++)
        fixture_press(&f, (struct key){.code = KEYC_RIGHT});
    for (int n = 0; n < 10; n++)
        fixture_press(&f, (struct key){.code = KEYC_DOWN});
    fixture_golden(&f, "matrix-scrolled", 40, 12, NULL);
    fixture_finish(&f);
}

static void a_configured_plant(void **state)
{
    (void)state;
    struct fixture f;
    fixture_appliance(&f);
    fixture_open(&f, "matrix");
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        fixture_golden(&f, "matrix-works", sizes[i].w, sizes[i].h, NULL);
    fixture_finish(&f);
}

static void nothing_is_there(void **state)
{
    (void)state;
    struct fixture f;
    fixture_nothing(&f);
    fixture_open(&f, "matrix");
    fixture_golden(&f, "matrix-nothing", 80, 24, NULL);
    fixture_discover(&f, "main:office/temperature#");
    fixture_put(&f, "main:office/temperature#", value_real(21.5), QUALITY_GOOD, 0);
    fixture_step(&f, 36000);
    fixture_golden(&f, "matrix-lonely", 80, 24, NULL);
    fixture_finish(&f);
}

/* Who is dead and whose clock is off: one line each on health, one word in the header, the tags unconfirmed. */
static void publishers_on_the_health_view(void **state)
{
    (void)state;
    struct fixture f;
    open_found(&f);
    fixture_discover(&f, "main:works/hall1/press04/LWT#");
    fixture_discover(&f, "main:works/hall1/press05/LWT#");
    fixture_text(&f, "main:works/hall1/press04/LWT#", "Offline", 0);
    fixture_text(&f, "main:works/hall1/press05/LWT#", "Online", 0);
    fixture_record(&f, (struct record){.kind = RECORD_SKEW, .value = value_int(-28800000 - 700)}, "main:works/hall1/press08", NULL);
    fixture_record(&f, (struct record){.kind = RECORD_SKEW, .value = value_int(7400)}, "main:works/hall1/press09", NULL);
    fixture_record(&f, (struct record){.kind = RECORD_SKEW, .value = value_int(120)}, "main:works/hall1/press10", NULL);
    fixture_step(&f, 36000 + MINUTES * 60 + 5);
    fixture_step(&f, 36000 + MINUTES * 60 + 95);
    fixture_report(&f);
    fixture_open(&f, "health");
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        fixture_golden(&f, "health-publishers", sizes[i].w, sizes[i].h, NULL);
    fixture_open(&f, "matrix");
    fixture_golden(&f, "matrix-dead", 80, 24, NULL);
    fixture_finish(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_plant_that_nobody_configured), CASE(other_terminals), CASE(the_odd_ones_are_told_why), CASE(kinds_and_filters), CASE(columns_scroll),
        CASE(a_configured_plant), CASE(nothing_is_there), CASE(publishers_on_the_health_view),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
