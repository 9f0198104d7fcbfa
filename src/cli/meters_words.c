/*
 * Words and numbers of the report on energy, the same in each format for people. What is unknown is "-", and never a nought.
 */
#include <math.h>
#include <string.h>

#include "cli/meters.h"
#include "core/number.h"

enum { HOURS_DAYS = 2, DAYS_DAYS = 62 };
#define DAY_MS INT64_C(86400000)

const char *const meters_by_names[METERS_BYS] = {"", "quarter", "hour", "day", "month", "shift", "crew", "product", "order", "rate"};
const char *const meters_mean_titles[EMISSION_MEANS] = {[EMISSION_HALF_HOUR] = "half hour", [EMISSION_HOUR] = "hour", [EMISSION_DAY] = "day"};

static const char *const weekdays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

void meters_number(double number, int decimals, char out[METERS_NUMBER])
{
    char text[NUMBER_TEXT];
    if (isnan(number)) {
        snprintf(out, METERS_NUMBER, "-");
        return;
    }
    number_text(number, decimals, true, text);
    snprintf(out, METERS_NUMBER, "%s", text);
}

void meters_share(double share, char out[METERS_NUMBER])
{
    if (isnan(share))
        snprintf(out, METERS_NUMBER, "-");
    else
        snprintf(out, METERS_NUMBER, "%.1f %%", share * 100);
}

const char *meters_piece(const struct meters_subject *s)
{
    bool counts = s->mixed || !s->good_unit || !s->good_unit[0] || strcmp(s->good_unit, "pcs") == 0;
    return counts ? "piece" : s->good_unit;
}

void meters_moment(const struct meters *meters, int64_t ms, char out[METERS_TIME])
{
    struct civil c = zone_civil(meters->zone, ms);
    snprintf(out, METERS_TIME, "%s %04d-%02d-%02d %02d:%02d", weekdays[c.weekday % 7], c.year % 10000, c.month % 100, c.day % 100, c.hour % 100, c.minute % 100);
}

void meters_part_title(const struct meters *meters, enum meters_by by, const struct meters_part *part, char out[METERS_TITLE])
{
    struct civil c = zone_civil(meters->zone, part->from_ms);
    int year = c.year % 10000, month = c.month % 100, day = c.day % 100;
    switch (by) {
    case METERS_BY_QUARTER:
    case METERS_BY_HOUR: snprintf(out, METERS_TITLE, "%s %04d-%02d-%02d %02d:%02d", weekdays[c.weekday % 7], year, month, day, c.hour % 100, c.minute % 100); return;
    case METERS_BY_DAY: snprintf(out, METERS_TITLE, "%s %04d-%02d-%02d", weekdays[c.weekday % 7], year, month, day); return;
    case METERS_BY_MONTH: snprintf(out, METERS_TITLE, "%04d-%02d", year, month); return;
    case METERS_BY_SHIFT:
        if (!part->planned)
            snprintf(out, METERS_TITLE, "%04d-%02d-%02d %02d:%02d no shift", year, month, day, c.hour % 100, c.minute % 100);
        else
            snprintf(out, METERS_TITLE, "%04d-%02d-%02d%s%s%s%s", (int)(part->day / 10000 % 10000), (int)(part->day / 100 % 100), (int)(part->day % 100), part->name[0] ? " " : "", part->name,
                part->crew[0] ? ", crew " : "", part->crew);
        return;
    default: snprintf(out, METERS_TITLE, "%s", part->name[0] ? part->name : by == METERS_BY_RATE ? "(no rate)" : "(none told)");
    }
}

void meters_title(const struct meters *meters, char *out, size_t cap)
{
    char period[PERIOD_TEXT];
    period_text(meters->zone, meters->period, period);
    snprintf(out, cap, "%s: energy, %s", meters->plant->nodes[0].title, period);
}

void meters_subject_title(const struct meters *meters, const struct meters_subject *s, char out[METERS_TITLE])
{
    snprintf(out, METERS_TITLE, "%s: %s", s->title, meters->plant->carriers[s->carrier].title);
}

const char *meters_unit(const struct meters *meters, const struct meters_subject *s)
{
    return meters->plant->carriers[s->carrier].unit;
}

enum meters_by meters_step(const struct meters *meters)
{
    int64_t length = meters->period.to_ms - meters->period.from_ms;
    return length > DAYS_DAYS * DAY_MS ? METERS_BY_MONTH : length > HOURS_DAYS * DAY_MS ? METERS_BY_DAY : METERS_BY_HOUR;
}

/* ---- remarks ---- */

bool meters_has_demand(const struct meters *meters, const struct meters_subject *s)
{
    for (size_t d = 0; d < meters->plant->demand_count; d++)
        for (size_t l = 0; l < s->leaf_count; l++)
            if (meters->plant->demands[d].meter == s->leaves[l])
                return true;
    return !isnan(meters->plant->carriers[s->carrier].kwh);
}

/* The carriers that are told of and lack a price (or a factor). */
static bool lacking(const struct meters *meters, bool factor, char *out, size_t cap)
{
    size_t length = 0;
    *out = '\0';
    for (uint16_t c = 0; c < meters->plant->carrier_count; c++) {
        const struct carrier *carrier = &meters->plant->carriers[c];
        bool told = false;
        for (size_t s = 0; s < meters->subject_count; s++)
            told |= meters->subjects[s].carrier == c;
        if (told && (factor ? carrier->factor_count == 0 : carrier->tariff == NO_TARIFF) && length < cap)
            length += (size_t)snprintf(out + length, cap - length, "%s%s", length ? ", " : "", carrier->title);
    }
    return length > 0;
}

static bool any_missing(const struct meters *meters)
{
    for (size_t s = 0; s < meters->subject_count; s++)
        if (meters->subjects[s].sum.missing_ms > 0)
            return true;
    return false;
}

bool meters_remark(const struct meters *meters, size_t i, char *out, size_t cap)
{
    char from[METERS_TIME], to[METERS_TIME];
    char unpriced[METERS_TITLE], unweighed[METERS_TITLE];
    bool no_price = lacking(meters, false, unpriced, sizeof unpriced), no_factor = lacking(meters, true, unweighed, sizeof unweighed);
    const bool is[] = {meters->kept_from_ms > meters->period.from_ms, meters->period.to_ms < meters->asked.to_ms, meters->untold, no_price, no_factor, any_missing(meters)};
    size_t r = 0;
    for (; r < sizeof is / sizeof is[0]; r++)
        if (is[r] && i-- == 0)
            break;
    meters_moment(meters, meters->kept_from_ms, from);
    meters_moment(meters, meters->period.to_ms, to);
    switch (r) {
    case 0: snprintf(out, cap, "What is kept begins on %s: what was before is unknown.", from); return true;
    case 1: snprintf(out, cap, "Figures are up to %s, the newest that is kept.", to); return true;
    case 2: snprintf(out, cap, "The newest quarters of an hour cannot be told."); return true;
    case 3: snprintf(out, cap, "No tariff is configured (tariff of carriers), so that cost is unknown: %s.", unpriced); return true;
    case 4: snprintf(out, cap, "No factor is configured (co2 of carriers), so that CO2 is unknown: %s.", unweighed); return true;
    case 5: snprintf(out, cap, "Some time was not measured, and nothing is reckoned for it: see \"measured\"."); return true;
    default: return false;
    }
}

/* ---- baselines ---- */

void meters_equation(const struct meters *meters, const struct meters_baseline *told, char *out, size_t cap)
{
    const struct baseline *b = told->baseline;
    char number[NUMBER_TEXT];
    number_text(told->fit.fit.b[0], 2, true, number);
    int length = snprintf(out, cap, "%s = %s", meters->plant->carriers[meters->plant->meters[b->meter].carrier].unit, number);
    for (size_t d = 0; d < b->driver_count && length >= 0 && (size_t)length < cap; d++) {
        double each = told->fit.fit.b[d + 1];
        number_text(fabs(each), fabs(each) < 10 ? 4 : 2, true, number);
        length += snprintf(out + length, cap - (size_t)length, " %c %s x %s", each < 0 ? '-' : '+', number, b->drivers[d].name);
    }
}

void meters_baseline_note(const struct meters_baseline *told, char *out, size_t cap)
{
    const struct regression *fit = &told->fit.fit;
    *out = '\0';
    if (!told->fit.fitted) {
        snprintf(out, cap, "no baseline: %s%s%s", told->fit.why, told->fit.lacks ? ": " : "", told->fit.lacks ? told->fit.lacks : "");
        return;
    }
    if (!fit->weak)
        return;
    for (size_t d = 0; d < fit->drivers; d++)
        if (!(fabs(fit->b[d + 1]) >= 2 * fit->error[d + 1])) {
            snprintf(out, cap, "weak: %s cannot be told from no influence", told->baseline->drivers[d].name);
            return;
        }
    snprintf(out, cap, "weak: the drivers explain too little of it (adjusted R2 under .75)");
}
