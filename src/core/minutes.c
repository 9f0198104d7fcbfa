/*
 * Minutes are columns: their numbers, counts, and three columns of reals, of which two are left out where every minute holds one
 * sample. The sums of short decimals are made short decimals again, which an addition of doubles leaves by some last bits.
 */
#include "core/minutes.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/decimal.h"
#include "core/hash_index.h"
#include "core/memory.h"

enum { CHECK_BYTES = 4, MINUTES_PLAIN_MOST = CHUNK_SAMPLES * 64 };
enum { MINUTES_ALONE = 1 }; /* every minute holds one sample: least, greatest and sum are the same */

static inline bool counts(const struct sample *sample, double *number)
{
    if (sample->quality < QUALITY_UNCERTAIN || sample->flags & SAMPLE_RETAINED)
        return false;
    if (sample->value.kind != VALUE_REAL)
        return value_number(sample->value, number);
    *number = sample->value.d;
    return true;
}

static inline void add_number(struct summary *summary, double number)
{
    if (summary->count++ == 0) {
        summary->min = summary->max = summary->sum = number;
        return;
    }
    summary->min = number < summary->min ? number : summary->min;
    summary->max = number > summary->max ? number : summary->max;
    summary->sum += number;
}

/* Sums stay finite: what goes beyond every double stays at the last one. */
static double finite(double sum)
{
    return isfinite(sum) ? sum : sum > 0 ? DBL_MAX : -DBL_MAX;
}

void summary_add(struct summary *summary, const struct sample *sample)
{
    double number;
    if (!counts(sample, &number))
        return;
    add_number(summary, number);
    summary->sum = finite(summary->sum);
}

void summary_merge(struct summary *summary, const struct summary *other)
{
    bool first = summary->count == 0;
    if (other->count == 0)
        return;
    summary->min = first || other->min < summary->min ? other->min : summary->min;
    summary->max = first || other->max > summary->max ? other->max : summary->max;
    summary->sum = finite(first ? other->sum : summary->sum + other->sum);
    summary->count += other->count;
}

void minutes_finish(struct minutes *minutes)
{
    free(minutes->rows);
    *minutes = (struct minutes){.rows = NULL};
}

/* The place of a minute; usually the last. */
static size_t place_of(const struct minutes *minutes, int64_t start)
{
    size_t low = 0, high = minutes->count;
    if (high == 0 || minutes->rows[high - 1].start_ms < start)
        return high;
    if (minutes->rows[high - 1].start_ms == start)
        return high - 1;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (minutes->rows[middle].start_ms < start)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int64_t minute_of(int64_t time_ms)
{
    int64_t rest = time_ms % MINUTE_MS;
    return time_ms - (rest < 0 ? rest + MINUTE_MS : rest);
}

static struct summary *minute_at(struct minutes *minutes, int64_t start)
{
    size_t at = place_of(minutes, start);
    if (at == minutes->count || minutes->rows[at].start_ms != start) {
        minutes->rows = mem_grow(minutes->rows, minutes->count, &minutes->capacity, sizeof *minutes->rows);
        memmove(minutes->rows + at + 1, minutes->rows + at, (minutes->count - at) * sizeof *minutes->rows);
        minutes->rows[at] = (struct summary){.start_ms = start};
        minutes->count++;
    }
    return &minutes->rows[at];
}

void minutes_add(struct minutes *minutes, const struct sample *samples, size_t count)
{
    struct summary running = {.count = 0};
    double number;
    for (size_t i = 0; i < count; i++) {
        if (!counts(&samples[i], &number))
            continue;
        int64_t into = samples[i].time_ms - running.start_ms;
        if (running.count > 0 && (into < 0 || into >= MINUTE_MS)) {
            summary_merge(minute_at(minutes, running.start_ms), &running);
            running.count = 0;
        }
        if (running.count == 0)
            running.start_ms = minute_of(samples[i].time_ms);
        add_number(&running, number);
    }
    if (running.count > 0)
        summary_merge(minute_at(minutes, running.start_ms), &running);
}

double sum_exact(double sum, int decimals)
{
    if (decimals < 0 || decimals > DECIMALS_MOST)
        return sum;
    double power = decimal_power(decimals), scaled = sum * power, whole = round(scaled);
    return fabs(scaled) < 1e15 && fabs(scaled - whole) < 0.125 ? whole / power : sum;
}

void minutes_exact(struct minutes *minutes, int decimals)
{
    for (size_t m = 0; m < minutes->count; m++)
        if (minutes->rows[m].count > 1)
            minutes->rows[m].sum = sum_exact(minutes->rows[m].sum, decimals);
}

enum part { PART_MIN, PART_MAX, PART_SUM };

static double *part_of(struct summary *summary, enum part part)
{
    return part == PART_MIN ? &summary->min : part == PART_MAX ? &summary->max : &summary->sum;
}

void minutes_encode(const struct minutes *minutes, struct columns_out *columns, struct packer *out)
{
    size_t start = out->count, n = minutes->count;
    uint64_t *whole = mem_resize(NULL, n, sizeof *whole);
    double *real = mem_resize(NULL, n, sizeof *real);
    bool alone = true;
    columns_note(columns, n);
    for (size_t m = 0; m < n; m++)
        whole[m] = (uint64_t)(minutes->rows[m].start_ms / MINUTE_MS);
    column_put(columns, whole, n);
    for (size_t m = 0; m < n; m++) {
        whole[m] = minutes->rows[m].count;
        alone = alone && whole[m] == 1;
    }
    column_put(columns, whole, n);
    columns_note(columns, alone ? MINUTES_ALONE : 0);
    for (enum part part = PART_MIN; part <= (alone ? PART_MIN : PART_SUM); part++) {
        for (size_t m = 0; m < n; m++)
            real[m] = *part_of(&minutes->rows[m], part);
        column_put_reals(columns, real, n);
    }
    free(whole);
    free(real);
    columns_take(columns, out);
    uint64_t check = hash_bytes(out->bytes + start, out->count - start);
    for (int b = 0; b < CHECK_BYTES; b++)
        pack_u8(out, (uint8_t)(check >> (8 * b)));
}

static bool read_whole(struct columns_in *in, struct summary *rows, uint64_t *whole, size_t n)
{
    column_get(in, whole, n);
    for (size_t m = 0; m < n; m++) {
        int64_t minute = (int64_t)whole[m];
        if (minute > TIME_MOST_MS / MINUTE_MS + 1 || minute < -TIME_MOST_MS / MINUTE_MS - 1 || (m > 0 && minute * MINUTE_MS <= rows[m - 1].start_ms))
            return false;
        rows[m].start_ms = minute * MINUTE_MS;
    }
    column_get(in, whole, n);
    for (size_t m = 0; m < n; m++) {
        if (whole[m] == 0 || whole[m] > CHUNK_SAMPLES)
            return false;
        rows[m].count = (uint32_t)whole[m];
    }
    return !columns_failed(in);
}

static bool read_minutes(struct columns_in *in, struct summary *rows, size_t n)
{
    uint64_t *whole = mem_resize(NULL, n, sizeof *whole);
    double *real = mem_resize(NULL, n, sizeof *real);
    bool ok = read_whole(in, rows, whole, n);
    bool alone = ok && columns_note_back(in) & MINUTES_ALONE;
    for (enum part part = PART_MIN; ok && part <= PART_SUM; part++) {
        if (part == PART_MIN || !alone)
            column_get_reals(in, real, n);
        for (size_t m = 0; m < n; m++)
            *part_of(&rows[m], part) = real[m];
    }
    free(whole);
    free(real);
    return ok && !columns_failed(in);
}

static bool check_fits(const uint8_t *bytes, size_t length)
{
    uint64_t check = length > CHECK_BYTES ? hash_bytes(bytes, length - CHECK_BYTES) : 0;
    for (int b = 0; length > CHECK_BYTES && b < CHECK_BYTES; b++)
        if (bytes[length - CHECK_BYTES + (size_t)b] != (uint8_t)(check >> (8 * b)))
            return false;
    return length > CHECK_BYTES;
}

bool minutes_decode(struct squeezer *squeezer, const void *bytes, size_t length, minutes_take *take, void *arg)
{
    struct columns_in in;
    if (!check_fits(bytes, length) || !columns_open(&in, squeezer, bytes, length - CHECK_BYTES, MINUTES_PLAIN_MOST, NULL))
        return false;
    uint64_t n = columns_note_back(&in);
    struct summary *rows = mem_zero(n <= CHUNK_SAMPLES ? (size_t)n : 1, sizeof *rows);
    bool ok = n <= CHUNK_SAMPLES && !columns_failed(&in) && read_minutes(&in, rows, (size_t)n);
    for (size_t m = 0; ok && m < n; m++)
        take(arg, &rows[m]);
    free(rows);
    columns_close(&in);
    return ok;
}
