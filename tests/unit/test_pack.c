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
    assert_non_null(strstr(err.text, "newer major version 2, this program reads 1"));
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(every_kind_of_value_comes_back_bit_for_bit),
        CASE(every_kind_of_record_comes_back),
        CASE(a_reader_skips_kinds_that_it_does_not_know),
        CASE(refuses_what_is_damaged_or_newer),
        CASE(a_frame_with_a_lie_fails_without_reading_past_its_end),
        CASE(numbers_come_back_at_their_borders),
        CASE(a_text_that_does_not_fit_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
