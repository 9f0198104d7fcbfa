/*
 * backtest: what an alarm would have done with other settings, drawn over another view: a row each, the alarm as it is configured first. It shows
 * scene->trial and keeps nothing; what is not counted yet says so.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/number.h"
#include "core/timestamp.h"
#include "draw/text.h"
#include "views/common.h"

enum { NARROW_W = 60, WIDE_W = 100, COLUMNS = 6, TEXT_BYTES = 40 };

struct backtest { char unused; };

static const struct { const char *title; int width; bool narrow; } columns[COLUMNS] = {
    {"RAISES", 7, true}, {"A DAY", 7, true}, {"CHATTERING", 11, false}, {"FLEETING", 9, false}, {"ACTIVE", 8, true}, {"LONGEST", 8, false},
};

static int draw_row(struct surface s, int y, const char *const texts[COLUMNS], enum cell_role role)
{
    int x = 0;
    for (size_t c = 0; c < COLUMNS; c++) {
        if (s.w < NARROW_W && !columns[c].narrow)
            continue;
        surface_text_right(s, x, y, columns[c].width, role, texts[c]);
        x += columns[c].width;
    }
    return x + 2;
}

static void draw_counts(struct surface s, int y, const struct trial_scene *t, size_t v)
{
    const struct whatif_counts *c = &t->counts[v];
    char texts[COLUMNS][TEXT_BYTES], active[NUMBER_TEXT], longest[SPAN_TEXT];
    const char *row[COLUMNS];
    double ms = (double)(t->to_ms - t->from_ms);
    number_text((double)c->raises, 0, true, texts[0]);
    number_text((double)c->raises * 86400000 / ms, 1, true, texts[1]);
    number_text((double)c->chattering, 0, true, texts[2]);
    number_text((double)c->fleeting, 0, true, texts[3]);
    number_text(100 * (double)c->active_ms / ms, 1, false, active);
    snprintf(texts[4], TEXT_BYTES, "%.30s %%", active);
    span_text(c->longest_ms, longest);
    snprintf(texts[5], TEXT_BYTES, "%s", longest);
    for (size_t i = 0; i < COLUMNS; i++)
        row[i] = texts[i];
    draw_row(s, y, row, CELL_VALUE);
}

static void backtest_draw(void *state, const struct scene *scene, struct surface s)
{
    const struct trial_scene *t = scene->trial;
    const char *titles[COLUMNS];
    (void)state;
    if (!t) {
        surface_text_fit(s, 0, 0, s.w, CELL_DIM, "nothing was asked: :backtest");
        return;
    }
    surface_text_fit(s, 0, 0, s.w, CELL_TITLE, t->ask->key);
    surface_text_fit(s, 0, 1, s.w, CELL_DIM, t->said[0] ? t->said : t->done == t->ask->count ? "the last 7 days, as they were and as they would have been" : "running ...");
    for (size_t c = 0; c < COLUMNS; c++)
        titles[c] = columns[c].title;
    int x = draw_row(s, 2, titles, CELL_DIM);
    int lines = s.w < WIDE_W && 3 + 2 * (int)t->ask->count <= s.h ? 2 : 1; /* settings beside the figures, or below where they would be cut */
    if (lines == 1)
        surface_text_fit(s, x, 2, s.w - x, CELL_DIM, "SETTINGS");
    for (size_t v = 0; v < t->ask->count; v++) {
        int y = 3 + lines * (int)v, at = lines == 2 ? 2 : x;
        if (v < t->done)
            draw_counts(s, y, t, v);
        surface_text_fit(s, at, y + lines - 1, s.w - at, v ? CELL_TEXT : CELL_TITLE, t->ask->variants[v].settings);
    }
}

static bool backtest_key(void *state, const struct scene *scene, struct key key, struct request *request)
{
    (void)state;
    if (key.code != KEYC_ESC)
        return false;
    *request = (struct request){.kind = REQUEST_BACK, .focus = scene->focus};
    return true;
}

static const struct key_row backtest_keys[] = {
    {"Esc", "close", "closes it, and ends it when it still runs", 1},
};

const struct view backtest_view = {
    .name = "backtest", .title = "BACKTEST",
    .help = "What the selected alarm would have done in the last 7 days with other settings: recorded samples, the same engine. The first row is the alarm as it is configured. "
            "Without changes :backtest asks what a deadband twice as wide, and an on-delay of a minute, would do.",
    .state_size = sizeof(struct backtest), .keys = backtest_keys, .key_count = sizeof backtest_keys / sizeof backtest_keys[0],
    .draw = backtest_draw, .key = backtest_key,
};
