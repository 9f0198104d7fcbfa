/*
 * Stops in words, and lists of what was lost. A struct lost is a sum of stops that are alike in what is said of them; who lists them keeps nothing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draw/text.h"
#include "views/figures.h"

bool stop_open(const struct stop *stop)
{
    return !stop->gone && stop->reason == NO_REASON && stop->category == TIME_DOWN;
}

bool stop_of(const struct plant *plant, const struct stop *stop, uint32_t node)
{
    const struct node *n = &plant->nodes[node];
    if (n->level != LEVEL_LINE)
        return stop->node >= node && stop->node < n->end;
    return stop->node == node || stop->node == n->constraint;
}

int64_t stop_length_ms(const struct model *model, const struct stop *stop)
{
    int64_t end = stop->end_ms ? stop->end_ms : model_wall(model);
    return end > stop->start_ms ? end - stop->start_ms : 0;
}

const char *stop_kind(const struct stop *stop)
{
    return stop->category < TIME_CATEGORIES ? time_category_table[stop->category].title : state_class_table[stop->class].word;
}

void stop_words(const struct plant *plant, const struct stop *stop, char *out, size_t cap, enum cell_role *role)
{
    *role = CELL_TEXT;
    out[0] = '\0';
    if (stop->reason < plant->reason_count)
        snprintf(out, cap, "%s", plant->reasons[stop->reason].title);
    else if (stop->proposal < plant->reason_count)
        snprintf(out, cap, "%s?", plant->reasons[stop->proposal].title);
    else
        snprintf(out, cap, "%s", stop->message);
    if (stop->reason >= plant->reason_count)
        *role = CELL_DIM;
}

struct request stops_of_node(const struct scene *scene, uint32_t node, const char *which, int64_t from_ms, int64_t to_ms)
{
    struct request request = {.kind = REQUEST_VIEW, .name = "stops", .focus = node == NO_NODE ? scene->focus : focus_on_node(scene, node)};
    if (node == NO_NODE)
        request.focus.node[0] = '\0';
    snprintf(request.focus.stops, sizeof request.focus.stops, "%s", which);
    request.focus.from_ms = from_ms;
    request.focus.to_ms = to_ms;
    return request;
}

/* Which loss a stop of a category is part of; LOSS_COUNT: none. */
static enum loss loss_of(const struct stop *stop)
{
    static const enum loss by_category[TIME_CATEGORIES] = {
        [TIME_UNKNOWN] = LOSS_COUNT, [TIME_RUN] = LOSS_COUNT, [TIME_DOWN] = LOSS_BREAKDOWN, [TIME_MINOR] = LOSS_MINOR, [TIME_STARVED] = LOSS_EXTERNAL,
        [TIME_BLOCKED] = LOSS_EXTERNAL, [TIME_SETUP] = LOSS_SETUP, [TIME_SETUP_OVER] = LOSS_SETUP, [TIME_CLEANING] = LOSS_COUNT, [TIME_MAINTENANCE] = LOSS_COUNT,
        [TIME_BREAK] = LOSS_COUNT, [TIME_NOT_SCHEDULED] = LOSS_COUNT,
    };
    return stop->category < TIME_CATEGORIES ? by_category[stop->category] : LOSS_COUNT;
}

void lost_title(const struct plant *plant, const struct stop *stop, char out[STOP_WORDS])
{
    enum cell_role role;
    stop_words(plant, stop, out, STOP_WORDS, &role);
    if (!out[0])
        snprintf(out, STOP_WORDS, "%s", stop_open(stop) ? "no reason given" : stop_kind(stop));
}

bool stop_meant(const struct plant *plant, const struct stop *stop, const char *which)
{
    char words[STOP_WORDS];
    switch (which[0]) {
    case '\0': return true;
    case '?': return stop_open(stop);
    case '#': {
        enum loss loss = loss_of(stop);
        bool overrun = strcmp(which + 1, loss_names[LOSS_SETUP_OVER]) == 0; /* the same stops as the set-ups they overran */
        return loss < LOSS_COUNT && (strcmp(which + 1, loss_names[loss]) == 0 || (overrun && loss == LOSS_SETUP));
    }
    default:
        lost_title(plant, stop, words);
        return strcmp(which + 1, words) == 0;
    }
}

int draw_stop_words(struct surface s, int x, int y, int w, enum cell_role role, const char *words)
{
    size_t length = strlen(words);
    if (text_width(words) <= w || length == 0 || words[length - 1] != '?' || w < 4)
        return surface_text_fit(s, x, y, w, role, words);
    x = surface_text_fit(s, x, y, w - 1, role, words);
    return surface_text(s, x, y, role, "?");
}

/* ---- what was lost ---- */

static int by_time(const void *a, const void *b)
{
    const struct lost *l = a, *r = b;
    if (l->ms != r->ms)
        return l->ms > r->ms ? -1 : 1;
    return l->times != r->times ? (l->times > r->times ? -1 : 1) : strcmp(l->title, r->title);
}

static int by_number(const void *a, const void *b)
{
    const struct lost *l = a, *r = b;
    return l->times != r->times ? (l->times > r->times ? -1 : 1) : by_time(a, b);
}

/* Not what was planned, nor what somebody else's stop led to. */
static bool is_lost(const struct stop *stop)
{
    return !stop->gone && stop->category != TIME_RUN && stop->category != TIME_UNKNOWN && stop->category != TIME_BREAK
        && stop->category != TIME_NOT_SCHEDULED && stop->category != TIME_MAINTENANCE && stop->category != TIME_CLEANING;
}

static struct lost *row_of(struct lost out[LOST_MOST], size_t *count, const struct lost *like, bool apart)
{
    for (size_t i = 0; i < *count; i++)
        if (strcmp(out[i].title, like->title) == 0 && (!apart || out[i].node == like->node))
            return &out[i];
    if (*count == LOST_MOST) {
        struct lost *rest = &out[LOST_MOST - 1];
        snprintf(rest->title, sizeof rest->title, "others");
        return rest;
    }
    out[*count] = *like;
    return &out[(*count)++];
}

/* Does a list of what a node lost count the stop? Of what lies above lines only the lines' own: a unit's stop that did not stop its line cost nothing. */
static bool counted(const struct plant *plant, const struct stop *stop, uint32_t within)
{
    if (plant->nodes[within].level >= LEVEL_LINE)
        return stop_of(plant, stop, within);
    uint32_t line = stop->node >= within && stop->node < plant->nodes[within].end ? plant_ancestor(plant, stop->node, LEVEL_LINE) : NO_NODE;
    return line != NO_NODE && stop_of(plant, stop, line);
}

static bool is_wanted(const struct plant *plant, const struct stop *stop, const struct lost_want *want)
{
    return is_lost(stop) && counted(plant, stop, want->within) && (!want->product || strcmp(want->product, stop->product) == 0)
        && (!want->crew || strcmp(want->crew, stop->crew) == 0);
}

size_t lost_list(const struct model *model, const struct lost_want *want, struct lost out[LOST_MOST])
{
    const struct plant *plant = model_plant(model);
    size_t stop_count, count = 0;
    const struct stop *stops = model_stops(model, &stop_count);
    for (size_t i = 0; i < stop_count; i++) {
        const struct stop *stop = &stops[i];
        int64_t from = stop->start_ms > want->from_ms ? stop->start_ms : want->from_ms, end = stop->start_ms + stop_length_ms(model, stop);
        int64_t to = end < want->to_ms ? end : want->to_ms;
        if (to <= from || !is_wanted(plant, stop, want))
            continue;
        struct lost like = {.node = stop->node, .category = stop->category, .proposed = stop->reason == NO_REASON && stop->proposal != NO_REASON};
        lost_title(plant, stop, like.title);
        struct lost *row = row_of(out, &count, &like, want->apart);
        row->ms += to - from;
        row->times++;
        row->open = row->open || stop_open(stop);
    }
    qsort(out, count, sizeof out[0], want->by_times ? by_number : by_time);
    return count;
}
