/*
 * What a report on energy reckons from what was read: of the subjects that are told at length months, peaks, rates, days and typical days; what was produced with
 * it, from the report on production of the same period; the tree of meters; emissions.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/meters.h"
#include "cli/work.h"
#include "core/memory.h"

enum { TYPICAL_WEEKS = 8, OWN_TYPICAL_DAYS = 14, GOOD_HOURS_DAYS = 62 };
#define DAY_MS INT64_C(86400000)
#define REMEMBERED_MS (26 * INT64_C(3600000))

/* ---- at length ---- */

static bool around(const struct meters *meters, const struct meters_source *source, const struct meters_subject *s, int64_t from_ms, struct energy_series *out, struct error *err)
{
    for (size_t l = 0; l < s->leaf_count; l++) {
        struct energy_series own = {.step_ms = METER_QUARTER_MS};
        struct energy_row *rows;
        size_t count, facts;
        if (!meters_quarters(source, meters->plant, s->leaves[l], (struct period){from_ms, meters->period.to_ms}, &rows, &count, &facts, err))
            return false;
        energy_series_rows(&own, rows, count);
        energy_series_merge(out, &own);
        energy_series_finish(&own);
        free(rows);
    }
    return true;
}

/* Typical days are of the weeks before the last day; a period of two weeks tells them by itself. */
static bool add_typical(const struct meters *meters, const struct meters_source *source, struct meters_subject *s, struct error *err)
{
    struct energy_series more = {.step_ms = METER_QUARTER_MS};
    struct period last = period_at(meters->zone, NULL, PERIOD_DAY, meters->period.to_ms - 1);
    bool own = last.from_ms - meters->period.from_ms >= OWN_TYPICAL_DAYS * DAY_MS;
    bool good = own || around(meters, source, s, last.from_ms - TYPICAL_WEEKS * 7 * DAY_MS, &more, err);
    const struct energy_series *from = own ? &s->quarters : &more;
    for (int weekday = 0; weekday < 7; weekday++)
        s->typical_days[weekday] = energy_typical(from, meters->zone, weekday, own ? INT64_MAX : last.from_ms, s->typical[weekday]);
    s->last_ms = last.from_ms;
    s->last_to_ms = meters->period.to_ms;
    energy_profile(from, meters->zone, last.from_ms, s->last);
    energy_profile(from, meters->zone, period_day(meters->zone, last.from_ms - 1), s->before);
    energy_series_finish(&more);
    return good;
}

static const struct demand *demand_of(const struct plant *plant, const struct meters_subject *s)
{
    for (size_t d = 0; d < plant->demand_count; d++) {
        uint32_t meter = plant->demands[d].meter;
        if (meter == s->meter || (s->meter == NO_METER && s->leaf_count == 1 && s->leaves[0] == meter))
            return &plant->demands[d];
    }
    return NULL;
}

/* Who buys: the site, or a meter that no other measures. */
static bool pays_demand(const struct plant *plant, const struct meters_subject *s)
{
    return s->meter == NO_METER ? s->node == 0 : plant->meters[s->meter].parent == NO_METER;
}

static void add_rates(const struct meters *meters, struct meters_subject *s)
{
    const struct plant *plant = meters->plant;
    uint16_t index = plant->carriers[s->carrier].tariff;
    struct energy_rate rates[ENERGY_RATES];
    if (index == NO_TARIFF)
        return;
    const struct tariff *tariff = &plant->tariffs[index];
    size_t count = energy_rates(&s->quarters, tariff, &plant->calendars[tariff->calendar], meters->zone, INT64_MIN, INT64_MAX, rates);
    for (size_t r = 0; r < count; r++) {
        struct meters_part like = {.from_ms = meters->period.from_ms, .to_ms = meters->period.to_ms, .planned = true};
        snprintf(like.name, sizeof like.name, "%s", rates[r].name);
        struct meters_part *part = meters_part_at(&s->parts[METERS_BY_RATE], METERS_BY_RATE, &like);
        part->sum = (struct energy){.amount = rates[r].amount, .valid_ms = rates[r].valid_ms};
        part->cost = rates[r].cost;
        part->carbon = NAN;
    }
    if (tariff->demand_charge > 0 && pays_demand(plant, s))
        s->demand_charge = tariff->demand_charge;
}

static bool tell_at_length(const struct meters *meters, const struct meters_source *source, struct meters_subject *s, struct error *err)
{
    struct energy_series blocks = {.step_ms = METER_QUARTER_MS};
    const struct demand *demand = demand_of(meters->plant, s);
    s->demand = demand;
    s->block_ms = demand && demand->block_ms > METER_QUARTER_MS ? demand->block_ms : METER_QUARTER_MS;
    energy_series_coarse(&s->quarters, s->block_ms, meters->zone, &blocks);
    add_rates(meters, s);
    s->month_count = energy_months(&blocks, meters->zone, s->demand_charge, &s->months);
    for (size_t m = 0; m < s->month_count; m++) /* of a part of a month the highest demand is not known, but of the running one so far */
        if (s->months[m].from_ms < meters->period.from_ms || (s->months[m].to_ms > meters->period.to_ms && meters->period.to_ms < meters->newest_ms))
            s->months[m].charge = NAN;
    s->peak_count = energy_peaks(&blocks, INT64_MIN, INT64_MAX, s->peaks);
    s->date_count = energy_dates(&s->quarters, meters->zone, &s->dates);
    for (size_t b = 0; demand && b < blocks.count; b++) {
        double power = energy_block_power(&blocks, &blocks.blocks[b]);
        s->over_limit += power > demand->limit;
        s->over_warn += power > demand->warn;
    }
    energy_series_finish(&blocks);
    return add_typical(meters, source, s, err);
}

/* ---- what was produced ---- */

static bool lies_in(const struct plant *plant, const struct meters_subject *s, const struct work_line *line)
{
    if (s->meter != NO_METER && plant->nodes[s->node].level == LEVEL_UNIT)
        return false;
    return line->counts && line->node != NO_NODE && line->node >= s->node && line->node < plant->nodes[s->node].end;
}

static bool same_stretch(const struct meters *meters, enum meters_by by, const struct meters_part *part, const struct work_part *made)
{
    struct civil c = zone_civil(meters->zone, part->from_ms);
    switch (by) {
    case METERS_BY_HOUR:
    case METERS_BY_DAY: return made->from_ms >= part->from_ms && made->from_ms < part->to_ms;
    case METERS_BY_MONTH: return made->day / 100 == c.year * 100 + c.month;
    case METERS_BY_SHIFT: return made->from_ms == part->shift_ms;
    default: return strcmp(made->name, part->name) == 0;
    }
}

static const char *unit_of(const struct plant *plant, uint32_t line)
{
    uint32_t tag = plant->nodes[line].role_tag[ROLE_GOOD], constraint = plant->nodes[line].constraint;
    if (tag == NO_TAG && constraint != NO_NODE)
        tag = plant->nodes[constraint].role_tag[ROLE_GOOD];
    return tag == NO_TAG ? NULL : plant->tags[tag].def->unit;
}

static void note_units(struct meters *meters, const struct work *work)
{
    for (size_t i = 0; i < meters->subject_count; i++) {
        struct meters_subject *s = &meters->subjects[i];
        for (size_t l = 0; l < work->line_count; l++) {
            const char *unit = lies_in(meters->plant, s, &work->lines[l]) ? unit_of(meters->plant, work->lines[l].node) : NULL;
            s->mixed = s->mixed || (unit && s->good_unit && strcmp(unit, s->good_unit) != 0);
            s->good_unit = unit ? unit : s->good_unit;
        }
    }
}

static void add_good(double *good, double more)
{
    *good = isnan(*good) ? more : *good + more;
}

static void add_made(struct meters *meters, const struct work *work, enum meters_by by)
{
    if (by == METERS_BY_NOTHING)
        note_units(meters, work);
    for (size_t i = 0; i < meters->subject_count; i++) {
        struct meters_subject *s = &meters->subjects[i];
        for (size_t l = 0; l < work->line_count; l++) {
            const struct work_line *line = &work->lines[l];
            const struct work_parts *made = by == METERS_BY_SHIFT ? &line->shifts : &line->parts;
            if (s->mixed || !lies_in(meters->plant, s, line))
                continue;
            if (by == METERS_BY_NOTHING)
                add_good(&s->good, line->sum.good);
            for (size_t p = 0; p < s->parts[by].count; p++)
                for (size_t m = 0; m < made->count; m++)
                    if (same_stretch(meters, by, &s->parts[by].rows[p], &made->rows[m]))
                        add_good(&s->parts[by].rows[p].good, made->rows[m].sum.good);
        }
    }
}

/* Without accounts nothing is known of what was produced, and no figure is told. */
static void add_production(struct meters *meters, const struct meters_source *source)
{
    static const enum account_by names[METERS_BYS] = {[METERS_BY_HOUR] = BY_HOUR, [METERS_BY_DAY] = BY_HOUR, [METERS_BY_MONTH] = BY_DAY, [METERS_BY_SHIFT] = BY_SHIFT,
        [METERS_BY_CREW] = BY_CREW, [METERS_BY_PRODUCT] = BY_PRODUCT, [METERS_BY_ORDER] = BY_ORDER};
    struct work work;
    struct error why;
    for (int by = 0; by < METERS_BYS; by++) {
        bool read = by == METERS_BY_NOTHING, hours = names[by] == BY_HOUR;
        for (size_t s = 0; s < meters->subject_count; s++)
            read |= names[by] != BY_NOTHING && meters->subjects[s].parts[by].count > 0;
        if (!read || (hours && meters->period.to_ms - meters->period.from_ms > GOOD_HOURS_DAYS * DAY_MS))
            continue;
        const struct work_request request = {.plant = meters->plant, .period = meters->period, .by = names[by], .now_ms = meters->made_ms, .without_energy = true};
        if (!work_read(&work, source->path, &request, &why))
            return;
        add_made(meters, &work, (enum meters_by)by);
        work_finish(&work);
    }
}

/* ---- the tree ---- */

static bool amount_of(const struct meters *meters, const struct meters_source *source, uint32_t meter, double *amount, struct error *err)
{
    struct period period = meters->period;
    int64_t tail_ms = period.to_ms - REMEMBERED_MS;
    struct energy sum = {.amount = 0};
    struct energy_row *rows = NULL;
    size_t count = 0, facts;
    tail_ms -= tail_ms % METER_QUARTER_MS;
    tail_ms = !source->model ? period.to_ms : tail_ms > period.from_ms ? tail_ms : period.from_ms;
    struct energy_query query = {.plant = meters->plant, .meters = &meter, .meter_count = 1, .from_ms = period.from_ms, .to_ms = tail_ms, .until_seq = source->until_seq};
    if (tail_ms > period.from_ms && !history_energy(source->history, &query, &rows, &count, err))
        return false;
    for (size_t r = 0; r < count; r++)
        energy_add(&sum, &rows[r].cell.sum);
    free(rows);
    if (tail_ms < period.to_ms) {
        if (!meters_quarters(source, meters->plant, meter, (struct period){tail_ms, period.to_ms}, &rows, &count, &facts, err))
            return false;
        for (size_t r = 0; r < count; r++)
            energy_add(&sum, &rows[r].cell.sum);
        free(rows);
    }
    *amount = sum.valid_ms > 0 || sum.amount != 0 ? sum.amount : NAN;
    return true;
}

/* Of named nodes what is under them, from the left. */
static void trim_tree(const struct meters *meters, struct energy_branch *branches, size_t *count)
{
    size_t kept = 0;
    unsigned least = UINT32_MAX;
    for (size_t b = 0; b < *count; b++) {
        uint32_t node = meters->plant->meters[branches[b].meter].node;
        bool within = false;
        for (size_t s = 0; s < meters->subject_count; s++)
            within |= meters->subjects[s].detail && node >= meters->subjects[s].node && node < meters->plant->nodes[meters->subjects[s].node].end;
        if (!within)
            continue;
        least = branches[b].depth < least ? branches[b].depth : least;
        branches[kept++] = branches[b];
    }
    for (size_t b = 0; b < kept; b++)
        branches[b].depth -= least;
    *count = kept;
}

static bool add_trees(struct meters *meters, const struct meters_source *source, struct error *err)
{
    const struct plant *plant = meters->plant;
    double *amounts = mem_resize(NULL, plant->meter_count + 1, sizeof *amounts);
    bool good = true;
    for (uint32_t m = 0; good && m < plant->meter_count; m++) {
        amounts[m] = NAN;
        if (plant->meters[m].kind != METER_SUM && plant->meters[m].kind != METER_EMISSION)
            good = amount_of(meters, source, m, &amounts[m], err);
    }
    meters->trees = mem_zero(plant->carrier_count + 1, sizeof *meters->trees);
    meters->tree_counts = mem_zero(plant->carrier_count + 1, sizeof *meters->tree_counts);
    for (uint16_t c = 0; good && c < plant->carrier_count; c++) {
        meters->tree_counts[c] = energy_tree(plant, c, amounts, &meters->trees[c]);
        trim_tree(meters, meters->trees[c], &meters->tree_counts[c]);
    }
    free(amounts);
    return good;
}

/* ---- emissions ---- */

static bool add_emissions(struct meters *meters, const struct meters_source *source, struct error *err)
{
    const struct plant *plant = meters->plant;
    meters->emissions = mem_zero(plant->emission_count + 1, sizeof *meters->emissions);
    for (size_t e = 0; e < plant->emission_count; e++) {
        struct meters_emission *told = &meters->emissions[meters->emission_count++];
        struct energy_series quarters = {.step_ms = METER_QUARTER_MS};
        struct energy_row *rows;
        size_t count, facts;
        told->emission = &plant->emissions[e];
        if (!meters_quarters(source, plant, plant->emissions[e].meter, meters->period, &rows, &count, &facts, err))
            return false;
        energy_series_rows(&quarters, rows, count);
        free(rows);
        for (int kind = 0; kind < EMISSION_MEANS; kind++) {
            told->count[kind] = emission_means(&quarters, told->emission, kind, meters->zone, &told->rows[kind]);
            told->sums[kind] = emission_sum(told->rows[kind], told->count[kind], told->emission->limit[kind]);
        }
        energy_series_finish(&quarters);
    }
    return true;
}

bool meters_reckon(struct meters *meters, const struct meters_source *source, struct error *err)
{
    for (size_t s = 0; s < meters->subject_count; s++)
        if (meters->subjects[s].detail && !tell_at_length(meters, source, &meters->subjects[s], err))
            return false;
    add_production(meters, source);
    bool nodes = meters->subject_count == 0 || meters->subjects[0].meter == NO_METER;
    return !nodes || (add_trees(meters, source, err) && add_emissions(meters, source, err));
}
