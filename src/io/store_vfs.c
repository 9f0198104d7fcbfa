/*
 * A file system for SQLite in front of the default one, for the write-ahead log alone: all other files are the default's own. SQLite appends each
 * page of a transaction in two writes, its head of 24 bytes and the page; for the small transactions of a flush these calls are much of the
 * work. Here they are gathered and handed on as one.
 *
 * `held` is what SQLite believes written from `begin` on and the file does not have yet: a run of pages that follow each other in the log up to
 * the one that commits, which the number in its head tells. With that one it is written before SQLite hears that it was, so that whatever
 * anybody is told of is in the file. What is not such a page goes straight on, after what is held; so does all else that looks at the file,
 * or syncs it: the disk sees the same bytes in the same order between the same syncs. The pages of a transaction come all at once when it
 * commits (cache_spill is off): nothing is held between two, nor after a write that failed. What a closed file leaves was never committed.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "io/store_private.h"

enum { HEAD_BYTES = 24, COMMIT_AT = 4, FRAME_BYTES = HEAD_BYTES + PAGE_BYTES, HELD_FRAMES = 16 };

struct held {
    sqlite3_int64 begin, end; /* end: of the last write, whether held or not; -1: unknown */
    size_t count;             /* bytes */
    bool page_next, commits;  /* a head was the last that came; of the last page of its transaction */
    uint8_t bytes[HELD_FRAMES * FRAME_BYTES];
};

/* Lies in SQLite's memory. */
struct log_file {
    sqlite3_file base;
    struct held *held;
    sqlite3_file real[]; /* the default's file, longer than its type says */
};

static struct {
    pthread_mutex_t lock;
    sqlite3_vfs vfs, *real;
} ours = {.lock = PTHREAD_MUTEX_INITIALIZER};

static struct log_file *of(sqlite3_file *file)
{
    return (struct log_file *)(void *)file;
}

#define REAL(file) (of(file)->real)
#define METHODS(file) (of(file)->real->pMethods)

static int let_go(sqlite3_file *file)
{
    struct held *h = of(file)->held;
    size_t count = h->count;
    h->count = 0;
    h->page_next = false;
    if (count == 0)
        return SQLITE_OK;
    int rc = METHODS(file)->xWrite(REAL(file), h->bytes, (int)count, h->begin);
    if (rc != SQLITE_OK)
        h->end = -1;
    return rc;
}

static int on_close(sqlite3_file *f)
{
    free(of(f)->held);
    return METHODS(f)->xClose(REAL(f));
}

static int on_read(sqlite3_file *f, void *out, int n, sqlite3_int64 at)
{
    int rc = let_go(f);
    return rc != SQLITE_OK ? rc : METHODS(f)->xRead(REAL(f), out, n, at);
}

static void hold(struct held *h, const void *bytes, int n, sqlite3_int64 at)
{
    if (h->count == 0)
        h->begin = at;
    memcpy(h->bytes + h->count, bytes, (size_t)n);
    h->count += (size_t)n;
    h->end = at + n;
}

static bool is_commit(const uint8_t *head)
{
    static const uint8_t none[4];
    return memcmp(head + COMMIT_AT, none, sizeof none) != 0;
}

static int on_write(sqlite3_file *f, const void *bytes, int n, sqlite3_int64 at)
{
    struct held *h = of(f)->held;
    bool follows = at == h->end;
    if (follows && !h->page_next && n == HEAD_BYTES) {
        hold(h, bytes, n, at);
        h->page_next = true;
        h->commits = is_commit(bytes);
        return SQLITE_OK;
    }
    if (follows && h->page_next && n == PAGE_BYTES) {
        hold(h, bytes, n, at);
        h->page_next = false;
        return h->commits || h->count == sizeof h->bytes ? let_go(f) : SQLITE_OK;
    }
    int rc = let_go(f);
    if (rc == SQLITE_OK)
        rc = METHODS(f)->xWrite(REAL(f), bytes, n, at);
    h->end = rc == SQLITE_OK ? at + n : -1;
    return rc;
}

static int on_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    int rc = let_go(f);
    return rc != SQLITE_OK ? rc : METHODS(f)->xTruncate(REAL(f), size);
}

static int on_sync(sqlite3_file *f, int flags)
{
    int rc = let_go(f);
    return rc != SQLITE_OK ? rc : METHODS(f)->xSync(REAL(f), flags);
}

static int on_size(sqlite3_file *f, sqlite3_int64 *size)
{
    int rc = let_go(f);
    return rc != SQLITE_OK ? rc : METHODS(f)->xFileSize(REAL(f), size);
}

static int on_lock(sqlite3_file *f, int lock) { return METHODS(f)->xLock(REAL(f), lock); }
static int on_unlock(sqlite3_file *f, int lock) { return METHODS(f)->xUnlock(REAL(f), lock); }
static int on_reserved(sqlite3_file *f, int *out) { return METHODS(f)->xCheckReservedLock(REAL(f), out); }
static int on_control(sqlite3_file *f, int op, void *arg) { return METHODS(f)->xFileControl(REAL(f), op, arg); }
static int on_sector(sqlite3_file *f) { return METHODS(f)->xSectorSize(REAL(f)); }
static int on_device(sqlite3_file *f) { return METHODS(f)->xDeviceCharacteristics(REAL(f)); }

static const sqlite3_io_methods methods = {
    .iVersion = 1, .xClose = on_close, .xRead = on_read, .xWrite = on_write, .xTruncate = on_truncate, .xSync = on_sync, .xFileSize = on_size,
    .xLock = on_lock, .xUnlock = on_unlock, .xCheckReservedLock = on_reserved, .xFileControl = on_control, .xSectorSize = on_sector,
    .xDeviceCharacteristics = on_device,
};

static int on_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
    struct log_file *f = of(file);
    sqlite3_vfs *real = vfs->pAppData;
    if (!(flags & SQLITE_OPEN_WAL))
        return real->xOpen(real, name, file, flags, out_flags);
    f->base.pMethods = NULL;
    int rc = real->xOpen(real, name, f->real, flags, out_flags);
    if (rc != SQLITE_OK)
        return rc;
    f->held = mem_zero(1, sizeof *f->held);
    f->held->end = -1;
    f->base.pMethods = &methods;
    return SQLITE_OK;
}

const char *store_vfs(void)
{
    pthread_mutex_lock(&ours.lock);
    sqlite3_vfs *real = sqlite3_vfs_find(NULL);
    if (real && real != ours.real) {
        ours.vfs = *real;
        ours.real = real;
        ours.vfs.zName = "andon";
        ours.vfs.szOsFile = (int)sizeof(struct log_file) + real->szOsFile;
        ours.vfs.pNext = NULL;
        ours.vfs.pAppData = real;
        ours.vfs.xOpen = on_open;
        if (sqlite3_vfs_register(&ours.vfs, 0) != SQLITE_OK)
            ours.real = NULL;
    }
    bool registered = ours.real != NULL;
    pthread_mutex_unlock(&ours.lock);
    return registered ? ours.vfs.zName : NULL;
}
