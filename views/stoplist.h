/*
 * stoplist: what the list of stops and its rows share. A struct stoplist is what the screen keeps: which stops are listed. A struct listing is the list for one
 * call: those that the model remembers, and behind them what the history knows of earlier ones. A struct stop_row is one row of it: a stop, or several minor
 * ones that follow each other and are folded into one row until somebody opens it.
 */
#ifndef ANDON_VIEWS_STOPLIST_H
#define ANDON_VIEWS_STOPLIST_H

#include "draw/table.h"
#include "views/figures.h"

enum stop_column { COL_MARK, COL_START, COL_LENGTH, COL_PLACE, COL_KIND, COL_REASON, COL_WHO, COL_COUNT };
enum stop_tab { TAB_ALL, TAB_OPEN, TAB_NOW, TABS };
enum { STOPS_OPENED = 32 };

struct stop_row {
    size_t index;          /* of the model's stops, or of the history's; of a fold its newest one's */
    bool older;            /* the history's */
    bool opened, within;   /* a fold that is open; a stop that stands below such a fold */
    uint32_t folded;       /* a fold of so many; 0: a stop */
    int64_t ms, from_ms;   /* of a fold: its stops' time together, and when its oldest one began */
    uint32_t places;       /* of a fold: at how many places they were, where it is more than one */
    uint64_t id;
};

struct stoplist {
    struct table table;
    enum stop_tab tab;
    bool everywhere;                       /* not only at the node that one came with */
    bool cleared;                          /* nor only those that one came for */
    char seen[FOCUS_STOPS], node[KEY_BYTES]; /* with what one came */
    int64_t from_ms, to_ms;
    uint64_t opened[STOPS_OPENED];         /* folds, the last one opened first; 0: none */
    struct stop_row *rows;
    size_t row_count, row_capacity;
};

struct listing {
    const struct scene *scene;
    struct stoplist *view;
    const struct stop *stops;
    uint32_t within;
    const char *which;
    int64_t from_ms, to_ms;
    const struct answer *older;
    bool loading;
    size_t counts[TABS];
    struct table_column columns[COL_COUNT];
    bool narrow, wide;
};

void stoplist_make(struct listing *l, struct stoplist *view, const struct scene *scene);
/* One that only the history knows has neither node nor reasons of this configuration; NULL: the model has it. */
const struct stop_version *stoplist_older(const struct listing *l, size_t row);
/* Of a fold its newest stop. */
const struct stop *stoplist_at(const struct listing *l, size_t row);
/* Opens a fold, or closes it. */
void stoplist_fold(struct stoplist *view, uint64_t id);

#endif
