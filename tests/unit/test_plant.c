#include "check.h"

#include "core/plant_build.h"

/* works: one area with two lines of two units, and a line without units in a second area. */
static struct plant *works(void)
{
    struct plant_build b;
    plant_build_init(&b);
    const struct tag_def *state = plant_add_def(&b, (struct tag_def){.name = "state"});
    const struct tag_def *good = plant_add_def(&b, (struct tag_def){.name = "good"});
    const struct tag_def *order = plant_add_def(&b, (struct tag_def){.name = "order", .title = "Order", .kind = KIND_TEXT});
    const struct tag_def *air = plant_add_def(&b, (struct tag_def){.name = "air", .unit = "bar", .scale = 0.1});
    uint32_t site = plant_add_node(&b, NO_NODE, (struct node){.level = LEVEL_SITE, .name = "works", .title = "沈阳"});
    plant_add_tag(&b, site, air);
    uint32_t area = plant_add_node(&b, site, (struct node){.level = LEVEL_AREA, .name = "press"});
    for (int l = 0; l < 2; l++) {
        uint32_t line = plant_add_node(&b, area, (struct node){.level = LEVEL_LINE, .name = l ? "l2" : "l1", .ideal_cycle_s = 8.5});
        plant_add_tag(&b, line, order);
        for (int u = 0; u < 2; u++) {
            uint32_t unit = plant_add_node(&b, line, (struct node){.level = LEVEL_UNIT, .name = u ? "p02" : "p01"});
            plant_add_tag(&b, unit, state);
            plant_add_tag(&b, unit, good);
            if (l == 0 && u == 1)
                plant_set_constraint(&b, line, unit);
        }
    }
    uint32_t area2 = plant_add_node(&b, site, (struct node){.level = LEVEL_AREA, .name = "paint"});
    plant_add_tag(&b, plant_add_node(&b, area2, (struct node){.level = LEVEL_LINE, .name = "l1"}), good);
    return plant_build_finish(&b);
}

static void assert_path(const struct plant *plant, uint32_t node, const char *expected)
{
    char path[KEY_BYTES];
    assert_int_equal(plant_node_path(plant, node, path, sizeof path), strlen(expected));
    assert_string_equal(path, expected);
}

static void every_path_leads_back_to_its_node(void **state)
{
    (void)state;
    struct plant *plant = works();
    char path[KEY_BYTES];
    for (uint32_t n = 0; n < plant->node_count; n++) {
        plant_node_path(plant, n, path, sizeof path);
        assert_int_equal(plant_node_by_path(plant, path), n);
    }
    assert_path(plant, 4, "works/press/l1/p02");
    assert_path(plant, NO_NODE, "");
    static const char *const absent[] = {"", "press", "works/", "works/press/l3", "works/press/l1/p01/x", "works//press", "work"};
    for (size_t i = 0; i < sizeof absent / sizeof absent[0]; i++)
        assert_int_equal(plant_node_by_path(plant, absent[i]), NO_NODE);
    plant_destroy(plant);
}

static void a_key_is_the_path_and_the_name_and_is_cut(void **state)
{
    (void)state;
    struct plant *plant = works();
    char key[KEY_BYTES], small[10];
    assert_int_equal(plant_tag_key(plant, 0, key, sizeof key), strlen("works/air"));
    assert_string_equal(key, "works/air");
    plant_tag_key(plant, 2, key, sizeof key);
    assert_string_equal(key, "works/press/l1/p01/state");
    assert_int_equal(plant_tag_key(plant, 2, small, sizeof small), 9);
    assert_string_equal(small, "works/pre");
    plant_destroy(plant);
}

static void a_subtree_is_a_range_and_siblings_follow_it(void **state)
{
    (void)state;
    struct plant *plant = works();
    assert_int_equal(plant->node_count, 10);
    assert_int_equal(plant->nodes[0].end, 10);
    assert_int_equal(plant->nodes[1].end, 8);
    assert_int_equal(plant->nodes[2].end, 5);
    assert_int_equal(plant_first_child(plant, 0), 1);
    assert_int_equal(plant_next_sibling(plant, 1), 8);
    assert_int_equal(plant_next_sibling(plant, 8), NO_NODE);
    assert_int_equal(plant_next_sibling(plant, 4), NO_NODE);
    assert_int_equal(plant_next_sibling(plant, 0), NO_NODE);
    assert_int_equal(plant_first_child(plant, 9), NO_NODE);
    assert_int_equal(plant_ancestor(plant, 4, LEVEL_LINE), 2);
    assert_int_equal(plant_ancestor(plant, 2, LEVEL_LINE), 2);
    assert_int_equal(plant_ancestor(plant, 4, LEVEL_AREA), 1);
    assert_int_equal(plant_ancestor(plant, 1, LEVEL_LINE), NO_NODE);
    plant_destroy(plant);
}

static void a_constraint_is_configured_or_the_first_that_can_tell(void **state)
{
    (void)state;
    struct plant *plant = works();
    assert_int_equal(plant->nodes[2].constraint, 4); /* as configured */
    assert_int_equal(plant->nodes[5].constraint, 6); /* the first unit with a state */
    assert_int_equal(plant->nodes[9].constraint, 9); /* the line's own counter */
    assert_int_equal(plant->nodes[1].constraint, NO_NODE);
    plant_destroy(plant);
}

static void a_told_state_of_the_line_beats_its_constraint(void **state)
{
    (void)state;
    struct plant_build b;
    plant_build_init(&b);
    const struct tag_def *told = plant_add_def(&b, (struct tag_def){.name = "state"});
    uint32_t site = plant_add_node(&b, NO_NODE, (struct node){.level = LEVEL_SITE, .name = "works"});
    uint32_t area = plant_add_node(&b, site, (struct node){.level = LEVEL_AREA, .name = "a"});
    uint32_t line = plant_add_node(&b, area, (struct node){.level = LEVEL_LINE, .name = "l"});
    plant_add_tag(&b, line, told);
    uint32_t unit = plant_add_node(&b, line, (struct node){.level = LEVEL_UNIT, .name = "u"});
    plant_add_tag(&b, unit, told);
    plant_set_constraint(&b, line, unit);
    struct plant *plant = plant_build_finish(&b);
    assert_int_equal(plant->nodes[line].constraint, line);
    plant_destroy(plant);
}

static void roles_kinds_and_titles_have_defaults(void **state)
{
    (void)state;
    struct plant *plant = works();
    const struct node *p01 = &plant->nodes[3];
    assert_int_equal(p01->role_tag[ROLE_STATE], p01->first_tag);
    assert_int_equal(p01->role_tag[ROLE_GOOD], p01->first_tag + 1);
    assert_int_equal(p01->role_tag[ROLE_REJECT], NO_TAG);
    assert_int_equal(plant->tags[p01->first_tag].def->kind, KIND_STATE);
    assert_int_equal(plant->tags[p01->first_tag + 1].def->kind, KIND_COUNTER);
    assert_string_equal(p01->title, "p01");
    assert_string_equal(plant->nodes[0].title, "沈阳");
    assert_string_equal(p01->alias, "");
    assert_near(p01->stop_after_cycles, 5, 0);
    assert_near(plant->tags[0].def->scale, 0.1, 0);
    assert_near(plant->tags[1].def->scale, 1, 0);
    assert_string_equal(plant->tags[1].def->title, "Order");
    assert_null(plant->tags[1].def->was);
    plant_destroy(plant);
}

static void a_role_can_be_refused_or_given(void **state)
{
    (void)state;
    struct plant_build b;
    plant_build_init(&b);
    assert_int_equal(plant_add_def(&b, (struct tag_def){.name = "good", .role = ROLE_COUNT})->role, ROLE_NONE);
    assert_int_equal(plant_add_def(&b, (struct tag_def){.name = "ok_parts", .role = ROLE_GOOD})->kind, KIND_COUNTER);
    plant_build_abandon(&b);
}

static void what_is_added_is_copied(void **state)
{
    (void)state;
    struct plant_build b;
    plant_build_init(&b);
    char text[] = "mqtt://host", path[] = "/t", filter[] = "plant/#";
    const char *filters[] = {filter};
    struct plant_field field = {.path = path, .tag = 0};
    plant_add_broker(&b, (struct plant_broker){.name = "main", .url = text, .subscribe = filters, .subscribe_count = 1});
    plant_add_broker(&b, (struct plant_broker){.name = "other", .url = text, .version = 4, .keepalive_ms = 5000});
    plant_add_binding(&b, (struct plant_binding){.topic = filter, .fields = &field, .field_count = 1});
    struct state_map_row row = {.text = text, .state = PACK_EXECUTE, .class = CLASS_RUN, .word = path};
    assert_int_equal(plant_add_map(&b, (struct state_map){.name = "blast", .rows = &row, .count = 1}), 1);
    text[0] = path[0] = filter[0] = 'X';
    plant_add_node(&b, NO_NODE, (struct node){.level = LEVEL_SITE, .name = "works"});
    struct plant *plant = plant_build_finish(&b);
    assert_string_equal(plant->brokers[0].url, "mqtt://host");
    assert_string_equal(plant->brokers[0].subscribe[0], "plant/#");
    assert_int_equal(plant->brokers[0].version, 5);
    assert_int_equal(plant->brokers[0].keepalive_ms, 30000);
    assert_string_equal(plant->brokers[0].password_file, "");
    assert_string_equal(plant->brokers[1].subscribe[0], "#");
    assert_int_equal(plant->brokers[1].version, 4);
    assert_int_equal(plant->brokers[1].keepalive_ms, 5000);
    assert_string_equal(plant->bindings[0].topic, "plant/#");
    assert_string_equal(plant->bindings[0].fields[0].path, "/t");
    assert_string_equal(plant->maps[0].name, "packml");
    assert_string_equal(plant->maps[1].rows[0].text, "mqtt://host");
    assert_string_equal(plant->maps[1].rows[0].word, "/t");
    plant_destroy(plant);
}

static void long_texts_and_many_tags_fit(void **state)
{
    (void)state;
    struct plant_build b;
    plant_build_init(&b);
    char *description = malloc(100001);
    assert_non_null(description);
    memset(description, 'x', 100000);
    description[100000] = '\0';
    const struct tag_def *def = plant_add_def(&b, (struct tag_def){.name = "t", .description = description});
    assert_int_equal(strlen(def->description), 100000);
    free(description);
    uint32_t site = plant_add_node(&b, NO_NODE, (struct node){.level = LEVEL_SITE, .name = "works"});
    for (uint32_t t = 0; t < 10000; t++)
        assert_int_equal(plant_add_tag(&b, site, def), t);
    struct plant *plant = plant_build_finish(&b);
    assert_int_equal(plant->nodes[0].tag_count, 10000);
    plant_destroy(plant);
}

static void the_broker_that_feeds_a_tag(void **state)
{
    (void)state;
    static const struct { uint32_t tag; uint16_t broker; } fed[] = {{0, 1}, {1, ANY_BROKER}, {2, 0}, {2, 0}, {3, 0}, {3, 1}};
    static const uint16_t expected[] = {1, ANY_BROKER, 0, ANY_BROKER, ANY_BROKER}; /* the last one is fed by nobody */
    struct plant_build b;
    plant_build_init(&b);
    uint32_t site = plant_add_node(&b, NO_NODE, (struct node){.level = LEVEL_SITE, .name = "works"});
    const struct tag_def *def = plant_add_def(&b, (struct tag_def){.name = "t"});
    for (size_t t = 0; t < sizeof expected / sizeof expected[0]; t++)
        plant_add_tag(&b, site, def);
    plant_add_broker(&b, (struct plant_broker){.name = "a"});
    plant_add_broker(&b, (struct plant_broker){.name = "b"});
    for (size_t i = 0; i < sizeof fed / sizeof fed[0]; i++)
        plant_add_binding(&b, (struct plant_binding){.topic = "t", .broker = fed[i].broker, .fields = &(struct plant_field){.tag = fed[i].tag, .path = ""}, .field_count = 1});
    struct plant *plant = plant_build_finish(&b);
    for (uint32_t t = 0; t < sizeof expected / sizeof expected[0]; t++)
        assert_int_equal(plant_tag_broker(plant, t), expected[t]);
    plant_destroy(plant);
}

int main(void)
{
    static const struct CMUnitTest cases[] = {
        CASE(every_path_leads_back_to_its_node),
        CASE(a_key_is_the_path_and_the_name_and_is_cut),
        CASE(a_subtree_is_a_range_and_siblings_follow_it),
        CASE(a_constraint_is_configured_or_the_first_that_can_tell),
        CASE(a_told_state_of_the_line_beats_its_constraint),
        CASE(roles_kinds_and_titles_have_defaults),
        CASE(a_role_can_be_refused_or_given),
        CASE(what_is_added_is_copied),
        CASE(long_texts_and_many_tags_fit),
        CASE(the_broker_that_feeds_a_tag),
    };
    return cmocka_run_group_tests_name("plant", cases, NULL, NULL);
}
