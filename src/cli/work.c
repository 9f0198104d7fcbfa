/*
 * The command's part of the reports on production: what is asked for, and where it goes.
 */
#include "cli/work.h"

#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/common.h"

enum { TARGET_DIGITS = 16 };

static const struct { const char *name; enum account_by by; bool units; } parts[] = {
    {"hour", BY_HOUR, false}, {"shift", BY_SHIFT, false}, {"day", BY_DAY, false}, {"product", BY_PRODUCT, false}, {"crew", BY_CREW, false}, {"order", BY_ORDER, false},
    {"unit", BY_NOTHING, true},
};

static const struct { const char *name; work_write *write; } formats[] = {{"text", work_text}, {"csv", work_csv}, {"json", work_json}, {"html", work_html}};

/* "85%", "85 %" or "0.85". */
static bool read_target(const char *text, double *target)
{
    char number[TARGET_DIGITS];
    size_t length = strlen(text);
    bool percent = length > 0 && text[length - 1] == '%';
    double share;
    if (percent && length - 1 < sizeof number) {
        memcpy(number, text, length - 1);
        number[length - 1] = '\0';
        if (length > 1 && number[length - 2] == ' ')
            number[length - 2] = '\0';
        text = number;
    }
    if (!cli_number("target", text, 0, percent ? 100 : 1, &share))
        return false;
    *target = percent ? share / 100 : share;
    return *target > 0 || (cli_fail(CLI_WRONG, "--target %s: 0 is no target", text), false);
}

bool work_asked(const char *by, const char *target, const char *format, struct work_request *r, work_write **write)
{
    bool found = !by;
    for (size_t p = 0; by && p < sizeof parts / sizeof parts[0]; p++)
        if (strcmp(parts[p].name, by) == 0) {
            r->by = parts[p].by;
            r->units = parts[p].units;
            found = true;
        }
    if (!found)
        return cli_fail(CLI_WRONG, "--by %s: hour, shift, day, product, crew, order or unit is wanted", by), false;
    for (size_t f = 0; f < sizeof formats / sizeof formats[0]; f++)
        if (strcmp(formats[f].name, format ? format : "text") == 0)
            *write = formats[f].write;
    if (!*write)
        return cli_fail(CLI_WRONG, "--format %s: text, csv, json or html is wanted", format), false;
    return !target || read_target(target, &r->target);
}

int work_report(const char *path, const struct work_request *request, work_write *write)
{
    struct work work;
    struct error err;
    if (!work_read(&work, path, request, &err))
        return cli_fail(CLI_FAILED, "%s", err.text);
    write(&work, stdout);
    work_finish(&work);
    return fflush(stdout) != 0 || ferror(stdout) ? common_unwritten() : CLI_DONE;
}
