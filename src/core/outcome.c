#include "core/outcome.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/alarm.h"
#include "core/memory.h"
#include "core/text_match.h"

/* A struct outcomes is five arrays that grow; they are emptied at every batch, and given back when one batch filled them beyond
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
    [EVENT_STOP] = {"stop", "stop amended", false},
    [EVENT_QUANTITY] = {"quantity", "quantity corrected", false},
    [EVENT_CALL] = {"call", "call", false},
    [EVENT_NOTE] = {"note", "note", false},
};

#define BIT(kind) (UINT32_C(1) << (kind))

const struct event_group event_groups[EVENT_GROUPS] = {
    {"all", 0},
    {"alarms", BIT(EVENT_ALARM)},
    {"actions", BIT(EVENT_ACTION) | BIT(EVENT_REFUSED) | BIT(EVENT_STOP) | BIT(EVENT_QUANTITY) | BIT(EVENT_CALL) | BIT(EVENT_NOTE)},
    {"changes", BIT(EVENT_SETPOINT) | BIT(EVENT_LIMIT) | BIT(EVENT_RECIPE) | BIT(EVENT_ORDER) | BIT(EVENT_CONFIG)},
    {"states", BIT(EVENT_STATE) | BIT(EVENT_BAND)},
    {"system", BIT(EVENT_LINK) | BIT(EVENT_GAP) | BIT(EVENT_CLOCK) | BIT(EVENT_DROPPED) | BIT(EVENT_IMPORT)},
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
    if (outcomes->event_capacity > ORDINARY_EVENTS || outcomes->interval_capacity > ORDINARY_ROWS || outcomes->bucket_capacity > ORDINARY_ROWS ||
        outcomes->gain_capacity > ORDINARY_ROWS || outcomes->stop_capacity > ORDINARY_EVENTS || outcomes->energy_capacity > ORDINARY_ROWS)
        outcomes_finish(outcomes);
    outcomes->event_count = outcomes->interval_count = outcomes->bucket_count = outcomes->gain_count = outcomes->stop_count = outcomes->energy_count = 0;
}

void outcomes_finish(struct outcomes *outcomes)
{
    free(outcomes->events);
    free(outcomes->intervals);
    free(outcomes->buckets);
    free(outcomes->gains);
    free(outcomes->stops);
    free(outcomes->energies);
    *outcomes = (struct outcomes){.events = NULL};
}

bool event_matches(const struct event *e, const char *filter)
{
    char text[FILTER_HAYSTACK + sizeof e->path];
    bool alarm = e->kind == EVENT_ALARM;
    if (!filter[0])
        return true;
    snprintf(text, sizeof text, "%s %s %s %s %s %s %s %s %s %s %s", e->path, e->text, event_table[e->kind].title, e->before, e->after, e->who,
        alarm ? alarm_event_names[e->alarm.event] : "", alarm ? e->alarm.value : "", alarm ? e->alarm.class : "", alarm ? e->alarm.position : "", e->alarm.comment);
    return text_matches(filter, text);
}

/* ---- as bytes ---- */

static void alarm_pack(const struct event *event, struct packer *p)
{
    pack_u8(p, event->alarm.event);
    pack_u8(p, event->alarm.kind);
    pack_u8(p, event->alarm.priority);
    pack_u8(p, event->alarm.annunciated);
    pack_zigzag(p, event->alarm.occurrence_ms);
    pack_text(p, event->alarm.value);
    pack_text(p, event->alarm.limit);
    pack_text(p, event->alarm.class);
    pack_text(p, event->alarm.position);
}

static void alarm_unpack(struct event *event, struct unpacker *u)
{
    event->alarm.event = unpack_u8(u);
    event->alarm.kind = unpack_u8(u);
    event->alarm.priority = unpack_u8(u);
    event->alarm.annunciated = unpack_u8(u) != 0;
    event->alarm.occurrence_ms = unpack_time(u);
    unpack_text(u, event->alarm.value, sizeof event->alarm.value);
    unpack_text(u, event->alarm.limit, sizeof event->alarm.limit);
    unpack_text(u, event->alarm.class, sizeof event->alarm.class);
    unpack_text(u, event->alarm.position, sizeof event->alarm.position);
    if (event->alarm.event >= ALARM_EVENT_COUNT || event->alarm.kind >= ALARM_KIND_COUNT)
        u->failed = true;
}

static bool has_comment(enum event_kind kind)
{
    return kind == EVENT_ALARM || kind == EVENT_ACTION || kind == EVENT_REFUSED || (kind >= EVENT_STOP && kind <= EVENT_NOTE);
}

void event_pack(const struct event *event, struct packer *p)
{
    pack_varint(p, event->number);
    pack_varint(p, event->seq);
    pack_zigzag(p, event->time_ms);
    pack_u8(p, (uint8_t)event->kind);
    pack_varint(p, event->series);
    pack_text(p, event->path);
    pack_text(p, event->text);
    pack_text(p, event->before);
    pack_text(p, event->after);
    pack_zigzag(p, event->span_ms);
    pack_u8(p, event->down);
    pack_text(p, event->who);
    if (event->kind == EVENT_ALARM)
        alarm_pack(event, p);
    if (has_comment(event->kind))
        pack_text(p, event->alarm.comment);
}

void event_unpack(struct event *event, struct unpacker *u)
{
    *event = (struct event){.number = unpack_varint(u)};
    event->seq = unpack_varint(u);
    event->time_ms = unpack_time(u);
    uint8_t kind = unpack_u8(u);
    event->series = (uint32_t)unpack_varint(u);
    unpack_text(u, event->path, sizeof event->path);
    unpack_text(u, event->text, sizeof event->text);
    unpack_text(u, event->before, sizeof event->before);
    unpack_text(u, event->after, sizeof event->after);
    event->span_ms = unpack_time(u);
    event->down = unpack_u8(u) != 0;
    unpack_text(u, event->who, sizeof event->who);
    if (kind >= EVENT_KIND_COUNT)
        u->failed = true;
    event->kind = u->failed ? EVENT_STATE : (enum event_kind)kind;
    if (event->kind == EVENT_ALARM)
        alarm_unpack(event, u);
    if (has_comment(event->kind))
        unpack_text(u, event->alarm.comment, sizeof event->alarm.comment);
}

static void interval_pack(const struct interval_end *end, struct packer *p)
{
    pack_varint(p, end->seq);
    pack_text(p, end->path);
    pack_zigzag(p, end->start_ms);
    pack_zigzag(p, end->end_ms);
    pack_u8(p, end->class);
    pack_u8(p, end->state);
    pack_text(p, end->word);
}

static void interval_unpack(struct interval_end *end, struct unpacker *u)
{
    *end = (struct interval_end){.seq = unpack_varint(u)};
    unpack_text(u, end->path, sizeof end->path);
    end->start_ms = unpack_time(u);
    end->end_ms = unpack_time(u);
    end->class = unpack_u8(u);
    end->state = unpack_u8(u);
    unpack_text(u, end->word, sizeof end->word);
    if (end->class >= CLASS_COUNT || end->state >= PACK_STATE_COUNT)
        u->failed = true;
}

void outcomes_pack(const struct outcomes *o, struct packer *p)
{
    pack_varint(p, o->event_count);
    for (size_t i = 0; i < o->event_count; i++)
        event_pack(&o->events[i], p);
    pack_varint(p, o->interval_count);
    for (size_t i = 0; i < o->interval_count; i++)
        interval_pack(&o->intervals[i], p);
    pack_varint(p, o->bucket_count);
    for (size_t i = 0; i < o->bucket_count; i++) {
        pack_varint(p, o->buckets[i].series);
        pack_zigzag(p, o->buckets[i].start_ms);
        pack_double(p, o->buckets[i].gained);
        pack_u8(p, o->buckets[i].flagged);
    }
    pack_varint(p, o->gain_count);
    for (size_t i = 0; i < o->gain_count; i++)
        gain_pack(&o->gains[i], p);
    pack_varint(p, o->stop_count);
    for (size_t i = 0; i < o->stop_count; i++)
        stop_version_pack(&o->stops[i], p);
    pack_varint(p, o->energy_count);
    for (size_t i = 0; i < o->energy_count; i++)
        energy_gain_pack(&o->energies[i], p);
}

void outcomes_unpack(struct outcomes *o, struct unpacker *u)
{
    outcomes_clear(o);
    for (uint64_t left = unpack_varint(u); left > 0 && !u->failed; left--)
        event_unpack(outcomes_event(o), u);
    for (uint64_t left = unpack_varint(u); left > 0 && !u->failed; left--)
        interval_unpack(outcomes_interval(o), u);
    for (uint64_t left = unpack_varint(u); left > 0 && !u->failed; left--) {
        struct bucket_gain *gain = outcomes_bucket(o);
        gain->series = (uint32_t)unpack_varint(u);
        gain->start_ms = unpack_time(u);
        gain->gained = unpack_double(u);
        gain->flagged = unpack_u8(u) != 0;
    }
    for (uint64_t left = unpack_varint(u); left > 0 && !u->failed; left--)
        gain_unpack(outcomes_gain(o), u);
    for (uint64_t left = unpack_varint(u); left > 0 && !u->failed; left--)
        stop_version_unpack(outcomes_stop(o), u);
    for (uint64_t left = unpack_varint(u); left > 0 && !u->failed; left--)
        energy_gain_unpack(outcomes_energy(o), u);
}
