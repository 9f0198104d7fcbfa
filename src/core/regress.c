/*
 * Least squares by Householder reflections on the rows themselves: the normal equations would lose half of the digits, and drivers of a plant (pieces,
 * hours run, degree days) go with each other. A struct fitting holds the matrix by columns: a column of ones first, then the drivers, each divided by its
 * length, then y; what is below the diagonal of a finished column is its reflection's vector and no longer the matrix.
 */
#include "core/regress.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "core/memory.h"

enum { COLUMNS = BASELINE_DRIVERS + 1 };

static const double dependent = 1e-11; /* what is left of a column of length 1 when the ones before it are taken out: that is rounding */
static const double weak_r2 = 0.75, weak_ratio = 2;

struct fitting {
    size_t rows, columns;
    double *column[COLUMNS + 1];    /* the last of them is y */
    double length[COLUMNS];
    double diagonal[COLUMNS];
};

static double column_length(const double *column, size_t from, size_t rows)
{
    double most = 0, sum = 0;
    for (size_t r = from; r < rows; r++)
        most = fabs(column[r]) > most ? fabs(column[r]) : most;
    for (size_t r = from; most > 0 && r < rows; r++)
        sum += column[r] / most * (column[r] / most);
    return most * sqrt(sum);
}

/* Takes the reflection of column `c` through `other`. */
static void reflect(const struct fitting *f, size_t c, double *other)
{
    const double *v = f->column[c];
    double along = 0, square = 0;
    for (size_t r = c; r < f->rows; r++) {
        along += v[r] * other[r];
        square += v[r] * v[r];
    }
    for (size_t r = c; square > 0 && r < f->rows; r++)
        other[r] -= 2 * along / square * v[r];
}

/* False: a column is, but for rounding, made of those before it. */
static bool triangle(struct fitting *f)
{
    for (size_t c = 0; c < f->columns; c++) {
        double *v = f->column[c], left = column_length(v, c, f->rows);
        if (!(left > dependent * (c == 0 ? sqrt((double)f->rows) : 1)))
            return false;
        f->diagonal[c] = v[c] > 0 ? -left : left;
        v[c] -= f->diagonal[c];
        for (size_t other = c + 1; other <= f->columns; other++)
            reflect(f, c, f->column[other]);
    }
    return true;
}

/* Solves R x = right, where R is the triangle. */
static void back(const struct fitting *f, const double *right, double *x)
{
    for (size_t c = f->columns; c-- > 0;) {
        double sum = right[c];
        for (size_t k = c + 1; k < f->columns; k++)
            sum -= f->column[k][c] * x[k];
        x[c] = sum / f->diagonal[c];
    }
}

/* The rows of R's inverse have the lengths that standard errors are made of. */
static void errors(const struct fitting *f, double deviation, double *error)
{
    double square[COLUMNS] = {0};
    for (size_t c = 0; c < f->columns; c++) {
        double unit[COLUMNS] = {0}, x[COLUMNS] = {0};
        unit[c] = 1;
        back(f, unit, x);
        for (size_t k = 0; k < f->columns; k++)
            square[k] += x[k] * x[k];
    }
    for (size_t k = 0; k < f->columns; k++)
        error[k] = deviation * sqrt(square[k]) / f->length[k];
}

static void judge(const struct regress_row *rows, struct regression *fit)
{
    size_t freedom = fit->rows - fit->drivers - 1;
    double mean = 0, off = 0, left = 0;
    for (size_t r = 0; r < fit->rows; r++)
        mean += (rows[r].y - mean) / (double)(r + 1);
    for (size_t r = 0; r < fit->rows; r++) {
        double residual = rows[r].y - regress_expected(fit, rows[r].x);
        off += (rows[r].y - mean) * (rows[r].y - mean);
        left += residual * residual;
    }
    fit->deviation = sqrt(left / (double)freedom);
    fit->r2 = off > 0 ? 1 - left / off : NAN;
    fit->r2_adjusted = off > 0 ? 1 - left / off * (double)(fit->rows - 1) / (double)freedom : NAN;
}

static bool is_weak(const struct regression *fit)
{
    bool weak = !(fit->r2_adjusted >= weak_r2);
    for (size_t d = 1; d <= fit->drivers; d++)
        weak |= !(fabs(fit->b[d]) >= weak_ratio * fit->error[d]);
    return weak;
}

/* False: a number is none. */
static bool fill(struct fitting *f, const struct regress_row *rows)
{
    bool finite = true;
    for (size_t r = 0; r < f->rows; r++) {
        f->column[0][r] = 1;
        for (size_t d = 1; d < f->columns; d++) {
            f->column[d][r] = rows[r].x[d - 1];
            finite &= isfinite(rows[r].x[d - 1]) != 0;
        }
        f->column[f->columns][r] = rows[r].y;
        finite &= isfinite(rows[r].y) != 0;
    }
    f->length[0] = 1;
    for (size_t d = 1; d < f->columns; d++) {
        f->length[d] = column_length(f->column[d], 0, f->rows);
        for (size_t r = 0; f->length[d] > 0 && r < f->rows; r++)
            f->column[d][r] /= f->length[d];
    }
    return finite;
}

bool regress(const struct regress_row *rows, size_t count, size_t drivers, struct regression *out)
{
    struct fitting f = {.rows = count, .columns = drivers + 1};
    struct regression fit = {.drivers = drivers, .rows = count};
    if (drivers > BASELINE_DRIVERS || count < drivers + 2)
        return false;
    double *all = mem_zero(count * (f.columns + 1), sizeof *all);
    for (size_t c = 0; c <= f.columns; c++)
        f.column[c] = all + c * count;
    bool good = fill(&f, rows) && triangle(&f);
    if (good) {
        back(&f, f.column[f.columns], fit.b);
        for (size_t c = 0; c < f.columns; c++)
            fit.b[c] /= f.length[c];
        judge(rows, &fit);
        errors(&f, fit.deviation, fit.error);
        fit.weak = is_weak(&fit);
        *out = fit;
    }
    free(all);
    return good;
}

double regress_expected(const struct regression *fit, const double *x)
{
    double y = fit->b[0];
    for (size_t d = 0; d < fit->drivers; d++)
        y += fit->b[d + 1] * x[d];
    return y;
}
