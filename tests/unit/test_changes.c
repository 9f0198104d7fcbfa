/*
 * What somebody changed: setpoints, limits, recipes, orders, and the limits in the configuration. Each change is one event with before and
 * after; a ramp is a few, and what went and came back is none.
 */
#include "check.h"

#include "model_fixture.h"

#define FORCE PRESS "/force"

static size_t events(const struct works *w) { return model_outcomes(w->model)->event_count; }

/* "setpoint works/hall/l1/press/force: 10.0 kN > 12.0 kN" of the last batch's only event, "" for none. */
static const char *told(const struct works *w)
{
    static char text[1024];
    const struct outcomes *o = model_outcomes(w->model);
    text[0] = '\0';
    assert_in_range(o->event_count, 0, 1);
    if (o->event_count)
        snprintf(text, sizeof text, "%s %s %s: %s > %s", event_table[o->events[0].kind].name, o->events[0].path, o->events[0].text, o->events[0].before, o->events[0].after);
    return text;
}

static void assert_told(struct works *w, int64_t ms, const char *key, struct value value, const char *expected)
{
    sample(w, ms, key, value);
    assert_string_equal(told(w), expected);
}

static struct value word(struct works *w, const char *text) { return value_text(batch_text(&w->batch, text, strlen(text))); }

static void open_at(struct works *w, double force)
{
    works_open(w);
    assert_told(w, 0, FORCE, value_real(force), "");
}

static void a_setpoint_that_changes_is_an_event_with_before_and_after(void **state)
{
    (void)state;
    struct works w;
    open_at(&w, 10);
    assert_told(&w, 1000, FORCE, value_real(10), "");
    assert_told(&w, 2000, FORCE, value_real(12), "setpoint " FORCE " press force: 10.0 kN > 12.0 kN");
    const struct event *event = model_outcomes(w.model)->events;
    assert_int_equal(event->time_ms, T0 + 2000);
    assert_int_equal(event->series, tag_of(&w, FORCE)->series);
    assert_int_equal(event->seq, model_seq(w.model));
    works_close(&w);
}

static void the_time_is_the_source_s(void **state)
{
    (void)state;
    struct works w;
    open_at(&w, 10);
    w.now = 5000;
    put(&w, FORCE, value_real(11));
    step(&w, 9000);
    assert_int_equal(model_outcomes(w.model)->events[0].time_ms, T0 + 5000);
    works_close(&w);
}

static void orders_and_recipes_change_in_words_or_numbers(void **state)
{
    (void)state;
    struct works w;
    works_open(&w);
    assert_told(&w, 0, PRESS "/order", word(&w, "MO-1"), "");
    assert_told(&w, 1000, PRESS "/order", word(&w, "MO-2"), "order " PRESS "/order order: MO-1 > MO-2");
    assert_told(&w, 2000, PRESS "/program", value_int(88213), "");
    assert_told(&w, 3000, PRESS "/program", value_int(88219), "recipe " PRESS "/program program: 88213 > 88219");
    assert_told(&w, 33000, PRESS "/program", word(&w, "rinse"), "recipe " PRESS "/program program: 88219 > rinse");
    works_close(&w);
}

static void what_only_reads_differently_is_no_change(void **state)
{
    (void)state;
    struct works w;
    open_at(&w, 10);
    assert_told(&w, 1000, FORCE, value_int(10), ""); /* 10 and 10.0 */
    sample(&w, 2000, PRESS "/temp", value_real(5));
    assert_told(&w, 3000, PRESS "/temp", value_real(6), ""); /* a value is measured, nobody sets it */
    put(&w, FORCE, value_real(77))->quality = QUALITY_BAD;
    step(&w, 4000);
    put(&w, FORCE, value_null());
    step(&w, 5000);
    assert_int_equal(events(&w), 0);
    assert_told(&w, 6000, FORCE, value_real(10), "");
    works_close(&w);
}

static void a_change_that_its_decimals_would_hide_shows_more_of_them(void **state)
{
    (void)state;
    struct works w;
    open_at(&w, 10);
    assert_told(&w, 1000, FORCE, value_real(10.02), "setpoint " FORCE " press force: 10 kN > 10.02 kN");
    works_close(&w);
}

static void a_ramp_is_one_event_at_once_and_one_each_ten_seconds(void **state)
{
    (void)state;
    struct works w;
    open_at(&w, 10);
    assert_told(&w, 1000, FORCE, value_real(11), "setpoint " FORCE " press force: 10.0 kN > 11.0 kN");
    for (int s = 2; s <= 10; s++)
        assert_told(&w, s * 1000, FORCE, value_real(10 + s), "");
    step(&w, 11000); /* ten seconds after the event */
    assert_string_equal(told(&w), "setpoint " FORCE " press force: 11.0 kN > 20.0 kN");
    assert_int_equal(model_outcomes(w.model)->events[0].time_ms, T0 + 10000);
    step(&w, 21000);
    assert_string_equal(told(&w), "");
    assert_told(&w, 21100, FORCE, value_real(5), "setpoint " FORCE " press force: 20.0 kN > 5.0 kN");
    works_close(&w);
}

static void what_went_and_came_back_in_time_is_no_second_event(void **state)
{
    (void)state;
    struct works w;
    open_at(&w, 10);
    sample(&w, 1000, FORCE, value_real(11));
    sample(&w, 2000, FORCE, value_real(15));
    sample(&w, 3000, FORCE, value_real(11));
    step(&w, 60000);
    assert_int_equal(events(&w), 0);
    assert_int_equal(w.events.count > 0, true);
    works_close(&w);
}

/* A hundred changes a second for a minute: seven events. */
static void a_flapping_setpoint_floods_nobody(void **state)
{
    (void)state;
    struct works w;
    open_at(&w, 0);
    size_t count = 0, changes;
    for (int t = 1; t <= 600; t++) {
        sample(&w, t * 100, FORCE, value_real(t % 2 ? t : -t));
        count += events(&w);
    }
    assert_int_equal(count, 6); /* at 0.1 s, 10.1 s .. 50.1 s */
    model_changes(w.model, &changes);
    assert_int_equal(changes, 6);
    works_close(&w);
}

static void retained(struct works *w, int64_t ms, double value)
{
    w->now = ms;
    put(w, FORCE, value_real(value))->flags |= SAMPLE_RETAINED;
    step(w, ms);
}

static void gap(struct works *w, int64_t ms)
{
    batch_add(&w->batch, (struct record){.kind = RECORD_GAP, .value = value_int(60000)});
    step(w, ms);
}

static void a_retained_copy_after_a_gap_is_a_change_only_when_it_differs(void **state)
{
    (void)state;
    struct works w;
    open_at(&w, 10);
    gap(&w, 1000);
    retained(&w, 2000, 10);
    assert_string_equal(told(&w), "");
    gap(&w, 3000);
    retained(&w, 4000, 14);
    assert_string_equal(told(&w), "setpoint " FORCE " press force: 10.0 kN > 14.0 kN");
    works_close(&w);
}

static void the_newest_changes_are_kept_oldest_first(void **state)
{
    (void)state;
    struct works w;
    size_t count;
    open_at(&w, 0);
    assert_null(model_changes(w.model, &count));
    for (int c = 1; c <= 730; c++)
        sample(&w, c * 11000, FORCE, value_real(c));
    const struct event *changes = model_changes(w.model, &count);
    assert_int_equal(count, 200);
    for (size_t c = 0; c < count; c++)
        assert_int_equal(changes[c].number, 531 + c);
    assert_string_equal(changes[199].after, "730.0 kN");
    works_close(&w);
}

/* ---- the configuration ---- */

static struct tag_def *def_of(struct plant *plant, const char *tag, uint32_t node)
{
    for (uint32_t t = 0; t < plant->tag_count; t++)
        if (plant->tags[t].node == node && strcmp(plant->tags[t].def->name, tag) == 0)
            return (struct tag_def *)plant->tags[t].def; /* the arena is writable, the plant only promises not to */
    fail();
    return NULL;
}

static void swap(struct works *w, struct plant *plant)
{
    struct plant *old = w->plant;
    w->plant = plant;
    model_configure(w->model, plant);
    plant_destroy(old);
}

static void assert_limit(const struct event *event, const char *path, const char *text, const char *before, const char *after)
{
    assert_int_equal(event->kind, EVENT_LIMIT);
    assert_string_equal(event->path, path);
    assert_string_equal(event->text, text);
    assert_string_equal(event->before, before);
    assert_string_equal(event->after, after);
}

static void changed_limits_of_the_configuration_are_events_of_the_batch_that_follows(void **state)
{
    (void)state;
    struct works w;
    open_at(&w, 10);
    struct plant *plant = works_plant();
    struct tag_def *temp = def_of(plant, "temp", plant_node_by_path(plant, PRESS)), *good = def_of(plant, "good", plant_node_by_path(plant, PRESS));
    temp->has_normal = true;
    temp->normal[0] = 40;
    temp->normal[1] = 65.5;
    temp->scale = 0.5;
    good->modulus = 65536;
    plant->nodes[plant_node_by_path(plant, ROBOT)].ideal_cycle_s = 2.5;
    swap(&w, plant);
    const struct outcomes *o = model_outcomes(w.model);
    assert_int_equal(o->event_count, 4);
    for (int after_batch = 0; after_batch <= 1; after_batch++) {
        o = model_outcomes(w.model);
        assert_limit(&o->events[0], ROBOT, "robot, ideal cycle", "2 s", "2.5 s");
        assert_limit(&o->events[1], PRESS "/temp", "temp, normal band", "none", "40 .. 65.5 °C");
        assert_limit(&o->events[2], PRESS "/temp", "temp, scale", "1", "0.5");
        assert_limit(&o->events[3], PRESS "/good", "good, modulus", "none", "65536");
        if (!after_batch)
            step(&w, 1000); /* which has no events of its own */
    }
    assert_int_equal(o->event_count, 4);
    assert_int_equal(o->events[0].seq, model_seq(w.model));
    step(&w, 2000);
    assert_int_equal(events(&w), 0);
    works_close(&w);
}

static void a_setpoint_in_another_scale_did_not_change(void **state)
{
    (void)state;
    struct works w;
    open_at(&w, 10);
    struct plant *plant = works_plant();
    def_of(plant, "force", plant_node_by_path(plant, PRESS))->scale = 1000;
    swap(&w, plant);
    step(&w, 500);
    assert_told(&w, 1000, FORCE, value_real(10000), "");
    assert_told(&w, 2000, FORCE, value_real(11000), "setpoint " FORCE " press force: 10 000.0 kN > 11 000.0 kN");
    works_close(&w);
}

static struct plant *many_tags(double high)
{
    struct plant_build b;
    plant_build_init(&b);
    uint32_t site = plant_add_node(&b, NO_NODE, (struct node){.level = LEVEL_SITE, .name = "works"});
    for (int t = 0; t < 300; t++) {
        char name[16];
        snprintf(name, sizeof name, "t%d", t);
        plant_add_tag(&b, site, plant_add_def(&b, (struct tag_def){.name = name, .has_range = true, .range = {0, high}}));
    }
    return plant_build_finish(&b);
}

static void more_limits_than_anybody_reads_are_counted(void **state)
{
    (void)state;
    struct plant *before = many_tags(100), *after = many_tags(120);
    struct model *model = model_create(before);
    model_configure(model, after);
    const struct outcomes *o = model_outcomes(model);
    assert_int_equal(o->event_count, 201);
    assert_limit(&o->events[0], "works/t0", "t0, range", "0 .. 100", "0 .. 120");
    assert_limit(&o->events[200], "", "more limits of the configuration", "", "100 more");
    model_destroy(model);
    plant_destroy(before);
    plant_destroy(after);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_setpoint_that_changes_is_an_event_with_before_and_after),
        CASE(the_time_is_the_source_s),
        CASE(orders_and_recipes_change_in_words_or_numbers),
        CASE(what_only_reads_differently_is_no_change),
        CASE(a_change_that_its_decimals_would_hide_shows_more_of_them),
        CASE(a_ramp_is_one_event_at_once_and_one_each_ten_seconds),
        CASE(what_went_and_came_back_in_time_is_no_second_event),
        CASE(a_flapping_setpoint_floods_nobody),
        CASE(a_retained_copy_after_a_gap_is_a_change_only_when_it_differs),
        CASE(the_newest_changes_are_kept_oldest_first),
        CASE(changed_limits_of_the_configuration_are_events_of_the_batch_that_follows),
        CASE(a_setpoint_in_another_scale_did_not_change),
        CASE(more_limits_than_anybody_reads_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
