/* Carriers, meters and their tree in a plant. */
#include "check.h"

#include "core/plant_build.h"

enum { SITE, HALL, L1, U1, L2, NODES };
enum { MAIN, LIGHTS, GAS, HALL_METER, L1_METER, U1_METER, U1_DUST, L2_METER, OWN_FEED, METERS };

struct tree { struct plant_build b; uint32_t tags[NODES]; };

static uint32_t add(struct tree *t, uint32_t parent, enum level level, const char *name)
{
    uint32_t node = plant_add_node(&t->b, parent, (struct node){.level = level, .name = name});
    t->tags[node] = plant_add_tag(&t->b, node, plant_add_def(&t->b, (struct tag_def){.name = "power", .kind = KIND_POWER, .interval_ms = node == L2 ? 600000 : 1000}));
    return node;
}

static struct meter meter(const struct tree *t, uint32_t node, const char *name, uint16_t carrier)
{
    return (struct meter){.node = node, .name = name, .kind = METER_POWER, .carrier = carrier, .tag = t->tags[node], .power_tag = NO_TAG, .reactive_tag = NO_TAG, .leading_tag = NO_TAG, .parent = NO_METER};
}

/* The main meter measures all but the second line's own feed; the lights are a part of the main meter. */
static struct plant *plant_of_meters(void)
{
    struct tree t;
    plant_build_init(&t.b);
    uint32_t site = add(&t, NO_NODE, LEVEL_SITE, "works"), hall = add(&t, site, LEVEL_AREA, "hall"), l1 = add(&t, hall, LEVEL_LINE, "l1");
    add(&t, l1, LEVEL_UNIT, "u1");
    add(&t, hall, LEVEL_LINE, "l2");
    struct meter all[METERS] = {meter(&t, SITE, "main", CARRIER_ELECTRICITY), meter(&t, SITE, "lights", CARRIER_ELECTRICITY), meter(&t, SITE, "gas", CARRIER_GAS),
        meter(&t, HALL, "el", CARRIER_ELECTRICITY), meter(&t, L1, "el", CARRIER_ELECTRICITY), meter(&t, U1, "el", CARRIER_ELECTRICITY), meter(&t, U1, "dust", 0),
        meter(&t, L2, "el", CARRIER_ELECTRICITY), meter(&t, L2, "own", CARRIER_ELECTRICITY)};
    all[LIGHTS].parent = MAIN;
    all[U1_DUST].kind = METER_EMISSION;
    all[L2_METER].parent = MAIN;
    all[OWN_FEED].parent = METER_ROOT;
    for (uint32_t m = 0; m < METERS; m++)
        assert_int_equal(plant_add_meter(&t.b, all[m]), m);
    return plant_build_finish(&t.b);
}

static void a_meter_without_a_parent_has_the_nearest_one_above(void **state)
{
    (void)state;
    static const uint32_t parents[METERS] = {[MAIN] = NO_METER, [LIGHTS] = MAIN, [GAS] = NO_METER, [HALL_METER] = MAIN, [L1_METER] = HALL_METER, [U1_METER] = L1_METER,
        [U1_DUST] = NO_METER, [L2_METER] = MAIN, [OWN_FEED] = NO_METER};
    struct plant *plant = plant_of_meters();
    for (size_t m = 0; m < METERS; m++)
        assert_int_equal(plant->meters[m].parent, parents[m]);
    plant_destroy(plant);
}

static void presets_are_filled_in(void **state)
{
    (void)state;
    struct plant *plant = plant_of_meters();
    assert_int_equal(plant->meters[MAIN].gap_ms, 300000);
    assert_int_equal(plant->meters[L2_METER].gap_ms, 1800000); /* three of its tag's intervals */
    assert_int_equal(plant->meters[MAIN].power_tag, plant->meters[MAIN].tag);
    assert_near(plant->meters[MAIN].scale, 1, 0);
    assert_string_equal(plant->currency, "");
    assert_int_equal(plant->carrier_count, CARRIER_PRESETS);
    assert_string_equal(plant->carriers[CARRIER_ELECTRICITY].name, "electricity");
    assert_near(plant->carriers[CARRIER_ELECTRICITY].kwh, 1, 0);
    assert_true(isnan(plant->carriers[CARRIER_WATER].kwh));
    assert_int_equal(plant->carriers[CARRIER_GAS].tariff, NO_TARIFF);
    plant_destroy(plant);
}

static void meters_are_found_by_their_keys(void **state)
{
    (void)state;
    struct plant *plant = plant_of_meters();
    char key[KEY_BYTES];
    for (uint32_t m = 0; m < METERS; m++) {
        plant_meter_key(plant, m, key, sizeof key);
        assert_int_equal(plant_meter_by_key(plant, key), m);
    }
    assert_int_equal(plant_meter_key(plant, L1_METER, key, sizeof key), strlen("works/hall/l1/el"));
    assert_string_equal(key, "works/hall/l1/el");
    static const char *const others[] = {"", "main", "works", "works/el", "works/hall/l1/", "works/hall/l3/el", "works/hall/l1/u1/el/x"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_int_equal(plant_meter_by_key(plant, others[i]), NO_METER);
    plant_destroy(plant);
}

static void consumption_is_counted_once(void **state)
{
    (void)state;
    static const struct { uint32_t node; uint16_t carrier; size_t count; uint32_t first, second; } cases[] = {
        {SITE, CARRIER_ELECTRICITY, 2, MAIN, OWN_FEED}, {HALL, CARRIER_ELECTRICITY, 3, HALL_METER, L2_METER}, {L1, CARRIER_ELECTRICITY, 1, L1_METER, 0},
        {U1, CARRIER_ELECTRICITY, 1, U1_METER, 0}, {L2, CARRIER_ELECTRICITY, 2, L2_METER, OWN_FEED}, {SITE, CARRIER_GAS, 1, GAS, 0}, {HALL, CARRIER_GAS, 0, 0, 0}};
    struct plant *plant = plant_of_meters();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t found[2] = {0, 0};
        assert_int_equal(plant_meters_of(plant, cases[i].node, cases[i].carrier, found, 2), cases[i].count);
        assert_int_equal(found[0], cases[i].first);
        assert_int_equal(found[1], cases[i].second);
    }
    plant_destroy(plant);
}

static void lists_are_copied(void **state)
{
    (void)state;
    struct plant_build b;
    plant_build_init(&b);
    plant_add_node(&b, NO_NODE, (struct node){.level = LEVEL_SITE, .name = "works"});
    struct carbon_factor factors[] = {{20250101, .3}, {0, .4}};
    struct tariff_rate rate = {.name = "all", .price = 2};
    uint16_t tariff = plant_add_tariff(&b, (struct tariff){.name = "t", .rates = &rate, .rate_count = 1});
    assert_int_equal(plant_add_carrier(&b, (struct carrier){.name = "gas", .unit = "kWh", .kwh = 1, .factors = factors, .factor_count = 2, .tariff = tariff}), CARRIER_GAS);
    assert_int_equal(plant_add_carrier(&b, (struct carrier){.name = "oil", .unit = "l", .kwh = 10, .tariff = NO_TARIFF}), CARRIER_PRESETS);
    plant_add_demand(&b, (struct demand){.name = "d", .kind = DEMAND_SLIDING, .block_ms = 900000});
    plant_add_emission(&b, (struct emission){.name = "e"});
    plant_add_baseline(&b, (struct baseline){.name = "b", .driver_count = 1, .drivers = {{.name = "x"}}});
    struct plant *plant = plant_build_finish(&b);
    factors[0].kg = 9, rate.price = 9;
    assert_near(plant->carriers[CARRIER_GAS].factors[0].kg, .4, 0); /* by date */
    assert_near(plant->carriers[CARRIER_GAS].factors[1].kg, .3, 0);
    assert_near(plant->tariffs[tariff].rates[0].price, 2, 0);
    assert_string_equal(plant->carriers[CARRIER_PRESETS].title, "oil");
    assert_int_equal(plant->demands[0].step_ms, 300000);
    assert_near(plant->emissions[0].valid_share, 2.0 / 3, 0);
    assert_string_equal(plant->baselines[0].drivers[0].name, "x");
    plant_destroy(plant);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_meter_without_a_parent_has_the_nearest_one_above),
        CASE(presets_are_filled_in),
        CASE(meters_are_found_by_their_keys),
        CASE(consumption_is_counted_once),
        CASE(lists_are_copied),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
