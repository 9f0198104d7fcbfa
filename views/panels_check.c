/*
 * A struct judging is one call: whose views, who is told, and where in them it is.
 */
#include "views/panels_check.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "views/panels.h"

struct judging {
    const struct plant *plant;
    panels_said_fn *said;
    void *arg;
    const struct panel_view *view;
    size_t panel;
};

static void say(const struct judging *j, bool error, const char *format, ...)
{
    char text[1024], place[PANEL_NAME + 64];
    const struct panel *panel = j->panel < j->view->panel_count ? &j->view->panels[j->panel] : NULL;
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (panel)
        snprintf(place, sizeof place, "views.%s.panels[%zu]", j->view->name, j->panel);
    else
        snprintf(place, sizeof place, "views.%s", j->view->name);
    j->said(j->arg, error, j->view->file ? j->view->file : "", panel ? panel->line : j->view->line, place, text);
}

static void all_names(char *out, size_t cap)
{
    size_t used = 0;
    for (size_t n = 0; panels_widget(n) && used < cap; n++)
        used += (size_t)snprintf(out + used, cap - used, "%s%s", n ? ", " : "", panels_widget(n));
}

static void check_patterns(const struct judging *j, const char *patterns, bool lines)
{
    const struct plant *plant = j->plant;
    char pattern[PANEL_PATTERNS], key[KEY_BYTES];
    while (panel_pattern(&patterns, pattern)) {
        bool fits = !lines && strchr(pattern, ':'); /* a series that is only discovered: who knows what comes */
        for (uint32_t i = 0; !fits && i < (lines ? plant->node_count : plant->tag_count); i++) {
            if (lines)
                plant_node_path(plant, i, key, sizeof key);
            else
                plant_tag_key(plant, i, key, sizeof key);
            fits = panel_glob(pattern, key);
        }
        if (!fits && lines)
            say(j, false, "\"%s\" fits no area, line or unit", pattern);
        else if (!fits)
            say(j, false, "\"%s\" fits no tag that is configured; what is only discovered has a broker in its key (main:...)", pattern);
    }
}

static void check_panel(const struct judging *j)
{
    const struct panel *panel = &j->view->panels[j->panel];
    const struct widget *widget = widget_find(panel->widget);
    const struct panels_part *part = panels_part(panel->widget);
    const struct panel_row *row = &j->view->rows[panel_view_row(j->view, j->panel)];
    char names[400] = "";
    all_names(names, sizeof names);
    if (!widget && !part)
        say(j, true, "no widget \"%s\": there are %s", panel->widget, names);
    if (part && (panel->tags[0] || panel->lines[0]))
        say(j, false, "%s is built in: tags and lines mean nothing to it", panel->widget);
    if (widget && !panel->tags[0] && !panel->lines[0])
        say(j, false, "it shows nothing: tags or lines are missing");
    if (widget && panel->lines[0] && !widget->nodes)
        say(j, false, "%s draws values of tags: lines have none; band, lamp, text and value draw states", panel->widget);
    if (widget && panel->tags[0])
        check_patterns(j, panel->tags, false);
    if (widget && panel->lines[0])
        check_patterns(j, panel->lines, true);
    if ((widget || part) && row->height > 0 && row->height < panels_least(panel).h)
        say(j, false, "height = %d: %s needs %d, with its title, and gets them", row->height, panel->widget, panels_least(panel).h);
}

void panels_check(const struct plant *plant, panels_said_fn *said, void *arg)
{
    for (size_t v = 0; v < plant->view_count; v++) {
        struct judging j = {.plant = plant, .said = said, .arg = arg, .view = &plant->views[v], .panel = PANELS};
        if (view_find(j.view->name))
            say(&j, true, "\"%s\" is a view that is built in: another name", j.view->name);
        for (j.panel = 0; j.panel < j.view->panel_count; j.panel++)
            check_panel(&j);
    }
}
