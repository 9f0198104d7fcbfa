#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/topic.h"
#include "core/value_form.h"
#include "io/config_reader.h"

/* Which topic feeds which tag. A struct draft is one (broker, topic) on its way to become a plant_binding: several tags that
 * read different paths of the same message share it. Invariant: no two drafts have the same broker and topic, no two fields of
 * a draft the same path and bits. */

/* What the feeds say together: each thing as the first that says it has it. */
struct said {
    const char *topic, *path, *time_path, *encoding;
    const struct envelope_kind *kind;
    const struct envelope *select;
    const struct zone *zone;
    setting_t *topic_where, *path_where, *select_where;
    int format, time_format, broker;
};

static struct said ask(const struct feed *const *feeds, size_t count)
{
    struct said said = {.format = -1, .time_format = -1, .broker = -1};
    for (size_t i = 0; i < count; i++) {
        const struct feed *s = feeds[i];
        if (!said.topic && s->topic) {
            said.topic = s->topic;
            said.topic_where = s->topic_where;
        }
        if (!said.path && s->path) {
            said.path = s->path;
            said.path_where = s->path_where;
        }
        said.time_path = said.time_path ? said.time_path : s->time_path;
        if (said.format < 0 && s->format >= 0) {
            said.format = s->format;
            said.kind = s->kind;
        }
        if (!said.select && s->select) {
            said.select = s->select;
            said.select_where = s->select_where;
        }
        said.encoding = said.encoding ? said.encoding : s->encoding;
        said.zone = said.zone ? said.zone : s->zone;
        said.time_format = said.time_format >= 0 ? said.time_format : s->time_format;
        said.broker = said.broker >= 0 ? said.broker : s->broker;
    }
    return said;
}

static bool draft_is(const void *context, uint32_t number, const void *key)
{
    const struct draft *a = &((const struct reader *)context)->drafts[number], *b = key;
    return a->broker == b->broker && strcmp(a->topic, b->topic) == 0;
}

static bool field_is(const void *context, uint32_t number, const void *key)
{
    const struct draft_field *a = &((const struct reader *)context)->fields[number], *b = key;
    return a->draft == b->draft && a->mask == b->mask && strcmp(a->path, b->path) == 0;
}

/* All that a message has in common must be said alike wherever its fields are named. */
static void check_alike(struct reader *r, setting_t *where, const struct draft *a, const struct draft *b)
{
    char also[PATH_MOST];
    const char *what = a->format != b->format ? "format" : a->envelope != b->envelope ? "select" : strcmp(a->encoding, b->encoding) != 0 ? "encoding" : a->zone != b->zone ? "time_zone" : strcmp(a->time_path, b->time_path) != 0 ? "time"
        : a->time_format != b->time_format ? "time_format" : NULL;
    if (what)
        complain(r, where, "the topic \"%s\" is read with another \"%s\" elsewhere; also at %s", a->topic, what, place(r, a->where, also));
}

static uint32_t draft_for(struct reader *r, const struct said *said, const char *topic, setting_t *where)
{
    struct draft key = {.topic = topic, .broker = said->broker, .format = said->format < 0 ? FORMAT_AUTO : said->format,
        .encoding = said->encoding ? said->encoding : "", .envelope = said->kind ? &said->kind->shape : said->select, .zone = said->zone,
        .time_format = said->time_format < 0 ? TIME_AUTO : said->time_format, .time_path = said->time_path ? said->time_path : "",
        .where = where, .last_field = UINT32_MAX};
    uint64_t hash = hash_bytes(topic, strlen(topic)) + (uint64_t)(said->broker + 1);
    uint32_t found = hash_index_find(&r->draft_index, hash, draft_is, r, &key);
    if (found != HASH_INDEX_NONE) {
        check_alike(r, where, &r->drafts[found], &key);
        return found;
    }
    key.topic = plant_keep_text(&r->build, topic);
    found = (uint32_t)r->draft_count;
    r->drafts = mem_grow(r->drafts, r->draft_count, &r->draft_capacity, sizeof *r->drafts);
    r->drafts[r->draft_count++] = key;
    hash_index_add(&r->draft_index, hash, found);
    return found;
}

static void complain_claimed(struct reader *r, setting_t *where, const struct draft_field *earlier, const char *topic, const char *path)
{
    char also[PATH_MOST], key[KEY_BYTES];
    const char *at = *path ? " at " : "";
    if (earlier->where == where) {
        complain(r, where, "the topic \"%s\"%s%s would feed more than one of these tags: a capture is missing in it, or a path", topic, at, path);
        return;
    }
    plant_tag_key(r->build.plant, earlier->tag, key, sizeof key);
    complain(r, where, "the topic \"%s\"%s%s feeds %s already; also at %s", topic, at, path, key, place(r, earlier->where, also));
}

static void claim_field(struct reader *r, uint32_t draft, const char *path, uint32_t tag, setting_t *where)
{
    const struct value_form *form = r->build.plant->tags[tag].def->form;
    struct draft_field key = {.path = path, .tag = tag, .mask = form ? form->mask : 0, .draft = draft, .where = where, .next = r->drafts[draft].last_field};
    uint64_t hash = hash_bytes(path, strlen(path)) ^ (draft * UINT64_C(0x9E3779B97F4A7C15));
    uint32_t found = hash_index_find(&r->field_index, hash, field_is, r, &key);
    if (found != HASH_INDEX_NONE) {
        complain_claimed(r, where, &r->fields[found], r->drafts[draft].topic, path);
        return;
    }
    r->fields = mem_grow(r->fields, r->field_count, &r->field_capacity, sizeof *r->fields);
    r->fields[r->field_count] = key;
    hash_index_add(&r->field_index, hash, (uint32_t)r->field_count);
    r->drafts[draft].last_field = (uint32_t)r->field_count++;
    r->drafts[draft].field_count++;
}

bool claim_topic(struct reader *r, uint32_t tag, setting_t *where, const struct feed *const *feeds, size_t count)
{
    char topic[TEXT_MOST], path[TEXT_MOST] = "";
    struct error err;
    const struct plant *plant = r->build.plant;
    const char *name = plant->tags[tag].def->name;
    uint32_t node = plant->tags[tag].node;
    struct said said = ask(feeds, count);
    if (!said.topic)
        return false;
    if (said.select && said.format >= 0 && said.format != FORMAT_JSON && said.format != FORMAT_CSV && said.format != FORMAT_AUTO) {
        complain(r, said.select_where, "a select is of format \"json\" or \"csv\": %s", said.kind ? "this format knows by itself where things stand" : "a text holds nothing that could be selected");
        return true;
    }
    if (!captures_expand(plant, node, name, said.topic, topic, sizeof topic, &err)) {
        complain(r, said.topic_where, "%s", err.text);
    } else if (!topic_filter_valid(topic)) {
        complain(r, said.topic_where, "\"%s\" is not a topic filter: + and # stand alone between slashes, # last", topic);
    } else if (said.path && !captures_expand(plant, node, name, said.path, path, sizeof path, &err)) {
        complain(r, said.path_where, "%s", err.text);
    } else {
        /* Paths without captures live as long as the files' own text. */
        const char *kept = !said.path && said.select ? plant_keep_text(&r->build, select_path(plant, node, name, said.select, path, sizeof path)) : !said.path ? "" : strchr(said.path, '{') ? plant_keep_text(&r->build, path) : said.path;
        claim_field(r, draft_for(r, &said, topic, where), kept, tag, where);
    }
    return true;
}

void add_bindings(struct reader *r)
{
    size_t capacity = 0;
    struct plant_field *fields = NULL;
    for (size_t d = 0; d < r->draft_count; d++) {
        const struct draft *draft = &r->drafts[d];
        if (draft->field_count > capacity) {
            capacity = draft->field_count * 2;
            fields = mem_resize(fields, capacity, sizeof *fields);
        }
        size_t at = draft->field_count;
        for (uint32_t i = draft->last_field; i != UINT32_MAX; i = r->fields[i].next)
            fields[--at] = (struct plant_field){.path = r->fields[i].path, .tag = r->fields[i].tag};
        plant_add_binding(&r->build, (struct plant_binding){.topic = draft->topic,
            .encoding = draft->encoding, .envelope = draft->envelope, .zone = draft->zone,
            .broker = draft->broker < 0 ? (uint16_t)ANY_BROKER : (uint16_t)draft->broker, .format = draft->format > FORMAT_CSV ? FORMAT_JSON : (enum payload_format)draft->format,
            .time_path = draft->time_path, .time_format = (enum time_format)draft->time_format, .fields = fields,
            .field_count = draft->field_count});
    }
    free(fields);
}
