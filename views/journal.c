/*
 * journal: everything that happened, the newest first, to the millisecond: alarms, what people did and changed, states, sources, the collector itself.
 *
 * A struct journal is what the screen keeps. What is listed lies around its `anchor`, an event: a page of what is newer and a page of what is older;
 * without one it is the newest page, which goes on growing. When the selection comes near the end of what was read, the event there becomes `next`,
 * and the anchor once its pages are there: so nothing jumps, and a year of events is never read whole. A struct listing is the two pages as one list
 * for one call.
 */
#include "views/journal.h"

#include <stdio.h>
#include <string.h>

#include "draw/table.h"
#include "draw/text.h"

enum journal_column { COL_TIE, COL_MARK, COL_TIME, COL_KIND, COL_PLACE, COL_WHAT, COL_WHO, COL_COUNT };

enum { NARROW_W = 60, WIDE_W = 120, PAGE_ROWS = 128 /* a page is 150 KB, and pages that one has left are kept for a while */, MARGIN = 24, STATUS_LEAST_H = 8 };

/* How far around an event one looks, either way. */
static const int64_t spans[] = {10000, 60000, 300000, 900000, 3600000};
enum { SPAN_PRESET = 2, SPAN_COUNT = sizeof spans / sizeof spans[0] };

struct anchor {
    bool set;
    int64_t ms;
    uint64_t number;
};

struct journal {
    struct table table;
    size_t tab;
    struct anchor anchor, next, before; /* before: of the list that one looked around an event of */
    bool around;
    int64_t around_ms;
    uint64_t around_number, select;     /* select: to be selected when it is there; 0: none */
    size_t span;
};

struct listing {
    const struct scene *scene;
    const struct journal *view;
    const struct answer *newer, *older; /* newer: oldest first */
    size_t newer_count, rows;
    bool loading;
    const char *why;
    struct table_column columns[COL_COUNT];
    bool narrow, wide;
};

/* ---- what is listed ---- */

static struct want want_of(const struct journal *view, const struct scene *scene, const struct anchor *anchor, bool newer)
{
    struct want want = {.kind = WANT_EVENTS, .from_ms = -TIME_MOST_MS, .to_ms = TIME_MOST_MS, .rows = PAGE_ROWS, .oldest = newer};
    if (view->around) {
        want.from_ms = view->around_ms - spans[view->span];
        want.to_ms = view->around_ms + spans[view->span] + 1;
    } else {
        want.kinds = event_groups[view->tab].kinds;
        snprintf(want.find, sizeof want.find, "%s", scene->filter);
    }
    if (anchor->set) {
        *(newer ? &want.from_ms : &want.to_ms) = anchor->ms;
        want.number = newer ? anchor->number : anchor->number + 1; /* the older page holds it */
    }
    return want;
}

static bool ask(const struct journal *view, const struct scene *scene, const struct anchor *anchor, const struct answer **newer, const struct answer **older)
{
    struct want want = want_of(view, scene, anchor, false);
    *older = recall_want(scene->recall, &want);
    *newer = NULL;
    if (!anchor->set)
        return *older != NULL;
    want = want_of(view, scene, anchor, true);
    *newer = recall_want(scene->recall, &want);
    return *older && *newer;
}

static void list(struct listing *l, struct journal *view, const struct scene *scene)
{
    const struct answer *newer, *older;
    *l = (struct listing){.scene = scene, .view = view, .why = ""};
    if (view->next.set && ask(view, scene, &view->next, &newer, &older)) {
        view->anchor = view->next;
        view->next.set = false;
    }
    l->loading = !ask(view, scene, &view->anchor, &l->newer, &l->older);
    if (l->loading)
        return;
    l->why = l->older->why;
    l->newer_count = l->newer ? l->newer->event_count : 0;
    l->rows = l->newer_count + l->older->event_count;
}

static const struct event *event_at(const struct listing *l, size_t row)
{
    return row < l->newer_count ? &l->newer->events[l->newer_count - 1 - row] : &l->older->events[row - l->newer_count];
}

static bool more_newer(const struct listing *l)
{
    return l->newer && l->newer->cut;
}

static bool more_older(const struct listing *l)
{
    return l->older && l->older->cut;
}

static struct anchor anchor_at(const struct event *event)
{
    return (struct anchor){.set = true, .ms = event->time_ms, .number = event->number};
}

/* Reads on where the selection has come to, before it comes to the end. */
static void read_on(struct journal *view, const struct listing *l, const struct table_spec *spec)
{
    size_t row;
    if (view->next.set || !table_selected(&view->table, spec, &row))
        return;
    bool old = more_older(l) && row + MARGIN >= l->rows, new = more_newer(l) && row < MARGIN;
    if (old || new)
        view->next = anchor_at(event_at(l, row));
    else if (row == 0 && view->anchor.set && !view->around && l->newer)
        view->anchor.set = false; /* at the newest again: it follows */
}

/* ---- cells ---- */

static void time_text(const struct listing *l, const struct event *event, char out[48])
{
    const struct zone *zone = &model_plant(l->scene->model)->zone;
    struct civil c = zone_civil(zone, event->time_ms), now = zone_civil(zone, l->scene->now_ms);
    char clock[24], date[24];
    snprintf(clock, sizeof clock, "%02d:%02d:%02d.%03d", c.hour % 100, c.minute % 100, c.second % 100, c.ms % 1000);
    snprintf(date, sizeof date, c.year == now.year ? "%02d-%02d " : "%02d-%02d~", c.month % 100, c.day % 100);
    bool today = c.year == now.year && c.month == now.month && c.day == now.day;
    if (l->narrow)
        snprintf(out, 48, today ? "%s%s" : "%s%.5s", today ? "" : date, clock);
    else if (c.year == now.year)
        snprintf(out, 48, "%s%s", today ? "      " : date, clock);
    else
        snprintf(out, 48, "%04d-%02d-%02d %.8s", c.year % 10000, c.month % 100, c.day % 100, clock);
}

/* "-1m40s" before the event that one looks around, "+0.250s" behind it. */
static void delta_text(int64_t delta_ms, char out[48])
{
    char span[SPAN_TEXT];
    int64_t size = delta_ms < 0 ? -delta_ms : delta_ms;
    span_text(size, span);
    if (delta_ms == 0)
        snprintf(out, 48, "this");
    else if (size < 60000)
        snprintf(out, 48, "%c%d.%03ds", delta_ms < 0 ? '-' : '+', (int)(size / 1000), (int)(size % 1000));
    else
        snprintf(out, 48, "%c%s", delta_ms < 0 ? '-' : '+', span);
}

/* Do the clocks of the sources tell which of the two came first? */
static bool tied(const struct listing *l, size_t row)
{
    if (row + 1 >= l->rows)
        return false;
    const struct event *newer = event_at(l, row), *older = event_at(l, row + 1);
    int64_t error = model_plant(l->scene->model)->clock_error_ms;
    return newer->time_ms - older->time_ms <= error && strcmp(newer->path, older->path) != 0 && newer->path[0] && older->path[0];
}

static void draw_mark(const struct event *event, struct surface s)
{
    static const enum glyph glyphs[] = {GLYPH_ALARM_4, GLYPH_ALARM_1, GLYPH_ALARM_2, GLYPH_ALARM_3, GLYPH_ALARM_4};
    enum cell_role role = journal_role(event);
    if (role != CELL_TEXT && event->kind == EVENT_ALARM) {
        int x = surface_glyph(s, 0, 0, role, glyphs[event->alarm.priority <= ALARM_PRIORITIES ? event->alarm.priority : 0]);
        surface_format(s, x, 0, role, "%d", event->alarm.priority);
    }
}

static void journal_cell(const void *context, size_t row, size_t column, struct surface s, bool selected)
{
    const struct listing *l = context;
    const struct event *event = event_at(l, row);
    char text[JOURNAL_TEXT];
    (void)selected;
    switch ((enum journal_column)column) {
    case COL_TIE:
        if (tied(l, row) || (row > 0 && tied(l, row - 1)))
            surface_text(s, 0, 0, CELL_DIM, "=");
        break;
    case COL_MARK: draw_mark(event, s); break;
    case COL_TIME:
        if (l->view->around)
            delta_text(event->time_ms - l->view->around_ms, text);
        else
            time_text(l, event, text);
        surface_text_right(s, 0, 0, s.w, CELL_TEXT, text);
        break;
    case COL_KIND: surface_text_fit(s, 0, 0, s.w, CELL_DIM, l->wide ? event_table[event->kind].title : event_table[event->kind].name); break;
    case COL_PLACE: journal_place(l->scene->model, event, !l->narrow, CELL_TEXT, s); break;
    case COL_WHAT:
        journal_text(event, !l->wide, text, sizeof text);
        surface_text_fit(s, 0, 0, s.w, journal_role(event) == CELL_WARN ? CELL_WARN : CELL_TEXT, text);
        break;
    case COL_WHO: surface_text_fit(s, 0, 0, s.w, CELL_DIM, event->who); break;
    case COL_COUNT: break;
    }
}

static uint64_t journal_id(const void *context, size_t row)
{
    return event_at(context, row)->number;
}

static struct table_spec journal_spec(struct listing *l, int w)
{
    bool wide = w >= WIDE_W;
    l->narrow = w < NARROW_W;
    l->wide = wide;
    const struct table_column columns[COL_COUNT] = {
        [COL_TIE] = {.title = "", .width = 1, .drop = 9},
        [COL_MARK] = {.title = "", .width = 2, .keeps = true},
        [COL_TIME] = {.title = l->view->around ? "WHEN" : "TIME", .width = l->view->around ? 8 : l->narrow ? 12 : 18, .align = ALIGN_RIGHT},
        [COL_KIND] = {.title = "KIND", .width = wide ? 16 : l->narrow ? 0 : 8, .drop = 8},
        [COL_PLACE] = {.title = "PLACE", .width = wide ? 36 : l->narrow ? 8 : 16, .least = 6},
        [COL_WHAT] = {.title = "WHAT", .width = 12, .least = 8, .flex = 1},
        [COL_WHO] = {.title = "WHO", .width = wide ? 20 : 0, .drop = 7},
    };
    memcpy(l->columns, columns, sizeof columns);
    return (struct table_spec){
        .columns = l->columns, .column_count = COL_COUNT, .rows = l->rows, .context = l, .cell = journal_cell, .row_id = journal_id, .show_titles = true,
        .generation = l->rows ? event_at(l, 0)->number * 31 + event_at(l, l->rows - 1)->number : 0,
        .empty = !l->scene->recall ? "there is no history here" : l->loading ? "reading ..." : l->why[0] ? l->why :
            l->scene->filter[0] && !l->view->around ? "nothing in the history has these words" : "nothing of this kind happened",
    };
}

/* ---- drawing ---- */

static void draw_tabs(const struct listing *l, struct surface s)
{
    int x = 0;
    if (l->view->around) {
        char span[SPAN_TEXT], text[48], date[48];
        struct civil c = zone_civil(&model_plant(l->scene->model)->zone, l->view->around_ms);
        date_clock_text(&model_plant(l->scene->model)->zone, l->view->around_ms, date);
        span_text(spans[l->view->span], span);
        snprintf(text, sizeof text, "%.30s.%03d", l->narrow ? date + 15 : date, c.ms % 1000);
        x = surface_text(s, 0, 0, CELL_TITLE, "around ");
        x = surface_text(s, x, 0, CELL_ACCENT, text);
        surface_format(s, x, 0, CELL_DIM, "  %s either way", span);
        return;
    }
    for (size_t t = 0; t < EVENT_GROUPS; t++)
        x = surface_text(s, x, 0, t == l->view->tab ? CELL_SELECTED : CELL_DIM, event_groups[t].name) + 1 + (s.w >= NARROW_W);
}

static void draw_status(const struct listing *l, struct surface s)
{
    const struct journal *view = l->view;
    if (view->next.set && !l->loading)
        surface_text(s, 0, 0, CELL_DIM, "reading on ...");
    else if (!view->around && view->anchor.set)
        surface_text(s, 0, 0, CELL_DIM, "further back; g is the newest");
    else if (view->around && (more_newer(l) || more_older(l)))
        surface_text(s, 0, 0, CELL_DIM, "more happened than is listed: - looks less far");
    else if (!l->loading)
        surface_format(s, 0, 0, CELL_DIM, l->older->cut ? "the newest %zu; older ones are read as one comes to them" : l->rows == 1 ? "%zu event" : "%zu events", l->rows);
}

static void select_wanted(struct journal *view, struct listing *l, const struct table_spec *spec)
{
    for (size_t row = 0; view->select && row < l->rows; row++)
        if (event_at(l, row)->number == view->select) {
            table_select(&view->table, spec, row);
            view->select = 0;
        }
}

static void journal_draw(void *state, const struct scene *scene, struct surface s)
{
    struct journal *view = state;
    struct listing l;
    struct rect body = surface_rect(s), tab_row = rect_cut_top(&body, 1);
    list(&l, view, scene);
    struct table_spec spec = journal_spec(&l, s.w);
    draw_tabs(&l, surface_sub(s, tab_row));
    if (s.h >= STATUS_LEAST_H)
        draw_status(&l, surface_sub(s, rect_cut_bottom(&body, 1)));
    select_wanted(view, &l, &spec);
    table_draw(&view->table, &spec, surface_sub(s, body));
    if (!l.loading)
        read_on(view, &l, &spec);
}

/* ---- keys ---- */

static void show_tab(struct journal *view, size_t tab)
{
    view->tab = tab;
    view->anchor.set = view->next.set = false;
}

static void look_around(struct journal *view, const struct event *event)
{
    view->before = view->anchor;
    view->around = true;
    view->around_ms = event->time_ms;
    view->around_number = view->select = event->number;
    view->anchor = anchor_at(event);
    view->next.set = false;
    if (view->span == 0)
        view->span = SPAN_PRESET;
}

static void look_back(struct journal *view)
{
    view->around = false;
    view->anchor = view->before;
    view->next.set = false;
    view->select = view->around_number;
}

static void look_as_far(struct journal *view, size_t span)
{
    if (span >= SPAN_COUNT)
        return;
    view->span = span;
    view->anchor = (struct anchor){.set = true, .ms = view->around_ms, .number = view->around_number};
    view->next.set = false;
    view->select = view->around_number;
}

static bool open_event(const struct scene *scene, const struct event *event, bool trend, struct request *request)
{
    uint32_t tag, node;
    journal_target(scene->model, event, &tag, &node);
    if (tag == NO_TAG && node == NO_NODE)
        return false;
    if (tag != NO_TAG)
        *request = (struct request){.kind = trend ? REQUEST_TREND : REQUEST_FACEPLATE, .focus = focus_on_tag(scene, tag)};
    else if (trend)
        *request = trend_of_node(scene, node);
    else
        *request = (struct request){.kind = REQUEST_VIEW, .name = "line", .focus = focus_on_node(scene, node)};
    request->focus.at_ms = event->time_ms;
    return true;
}

/* Of the list around an event. */
static bool around_key(struct journal *view, struct key key)
{
    if (key.code == KEYC_ESC || key.code == KEYC_BACKSPACE)
        look_back(view);
    else if (key_is(key, '+'))
        look_as_far(view, view->span + 1);
    else if (key_is(key, '-') && view->span > 0)
        look_as_far(view, view->span - 1);
    else
        return key_is(key, '-');
    return true;
}

static bool list_key(struct journal *view, struct key key)
{
    if (key.code == KEYC_TAB)
        show_tab(view, (view->tab + 1) % EVENT_GROUPS);
    else if (key.code == KEYC_BACKTAB)
        show_tab(view, (view->tab + EVENT_GROUPS - 1) % EVENT_GROUPS);
    else if ((key_is(key, 'g') || key.code == KEYC_HOME) && view->anchor.set)
        view->anchor.set = view->next.set = view->table.has_selected = false;
    else
        return false;
    return true;
}

static bool journal_key(void *state, const struct scene *scene, struct key key, struct request *request)
{
    struct journal *view = state;
    struct listing l;
    size_t row;
    if (view->around ? around_key(view, key) : list_key(view, key))
        return true;
    list(&l, view, scene);
    struct table_spec spec = journal_spec(&l, 80);
    select_wanted(view, &l, &spec);
    if (key.code != KEYC_ENTER && !key_is(key, 'v'))
        return table_key(&view->table, &spec, key);
    if (!table_selected(&view->table, &spec, &row))
        return false;
    if (view->around || key_is(key, 'v'))
        return open_event(scene, event_at(&l, row), key_is(key, 'v'), request);
    look_around(view, event_at(&l, row));
    return true;
}

static void journal_finish(void *state)
{
    table_finish(&((struct journal *)state)->table);
}

static const struct key_row journal_keys[] = {
    {"Enter", "around", "what else happened around the selected event; there it opens the tag or line that an event is about", 1},
    {"Tab", "kind", "all, alarms, actions, changes, states, system; Shift-Tab goes back", 2},
    {"+ -", "wider", "around an event: looks further, or less far, either way", 4},
    {"Esc", "", "closes what happened around an event", 0},
    {"v", "trend", "takes the tag that an event is about into the trends view", 5},
    {"↑ ↓", "select", "selects an event; PgUp and PgDn go further, and what is older is read as one comes to it; g is the newest", 6},
};

const struct view journal_view = {
    .name = "journal", .title = "JOURNAL",
    .help = "Everything that happened, the newest first: alarms, what people did and changed, states, sources. / searches the whole history. Events marked = came so close to each other that the clocks of their sources cannot tell which was first. :at TIME lists what was known then.",
    .state_size = sizeof(struct journal), .keys = journal_keys, .key_count = sizeof journal_keys / sizeof journal_keys[0],
    .draw = journal_draw, .key = journal_key, .finish = journal_finish,
};
