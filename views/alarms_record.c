/*
 * The record of one alarm. What is said is a list of items, each with a label, a text and the number of rows that it takes; when there is no
 * room for all, long texts are shortened to a row first, then whole items go, and what to do goes last. What is shortened ends in a mark.
 */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draw/text.h"
#include "views/alarms.h"
#include "views/changes.h"

enum {
    LABEL_W = 7, ITEMS = 12, ITEM_TEXT = 600, EARLIER_TEXT = 320, BRIEF_H = 3, WIDE_W = 150, WIDE_H = 8, SPARK_H = 4, TALL_H = 14, BEFORE_MS = 15 * 60000, BEFORE_MOST = 24,
    MS_PER_MINUTE = 60000, TREND_MINUTES = 20, TREND_POINTS = 5, SLOPE_SHORT = 12, PROJECT_MOST_MS = 24 * 3600000, NEVER_GOES = 0
};

struct item {
    const char *label;
    enum cell_role label_role, role;
    char text[ITEM_TEXT];
    int goes;   /* the highest goes first; NEVER_GOES: stays */
    int rows;   /* that it gets */
};

struct said {
    struct item items[ITEMS];
    size_t count;
};

static struct item *say(struct said *said, const char *label, int goes, enum cell_role role, const char *text)
{
    if (!text[0] || said->count == ITEMS)
        return NULL;
    struct item *item = &said->items[said->count++];
    *item = (struct item){.label = label, .label_role = CELL_DIM, .role = role, .goes = goes};
    snprintf(item->text, sizeof item->text, "%s", text);
    return item;
}

/* ---- where it is going ---- */

/* Change per second of its tag; false when it does not move, or the last minutes and the last ten disagree. */
static bool moves(const struct model *model, uint32_t tag, double *per_second)
{
    struct reading reading;
    double recent, whole;
    reading_of_tag(&reading, model, tag);
    if (!reading.has_number || reading.trust != TRUST_GOOD || !reading.ring)
        return false;
    if (!ring_slope(reading.ring, reading.elapsed_ms, SLOPE_SHORT, &recent) || !ring_slope(reading.ring, reading.elapsed_ms, RING_COLUMNS, &whole))
        return false;
    double span = reading.has_range ? reading.range[1] - reading.range[0] : fmax(fabs(reading.number), 1);
    *per_second = recent;
    return recent * whole > 0 && fabs(recent) * 600 > span / 100;
}

/* The first number of a text, and whether its unit is this one or none is named. */
static bool number_in(const char *text, const char *unit, double *number)
{
    while (*text && !isdigit((unsigned char)*text))
        text++;
    size_t length = strspn(text, "0123456789.");
    struct value value;
    if (length == 0 || !number_read(text, length, &value, NULL) || !value_number(value, number))
        return false;
    text += length + strspn(text + length, " ");
    return !*text || !unit[0] || strncmp(text, unit, strlen(unit)) == 0;
}

/* "SIS trip 102 °C in 2m57s": when its number will be reached if it goes on like this. */
static void related_text(const struct model *model, uint32_t alarm, char *out, size_t cap)
{
    const char *related = alarm_condition_shown(model_alarm(model, alarm))->related;
    uint32_t tag = model_plant(model)->alarms[alarm].tag;
    double number, now, per_second;
    char span[SPAN_TEXT];
    snprintf(out, cap, "%s", related);
    if (!related[0] || tag == NO_TAG || !number_in(related, model_plant(model)->tags[tag].def->unit, &number) || !value_number(model_tag(model, tag)->value, &now)
        || !moves(model, tag, &per_second))
        return;
    double left_ms = (number - now) / per_second * 1000;
    if (!(left_ms > 0) || left_ms > PROJECT_MOST_MS)
        return;
    span_text((int64_t)left_ms, span);
    snprintf(out, cap, "%s in %s", related, span);
}

bool alarm_respond_text(const struct model *model, const struct alarm *alarm, char *out, size_t cap)
{
    int64_t given = alarm_condition_shown(alarm)->respond_ms, left = alarm->raised_ms + given - model_wall(model);
    char span[SPAN_TEXT], whole[SPAN_TEXT];
    out[0] = '\0';
    if (given <= 0 || !alarm_active(alarm) || alarm->raised_ms <= 0)
        return false;
    span_text(left < 0 ? -left : left, span);
    span_text(given, whole);
    snprintf(out, cap, left < 0 ? "respond within %s: over for %s" : "respond within %s: %s left", whole, span);
    return left < 0;
}

/* ---- what its value did ---- */

static bool value_then(const struct scene *scene, uint32_t tag, int64_t ms, const struct answer *answer, double *number)
{
    const struct model *model = scene->model;
    const struct ring *ring = model_tag(model, tag)->ring;
    int64_t back = (model_wall(model) - ms) / RING_STEP_MS;
    double low, high;
    if (ring && back >= 0 && back < RING_COLUMNS && ring_at(ring, model_elapsed(model), (int)back, &low, &high)) {
        *number = (low + high) / 2;
        return true;
    }
    if (!answer || ms < answer->want.from_ms || ms >= answer->want.to_ms || answer->column_count == 0)
        return false;
    size_t column = (size_t)((ms - answer->want.from_ms) / MS_PER_MINUTE);
    if (column >= answer->column_count || answer->columns[column].state == COLUMN_EMPTY)
        return false;
    *number = answer->columns[column].last;
    return true;
}

static void trend_text(const struct scene *scene, uint32_t index, int w, char *out, size_t cap)
{
    static const int before_min[TREND_POINTS] = {20, 5, 2, 1, 0};
    const struct model *model = scene->model;
    const struct alarm *alarm = model_alarm(model, index);
    uint32_t tag = model_plant(model)->alarms[index].tag;
    char points[TREND_POINTS + 1][ALARM_FIGURE], clock[SPAN_TEXT], number[NUMBER_TEXT];
    size_t count = 0;
    struct reading reading;
    out[0] = '\0';
    if (tag == NO_TAG || alarm->raised_ms <= 0)
        return;
    reading_of_tag(&reading, model, tag);
    if (!reading.has_number)
        return;
    int64_t end = alarm->raised_ms / MS_PER_MINUTE * MS_PER_MINUTE + MS_PER_MINUTE;
    struct want want = {.kind = WANT_COLUMNS, .from_ms = end - (TREND_MINUTES + 1) * MS_PER_MINUTE, .to_ms = end, .columns = TREND_MINUTES + 1};
    model_tag_key(model, tag, want.path, sizeof want.path);
    const struct answer *answer = scene->recall ? recall_want(scene->recall, &want) : NULL;
    for (size_t i = 0; i < TREND_POINTS; i++) {
        double then;
        int64_t at = alarm->raised_ms - (int64_t)before_min[i] * MS_PER_MINUTE;
        if (!value_then(scene, tag, at, answer, &then))
            continue;
        clock_text(&model_plant(model)->zone, at, clock);
        number_text(then, reading.decimals == DECIMALS_AUTO ? 1 : reading.decimals, false, number);
        snprintf(points[count++], ALARM_FIGURE, "%.5s %.24s", clock, number);
    }
    if (count == 0)
        return;
    snprintf(points[count++], ALARM_FIGURE, "now %.40s", reading.text);
    size_t first = 0, used = 0;
    for (int total = w + 1; first < count && total > w; first += total > w) {
        total = -3;
        for (size_t i = first; i < count; i++)
            total += text_width(points[i]) + 3;
    }
    for (size_t i = first; i < count && used < cap; i++)
        used += (size_t)snprintf(out + used, cap - used, "%s%s", i > first ? "   " : "", points[i]);
}

/* ---- what came before ---- */

struct earlier { int64_t ms; uint32_t alarm; const struct event *change; };

static int newest_first(const void *a, const void *b)
{
    const struct earlier *l = a, *r = b;
    return l->ms > r->ms ? -1 : l->ms < r->ms;
}

/* Keeps the newest BEFORE_MOST. */
static void note(struct earlier *list, size_t *count, struct earlier entry)
{
    size_t oldest = 0;
    if (*count < BEFORE_MOST) {
        list[(*count)++] = entry;
        return;
    }
    for (size_t i = 1; i < *count; i++)
        if (list[i].ms < list[oldest].ms)
            oldest = i;
    if (entry.ms > list[oldest].ms)
        list[oldest] = entry;
}

/* In its area, in the quarter of an hour before it was raised: what somebody changed, and which other alarms that are still listed came. */
static size_t list_before(const struct model *model, uint32_t index, struct earlier list[BEFORE_MOST])
{
    const struct plant *plant = model_plant(model);
    const struct alarm *alarm = model_alarm(model, index);
    uint32_t area = plant_ancestor(plant, plant->alarms[index].node, LEVEL_AREA), within = area == NO_NODE ? 0 : area;
    int64_t until = alarm->raised_ms + plant->clock_error_ms, from = alarm->raised_ms - BEFORE_MS;
    const struct event *changes[CHANGES_MOST];
    size_t count = 0, changed = changes_list(model, within, from, changes), listed_count;
    for (size_t c = 0; c < changed; c++)
        if (changes[c]->time_ms <= until)
            note(list, &count, (struct earlier){changes[c]->time_ms, NO_ALARM, changes[c]});
    const uint32_t *listed = model_alarms_listed(model, &listed_count);
    for (size_t i = 0; i < listed_count; i++) {
        uint32_t other = listed[i], node = plant->alarms[other].node;
        if (other == index || node < within || node >= plant->nodes[within].end)
            continue;
        int64_t raised = model_alarm(model, other)->raised_ms;
        if (raised >= from && raised <= until && raised > 0)
            note(list, &count, (struct earlier){raised, other, NULL});
    }
    qsort(list, count, sizeof list[0], newest_first);
    return count;
}

static void earlier_text(const struct model *model, const struct earlier *entry, char *out, size_t cap)
{
    char clock[SPAN_TEXT], place[LABEL_TEXT];
    raised_text(model, entry->ms, clock);
    if (entry->change) {
        change_place_text(model, entry->change, false, place, sizeof place);
        snprintf(out, cap, "%s %.80s%s%.80s %.40s > %.40s", clock, place, place[0] ? " " : "", entry->change->text, entry->change->before, entry->change->after);
    } else {
        snprintf(out, cap, "%s %s %s", clock, alarm_text_place(model, entry->alarm), alarm_text_title(model, entry->alarm));
    }
}

static void before_text(const struct model *model, uint32_t index, int w, char *out, size_t cap)
{
    struct earlier list[BEFORE_MOST];
    size_t count = list_before(model, index, list), used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < count && used < cap; i++) {
        char text[EARLIER_TEXT];
        earlier_text(model, &list[i], text, sizeof text);
        if (i > 0 && text_width(out) + 3 + text_width(text) > w)
            break;
        used += (size_t)snprintf(out + used, cap - used, "%s%s", i ? "   " : "", text);
    }
}

static void draw_before(const struct model *model, uint32_t index, struct surface s)
{
    struct earlier list[BEFORE_MOST];
    size_t count = list_before(model, index, list);
    surface_text(s, 0, 0, CELL_DIM, count ? "BEFORE IT, in its area" : "BEFORE IT  nothing in its area in a quarter of an hour");
    for (size_t i = 0; i < count && (int)i + 1 < s.h; i++) {
        char text[EARLIER_TEXT];
        int x = 0, y = (int)i + 1;
        if (list[i].alarm != NO_ALARM)
            draw_alarm_marker(model, list[i].alarm, s, x, y);
        earlier_text(model, &list[i], text, sizeof text);
        surface_text_fit(s, MARKER_W + 1, y, s.w - MARKER_W - 1, CELL_TEXT, text);
    }
}

/* ---- putting it together ---- */

static void say_hold(struct said *said, const struct model *model, uint32_t index)
{
    struct alarm_hold space;
    const struct alarm_hold *held = alarm_held(model, index, &space);
    const struct alarm *alarm = model_alarm(model, index);
    char text[ITEM_TEXT], since[SPAN_TEXT], until[SPAN_TEXT] = "";
    if (!held) {
        if (alarm_shown(alarm) == SHOWN_DSUPR)
            say(said, "supp.", 2, CELL_TEXT, alarm->suppress_wanted && alarm->def->suppress.text ? alarm->def->suppress.source : "within the hold-off after its suppression ended");
        return;
    }
    until_text(model, held->since_ms, since);
    until_text(model, held->until_ms, until);
    const char *what = alarm_shown(alarm) == SHOWN_SHLVD ? "shelved" : alarm->flags & ALARM_OUT ? "out of service" : "maintenance";
    const char *one_shot = alarm_shown(alarm) == SHOWN_SHLVD && alarm->flags & ALARM_ONE_SHOT ? ", or until it clears" : "";
    snprintf(text, sizeof text, "%s by %s since %s, until %s%s%s%s", what, held->who, since, until[0] ? until : one_shot[0] ? "it clears" : "somebody ends it",
        until[0] ? one_shot : "", held->reason[0] ? ": " : "", held->reason);
    say(said, "held", 2, CELL_TEXT, text);
}

static void say_people(struct said *said, const struct model *model, const struct alarm *alarm)
{
    const struct alarm_record *r = alarm->record;
    char text[ITEM_TEXT], when[SPAN_TEXT];
    if (r && r->acked_ms > 0) {
        raised_text(model, r->acked_ms, when);
        snprintf(text, sizeof text, "%s by %s%s%s", when, r->ack_who, r->ack_comment[0] ? ": " : "", r->ack_comment);
        say(said, "acked", 8, CELL_TEXT, text);
    }
    if (r && r->comment[0]) {
        raised_text(model, r->comment_ms, when);
        snprintf(text, sizeof text, "%s %s: %s", when, r->comment_who, r->comment);
        say(said, "note", 7, CELL_TEXT, text);
    }
}

static void gather(struct said *said, const struct scene *scene, uint32_t index, int w, bool wide, const char *related)
{
    const struct model *model = scene->model;
    const struct alarm *alarm = model_alarm(model, index);
    char text[ITEM_TEXT];
    said->count = 0;
    say(said, "cause", 4, CELL_TEXT, alarm_text_cause(alarm));
    say(said, "else", 6, CELL_TEXT, alarm_text_consequence(alarm));
    const char *action = alarm_text_action(alarm);
    struct item *todo = say(said, "DO", NEVER_GOES, action[0] ? CELL_TITLE : CELL_DIM, action[0] ? action : "no action is given: andon.cfg(5), action");
    if (todo)
        todo->label_role = CELL_TITLE;
    say(said, "guard", 3, CELL_TEXT, related);
    say_hold(said, model, index);
    trend_text(scene, index, w - LABEL_W, text, sizeof text);
    say(said, "trend", 5, CELL_TEXT, text);
    if (!wide) {
        before_text(model, index, w - LABEL_W, text, sizeof text);
        say(said, "before", 9, CELL_TEXT, text);
    }
    say_people(said, model, alarm);
}

static int rows_of(const struct item *item, struct surface s)
{
    return draw_words(surface_sub(s, rect_of(0, 0, 0, 0)), 0, 0, s.w - LABEL_W, CELL_TEXT, item->text);
}

static int total_rows(const struct said *said)
{
    int rows = 0;
    for (size_t i = 0; i < said->count; i++)
        rows += said->items[i].rows;
    return rows;
}

/* Takes a row away; false when only what must stay is left. */
static bool shorten(struct said *said)
{
    struct item *longest = NULL, *goes = NULL;
    for (size_t i = 0; i < said->count; i++) {
        struct item *item = &said->items[i];
        if (item->goes != NEVER_GOES && item->rows > 1 && (!longest || item->rows > longest->rows))
            longest = item;
        if (item->goes != NEVER_GOES && item->rows > 0 && (!goes || item->goes > goes->goes))
            goes = item;
    }
    if (longest)
        longest->rows--;
    else if (goes)
        goes->rows = 0;
    return longest || goes;
}

/* The last of its rows ends in a mark when there is more to say. */
static void draw_item(const struct item *item, int y, struct surface s)
{
    const char *rest = item->text;
    surface_text(s, 0, y, item->label_role, item->label);
    struct surface words = surface_sub(s, rect_of(LABEL_W, y, s.w - LABEL_W, item->rows));
    if (rows_of(item, s) <= item->rows) {
        draw_words(words, 0, 0, words.w, item->role, rest);
        return;
    }
    for (int row = 0; row + 1 < item->rows; row++) {
        int used;
        size_t length = text_fit(rest, words.w, &used), whole = length;
        while (whole > 0 && rest[whole] != ' ')
            whole--;
        length = whole ? whole : length;
        surface_format(words, 0, row, item->role, "%.*s", (int)length, rest);
        rest += length;
        rest += strspn(rest, " ");
    }
    bool hint = item->goes == NEVER_GOES && words.w > 24;
    surface_text_fit(words, 0, item->rows - 1, words.w - (hint ? 12 : 0), item->role, rest);
    if (hint)
        surface_text_right(words, words.w - 11, item->rows - 1, 11, CELL_KEY, "z shows all");
}

static void draw_head(const struct model *model, uint32_t index, const char *right, struct surface s)
{
    char now[ALARM_FIGURE], slope[NUMBER_TEXT];
    double per_second;
    uint32_t tag = model_plant(model)->alarms[index].tag;
    int right_w = text_width(right), room = s.w - (right_w ? right_w + 2 : 0);
    enum cell_role role = alarm_text_now(model, index, now);
    int x = draw_alarm_marker(model, index, s, 0, 0) + 1;
    struct surface left = surface_sub(s, rect_of(0, 0, room, 1));
    x = surface_text_fit(left, x, 0, room - x, CELL_TITLE, alarm_text_place(model, index)) + 1;
    if (x < room)
        x = surface_text_fit(left, x, 0, room - x, CELL_TITLE, alarm_text_title(model, index)) + 2;
    x = surface_text(left, x, 0, role, now);
    if (now[0] && alarm_text_unit(model, index)[0])
        x = surface_text(left, x + 1, 0, CELL_DIM, alarm_text_unit(model, index));
    if (tag != NO_TAG && moves(model, tag, &per_second)) {
        number_fit(fabs(per_second * 60), 1, 6, slope);
        surface_format(left, x + 2, 0, CELL_TEXT, "%c%s/min", per_second < 0 ? '-' : '+', slope);
    }
    surface_text_right(s, s.w - right_w, 0, right_w, CELL_TEXT, right);
}

/* The list of items on a surface, from its first row; returns the row below. */
static int draw_items(struct said *said, struct surface s)
{
    int y = 0;
    for (size_t i = 0; i < said->count; i++)
        said->items[i].rows = rows_of(&said->items[i], s);
    while (total_rows(said) > s.h && shorten(said))
        continue;
    for (size_t i = 0; i < said->count; i++) {
        struct item *item = &said->items[i];
        if (item->rows > s.h - y)
            item->rows = s.h - y;
        if (item->rows > 0)
            draw_item(item, y, s);
        y += item->rows > 0 ? item->rows : 0;
    }
    return y;
}

/* Beside the items, where it is wide: the last ten minutes of its value, and what came before. */
static void draw_beside(const struct model *model, uint32_t index, struct surface s)
{
    uint32_t tag = model_plant(model)->alarms[index].tag;
    struct rect body = surface_rect(s);
    struct reading reading = {.ring = NULL};
    if (tag != NO_TAG)
        reading_of_tag(&reading, model, tag);
    if (reading.ring && reading.has_number && s.h > SPARK_H + 4) {
        draw_widget("spark", &reading, surface_sub(s, rect_cut_top(&body, SPARK_H)));
        surface_text(s, 0, SPARK_H, CELL_DIM, "the last ten minutes");
        rect_cut_top(&body, 2);
    }
    draw_before(model, index, surface_sub(s, body));
}

int alarms_record(const struct scene *scene, uint32_t index, struct surface s)
{
    const struct model *model = scene->model;
    struct said said;
    char related[ITEM_TEXT];
    bool brief = s.h < BRIEF_H, wide = s.w >= WIDE_W && s.h >= WIDE_H;
    struct rect body = surface_rect(s);
    related_text(model, index, related, sizeof related);
    bool fits = !brief && text_width(related) <= s.w / 2;
    if (!brief)
        draw_head(model, index, fits ? related : "", surface_sub(s, rect_cut_top(&body, 1)));
    bool tall = !wide && s.h >= TALL_H; /* the whole screen is one alarm's */
    if (wide) {
        struct rect right = rect_cut_right(&body, s.w * 2 / 5);
        rect_cut_left(&right, 3);
        draw_beside(model, index, surface_sub(s, right));
    }
    gather(&said, scene, index, body.w, wide || tall, fits ? "" : related);
    int y = draw_items(&said, surface_sub(s, body));
    if (tall && body.h - y > 2)
        draw_beside(model, index, surface_sub(s, rect_of(0, body.y + y + 1, s.w, body.h - y - 1)));
    int whole = brief ? 0 : 1;
    for (size_t i = 0; i < said.count; i++)
        whole += rows_of(&said.items[i], surface_sub(s, body));
    return whole;
}
