/*
 * What has happened since the last whole hour is in no fact yet: it is asked of the fold of the newest moment (or of the period's end), as the screens do.
 * What began before that hour is told by facts alone, so that nothing counts twice. Calls that are open at the period's end are the fold's too.
 */
#include "cli/work.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/past.h"
#include "core/memory.h"
#include "core/model.h"
#include "views/soon.h"

static void names_of(struct account_cell *cell, const struct shift_at *s)
{
    cell->shift_ms = s->from_ms;
    cell->day = s->day;
    cell->planned = s->planned;
    snprintf(cell->shift, sizeof cell->shift, "%s", s->name);
    snprintf(cell->crew, sizeof cell->crew, "%s", s->crew);
}

/* One stretch between two cuts. What still runs belongs to the newest product, order and crew. */
static void add_stretch(struct work *work, struct work_line *line, const struct model *model, uint32_t node, int64_t from_ms, int64_t to_ms)
{
    struct account_cell rest = {.from_ms = from_ms, .to_ms = to_ms};
    struct shift_at s;
    size_t count;
    const struct account_cell *cells = model_cells(model, node, &count);
    calendar_at(line->calendar, work->zone, from_ms, &s);
    names_of(&rest, &s);
    model_account(model, node, from_ms, to_ms, &rest.sum, NULL);
    for (size_t c = 0; c < count; c++) {
        if (cells[c].from_ms < from_ms || cells[c].from_ms >= to_ms)
            continue;
        account_subtract(&rest.sum, &cells[c].sum);
        memcpy(rest.product, cells[c].product, sizeof rest.product);
        memcpy(rest.order, cells[c].order, sizeof rest.order);
        struct account_cell told = cells[c];
        names_of(&told, &s);
        memcpy(told.crew, cells[c].crew, sizeof told.crew); /* a machine may have said it */
        memcpy(rest.crew, cells[c].crew, sizeof rest.crew);
        work_told(work, line, &told);
    }
    work_told(work, line, &rest);
}

static void add_tail(struct work *work, struct work_line *line, const struct model *model)
{
    uint32_t node = plant_node_by_path(model_plant(model), line->path);
    int64_t from = line->facts_to_ms > line->period.from_ms ? line->facts_to_ms : line->period.from_ms;
    if (node == NO_NODE || !model_has_account(model, node))
        return;
    for (int64_t t = from, end; t < line->period.to_ms; t = end) {
        end = calendar_cut_after(line->calendar, work->zone, t);
        end = end < line->period.to_ms ? end : line->period.to_ms;
        add_stretch(work, line, model, node, t, end);
    }
    size_t count;
    const struct defect *defects = model_defects(model, node, &count);
    for (size_t d = 0; d < count; d++)
        if (defects[d].from_ms >= from && defects[d].from_ms < line->period.to_ms)
            work_defect(line, defects[d].text, defects[d].count);
}

/* Of lines that are told, of what is above and below them. */
static void add_calls(struct work *work, const struct model *model)
{
    const struct plant *plant = model_plant(model);
    size_t count;
    const struct call *calls = model_calls(model, &count);
    work->calls = mem_resize(NULL, count + 1, sizeof *work->calls);
    for (size_t c = 0; c < count; c++) {
        struct work_call *call = &work->calls[work->call_count];
        *call = (struct work_call){.call = calls[c]};
        plant_node_path(plant, calls[c].node, call->path, sizeof call->path);
        snprintf(call->kind, sizeof call->kind, "%s", plant->call_kinds[calls[c].kind].title);
        work->call_count += work_concerns(work, call->path);
    }
}

static void add_dues(struct work *work, const struct model *model)
{
    struct soon *soon = mem_zero(SOON_MOST, sizeof *soon);
    size_t count = soon_list(model, 0, false, soon, SOON_MOST);
    work->dues = mem_zero(count + 1, sizeof *work->dues);
    for (size_t i = 0; i < count; i++) {
        struct work_due *due = &work->dues[work->due_count];
        char when[SPAN_TEXT + 8];
        soon_when(&soon[i], when);
        *due = (struct work_due){.at_ms = soon[i].at_ms, .run_left_ms = soon[i].run_left_ms, .over = soon[i].over};
        plant_node_path(model_plant(model), soon[i].node, due->path, sizeof due->path);
        snprintf(due->when, sizeof due->when, "%s", when);
        snprintf(due->title, sizeof due->title, "%s", soon[i].title);
        snprintf(due->left, sizeof due->left, "%s", soon[i].left);
        snprintf(due->text, sizeof due->text, "%.120s", soon[i].text);
        work->due_count += work_concerns(work, due->path);
    }
    free(soon);
}

bool work_tail(struct work *work, const char *path)
{
    struct error err;
    struct past *past = past_open(path, &err);
    bool good = past != NULL;
    for (size_t l = 0; good && l < work->line_count; l++) {
        if (work->lines[l].period.to_ms <= work->lines[l].facts_to_ms)
            continue;
        good = past_to(past, work->lines[l].period.to_ms, &err);
        if (good)
            add_tail(work, &work->lines[l], past_model(past));
    }
    good = good && (!work->shift || past_to(past, work->period.to_ms, &err));
    if (good && work->shift)
        add_calls(work, past_model(past));
    if (good && work->shift)
        add_dues(work, past_model(past));
    past_close(past);
    return good;
}
