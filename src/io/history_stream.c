/*
 * The stream as it was: checkpoints, configurations, and batches rebuilt from three places. The log of batches (table stream) has their
 * numbers, times and all records but samples; the samples come from the chunks, a window of batches at a time; what is younger lies whole
 * in the journal.
 *
 * A struct window holds the samples of the batches [low, high], series after series, those of one series as they came: sorted by batch
 * (a stable counting sort, `place`) they stand in canonical order, that of batch_order(). It holds WINDOW_SAMPLES at most: when more come,
 * `high` goes down and what lies beyond is left for the next window. A struct course is one history_batches() under way; between any
 * two reads the collector may have moved batches from the journal into the chunks, so that every step looks in both places again.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/batch_log.h"
#include "core/memory.h"
#include "io/history_private.h"

enum { WINDOW_SAMPLES = 1 << 20, WINDOW_BATCHES = 1 << 20 };

struct gathered {
    int64_t time_ms;
    struct value value;    /* a text: in window.texts */
    uint32_t batch;        /* seq - low */
    uint32_t series;
    uint8_t quality, flags;
};

struct window {
    uint64_t low, high;
    struct gathered *rows;
    size_t count, capacity;
    struct batch texts;
    uint32_t *place;       /* rows in order of batch */
    size_t *first;         /* per batch the first of its places; one more at the end */
};

struct course {
    struct history *h;
    uint64_t next, end;    /* the batch that is to come, and the last that is wanted */
    uint64_t logged;       /* the last one that the log of batches has */
    uint64_t width;        /* of the next window */
    uint32_t *series;
    size_t series_count;
    struct window window;
    struct samples samples; /* scratch: one chunk */
    struct batch batch;
    struct packer run;      /* a journal's run, plain */
    batch_take *take;
    void *arg;
    struct error *err;
    bool stopped;
};

/* ---- checkpoints and configurations ---- */

bool history_told_first(struct history *h, int64_t *ms, struct error *err)
{
    error_set(err, "%s", "");
    sqlite3_stmt *stmt = history_begin(h, err) ? history_stmt(h, STMT_TOLD_FIRST, err) : NULL;
    if (!stmt || history_row(h, stmt, err) != SQLITE_ROW)
        return false;
    bool any = sqlite3_column_type(stmt, 0) != SQLITE_NULL;
    int64_t first_ms = sqlite3_column_int64(stmt, 0);
    history_done(stmt);
    if (!history_end(h, err) || !any)
        return false;
    *ms = first_ms;
    return true;
}

/* Which pass of the clock a moment is of, when the clock was set and so came by it more than once: the last one that came within a day of it.
 * What was recorded while a clock had lost its time (at 1970) is none of the moments between then and now. */
static int64_t pass_from(int64_t ms)
{
    return ms == INT64_MAX || ms < INT64_MIN + 24 * HOUR_MS ? INT64_MIN : ms - 24 * HOUR_MS;
}

/* The first whole one that a statement tells, into `found` and h->plain. */
static bool find_checkpoint(struct history *h, enum history_stmt which, int64_t wall_ms, int64_t from_ms, struct checkpoint *found, bool *whole, struct error *err)
{
    *found = (struct checkpoint){.seq = (uint64_t)INT64_MAX};
    int rc = SQLITE_ROW;
    /* a damaged one is passed over: the one before it costs a longer fold, no more */
    for (*whole = false; rc == SQLITE_ROW && !*whole;) {
        sqlite3_stmt *stmt = history_stmt(h, which, err);
        if (!stmt)
            return false;
        sqlite3_bind_int64(stmt, 1, wall_ms);
        sqlite3_bind_int64(stmt, 2, (int64_t)found->seq);
        sqlite3_bind_int64(stmt, 3, from_ms);
        rc = history_row(h, stmt, err);
        if (rc != SQLITE_ROW && rc != SQLITE_DONE)
            return false;
        if (rc == SQLITE_ROW) {
            found->seq = column_seq(stmt, 0);
            found->wall_ms = sqlite3_column_int64(stmt, 1);
            found->config_id = column_seq(stmt, 2);
            *whole = history_plain(h, stmt, 3, NULL);
        }
        history_done(stmt);
    }
    return true;
}

bool history_checkpoint(struct history *h, int64_t wall_ms, struct checkpoint *checkpoint, struct error *err)
{
    struct checkpoint found;
    bool whole;
    error_set(err, "%s", "");
    if (!history_begin(h, err) || !find_checkpoint(h, STMT_CHECKPOINT, wall_ms, pass_from(wall_ms), &found, &whole, err))
        return false;
    if (!whole && !find_checkpoint(h, STMT_CHECKPOINT_NEAREST, wall_ms, INT64_MIN, &found, &whole, err))
        return false;
    if (!history_end(h, err) || !whole)
        return false;
    packer_init(&found.state);
    pack_bytes(&found.state, h->plain.bytes, h->plain.count);
    *checkpoint = found;
    return true;
}

bool history_config(struct history *h, uint64_t id, struct packer *bundle, char *name, size_t cap, struct error *err)
{
    if (!history_begin(h, err))
        return false;
    sqlite3_stmt *stmt = history_stmt(h, STMT_CONFIG, err);
    if (!stmt)
        return false;
    sqlite3_bind_int64(stmt, 1, (int64_t)id);
    int rc = history_row(h, stmt, err);
    if (rc != SQLITE_ROW) {
        if (rc != SQLITE_DONE)
            return false;
        history_done(stmt);
        return history_end(h, err) && error_set(err, "configuration %016" PRIx64 " is not kept", id);
    }
    bool whole = history_plain(h, stmt, 1, err);
    if (whole) {
        snprintf(name, cap, "%s", (const char *)sqlite3_column_text(stmt, 0));
        pack_bytes(bundle, h->plain.bytes, h->plain.count);
    }
    history_done(stmt);
    return history_end(h, whole ? err : NULL) && whole;
}

bool history_config_at(struct history *h, uint64_t seq, uint64_t *id, struct error *err)
{
    error_set(err, "%s", "");
    sqlite3_stmt *stmt = history_begin(h, err) ? history_stmt(h, STMT_CONFIG_AT, err) : NULL;
    if (!stmt)
        return false;
    sqlite3_bind_int64(stmt, 1, seq ? seq_key(seq) : INT64_MAX);
    int rc = history_row(h, stmt, err);
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        return false;
    *id = rc == SQLITE_ROW ? column_seq(stmt, 0) : 0;
    history_done(stmt);
    return history_end(h, err) && rc == SQLITE_ROW;
}

/* ---- where to stop ---- */

/* The batch that a moment is looked for by: the last one in [from_ms, until_ms] (the order of the stream counts), or, with from_ms INT64_MIN, the
 * one whose time is nearest before it. */
struct target {
    int64_t until_ms, from_ms;
    uint64_t seq;      /* found; 0: none */
    int64_t ms;
};

static void aim(struct target *t, const struct batch *batch)
{
    bool in = batch->wall_ms <= t->until_ms && batch->wall_ms >= t->from_ms;
    if (!in || (t->seq && t->from_ms == INT64_MIN && batch->wall_ms < t->ms))
        return;
    t->seq = batch->seq;
    t->ms = batch->wall_ms;
}

static void aim_in_log(sqlite3_stmt *stmt, struct target *t, struct batch *batch)
{
    bool whole;
    struct batch_log_reader *reader = batch_log_open(sqlite3_column_blob(stmt, 2), (size_t)sqlite3_column_bytes(stmt, 2), NULL);
    while (reader && batch_log_next(reader, batch, &whole, NULL))
        aim(t, batch);
    batch_log_close(reader);
}

static void aim_in_run(struct history *h, sqlite3_stmt *stmt, struct target *t, struct batch *batch)
{
    struct run_reader reader;
    if (history_plain(h, stmt, 2, NULL) && run_open(&reader, h->plain.bytes, h->plain.count, NULL))
        while (run_next_batch(&reader, batch))
            aim(t, batch);
}

/* The first batch of the row that may hold the target, of those that begin at `most` or before; 0: there is none. A row knows the span of its
 * times and not whether there is a batch at every one of them. */
static bool row_for(struct course *c, enum history_stmt heads, const struct target *t, uint64_t most, uint64_t *first)
{
    sqlite3_stmt *stmt = history_stmt(c->h, heads, c->err);
    if (!stmt)
        return false;
    sqlite3_bind_int64(stmt, 1, seq_key(c->next));
    sqlite3_bind_int64(stmt, 2, seq_key(most));
    int rc;
    int64_t best = INT64_MIN;
    *first = 0;
    while ((rc = history_row(c->h, stmt, c->err)) == SQLITE_ROW) {
        int64_t first_ms = sqlite3_column_int64(stmt, 2), last_ms = sqlite3_column_int64(stmt, 3);
        int64_t low = first_ms < last_ms ? first_ms : last_ms, high = first_ms < last_ms ? last_ms : first_ms, near = high <= t->until_ms ? high : low;
        if (low > t->until_ms || high < t->from_ms || (t->from_ms == INT64_MIN && near < best))
            continue;
        best = near;
        *first = column_seq(stmt, 0);
    }
    if (rc != SQLITE_DONE)
        return false;
    history_done(stmt);
    return true;
}

/* Rows are tried from the last one on; the journal's come behind the log's. */
static bool aim_at_rows(struct course *c, struct target *t, uint64_t most)
{
    static const enum history_stmt heads[] = {STMT_JOURNAL_HEADS, STMT_STREAM_HEADS}, rows[] = {STMT_JOURNAL_AT, STMT_STREAM_AT};
    for (size_t i = 0; i < 2; i++) {
        uint64_t first = 0, below = most;
        do {
            if (!row_for(c, heads[i], t, below, &first))
                return false;
            if (!first)
                break;
            sqlite3_stmt *stmt = history_stmt(c->h, rows[i], c->err);
            if (!stmt)
                return false;
            sqlite3_bind_int64(stmt, 1, seq_key(first));
            if (history_row(c->h, stmt, c->err) != SQLITE_ROW)
                return false;
            if (rows[i] == STMT_STREAM_AT)
                aim_in_log(stmt, t, &c->batch);
            else
                aim_in_run(c->h, stmt, t, &c->batch);
            history_done(stmt);
            below = first - 1;
        } while (t->from_ms != INT64_MIN && t->seq == 0 && below > 0);
        if (t->seq && t->from_ms != INT64_MIN)
            break;
    }
    return true;
}

/* The last batch at or before the moment. The clock may have been set back: then batches that seem too young lie before it. How far that
 * is looked for is bounded by the next checkpoint that is younger, because whoever begins at a checkpoint has chosen it by the same rule. */
static bool find_end(struct course *c, int64_t until_ms)
{
    uint64_t most = UINT64_MAX;
    c->end = UINT64_MAX;
    if (until_ms == INT64_MAX)
        return true;
    sqlite3_stmt *stmt = history_stmt(c->h, STMT_CHECKPOINT_NEXT, c->err);
    if (!stmt)
        return false;
    sqlite3_bind_int64(stmt, 1, seq_key(c->next - 1));
    sqlite3_bind_int64(stmt, 2, until_ms);
    if (history_row(c->h, stmt, c->err) != SQLITE_ROW)
        return false;
    if (sqlite3_column_type(stmt, 0) != SQLITE_NULL)
        most = column_seq(stmt, 0);
    history_done(stmt);
    struct target target = {.until_ms = until_ms, .from_ms = pass_from(until_ms)};
    if (!aim_at_rows(c, &target, most))
        return false;
    if (target.seq == 0) { /* nobody was there for longer */
        target.from_ms = INT64_MIN;
        if (!aim_at_rows(c, &target, most))
            return false;
    }
    c->end = target.seq;
    return true;
}

static bool read_series(struct course *c)
{
    sqlite3_stmt *stmt = history_stmt(c->h, STMT_SERIES_IDS, c->err);
    size_t capacity = 0;
    int rc = SQLITE_ERROR;
    while (stmt && (rc = history_row(c->h, stmt, c->err)) == SQLITE_ROW) {
        c->series = mem_grow(c->series, c->series_count, &capacity, sizeof *c->series);
        c->series[c->series_count++] = (uint32_t)sqlite3_column_int64(stmt, 0);
    }
    if (rc != SQLITE_DONE)
        return false;
    history_done(stmt);
    return true;
}

/* ---- a window of samples ---- */

static void window_narrow(struct window *w)
{
    size_t kept = 0;
    while (w->count > WINDOW_SAMPLES && w->high > w->low) {
        w->high = w->low + (w->high - w->low) / 2;
        kept = 0;
        for (size_t i = 0; i < w->count; i++)
            if (w->rows[i].batch <= w->high - w->low)
                w->rows[kept++] = w->rows[i];
        w->count = kept;
    }
}

static void window_add(struct window *w, uint32_t series, const struct samples *samples)
{
    if (w->count + samples->count > w->capacity) {
        w->capacity = (w->count + samples->count) * 2;
        w->rows = mem_resize(w->rows, w->capacity, sizeof *w->rows);
    }
    for (size_t i = 0; i < samples->count; i++) {
        const struct sample *s = &samples->rows[i];
        if (s->seq < w->low || s->seq > w->high)
            continue;
        struct value value = s->value;
        if (value.kind == VALUE_TEXT) {
            const char *text = samples_text(samples, value);
            value = value_text(batch_text(&w->texts, text, strlen(text)));
        }
        w->rows[w->count++] = (struct gathered){.time_ms = s->time_ms, .value = value, .batch = (uint32_t)(s->seq - w->low),
            .series = series, .quality = s->quality, .flags = s->flags};
    }
    if (w->count > WINDOW_SAMPLES)
        window_narrow(w);
}

/* The chunks of one series that reach into the window. Those that follow one another in the index follow one another in the stream. */
static bool gather_series(struct course *c, uint32_t series)
{
    struct window *w = &c->window;
    sqlite3_stmt *stmt = history_stmt(c->h, STMT_CHUNKS_BY_SEQ, c->err);
    if (!stmt)
        return false;
    sqlite3_bind_int64(stmt, 1, series);
    sqlite3_bind_int64(stmt, 2, seq_key(w->low));
    int rc;
    while ((rc = history_row(c->h, stmt, c->err)) == SQLITE_ROW && column_seq(stmt, 0) <= w->high) {
        samples_clear(&c->samples);
        if (chunk_decode(c->h->squeezer, sqlite3_column_blob(stmt, 2), (size_t)sqlite3_column_bytes(stmt, 2), &c->samples, NULL))
            window_add(w, series, &c->samples);
        else
            c->h->damaged++;
    }
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        return false;
    history_done(stmt);
    return true;
}

static void window_sort(struct window *w)
{
    size_t batches = (size_t)(w->high - w->low) + 1, at = 0;
    w->first = mem_resize(w->first, batches + 1, sizeof *w->first);
    w->place = mem_resize(w->place, w->count + 1, sizeof *w->place);
    memset(w->first, 0, (batches + 1) * sizeof *w->first);
    for (size_t i = 0; i < w->count; i++)
        w->first[w->rows[i].batch]++;
    for (size_t b = 0; b <= batches; b++) {
        size_t here = w->first[b];
        w->first[b] = at;
        at += here;
    }
    for (size_t i = 0; i < w->count; i++)
        w->place[w->first[w->rows[i].batch]++] = (uint32_t)i;
    for (size_t b = batches; b > 0; b--)
        w->first[b] = w->first[b - 1];
    w->first[0] = 0;
}

/* Fills the window from the batch that is next, as far as the log of batches reaches. */
static bool gather(struct course *c)
{
    struct window *w = &c->window;
    uint64_t high = c->logged < c->end ? c->logged : c->end;
    w->low = c->next;
    w->high = high - c->next >= c->width ? c->next + c->width - 1 : high;
    w->count = 0;
    batch_clear(&w->texts);
    if (!history_begin(c->h, c->err))
        return false;
    for (size_t i = 0; i < c->series_count; i++)
        if (!gather_series(c, c->series[i]) || !history_breathe(c->h, c->err))
            return false;
    if (!history_end(c->h, c->err))
        return false;
    window_sort(w);
    c->width = w->high - w->low + 1;
    if (w->count < WINDOW_SAMPLES / 4 && c->width < WINDOW_BATCHES)
        c->width *= 2;
    return true;
}

/* ---- giving batches ---- */

static bool hole(struct course *c, uint64_t to)
{
    return error_set(c->err, "batches %" PRIu64 " to %" PRIu64 " are not kept any more, or were never written: only a later checkpoint goes on from there", c->next, to);
}

/* Hands one out. False: stop, for whichever reason. */
static bool give(struct course *c)
{
    if (c->batch.seq != c->next)
        return hole(c, c->batch.seq - 1);
    c->next++;
    c->stopped = !c->take(c->arg, &c->batch);
    return !c->stopped;
}

static void add_samples(struct course *c)
{
    struct window *w = &c->window;
    size_t b = (size_t)(c->batch.seq - w->low);
    for (size_t p = w->first[b]; p < w->first[b + 1]; p++) {
        const struct gathered *g = &w->rows[w->place[p]];
        struct value value = g->value;
        if (value.kind == VALUE_TEXT) {
            const char *text = batch_text_at(&w->texts, value.text);
            value = value_text(batch_text(&c->batch, text, strlen(text)));
        }
        batch_add(&c->batch, (struct record){.kind = RECORD_SAMPLE, .quality = g->quality, .flags = g->flags, .series = g->series,
            .time_ms = g->time_ms, .value = value});
    }
}

/* The log's batches that are in the window, with their samples. */
static bool give_log(struct course *c, struct batch_log_reader *reader, uint64_t last)
{
    bool whole;
    while (c->next <= last && c->next <= c->window.high) {
        if (!batch_log_next(reader, &c->batch, &whole, NULL)) {
            c->h->damaged++;
            return hole(c, last);
        }
        if (c->batch.seq < c->next)
            continue;
        if (!whole && c->batch.seq <= c->window.high)
            add_samples(c);
        if (!give(c))
            return false;
    }
    return true;
}

/* Reads the row of the next batch into `into`, with its last batch; *found tells whether the table holds it. */
static bool read_row(struct course *c, enum history_stmt at, struct packer *into, uint64_t *last, bool *found)
{
    sqlite3_stmt *stmt = history_stmt(c->h, at, c->err);
    if (!stmt)
        return false;
    sqlite3_bind_int64(stmt, 1, seq_key(c->next));
    int rc = history_row(c->h, stmt, c->err);
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        return false;
    packer_clear(into);
    *last = rc == SQLITE_ROW ? column_seq(stmt, 1) : 0;
    if (rc == SQLITE_ROW && at == STMT_JOURNAL_AT && history_run(c->h, stmt, last))
        pack_bytes(into, c->h->plain.bytes, c->h->plain.count);
    *found = rc == SQLITE_ROW && *last >= c->next;
    if (*found && at == STMT_STREAM_AT)
        pack_bytes(into, sqlite3_column_blob(stmt, 2), (size_t)sqlite3_column_bytes(stmt, 2));
    history_done(stmt);
    return true;
}

static bool from_log(struct course *c, uint64_t last)
{
    struct batch_log_reader *reader = batch_log_open(c->run.bytes, c->run.count, NULL);
    if (!reader) {
        c->h->damaged++;
        return hole(c, last);
    }
    bool good = true;
    while (good && c->next <= last && c->next <= c->end) {
        if (c->next > c->window.high || c->window.low == 0)
            good = gather(c);
        good = good && give_log(c, reader, last < c->end ? last : c->end);
    }
    batch_log_close(reader);
    return good;
}

static bool from_journal(struct course *c, uint64_t last)
{
    struct run_reader reader;
    if (!run_open(&reader, c->run.bytes, c->run.count, NULL)) /* it was counted when the row was read */
        return hole(c, last);
    while (c->next <= last && c->next <= c->end) {
        if (!run_next_batch(&reader, &c->batch))
            return hole(c, last);
        if (c->batch.seq >= c->next && !give(c))
            return false;
    }
    return true;
}

/* Nothing holds the next batch: the end, or a hole before what is there. */
static bool end_or_hole(struct course *c, bool *at_end)
{
    static const enum history_stmt after[] = {STMT_STREAM_AFTER, STMT_JOURNAL_AFTER};
    uint64_t nearest = 0;
    for (size_t i = 0; i < sizeof after / sizeof after[0]; i++) {
        sqlite3_stmt *stmt = history_stmt(c->h, after[i], c->err);
        if (!stmt)
            return false;
        sqlite3_bind_int64(stmt, 1, seq_key(c->next));
        int rc = history_row(c->h, stmt, c->err);
        if (rc != SQLITE_ROW && rc != SQLITE_DONE)
            return false;
        if (rc == SQLITE_ROW && (nearest == 0 || column_seq(stmt, 0) < nearest))
            nearest = column_seq(stmt, 0);
        history_done(stmt);
    }
    if (!history_end(c->h, c->err))
        return false;
    *at_end = nearest == 0 || nearest > c->end;
    return *at_end || hole(c, nearest - 1);
}

/* What the log of batches has by now. */
static bool look_at_log(struct course *c)
{
    sqlite3_stmt *stmt = history_stmt(c->h, STMT_STREAM_LAST, c->err);
    if (!stmt)
        return false;
    int rc = history_row(c->h, stmt, c->err);
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        return false;
    c->logged = rc == SQLITE_ROW ? column_seq(stmt, 0) : 0;
    history_done(stmt);
    return true;
}

/* One row of either table. */
static bool step(struct course *c, bool *at_end)
{
    uint64_t last = 0;
    bool logged = false, journalled = false;
    if (!history_begin(c->h, c->err) || !look_at_log(c) || !read_row(c, STMT_STREAM_AT, &c->run, &last, &logged))
        return false;
    if (!logged && !read_row(c, STMT_JOURNAL_AT, &c->run, &last, &journalled))
        return false;
    if (!logged && !journalled)
        return end_or_hole(c, at_end);
    return history_end(c->h, c->err) && (logged ? from_log(c, last) : from_journal(c, last));
}

bool history_batches(struct history *h, uint64_t seq, int64_t until_ms, batch_take *take, void *arg, struct error *err)
{
    struct error own;
    struct course c = {.h = h, .next = seq + 1, .width = WINDOW_BATCHES, .take = take, .arg = arg, .err = err ? err : &own};
    bool at_end = false;
    samples_init(&c.samples);
    batch_init(&c.batch);
    batch_init(&c.window.texts);
    packer_init(&c.run);
    bool good = history_begin(h, c.err) && find_end(&c, until_ms) && read_series(&c) && history_end(h, c.err);
    while (good && !at_end && c.next <= c.end)
        good = step(&c, &at_end);
    free(c.series);
    free(c.window.rows);
    free(c.window.place);
    free(c.window.first);
    batch_finish(&c.window.texts);
    samples_finish(&c.samples);
    batch_finish(&c.batch);
    packer_finish(&c.run);
    return good || c.stopped;
}
