/*
 * Columns in line are held back until ROWS_LOOKED rows have shown how wide they are; what comes later may stick out. Texts for a terminal pass
 * the gate, those for programs are as they are.
 */
#include "cli/rows.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/text_gate.h"
#include "draw/text.h"

enum { NUMBER_BYTES = 40 };

const char *const rows_format_names[ROWS_FORMAT_COUNT] = {"table", "csv", "json"};

bool rows_format_read(const char *name, enum rows_format *format)
{
    for (int i = 0; i < ROWS_FORMAT_COUNT; i++)
        if (strcmp(name, rows_format_names[i]) == 0) {
            *format = (enum rows_format)i;
            return true;
        }
    return false;
}

/* The shortest text that reads back as the same number. */
static void real_text(double d, char out[NUMBER_BYTES])
{
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(out, NUMBER_BYTES, "%.*g", digits, d);
        if (strtod(out, NULL) == d)
            return;
    }
}

/* A field's text; `space` is for numbers, what is returned else is borrowed or, of bytes, to be released by *made. */
static const char *text_of(const struct sql_field *f, char space[NUMBER_BYTES], char **made, size_t *length)
{
    static const char digits[] = "0123456789abcdef";
    *made = NULL;
    if (f->kind == SQL_TEXT) {
        *length = f->length;
        return f->text;
    }
    if (f->kind == SQL_BLOB) {
        *made = mem_zero(2 * f->length + 1, 1);
        for (size_t i = 0; i < f->length; i++) {
            (*made)[2 * i] = digits[(unsigned char)f->text[i] >> 4];
            (*made)[2 * i + 1] = digits[(unsigned char)f->text[i] & 15];
        }
        *length = 2 * f->length;
        return *made;
    }
    space[0] = '\0';
    if (f->kind == SQL_INT)
        snprintf(space, NUMBER_BYTES, "%" PRId64, f->i);
    else if (f->kind == SQL_REAL)
        real_text(f->d, space);
    *length = strlen(space);
    return space;
}

/* ---- CSV ---- */

static void csv_text(FILE *out, const char *text, size_t length)
{
    bool quoted = false;
    for (size_t i = 0; i < length && !quoted; i++)
        quoted = strchr(",\"\r\n", text[i]) && text[i];
    if (!quoted) {
        fwrite(text, 1, length, out);
        return;
    }
    fputc('"', out);
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '"')
            fputc('"', out);
        fputc(text[i], out);
    }
    fputc('"', out);
}

static void csv_row(struct rows *r, const struct sql_field *fields)
{
    for (size_t i = 0; i < r->count; i++) {
        char space[NUMBER_BYTES], *made;
        size_t length;
        const char *text = text_of(&fields[i], space, &made, &length);
        if (i)
            fputc(',', r->out);
        csv_text(r->out, text, length);
        free(made);
    }
    fputs("\r\n", r->out);
}

/* ---- JSON ---- */

void rows_json_text(FILE *out, const char *text, size_t length)
{
    fputc('"', out);
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '"' || c == '\\')
            fprintf(out, "\\%c", c);
        else if (c < 0x20 || c == 0x7F)
            fprintf(out, "\\u%04x", c);
        else
            fputc(c, out);
    }
    fputc('"', out);
}

static void json_row(struct rows *r, const struct sql_field *fields)
{
    for (size_t i = 0; i < r->count; i++) {
        char space[NUMBER_BYTES], *made;
        size_t length;
        const char *text = text_of(&fields[i], space, &made, &length);
        fputs(i ? ", " : "{", r->out);
        rows_json_text(r->out, r->names[i], strlen(r->names[i]));
        fputs(": ", r->out);
        if (fields[i].kind == SQL_TEXT || fields[i].kind == SQL_BLOB)
            rows_json_text(r->out, text, length);
        else
            fputs(fields[i].kind == SQL_NULL || (fields[i].kind == SQL_REAL && !isfinite(fields[i].d)) ? "null" : text, r->out);
        free(made);
    }
    fputs("}\n", r->out);
}

/* ---- columns in line ---- */

static void table_line(struct rows *r, char *const *texts)
{
    for (size_t i = 0; i < r->count; i++) {
        int pad = r->widths[i] - text_width(texts[i]);
        bool last = i + 1 == r->count;
        if (r->right[i])
            fprintf(r->out, "%*s%s", pad > 0 ? pad : 0, "", texts[i]);
        else
            fprintf(r->out, "%s%*s", texts[i], pad > 0 && !last ? pad : 0, "");
        fputs(last ? "\n" : "  ", r->out);
    }
}

static void settle(struct rows *r)
{
    r->settled = true;
    table_line(r, r->names);
    for (size_t at = 0; at < r->held_count; at += r->count)
        table_line(r, &r->held[at]);
    for (size_t i = 0; i < r->held_count; i++)
        free(r->held[i]);
    r->held_count = 0;
}

static void widen(struct rows *r, size_t column, const char *text)
{
    int width = text_width(text);
    width = width > ROWS_WIDEST ? ROWS_WIDEST : width;
    if (width > r->widths[column])
        r->widths[column] = width;
}

static void table_row(struct rows *r, const struct sql_field *fields)
{
    size_t at = r->held_count;
    for (size_t i = 0; i < r->count; i++) {
        char space[NUMBER_BYTES], *made;
        size_t length;
        const char *text = text_of(&fields[i], space, &made, &length);
        char *gated = mem_zero(length * 3 + 1, 1);
        text_gate(text, length, gated, length * 3 + 1, NULL);
        free(made);
        r->held = mem_grow(r->held, r->held_count, &r->held_capacity, sizeof *r->held);
        r->held[r->held_count++] = gated;
        if (!r->settled)
            widen(r, i, gated);
        if (r->looked == 0)
            r->right[i] = fields[i].kind == SQL_INT || fields[i].kind == SQL_REAL;
    }
    r->looked++;
    if (!r->settled && r->looked == ROWS_LOOKED)
        settle(r);
    if (!r->settled)
        return;
    if (r->held_count > at) {
        table_line(r, &r->held[at]);
        while (r->held_count > at)
            free(r->held[--r->held_count]);
    }
}

/* ---- all ---- */

void rows_begin(struct rows *r, FILE *out, enum rows_format format, const char *const *names, size_t count)
{
    *r = (struct rows){.out = out, .format = format, .count = count};
    r->names = mem_zero(count, sizeof *r->names);
    r->widths = mem_zero(count, sizeof *r->widths);
    r->right = mem_zero(count, sizeof *r->right);
    for (size_t i = 0; i < count; i++) {
        r->names[i] = mem_text(names[i]);
        widen(r, i, names[i]);
        if (format != ROWS_CSV)
            continue;
        if (i)
            fputc(',', out);
        csv_text(out, names[i], strlen(names[i]));
    }
    if (format == ROWS_CSV)
        fputs("\r\n", out);
}

bool rows_put(struct rows *r, const struct sql_field *fields)
{
    if (r->format == ROWS_CSV)
        csv_row(r, fields);
    else if (r->format == ROWS_JSON)
        json_row(r, fields);
    else
        table_row(r, fields);
    return !ferror(r->out);
}

bool rows_end(struct rows *r)
{
    if (r->format == ROWS_TABLE && !r->settled && r->count)
        settle(r);
    for (size_t i = 0; i < r->count; i++)
        free(r->names[i]);
    free(r->names);
    free(r->widths);
    free(r->right);
    free(r->held);
    return fflush(r->out) == 0 && !ferror(r->out);
}

struct sql_field rows_text(const char *text)
{
    return text && *text ? (struct sql_field){.kind = SQL_TEXT, .text = text, .length = strlen(text)} : (struct sql_field){.kind = SQL_NULL};
}

struct sql_field rows_number(double number)
{
    return isnan(number) ? (struct sql_field){.kind = SQL_NULL} : (struct sql_field){.kind = SQL_REAL, .d = number};
}

struct sql_field rows_count(int64_t count)
{
    return (struct sql_field){.kind = SQL_INT, .i = count};
}

void rows_json_named(FILE *out, const char *name, const char *text)
{
    fprintf(out, "\"%s\": ", name);
    rows_json_text(out, text, strlen(text));
}

void rows_json_number(FILE *out, const char *name, double number)
{
    if (isnan(number))
        fprintf(out, "\"%s\": null", name);
    else
        fprintf(out, "\"%s\": %.17g", name, number);
}
