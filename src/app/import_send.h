/*
 * import_send: brings an import into the cache through its collector, which is started when none runs. What it says is taken is on the disk. An
 * import that was interrupted is continued where it ended.
 */
#ifndef ANDON_APP_IMPORT_SEND_H
#define ANDON_APP_IMPORT_SEND_H

#include "app/import.h"
#include "app/load.h"
#include "app/paths.h"

struct import_send_options {
    const struct paths *paths;
    const struct load_request *load; /* to spawn a collector with; NULL: never */
    bool again;                      /* also what this file has brought before */
    void (*progress)(void *arg, uint64_t done, uint64_t all);
    void *arg;
    uint64_t *overlaps;              /* may be NULL: how many accounts and stops were left out, since their time is recorded */
};

/* False when it did not all come in: err says why, *done how many samples did now. */
bool import_send(struct import *import, const struct import_send_options *options, uint64_t *done, struct error *err);

#endif
