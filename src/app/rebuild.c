/*
 * A struct row is a sample on its way from its series to its place in time; texts lie one after the other in `words`. The new bindings of a plant, their fields and the
 * tags' definitions lie in one block, which the plant frees with its bindings.
 */
#include "app/rebuild.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/model.h"
#include "io/capture.h"

static const char prefix[] = "andon/";

struct row {
    int64_t ts_ms;   /* where it stands in the capture */
    struct sample sample;
    uint32_t tag;
    uint32_t order;  /* of equal times */
    size_t text;     /* in words; SIZE_MAX: none */
    bool initial;
};

struct rebuilding {
    struct row *rows;
    size_t count, capacity;
    char *words;
    size_t used, words_capacity;
    uint32_t tag;
    int64_t from_ms;
    bool before, too_many;
    size_t last;     /* of the tag's samples before: its row; SIZE_MAX: none yet */
};

static size_t keep_text(struct rebuilding *r, const char *text)
{
    size_t length = strlen(text) + 1, at = r->used;
    while (r->words_capacity < r->used + length) {
        r->words_capacity = r->words_capacity ? 2 * r->words_capacity : 65536;
        r->words = mem_resize(r->words, r->words_capacity, 1);
    }
    memcpy(r->words + at, text, length);
    r->used += length;
    return at;
}

static bool take(void *arg, uint32_t series, const struct sample *sample, const char *text)
{
    struct rebuilding *r = arg;
    (void)series;
    struct row row = {.ts_ms = r->before ? r->from_ms : sample->time_ms, .sample = *sample, .tag = r->tag, .order = (uint32_t)r->count, .text = text ? keep_text(r, text) : SIZE_MAX, .initial = r->before};
    if (r->before && r->last != SIZE_MAX) { /* only the newest of those before counts */
        row.order = r->rows[r->last].order;
        r->rows[r->last] = row;
        return true;
    }
    if (r->count == REBUILD_MOST) {
        r->too_many = true;
        return false;
    }
    r->rows = mem_grow(r->rows, r->count, &r->capacity, sizeof *r->rows);
    r->last = r->count;
    r->rows[r->count++] = row;
    return true;
}

static bool read_tag(struct history *history, uint32_t series, struct rebuilding *r, int64_t to_ms, struct error *err)
{
    static const int64_t back_ms[] = {3600000, 86400000, 30 * INT64_C(86400000)};
    r->before = true;
    r->last = SIZE_MAX;
    for (size_t i = 0; i < sizeof back_ms / sizeof *back_ms && r->last == SIZE_MAX; i++)
        if (!history_samples(history, series, r->from_ms - back_ms[i], r->from_ms, 0, take, r, err))
            return false;
    r->before = false;
    return history_samples(history, series, r->from_ms, to_ms, 0, take, r, err);
}

static int by_time(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    if (x->ts_ms != y->ts_ms)
        return x->ts_ms < y->ts_ms ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

static void write_value(FILE *out, const struct rebuilding *r, const struct row *row, struct pseudonyms *names)
{
    const struct value v = row->sample.value;
    switch (v.kind) {
    case VALUE_BOOL: fputs(v.b ? "true" : "false", out); break;
    case VALUE_INT: fprintf(out, "%" PRId64, v.i); break;
    case VALUE_UINT: fprintf(out, "%" PRIu64, v.u); break;
    case VALUE_REAL: fprintf(out, "%.17g", v.d); break;
    case VALUE_TEXT: {
        const char *text = row->text == SIZE_MAX ? "" : r->words + row->text;
        char *other = names ? pseudonyms_text(names, text, strlen(text), NULL) : NULL;
        capture_write_text(out, other ? other : text, strlen(other ? other : text));
        free(other);
        break;
    }
    default: fputs("null", out); break;
    }
}

static bool write_row(FILE *out, const struct plant *plant, const struct rebuilding *r, const struct row *row, struct pseudonyms *names)
{
    char key[KEY_BYTES], topic[KEY_BYTES + sizeof prefix], *payload = NULL;
    size_t length = 0;
    plant_tag_key(plant, row->tag, key, sizeof key);
    snprintf(topic, sizeof topic, "%s%s", prefix, key);
    FILE *stream = open_memstream(&payload, &length);
    if (!stream)
        return false;
    fputs("{\"v\":", stream);
    write_value(stream, r, row, names);
    if (row->sample.flags & SAMPLE_SOURCE_TIME || row->initial)
        fprintf(stream, ",\"t\":%" PRId64, row->sample.time_ms);
    if (row->sample.quality != QUALITY_GOOD)
        fprintf(stream, ",\"q\":%u", (unsigned)row->sample.quality);
    fputs("}", stream);
    bool good = fclose(stream) == 0;
    char *other = names ? pseudonyms_text(names, topic, strlen(topic), NULL) : NULL;
    const char *name = other ? other : topic;
    good = good && capture_write(out, &(struct capture_message){.ts_ms = row->ts_ms, .topic = name, .topic_length = strlen(name), .payload = payload, .payload_length = length,
        .retain = row->initial || (row->sample.flags & SAMPLE_RETAINED)});
    free(other);
    free(payload);
    return good;
}

static bool *fed_tags(const struct plant *plant)
{
    bool *fed = mem_zero(plant->tag_count + 1, sizeof *fed);
    for (size_t b = 0; b < plant->binding_count; b++)
        for (size_t f = 0; f < plant->bindings[b].field_count; f++)
            fed[plant->bindings[b].fields[f].tag] = true;
    return fed;
}

bool rebuild_capture(struct history *history, const struct plant *plant, int64_t from_ms, int64_t to_ms, struct pseudonyms *names, FILE *out, uint64_t *count, struct error *err)
{
    struct rebuilding r = {.from_ms = from_ms};
    bool *fed = fed_tags(plant), good = true;
    char key[KEY_BYTES];
    for (r.tag = 0; good && r.tag < plant->tag_count; r.tag++) {
        plant_tag_key(plant, r.tag, key, sizeof key);
        uint32_t series = fed[r.tag] ? history_series(history, key) : 0;
        good = !series || read_tag(history, series, &r, to_ms, err);
    }
    if (r.too_many)
        good = error_set(err, "more than %d samples lie in that time: choose a shorter one by --from and --to", REBUILD_MOST);
    if (good && r.count)
        qsort(r.rows, r.count, sizeof *r.rows, by_time);
    for (size_t i = 0; good && i < r.count; i++)
        if (!write_row(out, plant, &r, &r.rows[i], names))
            good = error_set(err, "the capture cannot be written");
    if (good)
        *count = r.count;
    free(fed);
    free(r.rows);
    free(r.words);
    return good;
}

void rebuild_plant(struct plant *plant)
{
    bool *fed = fed_tags(plant);
    size_t count = 0, at = 0;
    char key[KEY_BYTES];
    for (size_t t = 0; t < plant->tag_count; t++)
        count += fed[t];
    size_t topics = count * (KEY_BYTES + sizeof prefix);
    char *block = mem_zero(count * (sizeof(struct plant_binding) + sizeof(struct plant_field) + sizeof(struct tag_def)) + topics + 1, 1);
    struct plant_binding *bindings = (struct plant_binding *)(void *)block;
    struct tag_def *defs = (struct tag_def *)(void *)(bindings + count);
    struct plant_field *fields = (struct plant_field *)(void *)(defs + count);
    char *text = (char *)(fields + count);
    for (uint32_t t = 0; t < plant->tag_count; t++) {
        if (!fed[t])
            continue;
        plant_tag_key(plant, t, key, sizeof key);
        int length = snprintf(text, KEY_BYTES + sizeof prefix, "%s%s", prefix, key);
        defs[at] = *plant->tags[t].def;
        defs[at].scale = 1;
        defs[at].offset = 0;
        defs[at].form = NULL;
        plant->tags[t].def = &defs[at];
        fields[at] = (struct plant_field){.path = "", .tag = t};
        bindings[at] = (struct plant_binding){.topic = text, .broker = ANY_BROKER, .format = FORMAT_JSON, .time_path = "", .time_format = TIME_AUTO, .fields = &fields[at], .field_count = 1};
        text += length + 1;
        at++;
    }
    free(plant->bindings);
    plant->bindings = bindings;
    plant->binding_count = count;
    free(fed);
}
