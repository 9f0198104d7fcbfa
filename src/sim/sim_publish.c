/*
 * A station remembers what it has told (state, order, crew, door, counts), so that it publishes changes at once and so that the
 * truth is what its messages told, not what happened between two of them: an interval begins with the stamp of the message
 * that first told it. A line's state on its own topic is stamped with the change itself, even when that was before the start.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/timestamp.h"
#include "sim/sim_station.h"

enum { HANDS = 1 << 20 }; /* more than there are stations */

/* One tick's publishing: where the messages go and the text that they are written in. */
struct outlet {
    struct station *s;
    int64_t now_ms;
    bool initial;
    struct sim_text *text; /* the payload */
    const struct sim_sink *sink;
};

void station_init(struct station *s, uint64_t seed, uint64_t which)
{
    s->dice = dice_make(seed, which);
    s->hand = dice_make(seed, which + HANDS);
    s->eye = dice_make(seed, which + 2 * HANDS);
    s->phase = (int)(which * 7 % 10);
    s->period_phase = (int)dice_pick(&s->dice, (uint32_t)(s->type->period_s > 0 ? s->type->period_s : 1));
    for (size_t i = 0; i < MAX_SIGNALS && s->type->signals[i].name; i++) {
        const struct signal *g = &s->type->signals[i];
        bool runs = !s->machine || s->machine->condition == CONDITION_RUN;
        bool total = g->kind == SIGNAL_TOTAL || g->kind == SIGNAL_REACTIVE; /* without dice: what else there is does not depend on it */
        s->values[i] = g->kind == SIGNAL_SUPPLY ? g->idle + (g->run - g->idle) * (1 + s->phase % 9) / 10 : g->kind == SIGNAL_ENERGY ? dice_between(&s->dice, 20000, 900000)
            : total ? 40000 + (double)(which * 7919 % 500000) : runs ? g->run : g->idle;
    }
    s->told_order = -1;
    s->told_crew = -1;
}

void station_finish(struct station *s)
{
    free(s->node);
    free(s->topic);
}

static void emit(const struct outlet *o, const char *suffix, bool retained)
{
    char topic[256];
    snprintf(topic, sizeof topic, "%s%s%s", o->s->topic, *suffix ? "/" : "", suffix);
    struct sim_message message = {.topic = topic, .payload = o->text->bytes, .payload_length = o->text->length,
        .ts_ms = o->now_ms, .retained = retained, .initial = retained && o->initial};
    if (o->sink->message)
        o->sink->message(o->sink->arg, &message);
}

static void emit_text(const struct outlet *o, const char *suffix, const char *text)
{
    sim_text_clear(o->text);
    sim_text_add(o->text, "%s", text);
    emit(o, suffix, true);
}

/* ---- what is told ---- */

static const struct word *word_of(const struct station *s)
{
    return s->machine && s->type->words ? &s->type->words->words[s->machine->condition] : NULL;
}

/* A line that waits blames whoever stands. */
static const char *reason_of(const struct station *s)
{
    if (!s->machine)
        return "";
    if (s->machine->reason[0] || !s->is_line)
        return s->machine->reason;
    if (s->machine->condition == CONDITION_STARVED || s->machine->condition == CONDITION_BLOCKED)
        for (int i = 0; i < s->line->machine_count; i++)
            if (s->line->machines[i].reason[0] && s->line->machines[i].condition != CONDITION_SLOW)
                return s->line->machines[i].reason;
    return "";
}

static void tell_interval(const struct station *s, int64_t to_ms, const struct sim_sink *sink)
{
    struct sim_interval interval = {.node = s->node, .state = s->told.word->state, .class = s->told.word->class,
        .from_ms = s->told.since_ms, .to_ms = to_ms, .reason = s->told.reason};
    if (sink->interval)
        sink->interval(sink->arg, &interval);
}

/* Notes that a message with this stamp tells the present state. */
static void note_state(const struct outlet *o, int64_t stamp_ms)
{
    struct station *s = o->s;
    const struct word *word = word_of(s);
    bool same = s->told.word && s->told.word->state == word->state && s->told.word->class == word->class;
    if (!same) {
        if (s->told.word)
            tell_interval(s, stamp_ms, o->sink);
        s->told.since_ms = stamp_ms;
        s->told.reason = reason_of(s);
    }
    s->told.word = word;
}

static void note_counts(const struct outlet *o)
{
    struct told_count *c = &o->s->counted;
    const struct machine *m = o->s->machine;
    if (!c->begun)
        *c = (struct told_count){.begun = true, .first_good = m->piece_good, .first_reject = m->piece_reject, .from_ms = o->now_ms};
    c->good = m->piece_good;
    c->reject = m->piece_reject;
    c->to_ms = o->now_ms;
}

/* ---- messages ---- */

size_t station_phase(const struct station *s, int64_t now_ms)
{
    const struct vocabulary *v = s->type->words;
    double progress = machine_progress(s->machine, now_ms);
    size_t phase = 0;
    while (phase + 1 < v->phase_count && progress >= v->phases[phase].until)
        phase++;
    return phase;
}

static void add_state(struct sim_text *text, const struct station *s, const struct word *word, int64_t now_ms)
{
    const struct vocabulary *v = s->type->words;
    const char *name = word->text;
    if (s->machine->condition == CONDITION_RUN && v->phase_count) {
        name = v->phases[station_phase(s, now_ms)].text;
    }
    if (name)
        sim_text_add_json(text, name);
    else
        sim_text_add(text, "%d", word->number);
}

/* "t/oil": opens and closes the member objects as the names' first parts change. */
static void add_signals(struct sim_text *text, const struct station *s)
{
    char open[24] = "";
    for (size_t i = 0; i < MAX_SIGNALS && s->type->signals[i].name; i++) {
        const struct signal *g = &s->type->signals[i];
        if (g->name[0] == '@' || g->name[0] == '#')
            continue;
        const char *slash = strchr(g->name, '/');
        size_t length = slash ? (size_t)(slash - g->name) : 0;
        bool inside = open[0] && length == strlen(open) && memcmp(open, g->name, length) == 0;
        if (open[0] && !inside) {
            sim_text_add(text, "}");
            open[0] = '\0';
        }
        sim_text_add(text, inside && text->bytes[text->length - 1] == '{' ? "" : ",");
        if (slash && !inside) {
            snprintf(open, sizeof open, "%.*s", (int)length, g->name);
            sim_text_add(text, "\"%s\":{", open);
        }
        sim_text_add(text, "\"%s\":%.*f", slash ? slash + 1 : g->name, g->decimals, s->values[i]);
    }
    if (open[0])
        sim_text_add(text, "}");
}

static void publish_telemetry(const struct outlet *o)
{
    struct station *s = o->s;
    struct sim_text *text = o->text;
    int flags = s->type->flags;
    const struct word *word = word_of(s);
    char iso[SPAN_TEXT + 8];
    sim_text_clear(text);
    iso_text(o->now_ms, iso);
    if (flags & TYPE_ISO)
        sim_text_add(text, "{\"at\":\"%s\"", iso);
    else
        sim_text_add(text, "{\"ts\":%" PRId64, o->now_ms);
    if (flags & TYPE_STATE && word) {
        sim_text_add(text, ",\"st\":");
        add_state(text, s, word, o->now_ms);
        note_state(o, o->now_ms);
    }
    if (flags & TYPE_GOOD_ONLY)
        sim_text_add(text, ",\"cnt\":%" PRIu32, s->machine->good);
    else if (flags & TYPE_COUNTS)
        sim_text_add(text, ",\"cnt\":{\"good\":%" PRIu32 ",\"rej\":%" PRIu32 "}", s->machine->good, s->machine->reject);
    if (flags & (TYPE_COUNTS | TYPE_GOOD_ONLY))
        note_counts(o);
    if (flags & TYPE_CYCLE)
        sim_text_add(text, ",\"ct\":%.1f", s->machine->cycle_s);
    if (flags & TYPE_BUFFER && s->machine)
        sim_text_add(text, ",\"buf\":%d", s->machine > s->line->machines ? s->machine[-1].buffer : 0);
    if (flags & TYPE_REASON) {
        sim_text_add(text, ",\"why\":");
        sim_text_add_json(text, reason_of(s));
    }
    add_signals(text, s);
    sim_text_add(text, "}");
    s->spoke_ms = o->now_ms;
    emit(o, s->plant->suffix, false);
}

static void publish_own_topics(const struct outlet *o)
{
    struct station *s = o->s;
    for (size_t i = 0; i < MAX_SIGNALS && s->type->signals[i].name; i++) {
        const struct signal *g = &s->type->signals[i];
        if (g->name[0] != '@' && g->name[0] != '#')
            continue;
        sim_text_clear(o->text);
        if (g->name[0] == '@')
            sim_text_add(o->text, "%.*f", g->decimals, s->values[i]);
        else
            sim_text_add(o->text, "{\"timestamp_ms\":%" PRId64 ",\"value\":%.*f}", o->now_ms, g->decimals, s->values[i]);
        emit(o, g->name + 1, false);
        s->spoke_ms = o->now_ms;
    }
}

static void publish_state_topic(const struct outlet *o)
{
    struct station *s = o->s;
    int64_t stamp_ms = o->initial ? s->machine->since_ms : o->now_ms;
    note_state(o, stamp_ms);
    sim_text_clear(o->text);
    sim_text_add(o->text, "{\"timestamp_ms\":%" PRId64 ",\"value\":", stamp_ms);
    add_state(o->text, s, word_of(s), o->now_ms);
    sim_text_add(o->text, "}");
    emit(o, "state", true);
}

/* Order, product and crew of a line: kept by the broker, told when they change. */
static void publish_orders(const struct outlet *o)
{
    struct station *s = o->s;
    const struct line *line = s->line;
    char order[48];
    int64_t shift = (o->now_ms / 1000 + s->plant->utc_offset_s - 6 * 3600) / (8 * 3600);
    if (shift != s->told_crew && s->plant->crews[0]) {
        s->told_crew = shift;
        emit_text(o, "crew", s->plant->crews[shift % 4]);
    }
    if (line->order == s->told_order || line->spec->product_count == 0)
        return;
    s->told_order = line->order;
    bool idle = line->spec->flags & (LINE_IDLE | LINE_REPAIR);
    station_order(s, line->order, order);
    emit_text(o, "order", order);
    emit_text(o, "product", idle ? "-" : line->spec->products[line->product]);
}

static void publish_door(const struct outlet *o)
{
    struct station *s = o->s;
    if (!o->initial && s->told_door == s->line->door_open)
        return;
    s->told_door = s->line->door_open;
    emit_text(o, "door", s->told_door ? "true" : "false");
}

/* One message for each rejected piece; those of before the start were told before. */
static void publish_defects(const struct outlet *o)
{
    struct station *s = o->s;
    uint32_t kinds = (uint32_t)s->type->defect_count;
    if (o->initial)
        s->looked_at = s->machine->piece_reject;
    for (; s->looked_at < s->machine->piece_reject; s->looked_at++) {
        uint32_t kind = dice_pick(&s->eye, kinds) * dice_pick(&s->eye, kinds) / kinds; /* the first ones far more often */
        s->defects[kind]++;
        sim_text_clear(o->text);
        sim_text_add(o->text, "{\"timestamp_ms\":%" PRId64 ",\"value\":", o->now_ms);
        sim_text_add_json(o->text, s->type->defects[kind]);
        sim_text_add(o->text, "}");
        emit(o, "defect", false);
    }
}

void station_publish(struct station *s, int64_t now_ms, int64_t tick, bool initial, struct sim_text *scratch,
    const struct sim_sink *sink)
{
    struct outlet o = {.s = s, .now_ms = now_ms, .initial = initial, .text = scratch, .sink = sink};
    int flags = s->type->flags;
    int64_t period = (s->type->period_s > 0 ? s->type->period_s : 1) * 10;
    bool changed = s->told.word && word_of(s) != s->told.word;
    bool due = tick == s->phase || (tick - s->phase - s->period_phase * 10) % period == 0;
    if (s->is_line && !(s->line->spec->flags & LINE_UTILITY))
        publish_orders(&o);
    if (flags & TYPE_DOOR)
        publish_door(&o);
    if (flags & TYPE_STATE_TOPIC && (initial || changed))
        publish_state_topic(&o);
    if (s->type->defect_count > 0)
        publish_defects(&o);
    if (!(flags & TYPE_SILENT) && (due || changed))
        publish_telemetry(&o);
    if (due)
        publish_own_topics(&o);
}

void station_close(struct station *s, int64_t now_ms, const struct sim_sink *sink)
{
    const struct told_count *c = &s->counted;
    if (s->told.word)
        tell_interval(s, now_ms, sink);
    if (c->begun && sink->count)
        sink->count(sink->arg, &(struct sim_count){.node = s->node, .good = c->good - c->first_good,
            .reject = c->reject - c->first_reject, .from_ms = c->from_ms, .to_ms = c->to_ms});
    for (size_t d = 0; d < s->type->defect_count && sink->defects; d++)
        sink->defects(sink->arg, &(struct sim_defects){.node = s->node, .text = s->type->defects[d], .count = s->defects[d]});
    station_use_close(s, sink);
}
