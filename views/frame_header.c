/*
 * The header is two groups: at the left the plant and where one is, at the right clock, link and drops, which keep their
 * place. The right group has several lengths; the longest that leaves the left one whole is drawn. A lost link is said in
 * all of them.
 */
#include "views/frame.h"

#include <stdio.h>
#include <string.h>

#include "core/timestamp.h"
#include "draw/text.h"
#include "views/common.h"

enum { PIECES = 4, PIECE_TEXT = 64, LENGTHS = 4, DATED_LEAST_W = 120, SITE_LEAST_W = 6 };

struct piece {
    enum cell_role role;
    char text[PIECE_TEXT];
};

struct right {
    struct piece pieces[PIECES];
    int width;
};

struct link {
    bool any, lost;
    char name[32];     /* of the lost one */
    int64_t since_ms;
};

/* The link is as good as its worst broker. */
static struct link find_link(const struct model *model)
{
    struct link link = {.any = false};
    for (size_t i = 0; i < model_source_count(model); i++) {
        const struct source *source = model_source(model, i);
        if (strncmp(source->name, "broker:", 7) != 0)
            continue;
        bool worse = !source->alive && (!link.lost || source->since_ms < link.since_ms);
        if (worse || (!link.lost && source->alive && source->since_ms > link.since_ms)) {
            link.since_ms = source->since_ms;
            snprintf(link.name, sizeof link.name, "%.31s", source->name + 7);
        }
        link.lost = link.lost || !source->alive;
        link.any = true;
    }
    return link;
}

static void link_piece(const struct model *model, bool brief, struct piece *piece)
{
    struct link link = find_link(model);
    char span[SPAN_TEXT];
    span_text(model_wall(model) - link.since_ms, span);
    piece->role = link.lost ? CELL_BANNER : CELL_DIM;
    if (!link.any) /* a desk that only imports waits for none */
        snprintf(piece->text, sizeof piece->text, "%s", brief ? "" : model_plant(model)->broker_count > 0 ? "no broker yet" : "no broker");
    else if (!link.lost)
        snprintf(piece->text, sizeof piece->text, "link %s", span);
    else if (brief)
        snprintf(piece->text, sizeof piece->text, "LOST %s", span);
    else
        snprintf(piece->text, sizeof piece->text, "link %.24s LOST %.8s", link.name, span);
}

/* Length 0 is the longest. */
static struct right right_group(const struct scene *scene, int length)
{
    const struct model *model = scene->model;
    const struct zone *zone = &model_plant(model)->zone;
    struct right right = {.width = 0};
    char clock[48];
    if (length == 0)
        date_clock_text(zone, model_wall(model), clock);
    else if (length == 1)
        weekday_clock_text(zone, model_wall(model), clock);
    else
        clock_text(zone, model_wall(model), clock);
    if (length == LENGTHS - 1)
        clock[5] = '\0';
    if (model_wall(model) == 0)
        clock[0] = '\0';
    snprintf(right.pieces[0].text, PIECE_TEXT, "%.40s", clock);
    right.pieces[0].role = CELL_TEXT;
    link_piece(model, length >= 2, &right.pieces[1]);
    if (length == 0 && scene->health && !scene->past)
        snprintf(right.pieces[2].text, PIECE_TEXT, "%.0f msg/s", scene->health->messages_per_second);
    right.pieces[2].role = CELL_DIM;
    if (model_drop_total(model) > 0 && length < LENGTHS - 1)
        snprintf(right.pieces[3].text, PIECE_TEXT, "drops %llu", (unsigned long long)model_drop_total(model));
    right.pieces[3].role = CELL_WARN;
    for (int i = 0; i < PIECES; i++)
        if (right.pieces[i].text[0])
            right.width += text_width(right.pieces[i].text) + 2;
    return right;
}

/* The end of a breadcrumb that fits: "冲压车间 > 侧板冲压1", else "侧板冲压1". */
static const char *crumb_end(const char *crumb, int w)
{
    while (text_width(crumb) > w) {
        const char *next = strstr(crumb, " > ");
        if (!next)
            break;
        crumb = next + 3;
    }
    return crumb;
}

void frame_header(const struct scene *scene, const struct view *view, const void *state, struct surface s)
{
    char crumb[KEY_BYTES] = "", where[KEY_BYTES + 80];
    const char *site = model_plant(scene->model)->nodes[0].title;
    if (view->crumb)
        view->crumb(state, scene, crumb, sizeof crumb);
    snprintf(where, sizeof where, "%s%s", crumb[0] ? "> " : "", crumb[0] ? crumb : view->title);
    if (scene->filter[0]) {
        size_t used = strlen(where);
        snprintf(where + used, sizeof where - used, "  /%s", scene->filter);
    }
    int site_w = text_width(site);
    int longest = s.w >= DATED_LEAST_W ? 0 : 1;
    struct right right = right_group(scene, longest);
    for (int length = longest + 1; length < LENGTHS && site_w + 1 + text_width(where) + right.width > s.w; length++)
        right = right_group(scene, length);
    int x = s.w - right.width + 2;
    for (int i = 0; i < PIECES; i++)
        if (right.pieces[i].text[0])
            x = surface_text(s, x, 0, right.pieces[i].role, right.pieces[i].text) + 2;
    int room = s.w - right.width;
    /* A breadcrumb is cut at its front, the name of a view not at all: then rather the plant's name. */
    int site_room = crumb[0] ? room / 2 : room - 1 - text_width(where) > SITE_LEAST_W ? room - 1 - text_width(where) : SITE_LEAST_W;
    x = surface_text_fit(s, 0, 0, site_w < site_room ? site_w : site_room, CELL_TITLE, site) + 1;
    surface_text_fit(s, x, 0, room - x, CELL_ACCENT, crumb_end(where, room - x));
}
