#include "core/text_gate.h"

#include <stdint.h>
#include <string.h>

/*
 * Most text is plain ASCII, so a run of it is found eight bytes at a time and copied whole. Everything else is decoded one
 * character at a time (Unicode, table 3-7) and judged by one table of ranges. The output is always valid UTF-8, and passing
 * it through the gate again changes nothing.
 */

struct range { uint32_t first, last; };

/* What never reaches a cell: controls, and characters that have no picture but change how their neighbours look. */
static const struct range forbidden[] = {
    {0x0000, 0x001F}, {0x007F, 0x009F}, {0x00AD, 0x00AD}, {0x061C, 0x061C}, {0x180E, 0x180E}, {0x200B, 0x200F},
    {0x2028, 0x202E}, {0x2060, 0x206F}, {0xFDD0, 0xFDEF}, {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}, {0x1D173, 0x1D17A},
    {0xE0000, 0xE0FFF},
};

static const char replacement[] = "\xEF\xBF\xBD";

static bool is_forbidden(uint32_t c)
{
    if ((c & 0xFFFE) == 0xFFFE) /* the last two of each plane are noncharacters */
        return true;
    for (size_t i = 0; i < sizeof forbidden / sizeof forbidden[0] && c >= forbidden[i].first; i++)
        if (c <= forbidden[i].last)
            return true;
    return false;
}

static bool is_plain(unsigned char c)
{
    return c >= 0x20 && c < 0x7F;
}

/* Length of the run of printable ASCII at the beginning. */
static size_t plain_run(const unsigned char *in, size_t length)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), high = UINT64_C(0x8080808080808080);
    size_t at = 0;
    for (; length - at >= 8; at += 8) {
        uint64_t w;
        memcpy(&w, in + at, 8);
        uint64_t below = w - ones * 0x20; /* borrows into the top bit of a byte under 0x20 */
        uint64_t del = (w ^ ones * 0x7F) - ones;
        if ((w | below | del) & high)
            break;
    }
    while (at < length && is_plain(in[at]))
        at++;
    return at;
}

/* Decodes the character at `in`. Returns its length, or that of the maximal bad part with *valid false. */
static size_t decode(const unsigned char *in, size_t length, uint32_t *c, bool *valid)
{
    unsigned char lead = in[0];
    *valid = false;
    if (lead < 0x80) {
        *c = lead;
        *valid = true;
        return 1;
    }
    if (lead < 0xC2 || lead > 0xF4)
        return 1;
    size_t need = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    unsigned char low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    unsigned char high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    uint32_t code = lead & (0x7Fu >> need);
    for (size_t i = 1; i < need; i++) {
        if (i >= length || in[i] < low || in[i] > high)
            return i;
        code = code << 6 | (in[i] & 0x3Fu);
        low = 0x80;
        high = 0xBF;
    }
    *c = code;
    *valid = true;
    return need;
}

/* The longest beginning of at most `room` bytes that ends at a character boundary; `in` is valid there. */
static size_t whole_characters(const char *in, size_t length, size_t room)
{
    if (length <= room)
        return length;
    while (room > 0 && ((unsigned char)in[room] & 0xC0) == 0x80)
        room--;
    return room;
}

/* Copies as much as fits; false when it did not fit whole. */
static bool put(char *out, size_t cap, size_t *used, const char *from, size_t length)
{
    size_t fits = whole_characters(from, length, cap - 1 - *used);
    memcpy(out + *used, from, fits);
    *used += fits;
    return fits == length;
}

static bool is_blank_control(uint32_t c)
{
    return c == '\t' || c == '\n' || c == '\r';
}

size_t text_gate(const char *in, size_t length, char *out, size_t cap, struct text_gate *seen)
{
    const unsigned char *bytes = (const unsigned char *)in;
    struct text_gate found = {false, false, false};
    size_t at = 0, used = 0;
    while (at < length && !found.cut) {
        size_t run = plain_run(bytes + at, length - at);
        if (run > 0) {
            found.cut = !put(out, cap, &used, in + at, run);
            at += run;
            continue;
        }
        uint32_t c = 0;
        bool valid;
        size_t step = decode(bytes + at, length - at, &c, &valid);
        if (!valid) {
            found.invalid = true;
            found.cut = !put(out, cap, &used, replacement, sizeof replacement - 1);
        } else if (is_blank_control(c)) {
            step += c == '\r' && at + 1 < length && in[at + 1] == '\n';
            found.cut = !put(out, cap, &used, " ", 1);
        } else if (is_forbidden(c)) {
            found.control = true;
        } else {
            found.cut = !put(out, cap, &used, in + at, step);
        }
        at += step;
    }
    out[used] = '\0';
    if (seen)
        *seen = found;
    return used;
}

bool text_is_clean(const char *text, size_t length)
{
    const unsigned char *bytes = (const unsigned char *)text;
    size_t at = plain_run(bytes, length);
    while (at < length) {
        uint32_t c = 0;
        bool valid;
        at += decode(bytes + at, length - at, &c, &valid);
        if (!valid || is_forbidden(c))
            return false;
        at += plain_run(bytes + at, length - at);
    }
    return true;
}
