#include "check.h"

#include "model_fixture.h"
#include "core/model_private.h"

/* Feeds readings and returns what was booked. */
static double booked(const double *readings, size_t count, double modulus)
{
    struct tag_def def = {.name = "n", .kind = KIND_COUNTER, .modulus = modulus, .scale = 1};
    struct tag tag = {.def = &def};
    double gained;
    for (size_t r = 0; r < count; r++)
        counter_read(&tag, readings[r], &gained);
    return tag.gained;
}

#define BOOKED(modulus, ...) booked((const double[]){__VA_ARGS__}, sizeof((const double[]){__VA_ARGS__}) / sizeof(double), modulus)

/* OEE.md, "Register falls, expected sums". */
static void falls_book_the_sums_of_the_page(void **state)
{
    (void)state;
    assert_near(BOOKED(0, 10, 15, 20), 10, 0);
    assert_near(BOOKED(0, 10, 15, 20, 10, 30, 40), 50, 0);
    assert_near(BOOKED(0, 10, 15, 20, 10, 30, 40, 50, 60, 70), 80, 0);
    assert_near(BOOKED(0, 10, 15, 20, 19, 30, 40), 30, 0);
    assert_near(BOOKED(0, 10, 15, 20, 19, 30, 40, 39, 60, 70), 60, 0);
    assert_near(BOOKED(4294967296.0, 4294823335.0, 3034254.0), 3178215, 0);
}

static void a_modulus_does_not_make_a_reset_a_rollover(void **state)
{
    (void)state;
    assert_near(BOOKED(4294967296.0, 1200, 3), 3, 0);
    assert_near(BOOKED(65536, 65530, 4), 10, 0);
    assert_near(BOOKED(65536, 100, 0), 0, 0);
}

static void a_dip_is_counted_and_named(void **state)
{
    (void)state;
    struct works w;
    works_open(&w);
    sample(&w, 0, PRESS "/good", value_int(1000));
    sample(&w, 1000, PRESS "/good", value_int(998));
    sample(&w, 2000, PRESS "/good", value_int(1001));
    assert_near(tag_of(&w, PRESS "/good")->gained, 1, 0);
    assert_int_equal(model_drops(w.model, DROP_COUNTER_GLITCH)->count, 1);
    assert_string_equal(model_drops(w.model, DROP_COUNTER_GLITCH)->example, PRESS "/good");
    works_close(&w);
}

static void what_was_counted_across_a_gap_is_booked(void **state)
{
    (void)state;
    struct works w;
    works_open(&w);
    sample(&w, 0, PRESS "/good", value_int(1000));
    batch_add(&w.batch, (struct record){.kind = RECORD_GAP, .value = value_int(60000)});
    step(&w, 60000);
    sample(&w, 61000, PRESS "/good", value_int(1007));
    assert_near(tag_of(&w, PRESS "/good")->gained, 7, 0);
    works_close(&w);
}

/* ---- what a counter's messages may hold ---- */

/* A line with one unit that counts packs of six by increments and strokes by pulses. */
static void packer_open(struct works *w)
{
    struct plant_build b;
    plant_build_init(&b);
    plant_add_broker(&b, (struct plant_broker){.name = "main", .url = "mqtt://127.0.0.1", .version = 5});
    uint32_t site = plant_add_node(&b, NO_NODE, (struct node){.level = LEVEL_SITE, .name = "works"});
    uint32_t line = plant_add_node(&b, site, (struct node){.level = LEVEL_LINE, .name = "l1", .ideal_cycle_s = 10});
    uint32_t unit = plant_add_node(&b, line, (struct node){.level = LEVEL_UNIT, .name = "packer"});
    plant_add_tag(&b, unit, plant_add_def(&b, (struct tag_def){.name = "packs", .kind = KIND_COUNTER, .count = COUNT_INCREMENT, .pieces = 6}));
    plant_add_tag(&b, unit, plant_add_def(&b, (struct tag_def){.name = "stroke", .kind = KIND_COUNTER, .count = COUNT_PULSE}));
    plant_add_tag(&b, unit, plant_add_def(&b, (struct tag_def){.name = "shots", .kind = KIND_COUNTER, .modulus = 65536, .scale = 1, .pieces = 4}));
    works_open_plant(w, plant_build_finish(&b));
}

#define PACKS "works/l1/packer/packs"
#define STROKE "works/l1/packer/stroke"
#define SHOTS "works/l1/packer/shots"

static double gained_by(const struct works *w, const char *key)
{
    return tag_of(w, key)->gained;
}

/* Of all quarters so far, from what was given away. */
static double quarters(struct works *w, uint32_t series, int64_t start_ms)
{
    double sum = 0;
    struct unpacker u = unpacker_of(w->buckets.bytes, w->buckets.count);
    while (u.at < u.end && !u.failed) {
        uint32_t of = (uint32_t)unpack_varint(&u);
        int64_t start = unpack_zigzag(&u);
        double gained = unpack_double(&u);
        unpack_u8(&u);
        sum += of == series && start == start_ms ? gained : 0;
    }
    assert_false(u.failed);
    return sum;
}

static void increments_add_up_message_by_message(void **state)
{
    (void)state;
    struct works w;
    packer_open(&w);
    sample(&w, 0, PACKS, value_int(3));
    sample(&w, 1000, PACKS, value_int(3)); /* the same again is three more */
    sample(&w, 2000, PACKS, value_int(0));
    sample(&w, 3000, PACKS, value_real(2));
    assert_near(gained_by(&w, PACKS), 8 * 6, 0);
    sample(&w, 4000, PACKS, value_int(-1));
    assert_near(gained_by(&w, PACKS), 8 * 6, 0);
    assert_int_equal(model_drops(w.model, DROP_COUNTER_GLITCH)->count, 1);
    works_close(&w);
}

static void a_late_increment_counts_at_its_own_time(void **state)
{
    (void)state;
    struct works w;
    const int64_t quarter = (T0 + 1000) / BUCKET_MS * BUCKET_MS;
    packer_open(&w);
    uint32_t series = tag_of(&w, PACKS)->series ? tag_of(&w, PACKS)->series : model_find(w.model, PACKS) + 1;
    sample(&w, 1000, PACKS, value_int(1));
    sample(&w, 1801000, PACKS, value_int(1));
    w.now = 2000;
    put(&w, PACKS, value_int(5));
    step(&w, 1802000);
    w.now = 3000;
    put(&w, PACKS, value_int(7))->flags |= SAMPLE_HISTORICAL;
    step(&w, 1803000);
    assert_near(gained_by(&w, PACKS), 14 * 6, 0);
    assert_int_equal(model_drops(w.model, DROP_LATE)->count, 0);
    assert_int_equal(tag_of(&w, PACKS)->value.i, 1);
    assert_int_equal(tag_of(&w, PACKS)->time_ms, T0 + 1801000);
    step(&w, 5400000);
    assert_near(quarters(&w, series, quarter), 13 * 6, 0);
    assert_near(quarters(&w, series, (T0 + 1801000) / BUCKET_MS * BUCKET_MS), 6, 0);
    works_close(&w);
}

static void what_the_broker_kept_is_no_increment(void **state)
{
    (void)state;
    struct works w;
    packer_open(&w);
    w.now = 0;
    put(&w, PACKS, value_int(9))->flags |= SAMPLE_RETAINED;
    step(&w, 0);
    assert_near(gained_by(&w, PACKS), 0, 0);
    sample(&w, 1000, PACKS, value_int(2));
    w.now = 1500;
    put(&w, PACKS, value_int(2))->flags |= SAMPLE_RETAINED;
    step(&w, 2000);
    w.now = 500;
    put(&w, PACKS, value_int(4))->flags |= SAMPLE_RETAINED;
    step(&w, 3000);
    assert_near(gained_by(&w, PACKS), 2 * 6, 0);
    works_close(&w);
}

static void a_rising_edge_is_one(void **state)
{
    (void)state;
    struct works w;
    packer_open(&w);
    const int levels[] = {1, 0, 1, 1, 0, 0, 1}; /* the first tells only where it stands */
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++)
        sample(&w, (int64_t)i * 1000, STROKE, i % 2 ? value_bool(levels[i] != 0) : value_int(levels[i]));
    assert_near(gained_by(&w, STROKE), 2, 0);
    works_close(&w);
}

static void a_count_stands_for_several_pieces(void **state)
{
    (void)state;
    struct works w;
    packer_open(&w);
    const double readings[] = {65530, 65534, 65533, 2, 5};
    for (size_t i = 0; i < sizeof readings / sizeof readings[0]; i++)
        sample(&w, (int64_t)i * 1000, SHOTS, value_real(readings[i]));
    assert_near(gained_by(&w, SHOTS), (4 + 4 + 3) * 4, 0);
    assert_int_equal(model_drops(w.model, DROP_COUNTER_GLITCH)->count, 1);
    works_close(&w);
}

static void counting_goes_on_after_it_was_saved(void **state)
{
    (void)state;
    struct works w;
    packer_open(&w);
    sample(&w, 0, STROKE, value_int(0));
    sample(&w, 1000, PACKS, value_int(1));
    struct packer saved;
    packer_init(&saved);
    model_save(w.model, &saved);
    struct error err;
    struct model *again = model_load(w.plant, saved.bytes, saved.count, &err);
    assert_non_null(again);
    packer_finish(&saved);
    model_destroy(w.model);
    w.model = again;
    sample(&w, 2000, STROKE, value_int(1));
    sample(&w, 3000, PACKS, value_int(1));
    assert_near(gained_by(&w, STROKE), 1, 0);
    assert_near(gained_by(&w, PACKS), 12, 0);
    works_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(falls_book_the_sums_of_the_page),
        CASE(a_modulus_does_not_make_a_reset_a_rollover),
        CASE(a_dip_is_counted_and_named),
        CASE(what_was_counted_across_a_gap_is_booked),
        CASE(increments_add_up_message_by_message),
        CASE(a_late_increment_counts_at_its_own_time),
        CASE(what_the_broker_kept_is_no_increment),
        CASE(a_rising_edge_is_one),
        CASE(a_count_stands_for_several_pieces),
        CASE(counting_goes_on_after_it_was_saved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
