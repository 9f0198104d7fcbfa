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
 * something behind the end. So its tokens are checked once, from the last to the first, and copied into struct json_token
 * with the numbers read and with the way to the next sibling. Only then does anyone look at them.
 */

void json_init(struct json *json, const struct bounds *bounds)
{
    *json = (struct json){.token_limit = (size_t)bounds->limit[BOUND_JSON_TOKENS],
        .depth_limit = (size_t)bounds->limit[BOUND_JSON_DEPTH],
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

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Counts brackets outside of texts, before anything is spent on the message. */
static bool too_deep(const char *text, size_t length, size_t limit)
{
    size_t depth = 0;
    bool inside = false;
    if (length <= limit)
        return false;
    for (size_t i = 0; i < length; i++) {
        if (inside) {
            if (text[i] == '\\')
                i++;
            else if (text[i] == '"')
                inside = false;
        } else if (text[i] == '"') {
            inside = true;
        } else if (text[i] == '[' || text[i] == '{') {
            if (++depth > limit)
                return true;
        } else if (depth > 0 && (text[i] == ']' || text[i] == '}')) {
            depth--;
        }
    }
    return false;
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

/* May this token stand where it stands? Names are texts with one value; only names have something behind a colon. */
static bool fits_parent(const jsmntok_t *tokens, const jsmntok_t *t)
{
    bool leaf = t->type == JSMN_STRING || t->type == JSMN_PRIMITIVE;
    if (t->parent < 0)
        return t == tokens && (!leaf || t->size == 0);
    const jsmntok_t *parent = &tokens[t->parent];
    if (parent->type == JSMN_OBJECT)
        return t->type == JSMN_STRING && t->size == 1 && t->end < parent->end;
    if (leaf && t->size != 0)
        return false;
    if (parent->type == JSMN_ARRAY)
        return t->end < parent->end;
    return parent->type == JSMN_STRING && parent->parent >= 0 && tokens[parent->parent].type == JSMN_OBJECT
        && t->end < tokens[parent->parent].end;
}

/* `next` of a container is its last descendant's; going backwards, children hand theirs to their parent. */
static bool check_tokens(struct json *json, const jsmntok_t *raw, size_t count)
{
    for (size_t i = 0; i < count; i++)
        json->tokens[i].next = (uint32_t)i + 1;
    for (size_t i = count; i-- > 0;) {
        const jsmntok_t *t = &raw[i];
        struct json_token *out = &json->tokens[i];
        if (!fits_parent(raw, t))
            return false;
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
    if (too_deep(text, length, json->depth_limit)) {
        *why = DROP_TOO_DEEP;
        return false;
    }
    jsmn_init(&parser);
    int result = jsmn_parse(&parser, text, length, raw, (unsigned)json->token_limit);
    if (result == JSMN_ERROR_NOMEM)
        *why = DROP_TOO_MANY_TOKENS;
    if (result < 1 || parser.toknext < 1)
        return false;
    size_t end = (size_t)raw[0].end + (raw[0].type == JSMN_STRING);
    while (end < length && is_blank(text[end]))
        end++;
    if (end != length || !check_tokens(json, raw, parser.toknext))
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
    uint32_t token = 0;
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
