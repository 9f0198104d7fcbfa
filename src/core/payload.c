#include "core/payload.h"

#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/number.h"
#include "core/payload_reader.h"
#include "core/timestamp.h"

/*
 * A struct payload_reader is scratch space; a message leaves nothing in it for the next but the names that it tells of others. A struct
 * delivery is one item on its way to the sink; it is made for each field, with the message's time as its first guess.
 */

struct payload_reader *payload_reader_create(const struct bounds *bounds, const struct zone *zone)
{
    struct payload_reader *reader = mem_zero(1, sizeof *reader);
    reader->bounds = bounds;
    reader->zone = zone;
    reader->text_cap = (size_t)bounds->limit[BOUND_TEXT_BYTES] + 1;
    reader->text = mem_resize(NULL, reader->text_cap, 1);
    reader->names = envelope_names_create();
    json_init(&reader->json, bounds);
    return reader;
}

void payload_reader_destroy(struct payload_reader *reader)
{
    if (!reader)
        return;
    json_finish(&reader->json);
    for (size_t e = 0; e < reader->encoding_count; e++)
        encoding_close(reader->encodings[e].encoding);
    envelope_names_destroy(reader->names);
    free(reader->text);
    free(reader->lines);
    free(reader->plain);
    free(reader);
}

void payload_topic(struct payload_reader *reader, const char *topic, size_t length)
{
    text_gate(topic, length, reader->topic, sizeof reader->topic, NULL);
}

void payload_encoding(struct payload_reader *reader, const char *encoding)
{
    reader->encoding = encoding && *encoding ? encoding : NULL;
}

const struct envelope_names *payload_names(const struct payload_reader *reader)
{
    return reader->names;
}

void payload_adopt(struct payload_reader *reader, struct payload_reader *from)
{
    struct envelope_names *own = reader->names;
    reader->names = from->names;
    from->names = own;
}

static void drop(const struct payload_sink *sink, enum drop reason, const char *detail)
{
    sink->drop(sink->arg, reason, detail);
}

static bool is_margin(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\0';
}

/* The payload out of its encoding; false when this machine does not know that. */
static bool decode(struct payload_reader *reader, const char **bytes, size_t *length, const struct payload_sink *sink)
{
    size_t e = 0;
    while (e < reader->encoding_count && reader->encodings[e].name != reader->encoding)
        e++;
    if (e == reader->encoding_count) {
        struct encoding *opened = e < READER_ENCODINGS ? encoding_open(reader->encoding) : NULL;
        if (!opened)
            return false;
        reader->encodings[e].name = reader->encoding;
        reader->encodings[reader->encoding_count++].encoding = opened;
    }
    size_t need = *length * ENCODING_GROWS + 1;
    if (need > reader->plain_capacity) {
        reader->plain = mem_resize(reader->plain, need, 1);
        reader->plain_capacity = need;
    }
    bool invalid = false;
    *length = encoding_read(reader->encodings[e].encoding, *bytes, *length, reader->plain, reader->plain_capacity, &invalid);
    *bytes = reader->plain;
    if (invalid)
        drop(sink, DROP_INVALID_UTF8, "");
    return true;
}

bool payload_trim(struct payload_reader *reader, const void *bytes, size_t length, const struct payload_sink *sink,
    const char **text, size_t *text_length)
{
    static const char byte_order_mark[] = "\xEF\xBB\xBF";
    const char *from = bytes;
    if (length > (size_t)reader->bounds->limit[BOUND_PAYLOAD_BYTES]) {
        drop(sink, DROP_PAYLOAD_SIZE, "");
        return false;
    }
    if (reader->encoding && !decode(reader, &from, &length, sink)) {
        drop(sink, DROP_INVALID_UTF8, "");
        return false;
    }
    if (length >= 3 && memcmp(from, byte_order_mark, 3) == 0) {
        from += 3;
        length -= 3;
    }
    while (length > 0 && is_margin(*from)) {
        from++;
        length--;
    }
    while (length > 0 && is_margin(from[length - 1]))
        length--;
    *text = from;
    *text_length = length;
    return true;
}

void payload_gate_drops(const struct payload_sink *sink, const struct text_gate *seen, const char *detail)
{
    if (seen->invalid)
        drop(sink, DROP_INVALID_UTF8, detail);
    if (seen->control)
        drop(sink, DROP_CONTROL_TEXT, detail);
    if (seen->cut)
        drop(sink, DROP_TEXT_CUT, detail);
}

static void deliver(struct delivery *to, struct value value)
{
    to->item.value = value;
    to->item.text = "";
    to->item.text_length = 0;
    to->sink->item(to->sink->arg, &to->item);
}

static void deliver_text(struct delivery *to, size_t length, const struct text_gate *seen)
{
    payload_gate_drops(to->sink, seen, to->detail);
    to->item.value = value_text(0);
    to->item.text = to->reader->text;
    to->item.text_length = length;
    to->sink->item(to->sink->arg, &to->item);
}

void payload_missing(struct delivery *to)
{
    to->item.quality = QUALITY_BAD;
    deliver(to, value_null());
}

static void deliver_not_finite(struct delivery *to)
{
    drop(to->sink, DROP_NOT_FINITE, to->detail);
    to->item.quality = QUALITY_BAD;
    deliver(to, value_null());
}

static char small(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
}

static bool is_word(const char *text, size_t length, const char *word)
{
    if (strlen(word) != length)
        return false;
    for (size_t i = 0; i < length; i++)
        if (small(text[i]) != small(word[i]))
            return false;
    return true;
}

static bool is_one_of(const char *text, size_t length, const char *const *words)
{
    for (; *words; words++)
        if (is_word(text, length, *words))
            return true;
    return false;
}

void payload_bare(struct delivery *to, const char *text, size_t length, bool as_text)
{
    static const char *const yes[] = {"true", "on", NULL}, *const no[] = {"false", "off", NULL};
    static const char *const not_finite[] = {"nan", "-nan", "inf", "-inf", "+inf", "infinity", "-infinity", "+infinity", NULL};
    struct value value;
    bool overflow = false;
    if (as_text) {
        struct text_gate seen;
        size_t written = text_gate(text, length, to->reader->text, to->reader->text_cap, &seen);
        deliver_text(to, written, &seen);
    } else if (length == 0) {
        deliver(to, value_null());
    } else if (number_read(text, length, &value, &overflow)) {
        deliver(to, value);
    } else if (overflow || is_one_of(text, length, not_finite)) {
        deliver_not_finite(to);
    } else if (is_one_of(text, length, yes) || is_one_of(text, length, no)) {
        deliver(to, value_bool(is_one_of(text, length, yes)));
    } else {
        payload_bare(to, text, length, true);
    }
}

void payload_scalar(struct delivery *to, uint32_t token)
{
    struct payload_reader *reader = to->reader;
    const struct json_token *t = &reader->json.tokens[token];
    if (t->type == JSON_SCALAR) {
        deliver(to, t->value);
    } else if (t->type == JSON_NOT_FINITE) {
        deliver_not_finite(to);
    } else if (t->type == JSON_TEXT) {
        struct text_gate seen;
        size_t length = json_text(&reader->json, token, reader->text, reader->text_cap, &seen);
        deliver_text(to, length, &seen);
    } else {
        drop(to->sink, DROP_WRONG_TYPE, to->detail);
    }
}

static const struct zone *zone_of(const struct payload_reader *reader)
{
    return reader->from && reader->from->zone ? reader->from->zone : reader->zone;
}

static bool time_of_number(struct value value, enum time_format format, int64_t *time_ms)
{
    static const int64_t units[] = {[TIME_AUTO] = 0, [TIME_S] = 1, [TIME_MS] = 1000, [TIME_US] = 1000000, [TIME_NS] = 1000000000};
    if (format >= TIME_ISO)
        return false;
    if (value.kind == VALUE_INT)
        return timestamp_epoch_int(value.i, units[format], time_ms);
    if (value.kind != VALUE_REAL)
        return false;
    if (format == TIME_AUTO)
        return timestamp_epoch(value.d, time_ms);
    double seconds = value.d / (double)units[format];
    /* By way of seconds, whose size timestamp_epoch() takes for seconds up to the year 5138. */
    return seconds > -1e11 && seconds < 1e11 && timestamp_epoch(seconds, time_ms);
}

/* Digits that are a date: "20240612" is more likely one than an instant in August 1970, "20240612115205" than one in the year 2611. */
static bool time_of_digits(struct payload_reader *reader, const char *text, size_t length, enum time_format format, int64_t *time_ms)
{
    const struct zone *zone = zone_of(reader);
    if (format >= TIME_PATTERNS)
        return timestamp_pattern(text, length, timestamp_patterns[format - TIME_PATTERNS], zone, time_ms);
    if (format != TIME_AUTO || (text[0] != '1' && text[0] != '2'))
        return false;
    return (length == 8 && timestamp_iso(text, length, zone, time_ms))
        || ((length == 14 || length == 17) && timestamp_pattern(text, length, timestamp_patterns[0], zone, time_ms));
}

static bool time_of_words(struct payload_reader *reader, const char *text, size_t length, enum time_format format, int64_t *time_ms)
{
    const struct zone *zone = zone_of(reader);
    if (format == TIME_ISO)
        return timestamp_iso(text, length, zone, time_ms);
    if (format >= TIME_PATTERNS)
        return timestamp_pattern(text, length, timestamp_patterns[format - TIME_PATTERNS], zone, time_ms);
    if (format != TIME_AUTO)
        return false;
    if (timestamp_iso(text, length, zone, time_ms))
        return true;
    for (size_t p = 0; p < timestamp_plain_patterns; p++)
        if (timestamp_pattern(text, length, timestamp_patterns[p], zone, time_ms))
            return true;
    return false;
}

bool payload_time(struct payload_reader *reader, uint32_t token, enum time_format format, int64_t *time_ms)
{
    const struct json_token *t = &reader->json.tokens[token];
    const char *text = reader->json.text + t->start;
    size_t length = t->end - t->start;
    struct value value = t->value;
    if (t->type == JSON_TEXT && !number_read(text, length, &value, NULL))
        return time_of_words(reader, text, length, format, time_ms);
    if ((t->type != JSON_SCALAR && t->type != JSON_TEXT) || (t->type == JSON_TEXT && format == TIME_ISO))
        return false;
    bool digits = value.kind == VALUE_INT && (t->type == JSON_TEXT || length > 8);
    if (digits && time_of_digits(reader, text, length, format, time_ms))
        return true;
    return time_of_number(value, format, time_ms);
}

/* OPC's byte, the two top bits of an OPC UA status code, a boolean or a word; false for anything else. */
bool payload_quality(struct payload_reader *reader, uint32_t token, const char *const *good, uint8_t *quality)
{
    const struct json_token *t = &reader->json.tokens[token];
    struct value value = t->value;
    const char *text = reader->json.text + t->start;
    size_t length = t->end - t->start;
    if (good && (t->type == JSON_TEXT || t->type == JSON_SCALAR)) {
        *quality = is_one_of(text, length, good) ? QUALITY_GOOD : QUALITY_BAD;
        return true;
    }
    if (t->type == JSON_TEXT && !number_read(text, length, &value, NULL)) {
        static const struct { const char *word; uint8_t quality; } words[] = {
            {"good", QUALITY_GOOD}, {"uncertain", QUALITY_UNCERTAIN}, {"bad", QUALITY_BAD}, {"ok", QUALITY_GOOD}};
        for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
            size_t word = strlen(words[i].word); /* "Good, local override", "BAD_NOT_CONNECTED" */
            if (length < word || !is_word(text, word, words[i].word))
                continue;
            *quality = words[i].quality;
            return true;
        }
        return false;
    }
    if (t->type != JSON_TEXT && t->type != JSON_SCALAR)
        return false;
    if (value.kind == VALUE_BOOL) {
        *quality = value.b ? QUALITY_GOOD : QUALITY_BAD;
        return true;
    }
    if (value.kind != VALUE_INT || value.i < 0 || value.i > UINT32_MAX)
        return false;
    int64_t top = value.i < 256 ? value.i >> 6 : value.i >> 30 == 0 ? 3 : 2 - (value.i >> 30);
    *quality = top == 3 ? QUALITY_GOOD : top == 1 ? QUALITY_UNCERTAIN : QUALITY_BAD;
    return true;
}

static uint32_t first_member(struct json *json, uint32_t object, const char *const *names)
{
    for (; *names; names++) {
        uint32_t found = json_member(json, object, *names);
        if (found != NO_TOKEN)
            return found;
    }
    return NO_TOKEN;
}

/* {"value": 21.5, "timestamp_ms": 1718185925123, "quality": 192}: its own time and quality come before the message's. */
static void read_envelope(struct delivery *to, uint32_t object)
{
    static const char *const values[] = {"value", "v", NULL}, *const qualities[] = {"quality", "q", NULL};
    static const char *const times[] = {"timestamp", "ts", "time", "t", NULL};
    struct json *json = &to->reader->json;
    uint32_t value = first_member(json, object, values);
    if (value == NO_TOKEN) {
        drop(to->sink, DROP_WRONG_TYPE, to->detail);
        return;
    }
    uint32_t time = json_member(json, object, "timestamp_ms");
    enum time_format format = time == NO_TOKEN ? TIME_AUTO : TIME_MS;
    if (time == NO_TOKEN)
        time = first_member(json, object, times);
    if (time != NO_TOKEN) {
        to->item.has_time = payload_time(to->reader, time, format, &to->item.time_ms);
        if (!to->item.has_time)
            drop(to->sink, DROP_TIME_UNREADABLE, to->detail);
    }
    uint32_t quality = first_member(json, object, qualities);
    if (quality != NO_TOKEN && !payload_quality(to->reader, quality, NULL, &to->item.quality)) {
        to->item.quality = QUALITY_UNCERTAIN;
        drop(to->sink, DROP_WRONG_TYPE, to->detail);
    }
    payload_scalar(to, value);
}

static struct delivery delivery_to(struct payload_reader *reader, const struct payload_sink *sink,
    const struct plant_binding *binding, size_t field)
{
    return (struct delivery){.reader = reader, .sink = sink, .detail = binding->fields[field].path,
        .item = {.field = field, .path = binding->fields[field].path, .quality = QUALITY_GOOD}};
}

static void read_bare(struct payload_reader *reader, const struct plant_binding *binding, const char *text, size_t length,
    const struct payload_sink *sink)
{
    bool any = false;
    for (size_t f = 0; f < binding->field_count; f++) {
        if (binding->fields[f].path[0])
            continue;
        struct delivery to = delivery_to(reader, sink, binding, f);
        payload_bare(&to, text, length, binding->format == FORMAT_TEXT);
        any = true;
    }
    if (!any && binding->field_count > 0)
        drop(sink, binding->format == FORMAT_TEXT ? DROP_FIELD_MISSING : DROP_NOT_JSON, binding->fields[0].path);
}

static bool message_time(struct payload_reader *reader, const struct plant_binding *binding, const struct payload_sink *sink,
    int64_t *time_ms)
{
    if (!binding->time_path || !binding->time_path[0])
        return false;
    uint32_t token = json_at(&reader->json, binding->time_path);
    if (token != NO_TOKEN && payload_time(reader, token, binding->time_format, time_ms))
        return true;
    drop(sink, DROP_TIME_UNREADABLE, binding->time_path);
    return false;
}

static void read_json(struct payload_reader *reader, const struct plant_binding *binding, const struct payload_sink *sink)
{
    int64_t time_ms = 0;
    bool has_time = message_time(reader, binding, sink, &time_ms), any = false;
    for (size_t f = 0; f < binding->field_count; f++) {
        uint32_t token = json_at(&reader->json, binding->fields[f].path);
        if (token == NO_TOKEN)
            continue;
        struct delivery to = delivery_to(reader, sink, binding, f);
        to.item.has_time = has_time;
        to.item.time_ms = time_ms;
        if (reader->json.tokens[token].type == JSON_OBJECT)
            read_envelope(&to, token);
        else
            payload_scalar(&to, token);
        any = true;
    }
    if (!any && binding->field_count > 0)
        drop(sink, DROP_FIELD_MISSING, binding->fields[0].path);
}

/* What the text holds is JSON now. */
static void read_structured(struct payload_reader *reader, const struct plant_binding *binding, const struct payload_sink *sink)
{
    static const struct envelope lines = {.names = {NULL}};
    if (binding->envelope)
        envelope_read(reader, binding->envelope, NULL, binding, sink);
    else if (binding->format == FORMAT_CSV)
        envelope_read(reader, &lines, NULL, binding, sink);
    else
        read_json(reader, binding, sink);
}

void payload_read(struct payload_reader *reader, const struct plant_binding *binding, const void *bytes, size_t length,
    const struct payload_sink *sink)
{
    const char *text;
    size_t text_length;
    enum drop why;
    reader->from = binding;
    if (!payload_trim(reader, bytes, length, sink, &text, &text_length))
        return;
    bool json = binding->format == FORMAT_JSON || (binding->envelope && binding->format != FORMAT_CSV)
        || (binding->format == FORMAT_AUTO && text_length > 0 && (text[0] == '{' || text[0] == '['));
    if (!json && binding->format != FORMAT_CSV)
        read_bare(reader, binding, text, text_length, sink);
    else if (json ? json_read(&reader->json, text, text_length, &why) : payload_lines(reader, text, text_length, &why))
        read_structured(reader, binding, sink);
    else
        drop(sink, why, "");
}
