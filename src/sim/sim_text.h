/*
 * sim_text: text that grows: payloads, topics, the load plant's configuration.
 */
#ifndef ANDON_SIM_SIM_TEXT_H
#define ANDON_SIM_SIM_TEXT_H

#include <stddef.h>

struct sim_text {
    char *bytes; /* NUL-terminated once anything was added */
    size_t length, capacity;
};

void sim_text_clear(struct sim_text *text);
void sim_text_add(struct sim_text *text, const char *format, ...);
/* A JSON string with its quotes; the text is the simulator's own, so only quotes and backslashes need care. */
void sim_text_add_json(struct sim_text *text, const char *value);

#endif
