/*
 * The list of widgets. A widget is a const struct in its own file; this is the only other place that knows its name.
 */
#include "widgets/widget.h"

#include <string.h>

#define WIDGETS(ROW) ROW(value) ROW(bar) ROW(lamp) ROW(spark) ROW(band) ROW(big) ROW(text) ROW(gauge) ROW(trend) ROW(heat) ROW(pareto)

#define DECLARE(name) extern const struct widget widget_##name;
#define ENTRY(name) &widget_##name,

WIDGETS(DECLARE)

const struct widget *const widget_registry[] = {WIDGETS(ENTRY)};
const size_t widget_count = sizeof widget_registry / sizeof widget_registry[0];

const struct widget *widget_find(const char *name)
{
    for (size_t i = 0; i < widget_count; i++)
        if (strcmp(widget_registry[i]->name, name) == 0)
            return widget_registry[i];
    return NULL;
}

void widget_draw(const struct widget *widget, const struct reading *readings, size_t count, struct surface s)
{
    if (count > 0 && widget->draw_all)
        widget->draw_all(readings, count, s);
    else if (count > 0)
        widget->draw(readings, s);
}
