/*
 * drop: every reason for which something from outside was dropped or mended, with its name. What we drop, we count and
 * show: the stream carries RECORD_DROPPED, the health view lists these rows, the log names them (rate-limited).
 */
#ifndef ANDON_CORE_DROP_H
#define ANDON_CORE_DROP_H

#include <stdbool.h>

/* The numbers are on disk and on the wire: append only. */
enum drop {
    DROP_QUEUE_FULL,
    DROP_PAYLOAD_SIZE,
    DROP_NOT_JSON,
    DROP_TOO_DEEP,
    DROP_TOO_MANY_TOKENS,
    DROP_FIELD_MISSING,
    DROP_WRONG_TYPE,
    DROP_NOT_FINITE,
    DROP_INVALID_UTF8,   /* mended by the text gate */
    DROP_CONTROL_TEXT,   /* control, bidi or zero-width characters, mended by the text gate */
    DROP_TEXT_CUT,
    DROP_TIME_UNREADABLE,
    DROP_TIME_REPLACED,
    DROP_TOPIC_BOUND,    /* one topic too many outside the configuration */
    DROP_SERIES_BOUND,
    DROP_TOPIC_INVALID,
    DROP_STATE_UNMAPPED,
    DROP_COUNTER_GLITCH, /* a small dip of a counter, ignored */
    DROP_LATE,           /* older than the current value: history only */
    DROP_STORE_FULL,     /* batches that did not fit the queue to the disk */
    DROP_STORE_STOPPED,  /* batches that came while nothing could be written */
    DROP_NOT_FORMAT,     /* a message or an item of it is not as its format says */
    DROP_NAME_UNKNOWN,   /* an item whose name another message should have told */
    DROP_COUNT
};

struct drop_row {
    const char *name;  /* "payload-size" */
    const char *title; /* "payload too large" */
    bool mended;       /* counted, but the rest of the message was used */
};

extern const struct drop_row drop_table[DROP_COUNT];

#endif
