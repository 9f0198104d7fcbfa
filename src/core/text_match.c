/*
 * Both sides are folded to small letters first, by Unicode's table; bytes that are no UTF-8 stand for themselves.
 */
#include "core/text_match.h"

#include <stdio.h>
#include <string.h>
#include <utf8proc.h>

static void fold_case(const char *text, char *out, size_t cap)
{
    const utf8proc_uint8_t *at = (const utf8proc_uint8_t *)text;
    size_t left = strlen(text), used = 0;
    while (left > 0 && used + 5 <= cap) {
        utf8proc_int32_t code;
        utf8proc_ssize_t length = utf8proc_iterate(at, (utf8proc_ssize_t)left, &code);
        if (length <= 0) {
            out[used++] = (char)*at;
            length = 1;
        } else {
            used += (size_t)utf8proc_encode_char(utf8proc_tolower(code), (utf8proc_uint8_t *)out + used);
        }
        at += length;
        left -= (size_t)length;
    }
    out[used] = '\0';
}

static bool has_all_words(const char *folded_filter, const char *folded)
{
    for (const char *at = folded_filter; *at;) {
        size_t length = strcspn(at, " ");
        char word[FILTER_BYTES * 2];
        if (length >= sizeof word)
            return false;
        memcpy(word, at, length);
        word[length] = '\0';
        if (!strstr(folded, word))
            return false;
        at += length;
        at += strspn(at, " ");
    }
    return true;
}

bool text_matches(const char *filter, const char *text)
{
    bool inverse = filter[0] == '!';
    const char *words = filter + (inverse ? 1 : 0);
    char folded_filter[FILTER_BYTES * 2], folded[FILTER_HAYSTACK * 2];
    words += strspn(words, " ");
    if (!*words)
        return true;
    fold_case(words, folded_filter, sizeof folded_filter);
    fold_case(text, folded, sizeof folded);
    return has_all_words(folded_filter, folded) != inverse;
}
