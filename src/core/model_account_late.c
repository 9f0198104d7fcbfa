/*
 * What is learnt late: a state sample that is older than the newest one says what was between it and the next that is known, so that part of the time line
 * is painted anew, and the stops in it with it. A reading of a counter that is older than the newest one says which of what was gained in one leap
 * was gained before it. What a person said of a stop goes on with what is left of it.
 */
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/model_account_private.h"

/* ---- the time line ---- */

/* Stretches in the making: those that follow each other with one class are one. */
struct canvas { struct stretch *stretches; size_t count, capacity; };

static void paint(struct canvas *canvas, struct stretch s)
{
    const struct stretch *last = canvas->count ? &canvas->stretches[canvas->count - 1] : NULL;
    if (last && last->class == s.class && !s.parted)
        return;
    canvas->stretches = mem_grow(canvas->stretches, canvas->count, &canvas->capacity, sizeof *canvas->stretches);
    canvas->stretches[canvas->count++] = s;
}

static int64_t end_of(const struct track *track, size_t index)
{
    return index + 1 < track->count ? track->stretches[index + 1].start_ms : INT64_MAX;
}

/* The part of an old stretch that begins where it did is what it was; another is a new one. */
static void paint_over(struct canvas *canvas, struct stretch old, int64_t old_end_ms, int64_t from_ms, int64_t to_ms, enum state_class class)
{
    old.counted_ms = 0;
    if (old.start_ms < from_ms)
        paint(canvas, old);
    if (from_ms < old_end_ms && to_ms > old.start_ms)
        paint(canvas, (struct stretch){.start_ms = old.start_ms > from_ms ? old.start_ms : from_ms, .class = (uint8_t)class, .booked = (uint8_t)class});
    if (old_end_ms > to_ms && old.start_ms >= to_ms)
        paint(canvas, old);
    else if (old_end_ms > to_ms)
        paint(canvas, (struct stretch){.start_ms = to_ms, .class = old.class, .booked = old.class});
}

static size_t stretch_at(const struct track *track, int64_t ms)
{
    size_t i = track->count - 1;
    while (i > 0 && track->stretches[i].start_ms > ms)
        i--;
    return i;
}

static bool differs(const struct track *track, size_t first, size_t last, enum state_class class)
{
    for (size_t i = first; i <= last; i++)
        if (track->stretches[i].class != class)
            return true;
    return false;
}

static void book_all(struct model *model, uint32_t node, size_t first, size_t last, int sign)
{
    struct track *track = &model->accounts->tracks[node];
    for (size_t i = first; i <= last; i++)
        account_book_time(model, node, &track->stretches[i], track->stretches[i].start_ms, stretch_end(track, i), sign);
}

/* What a person said of a stop that is gone is said of the one that has the rest of it. */
static void inherit(struct model *model, uint32_t node, const struct stretch *old, int64_t old_end_ms)
{
    const struct track *track = &model->accounts->tracks[node];
    struct stop *was = stop_find(model, node, old->start_ms);
    if (!was || was->reason == NO_REASON)
        return;
    for (size_t i = stretch_at(track, old->start_ms); i < track->count && track->stretches[i].start_ms < old_end_ms; i++) {
        struct stop *heir = stop_find(model, node, track->stretches[i].start_ms);
        if (!heir || heir == was || heir->class != was->class || heir->reason != NO_REASON)
            continue;
        heir->reason = was->reason;
        memcpy(heir->who, was->who, sizeof heir->who);
        memcpy(heir->comment, was->comment, sizeof heir->comment);
        stretch_book_as(model, node, i, (enum state_class)was->booked);
        stop_changed(model, heir);
        return;
    }
}

static void settle_stops(struct model *model, uint32_t node, const struct stretch *old, size_t count, int64_t end_ms)
{
    const struct track *track = &model->accounts->tracks[node];
    for (size_t i = 0; i < count; i++) {
        const struct stretch *is = &track->stretches[stretch_at(track, old[i].start_ms)];
        bool same_start = is->start_ms == old[i].start_ms && stop_is((enum state_class)is->class);
        struct stop *stop = stop_is((enum state_class)old[i].class) ? stop_find(model, node, old[i].start_ms) : NULL;
        if (stop && same_start)
            stop->class = is->class;
        if (!stop || same_start)
            continue;
        inherit(model, node, &old[i], i + 1 < count ? old[i + 1].start_ms : end_ms);
        stop_vanish(model, node, old[i].start_ms);
    }
}

void track_paint(struct model *model, uint32_t node, int64_t from_ms, int64_t to_ms, enum state_class class)
{
    struct track *track = &model->accounts->tracks[node];
    struct canvas canvas = {.count = 0};
    if (track->count == 0)
        return;
    from_ms = from_ms > track->stretches[0].start_ms ? from_ms : track->stretches[0].start_ms;
    if (from_ms >= to_ms)
        return;
    size_t first = stretch_at(track, from_ms), last = stretch_at(track, to_ms - 1);
    if (!differs(track, first, last, class))
        return;
    first -= first > 0;
    last += last + 1 < track->count;
    size_t olds = last - first + 1;
    energies_time(model, node, from_ms, -1);
    struct stretch *old = mem_zero(olds, sizeof *old);
    memcpy(old, track->stretches + first, olds * sizeof *old);
    book_all(model, node, first, last, -1);
    for (size_t i = first; i <= last; i++)
        paint_over(&canvas, track->stretches[i], end_of(track, i), from_ms, to_ms, class);
    int64_t end = end_of(track, last);
    for (size_t i = last + 1; i < track->count; i++)
        paint(&canvas, track->stretches[i]);
    while (track->capacity < first + canvas.count)
        track->stretches = mem_grow(track->stretches, track->capacity, &track->capacity, sizeof *track->stretches);
    size_t after = track->count - last - 1, now = canvas.count - after;
    memcpy(track->stretches + first, canvas.stretches, canvas.count * sizeof *track->stretches);
    track->count = first + canvas.count;
    free(canvas.stretches);
    if (track->booked_ms < track->stretches[track->count - 1].start_ms)
        track->booked_ms = track->stretches[track->count - 1].start_ms;
    book_all(model, node, first, first + now - 1, 1);
    for (size_t i = first; i < first + now; i++)
        stretch_book_as(model, node, i, (enum state_class)track->stretches[i].booked);
    settle_stops(model, node, old, olds, end);
    free(old);
    energies_time(model, node, from_ms, 1);
    track_catch_up(model, node);
}

void track_paint_unknown(struct model *model, uint32_t node, int64_t from_ms, int64_t to_ms, enum state_class class)
{
    const struct track *track = &model->accounts->tracks[node];
    for (int64_t t = from_ms, end; track->count > 0 && t < to_ms; t = end) {
        size_t i = stretch_at(track, t);
        bool unknown = track->stretches[i].class == CLASS_UNKNOWN && track->stretches[i].start_ms <= t;
        end = track->stretches[i].start_ms > t ? track->stretches[i].start_ms : end_of(track, i);
        end = end < to_ms ? end : to_ms;
        if (unknown)
            track_paint(model, node, t, end, class);
    }
}

/* ---- states ---- */

static const char *word_of(const struct model *model, uint32_t node, uint8_t class, uint8_t state)
{
    uint32_t tag = model->plant->nodes[node].role_tag[ROLE_STATE];
    const struct state_map *map = &model->plant->maps[model->plant->tags[tag].def->map];
    for (size_t r = 0; r < map->count; r++)
        if (map->rows[r].class == (enum state_class)class && map->rows[r].state == (enum pack_state)state)
            return map->rows[r].word;
    return NULL;
}

/* Intervals from `first` to `last` that follow each other in one state are one; the running one may begin earlier by that. */
static void join_intervals(struct node_state *n, size_t first, size_t last)
{
    struct interval *list = n->intervals;
    for (size_t i = last; i > first; i--) {
        struct interval *before = &list[i - 1];
        if (before->class != list[i].class || before->state != list[i].state || before->end_ms != list[i].start_ms)
            continue;
        if (list[i].end_ms == 0 && n->since_ms == list[i].start_ms)
            n->since_ms = before->start_ms;
        before->end_ms = list[i].end_ms;
        memmove(list + i, list + i + 1, (--n->interval_count - i) * sizeof *list);
    }
}

void accounts_state_sampled(struct model *model, uint32_t node, int64_t ms)
{
    struct track *track = &model->accounts->tracks[node];
    size_t place = track->told;
    if (track->count == 0)
        return;
    while (place > 0 && track->told_ms[place - 1] > ms)
        place--;
    if (place > 0 && track->told_ms[place - 1] == ms)
        return;
    if (track->told < TOLD_TIMES) {
        memmove(track->told_ms + place + 1, track->told_ms + place, (track->told++ - place) * sizeof track->told_ms[0]);
        track->told_ms[place] = ms;
    } else if (place > 0) {
        memmove(track->told_ms, track->told_ms + 1, (place - 1) * sizeof track->told_ms[0]);
        track->told_ms[place - 1] = ms;
    }
}

/* The next sample behind a late one, of those that are remembered. */
static int64_t next_sample(const struct track *track, int64_t ms, int64_t newest_ms)
{
    for (size_t i = 0; i < track->told; i++)
        if (track->told_ms[i] > ms)
            return track->told_ms[i] < newest_ms ? track->told_ms[i] : newest_ms;
    return newest_ms;
}

/* The list of the last day: the interval that t lies in says so up to its end, or up to the newest sample. */
static int64_t amend_intervals(struct model *model, uint32_t node, const struct state_map_row *row, int64_t t, int64_t next_ms)
{
    struct node_state *n = &model->nodes[node];
    size_t i = n->interval_count;
    while (i > 0 && n->intervals[i - 1].start_ms > t)
        i--;
    if (i == 0)
        return 0;
    struct interval was = n->intervals[--i], is = {.start_ms = t, .class = (uint8_t)row->class, .state = (uint8_t)row->state};
    is.end_ms = was.end_ms && was.end_ms < next_ms ? was.end_ms : next_ms;
    if (is.end_ms <= t || (was.class == is.class && was.state == is.state))
        return 0;
    struct interval parts[3];
    size_t count = 0;
    if (was.start_ms < t)
        parts[count++] = (struct interval){.start_ms = was.start_ms, .end_ms = t, .class = was.class, .state = was.state};
    parts[count++] = is;
    if (was.end_ms != is.end_ms)
        parts[count++] = (struct interval){.start_ms = is.end_ms, .end_ms = was.end_ms, .class = was.class, .state = was.state};
    for (size_t more = 1; more < count; more++)
        n->intervals = mem_grow(n->intervals, n->interval_count + more - 1, &n->interval_capacity, sizeof *n->intervals);
    memmove(n->intervals + i + count, n->intervals + i + 1, (n->interval_count - i - 1) * sizeof *n->intervals);
    memcpy(n->intervals + i, parts, count * sizeof *parts);
    n->interval_count += count - 1;
    join_intervals(n, i > 0 ? i - 1 : 0, i + count < n->interval_count ? i + count : n->interval_count - 1);
    standing_amended(model, node);
    interval_ended(model, node, &is, word_of(model, node, is.class, is.state));
    return is.end_ms;
}

void accounts_late_state(struct model *model, uint32_t index, const struct state_map_row *row, int64_t ms)
{
    const struct tag *tag = &model->tags[index];
    int64_t newest = tag->time_ms > ms ? tag->time_ms : account_now(model);
    int64_t end = amend_intervals(model, tag->node, row, ms, next_sample(&model->accounts->tracks[tag->node], ms, newest));
    accounts_state_sampled(model, tag->node, ms);
    if (end > 0)
        track_paint(model, tag->node, ms, end, row->class);
}

/* ---- counters ---- */

/* Of a unit it is of a time that is known after all, of its line perhaps not, or the other way round. */
static bool is_split(const struct model *model, uint32_t index)
{
    uint32_t node = model->tags[index].node, line = plant_ancestor(model->plant, node, LEVEL_LINE);
    return mend_is_known(model, index, node) || (line != NO_NODE && mend_is_known(model, index, line));
}

void accounts_leap(struct model *model, uint32_t index, enum counter_step step, double before, int64_t ms, bool across)
{
    const struct tag *tag = &model->tags[index];
    struct counter_leap *leap = tag->tally ? &tag->tally->leap : NULL;
    if (!leap || step == COUNTER_DIPPED || tag->def->count != COUNT_TOTAL || !account_counts(tag->def->role))
        return;
    bool estimated = across && tag->node != NO_NODE && model->plant->nodes[tag->node].gap_pieces;
    *leap = (struct counter_leap){.from_ms = leap->to_ms, .from = before, .to_ms = ms, .to = tag->last_count, .across = across, .whole = step == COUNTER_RAN && leap->to_ms != 0 && !estimated && !(across && is_split(model, index))};
}

void accounts_late_count(struct model *model, uint32_t index, double reading, int64_t ms)
{
    const struct tag *tag = &model->tags[index];
    struct counter_leap *leap = tag->tally ? &tag->tally->leap : NULL;
    if (!leap || !leap->whole || ms <= leap->from_ms || ms >= leap->to_ms || !(reading > leap->from) || !(reading <= leap->to))
        return;
    double pieces = (reading - leap->from) * (tag->def->pieces > 0 ? tag->def->pieces : 1);
    leap->from_ms = ms;
    leap->from = reading;
    account_gain_moved(model, index, pieces, leap->to_ms, leap->across, ms);
}
