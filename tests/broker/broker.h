/*
 * broker: a real mosquitto on a free loopback port, a broker that misbehaves on purpose, and a consumer that records what the
 * broker edge tells. Everything waits for a condition with a deadline; a process is ended by its id.
 */
#ifndef ANDON_TESTS_BROKER_H
#define ANDON_TESTS_BROKER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/plant_build.h"
#include "io/clock.h"
#include "io/mqtt.h"

enum { PATIENCE_MS = 120000 }; /* only a failure takes so long */

/* ---- a real one ---- */

struct broker {
    pid_t pid;
    uint16_t port;
    int reservation; /* keeps the port from all other tests */
    char folder[64]; /* its own, under /tmp; holds its configuration and whatever a test puts there */
    char url[64];
};

/* A folder and a port that nobody else takes, nothing running. */
void broker_prepare(struct broker *broker);
/* Starts it with these lines added to its configuration ("" for none; without "listener", it gets one) and waits until it
 * takes connections. */
void broker_run(struct broker *broker, const char *lines);
/* prepare and run: anyone may come. */
void broker_start(struct broker *broker);
void broker_end(struct broker *broker, int signal);
/* Ends it and removes its folder. */
void broker_finish(struct broker *broker);
void broker_path(const struct broker *broker, const char *name, char out[128]);
/* Runs a program (found in PATH) and returns its exit status; its output is thrown away. */
int run_program(const char *const argv[]);

/* ---- one that misbehaves ---- */

enum lie { LIE_SILENT, LIE_DROP, LIE_GARBAGE, LIE_HTTP, LIE_REFUSE_SUBSCRIPTION, LIE_DROP_AFTER_CONNECT, LIE_DISCONNECT, LIE_REFUSE_SUBSCRIPTION_311, LIE_REFUSE_SECOND };

struct liar {
    enum lie lie;
    int listener, stop[2];
    uint16_t port;
    char url[64];
    atomic_int visits;
    pthread_t thread;
};

void liar_start(struct liar *liar, enum lie lie);
void liar_finish(struct liar *liar);

/* ---- a consumer ---- */

struct seen {
    struct mqtt *mqtt;
    size_t messages, ups, downs, retained, without_payload;
    uint64_t lost, overflows;
    size_t bytes, last_length;
    uint16_t broker;         /* of the last event */
    size_t of_broker[4];
    char topic[128], payload[128], reason[128], lost_topic[128];
};

/* One turn of a loop: tick, wait for the descriptor, take everything. */
void seen_turn(struct seen *seen, int64_t most_ms);

#define wait_for(seen, condition)                                                                                       \
    do {                                                                                                                \
        int64_t until_ = clock_monotonic_ms() + PATIENCE_MS;                                                            \
        while (!(condition)) {                                                                                          \
            if (clock_monotonic_ms() > until_)                                                                          \
                fail_msg("waited in vain for %s; last reason: %s", #condition, (seen)->reason);                         \
            seen_turn(seen, 100);                                                                                       \
        }                                                                                                               \
    } while (0)

/* A plant of one site with these brokers; texts that are NULL become "". */
struct plant *plant_with(const struct plant_broker *brokers, size_t count, const struct bounds *bounds);
struct plant_broker broker_at(const char *url, uint8_t version);
void consume(struct seen *seen, const struct plant *plant);
struct broker_health health_of(struct seen *seen, size_t broker);

#endif
