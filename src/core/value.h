/*
 * value: what a tag can hold, and how far it can be trusted.
 *
 * A struct value is a plain value. Text is an index into a dictionary that somebody else owns: in a batch it is the
 * batch's own dictionary (batch_text()); the model keeps its own copies.
 */
#ifndef ANDON_CORE_VALUE_H
#define ANDON_CORE_VALUE_H

#include <stdbool.h>
#include <stdint.h>

enum value_kind { VALUE_NULL, VALUE_BOOL, VALUE_INT, VALUE_UINT, VALUE_REAL, VALUE_TEXT, VALUE_KIND_COUNT };

struct value {
    enum value_kind kind;
    union {
        bool b;
        int64_t i;
        uint64_t u;
        double d;      /* always finite: NaN and infinities are VALUE_NULL with QUALITY_BAD */
        uint32_t text; /* dictionary index */
    };
};

/* Quality of a sample, after OPC and Sparkplug: what the source says of its own value. */
enum { QUALITY_BAD = 0, QUALITY_UNCERTAIN = 64, QUALITY_GOOD = 192 };

static inline struct value value_null(void) { return (struct value){.kind = VALUE_NULL, .u = 0}; }
static inline struct value value_bool(bool b) { return (struct value){.kind = VALUE_BOOL, .b = b}; }
static inline struct value value_int(int64_t i) { return (struct value){.kind = VALUE_INT, .i = i}; }
static inline struct value value_uint(uint64_t u) { return (struct value){.kind = VALUE_UINT, .u = u}; }
static inline struct value value_text(uint32_t t) { return (struct value){.kind = VALUE_TEXT, .text = t}; }
/* A NaN or an infinity becomes VALUE_NULL; the caller marks the quality bad. */
struct value value_real(double d);

/* The value as a double; false for text and null. Integers beyond 2^53 lose their last digits. */
bool value_number(struct value v, double *out);
/* Same kind and same bits (a real compares by its bits: -0.0 differs from 0.0). */
bool value_same(struct value a, struct value b);

#endif
