/*
 * What screens ask of the accounts: cells added up, with what still runs, and what nobody told filled in, so that time always adds up to what was
 * asked for.
 */
#include "core/model_account_private.h"

const struct account_cell *model_cells(const struct model *model, uint32_t node, size_t *count)
{
    const struct ledger *ledger = &model->accounts->ledgers[node];
    *count = ledger->count;
    return ledger->cells;
}

static bool by_lines(const struct model *model, uint32_t node)
{
    const struct node *n = &model->plant->nodes[node];
    return n->level < LEVEL_LINE && plant_line_from(model->plant, node) < n->end;
}

bool model_has_account(const struct model *model, uint32_t node)
{
    const struct plant *plant = model->plant;
    if (!by_lines(model, node))
        return model->accounts->ledgers[node].kept;
    for (uint32_t line = plant_line_from(plant, node); line < plant->nodes[node].end; line = plant_line_from(plant, plant->nodes[line].end))
        if (model->accounts->ledgers[line].kept)
            return true;
    return false;
}

void model_shift_at(const struct model *model, uint32_t node, int64_t ms, struct shift_at *out)
{
    account_shift(model, node, ms, out);
}

int64_t model_planned_ms(const struct model *model, uint32_t node, int64_t from_ms, int64_t to_ms)
{
    const struct plant *plant = model->plant;
    const struct calendar *calendar = &plant->calendars[plant->nodes[node].calendar];
    return to_ms > from_ms ? calendar_memo_planned_ms(&model->accounts->memo, calendar, &plant->zone, from_ms, to_ms) : 0;
}

void model_shift(const struct model *model, uint32_t node, struct shift_at *out)
{
    model_shift_at(model, node, model->wall, out);
}

/* What a stretch is in [from, to), though it is in no cell (sign 1), or takes it out again. */
static void spread(const struct model *model, uint32_t basis, const struct stretch *stretch, int64_t from_ms, int64_t to_ms, int sign, struct account *out)
{
    bool counted = stretch->counted_ms != 0;
    for (int64_t t = from_ms, until; t < to_ms; t = until) {
        enum time_category category = stretch_category(model, basis, stretch, t, &until);
        until = until < to_ms ? until : to_ms;
        out->ms[category] += sign * (until - t);
        if (sign < 0 || counted || (category != TIME_DOWN && category != TIME_MINOR))
            continue;
        ++*(category == TIME_DOWN ? &out->stops : &out->minors);
        counted = true;
    }
}

/* Time of which nothing is known. */
static void fill(const struct model *model, uint32_t node, int64_t from_ms, int64_t to_ms, struct account *out)
{
    const struct stretch unknown = {.class = CLASS_UNKNOWN, .booked = CLASS_UNKNOWN};
    spread(model, node, &unknown, from_ms, to_ms, 1, out);
}

/* Sources' clocks may be a little ahead: what is booked beyond the range's end is taken out again. */
static void cut_ahead(const struct model *model, uint32_t basis, int64_t end_ms, struct account *out)
{
    const struct track *track = &model->accounts->tracks[basis];
    for (size_t i = track->count; i-- > 0 && stretch_end(track, i) > end_ms;) {
        int64_t start = track->stretches[i].start_ms > end_ms ? track->stretches[i].start_ms : end_ms;
        spread(model, basis, &track->stretches[i], start, stretch_end(track, i), -1, out);
    }
}

static void account_of(const struct model *model, uint32_t node, int64_t from_ms, int64_t to_ms, struct account *out, int64_t *known_from_ms)
{
    const struct ledger *ledger = &model->accounts->ledgers[node];
    const struct track *track = &model->accounts->tracks[ledger->basis];
    int64_t end = to_ms < model->wall ? to_ms : model->wall, known = track->count ? track->known_ms : INT64_MAX;
    size_t c = ledger->count;
    if (known < ledger->known_ms)
        known = ledger->known_ms;
    *known_from_ms = known;
    while (c > 0 && ledger->cells[c - 1].from_ms >= from_ms && ledger->cells[c - 1].to_ms > known)
        if (ledger->cells[--c].from_ms < to_ms)
            account_add(out, &ledger->cells[c].sum);
    fill(model, ledger->basis, from_ms, known < end ? known : end, out);
    if (track->count == 0)
        return;
    if (track->booked_ms < end)
        spread(model, ledger->basis, &track->stretches[track->count - 1], track->booked_ms > from_ms ? track->booked_ms : from_ms, end, 1, out);
    else if (to_ms > model->wall)
        cut_ahead(model, ledger->basis, end > from_ms ? end : from_ms, out);
}

void model_account(const struct model *model, uint32_t node, int64_t from_ms, int64_t to_ms, struct account *out, int64_t *known_from_ms)
{
    const struct plant *plant = model->plant;
    int64_t known = INT64_MIN, known_of;
    *out = (struct account){.good = 0};
    if (!by_lines(model, node))
        account_of(model, node, from_ms, to_ms, out, &known);
    else
        for (uint32_t line = plant_line_from(plant, node); line < plant->nodes[node].end; line = plant_line_from(plant, plant->nodes[line].end)) {
            if (!model->accounts->ledgers[line].kept)
                continue;
            account_of(model, line, from_ms, to_ms, out, &known_of);
            known = known > known_of ? known : known_of;
        }
    if (known_from_ms)
        *known_from_ms = known;
}
