/*
 * payload_reader: what the files of payload share: the scratch space, how one value becomes an item, and the walk through all values of a message.
 */
#ifndef ANDON_CORE_PAYLOAD_READER_H
#define ANDON_CORE_PAYLOAD_READER_H

#include "core/encoding.h"
#include "core/envelope.h"
#include "core/envelope_names.h"
#include "core/payload.h"
#include "core/payload_json.h"

enum { READER_ENCODINGS = 4 };

struct payload_reader {
    const struct bounds *bounds;
    const struct zone *zone;
    struct json json;
    char *text;      /* the item's text, BOUND_TEXT_BYTES and a NUL */
    size_t text_cap;
    char *lines;     /* lines of cells, as JSON */
    size_t lines_used, lines_capacity;
    char *plain;     /* the payload out of another encoding */
    size_t plain_capacity;
    char topic[KEY_BYTES]; /* of the message, cut; "" when nobody said it */
    const struct plant_binding *from; /* what is being read for; NULL: discovery */
    struct envelope_names *names;     /* the only thing that a message leaves behind: what others call their items */
    const char *encoding;             /* of the message; NULL: UTF-8 */
    struct { const char *name; struct encoding *encoding; } encodings[READER_ENCODINGS];
    size_t encoding_count;
};

/* Where an item goes and what is already known of it. */
struct delivery {
    struct payload_reader *reader;
    const struct payload_sink *sink;
    struct payload_item item; /* field, path, quality and time are set; the value is filled in */
    const char *detail;       /* path for drops */
};

/* The payload without blanks and NULs around it, as UTF-8 text; false when it is too large (counted). */
bool payload_trim(struct payload_reader *reader, const void *bytes, size_t length, const struct payload_sink *sink,
    const char **text, size_t *text_length);
/* Delivers the whole payload as one value: number, boolean, else text; `as_text`: text in all cases. */
void payload_bare(struct delivery *to, const char *text, size_t length, bool as_text);
/* Delivers a scalar or text token; an object or array is DROP_WRONG_TYPE. */
void payload_scalar(struct delivery *to, uint32_t token);
/* Delivers a value that the source says it has not: null, bad. */
void payload_missing(struct delivery *to);
/* A time from a scalar or text token. */
bool payload_time(struct payload_reader *reader, uint32_t token, enum time_format format, int64_t *time_ms);
/* What a quality says; `good`: the only words that mean good, NULL for the usual ones. */
bool payload_quality(struct payload_reader *reader, uint32_t token, const char *const *good, uint8_t *quality);
/* Counts what the gate mended. */
void payload_gate_drops(const struct payload_sink *sink, const struct text_gate *seen, const char *detail);

/* ---- payload_walk.c ---- */

enum { WALK_SKIPPED = 8 };

struct walk {
    struct payload_reader *reader;
    const struct payload_sink *sink;
    const struct plant_binding *binding; /* NULL: everything is wanted */
    const struct envelope_kind *kind;    /* NULL: none */
    bool has_time;
    int64_t time_ms;
    uint8_t quality;
    uint32_t skip[WALK_SKIPPED];         /* tokens that are no values: times, names */
    size_t skip_count;
    size_t leaves, most;
    bool full;
    char path[KEY_BYTES];
};

/* Appends "/name" with ~ and / escaped to the path of this length; 0 when it does not fit, else the new length. */
size_t walk_name(struct walk *walk, size_t length, const char *name, size_t name_length);
/* The same with a text token. */
size_t walk_key(struct walk *walk, size_t length, uint32_t name);
/* Gives every value at and below a token, with the path's first `length` bytes before it. The recursion is as deep as the JSON, which is bounded. */
void walk_visit(struct walk *walk, uint32_t token, size_t length);
/* The value at the path is known to be missing. */
void walk_missing(struct walk *walk);

/* ---- payload_envelope.c ---- */

/* Gives the items of a message, which reader->json holds: for a binding, or (NULL) all. */
void envelope_read(struct payload_reader *reader, const struct envelope *shape, const struct envelope_kind *kind,
    const struct plant_binding *binding, const struct payload_sink *sink);

/* ---- payload_lines.c ---- */

/* Lines of cells as JSON, an array of arrays (or of objects, when the first line names the columns), into reader->json. */
bool payload_lines(struct payload_reader *reader, const char *text, size_t length, enum drop *why);
/* Which of the kinds of lines a text is, or NULL. */
const struct envelope_kind *payload_lines_kind(struct payload_reader *reader, const char *text, size_t length);

#endif
