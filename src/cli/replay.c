/*
 * andon replay: a capture instead of a broker. With --until or --snapshot it is folded at full speed into one frame, which
 * is the same on every machine; else it plays in real time times --speed on the interactive screen.
 */
#include <stdio.h>

#include "app/attach.h"
#include "app/player.h"
#include "app/screen.h"
#include "cli/cli.h"
#include "cli/common.h"
#include "core/timestamp.h"

#include <string.h>
#include <unistd.h>

enum { CONFIG, SPEED, UNTIL, SNAPSHOT, SIZE, FORMAT, FOCUS, THEME, ASCII };

static const struct cli_option table[] = {
    [CONFIG] = {"config", 'c', "FILE", "ANDON_CONFIG", "the configuration"},
    [SPEED] = {"speed", 0, "X", "ANDON_SPEED", "how much faster than it was, 1 by default"},
    [UNTIL] = {"until", 0, "TIME", NULL, "fold up to this moment (2024-06-12T11:52, 03:12, +90s from its beginning)"},
    [SNAPSHOT] = {"snapshot", 0, "VIEW", NULL, "print this view instead of playing"},
    [SIZE] = {"size", 0, "COLSxROWS", "ANDON_SIZE", "the frame's size, 80x24 by default"},
    [FORMAT] = {"format", 0, "FORMAT", "ANDON_FORMAT", "text (by default), ansi or svg"},
    [FOCUS] = {"focus", 0, "PATH", "ANDON_FOCUS", "the node or tag to look at"},
    [THEME] = {"theme", 0, "NAME", "ANDON_THEME", "dark, light, high-contrast, deuteranopia, mono, or a theme file"},
    [ASCII] = {"ascii", 0, NULL, "ANDON_ASCII", "draw with ASCII only"},
};

/* "03:12" is the first one after the capture's beginning; what the clock says now has no place here. */
static bool read_until(const char *text, const struct plant *plant, int64_t begin, int64_t *until)
{
    struct error err;
    int64_t span;
    if (text[0] == '+' && duration_read(text + 1, &span, &err)) {
        *until = begin + span;
        return true;
    }
    if (text[0] != '+' && timestamp_typed(text, &plant->zone, begin, until, &err)) {
        if (*until < begin && strchr(text, '-') == NULL)
            *until += INT64_C(86400000);
        return true;
    }
    cli_fail(CLI_WRONG, "--until %s: %s", text, err.text);
    return false;
}

static int play(struct player *player, const struct attach *attach, const struct cli_args *args, double speed)
{
    struct loop *loop = loop_create();
    struct error err;
    struct screen_options options = common_screen(&attach->config, args->value[SNAPSHOT], args->value[THEME], args->value[ASCII] != NULL, true, attach->config_folder);
    struct screen *screen = screen_create(loop, &options);
    int status;
    if (screen_show(screen, player_origin(player), &err)) {
        player_play(player, loop, speed, screen_changed, screen);
        status = screen_run(screen);
    } else {
        status = cli_fail(CLI_FAILED, "%s", err.text);
    }
    screen_destroy(screen);
    player_stop(player);
    loop_destroy(loop);
    return status;
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
    int64_t until = INT64_MAX;
    const char *first_bad;
    bool folds = args->value[UNTIL] || args->value[SNAPSHOT];
    int status = CLI_WRONG;
    if (!frame_check(&frame) || (args->value[SPEED] && !cli_number("speed", args->value[SPEED], 0.001, 100000, &speed)))
        return status;
    if (!folds && (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)))
        return cli_fail(CLI_FAILED, "standard input and output must be a terminal; for one frame as text: --snapshot VIEW");
    if (!attach_load(&attach, &(struct attach_options){.load = {.config = args->value[CONFIG]}, .read_only = true}, &found, &err)) {
        diagnostics_print(&found, stderr);
        status = err.text[0] ? cli_fail(CLI_FAILED, "%s", err.text) : CLI_WRONG;
        goto out;
    }
    player = player_create(attach.config.plant, load_name(attach.config_path), args->operands[0], &err);
    if (!player) {
        status = cli_fail(CLI_FAILED, "%s", err.text);
        goto out;
    }
    if (!player_begin(player)) {
        bool any = player_bad_lines(player, &first_bad) > 0;
        status = cli_fail(CLI_FAILED, "%s holds no message: %s", args->operands[0], any ? first_bad : "it is empty");
        goto out;
    }
    if (args->value[UNTIL] && !read_until(args->value[UNTIL], attach.config.plant, player_begin(player), &until))
        goto out;
    if (folds) {
        player_fold(player, until);
        status = frame_print(&frame, player_origin(player), &attach.config.settings, attach.config_folder);
    } else {
        status = play(player, &attach, args, speed);
    }
    size_t bad = player_bad_lines(player, &first_bad);
    if (bad)
        cli_fail(0, "%zu lines of %s could not be read: %s", bad, args->operands[0], first_bad);
out:
    player_destroy(player);
    attach_close(&attach);
    diagnostics_finish(&found);
    return status;
}

const struct cli_command cli_replay = {
    .name = "replay", .operands = "CAPTURE", .operands_least = 1, .operands_most = 1, .summary = "shows a capture, as `andon sim` writes it, instead of a broker",
    .options = table, .option_count = sizeof table / sizeof table[0], .run = run,
};
