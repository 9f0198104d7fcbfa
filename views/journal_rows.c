/*
 * An event is told from itself alone, as it was at its time; only its place is looked up, since the plant has a better name for it.
 */
#include "views/journal.h"

#include <stdio.h>
#include <string.h>

#include "core/alarm.h"

static void append(char *out, size_t cap, const char *before, const char *text)
{
    size_t used = strlen(out);
    if (*text && used < cap)
        snprintf(out + used, cap - used, "%s%s", before, text);
}

static void alarm_text(const struct event *e, char *out, size_t cap)
{
    bool raise = e->alarm.event == ALARM_RAISED || e->alarm.event == ALARM_ROSE || e->alarm.event == ALARM_LATE;
    snprintf(out, cap, "%s: %s", e->text, alarm_event_names[e->alarm.event]);
    append(out, cap, " at ", e->alarm.value);
    append(out, cap, ", ", raise ? e->alarm.limit : "");
    if (e->alarm.event == ALARM_RAISED && !e->alarm.annunciated)
        append(out, cap, ", ", "not shown");
}

void journal_text(const struct event *e, bool who, char *out, size_t cap)
{
    if (e->kind == EVENT_ALARM) {
        alarm_text(e, out, cap);
    } else {
        snprintf(out, cap, "%s", e->text);
        append(out, cap, e->text[0] ? ": " : "", e->before[0] ? e->before : e->after);
        append(out, cap, " > ", e->before[0] ? e->after : "");
    }
    append(out, cap, " by ", who ? e->who : "");
    append(out, cap, ": ", e->alarm.comment);
}

/* An alarm's key is its owner's path, a point, its name. */
static void owner_path(const struct event *e, char out[sizeof e->path])
{
    snprintf(out, sizeof e->path, "%s", e->path);
    char *point = e->kind == EVENT_ALARM ? strrchr(out, '.') : NULL;
    if (point)
        *point = '\0';
}

void journal_target(const struct model *model, const struct event *event, uint32_t *tag, uint32_t *node)
{
    char path[sizeof event->path];
    owner_path(event, path);
    *tag = path[0] ? model_find(model, path) : NO_TAG;
    *node = *tag != NO_TAG ? model_tag(model, *tag)->node : path[0] ? plant_node_by_path(model_plant(model), path) : NO_NODE;
}

void journal_place(const struct model *model, const struct event *event, bool whole, enum cell_role role, struct surface s)
{
    struct event at = {.kind = event->kind};
    owner_path(event, at.path);
    change_place(model, &at, whole, role, s);
}

enum cell_role journal_role(const struct event *e)
{
    static const enum cell_role priorities[] = {CELL_ALARM_4, CELL_ALARM_1, CELL_ALARM_2, CELL_ALARM_3, CELL_ALARM_4};
    if (e->kind == EVENT_ALARM && e->alarm.annunciated && (e->alarm.event == ALARM_RAISED || e->alarm.event == ALARM_ROSE))
        return priorities[e->alarm.priority <= ALARM_PRIORITIES ? e->alarm.priority : 0];
    return e->kind == EVENT_REFUSED || e->kind == EVENT_DROPPED || e->kind == EVENT_GAP ? CELL_WARN : CELL_TEXT;
}
