#include <string.h>

#include "core/plant.h"
#include "core/topic.h"
#include "fuzz.h"

enum { FILTERS = 64, LINE = 256 };

/* Every line but the last is a filter, the last is the topic: the tree and the plain definition must agree. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char filters[FILTERS][LINE];
    char topic[LINE];
    uint32_t count = 0, other = 0;
    struct topic_tree *tree = topic_tree_create();
    const char *at = (const char *)data, *end = at + size;
    for (const char *line_end; (line_end = memchr(at, '\n', (size_t)(end - at))) != NULL && count < FILTERS; at = line_end + 1) {
        size_t length = (size_t)(line_end - at);
        if (length >= LINE || memchr(at, '\0', length))
            continue;
        memcpy(filters[count], at, length);
        filters[count][length] = '\0';
        if (!topic_filter_valid(filters[count]))
            continue;
        if (topic_tree_add(tree, filters[count], ANY_BROKER, count, &other))
            count++;
        else
            PROMISE(strcmp(filters[other], filters[count]) == 0);
    }
    size_t length = (size_t)(end - at);
    uint32_t found = topic_tree_find(tree, at, length, 0);
    if (length < LINE && topic_valid(at, length)) {
        memcpy(topic, at, length);
        topic[length] = '\0';
        PROMISE(found == NO_BINDING || topic_matches(filters[found], topic));
        for (uint32_t f = 0; f < count && found == NO_BINDING; f++)
            PROMISE(!topic_matches(filters[f], topic));
        for (uint32_t f = 0; f < count; f++) /* nothing is more specific than the topic itself */
            PROMISE(strcmp(filters[f], topic) != 0 || found == f);
    }
    topic_tree_destroy(tree);
    return 0;
}
