/*
 * health: how the collector itself is doing. Not part of the stream: it describes a process, not the plant. The collector
 * fills one in every second while a screen is attached and sends it along; the health view draws it.
 */
#ifndef ANDON_CORE_HEALTH_H
#define ANDON_CORE_HEALTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/bounds.h"
#include "core/pack.h"

enum { HEALTH_BROKERS = 16, HEALTH_TEXT = 96 };

enum link_state { LINK_OFF, LINK_CONNECTING, LINK_UP, LINK_WAITING, LINK_STATE_COUNT };
extern const char *const link_state_names[LINK_STATE_COUNT]; /* "off", "connecting", "up", "waiting" */

struct broker_health {
    char name[32], url[HEALTH_TEXT], said[HEALTH_TEXT]; /* said: the last error or the broker's reason, gated */
    uint8_t state;            /* enum link_state */
    uint8_t version;          /* MQTT: 5 or 4 */
    bool tls;
    int64_t since_ms;         /* wall: since when in this state */
    int64_t retry_ms;         /* wall: the next attempt, 0: none */
    uint64_t attempts, messages, bytes;
    double per_second;        /* messages, over the last second */
};

/* What is kept, and how it goes. */
struct store_health {
    bool kept;                   /* false: this process keeps nothing */
    bool stopped;                /* nothing is recorded: `said` tells why */
    char said[HEALTH_TEXT];
    int64_t since_ms;            /* wall: since when it records or does not */
    int64_t file_bytes, wal_bytes, free_bytes, size_most;
    int64_t first_ms;            /* wall: the oldest that is kept; 0: nothing yet */
    int64_t journal_ms;          /* what waits to be packed into chunks */
    int64_t checkpoint_ms;       /* wall: the newest; 0: none */
    uint64_t samples, damaged;   /* written since the start; blobs found damaged */
    uint64_t batches_lost;
    int64_t flush_last_us, flush_max_us;
    uint64_t queue_bytes, queue_high, queue_most;
};

struct health {
    char version[32], site[64], config[HEALTH_TEXT]; /* config: the file */
    char notice[HEALTH_TEXT]; /* what somebody should know: "reload refused: 3 errors", "" for nothing */
    uint64_t pid;
    int64_t started_ms, wall_ms;
    bool read_only, service;
    uint32_t broker_count;
    struct broker_health brokers[HEALTH_BROKERS];
    int64_t lag_ms, lag_max_ms;   /* from a message's arrival to its fold; the maximum of the last minute */
    uint64_t cpu_ms;              /* user and system, since the start */
    double cpu_share;             /* of one core, over the last second */
    uint64_t memory_bytes;        /* resident */
    uint32_t screens;
    uint64_t screens_dropped;     /* to a fresh snapshot, so far */
    double messages_per_second, samples_per_second;
    struct store_health store;
    int64_t fill[BOUND_COUNT], high[BOUND_COUNT]; /* now, and the most so far; -1: not measured */
};

void health_pack(const struct health *health, struct packer *p);
bool health_unpack(struct health *health, const void *bytes, size_t length);

#endif
