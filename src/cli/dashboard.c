/*
 * andon: the dashboard.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/attach.h"
#include "app/screen.h"
#include "cli/cli.h"
#include "cli/common.h"

enum { CONFIG, BROKER, VIEW, READ_ONLY, CACHE, ASCII, THEME, AT };

static const struct cli_option table[] = {
    [CONFIG] = {"config", 'c', "FILE", "ANDON_CONFIG", "the configuration; else the user's, /etc/andon/andon.cfg, or none"},
    [BROKER] = {"broker", 'b', "URL", "ANDON_BROKER", "mqtt:// or mqtts://, instead of the configuration's"},
    [VIEW] = {"view", 0, "NAME", "ANDON_VIEW", "the view to begin with; a wrong name lists them"},
    [READ_ONLY] = {"read-only", 0, NULL, "ANDON_READ_ONLY", "start no collector, write nothing; connects by itself when none runs"},
    [CACHE] = {"cache", 0, "DIR", "ANDON_CACHE", "the cache folder: one collector each"},
    [ASCII] = {"ascii", 0, NULL, "ANDON_ASCII", "draw with ASCII only"},
    [THEME] = {"theme", 0, "NAME", "ANDON_THEME", "dark, light, high-contrast, deuteranopia, mono, or a theme file"},
    [AT] = {"at", 0, "TIME", NULL, "begin in the past: 03:12 (the last one), -2h, 2024-06-12T11:52"},
};

static int run(const struct cli_args *args)
{
    return common_dashboard(&(struct dashboard_request){
        .attach = {.load = {.config = args->value[CONFIG], .broker = args->value[BROKER]}, .cache = args->value[CACHE],
            .read_only = args->value[READ_ONLY] != NULL},
        .view = args->value[VIEW], .theme = args->value[THEME], .at = args->value[AT], .ascii = args->value[ASCII] != NULL});
}

const struct cli_command cli_dashboard = {
    .name = "", .operands = "", .summary = "shows a factory as it is right now, in a terminal",
    .options = table, .option_count = sizeof table / sizeof table[0], .run = run,
};
