/*
 * plant_build: makes a plant, node by node, in depth-first order. The configuration reader and the tests use it.
 *
 *     struct plant_build b;
 *     plant_build_init(&b);
 *     uint32_t site = plant_add_node(&b, NO_NODE, (struct node){.level = LEVEL_SITE, .name = "works"});
 *     uint32_t line = plant_add_node(&b, site, (struct node){.level = LEVEL_LINE, .name = "l1", .ideal_cycle_s = 8.5});
 *     plant_add_tag(&b, line, plant_add_def(&b, (struct tag_def){.name = "good", .kind = KIND_COUNTER, .scale = 1}));
 *     struct plant *plant = plant_build_finish(&b);
 *
 * All texts are copied; NULL is "". A node's tags are added after the node and before the next node. Defaults are filled in
 * here, so that tests and configurations agree: title by name, role by name, kind by role (state, counter, text), scale 0 meaning 1,
 * stop_after_cycles 0 meaning 5, and a broker's version, durations and filters.
 */
#ifndef ANDON_CORE_PLANT_BUILD_H
#define ANDON_CORE_PLANT_BUILD_H

#include "core/hash_index.h"
#include "core/plant.h"

struct plant_build {
    struct plant *plant;
    size_t block_left; /* bytes free at the end of the arena's newest block */
    const char **texts;              /* every text kept so far, found by its hash */
    size_t text_count, text_capacity;
    struct hash_index text_index;
    struct hash_index first_out_index;
    size_t node_capacity, tag_capacity, broker_capacity, binding_capacity, map_capacity, trend_capacity, view_capacity;
    size_t alarm_capacity, input_capacity, class_capacity, position_capacity, first_out_capacity;
    size_t calendar_capacity, product_capacity, reason_capacity, call_capacity, due_capacity;
    size_t carrier_capacity, tariff_capacity, meter_capacity, demand_capacity, emission_capacity, baseline_capacity;
};

void plant_build_init(struct plant_build *b);
uint32_t plant_add_node(struct plant_build *b, uint32_t parent, struct node node);
/* The unit that sets the pace of a line, as configured; without it, plant_build_finish() looks for one. */
void plant_set_constraint(struct plant_build *b, uint32_t line, uint32_t unit);
/* Role ROLE_COUNT means: none, whatever the name. */
const struct tag_def *plant_add_def(struct plant_build *b, struct tag_def def);
/* What a tag of a role holds; `otherwise` where the role leaves that open. */
enum tag_kind plant_kind_of_role(enum tag_role role, enum tag_kind otherwise);
uint32_t plant_add_tag(struct plant_build *b, uint32_t node, const struct tag_def *def);
uint16_t plant_add_broker(struct plant_build *b, struct plant_broker broker);
/* `binding.fields` is copied. */
uint32_t plant_add_binding(struct plant_build *b, struct plant_binding binding);
uint16_t plant_add_map(struct plant_build *b, struct state_map map);
/* `trend.tags` is copied. */
void plant_add_trend(struct plant_build *b, struct plant_trend trend);
/* Copied whole. */
void plant_add_view(struct plant_build *b, const struct panel_view *view);
/* All that a calendar points to is copied. calendars[0], calendar_always(), is there from the start. A node's `calendar` 0 means its parent's,
 * CALENDAR_ALWAYS that none holds here; likewise a negative minor_stop_ms, startup_ms or setup_standard_ms is a 0 that is not inherited. */
enum { CALENDAR_ALWAYS = UINT16_MAX };
uint16_t plant_add_calendar(struct plant_build *b, struct calendar calendar);
/* Of the newest node, like its tags. */
void plant_add_product(struct plant_build *b, uint32_t node, struct plant_product product);
/* Of the newest node; `due.node` is that, `due.tag` one of its tags or NO_TAG. */
void plant_add_due(struct plant_build *b, uint32_t node, struct due due);
/* In depth-first order; a reason without a class has its parent's. `reason.codes` is copied. */
uint16_t plant_add_reason(struct plant_build *b, uint16_t parent, struct reason reason);
/* Without any, maintenance, quality, material and supervisor. */
uint16_t plant_add_call_kind(struct plant_build *b, struct call_kind kind);
/* One of the name of a preset changes that. `factors` is copied, and sorted by date. */
uint16_t plant_add_carrier(struct plant_build *b, struct carrier carrier);
/* `rates` is copied. */
uint16_t plant_add_tariff(struct plant_build *b, struct tariff tariff);
/* In the nodes' order, whether or not all nodes are there yet; tags are those of its node. A power's power_tag, a gap and an interval of 0 are filled in. */
uint32_t plant_add_meter(struct plant_build *b, struct meter meter);
/* Gives meters without a parent the nearest one above. plant_build_finish() does it too. */
void plant_settle_meters(struct plant_build *b);
void plant_add_demand(struct plant_build *b, struct demand demand);
void plant_add_emission(struct plant_build *b, struct emission emission);
void plant_add_baseline(struct plant_build *b, struct baseline baseline);
/* Classes that are always there. */
enum alarm_class_preset { ALARM_CLASS_PROCESS, ALARM_CLASS_SAFETY, ALARM_CLASS_MACHINE, ALARM_CLASS_SYSTEM, ALARM_CLASS_PRESETS };
uint16_t plant_add_alarm_class(struct plant_build *b, struct alarm_class class);
/* `position.nodes` is copied. Positions[0], "plant", is there from the start and gets what no other has. */
uint16_t plant_add_position(struct plant_build *b, struct alarm_position position);
/* All that it points to is copied. Priority 0 means 3; a title falls back to the kind's, the alarm's to that of its first condition. */
const struct alarm_def *plant_add_alarm_def(struct plant_build *b, struct alarm_def def);
/* On a tag, or on the node itself (NO_TAG). Alarms are added node by node in the nodes' order, whether or not all nodes are there yet; the
 * def->input_count inputs may name tags, nodes and alarms that come later. first_out names a group, NULL or "" for none. */
uint32_t plant_add_alarm(struct plant_build *b, uint32_t node, uint32_t tag, const struct alarm_def *def, const struct alarm_input *inputs,
    const char *first_out);
/* Memory that lives as long as the plant, aligned for anything, not cleared. */
void *plant_take(struct plant_build *b, size_t bytes);
/* A copy of a text that lives as long as the plant. */
const char *plant_keep_text(struct plant_build *b, const char *text);
/* Resolves subtree ends, roles, constraints, positions and what alarms look at. `b` is spent. The plant is the caller's, to plant_destroy(). */
struct plant *plant_build_finish(struct plant_build *b);
void plant_build_abandon(struct plant_build *b);

/* ---- plant_build_work.c, plant_build_energy.c, plant_build_alarm.c, for plant_build.c ---- */
void plant_build_work_init(struct plant_build *b);
void plant_build_work_finish(struct plant_build *b);
void plant_build_energy_init(struct plant_build *b);
void plant_build_energy_finish(struct plant_build *b);
void plant_build_alarms_init(struct plant_build *b);
void plant_build_alarms_finish(struct plant_build *b);

#endif
