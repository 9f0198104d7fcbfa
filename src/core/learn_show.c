/*
 * Proposals in words, the same on the command line and on a screen.
 */
#include "core/learn_edit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/learn_private.h"
#include "core/memory.h"

enum { SHOWN = 5, LEFT_MOST = 40 };

/* ---- machines ---- */

static const char *machine_name(const struct learned_type *type, size_t i)
{
    const struct learned_instance *instance = &type->instances[i];
    const char *path = instance->pointer[0] ? instance->pointer : instance->topic, *last = learn_last(path, instance->pointer[0] ? '\0' : type->separator);
    return last ? last : path;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static size_t digits_at(const char *name)
{
    size_t length = strlen(name), at = length;
    while (at > 0 && name[at - 1] >= '0' && name[at - 1] <= '9')
        at--;
    return at;
}

/* "press-{01..40}" of names that are alike but for a number at the end; false: they are not. */
static bool range_of_names(const char *const *names, size_t count, char *out, size_t cap)
{
    size_t stem = digits_at(names[0]);
    if (count < 2 || !names[0][stem] || strlen(names[0]) - stem > 6)
        return false;
    long low = strtol(names[0] + stem, NULL, 10), high = low;
    for (size_t i = 1; i < count; i++) {
        if (digits_at(names[i]) != stem || !names[i][stem] || strncmp(names[i], names[0], stem) != 0)
            return false;
        long number = strtol(names[i] + stem, NULL, 10);
        low = number < low ? number : low;
        high = number > high ? number : high;
    }
    int width = names[0][stem] == '0' ? (int)(strlen(names[0]) - stem) : 1;
    int length = snprintf(out, cap, "%.*s{%0*ld..%0*ld}", (int)(stem < 40 ? stem : 40), names[0], width, low, width, high);
    if ((size_t)(high - low) + 1 != count && length > 0 && (size_t)length < cap)
        snprintf(out + length, cap - (size_t)length, " (%zu of them)", count);
    return true;
}

void learn_machines(const struct learned_type *type, char *out, size_t cap)
{
    const char **names = mem_zero(type->instance_count + 1, sizeof *names);
    size_t count = 0, length;
    snprintf(out, cap, "no machines");
    for (size_t i = 0; i < type->instance_count; i++)
        names[i] = machine_name(type, i);
    if (type->instance_count > 0)
        qsort(names, type->instance_count, sizeof *names, by_name);
    for (size_t i = 0; i < type->instance_count; i++)
        if (count == 0 || strcmp(names[count - 1], names[i]) != 0)
            names[count++] = names[i];
    if (count > 0 && !range_of_names(names, count, out, cap)) {
        length = (size_t)snprintf(out, cap, "%.40s", names[0]);
        for (size_t i = 1; i < count && i < 3 && length < cap; i++)
            length += (size_t)snprintf(out + length, cap - length, ", %.40s", names[i]);
        if (count > 3 && length < cap)
            snprintf(out + length, cap - length, " ...");
    }
    length = strlen(out);
    if (count < type->instance_count && length < cap)
        snprintf(out + length, cap - length, " in several places");
    free(names);
}

/* ---- a line ---- */

const char *learn_leaf_word(const struct learn_role *role)
{
    return role->dropped ? "left out" : role->heartbeat ? "heartbeat" : role->clock ? "clock" : role->ignored ? "identity" : role->availability ? "alive" : role->role != ROLE_NONE ? tag_role_names[role->role]
        : tag_kind_names[role->kind];
}

void learn_line(const struct learned_type *type, char *out, size_t cap)
{
    char machines[128];
    size_t shown = 0;
    learn_machines(type, machines, sizeof machines);
    size_t length = (size_t)snprintf(out, cap, "%s  %zu machines  %zu leaves  %zu/%zu complete  %s", machines, type->instance_count, type->leaf_count, type->complete, type->instance_count, learn_sure_names[type->sure]);
    for (int first = 1; first >= 0; first--) /* state and counts first */
        for (size_t l = 0; l < type->leaf_count && length < cap; l++) {
            const struct learned_leaf *leaf = &type->leaves[l];
            bool counts = leaf->role.role == ROLE_STATE || leaf->role.role == ROLE_GOOD || leaf->role.role == ROLE_REJECT;
            bool other = !counts && (leaf->role.role != ROLE_NONE || leaf->role.kind == KIND_POWER || leaf->role.kind == KIND_REGISTER);
            if (!learn_is_tag(&leaf->role) || !(first ? counts : other) || shown++ >= SHOWN + 3)
                continue;
            length += (size_t)snprintf(out + length, cap - length, "  %s=%s%s", learn_leaf_word(&leaf->role), leaf->name, leaf->role.sure == LEARN_CERTAIN ? "!" : leaf->role.sure == LEARN_GUESS ? "?" : "");
        }
}

/* ---- what was left out ---- */

struct lines { char *bytes; size_t count, capacity; };

static void add(struct lines *t, const char *text)
{
    size_t length = strlen(text);
    while (t->count + length + 1 > t->capacity) {
        t->capacity = t->capacity ? t->capacity * 2 : 1024;
        t->bytes = mem_resize(t->bytes, t->capacity, 1);
    }
    memcpy(t->bytes + t->count, text, length + 1);
    t->count += length;
}

char *learn_left_out(const struct learn *learn, const struct learned *learned)
{
    struct lines t = {.count = 0};
    char line[LEARN_NAME * 2 + 640];
    uint64_t beyond;
    size_t own = 0, said = 0, series = learn_series_count(learn, &beyond);
    add(&t, "");
    for (size_t type = 0; type < learned->type_count; type++)
        for (size_t l = 0; l < learned->types[type].leaf_count; l++) {
            const struct learned_leaf *leaf = &learned->types[type].leaves[l];
            if (learn_is_tag(&leaf->role) || said++ >= LEFT_MOST)
                continue;
            snprintf(line, sizeof line, "%s %s: %s (%s: %.200s)\n", learned->types[type].name, leaf->name, learn_leaf_word(&leaf->role), learn_sure_names[leaf->role.sure], leaf->role.evidence);
            add(&t, line);
        }
    for (size_t i = 0; i < learned->loose_count; i++) {
        const struct learn_series *s = learn_series_at(learn, learned->loose[i]);
        if (learn_is_tag(&learned->loose_roles[i]) || said++ >= LEFT_MOST)
            continue;
        snprintf(line, sizeof line, "%.255s %.200s: %s (%s)\n", s->topic, s->path, learn_leaf_word(&learned->loose_roles[i]), learn_sure_names[learned->loose_roles[i].sure]);
        add(&t, line);
    }
    for (size_t i = 0; i < series; i++)
        own += learn_series_at(learn, i)->topic[0] == '$';
    if (said > LEFT_MOST) {
        snprintf(line, sizeof line, "and %zu more values of these kinds\n", said - LEFT_MOST);
        add(&t, line);
    }
    if (own > 0) {
        snprintf(line, sizeof line, "%zu values below $: the broker's own\n", own);
        add(&t, line);
    }
    if (beyond > 0) {
        snprintf(line, sizeof line, "%llu messages: more than %d values, or topics that are too long\n", (unsigned long long)beyond, LEARN_SERIES);
        add(&t, line);
    }
    return t.bytes;
}
