/*
 * paho calls us on its own threads with its own lock held: the callbacks here only note an outcome under the session's lock
 * and call `changed`. The session's lock is never held while paho is called, so the two locks cannot wait for each other.
 * A struct secret holds a password between its file and paho, and is wiped behind it.
 */
#include "io/mqtt_session.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/text_gate.h"
#include "io/clock.h"

enum { SECRET_MOST = 4096, SLOW_MS = 1000 };

struct secret {
    char text[SECRET_MOST + 1];
    bool given;
};

/* A plain memset before the end of a variable's life is removed by compilers; stores through volatile are not. */
static void secret_wipe(struct secret *secret)
{
    volatile char *p = secret->text;
    for (size_t i = 0; i < sizeof secret->text; i++)
        p[i] = 0;
    secret->given = false;
}

static bool secret_from_file(const char *path, struct secret *secret, struct error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return error_set(err, "password file %s: %s", path, strerror(errno));
    ssize_t length = read(fd, secret->text, SECRET_MOST);
    int why = errno;
    close(fd);
    if (length < 0)
        return error_set(err, "password file %s: %s", path, strerror(why));
    secret->text[length] = '\0';
    secret->text[strcspn(secret->text, "\r\n")] = '\0';
    secret->given = true;
    return true;
}

/* The password as it is now: files are rotated while we run. */
static bool secret_read(const struct plant_broker *broker, struct secret *secret, struct error *err)
{
    secret->text[0] = '\0';
    secret->given = false;
    if (broker->password_file[0])
        return secret_from_file(broker->password_file, secret, err);
    if (!broker->password_env[0])
        return true;
    const char *value = getenv(broker->password_env);
    if (!value)
        return error_set(err, "password: the environment variable %s is not set", broker->password_env);
    if (strlen(value) > SECRET_MOST)
        return error_set(err, "password: the environment variable %s is too long", broker->password_env);
    memcpy(secret->text, value, strlen(value) + 1);
    secret->given = true;
    return true;
}

void mqtt_session_report(struct mqtt_session *session, enum mqtt_outcome outcome, const char *reason)
{
    pthread_mutex_lock(&session->lock);
    if (session->outcome != OUTCOME_DOWN) {
        session->outcome = outcome;
        text_gate(reason, strlen(reason), session->reason, sizeof session->reason, NULL);
    }
    pthread_mutex_unlock(&session->lock);
    session->changed(session);
}

enum mqtt_outcome mqtt_session_take(struct mqtt_session *session, char *reason)
{
    pthread_mutex_lock(&session->lock);
    enum mqtt_outcome outcome = session->outcome;
    session->outcome = OUTCOME_NONE;
    if (outcome != OUTCOME_NONE)
        memcpy(reason, session->reason, sizeof session->reason);
    pthread_mutex_unlock(&session->lock);
    return outcome;
}

/* OpenSSL's "THREAD:error:CODE:library:function:reason:file:line:data": only the reason is for people. The first one is the cause. */
static int on_tls_error(const char *text, size_t length, void *context)
{
    struct mqtt_session *session = context;
    const char *p = strstr(text, "error:");
    for (int skip = 0; p && skip < 4; skip++) {
        p = strchr(p, ':');
        p = p ? p + 1 : NULL;
    }
    size_t most = p ? strcspn(p, ":\n") : length;
    pthread_mutex_lock(&session->lock);
    if (!session->tls[0])
        text_gate(p ? p : text, most, session->tls, sizeof session->tls, NULL);
    pthread_mutex_unlock(&session->lock);
    return 1;
}

static const char *const refusals_311[] = {
    [1] = "protocol version not accepted", [2] = "client id rejected", [3] = "server unavailable",
    [4] = "bad user name or password", [5] = "not authorised"};

/* The broker's answer in words, NULL when it has not answered. paho puts the CONNACK's reason into `code`, a SUBACK's into
 * `reason_code`. */
static const char *refusal(const struct mqtt_session *session, int code, int reason_code)
{
    int reason = reason_code >= 0x80 ? reason_code : code;
    if (session->broker->version >= 5)
        return reason >= 0x80 ? MQTTReasonCode_toString((enum MQTTReasonCodes)reason) : NULL;
    if (code == 0x80)
        return "not granted";
    return code > 0 && code < (int)(sizeof refusals_311 / sizeof refusals_311[0]) ? refusals_311[code] : NULL;
}

/* What paho calls "TCP/TLS connect failure": asks the network again for its reason, unless that would hold up paho's thread. */
static void explain_failure(const struct mqtt_session *session, char *text, size_t cap)
{
    bool quick = clock_monotonic_ms() - session->started_ms < SLOW_MS;
    bool reached = quick && mqtt_reach(session->url.host, session->url.port, text, cap);
    if (!quick)
        snprintf(text, cap, session->url.tls && session->broker->verify ? "no TLS with %.30s: unreachable, or its certificate is for another name" : "no MQTT connection to %.60s",
            session->url.host);
    else if (reached && session->url.tls && session->broker->verify)
        snprintf(text, cap, "TLS: its certificate is not for %.30s, or it ended the handshake", session->url.host);
    else if (reached)
        snprintf(text, cap, session->url.tls ? "TLS: it ended the handshake" : "the connection ended before an MQTT answer");
}

bool mqtt_session_refused(struct mqtt_session *session, const char *what, int code, int reason_code)
{
    char text[HEALTH_TEXT];
    const char *refused = refusal(session, code, reason_code);
    if (!refused)
        return false;
    snprintf(text, sizeof text, "%s refused by broker: %s", what, refused);
    mqtt_session_report(session, OUTCOME_DOWN, text);
    return true;
}

static void not_connected(struct mqtt_session *session, int code, int reason_code)
{
    char tls[HEALTH_TEXT], text[HEALTH_TEXT];
    if (mqtt_session_refused(session, "connection", code, reason_code))
        return;
    pthread_mutex_lock(&session->lock);
    memcpy(tls, session->tls, sizeof tls);
    pthread_mutex_unlock(&session->lock);
    if (tls[0])
        snprintf(text, sizeof text, "TLS: %.80s", tls);
    else
        explain_failure(session, text, sizeof text);
    mqtt_session_report(session, OUTCOME_DOWN, text);
}

static void on_success(void *context, MQTTAsync_successData *data)
{
    struct mqtt_session *session = context;
    session->present = data && data->alt.connect.sessionPresent;
    session->connected(session);
}

static void on_success5(void *context, MQTTAsync_successData5 *data)
{
    struct mqtt_session *session = context;
    session->present = data && data->alt.connect.sessionPresent;
    session->connected(session);
}

static void on_failure(void *context, MQTTAsync_failureData *data)
{
    not_connected(context, data ? data->code : 0, 0);
}

static void on_failure5(void *context, MQTTAsync_failureData5 *data)
{
    not_connected(context, data ? data->code : 0, data ? (int)data->reasonCode : 0);
}

static void on_lost(void *context, char *cause)
{
    (void)cause; /* paho never says */
    mqtt_session_report(context, OUTCOME_DOWN, "connection lost");
}

/* MQTT 5: the broker says why, before it hangs up. */
static void on_disconnect(void *context, MQTTProperties *properties, enum MQTTReasonCodes code)
{
    char text[HEALTH_TEXT];
    (void)properties;
    const char *said = MQTTReasonCode_toString(code);
    snprintf(text, sizeof text, "disconnected by broker: %s", said ? said : "no reason given");
    mqtt_session_report(context, OUTCOME_DOWN, text);
}

bool mqtt_session_init(struct mqtt_session *session, const struct plant_broker *broker, struct error *err)
{
    pthread_mutex_init(&session->lock, NULL);
    session->broker = broker;
    if (!mqtt_url_read(broker->url, &session->url, err))
        return false;
    if (session->url.tls && broker->server_name[0] && strcmp(broker->server_name, session->url.host) != 0)
        return error_set(err, "server_name %s: only the host of the address can be checked; write it there", broker->server_name);
    return true;
}

void mqtt_session_finish(struct mqtt_session *session)
{
    mqtt_session_stop(session);
    pthread_mutex_destroy(&session->lock);
}

static bool file_readable(const char *key, const char *path, struct error *err)
{
    if (path[0] && access(path, R_OK) != 0)
        return error_set(err, "%s %s: %s", key, path, strerror(errno));
    return true;
}

static bool tls_options(struct mqtt_session *session, MQTTAsync_SSLOptions *ssl, struct error *err)
{
    const struct plant_broker *broker = session->broker;
    struct stat st;
    if (!file_readable("ca", broker->ca, err) || !file_readable("cert", broker->cert, err) || !file_readable("key", broker->key, err))
        return false;
    bool folder = broker->ca[0] && stat(broker->ca, &st) == 0 && S_ISDIR(st.st_mode);
    ssl->trustStore = broker->ca[0] && !folder ? broker->ca : NULL;
    ssl->CApath = folder ? broker->ca : NULL;
    ssl->keyStore = broker->cert[0] ? broker->cert : NULL;
    ssl->privateKey = broker->key[0] ? broker->key : NULL;
    ssl->enableServerCertAuth = broker->verify;
    ssl->verify = broker->verify;
    ssl->ssl_error_cb = on_tls_error;
    ssl->ssl_error_context = session;
    return true;
}

static int seconds_up(int64_t ms, int64_t preset)
{
    int64_t s = ((ms > 0 ? ms : preset) + 999) / 1000;
    return s > 65535 ? 65535 : (int)s;
}

static MQTTAsync_connectOptions connect_options(struct mqtt_session *session, const struct secret *secret)
{
    const struct plant_broker *broker = session->broker;
    MQTTAsync_connectOptions v4 = MQTTAsync_connectOptions_initializer, v5 = MQTTAsync_connectOptions_initializer5;
    MQTTAsync_connectOptions options = broker->version >= 5 ? v5 : v4;
    options.MQTTVersion = broker->version >= 5 ? MQTTVERSION_5 : MQTTVERSION_3_1_1;
    options.keepAliveInterval = seconds_up(broker->keepalive_ms, 20000);
    /* The owner gives up at the configured time; paho's own limit is a second net behind it. */
    options.connectTimeout = seconds_up(broker->connect_timeout_ms, 10000) + 5;
    options.username = broker->user[0] ? broker->user : NULL;
    options.password = secret->given ? secret->text : NULL;
    options.context = session;
    bool clean = session->keep_ms == 0 || !session->go_on;
    if (broker->version >= 5) {
        options.cleanstart = clean;
        options.onSuccess5 = on_success5;
        options.onFailure5 = on_failure5;
    } else {
        options.cleansession = clean; /* 3.1.1 cannot ask for a new one that stays: the next does */
        options.onSuccess = on_success;
        options.onFailure = on_failure;
    }
    return options;
}

/* paho starts its threads here. They must not take the process's signals. */
static int connect_masked(MQTTAsync handle, const MQTTAsync_connectOptions *options)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int rc = MQTTAsync_connect(handle, options);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return rc;
}

static bool connect_handle(struct mqtt_session *session, const struct secret *secret, struct error *err)
{
    MQTTAsync_SSLOptions ssl = MQTTAsync_SSLOptions_initializer;
    MQTTAsync_connectOptions options = connect_options(session, secret);
    MQTTAsync_willOptions will = MQTTAsync_willOptions_initializer;
    MQTTProperties properties = MQTTProperties_initializer;
    MQTTProperty packet_most = {.identifier = MQTTPROPERTY_CODE_MAXIMUM_PACKET_SIZE, .value.integer4 = session->packet_most};
    MQTTProperty keep = {.identifier = MQTTPROPERTY_CODE_SESSION_EXPIRY_INTERVAL, .value.integer4 = (unsigned)((session->keep_ms + 999) / 1000)};
    if (session->url.tls) {
        if (!tls_options(session, &ssl, err))
            return false;
        options.ssl = &ssl;
    }
    if (session->will_topic) {
        will.topicName = session->will_topic;
        will.message = session->will_payload;
        will.retained = 1;
        will.qos = 1;
        options.will = &will;
    }
    if (session->broker->version >= 5) {
        if (session->packet_most)
            MQTTProperties_add(&properties, &packet_most);
        if (session->keep_ms > 0)
            MQTTProperties_add(&properties, &keep);
        options.connectProperties = &properties;
    }
    MQTTAsync_setCallbacks(session->handle, session, on_lost, session->arrived, NULL);
    if (session->broker->version >= 5)
        MQTTAsync_setDisconnected(session->handle, session, on_disconnect);
    int rc = connect_masked(session->handle, &options);
    MQTTProperties_free(&properties);
    return rc == MQTTASYNC_SUCCESS || error_set(err, "cannot begin to connect: %s", MQTTAsync_strerror(rc));
}

static int ignore_message(void *context, char *topic, int topic_length, MQTTAsync_message *message)
{
    (void)context;
    (void)topic_length;
    MQTTAsync_freeMessage(&message);
    MQTTAsync_free(topic);
    return 1;
}

bool mqtt_session_start(struct mqtt_session *session, struct error *err)
{
    MQTTAsync_createOptions v4 = MQTTAsync_createOptions_initializer, v5 = MQTTAsync_createOptions_initializer5;
    MQTTAsync_createOptions create = session->broker->version >= 5 ? v5 : v4;
    create.MQTTVersion = session->broker->version >= 5 ? MQTTVERSION_5 : MQTTVERSION_3_1_1;
    create.maxBufferedMessages = 1 << 20; /* counts what is on its way, too; the publisher keeps its own, lower bound */

    mqtt_session_stop(session);
    session->outcome = OUTCOME_NONE;
    session->tls[0] = '\0';
    session->started_ms = clock_monotonic_ms();
    if (!session->arrived)
        session->arrived = ignore_message;
    int rc = MQTTAsync_createWithOptions(&session->handle, session->url.paho, session->client_id, MQTTCLIENT_PERSISTENCE_NONE, NULL, &create);
    if (rc != MQTTASYNC_SUCCESS) {
        session->handle = NULL;
        return error_set(err, "cannot make a client: %s", MQTTAsync_strerror(rc));
    }
    struct secret secret;
    bool started = secret_read(session->broker, &secret, err) && connect_handle(session, &secret, err);
    secret_wipe(&secret);
    if (!started)
        mqtt_session_stop(session);
    return started;
}

void mqtt_session_stop(struct mqtt_session *session)
{
    if (session->handle)
        MQTTAsync_destroy(&session->handle);
    session->handle = NULL;
}
