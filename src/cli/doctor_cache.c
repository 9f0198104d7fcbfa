/*
 * The cache folder, who holds it, what lies in it, and the socket through which screens come in.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "cli/doctor.h"
#include "io/socket.h"
#include "io/store_look.h"

static const char area[] = "cache";

/* The folder, else the one above it in which it would be made. */
static void nearest(const char *path, char out[PATHS_BYTES])
{
    snprintf(out, PATHS_BYTES, "%s", path);
    while (access(out, F_OK) != 0 && strrchr(out, '/') && strrchr(out, '/') != out)
        *strrchr(out, '/') = '\0';
    if (access(out, F_OK) != 0)
        snprintf(out, PATHS_BYTES, "/");
}

static void folder(struct doctor *d, const struct paths *paths, int64_t size_most)
{
    char there[PATHS_BYTES];
    struct stat st;
    struct statvfs space;
    nearest(paths->cache, there);
    bool exists = strcmp(there, paths->cache) == 0, is_folder = stat(there, &st) == 0 && S_ISDIR(st.st_mode);
    if (!is_folder)
        doctor_say(d, FINDING_WRONG, area, "choose another with --cache", "%s is not a folder: %s cannot be used", there, paths->cache);
    else if (access(there, W_OK | X_OK) != 0)
        doctor_say(d, FINDING_WRONG, area, "chown it to the collector's user, or choose another with --cache", "%s cannot be written by this user: %s; no history can be kept", there, strerror(errno));
    else if (exists && (st.st_mode & 0007))
        doctor_say(d, FINDING_HINT, area, "chmod 0700 (or 0750 for the service)", "%s may be read by every user of this machine", paths->cache);
    else
        doctor_say(d, FINDING_FINE, area, "", exists ? "%s" : "%s is not there yet: the first collector makes it", paths->cache);
    if (statvfs(there, &space) != 0)
        return;
    double room = (double)space.f_bavail * (double)space.f_frsize;
    if (room < 64e6)
        doctor_say(d, FINDING_WRONG, area, "make room, or choose another disk with --cache", "%.1f MB are free: recording stops when the disk is full", room / 1e6);
    else
        doctor_say(d, room < (double)size_most ? FINDING_HINT : FINDING_FINE, area, room < (double)size_most ? "make room, or set store = { size = ... } lower" : "", "%.1f GB are free; the history may take %.1f GB",
            room / 1e9, (double)size_most / 1e9);
}

static void file(struct doctor *d, const struct paths *paths)
{
    struct store_look look;
    struct error err;
    bool good = store_look(paths->store, &look, &err);
    if (!good)
        doctor_say(d, FINDING_WRONG, area, look.version > look.known ? "update andon, or give another --cache" : "andon collect sets a damaged file aside and begins a new one; keep a copy first", "%s", err.text);
    else if (!look.there)
        doctor_say(d, FINDING_FINE, area, "", "no history yet");
    else
        doctor_say(d, FINDING_FINE, area, "", "history of %.1f MB, schema %d of %d, %s", (double)look.bytes / 1e6, look.version, look.known, look.checked ? "its pages are in order" : "too large for a look at every page");
}

/* Who holds the lock: nobody must for a collector to begin. */
static void collector(struct doctor *d, const struct paths *paths)
{
    char text[24] = "";
    int fd = open(paths->lock, O_RDONLY | O_CLOEXEC | O_NOFOLLOW), answers = socket_connect(paths->socket);
    bool held = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    ssize_t n = fd >= 0 ? pread(fd, text, sizeof text - 1, 0) : 0;
    text[n > 0 ? n : 0] = '\0';
    text[strcspn(text, "\n")] = '\0';
    if (held && answers >= 0)
        doctor_say(d, FINDING_FINE, "collector", "", "process %s collects, and takes screens at %s", text, paths->socket);
    else if (held)
        doctor_say(d, FINDING_WRONG, "collector", access(paths->socket, F_OK) == 0 ? "become a member of its group (usermod -aG andon USER, and log in again)" : "end it (kill) and let a screen start another; is XDG_RUNTIME_DIR the same for both?",
            "process %s holds %s, but does not take this user at %s: %s", text, paths->lock, paths->socket, access(paths->socket, F_OK) == 0 ? "no permission, or it is busy" : "there is no such socket");
    else
        doctor_say(d, FINDING_FINE, "collector", "", "none runs for this cache; the first screen starts one%s", paths->service ? ": no, this is the service's: systemctl start andon" : "");
    if (answers >= 0)
        close(answers);
    if (fd >= 0)
        close(fd);
}

void doctor_cache(struct doctor *d, const struct paths *paths, const struct settings *settings)
{
    folder(d, paths, settings->store.size_most);
    file(d, paths);
    collector(d, paths);
}
