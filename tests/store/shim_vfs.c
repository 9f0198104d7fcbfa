#include "store/shim_vfs.h"

#include <pthread.h>
#include <sqlite3.h>

/* A file of ours: SQLite's part, then the real file in the memory behind it. */
struct shim_file {
    sqlite3_file base;
    sqlite3_file *real;
};

static struct {
    pthread_mutex_t lock;
    sqlite3_vfs *real;
    bool failing, hanging, hangs;
    pthread_cond_t never;
    enum shim_call call;
    int code, after;
    unsigned long calls[SHIM_READ + 1];
} shim = {.lock = PTHREAD_MUTEX_INITIALIZER, .never = PTHREAD_COND_INITIALIZER};

static sqlite3_file *real_of(sqlite3_file *file)
{
    return ((struct shim_file *)(void *)file)->real;
}

static int fails(enum shim_call call)
{
    pthread_mutex_lock(&shim.lock);
    int code = SQLITE_OK;
    shim.calls[call]++;
    while (shim.hanging && call == SHIM_READ) {
        shim.hangs = true;
        pthread_cond_wait(&shim.never, &shim.lock);
    }
    if (shim.failing && shim.call == call && shim.after-- <= 0) {
        shim.after = 0;
        code = shim.code;
    }
    pthread_mutex_unlock(&shim.lock);
    return code;
}

static int f_close(sqlite3_file *f) { return real_of(f)->pMethods ? real_of(f)->pMethods->xClose(real_of(f)) : SQLITE_OK; }

static int f_read(sqlite3_file *f, void *to, int amount, sqlite3_int64 at)
{
    int code = fails(SHIM_READ);
    return code ? code : real_of(f)->pMethods->xRead(real_of(f), to, amount, at);
}

static int f_write(sqlite3_file *f, const void *from, int amount, sqlite3_int64 at)
{
    int code = fails(SHIM_WRITE);
    return code ? code : real_of(f)->pMethods->xWrite(real_of(f), from, amount, at);
}

static int f_sync(sqlite3_file *f, int flags)
{
    int code = fails(SHIM_SYNC);
    return code ? code : real_of(f)->pMethods->xSync(real_of(f), flags);
}

static int f_truncate(sqlite3_file *f, sqlite3_int64 size) { return real_of(f)->pMethods->xTruncate(real_of(f), size); }
static int f_size(sqlite3_file *f, sqlite3_int64 *size) { return real_of(f)->pMethods->xFileSize(real_of(f), size); }
static int f_lock(sqlite3_file *f, int lock) { return real_of(f)->pMethods->xLock(real_of(f), lock); }
static int f_unlock(sqlite3_file *f, int lock) { return real_of(f)->pMethods->xUnlock(real_of(f), lock); }
static int f_reserved(sqlite3_file *f, int *out) { return real_of(f)->pMethods->xCheckReservedLock(real_of(f), out); }
static int f_control(sqlite3_file *f, int op, void *arg) { return real_of(f)->pMethods->xFileControl(real_of(f), op, arg); }
static int f_sector(sqlite3_file *f) { return real_of(f)->pMethods->xSectorSize(real_of(f)); }
static int f_device(sqlite3_file *f) { return real_of(f)->pMethods->xDeviceCharacteristics(real_of(f)); }
static int f_map(sqlite3_file *f, int page, int size, int extend, void volatile **out) { return real_of(f)->pMethods->xShmMap(real_of(f), page, size, extend, out); }
static int f_shm_lock(sqlite3_file *f, int offset, int n, int flags) { return real_of(f)->pMethods->xShmLock(real_of(f), offset, n, flags); }
static void f_barrier(sqlite3_file *f) { real_of(f)->pMethods->xShmBarrier(real_of(f)); }
static int f_unmap(sqlite3_file *f, int remove) { return real_of(f)->pMethods->xShmUnmap(real_of(f), remove); }

static const sqlite3_io_methods methods = {
    .iVersion = 2, .xClose = f_close, .xRead = f_read, .xWrite = f_write, .xTruncate = f_truncate, .xSync = f_sync, .xFileSize = f_size,
    .xLock = f_lock, .xUnlock = f_unlock, .xCheckReservedLock = f_reserved, .xFileControl = f_control, .xSectorSize = f_sector,
    .xDeviceCharacteristics = f_device, .xShmMap = f_map, .xShmLock = f_shm_lock, .xShmBarrier = f_barrier, .xShmUnmap = f_unmap};

static int v_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out)
{
    struct shim_file *f = (struct shim_file *)(void *)file;
    (void)vfs;
    f->real = (sqlite3_file *)(void *)(f + 1);
    f->base.pMethods = NULL;
    int rc = shim.real->xOpen(shim.real, name, f->real, flags, out);
    if (f->real->pMethods)
        f->base.pMethods = &methods;
    return rc;
}

void shim_vfs_install(void)
{
    static sqlite3_vfs vfs;
    if (shim.real)
        return;
    shim.real = sqlite3_vfs_find(NULL);
    vfs = *shim.real;
    vfs.zName = "shim";
    vfs.szOsFile = (int)sizeof(struct shim_file) + shim.real->szOsFile;
    vfs.xOpen = v_open;
    vfs.pNext = NULL;
    sqlite3_vfs_register(&vfs, 1);
}

void shim_fail(enum shim_call call, int code, int after)
{
    pthread_mutex_lock(&shim.lock);
    shim.failing = true;
    shim.call = call;
    shim.code = code;
    shim.after = after;
    pthread_mutex_unlock(&shim.lock);
}

void shim_heal(void)
{
    pthread_mutex_lock(&shim.lock);
    shim.failing = false;
    pthread_mutex_unlock(&shim.lock);
}

unsigned long shim_calls(enum shim_call call)
{
    pthread_mutex_lock(&shim.lock);
    unsigned long calls = shim.calls[call];
    pthread_mutex_unlock(&shim.lock);
    return calls;
}

void shim_hang(void)
{
    pthread_mutex_lock(&shim.lock);
    shim.hanging = true;
    pthread_mutex_unlock(&shim.lock);
}

bool shim_hangs(void)
{
    pthread_mutex_lock(&shim.lock);
    bool hangs = shim.hangs;
    pthread_mutex_unlock(&shim.lock);
    return hangs;
}
