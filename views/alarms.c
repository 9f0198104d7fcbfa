/*
 * alarms: what is wrong, worst and newest first, and below it what the selected alarm means and what to do.
 *
 * Here stands how a screen is shared out and what keys do; alarms_list.c says which alarms in which order, alarms_table.c draws them,
 * alarms_record.c tells of one. While somebody moves through the list the selected row stays where it is on the screen, for a minute after
 * the last key: then the newest are in sight again.
 */
#include <stdio.h>
#include <string.h>

#include "draw/text.h"
#include "views/alarms.h"

enum { ROOMY_H = 15, RECORD_H = 6, LARGE_H = 40, LARGE_RECORD_H = 15, BRIEF_LEAST_H = 8, BRIEF_ROWS = 2, NARROW_W = 60, FLOOD_RAISES = 10 };

static const struct { const char *title, *narrow; } tab_table[ALARMS_TABS] = {
    [ALARMS_ACTIVE] = {"Active", "Act"}, [ALARMS_UNACKED] = {"Unacked", "Un"}, [ALARMS_SHELVED] = {"Shelved", "Sh"},
    [ALARMS_SUPPRESSED] = {"Suppressed", "Su"}, [ALARMS_OUT] = {"Out", "Out"},
};

/* ---- what is above the list ---- */

static void draw_tabs(const struct alarms *view, const struct model *model, struct surface s)
{
    bool narrow = s.w < NARROW_W;
    int x = 0;
    for (int tab = 0; tab < ALARMS_TABS; tab++) {
        char text[48];
        bool here = tab == (int)view->tab;
        snprintf(text, sizeof text, here ? "[%s %u]" : "%s %u", narrow ? tab_table[tab].narrow : tab_table[tab].title, view->list.tabs[tab]);
        x = surface_text(s, x, 0, here ? CELL_ACCENT : view->list.tabs[tab] ? CELL_TEXT : CELL_DIM, text) + (narrow ? 1 : 2);
    }
    if (model_alarm_counts(model)->sounding == 0)
        return;
    const char *hint = "h silence";
    int w = text_width(hint);
    if (x + 5 + w > s.w) /* then the header's HORN must do */
        return;
    surface_text(s, s.w - w - 5, 0, CELL_BANNER, "HORN");
    surface_text(s, s.w - w, 0, CELL_KEY, "h");
    surface_text(s, s.w - w + 2, 0, CELL_DIM, "silence");
}

/* The position with the most raises, or the one that is looked at: an operator's load is his position's. */
static uint16_t busiest(const struct model *model, int position, uint32_t *raises, int64_t *flood_ms)
{
    const struct plant *plant = model_plant(model);
    uint16_t found = position < 0 ? 0 : (uint16_t)position;
    *raises = model_alarm_raises(model, found, flood_ms);
    for (uint16_t p = 1; position < 0 && p < plant->position_count; p++) {
        int64_t flood;
        uint32_t here = model_alarm_raises(model, p, &flood);
        if ((flood > 0) > (*flood_ms > 0) || ((flood > 0) == (*flood_ms > 0) && here > *raises)) {
            found = p;
            *raises = here;
            *flood_ms = flood;
        }
    }
    return found;
}

static const char *position_title(const struct plant *plant, int position)
{
    const struct alarm_position *p = position < 0 || (size_t)position >= plant->position_count ? NULL : &plant->positions[position];
    return !p ? "all" : p->title && p->title[0] ? p->title : p->name;
}

static void draw_status(const struct alarms *view, const struct scene *scene, struct surface s)
{
    const struct plant *plant = model_plant(scene->model);
    bool several = plant->position_count > 1;
    char text[LABEL_TEXT], since[SPAN_TEXT];
    uint32_t raises;
    int64_t flood;
    uint16_t busy = busiest(scene->model, view->position, &raises, &flood);
    int x = 0;
    if (flood > 0) {
        raised_text(scene->model, flood, since);
        snprintf(text, sizeof text, "FLOOD since %.5s", since);
        x = surface_text(s, x, 0, CELL_STOP, text) + 3;
    }
    snprintf(text, sizeof text, "%u %s of %d", raises, raises == 1 ? "raise" : "raises", FLOOD_RAISES);
    x = draw_figure(s, x, 0, "10 min:", raises > FLOOD_RAISES ? CELL_STOP : CELL_TEXT, text);
    if (several && view->position < 0 && raises > 0)
        x = surface_format(s, x - 1, 0, CELL_DIM, "(%.40s)", position_title(plant, busy)) + 2;
    snprintf(text, sizeof text, "%u", view->list.standing);
    x = draw_figure(s, x + 1, 0, "standing >24 h", view->list.standing ? CELL_TEXT : CELL_DIM, text);
    if (several || view->position >= 0)
        x = draw_figure(s, x + 1, 0, "position", CELL_TEXT, position_title(plant, view->position));
    if (view->tree && x + 13 <= s.w)
        surface_text_right(s, s.w - 13, 0, 13, CELL_DIM, "by plant tree");
}

/* ---- the selection ---- */

/* The alarm that keys act on; NO_ALARM. */
static uint32_t selected(struct alarms *view, const struct table_spec *spec)
{
    size_t row;
    return table_selected(&view->table, spec, &row) && !(view->list.rows[row] & ALARMS_HEADING) ? view->list.rows[row] : NO_ALARM;
}

/* In another configuration the same alarm has another index. */
static void find_again(struct alarms *view, const struct model *model)
{
    const struct plant *plant = model_plant(model);
    if (view->plant_id != plant->id && view->selected[0]) {
        uint32_t alarm = model_find_alarm(model, view->selected);
        if (alarm != NO_ALARM && view->table.has_selected)
            view->table.selected_id = alarm;
        view->drawn_count = 0; /* what was seen is of another configuration */
        view->selected[0] = '\0';
    }
    if (view->position >= 0 && (size_t)view->position >= plant->position_count)
        view->position = -1;
    view->plant_id = plant->id;
}

/* Whoever comes for an alarm finds it selected, in the list that has it. */
static void follow_focus(struct alarms *view, const struct scene *scene)
{
    static const enum alarms_tab tabs[SHOWN_COUNT] = {[SHOWN_SHLVD] = ALARMS_SHELVED, [SHOWN_DSUPR] = ALARMS_SUPPRESSED, [SHOWN_OOSRV] = ALARMS_OUT};
    if (strcmp(view->followed, scene->focus.alarm) == 0)
        return;
    snprintf(view->followed, sizeof view->followed, "%s", scene->focus.alarm);
    uint32_t alarm = scene->focus.alarm[0] ? model_find_alarm(scene->model, scene->focus.alarm) : NO_ALARM;
    if (alarm == NO_ALARM || alarm_shown(model_alarm(scene->model, alarm)) == ALARM_NORM)
        return;
    view->tab = tabs[alarm_shown(model_alarm(scene->model, alarm))];
    view->position = -1;
    view->positioned = false;
    view->table.selected_id = alarm;
    view->table.has_selected = true;
}

static void update(struct alarms *view, const struct scene *scene)
{
    if (!view->positioned)
        view->position = -1;
    find_again(view, scene->model);
    follow_focus(view, scene);
    alarms_list_update(&view->list, scene, view->tab, view->tree, view->position);
}

/* ---- drawing ---- */

static int record_height(const struct alarms *view, int h)
{
    if (view->list.count == 0)
        return 0;
    if (h < ROOMY_H)
        return h >= BRIEF_LEAST_H ? BRIEF_ROWS : 0;
    return (h >= LARGE_H ? LARGE_RECORD_H : h / 3 < RECORD_H ? h / 3 : RECORD_H) + 1;
}

/* The rule above the record has room for the time that is left to respond. */
static void draw_rule(const struct scene *scene, uint32_t alarm, struct surface s)
{
    char text[LABEL_TEXT] = "";
    surface_hline(s, 0, 0, s.w);
    bool over = alarm != NO_ALARM && alarm_respond_text(scene->model, model_alarm(scene->model, alarm), text, sizeof text);
    int w = text_width(text);
    if (w == 0 || w + 4 > s.w)
        return;
    surface_text(s, s.w - w - 2, 0, CELL_BORDER, " ");
    surface_text(s, s.w - w - 1, 0, over ? CELL_STOP : CELL_TEXT, text);
    surface_text(s, s.w - 1, 0, CELL_BORDER, " ");
}

static void draw_record(const struct scene *scene, uint32_t alarm, bool rule, struct surface s)
{
    struct rect body = surface_rect(s);
    if (rule)
        draw_rule(scene, alarm, surface_sub(s, rect_cut_top(&body, 1)));
    if (alarm != NO_ALARM)
        alarms_record(scene, alarm, surface_sub(s, body));
}

static struct alarms_drawn seen(const struct model *model, uint32_t alarm)
{
    const struct alarm *at = model_alarm(model, alarm);
    return (struct alarms_drawn){alarm, at->severity, at->raised_ms};
}

/* Remembers what a person has in sight. */
static void note_drawn(struct alarms *view, const struct model *model, uint32_t chosen)
{
    const struct table *table = &view->table;
    view->drawn_count = 0;
    for (size_t at = table->top; at < table->order_count && at < table->top + table->page && view->drawn_count < ALARMS_DRAWN && !view->zoomed; at++)
        if (!(view->list.rows[table_row(table, at)] & ALARMS_HEADING))
            view->drawn[view->drawn_count++] = seen(model, view->list.rows[table_row(table, at)]);
    view->chosen.alarm = NO_ALARM;
    view->selected[0] = '\0';
    if (chosen == NO_ALARM)
        return;
    view->chosen = seen(model, chosen);
    plant_alarm_key(model_plant(model), chosen, view->selected, sizeof view->selected);
}

static void alarms_draw(void *state, const struct scene *scene, struct surface s)
{
    struct alarms *view = state;
    struct alarms_panel panel = {.scene = scene, .view = view};
    struct rect body = surface_rect(s);
    bool roomy = s.h >= ROOMY_H;
    update(view, scene);
    draw_tabs(view, scene->model, surface_sub(s, rect_cut_top(&body, 1)));
    if (roomy) {
        draw_status(view, scene, surface_sub(s, rect_cut_top(&body, 1)));
        surface_hline(surface_sub(s, rect_cut_top(&body, 1)), 0, 0, s.w);
    }
    struct table_spec spec = alarms_table(&panel, s.w);
    struct rect record = rect_cut_bottom(&body, record_height(view, s.h));
    table_update(&view->table, &spec);
    if (view->zoomed && selected(view, &spec) != NO_ALARM) {
        record = rect_of(0, body.y - roomy, s.w, body.h + record.h + roomy);
        draw_record(scene, selected(view, &spec), roomy, surface_sub(s, record));
    } else {
        table_draw(&view->table, &spec, surface_sub(s, body));
        draw_record(scene, selected(view, &spec), roomy, surface_sub(s, record));
    }
    note_drawn(view, scene->model, selected(view, &spec));
}

/* ---- keys ---- */

static struct focus focus_on_alarm(const struct scene *scene, uint32_t alarm)
{
    const struct plant *plant = model_plant(scene->model);
    struct focus focus = focus_on_node(scene, plant->alarms[alarm].node);
    focus.tag[0] = '\0';
    if (plant->alarms[alarm].tag != NO_TAG)
        model_tag_key(scene->model, plant->alarms[alarm].tag, focus.tag, sizeof focus.tag);
    plant_alarm_key(plant, alarm, focus.alarm, sizeof focus.alarm);
    focus.at_ms = model_alarm(scene->model, alarm)->raised_ms;
    return focus;
}

static void turn_tab(struct alarms *view, int step)
{
    view->tab = (enum alarms_tab)(((int)view->tab + step + ALARMS_TABS) % ALARMS_TABS);
    view->table.has_selected = false;
    view->table.top = 0;
    view->touched_ms = 0;
}

static void next_position(struct alarms *view, const struct plant *plant)
{
    view->positioned = plant->position_count > 1;
    view->position = view->position + 1 < (int)plant->position_count && view->positioned ? view->position + 1 : -1;
}

/* What changes the list itself. */
static bool list_key(struct alarms *view, const struct scene *scene, struct key key)
{
    if (key.code == KEYC_TAB || key.code == KEYC_BACKTAB)
        turn_tab(view, key.code == KEYC_TAB ? 1 : -1);
    else if (key_is(key, 't'))
        view->tree = !view->tree;
    else if (key_is(key, 'p'))
        next_position(view, model_plant(scene->model));
    else if (key_is(key, 'z') || (key.code == KEYC_ESC && view->zoomed))
        view->zoomed = !view->zoomed;
    else
        return false;
    return true;
}

static bool open_key(const struct scene *scene, uint32_t alarm, struct key key, struct request *request)
{
    struct focus focus = focus_on_alarm(scene, alarm);
    if (key.code == KEYC_ENTER)
        *request = (struct request){.kind = REQUEST_VIEW, .name = "line", .focus = focus};
    else if (key_is(key, 'v'))
        *request = (struct request){.kind = REQUEST_TREND, .focus = focus};
    else if (key_is(key, 'w'))
        *request = (struct request){.kind = REQUEST_WHY, .focus = focus};
    else
        return false;
    return true;
}

/* What a key does to an alarm, and what it undoes when that is what it did before. */
static enum action_kind kind_of(const struct model *model, uint32_t index, struct key key)
{
    const struct alarm *alarm = model_alarm(model, index);
    if (key_is(key, 'a'))
        return alarm->state == ALARM_LATCH_ACKED ? ACTION_RESET : ACTION_ACK;
    if (key_is(key, 's'))
        return alarm->flags & ALARM_SHELVED ? ACTION_UNSHELVE : ACTION_SHELVE;
    if (key_is(key, 'o'))
        return alarm->flags & ALARM_OUT ? ACTION_SERVICE_IN : ACTION_SERVICE_OUT;
    if (key_is(key, 'm'))
        return model_maintenance(model, model_plant(model)->alarms[index].node) ? ACTION_MAINTENANCE_OFF : ACTION_MAINTENANCE_ON;
    return key_is(key, 'n') ? ACTION_COMMENT_ON : ACTION_KIND_COUNT;
}

static void aim(const struct model *model, struct alarms_drawn at, struct action *action)
{
    const struct plant *plant = model_plant(model);
    bool unit = action->kind == ACTION_MAINTENANCE_ON || action->kind == ACTION_MAINTENANCE_OFF;
    action->target[0] = '\0';
    if (at.alarm >= plant->alarm_count)
        return;
    if (unit)
        plant_node_path(plant, plant->alarms[at.alarm].node, action->target, sizeof action->target);
    else
        plant_alarm_key(plant, at.alarm, action->target, sizeof action->target);
    action->occurrence_ms = unit ? 0 : at.occurrence_ms;
    action->severity = unit ? 0 : at.severity;
}

/* The selected alarm as it was drawn last; keys that came in one burst may have moved on from what was drawn as selected. */
static struct alarms_drawn as_drawn(const struct alarms *view, const struct model *model, uint32_t alarm)
{
    for (size_t i = 0; i < view->drawn_count; i++)
        if (view->drawn[i].alarm == alarm)
            return view->drawn[i];
    return view->selected[0] && view->chosen.alarm == alarm ? view->chosen : seen(model, alarm);
}

/* What acts on the plant. The horn is everybody's, the rest is about the selected alarm. */
static bool act_key(const struct alarms *view, const struct scene *scene, uint32_t alarm, struct key key, struct request *request)
{
    if (key_is(key, 'h') && model_alarm_counts(scene->model)->sounding > 0) {
        *request = (struct request){.kind = REQUEST_ACTION, .focus = scene->focus, .action = {.kind = ACTION_SILENCE}};
        return true;
    }
    enum action_kind kind = alarm == NO_ALARM ? ACTION_KIND_COUNT : kind_of(scene->model, alarm, key);
    if (kind == ACTION_KIND_COUNT)
        return false;
    *request = (struct request){.kind = REQUEST_ACTION, .focus = scene->focus, .action = {.kind = kind}};
    aim(scene->model, as_drawn(view, scene->model, alarm), &request->action);
    return true;
}

static size_t alarms_targets(const void *state, const struct scene *scene, enum target_set which, struct action *out, size_t most)
{
    const struct alarms *view = state;
    size_t count = 0;
    if (view->plant_id != model_plant(scene->model)->id || !view->selected[0])
        return 0;
    if (which == TARGET_SELECTED && most > 0)
        aim(scene->model, view->chosen, &out[count++]);
    for (size_t i = 0; which == TARGET_SHOWN && i < view->drawn_count && count < most; i++)
        aim(scene->model, view->drawn[i], &out[count++]);
    return count;
}

static bool alarms_key(void *state, const struct scene *scene, struct key key, struct request *request)
{
    struct alarms *view = state;
    struct alarms_panel panel = {.scene = scene, .view = view};
    update(view, scene);
    if (list_key(view, scene, key))
        return true;
    struct table_spec spec = alarms_table(&panel, 80);
    uint32_t alarm = selected(view, &spec);
    if (act_key(view, scene, alarm, key, request) || (alarm != NO_ALARM && open_key(scene, alarm, key, request)))
        return true;
    if (!table_key(&view->table, &spec, key))
        return false;
    bool first = view->table.selected == 0 || view->table.top == 0;
    view->touched_ms = first && view->table.selected == 0 ? 0 : model_wall(scene->model);
    return true;
}

static void alarms_finish(void *state)
{
    struct alarms *view = state;
    table_finish(&view->table);
    alarms_list_finish(&view->list);
}

static const struct key_row alarms_keys[] = {
    {"a", "ack", "acknowledges the selected alarm as it was drawn; resets one that is latched", 1},
    {"s", "shelve", "shelves the selected alarm for a time or until it clears, or takes it off the shelf", 2},
    {"n", "comment", "writes a comment on the selected alarm", 5},
    {"h", "silence", "silences the horn, everybody's", 4},
    {"Tab", "list", "the next list: active, unacknowledged, shelved, suppressed, out of service; Shift-Tab the one before", 4},
    {"Enter", "unit", "opens the unit of the selected alarm", 3},
    {"o", "out", "takes the selected alarm out of service, or back into it", 7},
    {"m", "maint.", "takes all alarms of its unit out of service while people work there, or back", 8},
    {"w", "why", "what happened in the minutes before the selected alarm was raised", 6},
    {"v", "trend", "takes the value of the selected alarm into the trends view", 9},
    {"t", "tree", "lists by the plant's tree, or worst first again", 10},
    {"p", "position", "the alarms of one operator's position, of the next, of all", 11},
    {"z", "zoom", "gives all that is known of the selected alarm the whole screen, and back", 10},
    {"↑ ↓", "select", "selects an alarm; PgUp, PgDn, g and G go further", 12},
};

static const struct act_row alarms_acts[] = {
    {"a", ACTION_ACK}, {"s", ACTION_SHELVE}, {"n", ACTION_COMMENT_ON}, {"h", ACTION_SILENCE}, {"o", ACTION_SERVICE_OUT}, {"m", ACTION_MAINTENANCE_ON},
};

const struct view alarms_view = {
    .name = "alarms", .title = "ALARMS",
    .help = "Alarms, worst and newest first; what is not acknowledged stands before what is, and its marker blinks. S: U active, A acknowledged, R returned but not acknowledged, L latched. FIRST came first of its group, FIRST? may have; x14 came so often in 24 h.",
    .state_size = sizeof(struct alarms), .keys = alarms_keys, .key_count = sizeof alarms_keys / sizeof alarms_keys[0],
    .draw = alarms_draw, .key = alarms_key, .targets = alarms_targets, .finish = alarms_finish,
    .acts = alarms_acts, .act_count = sizeof alarms_acts / sizeof alarms_acts[0],
};
