/*
 * The report for people in a terminal, as rows for a spreadsheet, and as one JSON object. All three tell the same numbers, which alarm_targets.c
 * takes from the metrics.
 */
#include "cli/report.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "cli/rows.h"
#include "core/timestamp.h"

static double share_of(uint64_t part, uint64_t whole)
{
    return whole ? 100 * (double)part / (double)whole : NAN;
}

/* ---- text ---- */

static void text_alarms(const struct report *r, const struct position_metrics *p, FILE *out)
{
    bool any = false;
    for (size_t a = 0; a < p->alarm_count; a++) {
        const struct metric_alarm *alarm = &p->alarms[a];
        char share[METRIC_TEXT], since[REPORT_TIME] = "";
        if (!report_tells(p, a))
            continue;
        if (!any)
            fprintf(out, "\n    RAISES   SHARE  CHATTERED  FLEETING  ALARM\n");
        any = true;
        metric_text(METRIC_TOP, share_of(alarm->raises, p->raises), share);
        fprintf(out, "  %8" PRIu64 " %7s %10" PRIu64 " %9" PRIu64 "  %s  %s", alarm->raises, share, alarm->chatters, alarm->fleeting, alarm->key, alarm->title);
        if (alarm->standing_since) {
            report_time(r->zone, alarm->standing_since, since);
            fprintf(out, "  (stood since %.16s)", since);
        }
        fputc('\n', out);
    }
}

static void text_position(const struct report *r, const struct position_metrics *p, FILE *out)
{
    char time[REPORT_TIME], span[SPAN_TEXT], value[METRIC_TEXT];
    fprintf(out, "\n%s: %" PRIu64 " raise%s\n", p->name, p->raises, p->raises == 1 ? "" : "s");
    for (int m = 0; m < METRIC_COUNT; m++) {
        double number = metric_value(p, (enum metric)m);
        metric_text((enum metric)m, number, value);
        const char *verdict = metric_verdict_names[metric_judge((enum metric)m, number)];
        fprintf(out, "  %-32s%9s", metric_table[m].title, value);
        if (*verdict)
            fprintf(out, "  %-18s%s", metric_table[m].target, verdict);
        fputc('\n', out);
    }
    for (size_t f = 0; f < p->flood_count; f++) {
        const struct alarm_flood *flood = &p->floods[f];
        report_time(r->zone, flood->begin_ms, time);
        span_text(flood->end_ms - flood->begin_ms, span);
        fprintf(out, "  flood from %.10s %.12s for %s%s: %" PRIu64 " raises\n", time, time + 11, span, flood->open ? " and on" : "", flood->raises);
    }
    text_alarms(r, p, out);
}

void report_text(const struct report *r, FILE *out)
{
    char text[PERIOD_TEXT];
    size_t at = 0;
    period_text(r->zone, r->period, text);
    fprintf(out, "%s: the alarm system, %s\n", r->site, text);
    for (const struct position_metrics *p; (p = report_next(r, &at));)
        text_position(r, p, out);
}

/* ---- CSV ---- */

static struct sql_field text_field(const char *text)
{
    return (struct sql_field){.kind = SQL_TEXT, .text = text, .length = strlen(text)};
}

static struct sql_field number_field(double number)
{
    return isnan(number) ? (struct sql_field){.kind = SQL_NULL} : (struct sql_field){.kind = SQL_REAL, .d = number};
}

static void csv_row(struct rows *rows, const char *position, const char *figure, const char *alarm, double value, const char *target, const char *verdict)
{
    struct sql_field fields[] = {text_field(position), text_field(figure), text_field(alarm), number_field(value), text_field(target), text_field(verdict)};
    rows_put(rows, fields);
}

void report_csv(const struct report *r, FILE *out)
{
    static const char *const names[] = {"position", "figure", "alarm", "value", "target", "verdict"};
    struct rows rows;
    size_t at = 0;
    rows_begin(&rows, out, ROWS_CSV, names, sizeof names / sizeof names[0]);
    for (const struct position_metrics *p; (p = report_next(r, &at));) {
        csv_row(&rows, p->name, "raises", "", (double)p->raises, "", "");
        for (int m = 0; m < METRIC_COUNT; m++) {
            double value = metric_value(p, (enum metric)m);
            csv_row(&rows, p->name, metric_table[m].name, "", value, metric_table[m].target, metric_verdict_names[metric_judge((enum metric)m, value)]);
        }
        for (size_t a = 0; a < p->alarm_count; a++) {
            const struct metric_alarm *alarm = &p->alarms[a];
            csv_row(&rows, p->name, "raises_of_alarm", alarm->key, (double)alarm->raises, "", "");
            if (alarm->chatters)
                csv_row(&rows, p->name, "chattered", alarm->key, (double)alarm->chatters, "", "");
            if (alarm->fleeting)
                csv_row(&rows, p->name, "fleeting_raises", alarm->key, (double)alarm->fleeting, "", "");
            if (alarm->standing_since)
                csv_row(&rows, p->name, "standing_since_ms", alarm->key, (double)alarm->standing_since, "", "");
        }
    }
    rows_end(&rows);
}

/* ---- JSON ---- */

static void json_string(FILE *out, const char *text)
{
    rows_json_text(out, text, strlen(text));
}

static void json_time(const struct report *r, FILE *out, const char *name, int64_t ms)
{
    char time[REPORT_TIME];
    report_time(r->zone, ms, time);
    fprintf(out, "\"%s\": \"%s\"", name, time);
}

static void json_number(FILE *out, double number)
{
    if (isnan(number))
        fputs("null", out);
    else
        fprintf(out, "%.17g", number);
}

static void json_metrics(const struct position_metrics *p, FILE *out)
{
    fputs("\"metrics\": {", out);
    for (int m = 0; m < METRIC_COUNT; m++) {
        double value = metric_value(p, (enum metric)m);
        fprintf(out, "%s\"%s\": {\"value\": ", m ? ", " : "", metric_table[m].name);
        json_number(out, value);
        fputs(", \"target\": ", out);
        json_string(out, metric_table[m].target);
        fprintf(out, ", \"verdict\": \"%s\"}", metric_verdict_names[metric_judge((enum metric)m, value)]);
    }
    fputs("}", out);
}

static void json_position(const struct report *r, const struct position_metrics *p, FILE *out)
{
    fputs("{\"position\": ", out);
    json_string(out, p->name);
    fprintf(out, ", \"raises\": %" PRIu64 ", \"time_in_flood_ms\": %" PRId64 ", \"acknowledged\": %" PRIu64 ", \"standing_at_end\": %zu, ", p->raises, p->flood_ms, p->acked, p->standing_end);
    json_metrics(p, out);
    fputs(", \"floods\": [", out);
    for (size_t f = 0; f < p->flood_count; f++) {
        fputs(f ? ", {" : "{", out);
        json_time(r, out, "begin", p->floods[f].begin_ms);
        fputs(", ", out);
        json_time(r, out, "end", p->floods[f].end_ms);
        fprintf(out, ", \"raises\": %" PRIu64 ", \"open\": %s}", p->floods[f].raises, p->floods[f].open ? "true" : "false");
    }
    fputs("], \"ten_minutes\": [", out);
    for (size_t t = 0; t < p->ten_count; t++)
        fprintf(out, "%s%" PRIu32, t ? ", " : "", p->tens[t]);
    fputs("], \"alarms\": [", out);
    for (size_t a = 0; a < p->alarm_count; a++) {
        const struct metric_alarm *alarm = &p->alarms[a];
        fputs(a ? ", {\"alarm\": " : "{\"alarm\": ", out);
        json_string(out, alarm->key);
        fputs(", \"title\": ", out);
        json_string(out, alarm->title);
        fprintf(out, ", \"priority\": %d, \"raises\": %" PRIu64 ", \"chattered\": %" PRIu64 ", \"fleeting\": %" PRIu64, alarm->priority, alarm->raises, alarm->chatters, alarm->fleeting);
        if (alarm->standing_since) {
            fputs(", ", out);
            json_time(r, out, "standing_since", alarm->standing_since);
        }
        fputs("}", out);
    }
    fputs("]}", out);
}

void report_json(const struct report *r, FILE *out)
{
    size_t at = 0, told = 0;
    fputs("{\"site\": ", out);
    json_string(out, r->site);
    fputs(", ", out);
    json_time(r, out, "from", r->period.from_ms);
    fputs(", ", out);
    json_time(r, out, "to", r->period.to_ms);
    fputs(", \"positions\": [", out);
    for (const struct position_metrics *p; (p = report_next(r, &at));) {
        fputs(told++ ? ", " : "", out);
        json_position(r, p, out);
    }
    fputs("]}\n", out);
}
