/*
 * report: what `andon report alarms` prints: the metrics of the alarm system in a period, for one position or all, in four formats.
 */
#ifndef ANDON_CLI_REPORT_H
#define ANDON_CLI_REPORT_H

#include <stdio.h>

#include "core/alarm_metrics.h"
#include "core/period.h"
#include "core/plant.h"

enum { REPORT_TOP = METRICS_TOP, REPORT_TIME = 48 };

struct report {
    const struct alarm_metrics *metrics; /* closed */
    const char *site, *position;         /* titles; position: the name of the only one that is told, or NULL */
    const struct zone *zone;
    struct period period;
    int64_t made_ms;
};

typedef void report_write(const struct report *report, FILE *out);
report_write report_text, report_csv, report_json, report_html;

/* What an alarm would have done with other settings (`--what-if`), counted in the cache at `path`; an exit status. */
enum report_whatif_format { WHATIF_AS_TEXT, WHATIF_AS_CSV, WHATIF_AS_JSON };
struct report_whatif_request {
    const struct plant *plant;
    const char *path, *text;             /* text: see core/whatif_ask.h */
    struct period period;
    enum report_whatif_format format;
};
int report_whatif(const struct report_whatif_request *request);

/* The positions that are told, by their place: the next one from `at` on, or NULL. */
const struct position_metrics *report_next(const struct report *report, size_t *at);
/* "2024-06-12T06:00:00.000+02:00" */
void report_time(const struct zone *zone, int64_t ms, char out[REPORT_TIME]);
/* The alarms that are told of a position: the ten most frequent, and behind them what chatters, was fleeting or stands. */
bool report_tells(const struct position_metrics *p, size_t alarm);

#endif
