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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
