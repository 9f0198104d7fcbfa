/*
 * energy_fixture: a mill in Berlin with two machines on a line and meters of every kind, and one-line helpers, so that a test of meters reads like a day. Times
 * are local, "10:00" of Wednesday 2024-06-12 or "2024-10-27T02:00".
 *
 *     struct mill m;
 *     mill_open(&m, (struct mill_plan){.kind = METER_POWER});
 *     says(&m, "10:00", "kw", 600);
 *     says(&m, "10:01", "kw", 400);
 *     assert_near(used(&m, "10:00", "10:15").amount, 10, 1e-9);
 */
#ifndef ANDON_TESTS_ENERGY_FIXTURE_H
#define ANDON_TESTS_ENERGY_FIXTURE_H

#include "account_fixture.h"

#define MILL_A "mill/hall/l1/a"
#define MILL_B "mill/hall/l1/b"

/* What the mill is like; 0 is the usual. */
struct mill_plan {
    const struct calendar *calendar;
    enum meter_kind kind;            /* of machine a's meter e */
    int64_t gap_ms, interval_ms;     /* usual: 5 min */
    double most, modulus, scale;
    bool tree;                       /* a power at machine b too, and sums on the line and the site */
    int64_t cells;                   /* bound of cells */
};

struct mill {
    struct works w;
    struct mill_plan plan;
    struct energy_gain *facts;
    size_t fact_count, fact_capacity;
};

static inline struct meter mill_meter(const struct mill_plan *plan, uint32_t node, const char *name, enum meter_kind kind, uint32_t tag)
{
    return (struct meter){.node = node, .name = name, .kind = kind, .carrier = CARRIER_ELECTRICITY, .tag = tag, .reactive_tag = NO_TAG, .leading_tag = NO_TAG, .power_tag = NO_TAG,
        .parent = NO_METER, .gap_ms = plan->gap_ms, .interval_ms = plan->interval_ms, .most = plan->most, .scale = plan->scale};
}

static inline uint32_t mill_tag(struct plant_build *b, uint32_t node, struct tag_def def)
{
    return plant_add_tag(b, node, plant_add_def(b, def));
}

static inline struct plant *mill_plant(const struct mill_plan *plan)
{
    struct plant_build b;
    plant_build_init(&b);
    uint16_t calendar = plan->calendar ? plant_add_calendar(&b, *plan->calendar) : 0;
    uint32_t site = plant_add_node(&b, NO_NODE, (struct node){.level = LEVEL_SITE, .name = "mill", .calendar = calendar});
    uint32_t hall = plant_add_node(&b, site, (struct node){.level = LEVEL_AREA, .name = "hall"});
    uint32_t line = plant_add_node(&b, hall, (struct node){.level = LEVEL_LINE, .name = "l1"});
    uint32_t a = plant_add_node(&b, line, (struct node){.level = LEVEL_UNIT, .name = "a"}), tags[4];
    mill_tag(&b, a, (struct tag_def){.name = "state", .kind = KIND_STATE});
    mill_tag(&b, a, (struct tag_def){.name = "product", .kind = KIND_TEXT});
    mill_tag(&b, a, (struct tag_def){.name = "order", .kind = KIND_TEXT});
    tags[METER_POWER] = mill_tag(&b, a, (struct tag_def){.name = "kw", .kind = KIND_POWER, .unit = "kW"});
    tags[METER_REGISTER] = mill_tag(&b, a, (struct tag_def){.name = "kwh", .kind = KIND_REGISTER, .unit = "kWh", .modulus = plan->modulus});
    tags[METER_INCREMENT] = mill_tag(&b, a, (struct tag_def){.name = "part", .kind = KIND_REGISTER, .count = COUNT_INCREMENT, .unit = "kWh"});
    uint32_t kvar = mill_tag(&b, a, (struct tag_def){.name = "kvar", .unit = "kVAr"});
    uint32_t n = plant_add_node(&b, line, (struct node){.level = LEVEL_UNIT, .name = "b"}), kw = mill_tag(&b, n, (struct tag_def){.name = "kw", .kind = KIND_POWER});
    if (plan->tree) {
        plant_add_meter(&b, mill_meter(plan, site, "all", METER_SUM, NO_TAG));
        plant_add_meter(&b, mill_meter(plan, line, "line", METER_SUM, NO_TAG));
    }
    struct meter meter = mill_meter(plan, a, "e", plan->kind, tags[plan->kind]);
    if (plan->kind == METER_POWER)
        meter.reactive_tag = kvar;
    plant_add_meter(&b, meter);
    if (plan->tree)
        plant_add_meter(&b, mill_meter(plan, n, "e", METER_POWER, kw));
    struct plant *plant = plant_build_finish(&b);
    plant->zone = berlin;
    if (plan->cells)
        plant->bounds.limit[BOUND_ENERGY_CELLS] = plan->cells;
    return plant;
}

/* Opened at the first moment that is told. */
static inline void mill_open(struct mill *m, struct mill_plan plan)
{
    *m = (struct mill){.plan = plan};
    works_open_plant(&m->w, mill_plant(&plan));
    m->w.closed = INT64_MIN;
}

static inline void mill_close(struct mill *m)
{
    struct plant *plant = m->w.plant;
    free(m->facts);
    plant->zone = (struct zone){.spans = NULL}; /* it is not the plant's */
    works_close(&m->w);
}

static inline void mill_step(struct mill *m, int64_t utc_ms)
{
    if (m->w.closed == INT64_MIN)
        m->w.closed = utc_ms - T0;
    step(&m->w, utc_ms - T0);
    const struct outcomes *o = model_outcomes(m->w.model);
    for (size_t g = 0; g < o->energy_count; g++) {
        m->facts = mem_grow(m->facts, m->fact_count, &m->fact_capacity, sizeof *m->facts);
        m->facts[m->fact_count++] = o->energies[g];
    }
}

static inline struct record *mill_put(struct mill *m, int64_t utc_ms, const char *tag, struct value v)
{
    char key[KEY_BYTES];
    snprintf(key, sizeof key, "%s/%s", strncmp(tag, "b/", 2) == 0 ? "mill/hall/l1" : MILL_A, tag);
    m->w.now = utc_ms - T0;
    return put(&m->w, key, v);
}

static inline void says_at(struct mill *m, int64_t utc_ms, const char *tag, double value)
{
    mill_put(m, utc_ms, tag, value_real(value));
    mill_step(m, utc_ms);
}

static inline void says(struct mill *m, const char *at, const char *tag, double value)
{
    says_at(m, local_ms(at), tag, value);
}

static inline void says_state(struct mill *m, const char *at, int state)
{
    mill_put(m, local_ms(at), "state", value_int(state));
    mill_step(m, local_ms(at));
}

static inline void says_text(struct mill *m, const char *at, const char *tag, const char *text)
{
    mill_put(m, local_ms(at), tag, value_text(batch_text(&m->w.batch, text, strlen(text))));
    mill_step(m, local_ms(at));
}

static inline void mill_wait(struct mill *m, const char *at)
{
    mill_step(m, local_ms(at));
}

/* Stamped `at`, it arrives at `arrives`. */
static inline void says_late(struct mill *m, const char *arrives, const char *at, const char *tag, double value)
{
    mill_put(m, local_ms(at), tag, value_real(value));
    mill_step(m, local_ms(arrives));
}

static inline uint32_t meter_at(const struct mill *m, const char *key)
{
    uint32_t meter = plant_meter_by_key(m->w.plant, key);
    assert_true(meter != NO_METER);
    return meter;
}

static inline struct energy used_by(const struct mill *m, const char *key, const char *from, const char *to)
{
    struct energy e;
    model_energy(m->w.model, meter_at(m, key), local_ms(from), local_ms(to), &e, NULL);
    return e;
}

static inline struct energy used(const struct mill *m, const char *from, const char *to)
{
    return used_by(m, MILL_A "/e", from, to);
}

static inline const struct meter_state *meter_now(const struct mill *m, const char *key)
{
    return model_meter(m->w.model, meter_at(m, key));
}

/* All facts so far, of what is in [from, to) and of that product. */
static inline struct energy told_of(const struct mill *m, const char *key, const char *from, const char *to, const char *product)
{
    struct energy sum = {.amount = 0};
    for (size_t f = 0; f < m->fact_count; f++) {
        const struct energy_gain *fact = &m->facts[f];
        if (strcmp(fact->path, key) == 0 && fact->cell.from_ms >= local_ms(from) && fact->cell.from_ms < local_ms(to) && (!product || strcmp(fact->cell.product, product) == 0))
            energy_add(&sum, &fact->cell.sum);
    }
    return sum;
}

static inline struct energy told(const struct mill *m, const char *from, const char *to)
{
    return told_of(m, MILL_A "/e", from, to, NULL);
}

#endif
