/*
 * A struct mqtt_link is off (its configuration cannot be used), connecting (until the subscriptions are granted or the deadline
 * passes), up, or waiting for its next attempt. `deadline_ms` is when connecting is given up or waiting ends. Each attempt has a paho
 * client of its own, so nothing of an attempt that hangs or was lost can reach the next one.
 */
#include "io/mqtt_link.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#include "core/memory.h"
#include "core/text_gate.h"
#include "io/clock.h"
#include "io/log.h"

enum { BACKOFF_FIRST_MS = 500, BACKOFF_MOST_MS = 30000, STEADY_MS = 10000, CONNECT_MS = 10000, PACKET_SLACK = 4096 };

/* ---- on paho's threads ---- */

static int on_message(void *context, char *topic, int topic_length, MQTTAsync_message *message)
{
    struct mqtt_session *session = context;
    struct mqtt_link *link = session->owner;
    struct message m = {
        .broker = link->index, .retained = message->retained != 0, .assured = message->qos > 0, .qos = (uint8_t)message->qos, .again = message->dup != 0,
        .topic = topic, .topic_length = topic_length > 0 ? (size_t)topic_length : strlen(topic),
        .payload = message->payload, .payload_length = (size_t)message->payloadlen, .arrival_ms = clock_wall_ms()};
    mqtt_queue_message(link->queue, &m);
    MQTTAsync_freeMessage(&message);
    MQTTAsync_free(topic);
    return 1; /* after a 0 the library keeps the message in a queue without bound */
}

static void on_changed(struct mqtt_session *session)
{
    struct mqtt_link *link = session->owner;
    mqtt_queue_wake(link->queue);
}

static void link_is_up(struct mqtt_link *link, const char *reason)
{
    if (!atomic_exchange(&link->told_up, true))
        mqtt_queue_link(link->queue, MQTT_LINK_UP, link->index, reason);
    mqtt_session_report(&link->session, OUTCOME_UP, reason);
}

static const char connected[] = "connected";

/* What became of the subscriptions: `codes` are MQTT 5 reason codes or 3.1.1 return codes; 0x80 and above is a refusal. */
static void on_granted(struct mqtt_link *link, const int *codes, int count)
{
    char reason[HEALTH_TEXT];
    memcpy(reason, connected, sizeof connected);
    int refused = 0, first = -1;
    for (int i = 0; i < count; i++) {
        if (codes[i] >= 0x80 && refused++ == 0)
            first = i;
    }
    if (first >= 0) {
        const char *said = codes[first] > 0x80 ? MQTTReasonCode_toString((enum MQTTReasonCodes)codes[first]) : NULL;
        snprintf(reason, sizeof reason, "subscription refused by broker: %s%s%s", link->filters[first], said ? ": " : "", said ? said : "");
    }
    if (refused == count)
        mqtt_session_report(&link->session, OUTCOME_DOWN, reason);
    else
        link_is_up(link, reason);
}

static void on_subscribed(void *context, MQTTAsync_successData *data)
{
    struct mqtt_link *link = context;
    if (link->filter_count == 1)
        on_granted(link, data ? &data->alt.qos : link->qos, 1);
    else
        on_granted(link, data && data->alt.qosList ? data->alt.qosList : link->qos, link->filter_count);
}

static void on_subscribed5(void *context, MQTTAsync_successData5 *data)
{
    struct mqtt_link *link = context;
    int *codes = mem_zero((size_t)link->filter_count, sizeof *codes);
    /* The list is there for several filters only; for one, the union holds something else. */
    int count = link->filter_count > 1 && data->alt.sub.reasonCodes ? data->alt.sub.reasonCodeCount : 0;
    for (int i = 0; i < link->filter_count; i++)
        codes[i] = (int)(i < count ? data->alt.sub.reasonCodes[i] : data->reasonCode);
    on_granted(link, codes, link->filter_count);
    free(codes);
}

static void not_subscribed(struct mqtt_link *link, int code, int reason_code)
{
    if (!mqtt_session_refused(&link->session, "subscription", code, reason_code))
        mqtt_session_report(&link->session, OUTCOME_DOWN, "connection lost");
}

static void on_not_subscribed(void *context, MQTTAsync_failureData *data)
{
    not_subscribed(context, data ? data->code : 0, 0);
}

static void on_not_subscribed5(void *context, MQTTAsync_failureData5 *data)
{
    not_subscribed(context, data ? data->code : 0, data ? (int)data->reasonCode : 0);
}

static void on_connected(struct mqtt_session *session)
{
    struct mqtt_link *link = session->owner;
    MQTTAsync_responseOptions response = MQTTAsync_responseOptions_initializer;
    if (session->present && !atomic_exchange(&link->told_up, true)) /* before what it has kept, which comes before the subscriptions are granted */
        mqtt_queue_link(link->queue, MQTT_LINK_RESUMED, link->index, "connected, and it kept what came meanwhile");
    response.context = link;
    if (session->broker->version >= 5) {
        response.onSuccess5 = on_subscribed5;
        response.onFailure5 = on_not_subscribed5;
    } else {
        response.onSuccess = on_subscribed;
        response.onFailure = on_not_subscribed;
    }
    int rc = MQTTAsync_subscribeMany(session->handle, link->filter_count, link->filters, link->qos, &response);
    if (rc != MQTTASYNC_SUCCESS)
        mqtt_session_report(session, OUTCOME_DOWN, "connection lost");
}

/* ---- on the loop's thread ---- */

static void say(struct mqtt_link *link, const char *reason)
{
    const struct plant_broker *broker = link->session.broker;
    const char *unchecked = link->session.url.tls && !broker->verify ? "certificate not checked; " : "";
    char text[2 * HEALTH_TEXT];
    snprintf(text, sizeof text, "%s%s", unchecked, reason);
    text_gate(text, strlen(text), link->said, sizeof link->said, NULL);
}

static void enter(struct mqtt_link *link, enum link_state state)
{
    link->state = state;
    link->since_wall_ms = clock_wall_ms();
    link->retry_wall_ms = 0;
}

static uint64_t random_next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* Each kind of event is held back by itself: when a link went and when it came back must not be lost among failed attempts. */
static void tell(const struct mqtt_link *link, enum log_level level, const char *event)
{
    char topic[96];
    const char *name = link->session.broker->name;
    snprintf(topic, sizeof topic, "%.30s %s", name, event);
    log_limited(level, topic, "broker %s: %s", name, link->said);
}

/* The link is down: tells it once, and waits for the next attempt. */
static void fall(struct mqtt_link *link, const char *reason, int64_t now_ms)
{
    const struct plant_broker *broker = link->session.broker;
    mqtt_session_stop(&link->session);
    say(link, reason);
    bool was_up = link->state == LINK_UP;
    if (atomic_exchange(&link->told_up, false) || !link->told_down)
        mqtt_queue_link(link->queue, MQTT_LINK_DOWN, link->index, link->said);
    link->told_down = true;
    tell(link, LOG_LEVEL_WARNING, was_up ? "lost" : "not connected");
    if (!link->usable) {
        enter(link, LINK_OFF);
        link->deadline_ms = INT64_MAX;
        return;
    }
    int64_t most = broker->backoff_max_ms > 0 ? broker->backoff_max_ms : BACKOFF_MOST_MS;
    /* A broker that takes us and drops us at once must not be asked twice a second for ever: only a steady link starts anew. */
    bool steady = link->state == LINK_UP && now_ms - link->up_ms >= STEADY_MS;
    link->backoff_ms = steady || link->backoff_ms == 0 ? BACKOFF_FIRST_MS : link->backoff_ms * 2;
    if (link->backoff_ms > most)
        link->backoff_ms = most;
    int64_t wait = link->backoff_ms * (int64_t)(75 + random_next(&link->random) % 51) / 100;
    enter(link, LINK_WAITING);
    link->deadline_ms = now_ms + wait;
    link->retry_wall_ms = link->since_wall_ms + wait;
}

static int64_t connect_ms(const struct mqtt_link *link)
{
    int64_t ms = link->session.broker->connect_timeout_ms;
    return ms > 0 ? ms : CONNECT_MS;
}

static void attempt(struct mqtt_link *link, int64_t now_ms)
{
    struct error err;
    enter(link, LINK_CONNECTING);
    link->renew = false;
    atomic_store(&link->unacknowledged, 0); /* the connection before is gone, and with it its callbacks */
    link->attempts++;
    link->deadline_ms = now_ms + connect_ms(link);
    if (!mqtt_session_start(&link->session, &err))
        fall(link, err.text, now_ms);
}

static void give_up(struct mqtt_link *link, int64_t now_ms)
{
    char reason[HEALTH_TEXT];
    snprintf(reason, sizeof reason, "no MQTT answer within %gs", (double)connect_ms(link) / 1000);
    fall(link, reason, now_ms);
}

int64_t mqtt_link_tick(struct mqtt_link *link, int64_t now_ms)
{
    char reason[HEALTH_TEXT];
    enum mqtt_outcome outcome = mqtt_session_take(&link->session, reason);
    if (outcome == OUTCOME_UP && link->state == LINK_CONNECTING) {
        enter(link, LINK_UP);
        link->session.go_on = true; /* of the same subscriptions from now on */
        link->ups++;
        link->up_ms = now_ms;
        link->deadline_ms = INT64_MAX;
        say(link, reason);
        tell(link, LOG_LEVEL_INFO, "connected");
    } else if (outcome == OUTCOME_DOWN && link->state != LINK_OFF) {
        fall(link, reason, now_ms);
    }
    if (link->renew && link->state == LINK_UP) { /* a will is told when one connects, never later */
        fall(link, "connects anew: its last will has changed", now_ms);
        link->deadline_ms = now_ms;
    }
    if (now_ms >= link->deadline_ms && link->state == LINK_CONNECTING)
        give_up(link, now_ms);
    else if (now_ms >= link->deadline_ms && link->state == LINK_WAITING)
        attempt(link, now_ms);
    return link->deadline_ms;
}

static void on_said(void *context, MQTTAsync_successData *data)
{
    (void)data;
    atomic_fetch_sub(&((struct mqtt_link *)context)->unacknowledged, 1);
}

static void on_said5(void *context, MQTTAsync_successData5 *data)
{
    (void)data;
    atomic_fetch_sub(&((struct mqtt_link *)context)->unacknowledged, 1);
}

static void not_said(struct mqtt_link *link, const char *why)
{
    atomic_fetch_sub(&link->unacknowledged, 1);
    log_limited(LOG_LEVEL_WARNING, "not kept", "broker %s: what we publish is refused: %s", link->session.broker->name, why);
}

static void on_unsaid(void *context, MQTTAsync_failureData *data)
{
    (void)data;
    not_said(context, "connection lost");
}

/* The broker's access list: the link stays, and the log says what is missing. */
static void on_unsaid5(void *context, MQTTAsync_failureData5 *data)
{
    const char *said = data && data->reasonCode >= 0x80 ? MQTTReasonCode_toString(data->reasonCode) : NULL;
    not_said(context, said ? said : "connection lost");
}

bool mqtt_link_say(struct mqtt_link *link, const char *topic, const char *payload, int qos)
{
    MQTTAsync_responseOptions response = MQTTAsync_responseOptions_initializer;
    response.context = link;
    if (link->session.broker->version >= 5) {
        response.onSuccess5 = on_said5;
        response.onFailure5 = on_unsaid5;
    } else {
        response.onSuccess = on_said;
        response.onFailure = on_unsaid;
    }
    atomic_fetch_add(&link->unacknowledged, 1);
    if (MQTTAsync_send(link->session.handle, topic, (int)strlen(payload), payload, qos, 1, &response) == MQTTASYNC_SUCCESS)
        return true;
    atomic_fetch_sub(&link->unacknowledged, 1);
    return false;
}

void mqtt_link_init(struct mqtt_link *link, const struct plant *plant, uint16_t index, const char *identity, struct mqtt_queue *queue)
{
    const struct plant_broker *broker = &plant->brokers[index];
    struct error err;
    *link = (struct mqtt_link){.queue = queue, .index = index, .deadline_ms = INT64_MIN};
    atomic_init(&link->told_up, false);
    atomic_init(&link->unacknowledged, 0);

    uint64_t hash = XXH3_64bits_withSeed(broker->name, strlen(broker->name), XXH3_64bits(identity, strlen(identity)));
    snprintf(link->client_id, sizeof link->client_id, "andon-%016" PRIx64, hash);
    link->random = (hash ^ (uint64_t)getpid()) | 1;

    link->filter_count = broker->subscribe_count > 0 ? (int)broker->subscribe_count : 1;
    link->filters = mem_zero((size_t)link->filter_count, sizeof *link->filters);
    link->qos = mem_zero((size_t)link->filter_count, sizeof *link->qos);
    for (int i = 0; i < link->filter_count; i++) {
        link->filters[i] = mem_text(broker->subscribe_count > 0 ? broker->subscribe[i] : "#");
        link->qos[i] = broker->qos;
    }

    struct mqtt_session *s = &link->session;
    s->client_id = broker->client_id[0] ? broker->client_id : link->client_id;
    s->packet_most = (uint32_t)(plant->bounds.limit[BOUND_PAYLOAD_BYTES] + plant->bounds.limit[BOUND_TOPIC_BYTES] + PACKET_SLACK);
    s->connected = on_connected;
    s->changed = on_changed;
    s->arrived = on_message;
    s->owner = link;
    link->usable = mqtt_session_init(s, broker, &err);
    enter(link, LINK_WAITING);
    if (!link->usable)
        fall(link, err.text, 0);
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

void mqtt_link_will(struct mqtt_link *link, const char *topic, const char *payload)
{
    if (same_text(link->will_topic, topic) && (!topic || same_text(link->will_payload, payload)))
        return;
    link->renew = link->state == LINK_UP || link->state == LINK_CONNECTING;
    free(link->will_topic);
    free(link->will_payload);
    link->will_topic = topic ? mem_text(topic) : NULL;
    link->will_payload = topic ? mem_text(payload) : NULL;
    link->session.will_topic = link->will_topic;
    link->session.will_payload = link->will_payload;
}

void mqtt_link_finish(struct mqtt_link *link)
{
    mqtt_session_finish(&link->session);
    mqtt_link_will(link, NULL, NULL);
    for (int i = 0; i < link->filter_count; i++)
        free(link->filters[i]);
    free(link->filters);
    free(link->qos);
}

/* What the broker keeps from us nobody counts, so at least the limit is told. */
static void say_limit(uint32_t bytes, char said[HEALTH_TEXT])
{
    size_t used = strlen(said);
    bool large = bytes >= 10 * 1024;
    snprintf(said + used, HEALTH_TEXT - used, "; the broker drops what is over %u %s, uncounted", (unsigned)(large ? bytes / 1024 : bytes), large ? "KiB" : "bytes");
}

void mqtt_link_health(struct mqtt_link *link, struct broker_health *health)
{
    const struct plant_broker *broker = link->session.broker;
    int64_t now_ms = clock_monotonic_ms();
    *health = (struct broker_health){
        .state = (uint8_t)link->state, .version = broker->version, .tls = link->session.url.tls, .since_ms = link->since_wall_ms,
        .retry_ms = link->retry_wall_ms, .attempts = link->attempts, .messages = link->messages, .bytes = link->bytes};
    text_gate(broker->name, strlen(broker->name), health->name, sizeof health->name, NULL);
    if (link->session.url.paho[0]) /* one that was refused may hold a password */
        text_gate(broker->url, strlen(broker->url), health->url, sizeof health->url, NULL);
    memcpy(health->said, link->said, sizeof health->said);
    if (link->state == LINK_UP && broker->version >= 5 && strcmp(link->said, connected) == 0)
        say_limit(link->session.packet_most, health->said);
    if (link->counted_ms > 0 && now_ms > link->counted_ms)
        health->per_second = (double)(link->messages - link->counted) * 1000 / (double)(now_ms - link->counted_ms);
    link->counted = link->messages;
    link->counted_ms = now_ms;
}
