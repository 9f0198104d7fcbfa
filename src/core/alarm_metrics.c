/*
 * A struct counted is one alarm: what is told of it, whether it is active now and since when, and its last raises. It belongs to the position that
 * it was first seen at, so that the sums agree when an alarm moves to another position within a period.
 *
 * A struct position holds its raises of the last ten minutes (`recent`, a queue): a flood begins when the eleventh comes in, and ends at the
 * moment at which the last but four are ten minutes old, which is found when the queue is next looked at. Days are bounds[0 .. day_count].
 */
#include "core/alarm_metrics.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/hash_index.h"
#include "core/memory.h"

#define DAY_MS INT64_C(86400000)

struct counted {
    struct metric_alarm told;
    size_t position;
    bool active, shown, acked; /* shown: this activity was annunciated; acked: or its ack cannot be told any more */
    int64_t since_ms;          /* active without a break since */
    int64_t raised_ms, occurrence_ms;
    size_t next_day;           /* standing was counted for the days before */
    int64_t last[METRICS_CHATTER_MOST]; /* raises, by `raised` modulo chatter_count */
    uint64_t raised;
};

struct position {
    struct position_metrics told;
    uint32_t *tens, *standing;   /* of each day */
    struct alarm_flood *floods;
    size_t flood_capacity;
    int64_t *recent;
    size_t first, end, recent_capacity;
    int64_t *acks;
    size_t ack_capacity;
    struct metric_alarm *alarms; /* made at the end */
    size_t alarm_capacity;
    bool flooded;
};

struct alarm_metrics {
    struct metrics_options options;
    int64_t *days;               /* bounds */
    size_t day_count, ten_count;
    struct counted *alarms;
    size_t alarm_count, alarm_capacity;
    struct hash_index index;
    struct position *positions;
    size_t position_count, position_capacity;
    struct position quiet;       /* of which nothing is ever fed */
    int64_t time_ms;
    bool closed;
};

/* ---- life ---- */

static void cut_days(struct alarm_metrics *m)
{
    int64_t since = (m->options.from_ms - m->options.day_ms) % DAY_MS, begin = m->options.from_ms - (since < 0 ? since + DAY_MS : since);
    m->day_count = (size_t)((m->options.to_ms - begin + DAY_MS - 1) / DAY_MS);
    m->days = mem_zero(m->day_count + 1, sizeof *m->days);
    for (size_t d = 0; d <= m->day_count; d++)
        m->days[d] = begin + (int64_t)d * DAY_MS;
}

static void position_begin(const struct alarm_metrics *m, struct position *p, const char *name)
{
    *p = (struct position){.flooded = false};
    snprintf(p->told.name, sizeof p->told.name, "%s", name);
    p->tens = mem_zero(m->ten_count, sizeof *p->tens);
    p->standing = mem_zero(m->day_count, sizeof *p->standing);
}

static void position_end(struct position *p)
{
    free(p->tens);
    free(p->standing);
    free(p->floods);
    free(p->recent);
    free(p->acks);
    free(p->alarms);
}

struct alarm_metrics *alarm_metrics_create(const struct metrics_options *options)
{
    struct alarm_metrics *m = mem_zero(1, sizeof *m);
    assert(options->to_ms > options->from_ms && options->to_ms - options->from_ms <= METRICS_LONGEST_MS);
    assert(options->chatter_count >= 2 && options->chatter_count <= METRICS_CHATTER_MOST);
    m->options = *options;
    m->ten_count = (size_t)((options->to_ms - options->from_ms + METRICS_TEN_MS - 1) / METRICS_TEN_MS);
    m->time_ms = INT64_MIN;
    cut_days(m);
    position_begin(m, &m->quiet, "");
    return m;
}

void alarm_metrics_destroy(struct alarm_metrics *m)
{
    if (!m)
        return;
    for (size_t a = 0; a < m->alarm_count; a++) {
        free((char *)(uintptr_t)m->alarms[a].told.key);
        free((char *)(uintptr_t)m->alarms[a].told.title);
    }
    for (size_t p = 0; p < m->position_count; p++)
        position_end(&m->positions[p]);
    position_end(&m->quiet);
    free(m->positions);
    free(m->alarms);
    free(m->days);
    hash_index_finish(&m->index);
    free(m);
}

static size_t position_of(struct alarm_metrics *m, const char *name)
{
    for (size_t p = 0; p < m->position_count; p++)
        if (strcmp(m->positions[p].told.name, name) == 0)
            return p;
    m->positions = mem_grow(m->positions, m->position_count, &m->position_capacity, sizeof *m->positions);
    struct position *p = &m->positions[m->position_count];
    position_begin(m, p, name);
    return m->position_count++;
}

void alarm_metrics_expect(struct alarm_metrics *m, const char *position)
{
    position_of(m, position);
}

static bool is_alarm(const void *context, uint32_t number, const void *key)
{
    const struct alarm_metrics *m = context;
    return strcmp(m->alarms[number].told.key, key) == 0;
}

static struct counted *alarm_of(struct alarm_metrics *m, const struct alarm_mark *mark)
{
    uint64_t hash = hash_bytes(mark->key, strlen(mark->key));
    uint32_t found = hash_index_find(&m->index, hash, is_alarm, m, mark->key);
    if (found != HASH_INDEX_NONE)
        return &m->alarms[found];
    m->alarms = mem_grow(m->alarms, m->alarm_count, &m->alarm_capacity, sizeof *m->alarms);
    struct counted *a = &m->alarms[m->alarm_count];
    *a = (struct counted){.told = {.key = mem_text(mark->key), .title = mem_text(mark->title)}, .acked = true};
    a->position = position_of(m, mark->position);
    hash_index_add(&m->index, hash, (uint32_t)m->alarm_count++);
    return a;
}

/* ---- floods ---- */

/* Forgets raises that are over ten minutes old at `ms`; a flood may have ended at the moment at which one became it. */
static void pass_time(struct position *p, int64_t ms)
{
    while (p->first < p->end && ms - p->recent[p->first] > METRICS_TEN_MS) {
        int64_t left_ms = p->recent[p->first++] + METRICS_TEN_MS;
        if (p->flooded && p->end - p->first < FLOOD_GOES_ON) {
            p->flooded = false;
            p->floods[p->told.flood_count - 1].end_ms = left_ms;
        }
    }
}

static void push_recent(struct position *p, int64_t ms)
{
    if (p->first > 0 && p->end == p->recent_capacity) {
        memmove(p->recent, p->recent + p->first, (p->end - p->first) * sizeof *p->recent);
        p->end -= p->first;
        p->first = 0;
    }
    p->recent = mem_grow(p->recent, p->end, &p->recent_capacity, sizeof *p->recent);
    p->recent[p->end++] = ms;
}

static void see_flood(struct position *p, int64_t ms)
{
    pass_time(p, ms);
    push_recent(p, ms);
    if (p->flooded) {
        p->floods[p->told.flood_count - 1].raises++;
    } else if (p->end - p->first >= FLOOD_BEGINS) {
        p->floods = mem_grow(p->floods, p->told.flood_count, &p->flood_capacity, sizeof *p->floods);
        p->floods[p->told.flood_count++] = (struct alarm_flood){.begin_ms = ms, .end_ms = INT64_MAX, .raises = p->end - p->first};
        p->flooded = true;
    }
}

/* ---- marks ---- */

static bool within(const struct alarm_metrics *m, int64_t ms)
{
    return ms >= m->options.from_ms && ms < m->options.to_ms;
}

static void see_chatter(const struct alarm_metrics *m, struct counted *a, int64_t ms)
{
    size_t n = m->options.chatter_count;
    a->last[a->raised++ % n] = ms;
    if (a->raised >= n && ms - a->last[a->raised % n] <= m->options.chatter_ms && within(m, ms))
        a->told.chatters++;
}

static void count_raise(struct alarm_metrics *m, struct counted *a, const struct alarm_mark *mark, int64_t ms)
{
    struct position *p = &m->positions[a->position];
    a->told.priority = mark->priority;
    see_flood(p, ms);
    see_chatter(m, a, ms);
    if (!within(m, ms))
        return;
    a->told.raises++;
    p->told.raises++;
    p->told.priorities[mark->priority <= ALARM_PRIORITIES ? mark->priority : ALARM_PRIORITIES]++;
    p->tens[(ms - m->options.from_ms) / METRICS_TEN_MS]++;
}

static void raise_alarm(struct alarm_metrics *m, struct counted *a, const struct alarm_mark *mark, int64_t ms)
{
    if (!a->active)
        a->since_ms = ms;
    a->active = true;
    a->shown = a->shown || mark->annunciated;
    a->acked = !mark->annunciated;
    a->raised_ms = ms;
    a->occurrence_ms = mark->occurrence_ms;
    if (mark->annunciated)
        count_raise(m, a, mark, ms);
}

/* From 24 h after its raise on it stood, up to `end`: once for each day. */
static void count_standing(struct alarm_metrics *m, struct counted *a, int64_t end)
{
    int64_t begin = a->since_ms + METRICS_STANDING_MS;
    if (!a->shown || begin >= end)
        return;
    for (size_t d = a->next_day; d < m->day_count && m->days[d] < end; d++) {
        int64_t day_begin = m->days[d] < m->options.from_ms ? m->options.from_ms : m->days[d];
        if (m->days[d + 1] <= begin || end <= day_begin)
            continue;
        m->positions[a->position].standing[d]++;
        a->next_day = d + 1;
        a->told.standing_since = a->since_ms;
    }
}

static void return_alarm(struct alarm_metrics *m, struct counted *a, int64_t ms)
{
    if (!a->active)
        return;
    a->active = false;
    bool fleeting = a->shown && !a->acked && within(m, a->raised_ms) && ms - a->raised_ms <= m->options.fleeting_ms;
    a->told.fleeting += fleeting;
    count_standing(m, a, ms < m->options.to_ms ? ms : m->options.to_ms);
    a->shown = false;
}

static void acknowledge(struct alarm_metrics *m, struct counted *a, const struct alarm_mark *mark, int64_t ms)
{
    struct position *p = &m->positions[a->position];
    if (a->acked || mark->occurrence_ms != a->occurrence_ms)
        return;
    a->acked = true;
    if (!within(m, a->raised_ms) || !within(m, ms))
        return;
    p->acks = mem_grow(p->acks, (size_t)p->told.acked, &p->ack_capacity, sizeof *p->acks);
    p->acks[p->told.acked++] = ms - a->raised_ms;
}

void alarm_metrics_feed(struct alarm_metrics *m, const struct alarm_mark *mark)
{
    struct counted *a = alarm_of(m, mark);
    assert(!m->closed);
    if (mark->ms > m->time_ms)
        m->time_ms = mark->ms;
    switch (mark->what) {
    case ALARM_RAISED: raise_alarm(m, a, mark, m->time_ms); return;
    case ALARM_CLEARED: return_alarm(m, a, m->time_ms); return;
    case ALARM_REMOVED: return_alarm(m, a, m->time_ms); return;
    case ALARM_ACKNOWLEDGED: acknowledge(m, a, mark, m->time_ms); return;
    default: return; /* what else happens to it changes neither whether it is active nor whether it was seen */
    }
}

/* ---- the end ---- */

static int by_time(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* The smallest time that so many percent of all are at or below. */
static int64_t nearest_rank(const int64_t *sorted, uint64_t count, uint64_t percent)
{
    return count ? sorted[(count * percent + 99) / 100 - 1] : -1;
}

static int by_raises(const void *a, const void *b)
{
    const struct metric_alarm *x = a, *y = b;
    if (x->raises != y->raises)
        return x->raises < y->raises ? 1 : -1;
    return strcmp(x->key, y->key);
}

static void close_floods(const struct alarm_metrics *m, struct position *p, int64_t end)
{
    size_t kept = 0;
    pass_time(p, end);
    for (size_t f = 0; f < p->told.flood_count; f++) {
        struct alarm_flood flood = p->floods[f];
        flood.open = flood.end_ms > end;
        flood.end_ms = flood.open ? end : flood.end_ms;
        if (flood.end_ms <= m->options.from_ms || flood.begin_ms >= m->options.to_ms)
            continue;
        p->told.flood_ms += flood.end_ms - (flood.begin_ms < m->options.from_ms ? m->options.from_ms : flood.begin_ms);
        p->floods[kept++] = flood;
    }
    p->told.flood_count = kept;
    p->told.floods = p->floods;
}

static void close_alarm(struct alarm_metrics *m, struct counted *a, int64_t end)
{
    struct position *p = &m->positions[a->position];
    if (a->active) {
        p->told.standing_end += a->shown && end - a->since_ms > METRICS_STANDING_MS;
        count_standing(m, a, end);
    }
    if (a->told.raises == 0 && a->told.standing_since == 0)
        return;
    p->alarms = mem_grow(p->alarms, p->told.alarm_count, &p->alarm_capacity, sizeof *p->alarms);
    p->alarms[p->told.alarm_count++] = a->told;
    p->told.chattering += a->told.chatters > 0;
    p->told.fleeting += a->told.fleeting > 0;
    p->told.fleeting_raises += a->told.fleeting;
}

static void close_position(const struct alarm_metrics *m, struct position *p, int64_t end)
{
    struct position_metrics *told = &p->told;
    close_floods(m, p, end);
    told->length_ms = end - m->options.from_ms;
    told->tens = p->tens;
    told->ten_count = (size_t)((told->length_ms + METRICS_TEN_MS - 1) / METRICS_TEN_MS);
    for (size_t t = 0; t < told->ten_count; t++) {
        told->tens_over += p->tens[t] > 10;
        told->ten_most = p->tens[t] > told->ten_most ? p->tens[t] : told->ten_most;
    }
    for (size_t d = 0; d < m->day_count; d++)
        if (p->standing[d] > told->standing_most) {
            told->standing_most = p->standing[d];
            told->standing_day_ms = m->days[d];
        }
    if (told->alarm_count)
        qsort(p->alarms, told->alarm_count, sizeof *p->alarms, by_raises);
    told->alarms = p->alarms;
    for (size_t a = 0; a < told->alarm_count && a < METRICS_TOP; a++)
        told->top_raises += p->alarms[a].raises;
    if (told->acked)
        qsort(p->acks, (size_t)told->acked, sizeof *p->acks, by_time);
    told->ack_median_ms = nearest_rank(p->acks, told->acked, 50);
    told->ack_most_ms = nearest_rank(p->acks, told->acked, 95);
}

void alarm_metrics_close(struct alarm_metrics *m, int64_t now_ms)
{
    int64_t end = now_ms < m->options.to_ms ? now_ms : m->options.to_ms;
    if (m->closed)
        return;
    if (end <= m->options.from_ms)
        end = m->options.from_ms + 1;
    m->closed = true;
    for (size_t a = 0; a < m->alarm_count; a++)
        close_alarm(m, &m->alarms[a], end);
    for (size_t p = 0; p < m->position_count; p++)
        close_position(m, &m->positions[p], end);
    close_position(m, &m->quiet, end);
}

const struct position_metrics *alarm_metrics_quiet(const struct alarm_metrics *m)
{
    assert(m->closed);
    return &m->quiet.told;
}

size_t alarm_metrics_count(const struct alarm_metrics *m)
{
    return m->position_count;
}

const struct position_metrics *alarm_metrics_position(const struct alarm_metrics *m, size_t index)
{
    assert(m->closed && index < m->position_count);
    return &m->positions[index].told;
}

const struct metrics_options *alarm_metrics_options(const struct alarm_metrics *m)
{
    return &m->options;
}
