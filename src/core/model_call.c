/*
 * Andon calls: one of a kind at a node, from when somebody calls until it is closed. The book holds those that are open, oldest first.
 */
#include <string.h>

#include "core/memory.h"
#include "core/model_account_private.h"

const struct call *model_calls(const struct model *model, size_t *count)
{
    *count = model->accounts->call_count;
    return model->accounts->calls;
}

uint16_t call_kind_by_name(const struct plant *plant, const char *name)
{
    uint16_t kind = 0;
    while (kind < plant->call_kind_count && strcmp(plant->call_kinds[kind].name, name) != 0)
        kind++;
    return kind;
}

static struct call *find(const struct model *model, uint32_t node, uint16_t kind)
{
    const struct account_book *book = model->accounts;
    for (size_t c = 0; c < book->call_count; c++)
        if (book->calls[c].node == node && book->calls[c].kind == kind)
            return &book->calls[c];
    return NULL;
}

enum refusal call_check(const struct model *model, const struct action *action)
{
    uint32_t node = plant_node_by_path(model->plant, action->target);
    uint16_t kind = call_kind_by_name(model->plant, action->word);
    if (node == NO_NODE || kind >= model->plant->call_kind_count)
        return REFUSAL_NO_TARGET;
    const struct call *call = find(model, node, kind);
    if (action->kind == ACTION_CALL)
        return call ? REFUSAL_STATE : model->accounts->call_count >= CALLS_MOST ? REFUSAL_BUSY : REFUSAL_NONE;
    return !call || (action->kind == ACTION_CALL_TAKE && call->taken_ms) ? REFUSAL_STATE : REFUSAL_NONE;
}

void call_insert(struct account_book *book, const struct call *call)
{
    book->calls = mem_grow(book->calls, book->call_count, &book->call_capacity, sizeof *book->calls);
    book->calls[book->call_count++] = *call;
}

static void raise_call(struct model *model, const struct action *action, uint32_t node, uint16_t kind, int64_t now)
{
    struct call call = {.node = node, .kind = kind, .raised_ms = now};
    event_word(call.who, sizeof call.who, action->who);
    event_word(call.comment, sizeof call.comment, action->comment);
    call_insert(model->accounts, &call);
}

void call_act(struct model *model, const struct action *action)
{
    static const char *const words[ACTION_KIND_COUNT] = {[ACTION_CALL] = "raised", [ACTION_CALL_TAKE] = "taken", [ACTION_CALL_CLOSE] = "closed"};
    struct account_book *book = model->accounts;
    uint32_t node = plant_node_by_path(model->plant, action->target);
    uint16_t kind = call_kind_by_name(model->plant, action->word);
    int64_t now = account_now(model);
    struct call *call = find(model, node, kind);
    struct event event = {.kind = EVENT_CALL, .time_ms = now, .span_ms = call && now > call->raised_ms ? now - call->raised_ms : 0};
    event_word(event.path, sizeof event.path, action->target);
    event_word(event.text, sizeof event.text, model->plant->call_kinds[kind].title);
    event_word(event.after, sizeof event.after, words[action->kind]);
    event_word(event.who, sizeof event.who, action->who);
    event_word(event.alarm.comment, sizeof event.alarm.comment, action->comment);
    if (action->kind == ACTION_CALL) {
        raise_call(model, action, node, kind, now);
    } else if (action->kind == ACTION_CALL_TAKE) {
        call->taken_ms = now;
        event_word(call->taker, sizeof call->taker, action->who);
    } else {
        size_t place = (size_t)(call - book->calls);
        memmove(book->calls + place, book->calls + place + 1, (--book->call_count - place) * sizeof *book->calls);
    }
    model_event(model, &event);
}
