#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

#include "core/memory.h"
#include "io/config_reader.h"

/* A struct flat is the one text that libconfig sees: all files of the bundle with their includes put in place, and the spans
 * that lead from its lines back to files and lines. Invariants: spans are sorted by flat_line; no line of the text begins
 * with @include, so that libconfig never opens a file of its own (it would end the process at a folder). */

enum { DEEPEST_INCLUDE = 10, MOST_FLAT = 32 * 1024 * 1024, MOST_INCLUSIONS = 10000 };

struct gluing {
    struct reader *r;
    size_t stack[DEEPEST_INCLUDE + 1];
    size_t depth, inclusions;
    bool failed;
};

static void flat_problem(struct gluing *g, size_t file, int line, const char *key, const char *text)
{
    diagnostics_add(g->r->diagnostics, SEVERITY_ERROR, g->r->bundle->files[file].name, file, line, key, text);
    g->failed = true;
}

void flat_append(struct flat *flat, size_t file, int line, const char *text, size_t length)
{
    flat->spans = mem_grow(flat->spans, flat->span_count, &flat->span_capacity, sizeof *flat->spans);
    flat->spans[flat->span_count++] = (struct line_span){.flat_line = flat->lines, .line = line, .file = file};
    if (flat->length + length + 2 > flat->capacity) {
        flat->capacity = (flat->length + length + 2) * 2;
        flat->text = mem_resize(flat->text, flat->capacity, 1);
    }
    memcpy(flat->text + flat->length, text, length);
    flat->length += length;
    if (length && text[length - 1] != '\n')
        flat->text[flat->length++] = '\n';
    for (const char *p = text; length && (p = memchr(p, '\n', (size_t)(text + length - p))); p++)
        flat->lines++;
    if (length && text[length - 1] != '\n')
        flat->lines++;
    flat->text[flat->length] = '\0';
}

void flat_locate(const struct flat *flat, int flat_line, size_t *file, int *line)
{
    size_t low = 0, high = flat->span_count;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (flat->spans[middle].flat_line <= flat_line)
            low = middle;
        else
            high = middle;
    }
    *file = flat->span_count ? flat->spans[low].file : 0;
    *line = flat->span_count && flat_line > 0 ? flat_line - flat->spans[low].flat_line + flat->spans[low].line : 0;
}

void flat_finish(struct flat *flat)
{
    free(flat->text);
    free(flat->spans);
    *flat = (struct flat){.text = NULL};
}

/* A file is UTF-8 without NUL; without a byte-order mark too, but that a table, which spreadsheets write, may begin with one. */
static bool check_bytes(struct gluing *g, size_t index, bool table)
{
    const struct bundle_file *file = &g->r->bundle->files[index];
    const utf8proc_uint8_t *text = (const utf8proc_uint8_t *)file->text;
    int line = 1;
    char message[128];
    for (size_t at = 0; at < file->length;) {
        utf8proc_int32_t point = text[at];
        utf8proc_ssize_t n = point < 0x80 ? 1 : utf8proc_iterate(text + at, (utf8proc_ssize_t)(file->length - at), &point);
        line += point == '\n';
        if (n <= 0)
            snprintf(message, sizeof message, "byte 0x%02X is not UTF-8: save the file as UTF-8", text[at]);
        else if (point == 0xfeff && at == 0 && !table)
            snprintf(message, sizeof message, "begins with a byte-order mark: save the file as UTF-8 without one (BOM)");
        else if (point == 0)
            snprintf(message, sizeof message, "a NUL byte: this is not a text file");
        else {
            at += (size_t)n;
            continue;
        }
        flat_problem(g, index, line, "", message);
        return false;
    }
    return true;
}

static void glue(struct gluing *g, size_t index);

/* What config_gather() has said already is not said again, and the file counts as empty. */
static bool said_before(const struct diagnostics *d, const char *file, int line, const char *key)
{
    for (size_t i = 0; i < d->count; i++)
        if (d->rows[i].line == line && strcmp(d->rows[i].key, key) == 0 && strcmp(d->rows[i].file, file) == 0)
            return true;
    return false;
}

/* Puts an included file in place. */
static void glue_include(struct gluing *g, size_t from, const struct scanner *s)
{
    const char *quote = memchr(s->start, '"', s->length), *name = quote + 1;
    size_t length = (size_t)(s->start + s->length - quote) - 2;
    size_t index = bundle_find(g->r->bundle, g->r->bundle->files[from].name, name, length);
    const char *wrong = NULL;
    if (index == SIZE_MAX)
        wrong = "is not part of this configuration";
    for (size_t i = 0; i < g->depth && !wrong; i++)
        if (g->stack[i] == index)
            wrong = "includes itself";
    if (!wrong && g->depth > DEEPEST_INCLUDE)
        wrong = "is included more than 10 levels deep";
    if (!wrong && ++g->inclusions > MOST_INCLUSIONS) {
        flat_problem(g, from, s->line, "@include", "more than 10,000 includes");
        return;
    }
    if (!wrong) {
        glue(g, index);
        return;
    }
    if (said_before(g->r->diagnostics, g->r->bundle->files[from].name, s->line, "@include"))
        return;
    char text[PATH_MOST];
    snprintf(text, sizeof text, "\"%.*s\" %s", (int)(length < PATH_MOST / 2 ? length : PATH_MOST / 2), name, wrong);
    flat_problem(g, from, s->line, "@include", text);
}

/* The rows of a table behind the setting that names it. */
static void glue_table(struct gluing *g, size_t from, const struct scanner *s, const struct option_row *row)
{
    const char *name = s->start + 1, *owner = g->r->bundle->files[from].name;
    size_t length = s->length - 2, index = bundle_find(g->r->bundle, owner, name, length);
    char text[PATH_MOST];
    if (said_before(g->r->diagnostics, owner, s->line, row->key))
        return;
    if (index == SIZE_MAX) {
        snprintf(text, sizeof text, "\"%.*s\" is not part of this configuration", (int)(length < PATH_MOST / 2 ? length : PATH_MOST / 2), name);
        flat_problem(g, from, s->line, row->key, text);
    } else if (++g->inclusions > MOST_INCLUSIONS) {
        flat_problem(g, from, s->line, row->key, "more than 10,000 includes and tables");
    } else {
        bool failed = g->failed; /* what is wrong with a table hides nothing of the rest */
        if (check_bytes(g, index, true))
            table_append(g->r, index, row);
        g->failed = failed;
        if (g->r->flat.length > MOST_FLAT)
            flat_problem(g, from, s->line, row->key, "the configuration is larger than 32 MiB with its tables in place");
    }
}

static void glue(struct gluing *g, size_t index)
{
    const struct bundle_file *file = &g->r->bundle->files[index];
    struct table_watch watch = {.state = 0};
    if (!check_bytes(g, index, false))
        return;
    struct scanner s = scanner_of(file->text, file->length);
    const char *from = file->text;
    int line = 1;
    g->stack[g->depth++] = index;
    for (enum token token = scan_next(&s); token != TOKEN_END && !g->failed; token = scan_next(&s)) {
        if (token == TOKEN_OPEN_COMMENT)
            flat_problem(g, index, s.line, "", "the comment that begins here (/*) never ends and swallows the rest of the file");
        if (token == TOKEN_OPEN_TEXT)
            flat_problem(g, index, s.line, "", "the text that begins here never ends: a \" is missing");
        bool table = table_watch(&watch, &s, token);
        if (token != TOKEN_INCLUDE && !table)
            continue;
        flat_append(&g->r->flat, index, line, from, (size_t)((table ? s.at : s.start) - from));
        if (table)
            glue_table(g, index, &s, watch.row);
        else
            glue_include(g, index, &s);
        from = s.at;
        line = s.at_line;
    }
    g->depth--;
    if (g->r->flat.length + file->length > MOST_FLAT)
        flat_problem(g, index, 0, "", "the configuration is larger than 32 MiB with its includes in place");
    if (!g->failed)
        flat_append(&g->r->flat, index, line, from, (size_t)(file->text + file->length - from));
}

/* Within a text or a comment @include may begin a line, and is none; libconfig's eye must not fall on it all the same. */
static void hide_includes(struct flat *flat)
{
    static const char word[] = "@include";
    for (char *p = flat->text; (p = strstr(p, word));) {
        const char *q = p, *behind = p + sizeof word - 1 + strspn(p + sizeof word - 1, " \t");
        while (q > flat->text && (q[-1] == ' ' || q[-1] == '\t'))
            q--;
        if ((q == flat->text || q[-1] == '\n') && *behind == '"')
            *p = ' ';
        p++;
    }
}

bool flat_make(struct reader *r)
{
    struct gluing g = {.r = r};
    r->flat.lines = 1;
    flat_append(&r->flat, 0, 1, "", 0);
    glue(&g, 0);
    hide_includes(&r->flat);
    return !g.failed;
}
