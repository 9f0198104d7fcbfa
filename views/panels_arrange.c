/*
 * A strip is what lies side by side: a row of the view, or a part of one that is too wide. Strips exist for one call.
 */
#include "views/panels_arrange.h"

#include <assert.h>
#include <string.h>

struct strip {
    size_t first, count; /* of its panels */
    int least;           /* cells high */
    int height;          /* fixed; 0: by weight */
    int weight;
};

void panels_share(int total, size_t count, const int *weights, const int *leasts, int *out)
{
    bool pinned[PANELS] = {false};
    int left = total, weight = 0;
    assert(count <= PANELS);
    for (size_t i = 0; i < count; i++)
        weight += weights[i];
    /* Who would have less than his least has that, and the others share what is left; until nobody has to be helped any more. */
    for (bool again = true; again;) {
        again = false;
        for (size_t i = 0; i < count; i++)
            if (!pinned[i] && (long long)left * weights[i] < (long long)leasts[i] * weight) {
                pinned[i] = again = true;
                out[i] = leasts[i];
                left -= leasts[i];
                weight -= weights[i];
            }
    }
    int so_far = 0, given = 0;
    for (size_t i = 0; i < count; i++) {
        if (pinned[i])
            continue;
        so_far += weights[i];
        int upto = (int)((long long)left * so_far / weight);
        out[i] = upto - given;
        given = upto;
    }
}

static size_t find_strips(const struct panel_view *view, const struct panel_least *least, int w, struct strip strips[PANELS])
{
    size_t count = 0, panel = 0;
    for (size_t r = 0; r < view->row_count; r++) {
        int used = 0;
        for (size_t i = 0; i < view->rows[r].count; i++, panel++) {
            bool fits = i > 0 && used + PANELS_GAP + least[panel].w <= w;
            if (!fits) {
                strips[count++] = (struct strip){.first = panel, .height = view->rows[r].height, .weight = view->rows[r].weight};
                used = -PANELS_GAP;
            }
            struct strip *strip = &strips[count - 1];
            used += PANELS_GAP + least[panel].w;
            strip->count++;
            strip->least = least[panel].h > strip->least ? least[panel].h : strip->least;
        }
    }
    return count;
}

static int sum_least(const struct strip *strips, size_t from, size_t to)
{
    int sum = 0;
    for (size_t i = from; i < to; i++)
        sum += strips[i].least;
    return sum;
}

/* Which strips are shown: [*from, *to). */
static void choose(const struct strip *strips, size_t count, int h, size_t holds, size_t *from, size_t *to)
{
    if (*from > holds)
        *from = holds;
    while (*from < holds && sum_least(strips, *from, holds + 1) > h)
        ++*from;
    *to = holds + 1;
    while (*to < count && sum_least(strips, *from, *to + 1) <= h)
        ++*to;
    while (*from > 0 && sum_least(strips, *from - 1, *to) <= h)
        --*from;
}

/* What is fixed has its height as far as the others keep their least; by weight goes what is left. */
static void find_heights(const struct strip *strips, size_t count, int h, int heights[PANELS])
{
    int weights[PANELS], leasts[PANELS], shares[PANELS], spare = h - sum_least(strips, 0, count), left = h;
    size_t weighted = 0;
    for (size_t i = 0; i < count; i++) {
        int more = strips[i].height > strips[i].least ? strips[i].height - strips[i].least : 0;
        more = more > spare ? spare > 0 ? spare : 0 : more;
        heights[i] = strips[i].least + more;
        if (strips[i].height) {
            spare -= more;
            left -= heights[i];
            continue;
        }
        weights[weighted] = strips[i].weight;
        leasts[weighted++] = strips[i].least;
    }
    if (weighted == 0)
        return;
    panels_share(left, weighted, weights, leasts, shares);
    for (size_t i = 0, n = 0; i < count; i++)
        if (!strips[i].height)
            heights[i] = shares[n++];
}

static void place_strip(const struct panel_view *view, const struct panel_least *least, const struct strip *strip, struct rect r, struct arrangement *out)
{
    int weights[PANELS], leasts[PANELS], widths[PANELS], x = r.x;
    for (size_t i = 0; i < strip->count; i++) {
        weights[i] = view->panels[strip->first + i].width;
        leasts[i] = least[strip->first + i].w;
    }
    panels_share(r.w - PANELS_GAP * ((int)strip->count - 1), strip->count, weights, leasts, widths);
    for (size_t i = 0; i < strip->count; i++) {
        int w = strip->count == 1 ? r.w : widths[i]; /* alone it may be narrower than it likes */
        out->spots[out->count++] = (struct panel_spot){.panel = strip->first + i, .rect = rect_of(x, r.y, w, r.h)};
        x += w + PANELS_GAP;
    }
}

static void place_single(const struct panel_view *view, int w, int h, size_t selected, struct arrangement *out)
{
    out->spots[out->count++] = (struct panel_spot){.panel = selected, .rect = rect_of(0, 0, w, h - (view->panel_count > 1 && h > 1))};
    out->before = selected;
    out->after = view->panel_count - selected - 1;
}

void panels_arrange(const struct panel_view *view, const struct panel_least *least, int w, int h, size_t selected, size_t top, struct arrangement *out)
{
    struct strip strips[PANELS];
    int heights[PANELS];
    *out = (struct arrangement){.count = 0};
    if (view->panel_count == 0 || w < 1 || h < 1)
        return;
    assert(selected < view->panel_count);
    if (w < PANELS_SINGLE_W && h < PANELS_SINGLE_H) {
        place_single(view, w, h, selected, out);
        return;
    }
    size_t count = find_strips(view, least, w, strips), holds = 0, from = top, to = count;
    while (holds + 1 < count && strips[holds + 1].first <= selected)
        holds++;
    if (sum_least(strips, 0, count) > h) {
        h -= h > 1;
        choose(strips, count, h, holds, &from, &to);
    } else {
        from = 0;
    }
    if (sum_least(strips, from, to) > h)
        heights[0] = h; /* one that is too high alone */
    else
        find_heights(strips + from, to - from, h, heights);
    for (size_t i = from, y = 0; i < to; y += (size_t)heights[i - from], i++)
        place_strip(view, least, &strips[i], rect_of(0, (int)y, w, heights[i - from]), out);
    out->top = from;
    out->before = strips[from].first;
    out->after = view->panel_count - strips[to - 1].first - strips[to - 1].count;
}
