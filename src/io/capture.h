/*
 * capture: messages as a file, one JSON object a line: what `andon record` and `andon sim` write and `andon replay` reads.
 *
 *     {"ts": 1718186400123, "topic": "plant/l1/state", "payload": "6", "qos": 0, "retain": false}
 *
 * `payload` is text; bytes that are not UTF-8 (or hold a NUL) are `payload_b64` (RFC 4648) instead. Optional: `broker` (a name
 * from the configuration) and `props` (MQTT 5; skipped). Unknown names are skipped. `ts` is the arrival, UTC milliseconds.
 *
 * Between them stand notes on the recording itself: a broker's link that came or went, messages that found no room, the recording's beginning and end.
 *
 *     {"ts": 1718186400123, "note": "down", "broker": "main", "said": "connection lost"}
 *
 * A file may be compressed (gzip, zstd, xz, bzip2): it is read as what it holds.
 *
 *     struct capture_reader *reader = capture_open("night.jsonl", &err);
 *     while ((result = capture_read(reader, &message, &err)) == CAPTURE_MESSAGE)
 *         ...
 *     capture_close(reader);
 *
 * A line that cannot be read is CAPTURE_BAD with an error that names it; the next call goes on with the line after it, so
 * the caller chooses between giving up and counting.
 */
#ifndef ANDON_IO_CAPTURE_H
#define ANDON_IO_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "core/error.h"

enum { CAPTURE_LINE_BYTES = 8 * 1024 * 1024, CAPTURE_TOPIC_BYTES = 65535, CAPTURE_BROKER_BYTES = 64, CAPTURE_SAID_BYTES = 128 };

/* NOTE_NONE: it is a message; NOTE_OTHER: of a later andon. */
enum capture_note { NOTE_NONE, NOTE_BEGIN, NOTE_UP, NOTE_DOWN, NOTE_LOST, NOTE_END, NOTE_OTHER };

/* A message; the pointers are borrowed: from a reader until its next call. Both end in a NUL that is not counted. */
struct capture_message {
    int64_t ts_ms;
    const char *topic;
    size_t topic_length;
    const void *payload;
    size_t payload_length;
    int qos;                           /* 0-2 */
    bool retain;
    char broker[CAPTURE_BROKER_BYTES]; /* "" when the line names none */
    enum capture_note note;            /* else topic and payload are NULL */
    uint64_t count;                    /* of NOTE_LOST: how many messages */
    char said[CAPTURE_SAID_BYTES];     /* of a note: why, through the gate */
};

enum capture_result { CAPTURE_END, CAPTURE_MESSAGE, CAPTURE_NOTE, CAPTURE_BAD };

struct capture_reader;

/* `path` "-" is standard input; of a file of `andon incident` it is the capture in it. NULL and err when it cannot be opened or is a folder. */
struct capture_reader *capture_open(const char *path, struct error *err);
/* The same of a member of an archive, or of anything that packed.h reads. */
struct packed;
struct capture_reader *capture_of(struct packed *packed_take);
void capture_close(struct capture_reader *reader);
/* How far its file is read, 0 to 1; negative: nobody knows. */
double capture_share(const struct capture_reader *reader);
/* What was bad last is the file's end: its last line, or what compressed it, stops in the middle. */
bool capture_is_cut(const struct capture_reader *reader);
/* The next message. Empty lines are skipped; a line over CAPTURE_LINE_BYTES is bad and skipped. A read error is CAPTURE_BAD
 * once, then CAPTURE_END. `out` is touched on CAPTURE_MESSAGE and CAPTURE_NOTE only. */
enum capture_result capture_read(struct capture_reader *reader, struct capture_message *out, struct error *err);
/* The number of the line that the last call looked at, from 1. */
size_t capture_line_number(const struct capture_reader *reader);

/* Reads one line from memory (tests, fuzzing); `out` borrows from the reader. */
struct capture_reader *capture_memory_reader(void);
bool capture_read_line(struct capture_reader *reader, const char *line, size_t length, struct capture_message *out,
    struct error *err);

/* Writes one line, a message or a note. False when the stream has failed. Bytes of a topic that are not UTF-8 become U+FFFD. */
bool capture_write(FILE *stream, const struct capture_message *message);
/* Writes a JSON string with its quotes; the text must be valid UTF-8 (what is not becomes U+FFFD). */
bool capture_write_text(FILE *stream, const char *text, size_t length);

#endif
