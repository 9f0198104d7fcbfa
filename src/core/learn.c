/*
 * A struct learn is an index of series by topic and path, and a payload reader. Every number that it keeps is a sum or an extreme: a series costs the same after a minute and after a
 * week. What came retained says nothing of cadence.
 */
#include "core/learn.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/envelope_names.h"
#include "core/hash_index.h"
#include "core/memory.h"
#include "core/number.h"
#include "core/text_gate.h"

enum { PIECES_MOST = 8 /* rises that are pieces of a cycle */, ROW = 5, TOPIC_MOST = 255 };

/* A topic's messages are written in one way: that of the first one that holds something. */
struct learn_topic {
    char *topic;
    const struct envelope_kind *kind;
    bool known;
};

struct learn {
    struct payload_reader *reader;
    struct learn_series *series;
    size_t count, capacity;
    struct hash_index index;
    const char *encoding;
    struct learn_topic *topics;
    size_t topic_count, topic_capacity, this_topic;
    struct hash_index topic_index;
    uint64_t messages, beyond;
    int64_t first_ms, last_ms;
    /* of the message that is read */
    const char *topic;
    bool retained;
    int64_t ms;
};

struct learn *learn_create(const struct bounds *bounds, const struct zone *zone)
{
    struct learn *learn = mem_zero(1, sizeof *learn);
    learn->reader = payload_reader_create(bounds, zone);
    return learn;
}

void learn_destroy(struct learn *learn)
{
    if (!learn)
        return;
    for (size_t i = 0; i < learn->count; i++) {
        free(learn->series[i].topic);
        free(learn->series[i].path);
    }
    free(learn->series);
    for (size_t i = 0; i < learn->topic_count; i++)
        free(learn->topics[i].topic);
    free(learn->topics);
    hash_index_finish(&learn->topic_index);
    hash_index_finish(&learn->index);
    payload_reader_destroy(learn->reader);
    free(learn);
}

/* ---- one series ---- */

struct place { const char *topic, *path; };

static uint64_t hash_place(const struct place *p)
{
    return hash_bytes(p->topic, strlen(p->topic)) * UINT64_C(31) ^ hash_bytes(p->path, strlen(p->path));
}

static bool is_place(const void *context, uint32_t number, const void *key)
{
    const struct learn *learn = context;
    const struct place *p = key;
    return strcmp(learn->series[number].topic, p->topic) == 0 && strcmp(learn->series[number].path, p->path) == 0;
}

static struct learn_series *series_of(struct learn *learn, const char *path)
{
    struct place place = {learn->topic, path};
    uint64_t hash = hash_place(&place);
    uint32_t at = hash_index_find(&learn->index, hash, is_place, learn, &place);
    if (at != HASH_INDEX_NONE)
        return &learn->series[at];
    if (learn->count == LEARN_SERIES) {
        learn->beyond++;
        return NULL;
    }
    learn->series = mem_grow(learn->series, learn->count, &learn->capacity, sizeof *learn->series);
    hash_index_add(&learn->index, hash, (uint32_t)learn->count);
    struct learn_series *s = &learn->series[learn->count++];
    *s = (struct learn_series){.topic = mem_text(learn->topic), .path = mem_text(path), .first_ms = learn->ms, .whole = true, .step_low = INFINITY, .low = INFINITY, .high = -INFINITY};
    return s;
}

bool learn_name(struct learn *learn, const char *topic, const char *path)
{
    learn->topic = topic;
    return series_of(learn, path) != NULL;
}

static void note_word(struct learn_series *s, const char *word)
{
    char cut[LEARN_TEXT];
    snprintf(cut, sizeof cut, "%s", word);
    for (uint8_t i = 0; i < s->distinct_count; i++)
        if (strcmp(s->distinct[i], cut) == 0) {
            s->told[i]++;
            return;
        }
    if (s->distinct_count == LEARN_TEXTS) {
        s->many = true;
        return;
    }
    memcpy(s->distinct[s->distinct_count], cut, sizeof cut);
    s->told[s->distinct_count++] = 1;
}

static uint8_t decimals_of(double number)
{
    double scaled = fabs(number);
    for (uint8_t d = 0; d < 9; d++, scaled *= 10)
        if (fabs(scaled - round(scaled)) < 1e-11 * fmax(scaled, 1e5))
            return d;
    return 9;
}

/* What a counter's rise says of the machine's cycle: the fastest that five rises in a row kept up. */
static void note_rise(struct learn_series *s, double rise, double seconds)
{
    s->risen += rise;
    s->largest_up = fmax(s->largest_up, rise);
    s->step_low = fmin(s->step_low, rise);
    s->step_high = fmax(s->step_high, rise);
    if (!(rise <= PIECES_MOST) || !(seconds > 0))
        return;
    s->risen_cycles += rise;
    s->cycle_sum += seconds;
    s->run_sum += seconds / rise;
    if (++s->run < ROW)
        return;
    double mean = s->run_sum / ROW;
    s->cycle_low = s->cycle_low > 0 ? fmin(s->cycle_low, mean) : mean;
    s->run = 0;
    s->run_sum = 0;
}

static void note_number(struct learn_series *s, double number, double since_rise_s)
{
    char digits[LEARN_TEXT];
    if (s->numbers++ == 0) {
        s->first = number;
    } else if (number > s->last) {
        s->ups++;
        note_rise(s, number - s->last, since_rise_s);
    } else if (number < s->last) {
        s->downs++;
        s->falls_to_zero += fabs(number) <= fabs(s->last) / 100;
    } else {
        s->same++;
    }
    s->low = fmin(s->low, number);
    s->high = fmax(s->high, number);
    s->last = number;
    s->sum += number;
    uint8_t decimals = decimals_of(number);
    s->decimals = decimals > s->decimals ? decimals : s->decimals;
    s->whole = s->whole && decimals == 0;
    if (s->whole && fabs(number) < 1e9 && !s->many) {
        snprintf(digits, sizeof digits, "%.0f", number);
        note_word(s, digits);
    }
}

static void note_change(struct learn_series *s, int64_t ms)
{
    if (s->changes++ > 0) {
        double seconds = (double)(ms - s->changed_ms) / 1000;
        s->change_sum += seconds;
        s->change_squares += seconds * seconds;
    }
    s->changed_ms = ms;
}

/* A text that is wholly a number is one: many publishers quote them, and a tag that wants numbers takes it. */
static struct value unquoted(const struct payload_item *item)
{
    struct value number;
    return item->value.kind == VALUE_TEXT && number_read(item->text, item->text_length, &number, NULL) ? number : item->value;
}

static uint64_t hash_value(const struct payload_item *item)
{
    if (item->value.kind == VALUE_TEXT)
        return hash_bytes(item->text, item->text_length);
    double number = NAN;
    value_number(item->value, &number);
    return hash_bytes(&number, sizeof number);
}

static void on_item(void *arg, const struct payload_item *item)
{
    struct learn *learn = arg;
    struct learn_topic *topic = &learn->topics[learn->this_topic];
    if (topic->known && topic->kind != item->kind)
        return;
    topic->kind = item->kind;
    topic->known = true;
    struct learn_series *s = series_of(learn, item->path);
    uint64_t hash = hash_value(item);
    double number;
    if (!s)
        return;
    s->kind = item->kind;
    if (s->count > 0 && !learn->retained) {
        double gap = (double)(learn->ms - s->last_ms) / 1000;
        s->gaps++;
        s->gap_sum += gap;
        s->gap_squares += gap * gap;
    }
    struct value value = unquoted(item);
    switch (value.kind) {
    case VALUE_NULL: s->nulls++; break;
    case VALUE_TEXT:
        s->texts++;
        note_word(s, item->text);
        break;
    case VALUE_BOOL: s->bools++; /* fall through */
    default:
        if (value_number(value, &number))
            note_number(s, number, s->changes && !learn->retained ? (double)(learn->ms - s->changed_ms) / 1000 : 0);
        break;
    }
    if (s->count > 0 && hash != s->value_hash)
        note_change(s, learn->ms);
    s->value_hash = hash;
    s->count++;
    s->retained += learn->retained;
    s->stamped += item->has_time;
    s->last_ms = learn->ms;
}

static void on_drop(void *arg, enum drop reason, const char *detail)
{
    (void)arg;
    (void)reason;
    (void)detail;
}

static bool is_topic(const void *context, uint32_t number, const void *key)
{
    return strcmp(((const struct learn *)context)->topics[number].topic, key) == 0;
}

/* False when there are too many. */
static bool find_topic(struct learn *learn, const char *topic)
{
    uint64_t hash = hash_bytes(topic, strlen(topic));
    uint32_t at = hash_index_find(&learn->topic_index, hash, is_topic, learn, topic);
    if (at == HASH_INDEX_NONE) {
        if (learn->topic_count == LEARN_SERIES)
            return false;
        learn->topics = mem_grow(learn->topics, learn->topic_count, &learn->topic_capacity, sizeof *learn->topics);
        at = (uint32_t)learn->topic_count++;
        learn->topics[at] = (struct learn_topic){.topic = mem_text(topic)};
        hash_index_add(&learn->topic_index, hash, at);
    }
    learn->this_topic = at;
    return true;
}

void learn_encoding(struct learn *learn, const char *encoding)
{
    learn->encoding = encoding && *encoding ? encoding : NULL;
    payload_encoding(learn->reader, learn->encoding);
}

const char *learn_encoded(const struct learn *learn)
{
    return learn->encoding;
}

const char *learn_unit(const struct learn *learn, const struct learn_series *series)
{
    const struct envelope_name *name = envelope_names_find(payload_names(learn->reader), series->topic, series->path);
    return name ? name->unit : "";
}

void learn_message(struct learn *learn, const char *topic, size_t topic_length, const void *payload, size_t length, bool retained, int64_t ms)
{
    char clean[TOPIC_MOST + 1];
    if (topic_length > TOPIC_MOST || topic_length == 0) {
        learn->beyond++;
        return;
    }
    struct text_gate gate;
    text_gate(topic, topic_length, clean, sizeof clean, &gate);
    if (learn->messages++ == 0)
        learn->first_ms = ms;
    learn->last_ms = ms > learn->last_ms ? ms : learn->last_ms;
    learn->topic = clean;
    learn->retained = retained;
    learn->ms = ms;
    if (!find_topic(learn, clean)) {
        learn->beyond++;
        return;
    }
    payload_topic(learn->reader, topic, topic_length);
    payload_discover(learn->reader, payload, length, &(struct payload_sink){.item = on_item, .drop = on_drop, .arg = learn});
}

void learn_value(struct learn *learn, const char *topic, const char *path, struct value value, const char *text, bool coarse, int64_t ms)
{
    if (strlen(topic) > TOPIC_MOST || !topic[0] || !find_topic(learn, topic)) {
        learn->beyond++;
        return;
    }
    if (learn->messages++ == 0)
        learn->first_ms = ms;
    learn->first_ms = ms < learn->first_ms ? ms : learn->first_ms;
    learn->last_ms = ms > learn->last_ms ? ms : learn->last_ms;
    learn->topic = topic;
    learn->retained = coarse;
    learn->ms = ms;
    on_item(learn, &(struct payload_item){.path = path, .value = value, .text = text, .text_length = strlen(text)});
}

uint64_t learn_messages(const struct learn *learn)
{
    return learn->messages;
}

size_t learn_series_count(const struct learn *learn, uint64_t *beyond)
{
    if (beyond)
        *beyond = learn->beyond;
    return learn->count;
}

const struct learn_series *learn_series_at(const struct learn *learn, size_t index)
{
    return &learn->series[index];
}

int64_t learn_span_ms(const struct learn *learn)
{
    return learn->last_ms - learn->first_ms;
}
