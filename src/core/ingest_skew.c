#include <stdlib.h>
#include <string.h>

#include "core/ingest_private.h"
#include "core/memory.h"

void ingest_skews_begin(struct ingest_skews *s, const struct plant *plant)
{
    *s = (struct ingest_skews){.plant = plant, .by_node = mem_zero(plant->node_count, sizeof *s->by_node), .seen = NO_SKEW};
    for (uint32_t n = 0; n < plant->node_count; n++)
        s->by_node[n] = NO_SKEW;
}

void ingest_skews_finish(struct ingest_skews *s)
{
    free(s->by_node);
    skews_finish(&s->skews);
}

/* Once a message. */
static void see(struct ingest_skews *s, uint32_t meter, int64_t ms)
{
    if (meter == NO_SKEW || meter == s->seen)
        return;
    s->seen = meter;
    skews_see(&s->skews, meter, ms);
}

/* Who tells whether it lives stamps what comes from it; else each node does. */
void ingest_skew_of_tag(struct ingest_skews *s, uint32_t tag, int64_t ms)
{
    uint32_t node = s->plant->tags[tag].node;
    if (s->by_node[node] == NO_SKEW) {
        char path[KEY_BYTES];
        uint32_t publisher = plant_tag_publisher(s->plant, tag, NO_PUBLISHER);
        size_t length = plant_node_path(s->plant, publisher == NO_PUBLISHER ? node : s->plant->publishers[publisher].node, path, sizeof path);
        s->by_node[node] = skews_of(&s->skews, path, length);
    }
    see(s, s->by_node[node], ms);
}

/* All that shares the topic down to its last level. */
void ingest_skew_of_topic(struct ingest_skews *s, const char *topic, int64_t ms)
{
    const char *slash = strrchr(topic, '/');
    see(s, skews_of(&s->skews, topic, slash ? (size_t)(slash - topic) : strlen(topic)), ms);
}
