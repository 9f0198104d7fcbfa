#include "core/envelope_note.h"

#include <stdio.h>
#include <string.h>

#include "core/envelope_names.h"
#include "core/plant.h"

/*
 * Each of these walks a message of a fixed form and puts what it finds; a part that is not as expected is passed over, for what it would have told is only missing then.
 */

enum { TOPIC_BYTES = 256 };

/* A member's text through the gate, "" when there is none. */
static const char *text_of(struct json *json, uint32_t object, const char *name, char *out, size_t cap)
{
    uint32_t token = json->tokens[object].type == JSON_OBJECT ? json_member(json, object, name) : NO_TOKEN;
    out[0] = '\0';
    if (token != NO_TOKEN && json->tokens[token].type >= JSON_TEXT)
        json_text(json, token, out, cap, NULL);
    return out;
}

/* An array that is a member; NO_TOKEN. */
static uint32_t list_of(struct json *json, uint32_t object, const char *name)
{
    uint32_t token = json->tokens[object].type == JSON_OBJECT ? json_member(json, object, name) : NO_TOKEN;
    return token != NO_TOKEN && json->tokens[token].type == JSON_ARRAY ? token : NO_TOKEN;
}

/* for (i = first(list); i < end(list); i = next(i)), of a list that may be NO_TOKEN */
#define EACH(json, i, list) \
    for (uint32_t i = (list) == NO_TOKEN ? 1 : (list) + 1; i < ((list) == NO_TOKEN ? 0 : (json)->tokens[list].next); i = (json)->tokens[i].next)

void note_nothing(struct json *json, const char *topic, void *names)
{
    (void)json;
    (void)topic;
    (void)names;
}

void note_industrial_edge(struct json *json, const char *topic, void *names)
{
    char its[TOPIC_BYTES], id[KEY_BYTES], name[ENVELOPE_NAME_BYTES], unit[ENVELOPE_UNIT_BYTES];
    (void)topic;
    EACH(json, connection, list_of(json, 0, "connections"))
        EACH(json, points, list_of(json, connection, "dataPoints")) {
            text_of(json, points, "topic", its, sizeof its);
            EACH(json, point, list_of(json, points, "dataPointDefinitions"))
                if (*text_of(json, point, "id", id, sizeof id) && *text_of(json, point, "name", name, sizeof name))
                    envelope_names_put(names, its, id, name, text_of(json, point, "unit", unit, sizeof unit));
        }
}

static void note_expose(struct json *json, uint32_t expose, const char *topic, const char *above, void *names)
{
    char property[ENVELOPE_NAME_BYTES], unit[ENVELOPE_UNIT_BYTES], path[KEY_BYTES];
    text_of(json, expose, "property", property, sizeof property);
    snprintf(path, sizeof path, "%s%s%s", above, property[0] ? "/" : "", property);
    if (property[0] && *text_of(json, expose, "unit", unit, sizeof unit))
        envelope_names_put(names, topic, path, "", unit);
    EACH(json, feature, list_of(json, expose, "features"))
        if (above[0] == '\0') /* two levels, as it is documented */
            note_expose(json, feature, topic, path, names);
}

void note_zigbee2mqtt(struct json *json, const char *topic, void *names)
{
    char its[TOPIC_BYTES], name[ENVELOPE_NAME_BYTES];
    size_t base = strlen(topic) - strlen("/bridge/devices");
    EACH(json, device, 0) {
        uint32_t definition = json->tokens[device].type == JSON_OBJECT ? json_member(json, device, "definition") : NO_TOKEN;
        text_of(json, device, "friendly_name", name, sizeof name);
        if (definition == NO_TOKEN || !name[0])
            continue;
        snprintf(its, sizeof its, "%.*s/%s", (int)base, topic, name);
        EACH(json, expose, list_of(json, definition, "exposes"))
            note_expose(json, expose, its, "", names);
    }
}

/* "{{ value_json.ENERGY.Power }}" or value_json['a'] as a pointer; "" when it takes the whole payload. */
static void pointer_of(const char *template, char *out, size_t cap)
{
    const char *at = strstr(template, "value_json");
    size_t length = 0;
    out[0] = '\0';
    for (at = at ? at + strlen("value_json") : ""; *at == '.' || *at == '[';) {
        bool bracket = *at++ == '[';
        at += strspn(at, bracket ? "'\"" : "");
        size_t n = strcspn(at, bracket ? "'\"]" : ".[ |}()");
        if (n == 0 || length + n + 2 > cap)
            return;
        length += (size_t)snprintf(out + length, cap - length, "/%.*s", (int)n, at);
        at += n;
        at += strspn(at, bracket ? "'\"]" : "");
    }
}

static const char *either(struct json *json, const char *name, const char *brief, char *out, size_t cap)
{
    return *text_of(json, 0, name, out, cap) ? out : text_of(json, 0, brief, out, cap);
}

void note_home_assistant(struct json *json, const char *topic, void *names)
{
    char said[TOPIC_BYTES], base[TOPIC_BYTES], its[TOPIC_BYTES * 2], template[TOPIC_BYTES], path[KEY_BYTES], unit[ENVELOPE_UNIT_BYTES], name[ENVELOPE_NAME_BYTES];
    (void)topic;
    either(json, "state_topic", "stat_t", said, sizeof said);
    text_of(json, 0, "~", base, sizeof base);
    size_t length = strlen(said);
    if (length == 0)
        return;
    bool before = said[0] == '~', behind = said[length - 1] == '~';
    said[length - behind] = '\0';
    snprintf(its, sizeof its, "%s%s%s", before ? base : "", said + before, behind && !before ? base : "");
    pointer_of(either(json, "value_template", "val_tpl", template, sizeof template), path, sizeof path);
    either(json, "unit_of_measurement", "unit_of_meas", unit, sizeof unit);
    text_of(json, 0, "name", name, sizeof name);
    envelope_names_put(names, its, path, name, unit);
}
