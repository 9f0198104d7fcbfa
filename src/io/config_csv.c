/*
 * Tables in CSV files: `tags_csv = "tags.csv"` stands for rows of the list `tags`. What a row says is written as the group that a person would have written,
 * on one line of the flat text, which leads back to the row's line; so every key is read, checked and complained of by the same code. A struct sheet is one
 * file on its way; its columns are rows of the option table. Where the groups land when they are parsed is config_tables.c.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/csv.h"
#include "core/memory.h"
#include "io/config_reader.h"

enum { ROWS_MOST = 50000, NUMBER_BYTES = 40 };

struct column {
    const struct option_row *row; /* NULL: not read */
    bool tag;                     /* of alarms: the tag that the alarm hangs on */
};

struct sheet {
    struct reader *r;
    size_t file;
    const char *group;  /* of the option table */
    bool headed, comma, failed;
    struct column columns[CSV_FIELDS];
    size_t column_count, rows;
    char *text;         /* of the row's group */
    size_t length, capacity;
};

/* ---- where a table is named ---- */

const struct option_row *table_row(const char *key, size_t length)
{
    for (size_t i = 0; i < option_count; i++)
        if (strlen(option_table[i].key) == length && memcmp(option_table[i].key, key, length) == 0 && length > 4 && memcmp(key + length - 4, "_csv", 4) == 0)
            return &option_table[i];
    return NULL;
}

bool table_watch(struct table_watch *w, const struct scanner *s, enum token token)
{
    if (token == TOKEN_NAME) {
        w->row = table_row(s->start, s->length);
        w->state = w->row != NULL;
        return false;
    }
    bool here = w->state == 2 && token == TOKEN_TEXT && s->length > 2;
    w->state = w->state == 1 && token == TOKEN_EQUALS ? 2 : 0;
    return here;
}

/* ---- the text of a row ---- */

static void put(struct sheet *t, const char *text, size_t length)
{
    while (t->capacity < t->length + length + 1) {
        t->capacity = t->capacity ? 2 * t->capacity : 1024;
        t->text = mem_resize(t->text, t->capacity, 1);
    }
    memcpy(t->text + t->length, text, length);
    t->length += length;
    t->text[t->length] = '\0';
}

static void put_text(struct sheet *t, const char *text) { put(t, text, strlen(text)); }

/* Control characters are written as libconfig reads them; whether they may stand there is asked later. */
static void put_quoted(struct sheet *t, const char *text, size_t length)
{
    char escaped[8];
    put_text(t, "\"");
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '"' || c == '\\')
            snprintf(escaped, sizeof escaped, "\\%c", c);
        else if (c < 0x20)
            snprintf(escaped, sizeof escaped, "\\x%02x", c);
        else
            snprintf(escaped, sizeof escaped, "%c", c);
        put(t, escaped, strlen(escaped));
    }
    put_text(t, "\"");
}

/* A number as libconfig wants it; `whole`: an integer. False when the text is none. */
static bool number_text(const struct sheet *t, const char *text, size_t length, bool whole, char out[NUMBER_BYTES])
{
    char copy[NUMBER_BYTES], *end;
    if (length == 0 || length >= sizeof copy || strspn(text, "+-0123456789.,eE") < length)
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    char *point = t->comma && !strchr(copy, '.') ? strchr(copy, ',') : NULL;
    if (point)
        *point = '.';
    errno = 0;
    if (whole) {
        long long n = strtoll(copy, &end, 10);
        snprintf(out, NUMBER_BYTES, n > INT_MAX || n < INT_MIN ? "%lldL" : "%lld", n);
        return end != copy && *end == '\0' && errno == 0;
    }
    double n = strtod(copy, &end);
    if (end == copy || *end != '\0' || errno == ERANGE)
        return false;
    snprintf(out, NUMBER_BYTES, "%.17g", n);
    if (!strpbrk(out, ".e"))
        memcpy(out + strlen(out), ".0", 3);
    return true;
}

static void put_number(struct sheet *t, const char *text, size_t length, bool whole)
{
    char number[NUMBER_BYTES];
    if (number_text(t, text, length, whole, number))
        put_text(t, number);
    else
        put_quoted(t, text, length);
}

static bool same_word(const char *text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t n = 0;
        while (words[i][n] && (text[n] | 0x20) == words[i][n])
            n++;
        if (!words[i][n] && !text[n])
            return true;
    }
    return false;
}

static void put_bool(struct sheet *t, const char *text)
{
    static const char *const yes[] = {"true", "yes"}, *const no[] = {"false", "no"};
    if (same_word(text, yes, 2) || strcmp(text, "1") == 0)
        put_text(t, "true");
    else if (same_word(text, no, 2) || strcmp(text, "0") == 0)
        put_text(t, "false");
    else
        put_quoted(t, text, strlen(text));
}

/* "40..65", "40 65" or "[40, 65]"; with decimal commas the second or, in brackets, 40; 65. */
static void put_range(struct sheet *t, const char *text)
{
    char low[NUMBER_BYTES], high[NUMBER_BYTES];
    const char *open = text + strspn(text, "[( "), *dots = strstr(open, "..");
    size_t first = dots ? (size_t)(dots - open) : strcspn(open, t->comma ? " ;" : " ,;");
    const char *second = dots ? dots + 2 : open + first + strspn(open + first, t->comma ? " ;" : " ,;");
    while (first && open[first - 1] == ' ')
        first--;
    second += strspn(second, " ");
    if (number_text(t, open, first, false, low) && number_text(t, second, strcspn(second, " ])"), false, high)) {
        put_text(t, "(");
        put_text(t, low);
        put_text(t, ", ");
        put_text(t, high);
        put_text(t, ")");
    } else {
        put_quoted(t, text, strlen(text));
    }
}

/* Values between bars. */
static void put_several(struct sheet *t, const char *text, bool values)
{
    static const char *const truths[] = {"true", "false"};
    char number[NUMBER_BYTES];
    bool list = strchr(text, '|') != NULL;
    if (list)
        put_text(t, "(");
    for (const char *from = text;; from += strcspn(from, "|") + 1) {
        size_t length = strcspn(from, "|");
        const char *at = from + strspn(from, " ");
        size_t n = at < from + length ? (size_t)(from + length - at) : 0;
        while (n && at[n - 1] == ' ')
            n--;
        char word[8] = "";
        if (n < sizeof word)
            snprintf(word, sizeof word, "%.*s", (int)n, at);
        if (values && (same_word(word, truths, 2) || number_text(t, at, n, true, number) || number_text(t, at, n, false, number)))
            put_text(t, same_word(word, truths, 1) ? "true" : same_word(word, truths + 1, 1) ? "false" : number);
        else
            put_quoted(t, at, n);
        if (!from[length])
            break;
        put_text(t, ", ");
    }
    if (list)
        put_text(t, ")");
}

/* "09:00-09:15 12:00-12:30" */
static void put_breaks(struct sheet *t, const char *text)
{
    bool first = true;
    put_text(t, "(");
    for (const char *at = text + strspn(text, " |"); *at; first = false) {
        size_t length = strcspn(at, " |"), dash = strcspn(at, "-");
        put_text(t, first ? "{from = " : ", {from = ");
        put_quoted(t, at, dash < length ? dash : length);
        put_text(t, "; to = ");
        put_quoted(t, dash < length ? at + dash + 1 : "", dash < length ? length - dash - 1 : 0);
        put_text(t, ";}");
        at += length;
        at += strspn(at, " |");
    }
    put_text(t, ")");
}

static void put_value(struct sheet *t, const struct option_row *row, const char *text)
{
    size_t length = strlen(text);
    switch (row->type) {
    case OPTION_BOOL: put_bool(t, text); break;
    case OPTION_INT: put_number(t, text, length, true); break;
    case OPTION_TEXT_INT: put_number(t, text, length, true); break;
    case OPTION_FLOAT: put_number(t, text, length, false); break;
    case OPTION_RANGE: put_range(t, text); break;
    case OPTION_TEXTS: put_several(t, text, false); break;
    case OPTION_VALUES: put_several(t, text, true); break;
    case OPTION_LIST: put_breaks(t, text); break;
    default: put_quoted(t, text, length); break;
    }
}

/* ---- rows ---- */

static void wrong(struct sheet *t, uint64_t line, const char *key, const char *text)
{
    diagnostics_add(t->r->diagnostics, SEVERITY_ERROR, t->r->bundle->files[t->file].name, t->file, (int)line, key, text);
    t->failed = true;
}

static const char *trimmed(const char *text, char out[TEXT_MOST])
{
    text += strspn(text, " \t");
    size_t length = strlen(text);
    while (length && (text[length - 1] == ' ' || text[length - 1] == '\t'))
        length--;
    if (length >= TEXT_MOST) /* told by whoever reads it */
        return text;
    memcpy(out, text, length);
    out[length] = '\0';
    return out;
}

static bool can_stand(const struct option_row *row)
{
    return row->type != OPTION_GROUP && !table_row(row->key, strlen(row->key)) && (row->type != OPTION_LIST || strcmp(row->key, "breaks") == 0);
}

/* The column's key, else what is near it. */
static void find_column(struct sheet *t, const char *name, uint64_t line, struct column *out)
{
    const struct option_row *best = NULL;
    size_t least = SIZE_MAX, distance;
    char text[TEXT_MOST], known[512] = "";
    for (size_t i = 0, used = 0; i < option_count; i++) {
        const struct option_row *row = &option_table[i];
        if (strcmp(row->group, t->group) != 0)
            continue;
        if (strcmp(row->key, name) == 0 && can_stand(row)) {
            out->row = row;
            return;
        }
        if (names_near(name, row->key, &distance) && distance < least && can_stand(row)) {
            least = distance;
            best = row;
        }
        int n = can_stand(row) ? snprintf(known + used, sizeof known - used, "%s%s", used ? ", " : "", row->key) : 0;
        used = n > 0 && used + (size_t)n < sizeof known ? used + (size_t)n : used;
    }
    out->tag = strcmp(t->group, "alarms") == 0 && strcmp(name, "tag") == 0;
    if (out->tag)
        return;
    if (best)
        snprintf(text, sizeof text, "this column is not known here; did you mean \"%s\"?", best->key);
    else
        snprintf(text, sizeof text, "this column is not known here; known are %s", known);
    wrong(t, line, name, text);
}

static void read_head(struct sheet *t, const struct csv_row *row)
{
    char name[TEXT_MOST];
    t->headed = true;
    t->column_count = row->count;
    for (size_t c = 0; c < row->count; c++) {
        const char *key = trimmed(row->fields[c], name);
        for (size_t before = 0; before < c && *key && *key != '#'; before++) {
            char other[TEXT_MOST];
            if (strcmp(trimmed(row->fields[before], other), key) == 0) {
                wrong(t, row->line, key, "this column is there twice");
                key = "";
            }
        }
        if (*key && *key != '#')
            find_column(t, key, row->line, &t->columns[c]);
    }
}

static void read_cells(struct sheet *t, const struct csv_row *row)
{
    char cell[TEXT_MOST];
    bool any = false;
    t->length = 0;
    put_text(t, t->rows ? ", {" : "{");
    for (size_t c = 0; c < row->count; c++) {
        const char *text = trimmed(row->fields[c], cell);
        if (!*text)
            continue;
        if (c >= t->column_count) {
            wrong(t, row->line, "", "this row has more cells than the first row has names");
            break;
        }
        const struct column *column = &t->columns[c];
        if (!column->row && !column->tag)
            continue;
        any = true;
        put_text(t, column->tag ? "*tag" : column->row->key);
        put_text(t, " = ");
        if (column->tag)
            put_quoted(t, text, strlen(text));
        else
            put_value(t, column->row, text);
        put_text(t, "; ");
    }
    put_text(t, "}\n");
    if (any && ++t->rows <= ROWS_MOST)
        flat_append(&t->r->flat, t->file, (int)row->line, t->text, t->length);
}

/* An empty row, and one whose first cell begins with #, say nothing. */
static void on_row(void *arg, const struct csv_row *row)
{
    struct sheet *t = arg;
    char text[TEXT_MOST];
    if (row->problem) {
        snprintf(text, sizeof text, "this row is %s%s", strncmp(row->problem, "longer", 6) == 0 ? "" : "wrong: ", row->problem);
        wrong(t, row->line, "", text);
    } else if (row->count && row->fields[0][0] == '#') {
        return;
    } else if (!t->headed) {
        read_head(t, row);
    } else {
        read_cells(t, row);
    }
}

/* By the first row: comments and empty lines before it have what they like. */
static char separator_of(const struct bundle_file *source)
{
    const char *at = source->text, *end = source->text + source->length;
    if (source->length >= 3 && memcmp(at, "\xEF\xBB\xBF", 3) == 0)
        at += 3;
    while (at < end && strchr("#\r\n", *at)) {
        const char *line = memchr(at, '\n', (size_t)(end - at));
        at = line ? line + 1 : end;
    }
    return csv_separator(at, (size_t)(end - at));
}

bool table_append(struct reader *r, size_t file, const struct option_row *table)
{
    const struct bundle_file *source = &r->bundle->files[file];
    struct sheet *t = mem_zero(1, sizeof *t);
    struct csv csv;
    char head[64], text[80];
    char separator = separator_of(source);
    *t = (struct sheet){.r = r, .file = file, .group = table->choices, .comma = separator != ','};
    snprintf(head, sizeof head, "; %.*s*csv = (\n", (int)strlen(table->key) - 4, table->key);
    flat_append(&r->flat, file, 1, head, strlen(head));
    csv_init(&csv, separator, on_row, t);
    csv_feed(&csv, source->text, source->length);
    csv_finish(&csv);
    flat_append(&r->flat, file, 1, ")\n", 2);
    if (t->rows > ROWS_MOST) {
        snprintf(text, sizeof text, "%zu rows; %d are allowed", t->rows, ROWS_MOST);
        wrong(t, 0, "", text);
    } else if (!t->headed && source->length) {
        wrong(t, 1, "", "the first row must name the columns");
    }
    bool good = !t->failed;
    free(t->text);
    free(t);
    return good;
}
