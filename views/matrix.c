/*
 * matrix: equal machines as rows, what they say as columns: the screen that is useful before anything is configured. What is odd in its column stands out (matrix_odd.h); what is seen
 * of it is a struct sight (matrix_sight.h).
 */
#include <stdio.h>
#include <string.h>

#include "draw/text.h"
#include "views/matrix_sight.h"

enum { UNITS_LEAST_H = 14, STATUS_LEAST_H = 7 };

/* ---- drawing ---- */

static enum cell_role cell_role_of(const struct odd_cell *cell, const struct reading *reading)
{
    if (cell->odd == ODD_STALE && reading->trust == TRUST_GOOD)
        return CELL_STALE;
    return cell->odd > ODD_STALE ? CELL_WARN : reading_role(reading);
}

/* Just before the value: what is odd, else how far it can be trusted. */
static void draw_mark(const struct odd_cell *cell, const struct reading *reading, struct surface s, int x)
{
    if (reading->trust == TRUST_NEVER)
        return;
    if (cell->odd == ODD_STALE && reading->trust == TRUST_GOOD)
        surface_glyph(s, x, 0, CELL_STALE, GLYPH_HOLLOW);
    else if (cell->odd > ODD_STALE)
        surface_text(s, x, 0, CELL_WARN, "*");
    else
        reading_mark(reading, s, x, 0);
}

static void draw_cell(const struct sight *sight, size_t row, size_t column, bool selected, struct surface s)
{
    const struct odd_cell *cell = &sight->cells[column * sight->type->rows + row];
    uint32_t tag = matrix_tag(sight->type, row, column);
    struct reading reading;
    char text[NUMBER_TEXT];
    if (tag == NO_TAG) {
        surface_glyph(s, s.w - 1, 0, CELL_BORDER, GLYPH_DOT);
    } else {
        reading_of_tag(&reading, sight->scene->model, tag);
        enum cell_role role = cell_role_of(cell, &reading);
        int x = s.w - 1;
        if (reading.trust == TRUST_NEVER) {
            surface_glyph(s, x, 0, CELL_UNKNOWN, GLYPH_HOLLOW);
        } else if (cell->has_number) {
            number_fit(cell->number, sight->matrix->looks[column].decimals, s.w - 1, text);
            x = surface_number_right(s, 1, 0, s.w - 1, role, text);
        } else {
            x = surface_text_right(s, 1, 0, s.w - 1, role, reading.text);
        }
        draw_mark(cell, &reading, s, x - 1);
    }
    if (selected)
        surface_paint(s, surface_rect(s), CELL_SELECTED);
}

static void draw_row(const struct sight *sight, size_t shown, struct surface s)
{
    const struct matrix *m = sight->matrix;
    size_t row = sight->rows[shown];
    bool odd = false, at = shown == m->row;
    for (size_t c = 0; c < sight->type->columns; c++)
        odd = odd || sight->cells[c * sight->type->rows + row].odd != ODD_NO;
    surface_text_fit(s, 0, 0, sight->label_w, at ? CELL_ACCENT : odd ? CELL_TEXT : CELL_DIM, sight->type->labels[row]);
    int x = sight->label_w + 1;
    for (size_t i = 0; i < m->page_columns && m->left + i < sight->column_count; i++) {
        size_t column = sight->columns[m->left + i];
        int w = matrix_column_width(sight, m->left + i) - 1;
        draw_cell(sight, row, column, at && m->left + i == m->column, surface_sub(s, rect_of(x, 0, w, 1)));
        x += w + 1;
    }
}

/* "press  12 machines, 14 values, 2 odd  kind 1 of 3" and how much is hidden beside and below. */
static void draw_title(const struct sight *sight, struct surface s)
{
    const struct matrix *m = sight->matrix;
    char hidden[64] = "";
    size_t shown = m->left + m->page_columns, after = shown < sight->column_count ? sight->column_count - shown : 0;
    if (m->left > 0)
        snprintf(hidden, sizeof hidden, "<%zu", m->left);
    if (after > 0)
        snprintf(hidden + strlen(hidden), sizeof hidden - strlen(hidden), "%s%zu>", hidden[0] ? " " : "", after);
    int x = surface_text_fit(s, 0, 0, s.w, CELL_TITLE, sight->type->name), end = s.w - text_width(hidden) - 1;
    surface_text_right(s, end, 0, text_width(hidden) + 1, CELL_ACCENT, hidden);
    struct surface line = surface_sub(s, rect_of(0, 0, end, 1));
    if (sight->matrix->types.count > 1)
        x = surface_format(line, x + 1, 0, CELL_DIM, "(%zu of %zu, Tab)", sight->kind + 1, m->types.count);
    if (s.w < MATRIX_NARROW_W)
        x = surface_format(line, x + 2, 0, CELL_DIM, "%zux%zu", sight->row_count, sight->column_count);
    else
        x = surface_format(line, x + 2, 0, CELL_DIM, "%zu machine%s, %zu value%s", sight->row_count, sight->row_count == 1 ? "" : "s", sight->column_count, sight->column_count == 1 ? "" : "s");
    if (sight->odd > 0)
        surface_format(line, x + 2, 0, CELL_WARN, "%zu odd", sight->odd);
    else
        surface_text(line, x + 2, 0, CELL_DIM, "none odd");
}

static void draw_heads(const struct sight *sight, bool units, struct surface s)
{
    const struct matrix *m = sight->matrix;
    int x = sight->label_w + 2;
    for (size_t i = 0; i < m->page_columns && m->left + i < sight->column_count; i++) {
        size_t column = sight->columns[m->left + i];
        const struct tag_def *def = units ? matrix_column_def(sight, column) : NULL;
        int w = matrix_column_width(sight, m->left + i) - 2;
        surface_text_right(s, x, 0, w, m->left + i == m->column ? CELL_ACCENT : CELL_TITLE, sight->heads[column]);
        if (units && def)
            surface_text_right(s, x, 1, w, CELL_DIM, def->unit);
        x += w + 2;
    }
}

static bool has_units(const struct sight *sight)
{
    for (size_t c = 0; c < sight->type->columns; c++) {
        const struct tag_def *def = matrix_column_def(sight, c);
        if (def && def->unit[0])
            return true;
    }
    return false;
}

/* Why the selected cell is odd, in words. */
static void odd_text(const struct odd_cell *cell, const struct odd_column *column, int decimals, bool brief, char *out, size_t cap)
{
    char span[SPAN_TEXT], usual[SPAN_TEXT], median[NUMBER_TEXT], spread[NUMBER_TEXT];
    out[0] = '\0';
    switch (cell->odd) {
    case ODD_STALE:
        age_text(cell->age_ms, span);
        age_text(column->age_ms, usual);
        if (cell->trust == TRUST_GOOD)
            snprintf(out, cap, "not heard for %s, the others within %s", span, usual);
        else
            snprintf(out, cap, "not to be trusted, most others are");
        break;
    case ODD_DIFFERS:
        number_text(column->median, decimals, true, median);
        snprintf(out, cap, "nearly all others: %s", cell->has_number ? median : column->word ? column->word : "");
        break;
    case ODD_STOPPED:
        age_text(cell->still_ms, span);
        age_text(column->still_ms, usual);
        snprintf(out, cap, "stands since %s, others rose within %s", span, usual);
        break;
    case ODD_FAR:
        number_text(column->median, decimals, true, median);
        number_text(column->spread, decimals < MATRIX_DECIMALS ? decimals + 1 : decimals, true, spread);
        snprintf(out, cap, "%smedian %s, spread %s (MAD)", brief ? "far: " : "far from its column: ", median, spread);
        break;
    default: break;
    }
}

/* The selected cell in full: whose, which, what, why it is odd. */
static void draw_status(const struct sight *sight, struct surface s)
{
    const struct matrix *m = sight->matrix;
    uint32_t tag = matrix_selected(sight);
    if (m->row >= sight->row_count || m->column >= sight->column_count)
        return;
    size_t row = sight->rows[m->row], column = sight->columns[m->column];
    const struct odd_cell *cell = &sight->cells[column * sight->type->rows + row];
    char why[LABEL_TEXT], age[SPAN_TEXT];
    int x = surface_text_fit(s, 0, 0, s.w / 2, CELL_ACCENT, sight->type->labels[row]);
    x = surface_text_fit(s, x + 1, 0, s.w - x - 1, CELL_TEXT, sight->type->names[column]);
    if (tag == NO_TAG) {
        surface_text_fit(s, x + 2, 0, s.w - x - 2, CELL_DIM, "has no such value");
        return;
    }
    struct reading reading;
    reading_of_tag(&reading, sight->scene->model, tag);
    x = reading_value(&reading, s, x + 2, 0, s.w - x - 2);
    if (reading.age_ms >= 0 && x + 10 < s.w) {
        age_text(reading.age_ms, age);
        x = surface_format(s, x + 1, 0, CELL_DIM, "%s%s", reading.age_at_least ? ">=" : "", age);
    }
    odd_text(cell, &sight->judged[column], sight->matrix->looks[column].decimals, s.w < MATRIX_NARROW_W, why, sizeof why);
    if (!why[0] && reading.trust != TRUST_GOOD)
        trust_text(sight->scene->model, tag, why, sizeof why);
    enum cell_role role = cell->odd ? CELL_WARN : CELL_DIM;
    if (s.h > 1)
        surface_text_fit(s, 0, 1, s.w, role, why);
    else if (x + 2 + 12 < s.w)
        surface_text_fit(s, x + 2, 0, s.w - x - 2, role, why);
}

static void draw_nothing(const struct scene *scene, struct surface s)
{
    size_t found = model_discovered(scene->model);
    const struct health *health = scene->health;
    int y = 0;
    if (found == 0) {
        y = draw_words(s, 0, y, s.w, CELL_DIM, "nothing has been heard yet");
        if (health && health->broker_count > 0 && health->brokers[0].state != LINK_UP)
            draw_words(s, 0, y, s.w, CELL_TEXT, "there is no link to the broker: see health (4)");
        return;
    }
    surface_format(s, 0, y++, CELL_TEXT, "%zu value%s heard, no equal machines among them yet", found, found == 1 ? "" : "s");
    draw_words(s, 0, y, s.w, CELL_DIM, "Machines are equal when their topics or payloads have the same names below them. The tags view (3) lists every value; `andon learn` proposes a configuration.");
}

static void matrix_draw(void *state, const struct scene *scene, struct surface s)
{
    struct matrix *m = state;
    struct sight sight;
    matrix_look(m, scene, &sight);
    if (!sight.type) {
        draw_nothing(scene, s);
        matrix_look_away(&sight);
        return;
    }
    matrix_lay_out(&sight, s.w);
    bool units = s.h >= UNITS_LEAST_H && has_units(&sight);
    int status = s.h < STATUS_LEAST_H ? 0 : s.w < 100 ? 2 : 1, first = units ? 3 : 2, rows = s.h - first - status;
    matrix_scroll(&sight, s.w, rows > 0 ? rows : 0);
    draw_title(&sight, surface_sub(s, rect_of(0, 0, s.w, 1)));
    draw_heads(&sight, units, surface_sub(s, rect_of(0, 1, s.w, 2)));
    if (sight.row_count == 0)
        surface_text_fit(s, 0, first, s.w, CELL_DIM, "no machine and no value matches the filter");
    for (int y = 0; y < rows && m->top + (size_t)y < sight.row_count; y++)
        draw_row(&sight, m->top + (size_t)y, surface_sub(s, rect_of(0, first + y, s.w, 1)));
    size_t below = sight.row_count > m->top + (size_t)(rows > 0 ? rows : 0) ? sight.row_count - m->top - (size_t)(rows > 0 ? rows : 0) : 0;
    if (below > 0 && sight.label_w > 4)
        surface_format(surface_sub(s, rect_of(0, 1, sight.label_w, 1)), 0, 0, CELL_ACCENT, "%s%zu", glyph_text(s.grid->tier, GLYPH_DOWN), below);
    if (status)
        draw_status(&sight, surface_sub(s, rect_of(0, s.h - status, s.w, status)));
    matrix_look_away(&sight);
}

/* ---- keys ---- */

static void turn(struct matrix *m, int step)
{
    size_t count = m->types.count;
    if (count == 0)
        return;
    size_t next = (matrix_kind(m) + count + (size_t)(step + (int)count)) % count;
    snprintf(m->kind, sizeof m->kind, "%s", m->types.types[next].name);
    m->generation = 0;
    m->row = m->column = m->top = m->left = 0;
}

static size_t moved(size_t at, long step, size_t count)
{
    long to = (long)at + step;
    return to < 0 ? 0 : (size_t)to < count ? (size_t)to : count ? count - 1 : 0;
}

/* The next odd cell behind the selected one, by rows; round. */
static void go_odd(const struct sight *sight)
{
    struct matrix *m = sight->matrix;
    size_t all = sight->row_count * sight->column_count, at = m->row * sight->column_count + m->column;
    for (size_t n = 1; n <= all; n++) {
        size_t next = (at + n) % all, row = next / sight->column_count, column = next % sight->column_count;
        if (sight->cells[sight->columns[column] * sight->type->rows + sight->rows[row]].odd == ODD_NO)
            continue;
        m->row = row;
        m->column = column;
        return;
    }
}

static bool move(const struct sight *sight, struct key key)
{
    struct matrix *m = sight->matrix;
    long page = m->page_rows > 1 ? m->page_rows - 1 : 1;
    switch (key.code == KEYC_CHAR ? key.character : 0) {
    case 'j': key.code = KEYC_DOWN; break;
    case 'k': key.code = KEYC_UP; break;
    case 'h': key.code = KEYC_LEFT; break;
    case 'l': key.code = KEYC_RIGHT; break;
    case 'g': key.code = KEYC_HOME; break;
    case 'G': key.code = KEYC_END; break;
    case 'o': go_odd(sight); return true;
    default: break;
    }
    switch (key.code) {
    case KEYC_DOWN: m->row = moved(m->row, 1, sight->row_count); return true;
    case KEYC_UP: m->row = moved(m->row, -1, sight->row_count); return true;
    case KEYC_RIGHT: m->column = moved(m->column, 1, sight->column_count); return true;
    case KEYC_LEFT: m->column = moved(m->column, -1, sight->column_count); return true;
    case KEYC_PAGE_DOWN: m->row = moved(m->row, page, sight->row_count); return true;
    case KEYC_PAGE_UP: m->row = moved(m->row, -page, sight->row_count); return true;
    case KEYC_HOME: m->row = 0; return true;
    case KEYC_END: m->row = sight->row_count ? sight->row_count - 1 : 0; return true;
    default: return false;
    }
}

static bool matrix_key(void *state, const struct scene *scene, struct key key, struct request *request)
{
    struct matrix *m = state;
    struct sight sight;
    if (key.code == KEYC_TAB || key.code == KEYC_BACKTAB || key_is(key, 'n') || key_is(key, 'p')) {
        turn(m, key.code == KEYC_TAB || key_is(key, 'n') ? 1 : -1);
        return true;
    }
    matrix_look(m, scene, &sight);
    uint32_t tag = matrix_selected(&sight);
    bool opens = key.code == KEYC_ENTER || key_is(key, 'v'), handled = sight.type && sight.row_count > 0 && !opens && move(&sight, key);
    if (opens && tag != NO_TAG) {
        *request = (struct request){.kind = key_is(key, 'v') ? REQUEST_TREND : REQUEST_FACEPLATE, .focus = focus_on_tag(scene, tag)};
        handled = true;
    }
    matrix_look_away(&sight);
    return handled;
}

static void matrix_finish(void *state)
{
    matrix_types_finish(&((struct matrix *)state)->types);
}

static const struct key_row matrix_keys[] = {
    {"Enter", "faceplate", "opens the faceplate of the selected value", 1},
    {"↑ ↓ ← →", "select", "select a value; columns scroll, the names of the machines stay; PgUp, PgDn, g and G go further", 6},
    {"Tab", "kind", "goes to the next kind of machines, also n; p goes back", 2},
    {"o", "odd", "goes to the next value that is odd in its column", 3},
    {"v", "trend", "takes the selected value into the trends view", 4},
};

const struct view matrix_view = {
    .name = "matrix", .title = "MATRIX",
    .help = "Equal machines as rows, what they say as columns; without a configuration too, by the names of topics and payloads. * is odd: unlike nearly all its column, a counter that stands while others rise, or far from the median (six times the typical distance, MAD). ○ beside a value: not heard for ten times as long as others; alone: never heard. A dot: no such value.",
    .state_size = sizeof(struct matrix), .keys = matrix_keys, .key_count = sizeof matrix_keys / sizeof matrix_keys[0],
    .draw = matrix_draw, .key = matrix_key, .finish = matrix_finish,
};
