/*
 * struct rect is a value: every function keeps w and h at zero or more, so that loops over a rectangle need no guard.
 */
#include "draw/rect.h"

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

static int larger(int a, int b)
{
    return a > b ? a : b;
}

/* How much of n can be cut off a side of this length. */
static int cut_of(int n, int length)
{
    return larger(0, smaller(n, length));
}

struct rect rect_intersect(struct rect a, struct rect b)
{
    int x = larger(a.x, b.x), y = larger(a.y, b.y);
    return rect_of(x, y, smaller(a.x + a.w, b.x + b.w) - x, smaller(a.y + a.h, b.y + b.h) - y);
}

struct rect rect_cut_top(struct rect *r, int n)
{
    int cut = cut_of(n, r->h);
    struct rect top = rect_of(r->x, r->y, r->w, cut);
    r->y += cut;
    r->h -= cut;
    return top;
}

struct rect rect_cut_bottom(struct rect *r, int n)
{
    int cut = cut_of(n, r->h);
    r->h -= cut;
    return rect_of(r->x, r->y + r->h, r->w, cut);
}

struct rect rect_cut_left(struct rect *r, int n)
{
    int cut = cut_of(n, r->w);
    struct rect left = rect_of(r->x, r->y, cut, r->h);
    r->x += cut;
    r->w -= cut;
    return left;
}

struct rect rect_cut_right(struct rect *r, int n)
{
    int cut = cut_of(n, r->w);
    r->w -= cut;
    return rect_of(r->x + r->w, r->y, cut, r->h);
}
