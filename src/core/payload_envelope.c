#include <string.h>

#include "core/payload_reader.h"

/*
 * A struct expansion is one message on its way to become items: a walk for the values, and where the envelope's shape says that names, times and qualities stand. What holds for the
 * whole message (its time, its quality, the names beside the items) is what an item has that says nothing of its own.
 */
struct expansion {
    struct walk walk;
    const struct envelope *shape;
    size_t items, bad;
    uint32_t container; /* what holds the items */
};

static void drop(struct expansion *x, enum drop reason)
{
    x->bad++;
    x->walk.sink->drop(x->walk.sink->arg, reason, x->walk.path);
}

static uint32_t first_of(struct json *json, uint32_t from, envelope_ways ways)
{
    for (; ways && *ways; ways++) {
        uint32_t found = json_from(json, from, *ways);
        if (found != NO_TOKEN)
            return found;
    }
    return NO_TOKEN;
}

/* In the item, else in the message, unless that is nothing but items. */
static uint32_t find(struct expansion *x, uint32_t item, envelope_ways ways)
{
    struct json *json = &x->walk.reader->json;
    uint32_t found = first_of(json, item, ways);
    bool items_only = x->shape->keys == KEYS_NAME && x->container == 0;
    return found == NO_TOKEN && item != 0 && !items_only ? first_of(json, 0, ways) : found;
}

static void skip(struct expansion *x, uint32_t token)
{
    if (token != NO_TOKEN && x->walk.skip_count < WALK_SKIPPED)
        x->walk.skip[x->walk.skip_count++] = token;
}

static bool is_level(const char *topic, const char *name, size_t length)
{
    for (const char *at = topic; *at; at += *at == '/') {
        size_t n = strcspn(at, "/");
        if (n == length && memcmp(at, name, n) == 0)
            return true;
        at += n;
    }
    return false;
}

/* Appends a name, in its parts; the same length when there is nothing to append, 0 when it does not fit. */
static size_t add_name(struct expansion *x, size_t length, const char *name, size_t name_length)
{
    const char *end = name + name_length;
    if (x->shape->left_out && is_level(x->walk.reader->topic, name, name_length))
        return length;
    while (name < end && length > 0) {
        const char *part = x->shape->split ? memchr(name, x->shape->split, (size_t)(end - name)) : NULL;
        size_t n = (size_t)((part ? part : end) - name);
        if (n > 0)
            length = walk_name(&x->walk, length - 1, name, n) + 1; /* lengths are one more here, so that 0 can mean no room */
        if (length == 1)
            return 0;
        name += n + (part != NULL);
    }
    return length;
}

/* The name that a token holds: a text or a whole number. False when it is none, or nobody has told what it stands for. */
static bool read_name(struct expansion *x, uint32_t token, bool told, char name[KEY_BYTES], size_t *length)
{
    struct payload_reader *reader = x->walk.reader;
    const struct json_token *t = &reader->json.tokens[token];
    struct text_gate seen = {.cut = false};
    bool number = t->type == JSON_SCALAR && (t->value.kind == VALUE_INT || t->value.kind == VALUE_UINT);
    if (t->type != JSON_TEXT && !number) {
        drop(x, DROP_NOT_FORMAT);
        return false;
    }
    *length = json_text(&reader->json, token, name, KEY_BYTES, &seen);
    payload_gate_drops(x->walk.sink, &seen, name);
    if (!told)
        return !seen.cut;
    const struct envelope_name *known = envelope_names_find(reader->names, reader->topic, name);
    if (!known) {
        drop(x, DROP_NAME_UNKNOWN);
        return false;
    }
    *length = strlen(known->name);
    memcpy(name, known->name, *length + 1);
    return true;
}

/* Appends the item's names; false when it has none that it should have. */
static bool add_names(struct expansion *x, uint32_t item, bool keyed, size_t *path)
{
    char name[KEY_BYTES];
    size_t length = *path + 1, wanted = 0, found = 0, name_length, last = 0;
    for (size_t n = 0; n < ENVELOPE_NAMES; n++)
        last = x->shape->names[n] ? n : last;
    for (size_t n = 0; n < ENVELOPE_NAMES; n++) {
        if (!x->shape->names[n])
            continue;
        uint32_t token = find(x, item, x->shape->names[n]);
        wanted++;
        if (token == NO_TOKEN)
            continue;
        skip(x, token);
        found++;
        if (!read_name(x, token, x->shape->told && n == last, name, &name_length))
            return false;
        length = add_name(x, length, name, name_length);
        if (length == 0) {
            drop(x, DROP_TEXT_CUT);
            return false;
        }
    }
    if (wanted > 0 && found == 0 && !keyed && !x->shape->unnamed) {
        drop(x, DROP_NOT_FORMAT);
        return false;
    }
    *path = length - 1;
    return true;
}

static enum time_format format_of(const struct expansion *x)
{
    return x->walk.binding && x->walk.binding->time_format != TIME_AUTO ? x->walk.binding->time_format : x->shape->time_format;
}

static void read_time(struct expansion *x, uint32_t item)
{
    struct walk *walk = &x->walk;
    uint32_t time = find(x, item, x->shape->time);
    const char *said = walk->binding ? walk->binding->time_path : NULL;
    walk->has_time = false;
    if (said && *said)
        time = json_at(&walk->reader->json, said);
    if (time == NO_TOKEN)
        return;
    skip(x, time);
    walk->has_time = payload_time(walk->reader, time, format_of(x), &walk->time_ms);
    if (!walk->has_time)
        walk->sink->drop(walk->sink->arg, DROP_TIME_UNREADABLE, walk->path);
}

static void read_quality(struct expansion *x, uint32_t item)
{
    struct walk *walk = &x->walk;
    uint32_t quality = find(x, item, x->shape->quality);
    walk->quality = QUALITY_GOOD;
    if (quality == NO_TOKEN)
        return;
    skip(x, quality);
    if (!payload_quality(walk->reader, quality, x->shape->good, &walk->quality)) {
        walk->quality = QUALITY_UNCERTAIN;
        walk->sink->drop(walk->sink->arg, DROP_WRONG_TYPE, walk->path);
    }
}

/* One item, whose key (if it stands under one) is the path's first `length` bytes. */
static void read_item(struct expansion *x, uint32_t item, bool keyed, size_t length)
{
    struct json *json = &x->walk.reader->json;
    const struct envelope *shape = x->shape;
    uint8_t type = json->tokens[item].type;
    bool whole = type == JSON_OBJECT || type == JSON_ARRAY;
    x->items++;
    x->walk.skip_count = 0;
    if (!whole && !keyed && (shape->names[0] || shape->names[1] || shape->value)) {
        drop(x, DROP_NOT_FORMAT);
        return;
    }
    read_time(x, item);
    read_quality(x, item);
    if (!add_names(x, item, keyed, &length))
        return;
    uint32_t value = first_of(json, item, shape->value);
    x->walk.path[length] = '\0';
    if (value != NO_TOKEN)
        walk_visit(&x->walk, value, length);
    else if (!shape->value || shape->open || (keyed && !whole))
        walk_visit(&x->walk, item, length);
    else if (first_of(json, item, shape->failed) != NO_TOKEN)
        walk_missing(&x->walk);
    else
        drop(x, DROP_NOT_FORMAT);
    x->walk.path[0] = '\0';
}

static void read_items(struct expansion *x, uint32_t container, bool keyed, size_t length)
{
    const struct json_token *tokens = x->walk.reader->json.tokens;
    char key[KEY_BYTES];
    if (tokens[container].type != JSON_ARRAY || (keyed && container + 1 < tokens[container].next && tokens[container + 1].type != JSON_OBJECT)) {
        read_item(x, container, keyed, length);
        return;
    }
    memcpy(key, x->walk.path, length);
    for (uint32_t i = container + 1; i < tokens[container].next && !x->walk.full; i = tokens[i].next) {
        memcpy(x->walk.path, key, length);
        x->walk.path[length] = '\0';
        read_item(x, i, keyed, length);
    }
}

/* The keys are names: of each what stands under it. */
static void read_keyed(struct expansion *x)
{
    const struct json_token *tokens = x->walk.reader->json.tokens;
    if (tokens[x->container].type != JSON_OBJECT) {
        drop(x, DROP_NOT_FORMAT);
        return;
    }
    for (uint32_t i = x->container + 1; i < tokens[x->container].next && !x->walk.full; i = tokens[i + 1].next) {
        char name[KEY_BYTES];
        struct text_gate seen;
        size_t length = json_text(&x->walk.reader->json, i, name, sizeof name, &seen);
        payload_gate_drops(x->walk.sink, &seen, name);
        length = seen.cut ? 0 : add_name(x, 1, name, length);
        if (length > 0)
            read_items(x, i + 1, true, length - 1);
        else
            drop(x, DROP_TEXT_CUT);
        x->walk.path[0] = '\0';
    }
}

/* Names of what could not be read. */
static void read_errors(struct expansion *x)
{
    const struct json_token *tokens = x->walk.reader->json.tokens;
    uint32_t errors = first_of(&x->walk.reader->json, 0, x->shape->errors);
    if (errors == NO_TOKEN || tokens[errors].type != JSON_OBJECT)
        return;
    for (uint32_t i = errors + 1; i < tokens[errors].next && !x->walk.full; i = tokens[i + 1].next) {
        size_t length = 0;
        read_time(x, 0);
        if (!add_names(x, 0, true, &length))
            return;
        if (walk_key(&x->walk, length, i) > 0)
            walk_missing(&x->walk);
        x->walk.path[0] = '\0';
        x->items++;
    }
}

void envelope_read(struct payload_reader *reader, const struct envelope *shape, const struct envelope_kind *kind,
    const struct plant_binding *binding, const struct payload_sink *sink)
{
    struct expansion x = {.walk = {.reader = reader, .sink = sink, .binding = binding, .kind = kind, .most = PAYLOAD_ITEMS, .quality = QUALITY_GOOD},
        .shape = shape};
    x.container = shape->items ? first_of(&reader->json, 0, shape->items) : 0;
    read_errors(&x);
    if (x.container == NO_TOKEN) {
        if (x.items == 0)
            drop(&x, DROP_NOT_FORMAT);
        return;
    }
    if (shape->keys == KEYS_NAME)
        read_keyed(&x);
    else
        read_items(&x, x.container, false, 0);
    if (binding && x.walk.leaves == 0 && x.bad == 0 && x.items > 0)
        sink->drop(sink->arg, DROP_FIELD_MISSING, binding->field_count ? binding->fields[0].path : "");
}
