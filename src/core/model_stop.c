/*
 * The stop book: every stretch in which a node did not run is a struct stop, found by its node and its beginning; the array is in the order of the
 * beginnings. What the time line says of it (its end, as what it counts) is put in by stop_sync(); what people and machines say of it stays. A stop
 * that changed is in `touched` until the end of the step, when its version is told, once.
 */
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/model_account_private.h"

enum { MESSAGE_BEFORE_MS = 10000, EVICTED_LEAST = 64, EVICTED_PART = 16 };

bool stop_is(enum state_class class)
{
    return class != CLASS_RUN && class != CLASS_UNKNOWN;
}

/* ---- the book ---- */

/* The first stop that began at start_ms or later. */
static size_t stops_from(const struct account_book *book, int64_t start_ms)
{
    size_t low = 0, high = book->stop_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (book->stops[middle].start_ms < start_ms)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct stop *stop_find(const struct model *model, uint32_t node, int64_t start_ms)
{
    const struct account_book *book = model->accounts;
    for (size_t s = stops_from(book, start_ms); s < book->stop_count && book->stops[s].start_ms == start_ms; s++)
        if (book->stops[s].node == node)
            return &book->stops[s];
    return NULL;
}

/* Many at once, so that the array is moved seldom. What lasts is never forgotten. */
static void forget(struct model *model, int64_t now)
{
    struct account_book *book = model->accounts;
    size_t most = (size_t)model->plant->bounds.limit[BOUND_STOPS], old = 0, kept = 0;
    while (old < book->stop_count && book->stops[old].start_ms < now - STOP_AGE_MS)
        old++;
    if (old < EVICTED_LEAST + book->stop_count / EVICTED_PART)
        old = 0;
    if (book->stop_count - old >= most)
        old = book->stop_count - most + 1 + most / EVICTED_PART;
    if (old == 0)
        return;
    for (size_t s = 0; s < book->stop_count; s++)
        if (s >= old || book->stops[s].end_ms == 0)
            book->stops[kept++] = book->stops[s];
    book->stop_count = kept;
}

struct stop *stop_insert(struct model *model, const struct stop *stop)
{
    struct account_book *book = model->accounts;
    size_t place = stops_from(book, stop->start_ms);
    while (place < book->stop_count && book->stops[place].start_ms == stop->start_ms && book->stops[place].node < stop->node)
        place++;
    book->stops = mem_grow(book->stops, book->stop_count, &book->stop_capacity, sizeof *book->stops);
    memmove(book->stops + place + 1, book->stops + place, (book->stop_count - place) * sizeof *book->stops);
    book->stop_count++;
    book->stops[place] = *stop;
    return &book->stops[place];
}

/* ---- what is told ---- */

static struct stop_touch *touch(struct account_book *book, uint32_t node, int64_t start_ms, bool fresh)
{
    for (size_t t = 0; t < book->touch_count; t++)
        if (book->touched[t].node == node && book->touched[t].start_ms == start_ms)
            return &book->touched[t];
    book->touched = mem_grow(book->touched, book->touch_count, &book->touch_capacity, sizeof *book->touched);
    book->touched[book->touch_count] = (struct stop_touch){.node = node, .start_ms = start_ms, .fresh = fresh};
    return &book->touched[book->touch_count++];
}

void stop_changed(struct model *model, const struct stop *stop)
{
    touch(model->accounts, stop->node, stop->start_ms, false);
}

void stop_version_of(const struct model *model, const struct stop *stop, struct stop_version *out)
{
    const struct plant *plant = model->plant;
    *out = (struct stop_version){.seq = model->outcome_seq, .stop = *stop};
    plant_node_path(plant, stop->node, out->path, sizeof out->path);
    plant_reason_path(plant, stop->reason, out->reason, sizeof out->reason);
    plant_reason_path(plant, stop->proposal, out->proposal, sizeof out->proposal);
    if (stop->reason < plant->reason_count)
        event_word(out->reason_title, sizeof out->reason_title, plant->reasons[stop->reason].title);
}

void stops_flush(struct model *model)
{
    struct account_book *book = model->accounts;
    for (size_t t = 0; t < book->touch_count; t++) {
        const struct stop *stop = stop_find(model, book->touched[t].node, book->touched[t].start_ms);
        if (stop)
            stop_version_of(model, stop, outcomes_stop(&model->outcomes));
    }
    book->touch_count = 0;
}

/* ---- what the machine said of it ---- */

static void say(struct model *model, struct stop *stop, const char *const words[3], bool first)
{
    const char *shown = *words[1] ? words[1] : words[2];
    struct track *track = &model->accounts->tracks[stop->node];
    event_word(stop->message, sizeof stop->message, shown);
    stop->proposal = NO_REASON;
    for (int w = 0; w < 3 && stop->proposal == NO_REASON; w++)
        if (*words[w])
            stop->proposal = plant_reason_proposed(model->plant, words[w]);
    track->messaged = first;
    stop_changed(model, stop);
}

static bool says_something(const char *text)
{
    return *text && strcmp(text, "0") != 0;
}

static void alarm_words(const struct alarm *alarm, char *title, size_t cap, const char *words[3])
{
    alarm_title(alarm, title, cap);
    words[0] = alarm->record ? alarm->record->code : "";
    words[1] = title;
    words[2] = alarm->record ? alarm->record->message : "";
}

static bool is_message(const struct alarm *alarm)
{
    return alarm_condition_shown(alarm)->kind == ALARM_MESSAGE;
}

/* Does what happens at `at` belong to a node: is it that, below it, or the line whose time it is? */
static bool belongs(const struct model *model, uint32_t at, uint32_t node)
{
    return (at >= node && at < model->plant->nodes[node].end) || at == account_line_of(model, node);
}

/* A message may come a little before the stop that it is the cause of: the first of those that are present. */
static const struct alarm *alarm_before(const struct model *model, const struct stop *stop)
{
    const struct alarm_book *book = model->alarms;
    const struct alarm *first = NULL;
    for (size_t l = 0; l < book->listed_count; l++) {
        const struct alarm *alarm = &book->alarms[book->listed[l]];
        if (!is_message(alarm) || !alarm_active(alarm) || alarm->raised_ms < stop->start_ms - MESSAGE_BEFORE_MS || !belongs(model, model->plant->alarms[book->listed[l]].node, stop->node))
            continue;
        if (!first || alarm->raised_ms < first->raised_ms || (alarm->raised_ms == first->raised_ms && alarm < first))
            first = alarm;
    }
    return first;
}

/* A text that stands since long ago may be that of an older stop: anything newer goes before it. */
static void first_message(struct model *model, struct stop *stop)
{
    char text[STOP_MESSAGE], title[EVENT_TEXT];
    uint32_t index = account_work_tag(model, stop->node, ROLE_REASON);
    const char *words[3] = {"", text, ""};
    const struct alarm *alarm;
    model->accounts->tracks[stop->node].messaged = false;
    account_work_text(model, stop->node, ROLE_REASON, text, sizeof text);
    bool new_text = says_something(text) && model->tags[index].changed_ms >= stop->start_ms - MESSAGE_BEFORE_MS;
    if (!new_text && (alarm = alarm_before(model, stop))) {
        alarm_words(alarm, title, sizeof title, words);
        say(model, stop, words, true);
    } else if (says_something(text)) {
        say(model, stop, words, new_text);
    }
}

static struct stop *running_stop(struct model *model, uint32_t node)
{
    const struct track *track = &model->accounts->tracks[node];
    const struct stretch *last = track->count ? &track->stretches[track->count - 1] : NULL;
    return last && stop_is((enum state_class)last->class) && !track->messaged ? stop_find(model, node, last->start_ms) : NULL;
}

void accounts_message(struct model *model, uint32_t alarm)
{
    const struct alarm *a = &model->alarms->alarms[alarm];
    uint32_t node = model->plant->alarms[alarm].node, basis = model->accounts->ledgers[node].basis;
    char title[EVENT_TEXT];
    const char *words[3];
    if (!is_message(a))
        return;
    alarm_words(a, title, sizeof title, words);
    for (uint32_t n = basis; n != NO_NODE; n = model->plant->nodes[n].parent) {
        struct stop *stop = running_stop(model, n);
        if (stop)
            say(model, stop, words, true);
    }
}

void stops_reason_text(struct model *model, uint32_t index, uint32_t node)
{
    struct stop *stop = running_stop(model, node);
    char text[STOP_MESSAGE];
    const char *words[3] = {"", text, ""};
    account_work_text(model, node, ROLE_REASON, text, sizeof text);
    if (stop && says_something(text) && model->tags[index].changed_ms == model->tags[index].time_ms)
        say(model, stop, words, true);
}

/* ---- what the time line says of it ---- */

static void begin(struct model *model, struct stop *stop)
{
    uint32_t node = stop->node;
    struct ledger *ledger = &model->accounts->ledgers[node];
    struct shift_at at;
    calendar_at(account_calendar(model, node), &model->plant->zone, stop->start_ms, &at);
    event_word(stop->shift, sizeof stop->shift, at.name);
    event_word(stop->crew, sizeof stop->crew, at.crew);
    stop->shift_ms = at.from_ms;
    stop->day = at.day;
    const struct account_cell *cell = ledger_cell_at(ledger, stop->start_ms);
    if (cell) {
        memcpy(stop->product, cell->product, sizeof stop->product);
        memcpy(stop->crew, cell->crew, sizeof stop->crew);
        memcpy(stop->order, cell->order, sizeof stop->order);
    } else {
        account_work_text(model, node, ROLE_PRODUCT, stop->product, sizeof stop->product);
        account_work_text(model, node, ROLE_ORDER, stop->order, sizeof stop->order);
    }
}

/* As a whole: what it was first counted as, else what it was when it began. */
static enum time_category category_of(const struct model *model, uint32_t node, const struct stretch *stretch)
{
    int64_t until;
    if (stretch->booked == CLASS_STOP && stretch->counted_ms != 0)
        return stretch->is_long ? TIME_DOWN : TIME_MINOR;
    return stretch_category(model, node, stretch, stretch->start_ms, &until);
}

void stop_sync(struct model *model, uint32_t node, size_t index)
{
    const struct track *track = &model->accounts->tracks[node];
    const struct stretch *stretch = &track->stretches[index];
    if (!stop_is((enum state_class)stretch->class))
        return;
    struct stop *stop = stop_find(model, node, stretch->start_ms);
    bool last = index + 1 == track->count, fresh = !stop;
    int64_t end = last ? 0 : stretch_end(track, index);
    enum time_category category = category_of(model, node, stretch);
    if (fresh) {
        struct stop new = {.node = node, .start_ms = stretch->start_ms, .class = stretch->class, .reason = NO_REASON, .proposal = NO_REASON};
        begin(model, &new);
        forget(model, account_now(model));
        stop = stop_insert(model, &new);
        touch(model->accounts, node, stretch->start_ms, true);
        if (last)
            first_message(model, stop);
        if (last && *stop->message == '\0' && model->nodes[node].class == CLASS_RUN)
            event_word(stop->message, sizeof stop->message, "not in production mode");
    } else if (!stop->gone && stop->end_ms == end && stop->booked == stretch->booked && stop->category == category) {
        return;
    }
    stop->gone = false;
    stop->end_ms = end;
    stop->booked = stretch->booked;
    stop->category = (uint8_t)category;
    stop_changed(model, stop);
}

void stop_vanish(struct model *model, uint32_t node, int64_t start_ms)
{
    struct account_book *book = model->accounts;
    struct stop *stop = stop_find(model, node, start_ms);
    if (!stop || stop->gone)
        return;
    struct stop_touch *touched = touch(book, node, start_ms, false);
    if (touched->fresh) { /* nobody was told of it */
        size_t place = (size_t)(stop - book->stops);
        memmove(book->stops + place, book->stops + place + 1, (--book->stop_count - place) * sizeof *book->stops);
        *touched = book->touched[--book->touch_count];
        return;
    }
    stop->gone = true;
    if (stop->end_ms == 0)
        stop->end_ms = start_ms;
}

/* ---- reading ---- */

const struct stop *model_stops(const struct model *model, size_t *count)
{
    *count = model->accounts->stop_count;
    return model->accounts->stops;
}

const struct stop *model_stop_now(const struct model *model, uint32_t node)
{
    uint32_t basis = model->accounts->ledgers[node].basis;
    const struct track *track = &model->accounts->tracks[basis];
    const struct stretch *last = track->count ? &track->stretches[track->count - 1] : NULL;
    return last && stop_is((enum state_class)last->class) ? stop_find(model, basis, last->start_ms) : NULL;
}

const struct stop *model_stop_at(const struct model *model, uint32_t node, int64_t start_ms)
{
    const struct stop *stop = stop_find(model, model->accounts->ledgers[node].basis, start_ms);
    return stop && !stop->gone ? stop : NULL;
}
