/*
 * stops: every stop, the newest first: when, how long, where, its reason or what proposes one, who gave it; above them the time of the selected one's line.
 * Several minor ones in a row are one row, which opens.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draw/text.h"
#include "views/reasons.h"
#include "views/stoplist.h"

enum { NARROW_W = 60, WIDE_W = 120, BAND_LEAST_H = 12, DETAIL_LEAST_H = 16, LABEL_W = 14, BAND_SPAN_MS = 8 * 3600000, PAGE_LEFT = 24 };

static const struct plant *plant_of(const struct listing *l) { return model_plant(l->scene->model); }

/* ---- cells ---- */

static void place_text(const struct listing *l, size_t row, bool all, char *out, size_t cap)
{
    const struct stop_version *older = stoplist_older(l, row);
    uint32_t node = older ? plant_node_by_path(plant_of(l), older->path) : stoplist_at(l, row)->node;
    uint32_t line = node == NO_NODE ? NO_NODE : plant_ancestor(plant_of(l), node, LEVEL_LINE);
    if (node == NO_NODE)
        snprintf(out, cap, "%.*s", (int)cap - 1, older->path);
    else if (line != NO_NODE && line != node && all)
        snprintf(out, cap, "%s > %s", plant_of(l)->nodes[line].title, plant_of(l)->nodes[node].title);
    else
        snprintf(out, cap, "%s", plant_of(l)->nodes[node].title);
}

/* A reason that was given and not answered: "Jam ..."; false: none was. */
static bool pending_text(const struct listing *l, const struct stop *stop, char out[STOP_WORDS])
{
    char path[KEY_BYTES];
    plant_node_path(plant_of(l), stop->node, path, sizeof path);
    const struct pending_action *pending = stop_pending(l->scene, path, stop->start_ms);
    uint16_t reason = pending ? plant_reason_by_path(plant_of(l), pending->word) : NO_REASON;
    if (pending)
        snprintf(out, STOP_WORDS, "%.60s ...", reason < plant_of(l)->reason_count ? plant_of(l)->reasons[reason].title : action_table[pending->kind].name);
    return pending;
}

static void reason_text(const struct listing *l, size_t row, char out[STOP_WORDS], enum cell_role *role)
{
    const struct stop_version *older = stoplist_older(l, row);
    if (!older && l->scene->pending_count > 0 && pending_text(l, stoplist_at(l, row), out)) {
        *role = CELL_ACCENT;
        return;
    }
    if (!older) {
        stop_words(plant_of(l), stoplist_at(l, row), out, STOP_WORDS, role);
        return;
    }
    *role = older->reason[0] ? CELL_TEXT : CELL_DIM;
    if (older->reason[0])
        snprintf(out, STOP_WORDS, "%s", older->reason_title[0] ? older->reason_title : older->reason);
    else
        snprintf(out, STOP_WORDS, "%s%s", older->proposal[0] ? older->proposal : older->stop.message, older->proposal[0] ? "?" : "");
}

static void start_text(const struct listing *l, const struct stop *stop, char out[SPAN_TEXT])
{
    const struct zone *zone = &plant_of(l)->zone;
    struct civil at = zone_civil(zone, stop->start_ms), now = zone_civil(zone, l->scene->now_ms);
    if (l->narrow || (at.year == now.year && at.month == now.month && at.day == now.day))
        clock_text(zone, stop->start_ms, out);
    else
        when_text(l->scene->model, stop->start_ms, out);
    if (l->narrow)
        out[5] = '\0';
}

static const struct stop_row *row_of(const struct listing *l, size_t row) { return &l->view->rows[row]; }

/* Of several minor stops: how many, since when, where. */
static void fold_cell(const struct listing *l, const struct stop_row *fold, size_t row, enum stop_column column, struct surface s)
{
    char text[STOP_WORDS], span[SPAN_TEXT];
    switch (column) {
    case COL_MARK: surface_text(s, 0, 0, CELL_KEY, fold->opened ? "-" : "+"); break;
    case COL_START:
        start_text(l, stoplist_at(l, row), span);
        surface_text_right(s, 0, 0, s.w, CELL_TEXT, span);
        break;
    case COL_LENGTH:
        span_text(fold->ms, span);
        surface_text_right(s, 0, 0, s.w, CELL_VALUE, span);
        break;
    case COL_PLACE:
        place_text(l, row, l->wide, text, sizeof text);
        if (fold->places > 1)
            snprintf(text, sizeof text, "%u places", fold->places);
        surface_text_fit(s, 0, 0, s.w, CELL_TEXT, text);
        break;
    case COL_REASON:
        when_text(l->scene->model, fold->from_ms, span);
        snprintf(text, sizeof text, "%u minor stops since %s", fold->folded, span);
        if (text_width(text) > s.w)
            snprintf(text, sizeof text, "%u minor stops", fold->folded);
        surface_text_fit(s, 0, 0, s.w, CELL_TEXT, text);
        break;
    default: break;
    }
}

static void stop_cell(const void *context, size_t row, size_t column, struct surface s, bool selected)
{
    const struct listing *l = context;
    const struct stop *stop = stoplist_at(l, row);
    char text[STOP_WORDS], span[SPAN_TEXT];
    enum cell_role role;
    bool stands = stop->end_ms == 0;
    (void)selected;
    if (row_of(l, row)->folded) {
        fold_cell(l, row_of(l, row), row, (enum stop_column)column, s);
        return;
    }
    switch ((enum stop_column)column) {
    case COL_MARK:
        if (stands)
            state_glyph(s, 0, 0, (enum state_class)stop->class);
        else if (stop_open(stop) && !(stoplist_older(l, row) && stoplist_older(l, row)->reason[0]))
            surface_text(s, 0, 0, CELL_ACCENT, "?");
        else if (row_of(l, row)->within)
            surface_text(s, 0, 0, CELL_DIM, "|");
        break;
    case COL_START: start_text(l, stop, span); surface_text_right(s, 0, 0, s.w, CELL_TEXT, span); break;
    case COL_LENGTH:
        span_text(stop_length_ms(l->scene->model, stop), span);
        surface_text_right(s, 0, 0, s.w, stands && stop->class == CLASS_STOP ? CELL_STOP : CELL_VALUE, span);
        break;
    case COL_PLACE: place_text(l, row, l->wide, text, sizeof text); surface_text_fit(s, 0, 0, s.w, CELL_TEXT, text); break;
    case COL_KIND: surface_text_fit(s, 0, 0, s.w, CELL_DIM, stop->category == TIME_MINOR ? "minor stop" : stop_kind(stop)); break;
    case COL_REASON: reason_text(l, row, text, &role); draw_stop_words(s, 0, 0, s.w, role, text); break;
    case COL_WHO: surface_text_fit(s, 0, 0, s.w, CELL_DIM, stop->who); break;
    case COL_COUNT: break;
    }
}

static uint64_t stop_id(const void *context, size_t row)
{
    return row_of(context, row)->id;
}

static bool stop_urgent(const void *context, size_t row)
{
    const struct stop *stop = stoplist_at(context, row);
    return stop->end_ms == 0 && stop->class == CLASS_STOP;
}

static const char *empty_text(const struct listing *l)
{
    if (l->loading)
        return "reading ...";
    if (l->scene->filter[0])
        return "no stop has these words";
    return l->view->tab == TAB_OPEN ? "every stop has its reason" : l->view->tab == TAB_NOW ? "nothing stands" : "nothing stood";
}

static struct table_spec stop_spec(struct listing *l, int w)
{
    l->narrow = w < NARROW_W;
    l->wide = w >= WIDE_W;
    const struct table_column columns[COL_COUNT] = {
        [COL_MARK] = {.title = "", .width = 1, .keeps = true},
        [COL_START] = {.title = "START", .width = l->narrow ? 5 : 10, .align = ALIGN_RIGHT},
        [COL_LENGTH] = {.title = "LENGTH", .width = 6, .align = ALIGN_RIGHT},
        [COL_PLACE] = {.title = "WHERE", .width = l->wide ? 32 : l->narrow ? 9 : 14, .least = 6},
        [COL_KIND] = {.title = "STATE", .width = l->narrow ? 0 : 11, .drop = 3},
        [COL_REASON] = {.title = "REASON", .width = 12, .least = 8, .flex = 1},
        [COL_WHO] = {.title = "WHO", .width = l->wide ? 24 : l->narrow ? 0 : 10, .drop = 2},
    };
    memcpy(l->columns, columns, sizeof columns);
    return (struct table_spec){
        .columns = l->columns, .column_count = COL_COUNT, .rows = l->view->row_count, .context = l, .cell = stop_cell, .row_id = stop_id, .urgent = stop_urgent,
        .filter = "", .show_titles = true, .empty = empty_text(l), .generation = l->view->row_count ? stop_id(l, 0) : 0,
    };
}

/* ---- above and below the list ---- */

static void draw_tabs(const struct listing *l, struct surface s)
{
    static const char *const titles[TABS] = {"all", "no reason", "standing"};
    char from[SPAN_TEXT], to[SPAN_TEXT];
    int x = 0;
    for (int tab = 0; tab < TABS; tab++) {
        char text[48];
        snprintf(text, sizeof text, "%s %zu", titles[tab], l->counts[tab]);
        x = surface_text(s, x, 0, tab == (int)l->view->tab ? CELL_SELECTED : CELL_DIM, text) + 2;
    }
    if (l->which[0]) {
        const char *loss = l->which + 1;
        for (int i = 0; l->which[0] == '#' && i < LOSS_COUNT; i++)
            loss = strcmp(loss_names[i], l->which + 1) == 0 ? loss_titles[i] : loss;
        x = surface_text(s, x, 0, CELL_DIM, "only ");
        x = surface_text_fit(s, x, 0, s.w - x - 14 > 8 ? s.w - x - 14 : 8, CELL_ACCENT, l->which[0] == '?' ? "without a reason" : loss) + 2;
    }
    if (l->to_ms > 0) {
        when_text(l->scene->model, l->from_ms, from);
        clock_text(&plant_of(l)->zone, l->to_ms, to);
        surface_format(s, x, 0, CELL_ACCENT, "%s-%.5s", from, to);
    }
}

/* NULL: none is, or several in one row. */
static const struct stop *selected_stop(struct listing *l, const struct table_spec *spec, size_t *row)
{
    return table_selected(&l->view->table, spec, row) && !row_of(l, *row)->folded ? stoplist_at(l, *row) : NULL;
}

static const struct stop_row *selected_fold(struct listing *l, const struct table_spec *spec, size_t *row)
{
    return table_selected(&l->view->table, spec, row) && row_of(l, *row)->folded ? row_of(l, *row) : NULL;
}

/* The line of the selected stop, its last hours, and where in them the stop is. */
static void draw_line_band(struct listing *l, const struct table_spec *spec, struct surface s)
{
    const struct plant *plant = plant_of(l);
    size_t row;
    const struct stop *stop = table_selected(&l->view->table, spec, &row) ? stoplist_at(l, row) : NULL;
    uint32_t node = stop && !stoplist_older(l, row) ? stop->node : l->within, line = plant_ancestor(plant, node, LEVEL_LINE);
    char scale[256];
    int w = s.w - LABEL_W, end = s.w - 1;
    int64_t now = model_wall(l->scene->model), cell = band_cell_ms(w, BAND_SPAN_MS);
    if (line == NO_NODE || w < 12)
        return;
    band_scale(&plant->zone, now, cell, w, scale, sizeof scale);
    surface_text(s, LABEL_W, 0, CELL_DIM, scale);
    if (stop && !stoplist_older(l, row)) {
        int64_t last = now - now % cell;
        int64_t from_back = (last - (stop->start_ms - stop->start_ms % cell)) / cell, to_ms = stop->end_ms ? stop->end_ms : now, to_back = (last - (to_ms - to_ms % cell)) / cell;
        for (int64_t back = from_back < w ? from_back : w - 1; back >= to_back && back >= 0 && to_back < w; back--)
            surface_glyph(s, end - (int)back, 0, CELL_ACCENT, GLYPH_DOWN);
    }
    surface_text_fit(s, 0, 1, LABEL_W - 1, CELL_TEXT, plant->nodes[node].title);
    draw_band(l->scene->model, node, cell, surface_sub(s, rect_of(LABEL_W, 1, w, 1)));
}

/* All that is known of the selected one. */
static void draw_detail(struct listing *l, const struct table_spec *spec, struct surface s)
{
    size_t row;
    const struct stop *stop = selected_stop(l, spec, &row);
    char text[LABEL_TEXT], from[48], to[SPAN_TEXT];
    const struct stop_row *folded = selected_fold(l, spec, &row);
    if (folded) {
        span_text(folded->ms, to);
        date_clock_text(&plant_of(l)->zone, folded->from_ms, from);
        surface_format(s, 0, 0, CELL_TITLE, "%u minor stops since %s, %s together", folded->folded, from, to);
        surface_text(s, 0, 1, CELL_DIM, folded->opened ? "Enter folds them into one row" : "Enter lists each of them");
    }
    if (!stop)
        return;
    date_clock_text(&plant_of(l)->zone, stop->start_ms, from);
    clock_text(&plant_of(l)->zone, stop->end_ms, to);
    place_text(l, row, true, text, sizeof text);
    int x = surface_format(s, 0, 0, CELL_TITLE, "%s - %s", from, stop->end_ms ? to : "stands") + 2;
    x = surface_text_fit(s, x, 0, s.w - x, CELL_TEXT, text) + 2;
    if (stop->product[0] || stop->order[0])
        surface_format(surface_sub(s, rect_of(x, 0, s.w - x, 1)), 0, 0, CELL_DIM, "%s %s", stop->order, stop->product);
    const struct { const char *label, *text; } said[] = {{"machine", stop->message}, {"comment", stop->comment}, {"by", stop->who}};
    x = 0;
    for (size_t i = 0; i < sizeof said / sizeof said[0] && x < s.w; i++)
        if (said[i].text[0]) {
            x = surface_text(s, x, 1, CELL_DIM, said[i].label) + 1;
            x = surface_text_fit(s, x, 1, s.w - x, CELL_TEXT, said[i].text) + 2;
        }
    if (x == 0)
        surface_text(s, 0, 1, CELL_DIM, "the machine said nothing, and nobody a reason");
}

static void stoplist_draw(void *state, const struct scene *scene, struct surface s)
{
    struct listing l;
    struct rect body = surface_rect(s);
    stoplist_make(&l, state, scene);
    struct table_spec spec = stop_spec(&l, s.w);
    draw_tabs(&l, surface_sub(s, rect_cut_top(&body, 1)));
    if (s.h >= BAND_LEAST_H)
        draw_line_band(&l, &spec, surface_sub(s, rect_cut_top(&body, 2)));
    if (s.h >= DETAIL_LEAST_H) {
        struct surface detail = surface_sub(s, rect_cut_bottom(&body, 3));
        surface_hline(detail, 0, 0, detail.w);
        draw_detail(&l, &spec, surface_sub(detail, rect_of(0, 1, detail.w, 2)));
    }
    table_draw(&l.view->table, &spec, surface_sub(s, body));
}

/* ---- keys ---- */

static void name_stop(const struct listing *l, size_t row, struct action *action)
{
    const struct stop_version *older = stoplist_older(l, row);
    if (older)
        snprintf(action->target, sizeof action->target, "%s", older->path);
    else
        plant_node_path(plant_of(l), stoplist_at(l, row)->node, action->target, sizeof action->target);
    action->occurrence_ms = stoplist_at(l, row)->start_ms;
}

static const struct act_row stoplist_acts[] = {
    {"r", ACTION_STOP_REASON}, {"R", ACTION_STOP_REASON}, {"s", ACTION_STOP_SPLIT}, {"J", ACTION_STOP_MERGE}, {"n", ACTION_STOP_COMMENT},
};

static bool act_key(struct listing *l, const struct table_spec *spec, struct key key, struct request *request)
{
    size_t row;
    for (size_t i = 0; i < sizeof stoplist_acts / sizeof stoplist_acts[0]; i++) {
        if (!key_is(key, (uint32_t)stoplist_acts[i].key[0]))
            continue;
        if (!selected_stop(l, spec, &row)) {
            const char *why = l->view->row_count ? "these are several stops: Enter lists each of them" : "no stop is selected: none is listed";
            *request = (struct request){.kind = REQUEST_SAY, .name = why, .focus = l->scene->focus};
            return true;
        }
        *request = (struct request){.kind = key_is(key, 'R') ? REQUEST_REASON : REQUEST_ACTION, .focus = l->scene->focus, .action = {.kind = stoplist_acts[i].kind}};
        name_stop(l, row, &request->action);
        return true;
    }
    return false;
}

static bool open_stop(struct listing *l, const struct table_spec *spec, bool why, struct request *request)
{
    size_t row;
    const struct stop *stop = selected_stop(l, spec, &row);
    uint32_t node = !stop ? NO_NODE : stoplist_older(l, row) ? plant_node_by_path(plant_of(l), stoplist_older(l, row)->path) : stop->node;
    if (node == NO_NODE)
        return false;
    *request = why ? why_of_node(l->scene, node, stop->start_ms) : (struct request){.kind = REQUEST_VIEW, .name = "line", .focus = focus_on_node(l->scene, node)};
    if (!why)
        request->focus.at_ms = stop->start_ms;
    return true;
}

/* Of all lines, or only of the place that one came for; where that is all of them, of the selected stop's line. */
static bool other_lines(struct listing *l, const struct table_spec *spec, struct request *request)
{
    size_t row;
    const struct stop *stop = selected_stop(l, spec, &row);
    uint32_t came = focus_node(l->scene), line = stop && !stoplist_older(l, row) ? plant_ancestor(plant_of(l), stop->node, LEVEL_LINE) : NO_NODE;
    if (came != NO_NODE && came != 0)
        l->view->everywhere = !l->view->everywhere;
    else if (line != NO_NODE)
        *request = stops_of_node(l->scene, line, l->which, l->from_ms, l->to_ms);
    return true;
}

/* Only those of which the same is said as of the selected one. */
static bool only_alike(struct listing *l, const struct table_spec *spec, struct request *request)
{
    size_t row;
    const struct stop *stop = selected_stop(l, spec, &row);
    char words[STOP_WORDS], which[FOCUS_STOPS];
    if (!stop || stoplist_older(l, row))
        return false;
    lost_title(plant_of(l), stop, words);
    snprintf(which, sizeof which, "=%s", words);
    *request = stops_of_node(l->scene, l->within == 0 ? NO_NODE : l->within, which, l->from_ms, l->to_ms);
    return true;
}

static bool stoplist_key(void *state, const struct scene *scene, struct key key, struct request *request)
{
    struct stoplist *view = state;
    struct listing l;
    size_t row;
    stoplist_make(&l, view, scene);
    struct table_spec spec = stop_spec(&l, 80);
    if (key.code == KEYC_TAB || key.code == KEYC_BACKTAB) {
        view->tab = (enum stop_tab)(((int)view->tab + (key.code == KEYC_TAB ? 1 : TABS - 1)) % TABS);
        return true;
    }
    if (key.code == KEYC_ESC && (l.which[0] || l.to_ms > 0))
        return view->cleared = true;
    if (key_is(key, 'l'))
        return other_lines(&l, &spec, request);
    if (key_is(key, 'f'))
        return only_alike(&l, &spec, request);
    const struct stop_row *folded = selected_fold(&l, &spec, &row);
    if (key.code == KEYC_ENTER && folded) {
        stoplist_fold(view, folded->id);
        return true;
    }
    if (key.code == KEYC_ENTER || key_is(key, 'w'))
        return open_stop(&l, &spec, key_is(key, 'w'), request);
    return act_key(&l, &spec, key, request) || table_key(&view->table, &spec, key);
}

/* What a typed action is about. */
static size_t stoplist_targets(const void *state, const struct scene *scene, enum target_set which, struct action *out, size_t most)
{
    struct stoplist copy = *(const struct stoplist *)state;
    struct listing l;
    size_t row, count = 0;
    copy.rows = NULL;
    copy.row_capacity = 0;
    stoplist_make(&l, &copy, scene);
    struct table_spec spec = stop_spec(&l, 80);
    struct table table = {.has_selected = copy.table.has_selected, .selected = copy.table.selected, .selected_id = copy.table.selected_id};
    copy.table = table;
    if (which == TARGET_SELECTED && most > 0 && selected_stop(&l, &spec, &row)) {
        *out = (struct action){.kind = ACTION_STOP_REASON};
        name_stop(&l, row, &out[count++]);
    }
    table_finish(&copy.table);
    free(copy.rows);
    return count;
}

static bool stoplist_label(const void *state, const struct scene *scene, const char *key, char *out, size_t cap)
{
    struct action selected;
    return strcmp(key, "r") == 0 && stoplist_targets(state, scene, TARGET_SELECTED, &selected, 1) == 1
        && reason_label(scene->model, stop_named(scene->model, selected.target, selected.occurrence_ms), key, out, cap);
}

static void stoplist_crumb(const void *state, const struct scene *scene, char *out, size_t cap)
{
    const struct stoplist *view = state;
    uint32_t node = focus_node(scene);
    char crumb[LABEL_TEXT] = "";
    if (node != NO_NODE && node != 0 && !view->everywhere)
        node_crumb(model_plant(scene->model), node, crumb, sizeof crumb);
    snprintf(out, cap, "%s%sSTOPS", crumb, crumb[0] ? " > " : "");
}

static void stoplist_finish(void *state)
{
    struct stoplist *view = state;
    table_finish(&view->table);
    free(view->rows);
    view->rows = NULL;
}

static const struct key_row stoplist_keys[] = {
    {"Enter", "open", "opens the line of the selected stop; lists the minor stops of a row that stands for several, and folds them again", 5},
    {"r", "reason", "gives the selected stop its reason, or confirms the one that is proposed (?)", 1},
    {"R", "other reason", "chooses a reason for the selected stop from the list", 0},
    {"Tab", "which", "all, those without a reason, those that stand", 2},
    {"s", "split", "splits the selected stop in two", 4},
    {"J", "join", "joins the selected stop with the one that follows, and what lies between them", 6},
    {"n", "comment", "a comment to the selected stop", 4},
    {"w", "why", "what happened in the minutes before it began", 3},
    {"l", "lines", "of every line, or only of the place that one came from, else of the selected stop's line", 7},
    {"f", "alike", "only those with the reason, the message or the kind of the selected one", 6},
    {"Esc", "all", "lists all again, where only those of a loss, a reason or an hour are listed", 0},
    {"↑ ↓", "select", "selects a stop; PgUp, PgDn, g and G go further", 8},
};

const struct view stops_view = {
    .name = "stops", .title = "STOPS",
    .help = "Every stop, the newest first; + stands for several minor ones, Enter opens them. A reason with ? is only proposed, from what the machine said first; ? at the left wants one. Above: the time of the line, ▼ over the selected stop.",
    .state_size = sizeof(struct stoplist), .keys = stoplist_keys, .key_count = sizeof stoplist_keys / sizeof stoplist_keys[0], .draw = stoplist_draw,
    .key = stoplist_key, .crumb = stoplist_crumb, .targets = stoplist_targets, .finish = stoplist_finish, .acts = stoplist_acts,
    .act_count = sizeof stoplist_acts / sizeof stoplist_acts[0], .label = stoplist_label,
};
