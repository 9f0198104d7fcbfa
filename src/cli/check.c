#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "io/config.h"
#include "views/panels_check.h"

/* A struct tally counts what a plant is made of, for the line at the end; a struct judged takes what those who draw it have to say. */

struct tally {
    size_t areas, lines, units;
};

static const char usage[] =
    "usage: andon check [FILE]\n"
    "\n"
    "Reads a configuration and lists every problem in it, one a line: file:line: key: what is wrong, what is valid.\n"
    "Without FILE, the one that andon would use: $ANDON_CONFIG, $XDG_CONFIG_HOME/andon/andon.cfg, /etc/andon/andon.cfg,\n"
    "built in. Exit status: 0 when there is no error (warnings do not count), 2 when there is one.\n";

static void count(char *out, size_t cap, size_t n, const char *what)
{
    snprintf(out, cap, "%zu %s%s", n, what, n == 1 ? "" : "s");
}

static void print_summary(const char *name, const struct plant *plant, size_t warnings)
{
    struct tally t = {0};
    char parts[8][64];
    for (size_t n = 0; n < plant->node_count; n++) {
        t.areas += plant->nodes[n].level == LEVEL_AREA;
        t.lines += plant->nodes[n].level == LEVEL_LINE;
        t.units += plant->nodes[n].level == LEVEL_UNIT;
    }
    count(parts[0], sizeof parts[0], t.areas, "area");
    count(parts[1], sizeof parts[1], t.lines, "line");
    count(parts[2], sizeof parts[2], t.units, "unit");
    count(parts[3], sizeof parts[3], plant->tag_count, "tag");
    count(parts[4], sizeof parts[4], plant->alarm_count, "alarm");
    count(parts[5], sizeof parts[5], plant->broker_count, "broker");
    printf("%s: %s, %s, %s, %s, %s, %s", name, parts[0], parts[1], parts[2], parts[3], parts[4], parts[5]);
    if (plant->meter_count) {
        count(parts[7], sizeof parts[7], plant->meter_count, "meter");
        printf(", %s", parts[7]);
    }
    fputs(": ok", stdout);
    if (warnings) {
        count(parts[6], sizeof parts[6], warnings, "warning");
        printf(", %s", parts[6]);
    }
    putchar('\n');
}

struct judged {
    const struct config *config;
    struct diagnostics *diagnostics;
};

/* What only those who draw know. */
static void on_view(void *arg, bool error, const char *file, int line, const char *place, const char *text)
{
    const struct judged *j = arg;
    config_note(j->config, j->diagnostics, error ? SEVERITY_ERROR : SEVERITY_WARNING, file, line, place, text);
}

int cli_check(int argc, char **argv)
{
    char path[PATH_MAX];
    struct config config;
    struct diagnostics diagnostics = {.rows = NULL};
    if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
        fputs(usage, stdout);
        return 0;
    }
    if (argc > 2 || (argc == 2 && argv[1][0] == '-')) {
        fputs(usage, stderr);
        return 2;
    }
    config_path(argc == 2 ? argv[1] : NULL, path, sizeof path);
    bool built = config_load(path, NULL, &config, &diagnostics);
    if (built)
        panels_check(config.plant, on_view, &(struct judged){&config, &diagnostics});
    bool ok = built && diagnostics.errors == 0;
    diagnostics_print(&diagnostics, stdout);
    if (ok) {
        print_summary(*path ? path : "built in", config.plant, diagnostics.warnings);
    } else {
        printf("%s: %zu error%s, %zu warning%s\n", *path ? path : "built in", diagnostics.errors, diagnostics.errors == 1 ? "" : "s",
            diagnostics.warnings, diagnostics.warnings == 1 ? "" : "s");
    }
    if (built)
        config_finish(&config);
    diagnostics_finish(&diagnostics);
    return ok ? 0 : 2;
}
