#include "core/calendar.h"

/*
 * What is on at a moment is found among the shifts that begin on the day before, the day and the day after: none lasts longer than 24 hours of the
 * clock. Overtime of the day before those may have cut off the beginning of a shift that is on. A struct window is those four days; where no clock
 * change is near, local times become instants without asking the zone. A struct candidate is, of one kind of shift, the one that began last at or
 * before the moment, and when the next one begins: as whoever begins later ends the other, nobody before it can still be on.
 */

enum { DAY_MINUTES = 1440, NEAR_DAYS = 3, WINDOW_DAYS = 4, TODAY = 2 /* in the window */ };
#define MINUTE_MS INT64_C(60000)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)
#define EARLIEST_MS INT64_C(-62135596800000) /* year 1 */
#define LATEST_MS INT64_C(253402300800000)   /* year 10000 */

struct window {
    const struct calendar *calendar;
    const struct zone *zone;
    int64_t at_ms, day;             /* the moment, and its local day since 1970 */
    int32_t dates[WINDOW_DAYS];     /* yyyymmdd of the two days before, the day, the day after */
    bool steady;                    /* one offset for all instants that matter */
    int64_t offset_ms;
};

struct candidate {
    bool found;                     /* something began at or before the moment, and from_ms .. day are set */
    int64_t from_ms, to_ms;
    int64_t next_ms;                /* INT64_MAX: nothing begins */
    int64_t began;                  /* local day, since 1970 */
    int32_t day;
    size_t index;                   /* in shifts or overtime */
};

static const struct calendar always = {.name = "always", .always = true};

const struct calendar *calendar_always(void)
{
    return &always;
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static int32_t date_of(int64_t day)
{
    struct civil c = zone_civil(NULL, day * DAY_MS);
    return c.year * 10000 + c.month * 100 + c.day;
}

static int64_t day_of(int32_t date)
{
    return civil_days(date / 10000, date / 100 % 100, date % 100);
}

static int weekday_of(int64_t day)
{
    return (int)(day + 4 - floor_div(day + 4, 7) * 7);
}

static int64_t instant(const struct window *w, int64_t day, int minute)
{
    if (w->steady)
        return day * DAY_MS + minute * MINUTE_MS - w->offset_ms;
    return zone_utc(w->zone, (struct civil){.year = 1970, .month = 1, .day = (int)day + 1, .minute = minute});
}

static struct window window_at(const struct calendar *calendar, const struct zone *zone, int64_t ms)
{
    int64_t from, to;
    int64_t offset_ms = zone_steady(zone, ms, &from, &to) * INT64_C(1000);
    struct window w = {.calendar = calendar, .zone = zone, .at_ms = ms, .offset_ms = offset_ms,
        .steady = from < ms - NEAR_DAYS * DAY_MS && to > ms + NEAR_DAYS * DAY_MS, .day = floor_div(ms + offset_ms, DAY_MS)};
    /* Where clocks go back over midnight, a day begins when it is midnight for the last time. */
    while (instant(&w, w.day, 0) > ms)
        w.day--;
    while (instant(&w, w.day + 1, 0) <= ms)
        w.day++;
    for (int k = 0; k < WINDOW_DAYS; k++)
        w.dates[k] = date_of(w.day + k - TODAY);
    return w;
}

static bool within(int32_t date, int32_t from, int32_t to)
{
    return date >= from && (to == 0 || date <= to);
}

bool calendar_holiday(const struct calendar *calendar, int32_t date)
{
    for (size_t i = 0; i < calendar->holiday_count; i++)
        if (within(date, calendar->holidays[i].from, calendar->holidays[i].to))
            return true;
    return false;
}

/* An end at or before the beginning is on the next day. */
static int end_minute(uint16_t from, uint16_t to)
{
    return to > from ? to : to + DAY_MINUTES;
}

static void consider(struct candidate *c, const struct window *w, int k, uint16_t from, uint16_t to, size_t index)
{
    int64_t began = w->day + k - TODAY, from_ms = instant(w, began, from), to_ms = instant(w, began, end_minute(from, to));
    if (from_ms >= to_ms) /* the clock jumped over it */
        return;
    if (from_ms > w->at_ms) {
        c->next_ms = from_ms < c->next_ms ? from_ms : c->next_ms;
        return;
    }
    if (c->found && from_ms < c->from_ms)
        return;
    bool over_midnight = end_minute(from, to) > DAY_MINUTES;
    *c = (struct candidate){.found = true, .from_ms = from_ms, .to_ms = to_ms, .next_ms = c->next_ms, .began = began, .index = index,
        .day = over_midnight && w->calendar->night_next_day ? date_of(began + 1) : w->dates[k]};
}

static void settle(struct candidate *c)
{
    if (c->found && c->to_ms > c->next_ms)
        c->to_ms = c->next_ms;
}

static struct candidate find_weekly(const struct window *w)
{
    struct candidate c = {.next_ms = INT64_MAX};
    for (int k = TODAY - 1; k < WINDOW_DAYS; k++) {
        unsigned weekday = 1u << weekday_of(w->day + k - TODAY);
        if (calendar_holiday(w->calendar, w->dates[k]))
            continue;
        for (size_t i = 0; i < w->calendar->shift_count; i++) {
            const struct calendar_shift *s = &w->calendar->shifts[i];
            if ((s->weekdays & weekday) && within(w->dates[k], s->valid_from, s->valid_to))
                consider(&c, w, k, s->from_minute, s->to_minute, i);
        }
    }
    settle(&c);
    return c;
}

static struct candidate find_overtime(const struct window *w)
{
    struct candidate c = {.next_ms = INT64_MAX};
    for (size_t i = 0; i < w->calendar->overtime_count; i++) {
        const struct calendar_overtime *o = &w->calendar->overtime[i];
        for (int k = 0; k < WINDOW_DAYS; k++)
            if (o->day == w->dates[k])
                consider(&c, w, k, o->from_minute, o->to_minute, i);
    }
    settle(&c);
    return c;
}

static bool is_on(const struct candidate *c, int64_t ms)
{
    return c->found && ms < c->to_ms;
}

/* Narrows the stretch from both sides by a bound. */
static void bound(struct shift_at *out, int64_t at_ms, int64_t bound_ms)
{
    if (bound_ms <= at_ms && bound_ms > out->part_from_ms)
        out->part_from_ms = bound_ms;
    if (bound_ms > at_ms && bound_ms < out->part_to_ms)
        out->part_to_ms = bound_ms;
}

static void put_breaks(struct shift_at *out, const struct window *w, const struct calendar_shift *s, int64_t began)
{
    for (size_t i = 0; i < s->break_count; i++) {
        int from = s->breaks[i].from_minute;
        int64_t length_ms = (end_minute(s->breaks[i].from_minute, s->breaks[i].to_minute) - from) * MINUTE_MS;
        int64_t from_ms = instant(w, began, from >= s->from_minute ? from : from + DAY_MINUTES), to_ms = from_ms + length_ms;
        bound(out, w->at_ms, from_ms);
        bound(out, w->at_ms, to_ms);
        out->in_break = out->in_break || (from_ms <= w->at_ms && w->at_ms < to_ms);
    }
}

static const char *crew_of(const struct calendar *calendar, size_t index, int64_t day)
{
    const struct calendar_rotation *r = &calendar->rotation;
    const struct calendar_shift *s = &calendar->shifts[index];
    if ((s->crew && *s->crew) || r->start == 0 || r->crew_count == 0)
        return s->crew ? s->crew : "";
    int64_t count = (int64_t)r->crew_count, step = floor_div(day - day_of(r->start), r->step_days ? r->step_days : 1);
    int64_t at = (int64_t)index + step * r->turn;
    return r->crews[at - floor_div(at, count) * count];
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t sooner(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static const char *text_or(const char *text, const char *otherwise)
{
    return text ? text : otherwise;
}

static void take_shift(struct shift_at *out, const struct window *w, const struct candidate *weekly, const struct candidate *overtime)
{
    const struct calendar_shift *s = &w->calendar->shifts[weekly->index];
    out->planned = true;
    out->from_ms = overtime->found ? later(weekly->from_ms, overtime->to_ms) : weekly->from_ms;
    out->to_ms = sooner(weekly->to_ms, overtime->next_ms);
    out->day = weekly->day;
    out->name = text_or(s->name, "");
    out->title = text_or(s->title, out->name);
    out->crew = crew_of(w->calendar, weekly->index, day_of(weekly->day));
    out->part_from_ms = out->from_ms, out->part_to_ms = out->to_ms;
    put_breaks(out, w, s, weekly->began);
}

static void take_overtime(struct shift_at *out, const struct window *w, const struct candidate *overtime)
{
    const struct calendar_overtime *o = &w->calendar->overtime[overtime->index];
    *out = (struct shift_at){.planned = true, .from_ms = overtime->from_ms, .to_ms = overtime->to_ms, .part_from_ms = overtime->from_ms,
        .part_to_ms = overtime->to_ms, .day = overtime->day, .name = text_or(o->name, ""), .title = text_or(o->name, ""), .crew = text_or(o->crew, "")};
}

void calendar_at(const struct calendar *calendar, const struct zone *zone, int64_t ms, struct shift_at *out)
{
    *out = (struct shift_at){.name = "", .title = "", .crew = ""};
    if (ms < EARLIEST_MS || ms >= LATEST_MS) {
        out->from_ms = out->part_from_ms = ms < EARLIEST_MS ? INT64_MIN : LATEST_MS;
        out->to_ms = out->part_to_ms = ms < EARLIEST_MS ? EARLIEST_MS : INT64_MAX;
        return;
    }
    struct window w = window_at(calendar, zone, ms);
    out->planned = calendar->always;
    out->day = w.dates[TODAY];
    out->from_ms = instant(&w, w.day, 0), out->to_ms = instant(&w, w.day + 1, 0);
    if (!calendar->always) {
        struct candidate weekly = find_weekly(&w), overtime = find_overtime(&w);
        if (is_on(&overtime, ms)) {
            take_overtime(out, &w, &overtime);
            return;
        }
        if (is_on(&weekly, ms)) {
            take_shift(out, &w, &weekly, &overtime);
            return;
        }
        if (weekly.found)
            out->from_ms = later(out->from_ms, weekly.to_ms);
        if (overtime.found)
            out->from_ms = later(out->from_ms, overtime.to_ms);
        out->to_ms = sooner(out->to_ms, sooner(weekly.next_ms, overtime.next_ms));
    }
    out->part_from_ms = out->from_ms, out->part_to_ms = out->to_ms;
}

int64_t calendar_planned_ms(const struct calendar *calendar, const struct zone *zone, int64_t from_ms, int64_t to_ms)
{
    int64_t sum = 0;
    if (calendar->always)
        return to_ms > from_ms ? to_ms - from_ms : 0;
    while (from_ms < to_ms) {
        struct shift_at s;
        calendar_at(calendar, zone, from_ms, &s);
        int64_t end = sooner(s.part_to_ms, to_ms);
        if (s.planned && !s.in_break)
            sum += end - from_ms;
        from_ms = end;
    }
    return sum;
}

/* The local hour of a moment; a clock change is a bound too. */
static void hour_at(const struct zone *zone, int64_t ms, int64_t *from_ms, int64_t *to_ms)
{
    int64_t offset_ms = zone_steady(zone, ms, from_ms, to_ms) * INT64_C(1000);
    int64_t begin = floor_div(ms + offset_ms, HOUR_MS) * HOUR_MS - offset_ms;
    *from_ms = later(*from_ms, begin);
    *to_ms = sooner(*to_ms, begin + HOUR_MS);
}

static void cuts_around(const struct calendar *calendar, const struct zone *zone, int64_t ms, int64_t *before, int64_t *after)
{
    struct shift_at s;
    calendar_at(calendar, zone, ms, &s);
    *before = s.part_from_ms, *after = s.part_to_ms;
    if (ms < EARLIEST_MS || ms >= LATEST_MS)
        return;
    int64_t from, to;
    hour_at(zone, ms, &from, &to);
    *before = later(*before, from);
    *after = sooner(*after, to);
}

int64_t calendar_cut_before(const struct calendar *calendar, const struct zone *zone, int64_t ms)
{
    int64_t before, after;
    cuts_around(calendar, zone, ms, &before, &after);
    return before;
}

int64_t calendar_cut_after(const struct calendar *calendar, const struct zone *zone, int64_t ms)
{
    int64_t before, after;
    cuts_around(calendar, zone, ms, &before, &after);
    return after;
}

/* Is there a day of that weekday on which `a` is valid, and `b` so many days later? */
static bool both_valid(const struct calendar_shift *a, const struct calendar_shift *b, int weekday, int days_later)
{
    int64_t from = later(a->valid_from ? day_of(a->valid_from) : INT32_MIN, b->valid_from ? day_of(b->valid_from) - days_later : INT32_MIN);
    int64_t to = sooner(a->valid_to ? day_of(a->valid_to) : INT32_MAX, b->valid_to ? day_of(b->valid_to) - days_later : INT32_MAX);
    int wait = (weekday - weekday_of(from) + 7) % 7;
    return from + wait <= to;
}

static bool overlap(const struct calendar_shift *a, const struct calendar_shift *b)
{
    int a_end = end_minute(a->from_minute, a->to_minute), b_end = end_minute(b->from_minute, b->to_minute);
    for (int weekday = 0; weekday < 7; weekday++)
        for (int later_days = -1; later_days <= 1; later_days++) {
            int b_weekday = (weekday + later_days + 7) % 7, shift = later_days * DAY_MINUTES;
            if ((a->weekdays >> weekday & 1) && (b->weekdays >> b_weekday & 1) && a->from_minute < b_end + shift && b->from_minute + shift < a_end
                && both_valid(a, b, weekday, later_days))
                return true;
        }
    return false;
}

bool calendar_overlap(const struct calendar *calendar, size_t *first, size_t *second)
{
    for (size_t j = 1; j < calendar->shift_count; j++)
        for (size_t i = 0; i < j; i++)
            if (overlap(&calendar->shifts[i], &calendar->shifts[j])) {
                *first = i, *second = j;
                return true;
            }
    return false;
}
