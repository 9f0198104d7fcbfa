/*
 * A struct mqtt_publisher is one session and the number of messages that were handed to paho and not yet written (QoS 0) or
 * acknowledged (QoS 1). paho queues without bound, so mqtt_publish() waits at IN_FLIGHT_MOST until half of them are gone: one wait for
 * hundreds of messages. The lock guards the counters only and is never held while paho is called.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/memory.h"
#include "core/number.h"
#include "io/mqtt_session.h"

enum { IN_FLIGHT_MOST = 1000, STUCK_MS = 30000, GOODBYE_MS = 1000 };

struct mqtt_publisher {
    struct mqtt_session session;
    char client_id[128];
    pthread_mutex_t lock;
    pthread_cond_t moved;
    size_t in_flight, wake_at; /* wake_at: what the one who waits waits for */
    bool up, down;
    char reason[HEALTH_TEXT];
    char *topic;          /* what is followed; NULL: nothing */
    int64_t heard;        /* the newest number under it */
};

/* ---- on paho's threads ---- */

static void one_less(struct mqtt_publisher *p)
{
    pthread_mutex_lock(&p->lock);
    p->in_flight--;
    if (p->in_flight == p->wake_at)
        pthread_cond_broadcast(&p->moved);
    pthread_mutex_unlock(&p->lock);
}

static void on_sent(void *context, MQTTAsync_successData *data)
{
    (void)data;
    one_less(context);
}

static void on_sent5(void *context, MQTTAsync_successData5 *data)
{
    (void)data;
    one_less(context);
}

static void on_unsent(void *context, MQTTAsync_failureData *data)
{
    (void)data;
    one_less(context);
}

static void on_unsent5(void *context, MQTTAsync_failureData5 *data)
{
    (void)data;
    one_less(context);
}

static void on_connected(struct mqtt_session *session)
{
    mqtt_session_report(session, OUTCOME_UP, "connected");
}

static void on_changed(struct mqtt_session *session)
{
    struct mqtt_publisher *p = session->owner;
    char reason[HEALTH_TEXT] = "";
    enum mqtt_outcome outcome = mqtt_session_take(session, reason);
    pthread_mutex_lock(&p->lock);
    p->up = p->up || outcome == OUTCOME_UP;
    if (outcome == OUTCOME_DOWN && !p->down) {
        p->down = true;
        memcpy(p->reason, reason, sizeof p->reason);
    }
    pthread_cond_broadcast(&p->moved);
    pthread_mutex_unlock(&p->lock);
}

static int on_message(void *context, char *topic, int topic_length, MQTTAsync_message *message)
{
    struct mqtt_session *session = context;
    struct mqtt_publisher *p = session->owner;
    struct value value;
    bool overflow;
    (void)topic_length; /* nothing else is subscribed */
    if (message->payloadlen > 0 && number_read(message->payload, (size_t)message->payloadlen, &value, &overflow) && value.kind == VALUE_INT) {
        pthread_mutex_lock(&p->lock);
        p->heard = value.i;
        pthread_cond_broadcast(&p->moved);
        pthread_mutex_unlock(&p->lock);
    }
    MQTTAsync_freeMessage(&message);
    MQTTAsync_free(topic);
    return 1;
}

/* ---- on the caller's thread ---- */

static struct timespec deadline_in(int64_t ms)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    int64_t ns = t.tv_nsec + ms % 1000 * 1000000;
    t.tv_sec += (time_t)(ms / 1000 + ns / 1000000000);
    t.tv_nsec = (long)(ns % 1000000000);
    return t;
}

/* Waits with the lock held until at most `most` are in flight or the link is down; false when the time is over. */
static bool wait_flight(struct mqtt_publisher *p, size_t most, int64_t timeout_ms)
{
    struct timespec until = deadline_in(timeout_ms);
    p->wake_at = most;
    while (p->in_flight > most && !p->down) {
        if (pthread_cond_timedwait(&p->moved, &p->lock, &until) != 0)
            return p->in_flight <= most;
    }
    return true;
}

static void wait_up(struct mqtt_publisher *p, int64_t timeout_ms)
{
    struct timespec until = deadline_in(timeout_ms);
    pthread_mutex_lock(&p->lock);
    while (!p->up && !p->down && pthread_cond_timedwait(&p->moved, &p->lock, &until) == 0)
        continue;
    pthread_mutex_unlock(&p->lock);
}

static struct mqtt_publisher *publisher_new(const char *client_id)
{
    struct mqtt_publisher *p = mem_zero(1, sizeof *p);
    pthread_condattr_t monotonic;
    pthread_mutex_init(&p->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&p->moved, &monotonic);
    pthread_condattr_destroy(&monotonic);
    snprintf(p->client_id, sizeof p->client_id, "%s", client_id);
    p->session.client_id = p->client_id;
    p->session.connected = on_connected;
    p->session.changed = on_changed;
    p->session.arrived = on_message;
    p->session.owner = p;
    p->heard = INT64_MIN;
    return p;
}

struct mqtt_publisher *mqtt_publisher_create(const struct plant_broker *broker, const char *client_id, int64_t timeout_ms, struct error *err)
{
    struct mqtt_publisher *p = publisher_new(client_id);
    bool begun = mqtt_session_init(&p->session, broker, err) && mqtt_session_start(&p->session, err);
    if (begun)
        wait_up(p, timeout_ms);
    pthread_mutex_lock(&p->lock);
    bool up = p->up && !p->down;
    if (begun && !up)
        error_set(err, "broker %s: %s", broker->name, p->down ? p->reason : "no answer");
    pthread_mutex_unlock(&p->lock);
    if (up)
        return p;
    mqtt_publisher_destroy(p);
    return NULL;
}

static MQTTAsync_responseOptions response_options(struct mqtt_publisher *p)
{
    MQTTAsync_responseOptions response = MQTTAsync_responseOptions_initializer;
    response.context = p;
    if (p->session.broker->version >= 5) {
        response.onSuccess5 = on_sent5;
        response.onFailure5 = on_unsent5;
    } else {
        response.onSuccess = on_sent;
        response.onFailure = on_unsent;
    }
    return response;
}

bool mqtt_publish(struct mqtt_publisher *p, const char *topic, const void *payload, size_t length, int qos, bool retained, struct error *err)
{
    pthread_mutex_lock(&p->lock);
    bool room = p->in_flight < IN_FLIGHT_MOST || wait_flight(p, IN_FLIGHT_MOST / 2, STUCK_MS);
    bool down = p->down;
    if (room && !down)
        p->in_flight++;
    pthread_mutex_unlock(&p->lock);
    if (down)
        return error_set(err, "broker %s: %s", p->session.broker->name, p->reason);
    if (!room)
        return error_set(err, "broker %s: it takes nothing any more", p->session.broker->name);

    MQTTAsync_responseOptions response = response_options(p);
    int rc = MQTTAsync_send(p->session.handle, topic, (int)length, payload, qos, retained, &response);
    if (rc == MQTTASYNC_SUCCESS)
        return true;
    one_less(p);
    return error_set(err, "broker %s: cannot publish: %s", p->session.broker->name, MQTTAsync_strerror(rc));
}

bool mqtt_publisher_drain(struct mqtt_publisher *p, size_t most, int64_t timeout_ms)
{
    pthread_mutex_lock(&p->lock);
    bool drained = wait_flight(p, most, timeout_ms) && p->in_flight <= most;
    pthread_mutex_unlock(&p->lock);
    return drained;
}

bool mqtt_publisher_follow(struct mqtt_publisher *p, const char *topic, struct error *err)
{
    MQTTAsync_responseOptions response = MQTTAsync_responseOptions_initializer;
    free(p->topic);
    p->topic = mem_text(topic);
    int rc = MQTTAsync_subscribe(p->session.handle, p->topic, 0, &response);
    return rc == MQTTASYNC_SUCCESS || error_set(err, "broker %s: cannot subscribe: %s", p->session.broker->name, MQTTAsync_strerror(rc));
}

bool mqtt_publisher_await(struct mqtt_publisher *p, int64_t least, int64_t timeout_ms, struct error *err)
{
    struct timespec until = deadline_in(timeout_ms);
    pthread_mutex_lock(&p->lock);
    while (p->heard < least && !p->down && pthread_cond_timedwait(&p->moved, &p->lock, &until) == 0)
        continue;
    bool heard = p->heard >= least;
    if (p->down)
        error_set(err, "broker %s: %s", p->session.broker->name, p->reason);
    else
        error_set(err, "%s", "");
    pthread_mutex_unlock(&p->lock);
    return heard;
}

void mqtt_publisher_destroy(struct mqtt_publisher *p)
{
    if (!p)
        return;
    if (p->up)
        mqtt_publisher_drain(p, 0, GOODBYE_MS);
    mqtt_session_finish(&p->session);
    pthread_cond_destroy(&p->moved);
    pthread_mutex_destroy(&p->lock);
    free(p->topic);
    free(p);
}
