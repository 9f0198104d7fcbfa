#include <string.h>

#include "core/text_gate.h"
#include "fuzz.h"

/* The first byte is the room; the rest goes through the gate. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char out[600], again[600];
    struct text_gate seen, second;
    if (size == 0)
        return 0;
    size_t cap = data[0] < 250 ? (size_t)data[0] + 1 : sizeof out;
    const char *in = (const char *)data + 1;
    size_t length = size - 1;
    size_t written = text_gate(in, length, out, cap, &seen);
    PROMISE(written < cap);
    PROMISE(out[written] == '\0' && !memchr(out, '\0', written));
    PROMISE(text_is_clean(out, written));
    bool same = written == length && memcmp(in, out, length) == 0;
    PROMISE(seen.cut || text_is_clean(in, length) == same);
    PROMISE(!seen.cut || length > 0);
    PROMISE(text_gate(out, written, again, sizeof again, &second) == written);
    PROMISE(memcmp(out, again, written) == 0);
    PROMISE(!second.cut && !second.control && !second.invalid);
    return 0;
}
