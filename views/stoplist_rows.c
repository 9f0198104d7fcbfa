/*
 * What is in the list of stops. Minor stops that follow each other and of which nobody said anything are one row, so that they do not crowd out what matters;
 * where one came for certain stops, or filters, each has its own.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "views/stoplist.h"

enum { OLDER_ROWS = 200, FOLD_LEAST = 3 };

static const struct plant *plant_of(const struct listing *l) { return model_plant(l->scene->model); }

/* ---- what is listed ---- */

static void take_focus(struct stoplist *view, const struct scene *scene)
{
    const struct focus *f = &scene->focus;
    if (strcmp(view->seen, f->stops) == 0 && strcmp(view->node, f->node) == 0 && view->from_ms == f->from_ms && view->to_ms == f->to_ms)
        return;
    snprintf(view->seen, sizeof view->seen, "%s", f->stops);
    snprintf(view->node, sizeof view->node, "%s", f->node);
    view->from_ms = f->from_ms;
    view->to_ms = f->to_ms;
    view->cleared = view->everywhere = false;
    view->tab = TAB_ALL;
    view->table.has_selected = false;
    view->table.selected = view->table.top = 0;
}

static bool in_tab(const struct stop *stop, enum stop_tab tab)
{
    return tab == TAB_ALL || (tab == TAB_OPEN ? stop_open(stop) : stop->end_ms == 0);
}

static bool wanted(const struct listing *l, const struct stop *stop)
{
    const struct plant *plant = plant_of(l);
    if (stop->gone || stop->node < l->within || stop->node >= plant->nodes[l->within].end || !stop_meant(plant, stop, l->which))
        return false;
    int64_t end = stop->end_ms ? stop->end_ms : model_wall(l->scene->model);
    if (l->to_ms > 0 && (stop->start_ms >= l->to_ms || end <= l->from_ms))
        return false;
    if (!l->scene->filter[0])
        return true;
    char text[FILTER_HAYSTACK], words[STOP_WORDS];
    enum cell_role role;
    node_haystack(plant, stop->node, text, 512);
    stop_words(plant, stop, words, sizeof words, &role);
    size_t used = strlen(text);
    snprintf(text + used, sizeof text - used, "%s %s %s %s %s %s %s", stop_kind(stop), words, stop->message, stop->who, stop->comment, stop->product, stop->order);
    return filter_matches(l->scene->filter, text);
}

/* What was before the first one that the model remembers; not of a list that is about other things than a place and a time. */
static void ask_older(struct listing *l, int64_t first_ms)
{
    struct want want = {.kind = WANT_STOPS, .from_ms = l->from_ms > 0 ? l->from_ms : -TIME_MOST_MS, .to_ms = first_ms, .rows = OLDER_ROWS};
    if (l->which[0] || l->scene->filter[0] || l->view->tab != TAB_ALL || (l->to_ms > 0 && l->from_ms >= first_ms) || first_ms <= 0)
        return;
    plant_node_path(plant_of(l), l->within, want.path, sizeof want.path);
    l->older = recall_want(l->scene->recall, &want);
    l->loading = !l->older && l->scene->recall;
}

static struct stop_row *add_row(struct stoplist *view, struct stop_row row)
{
    view->rows = mem_grow(view->rows, view->row_count, &view->row_capacity, sizeof *view->rows);
    view->rows[view->row_count] = row;
    return &view->rows[view->row_count++];
}

/* ---- folds ---- */

static const struct stop *stop_of_row(const struct listing *l, const struct stop_row *row)
{
    return row->older ? &l->older->stops[row->index].stop : &l->stops[row->index];
}

static uint64_t id_of(const struct listing *l, const struct stop_row *row)
{
    const struct stop *stop = stop_of_row(l, row);
    return (uint64_t)stop->start_ms * 65599 + (row->older ? (uint64_t)row->index << 32 : stop->node);
}

/* A minor stop that is over and of which nobody said anything. */
static bool is_small(const struct listing *l, const struct stop_row *row)
{
    const struct stop *stop = stop_of_row(l, row);
    bool said = stop->reason != NO_REASON || stop->comment[0] || (row->older && l->older->stops[row->index].reason[0]);
    return stop->category == TIME_MINOR && stop->end_ms != 0 && !said;
}

static bool is_opened(const struct stoplist *view, uint64_t id)
{
    for (size_t i = 0; i < STOPS_OPENED; i++)
        if (view->opened[i] == id)
            return true;
    return false;
}

static bool same_place(const struct listing *l, const struct stop_row *a, const struct stop_row *b)
{
    if (a->older != b->older)
        return false;
    return a->older ? strcmp(l->older->stops[a->index].path, l->older->stops[b->index].path) == 0 : l->stops[a->index].node == l->stops[b->index].node;
}

/* The row of those from `first` on; its oldest one names it, since newer ones may come. */
static struct stop_row fold_of(const struct listing *l, const struct stop_row *first, size_t count)
{
    struct stop_row fold = {.index = first->index, .older = first->older, .folded = (uint32_t)count};
    for (size_t i = 0; i < count; i++) {
        size_t before = 0;
        while (before < i && !same_place(l, &first[before], &first[i]))
            before++;
        fold.places += before == i;
        fold.ms += stop_length_ms(l->scene->model, stop_of_row(l, &first[i]));
    }
    fold.from_ms = stop_of_row(l, &first[count - 1])->start_ms;
    fold.id = ~id_of(l, &first[count - 1]);
    fold.opened = is_opened(l->view, fold.id);
    return fold;
}

static void fold(struct listing *l, struct stoplist *view)
{
    struct stop_row *flat = view->rows;
    size_t count = view->row_count, run;
    view->rows = NULL;
    view->row_count = view->row_capacity = 0;
    for (size_t i = 0; i < count; i += run) {
        for (run = 0; i + run < count && is_small(l, &flat[i + run]);)
            run++;
        bool folded = run >= FOLD_LEAST, opened = folded && add_row(view, fold_of(l, &flat[i], run))->opened;
        run = run ? run : 1;
        for (size_t k = i; k < i + run && (!folded || opened); k++) {
            flat[k].within = opened;
            add_row(view, flat[k]);
        }
    }
    free(flat);
}

void stoplist_fold(struct stoplist *view, uint64_t id)
{
    size_t at = 0;
    while (at < STOPS_OPENED && view->opened[at] != id)
        at++;
    bool close = at < STOPS_OPENED;
    memmove(view->opened + 1, view->opened, (close ? at : STOPS_OPENED - 1) * sizeof view->opened[0]);
    view->opened[0] = close ? 0 : id;
}

/* ---- the list ---- */

void stoplist_make(struct listing *l, struct stoplist *view, const struct scene *scene)
{
    size_t count;
    uint32_t node = focus_node(scene);
    take_focus(view, scene);
    *l = (struct listing){.scene = scene, .view = view, .within = view->everywhere || node == NO_NODE ? 0 : node, .which = view->cleared ? "" : scene->focus.stops};
    l->from_ms = view->cleared ? 0 : scene->focus.from_ms;
    l->to_ms = view->cleared ? 0 : scene->focus.to_ms;
    l->stops = model_stops(scene->model, &count);
    view->row_count = 0;
    for (size_t i = count; i > 0; i--) {
        if (!wanted(l, &l->stops[i - 1]))
            continue;
        for (int tab = 0; tab < TABS; tab++)
            l->counts[tab] += in_tab(&l->stops[i - 1], (enum stop_tab)tab);
        if (!in_tab(&l->stops[i - 1], view->tab))
            continue;
        add_row(view, (struct stop_row){.index = i - 1});
    }
    ask_older(l, count ? l->stops[0].start_ms : model_wall(scene->model) - model_wall(scene->model) % 3600000);
    for (size_t i = 0; l->older && i < l->older->stop_count; i++)
        add_row(view, (struct stop_row){.index = i, .older = true});
    for (size_t i = 0; i < view->row_count; i++)
        view->rows[i].id = id_of(l, &view->rows[i]);
    if (view->tab == TAB_ALL && !l->which[0] && !scene->filter[0])
        fold(l, view);
}

const struct stop_version *stoplist_older(const struct listing *l, size_t row)
{
    const struct stop_row *r = &l->view->rows[row];
    return r->older ? &l->older->stops[r->index] : NULL;
}

const struct stop *stoplist_at(const struct listing *l, size_t row)
{
    return stop_of_row(l, &l->view->rows[row]);
}

