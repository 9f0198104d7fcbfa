/*
 * struct ingest turns messages into the records of one open batch. `series` gives each configured tag its id; topics
 * and series outside the configuration are remembered by hash, bounded. Drops are gathered per batch and reason, so that a
 * flood of bad messages costs one record a batch. A closed batch is emptied by the first thing that is added after it.
 */
#include "core/ingest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/availability.h"
#include "core/ingest_private.h"
#include "core/memory.h"
#include "core/number.h"
#include "core/payload.h"
#include "core/text_gate.h"
#include "core/topic.h"
#include "core/value_form.h"

enum { EXAMPLE_BYTES = 96, DISCOVERED_KEY_BYTES = KEY_BYTES, LARGE_BATCH = 8192 };

struct pending_drop {
    uint64_t count;
    char example[EXAMPLE_BYTES];
};

struct ingest {
    const struct plant *plant;
    struct model *model;
    struct topic_tree *topics;
    struct payload_reader *reader;
    struct batch batch;
    bool closed;
    uint64_t seq, messages;
    uint32_t next_series;
    uint32_t *series;          /* by configured tag */
    uint32_t *tag_binding;     /* by configured tag: the binding that feeds it, or NO_BINDING */
    bool *follows;             /* by configured tag: its next sample follows its last one, if the message is assured */
    uint64_t *binding_raw;     /* by binding: place of its last message in the raw ring */
    struct discovery topic_set, series_set;
    struct discovery old_series; /* of the configuration before: who speaks again gets the same id */
    struct discovery named;      /* every configured key that ever had an id, and which */
    struct raw_ring raw;
    struct pending_drop drops[DROP_COUNT];
    bool has_drops;
    struct ingest_skews skews;
    const struct message *message; /* the one being read */
    const struct plant_binding *binding;
    char topic[DISCOVERED_KEY_BYTES]; /* "broker:topic" of a message outside the configuration */
    uint8_t boot[16];
};

/* The first batch names every series, and may be a hundred times larger than any that follows. */
static struct batch *open_batch(struct ingest *in)
{
    if (in->closed && in->batch.count > LARGE_BATCH)
        batch_finish(&in->batch);
    if (in->closed)
        batch_clear(&in->batch);
    in->closed = false;
    return &in->batch;
}

/* ---- setting up ---- */

static void add_series(struct ingest *in, const char *key, size_t length, uint32_t series)
{
    struct batch *batch = open_batch(in);
    batch_add(batch, (struct record){.kind = RECORD_SERIES, .series = series, .text = batch_text(batch, key, length)});
}

static uint32_t known_series(const struct ingest *in, const char *key, size_t length)
{
    uint32_t entry = discovery_find(&in->named, hash_bytes(key, length));
    return entry == HASH_INDEX_NONE ? 0 : (uint32_t)in->named.data[entry];
}

/* After a rename the old key stands for nothing any more. */
static void forget_old_key(struct ingest *in, const char *was, uint32_t series)
{
    if (was && known_series(in, was, strlen(was)) == series)
        discovery_put(&in->named, hash_bytes(was, strlen(was)), 0);
}

/* A tag that had an id under the old configuration keeps it: the model carried it over. One that was away for a while gets the id back that
 * it had, unless that went on under another key. Told is only what the stream has not told of this key. */
static void name_series(struct ingest *in)
{
    size_t given = in->next_series;
    bool *taken = mem_zero(given, sizeof *taken);
    for (uint32_t t = 0; t < in->plant->tag_count; t++)
        taken[model_tag(in->model, t)->series] = true;
    for (uint32_t t = 0; t < in->plant->tag_count; t++) {
        char key[KEY_BYTES];
        size_t length = plant_tag_key(in->plant, t, key, sizeof key);
        uint32_t had = model_tag(in->model, t)->series, known = known_series(in, key, length);
        uint32_t series = had ? had : known && !taken[known] ? known : in->next_series++;
        in->series[t] = series;
        if (series < given)
            taken[series] = true;
        if (had && known == had)
            continue;
        forget_old_key(in, in->plant->tags[t].def->was, series);
        discovery_put(&in->named, hash_bytes(key, length), series);
        add_series(in, key, length, series);
    }
    free(taken);
}

static void set_up(struct ingest *in, const struct plant *plant)
{
    in->plant = plant;
    in->topics = topic_tree_create();
    struct payload_reader *before = in->reader;
    in->reader = payload_reader_create(&plant->bounds, &plant->zone);
    if (before) /* what retained messages told comes once */
        payload_adopt(in->reader, before);
    payload_reader_destroy(before);
    in->series = mem_zero(plant->tag_count, sizeof *in->series);
    in->tag_binding = mem_zero(plant->tag_count, sizeof *in->tag_binding);
    in->follows = mem_zero(plant->tag_count, sizeof *in->follows);
    in->binding_raw = mem_zero(plant->binding_count, sizeof *in->binding_raw);
    raw_init(&in->raw, (size_t)plant->bounds.limit[BOUND_RAW_BYTES]);
    ingest_skews_begin(&in->skews, plant);
    for (uint32_t t = 0; t < plant->tag_count; t++)
        in->tag_binding[t] = NO_BINDING;
    for (uint32_t b = 0; b < plant->binding_count; b++) {
        const struct plant_binding *binding = &plant->bindings[b];
        uint32_t other;
        topic_tree_add(in->topics, binding->topic, binding->broker, b, &other);
        for (size_t f = 0; f < binding->field_count; f++)
            in->tag_binding[binding->fields[f].tag] = b;
    }
    name_series(in);
}

static void tear_down(struct ingest *in)
{
    topic_tree_destroy(in->topics);
    free(in->series);
    free(in->tag_binding);
    free(in->follows);
    free(in->binding_raw);
    ingest_skews_finish(&in->skews);
    discovery_finish(&in->topic_set);
    discovery_finish(&in->old_series);
    in->old_series = in->series_set;
    in->series_set = (struct discovery){.hashes = NULL};
    raw_finish(&in->raw);
}

static void remember(struct ingest *in, const struct ingest_past *past)
{
    in->seq = past->seq >= in->seq ? past->seq + 1 : in->seq;
    in->next_series = past->series >= in->next_series ? past->series + 1 : in->next_series;
    model_events_from(in->model, past->events);
    for (size_t k = 0; k < past->count; k++) {
        const struct series_name *known = &past->known[k];
        if (known->series == 0 || known->series >= SERIES_MOST)
            continue;
        discovery_put(&in->named, hash_bytes(known->key, strlen(known->key)), known->series);
        in->next_series = known->series >= in->next_series ? known->series + 1 : in->next_series;
    }
}

struct ingest *ingest_resume(const struct plant *plant, struct model *model, const struct ingest_past *past)
{
    struct ingest *in = mem_zero(1, sizeof *in);
    in->model = model;
    in->next_series = 1;
    in->seq = model_seq(model) + 1;
    for (uint32_t t = 0; t < model_tag_count(model); t++)
        if (model_tag(model, t)->series >= in->next_series)
            in->next_series = model_tag(model, t)->series + 1;
    if (past)
        remember(in, past);
    batch_init(&in->batch);
    set_up(in, plant);
    return in;
}

struct ingest *ingest_create(const struct plant *plant, struct model *model)
{
    return ingest_resume(plant, model, NULL);
}

void ingest_destroy(struct ingest *in)
{
    if (!in)
        return;
    tear_down(in);
    payload_reader_destroy(in->reader);
    discovery_finish(&in->old_series);
    discovery_finish(&in->named);
    batch_finish(&in->batch);
    free(in);
}

void ingest_configure(struct ingest *in, const struct plant *plant, const char *from)
{
    tear_down(in);
    set_up(in, plant);
    ingest_record(in, (struct record){.kind = RECORD_CONFIG, .value = value_uint(plant->id)}, "", from);
}

void ingest_boot(struct ingest *in, const uint8_t boot[16])
{
    memcpy(in->boot, boot, sizeof in->boot);
}

/* ---- drops ---- */

void ingest_drop(struct ingest *in, enum drop reason, uint64_t count, const char *example)
{
    struct pending_drop *drop = &in->drops[reason];
    drop->count += count;
    in->has_drops = true;
    if (example)
        text_gate(example, strlen(example), drop->example, sizeof drop->example, NULL);
}

static void drop_here(struct ingest *in, enum drop reason)
{
    struct pending_drop *drop = &in->drops[reason];
    drop->count++;
    in->has_drops = true;
    text_gate(in->message->topic, in->message->topic_length, drop->example, sizeof drop->example, NULL);
}

static void on_drop(void *arg, enum drop reason, const char *detail)
{
    (void)detail;
    drop_here(arg, reason);
}

static void flush_drops(struct ingest *in)
{
    struct batch *batch = open_batch(in);
    for (int reason = 0; reason < DROP_COUNT; reason++) {
        struct pending_drop *drop = &in->drops[reason];
        if (drop->count)
            batch_add(batch, (struct record){.kind = RECORD_DROPPED, .code = (uint8_t)reason, .value = value_uint(drop->count),
                .text = batch_text(batch, drop->example, strlen(drop->example))});
        *drop = (struct pending_drop){.count = 0};
    }
    in->has_drops = false;
}

/* ---- samples ---- */

static bool credible(const struct ingest *in, int64_t time_ms)
{
    const int64_t *limit = in->plant->bounds.limit;
    return time_ms >= limit[BOUND_TIME_OLDEST_MS] && time_ms <= in->message->arrival_ms + limit[BOUND_TIME_AHEAD_MS];
}

static void date(struct ingest *in, const struct payload_item *item, struct record *r)
{
    r->time_ms = in->message->arrival_ms;
    if (!item->has_time)
        return;
    if (credible(in, item->time_ms)) {
        r->time_ms = item->time_ms;
        r->flags |= SAMPLE_SOURCE_TIME;
    } else {
        r->flags |= SAMPLE_TIME_REPLACED;
        drop_here(in, DROP_TIME_REPLACED);
    }
}

/* A text that is wholly a number is one, for a tag that wants numbers: many publishers quote them. */
static bool unquote(struct ingest *in, const struct payload_item *item, struct record *r)
{
    bool overflow = false;
    if (number_read(item->text, item->text_length, &r->value, &overflow))
        return true;
    if (overflow) {
        r->value = value_null();
        r->quality = QUALITY_BAD;
        drop_here(in, DROP_NOT_FINITE);
        return true;
    }
    return false;
}

static bool read_switch(const struct payload_item *item, struct value *out)
{
    static const char *const words[2][4] = {{"false", "off", "no", "0"}, {"true", "on", "yes", "1"}};
    for (int side = 0; side < 2; side++)
        for (int w = 0; w < 4; w++) {
            const char *word = words[side][w];
            size_t c = 0;
            while (word[c] && (item->text[c] | 0x20) == (word[c] | 0x20))
                c++;
            if (!word[c] && !item->text[c]) {
                *out = value_bool(side == 1);
                return true;
            }
        }
    return false;
}

static struct value scaled(const struct tag_def *def, struct value v)
{
    double number;
    if (v.kind == VALUE_BOOL || (def->scale == 1 && def->offset == 0) || !value_number(v, &number))
        return v;
    return value_real(number * def->scale + def->offset);
}

/* A code that stands for no value is one, and bad. */
static void no_value(struct record *r)
{
    r->value = value_null();
    r->quality = QUALITY_BAD;
}

static bool convert(struct ingest *in, const struct tag_def *def, const struct payload_item *item, struct record *r);

/* Out of the form in which it is written. */
static bool convert_formed(struct ingest *in, const struct tag_def *def, const struct payload_item *item, struct record *r)
{
    struct payload_item read = *item;
    struct tag_def plain = *def;
    plain.form = NULL;
    switch (value_form_read(def->form, def->unit, item->value, item->text, &read.value)) {
    case FORMED_INVALID: no_value(r); return true;
    case FORMED_WRONG: return false;
    case FORMED_VALUE:
        if (def->kind == KIND_TEXT || def->kind == KIND_RECIPE)
            read.value = item->value;
        break;
    default: break;
    }
    return convert(in, &plain, &read, r);
}

/* Brings an item to the kind that its tag wants; false when it cannot be. */
static bool convert(struct ingest *in, const struct tag_def *def, const struct payload_item *item, struct record *r)
{
    if (def->form)
        return convert_formed(in, def, item, r);
    bool is_text = item->value.kind == VALUE_TEXT;
    double number;
    r->value = item->value;
    switch (def->kind) {
    case KIND_TEXT:
    case KIND_RECIPE:
    case KIND_STATE:
        if (is_text)
            r->value = value_text(batch_text(open_batch(in), item->text, item->text_length));
        return true;
    case KIND_BOOL:
        if (def->role == ROLE_AVAILABILITY)
            return availability_read(def, item->value, item->text, &r->value);
        if (is_text)
            return read_switch(item, &r->value);
        if (value_number(item->value, &number))
            r->value = value_bool(number != 0);
        return true;
    default:
        if (is_text && !unquote(in, item, r))
            return false;
        r->value = scaled(def, r->value);
        if (r->value.kind == VALUE_NULL && item->value.kind != VALUE_NULL)
            r->quality = QUALITY_BAD;
        return true;
    }
}

/* A broker that was not told in time that we have it delivers a message again: pieces must not count twice. All that came before its newest was here. */
static bool is_counted(const struct ingest *in, uint32_t index, const struct record *r)
{
    const struct tag *tag = model_tag(in->model, index);
    return in->message->again && tag->def->count == COUNT_INCREMENT && tag->count > 0 && (r->flags & tag->flags & SAMPLE_SOURCE_TIME) && r->time_ms <= tag->time_ms;
}

static void on_item(void *arg, const struct payload_item *item)
{
    struct ingest *in = arg;
    uint32_t tag = in->binding->fields[item->field].tag;
    struct record r = {.kind = RECORD_SAMPLE, .series = in->series[tag], .quality = item->quality,
        .flags = in->message->retained ? SAMPLE_RETAINED : 0};
    if (!convert(in, in->plant->tags[tag].def, item, &r)) {
        drop_here(in, DROP_WRONG_TYPE);
        return;
    }
    date(in, item, &r);
    if (item->has_time && !in->message->retained)
        ingest_skew_of_tag(&in->skews, tag, in->message->arrival_ms - item->time_ms);
    if (is_counted(in, tag, &r))
        return;
    if (in->follows[tag] && in->message->assured)
        r.flags |= SAMPLE_FOLLOWS;
    in->follows[tag] = false;
    batch_add(open_batch(in), r);
}

/* ---- what is outside the configuration ---- */

static void on_discovered(void *arg, const struct payload_item *item)
{
    struct ingest *in = arg;
    char key[DISCOVERED_KEY_BYTES];
    int length = snprintf(key, sizeof key, "%s#%s", in->topic, item->path);
    if (length < 0 || (size_t)length >= sizeof key) {
        drop_here(in, DROP_TOPIC_INVALID);
        return;
    }
    uint64_t hash = hash_bytes(key, (size_t)length);
    uint32_t entry = discovery_find(&in->series_set, hash);
    if (entry == HASH_INDEX_NONE) {
        if ((int64_t)in->series_set.count >= in->plant->bounds.limit[BOUND_SERIES]) {
            drop_here(in, DROP_SERIES_BOUND);
            return;
        }
        uint32_t old = discovery_find(&in->old_series, hash);
        uint32_t series = old == HASH_INDEX_NONE ? in->next_series++ : (uint32_t)in->old_series.data[old];
        entry = discovery_add(&in->series_set, hash, series);
        add_series(in, key, (size_t)length, series);
    }
    struct record r = {.kind = RECORD_SAMPLE, .series = (uint32_t)in->series_set.data[entry], .quality = item->quality,
        .flags = in->message->retained ? SAMPLE_RETAINED : 0, .value = item->value};
    if (item->value.kind == VALUE_TEXT)
        r.value = value_text(batch_text(open_batch(in), item->text, item->text_length));
    date(in, item, &r);
    if (item->has_time && !in->message->retained)
        ingest_skew_of_topic(&in->skews, in->topic, in->message->arrival_ms - item->time_ms);
    batch_add(open_batch(in), r);
}

static size_t topic_name(const struct ingest *in, uint16_t broker, const char *topic, size_t length, char *out, size_t cap)
{
    const char *name = broker < in->plant->broker_count ? in->plant->brokers[broker].name : "";
    int prefix = snprintf(out, cap, "%s:", name);
    return (size_t)prefix + text_gate(topic, length, out + prefix, cap - (size_t)prefix, NULL);
}

/* A binding's own, else its broker's. */
static const char *encoding_of(const struct ingest *in, uint16_t broker, const char *own)
{
    const char *its = broker < in->plant->broker_count ? in->plant->brokers[broker].encoding : NULL;
    return own && *own ? own : its;
}

static void discover(struct ingest *in, const struct message *m)
{
    size_t length = topic_name(in, m->broker, m->topic, m->topic_length, in->topic, sizeof in->topic);
    uint64_t hash = hash_bytes(in->topic, length);
    uint32_t entry = discovery_find(&in->topic_set, hash);
    if (entry == HASH_INDEX_NONE) {
        if ((int64_t)in->topic_set.count >= in->plant->bounds.limit[BOUND_TOPICS]) {
            drop_here(in, DROP_TOPIC_BOUND);
            return;
        }
        entry = discovery_add(&in->topic_set, hash, RAW_NONE);
    }
    in->topic_set.data[entry] = raw_keep(&in->raw, m);
    payload_topic(in->reader, m->topic, m->topic_length);
    payload_encoding(in->reader, encoding_of(in, m->broker, NULL));
    payload_discover(in->reader, m->payload, m->payload_length, &(struct payload_sink){on_discovered, on_drop, in});
}

/* ---- messages in, batches out ---- */

void ingest_resumed(struct ingest *in, uint16_t broker, bool whole)
{
    for (size_t b = 0; b < in->plant->binding_count; b++) {
        const struct plant_binding *binding = &in->plant->bindings[b];
        bool its = binding->broker == broker || (binding->broker == ANY_BROKER && in->plant->broker_count == 1);
        for (size_t f = 0; f < binding->field_count; f++)
            if (its)
                in->follows[binding->fields[f].tag] = whole;
    }
}

void ingest_message(struct ingest *in, const struct message *m)
{
    const int64_t *limit = in->plant->bounds.limit;
    in->messages++;
    in->message = m;
    in->skews.seen = NO_SKEW;
    if ((int64_t)m->topic_length > limit[BOUND_TOPIC_BYTES] || !topic_valid(m->topic, m->topic_length)) {
        drop_here(in, DROP_TOPIC_INVALID);
        return;
    }
    if ((int64_t)m->payload_length > limit[BOUND_PAYLOAD_BYTES] || (m->payload_length && !m->payload)) {
        drop_here(in, DROP_PAYLOAD_SIZE);
        return;
    }
    if (m->payload_length == 0) /* a retained topic was cleared: no value came */
        return;
    uint32_t binding = topic_tree_find(in->topics, m->topic, m->topic_length, m->broker);
    if (binding == NO_BINDING) {
        discover(in, m);
        return;
    }
    in->binding = &in->plant->bindings[binding];
    in->binding_raw[binding] = raw_keep(&in->raw, m);
    payload_encoding(in->reader, encoding_of(in, m->broker, in->binding->encoding));
    if (in->binding->envelope)
        payload_topic(in->reader, m->topic, m->topic_length);
    payload_read(in->reader, in->binding, m->payload, m->payload_length, &(struct payload_sink){on_item, on_drop, in});
}

void ingest_record(struct ingest *in, struct record record, const char *text, const char *detail)
{
    struct batch *batch = open_batch(in);
    record.text = text ? batch_text(batch, text, strlen(text)) : NO_TEXT;
    record.detail = detail ? batch_text(batch, detail, strlen(detail)) : NO_TEXT;
    batch_add(batch, record);
}

void ingest_action(struct ingest *in, struct record record, const char *name, const char *target, const char *who)
{
    struct batch *batch = open_batch(in);
    record.kind = RECORD_ACTION;
    record.who = batch_text(batch, who, strlen(who));
    ingest_record(in, record, name, target);
}

void ingest_act(struct ingest *in, const struct action *action)
{
    action_record(action, open_batch(in));
}

bool ingest_pending(const struct ingest *in)
{
    return in->has_drops || (!in->closed && in->batch.count > 0);
}

static void tell_skew(void *arg, const char *name, int64_t ms)
{
    struct batch *batch = open_batch(arg);
    batch_add(batch, (struct record){.kind = RECORD_SKEW, .value = value_int(ms), .text = batch_text(batch, name, strlen(name))});
}

const struct batch *ingest_close(struct ingest *in, int64_t wall_ms, int64_t elapsed_ms)
{
    flush_drops(in);
    skews_pass(&in->skews.skews, elapsed_ms, tell_skew, in);
    batch_order(&in->batch);
    in->batch.seq = in->seq++;
    in->batch.wall_ms = wall_ms;
    in->batch.elapsed_ms = elapsed_ms;
    memcpy(in->batch.boot, in->boot, sizeof in->boot);
    in->closed = true;
    model_apply(in->model, &in->batch);
    return &in->batch;
}

/* ---- what it holds ---- */

void ingest_raw(const struct ingest *in, uint32_t tag, char *topic, size_t topic_cap, char *payload, size_t payload_cap)
{
    uint64_t place = RAW_NONE;
    if (tag < in->plant->tag_count) {
        place = in->tag_binding[tag] == NO_BINDING ? RAW_NONE : in->binding_raw[in->tag_binding[tag]];
    } else {
        char key[DISCOVERED_KEY_BYTES];
        model_tag_key(in->model, tag, key, sizeof key);
        uint32_t entry = discovery_find(&in->topic_set, hash_bytes(key, strcspn(key, "#")));
        place = entry == HASH_INDEX_NONE ? RAW_NONE : in->topic_set.data[entry];
    }
    raw_read(&in->raw, place, topic, topic_cap, payload, payload_cap);
}

void ingest_fill(const struct ingest *in, int64_t fill[BOUND_COUNT])
{
    fill[BOUND_TOPICS] = (int64_t)in->topic_set.count;
    fill[BOUND_SERIES] = (int64_t)in->series_set.count;
    fill[BOUND_RAW_BYTES] = (int64_t)raw_fill(&in->raw);
}

uint64_t ingest_messages(const struct ingest *in)
{
    return in->messages;
}

uint64_t ingest_next_seq(const struct ingest *in)
{
    return in->seq;
}
