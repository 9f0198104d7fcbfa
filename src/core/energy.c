/*
 * Energy is a bag of sums, as accounts are: any two add up to a third, and nothing in it is a share.
 */
#include "core/energy.h"

#include <math.h>
#include <string.h>

static void gather(struct energy *sum, const struct energy *other, int sign)
{
    sum->amount += sign * other->amount;
    sum->reactive += sign * other->reactive;
    sum->leading += sign * other->leading;
    sum->idle += sign * other->idle;
    sum->estimated += sign * other->estimated;
    sum->valid_ms += sign * other->valid_ms;
    sum->missing_ms += sign * other->missing_ms;
    sum->running_ms += sign * other->running_ms;
}

void energy_add(struct energy *sum, const struct energy *other) { gather(sum, other, 1); }
void energy_subtract(struct energy *sum, const struct energy *other) { gather(sum, other, -1); }

double energy_power_factor(double amount, double reactive)
{
    double apparent = sqrt(amount * amount + reactive * reactive);
    return apparent > 0 ? amount / apparent : 0;
}

bool energy_cell_same(const struct energy_cell *a, const struct energy_cell *b)
{
    return a->from_ms == b->from_ms && a->to_ms == b->to_ms && a->shift_ms == b->shift_ms && a->day == b->day && a->planned == b->planned &&
        strcmp(a->shift, b->shift) == 0 && strcmp(a->crew, b->crew) == 0 && strcmp(a->product, b->product) == 0 && strcmp(a->order, b->order) == 0;
}
