/*
 * andon import: CSV files into the history, through the collector. Nothing of it is annunciated and no value on a screen changes.
 */
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/attach.h"
#include "app/import_send.h"
#include "cli/cli.h"
#include "core/memory.h"
#include "core/number.h"
#include "core/stamp.h"
#include "core/timestamp.h"
#include "io/clock.h"
#include "io/log.h"
#include "io/zonefile.h"

enum { CONFIG, BROKER, CACHE, TIME, TIME_FORMAT, ZONE, TAG, SEPARATOR, MIDNIGHT, AGAIN, DRY_RUN };

static const struct cli_option table[] = {
    [CONFIG] = {"config", 'c', "FILE", "ANDON_CONFIG", "the configuration, as for the dashboard"},
    [BROKER] = {"broker", 'b', "URL", "ANDON_BROKER", "the broker, as for the dashboard"},
    [CACHE] = {"cache", 0, "DIR", "ANDON_CACHE", "the cache folder"},
    [TIME] = {"time", 0, "COLUMN", NULL, "name or number of the column of times; else time, timestamp, date, datetime, ts, or the first"},
    [TIME_FORMAT] = {"time-format", 0, "PATTERN", NULL, "such as %d/%m/%Y %H:%M; else ISO 8601 or a number since 1970"},
    [ZONE] = {"zone", 0, "NAME", NULL, "of times without a zone; else the site's"},
    [TAG] = {"tag", 't', "COLUMN=KEY", NULL, "what a column holds; repeat it for each. A column called as a key needs none", .repeats = true},
    [SEPARATOR] = {"separator", 0, "CHAR", NULL, "between fields: , or ; or tab; else found out"},
    [MIDNIGHT] = {"midnight", 0, "next", NULL, "a time of 0:00 is the end of the day that stands before it"},
    [AGAIN] = {"again", 0, NULL, NULL, "also what was imported from this file before"},
    [DRY_RUN] = {"dry-run", 0, NULL, NULL, "show what would come in, and leave it"},
};

struct job {
    struct attach attach;
    struct zone zone;
    struct import_tag tags[CLI_MANY];
    char columns[CLI_MANY][KEY_BYTES];
    struct import_options options;
    const struct cli_args *args;
    const char *file;
};

/* ---- arguments ---- */

static bool read_tags(struct job *job)
{
    const struct cli_args *args = job->args;
    for (size_t i = 0; i < args->many_count; i++) {
        const char *equals = strrchr(args->many[i], '=');
        if (!equals || equals == args->many[i] || !equals[1] || (size_t)(equals - args->many[i]) >= KEY_BYTES) {
            cli_fail(CLI_WRONG, "--tag %s: COLUMN=KEY is wanted, for example Usage_kWh=works/usage", args->many[i]);
            return false;
        }
        snprintf(job->columns[i], KEY_BYTES, "%.*s", (int)(equals - args->many[i]), args->many[i]);
        job->tags[i] = (struct import_tag){.column = job->columns[i], .key = equals + 1};
    }
    return true;
}

static bool read_separator(const char *text, char *out)
{
    bool tab = strcmp(text, "tab") == 0 || strcmp(text, "\t") == 0;
    *out = tab ? '\t' : text[0];
    if (tab || strcmp(text, ",") == 0 || strcmp(text, ";") == 0)
        return true;
    cli_fail(CLI_WRONG, "--separator %s: , or ; or tab is wanted", text);
    return false;
}

static bool read_options(struct job *job)
{
    const char *const *value = job->args->value;
    const struct plant *plant = job->attach.config.plant;
    struct error err;
    char separator = 0;
    if (value[TIME_FORMAT] && !stamp_pattern(value[TIME_FORMAT], &err)) {
        cli_fail(CLI_WRONG, "--time-format %s: %s", value[TIME_FORMAT], err.text);
        return false;
    }
    if (value[MIDNIGHT] && strcmp(value[MIDNIGHT], "next") != 0) {
        cli_fail(CLI_WRONG, "--midnight %s: next is wanted", value[MIDNIGHT]);
        return false;
    }
    if (value[ZONE] && !zonefile_read(value[ZONE], &job->zone, &err)) {
        cli_fail(CLI_WRONG, "--zone: %s", err.text);
        return false;
    }
    if (!read_tags(job) || (value[SEPARATOR] && !read_separator(value[SEPARATOR], &separator)))
        return false;
    job->options = (struct import_options){.plant = plant, .zone = value[ZONE] ? &job->zone : &plant->zone, .time_column = value[TIME],
        .time_format = value[TIME_FORMAT], .tags = job->tags, .tag_count = job->args->many_count, .separator = separator,
        .midnight_next = value[MIDNIGHT] != NULL, .now_ms = clock_wall_ms()};
    return true;
}

/* ---- what people see ---- */

static void print_count(uint64_t count, const char *what)
{
    char number[NUMBER_TEXT];
    number_text((double)count, 0, true, number);
    if (count)
        printf("  %s %s\n", number, what);
}

static void print_import(const struct import *im, const char *file)
{
    char number[NUMBER_TEXT], first[SPAN_TEXT + 8], last[SPAN_TEXT + 8];
    number_text((double)im->rows, 0, true, number);
    printf("%s: %s rows\n", file, number);
    for (size_t c = 0; c < im->column_count; c++) {
        const struct samples *s = &im->columns[c].samples;
        number_text((double)s->count, 0, true, number);
        if (s->count) {
            iso_text(s->rows[0].time_ms, first);
            iso_text(s->rows[s->count - 1].time_ms, last);
            printf("  %s: %s samples, %s to %s\n", im->columns[c].key, number, first, last);
        } else {
            printf("  %s: no samples\n", im->columns[c].key);
        }
    }
    print_count(im->empty, "empty cells");
    print_count(im->skipped, "local times that the clock jumped over: the moment of the jump is taken");
    print_count(im->twice, "local times that came twice: told apart by the order of the rows");
    print_count(im->bad_rows, "rows left out: they cannot be read");
    print_count(im->bad_times, "rows left out: their time cannot be used");
    print_count(im->bad_values, "cells left out: they hold no value for their tag");
    for (size_t p = 0; p < im->problem_count; p++)
        printf("    %s\n", im->problems[p]);
    fflush(stdout);
}

static void progress(void *arg, uint64_t done, uint64_t all)
{
    const struct job *job = arg;
    char have[NUMBER_TEXT], of[NUMBER_TEXT];
    number_text((double)done, 0, true, have);
    number_text((double)all, 0, true, of);
    fprintf(stderr, "\r%s: %s of %s samples", job->file, have, of);
    if (done == all)
        fputc('\n', stderr);
}

/* ---- the work ---- */

static int send(struct job *job, struct import *im)
{
    struct error err = {.text = ""};
    uint64_t done = 0;
    const struct load_request *load = job->attach.paths.service ? NULL : &job->attach.load;
    uint64_t overlaps = 0;
    struct import_send_options o = {.paths = &job->attach.paths, .load = load, .again = job->args->value[AGAIN] != NULL,
        .progress = isatty(STDERR_FILENO) ? progress : NULL, .arg = job, .overlaps = &overlaps};
    import_fold(im);
    bool sent = import_send(im, &o, &done, &err);
    char number[NUMBER_TEXT];
    number_text((double)done, 0, true, number);
    if (sent)
        printf("  %s samples are in\n", number);
    if (sent && overlaps > 0)
        printf("  %llu hours and stops of it do not count in accounts: the collector recorded that time itself\n", (unsigned long long)overlaps);
    if (sent)
        print_count(im->known_cells, "quarters of meters left out: something of them is recorded already");
    if (sent)
        return CLI_DONE;
    if (done)
        cli_fail(CLI_FAILED, "%s: %s; %s samples are in, import it again to continue", job->file, err.text, number);
    else
        cli_fail(CLI_FAILED, "%s: %s", job->file, err.text);
    return CLI_FAILED;
}

static int import_one(struct job *job)
{
    struct import im;
    struct error err = {.text = ""};
    int status = CLI_DONE;
    if (!import_read(&im, &job->options, job->file, &err)) {
        import_finish(&im);
        return cli_fail(CLI_FAILED, "%s: %s", job->file, err.text);
    }
    print_import(&im, job->file);
    if (im.samples == 0)
        status = cli_fail(CLI_FAILED, "%s: nothing in it can be imported", job->file);
    else if (!job->args->value[DRY_RUN])
        status = send(job, &im);
    import_finish(&im);
    return status;
}

static int run(const struct cli_args *args)
{
    struct job *job = mem_zero(1, sizeof *job);
    struct diagnostics found = {.count = 0};
    struct error err = {.text = ""};
    int status = CLI_WRONG;
    job->args = args;
    log_open(NULL, LOG_LEVEL_WARNING);
    if (!attach_load(&job->attach, &(struct attach_options){.load = {.config = args->value[CONFIG], .broker = args->value[BROKER]}, .cache = args->value[CACHE]}, &found, &err)) {
        diagnostics_print(&found, stderr);
        status = err.text[0] ? cli_fail(CLI_FAILED, "%s", err.text) : CLI_WRONG;
    } else if (read_options(job)) {
        status = CLI_DONE;
        for (size_t f = 0; f < args->operand_count; f++) {
            job->file = args->operands[f];
            int one = import_one(job);
            status = one > status ? one : status;
        }
    }
    attach_close(&job->attach);
    diagnostics_finish(&found);
    free(job->zone.spans);
    free(job);
    return status;
}

const struct cli_command cli_import = {
    .name = "import", .operands = "FILE.csv ...", .operands_least = 1, .operands_most = INT_MAX, .summary = "CSV files into the history",
    .options = table, .option_count = sizeof table / sizeof table[0], .run = run,
};
