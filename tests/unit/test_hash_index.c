#include "check.h"

#include "core/hash_index.h"

enum { MANY = 50000 };

static bool is_number(const void *context, uint32_t number, const void *key)
{
    const uint64_t *keys = context;
    return keys[number] == *(const uint64_t *)key;
}

static void every_key_is_found_and_no_other(void **state)
{
    (void)state;
    struct hash_index index = {.slots = NULL};
    static uint64_t keys[MANY];
    for (uint32_t n = 0; n < MANY; n++) {
        keys[n] = (uint64_t)n * 7919;
        hash_index_add(&index, hash_bytes(&keys[n], sizeof keys[n]), n);
    }
    for (uint32_t n = 0; n < MANY; n++)
        assert_int_equal(hash_index_find(&index, hash_bytes(&keys[n], sizeof keys[n]), is_number, keys, &keys[n]), n);
    uint64_t other = 1;
    assert_true(hash_index_find(&index, hash_bytes(&other, sizeof other), is_number, keys, &other) == HASH_INDEX_NONE);
    assert_true(index.capacity <= 4 * MANY);
    hash_index_finish(&index);
}

static void equal_hashes_are_told_apart_by_their_keys(void **state)
{
    (void)state;
    struct hash_index index = {.slots = NULL};
    const uint64_t keys[] = {10, 20, 30};
    for (uint32_t n = 0; n < 3; n++)
        hash_index_add(&index, 42, n);
    for (uint32_t n = 0; n < 3; n++)
        assert_int_equal(hash_index_find(&index, 42, is_number, keys, &keys[n]), n);
    hash_index_finish(&index);
}

static void an_empty_index_holds_nothing(void **state)
{
    (void)state;
    struct hash_index index = {.slots = NULL};
    uint64_t key = 0;
    assert_true(hash_index_find(&index, 0, is_number, &key, &key) == HASH_INDEX_NONE);
    hash_index_finish(&index);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(every_key_is_found_and_no_other),
        CASE(equal_hashes_are_told_apart_by_their_keys),
        CASE(an_empty_index_holds_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
