/*
 * The log of operations is a file of its own, written past SQLite: a struct note, the path, the bytes that were there, the bytes that came.
 * To lose operations, a file is first brought back to its last sync (undo, newest first), then some sectors of what followed are done
 * again (oldest first): so any subset of sectors can be lost, and nothing that was synced.
 */
#include "power.h"

#include <assert.h>
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SECTOR = 512, PATH_MOST = 512 };
enum note_kind { NOTE_WRITE, NOTE_TRUNCATE, NOTE_SYNC };

struct note {
    uint32_t kind, path_length;
    int64_t offset, length;    /* of a truncation: the new size, and how much was cut off */
    int64_t old_length;        /* bytes that were at the offset before (fewer at the end of the file) */
    int64_t old_size;
};

struct power_file {
    sqlite3_file base;
    char path[PATH_MOST];
    sqlite3_file real[];
};

static int log_fd = -1;
static unsigned long cut_at, operations;
static sqlite3_vfs *real_vfs, power_vfs;

static struct power_file *of(sqlite3_file *file)
{
    return (struct power_file *)(void *)file;
}

#define REAL(file) (of(file)->real)
#define METHODS(file) (of(file)->real->pMethods)

static void put(const void *bytes, size_t length)
{
    ssize_t done = write(log_fd, bytes, length);
    if (done != (ssize_t)length)
        abort();
}

/* Notes an operation before it is done, and ends the process when it is the one. */
static void note(sqlite3_file *file, enum note_kind kind, int64_t offset, const void *bytes, int64_t length)
{
    struct power_file *f = of(file);
    sqlite3_int64 size = 0;
    METHODS(file)->xFileSize(f->real, &size);
    struct note n = {.kind = (uint32_t)kind, .path_length = (uint32_t)strlen(f->path), .offset = offset, .length = length, .old_size = size};
    if (kind == NOTE_TRUNCATE)
        n.length = size > offset ? size - offset : 0;
    if (kind != NOTE_SYNC && size > offset)
        n.old_length = size - offset < n.length ? size - offset : n.length;
    char *old = malloc((size_t)n.old_length + 1);
    if (n.old_length && METHODS(file)->xRead(f->real, old, (int)n.old_length, offset) != SQLITE_OK)
        abort();
    put(&n, sizeof n);
    put(f->path, n.path_length);
    put(old, (size_t)n.old_length);
    if (kind == NOTE_WRITE)
        put(bytes, (size_t)n.length);
    free(old);
}

static void count(void)
{
    if (++operations == cut_at)
        raise(SIGKILL);
}

static int on_close(sqlite3_file *f) { return METHODS(f)->xClose(REAL(f)); }
static int on_read(sqlite3_file *f, void *out, int n, sqlite3_int64 at) { return METHODS(f)->xRead(REAL(f), out, n, at); }

static int on_write(sqlite3_file *f, const void *bytes, int n, sqlite3_int64 at)
{
    note(f, NOTE_WRITE, at, bytes, n);
    int rc = METHODS(f)->xWrite(REAL(f), bytes, n, at);
    count();
    return rc;
}

static int on_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    note(f, NOTE_TRUNCATE, size, NULL, 0);
    int rc = METHODS(f)->xTruncate(REAL(f), size);
    count();
    return rc;
}

/* The disk is told to sync; whether the power goes just before or just after is one operation's difference. */
static int on_sync(sqlite3_file *f, int flags)
{
    count();
    note(f, NOTE_SYNC, 0, NULL, 0);
    (void)flags; /* the disk of this test is the log */
    return SQLITE_OK;
}

static int on_size(sqlite3_file *f, sqlite3_int64 *size) { return METHODS(f)->xFileSize(REAL(f), size); }
static int on_lock(sqlite3_file *f, int lock) { return METHODS(f)->xLock(REAL(f), lock); }
static int on_unlock(sqlite3_file *f, int lock) { return METHODS(f)->xUnlock(REAL(f), lock); }
static int on_reserved(sqlite3_file *f, int *out) { return METHODS(f)->xCheckReservedLock(REAL(f), out); }

/* What would change the file past us is refused: SQLite then writes plainly. */
static int on_control(sqlite3_file *f, int op, void *arg)
{
    if (op == SQLITE_FCNTL_SIZE_HINT || op == SQLITE_FCNTL_CHUNK_SIZE)
        return SQLITE_OK;
    return METHODS(f)->xFileControl(REAL(f), op, arg);
}

static int on_sector(sqlite3_file *f) { return METHODS(f)->xSectorSize(REAL(f)); }
static int on_device(sqlite3_file *f) { return METHODS(f)->xDeviceCharacteristics(REAL(f)) & SQLITE_IOCAP_POWERSAFE_OVERWRITE; }
static int on_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **out) { return METHODS(f)->xShmMap(REAL(f), page, size, extend, out); }
static int on_shm_lock(sqlite3_file *f, int at, int n, int flags) { return METHODS(f)->xShmLock(REAL(f), at, n, flags); }
static void on_shm_barrier(sqlite3_file *f) { METHODS(f)->xShmBarrier(REAL(f)); }
static int on_shm_unmap(sqlite3_file *f, int delete) { return METHODS(f)->xShmUnmap(REAL(f), delete); }

static const sqlite3_io_methods methods = {
    .iVersion = 2, .xClose = on_close, .xRead = on_read, .xWrite = on_write, .xTruncate = on_truncate, .xSync = on_sync, .xFileSize = on_size,
    .xLock = on_lock, .xUnlock = on_unlock, .xCheckReservedLock = on_reserved, .xFileControl = on_control, .xSectorSize = on_sector,
    .xDeviceCharacteristics = on_device, .xShmMap = on_shm_map, .xShmLock = on_shm_lock, .xShmBarrier = on_shm_barrier, .xShmUnmap = on_shm_unmap,
};

static int on_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
    struct power_file *f = of(file);
    (void)vfs;
    f->base.pMethods = NULL;
    int rc = real_vfs->xOpen(real_vfs, name, f->real, flags, out_flags);
    if (rc != SQLITE_OK)
        return rc;
    snprintf(f->path, sizeof f->path, "%s", name ? name : "");
    f->base.pMethods = &methods;
    return SQLITE_OK;
}

void power_install(const char *log_path, unsigned long cut)
{
    log_fd = open(log_path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
    assert(log_fd >= 0);
    cut_at = cut;
    real_vfs = sqlite3_vfs_find(NULL);
    power_vfs = *real_vfs;
    power_vfs.zName = "power";
    power_vfs.szOsFile = (int)sizeof(struct power_file) + real_vfs->szOsFile;
    power_vfs.pNext = NULL;
    power_vfs.xOpen = on_open;
    sqlite3_vfs_register(&power_vfs, 1);
}

/* ---- afterwards ---- */

struct operation {
    struct note note;
    const char *path, *old, *new;
    bool lost;
};

static uint64_t random_next(uint64_t *seed)
{
    uint64_t z = (*seed += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static char *read_all(const char *path, size_t *length)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert(fd >= 0 && fstat(fd, &st) == 0);
    char *bytes = malloc((size_t)st.st_size + 1);
    ssize_t got = read(fd, bytes, (size_t)st.st_size);
    assert(got == st.st_size);
    *length = (size_t)got;
    close(fd);
    return bytes;
}

/* The note itself may be cut off by the kill: what is not whole did not happen. */
static size_t parse(const char *bytes, size_t length, struct operation **out)
{
    struct operation *list = NULL;
    size_t count = 0;
    for (size_t at = 0; at + sizeof(struct note) <= length;) {
        struct operation o = {.lost = false};
        memcpy(&o.note, bytes + at, sizeof o.note);
        size_t whole = sizeof o.note + o.note.path_length + (size_t)o.note.old_length + (o.note.kind == NOTE_WRITE ? (size_t)o.note.length : 0);
        if (at + whole > length)
            break;
        o.path = bytes + at + sizeof o.note;
        o.old = o.path + o.note.path_length;
        o.new = o.old + o.note.old_length;
        list = realloc(list, (count + 1) * sizeof *list);
        list[count++] = o;
        at += whole;
    }
    *out = list;
    return count;
}

static bool same_file(const struct operation *a, const struct operation *b)
{
    return a->note.path_length == b->note.path_length && memcmp(a->path, b->path, a->note.path_length) == 0;
}

static int open_of(const struct operation *o)
{
    char path[PATH_MOST];
    snprintf(path, sizeof path, "%.*s", (int)o->note.path_length, o->path);
    return open(path, O_RDWR | O_CLOEXEC);
}

static void set_bytes(int fd, const char *bytes, int64_t length, int64_t at)
{
    ssize_t done = pwrite(fd, bytes, (size_t)length, at);
    assert(done == length);
}

static void undo(const struct operation *o)
{
    int fd = open_of(o);
    if (fd < 0)
        return;
    set_bytes(fd, o->old, o->note.old_length, o->note.offset);
    int rc = ftruncate(fd, o->note.old_size);
    assert(rc == 0);
    close(fd);
}

static void redo_some(const struct operation *o, uint64_t *seed)
{
    int fd = open_of(o);
    if (fd < 0)
        return;
    if (o->note.kind == NOTE_TRUNCATE) {
        if (random_next(seed) % 2 == 0 && ftruncate(fd, o->note.offset) != 0)
            abort();
    } else {
        for (int64_t at = 0; at < o->note.length;) {
            int64_t end = ((o->note.offset + at) / SECTOR + 1) * SECTOR - o->note.offset;
            if (end > o->note.length)
                end = o->note.length;
            if (random_next(seed) % 2 == 0)
                set_bytes(fd, o->new + at, end - at, o->note.offset + at);
            at = end;
        }
    }
    close(fd);
}

/* The index of the write-ahead log lives in memory: it does not survive a power cut. */
static void forget_shm(const struct operation *list, size_t count)
{
    char path[PATH_MOST + 8];
    for (size_t i = 0; i < count; i++) {
        int length = (int)list[i].note.path_length;
        if (length > 4 && memcmp(list[i].path + length - 4, "-wal", 4) == 0) {
            snprintf(path, sizeof path, "%.*s-shm", length - 4, list[i].path);
            unlink(path);
        }
    }
}

unsigned long power_lose(const char *log_path, enum power_loss loss, uint64_t seed)
{
    size_t length, count;
    unsigned long unsynced = 0;
    struct operation *list;
    char *bytes = read_all(log_path, &length);
    count = parse(bytes, length, &list);
    const struct operation *synced[16]; /* the last sync of each file */
    size_t files = 0;
    for (size_t i = count; i-- > 0;) {
        size_t f = 0;
        while (f < files && !same_file(&list[i], synced[f]))
            f++;
        list[i].lost = f == files && list[i].note.kind != NOTE_SYNC;
        unsynced += list[i].lost;
        if (f == files && list[i].note.kind == NOTE_SYNC) {
            assert(files < sizeof synced / sizeof synced[0]);
            synced[files++] = &list[i];
        }
    }
    if (loss != POWER_NONE) {
        for (size_t i = count; i-- > 0;)
            if (list[i].lost)
                undo(&list[i]);
        for (size_t i = 0; i < count && loss == POWER_SOME; i++)
            if (list[i].lost)
                redo_some(&list[i], &seed);
        forget_shm(list, count);
    }
    free(list);
    free(bytes);
    return unsynced;
}
