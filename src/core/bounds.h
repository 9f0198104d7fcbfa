/*
 * bounds: everything that grows has its limit in this one table, and the health view shows how full each one is.
 */
#ifndef ANDON_CORE_BOUNDS_H
#define ANDON_CORE_BOUNDS_H

#include <stdint.h>

enum bound {
    BOUND_TOPICS,        /* topics outside the configuration that are listed */
    BOUND_SERIES,        /* series discovered in them (one topic may hold several fields) */
    BOUND_PAYLOAD_BYTES, /* largest payload that is looked at */
    BOUND_JSON_DEPTH,
    BOUND_JSON_TOKENS,   /* values and names in one message */
    BOUND_TEXT_BYTES,    /* longest text value, after the gate */
    BOUND_TOPIC_BYTES,
    BOUND_QUEUE_BYTES,   /* messages waiting between the brokers' threads and the loop */
    BOUND_RAW_BYTES,     /* the ring of last raw payloads */
    BOUND_CLIENT_BYTES,  /* how far a screen may fall behind */
    BOUND_CLIENTS,
    BOUND_INTERVALS,     /* remembered state intervals of one unit or line */
    BOUND_CELLS,         /* remembered cells of one unit's or line's account */
    BOUND_STOPS,         /* remembered stops of the plant */
    BOUND_ENERGY_CELLS,  /* remembered cells of one meter */
    BOUND_DEFECTS,       /* kinds of defects that are told apart in one cell of an account */
    BOUND_TIME_AHEAD_MS, /* a source time further ahead of arrival is not credible */
    BOUND_TIME_OLDEST_MS,/* nor one before this (UTC ms): 2000-01-01 */
    BOUND_COUNT
};

struct bound_row {
    const char *name;  /* key under `bounds` in the configuration */
    const char *title; /* for people */
    const char *unit;  /* "bytes", "ms", "" */
    int64_t preset, min, max;
    const char *help;
};

extern const struct bound_row bound_table[BOUND_COUNT];

struct bounds {
    int64_t limit[BOUND_COUNT];
};

void bounds_preset(struct bounds *bounds);

#endif
