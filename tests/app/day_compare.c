#include "day.h"

#include "core/memory.h"

/*
 * What the fold made of a day beside what was so. The accounts that are expected are painted in steps of a tenth of a second, the simulator's own, by the
 * rules of the time model and with nothing of the fold's code. The calendars of both plants are known here as what they are: three shifts around the
 * clock, with or without breaks.
 */

enum { MINOR_MS = 90000, SETUP_MS = 720000, MOST_SHOWN = 40 };

/* ---- what is expected ---- */

struct painting {
    uint8_t category[DAY_MS / TICK_MS + HOUR_MS / TICK_MS]; /* from d->wanted_ms on */
    uint8_t begins[DAY_MS / TICK_MS + HOUR_MS / TICK_MS];   /* a stop counts from here */
    size_t ticks;
};

static bool in_break(const struct day *d, uint32_t node, int64_t ms)
{
    static const struct { int from, to; } breaks[] = {{540, 555}, {690, 720}, {1020, 1035}, {1170, 1200}, {60, 75}, {210, 240}};
    int64_t offset_ms = strcmp(d->plant->site_zone_name, "Asia/Shanghai") == 0 ? 8 * HOUR_MS : 2 * HOUR_MS;
    int minute = (int)((ms + offset_ms) / 60000 % 1440);
    if (strcmp(d->plant->calendars[d->plant->nodes[node].calendar].name, "three-shifts") != 0)
        return false;
    for (size_t b = 0; b < sizeof breaks / sizeof *breaks; b++)
        if (minute >= breaks[b].from && minute < breaks[b].to)
            return true;
    return false;
}

static enum time_category category_of(const struct stretch *s, int64_t ms, bool is_break)
{
    if (is_break)
        return s->class == CLASS_RUN ? TIME_RUN : TIME_BREAK;
    switch (s->class) {
    case CLASS_RUN: return TIME_RUN;
    case CLASS_STOP: return s->to_ms - s->from_ms < MINOR_MS ? TIME_MINOR : TIME_DOWN;
    case CLASS_STARVED: return TIME_STARVED;
    case CLASS_BLOCKED: return TIME_BLOCKED;
    case CLASS_SETUP: return ms - s->from_ms < SETUP_MS ? TIME_SETUP : TIME_SETUP_OVER;
    case CLASS_MAINTENANCE: return TIME_MAINTENANCE;
    case CLASS_NOT_SCHEDULED: return TIME_NOT_SCHEDULED;
    default: return TIME_UNKNOWN;
    }
}

static void paint_stretch(const struct day *d, uint32_t node, const struct stretch *s, struct painting *p)
{
    bool counted = false;
    /* What a state that is told long afterwards was before, nobody saw. */
    int64_t from = s->from_ms < d->start_ms - 60000 ? d->start_ms + TICK_MS : s->from_ms;
    for (int64_t t = from > d->wanted_ms ? from : d->wanted_ms; t < s->to_ms; t += TICK_MS) {
        size_t tick = (size_t)((t - d->wanted_ms) / TICK_MS);
        enum time_category category = category_of(s, t, in_break(d, node, t));
        p->category[tick] = (uint8_t)category;
        p->begins[tick] = !counted && (category == TIME_DOWN || category == TIME_MINOR);
        counted |= p->begins[tick];
    }
}

static void paint(const struct day *d, uint32_t node, struct painting *p)
{
    static const struct stretch unknown = {.class = CLASS_UNKNOWN};
    memset(p, 0, sizeof *p);
    p->ticks = (size_t)((d->end_ms - d->wanted_ms) / TICK_MS);
    for (size_t t = 0; t < p->ticks; t++)
        p->category[t] = (uint8_t)category_of(&unknown, 0, in_break(d, node, d->wanted_ms + (int64_t)t * TICK_MS));
    for (size_t s = 0; s < d->truth[node].count; s++)
        paint_stretch(d, node, &d->truth[node].rows[s], p);
}

static struct account painted(const struct day *d, const struct painting *p, int64_t from_ms, int64_t to_ms)
{
    struct account a = {.good = 0};
    for (int64_t t = from_ms; t < to_ms; t += TICK_MS) {
        size_t tick = (size_t)((t - d->wanted_ms) / TICK_MS);
        a.ms[p->category[tick]] += TICK_MS;
        a.stops += p->begins[tick] && p->category[tick] == TIME_DOWN;
        a.minors += p->begins[tick] && p->category[tick] == TIME_MINOR;
    }
    return a;
}

/* Whose time, and whose pieces, a unit's or line's are; NO_NODE: nobody's that the simulator tells of. */
static uint32_t timed_by(const struct day *d, uint32_t node)
{
    uint32_t by = d->plant->nodes[node].level == LEVEL_LINE ? d->plant->nodes[node].constraint : node;
    return by != NO_NODE && d->truth[by].count > 0 ? by : NO_NODE;
}

static uint32_t counted_by(const struct day *d, uint32_t node)
{
    const struct node *n = &d->plant->nodes[node];
    uint32_t by = n->role_tag[ROLE_GOOD] == NO_TAG && n->level == LEVEL_LINE ? n->constraint : node;
    return by != NO_NODE && d->plant->nodes[by].role_tag[ROLE_GOOD] != NO_TAG ? by : NO_NODE;
}

static void add_pieces(const struct day *d, uint32_t node, struct account *a)
{
    const struct node *n = &d->plant->nodes[node];
    uint32_t by = counted_by(d, node);
    double ideal_s = n->ideal_cycle_s > 0 ? n->ideal_cycle_s : d->plant->nodes[n->parent].ideal_cycle_s; /* of all products */
    if (by == NO_NODE)
        return;
    a->good = (double)d->counts[by].good;
    a->reject = n->role_tag[ROLE_REJECT] != NO_TAG || by != node ? (double)d->counts[by].reject : 0;
    a->ideal_ms = ideal_s * 1000 * (a->good + a->reject);
    a->without_ideal = ideal_s > 0 ? 0 : a->good + a->reject;
}

/* ---- comparing ---- */

static size_t differences;

static void differ(const struct day *d, uint32_t node, const char *what, int64_t at_ms, double got, double expected, double tolerance)
{
    char path[KEY_BYTES];
    if ((isnan(got) && isnan(expected)) || fabs(got - expected) <= tolerance)
        return;
    plant_node_path(d->plant, node, path, sizeof path);
    if (differences++ < MOST_SHOWN)
        fprintf(stderr, "%s, %s, %+.1f s: %.3f, in truth %.3f\n", path, what, (double)(at_ms - d->start_ms) / 1000, got, expected);
}

static void differ_in_time(const struct day *d, uint32_t node, int64_t at_ms, const struct account *got, const struct account *expected)
{
    for (int c = 0; c < TIME_CATEGORIES; c++)
        differ(d, node, time_category_table[c].name, at_ms, (double)got->ms[c], (double)expected->ms[c], (double)d->lost_ms);
    differ(d, node, "stops", at_ms, got->stops, expected->stops, 0);
    differ(d, node, "minors", at_ms, got->minors, expected->minors, 0);
}

static void differ_in_pieces(const struct day *d, uint32_t node, int64_t at_ms, const struct account *got, const struct account *expected)
{
    double lost = d->lost_pieces, all = got->good + got->reject + got->unknown + got->outside, so = expected->good + expected->reject + expected->unknown + expected->outside;
    differ(d, node, "all pieces", at_ms, all, so, 0);
    differ(d, node, "good", at_ms, got->good, expected->good, lost);
    differ(d, node, "reject", at_ms, got->reject, expected->reject, lost);
    differ(d, node, "unknown pieces", at_ms, got->unknown, expected->unknown, lost);
    differ(d, node, "outside", at_ms, got->outside, expected->outside, 0);
    differ(d, node, "without ideal", at_ms, got->without_ideal, expected->without_ideal, 0);
    if (lost <= 0)
        differ(d, node, "ideal time", at_ms, got->ideal_ms, expected->ideal_ms, 1e-6 * expected->ideal_ms);
}

static void differ_in_kpis(const struct day *d, uint32_t node, const struct account *got, const struct account *expected)
{
    struct kpis g = account_kpis(got), e = account_kpis(expected);
    /* A thousandth of a day's; what is lost in the middle of an hour weighs as much more. */
    double tolerance = d->lost_ms > 0 ? 1e-3 * DAY_MS / (double)(d->end_ms - d->start_ms) : 1e-3;
    differ(d, node, "availability", d->start_ms, g.availability, e.availability, tolerance * e.availability);
    differ(d, node, "performance", d->start_ms, g.performance, e.performance, tolerance * e.performance);
    differ(d, node, "quality", d->start_ms, g.quality, e.quality, tolerance * e.quality);
    differ(d, node, "OEE", d->start_ms, g.oee, e.oee, tolerance * e.oee);
}

static struct account account_of(const struct day *d, uint32_t node, int64_t from_ms, int64_t to_ms)
{
    struct account a;
    model_account(d->model, node, from_ms, to_ms, &a, NULL);
    return a;
}

/* Of the whole time, and where it went in each hour. */
static void compare_accounts(const struct day *d)
{
    struct painting *p = mem_zero(1, sizeof *p);
    size_t timed = 0, counted = 0;
    for (uint32_t n = 0; n < d->plant->node_count; n++) {
        uint32_t by = timed_by(d, n);
        if (d->plant->nodes[n].level < LEVEL_LINE || !model_has_account(d->model, n))
            continue;
        struct account got = account_of(d, n, d->wanted_ms, d->end_ms), expected = got;
        differ(d, n, "length", d->start_ms, (double)account_length_ms(&got), (double)(d->end_ms - d->wanted_ms), 0);
        if (by != NO_NODE) {
            paint(d, by, p);
            expected = painted(d, p, d->wanted_ms, d->end_ms);
            differ_in_time(d, n, d->start_ms, &got, &expected);
            for (int64_t t = d->wanted_ms; t < d->end_ms; t += HOUR_MS) {
                int64_t to = t + HOUR_MS < d->end_ms ? t + HOUR_MS : d->end_ms;
                struct account hour = account_of(d, n, t, to), so = painted(d, p, t, to);
                differ_in_time(d, n, t, &hour, &so);
            }
            timed++;
        }
        expected.good = expected.reject = expected.ideal_ms = expected.without_ideal = 0;
        add_pieces(d, n, &expected);
        differ_in_pieces(d, n, d->start_ms, &got, &expected);
        differ_in_kpis(d, n, &got, &expected);
        counted += expected.good > 0;
    }
    assert_true(timed > 40 && counted > 10);
    free(p);
}

static void compare_facts(const struct day *d)
{
    for (uint32_t n = 0; n < d->plant->node_count; n++) {
        size_t count, given = 0;
        const struct account_cell *cells = model_cells(d->model, n, &count);
        const struct kept_cells *told = &d->told[n];
        for (size_t c = 0; c < count; c++) {
            const struct account_cell *fact = NULL;
            for (size_t t = 0; t < told->count && !fact; t++)
                if (account_cell_same(&told->rows[t], &cells[c]))
                    fact = &told->rows[t];
            struct account rest = cells[c].sum;
            if (fact)
                account_subtract(&rest, &fact->sum);
            given += fact != NULL;
            if (cells[c].to_ms > d->end_ms / HOUR_MS * HOUR_MS) /* told at the next cut of the calendar */
                continue;
            const struct account none = {.good = 0};
            differ_in_time(d, n, cells[c].from_ms, &rest, &none);
            differ_in_pieces(d, n, cells[c].from_ms, &rest, &none);
        }
        differ(d, n, "facts without a cell", d->start_ms, (double)told->count, (double)given, 0);
    }
}

static double defects_held(const struct day *d, uint32_t node, const char *text)
{
    size_t count;
    const struct defect *all = model_defects(d->model, node, &count);
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += strcmp(all[i].text, text) == 0 ? all[i].count : 0;
    return sum;
}

/* Of each that reports them, and of its line what all of its units do. */
static void compare_defects(const struct day *d)
{
    uint64_t all = 0;
    for (size_t i = 0; i < d->defect_count; i++) {
        const struct seen_defects *so = &d->defects[i];
        uint32_t line = plant_ancestor(d->plant, so->node, LEVEL_LINE);
        double of_line = 0;
        for (size_t k = 0; k < d->defect_count; k++)
            if (plant_ancestor(d->plant, d->defects[k].node, LEVEL_LINE) == line && strcmp(d->defects[k].text, so->text) == 0)
                of_line += (double)d->defects[k].count;
        differ(d, so->node, so->text, d->start_ms, defects_held(d, so->node, so->text), so->node == line ? of_line : (double)so->count, 0);
        differ(d, line, so->text, d->start_ms, defects_held(d, line, so->text), of_line, 0);
        all += so->count;
    }
    assert_true(all > 0);
}

static bool is_stop(const struct stretch *s) { return s->class != CLASS_RUN && s->class != CLASS_UNKNOWN; }

/* Each stretch in which a node did not run is one stop, and nothing else is. */
static void compare_stops(const struct day *d)
{
    size_t all = 0;
    for (uint32_t n = 0; n < d->plant->node_count; n++) {
        size_t k = 0;
        if (d->truth[n].count == 0)
            continue;
        for (size_t s = 0; s < d->truth[n].count; s++) {
            const struct stretch *so = &d->truth[n].rows[s];
            bool lasts = s + 1 == d->truth[n].count;
            if (!is_stop(so))
                continue;
            while (k < d->stops[n].count && d->stops[n].rows[k].gone)
                k++;
            if (k >= d->stops[n].count) {
                differ(d, n, "no stop", so->from_ms, 0, 1, 0);
                break;
            }
            const struct stop *stop = &d->stops[n].rows[k++];
            differ(d, n, "stop's beginning", so->from_ms, (double)stop->start_ms, (double)so->from_ms, 0);
            differ(d, n, "stop's end", so->from_ms, (double)stop->end_ms, lasts ? 0 : (double)so->to_ms, 0);
            differ(d, n, "stop's class", so->from_ms, stop->class, so->class, 0);
            if (so->class == CLASS_STOP && stop->category != TIME_BREAK)
                differ(d, n, "stop's category", so->from_ms, stop->category, so->to_ms - so->from_ms < MINOR_MS ? TIME_MINOR : TIME_DOWN, 0);
            all++;
        }
        for (; k < d->stops[n].count; k++)
            if (!d->stops[n].rows[k].gone)
                differ(d, n, "a stop that never was", d->stops[n].rows[k].start_ms, 1, 0, 0);
    }
    assert_true(all > 100);
}

static bool is_same(const struct interval *a, const struct interval *b) { return a->class == b->class && a->state == b->state; }

/* What is lost is an interval of nothing known, and cuts the one around it in two. */
static size_t without_lost(const struct day *d, const struct node_state *told, struct interval *out)
{
    int64_t from = (d->start_ms + d->end_ms) / 2;
    size_t count = 0;
    for (size_t i = 0; i < told->interval_count; i++) {
        const struct interval *interval = &told->intervals[i];
        bool lost = d->lost_ms > 0 && interval->class == CLASS_UNKNOWN && interval->start_ms >= from && interval->end_ms > 0 && interval->end_ms - interval->start_ms <= d->lost_ms;
        bool goes_on = d->lost_ms > 0 && count > 0 && is_same(&out[count - 1], interval);
        if (!lost && !goes_on)
            out[count++] = *interval;
    }
    return count;
}

/* As many as are remembered, from the newest back. */
static void compare_intervals(const struct day *d)
{
    struct interval *list = mem_zero((size_t)bound_table[BOUND_INTERVALS].max, sizeof *list);
    for (uint32_t n = 0; n < d->plant->node_count; n++) {
        size_t count = without_lost(d, model_node(d->model, n), list);
        const struct states *so = &d->states[n];
        for (size_t back = 1; so->count > 0 && back <= count; back++) {
            const struct interval *i = &list[count - back];
            if (back > so->count) {
                differ(d, n, "an interval that never was", i->start_ms, 1, 0, 0);
                break;
            }
            const struct interval *s = &so->rows[so->count - back];
            differ(d, n, "interval's class", s->start_ms, i->class, s->class, 0);
            differ(d, n, "interval's state", s->start_ms, i->state, s->state, 0);
            bool cut = s->start_ms >= (d->start_ms + d->end_ms) / 2 && s->start_ms <= (d->start_ms + d->end_ms) / 2 + 2 * d->lost_ms;
            differ(d, n, "interval's beginning", s->start_ms, (double)i->start_ms, (double)s->start_ms, cut ? (double)d->lost_ms : 0);
        }
    }
    free(list);
}

/* ---- energy ---- */

/* A meter of the electricity that the simulator tells of, of its node alone. */
static bool is_of_node(const struct day *d, uint32_t meter)
{
    const struct meter *m = &d->plant->meters[meter];
    return (m->kind == METER_POWER || m->kind == METER_REGISTER) && m->carrier == 0 && d->used[m->node].count > 0;
}

static bool is_heard_whole(const struct day *d, uint32_t meter)
{
    char key[KEY_BYTES];
    plant_meter_key(d->plant, meter, key, sizeof key);
    return d->plant->meters[meter].kind == METER_POWER && day_hears_all(key);
}

/* A register is known to a step of it, and a product's beginning to when somebody hears of it. */
static double tolerance_of(const struct day *d, uint32_t meter, double kwh, bool of_product)
{
    const struct meter *m = &d->plant->meters[meter];
    if (is_heard_whole(d, meter) && !of_product)
        return 2e-5 * kwh + 1e-3;
    return 1e-3 * kwh + (m->kind == METER_REGISTER ? m->scale / pow(10, d->plant->tags[m->tag].def->decimals) : 0);
}

static void differ_in_energy(const struct day *d, uint32_t meter, const char *what, int64_t at_ms, double got, double so)
{
    differ(d, d->plant->meters[meter].node, what, at_ms, got, so, tolerance_of(d, meter, so, strcmp(what, "energy of the product") == 0));
}

static void compare_energy_of(const struct day *d, uint32_t meter)
{
    const struct kept_used *u = &d->used[d->plant->meters[meter].node];
    struct energy all;
    double so = 0, idle = 0;
    model_energy(d->model, meter, d->wanted_ms, INT64_MAX, &all, NULL);
    for (size_t r = 0; r < u->count; r++) {
        double shift = 0, product = 0;
        struct energy of_shift, of_product = {.amount = 0};
        size_t cells;
        const struct energy_cell *cell = model_energy_cells(d->model, meter, &cells);
        model_energy(d->model, meter, u->rows[r].shift_ms, u->rows[r].shift_ms + 8 * HOUR_MS, &of_shift, NULL);
        for (size_t c = 0; c < cells; c++)
            if (strcmp(cell[c].product, u->rows[r].product) == 0)
                energy_add(&of_product, &cell[c].sum);
        for (size_t i = 0; i < u->count; i++) {
            shift += u->rows[i].shift_ms == u->rows[r].shift_ms ? u->rows[i].kwh : 0;
            product += strcmp(u->rows[i].product, u->rows[r].product) == 0 ? u->rows[i].kwh : 0;
        }
        so += u->rows[r].kwh;
        idle += u->rows[r].idle_kwh;
        differ_in_energy(d, meter, "energy of the shift", u->rows[r].from_ms, of_shift.amount, shift);
        differ_in_energy(d, meter, "energy of the product", u->rows[r].from_ms, of_product.amount, product);
    }
    differ_in_energy(d, meter, "energy", d->start_ms, all.amount, so);
    if (is_heard_whole(d, meter) && timed_by(d, d->plant->meters[meter].node) == d->plant->meters[meter].node)
        differ_in_energy(d, meter, "idle energy", d->start_ms, all.idle, idle);
    differ(d, d->plant->meters[meter].node, "missing", d->start_ms, (double)all.missing_ms, 0, 0);
}

/* All facts of a quarter are what its cell is. */
static void compare_energy_facts(const struct day *d, uint32_t meter)
{
    size_t cells, given = 0;
    const struct energy_cell *cell = model_energy_cells(d->model, meter, &cells);
    const struct kept_energy *told = &d->energy[meter];
    for (size_t c = 0; c < cells; c++)
        for (size_t t = 0; t < told->count; t++) {
            if (!energy_cell_same(&told->rows[t], &cell[c]))
                continue;
            given++;
            differ(d, d->plant->meters[meter].node, "facts of energy", cell[c].from_ms, told->rows[t].sum.amount, cell[c].sum.amount, 1e-9 * fabs(cell[c].sum.amount));
            differ(d, d->plant->meters[meter].node, "facts of idle energy", cell[c].from_ms, told->rows[t].sum.idle, cell[c].sum.idle, 1e-9 * fabs(cell[c].sum.amount));
            differ(d, d->plant->meters[meter].node, "facts of measured time", cell[c].from_ms, (double)told->rows[t].sum.valid_ms, (double)cell[c].sum.valid_ms, 0);
        }
    differ(d, d->plant->meters[meter].node, "facts of energy without a cell", d->start_ms, (double)told->count, (double)given, 0);
    assert_true(given >= (size_t)((d->end_ms - d->start_ms) / HOUR_MS) * 4 - 1);
}

static void compare_energy(const struct day *d)
{
    size_t compared = 0;
    for (uint32_t m = 0; m < d->plant->meter_count; m++) {
        if (!is_of_node(d, m))
            continue;
        compare_energy_of(d, m);
        compare_energy_facts(d, m);
        compared++;
    }
    assert_true(compared > 10 || d->plant->meter_count == 0);
}

size_t day_compare(const struct day *d)
{
    differences = 0;
    if (!d->wire)
        compare_energy(d);
    compare_accounts(d);
    if (d->lost_ms == 0)
        compare_stops(d);
    compare_intervals(d);
    compare_facts(d);
    if (d->lost_ms == 0)
        compare_defects(d);
    return differences;
}
