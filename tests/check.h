/*
 * check: what every test file includes: cmocka with the headers it wants, and the asserts that it lacks.
 */
#ifndef ANDON_TESTS_CHECK_H
#define ANDON_TESTS_CHECK_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* cmocka 1.1.5 compares floats only: this compares doubles. */
#define assert_near(actual, expected, tolerance)                                                                        \
    do {                                                                                                                \
        double near_a_ = (actual), near_b_ = (expected);                                                                \
        if (!(fabs(near_a_ - near_b_) <= (tolerance)))                                                                  \
            fail_msg("%s is %.17g, expected %.17g", #actual, near_a_, near_b_);                                         \
    } while (0)

#define CASE(function) cmocka_unit_test(function)

#endif
