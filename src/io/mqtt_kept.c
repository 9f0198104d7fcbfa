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
    hash_index_finish(&kept->index);
    *kept = (struct mqtt_kept){.count = 0};
}

struct sought { uint16_t broker; const char *topic; size_t length; };

static bool is_sought(const void *context, uint32_t number, const void *key)
{
    const struct kept_topic *t = &((const struct mqtt_kept *)context)->topics[number];
    const struct sought *sought = key;
    return t->broker == sought->broker && strlen(t->topic) == sought->length && memcmp(t->topic, sought->topic, sought->length) == 0;
}

static struct kept_topic *find(const struct mqtt_kept *kept, uint16_t broker, const char *topic, size_t length)
{
    const struct sought sought = {broker, topic, length};
    uint32_t found = hash_index_find(&kept->index, hash_bytes(topic, length), is_sought, kept, &sought);
    return found == HASH_INDEX_NONE ? NULL : &kept->topics[found];
}

bool kept_set(struct mqtt_kept *kept, uint16_t broker, const char *topic, const char *payload, int qos)
{
    struct kept_topic *t = find(kept, broker, topic, strlen(topic));
    if (strlen(topic) > TOPIC_MOST || strlen(payload) > PAYLOAD_MOST || (!t && kept->count >= MQTT_KEPT_MOST))
        return false;
    if (!t) {
        kept->topics = mem_grow(kept->topics, kept->count, &kept->capacity, sizeof *kept->topics);
        hash_index_add(&kept->index, hash_bytes(topic, strlen(topic)), (uint32_t)kept->count);
        t = &kept->topics[kept->count++];
        *t = (struct kept_topic){.broker = broker, .topic = mem_text(topic)};
    } else if (strcmp(t->payload, payload) == 0) {
        return true;
    }
    free(t->payload);
    t->payload = mem_text(payload);
    t->qos = qos;
    t->sent_ups = 0;
    return true;
}

/* A connection that is about to end for its will would say something that nobody takes back when we die. */
static bool may_speak(const struct mqtt_link *link)
{
    return link->state == LINK_UP && !link->renew;
}

static bool say(struct kept_topic *t, struct mqtt_link *link)
{
    if (!mqtt_link_say(link, t->topic, t->payload, t->qos)) {
        log_limited(LOG_LEVEL_WARNING, "not published", "broker %s: %.100s was not published", link->session.broker->name, t->topic);
        return false;
    }
    t->sent_ups = link->ups;
    return true;
}

bool kept_send(struct mqtt_kept *kept, struct mqtt_link *link)
{
    for (size_t i = 0; i < kept->count && may_speak(link); i++) {
        struct kept_topic *t = &kept->topics[i];
        if (t->broker == link->index && t->sent_ups != link->ups && !say(t, link))
            return false;
    }
    return true;
}

void kept_send_one(struct mqtt_kept *kept, struct mqtt_link *link, const char *topic)
{
    struct kept_topic *t = find(kept, (uint16_t)link->index, topic, strlen(topic));
    if (t && may_speak(link) && t->sent_ups != link->ups)
        say(t, link);
}

bool kept_is_ours(const struct mqtt_kept *kept, const struct message *message)
{
    return kept->count > 0 && find(kept, message->broker, message->topic, message->topic_length) != NULL;
}
