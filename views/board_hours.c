/*
 * The hours of a board are the model's accounts between the hours of the site's clock, cut where the shift begins and ends; what the model has forgotten
 * comes from the history. A plan is that of planned time alone: a break plans nothing.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "views/board.h"

enum { MS_PER_HOUR = 3600000, MS_PER_MINUTE = 60000, LEAST_WHY_MS = 60000, FORECAST_LEAST_MS = 600000 };

static int64_t hour_end(const struct zone *zone, int64_t ms)
{
    struct civil at = zone_civil(zone, ms);
    return ms - ((int64_t)at.minute * MS_PER_MINUTE + at.second * 1000 + at.ms) + MS_PER_HOUR;
}

static void cut_hours(struct board_page *page)
{
    const struct zone *zone = &model_plant(page->scene->model)->zone;
    int64_t end = page->shift.to_ms;
    for (int64_t at = page->shift.from_ms; at < end && page->count < BOARD_HOURS;) {
        int64_t to = hour_end(zone, at);
        to = to < end ? to : end;
        page->hours[page->count++] = (struct board_hour){.from_ms = at, .to_ms = to};
        at = to;
    }
}

/* The rows of the history for what the model does not remember of a shift: all of it, or what was before known_ms. */
static const struct answer *ask(struct board_page *page, int64_t known_ms)
{
    int64_t to_ms = known_ms < page->shift.to_ms ? known_ms : page->shift.to_ms;
    struct want want = {.kind = WANT_ACCOUNTS, .by = BY_HOUR, .from_ms = page->shift.from_ms, .to_ms = to_ms};
    const struct plant *plant = model_plant(page->scene->model);
    want.day_ms = ((MS_PER_HOUR - (int64_t)zone_offset_s(&plant->zone, want.from_ms) * 1000) % MS_PER_HOUR + MS_PER_HOUR) % MS_PER_HOUR;
    plant_node_path(plant, page->line, want.path, sizeof want.path);
    const struct answer *answer = recall_want(page->scene->recall, &want);
    page->loading = !answer && page->scene->recall;
    return answer && !answer->why[0] ? answer : NULL;
}

/* Adds what was told of an hour before known_ms. */
static bool recalled(const struct answer *answer, const struct plant *plant, uint32_t line, int64_t known_ms, struct board_hour *hour)
{
    int64_t until = known_ms < hour->to_ms ? known_ms : hour->to_ms;
    double plan = 0;
    bool found = false;
    for (size_t i = 0; answer && i < answer->account_count; i++) {
        const struct account_cell *cell = &answer->accounts[i].cell;
        if (cell->from_ms < hour->from_ms || cell->from_ms >= until)
            continue;
        account_add(&hour->sum, &cell->sum);
        plan = plan_pieces(plant, line, cell->product, hour->from_ms, until);
        found = true;
    }
    if (!found)
        return false;
    hour->plan = plan + (until < hour->to_ms ? hour->plan : 0);
    hour->due = plan + (until < hour->to_ms ? hour->due : 0);
    return true;
}

static enum loss greatest_loss(const struct losses *l)
{
    int most = 0;
    for (int i = 1; i < LOSS_COUNT; i++)
        most = l->ms[i] > l->ms[most] ? i : most;
    return (enum loss)most;
}

/* The stop that took most of the hour, else the loss that did. */
static void find_why(struct board_page *page, struct board_hour *hour)
{
    const struct model *model = page->scene->model;
    struct lost lost[LOST_MOST];
    char span[SPAN_TEXT];
    const struct lost_want want = {.within = page->line, .from_ms = hour->from_ms, .to_ms = hour->to_ms};
    size_t count = lost_list(model, &want, lost);
    struct losses l = account_losses(&hour->sum);
    enum loss loss = greatest_loss(&l);
    bool stopped = count > 0 && lost[0].ms >= LEAST_WHY_MS;
    if (!stopped && l.ms[loss] < LEAST_WHY_MS)
        return;
    hour->proposed = stopped && lost[0].proposed;
    span_text(stopped ? lost[0].ms : whole_ms(l.ms[loss]), span);
    snprintf(hour->why, sizeof hour->why, "%s %s", span, stopped ? lost[0].title : loss_titles[loss]);
    if (stopped && lost[0].times > 1) {
        size_t used = strlen(hour->why);
        snprintf(hour->why + used, sizeof hour->why - used, " x%u", lost[0].times);
    }
}

static void fill_hour(struct board_page *page, struct board_hour *hour, const struct answer *answer)
{
    const struct model *model = page->scene->model;
    const struct plant *plant = model_plant(model);
    int64_t now = model_wall(model), known, seen = hour->to_ms < now ? hour->to_ms : now;
    hour->now = hour->from_ms <= now && now < hour->to_ms;
    hour->over = hour->to_ms <= now;
    hour->since_ms = hour->from_ms;
    hour->break_ms = page->shift.planned ? hour->to_ms - hour->from_ms - model_planned_ms(model, page->line, hour->from_ms, hour->to_ms) : 0;
    hour->known = hour->over || hour->now;
    hour->plan = plan_over(model, page->line, hour->from_ms, hour->to_ms);
    hour->due = hour->over ? hour->plan : hour->now ? plan_over(model, page->line, hour->from_ms, seen) : 0;
    if (!hour->known)
        return;
    model_account(model, page->line, hour->from_ms, hour->to_ms, &hour->sum, &known);
    hour->known = known < seen;
    if (known > hour->from_ms) { /* what was before it was forgotten is held against nobody, unless the history has it */
        account_forget(model, page->line, hour->from_ms, known < hour->to_ms ? known : hour->to_ms, &hour->sum);
        hour->due = hour->known ? plan_over(model, page->line, known, seen) : hour->due;
        hour->plan = hour->known ? plan_over(model, page->line, known, hour->to_ms) : hour->plan;
        hour->since_ms = hour->known ? known : hour->from_ms;
        if (recalled(answer, plant, page->line, known, hour)) {
            hour->known = true;
            hour->since_ms = hour->from_ms;
        }
    }
    hour->difference = hour->sum.good - hour->due;
}

void board_page_make(struct board_page *page, const struct scene *scene, uint32_t line, int64_t at_ms, bool why)
{
    const struct model *model = scene->model;
    struct account whole;
    int64_t known;
    *page = (struct board_page){.scene = scene, .line = line, .forecast = NAN};
    model_shift_at(model, line, at_ms, &page->shift);
    cut_hours(page);
    model_account(model, line, page->shift.from_ms, page->shift.to_ms, &whole, &known);
    const struct answer *answer = known > page->shift.from_ms ? ask(page, known) : NULL;
    double running = 0;
    int64_t seen_ms = 0, left_ms = 0;
    for (size_t i = 0; i < page->count; i++) {
        struct board_hour *hour = &page->hours[i];
        fill_hour(page, hour, answer);
        page->breaks = page->breaks || hour->break_ms > 0;
        page->plan += hour->known || !hour->over ? hour->plan : 0;
        int64_t planned = model_planned_ms(model, line, hour->from_ms, hour->to_ms);
        int64_t until = hour->now ? model_wall(model) : hour->to_ms;
        int64_t passed = hour->known ? model_planned_ms(model, line, hour->since_ms, until) : 0;
        left_ms += hour->over ? 0 : hour->now ? planned - model_planned_ms(model, line, hour->from_ms, until) : planned;
        if (!hour->known)
            continue;
        seen_ms += passed;
        account_add(&page->sum, &hour->sum);
        page->due += hour->due;
        hour->running = running += hour->difference;
        if (why)
            find_why(page, hour);
    }
    if (seen_ms >= FORECAST_LEAST_MS && node_counts(model, line))
        page->forecast = page->sum.good + page->sum.good / (double)seen_ms * (double)left_ms;
}
