#include <unistd.h>

#include "check.h"

#include "cli/cli.h"
#include "core/envelope.h"
#include "core/timestamp.h"
#include "io/config.h"

/* Files of the corpus: NAME.cfg gets exactly the lines of NAME.expected. ANDON_GOLDEN=rewrite writes those. */
static const char *const corpus[] = {
    "mistakes", "bindings", "formats", "example", "includes", "deep_01", "include_inline", "include_hidden", "trailing_comma", "null", "nan",
    "mixed_array", "open_comment", "open_text", "open_bracket", "wrong_bracket", "bom", "latin1", "key_script", "no_quotes",
    "alarms", "work", "energy", "syntax", "semicolons", "no_equals", "no_comma", "duplicate_key", "integers", "broker_urls", "nameless", "tables",
};

static char *printed(const struct diagnostics *diagnostics)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    assert_non_null(stream);
    diagnostics_print(diagnostics, stream);
    fclose(stream);
    return text;
}

static char *read_whole(const char *path)
{
    char *text = calloc(1, 65536);
    FILE *f = fopen(path, "r");
    if (f) {
        text[fread(text, 1, 65535, f)] = '\0';
        fclose(f);
    }
    return text;
}

static void every_file_of_the_corpus_gets_its_diagnostics(void **state)
{
    (void)state;
    const char *mode = getenv("ANDON_GOLDEN");
    for (size_t i = 0; i < sizeof corpus / sizeof corpus[0]; i++) {
        char name[80], path[80];
        struct config config;
        struct diagnostics diagnostics = {.rows = NULL};
        snprintf(name, sizeof name, "%s.cfg", corpus[i]);
        snprintf(path, sizeof path, "%s.expected", corpus[i]);
        assert_false(config_load(name, NULL, &config, &diagnostics));
        char *actual = printed(&diagnostics), *expected = read_whole(path);
        if (mode && strcmp(mode, "rewrite") == 0) {
            FILE *f = fopen(path, "w");
            fputs(actual, f);
            fclose(f);
        } else if (strcmp(actual, expected) != 0) {
            fail_msg("%s: expected\n%s\nbut got\n%s", name, expected, actual);
        }
        free(actual);
        free(expected);
        diagnostics_finish(&diagnostics);
    }
}

/* ---- texts that are right ---- */

static struct config built(const char *text)
{
    struct bundle bundle;
    struct config config = {.plant = NULL};
    struct diagnostics diagnostics = {.rows = NULL};
    bundle_of_text(&bundle, "test.cfg", text);
    if (!config_build(&bundle, &config, &diagnostics)) {
        diagnostics_print(&diagnostics, stderr);
        fail();
    }
    assert_int_equal(diagnostics.warnings, 0);
    diagnostics_finish(&diagnostics);
    return config;
}

static char *refused(const char *text)
{
    struct bundle bundle;
    struct config config;
    struct diagnostics diagnostics = {.rows = NULL};
    bundle_of_text(&bundle, "t", text);
    assert_false(config_build(&bundle, &config, &diagnostics));
    char *out = printed(&diagnostics);
    diagnostics_finish(&diagnostics);
    bundle_finish(&bundle);
    return out;
}

static void assert_refused(const char *text, const char *expected)
{
    char *actual = refused(text);
    assert_string_equal(actual, expected);
    free(actual);
}

static uint32_t tag_of(const struct plant *plant, const char *key)
{
    char at[KEY_BYTES];
    for (uint32_t t = 0; t < plant->tag_count; t++) {
        plant_tag_key(plant, t, at, sizeof at);
        if (strcmp(at, key) == 0)
            return t;
    }
    fail_msg("no tag %s", key);
    return NO_TAG;
}

/* The binding that feeds a tag, and its field. */
static const struct plant_binding *feeding(const struct plant *plant, const char *key, const char **path)
{
    uint32_t tag = tag_of(plant, key);
    for (size_t b = 0; b < plant->binding_count; b++)
        for (size_t f = 0; f < plant->bindings[b].field_count; f++)
            if (plant->bindings[b].fields[f].tag == tag) {
                *path = plant->bindings[b].fields[f].path;
                return &plant->bindings[b];
            }
    fail_msg("nothing feeds %s", key);
    return NULL;
}

static void assert_fed(const struct plant *plant, const char *key, const char *topic, const char *path)
{
    const char *at;
    assert_string_equal(feeding(plant, key, &at)->topic, topic);
    assert_string_equal(at, path);
}

static void the_example_of_the_manual_reads(void **state)
{
    (void)state;
    char *text = read_whole("example.cfg");
    *strstr(text, "@include") = '\0';
    struct config config = built(text);
    const struct plant *plant = config.plant;
    assert_int_equal(plant->node_count, 7);
    assert_int_equal(plant->tag_count, 16);
    assert_int_equal(plant->binding_count, 4);
    assert_string_equal(plant->nodes[0].title, "沈阳冰箱厂");
    assert_string_equal(plant->site_zone_name, "Asia/Shanghai");
    assert_int_equal(zone_offset_s(&plant->zone, INT64_C(1700000000000)), 8 * 3600);
    uint32_t line = plant_node_by_path(plant, "shenyang/stamping/side1");
    assert_near(plant->nodes[line].ideal_cycle_s, 8.5, 0);
    assert_int_equal(plant->nodes[line].constraint, plant_node_by_path(plant, "shenyang/stamping/side1/p02"));
    assert_fed(plant, "shenyang/stamping/side1/p03/oil", "plant/stamping/side1/p03/telemetry", "/t/oil");
    assert_int_equal(plant->bindings[0].format, FORMAT_JSON);
    assert_int_equal(plant->bindings[0].field_count, 4);
    const struct tag_def *oil = plant->tags[tag_of(plant, "shenyang/stamping/side1/p01/oil")].def;
    assert_string_equal(oil->unit, "°C");
    assert_true(oil->has_range && oil->has_normal);
    assert_near(oil->normal[1], 65, 0);
    assert_int_equal(oil->decimals, 1);
    assert_ptr_equal(oil, plant->tags[tag_of(plant, "shenyang/stamping/side1/p04/oil")].def);
    assert_near(plant->tags[1].def->modulus, 4294967296.0, 0);
    assert_string_equal(plant->brokers[0].url, "mqtts://broker:8883");
    assert_true(plant->brokers[0].verify);
    config_finish(&config);
    free(text);
}

static void what_is_left_out_has_its_default(void **state)
{
    (void)state;
    struct config config = built("brokers = ( { name = \"b\"; url = \"mqtt://h\"; } );\n"
        "areas = ( { name = \"a\"; lines = ( { name = \"l\"; tags = ( { name = \"good\"; topic = \"t\"; } ); } ); } );");
    const struct plant *plant = config.plant;
    const struct plant_broker *broker = &plant->brokers[0];
    const struct tag_def *good = plant->tags[0].def;
    assert_string_equal(plant->nodes[0].name, "site");
    assert_int_equal(plant->zone.count, 0);
    assert_true(broker->version == 5 && broker->qos == 0 && broker->verify && broker->keepalive_ms == 30000);
    assert_true(broker->connect_timeout_ms == 10000 && broker->backoff_max_ms == 60000 && broker->subscribe_count == 1);
    assert_string_equal(broker->subscribe[0], "#");
    assert_true(good->role == ROLE_GOOD && good->kind == KIND_COUNTER && good->decimals == DECIMALS_AUTO && !good->has_range);
    assert_near(good->scale, 1, 0);
    assert_near(plant->nodes[2].stop_after_cycles, 5, 0);
    assert_true(plant->bindings[0].broker == ANY_BROKER && plant->bindings[0].format == FORMAT_AUTO);
    assert_string_equal(plant->bindings[0].time_path, "");
    assert_string_equal(config.settings.theme, "dark");
    assert_string_equal(config.settings.view, "overview");
    assert_true(config.settings.linger_ms == 600000 && config.settings.frame_ms == 200 && !config.settings.ambiguous_wide);
    const struct store_settings *store = &config.settings.store;
    assert_true(store->keep_ms == INT64_C(400) * 86400000 && store->keep_events_ms == INT64_C(1100) * 86400000);
    assert_true(store->size_most == INT64_C(2147483648) && store->flush_ms == 1000);
    assert_int_equal(plant->bounds.limit[BOUND_TOPICS], bound_table[BOUND_TOPICS].preset);
    config_finish(&config);
}

static void forty_equal_machines_are_forty_short_lines(void **state)
{
    (void)state;
    char text[8192];
    size_t n = (size_t)snprintf(text, sizeof text, "types = ( { name = \"m\"; topic = \"f/{site}/{line}/{unit}/{tag}\"; ideal_cycle = 2; silent_after = \"1m\";\n"
        "  tags = ( { name = \"state\"; }, { name = \"temp\"; normal = [10, 20]; } ); } );\nareas = ( { name = \"a\"; lines = ( { name = \"l\"; units = (\n");
    for (int i = 1; i <= 40; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "  { name = \"m%02d\"; type = \"m\"; }%s\n", i, i < 40 ? "," : "");
    snprintf(text + n, sizeof text - n, "); } ); } );");
    struct config config = built(text);
    const struct plant *plant = config.plant;
    assert_int_equal(plant->node_count, 43);
    assert_int_equal(plant->tag_count, 80);
    assert_int_equal(plant->binding_count, 80);
    assert_fed(plant, "site/a/l/m40/temp", "f/site/l/m40/temp", "");
    assert_string_equal(plant->nodes[42].type, "m");
    assert_near(plant->nodes[42].ideal_cycle_s, 2, 0);
    assert_int_equal(plant->nodes[42].silent_after_ms, 60000);
    assert_ptr_equal(plant->tags[1].def, plant->tags[79].def);
    config_finish(&config);
}

static void a_range_makes_siblings_with_titles(void **state)
{
    (void)state;
    struct config config = built("areas = ( { name = \"a\"; lines = ( { name = \"l{1..2}\"; title = \"Linie {n}\"; units = (\n"
        " { name = \"p{08..11}\"; title = \"Press {08..11}\"; alias = \"p{n}\"; } ); } ); } );");
    const struct plant *plant = config.plant;
    assert_int_equal(plant->node_count, 2 + 2 * 5);
    uint32_t p09 = plant_node_by_path(plant, "site/a/l2/p09");
    assert_string_equal(plant->nodes[p09].title, "Press 09");
    assert_string_equal(plant->nodes[p09].alias, "p9");
    assert_string_equal(plant->nodes[plant_node_by_path(plant, "site/a/l2")].title, "Linie 2");
    assert_int_not_equal(plant_node_by_path(plant, "site/a/l1/p11"), NO_NODE);
    config_finish(&config);
}

static void a_tag_of_its_own_changes_the_types(void **state)
{
    (void)state;
    struct config config = built("types = ( { name = \"m\"; topic = \"{unit}\"; time = \"/ts\"; tags = (\n"
        " { name = \"temp\"; path = \"/t\"; unit = \"C\"; range = [0, 100]; }, { name = \"state\"; path = \"/s\"; } ); } );\n"
        "areas = ( { name = \"a\"; lines = ( { name = \"l\"; units = ( { name = \"m1\"; type = \"m\"; }, { name = \"m2\"; type = \"m\";\n"
        " tags = ( { name = \"temp\"; range = [0, 50]; }, { name = \"extra\"; topic = \"x/{unit}\"; format = \"text\"; } ); },\n"
        " { name = \"m3\"; type = \"m\"; topic = \"other/{unit}/+\"; broker = \"s\"; } ); } ); } );\n"
        "brokers = ( { name = \"n\"; url = \"mqtt://n\"; }, { name = \"s\"; url = \"mqtt://s\"; } );");
    const struct plant *plant = config.plant;
    const struct tag_def *first = plant->tags[tag_of(plant, "site/a/l/m1/temp")].def, *second = plant->tags[tag_of(plant, "site/a/l/m2/temp")].def;
    assert_near(first->range[1], 100, 0);
    assert_near(second->range[1], 50, 0);
    assert_string_equal(second->unit, "C");
    assert_fed(plant, "site/a/l/m2/temp", "m2", "/t");
    assert_fed(plant, "site/a/l/m2/extra", "x/m2", "");
    assert_fed(plant, "site/a/l/m3/temp", "other/m3/+", "/t");
    const char *path;
    assert_string_equal(feeding(plant, "site/a/l/m1/temp", &path)->time_path, "/ts");
    assert_int_equal(feeding(plant, "site/a/l/m3/temp", &path)->broker, 1);
    assert_int_equal(feeding(plant, "site/a/l/m2/extra", &path)->format, FORMAT_TEXT);
    config_finish(&config);
}

static void tags_hang_anywhere_and_old_keys_hold_captures(void **state)
{
    (void)state;
    struct config config = built("site = { name = \"w\"; tags = ( { name = \"air\"; topic = \"air\"; key = true; } ); };\n"
        "areas = ( { name = \"a\"; topic = \"{area}\"; tags = ( { name = \"p\"; path = \"/{tag}\"; } ); lines = ( { name = \"l\"; topic = \"{area}/{line}\"; tags = ( { name = \"order\"; } );\n"
        " units = ( { name = \"u{1..2}\"; tags = ( { name = \"v\"; topic = \"{unit}\"; was = \"w/{line}/{unit}/old\"; role = \"none\"; } ); } ); } ); } );");
    const struct plant *plant = config.plant;
    assert_fed(plant, "w/air", "air", "");
    assert_true(plant->tags[0].def->key);
    assert_fed(plant, "w/a/p", "a", "/p");
    assert_fed(plant, "w/a/l/order", "a/l", "");
    assert_string_equal(plant->tags[tag_of(plant, "w/a/l/u2/v")].def->was, "w/l/u2/old");
    config_finish(&config);
}

static void maps_translate_texts_and_numbers(void **state)
{
    (void)state;
    struct config config = built("maps = ( { name = \"blast\"; states = (\n"
        " { from = \"RUN\"; state = \"Execute\"; word = \"blow\"; }, { from = 3; class = \"break\"; }, { from = \"3\"; state = \"Held\"; class = \"starved\"; } ); } );\n"
        "site = { name = \"w\"; tags = ( { name = \"state\"; topic = \"s\"; map = \"blast\"; } ); };");
    const struct state_map *map = &config.plant->maps[config.plant->tags[0].def->map];
    assert_string_equal(map->name, "blast");
    assert_string_equal(map->rows[0].word, "blow");
    assert_int_equal(map->rows[0].class, CLASS_RUN);
    assert_true(map->rows[1].text == NULL && map->rows[1].number == 3 && map->rows[1].class == CLASS_BREAK);
    assert_true(map->rows[2].state == PACK_HELD && map->rows[2].class == CLASS_STARVED);
    config_finish(&config);
}

static void settings_and_bounds_are_read(void **state)
{
    (void)state;
    struct config config = built("screen = { theme = \"mono\"; glyphs = \"ascii\"; linger = \"forever\"; frame = \"1s\"; ambiguous_wide = true; };\n"
        "bounds = { topics = 7; time_oldest_ms = 946684800001L; };\n"
        "store = { keep = \"forever\"; keep_events = \"30d\"; size = \"64MiB\"; flush = \"250ms\"; };");
    const struct store_settings *store = &config.settings.store;
    assert_true(store->keep_ms == 0 && store->keep_events_ms == INT64_C(30) * 86400000 && store->size_most == 67108864 && store->flush_ms == 250);
    assert_string_equal(config.settings.theme, "mono");
    assert_string_equal(config.settings.glyphs, "ascii");
    assert_true(config.settings.linger_ms == -1 && config.settings.frame_ms == 1000 && config.settings.ambiguous_wide);
    assert_int_equal(config.plant->bounds.limit[BOUND_TOPICS], 7);
    assert_int_equal(config.plant->bounds.limit[BOUND_TIME_OLDEST_MS], INT64_C(946684800001));
    config_finish(&config);
}

/* ---- bundles ---- */

static void sets_of_trends_are_read(void **state)
{
    (void)state;
    struct config config = built("site = { name = \"w\"; };\ntrends = ( { name = \"cooling\"; tags = (\"w/a\", \"main:b#\"); }, { name = \"one\"; tags = \"w/a\"; } );\n");
    assert_int_equal(config.plant->trend_count, 2);
    assert_string_equal(config.plant->trends[0].name, "cooling");
    assert_int_equal(config.plant->trends[0].tag_count, 2);
    assert_string_equal(config.plant->trends[0].tags[1], "main:b#");
    assert_string_equal(config.plant->trends[1].tags[0], "w/a");
    config_finish(&config);
}

static void the_default_takes_a_broker(void **state)
{
    (void)state;
    struct config config;
    struct diagnostics diagnostics = {.rows = NULL};
    assert_true(config_load("", NULL, &config, &diagnostics));
    assert_string_equal(config.plant->brokers[0].url, "mqtt://127.0.0.1:1883");
    uint64_t id = config.plant->id;
    config_finish(&config);
    assert_true(config_load("", "mqtts://broker.works:8884", &config, &diagnostics));
    assert_string_equal(config.plant->brokers[0].url, "mqtts://broker.works:8884");
    assert_int_not_equal(config.plant->id, id);
    config_finish(&config);
    assert_false(config_load("", "http://x", &config, &diagnostics));
    assert_string_equal(diagnostics.rows[0].file, "--broker");
    diagnostics_finish(&diagnostics);
}

static void a_broker_is_replaced_only_where_it_is_clear_which(void **state)
{
    (void)state;
    struct bundle bundle;
    struct config config;
    struct diagnostics diagnostics = {.rows = NULL};
    bundle_of_text(&bundle, "t", "site = { name = \"w\"; };");
    assert_true(bundle_set_broker(&bundle, "mqtt://h", NULL));
    assert_true(config_build(&bundle, &config, &diagnostics));
    assert_string_equal(config.plant->brokers[0].name, "main");
    assert_string_equal(config.plant->brokers[0].url, "mqtt://h");
    config_finish(&config);
    bundle_of_text(&bundle, "t", "brokers = ( { name = \"a\"; url = \"mqtt://a\"; }, { name = \"b\"; url = \"mqtt://b\"; } );");
    assert_true(bundle_set_broker(&bundle, "mqtt://h", NULL));
    assert_false(config_build(&bundle, &config, &diagnostics));
    assert_int_equal(diagnostics.errors, 1);
    diagnostics_finish(&diagnostics);
    bundle_finish(&bundle);
}

static void a_server_name_is_held_against_the_address_in_force(void **state)
{
    (void)state;
    static const char text[] = "brokers = ( { name = \"a\"; url = \"mqtts://10.0.0.7\"; server_name = \"broker.works\"; } );";
    struct bundle bundle;
    struct config config;
    struct diagnostics diagnostics = {.rows = NULL};
    bundle_of_text(&bundle, "t", text);
    assert_true(bundle_set_broker(&bundle, "mqtts://broker.works:8884", NULL));
    assert_true(config_build(&bundle, &config, &diagnostics));
    config_finish(&config);
    bundle_of_text(&bundle, "t", text);
    assert_true(bundle_set_broker(&bundle, "mqtts://10.0.0.8", NULL));
    assert_false(config_build(&bundle, &config, &diagnostics));
    assert_int_equal(diagnostics.errors, 1);
    assert_non_null(strstr(diagnostics.rows[0].text, "10.0.0.8"));
    diagnostics_finish(&diagnostics);
    bundle_finish(&bundle);
}

static void a_flood_of_keys_ends_the_reading(void **state)
{
    (void)state;
    size_t length = 0, cap = 2000000;
    char *text = calloc(1, cap);
    for (int i = 1; i <= 100000; i++)
        length += (size_t)snprintf(text + length, cap - length, "k%d = 1;\n", i);
    char *out = refused(text);
    assert_string_equal(out, "t:5001: more than 5000 keys in one group\n");
    free(out);
    free(text);
}

static void a_bundle_travels_as_bytes(void **state)
{
    (void)state;
    struct bundle bundle, copy;
    struct packer p;
    bundle_of_text(&bundle, "a/t.cfg", "site = { name = \"w\"; };");
    assert_true(bundle_set_broker(&bundle, "mqtt://h", NULL));
    packer_init(&p);
    bundle_pack(&bundle, &p);
    assert_true(bundle_unpack(&copy, p.bytes, p.count, NULL));
    assert_int_equal(copy.id, bundle.id);
    assert_string_equal(copy.files[0].text, bundle.files[0].text);
    assert_string_equal(copy.broker, "mqtt://h");
    bundle_finish(&copy);
    for (size_t n = 0; n < p.count; n++)
        assert_false(bundle_unpack(&copy, p.bytes, n, NULL));
    packer_finish(&p);
    bundle_finish(&bundle);
}

static void the_id_is_of_the_texts_and_not_of_the_folder(void **state)
{
    (void)state;
    struct bundle here, there, other;
    struct diagnostics diagnostics = {.rows = NULL};
    assert_true(config_gather("good.cfg", &here, &diagnostics));
    assert_true(config_gather(CONFIG_DATA "/good.cfg", &there, &diagnostics));
    assert_int_equal(here.count, 3);
    assert_int_equal(here.id, there.id);
    assert_true(config_gather("duplicate_key.cfg", &other, &diagnostics));
    assert_int_not_equal(here.id, other.id);
    bundle_finish(&here);
    bundle_finish(&there);
    bundle_finish(&other);
    diagnostics_finish(&diagnostics);
}

static void an_include_is_looked_for_beside_its_file(void **state)
{
    (void)state;
    struct config config;
    struct diagnostics diagnostics = {.rows = NULL};
    assert_true(config_load("good.cfg", NULL, &config, &diagnostics));
    assert_string_equal(config.plant->brokers[0].ca, "folder/ca.pem");
    assert_string_equal(config.settings.view, "tags");
    config_finish(&config);
    diagnostics_finish(&diagnostics);
}

static void a_failed_gathering_leaves_nothing(void **state)
{
    (void)state;
    struct bundle bundle = {.id = 7};
    struct diagnostics diagnostics = {.rows = NULL};
    assert_false(config_gather("includes.cfg", &bundle, &diagnostics));
    assert_true(bundle.id == 7 && bundle.files == NULL);
    assert_int_equal(diagnostics.errors, 3);
    diagnostics_finish(&diagnostics);
}

/* ---- the table, limits ---- */

static void every_bound_and_every_group_is_in_the_option_table(void **state)
{
    (void)state;
    for (int b = 0; b < BOUND_COUNT; b++) {
        bool found = false;
        for (size_t i = 0; i < option_count; i++)
            found = found || (strcmp(option_table[i].group, "bounds") == 0 && strcmp(option_table[i].key, bound_table[b].name) == 0);
        if (!found)
            fail_msg("no option for the bound %s", bound_table[b].name);
    }
    for (size_t i = 0; i < option_count; i++) {
        const struct option_row *row = &option_table[i];
        assert_true(strlen(row->help) > 0);
        for (size_t j = 0; j < i; j++)
            assert_false(strcmp(row->group, option_table[j].group) == 0 && strcmp(row->key, option_table[j].key) == 0);
        bool found = row->type != OPTION_GROUP && row->type != OPTION_LIST;
        for (size_t j = 0; j < option_count; j++)
            found = found || strcmp(option_table[j].group, row->choices) == 0;
        assert_true(found);
    }
}

static void what_comes_in_thousands_is_counted(void **state)
{
    (void)state;
    enum { MANY = 3000 };
    char *text = malloc(MANY * 16), *end = text;
    for (int i = 0; i < MANY; i++)
        end += snprintf(end, 16, "wrong%d = 1;\n", i);
    char *out = refused(text);
    size_t lines = 0;
    for (const char *p = out; (p = strchr(p, '\n')); p++)
        lines++;
    assert_int_equal(lines, 201);
    assert_non_null(strstr(out, "\nand 2800 more\n"));
    free(out);
    free(text);
}

static void a_range_cannot_fill_the_memory(void **state)
{
    (void)state;
    assert_refused("areas = ( { name = \"a{1..9999}\"; lines = ( { name = \"l{1..9999}\"; units = ( { name = \"u{1..9999}\"; } ); } ); } );",
        "t:1: areas[0].lines[0].units[0]: one area, line or unit too many; 200000 are allowed\n");
}

static void brackets_that_open_for_ever_are_refused(void **state)
{
    (void)state;
    char text[4000] = "a = ";
    memset(text + 4, '(', sizeof text - 5);
    assert_refused(text, "t:1: nested too deeply\n");
}

static void a_single_fault_is_told_with_what_is_valid(void **state)
{
    (void)state;
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {"trends = ( { name = \"a\"; tags = (); } );", "t:1: trends[0].tags: 0 tags; from 1 to 8 are allowed\n"},
        {"trends = ( { name = \"a\"; tags = \"x\"; }, { name = \"a\"; tags = \"y\"; } );", "t:1: trends[1].name: \"a\" is there twice; also at t:1\n"},
        {"screen = 3;", "t:1: screen: 3 is not a group { ... }\n"},
        {"areas = { };", "t:1: areas: a group { } is not a list of groups ( { ... }, { ... } )\n"},
        {"areas = ( 1 );", "t:1: areas[0]: 1 is not a group { ... }\n"},
        {"\n\nsite = { };", "t:3: site: \"name\" is missing: a name of a-z, 0-9, _ and -, at most 63 of them\n"},
        {"site = { name = \"\"; };", "t:1: site.name: \"\" is not a name of a-z, 0-9, _ and -, at most 63 of them\n"},
        {"screen = { ambiguous_wide = 1; };", "t:1: screen.ambiguous_wide: 1 is not true or false\n"},
        {"site = { name = \"w\"; title = \"a\\x1b[2J\"; };",
            "t:1: site.title: the text contains control or bidi characters, line ends or zero-width characters\n"},
        {"site = { name = \"w\"; tags = ( { name = \"t\"; topic = \"x\"; decimals = 10; } ); };",
            "t:1: site.tags[0].decimals: 10 is not an integer from 0 to 9\n"},
        {"a = 'x';", "t:1: a text needs double quotes (\")\n"},
        {"a = yes;", "t:1: write true or false instead of yes\n"},
        {"a =", "t:1: the file ends in the middle of a setting\n"},
        {"a = [ { } ];", "t:1: an array [ ] holds plain values only; a list of groups or lists needs round brackets\n"},
        {"a = ( 1; 2 );", "t:1: elements are separated by commas, not by ';'\n"},
        {"a = ( , 2 );", "t:1: an element is missing before ','\n"},
        {"a = ;", "t:1: a value is missing before ';'\n"},
        {"a = 1 }", "t:1: '}' closes nothing\n"},
        {"a = 1 2", "t:1: a ';' is missing before '2', or a key and '='\n"},
        {"a = { 1 };", "t:1: a key is expected instead of 1\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_refused(cases[i].text, cases[i].expected);
}

static void the_configuration_is_where_it_was_said_to_be(void **state)
{
    (void)state;
    char path[256];
    config_path("given.cfg", path, sizeof path);
    assert_string_equal(path, "given.cfg");
    setenv("ANDON_CONFIG", "/x/named.cfg", 1);
    config_path(NULL, path, sizeof path);
    assert_string_equal(path, "/x/named.cfg");
    unsetenv("ANDON_CONFIG");
    setenv("XDG_CONFIG_HOME", CONFIG_DATA "/folder", 1);
    config_path("", path, sizeof path);
    assert_string_equal(path, CONFIG_DATA "/folder/andon/andon.cfg");
    unsetenv("XDG_CONFIG_HOME");
}

/* Runs `andon check FILE` and compares what it prints; returns its exit status. */
static int check_status(const char *file, const char *expected)
{
    char command[] = "check", name[80], text[16384] = "";
    char *argv[] = {command, name, NULL};
    FILE *printed_to = tmpfile();
    assert_non_null(printed_to);
    snprintf(name, sizeof name, "%s", file);
    fflush(stdout);
    int screen = dup(STDOUT_FILENO);
    dup2(fileno(printed_to), STDOUT_FILENO);
    int status = cli_check(2, argv);
    fflush(stdout);
    dup2(screen, STDOUT_FILENO);
    close(screen);
    rewind(printed_to);
    text[fread(text, 1, sizeof text - 1, printed_to)] = '\0';
    fclose(printed_to);
    assert_string_equal(text, expected);
    return status;
}

static void check_lists_and_sums_up(void **state)
{
    (void)state;
    assert_int_equal(check_status("good.cfg", "good.cfg: 0 areas, 0 lines, 0 units, 0 tags, 0 alarms, 1 broker: ok\n"), 0);
    assert_int_equal(check_status("warned.cfg", "warned.cfg:1: warning: brokers[0].ca: has no effect with mqtt://; an encrypted connection is mqtts://\n"
                                                "warned.cfg: 0 areas, 0 lines, 0 units, 0 tags, 0 alarms, 1 broker: ok, 1 warning\n"), 0);
    assert_int_equal(check_status("null.cfg", "null.cfg:1: there is no null in this syntax: leave the key out\nnull.cfg: 1 error, 0 warnings\n"), 2);
    assert_int_equal(check_status("absent.cfg", "absent.cfg: there is no such file\nabsent.cfg: 1 error, 0 warnings\n"), 2);
}

/* The choices of a key: what stands there, in order. */
static void expect_choices(const char *key, const char *const *first, size_t first_count, const char *(*more)(size_t))
{
    char wanted[512] = "";
    for (size_t i = 0; i < first_count; i++)
        snprintf(wanted + strlen(wanted), sizeof wanted - strlen(wanted), "%s%s", i ? "|" : "", first[i]);
    for (size_t i = 0; more(i); i++)
        if (more(i)[0])
            snprintf(wanted + strlen(wanted), sizeof wanted - strlen(wanted), "|%s", more(i));
    for (size_t i = 0; i < option_count; i++)
        if (strcmp(option_table[i].key, key) == 0 && strcmp(option_table[i].group, "types") == 0)
            assert_string_equal(option_table[i].choices, wanted);
}

static const char *nth_envelope(size_t i)
{
    return i >= envelope_count ? NULL : envelope_table[i].name ? envelope_table[i].name : "";
}

static const char *nth_pattern(size_t i)
{
    return i < timestamp_pattern_count ? timestamp_patterns[i] : NULL;
}

static void every_format_that_has_a_name_may_be_chosen(void **state)
{
    (void)state;
    static const char *const formats[] = {"auto", "text", "json", "csv"}, *const times[] = {"auto", "s", "ms", "us", "ns", "iso"};
    expect_choices("format", formats, 4, nth_envelope);
    expect_choices("time_format", times, TIME_PATTERNS, nth_pattern);
}

int main(void)
{
    static const struct CMUnitTest cases[] = {
        CASE(every_file_of_the_corpus_gets_its_diagnostics),
        CASE(the_example_of_the_manual_reads),
        CASE(what_is_left_out_has_its_default),
        CASE(forty_equal_machines_are_forty_short_lines),
        CASE(a_range_makes_siblings_with_titles),
        CASE(a_tag_of_its_own_changes_the_types),
        CASE(tags_hang_anywhere_and_old_keys_hold_captures),
        CASE(maps_translate_texts_and_numbers),
        CASE(settings_and_bounds_are_read),
        CASE(sets_of_trends_are_read), CASE(the_default_takes_a_broker),
        CASE(a_broker_is_replaced_only_where_it_is_clear_which),
        CASE(a_server_name_is_held_against_the_address_in_force),
        CASE(a_flood_of_keys_ends_the_reading),
        CASE(a_bundle_travels_as_bytes),
        CASE(the_id_is_of_the_texts_and_not_of_the_folder),
        CASE(an_include_is_looked_for_beside_its_file),
        CASE(a_failed_gathering_leaves_nothing),
        CASE(every_bound_and_every_group_is_in_the_option_table),
        CASE(what_comes_in_thousands_is_counted),
        CASE(a_range_cannot_fill_the_memory),
        CASE(brackets_that_open_for_ever_are_refused),
        CASE(a_single_fault_is_told_with_what_is_valid),
        CASE(the_configuration_is_where_it_was_said_to_be),
        CASE(check_lists_and_sums_up),
        CASE(every_format_that_has_a_name_may_be_chosen),
    };
    if (chdir(CONFIG_DATA) != 0)
        return 1;
    return cmocka_run_group_tests_name("config", cases, NULL, NULL);
}
