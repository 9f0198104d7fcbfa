/*
 * What will be due, in the fold. A struct due_state belongs to a row of plant->dues. Its clock runs while its node does (a line by its constraint; what has no
 * state always runs), so that a rate is that of running time and what stands is due no sooner. When it will be due was told once and stays told while a
 * new estimate hardly differs: nothing on a screen jumps.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/model_account_private.h"
#include "core/number.h"

#define FARTHER 1.05 /* than it ever was: it was filled up or replaced */
#define CHANGED 0.1  /* a share of the time left: less is not told anew */

enum { CHECK_DUE = 61, NONE = -1 };

struct due_book {
    struct due_state *states; /* by plant->dues */
    uint32_t *of_tag;         /* by tag: its first due; UINT32_MAX: none. Dues of one tag or node are few: the rest is looked for behind it */
    size_t count;
};

struct due_book *dues_create(const struct model *model)
{
    const struct plant *plant = model->plant;
    struct due_book *book = mem_zero(1, sizeof *book);
    book->count = plant->due_count;
    book->states = mem_zero(book->count, sizeof *book->states);
    book->of_tag = mem_resize(NULL, plant->tag_count + 1, sizeof *book->of_tag);
    memset(book->of_tag, 0xFF, (plant->tag_count + 1) * sizeof *book->of_tag);
    for (size_t d = book->count; d-- > 0;) {
        book->states[d].running_ms = NONE;
        if (plant->dues[d].tag < plant->tag_count)
            book->of_tag[plant->dues[d].tag] = (uint32_t)d;
    }
    return book;
}

void dues_destroy(struct due_book *book)
{
    if (!book)
        return;
    free(book->states);
    free(book->of_tag);
    free(book);
}

const struct due_state *model_due(const struct model *model, size_t due)
{
    return &model->dues->states[due];
}

static int64_t now_of(const struct model *model)
{
    return model->alarms->now.elapsed_ms;
}

static bool runs(const struct model *model, uint32_t node)
{
    return !model->accounts->ledgers[node].kept || model_line_state(model, node)->class == CLASS_RUN;
}

bool model_due_runs(const struct model *model, size_t due)
{
    return runs(model, model->plant->dues[due].node);
}

static int64_t clock_at(const struct due_state *s, int64_t elapsed_ms)
{
    return s->run_ms + (s->running_ms == NONE || elapsed_ms < s->running_ms ? 0 : elapsed_ms - s->running_ms);
}

int64_t model_due_clock(const struct model *model, size_t due)
{
    return clock_at(&model->dues->states[due], model->elapsed);
}

static void turn_clock(struct model *model, size_t due)
{
    struct due_state *s = &model->dues->states[due];
    int64_t now = now_of(model);
    s->run_ms = clock_at(s, now);
    s->running_ms = runs(model, model->plant->dues[due].node) ? now : NONE;
    if (s->since_ms == 0)
        s->since_ms = account_now(model);
}

void dues_node(struct model *model, uint32_t node)
{
    const struct plant *plant = model->plant;
    for (size_t d = 0; d < plant->due_count; d++)
        if (plant->dues[d].node == node || (plant->nodes[plant->dues[d].node].level == LEVEL_LINE && plant->nodes[plant->dues[d].node].constraint == node))
            turn_clock(model, d);
}

/* ---- how far it is ---- */

bool model_due_value(const struct model *model, size_t due, double *value)
{
    const struct due *d = &model->plant->dues[due];
    const struct due_state *s = &model->dues->states[due];
    const struct tag *tag = d->tag < model->plant->tag_count ? &model->tags[d->tag] : NULL;
    if (d->kind == DUE_HOURS) {
        *value = (double)(model_due_clock(model, due) - s->serviced_ms);
        return s->since_ms != 0;
    }
    if (!tag || tag->count == 0 || tag->quality == QUALITY_BAD)
        return false;
    if (d->kind == DUE_LIFE && !d->own_reset) {
        *value = tag->gained - s->base;
        return s->based;
    }
    return value_number(tag->value, value);
}

static double bound_of(const struct due *d)
{
    return d->kind == DUE_LEVEL ? d->at : d->kind == DUE_LIFE ? d->life : (double)d->run_ms;
}

/* Away from its bound: filled up, or another one. */
static bool is_renewed(const struct trend *t, double value, double bound)
{
    double farthest = 0;
    for (uint8_t i = 0; i < t->count; i++)
        farthest = fmax(farthest, fabs(bound - t->points[i].value));
    return t->count > 0 && fabs(bound - value) > farthest * FARTHER;
}

static void estimate(struct due_state *s, int64_t clock, double value, double bound)
{
    double slope, left;
    bool toward = trend_slope(&s->trend, &slope) && (left = (bound - value) / slope) >= 0 && left < 1e14;
    if (!toward) {
        s->told = false;
        return;
    }
    if (s->told && fabs((double)(s->due_ms - clock) - left) <= CHANGED * left)
        return;
    s->told = true;
    s->due_ms = clock + (int64_t)left;
}

static void see(struct model *model, size_t due)
{
    const struct due *d = &model->plant->dues[due];
    struct due_state *s = &model->dues->states[due];
    double value, bound = bound_of(d);
    turn_clock(model, due);
    if (d->kind == DUE_LIFE && !s->based) {
        s->base = model->tags[d->tag].gained;
        s->based = true;
    }
    if (!model_due_value(model, due, &value))
        return;
    if (is_renewed(&s->trend, value, bound)) {
        s->trend = (struct trend){.count = 0};
        s->told = false;
        s->since_ms = account_now(model);
    }
    if (trend_add(&s->trend, s->run_ms, value))
        estimate(s, s->run_ms, value, bound);
}

void dues_tag(struct model *model, uint32_t tag)
{
    uint32_t first = model->dues->of_tag[tag];
    const struct tag *t = &model->tags[tag];
    if (first == UINT32_MAX || t->quality == QUALITY_BAD || (t->flags & SAMPLE_RETAINED && t->count > 1))
        return;
    for (size_t d = first; d < model->plant->due_count && model->plant->dues[d].node == model->plant->dues[first].node; d++)
        if (model->plant->dues[d].tag == tag)
            see(model, d);
}

/* ---- what people do ---- */

static size_t due_of(const struct model *model, const struct action *action)
{
    const struct plant *plant = model->plant;
    uint32_t node = plant_node_by_path(plant, action->target);
    size_t d = 0;
    while (d < plant->due_count && (plant->dues[d].node != node || strcmp(plant->dues[d].name, action->word) != 0))
        d++;
    return d;
}

enum refusal due_check(const struct model *model, const struct action *action)
{
    size_t d = due_of(model, action);
    if (d == model->plant->due_count)
        return REFUSAL_NO_TARGET;
    return model->plant->dues[d].kind == DUE_LEVEL || model->plant->dues[d].own_reset ? REFUSAL_STATE : REFUSAL_NONE;
}

/* How much of it was used: "248 300 of 250 000", "498.2 h of 500 h". */
static void used_text(const struct due *d, double value, char *out, size_t cap)
{
    char used[NUMBER_TEXT], all[NUMBER_TEXT];
    double unit = d->kind == DUE_HOURS ? 3600000 : 1;
    const char *name = d->kind == DUE_HOURS ? " h" : "";
    number_text(round(value / unit * 10) / 10, DECIMALS_AUTO, true, used);
    number_text(bound_of(d) / unit, DECIMALS_AUTO, true, all);
    snprintf(out, cap, "%.24s%s of %.24s%s", used, name, all, name);
}

void due_act(struct model *model, const struct action *action)
{
    size_t due = due_of(model, action);
    const struct due *d = &model->plant->dues[due];
    struct due_state *s = &model->dues->states[due];
    struct event event = {.kind = EVENT_ACTION, .time_ms = account_now(model), .span_ms = s->since_ms ? account_now(model) - s->since_ms : 0};
    char text[EVENT_TEXT];
    double value = 0;
    model_due_value(model, due, &value);
    turn_clock(model, due);
    snprintf(text, sizeof text, "%s %.120s", d->kind == DUE_HOURS ? "serviced" : "replaced", d->title);
    event_word(event.text, sizeof event.text, text);
    used_text(d, value, text, sizeof text);
    event_word(event.before, sizeof event.before, text);
    event_word(event.path, sizeof event.path, action->target);
    event_word(event.who, sizeof event.who, action->who);
    event_word(event.alarm.comment, sizeof event.alarm.comment, action->comment);
    *s = (struct due_state){.run_ms = s->run_ms, .running_ms = s->running_ms, .serviced_ms = s->run_ms, .since_ms = account_now(model), .based = s->based,
        .base = d->kind == DUE_LIFE ? model->tags[d->tag].gained : 0};
    model_event(model, &event);
}

/* ---- saved, and carried ---- */

void dues_save(const struct model *model, struct packer *p)
{
    char path[KEY_BYTES];
    for (size_t d = 0; d < model->plant->due_count; d++) {
        const struct due_state *s = &model->dues->states[d];
        size_t mark = p->count;
        if (s->since_ms == 0)
            continue;
        plant_node_path(model->plant, model->plant->dues[d].node, path, sizeof path);
        pack_text(p, path);
        pack_text(p, model->plant->dues[d].name);
        pack_zigzag(p, clock_at(s, model->elapsed));
        pack_u8(p, (uint8_t)((s->running_ms != NONE) | s->based << 1 | s->told << 2));
        pack_zigzag(p, s->serviced_ms);
        pack_zigzag(p, s->since_ms);
        pack_zigzag(p, s->due_ms);
        pack_double(p, s->base);
        trend_pack(&s->trend, p);
        run_frame(p, mark, CHECK_DUE);
    }
}

bool dues_load(struct model *model, uint8_t kind, struct unpacker *u)
{
    struct action named = {.kind = ACTION_REPLACED};
    struct due_state s = {.run_ms = 0};
    if (kind != CHECK_DUE)
        return false;
    unpack_text(u, named.target, KEY_BYTES);
    unpack_text(u, named.word, DUE_NAME);
    s.run_ms = unpack_time(u);
    uint8_t bits = unpack_u8(u);
    s.running_ms = bits & 1 ? model->elapsed : NONE;
    s.based = bits >> 1 & 1;
    s.told = bits >> 2 & 1;
    s.serviced_ms = unpack_time(u);
    s.since_ms = unpack_time(u);
    s.due_ms = unpack_time(u);
    s.base = unpack_double(u);
    trend_unpack(&s.trend, u);
    size_t d = u->failed ? model->plant->due_count : due_of(model, &named);
    if (d < model->plant->due_count && isfinite(s.base))
        model->dues->states[d] = s;
    return true;
}

void dues_carry(struct model *model, const struct model *old)
{
    for (size_t d = 0; d < old->plant->due_count; d++) {
        const struct due *was = &old->plant->dues[d];
        struct action named = {.kind = ACTION_REPLACED};
        plant_node_path(old->plant, was->node, named.target, sizeof named.target);
        snprintf(named.word, sizeof named.word, "%s", was->name);
        size_t to = due_of(model, &named);
        if (to == model->plant->due_count || model->plant->dues[to].kind != was->kind)
            continue;
        struct due_state *s = &model->dues->states[to];
        *s = old->dues->states[d];
        if (fabs(bound_of(was) - bound_of(&model->plant->dues[to])) > 0)
            s->told = false;
    }
}
