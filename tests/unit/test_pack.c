#include "check.h"

#include <float.h>

#include "core/memory.h"
#include "core/pack.h"

static struct batch made(void)
{
    struct batch b;
    batch_init(&b);
    b.seq = 17;
    b.wall_ms = INT64_C(1718178725000);
    b.elapsed_ms = 100;
    memset(b.boot, 0xAB, sizeof b.boot);
    return b;
}

static void assert_same_batch(const struct batch *a, const struct batch *b)
{
    assert_int_equal(a->seq, b->seq);
    assert_int_equal(a->wall_ms, b->wall_ms);
    assert_int_equal(a->elapsed_ms, b->elapsed_ms);
    assert_memory_equal(a->boot, b->boot, sizeof a->boot);
    assert_int_equal(a->count, b->count);
    for (size_t r = 0; r < a->count; r++) {
        const struct record *x = &a->records[r], *y = &b->records[r];
        assert_int_equal(x->kind, y->kind);
        assert_int_equal(x->quality, y->quality);
        assert_int_equal(x->flags, y->flags);
        assert_int_equal(x->code, y->code);
        assert_int_equal(x->series, y->series);
        assert_int_equal(x->time_ms, y->time_ms);
        assert_true(value_same(x->value, y->value));
        assert_string_equal(batch_text_at(a, x->text), batch_text_at(b, y->text));
        assert_string_equal(batch_text_at(a, x->detail), batch_text_at(b, y->detail));
        assert_string_equal(batch_text_at(a, x->who), batch_text_at(b, y->who));
    }
}

static void assert_comes_back(const struct batch *batch)
{
    struct packer p;
    struct run_reader reader;
    struct batch back;
    packer_init(&p);
    batch_init(&back);
    run_begin(&p);
    run_add_batch(&p, batch);
    run_add_batch(&p, batch);
    run_end(&p);
    assert_true(run_open(&reader, p.bytes, p.count, NULL));
    for (int twice = 0; twice < 2; twice++) {
        assert_true(run_next_batch(&reader, &back));
        assert_same_batch(batch, &back);
    }
    assert_false(run_next_batch(&reader, &back));
    assert_false(reader.in.failed);
    batch_finish(&back);
    packer_finish(&p);
}

static void every_kind_of_value_comes_back_bit_for_bit(void **state)
{
    (void)state;
    struct batch b = made();
    const struct value values[] = {
        value_null(), value_bool(false), value_bool(true), value_int(0), value_int(-1), value_int(INT64_MIN), value_int(INT64_MAX),
        value_uint(0), value_uint(UINT64_MAX), value_real(0.0), value_real(-0.0), value_real(21.5), value_real(-61.03), value_real(0.1 + 0.2),
        value_real(1.0 / 3), value_real(DBL_MAX), value_real(-DBL_MAX), value_real(DBL_MIN), value_real(5e-324), value_real(9007199254740992.0),
        value_real(959636.71), value_real(1e15 + 0.5), value_text(1),
    };
    batch_text(&b, "冷水站", strlen("冷水站"));
    for (size_t v = 0; v < sizeof values / sizeof *values; v++)
        batch_add(&b, (struct record){.kind = RECORD_SAMPLE, .series = (uint32_t)v * 1000, .time_ms = b.wall_ms - (int64_t)v * 37,
            .value = values[v], .quality = v % 3 ? QUALITY_GOOD : QUALITY_BAD, .flags = (uint8_t)(v % 32)});
    assert_comes_back(&b);
    batch_finish(&b);
}

static void every_kind_of_record_comes_back(void **state)
{
    (void)state;
    struct batch b = made();
    uint32_t name = batch_text(&b, "broker:main", 11), why = batch_text(&b, "connection lost", 15), who = batch_text(&b, "Kim", 3);
    for (uint8_t kind = RECORD_SAMPLE; kind < RECORD_KIND_COUNT; kind++)
        batch_add(&b, (struct record){.kind = kind, .series = 7, .time_ms = b.wall_ms, .quality = QUALITY_GOOD, .value = value_int(-4),
            .text = kind == RECORD_SAMPLE ? 0 : name, .detail = kind == RECORD_SAMPLE ? 0 : why, .who = kind == RECORD_SAMPLE ? 0 : who,
            .code = kind == RECORD_DROPPED ? 3 : 0});
    assert_comes_back(&b);
    batch_clear(&b);
    assert_comes_back(&b);
    batch_finish(&b);
}

static void a_reader_skips_kinds_that_it_does_not_know(void **state)
{
    (void)state;
    struct batch b = made(), back;
    struct packer p;
    struct run_reader reader;
    batch_init(&back);
    packer_init(&p);
    batch_add(&b, (struct record){.kind = RECORD_SAMPLE, .series = 1, .time_ms = 5, .value = value_int(1), .quality = QUALITY_GOOD});
    run_begin(&p);
    run_add_batch(&p, &b);
    size_t mark = p.count;
    pack_text(&p, "from a later version");
    run_frame(&p, mark, 200);
    run_end(&p);
    assert_true(run_open(&reader, p.bytes, p.count, NULL));
    assert_true(run_next_batch(&reader, &back));
    assert_same_batch(&b, &back);
    batch_finish(&b);
    batch_finish(&back);
    packer_finish(&p);
}

static void refuses_what_is_damaged_or_newer(void **state)
{
    (void)state;
    struct batch b = made();
    struct packer p;
    struct run_reader reader;
    struct error err;
    packer_init(&p);
    batch_add(&b, (struct record){.kind = RECORD_SAMPLE, .series = 1, .time_ms = 5, .value = value_real(1.5), .quality = QUALITY_GOOD});
    run_begin(&p);
    run_add_batch(&p, &b);
    run_end(&p);
    for (size_t at = 0; at < p.count; at++) {
        p.bytes[at] ^= 0x10;
        assert_false(run_open(&reader, p.bytes, p.count, &err));
        p.bytes[at] ^= 0x10;
    }
    for (size_t length = 0; length < p.count; length++)
        assert_false(run_open(&reader, p.bytes, length, &err));
    p.bytes[4] = RUN_MAJOR + 1;
    assert_false(run_open(&reader, p.bytes, p.count, &err));
    assert_non_null(strstr(err.text, "newer major version 3, this program reads 2"));
    batch_finish(&b);
    packer_finish(&p);
}

/* A checksum only tells accidents: what was made to harm must fail by its own bounds. */
static void a_frame_with_a_lie_fails_without_reading_past_its_end(void **state)
{
    (void)state;
    static const struct { uint8_t bytes[24]; size_t length; } bodies[] = {
        {{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01, RUN_BATCH}, 11},
        {{0x05, RUN_BATCH, 1}, 3},
        {{0x02, RUN_BATCH, 0x80}, 3},
        {{0x00}, 1},
        {{0x80, 0x80}, 2},
        {{0x06, RUN_BATCH, 1, 0, 0, 0, 0}, 7}, /* a boot of two bytes */
        {{0x04, RUN_BATCH, 1, 0, 0, 0x03, RUN_SAMPLES, 0x0E}, 8}, /* a form that is none */
        {{0x04, RUN_BATCH, 1, 0, 0, 0x03, RUN_SAMPLES, 0x71}, 8}, /* a series that is neither the next, the same nor another */
        {{0x04, RUN_BATCH, 1, 0, 0, 0x04, RUN_SAMPLES, 0x17, 0x80}, 9}, /* a number without an end */
        {{0x04, RUN_BATCH, 1, 0, 0, 0x04, RUN_SAMPLES, 0x91, 0x01}, 9}, /* flags without a quality */
        {{0x04, RUN_BATCH, 1, 0, 0, 0x0D, RUN_SAMPLES, 0x01, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01}, 18}, /* beyond all time */
    };
    for (size_t c = 0; c < sizeof bodies / sizeof *bodies; c++) {
        struct packer p;
        struct run_reader reader;
        struct batch back;
        packer_init(&p);
        batch_init(&back);
        run_begin(&p);
        pack_bytes(&p, bodies[c].bytes, bodies[c].length);
        run_end(&p);
        assert_true(run_open(&reader, p.bytes, p.count, NULL));
        assert_false(run_next_batch(&reader, &back));
        assert_true(reader.in.failed);
        batch_finish(&back);
        packer_finish(&p);
    }
}

static void numbers_come_back_at_their_borders(void **state)
{
    (void)state;
    const uint64_t u[] = {0, 1, 127, 128, 16383, 16384, UINT32_MAX, UINT64_MAX};
    const int64_t i[] = {0, -1, 1, 63, -64, 64, INT64_MIN, INT64_MAX};
    struct packer p;
    packer_init(&p);
    for (int n = 0; n < 8; n++) {
        pack_varint(&p, u[n]);
        pack_zigzag(&p, i[n]);
    }
    pack_float(&p, -0.5f);
    pack_text(&p, "äöü");
    struct unpacker in = unpacker_of(p.bytes, p.count);
    for (int n = 0; n < 8; n++) {
        assert_true(unpack_varint(&in) == u[n]);
        assert_true(unpack_zigzag(&in) == i[n]);
    }
    char text[8];
    assert_true(unpack_float(&in) == -0.5f);
    assert_int_equal(unpack_text(&in, text, sizeof text), 6);
    assert_false(in.failed);
    assert_int_equal(unpack_u8(&in), 0);
    assert_true(in.failed);
    packer_finish(&p);
}

static void a_text_that_does_not_fit_fails(void **state)
{
    (void)state;
    struct packer p;
    char small[4];
    packer_init(&p);
    pack_text(&p, "four");
    struct unpacker in = unpacker_of(p.bytes, p.count);
    assert_int_equal(unpack_text(&in, small, sizeof small), 0);
    assert_true(in.failed);
    assert_string_equal(small, "");
    packer_finish(&p);
}

/* Two batches as version 1 wrote them: a good number, a death, a retained text, a count; and an empty one. */
static const uint8_t version_1[] = {
    0x41, 0x4E, 0x44, 0x4E, 0x01, 0x00, 0x19, 0x10, 0x11, 0x90, 0xF2, 0xF5, 0xB6, 0x81, 0x64, 0x64, 0xAB, 0xAB, 0xAB, 0xAB, 0xAB, 0xAB, 0xAB, 0xAB,
    0xAB, 0xAB, 0xAB, 0xAB, 0xAB, 0xAB, 0xAB, 0xAB, 0x08, 0x11, 0x72, 0x75, 0x6E, 0x6E, 0x69, 0x6E, 0x67, 0x0C, 0x11, 0x62, 0x72, 0x6F, 0x6B, 0x65,
    0x72, 0x3A, 0x6D, 0x61, 0x69, 0x6E, 0x07, 0x01, 0x21, 0x06, 0x27, 0x11, 0xAE, 0x03, 0x0A, 0x03, 0xC0, 0x00, 0x00, 0x05, 0x28, 0x00, 0x02, 0x00,
    0x00, 0x07, 0x01, 0x02, 0x40, 0x08, 0x00, 0x06, 0x01, 0x08, 0x01, 0x20, 0x0A, 0x09, 0x04, 0xC0, 0xB8, 0x02, 0x19, 0x10, 0x12, 0x90, 0xF2, 0xF5,
    0xB6, 0x81, 0x64, 0x64, 0xAB, 0xAB, 0xAB, 0xAB, 0xAB, 0xAB, 0xAB, 0xAB, 0xAB, 0xAB, 0xAB, 0xAB, 0xAB, 0xAB, 0xAB, 0xAB, 0x63, 0x64, 0xAB, 0x28,
    0x88, 0x57, 0x6E, 0x03,
};

static struct batch what_version_1_says(void)
{
    struct batch b = made();
    uint32_t word = batch_text(&b, "running", 7), source = batch_text(&b, "broker:main", 11);
    batch_add(&b, (struct record){.kind = RECORD_SAMPLE, .series = 3, .time_ms = b.wall_ms - 20, .value = value_real(21.5), .quality = QUALITY_GOOD,
        .flags = SAMPLE_SOURCE_TIME});
    batch_add(&b, (struct record){.kind = RECORD_DEATH, .time_ms = b.wall_ms, .text = source, .quality = QUALITY_GOOD});
    batch_add(&b, (struct record){.kind = RECORD_SAMPLE, .series = 4, .time_ms = b.wall_ms, .value = value_text(word), .quality = QUALITY_UNCERTAIN,
        .flags = SAMPLE_RETAINED});
    batch_add(&b, (struct record){.kind = RECORD_SAMPLE, .series = 9, .time_ms = b.wall_ms - 5, .value = value_uint(40000), .quality = QUALITY_GOOD});
    return b;
}

static void a_run_of_version_1_is_read(void **state)
{
    (void)state;
    struct batch want = what_version_1_says(), back;
    struct run_reader reader;
    batch_init(&back);
    assert_true(run_open(&reader, version_1, sizeof version_1, NULL));
    assert_true(run_next_batch(&reader, &back));
    assert_same_batch(&want, &back);
    assert_true(run_next_batch(&reader, &back));
    assert_int_equal(back.seq, 18);
    assert_int_equal(back.count, 0);
    assert_false(run_next_batch(&reader, &back));
    assert_false(reader.in.failed);
    batch_finish(&want);
    batch_finish(&back);
}

struct scanned {
    char text[256];
};

static bool is_not_3(void *arg, uint32_t series)
{
    (void)arg;
    return series != 3;
}

static void note_sample(void *arg, uint64_t seq, const struct record *r, const char *text, size_t length)
{
    struct scanned *s = arg;
    size_t used = strlen(s->text);
    snprintf(s->text + used, sizeof s->text - used, "%d: series %u at %+d, quality %d, kind %d '%.*s'; ", (int)seq, r->series,
        (int)(r->time_ms - INT64_C(1718178725000)), r->quality, (int)r->value.kind, (int)length, text);
}

/* Of either version the same: what is not wanted is passed over, other records between do not matter. */
static void a_scan_gives_the_samples_that_are_wanted(void **state)
{
    (void)state;
    struct batch b = what_version_1_says();
    struct packer p;
    packer_init(&p);
    run_begin(&p);
    run_add_batch(&p, &b);
    run_end(&p);
    for (int version = 1; version <= 2; version++) {
        struct scanned s = {.text = ""};
        assert_true(run_scan(version == 1 ? version_1 : p.bytes, version == 1 ? sizeof version_1 : p.count, is_not_3, note_sample, &s, NULL));
        assert_string_equal(s.text, "17: series 4 at +0, quality 64, kind 5 'running'; 17: series 9 at -5, quality 192, kind 3 ''; ");
    }
    batch_finish(&b);
    packer_finish(&p);
}

static void a_boot_that_stays_is_written_once(void **state)
{
    (void)state;
    static const uint8_t first[16] = {1}, second[16] = {2};
    const uint8_t *const boots[] = {first, first, second, second, first};
    struct packer p;
    struct run_reader reader;
    struct batch back;
    packer_init(&p);
    batch_init(&back);
    run_begin(&p);
    for (size_t i = 0; i < 5; i++)
        run_add_head(&p, i + 1, 1000, 100, boots[i], i > 0 ? boots[i - 1] : NULL);
    run_end(&p);
    assert_true(run_open(&reader, p.bytes, p.count, NULL));
    for (size_t i = 0; i < 5; i++) {
        memset(back.boot, 0xEE, sizeof back.boot);
        assert_true(run_next_batch(&reader, &back));
        assert_memory_equal(back.boot, boots[i], 16);
    }
    assert_true(p.count < 6 + 5 * 8 + 3 * 16 + 8);
    batch_finish(&back);
    packer_finish(&p);
}

/* Whatever follows whatever: each bit of a sample's head is set and not set beside each other. */
static void samples_come_back_whatever_stands_before_them(void **state)
{
    (void)state;
    static const double numbers[] = {20.25, 20.5, 7, 1.0 / 3, -0.0, 1e-6, 123456.789, -3.125, 1e17};
    uint64_t dice = 7;
    struct batch b = made();
    uint32_t series = 0;
    for (int i = 0; i < 5000; i++) {
        dice = dice * 6364136223846793005u + 1442695040888963407u;
        unsigned d = (unsigned)(dice >> 33);
        series = d % 7 == 0 ? (uint32_t)(dice >> 40) : series + d % 3;
        batch_add(&b, (struct record){.kind = RECORD_SAMPLE, .series = series, .time_ms = b.wall_ms + (d % 5 ? 0 : (int64_t)(d % 1000) - 500),
            .quality = d % 11 ? QUALITY_GOOD : QUALITY_BAD, .flags = d % 13 ? SAMPLE_SOURCE_TIME : (uint8_t)(d % 32),
            .value = d % 4 ? value_real(numbers[d / 64 % 9]) : d % 8 ? value_int(-(int64_t)d) : value_bool(d / 8 % 2)});
        if (d % 97 == 0)
            batch_add(&b, (struct record){.kind = RECORD_GAP, .time_ms = b.wall_ms - 1, .value = value_int(5), .quality = QUALITY_GOOD});
    }
    assert_comes_back(&b);
    batch_finish(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(every_kind_of_value_comes_back_bit_for_bit),
        CASE(every_kind_of_record_comes_back),
        CASE(a_reader_skips_kinds_that_it_does_not_know),
        CASE(a_run_of_version_1_is_read),
        CASE(a_scan_gives_the_samples_that_are_wanted),
        CASE(a_boot_that_stays_is_written_once),
        CASE(samples_come_back_whatever_stands_before_them),
        CASE(refuses_what_is_damaged_or_newer),
        CASE(a_frame_with_a_lie_fails_without_reading_past_its_end),
        CASE(numbers_come_back_at_their_borders),
        CASE(a_text_that_does_not_fit_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
