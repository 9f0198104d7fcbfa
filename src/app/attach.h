/*
 * attach: from options to an origin: a collector's client where one runs or may be started, else (read-only) a fold of its
 * own. The dashboard, `snapshot` and the demo begin here.
 */
#ifndef ANDON_APP_ATTACH_H
#define ANDON_APP_ATTACH_H

#include <stdbool.h>

#include "app/client.h"
#include "app/load.h"
#include "app/paths.h"
#include "app/solo.h"

struct attach_options {
    struct load_request load;
    const char *cache;   /* --cache, or NULL */
    bool read_only;      /* start no collector, write nothing */
    bool no_spawn;       /* somebody else sees to the collector */
};

/* Everything that an origin stands on. */
struct attach {
    struct load_request load;
    bool read_only, no_spawn;
    char config_path[PATHS_BYTES], config_folder[PATHS_BYTES], title[PATHS_BYTES];
    char history[PATHS_BYTES];   /* the cache's file; it need not be there */
    void (*answered)(void *arg, const struct action *action, enum refusal refusal);
    void (*folded)(void *arg, const struct model *model, const struct batch *batch); /* for the client; set before attach_open() */
    struct paths paths;
    struct config config;
    struct client *client;
    struct solo *solo;
};

/* Reads the configuration. False: the problems are in `diagnostics`, or in err when the cache cannot be used. */
bool attach_load(struct attach *a, const struct attach_options *options, struct diagnostics *diagnostics, struct error *err);
/* Connects, or folds for itself. */
bool attach_open(struct attach *a, struct loop *loop, origin_changed_fn *changed, void *arg, struct error *err);
struct origin attach_origin(const struct attach *a);
/* A zeroed struct is accepted. */
void attach_close(struct attach *a);

#endif
