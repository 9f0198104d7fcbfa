/*
 * An electronics works: SMT lines of printer, inspection, three placers, oven and AOI; a wave; test and packing; nitrogen, air, climate. Machines tell what waits before
 * them. Its controllers speak numbers, its messages name feeders and nozzles.
 * config/electronics.cfg describes the same plant to andon; a test holds the two together.
 */
#include "sim/sim_plant.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define TOLD(a) a, COUNT(a)

static const struct vocabulary smt = {.words = {
    [CONDITION_RUN] = {NULL, 1, PACK_EXECUTE, CLASS_RUN},
    [CONDITION_SLOW] = {NULL, 2, PACK_EXECUTE, CLASS_RUN},
    [CONDITION_MICRO] = {NULL, 10, PACK_HELD, CLASS_STOP},
    [CONDITION_FAULT] = {NULL, 11, PACK_ABORTED, CLASS_STOP},
    [CONDITION_STARVED] = {NULL, 20, PACK_SUSPENDED, CLASS_STARVED},
    [CONDITION_BLOCKED] = {NULL, 21, PACK_SUSPENDED, CLASS_BLOCKED},
    [CONDITION_SETUP] = {NULL, 30, PACK_RESETTING, CLASS_SETUP},
    [CONDITION_IDLE] = {NULL, 0, PACK_IDLE, CLASS_NOT_SCHEDULED},
    [CONDITION_REPAIR] = {NULL, 40, PACK_STOPPED, CLASS_MAINTENANCE},
}};

/* ---- what goes wrong ---- */

static const char *const loader_hitches[] = {"magazine empty", "panel skewed"};
static const char *const printer_hitches[] = {"stencil cleaning", "fiducial not found"};
static const struct fault printer_faults[] = {
    {"paste roll too small", 3, -6.0, 150, 420, false},
};
static const char *const spi_hitches[] = {"verdict by operator"};
static const struct fault spi_faults[] = {
    {"camera self-test failed", -1, 0.0, 150, 420, false},
};
static const char *const spi_defects[] = {"paste missing", "bridge", "paste offset"};
static const char *const placer_hitches[] = {"pick-up retry", "splice at F09", "board not clamped", "F31 empty"};
static const struct fault placer_faults[] = {
    {"F27 pick-up error", 0, 19.0, 150, 300, false},
    {"nozzle changer blocked", -1, 0.0, 180, 480, false},
    {"placement force too high", 3, 1.6, 120, 360, false},
};
static const char *const reflow_hitches[] = {"panel spacing"};
static const struct fault reflow_faults[] = {
    {"zone 5 heater failed", 1, -12.0, 240, 600, false},
};
static const char *const aoi_hitches[] = {"verdict by operator", "scanner"};
static const struct fault aoi_faults[] = {
    {"light source failed", -1, 0.0, 150, 420, false},
};
static const char *const aoi_defects[] = {"tombstone", "missing part", "bridge", "polarity", "insufficient solder"};
static const char *const inserter_hitches[] = {"lead missing", "tape splice"};
static const struct fault inserter_faults[] = {
    {"lead bent at station 3", 0, 55.0, 150, 420, false},
};
static const char *const wave_hitches[] = {"dross removal", "pallet skewed"};
static const struct fault wave_faults[] = {
    {"solder level low", 1, -6.5, 240, 540, false},
};
static const char *const wave_defects[] = {"open joint", "bridge", "icicle"};
static const char *const tester_hitches[] = {"retest", "scanner", "fixture not closed"};
static const struct fault tester_faults[] = {
    {"probe contact lost", 0, 52.0, 150, 420, false},
};
static const char *const tester_defects[] = {"resistor out of tolerance", "short", "flash failed", "no communication"};
static const char *const packer_hitches[] = {"bag jam", "scanner"};
static const struct fault packer_faults[] = {
    {"label missing", -1, 0.0, 120, 300, false},
};
static const struct fault nitrogen_faults[] = {
    {"residual O2 high", 0, 70.0, 300, 700, true},
};
static const struct fault air_faults[] = {
    {"compressor 2 trip", 0, -0.6, 200, 500, false},
};
static const struct fault climate_faults[] = {
    {"humidifier fault", 0, -10.0, 300, 700, true},
};

/* ---- what publishes ---- */

enum {
    MACHINE = TYPE_STATE | TYPE_COUNTS | TYPE_CYCLE | TYPE_REASON, LINEPLC = TYPE_STATE_TOPIC | TYPE_COUNTS | TYPE_CYCLE | TYPE_REASON | TYPE_DOOR,
    UTILITY = TYPE_STATE_TOPIC | TYPE_REASON | TYPE_ISO, UNITONLY = TYPE_STATE, UTILITIES = LINE_RIGID | LINE_UTILITY
};

static const struct type loader = {
    .name = "loader", .words = &smt, .flags = MACHINE | TYPE_BUFFER, .period_s = 1,
    .signals = {
        {"el/p", 0.6, 0.3, 0.018, 8, 2, SIGNAL_POWER},
        {"el/e", 0.0, 0.0, 0, 0, 2, SIGNAL_ENERGY},
        {"vac", -52.0, -50.0, 0.8, 8, 1, SIGNAL_WALK},
    },
    .hitches = TOLD(loader_hitches),
};

static const struct type printer = {
    .name = "printer", .words = &smt, .flags = MACHINE | TYPE_BUFFER, .period_s = 1,
    .signals = {
        {"sq/prs", 62.0, 0.0, 1, 5, 1, SIGNAL_WALK},
        {"hum", 46.0, 46.0, 0.7, 300, 0, SIGNAL_WALK},
        {"t/amb", 23.6, 23.2, 0.2, 300, 1, SIGNAL_WALK},
        {"roll", 15.0, 15.0, 0.3, 60, 1, SIGNAL_WALK},
        {"paste", 500.0, 0.0, 0.05, 0, 0, SIGNAL_SUPPLY},
        {"speed_set", 60.0, 60.0, 5, 2000, 0, SIGNAL_SET},
        {"el/p", 1.6, 0.7, 0.048, 8, 2, SIGNAL_POWER},
        {"el/e", 0.0, 0.0, 0, 0, 2, SIGNAL_ENERGY},
    },
    .faults = TOLD(printer_faults), .hitches = TOLD(printer_hitches),
};

static const struct type spi = {
    .name = "spi", .words = &smt, .flags = MACHINE | TYPE_BUFFER, .period_s = 1,
    .signals = {
        {"vol", 101.0, 100.0, 1.3, 20, 0, SIGNAL_WALK},
        {"offs", 14.0, 0.0, 1.5, 30, 0, SIGNAL_WALK},
        {"el/p", 0.9, 0.6, 0.027, 8, 2, SIGNAL_POWER},
        {"el/e", 0.0, 0.0, 0, 0, 2, SIGNAL_ENERGY},
    },
    .faults = TOLD(spi_faults), .hitches = TOLD(spi_hitches), .defects = TOLD(spi_defects),
};

static const struct type placer = {
    .name = "placer", .words = &smt, .flags = MACHINE | TYPE_BUFFER, .period_s = 1,
    .signals = {
        {"vac", -78.0, -77.0, 0.7, 10, 1, SIGNAL_WALK},
        {"pick", 99.94, 99.9, 0.01, 60, 2, SIGNAL_WALK},
        {"t/head", 41.0, 30.0, 0.4, 240, 1, SIGNAL_WALK},
        {"force", 2.4, 0.0, 0.08, 6, 2, SIGNAL_WALK},
        {"reel", 4000.0, 0.0, 1.5, 0, 0, SIGNAL_SUPPLY},
        {"@vib", 1.4, 0.1, 0.08, 30, 2, SIGNAL_WALK},
        {"el/p", 4.4, 2.1, 0.132, 8, 2, SIGNAL_POWER},
        {"el/e", 0.0, 0.0, 0, 0, 2, SIGNAL_ENERGY},
    },
    .faults = TOLD(placer_faults), .hitches = TOLD(placer_hitches),
};

static const struct type reflow = {
    .name = "reflow", .words = &smt, .flags = MACHINE | TYPE_BUFFER, .period_s = 1,
    .signals = {
        {"t/z3", 178.0, 176.0, 0.6, 200, 1, SIGNAL_WALK},
        {"t/z5", 247.8, 246.0, 0.6, 120, 1, SIGNAL_WALK},
        {"#o2", 412.0, 430.0, 16, 120, 0, SIGNAL_WALK},
        {"conv_set", 85.0, 85.0, 2, 3000, 0, SIGNAL_SET},
        {"el/p", 24.0, 17.0, 0.72, 8, 1, SIGNAL_POWER},
        {"el/e", 0.0, 0.0, 0, 0, 1, SIGNAL_ENERGY},
    },
    .faults = TOLD(reflow_faults), .hitches = TOLD(reflow_hitches),
};

static const struct type aoi = {
    .name = "aoi", .words = &smt, .flags = MACHINE | TYPE_BUFFER, .period_s = 1,
    .signals = {
        {"fc", 3.1, 3.0, 0.2, 200, 1, SIGNAL_WALK},
        {"light", 92.0, 92.0, 0.4, 300, 0, SIGNAL_WALK},
        {"el/p", 1.1, 0.7, 0.033, 8, 2, SIGNAL_POWER},
        {"el/e", 0.0, 0.0, 0, 0, 2, SIGNAL_ENERGY},
    },
    .faults = TOLD(aoi_faults), .hitches = TOLD(aoi_hitches), .defects = TOLD(aoi_defects),
};

static const struct type inserter = {
    .name = "inserter", .words = &smt, .flags = MACHINE | TYPE_BUFFER, .period_s = 1,
    .signals = {
        {"clinch", 140.0, 0.0, 3, 6, 0, SIGNAL_WALK},
        {"reel", 2500.0, 0.0, 0.6, 0, 0, SIGNAL_SUPPLY},
        {"el/p", 1.9, 0.8, 0.057, 8, 2, SIGNAL_POWER},
        {"el/e", 0.0, 0.0, 0, 0, 2, SIGNAL_ENERGY},
    },
    .faults = TOLD(inserter_faults), .hitches = TOLD(inserter_hitches),
};

static const struct type wave = {
    .name = "wave", .words = &smt, .flags = MACHINE | TYPE_BUFFER, .period_s = 1,
    .signals = {
        {"t/pot", 258.0, 252.0, 0.5, 400, 1, SIGNAL_WALK},
        {"lvl", 12.0, 12.0, 0.15, 60, 1, SIGNAL_WALK},
        {"flux", 31.0, 30.0, 0.6, 15, 0, SIGNAL_WALK},
        {"preheat_set", 112.0, 112.0, 2, 3000, 0, SIGNAL_SET},
        {"el/p", 31.0, 22.0, 0.93, 8, 1, SIGNAL_POWER},
        {"el/e", 0.0, 0.0, 0, 0, 1, SIGNAL_ENERGY},
    },
    .faults = TOLD(wave_faults), .hitches = TOLD(wave_hitches), .defects = TOLD(wave_defects),
};

static const struct type tester = {
    .name = "tester", .words = &smt, .flags = MACHINE | TYPE_BUFFER, .period_s = 1,
    .signals = {
        {"res", 42.0, 42.0, 1.4, 120, 0, SIGNAL_WALK},
        {"volt", 24.0, 24.0, 0.04, 30, 2, SIGNAL_WALK},
        {"el/p", 0.9, 0.4, 0.027, 8, 2, SIGNAL_POWER},
        {"el/e", 0.0, 0.0, 0, 0, 2, SIGNAL_ENERGY},
    },
    .faults = TOLD(tester_faults), .hitches = TOLD(tester_hitches), .defects = TOLD(tester_defects),
};

static const struct type packer = {
    .name = "packer", .words = &smt, .flags = MACHINE | TYPE_BUFFER, .period_s = 1,
    .signals = {
        {"t/seal", 146.0, 60.0, 1, 60, 0, SIGNAL_WALK},
        {"bags", 400.0, 0.0, 0.05, 0, 0, SIGNAL_SUPPLY},
        {"el/p", 1.2, 0.5, 0.036, 8, 2, SIGNAL_POWER},
        {"el/e", 0.0, 0.0, 0, 0, 2, SIGNAL_ENERGY},
    },
    .faults = TOLD(packer_faults), .hitches = TOLD(packer_hitches),
};

static const struct type line = {
    .name = "line", .words = &smt, .flags = LINEPLC, .period_s = 2,
    .signals = {
        {"el/p", 1.4, 0.9, 0.042, 8, 2, SIGNAL_POWER},
        {"el/e", 0.0, 0.0, 0, 0, 2, SIGNAL_ENERGY},
    },
};

static const struct type nitrogen = {
    .name = "nitrogen", .words = &smt, .flags = UTILITY, .period_s = 5,
    .signals = {
        {"o2", 38.0, 90.0, 1.2, 120, 0, SIGNAL_WALK},
        {"prs", 6.1, 4.0, 0.04, 40, 2, SIGNAL_WALK},
        {"kw", 64.0, 6.0, 1.2, 30, 0, SIGNAL_POWER},
        {"kwh", 0.0, 0.0, 0, 0, 0, SIGNAL_ENERGY},
        {"flow", 182.0, 20.0, 0, 0, 0, SIGNAL_FOLLOW},
        {"volume", 0.0, 0.0, 0, 0, 1, SIGNAL_TOTAL},
    },
    .faults = TOLD(nitrogen_faults),
};

static const struct type air = {
    .name = "air", .words = &smt, .flags = UTILITY, .period_s = 5,
    .signals = {
        {"prs", 6.92, 5.2, 0.04, 40, 2, SIGNAL_WALK},
        {"dew", -23.0, -21.0, 0.5, 300, 1, SIGNAL_WALK},
        {"kw", 118.0, 10.0, 2, 30, 0, SIGNAL_POWER},
        {"kwh", 0.0, 0.0, 0, 0, 0, SIGNAL_ENERGY},
        {"flow", 960.0, 0.0, 0, 0, 0, SIGNAL_FOLLOW},
        {"volume", 0.0, 0.0, 0, 0, 0, SIGNAL_TOTAL},
    },
    .faults = TOLD(air_faults),
};

static const struct type climate = {
    .name = "climate", .words = &smt, .flags = UTILITY, .period_s = 5,
    .signals = {
        {"hum", 47.0, 40.0, 0.5, 400, 1, SIGNAL_WALK},
        {"t", 23.2, 25.0, 0.15, 600, 1, SIGNAL_WALK},
        {"kw", 86.0, 12.0, 1.5, 60, 0, SIGNAL_POWER},
        {"kwh", 0.0, 0.0, 0, 0, 0, SIGNAL_ENERGY},
    },
    .faults = TOLD(climate_faults),
};

static const struct type compressor = {
    .name = "compressor", .words = &smt, .flags = UNITONLY, .period_s = 2,
    .signals = {
        {"t/out", 82.0, 30.0, 0.7, 120, 1, SIGNAL_WALK},
        {"load", 74.0, 0.0, 2.5, 30, 0, SIGNAL_WALK},
    },
};

static const struct type site = {
    .name = "site", .flags = TYPE_SILENT, .period_s = 5,
    .signals = {
        {"#power", 0.0, 0.0, 6, 8, 0, SIGNAL_POWER},
        {"#energy", 0.0, 0.0, 0, 0, 0, SIGNAL_ENERGY},
        {"#reactive", 0.28, 0.0, 0, 0, 0, SIGNAL_REACTIVE},
        {"#gas", 38.0, 38.0, 1, 300, 1, SIGNAL_WALK},
        {"#gas-total", 0.0, 0.0, 0, 0, 1, SIGNAL_TOTAL},
        {"#voc", 11.0, 11.0, 0.4, 200, 1, SIGNAL_WALK},
    },
};

/* ---- lines ---- */

static const char *const ecus[] = {"ECU-B7 top x4", "ECU-B7 bottom x4", "ECU-C2 top x2"};
static const char *const drives[] = {"DRV-11 top x6", "DRV-12 top x6"};
static const char *const lamps[] = {"LED-40 x12"};

/* area, name, flags, ideal cycle s, own type, units, constraint, rejects, min between faults, first fault s, products, first order */
static const struct line_spec lines[] = {
    {"smt", "smt1", 0, 24.0, &line, {{"loader", 0, 0, &loader, 0.97}, {"printer", 0, 0, &printer, 0.97}, {"spi", 0, 0, &spi, 0.97}, {"placer", 3, 1, &placer, 0.97}, {"reflow", 0, 0, &reflow, 0.97}, {"aoi", 0, 0, &aoi, 0.97}},
        4, 0.014, 45, 0, TOLD(ecus), 4702},
    {"smt", "smt2", 0, 31.0, &line, {{"loader", 0, 0, &loader, 0.97}, {"printer", 0, 0, &printer, 0.97}, {"spi", 0, 0, &spi, 0.97}, {"placer", 3, 1, &placer, 0.97}, {"reflow", 0, 0, &reflow, 0.97}, {"aoi", 0, 0, &aoi, 0.97}},
        4, 0.016, 50, 0, TOLD(drives), 4655},
    {"smt", "smt3", 0, 28.0, &line, {{"loader", 0, 0, &loader, 0.97}, {"printer", 0, 0, &printer, 0.97}, {"spi", 0, 0, &spi, 0.97}, {"placer", 3, 1, &placer, 0.97}, {"reflow", 0, 0, &reflow, 0.97}, {"aoi", 0, 0, &aoi, 0.97}},
        4, 0.018, 30, 26, TOLD(ecus), 4711},
    {"smt", "smt4", LINE_IDLE, 26.0, &line, {{"loader", 0, 0, &loader, 0.97}, {"printer", 0, 0, &printer, 0.97}, {"spi", 0, 0, &spi, 0.97}, {"placer", 3, 1, &placer, 0.97}, {"reflow", 0, 0, &reflow, 0.97}, {"aoi", 0, 0, &aoi, 0.97}},
        4, 0.014, 0, 0, TOLD(lamps), 0},
    {"tht", "wave1", 0, 36.0, &line, {{"insert", 2, 1, &inserter, 0.97}, {"wave", 0, 0, &wave, 0.97}, {"check", 0, 0, &aoi, 0.97}},
        2, 0.015, 55, 110, TOLD(drives), 4655},
    {"test", "test1", 0, 34.0, &line, {{"ict", 0, 0, &tester, 0.97}, {"fct", 3, 1, &tester, 0.97}, {"pack", 0, 0, &packer, 0.97}},
        1, 0.022, 50, 0, TOLD(ecus), 4702},
    {"test", "test2", 0, 40.0, &line, {{"ict", 0, 0, &tester, 0.97}, {"fct", 2, 1, &tester, 0.97}, {"pack", 0, 0, &packer, 0.97}},
        1, 0.02, 95, 0, TOLD(drives), 4655},
    {"utility", "nitrogen", UTILITIES, 0, &nitrogen, {{"k", 2, 1, &compressor, 0}},
        0, 0, 9000, 0, NULL, 0, 0},
    {"utility", "air", UTILITIES, 0, &air, {{"k", 3, 1, &compressor, 0}},
        0, 0, 9000, 0, NULL, 0, 0},
    {"utility", "climate", UTILITIES, 0, &climate, {{"fan", 2, 1, &compressor, 0}},
        0, 0, 9000, 0, NULL, 0, 0},
};

static const struct stranger strangers[] = {
    {"elnord/dry-cabinet/3/humidity", NULL, 4.1, 0.2, 1, 10},
    {"elnord/dry-cabinet/5/humidity", NULL, 3.8, 0.2, 1, 10},
    {"elnord/agv/2/battery", "percent", 63.0, 3, 0, 5},
    {"elnord/fridge/paste/temperature", NULL, 6.2, 0.3, 1, 10},
    {"elnord/esd/gate1", "passed", 214.0, 8, 0, 15},
    {"weather/humidity", NULL, 61.0, 1, 0, 30},
};

const struct plant_spec sim_electronics = {
    .name = "electronics", .site = "elnord", .root = "elnord", .suffix = "data", .utc_offset_s = 7200,
    .crews = {"crew A", "crew B", "crew C", "crew D"}, .lines = lines, .line_count = COUNT(lines), .site_type = &site,
    .base_power = 120.0, .strangers = strangers, .stranger_count = COUNT(strangers), .order_prefix = "",
};
