/*
 * One connection's buffers. Both are flat: `in` holds bytes from in_taken to in_count, `out` those from out_sent to
 * out_count, and out_frame is where the frame that out_sent stands in (or before) begins. What the other side announces
 * is never believed beyond the caller's bound, and nothing is allocated for bytes that have not come. A side that takes
 * nothing more (`deaf`) may have said why before it went: only reading finds the end.
 */
#include "io/socket.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/memory.h"

enum { HEAD = 4, READ_AT_ONCE = 64 * 1024, KEPT_CAPACITY = 256 * 1024 };

static uint32_t length_at(const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

void channel_init(struct channel *c, int fd)
{
    *c = (struct channel){.fd = fd};
}

void channel_finish(struct channel *c)
{
    if (c->fd >= 0)
        close(c->fd);
    free(c->in);
    free(c->out);
    *c = (struct channel){.fd = -1, .closed = true};
}

static void reserve(uint8_t **bytes, size_t *capacity, size_t need)
{
    if (need <= *capacity)
        return;
    *capacity = need > *capacity * 2 ? need : *capacity * 2;
    *bytes = mem_resize(*bytes, *capacity, 1);
}

/* A large snapshot has gone through: give its memory back. */
static void release_large(uint8_t **bytes, size_t *capacity)
{
    if (*capacity <= KEPT_CAPACITY)
        return;
    free(*bytes);
    *bytes = NULL;
    *capacity = 0;
}

void channel_send(struct channel *c, uint8_t kind, const void *body, size_t length)
{
    if (c->closed || c->deaf || length > FRAME_MOST - 1)
        return;
    reserve(&c->out, &c->out_capacity, c->out_count + HEAD + 1 + length);
    uint32_t announced = (uint32_t)length + 1;
    uint8_t *at = c->out + c->out_count;
    for (int i = 0; i < HEAD; i++)
        at[i] = (uint8_t)(announced >> (8 * i));
    at[HEAD] = kind;
    if (length)
        memcpy(at + HEAD + 1, body, length);
    c->out_count += HEAD + 1 + length;
    channel_flush(c);
}

static void drop_all(struct channel *c)
{
    c->out_count = c->out_sent = c->out_frame = 0;
    release_large(&c->out, &c->out_capacity);
}

static void pass_sent_frames(struct channel *c)
{
    while (c->out_frame < c->out_sent) {
        size_t whole = HEAD + length_at(c->out + c->out_frame);
        if (c->out_frame + whole > c->out_sent)
            break;
        c->out_frame += whole;
    }
    if (c->out_frame == c->out_count) {
        drop_all(c);
    } else if (c->out_frame > KEPT_CAPACITY) {
        memmove(c->out, c->out + c->out_frame, c->out_count - c->out_frame);
        c->out_count -= c->out_frame;
        c->out_sent -= c->out_frame;
        c->out_frame = 0;
    }
}

void channel_flush(struct channel *c)
{
    while (!c->closed && c->out_sent < c->out_count) {
        ssize_t n = send(c->fd, c->out + c->out_sent, c->out_count - c->out_sent, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n > 0) {
            c->out_sent += (size_t)n;
            c->sent_total += (uint64_t)n;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            break;
        } else if (errno == EPIPE || errno == ECONNRESET) {
            c->deaf = true;
            drop_all(c);
        } else if (errno != EINTR) {
            c->closed = true;
        }
    }
    pass_sent_frames(c);
}

size_t channel_backlog(const struct channel *c)
{
    return c->out_count - c->out_sent;
}

void channel_drop_backlog(struct channel *c)
{
    if (c->out_sent == c->out_frame)
        c->out_count = c->out_frame;
    else
        c->out_count = c->out_frame + HEAD + length_at(c->out + c->out_frame);
    pass_sent_frames(c);
}

bool channel_fill(struct channel *c)
{
    if (c->in_taken == c->in_count) {
        c->in_taken = c->in_count = 0;
        release_large(&c->in, &c->in_capacity);
    } else if (c->in_taken > 0) {
        memmove(c->in, c->in + c->in_taken, c->in_count - c->in_taken);
        c->in_count -= c->in_taken;
        c->in_taken = 0;
    }
    while (!c->closed) {
        reserve(&c->in, &c->in_capacity, c->in_count + READ_AT_ONCE);
        ssize_t n = recv(c->fd, c->in + c->in_count, READ_AT_ONCE, MSG_DONTWAIT);
        if (n > 0) {
            c->in_count += (size_t)n;
            break; /* the caller takes what is there before more is let in: a flood cannot grow the buffer */
        }
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            break;
        c->closed = true;
    }
    return !c->closed;
}

bool channel_next(struct channel *c, size_t most, uint8_t *kind, const uint8_t **body, size_t *length)
{
    size_t left = c->in_count - c->in_taken;
    if (left < HEAD)
        return false;
    const uint8_t *at = c->in + c->in_taken;
    size_t announced = length_at(at);
    if (announced == 0 || announced > most) {
        c->closed = true;
        c->in_taken = c->in_count;
        return false;
    }
    if (left - HEAD < announced)
        return false;
    *kind = at[HEAD];
    *body = at + HEAD + 1;
    *length = announced - 1;
    c->in_taken += HEAD + announced;
    return true;
}
