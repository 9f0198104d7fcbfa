/*
 * work: what `andon report oee` and `andon report shift` tell: where the time of lines went in a period and what they produced, from the cache's accounts
 * and stops (core/account.h). Figures of several lines, and of any period, are of the sum of their accounts; shares are never averaged.
 *
 *     struct work work;
 *     if (work_read(&work, path, &request, &err)) work_text(&work, stdout);
 *     work_finish(&work);
 */
#ifndef ANDON_CLI_WORK_H
#define ANDON_CLI_WORK_H

#include <stdio.h>

#include "cli/meters.h"
#include "core/account.h"
#include "core/call.h"
#include "core/error.h"
#include "core/outcome.h"
#include "core/period.h"
#include "core/plant.h"
#include "core/recall.h"

enum { WORK_PATHS = 64, WORK_STOPS = 100000 /* of one line at most */, WORK_NOTES = 1000, WORK_TITLE = 128, WORK_TIME = 32 };

/* A part of the period: an hour, shift, day, product, order or crew. */
struct work_part {
    int64_t from_ms, to_ms;        /* of products, orders and crews: the extremes */
    int64_t told_from_ms, told_to_ms; /* the extremes of what the cache holds of it; equal: nothing */
    int64_t shift_ms;              /* of an hour or shift: when its shift began */
    int32_t day;
    bool planned, on_calendar;     /* a shift is on; its length is known: what nobody told of it is unknown */
    char name[WORK_NAME], crew[CREW_NAME];
    struct account sum;
};

struct work_parts {
    struct work_part *rows;
    size_t count, capacity;
};

/* Stops of one reason. */
struct work_reason {
    char title[WORK_TITLE];        /* the reason's, else what the machine said, else "no reason given" */
    bool given;                    /* somebody gave it */
    enum time_category category;   /* of the first */
    int64_t ms, longest_ms;
    uint32_t times;
};

/* Defects of one kind. */
struct work_defect { char title[DEFECT_TEXT]; uint64_t count; };

struct work_line {
    char path[256];
    const char *title;
    uint32_t node;                 /* in the plant; NO_NODE: only the cache knows it */
    bool counts;                   /* to the sums of areas and site: a line, or a unit where there are no lines */
    double target;                 /* OEE that is wanted; 0: none */
    const struct calendar *calendar;
    struct period period;          /* from cut to cut of its calendar */
    int64_t facts_to_ms;           /* a cut: what begins at it or later is in no fact, or not in all */
    struct account sum;            /* of the period */
    struct work_parts shifts, parts; /* parts: as was asked for; empty when by shift or by nothing */
    struct work_reason *reasons;   /* the most time first */
    size_t reason_count;
    struct work_defect *defects;   /* the most frequent first, "others" last */
    size_t defect_count, defect_capacity;
    struct stop_version *stops;    /* newest first */
    size_t stop_count;
    bool stops_cut;
    uint64_t alarms;               /* raises that people were meant to see */
};

/* A call that is open, with what it means in the configuration of its moment. */
struct work_call { struct call call; char path[256], kind[WORK_TITLE]; };

/* What will be due, as it was to be seen at the end of the period. */
struct work_due { char path[256], when[WORK_TIME], title[WORK_TITLE], left[WORK_TITLE], text[WORK_TITLE]; int64_t at_ms, run_left_ms; bool over; };

/* An area, or the site: the sum of its lines. */
struct work_sum { const char *title; char path[256]; size_t lines; struct account_group group; };

struct work {
    const struct plant *plant;     /* whose texts are used; borrowed */
    const struct zone *zone;
    bool shift;                    /* a handover: one shift, with stops, calls and notes */
    struct period period;          /* what is told: from cut to cut of the first line's calendar, no later than what is kept */
    struct period asked;
    int64_t kept_from_ms, newest_ms; /* what the cache holds */
    bool untold;                   /* what is in no fact could not be read: what came since the last cut, open calls */
    int64_t made_ms;
    struct shift_at at;            /* of a handover */
    enum account_by by;
    bool units;
    struct work_line *lines;
    size_t line_count;
    struct work_sum *sums;         /* areas, then the site */
    size_t sum_count;
    struct work_call *calls;       /* open at the end of the period, oldest first */
    size_t call_count;
    struct work_due *dues;         /* of a handover: what will be due, the first first */
    size_t due_count;
    struct event *notes, *called;  /* by time: notes; what was done about calls */
    size_t note_count, called_count;
    bool notes_cut;
    struct meters *used;           /* energy of lines and sums, by carrier: those whose periods are the same in one */
    size_t used_count;
};

typedef void work_write(const struct work *work, FILE *out);
work_write work_text, work_csv, work_json, work_html;

struct work_request {
    const struct plant *plant;
    bool shift, units;
    struct period period;
    struct shift_at at;            /* of a handover */
    enum account_by by;
    double target;                 /* for all lines, 0: each its own */
    const char *const *paths;      /* of nodes, or patterns; none: every line */
    size_t path_count;
    int64_t now_ms;
    bool without_energy;
};

/* ---- the command's part (work.c) ---- */

/* What --by, --target and --format say (NULL: nothing). False has told what is wrong. */
bool work_asked(const char *by, const char *target, const char *format, struct work_request *request, work_write **write);
/* Reads and writes it to standard output; an exit status. */
int work_report(const char *path, const struct work_request *request, work_write *write);

/* ---- which lines (work_lines.c) ---- */

/* The lines (and units) that are wanted. False: a path names none; err says which. */
bool work_choose(struct work *work, const struct work_request *request, struct error *err);
/* One that only the cache knows, when it is wanted. */
void work_add_line(struct work *work, const char *path, const struct work_request *request);
/* Is a path that of a line that is told, or above or below one? */
bool work_concerns(const struct work *work, const char *path);
/* The calendar of what is wanted, by which its shift is: of its first line. */
const struct calendar *work_calendar(const struct plant *plant, const char *const *paths, size_t path_count);
/* The shift that a moment lies in, else the last before it; `over`: that had ended by then. False: there is none within 60 days. */
bool work_shift_at(const struct plant *plant, const struct calendar *calendar, int64_t ms, bool over, struct shift_at *out);
/* Areas and the site, from their lines. */
void work_add_up(struct work *work);

/* False: err says why, and there is nothing to finish. */
bool work_read(struct work *work, const char *path, const struct work_request *request, struct error *err);
void work_finish(struct work *work);

/* ---- what is in no fact yet (work_tail.c) ---- */

/* Adds what has happened since each line's last cut, up to the end of the period, and of a handover the calls that are open then. False: it cannot be told. */
bool work_tail(struct work *work, const char *path);

/* ---- energy (work_energy.c) ---- */

/* Energy is beside the point: a report that cannot be told of it is one without. */
void work_energy(struct work *work, const char *path);
void work_energy_finish(struct work *work);
/* All carriers of a line or sum together. NAN: unknown; what has no price, or no kWh, is not in it. */
struct work_used { double kwh, cost, carbon /* kg */, specific /* kWh for each good piece */, idle /* share */; };
struct work_used work_used_at(const struct work *work, const char *path);
void work_energy_text(const struct work *work, FILE *out);
void work_energy_html(const struct work *work, FILE *out);
/* , "energy": [...] */
void work_energy_json(const struct work *work, const char *path, FILE *out);

/* ---- parts (work_parts.c) ---- */

/* Books a cell of a line to the parts that are kept of it. */
void work_told(struct work *work, struct work_line *line, const struct account_cell *cell);

/* So many more defects of a line; and when all are told, their order. */
void work_defect(struct work_line *line, const char *title, uint64_t count);
void work_rank(struct work_line *line);
uint64_t work_defects(const struct work_line *line);

/* The parts of the period by the calendar: BY_SHIFT or BY_HOUR. */
void work_lay(const struct work *work, const struct work_line *line, enum account_by by, struct work_parts *parts);
/* What nobody told of parts on the calendar is unknown, a break or not scheduled. */
void work_fill(const struct work *work, const struct work_line *line, struct work_parts *parts);
/* Shifts added up by day or crew. */
void work_gather(const struct work_parts *shifts, enum account_by by, struct work_parts *parts);
/* Fills in the line's reasons from its stops. */
void work_weigh(struct work_line *line);
/* How long a stop lasted within its line's period. */
int64_t work_stop_ms(const struct work_line *line, const struct stop *stop);

/* ---- words (work_words.c) ---- */

/* "78.4 %", "-" of what is undefined. */
void work_share(double share, char out[WORK_TIME]);
/* "47.0" minutes. */
void work_minutes(double ms, char out[WORK_TIME]);
/* "7:59:30" hours, minutes and seconds. */
void work_hours(double ms, char out[WORK_TIME]);
/* Pieces, "-" of what is not known. */
void work_pieces(double pieces, char out[WORK_TIME]);
/* "2024-06-12 06:00" */
void work_moment(const struct work *work, int64_t ms, char out[WORK_TIME]);
/* What a part is called: "2024-06-12 early, crew A". */
void work_part_title(const struct work *work, enum account_by by, const struct work_part *part, char out[WORK_TITLE]);
/* "Works: production, Wed 2024-06-12 06:00 - 14:00" */
void work_title(const struct work *work, char *out, size_t cap);
/* What is to be known of all of it: that there is no calendar, that the period was cut. One sentence for each i from 0 on; false: there are no more. */
bool work_remark(const struct work *work, size_t i, char *out, size_t cap);
/* The figures of an account, or (not NULL) of a group of lines, of which it is the sum. */
struct kpis work_kpis(const struct account *sum, const struct account_group *group);
/* What is to be known beside the figures: why they are undefined, "standard too slow?", whom they leave out; "" for nothing. */
enum { WORK_NOTE = 64 };
void work_note(const struct account *sum, const struct account_group *group, char out[WORK_NOTE]);
/* The reason of a stop in words, and whether somebody gave it. */
bool work_stop_words(const struct stop_version *version, char out[WORK_TITLE]);
/* The parts that tell the trend: those asked for, else the shifts. */
const struct work_parts *work_trend(const struct work *work, const struct work_line *line, enum account_by *by);

#endif
