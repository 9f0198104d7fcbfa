/*
 * picture_svg: a grid as a self-contained SVG: no script, no font, nothing fetched. Used by picture_write() alone.
 */
#ifndef ANDON_IO_PICTURE_SVG_H
#define ANDON_IO_PICTURE_SVG_H

#include <stdbool.h>
#include <stdio.h>

#include "draw/surface.h"
#include "io/theme.h"

/* Errors stay in the stream, for ferror(). */
void picture_svg(FILE *out, const struct grid *grid, const struct theme *theme, bool ascii);

#endif
