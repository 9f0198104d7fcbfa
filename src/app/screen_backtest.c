/*
 * :backtest on a screen. A struct backtest_shown is what was asked last and what has come of it; the trial itself is the librarian's until it ends. It
 * lives while its view is open: with that it is given up.
 */
#include "app/screen_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

enum { PERIOD_MS = 7 * 24 * 3600000 };

struct backtest_shown {
    struct whatif_ask ask;
    struct whatif_counts counts[WHATIF_ROWS];
    char said[160];
    struct trial_scene scene;
};

/* The selected alarm of the view, else what the screen looks at. */
static uint32_t selected_alarm(struct screen *s)
{
    const struct model *model = compose_model(&s->compose);
    struct action target;
    uint32_t alarm = NO_ALARM;
    if (compose_targets(&s->compose, TARGET_SELECTED, &target, 1) == 1)
        alarm = model_find_alarm(model, target.target);
    if (alarm == NO_ALARM && s->compose.here.focus.alarm[0])
        alarm = model_find_alarm(model, s->compose.here.focus.alarm);
    return alarm;
}

static struct trial *make_trial(const struct whatif_ask *ask, const struct plant *plant, int64_t from_ms, int64_t to_ms)
{
    struct trial *trial = mem_zero(1, sizeof *trial);
    trial->from_ms = from_ms;
    trial->to_ms = to_ms;
    for (; trial->count < ask->count; trial->count++)
        trial->whatifs[trial->count] = whatif_ask_create(ask, plant, trial->count);
    return trial;
}

void backtest_end(struct screen *s)
{
    if (!s->backtest)
        return;
    librarian_try(s->librarian, NULL);
    s->compose.trial = NULL;
    free(s->backtest);
    s->backtest = NULL;
}

bool screen_backtest(struct screen *s, const char *argument, struct error *err)
{
    const struct model *model = compose_model(&s->compose);
    uint32_t alarm = selected_alarm(s);
    if (!s->librarian)
        return error_set(err, "there is no history here to test on");
    if (alarm == NO_ALARM)
        return error_set(err, "select an alarm first: in the view alarms (7)");
    struct backtest_shown *shown = mem_zero(1, sizeof *shown);
    if (!whatif_ask_alarm(&shown->ask, model_plant(model), alarm, argument, err)) {
        free(shown);
        return false;
    }
    backtest_end(s);
    int64_t to_ms = model_wall(model);
    shown->scene = (struct trial_scene){.ask = &shown->ask, .counts = shown->counts, .from_ms = to_ms - PERIOD_MS, .to_ms = to_ms, .said = shown->said};
    s->backtest = shown;
    s->compose.trial = &shown->scene;
    librarian_try(s->librarian, make_trial(&shown->ask, model_plant(model), to_ms - PERIOD_MS, to_ms));
    compose_open(&s->compose, &backtest_view);
    return true;
}

void backtest_before_frame(struct screen *s)
{
    struct backtest_shown *shown = s->backtest;
    if (!shown)
        return;
    if (s->compose.over != &backtest_view) {
        backtest_end(s);
        return;
    }
    struct trial *trial = librarian_tried(s->librarian);
    if (!trial)
        return;
    memcpy(shown->counts, trial->counts, sizeof shown->counts);
    snprintf(shown->said, sizeof shown->said, "%s", trial->said);
    shown->scene.done = trial->done;
    trial_destroy(trial);
}
