/*
 * andon sql: queries over the history, on standard output. It reads only, beside a running collector or on a copy of its cache.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "app/attach.h"
#include "cli/cli.h"
#include "cli/common.h"
#include "cli/rows.h"
#include "io/clock.h"
#include "io/history_sql.h"
#include "io/log.h"

enum { CONFIG, BROKER, CACHE, FORMAT };

static const struct cli_option table[] = {
    [CONFIG] = {"config", 'c', "FILE", "ANDON_CONFIG", "the configuration: its site's cache, its zone"},
    [BROKER] = {"broker", 'b', "URL", "ANDON_BROKER", "mqtt:// or mqtts://, as the collector was given it"},
    [CACHE] = {"cache", 0, "DIR", "ANDON_CACHE", "the cache folder of the collector, or a copy of it"},
    [FORMAT] = {"format", 0, "FORMAT", NULL, "table (by default), csv or json"},
};

/* For the signal handler alone. */
static struct history_sql *running;

static void on_interrupt(int number)
{
    (void)number;
    history_sql_interrupt(running);
}

/* One statement's rows after another's. */
struct printing {
    struct rows rows;
    enum rows_format format;
    bool begun;
};

static bool end_rows(struct printing *p)
{
    bool good = !p->begun || rows_end(&p->rows);
    p->begun = false;
    return good;
}

static bool on_head(void *arg, const char *const *names, size_t count)
{
    struct printing *p = arg;
    if (!end_rows(p))
        return false;
    rows_begin(&p->rows, stdout, p->format, names, count);
    p->begun = true;
    return true;
}

static bool on_row(void *arg, const struct sql_field *fields, size_t count)
{
    struct printing *p = arg;
    (void)count;
    return rows_put(&p->rows, fields);
}

static int query(struct history_sql *sql, const char *text, enum rows_format format)
{
    struct printing p = {.format = format};
    struct error err = {.text = ""};
    struct sigaction act = {.sa_handler = on_interrupt}, before;
    running = sql;
    sigaction(SIGINT, &act, &before);
    bool good = history_sql_run(sql, text, &(struct sql_sink){.head = on_head, .row = on_row, .arg = &p}, &err);
    sigaction(SIGINT, &before, NULL);
    bool written = end_rows(&p);
    if (strcmp(err.text, "interrupted") == 0)
        return cli_fail(CLI_FAILED, "interrupted");
    if (!good)
        return cli_fail(CLI_WRONG, "%s", err.text);
    if (history_sql_damaged(sql))
        cli_fail(CLI_DONE, "%llu damaged pieces of the history were left out", (unsigned long long)history_sql_damaged(sql));
    return written ? CLI_DONE : common_unwritten();
}

static int run(const struct cli_args *args)
{
    static struct attach attach;
    char path[PATHS_BYTES];
    struct error err;
    enum rows_format format = ROWS_TABLE;
    int status = CLI_WRONG;
    if (args->value[FORMAT] && !rows_format_read(args->value[FORMAT], &format))
        return cli_fail(CLI_WRONG, "--format %s: table, csv or json is wanted", args->value[FORMAT]);
    log_open(NULL, LOG_LEVEL_ERROR);
    if (common_history(&(struct cache_request){.config = args->value[CONFIG], .broker = args->value[BROKER], .cache = args->value[CACHE]}, &attach, path, &status)) {
        struct history_sql *sql = history_sql_open(path, &attach.config.plant->zone, clock_wall_ms(), &err);
        status = sql ? query(sql, args->operands[0], format) : cli_fail(CLI_FAILED, "%s", err.text);
        history_sql_close(sql);
    }
    attach_close(&attach);
    return status;
}

const struct cli_command cli_sql = {
    .name = "sql", .operands = "QUERY", .operands_least = 1, .operands_most = 1, .summary = "SQL over the whole history: sample, sample_1m, sample_1h, event, interval ...",
    .options = table, .option_count = sizeof table / sizeof table[0], .run = run,
};
