/*
 * fixture_shop: an electronics hall in its late shift, at 17:06:40, with shifts, a break, crews, an order, a plan, a tree of reasons: one line whose second
 * placer stands again and again, one that makes more than its standard says, one without an ideal cycle, one whose shift is over.
 */
#ifndef ANDON_TESTS_FIXTURE_SHOP_H
#define ANDON_TESTS_FIXTURE_SHOP_H

#include "fixture.h"

/* `chinese`: what is called somehow, is so in Chinese. */
void fixture_shop(struct fixture *f, bool chinese);
/* The same hall, first heard at a second of that day and not at 05:40. */
void fixture_shop_heard(struct fixture *f, bool chinese, int first);
#define SHOP_LINE "nord/hall2/smt3"
#define SHOP_PLACER SHOP_LINE "/placer2"

#endif
