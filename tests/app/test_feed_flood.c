/*
 * A feed before a broker that is always faster than the fold. The broker edge is this program's own: it has another message
 * whenever it is asked, and the loop must get its turn all the same.
 */
#include "check.h"

#include <sys/timerfd.h>
#include <unistd.h>

#include "app/feed.h"
#include "core/memory.h"
#include "core/plant_build.h"
#include "io/clock.h"
#include "io/mqtt.h"

enum { TURNS = 5, PATIENCE_MS = 120000 };

struct mqtt {
    int fd;
    int64_t until; /* it ends then in any case: a test that hangs tells nothing */
};

struct mqtt *mqtt_create(const struct plant *plant, const char *identity, struct error *err)
{
    (void)plant, (void)identity, (void)err;
    struct mqtt *mqtt = mem_zero(1, sizeof *mqtt);
    mqtt->fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    mqtt->until = clock_monotonic_ms() + PATIENCE_MS;
    timerfd_settime(mqtt->fd, 0, &(struct itimerspec){.it_value.tv_nsec = 1}, NULL);
    return mqtt;
}

void mqtt_destroy(struct mqtt *mqtt)
{
    close(mqtt->fd);
    free(mqtt);
}

void mqtt_leave(struct mqtt *mqtt) { (void)mqtt; }
int mqtt_fd(const struct mqtt *mqtt) { return mqtt->fd; }
int64_t mqtt_tick(struct mqtt *mqtt, int64_t monotonic_ms) { return (void)mqtt, (void)monotonic_ms, 60000; }
void mqtt_health(struct mqtt *mqtt, struct health *health) { (void)mqtt, (void)health; }
bool mqtt_keep(struct mqtt *mqtt, uint16_t broker, const char *topic, const char *payload) { (void)mqtt, (void)broker, (void)topic, (void)payload; return true; }
bool mqtt_keep_light(struct mqtt *mqtt, uint16_t broker, const char *topic, const char *payload) { (void)mqtt, (void)broker, (void)topic, (void)payload; return true; }
void mqtt_sessions(struct mqtt *mqtt, bool go_on) { (void)mqtt, (void)go_on; }
void mqtt_will(struct mqtt *mqtt, uint16_t broker, const char *topic, const char *payload) { (void)mqtt, (void)broker, (void)topic, (void)payload; }

bool mqtt_take(struct mqtt *mqtt, struct mqtt_event *event)
{
    uint64_t wakes;
    ssize_t got = read(mqtt->fd, &wakes, sizeof wakes); /* as the queue does: it wakes nobody who is at it */
    (void)got;
    *event = (struct mqtt_event){.kind = MQTT_MESSAGE, .message = {.topic = "flood", .topic_length = 5, .payload = "1", .payload_length = 1,
        .arrival_ms = clock_wall_ms()}};
    return clock_monotonic_ms() < mqtt->until;
}

struct turns {
    struct loop *loop;
    int timer, left;
    uint64_t messages;
    struct feed *feed;
};

static void on_turn(void *arg)
{
    struct turns *t = arg;
    bool first = t->left == TURNS; /* it may come before any message, where setting up took long */
    assert_true(first || ingest_messages(feed_ingest(t->feed)) > t->messages); /* and the flood goes on between the turns */
    t->messages = ingest_messages(feed_ingest(t->feed));
    if (--t->left == 0)
        loop_stop(t->loop);
    loop_timer_at(t->loop, t->timer, clock_monotonic_ms() + 100);
}

static void on_batch(void *arg, const struct batch *batch) { (void)arg, (void)batch; }

static void a_flood_leaves_the_loop_its_turns(void **state)
{
    (void)state;
    struct plant_build build;
    struct error err;
    plant_build_init(&build);
    plant_add_node(&build, NO_NODE, (struct node){.level = LEVEL_SITE, .name = "works"});
    struct plant *plant = plant_build_finish(&build);
    struct turns t = {.loop = loop_create(), .left = TURNS};
    int64_t began = clock_monotonic_ms();
    t.feed = feed_create(t.loop, &(struct feed_options){.plant = plant, .config = "", .identity = "test", .on_batch = on_batch}, &err);
    assert_non_null(t.feed);
    t.timer = loop_timer(t.loop, on_turn, &t);
    loop_timer_at(t.loop, t.timer, began + 100);
    loop_run(t.loop);
    assert_true(clock_monotonic_ms() - began < PATIENCE_MS);
    feed_destroy(t.feed);
    loop_destroy(t.loop);
    plant_destroy(plant);
}

int main(void)
{
    const struct CMUnitTest tests[] = {CASE(a_flood_leaves_the_loop_its_turns)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
