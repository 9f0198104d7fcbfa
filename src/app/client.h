/*
 * client: the screen's side of the collector's socket. It folds the pushed batches into a model of its own, which is equal
 * to the collector's, and comes back by itself when the collector is lost.
 */
#ifndef ANDON_APP_CLIENT_H
#define ANDON_APP_CLIENT_H

#include <stdbool.h>

#include "app/loop.h"
#include "app/load.h"
#include "app/origin.h"
#include "app/paths.h"
#include "io/config.h"

struct client;

struct client_options {
    const struct paths *paths;
    const struct config *config;       /* the screen's own; borrowed for the client's life */
    const char *config_name;
    const struct load_request *load;   /* to spawn a collector with; NULL: never spawn. Borrowed for the client's life */
    bool read_only;
    origin_changed_fn *changed;
    /* A batch of the collector's was folded into the model; NULL: nobody looks. */
    void (*folded)(void *arg, const struct model *model, const struct batch *batch);
    /* What became of an action: REFUSAL_NONE: done, and durable. NULL: nobody asks. */
    void (*answered)(void *arg, const struct action *action, enum refusal refusal);
    void *arg;
};

/* Connects (spawning a collector if it may), says hello and waits for the snapshot: at most some seconds. NULL when there
 * is no collector, or it refuses. */
struct client *client_create(struct loop *loop, const struct client_options *options, struct error *err);
void client_destroy(struct client *client);
struct origin client_origin(struct client *client);

#endif
