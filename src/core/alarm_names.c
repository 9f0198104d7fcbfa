/*
 * What alarms' kinds, states and transitions are called. The events' names stand in the cache and in exports: a new one is added, none is
 * ever changed.
 */
#include "core/alarm.h"

const struct alarm_kind_row alarm_kind_table[ALARM_KIND_COUNT] = {
    [ALARM_HIGH_HIGH] = {"high-high", "high-high", true},
    [ALARM_HIGH] = {"high", "high", true},
    [ALARM_LOW] = {"low", "low", true},
    [ALARM_LOW_LOW] = {"low-low", "low-low", true},
    [ALARM_DEVIATION] = {"deviation", "deviation", true},
    [ALARM_RATE] = {"rate", "rate of change", true},
    [ALARM_DISCRETE] = {"discrete", "state", false},
    [ALARM_NO_DATA] = {"no-data", "no data", false},
    [ALARM_BAD_QUALITY] = {"bad-quality", "bad quality", false},
    [ALARM_EXPRESSION] = {"expression", "condition", false},
    [ALARM_MESSAGE] = {"message", "machine's message", false},
};

const struct alarm_shown_row alarm_shown_table[SHOWN_COUNT] = {
    [ALARM_NORM] = {"NORM", "N", "normal"},
    [ALARM_UNACK] = {"UNACK", "U", "active, not acknowledged"},
    [ALARM_ACKED] = {"ACKED", "A", "active, acknowledged"},
    [ALARM_RTNUN] = {"RTNUN", "R", "returned to normal, not acknowledged"},
    [ALARM_LATCH_UNACK] = {"LU", "L", "latched, not acknowledged"},
    [ALARM_LATCH_ACKED] = {"LA", "l", "latched, acknowledged: waits for a reset"},
    [SHOWN_SHLVD] = {"SHLVD", "S", "shelved"},
    [SHOWN_DSUPR] = {"DSUPR", "D", "suppressed by design"},
    [SHOWN_OOSRV] = {"OOSRV", "O", "out of service"},
};

const char *const alarm_event_names[ALARM_EVENT_COUNT] = {
    [ALARM_RAISED] = "raised",
    [ALARM_ROSE] = "rose",
    [ALARM_FELL] = "fell",
    [ALARM_CLEARED] = "cleared",
    [ALARM_ACKNOWLEDGED] = "acknowledged",
    [ALARM_RESET] = "reset",
    [ALARM_SHELVED_NOW] = "shelved",
    [ALARM_UNSHELVED] = "unshelved",
    [ALARM_SUPPRESSED_NOW] = "suppressed",
    [ALARM_UNSUPPRESSED] = "unsuppressed",
    [ALARM_OUT_NOW] = "out",
    [ALARM_IN_NOW] = "in",
    [ALARM_COMMENTED] = "commented",
    [ALARM_REMOVED] = "removed",
    [ALARM_LATE] = "late",
};
