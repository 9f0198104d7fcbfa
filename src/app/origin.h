/*
 * origin: where a screen's picture of the plant comes from: a collector (client), its own links to the brokers (solo), or a
 * capture (player). A screen holds one and cannot tell which. A value of functions and the thing that they work on.
 */
#ifndef ANDON_APP_ORIGIN_H
#define ANDON_APP_ORIGIN_H

#include <stddef.h>

#include "core/health.h"
#include "core/model.h"

struct origin {
    void *self;
    const struct model *(*model)(const void *self);
    const struct health *(*health)(const void *self);                /* NULL: none has come */
    /* Asks for the raw payload of a tag from now on, "" for none. */
    void (*watch)(void *self, const char *key);
    /* The last raw payload of the tag that is watched, through the gate; "" when there is none. Cut at cap. */
    void (*raw)(const void *self, char *topic, size_t topic_cap, char *payload, size_t payload_cap);
    /* What must not be missed about the origin itself ("COLLECTOR LOST 12s"), "" for nothing. */
    void (*banner)(const void *self, char *out, size_t cap);
};

/* Something about the origin has changed: a batch, health, a payload, the link. */
typedef void origin_changed_fn(void *arg);

#endif
