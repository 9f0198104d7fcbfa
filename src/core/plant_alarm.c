/*
 * Alarms as a plant has them, once it is made: their keys, and which alarms look at what.
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "core/plant.h"

size_t plant_alarm_key(const struct plant *plant, uint32_t alarm, char *out, size_t cap)
{
    assert(alarm < plant->alarm_count && cap > 0);
    const struct plant_alarm *a = &plant->alarms[alarm];
    size_t length = a->tag != NO_TAG ? plant_tag_key(plant, a->tag, out, cap) : plant_node_path(plant, a->node, out, cap);
    int n = snprintf(out + length, cap - length, ".%s", a->def->name);
    return length + (size_t)n < cap ? length + (size_t)n : cap - 1;
}

const struct alarm_use *plant_alarm_uses(const struct plant *plant, enum alarm_input_kind kind, uint32_t index, size_t *count)
{
    const struct alarm_use *uses = plant->alarm_uses;
    size_t low = 0, high = plant->alarm_use_count;
    if (kind == INPUT_TAG) {
        low = plant->tags[index].first_use == UINT32_MAX ? high : plant->tags[index].first_use;
    } else {
        while (low < high) {
            size_t middle = (low + high) / 2;
            if (uses[middle].kind < kind || (uses[middle].kind == kind && uses[middle].index < index))
                low = middle + 1;
            else
                high = middle;
        }
    }
    size_t end = low;
    while (end < plant->alarm_use_count && uses[end].kind == kind && uses[end].index == index)
        end++;
    *count = end - low;
    return end > low ? uses + low : NULL;
}
