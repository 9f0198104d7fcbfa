/*
 * Publishers on the health view: how many live, each that is dead once, and each whose clock is off by more than two seconds, with the time zone that would
 * mend it where it looks like one.
 */
#include "views/health.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/skew.h"
#include "draw/text.h"

enum { MOST_ROWS = 8, NAME_W = 24, NARROW_NAME_W = 14, STATE_W = 14, WIDE_W = 60 };

int health_section(struct surface s, int y, const char *title, bool focused)
{
    draw_panel(surface_sub(s, rect_of(0, y, s.w, 1)), title, focused);
    return y + 1;
}

bool health_has_publishers(const struct model *model)
{
    return model_publisher_count(model) > 0 || model_skew_count(model) > 0;
}

static bool is_off(const struct clock_skew *skew)
{
    return skew->ms > SKEW_MARK_MS || skew->ms < -SKEW_MARK_MS;
}

/* The end of a name tells more than its beginning, which many share. */
static void draw_name(const char *name, int w, struct surface s, int y)
{
    while (text_width(name) > w && strchr(name, '/'))
        name = strchr(name, '/') + 1;
    surface_text_fit(s, 0, y, w, CELL_TEXT, name);
}

/* Without the site, which is the same for all. */
static const char *below_site(const struct model *model, const char *path)
{
    const char *site = model_plant(model)->nodes[0].name;
    size_t length = strlen(site);
    return strncmp(path, site, length) == 0 && path[length] == '/' ? path + length + 1 : path;
}

static int name_width(struct surface s)
{
    return s.w >= WIDE_W ? NAME_W : NARROW_NAME_W;
}

static void draw_dead(const struct model *model, size_t index, struct surface s, int y)
{
    struct publisher p;
    char name[KEY_BYTES], key[KEY_BYTES], span[SPAN_TEXT];
    int x = name_width(s) + 1;
    model_publisher(model, index, &p);
    model_publisher_name(model, index, name, sizeof name);
    draw_name(p.node == NO_NODE ? name : below_site(model, name), x - 2, s, y);
    span_text(model_wall(model) - p.since_ms, span);
    surface_text(s, x, y, CELL_STOP, "DEAD");
    surface_text_right(s, x + 5, y, 7, CELL_TEXT, span);
    int end = surface_format(s, x + STATE_W, y, CELL_UNKNOWN, s.w >= WIDE_W ? "%u tags unconfirmed" : "%u tags", p.tags);
    model_tag_key(model, p.tag, key, sizeof key);
    if (s.w >= WIDE_W)
        surface_text_fit(s, end + 2, y, s.w - end - 2, CELL_DIM, key);
}

/* "8h00m ahead" */
static void skew_text(int64_t ms, char *out, size_t cap)
{
    char span[SPAN_TEXT];
    int64_t size = ms < 0 ? -ms : ms;
    if (size < 60000)
        snprintf(span, sizeof span, "%lld.%llds", (long long)(size / 1000), (long long)(size / 100 % 10));
    else
        span_text(size, span);
    snprintf(out, cap, "%s %s", span, ms < 0 ? "ahead" : "behind");
}

/* The offset in which such stamps would be right: they are read in the site's zone where they name none. */
static void zone_text(const struct model *model, const struct clock_skew *skew, int minutes, char *out, size_t cap)
{
    int offset = (int)(zone_offset_s(&model_plant(model)->zone, skew->measured_ms) / 60) - minutes;
    snprintf(out, cap, "a zone? time_zone = \"%c%02d:%02d\"", offset < 0 ? '-' : '+', abs(offset) / 60, abs(offset) % 60);
}

static void draw_skew(const struct model *model, const struct clock_skew *skew, struct surface s, int y)
{
    char text[LABEL_TEXT], age[SPAN_TEXT];
    int x = name_width(s) + 1, minutes;
    const char *colon = strchr(skew->name, ':');
    draw_name(colon && model_plant(model)->broker_count == 1 ? colon + 1 : below_site(model, skew->name), x - 2, s, y);
    skew_text(skew->ms, text, sizeof text);
    surface_text_fit(s, x, y, STATE_W - 1, CELL_WARN, text);
    age_text(model_elapsed(model) - skew->elapsed_ms, age);
    int end = surface_format(s, x + STATE_W, y, CELL_DIM, "%s ago", age);
    if (skew_is_zone(skew->ms, &minutes))
        zone_text(model, skew, minutes, text, sizeof text);
    else
        snprintf(text, sizeof text, "%s", skew->ms < 0 ? "its clock is fast" : "its clock is slow, or its messages are");
    if (s.w >= WIDE_W)
        surface_text_fit(s, end + 2, y, s.w - end - 2, CELL_TEXT, text);
    else
        surface_text_fit(s, 2, y + 1, s.w - 2, CELL_TEXT, text);
}

static int draw_summary(const struct model *model, size_t off, struct surface s, int y)
{
    size_t count[LIVENESS_ALIVE + 1] = {0}, all = model_publisher_count(model);
    for (size_t i = 0; i < all; i++) {
        struct publisher p;
        model_publisher(model, i, &p);
        count[p.liveness]++;
    }
    int x = 0;
    if (all > 0)
        x = surface_format(s, x, y, CELL_DIM, "%zu alive, %zu dead", count[LIVENESS_ALIVE], count[LIVENESS_DEAD]);
    if (count[LIVENESS_UNKNOWN] > 0)
        x = surface_format(s, x, y, CELL_DIM, ", %zu not heard", count[LIVENESS_UNKNOWN]);
    if (model_skew_count(model) > 0 && x + 20 > s.w) {
        x = 0;
        y++;
    }
    if (model_skew_count(model) > 0)
        surface_format(s, x, y, CELL_DIM, "%sclocks: %zu of %zu within 2s", x ? "; " : "", model_skew_count(model) - off, model_skew_count(model));
    return y + 1;
}

int health_publishers(const struct scene *scene, bool focused, struct surface s, int y)
{
    const struct model *model = scene->model;
    size_t off = 0, dead = 0, shown = 0;
    if (!health_has_publishers(model))
        return y;
    for (size_t i = 0; i < model_skew_count(model); i++)
        off += is_off(model_skew(model, i));
    y = health_section(s, y, "PUBLISHERS", focused);
    y = draw_summary(model, off, s, y);
    for (size_t i = 0; i < model_publisher_count(model); i++) {
        struct publisher p;
        model_publisher(model, i, &p);
        if (p.liveness == LIVENESS_DEAD && dead++ < MOST_ROWS)
            draw_dead(model, i, s, y++);
    }
    if (dead > MOST_ROWS)
        surface_format(s, 2, y++, CELL_TEXT, "and %zu more that are dead", dead - MOST_ROWS);
    for (size_t i = 0; i < model_skew_count(model); i++) {
        if (!is_off(model_skew(model, i)) || shown++ >= MOST_ROWS)
            continue;
        draw_skew(model, model_skew(model, i), s, y);
        y += s.w >= WIDE_W ? 1 : 2;
    }
    if (shown > MOST_ROWS)
        surface_format(s, 2, y++, CELL_TEXT, "and %zu more clocks", shown - MOST_ROWS);
    return y + 1;
}
