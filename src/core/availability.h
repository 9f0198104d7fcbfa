/*
 * availability: what publishers, or their last will, say of whether they live: the words and numbers for it, and the topics in which it is said by custom
 * (Tasmota's LWT, Zigbee2MQTT's and Home Assistant's availability, Shelly's online, Homie's $state). Pure: used where samples come in, and by the fold for
 * what nobody has configured.
 */
#ifndef ANDON_CORE_AVAILABILITY_H
#define ANDON_CORE_AVAILABILITY_H

#include <stdbool.h>
#include <stddef.h>

#include "core/plant.h"
#include "core/value.h"

enum liveness { LIVENESS_UNKNOWN, LIVENESS_DEAD, LIVENESS_ALIVE };

/* What a value means; `text` is that of VALUE_TEXT. Words are compared without case: "Online", "disconnected", "lost"; 0 is dead, other numbers are alive. */
enum liveness availability_value(struct value value, const char *text);
/* A value of a tag of that role as a boolean: by its own lists, else as above; false: it means neither. */
bool availability_read(const struct tag_def *def, struct value value, const char *text, struct value *out);
/* Of a series key ("main:tele/P07/LWT#") that by its name says whether a publisher lives: how much of it all keys of that publisher begin with
 * ("main:tele/P07", then '/' or '#'); 0: it is none. *words: its name says so little that only a word that can mean nothing else counts. */
size_t availability_key(const char *key, bool *words);
/* The same as availability_value() for such a name. */
enum liveness availability_word(struct value value, const char *text);

#endif
