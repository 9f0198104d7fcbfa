#include "check.h"

#include "io/config.h"

/* What calendars, reasons, calls and products in good files mean. */

#define HEAD(site) "site = { name = \"works\"; zone = \"Europe/Berlin\"; " site " }; brokers = ( { name = \"main\"; url = \"mqtt://h\"; } );\n"

static struct config built(const char *text)
{
    struct bundle bundle;
    struct config config = {.plant = NULL};
    struct diagnostics diagnostics = {.rows = NULL};
    bundle_of_text(&bundle, "test.cfg", text);
    if (!config_build(&bundle, &config, &diagnostics) || diagnostics.warnings) {
        diagnostics_print(&diagnostics, stderr);
        fail();
    }
    diagnostics_finish(&diagnostics);
    return config;
}

static int64_t local(const struct plant *plant, int year, int month, int day, int hour, int minute)
{
    return zone_utc(&plant->zone, (struct civil){.year = year, .month = month, .day = day, .hour = hour, .minute = minute});
}

static struct shift_at at(const struct plant *plant, uint16_t calendar, int month, int day, int hour, int minute)
{
    struct shift_at s;
    calendar_at(&plant->calendars[calendar], &plant->zone, local(plant, 2024, month, day, hour, minute), &s);
    return s;
}

static void a_calendar_has_shifts_breaks_crews_and_other_days(void **state)
{
    (void)state;
    struct config config = built(HEAD("calendar = \"week\";")
        "calendars = ( { name = \"week\"; night = \"next\"; shifts = (\n"
        "  { name = \"early\"; title = \"Früh\"; days = \"mon-fri\"; from = \"06:00\"; to = \"14:00\"; breaks = ( { from = \"09:00\"; to = \"09:15\"; }, { from = \"12:00\"; to = \"12:30\"; } ); },\n"
        "  { name = \"late\"; days = ( \"mon\", \"tue-thu\", \"fri\" ); from = \"14:00\"; to = \"22:00\"; },\n"
        "  { name = \"night\"; days = [ \"sun-thu\" ]; from = \"22:00\"; to = \"06:00\"; breaks = ( { from = \"23:45\"; to = \"00:15\"; }, { from = \"02:00\"; to = \"02:30\"; } ); valid_to = \"2024-06-30\"; },\n"
        "  { name = \"weekend\"; days = \"sat-sun\"; from = \"12:00\"; to = \"20:00\"; crew = \"Wochenende\"; } );\n"
        "  rotation = { start = \"2024-06-10\"; days = 7; crews = [ \"A\", \"B\", \"C\" ]; turn = \"backward\"; };\n"
        "  holidays = ( { date = \"2024-06-12\"; title = \"feast\"; }, { from = \"2024-12-23\"; to = \"2024-12-31\"; } );\n"
        "  overtime = ( { date = \"2024-06-15\"; from = \"20:00\"; to = \"24:00\"; }, { date = \"2024-06-16\"; from = \"06:00\"; to = \"12:00\"; name = \"extra\"; crew = \"A\"; } ); },\n"
        "  { name = \"round\"; shifts = ( { name = \"all\"; from = \"06:00\"; to = \"06:00\"; } ); } );\n");
    const struct plant *plant = config.plant;
    assert_int_equal(plant->calendar_count, 3);
    assert_int_equal(plant->nodes[0].calendar, 1);
    static const struct { int day, hour, minute; const char *name, *crew; int32_t counted; bool in_break; } cases[] = {
        {11, 7, 0, "early", "A", 20240611, false}, {11, 9, 10, "early", "A", 20240611, true}, {11, 14, 0, "late", "B", 20240611, false},
        {10, 23, 50, "night", "C", 20240611, true}, {11, 0, 10, "night", "C", 20240611, true}, {11, 2, 15, "night", "C", 20240611, true}, {11, 3, 0, "night", "C", 20240611, false},
        {12, 7, 0, "", "", 20240612, false}, {13, 3, 0, "", "", 20240613, false}, {13, 7, 0, "early", "A", 20240613, false},
        {17, 7, 0, "early", "C", 20240617, false}, {17, 15, 0, "late", "A", 20240617, false},
        {15, 13, 0, "weekend", "Wochenende", 20240615, false}, {15, 23, 0, "overtime", "", 20240615, false}, {16, 11, 0, "extra", "A", 20240616, false}, {16, 23, 0, "night", "B", 20240617, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct shift_at s = at(plant, 1, 6, cases[i].day, cases[i].hour, cases[i].minute);
        assert_string_equal(s.name, cases[i].name);
        assert_string_equal(s.crew, cases[i].crew);
        assert_int_equal(s.day, cases[i].counted);
        assert_int_equal(s.in_break, cases[i].in_break);
    }
    assert_string_equal(at(plant, 1, 6, 11, 7, 0).title, "Früh");
    assert_false(at(plant, 1, 7, 2, 23, 0).planned); /* the night is not valid any more */
    assert_false(at(plant, 1, 12, 27, 8, 0).planned);
    struct shift_at round = at(plant, 2, 6, 12, 3, 0);
    assert_int_equal(round.to_ms - round.from_ms, 24 * 3600000);
    config_finish(&config);
}

static void nodes_say_when_they_work_and_what_is_wanted(void **state)
{
    (void)state;
    struct config config = built(HEAD("calendar = \"days\"; target = 0.8; minor_stop = \"90s\"; gap_pieces = \"estimated\";")
        "calendars = ( { name = \"days\"; shifts = ( { name = \"day\"; from = \"06:00\"; to = \"22:00\"; } ); } );\n"
        "areas = ( { name = \"a\"; setup_standard = \"25m\"; startup = \"10m\"; lines = (\n"
        "  { name = \"l{1..2}\"; target = 0.65; plan_per_hour = 400; products = ( { name = \"FR-450\"; title = \"Fridge\"; ideal_cycle = 9.2; }, { name = \"FR-300\"; ideal_cycle = 8; } ); units = (\n"
        "    { name = \"u1\"; topic = \"w/{line}/{unit}/{tag}\"; calendar = \"always\"; minor_stop = \"0s\"; gap_pieces = \"unknown\"; products = ( { name = \"FR-300\"; ideal_cycle = 7; } ); tags = ( { name = \"state\"; } ); } ); } ); } );\n");
    const struct plant *plant = config.plant;
    for (uint32_t line = 2; line <= 4; line += 2) {
        const struct node *l = &plant->nodes[line], *u = &plant->nodes[line + 1];
        assert_int_equal(l->level, LEVEL_LINE);
        assert_int_equal(l->calendar, 1);
        assert_near(l->target, 0.65, 0);
        assert_int_equal(l->minor_stop_ms, 90000);
        assert_int_equal(l->setup_standard_ms, 1500000);
        assert_int_equal(l->startup_ms, 600000);
        assert_true(l->gap_pieces && !u->gap_pieces);
        assert_near(l->plan_per_hour, 400, 0);
        assert_int_equal(u->calendar, 0);
        assert_int_equal(u->minor_stop_ms, 0);
        assert_near(plant_ideal_cycle(plant, line, "fr-450"), 9.2, 0);
        assert_near(plant_ideal_cycle(plant, line + 1, "FR-450"), 9.2, 0);
        assert_near(plant_ideal_cycle(plant, line + 1, "FR-300"), 7, 0);
    }
    config_finish(&config);
    config = built(HEAD(""));
    const struct node *site = &config.plant->nodes[0];
    assert_true(site->calendar == 0 && site->minor_stop_ms == 120000 && site->startup_ms == 0 && site->setup_standard_ms == 0 && !site->gap_pieces && !(site->target > 0));
    config_finish(&config);
}

static void reasons_are_a_tree_that_messages_propose_from(void **state)
{
    (void)state;
    struct config config = built(HEAD("")
        "reasons = ( { name = \"mechanical\"; title = \"Mechanik\"; reasons = ( { name = \"jam\"; codes = ( \"E17*\", \"*jam*\" ); }, { name = \"tool\"; codes = \"E40\"; } ); },\n"
        "            { name = \"material\"; class = \"starved\"; reasons = ( { name = \"steel\"; codes = [ \"no steel\" ]; }, { name = \"order\"; class = \"not-scheduled\"; } ); } );\n"
        "calls = ( { name = \"fork-lift\"; title = \"Stapler\"; late = \"10m\"; }, { name = \"quality\"; } );\n");
    const struct plant *plant = config.plant;
    static const struct { const char *message, *path; } cases[] = {
        {"E17 hopper", "mechanical/jam"}, {"paper JAM", "mechanical/jam"}, {"e40", "mechanical/tool"}, {"No steel", "material/steel"}, {"E41", ""}};
    assert_int_equal(plant->reason_count, 6);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(plant_reason_proposed(plant, cases[i].message), plant_reason_by_path(plant, cases[i].path));
    assert_int_equal(plant->reasons[plant_reason_by_path(plant, "material/steel")].class, CLASS_STARVED);
    assert_int_equal(plant->reasons[plant_reason_by_path(plant, "material/order")].class, CLASS_NOT_SCHEDULED);
    assert_string_equal(plant->reasons[0].title, "Mechanik");
    assert_int_equal(plant->call_kind_count, 2);
    assert_string_equal(plant->call_kinds[0].title, "Stapler");
    assert_int_equal(plant->call_kinds[0].late_ms, 600000);
    assert_string_equal(plant->call_kinds[1].title, "quality");
    assert_int_equal(plant->call_kinds[1].late_ms, CALL_LATE_MS);
    config_finish(&config);
}

static void counters_count_totals_increments_and_pulses(void **state)
{
    (void)state;
    struct config config = built(HEAD("")
        "areas = ( { name = \"a\"; topic = \"w/{tag}\"; tags = ( { name = \"good\"; pieces = 2; }, { name = \"reject\"; count = \"increment\"; }, { name = \"total\"; count = \"pulse\"; pieces = 0.5; } ); } );\n");
    static const struct { enum count_mode count; double pieces; } cases[] = {{COUNT_TOTAL, 2}, {COUNT_INCREMENT, 0}, {COUNT_PULSE, 0.5}};
    for (size_t i = 0; i < 3; i++) {
        const struct tag_def *def = config.plant->tags[i].def;
        assert_int_equal(def->kind, KIND_COUNTER);
        assert_int_equal(def->count, cases[i].count);
        assert_near(def->pieces, cases[i].pieces, 0);
    }
    config_finish(&config);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_calendar_has_shifts_breaks_crews_and_other_days),
        CASE(nodes_say_when_they_work_and_what_is_wanted),
        CASE(reasons_are_a_tree_that_messages_propose_from),
        CASE(counters_count_totals_increments_and_pulses),
    };
    return cmocka_run_group_tests_name("config_work", cases, NULL, NULL);
}
