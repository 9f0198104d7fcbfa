/*
 * Makes a small cache whose contents are known, for tests of the subcommands that read one; prints its folder.
 *
 *   plant/a/oil    a real every second for two hours from 2024-06-12T00:00:00Z: 20 + (second mod 100) / 10; every 600th is bad
 *   plant/a/note   three texts, one with a comma and quotes
 *   plant/b/count  an integer beyond 63 bits, one of -5, true
 *
 * The first hour is in chunks, the second in the journal.
 */
#include "cache.h"

#include "check.h"

#define DAY INT64_C(1718150400000)

static void add(struct batch *batch, uint32_t series, struct value value, uint8_t quality)
{
    batch_add(batch, (struct record){.kind = RECORD_SAMPLE, .series = series, .time_ms = batch->wall_ms, .value = value, .quality = quality, .flags = SAMPLE_SOURCE_TIME});
}

static struct value word(struct batch *batch, const char *text)
{
    return value_text(batch_text(batch, text, strlen(text)));
}

int main(void)
{
    enum { SECONDS = 7200 };
    static struct batch batches[SECONDS];
    struct cache c;
    cache_make(&c);
    cache_series(&c, 1, "plant/a/oil");
    cache_series(&c, 2, "plant/a/note");
    cache_series(&c, 3, "plant/b/count");
    for (int s = 0; s < SECONDS; s++) {
        struct batch *b = &batches[s];
        b->seq = (uint64_t)s + 1;
        b->elapsed_ms = 1000;
        b->wall_ms = DAY + s * INT64_C(1000);
        add(b, 1, value_real(20 + (s % 100) / 10.0), s % 600 == 599 ? QUALITY_BAD : QUALITY_GOOD);
        if (s == 10)
            add(b, 2, word(b, "plain"), QUALITY_GOOD);
        if (s == 20)
            add(b, 2, word(b, "a, \"b\""), QUALITY_UNCERTAIN);
        if (s == 4000)
            add(b, 2, word(b, "störung"), QUALITY_GOOD);
        if (s == 30)
            add(b, 3, value_uint(UINT64_C(18446744073709551615)), QUALITY_GOOD);
        if (s == 31)
            add(b, 3, value_int(-5), QUALITY_GOOD);
        if (s == 5000)
            add(b, 3, value_bool(true), QUALITY_GOOD);
    }
    cache_run(&c, "BEGIN");
    cache_chunks(&c, batches, SECONDS / 2, 1000);
    for (int s = SECONDS / 2; s < SECONDS; s += 10)
        cache_journal(&c, &batches[s], 10);
    cache_run(&c, "INSERT INTO event(number, seq, ms, kind, series, path, text, before, after, span_ms, down, who) VALUES(1, 10, 1718150410000, 'gap', NULL, '', 'the collector was away', '', '5s', 5000, 0, '')");
    cache_run(&c, "COMMIT");
    sqlite3_close(c.db);
    for (int s = 0; s < SECONDS; s++)
        batch_finish(&batches[s]);
    puts(c.folder);
    return 0;
}
