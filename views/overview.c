/*
 * overview: level 1, the whole plant: a fixed row a line under its area, what is wrong at the left edge, why at the right.
 *
 * Here stands how a screen is shared out: the table, the totals below it, and on large screens the losses and the panel.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draw/text.h"
#include "views/changes.h"
#include "views/figures.h"
#include "views/overview.h"

enum { HEADINGS_LEAST_H = 16, FOOT_H = 3, FOOT_RULE_W = 14, SIDE_LEAST_W = 150, SIDE_W = 54, WIDE_W = 120, WORST_TITLE_W = 16, MS_PER_MINUTE = 60000, ZOOM_SPAN_MS = 5 * 3600000 };

/* ---- below the table ---- */

/* A figure that is drawn whole or not at all. */
static int add_figure(struct surface s, int x, const char *label, enum cell_role role, const char *text)
{
    int w = text_width(label) + (label[0] ? 1 : 0) + text_width(text);
    return x + w <= s.w ? draw_figure(s, x, 0, label, role, text) : s.w;
}

static int add_count(struct surface s, int x, size_t count, const char *word, enum cell_role role)
{
    char text[LABEL_TEXT];
    if (count == 0)
        return x;
    snprintf(text, sizeof text, "%zu %s", count, word);
    return add_figure(s, x, "", role, text);
}

/* "402 of 427 (-25)", and how the shift will end. */
static int add_pieces(const struct survey *survey, int x, struct surface s)
{
    char good[NUMBER_TEXT], plan[NUMBER_TEXT], ahead[NUMBER_TEXT], text[LABEL_TEXT];
    number_text(survey->group.all.good, 0, true, good);
    if (!isfinite(survey->due))
        return add_figure(s, x, "GOOD", CELL_VALUE, good);
    number_text(survey->due, 0, true, plan);
    signed_text(survey->group.all.good - survey->due, ahead);
    snprintf(text, sizeof text, "%s of %s (%s)", good, plan, ahead);
    x = add_figure(s, x, "GOOD", miss_role(round(survey->group.all.good - survey->due), 0), text);
    if (!isfinite(survey->forecast) || !survey->together)
        return x;
    number_text(survey->forecast, 0, true, good);
    signed_text(survey->forecast - survey->plan, ahead);
    snprintf(text, sizeof text, "%s (%s)", good, ahead);
    return add_figure(s, x, "at end", miss_role(round(survey->forecast - survey->plan), 0), text);
}

static int add_oee(const struct survey *survey, int x, struct surface s)
{
    struct kpis k = account_group_kpis(&survey->group);
    char share[SHARE_TEXT], unknown[SHARE_TEXT], of[64], text[LABEL_TEXT];
    share_text(k.oee, share);
    share_text(k.unknown, unknown);
    if (!isfinite(k.oee))
        return x;
    unsigned without = survey->group.unrated, with = survey->group.count - without;
    if (without == 0)
        of[0] = '\0';
    else if (s.w < WIDE_W)
        snprintf(of, sizeof of, " of %u line%s", with, with > 1 ? "s" : "");
    else
        snprintf(of, sizeof of, " without %u line%s (%s)", without, without > 1 ? "s" : "", account_group_lacks(&survey->group));
    snprintf(text, sizeof text, k.unknown >= 0.0005 ? "%s%s unknown %s" : "%s%s", share, of, unknown);
    return add_figure(s, x, "OEE", CELL_VALUE, text);
}

/* What is always there stands first, so that it keeps its place. */
static void draw_line_totals(const struct scene *scene, const struct survey *survey, struct surface s)
{
    const struct model *model = scene->model;
    char text[LABEL_TEXT], number[NUMBER_TEXT];
    if (survey->lines == 0) {
        add_figure(s, 0, "LINES", CELL_DIM, "none is configured");
        return;
    }
    snprintf(text, sizeof text, "%zu of %zu run", survey->classes[CLASS_RUN], survey->lines);
    int x = add_figure(s, 0, "LINES", CELL_TEXT, text);
    if (survey->good_unit && !survey->mixed_units)
        x = add_pieces(survey, x, s);
    if (survey->rejects && !survey->mixed_units) {
        double all = survey->group.all.good + survey->group.all.reject;
        number_text(survey->group.all.reject, 0, true, number);
        snprintf(text, sizeof text, all > 0 ? "%s (%.1f%%)" : "%s", number, all > 0 ? survey->group.all.reject * 100 / all : 0);
        x = add_figure(s, x, "REJ", CELL_VALUE, text);
    }
    x = add_oee(survey, x, s);
    if (survey->since_ms > 0) {
        since_text(model, survey->since_ms, text);
        x = add_figure(s, x, "", CELL_DIM, survey->together ? text : "this shift");
    }
    for (int class = CLASS_STOP; class < CLASS_COUNT; class++)
        x = add_count(s, x, survey->classes[class], state_class_table[class].word, state_role((enum state_class)class));
    add_count(s, x, survey->classes[CLASS_UNKNOWN], state_class_table[CLASS_UNKNOWN].name, CELL_UNKNOWN);
}

static void draw_tag_totals(const struct scene *scene, const struct survey *survey, struct surface s)
{
    static const struct { enum tag_trust trust; const char *word; } rows[] = {
        {TRUST_STALE, "stale"}, {TRUST_BAD, "bad"}, {TRUST_UNCONFIRMED, "unconfirmed"}, {TRUST_NEVER, "never heard"}, {TRUST_UNCERTAIN, "uncertain"},
    };
    char text[LABEL_TEXT];
    snprintf(text, sizeof text, "%zu of %zu tags good", survey->trust[TRUST_GOOD], survey->tags);
    int x = add_figure(s, 0, "DATA ", CELL_TEXT, text);
    x = add_count(s, x, survey->outside, "outside their band", CELL_WARN);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        x = add_count(s, x, survey->trust[rows[i].trust], rows[i].word, CELL_DIM);
    add_count(s, x, model_discovered(scene->model), "discovered", CELL_DIM);
}

static void draw_totals(const struct scene *scene, const struct survey *survey, struct surface s)
{
    draw_line_totals(scene, survey, surface_sub(s, rect_of(0, 0, s.w, 1)));
    draw_tag_totals(scene, survey, surface_sub(s, rect_of(0, 1, s.w, 1)));
}

/* The one line that a small screen has for it: the worst stop and its cause, else how many run; at its end since when the
 * counts above count, when there are any. */
static void draw_worst(const struct scene *scene, const struct overview *overview, bool counts, struct surface s)
{
    const struct survey *survey = &overview->survey;
    const struct model *model = scene->model;
    char since[SPAN_TEXT];
    since_text(model, survey->since_ms, since);
    if (counts && survey->since_ms > 0) {
        int w = text_width(since) + 7;
        surface_format(s, s.w - w, 0, CELL_DIM, "counts %s", since);
        s = surface_sub(s, rect_of(0, 0, s.w - w - 1, 1));
    }
    uint32_t line = worst_line(model, NO_NODE);
    if (line == NO_NODE || model_line_state(model, line)->class != CLASS_STOP) {
        int end = surface_format(s, 0, 0, CELL_DIM, "%zu of %zu lines run", survey->classes[CLASS_RUN], survey->lines);
        if (survey->classes[CLASS_UNKNOWN] > 0)
            surface_format(s, end, 0, CELL_UNKNOWN, ", %zu unknown", survey->classes[CLASS_UNKNOWN]);
        return;
    }
    char why[LABEL_TEXT];
    draw_marker(model, &overview->marks, true, line, s);
    int x = surface_text_fit(s, 2, 0, WORST_TITLE_W, CELL_STOP, model_plant(model)->nodes[line].title) + 1;
    span_text(state_for_ms(model, model_line_state(model, line)), why);
    x = surface_text(s, x, 0, CELL_STOP, why) + 1;
    line_why(model, &overview->marks, true, line, why, sizeof why);
    if (why[0])
        draw_why(model, &overview->marks, true, line, surface_sub(s, rect_of(x, 0, s.w - x, 1)));
    else
        surface_text_fit(s, x, 0, s.w - x, CELL_DIM, "stopped, no reason told");
}

/* What there is room for below the lines: what each lost, and the stops. */
static void draw_below(struct overview *overview, const struct scene *scene, int64_t from_ms, struct surface s)
{
    struct rect below = surface_rect(s);
    struct rect losses = rect_cut_top(&below, (int)overview->survey.lines + 3);
    rect_cut_top(&losses, 1);
    overview->drawn[OVERVIEW_LOSSES] = true;
    overview_losses(scene, overview, overview->focus == OVERVIEW_LOSSES, surface_sub(s, losses));
    if (below.h < OVERVIEW_LOSSES_LEAST_H)
        return;
    rect_cut_top(&below, 1);
    overview->drawn[OVERVIEW_STOPS] = true;
    draw_stops(scene->model, 0, from_ms, overview->focus == OVERVIEW_STOPS, surface_sub(s, below));
}

/* The rule above the totals has room for what somebody changed last: no line has to go for it. */
static struct surface draw_foot_rule(const char *changed, struct surface s)
{
    struct surface below = draw_section(s, "");
    if (changed[0]) {
        int x = surface_text(s, 3, 0, CELL_BORDER, " ");
        x = surface_text(s, x, 0, CELL_DIM, "CHANGED ");
        x = surface_text_fit(s, x, 0, s.w - x - 1, CELL_TEXT, changed);
        surface_text(s, x, 0, CELL_BORDER, " ");
    }
    return below;
}

static void draw_lines_panel(struct overview *overview, struct lines *lines, struct surface s)
{
    const struct scene *scene = lines->scene;
    struct rect body = surface_rect(s), foot = rect_cut_bottom(&body, s.h >= HEADINGS_LEAST_H && !overview->zoomed ? FOOT_H : 1);
    struct table_spec spec = overview_table(lines, s.w);
    spec.passive = overview->focus != OVERVIEW_LINES;
    if (foot.h == FOOT_H) {
        int64_t now = model_wall(scene->model), from = now - now % lines->cell_ms - (lines->columns[OVERVIEW_BAND].width - 1) * lines->cell_ms;
        int spare = body.h - (int)overview->row_count - 1;
        char changed[LABEL_TEXT] = "";
        if (!overview->drawn[OVERVIEW_SIDE]) /* which lists them */
            change_newest_text(scene->model, s.w - FOOT_RULE_W, changed, sizeof changed);
        draw_totals(scene, &overview->survey, draw_foot_rule(changed, surface_sub(s, foot)));
        if (overview->row_count > 0 && overview->survey.lines > 0 && spare >= OVERVIEW_LOSSES_LEAST_H)
            draw_below(overview, scene, since_heard(scene->model, from), surface_sub(s, rect_cut_bottom(&body, spare)));
    } else {
        draw_worst(scene, overview, overview_shows_counts(&spec, s.w), surface_sub(s, foot));
    }
    table_draw(&overview->table, &spec, surface_sub(s, body));
}

/* The panel with the focus has the whole body, also where there is no room for it beside the lines. */
static void draw_zoomed(struct overview *overview, struct lines *lines, struct surface s)
{
    const struct scene *scene = lines->scene;
    int64_t now = model_wall(scene->model), from = since_heard(scene->model, now - now % MS_PER_MINUTE - ZOOM_SPAN_MS);
    switch (overview->focus) {
    case OVERVIEW_SIDE: overview_side(scene, overview, true, s); break;
    case OVERVIEW_LOSSES: overview_losses(scene, overview, true, s); break;
    case OVERVIEW_STOPS: draw_stops(scene->model, 0, from, true, s); break;
    default: draw_lines_panel(overview, lines, s); break;
    }
}

static void list_rows(struct overview *overview, const struct scene *scene, int h)
{
    overview->headings = h >= HEADINGS_LEAST_H;
    overview_rows(overview, scene);
    if (overview->headings && (int)overview->row_count > h - FOOT_H - 1) {
        /* Rather more lines than the names of their areas. */
        overview->headings = false;
        overview_rows(overview, scene);
    }
}

void overview_look(struct overview *overview, const struct scene *scene)
{
    survey_take(&overview->survey, scene->model);
    alarm_marks_update(&overview->marks, scene->model);
}

void overview_lines(struct overview *overview, const struct scene *scene, struct surface s)
{
    struct lines lines = {.scene = scene, .overview = overview};
    overview->headings = false;
    overview_rows(overview, scene);
    struct table_spec spec = overview_table(&lines, s.w);
    spec.passive = true;
    table_draw(&overview->table, &spec, s);
}

void overview_stops(const struct scene *scene, bool focused, struct surface s)
{
    int64_t now = model_wall(scene->model);
    draw_stops(scene->model, 0, since_heard(scene->model, now - now % MS_PER_MINUTE - ZOOM_SPAN_MS), focused, s);
}

static void overview_draw(void *state, const struct scene *scene, struct surface s)
{
    struct overview *overview = state;
    struct lines lines = {.scene = scene, .overview = overview};
    overview_look(overview, scene);
    list_rows(overview, scene, s.h);
    for (int i = 0; i < OVERVIEW_PANELS; i++)
        overview->drawn[i] = i == OVERVIEW_LINES || (i == OVERVIEW_SIDE && s.w >= SIDE_LEAST_W);
    if (overview->zoomed) {
        draw_zoomed(overview, &lines, s);
        return;
    }
    if (overview->drawn[OVERVIEW_SIDE]) {
        int left = s.w - SIDE_W - 2;
        for (int y = 0; y < s.h; y++)
            surface_glyph(s, left, y, CELL_BORDER, GLYPH_VLINE);
        overview_side(scene, overview, overview->focus == OVERVIEW_SIDE, surface_sub(s, rect_of(left + 2, 0, SIDE_W, s.h)));
        s = surface_sub(s, rect_of(0, 0, left, s.h));
    }
    draw_lines_panel(overview, &lines, s);
    if (!overview->drawn[overview->focus])
        overview->focus = OVERVIEW_LINES;
}

/* The next panel that is there; zoomed, all are. False when there is no other. */
static bool next_panel(struct overview *overview, int step)
{
    enum overview_panel from = overview->focus;
    do
        overview->focus = (enum overview_panel)(((int)overview->focus + step + OVERVIEW_PANELS) % OVERVIEW_PANELS);
    while (!overview->zoomed && overview->focus != OVERVIEW_LINES && !overview->drawn[overview->focus]);
    return overview->focus != from;
}

static bool overview_key(void *state, const struct scene *scene, struct key key, struct request *request)
{
    struct overview *overview = state;
    struct lines lines = {.scene = scene, .overview = overview};
    overview_rows(overview, scene);
    struct table_spec spec = overview_table(&lines, 80);
    size_t row;
    if (key.code == KEYC_TAB || key.code == KEYC_BACKTAB)
        return next_panel(overview, key.code == KEYC_TAB ? 1 : -1);
    if (key_is(key, 'z') || (key.code == KEYC_ESC && overview->zoomed)) {
        overview->zoomed = !overview->zoomed;
        return true;
    }
    if (overview->focus != OVERVIEW_LINES)
        return false;
    if (key.code != KEYC_ENTER && !key_is(key, 'v') && !key_is(key, 'w') && !key_is(key, 'b') && !key_is(key, 'S'))
        return table_key(&overview->table, &spec, key);
    if (!table_selected(&overview->table, &spec, &row))
        return false;
    if (key_is(key, 'w')) {
        *request = why_of_node(scene, overview->rows[row], 0);
        return true;
    }
    if (key_is(key, 'v')) {
        *request = trend_of_node(scene, overview->rows[row]);
        return true;
    }
    if (key_is(key, 'S')) {
        *request = stops_of_node(scene, overview->rows[row], "", 0, 0);
        return true;
    }
    if (key_is(key, 'b')) {
        *request = (struct request){.kind = REQUEST_VIEW, .name = "board", .focus = focus_on_node(scene, overview->rows[row])};
        return true;
    }
    *request = (struct request){.kind = REQUEST_VIEW, .name = "line", .focus = focus_on_node(scene, overview->rows[row])};
    return true;
}

/* The line that is selected. */
static size_t overview_targets(const void *state, const struct scene *scene, enum target_set which, struct action *out, size_t most)
{
    const struct overview *overview = state;
    const struct table *table = &overview->table;
    if (which != TARGET_SELECTED || most == 0 || !table->has_selected || table->selected_id >= model_plant(scene->model)->node_count)
        return 0;
    *out = (struct action){.kind = ACTION_CALL};
    plant_node_path(model_plant(scene->model), (uint32_t)table->selected_id, out->target, sizeof out->target);
    return 1;
}

void overview_finish(struct overview *overview)
{
    table_finish(&overview->table);
    alarm_marks_finish(&overview->marks);
    free(overview->rows);
    free(overview->keys);
    *overview = (struct overview){.rows = NULL};
}

static void finish(void *state) { overview_finish(state); }

static const struct key_row overview_keys[] = {
    {"Enter", "open", "opens the selected line: its units and their values", 1},
    {"↑ ↓", "select", "selects a line; PgUp, PgDn, g and G go further", 9},
    {"Tab", "panel", "goes to what stands beside and below the lines, where there is room", 10},
    {"b", "board", "the hour board of the selected line", 7},
    {"S", "stops", "lists the stops of the selected line", 9},
    {"c", "call", "calls somebody to the selected line", 5},
    {"w", "why", "what happened in the minutes before the selected line came into its state", 8},
    {"v", "trend", "takes the key values of the selected line into the trends view", 9},
    {"z", "zoom", "gives one panel the whole screen, and back; Tab then shows them all", 8},
};

const struct view overview_view = {
    .name = "overview", .title = "OVERVIEW",
    .help = "The whole plant, a row a line. The last cell of a band is now: ─ runs, █ stopped, ▒ starved or blocked, c changeover, . not scheduled, ? unknown.",
    .state_size = sizeof(struct overview), .keys = overview_keys, .key_count = sizeof overview_keys / sizeof overview_keys[0],
    .draw = overview_draw, .key = overview_key, .targets = overview_targets, .finish = finish,
};
