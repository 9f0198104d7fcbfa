/*
 * Applying a batch: timers first, each at its own deadline, then the records in order. Everything here depends on the
 * model and the batch alone, so that every process that applies the same batches holds the same state.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/model_private.h"

void model_count_drop(struct model *model, enum drop reason, uint64_t count, const char *example)
{
    struct drop_count *drop = &model->drops[reason];
    drop->count += count;
    drop->last_ms = model->wall;
    if (*example) {
        size_t length = strlen(example);
        while (length >= sizeof drop->example || (length && ((unsigned char)example[length] & 0xC0) == 0x80))
            length--;
        memcpy(drop->example, example, length);
        drop->example[length] = '\0';
    }
}

double minute_decay(int64_t dt_ms)
{
    double x = (double)dt_ms / 60000.0;
    return 1.0 / (1.0 + x + x * x / 2 + x * x * x / 6 + x * x * x * x / 24);
}

static void keep_text(struct tag *tag, const char *text)
{
    if (tag->text && strcmp(tag->text, text) == 0)
        return;
    free(tag->text);
    tag->text = mem_text(text);
}

static bool is_same(const struct tag *tag, const struct batch *batch, const struct record *r)
{
    if (r->value.kind == VALUE_TEXT)
        return tag->value.kind == VALUE_TEXT && strcmp(tag->text, batch_text_at(batch, r->value.text)) == 0;
    return value_same(tag->value, r->value);
}

/* Sets a timer that is not set yet; one that is set is looked at again when it fires. */
static void watch(struct model *model, uint32_t slot, int64_t after_ms)
{
    if (timers_at(&model->timers, slot) == INT64_MAX)
        timers_set(&model->timers, slot, model->elapsed + after_ms);
}

/* What the broker had kept says nothing of the publisher's life, but from now on the publisher has its time to speak. */
static void expect(struct model *model, const struct tag *tag)
{
    if (tag->def && tag->def->interval_ms > 0)
        watch(model, slot_cadence(model, (uint32_t)(tag - model->tags)), STALE_INTERVALS * tag->def->interval_ms);
    if (tag->node == NO_NODE || model->plant->nodes[tag->node].silent_after_ms == 0)
        return;
    struct node_state *node = &model->nodes[tag->node];
    if (node->heard_elapsed_ms < 0) {
        node->heard_elapsed_ms = model->elapsed;
        node->heard_ms = model->wall;
    }
    if (!node->silent)
        watch(model, slot_silence(model, tag->node), model->plant->nodes[tag->node].silent_after_ms);
}

static void heard(struct model *model, struct tag *tag)
{
    tag->per_minute = (float)((double)tag->per_minute * minute_decay(model->elapsed - tag->elapsed_ms) + 1);
    tag->stale = false;
    if (tag->node == NO_NODE)
        return;
    struct node_state *node = &model->nodes[tag->node];
    node->heard_elapsed_ms = model->elapsed;
    node->heard_ms = model->wall;
    node->silent = false;
    standing_node(model, tag->node);
}

/* What a counter's message gained goes to its quarters; a dip is counted and named. */
static void counted(struct model *model, uint32_t index, enum counter_step step, double gained, int64_t time_ms)
{
    const struct tag *tag = &model->tags[index];
    bool across = tag->tally && tag->tally->across;
    if (step == COUNTER_DIPPED) {
        char key[KEY_BYTES];
        model_tag_key(model, index, key, sizeof key);
        model_count_drop(model, DROP_COUNTER_GLITCH, 1, key);
    } else {
        tally_read(model, index, gained, time_ms);
        accounts_counted(model, index, gained, time_ms, across);
    }
}

/* What the broker had kept tells no increment: it was counted when it came, or lies across a gap. */
static void count(struct model *model, uint32_t index, double reading, int64_t time_ms)
{
    struct tag *tag = &model->tags[index];
    double gained = 0;
    if (tag->def->count != COUNT_INCREMENT || !(tag->flags & SAMPLE_RETAINED)) {
        bool across = tag->tally && tag->tally->across;
        double before = tag->last_count;
        enum counter_step step = counter_read(tag, reading, &gained);
        counted(model, index, step, gained, time_ms);
        accounts_leap(model, index, step, before, time_ms, across);
    }
    if (tag->def->role == ROLE_GOOD || tag->def->role == ROLE_REJECT)
        state_counted(model, tag->node, gained, time_ms);
}

/* An increment is as good when it comes late: it counts at its own time. False: the sample is none. */
static bool count_late(struct model *model, uint32_t index, const struct record *r)
{
    struct tag *tag = &model->tags[index];
    double number, gained;
    if (!tag->def || tag->node == NO_NODE || (tag->def->kind != KIND_COUNTER && tag->def->kind != KIND_REGISTER) || tag->def->count != COUNT_INCREMENT ||
        (r->flags & SAMPLE_RETAINED) || r->quality == QUALITY_BAD || !value_number(r->value, &number))
        return false;
    enum counter_step step = counter_add(tag, number, &gained);
    counted(model, index, step, gained, r->time_ms);
    return true;
}

static void trace(struct model *model, struct tag *tag)
{
    double number;
    if (tag->quality == QUALITY_BAD || (tag->flags & SAMPLE_RETAINED) || !value_number(tag->value, &number))
        return;
    if (tag->def && (tag->def->kind == KIND_COUNTER || tag->def->kind == KIND_REGISTER))
        number = tag->gained;
    if (!tag->ring) {
        tag->ring = mem_zero(1, sizeof *tag->ring);
        ring_init(tag->ring, model->elapsed);
    }
    ring_add(tag->ring, model->elapsed, number);
}

/* What a new current value means beyond the tag itself. */
static void mean(struct model *model, uint32_t index)
{
    struct tag *tag = &model->tags[index];
    double number;
    if (tag->teller)
        publishers_told(model, index);
    if (!tag->def || tag->node == NO_NODE)
        return;
    if (tag->def->role == ROLE_AVAILABILITY)
        publishers_told(model, index);
    if (tag->def->role == ROLE_STATE && !tag->unconfirmed) {
        state_told(model, index, tag->time_ms);
        accounts_state_sampled(model, tag->node, tag->time_ms);
    }
    if (change_kind(tag->def) != EVENT_KIND_COUNT)
        change_see(model, index);
    accounts_tag(model, index, tag->time_ms);
    if (tag->def->role == ROLE_DEFECT && tag->quality != QUALITY_BAD && !(tag->flags & SAMPLE_RETAINED))
        defect_told(model, index, tag->value, tag->text, tag->time_ms);
    if ((tag->def->kind == KIND_COUNTER || tag->def->kind == KIND_REGISTER) && tag->quality != QUALITY_BAD && value_number(tag->value, &number))
        count(model, index, number, tag->time_ms);
    dues_tag(model, index);
}

static void measure(struct model *model, uint32_t index, struct value value, uint8_t quality, int64_t ms, uint8_t flags, bool late)
{
    double number;
    if (quality == QUALITY_BAD || !value_number(value, &number))
        number = NAN;
    energies_sample(model, index, number, ms, flags, late);
}

static bool has_alarms(const struct model *model, uint32_t index)
{
    return index < model->plant->tag_count && model->plant->tags[index].first_use != UINT32_MAX;
}

static void confirm(struct model *model, uint32_t index)
{
    model->tags[index].unconfirmed = false;
    model->tags[index].forsaken = false;
    standing_tag(model, index);
    if (has_alarms(model, index))
        alarms_tag(model, index, false);
}

/* The broker's copy of what we already hold: it confirms the value and says nothing new of its age. */
static bool confirms(struct model *model, uint32_t index, const struct batch *batch, const struct record *r)
{
    struct tag *tag = &model->tags[index];
    if (!(r->flags & SAMPLE_RETAINED) || tag->count == 0 || r->quality != tag->quality || !is_same(tag, batch, r))
        return false;
    bool was = tag->unconfirmed && !publishers_doubt(model, index, true);
    if (was)
        confirm(model, index);
    else if (tag->unconfirmed)
        tag->forsaken = true; /* the broker is there again, and that alone would confirm it */
    if (was && tag->def && tag->def->role == ROLE_STATE && tag->node != NO_NODE)
        state_told(model, index, model->wall);
    if (was && tag->def && tag->node != NO_NODE)
        accounts_tag(model, index, model->wall);
    return true;
}

/* The arrival stamps what the source did not: that is never late, whatever was done to the clock. */
static bool is_late(const struct tag *tag, const struct record *r)
{
    return (r->flags & SAMPLE_LATE) || ((r->flags & SAMPLE_SOURCE_TIME) && r->time_ms < tag->time_ms);
}

/* What was between it and the next one that is known, a state says; of a counter, how much of what it gained was gained before. */
static void learn_late(struct model *model, uint32_t index, const struct batch *batch, const struct record *r)
{
    const struct tag *tag = &model->tags[index];
    double number;
    if (!tag->def || tag->node == NO_NODE || (r->flags & SAMPLE_RETAINED) || r->quality == QUALITY_BAD)
        return;
    if (tag->def->role == ROLE_STATE) {
        const struct state_map_row *row = state_row_of(model, index, r->value, batch_text_at(batch, r->value.kind == VALUE_TEXT ? r->value.text : NO_TEXT));
        if (row)
            accounts_late_state(model, index, row, r->time_ms);
    } else if (tag->def->role == ROLE_DEFECT) {
        defect_told(model, index, r->value, batch_text_at(batch, r->value.kind == VALUE_TEXT ? r->value.text : NO_TEXT), r->time_ms);
    } else if (tag->def->kind == KIND_COUNTER && tag->def->count == COUNT_TOTAL && value_number(r->value, &number)) {
        accounts_late_count(model, index, number, r->time_ms);
    }
}

static void late(struct model *model, uint32_t index, const struct batch *batch, const struct record *r)
{
    if (!count_late(model, index, r) && !(r->flags & SAMPLE_HISTORICAL)) {
        char key[KEY_BYTES];
        model_tag_key(model, index, key, sizeof key);
        model_count_drop(model, DROP_LATE, 1, key);
    }
    learn_late(model, index, batch, r);
    if (model->energies)
        measure(model, index, r->value, r->quality, r->time_ms, r->flags, true);
    if (has_alarms(model, index))
        alarms_late(model, index, batch, r);
}

/* A value that is the tag's current one from now on. */
static void take(struct model *model, uint32_t index, const struct batch *batch, const struct record *r)
{
    struct tag *tag = &model->tags[index];
    mend_counter(model, index, r);
    if (!(r->flags & SAMPLE_RETAINED))
        heard(model, tag);
    expect(model, tag);
    if (tag->node != NO_NODE)
        alarms_heard(model, tag->node, !(r->flags & SAMPLE_RETAINED));
    if (tag->count == 0 || !is_same(tag, batch, r))
        tag->changed_ms = r->time_ms;
    tag->value = r->value;
    if (r->value.kind == VALUE_TEXT)
        keep_text(tag, batch_text_at(batch, r->value.text));
    tag->quality = r->quality;
    tag->flags = r->flags;
    tag->time_ms = r->time_ms;
    tag->wall_ms = model->wall;
    tag->elapsed_ms = model->elapsed;
    tag->unconfirmed = tag->forsaken = publishers_doubt(model, index, r->flags & SAMPLE_RETAINED);
    tag->count++;
    uint8_t stood = tag->standing;
    standing_tag(model, index);
    band_see(model, index, stood);
    mean(model, index);
    if (model->energies)
        measure(model, index, tag->value, tag->quality, tag->time_ms, tag->flags, false);
    trace(model, tag);
    if (has_alarms(model, index))
        alarms_tag(model, index, true);
}

static void apply_sample(struct model *model, const struct batch *batch, const struct record *r)
{
    uint32_t index = model_find_series(model, r->series);
    if (index == NO_TAG)
        return;
    model->samples++;
    const struct tag *tag = &model->tags[index];
    if (!(r->flags & SAMPLE_HISTORICAL) && confirms(model, index, batch, r))
        return;
    if (!(r->flags & SAMPLE_HISTORICAL) && !(tag->count && is_late(tag, r))) {
        take(model, index, batch, r);
        return;
    }
    if (tag->unconfirmed && (r->flags & SAMPLE_FOLLOWS))
        confirm(model, index);
    late(model, index, batch, r);
}

void model_tell(struct model *model, uint32_t index, double value, int64_t elapsed_ms, int64_t wall_ms)
{
    int64_t elapsed = model->elapsed, wall = model->wall;
    bool known = isfinite(value);
    model->elapsed = elapsed_ms;
    model->wall = wall_ms;
    take(model, index, NULL, &(struct record){.kind = RECORD_SAMPLE, .time_ms = wall_ms, .value = known ? value_real(value) : value_null(), .quality = known ? QUALITY_GOOD : QUALITY_BAD});
    model->elapsed = elapsed;
    model->wall = wall;
}

static void apply_series(struct model *model, const char *key, uint32_t series)
{
    uint32_t tag = model_find(model, key);
    if (tag == NO_TAG)
        tag = model_add_discovered(model, key);
    if (tag != NO_TAG)
        model_set_series(model, tag, series);
}

static void apply_source(struct model *model, const char *name, const char *detail, bool alive, bool whole)
{
    static const char prefix[] = "broker:";
    struct source *source = model_add_source(model, name);
    if (!source)
        return;
    if (source->alive != alive || source->births + source->deaths == 0) {
        source->since_ms = model->wall;
        event_of_source(model, name, detail, !alive);
    }
    if (alive || source->alive || source->births + source->deaths == 0)
        source->whole = !alive && whole;
    source->alive = alive;
    free(source->detail);
    source->detail = mem_text(detail);
    if (alive)
        source->births++;
    else
        source->deaths++;
    if (strncmp(name, prefix, sizeof prefix - 1) != 0)
        return;
    if (alive) {
        alarms_linked(model);
        return;
    }
    for (size_t b = 0; b < model->plant->broker_count; b++)
        if (strcmp(model->plant->brokers[b].name, name + sizeof prefix - 1) == 0)
            model_unconfirm(model, (uint16_t)b, model->wall);
}

/* A gap of unknown length (0) begins where the stream stopped: nothing was known since then. */
static void apply_gap(struct model *model, int64_t length_ms)
{
    if (model->samples > 0)
        event_of_gap(model, length_ms);
    model->gap = length_ms;
    model->gap_when = model->wall;
    model_unconfirm(model, ANY_BROKER, model->wall - (length_ms > 0 ? length_ms : 0));
    accounts_gap(model);
    alarms_gap(model);
}

static int64_t span_of(const struct record *r)
{
    bool credible = r->value.kind == VALUE_INT && r->value.i > -TIME_MOST_MS && r->value.i < TIME_MOST_MS;
    return credible ? r->value.i : 0;
}

/* A value stamped ahead of the clock that was set back would make all that follow it late. */
static void apply_clock(struct model *model, int64_t step)
{
    model->clock_step = step;
    model->clock_when = model->wall;
    event_of_clock(model, step);
    for (size_t t = 0; t < model->tag_count; t++)
        if (step < 0 && model->tags[t].time_ms > model->wall)
            model->tags[t].time_ms = model->wall;
    for (uint32_t n = 0; n < model->plant->node_count; n++)
        state_clock_stepped(model, n, step);
    energies_clock(model);
    accounts_clock(model);
    alarms_clock(model);
}

static void apply_config(struct model *model, uint64_t id, const char *from)
{
    if (model->config_id && model->config_id != id)
        event_of_config(model, model->config_id, id, from);
    model->config_id = id;
}

static void apply_drop(struct model *model, enum drop reason, uint64_t count, const char *example)
{
    model_count_drop(model, reason, count, example);
    if (reason == DROP_STORE_FULL || reason == DROP_STORE_STOPPED)
        event_of_drop(model, reason, count);
}

static void apply_action(struct model *model, const struct batch *batch, const struct record *r)
{
    struct action action;
    if (action_of_record(&action, batch, r) && action.kind != ACTION_IMPORT)
        alarms_act(model, &action);
    else
        event_of_action(model, batch, r);
}

static void apply_record(struct model *model, const struct batch *batch, const struct record *r)
{
    const char *text = batch_text_at(batch, r->text), *detail = batch_text_at(batch, r->detail);
    switch ((enum record_kind)r->kind) {
    case RECORD_SAMPLE: apply_sample(model, batch, r); break;
    case RECORD_SERIES: apply_series(model, text, r->series); break;
    case RECORD_BIRTH: apply_source(model, text, detail, true, false); break;
    case RECORD_DEATH: apply_source(model, text, detail, false, r->code == DEATH_WHOLE); break;
    case RECORD_CONFIG: apply_config(model, r->value.u, detail); break;
    case RECORD_GAP: apply_gap(model, span_of(r)); break;
    case RECORD_CLOCK: apply_clock(model, span_of(r)); break;
    case RECORD_DROPPED:
        if (r->code < DROP_COUNT)
            apply_drop(model, (enum drop)r->code, r->value.u, text);
        break;
    case RECORD_ACTION: apply_action(model, batch, r); break;
    case RECORD_SKEW: skew_told(model, text, span_of(r)); break;
    case RECORD_KIND_COUNT: break;
    }
}

void model_apply(struct model *model, const struct batch *batch)
{
    int64_t end = model->elapsed + batch->elapsed_ms;
    struct timer_entry due;
    if (!model->outcomes_kept)
        outcomes_clear(&model->outcomes);
    model->outcomes_kept = false;
    model->outcome_seq = batch->seq;
    alarms_begin(model);
    while (timers_take(&model->timers, end, &due))
        model_fire(model, due);
    model->seq = batch->seq;
    model->wall = batch->wall_ms;
    model->elapsed = end;
    memcpy(model->boot, batch->boot, sizeof model->boot);
    alarms_at(model, end);
    mend_before(model, batch);
    for (size_t r = 0; r < batch->count; r++)
        apply_record(model, batch, &batch->records[r]);
    accounts_settle(model);
    energies_settle(model);
}
