/*
 * ingest: from messages to batches to the model. Topic finds the binding, payload reads the fields, the tag's definition
 * scales them; the batch closes on the 100 ms grid and is folded. The collector feeds it from brokers and a clock, replay
 * from a capture and its stamps, tests from tables: all get the same batches, because ingest itself reads no clock.
 *
 * It owns the open batch, the series ids and the raw ring; plant and model are borrowed.
 */
#ifndef ANDON_CORE_INGEST_H
#define ANDON_CORE_INGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/action.h"
#include "core/model.h"
#include "core/record.h"

/* A message as it came from a broker or a capture; borrowed for the call. */
struct message {
    uint16_t broker;     /* index into the plant's brokers */
    bool retained;
    bool assured;        /* of QoS 1 or 2: the broker keeps such ones for a session */
    uint8_t qos;         /* as it was delivered; only a capture asks for it */
    bool again;          /* the broker may have delivered it before */
    const char *topic;   /* raw, not through the gate */
    size_t topic_length;
    const void *payload; /* NULL when it was over the bound and was not kept: payload_length is its true size */
    size_t payload_length;
    int64_t arrival_ms;  /* UTC */
};

struct ingest;

/* What a stream has given out that goes on here: numbers and ids never come twice. Borrowed for the call. */
struct series_name {
    uint32_t series;
    char *key;
};
struct ingest_past {
    uint64_t seq;    /* the largest number of any batch */
    uint32_t series; /* the largest id that any series ever had */
    uint64_t events; /* the largest number of any event: a model that could not be read to its end must not give it again */
    const struct series_name *known; /* of every configured key that ever had an id: it gets that one again */
    size_t count;
};

struct ingest *ingest_create(const struct plant *plant, struct model *model);
/* The same behind a past; the model may hold less than that past. */
struct ingest *ingest_resume(const struct plant *plant, struct model *model, const struct ingest_past *past);
void ingest_destroy(struct ingest *ingest);
/* A broker's link is up, and the broker has kept what came since it was lost: as far as its messages are assured, the next of each tag follows the one
 * before (SAMPLE_FOLLOWS). False: it is not so, whatever was said before. */
void ingest_resumed(struct ingest *ingest, uint16_t broker, bool whole);
/* Turns a message into records of the open batch; what is wrong with it becomes counted drops. */
void ingest_message(struct ingest *ingest, const struct message *message);
/* Adds any other record (birth, death, gap, clock, dropped) to the open batch. Texts are copied; NULL is "". */
void ingest_record(struct ingest *ingest, struct record record, const char *text, const char *detail);
/* Adds what a person did: RECORD_ACTION with this name, target, person and record.value. Texts are copied. */
void ingest_action(struct ingest *ingest, struct record record, const char *name, const char *target, const char *who);
/* The same of a whole action. */
void ingest_act(struct ingest *ingest, const struct action *action);
/* Counts a drop that happened before ingest (a full queue). */
void ingest_drop(struct ingest *ingest, enum drop reason, uint64_t count, const char *example);
/* True when the open batch holds records. */
bool ingest_pending(const struct ingest *ingest);
/* Closes the open batch with these times, folds it into the model and returns it; borrowed until the next call of any
 * ingest function. */
const struct batch *ingest_close(struct ingest *ingest, int64_t wall_ms, int64_t elapsed_ms);
/* Sets the boot id that the batches carry. */
void ingest_boot(struct ingest *ingest, const uint8_t boot[16]);
/* Swaps the configuration at a batch boundary (nothing may be pending) and adds the config record to the open batch. */
void ingest_configure(struct ingest *ingest, const struct plant *plant, const char *from);

/* The last raw payload of a tag and its topic, as text through the gate, "" when it has left the ring. */
void ingest_raw(const struct ingest *ingest, uint32_t tag, char *topic, size_t topic_cap, char *payload, size_t payload_cap);
/* How full the bounds that ingest watches are: topics, series, raw bytes. Others are left alone. */
void ingest_fill(const struct ingest *ingest, int64_t fill[BOUND_COUNT]);
uint64_t ingest_messages(const struct ingest *ingest);
/* The number of the open batch, or of the next. */
uint64_t ingest_next_seq(const struct ingest *ingest);

#endif
