#include "check.h"

#include <poll.h>
#include <signal.h>
#include <sys/stat.h>

#include "broker.h"

static struct mqtt_publisher *publisher_at(const char *url, uint8_t version)
{
    static struct plant_broker to; /* borrowed by the publisher */
    struct error err = {""};
    to = broker_at(url, version);
    struct mqtt_publisher *p = mqtt_publisher_create(&to, "test-publisher", PATIENCE_MS, &err);
    if (!p)
        fail_msg("publisher: %s", err.text);
    return p;
}

static void publish(struct mqtt_publisher *p, const char *topic, const char *payload, int qos, bool retained)
{
    struct error err = {""};
    if (!mqtt_publish(p, topic, payload, strlen(payload), qos, retained, &err))
        fail_msg("%s", err.text);
}

static struct plant *plant_at(const char *url, uint8_t version)
{
    struct plant_broker b = broker_at(url, version);
    return plant_with(&b, 1, NULL);
}

static void done(struct seen *seen, struct plant *plant)
{
    int64_t before = clock_monotonic_ms();
    mqtt_destroy(seen->mqtt);
    assert_true(clock_monotonic_ms() - before < PATIENCE_MS / 3); /* and does not wait for a connect that hangs */
    plant_destroy(plant);
}

static void messages_arrive_with_both_versions(void **state)
{
    static const uint8_t versions[] = {5, 4};
    struct broker broker;
    (void)state;
    broker_start(&broker);
    for (size_t i = 0; i < 2; i++) {
        struct plant *plant = plant_at(broker.url, versions[i]);
        struct mqtt_publisher *p = publisher_at(broker.url, versions[i]);
        struct seen seen;
        publish(p, "works/kept", "old", 1, true);
        assert_true(mqtt_publisher_drain(p, 0, PATIENCE_MS));
        consume(&seen, plant);
        wait_for(&seen, seen.ups == 1 && seen.messages == 1);
        assert_int_equal(seen.retained, 1);
        assert_string_equal(seen.payload, "old");
        assert_string_equal(seen.reason, "connected");

        publish(p, "works/l1/good", "41", 0, false);
        wait_for(&seen, seen.messages == 2);
        publish(p, "works/l1/good", "", 1, false);
        wait_for(&seen, seen.messages == 3);
        assert_int_equal(seen.retained, 1);
        assert_string_equal(seen.topic, "works/l1/good");
        assert_int_equal(seen.last_length, 0);
        assert_int_equal(seen.without_payload, 0);

        struct broker_health h = health_of(&seen, 0);
        assert_int_equal(h.state, LINK_UP);
        assert_int_equal(h.version, versions[i]);
        assert_int_equal(h.messages, 3);
        assert_int_equal(h.attempts, 1);
        assert_true(h.since_ms > 0 && h.retry_ms == 0);
        mqtt_publisher_destroy(p);
        done(&seen, plant);
    }
    broker_finish(&broker);
}

static void two_brokers_are_told_apart(void **state)
{
    struct broker a, b;
    (void)state;
    broker_start(&a);
    broker_start(&b);
    const char *only_two[] = {"two/#", "zwei/#"};
    struct plant_broker both[2] = {broker_at(a.url, 5), broker_at(b.url, 4)};
    both[1].name = "second";
    both[1].subscribe = only_two;
    both[1].subscribe_count = 2;
    struct plant *plant = plant_with(both, 2, NULL);
    struct mqtt_publisher *pa = publisher_at(a.url, 5);
    publish(pa, "one/x", "1", 1, true);
    assert_true(mqtt_publisher_drain(pa, 0, PATIENCE_MS));
    mqtt_publisher_destroy(pa);

    struct seen seen;
    consume(&seen, plant);
    wait_for(&seen, seen.ups == 2 && seen.of_broker[0] == 1);
    struct mqtt_publisher *pb = publisher_at(b.url, 4);
    publish(pb, "other/x", "not subscribed", 1, false);
    publish(pb, "two/x", "2", 1, false);
    publish(pb, "zwei/x", "2", 1, false);
    wait_for(&seen, seen.of_broker[1] == 2);
    assert_string_equal(seen.topic, "zwei/x");
    mqtt_publisher_destroy(pb);
    done(&seen, plant);
    broker_finish(&a);
    broker_finish(&b);
}

static void a_broker_that_was_killed_comes_back(void **state)
{
    static const uint8_t versions[] = {5, 4};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct broker broker;
        broker_start(&broker);
        struct plant *plant = plant_at(broker.url, versions[i]);
        struct seen seen;
        consume(&seen, plant);
        wait_for(&seen, seen.ups == 1);

        broker_end(&broker, SIGKILL);
        wait_for(&seen, seen.downs == 1);
        assert_string_equal(seen.reason, "connection lost");
        struct broker_health h = health_of(&seen, 0);
        assert_int_equal(h.state, LINK_WAITING);
        assert_true(h.retry_ms > h.since_ms);
        wait_for(&seen, health_of(&seen, 0).attempts >= 3); /* in vain: nobody is there, */
        assert_int_equal(seen.downs, 1);                    /* and that is told once */
        const char *said = health_of(&seen, 0).said; /* the second, where the attempt took so long that nobody asked why */
        assert_true(strcmp(said, "127.0.0.1: Connection refused") == 0 || strcmp(said, "no MQTT connection to 127.0.0.1") == 0);

        broker_run(&broker, "allow_anonymous true\n");
        wait_for(&seen, seen.ups == 2);
        struct mqtt_publisher *p = publisher_at(broker.url, versions[i]);
        publish(p, "works/after", "1", 0, false);
        wait_for(&seen, seen.messages == 1);
        mqtt_publisher_destroy(p);
        done(&seen, plant);
        broker_finish(&broker);
    }
}

/* A broker that knows "kim" with this password, and a file that holds it. */
static void start_guarded(struct broker *broker, char password_file[128])
{
    char users[128], lines[256];
    broker_prepare(broker);
    broker_path(broker, "users", users);
    broker_path(broker, "password", password_file);
    const char *const make[] = {"mosquitto_passwd", "-c", "-b", users, "kim", "right horse", NULL};
    assert_int_equal(run_program(make), 0);
    assert_int_equal(chmod(users, 0644), 0);
    snprintf(lines, sizeof lines, "allow_anonymous false\npassword_file %s\n", users);
    broker_run(broker, lines);
}

static void write_file(const char *path, const char *text)
{
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fputs(text, out);
    fclose(out);
}

static void a_wrong_password_is_refused_and_a_right_one_is_read_anew(void **state)
{
    static const uint8_t versions[] = {5, 4};
    struct broker broker;
    char password_file[128];
    (void)state;
    start_guarded(&broker, password_file);
    for (size_t i = 0; i < 2; i++) {
        struct plant_broker b = broker_at(broker.url, versions[i]);
        b.user = "kim";
        b.password_file = password_file;
        struct plant *plant = plant_with(&b, 1, NULL);
        write_file(password_file, "wrong\n");
        struct seen seen;
        consume(&seen, plant);
        wait_for(&seen, seen.downs == 1);
        assert_string_equal(seen.reason, versions[i] == 5 ? "connection refused by broker: Not authorized" : "connection refused by broker: not authorised");
        write_file(password_file, "right horse\nsecond line\n");
        wait_for(&seen, seen.ups == 1);
        done(&seen, plant);
    }
    broker_finish(&broker);
}

static void a_password_comes_from_the_environment(void **state)
{
    struct broker broker;
    char password_file[128];
    (void)state;
    start_guarded(&broker, password_file);
    struct plant_broker b = broker_at(broker.url, 5);
    b.user = "kim";
    b.password_env = "ANDON_TEST_PASSWORD";
    struct plant *plant = plant_with(&b, 1, NULL);
    struct seen seen;
    consume(&seen, plant);
    wait_for(&seen, seen.downs == 1);
    assert_string_equal(seen.reason, "password: the environment variable ANDON_TEST_PASSWORD is not set");
    setenv("ANDON_TEST_PASSWORD", "right horse", 1);
    wait_for(&seen, seen.ups == 1);
    unsetenv("ANDON_TEST_PASSWORD");
    done(&seen, plant);
    broker_finish(&broker);
}

static void brokers_that_misbehave(void **state)
{
    static const struct {
        enum lie lie;
        int64_t patience_ms;
        const char *reason, *or; /* rubbish is noticed sooner or later */
    } cases[] = {
        {LIE_SILENT, 300, "no MQTT answer within 0.3s", ""},
        {LIE_DROP, PATIENCE_MS, "the connection ended before an MQTT answer", ""},
        {LIE_GARBAGE, 1500, "no MQTT answer within 1.5s", "the connection ended before an MQTT answer"},
        {LIE_HTTP, 1500, "no MQTT answer within 1.5s", "the connection ended before an MQTT answer"},
        {LIE_DROP_AFTER_CONNECT, PATIENCE_MS, "connection lost", ""},
        {LIE_DISCONNECT, PATIENCE_MS, "disconnected by broker: Session taken over", ""},
        {LIE_REFUSE_SUBSCRIPTION, PATIENCE_MS, "subscription refused by broker: Not authorized", ""},
        {LIE_REFUSE_SUBSCRIPTION_311, PATIENCE_MS, "subscription refused by broker: not granted", ""},
    };
    static const char slow[] = "no MQTT connection to 127.0.0.1"; /* where the attempt took over a second */
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct liar liar;
        liar_start(&liar, cases[i].lie);
        struct plant_broker b = broker_at(liar.url, cases[i].lie == LIE_REFUSE_SUBSCRIPTION_311 ? 4 : 5);
        b.connect_timeout_ms = cases[i].patience_ms;
        b.backoff_max_ms = 50;
        struct plant *plant = plant_with(&b, 1, NULL);
        struct seen seen;
        consume(&seen, plant);
        wait_for(&seen, atomic_load(&liar.visits) >= 2 && seen.downs == 1);
        bool may_be_slow = cases[i].lie == LIE_DROP || cases[i].or[0];
        if (strcmp(seen.reason, cases[i].or) != 0 && !(may_be_slow && strcmp(seen.reason, slow) == 0))
            assert_string_equal(seen.reason, cases[i].reason);
        assert_int_equal(seen.ups, 0);
        assert_int_equal(seen.downs, 1);
        assert_int_equal(seen.messages, 0);
        done(&seen, plant);
        liar_finish(&liar);
    }
}

static void half_a_subscription_is_up_and_says_what_is_missing(void **state)
{
    const char *filters[] = {"works/#", "secret/#"};
    struct liar liar;
    (void)state;
    liar_start(&liar, LIE_REFUSE_SECOND);
    struct plant_broker b = broker_at(liar.url, 5);
    b.subscribe = filters;
    b.subscribe_count = 2;
    struct plant *plant = plant_with(&b, 1, NULL);
    struct seen seen;
    consume(&seen, plant);
    wait_for(&seen, health_of(&seen, 0).state == LINK_UP && seen.ups == 1);
    assert_string_equal(seen.reason, "subscription refused by broker: secret/#: Not authorized");
    assert_string_equal(health_of(&seen, 0).said, seen.reason);
    done(&seen, plant);
    liar_finish(&liar);
}

static void one_bad_broker_does_not_hold_the_other(void **state)
{
    struct broker good;
    struct liar liar;
    (void)state;
    broker_start(&good);
    liar_start(&liar, LIE_SILENT);
    struct plant_broker both[2] = {broker_at(liar.url, 5), broker_at(good.url, 5)};
    struct plant *plant = plant_with(both, 2, NULL);
    struct seen seen;
    consume(&seen, plant);
    wait_for(&seen, seen.ups == 1 && seen.broker == 1);
    assert_int_equal(health_of(&seen, 0).state, LINK_CONNECTING);
    done(&seen, plant); /* with a connect that hangs */
    liar_finish(&liar);
    broker_finish(&good);
}

static void a_flood_arrives_complete(void **state)
{
    enum { COUNT = 50000 };
    struct broker broker;
    char payload[64];
    (void)state;
    broker_start(&broker);
    struct plant *plant = plant_at(broker.url, 5);
    struct seen seen;
    consume(&seen, plant);
    wait_for(&seen, seen.ups == 1);
    struct mqtt_publisher *p = publisher_at(broker.url, 5);
    for (int i = 0; i < COUNT; i++) {
        snprintf(payload, sizeof payload, "{\"n\": %d}", i);
        publish(p, "works/l1/n", payload, 0, false);
        if (i % 256 == 0)
            seen_turn(&seen, 0);
    }
    wait_for(&seen, seen.messages == COUNT);
    assert_string_equal(seen.payload, "{\"n\": 49999}");
    assert_int_equal(seen.lost, 0);
    assert_int_equal(health_of(&seen, 0).messages, COUNT);
    mqtt_publisher_destroy(p);
    done(&seen, plant);
    broker_finish(&broker);
}

static int64_t queue_high(const struct seen *seen)
{
    struct health health = {.pid = 0};
    mqtt_health(seen->mqtt, &health);
    return health.high[BOUND_QUEUE_BYTES];
}

/* Nobody takes until the queue is full; what does not fit is counted, to the message. How fast a message comes to us is the
 * machine's business, so floods follow until one has found the queue full. */
static void an_overflow_is_counted_exactly(void **state)
{
    enum { FLOOD = 3000 };
    struct broker broker;
    struct bounds bounds;
    uint64_t sent = 0;
    int64_t until = clock_monotonic_ms() + PATIENCE_MS;
    (void)state;
    bounds_preset(&bounds);
    bounds.limit[BOUND_QUEUE_BYTES] = 65536;
    broker_start(&broker);
    struct plant_broker b = broker_at(broker.url, 4);
    struct plant *plant = plant_with(&b, 1, &bounds);
    struct seen seen;
    consume(&seen, plant);
    wait_for(&seen, seen.ups == 1);
    struct mqtt_publisher *p = publisher_at(broker.url, 4);
    while (seen.lost == 0) {
        for (int i = 0; i < FLOOD; i++, sent++)
            publish(p, "works/l1/full", "0123456789012345678901234567890123456789", 0, false);
        publish(p, "works/l1/full", "x", 1, false); /* its answer comes behind all of them */
        sent++;
        assert_true(mqtt_publisher_drain(p, 0, PATIENCE_MS));
        while (queue_high(&seen) <= 60000) {
            assert_true(clock_monotonic_ms() < until);
            poll(NULL, 0, 2);
        }
        wait_for(&seen, seen.messages + seen.lost == sent);
        assert_true(clock_monotonic_ms() < until);
    }
    assert_true(seen.messages > 0);
    assert_string_equal(seen.lost_topic, "works/l1/full");
    struct health health = {.pid = 0};
    mqtt_health(seen.mqtt, &health);
    assert_true(health.high[BOUND_QUEUE_BYTES] > 60000 && health.high[BOUND_QUEUE_BYTES] <= 65536);
    assert_true(health.fill[BOUND_QUEUE_BYTES] < 1000);
    mqtt_publisher_destroy(p);
    done(&seen, plant);
    broker_finish(&broker);
}

static void giants_cost_a_count_or_nothing(void **state)
{
    enum { GIANT = 1 << 20 };
    struct broker broker;
    struct error err = {""};
    char *giant = calloc(GIANT, 1);
    (void)state;
    broker_start(&broker);
    struct plant_broker both[2] = {broker_at(broker.url, 4), broker_at(broker.url, 5)};
    both[1].name = "five";
    struct plant *plant = plant_with(both, 2, NULL);
    struct seen seen;
    consume(&seen, plant);
    wait_for(&seen, seen.ups == 2);
    struct mqtt_publisher *p = publisher_at(broker.url, 5);
    assert_true(mqtt_publish(p, "works/giant", giant, GIANT, 0, false, &err));
    wait_for(&seen, seen.of_broker[0] == 1);
    assert_int_equal(seen.without_payload, 1);
    assert_int_equal(seen.last_length, GIANT);
    assert_string_equal(seen.topic, "works/giant");
    publish(p, "works/next", "1", 0, false);
    wait_for(&seen, seen.of_broker[0] == 2 && seen.of_broker[1] >= 1);
    assert_int_equal(seen.of_broker[1], 1); /* MQTT 5: the broker kept the giant */
    assert_int_equal(seen.downs, 0);
    free(giant);
    mqtt_publisher_destroy(p);
    done(&seen, plant);
    broker_finish(&broker);
}

static void a_publisher_tells_why_it_cannot(void **state)
{
    struct broker broker;
    struct liar liar;
    struct error err = {""};
    (void)state;
    liar_start(&liar, LIE_SILENT);
    struct plant_broker b = broker_at(liar.url, 5);
    assert_null(mqtt_publisher_create(&b, "p", 200, &err));
    assert_string_equal(err.text, "broker main: no answer");
    liar_finish(&liar);

    broker_start(&broker);
    struct mqtt_publisher *p = publisher_at(broker.url, 4);
    publish(p, "works/x", "1", 0, false);
    broker_end(&broker, SIGKILL);
    int64_t until = clock_monotonic_ms() + PATIENCE_MS;
    while (mqtt_publish(p, "works/x", "1", 1, 1, false, &err))
        assert_true(clock_monotonic_ms() < until);
    assert_true(strncmp(err.text, "broker main: ", 13) == 0);
    mqtt_publisher_destroy(p);
    broker_finish(&broker);
}

static void a_configuration_that_cannot_work_is_off_and_says_why(void **state)
{
    struct plant_broker bad[2] = {broker_at("mqtt://kim:secret@127.0.0.1", 5), broker_at("mqtts://127.0.0.1", 5)};
    (void)state;
    bad[1].server_name = "broker.works";
    struct plant *plant = plant_with(bad, 2, NULL);
    struct seen seen;
    consume(&seen, plant);
    wait_for(&seen, seen.downs == 2);
    struct broker_health h = health_of(&seen, 0);
    assert_int_equal(h.state, LINK_OFF);
    assert_null(strstr(h.said, "secret"));
    assert_string_equal(h.url, "");
    h = health_of(&seen, 1);
    assert_int_equal(h.state, LINK_OFF);
    assert_non_null(strstr(h.said, "server_name broker.works"));
    assert_int_equal(h.attempts, 0);
    done(&seen, plant);
}

int main(int argc, char **argv)
{
    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    const struct CMUnitTest tests[] = {
        CASE(messages_arrive_with_both_versions),
        CASE(two_brokers_are_told_apart),
        CASE(a_broker_that_was_killed_comes_back),
        CASE(a_wrong_password_is_refused_and_a_right_one_is_read_anew),
        CASE(a_password_comes_from_the_environment),
        CASE(brokers_that_misbehave),
        CASE(half_a_subscription_is_up_and_says_what_is_missing),
        CASE(one_bad_broker_does_not_hold_the_other),
        CASE(a_flood_arrives_complete),
        CASE(an_overflow_is_counted_exactly),
        CASE(giants_cost_a_count_or_nothing),
        CASE(a_publisher_tells_why_it_cannot),
        CASE(a_configuration_that_cannot_work_is_off_and_says_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
