/*
 * Alarms on the screen: the list and the record at three sizes, what stands still while somebody reads, what keys ask for, the row that
 * every view has, and the marks at lines, units and values.
 */
#include "fixture_alarms.h"

#include <string.h>

#include "check.h"
#include "golden.h"
#include "views/alarms.h"

#define HEAT "sued/reactors/line1/r-101/temp.heat"
#define TRIP "sued/reactors/line1/p-104/drive.trip"

static void open_alarms(struct fixture *f)
{
    fixture_chemistry(f);
    fixture_open(f, "alarms");
}

static void three_sizes(struct fixture *f, const char *name)
{
    fixture_golden(f, name, 80, 24, NULL);
    fixture_golden(f, name, 40, 12, NULL);
    fixture_golden(f, name, 200, 60, NULL);
}

/* ---- what it looks like ---- */

static void worst_and_newest_first_and_what_to_do(void **state)
{
    (void)state;
    struct fixture f;
    open_alarms(&f);
    three_sizes(&f, "alarms-disturbed");
    f.tier = TIER_ASCII;
    fixture_golden(&f, "alarms-ascii", 80, 24, NULL);
    fixture_finish(&f);
}

static void a_list_for_each_that_is_hidden(void **state)
{
    (void)state;
    static const char *const names[] = {"alarms-unacked", "alarms-shelved", "alarms-suppressed", "alarms-out"};
    struct fixture f;
    open_alarms(&f);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        fixture_press(&f, key_code(KEYC_TAB));
        fixture_golden(&f, names[i], 80, 24, NULL);
        fixture_golden(&f, names[i], 40, 12, NULL);
    }
    fixture_press(&f, key_code(KEYC_BACKTAB));
    fixture_press(&f, key_code(KEYC_BACKTAB));
    fixture_golden(&f, "alarms-shelved", 200, 60, NULL);
    fixture_finish(&f);
}

static void by_tree_by_position_by_words(void **state)
{
    (void)state;
    struct fixture f;
    open_alarms(&f);
    fixture_press(&f, key_char('t'));
    fixture_golden(&f, "alarms-tree", 80, 24, NULL);
    fixture_press(&f, key_char('t'));
    for (int i = 0; i < 3; i++)
        fixture_press(&f, key_char('p'));
    fixture_golden(&f, "alarms-position", 80, 24, NULL);
    fixture_press(&f, key_char('p'));
    f.scene.filter = "level";
    fixture_golden(&f, "alarms-filter", 80, 24, NULL);
    f.scene.filter = "nothing like it";
    fixture_golden(&f, "alarms-filter-none", 80, 24, NULL);
    fixture_finish(&f);
}

static void one_alarm_with_all_that_is_known(void **state)
{
    (void)state;
    struct fixture f;
    open_alarms(&f);
    fixture_press(&f, key_char('z'));
    fixture_golden(&f, "alarms-zoomed", 80, 24, NULL);
    fixture_golden(&f, "alarms-zoomed", 40, 12, NULL);
    fixture_press(&f, key_char('z'));
    for (int i = 0; i < 6; i++)
        fixture_press(&f, key_char('j'));
    fixture_golden(&f, "alarms-acked", 80, 24, NULL);
    fixture_finish(&f);
}

static void every_view_has_the_worst_and_its_marks(void **state)
{
    (void)state;
    struct fixture f;
    open_alarms(&f);
    fixture_open(&f, "overview");
    three_sizes(&f, "alarms-overview");
    snprintf(f.scene.focus.node, sizeof f.scene.focus.node, "sued/reactors/line1");
    fixture_open(&f, "line");
    three_sizes(&f, "alarms-line");
    fixture_open(&f, "tags");
    fixture_golden(&f, "alarms-tags", 80, 24, NULL);
    snprintf(f.scene.focus.tag, sizeof f.scene.focus.tag, "sued/reactors/line1/r-101/temp");
    fixture_golden(&f, "alarms-faceplate", 80, 24, &faceplate_view);
    fixture_golden(&f, "alarms-faceplate", 40, 12, &faceplate_view);
    fixture_golden(&f, "alarms-faceplate", 200, 60, &faceplate_view);
    fixture_finish(&f);
}

static void a_unit_in_maintenance_says_who_and_until_when(void **state)
{
    (void)state;
    struct fixture f;
    open_alarms(&f);
    f.now_ms += 1000;
    fixture_act(&f, ACTION_MAINTENANCE_ON, "sued/reactors/line1/p-104", "Li Na (as line3)", f.midnight_ms + fixture_at(4, 30, 0) * 1000, "new bearings");
    fixture_step(&f, fixture_at(3, 13, 35));
    for (int i = 0; i < 4; i++)
        fixture_press(&f, key_code(KEYC_TAB));
    fixture_golden(&f, "alarms-maintenance", 80, 24, NULL);
    fixture_press(&f, key_char('t'));
    fixture_golden(&f, "alarms-maintenance-tree", 80, 24, NULL);
    snprintf(f.scene.focus.node, sizeof f.scene.focus.node, "sued/reactors/line1");
    fixture_open(&f, "line");
    fixture_golden(&f, "alarms-maintenance-line", 80, 24, NULL);
    fixture_finish(&f);
}

static void what_was_done_here_is_pending_until_it_is_durable(void **state)
{
    (void)state;
    struct fixture f;
    open_alarms(&f);
    struct pending_action pending = {.kind = ACTION_ACK};
    snprintf(pending.target, sizeof pending.target, "%s", HEAT);
    f.scene.pending = &pending;
    f.scene.pending_count = 1;
    fixture_golden(&f, "alarms-pending", 80, 24, NULL);
    fixture_finish(&f);
}

static void nothing_is_wrong(void **state)
{
    (void)state;
    struct fixture f;
    fixture_appliance(&f);
    fixture_open(&f, "alarms");
    fixture_golden(&f, "alarms-none-configured", 80, 24, NULL);
    fixture_golden(&f, "alarms-none-configured", 40, 12, NULL);
    fixture_finish(&f);
    fixture_pumps(&f, 3, false);
    for (size_t p = 0; p < 3; p++) {
        char key[ALARM_KEY_BYTES];
        fixture_pump(&f, p, 60);
        snprintf(key, sizeof key, "works/l0/p%zu/temp.hot", p);
        fixture_act(&f, ACTION_ACK, key, "mweber", 0, "");
    }
    fixture_step(&f, fixture_at(1, 30, 0));
    fixture_open(&f, "alarms");
    fixture_golden(&f, "alarms-empty", 80, 24, NULL);
    fixture_finish(&f);
}

static void ten_thousand_in_a_flood(void **state)
{
    (void)state;
    struct fixture f;
    fixture_pumps(&f, 10000, false);
    fixture_open(&f, "alarms");
    three_sizes(&f, "alarms-flood");
    fixture_finish(&f);
    fixture_pumps(&f, 120, true);
    fixture_open(&f, "alarms");
    three_sizes(&f, "alarms-chinese");
    fixture_press(&f, key_char('t'));
    fixture_golden(&f, "alarms-chinese-tree", 80, 24, NULL);
    fixture_finish(&f);
}

/* ---- what stands still ---- */

static char row_text[256];

/* The text of a row of the screen as it is drawn now. */
static const char *row_of(struct fixture *f, int y)
{
    struct grid *grid = grid_create(80, 24);
    size_t used = 0;
    frame_draw(surface_of(grid), &f->scene, f->view, f->state, NULL, NULL);
    for (int x = 0; x < 80 && used + CELL_BYTES < sizeof row_text; x++)
        used += (size_t)snprintf(row_text + used, sizeof row_text - used, "%s", grid_cell(grid, x, y)->text);
    grid_destroy(grid);
    return row_text;
}

/* The row of the screen that is selected, -1: none. */
static int selected_row(struct fixture *f)
{
    struct grid *grid = grid_create(80, 24);
    int found = -1;
    frame_draw(surface_of(grid), &f->scene, f->view, f->state, NULL, NULL);
    for (int y = 0; y < 24; y++)
        if (grid_cell(grid, 30, y)->role == CELL_SELECTED)
            found = y;
    grid_destroy(grid);
    return found;
}

/* Twenty pumps, of which `pump` was quiet until now. */
static void raise_late(struct fixture *f, size_t pump, int second)
{
    fixture_pump(f, pump, 95);
    fixture_step(f, fixture_at(1, 16, second));
    f->scene.now_ms = model_wall(f->model);
}

static void quiet(struct fixture *f, size_t pump)
{
    char key[ALARM_KEY_BYTES];
    snprintf(key, sizeof key, "works/l%zu/p%zu/temp.hot", pump / 10, pump);
    fixture_pump(f, pump, 60);
    fixture_act(f, ACTION_ACK, key, "mweber", 0, "");
    fixture_step(f, fixture_at(1, 15, 30));
}

static void a_new_alarm_does_not_move_the_row_under_the_cursor(void **state)
{
    (void)state;
    struct fixture f;
    for (int moves = 1; moves <= 30; moves += 29) { /* with room above, and after scrolling */
        fixture_pumps(&f, 40, false);
        quiet(&f, 20);
        fixture_open(&f, "alarms");
        row_of(&f, 0);
        for (int i = 0; i < moves; i++)
            fixture_press(&f, key_char('j'));
        int row = selected_row(&f);
        char before[sizeof row_text];
        assert_true(row > 0);
        snprintf(before, sizeof before, "%.64s", row_of(&f, row) + 18);
        raise_late(&f, 20, 0); /* of priority 1: it belongs to the top */
        assert_int_equal(selected_row(&f), row);
        assert_memory_equal(row_of(&f, row) + 18, before, 40);
        fixture_finish(&f);
    }
}

static void who_did_not_touch_the_list_sees_the_newest_on_top(void **state)
{
    (void)state;
    struct fixture f;
    fixture_pumps(&f, 40, false);
    quiet(&f, 20);
    fixture_open(&f, "alarms");
    int row = selected_row(&f);
    assert_null(strstr(row_of(&f, row), "P-20 "));
    raise_late(&f, 20, 0);
    assert_non_null(strstr(row_of(&f, row), "P-20 "));
    assert_int_equal(selected_row(&f), row + 1); /* the selection has followed its alarm */
    fixture_finish(&f);
}

static void an_acknowledged_row_keeps_its_place_until_the_set_changes(void **state)
{
    (void)state;
    struct fixture f;
    fixture_pumps(&f, 12, false);
    quiet(&f, 5);
    fixture_open(&f, "alarms");
    int row = selected_row(&f);
    char before[sizeof row_text];
    snprintf(before, sizeof before, "%s", row_of(&f, row));
    fixture_act(&f, ACTION_ACK, "works/l1/p10/temp.hot", "mweber", 0, "");
    fixture_step(&f, fixture_at(1, 15, 40));
    assert_non_null(strstr(before, "P-10 "));
    assert_non_null(strstr(row_of(&f, row), "P-10 "));
    assert_non_null(strstr(row_of(&f, row), " A "));
    raise_late(&f, 5, 0);
    assert_null(strstr(row_of(&f, row), "P-10 ")); /* behind those that nobody has acknowledged */
    fixture_finish(&f);
}

/* ---- what keys ask for ---- */

static void keys_ask_for_actions_on_what_was_seen(void **state)
{
    (void)state;
    static const struct { char key; enum action_kind kind; const char *target; bool occurrence; } rows[] = {
        {'a', ACTION_ACK, HEAT, true}, {'s', ACTION_SHELVE, HEAT, true}, {'n', ACTION_COMMENT_ON, HEAT, true}, {'o', ACTION_SERVICE_OUT, HEAT, true},
        {'m', ACTION_MAINTENANCE_ON, "sued/reactors/line1/r-101", false}, {'h', ACTION_SILENCE, "", false},
    };
    struct fixture f;
    open_alarms(&f);
    row_of(&f, 0);
    int64_t raised = model_alarm(f.model, model_find_alarm(f.model, HEAT))->raised_ms;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct request request = fixture_press(&f, key_char((uint32_t)rows[i].key));
        assert_int_equal(request.kind, REQUEST_ACTION);
        assert_int_equal(request.action.kind, rows[i].kind);
        assert_string_equal(request.action.target, rows[i].target);
        assert_int_equal(request.action.occurrence_ms, rows[i].occurrence ? raised : 0);
        assert_int_equal(request.action.severity, rows[i].occurrence ? 2 : 0);
    }
    struct request request = fixture_press(&f, key_code(KEYC_ENTER));
    assert_int_equal(request.kind, REQUEST_VIEW);
    assert_string_equal(request.name, "line");
    assert_string_equal(request.focus.node, "sued/reactors/line1/r-101");
    assert_string_equal(request.focus.alarm, HEAT);
    assert_int_equal(request.focus.at_ms, raised);
    request = fixture_press(&f, key_char('v'));
    assert_int_equal(request.kind, REQUEST_TREND);
    assert_string_equal(request.focus.tag, "sued/reactors/line1/r-101/temp");
    request = fixture_press(&f, key_char('w'));
    assert_int_equal(request.kind, REQUEST_WHY);
    assert_string_equal(request.focus.alarm, HEAT);
    fixture_finish(&f);
}

static void what_was_done_is_undone_by_the_same_key(void **state)
{
    (void)state;
    struct fixture f;
    open_alarms(&f);
    fixture_press(&f, key_code(KEYC_TAB));
    fixture_press(&f, key_code(KEYC_TAB));
    row_of(&f, 0);
    assert_int_equal(fixture_press(&f, key_char('s')).action.kind, ACTION_UNSHELVE);
    fixture_press(&f, key_code(KEYC_TAB));
    fixture_press(&f, key_code(KEYC_TAB));
    row_of(&f, 0);
    assert_int_equal(fixture_press(&f, key_char('o')).action.kind, ACTION_SERVICE_IN);
    fixture_finish(&f);
}

/* It is raised again between the drawing and the key: what was seen is meant, and the fold will refuse it. */
static void a_key_means_the_occurrence_that_was_drawn(void **state)
{
    (void)state;
    struct fixture f;
    fixture_pumps(&f, 1, false);
    fixture_open(&f, "alarms");
    row_of(&f, 0);
    int64_t seen = model_alarm(f.model, 0)->raised_ms;
    fixture_pump(&f, 0, 60);
    fixture_step(&f, fixture_at(1, 20, 0));
    fixture_pump(&f, 0, 95);
    fixture_step(&f, fixture_at(1, 21, 0));
    assert_true(model_alarm(f.model, 0)->raised_ms > seen);
    assert_int_equal(fixture_press(&f, key_char('a')).action.occurrence_ms, seen);
    fixture_finish(&f);
}

static void typed_actions_are_about_the_selected_or_all_that_is_in_sight(void **state)
{
    (void)state;
    struct action out[64];
    struct fixture f;
    open_alarms(&f);
    assert_int_equal(f.view->targets(f.state, &f.scene, TARGET_SHOWN, out, 64), 0); /* nothing has been seen yet */
    row_of(&f, 0);
    assert_int_equal(f.view->targets(f.state, &f.scene, TARGET_SELECTED, out, 64), 1);
    assert_string_equal(out[0].target, HEAT);
    size_t count = f.view->targets(f.state, &f.scene, TARGET_SHOWN, out, 64);
    assert_true(count > 5);
    assert_string_equal(out[0].target, HEAT);
    assert_true(out[0].occurrence_ms > 0);
    assert_int_equal(f.view->targets(f.state, &f.scene, TARGET_SHOWN, out, 3), 3);
    fixture_finish(&f);
}

/* The alarm that another view came with is selected, in the list that has it; once, so that one can go on from there. */
static void whoever_comes_for_an_alarm_finds_it_selected(void **state)
{
    (void)state;
    struct fixture f;
    open_alarms(&f);
    snprintf(f.scene.focus.alarm, sizeof f.scene.focus.alarm, "sued/utilities/gas/t-302/level.high");
    assert_non_null(strstr(row_of(&f, selected_row(&f)), "T-302"));
    snprintf(f.scene.focus.alarm, sizeof f.scene.focus.alarm, TRIP);
    assert_non_null(strstr(row_of(&f, selected_row(&f)), "P-104"));
    fixture_press(&f, key_char('k'));
    assert_non_null(strstr(row_of(&f, selected_row(&f)), "Jacket flow"));
    fixture_finish(&f);
}

static void the_marker_blinks_by_the_stream_and_only_while_unacknowledged(void **state)
{
    (void)state;
    enum cell_role seen[2][2] = {{CELL_TEXT}};
    struct fixture f;
    open_alarms(&f);
    for (int turn = 0; turn < 2; turn++) {
        struct grid *grid = grid_create(80, 24);
        fixture_step(&f, fixture_at(3, 13, 34 + turn));
        frame_draw(surface_of(grid), &f.scene, f.view, f.state, NULL, NULL);
        for (int y = 6, at = 0; y < 12; y++) {
            enum cell_role role = (enum cell_role)grid_cell(grid, 0, y)->role;
            if (at == 0 || (role >= CELL_ALARM_1 && role <= CELL_ALARM_4 && y > 8))
                seen[turn][at < 1 ? at++ : 1] = role;
        }
        grid_destroy(grid);
    }
    assert_true((seen[0][0] == CELL_ALARM_1 && seen[1][0] == CELL_UNACKED_1) || (seen[0][0] == CELL_UNACKED_1 && seen[1][0] == CELL_ALARM_1));
    assert_int_equal(seen[0][1], seen[1][1]);
    fixture_finish(&f);
}

/* Only what moved is sorted anew: whatever comes, goes, comes again or is acknowledged, in any tab, the order is that of a list made from nothing. */
static void a_list_that_goes_on_has_the_order_of_a_new_one(void **state)
{
    (void)state;
    enum { PUMPS = 200 };
    struct fixture f;
    struct alarms_list kept = {.ready = false};
    uint32_t random = 7;
    size_t moves = 0;
    fixture_pumps(&f, PUMPS, false);
    for (int step = 0; step < 120; step++) {
        for (int i = 0; i < 25; i++) {
            size_t pump = (random = random * 1664525 + 1013904223) >> 8;
            char key[ALARM_KEY_BYTES];
            pump %= PUMPS;
            snprintf(key, sizeof key, "works/l%zu/p%zu/temp.hot", pump / 10, pump);
            if (random >> 30 == 0)
                fixture_act(&f, ACTION_ACK, key, "mweber", 0, "");
            else
                fixture_pump(&f, pump, random >> 31 ? 95 : 60);
        }
        fixture_step(&f, fixture_at(1, 16, step));
        enum alarms_tab tab = step % 40 < 30 ? ALARMS_ACTIVE : ALARMS_UNACKED;
        struct alarms_list anew = {.ready = false};
        uint64_t version = kept.version;
        alarms_list_update(&kept, &f.scene, tab, step >= 60, -1);
        alarms_list_update(&anew, &f.scene, tab, step >= 60, -1);
        assert_int_equal(kept.sorted_count, anew.sorted_count);
        if (kept.version != version) {
            moves++;
            assert_int_equal(kept.count, anew.count);
            assert_memory_equal(kept.rows, anew.rows, kept.count * sizeof *kept.rows);
        }
        alarms_list_finish(&anew);
    }
    assert_true(moves > 100);
    alarms_list_finish(&kept);
    fixture_finish(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(worst_and_newest_first_and_what_to_do),
        CASE(a_list_for_each_that_is_hidden),
        CASE(by_tree_by_position_by_words),
        CASE(one_alarm_with_all_that_is_known),
        CASE(every_view_has_the_worst_and_its_marks),
        CASE(a_unit_in_maintenance_says_who_and_until_when),
        CASE(what_was_done_here_is_pending_until_it_is_durable),
        CASE(nothing_is_wrong),
        CASE(ten_thousand_in_a_flood),
        CASE(a_new_alarm_does_not_move_the_row_under_the_cursor),
        CASE(who_did_not_touch_the_list_sees_the_newest_on_top),
        CASE(an_acknowledged_row_keeps_its_place_until_the_set_changes),
        CASE(keys_ask_for_actions_on_what_was_seen),
        CASE(what_was_done_is_undone_by_the_same_key),
        CASE(a_key_means_the_occurrence_that_was_drawn),
        CASE(typed_actions_are_about_the_selected_or_all_that_is_in_sight),
        CASE(whoever_comes_for_an_alarm_finds_it_selected),
        CASE(a_list_that_goes_on_has_the_order_of_a_new_one),
        CASE(the_marker_blinks_by_the_stream_and_only_while_unacknowledged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
