#include "check.h"

#include "core/bitset.h"

/* Sizes at which a level begins or ends. */
static const size_t sizes[] = {1, 63, 64, 65, 4095, 4096, 4097, 300000};

static void an_empty_set_has_no_next(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct bitset set;
        bitset_init(&set, sizes[i]);
        assert_true(bitset_next(&set, 0) == SIZE_MAX);
        assert_true(bitset_next(&set, sizes[i] - 1) == SIZE_MAX);
        bitset_finish(&set);
    }
    struct bitset none;
    bitset_init(&none, 0);
    assert_true(bitset_next(&none, 0) == SIZE_MAX);
    bitset_finish(&none);
}

/* Against an array of flags, with far and near numbers put in and taken out. */
static void the_next_is_the_least_from_there_on(void **state)
{
    (void)state;
    uint64_t seed = 7;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct bitset set;
        bool *in = calloc(sizes[i], sizeof *in);
        bitset_init(&set, sizes[i]);
        for (int n = 0; n < 200; n++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            size_t number = (seed >> 33) % sizes[i];
            in[number] = seed >> 63 || n < 20;
            bitset_put(&set, number, in[number]);
            bitset_put(&set, number, in[number]); /* twice is once */
            if (n % 20 != 19)
                continue;
            for (size_t from = 0, next = bitset_next(&set, 0); from < sizes[i]; from++) {
                if (next < from)
                    next = bitset_next(&set, from);
                assert_int_equal(in[from], next == from);
            }
        }
        assert_true(bitset_next(&set, sizes[i]) == SIZE_MAX);
        free(in);
        bitset_finish(&set);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {CASE(an_empty_set_has_no_next), CASE(the_next_is_the_least_from_there_on)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
