/*
 * A survey is taken anew for each drawing: line by line, and of what lies above the lines node by node.
 */
#include "views/survey.h"

#include <string.h>

static void add_standing(struct survey *survey, const struct model *model, uint32_t node)
{
    struct standing standing;
    model_standing(model, node, &standing);
    for (int trust = 0; trust < TRUST_COUNT; trust++)
        survey->trust[trust] += standing.trust[trust];
    for (uint32_t i = 0, tag = 0; i < standing.outside && survey->outside + i < SURVEY_LISTED; i++) {
        tag = model_next_outside(model, node, tag);
        survey->listed[survey->outside + i] = tag++;
    }
    survey->outside += standing.outside;
}

static double gained(const struct model *model, uint32_t node, enum tag_role role)
{
    uint32_t tag = model_role(model, node, role);
    return tag == NO_TAG ? 0 : model_tag(model, tag)->gained;
}

static void add_line(struct survey *survey, const struct model *model, uint32_t line)
{
    const struct plant *plant = model_plant(model);
    survey->lines++;
    survey->classes[model_line_state(model, line)->class]++;
    uint32_t good = model_role(model, line, ROLE_GOOD);
    const char *unit = good == NO_TAG ? survey->good_unit : plant->tags[good].def->unit;
    survey->mixed_units = survey->mixed_units || (survey->good_unit && strcmp(survey->good_unit, unit) != 0);
    survey->good_unit = unit;
    survey->rejects = survey->rejects || model_role(model, line, ROLE_REJECT) != NO_TAG;
    survey->good += gained(model, line, ROLE_GOOD);
    survey->reject += gained(model, line, ROLE_REJECT);
}

void survey_take(struct survey *survey, const struct model *model)
{
    const struct plant *plant = model_plant(model);
    *survey = (struct survey){.tags = model_tag_count(model)};
    for (uint32_t n = 0; n < plant->node_count;) {
        bool line = plant->nodes[n].level == LEVEL_LINE;
        add_standing(survey, model, n);
        if (line && plant->nodes[n].constraint != NO_NODE)
            add_line(survey, model, n);
        n = line ? plant->nodes[n].end : n + 1;
    }
    add_standing(survey, model, NO_NODE);
}
