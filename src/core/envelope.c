/*
 * The table of envelopes: for each where things stand in it, and how sure a message is one. Scores are asked only of messages that nobody configured, and only where the members that
 * they look for are there: those are told by one pass over the names of a message, so that one of no known kind costs next to nothing.
 *
 * Scores: 90 and more, several things that no other publisher has together; 60 to 80, names that say it; less than ENVELOPE_LEAST_SCORE, not this one.
 */
#include "core/envelope.h"

#include <string.h>

#include "core/envelope_note.h"
#include "core/payload_json.h"

#define WAYS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define TIMES "/timestamp_ms", "/timestamp", "/ts", "/time", "/Timestamp", "/Time", "/datetime"
#define DEVICES "/dev", "/device", "/deviceName", "/device_name", "/deviceId", "/device_id", "/devId", "/machine", "/machineId", "/machine_id", "/equipment", "/asset", "/bn"
#define TAGS "/tag", "/tagName", "/tagname", "/tag_name", "/metric", "/variable", "/point", "/signal", "/parameter", "/sensor", "/key", "/name", "/n", "/id"
#define VALUES "/value", "/val", "/v", "/Value", "/vs", "/vb"

static bool has(struct json *json, uint32_t object, const char *name, uint32_t *out)
{
    uint32_t found = json->tokens[object].type == JSON_OBJECT ? json_member(json, object, name) : NO_TOKEN;
    if (out)
        *out = found;
    return found != NO_TOKEN;
}

static bool is(const struct json *json, uint32_t token, enum json_type type)
{
    return token != NO_TOKEN && json->tokens[token].type == type;
}

/* The first element of an array when it is an object; NO_TOKEN. */
static uint32_t first_element(const struct json *json, uint32_t array)
{
    return is(json, array, JSON_ARRAY) && array + 1 < json->tokens[array].next && json->tokens[array + 1].type == JSON_OBJECT ? array + 1 : NO_TOKEN;
}

static uint32_t first_way(struct json *json, uint32_t from, envelope_ways ways)
{
    for (; *ways; ways++) {
        uint32_t found = json_from(json, from, *ways);
        if (found != NO_TOKEN)
            return found;
    }
    return NO_TOKEN;
}

static bool topic_ends(const char *topic, const char *level)
{
    size_t length = strlen(topic), end = strlen(level);
    return length > end && topic[length - end - 1] == '/' && strcmp(topic + length - end, level) == 0;
}

/* ---- hints ---- */

enum hint {
    HINT_DEVICE = 1, HINT_TAG = 2, HINT_VALUE = 4, HINT_VALUES = 8, HINT_VALS = 16, HINT_CONNECTIONS = 32, HINT_TIME = 64, HINT_METHOD = 128, HINT_MSGID = 256, HINT_NODE = 512, HINT_TAGS = 1024
};

#define IS(text, hint) if (length == sizeof text - 1 && memcmp(name, text, sizeof text - 1) == 0) return hint

/* Of the names in DEVICES, TAGS and VALUES, and those that scores look for. By the first letter: it is asked of every name. */
static unsigned hint_of(const char *name, size_t length)
{
    switch (length ? name[0] : 0) {
    case '_': IS("_msgid", HINT_MSGID); break;
    case 'T': IS("Time", HINT_TIME); break;
    case 'V': IS("Value", HINT_VALUE); break;
    case 'a': IS("asset", HINT_DEVICE); break;
    case 'b': IS("bn", HINT_DEVICE); break;
    case 'c': IS("connections", HINT_CONNECTIONS); break;
    case 'd':
        IS("dev", HINT_DEVICE); IS("device", HINT_DEVICE); IS("deviceName", HINT_DEVICE); IS("device_name", HINT_DEVICE);
        IS("deviceId", HINT_DEVICE); IS("device_id", HINT_DEVICE); IS("devId", HINT_DEVICE);
        break;
    case 'e': IS("equipment", HINT_DEVICE); break;
    case 'i': IS("id", HINT_TAG); break;
    case 'k': IS("key", HINT_TAG); break;
    case 'm':
        IS("machine", HINT_DEVICE); IS("machineId", HINT_DEVICE); IS("machine_id", HINT_DEVICE); IS("metric", HINT_TAG); IS("method", HINT_METHOD);
        break;
    case 'n': IS("n", HINT_TAG); IS("name", HINT_TAG); IS("node", HINT_NODE); break;
    case 'p': IS("point", HINT_TAG); IS("parameter", HINT_TAG); break;
    case 's': IS("signal", HINT_TAG); IS("sensor", HINT_TAG); break;
    case 't': IS("tag", HINT_TAG); IS("tags", HINT_TAGS); IS("tagName", HINT_TAG); IS("tagname", HINT_TAG); IS("tag_name", HINT_TAG); break;
    case 'v':
        IS("v", HINT_VALUE); IS("value", HINT_VALUE); IS("val", HINT_VALUE); IS("vs", HINT_VALUE); IS("vb", HINT_VALUE);
        IS("values", HINT_VALUES); IS("vals", HINT_VALS); IS("variable", HINT_TAG);
        break;
    default: break;
    }
    return 0;
}

/* Of the message's members, or those of the first object of its array. */
static unsigned hints_of(const struct json *json)
{
    unsigned hints = 0;
    uint32_t object = is(json, 0, JSON_ARRAY) ? first_element(json, 0) : 0;
    if (!is(json, object, JSON_OBJECT))
        return 0;
    for (uint32_t i = object + 1; i < json->tokens[object].next; i = json->tokens[i + 1].next)
        hints |= hint_of(json->text + json->tokens[i].start, json->tokens[i].end - json->tokens[i].start);
    return hints;
}

/* ---- scores ---- */

static int score_kepware(struct json *json, const char *topic)
{
    uint32_t values, first;
    (void)topic;
    if (!has(json, 0, "values", &values) || (first = first_element(json, values)) == NO_TOKEN)
        return 0;
    return has(json, first, "id", NULL) && has(json, first, "v", NULL) ? 95 : 0;
}

static int score_neuron(struct json *json, const char *topic)
{
    uint32_t node, group, values;
    (void)topic;
    bool named = has(json, 0, "node", &node) && has(json, 0, "group", &group) && is(json, node, JSON_TEXT) && is(json, group, JSON_TEXT);
    return named && has(json, 0, "values", &values) && is(json, values, JSON_OBJECT) ? 95 : 0;
}

static int score_neuron_tags(struct json *json, const char *topic)
{
    uint32_t tags;
    (void)topic;
    return has(json, 0, "node", NULL) && has(json, 0, "group", NULL) && has(json, 0, "tags", &tags) && is(json, tags, JSON_ARRAY) ? 95 : 0;
}

static int score_thingsboard(struct json *json, const char *topic)
{
    size_t count = 0;
    (void)topic;
    if (!is(json, 0, JSON_OBJECT))
        return 0;
    for (uint32_t i = 1; i < json->tokens[0].next; i = json->tokens[i + 1].next, count++) {
        uint32_t first = first_element(json, i + 1);
        if (first == NO_TOKEN || !has(json, first, "ts", NULL) || !has(json, first, "values", NULL))
            return 0;
    }
    return count > 0 ? 95 : 0;
}

static int score_thingsboard_device(struct json *json, const char *topic)
{
    uint32_t item = is(json, 0, JSON_ARRAY) ? first_element(json, 0) : 0, values;
    (void)topic;
    return item != NO_TOKEN && has(json, item, "ts", NULL) && has(json, item, "values", &values) && is(json, values, JSON_OBJECT) && !has(json, item, "node", NULL) ? 85 : 0;
}

static int score_industrial_edge(struct json *json, const char *topic)
{
    uint32_t values, first;
    (void)topic;
    if (!has(json, 0, "vals", &values) || (first = first_element(json, values)) == NO_TOKEN)
        return 0;
    return has(json, first, "id", NULL) && has(json, first, "val", NULL) ? 95 : 0;
}

static int score_industrial_edge_names(struct json *json, const char *topic)
{
    uint32_t connections, first;
    (void)topic;
    if (!has(json, 0, "connections", &connections) || (first = first_element(json, connections)) == NO_TOKEN)
        return 0;
    return has(json, first, "dataPoints", NULL) ? 95 : 0;
}

static int score_umh(struct json *json, const char *topic)
{
    return is(json, 0, JSON_OBJECT) && strstr(topic, "/_historian") && has(json, 0, "timestamp_ms", NULL) ? 95 : 0;
}

static int score_tasmota(struct json *json, const char *topic)
{
    static const char *const ends[] = {"SENSOR", "STATE", "RESULT"};
    uint32_t time;
    if (!has(json, 0, "Time", &time) || !is(json, time, JSON_TEXT))
        return 0;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (topic_ends(topic, ends[i]))
            return 90;
    return 0;
}

static int score_zigbee2mqtt(struct json *json, const char *topic)
{
    if (!is(json, 0, JSON_OBJECT))
        return 0;
    bool said = has(json, 0, "linkquality", NULL);
    if (strstr(topic, "/bridge/") || topic_ends(topic, "availability"))
        return 0;
    return said && has(json, 0, "last_seen", NULL) ? 90 : said ? 80 : strncmp(topic, "zigbee2mqtt/", 12) == 0 ? 60 : 0;
}

static int score_zigbee2mqtt_names(struct json *json, const char *topic)
{
    return topic_ends(topic, "bridge/devices") && is(json, 0, JSON_ARRAY) ? 95 : 0;
}

/* What the bridge says of itself in length. */
static int score_zigbee2mqtt_bridge(struct json *json, const char *topic)
{
    static const char *const ends[] = {"bridge/info", "bridge/groups", "bridge/definitions", "bridge/extensions", "bridge/converters", "bridge/logging"};
    (void)json;
    for (size_t i = 0; i < sizeof ends / sizeof *ends && strstr(topic, "bridge/"); i++)
        if (topic_ends(topic, ends[i]))
            return 90;
    return 0;
}

static int score_home_assistant(struct json *json, const char *topic)
{
    if (!topic_ends(topic, "config"))
        return 0;
    return has(json, 0, "state_topic", NULL) || has(json, 0, "stat_t", NULL) || has(json, 0, "command_topic", NULL) || has(json, 0, "cmd_t", NULL) ? 95 : 0;
}

static int score_shelly(struct json *json, const char *topic)
{
    uint32_t method, params;
    (void)topic;
    if (!has(json, 0, "src", NULL) || !has(json, 0, "method", &method) || !is(json, method, JSON_TEXT) || !has(json, 0, "params", &params) || !is(json, params, JSON_OBJECT))
        return 0;
    return strncmp(json->text + json->tokens[method].start, "Notify", 6) == 0 ? 95 : 0;
}

static int score_node_red(struct json *json, const char *topic)
{
    (void)topic;
    return has(json, 0, "_msgid", NULL) && has(json, 0, "payload", NULL) ? 95 : 0;
}

static bool names_device(struct json *json, uint32_t item, const char *topic)
{
    uint32_t device = first_way(json, item, WAYS(DEVICES));
    if (!is(json, device, JSON_TEXT))
        return false;
    const char *name = json->text + json->tokens[device].start;
    size_t length = json->tokens[device].end - json->tokens[device].start;
    for (const char *at = topic; *at; at += *at == '/') {
        size_t n = strcspn(at, "/");
        if (n == length && memcmp(at, name, n) == 0)
            return false;
        at += n;
    }
    return length > 0;
}

static bool names_tag(struct json *json, uint32_t item, bool more)
{
    uint32_t tag = first_way(json, item, WAYS(TAGS));
    /* An "id" alone may be that of the message, and another one each time. */
    return is(json, tag, JSON_TEXT) && (more || json_from(json, item, "/id") != tag);
}

static int score_rows(struct json *json, const char *topic)
{
    uint32_t item = is(json, 0, JSON_ARRAY) ? first_element(json, 0) : 0;
    if (item == NO_TOKEN || !is(json, item, JSON_OBJECT))
        return 0;
    bool device = names_device(json, item, topic), several = item != 0 && json->tokens[item].next < json->tokens[0].next;
    uint32_t value = first_way(json, item, WAYS(VALUES));
    bool valued = value != NO_TOKEN && json->tokens[value].type >= JSON_TEXT;
    if (valued && names_tag(json, item, device || several))
        return device ? 80 : 65;
    return 0;
}

/* A device's name among its values. */
static int score_device(struct json *json, const char *topic)
{
    uint32_t item = is(json, 0, JSON_ARRAY) ? first_element(json, 0) : 0;
    if (item == NO_TOKEN || !is(json, item, JSON_OBJECT) || !names_device(json, item, topic))
        return 0;
    return json->tokens[item].next - item > 4 ? 60 : 0;
}

/* ---- the table ---- */

const struct envelope_kind envelope_table[] = {
    {.name = "rows", .said = "format = \"rows\";", .help = "objects that name device and tag, or an array of them: {\"dev\":\"P07\",\"tag\":\"t\",\"val\":12.5}; SenML", .needs = HINT_TAG | HINT_VALUE, .score = score_rows,
        .shape = {.names = {WAYS(DEVICES), WAYS(TAGS)}, .value = WAYS(VALUES), .quality = WAYS("/quality", "/q", "/qc"), .time = WAYS(TIMES, "/t"), .left_out = true}},
    {.name = "device", .said = "format = \"device\";", .help = "an object that names its device beside its values, or an array of them: {\"device\":\"P07\",\"t\":12.5,\"n\":3}", .needs = HINT_DEVICE, .score = score_device,
        .shape = {.names = {WAYS(DEVICES)}, .quality = WAYS("/quality"), .time = WAYS(TIMES), .left_out = true}},
    {.name = "kepware", .said = "format = \"kepware\";", .help = "KEPServerEX IoT Gateway: {\"timestamp\":..,\"values\":[{\"id\":\"Line1.Press.Temp\",\"v\":12.5,\"q\":true,\"t\":..}]}; points part names", .needs = HINT_VALUES, .score = score_kepware,
        .shape = {.items = WAYS("/values"), .names = {WAYS("/id")}, .split = '.', .value = WAYS("/v"), .quality = WAYS("/q"), .time = WAYS("/t", "/timestamp")}},
    {.name = "neuron", .said = "format = \"neuron\";", .help = "EMQX Neuron, values-format: {\"node\":..,\"group\":..,\"timestamp\":..,\"values\":{..},\"errors\":{..}}", .needs = HINT_NODE | HINT_VALUES, .score = score_neuron,
        .shape = {.items = WAYS("/values"), .names = {WAYS("/node"), WAYS("/group")}, .errors = WAYS("/errors"), .time = WAYS("/timestamp"), .left_out = true}},
    {.name = "neuron-tags", .said = "format = \"neuron-tags\";", .help = "EMQX Neuron, tags-format: the same with \"tags\":[{\"name\":..,\"value\":..}]", .needs = HINT_NODE | HINT_TAGS, .score = score_neuron_tags,
        .shape = {.items = WAYS("/tags"), .names = {WAYS("/node", "/node_name"), WAYS("/group", "/group_name"), WAYS("/name")}, .value = WAYS("/value"), .failed = WAYS("/error"), .time = WAYS("/timestamp"), .left_out = true}},
    {.name = "thingsboard", .said = "format = \"thingsboard\";", .help = "ThingsBoard gateway: {\"Device A\":[{\"ts\":..,\"values\":{..}}],\"Device B\":..}", .score = score_thingsboard,
        .shape = {.keys = KEYS_NAME, .value = WAYS("/values"), .open = true, .time = WAYS("/ts")}},
    {.name = "thingsboard-device", .said = "format = \"thingsboard-device\";", .help = "ThingsBoard device: {\"ts\":..,\"values\":{..}}, or an array of them", .needs = HINT_VALUES, .score = score_thingsboard_device,
        .shape = {.value = WAYS("/values"), .open = true, .time = WAYS("/ts")}},
    {.name = "industrial-edge", .said = "format = \"industrial-edge\";", .help = "Siemens Industrial Edge: {\"seq\":..,\"vals\":[{\"id\":\"101\",\"val\":12.5,\"qc\":3,\"ts\":..}]}; names are those of the retained metadata", .needs = HINT_VALS, .score = score_industrial_edge,
        .shape = {.items = WAYS("/vals"), .names = {WAYS("/id")}, .value = WAYS("/val"), .quality = WAYS("/qc"), .good = WAYS("3"), .time = WAYS("/ts"), .told = true}},
    {.help = "its metadata: names of items", .needs = HINT_CONNECTIONS, .score = score_industrial_edge_names, .note = note_industrial_edge},
    {.name = "umh", .said = "format = \"umh\";", .help = "United Manufacturing Hub, _historian: {\"timestamp_ms\":..,\"temperature\":12.5,..}", .score = score_umh,
        .shape = {.time = WAYS("/timestamp_ms"), .time_format = TIME_MS}},
    {.name = "tasmota", .said = "format = \"tasmota\";", .help = "Tasmota SENSOR, STATE, RESULT: {\"Time\":\"2024-06-12T11:52:05\",\"ENERGY\":{..}}", .needs = HINT_TIME, .score = score_tasmota,
        .shape = {.time = WAYS("/Time")}},
    {.name = "zigbee2mqtt", .said = "format = \"zigbee2mqtt\";", .help = "Zigbee2MQTT devices: {\"temperature\":12.5,\"linkquality\":90,\"last_seen\":..}", .score = score_zigbee2mqtt,
        .shape = {.time = WAYS("/last_seen")}},
    {.help = "its list of devices: units of fields", .score = score_zigbee2mqtt_names, .note = note_zigbee2mqtt},
    {.help = "what its bridge tells of itself", .score = score_zigbee2mqtt_bridge, .note = note_nothing},
    {.help = "Home Assistant's discovery: units of fields", .score = score_home_assistant, .note = note_home_assistant},
    {.name = "shelly", .said = "format = \"shelly\";", .help = "Shelly, generation 2 and later, events/rpc: {\"src\":..,\"method\":\"NotifyStatus\",\"params\":{\"ts\":..,\"switch:0\":{..}}}", .needs = HINT_METHOD, .score = score_shelly,
        .shape = {.items = WAYS("/params"), .names = {WAYS("/src")}, .time = WAYS("/ts", "/params/ts"), .left_out = true}},
    {.name = "node-red", .said = "format = \"node-red\";", .help = "a message object of Node-RED: {\"_msgid\":..,\"topic\":\"press/t\",\"payload\":12.5}; its topic is the name", .needs = HINT_MSGID, .score = score_node_red,
        .shape = {.names = {WAYS("/topic")}, .split = '/', .value = WAYS("/payload"), .time = WAYS("/timestamp", "/payload/timestamp"), .unnamed = true, .left_out = true}},
    {.csv = true, .said = "format = \"csv\"; select = { time = \"/0\"; names = ( \"/1\", \"/2\" ); value = \"/3\"; };", .help = "lines: time, device, tag, value",
        .shape = {.names = {WAYS("/1"), WAYS("/2")}, .value = WAYS("/3"), .time = WAYS("/0")}},
    {.csv = true, .said = "format = \"csv\"; select = { names = ( \"/0\", \"/1\" ); value = \"/2\"; };", .help = "lines: device, tag, value",
        .shape = {.names = {WAYS("/0"), WAYS("/1")}, .value = WAYS("/2")}},
    {.csv = true, .said = "format = \"csv\"; select = { time = \"/0\"; names = \"/1\"; };", .help = "lines: time, device, values",
        .shape = {.names = {WAYS("/1")}, .time = WAYS("/0")}},
    {.csv = true, .said = "format = \"csv\"; select = { names = \"/0\"; };", .help = "lines: device, values",
        .shape = {.names = {WAYS("/0")}}},
    {.csv = true, .said = "format = \"csv\"; select = { time = \"/0\"; };", .help = "lines: time, values",
        .shape = {.time = WAYS("/0")}},
};

const size_t envelope_count = sizeof envelope_table / sizeof envelope_table[0];

const struct envelope_kind *envelope_by_name(const char *name)
{
    for (size_t k = 0; k < envelope_count; k++)
        if (envelope_table[k].name && strcmp(envelope_table[k].name, name) == 0)
            return &envelope_table[k];
    return NULL;
}

const struct envelope_kind *envelope_recognise(struct json *json, const char *topic)
{
    const struct envelope_kind *best = NULL;
    int most = ENVELOPE_LEAST_SCORE - 1;
    unsigned hints = hints_of(json);
    for (size_t k = 0; k < envelope_count; k++) {
        int score = envelope_table[k].score && (hints & envelope_table[k].needs) == envelope_table[k].needs ? envelope_table[k].score(json, topic) : 0;
        if (score > most) {
            most = score;
            best = &envelope_table[k];
        }
    }
    return best;
}
