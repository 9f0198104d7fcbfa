/*
 * andon doctor: the terminal, the configuration, the brokers, the clock, the cache and its collector: what is wrong, and what to do. Nothing is changed and no collector started.
 */
#include "cli/doctor.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "app/load.h"
#include "cli/cli.h"
#include "cli/rows.h"
#include "core/memory.h"
#include "core/text_gate.h"
#include "io/log.h"

enum { CONFIG, BROKER, CACHE, WAIT, FORMAT };
enum { WAIT_PRESET_S = 5 };

static const struct cli_option table[] = {
    [CONFIG] = {"config", 'c', "FILE", "ANDON_CONFIG", "the configuration"},
    [BROKER] = {"broker", 'b', "URL", "ANDON_BROKER", "mqtt:// or mqtts://, instead of the configuration's"},
    [CACHE] = {"cache", 0, "DIR", "ANDON_CACHE", "the cache folder of the collector"},
    [WAIT] = {"wait", 0, "SECONDS", "ANDON_WAIT", "how long to listen to brokers that are connected, 5 by default"},
    [FORMAT] = {"format", 0, "FORMAT", NULL, "text (by default) or json"},
};

static const char *const kind_names[FINDING_KINDS] = {"fine", "hint", "wrong"};

void doctor_say(struct doctor *d, enum finding_kind kind, const char *area, const char *fix, const char *format, ...)
{
    char text[FINDING_TEXT];
    va_list args;
    d->of[kind]++;
    if (d->count == FINDINGS_MOST)
        return;
    struct finding *f = &d->rows[d->count++];
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    *f = (struct finding){.kind = kind, .area = area};
    text_gate(text, strlen(text), f->text, sizeof f->text, NULL);
    text_gate(fix, strlen(fix), f->fix, sizeof f->fix, NULL);
}

void doctor_text(const struct doctor *d, FILE *out)
{
    static const char *const marks[FINDING_KINDS] = {"  ok   ", "  hint ", "  WRONG"};
    const char *area = "";
    for (size_t i = 0; i < d->count; i++) {
        const struct finding *f = &d->rows[i];
        if (strcmp(area, f->area) != 0)
            fprintf(out, "%s\n", f->area);
        area = f->area;
        fprintf(out, "%s  %s\n", marks[f->kind], f->text);
        if (f->fix[0])
            fprintf(out, "         -> %s\n", f->fix);
    }
    fprintf(out, "%zu wrong, %zu hint%s, %zu fine\n", d->of[FINDING_WRONG], d->of[FINDING_HINT], d->of[FINDING_HINT] == 1 ? "" : "s", d->of[FINDING_FINE]);
}

void doctor_json(const struct doctor *d, FILE *out)
{
    fputs("{\"findings\": [", out);
    for (size_t i = 0; i < d->count; i++) {
        const struct finding *f = &d->rows[i];
        fputs(i ? ",\n{" : "\n{", out);
        rows_json_named(out, "area", f->area);
        fputs(", ", out);
        rows_json_named(out, "level", kind_names[f->kind]);
        fputs(", ", out);
        rows_json_named(out, "text", f->text);
        fputs(", ", out);
        rows_json_named(out, "fix", f->fix);
        fputs("}", out);
    }
    fprintf(out, "], \"wrong\": %zu, \"hints\": %zu, \"fine\": %zu}\n", d->of[FINDING_WRONG], d->of[FINDING_HINT], d->of[FINDING_FINE]);
}

/* ---- the configuration ---- */

static bool read_configuration(struct doctor *d, const struct load_request *request, struct config *config)
{
    struct diagnostics found = {.count = 0};
    char path[PATHS_BYTES], fix[PATHS_BYTES + 64];
    load_path(request, path, sizeof path);
    bool good = load_config(request, config, &found);
    snprintf(fix, sizeof fix, "andon check %s lists them", path);
    if (!good)
        doctor_say(d, FINDING_WRONG, "configuration", fix, "%s: %zu error%s; the first: line %d: %s%s%s", load_name(path), found.errors, found.errors == 1 ? "" : "s",
            found.count ? found.rows[0].line : 0, found.count ? found.rows[0].key : "", found.count && found.rows[0].key[0] ? ": " : "", found.count ? found.rows[0].text : "");
    else if (found.warnings)
        doctor_say(d, FINDING_HINT, "configuration", fix, "%s: %zu tags, %zu warning%s", load_name(path), config->plant->tag_count, found.warnings, found.warnings == 1 ? "" : "s");
    else
        doctor_say(d, FINDING_FINE, "configuration", "", "%s: %zu tags, %zu alarms, %zu brokers", load_name(path), config->plant->tag_count, config->plant->alarm_count, config->plant->broker_count);
    diagnostics_finish(&found);
    return good;
}

static void look_at_cache(struct doctor *d, const struct cli_args *args, const struct config *config)
{
    struct paths paths;
    struct error err;
    if (paths_find(&paths, &(struct paths_request){.given = args->value[CACHE], .site = config->plant->nodes[0].name, .broker = args->value[BROKER]}, &err))
        doctor_cache(d, &paths, &config->settings);
    else
        doctor_say(d, FINDING_WRONG, "cache", "", "%s", err.text);
}

static int run(const struct cli_args *args)
{
    const char *format = args->value[FORMAT] ? args->value[FORMAT] : "text";
    bool json = strcmp(format, "json") == 0;
    double wait = WAIT_PRESET_S;
    struct config config = {.plant = NULL};
    if (!json && strcmp(format, "text") != 0)
        return cli_fail(CLI_WRONG, "--format %s: text or json is wanted", format);
    if (args->value[WAIT] && !cli_number("wait", args->value[WAIT], 0, 3600, &wait))
        return CLI_WRONG;
    log_open(NULL, LOG_LEVEL_ERROR);
    struct doctor *d = mem_zero(1, sizeof *d);
    bool configured = read_configuration(d, &(struct load_request){.config = args->value[CONFIG], .broker = args->value[BROKER]}, &config);
    doctor_terminal(d, configured ? &config.settings : NULL);
    if (configured) {
        doctor_brokers(d, config.plant, llround(wait * 1000));
        doctor_clock(d, config.plant);
        look_at_cache(d, args, &config);
        config_finish(&config);
    }
    (json ? doctor_json : doctor_text)(d, stdout);
    int status = !configured ? CLI_WRONG : d->of[FINDING_WRONG] ? CLI_FAILED : CLI_DONE;
    free(d);
    return status;
}

const struct cli_command cli_doctor = {
    .name = "doctor", .operands = "", .summary = "terminal, configuration, brokers, TLS, clock, cache: what is wrong and what to do",
    .options = table, .option_count = sizeof table / sizeof table[0], .run = run,
};
