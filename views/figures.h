/*
 * figures: what several views say of production: how a shift stands against its plan, shares in words, shifts, stops and their reasons. All of it is
 * read from the model's accounts and stops (core/account.h), so that the line, the hour board and the OEE view cannot differ.
 */
#ifndef ANDON_VIEWS_FIGURES_H
#define ANDON_VIEWS_FIGURES_H

#include <assert.h>

#include "core/plan.h"
#include "views/common.h"

enum { SHARE_TEXT = 16, SHIFT_TEXT = 80, STOP_WORDS = STOP_MESSAGE + REASON_PATH };
static_assert((int)FOCUS_STOPS > (int)STOP_WORDS, "a focus can name what is said of stops");

/* ---- texts ---- */

/* "78.4" percent of a share, "-" of what is undefined. */
void share_text(double share, char out[SHARE_TEXT]);
/* As whole milliseconds; what is beyond a thousand years is those. */
int64_t whole_ms(double ms);
/* "+11", "-34", "0", "-" */
void signed_text(double pieces, char out[NUMBER_TEXT]);
/* Whole pieces, with blanks between thousands, "-" of what is not known. */
void pieces_text(double pieces, int width, char out[NUMBER_TEXT]);
/* "Early 06-14 crew C": the longest that fits in w cells; "" when no shift is on and nothing is to be said. */
void shift_text(const struct zone *zone, const struct shift_at *shift, int w, char out[SHIFT_TEXT]);
/* "14:00", or with its day when it is another than now's: "Wed 06:00". */
void ready_text(const struct model *model, int64_t ms, char out[SPAN_TEXT]);
/* Beyond plan or target: colour only on a miss. NAN on either side is none. */
enum cell_role miss_role(double value, double wanted);
/* Why OEE is not there, or what is to be known beside it; "" for nothing: "no planned time", "needs ideal_cycle", "standard too slow?", "no calendar: 24/7". */
void account_note(const struct plant *plant, uint32_t node, const struct account *a, char *out, size_t cap);

/* ---- a shift and its plan ---- */

/* Of a line or unit in the shift that it is in; plans are NAN when nobody said what is wanted. */
struct shift_figures {
    struct shift_at shift;
    struct account sum;        /* since its beginning, or since known_from_ms when that is later */
    struct kpis kpis;
    int64_t known_from_ms;
    int64_t planned_ms, passed_ms; /* planned time of the whole shift, and from known_from_ms to now */
    double plan, plan_so_far;  /* from known_from_ms to its end, and to now */
    double forecast;           /* good pieces at its end, if it goes on as it went; NAN while too little of it is over */
};
void shift_figures(const struct model *model, uint32_t node, struct shift_figures *out);
/* Takes the time from from_ms to known_from_ms out again, which model_account() gave as unknown: where nothing is remembered of a node nothing is said of it. */
void account_forget(const struct model *model, uint32_t node, int64_t from_ms, int64_t known_from_ms, struct account *a);
/* Since when its pieces are counted: the beginning of its shift, or of what is known of it. */
int64_t counted_since(const struct model *model, uint32_t node);
/* Does anything count pieces for it? */
bool node_counts(const struct model *model, uint32_t node);
/* What was planned in [from_ms, to_ms), each product at its own rate; nothing while there was no order, maintenance or cleaning. */
double plan_over(const struct model *model, uint32_t node, int64_t from_ms, int64_t to_ms);
/* The product that a node makes now, "" when nobody says so. Borrowed. */
const char *present_product(const struct model *model, uint32_t node);

/* The order that a line makes; `wanted` is NAN when nobody said how many pieces. */
struct order_figures {
    const char *order, *product; /* borrowed; "" */
    double done, wanted;
    double ahead, ahead_ms;      /* of its plan, negative: behind; NAN without a plan */
    int64_t ready_ms, planned_ms; /* when it will be done as it goes, and by its plan; 0: cannot be told */
};
void order_figures(const struct model *model, uint32_t line, struct order_figures *out);

/* ---- stops ---- */

/* Is it one that a person should give a reason for: it stood, was not planned, is no minor one, and has none? */
bool stop_open(const struct stop *stop);
/* Does the stop belong to this node: its own, or the constraint's of a line, or anything below an area? */
bool stop_of(const struct plant *plant, const struct stop *stop, uint32_t node);
int64_t stop_length_ms(const struct model *model, const struct stop *stop);
/* The reason's title, else the proposal's with "?", else the machine's message, else ""; *role says which. */
void stop_words(const struct plant *plant, const struct stop *stop, char *out, size_t cap, enum cell_role *role);
/* Such words in w cells at x: what is cut keeps its question mark. Returns the column behind them. */
int draw_stop_words(struct surface s, int x, int y, int w, enum cell_role role, const char *words);
/* The state in words: "breakdown", "minor stop", "starved". */
const char *stop_kind(const struct stop *stop);
/* The stops view on a node, with a filter (struct focus, `stops`), of those that lie in [from_ms, to_ms) at least in part; 0 and 0: of any time. */
struct request stops_of_node(const struct scene *scene, uint32_t node, const char *which, int64_t from_ms, int64_t to_ms);
/* As what a stop is summed: its words, else "no reason given", else its kind. */
void lost_title(const struct plant *plant, const struct stop *stop, char out[STOP_WORDS]);
/* Is the stop among those that the filter means? */
bool stop_meant(const struct plant *plant, const struct stop *stop, const char *which);

/* ---- what was lost ---- */

/* Stops of one reason, or without one of one message or kind. */
struct lost {
    uint32_t node;      /* the first one's */
    uint8_t category;   /* enum time_category, the first one's */
    bool open, proposed; /* some lack a reason; the title is only proposed */
    int64_t ms;
    uint32_t times;
    char title[STOP_WORDS];
};
enum { LOST_MOST = 64 };
struct lost_want {
    uint32_t within;
    int64_t from_ms, to_ms;      /* stops are cut to it */
    const char *product, *crew;  /* only of these; NULL: of any */
    bool apart;                  /* those of each node for itself */
    bool by_times;               /* the most frequent first, else those that took most */
};
/* What is beyond LOST_MOST kinds is added to the last row. Returns how many. */
size_t lost_list(const struct model *model, const struct lost_want *want, struct lost out[LOST_MOST]);

/* ---- defects ---- */

enum { DEFECTS_MOST = 64 };
struct defect_sum { char title[DEFECT_TEXT]; uint64_t count; };
struct defects {
    struct defect_sum rows[DEFECTS_MOST]; /* the most frequent first, once they are sorted; "others" are the last */
    size_t count;
    uint64_t sum;
};
/* Does anything report defects at or below a node? */
bool node_reports_defects(const struct plant *plant, uint32_t node);
void defects_add(struct defects *defects, const char *title, uint64_t count);
/* What the model remembers of a line or unit in [from_ms, to_ms), by the beginnings of cells; only of a product or crew, NULL: of any. */
void defects_of(const struct model *model, uint32_t node, int64_t from_ms, int64_t to_ms, const char *product, const char *crew, struct defects *defects);
void defects_sort(struct defects *defects);

#endif
