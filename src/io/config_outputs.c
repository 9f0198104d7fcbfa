/*
 * What is published: of the alarms, for stack lights and message bridges, and figures of production; off until it is configured.
 */
#include <stdio.h>
#include <string.h>

#include "io/config_alarms.h"

static const char reserved[] = "+#";

/* "andon/v1/works/alarm/stamping/side1": below the site's topic the path of the node. */
static const char *usual_topic(struct reader *r, uint32_t node)
{
    const struct plant *plant = r->build.plant;
    char path[KEY_BYTES], topic[KEY_BYTES + 64];
    plant_node_path(plant, node, path, sizeof path);
    const char *slash = strchr(path, '/');
    snprintf(topic, sizeof topic, "andon/v1/%s/alarm%s", plant->nodes[0].name, slash ? slash : "");
    return plant_keep_text(&r->build, topic);
}

/* The index of the broker that a group names, the first without a name; false: there is none, and it was told. */
static bool read_broker(struct reader *r, const struct fields *f, uint16_t *index)
{
    const char *broker = field_text(f, "broker");
    const struct name_entry *named = *broker ? names_find(&r->broker_names, NULL, broker) : NULL;
    *index = 0;
    if (*broker && !named) {
        const char *nearest = names_nearest(&r->broker_names, NULL, broker);
        complain(r, field(f, "broker"), "there is no broker \"%s\"%s%s%s", broker, nearest ? "; did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
        return false;
    }
    while (named && *index < r->build.plant->broker_count && strcmp(r->build.plant->brokers[*index].name, broker) != 0)
        ++*index;
    return true;
}

static void read_output(struct reader *r, setting_t *s)
{
    struct fields f;
    struct alarm_output output = {.broker = 0};
    struct output_settings *out = &r->settings.outputs;
    fields_read(r, s, "outputs", &f);
    if (!read_broker(r, &f, &output.broker))
        return;
    output.node = field(&f, "below") ? config_node_of(r, field(&f, "below")) : 0;
    if (output.node == NO_NODE)
        return;
    const char *topic = field_text(&f, "topic");
    if (strcspn(topic, reserved) != strlen(topic) || strlen(topic) > 400) {
        complain(r, field(&f, "topic"), "a topic to publish to has no + and #, and at most 400 bytes");
        return;
    }
    output.topic = *topic ? plant_keep_text(&r->build, topic) : usual_topic(r, output.node);
    for (size_t i = 0; i < out->count; i++)
        if (out->list[i].broker == output.broker && strcmp(out->list[i].topic, output.topic) == 0) {
            complain(r, s, "two outputs have the topic \"%s\"", output.topic);
            return;
        }
    if (out->count == OUTPUTS_MOST)
        complain(r, s, "one output too many; %d are allowed", OUTPUTS_MOST);
    else
        out->list[out->count++] = output;
}

static void read_kpi(struct reader *r, const struct fields *root)
{
    struct fields f;
    struct kpi_settings *kpi = &r->settings.kpi;
    if (!field(root, "kpi"))
        return;
    fields_read(r, field(root, "kpi"), "kpi", &f);
    kpi->publish = field_bool(&f, "publish");
    if (kpi->publish && r->build.plant->broker_count == 0)
        complain(r, field(root, "kpi"), "there is no broker to publish to: brokers are wanted");
    else
        read_broker(r, &f, &kpi->broker);
}

void read_outputs(struct reader *r, const struct fields *root)
{
    struct fields f;
    read_kpi(r, root);
    if (!field(root, "alarms"))
        return;
    fields_read(r, field(root, "alarms"), "alarm_settings", &f);
    if (field(&f, "outputs") && r->build.plant->broker_count == 0) {
        complain(r, field(&f, "outputs"), "there is no broker to publish to: brokers are wanted");
        return;
    }
    r->settings.outputs.list = plant_take(&r->build, OUTPUTS_MOST * sizeof *r->settings.outputs.list);
    read_each(r, &f, "outputs", read_output);
}
