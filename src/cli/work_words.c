/*
 * Words and numbers of the reports on production, the same in each format for people. What is undefined is "-", and never a nought.
 */
#include <math.h>
#include <string.h>

#include "cli/work.h"
#include "core/chunk.h"
#include "core/number.h"

void work_share(double share, char out[WORK_TIME])
{
    if (isnan(share))
        snprintf(out, WORK_TIME, "-");
    else
        snprintf(out, WORK_TIME, "%.1f %%", share * 100);
}

void work_minutes(double ms, char out[WORK_TIME])
{
    if (isnan(ms))
        snprintf(out, WORK_TIME, "-");
    else
        snprintf(out, WORK_TIME, "%.1f", ms / 60000);
}

void work_hours(double ms, char out[WORK_TIME])
{
    double whole = isnan(ms) ? 0 : round(fabs(ms) / 1000);
    long long seconds = whole < 1e15 ? (long long)whole : 0;
    if (isnan(ms))
        snprintf(out, WORK_TIME, "-");
    else
        snprintf(out, WORK_TIME, "%s%lld:%02d:%02d", ms < 0 && seconds ? "-" : "", seconds / 3600, (int)(seconds / 60 % 60), (int)(seconds % 60));
}

void work_pieces(double pieces, char out[WORK_TIME])
{
    char text[NUMBER_TEXT];
    if (isnan(pieces)) {
        snprintf(out, WORK_TIME, "-");
        return;
    }
    number_text(round(pieces), 0, true, text);
    snprintf(out, WORK_TIME, "%.31s", text);
}

void work_moment(const struct work *work, int64_t ms, char out[WORK_TIME])
{
    struct civil c = zone_civil(work->zone, ms);
    snprintf(out, WORK_TIME, "%04d-%02d-%02d %02d:%02d", c.year % 10000, c.month % 100, c.day % 100, c.hour % 100, c.minute % 100);
}

static void day_text(int32_t day, char out[WORK_TIME])
{
    snprintf(out, WORK_TIME, "%04d-%02d-%02d", (int)(day / 10000 % 10000), (int)(day / 100 % 100), (int)(day % 100));
}

static void shift_title(const struct work *work, const struct work_part *part, char out[WORK_TITLE])
{
    char day[WORK_TIME], from[WORK_TIME];
    day_text(part->day, day);
    work_moment(work, part->from_ms, from);
    if (!part->planned)
        snprintf(out, WORK_TITLE, "%s no shift", from);
    else
        snprintf(out, WORK_TITLE, "%s%s%s%s%s", day, part->name[0] ? " " : "", part->name, part->crew[0] ? ", crew " : "", part->crew);
}

void work_part_title(const struct work *work, enum account_by by, const struct work_part *part, char out[WORK_TITLE])
{
    char time[WORK_TIME];
    switch (by) {
    case BY_HOUR: work_moment(work, part->from_ms, time); break;
    case BY_SHIFT: shift_title(work, part, out); return;
    case BY_DAY: day_text(part->day, time); break;
    default:
        snprintf(out, WORK_TITLE, "%s", part->name[0] ? part->name : "(none told)");
        return;
    }
    snprintf(out, WORK_TITLE, "%s", time);
}

void work_title(const struct work *work, char *out, size_t cap)
{
    char period[PERIOD_TEXT];
    period_text(work->zone, work->period, period);
    const char *what = work->shift ? "shift" : "production", *crew = work->shift ? work->at.crew : "";
    snprintf(out, cap, "%s: %s%s%s%s%s, %s", work->plant->nodes[0].title, what, work->shift && work->at.name[0] ? " " : "", work->shift ? work->at.name : "",
        crew[0] ? ", crew " : "", crew, period);
}

static bool any_always(const struct work *work)
{
    for (size_t l = 0; l < work->line_count; l++)
        if (work->lines[l].calendar->always)
            return true;
    return false;
}

/* The first line that is told of another stretch than the first of all is, by a calendar of its own. */
static const struct work_line *other_period(const struct work *work)
{
    for (size_t l = 0; l < work->line_count; l++)
        if (work->lines[l].period.from_ms != work->period.from_ms || work->lines[l].period.to_ms != work->period.to_ms)
            return &work->lines[l];
    return NULL;
}

static bool any_cut(const struct work *work)
{
    for (size_t l = 0; l < work->line_count; l++)
        if (work->lines[l].stops_cut)
            return true;
    return false;
}

bool work_remark(const struct work *work, size_t i, char *out, size_t cap)
{
    char from[WORK_TIME], to[WORK_TIME];
    const struct work_line *other = other_period(work);
    const bool is[] = {
        any_always(work),
        work->kept_from_ms > work->period.from_ms,
        work->period.to_ms < work->asked.to_ms,
        work->period.from_ms < work->asked.from_ms,
        any_cut(work),
        work->untold,
        other != NULL,
    };
    size_t r = 0;
    for (; r < sizeof is / sizeof is[0]; r++)
        if (is[r] && i-- == 0)
            break;
    work_moment(work, r == 1 ? work->kept_from_ms : work->period.from_ms, from);
    work_moment(work, work->period.to_ms, to);
    switch (r) {
    case 0: snprintf(out, cap, "No calendar is configured: every hour of every day counts as planned."); return true;
    case 1: snprintf(out, cap, "The cache begins at %s: what was before is unknown.", from); return true;
    case 2: snprintf(out, cap, "It is not over: figures are up to %s, the newest moment that is kept.", to); return true;
    case 3: snprintf(out, cap, "Accounts are cut at hours, shifts and breaks: it begins at %s.", from); return true;
    case 4: snprintf(out, cap, "Of a line's stops the newest %d are counted by reason.", WORK_STOPS); return true;
    case 5: snprintf(out, cap, "What is in no account yet cannot be told: the newest hour, and open calls."); return true;
    case 6:
        work_moment(work, other->period.from_ms, from);
        work_moment(work, other->period.to_ms, to);
        snprintf(out, cap, "Each line is told by its own calendar: %s from %s to %s.", other->title, from, to);
        return true;
    default: return false;
    }
}

struct kpis work_kpis(const struct account *sum, const struct account_group *group)
{
    return group ? account_group_kpis(group) : account_kpis(sum);
}

void work_note(const struct account *sum, const struct account_group *group, char out[WORK_NOTE])
{
    const char *why = account_undefined(group && group->unrated ? &group->rated : sum);
    if (group && group->unrated && !isnan(account_group_kpis(group).oee))
        snprintf(out, WORK_NOTE, "without %u line%s (%s)", (unsigned)group->unrated, group->unrated > 1 ? "s" : "", account_group_lacks(group));
    else
        snprintf(out, WORK_NOTE, "%s", group && group->unrated ? account_undefined(sum) : why ? why : account_kpis(sum).standard_too_slow ? "standard too slow?" : "");
}

bool work_stop_words(const struct stop_version *v, char out[WORK_TITLE])
{
    bool given = v->reason[0] != '\0';
    snprintf(out, WORK_TITLE, "%s", given ? v->reason_title[0] ? v->reason_title : v->reason : v->stop.message[0] ? v->stop.message : "no reason given");
    return given;
}

const struct work_parts *work_trend(const struct work *work, const struct work_line *line, enum account_by *by)
{
    bool shifts = work->by == BY_NOTHING || work->by == BY_SHIFT;
    *by = shifts ? BY_SHIFT : work->by;
    return shifts ? &line->shifts : &line->parts;
}
