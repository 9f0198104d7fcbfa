/*
 * getopt_long() does the parsing; the table is turned into what it wants. An environment variable counts where the option
 * was not given; a flag's variable is off when empty or "0".
 */
#include "cli/options.h"

#include <assert.h>
#include <getopt.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

enum { VALUE_BASE = 1000, HELP_VALUE = 900, VERSION_VALUE = 901, COLUMN = 26 };

int cli_fail(int status, const char *format, ...)
{
    va_list args;
    fputs("andon: ", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    return status;
}

static const char *name_of(const struct cli_option *o)
{
    return o->name[0] == '-' ? o->name + 1 : o->name;
}

static void print_usage(const struct cli_command *c, FILE *out)
{
    fprintf(out, "usage: andon%s%s [options]%s%s\n", *c->name ? " " : "", c->name, *c->operands ? " " : "", c->operands);
}

static void print_option(const char *head, const char *help, const char *env)
{
    printf("  %-*s ", COLUMN, head);
    if (strlen(head) > COLUMN)
        printf("\n  %-*s ", COLUMN, "");
    printf("%s", help);
    if (env)
        printf(" [%s]", env);
    putchar('\n');
}

static void print_help(const struct cli_command *c)
{
    print_usage(c, stdout);
    printf("%s\n\n", c->summary);
    char head[96];
    for (size_t i = 0; i < c->option_count; i++) {
        const struct cli_option *o = &c->options[i];
        if (o->name[0] == '-')
            continue;
        int used = o->letter ? snprintf(head, sizeof head, "-%c, ", o->letter) : snprintf(head, sizeof head, "    ");
        snprintf(head + used, sizeof head - (size_t)used, "--%s%s%s", o->name, o->argument ? " " : "", o->argument ? o->argument : "");
        print_option(head, o->help, o->env);
    }
    print_option("-h, --help", "prints this", NULL);
    print_option("    --version", "prints the version", NULL);
    puts("\n[NAME] is the environment variable that counts when the option is not given.");
    if (*c->name)
        return;
    printf("\nsubcommands (andon NAME --help tells more):\n");
    for (size_t i = 0; i < cli_command_count; i++)
        if (*cli_commands[i]->name) {
            snprintf(head, sizeof head, "%s %s", cli_commands[i]->name, cli_commands[i]->operands);
            print_option(head, cli_commands[i]->summary, NULL);
        }
    puts("\nNo broker at hand? andon demo. A broker, and no configuration yet? andon --broker mqtt://HOST. More: man andon.");
}

struct getopt_tables {
    struct option longs[CLI_OPTIONS + 3];
    char shorts[2 * CLI_OPTIONS + 8];
};

static void build_tables(const struct cli_command *c, struct getopt_tables *t)
{
    size_t n = 0, s = 0;
    t->shorts[s++] = ':';
    t->shorts[s++] = 'h';
    for (size_t i = 0; i < c->option_count; i++) {
        const struct cli_option *o = &c->options[i];
        t->longs[n++] = (struct option){.name = name_of(o), .has_arg = o->argument ? required_argument : no_argument, .val = VALUE_BASE + (int)i};
        if (o->letter) {
            t->shorts[s++] = o->letter;
            if (o->argument)
                t->shorts[s++] = ':';
        }
    }
    t->longs[n++] = (struct option){.name = "help", .val = HELP_VALUE};
    t->longs[n++] = (struct option){.name = "version", .val = VERSION_VALUE};
    t->longs[n] = (struct option){.name = NULL};
    t->shorts[s] = '\0';
}

static size_t option_of(const struct cli_command *c, int got)
{
    if (got >= VALUE_BASE)
        return (size_t)(got - VALUE_BASE);
    size_t i = 0;
    while (i < c->option_count && c->options[i].letter != got)
        i++;
    return i;
}

static void take_environment(const struct cli_command *c, struct cli_args *args)
{
    for (size_t i = 0; i < c->option_count; i++) {
        const struct cli_option *o = &c->options[i];
        const char *set = o->env && !args->value[i] ? getenv(o->env) : NULL;
        if (set && *set && (o->argument || strcmp(set, "0") != 0))
            args->value[i] = o->argument ? set : "1";
    }
}

static int wrong(const struct cli_command *c, const char *what, const char *which)
{
    fprintf(stderr, "andon: %s%s\n", which, what);
    print_usage(c, stderr);
    fprintf(stderr, "       andon%s%s --help tells more\n", *c->name ? " " : "", c->name);
    return CLI_WRONG;
}

int cli_run(const struct cli_command *c, int argc, char **argv)
{
    if (c->main)
        return c->main(argc, argv);
    assert(c->option_count <= CLI_OPTIONS);
    struct getopt_tables tables;
    struct cli_args args = {.operand_count = 0};
    build_tables(c, &tables);
    opterr = 0;
    optind = 1;
    int got;
    while ((got = getopt_long(argc, argv, tables.shorts, tables.longs, NULL)) != -1) {
        if (got == 'h' || got == HELP_VALUE) {
            print_help(c);
            return CLI_DONE;
        }
        if (got == VERSION_VALUE) {
            printf("andon %s\n", ANDON_VERSION);
            return CLI_DONE;
        }
        const char *which = optind > 1 ? argv[optind - 1] : "";
        if (got == ':')
            return wrong(c, ": needs a value", which);
        size_t i = got == '?' ? c->option_count : option_of(c, got);
        if (i == c->option_count)
            return wrong(c, ": there is no such option here", which);
        args.value[i] = c->options[i].argument ? optarg : "1";
        if (c->options[i].repeats && args.many_count == CLI_MANY)
            return wrong(c, ": too often", which);
        if (c->options[i].repeats)
            args.many[args.many_count++] = optarg;
    }
    args.operands = argv + optind;
    args.operand_count = (size_t)(argc - optind);
    if (args.operand_count < c->operands_least)
        return wrong(c, " is missing", c->operands);
    if (args.operand_count > c->operands_most)
        return wrong(c, ": one argument too many", args.operands[c->operands_most]);
    take_environment(c, &args);
    return c->run(&args);
}

bool cli_number(const char *option, const char *text, double least, double most, double *out)
{
    char *end;
    double number = strtod(text, &end);
    if (*text && *end == '\0' && isfinite(number) && number >= least && number <= most) {
        *out = number;
        return true;
    }
    cli_fail(CLI_WRONG, "--%s %s: a number from %g to %g is wanted", option, text, least, most);
    return false;
}

bool cli_size(const char *option, const char *text, int *w, int *h)
{
    char *end;
    long columns = strtol(text, &end, 10), rows = *end == 'x' ? strtol(end + 1, &end, 10) : 0;
    if (*end == '\0' && columns >= 1 && columns <= 1000 && rows >= 1 && rows <= 1000) {
        *w = (int)columns;
        *h = (int)rows;
        return true;
    }
    cli_fail(CLI_WRONG, "--%s %s: COLSxROWS is wanted, for example 80x24", option, text);
    return false;
}
