/*
 * Cells of meters, and the facts of them. A struct meter_book's cells are found by time, made where something is booked, told when they are over and measured
 * through (or nothing has come for so long that nothing will), and forgotten after 26 hours. A struct meter_use leads from a tag to whom it concerns.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/model_energy_private.h"

/* ---- making and ending ---- */

static void add_use(struct energy_book *book, size_t *capacity, uint32_t tag, enum meter_use_kind kind, uint32_t index, unsigned channel)
{
    if (tag == NO_TAG)
        return;
    book->uses = mem_grow(book->uses, book->use_count, capacity, sizeof *book->uses);
    book->uses[book->use_count++] = (struct meter_use){.tag = tag, .index = index, .kind = (uint8_t)kind, .channel = (uint8_t)channel};
}

static int by_tag(const void *a, const void *b)
{
    const struct meter_use *x = a, *y = b;
    int kind = (x->kind > y->kind) - (x->kind < y->kind), index = (x->index > y->index) - (x->index < y->index);
    return x->tag != y->tag ? (x->tag > y->tag) - (x->tag < y->tag) : kind ? kind : index ? index : (x->channel > y->channel) - (x->channel < y->channel);
}

static void add_uses(struct energy_book *book, const struct plant *plant)
{
    size_t capacity = 0;
    for (uint32_t m = 0; m < plant->meter_count; m++) {
        const struct meter *meter = &plant->meters[m];
        if (meter->kind == METER_SUM)
            continue;
        add_use(book, &capacity, meter->tag, USE_CHANNEL, m, CHANNEL_AMOUNT);
        if (meter->kind == METER_EMISSION)
            continue;
        add_use(book, &capacity, meter->reactive_tag, USE_CHANNEL, m, CHANNEL_REACTIVE);
        add_use(book, &capacity, meter->leading_tag, USE_CHANNEL, m, CHANNEL_LEADING);
        if (meter->kind != METER_POWER)
            add_use(book, &capacity, meter->power_tag, USE_POWER, m, 0);
    }
    for (uint32_t d = 0; d < plant->demand_count; d++)
        add_use(book, &capacity, plant->demands[d].sync_tag, USE_SYNC, d, 0);
    for (uint32_t e = 0; e < plant->emission_count; e++)
        add_use(book, &capacity, plant->emissions[e].o2_tag, USE_O2, e, 0);
    if (book->use_count)
        qsort(book->uses, book->use_count, sizeof *book->uses, by_tag);
    book->use_of = mem_zero(plant->tag_count, sizeof *book->use_of);
    memset(book->use_of, 0xFF, plant->tag_count * sizeof *book->use_of);
    for (size_t u = book->use_count; u-- > 0;)
        book->use_of[book->uses[u].tag] = (uint32_t)u;
}

static void add_places(struct energy_book *book, const struct model *model)
{
    const struct plant *plant = model->plant;
    size_t capacity = 0;
    book->place_of = mem_zero(plant->node_count, sizeof *book->place_of);
    memset(book->place_of, 0xFF, plant->node_count * sizeof *book->place_of);
    for (uint32_t m = 0; m < plant->meter_count; m++) {
        uint32_t node = plant->meters[m].node;
        if (book->place_of[node] == UINT32_MAX) {
            const struct ledger *ledger = &model->accounts->ledgers[node];
            book->places = mem_grow(book->places, book->place_count, &capacity, sizeof *book->places);
            book->place_of[node] = (uint32_t)book->place_count;
            book->places[book->place_count++] = (struct meter_place){.node = node, .basis = ledger->kept ? ledger->basis : node, .first = m};
        }
        book->places[book->place_of[node]].end = m + 1;
    }
}

static struct meter_book empty_meter(void)
{
    return (struct meter_book){.state = {.power = NAN, .minute = NAN}, .amended = SIZE_MAX, .known_ms = INT64_MAX, .give_due_ms = INT64_MAX, .stale_due_ms = INT64_MAX,
        .minute_ms = INT64_MIN};
}

struct energy_book *energies_create(const struct model *model)
{
    const struct plant *plant = model->plant;
    if (plant->meter_count == 0)
        return NULL;
    struct energy_book *book = mem_zero(1, sizeof *book);
    book->meters = mem_zero(plant->meter_count, sizeof *book->meters);
    book->touched = mem_zero(plant->meter_count, sizeof *book->touched);
    for (uint32_t m = 0; m < plant->meter_count; m++)
        book->meters[m] = empty_meter();
    add_uses(book, plant);
    add_places(book, model);
    demands_create(book, plant);
    emissions_create(book, plant);
    return book;
}

static void meter_release(struct meter_book *meter)
{
    for (size_t c = 0; c < METER_CHANNELS; c++)
        free(meter->channels[c].pieces);
    free(meter->cells);
    free(meter->told);
}

void energies_destroy(struct energy_book *book, const struct plant *plant)
{
    if (!book)
        return;
    for (size_t m = 0; m < plant->meter_count; m++)
        meter_release(&book->meters[m]);
    for (size_t p = 0; p < book->place_count; p++)
        free(book->places[p].works);
    free(book->meters);
    free(book->demands);
    free(book->emissions);
    free(book->places);
    free(book->place_of);
    free(book->uses);
    free(book->touched);
    free(book->use_of);
    free(book);
}

/* ---- facts ---- */

struct meter_place *meter_place_of(const struct model *model, uint32_t meter)
{
    return &model->energies->places[model->energies->place_of[model->plant->meters[meter].node]];
}

void meter_touch(struct model *model, uint32_t meter)
{
    struct energy_book *book = model->energies;
    if (book->meters[meter].touched)
        return;
    book->meters[meter].touched = true;
    book->touched[book->touched_count++] = meter;
}

static bool is_zero(const struct energy *e)
{
    const double amounts[] = {e->amount, e->reactive, e->leading, e->idle, e->estimated};
    bool zero = e->valid_ms == 0 && e->missing_ms == 0 && e->running_ms == 0;
    for (size_t a = 0; a < sizeof amounts / sizeof amounts[0]; a++)
        zero &= !(amounts[a] < 0) && !(amounts[a] > 0);
    return zero;
}

static void give(struct model *model, uint32_t meter, const struct energy_cell *cell, const struct energy *sum)
{
    if (is_zero(sum))
        return;
    struct energy_gain *gain = outcomes_energy(&model->outcomes);
    gain->seq = model->outcome_seq;
    plant_meter_key(model->plant, meter, gain->path, sizeof gain->path);
    gain->cell = *cell;
    gain->cell.sum = *sum;
}

void meter_give(struct model *model, uint32_t meter, int64_t until_ms)
{
    struct meter_book *book = meter_of(model, meter);
    for (; book->given < book->count && book->cells[book->given].to_ms <= until_ms; book->given++) {
        book->told[book->given] = book->cells[book->given].sum;
        give(model, meter, &book->cells[book->given], &book->cells[book->given].sum);
        book->give_due_ms = INT64_MAX;
    }
}

static void tell_amendments(struct model *model, uint32_t meter)
{
    struct meter_book *book = meter_of(model, meter);
    for (size_t c = book->amended; c < book->given; c++) {
        struct energy differs = book->cells[c].sum;
        energy_subtract(&differs, &book->told[c]);
        give(model, meter, &book->cells[c], &differs);
        book->told[c] = book->cells[c].sum;
    }
    book->amended = SIZE_MAX;
}

/* Up to where all channels that speak have measured. */
static int64_t measured_to(const struct model *model, uint32_t meter)
{
    const struct meter_book *book = meter_of(model, meter);
    int64_t to = book->channels[CHANNEL_AMOUNT].known ? book->channels[CHANNEL_AMOUNT].last_ms : INT64_MIN, least = to;
    for (size_t c = CHANNEL_AMOUNT + 1; c < METER_CHANNELS && to > INT64_MIN; c++) {
        const struct channel *channel = &book->channels[c];
        if (channel->known && channel->last_ms < least && channel->last_ms >= to - model->plant->meters[meter].gap_ms)
            least = channel->last_ms;
    }
    return least;
}

uint32_t slot_meter(const struct model *model, uint32_t meter)
{
    return slot_account(model, (uint32_t)model->plant->node_count) + meter;
}

static void arm(struct model *model, uint32_t meter)
{
    struct meter_book *book = meter_of(model, meter);
    if (book->given < book->count && book->give_due_ms == INT64_MAX) {
        int64_t after = book->cells[book->given].to_ms + model->plant->meters[meter].gap_ms - account_now(model);
        book->give_due_ms = model->alarms->now.elapsed_ms + (after > 0 ? after : 0);
    }
    int64_t due = book->give_due_ms < book->stale_due_ms ? book->give_due_ms : book->stale_due_ms;
    if (due < timers_at(&model->timers, slot_meter(model, meter)))
        timers_set(&model->timers, slot_meter(model, meter), due);
}

void energies_arm(struct model *model)
{
    if (!model->energies)
        return;
    for (uint32_t m = 0; m < model->plant->meter_count; m++)
        arm(model, m);
    demands_arm(model);
    emissions_arm(model);
}

void energies_settle(struct model *model)
{
    struct energy_book *book = model->energies;
    if (!book)
        return;
    for (size_t t = 0; t < book->touched_count; t++) {
        uint32_t meter = book->touched[t];
        book->meters[meter].touched = false;
        meter_give(model, meter, measured_to(model, meter));
        tell_amendments(model, meter);
        arm(model, meter);
    }
    book->touched_count = 0;
}

/* What is due is looked at: the timer is not moved with every sample. */
static void meter_fire(struct model *model, uint32_t meter)
{
    struct meter_book *book = meter_of(model, meter);
    int64_t now = model->alarms->now.elapsed_ms;
    if (book->give_due_ms <= now) {
        book->give_due_ms = INT64_MAX;
        meter_give(model, meter, account_now(model) - model->plant->meters[meter].gap_ms);
    }
    if (book->stale_due_ms <= now) {
        book->stale_due_ms = INT64_MAX;
        book->state.power = NAN;
    }
    meter_touch(model, meter);
}

void energies_fire(struct model *model, uint32_t slot)
{
    if (slot < slot_demand(model, 0))
        meter_fire(model, slot - slot_meter(model, 0));
    else if (slot < slot_emission(model, 0))
        demand_fire(model, slot - slot_demand(model, 0));
    else
        emission_fire(model, slot - slot_emission(model, 0));
}

/* ---- cells ---- */

static const struct energy_work *work_at(const struct meter_place *place, int64_t ms, int64_t *from_ms, int64_t *to_ms)
{
    size_t w = place->work_count;
    *from_ms = INT64_MIN;
    *to_ms = INT64_MAX;
    if (w == 0)
        return NULL;
    while (w > 1 && place->works[w - 1].from_ms > ms)
        w--;
    if (w > 1)
        *from_ms = place->works[w - 1].from_ms;
    if (w < place->work_count)
        *to_ms = place->works[w].from_ms;
    return &place->works[w - 1];
}

static int64_t quarter_of(int64_t ms)
{
    int64_t into = ms % METER_QUARTER_MS;
    return ms - (into < 0 ? into + METER_QUARTER_MS : into);
}

struct energy_cell meter_cell_at(const struct model *model, uint32_t meter, int64_t ms)
{
    const struct meter_place *place = meter_place_of(model, meter);
    struct energy_cell cell = {.from_ms = quarter_of(ms), .to_ms = quarter_of(ms) + METER_QUARTER_MS};
    struct shift_at at;
    int64_t from, to;
    calendar_at(account_calendar(model, place->node), &model->plant->zone, ms, &at);
    const struct energy_work *work = work_at(place, ms, &from, &to);
    cell.from_ms = later(cell.from_ms, later(at.from_ms, from));
    cell.to_ms = earlier(cell.to_ms, earlier(at.to_ms, to));
    cell.shift_ms = at.from_ms;
    cell.day = at.day;
    cell.planned = at.planned;
    event_word(cell.shift, sizeof cell.shift, at.name);
    event_word(cell.crew, sizeof cell.crew, at.crew);
    if (work) {
        memcpy(cell.product, work->product, sizeof cell.product);
        memcpy(cell.order, work->order, sizeof cell.order);
    } else {
        account_work_text(model, place->node, ROLE_PRODUCT, cell.product, sizeof cell.product);
        account_work_text(model, place->node, ROLE_ORDER, cell.order, sizeof cell.order);
    }
    return cell;
}

/* Only what was told may be forgotten. */
static void forget(struct model *model, uint32_t meter)
{
    struct meter_book *book = meter_of(model, meter);
    size_t most = (size_t)model->plant->bounds.limit[BOUND_ENERGY_CELLS], old = 0;
    int64_t newest = book->cells[book->count - 1].from_ms;
    while (old + 1 < book->count && (book->count - old >= most || book->cells[old].to_ms <= newest - ENERGY_AGE_MS))
        old++;
    if (old == 0)
        return;
    meter_give(model, meter, book->cells[old - 1].to_ms);
    tell_amendments(model, meter);
    book->known_ms = book->cells[old].from_ms;
    book->count -= old;
    book->given -= old;
    memmove(book->cells, book->cells + old, book->count * sizeof *book->cells);
    memmove(book->told, book->told + old, book->given * sizeof *book->told);
}

/* How many cells begin at or before a moment. */
static size_t cells_to(const struct meter_book *book, int64_t ms)
{
    size_t low = 0, high = book->count;
    if (high > 0 && book->cells[high - 1].from_ms <= ms)
        return high;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (book->cells[middle].from_ms <= ms)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Among those that were told it is one of which nothing was said yet. */
static void insert(struct model *model, uint32_t meter, size_t place, const struct energy_cell *cell)
{
    struct meter_book *book = meter_of(model, meter);
    book->cells = mem_grow(book->cells, book->count, &book->capacity, sizeof *book->cells);
    book->told = mem_grow(book->told, book->count, &book->told_capacity, sizeof *book->told);
    memmove(book->cells + place + 1, book->cells + place, (book->count - place) * sizeof *book->cells);
    book->cells[place] = *cell;
    book->count++;
    if (book->amended != SIZE_MAX && book->amended >= place)
        book->amended++;
    if (place < book->given) {
        memmove(book->told + place + 1, book->told + place, (book->given - place) * sizeof *book->told);
        book->told[place] = (struct energy){.amount = 0};
        book->given++;
    } else {
        book->give_due_ms = INT64_MAX;
        meter_touch(model, meter);
    }
}

size_t meter_cell(struct model *model, uint32_t meter, int64_t ms)
{
    struct meter_book *book = meter_of(model, meter);
    size_t place = cells_to(book, ms);
    if (place > 0 && ms < book->cells[place - 1].to_ms)
        return place - 1;
    if (place == 0 && book->count > 0 && (ms < book->known_ms || ms < book->cells[book->count - 1].from_ms - ENERGY_AGE_MS))
        return SIZE_MAX;
    if (book->count > 0 && place == book->count) {
        forget(model, meter);
        place = book->count;
    }
    struct energy_cell cell = meter_cell_at(model, meter, ms);
    if (place > 0)
        cell.from_ms = later(cell.from_ms, book->cells[place - 1].to_ms);
    if (place < book->count)
        cell.to_ms = earlier(cell.to_ms, book->cells[place].from_ms);
    insert(model, meter, place, &cell);
    return place;
}

void meter_add(struct model *model, uint32_t meter, size_t place, int64_t ms, const struct energy *more, int sign)
{
    struct meter_book *book = meter_of(model, meter);
    struct energy signed_sum = {.amount = 0};
    if (place == SIZE_MAX) {
        struct energy_cell cell = meter_cell_at(model, meter, ms);
        if (sign > 0)
            energy_add(&signed_sum, more);
        else
            energy_subtract(&signed_sum, more);
        give(model, meter, &cell, &signed_sum);
        return;
    }
    if (sign > 0)
        energy_add(&book->cells[place].sum, more);
    else
        energy_subtract(&book->cells[place].sum, more);
    if (place >= book->given)
        return;
    if (place < book->amended)
        book->amended = place;
    meter_touch(model, meter);
}

void meter_cut(struct model *model, uint32_t meter, size_t place, int64_t ms)
{
    struct meter_book *book = meter_of(model, meter);
    struct energy_cell second = meter_cell_at(model, meter, ms);
    second.from_ms = ms;
    second.to_ms = earlier(second.to_ms, book->cells[place].to_ms);
    book->cells[place].to_ms = ms;
    insert(model, meter, place + 1, &second);
}
