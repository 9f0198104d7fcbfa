/*
 * Each function reads rows once and keeps nothing. The tree is written by descending from the meters without a parent of their carrier; struct tree holds
 * where it writes, and no meter is its own ancestor (plant.h).
 */
#include "core/energy_report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/period.h"

enum { HALF_HOUR_MS = 1800000, HOUR_MS = 3600000 };

static const double rest_share = 0.001; /* of the parent: less is rounding of the registers */

double energy_specific(double amount, double good)
{
    return good > 0 ? amount / good : NAN;
}

double energy_idle_share(const struct energy *sum)
{
    return sum->amount > 0 && (sum->idle > 0 || sum->running_ms > 0) ? sum->idle / sum->amount : NAN;
}

/* ---- months ---- */

size_t energy_months(const struct energy_series *s, const struct zone *zone, double demand_charge, struct energy_month **months)
{
    size_t count = 0, capacity = 0;
    *months = NULL;
    for (size_t b = 0; b < s->count; b = energy_series_at(s, (*months)[count - 1].to_ms)) {
        struct period period = period_at(zone, NULL, PERIOD_MONTH, s->blocks[b].from_ms);
        struct civil c = zone_civil(zone, s->blocks[b].from_ms);
        *months = mem_grow(*months, count, &capacity, sizeof **months);
        struct energy_month *month = &(*months)[count++];
        *month = (struct energy_month){.month = c.year * 100 + c.month, .from_ms = period.from_ms, .to_ms = period.to_ms};
        month->figures = energy_figures(s, zone, s->blocks[b].from_ms, period.to_ms);
        month->charge = demand_charge > 0 ? month->figures.peak * demand_charge : NAN;
    }
    return count;
}

/* ---- the tree ---- */

struct tree {
    const struct plant *plant;
    uint16_t carrier;
    double *amounts;
    bool *told;               /* its amount is known, or made up from what is under it */
    struct energy_branch *branches;
    size_t count, capacity;
    double root;
};

static bool is_of(const struct tree *t, uint32_t meter)
{
    return t->plant->meters[meter].carrier == t->carrier && t->plant->meters[meter].kind != METER_EMISSION;
}

static bool is_child(const struct tree *t, uint32_t meter, uint32_t parent)
{
    uint32_t its = t->plant->meters[meter].parent;
    bool top = its == NO_METER || !is_of(t, its);
    return is_of(t, meter) && (parent == NO_METER ? top : !top && its == parent);
}

/* The sum of what is under a meter; *count is how many there are. NAN: one of them is unknown. */
static double under(struct tree *t, uint32_t parent, size_t *count);

static double amount_of(struct tree *t, uint32_t meter)
{
    if (!t->told[meter]) {
        size_t count;
        double sum = t->plant->meters[meter].kind == METER_SUM && isnan(t->amounts[meter]) ? under(t, meter, &count) : t->amounts[meter];
        t->amounts[meter] = sum;
        t->told[meter] = true;
    }
    return t->amounts[meter];
}

static double under(struct tree *t, uint32_t parent, size_t *count)
{
    double sum = 0;
    *count = 0;
    for (uint32_t m = 0; m < t->plant->meter_count; m++)
        if (is_child(t, m, parent)) {
            sum += amount_of(t, m);
            ++*count;
        }
    return *count ? sum : NAN;
}

static struct energy_branch *add_branch(struct tree *t, uint32_t meter, unsigned depth, double amount)
{
    t->branches = mem_grow(t->branches, t->count, &t->capacity, sizeof *t->branches);
    struct energy_branch *branch = &t->branches[t->count++];
    *branch = (struct energy_branch){.meter = meter, .depth = depth, .amount = amount, .share = t->root > 0 ? amount / t->root : NAN};
    return branch;
}

static void descend(struct tree *t, uint32_t parent, unsigned depth);

/* The most first; what is unknown comes last. */
static void add_children(struct tree *t, uint32_t parent, unsigned depth)
{
    bool *done = mem_zero(t->plant->meter_count + 1, sizeof *done);
    for (;;) {
        uint32_t best = NO_METER;
        for (uint32_t m = 0; m < t->plant->meter_count; m++)
            if (!done[m] && is_child(t, m, parent) && (best == NO_METER || amount_of(t, m) > amount_of(t, best) || (isnan(amount_of(t, best)) && !isnan(amount_of(t, m)))))
                best = m;
        if (best == NO_METER)
            break;
        done[best] = true;
        if (parent == NO_METER)
            t->root = amount_of(t, best);
        add_branch(t, best, depth, amount_of(t, best));
        descend(t, best, depth + 1);
    }
    free(done);
}

static void descend(struct tree *t, uint32_t parent, unsigned depth)
{
    size_t children;
    double sum = under(t, parent, &children), rest = amount_of(t, parent) - sum;
    add_children(t, parent, depth);
    if (children == 0 || fabs(rest) <= rest_share * fabs(amount_of(t, parent)))
        return;
    struct energy_branch *branch = add_branch(t, parent, depth, rest);
    branch->rest = true;
    branch->more = rest < 0;
}

size_t energy_tree(const struct plant *plant, uint16_t carrier, const double *amounts, struct energy_branch **branches)
{
    struct tree t = {.plant = plant, .carrier = carrier};
    t.amounts = mem_resize(NULL, plant->meter_count + 1, sizeof *t.amounts);
    t.told = mem_zero(plant->meter_count + 1, sizeof *t.told);
    for (size_t m = 0; m < plant->meter_count; m++)
        t.amounts[m] = amounts[m];
    add_children(&t, NO_METER, 0);
    free(t.amounts);
    free(t.told);
    *branches = t.branches;
    return t.count;
}

/* ---- baseline ---- */

static bool row_known(const struct baseline_row *row, size_t drivers)
{
    bool known = isfinite(row->actual) != 0;
    for (size_t d = 0; d < drivers; d++)
        known &= isfinite(row->x[d]) != 0;
    return known;
}

const double energy_baseline_measured = 0.9;

double energy_driver_value(const struct baseline_driver *driver, double mean)
{
    double degrees = driver->kind == DRIVER_ABOVE ? mean - driver->base : driver->base - mean;
    return driver->kind == DRIVER_MEAN ? mean : degrees > 0 ? degrees : 0;
}

/* Nothing of the period can be used: what is it that is not there? */
static void tell_lack(const struct baseline *b, const struct baseline_row *rows, size_t count, struct baseline_fit *out)
{
    bool measured = false, known[BASELINE_DRIVERS] = {false};
    for (size_t r = 0; r < count; r++) {
        if (rows[r].day < b->from || rows[r].day > b->to || !isfinite(rows[r].actual))
            continue;
        measured = true;
        for (size_t d = 0; d < b->driver_count; d++)
            known[d] = known[d] || isfinite(rows[r].x[d]);
    }
    out->why = measured ? "on no day of its period are energy and all drivers known" : "nothing was measured in its period";
    for (size_t d = 0; measured && d < b->driver_count && !out->lacks; d++)
        if (!known[d]) {
            out->why = "of this driver nothing is known in its period";
            out->lacks = b->drivers[d].name;
        }
}

void energy_baseline_fit(const struct baseline *b, const struct baseline_row *rows, size_t count, struct baseline_fit *out)
{
    struct regress_row *known = mem_zero(count + 1, sizeof *known);
    *out = (struct baseline_fit){.fit = {.r2 = NAN, .r2_adjusted = NAN}};
    for (size_t r = 0; r < count; r++) {
        if (rows[r].day < b->from || rows[r].day > b->to)
            continue;
        if (!row_known(&rows[r], b->driver_count)) {
            out->left_out++;
            continue;
        }
        known[out->used].y = rows[r].actual;
        memcpy(known[out->used++].x, rows[r].x, sizeof known->x);
    }
    out->fitted = regress(known, out->used, b->driver_count, &out->fit);
    if (!out->fitted)
        out->why = out->used < b->driver_count + 2 ? b->weekly ? "fewer weeks are known than its drivers need" : "fewer days are known than its drivers need"
                                                   : "its drivers depend on each other, or one never changes";
    if (out->used == 0)
        tell_lack(b, rows, count, out);
    free(known);
}

void energy_baseline_tell(const struct baseline_fit *fit, struct baseline_row *rows, size_t count)
{
    double saved = 0;
    for (size_t r = 0; r < count; r++) {
        bool known = fit->fitted && row_known(&rows[r], fit->fit.drivers);
        rows[r].expected = known ? regress_expected(&fit->fit, rows[r].x) : NAN;
        rows[r].saving = rows[r].expected - rows[r].actual;
        saved += known ? rows[r].saving : 0;
        rows[r].saved = fit->fitted ? saved : NAN;
    }
}

/* ---- emissions ---- */

static size_t clock_means(const struct energy_series *quarters, const struct emission *e, int kind, const struct zone *zone, struct emission_row **rows)
{
    struct energy_series blocks;
    energy_series_coarse(quarters, kind == EMISSION_HALF_HOUR ? HALF_HOUR_MS : HOUR_MS, zone, &blocks);
    *rows = mem_zero(blocks.count + 1, sizeof **rows);
    for (size_t b = 0; b < blocks.count; b++) {
        const struct energy_block *block = &blocks.blocks[b];
        struct emission_row row = {.from_ms = block->from_ms, .to_ms = block->from_ms + blocks.step_ms, .mean = NAN, .valid = (double)block->valid_ms / (double)blocks.step_ms};
        if (block->valid_ms > 0 && row.valid >= e->valid_share)
            row.mean = block->amount / ((double)block->valid_ms / HOUR_MS);
        (*rows)[b] = row;
    }
    size_t count = blocks.count;
    energy_series_finish(&blocks);
    return count;
}

/* The mean of a day's valid half-hour means. */
static size_t day_means(const struct energy_series *quarters, const struct emission *e, const struct zone *zone, struct emission_row **rows)
{
    struct emission_row *halves;
    size_t halves_count = clock_means(quarters, e, EMISSION_HALF_HOUR, zone, &halves), count = 0, capacity = 0;
    *rows = NULL;
    for (size_t h = 0; h < halves_count;) {
        struct period day = period_at(zone, NULL, PERIOD_DAY, halves[h].from_ms);
        double sum = 0, valid = 0;
        for (; h < halves_count && halves[h].from_ms < day.to_ms; h++)
            if (!isnan(halves[h].mean)) {
                sum += halves[h].mean;
                valid++;
            }
        struct emission_row row = {.from_ms = day.from_ms, .to_ms = day.to_ms, .mean = NAN, .valid = valid * HALF_HOUR_MS / (double)(day.to_ms - day.from_ms)};
        if (valid > 0 && row.valid >= e->valid_share)
            row.mean = sum / valid;
        *rows = mem_grow(*rows, count, &capacity, sizeof **rows);
        (*rows)[count++] = row;
    }
    free(halves);
    return count;
}

size_t emission_means(const struct energy_series *quarters, const struct emission *e, int kind, const struct zone *zone, struct emission_row **rows)
{
    size_t count = kind == EMISSION_DAY ? day_means(quarters, e, zone, rows) : clock_means(quarters, e, kind, zone, rows);
    for (size_t r = 0; r < count; r++)
        (*rows)[r].over = (*rows)[r].mean > e->limit[kind];
    return count;
}

struct emission_sum emission_sum(const struct emission_row *rows, size_t count, double limit)
{
    struct emission_sum sum = {.rows = count, .mean = NAN, .highest = NAN};
    double all = 0;
    for (size_t r = 0; r < count; r++) {
        if (isnan(rows[r].mean))
            continue;
        sum.valid++;
        all += rows[r].mean;
        if (!(rows[r].mean <= sum.highest)) {
            sum.highest = rows[r].mean;
            sum.highest_ms = rows[r].from_ms;
        }
        sum.exceeded += rows[r].over;
        sum.exceeded_min += rows[r].over ? (double)(rows[r].to_ms - rows[r].from_ms) / 60000 : 0;
    }
    sum.mean = sum.valid ? all / (double)sum.valid : NAN;
    sum.used = limit > 0 ? sum.highest / limit : NAN;
    sum.used_mean = limit > 0 ? sum.mean / limit : NAN;
    return sum;
}
