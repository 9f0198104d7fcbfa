/*
 * An integrated steel works, from sinter to galvanised strip. A line is one machine; its units (fans, strands, stands) only
 * follow it. Pieces are tonnes, in the steel shop heats. Its controllers speak words ("blow", "heating", "cast"), the cold mills
 * numbers, and the pickling line has no state at all: only a counter.
 * config/steel.cfg describes the same plant to andon; a test holds the two together.
 */
#include "sim/sim_plant.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define TOLD(a) a, COUNT(a)

#define COMMON_WORDS                                                                                                    \
    [CONDITION_SLOW] = {"slow", 0, PACK_EXECUTE, CLASS_RUN}, [CONDITION_MICRO] = {"hold", 0, PACK_HELD, CLASS_STOP},     \
    [CONDITION_FAULT] = {"stop", 0, PACK_ABORTED, CLASS_STOP},                                                          \
    [CONDITION_STARVED] = {"wait", 0, PACK_SUSPENDED, CLASS_STARVED},                                                   \
    [CONDITION_BLOCKED] = {"full", 0, PACK_SUSPENDED, CLASS_BLOCKED},                                                   \
    [CONDITION_SETUP] = {"setup", 0, PACK_RESETTING, CLASS_SETUP}, [CONDITION_IDLE] = {"idle", 0, PACK_IDLE, CLASS_NOT_SCHEDULED}, \
    [CONDITION_REPAIR] = {"reline", 0, PACK_STOPPED, CLASS_MAINTENANCE}

static const struct vocabulary hot = {.words = {[CONDITION_RUN] = {"run", 0, PACK_EXECUTE, CLASS_RUN}, COMMON_WORDS}};
static const struct vocabulary caster = {.words = {[CONDITION_RUN] = {"cast", 0, PACK_EXECUTE, CLASS_RUN}, COMMON_WORDS}};
static const struct vocabulary ladle = {.words = {[CONDITION_RUN] = {"heating", 0, PACK_EXECUTE, CLASS_RUN}, COMMON_WORDS},
    .phases = {{"heating", 0.55, 1, 1}, {"stirring", 0.85, 1, 1}, {"transfer", 1.0, 1, 1}}, .phase_count = 3};
static const struct vocabulary converter = {.words = {[CONDITION_RUN] = {"blow", 0, PACK_EXECUTE, CLASS_RUN}, COMMON_WORDS},
    .phases = {{"charge", 0.2, 1, 1}, {"blow", 0.65, 1, 1}, {"sample", 0.8, 1, 1}, {"tap", 1.0, 1, 1}}, .phase_count = 4};

/* The cold mills' numbering: map "mill" in the configuration. */
static const struct vocabulary mill = {.words = {
    [CONDITION_RUN] = {NULL, 100, PACK_EXECUTE, CLASS_RUN},
    [CONDITION_SLOW] = {NULL, 110, PACK_EXECUTE, CLASS_RUN},
    [CONDITION_MICRO] = {NULL, 210, PACK_HELD, CLASS_STOP},
    [CONDITION_FAULT] = {NULL, 220, PACK_ABORTED, CLASS_STOP},
    [CONDITION_STARVED] = {NULL, 310, PACK_SUSPENDED, CLASS_STARVED},
    [CONDITION_BLOCKED] = {NULL, 320, PACK_SUSPENDED, CLASS_BLOCKED},
    [CONDITION_SETUP] = {NULL, 400, PACK_RESETTING, CLASS_SETUP},
    [CONDITION_IDLE] = {NULL, 0, PACK_IDLE, CLASS_NOT_SCHEDULED},
    [CONDITION_REPAIR] = {NULL, 500, PACK_STOPPED, CLASS_MAINTENANCE},
}};

/* ---- what goes wrong ---- */

static const struct fault sinter_faults[] = {{"belt slip B3", 1, -0.5, 240, 720, false}, {"ignition hood temperature", 2, -90, 180, 500, true}};
static const char *const sinter_hitches[] = {"chute cleaning"};
static const struct fault coke_faults[] = {{"pusher machine current", -1, 0, 180, 480, false}};
static const struct fault furnace_faults[] = {{"top pressure high", 0, 0.14, 240, 700, true}, {"tuyere leak", 1, -40, 300, 720, true}};
static const char *const vessel_hitches[] = {"waiting for ladle", "lance skull"};
static const struct fault vessel_faults[] = {{"lance cooling flow low", 1, -45, 180, 600, false}};
static const char *const lf_hitches[] = {"sample", "electrode slip"};
static const struct fault lf_faults[] = {{"electrode break", -1, 0, 240, 700, false}};
static const char *const cast_hitches[] = {"tundish change"};
static const struct fault cast_faults[] = {{"mould level deviation", 0, 5.4, 150, 320, true}, {"breakout alarm strand 1", 3, 9.0, 200, 600, false}};
static const char *const slab_hitches[] = {"slab charging", "walking beam"};
static const struct fault slab_faults[] = {{"zone 3 burner trip", 0, -35, 150, 500, true}};
static const char *const strip_hitches[] = {"gap in slabs", "descaling", "coil strapping"};
static const struct fault strip_faults[] = {{"F6 cobble", -1, 0, 300, 720, false}, {"looper 4 tension", 2, 0.18, 150, 400, false}};
static const char *const strip_defects[] = {"scale", "edge crack", "roll mark", "out of gauge", "coil shape"};
static const char *const zinc_defects[] = {"dross", "coating thin", "scratch", "edge build-up"};
static const char *const mill_hitches[] = {"threading", "weld seam", "coil change"};
static const struct fault mill_faults[] = {{"strip break stand 3", 1, -0.9, 300, 720, false}, {"emulsion temperature", 3, 7.0, 150, 400, true}};
static const struct fault galv_faults[] = {{"strip temperature at snout", 1, -18, 200, 600, true}, {"air knife distance", -1, 0, 150, 420, false}};
static const struct fault oxygen_faults[] = {{"O2 purity low", 0, -0.4, 200, 600, true}};
static const struct fault turbine_faults[] = {{"bearing vibration", 1, 2.6, 200, 600, true}};
static const struct fault water_faults[] = {{"conductivity high", 1, 130, 300, 720, true}};
static const struct fault air_faults[] = {{"compressor 3 trip", 0, -0.6, 200, 600, true}};

/* ---- what publishes ---- */

enum { TONNES = TYPE_STATE_TOPIC | TYPE_COUNTS | TYPE_REASON, HEATS = TYPE_STATE | TYPE_COUNTS | TYPE_REASON | TYPE_CYCLE };

static const struct type sinter = {.name = "sinter", .words = &hot, .flags = TONNES, .period_s = 1, .signals = {
        {"rate", 0, 0, 0, 0, 0, SIGNAL_RATE},
        {"speed", 2.8, 0.0, 0.04, 30, 2, SIGNAL_WALK},
        {"t/hood", 1180.0, 700.0, 8.0, 120, 0, SIGNAL_WALK},
        {"em/dust", 33.0, 8.0, 1.8, 300, 1, SIGNAL_WALK},
        {"em/so2", 212.0, 40.0, 6.0, 300, 0, SIGNAL_WALK},
        {"speed_set", 2.8, 2.8, 0.1, 3600, 2, SIGNAL_SET},
        {"el/p", 7400.0, 1200.0, 90.0, 30, 0, SIGNAL_POWER},
        {"el/q", 0.34, 0, 0, 0, 0, SIGNAL_REACTIVE},
        {"stack/o2", 15.6, 20.7, 0, 0, 1, SIGNAL_FOLLOW},
        {"gas/flow", 1150.0, 420.0, 0, 0, 0, SIGNAL_FOLLOW}, {"gas/total", 0, 0, 0, 0, 1, SIGNAL_TOTAL},
    }, .faults = TOLD(sinter_faults), .hitches = TOLD(sinter_hitches)};
static const struct type fan = {.name = "fan", .words = &hot, .flags = TYPE_STATE, .period_s = 1, .signals = {
        {"cur", 612.0, 30.0, 5.0, 20, 0, SIGNAL_WALK}, {"vib", 2.3, 0.2, 0.09, 40, 2, SIGNAL_WALK}, {"t/brg", 58.0, 30.0, 0.4, 400, 1, SIGNAL_WALK},
    }};
static const struct type coke = {.name = "coke", .words = &hot, .flags = TONNES, .period_s = 1, .signals = {
        {"rate", 0, 0, 0, 0, 0, SIGNAL_RATE},
        {"t/flue", 1290.0, 1240.0, 5.0, 600, 0, SIGNAL_WALK},
        {"em/nox", 288.0, 240.0, 5.0, 300, 0, SIGNAL_WALK},
        {"prs/gas", 11.5, 9.0, 0.4, 40, 1, SIGNAL_WALK},
        {"el/p", 2100.0, 700.0, 40.0, 30, 0, SIGNAL_POWER},
        {"stack/o2", 6.2, 9.0, 0, 0, 1, SIGNAL_FOLLOW},
    }, .faults = TOLD(coke_faults)};
static const struct type oven_machine = {.name = "oven-machine", .words = &hot, .flags = TYPE_STATE, .period_s = 2, .signals = {
        {"cur", 240.0, 12.0, 9.0, 8, 0, SIGNAL_WALK}, {"pos", 36.0, 36.0, 6.0, 60, 0, SIGNAL_WALK},
    }};
static const struct type blast = {.name = "blast", .words = &hot, .flags = TONNES, .period_s = 1, .signals = {
        {"top/prs", 2.28, 1.4, 0.015, 60, 2, SIGNAL_WALK},
        {"blast/flow", 292.0, 120.0, 2.5, 60, 0, SIGNAL_WALK},
        {"blast/temp", 1182.0, 1000.0, 4.0, 300, 0, SIGNAL_WALK},
        {"si", 0.42, 0.5, 0.012, 900, 2, SIGNAL_WALK},
        {"rate", 0, 0, 0, 0, 0, SIGNAL_RATE},
        {"el/p", 9600.0, 3000.0, 80.0, 60, 0, SIGNAL_POWER},
    }, .faults = TOLD(furnace_faults)};
static const struct type stove = {.name = "stove", .words = &hot, .flags = 0, .period_s = 2, .signals = {
        {"t/dome", 1310.0, 1200.0, 6.0, 400, 0, SIGNAL_WALK}, {"t/stack", 262.0, 180.0, 3.0, 300, 0, SIGNAL_WALK},
    }};
static const struct type vessel = {.name = "vessel", .words = &converter, .flags = HEATS, .period_s = 1, .signals = {
        {"o2", 610.0, 0.0, 6.0, 10, 0, SIGNAL_WALK},
        {"lance/flow", 215.0, 180.0, 3.0, 30, 0, SIGNAL_WALK},
        {"t/hood", 1460.0, 300.0, 14.0, 60, 0, SIGNAL_WALK},
        {"em/dust", 9.0, 2.0, 0.7, 120, 1, SIGNAL_WALK},
        {"pattern", 14, 14, 1, 5400, 0, SIGNAL_SET},
        {"el/p", 1900.0, 300.0, 60.0, 20, 0, SIGNAL_POWER},
    }, .faults = TOLD(vessel_faults), .hitches = TOLD(vessel_hitches)};
static const struct type ladle_furnace = {.name = "ladle-furnace", .words = &ladle, .flags = HEATS, .period_s = 1, .signals = {
        {"t/steel", 1588.0, 1560.0, 3.0, 300, 0, SIGNAL_WALK},
        {"argon", 420.0, 60.0, 9.0, 15, 0, SIGNAL_WALK},
        {"el/p", 21400.0, 500.0, 300.0, 10, 0, SIGNAL_POWER},
    }, .faults = TOLD(lf_faults), .hitches = TOLD(lf_hitches)};
static const struct type electrode = {.name = "electrode", .words = &ladle, .flags = 0, .period_s = 1, .signals = {
        {"ka", 41.0, 0.0, 0.8, 6, 1, SIGNAL_WALK}, {"pos", 1240.0, 2600.0, 15.0, 20, 0, SIGNAL_WALK},
    }};
static const struct type casting = {.name = "caster", .words = &caster, .flags = TONNES, .period_s = 1, .signals = {
        {"mould/dev", 2.6, 0.5, 0.35, 12, 1, SIGNAL_WALK},
        {"mould/level", 81.0, 20.0, 0.6, 10, 0, SIGNAL_WALK},
        {"speed", 1.24, 0.0, 0.012, 15, 2, SIGNAL_WALK},
        {"t/mould", 118.0, 60.0, 1.2, 60, 0, SIGNAL_WALK},
        {"tundish", 62.0, 20.0, 3.0, 200, 0, SIGNAL_WALK},
        {"gain", 1.2, 1.2, 0.2, 2400, 1, SIGNAL_SET}, {"dev_max", 5.0, 5.0, 0.5, 7200, 1, SIGNAL_SET},
        {"rate", 0, 0, 0, 0, 0, SIGNAL_RATE},
        {"el/p", 1700.0, 500.0, 30.0, 20, 0, SIGNAL_POWER},
    }, .faults = TOLD(cast_faults), .hitches = TOLD(cast_hitches)};
static const struct type strand = {.name = "strand", .words = &caster, .flags = TYPE_STATE, .period_s = 1, .signals = {
        {"spray", 22.8, 4.0, 0.25, 20, 1, SIGNAL_WALK}, {"t/exit", 948.0, 400.0, 4.0, 120, 0, SIGNAL_WALK}, {"force", 186.0, 20.0, 2.5, 20, 0, SIGNAL_WALK},
    }};
static const struct type reheat = {.name = "reheat", .words = &hot, .flags = TONNES, .period_s = 1, .signals = {
        {"t/soak", 1248.0, 1180.0, 3.0, 300, 0, SIGNAL_WALK}, {"gas", 18.4, 6.0, 0.3, 40, 1, SIGNAL_WALK}, {"em/nox", 168.0, 90.0, 4.0, 200, 0, SIGNAL_WALK},
        {"rate", 0, 0, 0, 0, 0, SIGNAL_RATE}, {"el/p", 1400.0, 500.0, 25.0, 30, 0, SIGNAL_POWER},
        {"ng/flow", 18400.0, 6000.0, 0, 0, 0, SIGNAL_FOLLOW}, {"ng/total", 0, 0, 0, 0, 0, SIGNAL_TOTAL},
    }, .faults = TOLD(slab_faults), .hitches = TOLD(slab_hitches)};
static const struct type zone = {.name = "zone", .words = &hot, .flags = 0, .period_s = 2, .signals = {
        {"t", 1236.0, 1100.0, 4.0, 300, 0, SIGNAL_WALK}, {"air", 1.08, 1.2, 0.01, 60, 2, SIGNAL_WALK},
    }};
static const struct type strip_mill = {.name = "strip-mill", .words = &hot, .flags = TONNES, .period_s = 1, .signals = {
        {"speed", 11.6, 0.0, 0.15, 10, 1, SIGNAL_WALK}, {"gauge", 2.51, 2.5, 0.008, 6, 3, SIGNAL_WALK}, {"tension", 0.94, 0.1, 0.015, 5, 2, SIGNAL_WALK},
        {"t/exit", 884.0, 300.0, 4.0, 30, 0, SIGNAL_WALK}, {"t/coil", 612.0, 200.0, 5.0, 60, 0, SIGNAL_WALK},
        {"rate", 0, 0, 0, 0, 0, SIGNAL_RATE}, {"el/p", 28000.0, 3500.0, 700.0, 8, 0, SIGNAL_POWER},
    }, .faults = TOLD(strip_faults), .hitches = TOLD(strip_hitches), .defects = TOLD(strip_defects)};
static const struct type stand = {.name = "stand", .words = &hot, .flags = TYPE_STATE, .period_s = 1, .signals = {
        {"force", 14.2, 0.0, 0.25, 5, 1, SIGNAL_WALK}, {"t/oil", 45.6, 36.0, 0.5, 600, 1, SIGNAL_WALK}, {"load", 71.0, 3.0, 2.0, 8, 0, SIGNAL_WALK},
    }};
static const struct type pickling = {.name = "pickling", .flags = TYPE_GOOD_ONLY | TYPE_REASON, .period_s = 1, .signals = {
        {"rate", 0, 0, 0, 0, 0, SIGNAL_RATE}, {"speed", 182.0, 0.0, 2.0, 15, 0, SIGNAL_WALK}, {"t/acid", 84.0, 78.0, 0.4, 400, 1, SIGNAL_WALK},
        {"acid", 14.2, 14.2, 0.15, 600, 1, SIGNAL_WALK}, {"el/p", 2300.0, 600.0, 40.0, 20, 0, SIGNAL_POWER},
        {"steam/flow", 11.5, 3.0, 0, 0, 1, SIGNAL_FOLLOW}, {"steam/total", 0, 0, 0, 0, 2, SIGNAL_TOTAL},
    }, .faults = TOLD(mill_faults), .hitches = TOLD(mill_hitches)};
static const struct type tandem = {.name = "tandem", .words = &mill, .flags = TONNES, .period_s = 1, .signals = {
        {"rate", 0, 0, 0, 0, 0, SIGNAL_RATE}, {"speed", 18.4, 0.0, 0.3, 10, 1, SIGNAL_WALK}, {"gauge", 0.801, 0.8, 0.003, 5, 3, SIGNAL_WALK},
        {"t/emul", 51.0, 46.0, 0.4, 300, 1, SIGNAL_WALK}, {"el/p", 18900.0, 2200.0, 500.0, 8, 0, SIGNAL_POWER},
    }, .faults = TOLD(mill_faults), .hitches = TOLD(mill_hitches)};
static const struct type cold_stand = {.name = "cold-stand", .words = &mill, .flags = TYPE_STATE, .period_s = 1, .signals = {
        {"force", 9.4, 0.0, 0.2, 5, 1, SIGNAL_WALK}, {"tension", 142.0, 10.0, 3.0, 6, 0, SIGNAL_WALK}, {"t/oil", 43.0, 34.0, 0.4, 600, 1, SIGNAL_WALK},
    }};
static const struct type galvanising = {.name = "galvanising", .words = &mill, .flags = TONNES, .period_s = 1, .signals = {
        {"rate", 0, 0, 0, 0, 0, SIGNAL_RATE}, {"t/snout", 468.0, 430.0, 1.5, 90, 0, SIGNAL_WALK}, {"t/pot", 460.4, 459.0, 0.3, 900, 1, SIGNAL_WALK},
        {"coat", 141.0, 120.0, 1.2, 30, 0, SIGNAL_WALK}, {"speed", 118.0, 0.0, 1.5, 15, 0, SIGNAL_WALK}, {"el/p", 3900.0, 1400.0, 60.0, 20, 0, SIGNAL_POWER},
        {"ng/flow", 2900.0, 900.0, 0, 0, 0, SIGNAL_FOLLOW}, {"ng/total", 0, 0, 0, 0, 1, SIGNAL_TOTAL},
    }, .faults = TOLD(galv_faults), .hitches = TOLD(mill_hitches), .defects = TOLD(zinc_defects)};
static const struct type galv_part = {.name = "galv-part", .words = &mill, .flags = TYPE_STATE, .period_s = 2, .signals = {
        {"t", 742.0, 600.0, 4.0, 300, 0, SIGNAL_WALK}, {"tension", 21.0, 6.0, 0.4, 10, 1, SIGNAL_WALK},
    }};

/* Utilities: a text state, their values, an ISO stamp. */
enum { UTILITY = TYPE_STATE_TOPIC | TYPE_REASON | TYPE_ISO };

static const struct type oxygen = {.name = "oxygen", .words = &hot, .flags = UTILITY, .period_s = 5, .signals = {
        {"purity", 99.62, 98.0, 0.02, 300, 2, SIGNAL_WALK}, {"line", 15.8, 14.0, 0.15, 60, 1, SIGNAL_WALK}, {"kw", 15600.0, 800.0, 120.0, 60, 0, SIGNAL_POWER},
    }, .faults = TOLD(oxygen_faults)};
static const struct type turbine = {.name = "turbine", .words = &hot, .flags = UTILITY, .period_s = 5, .signals = {
        {"mw", 31.2, 0.0, 0.3, 60, 1, SIGNAL_WALK}, {"vib", 1.8, 0.1, 0.08, 120, 1, SIGNAL_WALK}, {"steam", 42.6, 20.0, 0.4, 90, 1, SIGNAL_WALK},
    }, .faults = TOLD(turbine_faults)};
static const struct type water = {.name = "water", .words = &hot, .flags = UTILITY, .period_s = 5, .signals = {
        {"supply", 3.9, 2.0, 0.06, 60, 1, SIGNAL_WALK}, {"cond", 1370.0, 1300.0, 9.0, 900, 0, SIGNAL_WALK}, {"cod", 41.0, 38.0, 0.9, 900, 0, SIGNAL_WALK},
        {"kw", 1900.0, 300.0, 30.0, 60, 0, SIGNAL_POWER}, {"make/flow", 940.0, 310.0, 0, 0, 0, SIGNAL_FOLLOW}, {"make/total", 0, 0, 0, 0, 1, SIGNAL_TOTAL},
    }, .faults = TOLD(water_faults)};
static const struct type air = {.name = "air", .words = &hot, .flags = UTILITY, .period_s = 5, .signals = {
        {"pressure", 6.8, 5.0, 0.05, 40, 1, SIGNAL_WALK}, {"specific", 0.118, 0.0, 0.001, 300, 3, SIGNAL_WALK}, {"kw", 2600.0, 200.0, 40.0, 40, 0, SIGNAL_POWER},
        {"flow", 22000.0, 0.0, 0, 0, 0, SIGNAL_FOLLOW}, {"total", 0, 0, 0, 0, 0, SIGNAL_TOTAL},
    }, .faults = TOLD(air_faults)};

static const struct type site = {.name = "site", .flags = 0, .period_s = 5, .signals = {
        {"#power", 0, 0, 120.0, 8, 0, SIGNAL_POWER}, {"#energy", 0, 0, 0, 0, 0, SIGNAL_ENERGY}, {"#reactive", 0.36, 0, 0, 0, 0, SIGNAL_REACTIVE},
        {"gas/bfg", 62.0, 62.0, 1.6, 900, 1, SIGNAL_WALK}, {"gas/cog", 71.0, 71.0, 1.2, 900, 1, SIGNAL_WALK}, {"gas/ldg", 78.0, 78.0, 2.4, 700, 1, SIGNAL_WALK},
        {"em/co2", 412.0, 412.0, 4.0, 600, 0, SIGNAL_WALK},
    }};

/* ---- lines ---- */

static const char *const sinters[] = {"S-mix 14", "S-mix 15"};
static const char *const cokes[] = {"blend K7"};
static const char *const irons[] = {"hot metal"};
static const char *const heats[] = {"S235JR", "DX51D", "S355J2", "DC04"};
static const char *const slabs[] = {"S235JR 250x1550", "DX51D 250x1280", "S355J2 250x1850"};
static const char *const strips[] = {"DX51D 2.5x1250", "S235JR 4.0x1500", "DC04 2.0x1280"};
static const char *const colds[] = {"DC04 0.80x1250", "DX51D 0.70x1250", "DC01 1.20x1000"};
static const char *const zincs[] = {"DX51D+Z140 0.8x1250", "DX53D+Z100 0.7x1500"};

enum { RIGID = LINE_RIGID, STEADY = LINE_RIGID | LINE_STEADY, UTILITIES = LINE_RIGID | LINE_UTILITY };

/* area, name, flags, ideal cycle s, own type, units, constraint, rejects, min between faults, first fault s, products, first order */
static const struct line_spec lines[] = {
    {"sintering", "sinter1", STEADY, 9.0, &sinter, {{"strand", 0, 0, &fan, 0}, {"fan", 2, 1, &fan, 0}}, 0, 0.010, 2000, 0, TOLD(sinters), 7101},
    {"sintering", "sinter2", RIGID, 9.0, &sinter, {{"strand", 0, 0, &fan, 0}, {"fan", 3, 1, &fan, 0}}, 0, 0.012, 70, 0, TOLD(sinters), 7202},
    {"coke", "battery3", STEADY, 24.0, &coke, {{"pusher", 0, 0, &oven_machine, 0}, {"quench", 0, 0, &oven_machine, 0}}, 0, 0.008, 4000, 0, TOLD(cokes), 310},
    {"iron", "bf2", STEADY, 17.1, &blast, {{"stove", 3, 1, &stove, 0}}, 0, 0.004, 3000, 0, TOLD(irons), 12},
    {"iron", "bf3", STEADY, 17.1, &blast, {{"stove", 4, 1, &stove, 0}}, 0, 0.004, 900, 75, TOLD(irons), 13},
    {"steelshop", "bofa", RIGID, 900.0, &vessel, {{"lance", 0, 0, &electrode, 0}}, 0, 0.010, 80, 0, TOLD(heats), 27418},
    {"steelshop", "bofb", RIGID | LINE_REPAIR, 900.0, &vessel, {{"lance", 0, 0, &electrode, 0}}, 0, 0.010, 80, 0, TOLD(heats), 0},
    {"steelshop", "lf1", RIGID, 840.0, &ladle_furnace, {{"e", 3, 1, &electrode, 0}}, 0, 0.006, 90, 0, TOLD(heats), 27417},
    {"casting", "cc1", RIGID, 18.9, &casting, {{"s", 2, 1, &strand, 0}}, 0, 0.008, 90, 0, TOLD(slabs), 4511},
    {"casting", "cc2", RIGID, 18.9, &casting, {{"s", 2, 1, &strand, 0}}, 0, 0.008, 60, 12, TOLD(slabs), 4523},
    {"hot", "furnace2", RIGID, 10.3, &reheat, {{"z", 4, 1, &zone, 0}}, 0, 0.002, 90, 0, TOLD(slabs), 8201},
    {"hot", "hsm", RIGID, 10.3, &strip_mill, {{"r1", 0, 0, &stand, 0}, {"f", 7, 1, &stand, 0}}, 0, 0.016, 40, 40, TOLD(strips), 8207},
    {"cold", "pickling", RIGID, 16.7, &pickling, {{"t", 3, 1, &zone, 0}}, 0, 0.0, 60, 0, TOLD(colds), 8611},
    {"cold", "tandem", RIGID, 18.0, &tandem, {{"s", 5, 1, &cold_stand, 0}}, 0, 0.014, 45, 0, TOLD(colds), 8655},
    {"cold", "galv1", RIGID, 58.0, &galvanising, {{"furnace", 0, 0, &galv_part, 0}, {"skin", 0, 0, &galv_part, 0}}, 0, 0.012, 50, 0, TOLD(zincs), 88213},
    {"cold", "galv2", RIGID, 60.0, &galvanising, {{"furnace", 0, 0, &galv_part, 0}, {"skin", 0, 0, &galv_part, 0}}, 0, 0.012, 70, 0, TOLD(zincs), 88240},
    {"utility", "oxygen2", UTILITIES, 0, &oxygen, {{"c", 2, 1, &fan, 0}}, 0, 0, 9000, 0, NULL, 0, 0},
    {"utility", "tg1", UTILITIES, 0, &turbine, {{"b", 4, 1, &fan, 0}}, 0, 0, 9000, 0, NULL, 0, 0},
    {"utility", "water", UTILITIES, 0, &water, {{"p", 3, 1, &fan, 0}}, 0, 0, 7000, 0, NULL, 0, 0},
    {"utility", "air", UTILITIES, 0, &air, {{"k", 6, 1, &fan, 0}}, 0, 0, 8000, 0, NULL, 0, 0},
};

static const struct stranger strangers[] = {
    {"nordhafen/torpedo/7/weight", NULL, 182.0, 12.0, 0, 10},
    {"nordhafen/torpedo/9/weight", NULL, 96.0, 12.0, 0, 10},
    {"weather/wind", "m_s", 6.4, 1.2, 1, 10},
    {"weather/temperature", NULL, 17.8, 0.4, 1, 30},
    {"rail/scale2", "t", 74.2, 9.0, 1, 15},
    {"laboratory/si", "percent", 0.42, 0.03, 2, 20},
};

const struct plant_spec sim_steel = {
    .name = "steel", .site = "nordhafen", .root = "nordhafen", .suffix = "data", .utc_offset_s = 2 * 3600,
    .crews = {"crew A", "crew B", "crew C", "crew D"}, .lines = lines, .line_count = COUNT(lines), .site_type = &site,
    .base_power = 14000.0, .strangers = strangers, .stranger_count = COUNT(strangers), .order_prefix = "",
};
