/*
 * The reports on production for other programs: CSV with one row for each line, each of its parts, each area and the site; JSON with all that is told.
 * Times are in milliseconds, shares 1 for 100 %; what is undefined is empty in CSV and null in JSON.
 */
#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "cli/rows.h"
#include "cli/work.h"
#include "cli/report.h"

enum { FIXED = 10, KPIS = 19, PIECES = 10, USED = 5 };

static const struct { const char *name; size_t at; } kpi_fields[KPIS] = {
    {"availability", offsetof(struct kpis, availability)}, {"performance", offsetof(struct kpis, performance)}, {"quality", offsetof(struct kpis, quality)},
    {"oee", offsetof(struct kpis, oee)}, {"unknown_share", offsetof(struct kpis, unknown)}, {"nee", offsetof(struct kpis, nee)}, {"ooe", offsetof(struct kpis, ooe)},
    {"teep", offsetof(struct kpis, teep)}, {"allocation", offsetof(struct kpis, allocation)}, {"utilization", offsetof(struct kpis, utilization)},
    {"technical_efficiency", offsetof(struct kpis, technical)}, {"setup_rate", offsetof(struct kpis, setup_rate)}, {"scrap_share", offsetof(struct kpis, scrap)},
    {"rework_share", offsetof(struct kpis, rework)}, {"first_pass_yield", offsetof(struct kpis, first_pass)}, {"throughput_per_hour", offsetof(struct kpis, throughput)},
    {"mtbf_ms", offsetof(struct kpis, mtbf_ms)}, {"mttr_ms", offsetof(struct kpis, mttr_ms)}, {"mttf_ms", offsetof(struct kpis, mttf_ms)},
};

static const struct { const char *name; size_t at; } piece_fields[PIECES] = {
    {"good", offsetof(struct account, good)}, {"reject", offsetof(struct account, reject)}, {"rework", offsetof(struct account, rework)},
    {"startup_reject", offsetof(struct account, startup_reject)}, {"first_pass", offsetof(struct account, first_pass)}, {"inspected", offsetof(struct account, inspected)},
    {"unknown_pieces", offsetof(struct account, unknown)}, {"outside", offsetof(struct account, outside)}, {"ideal_ms", offsetof(struct account, ideal_ms)},
    {"without_ideal", offsetof(struct account, without_ideal)},
};

static double number_at(const void *of, size_t at)
{
    double number;
    memcpy(&number, (const char *)of + at, sizeof number);
    return number;
}

/* ---- CSV ---- */

enum { LOSSES_TOLD = 3, CSV_COLUMNS = FIXED + KPIS + TIME_CATEGORIES + LOSSES_TOLD + PIECES + 2 + USED + 2 };

static const char *const fixed_names[FIXED] = {"level", "path", "from", "to", "shift", "crew", "product", "order", "target", "note"};
static const char *const used_names[USED] = {"energy_kwh", "energy_cost", "co2_kg", "kwh_per_good", "energy_idle_share"};
static const enum loss told_losses[LOSSES_TOLD] = {LOSS_SPEED, LOSS_STARTUP, LOSS_REJECT};

struct csv_key { const char *level, *path, *shift, *crew, *product, *order; int64_t from_ms, to_ms; double target; bool whole; /* of the period, not of a part of it */ };

static void csv_row(const struct work *work, struct rows *rows, const struct csv_key *key, const struct account *sum, const struct account_group *group)
{
    struct sql_field fields[CSV_COLUMNS];
    struct kpis kpis = work_kpis(sum, group);
    struct losses losses = account_losses(sum);
    char from[REPORT_TIME], to[REPORT_TIME], note[WORK_NOTE];
    size_t n = 0;
    report_time(work->zone, key->from_ms, from);
    report_time(work->zone, key->to_ms, to);
    const char *const texts[] = {key->level, key->path, from, to, key->shift, key->crew, key->product, key->order};
    for (size_t t = 0; t < sizeof texts / sizeof texts[0]; t++)
        fields[n++] = rows_text(texts[t]);
    fields[n++] = rows_number(key->target > 0 ? key->target : NAN);
    work_note(sum, group, note);
    fields[n++] = rows_text(note);
    for (size_t k = 0; k < KPIS; k++)
        fields[n++] = rows_number(number_at(&kpis, kpi_fields[k].at));
    for (size_t c = 0; c < TIME_CATEGORIES; c++)
        fields[n++] = rows_count(sum->ms[c]);
    for (size_t i = 0; i < LOSSES_TOLD; i++)
        fields[n++] = rows_number(losses.ideal ? losses.ms[told_losses[i]] : NAN);
    for (size_t p = 0; p < PIECES; p++)
        fields[n++] = rows_number(number_at(sum, piece_fields[p].at));
    fields[n++] = rows_count((int32_t)sum->stops);
    fields[n++] = rows_count((int32_t)sum->minors);
    struct work_used used = {NAN, NAN, NAN, NAN, NAN};
    if (key->whole)
        used = work_used_at(work, key->path);
    const double amounts[USED] = {used.kwh, used.cost, used.carbon, used.specific, used.idle};
    for (size_t u = 0; u < USED; u++)
        fields[n++] = rows_number(amounts[u]);
    fields[n++] = rows_text(NULL);
    fields[n++] = rows_text(NULL);
    rows_put(rows, fields);
}

/* Of a kind of defect: which, how many, and nothing else. */
static void csv_defect(const struct work *work, struct rows *rows, const struct work_line *line, const struct work_defect *defect)
{
    struct sql_field fields[CSV_COLUMNS];
    char from[REPORT_TIME], to[REPORT_TIME];
    report_time(work->zone, line->period.from_ms, from);
    report_time(work->zone, line->period.to_ms, to);
    for (size_t f = 0; f < CSV_COLUMNS; f++)
        fields[f] = rows_text(NULL);
    fields[0] = rows_text("defect");
    fields[1] = rows_text(line->path);
    fields[2] = rows_text(from);
    fields[3] = rows_text(to);
    fields[CSV_COLUMNS - 2] = rows_text(defect->title);
    fields[CSV_COLUMNS - 1] = rows_count((int64_t)defect->count);
    rows_put(rows, fields);
}

static void csv_head(struct rows *rows, FILE *out)
{
    static char times[TIME_CATEGORIES][32], lost[LOSSES_TOLD][32];
    const char *names[CSV_COLUMNS];
    size_t n = 0;
    for (size_t f = 0; f < FIXED; f++)
        names[n++] = fixed_names[f];
    for (size_t k = 0; k < KPIS; k++)
        names[n++] = kpi_fields[k].name;
    for (size_t c = 0; c < TIME_CATEGORIES; c++) {
        snprintf(times[c], sizeof times[c], "%s_ms", time_category_table[c].name);
        names[n++] = times[c];
    }
    for (size_t i = 0; i < LOSSES_TOLD; i++) {
        snprintf(lost[i], sizeof lost[i], "%s_loss_ms", loss_names[told_losses[i]]);
        names[n++] = lost[i];
    }
    for (size_t p = 0; p < PIECES; p++)
        names[n++] = piece_fields[p].name;
    names[n++] = "failures";
    names[n++] = "minor_stops";
    for (size_t u = 0; u < USED; u++)
        names[n++] = used_names[u];
    names[n++] = "defect";
    names[n++] = "defects";
    rows_begin(rows, out, ROWS_CSV, names, n);
}

static const char *level_of(const struct work *work, const struct work_line *line)
{
    return line->node != NO_NODE && work->plant->nodes[line->node].level == LEVEL_UNIT ? "unit" : "line";
}

void work_csv(const struct work *work, FILE *out)
{
    struct rows rows;
    csv_head(&rows, out);
    for (size_t l = 0; l < work->line_count; l++) {
        const struct work_line *line = &work->lines[l];
        struct csv_key key = {.level = level_of(work, line), .path = line->path, .target = line->target, .whole = true, .from_ms = line->period.from_ms, .to_ms = line->period.to_ms};
        csv_row(work, &rows, &key, &line->sum, NULL);
        enum account_by by;
        const struct work_parts *parts = work_trend(work, line, &by);
        for (size_t p = 0; work->by != BY_NOTHING && p < parts->count; p++) {
            const struct work_part *part = &parts->rows[p];
            key.whole = false;
            key.from_ms = part->from_ms;
            key.to_ms = part->to_ms;
            key.level = account_by_names[by];
            key.shift = by == BY_SHIFT || by == BY_HOUR ? part->name : NULL;
            key.crew = by == BY_SHIFT || by == BY_HOUR ? part->crew : by == BY_CREW ? part->name : NULL;
            key.product = by == BY_PRODUCT ? part->name : NULL;
            key.order = by == BY_ORDER ? part->name : NULL;
            csv_row(work, &rows, &key, &part->sum, NULL);
        }
        for (size_t d = 0; d < line->defect_count; d++)
            csv_defect(work, &rows, line, &line->defects[d]);
    }
    for (size_t s = 0; s < work->sum_count; s++)
        csv_row(work, &rows, &(struct csv_key){.level = s + 1 < work->sum_count ? "area" : "site", .path = work->sums[s].path, .whole = true, .from_ms = work->period.from_ms, .to_ms = work->period.to_ms},
            &work->sums[s].group.all, &work->sums[s].group);
    rows_end(&rows);
}

/* ---- JSON ---- */

static void json_time(const struct work *work, FILE *out, const char *name, int64_t ms)
{
    char time[REPORT_TIME];
    report_time(work->zone, ms, time);
    fprintf(out, "\"%s\": \"%s\"", name, time);
}

/* The body of an object: figures and times. */
static void json_figures(FILE *out, const struct account *sum, const struct account_group *group)
{
    struct kpis kpis = work_kpis(sum, group);
    char note[WORK_NOTE];
    work_note(sum, group, note);
    rows_json_named(out, "note", note);
    for (size_t k = 0; k < KPIS; k++) {
        fputs(", ", out);
        rows_json_number(out, kpi_fields[k].name, number_at(&kpis, kpi_fields[k].at));
    }
    for (size_t p = 0; p < PIECES; p++) {
        fputs(", ", out);
        rows_json_number(out, piece_fields[p].name, number_at(sum, piece_fields[p].at));
    }
    fprintf(out, ", \"failures\": %" PRId32 ", \"minor_stops\": %" PRId32 ", \"time_ms\": {", (int32_t)sum->stops, (int32_t)sum->minors);
    for (int c = 0; c < TIME_CATEGORIES; c++)
        fprintf(out, "\"%s\": %" PRId64 ", ", time_category_table[c].name, sum->ms[c]);
    fprintf(out, "\"sum\": %" PRId64 "}", account_length_ms(sum));
}

static void json_losses(FILE *out, const struct account *sum)
{
    struct losses losses = account_losses(sum);
    struct waterfall_step steps[WATERFALL_STEPS];
    size_t count = account_waterfall(sum, steps);
    fputs(", \"losses\": {", out);
    for (int i = 0; i < LOSS_COUNT; i++) {
        bool needs_ideal = i == LOSS_SPEED || i == LOSS_STARTUP || i == LOSS_REJECT;
        fprintf(out, "\"%s\": {", loss_names[i]);
        rows_json_number(out, "ms", needs_ideal && !losses.ideal ? NAN : losses.ms[i]);
        fputs(", ", out);
        rows_json_number(out, "pieces", losses.pieces[i]);
        fputs("}, ", out);
    }
    rows_json_number(out, "productive_ms", losses.productive_ms);
    fputs("}, \"waterfall\": [", out);
    for (size_t s = 0; s < count; s++) {
        fputs(s ? ", {" : "{", out);
        rows_json_named(out, "step", steps[s].title);
        fprintf(out, ", \"ms\": %.17g, \"left_ms\": %.17g}", steps[s].ms, steps[s].left_ms);
    }
    fputs("]", out);
}

static void json_stops(const struct work *work, FILE *out, const struct work_line *line)
{
    fputs(", \"reasons\": [", out);
    for (size_t r = 0; r < line->reason_count; r++) {
        const struct work_reason *reason = &line->reasons[r];
        fputs(r ? ", {" : "{", out);
        rows_json_named(out, "reason", reason->title);
        fprintf(out, ", \"given\": %s, \"class\": \"%s\", \"ms\": %" PRId64 ", \"number\": %u, \"longest_ms\": %" PRId64 "}", reason->given ? "true" : "false",
            time_category_table[reason->category].name, reason->ms, (unsigned)reason->times, reason->longest_ms);
    }
    fputs("], \"defects\": [", out);
    for (size_t d = 0; d < line->defect_count; d++) {
        fputs(d ? ", {" : "{", out);
        rows_json_named(out, "defect", line->defects[d].title);
        fprintf(out, ", \"number\": %" PRIu64 "}", line->defects[d].count);
    }
    fputs("]", out);
    if (!work->shift)
        return;
    fprintf(out, ", \"alarms\": %" PRIu64 ", \"stops\": [", line->alarms);
    for (size_t s = line->stop_count; s-- > 0;) {
        const struct stop_version *v = &line->stops[s];
        fputs(s + 1 < line->stop_count ? ", {" : "{", out);
        json_time(work, out, "begin", v->stop.start_ms);
        fputs(", ", out);
        if (v->stop.end_ms)
            json_time(work, out, "end", v->stop.end_ms);
        else
            fputs("\"end\": null", out);
        fprintf(out, ", \"ms\": %" PRId64 ", \"class\": \"%s\", ", work_stop_ms(line, &v->stop), time_category_table[v->stop.category].name);
        const struct { const char *name, *text; } texts[] = {{"reason", v->reason}, {"reason_title", v->reason_title}, {"proposal", v->proposal}, {"message", v->stop.message},
            {"who", v->stop.who}, {"comment", v->stop.comment}, {"product", v->stop.product}, {"order", v->stop.order}};
        for (size_t t = 0; t < sizeof texts / sizeof texts[0]; t++) {
            fputs(t ? ", " : "", out);
            rows_json_named(out, texts[t].name, texts[t].text);
        }
        fputs("}", out);
    }
    fputs("]", out);
}

static void json_parts(const struct work *work, FILE *out, const struct work_line *line)
{
    enum account_by by;
    const struct work_parts *parts = work_trend(work, line, &by);
    fprintf(out, ", \"by\": \"%s\", \"parts\": [", account_by_names[by]);
    for (size_t p = 0; p < parts->count; p++) {
        const struct work_part *part = &parts->rows[p];
        char title[WORK_TITLE];
        work_part_title(work, by, part, title);
        fputs(p ? ",\n{" : "\n{", out);
        rows_json_named(out, "title", title);
        fputs(", ", out);
        json_time(work, out, "from", part->from_ms);
        fputs(", ", out);
        json_time(work, out, "to", part->to_ms);
        fputs(", ", out);
        rows_json_named(out, "name", part->name);
        fputs(", ", out);
        rows_json_named(out, "crew", part->crew);
        fprintf(out, ", \"planned\": %s, ", part->planned ? "true" : "false");
        json_figures(out, &part->sum, NULL);
        fputs("}", out);
    }
    fputs("]", out);
}

static void json_events(const struct work *work, FILE *out, const char *name, const struct event *events, size_t count)
{
    fprintf(out, ", \"%s\": [", name);
    for (size_t e = 0; e < count; e++) {
        fputs(e ? ", {" : "{", out);
        json_time(work, out, "time", events[e].time_ms);
        const struct { const char *name, *text; } texts[] = {{"path", events[e].path}, {"kind", events[e].text}, {"what", events[e].after}, {"who", events[e].who}, {"comment", events[e].alarm.comment}};
        for (size_t t = 0; t < sizeof texts / sizeof texts[0]; t++) {
            fputs(", ", out);
            rows_json_named(out, texts[t].name, texts[t].text);
        }
        fprintf(out, ", \"after_ms\": %" PRId64 "}", events[e].span_ms);
    }
    fputs("]", out);
}

static void json_dues(const struct work *work, FILE *out)
{
    fputs(", \"due_next\": [", out);
    for (size_t d = 0; d < work->due_count; d++) {
        const struct work_due *due = &work->dues[d];
        const struct { const char *name, *text; } texts[] = {{"path", due->path}, {"what", due->title}, {"left", due->left}, {"text", due->text}};
        fputs(d ? ", {" : "{", out);
        for (size_t t = 0; t < sizeof texts / sizeof texts[0]; t++) {
            rows_json_named(out, texts[t].name, texts[t].text);
            fputs(", ", out);
        }
        if (due->at_ms)
            json_time(work, out, "at", due->at_ms);
        else
            fputs("\"at\": null", out);
        if (due->run_left_ms >= 0)
            fprintf(out, ", \"run_left_ms\": %" PRId64 "}", due->run_left_ms);
        else
            fputs(", \"run_left_ms\": null}", out);
    }
    fputs("]", out);
}

static void json_calls(const struct work *work, FILE *out)
{
    fputs(", \"open_calls\": [", out);
    for (size_t c = 0; c < work->call_count; c++) {
        const struct call *call = &work->calls[c].call;
        fputs(c ? ", {" : "{", out);
        json_time(work, out, "raised", call->raised_ms);
        const struct { const char *name, *text; } texts[] = {{"path", work->calls[c].path}, {"kind", work->calls[c].kind}, {"who", call->who}, {"taker", call->taker}, {"comment", call->comment}};
        for (size_t t = 0; t < sizeof texts / sizeof texts[0]; t++) {
            fputs(", ", out);
            rows_json_named(out, texts[t].name, texts[t].text);
        }
        fputs("}", out);
    }
    fputs("]", out);
}

void work_json(const struct work *work, FILE *out)
{
    char text[512];
    fputs("{", out);
    rows_json_named(out, "site", work->plant->nodes[0].title);
    fprintf(out, ", \"report\": \"%s\", ", work->shift ? "shift" : "oee");
    json_time(work, out, "from", work->period.from_ms);
    fputs(", ", out);
    json_time(work, out, "to", work->period.to_ms);
    if (work->shift) {
        fputs(", ", out);
        rows_json_named(out, "shift", work->at.name);
        fputs(", ", out);
        rows_json_named(out, "crew", work->at.crew);
        json_calls(work, out);
        json_dues(work, out);
        json_events(work, out, "calls", work->called, work->called_count);
        json_events(work, out, "notes", work->notes, work->note_count);
    }
    fputs(", \"remarks\": [", out);
    for (size_t i = 0; work_remark(work, i, text, sizeof text); i++) {
        fputs(i ? ", " : "", out);
        rows_json_text(out, text, strlen(text));
    }
    fputs("], \"lines\": [", out);
    for (size_t l = 0; l < work->line_count; l++) {
        const struct work_line *line = &work->lines[l];
        fputs(l ? ",\n{" : "\n{", out);
        rows_json_named(out, "path", line->path);
        fputs(", ", out);
        rows_json_named(out, "title", line->title);
        fputs(", ", out);
        rows_json_named(out, "level", level_of(work, line));
        fputs(", ", out);
        rows_json_number(out, "target", line->target > 0 ? line->target : NAN);
        fputs(", ", out);
        json_time(work, out, "from", line->period.from_ms);
        fputs(", ", out);
        json_time(work, out, "to", line->period.to_ms);
        fputs(", ", out);
        json_figures(out, &line->sum, NULL);
        json_losses(out, &line->sum);
        json_stops(work, out, line);
        work_energy_json(work, line->path, out);
        json_parts(work, out, line);
        fputs("}", out);
    }
    fputs("], \"sums\": [", out);
    for (size_t s = 0; s < work->sum_count; s++) {
        fputs(s ? ",\n{" : "\n{", out);
        rows_json_named(out, "path", work->sums[s].path);
        fprintf(out, ", \"lines\": %zu, ", work->sums[s].lines);
        json_figures(out, &work->sums[s].group.all, &work->sums[s].group);
        json_losses(out, &work->sums[s].group.all);
        work_energy_json(work, work->sums[s].path, out);
        fputs("}", out);
    }
    fputs("]}\n", out);
}
