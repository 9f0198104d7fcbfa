/*
 * What screens ask of meters. A meter that is a sum has nothing of its own: it is asked for what is under it.
 */
#include <math.h>

#include "core/model_energy_private.h"

double meter_recent(const struct model *model, uint32_t meter, int64_t span_ms)
{
    const struct channel *channel = &meter_of(model, meter)->channels[CHANNEL_AMOUNT];
    int64_t from = channel->last_ms - span_ms, valid = 0;
    double sum = 0;
    for (size_t p = channel->piece_count; p-- > 0 && channel->pieces[p].to_ms > from;) {
        int64_t length = channel->pieces[p].to_ms - later(from, p > 0 ? channel->pieces[p - 1].to_ms : channel->from_ms);
        if (channel->pieces[p].kind == PIECE_MISSING)
            continue;
        valid += length;
        sum += channel->pieces[p].rate * (double)length;
    }
    return valid > 0 ? sum / (double)valid : NAN;
}

uint32_t meter_under(const struct plant *plant, uint32_t meter, uint32_t from)
{
    while (from < plant->meter_count && plant->meters[from].parent != meter)
        from++;
    return from;
}

double meter_present(const struct model *model, uint32_t meter)
{
    const struct meter_book *book = meter_of(model, meter);
    const struct channel *channel = &book->channels[CHANNEL_AMOUNT];
    enum meter_kind kind = model->plant->meters[meter].kind;
    double sum = 0;
    if (kind == METER_SUM) {
        uint32_t first = meter_under(model->plant, meter, 0);
        for (uint32_t m = first; m < model->plant->meter_count; m = meter_under(model->plant, meter, m + 1))
            sum += meter_present(model, m);
        return first < model->plant->meter_count ? sum : NAN;
    }
    int64_t held = account_now(model) - channel->last_ms;
    if (kind != METER_POWER || isnan(book->state.power) || held >= 60000)
        return book->state.power;
    held = held > 0 ? held : 0;
    int64_t before = later(channel->last_ms - (60000 - held), channel->piece_count > 0 ? channel->from_ms : channel->last_ms);
    struct energy was = {.amount = 0};
    meter_measure(model, meter, CHANNEL_AMOUNT, before, channel->last_ms, &was);
    int64_t valid = was.valid_ms + held;
    return valid > 0 ? (was.amount * HOUR_MS + channel->last * (double)held) / (double)valid : channel->last;
}

static struct meter_state sum_state(const struct model *model, uint32_t meter)
{
    const struct plant *plant = model->plant;
    struct meter_state sum = {.power = 0, .minute = 0};
    uint32_t first = meter_under(plant, meter, 0);
    for (uint32_t m = first; m < plant->meter_count; m = meter_under(plant, meter, m + 1)) {
        const struct meter_state *state = model_meter(model, m);
        sum.power += state->power; /* what is not known makes the sum unknown */
        sum.minute += state->minute;
        sum.heard_ms = later(sum.heard_ms, state->heard_ms);
        sum.booked_ms = m == first ? state->booked_ms : earlier(sum.booked_ms, state->booked_ms);
        sum.falls += state->falls;
        sum.glitches += state->glitches;
        sum.gaps += state->gaps;
    }
    if (first == plant->meter_count)
        sum.power = sum.minute = NAN;
    return sum;
}

const struct meter_state *model_meter(const struct model *model, uint32_t meter)
{
    struct meter_state *state = &meter_of(model, meter)->state;
    if (model->plant->meters[meter].kind == METER_SUM)
        *state = sum_state(model, meter);
    return state;
}

const struct energy_cell *model_energy_cells(const struct model *model, uint32_t meter, size_t *count)
{
    *count = meter_of(model, meter)->count;
    return meter_of(model, meter)->cells;
}

static void energy_of(const struct model *model, uint32_t meter, int64_t from_ms, int64_t to_ms, struct energy *out, int64_t *known_ms)
{
    const struct plant *plant = model->plant;
    const struct meter_book *book = meter_of(model, meter);
    if (plant->meters[meter].kind == METER_SUM) {
        for (uint32_t m = meter_under(plant, meter, 0); m < plant->meter_count; m = meter_under(plant, meter, m + 1))
            energy_of(model, m, from_ms, to_ms, out, known_ms);
        return;
    }
    *known_ms = later(*known_ms, book->known_ms);
    for (size_t c = book->count; c-- > 0 && book->cells[c].from_ms >= from_ms;)
        if (book->cells[c].from_ms < to_ms)
            energy_add(out, &book->cells[c].sum);
}

void model_energy(const struct model *model, uint32_t meter, int64_t from_ms, int64_t to_ms, struct energy *out, int64_t *known_from_ms)
{
    int64_t known = INT64_MIN;
    *out = (struct energy){.amount = 0};
    energy_of(model, meter, from_ms, to_ms, out, &known);
    if (known_from_ms)
        *known_from_ms = known;
}
