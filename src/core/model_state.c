/*
 * States of nodes and the timers that change them: a unit that falls silent, a counter that stops counting, a tag that
 * misses its cadence. Intervals are kept oldest first and never overlap: a time before the running interval's start is moved up to it.
 */
#include <string.h>

#include "core/memory.h"
#include "core/model_private.h"
#include "core/number.h"

uint32_t slot_silence(const struct model *model, uint32_t node)
{
    (void)model;
    return node;
}

uint32_t slot_derived(const struct model *model, uint32_t node)
{
    return (uint32_t)model->plant->node_count + node;
}

uint32_t slot_cadence(const struct model *model, uint32_t tag)
{
    return 2 * (uint32_t)model->plant->node_count + tag;
}

uint32_t slot_change(const struct model *model, uint32_t tag)
{
    return slot_cadence(model, (uint32_t)model->plant->tag_count + tag);
}

uint32_t slot_tally(const struct model *model, uint32_t tag)
{
    return slot_cadence(model, 2 * (uint32_t)model->plant->tag_count + tag);
}

bool state_is_derived(const struct model *model, uint32_t node)
{
    const struct node *n = &model->plant->nodes[node];
    return n->role_tag[ROLE_STATE] == NO_TAG && n->role_tag[ROLE_GOOD] != NO_TAG && n->ideal_cycle_s > 0;
}

static int64_t derived_after_ms(const struct model *model, uint32_t node)
{
    const struct node *n = &model->plant->nodes[node];
    return (int64_t)(n->ideal_cycle_s * n->stop_after_cycles * 1000);
}


static void interval_push(struct model *model, struct node_state *node, struct interval next)
{
    size_t most = (size_t)model->plant->bounds.limit[BOUND_INTERVALS];
    size_t old = 0;
    while (old < node->interval_count && node->intervals[old].end_ms && node->intervals[old].end_ms < next.start_ms - INTERVAL_AGE_MS)
        old++;
    if (node->interval_count - old >= most)
        old = node->interval_count - most + 1;
    if (old) {
        node->interval_count -= old;
        memmove(node->intervals, node->intervals + old, node->interval_count * sizeof *node->intervals);
    }
    node->intervals = mem_grow(node->intervals, node->interval_count, &node->interval_capacity, sizeof *node->intervals);
    node->intervals[node->interval_count++] = next;
}

static bool same_word(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static void set_state(struct model *model, uint32_t index, enum state_class class, enum pack_state state, const char *word, int64_t time_ms)
{
    struct node_state *node = &model->nodes[index];
    bool same_state = node->class == class && node->state == state;
    bool same_shown = node->class == class && same_word(node->word, word);
    if (same_state && same_shown && (node->interval_count || class == CLASS_UNKNOWN))
        return;
    struct interval *last = node->interval_count ? &node->intervals[node->interval_count - 1] : NULL;
    const struct node_state before = *node;
    if (last && time_ms < last->start_ms)
        time_ms = last->start_ms;
    if (!same_shown || !last)
        node->since_ms = time_ms;
    node->class = (uint8_t)class;
    node->state = (uint8_t)state;
    node->word = word;
    node->lost = node->lost && class == CLASS_UNKNOWN;
    standing_moved(model, index, (enum state_class)before.class, time_ms);
    if (!same_shown && last)
        event_of_state(model, index, &before, time_ms);
    if (same_state && last)
        return;
    if (last && last->start_ms == time_ms) { /* it lasted no time: it was never so */
        last->class = (uint8_t)class;
        last->state = (uint8_t)state;
        return;
    }
    if (last) {
        last->end_ms = time_ms;
        interval_ended(model, index, last, before.word);
    }
    interval_push(model, node, (struct interval){.start_ms = time_ms, .class = (uint8_t)class, .state = (uint8_t)state});
}

void state_set(struct model *model, uint32_t index, enum state_class class, enum pack_state state, const char *word, int64_t time_ms)
{
    uint8_t before = model->nodes[index].class;
    set_state(model, index, class, state, word, time_ms);
    if (model->nodes[index].class == before)
        return;
    const struct node_state *node = &model->nodes[index];
    accounts_class(model, index, node->intervals[node->interval_count - 1].start_ms);
    alarms_node(model, index, time_ms);
    dues_node(model, index);
}

const struct state_map_row *model_state_row(const struct model *model, uint32_t index)
{
    return state_row_of(model, index, model->tags[index].value, model->tags[index].text);
}

const struct state_map_row *state_row_of(const struct model *model, uint32_t index, struct value value, const char *text)
{
    const struct state_map *map = &model->plant->maps[model->tags[index].def->map];
    double number;
    if (value.kind == VALUE_TEXT) {
        const struct state_map_row *row = state_map_text(map, text);
        struct value v;
        bool overflow;
        if (!row && number_read(text, strlen(text), &v, &overflow) && v.kind == VALUE_INT)
            row = state_map_number(map, v.i);
        return row;
    }
    if (!value_number(value, &number) || number < -9e15 || number > 9e15 || number != (double)(int64_t)number)
        return NULL;
    return state_map_number(map, (int64_t)number);
}

void state_told(struct model *model, uint32_t index, int64_t time_ms)
{
    const struct tag *tag = &model->tags[index];
    const struct state_map_row *row = tag->quality == QUALITY_BAD ? NULL : model_state_row(model, index);
    if (row) {
        state_set(model, tag->node, row->class, row->state, row->word, time_ms);
        return;
    }
    state_set(model, tag->node, CLASS_UNKNOWN, PACK_UNDEFINED, NULL, time_ms);
    if (tag->quality != QUALITY_BAD) {
        char key[KEY_BYTES];
        model_tag_key(model, index, key, sizeof key);
        model_count_drop(model, DROP_STATE_UNMAPPED, 1, key);
    }
}

/* While the state is unknown (the first reading, or after a gap) the watch begins at the reading itself. */
void state_counted(struct model *model, uint32_t index, double gained, int64_t time_ms)
{
    struct node_state *node = &model->nodes[index];
    if (gained <= 0 && (node->watching || node->class != CLASS_UNKNOWN || !state_is_derived(model, index)))
        return;
    node->last_piece_ms = time_ms;
    node->piece_elapsed_ms = model->elapsed;
    if (!state_is_derived(model, index))
        return;
    node->derived = true;
    if (gained > 0)
        state_set(model, index, CLASS_RUN, PACK_EXECUTE, NULL, time_ms);
    if (!node->watching)
        timers_set(&model->timers, slot_derived(model, index), model->elapsed + derived_after_ms(model, index));
    node->watching = true;
}

void state_watch(struct model *model, uint32_t index)
{
    struct node_state *node = &model->nodes[index];
    node->piece_elapsed_ms = model->elapsed;
    node->watching = true;
    timers_set(&model->timers, slot_derived(model, index), model->elapsed + derived_after_ms(model, index));
}

/* Did the source itself say when the node's state began? What nobody told, the arrival dated. */
static bool dated_by_source(const struct model *model, uint32_t index)
{
    const uint32_t *roles = model->plant->nodes[index].role_tag;
    uint32_t tag = roles[ROLE_STATE] != NO_TAG ? roles[ROLE_STATE] : roles[ROLE_GOOD];
    return model->nodes[index].class != CLASS_UNKNOWN && tag != NO_TAG && (model->tags[tag].flags & SAMPLE_SOURCE_TIME);
}

static int64_t stepped(int64_t ms, int64_t step, int64_t now_ms)
{
    int64_t moved = ms > 0 ? ms + step : ms;
    return moved < now_ms ? moved : now_ms;
}

/* Of a time that comes twice the latest is meant: what was noted of it before is cut off. */
static void cut_intervals(struct node_state *node, int64_t running_ms)
{
    struct interval running = node->intervals[node->interval_count - 1];
    size_t kept = node->interval_count - 1;
    while (kept > 0 && node->intervals[kept - 1].start_ms >= running_ms)
        kept--;
    if (kept > 0 && node->intervals[kept - 1].end_ms > running_ms)
        node->intervals[kept - 1].end_ms = running_ms;
    running.start_ms = running_ms;
    node->intervals[kept] = running;
    node->interval_count = kept + 1;
}

void state_clock_stepped(struct model *model, uint32_t index, int64_t step)
{
    struct node_state *node = &model->nodes[index];
    uint32_t good = model->plant->nodes[index].role_tag[ROLE_GOOD];
    int64_t moved = dated_by_source(model, index) ? 0 : step;
    bool pieces_by_source = good != NO_TAG && (model->tags[good].flags & SAMPLE_SOURCE_TIME);
    node->since_ms = stepped(node->since_ms, moved, model->wall);
    node->heard_ms = stepped(node->heard_ms, step, model->wall);
    node->last_piece_ms = stepped(node->last_piece_ms, pieces_by_source ? 0 : step, model->wall);
    if (node->interval_count)
        cut_intervals(node, stepped(node->intervals[node->interval_count - 1].start_ms, moved, model->wall));
}

static void stop_watching(struct model *model, uint32_t index)
{
    model->nodes[index].watching = false;
    timers_clear(&model->timers, slot_derived(model, index));
}

void model_arm(struct model *model)
{
    const struct plant *plant = model->plant;
    for (uint32_t n = 0; n < plant->node_count; n++) {
        const struct node_state *node = &model->nodes[n];
        if (plant->nodes[n].silent_after_ms > 0 && node->heard_elapsed_ms >= 0 && !node->silent)
            timers_set(&model->timers, slot_silence(model, n), node->heard_elapsed_ms + plant->nodes[n].silent_after_ms);
        if (node->watching && state_is_derived(model, n))
            timers_set(&model->timers, slot_derived(model, n), node->piece_elapsed_ms + derived_after_ms(model, n));
    }
    for (uint32_t t = 0; t < plant->tag_count; t++) {
        const struct tag *tag = &model->tags[t];
        change_arm(model, t);
        tally_arm(model, t);
        if (tag->def->interval_ms > 0 && tag->count && !tag->stale)
            timers_set(&model->timers, slot_cadence(model, t), tag->elapsed_ms + STALE_INTERVALS * tag->def->interval_ms);
    }
    alarms_arm(model);
    accounts_arm(model);
    energies_arm(model);
}

static void fire_silence(struct model *model, uint32_t index, int64_t now)
{
    struct node_state *node = &model->nodes[index];
    int64_t due = node->heard_elapsed_ms + model->plant->nodes[index].silent_after_ms;
    if (due > now) {
        timers_set(&model->timers, slot_silence(model, index), due);
        return;
    }
    node->silent = true;
    standing_node(model, index);
    if (node->class != CLASS_UNKNOWN)
        state_set(model, index, CLASS_UNKNOWN, PACK_UNDEFINED, NULL, node->heard_ms);
    stop_watching(model, index);
}

/* Back-dated to the last piece: nobody knows when between two pieces it stopped. */
static void fire_derived(struct model *model, uint32_t index, int64_t now)
{
    struct node_state *node = &model->nodes[index];
    int64_t due = node->piece_elapsed_ms + derived_after_ms(model, index);
    if (due > now) {
        timers_set(&model->timers, slot_derived(model, index), due);
        return;
    }
    node->watching = false;
    state_set(model, index, CLASS_STOP, PACK_STOPPED, NULL, node->last_piece_ms);
}

static void fire_cadence(struct model *model, uint32_t index, int64_t now)
{
    struct tag *tag = &model->tags[index];
    int64_t due = tag->elapsed_ms + STALE_INTERVALS * tag->def->interval_ms;
    if (due > now) {
        timers_set(&model->timers, slot_cadence(model, index), due);
        return;
    }
    tag->stale = true;
    standing_tag(model, index);
}

/* The time is the deadline itself, not the end of the batch: this is what makes one step equal to a thousand. */
void model_fire(struct model *model, struct timer_entry due)
{
    alarms_at(model, due.deadline);
    uint32_t nodes = (uint32_t)model->plant->node_count, tags = (uint32_t)model->plant->tag_count;
    if (due.slot < nodes)
        fire_silence(model, due.slot, due.deadline);
    else if (due.slot < 2 * nodes)
        fire_derived(model, due.slot - nodes, due.deadline);
    else if (due.slot < slot_change(model, 0))
        fire_cadence(model, due.slot - 2 * nodes, due.deadline);
    else if (due.slot < slot_tally(model, 0))
        change_fire(model, due.slot - 2 * nodes - tags, due.deadline);
    else if (due.slot < slot_tally(model, tags))
        tally_fire(model, due.slot - 2 * nodes - 2 * tags);
    else if (due.slot < slot_account(model, 0))
        alarms_fire(model, due);
    else if (due.slot < slot_account(model, nodes))
        accounts_fire(model, due.slot - slot_account(model, 0));
    else
        energies_fire(model, due.slot);
    accounts_settle(model);
    energies_settle(model);
}

static void lose(struct model *model, uint32_t index, int64_t time_ms)
{
    struct node_state *node = &model->nodes[index];
    bool known = node->class != CLASS_UNKNOWN;
    if (known)
        state_set(model, index, CLASS_UNKNOWN, PACK_UNDEFINED, NULL, time_ms);
    node->lost = node->lost || known;
    node->mended = false;
    model->any_lost = true;
    stop_watching(model, index);
}

static void unconfirm_tag(struct model *model, uint32_t index, int64_t time_ms)
{
    struct tag *tag = &model->tags[index];
    if (tag->count == 0)
        return;
    tag->unconfirmed = true;
    tag->forsaken = false;
    standing_tag(model, index);
    if (tag->node == NO_NODE)
        return;
    if (model->plant->tags[index].first_use != UINT32_MAX)
        alarms_tag(model, index, false);
    bool tells = tag->def->role == ROLE_STATE || (model->nodes[tag->node].derived && tag->def->role == ROLE_GOOD);
    if (tells)
        lose(model, tag->node, time_ms);
    if (tag->def->role == ROLE_MODE)
        accounts_tag(model, index, time_ms);
}

void model_forsake(struct model *model, uint32_t index, int64_t time_ms)
{
    bool was = model->tags[index].unconfirmed, forsaken = model->tags[index].forsaken;
    unconfirm_tag(model, index, time_ms);
    model->tags[index].forsaken = model->tags[index].unconfirmed && (!was || forsaken);
}

static bool of_broker(const struct model *model, uint32_t discovered, uint16_t broker)
{
    const char *key = model->keys[discovered], *name = model->plant->brokers[broker].name;
    size_t length = strlen(name);
    return strncmp(key, name, length) == 0 && key[length] == ':';
}

/* With ANY_BROKER bindings it is not known which broker feeds a tag: it is unconfirmed with the first that goes. */
void model_unconfirm(struct model *model, uint16_t broker, int64_t time_ms)
{
    const struct plant *plant = model->plant;
    if (broker == ANY_BROKER) {
        for (uint32_t t = 0; t < model->tag_count; t++)
            unconfirm_tag(model, t, time_ms);
        return;
    }
    for (size_t b = 0; b < plant->binding_count; b++) {
        const struct plant_binding *binding = &plant->bindings[b];
        if (binding->broker == broker || binding->broker == ANY_BROKER)
            for (size_t f = 0; f < binding->field_count; f++)
                unconfirm_tag(model, binding->fields[f].tag, time_ms);
    }
    for (uint32_t d = 0; d < model_discovered(model); d++)
        if (of_broker(model, d, broker))
            unconfirm_tag(model, (uint32_t)plant->tag_count + d, time_ms);
}
