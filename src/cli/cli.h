/*
 * cli: the subcommands, one file each. main() finds the one that was asked for and runs it.
 */
#ifndef ANDON_CLI_CLI_H
#define ANDON_CLI_CLI_H

#include "cli/options.h"

extern const struct cli_command cli_dashboard, cli_demo, cli_collect, cli_doctor, cli_incident, cli_import, cli_learn, cli_snapshot, cli_record, cli_replay, cli_export, cli_report, cli_sql, cli_sim;

/* This reads its own arguments (argv[0] is the subcommand's name) and returns the exit status: 0 done, 1 failed at run time, 2
 * wrong usage or configuration. */
/* andon check [FILE]: every problem of a configuration on standard output, and a line that sums it up. */
int cli_check(int argc, char **argv);

/* All of them, the dashboard first. */
extern const struct cli_command *const cli_commands[];
extern const size_t cli_command_count;

#endif
