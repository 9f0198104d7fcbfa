/*
 * Pieces: what counters gained goes to the cell of its time, of the node that the counter belongs to and of the line that counts by it. Where all pieces
 * are counted, good or rejected ones are what the other counter leaves; where only all are, nobody rejects.
 */
#include <math.h>

#include "core/model_account_private.h"

#define PIECES_MOST 1e9
#define ESTIMATED_MOST_MS INT64_C(604800000) /* a week: what is made in a longer gap nobody estimates */

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

bool account_counts(enum tag_role role)
{
    return role == ROLE_GOOD || role == ROLE_REJECT || role == ROLE_TOTAL || role == ROLE_REWORK || role == ROLE_FIRST_PASS || role == ROLE_INSPECTED;
}

/* ---- pieces of a time that nobody saw ---- */

static bool is_worked(const struct model *model, uint32_t node, int64_t ms, int64_t *until_ms)
{
    struct shift_at at;
    account_shift(model, node, ms, &at);
    *until_ms = at.part_to_ms;
    return at.planned && !at.in_break;
}

/* Of the time between two readings all that was planned and is unknown was production. */
static void run_through(struct model *model, uint32_t basis, int64_t from_ms, int64_t to_ms)
{
    for (int64_t t = from_ms, until; t < to_ms; t = until) {
        bool worked = is_worked(model, basis, t, &until);
        until = until < to_ms ? until : to_ms;
        if (worked)
            track_paint_unknown(model, basis, t, until, CLASS_RUN);
    }
}

/* Evenly over the planned time, in whole pieces; all at the end where none was planned. */
static void spread_pieces(struct model *model, uint32_t node, enum tag_role role, double gained, int64_t from_ms, int64_t to_ms)
{
    const struct calendar *calendar = account_calendar(model, node);
    int64_t planned = calendar_planned_ms(calendar, &model->plant->zone, from_ms, to_ms), done = 0;
    double given = 0;
    for (int64_t t = from_ms, part, hour; t < to_ms && planned > 0; t = hour) {
        bool worked = is_worked(model, node, t, &part);
        hour = calendar_cut_after(calendar, &model->plant->zone, t);
        hour = hour < to_ms ? hour : to_ms;
        done += worked ? hour - t : 0;
        double due = done >= planned ? gained : floor(gained * (double)done / (double)planned);
        if (due > given)
            count(model, node, role, due - given, t, false);
        given = due;
    }
    if (gained > given)
        count(model, node, role, gained - given, to_ms, false);
}

static void book(struct model *model, uint32_t node, uint32_t index, double gained, int64_t ms, bool across)
{
    const struct tag *tag = &model->tags[index];
    uint32_t basis = model->accounts->ledgers[node].basis;
    int64_t since = tag->tally ? tag->tally->leap.to_ms : 0;
    if (!across || !model->plant->nodes[basis].gap_pieces || since == 0 || since >= ms || ms - since > ESTIMATED_MOST_MS) {
        count(model, node, tag->def->role, gained, ms, across);
        return;
    }
    run_through(model, basis, since, ms);
    spread_pieces(model, node, tag->def->role, gained, since, ms);
}

/* ---- counters ---- */

/* Of the node that the counter belongs to, and of the line that counts by it. */
static void who_counts(struct model *model, uint32_t index, uint32_t nodes[2])
{
    enum tag_role role = model->tags[index].def->role;
    uint32_t node = model->tags[index].node, line = plant_ancestor(model->plant, node, LEVEL_LINE);
    nodes[0] = model_role(model, node, role) == index ? node : NO_NODE;
    nodes[1] = line != NO_NODE && line != node && model_role(model, line, role) == index ? line : NO_NODE;
}

void accounts_counted(struct model *model, uint32_t index, double gained, int64_t ms, bool across)
{
    uint32_t nodes[2];
    if (!account_counts(model->tags[index].def->role) || !(gained > 0))
        return;
    if (gained > PIECES_MOST) /* nobody makes so many, and sums must stay numbers */
        gained = PIECES_MOST;
    who_counts(model, index, nodes);
    for (int n = 0; n < 2; n++)
        if (nodes[n] != NO_NODE)
            book(model, nodes[n], index, gained, ms, across && !mend_is_known(model, index, nodes[n]));
}

void account_gain_moved(struct model *model, uint32_t index, double pieces, int64_t from_ms, bool across, int64_t to_ms)
{
    uint32_t nodes[2];
    if (pieces > PIECES_MOST)
        return;
    who_counts(model, index, nodes);
    for (int n = 0; n < 2; n++) {
        if (nodes[n] == NO_NODE)
            continue;
        count(model, nodes[n], model->tags[index].def->role, -pieces, from_ms, across);
        count(model, nodes[n], model->tags[index].def->role, pieces, to_ms, false);
    }
}
