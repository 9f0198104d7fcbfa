/*
 * state: PackML states (PackTags v3, StateCurrent), and the class that each belongs to.
 *
 * A state map translates what a machine sends (a number, a text, a bit) into a PackML state; the built-in map "packml"
 * takes the numbers 0-17 and the states' names. The class says what a state means for the line (OEE.md); the screen
 * shows the class's word and glyph.
 */
#ifndef ANDON_CORE_STATE_H
#define ANDON_CORE_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum pack_state {
    PACK_UNDEFINED, PACK_CLEARING, PACK_STOPPED, PACK_STARTING, PACK_IDLE, PACK_SUSPENDED, PACK_EXECUTE, PACK_STOPPING,
    PACK_ABORTING, PACK_ABORTED, PACK_HOLDING, PACK_HELD, PACK_UNHOLDING, PACK_SUSPENDING, PACK_UNSUSPENDING,
    PACK_RESETTING, PACK_COMPLETING, PACK_COMPLETE, PACK_STATE_COUNT
};

enum state_class {
    CLASS_UNKNOWN,       /* nobody has said, or not any more */
    CLASS_RUN,
    CLASS_STOP,          /* unplanned */
    CLASS_STARVED,       /* external: waits for material */
    CLASS_BLOCKED,       /* external: cannot get rid of it */
    CLASS_SETUP,         /* changeover */
    CLASS_CLEANING,
    CLASS_MAINTENANCE,   /* planned */
    CLASS_BREAK,
    CLASS_NOT_SCHEDULED, /* no order, no shift */
    CLASS_COUNT
};

struct pack_state_row { const char *name; enum state_class preset; };
struct state_class_row { const char *name; const char *word; const char *glyph; }; /* "stop", "STOP", "█" */

extern const struct pack_state_row pack_state_table[PACK_STATE_COUNT];
extern const struct state_class_row state_class_table[CLASS_COUNT];

/* One thing that a machine sends. `text` is compared without case; a number matches when text is NULL. */
struct state_map_row {
    const char *text;
    int64_t number;
    enum pack_state state;
    enum state_class class;
    const char *word; /* what to show instead of the class's word ("blow", "heating"), or NULL */
};

struct state_map {
    const char *name;
    struct state_map_row *rows;
    size_t count;
};

/* The built-in map, immutable. */
const struct state_map *state_map_packml(void);
/* The row for a number or a text; NULL when the map has none. */
const struct state_map_row *state_map_number(const struct state_map *map, int64_t number);
const struct state_map_row *state_map_text(const struct state_map *map, const char *text);
/* The index of a class or state by its name, or -1. */
int state_class_by_name(const char *name);
int pack_state_by_name(const char *name);

#endif
