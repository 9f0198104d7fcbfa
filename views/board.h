/*
 * board: what its files share: the hours of one shift of one line, and the row of each other line under them.
 */
#ifndef ANDON_VIEWS_BOARD_H
#define ANDON_VIEWS_BOARD_H

#include "draw/table.h"
#include "views/figures.h"

enum { BOARD_HOURS = 48, BOARD_COLUMNS = 10 };

/* One local hour of the shift, or the part of it that lies in the shift. */
struct board_hour {
    int64_t from_ms, to_ms;
    int64_t break_ms;
    int64_t since_ms;    /* where what is known of it begins; from_ms: it is known from its beginning */
    double plan;         /* of all that is known of it; of the running hour `due` is the part up to now; NAN: there is no plan */
    double due;          /* by now, of what is known: what was forgotten plans nothing */
    struct account sum;
    double difference, running; /* actual less due, and the sum of that since the shift began */
    bool over, now, known;
    char why[STOP_WORDS + 24]; /* what cost most of it; "" when it is as planned */
    bool proposed;
};

struct board_page {
    const struct scene *scene;
    uint32_t line;
    struct shift_at shift;
    struct board_hour hours[BOARD_HOURS];
    size_t count;
    bool breaks, loading;
    struct account sum;
    double due, plan, forecast;
    struct table_column columns[BOARD_COLUMNS];
};

/* The hours of the line's shift that holds a moment. */
void board_page_make(struct board_page *page, const struct scene *scene, uint32_t line, int64_t at_ms, bool why);

#endif
