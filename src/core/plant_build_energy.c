/*
 * The part of a plant_build that makes carriers, tariffs, meters and what is watched of them. Meters come in the nodes' order, which plant_energy.c needs; parents are filled in when all meters
 * are there: while building, NO_METER is a meter whose parent nobody named, METER_ROOT one that has none.
 */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/demand.h"
#include "core/memory.h"
#include "core/plant_build.h"

enum { GAP_MS = 300000, GAP_INTERVALS = 3, SLIDING_STEPS = 3 };

static const char *keep_title(struct plant_build *b, const char *title, const char *name)
{
    return title && *title ? plant_keep_text(b, title) : name;
}

static int by_date(const void *a, const void *b)
{
    const struct carbon_factor *x = a, *y = b;
    return (x->from > y->from) - (x->from < y->from);
}

uint16_t plant_add_carrier(struct plant_build *b, struct carrier carrier)
{
    struct plant *plant = b->plant;
    size_t index = 0;
    carrier.name = plant_keep_text(b, carrier.name);
    carrier.title = keep_title(b, carrier.title, carrier.name);
    carrier.unit = plant_keep_text(b, carrier.unit);
    struct carbon_factor *factors = NULL;
    if (carrier.factor_count) {
        factors = plant_take(b, carrier.factor_count * sizeof *factors);
        memcpy(factors, carrier.factors, carrier.factor_count * sizeof *factors);
        qsort(factors, carrier.factor_count, sizeof *factors, by_date);
    }
    carrier.factors = factors;
    while (index < plant->carrier_count && strcmp(plant->carriers[index].name, carrier.name) != 0)
        index++;
    if (index == plant->carrier_count) {
        assert(index < UINT16_MAX);
        plant->carriers = mem_grow(plant->carriers, plant->carrier_count, &b->carrier_capacity, sizeof carrier);
        plant->carrier_count++;
    }
    plant->carriers[index] = carrier;
    return (uint16_t)index;
}

uint16_t plant_add_tariff(struct plant_build *b, struct tariff tariff)
{
    struct plant *plant = b->plant;
    assert(plant->tariff_count < NO_TARIFF);
    tariff.name = plant_keep_text(b, tariff.name);
    tariff.title = keep_title(b, tariff.title, tariff.name);
    struct tariff_rate *rates = plant_take(b, tariff.rate_count * sizeof *rates);
    for (size_t i = 0; i < tariff.rate_count; i++) {
        rates[i] = tariff.rates[i];
        rates[i].name = plant_keep_text(b, rates[i].name);
    }
    tariff.rates = rates;
    plant->tariffs = mem_grow(plant->tariffs, plant->tariff_count, &b->tariff_capacity, sizeof tariff);
    plant->tariffs[plant->tariff_count] = tariff;
    return (uint16_t)plant->tariff_count++;
}

static double one_if_zero(double scale)
{
    return scale == 0 ? 1 : scale;
}

uint32_t plant_add_meter(struct plant_build *b, struct meter meter)
{
    struct plant *plant = b->plant;
    uint32_t index = (uint32_t)plant->meter_count;
    assert(meter.node < plant->node_count && (index == 0 || plant->meters[index - 1].node <= meter.node));
    int64_t interval_ms = meter.tag == NO_TAG ? 0 : plant->tags[meter.tag].def->interval_ms;
    meter.name = plant_keep_text(b, meter.name);
    meter.title = keep_title(b, meter.title, meter.name);
    meter.scale = one_if_zero(meter.scale);
    meter.reactive_scale = one_if_zero(meter.reactive_scale);
    meter.leading_scale = one_if_zero(meter.leading_scale);
    if (meter.kind == METER_POWER)
        meter.power_tag = meter.tag, meter.power_scale = meter.scale;
    meter.power_scale = one_if_zero(meter.power_scale);
    if (meter.interval_ms == 0)
        meter.interval_ms = interval_ms;
    if (meter.gap_ms == 0)
        meter.gap_ms = GAP_INTERVALS * interval_ms > GAP_MS ? GAP_INTERVALS * interval_ms : GAP_MS;
    plant->meters = mem_grow(plant->meters, plant->meter_count, &b->meter_capacity, sizeof meter);
    plant->meters[plant->meter_count++] = meter;
    return index;
}

static bool parent_on(const struct plant *plant, uint32_t meter, uint32_t node)
{
    uint32_t parent = plant->meters[meter].parent;
    return parent < plant->meter_count && plant->meters[parent].node == node;
}

/* Of several of one carrier on a node: the first that does not measure a part of another one there. */
static uint32_t meter_on(const struct plant *plant, uint32_t node, uint16_t carrier)
{
    for (uint32_t m = plant_meter_from(plant, node); m < plant->meter_count && plant->meters[m].node == node; m++)
        if (plant->meters[m].kind != METER_EMISSION && plant->meters[m].carrier == carrier && !parent_on(plant, m, node))
            return m;
    return NO_METER;
}

static uint32_t meter_above(const struct plant *plant, uint32_t meter)
{
    uint32_t found = NO_METER, node = plant->meters[meter].node;
    while (found == NO_METER && (node = plant->nodes[node].parent) != NO_NODE)
        found = meter_on(plant, node, plant->meters[meter].carrier);
    return found;
}

void plant_settle_meters(struct plant_build *b)
{
    struct plant *plant = b->plant;
    for (uint32_t m = 0; m < plant->meter_count; m++)
        if (plant->meters[m].parent == NO_METER && plant->meters[m].kind != METER_EMISSION)
            plant->meters[m].parent = meter_above(plant, m);
}

void plant_add_demand(struct plant_build *b, struct demand demand)
{
    struct plant *plant = b->plant;
    demand.name = plant_keep_text(b, demand.name);
    demand.title = keep_title(b, demand.title, demand.name);
    if (demand.step_ms == 0 && demand.kind != DEMAND_BLOCK)
        demand.step_ms = demand.block_ms / (demand.kind == DEMAND_SLIDING ? SLIDING_STEPS : DEMAND_STEPS);
    plant->demands = mem_grow(plant->demands, plant->demand_count, &b->demand_capacity, sizeof demand);
    plant->demands[plant->demand_count++] = demand;
}

void plant_add_emission(struct plant_build *b, struct emission emission)
{
    struct plant *plant = b->plant;
    emission.name = plant_keep_text(b, emission.name);
    emission.title = keep_title(b, emission.title, emission.name);
    if (emission.valid_share == 0)
        emission.valid_share = 2.0 / 3;
    plant->emissions = mem_grow(plant->emissions, plant->emission_count, &b->emission_capacity, sizeof emission);
    plant->emissions[plant->emission_count++] = emission;
}

void plant_add_baseline(struct plant_build *b, struct baseline baseline)
{
    struct plant *plant = b->plant;
    baseline.name = plant_keep_text(b, baseline.name);
    baseline.title = keep_title(b, baseline.title, baseline.name);
    for (size_t i = 0; i < baseline.driver_count; i++)
        baseline.drivers[i].name = plant_keep_text(b, baseline.drivers[i].name);
    plant->baselines = mem_grow(plant->baselines, plant->baseline_count, &b->baseline_capacity, sizeof baseline);
    plant->baselines[plant->baseline_count++] = baseline;
}

void plant_build_energy_init(struct plant_build *b)
{
    static const struct carrier presets[CARRIER_PRESETS] = {
        [CARRIER_ELECTRICITY] = {"electricity", "Electricity", "kWh", 1, NULL, 0, NO_TARIFF},
        [CARRIER_GAS] = {"gas", "Gas", "m3", NAN, NULL, 0, NO_TARIFF},
        [CARRIER_STEAM] = {"steam", "Steam", "t", NAN, NULL, 0, NO_TARIFF},
        [CARRIER_WATER] = {"water", "Water", "m3", NAN, NULL, 0, NO_TARIFF},
        [CARRIER_AIR] = {"compressed-air", "Compressed air", "m3", NAN, NULL, 0, NO_TARIFF},
        [CARRIER_HEAT] = {"heat", "Heat", "kWh", 1, NULL, 0, NO_TARIFF},
    };
    b->plant->currency = "";
    for (size_t i = 0; i < CARRIER_PRESETS; i++)
        plant_add_carrier(b, presets[i]);
}

void plant_build_energy_finish(struct plant_build *b)
{
    struct plant *plant = b->plant;
    plant_settle_meters(b);
    for (uint32_t m = 0; m < plant->meter_count; m++)
        if (plant->meters[m].parent == METER_ROOT)
            plant->meters[m].parent = NO_METER;
    for (uint16_t t = 0; t < plant->tariff_count; t++)
        if (plant->tariffs[t].calendar == 0)
            plant->tariffs[t].calendar = plant->nodes[0].calendar;
}
