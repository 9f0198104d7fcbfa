/*
 * A struct word is a word in small letters and the number of its pseudonym, or KEPT. The words lie one after the other in `bytes`, found by a hash index. A struct out
 * is a text that grows.
 */
#include "core/pseudonym.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/hash_index.h"
#include "core/memory.h"

enum { WORD_MOST = 256, SECRETS_MOST = 32, SECRET_LEAST = 4, ADDRESSES_MOST = 508, PSEUDONYM = 16 };
#define KEPT SIZE_MAX

struct word {
    size_t at, length, number;
};

struct pseudonyms {
    struct word *words;
    size_t count, capacity, given;
    char *bytes;
    size_t used, bytes_capacity;
    struct hash_index index;
    char *secrets[SECRETS_MOST];
    size_t secret_count;
    bool off;
};

struct out {
    char *text;
    size_t length, capacity;
};

static void put(struct out *o, const char *text, size_t length)
{
    while (o->capacity < o->length + length + 1) {
        o->capacity = o->capacity ? 2 * o->capacity : 256;
        o->text = mem_resize(o->text, o->capacity, 1);
    }
    memcpy(o->text + o->length, text, length);
    o->length += length;
    o->text[o->length] = '\0';
}

/* ---- words ---- */

static bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
static bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
static bool is_foreign(char c) { return (unsigned char)c >= 0x80; }
static bool is_letter(char c) { return is_lower(c) || is_upper(c) || is_foreign(c); }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }

struct sought {
    const struct pseudonyms *p;
    const char *text;
    size_t length;
};

static bool word_is(const void *context, uint32_t number, const void *key)
{
    const struct pseudonyms *p = context;
    const struct sought *s = key;
    const struct word *w = &p->words[number];
    return w->length == s->length && memcmp(p->bytes + w->at, s->text, s->length) == 0;
}

/* The word's place, added as `number` where there is none. */
static struct word *word_of(struct pseudonyms *p, const char *text, size_t length, bool keep)
{
    char small[WORD_MOST];
    length = length < sizeof small ? length : sizeof small;
    for (size_t i = 0; i < length; i++)
        small[i] = is_upper(text[i]) ? (char)(text[i] | 0x20) : text[i];
    struct sought sought = {.p = p, .text = small, .length = length};
    uint32_t found = hash_index_find(&p->index, hash_bytes(small, length), word_is, p, &sought);
    if (found != HASH_INDEX_NONE)
        return &p->words[found];
    while (p->bytes_capacity < p->used + length) {
        p->bytes_capacity = p->bytes_capacity ? 2 * p->bytes_capacity : 4096;
        p->bytes = mem_resize(p->bytes, p->bytes_capacity, 1);
    }
    memcpy(p->bytes + p->used, small, length);
    p->words = mem_grow(p->words, p->count, &p->capacity, sizeof *p->words);
    p->words[p->count] = (struct word){.at = p->used, .length = length, .number = keep ? KEPT : p->given++};
    p->used += length;
    hash_index_add(&p->index, hash_bytes(small, length), (uint32_t)p->count);
    return &p->words[p->count++];
}

/* "xaaa", "xaab" ...: letters only, so that a number behind the word stays its number. Words that are kept are never met: see below. */
static void name_number(size_t number, char out[PSEUDONYM])
{
    char digits[PSEUDONYM];
    size_t n = 0, length = 0;
    do {
        digits[n++] = (char)('a' + number % 26);
        number /= 26;
    } while (number && n < PSEUDONYM - 4);
    while (n < 3)
        digits[n++] = 'a';
    out[length++] = 'x';
    while (n)
        out[length++] = digits[--n];
    out[length] = '\0';
}

static void put_word(struct pseudonyms *p, struct out *o, const char *text, size_t length)
{
    char name[PSEUDONYM];
    bool foreign = false, upper = length > 1 && is_upper(text[0]) && is_upper(text[1]);
    for (size_t i = 0; i < length; i++)
        foreign = foreign || is_foreign(text[i]);
    const struct word *w = (length < 2 && !foreign) || p->off ? NULL : word_of(p, text, length, false);
    if (!w || w->number == KEPT) {
        put(o, text, length);
        return;
    }
    name_number(w->number, name);
    for (size_t i = 0; name[i]; i++)
        if (upper || (i == 0 && is_upper(text[0])))
            name[i] = (char)(name[i] & ~0x20);
    put(o, name, strlen(name));
}

void pseudonyms_keep(struct pseudonyms *p, const char *text)
{
    for (size_t i = 0, n; text[i]; i += n) {
        for (n = 0; is_letter(text[i + n]); n++)
            ;
        if (n)
            word_of(p, text + i, n, true);
        n += n == 0;
    }
}

/* ---- texts ---- */

/* The length of an IPv4 address at the front, 0 when there is none. */
static size_t address(const char *text, size_t length)
{
    size_t at = 0;
    for (int part = 0; part < 4; part++) {
        size_t n = 0;
        while (at + n < length && is_digit(text[at + n]) && n < 3)
            n++;
        if (n == 0 || (part < 3 && (at + n >= length || text[at + n] != '.')))
            return 0;
        at += n + (part < 3);
    }
    return at < length && (is_digit(text[at]) || text[at] == '.') ? 0 : at;
}

static bool is_loopback(const char *text, size_t length) { return length > 4 && memcmp(text, "127.", 4) == 0; }

static void put_address(struct pseudonyms *p, struct out *o, const char *text, size_t length)
{
    char name[32];
    if (is_loopback(text, length)) {
        put(o, text, length);
        return;
    }
    size_t number = word_of(p, text, length, false)->number % ADDRESSES_MOST;
    snprintf(name, sizeof name, number < 254 ? "192.0.2.%zu" : "198.51.100.%zu", number % 254 + 1);
    put(o, name, strlen(name));
}

static size_t secret_at(const struct pseudonyms *p, const char *text, size_t length)
{
    for (size_t s = 0; s < p->secret_count; s++) {
        size_t n = strlen(p->secrets[s]);
        if (n <= length && memcmp(text, p->secrets[s], n) == 0)
            return n;
    }
    return 0;
}

static void replace(struct pseudonyms *p, struct out *o, const char *text, size_t length)
{
    for (size_t i = 0, n; i < length; i += n) {
        bool begins = i == 0 || (!is_digit(text[i - 1]) && text[i - 1] != '.');
        if ((n = secret_at(p, text + i, length - i))) {
            put(o, "***", 3);
        } else if (!p->off && begins && (n = address(text + i, length - i))) {
            put_address(p, o, text + i, n);
        } else if (is_letter(text[i])) {
            for (n = 1; i + n < length && is_letter(text[i + n]) && !secret_at(p, text + i + n, length - i - n); n++)
                ;
            put_word(p, o, text + i, n);
        } else {
            n = 1;
            put(o, text + i, 1);
        }
    }
}

static char *taken(struct out *o, size_t *length)
{
    put(o, "", 0);
    if (length)
        *length = o->length;
    return o->text;
}

char *pseudonyms_text(struct pseudonyms *p, const char *text, size_t length, size_t *out_length)
{
    struct out o = {.text = NULL};
    replace(p, &o, text, length);
    return taken(&o, out_length);
}

/* ---- payloads ---- */

static int hex_of(char c)
{
    return is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* "\u00e4" as UTF-8, so that it is the same word as the letter; controls and surrogates stay as they are written. Returns the bytes written. */
static size_t unescaped(const char *text, size_t length, char out[4])
{
    int code = 0;
    if (length < 6 || text[0] != '\\' || text[1] != 'u')
        return 0;
    for (size_t i = 2; i < 6; i++) {
        int digit = hex_of(text[i]);
        if (digit < 0)
            return 0;
        code = code * 16 + digit;
    }
    if (code < 0x80 || (code >= 0xd800 && code < 0xe000))
        return 0;
    size_t n = 0;
    if (code >= 0x800) {
        out[n++] = (char)(0xe0 | code >> 12);
        out[n++] = (char)(0x80 | (code >> 6 & 0x3f));
    } else {
        out[n++] = (char)(0xc0 | code >> 6);
    }
    out[n++] = (char)(0x80 | (code & 0x3f));
    return n;
}

/* What stands between quotes. An escape is no part of a word. */
static void put_string(struct pseudonyms *p, struct out *o, const char *text, size_t length)
{
    struct out plain = {.text = NULL};
    char utf8[4];
    for (size_t i = 0, n; i < length; i += n) {
        size_t written = unescaped(text + i, length - i, utf8);
        n = written ? 6 : text[i] == '\\' && i + 1 < length ? 2 : 1;
        if (written) {
            put(&plain, utf8, written);
        } else if (n == 2) {
            if (plain.length)
                replace(p, o, plain.text, plain.length);
            plain.length = 0;
            if (text[i + 1] == 'u' && length - i >= 6)
                n = 6;
            put(o, text + i, n);
        } else {
            put(&plain, text + i, 1);
        }
    }
    if (plain.length)
        replace(p, o, plain.text, plain.length);
    free(plain.text);
}

static bool is_secret_name(const char *text, size_t length)
{
    static const char *const names[] = {"password", "passwd", "secret", "token", "apikey", "api_key", "authorization", "credential"};
    char small[64];
    if (length >= sizeof small)
        return false;
    for (size_t i = 0; i < length; i++)
        small[i] = is_upper(text[i]) ? (char)(text[i] | 0x20) : text[i];
    small[length] = '\0';
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strstr(small, names[i]))
            return true;
    return false;
}

static size_t string_end(const char *text, size_t length, size_t from)
{
    while (from < length && text[from] != '"')
        from += text[from] == '\\' && from + 1 < length ? 2 : 1;
    return from < length ? from : length;
}

char *pseudonyms_payload(struct pseudonyms *p, const char *text, size_t length, size_t *out_length)
{
    struct out o = {.text = NULL};
    size_t at = 0;
    bool hides = false; /* the value that follows is a secret */
    while (at < length && strchr(" \t\r\n", text[at]) && text[at])
        at++;
    if (at == length || !strchr("{[\"", text[at]) || !text[at])
        return pseudonyms_text(p, text, length, out_length);
    for (size_t i = 0, n; i < length; i += n) {
        n = 1;
        if (text[i] != '"') {
            bool value = hides && !strchr(" \t\r\n:", text[i]) && text[i];
            if (value && (is_digit(text[i]) || text[i] == '-' || is_letter(text[i]))) {
                while (i + n < length && !strchr(",}] \t\r\n", text[i + n]))
                    n++;
                put(&o, "\"***\"", 5);
            } else {
                put(&o, text + i, 1);
            }
            hides = hides && !value;
            continue;
        }
        size_t end = string_end(text, length, i + 1), behind = end + (end < length);
        put(&o, "\"", 1);
        if (hides)
            put(&o, "***", 3);
        else
            put_string(p, &o, text + i + 1, end - i - 1);
        if (end < length)
            put(&o, "\"", 1);
        n = behind - i;
        size_t colon = behind;
        while (colon < length && strchr(" \t\r\n", text[colon]) && text[colon])
            colon++;
        hides = colon < length && text[colon] == ':' && is_secret_name(text + i + 1, end - i - 1);
    }
    return taken(&o, out_length);
}

/* ---- life ---- */

struct pseudonyms *pseudonyms_create(void)
{
    return mem_zero(1, sizeof(struct pseudonyms));
}

void pseudonyms_destroy(struct pseudonyms *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < p->secret_count; i++)
        free(p->secrets[i]);
    hash_index_finish(&p->index);
    free(p->words);
    free(p->bytes);
    free(p);
}

void pseudonyms_hide(struct pseudonyms *p, const char *secret)
{
    if (strlen(secret) >= SECRET_LEAST && p->secret_count < SECRETS_MOST)
        p->secrets[p->secret_count++] = mem_text(secret);
}

void pseudonyms_words(struct pseudonyms *p, bool on)
{
    p->off = !on;
}

size_t pseudonyms_count(const struct pseudonyms *p)
{
    return p->given;
}
