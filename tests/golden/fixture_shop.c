/*
 * The day is told in steps of twenty seconds from 05:40 on, each unit in the states of a table; counters count what a unit made while it ran. The early
 * shift is over, so that there is a last shift and a day; the order began at 14:00.
 */
#include "fixture_shop.h"

#include <stdlib.h>

#include "check.h"
#include "core/memory.h"

enum { STEP_S = 20, HOUR = 3600, UNITS = 8, LINES = 4 };
#define AT(h, m, s) ((h) * HOUR + (m) * 60 + (s))
#define THURSDAY INT64_C(1718229600000) /* 2024-06-13 00:00 in Berlin */

enum word { RUN, STOP, STARVED, BLOCKED, SETUP, NO_ORDER };

static const char *const titles[][2] = {
    {"Elektronik Nord", "北方电子厂"}, {"Hall 2", "二号车间"}, {"SMT-3", "贴片三线"}, {"Wave 1", "波峰焊一线"}, {"Test bench", "测试台"}, {"Packing", "包装线"},
    {"Loader", "上板机"}, {"Printer", "印刷机"}, {"SPI", "锡膏检测"}, {"Placer 1", "贴片机1"}, {"Placer 2", "贴片机2"}, {"Placer 3", "贴片机3"}, {"Reflow", "回流炉"}, {"AOI", "光学检测"},
};
enum { T_SITE, T_AREA, T_LINE, T_WAVE, T_TEST, T_PACK, T_UNIT };

static const char *const unit_names[UNITS] = {"loader", "printer", "spi", "placer1", "placer2", "placer3", "reflow", "aoi"};
static const double ideals[UNITS] = {22, 24, 24, 27.5, 28, 27.5, 20, 26};

/* ---- the plant ---- */

static struct state_map_row words[] = {
    {.text = "run", .state = PACK_EXECUTE, .class = CLASS_RUN}, {.text = "stop", .state = PACK_ABORTED, .class = CLASS_STOP},
    {.text = "starved", .state = PACK_SUSPENDED, .class = CLASS_STARVED}, {.text = "blocked", .state = PACK_SUSPENDED, .class = CLASS_BLOCKED},
    {.text = "setup", .state = PACK_STARTING, .class = CLASS_SETUP}, {.text = "no order", .state = PACK_IDLE, .class = CLASS_NOT_SCHEDULED, .word = "no order"},
};

struct defs { const struct tag_def *state, *good, *reject, *cycle, *reason, *order, *product, *plan, *buffer, *defect; };

static struct defs add_defs(struct plant_build *b)
{
    uint16_t map = plant_add_map(b, (struct state_map){.name = "words", .rows = words, .count = sizeof words / sizeof words[0]});
    return (struct defs){
        .state = plant_add_def(b, (struct tag_def){.name = "state", .kind = KIND_STATE, .map = map}),
        .good = plant_add_def(b, (struct tag_def){.name = "good", .kind = KIND_COUNTER}),
        .reject = plant_add_def(b, (struct tag_def){.name = "reject", .kind = KIND_COUNTER}),
        .cycle = plant_add_def(b, (struct tag_def){.name = "cycle", .unit = "s", .decimals = 1}),
        .reason = plant_add_def(b, (struct tag_def){.name = "reason", .kind = KIND_TEXT}),
        .order = plant_add_def(b, (struct tag_def){.name = "order", .kind = KIND_TEXT}),
        .product = plant_add_def(b, (struct tag_def){.name = "product", .kind = KIND_TEXT}),
        .plan = plant_add_def(b, (struct tag_def){.name = "plan"}),
        .defect = plant_add_def(b, (struct tag_def){.name = "defect", .kind = KIND_TEXT}),
        .buffer = plant_add_def(b, (struct tag_def){.name = "buffer", .has_range = true, .range = {0, 14}}),
    };
}

static uint16_t add_calendar(struct plant_build *b, bool chinese)
{
    static const char *const names[][2] = {{"Early", "早班"}, {"Late", "中班"}, {"Night", "夜班"}};
    struct calendar_shift shifts[3];
    for (int i = 0; i < 3; i++)
        shifts[i] = (struct calendar_shift){.name = names[i][chinese], .title = names[i][chinese], .crew = "", .weekdays = 0x3e, .from_minute = (uint16_t)(360 + 480 * i),
            .to_minute = (uint16_t)((840 + 480 * i) % 1440), .breaks = {{(uint16_t)(540 + 420 * i), (uint16_t)(570 + 420 * i)}}, .break_count = i < 2};
    struct calendar calendar = {.name = "three", .shifts = shifts, .shift_count = 3, .rotation = {.start = 20240610, .step_days = 7,
        .crews = {chinese ? "甲" : "A", chinese ? "乙" : "B", chinese ? "丙" : "C"}, .crew_count = 3, .turn = 1}};
    return plant_add_calendar(b, calendar);
}

static void add_reasons(struct plant_build *b, bool chinese)
{
    static const char *const feeder[] = {"*pick-up error*"}, *const jam[] = {"*jam*"};
    uint16_t machine = plant_add_reason(b, NO_REASON, (struct reason){.name = "machine", .title = chinese ? "设备" : "Machine"});
    plant_add_reason(b, machine, (struct reason){.name = "feeder", .title = chinese ? "吸嘴取料错误" : "Feeder pick-up error", .codes = feeder, .code_count = 1});
    plant_add_reason(b, machine, (struct reason){.name = "jam", .title = chinese ? "卡板" : "Board jam", .codes = jam, .code_count = 1});
    plant_add_reason(b, NO_REASON, (struct reason){.name = "material", .title = chinese ? "缺料" : "No material"});
}

static const struct tag_def *value(struct plant_build *b, const char *name, const char *title, const char *unit, double low, double high, double from, double to)
{
    return plant_add_def(b, (struct tag_def){.name = name, .title = title, .unit = unit, .decimals = 1, .has_range = true, .range = {low, high}, .has_normal = true,
        .normal = {from, to}});
}

static void add_all(struct plant_build *b, uint32_t node, const struct tag_def *const *defs, size_t count)
{
    for (size_t i = 0; i < count; i++)
        plant_add_tag(b, node, defs[i]);
}

static void add_line(struct plant_build *b, const struct defs *d, uint32_t area, bool chinese)
{
    uint32_t line = plant_add_node(b, area, (struct node){.level = LEVEL_LINE, .name = "smt3", .title = titles[T_LINE][chinese], .target = 0.72, .setup_standard_ms = 720000});
    add_all(b, line, (const struct tag_def *const[]){d->order, d->product, d->plan}, 3);
    for (int i = 0; i < UNITS; i++) {
        uint32_t unit = plant_add_node(b, line, (struct node){.level = LEVEL_UNIT, .name = unit_names[i], .title = titles[T_UNIT + i][chinese], .ideal_cycle_s = ideals[i]});
        add_all(b, unit, (const struct tag_def *const[]){d->state, d->good, d->reject, d->cycle, d->reason}, 5);
        if (i > 0)
            plant_add_tag(b, unit, d->buffer);
        if (i == 4) {
            plant_set_constraint(b, line, unit);
            plant_add_tag(b, unit, value(b, "vacuum", chinese ? "真空 H4" : "vacuum H4", "kPa", -85, -60, -80, -70));
        }
        if (i == 4) {
            uint32_t good = b->plant->nodes[unit].first_tag + 1;
            plant_add_due(b, unit, (struct due){.name = "nozzle", .title = chinese ? "吸嘴 H4" : "Nozzle H4", .kind = DUE_LIFE, .tag = good, .life = 1200, .warn_ms = 1800000,
                .text = chinese ? "换吸嘴" : "have a new one ready"});
            plant_add_due(b, unit, (struct due){.name = "service", .title = chinese ? "保养" : "Service", .kind = DUE_HOURS, .tag = NO_TAG, .run_ms = INT64_C(36000000), .warn_ms = 3600000});
            plant_add_due(b, unit, (struct due){.name = "reel", .title = chinese ? "料盘 F12" : "Reel F12", .kind = DUE_LEVEL, .tag = good + 1, .at = -1});
        }
        if (i == UNITS - 1)
            plant_add_tag(b, unit, d->defect);
        if (i == 6)
            plant_add_tag(b, unit, value(b, "zone5", chinese ? "五区温度" : "zone 5", "°C", 235, 260, 244, 252));
    }
}

static struct plant *shop(bool chinese)
{
    struct plant_build b;
    plant_build_init(&b);
    b.plant->site_zone_name = plant_keep_text(&b, "Europe/Berlin");
    b.plant->zone.spans = mem_zero(1, sizeof *b.plant->zone.spans);
    b.plant->zone.spans[0].offset_s = 2 * HOUR;
    b.plant->zone.count = 1;
    plant_add_broker(&b, (struct plant_broker){.name = "main", .url = "mqtt://broker", .version = 5});
    struct defs d = add_defs(&b);
    uint16_t calendar = add_calendar(&b, chinese);
    add_reasons(&b, chinese);
    uint32_t site = plant_add_node(&b, NO_NODE, (struct node){.level = LEVEL_SITE, .name = "nord", .title = titles[T_SITE][chinese], .calendar = calendar});
    uint32_t area = plant_add_node(&b, site, (struct node){.level = LEVEL_AREA, .name = "hall2", .title = titles[T_AREA][chinese]});
    add_line(&b, &d, area, chinese);
    static const struct { const char *name; int title; double ideal, target; } others[] = {
        {"wave1", T_WAVE, 60, 0.8}, {"test", T_TEST, 0, 0.6}, {"pack", T_PACK, 12, 0.5}};
    for (int i = 0; i < 3; i++) {
        uint32_t line = plant_add_node(&b, area, (struct node){.level = LEVEL_LINE, .name = others[i].name, .title = titles[others[i].title][chinese],
            .ideal_cycle_s = others[i].ideal, .target = others[i].target});
        add_all(&b, line, (const struct tag_def *const[]){d.state, d.good, d.reject, d.product}, 4);
    }
    return plant_build_finish(&b);
}

/* ---- the day ---- */

struct told { const char *node; int from; enum word word; const char *reason; };

static const struct told told[] = {
    {SHOP_LINE "/loader", AT(5, 40, 0), RUN, NULL}, {SHOP_LINE "/printer", AT(5, 40, 0), RUN, NULL}, {SHOP_LINE "/spi", AT(5, 40, 0), RUN, NULL},
    {SHOP_LINE "/placer1", AT(5, 40, 0), RUN, NULL}, {SHOP_PLACER, AT(5, 40, 0), RUN, NULL}, {SHOP_LINE "/placer3", AT(5, 40, 0), RUN, NULL},
    {SHOP_LINE "/reflow", AT(5, 40, 0), RUN, NULL}, {SHOP_LINE "/aoi", AT(5, 40, 0), RUN, NULL},
    {SHOP_PLACER, AT(7, 12, 0), STOP, "F11 pick-up error"}, {SHOP_PLACER, AT(7, 31, 0), RUN, NULL},
    {SHOP_PLACER, AT(11, 2, 0), STOP, "board jam at rail 2"}, {SHOP_PLACER, AT(11, 8, 30), RUN, NULL},
    {SHOP_PLACER, AT(14, 0, 0), SETUP, NULL}, {SHOP_PLACER, AT(14, 18, 0), RUN, NULL},
    {SHOP_PLACER, AT(15, 14, 0), STOP, "F27 pick-up error"}, {SHOP_PLACER, AT(15, 18, 20), RUN, NULL},
    {SHOP_PLACER, AT(15, 41, 0), STOP, "F27 pick-up error"}, {SHOP_PLACER, AT(15, 44, 10), RUN, NULL},
    {SHOP_PLACER, AT(16, 10, 0), STOP, ""}, {SHOP_PLACER, AT(16, 11, 20), RUN, NULL},
    {SHOP_PLACER, AT(16, 25, 0), STARVED, NULL}, {SHOP_PLACER, AT(16, 28, 0), RUN, NULL},
    {SHOP_PLACER, AT(16, 36, 0), STOP, ""}, {SHOP_PLACER, AT(16, 41, 0), RUN, NULL},
    {SHOP_LINE "/placer1", AT(16, 36, 30), BLOCKED, NULL}, {SHOP_LINE "/placer1", AT(16, 41, 10), RUN, NULL},
    {SHOP_PLACER, AT(17, 3, 12), STOP, "F27 pick-up error"},
    {SHOP_LINE "/loader", AT(17, 5, 0), BLOCKED, NULL}, {SHOP_LINE "/printer", AT(17, 4, 40), BLOCKED, NULL}, {SHOP_LINE "/spi", AT(17, 4, 10), BLOCKED, NULL},
    {SHOP_LINE "/placer1", AT(17, 3, 42), BLOCKED, NULL}, {SHOP_LINE "/placer3", AT(17, 3, 38), STARVED, NULL},
    {"nord/hall2/wave1", AT(5, 40, 0), RUN, NULL}, {"nord/hall2/wave1", AT(9, 0, 0), STOP, ""}, {"nord/hall2/wave1", AT(9, 1, 0), RUN, NULL},
    {"nord/hall2/test", AT(5, 40, 0), RUN, NULL}, {"nord/hall2/test", AT(16, 50, 0), STOP, ""},
    {"nord/hall2/pack", AT(5, 40, 0), RUN, NULL}, {"nord/hall2/pack", AT(14, 0, 0), NO_ORDER, NULL},
};

static void put_in(struct fixture *f, const char *node, const char *tag, double number)
{
    char key[KEY_BYTES];
    snprintf(key, sizeof key, "%s/%s", node, tag);
    if (model_find(f->model, key) != NO_TAG)
        fixture_put(f, key, value_real(number), QUALITY_GOOD, SAMPLE_SOURCE_TIME);
}

static void say(struct fixture *f, const char *node, const char *tag, const char *text)
{
    char key[KEY_BYTES];
    snprintf(key, sizeof key, "%s/%s", node, tag);
    if (model_find(f->model, key) != NO_TAG)
        fixture_text(f, key, text, SAMPLE_SOURCE_TIME);
}

/* What each node is in since before the first moment. */
static void tell_standing(struct fixture *f, int second)
{
    f->now_ms = f->midnight_ms + (int64_t)second * 1000;
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
        bool last = told[i].from < second;
        for (size_t later = i + 1; later < sizeof told / sizeof told[0]; later++)
            last = last && (told[later].from >= second || strcmp(told[later].node, told[i].node) != 0);
        if (last)
            say(f, told[i].node, "state", words[told[i].word].text);
    }
}

static void tell_states(struct fixture *f, int second)
{
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
        if (told[i].from <= second - STEP_S || told[i].from > second)
            continue;
        f->now_ms = f->midnight_ms + (int64_t)told[i].from * 1000;
        say(f, told[i].node, "reason", told[i].reason ? told[i].reason : "");
        say(f, told[i].node, "state", words[told[i].word].text);
    }
}

/* What the optical inspection sees: some kinds often, others hardly ever. */
static void tell_defects(struct fixture *f, int second)
{
    static const char *const kinds[][2] = {{"solder bridge", "连锡"}, {"tombstone", "立碑"}, {"missing part", "缺件"}, {"shifted part", "偏移"}, {"polarity", "极性反"}};
    bool chinese = strcmp(f->plant->nodes[0].title, titles[T_SITE][1]) == 0;
    for (int i = 0; i < 5; i++)
        if (second % (STEP_S * (37 + 29 * i * i)) == 0)
            say(f, SHOP_LINE "/aoi", "defect", kinds[i][chinese]);
}

/* What each node made since the beginning: a piece each cycle that it ran; wave 1 is faster than its standard. */
static void tell_pieces(struct fixture *f, int second, int64_t *ran_s)
{
    f->now_ms = f->midnight_ms + (int64_t)second * 1000;
    for (uint32_t n = 0; n < f->plant->node_count; n++) {
        const struct node *at = &f->plant->nodes[n];
        char path[KEY_BYTES];
        if (at->role_tag[ROLE_GOOD] == NO_TAG)
            continue;
        plant_node_path(f->plant, n, path, sizeof path);
        bool runs = model_node(f->model, n)->class == CLASS_RUN;
        ran_s[n] += runs ? STEP_S : 0;
        double cycle = at->ideal_cycle_s > 0 ? at->ideal_cycle_s * (at->level == LEVEL_LINE && n % 2 ? 0.94 : 1.11) : 45;
        double pieces = (double)(int64_t)((double)ran_s[n] / cycle), reject = (double)(int64_t)(pieces / (18 + n % 5 * 11));
        put_in(f, path, "good", 4000 + pieces - reject);
        put_in(f, path, "reject", reject);
        if (runs)
            put_in(f, path, "cycle", cycle);
        put_in(f, path, "buffer", (double)((second / 60 + (int)n) % 12));
    }
    tell_defects(f, second);
    put_in(f, SHOP_PLACER, "vacuum", second > AT(16, 50, 0) ? -61 : -75);
    put_in(f, SHOP_LINE "/reflow", "zone5", 247.8);
}

void fixture_shop_heard(struct fixture *f, bool chinese, int first)
{
    fixture_begin(f, shop(chinese), "broker:main");
    f->midnight_ms = THURSDAY;
    fixture_step(f, first - STEP_S);
    int64_t *ran_s = mem_zero(f->plant->node_count, sizeof *ran_s);
    for (int second = first; second <= AT(17, 6, 40); second += STEP_S) {
        f->now_ms = f->midnight_ms + (int64_t)second * 1000;
        if (second == first || second == AT(14, 0, 0)) {
            bool late = second >= AT(14, 0, 0);
            say(f, SHOP_LINE, "order", late ? "4711-22" : "4711-19");
            say(f, SHOP_LINE, "product", late ? "ECU-B7 top x4" : "ECU-A2");
            say(f, "nord/hall2/wave1", "product", "ECU-B7");
            put_in(f, SHOP_LINE, "plan", late ? 540 : 800);
        }
        if (second == first)
            tell_standing(f, second);
        tell_states(f, second);
        fixture_step(f, second);
        tell_pieces(f, second, ran_s);
        fixture_step(f, second);
    }
    free(ran_s);
    fixture_report(f);
}

void fixture_shop(struct fixture *f, bool chinese)
{
    fixture_shop_heard(f, chinese, AT(5, 40, 0));
}
