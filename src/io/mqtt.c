/*
 * A struct mqtt is the links to all brokers and the queue that they share. `anchor` is a paho client that never connects: while
 * one client exists the library keeps its threads, so that a link can drop its own without waiting for them to end.
 */
#include "io/mqtt.h"

#include <stdlib.h>
#include <time.h>

#include "core/memory.h"
#include "io/clock.h"
#include "io/mqtt_kept.h"

enum { TICK_MOST_MS = 60000, KEPT_AGAIN_MS = 1000, GOODBYE_MS = 500, FAREWELL_MS = 5000, GOODBYE_STEP_NS = 2000000 };

struct mqtt {
    struct mqtt_queue queue;
    MQTTAsync anchor;
    struct mqtt_link *links;
    size_t link_count;
    struct mqtt_kept kept;
    bool left;
};

struct mqtt *mqtt_create(const struct plant *plant, const char *identity, struct error *err)
{
    struct mqtt *mqtt = mem_zero(1, sizeof *mqtt);
    if (!mqtt_queue_init(&mqtt->queue, (size_t)plant->bounds.limit[BOUND_QUEUE_BYTES], (size_t)plant->bounds.limit[BOUND_PAYLOAD_BYTES], err)) {
        free(mqtt);
        return NULL;
    }
    int rc = MQTTAsync_create(&mqtt->anchor, "tcp://localhost:1883", "andon", MQTTCLIENT_PERSISTENCE_NONE, NULL);
    if (rc != MQTTASYNC_SUCCESS) {
        error_set(err, "the MQTT library refuses: %s", MQTTAsync_strerror(rc));
        mqtt_queue_finish(&mqtt->queue);
        free(mqtt);
        return NULL;
    }
    mqtt->links = mem_zero(plant->broker_count + 1, sizeof *mqtt->links);
    mqtt->link_count = plant->broker_count;
    for (size_t i = 0; i < mqtt->link_count; i++)
        mqtt_link_init(&mqtt->links[i], plant, (uint16_t)i, identity, &mqtt->queue);
    mqtt_queue_wake(&mqtt->queue); /* the first tick makes the first attempts */
    return mqtt;
}

void mqtt_sessions(struct mqtt *mqtt, bool go_on)
{
    for (size_t i = 0; i < mqtt->link_count; i++) {
        struct mqtt_session *session = &mqtt->links[i].session;
        session->keep_ms = session->broker->qos > 0 ? session->broker->session_ms : 0;
        session->go_on = go_on;
    }
}

/* Says the last will of every link that is up, and waits for its acknowledgement: paho takes the will back when we leave in order. */
static void say_goodbye(struct mqtt *mqtt, int64_t most_ms)
{
    int64_t until = clock_monotonic_ms() + most_ms;
    for (size_t i = 0; i < mqtt->link_count; i++) {
        struct mqtt_link *link = &mqtt->links[i];
        if (link->state != LINK_UP || !link->session.will_topic)
            continue;
        mqtt_link_say(link, link->session.will_topic, link->session.will_payload, 1);
        while (atomic_load(&link->unacknowledged) > 0 && clock_monotonic_ms() < until)
            nanosleep(&(struct timespec){.tv_nsec = GOODBYE_STEP_NS}, NULL);
    }
}

static void leave(struct mqtt *mqtt, int64_t most_ms)
{
    if (!mqtt->left)
        say_goodbye(mqtt, most_ms);
    for (size_t i = 0; i < mqtt->link_count && !mqtt->left; i++)
        mqtt_link_finish(&mqtt->links[i]);
    mqtt->left = true;
}

void mqtt_leave(struct mqtt *mqtt)
{
    leave(mqtt, FAREWELL_MS);
}

void mqtt_destroy(struct mqtt *mqtt)
{
    if (!mqtt)
        return;
    leave(mqtt, GOODBYE_MS); /* others of our own may follow at once, in the loop */
    MQTTAsync_destroy(&mqtt->anchor);
    mqtt_queue_finish(&mqtt->queue);
    kept_finish(&mqtt->kept);
    free(mqtt->links);
    free(mqtt);
}

static bool keep(struct mqtt *mqtt, uint16_t broker, const char *topic, const char *payload, int qos)
{
    bool kept = broker < mqtt->link_count && kept_set(&mqtt->kept, broker, topic, payload, qos);
    if (kept)
        kept_send_one(&mqtt->kept, &mqtt->links[broker], topic);
    return kept;
}

bool mqtt_keep(struct mqtt *mqtt, uint16_t broker, const char *topic, const char *payload)
{
    return keep(mqtt, broker, topic, payload, 1);
}

bool mqtt_keep_light(struct mqtt *mqtt, uint16_t broker, const char *topic, const char *payload)
{
    return keep(mqtt, broker, topic, payload, 0);
}

void mqtt_will(struct mqtt *mqtt, uint16_t broker, const char *topic, const char *payload)
{
    if (broker >= mqtt->link_count)
        return;
    mqtt_link_will(&mqtt->links[broker], topic, payload);
    if (mqtt->links[broker].renew)
        mqtt_queue_wake(&mqtt->queue); /* a broker that is silent would leave it for the next tick, up to a minute later */
}

int mqtt_fd(const struct mqtt *mqtt)
{
    return mqtt->queue.fd;
}

bool mqtt_take(struct mqtt *mqtt, struct mqtt_event *event)
{
    do {
        if (!mqtt_queue_take(&mqtt->queue, event))
            return false;
    } while (event->kind == MQTT_MESSAGE && kept_is_ours(&mqtt->kept, &event->message));
    if (event->kind == MQTT_MESSAGE) {
        struct mqtt_link *link = &mqtt->links[event->message.broker];
        link->messages++;
        link->bytes += event->message.topic_length + event->message.payload_length;
    }
    return true;
}

int64_t mqtt_tick(struct mqtt *mqtt, int64_t monotonic_ms)
{
    int64_t next = monotonic_ms + TICK_MOST_MS;
    for (size_t i = 0; i < mqtt->link_count; i++) {
        int64_t at = mqtt_link_tick(&mqtt->links[i], monotonic_ms);
        if (!kept_send(&mqtt->kept, &mqtt->links[i]) && at > monotonic_ms + KEPT_AGAIN_MS)
            at = monotonic_ms + KEPT_AGAIN_MS;
        if (at < next)
            next = at;
    }
    return next > monotonic_ms ? next - monotonic_ms : 0;
}

void mqtt_health(struct mqtt *mqtt, struct health *health)
{
    health->broker_count = 0;
    for (size_t i = 0; i < mqtt->link_count && i < HEALTH_BROKERS; i++)
        mqtt_link_health(&mqtt->links[i], &health->brokers[health->broker_count++]);
    mqtt_queue_fill(&mqtt->queue, &health->fill[BOUND_QUEUE_BYTES], &health->high[BOUND_QUEUE_BYTES]);
}
