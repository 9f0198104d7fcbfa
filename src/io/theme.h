/*
 * theme: what each role looks like, read from an ordinary configuration file in themes/ (libconfig). `dark`, `light`,
 * `high-contrast`, `deuteranopia` and `mono` are compiled in from the same files, so that a screen works before anything is installed.
 */
#ifndef ANDON_IO_THEME_H
#define ANDON_IO_THEME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "draw/role.h"

enum { COLOUR_DEFAULT = -1 };

struct style {
    int fg, bg;       /* 0-255 xterm palette, COLOUR_DEFAULT */
    int fg8, bg8;     /* 0-7 for terminals with 8 colours */
    bool bold, dim, reverse, underline;
};

struct theme {
    char name[64];
    struct style style[CELL_ROLE_COUNT];
};

/* By name (built in, then the configuration's folder `themes/`, then the installed ones) or by path. */
bool theme_load(struct theme *theme, const char *name, const char *config_folder, struct error *err);
/* The names of those that are built in; NULL behind the last. */
const char *theme_builtin(size_t index);
/* A colour of the xterm palette as 0xRRGGBB, for SVG. */
uint32_t palette_rgb(int colour);

#endif
