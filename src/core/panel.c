/*
 * A struct panel_view is a value. Its invariant: every row has at least one panel, the rows' counts add up to panel_count, and what is beyond the
 * counts is zero, so that two views that are alike compare as bytes.
 */
#include "core/panel.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/number.h"
#include "core/timestamp.h"

struct panel panel_blank(const char *widget)
{
    struct panel panel = {.width = 1, .decimals = -1};
    snprintf(panel.widget, sizeof panel.widget, "%s", widget);
    return panel;
}

bool panel_name_good(const char *name)
{
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-");
    return length > 0 && length < PANEL_NAME && !name[length];
}

/* ---- patterns ---- */

static const char *next_character(const char *text)
{
    for (text++; ((unsigned char)*text & 0xc0) == 0x80; text++)
        continue;
    return text;
}

bool panel_glob(const char *pattern, const char *text)
{
    const char *star = NULL, *from = NULL;
    while (*text) {
        if (*pattern == '*') {
            star = ++pattern;
            from = text;
        } else if (*pattern == '?') {
            pattern++;
            text = next_character(text);
        } else if (*pattern == *text) {
            pattern++;
            text++;
        } else if (star) { /* the last star takes one more: no earlier one could do better */
            pattern = star;
            text = from = next_character(from);
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}

bool panel_pattern(const char **rest, char out[PANEL_PATTERNS])
{
    const char *at = *rest + strspn(*rest, " ");
    size_t length = strcspn(at, " ");
    if (length == 0 || length >= PANEL_PATTERNS)
        return false;
    memcpy(out, at, length);
    out[length] = '\0';
    *rest = at + length;
    return true;
}

bool panel_matches(const char *patterns, const char *text)
{
    char pattern[PANEL_PATTERNS];
    while (panel_pattern(&patterns, pattern))
        if (panel_glob(pattern, text))
            return true;
    return false;
}

/* ---- putting together ---- */

size_t panel_view_first(const struct panel_view *view, size_t row)
{
    size_t first = 0;
    for (size_t r = 0; r < row; r++)
        first += view->rows[r].count;
    return first;
}

size_t panel_view_row(const struct panel_view *view, size_t panel)
{
    size_t row = 0, end = 0;
    for (; row < view->row_count; row++)
        if ((end += view->rows[row].count) > panel)
            break;
    return row;
}

static void open_row(struct panel_view *view, size_t row)
{
    memmove(&view->rows[row + 1], &view->rows[row], (view->row_count - row) * sizeof view->rows[0]);
    view->rows[row] = (struct panel_row){.weight = 1};
    view->row_count++;
}

static void close_row(struct panel_view *view, size_t row)
{
    view->row_count--;
    memmove(&view->rows[row], &view->rows[row + 1], (view->row_count - row) * sizeof view->rows[0]);
    memset(&view->rows[view->row_count], 0, sizeof view->rows[0]);
}

/* Into a row that is there. */
static void put(struct panel_view *view, size_t row, size_t at, const struct panel *panel)
{
    memmove(&view->panels[at + 1], &view->panels[at], (view->panel_count - at) * sizeof view->panels[0]);
    view->panels[at] = *panel;
    view->panel_count++;
    view->rows[row].count++;
}

static void take(struct panel_view *view, size_t row, size_t at)
{
    view->panel_count--;
    view->rows[row].count--;
    memmove(&view->panels[at], &view->panels[at + 1], (view->panel_count - at) * sizeof view->panels[0]);
    memset(&view->panels[view->panel_count], 0, sizeof view->panels[0]);
}

bool panel_view_insert(struct panel_view *view, size_t after, bool row, const struct panel *panel, size_t *at)
{
    bool first = view->panel_count == 0;
    assert(first || after < view->panel_count);
    if (view->panel_count == PANELS || ((row || first) && view->row_count == PANEL_ROWS))
        return false;
    size_t in = first ? 0 : panel_view_row(view, after), place = first ? 0 : after + 1;
    if (row || first) {
        in += !first;
        open_row(view, in);
        place = panel_view_first(view, in);
    }
    put(view, in, place, panel);
    if (at)
        *at = place;
    return true;
}

void panel_view_remove(struct panel_view *view, size_t panel)
{
    assert(panel < view->panel_count);
    size_t row = panel_view_row(view, panel);
    take(view, row, panel);
    if (view->rows[row].count == 0)
        close_row(view, row);
}

/* In another row as far from the left, by panels. */
static size_t across(const struct panel_view *view, size_t panel, size_t row)
{
    size_t from = panel_view_row(view, panel), offset = panel - panel_view_first(view, from), count = view->rows[row].count;
    return panel_view_first(view, row) + (offset < count ? offset : count - 1);
}

size_t panel_view_beside(const struct panel_view *view, size_t panel, enum panel_way way)
{
    size_t row = panel_view_row(view, panel);
    if (way == PANEL_LEFT)
        return panel - (panel > 0);
    if (way == PANEL_RIGHT)
        return panel + (panel + 1 < view->panel_count);
    if (way == PANEL_UP)
        return row > 0 ? across(view, panel, row - 1) : panel;
    return row + 1 < view->row_count ? across(view, panel, row + 1) : panel;
}

static void swap(struct panel_view *view, size_t a, size_t b)
{
    struct panel kept = view->panels[a];
    view->panels[a] = view->panels[b];
    view->panels[b] = kept;
}

size_t panel_view_move(struct panel_view *view, size_t panel, enum panel_way way)
{
    size_t row = panel_view_row(view, panel), first = panel_view_first(view, row), count = view->rows[row].count;
    if (way == PANEL_LEFT || way == PANEL_RIGHT) {
        bool edge = way == PANEL_LEFT ? panel == first : panel + 1 == first + count;
        size_t to = way == PANEL_LEFT ? panel - 1 : panel + 1;
        if (edge)
            return panel;
        swap(view, panel, to);
        return to;
    }
    bool up = way == PANEL_UP, edge = up ? row == 0 : row + 1 == view->row_count;
    if (edge && (count == 1 || view->row_count == PANEL_ROWS))
        return panel;
    struct panel kept = view->panels[panel];
    size_t offset = panel - first, to = up ? row - 1 : row + 1;
    take(view, row, panel);
    if (edge) {
        to = up ? 0 : view->row_count;
        open_row(view, to);
    } else if (count == 1) {
        close_row(view, row);
        to = up ? row - 1 : row;
    }
    size_t place = panel_view_first(view, to) + (offset < view->rows[to].count ? offset : view->rows[to].count);
    put(view, to, place, &kept);
    return place;
}

/* ---- by name, as it is typed ---- */

static bool set_text(char *out, size_t cap, const char *value, struct error *err)
{
    if (strlen(value) >= cap)
        return error_set(err, "too long: %zu bytes are the most", cap - 1);
    memset(out, 0, cap);
    memcpy(out, value, strlen(value));
    return true;
}

static bool set_integer(int *out, const char *value, int least, int most, struct error *err)
{
    struct value number;
    double real;
    if (!number_read(value, strlen(value), &number, NULL) || !value_number(number, &real) || real < least || real > most || real > floor(real))
        return error_set(err, "\"%.20s\": a whole number from %d to %d is wanted", value, least, most);
    *out = (int)real;
    return true;
}

static bool set_span(struct panel *panel, const char *value, struct error *err)
{
    int64_t ms = 0;
    if (*value && !duration_read(value, &ms, err))
        return false;
    if (*value && (ms < PANEL_SPAN_LEAST_MS || ms > PANEL_SPAN_MOST_MS))
        return error_set(err, "\"%.20s\": from 1m to 366d", value);
    panel->span_ms = ms;
    return true;
}

static bool set_range(struct panel *panel, const char *value, struct error *err)
{
    char low[NUMBER_TEXT], high[NUMBER_TEXT];
    struct value number;
    double ends[2];
    if (!*value) {
        panel->has_range = false;
        panel->range[0] = panel->range[1] = 0;
        return true;
    }
    size_t first = strcspn(value, " "), gap = strspn(value + first, " "), second = strlen(value + first + gap);
    if (first >= sizeof low || second >= sizeof high)
        return error_set(err, "two numbers are wanted: 0 120");
    snprintf(low, sizeof low, "%.*s", (int)first, value);
    snprintf(high, sizeof high, "%s", value + first + gap);
    if (!number_read(low, strlen(low), &number, NULL) || !value_number(number, &ends[0]) || !number_read(high, strlen(high), &number, NULL)
        || !value_number(number, &ends[1]) || !(ends[0] < ends[1]))
        return error_set(err, "two numbers are wanted, the lower first: 0 120");
    panel->has_range = true;
    panel->range[0] = ends[0];
    panel->range[1] = ends[1];
    return true;
}

static const char *const keys[] = {"tags", "lines", "title", "widget", "span", "range", "decimals", "columns", "width", "height", "weight"};

const char *panel_key(size_t n) { return n < sizeof keys / sizeof keys[0] ? keys[n] : NULL; }

bool panel_view_set(struct panel_view *view, size_t index, const char *key, const char *value, struct error *err)
{
    assert(index < view->panel_count);
    struct panel *panel = &view->panels[index];
    struct panel_row *row = &view->rows[panel_view_row(view, index)];
    if (strcmp(key, "tags") == 0)
        return set_text(panel->tags, sizeof panel->tags, value, err);
    if (strcmp(key, "lines") == 0)
        return set_text(panel->lines, sizeof panel->lines, value, err);
    if (strcmp(key, "title") == 0)
        return set_text(panel->title, sizeof panel->title, value, err);
    if (strcmp(key, "widget") == 0)
        return *value ? set_text(panel->widget, sizeof panel->widget, value, err) : error_set(err, "which widget?");
    if (strcmp(key, "span") == 0)
        return set_span(panel, value, err);
    if (strcmp(key, "range") == 0)
        return set_range(panel, value, err);
    if (strcmp(key, "decimals") == 0)
        return *value ? set_integer(&panel->decimals, value, 0, 9, err) : (panel->decimals = -1, true);
    if (strcmp(key, "columns") == 0)
        return *value ? set_integer(&panel->columns, value, 1, PANEL_COLUMNS_MOST, err) : (panel->columns = 0, true);
    if (strcmp(key, "width") == 0)
        return set_integer(&panel->width, value, 1, PANEL_WEIGHT_MOST, err);
    if (strcmp(key, "weight") == 0)
        return set_integer(&row->weight, value, 1, PANEL_WEIGHT_MOST, err) && (row->height = 0, true);
    if (strcmp(key, "height") == 0)
        return *value ? set_integer(&row->height, value, 2, PANEL_HEIGHT_MOST, err) && (row->weight = 1, true) : (row->height = 0, true);
    return error_set(err, "a panel has no \"%.20s\"", key);
}
