/*
 * What a plant says of its work: products' ideal cycles, the reasons of stops. Reasons stand depth first, so that a subtree is [i, reason[i].end) and
 * a walk over children goes from end to end.
 */
#include <assert.h>
#include <string.h>

#include "core/plant.h"

static unsigned char lower(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static bool same_name(const char *a, const char *b)
{
    while (*a && lower(*a) == lower(*b))
        a++, b++;
    return lower(*a) == lower(*b);
}

static double product_cycle(const struct plant *plant, const struct node *node, const char *product)
{
    for (uint32_t i = 0; product && *product && i < node->product_count; i++)
        if (same_name(plant->products[node->first_product + i].name, product))
            return plant->products[node->first_product + i].ideal_cycle_s;
    return 0;
}

double plant_ideal_cycle(const struct plant *plant, uint32_t node, const char *product)
{
    assert(node < plant->node_count);
    const struct node *own = &plant->nodes[node];
    uint32_t other = own->level == LEVEL_LINE ? own->constraint : plant_ancestor(plant, node, LEVEL_LINE);
    const struct node *second = other == NO_NODE ? own : &plant->nodes[other];
    const double found[] = {product_cycle(plant, own, product), product_cycle(plant, second, product), own->ideal_cycle_s, second->ideal_cycle_s};
    for (size_t i = 0; i < sizeof found / sizeof *found; i++)
        if (found[i] > 0)
            return found[i];
    return 0;
}

size_t plant_reason_path(const struct plant *plant, uint16_t reason, char *out, size_t cap)
{
    assert(cap > 0);
    const char *names[REASON_DEPTH];
    size_t depth = 0, length = 0;
    for (; reason < plant->reason_count && depth < REASON_DEPTH; reason = plant->reasons[reason].parent)
        names[depth++] = plant->reasons[reason].name;
    while (depth > 0) {
        if (length && length + 1 < cap)
            out[length++] = '/';
        size_t n = strlen(names[--depth]), room = cap - 1 - length;
        n = n < room ? n : room;
        memcpy(out + length, names[depth], n);
        length += n;
    }
    out[length] = '\0';
    return length;
}

uint16_t plant_reason_by_path(const struct plant *plant, const char *path)
{
    uint16_t at = 0, end = (uint16_t)plant->reason_count;
    for (;;) {
        size_t length = strcspn(path, "/");
        while (at < end && (strncmp(plant->reasons[at].name, path, length) != 0 || plant->reasons[at].name[length]))
            at = plant->reasons[at].end;
        if (at >= end || path[length] == '\0')
            return at < end ? at : NO_REASON;
        path += length + 1;
        end = plant->reasons[at].end;
        at++;
    }
}

static const char *after_character(const char *text)
{
    do
        text++;
    while (((unsigned char)*text & 0xC0) == 0x80);
    return text;
}

/* A star is tried with nothing, then with one character more each time the rest does not fit: only the last star is ever tried again. */
static bool code_fits(const char *code, const char *text)
{
    const char *star = NULL, *from = NULL;
    while (*text) {
        if (*code == '*') {
            star = ++code;
            from = text;
        } else if (*code == '?') {
            code++;
            text = after_character(text);
        } else if (*code && lower(*code) == lower(*text)) {
            code++, text++;
        } else if (star) {
            code = star;
            text = from = after_character(from);
        } else {
            return false;
        }
    }
    return code[strspn(code, "*")] == '\0';
}

uint16_t plant_reason_proposed(const struct plant *plant, const char *message)
{
    for (uint16_t i = 0; *message && i < plant->reason_count; i++)
        for (size_t c = 0; c < plant->reasons[i].code_count; c++)
            if (code_fits(plant->reasons[i].codes[c], message))
                return i;
    return NO_REASON;
}
