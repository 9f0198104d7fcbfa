/*
 * Lists of defects, by what they are called, from the model's cells and from what the history adds up.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "views/figures.h"

bool node_reports_defects(const struct plant *plant, uint32_t node)
{
    for (uint32_t n = node; n < plant->nodes[node].end; n++)
        if (plant->nodes[n].role_tag[ROLE_DEFECT] != NO_TAG)
            return true;
    return false;
}

void defects_add(struct defects *defects, const char *title, uint64_t count)
{
    size_t i = 0;
    while (i < defects->count && strcmp(defects->rows[i].title, title) != 0)
        i++;
    defects->sum += count;
    if (i == DEFECTS_MOST)
        snprintf(defects->rows[--i].title, DEFECT_TEXT, "%s", DEFECT_OTHERS);
    else if (i == defects->count)
        snprintf(defects->rows[defects->count++].title, DEFECT_TEXT, "%s", title);
    defects->rows[i].count += count;
}

void defects_of(const struct model *model, uint32_t node, int64_t from_ms, int64_t to_ms, const char *product, const char *crew, struct defects *defects)
{
    size_t cell_count, count, cell = 0;
    const struct account_cell *cells = model_cells(model, node, &cell_count);
    const struct defect *all = model_defects(model, node, &count);
    for (size_t d = 0; d < count; d++) {
        while (cell < cell_count && cells[cell].from_ms < all[d].from_ms)
            cell++;
        bool known = cell < cell_count && cells[cell].from_ms == all[d].from_ms;
        if (all[d].from_ms < from_ms || all[d].from_ms >= to_ms || (product && !(known && strcmp(product, cells[cell].product) == 0))
            || (crew && !(known && strcmp(crew, cells[cell].crew) == 0)))
            continue;
        defects_add(defects, all[d].text, all[d].count);
    }
}

static int most_first(const void *a, const void *b)
{
    const struct defect_sum *x = a, *y = b;
    bool x_rest = strcmp(x->title, DEFECT_OTHERS) == 0, y_rest = strcmp(y->title, DEFECT_OTHERS) == 0;
    if (x_rest != y_rest)
        return x_rest ? 1 : -1;
    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    return strcmp(x->title, y->title);
}

void defects_sort(struct defects *defects)
{
    qsort(defects->rows, defects->count, sizeof defects->rows[0], most_first);
}
