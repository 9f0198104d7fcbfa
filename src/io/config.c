#include "io/config.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/memory.h"
#include "core/text_gate.h"
#include "io/config_reader.h"

/* A struct diagnostics grows by rows until DIAGNOSTICS_KEPT, and only counts from there on. A struct config is what a
 * configuration means: its plant, its settings, and the text that it came from. */

enum { DIAGNOSTICS_SHOWN = 200 };

void diagnostics_add(struct diagnostics *d, enum severity severity, const char *file, size_t order, int line, const char *key,
    const char *text)
{
    d->errors += severity == SEVERITY_ERROR;
    d->warnings += severity == SEVERITY_WARNING;
    if (d->count >= DIAGNOSTICS_KEPT)
        return;
    d->rows = mem_grow(d->rows, d->count, &d->capacity, sizeof *d->rows);
    d->rows[d->count++] = (struct diagnostic){.severity = severity, .file = mem_text(file), .order = order, .line = line,
        .key = mem_text(key), .text = mem_text(text)};
}

/* By file and line; of one line the errors first, then by their words, so that the order is the same on every machine. */
static int compare_rows(const void *a, const void *b)
{
    const struct diagnostic *x = a, *y = b;
    if (x->order != y->order)
        return x->order < y->order ? -1 : 1;
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    if (x->severity != y->severity)
        return x->severity < y->severity ? -1 : 1;
    int key = strcmp(x->key, y->key);
    return key ? key : strcmp(x->text, y->text);
}

void diagnostics_sort(struct diagnostics *d)
{
    if (d->count)
        qsort(d->rows, d->count, sizeof *d->rows, compare_rows);
}

void diagnostics_finish(struct diagnostics *diagnostics)
{
    for (size_t i = 0; i < diagnostics->count; i++) {
        free(diagnostics->rows[i].file);
        free(diagnostics->rows[i].key);
        free(diagnostics->rows[i].text);
    }
    free(diagnostics->rows);
    *diagnostics = (struct diagnostics){.rows = NULL};
}

/* Writes what came from outside, through the gate. */
static void print_gated(FILE *stream, const char *text)
{
    char clean[TEXT_MOST];
    text_gate(text, strlen(text), clean, sizeof clean, NULL);
    fputs(clean, stream);
}

void diagnostics_print(const struct diagnostics *diagnostics, void *stream_file)
{
    FILE *stream = stream_file;
    size_t shown = diagnostics->count < DIAGNOSTICS_SHOWN ? diagnostics->count : DIAGNOSTICS_SHOWN;
    size_t all = diagnostics->errors + diagnostics->warnings;
    for (size_t i = 0; i < shown; i++) {
        const struct diagnostic *row = &diagnostics->rows[i];
        print_gated(stream, row->file);
        if (row->line)
            fprintf(stream, ":%d", row->line);
        fputs(row->severity == SEVERITY_WARNING ? ": warning: " : ": ", stream);
        if (*row->key) {
            print_gated(stream, row->key);
            fputs(": ", stream);
        }
        print_gated(stream, row->text);
        fputc('\n', stream);
    }
    if (all > shown)
        fprintf(stream, "and %zu more\n", all - shown);
}

void config_finish(struct config *config)
{
    plant_destroy(config->plant);
    config->plant = NULL;
    bundle_finish(&config->bundle);
}

bool config_load(const char *path, const char *broker, struct config *config, struct diagnostics *diagnostics)
{
    struct bundle bundle;
    struct error err;
    bool gathered = true;
    if (path && *path)
        gathered = bundle_gather(path, &bundle, diagnostics);
    else
        bundle_of_default(&bundle);
    if (broker && *broker && !bundle_set_broker(&bundle, broker, &err)) {
        diagnostics_add(diagnostics, SEVERITY_ERROR, "--broker", bundle.count, 0, "", err.text);
        gathered = false;
    }
    struct config built;
    bool ok = config_build(&bundle, &built, diagnostics);
    if (ok && gathered) {
        *config = built;
        return true;
    }
    if (ok)
        config_finish(&built);
    else
        bundle_finish(&bundle);
    diagnostics_sort(diagnostics);
    return false;
}

static bool exists(const char *path)
{
    return access(path, F_OK) == 0;
}

void config_path(const char *given, char *out, size_t cap)
{
    assert(out && cap > 0);
    const char *home = getenv("HOME"), *xdg = getenv("XDG_CONFIG_HOME"), *named = getenv("ANDON_CONFIG");
    if (!given || !*given)
        given = named && *named ? named : NULL;
    if (given) {
        snprintf(out, cap, "%s", given);
        return;
    }
    if (xdg && *xdg)
        snprintf(out, cap, "%s/andon/andon.cfg", xdg);
    else
        snprintf(out, cap, "%s/.config/andon/andon.cfg", home ? home : "");
    if (!exists(out))
        snprintf(out, cap, CONFIG_SYSTEM_PATH);
    if (!exists(out))
        out[0] = '\0';
}
