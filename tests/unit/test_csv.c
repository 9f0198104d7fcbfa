#include "check.h"

#include "core/csv.h"

/* Rows as "line:field|field|..." with "!problem" behind it, one after the other. */
struct seen {
    char text[1024];
    size_t used;
};

static void on_row(void *arg, const struct csv_row *row)
{
    struct seen *s = arg;
    s->used += (size_t)snprintf(s->text + s->used, sizeof s->text - s->used, "%llu:", (unsigned long long)row->line);
    for (size_t f = 0; f < row->count && !row->problem; f++)
        s->used += (size_t)snprintf(s->text + s->used, sizeof s->text - s->used, "%s%.20s", f ? "|" : "", row->fields[f]);
    s->used += (size_t)snprintf(s->text + s->used, sizeof s->text - s->used, "%.12s\n", row->problem ? row->problem : "");
}

/* Fed whole, and byte by byte: the same. */
static void expect(char separator, const char *text, size_t length, const char *rows)
{
    for (size_t step = length ? length : 1; step; step = step > 1 ? 1 : 0) {
        struct seen seen = {.used = 0};
        struct csv csv;
        csv_init(&csv, separator, on_row, &seen);
        for (size_t i = 0; i < length; i += step)
            csv_feed(&csv, text + i, step);
        csv_finish(&csv);
        assert_string_equal(seen.text, rows);
    }
}

static void rows_are_read_as_rfc_4180_says(void **state)
{
    (void)state;
    static const struct { const char *text, *rows; } cases[] = {
        {"", ""},
        {"a,b\n1,2\n", "1:a|b\n2:1|2\n"},
        {"a,b\r\n1,2", "1:a|b\n2:1|2\n"},
        {"\xEF\xBB\xBF" "a,b\n", "1:a|b\n"},
        {"\xEF\xBBz,b\n", "1:\xEF\xBBz|b\n"},
        {"a,,\n", "1:a||\n"},
        {",a\n", "1:|a\n"},
        {"\n\na\n", "3:a\n"},
        {"\"a,b\",\"say \"\"x\"\"\"\n", "1:a,b|say \"x\"\n"},
        {"\"a\nb\",c\nd,e\n", "1:a\nb|c\n3:d|e\n"},
        {"\"\",x\n", "1:|x\n"},
        {"5\"\" pipe,x\n", "1:5\"\" pipe|x\n"},
        {"\"a\"b,c\nd\n", "1:text behind \n2:d\n"},
        {"\"a\n", "1:longer than \n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect(',', cases[i].text, strlen(cases[i].text), cases[i].rows);
    expect(';', "a;1,5\n", 6, "1:a|1,5\n");
    expect('\t', "a\tb\n", 4, "1:a|b\n");
}

static void what_is_wrong_with_a_row_ends_with_it(void **state)
{
    (void)state;
    size_t length = 3 * CSV_ROW_BYTES;
    char *text = malloc(length + 16);
    memset(text, 'x', length);
    memcpy(text + length, "\na,b\n", 5);
    expect(',', text, length + 5, "1:longer than \n2:a|b\n");
    text[0] = '"'; /* a quote that is never closed */
    expect(',', text, length + 5, "1:longer than \n2:a|b\n");
    memset(text, ',', 2000);
    memcpy(text + 2000, "\na,b\n", 5);
    expect(',', text, 2005, "1:more than 51\n2:a|b\n");
    free(text);
    expect(',', "a\0b,c\nd,e\n", 10, "1:a NUL byte: \n2:d|e\n");
}

static void the_separator_is_found(void **state)
{
    (void)state;
    static const struct { const char *line; char separator; } cases[] = {
        {"a,b;c,d\n", ','}, {"a;b;c,d\n1,2,3,4,5", ';'}, {"a\tb\tc\n", '\t'}, {"a", ','}, {"\"a,b,c\";d\n", ';'}, {"", ','}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(csv_separator(cases[i].line, strlen(cases[i].line)), cases[i].separator);
}

int main(void)
{
    const struct CMUnitTest tests[] = {CASE(rows_are_read_as_rfc_4180_says), CASE(what_is_wrong_with_a_row_ends_with_it), CASE(the_separator_is_found)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
