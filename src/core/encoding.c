/*
 * A struct encoding is a descriptor of iconv. Each payload begins in its initial state.
 */
#include "core/encoding.h"

#include <iconv.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

struct encoding {
    iconv_t way;
};

struct encoding *encoding_open(const char *name)
{
    iconv_t way = iconv_open("UTF-8", name);
    if (way == (iconv_t)-1)
        return NULL;
    struct encoding *encoding = mem_zero(1, sizeof *encoding);
    encoding->way = way;
    return encoding;
}

void encoding_close(struct encoding *encoding)
{
    if (!encoding)
        return;
    iconv_close(encoding->way);
    free(encoding);
}

size_t encoding_read(struct encoding *encoding, const char *bytes, size_t length, char *out, size_t cap, bool *invalid)
{
    static const char replacement[] = "\xEF\xBF\xBD";
    char *from = mem_text_n(bytes, length), *at = from, *to = out; /* iconv's parameter is not const */
    size_t left = length, room = cap;
    iconv(encoding->way, NULL, NULL, NULL, NULL);
    while (left > 0 && iconv(encoding->way, &at, &left, &to, &room) == (size_t)-1) {
        if (left == 0 || room < sizeof replacement)
            break;
        memcpy(to, replacement, sizeof replacement - 1);
        to += sizeof replacement - 1;
        room -= sizeof replacement - 1;
        at++;
        left--;
        *invalid = true;
    }
    free(from);
    return (size_t)(to - out);
}
