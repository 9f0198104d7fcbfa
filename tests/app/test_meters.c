/*
 * The report on energy agrees with the live view of the same moment: what the cache tells of each node and meter, with what is in no fact yet, is what the fold
 * holds, after a lost broker and a restart, in the middle of a quarter of an hour and at its end; by whatever it is cut, its parts are the whole.
 */
#include "check.h"

#include "cli/meters.h"
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

static void live_of(const struct meters_subject *s, struct period period, struct energy *sum)
{
    *sum = (struct energy){.amount = 0};
    for (size_t l = 0; l < s->leaf_count; l++) {
        struct energy own;
        model_energy(works.model, s->leaves[l], period.from_ms, period.to_ms, &own, NULL);
        energy_add(sum, &own);
    }
}

static void same_energy(const struct energy *report, const struct energy *live, const char *path)
{
    same(report->amount, live->amount, path, "amount");
    same(report->idle, live->idle, path, "idle");
    same((double)report->valid_ms, (double)live->valid_ms, path, "measured time");
    same((double)report->missing_ms, (double)live->missing_ms, path, "missing time");
}

static size_t compare(const char *meter)
{
    static const char *const all[] = {"*"};
    const struct plant *plant = model_plant(works.model);
    const struct meters_request request = {.plant = plant, .by = METERS_BY_SHIFT, .period = {began_ms, works.wall_ms + HOUR}, .now_ms = works.wall_ms, .meter = meter,
        .paths = all, .path_count = meter ? 0 : 1};
    struct meters meters;
    struct error err;
    size_t used = 0;
    works_flush(&works);
    if (!meters_read(&meters, works.path, &request, &err))
        fail_msg("%s", err.text);
    assert_false(meters.untold);
    for (size_t i = 0; i < meters.subject_count; i++) {
        const struct meters_subject *s = &meters.subjects[i];
        struct energy live;
        live_of(s, meters.period, &live);
        same_energy(&s->sum, &live, s->path);
        same(s->figures.amount, live.amount, s->path, "the sum of blocks");
        for (int by = 1; by < METERS_BYS; by++) {
            struct energy parts = {.amount = 0};
            for (size_t p = 0; p < s->parts[by].count; p++)
                energy_add(&parts, &s->parts[by].rows[p].sum);
            if (s->parts[by].count && by != METERS_BY_RATE)
                same_energy(&parts, &live, s->path);
        }
        used += live.amount > 0;
    }
    meters_finish(&meters);
    return used;
}

static void begin(void)
{
    works_begin(&works, &(struct store_options){.chunk_ms = 600000});
    if (model_plant(works.model)->meter_count == 0) {
        works_reload(&works, "};\n\nbrokers", "  meters = ( { name = \"main\"; register = \"energy\"; power = \"power\"; } ); };\n\nbrokers");
        works_reload(&works, "{ name = \"press\";", "{ name = \"press\"; meters = ( { name = \"el\"; power = \"power\"; } );");
    }
    began_ms = works.wall_ms;
}

static void the_report_agrees_with_the_live_view(void **state)
{
    (void)state;
    begin();
    works_run(&works, 10 * MINUTE);
    assert_true(compare(NULL) > 1);
    works_run(&works, 12 * MINUTE);
    assert_true(compare("shenyang/stamping/*") + compare("shenyang/*") > 1);
    works_lose_broker(&works);
    works_run(&works, 7 * MINUTE);
    works_find_broker(&works);
    works_run(&works, 2 * MINUTE);
    compare(NULL);
    works_restart(&works, 2 * MINUTE, true);
    works_run(&works, 12 * MINUTE);
    compare(NULL);
    works_restart(&works, MINUTE, false);
    works_run(&works, 5000);
    assert_true(compare(NULL) > 1);
    works_end(&works);
}

static void a_report_on_production_tells_what_its_lines_used(void **state)
{
    (void)state;
    struct work work;
    struct error err;
    size_t told = 0;
    begin();
    works_run(&works, 25 * MINUTE);
    works_flush(&works);
    const struct work_request request = {.plant = model_plant(works.model), .period = {began_ms, works.wall_ms + HOUR}, .now_ms = works.wall_ms};
    if (!work_read(&work, works.path, &request, &err))
        fail_msg("%s", err.text);
    for (size_t u = 0; u < work.used_count; u++)
        for (size_t i = 0; i < work.used[u].subject_count; i++) {
            struct energy live;
            live_of(&work.used[u].subjects[i], work.used[u].period, &live);
            same_energy(&work.used[u].subjects[i].sum, &live, work.used[u].subjects[i].path);
            told += live.amount > 0;
        }
    assert_true(told > 1);
    struct work_used site = work_used_at(&work, work.sums[work.sum_count - 1].path);
    assert_true(site.kwh > 0);
    same(site.specific, site.kwh / work.sums[work.sum_count - 1].group.all.good, "the site", "energy for each piece");
    assert_true(isnan(work_used_at(&work, "nowhere").kwh));
    work_finish(&work);
    works_end(&works);
}

static void what_is_not_there_is_said(void **state)
{
    (void)state;
    static const char *const nowhere[] = {"shenyang/nowhere"};
    struct meters meters;
    struct error err;
    begin();
    works_run(&works, MINUTE);
    works_flush(&works);
    struct meters_request request = {.plant = model_plant(works.model), .period = {began_ms, works.wall_ms}, .now_ms = works.wall_ms, .meter = "*/nothing"};
    assert_false(meters_read(&meters, works.path, &request, &err));
    assert_string_equal(err.text, "--meter */nothing: there is no such meter");
    request.meter = NULL;
    request.paths = nowhere;
    request.path_count = 1;
    assert_false(meters_read(&meters, works.path, &request, &err));
    assert_string_equal(err.text, "shenyang/nowhere: there is no such line, unit or area");
    request.path_count = 0;
    request.period = (struct period){began_ms - 48 * HOUR, began_ms - 47 * HOUR};
    assert_true(meters_read(&meters, works.path, &request, &err)); /* before anything was kept: a report without figures */
    assert_true(isnan(meters.subjects[0].cost) && meters.subjects[0].quarters.count == 0);
    meters_finish(&meters);
    works_end(&works);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_report_agrees_with_the_live_view),
        CASE(a_report_on_production_tells_what_its_lines_used),
        CASE(what_is_not_there_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
