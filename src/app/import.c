/*
 * A struct reading is a file under way: its first row names the columns, every other row gives one time and a value a column. What is wrong with a
 * row or a cell is counted, the first few are named, and the rest goes on. The number of a sample in the file is kept in `seq` while it is sorted.
 */
#include "app/import.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/csv.h"
#include "core/hash_index.h"
#include "core/memory.h"
#include "core/number.h"
#include "core/stamp.h"
#include "core/text_gate.h"

enum { READ_BYTES = 65536, TEXT_BYTES = 4096 };

struct reading {
    const struct import_options *options;
    struct import *import;
    struct stamp stamp;
    bool headed, decimal_comma;
    size_t fields;      /* of the first row */
    struct error *err;
    bool refused;
};

static void problem(struct import *im, uint64_t line, const char *format, ...)
{
    va_list args;
    if (im->problem_count == IMPORT_NAMED)
        return;
    char *out = im->problems[im->problem_count++];
    int used = snprintf(out, sizeof im->problems[0], "line %" PRIu64 ": ", line);
    va_start(args, format);
    vsnprintf(out + used, sizeof im->problems[0] - (size_t)used, format, args);
    va_end(args);
}

static const char *shown(const char *text, char out[48])
{
    text_gate(text, strlen(text), out, 48, NULL);
    return out;
}

/* ---- the first row ---- */

static const char first_row[] = "the first row cannot be read:";

/* The field of a name, or of a number from 1; SIZE_MAX when there is none. */
static size_t field_of(const struct csv_row *row, const char *column)
{
    for (size_t f = 0; f < row->count; f++)
        if (strcmp(row->fields[f], column) == 0)
            return f;
    char *end;
    unsigned long number = strtoul(column, &end, 10);
    return *column >= '0' && *column <= '9' && *end == '\0' && number >= 1 && number <= row->count ? number - 1 : SIZE_MAX;
}

static size_t time_field(const struct csv_row *row)
{
    static const char *const names[] = {"time", "timestamp", "date", "datetime", "ts"};
    for (size_t n = 0; n < sizeof names / sizeof names[0]; n++)
        for (size_t f = 0; f < row->count; f++)
            if (strcasecmp(row->fields[f], names[n]) == 0)
                return f;
    return 0;
}

static uint32_t tag_of(const struct plant *plant, const char *key)
{
    char have[KEY_BYTES];
    for (uint32_t t = 0; t < plant->tag_count; t++) {
        plant_tag_key(plant, t, have, sizeof have);
        if (strcmp(have, key) == 0)
            return t;
    }
    return NO_TAG;
}

static void add_column(struct reading *r, size_t field, uint32_t tag)
{
    struct import *im = r->import;
    if (im->column_count == IMPORT_COLUMNS)
        return;
    struct import_column *c = &im->columns[im->column_count++];
    *c = (struct import_column){.field = field, .tag = tag};
    plant_tag_key(im->plant, tag, c->key, sizeof c->key);
    samples_init(&c->samples);
    packer_init(&c->events);
}

static bool is_taken(const struct import *im, size_t field, uint32_t tag)
{
    for (size_t c = 0; c < im->column_count; c++)
        if (im->columns[c].field == field || im->columns[c].tag == tag)
            return true;
    return field == im->time_field;
}

static bool refuse(struct reading *r, const char *what, const char *which)
{
    char text[48];
    r->refused = true;
    return error_set(r->err, "%s \"%s\"", what, shown(which, text));
}

static bool read_head(struct reading *r, const struct csv_row *row)
{
    const struct import_options *o = r->options;
    struct import *im = r->import;
    im->time_field = o->time_column ? field_of(row, o->time_column) : time_field(row);
    r->fields = row->count;
    if (im->time_field == SIZE_MAX)
        return refuse(r, "the file has no column", o->time_column);
    for (size_t t = 0; t < o->tag_count; t++) {
        size_t field = field_of(row, o->tags[t].column);
        uint32_t tag = tag_of(o->plant, o->tags[t].key);
        if (field == SIZE_MAX)
            return refuse(r, "the file has no column", o->tags[t].column);
        if (tag == NO_TAG)
            return refuse(r, "the configuration has no tag", o->tags[t].key);
        if (is_taken(im, field, tag))
            return refuse(r, "used twice:", o->tags[t].column);
        add_column(r, field, tag);
    }
    for (size_t f = 0; f < row->count; f++) {
        uint32_t tag = strchr(row->fields[f], '/') ? tag_of(o->plant, row->fields[f]) : NO_TAG;
        if (tag != NO_TAG && !is_taken(im, f, tag))
            add_column(r, f, tag);
    }
    return im->column_count || refuse(r, "no column is a configured tag: name one with --tag COLUMN=KEY; the first one is", row->count ? row->fields[0] : "");
}

/* ---- values ---- */

static bool read_number(const struct reading *r, const char *text, struct value *out)
{
    char copy[64];
    size_t length = strlen(text);
    if (number_read(text, length, out, NULL))
        return true;
    if (*text == '+' || *text == '.') { /* what JSON does not allow and others write */
        snprintf(copy, sizeof copy, "%s%s", *text == '.' ? "0" : "", text + (*text == '+'));
    } else {
        const char *comma = r->decimal_comma ? strchr(text, ',') : NULL;
        if (!comma || length >= sizeof copy)
            return false;
        memcpy(copy, text, length + 1);
        copy[comma - text] = '.';
    }
    return length < sizeof copy - 2 && number_read(copy, strlen(copy), out, NULL);
}

static bool read_switch(const char *text, struct value *out)
{
    static const char *const words[2][4] = {{"false", "off", "no", "0"}, {"true", "on", "yes", "1"}};
    for (int side = 0; side < 2; side++)
        for (int w = 0; w < 4; w++)
            if (strcasecmp(text, words[side][w]) == 0) {
                *out = value_bool(side == 1);
                return true;
            }
    return false;
}

/* A value in the tag's own unit, as it is shown. */
static bool read_value(const struct reading *r, const struct import_column *c, const char *text, struct value *out, char words[TEXT_BYTES], bool *is_text)
{
    enum tag_kind kind = r->import->plant->tags[c->tag].def->kind;
    *is_text = false;
    if (kind == KIND_BOOL)
        return read_switch(text, out);
    if (kind != KIND_TEXT && kind != KIND_STATE)
        return read_number(r, text, out);
    if (read_number(r, text, out))
        return true;
    size_t most = (size_t)r->import->plant->bounds.limit[BOUND_TEXT_BYTES] + 1;
    text_gate(text, strlen(text), words, most < TEXT_BYTES ? most : TEXT_BYTES, NULL);
    *is_text = true;
    return true;
}

static void read_cell(struct reading *r, struct import_column *c, const struct csv_row *row, int64_t time_ms)
{
    struct import *im = r->import;
    char words[TEXT_BYTES], text[48];
    const char *cell = row->fields[c->field] + strspn(row->fields[c->field], " ");
    struct sample sample = {.seq = c->samples.count, .time_ms = time_ms, .quality = QUALITY_GOOD, .flags = SAMPLE_SOURCE_TIME | SAMPLE_HISTORICAL};
    bool is_text;
    if (!*cell) {
        im->empty++;
        return;
    }
    if (!read_value(r, c, cell, &sample.value, words, &is_text)) {
        im->bad_values++;
        problem(im, row->line, "\"%s\" is no value for %.80s", shown(cell, text), c->key);
        return;
    }
    if (is_text)
        sample.value.kind = VALUE_TEXT;
    samples_add(&c->samples, sample, is_text ? words : NULL);
    im->samples++;
}

static void on_row(void *arg, const struct csv_row *row)
{
    struct reading *r = arg;
    struct import *im = r->import;
    char text[48];
    int64_t time_ms;
    if (r->refused)
        return;
    if (!r->headed) {
        r->headed = true;
        if (row->problem)
            refuse(r, first_row, row->problem);
        else
            read_head(r, row);
        return;
    }
    im->rows++;
    if (row->problem || row->count != r->fields) {
        im->bad_rows++;
        if (row->problem)
            problem(im, row->line, "%s", row->problem);
        else
            problem(im, row->line, "%zu fields; the first row has %zu", row->count, r->fields);
        return;
    }
    if (!stamp_read(&r->stamp, row->fields[im->time_field], &time_ms)) {
        im->bad_times++;
        problem(im, row->line, "\"%s\" is no time%s", shown(row->fields[im->time_field], text), r->stamp.pattern ? " of this format" : "; give --time-format");
        return;
    }
    const int64_t *limit = im->plant->bounds.limit;
    if (time_ms < limit[BOUND_TIME_OLDEST_MS] || time_ms > r->options->now_ms + limit[BOUND_TIME_AHEAD_MS]) {
        im->bad_times++;
        problem(im, row->line, "%s is not credible: it is in the future or too long ago (bounds)", shown(row->fields[im->time_field], text));
        return;
    }
    if (im->samples + im->column_count > IMPORT_SAMPLES) {
        refuse(r, "more than 8 million values: split the file; the last line read is", row->fields[im->time_field]);
        return;
    }
    for (size_t c = 0; c < im->column_count; c++)
        read_cell(r, &im->columns[c], row, time_ms);
}

/* ---- the file ---- */

static int by_time(const void *a, const void *b)
{
    const struct sample *x = a, *y = b;
    if (x->time_ms != y->time_ms)
        return x->time_ms < y->time_ms ? -1 : 1;
    return x->seq < y->seq ? -1 : x->seq > y->seq;
}

static void sort(struct import *im)
{
    im->first_ms = INT64_MAX;
    for (size_t c = 0; c < im->column_count; c++) {
        struct samples *s = &im->columns[c].samples;
        if (s->count == 0)
            continue;
        qsort(s->rows, s->count, sizeof *s->rows, by_time);
        for (size_t i = 0; i < s->count; i++)
            s->rows[i].seq = 0;
        im->first_ms = s->rows[0].time_ms < im->first_ms ? s->rows[0].time_ms : im->first_ms;
        im->last_ms = s->rows[s->count - 1].time_ms > im->last_ms ? s->rows[s->count - 1].time_ms : im->last_ms;
    }
}

static bool read_file(struct reading *r, FILE *file, uint64_t *hash)
{
    char *buffer = mem_zero(READ_BYTES, 1);
    struct csv csv;
    bool begun = false;
    size_t n;
    *hash = 0;
    while (!r->refused && (n = fread(buffer, 1, READ_BYTES, file)) > 0) {
        if (!begun) {
            char separator = r->options->separator ? r->options->separator : csv_separator(buffer, n);
            csv_init(&csv, separator, on_row, r);
            r->decimal_comma = separator != ',';
            begun = true;
        }
        *hash = *hash * UINT64_C(0x9E3779B97F4A7C15) + hash_bytes(buffer, n);
        csv_feed(&csv, buffer, n);
        if (!r->headed && csv.problem) /* a device that never ends its first row */
            refuse(r, first_row, csv.problem);
    }
    if (begun)
        csv_finish(&csv);
    free(buffer);
    return begun;
}

bool import_read(struct import *im, const struct import_options *o, const char *path, struct error *err)
{
    struct reading r = {.options = o, .import = im, .err = err, .stamp = {.pattern = o->time_format, .zone = o->zone, .midnight_next = o->midnight_next, .before_ms = INT64_MIN}};
    const char *slash = strrchr(path, '/');
    char name[160];
    uint64_t hash;
    *im = (struct import){.plant = o->plant, .last_ms = INT64_MIN};
    FILE *file = fopen(path, "rb");
    if (!file)
        return error_set(err, "%s", strerror(errno));
    im->columns = mem_zero(IMPORT_COLUMNS, sizeof *im->columns);
    errno = 0;
    bool begun = read_file(&r, file, &hash), failed = ferror(file) != 0;
    int why = errno;
    fclose(file);
    text_gate(slash ? slash + 1 : path, strlen(slash ? slash + 1 : path), name, sizeof name, NULL);
    snprintf(im->source, sizeof im->source, "%s %016" PRIx64, name, hash);
    im->skipped = r.stamp.skipped;
    im->twice = r.stamp.twice;
    if (failed)
        error_set(err, "it cannot be read to its end: %s", strerror(why));
    else if (!begun)
        error_set(err, "it is empty");
    else if (!r.refused)
        sort(im);
    return begun && !failed && !r.refused;
}

void import_finish(struct import *im)
{
    for (size_t c = 0; c < im->column_count; c++) {
        samples_finish(&im->columns[c].samples);
        packer_finish(&im->columns[c].events);
        free(im->columns[c].event_ends);
    }
    free(im->columns);
    outcomes_finish(&im->outcomes);
    *im = (struct import){.columns = NULL};
}
