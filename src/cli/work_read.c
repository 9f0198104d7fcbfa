/*
 * Reading what a report on production tells: accounts cell by cell, line by line, which are added to the parts of the period that they lie in; stops;
 * of a handover the alarms, calls and notes. One batch is the last for all of it, so that no half of an amendment is told.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/work.h"
#include "core/chunk.h"
#include "core/memory.h"
#include "io/history.h"

enum { CARRIED_MS = 8 * 86400000 /* a stop may have begun so long before the period and last into it */ };

struct reading {
    struct work *work;
    struct history *history;
    uint64_t until_seq;
    struct error *err;
};

/* ---- accounts ---- */

static bool read_accounts(struct reading *r, struct work_line *line)
{
    struct work *work = r->work;
    struct account_row *rows = NULL;
    size_t count = 0;
    struct account_query query = {.path = line->path, .by = BY_CELL, .from_ms = line->period.from_ms,
        .to_ms = line->period.to_ms < line->facts_to_ms ? line->period.to_ms : line->facts_to_ms, .until_seq = r->until_seq};
    if (!history_accounts(r->history, &query, &rows, &count, r->err))
        return false;
    for (size_t i = 0; i < count; i++)
        work_told(work, line, &rows[i].cell);
    free(rows);
    return true;
}

static bool read_defects(struct reading *r, struct work_line *line)
{
    struct account_row *rows = NULL;
    size_t count = 0;
    struct account_query query = {.path = line->path, .by = BY_DEFECT, .from_ms = line->period.from_ms,
        .to_ms = line->period.to_ms < line->facts_to_ms ? line->period.to_ms : line->facts_to_ms, .until_seq = r->until_seq};
    if (!history_accounts(r->history, &query, &rows, &count, r->err))
        return false;
    for (size_t i = 0; i < count; i++)
        work_defect(line, rows[i].defect, rows[i].defects);
    free(rows);
    return true;
}

static void close_line(struct work *work, struct work_line *line)
{
    work_fill(work, line, &line->shifts);
    if (work->by == BY_HOUR)
        work_fill(work, line, &line->parts);
    if (work->by == BY_DAY || work->by == BY_CREW)
        work_gather(&line->shifts, work->by, &line->parts);
    for (size_t p = 0; p < line->shifts.count; p++)
        account_add(&line->sum, &line->shifts.rows[p].sum);
    work_rank(line);
}

/* Lines that no configuration names: what the cache has accounts of. */
static bool find_lines(struct reading *r, const struct work_request *request)
{
    struct account_row *rows = NULL;
    size_t count = 0;
    struct account_query query = {.path = "", .below = true, .by = BY_NODE, .from_ms = r->work->period.from_ms, .to_ms = r->work->period.to_ms, .until_seq = r->until_seq};
    if (!history_accounts(r->history, &query, &rows, &count, r->err))
        return false;
    for (size_t i = 0; i < count; i++)
        work_add_line(r->work, rows[i].path, request);
    free(rows);
    return true;
}

/* ---- stops ---- */

static bool read_stops(struct reading *r, struct work_line *line)
{
    const struct work *work = r->work;
    char path[256];
    size_t count = 0, kept = 0;
    snprintf(path, sizeof path, "%s", line->path);
    if (line->node != NO_NODE && work->plant->nodes[line->node].constraint != NO_NODE && work->plant->nodes[line->node].level == LEVEL_LINE)
        plant_node_path(work->plant, work->plant->nodes[line->node].constraint, path, sizeof path);
    if (!history_stops(r->history, path, line->period.from_ms - CARRIED_MS, line->period.to_ms, r->until_seq, WORK_STOPS, &line->stops, &count, &line->stops_cut, r->err))
        return false;
    for (size_t s = 0; s < count; s++) {
        const struct stop_version *v = &line->stops[s];
        bool own = line->node == NO_NODE || strcmp(v->path, path) == 0;
        if (own && work_stop_ms(line, &v->stop) > 0)
            line->stops[kept++] = *v;
    }
    line->stop_count = kept;
    work_weigh(line);
    return true;
}

/* ---- a handover ---- */

static void count_alarm(void *arg, const struct alarm_mark *mark)
{
    struct work *work = arg;
    if (mark->what != ALARM_RAISED || !mark->annunciated || mark->ms < work->period.from_ms || mark->ms >= work->period.to_ms)
        return;
    for (size_t l = 0; l < work->line_count; l++) {
        struct work_line *line = &work->lines[l];
        size_t length = strlen(line->path);
        if (strncmp(mark->key, line->path, length) == 0 && (mark->key[length] == '/' || mark->key[length] == '.'))
            line->alarms++;
    }
}

static bool read_events(struct reading *r, enum event_kind kind, struct event **events, size_t *count, bool *cut)
{
    struct event_query query = {.path = "", .find = "", .kinds = UINT32_C(1) << kind, .from_ms = r->work->period.from_ms, .to_ms = r->work->period.to_ms, .rows = WORK_NOTES,
        .until_seq = r->until_seq};
    size_t all = 0, kept = 0;
    if (!history_events(r->history, &query, events, &all, cut, r->err))
        return false;
    for (size_t e = all; e-- > 0;) /* the newest comes first: turned round */
        if (e < all / 2) {
            struct event swap = (*events)[e];
            (*events)[e] = (*events)[all - 1 - e];
            (*events)[all - 1 - e] = swap;
        }
    for (size_t e = 0; e < all; e++)
        if (work_concerns(r->work, (*events)[e].path))
            (*events)[kept++] = (*events)[e];
    *count = kept;
    return true;
}

static bool read_handover(struct reading *r)
{
    struct work *work = r->work;
    bool cut = false;
    return history_alarms(r->history, work->period.from_ms, work->period.to_ms, r->until_seq, count_alarm, work, r->err) &&
           read_events(r, EVENT_CALL, &work->called, &work->called_count, &cut) && read_events(r, EVENT_NOTE, &work->notes, &work->note_count, &work->notes_cut);
}

/* ---- all of it ---- */

/* A period from cut to cut of a calendar, no later than what is kept, and no earlier than the shift in which that begins; to where facts tell it. */
static struct period cut_period(const struct work *work, struct period period, const struct calendar *calendar, int64_t *facts_to_ms)
{
    struct shift_at first;
    *facts_to_ms = calendar_cut_before(calendar, work->zone, work->newest_ms);
    period.from_ms = calendar_cut_before(calendar, work->zone, period.from_ms);
    if (period.to_ms < *facts_to_ms)
        period.to_ms = calendar_cut_after(calendar, work->zone, period.to_ms - 1);
    else if (period.to_ms > work->newest_ms)
        period.to_ms = work->newest_ms;
    calendar_at(calendar, work->zone, work->kept_from_ms, &first);
    period.from_ms = period.from_ms < first.from_ms ? first.from_ms : period.from_ms;
    return period;
}

/* A handover tells each line's own shift, the one that the middle of what was asked for lies in. */
static struct period own_period(const struct work *work, const struct calendar *calendar)
{
    struct shift_at at;
    calendar_at(calendar, work->zone, work->asked.from_ms + (work->asked.to_ms - work->asked.from_ms) / 2, &at);
    return work->shift && at.planned && !calendar->always ? (struct period){at.from_ms, at.to_ms} : work->asked;
}

static bool settle(struct reading *r, const struct work_request *request)
{
    struct work *work = r->work;
    int64_t begin = 0, end = 0, facts_to_ms;
    if (!history_span(r->history, &work->kept_from_ms, &work->newest_ms, &r->until_seq, r->err)) {
        if (!r->err->text[0])
            error_set(r->err, "nothing is kept yet");
        return false;
    }
    if (!history_account_span(r->history, &begin, &end, r->err))
        return false;
    work->kept_from_ms = begin ? begin : work->kept_from_ms;
    work->period = cut_period(work, work->asked, work_calendar(work->plant, request->paths, request->path_count), &facts_to_ms);
    return work->period.from_ms < work->period.to_ms || error_set(r->err, "nothing is kept of that period");
}

static bool read_all(struct reading *r, const struct work_request *request, const char *path)
{
    struct work *work = r->work;
    if (!settle(r, request) || !work_choose(work, request, r->err) || (work->line_count == 0 && !find_lines(r, request)))
        return false;
    if (work->line_count == 0)
        return error_set(r->err, "there are no lines: neither the configuration nor the cache names one");
    bool tail = work->shift; /* for the calls that are open at its end */
    for (size_t l = 0; l < work->line_count; l++) {
        struct work_line *line = &work->lines[l];
        line->title = line->title ? line->title : line->path;
        line->period = cut_period(work, own_period(work, line->calendar), line->calendar, &line->facts_to_ms);
        tail = tail || line->period.to_ms > line->facts_to_ms;
        work_lay(work, line, BY_SHIFT, &line->shifts);
        if (work->by == BY_HOUR)
            work_lay(work, line, BY_HOUR, &line->parts);
        if (!read_accounts(r, line) || !read_defects(r, line) || !read_stops(r, line))
            return false;
    }
    if (tail)
        work->untold = !work_tail(work, path);
    for (size_t l = 0; l < work->line_count; l++)
        close_line(work, &work->lines[l]);
    work_add_up(work);
    if (!request->without_energy)
        work_energy(work, path);
    return !work->shift || read_handover(r);
}

bool work_read(struct work *work, const char *path, const struct work_request *request, struct error *err)
{
    err->text[0] = '\0';
    *work = (struct work){.plant = request->plant, .zone = &request->plant->zone, .shift = request->shift, .at = request->at, .period = request->period, .asked = request->period,
        .by = request->by, .units = request->units, .made_ms = request->now_ms};
    struct reading r = {.work = work, .history = history_open(path, err), .err = err};
    if (!r.history)
        return false;
    bool good = read_all(&r, request, path);
    history_close(r.history);
    if (!good)
        work_finish(work);
    return good;
}

void work_finish(struct work *work)
{
    for (size_t l = 0; l < work->line_count; l++) {
        free(work->lines[l].shifts.rows);
        free(work->lines[l].parts.rows);
        free(work->lines[l].reasons);
        free(work->lines[l].defects);
        free(work->lines[l].stops);
    }
    work_energy_finish(work);
    free(work->lines);
    free(work->sums);
    free(work->calls);
    free(work->dues);
    free(work->notes);
    free(work->called);
    *work = (struct work){.by = BY_NOTHING};
}
