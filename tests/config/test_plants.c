#include "check.h"

#include "core/ingest.h"
#include "core/model.h"
#include "io/builtin.h"
#include "io/config.h"
#include "sim/sim.h"

/* The simulated plants and their configurations are two descriptions of one thing: here they meet. A plant is simulated,
 * its messages are folded with its configuration, and what each says of the other is compared. */

struct bench {
    struct config config;
    struct model *model;
    struct ingest *ingest;
    int64_t closed_ms;
    struct sim_interval_copy { char node[64]; enum pack_state state; enum state_class class; int64_t from_ms, to_ms; } intervals[4000];
    struct sim_count_copy { char node[64]; uint64_t good, reject; } counts[200];
    size_t interval_count, count_count;
    double booked;       /* by quarters of an hour, of everything that counts */
    char raised[400][320]; /* the alarms that were raised and seen */
    size_t raised_count, annunciated;
    size_t ended;        /* intervals */
};

static void take_raise(struct bench *b, const struct event *event)
{
    b->annunciated += event->alarm.annunciated;
    if (strcmp(event->after, "DSUPR") == 0)
        return;
    assert_true(b->raised_count < sizeof b->raised / sizeof *b->raised);
    snprintf(b->raised[b->raised_count++], sizeof b->raised[0], "%s", event->path);
}

static void close_batch(struct bench *b, int64_t elapsed_ms)
{
    b->closed_ms += elapsed_ms;
    ingest_close(b->ingest, b->closed_ms, elapsed_ms);
    const struct outcomes *o = model_outcomes(b->model);
    for (size_t i = 0; i < o->bucket_count; i++)
        b->booked += o->buckets[i].gained;
    b->ended += o->interval_count;
    for (size_t i = 0; i < o->event_count; i++)
        if (o->events[i].kind == EVENT_ALARM && o->events[i].alarm.event == ALARM_RAISED)
            take_raise(b, &o->events[i]);
}

static void take_message(void *arg, const struct sim_message *m)
{
    struct bench *b = arg;
    while (m->ts_ms >= b->closed_ms + BATCH_GRID_MS)
        close_batch(b, BATCH_GRID_MS);
    ingest_message(b->ingest, &(struct message){.retained = m->initial, .topic = m->topic, .topic_length = strlen(m->topic),
        .payload = m->payload, .payload_length = m->payload_length, .arrival_ms = m->ts_ms});
}

static void take_interval(void *arg, const struct sim_interval *i)
{
    struct bench *b = arg;
    assert_true(b->interval_count < 4000);
    struct sim_interval_copy *k = &b->intervals[b->interval_count++];
    *k = (struct sim_interval_copy){.state = i->state, .class = i->class, .from_ms = i->from_ms, .to_ms = i->to_ms};
    snprintf(k->node, sizeof k->node, "%s", i->node);
}

static void take_count(void *arg, const struct sim_count *c)
{
    struct bench *b = arg;
    assert_true(b->count_count < 200);
    struct sim_count_copy *k = &b->counts[b->count_count++];
    *k = (struct sim_count_copy){.good = c->good, .reject = c->reject};
    snprintf(k->node, sizeof k->node, "%s", c->node);
}

static void configure(struct bench *b, const char *text)
{
    struct bundle bundle;
    struct diagnostics diagnostics = {.rows = NULL};
    bundle_of_text(&bundle, "plant.cfg", text);
    bool good = config_build(&bundle, &b->config, &diagnostics);
    if (!good || diagnostics.count) {
        diagnostics_print(&diagnostics, stderr);
        fail_msg("the configuration has %zu problems", diagnostics.count);
    }
    diagnostics_finish(&diagnostics);
}

/* Simulates a plant for so long and folds what it publishes. */
static struct bench *run(const struct sim_options *options, const char *text, int64_t length_ms)
{
    struct bench *b = calloc(1, sizeof *b);
    struct error err;
    configure(b, text);
    b->model = model_create(b->config.plant);
    b->ingest = ingest_create(b->config.plant, b->model);
    b->closed_ms = options->start_ms - BATCH_GRID_MS;
    struct sim *sim = sim_create(options, &err);
    assert_non_null(sim);
    struct sim_sink sink = {take_message, take_interval, take_count, .arg = b};
    sim_step(sim, options->start_ms + length_ms, &sink);
    sim_close(sim, &sink);
    sim_destroy(sim);
    close_batch(b, BATCH_GRID_MS);
    return b;
}

static void end(struct bench *b)
{
    ingest_destroy(b->ingest);
    model_destroy(b->model);
    config_finish(&b->config);
    free(b);
}

static struct bench *run_industry(size_t i, int64_t length_ms)
{
    return run(&(struct sim_options){.industry = sim_industries[i].name, .seed = 1, .start_ms = sim_industries[i].preset_start_ms},
        builtin_config(sim_industries[i].name), length_ms);
}

/* No topic feeds those that the fold reckons of demands and emissions. */
static bool is_told(const struct plant *plant, uint32_t tag)
{
    bool told = false;
    for (size_t i = 0; i < plant->demand_count; i++)
        told = told || plant->demands[i].forecast_tag == tag || plant->demands[i].mean_tag == tag;
    for (size_t i = 0; i < plant->emission_count; i++)
        told = told || plant->emissions[i].forecast_tag == tag || plant->emissions[i].mean_tag == tag;
    return told;
}

static void assert_all_tags_heard(const struct bench *b)
{
    char key[KEY_BYTES];
    for (uint32_t t = 0; t < b->config.plant->tag_count; t++)
        if (model_tag(b->model, t)->count == 0 && !is_told(b->config.plant, t) && b->config.plant->tags[t].def->role != ROLE_DEFECT) { /* that are told when there is one */
            plant_tag_key(b->config.plant, t, key, sizeof key);
            fail_msg("%s has received nothing", key);
        }
    for (int d = 0; d < DROP_COUNT; d++)
        if (model_drops(b->model, (enum drop)d)->count)
            fail_msg("%s: %s", drop_table[d].name, model_drops(b->model, (enum drop)d)->example);
}

static void every_configured_tag_is_published_within_two_minutes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sim_industry_count; i++) {
        struct bench *b = run_industry(i, 120000);
        assert_all_tags_heard(b);
        assert_in_range(model_discovered(b->model), 5, 20); /* a few strangers, so that there is something to discover */
        end(b);
    }
}

/* Values that lie outside their range would be a configuration that nobody looked at. */
static void values_lie_in_their_ranges(void **state)
{
    (void)state;
    for (size_t i = 0; i < sim_industry_count; i++) {
        struct bench *b = run_industry(i, 120000);
        size_t with_normal = 0, normal = 0;
        for (uint32_t t = 0; t < b->config.plant->tag_count; t++) {
            const struct tag *tag = model_tag(b->model, t);
            double x = 0;
            char key[KEY_BYTES];
            if (!tag->def->has_range || !value_number(tag->value, &x))
                continue;
            plant_tag_key(b->config.plant, t, key, sizeof key);
            if (x < tag->def->range[0] || x > tag->def->range[1])
                fail_msg("%s: %g is not in %g to %g", key, x, tag->def->range[0], tag->def->range[1]);
            with_normal += tag->def->has_normal;
            normal += tag->def->has_normal && x >= tag->def->normal[0] && x <= tag->def->normal[1];
        }
        assert_true(with_normal > 100);
        assert_true((double)normal / (double)with_normal > 0.6);
        end(b);
    }
}

/* The intervals that the fold keeps of each unit and line are those of the truth, to the millisecond. */
static void states_agree_with_the_truth(void **state)
{
    (void)state;
    for (size_t i = 0; i < sim_industry_count; i++) {
        struct bench *b = run_industry(i, 600000);
        size_t *seen = calloc(b->config.plant->node_count, sizeof *seen), changes = 0;
        for (size_t k = 0; k < b->interval_count; k++) {
            const struct sim_interval_copy *t = &b->intervals[k];
            uint32_t node = plant_node_by_path(b->config.plant, t->node);
            assert_int_not_equal(node, NO_NODE);
            const struct node_state *told = model_node(b->model, node);
            assert_true(seen[node] < told->interval_count);
            const struct interval *interval = &told->intervals[seen[node]++];
            if (interval->class != t->class || interval->state != t->state || interval->start_ms != t->from_ms)
                fail_msg("%s: class %d state %d since %lld, in truth %d, %d, %lld", t->node, interval->class, interval->state,
                    (long long)interval->start_ms, t->class, t->state, (long long)t->from_ms);
            assert_int_equal(interval->end_ms, seen[node] == told->interval_count ? 0 : t->to_ms);
            changes += seen[node] > 1;
        }
        assert_true(changes > 20);
        assert_int_equal(b->ended, changes); /* each that ended was told once */
        free(seen);
        end(b);
    }
}

static double gained(const struct bench *b, const char *node, const char *name)
{
    char key[KEY_BYTES];
    snprintf(key, sizeof key, "%s/%s", node, name);
    uint32_t tag = model_find(b->model, key);
    return tag == NO_TAG ? 0 : model_tag(b->model, tag)->gained;
}

static double all_gained(const struct bench *b)
{
    double all = 0;
    for (uint32_t t = 0; t < b->config.plant->tag_count; t++)
        all += model_tag(b->model, t)->gained;
    return all;
}

/* Somebody turns a knob now and then, in every plant; nobody floods. */
static void assert_changes(const struct bench *b)
{
    size_t count, set = 0;
    const struct event *changes = model_changes(b->model, &count);
    for (size_t c = 0; c < count; c++)
        set += changes[c].kind == EVENT_SETPOINT || changes[c].kind == EVENT_LIMIT || changes[c].kind == EVENT_RECIPE;
    assert_in_range(set, 1, 12);
    assert_in_range(count, set, 40);
}

static void counts_agree_with_the_truth(void **state)
{
    (void)state;
    for (size_t i = 0; i < sim_industry_count; i++) {
        struct bench *b = run_industry(i, 1080000); /* one counter rolls over in it */
        double all = 0;
        for (size_t k = 0; k < b->count_count; k++) {
            assert_near(gained(b, b->counts[k].node, "good"), (double)b->counts[k].good, 0);
            assert_near(gained(b, b->counts[k].node, "reject"), (double)b->counts[k].reject, 0);
            all += (double)b->counts[k].good;
        }
        assert_true(all > 500);
        assert_changes(b);
        close_batch(b, 2 * BUCKET_MS); /* every quarter has ended */
        assert_near(b->booked, all_gained(b), 1e-6 * b->booked);
        end(b);
    }
}

static bool was_raised(const struct bench *b, const char *key)
{
    for (size_t i = 0; i < b->raised_count; i++)
        if (strcmp(b->raised[i], key) == 0)
            return true;
    return false;
}

/* The first ten minutes have several faults: each is an alarm, and they are no flood. */
static void faults_raise_their_alarms_and_few_others(void **state)
{
    (void)state;
    static const struct { const char *industry, *raised[4]; } expected[] = {
        {"appliance", {"shenyang/stamping/side2/p02/reason.message", "shenyang/stamping/side2/p02/oil.high", "shenyang/foaming/cabinet/f2/mat.high"}},
        {"steel", {"nordhafen/casting/cc2/dev.high", "nordhafen/casting/cc2/reason.message", "nordhafen/iron/bf3/top.high", "nordhafen/hot/hsm/reason.message"}},
        {"automotive", {"isartal/body/swr/st22/flow.low", "isartal/body/swr/st22/reason.message", "isartal/topcoat/deck1/bc/sink.low", "isartal/topcoat/deck1/bc/reason.message"}},
        {"electronics", {"elnord/smt/smt3/placer2/vacuum.high", "elnord/smt/smt3/placer2/reason.message", "elnord/tht/wave1/wave/level.low"}},
        {"chemical", {"sued/reactors/r101/jacket.low", "sued/reactors/r101/temperature.high", "sued/reactors/r101/reason.message", "sued/columns/k202/reflux.low"}},
    };
    for (size_t i = 0; i < sim_industry_count; i++) {
        struct bench *b = run_industry(i, 600000);
        assert_string_equal(expected[i].industry, sim_industries[i].name);
        for (size_t k = 0; k < 4 && expected[i].raised[k]; k++)
            if (!was_raised(b, expected[i].raised[k]))
                fail_msg("%s was not raised", expected[i].raised[k]);
        assert_in_range(b->annunciated, 2, 10);
        assert_true(b->config.plant->position_count > 3);
        end(b);
    }
}

/* Most alarms are of low priority: what is always red is never seen. */
static void priorities_are_as_they_should_be(void **state)
{
    (void)state;
    for (size_t i = 0; i < sim_industry_count; i++) {
        struct bench *b = calloc(1, sizeof *b);
        double by_priority[ALARM_PRIORITIES + 1] = {0}, all = 0;
        configure(b, builtin_config(sim_industries[i].name));
        for (size_t a = 0; a < b->config.plant->alarm_count; a++) {
            const struct alarm_def *def = b->config.plant->alarms[a].def;
            for (size_t c = 0; c < def->condition_count; c++, all++)
                by_priority[def->conditions[c].priority]++;
        }
        assert_true(all > 200);
        assert_near((by_priority[3] + by_priority[4]) / all, 0.83, 0.06);
        assert_near(by_priority[2] / all, 0.13, 0.05);
        assert_near(by_priority[1] / all, 0.04, 0.03);
        config_finish(&b->config);
        free(b);
    }
}

static void the_load_plant_has_just_its_tags(void **state)
{
    (void)state;
    static const struct sim_options cases[] = {
        {.seed = 1, .lines = 1, .tags = 1, .rate = 100, .start_ms = 1718073720000},
        {.seed = 1, .lines = 3, .tags = 75, .rate = 100, .start_ms = 1718073720000},
        {.seed = 1, .lines = 7, .tags = 150, .rate = 100, .start_ms = 1718073720000},
        {.seed = 1, .lines = 20, .tags = 1999, .rate = 1000, .start_ms = 1718073720000},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error err;
        char *text = sim_load_config(&cases[i], &err);
        struct bench *b = run(&cases[i], text, 3000);
        assert_int_equal(b->config.plant->tag_count, cases[i].tags);
        assert_all_tags_heard(b);
        assert_int_equal(model_discovered(b->model), 0);
        end(b);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(every_configured_tag_is_published_within_two_minutes), CASE(values_lie_in_their_ranges),
        CASE(states_agree_with_the_truth), CASE(counts_agree_with_the_truth), CASE(faults_raise_their_alarms_and_few_others),
        CASE(priorities_are_as_they_should_be), CASE(the_load_plant_has_just_its_tags),
    };
    return cmocka_run_group_tests_name("plants", tests, NULL, NULL);
}
