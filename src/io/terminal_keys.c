/*
 * struct key_reader holds the bytes that have arrived and are not yet a key. terminfo's strings are looked for first, then
 * the forms that every terminal since the VT220 sends; a control sequence that nobody knows is swallowed whole, never taken
 * for letters. An ESC waits escape_ms for its rest: only then is it the key Esc.
 */
#include "io/terminal_parts.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include <utf8proc.h>

enum { ESC = 27, PASTE_MOST = 1 << 20 };
static const char paste_end[] = "\033[201~";

/* What the bytes at the beginning are: n of them make `key`; n 0: more must come. */
struct parsed {
    size_t n;
    struct key key; /* KEYC_NONE: swallowed */
    bool paste;
};

void key_reader_add(struct key_reader *reader, const char *bytes, enum key_code code)
{
    size_t length = bytes ? strlen(bytes) : 0;
    if (!length || length >= KEYS_STRING_BYTES || reader->string_count == KEYS_STRINGS)
        return;
    struct key_string *string = &reader->strings[reader->string_count++];
    memcpy(string->bytes, bytes, length + 1);
    string->code = code;
}

/* Waits up to ms for more bytes and takes them. False when none came. */
static bool fill(struct key_reader *reader, int ms)
{
    struct pollfd wait = {.fd = reader->fd, .events = POLLIN};
    if (reader->gone || reader->used == KEYS_BYTES)
        return false;
    int ready = poll(&wait, 1, ms);
    if (ready <= 0)
        return false;
    ssize_t n = read(reader->fd, reader->bytes + reader->used, KEYS_BYTES - reader->used);
    if (n > 0)
        reader->used += (size_t)n;
    else if (n == 0 || (errno != EINTR && errno != EAGAIN))
        reader->gone = true;
    return n > 0;
}

static void drop(struct key_reader *reader, size_t n)
{
    memmove(reader->bytes, reader->bytes + n, reader->used - n);
    reader->used -= n;
}

static struct parsed as_code(size_t n, enum key_code code)
{
    return (struct parsed){.n = n, .key = key_code(code)};
}

static enum key_code code_of_letter(unsigned char letter)
{
    switch (letter) {
    case 'A': return KEYC_UP;
    case 'B': return KEYC_DOWN;
    case 'C': return KEYC_RIGHT;
    case 'D': return KEYC_LEFT;
    case 'H': return KEYC_HOME;
    case 'F': return KEYC_END;
    case 'M': return KEYC_ENTER; /* keypad */
    case 'P': return KEYC_F1;
    case 'Z': return KEYC_BACKTAB;
    default: return KEYC_NONE;
    }
}

static enum key_code code_of_number(int number)
{
    switch (number) {
    case 1: case 7: return KEYC_HOME;
    case 3: return KEYC_DELETE;
    case 4: case 8: return KEYC_END;
    case 5: return KEYC_PAGE_UP;
    case 6: return KEYC_PAGE_DOWN;
    case 11: return KEYC_F1;
    default: return KEYC_NONE;
    }
}

/* ESC [ parameters final: ECMA-48 section 5.4. */
static struct parsed parse_csi(const unsigned char *p, size_t used)
{
    int number = 0;
    bool first = true;
    size_t i = 2;
    if (used > 2 && p[2] == '[') /* the Linux console's F1 is ESC [ [ A */
        return used > 3 ? as_code(4, p[3] == 'A' ? KEYC_F1 : KEYC_NONE) : (struct parsed){.n = 0};
    for (; i < used && p[i] >= 0x20 && p[i] < 0x40; i++) {
        if (first && p[i] >= '0' && p[i] <= '9' && number < 1000)
            number = number * 10 + (p[i] - '0');
        else
            first = false;
    }
    if (i == used)
        return (struct parsed){.n = used == KEYS_BYTES ? used : 0, .key = key_code(KEYC_NONE)};
    if (p[i] < 0x40 || p[i] > 0x7e) /* not a sequence after all: what broke it is read anew */
        return as_code(i, KEYC_NONE);
    if (p[i] == '~' && number == 200)
        return (struct parsed){.n = i + 1, .key = key_code(KEYC_NONE), .paste = true};
    return as_code(i + 1, p[i] == '~' ? code_of_number(number) : p[i] == 'M' ? KEYC_NONE : code_of_letter(p[i]));
}

/* A string of terminfo; *partial when one begins with all that has come. */
static struct parsed parse_string(const struct key_reader *reader, bool *partial)
{
    struct parsed best = {.n = 0};
    for (size_t i = 0; i < reader->string_count; i++) {
        const char *bytes = reader->strings[i].bytes;
        size_t length = strlen(bytes), have = reader->used < length ? reader->used : length;
        if (memcmp(bytes, reader->bytes, have) != 0)
            continue;
        if (have < length)
            *partial = true;
        else if (length > best.n)
            best = as_code(length, reader->strings[i].code);
    }
    return best;
}

static struct parsed parse_character(const unsigned char *p, size_t used)
{
    utf8proc_int32_t character;
    if (p[0] == '\r' || p[0] == '\n')
        return as_code(1, KEYC_ENTER);
    if (p[0] == '\t')
        return as_code(1, KEYC_TAB);
    if (p[0] == 0x7f || p[0] == '\b')
        return as_code(1, KEYC_BACKSPACE);
    if (p[0] == 0)
        return as_code(1, KEYC_NONE);
    if (p[0] < 0x80)
        return (struct parsed){.n = 1, .key = key_char(p[0])};
    utf8proc_ssize_t n = utf8proc_iterate(p, (utf8proc_ssize_t)used, &character);
    if (n > 0)
        return (struct parsed){.n = (size_t)n, .key = character < 0xA0 ? key_code(KEYC_NONE) : key_char((uint32_t)character)};
    size_t whole = p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : p[0] >= 0xC2 ? 2 : 1;
    for (size_t i = 1; i < used && i < whole; i++)
        if ((p[i] & 0xC0) != 0x80)
            return as_code(1, KEYC_NONE);
    return used < whole && p[0] < 0xF5 ? (struct parsed){.n = 0} : as_code(1, KEYC_NONE);
}

static struct parsed parse(const struct key_reader *reader)
{
    const unsigned char *p = reader->bytes;
    bool partial = false;
    struct parsed found = parse_string(reader, &partial);
    if (found.n)
        return found;
    if (p[0] != ESC)
        return partial ? found : parse_character(p, reader->used);
    if (reader->used == 1)
        return found;
    if (p[1] == '[')
        return parse_csi(p, reader->used);
    if (p[1] == 'O')
        return reader->used > 2 ? as_code(3, code_of_letter(p[2])) : found;
    return partial ? found : as_code(1, KEYC_ESC);
}

/* Throws away what was pasted. True when the paste has ended. */
static bool swallow_paste(struct key_reader *reader)
{
    size_t end = sizeof paste_end - 1;
    for (size_t i = 0; i + end <= reader->used; i++)
        if (memcmp(reader->bytes + i, paste_end, end) == 0) {
            drop(reader, i + end);
            return true;
        }
    size_t done = 0; /* what cannot be the beginning of the end */
    while (done < reader->used && memcmp(reader->bytes + done, paste_end, reader->used - done < end ? reader->used - done : end) != 0)
        done++;
    reader->pasted += done;
    drop(reader, done);
    /* An Esc by itself is a hand on the keyboard: the end was lost. */
    if (reader->used == 1)
        return fill(reader, reader->escape_ms) ? swallow_paste(reader) : true;
    return reader->pasted > PASTE_MOST;
}

struct key key_reader_next(struct key_reader *reader)
{
    for (;;) {
        if (!reader->used && !fill(reader, 0))
            return key_code(KEYC_NONE);
        if (reader->in_paste) {
            reader->in_paste = !swallow_paste(reader);
            if (reader->in_paste && !fill(reader, 0))
                return key_code(KEYC_NONE);
            continue;
        }
        struct parsed parsed = parse(reader);
        if (!parsed.n) {
            if (fill(reader, reader->bytes[0] == ESC ? reader->escape_ms : 0))
                continue;
            if (reader->bytes[0] != ESC && !reader->gone)
                return key_code(KEYC_NONE); /* half a character: the rest is on its way */
            parsed = reader->bytes[0] == ESC ? as_code(1, KEYC_ESC) : as_code(1, KEYC_NONE);
        }
        drop(reader, parsed.n);
        reader->in_paste = parsed.paste;
        reader->pasted = 0;
        if (parsed.key.code != KEYC_NONE)
            return parsed.key;
    }
}
