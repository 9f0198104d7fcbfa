/*
 * socket: the collector's Unix socket: addresses, frames, and who is on the other side.
 *
 *   frame = length(4, little-endian, of kind and body)  kind  body
 *
 * A struct channel is one connection with its buffers: frames in, frames out, never blocking. A writer that falls behind
 * keeps its bytes here; channel_backlog() tells how many, and what to do about it is the caller's business.
 */
#ifndef ANDON_IO_SOCKET_H
#define ANDON_IO_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/error.h"

enum { SOCKET_PROTOCOL = 4, FRAME_MOST = 256 << 20 };

enum frame_kind {
    FRAME_HELLO = 1,   /* screen: protocol, configuration id and name, what it wants */
    FRAME_WELCOME,     /* collector: protocol, version, configuration id, whether it serves or belongs to you */
    FRAME_REFUSED,     /* collector: why, in words; the connection then ends */
    FRAME_CONFIG,      /* collector: the bundle of the configuration that follows */
    FRAME_SNAPSHOT,    /* collector: a run from model_save() */
    FRAME_BATCH,       /* collector: a run of batches */
    FRAME_HEALTH,      /* collector: health_pack() */
    FRAME_WATCH,       /* screen: the key of a tag whose raw payload it wants, "" for none */
    FRAME_RAW,         /* collector: key, topic, payload */
    FRAME_ACTION,      /* screen: what somebody does, action_pack() */
    FRAME_ANSWER,      /* collector: what became of it */
    FRAME_IMPORT,      /* importer: see app/import_wire.h */
    FRAME_IMPORTED,    /* collector: what of it is on the disk */
    FRAME_RIGHTS,      /* collector: who you are to it, and what you may */
};

struct peer { uid_t uid; gid_t gid; pid_t pid; };

struct channel {
    int fd;
    uint8_t *in;
    size_t in_count, in_capacity, in_taken;
    uint8_t *out;
    size_t out_count, out_capacity, out_sent, out_frame;
    uint64_t sent_total; /* bytes that have gone, ever */
    bool deaf;           /* the other side takes nothing more: what is sent goes nowhere, what it said before can still be read */
    bool closed;
};

/* The socket's path for a cache folder: $XDG_RUNTIME_DIR/andon/HASH.sock (or /run/andon for the service, else the cache folder), always short enough. */
bool socket_path(const char *cache, char *out, size_t cap, struct error *err);
/* Listens with mode 0600 (or 0660 with `group`); a socket file that nobody listens on is replaced. */
int socket_listen(const char *path, bool group, struct error *err);
/* -1 and errno when nobody listens. */
int socket_connect(const char *path);
int socket_accept(int listener);
bool socket_peer(int fd, struct peer *peer);

void channel_init(struct channel *c, int fd);
void channel_finish(struct channel *c);
/* Queues a frame and sends what goes. That the other side has gone is for channel_fill() to tell, behind its last words. */
void channel_send(struct channel *c, uint8_t kind, const void *body, size_t length);
/* Sends what goes of the queued bytes. */
void channel_flush(struct channel *c);
size_t channel_backlog(const struct channel *c);
/* Drops queued frames that have not begun to be sent; a frame half sent is kept whole. */
void channel_drop_backlog(struct channel *c);
/* Reads some of what has come (at most 64 KiB a call); false when the other side is gone (c->closed); what it sent before
 * that can still be taken. */
bool channel_fill(struct channel *c);
/* The next whole frame, borrowed until channel_fill(); false when there is none yet. A frame over `most` bytes closes it. */
bool channel_next(struct channel *c, size_t most, uint8_t *kind, const uint8_t **body, size_t *length);

#endif
