/*
 * envelope_note: messages that tell what is in others. Each reads one JSON text into a struct envelope_names (`names`).
 */
#ifndef ANDON_CORE_ENVELOPE_NOTE_H
#define ANDON_CORE_ENVELOPE_NOTE_H

#include "core/payload_json.h"

/* connections / dataPoints / dataPointDefinitions: of each data point's topic, what its ids are called. */
void note_industrial_edge(struct json *json, const char *topic, void *names);
/* The bridge's list of devices: of each device's topic, the units of its fields. */
void note_zigbee2mqtt(struct json *json, const char *topic, void *names);
/* state_topic, value_template, unit_of_measurement, and their short forms. */
void note_home_assistant(struct json *json, const char *topic, void *names);
/* Tells nothing that is used. */
void note_nothing(struct json *json, const char *topic, void *names);

#endif
