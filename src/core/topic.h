/*
 * topic: finds the binding of a topic. A tree by topic level; finding costs the topic's levels, whatever the number of
 * tags. MQTT 5 section 4.7: + is one level, # the rest; neither matches a first level that starts with $.
 *
 * The most specific filter wins: a literal level before +, + before #, decided at the first level where they differ.
 */
#ifndef ANDON_CORE_TOPIC_H
#define ANDON_CORE_TOPIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NO_BINDING UINT32_MAX

struct topic_tree;

struct topic_tree *topic_tree_create(void);
void topic_tree_destroy(struct topic_tree *tree);
/* Adds a well-formed filter; false when the same filter for the same broker is there already (*other is its binding). */
bool topic_tree_add(struct topic_tree *tree, const char *filter, uint16_t broker, uint32_t binding, uint32_t *other);
/* The binding of a topic that came from `broker`, or NO_BINDING. The filter decides first; of two equal filters
 * the one for this broker wins over the one for any. */
uint32_t topic_tree_find(const struct topic_tree *tree, const char *topic, size_t length, uint16_t broker);
/* A well-formed filter (1 to 65535 bytes, wildcards alone in their level, # last); a well-formed topic has none. */
bool topic_filter_valid(const char *filter);
bool topic_valid(const char *topic, size_t length);
/* Does a filter match a topic? The plain definition, used by tests to check the tree. */
bool topic_matches(const char *filter, const char *topic);

#endif
