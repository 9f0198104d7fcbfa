/*
 * andon: which subcommand, and what holds for all of them.
 */
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "io/log.h"

static const struct cli_command check = {.name = "check", .operands = "[FILE]", .summary = "every problem in a configuration", .main = cli_check};
const struct cli_command *const cli_commands[] = {&cli_dashboard, &cli_demo, &cli_collect, &cli_import, &cli_learn, &check, &cli_snapshot, &cli_record, &cli_replay, &cli_export, &cli_report, &cli_sql, &cli_doctor, &cli_incident, &cli_sim};
const size_t cli_command_count = sizeof cli_commands / sizeof cli_commands[0];

static const struct cli_command *find(const char *name)
{
    for (size_t i = 0; i < cli_command_count; i++)
        if (strcmp(cli_commands[i]->name, name) == 0)
            return cli_commands[i];
    return NULL;
}

static int no_such_command(const char *name)
{
    fprintf(stderr, "andon: no subcommand \"%.40s\": there are", name);
    for (size_t i = 1; i < cli_command_count; i++)
        fprintf(stderr, "%s %s", i > 1 ? "," : "", cli_commands[i]->name);
    fputs(", and without one the dashboard\n", stderr);
    return CLI_WRONG;
}

int main(int argc, char **argv)
{
    int status = CLI_WRONG;
    bool named = argc > 1 && argv[1][0] != '-';
    const struct cli_command *command = find(named ? argv[1] : "");
    /* the user's sizes and terminal descriptions go stale, and may be hostile where andon is a forced command */
    static const char *const unwanted[] = {"LINES", "COLUMNS", "TERMINFO", "TERMINFO_DIRS"};
    for (size_t i = 0; i < sizeof unwanted / sizeof unwanted[0]; i++)
        unsetenv(unwanted[i]);
    setlocale(LC_CTYPE, ""); /* and no other category: a German locale must not break a number */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a limit of files' size is one more full disk */
    if (!command) {
        status = no_such_command(argv[1]);
        goto out;
    }
    status = cli_run(command, named ? argc - 1 : argc, named ? argv + 1 : argv);
    if (fflush(stdout) != 0 && status == CLI_DONE)
        status = cli_fail(CLI_FAILED, "standard output: cannot be written");
out:
    log_close();
    return status;
}
