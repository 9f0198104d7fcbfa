#include "check.h"
#include "model_fixture.h"

enum { MINUTE = 60000, QUIET = 5 * MINUTE };

/* A unit with a state and 300 temperatures, normal from 40 to 60. */
static struct plant *bands_plant(void)
{
    struct plant_build b;
    char name[16];
    plant_build_init(&b);
    uint32_t site = plant_add_node(&b, NO_NODE, (struct node){.level = LEVEL_SITE, .name = "works"});
    uint32_t line = plant_add_node(&b, site, (struct node){.level = LEVEL_LINE, .name = "l1"});
    uint32_t unit = plant_add_node(&b, line, (struct node){.level = LEVEL_UNIT, .name = "oven"});
    plant_add_tag(&b, unit, plant_add_def(&b, (struct tag_def){.name = "state", .kind = KIND_STATE}));
    for (int i = 0; i < 300; i++) {
        snprintf(name, sizeof name, "t%d", i);
        plant_add_tag(&b, unit, plant_add_def(&b, (struct tag_def){.name = name, .title = "Zone", .unit = "°C", .decimals = 1, .has_normal = true, .normal = {40, 60}}));
    }
    return plant_build_finish(&b);
}

static void bands_open(struct works *w)
{
    *w = (struct works){.plant = bands_plant()};
    w->model = model_create(w->plant);
    batch_init(&w->batch);
    for (uint32_t t = 0; t < w->plant->tag_count; t++) {
        char key[KEY_BYTES];
        size_t length = plant_tag_key(w->plant, t, key, sizeof key);
        batch_add(&w->batch, (struct record){.kind = RECORD_SERIES, .series = t + 1, .text = batch_text(&w->batch, key, length)});
    }
}

static size_t told(const struct works *w)
{
    const struct outcomes *o = model_outcomes(w->model);
    size_t count = 0;
    for (size_t e = 0; e < o->event_count; e++)
        count += o->events[e].kind == EVENT_BAND;
    return count;
}

static size_t temperature(struct works *w, int64_t ms, double value)
{
    sample(w, ms, "works/l1/oven/t0", value_real(value));
    return told(w);
}

static void a_value_that_leaves_its_band_is_told_once(void **state)
{
    struct works w;
    (void)state;
    bands_open(&w);
    assert_int_equal(temperature(&w, 1000, 50), 0);
    assert_int_equal(temperature(&w, 2000, 61.25), 1);
    const struct event *event = &model_outcomes(w.model)->events[0];
    assert_string_equal(event->path, "works/l1/oven/t0");
    assert_string_equal(event->text, "Zone");
    assert_string_equal(event->before, "60.0 °C");
    assert_string_equal(event->after, "61.2 °C");
    assert_int_equal(event->time_ms, T0 + 2000);
    assert_int_equal(temperature(&w, 3000, 62), 0);
    assert_int_equal(temperature(&w, 4000, 50), 0);
    works_close(&w);
}

static void one_that_hovers_is_told_once_in_five_minutes(void **state)
{
    struct works w;
    int64_t ms = 1000;
    size_t count = 0;
    (void)state;
    bands_open(&w);
    for (int i = 0; i < 600; i++, ms += 1000) {
        count += temperature(&w, ms, 59);
        count += temperature(&w, ms + 500, 61);
    }
    assert_int_equal(count, 2);
    works_close(&w);
}

static void what_never_was_within_its_band_or_cannot_be_trusted_has_not_left_it(void **state)
{
    struct works w;
    (void)state;
    bands_open(&w);
    assert_int_equal(temperature(&w, 1000, 70), 0);
    temperature(&w, 2000, 50);
    w.now = 3000;
    put(&w, "works/l1/oven/t0", value_real(70))->quality = QUALITY_BAD;
    step(&w, 3000);
    assert_int_equal(told(&w), 0);
    w.now = 4000;
    put(&w, "works/l1/oven/t1", value_real(50));
    put(&w, "works/l1/oven/t1", value_real(70))->flags |= SAMPLE_RETAINED;
    step(&w, 4000);
    assert_int_equal(told(&w), 0);
    works_close(&w);
}

static void what_stands_may_be_cold(void **state)
{
    static const struct { int state; size_t told; } cases[] = {{2, 0}, {6, 1}};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct works w;
        bands_open(&w);
        sample(&w, 500, "works/l1/oven/state", value_int(cases[i].state));
        temperature(&w, 1000, 50);
        assert_int_equal(temperature(&w, 2000, 20), cases[i].told);
        works_close(&w);
    }
}

/* A power cut makes every value jump at once: the journal is not the place for all of them. */
static void a_whole_plant_tells_so_many_and_no_more(void **state)
{
    struct works w;
    size_t count = 0;
    (void)state;
    bands_open(&w);
    for (int round = 0; round < 2; round++) {
        w.now = (round + 1) * 1000;
        for (uint32_t t = 1; t < w.plant->tag_count; t++) {
            char key[KEY_BYTES];
            plant_tag_key(w.plant, t, key, sizeof key);
            put(&w, key, value_real(round ? 70 : 50));
        }
        step(&w, w.now);
        count += told(&w);
    }
    assert_int_equal(count, 256);
    works_close(&w);
}

static void who_has_told_it_is_saved_and_survives_a_reload(void **state)
{
    struct works w;
    struct packer p;
    struct error err;
    (void)state;
    bands_open(&w);
    temperature(&w, 1000, 50);
    assert_int_equal(temperature(&w, 2000, 70), 1);
    packer_init(&p);
    model_save(w.model, &p);
    model_destroy(w.model);
    w.model = model_load(w.plant, p.bytes, p.count, &err);
    assert_non_null(w.model);
    packer_finish(&p);
    model_configure(w.model, w.plant);
    temperature(&w, 3000, 50);
    assert_int_equal(temperature(&w, 4000, 70), 0);
    temperature(&w, 5000 + QUIET, 50);
    assert_int_equal(temperature(&w, 6000 + QUIET, 70), 1);
    works_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_value_that_leaves_its_band_is_told_once), CASE(one_that_hovers_is_told_once_in_five_minutes),
        CASE(what_never_was_within_its_band_or_cannot_be_trusted_has_not_left_it), CASE(what_stands_may_be_cold),
        CASE(a_whole_plant_tells_so_many_and_no_more), CASE(who_has_told_it_is_saved_and_survives_a_reload),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
