#include <stdio.h>
#include <string.h>

#include "core/memory.h"
#include "core/topic.h"
#include "io/config_reader.h"

/* What says whether publishers live becomes a tag "online" of role availability on the node that it is said of: by the node itself, else by its type, else by the
 * broker, whose topic belongs to the nodes that its deepest capture names. */

enum { MOST_WORDS = 32 };

static const char tag_name[] = "online";

static const char **read_texts(struct reader *r, const struct fields *f, const char *key, size_t *count)
{
    setting_t *s = field(f, key);
    int n = 0;
    *count = 0;
    if (!s)
        return NULL;
    text_at(s, 0, &n);
    if (n > MOST_WORDS) {
        complain(r, s, "%d values; %d are allowed", n, MOST_WORDS);
        return NULL;
    }
    const char **texts = plant_take(&r->build, (size_t)n * sizeof *texts);
    for (int i = 0; i < n; i++)
        texts[i] = plant_keep_text(&r->build, setting_text(text_at(s, i, &n)));
    *count = (size_t)n;
    return texts;
}

void read_liveness(struct reader *r, const struct fields *f, const char ***alive, size_t *alive_count, const char ***dead, size_t *dead_count)
{
    *alive = read_texts(r, f, "alive", alive_count);
    *dead = read_texts(r, f, "dead", dead_count);
}

void read_availability(struct reader *r, const struct fields *f, struct availability *out)
{
    setting_t *s = field(f, "availability");
    *out = (struct availability){.where = s};
    read_liveness(r, f, &out->alive, &out->alive_count, &out->dead, &out->dead_count);
    for (int i = 0; i < 2 && !s; i++)
        if (field(f, i ? "dead" : "alive"))
            warn(r, field(f, i ? "dead" : "alive"), "without \"availability\" it means nothing");
    if (!s)
        return;
    char topic[TEXT_MOST];
    const char *text = setting_text(s), *hash = strchr(text, '#');
    size_t length = hash ? (size_t)(hash - text) : strlen(text);
    if (length == 0 || length >= sizeof topic || memchr(text, '+', length) || (hash && hash[1] != '/')) {
        complain(r, s, "\"%s\" is not one topic, with {captures} where it is one for each, and #/pointer where the payload is JSON", text);
        out->where = NULL;
        return;
    }
    memcpy(topic, text, length);
    topic[length] = '\0';
    out->topic = plant_keep_text(&r->build, topic);
    out->path = hash ? plant_keep_text(&r->build, hash + 1) : NULL;
}

/* The level of the nodes that a topic tells of. */
static enum level level_of(const char *topic)
{
    static const char *const captures[] = {[LEVEL_AREA] = "{area}", [LEVEL_LINE] = "{line}", [LEVEL_UNIT] = "{unit}"};
    for (int level = LEVEL_UNIT; level > LEVEL_SITE; level--)
        if (strstr(topic, captures[level]))
            return (enum level)level;
    return LEVEL_SITE;
}

static const struct template *named(const struct templates *tags, const char *name)
{
    for (size_t i = 0; i < tags->count; i++)
        if (strcmp(tags->rows[i].def->name, name) == 0)
            return &tags->rows[i];
    return NULL;
}

static bool has_one(const struct templates *tags)
{
    for (size_t i = 0; i < tags->count; i++)
        if (tags->rows[i].def->role == ROLE_AVAILABILITY)
            return true;
    return false;
}

static void add(struct reader *r, const struct availability *a, const char *name, int broker, struct templates *tags)
{
    const struct template *there = named(tags, name);
    if (there && there->def->role != ROLE_AVAILABILITY)
        complain(r, a->where, "it would be told by a tag \"%s\", and there is one already: give that role = \"availability\" instead", name);
    if (there)
        return;
    const struct tag_def def = {.name = name, .kind = KIND_BOOL, .role = ROLE_AVAILABILITY, .decimals = DECIMALS_AUTO, .scale = 1, .alive = a->alive, .alive_count = a->alive_count,
        .dead = a->dead, .dead_count = a->dead_count};
    tags->rows = mem_grow(tags->rows, tags->count, &tags->capacity, sizeof *tags->rows);
    tags->rows[tags->count++] = (struct template){.where = a->where, .alone = true, .def = plant_add_def(&r->build, def),
        .feed = {.topic_where = a->where, .path_where = a->where, .topic = a->topic, .path = a->path, .format = -1, .time_format = -1, .broker = broker}};
}

/* Of all that one broker carries; with several of them each has its own. */
static void add_of_brokers(struct reader *r, struct templates *tags)
{
    for (size_t b = 0; b < r->broker_availability_count; b++) {
        const struct availability *a = &r->broker_availabilities[b];
        char name[2 * NAME_MOST];
        if (!a->where || level_of(a->topic) != LEVEL_SITE)
            continue;
        snprintf(name, sizeof name, r->broker_availability_count > 1 ? "%s-%.60s" : "%s", tag_name, r->build.plant->brokers[b].name);
        add(r, a, plant_keep_text(&r->build, name), (int)b, tags);
    }
}

/* The broker's own of that level; where it is not said which broker it is, the only one that tells it. */
static const struct availability *of_broker(const struct reader *r, enum level level, int *broker)
{
    const struct availability *found = NULL;
    int of = -1;
    for (size_t b = 0; b < r->broker_availability_count; b++) {
        const struct availability *a = &r->broker_availabilities[b];
        if (!a->where || level_of(a->topic) != level || (*broker >= 0 && (size_t)*broker != b))
            continue;
        if (found)
            return NULL;
        found = a;
        of = (int)b;
    }
    if (found)
        *broker = of;
    return found;
}

void availability_tags(struct reader *r, const struct fields *f, enum level level, const struct type *type, int broker, struct templates *tags)
{
    struct availability own;
    const struct availability *a = &own;
    read_availability(r, f, &own);
    if (!a->where && type && type->availability.where)
        a = &type->availability;
    if (!a->where && level == LEVEL_SITE)
        add_of_brokers(r, tags);
    if (!a->where && level > LEVEL_SITE && (level < LEVEL_UNIT || tags->count > 0))
        a = of_broker(r, level, &broker);
    if (!a || !a->where)
        return;
    if (!has_one(tags))
        add(r, a, tag_name, broker, tags);
}
