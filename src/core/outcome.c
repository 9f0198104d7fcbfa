#include "core/outcome.h"

#include <stdlib.h>

#include "core/memory.h"

/* A struct outcomes is three arrays that grow; they are emptied at every batch, and given back when one batch filled them beyond
 * what an ordinary one does: the first batch after a gap may hold an event for every unit of the plant. */

enum { ORDINARY_EVENTS = 64, ORDINARY_ROWS = 4096 };

const struct event_row event_table[EVENT_KIND_COUNT] = {
    [EVENT_STATE] = {"state", "state", false},
    [EVENT_SETPOINT] = {"setpoint", "setpoint", true},
    [EVENT_LIMIT] = {"limit", "limit", true},
    [EVENT_RECIPE] = {"recipe", "recipe", true},
    [EVENT_ORDER] = {"order", "order", true},
    [EVENT_CONFIG] = {"config", "configuration", true},
    [EVENT_LINK] = {"link", "source", false},
    [EVENT_GAP] = {"gap", "collector away", false},
    [EVENT_CLOCK] = {"clock", "clock step", false},
    [EVENT_DROPPED] = {"dropped", "not recorded", false},
    [EVENT_IMPORT] = {"import", "import", false},
    [EVENT_ACTION] = {"action", "action", false},
    [EVENT_ALARM] = {"alarm", "alarm", false},
    [EVENT_REFUSED] = {"refused", "refused", false},
    [EVENT_BAND] = {"band", "outside its band", false},
};

struct event *outcomes_event(struct outcomes *outcomes)
{
    outcomes->events = mem_grow(outcomes->events, outcomes->event_count, &outcomes->event_capacity, sizeof *outcomes->events);
    struct event *event = &outcomes->events[outcomes->event_count++];
    *event = (struct event){.number = 0};
    return event;
}

struct interval_end *outcomes_interval(struct outcomes *outcomes)
{
    outcomes->intervals = mem_grow(outcomes->intervals, outcomes->interval_count, &outcomes->interval_capacity, sizeof *outcomes->intervals);
    struct interval_end *interval = &outcomes->intervals[outcomes->interval_count++];
    *interval = (struct interval_end){.seq = 0};
    return interval;
}

struct bucket_gain *outcomes_bucket(struct outcomes *outcomes)
{
    outcomes->buckets = mem_grow(outcomes->buckets, outcomes->bucket_count, &outcomes->bucket_capacity, sizeof *outcomes->buckets);
    struct bucket_gain *bucket = &outcomes->buckets[outcomes->bucket_count++];
    *bucket = (struct bucket_gain){.series = 0};
    return bucket;
}

void outcomes_clear(struct outcomes *outcomes)
{
    if (outcomes->event_capacity > ORDINARY_EVENTS || outcomes->interval_capacity > ORDINARY_ROWS || outcomes->bucket_capacity > ORDINARY_ROWS)
        outcomes_finish(outcomes);
    outcomes->event_count = outcomes->interval_count = outcomes->bucket_count = 0;
}

void outcomes_finish(struct outcomes *outcomes)
{
    free(outcomes->events);
    free(outcomes->intervals);
    free(outcomes->buckets);
    *outcomes = (struct outcomes){.events = NULL};
}
