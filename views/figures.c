/*
 * A struct shift_figures is one shift of one node against its plan, made anew for each drawing from the model's cells; a struct order_figures the same of
 * the order in hand. What nobody can know is NAN or 0 in them and "-" on the screen, never a nought.
 */
#include "views/figures.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "draw/text.h"

enum { FORECAST_LEAST_MS = 600000, MINUTES_AN_HOUR = 60, MS_PER_HOUR = 3600000, DAY_MS = 24 * MS_PER_HOUR };

#define AGES_MS 3e13

/* ---- texts ---- */

void share_text(double share, char out[SHARE_TEXT])
{
    if (isfinite(share) && fabs(share) < 1000)
        snprintf(out, SHARE_TEXT, "%.1f", share * 100);
    else
        snprintf(out, SHARE_TEXT, "-");
}

void pieces_text(double pieces, int width, char out[NUMBER_TEXT])
{
    if (isfinite(pieces))
        number_fit(pieces, 0, width, out);
    else
        snprintf(out, NUMBER_TEXT, "-");
}

int64_t whole_ms(double ms)
{
    return (int64_t)fmax(-AGES_MS, fmin(AGES_MS, isnan(ms) ? 0 : ms));
}

void signed_text(double pieces, char out[NUMBER_TEXT])
{
    char number[NUMBER_TEXT];
    pieces_text(fabs(round(pieces)), NUMBER_TEXT - 2, number);
    snprintf(out, NUMBER_TEXT, "%s%.38s", !isfinite(pieces) || fabs(round(pieces)) < 0.5 ? "" : pieces > 0 ? "+" : "-", number);
}

void shift_text(const struct zone *zone, const struct shift_at *shift, int w, char out[SHIFT_TEXT])
{
    struct civil from = zone_civil(zone, shift->from_ms), to = zone_civil(zone, shift->to_ms);
    char hours[24];
    out[0] = '\0';
    if (!shift->planned || !shift->name[0]) {
        if (!shift->planned && w >= 8)
            snprintf(out, SHIFT_TEXT, "no shift");
        return;
    }
    if (from.minute || to.minute)
        snprintf(hours, sizeof hours, "%02d:%02d-%02d:%02d", from.hour % 100, from.minute % 100, to.hour % 100, to.minute % 100);
    else
        snprintf(hours, sizeof hours, "%02d-%02d", from.hour % 100, to.hour % 100);
    snprintf(out, SHIFT_TEXT, "%.24s %s%s%.24s", shift->name, hours, shift->crew[0] ? " crew " : "", shift->crew);
    if (text_width(out) > w)
        snprintf(out, SHIFT_TEXT, "%.24s %s", shift->name, hours);
    if (text_width(out) > w)
        snprintf(out, SHIFT_TEXT, "%.40s", shift->name);
    if (text_width(out) > w)
        out[0] = '\0';
}

void ready_text(const struct model *model, int64_t ms, char out[SPAN_TEXT])
{
    const struct zone *zone = &model_plant(model)->zone;
    struct civil at = zone_civil(zone, ms), now = zone_civil(zone, model_wall(model));
    char text[48];
    date_clock_text(zone, ms, text); /* "Wed 2024-06-12 11:52:05" */
    if (at.day == now.day && ms - model_wall(model) < DAY_MS)
        snprintf(out, SPAN_TEXT, "%.5s", text + 15);
    else if (ms - model_wall(model) < 6 * (int64_t)DAY_MS)
        snprintf(out, SPAN_TEXT, "%.3s %.5s", text, text + 15);
    else
        snprintf(out, SPAN_TEXT, "%.10s", text + 4);
}

enum cell_role miss_role(double value, double wanted)
{
    return isfinite(value) && isfinite(wanted) && value < wanted - 1e-9 ? CELL_WARN : CELL_VALUE;
}

void account_note(const struct plant *plant, uint32_t node, const struct account *a, char *out, size_t cap)
{
    const char *why = account_undefined(a);
    bool always = node != NO_NODE && plant->calendars[plant->nodes[node].calendar].always;
    struct kpis k = account_kpis(a);
    if (account_produced(a) > 0 && a->without_ideal > 0 && a->ms[TIME_RUN] > 0)
        snprintf(out, cap, "needs ideal_cycle");
    else if (why)
        snprintf(out, cap, "%s", why);
    else if (k.standard_too_slow)
        snprintf(out, cap, "standard too slow?");
    else if (a->unknown > 0)
        snprintf(out, cap, "%.0f pieces of a gap", a->unknown);
    else
        snprintf(out, cap, "%s", always ? "no calendar: 24/7" : "");
}

/* ---- a shift and its plan ---- */

const char *present_product(const struct model *model, uint32_t node)
{
    uint32_t tag = model_role(model, node, ROLE_PRODUCT);
    uint32_t line = plant_ancestor(model_plant(model), node, LEVEL_LINE);
    if (tag == NO_TAG && line != NO_NODE)
        tag = model_role(model, line, ROLE_PRODUCT);
    return tag != NO_TAG && model_tag(model, tag)->text ? model_tag(model, tag)->text : "";
}

/* What was planned and yet not to be worked. */
static int64_t spared_ms(const struct account *a)
{
    return a->ms[TIME_NOT_SCHEDULED] + a->ms[TIME_MAINTENANCE] + a->ms[TIME_CLEANING];
}

/* The like of a cell that is closed, whose sum says it. */
static double plan_cell(const struct model *model, uint32_t node, const struct account_cell *cell)
{
    int64_t planned = cell->planned ? model_planned_ms(model, node, cell->from_ms, cell->to_ms) - spared_ms(&cell->sum) : 0;
    return plan_rate(model_plant(model), node, cell->product) * (double)(planned > 0 ? planned : 0);
}

/* Of [from_ms, to_ms), of one product: without what was not to be worked after all, for want of an order or for maintenance. */
static double plan_part(const struct model *model, uint32_t node, const char *product, int64_t from_ms, int64_t to_ms)
{
    const struct plant *plant = model_plant(model);
    int64_t now = model_wall(model), over = to_ms < now ? to_ms : now, planned = model_planned_ms(model, node, from_ms, to_ms);
    struct account sum;
    struct shift_at shift;
    if (from_ms < now) {
        model_shift_at(model, node, from_ms, &shift);
        model_account(model, node, from_ms, over, &sum, NULL);
        planned -= shift.planned ? spared_ms(&sum) : 0;
    }
    enum state_class class = (enum state_class)model_line_state(model, node)->class;
    if (to_ms > over && (class == CLASS_NOT_SCHEDULED || class == CLASS_MAINTENANCE)) /* until somebody knows better */
        planned -= model_planned_ms(model, node, from_ms > now ? from_ms : now, to_ms);
    return plan_rate(plant, node, product) * (double)(planned > 0 ? planned : 0);
}

double plan_over(const struct model *model, uint32_t node, int64_t from_ms, int64_t to_ms)
{
    size_t count;
    const struct account_cell *cells = model_cells(model, node, &count);
    double plan = 0 * plan_rate(model_plant(model), node, present_product(model, node)); /* none of nothing is unknown too */
    int64_t at = from_ms;
    for (size_t i = 0; i < count && at < to_ms; i++) {
        int64_t end = cells[i].to_ms < to_ms ? cells[i].to_ms : to_ms;
        if (end <= at)
            continue;
        bool closed = i + 1 < count && cells[i].from_ms == at && cells[i].to_ms == end;
        plan += closed ? plan_cell(model, node, &cells[i]) : plan_part(model, node, cells[i].product, at, end);
        at = end;
    }
    int64_t now = model_wall(model);
    if (at < now && now < to_ms) {
        plan += plan_part(model, node, present_product(model, node), at, now);
        at = now;
    }
    return at < to_ms ? plan + plan_part(model, node, present_product(model, node), at, to_ms) : plan;
}

static int64_t within(int64_t ms, int64_t from_ms, int64_t to_ms)
{
    return ms < from_ms ? from_ms : ms > to_ms ? to_ms : ms;
}

void account_forget(const struct model *model, uint32_t node, int64_t from_ms, int64_t known_from_ms, struct account *a)
{
    struct shift_at at;
    for (int64_t ms = from_ms; ms < known_from_ms; ms = at.part_to_ms) {
        model_shift_at(model, node, ms, &at);
        int64_t end = at.part_to_ms < known_from_ms ? at.part_to_ms : known_from_ms;
        enum time_category category = !at.planned ? TIME_NOT_SCHEDULED : at.in_break ? TIME_BREAK : TIME_UNKNOWN;
        a->ms[category] -= end - ms < a->ms[category] ? end - ms : a->ms[category];
    }
}

void shift_figures(const struct model *model, uint32_t node, struct shift_figures *out)
{
    int64_t now = model_wall(model);
    *out = (struct shift_figures){.forecast = NAN};
    model_shift(model, node, &out->shift);
    model_account(model, node, out->shift.from_ms, out->shift.to_ms, &out->sum, &out->known_from_ms);
    out->known_from_ms = within(out->known_from_ms, out->shift.from_ms, now);
    account_forget(model, node, out->shift.from_ms, out->known_from_ms, &out->sum);
    out->kpis = account_kpis(&out->sum);
    out->planned_ms = model_planned_ms(model, node, out->shift.from_ms, out->shift.to_ms);
    out->passed_ms = model_planned_ms(model, node, out->known_from_ms, now);
    out->plan_so_far = plan_over(model, node, out->known_from_ms, now);
    out->plan = out->plan_so_far + plan_over(model, node, now, out->shift.to_ms);
    int64_t left_ms = model_planned_ms(model, node, now, out->shift.to_ms);
    if (out->shift.planned && out->passed_ms >= FORECAST_LEAST_MS && node_counts(model, node))
        out->forecast = out->sum.good + out->sum.good / (double)out->passed_ms * (double)left_ms;
}

int64_t counted_since(const struct model *model, uint32_t node)
{
    struct shift_at shift;
    struct account sum;
    int64_t known;
    model_shift(model, node, &shift);
    model_account(model, node, shift.from_ms, shift.to_ms, &sum, &known);
    return within(known, shift.from_ms, model_wall(model));
}

bool node_counts(const struct model *model, uint32_t node)
{
    return model_role(model, node, ROLE_GOOD) != NO_TAG || model_role(model, node, ROLE_TOTAL) != NO_TAG;
}

static const char *role_words(const struct model *model, uint32_t node, enum tag_role role)
{
    uint32_t tag = model_role(model, node, role);
    return tag != NO_TAG && model_trust(model, tag) != TRUST_NEVER && model_tag(model, tag)->text ? model_tag(model, tag)->text : "";
}

static double role_number(const struct model *model, uint32_t node, enum tag_role role)
{
    uint32_t tag = model_role(model, node, role);
    double number;
    return tag != NO_TAG && model_trust(model, tag) != TRUST_NEVER && value_number(model_tag(model, tag)->value, &number) ? number : NAN;
}

/* What the line made of the order, and since when: from the machine, else from the cells; NAN: its beginning is forgotten. */
static double order_done(const struct model *model, uint32_t line, const char *order, int64_t *began_ms)
{
    size_t count, i;
    const struct account_cell *cells = model_cells(model, line, &count);
    struct account sum = {.good = 0};
    for (i = count; i > 0 && strcmp(cells[i - 1].order, order) == 0; i--)
        account_add(&sum, &cells[i - 1].sum);
    *began_ms = i > 0 && count > 0 && i < count ? cells[i].from_ms : 0;
    double told = role_number(model, line, ROLE_ORDERED);
    return isfinite(told) ? told : *began_ms ? sum.good : NAN;
}

void order_figures(const struct model *model, uint32_t line, struct order_figures *out)
{
    const struct plant *plant = model_plant(model);
    int64_t began, now = model_wall(model);
    *out = (struct order_figures){.order = role_words(model, line, ROLE_ORDER), .product = role_words(model, line, ROLE_PRODUCT), .wanted = role_number(model, line, ROLE_PLAN),
        .ahead = NAN, .ahead_ms = NAN};
    out->done = order_done(model, line, out->order, &began);
    double rate = plan_rate(plant, line, out->product), left = out->wanted - out->done;
    struct shift_figures shift;
    shift_figures(model, line, &shift);
    double made = shift.passed_ms >= FORECAST_LEAST_MS ? shift.sum.good / (double)shift.passed_ms : NAN;
    if (isfinite(left) && made > 0)
        out->ready_ms = plan_until(plant, line, now, left > 0 ? left / made : 0);
    if (began && isfinite(rate)) {
        double planned = rate * (double)model_planned_ms(model, line, began, now);
        out->ahead = isfinite(out->wanted) && planned > out->wanted ? out->done - out->wanted : out->done - planned;
        out->ahead_ms = out->ahead / rate;
        out->planned_ms = isfinite(out->wanted) ? plan_until(plant, line, began, out->wanted / rate) : 0;
    }
    out->ready_ms = out->ready_ms == INT64_MAX ? 0 : out->ready_ms;
    out->planned_ms = out->planned_ms == INT64_MAX ? 0 : out->planned_ms;
}
