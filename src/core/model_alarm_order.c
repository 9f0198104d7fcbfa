/*
 * The order in which alarms are decided: what an alarm looks at comes before it, else as the plant has them. In a loop, which the
 * configuration refuses, the first of it comes first.
 */
#include <stdlib.h>

#include "core/memory.h"
#include "core/model_alarm_private.h"

static bool any_looks_at_alarms(const struct plant *plant)
{
    for (size_t i = 0; i < plant->alarm_input_count; i++)
        if (plant->alarm_inputs[i].kind == INPUT_ALARM)
            return true;
    return false;
}

/* A walk in depth with its own stack: `next` is the input that an alarm on the stack looks at next. */
struct walk {
    struct alarm_book *book;
    const struct plant *plant;
    uint32_t *stack;
    uint8_t *next;
    uint32_t depth, placed;
};

enum { NOT_YET = 0, DONE = 255 };

static void enter(struct walk *w, uint32_t alarm)
{
    w->next[alarm] = 1;
    w->stack[w->depth++] = alarm;
}

static void visit(struct walk *w, uint32_t alarm)
{
    enter(w, alarm);
    while (w->depth > 0) {
        uint32_t top = w->stack[w->depth - 1];
        const struct plant_alarm *a = &w->plant->alarms[top];
        size_t input = w->next[top] - 1u;
        if (input == a->def->input_count) {
            w->next[top] = DONE;
            w->book->rank[top] = w->placed;
            w->book->by_rank[w->placed++] = top;
            w->depth--;
            continue;
        }
        w->next[top]++;
        const struct alarm_input *at = &w->plant->alarm_inputs[a->first_input + input];
        if (at->kind == INPUT_ALARM && w->next[at->index] == NOT_YET)
            enter(w, at->index);
    }
}

static void group_first_outs(struct alarm_book *book, const struct plant *plant)
{
    uint32_t placed = 0;
    book->members = mem_zero(plant->first_out_count ? plant->alarm_count : 0, sizeof *book->members);
    for (size_t group = 0; group < plant->first_out_count; group++) {
        book->first_outs[group].first = placed;
        for (uint32_t a = 0; a < plant->alarm_count; a++)
            if (plant->alarms[a].first_out == group)
                book->members[placed++] = a;
        book->first_outs[group].count = placed - book->first_outs[group].first;
    }
}

void alarm_order(struct alarm_book *book, const struct plant *plant)
{
    group_first_outs(book, plant);
    if (!any_looks_at_alarms(plant))
        return;
    struct walk w = {.book = book, .plant = plant};
    book->rank = mem_zero(plant->alarm_count, sizeof *book->rank);
    book->by_rank = mem_zero(plant->alarm_count, sizeof *book->by_rank);
    w.stack = mem_zero(plant->alarm_count, sizeof *w.stack);
    w.next = mem_zero(plant->alarm_count, sizeof *w.next);
    for (uint32_t a = 0; a < plant->alarm_count; a++)
        if (w.next[a] == NOT_YET)
            visit(&w, a);
    free(w.stack);
    free(w.next);
}
