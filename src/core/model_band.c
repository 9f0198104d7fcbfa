/*
 * A value that leaves its normal band is an event, for those who ask later what led to something. A value that hovers at its limit tells it once
 * in BAND_QUIET_MS, and the whole plant BAND_TOLD times in as long: `band_told` is the list of those that have told it lately, oldest first.
 */
#include <string.h>

#include "core/model_private.h"
#include "core/number.h"

static void forget_old(struct model *model)
{
    size_t old = 0;
    while (old < model->band_count && model->elapsed - model->band_told[old].elapsed_ms >= BAND_QUIET_MS)
        old++;
    model->band_count -= old;
    memmove(model->band_told, model->band_told + old, model->band_count * sizeof model->band_told[0]);
}

static bool has_told(const struct model *model, uint32_t tag)
{
    for (size_t i = 0; i < model->band_count; i++)
        if (model->band_told[i].tag == tag)
            return true;
    return false;
}

static void quantity(const struct tag_def *def, double number, char *out, size_t cap)
{
    char text[NUMBER_TEXT];
    number_text(number, def->decimals, true, text);
    event_quantity(out, cap, text, def->unit);
}

static void tell(struct model *model, uint32_t index, double number)
{
    const struct tag *tag = &model->tags[index];
    struct event event = {.kind = EVENT_BAND, .time_ms = tag->time_ms, .series = tag->series};
    model_tag_key(model, index, event.path, sizeof event.path);
    event_word(event.text, sizeof event.text, tag->def->title);
    quantity(tag->def, tag->def->normal[tag->standing == OWN_ABOVE ? 1 : 0], event.before, sizeof event.before);
    quantity(tag->def, number, event.after, sizeof event.after);
    model_event(model, &event);
}

/* A current of nothing is what a machine that stands should draw. */
static bool matters(const struct model *model, const struct tag *tag)
{
    enum state_class class = (enum state_class)model->nodes[tag->node].class;
    return tag->standing == OWN_ABOVE || (tag->standing == OWN_BELOW && (class == CLASS_RUN || class == CLASS_UNKNOWN));
}

void band_see(struct model *model, uint32_t index, uint8_t stood)
{
    const struct tag *tag = &model->tags[index];
    double number;
    if (stood != OWN_GOOD || tag->standing == OWN_GOOD || !tag->def || tag->node == NO_NODE || (tag->flags & SAMPLE_RETAINED) || !matters(model, tag) ||
        !value_number(tag->value, &number))
        return;
    forget_old(model);
    if (model->band_count == BAND_TOLD || has_told(model, index))
        return;
    model->band_told[model->band_count++] = (struct band_told){.tag = index, .elapsed_ms = model->elapsed};
    tell(model, index, number);
}

void band_pack(const struct model *model, struct packer *p)
{
    pack_varint(p, model->band_count);
    for (size_t i = 0; i < model->band_count; i++) {
        pack_varint(p, model->tags[model->band_told[i].tag].series);
        pack_zigzag(p, model->band_told[i].elapsed_ms);
    }
}

void band_load(struct model *model, struct unpacker *u)
{
    uint64_t count = unpack_varint(u);
    model->band_count = 0;
    if (count > BAND_TOLD)
        u->failed = true;
    for (; count > 0 && !u->failed; count--) {
        uint32_t tag = model_find_series(model, (uint32_t)unpack_varint(u));
        int64_t elapsed = unpack_time(u);
        if (!u->failed && tag != NO_TAG && tag < model->plant->tag_count)
            model->band_told[model->band_count++] = (struct band_told){.tag = tag, .elapsed_ms = elapsed};
    }
}

/* Tags have other numbers under another configuration. */
void band_move(struct model *model, const struct model *old)
{
    model->band_count = 0;
    for (size_t i = 0; i < old->band_count; i++) {
        uint32_t tag = model_find_series(model, old->tags[old->band_told[i].tag].series);
        if (tag != NO_TAG && tag < model->plant->tag_count)
            model->band_told[model->band_count++] = (struct band_told){.tag = tag, .elapsed_ms = old->band_told[i].elapsed_ms};
    }
}
