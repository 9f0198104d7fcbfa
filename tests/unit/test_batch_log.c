#include "check.h"

#include "core/batch_log.h"
#include "core/memory.h"

static const int64_t start_ms = INT64_C(1718178725000);

static void begin(struct batch *b, uint64_t seq, int64_t wall_ms, int64_t elapsed_ms, uint8_t boot)
{
    batch_clear(b);
    b->seq = seq;
    b->wall_ms = wall_ms;
    b->elapsed_ms = elapsed_ms;
    memset(b->boot, boot, sizeof b->boot);
}

static void add(struct batch *b, uint8_t kind, uint32_t series, const char *text)
{
    batch_add(b, (struct record){.kind = kind, .series = series, .time_ms = b->wall_ms, .value = value_int(series),
        .quality = QUALITY_GOOD, .text = batch_text(b, text, strlen(text))});
}

static void assert_times(const struct batch *b, uint64_t seq, int64_t wall_ms, int64_t elapsed_ms, uint8_t boot)
{
    uint8_t expected[16];
    memset(expected, boot, sizeof expected);
    assert_true(b->seq == seq);
    assert_true(b->wall_ms == wall_ms);
    assert_true(b->elapsed_ms == elapsed_ms);
    assert_memory_equal(b->boot, expected, sizeof expected);
}

static struct packer take(struct batch_log *log)
{
    struct packer p;
    packer_init(&p);
    batch_log_take(log, &p);
    return p;
}

/* The kinds of a batch's records, a letter each. */
static const char *kinds(const struct batch *b)
{
    static char text[64];
    size_t n = 0;
    for (; n < b->count && n < sizeof text - 1; n++)
        text[n] = "?sbdacgkxn"[b->records[n].kind];
    text[n] = '\0';
    return text;
}

static void numbers_and_times_come_back(void **state)
{
    (void)state;
    static const struct { int64_t elapsed, step; uint8_t boot; } days[] = {
        {100, 100, 1}, {100, 101, 1}, {0, 0, 1}, {100, -3600000, 1}, {1000, 1000, 1}, {0, 86400000, 2}, {100, 100, 2}, {100, 100, 1},
        {TIME_MOST_MS, 0, 3},
    };
    enum { DAYS = sizeof days / sizeof *days };
    struct batch_log *log = batch_log_create();
    struct batch b;
    batch_init(&b);
    int64_t wall = start_ms;
    for (size_t d = 0; d < DAYS; d++) {
        begin(&b, 500 + d, wall += days[d].step, days[d].elapsed, days[d].boot);
        add(&b, RECORD_SAMPLE, 3, "");
        batch_log_add(log, &b);
    }
    struct packer p = take(log);
    struct batch_log_reader *r = batch_log_open(p.bytes, p.count, NULL);
    struct error err;
    bool whole;
    assert_non_null(r);
    wall = start_ms;
    for (size_t d = 0; d < DAYS; d++) {
        assert_true(batch_log_next(r, &b, &whole, &err));
        assert_times(&b, 500 + d, wall += days[d].step, days[d].elapsed, days[d].boot);
        assert_false(whole);
        assert_int_equal(b.count, 0);
    }
    assert_false(batch_log_next(r, &b, &whole, &err));
    assert_string_equal(err.text, "");
    batch_log_close(r);
    packer_finish(&p);
    batch_finish(&b);
    batch_log_destroy(log);
}

static void an_ordered_batch_keeps_all_but_its_samples_any_other_is_whole(void **state)
{
    (void)state;
    struct batch_log *log = batch_log_create();
    struct batch b;
    struct error err;
    bool whole;
    batch_init(&b);
    begin(&b, 1, start_ms, 100, 1);
    add(&b, RECORD_SERIES, 9, "works/l1/good");
    add(&b, RECORD_DROPPED, 0, "a/topic");
    batch_text(&b, "of a sample", 11);
    batch_add(&b, (struct record){.kind = RECORD_SAMPLE, .series = 4, .value = value_text(3)});
    add(&b, RECORD_SAMPLE, 9, "");
    batch_log_add(log, &b);
    begin(&b, 2, start_ms + 100, 100, 1);
    batch_log_add(log, &b);
    begin(&b, 3, start_ms + 200, 100, 1);
    add(&b, RECORD_SAMPLE, 9, "");
    add(&b, RECORD_DEATH, 0, "broker:main");
    add(&b, RECORD_SAMPLE, 9, "");
    batch_log_add(log, &b);
    struct packer p = take(log);
    struct batch_log_reader *r = batch_log_open(p.bytes, p.count, &err);
    assert_true(batch_log_next(r, &b, &whole, &err));
    assert_false(whole);
    assert_string_equal(kinds(&b), "nx");
    assert_int_equal(b.records[0].series, 9);
    assert_string_equal(batch_text_at(&b, b.records[0].text), "works/l1/good");
    assert_string_equal(batch_text_at(&b, b.records[1].text), "a/topic");
    assert_int_equal(b.text_count, 2);
    assert_true(batch_log_next(r, &b, &whole, &err));
    assert_string_equal(kinds(&b), "");
    assert_true(batch_log_next(r, &b, &whole, &err));
    assert_true(whole);
    assert_string_equal(kinds(&b), "sds");
    assert_string_equal(batch_text_at(&b, b.records[1].text), "broker:main");
    assert_times(&b, 3, start_ms + 200, 100, 1);
    assert_false(batch_log_next(r, &b, &whole, &err));
    batch_log_close(r);
    packer_finish(&p);
    batch_finish(&b);
    batch_log_destroy(log);
}

static void a_taken_log_begins_anew(void **state)
{
    (void)state;
    struct batch_log *log = batch_log_create();
    struct batch b;
    bool whole;
    batch_init(&b);
    for (uint64_t round = 0; round < 3; round++) {
        begin(&b, 10 * round, start_ms, 100, (uint8_t)round);
        add(&b, RECORD_GAP, 0, "");
        if (round != 1)
            batch_log_add(log, &b);
        struct packer p = take(log);
        struct batch_log_reader *r = batch_log_open(p.bytes, p.count, NULL);
        assert_non_null(r);
        assert_int_equal(batch_log_next(r, &b, &whole, NULL), round != 1);
        if (round != 1)
            assert_times(&b, 10 * round, start_ms, 100, (uint8_t)round);
        batch_log_close(r);
        packer_finish(&p);
    }
    batch_finish(&b);
    batch_log_destroy(log);
}

/* Ten batches a second of an ordinary plant: the grid is met within a millisecond or two. */
static struct packer ordinary(size_t count)
{
    struct batch_log *log = batch_log_create();
    struct batch b;
    uint64_t noise = 1;
    int64_t wall = start_ms;
    batch_init(&b);
    for (size_t i = 0; i < count; i++) {
        noise = noise * 6364136223846793005u + 1442695040888963407u;
        int64_t elapsed = 100 + (int64_t)(noise >> 60) % 3 - 1;
        begin(&b, i, wall += elapsed + (noise >> 50 & 0x3F ? 0 : 1), elapsed, 1);
        add(&b, RECORD_SAMPLE, 3, "");
        if (i % 500 == 77)
            add(&b, RECORD_BIRTH, 0, "broker:main");
        batch_log_add(log, &b);
    }
    struct packer p = take(log);
    batch_finish(&b);
    batch_log_destroy(log);
    return p;
}

static void ordinary_batches_cost_less_than_a_byte(void **state)
{
    (void)state;
    struct packer p = ordinary(6000);
    if (p.count > 6000 * 7 / 10)
        fail_msg("%zu bytes for 6,000 batches", p.count);
    packer_finish(&p);
}

static void damage_at_any_place_is_told(void **state)
{
    (void)state;
    struct packer p = ordinary(600);
    struct error err;
    for (size_t at = 0; at < p.count; at++) {
        p.bytes[at] ^= 0x08;
        assert_null(batch_log_open(p.bytes, p.count, &err));
        p.bytes[at] ^= 0x08;
        assert_null(batch_log_open(p.bytes, at, &err));
    }
    p.bytes[0] = 2;
    assert_null(batch_log_open(p.bytes, p.count, &err));
    assert_non_null(strstr(err.text, "newer version 2, this program reads 1"));
    packer_finish(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(numbers_and_times_come_back),
        CASE(an_ordered_batch_keeps_all_but_its_samples_any_other_is_whole),
        CASE(a_taken_log_begins_anew),
        CASE(ordinary_batches_cost_less_than_a_byte),
        CASE(damage_at_any_place_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
