/*
 * Units of quantities that meters measure. A unit is a row: what it measures, and how many of that measure's first unit are in it. A rate is one of those for each time, or a power. Units that
 * are not in the table fit themselves.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/energy.h"

enum measure { ENERGY, REACTIVE, VOLUME, NORMAL_VOLUME, MASS };

static const struct { const char *name; enum measure measure; double size; } quantities[] = {
    {"kWh", ENERGY, 1}, {"Wh", ENERGY, 1e-3}, {"MWh", ENERGY, 1e3}, {"GWh", ENERGY, 1e6},
    {"MJ", ENERGY, 1 / 3.6}, {"kJ", ENERGY, 1e-3 / 3.6}, {"GJ", ENERGY, 1e3 / 3.6}, {"TJ", ENERGY, 1e6 / 3.6},
    {"kVArh", REACTIVE, 1}, {"VArh", REACTIVE, 1e-3}, {"MVArh", REACTIVE, 1e3}, {"kvarh", REACTIVE, 1}, {"varh", REACTIVE, 1e-3}, {"Mvarh", REACTIVE, 1e3},
    {"m3", VOLUME, 1}, {"m³", VOLUME, 1}, {"l", VOLUME, 1e-3}, {"L", VOLUME, 1e-3}, {"hl", VOLUME, .1},
    {"Nm3", NORMAL_VOLUME, 1}, {"Nm³", NORMAL_VOLUME, 1}, {"Nl", NORMAL_VOLUME, 1e-3},
    {"t", MASS, 1}, {"kg", MASS, 1e-3}, {"g", MASS, 1e-6}, {"kt", MASS, 1e3},
};
static const struct { const char *name, *hour; } powers[] = {
    {"W", "Wh"}, {"kW", "kWh"}, {"MW", "MWh"}, {"GW", "GWh"},
    {"VAr", "VArh"}, {"kVAr", "kVArh"}, {"MVAr", "MVArh"}, {"var", "varh"}, {"kvar", "kvarh"}, {"Mvar", "Mvarh"},
};
static const struct { const char *name; double hours; } times[] = {{"/h", 1}, {"/min", 1 / 60.0}, {"/s", 1 / 3600.0}, {"/d", 24}};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static double quantity_scale(const char *given, const char *unit)
{
    size_t a = 0, b = 0;
    if (strcmp(given, unit) == 0)
        return 1;
    while (a < COUNT(quantities) && strcmp(quantities[a].name, given) != 0)
        a++;
    while (b < COUNT(quantities) && strcmp(quantities[b].name, unit) != 0)
        b++;
    return a < COUNT(quantities) && b < COUNT(quantities) && quantities[a].measure == quantities[b].measure ? quantities[a].size / quantities[b].size : NAN;
}

double energy_unit_scale(const char *given, const char *unit, bool rate)
{
    char quantity[ENERGY_UNIT];
    if (!rate)
        return quantity_scale(given, unit);
    for (size_t i = 0; i < COUNT(powers); i++)
        if (strcmp(powers[i].name, given) == 0)
            return quantity_scale(powers[i].hour, unit);
    size_t length = strlen(given);
    for (size_t i = 0; i < COUNT(times); i++) {
        size_t n = strlen(times[i].name);
        if (length <= n || length - n >= sizeof quantity || strcmp(given + length - n, times[i].name) != 0)
            continue;
        memcpy(quantity, given, length - n);
        quantity[length - n] = '\0';
        return quantity_scale(quantity, unit) / times[i].hours;
    }
    return NAN;
}

void energy_unit_rate(const char *unit, char out[ENERGY_UNIT])
{
    for (size_t i = 0; i < COUNT(powers); i++)
        if (strcmp(powers[i].hour, unit) == 0) {
            snprintf(out, ENERGY_UNIT, "%s", powers[i].name);
            return;
        }
    snprintf(out, ENERGY_UNIT, "%.*s/h", ENERGY_UNIT - 3, unit);
}
