/*
 * config_meters: what the meters' part of the configuration edge shares: from the entries of a type or node to the plant.
 */
#ifndef ANDON_IO_CONFIG_METERS_H
#define ANDON_IO_CONFIG_METERS_H

#include "io/config_reader.h"

enum energy_what { ENERGY_METER, ENERGY_DEMAND, ENERGY_EMISSION, ENERGY_WHATS };
enum { ENERGY_OF_ONE = 64 };

/* A meter, demand or emission. */
struct energy_entry {
    struct fields f;      /* its keys, and those of the type's entry that it changes */
    const char *name;
    setting_t *where;
    bool own;             /* said in this list, not in what it is based on */
    bool changes;         /* one of what it is based on */
};

struct energy_entries { struct energy_entry *rows; size_t count, capacity; };

struct energy_list { struct energy_entries of[ENERGY_WHATS]; };

/* One machine's. In the order of the plant's nodes. */
struct energy_seat { uint32_t node; const struct energy_list *list; };

/* ---- config_meters.c ---- */
/* The tag of the node that a key names; NO_TAG without the key or, told, when there is none. */
uint32_t energy_tag(struct reader *r, const struct energy_entry *entry, uint32_t node, const char *key);
/* Told, and false, for a tag that holds no number. */
bool energy_number(struct reader *r, const struct energy_entry *entry, const char *key, uint32_t tag);
/* A meter by its path from the site: "main", "area/line/main"; NO_METER, told at `s`, when there is none. */
uint32_t energy_meter_at(struct reader *r, setting_t *s, const char *path);
/* The node of the first `length` bytes of a path from the site; NO_NODE when there is none. */
uint32_t energy_node_at(const struct reader *r, const char *path, size_t length);

/* ---- config_demands.c ---- */
void add_demand(struct reader *r, uint32_t node, const struct energy_entry *entry, const struct energy_list *list);
void add_emission(struct reader *r, uint32_t node, const struct energy_entry *entry);

#endif
