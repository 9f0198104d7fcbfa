#include "core/payload_json.h"

#include <stdlib.h>
#include <string.h>

#define JSMN_STATIC
#define JSMN_PARENT_LINKS
#include <jsmn.h>

#include "core/memory.h"
#include "core/number.h"

/*
 * jsmn cuts the text into tokens, but it is easy-going: it takes any word for a value and does not mind a missing colon or
 * comma, or something behind the end. So the text's grammar is checked before, in one pass that bounds the depth too, with a
 * struct nest for the brackets that are open; only the escapes and the words are left to be checked afterwards. The tokens are
 * then copied once, from the last to the first, into struct json_token with the numbers read and the way to the next sibling.
 */

enum { JSON_DEEPEST = 512 }; /* the most that bounds allow */

void json_init(struct json *json, const struct bounds *bounds)
{
    *json = (struct json){.token_limit = (size_t)bounds->limit[BOUND_JSON_TOKENS],
        .depth_limit = (size_t)bounds->limit[BOUND_JSON_DEPTH] < JSON_DEEPEST ? (size_t)bounds->limit[BOUND_JSON_DEPTH] : JSON_DEEPEST,
        .plain_capacity = (size_t)bounds->limit[BOUND_TEXT_BYTES] * 4 + 1024};
    /* Not cleared: the pages that no message needs are never touched. */
    json->tokens = mem_resize(NULL, json->token_limit, sizeof *json->tokens);
    json->raw = mem_resize(NULL, json->token_limit, sizeof(jsmntok_t));
    json->plain = mem_resize(NULL, json->plain_capacity, 1);
}

void json_finish(struct json *json)
{
    free(json->tokens);
    free(json->raw);
    free(json->plain);
}

/* What may come next. */
enum expect { A_VALUE, A_VALUE_OR_END, A_NAME, A_NAME_OR_END, A_COLON, A_COMMA_OR_END, NOTHING };

enum sort { WORD, BLANK, QUOTE, OPEN_OBJECT, OPEN_ARRAY, CLOSE_OBJECT, CLOSE_ARRAY, COMMA, COLON, CONTROL };

static const uint8_t sorts[256] = {
    [0x00] = CONTROL, CONTROL, CONTROL, CONTROL, CONTROL, CONTROL, CONTROL, CONTROL, CONTROL, BLANK, BLANK, CONTROL, CONTROL, BLANK, CONTROL, CONTROL,
    [0x10] = CONTROL, CONTROL, CONTROL, CONTROL, CONTROL, CONTROL, CONTROL, CONTROL, CONTROL, CONTROL, CONTROL, CONTROL, CONTROL, CONTROL, CONTROL, CONTROL,
    [' '] = BLANK, ['"'] = QUOTE, ['{'] = OPEN_OBJECT, ['['] = OPEN_ARRAY, ['}'] = CLOSE_OBJECT, [']'] = CLOSE_ARRAY, [','] = COMMA, [':'] = COLON,
};

/* The containers that are open, a bit each: is it an object? */
struct nest {
    size_t depth;
    uint64_t object[JSON_DEEPEST / 64 + 1];
};

static bool in_object(const struct nest *nest)
{
    return nest->depth > 0 && (nest->object[nest->depth / 64] >> nest->depth % 64 & 1);
}

static void nest_open(struct nest *nest, bool object)
{
    uint64_t bit = UINT64_C(1) << ++nest->depth % 64, *word = &nest->object[nest->depth / 64];
    *word = object ? *word | bit : *word & ~bit;
}

/* A bracket, a comma or a colon; false when it may not stand here. */
static bool punctuate(struct nest *nest, enum expect *expect, enum sort sort)
{
    bool object = sort == OPEN_OBJECT || sort == CLOSE_OBJECT;
    switch (sort) {
    case COLON:
        if (*expect != A_COLON)
            return false;
        *expect = A_VALUE;
        return true;
    case COMMA:
        if (*expect != A_COMMA_OR_END)
            return false;
        *expect = in_object(nest) ? A_NAME : A_VALUE;
        return true;
    case OPEN_OBJECT:
    case OPEN_ARRAY:
        if (*expect > A_VALUE_OR_END)
            return false;
        nest_open(nest, object);
        *expect = object ? A_NAME_OR_END : A_VALUE_OR_END;
        return true;
    case CLOSE_OBJECT:
    case CLOSE_ARRAY:
        if (in_object(nest) != object || (*expect != A_COMMA_OR_END && *expect != (object ? A_NAME_OR_END : A_VALUE_OR_END)))
            return false;
        *expect = --nest->depth ? A_COMMA_OR_END : NOTHING;
        return true;
    default: return false;
    }
}

/* The quote that ends the text that begins at `at`: one with an even number of backslashes before it. */
static const char *closing_quote(const char *at, const char *end)
{
    for (;;) {
        at = memchr(at + 1, '"', (size_t)(end - at - 1));
        if (!at)
            return NULL;
        const char *before = at;
        while (before[-1] == '\\')
            before--;
        if ((at - before) % 2 == 0)
            return at;
    }
}

/* The grammar of RFC 8259 but for the words and the escapes, and the depth, before anything is spent on the message. */
static bool well_formed(const char *text, size_t length, size_t depth_limit, enum drop *why)
{
    struct nest nest = {.depth = 0};
    enum expect expect = A_VALUE;
    const char *end = text + length;
    for (const char *at = text; at < end; at++) {
        enum sort sort = sorts[(uint8_t)*at];
        if (sort == BLANK)
            continue;
        if (sort > QUOTE) {
            if (!punctuate(&nest, &expect, sort))
                return false;
            if (nest.depth > depth_limit) {
                *why = DROP_TOO_DEEP;
                return false;
            }
            continue;
        }
        bool name = sort == QUOTE && (expect == A_NAME || expect == A_NAME_OR_END);
        if (!name && expect > A_VALUE_OR_END)
            return false;
        if (sort == QUOTE) {
            at = closing_quote(at, end);
            if (!at)
                return false;
        } else {
            while (at + 1 < end && sorts[(uint8_t)at[1]] == WORD)
                at++;
        }
        expect = name ? A_COLON : nest.depth ? A_COMMA_OR_END : NOTHING;
    }
    return expect == NOTHING;
}

static bool is_word(const char *text, size_t length, const char *word)
{
    return strlen(word) == length && memcmp(text, word, length) == 0;
}

static bool read_word(const char *text, size_t length, struct json_token *out)
{
    static const char *const not_finite[] = {"NaN", "Infinity", "-Infinity", "nan", "-nan", "inf", "-inf", "+Infinity", "-NaN"};
    bool overflow;
    out->type = JSON_SCALAR;
    if (number_read(text, length, &out->value, &overflow))
        return true;
    if (is_word(text, length, "true") || is_word(text, length, "false")) {
        out->value = value_bool(text[0] == 't');
        return true;
    }
    out->value = value_null();
    if (is_word(text, length, "null"))
        return true;
    out->type = JSON_NOT_FINITE;
    for (size_t i = 0; i < sizeof not_finite / sizeof *not_finite; i++)
        if (is_word(text, length, not_finite[i]))
            return true;
    return overflow;
}

/* `next` of a container is its last descendant's; going backwards, children hand theirs to their parent. */
static bool copy_tokens(struct json *json, const jsmntok_t *raw, size_t count)
{
    for (size_t i = 0; i < count; i++)
        json->tokens[i].next = (uint32_t)i + 1;
    for (size_t i = count; i-- > 0;) {
        const jsmntok_t *t = &raw[i];
        struct json_token *out = &json->tokens[i];
        out->start = (uint32_t)t->start;
        out->end = (uint32_t)t->end;
        out->type = t->type == JSMN_OBJECT ? JSON_OBJECT : t->type == JSMN_ARRAY ? JSON_ARRAY : JSON_TEXT;
        if (t->type == JSMN_PRIMITIVE && !read_word(json->text + t->start, out->end - out->start, out))
            return false;
        if (t->parent >= 0 && json->tokens[t->parent].next < out->next)
            json->tokens[t->parent].next = out->next;
    }
    return true;
}

bool json_read(struct json *json, const char *text, size_t length, enum drop *why)
{
    jsmn_parser parser;
    jsmntok_t *raw = json->raw;
    json->count = 0;
    json->text = text;
    for (size_t i = 0; i < JSON_HINTS; i++)
        json->hints[i].object = NO_TOKEN;
    *why = DROP_NOT_JSON;
    if (length > INT32_MAX)
        return false;
    if (!well_formed(text, length, json->depth_limit, why))
        return false;
    jsmn_init(&parser);
    int result = jsmn_parse(&parser, text, length, raw, (unsigned)json->token_limit);
    if (result == JSMN_ERROR_NOMEM)
        *why = DROP_TOO_MANY_TOKENS;
    if (result < 1 || !copy_tokens(json, raw, parser.toknext))
        return false;
    json->count = parser.toknext;
    return true;
}

static uint32_t hex4(const char *at)
{
    uint32_t code = 0;
    for (int i = 0; i < 4; i++)
        code = code << 4 | (uint32_t)(at[i] <= '9' ? at[i] - '0' : (at[i] | 0x20) - 'a' + 10);
    return code;
}

/* The code point of a \u escape at `at` (behind the u); *used is 4, or 10 for a pair. A lone surrogate is U+FFFD. */
static uint32_t escaped_code(const char *at, const char *end, size_t *used)
{
    uint32_t code = hex4(at);
    *used = 4;
    if (code < 0xD800 || code > 0xDFFF)
        return code;
    if (code < 0xDC00 && end - at >= 10 && at[4] == '\\' && at[5] == 'u') {
        uint32_t low = hex4(at + 6);
        if (low >= 0xDC00 && low <= 0xDFFF) {
            *used = 10;
            return 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        }
    }
    return 0xFFFD;
}

static size_t put_code(uint32_t c, char out[4])
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    size_t length = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = length - 1; i > 0; i--, c >>= 6)
        out[i] = (char)(0x80 | (c & 0x3F));
    out[0] = (char)(((0xF00u >> length) & 0xF0) | c);
    return length;
}

/* Resolves escapes, whose form jsmn has checked, into json->plain. Stops when that is full; *bad: a lone surrogate. */
static size_t resolve(struct json *json, const struct json_token *token, bool *cut, bool *bad)
{
    static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
    const char *at = json->text + token->start, *end = json->text + token->end;
    size_t length = 0;
    for (; at < end && length + 4 <= json->plain_capacity; at++) {
        if (*at != '\\') {
            json->plain[length++] = *at;
            continue;
        }
        at++;
        if (*at == 'u') {
            size_t used;
            uint32_t code = escaped_code(at + 1, end, &used);
            *bad |= code == 0xFFFD && hex4(at + 1) != 0xFFFD;
            length += put_code(code, json->plain + length);
            at += used;
        } else {
            const char *known = strchr(from, *at);
            json->plain[length++] = known ? to[known - from] : *at;
        }
    }
    *cut = at < end;
    return length;
}

size_t json_text(struct json *json, uint32_t token, char *out, size_t cap, struct text_gate *seen)
{
    const struct json_token *t = &json->tokens[token];
    const char *raw = json->text + t->start;
    size_t length = t->end - t->start;
    bool cut = false, bad = false;
    if (memchr(raw, '\\', length)) {
        length = resolve(json, t, &cut, &bad);
        raw = json->plain;
    }
    size_t written = text_gate(raw, length, out, cap, seen);
    if (seen) {
        seen->cut |= cut;
        seen->invalid |= bad;
    }
    return written;
}

/* An escape is always longer than what it stands for, so a name with escapes is longer than the one it equals. */
static bool name_is(struct json *json, const struct json_token *name, const char *wanted, size_t length)
{
    const char *raw = json->text + name->start;
    size_t raw_length = name->end - name->start;
    if (raw_length < length)
        return false;
    if (raw_length == length)
        return memcmp(raw, wanted, length) == 0 && !memchr(raw, '\\', length);
    if (!memchr(raw, '\\', raw_length))
        return false;
    bool cut = false, bad = false;
    return resolve(json, name, &cut, &bad) == length && !cut && memcmp(json->plain, wanted, length) == 0;
}

/* Looks from `from` to the object's end, then from its beginning; returns the name's token. */
static uint32_t find_name(struct json *json, uint32_t object, uint32_t from, const char *wanted, size_t length)
{
    const struct json_token *tokens = json->tokens;
    for (uint32_t i = from; i < tokens[object].next; i = tokens[i + 1].next)
        if (name_is(json, &tokens[i], wanted, length))
            return i;
    for (uint32_t i = object + 1; i < from; i = tokens[i + 1].next)
        if (name_is(json, &tokens[i], wanted, length))
            return i;
    return NO_TOKEN;
}

uint32_t json_member(struct json *json, uint32_t object, const char *name)
{
    uint32_t found = find_name(json, object, object + 1, name, strlen(name));
    return found == NO_TOKEN ? NO_TOKEN : found + 1;
}

static uint32_t hinted_member(struct json *json, uint32_t object, size_t level, const char *wanted, size_t length)
{
    bool hinted = level < JSON_HINTS && json->hints[level].object == object;
    uint32_t found = find_name(json, object, hinted ? json->hints[level].name : object + 1, wanted, length);
    if (found == NO_TOKEN)
        return NO_TOKEN;
    if (level < JSON_HINTS) {
        json->hints[level].object = object;
        json->hints[level].name = json->tokens[found + 1].next;
    }
    return found + 1;
}

static uint32_t element(const struct json *json, uint32_t array, const char *digits, size_t length)
{
    size_t index = 0;
    if (length == 0 || length > 9 || (digits[0] == '0' && length > 1))
        return NO_TOKEN;
    for (size_t i = 0; i < length; i++) {
        if (digits[i] < '0' || digits[i] > '9')
            return NO_TOKEN;
        index = index * 10 + (size_t)(digits[i] - '0');
    }
    for (uint32_t i = array + 1; i < json->tokens[array].next; i = json->tokens[i].next)
        if (index-- == 0)
            return i;
    return NO_TOKEN;
}

/* Resolves ~1 and ~0 of one reference token; false when it does not fit or is malformed. */
static bool reference(const char *at, size_t length, char *out, size_t cap, size_t *out_length)
{
    size_t n = 0;
    for (size_t i = 0; i < length; i++) {
        char c = at[i];
        if (c == '~') {
            if (++i == length || (at[i] != '0' && at[i] != '1'))
                return false;
            c = at[i] == '0' ? '~' : '/';
        }
        if (n == cap)
            return false;
        out[n++] = c;
    }
    *out_length = n;
    return true;
}

uint32_t json_at(struct json *json, const char *pointer)
{
    return json_from(json, 0, pointer);
}

uint32_t json_from(struct json *json, uint32_t token, const char *pointer)
{
    char resolved[256];
    for (size_t level = 0; *pointer == '/'; level++) {
        const char *name = ++pointer;
        size_t length = strcspn(pointer, "/");
        pointer += length;
        if (memchr(name, '~', length)) {
            if (!reference(name, length, resolved, sizeof resolved, &length))
                return NO_TOKEN;
            name = resolved;
        }
        if (json->tokens[token].type == JSON_OBJECT)
            token = hinted_member(json, token, level, name, length);
        else if (json->tokens[token].type == JSON_ARRAY)
            token = element(json, token, name, length);
        else
            return NO_TOKEN;
        if (token == NO_TOKEN)
            return NO_TOKEN;
    }
    return *pointer ? NO_TOKEN : token;
}
