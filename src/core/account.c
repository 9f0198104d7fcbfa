/*
 * An account is a bag of sums: nothing in it is a share, so any two add up to a third. Everything else here is read from one account and keeps nothing.
 * Planned busy time is what is left of the calendar without what was not scheduled, breaks, cleaning and maintenance; unknown time is part of it, so that
 * a silent line cannot look better than one that tells that it stands.
 */
#include "core/account.h"

#include <math.h>
#include <string.h>

const struct time_category_row time_category_table[TIME_CATEGORIES] = {
    [TIME_UNKNOWN] = {"unknown", "unknown", "?"},
    [TIME_RUN] = {"run", "production", "─"},
    [TIME_DOWN] = {"down", "breakdown", "█"},
    [TIME_MINOR] = {"minor", "minor stops", "▌"},
    [TIME_STARVED] = {"starved", "starved", "▒"},
    [TIME_BLOCKED] = {"blocked", "blocked", "▓"},
    [TIME_SETUP] = {"setup", "set-up", "c"},
    [TIME_SETUP_OVER] = {"setup_over", "set-up overrun", "C"},
    [TIME_CLEANING] = {"cleaning", "cleaning", "w"},
    [TIME_MAINTENANCE] = {"maintenance", "maintenance", "m"},
    [TIME_BREAK] = {"break", "break", "b"},
    [TIME_NOT_SCHEDULED] = {"not_scheduled", "not scheduled", "."},
};

const char *const loss_names[LOSS_COUNT] = {
    [LOSS_BREAKDOWN] = "breakdown", [LOSS_SETUP] = "setup", [LOSS_MINOR] = "minor", [LOSS_SPEED] = "speed", [LOSS_STARTUP] = "startup",
    [LOSS_REJECT] = "reject", [LOSS_EXTERNAL] = "external", [LOSS_SETUP_OVER] = "setup_over",
};

const char *const loss_titles[LOSS_COUNT] = {
    [LOSS_BREAKDOWN] = "breakdown", [LOSS_SETUP] = "set-up", [LOSS_MINOR] = "minor stops", [LOSS_SPEED] = "reduced speed",
    [LOSS_STARTUP] = "start-up rejects", [LOSS_REJECT] = "rejects and rework", [LOSS_EXTERNAL] = "starved, blocked", [LOSS_SETUP_OVER] = "set-up overrun",
};

enum time_category time_category_by_name(const char *name)
{
    int c = 0;
    while (c < TIME_CATEGORIES && strcmp(time_category_table[c].name, name) != 0)
        c++;
    return (enum time_category)c;
}

/* sum += sign * other. Counts of stops are unsigned and wrap, so that an amendment's difference added to what it amends comes out right. */
static void gather(struct account *sum, const struct account *other, int sign)
{
    for (int c = 0; c < TIME_CATEGORIES; c++)
        sum->ms[c] += sign * other->ms[c];
    sum->good += sign * other->good;
    sum->reject += sign * other->reject;
    sum->rework += sign * other->rework;
    sum->first_pass += sign * other->first_pass;
    sum->inspected += sign * other->inspected;
    sum->startup_reject += sign * other->startup_reject;
    sum->unknown += sign * other->unknown;
    sum->outside += sign * other->outside;
    sum->ideal_ms += sign * other->ideal_ms;
    sum->without_ideal += sign * other->without_ideal;
    sum->stops += sign > 0 ? other->stops : 0U - other->stops;
    sum->minors += sign > 0 ? other->minors : 0U - other->minors;
}

void account_add(struct account *sum, const struct account *other)
{
    gather(sum, other, 1);
}

void account_subtract(struct account *sum, const struct account *other)
{
    gather(sum, other, -1);
}

int64_t account_length_ms(const struct account *a)
{
    int64_t sum = 0;
    for (int c = 0; c < TIME_CATEGORIES; c++)
        sum += a->ms[c];
    return sum;
}

double account_produced(const struct account *a)
{
    return a->good + a->reject + a->rework;
}

int64_t account_down_ms(const struct account *a)
{
    return a->ms[TIME_DOWN] + a->ms[TIME_MINOR] + a->ms[TIME_STARVED] + a->ms[TIME_BLOCKED];
}

static int64_t setup_ms(const struct account *a)
{
    return a->ms[TIME_SETUP] + a->ms[TIME_SETUP_OVER];
}

/* AUBT. */
static int64_t busy_ms(const struct account *a)
{
    return a->ms[TIME_RUN] + setup_ms(a) + account_down_ms(a);
}

int64_t account_pbt_ms(const struct account *a)
{
    return busy_ms(a) + a->ms[TIME_UNKNOWN];
}

static double share(double part, double whole)
{
    return whole > 0 ? part / whole : NAN;
}

/* Is there an ideal time for each piece? */
static bool has_ideal(const struct account *a)
{
    return account_produced(a) > 0 && a->ideal_ms > 0 && a->without_ideal == 0;
}

static double oee_of(const struct account *a, const struct kpis *k)
{
    if (isnan(k->availability))
        return NAN;
    return a->ms[TIME_RUN] > 0 ? k->availability * k->performance * k->quality : 0;
}

struct kpis account_kpis(const struct account *a)
{
    double run = (double)a->ms[TIME_RUN], down = (double)account_down_ms(a), setup = (double)setup_ms(a), busy = (double)busy_ms(a);
    double pbt = (double)account_pbt_ms(a), calendar = (double)account_length_ms(a), produced = account_produced(a), failures = (double)(int32_t)a->stops; /* of an amendment alone it may be negative */
    struct kpis k = {
        .availability = busy > 0 ? share(run, pbt) : NAN,
        .performance = has_ideal(a) ? share(a->ideal_ms, run) : NAN,
        .quality = share(a->good, produced),
        .allocation = busy > 0 ? share(busy, pbt) : NAN,
        .utilization = share(run, busy),
        .technical = share(run, run + down),
        .setup_rate = share(setup, run + setup),
        .scrap = share(a->reject, produced),
        .rework = share(a->rework, produced),
        .first_pass = share(a->first_pass, a->inspected),
        .throughput = run > 0 && !(produced > 0) ? NAN : share(produced * 3600000, busy),
        .mtbf_ms = share(run + setup, failures),
        .mttr_ms = share((double)a->ms[TIME_DOWN], failures),
        .mttf_ms = share(busy - (double)a->ms[TIME_DOWN], failures),
        .unknown = share((double)a->ms[TIME_UNKNOWN], pbt),
    };
    k.oee = oee_of(a, &k);
    k.nee = run > 0 ? share(run + setup, pbt) * k.performance * k.quality : k.oee;
    k.teep = k.oee * share(pbt, calendar);
    k.ooe = k.oee * share(pbt, calendar - (double)a->ms[TIME_NOT_SCHEDULED]);
    k.standard_too_slow = k.performance > 1 + 1e-9;
    return k;
}

/* Of one that ran and has no OEE; what was not planned, or is not known at all, has none either, and takes nothing from the others. */
static bool is_unrated(const struct account *a)
{
    return a->ms[TIME_RUN] > 0 && isnan(account_kpis(a).oee);
}

void account_group_add(struct account_group *group, const struct account *one)
{
    account_add(&group->all, one);
    group->count++;
    group->unrated += is_unrated(one);
    group->uncounted += is_unrated(one) && !(one->without_ideal > 0);
    if (!is_unrated(one))
        account_add(&group->rated, one);
}

const char *account_group_lacks(const struct account_group *group)
{
    return group->uncounted == 0 ? "ideal_cycle" : group->uncounted == group->unrated ? "no pieces" : "no pieces or ideal_cycle";
}

struct kpis account_group_kpis(const struct account_group *group)
{
    struct kpis k = account_kpis(&group->all), rated = account_kpis(&group->rated);
    if (group->unrated == 0)
        return k;
    k.performance = rated.performance;
    k.oee = rated.oee;
    k.nee = rated.nee;
    k.teep = rated.teep;
    k.ooe = rated.ooe;
    k.standard_too_slow = rated.standard_too_slow;
    return k;
}

const char *account_undefined(const struct account *a)
{
    if (account_pbt_ms(a) <= 0)
        return "no planned time";
    if (busy_ms(a) <= 0)
        return "nothing is known of it";
    if (a->ms[TIME_RUN] <= 0)
        return NULL;
    if (!(account_produced(a) > 0))
        return "no pieces were counted";
    return has_ideal(a) ? NULL : "an ideal cycle is not configured";
}

struct losses account_losses(const struct account *a)
{
    double run = (double)a->ms[TIME_RUN], produced = account_produced(a);
    struct losses l = {
        .ideal = has_ideal(a),
        .ms = {
            [LOSS_BREAKDOWN] = (double)a->ms[TIME_DOWN],
            [LOSS_SETUP] = (double)a->ms[TIME_SETUP],
            [LOSS_MINOR] = (double)a->ms[TIME_MINOR],
            [LOSS_EXTERNAL] = (double)(a->ms[TIME_STARVED] + a->ms[TIME_BLOCKED]),
            [LOSS_SETUP_OVER] = (double)a->ms[TIME_SETUP_OVER],
        },
        .unknown_ms = (double)a->ms[TIME_UNKNOWN],
        .productive_ms = run,
    };
    double cycle = l.ideal ? a->ideal_ms / produced : NAN;
    if (l.ideal) {
        l.ms[LOSS_SPEED] = run - a->ideal_ms;
        l.ms[LOSS_STARTUP] = cycle * a->startup_reject;
        l.ms[LOSS_REJECT] = cycle * (a->reject + a->rework - a->startup_reject);
        l.productive_ms = cycle * a->good;
    }
    for (int i = 0; i < LOSS_COUNT; i++)
        l.pieces[i] = l.ms[i] / cycle;
    l.pieces[LOSS_STARTUP] = a->startup_reject;
    l.pieces[LOSS_REJECT] = a->reject + a->rework - a->startup_reject;
    return l;
}

/* In the order in which they are taken from calendar time: what is not planned to be busy, what nobody knows, why it did not run. */
static const enum time_category falls[] = {
    TIME_NOT_SCHEDULED, TIME_BREAK, TIME_MAINTENANCE, TIME_CLEANING, TIME_UNKNOWN, TIME_DOWN, TIME_MINOR, TIME_SETUP, TIME_SETUP_OVER, TIME_STARVED,
    TIME_BLOCKED,
};
static const enum loss run_losses[] = {LOSS_SPEED, LOSS_STARTUP, LOSS_REJECT};

size_t account_waterfall(const struct account *a, struct waterfall_step steps[WATERFALL_STEPS])
{
    struct losses l = account_losses(a);
    double left = (double)account_length_ms(a);
    size_t n = 0;
    steps[n++] = (struct waterfall_step){"calendar time", 0, left, TIME_CATEGORIES, LOSS_COUNT};
    for (size_t f = 0; f < sizeof falls / sizeof falls[0]; f++) {
        double ms = (double)a->ms[falls[f]];
        left -= ms;
        steps[n++] = (struct waterfall_step){time_category_table[falls[f]].title, ms, left, falls[f], LOSS_COUNT};
    }
    for (size_t i = 0; i < sizeof run_losses / sizeof run_losses[0]; i++) {
        double ms = l.ms[run_losses[i]];
        left -= ms;
        steps[n++] = (struct waterfall_step){loss_titles[run_losses[i]], ms, left, TIME_CATEGORIES, run_losses[i]};
    }
    return n;
}

static const enum time_category by_class[CLASS_COUNT] = {
    [CLASS_UNKNOWN] = TIME_UNKNOWN,
    [CLASS_RUN] = TIME_RUN,
    [CLASS_STOP] = TIME_DOWN,
    [CLASS_STARVED] = TIME_STARVED,
    [CLASS_BLOCKED] = TIME_BLOCKED,
    [CLASS_SETUP] = TIME_SETUP,
    [CLASS_CLEANING] = TIME_CLEANING,
    [CLASS_MAINTENANCE] = TIME_MAINTENANCE,
    [CLASS_BREAK] = TIME_BREAK,
    [CLASS_NOT_SCHEDULED] = TIME_NOT_SCHEDULED,
};

enum time_category time_category_of(enum state_class class, const struct shift_at *shift, int64_t stretch_ms, int64_t minor_ms)
{
    if (!shift->planned)
        return TIME_NOT_SCHEDULED;
    if (shift->in_break)
        return class == CLASS_RUN ? TIME_RUN : TIME_BREAK;
    if (class == CLASS_STOP && stretch_ms < minor_ms)
        return TIME_MINOR;
    return by_class[class];
}

bool account_cell_same(const struct account_cell *a, const struct account_cell *b)
{
    return a->from_ms == b->from_ms && a->to_ms == b->to_ms && a->shift_ms == b->shift_ms && a->day == b->day && a->planned == b->planned &&
           strcmp(a->shift, b->shift) == 0 && strcmp(a->crew, b->crew) == 0 && strcmp(a->product, b->product) == 0 && strcmp(a->order, b->order) == 0;
}
