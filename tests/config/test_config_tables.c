/*
 * Tables in CSV files: what a row says is what the same group in a list says, in any way that spreadsheets write it; and it is part of the configuration.
 */
#include "check.h"

#include <sys/stat.h>
#include <unistd.h>

#include "core/model.h"
#include "io/config.h"

static char folder[32];

static void write_file(const char *name, const char *text)
{
    char path[96];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/andon-tables-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    static const char *const names[] = {"w.cfg", "tags.csv", "alarms.csv", "reasons.csv", "shifts.csv", "codes.csv", "states.csv", "units.csv"};
    char path[96];
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    return rmdir(folder);
}

static struct config loaded(void)
{
    char path[96];
    struct config config = {.plant = NULL};
    struct diagnostics found = {.rows = NULL};
    snprintf(path, sizeof path, "%s/w.cfg", folder);
    if (!config_load(path, NULL, &config, &found) || found.warnings) {
        diagnostics_print(&found, stderr);
        fail();
    }
    diagnostics_finish(&found);
    return config;
}

static uint32_t tag_at(const struct plant *plant, const char *key)
{
    char path[KEY_BYTES];
    for (uint32_t t = 0; t < plant->tag_count; t++) {
        plant_tag_key(plant, t, path, sizeof path);
        if (strcmp(path, key) == 0)
            return t;
    }
    return NO_TAG;
}

static const struct tag_def *def_of(const struct plant *plant, const char *key)
{
    uint32_t tag = tag_at(plant, key);
    assert_true(tag != NO_TAG);
    return plant->tags[tag].def;
}

static const char with_tags[] = "site = { name = \"w\"; };\n"
    "types = ( { name = \"press\"; topic = \"{line}\"; format = \"json\"; tags = ( { name = \"state\"; path = \"/st\"; } ); tags_csv = \"tags.csv\"; } );\n"
    "areas = ( { name = \"a\"; lines = ( { name = \"l\"; type = \"press\"; } ); } );\n";

static void as_spreadsheets_write_them(void **state)
{
    static const char *const ways[] = {
        "name,path,unit,range,normal,decimals,scale,key,title\noil,/oil,\xc2\xb0" "C,0..120,\"[40.5, 65]\",1,0.1,true,\"Oil, \"\"hot\"\"\"\n",
        "\xef\xbb\xbfname;path;unit;range;normal;decimals;scale;key;title\r\noil;/oil;\xc2\xb0" "C;0..120;40,5 65;1;0,1;yes;\"Oil, \"\"hot\"\"\"\r\n",
        "# what the fitters keep\nname\tpath\tunit\trange\tnormal\tdecimals\tscale\tkey\ttitle\t#for us\n\n\noil\t/oil\t\xc2\xb0" "C\t0 120\t40.5..65\t1\t0,1\t1\tOil, \"hot\"\tnever mind",
    };
    (void)state;
    write_file("w.cfg", with_tags);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        write_file("tags.csv", ways[i]);
        struct config config = loaded();
        const struct tag_def *oil = def_of(config.plant, "w/a/l/oil");
        assert_string_equal(oil->unit, "\xc2\xb0" "C");
        assert_string_equal(oil->title, "Oil, \"hot\"");
        assert_true(oil->has_range && oil->has_normal && oil->key && oil->decimals == 1);
        assert_near(oil->range[1], 120, 0);
        assert_near(oil->normal[0], 40.5, 0);
        assert_near(oil->scale, .1, 0);
        assert_true(tag_at(config.plant, "w/a/l/state") != NO_TAG);
        config_finish(&config);
    }
}

static void alarms_of_tags_and_their_codes(void **state)
{
    (void)state;
    write_file("w.cfg", "site = { name = \"w\"; };\n"
        "types = ( { name = \"press\"; topic = \"{line}\"; format = \"json\"; tags_csv = \"tags.csv\"; alarms_csv = \"alarms.csv\"; } );\n"
        "areas = ( { name = \"a\"; lines = ( { name = \"l\"; type = \"press\"; tags = ( { name = \"fault\"; path = \"/f\"; kind = \"text\";\n"
        "  alarms = ( { kind = \"message\"; codes_csv = \"codes.csv\"; } ); } ); } ); } );\n");
    write_file("tags.csv", "name,path\noil,/oil\n");
    write_file("alarms.csv", "tag,name,limit,priority,title,action\noil,high,90,2,Oil hot,cool\noil,low,10,3,,fill\n");
    write_file("codes.csv", "code,title,priority,action\n17,Guard open,1,close it\nE4,Drive,,reset\n");
    struct config config = loaded();
    assert_int_equal(config.plant->alarm_count, 3);
    bool high = false, message = false;
    for (size_t i = 0; i < config.plant->alarm_count; i++) {
        const struct alarm_def *def = config.plant->alarms[i].def;
        if (def->conditions[0].kind == ALARM_HIGH)
            high = def->conditions[0].limit == 90 && def->conditions[0].priority == 2 && strcmp(def->conditions[0].title, "Oil hot") == 0;
        if (def->conditions[0].kind == ALARM_MESSAGE)
            message = def->code_count == 2 && def->codes[0].code.number == 17 && def->codes[0].priority == 1 && strcmp(def->codes[1].code.text, "E4") == 0;
    }
    assert_true(high && message);
    config_finish(&config);
}

static void reasons_shifts_states_and_units(void **state)
{
    (void)state;
    write_file("w.cfg", "site = { name = \"w\"; calendar = \"week\"; };\n"
        "reasons = ( { name = \"mechanical\"; } ); reasons_csv = \"reasons.csv\";\n"
        "calendars = ( { name = \"week\"; shifts_csv = \"shifts.csv\"; } );\n"
        "maps = ( { name = \"plc\"; states_csv = \"states.csv\"; } );\n"
        "types = ( { name = \"press\"; tags = ( { name = \"state\"; topic = \"{line}/{unit}\"; map = \"plc\"; } ); } );\n"
        "areas = ( { name = \"a\"; lines = ( { name = \"l\"; units_csv = \"units.csv\"; } ); } );\n");
    write_file("reasons.csv", "name,class,codes\nmechanical/jam,stop,J1|J2*\nmechanical/jam/guide,,\nother,,\n");
    write_file("shifts.csv", "name,days,from,to,breaks\nearly,mon-fri,06:00,14:00,09:00-09:15 12:00-12:30\nlate,mon|tue,14:00,22:00,\n");
    write_file("states.csv", "from,state,class\n0,Idle,\nFAULT,,stop\n");
    write_file("units.csv", "name,title,type\np{01..03},Press {n},press\n");
    struct config config = loaded();
    const struct plant *plant = config.plant;
    char path[REASON_PATH];
    assert_int_equal(plant->reason_count, 4);
    plant_reason_path(plant, 2, path, sizeof path);
    assert_string_equal(path, "mechanical/jam/guide");
    assert_int_equal(plant->reasons[1].code_count, 2);
    const struct calendar *week = &plant->calendars[1];
    assert_int_equal(week->shift_count, 2);
    assert_int_equal(week->shifts[0].break_count, 2);
    assert_int_equal(week->shifts[0].breaks[1].from_minute, 12 * 60);
    assert_int_equal(week->shifts[1].weekdays, 2 | 4);
    assert_int_equal(plant->maps[1].count, 2);
    assert_true(tag_at(plant, "w/a/l/p03/state") != NO_TAG);
    config_finish(&config);
}

static void the_example_is_right(void **state)
{
    struct config config;
    struct diagnostics found = {.rows = NULL};
    (void)state;
    if (!config_load(EXAMPLE, NULL, &config, &found) || found.warnings) {
        diagnostics_print(&found, stderr);
        fail();
    }
    assert_int_equal(config.plant->alarm_count, 4 * 2);
    assert_int_equal(config.plant->reason_count, 5);
    assert_int_equal(config.bundle.count, 5);
    config_finish(&config);
    diagnostics_finish(&found);
}

/* What is kept as the configuration in force holds the table, and another table is another configuration. */
static void a_table_is_part_of_the_configuration(void **state)
{
    struct packer packed;
    struct bundle again;
    struct config rebuilt;
    struct diagnostics found = {.rows = NULL};
    struct error err;
    (void)state;
    write_file("w.cfg", with_tags);
    write_file("tags.csv", "name,path,decimals\noil,/oil,1\n");
    struct config config = loaded();
    uint64_t id = config.plant->id;
    assert_int_equal(config.bundle.count, 2);
    packer_init(&packed);
    bundle_pack(&config.bundle, &packed);
    write_file("tags.csv", "name,path,decimals\noil,/oil,2\n");
    assert_true(bundle_unpack(&again, packed.bytes, packed.count, &err));
    assert_true(config_build(&again, &rebuilt, &found));
    assert_true(rebuilt.plant->id == id && def_of(rebuilt.plant, "w/a/l/oil")->decimals == 1);
    struct config changed = loaded();
    assert_true(changed.plant->id != id && def_of(changed.plant, "w/a/l/oil")->decimals == 2);
    packer_finish(&packed);
    config_finish(&config);
    config_finish(&rebuilt);
    config_finish(&changed);
    diagnostics_finish(&found);
}

#define TABLE_CASE(function) cmocka_unit_test_setup_teardown(function, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TABLE_CASE(as_spreadsheets_write_them),
        TABLE_CASE(alarms_of_tags_and_their_codes),
        TABLE_CASE(reasons_shifts_states_and_units),
        CASE(the_example_is_right),
        TABLE_CASE(a_table_is_part_of_the_configuration),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
