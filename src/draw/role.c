/*
 * The one table of roles: its names are the groups of a theme file, its letters stand in the role planes of goldens. Both
 * are unique, which a test holds.
 */
#include "draw/role.h"

#include <assert.h>

const struct cell_role_row cell_role_table[CELL_ROLE_COUNT] = {
    [CELL_TEXT] = {"text", '.'},
    [CELL_DIM] = {"dim", 'd'},
    [CELL_TITLE] = {"title", 'T'},
    [CELL_BORDER] = {"border", 'b'},
    [CELL_SELECTED] = {"selected", 'S'},
    [CELL_KEY] = {"key", 'k'},
    [CELL_OK] = {"ok", 'o'},
    [CELL_WARN] = {"warn", 'w'},
    [CELL_ALARM_1] = {"alarm_1", '1'},
    [CELL_ALARM_2] = {"alarm_2", '2'},
    [CELL_ALARM_3] = {"alarm_3", '3'},
    [CELL_ALARM_4] = {"alarm_4", '4'},
    [CELL_UNACKED_1] = {"unacked_1", '5'},
    [CELL_UNACKED_2] = {"unacked_2", '6'},
    [CELL_UNACKED_3] = {"unacked_3", '7'},
    [CELL_UNACKED_4] = {"unacked_4", '8'},
    [CELL_STOP] = {"stop", 'H'},
    [CELL_BAND] = {"band", '='},
    [CELL_VALUE] = {"value", 'v'},
    [CELL_STALE] = {"stale", 's'},
    [CELL_UNKNOWN] = {"unknown", 'u'},
    [CELL_BAD] = {"bad", 'q'},
    [CELL_ACCENT] = {"accent", 'a'},
    [CELL_BANNER] = {"banner", '!'},
    [CELL_SERIES_1] = {"series_1", 'A'},
    [CELL_SERIES_2] = {"series_2", 'B'},
    [CELL_SERIES_3] = {"series_3", 'C'},
    [CELL_SERIES_4] = {"series_4", 'D'},
    [CELL_SERIES_5] = {"series_5", 'E'},
    [CELL_SERIES_6] = {"series_6", 'F'},
};

static_assert(sizeof cell_role_table / sizeof cell_role_table[0] == CELL_ROLE_COUNT, "a row for every role");
static_assert(CELL_SERIES_6 + 1 == CELL_ROLE_COUNT, "a new role needs a name and a letter here");
