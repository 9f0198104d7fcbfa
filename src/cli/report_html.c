/*
 * The report as one page that needs nothing else: its styles are in it, its pictures are SVG in it, and every text that came from the plant is
 * escaped. Colour is never alone: a verdict is a word, a ten minutes with more than ten raises is a bar over a line.
 */
#include "cli/report.h"

#include <inttypes.h>

#include "cli/html.h"
#include "core/timestamp.h"

enum { CHART_W = 720, CHART_H = 120, BAR_W = 240, COLUMNS_MOST = 720, SHOWN_FLOODS = 100 };

static void cell_count(FILE *out, uint64_t count)
{
    fprintf(out, "<td class=\"n\">%" PRIu64 "</td>", count);
}

/* Raises by ten minutes; over a long period the most of several. The line is at ten. */
static void chart(const struct position_metrics *p, FILE *out)
{
    size_t each = (p->ten_count + COLUMNS_MOST - 1) / COLUMNS_MOST, columns = each ? (p->ten_count + each - 1) / each : 0;
    double most = p->ten_most > 12 ? p->ten_most : 12, width = columns ? (double)CHART_W / (double)columns : 0;
    fprintf(out, "<svg role=\"img\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\"><title>raises by ten minutes, at most %" PRIu32 "</title>\n", CHART_W, CHART_H + 4, CHART_W, CHART_H + 4, p->ten_most);
    for (size_t c = 0; c < columns; c++) {
        uint32_t raises = 0;
        for (size_t t = c * each; t < (c + 1) * each && t < p->ten_count; t++)
            raises = p->tens[t] > raises ? p->tens[t] : raises;
        double height = (double)raises / most * CHART_H;
        if (raises)
            fprintf(out, "<rect class=\"%s\" x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\"/>\n", raises > 10 ? "over" : "bar", (double)c * width, CHART_H - height, width > 1.5 ? width - 0.5 : width, height);
    }
    fprintf(out, "<line x1=\"0\" x2=\"%d\" y1=\"%.2f\" y2=\"%.2f\"/><line class=\"base\" x1=\"0\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/></svg>\n", CHART_W, CHART_H - 10 / most * CHART_H, CHART_H - 10 / most * CHART_H,
        CHART_W, CHART_H, CHART_H);
}

static void figures(const struct position_metrics *p, FILE *out)
{
    fputs("<table><tr><th>figure</th><th>value</th><th>target</th><th></th></tr>\n", out);
    for (int m = 0; m < METRIC_COUNT; m++) {
        double value = metric_value(p, (enum metric)m);
        enum metric_verdict verdict = metric_judge((enum metric)m, value);
        char text[METRIC_TEXT];
        metric_text((enum metric)m, value, text);
        fputs("<tr>", out);
        html_cell(out, "t", metric_table[m].title);
        html_cell(out, "n", text);
        html_cell(out, "t", metric_table[m].target);
        html_cell(out, metric_verdict_names[verdict], metric_verdict_names[verdict]);
        fputs("</tr>\n", out);
    }
    fputs("</table>\n", out);
}

static void floods(const struct report *r, const struct position_metrics *p, FILE *out)
{
    char time[REPORT_TIME], span[SPAN_TEXT];
    if (p->flood_count == 0)
        return;
    fputs("<h3>Floods</h3><table><tr><th>began</th><th>lasted</th><th>raises</th></tr>\n", out);
    for (size_t f = 0; f < p->flood_count && f < SHOWN_FLOODS; f++) {
        report_time(r->zone, p->floods[f].begin_ms, time);
        span_text(p->floods[f].end_ms - p->floods[f].begin_ms, span);
        fputs("<tr>", out);
        html_cell(out, "t", time);
        html_cell(out, "n", span);
        cell_count(out, p->floods[f].raises);
        fputs("</tr>\n", out);
    }
    fputs("</table>\n", out);
    if (p->flood_count > SHOWN_FLOODS)
        fprintf(out, "<p>and %zu more</p>\n", p->flood_count - SHOWN_FLOODS);
}

static void alarms(const struct report *r, const struct position_metrics *p, FILE *out)
{
    char time[REPORT_TIME];
    if (p->alarm_count == 0)
        return;
    fputs("<h3>Alarms to look at</h3><table><tr><th>raises</th><th></th><th>chattered</th><th>fleeting</th><th>stood since</th><th>alarm</th><th></th></tr>\n", out);
    for (size_t a = 0; a < p->alarm_count; a++) {
        const struct metric_alarm *alarm = &p->alarms[a];
        if (!report_tells(p, a))
            continue;
        time[0] = '\0';
        if (alarm->standing_since)
            report_time(r->zone, alarm->standing_since, time);
        fputs("<tr>", out);
        cell_count(out, alarm->raises);
        fprintf(out, "<td><svg width=\"%d\" height=\"12\"><rect class=\"bar\" width=\"%.1f\" height=\"12\"/></svg></td>", BAR_W,
            p->alarms[0].raises ? BAR_W * (double)alarm->raises / (double)p->alarms[0].raises : 0);
        cell_count(out, alarm->chatters);
        cell_count(out, alarm->fleeting);
        html_cell(out, "t", time);
        html_cell(out, "t", alarm->title);
        html_cell(out, "k", alarm->key);
        fputs("</tr>\n", out);
    }
    fputs("</table>\n", out);
}

void report_html(const struct report *r, FILE *out)
{
    char period[PERIOD_TEXT], made[REPORT_TIME];
    size_t at = 0;
    period_text(r->zone, r->period, period);
    report_time(r->zone, r->made_ms, made);
    fputs("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>", out);
    html_text(out, r->site);
    fputs(": alarms, ", out);
    html_text(out, period);
    fputs("</title>\n<style>body{font:15px/1.45 system-ui,sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#222;background:#fff}"
          "h1{font-size:1.4em}h2{font-size:1.2em;margin-top:2em}h3{font-size:1em}table{border-collapse:collapse}td,th{padding:.15em .8em .15em 0;text-align:left;border-bottom:1px solid #ddd}"
          ".n{text-align:right;font-variant-numeric:tabular-nums}.k{font-family:monospace;color:#555}.missed{color:#a30000;font-weight:bold}.manageable{color:#7a5a00;font-weight:bold}"
          "rect.bar{fill:#7a8a99}rect.over{fill:#a30000}line{stroke:#a30000;stroke-dasharray:4 3}line.base{stroke:#999;stroke-dasharray:none}@media print{body{margin:0}}</style></head><body>\n<h1>", out);
    html_text(out, r->site);
    fputs(": the alarm system, ", out);
    html_text(out, period);
    fputs("</h1>\n", out);
    for (const struct position_metrics *p; (p = report_next(r, &at));) {
        fputs("<h2>", out);
        html_text(out, p->name);
        fprintf(out, ": %" PRIu64 " raise%s</h2>\n", p->raises, p->raises == 1 ? "" : "s");
        chart(p, out);
        figures(p, out);
        floods(r, p, out);
        alarms(r, p, out);
    }
    fprintf(out, "<p>andon, %s. Raises that were shown to a person; a flood begins with more than 10 raises in 10 minutes and ends below 5. Targets: ISA-18.2, EEMUA 191.</p>\n</body></html>\n", made);
}
