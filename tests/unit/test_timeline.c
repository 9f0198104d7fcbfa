/* Round steps, windows that move by whole columns, and labels on the site's clock. */
#include "check.h"

#include "draw/timeline.h"
#include "views/trends.h"

#define HOUR INT64_C(3600000)
#define DAY (24 * HOUR)
#define MINUTE INT64_C(60000)

/* Berlin in 2024: summer time from 31 March 01:00 UTC to 27 October 01:00 UTC. */
static struct zone_span berlin_spans[] = {{0, 3600}, {INT64_C(1711846800000), 7200}, {INT64_C(1729990800000), 3600}};
static const struct zone berlin = {berlin_spans, 3};
static const struct zone utc = {NULL, 0};

static int64_t local(const struct zone *zone, int month, int day, int hour, int minute)
{
    return zone_utc(zone, (struct civil){.year = 2024, .month = month, .day = day, .hour = hour, .minute = minute});
}

static void a_columns_step_is_round(void **state)
{
    (void)state;
    static const struct { int64_t span; int columns; int64_t step; } cases[] = {
        {MINUTE, 72, 1000}, {MINUTE, 192, 300}, {8 * HOUR, 72, 8 * MINUTE}, {HOUR, 72, MINUTE}, {DAY, 72, 20 * MINUTE}, {7 * DAY, 72, 3 * HOUR}, {30 * DAY, 72, 12 * HOUR},
        {365 * DAY, 72, 5 * DAY}, {365 * DAY, 1, 28 * DAY},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(timeline_step(cases[i].span, cases[i].columns), cases[i].step);
    char text[SPAN_TEXT];
    static const struct { int64_t step; const char *text; } texts[] = {{300, "0.3s"}, {15000, "15s"}, {90 * MINUTE, "90m"}, {12 * HOUR, "12h"}, {5 * DAY, "5d"}, {36 * HOUR, "36h"}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        timeline_step_text(texts[i].step, text);
        assert_string_equal(text, texts[i].text);
    }
}

static void it_follows_by_whole_columns(void **state)
{
    (void)state;
    int64_t now = local(&berlin, 6, 12, 11, 52);
    struct timeline line = timeline_to(&berlin, now, HOUR, 60), later = timeline_to(&berlin, now + 59999, HOUR, 60), next = timeline_to(&berlin, now + MINUTE, HOUR, 60);
    assert_int_equal(line.step_ms, MINUTE);
    assert_int_equal(timeline_end(&line), now + MINUTE);
    assert_int_equal(timeline_column(&line, now), 59);
    assert_int_equal(timeline_column(&line, line.from_ms), 0);
    assert_int_equal(timeline_column(&line, line.from_ms - 1), -1);
    assert_int_equal(timeline_column(&line, timeline_end(&line)), 60);
    assert_int_equal(later.from_ms, line.from_ms);
    assert_int_equal(next.from_ms, line.from_ms + MINUTE);
    line = timeline_to(&berlin, now, 70 * DAY, 70); /* days begin at local midnight */
    assert_int_equal(timeline_end(&line), local(&berlin, 6, 13, 0, 0));
}

static void labels_are(int64_t from, int64_t to, const struct zone *zone, int w, const char *wanted)
{
    struct time_label labels[TIMELINE_LABELS];
    char row[256];
    memset(row, ' ', sizeof row);
    size_t count = timeline_labels(zone, from, to, w, labels);
    for (size_t i = 0; i < count; i++)
        memcpy(row + labels[i].x, labels[i].text, strlen(labels[i].text));
    row[w] = '\0';
    assert_string_equal(row, wanted);
}

static void labels_tell_local_times(void **state)
{
    (void)state;
    labels_are(local(&berlin, 6, 12, 11, 0), local(&berlin, 6, 12, 12, 0), &berlin, 60, "11:00     11:10     11:20     11:30     11:40     11:50     ");
    labels_are(local(&berlin, 6, 11, 20, 0), local(&berlin, 6, 12, 6, 0), &berlin, 40, "20:00   22:00   Wed 12  02:00   04:00   ");
    labels_are(local(&berlin, 6, 12, 11, 0), local(&berlin, 6, 12, 11, 1), &berlin, 60, "11:00:00  11:00:10  11:00:20  11:00:30  11:00:40  11:00:50  ");
    labels_are(local(&berlin, 6, 3, 0, 0), local(&berlin, 6, 10, 0, 0), &berlin, 56, "Mon 3   Tue 4   Wed 5   Thu 6   Fri 7   Sat 8   Sun 9   ");
    labels_are(local(&utc, 1, 1, 0, 0), local(&utc, 12, 31, 0, 0), &utc, 73, "2024  Feb   Mar   Apr   May   Jun   Jul   Aug   Sep   Oct    Nov   Dec   ");
}

static void a_day_of_23_hours_has_no_third_one(void **state)
{
    (void)state;
    labels_are(local(&berlin, 3, 31, 0, 0), local(&berlin, 3, 31, 6, 0), &berlin, 40, "Sun 31  01:00   03:00   04:00   05:00   ");
}

static void a_day_of_25_hours_is_as_long_as_it_was(void **state)
{
    (void)state;
    labels_are(local(&berlin, 10, 27, 0, 0), local(&berlin, 10, 27, 4, 0), &berlin, 40, "Sun 27  01:00           02:00   03:00   ");
}

static void labels_never_overlap(void **state)
{
    (void)state;
    struct time_label labels[TIMELINE_LABELS];
    int64_t from = local(&berlin, 10, 26, 7, 13);
    for (int zoom = 0; zoom < TIMELINE_ZOOMS; zoom++)
        for (int w = 1; w < 300; w += 7) {
            size_t count = timeline_labels(&berlin, from, from + timeline_zooms[zoom], w, labels);
            for (size_t i = 0; i < count; i++) {
                int end = labels[i].x + (int)strlen(labels[i].text);
                assert_true(labels[i].x >= 0 && end <= w);
                assert_true(i + 1 == count || end < labels[i + 1].x);
            }
            assert_true(count > 0 || w < 22);
        }
    assert_int_equal(timeline_labels(&berlin, from, from, 80, labels), 0);
}

static void yesterday_is_the_same_time_by_the_clock(void **state)
{
    (void)state;
    int64_t noon = local(&berlin, 3, 31, 12, 0);
    assert_int_equal(timeline_days_ago(&berlin, noon, 1), noon - 23 * HOUR);
    assert_int_equal(timeline_days_ago(&berlin, noon, 7), noon - 7 * DAY + HOUR);
    assert_int_equal(timeline_days_ago(&berlin, noon, 0), noon);
}

static void a_moment_is_as_precise_as_its_step(void **state)
{
    (void)state;
    char text[64];
    int64_t now = local(&berlin, 6, 12, 11, 52);
    static const struct { int days; int64_t step; const char *text; } cases[] = {
        {0, MINUTE, "11:52"}, {0, 1000, "11:52:00"}, {1, MINUTE, "Tue 11 Jun 11:52"}, {1, DAY, "Tue 11 Jun"}, {300, MINUTE, "17 Aug 2023 11:52"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        timeline_text(&berlin, timeline_days_ago(&berlin, now, cases[i].days), cases[i].step, now, text, sizeof text);
        assert_string_equal(text, cases[i].text);
    }
}

static void an_answer_of_other_columns_keeps_its_extremes(void **state)
{
    (void)state;
    enum { FINE = 12 };
    struct column fine[FINE] = {{.state = COLUMN_EMPTY}}, coarse[4];
    for (int i = 0; i < 9; i++)
        fine[i] = (struct column){.state = i % 3 ? COLUMN_HELD : COLUMN_FILLED, .count = i % 3 ? 0 : 2, .low = i, .high = i + 1, .mean = i, .last = i};
    struct answer answer = {.want = {.from_ms = 1000, .to_ms = 1000 + FINE * 100, .columns = FINE}, .columns = fine, .column_count = FINE};
    columns_onto(&answer, &(struct timeline){.from_ms = 1000, .step_ms = 600, .columns = 4}, coarse);
    assert_int_equal(coarse[0].state, COLUMN_FILLED);
    assert_int_equal(coarse[0].count, 4);
    assert_near(coarse[0].low, 0, 0);
    assert_near(coarse[0].high, 4, 0);
    assert_near(coarse[0].mean, 1.5, 1e-9);
    assert_int_equal(coarse[1].count, 2);
    assert_int_equal(coarse[2].state, COLUMN_EMPTY); /* after the answer's end nothing is known */
    columns_onto(&answer, &(struct timeline){.from_ms = 800, .step_ms = 100, .columns = 4}, coarse);
    assert_int_equal(coarse[1].state, COLUMN_EMPTY);
    assert_int_equal(coarse[2].state, COLUMN_FILLED);
    assert_int_equal(coarse[3].state, COLUMN_HELD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_columns_step_is_round), CASE(it_follows_by_whole_columns), CASE(labels_tell_local_times), CASE(a_day_of_23_hours_has_no_third_one),
        CASE(a_day_of_25_hours_is_as_long_as_it_was), CASE(labels_never_overlap), CASE(yesterday_is_the_same_time_by_the_clock),
        CASE(a_moment_is_as_precise_as_its_step), CASE(an_answer_of_other_columns_keeps_its_extremes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
