/*
 * What people say of production: why a line stopped, when one stop was two, who is called to a unit, how many pieces were scrap, what the next
 * shift must know. Each command finds what it is about (the selected stop, call, line or unit) and hands it to screen_act.c, which asks for what is
 * missing and sends it. Nothing is kept here: struct acting holds what was begun.
 */
#include "app/screen_parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "core/number.h"
#include "core/timestamp.h"

enum { WORD = 96 };
static const double thousandths = 1000, amount_most = 1e9;

/* ---- places ---- */

static const struct plant *plant_of(const struct screen *s)
{
    return model_plant(act_model(s));
}

static const char *node_title(const struct screen *s, uint32_t node)
{
    return plant_of(s)->nodes[node].title;
}

static bool selected_place(struct screen *s, uint32_t *node, struct error *err)
{
    *node = compose_node(&s->compose);
    return *node != NO_NODE || error_set(err, "no line or unit is selected: :goto PATH goes to one");
}

/* The line of a unit; what is above lines stays. */
static uint32_t line_of(const struct screen *s, uint32_t node)
{
    uint32_t line = plant_ancestor(plant_of(s), node, LEVEL_LINE);
    return line != NO_NODE ? line : node;
}

static void begin_at(struct screen *s, uint32_t node)
{
    struct acting *a = &s->acting;
    plant_node_path(plant_of(s), node, a->targets[0].target, sizeof a->targets[0].target);
    a->targets[0].kind = a->action.kind;
    a->target_count = 1;
    act_begin(s);
}

/* ---- stops ---- */

static bool is_stop_of(const struct plant *plant, const struct stop *stop, uint32_t node)
{
    const struct node *n = &plant->nodes[node];
    return !stop->gone && (stop->node == node || (n->level == LEVEL_LINE && stop->node == n->constraint));
}

static const struct stop *last_stop(const struct model *model, uint32_t node)
{
    size_t count;
    const struct stop *stops = model_stops(model, &count), *now = model_stop_now(model, node);
    while (!now && count-- > 0)
        now = is_stop_of(model_plant(model), &stops[count], node) ? &stops[count] : NULL;
    return now;
}

/* The one that is selected, else the one that the selected unit or line is in, else its last. */
static bool selected_stop(struct screen *s, struct action *target, struct error *err)
{
    uint32_t node;
    *target = (struct action){.kind = ACTION_ACK};
    if (compose_targets(&s->compose, TARGET_SELECTED, target, 1) == 1 && target->kind == ACTION_STOP_REASON)
        return true;
    if (!selected_place(s, &node, err))
        return false;
    const struct stop *stop = last_stop(act_model(s), node);
    if (!stop)
        return error_set(err, "no stop of %.60s is remembered", node_title(s, node));
    *target = (struct action){.occurrence_ms = stop->start_ms};
    plant_node_path(plant_of(s), stop->node, target->target, sizeof target->target);
    return true;
}

static const struct stop *stop_of_action(const struct screen *s, const struct action *action)
{
    uint32_t node = plant_node_by_path(plant_of(s), action->target);
    return node == NO_NODE ? NULL : model_stop_at(act_model(s), node, action->occurrence_ms);
}

static int64_t end_of(const struct screen *s, const struct stop *stop)
{
    return stop && stop->end_ms ? stop->end_ms : model_wall(act_model(s));
}

void act_stop_texts(struct screen *s, char span[64], char middle[24])
{
    const struct action *target = &s->acting.targets[0];
    const struct stop *stop = stop_of_action(s, target);
    char from[SPAN_TEXT], to[SPAN_TEXT] = "now", half[SPAN_TEXT];
    int64_t end = end_of(s, stop);
    clock_text(&plant_of(s)->zone, target->occurrence_ms, from);
    clock_text(&plant_of(s)->zone, target->occurrence_ms + (end - target->occurrence_ms) / 2, half);
    if (stop && stop->end_ms)
        clock_text(&plant_of(s)->zone, stop->end_ms, to);
    snprintf(span, 64, "%s - %s", from, to);
    snprintf(middle, 24, "%s", half);
}

/* A time of day is the one in the stop: the last before its end. */
bool act_moment(struct screen *s, const char *text, struct error *err)
{
    struct action *target = &s->acting.targets[0];
    char span[64], middle[24];
    int64_t end = end_of(s, stop_of_action(s, target)), ms;
    if (!timestamp_typed(text, &plant_of(s)->zone, end, &ms, err))
        return false;
    act_stop_texts(s, span, middle);
    if (ms <= target->occurrence_ms || ms >= end)
        return error_set(err, "\"%.20s\" is not within the stop, %s", text, span);
    target->until_ms = ms;
    return true;
}

bool screen_stop_typed(struct screen *s, enum action_kind kind, const char *argument, struct error *err)
{
    struct acting *a = &s->acting;
    struct action *target = act_prepare(s, kind);
    if (!selected_stop(s, target, err))
        return false;
    if (kind == ACTION_STOP_SPLIT && *argument) {
        if (!act_moment(s, argument, err))
            return false;
        a->ask_moment = false;
    } else if (*argument) {
        if (!act_comment(s, argument, err))
            return false;
        a->ask_comment = false;
    }
    a->target_count = 1;
    act_begin(s);
    return true;
}

/* By its path, or by its name where only one has it. */
static bool find_reason(const struct plant *plant, const char *word, uint16_t *reason, struct error *err)
{
    size_t found = 0;
    *reason = plant_reason_by_path(plant, word);
    if (*reason != NO_REASON)
        return true;
    for (size_t r = 0; r < plant->reason_count; r++)
        if (strcasecmp(plant->reasons[r].name, word) == 0) {
            *reason = (uint16_t)r;
            found++;
        }
    if (found > 1)
        return error_set(err, "%zu reasons are called \"%.40s\": give the path, group/%.40s", found, word, word);
    return found == 1 || error_set(err, "no reason is called \"%.60s\": Tab goes through them", word);
}

bool screen_reason(struct screen *s, const char *argument, struct error *err)
{
    char word[WORD];
    const char *rest = argument;
    uint16_t reason = NO_REASON;
    struct action *target = act_prepare(s, ACTION_STOP_REASON);
    if (!selected_stop(s, target, err))
        return false;
    if (!act_word(&rest, word, sizeof word)) {
        target->kind = ACTION_STOP_REASON;
        compose_request(&s->compose, &(struct request){.kind = REQUEST_ACTION, .focus = s->compose.here.focus, .action = *target});
        return true;
    }
    if (strcmp(word, "-") != 0 && !find_reason(plant_of(s), word, &reason, err))
        return false;
    if (!act_comment(s, rest, err))
        return false;
    plant_reason_path(plant_of(s), reason, target->word, sizeof target->word);
    s->acting.target_count = 1;
    act_begin(s);
    return true;
}

const char *screen_reason_choice(const struct screen *s, size_t n)
{
    const struct plant *plant = plant_of(s);
    for (size_t r = 0; r < plant->reason_count; r++)
        if (plant->reasons[r].end == r + 1 && n-- == 0)
            return plant->reasons[r].name;
    return NULL;
}

/* ---- calls ---- */

static const struct call_kind *find_kind(const struct plant *plant, const char *word, struct error *err)
{
    const struct call_kind *found = NULL;
    char names[160] = "";
    for (size_t k = 0, used = 0; k < plant->call_kind_count; k++) {
        const struct call_kind *kind = &plant->call_kinds[k];
        if (strcmp(kind->name, word) == 0)
            return kind;
        if (used < sizeof names)
            used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", used ? ", " : "", kind->name);
    }
    for (size_t k = 0; k < plant->call_kind_count; k++)
        if (strncasecmp(plant->call_kinds[k].name, word, strlen(word)) == 0) {
            if (found) {
                error_set(err, "\"%.40s\" may be %.40s or %.40s", word, found->name, plant->call_kinds[k].name);
                return NULL;
            }
            found = &plant->call_kinds[k];
        }
    if (!found)
        error_set(err, "call whom? %s", names);
    return found;
}

bool screen_call(struct screen *s, const char *argument, struct error *err)
{
    char word[WORD];
    const char *rest = argument;
    uint32_t node;
    struct action *target = act_prepare(s, ACTION_CALL);
    if (!act_word(&rest, word, sizeof word))
        return error_set(err, "call whom? Tab goes through them");
    const struct call_kind *kind = find_kind(plant_of(s), word, err);
    if (!kind || !act_comment(s, rest, err) || !selected_place(s, &node, err))
        return false;
    snprintf(target->word, sizeof target->word, "%s", kind->name);
    begin_at(s, node);
    return true;
}

const char *screen_call_choice(const struct screen *s, size_t n)
{
    const struct plant *plant = plant_of(s);
    return n < plant->call_kind_count ? plant->call_kinds[n].name : NULL;
}

/* The oldest at a line and its units, those that nobody has taken before others; NULL: none. */
static const struct call *call_at(const struct screen *s, uint32_t node, bool untaken)
{
    size_t count;
    const struct call *calls = model_calls(act_model(s), &count), *found = NULL;
    uint32_t line = line_of(s, node), end = plant_of(s)->nodes[line].end;
    for (size_t i = 0; i < count; i++) {
        bool here = calls[i].node >= line && calls[i].node < end, waits = calls[i].taken_ms == 0;
        if (here && (waits || !untaken) && (!found || (waits && found->taken_ms)))
            found = &calls[i];
    }
    return found;
}

bool screen_call_typed(struct screen *s, enum action_kind kind, const char *comment, struct error *err)
{
    uint32_t node;
    struct action *target = act_prepare(s, kind);
    *target = (struct action){.kind = ACTION_ACK};
    if (!act_comment(s, comment, err))
        return false;
    bool selected = compose_targets(&s->compose, TARGET_SELECTED, target, 1) == 1 && target->kind == ACTION_CALL_TAKE;
    if (!selected) {
        if (!selected_place(s, &node, err))
            return false;
        const struct call *call = call_at(s, node, kind == ACTION_CALL_TAKE);
        if (!call)
            return error_set(err, "no call %s at %.60s: c lists those that are open", kind == ACTION_CALL_TAKE ? "waits" : "is open", node_title(s, line_of(s, node)));
        *target = (struct action){.kind = kind};
        plant_node_path(plant_of(s), call->node, target->target, sizeof target->target);
        snprintf(target->word, sizeof target->word, "%s", plant_of(s)->call_kinds[call->kind].name);
    }
    s->acting.target_count = 1;
    act_begin(s);
    return true;
}

/* ---- what was replaced or serviced ---- */

/* On the selected unit, else on its line, else on another unit of that. */
static const struct due *find_due(const struct plant *plant, uint32_t node, uint32_t line, const char *name)
{
    const struct due *found = NULL;
    for (size_t d = 0; d < plant->due_count; d++) {
        const struct due *due = &plant->dues[d];
        bool better = !found || due->node == node || (due->node == line && found->node != node);
        if (due->node >= line && due->node < plant->nodes[line].end && strcasecmp(due->name, name) == 0 && better)
            found = due;
    }
    return found;
}

bool screen_replaced(struct screen *s, const char *argument, struct error *err)
{
    char word[WORD];
    const char *rest = argument;
    uint32_t node;
    struct action *target = act_prepare(s, ACTION_REPLACED);
    if (!act_word(&rest, word, sizeof word))
        return error_set(err, "what was replaced or serviced? Tab goes through what will be due");
    if (!act_comment(s, rest, err) || !selected_place(s, &node, err))
        return false;
    const struct due *due = find_due(plant_of(s), node, line_of(s, node), word);
    if (!due)
        return error_set(err, "nothing is due by the name \"%.40s\" at %.60s: d lists it", word, node_title(s, line_of(s, node)));
    snprintf(target->word, sizeof target->word, "%s", due->name);
    begin_at(s, due->node);
    return true;
}

const char *screen_due_choice(const struct screen *s, size_t n)
{
    const struct plant *plant = plant_of(s);
    return n < plant->due_count ? plant->dues[n].name : NULL;
}

/* ---- quantities and notes ---- */

static bool read_amount(const char *word, int64_t *amount, struct error *err)
{
    struct value value;
    const char *digits = word[0] == '+' ? word + 1 : word;
    double number = 0;
    if (!number_read(digits, strlen(digits), &value, NULL) || !value_number(value, &number) || !(fabs(number) > 0) || fabs(number) > amount_most)
        return error_set(err, "\"%.40s\" is no number of pieces: 12, or -12 to take away", word);
    *amount = (int64_t)llround(number * thousandths);
    return *amount != 0 || error_set(err, "\"%.40s\": a thousandth of a piece is the least", word);
}

/* Does a node count pieces by itself? */
static bool counts(const struct model *model, uint32_t node)
{
    static const enum tag_role roles[] = {ROLE_GOOD, ROLE_REJECT, ROLE_TOTAL};
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
        if (model_role(model, node, roles[i]) != NO_TAG)
            return true;
    return false;
}

bool screen_quantity(struct screen *s, const char *word, const char *argument, struct error *err)
{
    char number[WORD];
    const char *rest = argument;
    uint32_t node;
    struct action *target = act_prepare(s, ACTION_QUANTITY), selected = {.kind = ACTION_ACK};
    int64_t amount = 0;
    if (!act_word(&rest, number, sizeof number))
        return error_set(err, "how many?");
    if (!read_amount(number, &amount, err) || !act_comment(s, rest, err) || !selected_place(s, &node, err))
        return false;
    bool moment = compose_targets(&s->compose, TARGET_SELECTED, &selected, 1) == 1 && selected.kind == ACTION_QUANTITY && selected.occurrence_ms > 0;
    *target = (struct action){.amount = amount, .occurrence_ms = moment ? selected.occurrence_ms : model_wall(act_model(s))};
    snprintf(target->word, sizeof target->word, "%s", word);
    begin_at(s, counts(act_model(s), node) ? node : line_of(s, node));
    return true;
}

bool screen_note(struct screen *s, const char *text, struct error *err)
{
    uint32_t node;
    act_prepare(s, ACTION_NOTE);
    if (!selected_place(s, &node, err))
        return false;
    if (*text) {
        if (!act_comment(s, text, err))
            return false;
        s->acting.ask_comment = false;
    }
    begin_at(s, line_of(s, node));
    return true;
}
