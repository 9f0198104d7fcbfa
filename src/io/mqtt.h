/*
 * mqtt: the broker edge (paho-mqtt-c, asynchronous). One struct mqtt holds the links to all brokers and the bounded queue
 * between paho's threads and the loop.
 *
 * paho's callback copies a message into the queue and, when it was empty, makes mqtt_fd() readable 20 ms later (a link event at
 * once), so that the messages of a flood are taken in one go; nothing else happens there. When mqtt_fd() is readable, the loop
 * calls mqtt_take() until it is empty and then mqtt_tick(), which also is called at the time that it last asked for.
 * Reconnecting is done here, for ever, with capped and jittered back-off; each link change is an event and a line of the log.
 */
#ifndef ANDON_IO_MQTT_H
#define ANDON_IO_MQTT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "core/health.h"
#include "core/ingest.h"
#include "core/plant.h"

struct mqtt;

enum mqtt_event_kind { MQTT_MESSAGE, MQTT_LINK_UP, MQTT_LINK_DOWN, MQTT_OVERFLOW, MQTT_LINK_RESUMED };

/* What mqtt_take() yields. Borrowed until the next call. A payload over BOUND_PAYLOAD_BYTES is not copied: its message has
 * payload NULL and its true payload_length. (With MQTT 5 the broker is asked not to send such giants at all.) A message of an
 * overflow names the first topic that was lost. A link is down from the beginning; MQTT_LINK_DOWN tells of its loss, and of
 * the first attempt's failure when it never was up. MQTT_LINK_RESUMED is told instead of MQTT_LINK_UP when the broker has kept what came since the
 * session before, which follows. */
struct mqtt_event {
    enum mqtt_event_kind kind;
    struct message message;  /* MQTT_MESSAGE; also `broker` of the link events */
    const char *reason;      /* link events: gated text */
    uint64_t count;          /* MQTT_OVERFLOW: messages lost since the last one */
};

/* Makes the links of all brokers of the plant and begins to connect. `identity` names this cache: the client id is
 * "andon-" and a hash of it and of the broker, the same after every restart. The plant is borrowed. */
struct mqtt *mqtt_create(const struct plant *plant, const char *identity, struct error *err);
/* From now on the brokers are asked to keep what comes while nobody listens, as configured. `go_on`: what they have kept already is of the same
 * subscriptions, and wanted. To be called before the first tick. */
void mqtt_sessions(struct mqtt *mqtt, bool go_on);
/* Disconnects (as a rule at once; at most six seconds with a broker that does not acknowledge the last will): nothing more arrives, what has can still be taken. Only mqtt_take() and mqtt_destroy() may follow. */
void mqtt_leave(struct mqtt *mqtt);
/* Disconnects too, and releases everything. NULL is accepted. */
void mqtt_destroy(struct mqtt *mqtt);
/* Readable when there may be something to take. */
int mqtt_fd(const struct mqtt *mqtt);
bool mqtt_take(struct mqtt *mqtt, struct mqtt_event *event);
/* Does what is due (connect, retry, give up on a connect that hangs); returns milliseconds until it is needed again, at
 * most a minute. */
int64_t mqtt_tick(struct mqtt *mqtt, int64_t monotonic_ms);
/* Brokers' state, queue fill and high-water mark into the health. Rates are those since the last call. */
void mqtt_health(struct mqtt *mqtt, struct health *health);

/* ---- what this program says of itself ---- */

enum { MQTT_KEPT_MOST = 8192 };
/* From now on the broker keeps this text under the topic: retained, QoS 1, as soon as the link is up and again after each loss; of several in
 * a row only the newest counts. "" takes it back. What comes in under such a topic is not yielded by mqtt_take(). False: it is too long, or there
 * are too many topics. */
bool mqtt_keep(struct mqtt *mqtt, uint16_t broker, const char *topic, const char *payload);
/* The same with QoS 0, for many topics that are told again soon: nothing waits for the broker's word. */
bool mqtt_keep_light(struct mqtt *mqtt, uint16_t broker, const char *topic, const char *payload);
/* What the broker keeps under the topic when we are gone: as the last will, for which a link that is up connects anew, and said by ourselves in
 * mqtt_leave(). NULL: nothing. */
void mqtt_will(struct mqtt *mqtt, uint16_t broker, const char *topic, const char *payload);

/* ---- publishing, for the simulator ---- */

struct mqtt_publisher;

/* Connects and waits (at most timeout_ms). It does not connect again: after a loss mqtt_publish() fails, and the caller makes
 * a new one. `broker` is borrowed for the publisher's life. */
struct mqtt_publisher *mqtt_publisher_create(const struct plant_broker *broker, const char *client_id, int64_t timeout_ms, struct error *err);
/* Hands a message over; waits while more than some hundred are in flight, so that memory stays bounded. QoS 0 or 1. */
bool mqtt_publish(struct mqtt_publisher *publisher, const char *topic, const void *payload, size_t length, int qos, bool retained, struct error *err);
/* Waits until at most `most` messages are in flight, at most timeout_ms. */
bool mqtt_publisher_drain(struct mqtt_publisher *publisher, size_t most, int64_t timeout_ms);
/* From now on hears the whole numbers that somebody publishes under a topic; one at a time. */
bool mqtt_publisher_follow(struct mqtt_publisher *publisher, const char *topic, struct error *err);
/* Waits until the newest of them is at least so much, at most timeout_ms. False: it is not, and why, "" when only the time is over. */
bool mqtt_publisher_await(struct mqtt_publisher *publisher, int64_t least, int64_t timeout_ms, struct error *err);
void mqtt_publisher_destroy(struct mqtt_publisher *publisher);

#endif
