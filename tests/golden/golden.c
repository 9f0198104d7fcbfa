/*
 * A golden is kept as text of lines: struct lines is a view on one, cut at its newlines. Line n of the expected and of the
 * actual text are always the same row of the same plane, because both begin with the size, and a size that differs is the
 * first difference shown.
 */
#include "golden.h"

#include "check.h"

#include <stdbool.h>

enum { SHOWN = 10 };

static void write_text(FILE *out, const struct grid *grid, int y)
{
    fputc('|', out);
    for (int x = 0; x < grid->w; x++)
        fputs(grid_cell(grid, x, y)->text, out);
    fputs("|\n", out);
}

static void write_roles(FILE *out, const struct grid *grid, int y)
{
    fputc('|', out);
    for (int x = 0; x < grid->w; x++)
        fputc(cell_role_table[grid_cell(grid, x, y)->role].letter, out);
    fputs("|\n", out);
}

void golden_write(FILE *out, const struct grid *grid)
{
    fprintf(out, "text %dx%d\n", grid->w, grid->h);
    for (int y = 0; y < grid->h; y++)
        write_text(out, grid, y);
    fputs("roles\n", out);
    for (int y = 0; y < grid->h; y++)
        write_roles(out, grid, y);
}

/* The next line of *text without its newline; *text moves on. At the end: length 0. */
static const char *take_line(const char **text, size_t *length)
{
    const char *line = *text;
    *length = strcspn(line, "\n");
    *text = line + *length + (line[*length] == '\n');
    return line;
}

static void print_difference(FILE *out, const char *plane, int row, const char *a, size_t a_length, const char *b, size_t b_length)
{
    fprintf(out, "%s row %d\n  expected %.*s\n  actual   %.*s\n", plane, row, (int)a_length, a, (int)b_length, b);
}

size_t golden_compare(FILE *out, const char *expected, const char *actual)
{
    size_t differences = 0;
    const char *plane = "text";
    int row = -1; /* the headings "text WxH" and "roles" are row -1 of their planes */
    while (*expected || *actual) {
        size_t a_length, b_length;
        const char *a = take_line(&expected, &a_length), *b = take_line(&actual, &b_length);
        if (b_length == 5 && memcmp(b, "roles", 5) == 0) {
            plane = "roles";
            row = -1;
        }
        if ((a_length != b_length || memcmp(a, b, a_length) != 0) && differences++ < SHOWN)
            print_difference(out, plane, row, a, a_length, b, b_length);
        row++;
    }
    if (differences > SHOWN)
        fprintf(out, "and %zu more rows\n", differences - SHOWN);
    return differences;
}

static char *read_whole(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    char *text = NULL, part[4096];
    size_t size = 0, n;
    FILE *memory = open_memstream(&text, &size);
    while ((n = fread(part, 1, sizeof part, file)) > 0)
        fwrite(part, 1, n, memory);
    fclose(memory);
    fclose(file);
    return text;
}

static void rewrite(const char *path, const char *text)
{
    FILE *file = fopen(path, "wb");
    if (!file || fputs(text, file) < 0 || fclose(file) != 0)
        fail_msg("cannot write %s", path);
}

void golden_check(const char *name, const struct grid *grid)
{
    char path[512], *actual = NULL;
    size_t size = 0;
    snprintf(path, sizeof path, "%s/%s.txt", GOLDEN_DIR, name);
    FILE *memory = open_memstream(&actual, &size);
    golden_write(memory, grid);
    fclose(memory);

    const char *mode = getenv("ANDON_GOLDEN");
    char *expected = NULL;
    bool same = false, wanted = mode && strcmp(mode, "rewrite") == 0;
    if (wanted)
        rewrite(path, actual);
    else if ((expected = read_whole(path)) != NULL)
        same = golden_compare(stderr, expected, actual) == 0;
    bool missing = !wanted && !expected;
    free(expected);
    free(actual);
    if (missing)
        fail_msg("%s does not exist: ANDON_GOLDEN=rewrite writes it", path);
    if (!wanted && !same)
        fail_msg("%s differs; after a look, ANDON_GOLDEN=rewrite accepts it", name);
}
