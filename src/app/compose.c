/*
 * A struct compose is a place (view and focus), the places that led to it, and what is open over it. Focuses are paths, so
 * that they survive a reload; the model is asked anew at each draw and never kept, but for the frozen copy.
 */
#include "app/compose.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/timestamp.h"
#include "views/panels.h"
#include "views/reasons.h"

void compose_init(struct compose *c, struct origin origin)
{
    static const struct compose blank;
    *c = blank;
    c->origin = origin;
    assert(view_count <= COMPOSE_VIEWS);
}

void compose_finish(struct compose *c)
{
    compose_close(c);
    compose_thaw(c);
    for (size_t i = 0; i < view_count; i++) {
        if (c->states[i] && view_registry[i]->finish)
            view_registry[i]->finish(c->states[i]);
        free(c->states[i]);
        c->states[i] = NULL;
    }
}

static const struct model *shown_model(const struct compose *c)
{
    return c->frozen ? c->frozen : c->origin.model(c->origin.self);
}

const struct model *compose_model(const struct compose *c)
{
    return shown_model(c);
}

static const struct view *view_here(const struct compose *c)
{
    return view_registry[c->here.view];
}

static void *state_of(struct compose *c, size_t view)
{
    void **state = &c->states[view];
    if (!*state)
        *state = mem_zero(1, view_registry[view]->state_size);
    return *state;
}

static void *state_here(struct compose *c) { return state_of(c, c->here.view); }

static struct scene scene_of(struct compose *c)
{
    const struct model *model = shown_model(c);
    return (struct scene){.model = model, .recall = c->recall, .now_ms = model_wall(model), .travel = c->travel, .trial = c->trial,
        .past = c->travel && c->travel->arrived, .health = c->origin.health(c->origin.self), .focus = c->here.focus, .filter = c->filter,
        .raw_topic = c->raw_topic, .raw_payload = c->raw_payload, .user = c->user, .who = c->who, .role = c->role,
        .pending = c->pending, .pending_count = c->pending_count, .read_only = c->read_only, .tape = c->tape, .banner = c->banner,
        .own = c->own, .own_count = c->own_count, .message = c->message, .prompt = c->prompt, .prompt_cursor = c->prompt_cursor, .frozen = c->frozen != NULL};
}

/* ---- where one is ---- */

static void move_to(struct compose *c, size_t view, const struct focus *focus)
{
    struct focus kept = focus ? *focus : c->here.focus; /* `focus` may lie in what is changed here */
    if (view != c->here.view)
        c->last = c->here;
    c->here = (struct place){.view = view, .focus = kept};
}

static void push_here(struct compose *c)
{
    if (c->depth == COMPOSE_DEPTH)
        memmove(c->stack, c->stack + 1, --c->depth * sizeof c->stack[0]);
    c->stack[c->depth++] = c->here;
}

static bool view_index(const char *name, size_t *index)
{
    for (size_t i = 0; i < view_count; i++)
        if (strcmp(view_registry[i]->name, name) == 0) {
            *index = i;
            return true;
        }
    return false;
}

static bool no_view(const struct compose *c, const char *name, struct error *err)
{
    char names[384] = "";
    size_t used = 0;
    const struct panel_view *own;
    for (size_t i = 0; i < view_count && used < sizeof names; i++)
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", i ? ", " : "", view_registry[i]->name);
    for (size_t n = 0; used < sizeof names && (own = panels_nth(model_plant(shown_model(c)), c->own, c->own_count, n)) != NULL; n++)
        used += (size_t)snprintf(names + used, sizeof names - used, ", %s", own->name);
    return error_set(err, "no view \"%.60s\": there are %s", name, names);
}

bool compose_go(struct compose *c, const char *name, const struct focus *focus, struct error *err)
{
    size_t index;
    struct focus to = focus ? *focus : c->here.focus;
    const struct panel_view *own = NULL;
    if (!view_index(name, &index)) {
        own = panels_find(model_plant(shown_model(c)), c->own, c->own_count, name);
        if (!own || !view_index(panels_view.name, &index))
            return no_view(c, name, err);
        snprintf(to.panels, sizeof to.panels, "%s", own->name);
    }
    compose_close(c);
    c->depth = 0;
    move_to(c, index, &to);
    return true;
}

bool compose_next_panels(struct compose *c)
{
    const struct plant *plant = model_plant(shown_model(c));
    const struct panel_view *view, *next = panels_nth(plant, c->own, c->own_count, 0);
    bool here = view_here(c) == &panels_view, passed = !here;
    for (size_t n = 0; here && (view = panels_nth(plant, c->own, c->own_count, n)) != NULL; n++) {
        if (passed) {
            next = view;
            break;
        }
        passed = strcmp(view->name, c->here.focus.panels) == 0 || (!c->here.focus.panels[0] && n == 0);
    }
    return next && compose_go(c, next->name, NULL, NULL);
}

void compose_swap_last(struct compose *c)
{
    struct place now = c->here;
    compose_close(c);
    c->here = c->last;
    c->last = now;
}

void compose_open(struct compose *c, const struct view *over)
{
    compose_close(c);
    c->over = over;
    c->over_state = mem_zero(1, over->state_size);
}

void compose_close(struct compose *c)
{
    if (c->over && c->over->finish)
        c->over->finish(c->over_state);
    free(c->over_state);
    c->over = NULL;
    c->over_state = NULL;
}

bool compose_back(struct compose *c)
{
    if (c->over) {
        compose_close(c);
    } else if (c->filter[0]) {
        c->filter[0] = '\0';
    } else if (c->depth > 0) {
        struct place back = c->stack[--c->depth];
        move_to(c, back.view, &back.focus);
    } else {
        return false;
    }
    return true;
}

/* Of the stop that an action is about: confirms what is proposed, else, or when it was asked for, opens the list. What cannot be done here anyhow is
 * left to whoever says so. */
static void give_reason(struct compose *c, const struct action *action, bool choose)
{
    struct action own = *action;
    const struct model *model = shown_model(c);
    uint16_t proposed = reason_to_confirm(model, stop_named(model, action->target, action->occurrence_ms));
    own.kind = ACTION_STOP_REASON;
    if (!choose && proposed != NO_REASON)
        plant_reason_path(model_plant(model), proposed, own.word, sizeof own.word);
    if (c->act && (*own.word || c->read_only || c->travel)) {
        c->act(c->act_arg, &own);
        return;
    }
    snprintf(c->here.focus.about, sizeof c->here.focus.about, "%.*s", KEY_BYTES - 1, action->target);
    c->here.focus.about_ms = action->occurrence_ms;
    compose_open(c, &reasons_view);
}

static void act(struct compose *c, const struct action *action)
{
    bool chosen = c->over == &reasons_view;
    if (action->kind == ACTION_STOP_REASON && !*action->word && !chosen) {
        give_reason(c, action, false);
        return;
    }
    if (chosen)
        compose_close(c);
    if (c->act)
        c->act(c->act_arg, action);
}

static void watch_focus(struct compose *c)
{
    c->origin.watch(c->origin.self, c->here.focus.tag);
}

void *compose_state(struct compose *c, const char *view)
{
    size_t index = 0;
    view_index(view, &index);
    return state_of(c, index);
}

struct trends *compose_trends(struct compose *c)
{
    return compose_state(c, trends_view.name);
}

const struct plant_trend *compose_configured(const struct compose *c, const char *name)
{
    const struct plant *plant = model_plant(shown_model(c));
    for (size_t i = 0; i < plant->trend_count; i++)
        if (strcmp(plant->trends[i].name, name) == 0)
            return &plant->trends[i];
    return NULL;
}

bool compose_trend(struct compose *c, const char *name, const struct layout *layout, struct error *err)
{
    const char *tags[TRENDS_TAGS];
    const struct layout_set *set = layout_find(layout, name);
    const struct plant_trend *trend = set ? NULL : compose_configured(c, name);
    if (!set && !trend)
        return error_set(err, "no set \"%.40s\": :trend save NAME makes one of what is drawn", name);
    for (size_t i = 0; set && i < set->count; i++)
        tags[i] = set->tags[i];
    trends_show(compose_trends(c), name, set ? tags : (const char *const *)trend->tags, set ? set->count : trend->tag_count);
    return compose_go(c, trends_view.name, NULL, err);
}

void compose_request(struct compose *c, const struct request *r)
{
    size_t index;
    switch (r->kind) {
    case REQUEST_NONE: break;
    case REQUEST_VIEW:
        if (!view_index(r->name, &index))
            break;
        compose_close(c);
        push_here(c);
        c->filter[0] = '\0'; /* it was about the list that is left */
        move_to(c, index, &r->focus);
        break;
    case REQUEST_FACEPLATE:
        c->here.focus = r->focus;
        compose_open(c, &faceplate_view);
        watch_focus(c);
        break;
    case REQUEST_WHY:
        c->here.focus = r->focus;
        compose_open(c, &why_view);
        break;
    case REQUEST_SAY:
        snprintf(c->message, sizeof c->message, "%s", r->name);
        if (c->say)
            c->say(c->act_arg, r->name);
        break;
    case REQUEST_BACK: compose_back(c); break;
    case REQUEST_TREND: {
        const struct request there = {.kind = REQUEST_VIEW, .name = trends_view.name, .focus = r->focus};
        trends_add_focus(compose_trends(c), shown_model(c), &there.focus);
        if (view_here(c) == &trends_view)
            compose_close(c);
        else
            compose_request(c, &there);
        break;
    }
    case REQUEST_ACTION: act(c, &r->action); break;
    case REQUEST_REASON: give_reason(c, &r->action, true); break;
    case REQUEST_COMMAND:
    case REQUEST_PROMPT:
        if (c->command)
            c->command(c->act_arg, r->name, r->kind == REQUEST_COMMAND);
        break;
    case REQUEST_WATCH_RAW:
        c->here.focus = r->focus;
        watch_focus(c);
        break;
    }
}

bool compose_go_time(struct compose *c, const char *typed, struct error *err)
{
    struct scene scene = scene_of(c);
    int64_t ms;
    if (!timestamp_typed(typed, &model_plant(scene.model)->zone, scene.now_ms, &ms, err))
        return false;
    if (ms > scene.now_ms)
        return error_set(err, "\"%.40s\" lies after %s", typed, scene.past ? "the moment that is shown" : "now: it has not come yet");
    trends_go(compose_trends(c), &scene, ms);
    if (view_here(c) == &trends_view)
        compose_close(c);
    else
        compose_request(c, &(struct request){.kind = REQUEST_VIEW, .name = trends_view.name, .focus = c->here.focus});
    return true;
}

static uint32_t node_by_alias(const struct plant *plant, const char *alias)
{
    for (uint32_t n = 0; n < plant->node_count; n++)
        if (plant->nodes[n].alias[0] && strcmp(plant->nodes[n].alias, alias) == 0)
            return n;
    return NO_NODE;
}

/* A node whose path ends in what was typed: "side1" is enough where it is the only one. */
static uint32_t node_by_end(const struct plant *plant, const char *end)
{
    char path[KEY_BYTES];
    uint32_t found = NO_NODE;
    size_t wanted = strlen(end);
    for (uint32_t n = 0; n < plant->node_count; n++) {
        size_t length = plant_node_path(plant, n, path, sizeof path);
        bool ends = length >= wanted && strcmp(path + length - wanted, end) == 0 && (length == wanted || path[length - wanted - 1] == '/');
        if (ends && found != NO_NODE)
            return NO_NODE;
        if (ends)
            found = n;
    }
    return found;
}

static bool goto_node(struct compose *c, const struct plant *plant, uint32_t node)
{
    struct request r = {.kind = REQUEST_VIEW};
    uint32_t line = plant_ancestor(plant, node, LEVEL_LINE);
    r.name = line == NO_NODE ? "overview" : "line";
    plant_node_path(plant, node, r.focus.node, sizeof r.focus.node);
    compose_request(c, &r);
    return true;
}

bool compose_goto(struct compose *c, const char *what, struct error *err)
{
    const struct model *model = shown_model(c);
    const struct plant *plant = model_plant(model);
    uint32_t tag = model_find(model, what);
    if (tag != NO_TAG) {
        struct request r = {.kind = REQUEST_FACEPLATE, .focus = c->here.focus};
        snprintf(r.focus.tag, sizeof r.focus.tag, "%.*s", KEY_BYTES - 1, what);
        compose_request(c, &r);
        return true;
    }
    uint32_t node = plant_node_by_path(plant, what);
    if (node == NO_NODE)
        node = node_by_alias(plant, what);
    if (node == NO_NODE)
        node = node_by_end(plant, what);
    if (node == NO_NODE)
        return error_set(err, "nothing is called \"%.80s\": give a path, an alias or a tag's key", what);
    return goto_node(c, plant, node);
}

bool compose_worst(struct compose *c, struct error *err)
{
    const struct model *model = shown_model(c);
    uint32_t alarm = model_alarm_worst(model);
    if (alarm == NO_ALARM)
        return error_set(err, "no alarm");
    return goto_node(c, model_plant(model), model_plant(model)->alarms[alarm].node);
}

/* ---- standing still ---- */

void compose_freeze(struct compose *c)
{
    struct packer p;
    const struct model *live = c->origin.model(c->origin.self);
    packer_init(&p);
    model_save(live, &p);
    compose_thaw(c);
    c->frozen = model_load(model_plant(live), p.bytes, p.count, NULL);
    c->frozen_ms = model_wall(live);
    packer_finish(&p);
}

void compose_thaw(struct compose *c)
{
    model_destroy(c->frozen);
    c->frozen = NULL;
}

/* ---- keys and frames ---- */

bool compose_key(struct compose *c, struct key key)
{
    struct request request = {.kind = REQUEST_NONE};
    struct scene scene = scene_of(c);
    bool handled;
    if (c->over) {
        handled = c->over->key && c->over->key(c->over_state, &scene, key, &request);
    } else {
        handled = view_here(c)->key && view_here(c)->key(state_here(c), &scene, key, &request);
    }
    compose_request(c, &request);
    return handled;
}

size_t compose_targets(struct compose *c, enum target_set which, struct action *out, size_t most)
{
    struct scene scene = scene_of(c);
    if (c->over && c->over->targets)
        return c->over->targets(c->over_state, &scene, which, out, most);
    return view_here(c)->targets ? view_here(c)->targets(state_here(c), &scene, which, out, most) : 0;
}

uint32_t compose_node(struct compose *c)
{
    const struct model *model = shown_model(c);
    const struct plant *plant = model_plant(model);
    struct action target = {.kind = ACTION_ACK};
    uint32_t tag = model_find(model, c->here.focus.tag);
    if (compose_targets(c, TARGET_SELECTED, &target, 1) == 1) {
        uint32_t alarm = target.kind == ACTION_ACK ? model_find_alarm(model, target.target) : NO_ALARM;
        return alarm != NO_ALARM ? plant->alarms[alarm].node : plant_node_by_path(plant, target.target);
    }
    if (c->over == &calls_view)
        return plant_node_by_path(plant, c->here.focus.about);
    return tag < plant->tag_count ? plant->tags[tag].node : plant_node_by_path(plant, c->here.focus.node);
}

void compose_calls(struct compose *c)
{
    uint32_t node = compose_node(c);
    c->here.focus.about[0] = '\0';
    if (node != NO_NODE)
        plant_node_path(model_plant(shown_model(c)), node, c->here.focus.about, sizeof c->here.focus.about);
    compose_open(c, &calls_view);
}

static void refresh_banner(struct compose *c)
{
    c->origin.banner(c->origin.self, c->banner, sizeof c->banner);
    if (!c->frozen)
        return;
    char since[SPAN_TEXT], left[SPAN_TEXT] = "", span[SPAN_TEXT];
    clock_text(&model_plant(c->frozen)->zone, c->frozen_ms, since);
    if (c->thaw_ms > 0) {
        span_text(c->thaw_ms + 999, span);
        snprintf(left, sizeof left, ", thaws in %.8s", span);
    }
    size_t used = strlen(c->banner);
    snprintf(c->banner + used, sizeof c->banner - used, "%sFROZEN since %s%s", used ? "   " : "", since, left);
}

void compose_draw(struct compose *c, struct grid *grid)
{
    refresh_banner(c);
    c->raw_topic[0] = c->raw_payload[0] = '\0';
    if (c->here.focus.tag[0])
        c->origin.raw(c->origin.self, c->raw_topic, sizeof c->raw_topic, c->raw_payload, sizeof c->raw_payload);
    struct scene scene = scene_of(c);
    recall_frame(c->recall);
    grid_clear(grid);
    frame_draw(surface_of(grid), &scene, view_here(c), state_here(c), c->over, c->over_state);
}
