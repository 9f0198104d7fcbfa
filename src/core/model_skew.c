/*
 * What publishers' clocks are off by, as the stream tells it (RECORD_SKEW): the newest estimate of each, at most SKEW_MOST of them.
 */
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/model_private.h"
#include "core/skew.h"

static bool is_name(const void *context, uint32_t number, const void *key)
{
    return strcmp(((const struct model *)context)->skews[number].name, key) == 0;
}

static struct clock_skew *skew_named(struct model *model, const char *name)
{
    uint64_t hash = hash_bytes(name, strlen(name));
    uint32_t found = hash_index_find(&model->skew_index, hash, is_name, model, name);
    if (found != HASH_INDEX_NONE)
        return &model->skews[found];
    if (model->skew_count == SKEW_MOST)
        return NULL;
    model->skews = mem_grow(model->skews, model->skew_count, &model->skew_capacity, sizeof *model->skews);
    hash_index_add(&model->skew_index, hash, (uint32_t)model->skew_count);
    struct clock_skew *skew = &model->skews[model->skew_count++];
    *skew = (struct clock_skew){.name = mem_text(name)};
    return skew;
}

void skew_told(struct model *model, const char *name, int64_t ms)
{
    struct clock_skew *skew = *name ? skew_named(model, name) : NULL;
    if (!skew)
        return;
    skew->ms = ms;
    skew->measured_ms = model->wall;
    skew->elapsed_ms = model->elapsed;
}

void skews_clear(struct model *model)
{
    for (size_t s = 0; s < model->skew_count; s++)
        free(model->skews[s].name);
    free(model->skews);
    hash_index_finish(&model->skew_index);
}

/* What hangs nowhere any more is left behind, and so is what was only discovered. */
void skews_carry(struct model *model, struct model *old)
{
    for (size_t s = 0; s < old->skew_count; s++) {
        const struct clock_skew *from = &old->skews[s];
        struct clock_skew *to = strchr(from->name, ':') || plant_node_by_path(model->plant, from->name) == NO_NODE ? NULL : skew_named(model, from->name);
        if (!to)
            continue;
        to->ms = from->ms;
        to->measured_ms = from->measured_ms;
        to->elapsed_ms = from->elapsed_ms;
    }
}

void skew_pack(const struct clock_skew *skew, struct packer *p)
{
    pack_text(p, skew->name);
    pack_zigzag(p, skew->ms);
    pack_zigzag(p, skew->measured_ms);
    pack_zigzag(p, skew->elapsed_ms);
}

void skew_load(struct model *model, struct unpacker *u)
{
    char name[KEY_BYTES];
    unpack_text(u, name, sizeof name);
    int64_t ms = unpack_time(u), measured = unpack_time(u), elapsed = unpack_time(u);
    if (u->failed || !*name || (!strchr(name, ':') && plant_node_by_path(model->plant, name) == NO_NODE))
        return;
    struct clock_skew *skew = skew_named(model, name);
    if (!skew)
        return;
    skew->ms = ms;
    skew->measured_ms = measured;
    skew->elapsed_ms = elapsed;
}

size_t model_skew_count(const struct model *model) { return model->skew_count; }
const struct clock_skew *model_skew(const struct model *model, size_t index) { return &model->skews[index]; }
