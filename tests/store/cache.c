#include "cache.h"

#include <unistd.h>

#include "check.h"
#include "core/memory.h"
#include "io/store_schema.h"

uint64_t random_next(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

void cache_run(struct cache *c, const char *sql)
{
    if (sqlite3_exec(c->db, sql, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(c->db));
}

void cache_make(struct cache *c)
{
    struct error err;
    snprintf(c->folder, sizeof c->folder, "/tmp/andon-cache-XXXXXX");
    assert_non_null(mkdtemp(c->folder));
    snprintf(c->path, sizeof c->path, "%s/andon.db", c->folder);
    assert_int_equal(sqlite3_open(c->path, &c->db), SQLITE_OK);
    cache_run(c, "PRAGMA page_size=4096; PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF");
    if (!schema_make(c->db, &err))
        fail_msg("%s", err.text);
}

void cache_finish(struct cache *c)
{
    static const char *const ends[] = {"", "-wal", "-shm", "-fresh"};
    char path[128];
    sqlite3_close(c->db);
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s%s", c->path, ends[i]);
        unlink(path);
    }
    rmdir(c->folder);
}

void cache_series(struct cache *c, uint32_t id, const char *path)
{
    char *sql = sqlite3_mprintf("INSERT INTO series(id, path) VALUES(%u, %Q)", id, path);
    cache_run(c, sql);
    sqlite3_free(sql);
}

/* Integers, then a blob or two; steps and finalizes. */
static void insert(struct cache *c, const char *sql, const int64_t *numbers, int count, const struct packer *one, const struct packer *two)
{
    sqlite3_stmt *stmt;
    assert_int_equal(sqlite3_prepare_v2(c->db, sql, -1, &stmt, NULL), SQLITE_OK);
    for (int i = 0; i < count; i++)
        sqlite3_bind_int64(stmt, i + 1, numbers[i]);
    sqlite3_bind_blob(stmt, count + 1, one->bytes, (int)one->count, SQLITE_STATIC);
    if (two)
        sqlite3_bind_blob(stmt, count + 2, two->bytes, (int)two->count, SQLITE_STATIC);
    assert_int_equal(sqlite3_step(stmt), SQLITE_DONE);
    sqlite3_finalize(stmt);
}

void cache_journal(struct cache *c, const struct batch *batches, size_t count)
{
    struct packer run = {.bytes = NULL}, squeezed = {.bytes = NULL};
    run_begin(&run);
    for (size_t i = 0; i < count; i++)
        run_add_batch(&run, &batches[i]);
    run_end(&run);
    squeeze(run.bytes, run.count, &squeezed);
    insert(c, "INSERT INTO journal VALUES(?,?,?,?,?,?)", (int64_t[]){(int64_t)batches[0].seq, (int64_t)batches[count - 1].seq, batches[0].wall_ms,
        batches[count - 1].wall_ms, 0}, 5, &squeezed, NULL);
    packer_finish(&run);
    packer_finish(&squeezed);
}

void cache_samples(struct cache *c, uint32_t series, const struct samples *samples, size_t most)
{
    struct packer bytes = {.bytes = NULL}, minutes = {.bytes = NULL};
    struct chunk_facts f;
    for (size_t at = 0; at < samples->count; at += most) {
        char sql[256];
        packer_clear(&bytes);
        packer_clear(&minutes);
        chunk_encode(NULL, samples, at, samples->count - at < most ? samples->count - at : most, &bytes, &minutes, &f);
        snprintf(sql, sizeof sql, "INSERT INTO chunk(min,max,sum,series,first_seq,last_seq,first_ms,last_ms,count,numbers,minutes,samples) VALUES(%.17g,%.17g,%.17g,?,?,?,?,?,?,?,?,?)",
            f.whole.min, f.whole.max, f.whole.sum);
        insert(c, sql, (int64_t[]){series, (int64_t)f.first_seq, (int64_t)f.last_seq, f.first_ms, f.last_ms, f.count, f.whole.count}, 7, &minutes, &bytes);
    }
    packer_finish(&bytes);
    packer_finish(&minutes);
}

void batches_samples(const struct batch *batches, size_t count, uint32_t series, struct samples *out)
{
    for (size_t b = 0; b < count; b++)
        for (size_t r = 0; r < batches[b].count; r++) {
            const struct record *record = &batches[b].records[r];
            if (record->kind == RECORD_SAMPLE && record->series == series)
                samples_add(out, (struct sample){.seq = batches[b].seq, .time_ms = record->time_ms, .value = record->value, .quality = record->quality,
                    .flags = record->flags}, record->value.kind == VALUE_TEXT ? batch_text_at(&batches[b], record->value.text) : NULL);
        }
}

void cache_chunks(struct cache *c, const struct batch *batches, size_t count, size_t most)
{
    struct batch_log *log = batch_log_create();
    struct packer bytes = {.bytes = NULL};
    struct samples samples;
    uint32_t last = 0;
    samples_init(&samples);
    for (size_t b = 0; b < count; b++) {
        batch_log_add(log, &batches[b]);
        for (size_t r = 0; r < batches[b].count; r++)
            if (batches[b].records[r].kind == RECORD_SAMPLE && batches[b].records[r].series > last)
                last = batches[b].records[r].series;
    }
    batch_log_take(log, &bytes);
    batch_log_destroy(log);
    insert(c, "INSERT INTO stream VALUES(?,?,?,?,?)", (int64_t[]){(int64_t)batches[0].seq, (int64_t)batches[count - 1].seq, batches[0].wall_ms, batches[count - 1].wall_ms}, 4, &bytes, NULL);
    for (uint32_t series = 1; series <= last; series++) {
        samples_clear(&samples);
        batches_samples(batches, count, series, &samples);
        cache_samples(c, series, &samples, most);
    }
    samples_finish(&samples);
    packer_finish(&bytes);
}

static void put_hour(struct cache *c, uint32_t series, const struct summary *hour)
{
    char sql[256];
    snprintf(sql, sizeof sql, "INSERT INTO hour VALUES(%u,%lld,%u,%.17g,%.17g,%.17g) ON CONFLICT DO UPDATE SET count=count+excluded.count, min=min(min,excluded.min),"
        " max=max(max,excluded.max), sum=sum+excluded.sum", series, (long long)hour->start_ms, hour->count, hour->min, hour->max, hour->sum);
    if (hour->count)
        cache_run(c, sql);
}

void cache_hours(struct cache *c, uint32_t series, const struct samples *samples, int64_t until_ms)
{
    char sql[128];
    struct summary hour = {.count = 0};
    for (size_t i = 0; i < samples->count; i++) {
        int64_t ms = samples->rows[i].time_ms, start = ms - ms % HOUR_MS;
        if (ms >= until_ms)
            continue;
        if (start != hour.start_ms) {
            put_hour(c, series, &hour);
            hour = (struct summary){.start_ms = start};
        }
        summary_add(&hour, &samples->rows[i]);
    }
    put_hour(c, series, &hour);
    snprintf(sql, sizeof sql, "UPDATE series SET hours_ms=%lld WHERE id=%u", (long long)until_ms, series);
    cache_run(c, sql);
}

/* ---- batches ---- */

static struct value any_value(uint64_t *random, uint32_t series, struct batch *batch)
{
    static const char *const words[] = {"running", "waiting for material", "störung", "x"};
    uint64_t r = random_next(random);
    const char *word = words[r % 4];
    switch (series % 5) {
    case 0: return value_text(batch_text(batch, word, strlen(word)));
    case 1: return value_real((double)(int64_t)(r % 20000) / 100 - 30);
    case 2: return value_int((int64_t)(r % 1000) - 500);
    case 3: return value_bool(r & 1);
    default: return r % 7 == 0 ? value_null() : value_real((double)(r % 1000003) * 1.37e-3);
    }
}

static void add_sample(struct batch *batch, uint64_t *random, uint32_t series)
{
    uint64_t r = random_next(random);
    uint8_t flags = SAMPLE_SOURCE_TIME, quality = QUALITY_GOOD;
    int64_t time = batch->wall_ms - (int64_t)(r % 90);
    if (r >> 8 & 1 && r % 11 == 0) {
        time -= (int64_t)(r >> 20) % (3000 * batch->elapsed_ms);
        flags |= SAMPLE_LATE;
    }
    if (r % 13 == 0)
        flags |= SAMPLE_RETAINED;
    if (r % 17 == 0)
        flags |= SAMPLE_HISTORICAL;
    if (r % 19 == 0)
        quality = QUALITY_BAD;
    else if (r % 23 == 0)
        quality = QUALITY_UNCERTAIN;
    batch_add(batch, (struct record){.kind = RECORD_SAMPLE, .series = series, .time_ms = time, .value = any_value(random, series, batch), .quality = quality, .flags = flags});
}

struct batch *batches_make(uint64_t seed, uint64_t first, size_t count, uint32_t series, int64_t begin_ms, int64_t step_ms)
{
    struct batch *batches = mem_zero(count, sizeof *batches);
    uint64_t random = seed;
    for (size_t b = 0; b < count; b++) {
        struct batch *batch = &batches[b];
        batch_init(batch);
        batch->seq = first + b;
        batch->elapsed_ms = step_ms;
        batch->wall_ms = begin_ms + (int64_t)b * step_ms;
        memset(batch->boot, 7, sizeof batch->boot);
        uint64_t r = random_next(&random);
        for (uint32_t s = 1; s <= series; s++)
            for (uint64_t n = random_next(&random) % 4; n >= 2; n--)
                add_sample(batch, &random, s);
        if (r % 29 == 0) {
            uint32_t text = batch_text(batch, "broker:main", 11), why = batch_text(batch, "gone", 4);
            batch_add(batch, (struct record){.kind = r & 64 ? RECORD_BIRTH : RECORD_DEATH, .time_ms = batch->wall_ms, .text = text, .detail = why});
            add_sample(batch, &random, 1);
        } else if (r % 31 == 0) {
            batch_add(batch, (struct record){.kind = RECORD_SERIES, .series = series, .text = batch_text(batch, "plant/new", 9)});
            batch_add(batch, (struct record){.kind = RECORD_DROPPED, .code = 3, .value = value_uint(2), .text = batch_text(batch, "some/topic", 10)});
        }
        batch_order(batch);
    }
    return batches;
}

void batches_free(struct batch *batches, size_t count)
{
    for (size_t b = 0; b < count; b++)
        batch_finish(&batches[b]);
    free(batches);
}

void batch_same(const struct batch *a, const struct batch *b)
{
    assert_int_equal(a->seq, b->seq);
    assert_int_equal(a->wall_ms, b->wall_ms);
    assert_int_equal(a->elapsed_ms, b->elapsed_ms);
    assert_memory_equal(a->boot, b->boot, sizeof a->boot);
    assert_int_equal(a->count, b->count);
    for (size_t r = 0; r < a->count; r++) {
        const struct record *x = &a->records[r], *y = &b->records[r];
        assert_int_equal(x->kind, y->kind);
        assert_int_equal(x->series, y->series);
        assert_int_equal(x->time_ms, y->time_ms);
        assert_int_equal(x->quality, y->quality);
        assert_int_equal(x->flags, y->flags);
        assert_int_equal(x->code, y->code);
        assert_string_equal(batch_text_at(a, x->text), batch_text_at(b, y->text));
        assert_string_equal(batch_text_at(a, x->detail), batch_text_at(b, y->detail));
        if (x->value.kind == VALUE_TEXT && y->value.kind == VALUE_TEXT)
            assert_string_equal(batch_text_at(a, x->value.text), batch_text_at(b, y->value.text));
        else
            assert_true(value_same(x->value, y->value));
    }
}
