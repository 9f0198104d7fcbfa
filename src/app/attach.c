/*
 * A struct attach owns the screen's configuration, which the client or the fold borrows, so it must not be moved or copied
 * between attach_load() and attach_close().
 */
#include "app/attach.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "io/socket.h"

bool attach_load(struct attach *a, const struct attach_options *o, struct diagnostics *diagnostics, struct error *err)
{
    error_set(err, "%s", "");
    load_path(&o->load, a->config_path, sizeof a->config_path);
    a->load = (struct load_request){.config = a->config_path[0] ? a->config_path : NULL, .broker = o->load.broker};
    load_title(&a->load, a->config_path, a->title, sizeof a->title);
    a->read_only = o->read_only;
    a->no_spawn = o->no_spawn;
    memcpy(a->config_folder, a->config_path, sizeof a->config_folder);
    char *slash = strrchr(a->config_folder, '/');
    if (slash)
        *slash = '\0';
    if (!load_config(&a->load, &a->config, diagnostics) || !paths_find(&a->paths, &(struct paths_request){.given = o->cache,
            .site = a->config.plant->nodes[0].name, .broker = o->load.broker}, err))
        return false;
    bool system_wide = strcmp(a->config_path, CONFIG_SYSTEM_PATH) == 0 && !o->load.broker;
    if (system_wide && (!o->cache || !*o->cache))
        paths_prefer_service(&a->paths);
    snprintf(a->history, sizeof a->history, "%s/andon.db", a->paths.cache);
    return true;
}

static bool anybody_listens(const struct paths *paths)
{
    int fd = socket_connect(paths->socket);
    if (fd < 0)
        return false;
    close(fd);
    return true;
}

bool attach_open(struct attach *a, struct loop *loop, origin_changed_fn *changed, void *arg, struct error *err)
{
    if (a->read_only && !anybody_listens(&a->paths)) {
        a->solo = solo_create(loop, &a->config, a->title, changed, arg, err);
        return a->solo != NULL;
    }
    a->client = client_create(loop, &(struct client_options){.paths = &a->paths, .config = &a->config, .config_name = a->title,
        .load = a->read_only || a->no_spawn || a->paths.service ? NULL : &a->load, .read_only = a->read_only, .changed = changed,
        .folded = a->folded, .answered = a->answered, .arg = arg}, err);
    return a->client != NULL;
}

struct origin attach_origin(const struct attach *a)
{
    return a->client ? client_origin(a->client) : solo_origin(a->solo);
}

void attach_close(struct attach *a)
{
    client_destroy(a->client);
    solo_destroy(a->solo);
    if (a->config.plant)
        config_finish(&a->config);
    a->client = NULL;
    a->solo = NULL;
}
