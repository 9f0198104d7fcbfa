/*
 * A struct spooling is the way of each batch from the player into the store, as the collector's feed does it; but here nothing is in a hurry, so it waits
 * for room in the store's queue instead of losing anything.
 */
#include "app/spool.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/memory.h"
#include "io/store.h"

enum { QUEUE_BYTES = 64 << 20, WAIT_NS = 1000000, CHECKPOINT_TRIES = 60000 };

struct spooling {
    struct store *store;
    const struct model *model;
    struct spool *spool;
    uint64_t lost;
};

static void wait_a_little(void)
{
    nanosleep(&(struct timespec){.tv_nsec = WAIT_NS}, NULL);
}

static void on_batch(void *arg, const struct model *model, const struct batch *batch)
{
    struct spooling *s = arg;
    struct store_status status;
    for (store_status(s->store, &status); status.queue_bytes > QUEUE_BYTES / 2 && status.state == STORE_RECORDING; store_status(s->store, &status))
        wait_a_little();
    s->lost += !store_put(s->store, batch, model_outcomes(model), false);
    s->spool->last_ms = batch->wall_ms;
}

static bool checkpoint(const struct spooling *s, const struct model *model)
{
    for (int tries = 0; tries < CHECKPOINT_TRIES; tries++) {
        if (store_checkpoint(s->store, model))
            return true;
        wait_a_little();
    }
    return false;
}

static bool make_folder(struct spool *spool, struct error *err)
{
    const char *base = getenv("TMPDIR");
    snprintf(spool->folder, sizeof spool->folder, "%.400s/andon-replay-XXXXXX", base && base[0] == '/' ? base : "/tmp");
    if (mkdtemp(spool->folder))
        return true;
    error_set(err, "%s: %s; name another folder by TMPDIR", spool->folder, strerror(errno));
    spool->folder[0] = '\0';
    return false;
}

bool spool_capture(struct spool *spool, struct player *player, const struct config *config, int64_t until_ms, struct error *err)
{
    char path[SPOOL_PATH + 16];
    struct spooling s = {.spool = spool};
    struct packer bundle;
    struct store_status status;
    *spool = (struct spool){.last_ms = 0};
    if (!make_folder(spool, err))
        return false;
    snprintf(path, sizeof path, "%s/andon.db", spool->folder);
    s.store = store_open(&(struct store_options){.path = path, .size_most = INT64_MAX / 2, .queue_bytes = QUEUE_BYTES}, err);
    if (!s.store)
        return false;
    struct origin origin = player_origin(player);
    packer_init(&bundle);
    bundle_pack(&config->bundle, &bundle);
    store_config(s.store, 1, player_begin(player), config->plant->id, "capture", bundle.bytes, bundle.count);
    packer_finish(&bundle);
    player_watch(player, on_batch, &s);
    player_fold(player, until_ms);
    player_watch(player, NULL, NULL);
    bool whole = checkpoint(&s, origin.model(origin.self));
    store_status(s.store, &status);
    store_close(s.store);
    if (whole && s.lost == 0 && status.state == STORE_RECORDING)
        return true;
    return error_set(err, "%s: %s", spool->folder, status.said[0] ? status.said : "the capture could not be stored");
}

void spool_remove(struct spool *spool)
{
    char path[SPOOL_PATH + 256];
    DIR *folder = spool->folder[0] ? opendir(spool->folder) : NULL;
    if (!folder)
        return;
    for (struct dirent *e; (e = readdir(folder));) {
        snprintf(path, sizeof path, "%s/%.255s", spool->folder, e->d_name);
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            unlink(path);
    }
    closedir(folder);
    rmdir(spool->folder);
    spool->folder[0] = '\0';
}
