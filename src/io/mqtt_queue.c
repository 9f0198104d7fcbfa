/*
 * Two buffers: producers append to `filling` under the lock, the consumer reads `draining` without it, and takes the lock once
 * a round to swap the two. So a message costs one short critical section and one copy, and the consumer none at all while it has some.
 * What both hold together never exceeds the limit, but for link events. Entries are a struct entry, the topic, a NUL, and the payload;
 * an overflow is no entry: it is counted in the buffer and yielded behind the buffer's last one.
 *
 * The consumer waits on a timer descriptor. The first message of a round arms it a little ahead, so that a flood costs tens of wake-ups a
 * second and not one a message; whatever must not wait (a link event, a buffer half full) arms it for now.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "core/memory.h"
#include "io/clock.h"
#include "io/mqtt_private.h"

struct entry {
    uint32_t size;           /* of the whole entry, a multiple of 8 */
    uint16_t broker;
    uint8_t kind;            /* enum mqtt_event_kind */
    bool retained, assured, again;
    uint8_t qos;
    uint32_t topic_length;   /* of a link event: of its reason */
    bool has_payload;
    uint64_t payload_length; /* true length, whether the payload follows or not */
    int64_t arrival_ms;
};

enum { KEEP_BYTES = 1 << 20, FIRST_BYTES = 16 << 10, GATHER_NS = 20000000 };

enum wake { WAKE_NOT, WAKE_SOON, WAKE_NOW };

bool mqtt_queue_init(struct mqtt_queue *queue, size_t limit_bytes, size_t payload_most, struct error *err)
{
    int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (fd < 0)
        return error_set(err, "cannot make a timer descriptor: %s", strerror(errno));
    *queue = (struct mqtt_queue){.fd = fd, .limit = limit_bytes, .payload_most = payload_most};
    pthread_mutex_init(&queue->lock, NULL);
    return true;
}

void mqtt_queue_finish(struct mqtt_queue *queue)
{
    free(queue->filling.bytes);
    free(queue->draining.bytes);
    pthread_mutex_destroy(&queue->lock);
    close(queue->fd);
}

static void wake_up(struct mqtt_queue *queue, enum wake wake)
{
    struct itimerspec at = {.it_value.tv_nsec = wake == WAKE_SOON ? GATHER_NS : 1};
    if (wake != WAKE_NOT)
        timerfd_settime(queue->fd, 0, &at, NULL);
}

void mqtt_queue_wake(struct mqtt_queue *queue)
{
    wake_up(queue, WAKE_NOW);
}

static void make_room(struct mqtt_buffer *buffer, size_t size)
{
    size_t capacity = buffer->capacity ? buffer->capacity : FIRST_BYTES;
    while (capacity < buffer->used + size)
        capacity *= 2;
    if (capacity != buffer->capacity)
        buffer->bytes = mem_resize(buffer->bytes, capacity, 1);
    buffer->capacity = capacity;
}

/* Appends an entry; the lock is held. Tells whether the consumer is to be woken. */
static enum wake append(struct mqtt_queue *queue, const struct entry *entry, const char *topic, const void *payload)
{
    struct mqtt_buffer *b = &queue->filling;
    size_t before = b->used;
    if (b->capacity - b->used < entry->size)
        make_room(b, entry->size);
    uint8_t *out = b->bytes + b->used;
    memcpy(out, entry, sizeof *entry);
    out += sizeof *entry;
    memcpy(out, topic, entry->topic_length);
    out[entry->topic_length] = '\0';
    if (entry->has_payload && entry->payload_length > 0)
        memcpy(out + entry->topic_length + 1, payload, (size_t)entry->payload_length);
    b->used += entry->size;
    if (b->used + queue->draining_used > queue->high)
        queue->high = b->used + queue->draining_used;
    if (before < queue->limit / 2 && b->used >= queue->limit / 2)
        return WAKE_NOW;
    return before == 0 ? WAKE_SOON : WAKE_NOT;
}

static enum wake lose(struct mqtt_queue *queue, const struct message *message)
{
    struct mqtt_buffer *b = &queue->filling;
    enum wake wake = b->used == 0 && b->lost == 0 ? WAKE_NOW : WAKE_NOT;
    if (b->lost++ == 0) {
        b->lost_broker = message->broker;
        b->lost_topic_length = message->topic_length < sizeof b->lost_topic ? message->topic_length : sizeof b->lost_topic - 1;
        memcpy(b->lost_topic, message->topic, b->lost_topic_length);
        b->lost_topic[b->lost_topic_length] = '\0';
    }
    return wake;
}

static size_t entry_size(size_t topic_length, size_t payload_length)
{
    return (sizeof(struct entry) + topic_length + 1 + payload_length + 7) / 8 * 8;
}

void mqtt_queue_message(struct mqtt_queue *queue, const struct message *message)
{
    bool whole = message->payload_length <= queue->payload_most;
    size_t size = entry_size(message->topic_length, whole ? message->payload_length : 0);
    struct entry entry = {
        .size = (uint32_t)size, .broker = message->broker, .kind = MQTT_MESSAGE, .retained = message->retained,
        .assured = message->assured, .qos = message->qos, .again = message->again, .topic_length = (uint32_t)message->topic_length, .has_payload = whole,
        .payload_length = message->payload_length, .arrival_ms = message->arrival_ms};

    pthread_mutex_lock(&queue->lock);
    bool room = queue->filling.used + queue->draining_used + size <= queue->limit;
    enum wake wake = room ? append(queue, &entry, message->topic, message->payload) : lose(queue, message);
    pthread_mutex_unlock(&queue->lock);
    wake_up(queue, wake);
}

void mqtt_queue_link(struct mqtt_queue *queue, enum mqtt_event_kind kind, uint16_t broker, const char *reason)
{
    struct entry entry = {
        .size = (uint32_t)entry_size(strlen(reason), 0), .broker = broker, .kind = (uint8_t)kind,
        .topic_length = (uint32_t)strlen(reason), .arrival_ms = clock_wall_ms()};
    pthread_mutex_lock(&queue->lock);
    append(queue, &entry, reason, NULL);
    pthread_mutex_unlock(&queue->lock);
    wake_up(queue, WAKE_NOW);
}

/* Gives the emptied buffer to the producers and takes what they have filled. */
static void swap_buffers(struct mqtt_queue *queue)
{
    struct mqtt_buffer emptied = queue->draining;
    emptied.used = 0;
    emptied.lost = 0;
    if (emptied.capacity > KEEP_BYTES) {
        free(emptied.bytes);
        emptied.bytes = NULL;
        emptied.capacity = 0;
    }
    pthread_mutex_lock(&queue->lock);
    queue->draining = queue->filling;
    queue->filling = emptied;
    queue->draining_used = queue->draining.used;
    pthread_mutex_unlock(&queue->lock);
    queue->taken = 0;
}

static void read_entry(struct mqtt_queue *queue, struct mqtt_event *event)
{
    struct entry entry;
    const uint8_t *at = queue->draining.bytes + queue->taken;
    memcpy(&entry, at, sizeof entry);
    const char *topic = (const char *)at + sizeof entry;
    *event = (struct mqtt_event){.kind = (enum mqtt_event_kind)entry.kind, .message = {.broker = entry.broker, .arrival_ms = entry.arrival_ms}};
    if (event->kind == MQTT_MESSAGE) {
        event->message.retained = entry.retained;
        event->message.assured = entry.assured;
        event->message.qos = entry.qos;
        event->message.again = entry.again;
        event->message.topic = topic;
        event->message.topic_length = entry.topic_length;
        event->message.payload = entry.has_payload ? topic + entry.topic_length + 1 : NULL;
        event->message.payload_length = (size_t)entry.payload_length;
    } else {
        event->reason = topic;
    }
    queue->taken += entry.size;
}

bool mqtt_queue_take(struct mqtt_queue *queue, struct mqtt_event *event)
{
    struct mqtt_buffer *d = &queue->draining;
    if (queue->taken == d->used && d->lost == 0) {
        uint64_t wakes;
        ssize_t got = read(queue->fd, &wakes, sizeof wakes); /* before the look: what comes after it wakes us again */
        (void)got;
        swap_buffers(queue);
    }
    if (queue->taken < d->used) {
        read_entry(queue, event);
        return true;
    }
    if (d->lost == 0)
        return false;
    *event = (struct mqtt_event){
        .kind = MQTT_OVERFLOW, .count = d->lost,
        .message = {.broker = d->lost_broker, .topic = d->lost_topic, .topic_length = d->lost_topic_length, .arrival_ms = clock_wall_ms()}};
    d->lost = 0;
    return true;
}

void mqtt_queue_fill(struct mqtt_queue *queue, int64_t *fill, int64_t *high)
{
    pthread_mutex_lock(&queue->lock);
    *fill = (int64_t)(queue->filling.used + queue->draining_used);
    *high = (int64_t)queue->high;
    pthread_mutex_unlock(&queue->lock);
}
