/*
 * travel: where in time a screen is: live, or at a moment of the past, or on the way to one. It is an origin like any other; the living
 * one goes on folding behind it.
 *
 *     travel_init(&travel, &options);
 *     compose_init(&compose, travel_origin(&travel));
 *     travel_to(&travel, ms, &err);
 *
 * Nothing here reads a clock: the moments are the stream's, and what passes while it plays is told.
 */
#ifndef ANDON_APP_TRAVEL_H
#define ANDON_APP_TRAVEL_H

#include <stdbool.h>
#include <stdint.h>

#include "app/librarian.h"
#include "app/origin.h"
#include "core/error.h"
#include "views/view.h"

enum { TRAVEL_SPEED_MOST = 60 };

struct travel {
    struct origin live;
    struct librarian *librarian; /* borrowed; NULL: there is nothing to go back to, `why` tells */
    const char *why;
    struct shot *shot;           /* what is shown; NULL: what is live */
    bool away;                   /* in the past, or on the way to it */
    bool loading;                /* a moment was asked for that is not there yet */
    bool stepping;               /* it was asked for by a step: one beyond the first moment that is kept ends there */
    double target_ms;            /* the moment asked for */
    int speed;                   /* playing: how many times faster than it was; 0: it stands */
    int64_t played_at;           /* of the caller's clock: up to when it was played */
    struct past_scene scene;     /* what the frame says of it */
};

void travel_init(struct travel *t, struct origin live, struct librarian *librarian, const char *why);
/* Back to live, without a word. */
void travel_finish(struct travel *t);
struct origin travel_origin(struct travel *t);

/* Goes to a moment; one that is not over yet is live. False when there is no way back at all. */
bool travel_to(struct travel *t, int64_t ms, struct error *err);
/* So far from the moment asked for last, but not beyond the first that is kept. */
bool travel_step(struct travel *t, int64_t ms, struct error *err);
void travel_live(struct travel *t);
/* Plays on from here, 1 to TRAVEL_SPEED_MOST times as fast as it was; 0: stands still. */
bool travel_play(struct travel *t, int speed, int64_t now_mono, struct error *err);
/* Time has passed: true when it asked for the next moment, or has caught up with what is live. */
bool travel_tick(struct travel *t, int64_t now_mono);
/* Something may have come from the librarian: true when another picture is shown, or none could be had or it is not the one asked for (then `err` tells). */
bool travel_arrived(struct travel *t, struct error *err);
/* For the frame; NULL while everything is live. Borrowed until the next call. */
const struct past_scene *travel_scene(struct travel *t);
/* The moment that is shown, for what is wanted of the past: the number of its batch, 0: live. */
uint64_t travel_seq(const struct travel *t);

#endif
