/*
 * Energy in the reports on production: what lines, areas and the site used in the same period, of each carrier that has a meter there. Told after the figures;
 * for other programs with each line and sum.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/html.h"
#include "cli/rows.h"
#include "cli/work.h"
#include "core/memory.h"
#include "draw/text.h"

enum { NAME_WIDTH = 34 };

/* A line, each with its own period, area or site. */
struct used_node { uint32_t node; struct period period; };

/* What those of `nodes` used whose period is that of the first of them; these are taken out. */
static size_t read_alike(struct work *work, const char *path, struct used_node *nodes, size_t count)
{
    const struct meters_request request = {.plant = work->plant, .period = nodes[0].period, .now_ms = work->made_ms};
    uint32_t *alike = mem_resize(NULL, count, sizeof *alike);
    size_t alike_count = 0, left = 0;
    struct error why;
    for (size_t n = 0; n < count; n++) {
        if (nodes[n].period.from_ms == request.period.from_ms && nodes[n].period.to_ms == request.period.to_ms)
            alike[alike_count++] = nodes[n].node;
        else
            nodes[left++] = nodes[n];
    }
    work->used = mem_resize(work->used, work->used_count + 1, sizeof *work->used);
    if (meters_used(&work->used[work->used_count], path, &request, alike, alike_count, &why))
        work->used_count++;
    free(alike);
    return left;
}

void work_energy(struct work *work, const char *path)
{
    struct used_node *nodes = mem_resize(NULL, work->line_count + work->sum_count + 1, sizeof *nodes);
    size_t count = 0;
    for (size_t l = 0; l < work->line_count; l++)
        if (work->lines[l].node != NO_NODE)
            nodes[count++] = (struct used_node){.node = work->lines[l].node, .period = work->lines[l].period};
    for (size_t s = 0; s < work->sum_count; s++) {
        uint32_t node = plant_node_by_path(work->plant, work->sums[s].path);
        if (node != NO_NODE)
            nodes[count++] = (struct used_node){.node = node, .period = work->period};
    }
    while (work->plant->meter_count && count)
        count = read_alike(work, path, nodes, count);
    free(nodes);
}

void work_energy_finish(struct work *work)
{
    for (size_t u = 0; u < work->used_count; u++)
        meters_finish(&work->used[u]);
    free(work->used);
}

/* The i-th subject of all; NULL: there are no more. Those of lines come first, sums last. */
static const struct meters_subject *subject_at(const struct work *work, size_t i)
{
    for (size_t u = 0; u < work->used_count; u++) {
        if (i < work->used[u].subject_count)
            return &work->used[u].subjects[i];
        i -= work->used[u].subject_count;
    }
    return NULL;
}

/* Good pieces of the line or sum at a path; NAN: it is none. */
static double good_of(const struct work *work, const char *path)
{
    for (size_t l = 0; l < work->line_count; l++)
        if (strcmp(work->lines[l].path, path) == 0)
            return work->lines[l].sum.good;
    for (size_t s = 0; s < work->sum_count; s++)
        if (strcmp(work->sums[s].path, path) == 0)
            return work->sums[s].group.all.good;
    return NAN;
}

struct work_used work_used_at(const struct work *work, const char *path)
{
    struct work_used sum = {.kwh = NAN, .cost = NAN, .carbon = NAN, .specific = NAN, .idle = NAN};
    double *const sums[] = {&sum.kwh, &sum.cost, &sum.carbon};
    struct energy all = {.amount = 0};
    const struct meters_subject *s;
    for (size_t i = 0; (s = subject_at(work, i)) != NULL; i++) {
        double kwh = work->plant->carriers[s->carrier].kwh;
        if (strcmp(s->path, path) != 0 || s->quarters.count == 0)
            continue;
        const double more[] = {s->sum.amount * kwh, s->cost, s->carbon};
        for (size_t n = 0; n < 3; n++)
            if (!isnan(more[n]))
                *sums[n] = isnan(*sums[n]) ? more[n] : *sums[n] + more[n];
        if (!isnan(kwh)) {
            all.amount += s->sum.amount * kwh;
            all.idle += s->sum.idle * kwh;
            all.running_ms += s->sum.running_ms;
        }
    }
    sum.specific = energy_specific(sum.kwh, good_of(work, path));
    sum.idle = isnan(sum.kwh) ? NAN : energy_idle_share(&all);
    return sum;
}

/* ---- for people ---- */

struct energy_words { char name[WORK_TITLE], amount[METERS_NUMBER], cost[METERS_NUMBER], carbon[METERS_NUMBER], specific[METERS_NUMBER], idle[METERS_NUMBER]; };

static bool words_of(const struct work *work, const struct meters_subject *s, struct energy_words *w)
{
    if (s->quarters.count == 0)
        return false;
    snprintf(w->name, sizeof w->name, "%.80s: %.24s, %.16s", s->title, work->plant->carriers[s->carrier].title, work->plant->carriers[s->carrier].unit);
    meters_number(s->sum.amount, 1, w->amount);
    meters_number(s->cost, 2, w->cost);
    meters_number(s->carbon, 1, w->carbon);
    meters_number(energy_specific(s->sum.amount, good_of(work, s->path)), 3, w->specific);
    meters_share(energy_idle_share(&s->sum), w->idle);
    return true;
}

static const char *currency(const struct work *work)
{
    return work->plant->currency[0] ? work->plant->currency : "cost";
}

void work_energy_text(const struct work *work, FILE *out)
{
    struct energy_words w;
    bool begun = false;
    const struct meters_subject *s;
    for (size_t i = 0; (s = subject_at(work, i)) != NULL; i++) {
        if (!words_of(work, s, &w))
            continue;
        if (!begun)
            fprintf(out, "\n%-*s%14s%13s%12s%11s%9s\n", NAME_WIDTH, "ENERGY", "used", currency(work), "CO2 kg", "a piece", "idle");
        begun = true;
        int cells = text_width(w.name);
        fprintf(out, "%s%*s%14s%13s%12s%11s%9s\n", w.name, cells < NAME_WIDTH ? NAME_WIDTH - cells : 1, "", w.amount, w.cost, w.carbon, w.specific, w.idle);
    }
}

void work_energy_html(const struct work *work, FILE *out)
{
    struct energy_words w;
    bool begun = false;
    const struct meters_subject *s;
    for (size_t i = 0; (s = subject_at(work, i)) != NULL; i++) {
        if (!words_of(work, s, &w))
            continue;
        if (!begun) {
            fputs("<h2>Energy</h2><table><tr><th></th><th class=\"n\">used</th><th class=\"n\">", out);
            html_text(out, currency(work));
            fputs("</th><th class=\"n\">CO2 kg</th><th class=\"n\">a good piece</th><th class=\"n\">while idle</th></tr>\n", out);
        }
        begun = true;
        const char *const texts[] = {w.name, w.amount, w.cost, w.carbon, w.specific, w.idle};
        fputs("<tr>", out);
        for (size_t t = 0; t < sizeof texts / sizeof texts[0]; t++)
            html_cell(out, t ? "n" : "t", texts[t]);
        fputs("</tr>\n", out);
    }
    if (begun)
        fputs("</table>\n", out);
}

/* ---- for other programs ---- */

void work_energy_json(const struct work *work, const char *path, FILE *out)
{
    size_t told = 0;
    fputs(", \"energy\": [", out);
    const struct meters_subject *s;
    for (size_t i = 0; (s = subject_at(work, i)) != NULL; i++) {
        const struct carrier *carrier = &work->plant->carriers[s->carrier];
        if (strcmp(s->path, path) != 0 || s->quarters.count == 0)
            continue;
        const struct { const char *name; double number; } numbers[] = {{"amount", s->sum.amount}, {"kwh", s->sum.amount * carrier->kwh}, {"cost", s->cost}, {"co2_kg", s->carbon},
            {"per_good", energy_specific(s->sum.amount, good_of(work, path))}, {"idle_share", energy_idle_share(&s->sum)}, {"measured_ms", (double)s->figures.valid_ms}};
        fputs(told++ ? ", {" : "{", out);
        rows_json_named(out, "carrier", carrier->name);
        fputs(", ", out);
        rows_json_named(out, "unit", carrier->unit);
        for (size_t n = 0; n < sizeof numbers / sizeof numbers[0]; n++) {
            fputs(", ", out);
            rows_json_number(out, numbers[n].name, numbers[n].number);
        }
        fputs("}", out);
    }
    fputs("]", out);
}
