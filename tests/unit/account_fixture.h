/*
 * account_fixture: a shop with one line of one machine in Berlin, and one-line helpers, so that a test of accounts reads like a shift. Times are local,
 * "06:00" of Wednesday 2024-06-12 or "2024-10-26T22:00".
 *
 *     struct shop s;
 *     shop_open(&s, (struct shop_plan){.ideal_s = 1});
 *     tell(&s, "06:00", "state", value_int(RUN));
 *     wait_until(&s, "14:00");
 *     assert_ms(&s, "06:00", "14:00", TIME_RUN, 8 * HOUR);
 */
#ifndef ANDON_TESTS_ACCOUNT_FIXTURE_H
#define ANDON_TESTS_ACCOUNT_FIXTURE_H

#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "core/timestamp.h"
#include "model_fixture.h"

enum { RUN = 6, STOPPED = 2, HELD = 11, SUSPENDED = 5 };
#define MINUTE INT64_C(60000)
#define HOUR (60 * MINUTE)
#define LINE "shop/hall/l1"
#define UNIT LINE "/m"

/* What the shop is like; 0 is the usual. */
struct shop_plan {
    const struct calendar *calendar; /* NULL: none */
    double ideal_s;
    int64_t startup_ms, setup_standard_ms;
    bool gap_pieces, derived, crew;
    struct plant_product products[4];
    bool dues;                 /* a coil that runs out at 0, a tool for 1,000 pieces, service after 10 hours */
};

struct shop {
    struct works w;
    struct shop_plan plan;
    struct account_gain *facts;
    size_t fact_count, fact_capacity;
};

static struct zone_span berlin_spans[] = {{INT64_C(1698541200000), 3600}, {INT64_C(1711846800000), 7200}, {INT64_C(1729990800000), 3600}}; /* 2024 */
static const struct zone berlin = {berlin_spans, 3};

static struct calendar_shift three_shifts[] = {
    {.name = "early", .weekdays = 62, .from_minute = 360, .to_minute = 840, .breaks = {{720, 750}}, .break_count = 1},
    {.name = "late", .weekdays = 62, .from_minute = 840, .to_minute = 1320},
};
static struct calendar_shift every_night[] = {{.name = "night", .crew = "C", .weekdays = 127, .from_minute = 1320, .to_minute = 360}};
static struct calendar_shift first_hours[] = {{.name = "day", .weekdays = 127, .from_minute = 0, .to_minute = 480}};
static const struct calendar two = {.name = "two", .shifts = three_shifts, .shift_count = 2}; /* 06-14 with a break at noon, 14-22 */
static const struct calendar nights = {.name = "nights", .shifts = every_night, .shift_count = 1};
static const struct calendar eight = {.name = "eight", .shifts = first_hours, .shift_count = 1};

static const char *const jam_codes[] = {"E12*"};
static const char *const belt_codes[] = {"*belt*"};

static inline struct plant *shop_plant(const struct shop_plan *plan)
{
    static const struct { const char *name; enum tag_role role; } counters[] = {{"good", ROLE_GOOD}, {"reject", ROLE_REJECT}, {"rework", ROLE_REWORK},
        {"inspected", ROLE_INSPECTED}, {"first_pass", ROLE_FIRST_PASS}};
    static const struct state_map_row rows[] = {{NULL, 2, PACK_STOPPED, CLASS_STOP, NULL}, {NULL, 6, PACK_EXECUTE, CLASS_RUN, NULL}, {NULL, 9, PACK_ABORTED, CLASS_STOP, NULL},
        {NULL, 5, PACK_SUSPENDED, CLASS_STARVED, NULL}, {NULL, 30, PACK_RESETTING, CLASS_SETUP, NULL}, {NULL, 4, PACK_IDLE, CLASS_NOT_SCHEDULED, NULL},
        {NULL, 31, PACK_STOPPED, CLASS_CLEANING, NULL}};
    struct plant_build b;
    plant_build_init(&b);
    uint16_t calendar = plan->calendar ? plant_add_calendar(&b, *plan->calendar) : 0;
    uint16_t map = plant_add_map(&b, (struct state_map){.name = "m", .rows = (struct state_map_row *)rows, .count = sizeof rows / sizeof rows[0]});
    uint32_t site = plant_add_node(&b, NO_NODE, (struct node){.level = LEVEL_SITE, .name = "shop", .calendar = calendar});
    uint32_t area = plant_add_node(&b, site, (struct node){.level = LEVEL_AREA, .name = "hall"});
    uint32_t line = plant_add_node(&b, area, (struct node){.level = LEVEL_LINE, .name = "l1", .ideal_cycle_s = plan->ideal_s, .startup_ms = plan->startup_ms,
        .setup_standard_ms = plan->setup_standard_ms, .gap_pieces = plan->gap_pieces, .gap_said = true});
    for (size_t i = 0; i < 4 && plan->products[i].name; i++)
        plant_add_product(&b, line, plan->products[i]);
    uint32_t unit = plant_add_node(&b, line, (struct node){.level = LEVEL_UNIT, .name = "m", .ideal_cycle_s = plan->ideal_s, .stop_after_cycles = 5});
    if (!plan->derived)
        plant_add_tag(&b, unit, plant_add_def(&b, (struct tag_def){.name = "state", .kind = KIND_STATE, .map = map}));
    for (size_t c = 0; c < sizeof counters / sizeof counters[0]; c++)
        plant_add_tag(&b, unit, plant_add_def(&b, (struct tag_def){.name = counters[c].name, .kind = KIND_COUNTER, .role = counters[c].role}));
    plant_add_tag(&b, unit, plant_add_def(&b, (struct tag_def){.name = "mode", .role = ROLE_MODE}));
    plant_add_tag(&b, unit, plant_add_def(&b, (struct tag_def){.name = "product", .kind = KIND_TEXT, .role = ROLE_PRODUCT}));
    plant_add_tag(&b, unit, plant_add_def(&b, (struct tag_def){.name = "order", .kind = KIND_TEXT, .role = ROLE_ORDER}));
    if (plan->crew)
        plant_add_tag(&b, unit, plant_add_def(&b, (struct tag_def){.name = "crew", .kind = KIND_TEXT, .role = ROLE_CREW}));
    plant_add_tag(&b, unit, plant_add_def(&b, (struct tag_def){.name = "reason", .kind = KIND_TEXT, .role = ROLE_REASON}));
    const struct tag_def *defect = plant_add_def(&b, (struct tag_def){.name = "defect", .kind = KIND_TEXT, .role = ROLE_DEFECT});
    plant_add_tag(&b, unit, defect);
    uint32_t fault = plant_add_tag(&b, unit, plant_add_def(&b, (struct tag_def){.name = "fault", .kind = KIND_TEXT}));
    struct alarm_condition_def message = {.kind = ALARM_MESSAGE, .title = "message"};
    plant_add_alarm(&b, unit, fault, plant_add_alarm_def(&b, (struct alarm_def){.name = "message", .class = ALARM_CLASS_MACHINE, .conditions = &message, .condition_count = 1}), NULL, NULL);
    if (plan->dues) {
        uint32_t coil = plant_add_tag(&b, unit, plant_add_def(&b, (struct tag_def){.name = "coil", .unit = "m"})), good = b.plant->nodes[unit].first_tag;
        while (strcmp(b.plant->tags[good].def->name, "good") != 0)
            good++;
        plant_add_due(&b, unit, (struct due){.name = "coil", .title = "Coil", .kind = DUE_LEVEL, .tag = coil, .warn_ms = 30 * MINUTE});
        plant_add_due(&b, unit, (struct due){.name = "tool", .title = "Tool", .kind = DUE_LIFE, .tag = good, .life = 1000, .warn_ms = 30 * MINUTE});
        plant_add_due(&b, unit, (struct due){.name = "service", .title = "Service", .kind = DUE_HOURS, .tag = NO_TAG, .run_ms = 10 * HOUR});
    }
    plant_add_tag(&b, plant_add_node(&b, line, (struct node){.level = LEVEL_UNIT, .name = "aoi"}), defect); /* it looks at pieces, and has no state */
    uint16_t mechanical = plant_add_reason(&b, NO_REASON, (struct reason){.name = "mechanical", .title = "Mechanical"});
    plant_add_reason(&b, mechanical, (struct reason){.name = "jam", .title = "Jam", .codes = jam_codes, .code_count = 1});
    plant_add_reason(&b, mechanical, (struct reason){.name = "belt", .title = "Belt", .codes = belt_codes, .code_count = 1});
    plant_add_reason(&b, NO_REASON, (struct reason){.name = "changeover", .title = "Changeover", .has_class = true, .class = CLASS_SETUP});
    struct plant *plant = plant_build_finish(&b);
    plant->zone = berlin;
    return plant;
}

static inline int64_t local_ms(const char *text)
{
    char whole[64];
    int64_t ms;
    assert_non_null(text);
    if (!text) /* the sanitizer's check of strchr() would make the compiler take this for possible */
        return 0;
    snprintf(whole, sizeof whole, "%s%s", strchr(text, 'T') ? "" : "2024-06-12T", text);
    assert_true(timestamp_iso(whole, strlen(whole), &berlin, &ms));
    return ms;
}

/* Opened at the first moment that is told. */
static inline void shop_open(struct shop *s, struct shop_plan plan)
{
    *s = (struct shop){.plan = plan};
    works_open_plant(&s->w, shop_plant(&plan));
    s->w.closed = INT64_MIN;
}

static inline void shop_close(struct shop *s)
{
    struct plant *plant = s->w.plant;
    free(s->facts);
    plant->zone = (struct zone){.spans = NULL}; /* it is not the plant's */
    works_close(&s->w);
}

static inline void note_facts(struct shop *s)
{
    const struct outcomes *o = model_outcomes(s->w.model);
    for (size_t g = 0; g < o->gain_count; g++) {
        s->facts = mem_grow(s->facts, s->fact_count, &s->fact_capacity, sizeof *s->facts);
        s->facts[s->fact_count++] = o->gains[g];
    }
}

static inline void close_at(struct shop *s, int64_t utc_ms)
{
    if (s->w.closed == INT64_MIN)
        s->w.closed = utc_ms - T0;
    step(&s->w, utc_ms - T0);
    note_facts(s);
}

static inline struct record *add(struct shop *s, int64_t utc_ms, const char *tag, struct value v)
{
    char key[KEY_BYTES];
    snprintf(key, sizeof key, UNIT "/%s", tag);
    s->w.now = utc_ms - T0;
    return put(&s->w, key, v);
}

static inline void tell(struct shop *s, const char *at, const char *tag, struct value v)
{
    add(s, local_ms(at), tag, v);
    close_at(s, local_ms(at));
}

static inline void tell_text(struct shop *s, const char *at, const char *tag, const char *text)
{
    tell(s, at, tag, value_text(batch_text(&s->w.batch, text, strlen(text))));
}

static inline void wait_until(struct shop *s, const char *at)
{
    close_at(s, local_ms(at));
}

/* The collector was away up to `at`. */
static inline void gap(struct shop *s, const char *at, int64_t length_ms)
{
    batch_add(&s->w.batch, (struct record){.kind = RECORD_GAP, .time_ms = local_ms(at), .value = value_int(length_ms)});
    if (s->w.closed != INT64_MIN)
        s->w.closed = local_ms(at) - T0; /* elapsed time does not run while it is away */
    close_at(s, local_ms(at));
}

static inline uint32_t line_of(const struct shop *s) { return plant_node_by_path(s->w.plant, LINE); }
static inline uint32_t unit_of(const struct shop *s) { return plant_node_by_path(s->w.plant, UNIT); }

static inline struct account between(const struct shop *s, const char *from, const char *to)
{
    struct account a, of_unit;
    model_account(s->w.model, line_of(s), local_ms(from), local_ms(to), &a, NULL);
    model_account(s->w.model, unit_of(s), local_ms(from), local_ms(to), &of_unit, NULL);
    assert_memory_equal(a.ms, of_unit.ms, sizeof a.ms); /* a line's time is its constraint's */
    return a;
}

static inline void assert_ms(const struct shop *s, const char *from, const char *to, enum time_category category, int64_t ms)
{
    struct account a = between(s, from, to);
    if (a.ms[category] != ms)
        print_error("%s .. %s: %s is %.3f min\n", from, to, time_category_table[category].name, (double)a.ms[category] / 60000);
    assert_int_equal(a.ms[category], ms);
}

#endif
