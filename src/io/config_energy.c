/*
 * Carriers and tariffs. The rates of a tariff are put together here and copied into the plant; their places in the files are kept beside them meanwhile, so that a hole or an overlap is told
 * with both lines. Where a rate was refused, nothing is said of holes: one mistake is told once.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "io/config_reader.h"

enum { MOST_TARIFFS = 1000, MOST_CARRIERS = 1000, MOST_RATES = 200, RATE_NAME = 32, QUARTER_MINUTES = 15, DAY_MINUTES = 1440, MONTHS = 12 };

/* ---- rates ---- */

static bool read_quarter(struct reader *r, const struct fields *f, const char *key, uint16_t *out)
{
    setting_t *s = field(f, key);
    const char *text = field_text(f, key);
    if (!s)
        return !config_setting_get_member(f->group, key);
    int minutes = strcmp(key, "to") == 0 && strcmp(text, "24:00") == 0 ? 0 : minutes_of_day(text);
    *out = (uint16_t)(minutes < 0 ? 0 : minutes);
    if (minutes < 0)
        complain(r, s, "\"%s\" is not a time of the day (\"06:00\")", text);
    else if (minutes % QUARTER_MINUTES)
        complain(r, s, "%s is not on a quarter of an hour: prices change at :00, :15, :30 and :45", text);
    return minutes >= 0 && minutes % QUARTER_MINUTES == 0;
}

/* Weekdays and "holiday", one or several. */
static uint8_t read_days(struct reader *r, setting_t *s)
{
    static const char what[] = "day: one of mon, tue, wed, thu, fri, sat, sun, holiday, or from one to another (\"mon-fri\")";
    unsigned bits = 0;
    int count;
    text_at(s, 0, &count);
    if (!s || count == 0)
        return (uint8_t)read_words(r, s, config_weekdays, CONFIG_WEEKDAYS, what);
    for (int i = 0; i < count; i++) {
        setting_t *day = text_at(s, i, &count);
        if (strcmp(setting_text(day), "holiday") == 0)
            bits |= 1u << TARIFF_HOLIDAY;
        else
            bits |= read_words(r, day, config_weekdays, CONFIG_WEEKDAYS, what);
    }
    return (uint8_t)bits;
}

static bool read_rate(struct reader *r, setting_t *s, struct tariff_rate *out)
{
    static const char *const months[MONTHS] = {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"};
    struct fields f;
    fields_read(r, s, "rates", &f);
    bool good = field_required(r, &f, "name");
    good = field_required(r, &f, "price") && good;
    *out = (struct tariff_rate){.name = field_text(&f, "name"), .price = field_number(&f, "price")};
    if (strlen(out->name) >= RATE_NAME) {
        complain(r, field(&f, "name"), "\"%s\" is too long: %d bytes are allowed", out->name, RATE_NAME - 1);
        good = false;
    }
    out->days = read_days(r, field(&f, "days"));
    out->months = (uint16_t)read_words(r, field(&f, "months"), months, MONTHS, "month: one of jan, feb, mar, apr, may, jun, jul, aug, sep, oct, nov, dec, or from one to another (\"nov-mar\")");
    good = read_quarter(r, &f, "from", &out->from_minute) && good;
    good = read_quarter(r, &f, "to", &out->to_minute) && good;
    good = read_date(r, &f, "valid_from", &out->valid_from) && good;
    good = read_date(r, &f, "valid_to", &out->valid_to) && good;
    if (good && out->valid_to && out->valid_to < out->valid_from) {
        complain(r, field(&f, "valid_to"), "is before \"valid_from\": the rate never holds");
        good = false;
    }
    return good && out->days && out->months;
}

/* ---- holes and overlaps ---- */

static const char *day_text(const struct tariff_fault *fault, char out[NAME_MOST])
{
    static const char *const names[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "a holiday, as"};
    snprintf(out, NAME_MOST, "%s %04d-%02d-%02d", names[fault->day], (int)(fault->date / 10000), (int)(fault->date / 100 % 100), (int)(fault->date % 100));
    return out;
}

static void check_overlaps(struct reader *r, const struct tariff *tariff, setting_t *const *places)
{
    struct tariff_fault fault;
    char day[NAME_MOST], also[PATH_MOST];
    for (size_t j = 1; j < tariff->rate_count; j++)
        for (size_t i = 0; i < j; i++)
            if (tariff_overlap(tariff, i, j, &fault))
                complain(r, places[j], "from %02d:%02d to %02d:%02d on %s this rate and \"%s\" hold both; also at %s", fault.minute / 60, fault.minute % 60, fault.to_minute / 60,
                    fault.to_minute % 60, day_text(&fault, day), tariff->rates[i].name, place(r, places[i], also));
}

static void check_hole(struct reader *r, setting_t *s, const struct tariff *tariff, setting_t *const *places)
{
    struct tariff_fault fault;
    char day[NAME_MOST], also[PATH_MOST], around[2][PATH_MOST + 2 * NAME_MOST] = {"", ""};
    if (!tariff_hole(tariff, &fault))
        return;
    if (fault.first != SIZE_MAX)
        snprintf(around[0], sizeof around[0], ", behind \"%s\" at %s", tariff->rates[fault.first].name, place(r, places[fault.first], also));
    if (fault.second != SIZE_MAX)
        snprintf(around[1], sizeof around[1], ", before \"%s\" at %s", tariff->rates[fault.second].name, place(r, places[fault.second], also));
    complain(r, fault.first != SIZE_MAX ? places[fault.first] : fault.second != SIZE_MAX ? places[fault.second] : s, "no rate holds from %02d:%02d to %02d:%02d on %s%s%s", fault.minute / 60,
        fault.minute % 60, fault.to_minute / 60, fault.to_minute % 60, day_text(&fault, day), around[0], around[1]);
}

/* ---- tariffs ---- */

static void add_tariff(struct reader *r, setting_t *s, const struct fields *f, struct tariff tariff)
{
    char also[PATH_MOST];
    const struct name_entry *earlier;
    const struct name_entry *calendar = field_reference(r, f, "calendar", &r->calendar_names);
    tariff.calendar = calendar && entry_index(calendar) != CALENDAR_ALWAYS ? (uint16_t)entry_index(calendar) : 0;
    tariff.name = field_text(f, "name"), tariff.title = field_text(f, "title");
    tariff.demand_charge = field_number(f, "demand_charge");
    if (!field_required(r, f, "name"))
        return;
    if (r->build.plant->tariff_count >= MOST_TARIFFS)
        complain(r, s, "one tariff too many; %d are allowed", MOST_TARIFFS);
    else if (names_add(&r->tariff_names, NULL, tariff.name, s, entry_value(r->build.plant->tariff_count), &earlier))
        plant_add_tariff(&r->build, tariff);
    else
        complain(r, field(f, "name"), "\"%s\" is there twice; also at %s", tariff.name, place(r, earlier->where, also));
}

static void read_tariff(struct reader *r, setting_t *s)
{
    struct fields f;
    fields_read(r, s, "tariffs", &f);
    setting_t *list = field(&f, "rates");
    int count = list ? config_setting_length(list) : 0;
    bool good = field_required(r, &f, "rates") && count > 0 && count <= MOST_RATES;
    if (count > MOST_RATES)
        complain(r, list, "%d rates; %d are allowed", count, MOST_RATES);
    else if (list && count == 0)
        complain(r, list, "a tariff has one rate at least");
    struct tariff tariff = {.rates = mem_zero((size_t)count, sizeof *tariff.rates)};
    setting_t **places = mem_zero((size_t)count, sizeof *places);
    for (int i = 0; i < count && count <= MOST_RATES; i++) {
        setting_t *row = places[tariff.rate_count] = config_setting_get_elem(list, (unsigned)i);
        if (is_group(r, row) && read_rate(r, row, &tariff.rates[tariff.rate_count]))
            tariff.rate_count++;
        else
            good = false;
    }
    check_overlaps(r, &tariff, places);
    if (good)
        check_hole(r, s, &tariff, places);
    add_tariff(r, s, &f, tariff);
    free(tariff.rates);
    free(places);
}

void read_tariffs(struct reader *r, const struct fields *root)
{
    read_each(r, root, "tariffs", read_tariff);
}

/* ---- carriers ---- */

static size_t read_factors(struct reader *r, setting_t *list, struct carbon_factor *out)
{
    size_t count = 0;
    char also[PATH_MOST];
    setting_t **places = mem_zero(list ? (size_t)config_setting_length(list) : 0, sizeof *places);
    for (int i = 0, n = list ? config_setting_length(list) : 0; i < n; i++) {
        struct fields f;
        struct carbon_factor factor = {0};
        setting_t *s = config_setting_get_elem(list, (unsigned)i);
        if (!is_group(r, s))
            continue;
        fields_read(r, s, "co2", &f);
        if (!field_required(r, &f, "kg") || !read_date(r, &f, "from", &factor.from))
            continue;
        factor.kg = field_number(&f, "kg");
        size_t same = 0;
        while (same < count && out[same].from != factor.from)
            same++;
        if (same < count)
            complain(r, s, "a factor from that day is there already; also at %s", place(r, places[same], also));
        else
            places[count] = s, out[count++] = factor;
    }
    free(places);
    return count;
}

static size_t preset_of(const struct plant *plant, const char *name)
{
    size_t i = 0;
    while (i < CARRIER_PRESETS && strcmp(plant->carriers[i].name, name) != 0)
        i++;
    return i;
}

static void read_carrier(struct reader *r, setting_t *s)
{
    struct fields f;
    char also[PATH_MOST];
    const struct name_entry *earlier;
    struct plant *plant = r->build.plant;
    fields_read(r, s, "carriers", &f);
    setting_t *co2 = field(&f, "co2");
    const struct name_entry *tariff = field_reference(r, &f, "tariff", &r->tariff_names);
    size_t preset = preset_of(plant, field_text(&f, "name")), index = preset < CARRIER_PRESETS ? preset : plant->carrier_count;
    struct carrier carrier = preset < CARRIER_PRESETS ? plant->carriers[preset] : (struct carrier){.name = field_text(&f, "name"), .unit = "", .kwh = NAN};
    carrier.title = field(&f, "title") ? field_text(&f, "title") : carrier.title;
    bool rescaled = field(&f, "unit") && strcmp(carrier.unit, field_text(&f, "unit")) != 0;
    carrier.unit = field(&f, "unit") ? field_text(&f, "unit") : carrier.unit;
    carrier.kwh = field(&f, "kwh") ? field_number(&f, "kwh") : rescaled ? energy_unit_scale(carrier.unit, "kWh", false) : carrier.kwh;
    carrier.tariff = tariff ? (uint16_t)entry_index(tariff) : NO_TARIFF;
    struct carbon_factor *factors = mem_zero(co2 ? (size_t)config_setting_length(co2) : 0, sizeof *factors);
    carrier.factors = factors;
    carrier.factor_count = read_factors(r, co2, factors);
    if (preset == CARRIER_PRESETS && field(&f, "name") && field_required(r, &f, "unit") && !*carrier.unit)
        complain(r, field(&f, "unit"), "a carrier has a unit: kWh, m3, t");
    if (strlen(carrier.unit) >= ENERGY_UNIT - 2)
        complain(r, field(&f, "unit"), "\"%s\" is too long: %d bytes are allowed", carrier.unit, ENERGY_UNIT - 3);
    if (!field_required(r, &f, "name"))
        ;
    else if (plant->carrier_count >= MOST_CARRIERS)
        complain(r, s, "one carrier too many; %d are allowed", MOST_CARRIERS);
    else if (names_add(&r->carrier_names, NULL, carrier.name, s, entry_value(index), &earlier))
        plant_add_carrier(&r->build, carrier);
    else
        complain(r, field(&f, "name"), "\"%s\" is there twice; also at %s", carrier.name, place(r, earlier->where, also));
    free(factors);
}

void read_carriers(struct reader *r, const struct fields *root)
{
    read_each(r, root, "carriers", read_carrier);
    for (size_t i = 0; i < CARRIER_PRESETS; i++)
        names_add(&r->carrier_names, NULL, r->build.plant->carriers[i].name, NULL, entry_value(i), NULL);
}
