/*
 * origin: where a screen's picture of the plant comes from: a collector (client), its own links to the brokers (solo), or a
 * capture (player). A screen holds one and cannot tell which. A value of functions and the thing that they work on.
 */
#ifndef ANDON_APP_ORIGIN_H
#define ANDON_APP_ORIGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/protocol.h"
#include "core/error.h"
#include "core/health.h"
#include "core/model.h"

/* Where time can be moved about in: a capture. Functions return false and say why not. */
struct origin_tape {
    bool (*play)(void *self, double speed, struct error *err);       /* 0: stand still */
    double (*speed)(const void *self);
    int64_t (*begin)(const void *self);                              /* of its first message */
    bool (*to)(void *self, int64_t ms, struct error *err);
    bool (*step)(void *self, int64_t ms, struct error *err);         /* so far on, or back */
    bool (*messages)(void *self, int64_t count, struct error *err);  /* so many messages on, or back */
};

struct origin {
    const struct origin_tape *tape;                                  /* NULL: it is live */
    void *self;
    const struct model *(*model)(const void *self);
    const struct health *(*health)(const void *self);                /* NULL: none has come */
    /* Asks for the raw payload of a tag from now on, "" for none. */
    void (*watch)(void *self, const char *key);
    /* The last raw payload of the tag that is watched, through the gate; "" when there is none. Cut at cap. */
    void (*raw)(const void *self, char *topic, size_t topic_cap, char *payload, size_t payload_cap);
    /* What must not be missed about the origin itself ("COLLECTOR LOST 12s"), "" for nothing. */
    void (*banner)(const void *self, char *out, size_t cap);
    /* Where something can be done to the plant; NULL where it can only be looked at. */
    /* Asks for it. REFUSAL_NONE: it is pending, and the answer comes as it was agreed with whoever made the origin. */
    enum refusal (*act)(void *self, const struct action *action);
    /* What is pending, borrowed until the next turn; returns how much. */
    size_t (*pending)(const void *self, const struct pending_action **out);
    /* Who the user is to the collector; NULL: it has not said so. */
    const struct rights *(*rights)(const void *self);
};

enum refusal origin_act(const struct origin *origin, const struct action *action);
size_t origin_pending(const struct origin *origin, const struct pending_action **out);
const struct rights *origin_rights(const struct origin *origin);

/* Something about the origin has changed: a batch, health, a payload, the link. */
typedef void origin_changed_fn(void *arg);

#endif
