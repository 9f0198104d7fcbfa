#include "core/value.h"

#include <math.h>
#include <string.h>

struct value value_real(double d)
{
    if (!isfinite(d))
        return value_null();
    return (struct value){.kind = VALUE_REAL, .d = d};
}

bool value_number(struct value v, double *out)
{
    switch (v.kind) {
    case VALUE_BOOL: *out = v.b ? 1 : 0; return true;
    case VALUE_INT: *out = (double)v.i; return true;
    case VALUE_UINT: *out = (double)v.u; return true;
    case VALUE_REAL: *out = v.d; return true;
    default: return false;
    }
}

bool value_same(struct value a, struct value b)
{
    if (a.kind != b.kind)
        return false;
    switch (a.kind) {
    case VALUE_NULL: return true;
    case VALUE_BOOL: return a.b == b.b;
    case VALUE_TEXT: return a.text == b.text;
    case VALUE_REAL: return memcmp(&a.d, &b.d, sizeof a.d) == 0;
    default: return a.u == b.u;
    }
}
