/*
 * envelope: payloads whose items say what they are. A gateway sends many devices in one message, names in fields or as keys, a time and a quality for each. A struct envelope tells
 * where in such a message items, names, values, qualities and times stand; by it each value gets a path of its names, "/P07/temperature", as if the message were
 * {"P07":{"temperature":12.5}}. Whoever reads (a binding, discovery, learn) knows paths only.
 *
 * envelope_table names the envelopes that andon knows by itself. Each has a score that says how sure it is that a message is one of its kind.
 */
#ifndef ANDON_CORE_ENVELOPE_H
#define ANDON_CORE_ENVELOPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum time_format { TIME_AUTO, TIME_S, TIME_MS, TIME_US, TIME_NS, TIME_ISO, TIME_PATTERNS /* the first of timestamp_patterns */ };

/* How items are told apart. */
enum envelope_keys {
    KEYS_NONE, /* by their own fields */
    KEYS_NAME  /* by the keys under which they stand */
};

enum { ENVELOPE_NAMES = 3 };

/* Where something stands: pointers, of which the first that is there counts; ends with NULL. NULL: nowhere. Looked for in the item, then in the message. */
typedef const char *const *envelope_ways;

struct envelope {
    envelope_ways items;   /* an array of items, an object that is one or (KEYS_NAME) holds them; NULL: the message. Looked for in the message alone */
    enum envelope_keys keys;
    envelope_ways names[ENVELOPE_NAMES]; /* in the order of the path, behind the key: device, group, tag */
    char split;            /* parts names: "Channel1.Device1.Tag1" by a point; 0: nothing does */
    envelope_ways value;   /* NULL: all fields of the item that are none of the others are values */
    bool open;             /* so also of an item without the value */
    envelope_ways failed;  /* in place of the value: an error. Its value is missing and bad */
    envelope_ways errors;  /* beside the values: an object whose keys are the names of those that could not be read */
    envelope_ways quality, time;
    const char *const *good; /* words and numbers of the quality that mean good, all others bad; NULL: as usual */
    enum time_format time_format;
    bool unnamed;          /* an item may have no name */
    bool told;             /* the last name is a number that another message explains (core/envelope_names) */
    bool left_out;         /* a name that is a level of the topic is no part of the path */
};

struct json;

struct envelope_kind {
    const char *name;      /* "kepware": as the configuration calls it; NULL: only recognised */
    const char *said;      /* how the configuration says it: format = "kepware"; */
    const char *help;
    struct envelope shape;
    bool csv;              /* lines, not JSON */
    unsigned needs;        /* members without which it is not looked at further: bits of envelope.c */
    int (*score)(struct json *json, const char *topic); /* 0 to 100; NULL: never recognised */
    void (*note)(struct json *json, const char *topic, void *names); /* it tells names and units of other messages, and has no values of its own */
};

enum { ENVELOPE_LEAST_SCORE = 50 };

extern const struct envelope_kind envelope_table[];
extern const size_t envelope_count;

/* The kind that a configuration calls so, or NULL. */
const struct envelope_kind *envelope_by_name(const char *name);
/* The kind that a message is of, or NULL. `json` was read; `topic` as text. */
const struct envelope_kind *envelope_recognise(struct json *json, const char *topic);

#endif
