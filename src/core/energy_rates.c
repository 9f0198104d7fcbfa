/*
 * What was used at each rate of a tariff. Blocks of one stretch in which the price is the same follow each other: the tariff is asked once for each stretch.
 */
#include <math.h>
#include <string.h>

#include "core/energy_report.h"

static size_t order_of(const struct tariff *tariff, const char *name)
{
    size_t at = 0;
    while (at < tariff->rate_count && strcmp(tariff->rates[at].name, name) != 0)
        at++;
    return at;
}

/* The row of a name, made where the tariff has it; NULL: there are too many. */
static struct energy_rate *rate_at(const struct tariff *tariff, struct energy_rate *rates, size_t *count, const char *name)
{
    size_t at = 0;
    while (at < *count && strcmp(rates[at].name, name) != 0)
        at++;
    if (at < *count)
        return &rates[at];
    if (*count == ENERGY_RATES)
        return NULL;
    for (at = (*count)++; at > 0 && order_of(tariff, rates[at - 1].name) > order_of(tariff, name); at--)
        rates[at] = rates[at - 1];
    rates[at] = (struct energy_rate){.name = name, .peak = NAN, .cost = name[0] ? 0 : NAN};
    return &rates[at];
}

size_t energy_rates(const struct energy_series *s, const struct tariff *tariff, const struct calendar *calendar, const struct zone *zone, int64_t from_ms, int64_t to_ms,
    struct energy_rate rates[ENERGY_RATES])
{
    struct tariff_at at = {.rate = NULL};
    size_t count = 0;
    for (size_t b = energy_series_at(s, from_ms); b < s->count && s->blocks[b].from_ms < to_ms; b++) {
        const struct energy_block *block = &s->blocks[b];
        if (at.to_ms <= at.from_ms || block->from_ms < at.from_ms || block->from_ms >= at.to_ms)
            tariff_at(tariff, calendar, zone, block->from_ms, &at);
        struct energy_rate *rate = rate_at(tariff, rates, &count, at.rate ? at.rate->name : "");
        double power = energy_block_power(s, block);
        if (!rate)
            continue;
        rate->amount += block->amount;
        rate->valid_ms += block->valid_ms;
        rate->cost += at.rate ? block->amount * at.rate->price : NAN;
        if (!isnan(power) && !(power <= rate->peak))
            rate->peak = power;
    }
    return count;
}
