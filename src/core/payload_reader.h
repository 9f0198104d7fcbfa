/*
 * payload_reader: what payload.c and payload_discover.c share: the scratch space, and how one value becomes an item.
 */
#ifndef ANDON_CORE_PAYLOAD_READER_H
#define ANDON_CORE_PAYLOAD_READER_H

#include "core/payload.h"
#include "core/payload_json.h"

struct payload_reader {
    const struct bounds *bounds;
    const struct zone *zone;
    struct json json;
    char *text;      /* the item's text, BOUND_TEXT_BYTES and a NUL */
    size_t text_cap;
};

/* Where an item goes and what is already known of it. */
struct delivery {
    struct payload_reader *reader;
    const struct payload_sink *sink;
    struct payload_item item; /* field, path, quality and time are set; the value is filled in */
    const char *detail;       /* path for drops */
};

/* The payload without blanks and NULs around it, as text; false when it is too large (counted). */
bool payload_trim(const struct payload_reader *reader, const void *bytes, size_t length, const struct payload_sink *sink,
    const char **text, size_t *text_length);
/* Delivers the whole payload as one value: number, boolean, else text; `as_text`: text in all cases. */
void payload_bare(struct delivery *to, const char *text, size_t length, bool as_text);
/* Delivers a scalar or text token; an object or array is DROP_WRONG_TYPE. */
void payload_scalar(struct delivery *to, uint32_t token);
/* A time from a scalar or text token. */
bool payload_time(struct payload_reader *reader, uint32_t token, enum time_format format, int64_t *time_ms);
/* Counts what the gate mended. */
void payload_gate_drops(const struct payload_sink *sink, const struct text_gate *seen, const char *detail);

#endif
