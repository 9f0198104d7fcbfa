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

/* The field of the binding whose path this is, or SIZE_MAX. */
static size_t field_of(const struct plant_binding *binding, const char *path)
{
    size_t low = 0, high = binding->field_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2, field = binding->by_path[middle];
        int order = strcmp(path, binding->fields[field].path);
        if (order == 0)
            return field;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return SIZE_MAX;
}

/* Where the value at this path goes; false: nobody wants it. */
static bool begin_item(struct walk *walk, struct delivery *to)
{
    size_t field = walk->leaves;
    if (walk->binding && (field = field_of(walk->binding, walk->path)) == SIZE_MAX)
        return false;
    if (walk->leaves == walk->most) {
        walk->full = true;
        walk->sink->drop(walk->sink->arg, DROP_TOO_MANY_TOKENS, walk->path);
        return false;
    }
    walk->leaves++;
    *to = (struct delivery){.reader = walk->reader, .sink = walk->sink, .detail = walk->path,
        .item = {.field = field, .path = walk->path, .kind = walk->kind, .quality = walk->quality, .has_time = walk->has_time,
            .time_ms = walk->time_ms}};
    return true;
}

void walk_missing(struct walk *walk)
{
    struct delivery to;
    if (!walk->full && begin_item(walk, &to))
        payload_missing(&to);
}

static void visit_leaf(struct walk *walk, uint32_t token)
{
    struct delivery to;
    if (!is_skipped(walk, token) && !walk->full && begin_item(walk, &to))
        payload_scalar(&to, token);
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
