/*
 * A price is known for the stretch that the tariff names, a factor for the local day: factors change at dates.
 */
#include "core/energy_price.h"

#include <math.h>

#include "core/hash_index.h"
#include "core/period.h"

#define DAY_MS INT64_C(86400000)

void energy_price_init(struct energy_price *price, const struct plant *plant, uint32_t meter)
{
    *price = (struct energy_price){.plant = plant, .carrier = &plant->carriers[plant->meters[meter].carrier], .kg = NAN};
}

double energy_price_cost(struct energy_price *price, int64_t ms, double amount)
{
    const struct plant *plant = price->plant;
    if (price->carrier->tariff == NO_TARIFF)
        return NAN;
    if (amount == 0)
        return 0;
    if (ms < price->at.from_ms || ms >= price->at.to_ms) {
        const struct tariff *tariff = &plant->tariffs[price->carrier->tariff];
        tariff_at(tariff, &plant->calendars[tariff->calendar], &plant->zone, ms, &price->at);
    }
    return price->at.rate ? price->at.rate->price * amount : NAN;
}

double energy_price_carbon(struct energy_price *price, int64_t ms, double amount)
{
    if (price->carrier->factor_count == 0)
        return NAN;
    if (ms < price->kg_from_ms || ms >= price->kg_to_ms) {
        price->kg_from_ms = period_day(&price->plant->zone, ms);
        price->kg_to_ms = period_day(&price->plant->zone, price->kg_from_ms + DAY_MS + DAY_MS / 4); /* a day has 23 to 25 hours */
        price->kg = carrier_carbon(price->carrier, &price->plant->zone, ms);
    }
    return price->kg * amount;
}

/* Is it under `meter`, with nothing between that measures? */
static bool measures_for(const struct plant *plant, uint32_t m, uint32_t meter)
{
    for (uint32_t p = plant->meters[m].parent; p != NO_METER; p = plant->meters[p].parent) {
        if (p == meter)
            return true;
        if (plant->meters[p].kind != METER_SUM)
            return false;
    }
    return false;
}

static bool is_leaf(const struct plant *plant, uint32_t m, uint32_t meter)
{
    return plant->meters[m].kind != METER_SUM && plant->meters[m].kind != METER_EMISSION && measures_for(plant, m, meter);
}

uint64_t energy_leaves_id(const struct plant *plant, uint32_t meter)
{
    char key[KEY_BYTES];
    uint64_t id = 0;
    for (uint32_t m = 0; m < plant->meter_count; m++)
        if (is_leaf(plant, m, meter))
            id += hash_bytes(key, plant_meter_key(plant, m, key, sizeof key));
    return id;
}

size_t energy_leaves(const struct plant *plant, uint32_t meter, uint32_t *out, size_t cap)
{
    size_t count = 0;
    if (plant->meters[meter].kind != METER_SUM) {
        if (cap > 0)
            out[0] = meter;
        return 1;
    }
    for (uint32_t m = 0; m < plant->meter_count; m++) {
        if (!is_leaf(plant, m, meter))
            continue;
        if (count < cap)
            out[count] = m;
        count++;
    }
    return count;
}
