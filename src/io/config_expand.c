#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/config_reader.h"

/* Two kinds of braces: a range in a name, "p{01..04}", makes siblings; a capture in a topic or path, "{unit}", is replaced by
 * a node's name. Both work on plain texts and know no settings. */

enum { RANGE_DIGITS = 6 };

/* Reads "{01..04}" at `text`; returns its length, 0 when it is none. */
static size_t read_range(const char *text, struct name_range *range)
{
    const char *low = text + 1;
    size_t n = strspn(low, "0123456789");
    if (*text != '{' || n == 0 || n > RANGE_DIGITS || strncmp(low + n, "..", 2) != 0)
        return 0;
    const char *high = low + n + 2;
    size_t m = strspn(high, "0123456789");
    if (m == 0 || m > RANGE_DIGITS || high[m] != '}')
        return 0;
    range->low = strtol(low, NULL, 10);
    range->high = strtol(high, NULL, 10);
    range->width = *low == '0' || n == m ? (int)n : 1;
    return (size_t)(high + m + 1 - text);
}

bool range_of(const char *text, struct name_range *range, struct error *err)
{
    *range = (struct name_range){.low = 1, .high = 0};
    const char *open = strchr(text, '{');
    if (!open)
        return !strchr(text, '}') || error_set(err, "'}' without '{'; a range is written p{01..04}");
    size_t length = read_range(open, range);
    if (!length)
        return error_set(err, "a range is written with two numbers of at most 6 digits: p{01..04}");
    if (range->low > range->high)
        return error_set(err, "the range runs backwards: the lower number stands first");
    range->before = (size_t)(open - text);
    range->after = strlen(open + length);
    if (strpbrk(open + length, "{}"))
        return error_set(err, "a name may hold one range");
    return true;
}

void range_text(const char *text, long number, int width, char *out, size_t cap)
{
    size_t length = 0;
    struct name_range range;
    out[0] = '\0';
    while (*text && length + 1 < cap) {
        size_t skip = strncmp(text, "{n}", 3) == 0 ? 3 : 0, ranged = read_range(text, &range);
        int n = skip ? snprintf(out + length, cap - length, "%ld", number)
                     : ranged ? snprintf(out + length, cap - length, "%0*ld", width, number)
                              : snprintf(out + length, cap - length, "%c", *text);
        length += n > 0 ? (size_t)n : 0;
        text += skip ? skip : ranged ? ranged : 1;
    }
}

/* The name that a capture stands for at a node; NULL when it stands for none there. */
static const char *capture(const struct plant *plant, uint32_t node, const char *tag, const char *name, size_t length, bool *known)
{
    static const char *const levels[] = {[LEVEL_SITE] = "site", [LEVEL_AREA] = "area", [LEVEL_LINE] = "line", [LEVEL_UNIT] = "unit"};
    *known = true;
    if (length == 3 && memcmp(name, "tag", 3) == 0)
        return tag;
    for (int level = LEVEL_SITE; level <= LEVEL_UNIT; level++) {
        if (strlen(levels[level]) != length || memcmp(name, levels[level], length) != 0)
            continue;
        uint32_t n = plant_ancestor(plant, node, (enum level)level);
        return n == NO_NODE ? NULL : plant->nodes[n].name;
    }
    *known = false;
    return NULL;
}

bool captures_expand(const struct plant *plant, uint32_t node, const char *tag, const char *text, char *out, size_t cap,
    struct error *err)
{
    static const char *const levels[] = {[LEVEL_SITE] = "the site", [LEVEL_AREA] = "an area", [LEVEL_LINE] = "a line", [LEVEL_UNIT] = "a unit"};
    size_t length = 0;
    for (const char *p = text; *p;) {
        size_t plain = strcspn(p, "{}");
        const char *piece = p;
        if (plain == 0) {
            size_t inside = strcspn(p + 1, "{}");
            bool known;
            if (*p != '{' || p[1 + inside] != '}')
                return error_set(err, "a brace without its other half; captures are {site} {area} {line} {unit} {tag}");
            piece = capture(plant, node, tag, p + 1, inside, &known);
            if (!piece && known)
                return error_set(err, "%s has no {%.*s}", levels[plant->nodes[node].level], (int)inside, p + 1);
            if (!piece)
                return error_set(err, "{%.*s} is not known; captures are {site} {area} {line} {unit} {tag}",
                    (int)(inside < NAME_MOST ? inside : NAME_MOST), p + 1);
            p += inside + 2;
            plain = strlen(piece);
        } else {
            p += plain;
        }
        if (length + plain >= cap)
            return error_set(err, "becomes longer than %zu bytes with its captures replaced", cap - 1);
        memcpy(out + length, piece, plain);
        length += plain;
    }
    out[length] = '\0';
    return true;
}
