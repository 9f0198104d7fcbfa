#include "check.h"

#include "core/plant.h"
#include "core/topic.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static uint32_t find(const struct topic_tree *tree, const char *topic, uint16_t broker)
{
    return topic_tree_find(tree, topic, strlen(topic), broker);
}

/* The standard's examples (MQTT 5, 4.7) and its edges. */
static const struct { const char *filter, *topic; bool matches; } pairs[] = {
    {"sport/tennis/player1/#", "sport/tennis/player1", true},
    {"sport/tennis/player1/#", "sport/tennis/player1/ranking", true},
    {"sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", true},
    {"sport/#", "sport", true}, {"sport/#", "sport/", true}, {"sport/#", "sports", false}, {"#", "a/b/c", true}, {"#", "/", true},
    {"sport/tennis/+", "sport/tennis/player1", true}, {"sport/tennis/+", "sport/tennis/player1/ranking", false},
    {"sport/+", "sport", false}, {"sport/+", "sport/", true}, {"+/+", "/finance", true}, {"/+", "/finance", true}, {"+", "/finance", false},
    {"+/tennis/#", "sport/tennis", true}, {"a/+/c", "a/b/c", true}, {"a/+/c", "a//c", true}, {"a/+/c", "a/b/d", false},
    {"a/b", "a/b", true}, {"a/b", "a/b/", false}, {"a/b/", "a/b", false}, {"a/b", "a/bc", false}, {"a/bc", "a/b", false},
    {"#", "$SYS/uptime", false}, {"+/uptime", "$SYS/uptime", false}, {"$SYS/#", "$SYS/uptime", true}, {"$SYS/+", "$SYS/uptime", true},
    {"+/#", "$SYS", false}, {"a/#", "a/$x", true}, {"+/+/#", "a/b", true}, {"+/+/#", "a", false}, {"+/#", "a", true},
};

static void the_standards_examples(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(pairs); i++) {
        struct topic_tree *tree = topic_tree_create();
        assert_true(topic_filter_valid(pairs[i].filter));
        assert_true(topic_tree_add(tree, pairs[i].filter, ANY_BROKER, 7, NULL));
        if (topic_matches(pairs[i].filter, pairs[i].topic) != pairs[i].matches)
            fail_msg("topic_matches(%s, %s)", pairs[i].filter, pairs[i].topic);
        if (find(tree, pairs[i].topic, 0) != (pairs[i].matches ? 7 : NO_BINDING))
            fail_msg("tree: %s on %s", pairs[i].filter, pairs[i].topic);
        topic_tree_destroy(tree);
    }
}

static void filters_and_topics_are_checked(void **state)
{
    (void)state;
    static const char *const good[] = {"a", "/", "#", "+", "+/+", "a/#", "a//b", "$SYS/#", "箱体/+/state"};
    static const char *const bad[] = {"", "a#", "a/#/b", "##", "a+", "+a/b", "a/b+/c", "#/", "#/a"};
    for (size_t i = 0; i < COUNT(good); i++)
        assert_true(topic_filter_valid(good[i]));
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_false(topic_filter_valid(bad[i]));
    assert_true(topic_valid("a/b", 3));
    assert_true(topic_valid("/", 1));
    assert_false(topic_valid("", 0));
    assert_false(topic_valid("a/+", 3));
    assert_false(topic_valid("a/#", 3));
    assert_false(topic_valid("a\0b", 3));
    static char giant[65536];
    memset(giant, 'a', sizeof giant);
    assert_true(topic_valid(giant, 65535));
    assert_false(topic_valid(giant, 65536));
}

static void the_most_specific_wins_at_the_first_difference(void **state)
{
    (void)state;
    static const char *const filters[] = {"#", "+/#", "+/b/c", "a/#", "a/+/c", "a/b/#", "a/b/c"};
    static const struct { const char *topic, *wins; } cases[] = {{"a/b/c", "a/b/c"}, {"a/b/d", "a/b/#"}, {"a/b", "a/b/#"}, {"a/x/c", "a/+/c"},
        {"a/x/d", "a/#"}, {"a", "a/#"}, {"x/b/c", "+/b/c"}, {"x/b/d", "+/#"}, {"x", "+/#"}, {"/", "+/#"}};
    struct topic_tree *tree = topic_tree_create();
    for (uint32_t f = 0; f < COUNT(filters); f++)
        assert_true(topic_tree_add(tree, filters[f], ANY_BROKER, f, NULL));
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_string_equal(filters[find(tree, cases[i].topic, 3)], cases[i].wins);
    topic_tree_destroy(tree);
}

static void the_same_filter_twice_is_refused_and_names_the_first(void **state)
{
    (void)state;
    struct topic_tree *tree = topic_tree_create();
    uint32_t other = 99;
    assert_true(topic_tree_add(tree, "a/+/c", ANY_BROKER, 1, &other));
    assert_true(topic_tree_add(tree, "a/+/c", 0, 2, &other));
    assert_true(topic_tree_add(tree, "a/+/#", 0, 3, &other));
    assert_int_equal(other, 99);
    assert_false(topic_tree_add(tree, "a/+/c", ANY_BROKER, 4, &other));
    assert_int_equal(other, 1);
    assert_false(topic_tree_add(tree, "a/+/#", 0, 5, &other));
    assert_int_equal(other, 3);
    assert_int_equal(find(tree, "a/b/c", 0), 2);
    topic_tree_destroy(tree);
}

static void a_filter_for_this_broker_wins_over_the_same_for_any(void **state)
{
    (void)state;
    struct topic_tree *tree = topic_tree_create();
    topic_tree_add(tree, "a/b", ANY_BROKER, 1, NULL);
    topic_tree_add(tree, "a/b", 0, 2, NULL);
    topic_tree_add(tree, "a/c", 1, 3, NULL);
    topic_tree_add(tree, "a/#", 0, 4, NULL);
    assert_int_equal(find(tree, "a/b", 0), 2);
    assert_int_equal(find(tree, "a/b", 1), 1);
    assert_int_equal(find(tree, "a/c", 1), 3);
    assert_int_equal(find(tree, "a/c", 0), 4);
    assert_int_equal(find(tree, "a/c", 2), NO_BINDING);
    topic_tree_destroy(tree);
}

/* -1 when a is more specific, 1 when b is; both match the same topic. */
static int compare_filters(const char *a, const char *b)
{
    for (;;) {
        size_t la = strcspn(a, "/"), lb = strcspn(b, "/");
        int ra = *a == '#' ? 2 : *a == '+' ? 1 : 0, rb = *b == '#' ? 2 : *b == '+' ? 1 : 0;
        if (ra != rb)
            return ra < rb ? -1 : 1;
        if (!a[la] || !b[lb])
            return !a[la] && !b[lb] ? 0 : !a[la] ? -1 : 1;
        a += la + 1;
        b += lb + 1;
    }
}

static uint32_t dice(uint64_t *seed, uint32_t sides)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*seed >> 33) % sides;
}

static void random_levels(uint64_t *seed, bool filter, char out[64])
{
    static const char *const levels[] = {"a", "b", "c", "", "$s", "ab"};
    size_t at = 0;
    for (uint32_t left = dice(seed, 5) + 1; left > 0; left--) {
        const char *level = levels[dice(seed, COUNT(levels))];
        if (filter && dice(seed, 3) == 0)
            level = left == 1 && dice(seed, 2) == 0 ? "#" : "+";
        memcpy(out + at, level, strlen(level));
        at += strlen(level);
        if (left > 1)
            out[at++] = '/';
    }
    if (at == 0)
        out[at++] = 'a';
    out[at] = '\0';
}

static void the_tree_finds_the_most_specific_of_all_that_match(void **state)
{
    (void)state;
    uint64_t seed = 20240612;
    for (int round = 0; round < 300; round++) {
        struct topic_tree *tree = topic_tree_create();
        char filters[40][64];
        uint32_t count = 0;
        for (int i = 0; i < 40; i++) {
            random_levels(&seed, true, filters[count]);
            if (topic_tree_add(tree, filters[count], ANY_BROKER, count, NULL))
                count++;
        }
        for (int i = 0; i < 100; i++) {
            char topic[64];
            random_levels(&seed, false, topic);
            uint32_t best = NO_BINDING;
            for (uint32_t f = 0; f < count; f++)
                if (topic_matches(filters[f], topic) && (best == NO_BINDING || compare_filters(filters[f], filters[best]) < 0))
                    best = f;
            assert_int_equal(find(tree, topic, 0), best);
        }
        topic_tree_destroy(tree);
    }
}

static void a_hundred_thousand_topics_are_all_found(void **state)
{
    (void)state;
    struct topic_tree *tree = topic_tree_create();
    char topic[64];
    for (uint32_t i = 0; i < 100000; i++) {
        snprintf(topic, sizeof topic, "plant/area%u/line%u/unit%u/telemetry", i / 10000, i / 100, i);
        assert_true(topic_tree_add(tree, topic, ANY_BROKER, i, NULL));
    }
    for (uint32_t i = 0; i < 100000; i += 7) {
        snprintf(topic, sizeof topic, "plant/area%u/line%u/unit%u/telemetry", i / 10000, i / 100, i);
        assert_int_equal(find(tree, topic, 0), i);
        snprintf(topic, sizeof topic, "plant/area%u/line%u/unit%u/other", i / 10000, i / 100, i);
        assert_int_equal(find(tree, topic, 0), NO_BINDING);
    }
    topic_tree_destroy(tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {CASE(the_standards_examples), CASE(filters_and_topics_are_checked),
        CASE(the_most_specific_wins_at_the_first_difference), CASE(the_same_filter_twice_is_refused_and_names_the_first),
        CASE(a_filter_for_this_broker_wins_over_the_same_for_any), CASE(the_tree_finds_the_most_specific_of_all_that_match),
        CASE(a_hundred_thousand_topics_are_all_found)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
