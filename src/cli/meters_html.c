/*
 * The report on energy as one page that needs nothing else: figures, charts in SVG. Colour is never alone: each chart has its figures in a table or a title.
 * The heat map is one path for each shade, so that a year of hours is a small page.
 */
#include <math.h>
#include <string.h>

#include "cli/html.h"
#include "cli/meters.h"
#include "cli/report.h"

enum { CHART_W = 760, CHART_H = 160, BAR_W = 260, ROW_H = 18, SHADES = 8, LISTED = 800 };

/* ---- cells ---- */

static void number_cell(FILE *out, double value, int decimals)
{
    char text[METERS_NUMBER];
    meters_number(value, decimals, text);
    html_cell(out, "n", text);
}

static void share_cell(FILE *out, double value)
{
    char text[METERS_NUMBER];
    meters_share(value, text);
    html_cell(out, "n", text);
}

static void factor_cell(FILE *out, double value)
{
    char text[METERS_NUMBER] = "-";
    if (!isnan(value))
        snprintf(text, sizeof text, "%.4f", value);
    html_cell(out, "n", text);
}

static void bar_cell(FILE *out, double part, double whole, const char *class)
{
    double width = whole > 0 && part > 0 ? part / whole : 0;
    fprintf(out, "<td><svg width=\"%d\" height=\"%d\"><rect class=\"%s\" y=\"3\" width=\"%.2f\" height=\"%d\"/></svg></td>", BAR_W, ROW_H, class, (width > 1 ? 1 : width) * BAR_W, ROW_H - 6);
}

/* Names between |; a name that begins with > is over numbers. */
static void head(FILE *out, const char *names)
{
    char name[METERS_TITLE];
    fputs("<table><tr>", out);
    for (const char *at = names, *end;; at = end + 1) {
        end = strchr(at, '|');
        size_t length = end ? (size_t)(end - at) : strlen(at);
        bool right = *at == '>';
        snprintf(name, sizeof name, "%.*s", (int)(length - right), at + right);
        fputs(right ? "<th class=\"n\">" : "<th>", out);
        html_text(out, name);
        fputs("</th>", out);
        if (!end)
            break;
    }
    fputs("</tr>\n", out);
}

static const char *currency(const struct meters *meters)
{
    return meters->plant->currency[0] ? meters->plant->currency : "cost";
}

/* ---- all of it ---- */

static void nodes(const struct meters *meters, FILE *out)
{
    const struct plant *plant = meters->plant;
    char text[METERS_TITLE * 2];
    for (uint16_t c = 0; c < plant->carrier_count; c++) {
        double whole = NAN;
        bool begun = false;
        for (size_t i = 0; i < meters->subject_count; i++) {
            const struct meters_subject *s = &meters->subjects[i];
            if (s->carrier != c)
                continue;
            if (!begun) {
                html_element(out, "h3", plant->carriers[c].title);
                snprintf(text, sizeof text, "|>%s|>%s|>CO2 t|>share|", plant->carriers[c].unit, currency(meters));
                head(out, text);
                whole = s->sum.amount;
                begun = true;
            }
            fputs("<tr>", out);
            html_cell(out, i == 0 ? "t sum" : "t", s->meter != NO_METER ? s->path : s->title);
            number_cell(out, s->quarters.count ? s->sum.amount : NAN, 2);
            number_cell(out, s->cost, 2);
            number_cell(out, s->carbon / 1000, 2);
            share_cell(out, s->meter == NO_METER && whole > 0 ? s->sum.amount / whole : NAN);
            bar_cell(out, s->sum.amount, s->meter == NO_METER ? whole : NAN, "bar");
            fputs("</tr>\n", out);
        }
        if (begun)
            fputs("</table>\n", out);
    }
}

static void trees(const struct meters *meters, FILE *out)
{
    const struct plant *plant = meters->plant;
    char text[METERS_TITLE], key[KEY_BYTES];
    for (size_t c = 0; meters->trees && c < plant->carrier_count; c++) {
        if (meters->tree_counts[c] < 2)
            continue;
        snprintf(text, sizeof text, "%s by meter", plant->carriers[c].title);
        html_element(out, "h3", text);
        snprintf(text, sizeof text, "|>%s|>share|", plant->carriers[c].unit);
        head(out, text);
        for (size_t b = 0; b < meters->tree_counts[c]; b++) {
            const struct energy_branch *branch = &meters->trees[c][b];
            plant_meter_key(plant, branch->meter, key, sizeof key);
            fprintf(out, "<tr><td class=\"%s\" style=\"padding-left:%.1fem\">", branch->more ? "missed" : branch->rest ? "t k" : "t", branch->depth * 1.5);
            html_text(out, branch->more ? "the meters under it count more than their parent" : branch->rest ? "not metered" : key);
            fputs("</td>", out);
            number_cell(out, branch->amount, 2);
            share_cell(out, branch->share);
            bar_cell(out, branch->share, 1, branch->rest ? "fall" : "bar");
            fputs("</tr>\n", out);
        }
        fputs("</table>\n", out);
    }
}

/* ---- charts ---- */

static void bars(const struct meters *meters, const struct meters_subject *s, enum meters_by by, FILE *out)
{
    const struct meters_parts *parts = &s->parts[by];
    double most = 0, width = parts->count ? (double)CHART_W / (double)parts->count : 0;
    char title[METERS_TITLE], amount[METERS_NUMBER];
    for (size_t p = 0; p < parts->count; p++)
        most = parts->rows[p].sum.amount > most ? parts->rows[p].sum.amount : most;
    if (parts->count < 2 || parts->count > LISTED || !(most > 0))
        return;
    meters_number(most, 0, amount);
    fprintf(out, "<h3>%s by %s</h3>\n<svg role=\"img\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\"><title>0 to %s</title>\n", meters_unit(meters, s), meters_by_names[by], CHART_W, CHART_H + 4, CHART_W,
        CHART_H + 4, amount);
    for (size_t p = 0; p < parts->count; p++) {
        double height = parts->rows[p].sum.amount / most * CHART_H;
        if (!(height > 0))
            continue;
        meters_part_title(meters, by, &parts->rows[p], title);
        meters_number(parts->rows[p].sum.amount, 2, amount);
        fprintf(out, "<rect class=\"bar\" x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\"><title>", (double)p * width, CHART_H - height, width > 2 ? width - 1 : width, height);
        html_text(out, title);
        fprintf(out, ": %s</title></rect>\n", amount);
    }
    fprintf(out, "<line class=\"base\" x1=\"0\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/></svg>\n", CHART_W, CHART_H, CHART_H);
}

static void curve(FILE *out, const char *class, const double power[ENERGY_SLOTS], double most)
{
    bool open = false;
    fprintf(out, "<path class=\"%s\" d=\"", class);
    for (int q = 0; q < ENERGY_SLOTS; q++) {
        if (isnan(power[q])) {
            open = false;
            continue;
        }
        double x = (double)q / ENERGY_SLOTS * CHART_W, y = CHART_H - power[q] / most * CHART_H;
        fprintf(out, open ? "V%.1fh%.2f" : "M%.1f %.1fh%.2f", open ? y : x, open ? (double)CHART_W / ENERGY_SLOTS : y, (double)CHART_W / ENERGY_SLOTS);
        open = true;
    }
    fputs("\"/>\n", out);
}

static double highest(const double power[ENERGY_SLOTS], double most)
{
    for (int q = 0; q < ENERGY_SLOTS; q++)
        most = power[q] > most ? power[q] : most;
    return most;
}

/* The last day, the one before it and a typical one of its weekday. */
static void day_chart(const struct meters *meters, const struct meters_subject *s, FILE *out)
{
    int weekday = zone_civil(meters->zone, s->last_ms).weekday;
    double most = highest(s->last, highest(s->before, highest(s->typical[weekday], 0)));
    char when[METERS_TIME], unit[ENERGY_UNIT], number[METERS_NUMBER];
    if (!(most > 0) || !(highest(s->last, 0) > 0))
        return;
    meters_moment(meters, s->last_ms, when);
    energy_unit_rate(meters_unit(meters, s), unit);
    meters_number(most, 1, number);
    fprintf(out, "<h3>%.14s, %s</h3>\n<p class=\"k\">the day; thin: the day before; dashed: a typical day of its weekday (median of %zu)</p>\n"
                 "<svg role=\"img\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\"><title>0 to %s %s</title>\n", when, unit, s->typical_days[weekday], CHART_W, CHART_H + 18, CHART_W, CHART_H + 18, number, unit);
    curve(out, "was", s->before, most);
    curve(out, "typical", s->typical[weekday], most);
    curve(out, "now", s->last, most);
    for (int h = 0; h < 24; h += 6)
        fprintf(out, "<text x=\"%d\" y=\"%d\">%02d:00</text>", h * CHART_W / 24, CHART_H + 14, h);
    fprintf(out, "<text x=\"%d\" y=\"11\" text-anchor=\"end\">%s %s</text><line class=\"base\" x1=\"0\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/></svg>\n", CHART_W, number, unit, CHART_W, CHART_H, CHART_H);
}

/* Days from left to right, hours from top to bottom; light is little, dark is much. */
static void heat(const struct meters *meters, const struct meters_subject *s, FILE *out)
{
    static const char *const shades[SHADES] = {"#eef1f4", "#dce2e8", "#c3cdd6", "#a7b5c2", "#8999a9", "#6b7d90", "#4d6075", "#2f4359"};
    char unit[ENERGY_UNIT], number[METERS_NUMBER];
    double most = 0;
    for (size_t d = 0; d < s->date_count; d++)
        for (int h = 0; h < ENERGY_HOURS; h++)
            most = s->dates[d].power[h] > most ? s->dates[d].power[h] : most;
    if (s->date_count < 2 || !(most > 0))
        return;
    energy_unit_rate(meters_unit(meters, s), unit);
    meters_number(most, 1, number);
    const struct energy_date *first = &s->dates[0], *last = &s->dates[s->date_count - 1];
    fprintf(out, "<h3>Days and hours, %s</h3>\n<p class=\"k\">light: 0, dark: %s; white: not known. From top to bottom 0:00 to 24:00, from left to right %04d-%02d-%02d to %04d-%02d-%02d.</p>\n"
                 "<svg role=\"img\" viewBox=\"0 0 %zu 24\" width=\"%d\" height=\"192\" preserveAspectRatio=\"none\" shape-rendering=\"crispEdges\"><title>%s of each hour</title>\n", unit, number,
        (int)(first->day / 10000), (int)(first->day / 100 % 100), (int)(first->day % 100), (int)(last->day / 10000), (int)(last->day / 100 % 100), (int)(last->day % 100),
        s->date_count, CHART_W, unit);
    for (int shade = 0; shade < SHADES; shade++) {
        fprintf(out, "<path fill=\"%s\" d=\"", shades[shade]);
        for (size_t d = 0; d < s->date_count; d++)
            for (int h = 0; h < ENERGY_HOURS; h++) {
                double power = s->dates[d].power[h];
                int its = power >= most ? SHADES - 1 : power > 0 ? (int)(power / most * SHADES) : 0;
                if (!isnan(power) && its == shade)
                    fprintf(out, "M%zu %dh1v1h-1z", d, h);
            }
        fputs("\"/>\n", out);
    }
    fputs("</svg>\n", out);
}

/* ---- tables of one subject ---- */

static void row(FILE *out, const char *name, double value, int decimals, const char *unit)
{
    fputs("<tr>", out);
    html_cell(out, "t", name);
    number_cell(out, value, decimals);
    html_cell(out, "t", unit);
    fputs("</tr>\n", out);
}

static void figures(const struct meters *meters, const struct meters_subject *s, FILE *out)
{
    const struct energy_figures *f = &s->figures;
    const char *unit = meters_unit(meters, s);
    char power[ENERGY_UNIT], when[METERS_TIME], peak[METERS_TIME + ENERGY_UNIT + 8], good[64];
    energy_unit_rate(unit, power);
    meters_moment(meters, f->peak_ms, when);
    snprintf(peak, sizeof peak, "%s on %s", power, when);
    fputs("<table>\n", out);
    row(out, "used", s->sum.amount, 2, unit);
    row(out, "Monday to Friday", f->weekday, 2, unit);
    row(out, "Saturday and Sunday", f->weekend, 2, unit);
    row(out, "cost", s->cost, 2, meters->plant->currency);
    row(out, "CO2", s->carbon / 1000, 2, "t");
    row(out, "highest quarter of an hour", f->peak, 2, isnan(f->peak) ? power : peak);
    row(out, "mean", f->mean, 2, power);
    row(out, "base load (5th percentile of quarters)", f->base, 2, power);
    row(out, "load factor", f->load_factor, 4, "");
    if (s->sum.reactive != 0)
        row(out, "power factor", energy_power_factor(s->sum.amount, s->sum.reactive), 4, "");
    row(out, "used while idle", energy_idle_share(&s->sum) * 100, 1, "%");
    row(out, "measured", (double)f->valid_ms / (double)(meters->period.to_ms - meters->period.from_ms) * 100, 1, "%");
    if (s->sum.estimated > 0)
        row(out, "of it spread evenly over longer silences of a register", s->sum.estimated, 2, unit);
    snprintf(good, sizeof good, "CO2 for each good %.32s", meters_piece(s));
    if (!isnan(energy_specific(s->sum.amount, s->good)))
        row(out, good + strlen("CO2 "), energy_specific(s->sum.amount, s->good), 4, unit);
    if (!isnan(energy_specific(s->carbon, s->good)))
        row(out, good, energy_specific(s->carbon, s->good), 4, "kg");
    if (s->demand && !isnan(s->demand->limit)) {
        row(out, "highest demand that is allowed", s->demand->limit, 2, power);
        row(out, "means above it", (double)s->over_limit, 0, "");
    }
    fputs("</table>\n", out);
}

static void parts(const struct meters *meters, const struct meters_subject *s, enum meters_by by, FILE *out)
{
    const struct meters_parts *p = &s->parts[by];
    char text[METERS_TITLE * 2];
    if (p->count == 0)
        return;
    snprintf(text, sizeof text, "By %s", meters_by_names[by]);
    html_element(out, "h3", text);
    snprintf(text, sizeof text, "|>%s|>share|>%s|>CO2 t|>%s a good %.32s|>idle|", meters_unit(meters, s), currency(meters), meters_unit(meters, s), meters_piece(s));
    head(out, text);
    for (size_t r = 0; r < p->count && r < LISTED; r++) {
        const struct meters_part *part = &p->rows[r];
        meters_part_title(meters, by, part, text);
        fputs("<tr>", out);
        html_cell(out, "t", text);
        number_cell(out, part->sum.amount, 2);
        share_cell(out, s->sum.amount > 0 ? part->sum.amount / s->sum.amount : NAN);
        number_cell(out, part->cost, 2);
        number_cell(out, part->carbon / 1000, 2);
        number_cell(out, energy_specific(part->sum.amount, part->good), 4);
        share_cell(out, energy_idle_share(&part->sum));
        bar_cell(out, part->sum.amount, s->sum.amount, "bar");
        fputs("</tr>\n", out);
    }
    fputs("</table>\n", out);
    if (p->count > LISTED)
        fprintf(out, "<p>and %zu more</p>\n", p->count - LISTED);
}

static bool names_any(const struct meters_parts *parts)
{
    for (size_t p = 0; p < parts->count; p++)
        if (parts->rows[p].name[0])
            return true;
    return false;
}

static void demand(const struct meters *meters, const struct meters_subject *s, FILE *out)
{
    char power[ENERGY_UNIT], text[METERS_TITLE], when[METERS_TIME], to[METERS_TIME];
    energy_unit_rate(meters_unit(meters, s), power);
    fputs("<h3>Demand by month</h3>", out);
    snprintf(text, sizeof text, "|>%s|>highest, %s||>load factor%s%s", meters_unit(meters, s), power, s->demand_charge > 0 ? "|>charge " : "", s->demand_charge > 0 ? currency(meters) : "");
    head(out, text);
    for (size_t m = 0; m < s->month_count; m++) {
        const struct energy_month *month = &s->months[m];
        snprintf(text, sizeof text, "%04d-%02d", (int)(month->month / 100), (int)(month->month % 100));
        meters_moment(meters, month->figures.peak_ms, when);
        fputs("<tr>", out);
        html_cell(out, "t", text);
        number_cell(out, month->figures.amount, 2);
        number_cell(out, month->figures.peak, 2);
        html_cell(out, "t", isnan(month->figures.peak) ? "" : when);
        factor_cell(out, month->figures.load_factor);
        if (s->demand_charge > 0)
            number_cell(out, month->charge, 2);
        fputs("</tr>\n", out);
    }
    snprintf(text, sizeof text, "||>mean, %s|>%s|", power, meters_unit(meters, s));
    fprintf(out, "</table>\n<h3>Highest %d-minute means</h3>", (int)(s->block_ms / 60000));
    head(out, text);
    for (size_t p = 0; p < s->peak_count; p++) {
        meters_moment(meters, s->peaks[p].from_ms, when);
        meters_moment(meters, s->peaks[p].to_ms, to);
        snprintf(text, sizeof text, "%s - %s", when, to + 15);
        fprintf(out, "<tr><td class=\"n\">%zu</td>", p + 1);
        html_cell(out, "t", text);
        number_cell(out, s->peaks[p].mean, 2);
        number_cell(out, s->peaks[p].mean * (double)s->block_ms / 3600000, 2);
        bar_cell(out, s->peaks[p].mean, s->peaks[0].mean, "bar");
        fputs("</tr>\n", out);
    }
    fputs("</table>\n", out);
}

static void subject(const struct meters *meters, const struct meters_subject *s, FILE *out)
{
    char title[METERS_TITLE];
    enum meters_by step = meters->by != METERS_BY_NOTHING && meters->by <= METERS_BY_SHIFT ? meters->by : meters_step(meters);
    meters_subject_title(meters, s, title);
    html_element(out, "h2", title);
    if (s->quarters.count == 0) {
        html_element(out, "p", "Nothing was measured.");
        return;
    }
    figures(meters, s, out);
    bars(meters, s, step, out);
    heat(meters, s, out);
    if (meters_step(meters) != METERS_BY_MONTH)
        day_chart(meters, s, out);
    parts(meters, s, METERS_BY_RATE, out);
    for (int by = METERS_BY_CREW; by <= METERS_BY_ORDER; by++)
        if (names_any(&s->parts[by]) || (int)meters->by == by)
            parts(meters, s, (enum meters_by)by, out);
    parts(meters, s, step, out);
    if (meters_has_demand(meters, s))
        demand(meters, s, out);
}

/* ---- emissions and baselines ---- */

static void emissions(const struct meters *meters, FILE *out)
{
    char text[METERS_TITLE];
    for (size_t e = 0; e < meters->emission_count; e++) {
        const struct meters_emission *told = &meters->emissions[e];
        uint32_t tag = meters->plant->meters[told->emission->meter].tag;
        snprintf(text, sizeof text, "%s, %s", told->emission->title, tag != NO_TAG ? meters->plant->tags[tag].def->unit : "");
        html_element(out, "h2", text);
        head(out, "means|>valid|>of|>mean|>highest|>limit|>share of it|>over the limit|>minutes");
        for (int kind = 0; kind < EMISSION_MEANS; kind++) {
            const struct emission_sum *sum = &told->sums[kind];
            fputs("<tr>", out);
            html_cell(out, sum->exceeded ? "missed" : "t", meters_mean_titles[kind]);
            number_cell(out, (double)sum->valid, 0);
            number_cell(out, (double)sum->rows, 0);
            number_cell(out, sum->mean, 2);
            number_cell(out, sum->highest, 2);
            number_cell(out, told->emission->limit[kind], 2);
            share_cell(out, sum->used);
            number_cell(out, (double)sum->exceeded, 0);
            number_cell(out, sum->exceeded_min, 0);
            fputs("</tr>\n", out);
        }
        fputs("</table>\n", out);
    }
}

/* What was saved so far, day after day: above the line less was used than expected. */
static void savings(const struct meters_baseline *b, FILE *out)
{
    double most = 0;
    size_t count = b->count - b->first;
    for (size_t r = b->first; r < b->count; r++)
        most = fabs(b->rows[r].saved) > most ? fabs(b->rows[r].saved) : most;
    if (count < 2 || !(most > 0))
        return;
    fprintf(out, "<h3>Saved so far (CUSUM)</h3>\n<svg role=\"img\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\"><title>the sum of what was saved, at most %.0f</title>\n<path class=\"now\" d=\"", CHART_W, CHART_H, CHART_W,
        CHART_H, most);
    for (size_t r = 0; r < count; r++)
        fprintf(out, "%s%.1f %.1f", r ? "L" : "M", (double)r / (double)(count - 1) * CHART_W, CHART_H / 2.0 * (1 - b->rows[b->first + r].saved / most));
    fprintf(out, "\"/>\n<line class=\"base\" x1=\"0\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/></svg>\n", CHART_W, CHART_H / 2, CHART_H / 2);
}

static void baselines(const struct meters *meters, FILE *out)
{
    char text[512];
    for (size_t i = 0; i < meters->baseline_count; i++) {
        const struct meters_baseline *b = &meters->baselines[i];
        const char *unit = meters->plant->carriers[meters->plant->meters[b->baseline->meter].carrier].unit;
        snprintf(text, sizeof text, "Baseline: %s", b->baseline->title);
        html_element(out, "h2", text);
        meters_baseline_note(b, text, sizeof text);
        if (*text) {
            fputs("<p class=\"missed\">", out);
            html_text(out, text);
            fputs("</p>\n", out);
        }
        if (!b->fit.fitted)
            continue;
        meters_equation(meters, b, text, sizeof text);
        html_element(out, "p", text);
        fprintf(out, "<p>R<sup>2</sup> %.4f, adjusted %.4f</p><table>\n", b->fit.fit.r2, b->fit.fit.r2_adjusted);
        row(out, "expected", b->expected, 2, unit);
        row(out, "used", b->actual, 2, unit);
        row(out, "saved", b->saved, 2, unit);
        fputs("</table>\n", out);
        savings(b, out);
    }
}

void meters_html(const struct meters *meters, FILE *out)
{
    char text[512], made[REPORT_TIME];
    meters_title(meters, text, sizeof text);
    report_time(meters->zone, meters->made_ms, made);
    html_begin(out, text);
    for (size_t i = 0; meters_remark(meters, i, text, sizeof text); i++)
        html_element(out, "p", text);
    nodes(meters, out);
    trees(meters, out);
    for (size_t s = 0; s < meters->subject_count; s++)
        if (meters->subjects[s].detail)
            subject(meters, &meters->subjects[s], out);
    emissions(meters, out);
    baselines(meters, out);
    fprintf(out, "<p>andon, %s. Demand is of whole measured stretches; cost by the tariff and CO2 by the factor that were valid then; - is unknown.</p>\n", made);
    html_end(out);
}
