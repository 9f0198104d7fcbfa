#include <string.h>

#include "core/payload.h"
#include "core/payload_reader.h"

/*
 * A struct walk goes through a JSON text depth first and writes the pointer of where it stands into one buffer: a level
 * appends its own part and cuts it off again. Names pass the gate before they become part of a pointer, because pointers of
 * discovered fields are shown.
 */
struct walk {
    struct payload_reader *reader;
    const struct payload_sink *sink;
    bool has_time;
    int64_t time_ms;
    uint32_t time_token; /* not a field itself */
    size_t leaves;
    bool full;
    char path[KEY_BYTES];
};

/* Appends "/name" with ~ and / escaped; 0 when it does not fit, else the new length. */
static size_t add_name(struct walk *walk, size_t length, const char *name, size_t name_length)
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
    return index < 10 ? add_name(walk, length, digits + 1, 1) : add_name(walk, length, digits, 2);
}

static void visit_leaf(struct walk *walk, uint32_t token)
{
    if (token == walk->time_token || walk->full)
        return;
    if (walk->leaves == PAYLOAD_LEAVES) {
        walk->full = true;
        walk->sink->drop(walk->sink->arg, DROP_TOO_MANY_TOKENS, walk->path);
        return;
    }
    struct delivery to = {.reader = walk->reader, .sink = walk->sink, .detail = walk->path,
        .item = {.field = walk->leaves++, .path = walk->path, .quality = QUALITY_GOOD, .has_time = walk->has_time,
            .time_ms = walk->time_ms}};
    payload_scalar(&to, token);
}

static void visit(struct walk *walk, uint32_t token, size_t length);

static void visit_below(struct walk *walk, uint32_t token, size_t length)
{
    if (length == 0) {
        walk->sink->drop(walk->sink->arg, DROP_TEXT_CUT, "");
        return;
    }
    visit(walk, token, length);
}

static void visit_object(struct walk *walk, uint32_t object, size_t length)
{
    struct json *json = &walk->reader->json;
    char name[KEY_BYTES];
    for (uint32_t i = object + 1; i < json->tokens[object].next && !walk->full; i = json->tokens[i + 1].next) {
        struct text_gate seen;
        size_t name_length = json_text(json, i, name, sizeof name, &seen);
        seen.cut = false; /* what is too long for a name is too long for the path, too */
        payload_gate_drops(walk->sink, &seen, name);
        visit_below(walk, i + 1, add_name(walk, length, name, name_length));
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

/* The recursion is as deep as the JSON, which is bounded. */
static void visit(struct walk *walk, uint32_t token, size_t length)
{
    uint8_t type = walk->reader->json.tokens[token].type;
    if (type == JSON_OBJECT)
        visit_object(walk, token, length);
    else if (type == JSON_ARRAY)
        visit_array(walk, token, length);
    else
        visit_leaf(walk, token);
}

static void find_time(struct walk *walk)
{
    static const struct { const char *name; enum time_format format; } times[] = {
        {"timestamp_ms", TIME_MS}, {"timestamp", TIME_AUTO}, {"ts", TIME_AUTO}, {"time", TIME_AUTO}};
    struct json *json = &walk->reader->json;
    if (json->tokens[0].type != JSON_OBJECT)
        return;
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        uint32_t token = json_member(json, 0, times[i].name);
        if (token == NO_TOKEN || !payload_time(walk->reader, token, times[i].format, &walk->time_ms))
            continue;
        walk->has_time = true;
        walk->time_token = token;
        return;
    }
}

void payload_discover(struct payload_reader *reader, const void *bytes, size_t length, const struct payload_sink *sink)
{
    const char *text;
    size_t text_length;
    enum drop why;
    if (!payload_trim(reader, bytes, length, sink, &text, &text_length))
        return;
    if (text_length == 0 || (text[0] != '{' && text[0] != '[')) {
        struct delivery to = {.reader = reader, .sink = sink, .detail = "", .item = {.path = "", .quality = QUALITY_GOOD}};
        payload_bare(&to, text, text_length, false);
        return;
    }
    if (!json_read(&reader->json, text, text_length, &why)) {
        sink->drop(sink->arg, why, "");
        return;
    }
    struct walk walk = {.reader = reader, .sink = sink, .time_token = NO_TOKEN};
    find_time(&walk);
    visit(&walk, 0, 0);
}
