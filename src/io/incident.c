/*
 * The members are read one after the other, in any order; what is not known is passed over. The bundle is put together at the end, when the names are there.
 */
#include "io/incident.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "io/packed.h"

enum { FILES_MOST = 1000, MEMBER_MOST = 16 << 20 };

struct contents {
    char *texts[FILES_MOST];
    size_t lengths[FILES_MOST];
    char *names;
    size_t names_length;
    bool rebuilt, captured;
};

bool incident_is(const char *path)
{
    struct packed *p = strcmp(path, "-") == 0 ? NULL : packed_open(path, NULL);
    bool is = p && packed_is_archive(p);
    packed_close(p);
    return is;
}

static char *read_member(struct packed *p, size_t *length, struct error *err)
{
    size_t capacity = 65536;
    char *text = mem_resize(NULL, capacity + 1, 1);
    ssize_t n;
    *length = 0;
    while ((n = packed_read(p, text + *length, capacity - *length, err)) > 0) {
        *length += (size_t)n;
        if (*length == capacity && capacity < MEMBER_MOST)
            text = mem_resize(text, (capacity *= 2) + 1, 1);
        else if (*length == capacity) {
            n = -1;
            error_set(err, "a member is larger than %d MiB", MEMBER_MOST >> 20);
            break;
        }
    }
    text[*length] = '\0';
    if (n == 0)
        return text;
    free(text);
    return NULL;
}

static bool read_all(struct packed *p, struct contents *c, struct error *err)
{
    const char *name;
    while ((name = packed_next(p, err))) {
        char *end = NULL;
        long number = strncmp(name, "config/", 7) == 0 && name[7] >= '0' && name[7] <= '9' ? strtol(name + 7, &end, 10) : -1;
        c->rebuilt = c->rebuilt || strcmp(name, INCIDENT_HISTORY) == 0;
        c->captured = c->captured || strcmp(name, INCIDENT_CAPTURE) == 0;
        if (strcmp(name, INCIDENT_NAMES) == 0 && !c->names) {
            if (!(c->names = read_member(p, &c->names_length, err)))
                return false;
        } else if (number >= 0 && number < FILES_MOST && !*end && !c->texts[number]) {
            if (!(c->texts[number] = read_member(p, &c->lengths[number], err)))
                return false;
        }
    }
    return !err->text[0];
}

/* As bundle_pack() would have it, so that bundle_unpack() looks it over. */
static bool put_together(const struct contents *c, struct bundle *bundle, struct error *err)
{
    struct packer p;
    size_t count = 0;
    packer_init(&p);
    while (count < FILES_MOST && c->texts[count])
        count++;
    pack_varint(&p, count);
    const char *at = c->names ? c->names : "";
    bool good = count > 0 && (c->rebuilt || c->captured);
    for (size_t i = 0; i < count && good; i++) {
        char name[4096];
        size_t length = strcspn(at, "\n");
        good = length > 0 && length < sizeof name;
        if (!good)
            break;
        memcpy(name, at, length);
        name[length] = '\0';
        at += length + (at[length] != '\0');
        pack_text(&p, name);
        pack_varint(&p, c->lengths[i]);
        pack_bytes(&p, c->texts[i], c->lengths[i]);
    }
    pack_text(&p, "");
    good = good ? bundle_unpack(bundle, p.bytes, p.count, err) : error_set(err, "it is no file of andon incident: configuration or capture are missing");
    packer_finish(&p);
    return good;
}

bool incident_config(const char *path, struct bundle *bundle, bool *rebuilt, struct error *err)
{
    struct error why = {.text = ""};
    struct packed *p = packed_open(path, err);
    if (!p)
        return false;
    struct contents *c = mem_zero(1, sizeof *c);
    bool good = read_all(p, c, &why) && put_together(c, bundle, &why);
    if (!good)
        error_set(err, "%.200s: %.200s", path, why.text);
    *rebuilt = c->rebuilt;
    for (size_t i = 0; i < FILES_MOST; i++)
        free(c->texts[i]);
    free(c->names);
    free(c);
    packed_close(p);
    return good;
}
