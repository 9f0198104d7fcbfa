/*
 * An entry is its sizes, its topic and its payload, and never wraps: what does not fit before the end begins at the start.
 * An entry is alive while no later one has been written over it, which positions alone can tell.
 */
#include <stdlib.h>
#include <string.h>

#include "core/ingest_private.h"
#include "core/memory.h"
#include "core/text_gate.h"

struct raw_head {
    uint32_t topic, payload;
};

void raw_init(struct raw_ring *ring, size_t capacity)
{
    *ring = (struct raw_ring){.bytes = mem_zero(capacity, 1), .capacity = capacity, .head = 1};
}

void raw_finish(struct raw_ring *ring)
{
    free(ring->bytes);
    ring->bytes = NULL;
}

/* Places are kept modulo the capacity, with 1 the first, so that 0 can mean none. */
uint64_t raw_keep(struct raw_ring *ring, const struct message *message)
{
    size_t payload = message->payload ? message->payload_length : 0;
    if (payload > RAW_PAYLOAD_MOST)
        payload = RAW_PAYLOAD_MOST;
    struct raw_head head = {(uint32_t)message->topic_length, (uint32_t)payload};
    size_t need = sizeof head + head.topic + head.payload;
    if (need > ring->capacity)
        return RAW_NONE;
    size_t at = (size_t)((ring->head - 1) % ring->capacity);
    if (at + need > ring->capacity)
        ring->head += ring->capacity - at;
    uint64_t place = ring->head;
    uint8_t *to = ring->bytes + (place - 1) % ring->capacity;
    memcpy(to, &head, sizeof head);
    memcpy(to + sizeof head, message->topic, head.topic);
    if (payload)
        memcpy(to + sizeof head + head.topic, message->payload, payload);
    ring->head += need;
    return place;
}

bool raw_read(const struct raw_ring *ring, uint64_t place, char *topic, size_t topic_cap, char *payload, size_t payload_cap)
{
    topic[0] = payload[0] = '\0';
    if (place == RAW_NONE || ring->head - place > ring->capacity)
        return false;
    const uint8_t *from = ring->bytes + (place - 1) % ring->capacity;
    struct raw_head head;
    memcpy(&head, from, sizeof head);
    text_gate((const char *)from + sizeof head, head.topic, topic, topic_cap, NULL);
    text_gate((const char *)from + sizeof head + head.topic, head.payload, payload, payload_cap, NULL);
    return true;
}

size_t raw_fill(const struct raw_ring *ring)
{
    return ring->head - 1 < ring->capacity ? (size_t)(ring->head - 1) : ring->capacity;
}
