/*
 * encoding: text in another encoding than UTF-8 becomes UTF-8, before anything else looks at it. By iconv, whose tables know all that is spoken in works: GB18030, GBK, Big5, Shift_JIS,
 * the Windows and ISO 8859 pages.
 */
#ifndef ANDON_CORE_ENCODING_H
#define ANDON_CORE_ENCODING_H

#include <stdbool.h>
#include <stddef.h>

enum { ENCODING_GROWS = 4 /* bytes out for each byte in, at most */ };

struct encoding;

/* NULL when nobody here knows it. */
struct encoding *encoding_open(const char *name);
void encoding_close(struct encoding *encoding);
/* Returns the bytes written. What is no text of the encoding becomes U+FFFD (*invalid, else untouched). `cap` is at least ENCODING_GROWS * length. */
size_t encoding_read(struct encoding *encoding, const char *bytes, size_t length, char *out, size_t cap, bool *invalid);

#endif
