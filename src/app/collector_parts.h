/*
 * collector_parts: what the collector's files share: its own life (collector.c), its screens (collector_clients.c), its memory
 * (collector_store.c), what people do (collector_actions.c) and what it tells of itself (collector_health.c). Nobody else includes this.
 */
#ifndef ANDON_APP_COLLECTOR_PARTS_H
#define ANDON_APP_COLLECTOR_PARTS_H

#include "app/access.h"
#include "app/collector.h"
#include "app/feed.h"
#include "app/loop.h"
#include "app/paths.h"
#include "app/protocol.h"
#include "app/vitals.h"
#include "core/health.h"
#include "io/socket.h"
#include "io/store.h"

enum seat_state {
    SEAT_NEW,    /* connected, has not said hello */
    SEAT_LIVE,   /* gets every batch */
    SEAT_IMPORT, /* no screen: it imports */
    SEAT_BEHIND, /* too slow: gets nothing until its bytes have drained, then a fresh snapshot */
};

/* How often something was done in a window of time. */
struct pace {
    int64_t since_ms;
    unsigned count;
};

/* One connected screen. */
struct seat {
    struct collector *collector;
    struct channel channel;
    struct peer peer;
    int watch;
    enum seat_state state;
    uint64_t snapshot_end;   /* of channel.sent_total: where the last snapshot's bytes end */
    uint64_t config_id;      /* the configuration that it has, or will have at config_end */
    uint64_t config_end;     /* of channel.sent_total: where the last configuration's bytes end */
    bool config_lost;        /* they were dropped with its backlog: it must be sent again */
    int64_t hello_by;        /* monotonic; a screen that stays silent is let go */
    char raw_key[KEY_BYTES]; /* the tag whose raw payload it wants, "" for none */
    uint64_t raw_hash;       /* of the last one sent */
    struct importer *importer; /* of who imports; collector_import.c */
    bool read_only;            /* it said so */
    struct pace acts, refused; /* collector_actions.c */
    uint64_t refused_untold;   /* attempts that were not journalled since the last one that was */
};

/* An action that is not answered yet. */
struct awaited {
    uint8_t id[16];
    struct seat *seat;        /* NULL: it has gone */
    uid_t uid;
    uint64_t seq;             /* of its batch; 0: not closed */
    enum refusal refusal;     /* the fold's */
    bool lost;                /* the store did not take that batch */
    uint64_t thrown;          /* of the store, when it was handed over */
    int64_t by_ms;            /* monotonic: it is not waited for longer */
};

struct answered {
    uint8_t id[16];
    enum refusal refusal;
};

enum { ACTIONS_REMEMBERED = 1024 };
struct actions {
    struct access access;
    struct awaited *awaited;
    size_t awaited_count, awaited_capacity;
    struct answered done[ACTIONS_REMEMBERED]; /* a ring */
    size_t done_count, done_next;
    int timer;
};

/* The store, and what is due to it. */
struct cache {
    struct store *store;
    bool taken;                 /* the last batch was */
    bool checkpoint_due;        /* behind the next batch */
    int64_t checkpoint_elapsed; /* of the model, at the last one */
    uint64_t checkpoint_samples;
    bool stopped;               /* of what was lost since the last word on it, the store was stopped for some */
    uint64_t told_lost;         /* of its lost batches, how many the stream has been told of */
};

/* What the cache gave back at the start: a state and the configuration whose plant it borrows (model NULL: none), and what was given out. */
struct resumed {
    struct model *model;
    struct config config;
    struct series_name *known;
    size_t capacity;
    struct ingest_past past;
};

/* What was published, to be taken back when it is not configured any more. */
struct published { uint16_t broker; char *topic, *status; };
struct outputs {
    int timer;
    int64_t told_at;
    uint64_t generation;        /* of the alarms, as told */
    uint64_t calls;             /* a sum of the open calls, as told */
    struct published published[OUTPUTS_MOST + 1]; /* topic "": of collector_kpi.c, only its status */
    size_t count;
};

/* The lines whose figures are published; `next` is told with the next batch. */
struct kpi_line { uint32_t node; char *topic; };
struct kpi_outputs {
    uint16_t broker;
    struct kpi_line *lines;
    size_t count, next;
    int64_t begun_ms;           /* of the model: when this round of all lines began */
};

/* Of a clock of messages: the batch that is looked for on the disk. */
struct clock_word {
    char topic[512];            /* "": the machine's clocks are used */
    int timer;
    bool waiting;
    uint64_t seq;
    int64_t wall_ms;
};

struct collector {
    struct loop *loop;
    struct paths paths;
    struct load_request load;
    char *config_path, *broker; /* what `load` points to */
    char title[PROTOCOL_NAME];  /* load_title() */
    bool spawned;
    struct config config;       /* in force */
    struct config linked;       /* an older one that the links still borrow */
    int lock, listener, listen_watch;
    struct feed *feed;
    struct cache cache;
    struct outputs outputs;
    struct kpi_outputs kpi;
    struct clock_word clock;
    struct actions actions;

    struct seat **seats;
    size_t seat_count, seat_capacity;
    struct seat *importing;     /* one at a time; NULL: nobody */
    uint64_t import_number;     /* the store's last */
    int import_timer;
    int linger_timer, hello_timer, accept_timer, raw_timer, trim_timer, health_timer;
    int64_t raw_sent_at;
    struct packer packer;       /* scratch for what is sent */

    struct vitals vitals;
    int64_t health_at;
    uint64_t screens_dropped;
    char notice[HEALTH_TEXT];
};

/* ---- collector.c ---- */
/* Gives freed memory back to the system, a moment after the last call. */
void collector_trim_soon(struct collector *c);

/* ---- collector_clients.c ---- */
bool clients_listen(struct collector *c, struct error *err);
void clients_finish(struct collector *c);
/* Sends a batch to every live screen; packed once. */
void clients_batch(struct collector *c, const struct batch *batch);
/* The configuration that the next batch begins. */
void clients_config(struct collector *c);
void clients_send(struct collector *c, uint8_t kind, const void *body, size_t length);
/* Screens that have said hello. */
size_t clients_count(const struct collector *c);
/* The largest backlog of any screen now, snapshots not counted. */
size_t clients_most_behind(const struct collector *c);

/* Lets go of those whose connection has ended. */
void clients_reap(struct collector *c);
/* Says something to one of them. */
void seat_say(struct seat *s, uint8_t kind, const void *body, size_t length);
/* Says why not, and ends the connection. */
void seat_refuse(struct seat *s, const char *why);
/* Takes the frames that had to wait. */
void seat_go_on(struct seat *s);

/* ---- collector_import.c ---- */
void import_frame(struct seat *s, const uint8_t *body, size_t length);
/* Is nothing more to be read from this seat now? */
bool import_waits(const struct seat *s);
void import_drop(struct seat *s);
void import_look(void *collector);

/* ---- collector_actions.c ---- */
void actions_begin(struct collector *c);
void actions_finish(struct collector *c);
/* A past_folded_fn: what was done before the start, so that a screen that asks again is answered. */
void actions_resume(void *collector, const struct model *model, const struct batch *batch);
/* The last batch is on its way to the disk: waits a little until what was in it can be answered. */
void actions_settle(struct collector *c);
void actions_frame(struct seat *s, const uint8_t *body, size_t length);
/* Tells a screen what its user may. */
void actions_rights(struct seat *s);
/* Other rules may be in force. */
void actions_config(struct collector *c);
/* A batch was folded and handed to the store: what was in it is answered once it is on the disk. */
void actions_batch(struct collector *c, const struct batch *batch);
void actions_leave(struct seat *s);

/* ---- collector_store.c ---- */
/* Opens the cache and reads where it ended. False when it must not be touched. */
bool cache_open(struct collector *c, struct resumed *resumed, struct error *err);
void resumed_finish(struct resumed *resumed);
/* The configuration that the next batch begins. */
void cache_config(struct collector *c);
/* Hands a batch over that the screens have got already, with what followed from it; and a checkpoint when one is due. */
void cache_batch(struct collector *c, const struct batch *batch);
/* Does the state that the fold has now have to be kept? */
bool cache_checkpoint_due(const struct cache *cache, const struct model *model);
/* A checkpoint, if the store lacks one to go on. */
void cache_mend(struct collector *c);
/* The last state, behind the last batch. */
void cache_leave(struct collector *c);
/* Returns when everything is on the disk. */
void cache_close(struct collector *c);
void cache_health(const struct collector *c, struct health *health);

/* ---- collector_outputs.c ---- */
/* Links were made and do not connect yet: their last wills. */
void outputs_links(void *collector, struct feed *feed);
/* The configuration in force has changed, or has come. */
void outputs_config(struct collector *c);
void outputs_batch(struct collector *c);
void outputs_due(void *collector);
void outputs_finish(struct collector *c);

/* ---- collector_kpi.c ---- */
/* The configuration in force has changed, or has come; behind outputs_config(). */
void kpi_config(struct collector *c);
void kpi_batch(struct collector *c);
void kpi_finish(struct collector *c);

/* ---- collector_clock.c ---- */
/* NULL: nothing is told. */
void clock_begin(struct collector *c, const char *topic);
void clock_look(void *collector);
void clock_batch(struct collector *c);

/* ---- collector_health.c ---- */
/* Sends the health when a second has passed and somebody looks; at the latest two seconds later, batch or no batch, so that a
 * screen knows a collector that has nothing to say from one that hangs. */
void health_tell(struct collector *c);
void health_due(void *collector);

#endif
