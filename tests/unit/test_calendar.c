/* When a plant works, as OEE.md says it: shifts over midnight and over a clock change, breaks, crews, holidays, overtime. */
#include "check.h"

#include "core/calendar_memo.h"
#include "core/timestamp.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define HOUR INT64_C(3600000)

static struct zone_span berlin_spans[] = {{INT64_C(1698541200000), 3600}, {INT64_C(1711846800000), 7200}, {INT64_C(1729990800000), 3600}}; /* 2024 */
static const struct zone berlin = {berlin_spans, 3};
static const struct zone utc = {NULL, 0};
/* Clocks that go back over midnight, and by half an hour; a day that was left out. */
static struct zone_span odd_spans[] = {{INT64_C(1700000000000), -14400}, {INT64_C(1710648000000), -18000}, {INT64_C(1720000000000), 37800},
    {INT64_C(1725033600000), 39600}, {INT64_C(1728000000000), -36000}, {INT64_C(1729987200000), 50400}};
static const struct zone odd = {odd_spans, COUNT(odd_spans)};

enum { SUN = 1, MON = 2, TUE = 4, WED = 8, THU = 16, FRI = 32, SAT = 64, WORK_DAYS = 62, EVERY_DAY = 127 };
#define AT(hour, minute) ((hour) * 60 + (minute))

static struct calendar_shift three[] = {
    {.name = "early", .title = "Early", .weekdays = WORK_DAYS, .from_minute = AT(6, 0), .to_minute = AT(14, 0), .breaks = {{AT(9, 0), AT(9, 15)}, {AT(12, 0), AT(12, 30)}}, .break_count = 2},
    {.name = "late", .weekdays = WORK_DAYS, .from_minute = AT(14, 0), .to_minute = AT(22, 0)},
    {.name = "night", .weekdays = WORK_DAYS, .from_minute = AT(22, 0), .to_minute = AT(6, 0), .breaks = {{AT(2, 0), AT(2, 30)}}, .break_count = 1},
};
static struct calendar_shift nights[] = {{.name = "night", .weekdays = EVERY_DAY, .from_minute = AT(22, 0), .to_minute = AT(6, 0)}};
static const struct calendar week = {.name = "week", .shifts = three, .shift_count = 3};
static const struct calendar every_night = {.name = "nights", .shifts = nights, .shift_count = 1};

static int64_t ms_of(const struct zone *zone, const char *text)
{
    int64_t ms;
    assert_true(timestamp_iso(text, strlen(text), zone, &ms));
    return ms;
}

static int64_t local(const char *text)
{
    return ms_of(&berlin, text);
}

static struct shift_at on(const struct calendar *calendar, const char *text)
{
    struct shift_at s;
    calendar_at(calendar, &berlin, local(text), &s);
    return s;
}

static int64_t planned_s(const struct calendar *calendar, const char *from, const char *to)
{
    return calendar_planned_ms(calendar, &berlin, local(from), local(to)) / 1000;
}

static void a_week_of_three_shifts(void **state)
{
    (void)state;
    static const struct { const char *at, *name, *from, *to; int32_t day; } cases[] = {
        {"2024-06-12T06:00", "early", "2024-06-12T06:00", "2024-06-12T14:00", 20240612}, /* a Wednesday */
        {"2024-06-12T13:59:59.999", "early", "2024-06-12T06:00", "2024-06-12T14:00", 20240612},
        {"2024-06-12T14:00", "late", "2024-06-12T14:00", "2024-06-12T22:00", 20240612},
        {"2024-06-12T23:00", "night", "2024-06-12T22:00", "2024-06-13T06:00", 20240612},
        {"2024-06-13T05:59", "night", "2024-06-12T22:00", "2024-06-13T06:00", 20240612}, /* belongs to the day it began */
        {"2024-06-15T05:00", "night", "2024-06-14T22:00", "2024-06-15T06:00", 20240614}, /* Friday's ends on Saturday */
        {"2024-06-15T06:00", "", "2024-06-15T06:00", "2024-06-16T00:00", 20240615},
        {"2024-06-16T12:00", "", "2024-06-16T00:00", "2024-06-17T00:00", 20240616},
        {"2024-06-17T03:00", "", "2024-06-17T00:00", "2024-06-17T06:00", 20240617},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct shift_at s = on(&week, cases[i].at);
        assert_string_equal(s.name, cases[i].name);
        assert_int_equal(s.from_ms, local(cases[i].from));
        assert_int_equal(s.to_ms, local(cases[i].to));
        assert_int_equal(s.day, cases[i].day);
        assert_int_equal(s.planned, *cases[i].name != '\0');
    }
    assert_string_equal(on(&week, "2024-06-12T06:00").title, "Early");
    assert_string_equal(on(&week, "2024-06-12T14:00").title, "late"); /* for want of a title */
}

static void a_night_shift_may_belong_to_the_next_day(void **state)
{
    (void)state;
    struct calendar next = week;
    next.night_next_day = true;
    assert_int_equal(on(&next, "2024-06-12T23:00").day, 20240613);
    assert_int_equal(on(&next, "2024-06-13T05:59").day, 20240613);
    assert_int_equal(on(&next, "2024-06-30T22:00").day, 20240630); /* a Sunday: a pause has the day of its date */
    assert_int_equal(on(&next, "2024-05-31T22:00").day, 20240601);
    assert_int_equal(on(&next, "2024-06-12T21:59").day, 20240612);
    /* One that ends at midnight does not cross it. */
    struct calendar_shift evening[] = {{.name = "evening", .weekdays = EVERY_DAY, .from_minute = AT(16, 0), .to_minute = 0}};
    struct calendar c = {.shifts = evening, .shift_count = 1, .night_next_day = true};
    assert_int_equal(on(&c, "2024-06-12T23:59").day, 20240612);
    assert_int_equal(on(&c, "2024-06-13T00:00").planned, false);
}

static void the_nights_of_a_clock_change_have_their_own_length(void **state)
{
    (void)state;
    struct shift_at spring = on(&every_night, "2024-03-31T04:00"), autumn = on(&every_night, "2024-10-26T23:00"), ordinary = on(&every_night, "2024-06-12T23:00");
    assert_int_equal(spring.to_ms - spring.from_ms, 25200000);
    assert_int_equal(spring.day, 20240330);
    assert_int_equal(autumn.to_ms - autumn.from_ms, 32400000);
    assert_int_equal(autumn.day, 20241026);
    assert_int_equal(ordinary.to_ms - ordinary.from_ms, 28800000);
}

static void a_query_holds_its_part_of_a_night(void **state)
{
    (void)state;
    static const struct { const char *from, *to; int64_t seconds; } cases[] = {
        {"2024-06-12T21:00", "2024-06-12T23:00", 3600},
        {"2024-06-12T21:00", "2024-06-13T07:00", 28800},
        {"2024-03-30T21:00", "2024-03-31T07:00", 25200},
        {"2024-10-26T21:00", "2024-10-27T07:00", 32400},
        {"2024-06-12T06:00", "2024-06-12T22:00", 0},
        {"2024-06-12T23:00", "2024-06-12T23:00", 0},
        {"2024-06-12T23:00", "2024-06-12T22:00", 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(planned_s(&every_night, cases[i].from, cases[i].to), cases[i].seconds);
}

static void quarter_hours(const char *from, const char *to, int64_t expected)
{
    int64_t count = 0, day = on(calendar_always(), from).day, cuts = 0;
    for (int64_t t = local(from); t < local(to); t += HOUR / 4, count++) {
        struct shift_at s;
        calendar_at(calendar_always(), &berlin, t, &s);
        assert_int_equal(s.day, day);
        cuts += calendar_cut_before(calendar_always(), &berlin, t) == t;
    }
    assert_int_equal(count, expected);
    assert_int_equal(cuts, expected / 4);
}

static void the_days_of_a_clock_change_have_92_and_100_quarter_hours(void **state)
{
    (void)state;
    quarter_hours("2024-03-31T00:00", "2024-04-01T00:00", 92);
    quarter_hours("2024-10-27T00:00", "2024-10-28T00:00", 100);
    quarter_hours("2024-06-12T00:00", "2024-06-13T00:00", 96);
}

static void breaks_are_stretches_of_their_shift(void **state)
{
    (void)state;
    static const struct { const char *at, *from, *to; bool in_break; } cases[] = {
        {"2024-06-12T08:00", "2024-06-12T06:00", "2024-06-12T09:00", false},
        {"2024-06-12T09:00", "2024-06-12T09:00", "2024-06-12T09:15", true},
        {"2024-06-12T11:00", "2024-06-12T09:15", "2024-06-12T12:00", false},
        {"2024-06-12T12:29", "2024-06-12T12:00", "2024-06-12T12:30", true},
        {"2024-06-12T12:30", "2024-06-12T12:30", "2024-06-12T14:00", false},
        {"2024-06-13T02:10", "2024-06-13T02:00", "2024-06-13T02:30", true}, /* of the night that began the day before */
        {"2024-06-12T15:00", "2024-06-12T14:00", "2024-06-12T22:00", false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct shift_at s = on(&week, cases[i].at);
        assert_true(s.planned);
        assert_int_equal(s.in_break, cases[i].in_break);
        assert_int_equal(s.part_from_ms, local(cases[i].from));
        assert_int_equal(s.part_to_ms, local(cases[i].to));
    }
    assert_int_equal(planned_s(&week, "2024-06-12T06:00", "2024-06-13T06:00"), 86400 - 900 - 1800 - 1800);
    assert_int_equal(planned_s(&week, "2024-06-10T00:00", "2024-06-17T00:00"), 5 * (86400 - 4500)); /* Monday to Friday */
}

static void a_break_keeps_its_length_when_the_clock_changes(void **state)
{
    (void)state;
    struct calendar_shift s = {.name = "night", .weekdays = EVERY_DAY, .from_minute = AT(22, 0), .to_minute = AT(6, 0), .breaks = {{AT(1, 45), AT(2, 15)}}, .break_count = 1};
    struct calendar c = {.shifts = &s, .shift_count = 1};
    assert_int_equal(planned_s(&c, "2024-03-30T12:00", "2024-03-31T12:00"), 25200 - 1800);
    assert_int_equal(planned_s(&c, "2024-10-26T12:00", "2024-10-27T12:00"), 32400 - 1800);
    s.breaks[0] = (struct calendar_break){AT(2, 15), AT(2, 45)}; /* a time that the spring night does not have */
    assert_int_equal(planned_s(&c, "2024-03-30T12:00", "2024-03-31T12:00"), 25200 - 1800);
}

static void a_holiday_takes_the_weekly_shifts_that_begin_on_it(void **state)
{
    (void)state;
    struct calendar_day days[] = {{20240612, 20240612, "feast"}, {20241223, 20250103, "shutdown"}};
    struct calendar c = week;
    c.holidays = days, c.holiday_count = 2;
    assert_string_equal(on(&c, "2024-06-12T03:00").name, "night"); /* Tuesday's */
    assert_false(on(&c, "2024-06-12T08:00").planned);
    assert_false(on(&c, "2024-06-13T03:00").planned); /* Wednesday's night would begin on it */
    assert_string_equal(on(&c, "2024-06-13T06:00").name, "early");
    assert_int_equal(planned_s(&c, "2024-12-23T06:00", "2025-01-04T00:00"), 0);
    assert_true(on(&c, "2025-01-06T08:00").planned);
}

static void overtime_over_pauses_holidays_and_weekly_shifts(void **state)
{
    (void)state;
    struct calendar_day days[] = {{20240612, 20240612, "feast"}};
    struct calendar_overtime extra[] = {
        {20240615, AT(8, 0), AT(12, 0), "saturday", "red"},
        {20240612, AT(8, 0), AT(12, 0), "feast work", ""},
        {20240613, AT(10, 0), AT(16, 0), "inventory", "blue"},
        {20240616, AT(22, 0), AT(6, 0), "sunday night", ""},
    };
    struct calendar c = week;
    c.holidays = days, c.holiday_count = 1, c.overtime = extra, c.overtime_count = COUNT(extra);
    static const struct { const char *at, *name, *from, *to; } cases[] = {
        {"2024-06-15T07:00", "", "2024-06-15T06:00", "2024-06-15T08:00"},
        {"2024-06-15T08:00", "saturday", "2024-06-15T08:00", "2024-06-15T12:00"},
        {"2024-06-15T12:00", "", "2024-06-15T12:00", "2024-06-16T00:00"},
        {"2024-06-12T09:00", "feast work", "2024-06-12T08:00", "2024-06-12T12:00"},
        {"2024-06-13T09:00", "early", "2024-06-13T06:00", "2024-06-13T10:00"}, /* up to the overtime */
        {"2024-06-13T13:00", "inventory", "2024-06-13T10:00", "2024-06-13T16:00"},
        {"2024-06-13T16:00", "late", "2024-06-13T16:00", "2024-06-13T22:00"}, /* what is left of it */
        {"2024-06-17T01:00", "sunday night", "2024-06-16T22:00", "2024-06-17T06:00"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct shift_at s = on(&c, cases[i].at);
        assert_string_equal(s.name, cases[i].name);
        assert_int_equal(s.from_ms, local(cases[i].from));
        assert_int_equal(s.to_ms, local(cases[i].to));
    }
    assert_string_equal(on(&c, "2024-06-15T08:00").crew, "red");
    assert_int_equal(on(&c, "2024-06-17T01:00").day, 20240616);
    assert_false(on(&c, "2024-06-13T12:10").in_break); /* overtime has no breaks */
}

static void of_two_weekly_shifts_the_one_that_began_later_ends_the_other(void **state)
{
    (void)state;
    struct calendar_shift both[] = {
        {.name = "long", .weekdays = WED, .from_minute = AT(6, 0), .to_minute = AT(18, 0)},
        {.name = "short", .weekdays = WED, .from_minute = AT(10, 0), .to_minute = AT(12, 0)},
    };
    struct calendar c = {.shifts = both, .shift_count = 2};
    assert_int_equal(on(&c, "2024-06-12T08:00").to_ms, local("2024-06-12T10:00"));
    assert_string_equal(on(&c, "2024-06-12T11:00").name, "short");
    assert_false(on(&c, "2024-06-12T13:00").planned);
}

static void crews_rotate_forwards_and_backwards(void **state)
{
    (void)state;
    static const struct { int turn; const char *at, *crew; } cases[] = {
        {1, "2024-06-03T08:00", "A"}, {1, "2024-06-03T15:00", "B"}, {1, "2024-06-03T23:00", "C"}, /* the week that it starts */
        {1, "2024-06-08T05:00", "C"},                                                             /* Friday's night, on Saturday */
        {1, "2024-06-10T08:00", "B"}, {1, "2024-06-10T15:00", "C"}, {1, "2024-06-10T23:00", "D"},
        {1, "2024-06-17T23:00", "A"}, {1, "2024-07-01T08:00", "A"}, {1, "2024-05-27T08:00", "D"}, /* and before it */
        {-1, "2024-06-03T08:00", "A"}, {-1, "2024-06-10T08:00", "D"}, {-1, "2024-06-10T15:00", "A"}, {-1, "2024-05-27T08:00", "B"},
    };
    struct calendar c = week;
    for (size_t i = 0; i < COUNT(cases); i++) {
        c.rotation = (struct calendar_rotation){.start = 20240603, .step_days = 7, .crews = {"A", "B", "C", "D"}, .crew_count = 4, .turn = cases[i].turn};
        assert_string_equal(on(&c, cases[i].at).crew, cases[i].crew);
    }
    assert_string_equal(on(&c, "2024-06-08T12:00").crew, ""); /* nobody works */
    c.night_next_day = true; /* Sunday's night is Monday's, and of Monday's week */
    struct calendar_shift sunday[] = {three[0], three[1], nights[0]};
    c.shifts = sunday;
    c.rotation.turn = 1;
    assert_string_equal(on(&c, "2024-06-09T23:00").crew, "D");
    assert_string_equal(on(&c, "2024-06-08T23:00").crew, "C");
    struct calendar_shift own[] = {{.name = "day", .crew = "office", .weekdays = EVERY_DAY, .from_minute = AT(8, 0), .to_minute = AT(16, 0)}};
    c.shifts = own, c.shift_count = 1;
    assert_string_equal(on(&c, "2024-06-10T08:00").crew, "office");
}

static void shifts_are_valid_from_and_to_a_date(void **state)
{
    (void)state;
    struct calendar_shift s[] = {
        {.name = "old", .weekdays = EVERY_DAY, .from_minute = AT(22, 0), .to_minute = AT(6, 0), .valid_to = 20240630},
        {.name = "new", .weekdays = EVERY_DAY, .from_minute = AT(20, 0), .to_minute = AT(4, 0), .valid_from = 20240701, .valid_to = 20240702},
    };
    struct calendar c = {.shifts = s, .shift_count = 2};
    assert_string_equal(on(&c, "2024-06-30T22:00").name, "old");
    assert_string_equal(on(&c, "2024-07-01T05:00").name, "old"); /* it began on the last day */
    assert_string_equal(on(&c, "2024-07-01T20:00").name, "new");
    assert_string_equal(on(&c, "2024-07-03T03:00").name, "new");
    assert_false(on(&c, "2024-07-03T20:00").planned);
}

static void without_a_calendar_every_local_day_is_planned(void **state)
{
    (void)state;
    const struct calendar *c = calendar_always();
    assert_true(c->always);
    struct shift_at s = on(c, "2024-03-31T12:00");
    assert_true(s.planned && !s.in_break);
    assert_int_equal(s.from_ms, local("2024-03-31T00:00"));
    assert_int_equal(s.to_ms, local("2024-04-01T00:00"));
    assert_int_equal(s.day, 20240331);
    assert_string_equal(s.name, "");
    assert_string_equal(s.crew, "");
    assert_int_equal(planned_s(c, "2024-03-31T00:00", "2024-04-01T00:00"), 23 * 3600);
}

static void accounts_are_cut_at_hours_shifts_and_breaks(void **state)
{
    (void)state;
    static const struct { const char *at, *before, *after; } cases[] = {
        {"2024-06-12T08:10", "2024-06-12T08:00", "2024-06-12T09:00"},
        {"2024-06-12T09:10", "2024-06-12T09:00", "2024-06-12T09:15"},
        {"2024-06-12T09:15", "2024-06-12T09:15", "2024-06-12T10:00"},
        {"2024-06-12T05:59:59.999", "2024-06-12T05:00", "2024-06-12T06:00"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(calendar_cut_before(&week, &berlin, local(cases[i].at)), local(cases[i].before));
        assert_int_equal(calendar_cut_after(&week, &berlin, local(cases[i].at)), local(cases[i].after));
    }
    struct calendar_shift half[] = {{.name = "half", .weekdays = EVERY_DAY, .from_minute = AT(6, 30), .to_minute = AT(14, 45)}};
    struct calendar c = {.shifts = half, .shift_count = 1};
    assert_int_equal(calendar_cut_after(&c, &berlin, local("2024-06-12T06:10")), local("2024-06-12T06:30"));
    assert_int_equal(calendar_cut_after(&c, &berlin, local("2024-06-12T14:30")), local("2024-06-12T14:45"));
}

static void moments_without_a_date_are_one_pause(void **state)
{
    (void)state;
    static const int64_t moments[] = {INT64_MIN, INT64_C(-62135596800001), INT64_C(253402300800000), INT64_MAX - 1};
    for (size_t i = 0; i < COUNT(moments); i++) {
        struct shift_at s;
        calendar_at(&week, &berlin, moments[i], &s);
        assert_true(!s.planned && s.day == 0 && s.from_ms <= moments[i] && s.to_ms > moments[i]);
        assert_true(calendar_cut_before(&week, &berlin, moments[i]) <= moments[i] && calendar_cut_after(&week, &berlin, moments[i]) > moments[i]);
    }
}

static void overlapping_weekly_shifts_are_found(void **state)
{
    (void)state;
    static const struct { struct calendar_shift a, b; bool overlap; } cases[] = {
        {{.weekdays = WED, .from_minute = AT(6, 0), .to_minute = AT(14, 0)}, {.weekdays = WED, .from_minute = AT(14, 0), .to_minute = AT(22, 0)}, false},
        {{.weekdays = WED, .from_minute = AT(6, 0), .to_minute = AT(14, 1)}, {.weekdays = WED, .from_minute = AT(14, 0), .to_minute = AT(22, 0)}, true},
        {{.weekdays = WED, .from_minute = AT(6, 0), .to_minute = AT(14, 1)}, {.weekdays = THU, .from_minute = AT(14, 0), .to_minute = AT(22, 0)}, false},
        {{.weekdays = WED, .from_minute = AT(22, 0), .to_minute = AT(6, 0)}, {.weekdays = THU, .from_minute = AT(5, 0), .to_minute = AT(13, 0)}, true},
        {{.weekdays = THU, .from_minute = AT(5, 0), .to_minute = AT(13, 0)}, {.weekdays = WED, .from_minute = AT(22, 0), .to_minute = AT(6, 0)}, true},
        {{.weekdays = SAT, .from_minute = AT(22, 0), .to_minute = AT(6, 0)}, {.weekdays = SUN, .from_minute = AT(0, 0), .to_minute = AT(8, 0)}, true},
        {{.weekdays = SUN, .from_minute = AT(0, 0), .to_minute = AT(8, 0)}, {.weekdays = SAT, .from_minute = AT(22, 0), .to_minute = 0}, false},
        {{.weekdays = WED, .from_minute = AT(6, 0), .to_minute = AT(14, 0), .valid_to = 20240630}, {.weekdays = WED, .from_minute = AT(6, 0), .to_minute = AT(14, 0), .valid_from = 20240701}, false},
        /* Both are valid for six days, none of which is a Wednesday; then for the seventh too. */
        {{.weekdays = WED, .from_minute = AT(6, 0), .to_minute = AT(14, 0), .valid_to = 20240618}, {.weekdays = WED, .from_minute = AT(6, 0), .to_minute = AT(14, 0), .valid_from = 20240613}, false},
        {{.weekdays = WED, .from_minute = AT(6, 0), .to_minute = AT(14, 0), .valid_to = 20240619}, {.weekdays = WED, .from_minute = AT(6, 0), .to_minute = AT(14, 0), .valid_from = 20240613}, true},
        /* The last night of one reaches into the first day of the other. */
        {{.weekdays = EVERY_DAY, .from_minute = AT(22, 0), .to_minute = AT(6, 0), .valid_to = 20240618}, {.weekdays = EVERY_DAY, .from_minute = AT(5, 0), .to_minute = AT(12, 0), .valid_from = 20240619}, true},
        {{.weekdays = EVERY_DAY, .from_minute = AT(22, 0), .to_minute = AT(6, 0), .valid_to = 20240618}, {.weekdays = EVERY_DAY, .from_minute = AT(5, 0), .to_minute = AT(12, 0), .valid_from = 20240620}, false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct calendar_shift shifts[] = {{.weekdays = MON, .from_minute = AT(1, 0), .to_minute = AT(2, 0), .valid_from = 20300101}, cases[i].a, cases[i].b};
        struct calendar c = {.shifts = shifts, .shift_count = 3};
        size_t first = 9, second = 9;
        assert_int_equal(calendar_overlap(&c, &first, &second), cases[i].overlap);
        if (cases[i].overlap)
            assert_true(first == 1 && second == 2);
    }
    size_t first, second;
    assert_false(calendar_overlap(&week, &first, &second));
    assert_false(calendar_overlap(calendar_always(), &first, &second));
}

/* ---- random calendars ---- */

static uint64_t seed;

static unsigned draw(unsigned below)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(seed >> 33) % below;
}

struct random_calendar {
    struct calendar calendar;
    struct calendar_shift shifts[6];
    struct calendar_day holidays[4];
    struct calendar_overtime overtime[4];
};

static int32_t random_date(void)
{
    return (int32_t)(20240000 + (1 + draw(12)) * 100 + 1 + draw(28));
}

static uint16_t quarter(unsigned n)
{
    return (uint16_t)(n * 15 % 1440);
}

static void make_random(struct random_calendar *r)
{
    static const char *const names[] = {"a", "b", "c", "d", "e", "f"};
    memset(r, 0, sizeof *r);
    r->calendar = (struct calendar){.shifts = r->shifts, .shift_count = draw(7), .holidays = r->holidays, .holiday_count = draw(5), .overtime = r->overtime,
        .overtime_count = draw(5), .night_next_day = draw(2)};
    for (size_t i = 0; i < r->calendar.shift_count; i++) {
        struct calendar_shift *s = &r->shifts[i];
        unsigned from = draw(96), length = 1 + draw(96);
        *s = (struct calendar_shift){.name = names[i], .weekdays = (uint8_t)draw(128), .from_minute = quarter(from), .to_minute = quarter(from + length),
            .valid_from = draw(4) ? 0 : random_date(), .valid_to = draw(4) ? 0 : random_date()};
        if (length > 4 && draw(2)) {
            unsigned begin = from + draw(length - 2);
            s->breaks[s->break_count++] = (struct calendar_break){quarter(begin), quarter(begin + 1)};
        }
    }
    for (size_t i = 0; i < r->calendar.holiday_count; i++) {
        int32_t day = random_date();
        r->holidays[i] = (struct calendar_day){day, draw(2) ? day : day + 1, "feast"};
    }
    for (size_t i = 0; i < r->calendar.overtime_count; i++)
        r->overtime[i] = (struct calendar_overtime){random_date(), quarter(draw(96)), quarter(draw(96)), "extra", ""};
}

static void same_within(const struct calendar *c, const struct zone *zone, const struct shift_at *s)
{
    int64_t inner = s->part_from_ms + draw(1 << 30) % (s->part_to_ms - s->part_from_ms);
    struct shift_at again;
    calendar_at(c, zone, inner, &again);
    assert_true(again.part_from_ms == s->part_from_ms && again.part_to_ms == s->part_to_ms && again.from_ms == s->from_ms && again.to_ms == s->to_ms);
    assert_true(again.planned == s->planned && again.in_break == s->in_break && again.day == s->day && again.name == s->name);
}

static void the_stretches_of_a_year_tile_it(void **state)
{
    (void)state;
    static const struct zone *const zones[] = {&utc, &berlin, &odd};
    for (unsigned n = 0; n < 150; n++) {
        struct random_calendar r;
        seed = n;
        make_random(&r);
        const struct zone *zone = zones[n % 3];
        int64_t t = ms_of(zone, "2024-01-01T00:00"), end = t + 366 * 24 * HOUR, begin = t, planned = 0;
        struct shift_at last = {0};
        while (t < end) {
            struct shift_at s;
            calendar_at(&r.calendar, zone, t, &s);
            assert_true(t == begin || s.part_from_ms == t); /* no gap and no overlap */
            assert_true(s.part_to_ms > t && s.from_ms <= s.part_from_ms && s.to_ms >= s.part_to_ms);
            assert_true(t == begin || s.from_ms == last.from_ms || s.from_ms == last.to_ms);
            assert_true(s.day > 0 && (s.planned || (!s.in_break && !*s.name)));
            same_within(&r.calendar, zone, &s);
            if (s.planned && !s.in_break)
                planned += (s.part_to_ms < end ? s.part_to_ms : end) - t;
            t = s.part_to_ms, last = s;
        }
        assert_int_equal(calendar_planned_ms(&r.calendar, zone, begin, end), planned);
    }
}

static void cuts_follow_each_other(void **state)
{
    (void)state;
    static const struct zone *const zones[] = {&utc, &berlin, &odd};
    for (unsigned n = 0; n < 30; n++) {
        struct random_calendar r;
        seed = 1000 + n;
        make_random(&r);
        const struct zone *zone = zones[n % 3];
        for (int64_t t = calendar_cut_before(&r.calendar, zone, ms_of(zone, "2024-01-01T00:00")), next; t < ms_of(zone, "2024-12-31T00:00"); t = next) {
            next = calendar_cut_after(&r.calendar, zone, t);
            assert_true(next > t && next - t <= HOUR);
            assert_int_equal(calendar_cut_before(&r.calendar, zone, next - 1), t);
            assert_int_equal(calendar_cut_before(&r.calendar, zone, next), next);
            struct shift_at s;
            calendar_at(&r.calendar, zone, t, &s);
            assert_true(s.part_from_ms <= t && s.part_to_ms >= next);
        }
    }
}

/* What the header says, painted quarter by quarter of an hour: who begins later ends the other; then overtime over it. */
enum { PAINTED = 366 * 96 };
static int8_t weekly[PAINTED], extra[PAINTED];

static void paint(int8_t *board, int64_t origin, int64_t from, int64_t to, int who)
{
    for (int64_t i = (from - origin) / (HOUR / 4); i >= 0 && i < PAINTED; i++) {
        if (board[i] < 0 && i * (HOUR / 4) + origin >= to)
            break;
        board[i] = (int8_t)(i * (HOUR / 4) + origin < to ? who : -1);
    }
}

static bool free_day(const struct calendar *c, int32_t date)
{
    for (size_t i = 0; i < c->holiday_count; i++)
        if (date >= c->holidays[i].from && date <= c->holidays[i].to)
            return true;
    return false;
}

static void paint_year(const struct calendar *c, const struct zone *zone, int64_t origin)
{
    memset(weekly, -1, sizeof weekly);
    memset(extra, -1, sizeof extra);
    for (int day = 1; day <= 365; day++)
        for (int minute = 0; minute < 1440; minute += 15) {
            struct civil begin = {.year = 2024, .month = 1, .day = day, .minute = minute};
            struct civil date = zone_civil(NULL, zone_utc(NULL, (struct civil){.year = 2024, .month = 1, .day = day}));
            int32_t number = date.year * 10000 + date.month * 100 + date.day;
            for (size_t i = 0; i < c->shift_count; i++) {
                const struct calendar_shift *s = &c->shifts[i];
                struct civil end = {.year = 2024, .month = 1, .day = day + (s->to_minute <= s->from_minute), .minute = s->to_minute};
                if (s->from_minute == minute && (s->weekdays >> date.weekday & 1) && number >= s->valid_from && (!s->valid_to || number <= s->valid_to) && !free_day(c, number))
                    if (zone_utc(zone, begin) < zone_utc(zone, end))
                        paint(weekly, origin, zone_utc(zone, begin), zone_utc(zone, end), (int)i);
            }
            for (size_t i = 0; i < c->overtime_count; i++) {
                const struct calendar_overtime *o = &c->overtime[i];
                struct civil end = {.year = 2024, .month = 1, .day = day + (o->to_minute <= o->from_minute), .minute = o->to_minute};
                if (o->from_minute == minute && o->day == number && zone_utc(zone, begin) < zone_utc(zone, end))
                    paint(extra, origin, zone_utc(zone, begin), zone_utc(zone, end), (int)i);
            }
        }
}

static void a_moment_is_what_a_painted_year_shows(void **state)
{
    (void)state;
    for (unsigned n = 0; n < 24; n++) {
        struct random_calendar r;
        seed = 5000 + n;
        make_random(&r);
        const struct zone *zone = n % 2 ? &berlin : &utc;
        int64_t origin = ms_of(zone, "2024-01-01T00:00");
        paint_year(&r.calendar, zone, origin);
        for (int64_t i = 96; i < 364 * 96; i++) {
            struct shift_at s;
            calendar_at(&r.calendar, zone, origin + i * (HOUR / 4), &s);
            assert_string_equal(s.name, extra[i] >= 0 ? "extra" : weekly[i] >= 0 ? r.shifts[weekly[i]].name : "");
        }
    }
}

/* In any order, of several calendars, over both clock changes, with more stretches than it remembers. */
static void what_is_remembered_is_what_the_calendar_says(void **state)
{
    (void)state;
    static struct calendar_memo memo;
    const struct calendar *const calendars[] = {&week, &every_night, calendar_always()};
    const int64_t begin = local("2024-01-01T00:00"), hours = 366 * 24;
    uint64_t chance = 1;
    for (int i = 0; i < 60000; i++) {
        const struct calendar *calendar = calendars[i % 3];
        chance = chance * 6364136223846793005u + 1442695040888963407u;
        int64_t ms = i % 2 ? begin + (int64_t)(chance >> 33) % (hours * HOUR) : begin + (int64_t)(i / 500) * 20 * HOUR + i % 500 * 60000;
        struct shift_at is, expected;
        calendar_memo_at(&memo, calendar, &berlin, ms, &is);
        calendar_at(calendar, &berlin, ms, &expected);
        assert_int_equal(is.planned, expected.planned);
        assert_int_equal(is.in_break, expected.in_break);
        assert_int_equal(is.from_ms, expected.from_ms);
        assert_int_equal(is.to_ms, expected.to_ms);
        assert_int_equal(is.part_from_ms, expected.part_from_ms);
        assert_int_equal(is.part_to_ms, expected.part_to_ms);
        assert_int_equal(is.day, expected.day);
        assert_string_equal(is.name, expected.name);
        if (i % 100 == 0)
            assert_int_equal(calendar_memo_planned_ms(&memo, calendar, &berlin, ms, ms + 30 * HOUR), calendar_planned_ms(calendar, &berlin, ms, ms + 30 * HOUR));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_week_of_three_shifts),
        CASE(a_night_shift_may_belong_to_the_next_day),
        CASE(the_nights_of_a_clock_change_have_their_own_length),
        CASE(a_query_holds_its_part_of_a_night),
        CASE(the_days_of_a_clock_change_have_92_and_100_quarter_hours),
        CASE(breaks_are_stretches_of_their_shift),
        CASE(a_break_keeps_its_length_when_the_clock_changes),
        CASE(a_holiday_takes_the_weekly_shifts_that_begin_on_it),
        CASE(overtime_over_pauses_holidays_and_weekly_shifts),
        CASE(of_two_weekly_shifts_the_one_that_began_later_ends_the_other),
        CASE(crews_rotate_forwards_and_backwards),
        CASE(shifts_are_valid_from_and_to_a_date),
        CASE(without_a_calendar_every_local_day_is_planned),
        CASE(accounts_are_cut_at_hours_shifts_and_breaks),
        CASE(moments_without_a_date_are_one_pause),
        CASE(overlapping_weekly_shifts_are_found),
        CASE(the_stretches_of_a_year_tile_it),
        CASE(what_is_remembered_is_what_the_calendar_says),
        CASE(cuts_follow_each_other),
        CASE(a_moment_is_what_a_painted_year_shows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
