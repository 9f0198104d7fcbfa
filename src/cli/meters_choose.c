/*
 * Which meters and nodes a report on energy is about. A node is told of by carrier, as the sum of those meters on it and below it that no other of them measures
 * too: nothing counts twice.
 */
#include <fnmatch.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/meters.h"
#include "core/energy_price.h"
#include "core/memory.h"

static struct meters_subject *add(struct meters *meters, uint16_t carrier)
{
    meters->subjects = mem_resize(meters->subjects, meters->subject_count + 1, sizeof *meters->subjects);
    struct meters_subject *s = &meters->subjects[meters->subject_count++];
    *s = (struct meters_subject){.meter = NO_METER, .carrier = carrier, .quarters = {.step_ms = METER_QUARTER_MS}, .block_ms = METER_QUARTER_MS, .good = NAN};
    return s;
}

static void add_leaves(const struct plant *plant, struct meters_subject *s, uint32_t meter)
{
    size_t more = energy_leaves(plant, meter, NULL, 0);
    s->leaves = mem_resize(s->leaves, s->leaf_count + more + 1, sizeof *s->leaves);
    energy_leaves(plant, meter, s->leaves + s->leaf_count, more);
    s->leaf_count += more;
}

struct meters_subject *meters_add_node(struct meters *meters, uint32_t node, uint16_t carrier)
{
    const struct plant *plant = meters->plant;
    size_t count = plant_meters_of(plant, node, carrier, NULL, 0);
    if (count == 0)
        return NULL;
    uint32_t *own = mem_resize(NULL, count, sizeof *own);
    struct meters_subject *s = add(meters, carrier);
    plant_meters_of(plant, node, carrier, own, count);
    s->node = node;
    s->title = plant->nodes[node].title;
    plant_node_path(plant, node, s->path, sizeof s->path);
    for (size_t m = 0; m < count; m++)
        add_leaves(plant, s, own[m]);
    free(own);
    return s;
}

static struct meters_subject *add_meter(struct meters *meters, uint32_t meter)
{
    const struct plant *plant = meters->plant;
    struct meters_subject *s = add(meters, plant->meters[meter].carrier);
    s->node = plant->meters[meter].node;
    s->meter = meter;
    s->title = plant->meters[meter].title;
    plant_meter_key(plant, meter, s->path, sizeof s->path);
    add_leaves(plant, s, meter);
    s->detail = true;
    return s;
}

static bool asked_for(const struct meters_request *r, const char *path, uint32_t node)
{
    for (size_t p = 0; p < r->path_count; p++)
        if (fnmatch(r->paths[p], path, 0) == 0)
            return true;
    return r->path_count == 0 && node == 0;
}

static bool choose_meters(struct meters *meters, const struct meters_request *r, struct error *err)
{
    char key[KEY_BYTES];
    for (uint32_t m = 0; m < meters->plant->meter_count; m++) {
        plant_meter_key(meters->plant, m, key, sizeof key);
        if (meters->plant->meters[m].kind != METER_EMISSION && fnmatch(r->meter, key, 0) == 0)
            add_meter(meters, m);
    }
    return meters->subject_count > 0 || error_set(err, "--meter %s: there is no such meter", r->meter);
}

static bool wanted_node(const struct plant *plant, uint32_t node)
{
    return plant->nodes[node].level != LEVEL_UNIT;
}

bool meters_choose(struct meters *meters, const struct meters_request *r, struct error *err)
{
    const struct plant *plant = meters->plant;
    char path[KEY_BYTES];
    if (plant->meter_count == 0)
        return error_set(err, "no meter is configured: meters = ( ... ) of a site, area, line or unit");
    if (r->meter)
        return choose_meters(meters, r, err);
    for (size_t p = 0; p < r->path_count; p++) {
        bool found = false;
        for (uint32_t n = 0; n < plant->node_count && !found; n++) {
            plant_node_path(plant, n, path, sizeof path);
            found = fnmatch(r->paths[p], path, 0) == 0;
        }
        if (!found)
            return error_set(err, "%s: there is no such line, unit or area", r->paths[p]);
    }
    for (uint32_t n = 0; n < plant->node_count; n++) {
        plant_node_path(plant, n, path, sizeof path);
        bool detail = asked_for(r, path, n);
        for (uint16_t c = 0; (detail || (r->path_count == 0 && wanted_node(plant, n))) && c < plant->carrier_count; c++) {
            struct meters_subject *s = meters_add_node(meters, n, c);
            if (s)
                s->detail = detail;
        }
    }
    return meters->subject_count > 0 || plant->emission_count > 0 || error_set(err, "there are no meters at or below what was named");
}
