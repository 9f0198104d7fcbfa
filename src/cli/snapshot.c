/*
 * andon snapshot: one frame of the running collector's plant on standard output. Without a collector it folds for itself;
 * it never starts one and writes nothing.
 */
#include <math.h>
#include <stdio.h>

#include "app/attach.h"
#include "cli/cli.h"
#include "cli/common.h"
#include "core/timestamp.h"
#include "io/clock.h"
#include "io/log.h"

enum { CONFIG, BROKER, CACHE, VIEW, SIZE, FORMAT, WAIT, FOCUS, THEME, ASCII };
enum { WAIT_PRESET_S = 5, SETTLE_MS = 300 };

static const struct cli_option table[] = {
    [CONFIG] = {"config", 'c', "FILE", "ANDON_CONFIG", "the configuration"},
    [BROKER] = {"broker", 'b', "URL", "ANDON_BROKER", "mqtt:// or mqtts://, instead of the configuration's"},
    [CACHE] = {"cache", 0, "DIR", "ANDON_CACHE", "the cache folder of the collector"},
    [VIEW] = {"view", 0, "NAME", "ANDON_VIEW", "the view to print, overview by default"},
    [SIZE] = {"size", 0, "COLSxROWS", "ANDON_SIZE", "the frame's size, 80x24 by default"},
    [FORMAT] = {"format", 0, "FORMAT", "ANDON_FORMAT", "text (by default), ansi or svg"},
    [WAIT] = {"wait", 0, "SECONDS", "ANDON_WAIT", "how long to wait for data, 5 by default"},
    [FOCUS] = {"focus", 0, "PATH", "ANDON_FOCUS", "the node or tag to look at"},
    [THEME] = {"theme", 0, "NAME", "ANDON_THEME", "dark, mono, or a theme file"},
    [ASCII] = {"ascii", 0, NULL, "ANDON_ASCII", "draw with ASCII only"},
};

/* Waits until a sample has come, and a moment longer for those that come with it. */
struct waiting {
    struct loop *loop;
    const struct attach *attach;
    int timer;
    bool settling;
};

static void on_time(void *arg)
{
    struct waiting *w = arg;
    loop_stop(w->loop);
}

static void on_changed(void *arg)
{
    struct waiting *w = arg;
    if (w->settling || (!w->attach->client && !w->attach->solo))
        return;
    struct origin origin = attach_origin(w->attach);
    const struct model *model = origin.model(origin.self);
    if (model_samples(model) == 0)
        return;
    w->settling = true;
    loop_timer_at(w->loop, w->timer, clock_monotonic_ms() + SETTLE_MS);
}

static int run(const struct cli_args *args)
{
    static struct attach attach;
    struct diagnostics found = {.count = 0};
    struct error err = {.text = ""};
    struct frame_request frame = {.view = args->value[VIEW], .size = args->value[SIZE], .format = args->value[FORMAT],
        .focus = args->value[FOCUS], .theme = args->value[THEME]};
    struct loop *loop = NULL;
    double wait = WAIT_PRESET_S;
    int status = CLI_WRONG;
    if (!frame_check(&frame) || (args->value[WAIT] && !cli_number("wait", args->value[WAIT], 0, 86400, &wait)))
        return status;
    log_open(NULL, LOG_LEVEL_ERROR);
    if (!attach_load(&attach, &(struct attach_options){.load = {.config = args->value[CONFIG], .broker = args->value[BROKER]},
            .cache = args->value[CACHE], .read_only = true}, &found, &err)) {
        diagnostics_print(&found, stderr);
        status = err.text[0] ? cli_fail(CLI_FAILED, "%s", err.text) : CLI_WRONG;
        goto out;
    }
    loop = loop_create();
    struct waiting waiting = {.loop = loop, .attach = &attach};
    waiting.timer = loop_timer(loop, on_time, &waiting);
    loop_timer_at(loop, waiting.timer, clock_monotonic_ms() + llround(wait * 1000));
    if (!attach_open(&attach, loop, on_changed, &waiting, &err)) {
        status = cli_fail(CLI_FAILED, "%s", err.text);
        goto out;
    }
    on_changed(&waiting);
    loop_run(loop);
    frame.ascii = common_ascii(args->value[ASCII] != NULL, &attach.config.settings);
    status = frame_print(&frame, attach_origin(&attach), &attach.config.settings, attach.config_folder);
out:
    attach_close(&attach);
    loop_destroy(loop);
    diagnostics_finish(&found);
    return status;
}

const struct cli_command cli_snapshot = {
    .name = "snapshot", .operands = "", .summary = "prints one frame as text, ANSI or SVG",
    .options = table, .option_count = sizeof table / sizeof table[0], .run = run,
};
