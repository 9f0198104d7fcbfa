/*
 * Emissions in the fold: half-hour, hourly and daily means of a concentration, on the site's clock. The meter's pieces are the concentration at the reference O2
 * already; what is not valid is missing. A mean counts when enough of its time was valid, and a day's is that of its half hours that count.
 */
#include <math.h>
#include <string.h>

#include "core/memory.h"
#include "core/model_energy_private.h"

#define O2_OF_AIR 20.9
#define O2_MOST 20.4 /* nearer to air the correction is noise */

static const int64_t lengths_ms[EMISSION_MEANS] = {[EMISSION_HALF_HOUR] = 1800000, [EMISSION_HOUR] = 3600000, [EMISSION_DAY] = 86400000};

static struct emission_book *book_of(const struct model *model, uint32_t emission) { return &model->energies->emissions[emission]; }

void emissions_create(struct energy_book *book, const struct plant *plant)
{
    book->emissions = mem_zero(plant->emission_count, sizeof *book->emissions);
    for (uint32_t e = 0; e < plant->emission_count; e++) {
        struct emission_book *emission = &book->emissions[e];
        *emission = (struct emission_book){.fed_ms = INT64_MIN, .value = NAN, .o2 = NAN};
        for (int s = 0; s < EMISSION_MEANS; s++)
            emission->spans[s] = (struct emission_span){.from_ms = INT64_MIN, .last = NAN};
    }
}

uint32_t slot_emission(const struct model *model, uint32_t emission)
{
    return slot_demand(model, (uint32_t)model->plant->demand_count) + emission;
}

void emissions_arm(struct model *model)
{
    for (uint32_t e = 0; e < model->plant->emission_count; e++) {
        struct emission_book *book = book_of(model, e);
        if (book->due_ms <= model->elapsed)
            book->due_ms = model->elapsed + DEMAND_TICK_MS;
        timers_set(&model->timers, slot_emission(model, e), book->due_ms);
    }
}

uint32_t emission_of_meter(const struct plant *plant, uint32_t meter)
{
    for (uint32_t e = 0; e < plant->emission_count; e++)
        if (plant->emissions[e].meter == meter)
            return e;
    return UINT32_MAX;
}

double emission_measured(struct model *model, uint32_t emission, bool o2, double value, int64_t ms)
{
    struct emission_book *book = book_of(model, emission);
    const struct emission *def = &model->plant->emissions[emission];
    int64_t gap = model->plant->meters[def->meter].gap_ms;
    *(o2 ? &book->o2 : &book->value) = value;
    *(o2 ? &book->o2_ms : &book->value_ms) = ms;
    if (def->o2_tag == NO_TAG || isnan(def->o2_reference))
        return book->value;
    bool valid = book->o2 < O2_MOST && book->o2 >= 0 && ms - book->o2_ms <= gap && ms - book->value_ms <= gap;
    return valid ? book->value * (O2_OF_AIR - def->o2_reference) / (O2_OF_AIR - book->o2) : NAN;
}

/* ---- means ---- */

/* Where the span that a moment lies in begins and ends. */
static int64_t span_begin(const struct model *model, int mean, int64_t ms, int64_t *end_ms)
{
    const struct zone *zone = &model->plant->zone;
    if (mean == EMISSION_DAY) {
        struct civil c = zone_civil(zone, ms);
        *end_ms = zone_utc(zone, (struct civil){.year = c.year, .month = c.month, .day = c.day + 1});
        return zone_utc(zone, (struct civil){.year = c.year, .month = c.month, .day = c.day});
    }
    int64_t offset = (int64_t)zone_offset_s(zone, ms) * 1000, into = (ms + offset) % lengths_ms[mean];
    *end_ms = ms - into + lengths_ms[mean];
    return ms - into;
}

static double mean_of(const struct emission_span *span) { return span->valid_ms > 0 ? span->sum / (double)span->valid_ms : NAN; }

static bool beyond(double mean, double limit) { return mean > limit; }

/* A whole half hour goes to its day; of an emission with limits of hours alone, a whole hour counts as exceeded. */
static void close_span(const struct model *model, uint32_t emission, int mean, int64_t end_ms)
{
    struct emission_book *book = book_of(model, emission);
    const struct emission *def = &model->plant->emissions[emission];
    struct emission_span *span = &book->spans[mean], *day = &book->spans[EMISSION_DAY];
    double length = (double)(end_ms - span->from_ms);
    span->last = (double)span->valid_ms >= def->valid_share * length - .5 ? mean_of(span) : NAN;
    int exceeded_by = isnan(def->limit[EMISSION_HALF_HOUR]) ? EMISSION_HOUR : EMISSION_HALF_HOUR;
    if (mean == exceeded_by && beyond(span->last, def->limit[mean]))
        book->exceeded_min += length / 60000;
    if (mean != EMISSION_HALF_HOUR || isnan(span->last))
        return;
    day->sum += span->last * length;
    day->valid_ms += (int64_t)length;
    day->count++;
}

static void open_span(struct model *model, uint32_t emission, int mean, int64_t begin_ms)
{
    struct emission_book *book = book_of(model, emission);
    book->spans[mean] = (struct emission_span){.from_ms = begin_ms, .last = book->spans[mean].last};
    if (mean == EMISSION_DAY)
        book->exceeded_min = 0;
}

/* Ends all spans that are over at ms, half hours first: the day has them. Over a time of which nothing is known the last ones are not known. */
static void advance(struct model *model, uint32_t emission, int64_t ms)
{
    for (int s = 0; s < EMISSION_MEANS; s++) {
        struct emission_span *span = &book_of(model, emission)->spans[s];
        int64_t end, begin = span_begin(model, s, ms, &end), first_end = begin;
        if (span->from_ms == begin)
            continue;
        if (span->from_ms != INT64_MIN) {
            span_begin(model, s, span->from_ms, &first_end);
            close_span(model, emission, s, first_end);
        }
        open_span(model, emission, s, begin);
        if (first_end != begin)
            span->last = NAN;
    }
}

static void feed(struct model *model, uint32_t emission)
{
    struct emission_book *book = book_of(model, emission);
    uint32_t meter = model->plant->emissions[emission].meter;
    const struct channel *channel = &meter_of(model, meter)->channels[CHANNEL_AMOUNT];
    if (!channel->known)
        return;
    int64_t to = channel->last_ms, from = book->fed_ms == INT64_MIN ? meter_of(model, meter)->known_ms : later(book->fed_ms, to - 2 * lengths_ms[EMISSION_DAY]);
    for (int64_t t = from, until; t < to; t = until) {
        struct energy e = {.amount = 0};
        advance(model, emission, t);
        span_begin(model, EMISSION_HALF_HOUR, t, &until);
        until = earlier(until, to);
        meter_measure(model, meter, CHANNEL_AMOUNT, t, until, &e);
        for (int s = EMISSION_HALF_HOUR; s <= EMISSION_HOUR; s++) {
            book->spans[s].sum += e.amount * HOUR_MS;
            book->spans[s].valid_ms += e.valid_ms;
        }
    }
    if (to > from) {
        book->fed_ms = to;
        advance(model, emission, to);
    }
}

/* What is measured now; NAN: nothing is. */
static double present(const struct model *model, uint32_t emission)
{
    return meter_of(model, model->plant->emissions[emission].meter)->state.power;
}

static double forecast(const struct model *model, uint32_t emission, int64_t ms)
{
    const struct emission_book *book = book_of(model, emission);
    const struct emission_span *span = &book->spans[EMISSION_HALF_HOUR];
    int64_t end, begin = span_begin(model, EMISSION_HALF_HOUR, ms, &end);
    bool fed = span->from_ms == begin;
    int64_t left = end - (fed ? later(book->fed_ms, begin) : begin);
    double value = present(model, emission);
    if (left <= 0)
        return mean_of(span);
    return ((fed ? span->sum : 0) + value * (double)left) / (double)((fed ? span->valid_ms : 0) + left);
}

void emission_fire(struct model *model, uint32_t emission)
{
    struct emission_book *book = book_of(model, emission);
    const struct emission *def = &model->plant->emissions[emission];
    book->due_ms = model->alarms->now.elapsed_ms + DEMAND_TICK_MS;
    timers_set(&model->timers, slot_emission(model, emission), book->due_ms);
    feed(model, emission);
    energy_tell(model, def->forecast_tag, forecast(model, emission, account_now(model)));
    int64_t begun = book->spans[EMISSION_HALF_HOUR].from_ms;
    if (begun == INT64_MIN || begun == book->told_ms)
        return;
    book->told_ms = begun;
    energy_tell(model, def->mean_tag, book->spans[EMISSION_HALF_HOUR].last);
}

void emissions_clock(struct model *model, int64_t now_ms)
{
    for (uint32_t e = 0; e < model->plant->emission_count; e++) {
        struct emission_book *book = book_of(model, e);
        book->value_ms = earlier(book->value_ms, now_ms);
        book->o2_ms = earlier(book->o2_ms, now_ms);
        if (book->fed_ms <= now_ms)
            continue;
        book->fed_ms = now_ms;
        for (int s = 0; s < EMISSION_MEANS; s++) {
            struct emission_span *span = &book->spans[s];
            int64_t end, begin = span_begin(model, s, now_ms, &end);
            if (span->from_ms != begin) /* that one comes again */
                *span = (struct emission_span){.from_ms = begin, .last = NAN};
        }
    }
}

void model_emission(const struct model *model, uint32_t emission, struct emission_now *out)
{
    const struct emission_book *book = book_of(model, emission);
    *out = (struct emission_now){.value = present(model, emission), .forecast = forecast(model, emission, model->wall), .exceeded_min = book->exceeded_min};
    for (int s = 0; s < EMISSION_MEANS; s++) {
        const struct emission_span *span = &book->spans[s];
        int64_t end, begin = span_begin(model, s, model->wall, &end), passed = book->fed_ms == INT64_MIN ? 0 : book->fed_ms - begin;
        bool running = span->from_ms == begin || (book->fed_ms != INT64_MIN && span->from_ms > begin);
        if (s == EMISSION_DAY) /* of whole half hours */
            passed -= passed > 0 ? passed % lengths_ms[EMISSION_HALF_HOUR] : 0;
        out->mean[s] = running ? mean_of(span) : NAN;
        out->valid[s] = running && passed > 0 ? (double)span->valid_ms / (double)passed : 0;
        out->last[s] = span->last;
        if (s == EMISSION_DAY && !running)
            out->exceeded_min = 0;
    }
}

/* ---- saved and carried ---- */

static void save_emission(const struct model *m, uint32_t emission, struct packer *p)
{
    const struct emission_book *book = book_of(m, emission);
    char key[KEY_BYTES];
    size_t mark = p->count;
    plant_meter_key(m->plant, m->plant->emissions[emission].meter, key, sizeof key);
    pack_text(p, key);
    pack_text(p, m->plant->emissions[emission].name);
    pack_zigzag(p, book->due_ms);
    pack_zigzag(p, book->told_ms);
    pack_zigzag(p, book->value_ms);
    pack_zigzag(p, book->o2_ms);
    pack_double(p, book->exceeded_min);
    pack_double(p, book->value);
    pack_double(p, book->o2);
    pack_u8(p, book->fed_ms != INT64_MIN);
    if (book->fed_ms != INT64_MIN)
        pack_zigzag(p, book->fed_ms);
    for (int s = 0; s < EMISSION_MEANS && book->fed_ms != INT64_MIN; s++) {
        const struct emission_span *span = &book->spans[s];
        pack_zigzag(p, span->from_ms);
        pack_double(p, span->sum);
        pack_zigzag(p, span->valid_ms);
        pack_varint(p, span->count);
        pack_double(p, span->last);
    }
    run_frame(p, mark, CHECK_EMISSION);
}

static uint32_t find_emission(const struct plant *plant, const char *key, const char *name)
{
    uint32_t meter = plant_meter_by_key(plant, key), e = 0;
    while (e < plant->emission_count && (plant->emissions[e].meter != meter || strcmp(plant->emissions[e].name, name) != 0))
        e++;
    return e;
}

void emission_load(struct model *m, struct unpacker *u)
{
    char key[KEY_BYTES], name[KEY_BYTES];
    unpack_text(u, key, sizeof key);
    unpack_text(u, name, sizeof name);
    uint32_t emission = u->failed || !m->energies ? UINT32_MAX : find_emission(m->plant, key, name);
    if (emission >= m->plant->emission_count)
        return;
    struct emission_book *book = book_of(m, emission);
    book->due_ms = unpack_time(u);
    book->told_ms = unpack_time(u);
    book->value_ms = unpack_time(u);
    book->o2_ms = unpack_time(u);
    book->exceeded_min = unpack_double(u);
    book->value = unpack_double(u);
    book->o2 = unpack_double(u);
    if (!unpack_u8(u))
        return;
    book->fed_ms = unpack_time(u);
    for (int s = 0; s < EMISSION_MEANS; s++) {
        struct emission_span *span = &book->spans[s];
        *span = (struct emission_span){.from_ms = unpack_time(u)};
        span->sum = unpack_double(u);
        span->valid_ms = unpack_time(u);
        span->count = (uint32_t)unpack_varint(u);
        span->last = unpack_double(u);
    }
}

void emissions_save(const struct model *m, struct packer *p)
{
    for (uint32_t e = 0; e < m->plant->emission_count; e++)
        save_emission(m, e, p);
}

void emissions_carry(struct model *model, struct model *old)
{
    for (uint32_t e = 0; e < model->plant->emission_count; e++) {
        char key[KEY_BYTES];
        plant_meter_key(model->plant, model->plant->emissions[e].meter, key, sizeof key);
        uint32_t from = find_emission(old->plant, key, model->plant->emissions[e].name);
        if (from < old->plant->emission_count)
            *book_of(model, e) = *book_of(old, from);
    }
}
