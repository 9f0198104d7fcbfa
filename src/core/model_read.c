/*
 * What the screens ask of the model beyond its plain fields: trust, age, roles, speed.
 */
#include "core/model_private.h"

enum { SPEED_PIECES_LEAST = 5, RATE_LEAST_MS = 10000 };

enum tag_trust trust_alone(const struct tag *tag)
{
    if (tag->count == 0)
        return TRUST_NEVER;
    if (tag->unconfirmed)
        return TRUST_UNCONFIRMED;
    if (tag->stale)
        return TRUST_STALE;
    if (tag->quality == QUALITY_GOOD)
        return TRUST_GOOD;
    return tag->quality < QUALITY_UNCERTAIN ? TRUST_BAD : TRUST_UNCERTAIN;
}

enum tag_trust model_trust(const struct model *model, uint32_t index)
{
    const struct tag *tag = &model->tags[index];
    enum tag_trust trust = trust_alone(tag);
    bool silent = tag->node != NO_NODE && model->nodes[tag->node].silent;
    return silent && trust != TRUST_NEVER && trust != TRUST_UNCONFIRMED ? TRUST_STALE : trust;
}

int64_t model_age(const struct model *model, uint32_t index, bool *at_least)
{
    const struct tag *tag = &model->tags[index];
    *at_least = (tag->flags & SAMPLE_RETAINED) != 0;
    return tag->count ? model->elapsed - tag->elapsed_ms : -1;
}

/* At an even pace the decayed samples add up to that pace times what they were seen of: early on that is not yet a whole minute's weight. */
double model_rate(const struct model *model, uint32_t index)
{
    const struct tag *tag = &model->tags[index];
    if (tag->count < 2)
        return -1;
    int64_t seen = model->elapsed > RATE_LEAST_MS ? model->elapsed : RATE_LEAST_MS;
    return (double)tag->per_minute * minute_decay(model->elapsed - tag->elapsed_ms) / (1 - minute_decay(seen));
}

const struct node_state *model_line_state(const struct model *model, uint32_t node)
{
    uint32_t constraint = model->plant->nodes[node].constraint;
    if (model->plant->nodes[node].level == LEVEL_LINE && constraint != NO_NODE)
        return &model->nodes[constraint];
    return &model->nodes[node];
}

uint32_t model_role(const struct model *model, uint32_t node, enum tag_role role)
{
    const struct node *n = &model->plant->nodes[node];
    if (n->role_tag[role] != NO_TAG || n->level != LEVEL_LINE || n->constraint == NO_NODE)
        return n->role_tag[role];
    return model->plant->nodes[n->constraint].role_tag[role];
}

static double ideal_cycle(const struct model *model, uint32_t node)
{
    const struct node *n = &model->plant->nodes[node];
    if (n->ideal_cycle_s > 0 || n->level != LEVEL_LINE || n->constraint == NO_NODE)
        return n->ideal_cycle_s;
    return model->plant->nodes[n->constraint].ideal_cycle_s;
}

/* Pieces of a counter within the last `columns` of its ring, and the seconds that they took. */
static double recent_pieces(const struct model *model, uint32_t index, int columns, double *seconds)
{
    const struct tag *tag = index == NO_TAG ? NULL : &model->tags[index];
    double low, high, first = 0;
    int oldest = -1;
    if (!tag || !tag->ring)
        return 0;
    for (int back = 0; back < columns; back++)
        if (ring_at(tag->ring, model->elapsed, back, &low, &high)) {
            oldest = back;
            first = low;
        }
    if (oldest < 1)
        return 0;
    double span = oldest * (RING_STEP_MS / 1000.0) + (double)(model->elapsed % RING_STEP_MS) / 1000.0;
    if (span > *seconds)
        *seconds = span;
    return tag->gained - first;
}

/* From the machine's own last cycle where it reports one, else from the pieces of the present run, of the last ten minutes
 * at most. A stop is 0 %; what is not running for another reason has no speed. */
bool model_speed(const struct model *model, uint32_t node, double *ratio, const char **missing)
{
    const struct node_state *state = model_line_state(model, node);
    double ideal = ideal_cycle(model, node), cycle, seconds = 0;
    uint32_t cycle_tag = model_role(model, node, ROLE_CYCLE), good = model_role(model, node, ROLE_GOOD);
    *missing = "";
    if (ideal <= 0 || (cycle_tag == NO_TAG && good == NO_TAG)) {
        *missing = ideal <= 0 ? "ideal_cycle" : "good";
        return false;
    }
    if (state->class == CLASS_STOP) {
        *ratio = 0;
        return true;
    }
    if (state->class != CLASS_RUN)
        return false;
    if (cycle_tag != NO_TAG) {
        if (model_trust(model, cycle_tag) != TRUST_GOOD || !value_number(model->tags[cycle_tag].value, &cycle) || cycle <= 0)
            return false;
        *ratio = ideal / cycle;
        return true;
    }
    int columns = (int)((model->wall - state->since_ms) / RING_STEP_MS);
    if (columns > RING_COLUMNS)
        columns = RING_COLUMNS;
    double pieces = recent_pieces(model, good, columns, &seconds);
    pieces += recent_pieces(model, model_role(model, node, ROLE_REJECT), columns, &seconds);
    if (pieces < SPEED_PIECES_LEAST || seconds <= 0) /* one piece more or less is then at most a fifth */
        return false;
    *ratio = ideal * pieces / seconds;
    return true;
}

int64_t model_clock_step(const struct model *model, int64_t *when_ms)
{
    *when_ms = model->clock_when;
    return model->clock_step;
}

int64_t model_last_gap(const struct model *model, int64_t *when_ms)
{
    *when_ms = model->gap_when;
    return model->gap;
}

uint64_t model_drop_total(const struct model *model)
{
    uint64_t total = 0;
    for (int reason = 0; reason < DROP_COUNT; reason++)
        if (!drop_table[reason].mended)
            total += model->drops[reason].count;
    return total;
}
