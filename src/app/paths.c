/*
 * One cache folder is one site's collector: lock, log and the history lie in it. The lock is flock()'s, so that it
 * dies with its holder; the pid in the file is for people.
 */
#include "app/paths.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/hash_index.h"
#include "io/socket.h"

#define SERVICE_USER "andon"
#define SERVICE_CACHE "/var/lib/andon"

static bool is_service_user(void)
{
    const struct passwd *me = getpwuid(geteuid());
    return me && strcmp(me->pw_name, SERVICE_USER) == 0;
}

static const char *home_folder(void)
{
    const char *home = getenv("HOME");
    if (home && home[0] == '/')
        return home;
    const struct passwd *me = getpwuid(geteuid());
    return me ? me->pw_dir : "/";
}

static int default_cache(char *out, size_t cap, const struct paths_request *request)
{
    if (is_service_user())
        return snprintf(out, cap, SERVICE_CACHE);
    const char *site = request->site && *request->site ? request->site : "site", *state = getenv("XDG_STATE_HOME");
    char name[PATHS_BYTES / 4], folder[PATHS_BYTES / 2];
    if (request->broker && *request->broker)
        snprintf(name, sizeof name, "%s-%08" PRIx32, site, (uint32_t)hash_bytes(request->broker, strlen(request->broker)));
    else
        snprintf(name, sizeof name, "%s", site);
    if (state && state[0] == '/')
        snprintf(folder, sizeof folder, "%s", state);
    else
        snprintf(folder, sizeof folder, "%s/.local/state", home_folder());
    return snprintf(out, cap, "%s/andon/%s", folder, name);
}

bool paths_find(struct paths *paths, const struct paths_request *request, struct error *err)
{
    struct paths found = {.service = false};
    const char *given = request->given;
    char here[PATHS_BYTES / 2];
    int length;
    if (!given || !*given)
        length = default_cache(found.cache, sizeof found.cache, request);
    else if (given[0] == '/' || !getcwd(here, sizeof here))
        length = snprintf(found.cache, sizeof found.cache, "%s", given);
    else
        length = snprintf(found.cache, sizeof found.cache, "%s/%s", here, given);
    if (length < 0 || (size_t)length >= sizeof found.cache)
        return error_set(err, "the cache folder's name is too long: give a shorter --cache");
    snprintf(found.lock, sizeof found.lock, "%s/lock", found.cache);
    snprintf(found.spawn_lock, sizeof found.spawn_lock, "%s/spawn.lock", found.cache);
    snprintf(found.store, sizeof found.store, "%s/andon.db", found.cache);
    snprintf(found.log, sizeof found.log, "%s/collector.log", found.cache);
    if (!socket_path(found.cache, found.socket, sizeof found.socket, err))
        return false;
    found.service = strcmp(found.cache, SERVICE_CACHE) == 0;
    *paths = found;
    return true;
}

void paths_prefer_service(struct paths *paths)
{
    struct paths service;
    if (paths_find(&service, &(struct paths_request){.given = SERVICE_CACHE}, NULL) && access(service.socket, W_OK) == 0 && access(paths->socket, F_OK) != 0)
        *paths = service;
}

bool paths_make(const struct paths *paths, struct error *err)
{
    char path[PATHS_BYTES];
    snprintf(path, sizeof path, "%s", paths->cache);
    for (char *p = path + 1;; p++) {
        if (*p != '/' && *p != '\0')
            continue;
        char kept = *p;
        *p = '\0';
        if (mkdir(path, 0700) != 0 && errno != EEXIST)
            return error_set(err, "cache folder %s: %s; choose another with --cache", path, strerror(errno));
        *p = kept;
        if (!kept)
            break;
    }
    if (access(path, W_OK) != 0)
        return error_set(err, "cache folder %s: %s; choose another with --cache", path, strerror(errno));
    return true;
}

static long holder_of(int fd)
{
    char text[32];
    ssize_t n = pread(fd, text, sizeof text - 1, 0);
    if (n <= 0)
        return 0;
    text[n] = '\0';
    return strtol(text, NULL, 10);
}

int paths_lock(const struct paths *paths, struct error *err)
{
    int fd = open(paths->lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return error_set(err, "%s: %s", paths->lock, strerror(errno)), -1;
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK)
            error_set(err, "a collector is already running for %s (process %ld); attach with `andon`, or give another --cache", paths->cache, holder_of(fd));
        else
            error_set(err, "%s: %s", paths->lock, strerror(errno));
        close(fd);
        return -1;
    }
    char text[32];
    int length = snprintf(text, sizeof text, "%ld\n", (long)getpid());
    if (ftruncate(fd, 0) != 0 || pwrite(fd, text, (size_t)length, 0) != length) {
        error_set(err, "%s: %s", paths->lock, strerror(errno));
        close(fd);
        return -1;
    }
    return fd;
}
