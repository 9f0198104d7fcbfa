/*
 * A body and paint shop: welding cells, a measuring cell, dip baths, sealing, two top coats with booths and ovens; an afterburner, chilled water, air. Its controllers speak
 * numbers, its messages are German.
 * config/automotive.cfg describes the same plant to andon; a test holds the two together.
 */
#include "sim/sim_plant.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define TOLD(a) a, COUNT(a)

static const struct vocabulary sps = {.words = {
    [CONDITION_RUN] = {NULL, 10, PACK_EXECUTE, CLASS_RUN},
    [CONDITION_SLOW] = {NULL, 12, PACK_EXECUTE, CLASS_RUN},
    [CONDITION_MICRO] = {NULL, 20, PACK_HELD, CLASS_STOP},
    [CONDITION_FAULT] = {NULL, 21, PACK_ABORTED, CLASS_STOP},
    [CONDITION_STARVED] = {NULL, 30, PACK_SUSPENDED, CLASS_STARVED},
    [CONDITION_BLOCKED] = {NULL, 31, PACK_SUSPENDED, CLASS_BLOCKED},
    [CONDITION_SETUP] = {NULL, 40, PACK_RESETTING, CLASS_SETUP},
    [CONDITION_IDLE] = {NULL, 0, PACK_IDLE, CLASS_NOT_SCHEDULED},
    [CONDITION_REPAIR] = {NULL, 90, PACK_STOPPED, CLASS_MAINTENANCE},
}};

/* ---- what goes wrong ---- */

static const char *const cell_hitches[] = {"Bauteil nicht erkannt", "Kappenfräsen", "Spanner nicht zu", "Kleberdüse reinigen"};
static const struct fault cell_faults[] = {
    {"Kühlwasser Zange fehlt", 2, -10.5, 150, 300, false},
    {"Elektrode klebt", 0, -1.5, 120, 360, false},
    {"Schutzkreis offen", -1, 0.0, 120, 420, false},
};
static const char *const gauge_hitches[] = {"Messung wiederholen"};
static const struct fault gauge_faults[] = {
    {"Sensor S7 verschmutzt", 0, 0.45, 120, 300, false},
};
static const char *const gauge_defects[] = {"Spaltmaß", "Schweißpunkt fehlt", "Kleberraupe unterbrochen", "Delle"};
static const char *const dip_hitches[] = {"Skid nicht in Lage", "Drehvorrichtung"};
static const struct fault dip_faults[] = {
    {"Umwälzpumpe 2 ausgelöst", 3, -1.5, 180, 480, false},
};
static const char *const oven_hitches[] = {"Skid klemmt", "Brenner Nachlauf"};
static const struct fault oven_faults[] = {
    {"Umluft Zone 2 gestört", 1, -16.0, 240, 540, false},
};
static const char *const booth_hitches[] = {"Farbwechsel", "Glocke reinigen", "Skid nicht gelesen"};
static const struct fault booth_faults[] = {
    {"Luft zu langsam", 2, -0.125, 180, 420, false},
    {"Zerstäuber 3 Luftlager", 4, -10.0, 150, 360, false},
};
static const char *const booth_defects[] = {"Einschluss", "Läufer", "Krater", "Orangenhaut", "Farbton"};
static const char *const sealer_hitches[] = {"Fasswechsel", "Naht nacharbeiten"};
static const struct fault sealer_faults[] = {
    {"Düse verstopft", 0, 38.0, 120, 360, false},
};
static const struct fault afterburner_faults[] = {
    {"Brenner 2 aus", 0, -32.0, 240, 600, true},
};
static const struct fault chilled_water_faults[] = {
    {"Verdichter 2 Hochdruck", 0, 2.4, 240, 600, true},
};
static const struct fault air_faults[] = {
    {"Verdichter 3 ausgelöst", 0, -0.7, 200, 500, false},
};

/* ---- what publishes ---- */

enum {
    MACHINE = TYPE_STATE | TYPE_COUNTS | TYPE_CYCLE | TYPE_REASON, LINEPLC = TYPE_STATE_TOPIC | TYPE_COUNTS | TYPE_CYCLE | TYPE_REASON | TYPE_DOOR,
    UTILITY = TYPE_STATE_TOPIC | TYPE_REASON | TYPE_ISO, UNITONLY = TYPE_STATE, UTILITIES = LINE_RIGID | LINE_UTILITY
};

static const struct type cell = {
    .name = "cell", .words = &sps, .flags = MACHINE | TYPE_BUFFER, .period_s = 1,
    .signals = {
        {"i/weld", 9.8, 0.0, 0.12, 6, 2, SIGNAL_WALK},
        {"f/gun", 3.2, 0.0, 0.05, 6, 2, SIGNAL_WALK},
        {"cw/flow", 18.0, 18.0, 0.25, 20, 1, SIGNAL_WALK},
        {"t/water", 31.0, 26.0, 0.4, 90, 1, SIGNAL_WALK},
        {"axis1", 58.0, 4.0, 2, 8, 0, SIGNAL_WALK},
        {"caps", 3200.0, 0.0, 0.6, 0, 0, SIGNAL_SUPPLY},
        {"el/p", 30.0, 6.0, 0.9, 8, 1, SIGNAL_POWER},
        {"el/e", 0.0, 0.0, 0, 0, 1, SIGNAL_ENERGY},
    },
    .faults = TOLD(cell_faults), .hitches = TOLD(cell_hitches),
};

static const struct type gauge = {
    .name = "gauge", .words = &sps, .flags = MACHINE | TYPE_BUFFER, .period_s = 1,
    .signals = {
        {"dev", 0.42, 0.4, 0.04, 60, 2, SIGNAL_WALK},
        {"el/p", 3.2, 1.2, 0.096, 8, 1, SIGNAL_POWER},
        {"el/e", 0.0, 0.0, 0, 0, 1, SIGNAL_ENERGY},
    },
    .faults = TOLD(gauge_faults), .hitches = TOLD(gauge_hitches), .defects = TOLD(gauge_defects),
};

static const struct type dip = {
    .name = "dip", .words = &sps, .flags = MACHINE | TYPE_BUFFER, .period_s = 1,
    .signals = {
        {"t/bad", 31.5, 31.0, 0.2, 400, 1, SIGNAL_WALK},
        {"ph", 5.8, 5.8, 0.03, 500, 2, SIGNAL_WALK},
        {"leit", 1420.0, 1420.0, 12, 600, 0, SIGNAL_WALK},
        {"p/pump", 2.4, 2.4, 0.04, 20, 2, SIGNAL_WALK},
        {"el/p", 38.0, 18.0, 1.14, 8, 1, SIGNAL_POWER},
        {"el/e", 0.0, 0.0, 0, 0, 1, SIGNAL_ENERGY},
    },
    .faults = TOLD(dip_faults), .hitches = TOLD(dip_hitches),
};

static const struct type oven = {
    .name = "oven", .words = &sps, .flags = MACHINE | TYPE_BUFFER, .period_s = 1,
    .signals = {
        {"t/z1", 165.0, 158.0, 0.7, 240, 1, SIGNAL_WALK},
        {"t/z2", 178.0, 170.0, 0.7, 150, 1, SIGNAL_WALK},
        {"fan/a", 41.0, 38.0, 0.5, 20, 1, SIGNAL_WALK},
        {"z2_set", 178.0, 178.0, 1, 2400, 0, SIGNAL_SET},
        {"el/p", 78.0, 44.0, 2.34, 8, 1, SIGNAL_POWER},
        {"el/e", 0.0, 0.0, 0, 0, 1, SIGNAL_ENERGY},
        {"gas/flow", 62.0, 20.0, 0, 0, 1, SIGNAL_FOLLOW},
    },
    .faults = TOLD(oven_faults), .hitches = TOLD(oven_hitches),
};

static const struct type booth = {
    .name = "booth", .words = &sps, .flags = MACHINE | TYPE_BUFFER, .period_s = 1,
    .signals = {
        {"t/luft", 23.2, 22.8, 0.15, 240, 1, SIGNAL_WALK},
        {"rh", 63.0, 62.0, 0.6, 240, 0, SIGNAL_WALK},
        {"v/sink", 0.32, 0.31, 0.006, 30, 2, SIGNAL_WALK},
        {"dp", 182.0, 175.0, 2, 300, 0, SIGNAL_WALK},
        {"bell", 42.0, 41.0, 0.4, 10, 1, SIGNAL_WALK},
        {"farbe", 380.0, 0.0, 0.02, 0, 0, SIGNAL_SUPPLY},
        {"bell_set", 42.0, 42.0, 1, 2400, 0, SIGNAL_SET},
        {"el/p", 84.0, 52.0, 2.52, 8, 1, SIGNAL_POWER},
        {"el/e", 0.0, 0.0, 0, 0, 1, SIGNAL_ENERGY},
    },
    .faults = TOLD(booth_faults), .hitches = TOLD(booth_hitches), .defects = TOLD(booth_defects),
};

static const struct type sealer = {
    .name = "sealer", .words = &sps, .flags = MACHINE | TYPE_BUFFER, .period_s = 1,
    .signals = {
        {"prs", 118.0, 30.0, 1.6, 8, 0, SIGNAL_WALK},
        {"t/pvc", 34.0, 32.0, 0.3, 200, 1, SIGNAL_WALK},
        {"fass", 200.0, 0.0, 0.02, 0, 0, SIGNAL_SUPPLY},
        {"el/p", 12.0, 4.0, 0.36, 8, 1, SIGNAL_POWER},
        {"el/e", 0.0, 0.0, 0, 0, 1, SIGNAL_ENERGY},
    },
    .faults = TOLD(sealer_faults), .hitches = TOLD(sealer_hitches),
};

static const struct type line = {
    .name = "line", .words = &sps, .flags = LINEPLC, .period_s = 2,
    .signals = {
        {"cur", 12.4, 1.0, 0.3, 10, 1, SIGNAL_WALK},
        {"el/p", 14.0, 6.0, 0.42, 8, 1, SIGNAL_POWER},
        {"el/e", 0.0, 0.0, 0, 0, 1, SIGNAL_ENERGY},
    },
};

static const struct type afterburner = {
    .name = "afterburner", .words = &sps, .flags = UTILITY, .period_s = 5,
    .signals = {
        {"t", 742.0, 300.0, 3, 200, 0, SIGNAL_WALK},
        {"voc", 14.0, 60.0, 0.5, 200, 1, SIGNAL_WALK},
        {"stack/o2", 16.2, 19.0, 0.05, 200, 1, SIGNAL_WALK},
        {"kw", 210.0, 30.0, 3, 60, 0, SIGNAL_POWER},
        {"kwh", 0.0, 0.0, 0, 0, 0, SIGNAL_ENERGY},
        {"gas", 148.0, 40.0, 0, 0, 0, SIGNAL_FOLLOW},
        {"gas_total", 0.0, 0.0, 0, 0, 1, SIGNAL_TOTAL},
    },
    .faults = TOLD(afterburner_faults),
};

static const struct type chilled_water = {
    .name = "chilled-water", .words = &sps, .flags = UTILITY, .period_s = 5,
    .signals = {
        {"vl", 6.8, 12.0, 0.12, 90, 1, SIGNAL_WALK},
        {"rl", 12.4, 14.0, 0.15, 120, 1, SIGNAL_WALK},
        {"kw", 520.0, 60.0, 6, 60, 0, SIGNAL_POWER},
        {"kwh", 0.0, 0.0, 0, 0, 0, SIGNAL_ENERGY},
        {"nach", 5.2, 0.5, 0, 0, 1, SIGNAL_FOLLOW},
        {"nach_total", 0.0, 0.0, 0, 0, 2, SIGNAL_TOTAL},
    },
    .faults = TOLD(chilled_water_faults),
};

static const struct type air = {
    .name = "air", .words = &sps, .flags = UTILITY, .period_s = 5,
    .signals = {
        {"prs", 6.9, 5.0, 0.04, 40, 2, SIGNAL_WALK},
        {"dew", -24.0, -22.0, 0.5, 300, 1, SIGNAL_WALK},
        {"kw", 640.0, 40.0, 8, 40, 0, SIGNAL_POWER},
        {"kwh", 0.0, 0.0, 0, 0, 0, SIGNAL_ENERGY},
        {"flow", 5600.0, 0.0, 0, 0, 0, SIGNAL_FOLLOW},
        {"volume", 0.0, 0.0, 0, 0, 0, SIGNAL_TOTAL},
    },
    .faults = TOLD(air_faults),
};

static const struct type aggregate = {
    .name = "aggregate", .words = &sps, .flags = UNITONLY, .period_s = 2,
    .signals = {
        {"t/lager", 56.0, 30.0, 0.5, 300, 1, SIGNAL_WALK},
        {"vib", 1.7, 0.1, 0.07, 60, 2, SIGNAL_WALK},
    },
};

static const struct type site = {
    .name = "site", .flags = TYPE_SILENT, .period_s = 5,
    .signals = {
        {"#power", 0.0, 0.0, 25, 8, 0, SIGNAL_POWER},
        {"#energy", 0.0, 0.0, 0, 0, 0, SIGNAL_ENERGY},
        {"#reactive", 0.33, 0.0, 0, 0, 0, SIGNAL_REACTIVE},
        {"#waerme", 2.6, 2.6, 0.05, 300, 2, SIGNAL_WALK},
        {"#waerme-total", 0.0, 0.0, 0, 0, 2, SIGNAL_TOTAL},
    },
};

/* ---- lines ---- */

static const char *const derivate[] = {"G26 Limousine", "G31 Touring", "G26 Langversion"};
static const char *const farben[] = {"Alpinweiß", "Saphirschwarz", "Tansanit"};

/* area, name, flags, ideal cycle s, own type, units, constraint, rejects, min between faults, first fault s, products, first order */
static const struct line_spec lines[] = {
    {"body", "ub1", 0, 57.0, &line, {{"st0", 5, 1, &cell, 0.97}},
        2, 0.006, 45, 0, TOLD(derivate), 6101},
    {"body", "swl", 0, 56.0, &line, {{"st1", 4, 1, &cell, 0.97}},
        1, 0.006, 50, 0, TOLD(derivate), 6101},
    {"body", "swr", 0, 56.0, &line, {{"st2", 4, 1, &cell, 0.97}},
        1, 0.006, 50, 40, TOLD(derivate), 6101},
    {"body", "aufbau", 0, 58.0, &line, {{"st3", 5, 1, &cell, 0.97}, {"mess", 0, 0, &gauge, 0.97}},
        2, 0.01, 40, 0, TOLD(derivate), 6101},
    {"body", "tueren", LINE_IDLE, 52.0, &line, {{"st4", 3, 1, &cell, 0.97}},
        1, 0.006, 0, 0, TOLD(derivate), 0},
    {"primer", "ktl", 0, 58.0, &line, {{"bad", 4, 1, &dip, 0.97}, {"trockner", 0, 0, &oven, 0.97}},
        2, 0.004, 60, 0, TOLD(derivate), 6098},
    {"primer", "pvc", 0, 58.0, &line, {{"r", 3, 1, &sealer, 0.97}},
        1, 0.008, 50, 0, TOLD(derivate), 6098},
    {"topcoat", "deck1", 0, 62.0, &line, {{"bc", 0, 0, &booth, 0.97}, {"zw", 0, 0, &oven, 0.97}, {"kl", 0, 0, &booth, 0.97}, {"tr", 0, 0, &oven, 0.97}},
        0, 0.024, 35, 95, TOLD(farben), 8821},
    {"topcoat", "deck2", 0, 62.0, &line, {{"bc", 0, 0, &booth, 0.97}, {"zw", 0, 0, &oven, 0.97}, {"kl", 0, 0, &booth, 0.97}, {"tr", 0, 0, &oven, 0.97}},
        0, 0.022, 45, 0, TOLD(farben), 8840},
    {"media", "rto", UTILITIES, 0, &afterburner, {{"v", 2, 1, &aggregate, 0}},
        0, 0, 9000, 0, NULL, 0, 0},
    {"media", "kalt", UTILITIES, 0, &chilled_water, {{"k", 2, 1, &aggregate, 0}},
        0, 0, 7000, 0, NULL, 0, 0},
    {"media", "luft", UTILITIES, 0, &air, {{"v", 4, 1, &aggregate, 0}},
        0, 0, 9000, 0, NULL, 0, 0},
};

static const struct stranger strangers[] = {
    {"isartal/halle3/temperatur", NULL, 24.6, 0.3, 1, 10},
    {"isartal/ftf/12/akku", "prozent", 58.0, 4, 0, 5},
    {"isartal/ftf/14/akku", "prozent", 77.0, 4, 0, 5},
    {"isartal/skidspeicher/belegung", NULL, 112.0, 5, 0, 10},
    {"isartal/waschplatz/pumpe", "bar", 4.2, 0.1, 1, 10},
    {"wetter/feuchte", NULL, 66.0, 1, 0, 30},
};

const struct plant_spec sim_automotive = {
    .name = "automotive", .site = "isartal", .root = "isartal", .suffix = "daten", .utc_offset_s = 7200,
    .crews = {"Gruppe A", "Gruppe B", "Gruppe C", "Gruppe D"}, .lines = lines, .line_count = COUNT(lines), .site_type = &site,
    .base_power = 380.0, .strangers = strangers, .stranger_count = COUNT(strangers), .order_prefix = "L",
};
