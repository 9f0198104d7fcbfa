#include "check.h"
#include "core/alarm.h"
#include "core/why.h"
#include "model_fixture.h"

static struct plant *plant;
static struct event events[WHY_EVENTS];
static size_t event_count;
static struct why_row rows[WHY_ROWS];

#define AT (T0 + 3600000)
enum { MINUTE = 60000 };

static int setup(void **state)
{
    (void)state;
    plant = works_plant();
    plant->clock_error_ms = 1000;
    event_count = 0;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    plant_destroy(plant);
    return 0;
}

static struct event *happened(enum event_kind kind, const char *path, int64_t before_ms)
{
    struct event *e = &events[event_count];
    *e = (struct event){.number = ++event_count, .kind = kind, .time_ms = AT - before_ms};
    snprintf(e->path, sizeof e->path, "%s", path);
    return e;
}

static size_t ask(const char *path)
{
    struct why_case c = {.plant = plant, .node = why_node(plant, path), .path = path, .at_ms = AT, .window_ms = WHY_WINDOW_MS};
    return why_rank(&c, events, event_count, rows);
}

static void expect_row(size_t row, const char *path, enum why_near near)
{
    assert_string_equal(rows[row].event->path, path);
    assert_string_equal(why_near_names[rows[row].near], why_near_names[near]);
    assert_true(rows[row].rank > 0 && rows[row].rank <= 1);
}

static void a_path_belongs_to_its_node(void **state)
{
    static const struct { const char *path, *node; } cases[] = {
        {"works/hall/l1/press", "works/hall/l1/press"}, {"works/hall/l1/press/temp", "works/hall/l1/press"},
        {"works/hall/l1/press/temp.high", "works/hall/l1/press"}, {"works/hall/l1/press.silent", "works/hall/l1/press"},
        {"works/power.high", "works"}, {"works", "works"}, {"works.silent", "works"}, {"works/energy", "works"},
    };
    static const char *const none[] = {"", "elsewhere", "elsewhere/x.y", ".", "/", "main:plant/x#/a.b"};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(why_node(plant, cases[i].path), plant_node_by_path(plant, cases[i].node));
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        assert_int_equal(why_node(plant, none[i]), NO_NODE);
}

static void a_setpoint_of_the_unit_comes_before_what_happened_elsewhere(void **state)
{
    (void)state;
    happened(EVENT_STATE, "works/hall/l1/oven", 1 * MINUTE);
    happened(EVENT_LINK, "", 1 * MINUTE)->down = true;
    happened(EVENT_SETPOINT, "works/hall/l1/press/force", 2 * MINUTE);
    assert_int_equal(ask("works/hall/l1/press/temp.high"), 3);
    expect_row(0, "works/hall/l1/press/force", WHY_SAME_UNIT);
    expect_row(1, "works/hall/l1/oven", WHY_SAME_LINE);
    expect_row(2, "", WHY_WHOLE_PLANT);
    assert_int_equal(rows[0].before_ms, 2 * MINUTE);
}

static void of_equals_the_later_comes_first(void **state)
{
    (void)state;
    happened(EVENT_BAND, "works/hall/l1/press/temp", 4 * MINUTE);
    happened(EVENT_SETPOINT, "works/hall/l1/oven/a", 8 * MINUTE);
    happened(EVENT_SETPOINT, "works/hall/l1/oven/b", 1 * MINUTE);
    assert_int_equal(ask("works/hall/l1/press"), 3);
    expect_row(0, "works/hall/l1/oven/b", WHY_SAME_LINE);
    expect_row(1, "works/hall/l1/press/temp", WHY_SAME_UNIT);
}

static void what_comes_all_the_time_explains_less(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++)
        happened(EVENT_STATE, "works/hall/l1/robot", (i + 1) * MINUTE / 2);
    happened(EVENT_STATE, "works/hall/l1/oven", MINUTE);
    assert_int_equal(ask("works/hall/l1/press"), 2);
    expect_row(0, "works/hall/l1/oven", WHY_SAME_LINE);
    expect_row(1, "works/hall/l1/robot", WHY_SAME_LINE);
    assert_int_equal(rows[1].times, 20);
    assert_int_equal(rows[1].before_ms, MINUTE / 2); /* the last one */
}

static void neither_itself_nor_what_came_after_is_a_reason(void **state)
{
    (void)state;
    happened(EVENT_ALARM, "works/hall/l1/press/temp.high", 0);
    happened(EVENT_SETPOINT, "works/hall/l1/press/force", -1001);
    happened(EVENT_STATE, "works/hall/l1/press", -5000);
    happened(EVENT_IMPORT, "works/hall/l1/press/temp", MINUTE);
    happened(EVENT_LINK, "", MINUTE);
    happened(EVENT_ALARM, "works/hall/l1/press/oil.low", MINUTE)->alarm.event = ALARM_ACKNOWLEDGED;
    assert_int_equal(ask("works/hall/l1/press/temp.high"), 0);
}

static void its_own_raise_before_and_what_the_clocks_cannot_order_are(void **state)
{
    (void)state;
    happened(EVENT_ALARM, "works/hall/l1/press/temp.high", MINUTE);
    happened(EVENT_SETPOINT, "works/hall/l1/press/force", -1000);
    assert_int_equal(ask("works/hall/l1/press/temp.high"), 2);
    expect_row(0, "works/hall/l1/press/force", WHY_SAME_UNIT);
    assert_int_equal(rows[0].before_ms, -1000);
}

static void what_is_older_than_the_window_only_counts(void **state)
{
    (void)state;
    happened(EVENT_SETPOINT, "works/hall/l1/press/force", WHY_WINDOW_MS + 1);
    happened(EVENT_SETPOINT, "works/hall/l1/press/force", 3 * WHY_WINDOW_MS);
    assert_int_equal(ask("works/hall/l1/press"), 0);
    happened(EVENT_SETPOINT, "works/hall/l1/press/force", WHY_WINDOW_MS);
    assert_int_equal(ask("works/hall/l1/press"), 1);
    assert_int_equal(rows[0].times, 3);
}

static void the_best_are_kept_of_many(void **state)
{
    char path[64];
    (void)state;
    for (int i = 0; i < WHY_EVENTS; i++) {
        snprintf(path, sizeof path, "works/hall/l1/oven/t%d", i);
        happened(EVENT_BAND, path, (WHY_EVENTS - i) * 1000);
    }
    assert_int_equal(ask("works/hall/l1/press"), WHY_ROWS);
    expect_row(0, "works/hall/l1/oven/t511", WHY_SAME_LINE);
    for (size_t r = 1; r < WHY_ROWS; r++)
        assert_true(rows[r].rank <= rows[r - 1].rank);
}

#define WHY_CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WHY_CASE(a_path_belongs_to_its_node), WHY_CASE(a_setpoint_of_the_unit_comes_before_what_happened_elsewhere),
        WHY_CASE(of_equals_the_later_comes_first), WHY_CASE(what_comes_all_the_time_explains_less),
        WHY_CASE(neither_itself_nor_what_came_after_is_a_reason), WHY_CASE(its_own_raise_before_and_what_the_clocks_cannot_order_are),
        WHY_CASE(what_is_older_than_the_window_only_counts), WHY_CASE(the_best_are_kept_of_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
