/*
 * mqtt_private: what the files of the broker edge share and nobody else needs, without paho: the queue between paho's threads
 * and the loop, and broker addresses.
 */
#ifndef ANDON_IO_MQTT_PRIVATE_H
#define ANDON_IO_MQTT_PRIVATE_H

#include <pthread.h>

#include "core/drop.h"
#include "io/mqtt.h"

/* ---- the queue ---- */

struct mqtt_buffer {
    uint8_t *bytes;
    size_t used, capacity;
    uint64_t lost;       /* messages that found no room while this buffer was being filled */
    uint16_t lost_broker;
    char lost_topic[128]; /* the first of them */
    size_t lost_topic_length;
};

struct mqtt_queue {
    pthread_mutex_t lock;
    struct mqtt_buffer filling;  /* by the producers; under the lock */
    size_t draining_used, high;  /* under the lock: what the consumer still holds counts against the limit */
    size_t limit, payload_most;
    struct mqtt_buffer draining; /* the consumer's alone */
    size_t taken;                /* bytes of it that were yielded */
    int fd;                      /* timerfd */
};

bool mqtt_queue_init(struct mqtt_queue *queue, size_t limit_bytes, size_t payload_most, struct error *err);
void mqtt_queue_finish(struct mqtt_queue *queue);
/* From any thread: copies a message in, or counts it as lost. Wakes the consumer, 20 ms later, when the queue was empty, and at
 * once when it is half full. */
void mqtt_queue_message(struct mqtt_queue *queue, const struct message *message);
/* From any thread: a link event. It may exceed the limit: there are few of them. */
void mqtt_queue_link(struct mqtt_queue *queue, enum mqtt_event_kind kind, uint16_t broker, const char *reason);
/* From any thread: makes the descriptor readable without an event. */
void mqtt_queue_wake(struct mqtt_queue *queue);
/* The consumer's: the next event, borrowed until the next call. */
bool mqtt_queue_take(struct mqtt_queue *queue, struct mqtt_event *event);
void mqtt_queue_fill(struct mqtt_queue *queue, int64_t *fill, int64_t *high);

/* ---- addresses ---- */

struct mqtt_url {
    bool tls;
    char host[256];  /* without the brackets of an IPv6 address */
    uint16_t port;
    char paho[300];  /* tcp://host:port or ssl://host:port */
};

/* mqtt://host[:port] or mqtts://host[:port], ports 1883 and 8883. Anything more (a user, a path) is refused, and the reason
 * does not repeat the text, since a password may stand in it. */
bool mqtt_url_read(const char *text, struct mqtt_url *url, struct error *err);

/* Does anybody take TCP connections there? False: why not, in words, into `text`. Waits a quarter of a second at most, but for
 * the resolver. */
bool mqtt_reach(const char *host, uint16_t port, char *text, size_t cap);

#endif
