/*
 * picture: a grid as a file: plain text, ANSI, SVG, and the role plane of the goldens.
 */
#ifndef ANDON_IO_PICTURE_H
#define ANDON_IO_PICTURE_H

#include <stdbool.h>
#include <stdio.h>

#include "draw/surface.h"
#include "io/theme.h"

enum picture_format { PICTURE_TEXT, PICTURE_ANSI, PICTURE_SVG, PICTURE_ROLES };

/* Writes the grid; text lines end where the last non-blank cell ends. `theme` may be NULL for text and roles; `ascii` puts
 * stand-ins for what is not ASCII. False when the stream refused. */
bool picture_write(FILE *out, const struct grid *grid, const struct theme *theme, enum picture_format format, bool ascii);
/* "text", "ansi", "svg", "roles"; false for anything else. */
bool picture_format_read(const char *name, enum picture_format *format);

#endif
