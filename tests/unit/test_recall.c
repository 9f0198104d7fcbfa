/* What views ask of the past, and how long it is kept for them. */
#include "check.h"

#include "core/memory.h"
#include "core/recall.h"

static struct want columns_of(const char *path, int64_t from_ms)
{
    struct want want = {.kind = WANT_COLUMNS, .from_ms = from_ms, .to_ms = from_ms + 1000, .columns = 10};
    snprintf(want.path, sizeof want.path, "%s", path);
    return want;
}

static void answer(struct recall *recall, struct want want, double last)
{
    struct answer a = {.want = want, .columns = mem_zero(want.columns, sizeof *a.columns), .column_count = want.columns};
    a.columns[0] = (struct column){.state = COLUMN_FILLED, .count = 1, .last = last};
    recall_answer_take(recall, &a);
    assert_null(a.columns);
}

static const struct answer *ask(struct recall *recall, const char *path, int64_t from_ms)
{
    struct want want = columns_of(path, from_ms);
    return recall_want(recall, &want);
}

static void nobody_remembers_without_a_recall(void **state)
{
    (void)state;
    struct want want = columns_of("a", 0);
    assert_null(recall_want(NULL, &want));
    assert_null(recall_like(NULL, &want));
    assert_int_equal(recall_wanted(NULL), 0);
    recall_frame(NULL);
    recall_destroy(NULL);
}

static void an_answer_is_there_once_it_came(void **state)
{
    (void)state;
    struct recall *recall = recall_create();
    assert_null(ask(recall, "a", 0));
    assert_int_equal(recall_wanted(recall), 1);
    assert_string_equal(recall_wanted_at(recall, 0)->path, "a");
    answer(recall, columns_of("a", 0), 7);
    recall_frame(recall);
    assert_int_equal(recall_wanted(recall), 0);
    assert_near(ask(recall, "a", 0)->columns[0].last, 7, 0);
    assert_int_equal(recall_wanted(recall), 1);
    answer(recall, columns_of("a", 0), 8);
    assert_near(ask(recall, "a", 0)->columns[0].last, 8, 0);
    recall_destroy(recall);
}

static void wants_are_equal_when_all_their_fields_are(void **state)
{
    (void)state;
    struct recall *recall = recall_create();
    struct want want = columns_of("a", 0), other[] = {want, want, want, want, want, want};
    other[0].to_ms++;
    other[1].hold_ms = 5;
    other[2].columns++;
    other[3].kind = WANT_EVENTS;
    other[4].changes = true;
    snprintf(other[5].path, sizeof other[5].path, "b");
    recall_want(recall, &want);
    answer(recall, want, 1);
    for (size_t i = 0; i < sizeof other / sizeof other[0]; i++)
        assert_null(recall_want(recall, &other[i]));
    assert_non_null(recall_want(recall, &want));
    assert_int_equal(recall_wanted(recall), 7);
    recall_destroy(recall);
}

static void the_newest_answer_stands_in_while_the_next_is_fetched(void **state)
{
    (void)state;
    struct recall *recall = recall_create();
    struct want next = columns_of("a", 200);
    assert_null(recall_like(recall, &next));
    ask(recall, "a", 100);
    ask(recall, "a", 0);
    ask(recall, "b", 0);
    answer(recall, columns_of("a", 0), 1);
    answer(recall, columns_of("a", 100), 2);
    answer(recall, columns_of("b", 0), 3);
    assert_null(recall_want(recall, &next));
    assert_near(recall_like(recall, &next)->columns[0].last, 2, 0);
    assert_int_equal(recall_like(recall, &next)->want.from_ms, 100);
    next = columns_of("a", 5000); /* another day tells nothing of this one */
    assert_null(recall_like(recall, &next));
    recall_destroy(recall);
}

static void what_nobody_wants_is_forgotten(void **state)
{
    (void)state;
    enum { LONG = 1000 };
    struct recall *recall = recall_create();
    struct want want = columns_of("a", 0);
    ask(recall, "a", 0);
    answer(recall, want, 1);
    recall_frame(recall);
    recall_frame(recall);
    assert_non_null(recall_like(recall, &want)); /* not at once: a stretch that one pans back to is still there */
    for (int i = 0; i < LONG; i++)
        recall_frame(recall);
    assert_null(recall_like(recall, &want));
    assert_null(ask(recall, "a", 0));
    recall_destroy(recall);
}

static void an_answer_that_nobody_waits_for_is_dropped(void **state)
{
    (void)state;
    struct recall *recall = recall_create();
    answer(recall, columns_of("a", 0), 1);
    assert_null(ask(recall, "a", 0));
    recall_destroy(recall);
}

static void what_is_kept_is_bounded(void **state)
{
    (void)state;
    struct recall *recall = recall_create();
    for (int frame = 0; frame < 20; frame++) {
        recall_frame(recall);
        for (int i = 0; i < RECALL_WANTS; i++) {
            ask(recall, "a", frame * 1000 + i);
            answer(recall, columns_of("a", frame * 1000 + i), i);
        }
        assert_int_equal(recall_wanted(recall), RECALL_WANTS);
        assert_null(ask(recall, "a", -1)); /* one too many in this frame */
        assert_int_equal(recall_wanted(recall), RECALL_WANTS);
    }
    assert_non_null(ask(recall, "a", 19000));
    recall_frame(recall);
    assert_null(ask(recall, "a", 0)); /* made room */
    recall_destroy(recall);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(nobody_remembers_without_a_recall), CASE(an_answer_is_there_once_it_came), CASE(wants_are_equal_when_all_their_fields_are),
        CASE(the_newest_answer_stands_in_while_the_next_is_fetched), CASE(what_nobody_wants_is_forgotten),
        CASE(an_answer_that_nobody_waits_for_is_dropped), CASE(what_is_kept_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
