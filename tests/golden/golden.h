/*
 * golden: compares what was drawn with a file that a person has looked at.
 *
 * tests/golden/expected/NAME.txt holds the text plane, every row between bars so that blanks at its end are seen, and then
 * the role plane, one letter a cell (draw/role.c says which). A difference is a failed test that prints the rows that differ,
 * expected above actual. ANDON_GOLDEN=rewrite in the environment writes the file instead: look at its diff before you commit.
 *
 *     struct grid *grid = grid_create(80, 24);
 *     line_draw(..., surface_of(grid));
 *     golden_check("line-80x24", grid);
 */
#ifndef ANDON_TESTS_GOLDEN_H
#define ANDON_TESTS_GOLDEN_H

#include <stdio.h>

#include "draw/surface.h"

void golden_check(const char *name, const struct grid *grid);
/* The content of such a file. */
void golden_write(FILE *out, const struct grid *grid);
/* Prints the rows in which two such contents differ, at most ten, and returns how many differ. */
size_t golden_compare(FILE *out, const char *expected, const char *actual);

#endif
