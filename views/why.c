/*
 * why: what happened plant-wide in the minutes before a raise or a stop, the likeliest to have to do with it first; drawn over another view. It
 * claims no cause: each row says what it is ranked by. Where there is no history, what the model keeps of changes is all that can be asked.
 *
 * A struct question is the case of one call: the place, the moment, the rows. The state is the table.
 */
#include <stdio.h>
#include <string.h>

#include "core/why.h"
#include "draw/table.h"
#include "draw/text.h"
#include "views/changes.h"

enum why_column { COL_BEFORE, COL_RANK, COL_PLACE, COL_WHAT, COL_CHANGE, COL_BECAUSE, COL_COUNT };
enum { COUNTED_MS = 3600000, NARROW_W = 60, WIDE_W = 110, RANK_W = 4, BEFORE_LEAST_MS = 60000 };

struct why {
    struct table table;
};

struct question {
    const struct scene *scene;
    struct why_case c;
    char path[ALARM_KEY_BYTES], title[LABEL_TEXT];
    bool known, loading, kept;  /* there is something to ask about; the answer is on its way; there is a history */
    struct why_row rows[WHY_ROWS];
    size_t count;
    bool narrow;
    struct table_column columns[COL_COUNT];
};

/* ---- the question ---- */

static void ask_alarm(struct question *q, uint32_t index)
{
    const struct model *model = q->scene->model;
    const struct alarm *alarm = model_alarm(model, index);
    const struct plant_alarm *place = &model_plant(model)->alarms[index];
    snprintf(q->path, sizeof q->path, "%s", q->scene->focus.alarm);
    snprintf(q->title, sizeof q->title, "%s %s", model_plant(model)->nodes[place->node].title, alarm_condition_shown(alarm)->title);
    q->c.node = place->node;
    q->c.at_ms = q->scene->focus.at_ms ? q->scene->focus.at_ms : alarm->raised_ms;
    q->known = q->c.at_ms > 0;
}

/* A line's stop is asked about where it happened: at the unit that it follows. */
static void ask_node(struct question *q, uint32_t node)
{
    const struct model *model = q->scene->model;
    const struct plant *plant = model_plant(model);
    const struct node_state *state = model_line_state(model, node);
    uint32_t told = plant->nodes[node].level == LEVEL_LINE && plant->nodes[node].constraint != NO_NODE ? plant->nodes[node].constraint : node;
    const char *word = state->word ? state->word : state_class_table[state->class].word;
    plant_node_path(plant, told, q->path, sizeof q->path);
    snprintf(q->title, sizeof q->title, "%s %s", plant->nodes[told].title, word);
    q->c.node = told;
    q->c.at_ms = q->scene->focus.about_ms ? q->scene->focus.about_ms : state->since_ms;
    q->known = q->c.at_ms > 0;
}

static void rank(struct question *q)
{
    size_t kept = 0;
    const struct event *events = model_changes(q->scene->model, &kept);
    const struct want want = {.kind = WANT_EVENTS, .from_ms = q->c.at_ms - COUNTED_MS, .to_ms = q->c.at_ms + q->c.plant->clock_error_ms + 1};
    const struct answer *answer = recall_want(q->scene->recall, &want);
    q->kept = q->scene->recall != NULL;
    q->loading = q->kept && !answer;
    if (answer)
        q->count = why_rank(&q->c, answer->events, answer->event_count, q->rows);
    else if (!q->kept)
        q->count = why_rank(&q->c, events, kept, q->rows);
}

static void ask(struct question *q, const struct scene *scene)
{
    uint32_t alarm = scene->focus.alarm[0] ? model_find_alarm(scene->model, scene->focus.alarm) : NO_ALARM, node = plant_node_by_path(model_plant(scene->model), scene->focus.about);
    *q = (struct question){.scene = scene, .c = {.plant = model_plant(scene->model), .node = NO_NODE, .window_ms = WHY_WINDOW_MS}};
    if (alarm != NO_ALARM)
        ask_alarm(q, alarm);
    else if (node != NO_NODE)
        ask_node(q, node);
    q->c.path = q->path;
    if (q->known)
        rank(q);
}

/* ---- its rows ---- */

static void what_text(const struct event *event, char *out, size_t cap)
{
    bool said = event->kind == EVENT_SETPOINT || event->kind == EVENT_ALARM || event->kind == EVENT_RECIPE || event->kind == EVENT_LIMIT || event->kind == EVENT_BAND;
    if (event->kind == EVENT_STATE)
        snprintf(out, cap, "%s", event_table[event->kind].title);
    else if (said)
        snprintf(out, cap, "%s", event->text);
    else
        snprintf(out, cap, "%s %s", event_table[event->kind].title, event->text);
}

static void change_text(const struct event *event, char *out, size_t cap)
{
    if (event->kind == EVENT_ALARM)
        snprintf(out, cap, "%s %s", event->alarm.value, event->alarm.limit);
    else if (event->kind == EVENT_BAND) /* the bound that it passed, without the unit */
        snprintf(out, cap, "%s (%.*s)", event->after, (int)strcspn(event->before, " "), event->before);
    else
        change_both_text(event, out, cap);
}

static void draw_before(const struct why_row *row, struct surface s)
{
    char text[SPAN_TEXT + 8], span[SPAN_TEXT];
    if (row->before_ms < BEFORE_LEAST_MS) {
        snprintf(text, sizeof text, "%.1fs", -(double)row->before_ms / 1000);
    } else {
        span_text(row->before_ms, span);
        snprintf(text, sizeof text, "-%s", span);
    }
    surface_text_right(s, 0, 0, s.w, CELL_TEXT, text);
}

/* As many blocks as it ranks, one at least. */
static void draw_rank(double rank, struct surface s)
{
    int filled = 1 + (int)(rank * RANK_W);
    for (int x = 0; x < s.w && x < RANK_W; x++)
        surface_text(s, x, 0, x < filled ? CELL_ACCENT : CELL_DIM, glyph_text(s.grid->tier, x < filled ? GLYPH_BLOCK : GLYPH_DOT));
}

static void because_text(const struct why_row *row, char *out, size_t cap)
{
    const struct event *event = row->event;
    int used = snprintf(out, cap, "%s", why_near_names[row->near]);
    if (row->times > 1)
        used += snprintf(out + used, cap - (size_t)used, " %ux", row->times);
    if (event->who[0] && (size_t)used < cap)
        snprintf(out + used, cap - (size_t)used, " by %s", event->who);
}

static void why_cell(const void *context, size_t index, size_t column, struct surface s, bool selected)
{
    const struct question *q = context;
    const struct why_row *row = &q->rows[index];
    const struct event *event = row->event;
    char text[LABEL_TEXT + EVENT_TEXT];
    (void)selected;
    switch ((enum why_column)column) {
    case COL_BEFORE: draw_before(row, s); break;
    case COL_RANK: draw_rank(row->rank, s); break;
    case COL_PLACE: {
        uint32_t node = why_node(q->c.plant, event->path);
        surface_text_fit(s, 0, 0, s.w, CELL_TEXT, node == NO_NODE ? event->path : q->c.plant->nodes[node].title);
        break;
    }
    case COL_WHAT:
        what_text(event, text, sizeof text);
        surface_text_fit(s, 0, 0, s.w, CELL_TEXT, text);
        break;
    case COL_CHANGE:
        change_text(event, text, sizeof text);
        surface_text_fit(s, 0, 0, s.w, CELL_VALUE, text_width(text) > s.w && event->after[0] ? event->after : text);
        break;
    case COL_BECAUSE:
        because_text(row, text, sizeof text);
        surface_text_fit(s, 0, 0, s.w, CELL_DIM, text);
        break;
    case COL_COUNT: break;
    }
}

static uint64_t why_id(const void *context, size_t row)
{
    return ((const struct question *)context)->rows[row].event->number;
}

static struct table_spec why_spec(struct question *q, int w)
{
    bool wide = w >= WIDE_W;
    q->narrow = w < NARROW_W;
    const struct table_column columns[COL_COUNT] = {
        [COL_BEFORE] = {.title = "BEFORE", .width = 6, .align = ALIGN_RIGHT},
        [COL_RANK] = {.title = "RANK", .width = RANK_W, .drop = 5},
        [COL_PLACE] = {.title = "PLACE", .width = wide ? 24 : 12, .least = 8, .flex = 1},
        [COL_WHAT] = {.title = "WHAT", .width = wide ? 28 : 14, .least = 8, .flex = 1},
        [COL_CHANGE] = {.title = "CHANGE", .width = q->narrow ? 0 : wide ? 26 : 16, .flex = wide ? 1 : 0, .drop = 3},
        [COL_BECAUSE] = {.title = "RANKED BY", .width = wide ? 30 : q->narrow ? 0 : 12, .drop = 4},
    };
    memcpy(q->columns, columns, sizeof columns);
    return (struct table_spec){
        .columns = q->columns, .column_count = COL_COUNT, .rows = q->count, .context = q, .cell = why_cell, .row_id = why_id,
        .show_titles = true, .generation = q->count ? q->rows[0].event->number : 0,
        .empty = q->loading ? "loading" : "nothing that is seen here happened in the 10 minutes before",
    };
}

static void why_draw(void *state, const struct scene *scene, struct surface s)
{
    struct why *why = state;
    struct question q;
    struct rect body = surface_rect(s);
    char at[SPAN_TEXT];
    ask(&q, scene);
    if (!q.known) {
        surface_text_fit(s, 0, 0, s.w, CELL_DIM, "neither a raise nor a stop to ask about: select one");
        return;
    }
    when_text(scene->model, q.c.at_ms, at);
    struct surface head = surface_sub(s, rect_cut_top(&body, 1));
    int x = surface_text_fit(head, 0, 0, head.w - 7, CELL_TITLE, q.title);
    surface_text_fit(head, x + 1, 0, head.w - x - 1, CELL_DIM, at);
    if (body.h >= 6)
        surface_text_fit(surface_sub(s, rect_cut_top(&body, 1)), 0, 0, s.w, CELL_DIM,
            q.kept ? "10 minutes before it, plant-wide; what is nearest, newest and rarest first" : "no history here: only what was changed is known");
    struct table_spec spec = why_spec(&q, s.w);
    table_draw(&why->table, &spec, surface_sub(s, body));
}

static bool open_row(const struct scene *scene, const struct event *event, bool trend, struct request *request)
{
    uint32_t tag = model_find(scene->model, event->path), node = why_node(model_plant(scene->model), event->path);
    if (tag != NO_TAG)
        *request = (struct request){.kind = trend ? REQUEST_TREND : REQUEST_FACEPLATE, .focus = focus_on_tag(scene, tag)};
    else if (node != NO_NODE && trend)
        *request = trend_of_node(scene, node);
    else if (node != NO_NODE)
        *request = (struct request){.kind = REQUEST_VIEW, .name = "line", .focus = focus_on_node(scene, node)};
    else
        return false;
    return true;
}

static bool why_key(void *state, const struct scene *scene, struct key key, struct request *request)
{
    struct why *why = state;
    struct question q;
    size_t row;
    if (key.code == KEYC_ESC || key_is(key, 'w')) {
        *request = (struct request){.kind = REQUEST_BACK, .focus = scene->focus};
        return true;
    }
    ask(&q, scene);
    struct table_spec spec = why_spec(&q, 80);
    if (key.code != KEYC_ENTER && !key_is(key, 'v'))
        return table_key(&why->table, &spec, key);
    return table_selected(&why->table, &spec, &row) && open_row(scene, q.rows[row].event, key_is(key, 'v'), request);
}

static void why_finish(void *state)
{
    table_finish(&((struct why *)state)->table);
}

static const struct key_row why_keys[] = {
    {"Esc", "close", "closes it", 1},
    {"Enter", "open", "opens the tag's faceplate, or the line", 2},
    {"v", "trend", "takes the tag into the trends view", 3},
    {"↑ ↓", "select", "selects what happened", 5},
};

const struct view why_view = {
    .name = "why", .title = "WHY",
    .help = "What happened in the whole plant in the ten minutes before a raise or a stop: what somebody changed, other alarms, states, values that left their band. Ranked by what it "
            "is, how near it is in the plant and in time, and how rare it is. The cause is for you to find.",
    .state_size = sizeof(struct why), .keys = why_keys, .key_count = sizeof why_keys / sizeof why_keys[0],
    .draw = why_draw, .key = why_key, .finish = why_finish,
};
