/*
 * The command's part of the report on energy: what is asked for, and where it goes.
 */
#include "cli/meters.h"

#include <string.h>

#include "cli/cli.h"
#include "cli/common.h"

static const struct { const char *name; meters_write *write; } formats[] = {{"text", meters_text}, {"csv", meters_csv}, {"json", meters_json}, {"html", meters_html}};

bool meters_asked(const char *by, const char *format, struct meters_request *r, meters_write **write)
{
    bool found = !by;
    for (int b = METERS_BY_QUARTER; by && b < METERS_BYS; b++)
        if (strcmp(meters_by_names[b], by) == 0) {
            r->by = (enum meters_by)b;
            found = true;
        }
    if (!found)
        return cli_fail(CLI_WRONG, "--by %s: quarter, hour, day, month, shift, crew, product, order or rate is wanted", by), false;
    for (size_t f = 0; f < sizeof formats / sizeof formats[0]; f++)
        if (strcmp(formats[f].name, format ? format : "text") == 0)
            *write = formats[f].write;
    return *write || (cli_fail(CLI_WRONG, "--format %s: text, csv, json or html is wanted", format), false);
}

int meters_report(const char *path, const struct meters_request *request, meters_write *write)
{
    struct meters meters;
    struct error err;
    if (!meters_read(&meters, path, request, &err))
        return cli_fail(CLI_FAILED, "%s", err.text);
    write(&meters, stdout);
    meters_finish(&meters);
    return fflush(stdout) != 0 || ferror(stdout) ? common_unwritten() : CLI_DONE;
}
