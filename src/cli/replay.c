/*
 * andon replay: a capture instead of a broker. With --until, --snapshot or --report it is folded at full speed into one frame or report, which
 * is the same on every machine; else it plays in real time times --speed on the interactive screen, where it can be stopped, stepped and turned back.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/attach.h"
#include "app/player.h"
#include "app/rebuild.h"
#include "app/screen.h"
#include "app/spool.h"
#include "cli/cli.h"
#include "cli/common.h"
#include "core/timestamp.h"
#include "io/incident.h"

enum { CONFIG, SPEED, PAUSED, FROM, UNTIL, SNAPSHOT, REPORT, SIZE, FORMAT, FOCUS, THEME, ASCII, MAP };
enum { DAY_MS = 86400000 };

static const struct cli_option table[] = {
    [CONFIG] = {"config", 'c', "FILE", "ANDON_CONFIG", "the configuration"},
    [SPEED] = {"speed", 0, "X", "ANDON_SPEED", "how much faster than it was, 1 by default"},
    [PAUSED] = {"paused", 0, NULL, NULL, "stand at the beginning, until the space key"},
    [FROM] = {"from", 0, "TIME", NULL, "begin to play at this moment, as --until names one"},
    [UNTIL] = {"until", 0, "TIME", NULL, "fold up to this moment (2024-06-12T11:52, 03:12, +90s from its beginning)"},
    [SNAPSHOT] = {"snapshot", 0, "VIEW", NULL, "print this view instead of playing"},
    [REPORT] = {"report", 0, "NAME", NULL, "print the report alarms, energy, oee or shift of it instead of playing"},
    [SIZE] = {"size", 0, "COLSxROWS", "ANDON_SIZE", "the frame's size, 80x24 by default"},
    [FORMAT] = {"format", 0, "FORMAT", "ANDON_FORMAT", "text (by default), ansi or svg; of a report text, csv, json or html"},
    [FOCUS] = {"focus", 0, "PATH", "ANDON_FOCUS", "the node or tag to look at"},
    [THEME] = {"theme", 0, "NAME", "ANDON_THEME", "dark, light, high-contrast, deuteranopia, mono, or a theme file"},
    [ASCII] = {"ascii", 0, NULL, "ANDON_ASCII", "draw with ASCII only"},
    [MAP] = {"map", 0, "THERE=HERE", NULL, "the capture's broker THERE is the configuration's HERE; may be given several times", .repeats = true},
};

/* "03:12" is the first one after the capture's beginning; what the clock says now has no place here. */
static bool read_moment(const char *option, const char *text, const struct plant *plant, int64_t begin, int64_t *ms)
{
    struct error err;
    int64_t span;
    if (text[0] == '+' && duration_read(text + 1, &span, &err)) {
        *ms = begin + span;
        return true;
    }
    if (text[0] != '+' && timestamp_typed(text, &plant->zone, begin, ms, &err)) {
        if (*ms < begin && strchr(text, '-') == NULL)
            *ms += DAY_MS;
        return true;
    }
    cli_fail(CLI_WRONG, "--%s %s: %s", option, text, err.text);
    return false;
}

static bool map_brokers(struct player *player, const struct cli_args *args)
{
    for (size_t i = 0; i < args->many_count; i++) {
        const char *equals = strchr(args->many[i], '=');
        char there[64];
        struct error err;
        if (!equals || equals == args->many[i] || (size_t)(equals - args->many[i]) >= sizeof there)
            return cli_fail(CLI_WRONG, "--map %s: THERE=HERE is wanted, the broker's name in the capture and in the configuration", args->many[i]), false;
        snprintf(there, sizeof there, "%.*s", (int)(equals - args->many[i]), args->many[i]);
        if (!player_map(player, there, equals + 1, &err))
            return cli_fail(CLI_WRONG, "--map %s: %s", args->many[i], err.text), false;
    }
    return true;
}

static int play(struct player *player, const struct attach *attach, const struct cli_args *args, double speed)
{
    struct loop *loop = loop_create();
    struct error err;
    struct screen_options options = common_screen(&attach->config, NULL, args->value[THEME], args->value[ASCII] != NULL, true, attach->config_folder);
    struct screen *screen = screen_create(loop, &options);
    int status;
    if (screen_show(screen, player_origin(player), &err)) {
        player_play(player, loop, args->value[PAUSED] ? 0 : speed, screen_changed, screen);
        status = screen_run(screen);
    } else {
        status = cli_fail(CLI_FAILED, "%s", err.text);
    }
    screen_destroy(screen);
    player_stop(player);
    loop_destroy(loop);
    return status;
}

/* The report is that of `andon report`, on a cache that holds this capture and nothing else. */
static int report(struct player *player, const struct attach *attach, const struct cli_args *args, int64_t until)
{
    struct spool spool;
    struct error err;
    char from[SPAN_TEXT + 8], to[SPAN_TEXT + 8], *argv[16];
    int argc = 0, status;
    bool shift = strcmp(args->value[REPORT], "shift") == 0;
    if (!spool_capture(&spool, player, &attach->config, until, &err)) {
        status = cli_fail(CLI_FAILED, "%s", err.text);
    } else {
        iso_text(player_begin(player), from);
        iso_text(spool.last_ms, to);
        const char *const words[] = {"report", args->value[REPORT], "--cache", spool.folder, "--from", from, shift ? NULL : "--to", shift ? NULL : to,
            args->value[CONFIG] ? "--config" : NULL, args->value[CONFIG], args->value[FORMAT] ? "--format" : NULL, args->value[FORMAT]};
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
            if (words[i])
                argv[argc++] = (char *)words[i];
        argv[argc] = NULL;
        status = cli_run(&cli_report, argc, argv);
    }
    spool_remove(&spool);
    return status;
}

/* What is wrong with the file, behind everything else. */
static void tell_bad(const struct player *player, const char *name)
{
    const char *first;
    size_t bad = player_bad_lines(player, &first);
    if (player_unmapped(player)[0])
        cli_fail(0, "the configuration has no broker \"%s\": its messages are taken for the first one's; --map %s=NAME says which", player_unmapped(player), player_unmapped(player));
    if (bad)
        cli_fail(0, "%zu line%s of %s could not be read: %s", bad, bad == 1 ? "" : "s", name, first);
    if (player_is_cut(player))
        cli_fail(0, "%s ends in the middle of a line: whoever wrote or copied it was interrupted; all before it is there", name);
}

static bool check_options(const struct cli_args *args, const struct frame_request *frame, double *speed)
{
    static const char *const reports[] = {"alarms", "energy", "oee", "shift"};
    const char *report = args->value[REPORT];
    bool known = false;
    for (size_t i = 0; report && i < sizeof reports / sizeof *reports; i++)
        known = known || strcmp(report, reports[i]) == 0;
    if (report && !known)
        return cli_fail(CLI_WRONG, "--report %s: there is one of alarms, energy, oee and shift", report), false;
    if (report && args->value[SNAPSHOT])
        return cli_fail(CLI_WRONG, "--report and --snapshot exclude each other"), false;
    return (report || frame_check(frame)) && (!args->value[SPEED] || cli_number("speed", args->value[SPEED], 0.001, 100000, speed));
}

/* The plant of a file of andon incident is its own. */
static bool load_incident(const char *path, const struct cli_args *args, struct attach *attach, struct diagnostics *found, struct error *err)
{
    struct bundle bundle;
    bool rebuilt, good;
    if (!incident_config(path, &bundle, &rebuilt, err))
        return false;
    if (args->value[CONFIG]) {
        bundle_finish(&bundle);
        good = attach_load(attach, &(struct attach_options){.load = {.config = args->value[CONFIG]}, .read_only = true}, found, err);
    } else {
        good = config_build(&bundle, &attach->config, found);
        if (!good)
            bundle_finish(&bundle);
        snprintf(attach->config_path, sizeof attach->config_path, "%.200s", path);
    }
    if (good && rebuilt)
        rebuild_plant(attach->config.plant);
    return good;
}

static bool load(const char *path, const struct cli_args *args, struct attach *attach, struct diagnostics *found, struct error *err)
{
    if (incident_is(path))
        return load_incident(path, args, attach, found, err);
    return attach_load(attach, &(struct attach_options){.load = {.config = args->value[CONFIG]}, .read_only = true}, found, err);
}

static int run(const struct cli_args *args)
{
    static struct attach attach;
    struct diagnostics found = {.count = 0};
    struct error err = {.text = ""};
    struct frame_request frame = {.view = args->value[SNAPSHOT], .size = args->value[SIZE], .format = args->value[FORMAT],
        .focus = args->value[FOCUS], .theme = args->value[THEME], .ascii = args->value[ASCII] != NULL};
    struct player *player = NULL;
    double speed = 1;
    int64_t until = INT64_MAX, from = INT64_MIN;
    const char *first_bad, *name = args->operands[0];
    bool folds = args->value[UNTIL] || args->value[SNAPSHOT] || args->value[REPORT];
    int status = CLI_WRONG;
    if (!check_options(args, &frame, &speed))
        return status;
    if (!folds && (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)))
        return cli_fail(CLI_FAILED, "standard input and output must be a terminal; for one frame as text: --snapshot VIEW");
    if (args->value[REPORT] && !args->value[CONFIG] && incident_is(name))
        return cli_fail(CLI_WRONG, "--report of an incident needs a configuration: -c FILE");
    if (!load(name, args, &attach, &found, &err)) {
        diagnostics_print(&found, stderr);
        status = err.text[0] ? cli_fail(CLI_FAILED, "%s", err.text) : CLI_WRONG;
        goto out;
    }
    if (!frame_check_view(&frame, attach.config.plant))
        goto out;
    player = player_create(attach.config.plant, load_name(attach.config_path), name, &err);
    if (!player) {
        status = cli_fail(CLI_FAILED, "%s", err.text);
        goto out;
    }
    if (!player_begin(player)) {
        bool any = player_bad_lines(player, &first_bad) > 0;
        status = cli_fail(CLI_FAILED, "%s holds no message: %s", name, any ? first_bad : player_is_cut(player) ? "it ends in the middle of its first line" : "it is empty");
        goto out;
    }
    if (!map_brokers(player, args) || (args->value[UNTIL] && !read_moment("until", args->value[UNTIL], attach.config.plant, player_begin(player), &until))
        || (args->value[FROM] && !read_moment("from", args->value[FROM], attach.config.plant, player_begin(player), &from)))
        goto out;
    if (args->value[REPORT]) {
        status = report(player, &attach, args, until);
    } else if (folds) {
        player_fold(player, until);
        status = frame_print(&frame, player_origin(player), &attach.config.settings, attach.config_folder);
    } else {
        if (from > player_begin(player))
            player_fold(player, from);
        status = play(player, &attach, args, speed);
    }
    tell_bad(player, name);
out:
    player_destroy(player);
    attach_close(&attach);
    diagnostics_finish(&found);
    return status;
}

const struct cli_command cli_replay = {
    .name = "replay", .operands = "CAPTURE", .operands_least = 1, .operands_most = 1, .summary = "shows a capture, as `andon record` writes it, instead of a broker",
    .options = table, .option_count = sizeof table / sizeof table[0], .run = run,
};
