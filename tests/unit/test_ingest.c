#include "check.h"

#include "core/ingest.h"
#include "core/plant_build.h"

#define T0 INT64_C(1718178720000) /* 2024-06-12 07:52:00 UTC */

struct desk {
    struct plant *plant;
    struct model *model;
    struct ingest *ingest;
    const struct batch *batch;
    int64_t now;
};

/* Broker main; line l1 with: temp and oil in one JSON message with a source time, a scaled tag, a switch, a text, a
 * counter, all on topics of their own. */
static struct plant *desk_plant(int64_t topics)
{
    struct plant_build b;
    plant_build_init(&b);
    plant_add_broker(&b, (struct plant_broker){.name = "main", .url = "mqtt://127.0.0.1", .version = 5});
    uint32_t site = plant_add_node(&b, NO_NODE, (struct node){.level = LEVEL_SITE, .name = "works"});
    uint32_t line = plant_add_node(&b, site, (struct node){.level = LEVEL_LINE, .name = "l1"});
    static const struct { const char *name, *topic, *path; enum tag_kind kind; double scale, offset; } tags[] = {
        {"temp", "l1/telemetry", "/t", KIND_VALUE, 0, 0},
        {"oil", "l1/telemetry", "/oil/level", KIND_VALUE, 0, 0},
        {"fahrenheit", "l1/f", "", KIND_VALUE, 0.5, -10},
        {"door", "l1/door", "", KIND_BOOL, 0, 0},
        {"reason", "l1/reason", "", KIND_TEXT, 0, 0},
        {"good", "l1/good", "", KIND_COUNTER, 0, 0},
    };
    uint32_t ids[6];
    for (int t = 0; t < 6; t++)
        ids[t] = plant_add_tag(&b, line, plant_add_def(&b, (struct tag_def){.name = tags[t].name, .kind = tags[t].kind,
            .scale = tags[t].scale, .offset = tags[t].offset}));
    plant_add_binding(&b, (struct plant_binding){.topic = "l1/telemetry", .broker = 0, .format = FORMAT_JSON, .time_path = "/ts",
        .fields = (struct plant_field[]){{"/t", ids[0]}, {"/oil/level", ids[1]}}, .field_count = 2});
    for (int t = 2; t < 6; t++)
        plant_add_binding(&b, (struct plant_binding){.topic = tags[t].topic, .broker = 0, .time_path = "",
            .fields = (struct plant_field[]){{"", ids[t]}}, .field_count = 1});
    struct plant *plant = plant_build_finish(&b);
    if (topics)
        plant->bounds.limit[BOUND_TOPICS] = topics;
    return plant;
}

static void desk_open(struct desk *d, int64_t topics)
{
    *d = (struct desk){.plant = desk_plant(topics), .now = T0};
    d->model = model_create(d->plant);
    d->ingest = ingest_create(d->plant, d->model);
}

static void desk_close(struct desk *d)
{
    ingest_destroy(d->ingest);
    model_destroy(d->model);
    plant_destroy(d->plant);
}

static void bytes_say(struct desk *d, const char *topic, size_t topic_length, const void *payload, size_t length)
{
    ingest_message(d->ingest, &(struct message){.topic = topic, .topic_length = topic_length, .payload = payload,
        .payload_length = length, .arrival_ms = d->now});
    d->now += 100;
    d->batch = ingest_close(d->ingest, d->now, 100);
}

static void says(struct desk *d, const char *topic, const char *payload)
{
    bytes_say(d, topic, strlen(topic), payload, strlen(payload));
}

static const struct tag *tag_of(const struct desk *d, const char *key)
{
    uint32_t tag = model_find(d->model, key);
    assert_int_not_equal(tag, NO_TAG);
    return model_tag(d->model, tag);
}

static double number_of(const struct desk *d, const char *key)
{
    double number = NAN;
    assert_true(value_number(tag_of(d, key)->value, &number));
    return number;
}

static uint64_t dropped(const struct desk *d, enum drop reason)
{
    return model_drops(d->model, reason)->count;
}

static void one_message_may_feed_several_tags_with_the_sources_time(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d, 0);
    says(&d, "l1/telemetry", "{\"ts\": 1718178719500, \"t\": 61.5, \"oil\": {\"level\": 7}}");
    assert_near(number_of(&d, "works/l1/temp"), 61.5, 0);
    assert_near(number_of(&d, "works/l1/oil"), 7, 0);
    assert_int_equal(tag_of(&d, "works/l1/temp")->time_ms, INT64_C(1718178719500));
    assert_true(tag_of(&d, "works/l1/temp")->flags & SAMPLE_SOURCE_TIME);
    assert_int_equal(model_discovered(d.model), 0);
    desk_close(&d);
}

static void values_come_to_the_kind_that_the_tag_wants(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d, 0);
    says(&d, "l1/f", "100");
    assert_near(number_of(&d, "works/l1/fahrenheit"), 40, 0);
    says(&d, "l1/telemetry", "{\"t\": \"12.5\"}");
    assert_near(number_of(&d, "works/l1/temp"), 12.5, 0);
    says(&d, "l1/door", "ON");
    assert_near(number_of(&d, "works/l1/door"), 1, 0);
    says(&d, "l1/door", "0");
    assert_near(number_of(&d, "works/l1/door"), 0, 0);
    says(&d, "l1/reason", "F2 料温高高");
    assert_string_equal(tag_of(&d, "works/l1/reason")->text, "F2 料温高高");
    desk_close(&d);
}

/* What comes of a stamp that cannot be is measured all the same: it is how one finds that a zone is wrong. */
static void what_a_clock_is_off_by_is_in_the_stream(void **state)
{
    (void)state;
    static const struct { int64_t stamp_ms, skew_ms; } cases[] = {{-300, 300}, {-7200000, 7200000}, {28800000, -28800000}, {200, -200}};
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        struct desk d;
        char payload[64];
        desk_open(&d, 0);
        for (int m = 0; m < 100; m++) {
            snprintf(payload, sizeof payload, "{\"ts\": %lld, \"t\": 61.5}", (long long)(d.now + cases[c].stamp_ms));
            says(&d, m % 2 ? "l1/telemetry" : "found/press/telemetry", payload);
        }
        assert_int_equal(model_skew_count(d.model), 2);
        assert_string_equal(model_skew(d.model, 0)->name, "main:found/press");
        assert_string_equal(model_skew(d.model, 1)->name, "works/l1");
        for (size_t s = 0; s < 2; s++)
            assert_int_equal(model_skew(d.model, s)->ms, cases[c].skew_ms);
        desk_close(&d);
    }
}

/* The role goes before the words of a switch. */
static void an_availability_is_true_or_false(void **state)
{
    (void)state;
    struct plant_build b;
    struct desk d = {.now = T0};
    plant_build_init(&b);
    plant_add_broker(&b, (struct plant_broker){.name = "main", .url = "mqtt://127.0.0.1", .version = 5});
    uint32_t site = plant_add_node(&b, NO_NODE, (struct node){.level = LEVEL_SITE, .name = "works"});
    uint32_t tag = plant_add_tag(&b, site, plant_add_def(&b, (struct tag_def){.name = "online", .kind = KIND_BOOL, .role = ROLE_AVAILABILITY}));
    plant_add_binding(&b, (struct plant_binding){.topic = "lwt", .broker = 0, .time_path = "", .fields = (struct plant_field[]){{"", tag}}, .field_count = 1});
    d.plant = plant_build_finish(&b);
    d.model = model_create(d.plant);
    d.ingest = ingest_create(d.plant, d.model);
    says(&d, "lwt", "Offline");
    assert_near(number_of(&d, "works/online"), 0, 0);
    assert_int_equal(model_publishers_dead(d.model), 1);
    says(&d, "lwt", "Online");
    assert_near(number_of(&d, "works/online"), 1, 0);
    assert_int_equal(model_publishers_dead(d.model), 0);
    says(&d, "lwt", "perhaps");
    assert_int_equal(dropped(&d, DROP_WRONG_TYPE), 1);
    desk_close(&d);
}

/* What arrives, what it costs, and what the tag then holds. */
static void bad_input_costs_a_counted_named_reason(void **state)
{
    (void)state;
    static const struct { const char *topic, *payload; enum drop reason; } cases[] = {
        {"l1/telemetry", "{\"t\": 61.5", DROP_NOT_JSON},
        {"l1/telemetry", "{\"t\": 61.5} x", DROP_NOT_JSON},
        {"l1/telemetry", "{\"x\": 1}", DROP_FIELD_MISSING},
        {"l1/telemetry", "{\"t\": \"hot\"}", DROP_WRONG_TYPE},
        {"l1/telemetry", "{\"t\": [1]}", DROP_WRONG_TYPE},
        {"l1/telemetry", "{\"t\": 1e400}", DROP_NOT_FINITE},
        {"l1/telemetry", "{\"t\": NaN}", DROP_NOT_FINITE},
        {"l1/telemetry", "{\"t\": 5, \"ts\": 0}", DROP_TIME_REPLACED},
        {"l1/telemetry", "{\"t\": 5, \"ts\": 4294967295}", DROP_TIME_REPLACED},
        {"l1/telemetry", "{\"t\": 5, \"ts\": \"yesterday\"}", DROP_TIME_UNREADABLE},
        {"l1/reason", "a\xFFz", DROP_INVALID_UTF8},
        {"l1/reason", "a\x1B[2Jz", DROP_CONTROL_TEXT},
        {"l1/reason", "a\xE2\x80\xAEz", DROP_CONTROL_TEXT},
        {"l1/door", "ajar", DROP_WRONG_TYPE},
        {"l1/+", "1", DROP_TOPIC_INVALID},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        struct desk d;
        desk_open(&d, 0);
        says(&d, cases[c].topic, cases[c].payload);
        if (dropped(&d, cases[c].reason) != 1)
            fail_msg("%s on %s is not counted as %s", cases[c].payload, cases[c].topic, drop_table[cases[c].reason].name);
        assert_string_equal(model_drops(d.model, cases[c].reason)->example, cases[c].topic);
        desk_close(&d);
    }
}

static void a_number_that_is_none_is_bad_quality_and_the_rest_of_the_message_is_used(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d, 0);
    says(&d, "l1/telemetry", "{\"t\": 1e400, \"oil\": {\"level\": 3}}");
    assert_int_equal(model_trust(d.model, model_find(d.model, "works/l1/temp")), TRUST_BAD);
    assert_near(number_of(&d, "works/l1/oil"), 3, 0);
    desk_close(&d);
}

static void a_stamp_from_2106_does_not_make_the_rest_of_the_day_late(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d, 0);
    says(&d, "l1/telemetry", "{\"ts\": 4294967295, \"t\": 1}");
    assert_int_equal(tag_of(&d, "works/l1/temp")->time_ms, T0);
    says(&d, "l1/telemetry", "{\"ts\": 1718178720150, \"t\": 2}");
    assert_near(number_of(&d, "works/l1/temp"), 2, 0);
    assert_int_equal(dropped(&d, DROP_LATE), 0);
    desk_close(&d);
}

static void giants_and_deep_nests_are_refused_by_size(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d, 0);
    size_t size = 1 << 20;
    char *giant = malloc(size);
    memset(giant, '[', size);
    bytes_say(&d, "l1/telemetry", 12, giant, size);
    assert_int_equal(dropped(&d, DROP_PAYLOAD_SIZE), 1);
    bytes_say(&d, "l1/telemetry", 12, giant, 100000);
    assert_int_equal(dropped(&d, DROP_TOO_DEEP), 1);
    bytes_say(&d, "l1/telemetry", 12, NULL, 5000);
    assert_int_equal(dropped(&d, DROP_PAYLOAD_SIZE), 2);
    free(giant);
    desk_close(&d);
}

static void topics_outside_the_configuration_are_discovered_with_their_fields(void **state)
{
    (void)state;
    struct desk d;
    char topic[64], payload[64];
    desk_open(&d, 0);
    says(&d, "yard/crane", "{\"load\": {\"kg\": 812}, \"on\": true}");
    assert_near(number_of(&d, "main:yard/crane#/load/kg"), 812, 0);
    assert_near(number_of(&d, "main:yard/crane#/on"), 1, 0);
    says(&d, "yard/gate", "offen");
    assert_string_equal(tag_of(&d, "main:yard/gate#")->text, "offen");
    ingest_raw(d.ingest, model_find(d.model, "main:yard/crane#/on"), topic, sizeof topic, payload, sizeof payload);
    assert_string_equal(topic, "yard/crane");
    assert_string_equal(payload, "{\"load\": {\"kg\": 812}, \"on\": true}");
    desk_close(&d);
}

static void a_million_different_topics_cost_a_counter(void **state)
{
    (void)state;
    struct desk d;
    int64_t fill[BOUND_COUNT] = {0};
    desk_open(&d, 100);
    for (int n = 0; n < 1000000; n++) {
        char topic[32];
        int length = snprintf(topic, sizeof topic, "flood/%d", n);
        ingest_message(d.ingest, &(struct message){.topic = topic, .topic_length = (size_t)length, .payload = "1", .payload_length = 1,
            .arrival_ms = d.now});
    }
    d.batch = ingest_close(d.ingest, d.now + 100, 100);
    ingest_fill(d.ingest, fill);
    assert_int_equal(fill[BOUND_TOPICS], 100);
    assert_int_equal(model_discovered(d.model), 100);
    assert_int_equal(dropped(&d, DROP_TOPIC_BOUND), 999900);
    desk_close(&d);
}

static void escapes_in_a_topic_never_reach_a_key(void **state)
{
    (void)state;
    struct desk d;
    char key[KEY_BYTES];
    desk_open(&d, 0);
    says(&d, "yard/\x1B[31mred\xE2\x80\xAE", "1");
    assert_int_equal(model_discovered(d.model), 1);
    model_tag_key(d.model, (uint32_t)d.plant->tag_count, key, sizeof key);
    assert_string_equal(key, "main:yard/[31mred#");
    desk_close(&d);
}

static void the_raw_payload_leaves_the_ring_when_others_have_filled_it(void **state)
{
    (void)state;
    struct desk d;
    char topic[64], payload[8192];
    desk_open(&d, 0);
    says(&d, "l1/reason", "first");
    uint32_t reason = model_find(d.model, "works/l1/reason");
    ingest_raw(d.ingest, reason, topic, sizeof topic, payload, sizeof payload);
    assert_string_equal(payload, "first");
    char long_text[3000];
    memset(long_text, 'x', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = '\0';
    for (int n = 0; n < 400; n++)
        says(&d, "yard/noise", long_text);
    ingest_raw(d.ingest, reason, topic, sizeof topic, payload, sizeof payload);
    assert_string_equal(payload, "");
    desk_close(&d);
}

static void a_cleared_retained_topic_is_no_value(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d, 0);
    says(&d, "l1/reason", "");
    assert_int_equal(model_samples(d.model), 0);
    assert_int_equal(model_drop_total(d.model), 0);
    desk_close(&d);
}

static void says_assured(struct desk *d, const char *payload, bool assured)
{
    ingest_message(d->ingest, &(struct message){.assured = assured, .topic = "l1/telemetry", .topic_length = 12, .payload = payload, .payload_length = strlen(payload), .arrival_ms = d->now});
    d->now += 100;
    d->batch = ingest_close(d->ingest, d->now, 100);
}

/* What a broker keeps is of QoS 1 and 2 alone, and only the first word of each tag ends the time that nobody listened. */
static void the_first_word_behind_a_resumed_link_follows(void **state)
{
    (void)state;
    static const struct { bool whole, assured; int flag; } cases[] = {{true, true, SAMPLE_FOLLOWS}, {true, false, 0}, {false, true, 0}};
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        struct desk d;
        desk_open(&d, 0);
        ingest_resumed(d.ingest, 0, true);
        ingest_resumed(d.ingest, 0, cases[c].whole); /* the newest word counts */
        says_assured(&d, "{\"ts\": 1718178719500, \"t\": 61.5}", cases[c].assured);
        assert_int_equal(tag_of(&d, "works/l1/temp")->flags & SAMPLE_FOLLOWS, cases[c].flag);
        says_assured(&d, "{\"ts\": 1718178719600, \"t\": 61.6, \"oil\": {\"level\": 7}}", true);
        assert_int_equal(tag_of(&d, "works/l1/temp")->flags & SAMPLE_FOLLOWS, 0);
        assert_int_equal(tag_of(&d, "works/l1/oil")->flags & SAMPLE_FOLLOWS, cases[c].whole ? SAMPLE_FOLLOWS : 0);
        desk_close(&d);
    }
}

static void a_reload_keeps_values_and_series_and_is_a_record(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d, 0);
    says(&d, "l1/good", "41");
    says(&d, "yard/gate", "offen");
    uint32_t series = tag_of(&d, "works/l1/good")->series, discovered = tag_of(&d, "main:yard/gate#")->series;
    struct plant *old = d.plant;
    d.plant = desk_plant(0);
    d.plant->id = 77;
    model_configure(d.model, d.plant);
    ingest_configure(d.ingest, d.plant, "works.cfg");
    plant_destroy(old);
    says(&d, "l1/good", "43");
    assert_int_equal(tag_of(&d, "works/l1/good")->series, series);
    assert_near(tag_of(&d, "works/l1/good")->gained, 2, 0);
    assert_int_equal(model_config_id(d.model), 77);
    assert_int_equal(model_discovered(d.model), 0);
    says(&d, "yard/gate", "zu");
    assert_int_equal(tag_of(&d, "main:yard/gate#")->series, discovered);
    says(&d, "yard/crane", "1");
    assert_true(tag_of(&d, "main:yard/crane#")->series > discovered);
    desk_close(&d);
}

/* A stream that went through runs gives the same state: what a screen folds is what the collector folded. */
static void what_a_screen_receives_folds_to_the_same_state(void **state)
{
    (void)state;
    static const char *const lines[][2] = {
        {"l1/telemetry", "{\"ts\": 1718178719500, \"t\": 61.5, \"oil\": {\"level\": 7}}"},
        {"l1/reason", "料温高"}, {"l1/good", "17"}, {"yard/gate", "offen"}, {"l1/telemetry", "{broken"}, {"l1/good", "18"},
    };
    struct desk d;
    struct packer p, q;
    struct batch batch;
    desk_open(&d, 0);
    struct model *screen = model_create(d.plant);
    batch_init(&batch);
    for (size_t l = 0; l < sizeof lines / sizeof *lines; l++) {
        struct run_reader reader;
        says(&d, lines[l][0], lines[l][1]);
        packer_init(&p);
        run_begin(&p);
        run_add_batch(&p, d.batch);
        run_end(&p);
        assert_true(run_open(&reader, p.bytes, p.count, NULL));
        while (run_next_batch(&reader, &batch))
            model_apply(screen, &batch);
        packer_finish(&p);
    }
    packer_init(&p);
    packer_init(&q);
    model_save(d.model, &p);
    model_save(screen, &q);
    assert_int_equal(p.count, q.count);
    assert_memory_equal(p.bytes, q.bytes, p.count);
    packer_finish(&p);
    packer_finish(&q);
    batch_finish(&batch);
    model_destroy(screen);
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(one_message_may_feed_several_tags_with_the_sources_time),
        CASE(values_come_to_the_kind_that_the_tag_wants),
        CASE(what_a_clock_is_off_by_is_in_the_stream),
        CASE(an_availability_is_true_or_false),
        CASE(bad_input_costs_a_counted_named_reason),
        CASE(a_number_that_is_none_is_bad_quality_and_the_rest_of_the_message_is_used),
        CASE(a_stamp_from_2106_does_not_make_the_rest_of_the_day_late),
        CASE(giants_and_deep_nests_are_refused_by_size),
        CASE(topics_outside_the_configuration_are_discovered_with_their_fields),
        CASE(a_million_different_topics_cost_a_counter),
        CASE(escapes_in_a_topic_never_reach_a_key),
        CASE(the_raw_payload_leaves_the_ring_when_others_have_filled_it),
        CASE(a_cleared_retained_topic_is_no_value),
        CASE(the_first_word_behind_a_resumed_link_follows),
        CASE(a_reload_keeps_values_and_series_and_is_a_record),
        CASE(what_a_screen_receives_folds_to_the_same_state),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
