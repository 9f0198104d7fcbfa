/*
 * pareto: several numbers of one kind by size, each with a bar, and which share of all those down to it make together. What is not known is counted and told, and
 * is no nought; where a number is negative there are no shares.
 */
#include "widgets/widget.h"

#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "draw/text.h"

enum { LABEL_MOST_W = 24, VALUE_W = 9, SHARE_W = 5, SHARES_LEAST_W = 40, BAR_LEAST_W = 4 };

extern const struct widget widget_pareto;

static bool is_known(const struct reading *reading)
{
    return reading->has_number && isfinite(reading->number) && reading->trust != TRUST_NEVER && reading->trust != TRUST_BAD;
}

/* The greatest first; what is not known at the end; equals as they came. */
static int by_size(const void *a, const void *b)
{
    const struct reading *l = *(const struct reading *const *)a, *r = *(const struct reading *const *)b;
    if (is_known(l) != is_known(r))
        return is_known(l) ? -1 : 1;
    if (is_known(l) && (l->number > r->number || l->number < r->number))
        return l->number > r->number ? -1 : 1;
    return l < r ? -1 : l > r;
}

struct widths {
    int label, value, bar, share; /* share: of each of the two, 0: none */
};

static struct widths widths_of(const struct reading *const *ranked, size_t count, bool shares, int w)
{
    struct widths widths = {.share = shares && w >= SHARES_LEAST_W ? SHARE_W : 0};
    int most = w / 3 < LABEL_MOST_W ? w / 3 : LABEL_MOST_W;
    for (size_t i = 0; i < count; i++)
        widths.label = text_width(reading_label(ranked[i])) > widths.label ? text_width(reading_label(ranked[i])) : widths.label;
    widths.label = widths.label > most ? most : widths.label;
    widths.value = w - widths.label - 1 < VALUE_W ? w - widths.label - 1 : VALUE_W;
    widths.bar = w - widths.label - 1 - widths.value - 1 - 2 * widths.share;
    widths.bar = widths.bar < BAR_LEAST_W ? 0 : widths.bar;
    return widths;
}

static void draw_row(const struct reading *reading, const struct widths *widths, double top, double sum, double so_far, struct surface s)
{
    char text[NUMBER_TEXT];
    int x = widths->label + 1;
    enum cell_role role = reading_role(reading);
    surface_text_fit(s, 0, 0, widths->label, CELL_TEXT, reading_label(reading));
    if (!is_known(reading)) {
        reading_mark(reading, s, x, 0);
        surface_text_fit(s, x + 2, 0, s.w - x - 2, role, reading->trust == TRUST_NEVER ? "never" : reading->text);
        return;
    }
    number_fit(reading->number, reading->decimals, widths->value, text);
    surface_number_right(s, x, 0, widths->value, role, text);
    x += widths->value + 1;
    int cells = top > 0 ? (int)lround(fmax(reading->number, 0) / top * widths->bar) : 0;
    for (int i = 0; i < cells && i < widths->bar; i++)
        surface_glyph(s, x + i, 0, reading->trust == TRUST_GOOD ? CELL_BAND : CELL_STALE, GLYPH_BLOCK);
    if (!widths->share || !(sum > 0))
        return;
    surface_format(s, s.w - 2 * widths->share, 0, CELL_DIM, "%*.0f%%", widths->share - 1, reading->number / sum * 100);
    surface_format(s, s.w - widths->share, 0, CELL_TEXT, "%*.0f%%", widths->share - 1, so_far / sum * 100);
}

static void pareto_draw(const struct reading *readings, size_t count, struct surface s)
{
    double sum = 0, so_far = 0;
    bool shares = true;
    if (s.w < 1 || s.h < 1)
        return;
    const struct reading **ranked = mem_zero(count, sizeof *ranked);
    for (size_t i = 0; i < count; i++) {
        ranked[i] = &readings[i];
        sum += is_known(ranked[i]) ? ranked[i]->number : 0;
        shares = shares && !(is_known(ranked[i]) && ranked[i]->number < 0);
    }
    qsort(ranked, count, sizeof *ranked, by_size);
    struct widths widths = widths_of(ranked, count, shares, s.w);
    double top = is_known(ranked[0]) ? ranked[0]->number : 0;
    for (int y = 0; y < s.h && (size_t)y < count; y++) {
        struct surface row = surface_sub(s, rect_of(0, y, s.w, 1));
        if (y == s.h - 1 && (size_t)s.h < count) {
            int x = surface_format(row, 0, 0, CELL_DIM, "+%zu more", count - (size_t)y) + 1;
            if (shares && sum > 0)
                surface_format(surface_sub(row, rect_of(x, 0, row.w - x, 1)), 0, 0, CELL_DIM, "%.0f%%", (sum - so_far) / sum * 100);
            break;
        }
        so_far += is_known(ranked[y]) ? ranked[y]->number : 0;
        draw_row(ranked[y], &widths, top, shares ? sum : 0, so_far, row);
    }
    free(ranked);
}

const struct widget widget_pareto = {
    .name = "pareto", .help = "numbers by size, each with its share and what it makes with those above", .least_w = 20, .least_h = 3, .draw_all = pareto_draw, .names = true,
};
