/*
 * payload_json: a bounded view of one JSON text, for payload.c and payload_discover.c alone.
 *
 * The text is borrowed while its tokens are used. Token 0 is the root. A member's value is the token behind its name;
 * `next` skips a token with all that it holds. NaN and infinities are read (JSON_NOT_FINITE), so that one bad number
 * costs one field, and control characters inside of texts are left to the gate; everything else that is not JSON by RFC 8259
 * is refused.
 */
#ifndef ANDON_CORE_PAYLOAD_JSON_H
#define ANDON_CORE_PAYLOAD_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/bounds.h"
#include "core/drop.h"
#include "core/text_gate.h"
#include "core/value.h"

#define NO_TOKEN UINT32_MAX
enum { JSON_HINTS = 4 };

enum json_type { JSON_OBJECT, JSON_ARRAY, JSON_TEXT, JSON_SCALAR, JSON_NOT_FINITE };

struct json_token {
    uint8_t type;        /* enum json_type */
    uint32_t start, end; /* bytes; of a text without its quotes */
    uint32_t next;
    struct value value;  /* of a scalar: bool, int, uint, real or null */
};

struct json {
    const char *text;
    struct json_token *tokens;
    size_t count, token_limit, depth_limit;
    void *raw;           /* the tokenizer's own tokens */
    char *plain;         /* a text without its escapes */
    size_t plain_capacity;
    struct { uint32_t object, name; } hints[JSON_HINTS]; /* by level: where the last member was found */
};

void json_init(struct json *json, const struct bounds *bounds);
void json_finish(struct json *json);
/* Takes the text apart; false with the reason when it is not JSON or exceeds a bound. */
bool json_read(struct json *json, const char *text, size_t length, enum drop *why);
/* The value of a member of an object, or NO_TOKEN. */
uint32_t json_member(struct json *json, uint32_t object, const char *name);
/* The value that an RFC 6901 pointer names, or NO_TOKEN. Fields that are asked for in the order in which they stand in the
 * message cost one comparison each. */
uint32_t json_at(struct json *json, const char *pointer);
/* The same from another value on; "" is that value. */
uint32_t json_from(struct json *json, uint32_t token, const char *pointer);
/* A text (or a member's name) without its escapes and through the gate. Returns its length; cap >= 1. */
size_t json_text(struct json *json, uint32_t token, char *out, size_t cap, struct text_gate *seen);

#endif
