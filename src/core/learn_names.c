/*
 * What types and their machines are called: a level that all machines have in common at their end is none of their names; a type has the beginning that its machines' names share.
 */
#include "core/learn_private.h"

#include <stdio.h>
#include <string.h>

static void append(char *out, size_t cap, const char *name)
{
    size_t length = strlen(out);
    snprintf(out + length, cap - length, "/%s", name);
}

size_t learn_level(const char *text, char separator)
{
    size_t level = strcspn(text, "/"), length = 1;
    while (separator && length + 1 < level && !(text[length] == separator && text[length + 1] != separator))
        length++;
    return separator && length + 1 < level ? length : level;
}

const char *learn_last(const char *topic, char separator)
{
    const char *last = NULL;
    for (size_t n; n = learn_level(topic, separator), topic[n]; last = topic)
        topic += n + 1;
    return last;
}

static bool is_instance(const struct learned *learned, const struct learned_type *but, const char *topic, size_t length)
{
    for (size_t t = 0; t < learned->type_count; t++)
        for (size_t i = 0; &learned->types[t] != but && i < learned->types[t].instance_count; i++)
            if (strncmp(learned->types[t].instances[i].topic, topic, length) == 0 && learned->types[t].instances[i].topic[length] == '\0')
                return true;
    return false;
}

/* Machines whose last level is the same ("data") are what stands above it, unless another type is there. */
bool learn_move_up(const struct learned *learned, struct learned_type *type)
{
    const char *last = learn_last(type->instances[0].topic, type->separator);
    char level[sizeof type->leaves[0].topic];
    if (!last || type->metric != LEARN_LEVELS)
        return false;
    for (size_t i = 0; i < type->instance_count; i++) {
        const char *topic = type->instances[i].topic, *its = learn_last(topic, type->separator);
        if (!its || type->instances[i].pointer[0] || strcmp(its, last) != 0 || is_instance(learned, type, topic, (size_t)(its - topic) - 1))
            return false;
    }
    snprintf(level, sizeof level, "%s", last);
    for (size_t l = 0; l < type->leaf_count; l++) {
        char below[sizeof level];
        memcpy(below, type->leaves[l].topic, sizeof below);
        if (strlen(level) + 1 + strlen(below) >= sizeof below)
            return false;
        memcpy(type->leaves[l].topic, level, strlen(level) + 1);
        if (below[0])
            append(type->leaves[l].topic, sizeof type->leaves[l].topic, below);
    }
    for (size_t i = 0; i < type->instance_count; i++)
        type->instances[i].topic[learn_last(type->instances[i].topic, type->separator) - type->instances[i].topic - 1] = '\0';
    type->levels--;
    return true;
}

/* "press-01", "press-02": press. Else the longest beginning that all have, else the level before, else the number. */
void learn_name_type(struct learned_type *type, size_t number)
{
    char common_name[LEARN_NAME] = "";
    for (size_t i = 0; i < type->instance_count; i++) {
        const char *path = type->instances[i].pointer[0] ? type->instances[i].pointer : type->instances[i].topic, *last = learn_last(path, type->instances[i].pointer[0] ? '\0' : type->separator);
        const char *name = last ? last : path;
        if (i == 0) {
            snprintf(common_name, sizeof common_name, "%.63s", name);
            continue;
        }
        size_t same = 0;
        while (common_name[same] && common_name[same] == name[same])
            same++;
        common_name[same] = '\0';
    }
    size_t length = strlen(common_name);
    while (length > 0 && strchr("0123456789-_. #", common_name[length - 1]))
        common_name[--length] = '\0';
    size_t kept = 0;
    for (size_t i = 0; i < length; i++) {
        char c = common_name[i];
        c = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-')
            type->name[kept++] = c;
    }
    type->name[kept] = '\0';
    if (kept < 1)
        snprintf(type->name, sizeof type->name, "type%zu", number + 1);
}

void learn_names_apart(struct learned_type *types, size_t count)
{
    for (size_t t = 0; t < count; t++) {
        unsigned again = 1;
        char plain[LEARN_NAME];
        snprintf(plain, sizeof plain, "%s", types[t].name);
        for (size_t other = 0; other < t; other++)
            if (strcmp(types[other].name, types[t].name) == 0) {
                snprintf(types[t].name, sizeof types[t].name, "%.50s-%u", plain, ++again);
                other = SIZE_MAX; /* from the beginning */
            }
    }
}
