/*
 * A struct entry is one want and, once it is there, its answer. A struct recall holds entries in no order: those wanted in this frame, and
 * those that were wanted some frames ago, whose answers stand in for newer ones. An entry never moves while it lives, so that an answer may
 * be borrowed over a frame; there are at most RECALL_KEPT of them, and at most RECALL_WANTS are wanted in one frame.
 */
#include "core/recall.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

/* Half a minute at the screen's pace: a stretch that one pans away from and back to is still there. */
enum { RECALL_KEPT = 2 * RECALL_WANTS, KEEP_FRAMES = 150 };

const char *const account_by_names[ACCOUNT_BYS] = {"nothing", "hour", "shift", "day", "product", "crew", "order", "node", "cell", "defect"};

struct entry {
    struct want want;
    struct answer answer;
    bool answered;
    uint64_t wanted;   /* frame */
    uint64_t came;     /* order of the answers: the newest is the greatest */
};

struct recall {
    struct entry *entries[RECALL_KEPT];
    size_t count;
    uint64_t frame, answers;
};

void answer_finish(struct answer *answer)
{
    free(answer->columns);
    free(answer->states);
    free(answer->events);
    alarm_metrics_destroy(answer->metrics);
    free(answer->accounts);
    free(answer->stops);
    free(answer->energies);
    *answer = (struct answer){.column_count = 0};
}

struct recall *recall_create(void)
{
    struct recall *recall = mem_zero(1, sizeof *recall);
    recall->frame = 1;
    return recall;
}

static void entry_destroy(struct entry *entry)
{
    answer_finish(&entry->answer);
    free(entry);
}

void recall_destroy(struct recall *recall)
{
    if (!recall)
        return;
    for (size_t i = 0; i < recall->count; i++)
        entry_destroy(recall->entries[i]);
    free(recall);
}

static bool want_like(const struct want *a, const struct want *b)
{
    return a->kind == b->kind && a->changes == b->changes && a->columns == b->columns && a->kinds == b->kinds && a->oldest == b->oldest &&
           a->rows == b->rows && a->day_ms == b->day_ms && a->by == b->by && a->step == b->step && a->below == b->below && a->chatter_count == b->chatter_count &&
           a->chatter_ms == b->chatter_ms && a->fleeting_ms == b->fleeting_ms &&
           strcmp(a->path, b->path) == 0 && strcmp(a->find, b->find) == 0 && strcmp(a->source, b->source) == 0;
}

bool want_lost_with(const struct want *want, const char *source)
{
    return !want->source[0] || strcmp(want->source, source) == 0;
}

bool want_same(const struct want *a, const struct want *b)
{
    return a->from_ms == b->from_ms && a->to_ms == b->to_ms && a->hold_ms == b->hold_ms && a->number == b->number && a->now_ms == b->now_ms && want_like(a, b);
}

static struct entry *find(const struct recall *recall, const struct want *want)
{
    for (size_t i = 0; i < recall->count; i++)
        if (want_same(&recall->entries[i]->want, want))
            return recall->entries[i];
    return NULL;
}

static void forget(struct recall *recall, size_t index)
{
    entry_destroy(recall->entries[index]);
    recall->entries[index] = recall->entries[--recall->count];
}

/* Makes room by what was wanted the longest time ago; false when everything is wanted now. */
static bool make_room(struct recall *recall)
{
    size_t oldest = 0;
    if (recall_wanted(recall) >= RECALL_WANTS)
        return false;
    if (recall->count < RECALL_KEPT)
        return true;
    for (size_t i = 1; i < recall->count; i++)
        if (recall->entries[i]->wanted < recall->entries[oldest]->wanted)
            oldest = i;
    forget(recall, oldest);
    return true;
}

const struct answer *recall_want(struct recall *recall, const struct want *want)
{
    assert(want->columns <= RECALL_COLUMNS && (want->kind != WANT_COLUMNS || want->columns > 0));
    if (!recall)
        return NULL;
    struct entry *entry = find(recall, want);
    if (!entry) {
        if (!make_room(recall))
            return NULL;
        entry = mem_zero(1, sizeof *entry);
        entry->want = *want;
        recall->entries[recall->count++] = entry;
    }
    entry->wanted = recall->frame;
    return entry->answered ? &entry->answer : NULL;
}

const struct answer *recall_like(const struct recall *recall, const struct want *want)
{
    const struct entry *newest = NULL;
    for (size_t i = 0; recall && i < recall->count; i++) {
        const struct entry *entry = recall->entries[i];
        bool overlaps = entry->want.from_ms < want->to_ms && want->from_ms < entry->want.to_ms;
        if (entry->answered && overlaps && want_like(&entry->want, want) && (!newest || entry->came > newest->came))
            newest = entry;
    }
    return newest ? &newest->answer : NULL;
}

void recall_frame(struct recall *recall)
{
    if (!recall)
        return;
    recall->frame++;
    for (size_t i = recall->count; i-- > 0;)
        if (recall->entries[i]->wanted + KEEP_FRAMES < recall->frame)
            forget(recall, i);
}

size_t recall_wanted(const struct recall *recall)
{
    size_t wanted = 0;
    for (size_t i = 0; recall && i < recall->count; i++)
        wanted += recall->entries[i]->wanted == recall->frame;
    return wanted;
}

const struct want *recall_wanted_at(const struct recall *recall, size_t index)
{
    for (size_t i = 0; i < recall->count; i++)
        if (recall->entries[i]->wanted == recall->frame && index-- == 0)
            return &recall->entries[i]->want;
    return NULL;
}

void recall_answer_take(struct recall *recall, struct answer *answer)
{
    struct entry *entry = find(recall, &answer->want);
    if (!entry) {
        answer_finish(answer);
        return;
    }
    answer_finish(&entry->answer);
    entry->answer = *answer;
    entry->answered = true;
    entry->came = ++recall->answers;
    *answer = (struct answer){.column_count = 0};
}
