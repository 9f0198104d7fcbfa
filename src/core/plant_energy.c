/*
 * Meters of a plant, which stand by node: those of a subtree are one stretch of them. A parent may stand anywhere, but no meter is below itself, so that every walk upwards ends.
 */
#include <assert.h>
#include <string.h>

#include "core/plant.h"

size_t plant_meter_key(const struct plant *plant, uint32_t meter, char *out, size_t cap)
{
    assert(meter < plant->meter_count);
    size_t length = plant_node_path(plant, plant->meters[meter].node, out, cap);
    if (length + 1 < cap)
        out[length++] = '/';
    size_t n = strlen(plant->meters[meter].name), room = cap - 1 - length;
    n = n < room ? n : room;
    memcpy(out + length, plant->meters[meter].name, n);
    out[length + n] = '\0';
    return length + n;
}

uint32_t plant_meter_from(const struct plant *plant, uint32_t node)
{
    size_t low = 0, high = plant->meter_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (plant->meters[middle].node < node)
            low = middle + 1;
        else
            high = middle;
    }
    return (uint32_t)low;
}

uint32_t plant_meter_by_key(const struct plant *plant, const char *key)
{
    char path[KEY_BYTES];
    const char *slash = strrchr(key, '/');
    if (!slash || (size_t)(slash - key) >= sizeof path)
        return NO_METER;
    memcpy(path, key, (size_t)(slash - key));
    path[slash - key] = '\0';
    uint32_t node = plant_node_by_path(plant, path);
    for (uint32_t m = node == NO_NODE ? (uint32_t)plant->meter_count : plant_meter_from(plant, node); m < plant->meter_count && plant->meters[m].node == node; m++)
        if (strcmp(plant->meters[m].name, slash + 1) == 0)
            return m;
    return NO_METER;
}

static bool measured_within(const struct plant *plant, uint32_t meter, uint32_t node, uint32_t end)
{
    for (uint32_t m = plant->meters[meter].parent; m != NO_METER; m = plant->meters[m].parent)
        if (plant->meters[m].node >= node && plant->meters[m].node < end)
            return true;
    return false;
}

size_t plant_meters_of(const struct plant *plant, uint32_t node, uint16_t carrier, uint32_t *out, size_t cap)
{
    size_t count = 0;
    uint32_t end = plant->nodes[node].end;
    for (uint32_t m = plant_meter_from(plant, node); m < plant->meter_count && plant->meters[m].node < end; m++) {
        if (plant->meters[m].kind == METER_EMISSION || plant->meters[m].carrier != carrier || measured_within(plant, m, node, end))
            continue;
        if (count < cap)
            out[count] = m;
        count++;
    }
    return count;
}
