/*
 * learn_private: what the writers of a learnt configuration share: where each machine and each single series stands in the plant (learn_plant.c), for what is written of it (learn_config.c).
 *
 * A struct ground says which levels of the topics tell machines apart, and which of area, line and unit each is; a struct spot is a node of the plant that is written, found by its path.
 */
#ifndef ANDON_CORE_LEARN_PRIVATE_H
#define ANDON_CORE_LEARN_PRIVATE_H

#include "core/learn.h"

enum { LEARN_NODES = 3, LEARN_PATH = 400 };

struct learn_ground {
    bool varies[LEARN_LEVELS];
    size_t deepest; /* levels that vary in the deepest type */
};

/* How the machines of a type are written: by one topic with captures; each with its own topic, and the fields by the type; each with all its tags. */
enum learn_way { LEARN_PATTERN, LEARN_TOPIC, LEARN_TAGS };

struct learn_spot {
    char path[LEARN_PATH]; /* "area/line/unit" of slugs */
    char name[LEARN_NAME], title[LEARN_NAME];
    size_t depth;          /* 0: area */
    size_t type, instance; /* SIZE_MAX: none */
};

/* A series that no type explains, at the node that its topic names; SIZE_MAX: at the site. */
struct learn_single { size_t loose, spot; char name[LEARN_NAME]; struct learn_role role; };

struct learn_plant {
    const struct learn *learn;
    const struct learned *learned;
    const bool *accepted;
    struct learn_ground grounds[2]; /* of topics as they stand, and of those with a separator */
    char separator;                 /* that the first type has */
    enum learn_way *ways;           /* by type */
    struct learn_spot *spots; /* by path */
    size_t spot_count, spot_capacity;
    struct learn_single *singles;
    size_t single_count;
};

void learn_plant_make(struct learn_plant *plant, const struct learn *learn, const struct learned *learned, const bool *accepted);
void learn_plant_finish(struct learn_plant *plant);
bool learn_accepted(const struct learn_plant *plant, size_t type);
/* The leaf whose topic most leaves of the type share. */
size_t learn_main_leaf(const struct learned_type *type);
/* The topic of a leaf of an instance (which has it) as it is, or with captures. */
void learn_topic(const struct learn_plant *plant, const struct learned_type *type, const struct learned_instance *instance, size_t leaf, bool pattern, char *out, size_t cap);
/* The first instance that has a leaf. */
const struct learned_instance *learn_owner(const struct learned_type *type, size_t leaf);
/* Does a tag hold it? Not a heartbeat, a clock, a name. */
bool learn_is_tag(const struct learn_role *role);
/* A name as the configuration takes it, [a-z0-9_-]+. */
void learn_slug(const char *name, char *out, size_t cap);

/* ---- learn_names.c ---- */

/* How long the name is at the beginning of a topic: up to a slash, or a separator that does not begin or end its level. */
size_t learn_level(const char *text, char separator);
/* The last name of a topic; NULL: it has only one. */
const char *learn_last(const char *topic, char separator);

/* Takes the last level off the machines of a type when it is the same for all and nothing else stands above it; false: it is not. */
bool learn_move_up(const struct learned *learned, struct learned_type *type);
void learn_name_type(struct learned_type *type, size_t number);
/* Names of its leaves, each once: learn_roles_of_type() gives them too. */
void learn_name_leaves(struct learned_type *type);
void learn_names_apart(struct learned_type *types, size_t count);

/* ---- learn_rules.c ---- */

/* Numbers and nothing else. */
bool learn_is_number(const struct learn_series *s);
/* It never falls but to begin again. */
bool learn_rises(const struct learn_series *s);
/* Do names of that kind and role speak for it? */
bool learn_is_named(const char *name, enum tag_kind kind, enum tag_role role);

/* Are both of the same thing, "gas" and "gas_total", "ng/flow" and "ng/total"? */
bool learn_same_stem(const char *a, const char *b);

/* ---- learn_roles.c ---- */

/* Of what no type explains: series below one place are looked at together, as one machine's. */
void learn_roles_of_loose(const struct learn *learn, struct learned *learned);

#endif
