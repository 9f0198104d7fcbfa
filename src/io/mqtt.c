/*
 * A struct mqtt is the links to all brokers and the queue that they share. `anchor` is a paho client that never connects: while
 * one client exists the library keeps its threads, so that a link can drop its own without waiting for them to end.
 */
#include "io/mqtt.h"

#include <stdlib.h>

#include "core/memory.h"
#include "io/mqtt_link.h"

enum { TICK_MOST_MS = 60000 };

struct mqtt {
    struct mqtt_queue queue;
    MQTTAsync anchor;
    struct mqtt_link *links;
    size_t link_count;
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

void mqtt_leave(struct mqtt *mqtt)
{
    for (size_t i = 0; i < mqtt->link_count && !mqtt->left; i++)
        mqtt_link_finish(&mqtt->links[i]);
    mqtt->left = true;
}

void mqtt_destroy(struct mqtt *mqtt)
{
    if (!mqtt)
        return;
    mqtt_leave(mqtt);
    MQTTAsync_destroy(&mqtt->anchor);
    mqtt_queue_finish(&mqtt->queue);
    free(mqtt->links);
    free(mqtt);
}

int mqtt_fd(const struct mqtt *mqtt)
{
    return mqtt->queue.fd;
}

bool mqtt_take(struct mqtt *mqtt, struct mqtt_event *event)
{
    if (!mqtt_queue_take(&mqtt->queue, event))
        return false;
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
