/*
 * cli: the subcommands, one file each. main() finds the one that was asked for and runs it.
 */
#ifndef ANDON_CLI_CLI_H
#define ANDON_CLI_CLI_H

#include "cli/options.h"

extern const struct cli_command cli_dashboard, cli_demo, cli_collect, cli_check, cli_snapshot, cli_replay, cli_sim;

/* All of them, the dashboard first. */
extern const struct cli_command *const cli_commands[];
extern const size_t cli_command_count;

#endif
