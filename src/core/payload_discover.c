#include <string.h>

#include "core/payload.h"
#include "core/payload_reader.h"

/*
 * What is in a message that nobody configured: recognised envelopes become their items, lines of cells likewise, everything else is walked through as it stands.
 */

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
        walk->skip[walk->skip_count++] = token;
        return;
    }
}

/* True when the text, which is JSON now, was of a kind that is known and is dealt with. */
static bool recognised(struct payload_reader *reader, const struct payload_sink *sink)
{
    const struct envelope_kind *kind = envelope_recognise(&reader->json, reader->topic);
    if (!kind)
        return false;
    if (kind->note)
        kind->note(&reader->json, reader->topic, reader->names);
    else
        envelope_read(reader, &kind->shape, kind, NULL, sink);
    return true;
}

static void discover_lines(struct payload_reader *reader, const char *text, size_t length, const struct envelope_kind *kind,
    const struct payload_sink *sink)
{
    enum drop why;
    if (payload_lines(reader, text, length, &why))
        envelope_read(reader, &kind->shape, kind, NULL, sink);
    else
        sink->drop(sink->arg, why, "");
}

void payload_discover(struct payload_reader *reader, const void *bytes, size_t length, const struct payload_sink *sink)
{
    const char *text;
    size_t text_length;
    enum drop why;
    reader->from = NULL;
    if (!payload_trim(reader, bytes, length, sink, &text, &text_length))
        return;
    if (text_length == 0 || (text[0] != '{' && text[0] != '[')) {
        const struct envelope_kind *lines = payload_lines_kind(reader, text, text_length);
        struct delivery to = {.reader = reader, .sink = sink, .detail = "", .item = {.path = "", .quality = QUALITY_GOOD}};
        if (lines)
            discover_lines(reader, text, text_length, lines, sink);
        else
            payload_bare(&to, text, text_length, false);
        return;
    }
    if (!json_read(&reader->json, text, text_length, &why)) {
        sink->drop(sink->arg, why, "");
        return;
    }
    if (recognised(reader, sink))
        return;
    struct walk walk = {.reader = reader, .sink = sink, .most = PAYLOAD_LEAVES, .quality = QUALITY_GOOD};
    find_time(&walk);
    walk_visit(&walk, 0, 0);
}
