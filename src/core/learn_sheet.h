/*
 * learn_sheet: all series as sequences of names, sorted, so that what lies under one place is a stretch of rows. For learn_types.c alone.
 *
 * A level of a topic is a name; with a separator ("plant_press01_temp") what it parts inside a level are names too. Which level of a topic is the leaf's own and not the machine's
 * ("plant/temperature/press-01") is the sheet's `metric`: that level stands behind the others.
 */
#ifndef ANDON_CORE_LEARN_SHEET_H
#define ANDON_CORE_LEARN_SHEET_H

#include "core/hash_index.h"
#include "core/learn_private.h"

/* One series as names: `topic_count` of the topic, then the pointer's. */
struct learn_row {
    size_t series;
    size_t count, topic_count;
    uint32_t names[LEARN_LEVELS];
};

struct learn_words {
    char **list;
    size_t count, capacity;
    struct hash_index index;
};

struct learn_sheet {
    struct learn_words words;
    struct learn_row *rows;
    size_t count;
    size_t metric;  /* LEARN_LEVELS: the leaf's levels come last */
    char separator; /* '\0': levels alone */
    double spent;   /* names that were spent on telling machines inside machines apart */
};

/* Rows [from, to) agree in their first `depth` names; leaves: what follows, hashed, sorted, each once. */
struct learn_place {
    size_t from, to, depth;
    uint64_t *leaves;
    size_t leaf_count;
};

/* Places that may be machines of one type. */
struct learn_group {
    size_t *places;
    size_t place_count, place_capacity;
    uint64_t *leaves; /* of all its places, sorted */
    size_t *counts;   /* places that have it */
    size_t leaf_count;
    double gain;
};

/* Of the series that `taken` (by index, may be NULL) does not name, and that are not the broker's own. */
void learn_sheet_make(struct learn_sheet *sheet, const struct learn *learn, const bool *taken, char separator, size_t metric);
void learn_sheet_finish(struct learn_sheet *sheet);
/* The places of a depth; the caller frees them by learn_places_free(). */
size_t learn_places(const struct learn_sheet *sheet, size_t depth, struct learn_place **places);
void learn_places_free(struct learn_place *places, size_t count);
/* What follows the first `depth` names of a row. */
uint64_t learn_rest(const struct learn_row *row, size_t depth);
/* Sorts, and keeps each once. */
size_t learn_unique(uint64_t *hashes, size_t count);
int learn_compare_hashes(const void *a, const void *b);
/* The names [from, to) of a row as a topic and a pointer. */
void learn_row_text(const struct learn_sheet *sheet, const struct learn_row *row, size_t from, size_t to, char *topic, size_t topic_cap, char *pointer, size_t pointer_cap);

/* ---- learn_groups.c ---- */

/* Is a leaf that so many of a group's places have one of the type? */
bool learn_is_kept(size_t count, size_t places);
size_t learn_groups(const struct learn_place *places, size_t place_count, struct learn_group **groups);
void learn_group_free(struct learn_group *g);
/* b becomes a part of a, and is freed. */
void learn_group_join(struct learn_group *a, struct learn_group *b);

#endif
