/*
 * What accounts cost the fold: LINES lines of one unit each, with a state that changes each minute or so and counters of good and rejected pieces at 1 Hz, by
 * a calendar of three shifts; HOURS of them, with and without reading the shift's account of every line each second as a screen may. And a frame of the overview.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/model.h"
#include "core/plant_build.h"
#include "views/view.h"

#define T0 INT64_C(1718172000000) /* 2024-06-12 06:00 UTC */

enum { LINES = 500, TAGS = 3 };

static struct calendar_shift shifts[] = {
    {.name = "early", .weekdays = 127, .from_minute = 360, .to_minute = 840, .breaks = {{540, 555}, {720, 750}}, .break_count = 2},
    {.name = "late", .weekdays = 127, .from_minute = 840, .to_minute = 1320, .breaks = {{1080, 1110}}, .break_count = 1},
    {.name = "night", .weekdays = 127, .from_minute = 1320, .to_minute = 360},
};

static struct plant *plant_of(bool counted)
{
    static const enum tag_role roles[TAGS] = {ROLE_STATE, ROLE_GOOD, ROLE_REJECT};
    static const char *const names[TAGS] = {"state", "good", "reject"};
    struct plant_build b;
    char name[32];
    plant_build_init(&b);
    uint16_t calendar = plant_add_calendar(&b, (struct calendar){.name = "three", .shifts = shifts, .shift_count = 3});
    uint32_t site = plant_add_node(&b, NO_NODE, (struct node){.level = LEVEL_SITE, .name = "site", .calendar = calendar});
    const struct tag_def *defs[TAGS];
    for (int t = 0; t < TAGS; t++)
        defs[t] = plant_add_def(&b, (struct tag_def){.name = names[t], .kind = t == 0 ? KIND_STATE : KIND_COUNTER, .role = counted ? roles[t] : ROLE_COUNT});
    for (int l = 0; l < LINES; l++) {
        snprintf(name, sizeof name, "l%d", l);
        uint32_t line = plant_add_node(&b, site, (struct node){.level = LEVEL_LINE, .name = name, .ideal_cycle_s = 1, .target = 0.8});
        uint32_t unit = plant_add_node(&b, line, (struct node){.level = LEVEL_UNIT, .name = "m"});
        for (int t = 0; t < TAGS; t++)
            plant_add_tag(&b, unit, defs[t]);
    }
    return plant_build_finish(&b);
}

static double cpu_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* CPU seconds of a frame of the overview at 200x60. */
static double draw(const struct model *model)
{
    enum { FRAMES = 50 };
    const struct scene scene = {.model = model, .now_ms = model_wall(model), .filter = "", .raw_topic = "", .raw_payload = "", .user = "", .who = "", .banner = "", .message = ""};
    struct grid *grid = grid_create(200, 60);
    const struct view *view = view_find("overview");
    void *state = calloc(1, view->state_size);
    if (!state)
        exit(1);
    double before = cpu_s();
    for (int f = 0; f < FRAMES; f++)
        frame_draw(surface_of(grid), &scene, view, state, NULL, NULL);
    double used = (cpu_s() - before) / FRAMES;
    view->finish(state);
    free(state);
    grid_destroy(grid);
    return used;
}

/* CPU seconds of the fold for so many seconds of the stream; *frame (may be NULL): of a frame at its end. */
static double run(bool counted, int seconds, bool read, double *frame)
{
    struct plant *plant = plant_of(counted);
    struct model *model = model_create(plant);
    struct batch batch;
    struct account sum;
    batch_init(&batch);
    for (uint32_t t = 0; t < plant->tag_count; t++) {
        char key[KEY_BYTES];
        size_t length = plant_tag_key(plant, t, key, sizeof key);
        batch_add(&batch, (struct record){.kind = RECORD_SERIES, .series = t + 1, .text = batch_text(&batch, key, length)});
    }
    double used = 0;
    for (int s = 0; s < seconds; s++) {
        for (uint32_t l = 0; l < LINES; l++) {
            int64_t now = T0 + s * 1000 - l % 7;
            bool stands = (s / 53 + (int)l) % 9 == 0;
            const struct record sample = {.kind = RECORD_SAMPLE, .time_ms = now, .quality = QUALITY_GOOD, .flags = SAMPLE_SOURCE_TIME};
            for (uint32_t t = 0; t < TAGS; t++) {
                struct record r = sample;
                r.series = l * TAGS + t + 1;
                r.value = value_int(t == 0 ? stands ? 2 : 6 : t == 1 ? s : s / 20);
                batch_add(&batch, r);
            }
        }
        batch.seq++;
        batch.wall_ms = T0 + s * 1000;
        batch.elapsed_ms = s > 0 ? 1000 : 0;
        double before = cpu_s();
        model_apply(model, &batch);
        for (uint32_t n = 0; read && n < plant->node_count; n++)
            if (plant->nodes[n].level == LEVEL_LINE) {
                struct shift_at at;
                model_shift(model, n, &at);
                model_account(model, n, at.from_ms, at.to_ms, &sum, NULL);
            }
        used += cpu_s() - before;
        batch_clear(&batch);
    }
    if (frame)
        *frame = draw(model);
    batch_finish(&batch);
    model_destroy(model);
    plant_destroy(plant);
    return used;
}

int main(int argc, char **argv)
{
    int hours = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 2, seconds = 3600 * (hours > 0 ? hours : 1);
    double frame, plain = run(false, seconds, false, NULL), kept = run(true, seconds, false, NULL), read = run(true, seconds, true, &frame);
    double samples = (double)seconds * LINES * TAGS;
    printf("%d lines, %d h at 1 Hz: fold %.3f us a sample without accounts, %.3f with; with every line's shift read each second %.2f %% of a core, %.2f %% more than without accounts\n", LINES,
        hours, plain * 1e6 / samples, kept * 1e6 / samples, 100 * read / seconds, 100 * (read - plain) / seconds);
    printf("a frame of the overview at 200x60 with their shifts and plans: %.2f ms\n", frame * 1e3);
    return 0;
}
