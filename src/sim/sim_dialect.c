/*
 * A struct device is a machine, line or site; its values (struct told) lie together, and so do those of one native topic (struct source). A message is taken apart into values, and
 * each dialect's shape puts them together again: one by one, or gathered by machine until another machine or another tick speaks. A value that is no number is told when it changes,
 * where each has a topic of its own, and kept by the broker.
 */
#include "sim/sim_dialect.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/hash_index.h"
#include "core/memory.h"
#include "sim/sim_text.h"
#include "sim/sim_words.h"

enum { NAME = 96, TOPIC = 256, PATH = 160 };

enum shape {
    SHAPE_NONE,    /* as it is */
    SHAPE_BARE,    /* a topic for each value, nothing but it */
    SHAPE_STAMPED, /* a topic for each value: {"timestamp_ms", "value"} */
    SHAPE_OBJECT,  /* one object a machine with all that it has told */
    SHAPE_NAMED,   /* one value a message, its machine and name beside it: {"dev", "tag", "val", "ts"} */
    SHAPE_KEPWARE, /* {"timestamp", "values": [{"id", "v", "q", "t"}]} */
    SHAPE_NEURON,  /* {"node", "group", "timestamp", "values": {}, "errors": {}} */
    SHAPE_GATEWAY, /* {"machine": [{"ts", "values": {}}]}, several machines in one message */
};

/* Topics: %S site, %A area, %L line, %U unit, %T tag, %M machine after its type and number. */
static const struct dialect_row {
    struct sim_dialect_row row;
    enum shape shape;
    enum sim_style style;
    const char *site, *line, *unit;
} dialects[] = {
    {{"plain", "as it is"}, SHAPE_NONE, SIM_SNAKE, "", "", ""},
    {{"uns", "levels of ISA-95, a topic for each value, stamped"}, SHAPE_STAMPED, SIM_CAMEL, "Enterprise/%S/%T", "Enterprise/%S/%A/%L/%T", "Enterprise/%S/%A/%L/%U/%T"},
    {{"flat", "plant/press01/oil_temp: the line is part of the machine's name, bare values"}, SHAPE_BARE, SIM_SNAKE, "plant/%S/%T", "plant/%L/%T", "plant/%L_%U/%T"},
    {{"vendor", "German names, machines by type and number, behind what is measured; bare values"}, SHAPE_BARE, SIM_GERMAN, "SPS/%T/%M", "SPS/%A/%T/%M", "SPS/%A/%T/%M"},
    {{"object", "one JSON object a machine"}, SHAPE_OBJECT, SIM_SNAKE, "factory/%S", "factory/%A/%L", "factory/%A/%L/%U"},
    {{"dev-tag", "one topic an area; machine and name stand in the payload"}, SHAPE_NAMED, SIM_SNAKE, "scada/site", "scada/%A", "scada/%A"},
    {{"kepware", "[{id, v, q, t}], as Kepware's gateway sends it"}, SHAPE_KEPWARE, SIM_CAMEL, "iotgateway", "iotgateway", "iotgateway"},
    {{"neuron", "values by name for each node, as Neuron sends it"}, SHAPE_NEURON, SIM_SNAKE, "neuron/%S", "neuron/%S", "neuron/%S"},
    {{"gateway", "several machines in one message, as ThingsBoard's gateway sends it"}, SHAPE_GATEWAY, SIM_SNAKE, "v1/gateway/telemetry", "v1/gateway/telemetry",
        "v1/gateway/telemetry"},
};

static bool is_gathered(enum shape shape)
{
    return shape == SHAPE_OBJECT || shape > SHAPE_NAMED;
}

struct device {
    char *node, name[NAME];
    const struct dialect_row *dialect;
    char site[NAME], area[NAME], line[NAME], unit[NAME], machine[NAME];
    int line_number, unit_number;
    size_t first, count; /* of told */
};

struct told {
    struct sim_tag was;  /* its texts are ours */
    size_t device;
    char topic[TOPIC], path[PATH], name[NAME];
    char *value;         /* as JSON; NULL: not yet */
    char *last;          /* that was published, of those that are when they change */
    int64_t ts_ms;
    bool fresh;          /* gathered */
};

struct source { const char *topic; size_t first, count; };

struct sim_dialect {
    const struct dialect_row *row;
    struct sim_sink sink;
    struct device *devices;
    struct told *told;
    struct source *sources;
    size_t device_count, device_capacity, told_count, told_capacity, source_count, source_capacity;
    struct hash_index by_topic;
    size_t open;         /* device that is being gathered; SIZE_MAX: none */
    int64_t open_ms;
    bool open_initial;
    struct sim_text payload, several; /* several: machines of one tick */
    int64_t several_ms;
};

const struct sim_dialect_row *sim_dialect_at(size_t index)
{
    return index < sizeof dialects / sizeof *dialects ? &dialects[index].row : NULL;
}

/* ---- what there is ---- */

static void expand(const struct device *d, const char *template, const char *tag, char *out, size_t cap)
{
    size_t used = 0;
    for (const char *at = template; *at && used + 1 < cap; at++) {
        const char *part = NULL;
        if (*at == '%') {
            at++;
            part = *at == 'A' ? d->area : *at == 'L' ? d->line : *at == 'U' ? d->unit : *at == 'M' ? d->machine : *at == 'T' ? tag : d->site;
        }
        if (part)
            used += (size_t)snprintf(out + used, cap - used, "%s", part);
        else
            out[used++] = *at;
        used = used < cap ? used : cap - 1;
    }
    out[used] = '\0';
}

/* The next part of "site/area/line/unit"; "" behind the last. */
static const char *part_of(const char *path, enum sim_style style, char out[NAME])
{
    char part[NAME];
    size_t length = strcspn(path, "/");
    snprintf(part, sizeof part, "%.*s", (int)length, path);
    sim_word(part, style, out, NAME);
    return path + length + (path[length] == '/');
}

static void add_device(struct sim_dialect *dialect, const struct sim_tag *tag)
{
    dialect->devices = mem_grow(dialect->devices, dialect->device_count, &dialect->device_capacity, sizeof *dialect->devices);
    const struct device *before = dialect->device_count > 0 ? &dialect->devices[dialect->device_count - 1] : NULL;
    struct device *d = &dialect->devices[dialect->device_count++];
    enum sim_style style = dialect->row->style;
    char type[NAME];
    *d = (struct device){.node = mem_text(tag->node), .dialect = dialect->row, .first = dialect->told_count};
    const char *rest = part_of(tag->node, style, d->site);
    part_of(part_of(part_of(rest, style, d->area), style, d->line), style, d->unit);
    d->line_number = (before ? before->line_number : 0) + (d->line[0] && !d->unit[0] ? 1 : 0); /* a line comes before its units */
    d->unit_number = d->unit[0] && before ? before->unit_number + 1 : 0;
    snprintf(d->name, sizeof d->name, d->unit[0] ? "%.40s%s%.40s" : "%.40s", d->line[0] ? d->line : d->site, style == SIM_CAMEL ? "." : "_", d->unit);
    sim_word(tag->type, style, type, sizeof type);
    snprintf(d->machine, sizeof d->machine, d->unit[0] ? "%.60s%02d%02d" : d->line[0] ? "%.60s%02d" : "%.60s", type, d->line_number, d->unit_number);
}

static bool is_source(const void *context, uint32_t number, const void *topic)
{
    return strcmp(((const struct sim_dialect *)context)->sources[number].topic, topic) == 0;
}

static void add_source(struct sim_dialect *d, const char *topic)
{
    d->sources = mem_grow(d->sources, d->source_count, &d->source_capacity, sizeof *d->sources);
    hash_index_add(&d->by_topic, hash_bytes(topic, strlen(topic)), (uint32_t)d->source_count);
    d->sources[d->source_count++] = (struct source){topic, d->told_count - 1, 0};
}

/* Where a value will be. */
static void place(struct told *t, const struct device *d)
{
    const struct dialect_row *row = d->dialect;
    sim_word(t->was.path[0] ? t->was.path : strrchr(t->was.topic, '/') + 1, row->style, t->name, sizeof t->name);
    if (strcmp(t->was.path, "/value") == 0)
        sim_word(strrchr(t->was.topic, '/') + 1, row->style, t->name, sizeof t->name);
    expand(d, d->unit[0] ? row->unit : d->area[0] ? row->line : row->site, t->name, t->topic, sizeof t->topic);
    switch (row->shape) {
    case SHAPE_NONE:
        snprintf(t->topic, sizeof t->topic, "%s", t->was.topic);
        snprintf(t->path, sizeof t->path, "%s", t->was.path);
        break;
    case SHAPE_BARE: break;
    case SHAPE_STAMPED: snprintf(t->path, sizeof t->path, "/value"); break;
    case SHAPE_OBJECT: snprintf(t->path, sizeof t->path, "/%s", t->name); break;
    case SHAPE_NAMED: snprintf(t->path, sizeof t->path, "/val"); break;
    case SHAPE_KEPWARE: snprintf(t->path, sizeof t->path, "/v"); break;
    case SHAPE_NEURON: snprintf(t->path, sizeof t->path, "/values/%s", t->name); break;
    case SHAPE_GATEWAY: snprintf(t->path, sizeof t->path, "/%.60s/0/values/%.60s", d->name, t->name); break;
    }
}

static void take_tag(void *arg, const struct sim_tag *tag)
{
    struct sim_dialect *d = arg;
    if (d->device_count == 0 || strcmp(d->devices[d->device_count - 1].node, tag->node) != 0)
        add_device(d, tag);
    struct device *device = &d->devices[d->device_count - 1];
    d->told = mem_grow(d->told, d->told_count, &d->told_capacity, sizeof *d->told);
    struct told *t = &d->told[d->told_count++];
    *t = (struct told){.was = *tag, .device = d->device_count - 1};
    t->was.node = device->node;
    t->was.type = mem_text(tag->type);
    t->was.topic = mem_text(tag->topic);
    t->was.path = mem_text(tag->path);
    place(t, device);
    device->count++;
    if (d->source_count == 0 || strcmp(d->sources[d->source_count - 1].topic, tag->topic) != 0)
        add_source(d, t->was.topic);
    d->sources[d->source_count - 1].count++;
}

static const struct dialect_row *row_of(const char *name)
{
    for (size_t i = 0; i < sizeof dialects / sizeof *dialects; i++)
        if (strcmp(dialects[i].row.name, name) == 0)
            return &dialects[i];
    return NULL;
}

bool sim_dialect_named(const char *name, struct error *err)
{
    char names[160] = "";
    for (size_t i = 0, used = 0; i < sizeof dialects / sizeof *dialects && used < sizeof names; i++)
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", i ? ", " : "", dialects[i].row.name);
    return row_of(name) || error_set(err, "no dialect is named \"%.40s\"; there are %s", name, names);
}

struct sim_dialect *sim_dialect_create(const char *name, const struct sim *sim, const struct sim_sink *sink)
{
    struct sim_dialect *d = mem_zero(1, sizeof *d);
    assert(row_of(name));
    *d = (struct sim_dialect){.row = row_of(name), .sink = *sink, .open = SIZE_MAX};
    sim_tags(sim, take_tag, d);
    return d;
}

void sim_dialect_destroy(struct sim_dialect *d)
{
    if (!d)
        return;
    for (size_t i = 0; i < d->told_count; i++) {
        free((char *)d->told[i].was.type);
        free((char *)d->told[i].was.topic);
        free((char *)d->told[i].was.path);
        free(d->told[i].value);
        free(d->told[i].last);
    }
    for (size_t i = 0; i < d->device_count; i++)
        free(d->devices[i].node);
    free(d->devices);
    free(d->told);
    free(d->sources);
    hash_index_finish(&d->by_topic);
    free(d->payload.bytes);
    free(d->several.bytes);
    free(d);
}

void sim_dialect_key(const struct sim_dialect *d, void (*take)(void *arg, const struct sim_key *key), void *arg)
{
    bool beside = d->row->shape >= SHAPE_NAMED;
    for (size_t i = 0; i < d->told_count; i++) {
        const struct told *t = &d->told[i];
        take(arg, &(struct sim_key){.was = t->was, .topic = t->topic, .path = t->path, .device = beside ? d->devices[t->device].name : "", .name = t->name});
    }
}

/* ---- what is told ---- */

static void emit(const struct sim_dialect *d, const char *topic, const struct sim_text *payload, int64_t ts_ms, bool retained, bool initial)
{
    if (d->sink.message)
        d->sink.message(d->sink.arg, &(struct sim_message){.topic = topic, .payload = payload->bytes, .payload_length = payload->length, .ts_ms = ts_ms, .retained = retained, .initial = initial});
}

static void close_several(struct sim_dialect *d)
{
    if (d->several.length == 0)
        return;
    sim_text_add(&d->several, "}");
    emit(d, d->row->line, &d->several, d->several_ms, false, false);
    sim_text_clear(&d->several);
}

static void add_members(struct sim_dialect *d, const struct device *device, bool all)
{
    bool first = true;
    for (size_t i = device->first; i < device->first + device->count; i++) {
        struct told *t = &d->told[i];
        bool event = t->was.role == ROLE_DEFECT; /* that happened once */
        if (!t->value || (!t->fresh && (!all || event)))
            continue;
        sim_text_add(&d->payload, "%s\"%s\":%s", first ? "" : ",", t->name, t->value);
        first = false;
        t->fresh = false;
    }
}

static void add_kepware(struct sim_dialect *d, const struct device *device)
{
    bool first = true;
    for (size_t i = device->first; i < device->first + device->count; i++) {
        struct told *t = &d->told[i];
        if (!t->fresh)
            continue;
        sim_text_add(&d->payload, "%s{\"id\":\"%s.%s\",\"v\":%s,\"q\":true,\"t\":%" PRId64 "}", first ? "" : ",", device->name, t->name, t->value, t->ts_ms);
        first = false;
        t->fresh = false;
    }
}

/* Puts together what the open machine has said. */
static void close_open(struct sim_dialect *d)
{
    if (d->open == SIZE_MAX)
        return;
    const struct device *device = &d->devices[d->open];
    d->open = SIZE_MAX;
    sim_text_clear(&d->payload);
    switch (d->row->shape) {
    case SHAPE_OBJECT:
        sim_text_add(&d->payload, "{\"timestamp\":%" PRId64 ",", d->open_ms);
        add_members(d, device, true);
        sim_text_add(&d->payload, "}");
        break;
    case SHAPE_KEPWARE:
        sim_text_add(&d->payload, "{\"timestamp\":%" PRId64 ",\"values\":[", d->open_ms);
        add_kepware(d, device);
        sim_text_add(&d->payload, "]}");
        break;
    case SHAPE_NEURON:
        sim_text_add(&d->payload, "{\"node\":\"%s\",\"group\":\"default\",\"timestamp\":%" PRId64 ",\"values\":{", device->name, d->open_ms);
        add_members(d, device, false);
        sim_text_add(&d->payload, "},\"errors\":{}}");
        break;
    default: /* SHAPE_GATEWAY */
        add_members(d, device, false);
        sim_text_add(&d->several, "%s\"%s\":[{\"ts\":%" PRId64 ",\"values\":{%s}}]", d->several.length ? "," : "{", device->name, d->open_ms, d->payload.bytes);
        d->several_ms = d->open_ms;
        return;
    }
    emit(d, d->told[device->first].topic, &d->payload, d->open_ms, d->row->shape == SHAPE_OBJECT && d->open_initial, d->row->shape == SHAPE_OBJECT && d->open_initial);
}

void sim_dialect_flush(struct sim_dialect *d)
{
    close_open(d);
    close_several(d);
}

static void gather(struct sim_dialect *d, struct told *t, const struct sim_message *m)
{
    bool again = d->open == t->device && t->fresh;
    if (d->open != SIZE_MAX && d->open_ms != m->ts_ms)
        sim_dialect_flush(d);
    else if (d->open != t->device || again)
        close_open(d);
    if (again)
        close_several(d); /* a machine stands there once */
    if (d->open != t->device)
        d->open_initial = true;
    d->open = t->device;
    d->open_ms = m->ts_ms;
    d->open_initial = d->open_initial && m->initial;
    t->fresh = true;
}

/* A JSON text without its quotes; the simulator escapes quotes and backslashes alone. */
static void add_bare(struct sim_text *out, const char *json)
{
    size_t length = strlen(json);
    if (json[0] != '"') {
        sim_text_add(out, "%s", json);
        return;
    }
    for (const char *c = json + 1; c < json + length - 1; c++)
        if (*c != '\\' || *++c)
            sim_text_add(out, "%c", *c);
}

static void tell_alone(struct sim_dialect *d, struct told *t, const struct sim_message *m)
{
    bool now = t->was.kind == KIND_VALUE || t->was.kind == KIND_POWER || t->was.kind == KIND_REGISTER || t->was.role == ROLE_DEFECT;
    if (!now && t->last && strcmp(t->last, t->value) == 0)
        return;
    free(t->last);
    t->last = now ? NULL : mem_text(t->value);
    sim_text_clear(&d->payload);
    if (d->row->shape == SHAPE_BARE)
        add_bare(&d->payload, t->value);
    else if (d->row->shape == SHAPE_STAMPED)
        sim_text_add(&d->payload, "{\"timestamp_ms\":%" PRId64 ",\"value\":%s}", t->ts_ms, t->value);
    else
        sim_text_add(&d->payload, "{\"dev\":\"%s\",\"tag\":\"%s\",\"val\":%s,\"ts\":%" PRId64 "}", d->devices[t->device].name, t->name, t->value, t->ts_ms);
    bool kept = !now && d->row->shape != SHAPE_NAMED;
    emit(d, t->topic, &d->payload, m->ts_ms, kept, kept && m->initial);
}

/* ---- taking apart ---- */

/* One message: whose values they are, and its own time. */
struct reading {
    struct sim_dialect *d;
    const struct source *source;
    const struct sim_message *message;
    int64_t ts_ms;
    char path[PATH];
};

static void give(const struct reading *r, const char *json, size_t length)
{
    for (size_t i = r->source->first; i < r->source->first + r->source->count; i++) {
        struct told *t = &r->d->told[i];
        if (strcmp(t->was.path, r->path) != 0)
            continue;
        if (is_gathered(r->d->row->shape))
            gather(r->d, t, r->message);
        free(t->value);
        t->value = mem_text_n(json, length);
        t->ts_ms = r->ts_ms;
        if (!is_gathered(r->d->row->shape))
            tell_alone(r->d, t, r->message);
    }
}

static size_t text_length(const char *at)
{
    size_t n = 1;
    while (at[n] && at[n] != '"')
        n += at[n] == '\\' && at[n + 1] ? 2 : 1;
    return n + (at[n] == '"');
}

/* The simulator's own JSON: objects in each other, no arrays, no spaces. Returns what is behind the object at `at`. */
static const char *read_object(struct reading *r, const char *at)
{
    size_t base = strlen(r->path);
    for (at++; *at == '"'; at += *at == ',') {
        size_t length = text_length(at);
        snprintf(r->path + base, sizeof r->path - base, "/%.*s", (int)(length - 2), at + 1);
        at += length + 1;
        if (*at == '{') {
            at = read_object(r, at);
        } else {
            length = *at == '"' ? text_length(at) : strcspn(at, ",}");
            if (strcmp(r->path, "/timestamp_ms") == 0)
                r->ts_ms = strtoll(at, NULL, 10);
            give(r, at, length);
            at += length;
        }
        r->path[base] = '\0';
    }
    return at + (*at == '}');
}

static void read_bare(struct reading *r)
{
    struct sim_text quoted = {NULL, 0, 0};
    const struct sim_message *m = r->message;
    if (r->d->told[r->source->first].was.kind == KIND_TEXT)
        sim_text_add_json(&quoted, m->payload);
    else
        sim_text_add(&quoted, "%s", m->payload);
    give(r, quoted.bytes, quoted.length);
    free(quoted.bytes);
}

void sim_dialect_message(struct sim_dialect *d, const struct sim_message *m)
{
    uint32_t source = d->row->shape == SHAPE_NONE ? HASH_INDEX_NONE : hash_index_find(&d->by_topic, hash_bytes(m->topic, strlen(m->topic)), is_source, d, m->topic);
    if (source == HASH_INDEX_NONE) {
        if (d->sink.message)
            d->sink.message(d->sink.arg, m);
        return;
    }
    struct reading r = {.d = d, .source = &d->sources[source], .message = m, .ts_ms = m->ts_ms};
    if (m->payload[0] == '{')
        read_object(&r, m->payload);
    else
        read_bare(&r);
}
