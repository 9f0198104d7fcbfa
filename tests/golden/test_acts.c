/*
 * What people do to stops and calls: the list of reasons, small and large, the calls, the row that says who waits on every screen, and what their keys
 * ask for. An SMT line in the late morning: one placer stands, another stood before.
 */
#include "fixture_alarms.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "core/memory.h"
#include "views/reasons.h"

#define LINE "nord/hall2/smt3"
#define PLACER LINE "/placer2"
#define OTHER LINE "/placer1"

/* ---- the plant ---- */

static struct state_map_row words[] = {
    {.text = "run", .state = PACK_EXECUTE, .class = CLASS_RUN}, {.text = "stop", .state = PACK_ABORTED, .class = CLASS_STOP},
};

static void add_few_reasons(struct plant_build *b)
{
    static const char *const feeder[] = {"*pick-up error*"};
    uint16_t machine = plant_add_reason(b, NO_REASON, (struct reason){.name = "machine", .title = "Machine"});
    plant_add_reason(b, machine, (struct reason){.name = "feeder", .title = "Feeder pick-up error", .codes = feeder, .code_count = 1});
    plant_add_reason(b, machine, (struct reason){.name = "jam", .title = "Board jam"});
    uint16_t head = plant_add_reason(b, machine, (struct reason){.name = "head", .title = "Head"});
    plant_add_reason(b, head, (struct reason){.name = "nozzle", .title = "Nozzle worn"});
    plant_add_reason(b, head, (struct reason){.name = "vacuum", .title = "Vacuum low"});
    uint16_t material = plant_add_reason(b, NO_REASON, (struct reason){.name = "material", .title = "Material"});
    plant_add_reason(b, material, (struct reason){.name = "reel", .title = "Reel empty"});
    plant_add_reason(b, material, (struct reason){.name = "late", .title = "Parts not delivered"});
    plant_add_reason(b, NO_REASON, (struct reason){.name = "changeover", .title = "Changeover"});
}

static void add_many_reasons(struct plant_build *b)
{
    static const char *const groups[] = {"Feeder", "Head", "Transport", "Printer", "Material", "People", "Energy", "Software"};
    char name[32], title[48];
    for (size_t g = 0; g < sizeof groups / sizeof groups[0]; g++) {
        snprintf(name, sizeof name, "g%zu", g);
        uint16_t group = plant_add_reason(b, NO_REASON, (struct reason){.name = name, .title = groups[g]});
        for (int i = 1; i <= 9; i++) {
            snprintf(name, sizeof name, "r%d", i);
            snprintf(title, sizeof title, "%s fault %d", groups[g], i);
            plant_add_reason(b, group, (struct reason){.name = name, .title = title});
        }
    }
}

static struct plant *smt(void (*add_reasons)(struct plant_build *b))
{
    struct plant_build b;
    plant_build_init(&b);
    plant_add_broker(&b, (struct plant_broker){.name = "main", .url = "mqtt://broker", .version = 5});
    if (add_reasons)
        add_reasons(&b);
    uint16_t map = plant_add_map(&b, (struct state_map){.name = "words", .rows = words, .count = sizeof words / sizeof words[0]});
    const struct tag_def *state = plant_add_def(&b, (struct tag_def){.name = "state", .kind = KIND_STATE, .map = map});
    const struct tag_def *reason = plant_add_def(&b, (struct tag_def){.name = "reason", .kind = KIND_TEXT});
    uint32_t site = plant_add_node(&b, NO_NODE, (struct node){.level = LEVEL_SITE, .name = "nord", .title = "Elektronik Nord"});
    uint32_t area = plant_add_node(&b, site, (struct node){.level = LEVEL_AREA, .name = "hall2", .title = "Hall 2"});
    uint32_t line = plant_add_node(&b, area, (struct node){.level = LEVEL_LINE, .name = "smt3", .title = "SMT-3"});
    static const char *const units[][2] = {{"placer1", "Placer 1"}, {"placer2", "Placer 2"}};
    for (size_t i = 0; i < 2; i++) {
        uint32_t unit = plant_add_node(&b, line, (struct node){.level = LEVEL_UNIT, .name = units[i][0], .title = units[i][1]});
        plant_add_tag(&b, unit, state);
        plant_add_tag(&b, unit, reason);
    }
    return plant_build_finish(&b);
}

/* ---- the morning ---- */

static void say(struct fixture *f, const char *unit, const char *word, const char *reason)
{
    char key[KEY_BYTES];
    snprintf(key, sizeof key, "%s/reason", unit);
    fixture_text(f, key, reason, SAMPLE_SOURCE_TIME);
    snprintf(key, sizeof key, "%s/state", unit);
    fixture_text(f, key, word, SAMPLE_SOURCE_TIME);
}

static void at(struct fixture *f, int hour, int minute)
{
    f->now_ms = f->midnight_ms + fixture_at(hour, minute, 0) * 1000;
}

static void step(struct fixture *f, int hour, int minute)
{
    fixture_step(f, fixture_at(hour, minute, 0));
}

static void act(struct fixture *f, enum action_kind kind, const char *target, const char *word, int64_t occurrence_ms, const char *comment)
{
    static uint8_t id;
    struct action action = {.kind = kind, .id = {++id}, .time_ms = f->now_ms, .occurrence_ms = occurrence_ms};
    snprintf(action.target, sizeof action.target, "%s", target);
    snprintf(action.word, sizeof action.word, "%s", word);
    snprintf(action.comment, sizeof action.comment, "%s", comment);
    snprintf(action.who, sizeof action.who, "Kim (as line3)");
    action_record(&action, &f->batch);
}

static int64_t stop_of(struct fixture *f, const char *unit, int hour, int minute)
{
    int64_t ms = f->midnight_ms + fixture_at(hour, minute, 0) * 1000;
    assert_non_null(stop_named(f->model, unit, ms));
    return ms;
}

/* Placer 2 stood four times and was given reasons for three; since 10:31 it stands again. */
static void tell(struct fixture *f, void (*add_reasons)(struct plant_build *b), const char *jam, const char *reel)
{
    static const struct { int hour, minute; bool reel; } stood[] = {{7, 5, false}, {8, 12, true}, {9, 20, false}};
    fixture_begin(f, smt(add_reasons), "broker:main");
    f->midnight_ms = INT64_C(1718064000000); /* 2024-06-11 UTC */
    step(f, 6, 0);
    at(f, 6, 0);
    say(f, PLACER, "run", "");
    say(f, OTHER, "run", "");
    step(f, 6, 1);
    for (size_t i = 0; i < sizeof stood / sizeof stood[0]; i++) {
        at(f, stood[i].hour, stood[i].minute);
        say(f, PLACER, "stop", "");
        step(f, stood[i].hour, stood[i].minute);
        at(f, stood[i].hour, stood[i].minute + 4);
        say(f, PLACER, "run", "");
        step(f, stood[i].hour, stood[i].minute + 4);
        act(f, ACTION_STOP_REASON, PLACER, stood[i].reel ? reel : jam, stop_of(f, PLACER, stood[i].hour, stood[i].minute), "");
        step(f, stood[i].hour, stood[i].minute + 5);
    }
    at(f, 10, 31);
    say(f, PLACER, "stop", "F27 pick-up error");
    step(f, 10, 31);
    step(f, 10, 42);
    fixture_report(f);
    fixture_open(f, "overview");
}

static void look_at_stop(struct fixture *f, int hour, int minute)
{
    f->scene.focus = (struct focus){.about = PLACER, .about_ms = stop_of(f, PLACER, hour, minute)};
}

static void both_sizes(struct fixture *f, const char *name, const struct view *over)
{
    fixture_golden(f, name, 80, 24, over);
    fixture_golden(f, name, 40, 12, over);
}

static void *state_of(const struct view *view) { return mem_zero(1, view->state_size); }

static void end(const struct view *view, void *state)
{
    if (view->finish)
        view->finish(state);
    free(state);
}

static struct request press(const struct fixture *f, const struct view *view, void *state, struct key key)
{
    struct request request = {.kind = REQUEST_NONE};
    assert_true(view->key(state, &f->scene, key, &request));
    return request;
}

/* A key that gives the stop that is looked at this reason. */
static void expect_reason(const struct fixture *f, void *state, struct key key, const char *word)
{
    struct request request = press(f, &reasons_view, state, key);
    assert_int_equal(request.kind, REQUEST_ACTION);
    assert_int_equal(request.action.kind, ACTION_STOP_REASON);
    assert_string_equal(request.action.target, PLACER);
    assert_int_equal(request.action.occurrence_ms, f->scene.focus.about_ms);
    assert_string_equal(request.action.word, word);
}

/* ---- reasons ---- */

static void a_reason_has_a_character(void **state)
{
    (void)state;
    struct fixture f;
    tell(&f, add_few_reasons, "machine/jam", "material/reel");
    look_at_stop(&f, 10, 31);
    both_sizes(&f, "reasons", &reasons_view);
    f.tier = TIER_ASCII;
    fixture_golden(&f, "ascii-reasons", 80, 24, &reasons_view);
    void *list = state_of(&reasons_view);
    expect_reason(&f, list, key_char('1'), "machine/feeder");
    expect_reason(&f, list, key_char('3'), "machine/head/nozzle");
    expect_reason(&f, list, key_char('7'), "changeover");
    expect_reason(&f, list, key_code(KEYC_ENTER), "machine/feeder"); /* the proposed one */
    assert_int_equal(press(&f, &reasons_view, list, key_char('q')).kind, REQUEST_NONE);
    assert_int_equal(press(&f, &reasons_view, list, key_char('-')).kind, REQUEST_NONE); /* none was given */
    assert_int_equal(press(&f, &reasons_view, list, key_code(KEYC_ESC)).kind, REQUEST_BACK);
    end(&reasons_view, list);
    fixture_finish(&f);
}

static void a_given_reason_is_taken_back(void **state)
{
    (void)state;
    struct fixture f;
    tell(&f, add_few_reasons, "machine/jam", "material/reel");
    look_at_stop(&f, 9, 20);
    fixture_golden(&f, "reasons-given", 80, 24, &reasons_view);
    fixture_golden(&f, "reasons-given", 40, 12, &reasons_view);
    void *list = state_of(&reasons_view);
    expect_reason(&f, list, key_char('-'), "");
    assert_int_equal(press(&f, &reasons_view, list, key_code(KEYC_ENTER)).kind, REQUEST_NONE); /* nothing is proposed */
    end(&reasons_view, list);
    fixture_finish(&f);
}

static void many_reasons_go_down_a_level(void **state)
{
    (void)state;
    struct fixture f;
    tell(&f, add_many_reasons, "g2/r4", "g4/r1");
    look_at_stop(&f, 10, 31);
    fixture_golden(&f, "reasons-many", 80, 24, &reasons_view);
    fixture_golden(&f, "reasons-many", 40, 12, &reasons_view);
    void *list = state_of(&reasons_view);
    expect_reason(&f, list, key_char('1'), "g2/r4"); /* the most frequent one */
    expect_reason(&f, list, key_char('2'), "g4/r1");
    assert_int_equal(press(&f, &reasons_view, list, key_char('b')).kind, REQUEST_NONE); /* opens a group */
    expect_reason(&f, list, key_char('c'), "g1/r3");
    assert_int_equal(press(&f, &reasons_view, list, key_code(KEYC_ESC)).kind, REQUEST_NONE); /* goes up */
    assert_int_equal(press(&f, &reasons_view, list, key_code(KEYC_ESC)).kind, REQUEST_BACK);
    end(&reasons_view, list);
    fixture_finish(&f);
}

static void what_cannot_be_given_is_said(void **state)
{
    (void)state;
    struct fixture f;
    tell(&f, NULL, "", "");
    look_at_stop(&f, 10, 31);
    fixture_golden(&f, "reasons-none", 80, 24, &reasons_view);
    f.scene.focus.about_ms = 1;
    fixture_golden(&f, "reasons-forgotten", 80, 24, &reasons_view);
    fixture_finish(&f);
}

/* ---- calls ---- */

static void call(struct fixture *f, enum action_kind kind, const char *target, const char *word, int hour, int minute, const char *comment)
{
    at(f, hour, minute);
    act(f, kind, target, word, 0, comment);
    step(f, hour, minute);
}

static void tell_calls(struct fixture *f)
{
    tell(f, add_few_reasons, "machine/jam", "material/reel");
    call(f, ACTION_CALL, PLACER, "maintenance", 10, 44, "feeder 27 does not pick");
    call(f, ACTION_CALL, LINE, "material", 10, 46, "");
    call(f, ACTION_CALL, OTHER, "quality", 10, 47, "");
    call(f, ACTION_CALL_TAKE, LINE, "material", 10, 48, "");
    fixture_report(f);
    f->scene.focus = (struct focus){.about = PLACER};
}

static void every_screen_says_who_waits(void **state)
{
    (void)state;
    struct fixture f;
    tell_calls(&f);
    both_sizes(&f, "call-row", NULL);
    step(&f, 10, 58); /* and for a long time */
    fixture_report(&f);
    fixture_golden(&f, "call-row-late", 80, 24, NULL);
    fixture_golden(&f, "call-row-late", 40, 12, NULL);
    both_sizes(&f, "calls-late", &calls_view);
    call(&f, ACTION_CALL_TAKE, PLACER, "maintenance", 10, 59, "");
    call(&f, ACTION_CALL_CLOSE, OTHER, "quality", 10, 59, "");
    fixture_report(&f);
    fixture_golden(&f, "call-row-taken", 80, 24, NULL); /* nobody waits any more */
    fixture_finish(&f);
}

static void calls_are_listed_taken_and_closed(void **state)
{
    (void)state;
    struct fixture f;
    tell_calls(&f);
    both_sizes(&f, "calls", &calls_view);
    const struct pending_action pending = {.kind = ACTION_CALL_TAKE, .target = OTHER, .word = "quality"};
    f.scene.pending = &pending;
    f.scene.pending_count = 1;
    fixture_golden(&f, "calls-pending", 80, 24, &calls_view);
    f.scene.pending_count = 0;
    void *list = state_of(&calls_view);
    static const struct { struct key key; enum action_kind kind; const char *target, *word; } cases[] = {
        {{KEYC_CHAR, '2'}, ACTION_CALL, PLACER, "quality"}, {{KEYC_CHAR, 't'}, ACTION_CALL_TAKE, PLACER, "maintenance"},
        {{KEYC_CHAR, 'x'}, ACTION_CALL_CLOSE, PLACER, "maintenance"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct request request = press(&f, &calls_view, list, cases[i].key);
        assert_int_equal(request.kind, REQUEST_ACTION);
        assert_int_equal(request.action.kind, cases[i].kind);
        assert_string_equal(request.action.target, cases[i].target);
        assert_string_equal(request.action.word, cases[i].word);
    }
    press(&f, &calls_view, list, key_code(KEYC_TAB));
    assert_string_equal(press(&f, &calls_view, list, key_char('4')).action.target, LINE); /* to the line, not the unit */
    assert_int_equal(press(&f, &calls_view, list, key_char('9')).kind, REQUEST_NONE);
    struct action target;
    assert_int_equal(calls_view.targets(list, &f.scene, TARGET_SELECTED, &target, 1), 1);
    assert_string_equal(target.word, "maintenance");
    assert_int_equal(press(&f, &calls_view, list, key_char('c')).kind, REQUEST_BACK);
    end(&calls_view, list);
    fixture_finish(&f);
}

static void nobody_was_called_and_nothing_is_selected(void **state)
{
    (void)state;
    struct fixture f;
    tell(&f, add_few_reasons, "machine/jam", "material/reel");
    f.scene.focus = (struct focus){.about = ""};
    fixture_golden(&f, "calls-none", 80, 24, &calls_view);
    void *list = state_of(&calls_view);
    assert_int_equal(press(&f, &calls_view, list, key_char('1')).kind, REQUEST_NONE);
    assert_int_equal(press(&f, &calls_view, list, key_code(KEYC_ESC)).kind, REQUEST_BACK);
    end(&calls_view, list);
    fixture_finish(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_reason_has_a_character), CASE(a_given_reason_is_taken_back), CASE(many_reasons_go_down_a_level), CASE(what_cannot_be_given_is_said),
        CASE(every_screen_says_who_waits), CASE(calls_are_listed_taken_and_closed), CASE(nobody_was_called_and_nothing_is_selected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
