/*
 * export: what the parts of `andon export` share: samples (export.c), events (export_journal.c), accounts and stops (export_accounts.c),
 * energy (export_energy.c).
 */
#ifndef ANDON_CLI_EXPORT_H
#define ANDON_CLI_EXPORT_H

#include "cli/rows.h"
#include "io/history.h"

enum { EXPORT_TIME = 48 };

/* UTC as iso_text() has it when `zone` is NULL, else local with its offset. */
void export_time(const struct zone *zone, int64_t ms, char out[EXPORT_TIME]);

struct journal_request {
    int64_t from_ms, to_ms;
    uint32_t kinds;          /* 0: all */
    const char *find;
    char *const *patterns;   /* of paths; none: all */
    size_t pattern_count;
    enum rows_format format;
    const struct zone *zone; /* NULL: UTC */
};

/* The kinds of a group of events or of one kind by its name; false has told what there is. */
bool journal_kind(const char *name, uint32_t *kinds);
/* Writes the events, the oldest first; an exit status. */
int export_journal(struct history *history, const struct journal_request *request);
/* Writes the cells of accounts, or the stops that began in the stretch, the oldest first; `kinds` and `find` play no part. An exit status. */
int export_accounts(struct history *history, const struct journal_request *request, bool stops);

struct energy_request {
    struct journal_request common; /* `kinds` and `find` play no part; patterns are of the keys of meters */
    const struct plant *plant;
    enum energy_step step;
    bool cells;              /* shifts, products, crews and orders apart */
};

/* 15m, 1h, 1d or month; false has told so. */
bool export_energy_step(const char *text, enum energy_step *step);
/* Writes what meters measured, by days and then by meters. An exit status. */
int export_energy(struct history *history, const struct energy_request *request);

#endif
