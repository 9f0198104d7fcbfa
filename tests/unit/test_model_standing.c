/*
 * How many tags stand how, and which nodes stopped: what the model keeps must be what a look at all tags and intervals says, whatever
 * happened: samples in and outside their bands, silence, missed cadences, lost brokers, gaps, clocks that are set, reloads, a state that was saved and loaded.
 */
#include "check.h"

#include "model_fixture.h"

enum { STREAMS = 60, BATCHES = 250, BENCH_TAGS = 150, TAGS_MOST = 400 };

static uint64_t seed;

static uint32_t dice(uint32_t sides)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % sides;
}

/* ---- a plant with everything that decides how a tag stands; a reload has another variant of it ---- */

enum variant { WIDE_BANDS = 1, NO_SILENCE = 2, NO_CADENCE = 4, OTHER_NAMES = 8, NO_BENCH = 16, VARIANTS = 32 };

static void add_value(struct plant_build *b, uint32_t node, uint32_t variant, const char *name, int64_t interval_ms)
{
    struct tag_def def = {.name = name, .has_normal = true, .normal = {10, variant & WIDE_BANDS ? 90 : 20}, .interval_ms = variant & NO_CADENCE ? 0 : interval_ms};
    plant_add_tag(b, node, plant_add_def(b, def));
}

/* Tags on the site and on an area; a line whose state is its press's, with a unit that is silent at times, one that counts, one
 * that has more tags than a word has bits and no state of its own; a line without any state. */
static struct plant *variant_plant(uint32_t variant)
{
    struct plant_build b;
    plant_build_init(&b);
    plant_add_broker(&b, (struct plant_broker){.name = "main", .url = "mqtt://127.0.0.1", .version = 5});
    uint32_t site = plant_add_node(&b, NO_NODE, (struct node){.level = LEVEL_SITE, .name = "works"});
    add_value(&b, site, variant, "outdoors", 0);
    uint32_t area = plant_add_node(&b, site, (struct node){.level = LEVEL_AREA, .name = "hall", .silent_after_ms = 15000});
    plant_add_tag(&b, area, plant_add_def(&b, (struct tag_def){.name = "state", .kind = KIND_STATE}));
    add_value(&b, area, variant, "gas", 2000);
    uint32_t line = plant_add_node(&b, area, (struct node){.level = LEVEL_LINE, .name = "l1"});
    add_value(&b, line, variant, "air", 0);
    uint32_t press = plant_add_node(&b, line, (struct node){.level = LEVEL_UNIT, .name = "press"});
    plant_add_tag(&b, press, plant_add_def(&b, (struct tag_def){.name = "state", .kind = KIND_STATE}));
    add_value(&b, press, variant, variant & OTHER_NAMES ? "heat" : "temp", 1000);
    uint32_t oven = plant_add_node(&b, line, (struct node){.level = LEVEL_UNIT, .name = variant & OTHER_NAMES ? "kiln" : "oven", .silent_after_ms = variant & NO_SILENCE ? 0 : 10000});
    plant_add_tag(&b, oven, plant_add_def(&b, (struct tag_def){.name = "state", .kind = KIND_STATE}));
    add_value(&b, oven, variant, "temp", 3000);
    uint32_t robot = plant_add_node(&b, line, (struct node){.level = LEVEL_UNIT, .name = "robot", .ideal_cycle_s = 2, .stop_after_cycles = 5});
    plant_add_tag(&b, robot, plant_add_def(&b, (struct tag_def){.name = "good", .kind = KIND_COUNTER}));
    add_value(&b, robot, variant, "current", 0);
    plant_add_tag(&b, robot, plant_add_def(&b, (struct tag_def){.name = "defect", .kind = KIND_TEXT, .role = ROLE_DEFECT}));
    plant_add_tag(&b, robot, plant_add_def(&b, (struct tag_def){.name = "mean", .told = true})); /* which nothing tells here, at first */
    uint32_t bench = variant & NO_BENCH ? NO_NODE : plant_add_node(&b, line, (struct node){.level = LEVEL_UNIT, .name = "bench"});
    for (int t = 0; t < BENCH_TAGS && bench != NO_NODE; t++) {
        char name[8];
        snprintf(name, sizeof name, "v%d", t);
        add_value(&b, bench, variant, name, 0);
    }
    uint32_t other = plant_add_node(&b, area, (struct node){.level = LEVEL_LINE, .name = "l2"});
    add_value(&b, plant_add_node(&b, other, (struct node){.level = LEVEL_UNIT, .name = "pump"}), variant, "current", 5000);
    return plant_build_finish(&b);
}

/* ---- the count of all tags ---- */

static bool brute_runs(const struct model *model, uint32_t node, uint32_t line)
{
    const struct node_state *state = model_node(model, node);
    if (state->class == CLASS_UNKNOWN && line != NO_NODE)
        state = model_line_state(model, line);
    return state->class == CLASS_RUN || state->class == CLASS_UNKNOWN;
}

static bool brute_outside(const struct model *model, uint32_t index, uint32_t line)
{
    const struct tag *tag = model_tag(model, index);
    double number;
    if (model_trust(model, index) != TRUST_GOOD || !tag->def || !tag->def->has_normal || !value_number(tag->value, &number))
        return false;
    return number > tag->def->normal[1] || (number < tag->def->normal[0] && brute_runs(model, tag->node, line));
}

/* What the sums of every place must be; tells how many tags were outside. */
static size_t assert_counted(const struct model *model)
{
    const struct plant *plant = model_plant(model);
    size_t all = 0;
    for (uint32_t place = 0; place <= plant->node_count; place++) {
        bool discovered = place == plant->node_count;
        uint32_t line = discovered ? NO_NODE : plant_ancestor(plant, place, LEVEL_LINE);
        if (line != NO_NODE && line != place)
            continue;
        struct standing want = {.outside = 0}, have;
        uint32_t outside[TAGS_MOST];
        for (uint32_t t = 0; t < model_tag_count(model); t++) {
            uint32_t node = model_tag(model, t)->node, of = node == NO_NODE ? NO_NODE : plant_ancestor(plant, node, LEVEL_LINE);
            if (discovered ? node != NO_NODE : node == NO_NODE || (of == NO_NODE ? node : of) != place)
                continue;
            const struct tag_def *def = model_tag(model, t)->def;
            if (model_trust(model, t) == TRUST_NEVER && def && (def->told || def->role == ROLE_DEFECT))
                continue; /* nobody is missed */
            want.trust[model_trust(model, t)]++;
            if (brute_outside(model, t, line))
                outside[want.outside++] = t;
        }
        model_standing(model, discovered ? NO_NODE : place, &have);
        for (int trust = 0; trust < TRUST_COUNT; trust++)
            assert_int_equal(have.trust[trust], want.trust[trust]);
        assert_int_equal(have.outside, want.outside);
        uint32_t next = 0;
        for (uint32_t i = 0; i < want.outside; i++, next++) {
            next = model_next_outside(model, place, next);
            assert_int_equal(next, outside[i]);
        }
        if (!discovered)
            assert_true(model_next_outside(model, place, next) == NO_TAG);
        all += want.outside;
    }
    return all;
}

/* Nobody who looks for stops may miss one, and what stands now is known exactly. Tells how many nodes need not be looked at. */
static size_t assert_stops_found(const struct model *model)
{
    uint32_t count = (uint32_t)model_plant(model)->node_count;
    const int64_t since[] = {model_wall(model) - 600000, model_wall(model) - 20000, model_wall(model), INT64_MAX};
    size_t passed = 0;
    for (size_t s = 0; s < sizeof since / sizeof since[0]; s++) {
        uint32_t next = model_next_stopped(model, 0, count, since[s]);
        for (uint32_t n = 0; n < count; n++) {
            const struct node_state *state = model_node(model, n);
            bool stopped = state->class == CLASS_STOP, found = next == n;
            for (size_t i = 0; i < state->interval_count; i++)
                stopped = stopped || (state->intervals[i].class == CLASS_STOP && state->intervals[i].end_ms >= since[s]);
            assert_true(found || !stopped);
            assert_true(since[s] < INT64_MAX || found == stopped);
            passed += !found;
            if (found)
                next = model_next_stopped(model, n + 1, count, since[s]);
        }
        assert_true(next == NO_NODE);
    }
    return passed;
}

/* ---- random histories ---- */

static void name_series(struct works *w)
{
    for (uint32_t t = 0; t < w->plant->tag_count; t++) {
        char key[KEY_BYTES];
        size_t length = plant_tag_key(w->plant, t, key, sizeof key);
        batch_add(&w->batch, (struct record){.kind = RECORD_SERIES, .series = t + 1, .text = batch_text(&w->batch, key, length)});
    }
    for (uint32_t d = 0; d < 3; d++) {
        char key[16];
        int length = snprintf(key, sizeof key, "main:x#%u", d);
        batch_add(&w->batch, (struct record){.kind = RECORD_SERIES, .series = 1000 + d, .text = batch_text(&w->batch, key, (size_t)length)});
    }
}

static struct value any_value(const struct tag_def *def, struct works *w)
{
    static const double numbers[] = {0, 9.999, 10, 15, 20, 20.001, 50, 1e308};
    if (def && def->kind == KIND_STATE)
        return value_int(dice(19));
    if (def && def->kind == KIND_COUNTER)
        return value_int(w->now / 2000);
    return dice(30) ? value_real(numbers[dice(8)]) : dice(2) ? value_text(batch_text(&w->batch, "E4", 2)) : value_real((double)NAN);
}

static void add_sample(struct works *w)
{
    uint32_t tag = dice(3) ? dice((uint32_t)w->plant->tag_count) : dice(9), series = dice(12) ? tag + 1 : 1000 + dice(3);
    struct value value = any_value(series < 1000 ? w->plant->tags[tag].def : NULL, w);
    batch_add(&w->batch, (struct record){.kind = RECORD_SAMPLE, .series = series, .time_ms = T0 + w->now - dice(400), .value = value,
        .quality = dice(15) ? QUALITY_GOOD : dice(2) ? QUALITY_BAD : QUALITY_UNCERTAIN,
        .flags = (uint8_t)(SAMPLE_SOURCE_TIME | (dice(10) ? 0 : SAMPLE_RETAINED) | (dice(40) ? 0 : SAMPLE_LATE) | (dice(40) ? 0 : SAMPLE_HISTORICAL))});
}

static void add_other(struct works *w)
{
    static const uint8_t kinds[] = {RECORD_BIRTH, RECORD_DEATH, RECORD_GAP, RECORD_CLOCK};
    batch_add(&w->batch, (struct record){.kind = kinds[dice(4)], .value = value_int((int64_t)dice(7200000) - 3600000), .text = batch_text(&w->batch, "broker:main", 11)});
}

static void reload(struct works *w)
{
    struct plant *old = w->plant;
    w->plant = variant_plant(dice(VARIANTS));
    model_configure(w->model, w->plant);
    plant_destroy(old);
}

/* Under the configuration of that moment or, as a restart does, under another. */
static void load_saved(struct works *w)
{
    struct packer p;
    struct plant *old = w->plant;
    packer_init(&p);
    dice(2) ? model_save(w->model, &p) : model_save_configured(w->model, &p);
    model_destroy(w->model);
    if (dice(2)) {
        w->plant = variant_plant(dice(VARIANTS));
        plant_destroy(old);
    }
    w->model = model_load(w->plant, p.bytes, p.count, NULL);
    assert_non_null(w->model);
    packer_finish(&p);
}

/* Sums up how much there was to find, and how much was passed over. */
static void look(const struct model *model, size_t *outside, size_t *passed)
{
    *outside += assert_counted(model);
    *passed += assert_stops_found(model);
}

static void play(uint64_t stream, size_t *outside, size_t *passed)
{
    struct works w = {.plant = variant_plant(0)};
    seed = stream;
    w.model = model_create(w.plant);
    batch_init(&w.batch);
    look(w.model, outside, passed);
    name_series(&w);
    for (int b = 0; b < BATCHES; b++) {
        w.now += (dice(4) ? dice(20) : dice(300)) * 100;
        for (uint32_t n = dice(12); n > 0; n--)
            add_sample(&w);
        if (dice(20) == 0)
            add_other(&w);
        step(&w, w.now);
        look(w.model, outside, passed);
        if (dice(30) == 0) {
            dice(2) ? reload(&w) : load_saved(&w);
            look(w.model, outside, passed);
            name_series(&w);
        }
    }
    works_close(&w);
}

static void what_is_kept_is_what_a_count_of_all_tags_says(void **state)
{
    (void)state;
    size_t outside = 0, passed = 0;
    for (uint64_t stream = 1; stream <= STREAMS; stream++)
        play(stream, &outside, &passed);
    assert_true(outside > (size_t)STREAMS * BATCHES); /* else there was little to count */
    assert_true(passed > (size_t)STREAMS * BATCHES * 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {CASE(what_is_kept_is_what_a_count_of_all_tags_says)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
