/*
 * Pieces of what was measured, into cells: with what of their time the node ran, as its track says. When the track, the product or the clock turn out to have been
 * otherwise, what lies in cells moves by the pieces that are remembered; what is older stays as it was booked.
 */
#include <math.h>
#include <string.h>

#include "core/memory.h"
#include "core/model_energy_private.h"

/* ---- what a piece is ---- */

/* How long the node ran, and how long it is known that it did not. */
static void node_time(const struct model *model, uint32_t basis, int64_t from_ms, int64_t to_ms, int64_t *run_ms, int64_t *still_ms)
{
    const struct track *track = &model->accounts->tracks[basis];
    *run_ms = *still_ms = 0;
    for (size_t i = track->count; i-- > 0 && to_ms > from_ms;) {
        int64_t start = later(track->stretches[i].start_ms, from_ms);
        if (start >= to_ms)
            continue;
        if (track->stretches[i].class == CLASS_RUN)
            *run_ms += to_ms - start;
        else if (track->stretches[i].class != CLASS_UNKNOWN)
            *still_ms += to_ms - start;
        to_ms = start;
    }
}

static void measure_part(const struct model *model, uint32_t meter, enum meter_channel channel, const struct piece *piece, int64_t from_ms, int64_t to_ms, struct energy *out)
{
    int64_t run, still;
    if (channel != CHANNEL_AMOUNT) {
        if (piece->kind != PIECE_MISSING)
            *(channel == CHANNEL_REACTIVE ? &out->reactive : &out->leading) += piece->rate * (double)(to_ms - from_ms) / HOUR_MS;
        return;
    }
    if (piece->kind == PIECE_MISSING) {
        out->missing_ms += to_ms - from_ms;
        return;
    }
    double amount = piece->rate * (double)(to_ms - from_ms) / HOUR_MS;
    node_time(model, meter_place_of(model, meter)->basis, from_ms, to_ms, &run, &still);
    out->amount += amount;
    out->estimated += piece->kind == PIECE_ESTIMATED ? amount : 0;
    out->valid_ms += to_ms - from_ms;
    out->running_ms += run;
    out->idle += piece->rate * (double)still / HOUR_MS;
}

static int64_t begin_of(const struct channel *channel, size_t piece)
{
    return piece > 0 ? channel->pieces[piece - 1].to_ms : channel->from_ms;
}

void meter_measure(const struct model *model, uint32_t meter, enum meter_channel c, int64_t from_ms, int64_t to_ms, struct energy *out)
{
    const struct channel *channel = &meter_of(model, meter)->channels[c];
    for (size_t p = channel->piece_count; p-- > 0 && channel->pieces[p].to_ms > from_ms;) {
        int64_t from = later(begin_of(channel, p), from_ms), to = earlier(channel->pieces[p].to_ms, to_ms);
        if (from < to)
            measure_part(model, meter, c, &channel->pieces[p], from, to, out);
    }
}

/* ---- the line of pieces ---- */

static bool joins(const struct channel *channel, size_t first)
{
    const struct piece *a = &channel->pieces[first], *b = a + 1;
    return a->kind == b->kind && b->to_ms - begin_of(channel, first) <= PIECE_JOINED_MS;
}

static void join_old(struct channel *channel)
{
    size_t kept = 0;
    for (size_t p = 1; p < channel->piece_count; p++) {
        channel->pieces[kept + 1] = channel->pieces[p];
        if (p + PIECES_RAW >= channel->piece_count || !joins(channel, kept)) {
            kept++;
            continue;
        }
        struct piece *a = &channel->pieces[kept], *b = a + 1;
        double first = (double)(a->to_ms - begin_of(channel, kept)), second = (double)(b->to_ms - a->to_ms);
        *a = (struct piece){.to_ms = b->to_ms, .kind = a->kind, .joined = true, .rate = (a->rate * first + b->rate * second) / (first + second)};
    }
    channel->piece_count = kept + 1;
}

void channel_room(struct channel *channel)
{
    if (!channel->pieces)
        channel->pieces = mem_zero(PIECES_MOST, sizeof *channel->pieces);
    if (channel->piece_count == PIECES_MOST)
        join_old(channel);
    if (channel->piece_count < PIECES_MOST)
        return;
    channel->from_ms = channel->pieces[0].to_ms;
    memmove(channel->pieces, channel->pieces + 1, --channel->piece_count * sizeof *channel->pieces);
}

static void append(struct channel *channel, int64_t from_ms, struct piece piece)
{
    channel_room(channel);
    if (channel->piece_count == 0 || from_ms != channel->last_ms) {
        channel->piece_count = 0;
        channel->from_ms = from_ms;
    }
    channel->pieces[channel->piece_count++] = piece;
    channel->last_ms = piece.to_ms;
}

/* ---- booked ---- */

void meter_book_part(struct model *model, uint32_t meter, enum meter_channel channel, const struct piece *piece, int64_t from_ms, int64_t to_ms, int sign)
{
    const struct meter_book *book = meter_of(model, meter);
    for (int64_t t = from_ms, until; t < to_ms; t = until) {
        size_t place = meter_cell(model, meter, t);
        struct energy more = {.amount = 0};
        until = earlier(to_ms, place == SIZE_MAX ? meter_cell_at(model, meter, t).to_ms : book->cells[place].to_ms);
        measure_part(model, meter, channel, piece, t, until, &more);
        meter_add(model, meter, place, t, &more, sign);
    }
    if (book->given < book->count && book->cells[book->given].to_ms <= to_ms)
        meter_touch(model, meter);
}

static void minute_begin(struct meter_book *book, int64_t ms)
{
    book->minute_ms = ms - (ms % 60000 + 60000) % 60000;
    book->minute_sum = 0;
    book->minute_valid_ms = 0;
}

/* Mean power of whole minutes, of what is known of them. */
static void see_minutes(struct meter_book *book, const struct piece *piece, int64_t from_ms)
{
    if (book->minute_ms == INT64_MIN || from_ms >= book->minute_ms + 60000 || from_ms < book->minute_ms)
        minute_begin(book, from_ms);
    while (from_ms < piece->to_ms) {
        int64_t end = book->minute_ms + 60000, to = earlier(end, piece->to_ms);
        if (piece->kind != PIECE_MISSING) {
            book->minute_sum += piece->rate * (double)(to - from_ms);
            book->minute_valid_ms += to - from_ms;
        }
        from_ms = to;
        if (to < end)
            return;
        book->state.minute = book->minute_valid_ms > 0 ? book->minute_sum / (double)book->minute_valid_ms : NAN;
        minute_begin(book, later(to, piece->to_ms - 120000));
        from_ms = later(from_ms, book->minute_ms);
    }
}

void meter_book(struct model *model, uint32_t meter, enum meter_channel c, struct piece piece)
{
    struct meter_book *book = meter_of(model, meter);
    struct channel *channel = &book->channels[c];
    int64_t from = later(channel->last_ms, piece.to_ms - SPREAD_MOST_MS);
    if (from >= piece.to_ms)
        return;
    meter_book_part(model, meter, c, &piece, from, piece.to_ms, 1);
    append(channel, from, piece);
    if (c == CHANNEL_AMOUNT)
        see_minutes(book, &piece, from);
}

/* ---- learnt later ---- */

static void time_of_place(struct model *model, uint32_t node, int64_t from_ms, int sign)
{
    const struct energy_book *energies = model->energies;
    if (energies->place_of[node] == UINT32_MAX)
        return;
    const struct meter_place *place = &energies->places[energies->place_of[node]];
    for (uint32_t m = place->first; m < place->end; m++) {
        const struct meter_book *book = meter_of(model, m);
        int64_t booked = book->channels[CHANNEL_AMOUNT].last_ms;
        for (size_t c = book->count; c-- > 0 && book->cells[c].to_ms > from_ms;) {
            struct energy was = {.amount = 0};
            meter_measure(model, m, CHANNEL_AMOUNT, later(book->cells[c].from_ms, from_ms), earlier(book->cells[c].to_ms, booked), &was);
            if (was.running_ms || was.idle != 0)
                meter_add(model, m, c, from_ms, &(struct energy){.idle = was.idle, .running_ms = was.running_ms}, sign);
        }
    }
}

void energies_time(struct model *model, uint32_t node, int64_t from_ms, int sign)
{
    if (!model->energies)
        return;
    uint32_t line = account_line_of(model, node);
    time_of_place(model, node, from_ms, sign);
    if (line != NO_NODE)
        time_of_place(model, line, from_ms, sign);
}

static void name_work(struct energy_cell *cell, const struct energy_work *work)
{
    memcpy(cell->product, work->product, sizeof cell->product);
    memcpy(cell->order, work->order, sizeof cell->order);
}

/* Cells that were told keep their names: it changes in the first one that was not, at the earliest. */
static void work_of_meter(struct model *model, uint32_t meter, const struct energy_work *work)
{
    struct meter_book *book = meter_of(model, meter);
    int64_t from = book->given > 0 ? later(work->from_ms, book->cells[book->given - 1].to_ms) : work->from_ms;
    for (size_t c = book->given; c < book->count; c++) {
        if (book->cells[c].to_ms <= from)
            continue;
        if (book->cells[c].from_ms < from) {
            struct energy moved = {.amount = 0};
            for (int channel = 0; channel < METER_CHANNELS; channel++)
                meter_measure(model, meter, (enum meter_channel)channel, from, book->cells[c].to_ms, &moved);
            energy_subtract(&book->cells[c].sum, &moved);
            meter_cut(model, meter, c++, from);
            energy_add(&book->cells[c].sum, &moved);
        }
        name_work(&book->cells[c], work);
    }
}

static void push_work(struct meter_place *place, int64_t ms, const char *product, const char *order)
{
    size_t old = 0;
    while (old + 1 < place->work_count && (place->work_count - old >= WORKS_MOST || place->works[old + 1].from_ms < ms - ENERGY_AGE_MS))
        old++;
    if (old > 0)
        memmove(place->works, place->works + old, (place->work_count -= old) * sizeof *place->works);
    struct energy_work work = {.from_ms = ms};
    event_word(work.product, sizeof work.product, product);
    event_word(work.order, sizeof work.order, order);
    place->works = mem_grow(place->works, place->work_count, &place->work_capacity, sizeof *place->works);
    place->works[place->work_count++] = work;
}

/* What was made before anything was told of it lies in the newest cell. */
static void begin_works(const struct model *model, struct meter_place *place)
{
    const struct energy_cell *newest = NULL;
    for (uint32_t m = place->first; m < place->end; m++) {
        const struct meter_book *book = meter_of(model, m);
        if (book->count > 0 && (!newest || book->cells[book->count - 1].from_ms > newest->from_ms))
            newest = &book->cells[book->count - 1];
    }
    push_work(place, -TIME_MOST_MS, newest ? newest->product : "", newest ? newest->order : "");
}

void energies_work(struct model *model, uint32_t node, enum tag_role role, int64_t ms)
{
    struct energy_book *energies = model->energies;
    char text[WORK_NAME];
    if (!energies || energies->place_of[node] == UINT32_MAX)
        return;
    struct meter_place *place = &energies->places[energies->place_of[node]];
    account_work_text(model, node, role, text, sizeof text);
    if (place->work_count == 0)
        begin_works(model, place);
    struct energy_work *last = &place->works[place->work_count - 1], was = *last;
    if (strcmp(role == ROLE_PRODUCT ? was.product : was.order, text) == 0)
        return;
    if (ms > last->from_ms)
        push_work(place, ms, was.product, was.order);
    last = &place->works[place->work_count - 1];
    event_word(role == ROLE_PRODUCT ? last->product : last->order, WORK_NAME, text);
    for (uint32_t m = place->first; m < place->end; m++)
        work_of_meter(model, m, last);
}

/* ---- the clock ---- */

/* What was measured of a time that comes again is taken out; a register's reading goes back with it. */
static void set_back(struct model *model, uint32_t meter, enum meter_channel c, int64_t now)
{
    struct meter_book *book = meter_of(model, meter);
    struct channel *channel = &book->channels[c];
    double before = 0;
    for (size_t cell = book->count; cell-- > 0 && book->cells[cell].to_ms > now;) {
        struct energy beyond = {.amount = 0};
        meter_measure(model, meter, c, later(book->cells[cell].from_ms, now), book->cells[cell].to_ms, &beyond);
        meter_add(model, meter, cell, now, &beyond, -1);
        before += c == CHANNEL_AMOUNT ? beyond.amount : c == CHANNEL_REACTIVE ? beyond.reactive : beyond.leading;
    }
    while (channel->piece_count > 0 && begin_of(channel, channel->piece_count - 1) >= now)
        channel->piece_count--;
    if (channel->piece_count > 0)
        channel->pieces[channel->piece_count - 1].to_ms = earlier(channel->pieces[channel->piece_count - 1].to_ms, now);
    else
        channel->from_ms = now;
    if (model->plant->meters[meter].kind == METER_REGISTER)
        channel->last -= before;
    channel->last_ms = now;
    channel->rose_ms = earlier(channel->rose_ms, now);
    channel->leap_ms = 0;
}

void energies_clock(struct model *model)
{
    int64_t now = account_now(model);
    if (!model->energies)
        return;
    for (uint32_t m = 0; m < model->plant->meter_count; m++) {
        struct meter_book *book = meter_of(model, m);
        for (int c = 0; c < METER_CHANNELS; c++)
            if (book->channels[c].known && book->channels[c].last_ms > now)
                set_back(model, m, (enum meter_channel)c, now);
        book->state.booked_ms = book->channels[CHANNEL_AMOUNT].last_ms;
        if (book->minute_ms > now)
            book->minute_ms = INT64_MIN;
        book->give_due_ms = INT64_MAX;
        meter_touch(model, m);
    }
    demands_clock(model, now);
    emissions_clock(model, now);
    for (size_t p = 0; p < model->energies->place_count; p++) {
        struct meter_place *place = &model->energies->places[p];
        while (place->work_count > 1 && place->works[place->work_count - 1].from_ms > now && place->works[place->work_count - 2].from_ms >= now) {
            place->works[place->work_count - 2] = place->works[place->work_count - 1];
            place->work_count--;
        }
        if (place->work_count > 1)
            place->works[place->work_count - 1].from_ms = earlier(place->works[place->work_count - 1].from_ms, now);
    }
}
