/*
 * The order in which a batch is folded: so that it can be rebuilt from its series, a batch of samples stands by series; a batch
 * that holds anything whose place means something stays as it came.
 */
#include "check.h"

#include "core/record.h"

enum { MANY = 5000 };

static struct record of_kind(enum record_kind kind, uint32_t series, int64_t mark)
{
    return (struct record){.kind = (uint8_t)kind, .series = series, .time_ms = mark};
}

static struct batch batch_of(const struct record *records, size_t count)
{
    struct batch batch;
    batch_init(&batch);
    for (size_t r = 0; r < count; r++)
        batch_add(&batch, records[r]);
    return batch;
}

/* "S3 D0 7.1 7.2": names, drops, samples as series.mark. */
static void say(const struct batch *batch, char *out, size_t cap)
{
    size_t length = 0;
    out[0] = '\0';
    for (size_t r = 0; r < batch->count; r++) {
        const struct record *at = &batch->records[r];
        const char *letter = at->kind == RECORD_SERIES ? "S" : at->kind == RECORD_DROPPED ? "D" : at->kind == RECORD_SAMPLE ? "" : "X";
        length += (size_t)snprintf(out + length, cap - length, "%s%s%u.%d", r ? " " : "", letter, at->series, (int)at->time_ms);
    }
}

static void assert_order(const struct record *records, size_t count, const char *expected, bool ordered)
{
    struct batch batch = batch_of(records, count);
    char said[512];
    batch_order(&batch);
    say(&batch, said, sizeof said);
    assert_string_equal(said, expected);
    assert_int_equal(batch_is_ordered(&batch), ordered);
    batch_finish(&batch);
}

#define ORDER(expected, ordered, ...) \
    assert_order((struct record[]){__VA_ARGS__}, sizeof((struct record[]){__VA_ARGS__}) / sizeof(struct record), expected, ordered)

static struct record sample(uint32_t series, int64_t mark) { return of_kind(RECORD_SAMPLE, series, mark); }

static void samples_stand_by_series_and_those_of_one_as_they_came(void **state)
{
    (void)state;
    ORDER("1.1 1.4 2.2 7.0 7.3", true, sample(7, 0), sample(1, 1), sample(2, 2), sample(7, 3), sample(1, 4));
    ORDER("1.9 1.5", true, sample(1, 9), sample(1, 5)); /* the times do not matter */
    ORDER("4294967295.0", true, sample(UINT32_MAX, 0));
    ORDER("0.1 4294967295.0", true, sample(UINT32_MAX, 0), sample(0, 1));
}

static void names_come_first_then_drops(void **state)
{
    (void)state;
    ORDER("S9.1 S8.3 D0.2 D0.4 1.0", true, sample(1, 0), of_kind(RECORD_SERIES, 9, 1), of_kind(RECORD_DROPPED, 0, 2), of_kind(RECORD_SERIES, 8, 3),
        of_kind(RECORD_DROPPED, 0, 4));
}

static void what_means_something_where_it_stands_stays_there(void **state)
{
    (void)state;
    static const uint8_t kinds[] = {RECORD_BIRTH, RECORD_DEATH, RECORD_ACTION, RECORD_CONFIG, RECORD_GAP, RECORD_CLOCK};
    for (size_t k = 0; k < sizeof kinds; k++) {
        ORDER("2.0 X0.1 1.2", false, sample(2, 0), of_kind(kinds[k], 0, 1), sample(1, 2));
        ORDER("X0.0", false, of_kind(kinds[k], 0, 0)); /* its own order may mean something, too */
    }
}

static void an_empty_batch_is_in_order(void **state)
{
    (void)state;
    struct batch batch;
    batch_init(&batch);
    batch_order(&batch);
    assert_true(batch_is_ordered(&batch));
    batch_finish(&batch);
}

static void a_wrong_order_is_seen(void **state)
{
    (void)state;
    struct batch batch = batch_of((struct record[]){sample(2, 0), sample(1, 1)}, 2);
    assert_false(batch_is_ordered(&batch));
    batch_finish(&batch);
}

/* Against the plainest sort there is, with few and with many series, small and large batches. */
static void any_batch_comes_into_the_order_of_a_plain_sort(void **state)
{
    (void)state;
    static const uint32_t series[] = {1, 3, 300, 70000, UINT32_MAX};
    static const size_t counts[] = {2, 47, 48, 49, 50, 700};
    uint64_t seed = 7;
    for (size_t s = 0; s < 5; s++)
        for (size_t c = 0; c < 6; c++) {
            struct batch batch;
            batch_init(&batch);
            for (size_t r = 0; r < counts[c]; r++) {
                seed = seed * 6364136223846793005u + 1442695040888963407u;
                batch_add(&batch, sample((uint32_t)(seed >> 32) % series[s], (int64_t)r));
            }
            batch_order(&batch);
            assert_true(batch_is_ordered(&batch));
            bool seen[700] = {false};
            for (size_t r = 0; r < counts[c]; r++) {
                const struct record *at = &batch.records[r], *before = r ? at - 1 : NULL;
                assert_false(seen[at->time_ms]);
                seen[at->time_ms] = true;
                assert_true(!before || before->series < at->series || (before->series == at->series && before->time_ms < at->time_ms));
            }
            batch_finish(&batch);
        }
}

static void ordering_twice_is_ordering_once(void **state)
{
    (void)state;
    struct batch batch;
    batch_init(&batch);
    for (uint32_t r = 0; r < MANY; r++)
        batch_add(&batch, sample(r * 2654435761u % 1000, r));
    batch_order(&batch);
    struct record *once = malloc(MANY * sizeof *once);
    memcpy(once, batch.records, MANY * sizeof *once);
    batch_order(&batch);
    assert_memory_equal(once, batch.records, MANY * sizeof *once);
    free(once);
    batch_finish(&batch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(samples_stand_by_series_and_those_of_one_as_they_came),
        CASE(names_come_first_then_drops),
        CASE(what_means_something_where_it_stands_stays_there),
        CASE(an_empty_batch_is_in_order),
        CASE(a_wrong_order_is_seen),
        CASE(any_batch_comes_into_the_order_of_a_plain_sort),
        CASE(ordering_twice_is_ordering_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
