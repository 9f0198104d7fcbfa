#include "check.h"

#include "model_fixture.h"

/* Line l1 is behind a gateway that tells whether it lives; of its units the press does so too, the robot does not. */
static struct plant *gateway_plant(void)
{
    struct plant_build b;
    plant_build_init(&b);
    plant_add_broker(&b, (struct plant_broker){.name = "main", .url = "mqtt://127.0.0.1", .version = 5});
    uint32_t site = plant_add_node(&b, NO_NODE, (struct node){.level = LEVEL_SITE, .name = "works"});
    plant_add_tag(&b, site, plant_add_def(&b, (struct tag_def){.name = "weather"}));
    uint32_t area = plant_add_node(&b, site, (struct node){.level = LEVEL_AREA, .name = "hall"});
    uint32_t line = plant_add_node(&b, area, (struct node){.level = LEVEL_LINE, .name = "l1"});
    const struct tag_def online = {.name = "online", .kind = KIND_BOOL, .role = ROLE_AVAILABILITY};
    plant_add_tag(&b, line, plant_add_def(&b, online));
    uint32_t press = plant_add_node(&b, line, (struct node){.level = LEVEL_UNIT, .name = "press"});
    plant_add_tag(&b, press, plant_add_def(&b, (struct tag_def){.name = "state", .kind = KIND_STATE}));
    plant_add_tag(&b, press, plant_add_def(&b, (struct tag_def){.name = "temp"}));
    plant_add_tag(&b, press, plant_add_def(&b, online));
    uint32_t robot = plant_add_node(&b, line, (struct node){.level = LEVEL_UNIT, .name = "robot"});
    plant_add_tag(&b, robot, plant_add_def(&b, (struct tag_def){.name = "temp"}));
    return plant_build_finish(&b);
}

#define GATEWAY "works/hall/l1/online"

static void open_works(struct works *w)
{
    works_open_plant(w, gateway_plant());
    w->now = 0;
    put(w, GATEWAY, value_bool(true));
    put(w, PRESS "/state", value_int(6));
    put(w, PRESS "/temp", value_real(60));
    put(w, PRESS "/online", value_bool(true));
    put(w, ROBOT "/temp", value_real(30));
    put(w, "works/weather", value_real(12));
    step(w, 0);
}

/* One letter each for weather, the press's state, its temp, the robot's temp: g good, u unconfirmed. */
static void assert_trust(const struct works *w, const char *expected)
{
    static const char *const keys[] = {"works/weather", PRESS "/state", PRESS "/temp", ROBOT "/temp"};
    char have[5] = "";
    for (int k = 0; k < 4; k++)
        have[k] = trust_of(w, keys[k]) == TRUST_UNCONFIRMED ? 'u' : trust_of(w, keys[k]) == TRUST_GOOD ? 'g' : '?';
    assert_string_equal(have, expected);
}

static void what_a_dead_gateway_said_is_unconfirmed_until_it_lives_again(void **state)
{
    (void)state;
    struct works w;
    open_works(&w);
    assert_trust(&w, "gggg");
    assert_int_equal(node_of(&w, PRESS)->class, CLASS_RUN);
    sample(&w, 60000, GATEWAY, value_bool(false));
    assert_trust(&w, "guuu");
    assert_int_equal(node_of(&w, PRESS)->class, CLASS_UNKNOWN);
    assert_int_equal(node_of(&w, PRESS)->since_ms, T0 + 60000);
    assert_int_equal(model_publishers_dead(w.model), 1);
    struct publisher gateway;
    model_publisher(w.model, 0, &gateway);
    assert_int_equal(gateway.liveness, LIVENESS_DEAD);
    assert_int_equal(gateway.since_ms, T0 + 60000);
    assert_int_equal(gateway.tags, 4);
    assert_int_equal(model_dead_publisher(w.model, model_find(w.model, ROBOT "/temp")), 0);
    assert_int_equal(model_dead_publisher(w.model, model_find(w.model, GATEWAY)), NO_PUBLISHER);
    struct standing standing;
    model_standing(w.model, plant_node_by_path(w.plant, "works/hall/l1"), &standing);
    assert_int_equal(standing.trust[TRUST_UNCONFIRMED], 4);
    sample(&w, 90000, GATEWAY, value_bool(true));
    assert_trust(&w, "gggg");
    assert_int_equal(model_publishers_dead(w.model), 0);
    assert_int_equal(node_of(&w, PRESS)->class, CLASS_RUN);
    assert_int_equal(node_of(&w, PRESS)->since_ms, T0 + 90000);
    works_close(&w);
}

static size_t link_events(const struct works *w)
{
    struct unpacker u;
    struct event event;
    size_t count = 0;
    u = unpacker_of(w->events.bytes, w->events.count);
    while (u.at < u.end) {
        event_unpack(&event, &u);
        count += event.kind == EVENT_LINK;
    }
    return count;
}

static void a_death_is_one_event_and_so_is_the_life_after_it(void **state)
{
    (void)state;
    struct works w;
    open_works(&w);
    assert_int_equal(link_events(&w), 0);
    sample(&w, 1000, GATEWAY, value_bool(false));
    sample(&w, 2000, GATEWAY, value_bool(false));
    assert_int_equal(link_events(&w), 1);
    sample(&w, 3000, GATEWAY, value_bool(true));
    assert_int_equal(link_events(&w), 2);
    works_close(&w);
}

static void a_device_behind_a_gateway_may_be_dead_by_itself(void **state)
{
    (void)state;
    struct works w;
    open_works(&w);
    sample(&w, 1000, PRESS "/online", value_bool(false));
    assert_trust(&w, "guug");
    sample(&w, 2000, GATEWAY, value_bool(false));
    assert_trust(&w, "guuu");
    sample(&w, 3000, GATEWAY, value_bool(true));
    assert_trust(&w, "guug");
    sample(&w, 4000, PRESS "/online", value_bool(true));
    assert_trust(&w, "gggg");
    works_close(&w);
}

/* A last will that is out of date must not hide what speaks. */
static void who_speaks_is_believed_for_what_he_says(void **state)
{
    (void)state;
    struct works w;
    open_works(&w);
    sample(&w, 1000, GATEWAY, value_bool(false));
    sample(&w, 2000, PRESS "/temp", value_real(61));
    assert_trust(&w, "gugu");
    sample(&w, 3000, PRESS "/state", value_int(6));
    assert_trust(&w, "gggu");
    assert_int_equal(node_of(&w, PRESS)->class, CLASS_RUN);
    works_close(&w);
}

static void retained(struct works *w, const char *key, struct value v)
{
    put(w, key, v)->flags = SAMPLE_RETAINED;
}

/* At a connect the broker sends what it kept in any order: of a dead publisher none of it is confirmed. */
static void what_the_broker_kept_is_as_true_as_its_publisher_lives(void **state)
{
    (void)state;
    for (int first = 0; first < 2; first++)
        for (int together = 0; together < 2; together++) {
            struct works w;
            works_open_plant(&w, gateway_plant());
            for (int part = 0; part < 2; part++) {
                if (part == first) {
                    retained(&w, GATEWAY, value_bool(false));
                } else {
                    retained(&w, PRESS "/state", value_int(6));
                    retained(&w, PRESS "/temp", value_real(60));
                    retained(&w, ROBOT "/temp", value_real(30));
                    retained(&w, "works/weather", value_real(12));
                }
                if (!together || part == 1)
                    step(&w, 1000 * (part + 1));
            }
            assert_trust(&w, "guuu");
            assert_int_equal(node_of(&w, PRESS)->class, CLASS_UNKNOWN);
            retained(&w, ROBOT "/temp", value_real(30)); /* once more, after another connect */
            step(&w, 5000);
            assert_trust(&w, "guuu");
            sample(&w, 9000, GATEWAY, value_bool(true));
            assert_trust(&w, "gggg");
            assert_int_equal(node_of(&w, PRESS)->class, CLASS_RUN);
            works_close(&w);
        }
}

/* In a batch samples stand by series, not as they came: its last words are not taken for a sign of life. */
static void last_words_in_the_batch_of_the_death_do_not_confirm(void **state)
{
    (void)state;
    struct works w;
    open_works(&w);
    w.now = 1000;
    put(&w, GATEWAY, value_bool(false));
    put(&w, ROBOT "/temp", value_real(31));
    step(&w, 1000);
    assert_trust(&w, "guuu");
    assert_near(tag_of(&w, ROBOT "/temp")->value.d, 31, 0);
    works_close(&w);
}

/* A gap lies deeper: what may have changed meanwhile is confirmed by nobody's living. */
static void after_a_gap_only_words_confirm(void **state)
{
    (void)state;
    struct works w;
    open_works(&w);
    sample(&w, 1000, GATEWAY, value_bool(false));
    batch_add(&w.batch, (struct record){.kind = RECORD_GAP, .value = value_int(5000)});
    step(&w, 6000);
    sample(&w, 7000, GATEWAY, value_bool(true));
    assert_trust(&w, "uuuu");
    sample(&w, 8000, ROBOT "/temp", value_real(31));
    assert_trust(&w, "uuug");
    works_close(&w);
}

static struct packer saved(const struct model *model)
{
    struct packer p;
    packer_init(&p);
    model_save(model, &p);
    return p;
}

static void assert_same(const struct model *a, const struct model *b)
{
    struct packer x = saved(a), y = saved(b);
    assert_int_equal(x.count, y.count);
    assert_memory_equal(x.bytes, y.bytes, x.count);
    assert_int_equal(model_publishers_dead(a), model_publishers_dead(b));
    packer_finish(&x);
    packer_finish(&y);
}

static void put_series(struct works *w, uint32_t series, const char *key)
{
    batch_add(&w->batch, (struct record){.kind = RECORD_SERIES, .series = series, .text = batch_text(&w->batch, key, strlen(key))});
}

static void put_word(struct works *w, uint32_t series, const char *word)
{
    batch_add(&w->batch, (struct record){.kind = RECORD_SAMPLE, .series = series, .time_ms = T0 + w->now, .quality = QUALITY_GOOD,
        .value = value_text(batch_text(&w->batch, word, strlen(word)))});
}

static void skew(struct works *w, const char *name, int64_t ms)
{
    batch_add(&w->batch, (struct record){.kind = RECORD_SKEW, .value = value_int(ms), .text = batch_text(&w->batch, name, strlen(name))});
}

static void a_saved_model_goes_on_alike(void **state)
{
    (void)state;
    struct works w;
    struct error err;
    open_works(&w);
    put_series(&w, 900, "main:tele/P07/SENSOR#/t");
    put_series(&w, 901, "main:tele/P07/LWT#");
    sample(&w, 500, ROBOT "/temp", value_real(32));
    w.now = 1000;
    put_word(&w, 900, "12");
    step(&w, 1000);
    put_word(&w, 901, "Offline");
    skew(&w, ROBOT, 7200000);
    skew(&w, "main:tele/P07", -1500);
    sample(&w, 2000, GATEWAY, value_bool(false));
    assert_int_equal(model_publishers_dead(w.model), 2);
    struct packer p = saved(w.model);
    struct model *copy = model_load(w.plant, p.bytes, p.count, &err);
    assert_non_null(copy);
    assert_same(w.model, copy);
    assert_int_equal(model_skew_count(copy), 2);
    assert_int_equal(model_skew(copy, 0)->ms, 7200000);
    assert_int_equal(model_skew(copy, 0)->measured_ms, T0 + 2000);
    struct model *live = w.model;
    for (int part = 0; part < 2; part++) {
        w.now = 3000;
        put_word(&w, 901, "Online");
        put(&w, GATEWAY, value_bool(true));
        w.model = part ? copy : live;
        w.batch.seq = 9;
        w.closed = 2000;
        step(&w, 3000);
        assert_trust(&w, "gggg");
        assert_int_equal(trust_of(&w, "main:tele/P07/SENSOR#/t"), TRUST_GOOD);
    }
    assert_same(live, copy);
    struct packer kept;
    packer_init(&kept);
    model_save_configured(live, &kept);
    struct model *configured = model_load(w.plant, kept.bytes, kept.count, &err);
    assert_int_equal(model_skew_count(configured), 1);
    assert_int_equal(model_publisher_count(configured), 2);
    model_destroy(configured);
    packer_finish(&kept);
    packer_finish(&p);
    w.model = live;
    model_destroy(copy);
    works_close(&w);
}

/* Empty batches between them change nothing. */
static void one_step_is_as_good_as_a_thousand(void **state)
{
    (void)state;
    struct works few, many;
    open_works(&few);
    open_works(&many);
    static const struct { int64_t ms; const char *key; bool lives; } story[] = {
        {20000, GATEWAY, false}, {40000, PRESS "/online", false}, {60000, GATEWAY, true}, {80000, PRESS "/online", true}, {100000, PRESS "/online", false},
    };
    for (size_t s = 0; s < sizeof story / sizeof story[0]; s++) {
        for (int64_t ms = many.closed + 100; ms < story[s].ms; ms += 100)
            step(&many, ms);
        sample(&few, story[s].ms, story[s].key, value_bool(story[s].lives));
        many.batch.seq = few.batch.seq - 1;
        sample(&many, story[s].ms, story[s].key, value_bool(story[s].lives));
    }
    assert_same(few.model, many.model);
    works_close(&few);
    works_close(&many);
}

/* Nobody configured anything: names of topics, and the words that came under them. */
static void found_publishers_are_known_by_their_words(void **state)
{
    (void)state;
    static const struct { const char *teller, *tag, *word; size_t publishers, dead; enum tag_trust trust; } cases[] = {
        {"main:tele/P07/LWT#", "main:tele/P07/SENSOR#/t", "Offline", 1, 1, TRUST_UNCONFIRMED},
        {"main:tele/P07/LWT#", "main:tele/P07/SENSOR#/t", "Online", 1, 0, TRUST_GOOD},
        {"main:tele/P07/LWT#", "main:tele/P070/SENSOR#/t", "Offline", 1, 1, TRUST_GOOD},
        {"main:zigbee2mqtt/door/availability#/state", "main:zigbee2mqtt/door#/contact", "offline", 1, 1, TRUST_UNCONFIRMED},
        {"main:shellies/pump/online#", "main:shellies/pump/relay/0/power#", "false", 1, 1, TRUST_UNCONFIRMED},
        {"main:plant/press/status#", "main:plant/press/temp#", "offline", 1, 1, TRUST_UNCONFIRMED},
        {"main:plant/press/status#", "main:plant/press/temp#", "off", 0, 0, TRUST_GOOD}, /* a machine that is off is no dead publisher */
        {"main:plant/press/status#", "main:plant/press/temp#", "0", 0, 0, TRUST_GOOD},
        {"main:plant/press/alive#", "main:plant/press/temp#", "0", 0, 0, TRUST_GOOD},
        {"main:online#", "main:plant/press/temp#", "offline", 0, 0, TRUST_GOOD},
    };
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++)
        for (int order = 0; order < 2; order++) {
            struct works w;
            open_works(&w);
            put_series(&w, order ? 900 : 901, order ? cases[c].tag : cases[c].teller);
            put_series(&w, order ? 901 : 900, order ? cases[c].teller : cases[c].tag);
            w.now = 1000;
            put_word(&w, 900, "7");
            step(&w, 1000);
            w.now = 2000;
            put_word(&w, 901, cases[c].word);
            step(&w, 2000);
            assert_int_equal(model_publisher_count(w.model), 2 + cases[c].publishers);
            assert_int_equal(model_publishers_dead(w.model), cases[c].dead);
            assert_int_equal(trust_of(&w, cases[c].tag), cases[c].trust);
            assert_int_equal(link_events(&w), 0); /* what was only discovered is not kept */
            w.now = 3000;
            put_word(&w, 901, "online");
            step(&w, 3000);
            assert_int_equal(trust_of(&w, cases[c].tag), TRUST_GOOD);
            works_close(&w);
        }
}

static void the_nearest_of_two_found_ones_counts(void **state)
{
    (void)state;
    struct works w;
    char name[KEY_BYTES];
    open_works(&w);
    put_series(&w, 901, "main:gw/online#");
    put_series(&w, 902, "main:gw/p1/temp#");
    put_series(&w, 903, "main:gw/p2/temp#");
    put_series(&w, 904, "main:gw/p1/online#");
    w.now = 1000;
    put_word(&w, 901, "online");
    put_word(&w, 902, "1");
    put_word(&w, 903, "1");
    put_word(&w, 904, "offline");
    step(&w, 1000);
    assert_int_equal(trust_of(&w, "main:gw/p1/temp#"), TRUST_UNCONFIRMED);
    assert_int_equal(trust_of(&w, "main:gw/p2/temp#"), TRUST_GOOD);
    model_publisher_name(w.model, 3, name, sizeof name);
    assert_string_equal(name, "gw/p1");
    struct publisher p;
    model_publisher(w.model, 2, &p);
    assert_int_equal(p.tags, 1); /* p2's: its own word is none of what comes from it */
    works_close(&w);
}

/* Another configuration knows of no gateway: nobody is dead any more who is not said to be. */
static void a_configuration_without_it_confirms(void **state)
{
    (void)state;
    struct works w;
    open_works(&w);
    sample(&w, 1000, GATEWAY, value_bool(false));
    assert_trust(&w, "guuu");
    struct plant_build b;
    plant_build_init(&b);
    uint32_t site = plant_add_node(&b, NO_NODE, (struct node){.level = LEVEL_SITE, .name = "works"});
    uint32_t area = plant_add_node(&b, site, (struct node){.level = LEVEL_AREA, .name = "hall"});
    uint32_t line = plant_add_node(&b, area, (struct node){.level = LEVEL_LINE, .name = "l1"});
    uint32_t robot = plant_add_node(&b, line, (struct node){.level = LEVEL_UNIT, .name = "robot"});
    plant_add_tag(&b, robot, plant_add_def(&b, (struct tag_def){.name = "temp"}));
    struct plant *old = w.plant;
    w.plant = plant_build_finish(&b);
    skew(&w, PRESS, 1);
    skew(&w, ROBOT, 2);
    step(&w, 1500);
    model_configure(w.model, w.plant);
    plant_destroy(old);
    assert_int_equal(trust_of(&w, ROBOT "/temp"), TRUST_GOOD);
    assert_int_equal(model_publishers_dead(w.model), 0);
    assert_int_equal(model_skew_count(w.model), 1);
    assert_string_equal(model_skew(w.model, 0)->name, ROBOT);
    works_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(what_a_dead_gateway_said_is_unconfirmed_until_it_lives_again),
        CASE(a_death_is_one_event_and_so_is_the_life_after_it),
        CASE(a_device_behind_a_gateway_may_be_dead_by_itself),
        CASE(who_speaks_is_believed_for_what_he_says),
        CASE(what_the_broker_kept_is_as_true_as_its_publisher_lives),
        CASE(last_words_in_the_batch_of_the_death_do_not_confirm),
        CASE(after_a_gap_only_words_confirm),
        CASE(a_saved_model_goes_on_alike),
        CASE(one_step_is_as_good_as_a_thousand),
        CASE(found_publishers_are_known_by_their_words),
        CASE(the_nearest_of_two_found_ones_counts),
        CASE(a_configuration_without_it_confirms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
