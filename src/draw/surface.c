/*
 * A grid owns its cells, w * h of them, row by row. Its invariants, which every function here keeps: a cell of width 2 is
 * followed in its row by a cell of width 0 with the same role and no text, and there is no other cell of width 0; the bytes
 * after a text are zeros, so that cells compare by memcmp. A struct surface is a value that borrows the grid; its clip lies
 * inside the grid.
 */
#include "draw/surface.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "draw/text.h"

static_assert(sizeof(struct cell) == CELL_BYTES + 2, "no padding: cells compare by memcmp");

static const struct cell blank = {.text = " ", .width = 1, .role = CELL_TEXT};

struct grid *grid_create(int w, int h)
{
    struct grid *grid = mem_zero(1, sizeof *grid);
    grid_resize(grid, w, h);
    return grid;
}

void grid_destroy(struct grid *grid)
{
    if (!grid)
        return;
    free(grid->cells);
    free(grid);
}

void grid_resize(struct grid *grid, int w, int h)
{
    struct rect size = rect_of(0, 0, w, h);
    if (size.w != grid->w || size.h != grid->h || !grid->cells)
        grid->cells = mem_resize(grid->cells, (size_t)size.w * (size_t)size.h, sizeof *grid->cells);
    grid->w = size.w;
    grid->h = size.h;
    grid_clear(grid);
}

void grid_clear(struct grid *grid)
{
    size_t count = (size_t)grid->w * (size_t)grid->h;
    for (size_t i = 0; i < count; i++)
        grid->cells[i] = blank;
}

const struct cell *grid_cell(const struct grid *grid, int x, int y)
{
    assert(x >= 0 && y >= 0 && x < grid->w && y < grid->h);
    return &grid->cells[(size_t)y * (size_t)grid->w + (size_t)x];
}

struct surface surface_of(struct grid *grid)
{
    return (struct surface){.grid = grid, .w = grid->w, .h = grid->h, .clip = rect_of(0, 0, grid->w, grid->h)};
}

struct surface surface_sub(struct surface s, struct rect r)
{
    struct rect place = rect_of(s.x + r.x, s.y + r.y, r.w, r.h);
    return (struct surface){.grid = s.grid, .x = place.x, .y = place.y, .w = place.w, .h = place.h, .clip = rect_intersect(s.clip, place)};
}

/* Makes the cell free to be overwritten: the other half of a wide grapheme becomes a blank. */
static void cell_release(struct cell *cell)
{
    struct cell *other = cell->width == 2 ? cell + 1 : cell->width == 0 ? cell - 1 : NULL;
    if (!other)
        return;
    uint8_t role = other->role;
    *other = blank;
    other->role = role;
}

static void cell_set(struct cell *cell, const struct cell *content)
{
    if (cell->width != 1)
        cell_release(cell);
    *cell = *content;
}

/* A grapheme as a cell. One that is too long for a cell is cut to its base; one that cannot be shown becomes '?'. */
static struct cell cell_of(enum cell_role role, struct grapheme g)
{
    struct cell cell = {.width = (uint8_t)g.width, .role = (uint8_t)role};
    size_t length = g.length < CELL_BYTES ? g.length : g.base;
    if (g.base && length < CELL_BYTES)
        memcpy(cell.text, g.start, length);
    else
        cell.text[0] = '?';
    return cell;
}

/* Columns are the grid's here; the row is known to be inside the clip. */
static void row_put(struct cell *row, struct rect clip, int x, enum cell_role role, struct grapheme g)
{
    struct cell cell = cell_of(role, g);
    bool left = x >= clip.x && x < clip.x + clip.w;
    if (g.width == 1) {
        if (left)
            cell_set(&row[x], &cell);
        return;
    }
    bool right = x + 1 >= clip.x && x + 1 < clip.x + clip.w;
    struct cell gap = {.text = " ", .width = 1, .role = (uint8_t)role};
    if (left && right) {
        cell_set(&row[x], &gap); /* first both halves are freed of what was there */
        cell_set(&row[x + 1], &gap);
        row[x] = cell;
        row[x + 1] = (struct cell){.width = 0, .role = (uint8_t)role};
    } else if (left) {
        cell_set(&row[x], &gap);
    } else if (right) {
        cell_set(&row[x + 1], &gap);
    }
}

static struct cell *row_of(struct surface s, int y)
{
    int gy = s.y + y;
    if (gy < s.clip.y || gy >= s.clip.y + s.clip.h || s.clip.w <= 0)
        return NULL;
    return &s.grid->cells[(size_t)gy * (size_t)s.grid->w];
}

int surface_run(struct surface s, int x, int y, enum cell_role role, const char *text, size_t length)
{
    struct cell *row = row_of(s, y);
    const char *end = text + length;
    int gx = s.x + x;
    for (struct grapheme g; text < end && (g = text_grapheme(text)).length; text += g.length) {
        if (row)
            row_put(row, s.clip, gx, role, g);
        gx += g.width;
    }
    return gx - s.x;
}

void surface_fill(struct surface s, struct rect r, enum cell_role role, const char *grapheme)
{
    struct surface part = surface_sub(s, r);
    struct grapheme g = text_grapheme(grapheme);
    if (!g.length)
        g = text_grapheme(" ");
    for (int y = 0; y < part.h; y++) {
        struct cell *row = row_of(part, y);
        if (!row)
            continue;
        /* Only what the clip shows is filled, in step with the surface's own columns. */
        int first = (part.clip.x - part.x) / g.width * g.width, last = part.clip.x + part.clip.w - part.x;
        for (int x = first; x < last; x += g.width)
            row_put(row, part.clip, part.x + x, role, g);
    }
}

void surface_paint(struct surface s, struct rect r, enum cell_role role)
{
    struct surface part = surface_sub(s, r);
    for (int y = 0; y < part.h; y++) {
        struct cell *row = row_of(part, y);
        if (!row)
            continue;
        for (int x = part.clip.x; x < part.clip.x + part.clip.w; x++) {
            row[x].role = (uint8_t)role;
            if (row[x].width == 2)
                row[x + 1].role = (uint8_t)role;
            else if (row[x].width == 0)
                row[x - 1].role = (uint8_t)role;
        }
    }
}
