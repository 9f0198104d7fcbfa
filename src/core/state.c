#include "core/state.h"

/*
 * Two tables and one map. pack_state_table names the PackML states by their numbers and gives each its default class: none
 * is left out. state_class_table says how a class looks on the screen. The built-in map accepts a state's number and its
 * name; it is const, only its type is shared with the maps that a configuration makes.
 *
 * Where the standard leaves the class open: holding, held and unholding are one stop, from the fault to the recovery;
 * so are aborting, aborted, clearing, stopping and stopped. Suspending to unsuspending is one wait for material. Starting
 * and resetting make the machine ready: set-up. Completing still produces; complete waits for the next order, as idle does.
 */

const struct pack_state_row pack_state_table[PACK_STATE_COUNT] = {
    [PACK_UNDEFINED] = {"Undefined", CLASS_UNKNOWN},
    [PACK_CLEARING] = {"Clearing", CLASS_STOP},
    [PACK_STOPPED] = {"Stopped", CLASS_STOP},
    [PACK_STARTING] = {"Starting", CLASS_SETUP},
    [PACK_IDLE] = {"Idle", CLASS_NOT_SCHEDULED},
    [PACK_SUSPENDED] = {"Suspended", CLASS_STARVED},
    [PACK_EXECUTE] = {"Execute", CLASS_RUN},
    [PACK_STOPPING] = {"Stopping", CLASS_STOP},
    [PACK_ABORTING] = {"Aborting", CLASS_STOP},
    [PACK_ABORTED] = {"Aborted", CLASS_STOP},
    [PACK_HOLDING] = {"Holding", CLASS_STOP},
    [PACK_HELD] = {"Held", CLASS_STOP},
    [PACK_UNHOLDING] = {"Unholding", CLASS_STOP},
    [PACK_SUSPENDING] = {"Suspending", CLASS_STARVED},
    [PACK_UNSUSPENDING] = {"Unsuspending", CLASS_STARVED},
    [PACK_RESETTING] = {"Resetting", CLASS_SETUP},
    [PACK_COMPLETING] = {"Completing", CLASS_RUN},
    [PACK_COMPLETE] = {"Complete", CLASS_NOT_SCHEDULED},
};

const struct state_class_row state_class_table[CLASS_COUNT] = {
    [CLASS_UNKNOWN] = {"unknown", "?", "?"},
    [CLASS_RUN] = {"run", "run", "─"},
    [CLASS_STOP] = {"stop", "STOP", "█"},
    [CLASS_STARVED] = {"starved", "starved", "▒"},
    [CLASS_BLOCKED] = {"blocked", "blocked", "▒"},
    [CLASS_SETUP] = {"setup", "setup", "c"},
    [CLASS_CLEANING] = {"cleaning", "cleaning", "w"},
    [CLASS_MAINTENANCE] = {"maintenance", "maint.", "m"},
    [CLASS_BREAK] = {"break", "break", "b"},
    [CLASS_NOT_SCHEDULED] = {"not-scheduled", "no order", "."},
};

#define BY_NUMBER(s, c) {NULL, s, s, c, NULL}
#define BY_NAME(name, s, c) {name, 0, s, c, NULL}
#define BOTH(name, s, c) BY_NUMBER(s, c), BY_NAME(name, s, c)

static const struct state_map_row packml_rows[] = {
    BOTH("Undefined", PACK_UNDEFINED, CLASS_UNKNOWN),
    BOTH("Clearing", PACK_CLEARING, CLASS_STOP),
    BOTH("Stopped", PACK_STOPPED, CLASS_STOP),
    BOTH("Starting", PACK_STARTING, CLASS_SETUP),
    BOTH("Idle", PACK_IDLE, CLASS_NOT_SCHEDULED),
    BOTH("Suspended", PACK_SUSPENDED, CLASS_STARVED),
    BOTH("Execute", PACK_EXECUTE, CLASS_RUN),
    BOTH("Stopping", PACK_STOPPING, CLASS_STOP),
    BOTH("Aborting", PACK_ABORTING, CLASS_STOP),
    BOTH("Aborted", PACK_ABORTED, CLASS_STOP),
    BOTH("Holding", PACK_HOLDING, CLASS_STOP),
    BOTH("Held", PACK_HELD, CLASS_STOP),
    BOTH("Unholding", PACK_UNHOLDING, CLASS_STOP),
    BOTH("Suspending", PACK_SUSPENDING, CLASS_STARVED),
    BOTH("Unsuspending", PACK_UNSUSPENDING, CLASS_STARVED),
    BOTH("Resetting", PACK_RESETTING, CLASS_SETUP),
    BOTH("Completing", PACK_COMPLETING, CLASS_RUN),
    BOTH("Complete", PACK_COMPLETE, CLASS_NOT_SCHEDULED),
};

/* The rows are shared with maps that are built at run time, so their type is not const; nobody writes through it. */
static const struct state_map packml = {
    .name = "packml",
    .rows = (struct state_map_row *)packml_rows,
    .count = sizeof packml_rows / sizeof packml_rows[0],
};

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool same_word(const char *a, const char *b)
{
    while (*a && lower(*a) == lower(*b))
        a++, b++;
    return *a == *b;
}

const struct state_map *state_map_packml(void)
{
    return &packml;
}

const struct state_map_row *state_map_number(const struct state_map *map, int64_t number)
{
    for (size_t i = 0; i < map->count; i++)
        if (!map->rows[i].text && map->rows[i].number == number)
            return &map->rows[i];
    return NULL;
}

const struct state_map_row *state_map_text(const struct state_map *map, const char *text)
{
    for (size_t i = 0; i < map->count; i++)
        if (map->rows[i].text && same_word(map->rows[i].text, text))
            return &map->rows[i];
    return NULL;
}

int state_class_by_name(const char *name)
{
    for (int c = 0; c < CLASS_COUNT; c++)
        if (same_word(state_class_table[c].name, name))
            return c;
    return -1;
}

int pack_state_by_name(const char *name)
{
    for (int s = 0; s < PACK_STATE_COUNT; s++)
        if (same_word(pack_state_table[s].name, name))
            return s;
    return -1;
}
