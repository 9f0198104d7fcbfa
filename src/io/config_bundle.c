#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <xxhash.h>

#include "core/memory.h"
#include "io/config_reader.h"

/* A struct bundle is the source text of a configuration: each file once, under the name by which the including file's folder
 * leads to it. A struct gather is one walk over the includes; its stack of names tells a cycle from a file that is used
 * twice. Nothing is parsed here but the @include lines and the keys that name tables. */

enum { MOST_FILES = 1000, DEEPEST_INCLUDE = 10, MOST_BYTES = 16 * 1024 * 1024 };

struct gather {
    struct bundle *bundle;
    struct diagnostics *diagnostics;
    size_t capacity, bytes;
    const char *stack[DEEPEST_INCLUDE + 1];
    size_t depth;
};

/* The include line that asked for a file; `file` NULL for the main one. */
struct asked {
    const char *file;
    size_t order;
    int line;
    const char *key; /* "@include", or the key of a table */
    bool table;      /* it is no configuration, and includes nothing */
};

static void bundle_seal(struct bundle *bundle)
{
    XXH3_state_t *state = XXH3_createState();
    if (!state)
        abort();
    XXH3_64bits_reset(state);
    const char *slash = bundle->count ? strrchr(bundle->files[0].name, '/') : NULL;
    size_t folder = slash ? (size_t)(slash - bundle->files[0].name) + 1 : 0;
    for (size_t i = 0; i < bundle->count; i++) {
        const struct bundle_file *file = &bundle->files[i];
        const char *name = folder && strncmp(file->name, bundle->files[0].name, folder) == 0 ? file->name + folder : file->name;
        /* The main file's own name says nothing about the plant. */
        XXH3_64bits_update(state, i ? name : "", i ? strlen(name) + 1 : 1);
        XXH3_64bits_update(state, file->text, file->length);
        XXH3_64bits_update(state, "", 1);
    }
    if (bundle->broker)
        XXH3_64bits_update(state, bundle->broker, strlen(bundle->broker));
    bundle->id = XXH3_64bits_digest(state);
    XXH3_freeState(state);
}

void bundle_finish(struct bundle *bundle)
{
    for (size_t i = 0; i < bundle->count; i++) {
        free(bundle->files[i].name);
        free(bundle->files[i].text);
    }
    free(bundle->files);
    free(bundle->broker);
    *bundle = (struct bundle){.files = NULL};
}

void bundle_of_text(struct bundle *bundle, const char *name, const char *text)
{
    *bundle = (struct bundle){.files = mem_zero(1, sizeof *bundle->files), .count = 1};
    bundle->files[0] = (struct bundle_file){.name = mem_text(name), .text = mem_text(text), .length = strlen(text)};
    bundle_seal(bundle);
}

void bundle_of_default(struct bundle *bundle)
{
    bundle_of_text(bundle, "built in", config_default_text);
}

bool bundle_set_broker(struct bundle *bundle, const char *url, struct error *err)
{
    if (!broker_url_valid(url, err))
        return false;
    free(bundle->broker);
    bundle->broker = mem_text(url);
    bundle_seal(bundle);
    return true;
}

char *path_beside(const char *from, const char *name, size_t length)
{
    const char *slash = strrchr(from, '/');
    size_t folder = slash && name[0] != '/' ? (size_t)(slash - from) + 1 : 0;
    while (length > 2 && name[0] == '.' && name[1] == '/') {
        name += 2;
        length -= 2;
    }
    char *path = mem_resize(NULL, folder + length + 1, 1);
    memcpy(path, from, folder);
    memcpy(path + folder, name, length);
    path[folder + length] = '\0';
    return path;
}

static size_t find_file(const struct bundle *bundle, const char *path)
{
    for (size_t i = 0; i < bundle->count; i++)
        if (strcmp(bundle->files[i].name, path) == 0)
            return i;
    return SIZE_MAX;
}

size_t bundle_find(const struct bundle *bundle, const char *from, const char *name, size_t length)
{
    char *path = path_beside(from, name, length);
    size_t index = find_file(bundle, path);
    free(path);
    return index;
}

/* ---- reading files ---- */

static bool read_all(int fd, size_t limit, struct bundle_file *out, struct error *err)
{
    size_t length = 0, capacity = 64 * 1024;
    char *text = mem_resize(NULL, capacity + 1, 1);
    for (;;) {
        ssize_t n = read(fd, text + length, capacity - length);
        if (n < 0 && errno == EINTR)
            continue;
        length += n > 0 ? (size_t)n : 0;
        if (n < 0 || length > limit) {
            free(text);
            return n < 0 ? error_set(err, "cannot be read: %s", strerror(errno))
                         : error_set(err, "makes the configuration larger than %d MiB", MOST_BYTES / 1024 / 1024);
        }
        if (n == 0)
            break;
        if (length == capacity)
            text = mem_resize(text, (capacity *= 2) + 1, 1);
    }
    text[length] = '\0';
    out->text = mem_resize(text, length + 1, 1);
    out->length = length;
    return true;
}

/* O_NONBLOCK: a FIFO without a writer must not hold us. */
static bool read_file(const char *path, size_t limit, struct bundle_file *out, struct error *err)
{
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return error_set(err, errno == ENOENT ? "there is no such file" : "cannot be opened: %s", strerror(errno));
    struct stat st;
    bool ok = fstat(fd, &st) == 0;
    if (!ok)
        error_set(err, "cannot be read: %s", strerror(errno));
    else if (!S_ISREG(st.st_mode))
        ok = error_set(err, S_ISDIR(st.st_mode) ? "is a folder, not a file" : "is not a regular file");
    else
        ok = read_all(fd, limit, out, err);
    close(fd);
    return ok;
}

static void gather_problem(struct gather *g, const struct asked *asked, const char *path, const char *what)
{
    char text[PATH_MOST];
    if (!asked->file) {
        diagnostics_add(g->diagnostics, SEVERITY_ERROR, path, 0, 0, "", what);
        return;
    }
    snprintf(text, sizeof text, "\"%s\" %s", path, what);
    diagnostics_add(g->diagnostics, SEVERITY_ERROR, asked->file, asked->order, asked->line, asked->key, text);
}

static void gather_file(struct gather *g, char *path_take, const struct asked *asked);

static void gather_includes(struct gather *g, size_t index)
{
    /* The array may move while an included file is added, its texts and names do not. */
    const struct bundle_file file = g->bundle->files[index];
    struct scanner s = scanner_of(file.text, file.length);
    struct table_watch watch = {.state = 0};
    for (enum token token = scan_next(&s); token != TOKEN_END; token = scan_next(&s)) {
        if (table_watch(&watch, &s, token)) {
            struct asked asked = {.file = file.name, .order = index, .line = s.line, .key = watch.row->key, .table = true};
            gather_file(g, path_beside(file.name, s.start + 1, s.length - 2), &asked);
        }
        if (token != TOKEN_INCLUDE)
            continue;
        const char *quote = memchr(s.start, '"', s.length);
        struct asked asked = {.file = file.name, .order = index, .line = s.line, .key = "@include"};
        gather_file(g, path_beside(file.name, quote + 1, (size_t)(s.start + s.length - quote) - 2), &asked);
    }
}

static bool on_stack(const struct gather *g, const char *path)
{
    for (size_t i = 0; i < g->depth; i++)
        if (strcmp(g->stack[i], path) == 0)
            return true;
    return false;
}

static void gather_file(struct gather *g, char *path_take, const struct asked *asked)
{
    struct error err = {.text = ""};
    struct bundle_file file = {.name = path_take, .text = NULL};
    bool known = find_file(g->bundle, path_take) != SIZE_MAX;
    if (on_stack(g, path_take))
        gather_problem(g, asked, path_take, "includes itself");
    else if (g->depth > DEEPEST_INCLUDE)
        gather_problem(g, asked, path_take, "is included more than 10 levels deep");
    else if (!known && g->bundle->count >= MOST_FILES)
        gather_problem(g, asked, path_take, "is one file too many; 1,000 are allowed");
    else if (!known && !read_file(path_take, MOST_BYTES - g->bytes, &file, &err))
        gather_problem(g, asked, path_take, err.text);
    if (known) {
        free(path_take);
        return;
    }
    bool read = file.text != NULL;
    if (!read)
        file.text = mem_text("");
    size_t index = g->bundle->count;
    g->bytes += file.length;
    g->bundle->files = mem_grow(g->bundle->files, index, &g->capacity, sizeof file);
    g->bundle->files[g->bundle->count++] = file;
    if (!read || asked->table)
        return;
    g->stack[g->depth++] = file.name;
    gather_includes(g, index);
    g->depth--;
}

bool bundle_gather(const char *path, struct bundle *bundle, struct diagnostics *diagnostics)
{
    size_t before = diagnostics->errors;
    *bundle = (struct bundle){.files = NULL};
    struct gather g = {.bundle = bundle, .diagnostics = diagnostics};
    struct asked main_file = {.file = NULL};
    gather_file(&g, mem_text(path), &main_file);
    bundle_seal(bundle);
    return diagnostics->errors == before;
}

bool config_gather(const char *path, struct bundle *bundle, struct diagnostics *diagnostics)
{
    struct bundle gathered;
    if (!bundle_gather(path, &gathered, diagnostics)) {
        bundle_finish(&gathered);
        return false;
    }
    *bundle = gathered;
    return true;
}

/* ---- as bytes ---- */

void bundle_pack(const struct bundle *bundle, struct packer *p)
{
    pack_varint(p, bundle->count);
    for (size_t i = 0; i < bundle->count; i++) {
        pack_text(p, bundle->files[i].name);
        pack_varint(p, bundle->files[i].length);
        pack_bytes(p, bundle->files[i].text, bundle->files[i].length);
    }
    pack_text(p, bundle->broker ? bundle->broker : "");
}

/* A text of a length that is checked before it is allocated; NULL after damage. */
static char *unpack_copy(struct unpacker *u, size_t *length)
{
    uint64_t n = unpack_varint(u);
    const char *bytes = n <= MOST_BYTES && !u->failed ? unpack_bytes(u, (size_t)n) : NULL;
    *length = bytes ? (size_t)n : 0;
    return bytes ? mem_text_n(bytes, (size_t)n) : NULL;
}

bool bundle_unpack(struct bundle *bundle, const void *bytes, size_t length, struct error *err)
{
    struct unpacker u = unpacker_of(bytes, length);
    struct bundle out = {.files = NULL};
    uint64_t count = unpack_varint(&u);
    bool ok = !u.failed && count >= 1 && count <= MOST_FILES;
    out.files = mem_zero(ok ? (size_t)count : 1, sizeof *out.files);
    while (ok && out.count < count) {
        struct bundle_file *file = &out.files[out.count++];
        size_t name_length;
        file->name = unpack_copy(&u, &name_length);
        file->text = unpack_copy(&u, &file->length);
        ok = file->name && file->text && strlen(file->name) == name_length;
    }
    size_t broker_length = 0;
    out.broker = ok ? unpack_copy(&u, &broker_length) : NULL;
    ok = ok && out.broker && u.at == u.end;
    if (ok && broker_length == 0) {
        free(out.broker);
        out.broker = NULL;
    }
    if (!ok || (out.broker && !broker_url_valid(out.broker, NULL))) {
        bundle_finish(&out);
        return error_set(err, "the configuration that was sent is damaged");
    }
    bundle_seal(&out);
    *bundle = out;
    return true;
}
