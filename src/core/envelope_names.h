/*
 * envelope_names: what one message tells of others: that item 101 of a topic is called "level", that the field /temperature of another is in degrees. Industrial Edge's metadata,
 * Zigbee2MQTT's list of devices and Home Assistant's discovery are such messages; mostly retained.
 *
 * Bounded: what is beyond ENVELOPE_NAMES_MOST is not kept.
 */
#ifndef ANDON_CORE_ENVELOPE_NAMES_H
#define ANDON_CORE_ENVELOPE_NAMES_H

#include <stdbool.h>
#include <stddef.h>

enum { ENVELOPE_NAMES_MOST = 50000, ENVELOPE_NAME_BYTES = 96, ENVELOPE_UNIT_BYTES = 24 };

struct envelope_name {
    char name[ENVELOPE_NAME_BYTES]; /* "" when only the unit was told */
    char unit[ENVELOPE_UNIT_BYTES]; /* "" */
};

struct envelope_names;

struct envelope_names *envelope_names_create(void);
void envelope_names_destroy(struct envelope_names *names);
/* What is told of a key of a topic: an item's number, or the pointer of a field; NULL when nothing is. */
const struct envelope_name *envelope_names_find(const struct envelope_names *names, const char *topic, const char *key);
/* Keeps it, over what was there. Texts have passed the gate. */
void envelope_names_put(struct envelope_names *names, const char *topic, const char *key, const char *name, const char *unit);

#endif
