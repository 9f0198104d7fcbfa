/*
 * The row of the call that waits longest, of those that are overdue if there are any: a rule with it written into it, as that of the worst alarm. It is
 * there until somebody takes the call, and becomes a warning when it is overdue. Calls that were taken are in the list that `c` opens.
 */
#include <stdio.h>
#include <string.h>

#include "draw/text.h"
#include "views/common.h"
#include "views/frame.h"

enum { NARROW_W = 60, GO_W = 6, PLACE_MOST_W = 24 };

const struct call *frame_call(const struct scene *scene)
{
    size_t count;
    const struct call *calls = model_calls(scene->model, &count);
    const struct call *found = NULL;
    for (size_t i = 0; i < count; i++) {
        bool late = call_overdue_ms(scene->model, &calls[i]) >= 0;
        if (calls[i].taken_ms == 0 && (!found || (late && call_overdue_ms(scene->model, found) < 0)))
            found = &calls[i];
    }
    return found;
}

static size_t waiting(const struct scene *scene)
{
    size_t count, open = 0;
    const struct call *calls = model_calls(scene->model, &count);
    for (size_t i = 0; i < count; i++)
        open += calls[i].taken_ms == 0;
    return open;
}

/* A blank and a word of at most w cells; returns the column after. */
static int word(struct surface s, int x, int w, enum cell_role role, const char *text)
{
    x = surface_text(s, x, 0, CELL_TEXT, " ");
    return surface_text_fit(s, x, 0, w < s.w - x ? w : s.w - x, role, text);
}

/* "CALL 14m Placer 2 Maintenance +1 by Kim"; what is last goes first where it is narrow. */
void frame_call_row(const struct scene *scene, const struct call *call, struct surface s)
{
    const struct plant *plant = model_plant(scene->model);
    int64_t waits = model_wall(scene->model) - call->raised_ms;
    bool late = call_overdue_ms(scene->model, call) >= 0, narrow = s.w < NARROW_W;
    size_t others = waiting(scene) - 1;
    char span[SPAN_TEXT], more[24] = "", who[CALL_WHO + 4];
    const char *kind = call->kind < plant->call_kind_count ? plant->call_kinds[call->kind].title : "";
    age_text(waits, span);
    if (others > 0)
        snprintf(more, sizeof more, "+%zu", others);
    snprintf(who, sizeof who, "by %s", call->who);
    surface_hline(s, 0, 0, s.w);
    struct surface left = surface_sub(s, rect_of(0, 0, s.w - GO_W - 2, 1));
    word(s, s.w - GO_W - 2, 1, CELL_KEY, "c");
    word(s, s.w - GO_W, GO_W, CELL_DIM, "calls");
    int x = surface_text(left, 0, 0, late ? CELL_WARN : CELL_TITLE, late && narrow ? "LATE" : "CALL");
    x = word(left, x, left.w, late ? CELL_WARN : CELL_TEXT, span);
    if (late && !narrow)
        x = word(left, x, left.w, CELL_WARN, "overdue");
    int tail = text_width(kind) + (others > 0 ? text_width(more) + 1 : 0) + 2, room = left.w - x - tail - 1;
    x = word(left, x, room < PLACE_MOST_W ? room : PLACE_MOST_W, CELL_TEXT, plant->nodes[call->node].title);
    x = word(left, x, left.w, CELL_TITLE, kind);
    if (others > 0)
        x = word(left, x, left.w, CELL_TEXT, more);
    if (!narrow && call->who[0] && x + 2 + text_width(who) < left.w)
        x = word(left, x, left.w, CELL_DIM, who);
    surface_text(left, x, 0, CELL_TEXT, " ");
}
