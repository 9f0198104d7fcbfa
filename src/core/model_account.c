/*
 * Cells of accounts: a struct ledger's cells are found by time, made where something is booked, told when they are over, and forgotten after two days.
 * What changes in a cell that was told waits in the book's amendments until the end of the step, so that taking out and putting back is one
 * difference, or none.
 */
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/model_account_private.h"
#include "core/number.h"

int64_t account_now(const struct model *model)
{
    return model->alarms->now.wall_ms;
}

const struct calendar *account_calendar(const struct model *model, uint32_t node)
{
    const struct plant *plant = model->plant;
    uint32_t basis = model->accounts->ledgers[node].kept ? model->accounts->ledgers[node].basis : node;
    uint16_t calendar = plant->nodes[basis].calendar;
    return calendar < plant->calendar_count ? &plant->calendars[calendar] : calendar_always();
}

void account_shift(const struct model *model, uint32_t node, int64_t ms, struct shift_at *out)
{
    calendar_memo_at(&model->accounts->memo, account_calendar(model, node), &model->plant->zone, ms, out);
}

/* ---- making and ending ---- */

static bool told_by_role(const struct model *model, uint32_t node)
{
    static const enum tag_role roles[] = {ROLE_STATE, ROLE_GOOD, ROLE_REJECT, ROLE_TOTAL, ROLE_REWORK, ROLE_FIRST_PASS, ROLE_INSPECTED};
    for (size_t r = 0; r < sizeof roles / sizeof roles[0]; r++)
        if (model_role(model, node, roles[r]) != NO_TAG)
            return true;
    return false;
}

struct account_book *accounts_create(const struct model *model)
{
    const struct plant *plant = model->plant;
    struct account_book *book = mem_zero(1, sizeof *book);
    book->tracks = mem_zero(plant->node_count, sizeof *book->tracks);
    book->ledgers = mem_zero(plant->node_count, sizeof *book->ledgers);
    for (uint32_t n = 0; n < plant->node_count; n++) {
        struct ledger *ledger = &book->ledgers[n];
        bool line = plant->nodes[n].level == LEVEL_LINE && plant->nodes[n].constraint != NO_NODE;
        ledger->basis = line ? plant->nodes[n].constraint : n;
        ledger->kept = told_by_role(model, n);
        ledger->known_ms = ledger->ideal_from_ms = INT64_MIN;
    }
    return book;
}

void accounts_destroy(struct account_book *book, const struct plant *plant)
{
    if (!book)
        return;
    for (size_t n = 0; n < plant->node_count; n++) {
        free(book->tracks[n].stretches);
        free(book->ledgers[n].cells);
        free(book->ledgers[n].defects);
    }
    free(book->tracks);
    free(book->ledgers);
    free(book->amendments);
    free(book->stops);
    free(book->touched);
    free(book->calls);
    free(book);
}

/* ---- facts ---- */

static bool is_zero(const struct account *a)
{
    const double pieces[] = {a->good, a->reject, a->rework, a->first_pass, a->inspected, a->startup_reject, a->unknown, a->outside, a->ideal_ms, a->without_ideal};
    bool zero = a->stops == 0 && a->minors == 0;
    for (size_t c = 0; c < TIME_CATEGORIES; c++)
        zero &= a->ms[c] == 0;
    for (size_t p = 0; p < sizeof pieces / sizeof pieces[0]; p++)
        zero &= !(pieces[p] < 0) && !(pieces[p] > 0);
    return zero;
}

struct account_gain *account_fact(struct model *model, uint32_t node, const struct account_cell *cell)
{
    struct account_gain *gain = outcomes_gain(&model->outcomes);
    gain->seq = model->outcome_seq;
    plant_node_path(model->plant, node, gain->path, sizeof gain->path);
    gain->line = model->plant->nodes[node].level == LEVEL_LINE;
    gain->cell = *cell;
    gain->cell.sum = (struct account){.good = 0};
    return gain;
}

static void give(struct model *model, uint32_t node, const struct account_cell *cell)
{
    if (!is_zero(&cell->sum))
        account_fact(model, node, cell)->cell.sum = cell->sum;
}

void account_flush(struct model *model)
{
    struct account_book *book = model->accounts;
    for (size_t a = 0; a < book->amendment_count; a++)
        give(model, book->amendments[a].node, &book->amendments[a].cell);
    book->amendment_count = 0;
}

static void amend(struct account_book *book, uint32_t node, const struct account_cell *cell, const struct account *more)
{
    for (size_t a = 0; a < book->amendment_count; a++)
        if (book->amendments[a].node == node && account_cell_same(&book->amendments[a].cell, cell)) {
            account_add(&book->amendments[a].cell.sum, more);
            return;
        }
    book->amendments = mem_grow(book->amendments, book->amendment_count, &book->amendment_capacity, sizeof *book->amendments);
    struct amendment *amendment = &book->amendments[book->amendment_count++];
    *amendment = (struct amendment){.node = node, .cell = *cell};
    amendment->cell.sum = *more;
}

void ledger_give(struct model *model, uint32_t node, int64_t until_ms)
{
    struct ledger *ledger = &model->accounts->ledgers[node];
    for (; ledger->given < ledger->count && ledger->cells[ledger->given].to_ms <= until_ms; ledger->given++) {
        give(model, node, &ledger->cells[ledger->given]);
        defects_give(model, node, &ledger->cells[ledger->given]);
    }
}

/* ---- cells ---- */

uint32_t account_work_tag(const struct model *model, uint32_t node, enum tag_role role)
{
    uint32_t tag = model_role(model, node, role), line = plant_ancestor(model->plant, node, LEVEL_LINE);
    return tag != NO_TAG || line == NO_NODE ? tag : model_role(model, line, role);
}

/* It may be a number. */
void account_work_text(const struct model *model, uint32_t node, enum tag_role role, char *out, size_t cap)
{
    uint32_t index = account_work_tag(model, node, role);
    const struct tag *tag = index == NO_TAG ? NULL : &model->tags[index];
    char number_space[NUMBER_TEXT];
    double number;
    out[0] = '\0';
    if (!tag || tag->count == 0 || tag->quality == QUALITY_BAD)
        return;
    if (tag->value.kind == VALUE_TEXT) {
        event_word(out, cap, tag->text);
    } else if (value_number(tag->value, &number)) {
        number_text(number, DECIMALS_AUTO, false, number_space);
        event_word(out, cap, number_space);
    }
}

/* Who works: the crew that a machine tells goes before the calendar's. */
static void crew_of(const struct model *model, uint32_t node, const struct shift_at *at, const struct account_cell *like, char crew[CREW_NAME])
{
    bool told = account_work_tag(model, node, ROLE_CREW) != NO_TAG;
    crew[0] = '\0';
    if (told && like)
        memcpy(crew, like->crew, CREW_NAME);
    else if (told)
        account_work_text(model, node, ROLE_CREW, crew, CREW_NAME);
    if (!crew[0])
        event_word(crew, CREW_NAME, at->crew);
}

/* A cell as the calendar has it; its product, order and (where a tag says it) crew are those of `like`, or what tags say now. */
static struct account_cell new_cell(const struct model *model, uint32_t node, int64_t ms, const struct account_cell *like)
{
    const struct calendar *calendar = account_calendar(model, node);
    const struct zone *zone = &model->plant->zone;
    struct account_cell cell = {.from_ms = calendar_cut_before(calendar, zone, ms), .to_ms = calendar_cut_after(calendar, zone, ms)};
    struct shift_at at;
    calendar_at(calendar, zone, ms, &at);
    cell.shift_ms = at.from_ms;
    cell.day = at.day;
    cell.planned = at.planned;
    event_word(cell.shift, sizeof cell.shift, at.name);
    crew_of(model, node, &at, like && like->shift_ms == at.from_ms ? like : NULL, cell.crew);
    if (like) {
        memcpy(cell.product, like->product, sizeof cell.product);
        memcpy(cell.order, like->order, sizeof cell.order);
    } else {
        account_work_text(model, node, ROLE_PRODUCT, cell.product, sizeof cell.product);
        account_work_text(model, node, ROLE_ORDER, cell.order, sizeof cell.order);
    }
    return cell;
}

/* Only what was told may be forgotten. */
static void forget(struct model *model, uint32_t node)
{
    struct ledger *ledger = &model->accounts->ledgers[node];
    size_t most = (size_t)model->plant->bounds.limit[BOUND_CELLS], old = 0;
    int64_t newest = ledger->cells[ledger->count - 1].from_ms;
    while (old + 1 < ledger->count && (ledger->count - old >= most || ledger->cells[old].to_ms <= newest - ACCOUNT_AGE_MS))
        old++;
    if (old == 0)
        return;
    ledger_give(model, node, ledger->cells[old - 1].to_ms);
    ledger->known_ms = ledger->cells[old].from_ms;
    ledger->count -= old;
    ledger->given -= old;
    memmove(ledger->cells, ledger->cells + old, ledger->count * sizeof *ledger->cells);
    defects_forget(ledger);
}

/* How many cells begin at or before a moment. */
static size_t cells_to(const struct ledger *ledger, int64_t ms)
{
    size_t low = 0, high = ledger->count;
    if (high > 0 && ledger->cells[high - 1].from_ms <= ms)
        return high;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (ledger->cells[middle].from_ms <= ms)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct account_cell *ledger_cell_at(const struct ledger *ledger, int64_t ms)
{
    size_t place = cells_to(ledger, ms);
    return place > 0 && ms < ledger->cells[place - 1].to_ms ? &ledger->cells[place - 1] : NULL;
}

/* The first cell of all begins when the node was first heard: what was before in its hour nobody knows. */
static int64_t first_heard(const struct model *model, uint32_t node, int64_t from_ms, int64_t ms)
{
    int64_t known = model->accounts->tracks[model->accounts->ledgers[node].basis].known_ms;
    return known > from_ms && known <= ms ? known : from_ms;
}

size_t ledger_cell(struct model *model, uint32_t node, int64_t ms)
{
    struct ledger *ledger = &model->accounts->ledgers[node];
    size_t place = cells_to(ledger, ms);
    if (place > 0 && ms < ledger->cells[place - 1].to_ms)
        return place - 1;
    if (place == 0 && ledger->count > 0 && (ms < ledger->known_ms || ms < ledger->cells[ledger->count - 1].from_ms - ACCOUNT_AGE_MS))
        return SIZE_MAX;
    if (ledger->count > 0 && place == ledger->count) {
        forget(model, node);
        place = ledger->count;
    }
    struct account_cell cell = new_cell(model, node, ms, place > 0 ? &ledger->cells[place - 1] : ledger->count > 0 ? &ledger->cells[0] : NULL);
    if (ledger->count == 0)
        cell.from_ms = first_heard(model, node, cell.from_ms, ms);
    if (place > 0 && cell.from_ms < ledger->cells[place - 1].to_ms)
        cell.from_ms = ledger->cells[place - 1].to_ms;
    if (place < ledger->count && cell.to_ms > ledger->cells[place].from_ms)
        cell.to_ms = ledger->cells[place].from_ms;
    ledger->cells = mem_grow(ledger->cells, ledger->count, &ledger->capacity, sizeof *ledger->cells);
    memmove(ledger->cells + place + 1, ledger->cells + place, (ledger->count - place) * sizeof *ledger->cells);
    ledger->cells[place] = cell;
    ledger->count++;
    if (place < ledger->given)
        ledger->given++;
    return place;
}

struct account_cell ledger_forgotten(const struct model *model, uint32_t node, int64_t ms)
{
    return new_cell(model, node, ms, &model->accounts->ledgers[node].cells[0]);
}

void ledger_add(struct model *model, uint32_t node, size_t place, int64_t ms, const struct account *more)
{
    struct ledger *ledger = &model->accounts->ledgers[node];
    if (place == SIZE_MAX) {
        struct account_cell cell = ledger_forgotten(model, node, ms);
        amend(model->accounts, node, &cell, more);
        return;
    }
    account_add(&ledger->cells[place].sum, more);
    if (place < ledger->given)
        amend(model->accounts, node, &ledger->cells[place], more);
}

/* ---- what is made changes ---- */

static void rename_cell(struct account_cell *cell, const char *product, const char *order, const char *crew)
{
    if (crew)
        event_word(cell->crew, sizeof cell->crew, crew);
    if (product)
        event_word(cell->product, sizeof cell->product, product);
    if (order)
        event_word(cell->order, sizeof cell->order, order);
}

/* Cells that were told keep their names: it changes in the first one that was not, at the earliest. Time must not be booked beyond it. */
void ledger_work(struct model *model, uint32_t node, int64_t ms, const char *product, const char *order, const char *crew)
{
    struct ledger *ledger = &model->accounts->ledgers[node];
    size_t place = ledger_cell(model, node, ms);
    if (place == SIZE_MAX || place < ledger->given)
        return;
    if (ms > ledger->cells[place].from_ms) {
        ledger->cells = mem_grow(ledger->cells, ledger->count, &ledger->capacity, sizeof *ledger->cells);
        memmove(ledger->cells + place + 1, ledger->cells + place, (ledger->count - place) * sizeof *ledger->cells);
        ledger->count++;
        ledger->cells[place].to_ms = ledger->cells[place + 1].from_ms = ms;
        ledger->cells[++place].sum = (struct account){.good = 0};
    }
    ledger->ideal_from_ms = INT64_MIN;
    for (size_t c = place; c < ledger->count; c++)
        rename_cell(&ledger->cells[c], product, order, crew);
}

/* ---- time ---- */

enum time_category stretch_category(const struct model *model, uint32_t node, const struct stretch *stretch, int64_t ms, int64_t *until_ms)
{
    const struct node *n = &model->plant->nodes[node];
    struct shift_at at;
    account_shift(model, node, ms, &at);
    *until_ms = at.part_to_ms;
    enum time_category category = time_category_of((enum state_class)stretch->booked, &at, stretch->is_long ? INT64_MAX : 0, n->minor_stop_ms);
    int64_t standard = stretch->start_ms + n->setup_standard_ms;
    if (category != TIME_SETUP || n->setup_standard_ms <= 0)
        return category;
    if (ms >= standard)
        return TIME_SETUP_OVER;
    if (standard < *until_ms)
        *until_ms = standard;
    return TIME_SETUP;
}

static bool is_counted(enum time_category category) { return category == TIME_DOWN || category == TIME_MINOR; }

int64_t stretch_counted(const struct model *model, uint32_t node, const struct stretch *stretch, int64_t from_ms, int64_t to_ms)
{
    for (int64_t t = from_ms, until; t < to_ms; t = until)
        if (is_counted(stretch_category(model, node, stretch, t, &until)))
            return t;
    return 0;
}

static void count_stop(struct account *a, enum time_category category, uint32_t by)
{
    if (category == TIME_DOWN)
        a->stops += by;
    else
        a->minors += by;
}

static void book(struct model *model, uint32_t node, uint32_t basis, struct stretch *stretch, int64_t from_ms, int64_t to_ms, int sign)
{
    const struct ledger *ledger = &model->accounts->ledgers[node];
    for (int64_t t = from_ms, until; t < to_ms; t = until) {
        enum time_category category = stretch_category(model, basis, stretch, t, &until);
        size_t place = ledger_cell(model, node, t);
        int64_t end = place == SIZE_MAX ? calendar_cut_after(account_calendar(model, node), &model->plant->zone, t) : ledger->cells[place].to_ms;
        bool stop = is_counted(category);
        struct account more = {.good = 0};
        until = until < end ? until : end;
        until = until < to_ms ? until : to_ms;
        more.ms[category] = sign * (until - t);
        if (stop && sign > 0 && stretch->counted_ms == 0)
            stretch->counted_ms = t;
        if (stop && stretch->counted_ms >= t && stretch->counted_ms < until)
            count_stop(&more, category, sign > 0 ? 1 : UINT32_MAX);
        ledger_add(model, node, place, t, &more);
    }
}

uint32_t account_line_of(const struct model *model, uint32_t node)
{
    uint32_t line = plant_ancestor(model->plant, node, LEVEL_LINE);
    bool fed = line != NO_NODE && line != node && model->accounts->ledgers[line].kept && model->accounts->ledgers[line].basis == node;
    return fed ? line : NO_NODE;
}

void account_book_time(struct model *model, uint32_t node, struct stretch *stretch, int64_t from_ms, int64_t to_ms, int sign)
{
    const struct account_book *a = model->accounts;
    uint32_t line = account_line_of(model, node);
    if (from_ms < a->tracks[node].frozen_ms)
        from_ms = a->tracks[node].frozen_ms;
    if (from_ms < to_ms - BOOKED_MOST_MS)
        from_ms = to_ms - BOOKED_MOST_MS;
    if (a->ledgers[node].kept && a->ledgers[node].basis == node)
        book(model, node, node, stretch, from_ms, to_ms, sign);
    if (line != NO_NODE)
        book(model, line, node, stretch, from_ms, to_ms, sign);
    if (sign < 0 && stretch->counted_ms >= from_ms && stretch->counted_ms < to_ms)
        stretch->counted_ms = 0;
}
