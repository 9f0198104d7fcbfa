/*
 * alarm_fixture: a works with alarms of every kind, on the helpers of model_fixture.h, and what it told.
 *
 *     struct shop s;
 *     shop_open(&s);
 *     number(&s, 1000, TEMP, 90);
 *     assert_shown(&s, TEMP ".high", "UNACK");
 */
#ifndef ANDON_TESTS_ALARM_FIXTURE_H
#define ANDON_TESTS_ALARM_FIXTURE_H

#include "core/formula.h"
#include "core/memory.h"
#include "model_fixture.h"

enum { SECOND = 1000, MINUTE = 60000, HOUR = 3600000 };

#define TEMP PRESS "/temp"
#define FLOW PRESS "/flow"
#define SPEED PRESS "/speed"
#define TARGET PRESS "/target"
#define OIL PRESS "/oil"
#define MODE PRESS "/mode"
#define CODE PRESS "/code"
#define NOTE PRESS "/note"
#define PUMP "works/hall/l1/pump"

struct shop {
    struct works w;
    struct event *events;   /* of alarms and people, all so far */
    size_t event_count, event_capacity;
};

static inline struct alarm_formula formula_of(const char *source, char text[FORMULA_BYTES])
{
    static struct formula_refs refs; /* the order of the references is that of the inputs */
    struct error err;
    refs.count = 0;
    if (!formula_translate(source, &refs, text, FORMULA_BYTES, &err))
        fail_msg("%s", err.text);
    return (struct alarm_formula){.text = text, .source = source};
}

/* An alarm of one condition. */
static inline uint32_t add_alarm(struct plant_build *b, uint32_t node, uint32_t tag, struct alarm_def def, struct alarm_condition_def condition,
    const struct alarm_input *inputs, const char *first_out)
{
    def.conditions = &condition;
    def.condition_count = 1;
    return plant_add_alarm(b, node, tag, plant_add_alarm_def(b, def), inputs, first_out);
}

static inline uint32_t add_tag(struct plant_build *b, uint32_t node, struct tag_def def)
{
    return plant_add_tag(b, node, plant_add_def(b, def));
}

static inline void add_press(struct plant_build *b, uint32_t press, double high)
{
    static const struct alarm_value fault[] = {{.text = "fault"}, {.number = 9}};
    static const struct alarm_code codes[] = {{.code = {.number = 42}, .title = "Door open", .priority = 2}};
    char text[FORMULA_BYTES];
    add_tag(b, press, (struct tag_def){.name = "state", .kind = KIND_STATE});
    uint32_t temp = add_tag(b, press, (struct tag_def){.name = "temp", .title = "Temperature", .unit = "°C", .interval_ms = SECOND, .decimals = 1});
    uint32_t flow = add_tag(b, press, (struct tag_def){.name = "flow"});
    uint32_t speed = add_tag(b, press, (struct tag_def){.name = "speed", .role = ROLE_COUNT});
    uint32_t target = add_tag(b, press, (struct tag_def){.name = "target"});
    uint32_t oil = add_tag(b, press, (struct tag_def){.name = "oil"});
    uint32_t mode = add_tag(b, press, (struct tag_def){.name = "mode", .kind = KIND_TEXT});
    uint32_t code = add_tag(b, press, (struct tag_def){.name = "code"});
    uint32_t note = add_tag(b, press, (struct tag_def){.name = "note", .kind = KIND_TEXT});
    struct alarm_condition_def group[] = {
        {.kind = ALARM_HIGH_HIGH, .title = "Temperature high-high", .limit = high + 10, .deadband = 1, .on_delay_ms = 2 * SECOND, .priority = 1},
        {.kind = ALARM_HIGH, .title = "Temperature high", .limit = high, .deadband = 1, .on_delay_ms = 2 * SECOND, .priority = 2},
    };
    plant_add_alarm(b, press, temp, plant_add_alarm_def(b, (struct alarm_def){.name = "high", .conditions = group, .condition_count = 2}), NULL, NULL);
    add_alarm(b, press, temp, (struct alarm_def){.name = "bad"}, (struct alarm_condition_def){.kind = ALARM_BAD_QUALITY}, NULL, NULL);
    add_alarm(b, press, temp, (struct alarm_def){.name = "silent"}, (struct alarm_condition_def){.kind = ALARM_NO_DATA}, NULL, NULL);
    add_alarm(b, press, flow, (struct alarm_def){.name = "low", .suppress = formula_of("{:state} != run", text), .hold_off_ms = 30 * SECOND, .input_count = 1},
        (struct alarm_condition_def){.kind = ALARM_LOW, .limit = 10, .deadband = 1}, &(struct alarm_input){INPUT_NODE, press}, NULL);
    add_alarm(b, press, speed, (struct alarm_def){.name = "off", .input_count = 1}, (struct alarm_condition_def){.kind = ALARM_DEVIATION, .limit = 5, .deadband = 1},
        &(struct alarm_input){INPUT_TAG, target}, NULL);
    add_alarm(b, press, oil, (struct alarm_def){.name = "jump"}, (struct alarm_condition_def){.kind = ALARM_RATE, .limit = 20, .window_ms = MINUTE}, NULL, NULL);
    add_alarm(b, press, mode, (struct alarm_def){.name = "fault"}, (struct alarm_condition_def){.kind = ALARM_DISCRETE, .values = fault, .value_count = 2}, NULL, NULL);
    add_alarm(b, press, code, (struct alarm_def){.name = "message", .class = 2, .input_count = 1, .codes = codes, .code_count = 1},
        (struct alarm_condition_def){.kind = ALARM_MESSAGE, .title = "message"}, &(struct alarm_input){INPUT_TAG, note}, NULL);
    add_alarm(b, press, NO_TAG, (struct alarm_def){.name = "dry", .input_count = 2},
        (struct alarm_condition_def){.kind = ALARM_EXPRESSION, .title = "Hot and dry", .when = formula_of("{temp} > 50 && {flow} < 5", text)},
        (const struct alarm_input[]){{INPUT_TAG, temp}, {INPUT_TAG, flow}}, NULL);
}

/* Three trips of one first-out group, and a low pressure that its own trip suppresses; `low` stands before the trip that it looks at. */
static inline void add_pump(struct plant_build *b, uint32_t pump)
{
    static const char *const names[] = {"x1", "x2", "x3"};
    char text[FORMULA_BYTES];
    uint32_t tags[3], pressure = add_tag(b, pump, (struct tag_def){.name = "pressure"});
    for (int x = 0; x < 3; x++)
        tags[x] = add_tag(b, pump, (struct tag_def){.name = names[x]});
    uint32_t low = (uint32_t)b->plant->alarm_count;
    add_alarm(b, pump, pressure, (struct alarm_def){.name = "low", .suppress = formula_of("{pressure.trip}", text), .input_count = 1},
        (struct alarm_condition_def){.kind = ALARM_LOW, .limit = 10}, &(struct alarm_input){INPUT_ALARM, low + 1}, NULL);
    add_alarm(b, pump, pressure, (struct alarm_def){.name = "trip", .latching = true}, (struct alarm_condition_def){.kind = ALARM_LOW_LOW, .limit = 5}, NULL, NULL);
    for (int x = 0; x < 3; x++)
        add_alarm(b, pump, tags[x], (struct alarm_def){.name = "high"}, (struct alarm_condition_def){.kind = ALARM_HIGH, .limit = 1}, NULL, "trip");
}

static inline void add_oven(struct plant_build *b, uint32_t oven)
{
    uint32_t a = add_tag(b, oven, (struct tag_def){.name = "a", .interval_ms = SECOND}), c = add_tag(b, oven, (struct tag_def){.name = "b", .interval_ms = SECOND});
    add_alarm(b, oven, NO_TAG, (struct alarm_def){.name = "silent"}, (struct alarm_condition_def){.kind = ALARM_NO_DATA, .title = "Oven silent"}, NULL, NULL);
    add_alarm(b, oven, a, (struct alarm_def){.name = "silent"}, (struct alarm_condition_def){.kind = ALARM_NO_DATA}, NULL, NULL);
    add_alarm(b, oven, c, (struct alarm_def){.name = "silent"}, (struct alarm_condition_def){.kind = ALARM_NO_DATA}, NULL, NULL);
}

/* The press's temperature is high above `high`; `pump`: is there one? */
static inline struct plant *shop_plant(double high, bool pump)
{
    struct plant_build b;
    plant_build_init(&b);
    plant_add_broker(&b, (struct plant_broker){.name = "main", .url = "mqtt://127.0.0.1", .version = 5});
    uint32_t site = plant_add_node(&b, NO_NODE, (struct node){.level = LEVEL_SITE, .name = "works"});
    uint32_t area = plant_add_node(&b, site, (struct node){.level = LEVEL_AREA, .name = "hall"});
    uint32_t line = plant_add_node(&b, area, (struct node){.level = LEVEL_LINE, .name = "l1"});
    add_press(&b, plant_add_node(&b, line, (struct node){.level = LEVEL_UNIT, .name = "press"}), high);
    if (pump)
        add_pump(&b, plant_add_node(&b, line, (struct node){.level = LEVEL_UNIT, .name = "pump"}));
    add_oven(&b, plant_add_node(&b, line, (struct node){.level = LEVEL_UNIT, .name = "oven", .silent_after_ms = 10 * SECOND}));
    b.plant->clock_error_ms = 50;
    struct plant_field *fields = mem_zero(b.plant->tag_count, sizeof *fields);
    for (uint32_t t = 0; t < b.plant->tag_count; t++)
        fields[t] = (struct plant_field){"", t};
    plant_add_binding(&b, (struct plant_binding){.topic = "all", .broker = 0, .time_path = "", .fields = fields, .field_count = b.plant->tag_count});
    free(fields);
    return plant_build_finish(&b);
}

static inline void shop_open(struct shop *s)
{
    *s = (struct shop){.events = NULL};
    works_open_plant(&s->w, shop_plant(85, true));
}

static inline void shop_close(struct shop *s)
{
    works_close(&s->w);
    free(s->events);
}

static inline void shop_listen(struct shop *s)
{
    const struct outcomes *o = model_outcomes(s->w.model);
    for (size_t e = 0; e < o->event_count; e++)
        if (o->events[e].kind == EVENT_ALARM || o->events[e].kind == EVENT_ACTION || o->events[e].kind == EVENT_REFUSED || o->events[e].kind == EVENT_LIMIT) {
            s->events = mem_grow(s->events, s->event_count, &s->event_capacity, sizeof *s->events);
            s->events[s->event_count++] = o->events[e];
        }
}

/* Closes the open batch at `ms`. */
static inline void go(struct shop *s, int64_t ms)
{
    step(&s->w, ms);
    shop_listen(s);
}

static inline struct record *say(struct shop *s, int64_t ms, const char *key, struct value v)
{
    s->w.now = ms;
    return put(&s->w, key, v);
}

static inline void number(struct shop *s, int64_t ms, const char *key, double v)
{
    say(s, ms, key, value_real(v));
    go(s, ms);
}

static inline void text(struct shop *s, int64_t ms, const char *key, const char *v)
{
    say(s, ms, key, value_text(batch_text(&s->w.batch, v, strlen(v))));
    go(s, ms);
}

static inline void source(struct shop *s, int64_t ms, bool alive)
{
    batch_add(&s->w.batch, (struct record){.kind = alive ? RECORD_BIRTH : RECORD_DEATH, .text = batch_text(&s->w.batch, "broker:main", 11)});
    go(s, ms);
}

static inline void gap(struct shop *s, int64_t ms)
{
    batch_add(&s->w.batch, (struct record){.kind = RECORD_GAP, .value = value_int(0)});
    go(s, ms);
}

static inline const struct alarm *alarm_of(const struct shop *s, const char *key)
{
    uint32_t alarm = model_find_alarm(s->w.model, key);
    if (alarm == NO_ALARM)
        fail_msg("there is no alarm %s", key);
    return model_alarm(s->w.model, alarm);
}

static inline void assert_shown(const struct shop *s, const char *key, const char *name)
{
    const char *shown = alarm_shown_table[alarm_shown(alarm_of(s, key))].name;
    if (strcmp(shown, name) != 0)
        fail_msg("at %+lld ms %s is %s, not %s", (long long)s->w.closed, key, shown, name);
}

/* What a person does, in a batch of its own; returns what came of it. */
static inline enum refusal person(struct shop *s, int64_t ms, struct action action)
{
    static uint8_t id;
    enum refusal refusal = REFUSAL_COUNT;
    action.id[0] = ++id;
    action.time_ms = action.time_ms ? action.time_ms : T0 + ms;
    memcpy(action.who, "Kim", sizeof "Kim");
    action_record(&action, &s->w.batch);
    go(s, ms);
    if (!model_action_result(s->w.model, action.id, &refusal))
        fail_msg("the action has no result");
    return refusal;
}

static inline struct action on(enum action_kind kind, const char *target)
{
    struct action action = {.kind = kind};
    snprintf(action.target, sizeof action.target, "%s", target);
    return action;
}

static inline enum refusal ack(struct shop *s, int64_t ms, const char *key)
{
    struct action action = on(ACTION_ACK, key);
    action.occurrence_ms = alarm_of(s, key)->raised_ms;
    action.severity = alarm_of(s, key)->severity;
    return person(s, ms, action);
}

static inline enum refusal shelve(struct shop *s, int64_t ms, const char *key, int64_t for_ms)
{
    struct action action = on(ACTION_SHELVE, key);
    action.until_ms = for_ms ? T0 + ms + for_ms : 0;
    return person(s, ms, action);
}

static inline enum refusal with_reason(struct shop *s, int64_t ms, enum action_kind kind, const char *target, const char *reason)
{
    struct action action = on(kind, target);
    snprintf(action.comment, sizeof action.comment, "%s", reason);
    return person(s, ms, action);
}

/* Events of an alarm, of one kind. */
static inline size_t told(const struct shop *s, const char *key, enum alarm_event event)
{
    size_t count = 0;
    for (size_t e = 0; e < s->event_count; e++)
        count += s->events[e].kind == EVENT_ALARM && s->events[e].alarm.event == event && strcmp(s->events[e].path, key) == 0;
    return count;
}

static inline const struct event *last_event(const struct shop *s)
{
    assert_true(s->event_count > 0);
    return &s->events[s->event_count - 1];
}

#endif
