/*
 * The table of the view of alarms: which columns at which width, and what stands in each cell. What matters most is there at any width:
 * marker, state, how long, where, what; a number that does not fit is not shown cut.
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "draw/text.h"
#include "views/alarms.h"

enum alarms_column {
    COL_MARK, COL_STATE, COL_RAISED, COL_FOR, COL_LINE, COL_UNIT, COL_ALARM, COL_NOW, COL_LIMIT, COL_VALUE, COL_CLASS, COL_UNTIL, COL_BY, COL_COMMENT,
    COL_CAUSE, COL_COUNT
};

static_assert((int)COL_COUNT == ALARMS_COLUMNS, "the header says how many columns there are");

enum { NARROW_W = 60, WIDE_W = 120, HUGE_W = 170, UNIT_LEAST_W = 6, UNIT_MOST_W = 14, HOLD_MS = 60000, TITLE_LEAST_W = 6 };

/* ---- cells ---- */

static void draw_heading(const struct model *model, uint32_t node, struct surface s)
{
    char crumb[KEY_BYTES];
    node_crumb(model_plant(model), node, crumb, sizeof crumb);
    int x = surface_text_fit(s, 0, 0, s.w, CELL_DIM, crumb) + 1;
    const struct maintenance *m = model_maintenance(model, node);
    if (m && x + 2 < s.w) {
        char text[LABEL_TEXT], until[SPAN_TEXT];
        until_text(model, m->until_ms, until);
        snprintf(text, sizeof text, "maintenance: %.40s%s%s", m->who, until[0] ? " until " : "", until);
        surface_text_fit(s, x + 1, 0, s.w - x - 1, CELL_TEXT, text);
    }
}

/* "FIRST" of a group, or one of those that may have been; "x14": so often in 24 h. */
static void suffix_text(const struct model *model, const struct alarm *alarm, char out[SPAN_TEXT])
{
    unsigned times = alarm_raises_day(alarm, model_wall(model));
    const char *first = alarm->flags & ALARM_FIRST ? "FIRST" : alarm->flags & ALARM_TIE ? "FIRST?" : "";
    char count[16] = "";
    if (times > 1)
        snprintf(count, sizeof count, "x%u", times);
    snprintf(out, SPAN_TEXT, "%s%s%s", first, first[0] && count[0] ? " " : "", count);
}

/* Several equal alarms of one unit are told apart by the titles of their tags. */
static const char *tag_apart(const struct plant *plant, uint32_t index)
{
    const struct plant_alarm *a = &plant->alarms[index];
    bool before = index > 0 && a[-1].node == a->node && a[-1].def == a->def, after = index + 1 < plant->alarm_count && a[1].node == a->node && a[1].def == a->def;
    return a->tag != NO_TAG && (before || after) ? plant->tags[a->tag].def->title : "";
}

static void draw_title(const struct model *model, uint32_t index, struct surface s)
{
    const char *apart = tag_apart(model_plant(model), index);
    if (apart[0] && s.w > 2 * TITLE_LEAST_W) {
        int w = text_width(apart) < s.w / 2 ? text_width(apart) : s.w / 2;
        surface_text_fit(s, s.w - w, 0, w, CELL_DIM, apart);
        s = surface_sub(s, rect_of(0, 0, s.w - w - 1, 1));
    }
    const struct alarm *alarm = model_alarm(model, index);
    char suffix[SPAN_TEXT];
    suffix_text(model, alarm, suffix);
    int tail = suffix[0] ? text_width(suffix) + 1 : 0, room = s.w - tail;
    if (room < TITLE_LEAST_W) {
        tail = 0;
        room = s.w;
    }
    int x = surface_text_fit(s, 0, 0, room, alarm_seen(alarm) ? CELL_TEXT : CELL_DIM, alarm_text_title(model, index)) + 1;
    if (tail)
        surface_text(s, x, 0, alarm->flags & (ALARM_FIRST | ALARM_TIE) ? CELL_ACCENT : CELL_DIM, suffix);
}

static void draw_now(const struct model *model, uint32_t index, struct surface s)
{
    char text[ALARM_FIGURE];
    double number;
    enum cell_role role = alarm_text_now(model, index, text);
    uint32_t tag = model_plant(model)->alarms[index].tag;
    bool is_number = tag != NO_TAG && value_number(model_tag(model, tag)->value, &number) && alarm_kind_table[alarm_condition_shown(model_alarm(model, index))->kind].limit;
    if (is_number)
        surface_number_right(s, 0, 0, s.w, role, text);
    else
        surface_text_right(s, 0, 0, s.w, role, text);
}

static void draw_limit(const struct model *model, uint32_t index, struct surface s)
{
    char text[ALARM_FIGURE];
    const char *unit = alarm_text_unit(model, index);
    alarm_text_limit(model_alarm(model, index), text);
    if (text_width(text) > s.w) {
        surface_number_right(s, 0, 0, s.w, CELL_TEXT, text);
        return;
    }
    int x = surface_text(s, 0, 0, CELL_TEXT, text);
    if (text[0] && unit[0] && x + 1 + text_width(unit) <= s.w)
        surface_text(s, x + 1, 0, CELL_DIM, unit);
}

static void draw_until(const struct model *model, uint32_t index, struct surface s)
{
    const struct alarm *alarm = model_alarm(model, index);
    struct alarm_hold space;
    const struct alarm_hold *held = alarm_held(model, index, &space);
    char until[SPAN_TEXT];
    if (!held)
        return;
    until_text(model, held->until_ms, until);
    if (held->until_ms == 0)
        snprintf(until, sizeof until, alarm_shown(alarm) == SHOWN_SHLVD ? "clears" : "open");
    surface_text_fit(s, 0, 0, s.w, CELL_TEXT, until);
}

/* What somebody did here, until it is durable. */
static const struct pending_action *pending_on(const struct scene *scene, uint32_t index)
{
    char key[ALARM_KEY_BYTES];
    if (scene->pending_count == 0)
        return NULL;
    plant_alarm_key(model_plant(scene->model), index, key, sizeof key);
    for (size_t i = scene->pending_count; i-- > 0;)
        if (strcmp(scene->pending[i].target, key) == 0)
            return &scene->pending[i];
    return NULL;
}

/* "Kim (as operator1)": the person alone where it is narrow. */
static void draw_who(struct surface s, enum cell_role role, const char *who)
{
    char text[ACTION_WHO];
    snprintf(text, sizeof text, "%s", who);
    char *account = strstr(text, " (as ");
    if (account && account > text && text_width(text) > s.w)
        *account = '\0';
    surface_text_fit(s, 0, 0, s.w, role, text);
}

/* Who acknowledged it, or who hides it. */
static void draw_by(const struct alarms_panel *panel, uint32_t index, struct surface s)
{
    const struct model *model = panel->scene->model;
    const struct pending_action *pending = pending_on(panel->scene, index);
    if (pending) {
        char text[SPAN_TEXT];
        snprintf(text, sizeof text, "%.16s %s", action_table[pending->kind].name, glyph_text(s.grid->tier, GLYPH_MORE));
        surface_text_fit(s, 0, 0, s.w, CELL_ACCENT, text);
        return;
    }
    const struct alarm *alarm = model_alarm(model, index);
    struct alarm_hold space;
    const struct alarm_hold *held = alarm_held(model, index, &space);
    if (held)
        draw_who(s, CELL_TEXT, held->who);
    else if (alarm_shown(alarm) == SHOWN_DSUPR)
        surface_text_fit(s, 0, 0, s.w, CELL_DIM, alarm->suppress_wanted ? "logic" : "hold-off");
    else if (alarm->record && alarm->record->acked_ms > 0)
        draw_who(s, CELL_DIM, alarm->record->ack_who);
}

static void draw_comment(const struct model *model, uint32_t index, struct surface s)
{
    const struct alarm *alarm = model_alarm(model, index);
    struct alarm_hold space;
    const struct alarm_hold *held = alarm_held(model, index, &space);
    const char *text = held ? held->reason : "";
    if (!text[0] && alarm->record)
        text = alarm->record->comment[0] ? alarm->record->comment : alarm->record->acked_ms > 0 ? alarm->record->ack_comment : "";
    surface_text_fit(s, 0, 0, s.w, CELL_DIM, text);
}

static void draw_line(const struct model *model, uint32_t index, struct surface s)
{
    const struct plant *plant = model_plant(model);
    uint32_t node = plant->alarms[index].node, line = plant_ancestor(plant, node, LEVEL_LINE);
    if (line == node || line == NO_NODE)
        line = plant->nodes[node].parent;
    if (line != NO_NODE)
        surface_text_fit(s, 0, 0, s.w, CELL_DIM, plant->nodes[line].title);
}

static void draw_span(const struct model *model, const struct alarm *alarm, struct surface s)
{
    char text[SPAN_TEXT];
    if (alarm->raised_ms <= 0)
        return;
    span_text(alarm_for_ms(model, alarm), text);
    surface_text_right(s, 0, 0, s.w, alarm_active(alarm) ? CELL_TEXT : CELL_DIM, text);
}

static void alarms_cell(const void *context, size_t row, size_t column, struct surface s, bool selected)
{
    const struct alarms_panel *panel = context;
    const struct model *model = panel->scene->model;
    uint32_t index = panel->view->list.rows[row];
    char text[SPAN_TEXT];
    (void)selected;
    if (index & ALARMS_HEADING) {
        draw_heading(model, index & ~ALARMS_HEADING, s);
        return;
    }
    const struct alarm *alarm = model_alarm(model, index);
    switch ((enum alarms_column)column) {
    case COL_MARK: draw_alarm_marker(model, index, s, 0, 0); break;
    case COL_STATE: surface_text_fit(s, 0, 0, s.w, alarm_unacked(alarm) ? CELL_TEXT : CELL_DIM, alarm_shown_table[alarm_shown(alarm)].letter); break;
    case COL_RAISED:
        raised_text(model, alarm->raised_ms, text);
        surface_text_fit(s, 0, 0, s.w, CELL_TEXT, text);
        break;
    case COL_FOR: draw_span(model, alarm, s); break;
    case COL_LINE: draw_line(model, index, s); break;
    case COL_UNIT: surface_text_fit(s, 0, 0, s.w, CELL_TEXT, alarm_text_place(model, index)); break;
    case COL_ALARM: draw_title(model, index, s); break;
    case COL_NOW: draw_now(model, index, s); break;
    case COL_LIMIT: draw_limit(model, index, s); break;
    case COL_VALUE: surface_text_right(s, 0, 0, s.w, CELL_DIM, alarm->record ? alarm->record->value : ""); break;
    case COL_CLASS: surface_text_fit(s, 0, 0, s.w, CELL_DIM, alarm->class->title[0] ? alarm->class->title : alarm->class->name); break;
    case COL_UNTIL: draw_until(model, index, s); break;
    case COL_BY: draw_by(panel, index, s); break;
    case COL_COMMENT: draw_comment(model, index, s); break;
    case COL_CAUSE: surface_text_fit(s, 0, 0, s.w, CELL_DIM, alarm_text_cause(alarm)); break;
    case COL_COUNT: break;
    }
}

static uint64_t alarms_id(const void *context, size_t row)
{
    return ((const struct alarms_panel *)context)->view->list.rows[row];
}

static bool alarms_heading(const void *context, size_t row)
{
    return (alarms_id(context, row) & ALARMS_HEADING) != 0;
}

static bool alarms_urgent(const void *context, size_t row)
{
    const struct alarms_panel *panel = context;
    return !alarms_heading(context, row) && alarm_unacked(model_alarm(panel->scene->model, (uint32_t)alarms_id(context, row)));
}

static size_t alarms_span(const void *context, size_t row, size_t column)
{
    return alarms_heading(context, row) && column == COL_MARK ? COL_COUNT : 1;
}

/* ---- columns ---- */

/* By the plant, not by the rows, so that no column moves when alarms come and go. */
static int unit_width(const struct plant *plant)
{
    int w = UNIT_LEAST_W;
    uint32_t last = NO_NODE;
    for (size_t a = 0; a < plant->alarm_count && w < UNIT_MOST_W; a++) {
        if (plant->alarms[a].node == last)
            continue;
        last = plant->alarms[a].node;
        int title = text_width(plant->nodes[last].title);
        w = title > w ? title : w;
    }
    return w < UNIT_MOST_W ? w : UNIT_MOST_W;
}

static const char *nothing(const struct alarms_panel *panel)
{
    static const char *const said[ALARMS_TABS] = {
        [ALARMS_ACTIVE] = "no alarm", [ALARMS_UNACKED] = "nothing to acknowledge", [ALARMS_SHELVED] = "nothing is shelved",
        [ALARMS_SUPPRESSED] = "nothing is suppressed", [ALARMS_OUT] = "nothing is out of service",
    };
    if (panel->scene->filter[0])
        return "no alarm of this list matches the filter";
    return model_plant(panel->scene->model)->alarm_count == 0 ? "no alarm is configured: andon.cfg(5) says how" : said[panel->view->tab];
}

struct table_spec alarms_table(struct alarms_panel *panel, int w)
{
    const struct alarms *view = panel->view;
    bool narrow = w < NARROW_W, wide = w >= WIDE_W, huge = w >= HUGE_W, hidden = view->tab >= ALARMS_SHELVED;
    int unit_w = unit_width(model_plant(panel->scene->model));
    int64_t now = model_wall(panel->scene->model);
    const struct table_column columns[COL_COUNT] = {
        [COL_MARK] = {.title = narrow ? "" : "P", .width = MARKER_W, .keeps = true},
        [COL_STATE] = {.title = "S", .width = 1},
        [COL_RAISED] = {.title = "RAISED", .width = narrow ? 0 : 8, .drop = 7},
        [COL_FOR] = {.title = "FOR", .width = 6, .align = ALIGN_RIGHT},
        [COL_LINE] = {.title = "LINE", .width = wide ? 16 : 0, .drop = 11},
        [COL_UNIT] = {.title = "UNIT", .width = narrow ? 7 : wide ? 16 : unit_w, .least = narrow ? 7 : UNIT_LEAST_W},
        [COL_ALARM] = {.title = "ALARM", .width = narrow ? 16 : wide ? 32 : 20, .least = narrow ? 12 : 18, .flex = 3},
        [COL_NOW] = {.title = "NOW", .width = narrow ? 0 : wide ? 10 : 7, .drop = 5, .align = ALIGN_RIGHT},
        [COL_LIMIT] = {.title = "LIMIT", .width = narrow || (hidden && !wide) ? 0 : wide ? 14 : 10, .least = 6, .drop = 6},
        [COL_VALUE] = {.title = "AT RAISE", .width = wide ? 11 : 0, .drop = 9, .align = ALIGN_RIGHT},
        [COL_CLASS] = {.title = "CLASS", .width = wide ? 8 : 0, .drop = 12},
        [COL_UNTIL] = {.title = "UNTIL", .width = hidden && view->tab != ALARMS_SUPPRESSED ? 8 : 0, .drop = 3},
        [COL_BY] = {.title = hidden ? "BY" : "ACK BY", .width = narrow && !hidden ? 0 : wide ? 14 : 7, .least = 6, .drop = 4},
        [COL_COMMENT] = {.title = hidden ? "REASON" : "NOTE", .width = wide ? 20 : 0, .flex = 2, .drop = 10},
        [COL_CAUSE] = {.title = "CAUSE", .width = huge ? 24 : 0, .flex = 3, .drop = 13},
    };
    memcpy(panel->columns, columns, sizeof columns);
    return (struct table_spec){
        .columns = panel->columns, .column_count = COL_COUNT, .rows = view->list.count, .context = panel, .cell = alarms_cell, .row_id = alarms_id,
        .heading = alarms_heading, .urgent = alarms_urgent, .span = alarms_span, .filter = "", .generation = view->list.version, .show_titles = true,
        .hold = view->touched_ms > 0 && now - view->touched_ms < HOLD_MS && now >= view->touched_ms, .empty = nothing(panel),
    };
}
