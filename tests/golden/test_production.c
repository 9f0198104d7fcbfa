/*
 * The views of production: OEE, hour board, stops, and what of it the line and the overview say, of two plants at three sizes; what their keys ask for.
 */
#include "fixture_shop.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "core/memory.h"
#include "golden.h"

static void three_sizes(struct fixture *f, const char *name)
{
    fixture_golden(f, name, 80, 24, NULL);
    fixture_golden(f, name, 40, 12, NULL);
    fixture_golden(f, name, 200, 60, NULL);
}

static void every_view_of_both_plants(void **state)
{
    (void)state;
    static const char *const views[] = {"oee", "board", "stops", "line", "overview"};
    char name[48];
    struct fixture f;
    for (int chinese = 0; chinese < 2; chinese++) {
        fixture_shop(&f, chinese);
        for (size_t i = 0; i < sizeof views / sizeof views[0]; i++) {
            snprintf(name, sizeof name, chinese ? "shop-chinese-%s" : "shop-%s", views[i]);
            snprintf(f.scene.focus.node, sizeof f.scene.focus.node, "%s", i == 1 || i == 3 ? SHOP_LINE : "");
            fixture_open(&f, views[i]);
            three_sizes(&f, name);
        }
        fixture_finish(&f);
    }
}

/* ---- with a history ---- */

/* One shift as it was some days ago: seven of its eight hours ran, with a stop and some rejects. */
static struct account_cell told_cell(const struct want *want, int64_t from_ms, int64_t length_ms, int n)
{
    struct account_cell cell = {.from_ms = from_ms, .to_ms = from_ms + length_ms, .shift_ms = from_ms, .day = 20240610 + n / 3, .planned = true,
        .sum = {.good = 96.0 * (double)length_ms / 3600000, .reject = 3, .ideal_ms = 99.0 * 28000 * (double)length_ms / 3600000, .stops = 1}};
    cell.sum.ms[TIME_RUN] = length_ms - length_ms / (8 + n % 3);
    cell.sum.ms[TIME_DOWN] = length_ms / (8 + n % 3);
    snprintf(cell.shift, sizeof cell.shift, "%s", (const char *[]){"Early", "Late", "Night"}[n % 3]);
    snprintf(cell.crew, sizeof cell.crew, "%c", 'A' + n % 3);
    snprintf(cell.product, sizeof cell.product, "ECU-A2");
    (void)want;
    return cell;
}

static void add_account(struct answer *a, struct account_cell cell, const char *path)
{
    snprintf(a->accounts[a->account_count].path, KEY_BYTES, "%s", path);
    a->accounts[a->account_count++].cell = cell;
}

/* Of the three days before, from the want's beginning on. */
static void answer_accounts(struct answer *a)
{
    static const char *const lines[] = {SHOP_LINE, "nord/hall2/wave1", "nord/hall2/test", "nord/hall2/pack"};
    int64_t step = a->want.by == BY_HOUR ? 3600000 : 8 * 3600000;
    a->accounts = mem_zero(64, sizeof *a->accounts);
    if (a->want.by == BY_NODE) {
        for (size_t i = 0; i < 4; i++)
            add_account(a, told_cell(&a->want, a->want.from_ms, a->want.to_ms - a->want.from_ms, (int)i), lines[i]);
        return;
    }
    if (a->want.by != BY_HOUR && a->want.by != BY_SHIFT) {
        add_account(a, told_cell(&a->want, a->want.from_ms, a->want.to_ms - a->want.from_ms, 1), a->want.path);
        return;
    }
    for (int64_t ms = a->want.to_ms - 8 * step; a->account_count < 8; ms += step)
        add_account(a, told_cell(&a->want, ms, step, (int)a->account_count), a->want.path);
}

static void answer_defects(struct answer *a)
{
    static const struct { const char *product, *defect; uint64_t count; } rows[] = {
        {"ECU-A2", "solder bridge", 61}, {"ECU-B7 top x4", "solder bridge", 20}, {"ECU-A2", "missing part", 44}, {"ECU-A2", "paste smear", 2}};
    a->accounts = mem_zero(4, sizeof *a->accounts);
    for (size_t i = 0; i < 4; i++) {
        struct account_row *row = &a->accounts[a->account_count++];
        snprintf(row->cell.product, sizeof row->cell.product, "%s", rows[i].product);
        snprintf(row->defect, sizeof row->defect, "%s", rows[i].defect);
        row->defects = rows[i].count;
    }
}

static void answer_stops(struct answer *a)
{
    static const struct { int hours; const char *path, *reason, *title, *proposal, *who; } rows[] = {
        {30, SHOP_PLACER, "machine/feeder", "Feeder pick-up error", "", "Li Na (as line3)"}, {33, SHOP_PLACER, "", "", "machine/jam", ""},
        {52, "nord/hall2/removed", "", "", "", ""}};
    a->stops = mem_zero(3, sizeof *a->stops);
    for (size_t i = 0; i < 3; i++) {
        struct stop_version *v = &a->stops[a->stop_count++];
        int64_t start = a->want.to_ms - rows[i].hours * INT64_C(3600000);
        *v = (struct stop_version){.stop = {.start_ms = start, .end_ms = start + 260000, .class = CLASS_STOP, .category = TIME_DOWN, .reason = NO_REASON, .proposal = NO_REASON}};
        snprintf(v->path, sizeof v->path, "%s", rows[i].path);
        snprintf(v->reason, sizeof v->reason, "%s", rows[i].reason);
        snprintf(v->reason_title, sizeof v->reason_title, "%s", rows[i].title);
        snprintf(v->proposal, sizeof v->proposal, "%s", rows[i].proposal);
        snprintf(v->stop.who, sizeof v->stop.who, "%s", rows[i].who);
    }
}

/* Draws until nothing is asked any more that was not answered. */
static void settle_with(struct fixture *f, int w, int h, bool told)
{
    struct grid *grid = grid_create(w, h);
    for (int round = 0; round < 4; round++) {
        recall_frame(f->scene.recall);
        frame_draw(surface_of(grid), &f->scene, f->view, f->state, NULL, NULL);
        for (size_t i = 0; i < recall_wanted(f->scene.recall); i++) {
            struct answer a = {.want = *recall_wanted_at(f->scene.recall, i)};
            if (a.want.kind == WANT_ACCOUNTS && a.want.by == BY_DEFECT && told)
                answer_defects(&a);
            else if (a.want.kind == WANT_ACCOUNTS && told)
                answer_accounts(&a);
            else if (a.want.kind == WANT_STOPS && told)
                answer_stops(&a);
            recall_answer_take(f->scene.recall, &a);
        }
    }
    grid_destroy(grid);
}

static void settle(struct fixture *f, int w, int h)
{
    settle_with(f, w, h, true);
}

static void press_settled(struct fixture *f, struct key key)
{
    settle(f, 80, 24);
    fixture_press(f, key);
    settle(f, 80, 24);
}

static void what_the_model_forgot_comes_from_the_history(void **state)
{
    (void)state;
    struct fixture f;
    fixture_shop(&f, false);
    f.scene.recall = recall_create();
    snprintf(f.scene.focus.node, sizeof f.scene.focus.node, SHOP_LINE);
    fixture_open(&f, "oee");
    for (int i = 0; i < 4; i++)
        press_settled(&f, key_code(KEYC_RIGHT));
    for (int i = 0; i < 3; i++)
        press_settled(&f, key_code(KEYC_TAB));
    fixture_golden(&f, "shop-history-defects", 80, 24, NULL);
    press_settled(&f, key_code(KEYC_TAB));
    fixture_golden(&f, "shop-history-oee", 80, 24, NULL);
    press_settled(&f, key_char('y'));
    press_settled(&f, key_char('y'));
    fixture_golden(&f, "shop-history-products", 80, 24, NULL);
    press_settled(&f, key_code(KEYC_BACKTAB));
    fixture_golden(&f, "shop-history-products-defects", 80, 24, NULL);
    press_settled(&f, key_code(KEYC_TAB));
    fixture_open(&f, "line");
    settle(&f, 80, 24);
    fixture_golden(&f, "shop-history-line", 80, 24, NULL);
    fixture_open(&f, "board");
    for (int i = 0; i < 4; i++)
        press_settled(&f, key_char('p'));
    fixture_golden(&f, "shop-history-board", 80, 24, NULL);
    fixture_open(&f, "stops");
    press_settled(&f, key_char('G'));
    fixture_golden(&f, "shop-history-stops", 80, 24, NULL);
    recall_destroy(f.scene.recall);
    fixture_finish(&f);
}

/* The cell of the hour in which a line was first heard counts, by line, product and crew, though nothing is in the history yet. */
static void a_line_that_was_first_heard_within_the_hour(void **state)
{
    (void)state;
    static const char *const bys[] = {"lines", "products", "crews"};
    char name[48];
    struct fixture f;
    fixture_shop_heard(&f, false, (14 * 60 + 20) * 60);
    f.scene.recall = recall_create();
    snprintf(f.scene.focus.node, sizeof f.scene.focus.node, SHOP_LINE);
    fixture_open(&f, "oee");
    for (int by = 0; by < 4; by++) {
        settle_with(&f, 80, 24, false);
        snprintf(name, sizeof name, "shop-heard-%s", by == 0 ? bys[0] : by == 2 ? bys[1] : bys[2]);
        if (by != 1)
            fixture_golden(&f, name, 80, 24, NULL);
        fixture_press(&f, key_char('y'));
    }
    fixture_open(&f, "board");
    settle_with(&f, 80, 24, false);
    fixture_golden(&f, "shop-heard-board", 80, 24, NULL);
    recall_destroy(f.scene.recall);
    fixture_finish(&f);
}

static void until_it_comes_the_history_is_being_read(void **state)
{
    (void)state;
    struct fixture f;
    fixture_shop(&f, false);
    f.scene.recall = recall_create();
    fixture_open(&f, "oee");
    for (int i = 0; i < 4; i++)
        fixture_press(&f, key_code(KEYC_RIGHT));
    fixture_golden(&f, "shop-reading-oee", 80, 24, NULL);
    recall_destroy(f.scene.recall);
    fixture_finish(&f);
}

/* A question that changes while time passes would never be answered. */
static void the_same_is_asked_while_time_passes(void **state)
{
    (void)state;
    static const char *const views[] = {"oee", "board", "stops", "line"};
    struct fixture f;
    fixture_shop(&f, false);
    f.scene.recall = recall_create();
    struct grid *grid = grid_create(200, 60);
    for (size_t v = 0; v < sizeof views / sizeof views[0]; v++) {
        struct want before[RECALL_WANTS];
        size_t count = 0;
        fixture_open(&f, views[v]);
        for (int period = 0; period < (v == 0 ? 5 : 1); period++) {
            for (int step = 0; step < 2; step++) {
                recall_frame(f.scene.recall);
                frame_draw(surface_of(grid), &f.scene, f.view, f.state, NULL, NULL);
                assert_true(step == 0 || count == recall_wanted(f.scene.recall));
                count = recall_wanted(f.scene.recall);
                for (size_t i = 0; i < count; i++) {
                    assert_true(step == 0 || want_same(&before[i], recall_wanted_at(f.scene.recall, i)));
                    before[i] = *recall_wanted_at(f.scene.recall, i);
                }
                f.scene.now_ms += 7000;
                fixture_step(&f, (f.now_ms - f.midnight_ms) / 1000 + 7);
            }
            if (v == 0)
                fixture_press(&f, key_code(KEYC_RIGHT));
        }
    }
    grid_destroy(grid);
    recall_destroy(f.scene.recall);
    fixture_finish(&f);
}

static void open_shop(struct fixture *f, const char *view)
{
    fixture_shop(f, false);
    snprintf(f->scene.focus.node, sizeof f->scene.focus.node, SHOP_LINE);
    fixture_open(f, view);
}

static void each_period_by_line_unit_product_and_crew(void **state)
{
    (void)state;
    static const char *const periods[] = {"last-shift", "today", "yesterday", "week"}, *const bys[] = {"units", "products", "crews"};
    char name[48];
    struct fixture f;
    open_shop(&f, "oee");
    for (size_t i = 0; i < sizeof periods / sizeof periods[0]; i++) {
        fixture_press(&f, key_code(KEYC_RIGHT));
        snprintf(name, sizeof name, "shop-oee-%s", periods[i]);
        fixture_golden(&f, name, 80, 24, NULL);
    }
    fixture_open(&f, "oee");
    fixture_press(&f, key_code(KEYC_RIGHT));
    fixture_press(&f, key_code(KEYC_RIGHT));
    for (size_t i = 0; i < sizeof bys / sizeof bys[0]; i++) {
        fixture_press(&f, key_char('y'));
        snprintf(name, sizeof name, "shop-oee-%s", bys[i]);
        fixture_golden(&f, name, 80, 24, NULL);
    }
    fixture_finish(&f);
}

static void panels_one_after_the_other(void **state)
{
    (void)state;
    static const char *const panels[] = {"losses", "reasons", "defects", "trend"};
    char name[48];
    struct fixture f;
    open_shop(&f, "oee");
    fixture_press(&f, key_code(KEYC_ENTER));
    fixture_golden(&f, "shop-oee-opened", 80, 24, NULL);
    for (size_t i = 0; i < sizeof panels / sizeof panels[0]; i++) {
        fixture_press(&f, key_code(KEYC_TAB));
        snprintf(name, sizeof name, "shop-oee-%s", panels[i]);
        fixture_golden(&f, name, 80, 24, NULL);
        fixture_golden(&f, name, 40, 12, NULL);
    }
    fixture_press(&f, key_char('z'));
    fixture_golden(&f, "shop-oee-zoomed", 80, 24, NULL);
    fixture_press(&f, key_code(KEYC_ESC));
    fixture_finish(&f);
}

/* Presses Enter until the row is reached that leads to `which`. */
static struct request drill(struct fixture *f, const char *which)
{
    for (int i = 0; i < 24; i++) {
        struct request request = fixture_press(f, key_code(KEYC_ENTER));
        if (strcmp(request.focus.stops, which) == 0)
            return request;
        fixture_press(f, key_char('j'));
    }
    fail_msg("nothing leads to \"%s\"", which);
    return (struct request){.kind = REQUEST_NONE};
}

static void a_figure_leads_to_the_stops_behind_it(void **state)
{
    (void)state;
    struct fixture f;
    open_shop(&f, "oee");
    fixture_press(&f, key_code(KEYC_TAB));
    struct request request = drill(&f, "#breakdown");
    assert_string_equal(request.name, "stops");
    assert_string_equal(request.focus.node, SHOP_LINE);
    assert_int_equal(request.focus.from_ms, f.midnight_ms + 14 * 3600000);
    fixture_press(&f, key_code(KEYC_TAB));
    request = drill(&f, "=Feeder pick-up error?");
    f.scene.focus = request.focus;
    fixture_open(&f, "stops");
    three_sizes(&f, "shop-stops-feeder");
    fixture_press(&f, key_code(KEYC_ESC));
    fixture_golden(&f, "shop-stops-cleared", 80, 24, NULL);
    fixture_finish(&f);
}

static void what_runs_too_slow_leads_to_the_hours(void **state)
{
    (void)state;
    struct fixture f;
    open_shop(&f, "oee");
    fixture_press(&f, key_code(KEYC_TAB));
    struct request request = {.kind = REQUEST_NONE};
    for (int i = 0; i < 24 && (!request.name || strcmp(request.name, "board") != 0); i++) {
        request = fixture_press(&f, key_code(KEYC_ENTER));
        fixture_press(&f, key_char('j'));
    }
    assert_string_equal(request.name, "board");
    fixture_finish(&f);
}

static void an_hour_leads_to_its_stops_and_a_shift_to_the_one_before(void **state)
{
    (void)state;
    struct fixture f;
    open_shop(&f, "board");
    fixture_golden(&f, "shop-board-now", 80, 24, NULL);
    struct request request = fixture_press(&f, key_code(KEYC_ENTER));
    assert_string_equal(request.name, "stops");
    assert_int_equal(request.focus.from_ms, f.midnight_ms + 17 * 3600000);
    assert_int_equal(request.focus.to_ms, f.midnight_ms + 18 * 3600000);
    fixture_press(&f, key_char('p'));
    fixture_golden(&f, "shop-board-before", 80, 24, NULL);
    fixture_golden(&f, "shop-board-before", 40, 12, NULL);
    fixture_press(&f, key_char('n'));
    request = fixture_press(&f, key_code(KEYC_RIGHT));
    assert_string_equal(request.focus.node, "nord/hall2/wave1");
    f.scene.focus = request.focus;
    fixture_golden(&f, "shop-board-wave", 80, 24, NULL);
    fixture_finish(&f);
}

static void actions_name_the_selected_stop(void **state)
{
    (void)state;
    static const struct { char key; enum action_kind kind; } cases[] = {
        {'r', ACTION_STOP_REASON}, {'s', ACTION_STOP_SPLIT}, {'J', ACTION_STOP_MERGE}, {'n', ACTION_STOP_COMMENT}};
    struct fixture f;
    open_shop(&f, "stops");
    f.scene.filter = "placer2";
    fixture_golden(&f, "shop-stops-filter", 80, 24, NULL);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct request request = fixture_press(&f, key_char((uint32_t)cases[i].key));
        assert_int_equal(request.kind, REQUEST_ACTION);
        assert_int_equal(request.action.kind, cases[i].kind);
        assert_string_equal(request.action.target, SHOP_PLACER);
        assert_int_equal(request.action.occurrence_ms, f.midnight_ms + (17 * 3600 + 3 * 60 + 12) * 1000);
    }
    struct request why = fixture_press(&f, key_char('w'));
    assert_int_equal(why.kind, REQUEST_WHY);
    assert_int_equal(why.focus.about_ms, f.midnight_ms + (17 * 3600 + 3 * 60 + 12) * 1000);
    assert_string_equal(why.focus.about, SHOP_PLACER);
    assert_string_equal(why.focus.node, SHOP_LINE); /* the list stays as it was */
    struct action named;
    assert_int_equal(f.view->targets(f.state, &f.scene, TARGET_SELECTED, &named, 1), 1);
    assert_string_equal(named.target, SHOP_PLACER);
    assert_int_equal(named.kind, ACTION_STOP_REASON);
    assert_int_equal(fixture_press(&f, key_char('R')).kind, REQUEST_REASON); /* not the proposed one */
    f.scene.filter = "no such stop";
    assert_int_equal(fixture_press(&f, key_char('r')).kind, REQUEST_SAY); /* and says why nothing happens */
    f.scene.filter = "";
    fixture_finish(&f);
}

/* What is typed of pieces counts to the selected hour, of the present one to now. */
static void the_hour_board_names_the_moment_of_a_correction(void **state)
{
    (void)state;
    struct fixture f;
    struct action named;
    open_shop(&f, "board");
    fixture_golden(&f, "shop-board", 80, 24, NULL);
    assert_int_equal(f.view->targets(f.state, &f.scene, TARGET_SELECTED, &named, 1), 1);
    assert_int_equal(named.kind, ACTION_QUANTITY);
    assert_string_equal(named.target, SHOP_LINE);
    assert_int_equal(named.occurrence_ms, 0);
    fixture_press(&f, key_code(KEYC_UP));
    assert_int_equal(f.view->targets(f.state, &f.scene, TARGET_SELECTED, &named, 1), 1);
    assert_int_equal(named.occurrence_ms, f.midnight_ms + 17 * 3600000 - 1);
    fixture_finish(&f);
}

static void stops_like_the_selected_one_and_those_of_its_line(void **state)
{
    (void)state;
    struct fixture f;
    open_shop(&f, "stops");
    f.scene.focus.node[0] = '\0';
    fixture_press(&f, key_char('j'));
    struct request line = fixture_press(&f, key_char('l'));
    assert_string_equal(line.focus.node, SHOP_LINE);
    snprintf(f.scene.focus.node, sizeof f.scene.focus.node, SHOP_PLACER);
    struct request alike = fixture_press(&f, key_char('f'));
    assert_string_equal(alike.focus.stops, "=Feeder pick-up error?");
    assert_string_equal(alike.focus.node, SHOP_PLACER);
    fixture_finish(&f);
}

/* What the second placer is from a moment on. */
static void placer_is(struct fixture *f, int second, const char *word)
{
    fixture_step(f, second);
    f->now_ms = f->midnight_ms + (int64_t)second * 1000;
    fixture_text(f, SHOP_PLACER "/state", word, SAMPLE_SOURCE_TIME);
    fixture_step(f, second + 1);
}

static void minor_stops_that_follow_each_other_are_one_row_that_opens(void **state)
{
    (void)state;
    struct fixture f;
    open_shop(&f, "stops");
    for (int i = 0, second = (17 * 60 + 8) * 60; i < 5; i++, second += 300) {
        placer_is(&f, second, "run");
        placer_is(&f, second + 200 + 10 * i, "stop");
        if (i == 4)
            placer_is(&f, second + 280, "run");
    }
    f.scene.now_ms = f.now_ms;
    three_sizes(&f, "shop-stops-minor");
    fixture_press(&f, key_char('g'));
    assert_int_equal(fixture_press(&f, key_char('r')).kind, REQUEST_SAY); /* which of them? */
    fixture_press(&f, key_code(KEYC_ENTER));
    fixture_golden(&f, "shop-stops-minor-opened", 80, 24, NULL);
    fixture_press(&f, key_char('j'));
    assert_int_equal(fixture_press(&f, key_char('r')).kind, REQUEST_ACTION);
    fixture_press(&f, key_char('k'));
    fixture_press(&f, key_code(KEYC_ENTER));
    fixture_golden(&f, "shop-stops-minor", 80, 24, NULL);
    fixture_finish(&f);
}

static void stops_without_a_reason_and_those_that_stand(void **state)
{
    (void)state;
    struct fixture f;
    open_shop(&f, "stops");
    fixture_press(&f, key_code(KEYC_TAB));
    fixture_golden(&f, "shop-stops-open", 80, 24, NULL);
    fixture_press(&f, key_code(KEYC_TAB));
    fixture_golden(&f, "shop-stops-standing", 80, 24, NULL);
    fixture_press(&f, key_char('l'));
    fixture_golden(&f, "shop-stops-everywhere", 80, 24, NULL);
    fixture_finish(&f);
}

static void the_line_asks_for_the_reason_of_the_stop_that_it_shows(void **state)
{
    (void)state;
    struct fixture f;
    open_shop(&f, "line");
    struct request request = fixture_press(&f, key_char('r'));
    assert_int_equal(request.action.kind, ACTION_STOP_REASON);
    assert_string_equal(request.action.target, SHOP_PLACER);
    assert_string_equal(fixture_press(&f, key_char('b')).name, "board");
    assert_string_equal(fixture_press(&f, key_char('S')).name, "stops");
    fixture_finish(&f);
}

/* Sorted by time; x says that the selected one was replaced, which a level tells by itself. */
static void what_will_be_due_is_listed(void **state)
{
    (void)state;
    struct fixture f;
    open_shop(&f, "overview");
    fixture_golden(&f, "shop-soon", 80, 24, &soon_view);
    fixture_golden(&f, "shop-soon", 40, 12, &soon_view);
    fixture_golden(&f, "shop-soon", 200, 60, &soon_view);
    struct request request = {.kind = REQUEST_NONE};
    void *list = mem_zero(1, soon_view.state_size);
    assert_true(soon_view.key(list, &f.scene, key_char('x'), &request));
    assert_int_equal(request.kind, REQUEST_ACTION);
    assert_int_equal(request.action.kind, ACTION_REPLACED);
    assert_string_equal(request.action.target, SHOP_PLACER);
    assert_string_equal(request.action.word, "service"); /* it is over */
    soon_view.key(list, &f.scene, key_code(KEYC_ENTER), &request);
    assert_int_equal(request.kind, REQUEST_VIEW);
    assert_string_equal(request.name, "line");
    soon_view.key(list, &f.scene, key_char('d'), &request);
    assert_int_equal(request.kind, REQUEST_BACK);
    soon_view.finish(list);
    free(list);
    fixture_finish(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(what_will_be_due_is_listed),
        CASE(every_view_of_both_plants),
        CASE(each_period_by_line_unit_product_and_crew),
        CASE(panels_one_after_the_other),
        CASE(a_figure_leads_to_the_stops_behind_it),
        CASE(what_runs_too_slow_leads_to_the_hours),
        CASE(an_hour_leads_to_its_stops_and_a_shift_to_the_one_before),
        CASE(actions_name_the_selected_stop),
        CASE(stops_like_the_selected_one_and_those_of_its_line),
        CASE(minor_stops_that_follow_each_other_are_one_row_that_opens),
        CASE(stops_without_a_reason_and_those_that_stand),
        CASE(the_hour_board_names_the_moment_of_a_correction),
        CASE(the_line_asks_for_the_reason_of_the_stop_that_it_shows),
        CASE(what_the_model_forgot_comes_from_the_history),
        CASE(a_line_that_was_first_heard_within_the_hour),
        CASE(until_it_comes_the_history_is_being_read),
        CASE(the_same_is_asked_while_time_passes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
