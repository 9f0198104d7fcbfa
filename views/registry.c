/*
 * The list of views, in the order of the keys 1 to 9 and 0; those after the tenth have keys of their own. A view is a const struct in its own file; this is the only other
 * place that knows its name.
 */
#include "views/view.h"

#include <string.h>

#define VIEWS(ROW) ROW(overview) ROW(line) ROW(tags) ROW(health) ROW(trends) ROW(changes) ROW(alarms) ROW(journal) ROW(performance) \
    ROW(oee) ROW(board) ROW(stops) ROW(energy) ROW(environment) ROW(panels) ROW(matrix)

#define DECLARE(name) extern const struct view name##_view;
#define ENTRY(name) &name##_view,

VIEWS(DECLARE)

const struct view *const view_registry[] = {VIEWS(ENTRY)};
const size_t view_count = sizeof view_registry / sizeof view_registry[0];

const struct view *view_find(const char *name)
{
    for (size_t i = 0; i < view_count; i++)
        if (strcmp(view_registry[i]->name, name) == 0)
            return view_registry[i];
    return NULL;
}
