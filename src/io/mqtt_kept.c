/*
 * A struct kept_topic has gone over a link when its sent_ups is the link's: every new connection has another number, so that everything is said
 * again after a loss. What a broker has acknowledged is counted on paho's thread in link->unacknowledged, which leaving waits for.
 */
#include "io/mqtt_kept.h"

#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "io/log.h"

enum { TOPIC_MOST = 512, PAYLOAD_MOST = 4096 };

void kept_finish(struct mqtt_kept *kept)
{
    for (size_t i = 0; i < kept->count; i++) {
        free(kept->topics[i].topic);
        free(kept->topics[i].payload);
    }
    free(kept->topics);
    *kept = (struct mqtt_kept){.count = 0};
}

static struct kept_topic *find(const struct mqtt_kept *kept, uint16_t broker, const char *topic, size_t length)
{
    for (size_t i = 0; i < kept->count; i++)
        if (kept->topics[i].broker == broker && strlen(kept->topics[i].topic) == length && memcmp(kept->topics[i].topic, topic, length) == 0)
            return &kept->topics[i];
    return NULL;
}

bool kept_set(struct mqtt_kept *kept, uint16_t broker, const char *topic, const char *payload)
{
    struct kept_topic *t = find(kept, broker, topic, strlen(topic));
    if (strlen(topic) > TOPIC_MOST || strlen(payload) > PAYLOAD_MOST || (!t && kept->count >= MQTT_KEPT_MOST))
        return false;
    if (!t) {
        kept->topics = mem_grow(kept->topics, kept->count, &kept->capacity, sizeof *kept->topics);
        t = &kept->topics[kept->count++];
        *t = (struct kept_topic){.broker = broker, .topic = mem_text(topic)};
    } else if (strcmp(t->payload, payload) == 0) {
        return true;
    }
    free(t->payload);
    t->payload = mem_text(payload);
    t->sent_ups = 0;
    return true;
}

bool kept_send(struct mqtt_kept *kept, struct mqtt_link *link)
{
    /* A connection that is about to end for its will would say something that nobody takes back when we die. */
    for (size_t i = 0; i < kept->count && link->state == LINK_UP && !link->renew; i++) {
        struct kept_topic *t = &kept->topics[i];
        if (t->broker != link->index || t->sent_ups == link->ups)
            continue;
        if (!mqtt_link_say(link, t->topic, t->payload)) {
            log_limited(LOG_LEVEL_WARNING, "not published", "broker %s: %.100s was not published", link->session.broker->name, t->topic);
            return false;
        }
        t->sent_ups = link->ups;
    }
    return true;
}

bool kept_is_ours(const struct mqtt_kept *kept, const struct message *message)
{
    return kept->count > 0 && find(kept, message->broker, message->topic, message->topic_length) != NULL;
}
