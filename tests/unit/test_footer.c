/*
 * The footer's keys that act: bright for who may, dim for whose role forbids it, in the past and on a screen that only reads.
 */
#include "check.h"

#include "views/frame.h"

static const struct key_row keys[] = {{"a", "ack", "acknowledges", 1}, {"o", "out", "takes out of service", 1}, {"j", "down", "selects", 1}};
static const struct act_row acts[] = {{"a", ACTION_ACK}, {"o", ACTION_SERVICE_OUT}};
static const struct view alarms = {.name = "alarms", .title = "ALARMS", .help = "", .keys = keys, .key_count = 3, .acts = acts, .act_count = 2};

/* The names of the keys that are bright. */
static void assert_bright(struct scene scene, const char *expected)
{
    char found[8] = "";
    size_t count = 0;
    scene.message = "";
    struct grid *grid = grid_create(80, 1);
    frame_footer(&scene, &alarms, NULL, surface_of(grid));
    for (int x = 0; x < 80; x++) {
        const struct cell *cell = grid_cell(grid, x, 0);
        if (cell->role == CELL_KEY && strchr("aoj", cell->text[0]) && count < sizeof found - 1)
            found[count++] = cell->text[0];
    }
    assert_string_equal(found, expected);
    grid_destroy(grid);
}

static void keys_are_dim_for_whom_they_do_nothing(void **state)
{
    const struct past_scene past = {.arrived = true, .said = ""};
    (void)state;
    assert_bright((struct scene){.role = PERSON_ENGINEER}, "aoj");
    assert_bright((struct scene){.role = PERSON_OPERATOR}, "aj");
    assert_bright((struct scene){.role = PERSON_VIEWER}, "j");
    assert_bright((struct scene){.role = PERSON_ENGINEER, .read_only = true}, "j");
    assert_bright((struct scene){.role = PERSON_ENGINEER, .past = true, .travel = &past}, "j");
}

static bool name_ack(const void *state, const struct scene *scene, const char *key, char *out, size_t cap)
{
    (void)scene;
    snprintf(out, cap, "ack %s", (const char *)state);
    return strcmp(key, "a") == 0;
}

/* A view knows better what a key would do now; what becomes too long goes by the rows' order, whole. */
static void a_view_may_name_a_key(void **state)
{
    const struct view view = {.name = "alarms", .title = "ALARMS", .help = "", .keys = keys, .key_count = 3, .label = name_ack};
    const struct scene scene = {.message = ""};
    static const struct { int w; const char *shown; } cases[] = {{80, "a ack oil too high  o out  j down"}, {30, "a ack oil too high"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[81] = "";
        struct grid *grid = grid_create(cases[i].w, 1);
        frame_footer(&scene, &view, "oil too high", surface_of(grid));
        for (int x = 0; x < cases[i].w; x++)
            text[x] = grid_cell(grid, x, 0)->text[0] ? grid_cell(grid, x, 0)->text[0] : ' ';
        assert_memory_equal(text, cases[i].shown, strlen(cases[i].shown));
        grid_destroy(grid);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(keys_are_dim_for_whom_they_do_nothing), CASE(a_view_may_name_a_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
