/*
 * key: one key press, as the terminal edge delivers it. A plain value.
 */
#ifndef ANDON_DRAW_KEY_H
#define ANDON_DRAW_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum key_code {
    KEYC_CHAR = 0, /* a character: see `character` */
    KEYC_NONE, KEYC_ENTER, KEYC_ESC, KEYC_TAB, KEYC_BACKTAB, KEYC_BACKSPACE, KEYC_DELETE,
    KEYC_UP, KEYC_DOWN, KEYC_LEFT, KEYC_RIGHT, KEYC_PAGE_UP, KEYC_PAGE_DOWN, KEYC_HOME, KEYC_END, KEYC_F1, KEYC_RESIZE
};

struct key {
    enum key_code code;
    uint32_t character; /* Unicode, for characters; control keys arrive as 1-26 */
};

static inline struct key key_char(uint32_t c) { return (struct key){KEYC_CHAR, c}; }
static inline struct key key_code(enum key_code code) { return (struct key){code, 0}; }
static inline bool key_is(struct key k, uint32_t c) { return k.code == KEYC_CHAR && k.character == c; }

#endif
