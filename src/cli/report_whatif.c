/*
 * andon report alarms --what-if: the settings that were asked for, each by itself through the engine over the same samples of the cache, side by side.
 * The first row is the alarm as it is configured.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "app/backtest.h"
#include "cli/cli.h"
#include "cli/common.h"
#include "cli/report.h"
#include "cli/rows.h"
#include "core/number.h"
#include "core/timestamp.h"
#include "core/whatif_ask.h"

enum { COLUMNS = 9, DAY_MS = 86400000 };

static const char *const names[COLUMNS] = {"raises", "a_day", "chattering", "fleeting", "active", "longest_ms", "samples", "changed", "settings"};

struct outcome_row {
    struct whatif_counts counts;
    double a_day, active; /* active: share of the time */
};

static bool count_rows(const struct report_whatif_request *r, const struct whatif_ask *ask, struct outcome_row *rows, struct error *err)
{
    double ms = (double)(r->period.to_ms - r->period.from_ms);
    struct history *history = history_open(r->path, err);
    bool good = history != NULL;
    for (size_t v = 0; v < ask->count && good; v++) {
        struct whatif *whatif = whatif_ask_create(ask, r->plant, v);
        good = backtest_run(history, whatif, r->period.from_ms, r->period.to_ms, err);
        rows[v].counts = *whatif_counts(whatif);
        rows[v].a_day = (double)rows[v].counts.raises * DAY_MS / ms;
        rows[v].active = (double)rows[v].counts.active_ms / ms;
        whatif_destroy(whatif);
    }
    if (history)
        history_close(history);
    return good;
}

/* ---- how it is told ---- */

static void tell_text(const struct report_whatif_request *r, const struct whatif_ask *ask, const struct outcome_row *rows, FILE *out)
{
    char text[PERIOD_TEXT], day[NUMBER_TEXT], active[NUMBER_TEXT], longest[SPAN_TEXT];
    period_text(&r->plant->zone, r->period, text);
    fprintf(out, "%s: what if, %s\n\n", ask->key, text);
    fprintf(out, "  %8s %8s %10s %8s %8s %8s  %s\n", "RAISES", "A DAY", "CHATTERING", "FLEETING", "ACTIVE", "LONGEST", "SETTINGS");
    for (size_t v = 0; v < ask->count; v++) {
        const struct whatif_counts *c = &rows[v].counts;
        number_text(rows[v].a_day, 1, true, day);
        number_text(100 * rows[v].active, 1, false, active);
        span_text(c->longest_ms, longest);
        fprintf(out, "  %8" PRIu64 " %8s %10" PRIu64 " %8" PRIu64 " %6s %% %8s  %s\n", c->raises, day, c->chattering, c->fleeting, active, longest, ask->variants[v].settings);
    }
}

static void tell_rows(const struct whatif_ask *ask, const struct outcome_row *rows, FILE *out)
{
    struct rows csv;
    rows_begin(&csv, out, ROWS_CSV, names, COLUMNS);
    for (size_t v = 0; v < ask->count; v++) {
        const struct whatif_counts *c = &rows[v].counts;
        const char *settings = ask->variants[v].settings;
        const struct sql_field fields[COLUMNS] = {{.kind = SQL_INT, .i = (int64_t)c->raises}, {.kind = SQL_REAL, .d = rows[v].a_day}, {.kind = SQL_INT, .i = (int64_t)c->chattering},
            {.kind = SQL_INT, .i = (int64_t)c->fleeting}, {.kind = SQL_REAL, .d = rows[v].active}, {.kind = SQL_INT, .i = c->longest_ms}, {.kind = SQL_INT, .i = (int64_t)c->samples},
            {.kind = SQL_INT, .i = ask->variants[v].change_count > 0}, {.kind = SQL_TEXT, .text = settings, .length = strlen(settings)}};
        rows_put(&csv, fields);
    }
    rows_end(&csv);
}

static void json_time(const struct report_whatif_request *r, FILE *out, const char *name, int64_t ms)
{
    char time[REPORT_TIME];
    report_time(&r->plant->zone, ms, time);
    fprintf(out, "\"%s\": \"%s\", ", name, time);
}

static void tell_json(const struct report_whatif_request *r, const struct whatif_ask *ask, const struct outcome_row *rows, FILE *out)
{
    fprintf(out, "{\"%s\": ", ask->alarm != NO_ALARM ? "alarm" : "tag");
    rows_json_text(out, ask->key, strlen(ask->key));
    fputs(", ", out);
    json_time(r, out, "from", r->period.from_ms);
    json_time(r, out, "to", r->period.to_ms);
    fputs("\"variants\": [", out);
    for (size_t v = 0; v < ask->count; v++) {
        const struct whatif_counts *c = &rows[v].counts;
        fprintf(out, "%s{\"raises\": %" PRIu64 ", \"a_day\": %.17g, \"chattering\": %" PRIu64 ", \"fleeting\": %" PRIu64 ", \"active\": %.17g, \"longest_ms\": %" PRId64 ", \"samples\": %" PRIu64
            ", \"changed\": %s, \"settings\": ", v ? ", " : "", c->raises, rows[v].a_day, c->chattering, c->fleeting, rows[v].active, c->longest_ms, c->samples,
            ask->variants[v].change_count ? "true" : "false");
        rows_json_text(out, ask->variants[v].settings, strlen(ask->variants[v].settings));
        fputs("}", out);
    }
    fputs("]}\n", out);
}

int report_whatif(const struct report_whatif_request *r)
{
    static struct whatif_ask ask; /* too large for a stack */
    struct outcome_row rows[WHATIF_ROWS];
    struct error err = {.text = ""};
    if (!whatif_ask_read(&ask, r->plant, r->text, &err))
        return cli_fail(CLI_WRONG, "--what-if: %s", err.text);
    if (!count_rows(r, &ask, rows, &err))
        return cli_fail(CLI_FAILED, "%s", err.text);
    switch (r->format) {
    case WHATIF_AS_TEXT: tell_text(r, &ask, rows, stdout); break;
    case WHATIF_AS_CSV: tell_rows(&ask, rows, stdout); break;
    case WHATIF_AS_JSON: tell_json(r, &ask, rows, stdout); break;
    }
    return fflush(stdout) != 0 || ferror(stdout) ? common_unwritten() : CLI_DONE;
}
