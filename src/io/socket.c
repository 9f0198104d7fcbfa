/*
 * The addresses. A socket's path may have 107 bytes and a cache folder any number, so the file is named by a hash of the
 * folder and lies where the system keeps such things. Whoever may reach the folder may try; who is there, the kernel says.
 */
#define _GNU_SOURCE /* struct ucred */
#include "io/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <xxhash.h>

#define SERVICE_CACHE "/var/lib/andon"
#define SERVICE_RUNTIME "/run/andon"

/* The folder's one name: without links and dots where it exists, so that two ways to write it find the same socket. */
static void canonical(const char *cache, char out[PATH_MAX])
{
    if (realpath(cache, out))
        return;
    char here[PATH_MAX];
    int length;
    if (cache[0] == '/' || !getcwd(here, sizeof here))
        length = snprintf(out, PATH_MAX, "%s", cache);
    else
        length = snprintf(out, PATH_MAX, "%s/%s", here, cache);
    if (length < 0 || length >= PATH_MAX)
        out[PATH_MAX - 1] = '\0';
    for (size_t n = strlen(out); n > 1 && out[n - 1] == '/'; n--)
        out[n - 1] = '\0';
}

bool socket_path(const char *cache, char *out, size_t cap, struct error *err)
{
    char folder[PATH_MAX], path[PATH_MAX + 32];
    canonical(cache, folder);
    uint64_t hash = XXH3_64bits(folder, strlen(folder));
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    if (strcmp(folder, SERVICE_CACHE) == 0)
        snprintf(path, sizeof path, SERVICE_RUNTIME "/%012" PRIx64 ".sock", hash >> 16);
    else if (runtime && runtime[0] == '/')
        snprintf(path, sizeof path, "%s/andon/%012" PRIx64 ".sock", runtime, hash >> 16);
    else
        snprintf(path, sizeof path, "%s/socket", folder);
    size_t most = sizeof((struct sockaddr_un *)0)->sun_path;
    if (strlen(path) >= most || strlen(path) >= cap)
        return error_set(err, "the socket's name would be too long (%zu bytes at most): set XDG_RUNTIME_DIR, or give a shorter --cache than %s", most - 1, cache);
    memcpy(out, path, strlen(path) + 1);
    return true;
}

static struct sockaddr_un address_of(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    return address;
}

static bool make_folder(const char *path, bool group, struct error *err)
{
    char folder[PATH_MAX];
    snprintf(folder, sizeof folder, "%s", path);
    char *slash = strrchr(folder, '/');
    if (!slash || slash == folder)
        return true;
    *slash = '\0';
    if (mkdir(folder, group ? 0750 : 0700) != 0 && errno != EEXIST)
        return error_set(err, "%s: %s", folder, strerror(errno));
    /* Whoever may write there can put a socket of his own in the place of ours. */
    struct stat st;
    if (stat(folder, &st) != 0)
        return error_set(err, "%s: %s", folder, strerror(errno));
    if ((geteuid() != 0 && st.st_uid != geteuid() && st.st_uid != 0) || (st.st_mode & S_IWOTH))
        return error_set(err, "%s: belongs to another user or can be written by everybody; a socket there would not be safe", folder);
    return true;
}

/* A file that a dead collector left is in the way of bind(); one that somebody answers on is not ours to take. */
static bool clear_stale(const char *path, struct error *err)
{
    struct stat st;
    if (lstat(path, &st) != 0)
        return errno == ENOENT || error_set(err, "%s: %s", path, strerror(errno));
    if (!S_ISSOCK(st.st_mode))
        return error_set(err, "%s: is not a socket; remove it", path);
    int fd = socket_connect(path);
    if (fd >= 0) {
        close(fd);
        return error_set(err, "%s: somebody listens there already", path);
    }
    if (errno != ECONNREFUSED)
        return error_set(err, "%s: %s", path, strerror(errno));
    if (unlink(path) != 0 && errno != ENOENT)
        return error_set(err, "%s: %s", path, strerror(errno));
    return true;
}

int socket_listen(const char *path, bool group, struct error *err)
{
    struct sockaddr_un address = address_of(path);
    if (strlen(path) >= sizeof address.sun_path)
        return error_set(err, "%s: too long for a socket", path), -1;
    if (!make_folder(path, group, err) || !clear_stale(path, err))
        return -1;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return error_set(err, "socket: %s", strerror(errno)), -1;
    mode_t before = umask(group ? 0117 : 0177); /* right from the first moment, not mended afterwards */
    int bound = bind(fd, (const struct sockaddr *)&address, sizeof address);
    int why = errno;
    umask(before);
    if (bound == 0 && listen(fd, 64) == 0)
        return fd;
    error_set(err, "%s: %s", path, strerror(bound == 0 ? errno : why));
    close(fd);
    return -1;
}

int socket_connect(const char *path)
{
    struct sockaddr_un address = address_of(path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    if (connect(fd, (const struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    int why = errno;
    close(fd);
    errno = why;
    return -1;
}

int socket_accept(int listener)
{
    int fd = accept(listener, NULL, NULL);
    if (fd < 0)
        return -1;
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    return fd;
}

bool socket_peer(int fd, struct peer *peer)
{
    struct ucred credentials;
    socklen_t length = sizeof credentials;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &length) != 0)
        return false;
    *peer = (struct peer){.uid = credentials.uid, .gid = credentials.gid, .pid = credentials.pid};
    return true;
}
