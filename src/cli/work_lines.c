/*
 * Which lines a report is about, by which calendar, and what areas and the site come to. A line that only the cache knows (its configuration is another
 * one by now, or is not at hand) is told by its path.
 */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "cli/work.h"
#include "core/memory.h"

enum { SHIFTS_BACK = 180 /* pauses are cut at midnights */ };

/* Does a pattern fit the path, or what it lies under? */
static bool fits(const char *pattern, const char *path)
{
    char part[256];
    snprintf(part, sizeof part, "%s", path);
    for (char *slash; fnmatch(pattern, part, 0) != 0; *slash = '\0')
        if (!(slash = strrchr(part, '/')))
            return false;
    return true;
}

static bool wanted(const char *const *paths, size_t count, const char *path)
{
    for (size_t p = 0; p < count; p++)
        if (fits(paths[p], path))
            return true;
    return count == 0;
}

static bool named(const struct work_request *r, const char *path)
{
    for (size_t p = 0; p < r->path_count; p++)
        if (strcmp(r->paths[p], path) == 0)
            return true;
    return false;
}

static const struct calendar *calendar_of(const struct plant *plant, uint32_t node)
{
    uint32_t basis = plant->nodes[node].level == LEVEL_LINE && plant->nodes[node].constraint != NO_NODE ? plant->nodes[node].constraint : node;
    uint16_t calendar = plant->nodes[basis].calendar;
    return calendar < plant->calendar_count ? &plant->calendars[calendar] : calendar_always();
}

static bool has_account(const struct node *node)
{
    static const enum tag_role roles[] = {ROLE_STATE, ROLE_GOOD, ROLE_REJECT, ROLE_TOTAL};
    for (size_t r = 0; r < sizeof roles / sizeof roles[0]; r++)
        if (node->role_tag[roles[r]] != NO_TAG)
            return true;
    return false;
}

static struct work_line *add_line(struct work *work, const char *path)
{
    work->lines = mem_resize(work->lines, work->line_count + 1, sizeof *work->lines);
    struct work_line *line = &work->lines[work->line_count++];
    *line = (struct work_line){.node = NO_NODE, .counts = true, .calendar = calendar_always()};
    snprintf(line->path, sizeof line->path, "%s", path);
    return line;
}

void work_add_line(struct work *work, const char *path, const struct work_request *r)
{
    if (wanted(r->paths, r->path_count, path))
        add_line(work, path)->target = r->target;
}

static void add_node(struct work *work, const struct work_request *r, uint32_t node, const char *path, bool counts)
{
    const struct plant *plant = r->plant;
    struct work_line *line = add_line(work, path);
    line->node = node;
    line->title = plant->nodes[node].title;
    line->counts = counts;
    line->target = r->target > 0 ? r->target : plant->nodes[node].target;
    line->calendar = calendar_of(plant, node);
}

static bool any_line(const struct plant *plant)
{
    for (uint32_t n = 0; n < plant->node_count; n++)
        if (plant->nodes[n].level == LEVEL_LINE)
            return true;
    return false;
}

bool work_choose(struct work *work, const struct work_request *r, struct error *err)
{
    const struct plant *plant = r->plant;
    bool lines = any_line(plant);
    char path[256];
    for (uint32_t n = 0; n < plant->node_count; n++) {
        const struct node *node = &plant->nodes[n];
        plant_node_path(plant, n, path, sizeof path);
        if (node->level == LEVEL_LINE && wanted(r->paths, r->path_count, path))
            add_node(work, r, n, path, true);
        else if (node->level == LEVEL_UNIT && has_account(node) && ((r->units || !lines) ? wanted(r->paths, r->path_count, path) : named(r, path)))
            add_node(work, r, n, path, !lines);
    }
    for (size_t p = 0; p < r->path_count; p++) {
        bool found = plant->node_count <= 1;
        for (size_t l = 0; l < work->line_count; l++)
            found |= fits(r->paths[p], work->lines[l].path);
        if (!found)
            return error_set(err, "%s: there is no such line, unit or area", r->paths[p]);
    }
    return true;
}

bool work_concerns(const struct work *work, const char *path)
{
    size_t length = strlen(path);
    for (size_t l = 0; l < work->line_count; l++) {
        const char *line = work->lines[l].path;
        size_t own = strlen(line), least = own < length ? own : length;
        if (strncmp(path, line, least) == 0 && (own == length || (own > length ? line[length] : path[own]) == '/'))
            return true;
    }
    return false;
}

const struct calendar *work_calendar(const struct plant *plant, const char *const *paths, size_t path_count)
{
    bool lines = any_line(plant);
    char path[256];
    for (uint32_t n = 0; n < plant->node_count; n++) {
        plant_node_path(plant, n, path, sizeof path);
        if (plant->nodes[n].level == (lines ? LEVEL_LINE : LEVEL_UNIT) && wanted(paths, path_count, path))
            return calendar_of(plant, n);
    }
    return plant->node_count && !path_count ? calendar_of(plant, 0) : calendar_always();
}

/* Without a calendar shifts are those that alarms are counted by. */
static bool nominal(const struct plant *plant, int64_t ms, bool over, struct shift_at *out)
{
    struct period period = period_at(&plant->zone, &plant->shift_begins, PERIOD_SHIFT, ms);
    if (over)
        period = period_at(&plant->zone, &plant->shift_begins, PERIOD_SHIFT, period.from_ms - 1);
    *out = (struct shift_at){.planned = true, .from_ms = period.from_ms, .to_ms = period.to_ms, .name = "", .crew = ""};
    return true;
}

bool work_shift_at(const struct plant *plant, const struct calendar *calendar, int64_t ms, bool over, struct shift_at *out)
{
    if (calendar->always)
        return nominal(plant, ms, over, out);
    calendar_at(calendar, &plant->zone, ms, out);
    for (int i = 0; i < SHIFTS_BACK && (!out->planned || (over && out->to_ms > ms)); i++)
        calendar_at(calendar, &plant->zone, out->from_ms - 1, out);
    return out->planned && (!over || out->to_ms <= ms);
}

static void add_sum(struct work *work, uint32_t node)
{
    struct work_sum sum = {.title = work->plant->nodes[node].title};
    plant_node_path(work->plant, node, sum.path, sizeof sum.path);
    for (size_t l = 0; l < work->line_count; l++) {
        const struct work_line *line = &work->lines[l];
        bool within = node == 0 || (line->node != NO_NODE && line->node > node && line->node < work->plant->nodes[node].end);
        if (!line->counts || !within)
            continue;
        account_group_add(&sum.group, &line->sum);
        sum.lines++;
    }
    if (sum.lines == 0 && node != 0)
        return;
    work->sums = mem_resize(work->sums, work->sum_count + 1, sizeof *work->sums);
    work->sums[work->sum_count++] = sum;
}

void work_add_up(struct work *work)
{
    for (uint32_t n = 1; n < work->plant->node_count; n++)
        if (work->plant->nodes[n].level == LEVEL_AREA)
            add_sum(work, n);
    add_sum(work, 0);
}
