#include "check.h"

#include "core/topic.h"
#include "io/config.h"

/* Who tells that publishers live: by a broker, a type, a node, a tag. */

#define BROKER(keys) "brokers = ( { name = \"main\"; url = \"mqtt://h\"; " keys " } );\n"
#define TYPE(keys) "types = ( { name = \"press\"; topic = \"w/{line}/{unit}\"; format = \"json\"; time = \"/ts\"; " keys " tags = ( { name = \"t\"; path = \"/t\"; } ); } );\n"
#define AREAS(line, unit) "areas = ( { name = \"hall\"; lines = ( { name = \"l1\"; " line " units = ( { name = \"p{1..2}\"; type = \"press\"; " unit " } ); } ); } );\n"
#define SITE(keys) "site = { name = \"works\"; " keys " };\n"

static bool build(const char *text, struct config *config, char *said, size_t cap)
{
    struct bundle bundle;
    struct diagnostics diagnostics = {.rows = NULL};
    *config = (struct config){.plant = NULL};
    bundle_of_text(&bundle, "test.cfg", text);
    bool built = config_build(&bundle, config, &diagnostics);
    snprintf(said, cap, "%s", diagnostics.count ? diagnostics.rows[0].text : "");
    diagnostics_finish(&diagnostics);
    if (!built)
        bundle_finish(&bundle);
    return built;
}

/* "key<topic#path" of each publisher. */
static void told(const struct plant *plant, char *out, size_t cap)
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t p = 0; p < plant->publisher_count; p++) {
        char key[KEY_BYTES];
        plant_tag_key(plant, plant->publishers[p].tag, key, sizeof key);
        for (size_t b = 0; b < plant->binding_count; b++)
            for (size_t f = 0; f < plant->bindings[b].field_count; f++)
                if (plant->bindings[b].fields[f].tag == plant->publishers[p].tag)
                    used += (size_t)snprintf(out + used, cap - used, "%s%s<%s#%s", used ? " " : "", key, plant->bindings[b].topic, plant->bindings[b].fields[f].path);
    }
}

static void each_place_names_its_topic(void **state)
{
    (void)state;
    static const struct { const char *text, *told; } cases[] = {
        {SITE("") BROKER("") TYPE("") AREAS("", ""), ""},
        {SITE("") BROKER("") TYPE("availability = \"w/{line}/{unit}/lwt\";") AREAS("", ""),
         "works/hall/l1/p1/online<w/l1/p1/lwt# works/hall/l1/p2/online<w/l1/p2/lwt#"},
        {SITE("") BROKER("") TYPE("availability = \"w/{unit}/lwt\";") AREAS("", "availability = \"z/{unit}/availability#/state\";"),
         "works/hall/l1/p1/online<z/p1/availability#/state works/hall/l1/p2/online<z/p2/availability#/state"},
        {SITE("") BROKER("") TYPE("") AREAS("availability = \"gw/{line}\";", ""), "works/hall/l1/online<gw/l1#"},
        {SITE("") BROKER("availability = \"tele/{unit}/LWT\";") TYPE("") AREAS("", ""), "works/hall/l1/p1/online<tele/p1/LWT# works/hall/l1/p2/online<tele/p2/LWT#"},
        {SITE("") BROKER("availability = \"gw/{line}\";") TYPE("") AREAS("", ""), "works/hall/l1/online<gw/l1#"},
        {SITE("") BROKER("availability = \"bridge/state\";") TYPE("") AREAS("", ""), "works/online<bridge/state#"},
        {SITE("availability = \"us\";") BROKER("availability = \"bridge/state\";") TYPE("") AREAS("", ""), "works/online<us#"},
        {SITE("") "brokers = ( { name = \"a\"; url = \"mqtt://h\"; availability = \"x\"; }, { name = \"b\"; url = \"mqtt://i\"; availability = \"x\"; } );\n" TYPE("") AREAS("", ""),
         "works/online-a<x# works/online-b<x#"},
        {SITE("tags = ( { name = \"gw\"; topic = \"gw\"; role = \"availability\"; } );") BROKER("availability = \"bridge/state\";") TYPE("") AREAS("", ""),
         "works/gw<gw# works/online<bridge/state#"},
    };
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        struct config config;
        char said[512], have[1024];
        if (!build(cases[c].text, &config, said, sizeof said) || said[0])
            fail_msg("%zu: %s", c, said);
        told(config.plant, have, sizeof have);
        assert_string_equal(have, cases[c].told);
        config_finish(&config);
    }
}

static void what_a_publisher_tells_of(void **state)
{
    (void)state;
    struct config config;
    char said[512];
    assert_true(build(SITE("") BROKER("") TYPE("availability = \"w/{unit}/lwt\"; alive = \"up\"; dead = [\"down\", \"gone\"];") AREAS("availability = \"gw\";", ""), &config, said, sizeof said));
    const struct plant *plant = config.plant;
    assert_int_equal(plant->publisher_count, 3);
    uint32_t p = NO_PUBLISHER, tag = plant->publishers[2].first_tag;
    assert_string_equal(plant->tags[tag].def->name, "t");
    p = plant_tag_publisher(plant, tag, p);
    assert_int_equal(p, 2);
    p = plant_tag_publisher(plant, tag, p);
    assert_int_equal(p, 0);
    assert_int_equal(plant_tag_publisher(plant, tag, p), NO_PUBLISHER);
    assert_int_equal(plant_tag_publisher(plant, plant->publishers[2].tag, NO_PUBLISHER), 0); /* not itself */
    const struct tag_def *def = plant->tags[plant->publishers[2].tag].def;
    assert_int_equal(def->kind, KIND_BOOL);
    assert_int_equal(def->alive_count, 1);
    assert_int_equal(def->dead_count, 2);
    assert_string_equal(def->dead[1], "gone");
    config_finish(&config);
}

/* Of two brokers each tells of what it carries. */
static void a_broker_tells_of_its_own(void **state)
{
    (void)state;
    struct config config;
    char said[512];
    assert_true(build(SITE("") "brokers = ( { name = \"a\"; url = \"mqtt://h\"; availability = \"x\"; }, { name = \"b\"; url = \"mqtt://i\"; } );\n"
        "types = ( { name = \"press\"; topic = \"w/{unit}\"; tags = ( { name = \"t\"; } ); } );\n"
        "areas = ( { name = \"hall\"; lines = ( { name = \"l1\"; units = ( { name = \"p1\"; type = \"press\"; broker = \"a\"; }, { name = \"p2\"; type = \"press\"; broker = \"b\"; } ); } ); } );\n",
        &config, said, sizeof said));
    const struct plant *plant = config.plant;
    uint32_t p1 = plant->nodes[plant_node_by_path(plant, "works/hall/l1/p1")].first_tag, p2 = plant->nodes[plant_node_by_path(plant, "works/hall/l1/p2")].first_tag;
    assert_int_equal(plant_tag_broker(plant, p1), 0);
    assert_int_equal(plant_tag_broker(plant, p2), 1);
    assert_int_equal(plant_tag_publisher(plant, p1, NO_PUBLISHER), 0);
    assert_int_equal(plant_tag_publisher(plant, p2, NO_PUBLISHER), NO_PUBLISHER);
    config_finish(&config);
}

static void what_cannot_be_is_said(void **state)
{
    (void)state;
    static const struct { const char *text, *said; } cases[] = {
        {SITE("") BROKER("") TYPE("availability = \"w/+/lwt\";") AREAS("", ""),
         "\"w/+/lwt\" is not one topic, with {captures} where it is one for each, and #/pointer where the payload is JSON"},
        {SITE("") BROKER("") TYPE("availability = \"w/#\";") AREAS("", ""),
         "\"w/#\" is not one topic, with {captures} where it is one for each, and #/pointer where the payload is JSON"},
        {SITE("") BROKER("") TYPE("") AREAS("availability = \"gw/{unit}\";", ""), "a line has no {unit}"},
        {SITE("") BROKER("") TYPE("alive = \"up\";") AREAS("", ""), "without \"availability\" it means nothing"},
        {SITE("tags = ( { name = \"online\"; topic = \"o\"; } );") BROKER("availability = \"x\";") TYPE("") AREAS("", ""), "it would be told by a tag \"online\""},
        {SITE("tags = ( { name = \"online\"; topic = \"o\"; kind = \"bool\"; alive = \"up\"; } );") BROKER("") TYPE("") AREAS("", ""), "only a tag of the role \"availability\" has this key"},
        {SITE("tags = ( { name = \"o\"; topic = \"o\"; kind = \"text\"; role = \"availability\"; } );") BROKER("") TYPE("") AREAS("", ""), "a tag of the role \"availability\" is of the kind \"bool\""},
    };
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        struct config config;
        char said[512];
        build(cases[c].text, &config, said, sizeof said);
        if (!strstr(said, cases[c].said))
            fail_msg("%zu: %s", c, said);
        config_finish(&config);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(each_place_names_its_topic),
        CASE(what_a_publisher_tells_of),
        CASE(a_broker_tells_of_its_own),
        CASE(what_cannot_be_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
