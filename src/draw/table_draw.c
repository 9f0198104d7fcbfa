/*
 * How a table looks: which columns fit and how wide they are, the row of titles, the visible rows. Nothing here changes
 * what the user did, except that the height drawn is remembered as the page.
 */
#include "draw/table.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "draw/text.h"

enum { COLUMN_GAP = 1 };

static int least_of(const struct table_column *column)
{
    return column->least > 0 && column->least < column->width ? column->least : column->width;
}

/* Cells of all shown columns and the blanks between them. */
static int total_of(const int *widths, size_t count)
{
    int total = 0;
    for (size_t i = 0; i < count; i++)
        if (widths[i] > 0)
            total += widths[i] + (total ? COLUMN_GAP : 0);
    return total;
}

/* Takes out the column that goes first; false when none may go. */
static bool drop_one(const struct table_spec *spec, int *widths)
{
    size_t first = spec->column_count;
    for (size_t i = 0; i < spec->column_count; i++)
        if (widths[i] > 0 && spec->columns[i].drop > 0 && (first == spec->column_count || spec->columns[i].drop >= spec->columns[first].drop))
            first = i;
    if (first == spec->column_count)
        return false;
    widths[first] = 0;
    return true;
}

/* Gives the cells between least and wanted, one after the other to whoever lacks most. */
static int grow_to_wanted(const struct table_spec *spec, int *widths, int spare)
{
    for (; spare > 0; spare--) {
        size_t most = spec->column_count;
        int lack_most = 0;
        for (size_t i = 0; i < spec->column_count; i++) {
            int lack = widths[i] > 0 ? spec->columns[i].width - widths[i] : 0;
            if (lack > lack_most) {
                lack_most = lack;
                most = i;
            }
        }
        if (most == spec->column_count)
            break;
        widths[most]++;
    }
    return spare;
}

/* What is left goes to the flexible columns by their shares, the remainder to the last of them. */
static void grow_flexible(const struct table_spec *spec, int *widths, int spare)
{
    int shares = 0, given = 0;
    size_t last = spec->column_count;
    for (size_t i = 0; i < spec->column_count; i++)
        if (widths[i] > 0 && spec->columns[i].flex > 0) {
            shares += spec->columns[i].flex;
            last = i;
        }
    if (!shares || spare <= 0)
        return;
    for (size_t i = 0; i < spec->column_count; i++)
        if (widths[i] > 0 && spec->columns[i].flex > 0) {
            int part = (int)((long long)spare * spec->columns[i].flex / shares);
            widths[i] += part;
            given += part;
        }
    widths[last] += spare - given;
}

/* Columns that may not go are cut at the right edge. */
static void cut_off(const struct table_spec *spec, int *widths, int w)
{
    int x = 0;
    for (size_t i = 0; i < spec->column_count; i++) {
        if (widths[i] <= 0)
            continue;
        int room = w - x;
        widths[i] = room <= 0 ? 0 : widths[i] < room ? widths[i] : room;
        x += widths[i] + COLUMN_GAP;
    }
}

size_t table_widths(const struct table_spec *spec, int w, int widths[TABLE_COLUMNS])
{
    assert(spec->column_count <= TABLE_COLUMNS);
    for (size_t i = 0; i < spec->column_count; i++)
        widths[i] = least_of(&spec->columns[i]);
    while (total_of(widths, spec->column_count) > w && drop_one(spec, widths))
        continue;
    int spare = grow_to_wanted(spec, widths, w - total_of(widths, spec->column_count));
    grow_flexible(spec, widths, spare);
    cut_off(spec, widths, w);
    size_t shown = 0;
    for (size_t i = 0; i < spec->column_count; i++)
        shown += widths[i] > 0;
    return shown;
}

static void draw_title(const struct table *table, const struct table_spec *spec, size_t column, struct surface s)
{
    const char *title = spec->columns[column].title ? spec->columns[column].title : "";
    bool sorted = spec->compare && table->sort_column == (int)column + 1;
    enum cell_role role = sorted ? CELL_ACCENT : CELL_DIM;
    int w = sorted && s.w > 1 ? s.w - 1 : s.w;
    int end = spec->columns[column].align == ALIGN_RIGHT ? (surface_text_right(s, 0, 0, w, role, title), w) : surface_text_fit(s, 0, 0, w, role, title);
    if (sorted && s.w > 1)
        surface_glyph(s, end, 0, role, table->descending ? GLYPH_DOWN : GLYPH_UP);
}

static bool is_blank(struct surface s, int x, int w)
{
    for (int i = x; i < x + w; i++) {
        int at_x = s.x + i, at_y = s.y;
        if (at_x >= s.clip.x && at_x < s.clip.x + s.clip.w && s.clip.h > 0 && strcmp(grid_cell(s.grid, at_x, at_y)->text, " ") != 0)
            return false;
    }
    return true;
}

static bool any_urgent(const struct table *table, const struct table_spec *spec, size_t from, size_t count)
{
    for (size_t i = from; spec->urgent && i < from + count; i++)
        if (spec->urgent(spec->context, table_row(table, i)))
            return true;
    return false;
}

/* "↑12 ↓34" at the right edge: rows that are there but not seen; "!↓34": an urgent one among them. */
static void draw_hint(const struct table *table, const struct table_spec *spec, size_t below, struct surface s)
{
    char up[32] = "", down[32] = "", hint[80];
    bool urgent_up = any_urgent(table, spec, 0, table->top), urgent_down = any_urgent(table, spec, table->order_count - below, below);
    if (table->top)
        snprintf(up, sizeof up, " %s%s%zu", urgent_up ? "!" : "", glyph_text(s.grid->tier, GLYPH_UP), table->top);
    if (below)
        snprintf(down, sizeof down, " %s%s%zu", urgent_down ? "!" : "", glyph_text(s.grid->tier, GLYPH_DOWN), below);
    snprintf(hint, sizeof hint, "%s%s", up, down);
    int width = text_width(hint);
    if (!width || width > s.w)
        return;
    /* A title is covered only where there is no blank place at either end. */
    bool left = !is_blank(s, s.w - width, width) && is_blank(s, 0, width);
    surface_text(s, left ? 0 : s.w - width, 0, urgent_up || urgent_down ? CELL_STOP : CELL_ACCENT, left ? hint + 1 : hint);
}

static void draw_titles(const struct table *table, const struct table_spec *spec, const int *widths, size_t below, struct surface s)
{
    for (size_t i = 0, x = 0; i < spec->column_count; i++) {
        if (widths[i] <= 0)
            continue;
        draw_title(table, spec, i, surface_sub(s, rect_of((int)x, 0, widths[i], 1)));
        x += (size_t)(widths[i] + COLUMN_GAP);
    }
    draw_hint(table, spec, below, s);
}

/* What warns stays as it is under the selection. */
static bool keeps_role(uint8_t role)
{
    return role == CELL_WARN || role == CELL_STOP || role == CELL_BAD || role == CELL_BANNER || (role >= CELL_ALARM_1 && role <= CELL_UNACKED_4);
}

static void paint_selected(struct surface s)
{
    for (int x = 0; x < s.clip.w && s.clip.h > 0; x++) {
        const struct cell *cell = grid_cell(s.grid, s.clip.x + x, s.clip.y);
        if (!keeps_role(cell->role))
            surface_paint(s, rect_of(s.clip.x + x - s.x, 0, 1, 1), CELL_SELECTED);
    }
}

static void draw_row(const struct table_spec *spec, const int *widths, size_t row, bool selected, struct surface s)
{
    size_t taken = 1;
    struct rect kept = rect_of(0, 0, 0, 1);
    for (size_t i = 0, x = 0; i < spec->column_count; i += taken) {
        taken = 1;
        if (widths[i] <= 0)
            continue;
        if (spec->columns[i].keeps)
            kept = rect_of((int)x, 0, widths[i], 1);
        if (spec->span && spec->span(spec->context, row, i) > 1)
            taken = spec->span(spec->context, row, i);
        if (taken > spec->column_count - i)
            taken = spec->column_count - i;
        int w = total_of(widths + i, taken);
        spec->cell(spec->context, row, i, surface_sub(s, rect_of((int)x, 0, w, 1)), selected);
        x += (size_t)(w + COLUMN_GAP);
    }
    if (!selected)
        return;
    paint_selected(surface_sub(s, rect_of(0, 0, kept.x, 1)));
    paint_selected(surface_sub(s, rect_of(kept.x + kept.w, 0, s.w - kept.x - kept.w, 1)));
}

static void draw_empty(const struct table_spec *spec, struct surface s)
{
    if (!spec->rows)
        surface_text_fit(s, 0, 0, s.w, CELL_DIM, spec->empty ? spec->empty : "");
    else
        surface_text_fit(s, 0, 0, s.w, CELL_DIM, "nothing matches the filter");
}

void table_draw(struct table *table, const struct table_spec *spec, struct surface s)
{
    struct rect body = surface_rect(s);
    struct rect titles = rect_cut_top(&body, spec->show_titles);
    struct table_spec loose = *spec;
    loose.hold = spec->hold && table->page == (size_t)body.h; /* another height is another screen */
    table->page = (size_t)body.h;
    table_update(table, &loose);

    int widths[TABLE_COLUMNS];
    table_widths(spec, s.w, widths);
    size_t after = table->order_count - table->top; /* rows from the top one on */
    size_t shown = after < table->page ? after : table->page;
    if (!rect_empty(titles))
        draw_titles(table, spec, widths, after - shown, surface_sub(s, titles));
    for (size_t i = 0; i < shown; i++) {
        size_t position = table->top + i;
        bool selected = table->has_selected && position == table->selected && !spec->passive;
        draw_row(spec, widths, table_row(table, position), selected, surface_sub(s, rect_of(0, body.y + (int)i, s.w, 1)));
    }
    if (!table->order_count && body.h > 0)
        draw_empty(spec, surface_sub(s, body));
}
