/*
 * Least squares against values reckoned exactly, with rational numbers: Longley's data (NIST, StRD), whose drivers nearly depend on each other, two drivers
 * that differ by millionths, a polynomial without any error, and days of a plant.
 */
#include "check.h"

#include "core/regress.h"

static void assert_figures(double actual, double expected, double within)
{
    assert_near(actual, expected, within * (fabs(expected) > 1e-300 ? fabs(expected) : 1));
}

static void assert_fit(const struct regression *fit, const double *b, const double *error, double within)
{
    for (size_t d = 0; d <= fit->drivers; d++) {
        assert_figures(fit->b[d], b[d], within);
        assert_figures(fit->error[d], error[d], within);
    }
}

static void longley(void **state)
{
    (void)state;
    static const struct regress_row rows[] = {
        {60323, {83.0, 234289, 2356, 1590, 107608, 1947}}, {61122, {88.5, 259426, 2325, 1456, 108632, 1948}}, {60171, {88.2, 258054, 3682, 1616, 109773, 1949}},
        {61187, {89.5, 284599, 3351, 1650, 110929, 1950}}, {63221, {96.2, 328975, 2099, 3099, 112075, 1951}}, {63639, {98.1, 346999, 1932, 3594, 113270, 1952}},
        {64989, {99.0, 365385, 1870, 3547, 115094, 1953}}, {63761, {100.0, 363112, 3578, 3350, 116219, 1954}}, {66019, {101.2, 397469, 2904, 3048, 117388, 1955}},
        {67857, {104.6, 419180, 2822, 2857, 118734, 1956}}, {68169, {108.4, 442769, 2936, 2798, 120445, 1957}}, {66513, {110.8, 444546, 4681, 2637, 121950, 1958}},
        {68655, {112.6, 482704, 3813, 2552, 123366, 1959}}, {69564, {114.2, 502601, 3931, 2514, 125368, 1960}}, {69331, {115.7, 518173, 4806, 2572, 127852, 1961}},
        {70551, {116.9, 554894, 4007, 2827, 130081, 1962}},
    };
    static const double b[] = {-3482258.6345958184, 15.061872271373295, -0.035819179292591014, -2.020229803816825, -1.033226867173592, -0.051104105653580714, 1829.1514646135518};
    static const double error[] = {890420.3836073725, 84.91492577476694, 0.03349100777224319, 0.48839968165169945, 0.21427416316167527, 0.22607320006937034, 455.478499142212};
    struct regression fit;
    assert_true(regress(rows, 16, 6, &fit));
    assert_fit(&fit, b, error, 1e-9);
    assert_near(fit.r2, 0.9954790045772957, 1e-12);
    assert_near(fit.r2_adjusted, 0.9924650076288261, 1e-12);
    assert_figures(fit.deviation, 304.8540735619648, 1e-10);
    assert_true(fit.weak); /* three drivers say nothing that the others do not */
}

static void drivers_that_differ_by_millionths(void **state)
{
    (void)state;
    struct regress_row rows[12];
    for (int i = 0; i < 12; i++) {
        static const int noise[] = {1, -1, 2, 0, -2, 1};
        double apart = i * i % 7 * 1e-6, x = 100 + i;
        rows[i] = (struct regress_row){5 + 2 * x + 3 * (x + apart) + noise[i % 6] / 10.0, {x, x + apart}};
    }
    struct regression fit;
    assert_true(regress(rows, 12, 2, &fit));
    assert_fit(&fit, (const double[]){5.472276249414946, -19915.837121015134, 19920.832440584534}, (const double[]){1.3427742287130087, 31959.98069549371, 31959.978795772186}, 1e-5);
    assert_near(fit.r2, 0.9999422927629069, 1e-10);
    assert_true(fit.weak); /* whatever R^2 says: neither driver can be told from nought */
}

static void a_polynomial_without_error(void **state)
{
    (void)state;
    struct regress_row rows[21];
    for (int i = 0; i < 21; i++) {
        double x = i, power = 1;
        rows[i].y = 1;
        for (int d = 0; d < 5; d++) {
            power *= x;
            rows[i].x[d] = power;
            rows[i].y += power;
        }
    }
    struct regression fit;
    assert_true(regress(rows, 21, 5, &fit));
    for (int d = 0; d <= 5; d++)
        assert_near(fit.b[d], 1, 1e-6);
    assert_near(fit.r2, 1, 1e-12);
    assert_false(fit.weak);
}

static const struct regress_row days[] = {
    {5210, {1000, 12.5}}, {5490, {1100, 12.0}}, {4230, {700, 9.5}}, {3020, {0, 14.0}}, {2870, {0, 11.5}},
    {5620, {1180, 10.0}}, {5330, {1020, 13.0}}, {5105, {950, 12.8}}, {4770, {860, 11.0}}, {5900, {1240, 13.5}},
};

static void days_of_a_plant(void **state)
{
    (void)state;
    struct regression fit;
    assert_true(regress(days, 10, 2, &fit));
    assert_fit(&fit, (const double[]){1991.3661715990488, 2.3581494884676544, 72.18893908050829}, (const double[]){204.09817001439222, 0.05291335612969432, 16.163341983691346}, 1e-12);
    assert_near(fit.r2, 0.9964884252869184, 1e-13);
    assert_near(fit.r2_adjusted, 0.995485118226038, 1e-13);
    assert_figures(fit.deviation, 71.1769634486271, 1e-12);
    assert_false(fit.weak);
    assert_near(regress_expected(&fit, (const double[]){1000, 12}), 1991.3661715990488 + 2358.1494884676544 + 12 * 72.18893908050829, 1e-8);
}

static void what_depends_on_each_other_has_no_answer(void **state)
{
    (void)state;
    struct regress_row rows[10];
    struct regression untouched = {.rows = 77};
    for (int i = 0; i < 10; i++)
        rows[i] = (struct regress_row){days[i].y, {days[i].x[0], 3 * days[i].x[0] + 0.1, 2018}};
    assert_false(regress(rows, 10, 2, &untouched)); /* one is a line of the other */
    for (int i = 0; i < 10; i++)
        rows[i].x[1] = days[i].x[1];
    assert_false(regress(rows, 10, 3, &untouched)); /* a driver that never changes is the base load */
    assert_true(regress(rows, 10, 2, &(struct regression){0}));
    for (int i = 0; i < 10; i++)
        rows[i].x[0] = 0;
    assert_false(regress(rows, 10, 2, &untouched)); /* nothing was produced at all */
    assert_false(regress(days, 3, 2, &untouched));  /* three rows go through any plane */
    rows[4].y = NAN;
    assert_false(regress(rows, 10, 1, &untouched));
    assert_int_equal(untouched.rows, 77);
}

static void what_does_not_vary_has_no_r2(void **state)
{
    (void)state;
    struct regression fit;
    struct regress_row rows[5];
    for (int i = 0; i < 5; i++)
        rows[i] = (struct regress_row){42, {i}};
    assert_true(regress(rows, 5, 1, &fit));
    assert_true(isnan(fit.r2) && isnan(fit.r2_adjusted) && fit.weak);
    assert_near(fit.b[0], 42, 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(longley), CASE(drivers_that_differ_by_millionths), CASE(a_polynomial_without_error), CASE(days_of_a_plant), CASE(what_depends_on_each_other_has_no_answer),
        CASE(what_does_not_vary_has_no_r2),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
