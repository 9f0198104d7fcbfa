#include "check.h"

#include <poll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "io/mqtt_private.h"

enum { LIMIT = 65536, PAYLOAD_MOST = 1000 };

static struct mqtt_queue queue;

static int make(void **state)
{
    (void)state;
    return mqtt_queue_init(&queue, LIMIT, PAYLOAD_MOST, NULL) ? 0 : -1;
}

static int drop(void **state)
{
    (void)state;
    mqtt_queue_finish(&queue);
    return 0;
}

static void put(const char *topic, const void *payload, size_t length)
{
    mqtt_queue_message(&queue, &(struct message){.broker = 2, .topic = topic, .topic_length = strlen(topic), .payload = payload, .payload_length = length, .arrival_ms = 77});
}

/* Is it readable, now or within so many milliseconds? */
static bool readable(int within_ms)
{
    struct pollfd fd = {.fd = queue.fd, .events = POLLIN};
    return poll(&fd, 1, within_ms) == 1;
}

static struct mqtt_event take(void)
{
    struct mqtt_event event;
    assert_true(mqtt_queue_take(&queue, &event));
    return event;
}

static bool empty(void)
{
    struct mqtt_event event;
    return !mqtt_queue_take(&queue, &event);
}

static size_t fill(void)
{
    int64_t now, high;
    mqtt_queue_fill(&queue, &now, &high);
    assert_true(high >= now);
    return (size_t)now;
}

static void what_goes_in_comes_out_in_order(void **state)
{
    (void)state;
    assert_true(empty());
    mqtt_queue_link(&queue, MQTT_LINK_UP, 2, "connected");
    put("a/b", "12", 2);
    put("a/c", "", 0);
    mqtt_queue_link(&queue, MQTT_LINK_DOWN, 2, "gone");

    struct mqtt_event e = take();
    assert_int_equal(e.kind, MQTT_LINK_UP);
    assert_string_equal(e.reason, "connected");
    e = take();
    assert_int_equal(e.kind, MQTT_MESSAGE);
    assert_int_equal(e.message.broker, 2);
    assert_int_equal(e.message.arrival_ms, 77);
    assert_string_equal(e.message.topic, "a/b");
    assert_int_equal(e.message.topic_length, 3);
    assert_int_equal(e.message.payload_length, 2);
    assert_memory_equal(e.message.payload, "12", 2);
    e = take();
    assert_string_equal(e.message.topic, "a/c");
    assert_int_equal(e.message.payload_length, 0);
    assert_non_null(e.message.payload); /* empty, and not over the bound */
    e = take();
    assert_int_equal(e.kind, MQTT_LINK_DOWN);
    assert_string_equal(e.reason, "gone");
    assert_true(empty());
    assert_int_equal(fill(), 0);
}

enum { SOON_MS = 120000 };

static void it_wakes_soon_and_again_after_it_was_taken(void **state)
{
    uint64_t wakes = 0;
    (void)state;
    assert_false(readable(0));
    put("a", "1", 1);
    put("a", "2", 1);
    assert_true(readable(SOON_MS));
    assert_int_equal(read(queue.fd, &wakes, sizeof wakes), sizeof wakes);
    assert_int_equal(wakes, 1);
    assert_memory_equal(take().message.payload, "1", 1);
    put("a", "3", 1); /* while the consumer is at it */
    assert_true(readable(SOON_MS));
    assert_memory_equal(take().message.payload, "2", 1);
    assert_memory_equal(take().message.payload, "3", 1);
    assert_true(empty());
    assert_false(readable(0));
}

/* Is it so without waiting for more to come? How soon the machine tells us is its own business. */
static bool readable_now(void)
{
    struct itimerspec left;
    assert_int_equal(timerfd_gettime(queue.fd, &left), 0);
    return left.it_value.tv_sec == 0 && left.it_value.tv_nsec < 1000000 && readable(SOON_MS);
}

static void what_must_not_wait_does_not(void **state)
{
    static char payload[1000];
    (void)state;
    put("a", "1", 1);
    mqtt_queue_link(&queue, MQTT_LINK_UP, 2, "connected");
    assert_true(readable_now());
    while (!empty())
        continue;
    assert_false(readable(0));
    while (fill() < LIMIT / 2)
        put("a", payload, sizeof payload);
    assert_true(readable_now());
}

static void a_payload_over_its_bound_leaves_its_size(void **state)
{
    static char big[PAYLOAD_MOST + 1];
    (void)state;
    put("a", big, PAYLOAD_MOST);
    put("b", big, PAYLOAD_MOST + 1);
    assert_non_null(take().message.payload);
    assert_true(fill() < 2000);
    struct mqtt_event e = take();
    assert_null(e.message.payload);
    assert_int_equal(e.message.payload_length, PAYLOAD_MOST + 1);
    assert_string_equal(e.message.topic, "b");
}

static void what_does_not_fit_is_counted(void **state)
{
    static char payload[900];
    size_t stored = 0;
    (void)state;
    for (int i = 0; i < 200; i++)
        put("a/full", payload, sizeof payload);
    assert_true(fill() <= LIMIT && fill() > LIMIT - 1000);
    mqtt_queue_link(&queue, MQTT_LINK_DOWN, 2, "gone"); /* there is always room for these */
    struct mqtt_event e = take();
    for (; e.kind == MQTT_MESSAGE; e = take())
        stored++;
    assert_int_equal(e.kind, MQTT_LINK_DOWN);
    e = take();
    assert_int_equal(e.kind, MQTT_OVERFLOW);
    assert_int_equal(e.count, 200 - stored);
    assert_string_equal(e.message.topic, "a/full");
    assert_int_equal(e.message.broker, 2);
    assert_true(empty());
    put("a", "1", 1); /* and there is room again */
    assert_int_equal(take().kind, MQTT_MESSAGE);
    assert_true(empty());
}

/* What the consumer holds counts, too: both buffers together stay within the limit. */
static void the_limit_holds_while_the_consumer_is_at_it(void **state)
{
    static char payload[900];
    (void)state;
    for (int i = 0; i < 60; i++)
        put("a", payload, sizeof payload);
    (void)take();
    for (int i = 0; i < 60; i++)
        put("b", payload, sizeof payload);
    assert_true(fill() <= LIMIT);
    uint64_t messages = 1, lost = 0;
    struct mqtt_event e;
    while (mqtt_queue_take(&queue, &e)) {
        messages += e.kind == MQTT_MESSAGE;
        lost += e.kind == MQTT_OVERFLOW ? e.count : 0;
    }
    assert_int_equal(messages + lost, 120);
    assert_true(lost > 0);
}

enum { THREADS = 4, EACH = 20000 };

static void *produce(void *arg)
{
    for (int i = 0; i < EACH; i++)
        mqtt_queue_message(arg, &(struct message){.topic = "t", .topic_length = 1, .payload = &i, .payload_length = sizeof i});
    return NULL;
}

static void several_producers_lose_nothing_uncounted(void **state)
{
    pthread_t threads[THREADS];
    uint64_t got = 0;
    (void)state;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, produce, &queue), 0);
    while (got < THREADS * EACH) {
        struct pollfd fd = {.fd = queue.fd, .events = POLLIN};
        struct mqtt_event e;
        assert_int_equal(poll(&fd, 1, SOON_MS), 1); /* it never sleeps on what is there */
        while (mqtt_queue_take(&queue, &e))
            got += e.kind == MQTT_OVERFLOW ? e.count : 1;
    }
    assert_int_equal(got, THREADS * EACH);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
}

#define QUEUE_CASE(function) cmocka_unit_test_setup_teardown(function, make, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        QUEUE_CASE(what_goes_in_comes_out_in_order),
        QUEUE_CASE(it_wakes_soon_and_again_after_it_was_taken),
        QUEUE_CASE(what_must_not_wait_does_not),
        QUEUE_CASE(a_payload_over_its_bound_leaves_its_size),
        QUEUE_CASE(what_does_not_fit_is_counted),
        QUEUE_CASE(the_limit_holds_while_the_consumer_is_at_it),
        QUEUE_CASE(several_producers_lose_nothing_uncounted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
