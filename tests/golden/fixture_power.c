/*
 * A day is told in steps of a minute. Powers are waves with a shift's rhythm; registers are their sums, so that the tree closes but for what nobody meters.
 */
#include "fixture_power.h"

#include <math.h>
#include <stdlib.h>

#include "check.h"
#include "core/memory.h"

enum { HOUR = 3600, STEP_S = 60, DAY_S = 86400, NOW_S = 11 * HOUR + 52 * 60 + 5 };
#define WEDNESDAY INT64_C(1718143200000) /* 2024-06-12 00:00 in Berlin */

enum name { N_SITE, N_MELT, N_LF, N_ROLLING, N_MILL, N_TANDEM, N_AIR, N_SINTER, N_DUST, N_SO2, N_GRID, N_GAS, N_PEAK, N_OFF, N_DEMAND, NAMES };
static const char *const names[NAMES][2] = {
    {"Stahlwerk Nordhafen", "北港钢铁厂"}, {"Steel shop", "炼钢车间"}, {"Ladle furnace 1", "1号钢包炉"}, {"Rolling", "轧钢车间"}, {"Hot strip mill", "热轧机"}, {"Tandem mill", "冷连轧"},
    {"Compressed air", "压缩空气站"}, {"Sinter plant", "烧结厂"}, {"Dust", "粉尘"}, {"SO2", "二氧化硫"}, {"Grid", "电网"}, {"Gas", "煤气"}, {"peak", "峰"}, {"off-peak", "谷"}, {"Demand", "需量"},
};

static struct state_map_row words[] = {{.text = "run", .state = PACK_EXECUTE, .class = CLASS_RUN}, {.text = "stop", .state = PACK_ABORTED, .class = CLASS_STOP}};

/* Tags of the plant, in the order of its nodes. */
static uint32_t tag(struct plant_build *b, uint32_t node, struct tag_def def)
{
    return plant_add_tag(b, node, plant_add_def(b, def));
}

static uint32_t power_meter(struct plant_build *b, uint32_t node, const char *title)
{
    uint32_t kw = tag(b, node, (struct tag_def){.name = "kw", .title = title, .unit = "kW", .kind = KIND_POWER, .decimals = 0});
    return plant_add_meter(b, (struct meter){.node = node, .name = "el", .title = title, .kind = METER_POWER, .tag = kw, .power_tag = kw, .reactive_tag = NO_TAG, .leading_tag = NO_TAG, .parent = NO_METER});
}

static void register_meter(struct plant_build *b, uint32_t node, const char *name, const char *title, const char *unit, uint16_t carrier)
{
    uint32_t count = tag(b, node, (struct tag_def){.name = name, .title = title, .unit = unit, .kind = KIND_REGISTER, .decimals = 0});
    plant_add_meter(b, (struct meter){.node = node, .name = name, .title = title, .kind = METER_REGISTER, .carrier = carrier, .tag = count, .power_tag = NO_TAG, .reactive_tag = NO_TAG, .leading_tag = NO_TAG,
        .parent = NO_METER});
}

static void emission(struct plant_build *b, uint32_t node, const char *name, const char *title, double half_hour, double day)
{
    uint32_t value = tag(b, node, (struct tag_def){.name = name, .title = title, .unit = "mg/m3", .decimals = 1});
    uint32_t meter = plant_add_meter(b, (struct meter){.node = node, .name = name, .title = title, .kind = METER_EMISSION, .tag = value, .power_tag = NO_TAG, .reactive_tag = NO_TAG, .leading_tag = NO_TAG, .parent = NO_METER});
    plant_add_emission(b, (struct emission){.name = name, .title = title, .meter = meter, .limit = {half_hour, NAN, day}, .o2_tag = NO_TAG, .o2_reference = NAN, .valid_share = 2.0 / 3, .forecast_tag = NO_TAG,
        .mean_tag = NO_TAG});
}

static void line(struct plant_build *b, uint32_t area, const char *name, const char *title, uint16_t map, double ideal)
{
    uint32_t node = plant_add_node(b, area, (struct node){.level = LEVEL_LINE, .name = name, .title = title, .ideal_cycle_s = ideal});
    tag(b, node, (struct tag_def){.name = "state", .kind = KIND_STATE, .map = map});
    tag(b, node, (struct tag_def){.name = "good", .kind = KIND_COUNTER});
    power_meter(b, node, title);
}

static struct plant *works(bool c)
{
    struct plant_build b;
    plant_build_init(&b);
    b.plant->site_zone_name = plant_keep_text(&b, "Europe/Berlin");
    b.plant->zone.spans = mem_zero(1, sizeof *b.plant->zone.spans);
    b.plant->zone.spans[0].offset_s = 2 * HOUR;
    b.plant->zone.count = 1;
    b.plant->currency = plant_keep_text(&b, c ? "CNY" : "EUR");
    plant_add_broker(&b, (struct plant_broker){.name = "main", .url = "mqtt://broker", .version = 5});
    uint16_t map = plant_add_map(&b, (struct state_map){.name = "words", .rows = words, .count = sizeof words / sizeof words[0]});
    struct tariff_rate rates[] = {
        {.name = names[N_PEAK][c], .price = 0.21, .days = 0xff, .from_minute = 480, .to_minute = 1200, .months = 0xfff},
        {.name = names[N_OFF][c], .price = 0.14, .days = 0xff, .from_minute = 1200, .to_minute = 480, .months = 0xfff}};
    uint16_t tariff = plant_add_tariff(&b, (struct tariff){.name = "grid", .title = "grid", .rates = rates, .rate_count = 2, .demand_charge = 11});
    struct carbon_factor factor = {.kg = 0.38};
    plant_add_carrier(&b, (struct carrier){.name = "electricity", .title = "electricity", .unit = "kWh", .kwh = 1, .factors = &factor, .factor_count = 1, .tariff = tariff});
    uint32_t site = plant_add_node(&b, NO_NODE, (struct node){.level = LEVEL_SITE, .name = "nord", .title = names[N_SITE][c]});
    uint32_t main = power_meter(&b, site, names[N_GRID][c]);
    register_meter(&b, site, "gas", names[N_GAS][c], "m3", CARRIER_GAS);
    plant_add_demand(&b, (struct demand){.name = "grid", .title = names[N_DEMAND][c], .meter = main, .kind = DEMAND_BLOCK, .block_ms = 900000, .limit = 60000, .warn = 57000, .sync_tag = NO_TAG, .forecast_tag = NO_TAG,
        .mean_tag = NO_TAG});
    uint32_t melt = plant_add_node(&b, site, (struct node){.level = LEVEL_AREA, .name = "melt", .title = names[N_MELT][c]});
    line(&b, melt, "lf1", names[N_LF][c], map, 600);
    uint32_t rolling = plant_add_node(&b, site, (struct node){.level = LEVEL_AREA, .name = "rolling", .title = names[N_ROLLING][c]});
    plant_add_meter(&b, (struct meter){.node = rolling, .name = "el", .title = names[N_ROLLING][c], .kind = METER_SUM, .tag = NO_TAG, .power_tag = NO_TAG, .reactive_tag = NO_TAG, .leading_tag = NO_TAG, .parent = NO_METER});
    line(&b, rolling, "mill", names[N_MILL][c], map, 75);
    line(&b, rolling, "tandem", names[N_TANDEM][c], map, 120);
    uint32_t sinter = plant_add_node(&b, site, (struct node){.level = LEVEL_AREA, .name = "sinter", .title = names[N_SINTER][c]});
    emission(&b, sinter, "dust", names[N_DUST][c], 40, 30);
    emission(&b, sinter, "so2", names[N_SO2][c], 350, 300);
    uint32_t air = plant_add_node(&b, site, (struct node){.level = LEVEL_AREA, .name = "air", .title = names[N_AIR][c]});
    power_meter(&b, air, names[N_AIR][c]);
    return plant_build_finish(&b);
}

/* ---- the day ---- */

static double wave(double middle, double reach, double period_s, int64_t second, double shift)
{
    return middle + reach * sin((double)second / period_s * 2 * 3.14159265358979 + shift);
}

static void put(struct fixture *f, const char *key, double number)
{
    fixture_put(f, key, value_real(number), QUALITY_GOOD, SAMPLE_SOURCE_TIME);
}

static void tell(struct fixture *f, int64_t second, double *gas, double *pieces)
{
    int64_t of_day = ((second % DAY_S) + DAY_S) % DAY_S;
    bool mill = second < 11 * HOUR + 40 * 60 && (of_day < 3 * HOUR || of_day > 3 * HOUR + 50 * 60), day = of_day > 6 * HOUR && of_day < 22 * HOUR;
    double lf = wave(17400, 4300, 5400, second, 0), strip = mill ? wave(day ? 21000 : 16800, 1500, 2700, second, 1) : 3400, tandem = wave(day ? 14600 : 9800, 900, 4100, second, 2), air = wave(1900, 120, 1300, second, 0);
    put(f, "nord/melt/lf1/kw", round(lf));
    put(f, POWER_MILL "/kw", round(strip));
    put(f, "nord/rolling/tandem/kw", round(tandem));
    put(f, "nord/air/kw", round(air));
    put(f, "nord/kw", round(lf + strip + tandem + air + wave(3600, 300, 9000, second, 0) + (second > 11 * HOUR + 40 * 60 ? 24000 : 0)));
    *gas += 41;
    put(f, "nord/gas", floor(*gas));
    *pieces += mill ? 0.72 : 0;
    put(f, POWER_MILL "/good", floor(*pieces));
    put(f, "nord/sinter/dust", second > 11 * HOUR + 30 * 60 ? wave(42, 2, 900, second, 0) : wave(29, 6, 7000, second, 0));
    put(f, "nord/sinter/so2", wave(212, 25, 8000, second, 1));
    fixture_text(f, POWER_MILL "/state", mill ? "run" : "stop", SAMPLE_SOURCE_TIME);
    fixture_text(f, "nord/melt/lf1/state", "run", SAMPLE_SOURCE_TIME);
    fixture_text(f, "nord/rolling/tandem/state", "run", SAMPLE_SOURCE_TIME);
}

void fixture_power(struct fixture *f, bool chinese)
{
    double gas = 81000, pieces = 100;
    fixture_begin(f, works(chinese), "broker:main");
    f->midnight_ms = WEDNESDAY;
    for (int64_t second = 12 * HOUR - DAY_S; second <= NOW_S - NOW_S % STEP_S; second += STEP_S) {
        f->now_ms = f->midnight_ms + second * 1000;
        tell(f, second, &gas, &pieces);
        fixture_step(f, second);
    }
    fixture_step(f, NOW_S);
    fixture_report(f);
}
