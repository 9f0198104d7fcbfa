/*
 * Panels that are built in: parts of the overview and its like, by name. They name themselves, and patterns mean nothing to them.
 */
#include <string.h>

#include "views/changes.h"
#include "views/energy.h"
#include "views/panels.h"

static void draw_lines(struct panels_frame *frame, bool focused, struct surface s)
{
    overview_lines(&frame->panels->overview, frame->scene, draw_panel(s, "LINES", focused));
}

static void draw_alarms(struct panels_frame *frame, bool focused, struct surface s)
{
    (void)focused;
    overview_alarms(frame->scene, &frame->panels->overview, s);
}

static void draw_not_running(struct panels_frame *frame, bool focused, struct surface s)
{
    overview_standing(frame->scene, &frame->panels->overview, false, focused, s);
}

static void draw_running(struct panels_frame *frame, bool focused, struct surface s)
{
    overview_standing(frame->scene, &frame->panels->overview, true, focused, s);
}

static void draw_calls(struct panels_frame *frame, bool focused, struct surface s)
{
    (void)focused;
    overview_open(frame->scene, s);
}

static void draw_stops_panel(struct panels_frame *frame, bool focused, struct surface s) { overview_stops(frame->scene, focused, s); }

static void draw_losses(struct panels_frame *frame, bool focused, struct surface s)
{
    overview_losses(frame->scene, &frame->panels->overview, focused, s);
}

static void draw_outside(struct panels_frame *frame, bool focused, struct surface s)
{
    (void)focused;
    overview_outside(frame->scene, &frame->panels->overview, s);
}

static void draw_changes_panel(struct panels_frame *frame, bool focused, struct surface s)
{
    (void)focused;
    draw_changes(frame->scene->model, 0, s.h - 1, s);
}

static void draw_energy(struct panels_frame *frame, bool focused, struct surface s)
{
    (void)focused;
    const struct plant *plant = model_plant(frame->scene->model);
    if (plant->demand_count + plant->emission_count == 0)
        surface_text_fit(draw_section(s, "ENERGY"), 0, 0, s.w, CELL_DIM, "needs demands or emissions");
    else
        energy_overview(frame->scene, s);
}

static void draw_data(struct panels_frame *frame, bool focused, struct surface s)
{
    (void)focused;
    overview_data(frame->scene, s);
}

const struct panels_part panels_parts[] = {
    {"lines", "a row a line, as in the overview", 40, 4, draw_lines},
    {"alarms", "the worst alarms", 36, 3, draw_alarms},
    {"not-running", "lines that do not run, and why", 30, 3, draw_not_running},
    {"running", "lines that run longest", 30, 3, draw_running},
    {"calls", "who waits, and stops without a reason", 44, 3, draw_calls},
    {"stops", "the stops of the last hours", 36, 3, draw_stops_panel},
    {"losses", "what each line lost in its shift", 60, 4, draw_losses},
    {"outside", "values outside their normal band", 40, 3, draw_outside},
    {"changes", "what was changed in the last hour", 30, 3, draw_changes_panel},
    {"energy", "demand and emissions against their limits", 54, 7, draw_energy},
    {"data", "how the data comes in", 30, 3, draw_data},
};
const size_t panels_part_count = sizeof panels_parts / sizeof panels_parts[0];

const struct panels_part *panels_part(const char *name)
{
    for (size_t i = 0; i < panels_part_count; i++)
        if (strcmp(panels_parts[i].name, name) == 0)
            return &panels_parts[i];
    return NULL;
}
