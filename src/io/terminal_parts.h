/*
 * terminal_parts: what the files of the terminal edge share. Nobody else includes it.
 */
#ifndef ANDON_IO_TERMINAL_PARTS_H
#define ANDON_IO_TERMINAL_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <termios.h>
#include <wchar.h>

#include "core/error.h"
#include "draw/key.h"
#include "draw/surface.h"
#include "io/theme.h"

/* terminal_keys: bytes from a descriptor to keys. */
enum { KEYS_BYTES = 256, KEYS_STRINGS = 16, KEYS_STRING_BYTES = 16 };

struct key_string {
    char bytes[KEYS_STRING_BYTES]; /* what terminfo says that the key sends */
    enum key_code code;
};

struct key_reader {
    int fd;
    int escape_ms;    /* how long the rest of a sequence may take after its ESC */
    unsigned char bytes[KEYS_BYTES];
    size_t used;
    size_t pasted;    /* bytes of the paste so far */
    bool in_paste, gone;
    struct key_string strings[KEYS_STRINGS];
    size_t string_count;
};

/* Adds what terminfo knows; NULL and over-long strings are passed over. */
void key_reader_add(struct key_reader *reader, const char *bytes, enum key_code code);
struct key key_reader_next(struct key_reader *reader);

/* terminal_cell: what a cell's text is on a terminal: one base character and its marks. */
enum { CELL_CHARACTERS = 5 };
/* A cell's text as wide characters that take exactly its cells on a terminal: what the C library would measure otherwise,
 * what is ambiguous, and on an ASCII terminal all that is not, becomes its stand-in. */
void cell_characters(const struct cell *cell, bool ascii, bool ambiguous_wide, wchar_t out[2 * CELL_CHARACTERS]);

/* terminal_output: curses writes to a memory file, the stage, from which whole frames go to the terminal: so bytes are
 * counted, and an error is seen. */
struct output {
    FILE *stage;
    int fd;           /* the terminal */
    size_t sent;      /* by the last flush */
    bool gone;
};

bool output_open(struct output *output, int fd, struct error *err);
void output_close(struct output *output);
/* Could the terminal take bytes now? Also sees a hang-up. */
bool output_ready(struct output *output);
/* Sends and empties the stage. False: the terminal is gone. */
bool output_flush(struct output *output);

/* terminal_width: East Asian ambiguous characters (Unicode's EastAsianWidth.txt, class A). */
bool width_is_ambiguous(uint32_t character);

/* terminal_crash: the bytes and modes that give a terminal back, for SIGSEGV, SIGABRT, SIGBUS and SIGFPE. */
void crash_arm(int fd, const char *bytes, const struct termios *modes);
/* While the terminal is not ours there is nothing to restore. */
void crash_disarm(void);

#endif
