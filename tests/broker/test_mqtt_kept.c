#include "check.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "broker.h"

/* What the program says of itself, as another client of the broker sees it. */

#define STATUS "andon/v1/works/status"
#define HORN "andon/v1/works/alarm/horn"

static struct broker broker;
static struct plant *plant;
static struct seen self, other;

static int setup(void **state)
{
    (void)state;
    broker_start(&broker);
    struct plant_broker b = broker_at(broker.url, 5);
    plant = plant_with(&b, 1, NULL);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    mqtt_destroy(other.mqtt);
    mqtt_destroy(self.mqtt);
    self.mqtt = other.mqtt = NULL;
    plant_destroy(plant);
    broker_finish(&broker);
    return 0;
}

static struct plant *plant_of_version(uint8_t version)
{
    struct plant_broker b = broker_at(broker.url, version);
    return plant_with(&b, 1, NULL);
}

/* The other one: by a client id of its own, since equal ids throw each other out. */
static void listen_too(void)
{
    struct error err = {""};
    other = (struct seen){.mqtt = mqtt_create(plant, "/tmp/another-cache", &err)};
    assert_non_null(other.mqtt);
    wait_for(&other, other.ups == 1);
}

/* One's own loop goes on meanwhile. */
static bool said(const char *topic, const char *payload)
{
    if (self.mqtt)
        seen_turn(&self, 10);
    return strcmp(other.topic, topic) == 0 && strcmp(other.payload, payload) == 0;
}

static void leave(void)
{
    mqtt_destroy(self.mqtt);
    self.mqtt = NULL;
}

#define expect_said(topic, payload) wait_for(&other, said(topic, payload))

static void what_is_kept_reaches_others_with_both_versions(void **state)
{
    static const uint8_t versions[] = {5, 4};
    (void)state;
    listen_too();
    for (size_t i = 0; i < 2; i++) {
        struct plant *mine = plant_of_version(versions[i]);
        consume(&self, mine);
        assert_true(mqtt_keep(self.mqtt, 0, HORN, "0"));
        assert_true(mqtt_keep(self.mqtt, 0, HORN, i ? "2" : "1")); /* before the link is up: the newest counts */
        wait_for(&self, self.ups == 1);
        expect_said(HORN, i ? "2" : "1");
        assert_true(mqtt_keep(self.mqtt, 0, HORN, "0"));
        expect_said(HORN, "0");
        leave();
        plant_destroy(mine);
    }
    mqtt_destroy(other.mqtt);
    listen_too(); /* who comes later finds it kept */
    wait_for(&other, other.retained == 1);
    assert_string_equal(other.payload, "0");
}

static void it_is_said_again_to_a_broker_that_forgot(void **state)
{
    (void)state;
    consume(&self, plant);
    assert_true(mqtt_keep(self.mqtt, 0, HORN, "1"));
    wait_for(&self, self.ups == 1);
    listen_too();
    expect_said(HORN, "1");
    broker_end(&broker, SIGKILL);
    wait_for(&self, self.downs == 1);
    mqtt_destroy(other.mqtt);
    broker_run(&broker, "allow_anonymous true\n");
    wait_for(&self, self.ups == 2);
    listen_too();
    expect_said(HORN, "1");
    leave();
}

static void ones_own_words_do_not_come_back(void **state)
{
    (void)state;
    consume(&self, plant);
    listen_too();
    assert_true(mqtt_keep(self.mqtt, 0, HORN, "1"));
    wait_for(&self, self.ups == 1);
    expect_said(HORN, "1");
    assert_true(mqtt_keep(other.mqtt, 0, "works/x", "other"));
    wait_for(&self, self.messages == 1); /* this comes behind one's own, and is the only one */
    assert_string_equal(self.topic, "works/x");
    leave();
}

static void who_leaves_in_order_says_so(void **state)
{
    (void)state;
    consume(&self, plant);
    mqtt_will(self.mqtt, 0, STATUS, "offline");
    assert_true(mqtt_keep(self.mqtt, 0, STATUS, "online"));
    wait_for(&self, self.ups == 1);
    listen_too();
    expect_said(STATUS, "online");
    mqtt_leave(self.mqtt);
    leave();
    expect_said(STATUS, "offline");
}

/* Over a connection that ends for a new will, "online" would stay when we die before the next one. */
static void nothing_is_said_over_a_connection_without_the_will(void **state)
{
    (void)state;
    consume(&self, plant);
    assert_true(mqtt_keep(self.mqtt, 0, HORN, "1"));
    listen_too();
    expect_said(HORN, "1");
    size_t heard = other.messages;
    mqtt_will(self.mqtt, 0, STATUS, "offline");
    assert_true(mqtt_keep(self.mqtt, 0, STATUS, "online"));
    leave();
    expect_said(STATUS, "offline");
    assert_int_equal(other.messages, heard + 1);
}

/* In a process of its own, made before this one has any link. */
static pid_t somebody(void)
{
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid > 0)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    consume(&self, plant);
    mqtt_will(self.mqtt, 0, STATUS, "offline");
    mqtt_keep(self.mqtt, 0, STATUS, "online");
    for (;;)
        seen_turn(&self, 1000);
}

static void of_who_dies_the_broker_says_so(void **state)
{
    (void)state;
    pid_t pid = somebody();
    listen_too();
    expect_said(STATUS, "online");
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    expect_said(STATUS, "offline");
}

static void there_is_a_bound(void **state)
{
    char topic[32], *endless = calloc(1, 8192);
    (void)state;
    consume(&self, plant);
    assert_non_null(endless);
    memset(endless, 'x', 8191);
    assert_false(mqtt_keep(self.mqtt, 0, HORN, endless));
    assert_false(mqtt_keep(self.mqtt, 0, endless, "1"));
    assert_false(mqtt_keep(self.mqtt, 1, HORN, "1")); /* there is no such broker */
    for (int i = 0; i < MQTT_KEPT_MOST; i++) {
        snprintf(topic, sizeof topic, "andon/%d", i);
        assert_true(mqtt_keep(self.mqtt, 0, topic, "1"));
    }
    assert_false(mqtt_keep(self.mqtt, 0, HORN, "1"));
    assert_true(mqtt_keep(self.mqtt, 0, topic, "2"));
    free(endless);
    leave();
}

#define KEPT(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        KEPT(of_who_dies_the_broker_says_so), /* the first: it forks */
        KEPT(what_is_kept_reaches_others_with_both_versions), KEPT(it_is_said_again_to_a_broker_that_forgot), KEPT(ones_own_words_do_not_come_back),
        KEPT(who_leaves_in_order_says_so), KEPT(nothing_is_said_over_a_connection_without_the_will), KEPT(there_is_a_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
