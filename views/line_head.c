/*
 * What stands above and below the tables of the line view: its state and why, its order against the plan, its OEE; its stops and what they cost.
 * Rows are drawn whole pieces at a time: what has no room is left out, never cut in half.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "draw/text.h"
#include "views/figures.h"
#include "views/line.h"
#include "views/oee.h"
#include "views/soon.h"

enum { NARROW_W = 60, LOST_SHOWN = 6, SOON_SHOWN = 64, PIECE_TEXT = 96, GAP = 2, TITLE_MOST_W = 20, ROOMY_W = 120 };

/* One piece of a row behind x, when it fits whole; returns the column behind it, or x. */
static int add_piece(struct surface s, int x, const char *label, enum cell_role role, const char *text)
{
    int from = x > 0 ? x + (s.w < ROOMY_W ? GAP : 2 * GAP) : 0, w = text_width(label) + (label[0] && text[0]) + text_width(text);
    if (w == 0 || from + w > s.w)
        return x;
    from = surface_text(s, from, 0, CELL_DIM, label);
    return surface_text(s, from + (label[0] && text[0]), 0, role, text);
}

/* ---- state and reason ---- */

static void draw_state_row(const struct line_view *view, const struct scene *scene, struct surface s)
{
    const struct model *model = scene->model;
    const struct node_state *state = model_line_state(model, view->line);
    char span[SPAN_TEXT], text[LABEL_TEXT];
    bool narrow = s.w < NARROW_W;
    draw_marker(model, &view->marks, true, view->line, s);
    int x = surface_text(s, 3, 0, state_role((enum state_class)state->class), state->word ? state->word : state_class_table[state->class].word) + 1;
    if (state->since_ms > 0) {
        span_text(state_for_ms(model, state), span);
        when_text(model, state->since_ms, text);
        x = surface_format(s, x, 0, CELL_TEXT, narrow ? "%s" : "%s since %s", span, text) + (narrow ? 1 : 2);
    }
    double ratio;
    const char *missing;
    if (state->class != CLASS_UNKNOWN && !(narrow && state->class == CLASS_STOP) && model_speed(model, view->line, &ratio, &missing)) {
        snprintf(text, sizeof text, "%.0f%%", ratio * 100);
        x = draw_figure(s, x, 0, "SPD", CELL_VALUE, text);
    }
    draw_why(model, &view->marks, true, view->line, surface_sub(s, rect_of(x, 0, s.w - x, 1)));
}

/* ---- the order ---- */

static bool has_order(const struct model *model, uint32_t line)
{
    return model_role(model, line, ROLE_ORDER) != NO_TAG || model_role(model, line, ROLE_PRODUCT) != NO_TAG || model_role(model, line, ROLE_CREW) != NO_TAG;
}

static int add_role(const struct scene *scene, uint32_t line, enum tag_role role, const char *label, int x, struct surface s)
{
    uint32_t tag = model_role(scene->model, line, role);
    struct reading reading;
    if (tag == NO_TAG || (x > 0 && model_trust(scene->model, tag) == TRUST_NEVER))
        return x;
    reading_of_tag(&reading, scene->model, tag);
    int end = add_piece(s, x, label, reading_role(&reading), reading.trust == TRUST_NEVER ? "never" : reading.text);
    return end == 0 ? surface_text_fit(s, 0, 0, s.w, reading_role(&reading), reading.text) : end; /* rather cut than not at all */
}

/* "238 of 540 good (-34, -1h12m)" */
static void done_text(const struct order_figures *o, bool roomy, char out[PIECE_TEXT])
{
    char done[NUMBER_TEXT], wanted[NUMBER_TEXT], ahead[NUMBER_TEXT], span[SPAN_TEXT];
    pieces_text(o->done, 10, done);
    pieces_text(o->wanted, 10, wanted);
    signed_text(o->ahead, ahead);
    span_text(whole_ms(fabs(o->ahead_ms)), span);
    int used = isfinite(o->wanted) ? snprintf(out, PIECE_TEXT, "%.12s of %.12s good", done, wanted) : snprintf(out, PIECE_TEXT, "%.12s good", done);
    if (isfinite(o->ahead) && used > 0)
        snprintf(out + used, PIECE_TEXT - (size_t)used, roomy && fabs(o->ahead_ms) >= 60000 ? " (%.12s, %s%.8s)" : " (%.12s)", ahead, o->ahead < 0 ? "-" : "+", span);
}

static void draw_order_row(const struct line_view *view, const struct scene *scene, struct surface s)
{
    const struct model *model = scene->model;
    struct order_figures o;
    char text[PIECE_TEXT], ready[SPAN_TEXT] = "", planned[SPAN_TEXT] = "";
    order_figures(model, view->line, &o);
    int x = add_role(scene, view->line, ROLE_ORDER, "ORDER", 0, s);
    x = add_role(scene, view->line, ROLE_PRODUCT, o.order[0] && s.w < ROOMY_W ? "" : "PRODUCT", x, s);
    if (isfinite(o.done) && node_counts(model, view->line)) {
        done_text(&o, s.w >= ROOMY_W, text);
        x = add_piece(s, x, "", miss_role(round(o.ahead), 0), text);
    }
    if (o.ready_ms) {
        ready_text(model, o.ready_ms, ready);
        if (o.planned_ms)
            ready_text(model, o.planned_ms, planned);
        snprintf(text, sizeof text, "%.16s%s%.16s", ready, planned[0] ? ", plan " : "", planned);
        x = add_piece(s, x, "ready", planned[0] ? miss_role((double)o.planned_ms, (double)o.ready_ms) : CELL_VALUE, text);
    }
    add_role(scene, view->line, ROLE_CREW, "CREW", x, s);
}

/* ---- the shift ---- */

/* The OEE of the week up to now; undefined until it is known. */
static double week_oee(const struct scene *scene, uint32_t line)
{
    struct account sum;
    bool loading = false;
    if (!scene->recall)
        return NAN;
    oee_account(scene, line, oee_range_of(scene->model, line, OEE_WEEK), &sum, &loading);
    return loading ? NAN : account_kpis(&sum).oee;
}

/* "402 of 427 (-25)   by 14:00 677 of 720 (-43)" are two pieces of the row. */
static int add_shift(const struct scene *scene, const struct shift_figures *f, int x, struct surface s)
{
    const struct model *model = scene->model;
    char text[PIECE_TEXT], good[NUMBER_TEXT], plan[NUMBER_TEXT], ahead[NUMBER_TEXT], clock[SPAN_TEXT];
    if (!isfinite(f->plan_so_far))
        return x;
    pieces_text(f->sum.good, 10, good);
    pieces_text(f->plan_so_far, 10, plan);
    signed_text(f->sum.good - f->plan_so_far, ahead);
    snprintf(text, sizeof text, "%.12s of %.12s (%.12s)", good, plan, ahead);
    x = add_piece(s, x, "SHIFT", miss_role(round(f->sum.good - f->plan_so_far), 0), text);
    if (!isfinite(f->forecast))
        return x;
    clock_text(&model_plant(model)->zone, f->shift.to_ms, clock);
    pieces_text(f->forecast, 10, good);
    signed_text(f->forecast - f->plan, ahead);
    snprintf(text, sizeof text, "%.5s %.12s (%.12s)", clock, good, ahead);
    return add_piece(s, x, "by", miss_role(round(f->forecast - f->plan), 0), text);
}

static void draw_oee_row(const struct line_view *view, const struct scene *scene, struct surface s)
{
    const struct plant *plant = model_plant(scene->model);
    struct shift_figures f;
    char a[SHARE_TEXT], p[SHARE_TEXT], q[SHARE_TEXT], oee[SHARE_TEXT], text[LABEL_TEXT];
    shift_figures(scene->model, view->line, &f);
    double target = plant->nodes[view->line].target, week = week_oee(scene, view->line);
    share_text(f.kpis.availability, a);
    share_text(f.kpis.performance, p);
    share_text(f.kpis.quality, q);
    share_text(f.kpis.oee, oee);
    snprintf(text, sizeof text, "%s%s", oee, oee[0] == '-' ? "" : "%");
    int x = add_piece(s, 0, "OEE", miss_role(f.kpis.oee, target > 0 ? target : NAN), text);
    snprintf(text, sizeof text, "A %s x P %s x Q %s", a, p, q);
    if (x + 5 + text_width(text) <= s.w)
        x = surface_text(s, surface_text(s, x + 2, 0, CELL_DIM, "= "), 0, CELL_VALUE, text);
    account_note(plant, view->line, &f.sum, text, sizeof text);
    if (text[0] && f.kpis.standard_too_slow)
        x = add_piece(s, x, "", CELL_WARN, text);
    share_text(f.kpis.unknown, a);
    snprintf(text, sizeof text, "%s%%", a);
    if (isfinite(f.kpis.unknown))
        x = add_piece(s, x, "unknown", CELL_TEXT, text);
    share_text(target, a);
    if (target > 0)
        x = add_piece(s, x, "target", CELL_TEXT, a);
    share_text(week, a);
    if (scene->recall)
        x = add_piece(s, x, "week", miss_role(week, target > 0 ? target : NAN), a);
    x = add_shift(scene, &f, x, s);
    account_note(plant, view->line, &f.sum, text, sizeof text);
    if (text[0] && !f.kpis.standard_too_slow)
        add_piece(s, x, "", CELL_DIM, text);
}

int line_head_h(const struct line_view *view, const struct scene *scene, bool roomy)
{
    if (!roomy)
        return 1;
    return 1 + has_order(scene->model, view->line) + model_has_account(scene->model, view->line);
}

void line_head(const struct line_view *view, const struct scene *scene, struct surface s)
{
    int y = 0;
    draw_state_row(view, scene, surface_sub(s, rect_of(0, y++, s.w, 1)));
    if (y < s.h && has_order(scene->model, view->line))
        draw_order_row(view, scene, surface_sub(s, rect_of(3, y++, s.w - 3, 1)));
    if (y < s.h && model_has_account(scene->model, view->line))
        draw_oee_row(view, scene, surface_sub(s, rect_of(3, y++, s.w - 3, 1)));
}

/* ---- below ---- */

/* The stop that matters most: the one that lasts, else the newest without a reason, else the newest. NULL: the line did not stand in this shift. */
const struct stop *line_stop(const struct model *model, uint32_t line, int64_t from_ms, size_t *open)
{
    const struct plant *plant = model_plant(model);
    size_t count;
    const struct stop *stops = model_stops(model, &count), *found = NULL;
    *open = 0;
    for (size_t i = count; i > 0; i--) {
        const struct stop *stop = &stops[i - 1];
        bool mine = !stop->gone && stop_of(plant, stop, line), stood = stop->category == TIME_DOWN || stop->category == TIME_MINOR;
        if (!mine || !stood || (stop->end_ms && stop->end_ms <= from_ms))
            continue;
        *open += stop_open(stop);
        if (!found || (stop->end_ms == 0 && found->end_ms != 0) || (found->end_ms != 0 && stop_open(stop) && !stop_open(found)))
            found = stop;
    }
    return found;
}

static void draw_stops_row(const struct line_view *view, const struct scene *scene, int64_t from_ms, struct surface s)
{
    const struct model *model = scene->model;
    const struct plant *plant = model_plant(model);
    size_t open;
    const struct stop *stop = line_stop(model, view->line, from_ms, &open);
    char clock[SPAN_TEXT], span[SPAN_TEXT], text[STOP_WORDS + 160], words[STOP_WORDS], rest[LABEL_TEXT] = "";
    enum cell_role role;
    if (!stop) {
        surface_text(s, 0, 0, CELL_DIM, "STOPS none in this shift");
        return;
    }
    stop_words(plant, stop, words, sizeof words, &role);
    clock_text(&plant->zone, stop->start_ms, clock);
    span_text(stop_length_ms(model, stop), span);
    if (open > 0)
        snprintf(rest, sizeof rest, "%s%zu without a reason", stop_open(stop) && stop->proposal != NO_REASON ? "r confirm  " : "", open);
    int rest_w = rest[0] ? text_width(rest) + GAP : 0, x = surface_text(s, 0, 0, CELL_DIM, "STOPS ");
    int room = s.w - x - (s.w >= NARROW_W ? rest_w : 0) - 14, end = x + room + 14, title_w = text_width(plant->nodes[stop->node].title);
    role = stop->end_ms == 0 && stop->class == CLASS_STOP ? CELL_STOP : CELL_TEXT;
    title_w = title_w < TITLE_MOST_W ? title_w : TITLE_MOST_W;
    x = surface_format(s, x, 0, role, "%.5s ", clock);
    x = surface_text_fit(s, x, 0, title_w < room ? title_w : room, role, plant->nodes[stop->node].title);
    snprintf(text, sizeof text, " %s%s%s", span, words[0] ? " = " : "", words);
    x = draw_stop_words(s, x, 0, end - x, role, text);
    if (rest[0] && x + rest_w <= s.w)
        surface_text(s, x + GAP, 0, CELL_DIM, rest);
}

static void draw_lost_row(const struct line_view *view, const struct scene *scene, const struct shift_figures *f, struct surface s)
{
    struct lost lost[LOST_MOST];
    struct losses l = account_losses(&f->sum);
    const struct lost_want want = {.within = view->line, .from_ms = f->shift.from_ms, .to_ms = f->shift.to_ms};
    size_t count = lost_list(scene->model, &want, lost);
    char span[SPAN_TEXT], std[SPAN_TEXT], text[STOP_WORDS + 48], number[NUMBER_TEXT];
    int x = surface_text(s, 0, 0, CELL_DIM, "LOST  ");
    struct surface row = surface_sub(s, rect_of(x, 0, s.w - x, 1));
    bool slow = l.ideal && l.ms[LOSS_SPEED] >= 60000;
    x = 0;
    for (size_t i = 0; i < count && i < LOST_SHOWN; i++) {
        if (slow && l.ms[LOSS_SPEED] >= (double)lost[i].ms) {
            span_text(whole_ms(l.ms[LOSS_SPEED]), span);
            x = add_piece(row, x, "slow", CELL_TEXT, span);
            slow = false;
        }
        span_text(lost[i].ms, span);
        int64_t standard = model_plant(scene->model)->nodes[lost[i].node].setup_standard_ms;
        span_text(standard, std);
        if (lost[i].times > 1)
            snprintf(text, sizeof text, "%s x%u", span, lost[i].times);
        else if (lost[i].category == TIME_SETUP && standard > 0)
            snprintf(text, sizeof text, "%s (std %s)", span, std);
        else
            snprintf(text, sizeof text, "%s", span);
        x = add_piece(row, x, lost[i].title, CELL_TEXT, text);
    }
    span_text(whole_ms(l.ms[LOSS_SPEED]), span);
    if (slow)
        x = add_piece(row, x, "slow", CELL_TEXT, span);
    if (f->sum.reject > 0) {
        pieces_text(f->sum.reject, 10, number);
        snprintf(text, sizeof text, "%.12s reject%s", number, f->sum.reject > 1.5 ? "s" : "");
        x = add_piece(row, x, "", CELL_TEXT, text);
    }
    if (x == 0)
        surface_text(row, 0, 0, CELL_DIM, "nothing in this shift");
}

/* "SOON  Coil 6m   Nozzle due": as many as there is room for. */
static void draw_soon_row(const struct line_view *view, const struct scene *scene, struct surface s)
{
    struct soon soon[SOON_SHOWN];
    size_t count = soon_list(scene->model, view->line, false, soon, SOON_SHOWN);
    int x = surface_text(s, 0, 0, CELL_DIM, "SOON  ");
    struct surface row = surface_sub(s, rect_of(x, 0, s.w - x, 1));
    char when[SPAN_TEXT + 8];
    x = 0;
    for (size_t i = 0; i < count; i++) {
        soon_when(&soon[i], when);
        int w = text_width(soon[i].title) + 1 + text_width(when);
        if (x + w > row.w)
            break;
        x = surface_text(row, x, 0, CELL_TEXT, soon[i].title) + 1;
        x = surface_text(row, x, 0, soon_role(&soon[i]), when) + GAP + 1;
    }
}

bool line_has_soon(const struct line_view *view, const struct scene *scene)
{
    const struct plant *plant = model_plant(scene->model);
    for (size_t d = 0; d < plant->due_count; d++)
        if (plant->dues[d].node >= view->line && plant->dues[d].node < plant->nodes[view->line].end)
            return true;
    return false;
}

void line_foot(const struct line_view *view, const struct scene *scene, struct surface s)
{
    struct shift_figures f;
    shift_figures(scene->model, view->line, &f);
    draw_stops_row(view, scene, f.shift.from_ms, surface_sub(s, rect_of(0, 0, s.w, 1)));
    if (s.h > 2)
        draw_soon_row(view, scene, surface_sub(s, rect_of(0, 1, s.w, 1)));
    draw_lost_row(view, scene, &f, surface_sub(s, rect_of(0, s.h - 1, s.w, 1)));
}
