/*
 * The reader: it owns the line as read and one buffer for what is decoded out of it (topic, then payload, each with a NUL), so
 * that a message needs no allocation of its own. Decoded text is never longer than the line, so the buffer cannot overflow.
 * The tokens are a fixed number: a capture line is flat, and one with hundreds of members is not ours.
 */
#include "io/capture.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define JSMN_STATIC
#define JSMN_STRICT
#include <jsmn.h>

#include "core/memory.h"
#include "core/pack.h"
#include "core/text_gate.h"
#include "io/incident.h"
#include "io/packed.h"

enum { TOKENS = 512, BLOCK_BYTES = 64 * 1024 };

struct capture_reader {
    struct packed *packed;
    char *block; /* of what it holds: from `at` to `have` not looked at yet */
    size_t at, have;
    bool ended, failed, cut;
    struct error why;
    size_t line_number;
    char *line;
    size_t line_capacity;
    char *decoded;
    size_t decoded_capacity;
    jsmntok_t tokens[TOKENS];
};

/* What the members of one line have said so far. */
struct line_fields {
    struct capture_message message;
    bool has_ts, has_topic, has_payload;
    size_t used; /* of the reader's decoded buffer */
};

/* ---- strings and base64 ---- */

static bool hex4(const char *text, uint32_t *out)
{
    uint32_t code = 0;
    for (int i = 0; i < 4; i++) {
        static const char digits[] = "0123456789abcdef";
        const char *at = text[i] ? strchr(digits, tolower((unsigned char)text[i])) : NULL;
        if (!at)
            return false;
        code = code * 16 + (uint32_t)(at - digits);
    }
    *out = code;
    return true;
}

static size_t put_utf8(char *out, uint32_t code)
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xc0 | code >> 6);
        out[1] = (char)(0x80 | (code & 0x3f));
        return 2;
    }
    if (code < 0x10000) {
        out[0] = (char)(0xe0 | code >> 12);
        out[1] = (char)(0x80 | (code >> 6 & 0x3f));
        out[2] = (char)(0x80 | (code & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | code >> 18);
    out[1] = (char)(0x80 | (code >> 12 & 0x3f));
    out[2] = (char)(0x80 | (code >> 6 & 0x3f));
    out[3] = (char)(0x80 | (code & 0x3f));
    return 4;
}

/* After "\u" at text[0]: decodes one escape or a pair of surrogates; a lone surrogate is U+FFFD. Returns the bytes eaten. */
static size_t unescape_unicode(const char *text, size_t length, char *out, size_t *written)
{
    uint32_t code = 0xfffd, low = 0;
    size_t eaten = 4;
    if (length < 4 || !hex4(text, &code))
        return 0;
    if (code >= 0xd800 && code < 0xdc00 && length >= 10 && text[4] == '\\' && text[5] == 'u' && hex4(text + 6, &low)
        && low >= 0xdc00 && low < 0xe000) {
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        eaten = 10;
    } else if (code >= 0xd800 && code < 0xe000) {
        code = 0xfffd;
    }
    *written += put_utf8(out + *written, code);
    return eaten;
}

static bool unescape(const char *text, size_t length, char *out, size_t *out_length)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    size_t written = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] != '\\') {
            out[written++] = text[i];
            continue;
        }
        if (++i == length)
            return false;
        const char *known = text[i] ? strchr(from, text[i]) : NULL;
        if (known) {
            out[written++] = to[known - from];
            continue;
        }
        size_t eaten = text[i] == 'u' ? unescape_unicode(text + i + 1, length - i - 1, out, &written) : 0;
        if (eaten == 0)
            return false;
        i += eaten;
    }
    out[written] = '\0';
    *out_length = written;
    return true;
}

static const char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static bool base64_decode(const char *text, size_t length, char *out, size_t *out_length)
{
    size_t written = 0, pad = 0;
    uint32_t bits = 0;
    if (length % 4 != 0)
        return false;
    for (size_t i = 0; i < length; i++) {
        const char *at = text[i] ? strchr(base64_digits, text[i]) : NULL;
        if (text[i] == '=' && i + 2 >= length)
            pad++;
        else if (!at || pad)
            return false;
        bits = bits << 6 | (at ? (uint32_t)(at - base64_digits) : 0);
        if (i % 4 == 3) {
            for (int shift = 16; shift >= 0; shift -= 8)
                out[written++] = (char)(bits >> shift & 0xff);
            bits = 0;
        }
    }
    written -= pad;
    out[written] = '\0';
    *out_length = written;
    return true;
}

/* ---- one line ---- */

static bool read_integer(const char *text, size_t length, int64_t *out)
{
    char copy[24], *end = NULL;
    if (length == 0 || length >= sizeof copy || (!isdigit((unsigned char)text[0]) && text[0] != '-'))
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    errno = 0;
    long long number = strtoll(copy, &end, 10);
    if (errno || *end != '\0' || end == copy)
        return false;
    *out = number;
    return true;
}

struct member {
    const char *text; /* raw, between the quotes for a string */
    size_t length;
    jsmntype_t type;
    char *room;       /* for the decoded text */
};

static bool take_ts(struct line_fields *f, const struct member *m, struct error *err)
{
    if (m->type != JSMN_PRIMITIVE || !read_integer(m->text, m->length, &f->message.ts_ms))
        return error_set(err, "ts is not a whole number of milliseconds");
    if (f->message.ts_ms > TIME_MOST_MS || f->message.ts_ms < -TIME_MOST_MS)
        return error_set(err, "ts is beyond all times");
    f->has_ts = true;
    return true;
}

static bool take_topic(struct line_fields *f, const struct member *m, struct error *err)
{
    size_t length = 0;
    if (m->type != JSMN_STRING || !unescape(m->text, m->length, m->room, &length))
        return error_set(err, "topic is not a text");
    if (length == 0 || length > CAPTURE_TOPIC_BYTES)
        return error_set(err, "topic has %zu bytes; 1 to %d are valid", length, CAPTURE_TOPIC_BYTES);
    f->message.topic = m->room;
    f->message.topic_length = length;
    f->used += length + 1;
    f->has_topic = true;
    return true;
}

static bool keep_payload(struct line_fields *f, const struct member *m, size_t length, struct error *err)
{
    if (f->has_payload)
        return error_set(err, "more than one payload");
    f->message.payload = m->room;
    f->message.payload_length = length;
    f->used += length + 1;
    f->has_payload = true;
    return true;
}

static bool take_payload(struct line_fields *f, const struct member *m, struct error *err)
{
    size_t length = 0;
    if (m->type != JSMN_STRING || !unescape(m->text, m->length, m->room, &length))
        return error_set(err, "payload is not a text (other bytes go into payload_b64)");
    return keep_payload(f, m, length, err);
}

static bool take_payload_b64(struct line_fields *f, const struct member *m, struct error *err)
{
    size_t length = 0;
    if (m->type != JSMN_STRING || !base64_decode(m->text, m->length, m->room, &length))
        return error_set(err, "payload_b64 is not base64");
    return keep_payload(f, m, length, err);
}

static bool take_qos(struct line_fields *f, const struct member *m, struct error *err)
{
    int64_t qos = 0;
    if (m->type != JSMN_PRIMITIVE || !read_integer(m->text, m->length, &qos) || qos < 0 || qos > 2)
        return error_set(err, "qos is not 0, 1 or 2");
    f->message.qos = (int)qos;
    return true;
}

static bool take_retain(struct line_fields *f, const struct member *m, struct error *err)
{
    bool yes = m->length == 4 && memcmp(m->text, "true", 4) == 0;
    if (m->type != JSMN_PRIMITIVE || (!yes && !(m->length == 5 && memcmp(m->text, "false", 5) == 0)))
        return error_set(err, "retain is not true or false");
    f->message.retain = yes;
    return true;
}

static bool take_broker(struct line_fields *f, const struct member *m, struct error *err)
{
    size_t length = 0;
    if (m->type != JSMN_STRING || !unescape(m->text, m->length, m->room, &length) || length >= CAPTURE_BROKER_BYTES)
        return error_set(err, "broker is not a name of at most %d bytes", CAPTURE_BROKER_BYTES - 1);
    for (size_t i = 0; i < length; i++)
        if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789_-", m->room[i]) || m->room[i] == '\0')
            return error_set(err, "broker is not a name: a-z, 0-9, _ and - are valid");
    memcpy(f->message.broker, m->room, length + 1);
    return true;
}

static const char *const note_names[] = {[NOTE_BEGIN] = "begin", [NOTE_UP] = "up", [NOTE_DOWN] = "down", [NOTE_LOST] = "lost", [NOTE_END] = "end"};

/* Of a message these names mean nothing: they are never wrong. */
static bool take_note(struct line_fields *f, const struct member *m, struct error *err)
{
    (void)err;
    if (m->type != JSMN_STRING)
        return true;
    f->message.note = NOTE_OTHER;
    for (int n = NOTE_BEGIN; n <= NOTE_END; n++)
        if (strlen(note_names[n]) == m->length && memcmp(note_names[n], m->text, m->length) == 0)
            f->message.note = (enum capture_note)n;
    return true;
}

static bool take_said(struct line_fields *f, const struct member *m, struct error *err)
{
    size_t length = 0;
    (void)err;
    if (m->type == JSMN_STRING && unescape(m->text, m->length, m->room, &length))
        text_gate(m->room, length, f->message.said, sizeof f->message.said, NULL);
    return true;
}

static bool take_count(struct line_fields *f, const struct member *m, struct error *err)
{
    int64_t count = 0;
    (void)err;
    if (m->type == JSMN_PRIMITIVE && read_integer(m->text, m->length, &count) && count > 0)
        f->message.count = (uint64_t)count;
    return true;
}

static const struct {
    const char *name;
    bool (*take)(struct line_fields *f, const struct member *m, struct error *err);
} member_table[] = {
    {"ts", take_ts}, {"topic", take_topic}, {"payload", take_payload}, {"payload_b64", take_payload_b64},
    {"qos", take_qos}, {"retain", take_retain}, {"broker", take_broker},
    {"note", take_note}, {"said", take_said}, {"count", take_count},
};

static bool take_member(struct capture_reader *reader, struct line_fields *f, const char *line, const jsmntok_t *name,
    const jsmntok_t *value, struct error *err)
{
    struct member m = {.text = line + value->start, .length = (size_t)(value->end - value->start), .type = value->type,
        .room = reader->decoded + f->used};
    size_t length = (size_t)(name->end - name->start);
    for (size_t i = 0; i < sizeof member_table / sizeof *member_table; i++)
        if (strlen(member_table[i].name) == length && memcmp(member_table[i].name, line + name->start, length) == 0)
            return member_table[i].take(f, &m, err);
    return true;
}

/* A line may name a topic twice: each decoded text is shorter than its source, so all of them together still fit. */
static void make_room(struct capture_reader *reader, size_t length)
{
    if (reader->decoded_capacity >= length + 64)
        return;
    reader->decoded_capacity = length + 64;
    reader->decoded = mem_resize(reader->decoded, reader->decoded_capacity, 1);
}

static bool only_blanks(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!strchr(" \t\r\n", text[i]) || text[i] == '\0')
            return false;
    return true;
}

bool capture_read_line(struct capture_reader *reader, const char *line, size_t length, struct capture_message *out,
    struct error *err)
{
    struct line_fields f = {.message = {.qos = 0}};
    const jsmntok_t *tokens = reader->tokens;
    jsmn_parser parser;
    jsmn_init(&parser);
    int count = length > CAPTURE_LINE_BYTES ? JSMN_ERROR_NOMEM : jsmn_parse(&parser, line, length, reader->tokens, TOKENS);
    if (count == JSMN_ERROR_NOMEM)
        return error_set(err, "too long, or too many members");
    if (count < 1 || tokens[0].type != JSMN_OBJECT || !only_blanks(line + tokens[0].end, length - (size_t)tokens[0].end))
        return error_set(err, "not a JSON object");
    make_room(reader, length);
    int i = 1;
    while (i < count) {
        if (tokens[i].type != JSMN_STRING || tokens[i].size != 1 || i + 1 >= count)
            return error_set(err, "not a JSON object");
        if (!take_member(reader, &f, line, &tokens[i], &tokens[i + 1], err))
            return false;
        int end = tokens[i + 1].end;
        for (i += 2; i < count && tokens[i].start < end; i++)
            ;
    }
    bool note = f.message.note != NOTE_NONE && !f.has_topic;
    if (!f.has_ts || (!note && (!f.has_topic || !f.has_payload)))
        return error_set(err, "%s is missing", !f.has_ts ? "ts" : !f.has_topic ? "topic" : "payload");
    *out = f.message;
    if (note)
        out->payload = NULL, out->payload_length = 0;
    else
        out->note = NOTE_NONE;
    return true;
}

/* ---- a stream of lines ---- */

struct capture_reader *capture_memory_reader(void)
{
    return mem_zero(1, sizeof(struct capture_reader));
}

struct capture_reader *capture_open(const char *path, struct error *err)
{
    struct packed *packed = packed_open(path, err);
    const char *name;
    struct error why = {.text = ""};
    if (packed && packed_is_archive(packed)) {
        while ((name = packed_next(packed, &why)) && strcmp(name, INCIDENT_CAPTURE) != 0 && strcmp(name, INCIDENT_HISTORY) != 0)
            ;
        if (!name) {
            error_set(err, "%s: is an archive without a capture%s%.100s", path, why.text[0] ? ": " : "", why.text);
            packed_close(packed);
            return NULL;
        }
    }
    return packed ? capture_of(packed) : NULL;
}

struct capture_reader *capture_of(struct packed *packed_take)
{
    struct capture_reader *reader = capture_memory_reader();
    reader->packed = packed_take;
    reader->block = mem_zero(BLOCK_BYTES, 1);
    return reader;
}

void capture_close(struct capture_reader *reader)
{
    if (!reader)
        return;
    packed_close(reader->packed);
    free(reader->block);
    free(reader->line);
    free(reader->decoded);
    free(reader);
}

double capture_share(const struct capture_reader *reader)
{
    return packed_share(reader->packed);
}

bool capture_is_cut(const struct capture_reader *reader)
{
    return reader->cut;
}

size_t capture_line_number(const struct capture_reader *reader)
{
    return reader->line_number;
}

static bool fill(struct capture_reader *reader)
{
    if (reader->ended)
        return false;
    ssize_t n = packed_read(reader->packed, reader->block, BLOCK_BYTES, &reader->why);
    reader->failed = n < 0;
    reader->ended = n <= 0;
    reader->at = 0;
    reader->have = n > 0 ? (size_t)n : 0;
    return n > 0;
}

static void keep(struct capture_reader *reader, size_t *used, const char *bytes, size_t length, bool *too_long)
{
    *too_long = *too_long || *used + length > CAPTURE_LINE_BYTES;
    if (*too_long)
        return;
    while (reader->line_capacity < *used + length + 1) {
        reader->line_capacity = reader->line_capacity ? 2 * reader->line_capacity : 1024;
        reader->line = mem_resize(reader->line, reader->line_capacity, 1);
    }
    memcpy(reader->line + *used, bytes, length);
    *used += length;
}

/* One line without its end; what is beyond the bound is read and thrown away. False at the end of the stream. `cut`: no line end follows it. */
static bool next_line(struct capture_reader *reader, size_t *length, bool *too_long)
{
    size_t used = 0;
    bool any = false, whole = false;
    *too_long = false;
    while (!whole && (reader->at < reader->have || fill(reader))) {
        const char *from = reader->block + reader->at, *end = memchr(from, '\n', reader->have - reader->at);
        size_t part = end ? (size_t)(end - from) : reader->have - reader->at;
        keep(reader, &used, from, part, too_long);
        any = true;
        whole = end != NULL;
        reader->at += part + whole;
    }
    if (!any)
        return false;
    keep(reader, &used, "", 0, too_long);
    reader->cut = !whole;
    reader->line_number++;
    *length = used;
    return true;
}

enum capture_result capture_read(struct capture_reader *reader, struct capture_message *out, struct error *err)
{
    size_t length = 0;
    bool too_long = false;
    do {
        if (!next_line(reader, &length, &too_long)) {
            if (!reader->failed)
                return CAPTURE_END;
            reader->failed = false;
            reader->cut = true;
            error_set(err, "line %zu: %.400s", reader->line_number + 1, reader->why.text);
            return CAPTURE_BAD;
        }
    } while (!too_long && only_blanks(reader->line, length));
    struct error why;
    if (too_long)
        error_set(&why, "longer than %d bytes", CAPTURE_LINE_BYTES);
    else if (capture_read_line(reader, reader->line, length, out, &why)) {
        reader->cut = false;
        return out->note == NOTE_NONE ? CAPTURE_MESSAGE : CAPTURE_NOTE;
    }
    if (reader->cut)
        error_set(err, "line %zu, the last, is cut off: %.400s", reader->line_number, why.text);
    else
        error_set(err, "line %zu: %.400s", reader->line_number, why.text);
    return CAPTURE_BAD;
}
