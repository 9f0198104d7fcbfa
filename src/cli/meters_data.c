/*
 * The report on energy for other programs: CSV with one row for each node or meter and carrier, its parts, and each meter of the tree; JSON with all that is told.
 * Amounts are in the carrier's unit, carbon in kg, times in milliseconds, shares 1 for 100 %; what is unknown is empty in CSV and null in JSON.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "cli/meters.h"
#include "cli/report.h"
#include "cli/rows.h"

static const char *level_of(const struct meters *meters, const struct meters_subject *s)
{
    static const char *const names[] = {[LEVEL_SITE] = "site", [LEVEL_AREA] = "area", [LEVEL_LINE] = "line", [LEVEL_UNIT] = "unit"};
    return s->meter != NO_METER ? "meter" : names[meters->plant->nodes[s->node].level];
}

static bool has(const struct meters *meters, const struct meters_subject *s, bool leading)
{
    for (size_t l = 0; l < s->leaf_count; l++)
        if ((leading ? meters->plant->meters[s->leaves[l]].leading_tag : meters->plant->meters[s->leaves[l]].reactive_tag) != NO_TAG)
            return true;
    return false;
}

/* Figures that are told of a subject and of each of its parts. */
struct told {
    const char *level;
    const struct meters_subject *subject;
    const struct meters_part *part; /* NULL: all of it */
    enum meters_by by;
    int64_t from_ms, to_ms;
    const struct energy *sum;
    double cost, carbon, good;
    struct energy_figures figures;
    bool powers;                   /* figures of power are known: it is all of a stretch of time */
};

static struct told of_subject(const struct meters *meters, const struct meters_subject *s)
{
    return (struct told){.level = level_of(meters, s), .subject = s, .from_ms = meters->period.from_ms, .to_ms = meters->period.to_ms, .sum = &s->sum, .cost = s->cost, .carbon = s->carbon,
        .good = s->good, .figures = s->figures, .powers = true};
}

static struct told of_part(const struct meters *meters, const struct meters_subject *s, enum meters_by by, const struct meters_part *part)
{
    struct told t = {.level = meters_by_names[by], .subject = s, .part = part, .by = by, .from_ms = part->from_ms, .to_ms = part->to_ms, .sum = &part->sum, .cost = part->cost,
        .carbon = part->carbon, .good = part->good, .powers = by <= METERS_BY_MONTH};
    if (t.powers)
        t.figures = energy_figures(&s->quarters, meters->zone, part->from_ms, part->to_ms);
    return t;
}

/* ---- what both tell ---- */

enum { FIGURES = 22 };
static const char *const figure_names[FIGURES] = {"amount", "kwh", "cost", "co2_kg", "reactive_kvarh", "leading_kvarh", "power_factor", "leading_power_factor", "idle", "idle_share", "estimated",
    "measured_ms", "missing_ms", "running_ms", "mean", "peak", "base_load", "load_factor", "weekday", "weekend", "per_good", "co2_kg_per_good"};

static void figures_of(const struct meters *meters, const struct told *t, double out[FIGURES])
{
    const struct energy *e = t->sum;
    const struct energy_figures *f = &t->figures;
    bool rate = t->by == METERS_BY_RATE, reactive = !rate && has(meters, t->subject, false), leading = !rate && has(meters, t->subject, true), known = e->valid_ms > 0 || e->amount != 0;
    double each = rate || t->subject->leaf_count == 0 ? 1 : (double)t->subject->leaf_count; /* times of several meters: their mean */
    const double all[FIGURES] = {
        known ? e->amount : NAN, known ? e->amount * meters->plant->carriers[t->subject->carrier].kwh : NAN, t->cost, t->carbon, reactive ? e->reactive : NAN, leading ? e->leading : NAN,
        reactive ? energy_power_factor(e->amount, e->reactive) : NAN, leading ? energy_power_factor(e->amount, e->leading) : NAN, rate ? NAN : e->idle,
        rate ? NAN : energy_idle_share(e), e->estimated, t->powers ? (double)f->valid_ms : (double)e->valid_ms / each, (double)e->missing_ms / each, (double)e->running_ms / each,
        t->powers ? f->mean : NAN, t->powers ? f->peak : NAN, t->powers ? f->base : NAN, t->powers ? f->load_factor : NAN, t->powers ? f->weekday : NAN, t->powers ? f->weekend : NAN,
        energy_specific(e->amount, t->good), energy_specific(t->carbon, t->good),
    };
    memcpy(out, all, sizeof all);
}

/* ---- CSV ---- */

/* What only rows of the tree, of emissions and of baselines have stands behind the figures. */
enum { FIXED = 12, EXTRA_SHARE = 0, EXTRA_MEANS, EXTRA_VALID, EXTRA_LIMIT, EXTRA_HIGHEST, EXTRA_USED, EXTRA_EXCEEDED, EXTRA_MINUTES, EXTRA_EXPECTED, EXTRA_SAVING, EXTRA_SAVED, EXTRAS,
    CSV_COLUMNS = FIXED + FIGURES + EXTRAS };
enum { AT_LEVEL, AT_PATH, AT_CARRIER, AT_UNIT, AT_FROM, AT_TO, AT_AMOUNT = FIXED, AT_MEAN = FIXED + 14, AT_EXTRA = FIXED + FIGURES };
static const char *const fixed_names[FIXED] = {"level", "path", "carrier", "unit", "from", "to", "shift", "crew", "product", "order", "rate", "peak_at"};
static const char *const extra_names[EXTRAS] = {[EXTRA_SHARE] = "share", [EXTRA_MEANS] = "means", [EXTRA_VALID] = "valid_means", [EXTRA_LIMIT] = "limit", [EXTRA_HIGHEST] = "highest",
    [EXTRA_USED] = "limit_used", [EXTRA_EXCEEDED] = "exceeded", [EXTRA_MINUTES] = "exceeded_min", [EXTRA_EXPECTED] = "expected", [EXTRA_SAVING] = "saving", [EXTRA_SAVED] = "saved"};

static void csv_clear(struct sql_field fields[CSV_COLUMNS])
{
    for (size_t n = 0; n < CSV_COLUMNS; n++)
        fields[n] = rows_text(NULL);
}

static void csv_row(const struct meters *meters, struct rows *rows, const struct told *t)
{
    struct sql_field fields[CSV_COLUMNS];
    const struct carrier *carrier = &meters->plant->carriers[t->subject->carrier];
    char from[REPORT_TIME], to[REPORT_TIME], peak[REPORT_TIME] = "";
    double figures[FIGURES];
    const char *name = t->part ? t->part->name : NULL;
    csv_clear(fields);
    report_time(meters->zone, t->from_ms, from);
    report_time(meters->zone, t->to_ms, to);
    if (t->powers && !isnan(t->figures.peak))
        report_time(meters->zone, t->figures.peak_ms, peak);
    const char *const texts[FIXED] = {t->level, t->subject->path, carrier->name, carrier->unit, from, to, t->by == METERS_BY_SHIFT ? name : NULL,
        t->by == METERS_BY_SHIFT ? t->part->crew : t->by == METERS_BY_CREW ? name : NULL, t->by == METERS_BY_PRODUCT ? name : NULL, t->by == METERS_BY_ORDER ? name : NULL,
        t->by == METERS_BY_RATE ? name : NULL, peak};
    for (size_t i = 0; i < FIXED; i++)
        fields[i] = rows_text(texts[i]);
    figures_of(meters, t, figures);
    for (size_t f = 0; f < FIGURES; f++)
        fields[AT_AMOUNT + f] = rows_number(figures[f]);
    rows_put(rows, fields);
}

static void csv_trees(const struct meters *meters, struct rows *rows)
{
    char key[KEY_BYTES], from[REPORT_TIME], to[REPORT_TIME];
    report_time(meters->zone, meters->period.from_ms, from);
    report_time(meters->zone, meters->period.to_ms, to);
    for (size_t c = 0; meters->trees && c < meters->plant->carrier_count; c++)
        for (size_t b = 0; b < meters->tree_counts[c]; b++) {
            const struct energy_branch *branch = &meters->trees[c][b];
            struct sql_field fields[CSV_COLUMNS];
            csv_clear(fields);
            plant_meter_key(meters->plant, branch->meter, key, sizeof key);
            const char *const texts[] = {branch->rest ? branch->more ? "more-than-parent" : "not-metered" : "tree", key, meters->plant->carriers[c].name, meters->plant->carriers[c].unit, from, to};
            for (size_t i = 0; i <= AT_TO; i++)
                fields[i] = rows_text(texts[i]);
            fields[AT_AMOUNT] = rows_number(branch->amount);
            fields[AT_EXTRA + EXTRA_SHARE] = rows_number(branch->share);
            rows_put(rows, fields);
        }
}

static void csv_emissions(const struct meters *meters, struct rows *rows)
{
    static const char *const levels[EMISSION_MEANS] = {"emission half-hour", "emission hour", "emission day"};
    char from[REPORT_TIME], to[REPORT_TIME];
    report_time(meters->zone, meters->period.from_ms, from);
    report_time(meters->zone, meters->period.to_ms, to);
    for (size_t e = 0; e < meters->emission_count; e++)
        for (int kind = 0; kind < EMISSION_MEANS; kind++) {
            const struct meters_emission *told = &meters->emissions[e];
            const struct emission_sum *sum = &told->sums[kind];
            struct sql_field fields[CSV_COLUMNS];
            uint32_t tag = meters->plant->meters[told->emission->meter].tag;
            csv_clear(fields);
            const char *const texts[] = {levels[kind], told->emission->name, NULL, tag == NO_TAG ? NULL : meters->plant->tags[tag].def->unit, from, to};
            for (size_t i = 0; i <= AT_TO; i++)
                fields[i] = rows_text(texts[i]);
            fields[AT_MEAN] = rows_number(sum->mean);
            const double extra[EXTRAS] = {[EXTRA_SHARE] = NAN, [EXTRA_MEANS] = (double)sum->rows, [EXTRA_VALID] = (double)sum->valid, [EXTRA_LIMIT] = told->emission->limit[kind],
                [EXTRA_HIGHEST] = sum->highest, [EXTRA_USED] = sum->used, [EXTRA_EXCEEDED] = (double)sum->exceeded, [EXTRA_MINUTES] = sum->exceeded_min, [EXTRA_EXPECTED] = NAN,
                [EXTRA_SAVING] = NAN, [EXTRA_SAVED] = NAN};
            for (size_t i = 0; i < EXTRAS; i++)
                fields[AT_EXTRA + i] = rows_number(extra[i]);
            rows_put(rows, fields);
        }
}

/* A row for each day or week, of a baseline that there is. */
static void csv_baselines(const struct meters *meters, struct rows *rows)
{
    char from[REPORT_TIME], to[REPORT_TIME];
    for (size_t i = 0; i < meters->baseline_count; i++) {
        const struct meters_baseline *told = &meters->baselines[i];
        const struct carrier *carrier = &meters->plant->carriers[meters->plant->meters[told->baseline->meter].carrier];
        for (size_t r = told->first; told->fit.fitted && r < told->count; r++) {
            const struct baseline_row *row = &told->rows[r];
            struct sql_field fields[CSV_COLUMNS];
            struct civil day = {.year = row->day / 10000, .month = row->day / 100 % 100, .day = row->day % 100};
            csv_clear(fields);
            report_time(meters->zone, zone_utc(meters->zone, day), from);
            day.day += told->baseline->weekly ? 7 : 1;
            report_time(meters->zone, zone_utc(meters->zone, day), to);
            const char *const texts[] = {"baseline", told->baseline->name, carrier->name, carrier->unit, from, to};
            for (size_t k = 0; k <= AT_TO; k++)
                fields[k] = rows_text(texts[k]);
            fields[AT_AMOUNT] = rows_number(row->actual);
            fields[AT_EXTRA + EXTRA_EXPECTED] = rows_number(row->expected);
            fields[AT_EXTRA + EXTRA_SAVING] = rows_number(row->saving);
            fields[AT_EXTRA + EXTRA_SAVED] = rows_number(row->saved);
            rows_put(rows, fields);
        }
    }
}

void meters_csv(const struct meters *meters, FILE *out)
{
    const char *names[CSV_COLUMNS];
    struct rows rows;
    for (size_t n = 0; n < CSV_COLUMNS; n++)
        names[n] = n < FIXED ? fixed_names[n] : n < AT_EXTRA ? figure_names[n - FIXED] : extra_names[n - AT_EXTRA];
    rows_begin(&rows, out, ROWS_CSV, names, CSV_COLUMNS);
    for (size_t i = 0; i < meters->subject_count; i++) {
        const struct meters_subject *s = &meters->subjects[i];
        struct told t = of_subject(meters, s);
        csv_row(meters, &rows, &t);
        const struct meters_parts *parts = &s->parts[meters->by];
        for (size_t p = 0; meters->by != METERS_BY_NOTHING && p < parts->count; p++) {
            t = of_part(meters, s, meters->by, &parts->rows[p]);
            csv_row(meters, &rows, &t);
        }
    }
    csv_trees(meters, &rows);
    csv_emissions(meters, &rows);
    csv_baselines(meters, &rows);
    rows_end(&rows);
}

/* ---- JSON ---- */

static void json_time(const struct meters *meters, FILE *out, const char *name, int64_t ms)
{
    char time[REPORT_TIME];
    report_time(meters->zone, ms, time);
    fprintf(out, "\"%s\": \"%s\"", name, time);
}

static void json_more(FILE *out, const char *name, double number)
{
    fputs(", ", out);
    rows_json_number(out, name, number);
}

static void json_figures(const struct meters *meters, FILE *out, const struct told *t)
{
    double figures[FIGURES];
    figures_of(meters, t, figures);
    for (size_t f = 0; f < FIGURES; f++) {
        fputs(f ? ", " : "", out);
        rows_json_number(out, figure_names[f], figures[f]);
    }
    fputs(", ", out);
    if (t->powers && !isnan(t->figures.peak))
        json_time(meters, out, "peak_at", t->figures.peak_ms);
    else
        fputs("\"peak_at\": null", out);
    json_more(out, "good", t->good);
}

static void json_parts(const struct meters *meters, FILE *out, const struct meters_subject *s, enum meters_by by)
{
    const struct meters_parts *parts = &s->parts[by];
    if (parts->count == 0)
        return;
    fprintf(out, ", \"by_%s\": [", meters_by_names[by]);
    for (size_t p = 0; p < parts->count; p++) {
        struct told t = of_part(meters, s, by, &parts->rows[p]);
        fputs(p ? ",\n{" : "\n{", out);
        rows_json_named(out, "name", parts->rows[p].name);
        fputs(", ", out);
        rows_json_named(out, "crew", parts->rows[p].crew);
        fputs(", ", out);
        json_time(meters, out, "from", t.from_ms);
        fputs(", ", out);
        json_time(meters, out, "to", t.to_ms);
        fputs(", ", out);
        json_figures(meters, out, &t);
        fputs("}", out);
    }
    fputs("]", out);
}

static void json_profile(FILE *out, const char *name, const double power[ENERGY_SLOTS])
{
    fprintf(out, ", \"%s\": [", name);
    for (int q = 0; q < ENERGY_SLOTS; q++)
        if (isnan(power[q]))
            fprintf(out, "%snull", q ? ", " : "");
        else
            fprintf(out, "%s%.17g", q ? ", " : "", power[q]);
    fputs("]", out);
}

static void json_demand(const struct meters *meters, FILE *out, const struct meters_subject *s)
{
    fprintf(out, ", \"demand\": {\"block_ms\": %" PRId64 ", \"months\": [", s->block_ms);
    for (size_t m = 0; m < s->month_count; m++) {
        const struct energy_month *month = &s->months[m];
        fprintf(out, "%s{\"month\": \"%04d-%02d\"", m ? ", " : "", (int)(month->month / 100), (int)(month->month % 100));
        json_more(out, "amount", month->figures.amount);
        json_more(out, "peak", month->figures.peak);
        json_more(out, "load_factor", month->figures.load_factor);
        json_more(out, "charge", month->charge);
        fputs(", ", out);
        json_time(meters, out, "peak_at", month->figures.peak_ms);
        fputs("}", out);
    }
    fputs("], \"peaks\": [", out);
    for (size_t p = 0; p < s->peak_count; p++) {
        fputs(p ? ", {" : "{", out);
        json_time(meters, out, "from", s->peaks[p].from_ms);
        fputs(", ", out);
        json_time(meters, out, "to", s->peaks[p].to_ms);
        json_more(out, "mean", s->peaks[p].mean);
        fputs("}", out);
    }
    fputs("]", out);
    if (s->demand) {
        json_more(out, "limit", s->demand->limit);
        json_more(out, "warn", s->demand->warn);
        fprintf(out, ", \"over_limit\": %zu, \"over_warn\": %zu", s->over_limit, s->over_warn);
    }
    fputs("}", out);
}

static void json_days(const struct meters *meters, FILE *out, const struct meters_subject *s)
{
    static const char *const names[] = {"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"};
    fputs(", \"heat\": [", out);
    for (size_t d = 0; d < s->date_count; d++) {
        const struct energy_date *day = &s->dates[d];
        fprintf(out, "%s{\"day\": \"%04d-%02d-%02d\"", d ? ",\n" : "\n", (int)(day->day / 10000), (int)(day->day / 100 % 100), (int)(day->day % 100));
        json_more(out, "amount", day->amount);
        fputs(", \"power\": [", out);
        for (int h = 0; h < ENERGY_HOURS; h++)
            if (isnan(day->power[h]))
                fprintf(out, "%snull", h ? ", " : "");
            else
                fprintf(out, "%s%.17g", h ? ", " : "", day->power[h]);
        fputs("]}", out);
    }
    fputs("], \"last_day\": {", out);
    json_time(meters, out, "from", s->last_ms);
    fputs(", ", out);
    json_time(meters, out, "to", s->last_to_ms);
    json_profile(out, "power", s->last);
    json_profile(out, "day_before", s->before);
    fputs("}, \"typical\": {", out);
    for (int w = 0; w < 7; w++) {
        fprintf(out, "%s\"%s\": {\"days\": %zu", w ? ", " : "", names[w], s->typical_days[w]);
        json_profile(out, "power", s->typical[w]);
        fputs("}", out);
    }
    fputs("}", out);
}

static void json_subject(const struct meters *meters, FILE *out, const struct meters_subject *s)
{
    const struct carrier *carrier = &meters->plant->carriers[s->carrier];
    const struct { const char *name, *text; } texts[] = {{"level", level_of(meters, s)}, {"path", s->path}, {"title", s->title}, {"carrier", carrier->name}, {"unit", carrier->unit}};
    struct told t = of_subject(meters, s);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        rows_json_named(out, texts[i].name, texts[i].text);
        fputs(", ", out);
    }
    json_figures(meters, out, &t);
    for (int by = METERS_BY_QUARTER; by < METERS_BYS; by++)
        json_parts(meters, out, s, (enum meters_by)by);
    if (s->detail) {
        json_demand(meters, out, s);
        json_days(meters, out, s);
    }
}

static void json_trees(const struct meters *meters, FILE *out)
{
    char key[KEY_BYTES];
    size_t told = 0;
    fputs("], \"tree\": [", out);
    for (size_t c = 0; meters->trees && c < meters->plant->carrier_count; c++)
        for (size_t b = 0; b < meters->tree_counts[c]; b++) {
            const struct energy_branch *branch = &meters->trees[c][b];
            plant_meter_key(meters->plant, branch->meter, key, sizeof key);
            fputs(told++ ? ",\n{" : "\n{", out);
            rows_json_named(out, "meter", key);
            fprintf(out, ", \"carrier\": \"%s\", \"depth\": %u, \"not_metered\": %s, \"more_than_parent\": %s", meters->plant->carriers[c].name, branch->depth, branch->rest ? "true" : "false",
                branch->more ? "true" : "false");
            json_more(out, "amount", branch->amount);
            json_more(out, "share", branch->share);
            fputs("}", out);
        }
    fputs("]", out);
}

static void json_emissions(const struct meters *meters, FILE *out)
{
    static const char *const names[EMISSION_MEANS] = {"half_hour", "hour", "day"};
    fputs(", \"emissions\": [", out);
    for (size_t e = 0; e < meters->emission_count; e++) {
        const struct meters_emission *told = &meters->emissions[e];
        fputs(e ? ",\n{" : "\n{", out);
        rows_json_named(out, "name", told->emission->name);
        for (int kind = 0; kind < EMISSION_MEANS; kind++) {
            const struct emission_sum *sum = &told->sums[kind];
            fprintf(out, ", \"%s\": {\"means\": %zu, \"valid\": %zu, \"exceeded\": %zu", names[kind], sum->rows, sum->valid, sum->exceeded);
            json_more(out, "limit", told->emission->limit[kind]);
            json_more(out, "mean", sum->mean);
            json_more(out, "highest", sum->highest);
            json_more(out, "used", sum->used);
            json_more(out, "used_mean", sum->used_mean);
            json_more(out, "exceeded_min", sum->exceeded_min);
            fputs("}", out);
        }
        fputs("}", out);
    }
    fputs("]", out);
}

static void json_baseline_rows(FILE *out, const struct meters_baseline *b)
{
    fputs(", \"rows\": [", out);
    for (size_t r = b->first; r < b->count; r++) {
        const struct baseline_row *row = &b->rows[r];
        fprintf(out, "%s{\"day\": \"%04d-%02d-%02d\"", r > b->first ? ",\n" : "\n", (int)(row->day / 10000), (int)(row->day / 100 % 100), (int)(row->day % 100));
        json_more(out, "actual", row->actual);
        json_more(out, "expected", row->expected);
        json_more(out, "saving", row->saving);
        json_more(out, "saved", row->saved);
        for (size_t d = 0; d < b->baseline->driver_count; d++)
            json_more(out, b->baseline->drivers[d].name, row->x[d]);
        fputs("}", out);
    }
    fputs("]", out);
}

static void json_baselines(const struct meters *meters, FILE *out)
{
    char note[160];
    fputs(", \"baselines\": [", out);
    for (size_t i = 0; i < meters->baseline_count; i++) {
        const struct meters_baseline *b = &meters->baselines[i];
        meters_baseline_note(b, note, sizeof note);
        fputs(i ? ",\n{" : "\n{", out);
        rows_json_named(out, "name", b->baseline->name);
        fputs(", ", out);
        rows_json_named(out, "note", note);
        fprintf(out, ", \"weak\": %s, \"used\": %zu, \"left_out\": %zu", b->fit.fit.weak ? "true" : "false", b->fit.used, b->fit.left_out);
        json_more(out, "r2", b->fit.fit.r2);
        json_more(out, "r2_adjusted", b->fit.fit.r2_adjusted);
        json_more(out, "deviation", b->fit.fitted ? b->fit.fit.deviation : NAN);
        fputs(", \"coefficients\": [", out);
        for (size_t d = 0; b->fit.fitted && d <= b->baseline->driver_count; d++) {
            fputs(d ? ", {" : "{", out);
            rows_json_named(out, "driver", d ? b->baseline->drivers[d - 1].name : "");
            json_more(out, "b", b->fit.fit.b[d]);
            json_more(out, "error", b->fit.fit.error[d]);
            fputs("}", out);
        }
        fputs("]", out);
        json_more(out, "actual", b->fit.fitted ? b->actual : NAN);
        json_more(out, "expected", b->fit.fitted ? b->expected : NAN);
        json_more(out, "saved", b->fit.fitted ? b->saved : NAN);
        json_baseline_rows(out, b);
        fputs("}", out);
    }
    fputs("]", out);
}

void meters_json(const struct meters *meters, FILE *out)
{
    char text[512];
    fputs("{", out);
    rows_json_named(out, "site", meters->plant->nodes[0].title);
    fputs(", \"report\": \"energy\", ", out);
    rows_json_named(out, "currency", meters->plant->currency);
    fputs(", ", out);
    json_time(meters, out, "from", meters->period.from_ms);
    fputs(", ", out);
    json_time(meters, out, "to", meters->period.to_ms);
    fputs(", \"remarks\": [", out);
    for (size_t i = 0; meters_remark(meters, i, text, sizeof text); i++) {
        fputs(i ? ", " : "", out);
        rows_json_text(out, text, strlen(text));
    }
    fputs("], \"subjects\": [", out);
    for (size_t s = 0; s < meters->subject_count; s++) {
        fputs(s ? ",\n{" : "\n{", out);
        json_subject(meters, out, &meters->subjects[s]);
        fputs("}", out);
    }
    json_trees(meters, out);
    json_emissions(meters, out);
    json_baselines(meters, out);
    fputs("}\n", out);
}
