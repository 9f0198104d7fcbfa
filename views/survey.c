/*
 * A survey holds counts and three arrays by node; the arrays follow the plant's node count. What a tag says is booked to
 * its line, or to its own node above the lines.
 */
#include "views/survey.h"

#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

enum { SMALL_PLANT_TAGS = 5000, MS_PER_SECOND = 1000 };

/* Does what the tag hangs on run? Without a state of its own its line says. */
static bool runs(const struct model *model, uint32_t node, uint32_t line)
{
    const struct node_state *state = model_node(model, node);
    if (state->class == CLASS_UNKNOWN && line != NO_NODE)
        state = model_line_state(model, line);
    return state->class == CLASS_RUN || state->class == CLASS_UNKNOWN;
}

/* A current of nothing is what a machine that does not run should draw: too low counts only while it runs. */
static bool is_outside(const struct model *model, const struct tag *tag, uint32_t line)
{
    double number;
    if (!tag->def || !tag->def->has_normal || !value_number(tag->value, &number))
        return false;
    return number > tag->def->normal[1] || (number < tag->def->normal[0] && runs(model, tag->node, line));
}

static void survey_tags(struct survey *survey, const struct model *model)
{
    const struct plant *plant = model_plant(model);
    survey->tags = model_tag_count(model);
    for (uint32_t i = 0; i < survey->tags; i++) {
        const struct tag *tag = model_tag(model, i);
        enum tag_trust trust = model_trust(model, i);
        survey->trust[trust]++;
        if (tag->node == NO_NODE)
            continue;
        uint32_t line = plant_ancestor(plant, tag->node, LEVEL_LINE), node = line == NO_NODE ? tag->node : line;
        survey->stale[node] += trust == TRUST_STALE;
        survey->unconfirmed[node] += trust == TRUST_UNCONFIRMED;
        if (trust != TRUST_GOOD || !is_outside(model, tag, line))
            continue;
        if (survey->outside < SURVEY_LISTED)
            survey->listed[survey->outside] = i;
        survey->outside++;
        if (survey->first_outside[node] == NO_TAG)
            survey->first_outside[node] = i;
    }
}

static double gained(const struct model *model, uint32_t node, enum tag_role role)
{
    uint32_t tag = model_role(model, node, role);
    return tag == NO_TAG ? 0 : model_tag(model, tag)->gained;
}

static void survey_lines(struct survey *survey, const struct model *model)
{
    const struct plant *plant = model_plant(model);
    for (uint32_t n = 0; n < plant->node_count; n++) {
        if (plant->nodes[n].level != LEVEL_LINE || plant->nodes[n].constraint == NO_NODE)
            continue;
        survey->lines++;
        survey->classes[model_line_state(model, n)->class]++;
        uint32_t good = model_role(model, n, ROLE_GOOD);
        const char *unit = good == NO_TAG ? survey->good_unit : plant->tags[good].def->unit;
        survey->mixed_units = survey->mixed_units || (survey->good_unit && strcmp(survey->good_unit, unit) != 0);
        survey->good_unit = unit;
        survey->rejects = survey->rejects || model_role(model, n, ROLE_REJECT) != NO_TAG;
        survey->good += gained(model, n, ROLE_GOOD);
        survey->reject += gained(model, n, ROLE_REJECT);
    }
}

void survey_update(struct survey *survey, const struct model *model)
{
    const struct plant *plant = model_plant(model);
    int64_t second = model_elapsed(model) / MS_PER_SECOND;
    bool same = survey->ready && survey->model == model && survey->plant_id == plant->id && survey->node_count == plant->node_count;
    bool unmoved = survey->seq == model_seq(model) && survey->wall_ms == model_wall(model);
    if (same && (unmoved || (survey->tags > SMALL_PLANT_TAGS && survey->second == second)))
        return;
    struct survey fresh = {
        .first_outside = mem_resize(survey->first_outside, plant->node_count, sizeof(uint32_t)),
        .stale = mem_resize(survey->stale, plant->node_count, sizeof(uint32_t)),
        .unconfirmed = mem_resize(survey->unconfirmed, plant->node_count, sizeof(uint32_t)),
        .node_count = plant->node_count, .model = model, .plant_id = plant->id, .seq = model_seq(model),
        .wall_ms = model_wall(model), .second = second, .ready = true,
    };
    memset(fresh.stale, 0, plant->node_count * sizeof(uint32_t));
    memset(fresh.unconfirmed, 0, plant->node_count * sizeof(uint32_t));
    for (size_t n = 0; n < plant->node_count; n++)
        fresh.first_outside[n] = NO_TAG;
    *survey = fresh;
    survey_tags(survey, model);
    survey_lines(survey, model);
}

void survey_finish(struct survey *survey)
{
    free(survey->first_outside);
    free(survey->stale);
    free(survey->unconfirmed);
    *survey = (struct survey){.ready = false};
}
