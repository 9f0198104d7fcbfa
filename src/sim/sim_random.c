/*
 * A die is 64 bits of state that step by a constant; the output is a mix of them (splitmix64, Steele, Lea and Flood 2014). It
 * cannot fall into a short cycle, and any state is a good one.
 */
#include "sim/sim_random.h"

uint64_t dice_next(struct dice *dice)
{
    uint64_t z = dice->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

struct dice dice_make(uint64_t seed, uint64_t which)
{
    struct dice a = {seed}, b = {which * UINT64_C(0xd1342543de82ef95) + 1};
    return (struct dice){dice_next(&a) ^ dice_next(&b)};
}

double dice_unit(struct dice *dice)
{
    return (double)(dice_next(dice) >> 11) * (1.0 / 9007199254740992.0);
}

double dice_between(struct dice *dice, double from, double to)
{
    return from + (to - from) * dice_unit(dice);
}

uint32_t dice_pick(struct dice *dice, uint32_t count)
{
    return (uint32_t)(((dice_next(dice) >> 32) * count) >> 32);
}

bool dice_chance(struct dice *dice, double probability)
{
    return dice_unit(dice) < probability;
}

double dice_noise(struct dice *dice)
{
    uint64_t bits = dice_next(dice);
    int64_t sum = 0;
    for (int i = 0; i < 4; i++, bits >>= 16)
        sum += (int64_t)(bits & 0xffff) * 2 - 0xffff;
    /* Each term is uniform on +-65535, deviation 65535 / sqrt(3); four of them, twice that. */
    return (double)sum * (1.7320508075688772 / (2.0 * 65535.0));
}
