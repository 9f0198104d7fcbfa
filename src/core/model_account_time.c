/*
 * The time of nodes: a track's last stretch runs, and is booked at every cut of the calendar, so that a line that runs for twelve days tells so each hour.
 * A stop is a minor one until it has lasted too long: a timer sees to that. A change that is stamped before what is booked already, as that of a
 * stop that is dated back to the last piece, takes out what was booked beyond it.
 */
#include <string.h>

#include "core/memory.h"
#include "core/model_account_private.h"

enum { BEGIN_BACK_MS = 60000, MODE_INVALID = 0, MODE_PRODUCTION = 1, MODE_MAINTENANCE = 2 };

static struct track *track_of(struct model *model, uint32_t node) { return &model->accounts->tracks[node]; }

uint32_t slot_account(const struct model *model, uint32_t node)
{
    return slot_maintenance(model) + 1 + node;
}

int64_t stretch_end(const struct track *track, size_t index)
{
    return index + 1 < track->count ? track->stretches[index + 1].start_ms : track->booked_ms;
}

static struct stretch *last_of(struct track *track) { return &track->stretches[track->count - 1]; }

/* ---- what it counts as ---- */

static void rebook(struct model *model, uint32_t node, size_t index, enum state_class booked, bool is_long)
{
    struct track *track = track_of(model, node);
    struct stretch *stretch = &track->stretches[index];
    if (stretch->booked == booked && stretch->is_long == is_long)
        return;
    account_book_time(model, node, stretch, stretch->start_ms, stretch_end(track, index), -1);
    stretch->booked = (uint8_t)booked;
    stretch->is_long = is_long;
    account_book_time(model, node, stretch, stretch->start_ms, stretch_end(track, index), 1);
}

/* By its length up to `end_ms` a stop is a minor one or not; only a stop is. */
static void settle_length(struct model *model, uint32_t node, size_t index, int64_t end_ms)
{
    struct stretch *stretch = &track_of(model, node)->stretches[index];
    bool is_long = stretch->booked == CLASS_STOP && end_ms - stretch->start_ms >= model->plant->nodes[node].minor_stop_ms;
    rebook(model, node, index, (enum state_class)stretch->booked, is_long);
}

/* How long it is, or has been so far. */
static int64_t end_so_far(const struct model *model, const struct track *track, size_t index)
{
    return index + 1 < track->count ? track->stretches[index + 1].start_ms : account_now(model);
}

/* ---- cuts ---- */

static void arm(struct model *model, uint32_t node)
{
    struct track *track = track_of(model, node);
    const struct stretch *last = last_of(track);
    int64_t now = account_now(model), next = calendar_cut_after(account_calendar(model, node), &model->plant->zone, track->booked_ms < now ? track->booked_ms : now);
    int64_t minor_end = last->start_ms + model->plant->nodes[node].minor_stop_ms;
    if (last->booked == CLASS_STOP && !last->is_long && minor_end < next)
        next = minor_end;
    track->due_ms = model->alarms->now.elapsed_ms + (next > now ? next - now : 0);
    timers_set(&model->timers, slot_account(model, node), track->due_ms);
}

static void give(struct model *model, uint32_t node)
{
    const struct track *track = track_of(model, node);
    int64_t now = account_now(model), until = track->booked_ms < now ? track->booked_ms : now;
    uint32_t line = account_line_of(model, node);
    ledger_give(model, node, until);
    if (line != NO_NODE)
        ledger_give(model, line, until);
}

/* Over a time so long that nobody remembers its beginning, only its end is booked: what nobody told is unknown. */
static void skip(struct model *model, struct track *track, uint32_t node, int64_t now)
{
    if (now - track->booked_ms <= ACCOUNT_AGE_MS)
        return;
    track->booked_ms = calendar_cut_before(account_calendar(model, node), &model->plant->zone, now - ACCOUNT_AGE_MS);
    track->known_ms = track->frozen_ms = track->booked_ms;
}

void track_catch_up(struct model *model, uint32_t node)
{
    struct track *track = track_of(model, node);
    const struct calendar *calendar = account_calendar(model, node);
    int64_t now = account_now(model), cut;
    if (track->count == 0)
        return;
    skip(model, track, node, now);
    settle_length(model, node, track->count - 1, now);
    while ((cut = calendar_cut_after(calendar, &model->plant->zone, track->booked_ms)) <= now) {
        account_book_time(model, node, last_of(track), track->booked_ms, cut, 1);
        track->booked_ms = cut;
    }
    give(model, node);
    arm(model, node);
    stop_sync(model, node, track->count - 1);
}

void accounts_fire(struct model *model, uint32_t node)
{
    track_catch_up(model, node);
}

void accounts_arm(struct model *model)
{
    for (uint32_t n = 0; n < model->plant->node_count; n++)
        if (model->accounts->tracks[n].count > 0)
            timers_set(&model->timers, slot_account(model, n), model->accounts->tracks[n].due_ms);
}

/* ---- changes ---- */

static void push(struct model *model, uint32_t node, enum state_class class, int64_t ms)
{
    struct track *track = track_of(model, node);
    size_t most = (size_t)model->plant->bounds.limit[BOUND_INTERVALS], old = 0;
    while (old < track->count && (track->count - old >= most || stretch_end(track, old) < ms - STOP_AGE_MS))
        old++;
    if (old > 0) {
        track->count -= old;
        memmove(track->stretches, track->stretches + old, track->count * sizeof *track->stretches);
    }
    track->stretches = mem_grow(track->stretches, track->count, &track->capacity, sizeof *track->stretches);
    track->stretches[track->count++] = (struct stretch){.start_ms = ms, .class = (uint8_t)class, .booked = (uint8_t)class};
}

/* What a source dates long before now was so, but what was booked of that time is not known any more: perhaps all of it, by who stopped. */
void track_begin(struct model *model, uint32_t node, enum state_class class, int64_t ms)
{
    struct track *track = track_of(model, node);
    int64_t now = account_now(model);
    push(model, node, class, ms);
    track->known_ms = track->frozen_ms = track->booked_ms = now - ms > BEGIN_BACK_MS ? now : ms;
    settle_length(model, node, 0, now);
    arm(model, node);
    stop_sync(model, node, 0);
}

/* The last stretch ends at ms; one that lasted no time was never so. */
static void end_last(struct model *model, uint32_t node, int64_t ms)
{
    struct track *track = track_of(model, node);
    struct stretch *last = last_of(track);
    if (last->start_ms == ms) {
        stop_vanish(model, node, ms);
        track->count--;
        return;
    }
    settle_length(model, node, track->count - 1, ms);
    if (last->booked == CLASS_SETUP) {
        track->startup_from_ms = ms;
        track->startup_to_ms = ms + model->plant->nodes[node].startup_ms;
    }
}

static void change(struct model *model, uint32_t node, enum state_class class, int64_t ms)
{
    struct track *track = track_of(model, node);
    struct stretch *last = last_of(track);
    int64_t booked = track->booked_ms;
    if (ms < last->start_ms)
        ms = last->start_ms;
    account_book_time(model, node, last, ms, booked, -1);
    account_book_time(model, node, last, booked, ms, 1);
    track->booked_ms = ms;
    end_last(model, node, ms);
    if (track->count == 0 || last_of(track)->class != class)
        push(model, node, class, ms);
    if (track->count > 1)
        stop_sync(model, node, track->count - 2);
    account_book_time(model, node, last_of(track), ms, booked, 1);
    track->booked_ms = booked > ms ? booked : ms;
    track_catch_up(model, node);
}

/* Running in another mode than production is not production. */
static enum state_class class_by_mode(const struct model *model, uint32_t node, bool confirmed)
{
    enum state_class class = (enum state_class)model->nodes[node].class;
    uint32_t index = account_work_tag(model, node, ROLE_MODE);
    const struct tag *tag = index == NO_TAG ? NULL : &model->tags[index];
    double mode;
    if (class != CLASS_RUN || !tag || tag->count == 0 || (confirmed && tag->unconfirmed) || tag->quality == QUALITY_BAD || !value_number(tag->value, &mode))
        return class;
    if (mode == MODE_PRODUCTION || mode == MODE_INVALID)
        return class;
    return mode == MODE_MAINTENANCE ? CLASS_MAINTENANCE : CLASS_STOP;
}

static enum state_class class_now(const struct model *model, uint32_t node)
{
    return class_by_mode(model, node, true);
}

enum state_class accounts_class_heard(const struct model *model, uint32_t node)
{
    return class_by_mode(model, node, false);
}

void accounts_class(struct model *model, uint32_t node, int64_t ms)
{
    struct track *track = track_of(model, node);
    enum state_class class = class_now(model, node);
    bool begins = track->count == 0 && class != CLASS_UNKNOWN, changes = track->count > 0 && last_of(track)->class != class;
    if (!begins && !changes)
        return;
    energies_time(model, node, ms, -1);
    if (begins)
        track_begin(model, node, class, ms);
    else
        change(model, node, class, ms);
    energies_time(model, node, ms, 1);
}

/* ---- what people say of stretches ---- */

void stretch_book_as(struct model *model, uint32_t node, size_t index, enum state_class booked)
{
    struct track *track = track_of(model, node);
    int64_t length = end_so_far(model, track, index) - track->stretches[index].start_ms;
    rebook(model, node, index, booked, booked == CLASS_STOP && length >= model->plant->nodes[node].minor_stop_ms);
    stop_sync(model, node, index);
    if (index + 1 == track->count)
        arm(model, node);
}

static void book_whole(struct model *model, uint32_t node, size_t index, int sign)
{
    struct track *track = track_of(model, node);
    account_book_time(model, node, &track->stretches[index], track->stretches[index].start_ms, stretch_end(track, index), sign);
}

void stretch_insert(struct model *model, uint32_t node, size_t index, const struct stretch *second)
{
    struct track *track = track_of(model, node);
    book_whole(model, node, index, -1);
    track->stretches = mem_grow(track->stretches, track->count, &track->capacity, sizeof *track->stretches);
    memmove(track->stretches + index + 2, track->stretches + index + 1, (track->count - index - 1) * sizeof *track->stretches);
    track->stretches[index + 1] = *second;
    track->count++;
    if (track->booked_ms < second->start_ms)
        track->booked_ms = second->start_ms;
    for (size_t i = index; i <= index + 1; i++)
        book_whole(model, node, i, 1);
    for (size_t i = index; i <= index + 1; i++)
        settle_length(model, node, i, end_so_far(model, track, i));
    arm(model, node);
}

void stretch_join(struct model *model, uint32_t node, size_t index, size_t last)
{
    struct track *track = track_of(model, node);
    for (size_t i = index; i <= last; i++)
        book_whole(model, node, i, -1);
    track->stretches[index].class = track->stretches[last].class;
    memmove(track->stretches + index + 1, track->stretches + last + 1, (track->count - last - 1) * sizeof *track->stretches);
    track->count -= last - index;
    book_whole(model, node, index, 1);
    settle_length(model, node, index, end_so_far(model, track, index));
    arm(model, node);
}

/* ---- what is made, and the mode ---- */

static void work(struct model *model, uint32_t node, enum tag_role role, int64_t ms)
{
    const struct ledger *ledger = &model->accounts->ledgers[node];
    struct track *track = track_of(model, ledger->basis);
    char text[WORK_NAME];
    struct shift_at at;
    account_work_text(model, node, role, text, sizeof text);
    if (ledger->count == 0 || track->count == 0)
        return;
    struct stretch *last = last_of(track);
    const struct account_cell *newest = &ledger->cells[ledger->count - 1];
    int64_t booked = track->booked_ms, first = ledger->given < ledger->count ? ledger->cells[ledger->given].from_ms : booked;
    if (role == ROLE_CREW && !text[0]) { /* nobody says it any more: as the calendar has it */
        calendar_at(account_calendar(model, node), &model->plant->zone, ms, &at);
        event_word(text, sizeof text, at.crew);
    }
    const char *told = role == ROLE_PRODUCT ? newest->product : role == ROLE_ORDER ? newest->order : newest->crew;
    if (strncmp(told, text, role == ROLE_CREW ? CREW_NAME - 1 : WORK_NAME) == 0)
        return;
    ms = ms > last->start_ms ? ms : last->start_ms;
    ms = ms > first ? ms : first;
    account_book_time(model, ledger->basis, last, ms, booked, -1);
    account_book_time(model, ledger->basis, last, booked, ms, 1);
    ledger_work(model, node, ms, role == ROLE_PRODUCT ? text : NULL, role == ROLE_ORDER ? text : NULL, role == ROLE_CREW ? text : NULL);
    account_book_time(model, ledger->basis, last, ms, booked, 1);
    track->booked_ms = booked > ms ? booked : ms;
}

void accounts_tag(struct model *model, uint32_t index, int64_t ms)
{
    const struct tag *tag = &model->tags[index];
    enum tag_role role = tag->def->role;
    bool made = role == ROLE_PRODUCT || role == ROLE_ORDER || role == ROLE_CREW;
    if ((!made && role != ROLE_MODE && role != ROLE_REASON) || (made && tag->quality == QUALITY_BAD))
        return;
    uint32_t line = plant_ancestor(model->plant, tag->node, LEVEL_LINE), top = line == NO_NODE ? tag->node : line;
    for (uint32_t n = top; n < model->plant->nodes[top].end; n++) {
        if (account_work_tag(model, n, role) != index)
            continue;
        if (made) {
            work(model, n, role, ms);
            energies_work(model, n, role, ms);
        }
        else if (role == ROLE_REASON)
            stops_reason_text(model, index, n);
        else
            accounts_class(model, n, ms);
    }
}

/* ---- time that nobody saw, and clocks ---- */

void accounts_gap(struct model *model)
{
    for (uint32_t n = 0; n < model->plant->node_count; n++)
        track_catch_up(model, n);
}

/* Time that comes twice is booked as what happens the second time. */
static void set_back(struct model *model, uint32_t node, int64_t now)
{
    struct track *track = track_of(model, node);
    enum state_class class = (enum state_class)last_of(track)->class;
    for (size_t i = track->count; i-- > 0 && stretch_end(track, i) > now;) {
        struct stretch *stretch = &track->stretches[i];
        account_book_time(model, node, stretch, stretch->start_ms > now ? stretch->start_ms : now, stretch_end(track, i), -1);
    }
    while (track->told > 0 && track->told_ms[track->told - 1] > now)
        track->told--;
    while (track->count > 0 && last_of(track)->start_ms >= now) {
        stop_vanish(model, node, last_of(track)->start_ms);
        track->count--;
    }
    int64_t *const bounds[] = {&track->booked_ms, &track->known_ms, &track->frozen_ms};
    for (size_t b = 0; b < sizeof bounds / sizeof bounds[0]; b++)
        *bounds[b] = *bounds[b] < now ? *bounds[b] : now;
    if (track->count == 0)
        push(model, node, class, now);
    else if (last_of(track)->class != class)
        change(model, node, class, now);
}

void accounts_clock(struct model *model)
{
    int64_t now = account_now(model);
    for (uint32_t n = 0; n < model->plant->node_count; n++) {
        struct track *track = track_of(model, n);
        if (track->count > 0 && (track->booked_ms > now || last_of(track)->start_ms > now))
            set_back(model, n, now);
        track_catch_up(model, n);
    }
}

void accounts_settle(struct model *model)
{
    account_flush(model);
    stops_flush(model);
}
