/*
 * The reports on production as one page that needs nothing else, for mail, archive and the shop floor's board: figures, charts in SVG, stops, calls and
 * notes. Colour is never alone: what misses its target says so, and each bar has its number beside it.
 */
#include <math.h>
#include <string.h>

#include "cli/html.h"
#include "cli/report.h"
#include "cli/work.h"

enum { CHART_W = 720, CHART_H = 140, FALL_W = 420, ROW_H = 18, BARS_MOST = 720, LISTED_STOPS = 200, LISTED_REASONS = 20 };

/* ---- tables ---- */

static void figure_head(FILE *out, const char *name)
{
    fputs("<tr><th>", out);
    html_text(out, name);
    fputs("</th><th class=\"n\">availability</th><th class=\"n\">performance</th><th class=\"n\">quality</th><th class=\"n\">OEE</th><th class=\"n\">target</th><th class=\"n\">unknown</th>"
          "<th class=\"n\">good</th><th class=\"n\">reject</th><th></th></tr>\n", out);
}

static void share_cell(FILE *out, double share, const char *class)
{
    char text[WORK_TIME];
    work_share(share, text);
    html_cell(out, class, text);
}

static void pieces_cell(FILE *out, double pieces)
{
    char text[WORK_TIME];
    work_pieces(pieces, text);
    html_cell(out, "n", text);
}

static void figures(FILE *out, const char *title, const char *class, const struct account *sum, const struct account_group *group, double target)
{
    struct kpis k = work_kpis(sum, group);
    bool missed = target > 0 && k.oee < target;
    char note[128], why[WORK_NOTE];
    work_note(sum, group, why);
    fputs("<tr>", out);
    html_cell(out, class, title);
    share_cell(out, k.availability, "n");
    share_cell(out, k.performance, "n");
    share_cell(out, k.quality, "n");
    share_cell(out, k.oee, missed ? "n missed" : "n");
    share_cell(out, target > 0 ? target : NAN, "n");
    share_cell(out, k.unknown, "n");
    pieces_cell(out, sum->good);
    pieces_cell(out, sum->reject);
    snprintf(note, sizeof note, "%s%s%s", missed ? "below target" : "", missed && *why ? ", " : "", why);
    html_cell(out, missed ? "missed" : "t", note);
    fputs("</tr>\n", out);
}

static void summary(const struct work *work, FILE *out)
{
    char title[512];
    fputs("<table>", out);
    figure_head(out, "");
    for (size_t l = 0; l < work->line_count; l++)
        figures(out, work->lines[l].title, "t", &work->lines[l].sum, NULL, work->lines[l].target);
    for (size_t s = 0; s < work->sum_count; s++) {
        snprintf(title, sizeof title, "%s (%zu)", work->sums[s].title, work->sums[s].lines);
        figures(out, title, "t sum", &work->sums[s].group.all, &work->sums[s].group, 0);
    }
    fputs("</table>\n", out);
}

/* ---- charts ---- */

/* OEE of each part of the period; what is undefined has no bar. */
static void trend(const struct work *work, const struct work_line *line, FILE *out)
{
    enum account_by by;
    const struct work_parts *parts = work_trend(work, line, &by);
    size_t bars = 0, at = 0;
    for (size_t p = 0; p < parts->count; p++)
        bars += parts->rows[p].planned || by == BY_PRODUCT || by == BY_ORDER;
    if (bars < 2 || bars > BARS_MOST)
        return;
    double width = (double)CHART_W / (double)bars;
    fprintf(out, "<h3>OEE by %s</h3>\n<svg role=\"img\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\"><title>OEE by %s, 0 to 100 %%</title>\n", account_by_names[by], CHART_W, CHART_H + 4, CHART_W, CHART_H + 4,
        account_by_names[by]);
    for (size_t p = 0; p < parts->count; p++) {
        const struct work_part *part = &parts->rows[p];
        if (!part->planned && by != BY_PRODUCT && by != BY_ORDER)
            continue;
        double oee = account_kpis(&part->sum).oee, height = isnan(oee) ? 0 : (oee > 1 ? 1 : oee) * CHART_H;
        char title[WORK_TITLE], share[WORK_TIME];
        work_part_title(work, by, part, title);
        work_share(oee, share);
        if (height > 0) {
            fprintf(out, "<rect class=\"%s\" x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\"><title>", line->target > 0 && oee < line->target ? "under" : "bar", (double)at * width, CHART_H - height,
                width > 2 ? width - 1 : width, height);
            html_text(out, title);
            fprintf(out, ": %s</title></rect>\n", share);
        }
        at++;
    }
    if (line->target > 0)
        fprintf(out, "<line x1=\"0\" x2=\"%d\" y1=\"%.2f\" y2=\"%.2f\"/>", CHART_W, CHART_H * (1 - line->target), CHART_H * (1 - line->target));
    fprintf(out, "<line class=\"base\" x1=\"0\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/></svg>\n", CHART_W, CHART_H, CHART_H);
}

/* From calendar time to fully productive time: each step begins where the one before ended. */
static void waterfall(const struct account *sum, FILE *out)
{
    struct waterfall_step steps[WATERFALL_STEPS];
    size_t count = account_waterfall(sum, steps);
    double all = steps[0].left_ms;
    char hours[WORK_TIME], left[WORK_TIME];
    if (!(all > 0))
        return;
    fputs("<h3>From calendar time to fully productive time</h3>\n<table><tr><th></th><th class=\"n\">taken</th><th class=\"n\">left</th><th></th></tr>\n", out);
    for (size_t s = 0; s < count; s++) {
        double from = steps[s].left_ms, width = steps[s].ms;
        if (s > 0 && fabs(steps[s].ms) < 0.5)
            continue;
        if (s == 0)
            from = 0, width = all;
        else if (width < 0)
            from += width, width = -width;
        work_hours(steps[s].ms, hours);
        work_hours(steps[s].left_ms, left);
        fputs("<tr>", out);
        html_cell(out, "t", steps[s].title);
        html_cell(out, "n", s == 0 ? "" : hours);
        html_cell(out, "n", left);
        fprintf(out, "<td><svg width=\"%d\" height=\"%d\"><rect class=\"%s\" x=\"%.2f\" y=\"3\" width=\"%.2f\" height=\"%d\"/></svg></td></tr>\n", FALL_W, ROW_H, s == 0 ? "bar" : "fall",
            (from < 0 ? 0 : from) / all * FALL_W, width / all * FALL_W, ROW_H - 6);
    }
    work_hours(steps[count - 1].left_ms, left);
    fprintf(out, "<tr class=\"sum\"><td class=\"t\">fully productive</td><td></td><td class=\"n\">%s</td><td><svg width=\"%d\" height=\"%d\"><rect class=\"bar\" x=\"0\" y=\"3\" width=\"%.2f\" height=\"%d\"/></svg></td></tr></table>\n",
        left, FALL_W, ROW_H, (steps[count - 1].left_ms < 0 ? 0 : steps[count - 1].left_ms) / all * FALL_W, ROW_H - 6);
}

static void losses(const struct account *sum, FILE *out)
{
    struct losses l = account_losses(sum);
    char minutes[WORK_TIME];
    fputs("<h3>Losses</h3><table><tr><th></th><th class=\"n\">minutes</th><th class=\"n\">pieces</th></tr>\n", out);
    for (int i = 0; i < LOSS_COUNT; i++) {
        bool needs_ideal = i == LOSS_SPEED || i == LOSS_STARTUP || i == LOSS_REJECT;
        work_minutes(needs_ideal && !l.ideal ? NAN : l.ms[i], minutes);
        fputs("<tr>", out);
        html_cell(out, "t", loss_titles[i]);
        html_cell(out, "n", minutes);
        pieces_cell(out, l.pieces[i]);
        fputs("</tr>\n", out);
    }
    fputs("</table>\n", out);
}

static void times(const struct account *sum, FILE *out)
{
    double length = (double)account_length_ms(sum);
    char hours[WORK_TIME];
    fputs("<h3>Time</h3><table><tr><th></th><th class=\"n\">h:mm:ss</th><th class=\"n\">share</th></tr>\n", out);
    for (int c = 0; c < TIME_CATEGORIES; c++) {
        if (sum->ms[c] == 0)
            continue;
        work_hours((double)sum->ms[c], hours);
        fputs("<tr>", out);
        html_cell(out, "t", time_category_table[c].title);
        html_cell(out, "n", hours);
        share_cell(out, length > 0 ? (double)sum->ms[c] / length : NAN, "n");
        fputs("</tr>\n", out);
    }
    work_hours(length, hours);
    fprintf(out, "<tr class=\"sum\"><td>sum: the period</td><td class=\"n\">%s</td><td class=\"n\">%s</td></tr></table>\n", hours, length > 0 ? "100.0 %" : "-");
}

/* ---- stops ---- */

static void reasons(const struct work_line *line, FILE *out)
{
    char minutes[WORK_TIME], count[WORK_TIME];
    if (line->reason_count == 0)
        return;
    fputs("<h3>Stops by reason</h3><table><tr><th>reason</th><th>class</th><th class=\"n\">minutes</th><th class=\"n\">number</th><th></th></tr>\n", out);
    for (size_t r = 0; r < line->reason_count && r < LISTED_REASONS; r++) {
        const struct work_reason *reason = &line->reasons[r];
        work_minutes((double)reason->ms, minutes);
        snprintf(count, sizeof count, "%u", (unsigned)reason->times);
        fputs("<tr>", out);
        html_cell(out, reason->given ? "t" : "t k", reason->title);
        html_cell(out, "t", time_category_table[reason->category].title);
        html_cell(out, "n", minutes);
        html_cell(out, "n", count);
        fprintf(out, "<td><svg width=\"%d\" height=\"%d\"><rect class=\"fall\" y=\"3\" width=\"%.2f\" height=\"%d\"/></svg></td></tr>\n", FALL_W / 2, ROW_H,
            line->reasons[0].ms > 0 ? FALL_W / 2 * (double)reason->ms / (double)line->reasons[0].ms : 0, ROW_H - 6);
    }
    fputs("</table>\n", out);
    if (line->reason_count > LISTED_REASONS)
        fprintf(out, "<p>and %zu more</p>\n", line->reason_count - LISTED_REASONS);
}

static void defects(const struct work_line *line, FILE *out)
{
    double sum = (double)work_defects(line), so_far = 0;
    char count[WORK_TIME];
    if (line->defect_count == 0)
        return;
    fputs("<h3>Defects</h3><table><tr><th>defect</th><th class=\"n\">number</th><th class=\"n\">share</th><th class=\"n\">sum</th><th></th></tr>\n", out);
    for (size_t d = 0; d < line->defect_count && d < LISTED_REASONS; d++) {
        double mine = (double)line->defects[d].count;
        so_far += mine;
        snprintf(count, sizeof count, "%llu", (unsigned long long)line->defects[d].count);
        fputs("<tr>", out);
        html_cell(out, "t", line->defects[d].title);
        html_cell(out, "n", count);
        share_cell(out, mine / sum, "n");
        share_cell(out, so_far / sum, "n");
        fprintf(out, "<td><svg width=\"%d\" height=\"%d\"><rect class=\"fall\" y=\"3\" width=\"%.2f\" height=\"%d\"/></svg></td></tr>\n", FALL_W / 2, ROW_H,
            FALL_W / 2 * mine / sum, ROW_H - 6);
    }
    fputs("</table>\n", out);
    if (line->defect_count > LISTED_REASONS)
        fprintf(out, "<p>and %zu more</p>\n", line->defect_count - LISTED_REASONS);
}

static void stops(const struct work *work, const struct work_line *line, FILE *out)
{
    size_t told = 0;
    for (size_t s = line->stop_count; s-- > 0;) {
        const struct stop_version *v = &line->stops[s];
        char from[WORK_TIME], minutes[WORK_TIME], words[WORK_TITLE];
        if (v->stop.category == TIME_MINOR || ++told > LISTED_STOPS)
            continue;
        if (told == 1)
            fputs("<h3>Stops</h3><table><tr><th>began</th><th class=\"n\">minutes</th><th>class</th><th>reason</th><th>who</th><th>comment</th></tr>\n", out);
        bool given = work_stop_words(v, words);
        work_moment(work, v->stop.start_ms, from);
        work_minutes((double)work_stop_ms(line, &v->stop), minutes);
        fputs("<tr>", out);
        html_cell(out, "t", from);
        html_cell(out, "n", minutes);
        html_cell(out, "t", time_category_table[v->stop.category].title);
        html_cell(out, given ? "t" : "t k", words);
        html_cell(out, "t", v->stop.who);
        html_cell(out, "t", v->stop.comment);
        fputs("</tr>\n", out);
    }
    if (told)
        fputs("</table>\n", out);
    if (told > LISTED_STOPS)
        fprintf(out, "<p>and %zu more</p>\n", told - LISTED_STOPS);
}

/* ---- handover ---- */

static void calls(const struct work *work, FILE *out)
{
    char time[WORK_TIME];
    if (work->call_count == 0)
        return;
    fputs("<h2>Open calls</h2><table><tr><th>since</th><th>where</th><th>for</th><th>by</th><th>taken by</th><th>comment</th></tr>\n", out);
    for (size_t c = 0; c < work->call_count; c++) {
        const struct call *call = &work->calls[c].call;
        work_moment(work, call->raised_ms, time);
        fputs("<tr>", out);
        const char *const texts[] = {time, work->calls[c].path, work->calls[c].kind, call->who, call->taken_ms ? call->taker : "nobody yet", call->comment};
        for (size_t t = 0; t < sizeof texts / sizeof texts[0]; t++)
            html_cell(out, "t", texts[t]);
        fputs("</tr>\n", out);
    }
    fputs("</table>\n", out);
}

static void dues(const struct work *work, FILE *out)
{
    if (work->due_count == 0)
        return;
    fputs("<h2>Due next</h2><table><tr><th class=\"n\">in</th><th>where</th><th>what</th><th>left</th><th>what to do</th></tr>\n", out);
    for (size_t d = 0; d < work->due_count; d++) {
        const struct work_due *due = &work->dues[d];
        fputs("<tr>", out);
        html_cell(out, due->over ? "n missed" : "n", due->when);
        const char *const texts[] = {due->path, due->title, due->left, due->text};
        for (size_t t = 0; t < sizeof texts / sizeof texts[0]; t++)
            html_cell(out, "t", texts[t]);
        fputs("</tr>\n", out);
    }
    fputs("</table>\n", out);
}

static void notes(const struct work *work, FILE *out)
{
    char time[WORK_TIME];
    if (work->note_count == 0)
        return;
    fputs("<h2>Notes</h2><table>\n", out);
    for (size_t e = 0; e < work->note_count; e++) {
        const struct event *note = &work->notes[e];
        work_moment(work, note->time_ms, time);
        fputs("<tr>", out);
        const char *const texts[] = {time, note->path, note->who, note->alarm.comment};
        for (size_t t = 0; t < sizeof texts / sizeof texts[0]; t++)
            html_cell(out, "t", texts[t]);
        fputs("</tr>\n", out);
    }
    fputs("</table>\n", out);
}

static void line_section(const struct work *work, const struct work_line *line, FILE *out)
{
    fputs("<h2>", out);
    html_text(out, line->title);
    fputs(" <span class=\"k\">", out);
    html_text(out, line->path);
    fputs("</span></h2>\n", out);
    if (work->shift)
        fprintf(out, "<p>%llu alarm%s</p>\n", (unsigned long long)line->alarms, line->alarms == 1 ? "" : "s");
    trend(work, line, out);
    waterfall(&line->sum, out);
    losses(&line->sum, out);
    times(&line->sum, out);
    reasons(line, out);
    defects(line, out);
    if (work->shift)
        stops(work, line, out);
}

void work_html(const struct work *work, FILE *out)
{
    char title[512], made[REPORT_TIME];
    work_title(work, title, sizeof title);
    report_time(work->zone, work->made_ms, made);
    html_begin(out, title);
    for (size_t i = 0; work_remark(work, i, title, sizeof title); i++)
        html_element(out, "p", title);
    summary(work, out);
    work_energy_html(work, out);
    calls(work, out);
    dues(work, out);
    notes(work, out);
    for (size_t l = 0; l < work->line_count; l++)
        line_section(work, &work->lines[l], out);
    fprintf(out, "<p>andon, %s. Figures of ISO 22400-2, of sums and never averages of shares; unknown: the share of planned busy time that nobody told; - is undefined.</p>\n", made);
    html_end(out);
}
