/*
 * text_match: what people type at / finds: every word, in any order and case, anywhere in the text; "!" before them turns it round.
 */
#ifndef ANDON_CORE_TEXT_MATCH_H
#define ANDON_CORE_TEXT_MATCH_H

#include <stdbool.h>

enum { FILTER_BYTES = 128, FILTER_HAYSTACK = 1024 };

/* "" finds everything. Of a text longer than FILTER_HAYSTACK only the beginning is looked at. */
bool text_matches(const char *filter, const char *text);

#endif
