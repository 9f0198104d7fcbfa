/*
 * sim_dialect: a simulated plant as somebody else's broker would carry it: other topics, other names, other payloads; what is said and when stays the same. A key
 * tells which of it is what.
 *
 *     struct sim_dialect *dialect = sim_dialect_create("vendor", sim, &sink);
 *     ... sim_step() with a sink whose message() is sim_dialect_message(dialect, message) ...
 *     sim_dialect_flush(dialect);      // after each step
 *     sim_dialect_destroy(dialect);
 */
#ifndef ANDON_SIM_SIM_DIALECT_H
#define ANDON_SIM_SIM_DIALECT_H

#include "sim/sim.h"

struct sim_dialect_row { const char *name, *help; };

/* A value that the plant publishes, and how it is published in the dialect. */
struct sim_key {
    struct sim_tag was;       /* without a dialect */
    const char *topic, *path; /* path: JSON pointer; "" for the whole payload */
    const char *device;       /* what the payload calls its machine, where the topic does not; "" */
    const char *name;         /* of the tag: a level of the topic, a member, or a value of the payload */
};

struct sim_dialect;

/* The names of all dialects, first that which changes nothing; NULL behind the last. */
const struct sim_dialect_row *sim_dialect_at(size_t index);
/* Whether there is one of that name; err names all. */
bool sim_dialect_named(const char *name, struct error *err);
/* Of a named plant, by a name that there is. Messages go to the sink, which is copied; the simulation must outlive the call only. */
struct sim_dialect *sim_dialect_create(const char *name, const struct sim *sim, const struct sim_sink *sink);
void sim_dialect_destroy(struct sim_dialect *dialect);
void sim_dialect_message(struct sim_dialect *dialect, const struct sim_message *message);
/* Hands on what was gathered of the tick: some dialects tell all of a machine, or of several, in one message. */
void sim_dialect_flush(struct sim_dialect *dialect);
void sim_dialect_key(const struct sim_dialect *dialect, void (*take)(void *arg, const struct sim_key *key), void *arg);

#endif
