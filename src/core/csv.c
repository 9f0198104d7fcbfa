/*
 * A struct csv is a machine that sees each byte once. `bytes` holds the row's fields, each ended by a NUL; a row that is too long goes on being
 * looked at for its end, but is not kept. An open quote that would swallow the rest of the file ends with the row's bound.
 */
#include "core/csv.h"

#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

enum { AT_FIELD, IN_PLAIN, IN_QUOTES, AT_QUOTE, SKIPPING };

static const char too_long[] = "longer than 65536 bytes, or a quote that is never closed", too_many[] = "more than 512 fields",
    binary[] = "a NUL byte: this is no text", bad_quote[] = "text behind a closing quote";

void csv_init(struct csv *csv, char separator, csv_take *take, void *arg)
{
    *csv = (struct csv){.separator = separator, .take = take, .arg = arg, .lines = 1, .line = 1};
    csv->bytes = mem_zero(CSV_ROW_BYTES + 1, 1);
}

static void begin_row(struct csv *csv)
{
    csv->used = csv->count = 0;
    csv->problem = NULL;
    csv->any = false;
    csv->state = AT_FIELD;
    csv->line = csv->lines;
}

static void begin_field(struct csv *csv)
{
    if (csv->count == CSV_FIELDS) {
        csv->problem = too_many;
        return;
    }
    csv->starts[csv->count++] = csv->used;
}

static void keep(struct csv *csv, char c)
{
    if (csv->used < CSV_ROW_BYTES) {
        csv->bytes[csv->used++] = c;
        return;
    }
    csv->problem = too_long;
    csv->state = SKIPPING;
}

static void end_row(struct csv *csv)
{
    const char *fields[CSV_FIELDS];
    if (csv->any) {
        csv->bytes[csv->used] = '\0';
        for (size_t f = 0; f < csv->count; f++)
            fields[f] = csv->bytes + csv->starts[f];
        csv->take(csv->arg, &(struct csv_row){.line = csv->line, .fields = fields, .count = csv->count, .problem = csv->problem});
    }
    begin_row(csv);
}

static void end_field(struct csv *csv)
{
    keep(csv, '\0');
    csv->state = csv->state == SKIPPING ? SKIPPING : AT_FIELD;
    begin_field(csv);
}

/* A byte outside of quotes. */
static void take_plain(struct csv *csv, char c)
{
    if (c == '\r' || c == '\n') {
        csv->lines += c == '\n';
        end_row(csv);
        return;
    }
    if (!csv->any)
        begin_field(csv);
    csv->any = true;
    if (c == csv->separator) {
        end_field(csv);
    } else if (c == '"' && csv->state == AT_FIELD) {
        csv->state = IN_QUOTES;
    } else {
        csv->state = IN_PLAIN;
        keep(csv, c);
    }
}

static void take_byte(struct csv *csv, char c)
{
    if (c == '\0')
        csv->problem = binary;
    switch (csv->state) {
    case IN_QUOTES:
        csv->lines += c == '\n';
        if (c == '"')
            csv->state = AT_QUOTE;
        else
            keep(csv, c);
        return;
    case AT_QUOTE:
        if (c == '"') {
            csv->state = IN_QUOTES;
            keep(csv, c);
            return;
        }
        if (c != csv->separator && c != '\r' && c != '\n' && c != ' ')
            csv->problem = bad_quote;
        csv->state = IN_PLAIN;
        if (c != ' ')
            take_plain(csv, c);
        return;
    case SKIPPING:
        csv->lines += c == '\n';
        if (c == '\n')
            end_row(csv);
        return;
    default: take_plain(csv, c); return;
    }
}

void csv_feed(struct csv *csv, const char *bytes, size_t length)
{
    static const char mark[] = "\xEF\xBB\xBF";
    for (size_t i = 0; i < length; i++) {
        if (csv->mark >= 0 && csv->mark < 3 && bytes[i] == mark[csv->mark]) {
            csv->mark++;
            continue;
        }
        for (int m = 0; m < csv->mark && csv->mark < 3; m++) /* it was none */
            take_byte(csv, mark[m]);
        csv->mark = -1;
        take_byte(csv, bytes[i]);
    }
}

void csv_finish(struct csv *csv)
{
    if (csv->state == IN_QUOTES)
        csv->problem = too_long;
    end_row(csv);
    free(csv->bytes);
    csv->bytes = NULL;
}

char csv_separator(const char *line, size_t length)
{
    static const char all[] = {',', ';', '\t'};
    size_t most = 0;
    char best = ',';
    for (size_t s = 0; s < sizeof all; s++) {
        size_t count = 0;
        bool quoted = false;
        for (size_t i = 0; i < length && (quoted || (line[i] != '\n' && line[i] != '\r')); i++) {
            quoted ^= line[i] == '"';
            count += !quoted && line[i] == all[s];
        }
        if (count > most) {
            most = count;
            best = all[s];
        }
    }
    return best;
}
