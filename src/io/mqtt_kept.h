/*
 * mqtt_kept: what this program says of itself to the brokers: a few retained topics, of which only the newest payload counts, and a last will.
 * Sent over the links that receive; the loop's thread does everything but count what has arrived.
 */
#ifndef ANDON_IO_MQTT_KEPT_H
#define ANDON_IO_MQTT_KEPT_H

#include "core/hash_index.h"
#include "io/mqtt_link.h"

struct kept_topic {
    uint16_t broker;
    char *topic, *payload;
    int qos;
    uint64_t sent_ups;   /* the connection (mqtt_link.ups) over which this payload has gone; 0: none */
};

struct mqtt_kept {
    struct kept_topic *topics;
    size_t count, capacity;
    struct hash_index index; /* every message that comes is looked for */
};

void kept_finish(struct mqtt_kept *kept);
/* False: too many topics, or too long. */
bool kept_set(struct mqtt_kept *kept, uint16_t broker, const char *topic, const char *payload, int qos);
/* Sends over a link that is up what has not gone over it yet. False: some of it was not taken, and must be tried again. */
bool kept_send(struct mqtt_kept *kept, struct mqtt_link *link);
/* The same of one topic that kept_set() took. */
void kept_send_one(struct mqtt_kept *kept, struct mqtt_link *link, const char *topic);
/* Is it one of ours that comes back to us? */
bool kept_is_ours(const struct mqtt_kept *kept, const struct message *message);

#endif
