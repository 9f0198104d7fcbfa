/*
 * A struct window holds the samples of one stretch of time, of all tags; they are sorted by time and passed on, then the next stretch is read. So memory is
 * bounded by what an hour holds, and equal times keep the order of the tags.
 */
#include "app/backtest.h"

#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

enum { WINDOW_MS = 3600000, WINDOW_SAMPLES = 4000000 };

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

static bool take(void *arg, uint32_t series, const struct sample *sample, const char *text)
{
    struct window *w = arg;
    (void)series;
    w->stopped = w->stop && w->count % 4096 == 0 && w->stop(w->arg);
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

static bool read_window(struct history *history, struct whatif *whatif, const uint32_t *series, int64_t from_ms, int64_t to_ms, struct window *w, struct error *err)
{
    for (w->tag = 0; w->tag < whatif_tag_count(whatif); w->tag++)
        if (series[w->tag] && !history_samples(history, series[w->tag], from_ms, to_ms, 0, take, w, err))
            return false;
    if (w->full)
        return error_set(err, "more than %d samples in an hour", WINDOW_SAMPLES);
    pass_on(w, whatif);
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

bool backtest_run(struct history *history, struct whatif *whatif, int64_t from_ms, int64_t to_ms, backtest_stop_fn *stop, void *arg, struct error *err)
{
    struct window w = {.stop = stop, .arg = arg};
    uint32_t *series = mem_zero(whatif_tag_count(whatif) + 1, sizeof *series);
    samples_init(&w.samples);
    whatif_begin(whatif, from_ms);
    bool good = find_series(history, whatif, series, err);
    for (int64_t at = from_ms - WHATIF_WARM_MS; good && !w.stopped && at < to_ms; at += WINDOW_MS)
        good = read_window(history, whatif, series, at, at + WINDOW_MS < to_ms ? at + WINDOW_MS : to_ms, &w, err);
    if (good && w.stopped)
        good = error_set(err, "%s", "");
    whatif_end(whatif, to_ms);
    if (good && whatif_counts(whatif)->samples == 0)
        good = error_set(err, "the cache holds no sample of it in that time");
    samples_finish(&w.samples);
    free(w.rows);
    free(series);
    return good;
}
