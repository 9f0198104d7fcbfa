/*
 * panels_check: what is wrong with the views of a configuration, judged by those who draw them: what the reader of configurations cannot know.
 */
#ifndef ANDON_VIEWS_PANELS_CHECK_H
#define ANDON_VIEWS_PANELS_CHECK_H

#include "core/plant.h"

/* `error`: nothing can be drawn of it; else a warning. `place`: "views.furnace.panels[2]". */
typedef void panels_said_fn(void *arg, bool error, const char *file, int line, const char *place, const char *text);

void panels_check(const struct plant *plant, panels_said_fn *said, void *arg);

#endif
