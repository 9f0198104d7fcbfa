#include "check.h"

#include <float.h>

#include "core/chunk.h"
#include "core/memory.h"

/* A generator of its own, so that every run tests the same streams. */
static uint64_t seed;

static uint64_t random_u64(void)
{
    uint64_t z = (seed += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static uint64_t random_below(uint64_t most)
{
    return random_u64() % most;
}

struct made {
    struct samples samples;
    struct packer chunk, minutes;
    struct chunk_facts facts;
};

static void made_begin(struct made *m)
{
    samples_init(&m->samples);
    packer_init(&m->chunk);
    packer_init(&m->minutes);
}

static void made_finish(struct made *m)
{
    samples_finish(&m->samples);
    packer_finish(&m->chunk);
    packer_finish(&m->minutes);
}

static void add(struct made *m, uint64_t seq, int64_t time_ms, struct value value)
{
    samples_add(&m->samples, (struct sample){.seq = seq, .time_ms = time_ms, .value = value, .quality = QUALITY_GOOD, .flags = SAMPLE_SOURCE_TIME}, NULL);
}

static void encode(struct made *m)
{
    chunk_encode(NULL, &m->samples, 0, m->samples.count, &m->chunk, &m->minutes, &m->facts);
}

static void assert_same_sample(const struct samples *a, const struct sample *x, const struct samples *b, const struct sample *y)
{
    assert_true(x->seq == y->seq);
    assert_true(x->time_ms == y->time_ms);
    assert_int_equal(x->quality, y->quality);
    assert_int_equal(x->flags, y->flags);
    if (x->value.kind == VALUE_TEXT && y->value.kind == VALUE_TEXT)
        assert_string_equal(samples_text(a, x->value), samples_text(b, y->value));
    else
        assert_true(value_same(x->value, y->value));
}

/* Encodes all of them, and decodes them behind one that is there already. */
static void assert_comes_back(struct made *m)
{
    struct samples back;
    struct error err;
    samples_init(&back);
    samples_add(&back, (struct sample){.value = value_text(0)}, "before");
    encode(m);
    assert_true(chunk_decode(NULL, m->chunk.bytes, m->chunk.count, &back, &err));
    assert_int_equal(back.count, m->samples.count + 1);
    assert_string_equal(samples_text(&back, back.rows[0].value), "before");
    for (size_t i = 0; i < m->samples.count; i++)
        assert_same_sample(&m->samples, &m->samples.rows[i], &back, &back.rows[i + 1]);
    samples_finish(&back);
}

static const struct value odd_values[] = {
    {.kind = VALUE_NULL}, {.kind = VALUE_BOOL, .b = false}, {.kind = VALUE_BOOL, .b = true}, {.kind = VALUE_INT, .i = 0}, {.kind = VALUE_INT, .i = -1},
    {.kind = VALUE_INT, .i = INT64_MIN}, {.kind = VALUE_INT, .i = INT64_MAX}, {.kind = VALUE_UINT, .u = 0}, {.kind = VALUE_UINT, .u = UINT64_MAX},
    {.kind = VALUE_REAL, .d = 0.0}, {.kind = VALUE_REAL, .d = -0.0}, {.kind = VALUE_REAL, .d = 21.5}, {.kind = VALUE_REAL, .d = -61.03},
    {.kind = VALUE_REAL, .d = 0.1 + 0.2}, {.kind = VALUE_REAL, .d = 1.0 / 3}, {.kind = VALUE_REAL, .d = DBL_MAX}, {.kind = VALUE_REAL, .d = -DBL_MAX},
    {.kind = VALUE_REAL, .d = DBL_MIN}, {.kind = VALUE_REAL, .d = 5e-324}, {.kind = VALUE_REAL, .d = 9007199254740992.0},
    {.kind = VALUE_REAL, .d = 4503599627370496.5}, {.kind = VALUE_REAL, .d = 959636.71}, {.kind = VALUE_REAL, .d = (double)21.3f},
    {.kind = VALUE_REAL, .d = (double)FLT_MAX}, {.kind = VALUE_REAL, .d = 1e-9}, {.kind = VALUE_REAL, .d = 1e15 + .5},
};
enum { ODD_VALUES = sizeof odd_values / sizeof odd_values[0] };

static void every_value_comes_back_bit_for_bit_alone_and_mixed(void **state)
{
    (void)state;
    struct made m;
    for (size_t v = 0; v < ODD_VALUES; v++)
        for (size_t count = 1; count <= 3; count++) {
            made_begin(&m);
            for (size_t i = 0; i < count; i++)
                add(&m, i, (int64_t)i, odd_values[v]);
            assert_comes_back(&m);
            made_finish(&m);
        }
    made_begin(&m);
    for (size_t i = 0; i < 500; i++)
        add(&m, 100 + i, 1700000000000 + (int64_t)i * 1000, odd_values[i * 7 % ODD_VALUES]);
    assert_comes_back(&m);
    made_finish(&m);
}

static void texts_come_back_by_a_dictionary(void **state)
{
    (void)state;
    static const char *const words[] = {"läuft", "", "Störung", "läuft ", "E-17"};
    struct made m;
    made_begin(&m);
    for (size_t i = 0; i < CHUNK_SAMPLES; i++)
        samples_add(&m.samples, (struct sample){.seq = i, .time_ms = (int64_t)i, .value = value_text(0)}, words[random_below(5)]);
    assert_comes_back(&m);
    assert_true(m.chunk.count < 2000);
    made_finish(&m);
}

static void a_chunk_takes_a_part_of_the_list(void **state)
{
    (void)state;
    struct made m;
    struct samples back;
    made_begin(&m);
    samples_init(&back);
    for (int i = 0; i < 100; i++)
        add(&m, (uint64_t)i, i, value_int(i));
    chunk_encode(NULL, &m.samples, 90, 5, &m.chunk, &m.minutes, &m.facts);
    assert_true(chunk_decode(NULL, m.chunk.bytes, m.chunk.count, &back, NULL));
    assert_int_equal(back.count, 5);
    assert_int_equal(back.rows[0].value.i, 90);
    assert_int_equal(m.facts.first_seq, 90);
    assert_int_equal(m.facts.last_ms, 94);
    samples_finish(&back);
    made_finish(&m);
}

/* ---- streams as plants and their bad days make them ---- */

static int64_t time_grid(size_t i) { return 1700000000000 + (int64_t)i * 1000 + (int64_t)random_below(6); }
static int64_t time_fast(size_t i) { return 1700000000000 + (int64_t)i * 20; }
static int64_t time_drifts(size_t i) { return 1700000000000 + (int64_t)i * 1003 + (int64_t)random_below(40); }
static int64_t time_gaps(size_t i) { return 1700000000000 + (int64_t)(i + i / 100 * 977) * 500 + (int64_t)random_below(3); }
static int64_t time_late(size_t i) { return 1700000000000 + (int64_t)i * 60000 - (random_below(10) == 0 ? (int64_t)random_below(10000000) : 0); }
static int64_t time_back(size_t i) { return 1700000000000 + (i > 900 ? -3600000 : 0) + (int64_t)i * 1000; }
static int64_t time_down(size_t i) { return 1700000000000 - (int64_t)i * 1000; }
static int64_t time_old(size_t i) { return -62135596800000 + (int64_t)(i * i * i); }
static int64_t time_wild(size_t i) { (void)i; return (int64_t)random_below((uint64_t)TIME_MOST_MS * 2) - TIME_MOST_MS; }
static int64_t time_same(size_t i) { (void)i; return 0; }

static struct value value_walk(size_t i) { static double w; w = i ? w + (double)random_below(41) - 20 : 2000; return value_real(w / 100); }
static struct value value_count(size_t i) { return value_uint(1000000 + i / 3); }
static struct value value_single(size_t i) { return value_real((double)((float)(i % 977) / 10.0f)); }
static struct value value_full(size_t i) { return value_real(sin((double)i / 10)); }
static struct value value_exceptions(size_t i) { return value_real(i % 200 == 7 ? -0.0 : i % 200 == 9 ? 0.1 + 0.2 : (double)(i % 1000) / 100); }
static struct value value_state(size_t i) { return value_int((int64_t)(i / 300 % 18)); }
static struct value value_odd(size_t i) { (void)i; return odd_values[random_below(ODD_VALUES)]; }
static struct value value_bits(size_t i) { (void)i; return value_uint(random_u64()); }
static struct value value_flag(size_t i) { return random_below(7) == 0 ? value_null() : value_bool(i % 50 < 25); }

static const struct {
    const char *name;
    int64_t (*time)(size_t i);
    struct value (*value)(size_t i);
    size_t count;
    size_t bytes_most; /* of the chunk */
} streams[] = {
    {"a process value each second", time_grid, value_walk, 4096, 4700},
    {"a counter each 20 ms", time_fast, value_count, 4096, 400},
    {"a clock that drifts", time_drifts, value_state, 4096, 5300},
    {"stretches without samples", time_gaps, value_exceptions, 4096, 4500},
    {"late ones between", time_late, value_single, 4096, 9000},
    {"a clock set back", time_back, value_full, 4096, 33000},
    {"time running down", time_down, value_flag, 4096, 2500},
    {"long ago", time_old, value_odd, 4096, 40000},
    {"noise", time_wild, value_bits, 4096, 75000},
    {"all at one time", time_same, value_state, 4096, 450},
    {"a few", time_grid, value_walk, 10, 110},
    {"one", time_grid, value_walk, 1, 60},
};

static void every_stream_comes_back_and_is_small(void **state)
{
    (void)state;
    for (size_t s = 0; s < sizeof streams / sizeof *streams; s++) {
        struct made m;
        made_begin(&m);
        seed = s;
        for (size_t i = 0; i < streams[s].count; i++) {
            int64_t time = streams[s].time(i);
            add(&m, 1000 + i * 10 + (random_below(50) == 0), time, streams[s].value(i));
        }
        assert_comes_back(&m);
        if (m.chunk.count > streams[s].bytes_most)
            fail_msg("%s: %zu bytes, at most %zu expected", streams[s].name, m.chunk.count, streams[s].bytes_most);
        made_finish(&m);
    }
}

static void random_streams_come_back(void **state)
{
    (void)state;
    for (uint64_t round = 0; round < 60; round++) {
        struct made m;
        made_begin(&m);
        seed = round * 7919;
        size_t count = 1 + (size_t)random_below(round % 4 ? 600 : CHUNK_SAMPLES), time = (size_t)random_below(10), value = (size_t)random_below(9);
        for (size_t i = 0; i < count; i++) {
            int64_t at = streams[time].time(i);
            struct value v = random_below(100) == 0 ? value_odd(i) : streams[value].value(i);
            samples_add(&m.samples, (struct sample){.seq = random_below(3) ? i : 0, .time_ms = at, .value = v,
                .quality = random_below(30) ? QUALITY_GOOD : (uint8_t)random_u64(), .flags = random_below(30) ? 0 : (uint8_t)random_u64()}, NULL);
        }
        assert_comes_back(&m);
        made_finish(&m);
    }
}

/* ---- what lies beside ---- */

static void facts_say_what_is_in_it(void **state)
{
    (void)state;
    struct made m;
    made_begin(&m);
    add(&m, 7, 5000, value_real(1.5));
    add(&m, 8, 4000, value_real(-2.25));
    add(&m, 9, 9000, value_null());
    samples_add(&m.samples, (struct sample){.seq = 9, .time_ms = 9001, .value = value_real(99), .quality = QUALITY_BAD}, NULL);
    samples_add(&m.samples, (struct sample){.seq = 9, .time_ms = 9002, .value = value_real(98), .quality = QUALITY_GOOD, .flags = SAMPLE_RETAINED}, NULL);
    samples_add(&m.samples, (struct sample){.seq = 9, .time_ms = 9003, .value = value_real(4), .quality = QUALITY_UNCERTAIN}, NULL);
    encode(&m);
    assert_int_equal(m.facts.first_seq, 7);
    assert_int_equal(m.facts.last_seq, 9);
    assert_int_equal(m.facts.first_ms, 4000);
    assert_int_equal(m.facts.last_ms, 9003);
    assert_int_equal(m.facts.count, 6);
    assert_int_equal(m.facts.whole.count, 3);
    assert_true(m.facts.whole.min == -2.25 && m.facts.whole.max == 4 && m.facts.whole.sum == 3.25);
    made_finish(&m);
}

struct taken {
    struct summary rows[CHUNK_SAMPLES];
    size_t count;
};

static void take(void *arg, const struct summary *minute)
{
    struct taken *taken = arg;
    assert_true(taken->count < CHUNK_SAMPLES);
    taken->rows[taken->count++] = *minute;
}

static void minutes_are_those_of_the_samples_by_time(void **state)
{
    (void)state;
    struct made m;
    static struct taken taken;
    made_begin(&m);
    add(&m, 1, 60000, value_real(20.1));
    add(&m, 1, 119999, value_real(20.2));
    add(&m, 1, 180000, value_real(7));
    add(&m, 1, 61000, value_real(20.3)); /* late */
    add(&m, 1, -1, value_real(-4));      /* and before 1970 */
    add(&m, 1, 240000, value_null());
    encode(&m);
    taken.count = 0;
    assert_true(minutes_decode(NULL, m.minutes.bytes, m.minutes.count, take, &taken));
    static const struct summary expected[] = {{-60000, 1, -4, -4, -4}, {60000, 3, 20.1, 20.3, 60.6}, {180000, 1, 7, 7, 7}};
    assert_int_equal(taken.count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(taken.rows[i].start_ms, expected[i].start_ms);
        assert_int_equal(taken.rows[i].count, expected[i].count);
        assert_true(taken.rows[i].min == expected[i].min && taken.rows[i].max == expected[i].max && taken.rows[i].sum == expected[i].sum);
    }
    made_finish(&m);
}

static void a_sum_beyond_every_double_stays_finite(void **state)
{
    (void)state;
    struct made m;
    static struct taken taken;
    made_begin(&m);
    add(&m, 1, 0, value_real(DBL_MAX));
    add(&m, 1, 0, value_real(DBL_MAX));
    encode(&m);
    taken.count = 0;
    assert_true(minutes_decode(NULL, m.minutes.bytes, m.minutes.count, take, &taken));
    assert_true(taken.rows[0].sum == DBL_MAX && m.facts.whole.sum == DBL_MAX);
    made_finish(&m);
}

static void summaries_add_and_merge(void **state)
{
    (void)state;
    struct summary a = {.start_ms = 60000}, b = {.start_ms = 0};
    summary_add(&a, &(struct sample){.value = value_int(4), .quality = QUALITY_GOOD});
    summary_add(&a, &(struct sample){.value = value_bool(true), .quality = QUALITY_GOOD});
    summary_add(&a, &(struct sample){.value = value_text(1), .quality = QUALITY_GOOD});
    summary_merge(&a, &b);
    assert_true(a.count == 2 && a.min == 1 && a.max == 4 && a.sum == 5 && a.start_ms == 60000);
    summary_merge(&b, &a);
    assert_true(b.count == 2 && b.min == 1 && b.max == 4 && b.sum == 5 && b.start_ms == 0);
}

/* ---- damage ---- */

static void fill(struct made *m)
{
    static const char *const words[] = {"auto", "manual", ""};
    made_begin(m);
    seed = 3;
    for (size_t i = 0; i < 700; i++)
        if (i % 90 == 0)
            samples_add(&m->samples, (struct sample){.seq = i, .time_ms = time_grid(i), .value = value_text(0)}, words[i / 90 % 3]);
        else
            add(m, i, time_grid(i), i % 50 ? value_walk(i) : odd_values[i / 50 % ODD_VALUES]);
    encode(m);
}

static void damage_at_any_place_is_told(void **state)
{
    (void)state;
    struct made m;
    struct samples back;
    struct error err;
    static struct taken taken;
    fill(&m);
    samples_init(&back);
    samples_add(&back, (struct sample){.value = value_text(0)}, "kept");
    for (size_t at = 0; at < m.chunk.count; at++)
        for (int bit = 0; bit < 8; bit += 3) {
            m.chunk.bytes[at] ^= (uint8_t)(1 << bit);
            assert_false(chunk_decode(NULL, m.chunk.bytes, m.chunk.count, &back, &err));
            assert_int_equal(back.count, 1);
            assert_int_equal(back.words.text_count, 1);
            m.chunk.bytes[at] ^= (uint8_t)(1 << bit);
        }
    for (size_t length = 0; length < m.chunk.count; length++)
        assert_false(chunk_decode(NULL, m.chunk.bytes, length, &back, &err));
    taken.count = 0;
    for (size_t at = 0; at < m.minutes.count; at++) {
        m.minutes.bytes[at] ^= 0x20;
        assert_false(minutes_decode(NULL, m.minutes.bytes, m.minutes.count, take, &taken));
        m.minutes.bytes[at] ^= 0x20;
        assert_false(minutes_decode(NULL, m.minutes.bytes, at, take, &taken));
    }
    assert_int_equal(taken.count, 0);
    samples_finish(&back);
    made_finish(&m);
}

static void a_newer_version_is_named(void **state)
{
    (void)state;
    struct made m;
    struct error err;
    fill(&m);
    m.chunk.bytes[0] = 2;
    assert_false(chunk_decode(NULL, m.chunk.bytes, m.chunk.count, &m.samples, &err));
    assert_non_null(strstr(err.text, "newer version 2, this program reads 1"));
    made_finish(&m);
}

static void what_is_squeezed_comes_back_within_its_bound(void **state)
{
    (void)state;
    struct squeezer *squeezer = squeezer_create();
    struct packer tight, back;
    struct error err;
    char plain[5000];
    memset(plain, 'x', sizeof plain);
    packer_init(&tight);
    packer_init(&back);
    for (int way = 0; way < 12; way++) {
        size_t length = way >= 10 ? 300 : (size_t)(way / 2) * 1250;
        packer_clear(&tight);
        packer_clear(&back);
        pack_u8(&back, 'b');
        if (way % 2)
            squeezer_squeeze(squeezer, plain, length, &tight);
        else
            squeeze(plain, length, &tight);
        assert_true(unsqueeze(tight.bytes, tight.count, length, &back, &err));
        assert_true(squeezer_unsqueeze(squeezer, tight.bytes, tight.count, length, &back, &err));
        assert_int_equal(back.count, 2 * length + 1);
        assert_memory_equal(back.bytes + 1, plain, length);
        assert_memory_equal(back.bytes + 1 + length, plain, length);
        assert_true(tight.count < 40 || (way == 11 && tight.count == length + 3)); /* what is short stays as it is */
        if (length > 0) {
            assert_false(unsqueeze(tight.bytes, tight.count, length - 1, &back, &err));
            assert_non_null(strstr(err.text, "more than"));
        }
        for (size_t cut = 0; cut < tight.count; cut++) {
            assert_false(unsqueeze(tight.bytes, cut, length, &back, &err));
            assert_false(squeezer_unsqueeze(squeezer, tight.bytes, cut, length, &back, &err));
        }
        assert_int_equal(back.count, 2 * length + 1);
    }
    squeezer_destroy(squeezer);
    packer_finish(&tight);
    packer_finish(&back);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(every_value_comes_back_bit_for_bit_alone_and_mixed),
        CASE(texts_come_back_by_a_dictionary),
        CASE(a_chunk_takes_a_part_of_the_list),
        CASE(every_stream_comes_back_and_is_small),
        CASE(random_streams_come_back),
        CASE(facts_say_what_is_in_it),
        CASE(minutes_are_those_of_the_samples_by_time),
        CASE(a_sum_beyond_every_double_stays_finite),
        CASE(summaries_add_and_merge),
        CASE(damage_at_any_place_is_told),
        CASE(a_newer_version_is_named),
        CASE(what_is_squeezed_comes_back_within_its_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
