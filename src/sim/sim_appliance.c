/*
 * A refrigerator works: stamped side panels, thermoformed liners, foamed cabinets and doors, final assembly. Its controllers
 * speak numbers: PackML where they are new, an older numbering elsewhere; its messages are Chinese.
 * config/appliance.cfg describes the same plant to andon; a test holds the two together.
 */
#include "sim/sim_plant.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define TOLD(a) a, COUNT(a)

/* PackML knows one state for all waiting. */
static const struct vocabulary packml = {.words = {
    [CONDITION_RUN] = {NULL, 6, PACK_EXECUTE, CLASS_RUN},
    [CONDITION_SLOW] = {NULL, 6, PACK_EXECUTE, CLASS_RUN},
    [CONDITION_MICRO] = {NULL, 11, PACK_HELD, CLASS_STOP},
    [CONDITION_FAULT] = {NULL, 9, PACK_ABORTED, CLASS_STOP},
    [CONDITION_STARVED] = {NULL, 5, PACK_SUSPENDED, CLASS_STARVED},
    [CONDITION_BLOCKED] = {NULL, 5, PACK_SUSPENDED, CLASS_STARVED},
    [CONDITION_SETUP] = {NULL, 15, PACK_RESETTING, CLASS_SETUP},
    [CONDITION_IDLE] = {NULL, 4, PACK_IDLE, CLASS_NOT_SCHEDULED},
    [CONDITION_REPAIR] = {NULL, 2, PACK_STOPPED, CLASS_STOP},
}};

/* The older controllers' numbering: map "plc" in the configuration. */
static const struct vocabulary plc = {.words = {
    [CONDITION_RUN] = {NULL, 1, PACK_EXECUTE, CLASS_RUN},
    [CONDITION_SLOW] = {NULL, 2, PACK_EXECUTE, CLASS_RUN},
    [CONDITION_MICRO] = {NULL, 10, PACK_HELD, CLASS_STOP},
    [CONDITION_FAULT] = {NULL, 11, PACK_HELD, CLASS_STOP},
    [CONDITION_STARVED] = {NULL, 20, PACK_SUSPENDED, CLASS_STARVED},
    [CONDITION_BLOCKED] = {NULL, 21, PACK_SUSPENDED, CLASS_BLOCKED},
    [CONDITION_SETUP] = {NULL, 30, PACK_RESETTING, CLASS_SETUP},
    [CONDITION_IDLE] = {NULL, 0, PACK_IDLE, CLASS_NOT_SCHEDULED},
    [CONDITION_REPAIR] = {NULL, 40, PACK_STOPPED, CLASS_MAINTENANCE},
}};

/* ---- what goes wrong ---- */

static const char *const press_hitches[] = {"送料不到位", "双料检测", "出料卡滞", "光栅遮挡"};
static const struct fault press_faults[] = {
    {"液压油温高", 0, 14.0, 180, 600, false},
    {"模具保护停机", -1, 0, 150, 480, false},
    {"主电机过载", 2, 260.0, 240, 720, false},
};
static const char *const form_hitches[] = {"片材偏移", "取件失败", "真空建立慢"};
static const struct fault form_faults[] = {
    {"加热区3温度低", 0, -16.0, 180, 600, false},
    {"真空度不足", 2, 22.0, 150, 420, false},
};
static const char *const foam_hitches[] = {"夹具未锁紧", "注料枪头清洗", "定位销未到位"};
static const struct fault foam_faults[] = {
    {"料温高高", 0, 9.5, 180, 360, false},
    {"注料压力低", 2, -38.0, 150, 420, false},
    {"夹具合模超时", -1, 0, 120, 300, false},
};
static const char *const station_hitches[] = {"等待物料确认", "拧紧不合格返工", "扫码失败", "人工呼叫"};
static const struct fault station_faults[] = {
    {"输送链卡阻", 0, 1.6, 150, 480, false},
    {"拧紧枪通讯中断", -1, 0, 120, 420, false},
};
static const char *const test_hitches[] = {"安规复测", "接头未插好", "检漏复测"};
static const char *const press_defects[] = {"拉伤", "毛刺", "起皱", "孔位偏"};
static const char *const foam_defects[] = {"注料不满", "泡沫溢料", "外观划伤", "变形"};
static const char *const test_defects[] = {"泄漏", "制冷不足", "噪声", "接地不良", "外观"};
static const struct fault test_faults[] = {{"测试仪自检失败", -1, 0, 150, 480, false}};
static const struct fault chiller_faults[] = {{"冷冻水供水温度高", 0, 2.2, 240, 600, false}};
static const struct fault air_faults[] = {{"2号空压机排气温度高", 0, -0.9, 180, 480, false}};

/* ---- what publishes ---- */

static const struct type press = {
    .name = "press", .words = &packml, .flags = TYPE_STATE | TYPE_COUNTS | TYPE_CYCLE | TYPE_REASON, .period_s = 1,
    .signals = {
        {"t/oil", 48.0, 34.0, 0.9, 400, 1, SIGNAL_WALK},
        {"t/die", 61.0, 28.0, 0.8, 300, 1, SIGNAL_WALK},
        {"force", 1580.0, 0.0, 14.0, 4, 0, SIGNAL_WALK},
        {"el/p", 36.0, 6.5, 1.4, 6, 1, SIGNAL_POWER},
        {"el/e", 0, 0, 0, 0, 1, SIGNAL_ENERGY},
        {"coil", 1200.0, 0.0, 0.45, 0, 0, SIGNAL_SUPPLY},
        {"@vib", 1.9, 0.0, 0.12, 20, 2, SIGNAL_WALK},
    },
    .faults = TOLD(press_faults), .hitches = TOLD(press_hitches), .defects = TOLD(press_defects),
};

static const struct type former = {
    .name = "former", .words = &packml, .flags = TYPE_STATE | TYPE_COUNTS | TYPE_CYCLE | TYPE_REASON, .period_s = 1,
    .signals = {
        {"t/zone3", 168.0, 120.0, 1.1, 200, 1, SIGNAL_WALK},
        {"t/mould", 58.0, 32.0, 0.7, 240, 1, SIGNAL_WALK},
        {"vacuum", -82.0, -4.0, 1.2, 12, 1, SIGNAL_WALK},
        {"el/p", 88.0, 24.0, 2.5, 15, 1, SIGNAL_POWER},
        {"el/e", 0, 0, 0, 0, 1, SIGNAL_ENERGY},
        {"zone3_set", 168.0, 168.0, 2.0, 10800, 0, SIGNAL_SET},
    },
    .faults = TOLD(form_faults), .hitches = TOLD(form_hitches),
};

static const struct type fixture = {
    .name = "fixture", .words = &plc, .flags = TYPE_STATE | TYPE_COUNTS | TYPE_CYCLE | TYPE_REASON, .period_s = 1,
    .signals = {
        {"t/mat", 22.4, 22.0, 0.35, 120, 1, SIGNAL_WALK},
        {"t/jig", 43.0, 38.0, 0.4, 300, 1, SIGNAL_WALK},
        {"prs/inj", 138.0, 4.0, 2.2, 8, 0, SIGNAL_WALK},
        {"el/p", 14.0, 3.0, 0.8, 10, 1, SIGNAL_POWER},
        {"el/e", 0, 0, 0, 0, 1, SIGNAL_ENERGY},
        {"#pentane", 4.0, 2.0, 0.7, 60, 1, SIGNAL_WALK},
        {"recipe", 217, 217, 1, 18000, 0, SIGNAL_SET},
    },
    .faults = TOLD(foam_faults), .hitches = TOLD(foam_hitches), .defects = TOLD(foam_defects),
};

static const struct type station = {
    .name = "station", .words = &plc, .flags = TYPE_STATE | TYPE_COUNTS | TYPE_CYCLE | TYPE_REASON, .period_s = 1,
    .signals = {
        {"cur", 3.1, 0.4, 0.12, 10, 1, SIGNAL_WALK},
        {"torque", 4.2, 0.0, 0.09, 5, 2, SIGNAL_WALK},
        {"el/p", 5.2, 1.1, 0.3, 8, 1, SIGNAL_POWER},
        {"el/e", 0, 0, 0, 0, 1, SIGNAL_ENERGY},
    },
    .faults = TOLD(station_faults), .hitches = TOLD(station_hitches),
};

static const struct type tester = {
    .name = "tester", .words = &plc, .flags = TYPE_STATE | TYPE_COUNTS | TYPE_CYCLE | TYPE_REASON, .period_s = 1,
    .signals = {
        {"leak", 0.42, 0.05, 0.05, 8, 2, SIGNAL_WALK},
        {"volt", 221.0, 221.0, 0.9, 30, 0, SIGNAL_WALK},
        {"el/p", 7.8, 1.9, 0.4, 8, 1, SIGNAL_POWER},
        {"el/e", 0, 0, 0, 0, 1, SIGNAL_ENERGY},
        {"leak_max", 0.60, 0.60, 0.02, 14400, 2, SIGNAL_SET},
    },
    .faults = TOLD(test_faults), .hitches = TOLD(test_hitches), .defects = TOLD(test_defects),
};

/* A foaming or assembly line has a controller of its own that counts at its constraint. */
static const struct type line_plc = {
    .name = "line", .words = &plc, .flags = TYPE_STATE_TOPIC | TYPE_COUNTS | TYPE_CYCLE | TYPE_REASON | TYPE_DOOR, .period_s = 2,
    .signals = {{"el/p", 11.0, 4.0, 0.5, 30, 1, SIGNAL_POWER}, {"el/e", 0, 0, 0, 0, 1, SIGNAL_ENERGY}},
};

static const struct type chiller = {
    .name = "chiller", .words = &packml, .flags = TYPE_STATE_TOPIC | TYPE_REASON | TYPE_ISO, .period_s = 5,
    .signals = {
        {"supply", 8.6, 14.0, 0.25, 90, 1, SIGNAL_WALK},
        {"return", 13.9, 15.0, 0.3, 120, 1, SIGNAL_WALK},
        {"flow", 164.0, 0.0, 2.0, 30, 0, SIGNAL_WALK},
        {"kw", 412.0, 30.0, 4.0, 40, 0, SIGNAL_POWER},
        {"kwh", 0, 0, 0, 0, 0, SIGNAL_ENERGY},
        {"makeup", 6.4, 0.4, 0, 0, 1, SIGNAL_FOLLOW},
        {"water", 0, 0, 0, 0, 2, SIGNAL_TOTAL},
    },
    .faults = TOLD(chiller_faults),
};

static const struct type compressor = {
    .name = "compressors", .words = &packml, .flags = TYPE_STATE_TOPIC | TYPE_REASON | TYPE_ISO, .period_s = 5,
    .signals = {
        {"pressure", 6.92, 5.2, 0.05, 40, 2, SIGNAL_WALK},
        {"specific", 0.114, 0.0, 0.001, 200, 3, SIGNAL_WALK},
        {"dew", -22.0, -20.0, 0.6, 300, 1, SIGNAL_WALK},
        {"kw", 286.0, 20.0, 3.0, 30, 0, SIGNAL_POWER},
        {"kwh", 0, 0, 0, 0, 0, SIGNAL_ENERGY},
        {"flow", 2510.0, 0.0, 0, 0, 0, SIGNAL_FOLLOW},
        {"volume", 0, 0, 0, 0, 0, SIGNAL_TOTAL},
    },
    .faults = TOLD(air_faults),
};

static const struct type compressor_unit = {
    .name = "compressor", .words = &packml, .flags = TYPE_STATE, .period_s = 2,
    .signals = {{"t/out", 84.0, 30.0, 0.8, 120, 1, SIGNAL_WALK}, {"load", 78.0, 0.0, 3.0, 30, 0, SIGNAL_WALK}},
};

static const struct type chiller_unit = {
    .name = "chiller-unit", .words = &packml, .flags = TYPE_STATE, .period_s = 2,
    .signals = {{"prs/cond", 9.1, 6.0, 0.1, 60, 2, SIGNAL_WALK}, {"vib", 2.1, 0.0, 0.08, 60, 2, SIGNAL_WALK}},
};

static const struct type site = {
    .name = "site", .flags = TYPE_SILENT, .period_s = 5,
    .signals = {
        {"#power", 0.0, 0.0, 12.0, 8, 0, SIGNAL_POWER},
        {"#energy", 0, 0, 0, 0, 0, SIGNAL_ENERGY},
        {"#reactive", 0.31, 0, 0, 0, 0, SIGNAL_REACTIVE},
        {"#voc", 21.0, 21.0, 0.8, 200, 1, SIGNAL_WALK},
        {"#gas", 74.0, 74.0, 2.0, 300, 1, SIGNAL_WALK},
        {"#gas-total", 0, 0, 0, 0, 1, SIGNAL_TOTAL},
        {"#steam", 1.8, 1.8, 0.06, 300, 2, SIGNAL_WALK},
        {"#steam-total", 0, 0, 0, 0, 3, SIGNAL_TOTAL},
    },
};

/* ---- lines ---- */

static const char *const panels[] = {"侧板 BCD-215 左右", "侧板 BCD-258 左右", "侧板 BCD-326 左右"};
static const char *const liners[] = {"内胆 BCD-215", "内胆 BCD-258", "内胆 BCD-326"};
static const char *const cabinets[] = {"BCD-215 双门 白", "BCD-258 三门 银", "BCD-326 法式 黑"};

/* area, name, flags, ideal cycle s, own type, units, constraint, rejects, min between faults, first fault s, products, first order */
static const struct line_spec lines[] = {
    {"stamping", "side1", 0, 8.5, NULL, {{"p", 4, 2, &press, 0.97}}, 1, 0.012, 45, 0, TOLD(panels), 20881},
    {"stamping", "side2", 0, 9.0, NULL, {{"p", 4, 2, &press, 0.97}}, 1, 0.014, 40, 38, TOLD(panels), 20917},
    {"thermo", "liner1", 0, 24.0, NULL, {{"t", 3, 1, &former, 0.97}}, 1, 0.02, 50, 0, TOLD(liners), 31007},
    {"thermo", "liner2", 0, 25.0, NULL, {{"t", 3, 1, &former, 0.97}}, 1, 0.022, 35, 0, TOLD(liners), 31044},
    {"foaming", "cabinet", 0, 38.0, &line_plc, {{"f", 6, 1, &fixture, 0.97}}, 1, 0.018, 40, 12, TOLD(cabinets), 40215},
    {"foaming", "door", 0, 20.0, &line_plc, {{"d", 4, 1, &fixture, 0.97}}, 1, 0.015, 45, 0, TOLD(cabinets), 40260},
    {"assembly", "a", 0, 36.0, &line_plc, {{"s", 8, 2, &station, 0.97}}, 3, 0.011, 50, 0, TOLD(cabinets), 50102},
    {"assembly", "b", LINE_IDLE, 36.0, &line_plc, {{"s", 6, 2, &station, 0.97}}, 3, 0.011, 0, 0, TOLD(cabinets), 0},
    {"assembly", "inspect", 0, 18.0, &line_plc, {{"i", 4, 1, &tester, 0.97}}, 1, 0.029, 60, 0, TOLD(cabinets), 50102},
    {"utility", "chiller", LINE_UTILITY | LINE_RIGID, 0, &chiller, {{"c", 2, 1, &chiller_unit, 0}}, 0, 0, 4000, 0, NULL, 0, 0},
    {"utility", "air", LINE_UTILITY | LINE_RIGID, 0, &compressor, {{"k", 4, 1, &compressor_unit, 0}}, 0, 0, 9000, 0, NULL, 0, 0},
};

static const struct stranger strangers[] = {
    {"building/hall2/temperature", NULL, 27.4, 0.3, 1, 10},
    {"building/hall2/humidity", NULL, 58.0, 1.5, 0, 10},
    {"agv/07/battery", "percent", 71.0, 4.0, 0, 5},
    {"agv/09/battery", "percent", 44.0, 4.0, 0, 5},
    {"plant/foaming/cabinet/gateway/load", NULL, 0.31, 0.06, 2, 10},
    {"warehouse/pallets", "count", 812.0, 9.0, 0, 15},
};

const struct plant_spec sim_appliance = {
    .name = "appliance", .site = "shenyang", .root = "plant", .suffix = "telemetry", .utc_offset_s = 8 * 3600,
    .crews = {"甲班", "乙班", "丙班", "丁班"}, .lines = lines, .line_count = COUNT(lines), .site_type = &site,
    .base_power = 640.0, .strangers = strangers, .stranger_count = COUNT(strangers), .order_prefix = "MO-",
};
