/*
 * What changed, as other views show it: a panel of a few rows, or one line. A change is drawn from its event alone; only its place is
 * looked up in the plant, since it has a better name there.
 */
#include "views/changes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draw/text.h"

enum { ROOMY_W = 90, TIME_W = 5, PLACE_W = 14, WHAT_W = 14, LONG_W = 30, HEAD = 3 };

/* The node that a change belongs to; NO_NODE when its path is gone, or is none. */
static uint32_t node_of(const struct model *model, const struct event *event)
{
    uint32_t tag = event->path[0] ? model_find(model, event->path) : NO_TAG;
    if (tag != NO_TAG)
        return model_tag(model, tag)->node;
    return event->path[0] ? plant_node_by_path(model_plant(model), event->path) : NO_NODE;
}

static int newest_first(const void *a, const void *b)
{
    const struct event *l = *(const struct event *const *)a, *r = *(const struct event *const *)b;
    if (l->time_ms != r->time_ms)
        return l->time_ms > r->time_ms ? -1 : 1;
    return l->number > r->number ? -1 : l->number < r->number;
}

static bool belongs(const struct model *model, const struct event *event, uint32_t within)
{
    uint32_t node = within == 0 ? 0 : node_of(model, event);
    return within == 0 || (node != NO_NODE && node >= within && node < model_plant(model)->nodes[within].end);
}

size_t changes_list(const struct model *model, uint32_t within, int64_t from_ms, const struct event *list[CHANGES_MOST])
{
    size_t kept, count = 0;
    const struct event *changes = model_changes(model, &kept);
    for (size_t c = 0; c < kept && count < CHANGES_MOST; c++)
        if (changes[c].time_ms >= from_ms && belongs(model, &changes[c], within))
            list[count++] = &changes[c];
    qsort(list, count, sizeof list[0], newest_first);
    return count;
}

void change_place_text(const struct model *model, const struct event *event, bool whole, char *out, size_t cap)
{
    const struct plant *plant = model_plant(model);
    uint32_t node = node_of(model, event), line = node == NO_NODE ? NO_NODE : plant_ancestor(plant, node, LEVEL_LINE);
    if (node == NO_NODE)
        snprintf(out, cap, "%s", event->path);
    else if (whole)
        node_crumb(plant, node, out, cap);
    else
        snprintf(out, cap, "%s", plant->nodes[line == NO_NODE ? node : line].title);
}

void change_place(const struct model *model, const struct event *event, bool whole, enum cell_role role, struct surface s)
{
    char text[KEY_BYTES];
    const char *shown = text;
    change_place_text(model, event, whole, text, sizeof text);
    const char *separator = strstr(text, " > ") ? " > " : "/";
    for (const char *next; text_width(shown) > s.w && (next = strstr(shown, separator)) != NULL;)
        shown = next + strlen(separator);
    surface_text_fit(s, 0, 0, s.w, role, shown);
}

void change_what(const struct event *event, struct surface s)
{
    bool named = event->kind == EVENT_CONFIG; /* its text is a file's name: the end tells which */
    const char *slash = named ? strrchr(event->text, '/') : NULL;
    int x = named ? surface_text_fit(s, 0, 0, s.w, CELL_TEXT, event_table[event->kind].title) + 1 : 0;
    if (x < s.w)
        surface_text_fit(s, x, 0, s.w - x, named ? CELL_DIM : CELL_TEXT, slash ? slash + 1 : event->text);
}

static bool is_number(const struct event *event)
{
    return event->kind == EVENT_SETPOINT || event->kind == EVENT_LIMIT;
}

/* A number is never shown cut: its unit goes first, then it is shown as hashes. Words are cut. */
static int draw_value(const struct event *event, const char *value, bool right, enum cell_role role, struct surface s)
{
    char text[sizeof event->after];
    snprintf(text, sizeof text, "%s", value);
    char *unit = strrchr(text, ' ');
    if (is_number(event) && text_width(text) > s.w && unit)
        *unit = '\0';
    if (is_number(event) && text_width(text) > s.w)
        return surface_number_right(s, 0, 0, s.w, role, text);
    return right ? surface_text_right(s, 0, 0, s.w, role, text) : surface_text_fit(s, 0, 0, s.w, role, text);
}

void change_before(const struct event *event, struct surface s)
{
    draw_value(event, event->before, true, CELL_DIM, s);
}

void change_after(const struct event *event, struct surface s)
{
    int x = event->before[0] ? surface_text(s, 0, 0, CELL_DIM, "> ") : 2;
    if (x < s.w)
        draw_value(event, event->after, false, CELL_VALUE, surface_sub(s, rect_of(x, 0, s.w - x, 1)));
}

void change_both_text(const struct event *event, char *out, size_t cap)
{
    const char *unit = strrchr(event->after, ' '), *before_unit = strrchr(event->before, ' ');
    bool same = is_number(event) && unit && before_unit && strcmp(unit, before_unit) == 0;
    int length = same ? (int)(before_unit - event->before) : (int)strlen(event->before);
    snprintf(out, cap, "%.*s%s%s", length, event->before, event->before[0] ? " > " : "", event->after);
}

static void draw_change(const struct model *model, const struct event *event, struct surface s)
{
    bool roomy = s.w >= ROOMY_W;
    int place_w = roomy ? LONG_W : PLACE_W, what_w = roomy ? LONG_W : WHAT_W, x = roomy ? HEAD : 0;
    char text[LABEL_TEXT];
    when_text(model, event->time_ms, text);
    surface_text_fit(s, x, 0, TIME_W, CELL_DIM, text);
    x += TIME_W + 2;
    change_place(model, event, roomy, CELL_TEXT, surface_sub(s, rect_of(x, 0, place_w, 1)));
    x += place_w + 1;
    change_what(event, surface_sub(s, rect_of(x, 0, what_w, 1)));
    x += what_w + 1;
    change_both_text(event, text, sizeof text);
    struct surface rest = surface_sub(s, rect_of(x, 0, s.w - x, 1));
    if (x >= s.w)
        return;
    if (text_width(text) > rest.w) /* then rather what is now */
        change_after(event, rest);
    else
        surface_text_fit(rest, 0, 0, rest.w, CELL_VALUE, text);
}

struct surface draw_changes(const struct model *model, uint32_t within, int most, struct surface s)
{
    const struct event *list[CHANGES_MOST];
    int64_t hour_ago = model_wall(model) - CHANGES_RECENT_MS, heard = since_heard(model, hour_ago);
    size_t count = changes_list(model, within, hour_ago, list);
    char title[64], clock[SPAN_TEXT];
    clock_text(&model_plant(model)->zone, heard, clock);
    if (heard > hour_ago) /* of what was before, nobody knows */
        snprintf(title, sizeof title, "CHANGED SINCE %.5s: %zu", clock, count);
    else
        snprintf(title, sizeof title, "CHANGED IN THE LAST HOUR: %zu", count);
    struct surface rows = draw_section(s, title);
    int y = 0;
    for (size_t c = 0; c < count && y < most && y < rows.h; c++, y++)
        draw_change(model, list[c], surface_sub(rows, rect_of(0, y, rows.w, 1)));
    if (count == 0)
        surface_text(rows, s.w >= ROOMY_W ? HEAD : 0, y++, CELL_DIM, "nothing");
    return surface_sub(rows, rect_of(0, y + 1, rows.w, rows.h - y - 1));
}

void change_newest_text(const struct model *model, int w, char *out, size_t cap)
{
    const struct event *list[CHANGES_MOST];
    size_t count = changes_list(model, 0, model_wall(model) - CHANGES_RECENT_MS, list);
    char when[SPAN_TEXT], place[KEY_BYTES], both[LABEL_TEXT];
    out[0] = '\0';
    if (count == 0)
        return;
    when_text(model, list[0]->time_ms, when);
    change_place_text(model, list[0], false, place, sizeof place);
    change_both_text(list[0], both, sizeof both);
    const char *what = list[0]->kind == EVENT_CONFIG ? event_table[EVENT_CONFIG].title : list[0]->text;
    snprintf(out, cap, "%.5s %s%s%s %s", when, place, place[0] ? " " : "", what, both);
    if (text_width(out) > w)
        snprintf(out, cap, "%.5s %s %s", when, what, both);
    if (text_width(out) > w)
        snprintf(out, cap, "%.5s %s > %s", when, what, list[0]->after);
    if (text_width(out) > w)
        snprintf(out, cap, "%.5s %s", when, what);
}
