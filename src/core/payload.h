/*
 * payload: turns a message's bytes into field values. Formats: a bare number, text or boolean; JSON by pointer (RFC 6901);
 * the envelope {"timestamp_ms": ..., "value": ...}. JSON is read by a bounded tokenizer, so one bad number loses one field
 * and not the message. Nothing is allocated per message: a struct payload_reader is scratch space that is used again.
 */
#ifndef ANDON_CORE_PAYLOAD_H
#define ANDON_CORE_PAYLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/bounds.h"
#include "core/drop.h"
#include "core/plant.h"
#include "core/value.h"

/* One field as it came: unscaled, its text already through the gate. */
struct payload_item {
    size_t field;        /* index into the binding's fields, or the order of discovery */
    const char *path;    /* the pointer of a discovered field, "" for the whole payload */
    const struct envelope_kind *kind; /* of a discovered field: the envelope that it came in, or NULL */
    struct value value;  /* VALUE_TEXT: see text; the index is not used */
    const char *text;    /* NUL-terminated, borrowed until the next item */
    size_t text_length;
    uint8_t quality;
    bool has_time;       /* the source gave a time */
    int64_t time_ms;
};

/* Receives each item, and each reason why something was dropped or mended (detail: the path, or ""). */
struct payload_sink {
    void (*item)(void *arg, const struct payload_item *item);
    void (*drop)(void *arg, enum drop reason, const char *detail);
    void *arg;
};

enum { PAYLOAD_LEAVES = 64, PAYLOAD_ELEMENTS = 16, PAYLOAD_ITEMS = 4096 /* of an envelope */ };

struct payload_reader;
struct envelope_names;

/* `zone` is for ISO times without a zone; both are borrowed for the reader's life. */
struct payload_reader *payload_reader_create(const struct bounds *bounds, const struct zone *zone);
void payload_reader_destroy(struct payload_reader *reader);
/* The topic (copied) and the encoding ("" for UTF-8; borrowed for the reader's life, told apart by its address) of the messages that follow. */
void payload_topic(struct payload_reader *reader, const char *topic, size_t length);
void payload_encoding(struct payload_reader *reader, const char *encoding);
/* What messages have told of others: names and units (Zigbee2MQTT's devices, Home Assistant's discovery, Industrial Edge's data points). */
const struct envelope_names *payload_names(const struct payload_reader *reader);
/* A new reader goes on with what another one was told. */
void payload_adopt(struct payload_reader *reader, struct payload_reader *from);
/* Reads the fields of a binding, in its order. A field that is not in the message is DROP_FIELD_MISSING only when none of
 * the binding's fields is there: machines send partial updates.
 *
 * - FORMAT_AUTO is JSON when the first byte that is not blank is { or [, else one bare value: a JSON number, true, false,
 *   on, off (without case), else text. FORMAT_TEXT is always text. Blanks and NULs around the payload do not count. A bare
 *   value feeds the fields whose path is "".
 * - A JSON text stays VALUE_TEXT even when it is a number: only the tag knows its kind, and ingest converts.
 * - Where a value is an object with a "value" (or "v") in it, it is an envelope: "timestamp_ms", "timestamp", "ts", "time" or
 *   "t" is its time, "quality" or "q" its quality (0-255 as OPC, an OPC UA code, "good", "uncertain", "bad", a boolean).
 * - null is VALUE_NULL. NaN, infinities and what overflows are VALUE_NULL with QUALITY_BAD, and DROP_NOT_FINITE.
 * - The time at the binding's time_path holds for every field without its own. When it is not there or cannot be read, that is
 *   DROP_TIME_UNREADABLE, and the items have no time. Whether a time is credible is not judged here.
 * - With an envelope the message's items get paths of their names, and feed the fields that have such a path: as often as they are in it. What is not as the
 *   envelope says is DROP_NOT_FORMAT; an item whose name nobody has told yet is DROP_NAME_UNKNOWN.
 * - FORMAT_CSV is read as an array of lines, each an array of cells; or an object, when the first line holds names and others follow.
 * - An empty payload is VALUE_NULL (a retained topic was cleared), empty text by FORMAT_TEXT, and not JSON by FORMAT_JSON. */
void payload_read(struct payload_reader *reader, const struct plant_binding *binding, const void *bytes, size_t length,
    const struct payload_sink *sink);
/* Without a binding: the items of an envelope that is recognised (at most PAYLOAD_ITEMS); else the whole payload as one value, or every scalar leaf of a JSON object (arrays of at most 16) with its
 * pointer; a timestamp member of the root ("timestamp_ms", "timestamp", "ts", "time") dates the others. At most PAYLOAD_LEAVES
 * leaves; more are DROP_TOO_MANY_TOKENS. A leaf whose pointer is longer than a key may be is DROP_TEXT_CUT. */
void payload_discover(struct payload_reader *reader, const void *bytes, size_t length, const struct payload_sink *sink);

#endif
