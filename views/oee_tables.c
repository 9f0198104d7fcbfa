/*
 * The tables of the OEE view: the rows with their factors, the waterfall with its losses, the Pareto of stops, the last shifts.
 */
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "draw/text.h"
#include "views/oee.h"

enum row_column {
    ROW_NAME, ROW_A, ROW_P, ROW_Q, ROW_OEE, ROW_UNKNOWN, ROW_TARGET, ROW_GOOD, ROW_REJECT, ROW_FIRST_PASS, ROW_STOPS, ROW_MINORS, ROW_MTBF, ROW_MTTR, ROW_BAR, ROW_NOTE, ROW_COUNT
};
enum step_column { STEP_TITLE, STEP_TIME, STEP_PIECES, STEP_BAR, STEP_COUNT };
enum lost_column { LOST_TITLE, LOST_TIME, LOST_TIMES, LOST_SHARE, LOST_BAR, LOST_COUNT };
enum defect_column { DEFECT_TITLE, DEFECT_NUMBER, DEFECT_SHARE, DEFECT_SUM, DEFECT_BAR, DEFECT_COUNT };
enum shift_column { SHIFT_DAY, SHIFT_WHICH, SHIFT_OEE, SHIFT_UNKNOWN, SHIFT_BAR, SHIFT_COUNT };

static_assert((int)ROW_COUNT == OEE_COLUMNS && (int)LOST_COUNT == OEE_PANEL_COLUMNS, "the header gives the tables their room");

enum { NARROW_W = 60, WIDE_W = 110, ROOMY_W = 34, LATE_MS = 60000 };

static double target_of(const struct oee_page *page, const struct oee_row *row)
{
    const struct plant *plant = model_plant(page->scene->model);
    double target = row->node != NO_NODE ? plant->nodes[row->node].target : 0;
    return target > 0 ? target : NAN;
}

static void draw_share(double share, enum cell_role role, struct surface s)
{
    char text[SHARE_TEXT];
    share_text(share, text);
    surface_number_right(s, 0, 0, s.w, text[0] == '-' ? CELL_DIM : role, text);
}

static void draw_pieces(double pieces, enum cell_role role, struct surface s)
{
    char text[NUMBER_TEXT];
    pieces_text(pieces, s.w, text);
    surface_number_right(s, 0, 0, s.w, role, text);
}

static void draw_span(double ms, struct surface s)
{
    char span[SPAN_TEXT], text[SPAN_TEXT + 2];
    if (!isfinite(ms)) {
        surface_text_right(s, 0, 0, s.w, CELL_DIM, "-");
        return;
    }
    span_text(whole_ms(fabs(ms)), span);
    snprintf(text, sizeof text, "%s%s", ms < 0 ? "-" : "", span);
    surface_number_right(s, 0, 0, s.w, CELL_VALUE, text);
}

/* Cells [from, to) of a scale of s.w cells for `whole`; at least one of what is there at all. */
static void draw_bar(struct surface s, double from, double to, double whole, enum cell_role role, enum glyph glyph)
{
    if (!(whole > 0) || !(to > from) || s.w < 1)
        return;
    int first = (int)floor(fmin(fmax(from, 0), whole) / whole * s.w + 0.5), last = (int)floor(fmax(fmin(to, whole), 0) / whole * s.w + 0.5);
    first = first < s.w ? first : s.w - 1;
    last = last > first ? last : first + 1;
    for (int x = first; x < last && x < s.w; x++)
        surface_glyph(s, x, 0, role, glyph);
}

/* ---- rows ---- */

static void draw_note(const struct oee_page *page, const struct oee_row *row, struct surface s)
{
    char note[LABEL_TEXT] = "";
    const struct plant *plant = model_plant(page->scene->model);
    double target = target_of(page, row);
    const char *rows = oee_by_names[page->view->by == OEE_UNITS ? OEE_LINES : page->view->by];
    if (row->unrated && isfinite(row->kpis.oee)) {
        int letters = (int)strlen(rows) - (row->unrated == 1);
        snprintf(note, sizeof note, "without %u %.*s (%s)", (unsigned)row->unrated, letters, rows, row->lacks);
        if (text_width(note) > s.w)
            snprintf(note, sizeof note, "without %u %.*s", (unsigned)row->unrated, letters, rows);
    } else
        account_note(plant, row->sum ? NO_NODE : row->node, &row->account, note, sizeof note);
    bool late = row->node != NO_NODE && plan_time(plant, row->node, row->range.from_ms, row->known_ms) >= LATE_MS;
    if (late && !row->sum && row->known_ms < row->range.to_ms && (!note[0] || strncmp(note, "no calendar", 11) == 0))
        since_text(page->scene->model, row->known_ms, note);
    if (!note[0] && isfinite(target) && isfinite(row->kpis.oee) && row->kpis.oee < target)
        snprintf(note, sizeof note, "%.1f below target", (target - row->kpis.oee) * 100);
    surface_text_fit(s, 0, 0, s.w, CELL_DIM, note);
}

static void row_cell(const void *context, size_t index, size_t column, struct surface s, bool selected)
{
    const struct oee_page *page = context;
    const struct oee_row *row = &page->view->rows[index];
    double target = target_of(page, row);
    (void)selected;
    switch ((enum row_column)column) {
    case ROW_NAME: {
        int x = row->unit ? 2 : row->open ? surface_text(s, 0, 0, CELL_DIM, "- ") : 0;
        surface_text_fit(s, x, 0, s.w - x, row->sum ? CELL_DIM : CELL_TEXT, oee_row_title(page, row));
        break;
    }
    case ROW_A: draw_share(row->kpis.availability, CELL_VALUE, s); break;
    case ROW_P: draw_share(row->kpis.performance, CELL_VALUE, s); break;
    case ROW_Q: draw_share(row->kpis.quality, CELL_VALUE, s); break;
    case ROW_OEE: draw_share(row->kpis.oee, miss_role(row->kpis.oee, target), s); break;
    case ROW_UNKNOWN: draw_share(row->kpis.unknown, row->kpis.unknown >= 0.0005 ? CELL_VALUE : CELL_DIM, s); break;
    case ROW_TARGET:
        if (isfinite(target))
            draw_share(target, CELL_DIM, s);
        break;
    case ROW_GOOD: draw_pieces(row->account.good, CELL_VALUE, s); break;
    case ROW_REJECT: draw_pieces(row->account.reject + row->account.rework, CELL_VALUE, s); break;
    case ROW_FIRST_PASS: draw_share(row->kpis.first_pass, CELL_VALUE, s); break;
    case ROW_STOPS: draw_pieces(row->account.stops, CELL_VALUE, s); break;
    case ROW_MINORS: draw_pieces(row->account.minors, CELL_VALUE, s); break;
    case ROW_MTBF: draw_span(row->kpis.mtbf_ms, s); break;
    case ROW_MTTR: draw_span(row->kpis.mttr_ms, s); break;
    case ROW_BAR: draw_bar(s, 0, row->kpis.oee, 1, CELL_BAND, GLYPH_BAND); break;
    case ROW_NOTE: draw_note(page, row, s); break;
    case ROW_COUNT: break;
    }
}

/* A line's and a unit's place in the plant; of a product or crew that of its name. */
static uint64_t row_id(const void *context, size_t index)
{
    const struct oee_row *row = &((const struct oee_page *)context)->view->rows[index];
    uint64_t id = row->sum ? UINT64_MAX : row->node;
    for (const char *p = row->name; row->node == NO_NODE && *p; p++)
        id = id * 31 + (unsigned char)*p;
    return id;
}

struct table_spec oee_rows_spec(struct oee_page *page, int w)
{
    bool narrow = w < NARROW_W, wide = w >= WIDE_W, targets = false;
    int name_w = 8;
    for (size_t i = 0; i < page->view->row_count; i++) {
        const struct oee_row *row = &page->view->rows[i];
        int cells = text_width(oee_row_title(page, row)) + (row->unit || row->open ? 2 : 0);
        name_w = cells > name_w ? cells : name_w;
        targets = targets || isfinite(target_of(page, row));
    }
    int name_most = wide ? 24 : narrow ? 12 : 16;
    int factor = narrow ? 0 : 5;
    const struct table_column columns[ROW_COUNT] = {
        [ROW_NAME] = {.title = page->view->by == OEE_PRODUCTS ? "PRODUCT" : page->view->by == OEE_CREWS ? "CREW" : page->view->by == OEE_UNITS ? "UNIT" : "LINE",
            .width = name_w < name_most ? name_w : name_most, .least = 8},
        [ROW_A] = {.title = "A", .width = factor, .drop = 6, .align = ALIGN_RIGHT},
        [ROW_P] = {.title = "P", .width = factor, .drop = 7, .align = ALIGN_RIGHT},
        [ROW_Q] = {.title = "Q", .width = factor, .drop = 8, .align = ALIGN_RIGHT},
        [ROW_OEE] = {.title = "OEE", .width = 5, .align = ALIGN_RIGHT},
        [ROW_UNKNOWN] = {.title = narrow ? "UNKN" : "UNKNW", .width = 5, .drop = 2, .align = ALIGN_RIGHT},
        [ROW_TARGET] = {.title = "TARGET", .width = narrow || !targets ? 0 : 6, .drop = 3, .align = ALIGN_RIGHT},
        [ROW_GOOD] = {.title = "GOOD", .width = narrow ? 6 : 7, .drop = 5, .align = ALIGN_RIGHT},
        [ROW_REJECT] = {.title = "REJ", .width = narrow ? 0 : 5, .drop = 9, .align = ALIGN_RIGHT},
        [ROW_FIRST_PASS] = {.title = "FPY", .width = wide ? 5 : 0, .drop = 12, .align = ALIGN_RIGHT},
        [ROW_STOPS] = {.title = "STOPS", .width = wide ? 5 : 0, .drop = 10, .align = ALIGN_RIGHT},
        [ROW_MINORS] = {.title = "MINOR", .width = wide ? 5 : 0, .drop = 11, .align = ALIGN_RIGHT},
        [ROW_MTBF] = {.title = "MTBF", .width = wide ? 6 : 0, .drop = 13, .align = ALIGN_RIGHT},
        [ROW_MTTR] = {.title = "MTTR", .width = wide ? 6 : 0, .drop = 14, .align = ALIGN_RIGHT},
        [ROW_BAR] = {.title = "OEE OF 100", .width = wide ? 40 : 0, .drop = 15},
        [ROW_NOTE] = {.title = "NOTE", .width = narrow ? 0 : 14, .least = 12, .flex = 1, .drop = 4},
    };
    memcpy(page->row_columns, columns, sizeof columns);
    return (struct table_spec){
        .columns = page->row_columns, .column_count = ROW_COUNT, .rows = page->view->row_count, .context = page, .cell = row_cell, .row_id = row_id,
        .filter = "", .show_titles = true, .passive = page->view->panel != OEE_ROWS, .generation = (uint64_t)page->view->by * 7 + (uint64_t)page->view->opened[0],
        .empty = page->loading ? "reading ..." : page->scene->filter[0] ? "no line matches the filter"
            : page->view->by <= OEE_UNITS ? "no line has a state or counts pieces" : "nothing was told of it",
    };
}

/* ---- the waterfall ---- */

static void step_cell(const void *context, size_t index, size_t column, struct surface s, bool selected)
{
    const struct oee_page *page = context;
    const struct oee_step *step = &page->steps[index];
    double whole = page->steps[0].left_ms;
    (void)selected;
    switch ((enum step_column)column) {
    case STEP_TITLE: surface_text_fit(s, 0, 0, s.w, step->total ? CELL_DIM : CELL_TEXT, step->title); break;
    case STEP_TIME: draw_span(step->ms, s); break;
    case STEP_PIECES:
        if (fabs(step->pieces) >= 0.5)
            draw_pieces(round(step->pieces), CELL_VALUE, s);
        break;
    case STEP_BAR:
        if (step->total)
            draw_bar(s, 0, step->left_ms, whole, CELL_BAND, GLYPH_BAND);
        else
            draw_bar(s, step->left_ms, step->left_ms + step->ms, whole, CELL_TEXT, GLYPH_BLOCK);
        break;
    default: break;
    }
}

/* ---- stops by reason ---- */

static void lost_cell(const void *context, size_t index, size_t column, struct surface s, bool selected)
{
    const struct oee_page *page = context;
    const struct lost *lost = &page->lost[index];
    bool times = page->view->by_times;
    double most = times ? page->lost[0].times : (double)page->lost[0].ms, mine = times ? lost->times : (double)lost->ms, all = 0;
    char text[NUMBER_TEXT];
    (void)selected;
    switch ((enum lost_column)column) {
    case LOST_TITLE: draw_stop_words(s, 0, 0, s.w, lost->proposed ? CELL_DIM : CELL_TEXT, lost->title); break;
    case LOST_TIME: draw_span((double)lost->ms, s); break;
    case LOST_TIMES:
        snprintf(text, sizeof text, "x%u", lost->times);
        surface_text_right(s, 0, 0, s.w, CELL_VALUE, text);
        break;
    case LOST_SHARE:
        for (size_t i = 0; i < page->lost_count; i++)
            all += times ? page->lost[i].times : (double)page->lost[i].ms;
        snprintf(text, sizeof text, "%.0f%%", all > 0 ? mine / all * 100 : 0);
        surface_text_right(s, 0, 0, s.w, CELL_DIM, text);
        break;
    case LOST_BAR: draw_bar(s, 0, mine, most, CELL_TEXT, GLYPH_BLOCK); break;
    case LOST_COUNT: break;
    }
}

/* ---- defects ---- */

static void defect_cell(const void *context, size_t index, size_t column, struct surface s, bool selected)
{
    const struct defects *defects = &((const struct oee_page *)context)->defects;
    uint64_t most = 0, so_far = 0;
    char text[NUMBER_TEXT];
    (void)selected;
    for (size_t i = 0; i < defects->count; i++) {
        most = defects->rows[i].count > most ? defects->rows[i].count : most;
        so_far += i <= index ? defects->rows[i].count : 0;
    }
    switch ((enum defect_column)column) {
    case DEFECT_TITLE: surface_text_fit(s, 0, 0, s.w, CELL_TEXT, defects->rows[index].title); break;
    case DEFECT_NUMBER: draw_pieces((double)defects->rows[index].count, CELL_VALUE, s); break;
    case DEFECT_SHARE:
    case DEFECT_SUM:
        snprintf(text, sizeof text, "%.0f%%", (double)(column == DEFECT_SHARE ? defects->rows[index].count : so_far) / (double)defects->sum * 100);
        surface_text_right(s, 0, 0, s.w, CELL_DIM, text);
        break;
    case DEFECT_BAR: draw_bar(s, 0, (double)defects->rows[index].count, (double)most, CELL_TEXT, GLYPH_BLOCK); break;
    case DEFECT_COUNT: break;
    }
}

/* ---- the last shifts ---- */

static void shift_cell(const void *context, size_t index, size_t column, struct surface s, bool selected)
{
    const struct oee_page *page = context;
    const struct oee_shift *shift = &page->shifts[index];
    const struct plant *plant = model_plant(page->scene->model);
    struct kpis k = account_kpis(&shift->account);
    double target = target_of(page, page->row);
    char date[48], text[SHARE_TEXT];
    (void)selected;
    switch ((enum shift_column)column) {
    case SHIFT_DAY:
        date_clock_text(&plant->zone, shift->from_ms, date); /* "Wed 2024-06-12 06:00:00" */
        surface_format(s, 0, 0, CELL_DIM, "%.3s %.5s", date, date + 15);
        break;
    case SHIFT_WHICH: surface_format(s, 0, 0, CELL_TEXT, "%s%s%s", shift->shift, shift->crew[0] ? " " : "", shift->crew); break;
    case SHIFT_OEE: draw_share(k.oee, miss_role(k.oee, target), s); break;
    case SHIFT_UNKNOWN:
        if (k.unknown >= 0.0005) {
            share_text(k.unknown, text);
            surface_format(s, 0, 0, CELL_DIM, "?%s", text);
        }
        break;
    case SHIFT_BAR: draw_bar(s, 0, k.oee, 1, CELL_BAND, GLYPH_BAND); break;
    case SHIFT_COUNT: break;
    }
}

static const char *panel_empty(const struct oee_page *page, enum oee_panel panel)
{
    if ((panel == OEE_TREND && page->shifts_loading) || (panel == OEE_DEFECTS && page->defects_loading))
        return "reading ...";
    if (panel == OEE_DEFECTS)
        return "no defect was reported";
    return panel == OEE_REASONS ? "nothing stood" : page->row && page->row->node != NO_NODE && !page->row->sum ? "nothing is known of earlier shifts" : "of a line or unit";
}

struct table_spec oee_panel_spec(struct oee_page *page, enum oee_panel panel, int w)
{
    static void (*const cells[OEE_PANELS])(const void *, size_t, size_t, struct surface, bool) = {row_cell, step_cell, lost_cell, defect_cell, shift_cell};
    const size_t rows[OEE_PANELS] = {page->view->row_count, page->step_count, page->lost_count, page->defects.count, page->shift_count};
    static const size_t counts[OEE_PANELS] = {ROW_COUNT, STEP_COUNT, LOST_COUNT, DEFECT_COUNT, SHIFT_COUNT};
    bool roomy = w > 50;
    const struct table_column all[OEE_PANELS][OEE_PANEL_COLUMNS] = {
        [OEE_LOSSES] = {
            [STEP_TITLE] = {.title = "", .width = 18, .least = 12},
            [STEP_TIME] = {.title = "TIME", .width = 6, .align = ALIGN_RIGHT},
            [STEP_PIECES] = {.title = "PIECES", .width = 6, .drop = 1, .align = ALIGN_RIGHT},
            [STEP_BAR] = {.title = "", .width = 5, .least = 4, .flex = 1, .drop = 2},
        },
        [OEE_REASONS] = {
            [LOST_TITLE] = {.title = "REASON", .width = roomy ? 28 : 14, .least = 10, .flex = 1},
            [LOST_TIME] = {.title = "TIME", .width = 6, .align = ALIGN_RIGHT},
            [LOST_TIMES] = {.title = "STOPS", .width = 5, .align = ALIGN_RIGHT},
            [LOST_SHARE] = {.title = "", .width = 4, .drop = 1, .align = ALIGN_RIGHT},
            [LOST_BAR] = {.title = "", .width = roomy ? 16 : 5, .least = 4, .flex = 1, .drop = 2},
        },
        [OEE_DEFECTS] = {
            [DEFECT_TITLE] = {.title = "DEFECT", .width = roomy ? 28 : 14, .least = 10, .flex = 1},
            [DEFECT_NUMBER] = {.title = "NUMBER", .width = 6, .align = ALIGN_RIGHT},
            [DEFECT_SHARE] = {.title = "SHARE", .width = 5, .drop = 2, .align = ALIGN_RIGHT},
            [DEFECT_SUM] = {.title = "SUM", .width = 4, .drop = 1, .align = ALIGN_RIGHT},
            [DEFECT_BAR] = {.title = "", .width = roomy ? 16 : 4, .least = 4, .flex = 1, .drop = 3},
        },
        [OEE_TREND] = {
            [SHIFT_DAY] = {.title = "BEGAN", .width = 9},
            [SHIFT_WHICH] = {.title = "SHIFT", .width = roomy ? 16 : 10, .least = 6},
            [SHIFT_OEE] = {.title = "OEE", .width = 5, .align = ALIGN_RIGHT},
            [SHIFT_UNKNOWN] = {.title = "", .width = 5, .drop = 1},
            [SHIFT_BAR] = {.title = "", .width = 6, .least = 4, .flex = 1, .drop = 2},
        },
    };
    memcpy(page->panel_columns[panel], all[panel], sizeof all[panel]);
    return (struct table_spec){
        .columns = page->panel_columns[panel], .column_count = counts[panel], .rows = rows[panel], .context = page, .cell = cells[panel], .filter = "", .show_titles = true,
        .passive = page->view->panel != panel, .empty = panel_empty(page, panel),
    };
}
