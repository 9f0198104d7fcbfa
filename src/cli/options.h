/*
 * options: the command line. One table for each subcommand drives parsing, the environment variables, --help and the man
 * page's test.
 *
 *     static const struct cli_option table[] = {{"config", 'c', "FILE", "ANDON_CONFIG", "the configuration"}};
 *     const struct cli_command cli_collect = {.name = "collect", .summary = "...", .options = table, .option_count = 1, .run = run};
 *
 * A value is a text, borrowed from argv or the environment; a flag's is "1". Options that are not given are NULL.
 */
#ifndef ANDON_CLI_OPTIONS_H
#define ANDON_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"

enum { CLI_OPTIONS = 24, CLI_MANY = 256, CLI_DONE = 0, CLI_FAILED = 1, CLI_WRONG = 2 }; /* the last three: exit statuses */

struct cli_option {
    const char *name;     /* "config"; begins with '-' when it is not for people ("-spawned": --spawned) */
    char letter;          /* 'c', or 0 */
    const char *argument; /* "FILE"; NULL: a flag */
    const char *env;      /* "ANDON_CONFIG", or NULL */
    const char *help;
    bool repeats;         /* every value counts: cli_args.many. One option of a table at most */
};

struct cli_args {
    const char *value[CLI_OPTIONS]; /* by place in the table; of one that repeats, the last */
    const char *many[CLI_MANY];     /* of the option that repeats, in order */
    size_t many_count;
    char **operands;
    size_t operand_count;
};

struct cli_command {
    const char *name;     /* "" for the dashboard */
    const char *operands; /* "CAPTURE", "[FILE]", "" */
    size_t operands_least, operands_most;
    const char *summary;  /* one line */
    const struct cli_option *options;
    size_t option_count;
    int (*run)(const struct cli_args *args);
    int (*main)(int argc, char **argv); /* instead of all this: it reads its own arguments */
};

/* Parses argv (argv[0] is skipped), then runs. --help and --version print and are done; wrong usage says what is right. */
int cli_run(const struct cli_command *command, int argc, char **argv);
/* A number between least and most; false and a message on standard error otherwise. */
bool cli_number(const char *option, const char *text, double least, double most, double *out);
/* "80x24". */
bool cli_size(const char *option, const char *text, int *w, int *h);
/* Prints "andon: text" to standard error and returns `status`. */
int cli_fail(int status, const char *format, ...);

#endif
