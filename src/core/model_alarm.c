/*
 * The alarms of the plant inside the fold: struct alarm_book (see its header) holds a struct alarm for each. A trigger (a sample, a state, an
 * alarm) is carried to what uses it; what that changes wakes others, in their order of rank; timers let delays mature.
 */
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/model_alarm_private.h"

/* ---- made and released ---- */

static bool key_is(const void *context, uint32_t number, const void *key)
{
    char have[ALARM_KEY_BYTES];
    plant_alarm_key(context, number, have, sizeof have);
    return strcmp(have, key) == 0;
}

uint32_t model_find_alarm(const struct model *model, const char *key)
{
    return hash_index_find(&model->alarms->by_key, hash_bytes(key, strlen(key)), key_is, model->plant, key);
}

static bool text_is(const void *context, uint32_t number, const void *key)
{
    const struct alarm_book *book = context;
    return book->formula_texts[number] == key;
}

static uint64_t address_hash(const char *text)
{
    return hash_bytes(&text, sizeof text);
}

/* A plant keeps equal texts once: forty machines share a formula. */
static void add_formula(struct alarm_book *book, size_t *capacity, const char *text)
{
    if (!text || hash_index_find(&book->by_text, address_hash(text), text_is, book, text) != HASH_INDEX_NONE)
        return;
    size_t texts = *capacity;
    book->formulas = mem_grow(book->formulas, book->formula_count, capacity, sizeof(struct formula *));
    book->formula_texts = mem_grow(book->formula_texts, book->formula_count, &texts, sizeof(const char *));
    book->formulas[book->formula_count] = formula_create(text);
    book->formula_texts[book->formula_count] = text;
    hash_index_add(&book->by_text, address_hash(text), (uint32_t)book->formula_count++);
}

double alarm_formula_value(const struct model *model, const char *text, const double *inputs, size_t count)
{
    const struct alarm_book *book = model->alarms;
    return formula_value(book->formulas[hash_index_find(&book->by_text, address_hash(text), text_is, book, text)], inputs, count);
}

static void add_parts(struct alarm_book *book, const struct plant *plant)
{
    size_t formulas = 0, rates = 0;
    for (uint32_t a = 0; a < plant->alarm_count; a++) {
        const struct alarm_def *def = plant->alarms[a].def;
        add_formula(book, &formulas, def->suppress.text);
        for (size_t c = 0; c < def->condition_count; c++) {
            add_formula(book, &formulas, def->conditions[c].when.text);
            if (def->conditions[c].kind == ALARM_RATE) {
                book->rates = mem_grow(book->rates, book->rate_count, &rates, sizeof *book->rates);
                book->rates[book->rate_count++] = (struct alarm_rate){.alarm = a, .condition = (uint8_t)c};
            }
            if (def->conditions[c].kind == ALARM_NO_DATA && plant->alarms[a].tag == NO_TAG) {
                if (!book->watch) {
                    book->watch = mem_zero(plant->node_count, sizeof *book->watch);
                    memset(book->watch, 0xFF, plant->node_count * sizeof *book->watch);
                }
                book->watch[plant->alarms[a].node] = a;
            }
        }
    }
}

struct alarm_book *alarms_create(const struct model *model)
{
    const struct plant *plant = model->plant;
    struct alarm_book *book = mem_zero(1, sizeof *book);
    size_t conditions = 0;
    for (size_t a = 0; a < plant->alarm_count; a++)
        conditions += plant->alarms[a].def->condition_count;
    book->alarms = mem_zero(plant->alarm_count, sizeof *book->alarms);
    book->conditions = mem_zero(conditions, sizeof *book->conditions);
    book->counted = mem_zero(plant->alarm_count, sizeof *book->counted);
    book->listed = mem_zero(plant->alarm_count, sizeof *book->listed);
    book->place = mem_zero(plant->alarm_count, sizeof *book->place);
    book->positions = mem_zero(plant->position_count, sizeof *book->positions);
    book->first_outs = mem_zero(plant->first_out_count, sizeof *book->first_outs);
    struct alarm_condition *next = book->conditions;
    for (uint32_t a = 0; a < plant->alarm_count; a++) {
        char key[ALARM_KEY_BYTES];
        size_t length = plant_alarm_key(plant, a, key, sizeof key);
        alarm_init(&book->alarms[a], plant->alarms[a].def, &plant->alarm_classes[plant->alarms[a].def->class], next);
        next += plant->alarms[a].def->condition_count;
        hash_index_add(&book->by_key, hash_bytes(key, length), a);
    }
    add_parts(book, plant);
    alarm_order(book, plant);
    return book;
}

void alarms_destroy(struct alarm_book *book, const struct plant *plant)
{
    if (!book)
        return;
    for (size_t a = 0; a < plant->alarm_count; a++)
        alarm_finish(&book->alarms[a]);
    for (size_t f = 0; f < book->formula_count; f++)
        formula_destroy(book->formulas[f]);
    void *const parts[] = {book->alarms, book->conditions, book->counted, book->listed, book->place, book->rank, book->by_rank, book->watch, book->pending,
        book->formulas, book->formula_texts, book->rates, book->positions, book->first_outs, book->members, book->maintenance, book->results};
    for (size_t p = 0; p < sizeof parts / sizeof parts[0]; p++)
        free(parts[p]);
    hash_index_finish(&book->by_key);
    hash_index_finish(&book->by_text);
    free(book);
}

/* ---- timers ---- */

uint32_t alarm_rank(const struct model *model, uint32_t alarm)
{
    return model->alarms->rank ? model->alarms->rank[alarm] : alarm;
}

uint32_t slot_alarm(const struct model *model, uint32_t alarm)
{
    return slot_tally(model, (uint32_t)model->plant->tag_count) + alarm_rank(model, alarm);
}

uint32_t slot_maintenance(const struct model *model)
{
    return slot_tally(model, (uint32_t)(model->plant->tag_count + model->plant->alarm_count));
}

void alarms_at(struct model *model, int64_t elapsed_ms)
{
    model->alarms->now = (struct alarm_now){.elapsed_ms = elapsed_ms, .wall_ms = model->wall + (elapsed_ms - model->elapsed)};
}

static void arm(struct model *model, uint32_t alarm)
{
    int64_t due = alarm_due(&model->alarms->alarms[alarm]), tick = alarm_tick_due(model, alarm);
    due = tick < due ? tick : due;
    if (due < timers_at(&model->timers, slot_alarm(model, alarm)))
        timers_set(&model->timers, slot_alarm(model, alarm), due);
}

void alarms_arm(struct model *model)
{
    alarms_at(model, model->elapsed);
    for (uint32_t a = 0; a < model->plant->alarm_count; a++)
        arm(model, a);
    maintenance_arm(model);
}

void alarms_fire(struct model *model, struct timer_entry due)
{
    struct alarm_book *book = model->alarms;
    if (due.slot == slot_maintenance(model)) {
        maintenance_settle(model, NULL);
        return;
    }
    uint32_t rank = due.slot - slot_tally(model, (uint32_t)model->plant->tag_count);
    uint32_t alarm = book->by_rank ? book->by_rank[rank] : rank;
    book->running_rank = rank;
    if (alarm_due(&book->alarms[alarm]) <= due.deadline)
        alarm_fire(&book->alarms[alarm], book->now, alarm_ear(model));
    alarm_tick(model, alarm);
    alarm_done(model, alarm);
    alarm_drain(model);
}

/* ---- triggers ---- */

struct alarm_listener alarm_ear(struct model *model)
{
    return (struct alarm_listener){.tell = alarm_told, .arg = model};
}

void alarm_done(struct model *model, uint32_t alarm)
{
    alarm_count(model, alarm);
    arm(model, alarm);
}

/* What rises does so from the worst on, what falls from the mildest on. True if something was told to the alarm. */
static bool set_truths(struct model *model, uint32_t index, const enum truth *truths, uint32_t known, int64_t time_ms)
{
    struct alarm *alarm = &model->alarms->alarms[index];
    size_t count = alarm->def->condition_count;
    bool changed = false;
    for (size_t step = 0; step < 2 * count; step++) {
        size_t c = step < count ? step : 2 * count - 1 - step;
        const struct alarm_condition *condition = &alarm->conditions[c];
        if (!(known >> c & 1) || (truths[c] == TRUTH_TRUE) != (step < count))
            continue;
        if (truths[c] == TRUTH_UNKNOWN ? condition->due_ms == INT64_MAX : condition->truth == truths[c] && !condition->frozen)
            continue;
        alarm_truth(alarm, c, truths[c], time_ms, model->alarms->now, alarm_ear(model));
        changed = true;
    }
    return changed;
}

void alarm_look(struct model *model, uint32_t index, const struct alarm_trigger *trigger)
{
    const struct alarm_def *def = model->alarms->alarms[index].def;
    enum truth truths[ALARM_CONDITIONS];
    uint32_t known = 0;
    bool changed = false;
    for (size_t c = 0; c < def->condition_count; c++)
        if (def->conditions[c].kind == ALARM_MESSAGE)
            changed |= alarm_message(model, index, c, trigger);
        else if (alarm_truth_of(model, index, c, trigger, &truths[c]))
            known |= 1u << c;
    if (known)
        changed |= set_truths(model, index, truths, known, trigger->time_ms);
    if (def->suppress.text && alarm_uses(model->plant, index, trigger)) {
        alarm_logic(model, index);
        changed = true;
    }
    if (changed)
        alarm_done(model, index);
}

/* ---- order ---- */

static void wake(struct model *model, uint32_t alarm, struct alarm_trigger trigger)
{
    struct alarm_book *book = model->alarms;
    uint32_t rank = alarm_rank(model, alarm);
    book->pending = mem_grow(book->pending, book->pending_count, &book->pending_capacity, sizeof *book->pending);
    size_t at = book->pending_count++;
    for (; at > 0 && book->pending[at - 1].rank < rank; at--) /* the next one stands last */
        book->pending[at] = book->pending[at - 1];
    book->pending[at] = (struct alarm_pending){.rank = rank, .alarm = alarm, .trigger = trigger};
}

void alarm_wake(struct model *model, uint32_t alarm, int64_t time_ms)
{
    size_t count;
    if (!model->alarms->rank)
        return;
    const struct alarm_use *use = plant_alarm_uses(model->plant, INPUT_ALARM, alarm, &count);
    for (size_t u = 0; u < count; u++)
        if (alarm_rank(model, use[u].alarm) > model->alarms->running_rank) /* else a loop, which the configuration refuses */
            wake(model, use[u].alarm, (struct alarm_trigger){.kind = INPUT_ALARM, .index = alarm, .time_ms = time_ms});
}

void alarm_drain(struct model *model)
{
    struct alarm_book *book = model->alarms;
    while (book->pending_count > 0) {
        struct alarm_pending next = book->pending[--book->pending_count];
        book->running_rank = next.rank;
        alarm_look(model, next.alarm, &next.trigger);
    }
}

static void look_all(struct model *model, const struct alarm_use *use, size_t count, struct alarm_trigger trigger)
{
    for (size_t u = 0; u < count; u++)
        if (model->alarms->rank)
            wake(model, use[u].alarm, trigger);
        else
            alarm_look(model, use[u].alarm, &trigger);
    alarm_drain(model);
}

/* ---- what happens ---- */

void alarms_tag(struct model *model, uint32_t tag, bool sample)
{
    size_t count;
    const struct alarm_use *use = plant_alarm_uses(model->plant, INPUT_TAG, tag, &count);
    look_all(model, use, count, (struct alarm_trigger){.kind = INPUT_TAG, .index = tag, .time_ms = model->tags[tag].time_ms, .sample = sample});
}

static void look_at_node(struct model *model, uint32_t node, int64_t time_ms)
{
    size_t count;
    const struct alarm_use *use = plant_alarm_uses(model->plant, INPUT_NODE, node, &count);
    look_all(model, use, count, (struct alarm_trigger){.kind = INPUT_NODE, .index = node, .time_ms = time_ms});
}

/* A line's state is that of its constraint. */
void alarms_node(struct model *model, uint32_t node, int64_t time_ms)
{
    if (model->plant->alarm_count == 0)
        return;
    look_at_node(model, node, time_ms);
    uint32_t line = plant_ancestor(model->plant, node, LEVEL_LINE);
    if (line != NO_NODE && line != node && model->plant->nodes[line].constraint == node)
        look_at_node(model, line, time_ms);
}

void alarms_heard(struct model *model, uint32_t node, bool live)
{
    struct alarm_book *book = model->alarms;
    uint32_t alarm = book->watch ? book->watch[node] : NO_ALARM;
    if (alarm == NO_ALARM)
        return;
    bool unset = timers_at(&model->timers, slot_alarm(model, alarm)) == INT64_MAX;
    size_t silence = alarm_silence_of(book->alarms[alarm].def);
    bool silent = live && book->alarms[alarm].conditions[silence].truth == TRUTH_TRUE;
    if (silent)
        alarm_truth(&book->alarms[alarm], silence, TRUTH_FALSE, model->wall, book->now, alarm_ear(model));
    if (silent || unset)
        alarm_done(model, alarm);
    if (silent)
        alarm_drain(model);
}

void alarms_gap(struct model *model)
{
    struct alarm_book *book = model->alarms;
    book->linked_ms = model->elapsed;
    for (uint32_t a = 0; a < model->plant->alarm_count; a++)
        alarm_gap(&book->alarms[a], book->now);
    alarms_arm(model);
}

void alarms_clock(struct model *model)
{
    for (uint32_t a = 0; a < model->plant->alarm_count; a++)
        alarm_clock(&model->alarms->alarms[a], model->alarms->now);
    alarms_arm(model);
}

void alarms_linked(struct model *model)
{
    model->alarms->linked_ms = model->elapsed;
}
