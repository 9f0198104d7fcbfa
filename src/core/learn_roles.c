/*
 * Roles of a machine's values together. Of a leaf, what most machines say counts; certain is only what two values of one machine prove of each other: a register that rises by the power beside
 * it, a counter whose pieces come at the cycle or at the rate beside it.
 */
#include "core/learn_private.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

enum { RISES_LEAST = 10, PROOF_MACHINES = 3 };

static const double close_by = 0.02; /* where nothing else speaks for it */

/* ---- of a type ---- */

static double mean_of(const struct learn_series *s)
{
    return s->numbers > 0 ? s->sum / (double)s->numbers : NAN;
}

static const struct learn_series *series_at(const struct learn *learn, const struct learned_instance *instance, size_t leaf)
{
    return instance->series[leaf] == SIZE_MAX ? NULL : learn_series_at(learn, instance->series[leaf]);
}

static double hours(const struct learn_series *s)
{
    return (double)(s->last_ms - s->first_ms) / 3600e3;
}

/* What may be a sum of something, and what may be its rate. */
static bool may_sum(const struct learn_series *s)
{
    return s && learn_is_number(s) && learn_rises(s) && s->ups >= RISES_LEAST && hours(s) > 0 && s->downs == 0;
}

static bool may_rate(const struct learn_series *s)
{
    return s && learn_is_number(s) && !(learn_rises(s) && s->ups > 5) && mean_of(s) > 0;
}

static double per_hour(const struct learn_series *s)
{
    return (s->last - s->first) / hours(s);
}

/* On how many machines one rises each hour (each minute: `scale` 60) by the mean of the other, of how many that can be judged; and do these differ, so that it is no chance? *off: the farthest from it. */
static size_t fits_rate(const struct learn *learn, const struct learned_type *type, size_t sum, size_t rate, double scale, size_t *judged, bool *differ, double *off)
{
    size_t fits = 0;
    double low = INFINITY, high = 0;
    *off = 0;
    *judged = 0;
    for (size_t i = 0; i < type->instance_count; i++) {
        const struct learn_series *r = series_at(learn, &type->instances[i], sum), *p = series_at(learn, &type->instances[i], rate);
        if (!may_sum(r) || !may_rate(p))
            continue;
        (*judged)++;
        double ratio = per_hour(r) / (mean_of(p) * scale);
        if (!(ratio > 0.9 && ratio < 1.1))
            continue;
        fits++;
        *off = fmax(*off, fabs(ratio - 1));
        low = fmin(low, mean_of(p));
        high = fmax(high, mean_of(p));
    }
    *differ = fits >= PROOF_MACHINES && high > low * 1.1;
    return fits * 10 >= *judged * 8 ? fits : 0;
}

static size_t fits_cycle(const struct learn *learn, const struct learned_type *type, size_t good, size_t cycle, size_t *judged)
{
    size_t fits = 0;
    *judged = 0;
    for (size_t i = 0; i < type->instance_count; i++) {
        const struct learn_series *g = series_at(learn, &type->instances[i], good), *c = series_at(learn, &type->instances[i], cycle);
        if (!g || !c || g->risen_cycles < 5 || !(mean_of(c) > 0))
            continue;
        (*judged)++;
        double ratio = g->cycle_low / mean_of(c);
        fits += ratio > 0.75 && ratio < 1.25;
    }
    return fits * 10 >= *judged * 6 ? fits : 0;
}

static void add_evidence(struct learn_role *role, const char *text)
{
    size_t length = strlen(role->evidence);
    snprintf(role->evidence + length, sizeof role->evidence - length, "; %s", text);
}

static const char *own_name(const struct learned_leaf *leaf, char out[KEY_BYTES + 256])
{
    bool bare = !leaf->path[0] || strcmp(leaf->path, "/value") == 0 || strcmp(leaf->path, "/v") == 0 || strcmp(leaf->path, "/val") == 0;
    snprintf(out, KEY_BYTES + 256, "%s%s", bare ? leaf->topic : "", leaf->path); /* the level of a message of several values says nothing of one */
    return out;
}

static void set_role(struct learn_role *role, enum tag_kind kind, enum tag_role what, const char *unit)
{
    role->unit = role->kind == kind && role->unit[0] ? role->unit : unit;
    role->fastest_s = what == role->role ? role->fastest_s : 0;
    role->kind = kind;
    role->role = what;
}

/* A sum and its rate: a register and a power where their names say nothing else, pieces and their speed where they do. */
static bool pair(const struct learn *learn, struct learned_type *type, size_t a, size_t b, bool by_name)
{
    static const struct { double scale; const char *unit; } scales[] = {{1, ""}, {0.001, "W"}, {1000, "MW"}, {60, ""}};
    struct learned_leaf *x = &type->leaves[a], *y = &type->leaves[b];
    char text[LEARN_NAME + 96], sum_name[KEY_BYTES + 256], rate_name[KEY_BYTES + 256];
    bool pieces = x->role.role == ROLE_GOOD || x->role.role == ROLE_TOTAL, differ;
    own_name(x, sum_name);
    own_name(y, rate_name);
    bool speed = learn_is_named(rate_name, KIND_VALUE, ROLE_SPEED), power = learn_is_named(rate_name, KIND_POWER, ROLE_NONE);
    bool reg = learn_is_named(sum_name, KIND_REGISTER, ROLE_NONE), stem = learn_same_stem(sum_name, rate_name), meter = x->role.kind == KIND_REGISTER && y->role.role == ROLE_NONE;
    for (size_t s = 0; s < sizeof scales / sizeof *scales; s++) {
        double off;
        size_t judged, fits = fits_rate(learn, type, a, b, scales[s].scale, &judged, &differ, &off);
        if (fits == 0)
            continue;
        bool counts = pieces && !power && !stem && (speed || !reg), sure = counts ? speed : power || stem;
        if (sure != by_name || (!sure && (!meter || s > 0 || !(off < close_by))) || (s > 0 && !sure) || (s == 3 && !counts) || ((s == 1 || s == 2) && counts))
            continue;
        snprintf(text, sizeof text, counts ? "rises by the speed of %s in %zu of %zu" : "rises by the power of %s in %zu of %zu", y->name, fits, judged);
        add_evidence(&x->role, text);
        set_role(&x->role, counts ? KIND_COUNTER : KIND_REGISTER, counts ? x->role.role : ROLE_NONE, "");
        set_role(&y->role, counts ? KIND_VALUE : KIND_POWER, counts ? ROLE_SPEED : ROLE_NONE, "");
        if (!counts && power && scales[s].unit[0])
            y->role.unit = scales[s].unit;
        x->role.sure = y->role.sure = sure || (differ && reg) ? LEARN_CERTAIN : LEARN_GUESS;
        return true;
    }
    return false;
}

static bool may_pair(const struct learned_leaf *sum, const struct learned_leaf *rate)
{
    const struct learn_role *x = &sum->role, *y = &rate->role;
    bool sums = x->kind == KIND_REGISTER || x->kind == KIND_COUNTER || (x->kind == KIND_VALUE && x->role == ROLE_NONE);
    bool rates = y->kind == KIND_POWER || (y->kind == KIND_VALUE && (y->role == ROLE_NONE || y->role == ROLE_SPEED));
    return sums && rates && !x->heartbeat && !x->clock && !x->ignored && !y->heartbeat && !y->clock && !y->ignored;
}

static void compare_leaves(const struct learn *learn, struct learned_type *type)
{
    char text[LEARN_NAME + 96];
    size_t judged;
    for (size_t a = 0; a < type->leaf_count; a++)
        for (size_t b = 0; b < type->leaf_count; b++) {
            struct learned_leaf *x = &type->leaves[a], *y = &type->leaves[b];
            if (a == b)
                continue;
            if (x->role.role == ROLE_GOOD && y->role.role == ROLE_CYCLE) {
                size_t fits = fits_cycle(learn, type, a, b, &judged);
                if (fits == 0)
                    continue;
                snprintf(text, sizeof text, "its pieces come at the cycle of %s in %zu of %zu", y->name, fits, judged);
                add_evidence(&x->role, text);
                x->role.sure = y->role.sure = LEARN_CERTAIN;
            }
        }
    bool *paired = mem_zero(type->leaf_count + 1, sizeof *paired); /* a sum has one rate: that whose name says so, else one that fits closely */
    for (int by_name = 1; by_name >= 0; by_name--)
        for (size_t a = 0; a < type->leaf_count; a++)
            for (size_t b = 0; b < type->leaf_count && !paired[a]; b++)
                if (a != b && !paired[b] && may_pair(&type->leaves[a], &type->leaves[b]) && pair(learn, type, a, b, by_name))
                    paired[a] = paired[b] = true;
    free(paired);
}

static bool same_role(const struct learn_role *a, const struct learn_role *b)
{
    return a->kind == b->kind && a->role == b->role && a->heartbeat == b->heartbeat && a->availability == b->availability && a->clock == b->clock && a->ignored == b->ignored;
}

/* The role of most instances; its fastest cycle is the fastest of all, its range that of all. */
static void role_of_leaf(const struct learn *learn, const struct learned_type *type, size_t leaf, const char *name, struct learn_role *out)
{
    struct learn_role seen[8];
    size_t times[8] = {0}, count = 0, best = 0;
    double fastest = 0;
    for (size_t i = 0; i < type->instance_count; i++) {
        const struct learn_series *s = series_at(learn, &type->instances[i], leaf);
        struct learn_role role;
        if (!s)
            continue;
        learn_role_of(s, name, &role);
        fastest = role.fastest_s > 0 && (fastest == 0 || role.fastest_s < fastest) ? role.fastest_s : fastest;
        size_t at = 0;
        while (at < count && !same_role(&seen[at], &role))
            at++;
        if (at == count && count < 8)
            seen[count++] = role;
        if (at < count) {
            times[at]++;
            if (role.sure > seen[at].sure)
                seen[at] = role;
        }
    }
    for (size_t k = 1; k < count; k++) /* a rare better proof goes before a frequent guess: one machine of many may have run alone */
        if ((seen[k].sure > seen[best].sure && times[k] * 4 >= times[best]) || (seen[k].sure == seen[best].sure && times[k] > times[best]))
            best = k;
    if (count > 0)
        *out = seen[best];
    out->fastest_s = out->fastest_s > 0 ? fastest : 0;
}

/* A tag's name from where it is: the last part, more of it while that is taken. */
static void name_leaf(const struct learned_type *type, size_t leaf)
{
    struct learned_leaf *l = &type->leaves[leaf];
    char whole[KEY_BYTES + 256], *parts[LEARN_LEVELS];
    size_t count = 0, kept = 0;
    bool bare = l->topic[0] && (strcmp(l->path, "/value") == 0 || strcmp(l->path, "/v") == 0 || strcmp(l->path, "/val") == 0); /* "state/value" is a state */
    snprintf(whole, sizeof whole, "%s%s", l->topic, bare ? "" : l->path);
    for (char *at = whole; *at && count < LEARN_LEVELS; at++) {
        if (*at == '/')
            *at = '\0';
        if (at == whole || at[-1] == '\0')
            if (*at)
                parts[count++] = at;
    }
    for (size_t take = 1; take <= count + 1; take++) {
        kept = 0;
        for (size_t p = take <= count ? count - take : 0; p < count; p++) {
            for (const char *c = parts[p]; *c && kept + 1 < sizeof l->name; c++) {
                char small = *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
                bool fine = (small >= 'a' && small <= 'z') || (small >= '0' && small <= '9') || small == '_' || small == '-';
                l->name[kept++] = fine ? small : '_';
            }
            if (p + 1 < count && kept + 1 < sizeof l->name)
                l->name[kept++] = '_';
        }
        l->name[kept] = '\0';
        bool taken = kept == 0;
        for (size_t other = 0; other < leaf; other++)
            taken = taken || strcmp(type->leaves[other].name, l->name) == 0;
        if (!taken)
            return;
    }
    snprintf(l->name, sizeof l->name, "value%zu", leaf + 1);
}

void learn_name_leaves(struct learned_type *type)
{
    for (size_t l = 0; l < type->leaf_count; l++)
        name_leaf(type, l);
}

void learn_roles_of_type(const struct learn *learn, struct learned_type *type)
{
    char name[KEY_BYTES + 256];
    for (size_t l = 0; l < type->leaf_count; l++) {
        name_leaf(type, l);
        role_of_leaf(learn, type, l, own_name(&type->leaves[l], name), &type->leaves[l].role);
    }
    compare_leaves(learn, type);
    for (size_t l = 0; l < type->leaf_count; l++) { /* one tag a role: the surest; others are plain */
        struct learn_role *role = &type->leaves[l].role;
        for (size_t other = 0; other < type->leaf_count; other++) {
            const struct learn_role *better = &type->leaves[other].role;
            if (other != l && role->role != ROLE_NONE && better->role == role->role && (better->sure > role->sure || (better->sure == role->sure && other < l))) {
                role->role = ROLE_NONE;
                role->sure = LEARN_GUESS;
            }
        }
    }
}

/* ---- what no type explains ---- */

/* Where a series stands: its topic without its last name, or its whole topic where several topics there hold messages of several values. */
struct stand { size_t at; const char *topic; size_t length; };

static int by_stand(const void *a, const void *b)
{
    const struct stand *x = a, *y = b;
    size_t n = x->length < y->length ? x->length : y->length;
    int same = strncmp(x->topic, y->topic, n);
    return same ? same : x->length != y->length ? x->length < y->length ? -1 : 1 : strcmp(x->topic, y->topic);
}

static size_t length_above(const char *topic, char separator)
{
    const char *last = learn_last(topic, separator);
    return last ? (size_t)(last - topic) - 1 : 0;
}

/* How many topics of a stretch hold more than one value. */
static size_t messages_in(const struct stand *stands, size_t count)
{
    size_t messages = 0;
    for (size_t from = 0, to; from < count; from = to) {
        for (to = from + 1; to < count && strcmp(stands[from].topic, stands[to].topic) == 0;)
            to++;
        messages += to - from > 1;
    }
    return messages;
}

/* As a type of one machine. */
static void judge(const struct learn *learn, struct learned *learned, const struct stand *stands, size_t count)
{
    struct learned_instance one = {.leaves = count, .series = mem_zero(count, sizeof *one.series)};
    struct learned_type type = {.leaf_count = count, .instances = &one, .instance_count = 1, .leaves = mem_zero(count, sizeof *type.leaves)};
    for (size_t i = 0; i < count; i++) {
        const struct learn_series *s = learn_series_at(learn, learned->loose[stands[i].at]);
        size_t skip = stands[i].length && s->topic[stands[i].length] ? stands[i].length + 1 : 0;
        one.series[i] = learned->loose[stands[i].at];
        snprintf(type.leaves[i].topic, sizeof type.leaves[i].topic, "%.255s", s->topic + skip);
        snprintf(type.leaves[i].path, sizeof type.leaves[i].path, "%.255s", s->path);
    }
    learn_roles_of_type(learn, &type);
    for (size_t i = 0; i < count; i++)
        learned->loose_roles[stands[i].at] = type.leaves[i].role;
    free(type.leaves);
    free(one.series);
}

void learn_roles_of_loose(const struct learn *learn, struct learned *learned)
{
    enum { TOGETHER = 200 };
    char separator = learned->type_count ? learned->types[0].separator : '\0';
    struct stand *stands = mem_zero(learned->loose_count + 1, sizeof *stands);
    for (size_t i = 0; i < learned->loose_count; i++) {
        const char *topic = learn_series_at(learn, learned->loose[i])->topic;
        stands[i] = (struct stand){.at = i, .topic = topic, .length = length_above(topic, separator)};
    }
    if (learned->loose_count > 0)
        qsort(stands, learned->loose_count, sizeof *stands, by_stand);
    for (size_t from = 0, to; from < learned->loose_count; from = to) {
        for (to = from + 1; to < learned->loose_count && stands[to].length == stands[from].length && strncmp(stands[to].topic, stands[from].topic, stands[from].length) == 0;)
            to++;
        if (messages_in(stands + from, to - from) <= 1 && to - from <= TOGETHER) {
            judge(learn, learned, stands + from, to - from);
            continue;
        }
        for (size_t first = from, end; first < to; first = end) {
            for (end = first + 1; end < to && end - first < TOGETHER && strcmp(stands[first].topic, stands[end].topic) == 0;)
                end++;
            judge(learn, learned, stands + first, end - first);
        }
    }
    free(stands);
}
