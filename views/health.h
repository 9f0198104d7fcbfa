/*
 * health: what the parts of the health view share. Sections are drawn below one another; each draws from row y on and returns the row below it.
 */
#ifndef ANDON_VIEWS_HEALTH_H
#define ANDON_VIEWS_HEALTH_H

#include "views/common.h"

int health_section(struct surface s, int y, const char *title, bool focused);
/* Which publishers are dead, and whose clocks are off; nothing at all where nobody tells either. */
int health_publishers(const struct scene *scene, bool focused, struct surface s, int y);
bool health_has_publishers(const struct model *model);

#endif
