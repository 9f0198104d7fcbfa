/*
 * What people do to stops, quantities and shifts: each action is checked without changing anything, then done. Whatever moves time takes the stretch out
 * of the cells and puts it back as what it is then; the differences are told as facts, the stop as a version, and who did it as an event.
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "core/memory.h"
#include "core/model_account_private.h"
#include "core/number.h"

struct quantity { const char *word; size_t field; enum tag_role role; };
static const struct quantity quantities[] = {
    {"good", offsetof(struct account, good), ROLE_GOOD},
    {"reject", offsetof(struct account, reject), ROLE_REJECT},
    {"rework", offsetof(struct account, rework), ROLE_REWORK},
};

static const struct quantity *quantity_of(const char *word)
{
    for (size_t q = 0; q < sizeof quantities / sizeof quantities[0]; q++)
        if (strcmp(quantities[q].word, word) == 0)
            return &quantities[q];
    return NULL;
}

static double *field_of(struct account *a, const struct quantity *q)
{
    return (double *)(void *)((char *)a + q->field);
}

/* ---- events ---- */

static void journal(struct model *model, const struct action *action, struct event event)
{
    if (event.time_ms == 0)
        event.time_ms = account_now(model);
    event_word(event.path, sizeof event.path, action->target);
    event_word(event.who, sizeof event.who, action->who);
    event_word(event.alarm.comment, sizeof event.alarm.comment, action->comment);
    model_event(model, &event);
}

static void journal_stop(struct model *model, const struct action *action, const char *text, const char *before, const char *after)
{
    struct event event = {.kind = EVENT_STOP, .time_ms = action->occurrence_ms};
    event_word(event.text, sizeof event.text, text);
    event_word(event.before, sizeof event.before, before);
    event_word(event.after, sizeof event.after, after);
    journal(model, action, event);
}

/* ---- stops ---- */

/* The stretch of a stop; SIZE_MAX: its line of time is forgotten. */
static size_t stretch_of(const struct track *track, int64_t start_ms)
{
    for (size_t i = track->count; i-- > 0 && track->stretches[i].start_ms >= start_ms;)
        if (track->stretches[i].start_ms == start_ms)
            return i;
    return SIZE_MAX;
}

static struct stop *stop_meant(const struct model *model, const struct action *action)
{
    uint32_t node = plant_node_by_path(model->plant, action->target);
    struct stop *stop = node == NO_NODE ? NULL : stop_find(model, model->accounts->ledgers[node].basis, action->occurrence_ms);
    return stop && !stop->gone ? stop : NULL;
}

/* Of a stop at `index` the next stop of the node, when nothing but a short run lies between. */
static size_t mergeable(const struct model *model, const struct stop *stop, size_t index)
{
    const struct track *track = &model->accounts->tracks[stop->node];
    size_t next = index + 1;
    if (next < track->count && track->stretches[next].class == CLASS_RUN &&
        stretch_end(track, next) - track->stretches[next].start_ms <= model->plant->nodes[stop->node].minor_stop_ms)
        next++;
    return next < track->count && stop_is((enum state_class)track->stretches[next].class) ? next : SIZE_MAX;
}

static enum refusal check_stop(const struct model *model, const struct action *action)
{
    const struct stop *stop = stop_meant(model, action);
    if (plant_node_by_path(model->plant, action->target) == NO_NODE)
        return REFUSAL_NO_TARGET;
    if (!stop)
        return REFUSAL_NO_STOP;
    size_t index = stretch_of(&model->accounts->tracks[stop->node], stop->start_ms);
    int64_t end = stop->end_ms ? stop->end_ms : account_now(model);
    switch (action->kind) {
    case ACTION_STOP_REASON:
        return *action->word && plant_reason_by_path(model->plant, action->word) == NO_REASON ? REFUSAL_NO_REASON : REFUSAL_NONE;
    case ACTION_STOP_SPLIT:
        return index == SIZE_MAX ? REFUSAL_NO_STOP : action->until_ms > stop->start_ms && action->until_ms < end ? REFUSAL_NONE : REFUSAL_STATE;
    case ACTION_STOP_MERGE:
        return index == SIZE_MAX ? REFUSAL_NO_STOP : mergeable(model, stop, index) == SIZE_MAX ? REFUSAL_STATE : REFUSAL_NONE;
    default:
        return *action->comment ? REFUSAL_NONE : REFUSAL_COMMENT;
    }
}

static const char *reason_title(const struct model *model, uint16_t reason)
{
    return reason < model->plant->reason_count ? model->plant->reasons[reason].title : "";
}

/* A stop whose stretch is forgotten is moved all the same. */
static void rebook_forgotten(struct model *model, struct stop *stop, enum state_class booked)
{
    int64_t end = stop->end_ms ? stop->end_ms : account_now(model);
    struct stretch stretch = {.start_ms = stop->start_ms, .class = stop->class, .booked = stop->booked};
    stretch.is_long = stop->booked == CLASS_STOP && end - stop->start_ms >= model->plant->nodes[stop->node].minor_stop_ms;
    stretch.counted_ms = stretch_counted(model, stop->node, &stretch, stop->start_ms, end);
    account_book_time(model, stop->node, &stretch, stop->start_ms, end, -1);
    stretch.booked = (uint8_t)booked;
    stretch.is_long = booked == CLASS_STOP && end - stop->start_ms >= model->plant->nodes[stop->node].minor_stop_ms;
    account_book_time(model, stop->node, &stretch, stop->start_ms, end, 1);
    stop->booked = (uint8_t)booked;
    stop->category = (uint8_t)(stretch.counted_ms ? stretch.is_long ? TIME_DOWN : TIME_MINOR : stretch_category(model, stop->node, &stretch, stop->start_ms, &end));
}

static void give_reason(struct model *model, const struct action *action, struct stop *stop)
{
    const struct track *track = &model->accounts->tracks[stop->node];
    uint16_t reason = *action->word ? plant_reason_by_path(model->plant, action->word) : NO_REASON;
    const struct reason *row = reason < model->plant->reason_count ? &model->plant->reasons[reason] : NULL;
    enum state_class booked = row && row->has_class ? row->class : (enum state_class)stop->class;
    size_t index = stretch_of(track, stop->start_ms);
    journal_stop(model, action, "reason", reason_title(model, stop->reason), reason_title(model, reason));
    stop->reason = reason;
    event_word(stop->who, sizeof stop->who, row ? action->who : "");
    if (*action->comment)
        event_word(stop->comment, sizeof stop->comment, action->comment);
    stop_changed(model, stop);
    if (index == SIZE_MAX)
        rebook_forgotten(model, stop, booked);
    else
        stretch_book_as(model, stop->node, index, booked);
}

static void split(struct model *model, const struct action *action, struct stop *stop)
{
    struct track *track = &model->accounts->tracks[stop->node];
    uint32_t node = stop->node;
    size_t index = stretch_of(track, stop->start_ms);
    struct stretch second = {.start_ms = action->until_ms, .class = track->stretches[index].class, .booked = stop->class, .parted = true};
    journal_stop(model, action, "split", "", "");
    stretch_insert(model, node, index, &second);
    stop_sync(model, node, index);
    stop_sync(model, node, index + 1);
}

static void merge(struct model *model, const struct action *action, struct stop *stop)
{
    uint32_t node = stop->node;
    size_t index = stretch_of(&model->accounts->tracks[node], stop->start_ms), last = mergeable(model, stop, index);
    journal_stop(model, action, "merged", "", "");
    for (size_t i = last; i > index; i--)
        stop_vanish(model, node, model->accounts->tracks[node].stretches[i].start_ms);
    stretch_join(model, node, index, last);
    stop_sync(model, node, index);
}

static void comment(struct model *model, const struct action *action, struct stop *stop)
{
    journal_stop(model, action, "comment", "", "");
    event_word(stop->comment, sizeof stop->comment, action->comment);
    stop_changed(model, stop);
}

static void act_on_stop(struct model *model, const struct action *action)
{
    struct stop *stop = stop_meant(model, action);
    switch (action->kind) {
    case ACTION_STOP_REASON: give_reason(model, action, stop); break;
    case ACTION_STOP_SPLIT: split(model, action, stop); break;
    case ACTION_STOP_MERGE: merge(model, action, stop); break;
    default: comment(model, action, stop); break;
    }
}

/* ---- quantities ---- */

/* So many are known of the shift that a moment lies in. */
static double known_in_shift(const struct model *model, uint32_t node, int64_t ms, const struct quantity *q)
{
    const struct ledger *ledger = &model->accounts->ledgers[node];
    struct shift_at at;
    double sum = 0;
    model_shift_at(model, node, ms, &at);
    for (size_t c = 0; c < ledger->count; c++)
        if (ledger->cells[c].shift_ms == at.from_ms)
            sum += *field_of(&ledger->cells[c].sum, q);
    return sum;
}

static enum refusal check_quantity(const struct model *model, const struct action *action)
{
    uint32_t node = plant_node_by_path(model->plant, action->target);
    const struct quantity *q = quantity_of(action->word);
    if (node == NO_NODE || !model->accounts->ledgers[node].kept || model->accounts->ledgers[node].count == 0)
        return REFUSAL_NO_TARGET;
    if (!q || action->amount == 0 || action->occurrence_ms > account_now(model) || action->occurrence_ms <= 0)
        return REFUSAL_NUMBER;
    bool enough = action->amount > 0 || known_in_shift(model, node, action->occurrence_ms, q) + (double)action->amount / 1000 >= 0;
    return enough ? REFUSAL_NONE : REFUSAL_NUMBER;
}

static void amend(struct model *model, uint32_t node, const struct action *action, const struct quantity *q)
{
    struct ledger *ledger = &model->accounts->ledgers[node];
    struct account more = {.good = 0};
    size_t place = ledger_cell(model, node, action->occurrence_ms);
    struct account_cell forgotten;
    if (place == SIZE_MAX)
        forgotten = ledger_forgotten(model, node, action->occurrence_ms);
    *field_of(&more, q) = (double)action->amount / 1000;
    account_value(model, node, action->occurrence_ms, place == SIZE_MAX ? &forgotten : &ledger->cells[place], &more);
    ledger_add(model, node, place, action->occurrence_ms, &more);
}

/* A line and the unit that counts for it are corrected together: they tell the same pieces. */
static void correct(struct model *model, const struct action *action)
{
    uint32_t node = plant_node_by_path(model->plant, action->target), basis = model->accounts->ledgers[node].basis;
    uint32_t other = basis != node ? basis : account_line_of(model, node);
    const struct quantity *q = quantity_of(action->word);
    struct event event = {.kind = EVENT_QUANTITY, .time_ms = action->occurrence_ms};
    char number[NUMBER_TEXT], text[NUMBER_TEXT + 1];
    amend(model, node, action, q);
    if (other != NO_NODE && model->accounts->ledgers[other].count > 0 && model_role(model, other, q->role) == model_role(model, node, q->role))
        amend(model, other, action, q);
    number_text((double)action->amount / 1000, DECIMALS_AUTO, false, number);
    snprintf(text, sizeof text, "%s%s", action->amount > 0 ? "+" : "", number);
    event_word(event.text, sizeof event.text, action->word);
    event_word(event.after, sizeof event.after, text);
    journal(model, action, event);
}

/* ---- notes ---- */

static enum refusal check_note(const struct model *model, const struct action *action)
{
    if (plant_node_by_path(model->plant, action->target) == NO_NODE)
        return REFUSAL_NO_TARGET;
    return *action->comment ? REFUSAL_NONE : REFUSAL_COMMENT;
}

static void note(struct model *model, const struct action *action)
{
    journal(model, action, (struct event){.kind = EVENT_NOTE, .text = "note"});
}

/* ---- all of them ---- */

static const struct {
    enum refusal (*check)(const struct model *model, const struct action *action);
    void (*act)(struct model *model, const struct action *action);
} table[ACTION_KIND_COUNT] = {
    [ACTION_STOP_REASON] = {check_stop, act_on_stop},
    [ACTION_STOP_SPLIT] = {check_stop, act_on_stop},
    [ACTION_STOP_MERGE] = {check_stop, act_on_stop},
    [ACTION_STOP_COMMENT] = {check_stop, act_on_stop},
    [ACTION_QUANTITY] = {check_quantity, correct},
    [ACTION_CALL] = {call_check, call_act},
    [ACTION_CALL_TAKE] = {call_check, call_act},
    [ACTION_CALL_CLOSE] = {call_check, call_act},
    [ACTION_NOTE] = {check_note, note},
    [ACTION_REPLACED] = {due_check, due_act},
};

bool accounts_acts(enum action_kind kind)
{
    return (unsigned)kind < ACTION_KIND_COUNT && table[kind].act;
}

enum refusal accounts_check(const struct model *model, const struct action *action)
{
    return table[action->kind].check(model, action);
}

enum refusal accounts_act(struct model *model, const struct action *action)
{
    enum refusal refusal = accounts_check(model, action);
    if (refusal == REFUSAL_NONE)
        table[action->kind].act(model, action);
    return refusal;
}
