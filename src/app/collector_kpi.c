/*
 * Each line's figures of the present shift as retained topics, when the configuration wants it: once a minute of the stream's time, some lines with each
 * batch, so that five hundred lines are no burst; a quiet plant has few batches, and tells more with each. What is undefined is null and says why. A line that is not published any more is taken back.
 */
#include "app/collector_parts.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/number.h"

enum { KPI_MS = 60000, ROUND_MS = 5000, LINES_A_BATCH = 8, TOPIC_BYTES = 480, PAYLOAD_BYTES = 512 };

static const char *const leaves[] = {"availability", "performance", "quality", "oee", "good", "reject", "state"};
enum { LEAVES = sizeof leaves / sizeof leaves[0], STATE_LEAF = LEAVES - 1 };

/* "andon/v1/works/kpi/stamping/side1" */
static void line_topic(const struct plant *plant, uint32_t line, char out[TOPIC_BYTES])
{
    char path[KEY_BYTES];
    plant_node_path(plant, line, path, sizeof path);
    const char *slash = strchr(path, '/');
    snprintf(out, TOPIC_BYTES, "andon/v1/%s/kpi%s", plant->nodes[0].name, slash ? slash : "");
}

static void keep(struct collector *c, uint16_t broker, const char *above, int leaf, const char *payload)
{
    char topic[TOPIC_BYTES + 24];
    snprintf(topic, sizeof topic, "%s/%s", above, leaves[leaf]);
    feed_keep_light(c->feed, broker, topic, payload);
}

static void figure(char *out, size_t cap, const char *name, double number)
{
    char text[NUMBER_TEXT];
    if (isnan(number)) {
        snprintf(out, cap, "\"%s\":null", name);
        return;
    }
    number_text(number, DECIMALS_AUTO, false, text);
    snprintf(out, cap, "\"%s\":%s", name, text);
}

static void tell_line(struct collector *c, uint32_t line)
{
    const struct model *model = feed_model(c->feed);
    const uint16_t broker = c->config.settings.kpi.broker;
    struct shift_at shift;
    struct account sum;
    char topic[TOPIC_BYTES], payload[PAYLOAD_BYTES], value[64], unknown[64];
    model_shift(model, line, &shift);
    model_account(model, line, shift.from_ms, shift.to_ms, &sum, NULL);
    const struct kpis k = account_kpis(&sum);
    const char *why = account_undefined(&sum);
    bool silent = why && account_produced(&sum) <= 0 && !(k.unknown < 1); /* no pieces, but who knows */
    const double values[] = {k.availability, k.performance, k.quality, k.oee, silent ? NAN : sum.good, silent ? NAN : sum.reject};
    line_topic(c->config.plant, line, topic);
    figure(unknown, sizeof unknown, "unknown", k.unknown);
    for (int i = 0; i < STATE_LEAF; i++) {
        bool undefined = isnan(values[i]);
        figure(value, sizeof value, "value", values[i]);
        snprintf(payload, sizeof payload, "{\"ts\":%" PRId64 ",%s%s%s%s,\"from\":%" PRId64 ",\"to\":%" PRId64 ",%s}", model_wall(model), value, undefined ? ",\"why\":\"" : "",
            undefined ? why ? why : "it did not run" : "", undefined ? "\"" : "", shift.from_ms, shift.to_ms, unknown);
        keep(c, broker, topic, i, payload);
    }
    const struct node_state *state = model_line_state(model, line);
    snprintf(payload, sizeof payload, "{\"ts\":%" PRId64 ",\"value\":\"%s\",\"from\":%" PRId64 ",\"to\":%" PRId64 ",%s}", model_wall(model), state_class_table[state->class].name,
        shift.from_ms, shift.to_ms, unknown);
    keep(c, broker, topic, STATE_LEAF, payload);
}

void kpi_batch(struct collector *c)
{
    struct kpi_outputs *o = &c->kpi;
    if (!c->feed || o->count == 0)
        return;
    int64_t now = model_elapsed(feed_model(c->feed));
    if (o->next == o->count && now - o->begun_ms >= KPI_MS) {
        o->next = 0;
        o->begun_ms = now;
    }
    double due = (double)o->count * (double)(now - o->begun_ms) / ROUND_MS;
    for (size_t i = 0; o->next < o->count && (i < LINES_A_BATCH || (double)o->next < due); i++)
        tell_line(c, o->lines[o->next++].node);
}

static bool is_told(const struct kpi_outputs *o, uint16_t broker, const char *topic)
{
    for (size_t i = 0; i < o->count; i++)
        if (o->broker == broker && strcmp(o->lines[i].topic, topic) == 0)
            return true;
    return false;
}

static void forget(struct kpi_outputs *o)
{
    for (size_t i = 0; i < o->count; i++)
        free(o->lines[i].topic);
    free(o->lines);
    *o = (struct kpi_outputs){.count = 0};
}

static void gather(const struct collector *c, struct kpi_outputs *o)
{
    const struct plant *plant = c->config.plant;
    char topic[TOPIC_BYTES];
    *o = (struct kpi_outputs){.broker = c->config.settings.kpi.broker};
    for (uint32_t n = 0; n < plant->node_count && c->config.settings.kpi.publish; n++) {
        if (plant->nodes[n].level != LEVEL_LINE)
            continue;
        line_topic(plant, n, topic);
        o->lines = mem_resize(o->lines, o->count + 1, sizeof *o->lines);
        o->lines[o->count++] = (struct kpi_line){.node = n, .topic = mem_text(topic)};
    }
}

void kpi_config(struct collector *c)
{
    struct kpi_outputs fresh, *old = &c->kpi;
    gather(c, &fresh);
    for (size_t i = 0; i < old->count; i++)
        for (int leaf = 0; leaf < LEAVES && !is_told(&fresh, old->broker, old->lines[i].topic); leaf++)
            keep(c, old->broker, old->lines[i].topic, leaf, "");
    forget(old);
    *old = fresh;
    old->begun_ms = model_elapsed(feed_model(c->feed)) - ROUND_MS; /* all at once: in a plant that is silent the next batch may be far off */
}

void kpi_finish(struct collector *c)
{
    forget(&c->kpi);
}
