/*
 * Time that nobody saw, and that is known after all. While the collector is away or a broker's link is down, states are unknown, and what a counter gains
 * meanwhile has no time. The first word that comes after it may tell more:
 *
 * - it follows what was heard before (SAMPLE_FOLLOWS: the broker kept all that came meanwhile), or it is that very message (a retained one with the
 *   same source time, so that nothing was published since): then the state was what it was until that word;
 * - it says what was said before, and the time between is so short that a stop in it would be none by the rules of this unit: no longer than the
 *   ideal cycles after which a counter that stands still is a stop, and than a minor stop; or it is the next word that was due of a tag with an interval.
 *
 * All times are the source's own: what was dated by its arrival tells nothing of the time before. A node's `lost` says that its state is unknown for no
 * other reason, `mended` that the last such time is known; counters that fit into such a time are as good as seen.
 */
#include "core/model_account_private.h"

static const struct state_map_row *row_of(const struct model *model, uint32_t index, const struct batch *batch, const struct record *r)
{
    if (r->quality == QUALITY_BAD)
        return NULL;
    return state_row_of(model, index, r->value, batch_text_at(batch, r->value.kind == VALUE_TEXT ? r->value.text : NO_TEXT));
}

static double ideal_of(const struct model *model, uint32_t node)
{
    uint32_t line = plant_ancestor(model->plant, node, LEVEL_LINE);
    double own = model->plant->nodes[node].ideal_cycle_s;
    return own > 0 || line == NO_NODE ? own : model->plant->nodes[line].ideal_cycle_s;
}

/* How long a time may be in which a stop could hide. */
static int64_t short_ms(const struct model *model, uint32_t index)
{
    const struct tag *tag = &model->tags[index];
    const struct node *n = &model->plant->nodes[tag->node];
    int64_t most = (int64_t)(ideal_of(model, tag->node) * n->stop_after_cycles * 1000), due = STALE_INTERVALS * tag->def->interval_ms;
    most = most < n->minor_stop_ms ? most : n->minor_stop_ms;
    return most > due ? most : due;
}

static int64_t lost_from(const struct node_state *node)
{
    return node->interval_count ? node->intervals[node->interval_count - 1].start_ms : INT64_MAX;
}

static bool dated(const struct tag *tag, const struct record *r)
{
    return tag->flags & r->flags & SAMPLE_SOURCE_TIME;
}

/* Had we listened all the time, its node would have been silent. */
static bool was_silent(const struct model *model, const struct tag *tag, int64_t until_ms)
{
    int64_t most = model->plant->nodes[tag->node].silent_after_ms;
    return most > 0 && until_ms - model->nodes[tag->node].heard_ms > most;
}

static bool is_again(const struct tag *tag, const struct record *r)
{
    return (r->flags & SAMPLE_RETAINED) && r->time_ms == tag->time_ms;
}

/* ---- states ---- */

static bool told_before(const struct node_state *node, const struct state_map_row *row)
{
    const struct interval *before = node->interval_count > 1 ? &node->intervals[node->interval_count - 2] : NULL;
    return before && before->end_ms == lost_from(node) && (!row || (before->class == row->class && before->state == row->state));
}

static bool is_state_known(const struct model *model, uint32_t index, const struct batch *batch, const struct record *r)
{
    const struct tag *tag = &model->tags[index];
    const struct state_map_row *was = model_state_row(model, index), *is = row_of(model, index, batch, r);
    bool retained = r->flags & SAMPLE_RETAINED, old = r->time_ms < tag->time_ms, same = was && is && was->class == is->class && was->state == is->state;
    int64_t until = retained ? batch->wall_ms : r->time_ms;
    if (!was || !dated(tag, r) || was_silent(model, tag, until) || (retained && !same && !old))
        return false;
    return (r->flags & SAMPLE_FOLLOWS) || is_again(tag, r) || (same && until - lost_from(&model->nodes[tag->node]) <= short_ms(model, index));
}

/* What it gained could have been made in the time since it was read last. */
static bool fits(const struct model *model, uint32_t index, const struct record *r)
{
    const struct tag *tag = &model->tags[index];
    double reading, ideal = ideal_of(model, tag->node) * 1000;
    if (tag->def->count != COUNT_TOTAL || !tag->counting || r->quality == QUALITY_BAD || !value_number(r->value, &reading) || !(reading >= tag->last_count))
        return false;
    double pieces = (reading - tag->last_count) * (tag->def->pieces > 0 ? tag->def->pieces : 1);
    return ideal > 0 && pieces * ideal <= (double)(r->time_ms - tag->time_ms) + 2 * ideal;
}

static bool is_count_known(const struct model *model, uint32_t index, const struct record *r)
{
    const struct tag *tag = &model->tags[index];
    const struct node_state *node = &model->nodes[tag->node];
    if (!told_before(node, NULL) || !dated(tag, r) || was_silent(model, tag, r->time_ms))
        return false;
    return (r->flags & SAMPLE_FOLLOWS) || is_again(tag, r) || (r->time_ms - node->last_piece_ms <= short_ms(model, index) && fits(model, index, r));
}

/* The stretch that was unknown goes on with the one before it, as what that was booked: the mode of then was known then. One that replaced what began in
 * the same moment has nothing before it to go on with. */
static void mend_account(struct model *model, uint32_t node, bool goes_on)
{
    const struct track *track = &model->accounts->tracks[node];
    if (track->count == 0 || track->stretches[track->count - 1].class != CLASS_UNKNOWN)
        return;
    enum state_class class = goes_on && track->count > 1 ? (enum state_class)track->stretches[track->count - 2].class : accounts_class_heard(model, node);
    track_paint(model, node, track->stretches[track->count - 1].start_ms, INT64_MAX, class);
}

/* An interval that was unknown from its beginning replaced the one that began then: a clock ahead of ours had dated that one beyond the moment at which
 * nobody listened any more. */
static void reopen(struct model *model, uint32_t index, const struct state_map_row *row)
{
    struct node_state *node = &model->nodes[index];
    const struct node_state before = *node;
    bool goes_on = told_before(node, row);
    if (goes_on)
        node->intervals[--node->interval_count - 1].end_ms = 0;
    struct interval *last = &node->intervals[node->interval_count - 1];
    if (row) {
        last->class = (uint8_t)row->class;
        last->state = (uint8_t)row->state;
    }
    node->class = last->class;
    node->state = last->state;
    node->word = row ? row->word : NULL;
    node->since_ms = last->start_ms;
    node->mended = true;
    standing_moved(model, index, CLASS_UNKNOWN, last->start_ms);
    event_of_state(model, index, &before, lost_from(node) > model->wall ? lost_from(node) : model->wall);
    mend_account(model, index, goes_on);
    alarms_node(model, index, model->wall);
}

static void look(struct model *model, uint32_t index, const struct batch *batch, const struct record *r)
{
    const struct tag *tag = &model->tags[index];
    struct node_state *node = &model->nodes[tag->node];
    bool state = tag->def->role == ROLE_STATE, late = r->time_ms < tag->time_ms && (r->flags & SAMPLE_SOURCE_TIME);
    if (!node->lost || (r->flags & SAMPLE_HISTORICAL) || (late && !(r->flags & SAMPLE_FOLLOWS)) || !(state || (node->derived && tag->def->role == ROLE_GOOD)))
        return;
    node->lost = false;
    if (node->class != CLASS_UNKNOWN || !node->interval_count)
        return;
    if (state ? is_state_known(model, index, batch, r) : is_count_known(model, index, r))
        reopen(model, tag->node, state ? model_state_row(model, index) : NULL);
    if (!state && node->class == CLASS_RUN)
        state_watch(model, tag->node);
}

void mend_before(struct model *model, const struct batch *batch)
{
    for (size_t i = 0; model->any_lost && i < batch->count; i++) {
        const struct record *r = &batch->records[i];
        uint32_t index = r->kind == RECORD_SAMPLE ? model_find_series(model, r->series) : NO_TAG;
        if (index != NO_TAG && model->tags[index].unconfirmed && model->tags[index].def && model->tags[index].node != NO_NODE)
            look(model, index, batch, r);
    }
}

/* ---- counters ---- */

void mend_counter(const struct model *model, uint32_t index, const struct record *r)
{
    const struct tag *tag = &model->tags[index];
    bool known = tag->def && tag->node != NO_NODE && dated(tag, r);
    if (!tag->tally || !tag->unconfirmed)
        return;
    tag->tally->across = !known || !(r->flags & SAMPLE_FOLLOWS);
    tag->tally->fits = known && tag->tally->across && fits(model, index, r);
}

bool mend_is_known(const struct model *model, uint32_t index, uint32_t node)
{
    return model->tags[index].tally->fits && model->nodes[model->accounts->ledgers[node].basis].mended;
}
