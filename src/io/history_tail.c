/*
 * A struct tail has a slot for each series that is followed; slot_of[] says which, so that a scan asks once a record. A slot has seen the
 * journal up to the batch `seen`: the next look begins behind the least of them. When the collector makes chunks of the journal, what it has
 * moved disappears from the front of the slots.
 */
#include "io/history_tail.h"

#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "io/history_private.h"

enum { NO_SLOT = UINT16_MAX };

struct slot {
    uint32_t series;
    uint64_t seen;
    struct samples samples;
};

struct tail {
    uint16_t *slot_of;     /* by series */
    size_t series_most;    /* how many slot_of has */
    struct slot slots[TAIL_SERIES];
    size_t count;
    char *text;            /* scratch: a text with its end */
    size_t text_capacity;
};

struct tail *tail_create(void)
{
    return mem_zero(1, sizeof(struct tail));
}

void tail_clear(struct tail *tail)
{
    for (size_t i = 0; i < tail->count; i++) {
        tail->slot_of[tail->slots[i].series] = NO_SLOT;
        samples_finish(&tail->slots[i].samples);
    }
    tail->count = 0;
}

void tail_destroy(struct tail *tail)
{
    if (!tail)
        return;
    tail_clear(tail);
    free(tail->slot_of);
    free(tail->text);
    free(tail);
}

static struct slot *slot_of(const struct tail *tail, uint32_t series)
{
    uint16_t slot = series < tail->series_most ? tail->slot_of[series] : NO_SLOT;
    return slot == NO_SLOT ? NULL : (struct slot *)&tail->slots[slot];
}

const struct samples *tail_samples(const struct tail *tail, uint32_t series)
{
    static const struct samples none;
    const struct slot *slot = slot_of(tail, series);
    return slot ? &slot->samples : &none;
}

static void add_slot(struct tail *tail, uint32_t series)
{
    if (series >= tail->series_most) {
        size_t most = (size_t)series + 1024;
        tail->slot_of = mem_resize(tail->slot_of, most, sizeof *tail->slot_of);
        memset(tail->slot_of + tail->series_most, 0xFF, (most - tail->series_most) * sizeof *tail->slot_of);
        tail->series_most = most;
    }
    tail->slot_of[series] = (uint16_t)tail->count;
    struct slot *slot = &tail->slots[tail->count++];
    *slot = (struct slot){.series = series};
    samples_init(&slot->samples);
}

static size_t strangers(const struct tail *tail, const uint32_t *series, size_t count)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        n += slot_of(tail, series[i]) == NULL;
    return n;
}

/* Removes what is not in the journal any more. */
static void forget_before(struct slot *slot, uint64_t first)
{
    struct samples *s = &slot->samples;
    size_t gone = 0;
    while (gone < s->count && s->rows[gone].seq < first)
        gone++;
    if (gone == s->count) {
        samples_clear(s);
    } else if (gone) {
        memmove(s->rows, s->rows + gone, (s->count - gone) * sizeof *s->rows);
        s->count -= gone;
    }
}

static bool wanted(void *arg, uint32_t series)
{
    const struct tail *tail = arg;
    return series < tail->series_most && tail->slot_of[series] != NO_SLOT;
}

static void take_sample(void *arg, uint64_t seq, const struct record *r, const char *text, size_t length)
{
    struct tail *tail = arg;
    struct slot *slot = &tail->slots[tail->slot_of[r->series]];
    if (seq <= slot->seen)
        return;
    if (r->value.kind == VALUE_TEXT) {
        if (length + 1 > tail->text_capacity)
            tail->text = mem_resize(tail->text, tail->text_capacity = 2 * (length + 1), 1);
        memcpy(tail->text, text, length);
        tail->text[length] = '\0';
    }
    samples_add(&slot->samples, (struct sample){.seq = seq, .time_ms = r->time_ms, .value = r->value, .quality = r->quality, .flags = r->flags},
        r->value.kind == VALUE_TEXT ? tail->text : NULL);
}

static void mark_seen(struct tail *tail, uint64_t seq)
{
    for (size_t i = 0; i < tail->count; i++)
        if (tail->slots[i].seen < seq)
            tail->slots[i].seen = seq;
}

/* Rows behind `*seen` until the transaction is old; *more tells that there are others. */
static bool read_rows(struct history *h, uint64_t *seen, bool *more, struct error *err)
{
    sqlite3_stmt *stmt = history_stmt(h, STMT_JOURNAL_NEXT, err);
    int rc = SQLITE_ROW;
    if (!stmt)
        return false;
    sqlite3_bind_int64(stmt, 1, seq_key(*seen));
    while (!history_overdue(h) && (rc = history_row(h, stmt, err)) == SQLITE_ROW) {
        *seen = column_seq(stmt, 1);
        if (history_run(h, stmt, seen) && !run_scan(h->plain.bytes, h->plain.count, wanted, take_sample, h->tail, NULL))
            h->damaged++;
        mark_seen(h->tail, *seen);
    }
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        return false;
    *more = rc == SQLITE_ROW;
    history_done(stmt);
    return true;
}

static bool first_in_journal(struct history *h, uint64_t *first, struct error *err)
{
    sqlite3_stmt *stmt = history_stmt(h, STMT_JOURNAL_FIRST, err);
    if (!stmt)
        return false;
    int rc = history_row(h, stmt, err);
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        return false;
    *first = rc == SQLITE_ROW ? column_seq(stmt, 0) : UINT64_MAX;
    history_done(stmt);
    return true;
}

bool tail_follow(struct history *h, const uint32_t *series, size_t count, struct error *err)
{
    struct tail *tail = h->tail;
    uint64_t first, seen = UINT64_MAX;
    bool more = true;
    if (tail->count + strangers(tail, series, count) > TAIL_SERIES)
        tail_clear(tail);
    for (size_t i = 0; i < count; i++)
        if (!slot_of(tail, series[i]))
            add_slot(tail, series[i]);
    for (size_t i = 0; i < tail->count; i++)
        seen = tail->slots[i].seen < seen ? tail->slots[i].seen : seen;
    while (more)
        if (!read_rows(h, &seen, &more, err) || (more && !history_breathe(h, err)))
            return false;
    if (!first_in_journal(h, &first, err))
        return false;
    for (size_t i = 0; i < tail->count; i++)
        forget_before(&tail->slots[i], first);
    return true;
}
