/*
 * Opening. What is refused is found out by a look that leaves no trace (immutable: no lock, no write-ahead log). A new file is made beside its
 * place, whole, and renamed, so that no crash leaves half of one. A damaged file is renamed with its log and a new one begun; when the
 * damage shows later the same happens from the thread.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/memory.h"
#include "io/clock.h"
#include "io/log.h"
#include "io/store_private.h"

enum { PATH_MOST = 4096, UNSEEN_BATCHES = 1 << 24, UNSEEN_EVENTS = 1 << 24, UNSEEN_SERIES = 1 << 16 };

static const char *const companions[] = {"", "-wal", "-shm", "-journal", FRESH_SUFFIX};

static const char *const statement_sql[ST_COUNT] = {
#define X(name, sql) [ST_##name] = sql,
    STATEMENTS(X)
#undef X
};

static bool beside(char *out, const char *path, const char *suffix, const char *more)
{
    int length = snprintf(out, PATH_MOST, "%s%s%s", path, suffix, more);
    return length > 0 && length < PATH_MOST;
}

static void folder_of(const char *path, char *out)
{
    const char *slash = strrchr(path, '/');
    size_t length = slash ? (size_t)(slash - path) : 0;
    snprintf(out, PATH_MOST, "%.*s", slash ? (length ? (int)length : 1) : 1, slash ? path : ".");
}

static void sync_folder(const char *path)
{
    char folder[PATH_MOST];
    folder_of(path, folder);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    if (fsync(fd) != 0)
        log_line(LOG_LEVEL_WARNING, "%s: %s", folder, strerror(errno));
    close(fd);
}

static bool is_there(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && st.st_size > 0;
}

/* ---- a look without a trace ---- */

static sqlite3 *open_immutable(const char *path)
{
    static const char hex[] = "0123456789ABCDEF";
    char uri[3 * PATH_MOST + 32];
    size_t at = (size_t)snprintf(uri, sizeof uri, "file:");
    for (const char *c = path; *c && at < sizeof uri - 20; c++) {
        if (strchr("?#%", *c)) {
            uri[at++] = '%';
            uri[at++] = hex[(unsigned char)*c >> 4];
            uri[at++] = hex[*c & 15];
        } else {
            uri[at++] = *c;
        }
    }
    snprintf(uri + at, sizeof uri - at, "?immutable=1");
    sqlite3 *db = NULL;
    if (sqlite3_open_v2(uri, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK)
        return db;
    sqlite3_close(db);
    return NULL;
}

static bool refused(enum schema_verdict verdict, const char *path, int version, struct error *err)
{
    if (verdict == SCHEMA_NEWER)
        error_set(err, "%s: written by a newer andon (schema %d, this one knows %d); update andon, or give another --cache", path, version, SCHEMA_VERSION);
    else if (verdict == SCHEMA_FOREIGN)
        error_set(err, "%s: a database, but not andon's; it stays untouched: move it away, or give another --cache", path);
    else
        return false;
    return true;
}

bool store_refused(const char *path, struct error *err)
{
    int version = 0;
    char folder[PATH_MOST];
    folder_of(path, folder);
    if (!is_there(path)) {
        if (access(folder, W_OK | X_OK) == 0)
            return false;
        error_set(err, "%s: %s, and there is no cache in it", folder, strerror(errno));
        return true;
    }
    sqlite3 *db = open_immutable(path);
    enum schema_verdict verdict = db ? schema_look(db, &version) : SCHEMA_UNREADABLE;
    bool is = refused(verdict, path, version, err);
    sqlite3_close(db);
    return is;
}

/* ---- the writer's lock ---- */

static bool take_lock(struct store *store, struct error *err)
{
    char path[PATH_MOST];
    if (store->lock_fd >= 0)
        return true;
    if (!beside(path, store->path, "-lock", ""))
        return error_set(err, "%s: too long a path", store->path);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        store->rc = errno == EROFS || errno == EACCES || errno == EPERM ? SQLITE_READONLY : errno == ENOSPC || errno == EDQUOT ? SQLITE_FULL : SQLITE_CANTOPEN;
        return error_set(err, "%s: %s", path, strerror(errno));
    }
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        bool held = errno == EWOULDBLOCK;
        store->rc = SQLITE_BUSY;
        store->failure = FAIL_HELD;
        error_set(err, "%s: %s", store->path, held ? "another collector is writing to it" : strerror(errno));
        close(fd);
        return false;
    }
    store->lock_fd = fd;
    return true;
}

/* ---- a damaged file ---- */

static bool by_name(const char *name, const char *prefix)
{
    size_t length = strlen(prefix), whole = strlen(name);
    if (strncmp(name, prefix, length) != 0)
        return false;
    for (size_t i = 1; i < sizeof companions / sizeof companions[0]; i++) {
        size_t end = strlen(companions[i]);
        if (whole > end && strcmp(name + whole - end, companions[i]) == 0)
            return false;
    }
    return true;
}

static int64_t bytes_of(const char *folder, const char *name)
{
    char path[PATH_MOST];
    struct stat st;
    return snprintf(path, sizeof path, "%s/%s", folder, name) < (int)sizeof path && stat(path, &st) == 0 ? (int64_t)st.st_size : 0;
}

/* Counts what is aside, and finds the oldest: their names sort by their time. */
static void look_aside(struct store *store, const char *folder, char oldest[PATH_MOST])
{
    char prefix[PATH_MOST];
    const char *slash = strrchr(store->path, '/');
    store->aside_files = 0;
    store->aside_bytes = 0;
    oldest[0] = '\0';
    DIR *dir = beside(prefix, slash ? slash + 1 : store->path, ".damaged-", "") ? opendir(folder) : NULL;
    for (struct dirent *e; dir && (e = readdir(dir));) {
        if (strncmp(e->d_name, prefix, strlen(prefix)) != 0)
            continue;
        store->aside_bytes += bytes_of(folder, e->d_name);
        if (!by_name(e->d_name, prefix))
            continue;
        store->aside_files++;
        if (!oldest[0] || strcmp(e->d_name, oldest) < 0)
            snprintf(oldest, PATH_MOST, "%s", e->d_name);
    }
    if (dir)
        closedir(dir);
}

void store_thin_aside(struct store *store, int most)
{
    char folder[PATH_MOST], name[PATH_MOST], oldest[PATH_MOST];
    folder_of(store->path, folder);
    for (look_aside(store, folder, oldest); store->aside_files > most; look_aside(store, folder, oldest))
        for (size_t i = 0; i < sizeof companions / sizeof companions[0]; i++)
            if (snprintf(name, sizeof name, "%s/%s%s", folder, oldest, companions[i]) < (int)sizeof name && unlink(name) != 0 && i == 0)
                return;
}

static bool name_aside(const char *path, char *out)
{
    char stamp[48], more[16];
    time_t now = (time_t)(clock_wall_ms() / 1000);
    struct tm tm;
    if (!gmtime_r(&now, &tm) || strftime(stamp, sizeof stamp, ".damaged-%Y%m%d-%H%M%S", &tm) == 0)
        snprintf(stamp, sizeof stamp, ".damaged-0");
    for (int n = 1; n < 100; n++) {
        struct stat st;
        snprintf(more, sizeof more, n == 1 ? "" : "-%d", n);
        if (!beside(out, path, stamp, more))
            return false;
        if (stat(out, &st) != 0 && errno == ENOENT)
            return true;
    }
    return false;
}

bool store_set_aside(struct store *store, const char *why, struct error *err)
{
    char aside[PATH_MOST], from[PATH_MOST], to[PATH_MOST];
    if (!name_aside(store->path, aside))
        return error_set(err, "%s: damaged, and cannot be set aside", store->path);
    for (size_t i = 0; i < sizeof companions / sizeof companions[0]; i++) {
        if (!beside(from, store->path, companions[i], "") || !beside(to, aside, companions[i], ""))
            return error_set(err, "%s: too long a path", store->path);
        if (rename(from, to) != 0 && (i == 0 || errno != ENOENT))
            return error_set(err, "%s: damaged, and cannot be renamed: %s", from, strerror(errno));
    }
    sync_folder(store->path);
    const char *slash = strrchr(aside, '/');
    log_line(LOG_LEVEL_ERROR, "the cache is damaged (%s): set aside as %s, a new one is begun", why, aside);
    store_say(store, "damaged: set aside as %s", slash ? slash + 1 : aside);
    store_thin_aside(store, SPARE_MOST);
    return true;
}

/* ---- a new file ---- */

static void make_uuid(char out[37])
{
    uint8_t b[16];
    if (getrandom(b, sizeof b, 0) != (ssize_t)sizeof b)
        abort(); /* cannot happen for 16 bytes once the system has booted */
    b[6] = (uint8_t)((b[6] & 0x0F) | 0x40); /* RFC 4122: version 4, variant 1 */
    b[8] = (uint8_t)((b[8] & 0x3F) | 0x80);
    for (size_t i = 0, at = 0; i < sizeof b; i++)
        at += (size_t)snprintf(out + at, 37 - at, i == 4 || i == 6 || i == 8 || i == 10 ? "-%02x" : "%02x", b[i]);
}

static bool put_uuid(sqlite3 *db, const char *uuid)
{
    sqlite3_stmt *st = NULL;
    bool put = sqlite3_prepare_v2(db, "INSERT OR REPLACE INTO meta VALUES('uuid', ?1)", -1, &st, NULL) == SQLITE_OK &&
               sqlite3_bind_text(st, 1, uuid, -1, SQLITE_STATIC) == SQLITE_OK && sqlite3_step(st) == SQLITE_DONE;
    sqlite3_finalize(st);
    return put;
}

static void unlink_all(const char *path, size_t from)
{
    char name[PATH_MOST];
    for (size_t i = from; i < sizeof companions / sizeof companions[0]; i++)
        if (beside(name, path, companions[i], "") && unlink(name) != 0 && errno != ENOENT)
            log_line(LOG_LEVEL_WARNING, "%s: %s", name, strerror(errno));
}

static bool fill_new(struct store *store, const char *path, struct error *err)
{
    sqlite3 *db = NULL;
    if (!store->uuid[0])
        make_uuid(store->uuid);
    bool made = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK;
    made = made && schema_make(db, err);
    if (made && !(put_uuid(db, store->uuid) && sqlite3_exec(db, "PRAGMA journal_mode=WAL", NULL, NULL, NULL) == SQLITE_OK))
        made = error_set(err, "%s", sqlite3_errmsg(db));
    else if (!made && !db)
        error_set(err, "out of memory");
    store->rc = made ? SQLITE_OK : sqlite3_errcode(db);
    sqlite3_close(db);
    return made;
}

static bool make_new(struct store *store, struct error *err)
{
    char path[PATH_MOST];
    struct error why = {.text = ""};
    if (!beside(path, store->path, ".new", ""))
        return error_set(err, "%s: too long a path", store->path);
    unlink_all(path, 0);
    if (!fill_new(store, path, &why)) {
        unlink_all(path, 0);
        return error_set(err, "%s: cannot be made: %s", store->path, why.text);
    }
    unlink_all(store->path, 1); /* a log without its file would be replayed into the new one */
    if (rename(path, store->path) != 0) {
        store->rc = SQLITE_IOERR;
        return error_set(err, "%s: %s", store->path, strerror(errno));
    }
    sync_folder(store->path);
    return true;
}

/* ---- opening ---- */

static bool set_up(struct store *store)
{
    static const char pragmas[] =
        "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA secure_delete=OFF;PRAGMA mmap_size=0;PRAGMA temp_store=MEMORY;PRAGMA cell_size_check=ON;PRAGMA cache_size=-500;PRAGMA cache_spill=OFF";
    int on = 1;
    store->full_sync = false;
    return sqlite3_exec(store->db, pragmas, NULL, NULL, NULL) == SQLITE_OK &&
           sqlite3_file_control(store->db, "main", SQLITE_FCNTL_PERSIST_WAL, &on) == SQLITE_OK;
}

static bool prepare_all(struct store *store)
{
    for (int i = 0; i < ST_COUNT; i++)
        if (sqlite3_prepare_v3(store->db, statement_sql[i], -1, SQLITE_PREPARE_PERSISTENT, &store->statements[i], NULL) != SQLITE_OK)
            return false;
    return true;
}

void store_end(struct store *store)
{
    store_fresh_close(store);
    for (int i = 0; i < ST_COUNT; i++) {
        sqlite3_finalize(store->statements[i]);
        store->statements[i] = NULL;
    }
    if (sqlite3_close(store->db) != SQLITE_OK)
        log_line(LOG_LEVEL_ERROR, "the cache could not be closed: %s", sqlite3_errmsg(store->db));
    store->db = NULL;
    store->in_transaction = false;
}

enum opened { OPENED, OPEN_DAMAGED, OPEN_FAILED };

static enum opened failed(struct store *store, struct error *err)
{
    int rc = sqlite3_extended_errcode(store->db);
    if (sqlite3_db_readonly(store->db, "main") == 1)
        rc = SQLITE_READONLY;
    store->rc = rc == SQLITE_OK ? SQLITE_ERROR : rc;
    error_set(err, "%s: %s", store->path, rc == SQLITE_READONLY ? "read-only" : sqlite3_errmsg(store->db));
    /* A table or column that is missing is damage too: this version's file has them all. */
    return (rc & 0xFF) == SQLITE_CORRUPT || rc == SQLITE_NOTADB || rc == SQLITE_ERROR ? OPEN_DAMAGED : OPEN_FAILED;
}

static enum opened open_file(struct store *store, struct error *err)
{
    int version = 0;
    if (sqlite3_open_v2(store->path, &store->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, store_vfs()) != SQLITE_OK)
        return failed(store, err);
    sqlite3_extended_result_codes(store->db, 1);
    sqlite3_busy_timeout(store->db, BUSY_MS);
    enum schema_verdict verdict = schema_look(store->db, &version);
    if (refused(verdict, store->path, version, err)) {
        store->rc = SQLITE_PERM;
        store->failure = FAIL_REFUSED;
        return OPEN_FAILED;
    }
    if (verdict == SCHEMA_DAMAGED || verdict == SCHEMA_UNREADABLE || sqlite3_db_readonly(store->db, "main") == 1)
        return failed(store, err);
    if ((verdict == SCHEMA_EMPTY || verdict == SCHEMA_OLDER) && !schema_make(store->db, err))
        return failed(store, err);
    if (!set_up(store) || !prepare_all(store) || !store_recall(store))
        return failed(store, err);
    store_limit_pages(store);
    store_thin_aside(store, SPARE_MOST);
    store->keep = (struct keep){.phase = KEEP_IDLE};
    store->walk_id = INT64_MIN;
    store->runs = (struct runs){.id = INT64_MIN};
    store->walk_table = 0;
    return OPENED;
}

bool store_begin(struct store *store, struct error *err)
{
    store->failure = FAIL_NOW;
    for (int attempt = 0; attempt < 2; attempt++) {
        bool makes = !is_there(store->path);
        if (!take_lock(store, err))
            return false;
        if (makes && !make_new(store, err)) {
            store->failure = FAIL_NEW;
            return false;
        }
        store->begun_anew = store->begun_anew || makes;
        enum opened opened = open_file(store, err);
        if (opened == OPENED)
            return true;
        store_end(store);
        if (opened == OPEN_FAILED || !store_set_aside(store, err->text, err))
            return false;
    }
    return false;
}

/* ---- what the file knows ---- */

static int64_t number(struct store *store, sqlite3 *db, const char *sql)
{
    sqlite3_stmt *st = NULL;
    int64_t n = 0;
    int rc = sqlite3_prepare_v2(db, sql, -1, &st, NULL);
    if (rc == SQLITE_OK && (rc = sqlite3_step(st)) == SQLITE_ROW)
        n = sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    store->recall_failed = store->recall_failed || rc != SQLITE_ROW;
    return n;
}

static void read_uuid(sqlite3 *db, char uuid[37])
{
    sqlite3_stmt *st = NULL;
    if (sqlite3_prepare_v2(db, "SELECT value FROM meta WHERE key='uuid'", -1, &st, NULL) == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW &&
        sqlite3_column_bytes(st, 0) == 36)
        snprintf(uuid, 37, "%s", (const char *)sqlite3_column_text(st, 0));
    sqlite3_finalize(st);
}

/* The last batch in the journal. Its row says it without a checksum, the run in it with one; a number that is too small would be given twice. */
static uint64_t last_in_journal(struct store *store, sqlite3 *db)
{
    sqlite3_stmt *st = NULL;
    struct packer plain;
    uint64_t first, last = 0;
    packer_init(&plain);
    int rc = sqlite3_prepare_v2(db, "SELECT first_seq, last_seq, run FROM journal ORDER BY first_seq DESC LIMIT 1", -1, &st, NULL);
    if (rc == SQLITE_OK && (rc = sqlite3_step(st)) == SQLITE_ROW) {
        uint64_t row = (uint64_t)sqlite3_column_int64(st, 0), said = (uint64_t)sqlite3_column_int64(st, 1);
        bool reads = unsqueeze(sqlite3_column_blob(st, 2), (size_t)sqlite3_column_bytes(st, 2), SCHEMA_BLOB_MOST, &plain, NULL);
        if (!reads || !run_span(plain.bytes, plain.count, &first, &last) || first != row)
            last = said >= row && said - row < UNSEEN_BATCHES ? said : row + UNSEEN_BATCHES;
        rc = SQLITE_DONE;
    }
    sqlite3_finalize(st);
    packer_finish(&plain);
    store->recall_failed = store->recall_failed || rc != SQLITE_DONE;
    return last;
}

static void recall_stream(struct store *store, sqlite3 *db)
{
    uint64_t journal = last_in_journal(store, db), rest = (uint64_t)number(store, db,
        "SELECT max(ifnull((SELECT last_seq FROM stream ORDER BY first_seq DESC LIMIT 1), 0), ifnull((SELECT max(seq) FROM checkpoint), 0))");
    store->last_seq = journal > rest ? journal : rest;
    store->last_ms = number(store, db,
        "SELECT max(ifnull((SELECT last_ms FROM journal ORDER BY first_seq DESC LIMIT 1), 0),"
        " ifnull((SELECT last_ms FROM stream ORDER BY first_seq DESC LIMIT 1), 0), ifnull((SELECT ms FROM checkpoint ORDER BY seq DESC LIMIT 1), 0))");
}

bool store_recall(struct store *store)
{
    store->recall_failed = false;
    recall_stream(store, store->db);
    int64_t first_ms = number(store, store->db, "SELECT ifnull((SELECT first_ms FROM stream ORDER BY first_seq LIMIT 1), 0)");
    int64_t checkpoint_ms = number(store, store->db, "SELECT ifnull((SELECT ms FROM checkpoint ORDER BY seq DESC LIMIT 1), 0)");
    store->hours_most = number(store, store->db, "SELECT ifnull(max(hours_ms), 0) FROM series");
    store->hours_to = number(store, store->db, "SELECT ifnull(min(hours_ms), 0) FROM series");
    store->rc = SQLITE_OK;
    store_count_journal(store);
    if (store->recall_failed || store->rc != SQLITE_OK)
        return false;
    char uuid[37] = "";
    read_uuid(store->db, uuid);
    store_fresh_open(store, uuid);
    pthread_mutex_lock(&store->lock);
    store->status.durable_seq = store->last_seq;
    store->status.checkpoint_ms = checkpoint_ms;
    store->status.first_ms = first_ms ? first_ms : store->journal_first_ms ? store->journal_first_ms : store->newest.first_ms;
    pthread_mutex_unlock(&store->lock);
    return true;
}

/* What waits in the write-ahead log, or fresh beside it, shows only once the file can be written. Its numbers must not be given a second time:
 * more are skipped than it can hold. */
static void leave_room_for_log(struct store *store)
{
    char log[PATH_MOST], fresh[PATH_MOST];
    if (!beside(log, store->path, "-wal", "") || !beside(fresh, store->path, FRESH_SUFFIX, "") || (!is_there(log) && !is_there(fresh)))
        return;
    store->last_seq += UNSEEN_BATCHES;
    store->last_event += UNSEEN_EVENTS;
    store->last_series += UNSEEN_SERIES;
}

void store_recall_identities(struct store *store)
{
    sqlite3 *db = store->db ? store->db : open_immutable(store->path);
    sqlite3_stmt *st = NULL;
    if (!db)
        return;
    read_uuid(db, store->uuid);
    if (!store->uuid[0]) {
        make_uuid(store->uuid);
        if (store->db && !put_uuid(db, store->uuid))
            log_line(LOG_LEVEL_ERROR, "%s: %s", store->path, sqlite3_errmsg(db));
    }
    if (!store->db)
        recall_stream(store, db);
    if (sqlite3_prepare_v2(db, "SELECT id, path FROM series", -1, &st, NULL) == SQLITE_OK)
        while (sqlite3_step(st) == SQLITE_ROW)
            store_mark_series(store, (uint32_t)sqlite3_column_int64(st, 0), true);
    sqlite3_finalize(st);
    uint32_t ever = (uint32_t)number(store, db, "SELECT ifnull((SELECT seq FROM sqlite_sequence WHERE name='series'), 0)");
    if (ever > store->last_series)
        store->last_series = ever;
    store->last_event = (uint64_t)number(store, db, "SELECT ifnull((SELECT max(number) FROM event WHERE number<" SCHEMA_EVENT_IMPORTED "), 0)");
    if (db != store->db) {
        leave_room_for_log(store);
        sqlite3_close(db);
    }
}
