/*
 * The row that says that this is not now. Its pieces have an order in which they go when it is narrow: how long ago it was goes first, the
 * moment itself never; the way back stands at the right edge as long as it can.
 */
#include "views/frame.h"

#include <stdio.h>
#include <string.h>

#include "core/timestamp.h"
#include "draw/text.h"

enum { PIECES = 4, PIECE_TEXT = 64, MARGIN = 1, GAP = 2, AS_OF_MS = 5000 };

/* "Tue 2026-11-17 03:12:00", without the year, without seconds. */
static void moment_text(const struct scene *scene, int length, char out[48])
{
    char whole[48];
    date_clock_text(&model_plant(scene->model)->zone, scene->travel->target_ms, whole);
    if (length == 0)
        snprintf(out, 48, "%s", whole);
    else
        snprintf(out, 48, "%.4s%.*s", whole, length == 1 ? 14 : 11, whole + 9);
}

static void state_text(const struct past_scene *t, char out[PIECE_TEXT])
{
    if (t->loading)
        snprintf(out, PIECE_TEXT, "loading");
    else if (t->speed > 0)
        snprintf(out, PIECE_TEXT, "x%d", t->speed);
    else
        out[0] = '\0';
}

/* Nothing was recorded for a while before that moment: the picture is that of the last batch. */
static void as_of_text(const struct scene *scene, char out[PIECE_TEXT])
{
    char clock[SPAN_TEXT];
    out[0] = '\0';
    if (!scene->past || scene->travel->loading || scene->travel->target_ms - scene->now_ms < AS_OF_MS)
        return;
    clock_text(&model_plant(scene->model)->zone, scene->now_ms, clock);
    snprintf(out, PIECE_TEXT, "as of %s", clock);
}

static int width_of(char texts[PIECES][PIECE_TEXT])
{
    int w = MARGIN;
    for (int i = 0; i < PIECES; i++)
        if (texts[i][0])
            w += text_width(texts[i]) + GAP;
    return w - GAP;
}

void frame_past(const struct scene *scene, struct surface s)
{
    static const char back[] = "L live";
    enum { MOMENT, AGO, AS_OF, STATE };
    static const int goes[] = {AGO, AS_OF};
    const struct past_scene *t = scene->travel;
    const char *head = t->arrived ? "PAST" : "GOING BACK to";
    char texts[PIECES][PIECE_TEXT] = {""}, moment[48], span[SPAN_TEXT];
    int room = s.w - MARGIN - GAP - text_width(back);
    span_text(t->live_ms - t->target_ms, span);
    moment_text(scene, 0, moment);
    snprintf(texts[MOMENT], PIECE_TEXT, "%s %s", head, moment);
    snprintf(texts[AGO], PIECE_TEXT, "(%.12s ago)", span);
    as_of_text(scene, texts[AS_OF]);
    state_text(t, texts[STATE]);
    for (size_t i = 0; i < sizeof goes / sizeof goes[0] && width_of(texts) > room; i++)
        texts[goes[i]][0] = '\0';
    for (int length = 1; length <= 2 && width_of(texts) > room; length++) {
        moment_text(scene, length, moment);
        snprintf(texts[MOMENT], PIECE_TEXT, "%s %s", t->arrived ? head : "TO", moment);
    }
    surface_fill(s, surface_rect(s), CELL_BANNER, " ");
    int x = MARGIN;
    for (int i = 0; i < PIECES; i++)
        if (texts[i][0])
            x = surface_text(s, x, 0, CELL_BANNER, texts[i]) + GAP;
    if (width_of(texts) <= room)
        surface_text_right(s, s.w - MARGIN - text_width(back), 0, text_width(back), CELL_BANNER, back);
}
