/*
 * andon collect: the collector, run by hand, by systemd, or by the first screen (then --spawned: it reports on descriptor 3
 * and leaves some time after the last screen).
 */
#include <stdio.h>

#include "app/collector.h"
#include "app/spawn.h"
#include "cli/cli.h"
#include "io/log.h"

enum { CONFIG, BROKER, CACHE, CLOCK, SPAWNED };

static const struct cli_option table[] = {
    [CONFIG] = {"config", 'c', "FILE", "ANDON_CONFIG", "the configuration; else the user's, /etc/andon/andon.cfg, or none"},
    [BROKER] = {"broker", 'b', "URL", "ANDON_BROKER", "mqtt:// or mqtts://, instead of the configuration's"},
    [CACHE] = {"cache", 0, "DIR", "ANDON_CACHE", "the cache folder: one collector each"},
    [CLOCK] = {"clock", 0, "TOPIC", "ANDON_CLOCK", "take the time from this topic (epoch ms), for accelerated tests"},
    [SPAWNED] = {"-spawned", 0, NULL, NULL, ""},
};

static int run(const struct cli_args *args)
{
    struct diagnostics found = {.count = 0};
    struct error err = {.text = ""};
    bool spawned = args->value[SPAWNED] != NULL;
    int status = CLI_FAILED;
    log_open(NULL, LOG_LEVEL_INFO);
    struct collector *collector = collector_create(&(struct collector_options){
        .load = {.config = args->value[CONFIG], .broker = args->value[BROKER]},
        .cache = args->value[CACHE], .clock_topic = args->value[CLOCK], .spawned = spawned}, &found, &err);
    if (found.count)
        diagnostics_print(&found, stderr);
    if (!collector) {
        const char *why = err.text[0] ? err.text : "the configuration has errors: see andon check";
        if (spawned)
            spawn_report(why);
        status = cli_fail(err.text[0] ? CLI_FAILED : CLI_WRONG, "%s", why);
        goto out;
    }
    if (spawned)
        spawn_report(NULL);
    collector_run(collector);
    status = CLI_DONE;
out:
    collector_destroy(collector);
    diagnostics_finish(&found);
    return status;
}

const struct cli_command cli_collect = {
    .name = "collect", .operands = "", .summary = "the collector: owns the broker links and serves the screens",
    .options = table, .option_count = sizeof table / sizeof table[0], .run = run,
};
