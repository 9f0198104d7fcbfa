/*
 * regress: least squares of a quantity on its drivers (ISO 50006 baselines): y = b[0] + b[1] x1 + ... Pure.
 *
 *     struct regression fit;
 *     if (regress(rows, count, drivers, &fit)) ... regress_expected(&fit, x)
 */
#ifndef ANDON_CORE_REGRESS_H
#define ANDON_CORE_REGRESS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/energy.h"

struct regress_row { double y, x[BASELINE_DRIVERS]; };

struct regression {
    size_t drivers, rows;
    double b[BASELINE_DRIVERS + 1];     /* b[0]: base load */
    double error[BASELINE_DRIVERS + 1]; /* standard error of each */
    double r2, r2_adjusted;             /* NAN: y does not vary */
    double deviation;                   /* residual standard deviation, n - p - 1 degrees of freedom */
    bool weak;                          /* adjusted R^2 under .75, or a driver whose |b / error| is under 2: say so */
};

/* By Householder QR. False: fewer than drivers + 2 rows, or drivers that depend on each other; `out` is untouched. */
bool regress(const struct regress_row *rows, size_t count, size_t drivers, struct regression *out);
double regress_expected(const struct regression *fit, const double *x);

#endif
