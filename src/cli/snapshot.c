/*
 * andon snapshot: one frame of the running collector's plant on standard output. Without a collector it folds for itself;
 * it never starts one and writes nothing.
 */
#include <math.h>
#include <stdio.h>

#include "app/attach.h"
#include "app/past.h"
#include "cli/cli.h"
#include "cli/common.h"
#include "core/timestamp.h"
#include "io/clock.h"
#include "io/log.h"

enum { CONFIG, BROKER, CACHE, VIEW, SIZE, FORMAT, WAIT, FOCUS, THEME, ASCII, AT, TREND, FROM, TO };
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
    [THEME] = {"theme", 0, "NAME", "ANDON_THEME", "dark, light, high-contrast, deuteranopia, mono, or a theme file"},
    [ASCII] = {"ascii", 0, NULL, "ANDON_ASCII", "draw with ASCII only"},
    [TREND] = {"trend", 0, "NAME", NULL, "with --view trends: the saved set of tags; else those of --focus"},
    [FROM] = {"from", 0, "TIME", NULL, "with --view trends: where it begins; with --view energy: the day"},
    [TO] = {"to", 0, "TIME", NULL, "with --view trends: where it ends, now by default"},
    [AT] = {"at", 0, "TIME", NULL, "the plant as it was: 03:12 (the last one), -2h, 2024-06-12T11:52"},
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

/* ---- a moment of the past ---- */

static const struct model *past_origin_model(const void *self) { return self; }

static const struct health *past_origin_health(const void *self)
{
    (void)self; /* it tells of a process, and there is none */
    return NULL;
}

static void past_origin_watch(void *self, const char *key)
{
    (void)self;
    (void)key;
}

static void past_origin_raw(const void *self, char *topic, size_t topic_cap, char *payload, size_t payload_cap)
{
    (void)self, (void)topic_cap, (void)payload_cap;
    topic[0] = payload[0] = '\0';
}

static void past_origin_banner(const void *self, char *out, size_t cap)
{
    (void)self;
    if (cap)
        out[0] = '\0';
}

static int fail_past(struct past *past, const struct zone *zone, int64_t ms, const struct error *err)
{
    char first[48];
    int64_t first_ms = past_first(past);
    if (first_ms <= ms)
        return cli_fail(CLI_FAILED, "%s", err->text);
    date_clock_text(zone, first_ms, first);
    return cli_fail(CLI_FAILED, "nothing is kept of that moment: the first is %s", first);
}

/* Without the collector: the cache alone tells. */
static int print_past(const struct attach *attach, struct frame_request *frame, int64_t ms)
{
    struct error err;
    struct packer bundle;
    struct past *past = past_open(attach->history, &err);
    if (!past)
        return cli_fail(CLI_FAILED, "%s", err.text);
    packer_init(&bundle);
    bundle_pack(&attach->config.bundle, &bundle);
    past_preset(past, bundle.bytes, bundle.count);
    packer_finish(&bundle);
    int status;
    if (past_to(past, ms, &err)) {
        struct model *model = past_model(past);
        struct past_scene travel = {.target_ms = ms, .live_ms = clock_wall_ms(), .arrived = true, .said = past_said(past)};
        frame->travel = &travel;
        frame->history = past_history(past);
        frame->until_seq = model_seq(model);
        status = frame_print(frame, (struct origin){.self = model, .model = past_origin_model, .health = past_origin_health, .watch = past_origin_watch,
            .raw = past_origin_raw, .banner = past_origin_banner}, &attach->config.settings, attach->config_folder);
        frame->travel = NULL;
    } else {
        status = fail_past(past, &attach->config.plant->zone, ms, &err);
    }
    past_close(past);
    return status;
}

/* ---- the command ---- */

static int run(const struct cli_args *args)
{
    static struct attach attach;
    struct diagnostics found = {.count = 0};
    struct error err = {.text = ""};
    struct frame_request frame = {.view = args->value[VIEW], .size = args->value[SIZE], .format = args->value[FORMAT],
        .focus = args->value[FOCUS], .theme = args->value[THEME], .trend = args->value[TREND],
        .from = args->value[FROM], .to = args->value[TO]};
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
    if (!frame_check_view(&frame, attach.config.plant))
        goto out;
    frame.ascii = common_ascii(args->value[ASCII] != NULL, &attach.config.settings);
    if (args->value[AT]) {
        int64_t ms;
        status = common_past("at", args->value[AT], attach.config.plant, &ms) ? print_past(&attach, &frame, ms) : CLI_WRONG;
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
    frame.history = history_open(attach.history, NULL);
    status = frame_print(&frame, attach_origin(&attach), &attach.config.settings, attach.config_folder);
    history_close(frame.history);
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
