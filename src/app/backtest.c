/*
 * A struct window holds the samples of one stretch of time, of all tags; they are sorted by time and passed on, then the next stretch is read. So memory is
 * bounded by what an hour holds, and equal times keep the order of the tags. A stretch that somebody stops is forgotten and read again, in shorter ones for a
 * while, so that whoever stops it often still lets it get on.
 */
#include "app/backtest.h"

#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

enum { WINDOW_MS = 3600000, WINDOW_LEAST_MS = 60000, WINDOW_SAMPLES = 4000000, ASK_EVERY = 256 };

struct row {
    size_t tag, order;
    uint32_t sample; /* in `samples` */
    int64_t time_ms;
};

struct window {
    struct samples samples;
    struct row *rows;
    size_t count, capacity, tag;
    backtest_stop_fn *stop;
    void *arg;
    bool stopped, full;
};

struct backtest {
    struct whatif *whatif;   /* borrowed */
    struct window w;
    uint32_t *series;        /* of each of its tags; 0: not known */
    int64_t from_ms, to_ms;
    int64_t at, step;        /* where the next stretch begins, and how long it is */
};

static bool take(void *arg, uint32_t series, const struct sample *sample, const char *text)
{
    struct window *w = arg;
    (void)series;
    w->stopped = w->stop && w->count % ASK_EVERY == ASK_EVERY - 1 && w->stop(w->arg);
    w->full = w->count >= WINDOW_SAMPLES;
    if (w->stopped || w->full)
        return false;
    w->rows = mem_grow(w->rows, w->count, &w->capacity, sizeof *w->rows);
    w->rows[w->count] = (struct row){.tag = w->tag, .order = w->count, .sample = (uint32_t)w->samples.count, .time_ms = sample->time_ms};
    w->count++;
    samples_add(&w->samples, *sample, text);
    return true;
}

static int by_time(const void *left, const void *right)
{
    const struct row *a = left, *b = right;
    if (a->time_ms != b->time_ms)
        return a->time_ms < b->time_ms ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

static void pass_on(struct window *w, struct whatif *whatif)
{
    if (w->count)
        qsort(w->rows, w->count, sizeof *w->rows, by_time);
    for (size_t r = 0; r < w->count; r++) {
        const struct sample *sample = &w->samples.rows[w->rows[r].sample];
        whatif_sample(whatif, w->rows[r].tag, sample, sample->value.kind == VALUE_TEXT ? samples_text(&w->samples, sample->value) : NULL);
    }
    samples_clear(&w->samples);
    w->count = 0;
}

static void forget(struct window *w)
{
    samples_clear(&w->samples);
    w->count = 0;
}

static bool read_window(struct backtest *b, struct history *history, int64_t to_ms, struct error *err)
{
    struct window *w = &b->w;
    w->stopped = w->stop && w->stop(w->arg);
    for (w->tag = 0; w->tag < whatif_tag_count(b->whatif) && !w->stopped; w->tag++)
        if (b->series[w->tag] && !history_samples(history, b->series[w->tag], b->at, to_ms, 0, take, w, err)) {
            forget(w);
            return false;
        }
    if (w->full)
        return error_set(err, "more than %d samples in an hour", WINDOW_SAMPLES);
    if (w->stopped)
        forget(w);
    else
        pass_on(w, b->whatif);
    return true;
}

/* The ids of its tags in the cache; false when it knows none of them. */
static bool find_series(struct history *history, const struct whatif *whatif, uint32_t *series, struct error *err)
{
    char key[KEY_BYTES] = "";
    bool any = false;
    for (size_t t = 0; t < whatif_tag_count(whatif); t++) {
        whatif_tag_key(whatif, t, key, sizeof key);
        series[t] = history_series(history, key);
        any = any || series[t];
    }
    if (!any)
        return error_set(err, "the cache holds nothing of %s", key);
    return history_follow(history, series, whatif_tag_count(whatif) < HISTORY_FOLLOW ? whatif_tag_count(whatif) : HISTORY_FOLLOW, err);
}

struct backtest *backtest_create(struct whatif *whatif, int64_t from_ms, int64_t to_ms)
{
    struct backtest *b = mem_zero(1, sizeof *b);
    *b = (struct backtest){.whatif = whatif, .from_ms = from_ms, .to_ms = to_ms, .at = from_ms - WHATIF_WARM_MS, .step = WINDOW_MS};
    b->series = mem_zero(whatif_tag_count(whatif) + 1, sizeof *b->series);
    samples_init(&b->w.samples);
    whatif_begin(whatif, from_ms);
    return b;
}

void backtest_destroy(struct backtest *b)
{
    if (!b)
        return;
    samples_finish(&b->w.samples);
    free(b->w.rows);
    free(b->series);
    free(b);
}

bool backtest_go_on(struct backtest *b, struct history *history, backtest_stop_fn *stop, void *arg, struct error *err)
{
    b->w.stop = stop;
    b->w.arg = arg;
    if (!find_series(history, b->whatif, b->series, err))
        return false;
    while (b->at < b->to_ms) {
        int64_t end = b->at + b->step < b->to_ms ? b->at + b->step : b->to_ms;
        if (!read_window(b, history, end, err))
            return false;
        if (b->w.stopped) {
            b->step = b->step / 2 > WINDOW_LEAST_MS ? b->step / 2 : WINDOW_LEAST_MS;
            return error_set(err, "%s", "");
        }
        b->at = end;
        b->step = b->step * 2 < WINDOW_MS ? b->step * 2 : WINDOW_MS;
    }
    whatif_end(b->whatif, b->to_ms);
    return whatif_counts(b->whatif)->samples > 0 || error_set(err, "the cache holds no sample of it in that time");
}

bool backtest_run(struct history *history, struct whatif *whatif, int64_t from_ms, int64_t to_ms, struct error *err)
{
    struct backtest *b = backtest_create(whatif, from_ms, to_ms);
    bool good = backtest_go_on(b, history, NULL, NULL, err);
    backtest_destroy(b);
    return good;
}
