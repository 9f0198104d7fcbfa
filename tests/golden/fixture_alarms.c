/*
 * The night is told in steps of a quarter of a minute from 02:50 on; what happened in the days before, in a step for each. A pump is a unit
 * with one temperature; its limit is 80 degrees.
 */
#include "fixture_alarms.h"

#include <string.h>

#include "check.h"

enum { HOUR = 3600, DAY = 24 * HOUR, PUMPS_A_LINE = 10 };

#define SATURDAY INT64_C(1718409600000) /* 2024-06-15 00:00 UTC */
#define AREA "sued/reactors"
#define R101 AREA "/line1/r-101"
#define P104 AREA "/line1/p-104"
#define T204 AREA "/line1/t-204"
#define GAS "sued/utilities/gas"

int64_t fixture_at(int hour, int minute, int second) { return (int64_t)hour * HOUR + minute * 60 + second; }

/* ---- the plant ---- */

static uint32_t add_node(struct plant_build *b, uint32_t parent, enum level level, const char *name, const char *title)
{
    return plant_add_node(b, parent, (struct node){.level = level, .name = name, .title = title});
}

/* A unit with one tag. */
static uint32_t add_unit(struct plant_build *b, uint32_t line, const char *name, const char *title, struct tag_def def, uint32_t *tag)
{
    uint32_t unit = add_node(b, line, LEVEL_UNIT, name, title);
    *tag = plant_add_tag(b, unit, plant_add_def(b, def));
    return unit;
}

static struct alarm_def one(const char *name, struct alarm_condition_def *condition)
{
    return (struct alarm_def){.name = name, .title = "", .class = ALARM_CLASS_PROCESS, .conditions = condition, .condition_count = 1, .message_text = ALARM_INPUTS};
}

static void add_reactor(struct plant_build *b, uint32_t line)
{
    uint32_t unit = add_node(b, line, LEVEL_UNIT, "r-101", "R-101");
    uint32_t temp = plant_add_tag(b, unit, plant_add_def(b, (struct tag_def){.name = "temp", .title = "Temperature", .unit = "°C", .decimals = 1,
        .has_range = true, .range = {0, 120}, .has_normal = true, .normal = {70, 90}}));
    uint32_t flow = plant_add_tag(b, unit, plant_add_def(b, (struct tag_def){.name = "jacket", .title = "Jacket flow", .unit = "m3/h", .decimals = 1,
        .has_range = true, .range = {0, 12}}));
    plant_add_tag(b, unit, plant_add_def(b, (struct tag_def){.name = "feed", .title = "Feed setpoint", .kind = KIND_SETPOINT, .unit = "l/min"}));
    struct alarm_condition_def hot[] = {
        {.kind = ALARM_HIGH_HIGH, .title = "Temperature high-high", .cause = "cooling pump P-104 tripped, or TV-101 stuck, or feed too fast",
            .consequence = "run-away above 105 °C, relief to D-105", .action = "1 stop feed HS-101    2 start P-104B    3 open TV-101 by hand   call 4444",
            .related = "SIS trip 102 °C", .respond_ms = 300000, .priority = 1, .limit = 95, .deadband = 1},
        {.kind = ALARM_HIGH, .title = "Temperature high", .cause = "", .consequence = "", .action = "look at the jacket flow", .related = "", .priority = 2,
            .limit = 90, .deadband = 1},
    };
    struct alarm_def heat = one("heat", hot);
    heat.condition_count = 2;
    plant_add_alarm(b, unit, temp, plant_add_alarm_def(b, heat), NULL, "cooling");
    struct alarm_condition_def low[] = {{.kind = ALARM_LOW, .title = "Jacket flow low", .cause = "pump off, or filter F-22 blocked", .action = "start P-104B", .priority = 2,
        .limit = 6, .deadband = 0.3}};
    plant_add_alarm(b, unit, flow, plant_add_alarm_def(b, one("low", low)), NULL, NULL);
}

static void add_small(struct plant_build *b, uint32_t line)
{
    static const struct alarm_value trip = {.text = "trip"};
    static const struct alarm_value bad = {.text = "bad"};
    uint32_t tag, unit = add_unit(b, line, "p-104", "P-104", (struct tag_def){.name = "drive", .title = "Drive", .kind = KIND_TEXT}, &tag);
    struct alarm_condition_def tripped[] = {{.kind = ALARM_DISCRETE, .title = "Motor tripped", .cause = "overload, or no water", .action = "start P-104B; have P-104 looked at",
        .priority = 3, .values = &trip, .value_count = 1}};
    plant_add_alarm(b, unit, tag, plant_add_alarm_def(b, one("trip", tripped)), NULL, "cooling");
    unit = add_unit(b, line, "t-204", "T-204", (struct tag_def){.name = "level", .title = "Level", .unit = "%", .decimals = 1, .has_range = true, .range = {0, 100}}, &tag);
    struct alarm_condition_def high[] = {{.kind = ALARM_HIGH, .title = "Level high", .action = "open LV-204", .priority = 3, .limit = 85, .deadband = 1}};
    plant_add_alarm(b, unit, tag, plant_add_alarm_def(b, one("high", high)), NULL, NULL);
    unit = add_unit(b, line, "s-301", "S-301", (struct tag_def){.name = "ph", .title = "pH", .decimals = 1}, &tag);
    struct alarm_condition_def acid[] = {{.kind = ALARM_LOW, .title = "Scrubber pH low", .action = "dose caustic", .priority = 3, .limit = 6.8, .deadband = 0.1}};
    plant_add_alarm(b, unit, tag, plant_add_alarm_def(b, one("acid", acid)), NULL, NULL);
    unit = add_unit(b, line, "an-5", "AN-5", (struct tag_def){.name = "state", .title = "State", .kind = KIND_TEXT, .role = ROLE_COUNT}, &tag);
    struct alarm_condition_def service[] = {{.kind = ALARM_DISCRETE, .title = "Analyser needs service", .action = "call the workshop", .priority = 4, .values = &bad, .value_count = 1}};
    plant_add_alarm(b, unit, tag, plant_add_alarm_def(b, one("service", service)), NULL, NULL);
}

/* The gas plant stands: its fourteen low flows are suppressed by design; two levels are shelved, one is out of service. */
static void add_gas(struct plant_build *b, uint32_t line)
{
    uint32_t tag, unit = add_unit(b, line, "k-12", "K-12", (struct tag_def){.name = "vibration", .title = "Vibration", .unit = "mm/s", .decimals = 1}, &tag);
    struct alarm_condition_def zone[] = {{.kind = ALARM_HIGH, .title = "Vibration zone C", .action = "lower the speed, call diagnostics", .priority = 3, .limit = 4.5, .deadband = 0.2}};
    plant_add_alarm(b, unit, tag, plant_add_alarm_def(b, one("zone", zone)), NULL, NULL);
    unit = add_unit(b, line, "f-22", "F-22", (struct tag_def){.name = "dp", .title = "Filter dp", .unit = "bar", .decimals = 2}, &tag);
    struct alarm_condition_def dirty[] = {{.kind = ALARM_HIGH, .title = "Filter dp high", .action = "change the filter at the next stand", .priority = 4, .limit = 0.6, .deadband = 0.05}};
    plant_add_alarm(b, unit, tag, plant_add_alarm_def(b, one("dirty", dirty)), NULL, NULL);
    struct alarm_condition_def none[] = {{.kind = ALARM_LOW, .title = "Flow low", .action = "look at the valve", .priority = 3, .limit = 1, .deadband = 0.1}};
    struct alarm_def suppressed = one("low", none);
    suppressed.suppress = (struct alarm_formula){.text = "v0 == 0", .source = "{run} == 0"};
    suppressed.input_count = 1;
    const struct alarm_def *def = plant_add_alarm_def(b, suppressed);
    unit = add_unit(b, line, "gas", "Gas", (struct tag_def){.name = "run", .title = "Runs", .kind = KIND_BOOL}, &tag);
    for (int i = 0; i < 14; i++) {
        char name[16];
        snprintf(name, sizeof name, "flow%d", i + 1);
        uint32_t flow = plant_add_tag(b, unit, plant_add_def(b, (struct tag_def){.name = plant_keep_text(b, name), .unit = "m3/h"}));
        plant_add_alarm(b, unit, flow, def, &(struct alarm_input){INPUT_TAG, tag}, NULL);
    }
    struct alarm_condition_def full[] = {{.kind = ALARM_HIGH, .title = "Level high", .action = "open the drain", .priority = 3, .limit = 85, .deadband = 1}};
    const struct alarm_def *level = plant_add_alarm_def(b, one("high", full));
    for (int i = 0; i < 3; i++) {
        char name[16];
        snprintf(name, sizeof name, "T-30%d", i + 1);
        unit = add_unit(b, line, plant_keep_text(b, (const char *[]){"t-301", "t-302", "t-303"}[i]), plant_keep_text(b, name),
            (struct tag_def){.name = "level", .title = "Level", .unit = "%"}, &tag);
        plant_add_alarm(b, unit, tag, level, NULL, NULL);
    }
}

static struct plant *chemistry(void)
{
    struct plant_build b;
    plant_build_init(&b);
    uint32_t site = add_node(&b, NO_NODE, LEVEL_SITE, "sued", "Chemiewerk Süd");
    uint32_t reactors = add_node(&b, site, LEVEL_AREA, "reactors", "Reactors"), line = add_node(&b, reactors, LEVEL_LINE, "line1", "Reaction 1");
    add_reactor(&b, line);
    add_small(&b, line);
    uint32_t utilities = add_node(&b, site, LEVEL_AREA, "utilities", "Utilities");
    line = add_node(&b, utilities, LEVEL_LINE, "gas", "Gas and water");
    add_gas(&b, line);
    plant_add_position(&b, (struct alarm_position){.name = "reactors", .title = "Reactors", .nodes = &reactors, .node_count = 1});
    plant_add_position(&b, (struct alarm_position){.name = "utilities", .title = "Utilities", .nodes = &utilities, .node_count = 1});
    struct plant *plant = plant_build_finish(&b);
    plant->clock_error_ms = 1000;
    return plant;
}

/* ---- the night ---- */

static void put(struct fixture *f, const char *key, double value)
{
    fixture_put(f, key, value_real(value), QUALITY_GOOD, SAMPLE_SOURCE_TIME);
}

void fixture_act(struct fixture *f, enum action_kind kind, const char *target, const char *who, int64_t until_ms, const char *comment)
{
    uint32_t alarm = model_find_alarm(f->model, target);
    struct action action = {.kind = kind, .id = {(uint8_t)kind, (uint8_t)f->batch.count, (uint8_t)f->batch.seq}, .time_ms = f->now_ms, .until_ms = until_ms};
    snprintf(action.target, sizeof action.target, "%s", target);
    snprintf(action.who, sizeof action.who, "%s", who);
    snprintf(action.comment, sizeof action.comment, "%s", comment);
    if (alarm != NO_ALARM) {
        action.occurrence_ms = model_alarm(f->model, alarm)->raised_ms;
        action.severity = model_alarm(f->model, alarm)->severity;
    }
    action_record(&action, &f->batch);
}

static void at(struct fixture *f, int64_t second)
{
    f->now_ms = f->midnight_ms + second * 1000;
}

/* A value that raises an alarm, and who acknowledged it a minute later. */
static void acked(struct fixture *f, int64_t second, const char *key, double value, const char *alarm, const char *who, const char *comment)
{
    at(f, second);
    put(f, key, value);
    fixture_step(f, second);
    at(f, second + 60);
    fixture_act(f, ACTION_ACK, alarm, who, 0, comment);
    fixture_step(f, second + 60);
}

static void tell_days_before(struct fixture *f)
{
    fixture_step(f, -3 * DAY - 60);
    at(f, -3 * DAY);
    const struct { const char *key; double value; } calm[] = {{R101 "/temp", 88}, {R101 "/jacket", 8.2}, {R101 "/feed", 60}, {T204 "/level", 71}, {AREA "/line1/s-301/ph", 7.4},
        {GAS "/k-12/vibration", 3.1}, {GAS "/f-22/dp", 0.31}, {GAS "/t-301/level", 90}, {GAS "/t-302/level", 20}, {GAS "/t-303/level", 91}};
    for (size_t i = 0; i < sizeof calm / sizeof calm[0]; i++)
        put(f, calm[i].key, calm[i].value);
    fixture_text(f, P104 "/drive", "run", SAMPLE_SOURCE_TIME);
    fixture_put(f, GAS "/gas/run", value_bool(false), QUALITY_GOOD, SAMPLE_SOURCE_TIME);
    for (int i = 1; i <= 14; i++) {
        char key[KEY_BYTES];
        snprintf(key, sizeof key, GAS "/gas/flow%d", i);
        put(f, key, 0.2);
    }
    fixture_step(f, -3 * DAY);
    at(f, -3 * DAY + 4 * HOUR);
    fixture_text(f, AREA "/line1/an-5/state", "bad", SAMPLE_SOURCE_TIME);
    fixture_step(f, -3 * DAY + 4 * HOUR);
    fixture_act(f, ACTION_ACK, AREA "/line1/an-5/state.service", "tkurz", 0, "workshop knows");
    fixture_act(f, ACTION_SERVICE_OUT, GAS "/t-303/level.high", "tkurz", 0, "transmitter is being replaced");
    fixture_step(f, -3 * DAY + 4 * HOUR + 60);
    acked(f, -DAY - 17 * HOUR, GAS "/f-22/dp", 0.62, GAS "/f-22/dp.dirty", "tkurz", "");
    for (int i = 0; i < 13; i++) {
        int64_t second = -DAY + 3 * HOUR + 3600 + i * 4000;
        acked(f, second, GAS "/k-12/vibration", 4.9, GAS "/k-12/vibration.zone", "tkurz", "");
        at(f, second + 200);
        put(f, GAS "/k-12/vibration", 3.3);
        fixture_step(f, second + 200);
    }
    at(f, -8500);
    fixture_act(f, ACTION_SHELVE, GAS "/t-301/level.high", "Kim (as operator1)", 0, "sensor is fouled");
    fixture_act(f, ACTION_SHELVE, GAS "/t-302/level.high", "mweber", f->midnight_ms + fixture_at(5, 30, 0) * 1000, "filled by hand until the shift ends");
    acked(f, -8400, GAS "/k-12/vibration", 5.2, GAS "/k-12/vibration.zone", "tkurz", "bearing was changed in May: watch it");
    acked(f, fixture_at(1, 17, 45), AREA "/line1/s-301/ph", 6.7, AREA "/line1/s-301/ph.acid", "mweber", "");
}

/* Minutes from 02:50 on: the reactor's temperature and its jacket. */
static void tell_night(struct fixture *f)
{
    for (int64_t s = fixture_at(2, 50, 0); s <= fixture_at(3, 13, 30); s += 15) {
        double since = (double)(s - fixture_at(3, 11, 30));
        at(f, s);
        put(f, R101 "/temp", since < 0 ? 88 + (double)(s % 60) / 200 : 88.4 + since * 0.065);
        put(f, R101 "/jacket", since < 30 ? 8.1 : 3.1);
        put(f, T204 "/level", s >= fixture_at(3, 4, 0) && s < fixture_at(3, 6, 15) ? 86.2 : 83.9);
        if (s == fixture_at(3, 10, 15))
            put(f, R101 "/feed", 75);
        if (s == fixture_at(3, 11, 45))
            fixture_text(f, P104 "/drive", "trip", SAMPLE_SOURCE_TIME);
        fixture_step(f, s);
    }
    fixture_step(f, fixture_at(3, 13, 33));
}

void fixture_chemistry(struct fixture *f)
{
    fixture_begin(f, chemistry(), "broker:main");
    f->midnight_ms = SATURDAY;
    tell_days_before(f);
    tell_night(f);
    fixture_report(f);
}

/* ---- many ---- */

static void pump_key(size_t pump, char key[KEY_BYTES])
{
    snprintf(key, KEY_BYTES, "works/l%zu/p%zu/temp", pump / PUMPS_A_LINE, pump);
}

void fixture_pump(struct fixture *f, size_t pump, double value)
{
    char key[KEY_BYTES];
    pump_key(pump, key);
    put(f, key, value);
}

void fixture_pumps(struct fixture *f, size_t count, bool chinese)
{
    struct plant_build b;
    plant_build_init(&b);
    uint32_t site = add_node(&b, NO_NODE, LEVEL_SITE, "works", chinese ? "沈阳冰箱厂" : "Works"), line = site;
    struct alarm_condition_def hot = {.kind = ALARM_HIGH, .title = chinese ? "轴承温度过高" : "Bearing temperature high", .cause = chinese ? "润滑不足或冷却水中断" : "no oil, or no water",
        .action = chinese ? "切换备用泵,检查润滑油位和冷却水阀门" : "change over to the spare pump, then look at the oil and the water", .priority = 3, .limit = 80, .deadband = 1};
    const struct alarm_def *defs[2];
    defs[0] = plant_add_alarm_def(&b, one("hot", &hot));
    hot.priority = 1;
    defs[1] = plant_add_alarm_def(&b, one("hot", &hot));
    for (size_t p = 0; p < count; p++) {
        char name[32], title[32];
        uint32_t tag;
        if (p % PUMPS_A_LINE == 0) {
            snprintf(name, sizeof name, "l%zu", p / PUMPS_A_LINE);
            snprintf(title, sizeof title, chinese ? "%zu号泵房" : "Hall %zu", p / PUMPS_A_LINE);
            line = add_node(&b, site, LEVEL_LINE, name, title);
        }
        snprintf(name, sizeof name, "p%zu", p);
        snprintf(title, sizeof title, chinese ? "%zu号泵" : "P-%zu", p);
        uint32_t unit = add_unit(&b, line, name, title, (struct tag_def){.name = "temp", .title = "Temperature", .unit = "°C", .decimals = 1}, &tag);
        plant_add_alarm(&b, unit, tag, defs[p % 10 == 0], NULL, NULL);
    }
    fixture_begin(f, plant_build_finish(&b), "broker:main");
    f->midnight_ms = SATURDAY;
    fixture_step(f, 0);
    for (size_t p = 0; p < count; p++) {
        at(f, HOUR + (int64_t)p % 900);
        fixture_pump(f, p, 90);
    }
    fixture_step(f, HOUR + 900);
    fixture_report(f);
}
