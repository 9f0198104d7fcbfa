/*
 * Answers to what views want to know. Columns are read in one transaction (a few ms); events may have to be looked for among many others, and
 * are read in as many as it takes, from the newest back.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "io/history_columns.h"
#include "io/history_tail.h"

/* ---- columns ---- */

static int64_t *bounds_of(const struct want *want)
{
    int64_t span = want->to_ms - want->from_ms, n = want->columns;
    int64_t *bounds = mem_resize(NULL, (size_t)n + 1, sizeof *bounds);
    for (int64_t i = 0; i <= n; i++)
        bounds[i] = want->from_ms + span / n * i + span % n * i / n;
    return bounds;
}

static bool weave(struct weave *w, const char **tier)
{
    if (!history_begin(w->h, w->err) || !tail_follow(w->h, &w->series, 1, w->err) || !chunk_list_read(w->h, w->series, &w->chunks, w->err))
        return false;
    return weave_fill(w, tier) && weave_hold(w) && history_end(w->h, w->err);
}

static bool answer_columns(struct history *h, const struct want *want, uint64_t until_seq, struct answer *answer, struct error *err)
{
    const char *tier = "";
    struct weave w = {.h = h, .want = want, .until_seq = until_seq, .err = err};
    w.series = history_series(h, want->path);
    if (want->columns < 1 || want->columns > RECALL_COLUMNS || want->to_ms - want->from_ms < want->columns) {
        snprintf(answer->why, sizeof answer->why, "so short a stretch has no columns");
        return true;
    }
    if (w.series == 0) {
        snprintf(answer->why, sizeof answer->why, strchr(want->path, ':') ? "not configured: nothing is kept of it" : "nothing is recorded of it yet");
        return true;
    }
    w.columns = mem_zero(want->columns, sizeof *w.columns);
    w.sums = mem_zero(want->columns, sizeof *w.sums);
    w.last_ms = mem_zero(want->columns, sizeof *w.last_ms);
    w.bounds = bounds_of(want);
    samples_init(&w.samples);
    bool good = weave(&w, &tier);
    samples_finish(&w.samples);
    free(w.sums);
    free(w.last_ms);
    free(w.bounds);
    free(w.chunks.rows);
    free(w.ends.ms);
    if (!good) {
        free(w.columns);
        return false;
    }
    snprintf(answer->tier, sizeof answer->tier, "%s", tier);
    answer->columns = w.columns;
    answer->column_count = want->columns;
    return true;
}

/* ---- states ---- */

static void text_of(sqlite3_stmt *stmt, int column, char *out, size_t cap)
{
    const char *text = (const char *)sqlite3_column_text(stmt, column);
    snprintf(out, cap, "%s", text ? text : "");
}

static struct interval_end interval_of(sqlite3_stmt *stmt, const char *path)
{
    char word[64];
    struct interval_end end = {.seq = column_seq(stmt, 0), .start_ms = sqlite3_column_int64(stmt, 1), .end_ms = sqlite3_column_int64(stmt, 2)};
    snprintf(end.path, sizeof end.path, "%s", path);
    text_of(stmt, 3, word, sizeof word);
    int class = state_class_by_name(word);
    end.class = (uint8_t)(class < 0 ? CLASS_UNKNOWN : class);
    text_of(stmt, 4, word, sizeof word);
    int state = pack_state_by_name(word);
    end.state = (uint8_t)(state < 0 ? PACK_UNDEFINED : state);
    text_of(stmt, 5, end.word, sizeof end.word);
    return end;
}

static bool told_later(const struct interval_end *a, const struct interval_end *b)
{
    return a->seq != b->seq ? a->seq > b->seq : a->start_ms > b->start_ms;
}

static int by_start(const void *a, const void *b)
{
    const struct interval_end *x = a, *y = b;
    return (x->start_ms > y->start_ms) - (x->start_ms < y->start_ms);
}

/* Late samples told a part anew: of what was told before there is what that leaves. */
static void uncover(struct answer *answer, size_t capacity)
{
    size_t whole = answer->state_count, kept = 0;
    struct interval_end *told = mem_zero(whole, sizeof *told);
    memcpy(told, answer->states, whole * sizeof *told);
    for (size_t i = 0; i < answer->state_count; i++)
        for (size_t j = 0; j < whole; j++) {
            struct interval_end *older = &answer->states[i], rest = *older;
            const struct interval_end *newer = &told[j];
            if (!told_later(newer, older) || newer->start_ms >= older->end_ms || newer->end_ms <= older->start_ms)
                continue;
            rest.start_ms = newer->end_ms;
            older->end_ms = newer->start_ms > older->start_ms ? newer->start_ms : older->start_ms;
            if (rest.start_ms >= rest.end_ms)
                continue;
            answer->states = mem_grow(answer->states, answer->state_count, &capacity, sizeof *answer->states);
            answer->states[answer->state_count++] = rest;
        }
    for (size_t i = 0; i < answer->state_count; i++)
        if (answer->states[i].end_ms > answer->states[i].start_ms)
            answer->states[kept++] = answer->states[i];
    answer->state_count = kept;
    free(told);
    qsort(answer->states, kept, sizeof *answer->states, by_start);
}

static bool overlap(const struct answer *answer)
{
    for (size_t i = 1; i < answer->state_count; i++)
        if (answer->states[i].start_ms < answer->states[i - 1].end_ms)
            return true;
    return false;
}

/* The newest ones, turned round. */
static bool answer_states(struct history *h, const struct want *want, uint64_t until_seq, struct answer *answer, struct error *err)
{
    size_t capacity = 0;
    int rc;
    if (!history_begin(h, err))
        return false;
    sqlite3_stmt *stmt = history_stmt(h, STMT_INTERVALS, err);
    if (!stmt)
        return false;
    sqlite3_bind_text(stmt, 1, want->path, -1, SQLITE_STATIC);
    sqlite3_bind_int64(stmt, 2, want->from_ms);
    sqlite3_bind_int64(stmt, 3, want->to_ms);
    sqlite3_bind_int64(stmt, 4, until_seq ? seq_key(until_seq) : INT64_MAX);
    sqlite3_bind_int(stmt, 5, RECALL_ROWS + 1);
    while ((rc = history_row(h, stmt, err)) == SQLITE_ROW) {
        answer->cut = answer->state_count == RECALL_ROWS;
        if (answer->cut)
            break;
        answer->states = mem_grow(answer->states, answer->state_count, &capacity, sizeof *answer->states);
        answer->states[answer->state_count++] = interval_of(stmt, want->path);
    }
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        return false;
    history_done(stmt);
    for (size_t i = 0, j = answer->state_count; i + 1 < j; i++) {
        struct interval_end swap = answer->states[i];
        answer->states[i] = answer->states[--j];
        answer->states[j] = swap;
    }
    if (overlap(answer))
        uncover(answer, capacity);
    return history_end(h, err);
}

/* ---- events ---- */

static bool answer_events(struct history *h, const struct want *want, uint64_t until_seq, struct answer *answer, struct error *err)
{
    uint32_t changes = 0;
    for (size_t kind = 0; want->changes && kind < EVENT_KIND_COUNT; kind++)
        changes |= event_table[kind].change ? UINT32_C(1) << kind : 0;
    struct event_query query = {.path = want->path, .find = want->find, .kinds = want->changes ? changes : want->kinds, .from_ms = want->from_ms, .to_ms = want->to_ms,
        .number = want->number, .oldest = want->oldest, .rows = want->rows && want->rows < RECALL_ROWS ? want->rows : RECALL_ROWS, .until_seq = until_seq};
    return history_events(h, &query, &answer->events, &answer->event_count, &answer->cut, err);
}

/* ---- all ---- */

static bool answer_metrics(struct history *h, const struct want *want, uint64_t until_seq, struct answer *answer, struct error *err)
{
    if (want->to_ms <= want->from_ms || want->to_ms - want->from_ms > METRICS_LONGEST_MS) {
        snprintf(answer->why, sizeof answer->why, "no such period");
        return true;
    }
    answer->metrics = alarm_metrics_create(&(struct metrics_options){.from_ms = want->from_ms, .to_ms = want->to_ms, .day_ms = want->day_ms,
        .chatter_count = want->chatter_count, .chatter_ms = want->chatter_ms, .fleeting_ms = want->fleeting_ms});
    return history_metrics(h, answer->metrics, want->now_ms ? want->now_ms : INT64_MAX, until_seq, err);
}

static bool has_time(enum account_by by)
{
    return by == BY_HOUR || by == BY_SHIFT || by == BY_DAY || by == BY_CELL;
}

/* Of too many the newest ones, or the first of their names. */
static bool answer_accounts(struct history *h, const struct want *want, uint64_t until_seq, struct answer *answer, struct error *err)
{
    struct account_query query = {.path = want->path, .below = want->below, .by = want->by, .hour_ms = want->day_ms, .from_ms = want->from_ms, .to_ms = want->to_ms, .until_seq = until_seq};
    if (!history_accounts(h, &query, &answer->accounts, &answer->account_count, err))
        return false;
    size_t more = answer->account_count > RECALL_ROWS ? answer->account_count - RECALL_ROWS : 0;
    if (more && has_time(want->by))
        memmove(answer->accounts, answer->accounts + more, RECALL_ROWS * sizeof *answer->accounts);
    answer->account_count -= more;
    answer->cut = more > 0;
    return true;
}

static bool answer_stops(struct history *h, const struct want *want, uint64_t until_seq, struct answer *answer, struct error *err)
{
    size_t rows = want->rows && want->rows < RECALL_ROWS ? want->rows : RECALL_ROWS;
    return history_stops(h, want->path, want->from_ms, want->to_ms, until_seq, rows, &answer->stops, &answer->stop_count, &answer->cut, err);
}

static bool answer_span(struct history *h, struct answer *answer, struct error *err)
{
    uint64_t seq;
    if (history_span(h, &answer->first_ms, &answer->last_ms, &seq, err))
        return true;
    if (err->text[0])
        return false;
    snprintf(answer->why, sizeof answer->why, "nothing is recorded yet");
    return true;
}

/* The meter of that key, or all at and below the node: the caller's. */
static uint32_t *meters_of(const struct plant *plant, const struct want *want, size_t *count)
{
    uint32_t *meters = mem_resize(NULL, plant->meter_count + 1, sizeof *meters), node = want->below ? plant_node_by_path(plant, want->path) : NO_NODE;
    *count = 0;
    if (!want->below && (meters[0] = plant_meter_by_key(plant, want->path)) != NO_METER)
        *count = 1;
    for (uint32_t m = 0; node != NO_NODE && m < plant->meter_count; m++)
        if (plant->meters[m].node >= node && plant->meters[m].node < plant->nodes[node].end)
            meters[(*count)++] = m;
    return meters;
}

/* Of too many the newest ones of one meter, or those of the first meters. */
static bool answer_energy(struct history *h, const struct want *want, uint64_t until_seq, struct answer *answer, struct error *err)
{
    struct energy_query query = {.plant = h->plant, .step = want->step, .by = want->by, .from_ms = want->from_ms, .to_ms = want->to_ms, .until_seq = until_seq};
    uint32_t *meters = h->plant ? meters_of(h->plant, want, &query.meter_count) : NULL;
    query.meters = meters;
    bool good = true;
    if (query.meter_count == 0)
        snprintf(answer->why, sizeof answer->why, !h->plant ? "no configuration is recorded yet" : "no meter is configured there");
    else
        good = history_energy(h, &query, &answer->energies, &answer->energy_count, err);
    free(meters);
    if (!good)
        return false;
    size_t more = answer->energy_count > RECALL_ENERGIES ? answer->energy_count - RECALL_ENERGIES : 0;
    if (more && query.meter_count == 1)
        memmove(answer->energies, answer->energies + more, RECALL_ENERGIES * sizeof *answer->energies);
    answer->energy_count -= more;
    answer->cut = more > 0;
    return true;
}

bool history_answer(struct history *h, const struct want *want, uint64_t until_seq, struct answer *answer, struct error *err)
{
    struct answer made = {.want = *want};
    struct error own;
    bool good = false;
    err = err ? err : &own;
    switch (want->kind) {
    case WANT_COLUMNS: good = answer_columns(h, want, until_seq, &made, err); break;
    case WANT_STATES: good = answer_states(h, want, until_seq, &made, err); break;
    case WANT_EVENTS: good = answer_events(h, want, until_seq, &made, err); break;
    case WANT_SPAN: good = answer_span(h, &made, err); break;
    case WANT_METRICS: good = answer_metrics(h, want, until_seq, &made, err); break;
    case WANT_ACCOUNTS: good = answer_accounts(h, want, until_seq, &made, err); break;
    case WANT_ENERGY: good = answer_energy(h, want, until_seq, &made, err); break;
    case WANT_STOPS: good = answer_stops(h, want, until_seq, &made, err); break;
    }
    if (good)
        *answer = made;
    else
        answer_finish(&made);
    return good;
}
