/*
 * A struct timeline is a value. Ticks are walked on the local calendar and turned into UTC one by one, so that a day of 23 or 25 hours has
 * its hours where they were.
 */
#include "draw/timeline.h"

#include <stdio.h>
#include <string.h>

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

enum { TOLERANCE = 20, LABEL_GAP = 2, DAY_SECONDS = 86400, YEAR_MONTHS = 12 };

const int64_t timeline_zooms[TIMELINE_ZOOMS] = {
    MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 12 * HOUR,
    DAY, 2 * DAY, 7 * DAY, 14 * DAY, 30 * DAY, 90 * DAY, 365 * DAY,
};

/* Divisors of the next larger unit where there are any; close enough together that no zoom shows much more than it says. */
static const int64_t steps[] = {
    100, 200, 300, 500, SECOND, 2 * SECOND, 3 * SECOND, 4 * SECOND, 5 * SECOND, 6 * SECOND, 10 * SECOND, 12 * SECOND, 15 * SECOND, 20 * SECOND, 30 * SECOND,
    MINUTE, 2 * MINUTE, 3 * MINUTE, 4 * MINUTE, 5 * MINUTE, 6 * MINUTE, 8 * MINUTE, 10 * MINUTE, 12 * MINUTE, 15 * MINUTE, 20 * MINUTE, 30 * MINUTE, 40 * MINUTE,
    HOUR, 90 * MINUTE, 2 * HOUR, 3 * HOUR, 4 * HOUR, 6 * HOUR, 8 * HOUR, 12 * HOUR, DAY, 36 * HOUR, 2 * DAY, 3 * DAY, 4 * DAY, 5 * DAY, 6 * DAY, 7 * DAY,
    10 * DAY, 14 * DAY, 28 * DAY,
};

static const char *const weekdays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

int timeline_zoom(int64_t span_ms)
{
    int at = 0;
    while (at + 1 < TIMELINE_ZOOMS && timeline_zooms[at] < span_ms)
        at++;
    return at;
}

int64_t timeline_step(int64_t span_ms, int columns)
{
    size_t i = 0, last = sizeof steps / sizeof steps[0] - 1;
    while (i < last && steps[i] * columns < span_ms - span_ms / TOLERANCE)
        i++;
    return steps[i];
}

void timeline_step_text(int64_t step_ms, char out[SPAN_TEXT])
{
    static const struct { int64_t ms; char letter; } units[] = {{DAY, 'd'}, {HOUR, 'h'}, {MINUTE, 'm'}, {SECOND, 's'}};
    size_t i = 0;
    while (i + 1 < sizeof units / sizeof units[0] && step_ms % units[i].ms != 0)
        i++;
    if (step_ms % units[i].ms != 0)
        snprintf(out, SPAN_TEXT, "%lld.%llds", (long long)(step_ms / SECOND), (long long)(step_ms % SECOND / 100));
    else
        snprintf(out, SPAN_TEXT, "%lld%c", (long long)(step_ms / units[i].ms), units[i].letter);
}

static int64_t floor_to(int64_t ms, int64_t step)
{
    int64_t rest = ms % step;
    return ms - (rest < 0 ? rest + step : rest);
}

struct timeline timeline_to(const struct zone *zone, int64_t last_ms, int64_t span_ms, int columns)
{
    int many = columns < 1 ? 1 : columns;
    int64_t step = timeline_step(span_ms, many), offset = (int64_t)zone_offset_s(zone, last_ms) * SECOND;
    int64_t end = floor_to(last_ms + offset, step) - offset + step;
    return (struct timeline){.from_ms = end - step * many, .step_ms = step, .columns = many};
}

int timeline_column(const struct timeline *line, int64_t ms)
{
    int64_t column = floor_to(ms - line->from_ms, line->step_ms) / line->step_ms;
    return column < -1 ? -1 : column > line->columns ? line->columns : (int)column;
}

int64_t timeline_days_ago(const struct zone *zone, int64_t ms, int days)
{
    struct civil at = zone_civil(zone, ms);
    at.day -= days;
    return zone_utc(zone, at);
}

/* ---- labels ---- */

enum tick_unit { TICK_SECOND, TICK_DAY, TICK_WEEK, TICK_MONTH };

static const struct tick {
    enum tick_unit unit;
    int count, width; /* of the label's cells */
    int64_t ms;       /* about */
} ticks[] = {
    {TICK_SECOND, 1, 8, SECOND}, {TICK_SECOND, 2, 8, 2 * SECOND}, {TICK_SECOND, 5, 8, 5 * SECOND}, {TICK_SECOND, 10, 8, 10 * SECOND},
    {TICK_SECOND, 15, 8, 15 * SECOND}, {TICK_SECOND, 20, 8, 20 * SECOND}, {TICK_SECOND, 30, 8, 30 * SECOND},
    {TICK_SECOND, 60, 6, MINUTE}, {TICK_SECOND, 120, 6, 2 * MINUTE}, {TICK_SECOND, 300, 6, 5 * MINUTE}, {TICK_SECOND, 600, 6, 10 * MINUTE},
    {TICK_SECOND, 900, 6, 15 * MINUTE}, {TICK_SECOND, 1800, 6, 30 * MINUTE}, {TICK_SECOND, 3600, 6, HOUR}, {TICK_SECOND, 7200, 6, 2 * HOUR},
    {TICK_SECOND, 10800, 6, 3 * HOUR}, {TICK_SECOND, 14400, 6, 4 * HOUR}, {TICK_SECOND, 21600, 6, 6 * HOUR}, {TICK_SECOND, 43200, 6, 12 * HOUR},
    {TICK_DAY, 1, 6, DAY}, {TICK_DAY, 2, 6, 2 * DAY}, {TICK_WEEK, 1, 6, 7 * DAY}, {TICK_WEEK, 2, 6, 14 * DAY},
    {TICK_MONTH, 1, 4, 30 * DAY}, {TICK_MONTH, 2, 4, 61 * DAY}, {TICK_MONTH, 3, 4, 91 * DAY}, {TICK_MONTH, 6, 4, 182 * DAY}, {TICK_MONTH, 12, 4, 365 * DAY},
};

static const struct tick *tick_for(int64_t span_ms, int w)
{
    const struct tick *tick = ticks, *last = ticks + sizeof ticks / sizeof ticks[0] - 1;
    while (tick < last && tick->ms * w < span_ms * (tick->width + LABEL_GAP))
        tick++;
    return tick;
}

/* The tick at or before a moment: a local time whose fields step on by tick_next(). */
static struct civil tick_first(const struct tick *tick, struct civil at)
{
    int64_t days = civil_days(at.year, at.month, at.day);
    int seconds = at.hour * 3600 + at.minute * 60 + at.second;
    struct civil first = {.year = at.year, .month = at.month, .day = at.day};
    switch (tick->unit) {
    case TICK_SECOND: first.second = seconds - seconds % tick->count; break;
    case TICK_DAY: first.day -= (int)(days % tick->count); break;
    case TICK_WEEK: first.day -= (int)((days + 3) % (7 * tick->count)); break; /* day 0 was a Thursday */
    case TICK_MONTH:
        first.day = 1;
        first.month -= (first.month - 1) % tick->count;
        break;
    }
    return first;
}

static void tick_next(const struct tick *tick, struct civil *at)
{
    switch (tick->unit) {
    case TICK_SECOND:
        at->second += tick->count;
        if (at->second >= DAY_SECONDS) {
            at->second = 0;
            at->day++;
        }
        break;
    case TICK_DAY: at->day += tick->count; break;
    case TICK_WEEK: at->day += 7 * tick->count; break;
    case TICK_MONTH: at->month += tick->count; break;
    }
}

static void label_text(const struct tick *tick, const struct civil *at, char out[TIMELINE_LABEL])
{
    const char *weekday = weekdays[at->weekday % 7], *month = months[(at->month + YEAR_MONTHS - 1) % YEAR_MONTHS];
    bool midnight = at->hour == 0 && at->minute == 0 && at->second == 0;
    if (tick->unit == TICK_MONTH && at->month == 1)
        snprintf(out, TIMELINE_LABEL, "%d", at->year);
    else if (tick->unit == TICK_MONTH)
        snprintf(out, TIMELINE_LABEL, "%s", month);
    else if (tick->unit == TICK_WEEK)
        snprintf(out, TIMELINE_LABEL, "%d %s", at->day, month);
    else if (tick->unit == TICK_DAY || (midnight && tick->count >= 60))
        snprintf(out, TIMELINE_LABEL, "%s %d", weekday, at->day);
    else if (tick->count < 60)
        snprintf(out, TIMELINE_LABEL, "%02d:%02d:%02d", at->hour, at->minute, at->second);
    else
        snprintf(out, TIMELINE_LABEL, "%02d:%02d", at->hour, at->minute);
}

size_t timeline_labels(const struct zone *zone, int64_t from_ms, int64_t to_ms, int w, struct time_label labels[TIMELINE_LABELS])
{
    if (w < 1 || to_ms <= from_ms)
        return 0;
    const struct tick *tick = tick_for(to_ms - from_ms, w);
    struct civil walk = tick_first(tick, zone_civil(zone, from_ms));
    size_t count = 0;
    int free_x = 0;
    for (int64_t at = zone_utc(zone, walk); at < to_ms && count < TIMELINE_LABELS; tick_next(tick, &walk), at = zone_utc(zone, walk)) {
        int x = at < from_ms ? -1 : (int)((at - from_ms) * w / (to_ms - from_ms));
        if (x < free_x)
            continue;
        struct civil local = zone_civil(zone, at);
        label_text(tick, &local, labels[count].text);
        int width = (int)strlen(labels[count].text);
        if (x + width > w)
            break;
        labels[count++].x = x;
        free_x = x + width + 1;
    }
    return count;
}

void timeline_text(const struct zone *zone, int64_t ms, int64_t step_ms, int64_t now_ms, char *out, size_t cap)
{
    struct civil at = zone_civil(zone, ms), now = zone_civil(zone, now_ms);
    char clock[16] = "", date[32] = "";
    if (step_ms < DAY)
        snprintf(clock, sizeof clock, step_ms < MINUTE ? "%02d:%02d:%02d" : "%02d:%02d", at.hour, at.minute, at.second);
    if (at.year != now.year)
        snprintf(date, sizeof date, "%d %s %d", at.day, months[(at.month + YEAR_MONTHS - 1) % YEAR_MONTHS], at.year);
    else if (at.month != now.month || at.day != now.day || step_ms >= DAY)
        snprintf(date, sizeof date, "%s %d %s", weekdays[at.weekday % 7], at.day, months[(at.month + YEAR_MONTHS - 1) % YEAR_MONTHS]);
    snprintf(out, cap, "%s%s%s", date, date[0] && clock[0] ? " " : "", clock);
}
