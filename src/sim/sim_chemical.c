/*
 * A chemical works: four batch reactors with phases, two columns that never stop, filling of drums, containers and cans, a tank farm, steam, cooling water, a scrubber. What is
 * missing of a reactor's cooling heats it. Its controllers speak words, its packing machines numbers.
 * config/chemical.cfg describes the same plant to andon; a test holds the two together.
 */
#include "sim/sim_plant.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define TOLD(a) a, COUNT(a)

static const struct vocabulary process = {.words = {
    [CONDITION_RUN] = {"run", 0, PACK_EXECUTE, CLASS_RUN},
    [CONDITION_SLOW] = {"slow", 0, PACK_EXECUTE, CLASS_RUN},
    [CONDITION_MICRO] = {"hold", 0, PACK_HELD, CLASS_STOP},
    [CONDITION_FAULT] = {"stop", 0, PACK_ABORTED, CLASS_STOP},
    [CONDITION_STARVED] = {"wait", 0, PACK_SUSPENDED, CLASS_STARVED},
    [CONDITION_BLOCKED] = {"full", 0, PACK_SUSPENDED, CLASS_BLOCKED},
    [CONDITION_SETUP] = {"cleaning", 0, PACK_RESETTING, CLASS_SETUP},
    [CONDITION_IDLE] = {"idle", 0, PACK_IDLE, CLASS_NOT_SCHEDULED},
    [CONDITION_REPAIR] = {"revision", 0, PACK_STOPPED, CLASS_MAINTENANCE},
}};

static const struct vocabulary batch = {.words = {
    [CONDITION_RUN] = {"react", 0, PACK_EXECUTE, CLASS_RUN},
    [CONDITION_SLOW] = {"slow", 0, PACK_EXECUTE, CLASS_RUN},
    [CONDITION_MICRO] = {"hold", 0, PACK_HELD, CLASS_STOP},
    [CONDITION_FAULT] = {"stop", 0, PACK_ABORTED, CLASS_STOP},
    [CONDITION_STARVED] = {"wait", 0, PACK_SUSPENDED, CLASS_STARVED},
    [CONDITION_BLOCKED] = {"full", 0, PACK_SUSPENDED, CLASS_BLOCKED},
    [CONDITION_SETUP] = {"cleaning", 0, PACK_RESETTING, CLASS_SETUP},
    [CONDITION_IDLE] = {"idle", 0, PACK_IDLE, CLASS_NOT_SCHEDULED},
    [CONDITION_REPAIR] = {"revision", 0, PACK_STOPPED, CLASS_MAINTENANCE},
}, .phases = {{"fill", 0.15, 0.1, 0.5}, {"heat", 0.3, 0.7, 1}, {"react", 0.72, 1, 1}, {"cool", 0.88, 0.45, 1}, {"drain", 1, 0.2, 0.4}}, .phase_count = 5};

static const struct vocabulary pack = {.words = {
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

static const char *const reactor_hitches[] = {"sample", "waiting for release"};
static const struct fault reactor_faults[] = {
    {"cooling pump P-104 tripped", 0, -9.2, 180, 330, false},
    {"agitator overload", -1, 0.0, 180, 480, false},
    {"feed pump pressure low", 4, -140.0, 150, 400, true},
};
static const char *const column_hitches[] = {"analyser check"};
static const struct fault column_faults[] = {
    {"reflux pump P-211 cavitates", 4, -3.1, 240, 600, true},
};
static const char *const filler_hitches[] = {"drum skewed", "bung not found", "tare out of range"};
static const struct fault filler_faults[] = {
    {"filling lance drips", 0, 3.2, 120, 360, false},
};
static const char *const filler_defects[] = {"underweight", "dented drum", "bung leaks"};
static const char *const packer_hitches[] = {"label missing", "pallet not in place"};
static const struct fault packer_faults[] = {
    {"bung driver slips", 0, -11.0, 120, 360, false},
};
static const struct fault tank_faults[] = {
    {"transfer pump P-206 tripped", -1, 0.0, 300, 700, false},
};
static const struct fault boiler_faults[] = {
    {"burner flame lost", 0, -2.2, 240, 500, true},
};
static const struct fault cooling_faults[] = {
    {"tower fan 2 trip", 0, 4.5, 300, 700, true},
};
static const struct fault scrubber_faults[] = {
    {"caustic pump P-301 trip", 0, -0.75, 300, 700, true},
};

/* ---- what publishes ---- */

enum {
    MACHINE = TYPE_STATE | TYPE_COUNTS | TYPE_CYCLE | TYPE_REASON, BATCH = MACHINE, CONT = TYPE_STATE_TOPIC | TYPE_COUNTS | TYPE_REASON,
    LINEPLC = TYPE_STATE_TOPIC | TYPE_COUNTS | TYPE_CYCLE | TYPE_REASON | TYPE_DOOR, UTILITY = TYPE_STATE_TOPIC | TYPE_REASON | TYPE_ISO, UNITONLY = TYPE_STATE,
    BATCHES = LINE_RIGID, STEADY = LINE_RIGID | LINE_STEADY, UTILITIES = LINE_RIGID | LINE_UTILITY
};

static const struct type reactor = {
    .name = "reactor", .words = &batch, .flags = BATCH, .period_s = 1,
    .signals = {
        {"cw/flow", 12.0, 12.0, 0.15, 25, 1, SIGNAL_WALK},
        {"t/r", 88.4, 24.0, 0.25, 180, 1, SIGNAL_HEAT},
        {"lvl", 78.0, 4.0, 0.3, 60, 1, SIGNAL_LEVEL},
        {"prs", 2.1, 2.1, 0.03, 60, 2, SIGNAL_WALK},
        {"feed", 640.0, 0.0, 6, 20, 0, SIGNAL_WALK},
        {"feed_set", 640.0, 640.0, 20, 800, 0, SIGNAL_SET},
        {"recipe", 41.0, 41.0, 1, 20000, 0, SIGNAL_SET},
        {"t/jin", 18.2, 18.6, 0.2, 200, 1, SIGNAL_WALK},
        {"el/p", 46.0, 12.0, 1.38, 8, 1, SIGNAL_POWER},
        {"el/e", 0.0, 0.0, 0, 0, 1, SIGNAL_ENERGY},
    },
    .faults = TOLD(reactor_faults), .hitches = TOLD(reactor_hitches),
};

static const struct type column = {
    .name = "column", .words = &process, .flags = CONT, .period_s = 1,
    .signals = {
        {"rate", 0.0, 0.0, 0, 0, 1, SIGNAL_RATE},
        {"t/top", 64.7, 50.0, 0.15, 200, 1, SIGNAL_WALK},
        {"t/bot", 101.4, 80.0, 0.3, 200, 1, SIGNAL_WALK},
        {"prs", 62.0, 10.0, 1.2, 60, 0, SIGNAL_WALK},
        {"reflux", 8.4, 0.0, 0.1, 30, 1, SIGNAL_WALK},
        {"pur", 99.71, 98.0, 0.01, 400, 2, SIGNAL_WALK},
        {"reflux_set", 2.6, 2.6, 0.1, 900, 1, SIGNAL_SET},
        {"el/p", 74.0, 20.0, 1.5, 20, 1, SIGNAL_POWER},
        {"el/e", 0.0, 0.0, 0, 0, 1, SIGNAL_ENERGY},
        {"steam", 8.2, 2.0, 0, 0, 2, SIGNAL_FOLLOW},
        {"steam_total", 0.0, 0.0, 0, 0, 3, SIGNAL_TOTAL},
    },
    .faults = TOLD(column_faults), .hitches = TOLD(column_hitches),
};

static const struct type filler = {
    .name = "filler", .words = &pack, .flags = MACHINE | TYPE_BUFFER, .period_s = 1,
    .signals = {
        {"kg", 200.1, 0.0, 0.06, 8, 1, SIGNAL_WALK},
        {"n2", 14.0, 14.0, 0.3, 60, 1, SIGNAL_WALK},
        {"lel", 3.0, 1.5, 0.4, 60, 1, SIGNAL_WALK},
        {"el/p", 5.2, 1.6, 0.156, 8, 1, SIGNAL_POWER},
        {"el/e", 0.0, 0.0, 0, 0, 1, SIGNAL_ENERGY},
    },
    .faults = TOLD(filler_faults), .hitches = TOLD(filler_hitches), .defects = TOLD(filler_defects),
};

static const struct type packer = {
    .name = "packer", .words = &pack, .flags = MACHINE | TYPE_BUFFER, .period_s = 1,
    .signals = {
        {"torque", 38.0, 0.0, 0.7, 6, 0, SIGNAL_WALK},
        {"labels", 1500.0, 0.0, 0.08, 0, 0, SIGNAL_SUPPLY},
        {"el/p", 3.1, 1.0, 0.093, 8, 1, SIGNAL_POWER},
        {"el/e", 0.0, 0.0, 0, 0, 1, SIGNAL_ENERGY},
    },
    .faults = TOLD(packer_faults), .hitches = TOLD(packer_hitches),
};

static const struct type filling = {
    .name = "filling", .words = &pack, .flags = LINEPLC, .period_s = 2,
    .signals = {
        {"el/p", 6.0, 2.5, 0.18, 8, 1, SIGNAL_POWER},
        {"el/e", 0.0, 0.0, 0, 0, 1, SIGNAL_ENERGY},
    },
};

static const struct type tank = {
    .name = "tank", .words = &process, .flags = UTILITY, .period_s = 5,
    .signals = {
        {"lvl", 62.0, 62.0, 2.2, 1800, 1, SIGNAL_WALK},
        {"t", 24.0, 24.0, 0.3, 1800, 1, SIGNAL_WALK},
        {"prs", 12.0, 12.0, 0.4, 120, 1, SIGNAL_WALK},
        {"kw", 7.5, 0.0, 0.3, 60, 1, SIGNAL_POWER},
        {"kwh", 0.0, 0.0, 0, 0, 1, SIGNAL_ENERGY},
    },
    .faults = TOLD(tank_faults),
};

static const struct type boiler = {
    .name = "boiler", .words = &process, .flags = UTILITY, .period_s = 5,
    .signals = {
        {"prs", 11.8, 6.0, 0.08, 60, 1, SIGNAL_WALK},
        {"lvl", 52.0, 50.0, 0.8, 40, 0, SIGNAL_WALK},
        {"nox", 84.0, 40.0, 1.5, 300, 0, SIGNAL_WALK},
        {"stack/o2", 3.4, 15.0, 0.05, 200, 1, SIGNAL_WALK},
        {"kw", 58.0, 10.0, 1, 60, 0, SIGNAL_POWER},
        {"kwh", 0.0, 0.0, 0, 0, 0, SIGNAL_ENERGY},
        {"gas", 640.0, 90.0, 0, 0, 0, SIGNAL_FOLLOW},
        {"gas_total", 0.0, 0.0, 0, 0, 0, SIGNAL_TOTAL},
    },
    .faults = TOLD(boiler_faults),
};

static const struct type cooling = {
    .name = "cooling", .words = &process, .flags = UTILITY, .period_s = 5,
    .signals = {
        {"vl", 18.1, 22.0, 0.15, 200, 1, SIGNAL_WALK},
        {"flow", 820.0, 200.0, 6, 40, 0, SIGNAL_WALK},
        {"kw", 168.0, 40.0, 2, 60, 0, SIGNAL_POWER},
        {"kwh", 0.0, 0.0, 0, 0, 0, SIGNAL_ENERGY},
        {"make", 14.0, 3.0, 0, 0, 1, SIGNAL_FOLLOW},
        {"make_total", 0.0, 0.0, 0, 0, 2, SIGNAL_TOTAL},
    },
    .faults = TOLD(cooling_faults),
};

static const struct type scrubber = {
    .name = "scrubber", .words = &process, .flags = UTILITY, .period_s = 5,
    .signals = {
        {"ph", 7.4, 7.2, 0.05, 300, 1, SIGNAL_WALK},
        {"voc", 9.0, 20.0, 0.4, 300, 1, SIGNAL_WALK},
        {"flare", 22.0, 18.0, 1.5, 200, 0, SIGNAL_WALK},
        {"kw", 44.0, 8.0, 0.8, 60, 0, SIGNAL_POWER},
        {"kwh", 0.0, 0.0, 0, 0, 0, SIGNAL_ENERGY},
    },
    .faults = TOLD(scrubber_faults),
};

static const struct type pump = {
    .name = "pump", .words = &batch, .flags = UNITONLY, .period_s = 1,
    .signals = {
        {"cur", 38.0, 0.0, 0.5, 6, 1, SIGNAL_WALK},
        {"t/brg", 54.0, 30.0, 0.4, 400, 1, SIGNAL_WALK},
        {"vib", 2.0, 0.1, 0.08, 60, 2, SIGNAL_WALK},
    },
};

static const struct type drive = {
    .name = "drive", .words = &process, .flags = UNITONLY, .period_s = 1,
    .signals = {
        {"cur", 52.0, 0.0, 0.7, 8, 1, SIGNAL_WALK},
        {"vib", 1.8, 0.1, 0.08, 60, 2, SIGNAL_WALK},
    },
};

static const struct type site = {
    .name = "site", .flags = TYPE_SILENT, .period_s = 5,
    .signals = {
        {"#power", 0.0, 0.0, 8, 8, 0, SIGNAL_POWER},
        {"#energy", 0.0, 0.0, 0, 0, 0, SIGNAL_ENERGY},
        {"#reactive", 0.34, 0.0, 0, 0, 0, SIGNAL_REACTIVE},
        {"#waste", 36.0, 36.0, 0.8, 300, 1, SIGNAL_WALK},
        {"#cod", 210.0, 210.0, 4, 600, 0, SIGNAL_WALK},
        {"#waste-ph", 7.6, 7.6, 0.06, 600, 2, SIGNAL_WALK},
    },
};

/* ---- lines ---- */

static const char *const resins[] = {"Resin EP-12", "Resin EP-20", "Hardener H-7"};
static const char *const solvents[] = {"Methanol 99.7"};
static const char *const drums[] = {"EP-12 drum 200 kg", "EP-20 drum 200 kg"};
static const char *const cans[] = {"H-7 can 5 kg", "EP-12 can 5 kg"};

/* area, name, flags, ideal cycle s, own type, units, constraint, rejects, min between faults, first fault s, products, first order */
static const struct line_spec lines[] = {
    {"reactors", "r101", BATCHES, 2700.0, &reactor, {{"p104", 0, 0, &pump, 0}, {"a101", 0, 0, &pump, 0}},
        0, 0.02, 70, 55, TOLD(resins), 4411},
    {"reactors", "r102", BATCHES, 2400.0, &reactor, {{"p124", 0, 0, &pump, 0}, {"a102", 0, 0, &pump, 0}},
        0, 0.02, 80, 0, TOLD(resins), 4412},
    {"reactors", "r103", BATCHES, 3000.0, &reactor, {{"p134", 0, 0, &pump, 0}, {"a103", 0, 0, &pump, 0}},
        0, 0.02, 90, 0, TOLD(resins), 4409},
    {"reactors", "r104", BATCHES | LINE_REPAIR, 2400.0, &reactor, {{"p144", 0, 0, &pump, 0}, {"a104", 0, 0, &pump, 0}},
        0, 0.02, 0, 0, TOLD(resins), 0},
    {"columns", "k201", STEADY, 90.0, &column, {{"p211", 0, 0, &drive, 0}, {"p213", 0, 0, &drive, 0}},
        0, 0.006, 900, 0, TOLD(solvents), 210},
    {"columns", "k202", STEADY, 120.0, &column, {{"p221", 0, 0, &drive, 0}, {"p223", 0, 0, &drive, 0}},
        0, 0.006, 400, 160, TOLD(solvents), 211},
    {"filling", "drums", 0, 14.0, &filling, {{"fill", 2, 1, &filler, 0.97}, {"bung", 0, 0, &packer, 0.97}, {"label", 0, 0, &packer, 0.97}, {"pallet", 0, 0, &packer, 0.97}},
        1, 0.009, 35, 100, TOLD(drums), 9301},
    {"filling", "ibc", 0, 45.0, &filling, {{"fill", 0, 0, &filler, 0.97}, {"lid", 0, 0, &packer, 0.97}, {"label", 0, 0, &packer, 0.97}},
        0, 0.008, 50, 0, TOLD(drums), 9320},
    {"filling", "cans", 0, 6.0, &filling, {{"fill", 3, 1, &filler, 0.97}, {"lid", 0, 0, &packer, 0.97}, {"label", 0, 0, &packer, 0.97}, {"box", 0, 0, &packer, 0.97}},
        2, 0.011, 40, 0, TOLD(cans), 9340},
    {"tanks", "t204", UTILITIES, 0, &tank, {{"p206", 0, 0, &drive, 0}},
        0, 0, 9000, 0, NULL, 0, 0},
    {"tanks", "t205", UTILITIES, 0, &tank, {{"p207", 0, 0, &drive, 0}},
        0, 0, 9000, 0, NULL, 0, 0},
    {"tanks", "t208", UTILITIES, 0, &tank, {{"p209", 0, 0, &drive, 0}},
        0, 0, 9000, 0, NULL, 0, 0},
    {"utility", "boiler", UTILITIES, 0, &boiler, {{"fan", 0, 0, &drive, 0}, {"feed", 2, 1, &drive, 0}},
        0, 0, 9000, 0, NULL, 0, 0},
    {"utility", "cooling", UTILITIES, 0, &cooling, {{"p", 3, 1, &drive, 0}, {"fan", 2, 1, &drive, 0}},
        0, 0, 9000, 0, NULL, 0, 0},
    {"utility", "s301", UTILITIES, 0, &scrubber, {{"p301", 0, 0, &drive, 0}, {"fan", 0, 0, &drive, 0}},
        0, 0, 7000, 0, NULL, 0, 0},
};

static const struct stranger strangers[] = {
    {"sued/weather/wind", "m_s", 4.2, 0.8, 1, 10},
    {"sued/weather/temperature", NULL, 16.4, 0.3, 1, 30},
    {"sued/rail/scale", "t", 61.0, 8, 1, 15},
    {"sued/laboratory/viscosity", "mpas", 412.0, 9, 0, 20},
    {"sued/gate/trucks", NULL, 3.0, 1, 0, 15},
    {"sued/analyser/an5", "ppm", 21.0, 1, 1, 10},
};

const struct plant_spec sim_chemical = {
    .name = "chemical", .site = "sued", .root = "sued", .suffix = "pv", .utc_offset_s = 7200,
    .crews = {"crew A", "crew B", "crew C", "crew D"}, .lines = lines, .line_count = COUNT(lines), .site_type = &site,
    .base_power = 90.0, .strangers = strangers, .stranger_count = COUNT(strangers), .order_prefix = "C",
};
