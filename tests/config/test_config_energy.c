#include "check.h"

#include "io/config.h"

/* What carriers, tariffs, meters, demands, emissions and baselines in good files mean. */

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

static uint32_t tag(const struct plant *plant, const char *key)
{
    char other[KEY_BYTES];
    for (uint32_t t = 0; t < plant->tag_count; t++) {
        plant_tag_key(plant, t, other, sizeof other);
        if (strcmp(other, key) == 0)
            return t;
    }
    return NO_TAG;
}

static const struct meter *meter(const struct plant *plant, const char *key)
{
    uint32_t m = plant_meter_by_key(plant, key);
    if (m == NO_METER)
        fail_msg("there is no meter %s", key);
    return &plant->meters[m];
}

static const struct carrier *carrier(const struct plant *plant, const char *name)
{
    for (size_t i = 0; i < plant->carrier_count; i++)
        if (strcmp(plant->carriers[i].name, name) == 0)
            return &plant->carriers[i];
    fail_msg("there is no carrier %s", name);
    return NULL;
}

static const char *rate_at(const struct plant *plant, const struct tariff *tariff, int month, int day, int hour)
{
    struct tariff_at at;
    tariff_at(tariff, &plant->calendars[tariff->calendar], &plant->zone, zone_utc(&plant->zone, (struct civil){.year = 2024, .month = month, .day = day, .hour = hour}), &at);
    return at.rate ? at.rate->name : "-";
}

static void carriers_have_units_prices_and_carbon(void **state)
{
    (void)state;
    struct config config = built(HEAD("currency = \"EUR\"; calendar = \"week\";")
        "calendars = ( { name = \"week\"; shifts = ( { name = \"day\"; from = \"06:00\"; to = \"22:00\"; } ); holidays = ( { date = \"2024-05-01\"; } ); } );\n"
        "tariffs = ( { name = \"hv\"; title = \"Hochspannung\"; demand_charge = 9.5; rates = (\n"
        "    { name = \"peak\"; price = 0.31; days = \"mon-fri\"; from = \"07:00\"; to = \"10:00\"; months = \"nov-mar\"; },\n"
        "    { name = \"day\"; price = 0.22; days = \"mon-fri\"; from = \"10:00\"; to = \"22:00\"; months = \"nov-mar\"; },\n"
        "    { name = \"day\"; price = 0.22; days = \"mon-fri\"; from = \"07:00\"; to = \"22:00\"; months = [ \"apr-sep\", \"oct\" ]; },\n"
        "    { name = \"night\"; price = 0.12; days = \"mon-fri\"; from = \"22:00\"; to = \"07:00\"; },\n"
        "    { name = \"night\"; price = 0.12; days = ( \"sat-sun\", \"holiday\" ); } ); },\n"
        "  { name = \"flat\"; calendar = \"always\"; rates = ( { name = \"all\"; price = 0.08; to = \"24:00\"; valid_from = \"2024-01-01\"; } ); } );\n"
        "carriers = ( { name = \"electricity\"; tariff = \"hv\"; co2 = ( { kg = 0.36; from = \"2025-01-01\"; }, { kg = 0.4; } ); },\n"
        "  { name = \"gas\"; kwh = 10.3; tariff = \"flat\"; }, { name = \"heat\"; unit = \"MWh\"; }, { name = \"oil\"; title = \"Heizöl\"; unit = \"l\"; kwh = 9.96; co2 = ( { kg = 2.66; } ); } );\n");
    const struct plant *plant = config.plant;
    assert_string_equal(plant->currency, "EUR");
    assert_int_equal(plant->carrier_count, 7);
    const struct carrier *electricity = carrier(plant, "electricity"), *oil = carrier(plant, "oil");
    const struct tariff *hv = &plant->tariffs[electricity->tariff];
    assert_string_equal(hv->title, "Hochspannung");
    assert_near(hv->demand_charge, 9.5, 0);
    static const struct { int month, day, hour; const char *rate; } cases[] = {{1, 17, 8, "peak"}, {1, 17, 12, "day"}, {7, 17, 8, "day"}, {10, 16, 8, "day"}, {1, 17, 23, "night"}, {1, 20, 12, "night"}, {5, 1, 8, "night"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(rate_at(plant, hv, cases[i].month, cases[i].day, cases[i].hour), cases[i].rate);
    assert_near(carrier_carbon(electricity, &plant->zone, zone_utc(&plant->zone, (struct civil){.year = 2024, .month = 12, .day = 31})), .4, 0);
    assert_near(carrier_carbon(electricity, &plant->zone, zone_utc(&plant->zone, (struct civil){.year = 2025, .month = 1, .day = 1})), .36, 0);
    assert_near(carrier(plant, "gas")->kwh, 10.3, 0);
    assert_string_equal(carrier(plant, "gas")->unit, "m3");
    assert_near(carrier(plant, "heat")->kwh, 1000, 0); /* by its unit */
    assert_string_equal(oil->title, "Heizöl");
    assert_int_equal(oil->tariff, NO_TARIFF);
    assert_true(isnan(carrier(plant, "water")->kwh));
    config_finish(&config);
}

static void meters_are_a_tree_of_registers_powers_and_sums(void **state)
{
    (void)state;
    struct config config = built(HEAD("topic = \"w/{tag}\"; meters = ( { name = \"main\"; title = \"Grid\"; register = \"mwh\"; power = \"mw\"; reactive = \"kvarh\"; leading = \"lead\"; most = 3000; gap = \"2m\"; }, "
            "{ name = \"lights\"; power = \"lights\"; parent = \"main\"; }, { name = \"gas\"; carrier = \"gas\"; register = \"gas\"; count = \"increment\"; } ); "
            "tags = ( { name = \"mwh\"; kind = \"register\"; unit = \"MWh\"; }, { name = \"mw\"; kind = \"power\"; unit = \"MW\"; interval = \"5s\"; }, { name = \"kvarh\"; unit = \"kvarh\"; }, { name = \"lead\"; unit = \"Mvarh\"; }, "
            "{ name = \"lights\"; unit = \"W\"; }, { name = \"gas\"; unit = \"l\"; interval = \"15m\"; } );")
        "types = ( { name = \"press\"; topic = \"w/{line}/{unit}/{tag}\"; tags = ( { name = \"p\"; unit = \"kW\"; }, { name = \"q\"; unit = \"kVAr\"; } );\n"
        "  meters = ( { name = \"el\"; power = \"p\"; reactive = \"q\"; gap = \"1m\"; } ); } );\n"
        "areas = ( { name = \"hall\"; meters = ( { name = \"el\"; } ); lines = ( { name = \"l{1..2}\"; units = (\n"
        "    { name = \"u{1..2}\"; type = \"press\"; }, { name = \"u3\"; type = \"press\"; meters = ( { name = \"el\"; gap = \"10m\"; title = \"Third\"; }, { name = \"own\"; power = \"p\"; parent = \"none\"; } ); },\n"
        "    { name = \"u4\"; type = \"press\"; meters = ( { name = \"el\"; parent = \"{line}/x\"; } ); } ); } ); },\n"
        "  { name = \"l1\"; topic = \"x/{tag}\"; tags = ( { name = \"p\"; unit = \"kW\"; } ); meters = ( { name = \"x\"; power = \"p\"; } ); },\n"
        "  { name = \"l2\"; topic = \"y/{tag}\"; tags = ( { name = \"p\"; unit = \"kW\"; } ); meters = ( { name = \"x\"; power = \"p\"; parent = \"works/hall/el\"; } ); } );\n");
    const struct plant *plant = config.plant;
    const struct meter *main_meter = meter(plant, "works/main"), *gas = meter(plant, "works/gas"), *sum = meter(plant, "works/hall/el"), *third = meter(plant, "works/hall/l2/u3/el");
    uint32_t main_index = (uint32_t)(main_meter - plant->meters), hall = (uint32_t)(sum - plant->meters);
    assert_int_equal(plant->meter_count, 3 + 1 + 2 * 5 + 2);
    assert_int_equal(main_meter->kind, METER_REGISTER);
    assert_string_equal(main_meter->title, "Grid");
    assert_int_equal(main_meter->tag, tag(plant, "works/mwh"));
    assert_int_equal(main_meter->power_tag, tag(plant, "works/mw"));
    assert_int_equal(main_meter->reactive_tag, tag(plant, "works/kvarh"));
    assert_near(main_meter->scale, 1000, 1e-9);
    assert_near(main_meter->power_scale, 1000, 1e-9);
    assert_near(main_meter->reactive_scale, 1, 0);
    assert_near(main_meter->leading_scale, 1000, 1e-9);
    assert_near(main_meter->most, 3000, 0);
    assert_int_equal(main_meter->gap_ms, 120000);
    assert_int_equal(main_meter->parent, NO_METER);
    assert_int_equal(meter(plant, "works/lights")->parent, main_index);
    assert_near(meter(plant, "works/lights")->scale, .001, 1e-12);
    assert_int_equal(gas->kind, METER_INCREMENT);
    assert_int_equal(gas->interval_ms, 900000);
    assert_int_equal(gas->carrier, CARRIER_GAS);
    assert_near(gas->scale, .001, 1e-12);
    assert_int_equal(sum->kind, METER_SUM);
    assert_int_equal(sum->parent, main_index);
    assert_int_equal(third->kind, METER_POWER);
    assert_int_equal(third->parent, hall);
    assert_int_equal(third->gap_ms, 600000);
    assert_int_equal(third->reactive_tag, tag(plant, "works/hall/l2/u3/q"));
    assert_string_equal(third->title, "Third");
    assert_int_equal(meter(plant, "works/hall/l1/u2/el")->gap_ms, 60000);
    assert_int_equal(meter(plant, "works/hall/l1/u3/own")->parent, NO_METER);
    assert_int_equal(meter(plant, "works/hall/l2/u4/el")->parent, plant_meter_by_key(plant, "works/l2/x"));
    assert_int_equal(meter(plant, "works/l2/x")->parent, hall);
    config_finish(&config);
}

static void demands_and_emissions_tell_tags_of_their_nodes(void **state)
{
    (void)state;
    struct config config = built(HEAD("topic = \"w/{tag}\"; meters = ( { name = \"main\"; power = \"kw\"; }, { name = \"gas\"; carrier = \"gas\"; power = \"gas\"; } ); "
            "tags = ( { name = \"kw\"; kind = \"power\"; unit = \"kW\"; }, { name = \"gas\"; unit = \"m3/h\"; }, { name = \"pulse\"; kind = \"bool\"; }, "
            "{ name = \"load-forecast\"; title = \"Where the load goes\"; decimals = 0; alarms = ( { kind = \"high\"; limit = 2900; priority = 2; cause = \"c\"; consequence = \"c\"; action = \"a\"; respond = \"10m\"; } ); } ); "
            "demands = ( { name = \"load\"; title = \"Load\"; meter = \"main\"; limit = 3000; warn = 2800; sync = \"pulse\"; }, { name = \"flow\"; meter = \"gas\"; kind = \"sliding\"; block = \"30m\"; }, "
            "{ name = \"roll\"; meter = \"main\"; kind = \"rolling\"; }, { name = \"slow\"; meter = \"main\"; kind = \"sliding\"; block = \"1h\"; step = \"5m\"; } );")
        "types = ( { name = \"stack\"; topic = \"w/{unit}/{tag}\"; tags = ( { name = \"dust\"; unit = \"mg/m3\"; decimals = 2; }, { name = \"o2\"; unit = \"%\"; }, { name = \"c\"; unit = \"mg/m3\"; } );\n"
        "  emissions = ( { name = \"dust\"; half_hour = 20; day = 10; o2 = \"o2\"; o2_reference = 16; }, { name = \"nox\"; tag = \"c\"; hour = 350; valid_share = 0.75; gap = \"1m\"; } ); } );\n"
        "areas = ( { name = \"sinter\"; lines = ( { name = \"strand\"; units = ( { name = \"s{1..2}\"; type = \"stack\"; } ); } ); } );\n");
    const struct plant *plant = config.plant;
    assert_int_equal(plant->demand_count, 4);
    const struct demand *load = &plant->demands[0], *flow = &plant->demands[1];
    assert_int_equal(load->meter, plant_meter_by_key(plant, "works/main"));
    assert_int_equal(load->block_ms, 900000);
    assert_near(load->limit, 3000, 0);
    assert_near(load->warn, 2800, 0);
    assert_int_equal(load->sync_tag, tag(plant, "works/pulse"));
    assert_int_equal(load->forecast_tag, tag(plant, "works/load-forecast"));
    assert_int_equal(load->mean_tag, tag(plant, "works/load-mean"));
    const struct tag_def *forecast = plant->tags[load->forecast_tag].def, *mean = plant->tags[load->mean_tag].def;
    assert_string_equal(forecast->title, "Where the load goes");
    assert_string_equal(forecast->unit, "kW");
    assert_int_equal(forecast->decimals, 0);
    assert_string_equal(mean->title, "Load mean");
    assert_int_equal(mean->decimals, 1);
    assert_int_equal(plant->alarm_count, 1);
    assert_int_equal(plant->alarms[0].tag, load->forecast_tag);
    assert_string_equal(plant->tags[flow->mean_tag].def->unit, "m3/h");
    assert_true(isnan(flow->limit));
    assert_int_equal(flow->step_ms, 600000);
    assert_int_equal(plant->demands[2].step_ms, 15000);
    assert_int_equal(plant->demands[3].step_ms, 300000);
    assert_int_equal(plant->emission_count, 4);
    const struct emission *dust = &plant->emissions[2], *nox = &plant->emissions[3];
    const struct meter *of_dust = &plant->meters[dust->meter], *of_nox = &plant->meters[nox->meter];
    assert_int_equal(of_dust->kind, METER_EMISSION);
    assert_int_equal(of_dust->tag, tag(plant, "works/sinter/strand/s2/dust"));
    assert_int_equal(of_nox->tag, tag(plant, "works/sinter/strand/s2/c"));
    assert_int_equal(of_nox->gap_ms, 60000);
    assert_near(dust->limit[EMISSION_HALF_HOUR], 20, 0);
    assert_true(isnan(dust->limit[EMISSION_HOUR]));
    assert_near(dust->limit[EMISSION_DAY], 10, 0);
    assert_int_equal(dust->o2_tag, tag(plant, "works/sinter/strand/s2/o2"));
    assert_near(dust->o2_reference, 16, 0);
    assert_near(dust->valid_share, 2.0 / 3, 0);
    assert_int_equal(nox->o2_tag, NO_TAG);
    assert_near(nox->valid_share, .75, 0);
    assert_int_equal(dust->mean_tag, tag(plant, "works/sinter/strand/s2/dust-mean"));
    assert_string_equal(plant->tags[dust->mean_tag].def->unit, "mg/m3");
    /* No topic feeds them, not even the one of their node. */
    for (size_t b = 0; b < plant->binding_count; b++)
        for (size_t f = 0; f < plant->bindings[b].field_count; f++)
            assert_null(strstr(plant->tags[plant->bindings[b].fields[f].tag].def->name, "-mean"));
    config_finish(&config);
}

static void a_node_takes_away_what_its_type_has(void **state)
{
    (void)state;
    struct config c = built(HEAD("") "types = ( { name = \"press\"; topic = \"w/{unit}/{tag}\"; tags = ( { name = \"kw\"; unit = \"kW\"; } ); meters = ( { name = \"el\"; power = \"kw\"; } ); demands = ( { name = \"peak\"; limit = 100; } ); } );\n"
        "areas = ( { name = \"hall\"; lines = ( { name = \"l\"; units = ( { name = \"u1\"; type = \"press\"; },\n"
        "    { name = \"u2\"; type = \"press\"; meters = ( { name = \"el\"; enabled = false; } ); demands = ( { name = \"peak\"; enabled = false; } ); } ); } ); } );\n");
    assert_int_equal(c.plant->meter_count, 1);
    assert_int_equal(c.plant->demand_count, 1);
    meter(c.plant, "works/hall/l/u1/el");
    assert_true(tag(c.plant, "works/hall/l/u1/peak-forecast") != NO_TAG);
    assert_true(tag(c.plant, "works/hall/l/u2/peak-forecast") == NO_TAG);
    config_finish(&c);
}

static void a_baseline_has_drivers_of_nodes_and_tags(void **state)
{
    (void)state;
    struct config config = built(HEAD("topic = \"w/{tag}\"; meters = ( { name = \"main\"; power = \"kw\"; } ); tags = ( { name = \"kw\"; unit = \"kW\"; }, { name = \"outside\"; unit = \"°C\"; } );")
        "areas = ( { name = \"hall\"; lines = ( { name = \"l1\"; topic = \"w/l1/{tag}\"; tags = ( { name = \"good\"; } ); } ); } );\n"
        "baselines = ( { name = \"b24\"; title = \"2024\"; meter = \"main\"; from = \"2024-01-01\"; to = \"2024-12-31\"; by = \"week\"; drivers = (\n"
        "  { name = \"pieces\"; kind = \"good\"; of = \"hall/l1\"; }, { name = \"hours\"; kind = \"run_hours\"; of = \"works/hall/l1\"; }, { name = \"heating\"; kind = \"below\"; of = \"outside\"; base = 15; } ); } );\n");
    const struct plant *plant = config.plant;
    assert_int_equal(plant->baseline_count, 1);
    const struct baseline *b = &plant->baselines[0];
    assert_string_equal(b->title, "2024");
    assert_int_equal(b->meter, plant_meter_by_key(plant, "works/main"));
    assert_int_equal(b->from, 20240101);
    assert_int_equal(b->to, 20241231);
    assert_true(b->weekly);
    assert_int_equal(b->driver_count, 3);
    assert_int_equal(b->drivers[0].kind, DRIVER_GOOD);
    assert_int_equal(b->drivers[0].node, plant_node_by_path(plant, "works/hall/l1"));
    assert_int_equal(b->drivers[1].node, b->drivers[0].node);
    assert_int_equal(b->drivers[2].kind, DRIVER_BELOW);
    assert_int_equal(b->drivers[2].tag, tag(plant, "works/outside"));
    assert_near(b->drivers[2].base, 15, 0);
    config_finish(&config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(carriers_have_units_prices_and_carbon),
        CASE(meters_are_a_tree_of_registers_powers_and_sums),
        CASE(demands_and_emissions_tell_tags_of_their_nodes),
        CASE(a_node_takes_away_what_its_type_has),
        CASE(a_baseline_has_drivers_of_nodes_and_tags),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
