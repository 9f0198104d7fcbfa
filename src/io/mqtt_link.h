/*
 * mqtt_link: the link to one broker: connects, subscribes, and connects again for ever. The loop's thread decides everything in
 * mqtt_link_tick(); paho's threads only copy messages into the queue and report outcomes.
 */
#ifndef ANDON_IO_MQTT_LINK_H
#define ANDON_IO_MQTT_LINK_H

#include <stdatomic.h>

#include "io/mqtt_session.h"

struct mqtt_link {
    struct mqtt_session session;
    struct mqtt_queue *queue;
    atomic_int unacknowledged;  /* of what mqtt_link_say() sent over this connection */
    uint16_t index;             /* in the plant's brokers */
    bool usable;                /* its configuration can be used */
    char client_id[64];
    char *will_topic, *will_payload;
    bool renew;                 /* the connection has another will than it should */
    char **filters;             /* what is subscribed, and at which QoS */
    int *qos;
    int filter_count;
    atomic_bool told_up;        /* MQTT_LINK_UP was put into the queue, and no MQTT_LINK_DOWN since */
    /* The loop's alone. */
    enum link_state state;
    bool told_down;
    uint64_t ups;               /* how often it was up, with the present time; numbers the connections */
    int64_t since_wall_ms, up_ms, deadline_ms, retry_wall_ms, backoff_ms;
    uint64_t random;
    char said[HEALTH_TEXT];
    uint64_t attempts, messages, bytes, counted;
    int64_t counted_ms;
};

void mqtt_link_init(struct mqtt_link *link, const struct plant *plant, uint16_t index, const char *identity, struct mqtt_queue *queue);
void mqtt_link_finish(struct mqtt_link *link);
/* Does what is due; returns when (monotonic ms) it is needed again, INT64_MAX: when something happens. */
int64_t mqtt_link_tick(struct mqtt_link *link, int64_t now_ms);
/* Sends a retained text over a link that is up; false when paho does not take it. */
bool mqtt_link_say(struct mqtt_link *link, const char *topic, const char *payload, int qos);
/* The last will of the connections to come; NULL: none. */
void mqtt_link_will(struct mqtt_link *link, const char *topic, const char *payload);
void mqtt_link_health(struct mqtt_link *link, struct broker_health *health);

#endif
