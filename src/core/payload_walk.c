#include <string.h>

#include "core/payload_reader.h"

/*
 * A struct walk goes through a JSON text depth first and writes the pointer of where it stands into one buffer: a level
 * appends its own part and cuts it off again. Names pass the gate before they become part of a pointer, because pointers of
 * discovered fields are shown. A walk for a binding gives only what its fields ask for; one without gives everything.
 */

size_t walk_name(struct walk *walk, size_t length, const char *name, size_t name_length)
{
    char *path = walk->path;
    if (length + 1 >= sizeof walk->path)
        return 0;
    path[length++] = '/';
    for (size_t i = 0; i < name_length; i++) {
        bool escape = name[i] == '~' || name[i] == '/';
        if (length + 1 + escape >= sizeof walk->path)
            return 0;
        if (escape)
            path[length++] = '~';
        path[length++] = name[i] == '~' ? '0' : name[i] == '/' ? '1' : name[i];
    }
    path[length] = '\0';
    return length;
}

static size_t add_index(struct walk *walk, size_t length, size_t index)
{
    char digits[2] = {(char)('0' + index / 10), (char)('0' + index % 10)};
    return index < 10 ? walk_name(walk, length, digits + 1, 1) : walk_name(walk, length, digits, 2);
}

static bool is_skipped(const struct walk *walk, uint32_t token)
{
    for (size_t i = 0; i < walk->skip_count; i++)
        if (walk->skip[i] == token)
            return true;
    return false;
}

/* The first of the binding's fields by path whose path this is, or the number of fields. */
static size_t field_of(const struct plant_binding *binding, const char *path)
{
    size_t low = 0, high = binding->field_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(path, binding->fields[binding->by_path[middle]].path) > 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < binding->field_count && strcmp(path, binding->fields[binding->by_path[low]].path) == 0 ? low : binding->field_count;
}

/* The value goes to one field, or (SIZE_MAX) to whoever discovers. NO_TOKEN: it is known to be missing. */
static void give(struct walk *walk, size_t field, uint32_t token)
{
    if (walk->leaves == walk->most) {
        walk->full = true;
        walk->sink->drop(walk->sink->arg, DROP_TOO_MANY_TOKENS, walk->path);
        return;
    }
    struct delivery to = {.reader = walk->reader, .sink = walk->sink, .detail = walk->path,
        .item = {.field = field == SIZE_MAX ? walk->leaves : field, .path = walk->path, .kind = walk->kind, .quality = walk->quality, .has_time = walk->has_time,
            .time_ms = walk->time_ms}};
    walk->leaves++;
    if (token == NO_TOKEN)
        payload_missing(&to);
    else
        payload_scalar(&to, token);
}

/* Several fields may read the same value: bits of a word. */
static void give_all(struct walk *walk, uint32_t token)
{
    const struct plant_binding *binding = walk->binding;
    if (walk->full)
        return;
    if (!binding) {
        give(walk, SIZE_MAX, token);
        return;
    }
    for (size_t at = field_of(binding, walk->path); at < binding->field_count && !walk->full; at++) {
        if (strcmp(walk->path, binding->fields[binding->by_path[at]].path) != 0)
            return;
        give(walk, binding->by_path[at], token);
    }
}

void walk_missing(struct walk *walk)
{
    give_all(walk, NO_TOKEN);
}

static void visit_leaf(struct walk *walk, uint32_t token)
{
    if (!is_skipped(walk, token))
        give_all(walk, token);
}

static void visit_below(struct walk *walk, uint32_t token, size_t length)
{
    if (length == 0) {
        walk->sink->drop(walk->sink->arg, DROP_TEXT_CUT, "");
        return;
    }
    walk_visit(walk, token, length);
}

size_t walk_key(struct walk *walk, size_t length, uint32_t name)
{
    char text[KEY_BYTES];
    struct text_gate seen;
    size_t text_length = json_text(&walk->reader->json, name, text, sizeof text, &seen);
    seen.cut = false; /* what is too long for a name is too long for the path, too */
    payload_gate_drops(walk->sink, &seen, text);
    return walk_name(walk, length, text, text_length);
}

static void visit_object(struct walk *walk, uint32_t object, size_t length)
{
    struct json *json = &walk->reader->json;
    for (uint32_t i = object + 1; i < json->tokens[object].next && !walk->full; i = json->tokens[i + 1].next) {
        if (!is_skipped(walk, i + 1))
            visit_below(walk, i + 1, walk_key(walk, length, i));
        walk->path[length] = '\0';
    }
}

static void visit_array(struct walk *walk, uint32_t array, size_t length)
{
    const struct json_token *tokens = walk->reader->json.tokens;
    size_t count = 0;
    for (uint32_t i = array + 1; i < tokens[array].next; i = tokens[i].next)
        count++;
    if (count > PAYLOAD_ELEMENTS)
        return;
    size_t index = 0;
    for (uint32_t i = array + 1; i < tokens[array].next && !walk->full; i = tokens[i].next) {
        visit_below(walk, i, add_index(walk, length, index++));
        walk->path[length] = '\0';
    }
}

void walk_visit(struct walk *walk, uint32_t token, size_t length)
{
    uint8_t type = walk->reader->json.tokens[token].type;
    if (type == JSON_OBJECT)
        visit_object(walk, token, length);
    else if (type == JSON_ARRAY)
        visit_array(walk, token, length);
    else
        visit_leaf(walk, token);
}
