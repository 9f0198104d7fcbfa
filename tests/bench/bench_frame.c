/*
 * bench_frame CONFIG INDUSTRY RESULT [FRAMES]: what a frame of the overview costs on this terminal, drawing and sending, at
 * the terminal's size. Ten minutes of the simulated plant are folded first; then a frame every 200 ms of stream time. The
 * figures (CPU time of this process, medians) go to the file RESULT, since the terminal is the thing measured.
 *
 * bench_frame CONFIG load:TAGS RESULT [FRAMES]: the same of every view and of a batch in which nothing happens, for a load plant of
 * so many tags (CONFIG is what `andon sim --tags TAGS --print-config` prints), once each tag has a value. A frame a second; in each
 * 100 messages came, whatever the number of tags.
 *
 * bench_frame - alarms:COUNT RESULT [FRAMES]: the same of the alarms view and of the overview with COUNT alarms that stand, none acknowledged, and
 * 200 values coming between two frames, each of which clears or raises one.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "core/ingest.h"
#include "golden/fixture_alarms.h"
#include "io/config.h"
#include "io/terminal.h"
#include "sim/sim.h"
#include "views/trends.h"
#include "views/view.h"

enum { WARM_MS = 600000, FRAME_MS = 200, FRAMES_MOST = 10000, LOAD_LINES = 10, LOAD_RATE = 100, TAGS_A_MESSAGE = 10, SECOND_MS = 1000, TURNS_A_FRAME = 200,
    HOT = 95, COOL = 60 };

struct bench {
    struct ingest *ingest;
    int64_t now;
};

static void on_message(void *arg, const struct sim_message *m)
{
    struct bench *bench = arg;
    ingest_message(bench->ingest, &(struct message){.topic = m->topic, .topic_length = strlen(m->topic), .payload = m->payload,
        .payload_length = m->payload_length, .retained = m->initial, .arrival_ms = m->ts_ms});
}

static void advance(struct bench *bench, struct sim *sim, int64_t until)
{
    struct sim_sink sink = {.message = on_message, .arg = bench};
    while (bench->now < until) {
        bench->now += BATCH_GRID_MS;
        sim_step(sim, bench->now, &sink);
        ingest_close(bench->ingest, bench->now, BATCH_GRID_MS);
    }
}

static double cpu_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* A terminal that has not read the last frame is passed over, which would make the next one look free. */
static void let_it_read(void)
{
    struct pollfd wait = {.fd = STDOUT_FILENO, .events = POLLOUT};
    tcdrain(STDOUT_FILENO);
    poll(&wait, 1, -1);
}

static double median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, by_value);
    return values[count / 2];
}

static void measure(FILE *result, struct bench *bench, struct sim *sim, const struct scene *scene, struct terminal *terminal, size_t frames)
{
    static double draw[FRAMES_MOST], send[FRAMES_MOST], bytes[FRAMES_MOST], whole[FRAMES_MOST];
    const struct view *view = view_find("overview");
    void *state = calloc(1, view->state_size);
    int w, h;
    terminal_size(terminal, &w, &h);
    struct grid *grid = grid_create(w, h);
    for (size_t f = 0; f < frames; f++) {
        advance(bench, sim, bench->now + FRAME_MS);
        double t0 = cpu_us();
        grid_clear(grid);
        frame_draw(surface_of(grid), scene, view, state, NULL, NULL);
        double t1 = cpu_us();
        terminal_present(terminal, grid);
        double t2 = cpu_us();
        let_it_read();
        draw[f] = t1 - t0;
        send[f] = t2 - t1;
        bytes[f] = (double)terminal_sent(terminal);
        terminal_redraw(terminal);
        double t3 = cpu_us();
        terminal_present(terminal, grid);
        whole[f] = cpu_us() - t3;
        let_it_read();
    }
    fprintf(result, "frame of the overview at %dx%d: draw %.0f us + send %.0f us of CPU, %.0f bytes (medians of %zu); everything sent anew: %.0f us\n",
        w, h, median(draw, frames), median(send, frames), median(bytes, frames), frames, median(whole, frames));
    if (view->finish)
        view->finish(state);
    free(state);
    grid_destroy(grid);
}

/* What a screen shows of the line "l1" or, without lines, of the whole. */
static void open_view(const struct view *view, void *state, struct scene *scene)
{
    plant_node_path(model_plant(scene->model), plant_first_child(model_plant(scene->model), 1), scene->focus.node, sizeof scene->focus.node);
    if (strcmp(view->name, "trends") == 0)
        trends_add_focus(state, scene->model, &scene->focus);
}

static void measure_load(FILE *result, struct bench *bench, struct sim *sim, struct scene *scene, struct terminal *terminal, size_t frames)
{
    static double fold[FRAMES_MOST], draw[FRAMES_MOST], send[FRAMES_MOST];
    int w, h;
    terminal_size(terminal, &w, &h);
    struct grid *grid = grid_create(w, h);
    for (size_t v = 0; v < view_count; v++) {
        const struct view *view = view_registry[v];
        void *state = calloc(1, view->state_size);
        open_view(view, state, scene);
        for (size_t f = 0; f < frames; f++) {
            advance(bench, sim, bench->now + SECOND_MS);
            double t0 = cpu_us();
            ingest_close(bench->ingest, bench->now, 0);
            double t1 = cpu_us();
            grid_clear(grid);
            frame_draw(surface_of(grid), scene, view, state, NULL, NULL);
            double t2 = cpu_us();
            terminal_present(terminal, grid);
            double t3 = cpu_us();
            let_it_read();
            fold[f] = t1 - t0;
            draw[f] = t2 - t1;
            send[f] = t3 - t2;
        }
        fprintf(result, "%s %.2f %.2f %.2f\n", view->name, median(fold, frames), median(draw, frames), median(send, frames));
        if (view->finish)
            view->finish(state);
        free(state);
    }
    grid_destroy(grid);
}

/* The values that turn alarms between two frames, folded. */
static void turn(struct fixture *f, size_t pumps, size_t frame)
{
    f->now_ms = model_wall(f->model) + FRAME_MS;
    for (size_t i = frame * TURNS_A_FRAME; i < (frame + 1) * TURNS_A_FRAME; i++)
        fixture_pump(f, i % pumps, i / pumps % 2 ? HOT : COOL);
    f->batch.seq++;
    f->batch.elapsed_ms = FRAME_MS;
    f->batch.wall_ms = f->now_ms;
    model_apply(f->model, &f->batch);
    batch_clear(&f->batch);
}

static void measure_alarms(FILE *result, size_t pumps, struct terminal *terminal, size_t frames)
{
    static double draw[FRAMES_MOST], whole[FRAMES_MOST];
    static const char *const views[] = {"alarms", "overview"};
    struct fixture f;
    int w, h;
    terminal_size(terminal, &w, &h);
    struct grid *grid = grid_create(w, h);
    fixture_pumps(&f, pumps, false);
    for (size_t v = 0; v < sizeof views / sizeof views[0]; v++) {
        fixture_open(&f, views[v]);
        for (size_t frame = 0; frame < frames; frame++) {
            turn(&f, pumps, frame);
            double t0 = cpu_us();
            grid_clear(grid);
            frame_draw(surface_of(grid), &f.scene, f.view, f.state, NULL, NULL);
            double t1 = cpu_us();
            terminal_present(terminal, grid);
            whole[frame] = cpu_us() - t0;
            draw[frame] = t1 - t0;
            let_it_read();
        }
        double opening = whole[0]; /* everything is looked at and sent for the first time */
        whole[0] = 0;
        double middle = median(whole, frames); /* puts them in order */
        fprintf(result, "%s at %dx%d with %zu alarms: %.0f us of CPU (drawing %.0f), worst %.0f, of %zu frames; the first %.0f\n", views[v], w, h, pumps,
            middle, median(draw, frames), whole[frames - 1], frames, opening);
    }
    fixture_finish(&f);
    grid_destroy(grid);
}

static int alarms_main(const char *count, const char *to, size_t frames)
{
    struct theme theme;
    struct error err;
    char notice[128];
    FILE *result = fopen(to, "w");
    struct terminal *terminal = NULL;
    if (result && theme_load(&theme, "dark", NULL, &err))
        terminal = terminal_open(&(struct terminal_options){.theme = &theme}, notice, sizeof notice, &err);
    if (terminal)
        measure_alarms(result, (size_t)strtoul(count, NULL, 10), terminal, frames);
    terminal_close(terminal);
    if (result)
        fclose(result);
    return terminal ? 0 : 1;
}

int main(int argc, char **argv)
{
    struct bundle bundle;
    struct config config;
    struct diagnostics diagnostics = {.count = 0};
    struct error err;
    struct theme theme;
    char notice[128];
    if (argc < 4)
        return 2;
    size_t frames = argc > 4 ? (size_t)strtoul(argv[4], NULL, 10) : 300;
    if (frames == 0 || frames > FRAMES_MOST)
        return 2;
    if (strncmp(argv[2], "alarms:", 7) == 0)
        return alarms_main(argv[2] + 7, argv[3], frames);
    if (!config_gather(argv[1], &bundle, &diagnostics) || !config_build(&bundle, &config, &diagnostics)) {
        diagnostics_print(&diagnostics, stderr);
        return 2;
    }
    struct bench bench = {.now = INT64_C(1718178720000)};
    struct model *model = model_create(config.plant);
    bench.ingest = ingest_create(config.plant, model);
    bool load = strncmp(argv[2], "load:", 5) == 0;
    uint32_t tags = load ? (uint32_t)strtoul(argv[2] + 5, NULL, 10) : 0;
    struct sim *sim = sim_create(&(struct sim_options){.industry = load ? NULL : argv[2], .seed = 7, .start_ms = bench.now, .lines = LOAD_LINES, .tags = tags,
        .rate = LOAD_RATE}, &err);
    FILE *result = fopen(argv[3], "w");
    struct terminal *terminal = NULL;
    if (sim && result && theme_load(&theme, "dark", NULL, &err)) {
        advance(&bench, sim, bench.now + (load ? tags / TAGS_A_MESSAGE / LOAD_RATE * SECOND_MS + SECOND_MS : WARM_MS));
        terminal = terminal_open(&(struct terminal_options){.theme = &theme}, notice, sizeof notice, &err);
    }
    if (terminal) {
        struct scene scene = {.model = model, .filter = "", .raw_topic = "", .raw_payload = "", .user = "", .banner = "", .message = ""};
        if (load)
            measure_load(result, &bench, sim, &scene, terminal, frames);
        else
            measure(result, &bench, sim, &scene, terminal, frames);
    }
    terminal_close(terminal);
    if (result)
        fclose(result);
    sim_destroy(sim);
    ingest_destroy(bench.ingest);
    model_destroy(model);
    config_finish(&config);
    diagnostics_finish(&diagnostics);
    return terminal ? 0 : 1;
}
