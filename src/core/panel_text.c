/*
 * Views as a configuration says them: only what differs from its preset is written, so that what comes back is the same view, byte by byte.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/panel.h"

struct writing {
    char *text;
    size_t length, capacity;
};

static void put(struct writing *w, const char *text, size_t length)
{
    if (w->length + length + 1 > w->capacity) {
        w->capacity = (w->length + length + 1) * 2;
        w->text = mem_resize(w->text, w->capacity, 1);
    }
    memcpy(w->text + w->length, text, length);
    w->length += length;
    w->text[w->length] = '\0';
}

static void say(struct writing *w, const char *format, ...)
{
    char text[128];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    put(w, text, length < 0 ? 0 : (size_t)length < sizeof text ? (size_t)length : sizeof text - 1);
}

static void quote(struct writing *w, const char *text, size_t length)
{
    put(w, "\"", 1);
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '"' || text[i] == '\\')
            put(w, "\\", 1);
        put(w, &text[i], 1);
    }
    put(w, "\"", 1);
}

static void say_text(struct writing *w, const char *key, const char *text)
{
    if (!*text)
        return;
    say(w, " %s = ", key);
    quote(w, text, strlen(text));
    put(w, ";", 1);
}

static void say_patterns(struct writing *w, const char *key, const char *patterns)
{
    char pattern[PANEL_PATTERNS];
    const char *separator = "";
    if (!patterns[strspn(patterns, " ")])
        return;
    say(w, " %s = (", key);
    while (panel_pattern(&patterns, pattern)) {
        say(w, "%s", separator);
        quote(w, pattern, strlen(pattern));
        separator = ", ";
    }
    say(w, ");");
}

/* All digits, and a point: an integer beside it would make a mixed array. */
static void say_real(struct writing *w, double value)
{
    char text[32];
    snprintf(text, sizeof text, "%.17g", value);
    say(w, "%s%s", text, strcspn(text, ".e") < strlen(text) ? "" : ".0");
}

static void say_span(struct writing *w, int64_t ms)
{
    static const struct { int64_t ms; const char *unit; } units[] = {{86400000, "d"}, {3600000, "h"}, {60000, "m"}, {1000, "s"}, {1, "ms"}};
    size_t i = 0;
    while (ms % units[i].ms != 0)
        i++;
    say(w, " span = \"%" PRId64 "%s\";", ms / units[i].ms, units[i].unit);
}

static void say_panel(struct writing *w, const struct panel *panel)
{
    say(w, "      {");
    say_text(w, "widget", panel->widget);
    say_text(w, "title", panel->title);
    say_patterns(w, "tags", panel->tags);
    say_patterns(w, "lines", panel->lines);
    if (panel->span_ms > 0)
        say_span(w, panel->span_ms);
    if (panel->has_range) {
        say(w, " range = [");
        say_real(w, panel->range[0]);
        say(w, ", ");
        say_real(w, panel->range[1]);
        say(w, "];");
    }
    if (panel->decimals >= 0)
        say(w, " decimals = %d;", panel->decimals);
    if (panel->columns > 0)
        say(w, " columns = %d;", panel->columns);
    if (panel->width != 1)
        say(w, " width = %d;", panel->width);
    say(w, " }");
}

static void say_row(struct writing *w, const struct panel_row *row, const struct panel *panels)
{
    say(w, "    {");
    if (row->height > 0)
        say(w, " height = %d;", row->height);
    else if (row->weight != 1)
        say(w, " weight = %d;", row->weight);
    say(w, " panels = (\n");
    for (size_t i = 0; i < row->count; i++) {
        say_panel(w, &panels[i]);
        say(w, i + 1 < row->count ? ",\n" : " ); }");
    }
}

static void say_view(struct writing *w, const struct panel_view *view)
{
    say(w, "  { name = \"%s\";", view->name);
    say_text(w, "title", view->title);
    if (view->key)
        say(w, " key = %c;", view->key);
    say(w, " rows = (\n");
    for (size_t r = 0, first = 0; r < view->row_count; first += view->rows[r++].count) {
        say_row(w, &view->rows[r], &view->panels[first]);
        say(w, r + 1 < view->row_count ? ",\n" : "");
    }
    say(w, " ); }");
}

char *panel_views_text(const struct panel_view *views, size_t count)
{
    struct writing w = {.length = 0};
    say(&w, "views = (\n");
    for (size_t i = 0; i < count; i++) {
        say_view(&w, &views[i]);
        say(&w, i + 1 < count ? ",\n" : "\n");
    }
    say(&w, ");\n");
    return w.text;
}
