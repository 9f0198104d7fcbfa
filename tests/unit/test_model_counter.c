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

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(falls_book_the_sums_of_the_page),
        CASE(a_modulus_does_not_make_a_reset_a_rollover),
        CASE(a_dip_is_counted_and_named),
        CASE(what_was_counted_across_a_gap_is_booked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
