/*
 * The writer's half of the capture. Text is escaped so that a line is always one line and always valid UTF-8, whatever a
 * publisher sent: controls as \u00xx, and a payload that is not text as base64.
 */
#include <inttypes.h>
#include <string.h>

#include <utf8proc.h>

#include "io/capture.h"

/* Bytes of the valid UTF-8 character at the front, 0 when there is none. */
static size_t character(const char *text, size_t length)
{
    utf8proc_int32_t code = 0;
    utf8proc_ssize_t room = length > 4 ? 4 : (utf8proc_ssize_t)length;
    utf8proc_ssize_t used = utf8proc_iterate((const utf8proc_uint8_t *)text, room, &code);
    return used > 0 ? (size_t)used : 0;
}

static bool is_text(const char *bytes, size_t length)
{
    for (size_t i = 0; i < length;) {
        size_t used = bytes[i] ? character(bytes + i, length - i) : 0;
        if (used == 0)
            return false;
        i += used;
    }
    return true;
}

bool capture_write_text(FILE *stream, const char *text, size_t length)
{
    putc('"', stream);
    for (size_t i = 0; i < length;) {
        unsigned char c = (unsigned char)text[i];
        size_t used = character(text + i, length - i);
        if (c == '"' || c == '\\')
            fprintf(stream, "\\%c", c);
        else if (c < 0x20 || c == 0x7f)
            fprintf(stream, "\\u%04x", (unsigned)c);
        else if (used)
            fwrite(text + i, 1, used, stream);
        else
            fputs("\xef\xbf\xbd", stream);
        i += used ? used : 1;
    }
    putc('"', stream);
    return !ferror(stream);
}

static void write_base64(FILE *stream, const unsigned char *bytes, size_t length)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    putc('"', stream);
    for (size_t i = 0; i < length; i += 3) {
        size_t left = length - i;
        uint32_t bits = (uint32_t)bytes[i] << 16 | (left > 1 ? (uint32_t)bytes[i + 1] << 8 : 0) | (left > 2 ? bytes[i + 2] : 0U);
        putc(digits[bits >> 18], stream);
        putc(digits[bits >> 12 & 63], stream);
        putc(left > 1 ? digits[bits >> 6 & 63] : '=', stream);
        putc(left > 2 ? digits[bits & 63] : '=', stream);
    }
    putc('"', stream);
}

static void write_broker(FILE *stream, const struct capture_message *message)
{
    if (!message->broker[0])
        return;
    fputs(",\"broker\":", stream);
    capture_write_text(stream, message->broker, strlen(message->broker));
}

static bool write_note(FILE *stream, const struct capture_message *message)
{
    static const char *const names[] = {[NOTE_BEGIN] = "begin", [NOTE_UP] = "up", [NOTE_DOWN] = "down", [NOTE_LOST] = "lost", [NOTE_END] = "end", [NOTE_OTHER] = "other"};
    fprintf(stream, "{\"ts\":%" PRId64 ",\"note\":\"%s\"", message->ts_ms, names[message->note]);
    write_broker(stream, message);
    if (message->note == NOTE_LOST)
        fprintf(stream, ",\"count\":%" PRIu64, message->count);
    if (message->said[0]) {
        fputs(",\"said\":", stream);
        capture_write_text(stream, message->said, strlen(message->said));
    }
    fputs("}\n", stream);
    return !ferror(stream);
}

bool capture_write(FILE *stream, const struct capture_message *message)
{
    if (message->note != NOTE_NONE)
        return write_note(stream, message);
    fprintf(stream, "{\"ts\":%" PRId64 ",\"topic\":", message->ts_ms);
    capture_write_text(stream, message->topic, message->topic_length);
    if (is_text(message->payload, message->payload_length)) {
        fputs(",\"payload\":", stream);
        capture_write_text(stream, message->payload, message->payload_length);
    } else {
        fputs(",\"payload_b64\":", stream);
        write_base64(stream, message->payload, message->payload_length);
    }
    fprintf(stream, ",\"qos\":%d,\"retain\":%s", message->qos, message->retain ? "true" : "false");
    write_broker(stream, message);
    fputs("}\n", stream);
    return !ferror(stream);
}
