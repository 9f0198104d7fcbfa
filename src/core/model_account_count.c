/*
 * Pieces: what counters gained goes to the cell of its time, of the node that the counter belongs to and of the line that counts by it. Where all pieces
 * are counted, good or rejected ones are what the other counter leaves; where only all are, nobody rejects.
 */
#include <math.h>

#include "core/model_account_private.h"

#define PIECES_MOST 1e9

/* The ideal cycle in a cell, looked up once for each. */
static double ideal_of(struct model *model, uint32_t node, const struct account_cell *cell)
{
    struct ledger *ledger = &model->accounts->ledgers[node];
    if (ledger->ideal_from_ms == cell->from_ms)
        return ledger->ideal_ms;
    double ideal = plant_ideal_cycle(model->plant, node, cell->product);
    ledger->ideal_from_ms = cell->from_ms;
    ledger->ideal_ms = ideal > 0 ? ideal * 1000 : 0;
    return ledger->ideal_ms;
}

static bool counts(const struct model *model, uint32_t node, enum tag_role role)
{
    return model_role(model, node, role) != NO_TAG;
}

/* Good, rejected and reworked pieces that follow from a gain; false: it is none of the three counters' business. */
static bool pieces_of(const struct model *model, uint32_t node, enum tag_role role, double gained, struct account *more)
{
    bool good = counts(model, node, ROLE_GOOD), reject = counts(model, node, ROLE_REJECT), total = counts(model, node, ROLE_TOTAL);
    switch (role) {
    case ROLE_GOOD:
        more->good = gained;
        more->reject = total && !reject ? -gained : 0;
        return true;
    case ROLE_REJECT:
        more->reject = gained;
        more->good = total && !good ? -gained : 0;
        return true;
    case ROLE_TOTAL:
        more->good = good ? 0 : gained;
        more->reject = good && !reject ? gained : 0;
        return true;
    case ROLE_REWORK:
        more->rework = gained;
        return true;
    default:
        return false;
    }
}

static bool starting_up(const struct model *model, uint32_t node, int64_t ms)
{
    const struct track *track = &model->accounts->tracks[model->accounts->ledgers[node].basis];
    return ms >= track->startup_from_ms && ms < track->startup_to_ms;
}

void account_value(struct model *model, uint32_t node, int64_t ms, const struct account_cell *cell, struct account *more)
{
    double produced = account_produced(more), ideal = ideal_of(model, node, cell);
    if (!cell->planned) {
        *more = (struct account){.outside = produced};
        return;
    }
    if (starting_up(model, node, ms))
        more->startup_reject = more->reject;
    if (ideal > 0)
        more->ideal_ms = ideal * produced;
    else
        more->without_ideal = produced;
}

static void count(struct model *model, uint32_t node, enum tag_role role, double gained, int64_t ms, bool across)
{
    struct ledger *ledger = &model->accounts->ledgers[node];
    struct account more = {.good = 0};
    if (model->accounts->tracks[ledger->basis].count == 0)
        track_begin(model, ledger->basis, CLASS_UNKNOWN, ms);
    size_t place = ledger_cell(model, node, ms);
    struct account_cell forgotten;
    if (place == SIZE_MAX)
        forgotten = ledger_forgotten(model, node, ms);
    const struct account_cell *cell = place == SIZE_MAX ? &forgotten : &ledger->cells[place];
    bool produced = pieces_of(model, node, role, gained, &more);
    if (across)
        more = (struct account){.unknown = account_produced(&more)};
    else if (produced)
        account_value(model, node, ms, cell, &more);
    else if (cell->planned)
        *(role == ROLE_INSPECTED ? &more.inspected : &more.first_pass) = gained;
    ledger_add(model, node, place, ms, &more);
}

static bool counts_pieces(enum tag_role role)
{
    return role == ROLE_GOOD || role == ROLE_REJECT || role == ROLE_TOTAL || role == ROLE_REWORK || role == ROLE_FIRST_PASS || role == ROLE_INSPECTED;
}

void accounts_counted(struct model *model, uint32_t index, double gained, int64_t ms, bool across)
{
    enum tag_role role = model->tags[index].def->role;
    uint32_t node = model->tags[index].node;
    if (!counts_pieces(role) || !(gained > 0))
        return;
    if (gained > PIECES_MOST) /* nobody makes so many, and sums must stay numbers */
        gained = PIECES_MOST;
    uint32_t line = plant_ancestor(model->plant, node, LEVEL_LINE);
    if (model_role(model, node, role) == index)
        count(model, node, role, gained, ms, across);
    if (line != NO_NODE && line != node && model_role(model, line, role) == index)
        count(model, line, role, gained, ms, across);
}
