/*
 * Groups of places with like sets of leaves: first those with the very same set, then groups join where that is told in fewer names than they alone are.
 */
#include "core/learn_sheet.h"

#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

enum { GROUPS_MOST = 256 };

static const double alike = 0.8, near = 0.85, part = 0.4, absent = 0.5;

/* Is a leaf that so many of a group's places have one of the type? */
bool learn_is_kept(size_t count, size_t places)
{
    return count >= 2 && count * 3 > places;
}

/* Names that are saved: a leaf and a machine cost one each, and each machine that lacks a leaf half a one. */
static double gain_of_counts(const size_t *counts, size_t leaf_count, size_t places)
{
    size_t explained = 0, kept = 0;
    for (size_t l = 0; l < leaf_count; l++)
        if (learn_is_kept(counts[l], places)) {
            explained += counts[l];
            kept++;
        }
    return kept == 0 ? 0 : (double)explained - (double)kept - (double)places - absent * (double)(kept * places - explained);
}

void learn_group_free(struct learn_group *g)
{
    free(g->places);
    free(g->leaves);
    free(g->counts);
}

/* Both sets as one, with the places that have each. */
static size_t merge_leaves(const struct learn_group *a, const struct learn_group *b, uint64_t *leaves, size_t *counts)
{
    size_t n = 0;
    for (size_t i = 0, k = 0; i < a->leaf_count || k < b->leaf_count; n++) {
        bool of_a = i < a->leaf_count && (k == b->leaf_count || a->leaves[i] <= b->leaves[k]), of_b = k < b->leaf_count && (i == a->leaf_count || b->leaves[k] <= a->leaves[i]);
        leaves[n] = of_a ? a->leaves[i] : b->leaves[k];
        counts[n] = (of_a ? a->counts[i] : 0) + (of_b ? b->counts[k] : 0);
        i += of_a;
        k += of_b;
    }
    return n;
}

/* Do most of b's leaves belong to a, and does it have so much of a's? */
static bool is_like(const struct learn_group *a, const struct learn_group *b, double least)
{
    size_t both = 0, kept = 0;
    for (size_t l = 0; l < a->leaf_count; l++)
        kept += a->place_count == 1 || learn_is_kept(a->counts[l], a->place_count);
    for (size_t i = 0, k = 0; i < a->leaf_count && k < b->leaf_count;) {
        both += a->leaves[i] == b->leaves[k] && (a->place_count == 1 || learn_is_kept(a->counts[i], a->place_count));
        bool step_a = a->leaves[i] <= b->leaves[k], step_b = b->leaves[k] <= a->leaves[i];
        i += step_a;
        k += step_b;
    }
    return (double)both >= alike * (double)b->leaf_count && (double)both >= least * (double)kept;
}

void learn_group_join(struct learn_group *a, struct learn_group *b)
{
    uint64_t *leaves = mem_zero(a->leaf_count + b->leaf_count + 1, sizeof *leaves);
    size_t *counts = mem_zero(a->leaf_count + b->leaf_count + 1, sizeof *counts);
    size_t n = merge_leaves(a, b, leaves, counts);
    for (size_t i = 0; i < b->place_count; i++) {
        a->places = mem_grow(a->places, a->place_count, &a->place_capacity, sizeof *a->places);
        a->places[a->place_count++] = b->places[i];
    }
    free(a->leaves);
    free(a->counts);
    a->leaves = leaves;
    a->counts = counts;
    a->leaf_count = n;
    a->gain = gain_of_counts(counts, n, a->place_count);
    learn_group_free(b);
}

static double gain_joined(const struct learn_group *a, const struct learn_group *b)
{
    uint64_t *leaves = mem_zero(a->leaf_count + b->leaf_count + 1, sizeof *leaves);
    size_t *counts = mem_zero(a->leaf_count + b->leaf_count + 1, sizeof *counts);
    size_t n = merge_leaves(a, b, leaves, counts);
    double gain = gain_of_counts(counts, n, a->place_count + b->place_count);
    free(leaves);
    free(counts);
    return gain;
}

static int by_set(const void *a, const void *b)
{
    const struct learn_place *x = *(const struct learn_place *const *)a, *y = *(const struct learn_place *const *)b;
    if (x->leaf_count != y->leaf_count)
        return x->leaf_count > y->leaf_count ? -1 : 1;
    int same = memcmp(x->leaves, y->leaves, x->leaf_count * sizeof *x->leaves);
    return same ? same : x->from < y->from ? -1 : 1;
}

static bool same_set(const struct learn_place *x, const struct learn_place *y)
{
    return x->leaf_count == y->leaf_count && memcmp(x->leaves, y->leaves, x->leaf_count * sizeof *x->leaves) == 0;
}

static int by_size(const void *a, const void *b)
{
    const struct learn_group *x = a, *y = b;
    size_t nx = x->place_count * x->leaf_count, ny = y->place_count * y->leaf_count;
    return nx != ny ? nx > ny ? -1 : 1 : x->places[0] < y->places[0] ? -1 : 1;
}

/* Places with the very same leaves, those that explain most first. */
static size_t same_groups(const struct learn_place *places, size_t place_count, struct learn_group **groups)
{
    const struct learn_place **order = mem_zero(place_count + 1, sizeof *order);
    size_t count = 0, capacity = 0;
    *groups = NULL;
    for (size_t i = 0; i < place_count; i++)
        order[i] = &places[i];
    qsort(order, place_count, sizeof *order, by_set);
    for (size_t from = 0, to; from < place_count; from = to) {
        for (to = from + 1; to < place_count && same_set(order[from], order[to]);)
            to++;
        *groups = mem_grow(*groups, count, &capacity, sizeof **groups);
        struct learn_group *g = &(*groups)[count++];
        *g = (struct learn_group){.place_count = to - from, .place_capacity = to - from, .leaf_count = order[from]->leaf_count};
        g->places = mem_zero(to - from, sizeof *g->places);
        g->leaves = mem_zero(g->leaf_count + 1, sizeof *g->leaves);
        g->counts = mem_zero(g->leaf_count + 1, sizeof *g->counts);
        memcpy(g->leaves, order[from]->leaves, g->leaf_count * sizeof *g->leaves);
        for (size_t l = 0; l < g->leaf_count; l++)
            g->counts[l] = to - from;
        for (size_t i = from; i < to; i++)
            g->places[i - from] = (size_t)(order[i] - places);
        g->gain = gain_of_counts(g->counts, g->leaf_count, g->place_count);
    }
    free(order);
    if (count > 0)
        qsort(*groups, count, sizeof **groups, by_size);
    return count;
}

/* Each joins the one before it with which most is gained, where that is more than both have alone; returns how many are left. */
static size_t gather(struct learn_group *groups, size_t all, double least)
{
    size_t count = 0;
    for (size_t i = 0; i < all; i++) {
        struct learn_group *g = &groups[i];
        size_t best = SIZE_MAX;
        double most = 0;
        for (size_t other = 0; other < count; other++) {
            struct learn_group *o = &groups[other];
            if (!is_like(o, g, least) && !is_like(g, o, least))
                continue;
            double more = gain_joined(o, g) - (o->gain > 0 ? o->gain : 0) - (g->gain > 0 ? g->gain : 0);
            if (more > most) {
                most = more;
                best = other;
            }
        }
        if (best != SIZE_MAX)
            learn_group_join(&groups[best], g);
        else if (count < GROUPS_MOST)
            groups[count++] = *g;
        else
            learn_group_free(g);
    }
    return count;
}

/* First those that are nearly the same, so that a machine which lacks little finds its like before others take it. */
size_t learn_groups(const struct learn_place *places, size_t place_count, struct learn_group **groups)
{
    size_t count = same_groups(places, place_count, groups);
    count = gather(*groups, count, near);
    return gather(*groups, count, part);
}
