/*
 * A survey is taken anew for each drawing: line by line, and of what lies above the lines node by node.
 */
#include "views/survey.h"

#include "views/figures.h"

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

/* How its shift goes. A plan of only some of the lines that count would be one of nothing. */
static void add_shift(struct survey *survey, const struct model *model, uint32_t line)
{
    struct shift_figures f;
    if (!model_has_account(model, line))
        return;
    shift_figures(model, line, &f);
    bool first = survey->since_ms == 0;
    survey->together = first || (survey->together && survey->shift.from_ms == f.shift.from_ms && survey->shift.to_ms == f.shift.to_ms);
    survey->since_ms = first || f.known_from_ms < survey->since_ms ? f.known_from_ms : survey->since_ms;
    survey->shift = first ? f.shift : survey->shift;
    account_group_add(&survey->group, &f.sum);
    if (!node_counts(model, line))
        return;
    survey->due += f.plan_so_far;
    survey->plan += f.plan;
    survey->forecast += f.forecast;
}

static void add_line(struct survey *survey, const struct model *model, uint32_t line)
{
    const struct plant *plant = model_plant(model);
    survey->lines++;
    survey->classes[model_line_state(model, line)->class]++;
    uint32_t good = model_role(model, line, ROLE_GOOD);
    good = good == NO_TAG ? model_role(model, line, ROLE_TOTAL) : good;
    const char *unit = good == NO_TAG ? survey->good_unit : plant->tags[good].def->unit;
    survey->mixed_units = survey->mixed_units || (survey->good_unit && strcmp(survey->good_unit, unit) != 0);
    survey->good_unit = unit;
    survey->rejects = survey->rejects || model_role(model, line, ROLE_REJECT) != NO_TAG;
    add_shift(survey, model, line);
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
