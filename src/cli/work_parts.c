/*
 * A period in its parts. Parts on the calendar (shifts, hours) are laid out first, whether anything is known of them or not; what the cache holds is then
 * added to them, and what remains of their length is what nobody told. So their sum is the period, to the millisecond. Products, orders and crews have
 * no length of their own: they are what the cells say.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/work.h"
#include "core/chunk.h"
#include "core/memory.h"

static struct work_part *another(struct work_parts *parts)
{
    parts->rows = mem_grow(parts->rows, parts->count, &parts->capacity, sizeof *parts->rows);
    struct work_part *part = &parts->rows[parts->count++];
    memset(part, 0, sizeof *part);
    return part;
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t most(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* The local hour that a moment lies in. */
static int64_t hour_of(const struct zone *zone, int64_t ms)
{
    int64_t from, to, offset = zone_steady(zone, ms, &from, &to) * INT64_C(1000), into = (ms + offset) % HOUR_MS;
    return most(ms - (into < 0 ? into + HOUR_MS : into), from);
}

void work_lay(const struct work *work, const struct work_line *line, enum account_by by, struct work_parts *parts)
{
    struct shift_at s;
    for (int64_t t = line->period.from_ms, end; t < line->period.to_ms; t = end) {
        calendar_at(line->calendar, work->zone, t, &s);
        end = by == BY_HOUR ? least(s.to_ms, hour_of(work->zone, t) + HOUR_MS) : s.to_ms;
        struct work_part *part = another(parts);
        part->from_ms = t;
        part->to_ms = least(end, line->period.to_ms);
        part->shift_ms = s.from_ms;
        part->day = s.day;
        part->planned = s.planned;
        part->on_calendar = true;
        snprintf(part->name, sizeof part->name, "%s", s.name);
        snprintf(part->crew, sizeof part->crew, "%s", s.crew);
    }
}

/* Parts are in order of time, and cells mostly come so. */
static struct work_part *part_at(struct work_parts *parts, int64_t ms)
{
    size_t low = 0, high = parts->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (parts->rows[middle].to_ms <= ms)
            low = middle + 1;
        else
            high = middle;
    }
    return low < parts->count && parts->rows[low].from_ms <= ms ? &parts->rows[low] : NULL;
}

static struct work_part *part_named(struct work_parts *parts, const char *name)
{
    for (size_t p = 0; p < parts->count; p++)
        if (strcmp(parts->rows[p].name, name) == 0)
            return &parts->rows[p];
    struct work_part *part = another(parts);
    snprintf(part->name, sizeof part->name, "%s", name);
    part->from_ms = INT64_MAX;
    part->to_ms = INT64_MIN;
    return part;
}

static void widen(struct work_part *part, int64_t from_ms, int64_t to_ms, const struct account *sum)
{
    part->from_ms = least(part->from_ms, from_ms);
    part->to_ms = most(part->to_ms, to_ms);
    account_add(&part->sum, sum);
}

static void book(enum account_by by, const struct account_cell *cell, struct work_parts *parts)
{
    if (by == BY_PRODUCT || by == BY_ORDER) {
        widen(part_named(parts, by == BY_PRODUCT ? cell->product : cell->order), cell->from_ms, cell->to_ms, &cell->sum);
        return;
    }
    struct work_part *part = part_at(parts, cell->from_ms);
    if (!part)
        return;
    account_add(&part->sum, &cell->sum);
    bool first = part->told_from_ms == part->told_to_ms;
    part->told_from_ms = first ? cell->from_ms : least(part->told_from_ms, cell->from_ms);
    part->told_to_ms = first ? cell->to_ms : most(part->told_to_ms, cell->to_ms);
    if (cell->crew[0])
        memcpy(part->crew, cell->crew, sizeof part->crew);
    if (cell->shift[0])
        snprintf(part->name, sizeof part->name, "%s", cell->shift);
}

void work_told(struct work *work, struct work_line *line, const struct account_cell *cell)
{
    book(BY_SHIFT, cell, &line->shifts);
    if (work->by == BY_HOUR || work->by == BY_PRODUCT || work->by == BY_ORDER)
        book(work->by, cell, &line->parts);
}

/* The planned time without breaks, the breaks, and the rest of [from, to). */
static void silence(const struct work *work, const struct work_line *line, int64_t from_ms, int64_t to_ms, struct account *sum)
{
    struct shift_at s;
    for (int64_t t = from_ms, end; t < to_ms; t = end) {
        calendar_at(line->calendar, work->zone, t, &s);
        end = least(s.part_to_ms, to_ms);
        sum->ms[time_category_of(CLASS_UNKNOWN, &s, end - t, 0)] += end - t;
    }
}

void work_fill(const struct work *work, const struct work_line *line, struct work_parts *parts)
{
    for (size_t p = 0; p < parts->count; p++) {
        struct work_part *part = &parts->rows[p];
        if (!part->on_calendar)
            continue;
        bool told = part->told_from_ms < part->told_to_ms;
        silence(work, line, part->from_ms, told ? part->told_from_ms : part->to_ms, &part->sum);
        if (told)
            silence(work, line, part->told_to_ms, part->to_ms, &part->sum);
        int64_t missing = part->to_ms - part->from_ms - account_length_ms(&part->sum);
        if (missing > 0)
            part->sum.ms[part->planned ? TIME_UNKNOWN : TIME_NOT_SCHEDULED] += missing;
    }
}

void work_gather(const struct work_parts *shifts, enum account_by by, struct work_parts *parts)
{
    for (size_t s = 0; s < shifts->count; s++) {
        const struct work_part *shift = &shifts->rows[s];
        char name[WORK_NAME];
        if (by == BY_DAY)
            snprintf(name, sizeof name, "%08d", (int)shift->day);
        else
            snprintf(name, sizeof name, "%s", shift->crew);
        struct work_part *part = part_named(parts, name);
        widen(part, shift->from_ms, shift->to_ms, &shift->sum);
        part->day = shift->day;
        part->planned |= shift->planned;
    }
}

/* ---- stops ---- */

int64_t work_stop_ms(const struct work_line *line, const struct stop *stop)
{
    int64_t from = most(stop->start_ms, line->period.from_ms), to = stop->end_ms ? least(stop->end_ms, line->period.to_ms) : line->period.to_ms;
    return most(to - from, 0);
}

static int by_time(const void *a, const void *b)
{
    const struct work_reason *x = a, *y = b;
    if (x->ms != y->ms)
        return x->ms < y->ms ? 1 : -1;
    return strcmp(x->title, y->title);
}

static struct work_reason *reason_of(struct work_line *line, size_t *capacity, const struct stop_version *stop)
{
    char title[WORK_TITLE];
    bool given = work_stop_words(stop, title);
    enum time_category category = (enum time_category)stop->stop.category;
    for (size_t r = 0; r < line->reason_count; r++)
        if (line->reasons[r].given == given && line->reasons[r].category == category && strcmp(line->reasons[r].title, title) == 0)
            return &line->reasons[r];
    line->reasons = mem_grow(line->reasons, line->reason_count, capacity, sizeof *line->reasons);
    struct work_reason *reason = &line->reasons[line->reason_count++];
    *reason = (struct work_reason){.given = given, .category = category};
    memcpy(reason->title, title, sizeof title);
    return reason;
}

void work_weigh(struct work_line *line)
{
    size_t capacity = 0;
    for (size_t s = 0; s < line->stop_count; s++) {
        struct work_reason *reason = reason_of(line, &capacity, &line->stops[s]);
        int64_t ms = work_stop_ms(line, &line->stops[s].stop);
        reason->ms += ms;
        reason->longest_ms = most(reason->longest_ms, ms);
        reason->times++;
    }
    if (line->reason_count)
        qsort(line->reasons, line->reason_count, sizeof *line->reasons, by_time);
}

/* ---- defects ---- */

void work_defect(struct work_line *line, const char *title, uint64_t count)
{
    size_t d = 0;
    while (d < line->defect_count && strcmp(line->defects[d].title, title) != 0)
        d++;
    if (d == line->defect_count) {
        line->defects = mem_grow(line->defects, line->defect_count, &line->defect_capacity, sizeof *line->defects);
        line->defects[line->defect_count++] = (struct work_defect){.count = 0};
        snprintf(line->defects[d].title, sizeof line->defects[d].title, "%s", title);
    }
    line->defects[d].count += count;
}

static int by_count(const void *a, const void *b)
{
    const struct work_defect *x = a, *y = b;
    bool x_rest = strcmp(x->title, DEFECT_OTHERS) == 0, y_rest = strcmp(y->title, DEFECT_OTHERS) == 0;
    if (x_rest != y_rest)
        return x_rest ? 1 : -1;
    return x->count != y->count ? (x->count > y->count ? -1 : 1) : strcmp(x->title, y->title);
}

void work_rank(struct work_line *line)
{
    if (line->defect_count)
        qsort(line->defects, line->defect_count, sizeof *line->defects, by_count);
}

uint64_t work_defects(const struct work_line *line)
{
    uint64_t sum = 0;
    for (size_t d = 0; d < line->defect_count; d++)
        sum += line->defects[d].count;
    return sum;
}
