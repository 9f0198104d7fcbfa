#include "views/matrix_heads.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/hash_index.h"
#include "core/memory.h"
#include "draw/text.h"

/* Names that are taken are found by their hashes, so that a thousand machines cost no million comparisons. */

enum { HEAD_LEAST_W = 3 };

struct taken {
    char (*names)[HEAD_TEXT];
    size_t count;
    struct hash_index index;
};

static bool is_name(const void *context, uint32_t number, const void *key)
{
    return strcmp(((const struct taken *)context)->names[number], key) == 0;
}

/* Takes a name for the next one; false: another has it. */
static bool take(struct taken *taken, const char *name)
{
    uint64_t hash = hash_bytes(name, strlen(name));
    if (hash_index_find(&taken->index, hash, is_name, taken, name) != HASH_INDEX_NONE)
        return false;
    hash_index_add(&taken->index, hash, (uint32_t)taken->count);
    snprintf(taken->names[taken->count++], HEAD_TEXT, "%s", name);
    return true;
}

/* ---- heads ---- */

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static size_t text_head(const char *text, size_t length, int w)
{
    char word[HEAD_TEXT];
    int used;
    snprintf(word, sizeof word, "%.*s", (int)(length < sizeof word ? length : sizeof word - 1), text);
    return text_fit(word, w, &used);
}

/* The first k cells of each word, and the number that it ends with, put together. */
static void brief(const char *name, int k, const char *between, char out[HEAD_TEXT])
{
    size_t used = 0;
    out[0] = '\0';
    for (const char *p = name; *p && used + 1 < HEAD_TEXT;) {
        size_t length = strcspn(p, "_- ./"), head = text_head(p, length, k), digits = length;
        while (digits > head && is_digit(p[digits - 1]))
            digits--;
        if (length > 0)
            used += (size_t)snprintf(out + used, HEAD_TEXT - used, "%s%.*s%.*s", used ? between : "", (int)head, p, (int)(length - digits), p + digits);
        p += length + (p[length] != '\0');
    }
    if (used >= HEAD_TEXT)
        out[HEAD_TEXT - 1] = '\0';
}

static void numbered(const char *name, int w, size_t number, char out[HEAD_TEXT])
{
    char digits[24];
    int used, length = snprintf(digits, sizeof digits, "%zu", number);
    size_t head = w > length ? text_fit(name, w - length, &used) : 0;
    head = head < HEAD_TEXT - sizeof digits ? head : HEAD_TEXT - sizeof digits;
    snprintf(out, HEAD_TEXT, "%.*s%s", (int)head, name, digits);
}

void matrix_heads(const char *const *names, size_t count, int w, char (*heads)[HEAD_TEXT])
{
    static const char *const between[] = {"_", ""};
    struct taken taken = {.names = heads};
    w = w < HEAD_LEAST_W ? HEAD_LEAST_W : w;
    for (size_t i = 0; i < count; i++) {
        char head[HEAD_TEXT];
        bool done = text_width(names[i]) <= w && strlen(names[i]) < HEAD_TEXT && take(&taken, names[i]);
        for (int b = 0; b < 2 && !done; b++)
            for (int k = w; k > 0 && !done; k--) {
                brief(names[i], k, between[b], head);
                done = head[0] && text_width(head) <= w && take(&taken, head);
            }
        for (size_t n = 2; !done; n++) {
            numbered(names[i], w, n, head);
            done = take(&taken, head);
        }
    }
    hash_index_finish(&taken.index);
}

/* ---- labels ---- */

struct levels { const char *at[LABEL_LEVELS]; size_t length[LABEL_LEVELS], count; }; /* the last ones, the last first */

static void split(const char *path, struct levels *levels)
{
    const char *end = path + strlen(path);
    levels->count = 0;
    while (levels->count < LABEL_LEVELS) {
        const char *from = end;
        while (from > path && from[-1] != '/')
            from--;
        levels->at[levels->count] = from;
        levels->length[levels->count++] = (size_t)(end - from);
        if (from == path)
            break;
        end = from - 1;
    }
}

static bool same_level(const struct levels *a, const struct levels *b, size_t level)
{
    return level < a->count && level < b->count && a->length[level] == b->length[level] && memcmp(a->at[level], b->at[level], a->length[level]) == 0;
}

static void label_of(const struct levels *levels, size_t skip, size_t used, char out[HEAD_TEXT])
{
    size_t at = 0, last = skip + used < levels->count ? skip + used : levels->count;
    out[0] = '\0';
    for (size_t l = last; l-- > skip && at + 1 < HEAD_TEXT;)
        at += (size_t)snprintf(out + at, HEAD_TEXT - at, "%s%.*s", at ? "/" : "", (int)levels->length[l], levels->at[l]);
}

void matrix_labels(const char *const *paths, size_t count, char (*labels)[HEAD_TEXT])
{
    struct levels *levels = mem_zero(count + 1, sizeof *levels);
    size_t skip = 0;
    bool apart = count == 0;
    for (size_t i = 0; i < count; i++)
        split(paths[i], &levels[i]);
    for (bool all = count > 1; all && skip + 1 < LABEL_LEVELS; skip += all)
        for (size_t i = 0; i < count && all; i++)
            all = same_level(&levels[0], &levels[i], skip) && levels[i].count > skip + 1;
    for (size_t used = 1; used <= LABEL_LEVELS && !apart; used++) {
        struct taken taken = {.names = labels};
        apart = true;
        for (size_t i = 0; i < count; i++) {
            char label[HEAD_TEXT];
            label_of(&levels[i], skip, used, label);
            if (take(&taken, label))
                continue;
            apart = false;
            snprintf(labels[taken.count++], HEAD_TEXT, "%s", label);
        }
        hash_index_finish(&taken.index);
    }
    free(levels);
}
