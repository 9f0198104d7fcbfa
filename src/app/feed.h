/*
 * feed: from messages to batches. It owns the links to the brokers, the ingest and the model, and closes batches on the
 * 100 ms grid of wall time. The collector uses it, and so does a read-only screen without a collector.
 *
 * It wakes up only when something is due: a message, the grid while records are pending, the model's next deadline, and
 * each second while somebody looks. The plant and the loop are borrowed.
 */
#ifndef ANDON_APP_FEED_H
#define ANDON_APP_FEED_H

#include <stdbool.h>
#include <stdint.h>

#include "app/loop.h"
#include "core/health.h"
#include "core/ingest.h"
#include "core/model.h"

struct feed;
/* A batch was closed and folded; borrowed for the call. */
typedef void feed_batch_fn(void *arg, const struct batch *batch);

struct feed_options {
    const struct plant *plant;
    const char *config;      /* where the configuration came from; goes into the stream */
    const char *identity;    /* of the cache, for the client id */
    const char *clock_topic; /* batch times come from this topic's payloads (epoch ms); NULL: from the machine's clocks */
    bool sessions;           /* brokers keep what comes while nobody is here, as configured; for who comes again */
    struct model *model_take; /* where the stream goes on, perhaps under another plant; NULL: it begins. The feed's, also when it fails */
    const struct ingest_past *past; /* what that stream has given out; NULL: nothing */
    feed_batch_fn *on_batch;
    void (*on_links)(void *arg, struct feed *feed); /* links were made and do not connect yet: the time for feed_will(); or NULL */
    void *arg;
};

/* Begins with a configuration record and a gap (of unknown length when there was no stream before, or the clock stands before its end), then
 * connects. A gap is a batch of its own, and its time has elapsed in the one behind it. */
struct feed *feed_create(struct loop *loop, const struct feed_options *options, struct error *err);
void feed_destroy(struct feed *feed);
/* While somebody looks, a batch closes every second, so that clocks and ages go on. */
void feed_watched(struct feed *feed, bool watched);
/* Closes what is open, so that a batch boundary is now. */
void feed_close_batch(struct feed *feed);
/* Disconnects, takes what has arrived before, and closes it: nothing that a broker was told is here gets lost when we go. Only feed_destroy()
 * may follow, and reading. */
void feed_leave(struct feed *feed);
/* What a person did, and what was lost behind the fold, go into the open batch. */
void feed_action(struct feed *feed, const char *name, const char *target, const char *who, struct value value);
void feed_act(struct feed *feed, const struct action *action);
void feed_drop(struct feed *feed, enum drop reason, uint64_t count, const char *example);
/* mqtt_keep(), mqtt_keep_light() and mqtt_will() (io/mqtt.h). */
bool feed_keep(struct feed *feed, uint16_t broker, const char *topic, const char *payload);
bool feed_keep_light(struct feed *feed, uint16_t broker, const char *topic, const char *payload);
void feed_will(struct feed *feed, uint16_t broker, const char *topic, const char *payload);
/* Swaps the plant at a batch boundary; links are made anew only when the brokers differ. On failure nothing has changed.
 * The old plant is not used any more afterwards, unless feed_linked() still names it. */
bool feed_configure(struct feed *feed, const struct plant *plant, const char *from, struct error *err);
/* The plant that the links were made of and borrow. */
const struct plant *feed_linked(const struct feed *feed);
/* The time that the next batch would have, of the clock topic where there is one. */
int64_t feed_wall(const struct feed *feed);
struct model *feed_model(struct feed *feed);
const struct ingest *feed_ingest(const struct feed *feed);
/* Links, queue, lag, rates and the bounds that are measured; called once a second (rates are since the last call). */
void feed_health(struct feed *feed, struct health *health);

#endif
