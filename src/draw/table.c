/*
 * struct table_spec is the view's and is read only; struct table is what the user did. Positions count visible rows, rows
 * count the spec's. Invariants after table_update(): order_count visible rows; `selected` is a position among them that is
 * not a heading, or has_selected is false; built_for names exactly the inputs of which the order was made.
 */
#include "draw/table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

void table_finish(struct table *table)
{
    free(table->order);
    *table = (struct table){0};
}

/* FNV-1a over the bytes of one input after the other. */
static uint64_t mix(uint64_t hash, const void *bytes, size_t length)
{
    const unsigned char *p = bytes;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ p[i]) * UINT64_C(1099511628211);
    return hash;
}

static const char *filter_of(const struct table_spec *spec, bool *inverse)
{
    const char *filter = spec->match && spec->filter ? spec->filter : "";
    *inverse = filter[0] == '!';
    return filter + *inverse;
}

static bool is_sorted(const struct table *table, const struct table_spec *spec)
{
    return spec->compare && table->sort_column > 0 && (size_t)table->sort_column <= spec->column_count;
}

static uint64_t inputs_of(const struct table *table, const struct table_spec *spec)
{
    bool inverse, sorted = is_sorted(table, spec);
    const char *filter = filter_of(spec, &inverse);
    uint64_t hash = UINT64_C(14695981039346656037);
    hash = mix(hash, &spec->rows, sizeof spec->rows);
    hash = mix(hash, &spec->generation, sizeof spec->generation);
    if (sorted) {
        hash = mix(hash, &table->sort_column, sizeof table->sort_column);
        hash = mix(hash, &table->descending, sizeof table->descending);
    }
    hash = mix(hash, &inverse, sizeof inverse);
    hash = mix(hash, filter, strlen(filter));
    return hash | 1;
}

static bool is_heading(const struct table_spec *spec, size_t row)
{
    return spec->heading && spec->heading(spec->context, row);
}

static void push_row(struct table *table, size_t row)
{
    table->order = mem_grow(table->order, table->order_count, &table->order_capacity, sizeof *table->order);
    table->order[table->order_count++] = (uint32_t)row;
}

/* Rows that match, each below the headings that stand directly above its group. */
static void collect(struct table *table, const struct table_spec *spec, bool with_headings)
{
    bool inverse;
    const char *filter = filter_of(spec, &inverse);
    size_t waiting = 0, first_waiting = 0; /* headings above `row` that no match has called for yet */
    for (size_t row = 0; row < spec->rows; row++) {
        if (is_heading(spec, row)) {
            waiting = row > 0 && is_heading(spec, row - 1) ? waiting + 1 : 1;
            if (waiting == 1)
                first_waiting = row;
            continue;
        }
        if (filter[0] && spec->match(spec->context, row, filter) == inverse)
            continue;
        for (size_t i = 0; with_headings && i < waiting; i++)
            push_row(table, first_waiting + i);
        waiting = 0;
        push_row(table, row);
    }
}

/* Merges two sorted runs; of equal rows the first in the spec's order stays first, ascending or descending. */
static void merge(const struct table *table, const struct table_spec *spec, const uint32_t *from, uint32_t *to, size_t a, size_t b, size_t end)
{
    size_t column = (size_t)table->sort_column - 1, middle = b;
    for (size_t out = a, left = a; out < end; out++) {
        bool take_right = left >= middle;
        if (!take_right && b < end) {
            int order = spec->compare(spec->context, from[left], from[b], column);
            take_right = table->descending ? order < 0 : order > 0;
        }
        to[out] = take_right ? from[b++] : from[left++];
    }
}

static void sort(struct table *table, const struct table_spec *spec)
{
    size_t count = table->order_count;
    uint32_t *from = table->order, *to = mem_zero(count, sizeof *to);
    for (size_t run = 1; run < count; run *= 2) {
        for (size_t a = 0; a < count; a += 2 * run) {
            size_t b = a + run < count ? a + run : count, end = b + run < count ? b + run : count;
            merge(table, spec, from, to, a, b, end);
        }
        uint32_t *swap = from;
        from = to;
        to = swap;
    }
    if (from != table->order) {
        memcpy(table->order, from, count * sizeof *from);
        to = from;
    }
    free(to);
}

static void rebuild(struct table *table, const struct table_spec *spec)
{
    bool inverse, sorted = is_sorted(table, spec);
    assert(spec->rows < UINT32_MAX);
    table->ordered = sorted || filter_of(spec, &inverse)[0];
    table->order_count = 0;
    if (!table->ordered) {
        table->order_count = spec->rows;
        return;
    }
    collect(table, spec, !sorted);
    if (sorted)
        sort(table, spec);
}

static uint64_t id_at(const struct table *table, const struct table_spec *spec, size_t position)
{
    size_t row = table_row(table, position);
    return spec->row_id ? spec->row_id(spec->context, row) : row;
}

static bool can_select(const struct table *table, const struct table_spec *spec, size_t position)
{
    return position < table->order_count && !is_heading(spec, table_row(table, position));
}

/* Selects the position, or the next that can be in this direction, or else in the other one. */
static void move_to(struct table *table, const struct table_spec *spec, size_t position, bool down)
{
    table->has_selected = false;
    if (!table->order_count)
        return;
    if (position >= table->order_count)
        position = table->order_count - 1;
    size_t below = position, above = position + 1;
    while (below < table->order_count && !can_select(table, spec, below))
        below++;
    while (above > 0 && !can_select(table, spec, above - 1))
        above--;
    bool has_below = below < table->order_count, has_above = above > 0;
    if (!has_below && !has_above)
        return;
    table->selected = has_below && (down || !has_above) ? below : above - 1;
    table->selected_id = id_at(table, spec, table->selected);
    table->has_selected = true;
}

/* The selection follows its row; when that has gone, its place goes to the row that is there now. */
static void find_selection(struct table *table, const struct table_spec *spec)
{
    if (!table->has_selected) {
        move_to(table, spec, table->top, true);
        return;
    }
    if (can_select(table, spec, table->selected) && id_at(table, spec, table->selected) == table->selected_id)
        return;
    for (size_t position = 0; position < table->order_count; position++)
        if (id_at(table, spec, position) == table->selected_id && can_select(table, spec, position)) {
            table->selected = position;
            return;
        }
    move_to(table, spec, table->selected, true);
}

static void scroll(struct table *table, const struct table_spec *spec)
{
    size_t page = table->page ? table->page : 1;
    size_t last = table->order_count > page ? table->order_count - page : 0;
    if (table->has_selected) {
        size_t first = table->selected;
        while (first > 0 && table->selected - first + 1 < page && !can_select(table, spec, first - 1))
            first--; /* the headings above belong to it */
        if (table->top > first)
            table->top = first;
        if (table->selected >= page && table->top < table->selected - page + 1)
            table->top = table->selected - page + 1;
    }
    if (table->top > last && !spec->hold)
        table->top = last;
}

void table_update(struct table *table, const struct table_spec *spec)
{
    uint64_t inputs = inputs_of(table, spec);
    bool held = spec->hold && table->has_selected && table->selected >= table->top;
    size_t place = held ? table->selected - table->top : 0; /* on the screen */
    if (table->built_for != inputs) {
        rebuild(table, spec);
        table->built_for = inputs;
    }
    find_selection(table, spec);
    if (held && table->has_selected)
        table->top = table->selected > place ? table->selected - place : 0;
    scroll(table, spec);
}

/* Down by n rows (up when negative); without a selection the rows themselves move. */
static void step(struct table *table, const struct table_spec *spec, long n)
{
    size_t from = table->has_selected ? table->selected : table->top, size = (size_t)(n < 0 ? -n : n);
    size_t to = n >= 0 ? (size < SIZE_MAX - from ? from + size : SIZE_MAX) : from > size ? from - size : 0;
    if (table->has_selected)
        move_to(table, spec, to, n > 0);
    else
        table->top = to;
    if (n < 0 && to == 0)
        table->top = 0; /* headings above the first row come into sight */
}

static void sort_by(struct table *table, const struct table_spec *spec, int change)
{
    int count = (int)spec->column_count + 1; /* 0: as given */
    table->sort_column = (table->sort_column + change + count) % count;
}

bool table_key(struct table *table, const struct table_spec *spec, struct key key)
{
    table_update(table, spec);
    long page = table->page > 1 ? (long)table->page - 1 : 1, all = (long)(table->order_count < INT32_MAX ? table->order_count : INT32_MAX);
    if (key.code == KEYC_UP || key_is(key, 'k'))
        step(table, spec, -1);
    else if (key.code == KEYC_DOWN || key_is(key, 'j'))
        step(table, spec, 1);
    else if (key.code == KEYC_PAGE_UP)
        step(table, spec, -page);
    else if (key.code == KEYC_PAGE_DOWN)
        step(table, spec, page);
    else if (key.code == KEYC_HOME || key_is(key, 'g'))
        step(table, spec, -all);
    else if (key.code == KEYC_END || key_is(key, 'G'))
        step(table, spec, all);
    else if (spec->compare && (key_is(key, '<') || key_is(key, '>')))
        sort_by(table, spec, key_is(key, '<') ? -1 : 1);
    else if (spec->compare && key_is(key, 'I'))
        table->descending = !table->descending;
    else
        return false;
    table_update(table, spec);
    return true;
}

bool table_selected(struct table *table, const struct table_spec *spec, size_t *row)
{
    table_update(table, spec);
    if (table->has_selected)
        *row = table_row(table, table->selected);
    return table->has_selected;
}

void table_select(struct table *table, const struct table_spec *spec, size_t row)
{
    table_update(table, spec);
    if (row >= spec->rows || is_heading(spec, row))
        return;
    size_t position = 0;
    if (table->ordered)
        while (position < table->order_count && table->order[position] != row)
            position++;
    else
        position = row;
    if (position < table->order_count)
        move_to(table, spec, position, true);
    scroll(table, spec);
}
