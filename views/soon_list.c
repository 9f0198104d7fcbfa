/*
 * The list of what will be due, made anew for each drawing from the model. What runs out in running time comes by the calendar: breaks and pauses are skipped.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "views/soon.h"

enum { MS_AN_HOUR = 3600000, ORDER_WARN_MS = 30 * 60000, SHIFT_WARN_MS = 15 * 60000 };

struct listing { const struct model *model; struct soon *rows; size_t count, most; };

static struct soon *another(struct listing *l, enum soon_kind kind, uint32_t node)
{
    static struct soon const nothing = {.text = "", .run_left_ms = -1};
    if (l->count == l->most)
        return NULL;
    struct soon *s = &l->rows[l->count++];
    *s = nothing;
    s->kind = kind;
    s->node = node;
    return s;
}

/* ---- what is configured ---- */

static void left_text(const struct model *model, const struct due *d, double value, char out[SOON_LEFT])
{
    char used[NUMBER_TEXT], all[NUMBER_TEXT];
    const char *unit = d->tag != NO_TAG ? model_tag(model, d->tag)->def->unit : "h";
    if (d->kind == DUE_LEVEL) {
        number_text(value, model_tag(model, d->tag)->def->decimals, true, used);
        number_text(d->at, DECIMALS_AUTO, true, all);
        snprintf(out, SOON_LEFT, "%.16s to %.12s %.12s", used, all, unit);
        return;
    }
    double scale = d->kind == DUE_HOURS ? MS_AN_HOUR : 1, whole = d->kind == DUE_HOURS ? (double)d->run_ms : d->life;
    number_text(floor(value / scale), 0, true, used);
    number_text(whole / scale, DECIMALS_AUTO, true, all);
    snprintf(out, SOON_LEFT, "%.14s of %.14s %.12s", used, all, unit);
}

static void add_due(struct listing *l, size_t due)
{
    const struct model *model = l->model;
    const struct plant *plant = model_plant(model);
    const struct due *d = &plant->dues[due];
    const struct due_state *state = model_due(model, due);
    double value, bound = d->kind == DUE_LEVEL ? d->at : d->kind == DUE_LIFE ? d->life : (double)d->run_ms;
    struct soon *s = another(l, SOON_DUE, d->node);
    if (!s)
        return;
    s->due = due;
    s->text = d->text;
    s->stands = !model_due_runs(model, due);
    snprintf(s->title, sizeof s->title, "%.90s", d->title);
    if (!model_due_value(model, due, &value))
        return;
    left_text(model, d, value, s->left);
    int64_t clock = model_due_clock(model, due);
    /* A level comes from the side on which it began. */
    double began = state->trend.count > 0 ? state->trend.points[0].value : value;
    s->over = d->kind == DUE_LEVEL ? (began - bound) * (value - bound) <= 0 : value >= bound;
    if (s->over)
        s->run_left_ms = 0;
    else if (d->kind == DUE_HOURS)
        s->run_left_ms = (int64_t)(bound - value);
    else if (state->told && state->due_ms > clock)
        s->run_left_ms = state->due_ms - clock;
    if (s->run_left_ms < 0)
        return;
    int64_t at = s->over ? model_wall(model) : plan_until(plant, d->node, model_wall(model), (double)s->run_left_ms);
    s->at_ms = at == INT64_MAX ? 0 : at;
    s->near = s->run_left_ms <= d->warn_ms;
}

/* ---- orders and shifts ---- */

static void add_order(struct listing *l, uint32_t line)
{
    struct order_figures f;
    char done[NUMBER_TEXT], wanted[NUMBER_TEXT];
    if (model_role(l->model, line, ROLE_PLAN) == NO_TAG)
        return;
    order_figures(l->model, line, &f);
    if (!f.order[0] || !isfinite(f.wanted) || !isfinite(f.done))
        return;
    struct soon *s = another(l, SOON_ORDER, line);
    if (!s)
        return;
    snprintf(s->title, sizeof s->title, "order %.40s ends", f.order);
    number_text(f.done, 0, true, done);
    number_text(f.wanted, 0, true, wanted);
    snprintf(s->left, sizeof s->left, "%.18s of %.18s", done, wanted);
    s->text = "changeover";
    s->over = f.done >= f.wanted;
    s->stands = model_line_state(l->model, line)->class != CLASS_RUN;
    s->at_ms = s->over ? model_wall(l->model) : f.ready_ms;
    if (s->at_ms)
        s->run_left_ms = s->over ? 0 : plan_time(model_plant(l->model), line, model_wall(l->model), s->at_ms);
    s->near = s->run_left_ms >= 0 && s->run_left_ms <= ORDER_WARN_MS;
}

/* Each shift once, at the first line that has it. */
static void add_shift(struct listing *l, uint32_t line)
{
    struct shift_at shift;
    model_shift(l->model, line, &shift);
    if (!shift.planned || !shift.name[0])
        return;
    for (size_t i = 0; i < l->count; i++)
        if (l->rows[i].kind == SOON_SHIFT && l->rows[i].at_ms == shift.to_ms)
            return;
    struct soon *s = another(l, SOON_SHIFT, line);
    if (!s)
        return;
    snprintf(s->title, sizeof s->title, "shift %.60s ends", shift.name);
    s->at_ms = shift.to_ms;
    s->run_left_ms = shift.to_ms - model_wall(l->model);
    s->near = s->run_left_ms <= SHIFT_WARN_MS;
}

/* ---- all of it ---- */

static int64_t rank_of(const struct soon *s)
{
    if (s->over)
        return INT64_MIN;
    return s->run_left_ms < 0 ? INT64_MAX : s->at_ms ? s->at_ms : INT64_MAX - 1;
}

static int by_time(const void *a, const void *b)
{
    const struct soon *x = a, *y = b;
    int64_t l = rank_of(x), r = rank_of(y);
    if (l != r)
        return l < r ? -1 : 1;
    if (x->node != y->node)
        return x->node < y->node ? -1 : 1;
    return (x->kind > y->kind) - (x->kind < y->kind) ? (x->kind > y->kind) - (x->kind < y->kind) : (x->due > y->due) - (x->due < y->due);
}

size_t soon_list(const struct model *model, uint32_t within, bool shifts, struct soon *out, size_t most)
{
    const struct plant *plant = model_plant(model);
    struct listing l = {.model = model, .rows = out, .most = most};
    uint32_t end = plant->nodes[within].end;
    for (size_t d = 0; d < plant->due_count; d++)
        if (plant->dues[d].node >= within && plant->dues[d].node < end)
            add_due(&l, d);
    for (uint32_t n = plant_line_from(plant, within); n != NO_NODE && n < end; n = plant_line_from(plant, plant->nodes[n].end)) {
        add_order(&l, n);
        if (shifts)
            add_shift(&l, n);
    }
    qsort(out, l.count, sizeof *out, by_time);
    return l.count;
}

void soon_when(const struct soon *s, char out[SPAN_TEXT + 8])
{
    char span[SPAN_TEXT];
    if (s->over) {
        snprintf(out, SPAN_TEXT + 8, s->kind == SOON_ORDER ? "done" : "due");
        return;
    }
    if (s->run_left_ms < 0) {
        snprintf(out, SPAN_TEXT + 8, "?");
        return;
    }
    span_text(s->run_left_ms, span);
    snprintf(out, SPAN_TEXT + 8, "%s%s", span, s->stands ? " run" : "");
}

enum cell_role soon_role(const struct soon *s)
{
    return s->over || s->near ? CELL_WARN : s->run_left_ms < 0 ? CELL_DIM : CELL_VALUE;
}
