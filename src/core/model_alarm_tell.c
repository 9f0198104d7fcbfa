/*
 * What follows from an alarm's transition: the event, the counts and the list, raises by position, first-out. struct alarm_counted remembers
 * what an alarm adds to the counts, so that they are right whatever it went through.
 */
#include <stdio.h>
#include <string.h>

#include "core/memory.h"
#include "core/model_alarm_private.h"
#include "core/number.h"

/* ---- texts ---- */

void alarm_title(const struct alarm *alarm, char *out, size_t cap)
{
    const struct alarm_code *code = alarm_code_shown(alarm);
    const char *title = alarm_condition_shown(alarm)->title;
    bool message = alarm_condition_shown(alarm)->kind == ALARM_MESSAGE && alarm->record;
    if (code && code->title && *code->title)
        title = code->title;
    else if (message && *alarm->record->message)
        title = alarm->record->message;
    event_word(out, cap, title && *title ? title : alarm->def->title);
}

void alarm_value_text(const struct model *model, uint32_t index, char *out, size_t cap)
{
    uint32_t tag_index = model->plant->alarms[index].tag;
    const struct tag *tag = tag_index == NO_TAG ? NULL : &model->tags[tag_index];
    char number_space[NUMBER_TEXT];
    double number;
    out[0] = '\0';
    if (!tag || tag->count == 0)
        return;
    if (tag->value.kind == VALUE_TEXT) {
        event_word(out, cap, tag->text);
    } else if (tag->value.kind == VALUE_BOOL) {
        event_word(out, cap, tag->value.b ? "on" : "off");
    } else if (value_number(tag->value, &number)) {
        number_text(number, tag->def->decimals, false, number_space);
        event_quantity(out, cap, number_space, tag->def->unit);
    }
}

void alarm_limit_text(const struct alarm_condition_def *def, char *out, size_t cap)
{
    static const char *const signs[ALARM_KIND_COUNT] = {[ALARM_HIGH_HIGH] = ">", [ALARM_HIGH] = ">", [ALARM_LOW] = "<", [ALARM_LOW_LOW] = "<", [ALARM_DEVIATION] = "±", [ALARM_RATE] = ">"};
    char number_space[NUMBER_TEXT], text[NUMBER_TEXT + 8];
    out[0] = '\0';
    if (def->kind == ALARM_EXPRESSION && def->when.source)
        event_word(out, cap, def->when.source);
    if (!alarm_kind_table[def->kind].limit)
        return;
    number_text(def->limit, DECIMALS_AUTO, false, number_space);
    snprintf(text, sizeof text, "%s %s%s", def->kind == ALARM_RATE && def->limit < 0 ? "<" : signs[def->kind], number_space, def->kind == ALARM_RATE ? "/min" : "");
    event_word(out, cap, text);
}

/* ---- raises of a position ---- */

static void forget_raises(struct position_raises *p, int64_t second)
{
    int64_t steps = second - p->second;
    if (steps >= RAISE_SECONDS) {
        memset(p->by_second, 0, sizeof p->by_second);
        p->sum = 0;
    } else {
        for (int64_t s = p->second + 1; s <= second; s++) {
            p->sum -= p->by_second[s % RAISE_SECONDS];
            p->by_second[s % RAISE_SECONDS] = 0;
        }
    }
    p->second = second;
}

/* A flood that has ended since the last raise is noticed with the next: only raises begin one, and only time ends it. */
static void count_raise(struct position_raises *p, struct alarm_now now)
{
    forget_raises(p, now.elapsed_ms / 1000);
    if (p->sum < FLOOD_BELOW)
        p->flood_since_ms = 0;
    uint16_t *count = &p->by_second[p->second % RAISE_SECONDS];
    if (*count < UINT16_MAX) {
        ++*count;
        p->sum++;
    }
    if (p->sum > FLOOD_ABOVE && p->flood_since_ms == 0)
        p->flood_since_ms = now.wall_ms;
}

uint32_t model_alarm_raises(const struct model *model, uint16_t position, int64_t *flood_since_ms)
{
    struct position_raises p = model->alarms->positions[position];
    forget_raises(&p, model->elapsed / 1000);
    *flood_since_ms = p.sum < FLOOD_BELOW ? 0 : p.flood_since_ms;
    return p.sum;
}

/* ---- first-out ---- */

/* Of all of a group: takes flags away, or marks those that are first as tied. */
static void mark_group(struct model *model, uint16_t group, bool tied)
{
    const struct first_out *f = &model->alarms->first_outs[group];
    for (uint32_t m = 0; m < f->count; m++) {
        struct alarm *alarm = &model->alarms->alarms[model->alarms->members[f->first + m]];
        if (!tied)
            alarm->flags &= (uint8_t)~(ALARM_FIRST | ALARM_TIE);
        else if (alarm->flags & ALARM_FIRST)
            alarm->flags |= ALARM_TIE;
    }
}

/* By source time, and only as far as the sources' clocks can tell: within their error it is a tie. */
static void first_out(struct model *model, uint32_t index)
{
    uint16_t group = model->plant->alarms[index].first_out;
    struct alarm *alarm = &model->alarms->alarms[index];
    if (group >= model->plant->first_out_count || (alarm->flags & ALARM_FIRST))
        return;
    struct first_out *f = &model->alarms->first_outs[group];
    int64_t ahead = f->first_ms - alarm->raised_ms, error = model->plant->clock_error_ms;
    if (f->open == 0 || ahead > error) {
        mark_group(model, group, false);
        alarm->flags |= ALARM_FIRST;
        f->first_ms = alarm->raised_ms;
    } else if (ahead >= -error) {
        alarm->flags |= ALARM_FIRST;
        mark_group(model, group, true);
        f->first_ms = ahead > 0 ? alarm->raised_ms : f->first_ms;
    }
}

static void open_first_out(struct model *model, uint32_t index, bool was, bool is)
{
    uint16_t group = model->plant->alarms[index].first_out;
    if (group >= model->plant->first_out_count || was == is)
        return;
    struct first_out *f = &model->alarms->first_outs[group];
    f->open = is ? f->open + 1 : f->open - 1;
    if (f->open == 0) {
        mark_group(model, group, false);
        f->first_ms = 0;
    }
}

/* ---- counts ---- */

void alarm_add(struct alarm_counts *counts, struct alarm_counted c, uint32_t by)
{
    bool unacked = alarm_shown_unacked(c.shown), active = c.shown == ALARM_UNACK || c.shown == ALARM_ACKED;
    uint32_t *const plain[SHOWN_COUNT] = {[ALARM_RTNUN] = &counts->returned, [ALARM_LATCH_UNACK] = &counts->latched, [ALARM_LATCH_ACKED] = &counts->latched, [SHOWN_SHLVD] = &counts->shelved,
        [SHOWN_DSUPR] = &counts->suppressed, [SHOWN_OOSRV] = &counts->out};
    for (int all = 0; all < 2; all++) {
        counts->unacked[all ? 0 : c.priority] += unacked ? by : 0;
        counts->active[all ? 0 : c.priority] += active ? by : 0;
    }
    if (plain[c.shown])
        *plain[c.shown] += by;
    counts->sounding += c.sounds ? by : 0;
}

static struct alarm_counted counted_as(const struct alarm *alarm)
{
    return (struct alarm_counted){.shown = alarm_shown(alarm), .priority = alarm_priority(alarm), .sounds = (alarm->flags & ALARM_SOUNDS) != 0};
}

static void list(struct alarm_book *book, uint32_t alarm, bool wanted)
{
    uint32_t place = book->place[alarm];
    if (wanted == (place != 0))
        return;
    if (wanted) {
        book->listed[book->listed_count++] = alarm;
        book->place[alarm] = (uint32_t)book->listed_count;
        return;
    }
    uint32_t last = book->listed[--book->listed_count];
    book->listed[place - 1] = last;
    book->place[last] = place;
    book->place[alarm] = 0;
}

void alarm_count(struct model *model, uint32_t index)
{
    struct alarm_book *book = model->alarms;
    const struct alarm *alarm = &book->alarms[index];
    struct alarm_counted was = book->counted[index], is = counted_as(alarm);
    bool same = was.shown == is.shown && was.sounds == is.sounds && (was.priority == is.priority || is.shown == ALARM_NORM);
    list(book, index, alarm->state != ALARM_NORM || alarm_hidden(alarm));
    if (same)
        return;
    alarm_add(&book->counts, was, UINT32_MAX);
    alarm_add(&book->counts, is, 1);
    book->counted[index] = is;
    book->generation++;
    open_first_out(model, index, was.shown != ALARM_NORM && was.shown < ALARM_STATE_COUNT, is.shown != ALARM_NORM && is.shown < ALARM_STATE_COUNT);
}

/* ---- events ---- */

/* Does it call for a person? */
static bool calls(const struct alarm_told *told)
{
    return told->event == ALARM_RAISED && told->after < ALARM_STATE_COUNT;
}

void alarm_event_of(const struct model *model, uint32_t index, const struct alarm *alarm, const struct alarm_told *told, struct event *event)
{
    const struct plant_alarm *a = &model->plant->alarms[index];
    const struct alarm_condition_def *condition = alarm_condition_shown(alarm);
    char key[ALARM_KEY_BYTES];
    *event = (struct event){.kind = EVENT_ALARM, .time_ms = told->time_ms, .series = a->tag == NO_TAG ? 0 : model->tags[a->tag].series};
    plant_alarm_key(model->plant, index, key, sizeof key);
    event_word(event->path, sizeof event->path, key);
    alarm_title(alarm, event->text, sizeof event->text);
    event_word(event->before, sizeof event->before, alarm_shown_table[told->before].name);
    event_word(event->after, sizeof event->after, alarm_shown_table[told->after].name);
    event->alarm.event = (uint8_t)told->event;
    event->alarm.kind = (uint8_t)condition->kind;
    event->alarm.priority = alarm_priority(alarm);
    event->alarm.occurrence_ms = alarm->raised_ms;
    alarm_value_text(model, index, event->alarm.value, sizeof event->alarm.value);
    alarm_limit_text(condition, event->alarm.limit, sizeof event->alarm.limit);
    event_word(event->alarm.class, sizeof event->alarm.class, alarm->class->name);
    event_word(event->alarm.position, sizeof event->alarm.position, a->position < model->plant->position_count ? model->plant->positions[a->position].name : "");
    if (told->action) {
        event_word(event->who, sizeof event->who, told->action->who);
        event_word(event->alarm.comment, sizeof event->alarm.comment, told->action->comment);
    }
}

void alarm_told(void *arg, const struct alarm *alarm, const struct alarm_told *told)
{
    struct model *model = arg;
    uint32_t index = (uint32_t)(alarm - model->alarms->alarms);
    bool annunciated = alarm->class->counted && calls(told);
    struct event event;
    model->alarms->generation++;
    if (told->event == ALARM_RAISED || told->event == ALARM_ROSE)
        alarm_value_text(model, index, alarm->record->value, sizeof alarm->record->value);
    if (annunciated && model->plant->alarms[index].position < model->plant->position_count)
        count_raise(&model->alarms->positions[model->plant->alarms[index].position], model->alarms->now);
    if (calls(told))
        first_out(model, index);
    alarm_event_of(model, index, alarm, told, &event);
    event.alarm.annunciated = annunciated;
    model_event(model, &event);
    if (told->event == ALARM_RAISED)
        accounts_message(model, index);
    if (told->event == ALARM_RAISED || told->event == ALARM_CLEARED)
        alarm_wake(model, index, told->time_ms);
}
