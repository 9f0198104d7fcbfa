/* The user's own file: kept as a whole, and set aside when it is damaged. */
#include "check.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/layout.h"

static char folder[] = "/tmp/andon-layout-XXXXXX";
static char path[sizeof folder + 64], aside[sizeof folder + 80];

static int enter(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/state/andon/layout.cfg", folder);
    snprintf(aside, sizeof aside, "%s.damaged", path);
    return 0;
}

static int leave(void **state)
{
    (void)state;
    static const char *const inside[] = {"/state/andon", "/state", ""};
    unlink(path);
    unlink(aside);
    for (size_t i = 0; i < sizeof inside / sizeof inside[0]; i++) {
        char name[sizeof path];
        snprintf(name, sizeof name, "%s%s", folder, inside[i]);
        rmdir(name);
    }
    return 0;
}

static struct layout_set set_of(const char *name, const char *a, const char *b)
{
    struct layout_set set = {.count = b ? 2 : 1};
    snprintf(set.name, sizeof set.name, "%s", name);
    snprintf(set.tags[0], KEY_BYTES, "%s", a);
    snprintf(set.tags[1], KEY_BYTES, "%s", b ? b : "");
    return set;
}

static void put_file(const char *text, size_t length)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, length, file), length);
    fclose(file);
}

static void without_a_file_nothing_is_arranged(void **state)
{
    (void)state;
    struct layout layout;
    struct error err;
    assert_true(layout_load(&layout, path, true, &err));
    assert_int_equal(layout.count, 0);
    layout_finish(&layout);
}

static void what_is_saved_is_there_again(void **state)
{
    (void)state;
    struct layout layout = {.count = 0}, read;
    struct error err;
    struct layout_set cooling = set_of("cooling", "works/chiller/supply", "main:a \"quoted\\ topic#/温度"), again = set_of("cooling", "works/other", NULL),
                      bake = set_of("bake", "works/oven/t", NULL), bad = set_of("two words", "a", NULL);
    assert_true(layout_put(&layout, &cooling, &err));
    assert_true(layout_put(&layout, &bake, &err));
    assert_false(layout_put(&layout, &bad, &err));
    assert_true(layout_save(&layout, path, &err));
    assert_true(layout_load(&read, path, true, &err));
    assert_int_equal(read.count, 2);
    assert_string_equal(read.sets[0].name, "bake");
    assert_string_equal(layout_find(&read, "cooling")->tags[1], cooling.tags[1]);
    assert_true(layout_put(&read, &again, &err));
    assert_int_equal(read.count, 2);
    assert_int_equal(layout_find(&read, "cooling")->count, 1);
    assert_true(layout_drop(&read, "bake"));
    assert_false(layout_drop(&read, "bake"));
    assert_true(layout_save(&read, path, &err));
    layout_finish(&read);
    assert_true(layout_load(&read, path, true, &err));
    assert_int_equal(read.count, 1);
    struct stat is;
    assert_int_equal(stat(path, &is), 0);
    assert_int_equal(is.st_mode & 077, 0);
    layout_finish(&layout);
    layout_finish(&read);
}

static void a_damaged_file_is_set_aside(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "trends = (", "trends = 5;", "trends = ( { name = \"a\"; } );", "trends = ( \"a\" );", "trends = ( { name = \"a b\"; tags = (\"x\"); } );",
        "trends = ( { name = \"a\"; tags = (1); } );", "@include \"/etc/passwd\"\n",
        "trends = ( { name = \"a\"; tags = (\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\"); } );",
    };
    struct layout layout;
    struct error err;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        put_file(texts[i], strlen(texts[i]));
        assert_false(layout_load(&layout, path, true, &err));
        assert_non_null(strstr(err.text, "set aside"));
        assert_int_equal(layout.count, 0);
        assert_int_not_equal(access(path, F_OK), 0);
        assert_int_equal(access(aside, F_OK), 0);
    }
    put_file("trends = (", 10);
    unlink(aside);
    assert_false(layout_load(&layout, path, false, &err)); /* a read-only screen leaves it alone */
    assert_int_equal(access(path, F_OK), 0);
    put_file("trends = ();\0", 13);
    assert_false(layout_load(&layout, path, true, &err));
}

static const char own_view[] = "views = ( { name = \"furnace\"; rows = ( { height = 8; panels = ( { widget = \"trend\"; tags = (\"a/*\"); span = \"2h\"; } ); } ); } );\n";

static void views_are_kept_beside_sets(void **state)
{
    (void)state;
    struct layout layout, read;
    struct error err;
    put_file(own_view, strlen(own_view));
    assert_true(layout_load(&layout, path, true, &err));
    assert_int_equal(layout.view_count, 1);
    struct layout_set set = set_of("oven", "a/b", NULL);
    assert_true(layout_put(&layout, &set, &err));
    struct panel_view *second = malloc(sizeof *second);
    *second = layout.views[0];
    snprintf(second->name, sizeof second->name, "another");
    assert_true(layout_put_view(&layout, second, &err));
    second->panels[0].span_ms = 3600000;
    assert_true(layout_put_view(&layout, second, &err)); /* in the other's place */
    assert_true(layout_save(&layout, path, &err));
    assert_true(layout_load(&read, path, true, &err));
    assert_int_equal(read.count, 1);
    assert_int_equal(read.view_count, 2);
    assert_memory_equal(read.views, layout.views, 2 * sizeof *read.views);
    assert_int_equal(layout_find_view(&read, "another")->panels[0].span_ms, 3600000);
    assert_true(layout_drop_view(&read, "another"));
    assert_false(layout_drop_view(&read, "another"));
    assert_null(layout_find_view(&read, "another"));
    snprintf(second->name, sizeof second->name, "No Name");
    assert_false(layout_put_view(&read, second, &err));
    free(second);
    layout_finish(&layout);
    layout_finish(&read);
}

/* What cannot be understood is neither lost nor written over. */
static void a_file_of_a_newer_andon_is_set_aside(void **state)
{
    (void)state;
    static const struct { const char *text, *suffix; } cases[] = {
        {"version = 99; trends = (); views = 5;", "newer"}, {"views = 5;", "damaged"}, {"views = ( { name = \"a\"; rows = ( { colour = 1; } ); } );", "damaged"},
        {"views = ( { name = \"a\"; rows = ( { panels = ( { widget = 5; } ); } ); } );", "damaged"},
    };
    struct layout layout;
    struct error err;
    char kept[sizeof path + 16];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        put_file(cases[i].text, strlen(cases[i].text));
        snprintf(kept, sizeof kept, "%s.%s", path, cases[i].suffix);
        assert_false(layout_load(&layout, path, true, &err));
        assert_non_null(strstr(err.text, kept));
        assert_int_equal(layout.view_count, 0);
        assert_int_equal(access(kept, F_OK), 0);
        unlink(kept);
    }
}

static void what_is_no_file_is_not_waited_for(void **state)
{
    (void)state;
    struct layout layout;
    struct error err;
    unlink(path);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_false(layout_load(&layout, path, true, &err));
    unlink(path);
}

static void there_is_a_most(void **state)
{
    (void)state;
    struct layout layout = {.count = 0};
    struct error err;
    for (int i = 0; i <= LAYOUT_SETS; i++) {
        char name[16];
        snprintf(name, sizeof name, "set%d", i);
        struct layout_set set = set_of(name, "a", NULL);
        assert_int_equal(layout_put(&layout, &set, &err), i < LAYOUT_SETS);
    }
    layout_finish(&layout);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(without_a_file_nothing_is_arranged), CASE(what_is_saved_is_there_again), CASE(a_damaged_file_is_set_aside), CASE(views_are_kept_beside_sets), CASE(a_file_of_a_newer_andon_is_set_aside), CASE(what_is_no_file_is_not_waited_for),
        CASE(there_is_a_most),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
