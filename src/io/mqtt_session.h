/*
 * mqtt_session: one attempt to be connected to one broker, from paho's MQTTAsync_connect to the loss: addresses, credentials,
 * TLS and reasons in words. The links of the collector and the publisher of the simulator are both built on it.
 *
 * A paho client lives as long as one attempt: it is made by mqtt_session_start() and destroyed by mqtt_session_stop(), after which no
 * callback of it can come. What happens in between is one outcome, which whoever waits for it takes: up, or down and why.
 */
#ifndef ANDON_IO_MQTT_SESSION_H
#define ANDON_IO_MQTT_SESSION_H

#include <MQTTAsync.h>
#include <pthread.h>

#include "core/health.h"
#include "io/mqtt_private.h"

enum mqtt_outcome { OUTCOME_NONE, OUTCOME_UP, OUTCOME_DOWN };

struct mqtt_session;
typedef void mqtt_session_fn(struct mqtt_session *session);

struct mqtt_session {
    /* Set by the owner before the start. */
    const struct plant_broker *broker;
    const char *client_id;
    uint32_t packet_most;               /* MQTT 5 Maximum Packet Size; 0: none */
    mqtt_session_fn *connected;         /* on paho's thread: the broker has accepted us */
    mqtt_session_fn *changed;           /* on any thread: there is an outcome */
    MQTTAsync_messageArrived *arrived;  /* on paho's thread, its context is the session; or NULL */
    void *owner;
    int64_t keep_ms;                    /* the broker keeps the session so long after its end; 0: it does not */
    bool go_on;                         /* with the session that there may be, instead of a new one */
    bool present;                       /* in `connected`: it goes on */
    const char *will_topic, *will_payload; /* what the broker keeps when we are lost; NULL: nothing */
    /* The session's own. */
    struct mqtt_url url;
    MQTTAsync handle;
    int64_t started_ms;                 /* monotonic: of this attempt */
    pthread_mutex_t lock;               /* of what follows */
    enum mqtt_outcome outcome;
    char reason[HEALTH_TEXT];
    char tls[HEALTH_TEXT];              /* what OpenSSL said of this attempt */
};

/* Reads the broker's address; false when this build cannot do what is asked for. The session's lock is made in any case. */
bool mqtt_session_init(struct mqtt_session *session, const struct plant_broker *broker, struct error *err);
void mqtt_session_finish(struct mqtt_session *session);
/* Begins to connect; false when it cannot even begin (an unreadable password file). */
bool mqtt_session_start(struct mqtt_session *session, struct error *err);
/* Disconnects when connected; never waits. */
void mqtt_session_stop(struct mqtt_session *session);
/* Sets the outcome and its reason, which goes through the gate. The first reason for being down stays. */
void mqtt_session_report(struct mqtt_session *session, enum mqtt_outcome outcome, const char *reason);
/* Takes the outcome; the reason has HEALTH_TEXT bytes. */
enum mqtt_outcome mqtt_session_take(struct mqtt_session *session, char *reason);
/* On paho's thread: when these are codes of a broker that refused `what`, reports that and returns true. */
bool mqtt_session_refused(struct mqtt_session *session, const char *what, int code, int reason_code);

#endif
