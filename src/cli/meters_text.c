/*
 * The report on energy for people, in 80 columns.
 */
#include <math.h>
#include <string.h>

#include "cli/meters.h"
#include "draw/text.h"

enum { NAME = 28, PART = 25, LISTED_PARTS = 400, LISTED_WORK = 20 };

static void left(FILE *out, const char *text, int width)
{
    char cut[METERS_TITLE];
    int cells = text_width(text);
    snprintf(cut, sizeof cut, "%s", text);
    for (size_t end = strlen(cut); cells > width && end > 0; cells = text_width(cut)) {
        end--;
        while (end > 0 && ((unsigned char)cut[end] & 0xC0) == 0x80)
            end--;
        cut[end] = '\0';
    }
    fprintf(out, "%s%*s", cut, cells < width ? width - cells : 0, "");
}

static void indented(char out[METERS_TITLE], size_t depth, const char *text)
{
    size_t blanks = depth < NAME / 4 ? depth * 2 : NAME / 2;
    memset(out, ' ', blanks);
    snprintf(out + blanks, METERS_TITLE - blanks, "%.120s", text);
}

static void number(FILE *out, double value, int decimals, int width)
{
    char text[METERS_NUMBER];
    meters_number(value, decimals, text);
    fprintf(out, "%*s", width, text);
}

static void share(FILE *out, double value, int width)
{
    char text[METERS_NUMBER];
    meters_share(value, text);
    fprintf(out, "%*s", width, text);
}

static const char *currency(const struct meters *meters)
{
    return meters->plant->currency[0] ? meters->plant->currency : "cost";
}

/* ---- all of it in a row each ---- */

static void nodes(const struct meters *meters, FILE *out)
{
    const struct plant *plant = meters->plant;
    char name[METERS_TITLE];
    for (uint16_t c = 0; c < plant->carrier_count; c++) {
        double whole = NAN;
        bool head = false;
        for (size_t i = 0; i < meters->subject_count; i++) {
            const struct meters_subject *s = &meters->subjects[i];
            if (s->carrier != c)
                continue;
            if (!head) {
                snprintf(name, sizeof name, "%s, %s", plant->carriers[c].title, plant->carriers[c].unit);
                fprintf(out, "\n");
                left(out, name, NAME);
                fprintf(out, "%15s%16s%12s%9s\n", "used", currency(meters), "CO2 t", "share");
                whole = s->sum.amount;
                head = true;
            }
            int depth = s->meter != NO_METER ? 0 : plant->nodes[s->node].level == LEVEL_SITE ? 0 : plant->nodes[s->node].level == LEVEL_AREA ? 1 : 2;
            indented(name, (size_t)depth, s->meter != NO_METER ? s->path : s->title);
            left(out, name, NAME - 1);
            fprintf(out, " ");
            number(out, s->quarters.count ? s->sum.amount : NAN, 2, 15);
            number(out, s->cost, 2, 16);
            number(out, s->carbon / 1000, 2, 12);
            share(out, whole > 0 && s->meter == NO_METER ? s->sum.amount / whole : NAN, 9);
            fprintf(out, "\n");
        }
    }
}

static void trees(const struct meters *meters, FILE *out)
{
    const struct plant *plant = meters->plant;
    char name[METERS_TITLE], key[KEY_BYTES];
    for (uint16_t c = 0; meters->trees && c < plant->carrier_count; c++) {
        if (meters->tree_counts[c] < 2)
            continue;
        snprintf(name, sizeof name, "%s by meter, %s", plant->carriers[c].title, plant->carriers[c].unit);
        fprintf(out, "\n");
        left(out, name, NAME + 12);
        fprintf(out, "%16s%9s\n", "used", "share");
        for (size_t b = 0; b < meters->tree_counts[c]; b++) {
            const struct energy_branch *branch = &meters->trees[c][b];
            plant_meter_key(plant, branch->meter, key, sizeof key);
            indented(name, branch->depth, branch->more ? "children count more than the parent" : branch->rest ? "not metered" : key);
            left(out, name, NAME + 11);
            fprintf(out, " ");
            number(out, branch->amount, 2, 16);
            share(out, branch->share, 9);
            fprintf(out, "\n");
        }
    }
}

/* ---- one subject ---- */

/* Two of these stand in a line. */
static void first(FILE *out, const char *name, double value, int decimals, const char *unit)
{
    fprintf(out, "  %-14s", name);
    number(out, value, decimals, 15);
    fprintf(out, " %-7s", unit);
}

static void second(FILE *out, const char *name, double value, int decimals, const char *unit)
{
    fprintf(out, "  %-14s", name);
    number(out, value, decimals, 15);
    fprintf(out, "%s%s\n", *unit ? " " : "", unit);
}

static void figures(const struct meters *meters, const struct meters_subject *s, FILE *out)
{
    const struct energy_figures *f = &s->figures;
    const char *unit = meters_unit(meters, s);
    char power[ENERGY_UNIT], when[METERS_TIME], good[METERS_TIME];
    double length = (double)(meters->period.to_ms - meters->period.from_ms), specific = energy_specific(s->sum.amount, s->good);
    energy_unit_rate(unit, power);
    snprintf(good, sizeof good, "a good %.6s", meters_piece(s));
    first(out, "used", s->sum.amount, 2, unit);
    second(out, "peak", f->peak, 2, power);
    first(out, "Mon to Fri", f->weekday, 2, unit);
    meters_moment(meters, f->peak_ms, when);
    fprintf(out, "    on %s\n", isnan(f->peak) ? "-" : when);
    first(out, "Sat and Sun", f->weekend, 2, unit);
    second(out, "mean", f->mean, 2, power);
    first(out, "cost", s->cost, 2, meters->plant->currency);
    second(out, "base load", f->base, 2, power);
    first(out, "CO2", s->carbon / 1000, 2, "t");
    second(out, "load factor", f->load_factor, 4, "");
    first(out, "while idle", energy_idle_share(&s->sum) * 100, 1, "%");
    second(out, "power factor", s->sum.reactive != 0 ? energy_power_factor(s->sum.amount, s->sum.reactive) : NAN, 4, "");
    first(out, "measured", length > 0 ? (double)f->valid_ms / length * 100 : NAN, 1, "%");
    second(out, good, specific, 4, isnan(specific) ? "" : unit);
    if (!isnan(energy_specific(s->carbon, s->good))) {
        fprintf(out, "%40s", "");
        second(out, "  its CO2", energy_specific(s->carbon, s->good), 4, "kg");
    }
    if (s->sum.estimated > 0) {
        first(out, "spread evenly", s->sum.estimated, 2, unit);
        fprintf(out, "over longer silences of a register\n");
    }
}

/* Was anything produced, or did anything stand idle, that somebody told of? */
static bool tells_work(const struct meters_parts *parts)
{
    for (size_t p = 0; p < parts->count; p++)
        if (parts->rows[p].good > 0 || !isnan(energy_idle_share(&parts->rows[p].sum)))
            return true;
    return false;
}

static void part_head(const struct meters *meters, const struct meters_subject *s, enum meters_by by, FILE *out)
{
    char name[METERS_TITLE];
    snprintf(name, sizeof name, "  by %s", meters_by_names[by]);
    fprintf(out, "\n");
    left(out, name, PART);
    fprintf(out, "%14s%8s%16s", meters_unit(meters, s), "share", currency(meters));
    snprintf(name, sizeof name, "a %.6s", meters_piece(s));
    fprintf(out, tells_work(&s->parts[by]) ? "%9s    idle\n" : "\n", name);
}

static void parts(const struct meters *meters, const struct meters_subject *s, enum meters_by by, size_t most, FILE *out)
{
    const struct meters_parts *p = &s->parts[by];
    char name[METERS_TITLE], line[METERS_TITLE];
    if (p->count == 0)
        return;
    bool work = by != METERS_BY_RATE && tells_work(p);
    part_head(meters, s, by, out);
    for (size_t r = 0; r < p->count && r < most; r++) {
        const struct meters_part *part = &p->rows[r];
        meters_part_title(meters, by, part, name);
        indented(line, 1, name);
        left(out, line, PART - 1);
        fprintf(out, " ");
        number(out, part->sum.amount, 2, 14);
        share(out, s->sum.amount > 0 ? part->sum.amount / s->sum.amount : NAN, 8);
        number(out, part->cost, 2, 16);
        if (work) {
            number(out, energy_specific(part->sum.amount, part->good), 3, 9);
            share(out, energy_idle_share(&part->sum), 8);
        }
        fprintf(out, "\n");
    }
    if (p->count > most)
        fprintf(out, "  and %zu more\n", p->count - most);
}

/* Without anybody telling products, orders or crews there is nothing to tell. */
static bool names_any(const struct meters_parts *parts)
{
    for (size_t p = 0; p < parts->count; p++)
        if (parts->rows[p].name[0])
            return true;
    return false;
}

static void months(const struct meters *meters, const struct meters_subject *s, FILE *out)
{
    char power[ENERGY_UNIT], when[METERS_TIME];
    energy_unit_rate(meters_unit(meters, s), power);
    fprintf(out, "\n  %-8s%14s%10s  %-20s%8s%s\n", "DEMAND", meters_unit(meters, s), power, "highest on", "load f.", s->demand_charge > 0 ? "          charge" : "");
    for (size_t m = 0; m < s->month_count; m++) {
        const struct energy_month *month = &s->months[m];
        fprintf(out, "  %04d-%02d ", (int)(month->month / 100), (int)(month->month % 100));
        number(out, month->figures.amount, 2, 14);
        number(out, month->figures.peak, 2, 10);
        snprintf(when, sizeof when, "-");
        if (!isnan(month->figures.peak))
            meters_moment(meters, month->figures.peak_ms, when);
        fprintf(out, "  %-20s", when);
        number(out, month->figures.load_factor, 4, 8);
        if (s->demand_charge > 0)
            number(out, month->charge, 2, 16);
        fprintf(out, "\n");
    }
}

/* How often the highest demand that is allowed was exceeded. */
static void limits(const struct meters *meters, const struct meters_subject *s, FILE *out)
{
    char power[ENERGY_UNIT], limit[METERS_NUMBER];
    const struct { const char *name; double limit; size_t over; } rows[] = {{"limit", s->demand ? s->demand->limit : NAN, s->over_limit}, {"warning", s->demand ? s->demand->warn : NAN, s->over_warn}};
    energy_unit_rate(meters_unit(meters, s), power);
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        if (isnan(rows[r].limit))
            continue;
        meters_number(rows[r].limit, 2, limit);
        fprintf(out, "  %-8s%24s %s, %zu %d-minute mean%s above it\n", rows[r].name, limit, power, rows[r].over, (int)(s->block_ms / 60000), rows[r].over == 1 ? "" : "s");
    }
}

static void peaks(const struct meters *meters, const struct meters_subject *s, FILE *out)
{
    char power[ENERGY_UNIT], from[METERS_TIME], to[METERS_TIME];
    energy_unit_rate(meters_unit(meters, s), power);
    if (s->peak_count)
        fprintf(out, "\n  HIGHEST %d-MINUTE MEANS\n", (int)(s->block_ms / 60000));
    for (size_t p = 0; p < s->peak_count; p++) {
        meters_moment(meters, s->peaks[p].from_ms, from);
        meters_moment(meters, s->peaks[p].to_ms, to);
        fprintf(out, "  %2zu  %s - %s", p + 1, from, to + 15);
        number(out, s->peaks[p].mean, 2, 14);
        number(out, s->peaks[p].mean * (double)s->block_ms / 3600000, 2, 12);
        fprintf(out, p == 0 ? "  %s, %s\n" : "\n", power, meters_unit(meters, s));
    }
}

/* The last day, as far as it is told, beside the quarters of the day before and of a typical one that are known of both. */
static void last_day(const struct meters *meters, const struct meters_subject *s, FILE *out)
{
    struct energy_figures day = energy_figures(&s->quarters, meters->zone, s->last_ms, s->last_to_ms);
    struct civil c = zone_civil(meters->zone, s->last_ms), end = zone_civil(meters->zone, s->last_to_ms);
    const struct { const char *name; const double *power; } than[] = {{"the day before", s->before}, {"a typical one", s->typical[c.weekday % 7]}};
    char when[METERS_TIME];
    if (day.valid_ms == 0)
        return;
    meters_moment(meters, s->last_ms, when);
    fprintf(out, "\n  %.14s", when);
    number(out, day.amount, 2, 14);
    fprintf(out, " %s", meters_unit(meters, s));
    if (s->last_to_ms < period_at(meters->zone, NULL, PERIOD_DAY, s->last_ms).to_ms)
        fprintf(out, " up to %02d:%02d", end.hour, end.minute);
    fprintf(out, "\n");
    for (size_t t = 0; t < sizeof than / sizeof than[0]; t++) {
        double own = 0, its = 0;
        for (int q = 0; q < ENERGY_SLOTS; q++)
            if (!isnan(s->last[q]) && !isnan(than[t].power[q])) {
                own += s->last[q] / 4;
                its += than[t].power[q] / 4;
            }
        if (!(its > 0))
            continue;
        fprintf(out, "  %-14s", than[t].name);
        number(out, its, 2, 14);
        fprintf(out, " %s, %+.1f %%", meters_unit(meters, s), (own / its - 1) * 100);
        if (fabs(own - day.amount) >= .005) { /* a quarter that is not known of both is left out */
            fputs(" beside", out);
            number(out, own, 2, 11);
            fputs(" in the same quarters", out);
        }
        fputs("\n", out);
    }
}

static void typical(const struct meters *meters, const struct meters_subject *s, FILE *out)
{
    static const char *const names[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
    char power[ENERGY_UNIT];
    size_t told = 0, none;
    energy_unit_rate(meters_unit(meters, s), power);
    for (int i = 1; i <= 7; i++) {
        int weekday = i % 7, at = 0;
        double sum = energy_profile_sum(s->typical[weekday], ENERGY_SLOTS, &none), most = NAN;
        for (int q = 0; q < ENERGY_SLOTS; q++)
            if (!isnan(s->typical[weekday][q]) && !(s->typical[weekday][q] <= most)) {
                most = s->typical[weekday][q];
                at = q;
            }
        if (s->typical_days[weekday] == 0 || none == ENERGY_SLOTS)
            continue;
        if (told++ == 0)
            fprintf(out, "\n  %-16s%8s%14s%12s  %s\n", "TYPICAL DAYS", "days", meters_unit(meters, s), power, "highest at");
        fprintf(out, "  %-16s%8zu", names[weekday], s->typical_days[weekday]);
        number(out, sum, 2, 14);
        number(out, most, 2, 12);
        fprintf(out, "  %02d:%02d\n", at / 4, at % 4 * 15);
    }
}

static void subject(const struct meters *meters, const struct meters_subject *s, FILE *out)
{
    char title[METERS_TITLE];
    meters_subject_title(meters, s, title);
    fprintf(out, "\n%s  %s\n", title, s->path);
    if (s->quarters.count == 0) {
        fprintf(out, "  nothing was measured\n");
        return;
    }
    figures(meters, s, out);
    parts(meters, s, METERS_BY_RATE, LISTED_PARTS, out);
    for (int by = METERS_BY_CREW; by <= METERS_BY_ORDER; by++)
        if (names_any(&s->parts[by]) || (int)meters->by == by)
            parts(meters, s, (enum meters_by)by, (int)meters->by == by ? LISTED_PARTS : LISTED_WORK, out);
    if (meters->by <= METERS_BY_SHIFT && meters->by != METERS_BY_NOTHING)
        parts(meters, s, meters->by, SIZE_MAX, out);
    else
        parts(meters, s, meters_step(meters), LISTED_PARTS, out);
    if (meters_has_demand(meters, s)) {
        months(meters, s, out);
        limits(meters, s, out);
        peaks(meters, s, out);
    }
    if (meters_step(meters) != METERS_BY_MONTH)
        last_day(meters, s, out);
    typical(meters, s, out);
}

/* ---- emissions and baselines ---- */

static void emissions(const struct meters *meters, FILE *out)
{
    char title[METERS_TITLE], when[METERS_TIME];
    for (size_t e = 0; e < meters->emission_count; e++) {
        const struct meters_emission *told = &meters->emissions[e];
        const struct emission *emission = told->emission;
        uint32_t tag = meters->plant->meters[emission->meter].tag;
        snprintf(title, sizeof title, "%s, %s", emission->title, tag != NO_TAG ? meters->plant->tags[tag].def->unit : "");
        fprintf(out, "\n");
        left(out, title, 24);
        fprintf(out, "%8s%9s%9s%9s%9s%7s%5s\n", "valid", "mean", "highest", "limit", "of it", "over", "min");
        for (int kind = 0; kind < EMISSION_MEANS; kind++) {
            const struct emission_sum *sum = &told->sums[kind];
            fprintf(out, "  %-22s", meters_mean_titles[kind]);
            fprintf(out, "%4zu/%-4zu", sum->valid, sum->rows);
            number(out, sum->mean, 2, 8);
            number(out, sum->highest, 2, 9);
            number(out, emission->limit[kind], 2, 9);
            share(out, sum->used, 9);
            fprintf(out, "%7zu%5.0f\n", sum->exceeded, sum->exceeded_min);
            if (sum->exceeded) {
                meters_moment(meters, sum->highest_ms, when);
                fprintf(out, "    highest on %s\n", when);
            }
        }
    }
}

static void baselines(const struct meters *meters, FILE *out)
{
    char text[512];
    for (size_t i = 0; i < meters->baseline_count; i++) {
        const struct meters_baseline *b = &meters->baselines[i];
        const char *unit = meters->plant->carriers[meters->plant->meters[b->baseline->meter].carrier].unit;
        fprintf(out, "\n%s: baseline of %04d-%02d-%02d to %04d-%02d-%02d\n", b->baseline->title, (int)(b->baseline->from / 10000), (int)(b->baseline->from / 100 % 100),
            (int)(b->baseline->from % 100), (int)(b->baseline->to / 10000), (int)(b->baseline->to / 100 % 100), (int)(b->baseline->to % 100));
        if (b->fit.used)
            fprintf(out, b->fit.left_out ? "  of %zu %s, those that are not whole left out\n" : "  of %zu %s\n", b->fit.used, b->baseline->weekly ? "weeks" : "days");
        meters_baseline_note(b, text, sizeof text);
        if (*text)
            fprintf(out, "  %s\n", text);
        if (!b->fit.fitted)
            continue;
        meters_equation(meters, b, text, sizeof text);
        fprintf(out, "  %s\n", text);
        fprintf(out, "  R2 %.4f, adjusted %.4f, standard deviation ", b->fit.fit.r2, b->fit.fit.r2_adjusted);
        number(out, b->fit.fit.deviation, 2, 0);
        fprintf(out, " %s\n", unit);
        first(out, "expected", b->expected, 2, unit);
        second(out, "used", b->actual, 2, unit);
        first(out, "saved", b->saved, 2, unit);
        share(out, b->expected > 0 ? b->saved / b->expected : NAN, 10);
        fprintf(out, "\n");
    }
}

void meters_text(const struct meters *meters, FILE *out)
{
    char text[512];
    meters_title(meters, text, sizeof text);
    fprintf(out, "%s\n", text);
    for (size_t i = 0; meters_remark(meters, i, text, sizeof text); i++)
        fprintf(out, "%s\n", text);
    nodes(meters, out);
    trees(meters, out);
    for (size_t s = 0; s < meters->subject_count; s++)
        if (meters->subjects[s].detail)
            subject(meters, &meters->subjects[s], out);
    emissions(meters, out);
    baselines(meters, out);
}
