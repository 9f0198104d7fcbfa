/*
 * A capture is folded on its own stamps: one look at a moment is the same however one came there, and on every machine.
 */
#include "check.h"

#include <stdio.h>
#include <unistd.h>

#include "app/compose.h"
#include "app/player.h"
#include "core/pack.h"
#include "core/plant_build.h"

enum { T0 = 1700000000 };
#define START (INT64_C(1000) * T0 + 40)


static struct plant *one_line(void)
{
    struct plant_build b;
    plant_build_init(&b);
    uint32_t site = plant_add_node(&b, NO_NODE, (struct node){.level = LEVEL_SITE, .name = "works"});
    uint32_t line = plant_add_node(&b, site, (struct node){.level = LEVEL_LINE, .name = "l1", .alias = "one", .ideal_cycle_s = 2});
    uint32_t good = plant_add_tag(&b, line, plant_add_def(&b, (struct tag_def){.name = "good", .kind = KIND_COUNTER}));
    uint32_t oil = plant_add_tag(&b, line, plant_add_def(&b, (struct tag_def){.name = "oil", .kind = KIND_VALUE, .unit = "°C"}));
    struct plant_field good_field = {.path = "", .tag = good}, oil_field = {.path = "", .tag = oil};
    plant_add_binding(&b, (struct plant_binding){.topic = "l1/good", .broker = ANY_BROKER, .time_path = "", .fields = &good_field, .field_count = 1});
    plant_add_binding(&b, (struct plant_binding){.topic = "l1/oil", .broker = ANY_BROKER, .time_path = "", .fields = &oil_field, .field_count = 1});
    return plant_build_finish(&b);
}

/* A minute: a piece every two seconds, an oil temperature every 130 ms, one line that is not JSON, one stamp that goes back. */
static void write_capture(char path[64])
{
    snprintf(path, 64, "/tmp/andon-capture-XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    FILE *file = fdopen(fd, "w");
    for (int64_t t = 0; t < 60000; t += 130) {
        fprintf(file, "{\"ts\": %lld, \"topic\": \"l1/oil\", \"payload\": \"%lld.5\"}\n", (long long)(START + t), (long long)(40 + t / 10000));
        if (t % 2000 < 130)
            fprintf(file, "{\"ts\": %lld, \"topic\": \"l1/good\", \"payload\": \"%lld\"}\n", (long long)(START + t - (t > 30000 ? 250 : 0)), (long long)(t / 2000));
    }
    fprintf(file, "this is not a line of a capture\n");
    assert_int_equal(fclose(file), 0);
}

static void save(struct player *player, struct packer *out)
{
    struct origin origin = player_origin(player);
    packer_init(out);
    model_save(origin.model(origin.self), out);
}

static struct player *open_player(const struct plant *plant, const char *path)
{
    struct error err;
    struct player *player = player_create(plant, "test", path, &err);
    if (!player)
        fail_msg("%s", err.text);
    return player;
}

static const struct model *model_of(struct player *player)
{
    struct origin origin = player_origin(player);
    return origin.model(origin.self);
}

static void one_step_or_many_batches_hold_the_same(void **state)
{
    (void)state;
    char path[64];
    write_capture(path);
    struct plant *plant = one_line();
    struct player *once = open_player(plant, path), *again = open_player(plant, path);
    player_fold(once, INT64_MAX);
    assert_false(player_fold(again, INT64_MAX));
    struct packer a, b;
    save(once, &a);
    save(again, &b);
    assert_int_equal(a.count, b.count);
    assert_memory_equal(a.bytes, b.bytes, a.count);
    packer_finish(&a);
    packer_finish(&b);
    player_destroy(once);
    player_destroy(again);

    /* in many steps there are more batches, but every value is the same */
    struct player *steps = open_player(plant, path), *whole = open_player(plant, path);
    for (int64_t t = START; t < START + 61000; t += 777)
        player_fold(steps, t);
    player_fold(steps, START + 61000);
    player_fold(whole, START + 61000);
    for (uint32_t tag = 0; tag < plant->tag_count; tag++) {
        const struct tag *x = model_tag(model_of(steps), tag), *y = model_tag(model_of(whole), tag);
        assert_true(value_same(x->value, y->value));
        assert_int_equal(x->count, y->count);
        assert_int_equal(x->time_ms, y->time_ms);
        assert_near(x->gained, y->gained, 0);
    }
    assert_int_equal(model_wall(model_of(steps)), model_wall(model_of(whole)));
    assert_int_equal(model_elapsed(model_of(steps)), model_elapsed(model_of(whole)));
    player_destroy(steps);
    player_destroy(whole);
    plant_destroy(plant);
    remove(path);
}

static void a_moment_holds_what_came_before_it_on_the_grid(void **state)
{
    (void)state;
    char path[64];
    write_capture(path);
    struct plant *plant = one_line();
    struct player *player = open_player(plant, path);
    assert_int_equal(player_begin(player), START);
    assert_true(player_fold(player, START + 10000));
    int64_t wall = model_wall(model_of(player));
    assert_int_equal(wall % BATCH_GRID_MS, 0);
    assert_true(wall <= START + 10000 && wall > START + 10000 - 2 * BATCH_GRID_MS);
    const struct tag *oil = model_tag(model_of(player), model_find(model_of(player), "works/l1/oil"));
    assert_true(oil->time_ms < wall);
    assert_true(model_source_count(model_of(player)) == 1 && model_source(model_of(player), 0)->alive);
    assert_string_equal(model_source(model_of(player), 0)->name, "broker:main");
    player_destroy(player);
    plant_destroy(plant);
    remove(path);
}

static void a_bad_line_is_counted_and_passed_over(void **state)
{
    (void)state;
    char path[64];
    const char *first;
    write_capture(path);
    struct plant *plant = one_line();
    struct player *player = open_player(plant, path);
    player_fold(player, INT64_MAX);
    assert_int_equal(player_bad_lines(player, &first), 1);
    assert_true(first[0]);
    player_destroy(player);
    plant_destroy(plant);
    remove(path);
}

static void a_missing_file_is_an_error(void **state)
{
    (void)state;
    struct plant *plant = one_line();
    struct error err;
    assert_null(player_create(plant, "test", "/nonexistent/capture.jsonl", &err));
    assert_non_null(strstr(err.text, "/nonexistent/capture.jsonl"));
    plant_destroy(plant);
}

/* ---- what is composed on it ---- */

static bool shows(struct compose *c, const char *text)
{
    struct grid *grid = grid_create(80, 24);
    bool found = false;
    compose_draw(c, grid);
    for (int y = 0; y < grid->h && !found; y++) {
        char row[80 * CELL_BYTES] = "";
        size_t used = 0;
        for (int x = 0; x < grid->w; x++)
            used += (size_t)snprintf(row + used, sizeof row - used, "%s", grid_cell(grid, x, y)->text);
        found = strstr(row, text) != NULL;
    }
    grid_destroy(grid);
    return found;
}

struct stage {
    char path[64];
    struct plant *plant;
    struct player *player;
    struct compose compose;
};

static int stage_make(void **state)
{
    struct stage *s = calloc(1, sizeof *s);
    write_capture(s->path);
    s->plant = one_line();
    s->player = open_player(s->plant, s->path);
    player_fold(s->player, START + 10000);
    compose_init(&s->compose, player_origin(s->player));
    assert_true(compose_go(&s->compose, "overview", NULL, NULL));
    *state = s;
    return 0;
}

static int stage_remove(void **state)
{
    struct stage *s = *state;
    compose_finish(&s->compose);
    player_destroy(s->player);
    plant_destroy(s->plant);
    remove(s->path);
    free(s);
    return 0;
}

static void escape_closes_what_is_open_one_thing_at_a_time(void **state)
{
    struct stage *s = *state;
    struct compose *c = &s->compose;
    assert_true(compose_goto(c, "works/l1", NULL));
    assert_true(shows(c, "l1"));
    snprintf(c->filter, sizeof c->filter, "oil");
    compose_open(c, &help_view);
    assert_true(shows(c, "HELP"));
    assert_true(compose_back(c));
    assert_null(c->over);
    assert_string_equal(c->filter, "oil");
    assert_true(compose_back(c));
    assert_string_equal(c->filter, "");
    assert_true(compose_back(c));
    assert_true(shows(c, "OVERVIEW"));
    assert_false(compose_back(c)); /* it never leaves */
}

static void a_place_is_found_by_path_name_alias_and_key(void **state)
{
    struct stage *s = *state;
    struct error err;
    static const char *const good[] = {"works/l1", "l1", "one"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_true(compose_goto(&s->compose, good[i], &err));
        assert_string_equal(s->compose.here.focus.node, "works/l1");
    }
    assert_true(compose_goto(&s->compose, "works/l1/oil", &err));
    assert_ptr_equal(s->compose.over, &faceplate_view);
    assert_true(shows(&s->compose, "works/l1/oil"));
    assert_false(compose_goto(&s->compose, "l9", &err));
    assert_non_null(strstr(err.text, "l9"));
    assert_false(compose_go(&s->compose, "lne", NULL, &err));
    assert_non_null(strstr(err.text, "overview"));
}

static void a_frozen_picture_stands_still_and_says_so(void **state)
{
    struct stage *s = *state;
    uint32_t oil = model_find(model_of(s->player), "works/l1/oil");
    compose_freeze(&s->compose);
    assert_true(shows(&s->compose, "FROZEN since"));
    player_fold(s->player, START + 50000);
    assert_true(value_same(model_tag(s->compose.frozen, oil)->value, value_real(40.5)) || value_same(model_tag(s->compose.frozen, oil)->value, value_real(41.5)));
    assert_false(value_same(model_tag(s->compose.frozen, oil)->value, model_tag(model_of(s->player), oil)->value));
    compose_thaw(&s->compose);
    assert_false(shows(&s->compose, "FROZEN"));
}

static void the_last_view_comes_back(void **state)
{
    struct stage *s = *state;
    assert_true(compose_go(&s->compose, "tags", NULL, NULL));
    compose_swap_last(&s->compose);
    assert_true(shows(&s->compose, "OVERVIEW"));
    compose_swap_last(&s->compose);
    assert_true(shows(&s->compose, "TAGS"));
}

#define STAGE_CASE(function) cmocka_unit_test_setup_teardown(function, stage_make, stage_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(one_step_or_many_batches_hold_the_same),
        CASE(a_moment_holds_what_came_before_it_on_the_grid),
        CASE(a_bad_line_is_counted_and_passed_over),
        CASE(a_missing_file_is_an_error),
        STAGE_CASE(escape_closes_what_is_open_one_thing_at_a_time),
        STAGE_CASE(a_place_is_found_by_path_name_alias_and_key),
        STAGE_CASE(a_frozen_picture_stands_still_and_says_so),
        STAGE_CASE(the_last_view_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
