/*
 * A story is what happened in a morning: which node was in which state from when on, and how its values moved. It is told
 * in steps of ten seconds; while a node runs its counters count. Waves are triangles, so that every machine computes the
 * same digits.
 */
#include "fixture.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "core/memory.h"
#include "golden.h"

enum { STEP_S = 10, HOUR = 3600, MINUTE = 60, REJECT_EVERY = 31 };

#define AT(h, m, s) ((h) * HOUR + (m) * MINUTE + (s))
#define MIDNIGHT INT64_C(1718035200000) /* 2024-06-11 00:00 in Shanghai is 16:00 UTC the day before */

struct story_state {
    const char *node;
    int from;    /* seconds since midnight */
    int state;   /* PackML, or what the node's map takes */
};

struct story_wave {
    const char *key;
    double middle, swing;
    int period, until; /* until: the last second it is sent */
};

/* What somebody set: words, or a number where `text` is NULL. */
struct story_set {
    const char *key;
    int from;
    const char *text;
    double number;
};

struct story {
    const struct story_state *states;
    size_t state_count;
    const struct story_wave *waves;
    size_t wave_count;
    int from, until;
    const struct story_set *sets;
    size_t set_count;
};

/* ---- telling ---- */

void fixture_record(struct fixture *f, struct record record, const char *text, const char *detail)
{
    record.text = text ? batch_text(&f->batch, text, strlen(text)) : NO_TEXT;
    record.detail = detail ? batch_text(&f->batch, detail, strlen(detail)) : NO_TEXT;
    batch_add(&f->batch, record);
}

void fixture_put(struct fixture *f, const char *key, struct value value, uint8_t quality, uint8_t flags)
{
    uint32_t tag = model_find(f->model, key);
    assert_true(tag != NO_TAG);
    batch_add(&f->batch, (struct record){.kind = RECORD_SAMPLE, .series = model_tag(f->model, tag)->series, .time_ms = f->now_ms,
        .value = value, .quality = quality, .flags = flags});
}

void fixture_text(struct fixture *f, const char *key, const char *text, uint8_t flags)
{
    fixture_put(f, key, value_text(batch_text(&f->batch, text, strlen(text))), QUALITY_GOOD, flags);
}

void fixture_step(struct fixture *f, int64_t second)
{
    int64_t wall = f->midnight_ms + second * 1000;
    f->batch.seq++;
    f->batch.elapsed_ms = model_wall(f->model) ? wall - model_wall(f->model) : 0;
    f->batch.wall_ms = wall;
    f->now_ms = wall;
    model_apply(f->model, &f->batch);
    batch_clear(&f->batch);
}

void fixture_discover(struct fixture *f, const char *key)
{
    fixture_record(f, (struct record){.kind = RECORD_SERIES, .series = (uint32_t)model_tag_count(f->model) + 1}, key, NULL);
    fixture_step(f, (f->now_ms - f->midnight_ms) / 1000);
}

static double triangle(int second, int period)
{
    int phase = second % period;
    double up = 4.0 * phase / period;
    return up < 1 ? up : up < 3 ? 2 - up : up - 4;
}

static void put_if_there(struct fixture *f, uint32_t tag, struct value value)
{
    if (tag != NO_TAG)
        batch_add(&f->batch, (struct record){.kind = RECORD_SAMPLE, .series = model_tag(f->model, tag)->series, .time_ms = f->now_ms,
            .value = value, .quality = QUALITY_GOOD, .flags = SAMPLE_SOURCE_TIME});
}

/* Pieces of a running node: good, reject and cycle of this step. */
static void tell_pieces(struct fixture *f, uint32_t node, int second, int64_t *ran_s)
{
    const struct node *n = &f->plant->nodes[node];
    uint32_t line = plant_ancestor(f->plant, node, LEVEL_LINE);
    double ideal = n->ideal_cycle_s > 0 ? n->ideal_cycle_s : line != NO_NODE ? f->plant->nodes[line].ideal_cycle_s : 0;
    double cycle = (ideal > 0 ? ideal : 20) * (1.02 + 0.01 * (node % 5) + 0.01 * triangle(second, 600));
    if (model_node(f->model, node)->class == CLASS_RUN)
        ran_s[node] += STEP_S;
    int64_t pieces = (int64_t)((double)ran_s[node] / (ideal > 0 ? ideal * 1.04 : 21)), reject = pieces / (int64_t)(REJECT_EVERY + node % 7 * 9);
    put_if_there(f, n->role_tag[ROLE_GOOD], value_int(812000 + (int64_t)node * 1000 + pieces - reject));
    put_if_there(f, n->role_tag[ROLE_REJECT], value_int(reject));
    if (model_node(f->model, node)->class == CLASS_RUN)
        put_if_there(f, n->role_tag[ROLE_CYCLE], value_real(cycle));
}

static void tell_sets(struct fixture *f, const struct story *story, int second)
{
    for (size_t i = 0; i < story->set_count; i++) {
        const struct story_set *s = &story->sets[i];
        if (s->from <= second - STEP_S || s->from > second)
            continue;
        struct value value = s->text ? value_text(batch_text(&f->batch, s->text, strlen(s->text))) : value_real(s->number);
        fixture_put(f, s->key, value, QUALITY_GOOD, SAMPLE_SOURCE_TIME);
        f->batch.records[f->batch.count - 1].time_ms = f->midnight_ms + (int64_t)s->from * 1000;
    }
}

static void tell(struct fixture *f, const struct story *story)
{
    int64_t *ran_s = mem_zero(f->plant->node_count, sizeof *ran_s);
    for (int second = story->from; second <= story->until; second += STEP_S) {
        f->now_ms = f->midnight_ms + (int64_t)second * 1000;
        for (size_t i = 0; i < story->state_count; i++) {
            const struct story_state *s = &story->states[i];
            uint32_t node = plant_node_by_path(f->plant, s->node);
            assert_true(node != NO_NODE);
            if (s->from > second - STEP_S && s->from <= second) {
                put_if_there(f, f->plant->nodes[node].role_tag[ROLE_STATE], value_int(s->state));
                f->batch.records[f->batch.count - 1].time_ms = f->midnight_ms + (int64_t)s->from * 1000;
            }
        }
        tell_sets(f, story, second);
        fixture_step(f, second);
        for (uint32_t node = 0; node < f->plant->node_count; node++)
            if (model_node(f->model, node)->class != CLASS_UNKNOWN)
                tell_pieces(f, node, second, ran_s);
        for (size_t i = 0; i < story->wave_count; i++) {
            const struct story_wave *w = &story->waves[i];
            if (second <= w->until)
                fixture_put(f, w->key, value_real(w->middle + w->swing * triangle(second, w->period)), QUALITY_GOOD, SAMPLE_SOURCE_TIME);
        }
        fixture_step(f, second);
    }
    free(ran_s);
}

/* ---- building ---- */

struct defs {
    const struct tag_def *state, *good, *reject, *cycle, *reason, *order, *product, *crew, *temp, *pressure;
};

static struct defs add_defs(struct plant_build *b)
{
    return (struct defs){
        .state = plant_add_def(b, (struct tag_def){.name = "state", .title = "状态", .kind = KIND_STATE}),
        .good = plant_add_def(b, (struct tag_def){.name = "good", .title = "合格", .kind = KIND_COUNTER}),
        .reject = plant_add_def(b, (struct tag_def){.name = "reject", .title = "不合格", .kind = KIND_COUNTER}),
        .cycle = plant_add_def(b, (struct tag_def){.name = "cycle", .title = "节拍", .unit = "s", .decimals = 1}),
        .reason = plant_add_def(b, (struct tag_def){.name = "reason", .title = "原因", .kind = KIND_TEXT}),
        .order = plant_add_def(b, (struct tag_def){.name = "order", .title = "订单", .kind = KIND_TEXT}),
        .product = plant_add_def(b, (struct tag_def){.name = "product", .title = "产品", .kind = KIND_TEXT}),
        .crew = plant_add_def(b, (struct tag_def){.name = "crew", .title = "班组", .kind = KIND_TEXT}),
        .temp = plant_add_def(b, (struct tag_def){.name = "oil", .title = "油温", .alias = "youwen", .unit = "°C", .decimals = 1,
            .has_range = true, .range = {0, 120}, .has_normal = true, .normal = {40, 65}, .interval_ms = 10000}),
        .pressure = plant_add_def(b, (struct tag_def){.name = "pressure", .title = "压力", .unit = "bar", .decimals = 2, .key = true,
            .has_range = true, .range = {6, 8}, .has_normal = true, .normal = {6.5, 7.2}, .interval_ms = 10000}),
    };
}

static uint32_t add(struct plant_build *b, uint32_t parent, enum level level, const char *name, const char *title, double ideal)
{
    return plant_add_node(b, parent, (struct node){.level = level, .name = name, .title = title, .ideal_cycle_s = ideal});
}

static void add_machine(struct plant_build *b, const struct defs *d, uint32_t node)
{
    const struct tag_def *const all[] = {d->state, d->good, d->reject, d->cycle};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        plant_add_tag(b, node, all[i]);
}

static void add_orders(struct plant_build *b, const struct defs *d, uint32_t node)
{
    const struct tag_def *const all[] = {d->reason, d->order, d->product, d->crew};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        plant_add_tag(b, node, all[i]);
}

static const struct tag_def *add_value(struct plant_build *b, const char *name, const char *title, const char *unit, double low, double high, double from, double to)
{
    return plant_add_def(b, (struct tag_def){.name = name, .title = title, .unit = unit, .decimals = 1, .interval_ms = 10000,
        .has_range = high > low, .range = {low, high}, .has_normal = to > from, .normal = {from, to}});
}

static void set_zone(struct plant_build *b, const char *name, int32_t offset_s)
{
    b->plant->site_zone_name = plant_keep_text(b, name);
    b->plant->zone.spans = mem_zero(1, sizeof *b->plant->zone.spans);
    b->plant->zone.spans[0].offset_s = offset_s;
    b->plant->zone.count = 1;
}

/* A message a tag, from the first broker. */
static void bind_all(struct plant_build *b)
{
    for (uint32_t t = 0; t < b->plant->tag_count; t++) {
        char topic[KEY_BYTES];
        int used = snprintf(topic, sizeof topic, "plant");
        plant_tag_key(b->plant, t, topic + used + 1, sizeof topic - (size_t)used - 1);
        topic[used] = '/';
        plant_add_binding(b, (struct plant_binding){.topic = topic, .broker = 0, .time_path = "", .format = FORMAT_JSON,
            .fields = (struct plant_field[]){{"/v", t}}, .field_count = 1});
    }
}

static struct plant *appliance_plant(void)
{
    struct plant_build b;
    plant_build_init(&b);
    set_zone(&b, "Asia/Shanghai", 8 * HOUR);
    plant_add_broker(&b, (struct plant_broker){.name = "main", .url = "mqtts://broker:8883", .version = 5});
    struct defs d = add_defs(&b);
    uint32_t site = add(&b, NO_NODE, LEVEL_SITE, "shenyang", "沈阳冰箱厂", 0);
    plant_add_tag(&b, site, add_value(&b, "outside", "室外温度", "°C", -30, 45, 0, 0));

    uint32_t area = add(&b, site, LEVEL_AREA, "stamping", "冲压车间", 0), line = add(&b, area, LEVEL_LINE, "side1", "侧板冲压1", 8.5);
    add_orders(&b, &d, line);
    static const char *const presses[] = {"p01", "p02", "p03", "p04"}, *const titles[] = {"落料 P01", "拉深 P02", "冲孔 P03", "折弯 P04"};
    for (int i = 0; i < 4; i++) {
        uint32_t unit = add(&b, line, LEVEL_UNIT, presses[i], titles[i], 0);
        add_machine(&b, &d, unit);
        plant_add_tag(&b, unit, d.temp);
    }
    line = add(&b, area, LEVEL_LINE, "side2", "侧板冲压2", 8.5);
    add_machine(&b, &d, line);
    add_orders(&b, &d, line);

    area = add(&b, site, LEVEL_AREA, "forming", "吸塑车间", 0);
    static const char *const formers[] = {"liner1", "liner2"}, *const former_titles[] = {"内胆吸塑1", "内胆吸塑2"};
    for (int i = 0; i < 2; i++) {
        line = add(&b, area, LEVEL_LINE, formers[i], former_titles[i], 28);
        add_machine(&b, &d, line);
        add_orders(&b, &d, line);
    }

    area = add(&b, site, LEVEL_AREA, "foaming", "发泡车间", 0);
    line = plant_add_node(&b, area, (struct node){.level = LEVEL_LINE, .name = "cabinet", .title = "箱体发泡", .ideal_cycle_s = 36, .alias = "xiangti"});
    add_orders(&b, &d, line);
    uint32_t cabinet = line;
    static const char *const foamers[] = {"f1", "f2", "f3"}, *const foamer_titles[] = {"预热 F1", "注料 F2", "固化 F3"};
    const struct tag_def *feed = add_value(&b, "feed", "料温", "°C", 10, 40, 18, 30), *vacuum = add_value(&b, "vacuum", "真空", "kPa", -90, 0, -85, -60);
    for (int i = 0; i < 3; i++) {
        uint32_t unit = add(&b, line, LEVEL_UNIT, foamers[i], foamer_titles[i], 0);
        add_machine(&b, &d, unit);
        plant_add_tag(&b, unit, feed);
        if (i == 1) {
            plant_set_constraint(&b, cabinet, unit);
            plant_add_tag(&b, unit, vacuum);
            plant_add_tag(&b, unit, plant_add_def(&b, (struct tag_def){.name = "setpoint", .title = "设定值", .unit = "°C", .decimals = 1, .kind = KIND_SETPOINT}));
            plant_add_tag(&b, unit, plant_add_def(&b, (struct tag_def){.name = "guard", .title = "安全门", .kind = KIND_BOOL}));
            plant_add_tag(&b, unit, plant_add_def(&b, (struct tag_def){.name = "dosing", .title = "计量泵", .unit = "g/s", .decimals = 1}));
            plant_add_tag(&b, unit, plant_add_def(&b, (struct tag_def){.name = "sealing", .title = "密封压力", .unit = "bar", .decimals = 1}));
        }
    }
    line = add(&b, area, LEVEL_LINE, "door", "门体发泡", 34);
    add_machine(&b, &d, line);
    add_orders(&b, &d, line);

    area = add(&b, site, LEVEL_AREA, "assembly", "总装车间", 0);
    static const char *const final[] = {"a", "b", "test"}, *const final_titles[] = {"总装A线", "总装B线", "商检线"};
    for (int i = 0; i < 3; i++) {
        line = add(&b, area, LEVEL_LINE, final[i], final_titles[i], i < 2 ? 40 : 0);
        add_machine(&b, &d, line);
        add_orders(&b, &d, line);
    }

    area = add(&b, site, LEVEL_AREA, "utilities", "公用工程", 0);
    line = add(&b, area, LEVEL_LINE, "chiller", "冷水站", 0);
    plant_add_tag(&b, line, d.state);
    plant_add_tag(&b, line, plant_add_def(&b, (struct tag_def){.name = "supply", .title = "供水", .unit = "°C", .decimals = 1, .key = true,
        .has_range = true, .range = {5, 13}, .has_normal = true, .normal = {7, 11}, .interval_ms = 10000}));
    line = add(&b, area, LEVEL_LINE, "air", "空压站", 0);
    plant_add_tag(&b, line, d.pressure);
    line = add(&b, area, LEVEL_LINE, "waste", "污水站", 0);
    plant_add_tag(&b, line, d.state);
    plant_add_tag(&b, line, plant_add_def(&b, (struct tag_def){.name = "ph", .title = "pH", .decimals = 1, .key = true, .has_range = true, .range = {4, 10},
        .has_normal = true, .normal = {6, 9}}));
    bind_all(&b);
    return plant_build_finish(&b);
}

#define SIDE1 "shenyang/stamping/side1"
#define CABINET "shenyang/foaming/cabinet"

static const struct story_state appliance_states[] = {
    {SIDE1 "/p01", AT(5, 0, 0), 6}, {SIDE1 "/p02", AT(5, 0, 0), 6}, {SIDE1 "/p03", AT(5, 0, 0), 6}, {SIDE1 "/p04", AT(5, 0, 0), 6},
    {SIDE1 "/p01", AT(9, 10, 0), 3}, {SIDE1 "/p02", AT(9, 10, 0), 3}, {SIDE1 "/p03", AT(9, 10, 0), 3}, {SIDE1 "/p04", AT(9, 10, 0), 3},
    {SIDE1 "/p01", AT(9, 38, 0), 6}, {SIDE1 "/p02", AT(9, 38, 0), 6}, {SIDE1 "/p03", AT(9, 38, 0), 6}, {SIDE1 "/p04", AT(9, 38, 0), 6},
    {SIDE1 "/p04", AT(10, 21, 0), 5}, {SIDE1 "/p04", AT(10, 25, 30), 6},
    {"shenyang/stamping/side2", AT(5, 0, 0), 6}, {"shenyang/stamping/side2", AT(9, 46, 0), 9}, {"shenyang/stamping/side2", AT(10, 4, 0), 6},
    {"shenyang/forming/liner1", AT(6, 11, 0), 6},
    {"shenyang/forming/liner2", AT(5, 0, 0), 6}, {"shenyang/forming/liner2", AT(7, 4, 0), 9}, {"shenyang/forming/liner2", AT(7, 31, 0), 6},
    {"shenyang/forming/liner2", AT(10, 30, 0), 3},
    {CABINET "/f1", AT(5, 0, 0), 6}, {CABINET "/f2", AT(5, 0, 0), 6}, {CABINET "/f3", AT(5, 0, 0), 6},
    {CABINET "/f2", AT(8, 20, 0), 9}, {CABINET "/f3", AT(8, 21, 10), 5}, {CABINET "/f2", AT(8, 36, 0), 6}, {CABINET "/f3", AT(8, 37, 0), 6},
    {CABINET "/f2", AT(9, 52, 0), 9}, {CABINET "/f3", AT(9, 53, 0), 5}, {CABINET "/f2", AT(9, 57, 0), 6}, {CABINET "/f3", AT(9, 58, 0), 6},
    {CABINET "/f2", AT(10, 41, 52), 8}, {CABINET "/f3", AT(10, 42, 3), 5},
    {"shenyang/foaming/door", AT(5, 0, 0), 6}, {"shenyang/foaming/door", AT(8, 12, 0), 9}, {"shenyang/foaming/door", AT(8, 32, 0), 6},
    {"shenyang/assembly/a", AT(5, 0, 0), 6}, {"shenyang/assembly/a", AT(8, 24, 0), 5}, {"shenyang/assembly/a", AT(8, 39, 0), 6},
    {"shenyang/assembly/b", AT(5, 0, 0), 4}, {"shenyang/assembly/test", AT(7, 42, 0), 6},
    {"shenyang/utilities/chiller", AT(5, 0, 0), 6}, {"shenyang/utilities/chiller", AT(9, 52, 0), 9}, {"shenyang/utilities/chiller", AT(10, 6, 0), 6},
};

static const struct story_set appliance_sets[] = {
    {CABINET "/f2/setpoint", AT(4, 59, 55), NULL, 24.5}, /* before the gap */
    {"shenyang/stamping/side2/order", AT(5, 0, 10), "4711-98", 0}, {"shenyang/stamping/side2/order", AT(10, 4, 0), "4712-03", 0},
    {"shenyang/forming/liner2/order", AT(5, 0, 10), "4711-90", 0}, {"shenyang/forming/liner2/order", AT(10, 30, 0), "4712-05", 0},
    {"shenyang/forming/liner2/product", AT(5, 0, 10), "BCD-258 三门", 0}, {"shenyang/forming/liner2/product", AT(10, 30, 0), "BCD-217", 0},
    {SIDE1 "/product", AT(5, 0, 10), "侧板 258", 0}, {SIDE1 "/product", AT(9, 38, 0), "侧板 217", 0}, /* more than an hour ago */
    {CABINET "/order", AT(5, 0, 10), "4711-21", 0}, {CABINET "/order", AT(10, 40, 20), "4711-22", 0},
};

static const struct story_wave appliance_waves[] = {
    {"shenyang/outside", 24.5, 1.5, 7200, AT(11, 0, 0)},
    {SIDE1 "/p01/oil", 51, 1.2, 900, AT(11, 0, 0)}, {SIDE1 "/p02/oil", 58, 2.0, 1300, AT(11, 0, 0)},
    {SIDE1 "/p03/oil", 49.5, 0.8, 700, AT(10, 38, 0)}, {SIDE1 "/p04/oil", 47, 3.5, 2400, AT(11, 0, 0)},
    {CABINET "/f1/feed", 24, 0.6, 800, AT(11, 0, 0)}, {CABINET "/f2/feed", 27, 5.3, 7400, AT(11, 0, 0)}, {CABINET "/f3/feed", 25.2, 0.4, 500, AT(11, 0, 0)},
    {CABINET "/f2/vacuum", -72, 4, 640, AT(11, 0, 0)},
    {"shenyang/utilities/chiller/supply", 9.8, 2.2, 3100, AT(11, 0, 0)}, {"shenyang/utilities/air/pressure", 6.92, 0.06, 400, AT(11, 0, 0)},
};

void fixture_begin(struct fixture *f, struct plant *plant, const char *broker)
{
    *f = (struct fixture){.plant = plant, .model = model_create(plant), .midnight_ms = MIDNIGHT};
    batch_init(&f->batch);
    fixture_record(f, (struct record){.kind = RECORD_BIRTH}, broker, "connected");
    for (uint32_t t = 0; t < plant->tag_count; t++) {
        char key[KEY_BYTES];
        plant_tag_key(plant, t, key, sizeof key);
        fixture_record(f, (struct record){.kind = RECORD_SERIES, .series = t + 1}, key, NULL);
    }
}

void fixture_report(struct fixture *f)
{
    f->health = (struct health){
        .version = "andon 0.1.0", .config = "/etc/andon/andon.cfg", .pid = 4711, .started_ms = f->now_ms - INT64_C(6) * 24 * HOUR * 1000,
        .wall_ms = f->now_ms, .broker_count = 1, .lag_ms = 12, .lag_max_ms = 61, .cpu_ms = 912000, .cpu_share = 0.013, .memory_bytes = 14680064,
        .screens = 2, .screens_dropped = 1, .messages_per_second = 184, .samples_per_second = 611,
        .brokers[0] = {.state = LINK_UP, .version = 5, .tls = true, .since_ms = f->now_ms - INT64_C(532800000), .attempts = 3, .messages = 48113205,
            .bytes = 1, .per_second = 184},
    };
    f->health.store = (struct store_health){.kept = true, .since_ms = f->now_ms - INT64_C(6) * 24 * HOUR * 1000, .file_bytes = 432000000, .wal_bytes = 1050000,
        .free_bytes = 90000, .size_most = INT64_C(2) << 30, .first_ms = f->now_ms - INT64_C(132) * 24 * HOUR * 1000, .journal_ms = 492000,
        .checkpoint_ms = f->now_ms - 245000, .samples = 316742400, .flush_last_us = 11400, .flush_max_us = 48210, .queue_bytes = 12288,
        .queue_high = 1200000, .queue_most = 67108864};
    snprintf(f->health.brokers[0].name, sizeof f->health.brokers[0].name, "main");
    snprintf(f->health.brokers[0].url, sizeof f->health.brokers[0].url, "mqtts://broker:8883");
    snprintf(f->health.brokers[0].said, sizeof f->health.brokers[0].said, "maximum packet size 256 KiB");
    for (int b = 0; b < BOUND_COUNT; b++)
        f->health.fill[b] = f->health.high[b] = -1;
    f->health.fill[BOUND_TOPICS] = 3;
    f->health.fill[BOUND_SERIES] = 3;
    f->health.fill[BOUND_QUEUE_BYTES] = 1300000;
    f->health.fill[BOUND_RAW_BYTES] = 1048000;
    f->health.fill[BOUND_CLIENTS] = 2;
    f->scene = (struct scene){.model = f->model, .now_ms = f->now_ms, .health = &f->health, .filter = "", .raw_topic = "", .raw_payload = "", .user = "line3",
        .banner = "", .message = ""};
}

void fixture_appliance(struct fixture *f)
{
    fixture_begin(f, appliance_plant(), "broker:main");
    struct story morning = {appliance_states, sizeof appliance_states / sizeof appliance_states[0],
        appliance_waves, sizeof appliance_waves / sizeof appliance_waves[0], AT(5, 0, 0), AT(10, 42, 10),
        appliance_sets, sizeof appliance_sets / sizeof appliance_sets[0]};
    struct story early = morning, late = morning;
    early.until = AT(5, 0, 0);
    fixture_step(f, AT(5, 0, 0));
    tell(f, &early);
    /* What was told once before the gap, and not since. */
    fixture_put(f, CABINET "/f2/setpoint", value_real(26), QUALITY_GOOD, SAMPLE_SOURCE_TIME);
    fixture_step(f, AT(5, 0, 5));
    fixture_record(f, (struct record){.kind = RECORD_GAP, .value = value_int(4000)}, NULL, NULL);
    fixture_step(f, AT(5, 0, 9));
    struct story_state again[sizeof appliance_states / sizeof appliance_states[0]];
    for (size_t i = 0; i < morning.state_count; i++) {
        again[i] = appliance_states[i];
        if (again[i].from == AT(5, 0, 0))
            again[i].from = AT(5, 0, 10);
    }
    late.states = again;
    late.from = AT(5, 0, 10);
    tell(f, &late);

    fixture_text(f, CABINET "/reason", "F2 料温高高", SAMPLE_SOURCE_TIME);
    fixture_text(f, CABINET "/order", "4711-22", SAMPLE_SOURCE_TIME);
    fixture_text(f, CABINET "/product", "BCD-217", SAMPLE_RETAINED);
    fixture_text(f, CABINET "/crew", "甲班", SAMPLE_SOURCE_TIME);
    static const char *const lines[] = {"stamping/side2", "forming/liner1", "forming/liner2", "foaming/door", "assembly/a", "assembly/test"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        char key[KEY_BYTES], order[16];
        snprintf(key, sizeof key, "shenyang/%s/order", lines[i]);
        snprintf(order, sizeof order, "4712-%02zu", i + 3);
        fixture_text(f, key, order, SAMPLE_SOURCE_TIME);
        snprintf(key, sizeof key, "shenyang/%s/product", lines[i]);
        fixture_text(f, key, "BCD-217", SAMPLE_SOURCE_TIME);
    }
    fixture_text(f, SIDE1 "/order", "4712-01", SAMPLE_SOURCE_TIME);
    fixture_text(f, SIDE1 "/product", "侧板 217", SAMPLE_SOURCE_TIME);
    fixture_text(f, SIDE1 "/crew", "甲班", SAMPLE_SOURCE_TIME);
    fixture_text(f, "shenyang/forming/liner2/reason", "换型 BCD-217", SAMPLE_SOURCE_TIME);
    fixture_put(f, CABINET "/f2/guard", value_bool(true), QUALITY_GOOD, SAMPLE_RETAINED);
    fixture_put(f, CABINET "/f2/dosing", value_null(), QUALITY_BAD, 0);
    fixture_step(f, AT(10, 42, 12));
    fixture_put(f, "shenyang/assembly/a/state", value_int(5), QUALITY_GOOD, SAMPLE_SOURCE_TIME);
    fixture_step(f, AT(10, 42, 13));
    fixture_discover(f, "main:plant/test/bench7#/current");
    fixture_discover(f, "main:plant/stamping/side3/p01/telemetry#/t/oil");
    fixture_discover(f, "main:办公室/温度#");
    fixture_put(f, "main:plant/test/bench7#/current", value_real(4.25), QUALITY_GOOD, 0);
    fixture_text(f, "main:办公室/温度#", "warm", SAMPLE_RETAINED);
    fixture_record(f, (struct record){.kind = RECORD_DROPPED, .code = DROP_NOT_JSON, .value = value_uint(9)}, "plant/stamping/side3/p02", NULL);
    fixture_record(f, (struct record){.kind = RECORD_DROPPED, .code = DROP_PAYLOAD_SIZE, .value = value_uint(3)}, "plant/camera/1", NULL);
    fixture_record(f, (struct record){.kind = RECORD_DROPPED, .code = DROP_CONTROL_TEXT, .value = value_uint(41)}, "plant/test/bench7", NULL);
    fixture_record(f, (struct record){.kind = RECORD_CLOCK, .value = value_int(-3200)}, NULL, NULL);
    fixture_step(f, AT(10, 42, 17));
    fixture_report(f);
}

/* ---- steel ---- */

static struct plant *steel_plant(void)
{
    static struct state_map_row rows[] = {
        {.number = 1, .state = PACK_EXECUTE, .class = CLASS_RUN, .word = "cast"}, {.number = 2, .state = PACK_EXECUTE, .class = CLASS_RUN, .word = "blow"},
        {.number = 3, .state = PACK_HELD, .class = CLASS_STOP, .word = NULL}, {.number = 4, .state = PACK_IDLE, .class = CLASS_MAINTENANCE, .word = "reline"}, {.number = 5, .state = PACK_EXECUTE, .class = CLASS_RUN, .word = "on"},
    };
    struct plant_build b;
    plant_build_init(&b);
    set_zone(&b, "Europe/Berlin", 2 * HOUR);
    plant_add_broker(&b, (struct plant_broker){.name = "l2", .url = "mqtt://l2", .version = 5});
    uint16_t map = plant_add_map(&b, (struct state_map){.name = "steel", .rows = rows, .count = sizeof rows / sizeof rows[0]});
    const struct tag_def *state = plant_add_def(&b, (struct tag_def){.name = "state", .kind = KIND_STATE, .map = map});
    const struct tag_def *tonnes = plant_add_def(&b, (struct tag_def){.name = "good", .title = "tonnes", .kind = KIND_COUNTER, .unit = "t"});
    const struct tag_def *reason = plant_add_def(&b, (struct tag_def){.name = "reason", .kind = KIND_TEXT});
    const struct tag_def *level = add_value(&b, "mould", "Mould level", "mm", -20, 20, -5, 5);
    const struct tag_def *power = plant_add_def(&b, (struct tag_def){.name = "power", .title = "power", .unit = "MW", .kind = KIND_POWER, .key = true, .decimals = 1,
        .has_range = true, .range = {0, 36}, .has_normal = true, .normal = {20, 34}, .interval_ms = 10000});
    uint32_t site = add(&b, NO_NODE, LEVEL_SITE, "nordhafen", "Stahlwerk Nordhafen", 0), area = add(&b, site, LEVEL_AREA, "shop", "Steel shop", 0);
    static const char *const names[] = {"bof-a", "bof-b", "caster1", "caster2", "hsm"};
    static const char *const titles[] = {"BOF A", "BOF B", "Caster 1", "Caster 2", "Hot strip mill 2"};
    for (int i = 0; i < 5; i++) {
        if (i == 2)
            area = add(&b, site, LEVEL_AREA, "casting", "Casting and rolling", 0);
        uint32_t line = add(&b, area, LEVEL_LINE, names[i], titles[i], i < 2 ? 0 : 18);
        plant_add_tag(&b, line, state);
        if (i >= 2)
            plant_add_tag(&b, line, tonnes);
        plant_add_tag(&b, line, reason);
        if (i == 2 || i == 3)
            plant_add_tag(&b, line, level);
        if (i == 3)
            plant_add_tag(&b, line, plant_add_def(&b, (struct tag_def){.name = "gain", .title = "Stopper gain", .kind = KIND_SETPOINT, .decimals = 1}));
    }
    area = add(&b, site, LEVEL_AREA, "utilities", "Utilities", 0);
    uint32_t turbine = add(&b, area, LEVEL_LINE, "tg1", "Turbine TG 1", 0);
    plant_add_tag(&b, turbine, state);
    plant_add_tag(&b, turbine, power);
    return plant_build_finish(&b);
}

void fixture_steel(struct fixture *f)
{
    static const struct story_state states[] = {
        {"nordhafen/shop/bof-a", AT(11, 41, 0), 2}, {"nordhafen/shop/bof-b", AT(6, 0, 0), 4}, {"nordhafen/casting/caster1", AT(6, 0, 0), 1},
        {"nordhafen/casting/caster2", AT(6, 0, 0), 1}, {"nordhafen/casting/hsm", AT(6, 0, 0), 1}, {"nordhafen/casting/hsm", AT(11, 9, 0), 3},
        {"nordhafen/casting/hsm", AT(11, 21, 0), 1}, {"nordhafen/utilities/tg1", AT(6, 0, 0), 5},
    };
    static const struct story_wave waves[] = {
        {"nordhafen/casting/caster1/mould", 0.4, 2.1, 340, AT(12, 0, 0)}, {"nordhafen/casting/caster2/mould", 3.0, 6.5, 1210, AT(12, 0, 0)},
        {"nordhafen/utilities/tg1/power", 31.2, 0.9, 600, AT(12, 0, 0)},
    };
    static const struct story_set sets[] = {{"nordhafen/casting/caster2/gain", AT(6, 0, 0), NULL, 1.2}, {"nordhafen/casting/caster2/gain", AT(11, 46, 0), NULL, 1.6}};
    struct story morning = {states, sizeof states / sizeof states[0], waves, sizeof waves / sizeof waves[0], AT(6, 0, 0), AT(11, 52, 0), sets,
        sizeof sets / sizeof sets[0]};
    fixture_begin(f, steel_plant(), "broker:l2");
    f->midnight_ms += INT64_C(30) * HOUR * 1000; /* the next day, in Berlin */
    fixture_step(f, AT(6, 0, 0));
    tell(f, &morning);
    fixture_text(f, "nordhafen/shop/bof-b/reason", "back Fri 06:00", SAMPLE_SOURCE_TIME);
    fixture_step(f, AT(11, 52, 5));
    fixture_report(f);
}

static void empty_plant(struct fixture *f, bool broker)
{
    struct plant_build b;
    plant_build_init(&b);
    add(&b, NO_NODE, LEVEL_SITE, "plant", "", 0);
    if (broker)
        plant_add_broker(&b, (struct plant_broker){.name = "main", .url = "mqtt://broker", .version = 5});
    *f = (struct fixture){.plant = plant_build_finish(&b), .midnight_ms = MIDNIGHT};
    f->model = model_create(f->plant);
    batch_init(&f->batch);
    fixture_report(f);
    f->scene.health = NULL;
}

void fixture_nothing(struct fixture *f) { empty_plant(f, true); }
void fixture_desk(struct fixture *f) { empty_plant(f, false); }

void fixture_finish(struct fixture *f)
{
    if (f->view && f->view->finish)
        f->view->finish(f->state);
    free(f->state);
    batch_finish(&f->batch);
    model_destroy(f->model);
    plant_destroy(f->plant);
}

/* ---- drawing ---- */

void fixture_open(struct fixture *f, const char *view)
{
    if (f->view && f->view->finish)
        f->view->finish(f->state);
    free(f->state);
    f->view = view_find(view);
    assert_non_null(f->view);
    f->state = mem_zero(1, f->view->state_size ? f->view->state_size : 1);
}

void fixture_golden(struct fixture *f, const char *name, int w, int h, const struct view *over)
{
    char file[128];
    struct grid *grid = grid_create(w, h);
    grid->tier = f->tier;
    void *over_state = over ? mem_zero(1, over->state_size ? over->state_size : 1) : NULL;
    snprintf(file, sizeof file, "%s-%dx%d", name, w, h);
    frame_draw(surface_of(grid), &f->scene, f->view, f->state, over, over_state);
    golden_check(file, grid);
    free(over_state);
    grid_destroy(grid);
}

struct request fixture_press(struct fixture *f, struct key key)
{
    struct request request = {.kind = REQUEST_NONE};
    assert_true(f->view->key(f->state, &f->scene, key, &request));
    return request;
}
