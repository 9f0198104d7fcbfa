/*
 * The reports on production for people in a terminal: one line of figures for each line, area and the site, then each line with its losses, its time,
 * its stops and its trend.
 */
#include <math.h>

#include "cli/work.h"
#include "draw/text.h"

enum { NAME_WIDTH = 34, LISTED_STOPS = 40, LISTED_REASONS = 20 };

/* A text in so many cells, left. */
static void left(FILE *out, const char *text, int width)
{
    int cells = text_width(text);
    fprintf(out, "%s%*s", text, cells < width ? width - cells : 0, "");
}

static void figure(FILE *out, double share, int width)
{
    char text[WORK_TIME];
    work_share(share, text);
    fprintf(out, "%*s", width, text);
}

static void pieces(FILE *out, double number, int width)
{
    char text[WORK_TIME];
    work_pieces(number, text);
    fprintf(out, "%*s", width, text);
}

static void head(FILE *out, const char *name)
{
    left(out, name, NAME_WIDTH);
    fprintf(out, "%9s%9s%9s%9s%9s%9s%11s%9s\n", "A", "P", "Q", "OEE", "target", "unknown", "good", "reject");
}

static void figures(FILE *out, const char *name, const struct account *sum, const struct account_group *group, double target)
{
    struct kpis k = work_kpis(sum, group);
    char note[WORK_NOTE];
    work_note(sum, group, note);
    left(out, name, NAME_WIDTH);
    figure(out, k.availability, 9);
    figure(out, k.performance, 9);
    figure(out, k.quality, 9);
    figure(out, k.oee, 9);
    figure(out, target > 0 ? target : NAN, 9);
    figure(out, k.unknown, 9);
    pieces(out, sum->good, 11);
    pieces(out, sum->reject, 9);
    fprintf(out, "%s%s%s\n", *note || (target > 0 && k.oee < target) ? "  " : "", target > 0 && k.oee < target ? *note ? "below target, " : "below target" : "", note);
}

static void more_figures(FILE *out, const struct account *sum)
{
    struct kpis k = account_kpis(sum);
    const struct { const char *name; double share; } rows[] = {{"NEE", k.nee}, {"OOE", k.ooe}, {"TEEP", k.teep}, {"allocation", k.allocation}, {"utilization", k.utilization},
        {"technical efficiency", k.technical}, {"set-up rate", k.setup_rate}, {"scrap", k.scrap}, {"rework", k.rework}, {"first pass", k.first_pass}};
    char mtbf[WORK_TIME], mttr[WORK_TIME], mttf[WORK_TIME], rate[WORK_TIME], text[WORK_TIME];
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        work_share(rows[r].share, text);
        fprintf(out, "%s%s %s", r == 0 ? "  " : r == 7 ? "\n  " : ", ", rows[r].name, text);
    }
    work_hours(k.mtbf_ms, mtbf);
    work_hours(k.mttr_ms, mttr);
    work_hours(k.mttf_ms, mttf);
    work_pieces(k.throughput, rate);
    fprintf(out, ", throughput %s/h\n  failures %d, minor stops %d, MTBF %s, MTTR %s, MTTF %s\n", rate, (int)(int32_t)sum->stops, (int)(int32_t)sum->minors, mtbf, mttr, mttf);
    if (sum->unknown > 0 || sum->outside > 0) {
        work_pieces(sum->unknown, mtbf);
        work_pieces(sum->outside, mttr);
        fprintf(out, "  not in these figures: %s pieces counted across gaps, %s outside shifts\n", mtbf, mttr);
    }
}

static void losses(FILE *out, const struct account *sum)
{
    struct losses l = account_losses(sum);
    char minutes[WORK_TIME], count[WORK_TIME];
    fprintf(out, "\n  %-24s%12s%12s\n", "LOSSES", "minutes", "pieces");
    for (int i = 0; i < LOSS_COUNT; i++) {
        bool needs_ideal = i == LOSS_SPEED || i == LOSS_STARTUP || i == LOSS_REJECT;
        work_minutes(needs_ideal && !l.ideal ? NAN : l.ms[i], minutes);
        work_pieces(l.pieces[i], count);
        fprintf(out, "  %-24s%12s%12s\n", loss_titles[i], minutes, count);
    }
}

static void times(FILE *out, const struct account *sum)
{
    double length = (double)account_length_ms(sum);
    char hours[WORK_TIME], share[WORK_TIME];
    fprintf(out, "\n  %-24s%12s%12s\n", "TIME", "h:mm:ss", "share");
    for (int c = 0; c < TIME_CATEGORIES; c++) {
        work_hours((double)sum->ms[c], hours);
        work_share(length > 0 ? (double)sum->ms[c] / length : NAN, share);
        if (sum->ms[c] != 0)
            fprintf(out, "  %-24s%12s%12s\n", time_category_table[c].title, hours, share);
    }
    work_hours(length, hours);
    fprintf(out, "  %-24s%12s%12s\n", "sum: the period", hours, length > 0 ? "100.0 %" : "-");
}

static void reasons(FILE *out, const struct work_line *line)
{
    char minutes[WORK_TIME], longest[WORK_TIME];
    if (line->reason_count == 0)
        return;
    fprintf(out, "\n  ");
    left(out, "STOPS BY REASON", NAME_WIDTH);
    fprintf(out, "%-16s%10s%8s%10s\n", "class", "minutes", "number", "longest");
    for (size_t r = 0; r < line->reason_count && r < LISTED_REASONS; r++) {
        const struct work_reason *reason = &line->reasons[r];
        work_minutes((double)reason->ms, minutes);
        work_minutes((double)reason->longest_ms, longest);
        fprintf(out, "  ");
        left(out, reason->title, NAME_WIDTH - 1);
        fprintf(out, " %-16s%10s%8u%10s%s\n", time_category_table[reason->category].title, minutes, (unsigned)reason->times, longest, reason->given ? "" : "  no reason given yet");
    }
    if (line->reason_count > LISTED_REASONS)
        fprintf(out, "  and %zu more\n", line->reason_count - LISTED_REASONS);
}

static void defects(FILE *out, const struct work_line *line)
{
    double sum = (double)work_defects(line), so_far = 0;
    char share[WORK_TIME], together[WORK_TIME];
    if (line->defect_count == 0)
        return;
    fprintf(out, "\n  ");
    left(out, "DEFECTS", NAME_WIDTH);
    fprintf(out, "%8s%10s%10s\n", "number", "share", "sum");
    for (size_t d = 0; d < line->defect_count && d < LISTED_REASONS; d++) {
        so_far += (double)line->defects[d].count;
        work_share((double)line->defects[d].count / sum, share);
        work_share(so_far / sum, together);
        fprintf(out, "  ");
        left(out, line->defects[d].title, NAME_WIDTH - 1);
        fprintf(out, " %8llu%10s%10s\n", (unsigned long long)line->defects[d].count, share, together);
    }
    if (line->defect_count > LISTED_REASONS)
        fprintf(out, "  and %zu more\n", line->defect_count - LISTED_REASONS);
}

static void stops(const struct work *work, FILE *out, const struct work_line *line)
{
    size_t told = 0;
    for (size_t s = line->stop_count; s-- > 0;) {
        const struct stop_version *v = &line->stops[s];
        char from[WORK_TIME], minutes[WORK_TIME], words[WORK_TITLE];
        bool given = work_stop_words(v, words);
        if (v->stop.category == TIME_MINOR)
            continue;
        if (told == 0)
            fprintf(out, "\n  STOPS\n");
        if (++told > LISTED_STOPS)
            continue;
        work_moment(work, v->stop.start_ms, from);
        work_minutes((double)work_stop_ms(line, &v->stop), minutes);
        fprintf(out, "  %s%9s min  %-14s%s%s%s%s%s%s\n", from, minutes, time_category_table[v->stop.category].title, words, given ? "" : " ?", v->stop.who[0] ? "  by " : "", v->stop.who,
            v->stop.comment[0] ? ": " : "", v->stop.comment);
    }
    if (told > LISTED_STOPS)
        fprintf(out, "  and %zu more\n", told - LISTED_STOPS);
}

static void trend(const struct work *work, FILE *out, const struct work_line *line)
{
    enum account_by by;
    const struct work_parts *parts = work_trend(work, line, &by);
    char title[WORK_TITLE];
    if (work->shift || parts->count < 2)
        return;
    fprintf(out, "\n");
    snprintf(title, sizeof title, "  by %s", account_by_names[by]);
    head(out, title);
    for (size_t p = 0; p < parts->count; p++) {
        char indented[WORK_TITLE + 2];
        const struct work_part *part = &parts->rows[p];
        if (by == BY_SHIFT && !part->planned && account_produced(&part->sum) <= 0 && part->sum.outside <= 0)
            continue;
        work_part_title(work, by, part, title);
        snprintf(indented, sizeof indented, "  %s", title);
        figures(out, indented, &part->sum, NULL, line->target);
    }
}

static void handover(const struct work *work, FILE *out)
{
    char time[WORK_TIME];
    if (work->call_count)
        fprintf(out, "\nOPEN CALLS\n");
    for (size_t c = 0; c < work->call_count; c++) {
        const struct call *call = &work->calls[c].call;
        work_moment(work, call->raised_ms, time);
        fprintf(out, "  %s  %s  %s  by %s%s%s%s%s\n", time, work->calls[c].path, work->calls[c].kind, call->who, call->taken_ms ? ", taken by " : ", nobody has taken it", call->taker,
            call->comment[0] ? ": " : "", call->comment);
    }
    if (work->called_count)
        fprintf(out, "\nCALLS\n");
    for (size_t e = 0; e < work->called_count; e++) {
        const struct event *event = &work->called[e];
        char after[WORK_TIME] = "";
        work_moment(work, event->time_ms, time);
        if (event->span_ms > 0)
            work_minutes((double)event->span_ms, after);
        fprintf(out, "  %s  %s  %s %s by %s%s%s%s\n", time, event->path, event->text, event->after, event->who, *after ? " after " : "", after, *after ? " min" : "");
    }
    if (work->due_count)
        fprintf(out, "\nDUE NEXT\n");
    for (size_t d = 0; d < work->due_count; d++) {
        const struct work_due *due = &work->dues[d];
        fprintf(out, "  %12s  %s  %s%s%s%s%s\n", due->when, due->path, due->title, *due->left ? "  " : "", due->left, *due->text ? "  " : "", due->text);
    }
    if (work->note_count)
        fprintf(out, "\nNOTES\n");
    for (size_t e = 0; e < work->note_count; e++) {
        work_moment(work, work->notes[e].time_ms, time);
        fprintf(out, "  %s  %s  %s: %s\n", time, work->notes[e].path, work->notes[e].who, work->notes[e].alarm.comment);
    }
    if (work->notes_cut)
        fprintf(out, "  and more: the newest %d are told\n", WORK_NOTES);
}

void work_text(const struct work *work, FILE *out)
{
    char text[512];
    work_title(work, text, sizeof text);
    fprintf(out, "%s\n", text);
    for (size_t i = 0; work_remark(work, i, text, sizeof text); i++)
        fprintf(out, "%s\n", text);
    fprintf(out, "\n");
    head(out, "");
    for (size_t l = 0; l < work->line_count; l++)
        figures(out, work->lines[l].title, &work->lines[l].sum, NULL, work->lines[l].target);
    for (size_t s = 0; s < work->sum_count; s++) {
        snprintf(text, sizeof text, "%s (%zu)", work->sums[s].title, work->sums[s].lines);
        figures(out, text, &work->sums[s].group.all, &work->sums[s].group, 0);
    }
    work_energy_text(work, out);
    handover(work, out);
    for (size_t l = 0; l < work->line_count; l++) {
        const struct work_line *line = &work->lines[l];
        fprintf(out, "\n%s  %s\n", line->title, line->path);
        more_figures(out, &line->sum);
        if (work->shift)
            fprintf(out, "  alarms %llu\n", (unsigned long long)line->alarms);
        losses(out, &line->sum);
        times(out, &line->sum);
        reasons(out, line);
        defects(out, line);
        if (work->shift)
            stops(work, out, line);
        trend(work, out, line);
    }
}
