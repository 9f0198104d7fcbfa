/*
 * The report on production agrees with the live view of the same moment: what the cache tells line by line is what the fold holds, to the millisecond
 * and piece, after a lost broker, a restart, another configuration, in the middle of an hour and at its end.
 */
#include "check.h"

#include "cli/work.h"
#include "core/model.h"
#include "works.h"

#define MINUTE INT64_C(60000)
#define HOUR (60 * MINUTE)

static struct works works;
static int64_t began_ms;

static void same(double report, double live, const char *path, const char *what)
{
    if (!(fabs(report - live) <= 1e-6 * (1 + fabs(live))))
        fail_msg("%s of %s is %.9g in the report and %.9g live", what, path, report, live);
}

static void same_account(const struct account *report, const struct account *live, const char *path)
{
    for (int c = 0; c < TIME_CATEGORIES; c++)
        same((double)report->ms[c], (double)live->ms[c], path, time_category_table[c].title);
    same(report->good, live->good, path, "good");
    same(report->reject, live->reject, path, "reject");
    same(report->unknown, live->unknown, path, "what was counted across gaps");
    same(report->ideal_ms, live->ideal_ms, path, "ideal time");
    same(report->without_ideal, live->without_ideal, path, "pieces without an ideal cycle");
    same(report->stops, live->stops, path, "failures");
    same(report->minors, live->minors, path, "minor stops");
}

static size_t compare(enum account_by by)
{
    const struct plant *plant = model_plant(works.model);
    const struct work_request request = {.plant = plant, .by = by, .period = {began_ms, works.wall_ms + HOUR}, .now_ms = works.wall_ms};
    struct work work;
    struct error err;
    size_t counted = 0;
    works_flush(&works);
    if (!work_read(&work, works.path, &request, &err))
        fail_msg("%s", err.text);
    assert_false(work.untold);
    assert_int_equal(work.period.to_ms, model_wall(works.model));
    for (size_t l = 0; l < work.line_count; l++) {
        const struct work_line *line = &work.lines[l];
        struct account live, parts = {.good = 0};
        model_account(works.model, line->node, work.period.from_ms, work.period.to_ms, &live, NULL);
        same_account(&line->sum, &live, line->path);
        assert_int_equal(account_length_ms(&line->sum), work.period.to_ms - work.period.from_ms);
        for (size_t p = 0; p < line->parts.count; p++)
            account_add(&parts, &line->parts.rows[p].sum);
        if (by == BY_HOUR || by == BY_DAY)
            same_account(&parts, &live, line->path);
        counted += account_produced(&live) > 0;
    }
    work_finish(&work);
    return counted;
}

static void act(enum action_kind kind, const char *path, int64_t occurrence_ms, const char *word, const char *comment)
{
    static uint8_t number;
    struct action a = {.kind = kind, .id = {++number}, .occurrence_ms = occurrence_ms};
    snprintf(a.who, sizeof a.who, "Kim");
    snprintf(a.target, sizeof a.target, "%s", path);
    snprintf(a.word, sizeof a.word, "%s", word);
    snprintf(a.comment, sizeof a.comment, "%s", comment);
    ingest_act(works.ingest, &a);
    works_run(&works, 1000);
}

static void a_handover_tells_stops_calls_and_notes(void **state)
{
    (void)state;
    struct work work;
    struct error err;
    works_begin(&works, &(struct store_options){.chunk_ms = 600000});
    began_ms = works.wall_ms;
    works_run(&works, 15 * MINUTE);
    const struct plant *plant = model_plant(works.model);
    size_t count, told = 0;
    char line[256];
    plant_node_path(plant, plant_line_from(plant, 0), line, sizeof line);
    act(ACTION_CALL, line, 0, "maintenance", "the belt slips");
    act(ACTION_CALL, line, 0, "quality", "");
    act(ACTION_CALL_CLOSE, line, 0, "quality", "");
    act(ACTION_NOTE, line, 0, "", "the new belt comes at ten");
    works_flush(&works);
    const struct work_request request = {.plant = plant, .shift = true, .period = {began_ms, works.wall_ms + HOUR}, .now_ms = works.wall_ms};
    if (!work_read(&work, works.path, &request, &err))
        fail_msg("%s", err.text);
    assert_int_equal(work.call_count, 1);
    assert_string_equal(work.calls[0].path, line);
    assert_string_equal(work.calls[0].call.comment, "the belt slips");
    assert_int_equal(work.called_count, 3);
    assert_int_equal(work.note_count, 1);
    assert_string_equal(work.notes[0].alarm.comment, "the new belt comes at ten");
    const struct stop *stops = model_stops(works.model, &count);
    for (size_t l = 0; l < work.line_count; l++) {
        const struct work_line *told_of = &work.lines[l];
        size_t live = 0;
        for (size_t s = 0; s < count; s++)
            live += !stops[s].gone && stops[s].node == plant->nodes[told_of->node].constraint && work_stop_ms(told_of, &stops[s]) > 0;
        assert_int_equal(told_of->stop_count, live);
        told += live;
    }
    assert_true(told > 0);
    work_finish(&work);
    works_end(&works);
}

static void the_report_agrees_with_the_live_view(void **state)
{
    (void)state;
    works_begin(&works, &(struct store_options){.chunk_ms = 600000});
    began_ms = works.wall_ms;
    works_run(&works, 10 * MINUTE);
    assert_true(compare(BY_NOTHING) > 0);
    works_lose_broker(&works);
    works_run(&works, 3 * MINUTE);
    works_find_broker(&works);
    works_run(&works, 2 * MINUTE);
    compare(BY_HOUR);
    works_restart(&works, 2 * MINUTE, true);
    works_run(&works, 12 * MINUTE);
    compare(BY_DAY);
    int64_t hour = (works.wall_ms / HOUR + 1) * HOUR; /* the first batch at it tells the hour's facts */
    works_run(&works, hour - works.wall_ms);
    compare(BY_HOUR);
    works_run(&works, 1000);
    compare(BY_PRODUCT);
    works_run(&works, 6 * MINUTE);
    compare(BY_HOUR);
    works_restart(&works, MINUTE, false);
    works_run(&works, 5000);
    assert_true(compare(BY_NOTHING) > 0);
    works_end(&works);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_report_agrees_with_the_live_view),
        CASE(a_handover_tells_stops_calls_and_notes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
