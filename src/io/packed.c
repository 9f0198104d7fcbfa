/*
 * A struct packed is one file that libarchive reads: as "raw" it is one member without a name, so that a stream and an archive are read alike. The
 * first header is read when it is opened, since only then it is known which of both it is. A gzip stream goes by zlib, which gives what is there of a file that
 * ends in the middle, where libarchive gives nothing of the last 64 KiB. A struct packing is a tar that is being written.
 */
#include "io/packed.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "core/memory.h"
#include "core/text_gate.h"

enum { BLOCK_BYTES = 64 * 1024, COPY_BYTES = 64 * 1024, TAR_HEAD = 512, TAR_MAGIC = 257 };

struct packed {
    struct archive *archive;
    struct archive_entry *entry;
    int fd;
    bool is_archive, at_first, empty;
    struct error why; /* it could not be read from its very beginning; "": it could */
    int64_t size; /* of the file; 0: unknown */
    gzFile gz;    /* a stream by zlib: archive is then NULL */
};

static bool failed(struct archive *a, struct error *err)
{
    const char *said = archive_error_string(a);
    char clean[200];
    text_gate(said ? said : "cannot be read", said ? strlen(said) : strlen("cannot be read"), clean, sizeof clean, NULL);
    return error_set(err, "%s", clean);
}

static struct archive *reader_of(int fd)
{
    struct archive *a = archive_read_new();
    archive_read_support_filter_gzip(a);
    archive_read_support_filter_bzip2(a);
    archive_read_support_filter_xz(a);
    archive_read_support_filter_zstd(a);
    archive_read_support_filter_lz4(a);
    archive_read_support_format_tar(a);
    archive_read_support_format_raw(a);
    archive_read_support_format_empty(a);
    return archive_read_open_fd(a, fd, BLOCK_BYTES) == ARCHIVE_OK ? a : (archive_read_free(a), NULL);
}

/* A gzip file that holds no tar, by zlib; NULL for anything else, and then it is at its beginning again. */
static gzFile gzip_stream(int fd)
{
    unsigned char head[TAR_HEAD];
    int copy;
    if (pread(fd, head, 2, 0) != 2 || head[0] != 0x1f || head[1] != 0x8b || (copy = dup(fd)) < 0)
        return NULL;
    gzFile gz = gzdopen(copy, "rb");
    if (!gz) {
        close(copy);
        return NULL;
    }
    bool tar = gzread(gz, head, TAR_HEAD) == TAR_HEAD && memcmp(head + TAR_MAGIC, "ustar", 5) == 0;
    if (!tar && gzrewind(gz) == 0)
        return gz;
    gzclose(gz);
    lseek(fd, 0, SEEK_SET);
    return NULL;
}

struct packed *packed_open(const char *path, struct error *err)
{
    bool standard = strcmp(path, "-") == 0;
    struct stat info;
    int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return error_set(err, "%s: %s", path, strerror(errno)), NULL;
    bool known = fstat(fd, &info) == 0;
    gzFile gz = known && S_ISREG(info.st_mode) ? gzip_stream(fd) : NULL;
    if (gz) {
        struct packed *p = mem_zero(1, sizeof *p);
        *p = (struct packed){.gz = gz, .fd = standard ? -1 : fd, .size = (int64_t)info.st_size, .at_first = true};
        return p;
    }
    struct archive *a = known && S_ISDIR(info.st_mode) ? NULL : reader_of(fd);
    if (!a) {
        error_set(err, known && S_ISDIR(info.st_mode) ? "%s: is a folder, not a file" : "%s: cannot be read", path);
        if (!standard)
            close(fd);
        return NULL;
    }
    struct packed *p = mem_zero(1, sizeof *p);
    *p = (struct packed){.archive = a, .fd = standard ? -1 : fd, .size = known && S_ISREG(info.st_mode) ? (int64_t)info.st_size : 0, .at_first = true};
    int rc = archive_read_next_header(a, &p->entry);
    p->empty = rc != ARCHIVE_OK && rc != ARCHIVE_WARN;
    if (p->empty && rc != ARCHIVE_EOF)
        failed(a, &p->why);
    p->is_archive = !p->empty && (archive_format(a) & ARCHIVE_FORMAT_BASE_MASK) == ARCHIVE_FORMAT_TAR;
    return p;
}

bool packed_is_archive(const struct packed *packed)
{
    return packed->is_archive;
}

const char *packed_next(struct packed *p, struct error *err)
{
    error_set(err, "%s", "");
    if (p->empty || p->gz)
        return NULL;
    if (!p->at_first) {
        int rc = archive_read_next_header(p->archive, &p->entry);
        if (rc != ARCHIVE_OK && rc != ARCHIVE_EOF && rc != ARCHIVE_WARN)
            failed(p->archive, err);
        if (rc != ARCHIVE_OK && rc != ARCHIVE_WARN)
            return NULL;
    }
    p->at_first = false;
    const char *name = archive_entry_pathname(p->entry);
    return name ? name : "";
}

static ssize_t gzip_read(struct packed *p, void *bytes, size_t cap, struct error *err)
{
    int code, n = gzread(p->gz, bytes, (unsigned)(cap < INT_MAX ? cap : INT_MAX));
    if (n > 0)
        return n;
    const char *said = gzerror(p->gz, &code);
    if (code == Z_OK || code == Z_STREAM_END)
        return 0;
    error_set(err, "%.100s", code == Z_BUF_ERROR ? "the compressed file ends in the middle" : said);
    return -1;
}

ssize_t packed_read(struct packed *p, void *bytes, size_t cap, struct error *err)
{
    if (p->gz)
        return gzip_read(p, bytes, cap, err);
    if (p->empty)
        return p->why.text[0] ? (error_set(err, "%s", p->why.text), -1) : 0;
    ssize_t n = archive_read_data(p->archive, bytes, cap);
    if (n < 0)
        failed(p->archive, err);
    return n < 0 ? -1 : n;
}

double packed_share(const struct packed *p)
{
    if (p->size <= 0)
        return -1;
    double share = (p->gz ? (double)gzoffset(p->gz) : (double)archive_filter_bytes(p->archive, -1)) / (double)p->size;
    return share < 0 ? 0 : share > 1 ? 1 : share;
}

void packed_close(struct packed *p)
{
    if (!p)
        return;
    if (p->gz)
        gzclose(p->gz);
    else
        archive_read_free(p->archive);
    if (p->fd >= 0)
        close(p->fd);
    free(p);
}

/* ---- writing ---- */

struct packing {
    struct archive *archive;
    int fd;
    char path[4096];
};

struct packing *packing_create(const char *path, bool *there, struct error *err)
{
    *there = false;
    if (strlen(path) >= sizeof((struct packing *)0)->path)
        return error_set(err, "the file's name is too long"), NULL;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        *there = errno == EEXIST;
        return error_set(err, "%s: %s", path, strerror(errno)), NULL;
    }
    struct packing *p = mem_zero(1, sizeof *p);
    p->fd = fd;
    snprintf(p->path, sizeof p->path, "%s", path);
    p->archive = archive_write_new();
    archive_write_add_filter_gzip(p->archive);
    archive_write_set_format_pax_restricted(p->archive);
    if (archive_write_open_fd(p->archive, fd) == ARCHIVE_OK)
        return p;
    failed(p->archive, err);
    packing_close(p, false, NULL);
    return NULL;
}

static bool begin_member(struct packing *p, const char *name, int64_t size, int64_t time_ms, struct error *err)
{
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, name);
    archive_entry_set_size(entry, size);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0600);
    archive_entry_set_mtime(entry, (time_t)(time_ms / 1000), 0);
    int rc = archive_write_header(p->archive, entry);
    archive_entry_free(entry);
    return rc == ARCHIVE_OK || failed(p->archive, err);
}

static bool put(struct packing *p, const void *bytes, size_t length, struct error *err)
{
    return archive_write_data(p->archive, bytes, length) == (la_ssize_t)length || failed(p->archive, err);
}

bool packing_add(struct packing *p, const char *name, const void *bytes, size_t length, int64_t time_ms, struct error *err)
{
    return begin_member(p, name, (int64_t)length, time_ms, err) && (length == 0 || put(p, bytes, length, err));
}

bool packing_add_file(struct packing *p, const char *name, int fd, int64_t time_ms, struct error *err)
{
    struct stat info;
    char *bytes = mem_zero(COPY_BYTES, 1);
    bool good = (fstat(fd, &info) == 0 || error_set(err, "%s: %s", name, strerror(errno))) && begin_member(p, name, (int64_t)info.st_size, time_ms, err);
    for (int64_t left = good ? (int64_t)info.st_size : 0; good && left > 0;) {
        ssize_t n = read(fd, bytes, left < COPY_BYTES ? (size_t)left : COPY_BYTES);
        good = n > 0 ? put(p, bytes, (size_t)n, err) : error_set(err, "%s: %s", name, n < 0 ? strerror(errno) : "it became shorter");
        left -= n;
    }
    free(bytes);
    return good;
}

bool packing_close(struct packing *p, bool good, struct error *err)
{
    if (!p)
        return good;
    if (archive_write_close(p->archive) != ARCHIVE_OK && good)
        good = failed(p->archive, err);
    archive_write_free(p->archive);
    if (close(p->fd) != 0 && good)
        good = error_set(err, "%s: %s", p->path, strerror(errno));
    if (!good)
        unlink(p->path);
    free(p);
    return good;
}
