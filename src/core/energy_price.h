/*
 * energy_price: what a meter's quantities cost and give off, as their moments go by: the tariff and the factor are looked up once for as long as they hold, so
 * that a year of quarters costs little.
 *
 *     struct energy_price price;
 *     energy_price_init(&price, plant, meter);
 *     total += energy_price_cost(&price, cell->from_ms, cell->sum.amount);
 */
#ifndef ANDON_CORE_ENERGY_PRICE_H
#define ANDON_CORE_ENERGY_PRICE_H

#include "core/plant.h"

struct energy_price {
    const struct plant *plant; /* borrowed */
    const struct carrier *carrier;
    struct tariff_at at;       /* holds in [from_ms, to_ms) */
    double kg;                 /* of one unit, in [kg_from_ms, kg_to_ms) */
    int64_t kg_from_ms, kg_to_ms;
};

/* `meter` of plant->meters. */
void energy_price_init(struct energy_price *price, const struct plant *plant, uint32_t meter);
/* In the site's currency; NAN: no tariff, or a hole in it, at that moment. Nothing costs nothing. */
double energy_price_cost(struct energy_price *price, int64_t ms, double amount);
/* CO2, kg; NAN: no factor. */
double energy_price_carbon(struct energy_price *price, int64_t ms, double amount);
/* What a meter is measured by: itself, or of a sum the meters under it that measure, none of which lies under another. At most `cap` are filled in; returns how many there are. */
size_t energy_leaves(const struct plant *plant, uint32_t meter, uint32_t *out, size_t cap);
/* A number for these meters together, by their keys, in whatever order: what is kept of a sum is known by it. */
uint64_t energy_leaves_id(const struct plant *plant, uint32_t meter);

#endif
