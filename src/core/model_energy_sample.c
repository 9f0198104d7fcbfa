/*
 * What meters' tags say. A power holds from one sample to the next, and a silence longer than the gap is missing, all of it. A register's pieces are the
 * differences of its readings by the rules of counters; one that climbs faster than is credible is not booked: it takes another reading that agrees with
 * it, and then the register goes on from there, and what lay before is missing. An increment is what came in the interval before its stamp.
 */
#include <math.h>

#include "core/model_energy_private.h"

static bool is_emission(const struct meter *meter) { return meter->kind == METER_EMISSION; }

static double scale_of(const struct meter *meter, unsigned channel)
{
    const double scales[METER_CHANNELS] = {meter->scale, meter->reactive_scale, meter->leading_scale};
    return scales[channel] > 0 ? scales[channel] : 1;
}

static double credible(double value)
{
    return value > -RATE_MOST && value < RATE_MOST ? value : NAN;
}

static void glitch(struct model *model, uint32_t meter)
{
    char key[KEY_BYTES];
    meter_of(model, meter)->state.glitches++;
    plant_meter_key(model->plant, meter, key, sizeof key);
    model_count_drop(model, DROP_COUNTER_GLITCH, 1, key);
}

static void begin(struct meter_book *book, enum meter_channel c, double value, int64_t ms)
{
    struct channel *channel = &book->channels[c];
    *channel = (struct channel){.known = true, .last_ms = ms, .last = value, .rose_ms = ms, .from_ms = ms, .pieces = channel->pieces};
    if (c == CHANNEL_AMOUNT && book->known_ms == INT64_MAX)
        book->known_ms = ms;
}

/* ---- powers and concentrations ---- */

static void power_read(struct model *model, uint32_t meter, enum meter_channel c, double value, int64_t ms)
{
    const struct meter *def = &model->plant->meters[meter];
    struct channel *channel = &meter_of(model, meter)->channels[c];
    if (def->most > 0 && fabs(value) > def->most && !is_emission(def)) {
        glitch(model, meter);
        value = NAN;
    }
    if (!channel->known) {
        /* What was told long ago holds from now on: nobody saw it meanwhile. */
        begin(meter_of(model, meter), c, value, ms < account_now(model) - def->gap_ms ? account_now(model) : ms);
        return;
    }
    if (ms > channel->last_ms) {
        bool silent = ms - channel->last_ms > def->gap_ms;
        meter_of(model, meter)->state.gaps += silent && c == CHANNEL_AMOUNT;
        meter_book(model, meter, c, (struct piece){.to_ms = ms, .rate = channel->last, .kind = silent || isnan(channel->last) ? PIECE_MISSING : PIECE_VALID});
    }
    channel->last = value;
}

/* A sample between two others: it held from its time on. */
static void power_late(struct model *model, uint32_t meter, enum meter_channel c, double value, int64_t ms)
{
    const struct meter *def = &model->plant->meters[meter];
    struct channel *channel = &meter_of(model, meter)->channels[c];
    if (channel->piece_count == 0)
        return;
    channel_room(channel);
    size_t p = channel->piece_count;
    while (p > 0 && (p > 1 ? channel->pieces[p - 2].to_ms : channel->from_ms) >= ms)
        p--;
    if (p-- == 0 || channel->pieces[p].to_ms <= ms || channel->pieces[p].joined)
        return;
    int64_t from = p > 0 ? channel->pieces[p - 1].to_ms : channel->from_ms;
    struct piece was = channel->pieces[p], first = was, second = {.to_ms = was.to_ms, .rate = value};
    if (def->most > 0 && fabs(value) > def->most && !is_emission(def))
        return;
    first.to_ms = ms;
    first.kind = ms - from > def->gap_ms || isnan(first.rate) ? PIECE_MISSING : PIECE_VALID;
    second.kind = was.to_ms - ms > def->gap_ms || isnan(value) ? PIECE_MISSING : PIECE_VALID;
    meter_book_part(model, meter, c, &was, from, was.to_ms, -1);
    for (size_t i = channel->piece_count++; i > p; i--)
        channel->pieces[i] = channel->pieces[i - 1];
    channel->pieces[p] = first;
    channel->pieces[p + 1] = second;
    meter_book_part(model, meter, c, &first, from, ms, 1);
    meter_book_part(model, meter, c, &second, ms, was.to_ms, 1);
}

/* ---- registers ---- */

static int64_t spread_ms(int64_t length_ms) { return length_ms < SPREAD_MOST_MS ? length_ms : SPREAD_MOST_MS; }

static void register_book(struct model *model, uint32_t meter, enum meter_channel c, double gained, double reading, int64_t ms)
{
    struct channel *channel = &meter_of(model, meter)->channels[c];
    int64_t length = ms - channel->last_ms;
    bool silent = length > model->plant->meters[meter].gap_ms;
    meter_of(model, meter)->state.gaps += silent && c == CHANNEL_AMOUNT;
    meter_book(model, meter, c, (struct piece){.to_ms = ms, .rate = gained * HOUR_MS / (double)spread_ms(length), .kind = silent ? PIECE_ESTIMATED : PIECE_VALID});
    channel->last = reading;
    channel->leap_ms = 0;
    if (gained > 0)
        channel->rose_ms = ms;
}

static bool too_fast(const struct meter *meter, double gained, int64_t length_ms)
{
    return gained > RATE_MOST || (meter->most > 0 && gained > meter->most * (double)(length_ms > LEAP_LEAST_MS ? length_ms : LEAP_LEAST_MS) / HOUR_MS);
}

/* True when it agrees with the last one that did not either: what lay between the one before and that is missing, and it goes on from there. */
static bool confirms_leap(struct model *model, uint32_t meter, enum meter_channel c, double reading, int64_t ms)
{
    struct channel *channel = &meter_of(model, meter)->channels[c];
    bool agrees = channel->leap_ms != 0 && ms > channel->leap_ms && reading >= channel->leap && !too_fast(&model->plant->meters[meter], reading - channel->leap, ms - channel->leap_ms);
    if (!agrees)
        return false;
    meter_book(model, meter, c, (struct piece){.to_ms = channel->leap_ms, .rate = NAN, .kind = PIECE_MISSING});
    channel->rose_ms = channel->leap_ms;
    register_book(model, meter, c, reading - channel->leap, reading, ms);
    return true;
}

static void register_read(struct model *model, uint32_t meter, enum meter_channel c, const struct tag_def *def, double reading, int64_t ms)
{
    struct meter_book *book = meter_of(model, meter);
    struct channel *channel = &book->channels[c];
    const struct meter *of = &model->plant->meters[meter];
    double gained;
    if (isnan(reading) || (channel->known && ms <= channel->last_ms))
        return;
    if (!channel->known) {
        begin(book, c, reading, ms);
        return;
    }
    enum counter_step step = counter_step_of(channel->last, reading, def->modulus * def->scale * scale_of(of, c), &gained);
    if (step == COUNTER_DIPPED) {
        book->state.glitches++; /* the tag's own counter has named it */
        return;
    }
    if (too_fast(of, gained, ms - channel->rose_ms)) {
        if (confirms_leap(model, meter, c, reading, ms))
            return;
        glitch(model, meter);
        channel->leap = reading;
        channel->leap_ms = ms;
        return;
    }
    book->state.falls += step != COUNTER_RAN;
    register_book(model, meter, c, gained, reading, ms);
}

/* ---- increments ---- */

/* Is there room in what was measured of [from, to) already? What comes twice has none. */
static bool is_new(const struct model *model, uint32_t meter, int64_t from_ms, int64_t to_ms)
{
    const struct meter_book *book = meter_of(model, meter);
    int64_t room = 0, covered = 0;
    for (size_t c = book->count; c-- > 0 && book->cells[c].to_ms > from_ms;) {
        const struct energy_cell *cell = &book->cells[c];
        if (cell->from_ms >= to_ms)
            continue;
        covered += earlier(cell->to_ms, to_ms) - later(cell->from_ms, from_ms);
        room += earlier(cell->to_ms - cell->from_ms - cell->sum.valid_ms, earlier(cell->to_ms, to_ms) - later(cell->from_ms, from_ms));
    }
    return covered == 0 || room * 2 >= covered;
}

/* What was missing is not any more. */
static void unmiss(struct model *model, uint32_t meter, int64_t from_ms, int64_t to_ms)
{
    struct meter_book *book = meter_of(model, meter);
    for (size_t c = book->count; c-- > 0 && book->cells[c].to_ms > from_ms;) {
        const struct energy_cell *cell = &book->cells[c];
        int64_t length = earlier(cell->to_ms, to_ms) - later(cell->from_ms, from_ms);
        if (length > 0 && cell->sum.missing_ms > 0)
            meter_add(model, meter, c, from_ms, &(struct energy){.missing_ms = earlier(length, cell->sum.missing_ms)}, -1);
    }
}

static void increment_read(struct model *model, uint32_t meter, enum meter_channel c, double amount, int64_t ms, bool late)
{
    const struct meter *of = &model->plant->meters[meter];
    struct channel *channel = &meter_of(model, meter)->channels[c];
    int64_t interval = of->interval_ms > 0 ? of->interval_ms : METER_QUARTER_MS, from = ms - interval;
    if (isnan(amount))
        return;
    if (amount < 0 || too_fast(of, amount, interval) || (channel->known && ms == channel->last_ms)) {
        glitch(model, meter);
        return;
    }
    struct piece piece = {.to_ms = ms, .rate = amount * HOUR_MS / (double)interval};
    if (late || (channel->known && ms < channel->last_ms)) {
        if (!is_new(model, meter, from, ms)) {
            glitch(model, meter);
            return;
        }
        if (c == CHANNEL_AMOUNT)
            unmiss(model, meter, from, ms);
        meter_book_part(model, meter, c, &piece, from, ms, 1);
        return;
    }
    if (!channel->known) {
        begin(meter_of(model, meter), c, 0, from);
    } else if (from > channel->last_ms + interval / 2) {
        meter_of(model, meter)->state.gaps += c == CHANNEL_AMOUNT;
        meter_book(model, meter, c, (struct piece){.to_ms = from, .rate = NAN, .kind = PIECE_MISSING});
    }
    piece.rate = amount * HOUR_MS / (double)(ms - channel->last_ms); /* stamps tremble */
    meter_book(model, meter, c, piece);
}

/* ---- from the stream ---- */

static void read_channel(struct model *model, const struct meter_use *use, double value, int64_t ms, bool late, bool retained)
{
    const struct meter *meter = &model->plant->meters[use->index];
    enum meter_channel c = (enum meter_channel)use->channel;
    value = credible(value * scale_of(meter, use->channel));
    uint32_t emission = meter->kind == METER_EMISSION ? emission_of_meter(model->plant, use->index) : UINT32_MAX;
    switch (meter->kind) {
    case METER_POWER:
        (late ? power_late : power_read)(model, use->index, c, value, ms);
        break;
    case METER_EMISSION:
        if (late && (emission == UINT32_MAX || model->plant->emissions[emission].o2_tag == NO_TAG))
            power_late(model, use->index, c, value, ms);
        else if (!late)
            power_read(model, use->index, c, emission == UINT32_MAX ? value : emission_measured(model, emission, false, value, ms), ms);
        break;
    case METER_REGISTER:
        if (late)
            meter_of(model, use->index)->state.glitches++;
        else
            register_read(model, use->index, c, model->plant->tags[use->tag].def, value, ms);
        break;
    case METER_INCREMENT:
        if (!retained)
            increment_read(model, use->index, c, value, ms, late);
        break;
    case METER_SUM: case METER_KINDS: break;
    }
}

/* The newest piece's rate, of a power what it holds. */
static void show_power(struct model *model, uint32_t meter, const struct meter_use *use, double value)
{
    const struct meter *def = &model->plant->meters[meter];
    struct meter_book *book = meter_of(model, meter);
    const struct channel *channel = &book->channels[CHANNEL_AMOUNT];
    if (use->kind == USE_POWER)
        book->state.power = credible(value * (def->power_scale > 0 ? def->power_scale : 1));
    else if (def->kind == METER_POWER || is_emission(def))
        book->state.power = channel->last;
    else if (def->power_tag == NO_TAG && channel->piece_count > 0)
        book->state.power = meter_recent(model, meter, 60000);
    book->stale_due_ms = model->alarms->now.elapsed_ms + def->gap_ms;
    if (book->stale_due_ms < timers_at(&model->timers, slot_meter(model, meter)))
        meter_touch(model, meter);
}

/* The concentration is another one at the reference from here on; only its own samples say that it is still measured. */
static void see_o2(struct model *model, uint32_t emission, double value, int64_t ms)
{
    uint32_t meter = model->plant->emissions[emission].meter;
    double corrected = emission_measured(model, emission, true, credible(value), ms);
    if (emission_of_meter(model->plant, meter) != emission || !meter_of(model, meter)->channels[CHANNEL_AMOUNT].known)
        return;
    power_read(model, meter, CHANNEL_AMOUNT, corrected, ms);
    meter_of(model, meter)->state.booked_ms = meter_of(model, meter)->channels[CHANNEL_AMOUNT].last_ms;
    meter_of(model, meter)->state.power = corrected;
}

static void see(struct model *model, const struct meter_use *use, double value, int64_t ms, bool late, bool retained)
{
    if (use->kind == USE_SYNC && !late)
        demand_contact(model, use->index, value, ms);
    if (use->kind == USE_O2 && !late)
        see_o2(model, use->index, value, ms);
    if (use->kind != USE_CHANNEL && use->kind != USE_POWER)
        return;
    struct meter_book *book = meter_of(model, use->index);
    if (use->kind == USE_CHANNEL)
        read_channel(model, use, value, ms, late, retained);
    if (use->channel != CHANNEL_AMOUNT || late)
        return;
    book->state.booked_ms = book->channels[CHANNEL_AMOUNT].last_ms;
    book->state.heard_ms = later(book->state.heard_ms, ms);
    show_power(model, use->index, use, value);
}

void energies_sample(struct model *model, uint32_t tag, double value, int64_t ms, uint8_t flags, bool late)
{
    const struct energy_book *book = model->energies;
    if (tag >= model->plant->tag_count || book->use_of[tag] == UINT32_MAX)
        return;
    for (size_t u = book->use_of[tag]; u < book->use_count && book->uses[u].tag == tag; u++)
        see(model, &book->uses[u], value, ms, late, flags & SAMPLE_RETAINED);
}
