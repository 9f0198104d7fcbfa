#include <stdlib.h>
#include <string.h>

#include "core/csv.h"
#include "core/memory.h"
#include "core/number.h"
#include "core/payload_reader.h"
#include "core/timestamp.h"

/*
 * Lines of cells become a JSON text, so that all that is true of JSON (bounds, gate, pointers, envelopes) is true of them: [["P07",12.5],["P08",13]]. A struct writer is that text while
 * it grows, with what is known of the columns; a first line of names, when lines follow it, makes objects of those.
 */
struct writer {
    struct payload_reader *reader;
    size_t rows, columns;
    bool named, bad;
    char *names;           /* of the columns, each a quoted text ended by a NUL */
    size_t names_used, names_capacity;
    size_t lines;          /* of the text, before reading */
};

static void put(struct payload_reader *reader, const char *text, size_t length)
{
    while (reader->lines_used + length > reader->lines_capacity) {
        reader->lines_capacity = reader->lines_capacity ? reader->lines_capacity * 2 : 1024;
        reader->lines = mem_resize(reader->lines, reader->lines_capacity, 1);
    }
    memcpy(reader->lines + reader->lines_used, text, length);
    reader->lines_used += length;
}

static void put_quoted(struct payload_reader *reader, const char *text)
{
    put(reader, "\"", 1);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            put(reader, "\\", 1);
        put(reader, text, 1);
    }
    put(reader, "\"", 1);
}

/* A number as JSON has it stays one; blanks around a cell do not count. */
static void put_cell(struct payload_reader *reader, const char *cell)
{
    static const char blanks[] = " \t";
    struct value value;
    cell += strspn(cell, blanks);
    size_t length = strlen(cell);
    while (length > 0 && strchr(blanks, cell[length - 1]))
        length--;
    if (length == 0) {
        put(reader, "null", 4);
    } else if (number_read(cell, length, &value, NULL)) {
        put(reader, cell, length);
    } else {
        char *copy = mem_text_n(cell, length);
        put_quoted(reader, copy);
        free(copy);
    }
}

static bool is_number(const char *cell)
{
    struct value value;
    bool overflow = false;
    return number_read(cell, strlen(cell), &value, &overflow) || overflow;
}

/* Names of columns: words, all different from nothing, and no time among them. */
static bool is_heading(const struct csv_row *row)
{
    for (size_t i = 0; i < row->count; i++) {
        char first = row->fields[i][0];
        bool letter = (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z') || first == '_' || (unsigned char)first >= 0x80;
        if (!letter || is_number(row->fields[i]))
            return false;
    }
    return row->count > 1;
}

static void keep_names(struct writer *w, const struct csv_row *row)
{
    for (size_t i = 0; i < row->count; i++) {
        size_t length = strlen(row->fields[i]) + 1;
        while (w->names_used + length > w->names_capacity) {
            w->names_capacity = w->names_capacity ? w->names_capacity * 2 : 256;
            w->names = mem_resize(w->names, w->names_capacity, 1);
        }
        memcpy(w->names + w->names_used, row->fields[i], length);
        w->names_used += length;
    }
    w->columns = row->count;
    w->named = true;
}

static void on_row(void *arg, const struct csv_row *row)
{
    struct writer *w = arg;
    struct payload_reader *reader = w->reader;
    const char *name = w->names;
    if (row->problem) {
        w->bad = true;
        return;
    }
    if (w->rows == 0 && !w->named && w->lines > 1 && is_heading(row)) {
        keep_names(w, row);
        return;
    }
    if (w->rows++ > 0)
        put(reader, ",", 1);
    put(reader, w->named ? "{" : "[", 1);
    for (size_t i = 0; i < row->count && (!w->named || i < w->columns); i++) {
        if (i > 0)
            put(reader, ",", 1);
        if (w->named) {
            put_quoted(reader, name);
            put(reader, ":", 1);
            name += strlen(name) + 1;
        }
        put_cell(reader, row->fields[i]);
    }
    put(reader, w->named ? "}" : "]", 1);
}

bool payload_lines(struct payload_reader *reader, const char *text, size_t length, enum drop *why)
{
    struct writer w = {.reader = reader};
    struct csv csv;
    const char *end = memchr(text, '\n', length);
    for (size_t i = 0; i < length; i++)
        w.lines += text[i] == '\n';
    w.lines++;
    reader->lines_used = 0;
    put(reader, "[", 1);
    csv_init(&csv, csv_separator(text, end ? (size_t)(end - text) : length), on_row, &w);
    csv_feed(&csv, text, length);
    csv_finish(&csv);
    put(reader, "]", 1);
    free(w.names);
    *why = DROP_NOT_FORMAT;
    return !w.bad && w.rows > 0 && json_read(&reader->json, reader->lines, reader->lines_used, why);
}

/* ---- which kind ---- */

enum { CELLS = 32, SAYS_NOTHING = 0, A_TIME = 't', A_NAME = 'n', A_NUMBER = '9', ELSE = '?' };

static bool is_name(const char *text, size_t length)
{
    bool letter = false;
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        bool alpha = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
        letter = letter || alpha;
        if (!alpha && !(c >= '0' && c <= '9') && !strchr("_-./ ", c))
            return false;
    }
    return letter && length < 64;
}

static char sort_of(struct payload_reader *reader, uint32_t cell, bool first)
{
    const struct json_token *t = &reader->json.tokens[cell];
    int64_t ms;
    bool number = t->type == JSON_SCALAR && t->value.kind != VALUE_NULL;
    bool time = payload_time(reader, cell, TIME_AUTO, &ms) && ms > INT64_C(946684800000) && ms < INT64_C(4102444800000);
    if (time && (t->type == JSON_TEXT || (first && t->value.kind == VALUE_INT)))
        return A_TIME;
    if (number)
        return A_NUMBER;
    return t->type == JSON_TEXT && is_name(reader->json.text + t->start, t->end - t->start) ? A_NAME : ELSE;
}

/* The sorts of a line's cells, as letters: "tnn9". */
static bool sorts_of(struct payload_reader *reader, uint32_t line, char out[CELLS + 1])
{
    const struct json_token *tokens = reader->json.tokens;
    size_t count = 0;
    if (tokens[line].type != JSON_ARRAY)
        return false;
    for (uint32_t i = line + 1; i < tokens[line].next && count < CELLS; i = tokens[i].next, count++)
        out[count] = sort_of(reader, i, count == 0);
    out[count] = '\0';
    return true;
}

/* A time and names, then numbers: what is known of such a line. One that begins with neither is told by nothing from a text with commas in it. */
const struct envelope_kind *payload_lines_kind(struct payload_reader *reader, const char *text, size_t length)
{
    enum drop why;
    char first[CELLS + 1], other[CELLS + 1];
    if (!memchr(text, ';', length) && !memchr(text, ',', length) && !memchr(text, '\t', length))
        return NULL;
    if (!payload_lines(reader, text, length, &why) || !sorts_of(reader, 1, first))
        return NULL;
    const struct json_token *tokens = reader->json.tokens;
    for (uint32_t i = tokens[1].next; i < tokens[0].next; i = tokens[i].next)
        if (!sorts_of(reader, i, other) || strcmp(first, other) != 0)
            return NULL;
    bool timed = first[0] == A_TIME;
    size_t names = strspn(first + timed, "n"), numbers = strspn(first + timed + names, "9");
    if (numbers == 0 || first[timed + names + numbers] || names > 2 || (!timed && names + numbers < 3) || (!timed && names == 0) || (names == 2 && numbers > 1))
        return NULL;
    for (size_t k = 0; k < envelope_count; k++) {
        const struct envelope *shape = &envelope_table[k].shape;
        size_t its = (size_t)(shape->names[0] != NULL) + (shape->names[1] != NULL);
        if (envelope_table[k].csv && its == names && (shape->time != NULL) == timed)
            return &envelope_table[k];
    }
    return NULL;
}
