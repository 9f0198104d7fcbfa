/*
 * Calendars. A struct calendar and its lists are put together here, each list as long as its setting, and copied into the plant. A shift's place in the
 * files is kept beside it while its calendar is read, so that two that overlap are told with both lines. What was refused is left out, so that one
 * mistake is told once.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "io/config_reader.h"

enum { MOST_CALENDARS = 1000, MOST_ROWS = 2000, DAY_MINUTES = 24 * 60 };

struct draft_calendar {
    struct calendar calendar;
    setting_t **shifts_at, **overtime_at;
};

/* ---- times and dates ---- */

/* False, and told, for anything but a time of the day. 24:00 is an end. */
static bool read_minute(struct reader *r, const struct fields *f, const char *key, bool end, uint16_t *out)
{
    if (!field_required(r, f, key))
        return false;
    const char *text = field_text(f, key);
    int minutes = end && strcmp(text, "24:00") == 0 ? 0 : minutes_of_day(text);
    if (minutes < 0) {
        complain(r, field(f, key), "\"%s\" is not a time of the day (\"06:00\")", text);
        return false;
    }
    *out = (uint16_t)minutes;
    return true;
}

static bool read_stretch(struct reader *r, const struct fields *f, uint16_t *from, uint16_t *to)
{
    bool begins = read_minute(r, f, "from", false, from);
    return read_minute(r, f, "to", true, to) && begins;
}

/* "2024-06-12" as 20240612, 0 for what is no date. */
static int32_t date_of(const char *text)
{
    static const char digits[] = "0123456789";
    if (strlen(text) != 10 || strspn(text, digits) != 4 || text[4] != '-' || strspn(text + 5, digits) != 2 || text[7] != '-' || strspn(text + 8, digits) != 2)
        return 0;
    int year = (int)strtol(text, NULL, 10), month = (int)strtol(text + 5, NULL, 10), day = (int)strtol(text + 8, NULL, 10);
    if (year < 1 || month < 1 || month > 12 || day < 1 || civil_days(year, month, day) >= civil_days(year, month + 1, 1))
        return 0;
    return year * 10000 + month * 100 + day;
}

/* True also for a key that is not there: then *out stays. */
bool read_date(struct reader *r, const struct fields *f, const char *key, int32_t *out)
{
    if (!field(f, key))
        return !config_setting_get_member(f->group, key);
    *out = date_of(field_text(f, key));
    if (*out == 0)
        complain(r, field(f, key), "\"%s\" is not a date of the calendar (\"2024-06-12\")", field_text(f, key));
    return *out != 0;
}

static int64_t day_of(int32_t date)
{
    return civil_days(date / 10000, date / 100 % 100, date % 100);
}

/* A shift's end, in minutes from the midnight before its beginning. */
static int end_of(uint16_t from, uint16_t to)
{
    return to > from ? to : to + DAY_MINUTES;
}

static bool short_enough(struct reader *r, const struct fields *f, const char *key, size_t most)
{
    if (strlen(field_text(f, key)) < most)
        return true;
    complain(r, field(f, key), "\"%s\" is too long: %zu bytes are allowed", field_text(f, key), most - 1);
    return false;
}

/* ---- shifts ---- */

static int word_of(const char *const *words, int count, const char *text)
{
    for (int i = 0; i < count; i++)
        if (strncmp(text, words[i], 3) == 0)
            return i;
    return -1;
}

unsigned read_words(struct reader *r, setting_t *list, const char *const *words, int count, const char *what)
{
    unsigned bits = 0;
    int n;
    text_at(list, 0, &n);
    for (int i = 0; i < n; i++) {
        setting_t *s = text_at(list, i, &n);
        const char *text = setting_text(s);
        int first = word_of(words, count, text), last = first;
        if (first >= 0 && text[3] == '-' && strlen(text) == 7)
            last = word_of(words, count, text + 4);
        else if (strlen(text) != 3)
            first = -1;
        if (first < 0 || last < 0) {
            complain(r, s, "\"%s\" is not a %s", text, what);
            continue;
        }
        for (int d = first;; d = (d + 1) % count) {
            bits |= 1u << d;
            if (d == last)
                break;
        }
    }
    if (list && n == 0)
        complain(r, list, "this is empty; it wants a %s", what);
    return list ? bits : (1u << count) - 1;
}

const char *const config_weekdays[CONFIG_WEEKDAYS] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

static uint8_t read_weekdays(struct reader *r, const struct fields *f)
{
    return (uint8_t)read_words(r, field(f, "days"), config_weekdays, CONFIG_WEEKDAYS,
        "weekday: one of mon, tue, wed, thu, fri, sat, sun, or from one to another (\"mon-fri\")");
}

static void read_break(struct reader *r, setting_t *s, struct calendar_shift *shift)
{
    struct fields f;
    struct calendar_break new;
    fields_read(r, s, "breaks", &f);
    if (!read_stretch(r, &f, &new.from_minute, &new.to_minute))
        return;
    int begin = new.from_minute + (new.from_minute < shift->from_minute ? DAY_MINUTES : 0), end = begin + end_of(new.from_minute, new.to_minute) - new.from_minute;
    if (end > end_of(shift->from_minute, shift->to_minute)) {
        complain(r, s, "the break %s - %s is not within its shift, %02d:%02d - %02d:%02d", field_text(&f, "from"), field_text(&f, "to"), shift->from_minute / 60,
            shift->from_minute % 60, shift->to_minute / 60, shift->to_minute % 60);
        return;
    }
    for (size_t i = 0; i < shift->break_count; i++) {
        const struct calendar_break *b = &shift->breaks[i];
        int other = b->from_minute + (b->from_minute < shift->from_minute ? DAY_MINUTES : 0), other_end = other + end_of(b->from_minute, b->to_minute) - b->from_minute;
        if (begin < other_end && other < end) {
            complain(r, s, "the break overlaps the one from %02d:%02d to %02d:%02d", b->from_minute / 60, b->from_minute % 60, b->to_minute / 60, b->to_minute % 60);
            return;
        }
    }
    if (shift->break_count == SHIFT_BREAKS)
        complain(r, s, "one break too many; %d are allowed", SHIFT_BREAKS);
    else
        shift->breaks[shift->break_count++] = new;
}

static void read_shift(struct reader *r, setting_t *s, struct draft_calendar *d)
{
    struct fields f;
    struct calendar_shift shift = {.name = ""};
    fields_read(r, s, "shifts", &f);
    bool good = field_required(r, &f, "name") && short_enough(r, &f, "name", SHIFT_NAME);
    good = short_enough(r, &f, "crew", CREW_NAME) && good;
    shift.name = field_text(&f, "name"), shift.title = field_text(&f, "title"), shift.crew = field_text(&f, "crew");
    shift.weekdays = read_weekdays(r, &f);
    bool bounded = read_stretch(r, &f, &shift.from_minute, &shift.to_minute);
    setting_t *breaks = field(&f, "breaks");
    for (int i = 0, n = breaks && bounded ? config_setting_length(breaks) : 0; i < n; i++)
        if (is_group(r, config_setting_get_elem(breaks, (unsigned)i)))
            read_break(r, config_setting_get_elem(breaks, (unsigned)i), &shift);
    bool dated = read_date(r, &f, "valid_from", &shift.valid_from);
    dated = read_date(r, &f, "valid_to", &shift.valid_to) && dated;
    if (dated && shift.valid_to && shift.valid_to < shift.valid_from) {
        complain(r, field(&f, "valid_to"), "is before \"valid_from\": the shift never begins");
        dated = false;
    }
    if (!good || !bounded || !dated)
        return;
    d->shifts_at[d->calendar.shift_count] = s;
    d->calendar.shifts[d->calendar.shift_count++] = shift;
}

static void check_overlap(struct reader *r, const struct draft_calendar *d)
{
    char also[PATH_MOST];
    size_t a, b;
    for (size_t j = 1; j < d->calendar.shift_count; j++)
        for (size_t i = 0; i < j; i++) {
            struct calendar_shift both[] = {d->calendar.shifts[i], d->calendar.shifts[j]};
            if (calendar_overlap(&(struct calendar){.shifts = both, .shift_count = 2}, &a, &b))
                complain(r, d->shifts_at[j], "the shift \"%s\" overlaps \"%s\"; also at %s", both[1].name, both[0].name, place(r, d->shifts_at[i], also));
        }
}

/* ---- who, and other days ---- */

static void read_rotation(struct reader *r, setting_t *s, struct calendar_rotation *out)
{
    struct fields f;
    int count;
    if (!s)
        return;
    fields_read(r, s, "rotation", &f);
    bool whole = field_required(r, &f, "start");
    whole = field_required(r, &f, "crews") && whole;
    read_date(r, &f, "start", &out->start);
    out->step_days = (uint16_t)field_integer(&f, "days");
    out->turn = field_choice(&f, "turn") == 1 ? -1 : 1;
    setting_t *crews = field(&f, "crews");
    text_at(crews, 0, &count);
    if (whole && (count < 1 || count > CALENDAR_CREWS)) {
        complain(r, crews, "%d crews; from 1 to %d are allowed", count, CALENDAR_CREWS);
        return;
    }
    for (int i = 0; i < count && i < CALENDAR_CREWS; i++) {
        setting_t *crew = text_at(crews, i, &count);
        if (strlen(setting_text(crew)) >= CREW_NAME || !*setting_text(crew))
            complain(r, crew, "\"%s\" is not the name of a crew: from 1 to %d bytes are allowed", setting_text(crew), CREW_NAME - 1);
        else
            out->crews[out->crew_count++] = setting_text(crew);
    }
}

static void read_holiday(struct reader *r, setting_t *s, struct draft_calendar *d)
{
    struct fields f;
    int32_t date = 0;
    struct calendar_day day = {0};
    fields_read(r, s, "holidays", &f);
    day.title = field_text(&f, "title");
    bool dated = read_date(r, &f, "date", &date);
    dated = read_date(r, &f, "from", &day.from) && dated;
    dated = read_date(r, &f, "to", &day.to) && dated;
    if (!dated)
        return;
    if (date && !day.from && !day.to)
        day.from = day.to = date;
    else if (date || !day.from || !day.to)
        complain(r, s, "either \"date\" is wanted, or \"from\" and \"to\"");
    else if (day.to < day.from)
        complain(r, field(&f, "to"), "is before \"from\"");
    d->calendar.holidays[d->calendar.holiday_count++] = day;
}

static void read_overtime(struct reader *r, setting_t *s, struct draft_calendar *d)
{
    struct fields f;
    char also[PATH_MOST];
    struct calendar_overtime o = {.name = "overtime"};
    fields_read(r, s, "overtime", &f);
    o.name = field(&f, "name") ? field_text(&f, "name") : o.name;
    o.crew = field_text(&f, "crew");
    bool good = short_enough(r, &f, "name", SHIFT_NAME);
    good = short_enough(r, &f, "crew", CREW_NAME) && good;
    good = field_required(r, &f, "date") && read_date(r, &f, "date", &o.day) && good;
    good = read_stretch(r, &f, &o.from_minute, &o.to_minute) && good;
    if (!good)
        return;
    int64_t begin = day_of(o.day) * DAY_MINUTES, end = begin + end_of(o.from_minute, o.to_minute);
    begin += o.from_minute;
    for (size_t i = 0; i < d->calendar.overtime_count; i++) {
        const struct calendar_overtime *other = &d->calendar.overtime[i];
        int64_t midnight = day_of(other->day) * DAY_MINUTES;
        if (begin < midnight + end_of(other->from_minute, other->to_minute) && midnight + other->from_minute < end)
            complain(r, s, "the overtime \"%s\" overlaps \"%s\"; also at %s", o.name, other->name, place(r, d->overtime_at[i], also));
    }
    d->overtime_at[d->calendar.overtime_count] = s;
    d->calendar.overtime[d->calendar.overtime_count++] = o;
}

/* ---- a calendar ---- */

typedef void read_row(struct reader *r, setting_t *s, struct draft_calendar *d);

static void read_rows(struct reader *r, setting_t *list, const char *what, read_row *read, struct draft_calendar *d)
{
    int count = list ? config_setting_length(list) : 0;
    if (count > MOST_ROWS)
        complain(r, list, "%d %s; %d are allowed", count, what, MOST_ROWS);
    for (int i = 0; i < count && count <= MOST_ROWS; i++)
        if (is_group(r, config_setting_get_elem(list, (unsigned)i)))
            read(r, config_setting_get_elem(list, (unsigned)i), d);
}

static void *room_for(setting_t *list, size_t size)
{
    return mem_zero(list ? (size_t)config_setting_length(list) : 0, size);
}

static void read_calendar(struct reader *r, setting_t *s)
{
    struct fields f;
    char also[PATH_MOST];
    const struct name_entry *earlier;
    fields_read(r, s, "calendars", &f);
    setting_t *shifts = field(&f, "shifts"), *holidays = field(&f, "holidays"), *overtime = field(&f, "overtime");
    struct draft_calendar d = {.calendar = {.name = field_text(&f, "name"), .night_next_day = field_choice(&f, "night") == 1,
        .shifts = room_for(shifts, sizeof *d.calendar.shifts), .holidays = room_for(holidays, sizeof *d.calendar.holidays),
        .overtime = room_for(overtime, sizeof *d.calendar.overtime)},
        .shifts_at = room_for(shifts, sizeof *d.shifts_at), .overtime_at = room_for(overtime, sizeof *d.overtime_at)};
    read_rows(r, shifts, "shifts", read_shift, &d);
    read_rows(r, holidays, "holidays", read_holiday, &d);
    read_rows(r, overtime, "shifts of overtime", read_overtime, &d);
    read_rotation(r, field(&f, "rotation"), &d.calendar.rotation);
    check_overlap(r, &d);
    /* With holidays alone it is a tariff's. */
    if (!config_setting_get_member(s, "shifts") && !config_setting_get_member(s, "overtime") && !config_setting_get_member(s, "holidays"))
        warn(r, s, "no shift and no overtime: nobody ever works");
    if (!field_required(r, &f, "name"))
        ;
    else if (r->build.plant->calendar_count > MOST_CALENDARS)
        complain(r, s, "one calendar too many; %d are allowed", MOST_CALENDARS);
    else if (names_add(&r->calendar_names, NULL, d.calendar.name, s, entry_value(r->build.plant->calendar_count), &earlier))
        plant_add_calendar(&r->build, d.calendar);
    else if (!earlier->where)
        complain(r, field(&f, "name"), "\"%s\" is built in; choose another name", d.calendar.name);
    else
        complain(r, field(&f, "name"), "\"%s\" is there twice; also at %s", d.calendar.name, place(r, earlier->where, also));
    free(d.calendar.shifts);
    free(d.calendar.holidays);
    free(d.calendar.overtime);
    free(d.shifts_at);
    free(d.overtime_at);
}

void read_calendars(struct reader *r, const struct fields *root)
{
    names_add(&r->calendar_names, NULL, "always", NULL, entry_value(CALENDAR_ALWAYS), NULL);
    read_each(r, root, "calendars", read_calendar);
}
