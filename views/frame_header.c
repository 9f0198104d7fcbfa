/*
 * The header is two groups: at the left the plant and where one is, at the right clock, link, drops and alarms, which keep their
 * place. The right group has several lengths; the longest that leaves the left one whole is drawn. A lost link, the horn and how many
 * alarms nobody has acknowledged are said in all of them.
 */
#include "views/frame.h"

#include <stdio.h>
#include <string.h>

#include "core/timestamp.h"
#include "draw/text.h"
#include "views/alarm_text.h"
#include "views/figures.h"

enum { PIECES = 5 + ALARM_PRIORITIES + 2, PIECE_DEAD = 4, PIECE_HORN, PIECE_ALARMS, PIECE_HIDDEN = PIECE_ALARMS + ALARM_PRIORITIES, PIECE_TEXT = 64, DATED_LEAST_W = 120, SITE_LEAST_W = 6,
    SHIFT_GAP = 2, SHIFT_LEAST_W = 4 };

/* Each leaves out more: the date, how many alarms are hidden, the day and what is zero, the seconds and a link that holds. */
enum length { LENGTH_DATE, LENGTH_DAY, LENGTH_SEEN, LENGTH_BRIEF, LENGTH_LEAST, LENGTHS };

struct piece {
    enum cell_role role;
    char text[PIECE_TEXT];
    bool joined; /* one blank before it, not two */
};

struct right {
    struct piece pieces[PIECES];
    int width;             /* with the gap before it */
    enum glyph_tier tier;
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

/* Who is dead, or how many are: once for each publisher, not for each of its tags. */
static void dead_piece(const struct model *model, bool brief, struct piece *piece)
{
    size_t dead = model_publishers_dead(model);
    if (dead == 0)
        return;
    piece->role = CELL_STOP;
    snprintf(piece->text, sizeof piece->text, "%zu dead", dead);
    for (uint32_t i = 0; dead == 1 && !brief && i < model_publisher_count(model); i++) {
        struct publisher p;
        char name[LABEL_TEXT], span[SPAN_TEXT];
        model_publisher(model, i, &p);
        if (p.liveness != LIVENESS_DEAD)
            continue;
        publisher_text(model, i, name, sizeof name);
        span_text(model_wall(model) - p.since_ms, span);
        snprintf(piece->text, sizeof piece->text, "%.40s dead %.8s", name, span);
    }
}

/* "■1 ▲0 ▼2 ●0  sh3 su5": by shape how many are not acknowledged, and how many are hidden. Where it is narrow, only what there is. */
static void alarm_pieces(const struct scene *scene, int length, struct right *right)
{
    const struct alarm_counts *counts = model_alarm_counts(scene->model);
    struct piece *hidden = &right->pieces[PIECE_HIDDEN];
    bool first = true;
    if (model_plant(scene->model)->alarm_count == 0)
        return;
    if (counts->sounding > 0)
        right->pieces[PIECE_HORN] = (struct piece){.role = CELL_BANNER, .text = "HORN"};
    for (unsigned p = 1; p <= ALARM_PRIORITIES; p++) {
        uint32_t count = counts->unacked[p];
        struct piece *piece = &right->pieces[PIECE_ALARMS + p - 1];
        if (count == 0 && length >= LENGTH_BRIEF)
            continue;
        *piece = (struct piece){.role = count ? priority_role(p, true) : CELL_DIM, .joined = !first};
        snprintf(piece->text, PIECE_TEXT, "%s%u", glyph_text(right->tier, (enum glyph)(GLYPH_ALARM_1 + p - 1)), count);
        first = false;
    }
    const struct { const char *word; uint32_t count; } rows[] = {{"sh", counts->shelved}, {"su", counts->suppressed}, {"oo", counts->out}};
    hidden->role = CELL_DIM;
    for (size_t i = 0, used = 0; length < LENGTH_SEEN && i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].count > 0)
            used += (size_t)snprintf(hidden->text + used, PIECE_TEXT - used, "%s%s%u", used ? " " : "", rows[i].word, rows[i].count);
}

static int gap_of(const struct piece *piece)
{
    return piece->joined ? 1 : 2;
}

static struct right right_group(const struct scene *scene, int length, enum glyph_tier tier)
{
    const struct model *model = scene->model;
    const struct zone *zone = &model_plant(model)->zone;
    struct right right = {.width = 0, .tier = tier};
    char clock[48];
    if (length == LENGTH_DATE)
        date_clock_text(zone, model_wall(model), clock);
    else if (length < LENGTH_BRIEF)
        weekday_clock_text(zone, model_wall(model), clock);
    else
        clock_text(zone, model_wall(model), clock);
    if (length == LENGTH_LEAST)
        clock[5] = '\0';
    if (model_wall(model) == 0)
        clock[0] = '\0';
    snprintf(right.pieces[0].text, PIECE_TEXT, "%.40s", clock);
    right.pieces[0].role = CELL_TEXT;
    link_piece(model, length >= LENGTH_BRIEF, &right.pieces[1]);
    if (length == LENGTH_LEAST && model_plant(model)->alarm_count > 0 && right.pieces[1].role == CELL_DIM)
        right.pieces[1].text[0] = '\0'; /* a link that holds is no news */
    if (length == LENGTH_DATE && scene->health && !scene->past)
        snprintf(right.pieces[2].text, PIECE_TEXT, "%.0f msg/s", scene->health->messages_per_second);
    right.pieces[2].role = CELL_DIM;
    if (model_drop_total(model) > 0 && length < LENGTH_LEAST)
        snprintf(right.pieces[3].text, PIECE_TEXT, "drops %llu", (unsigned long long)model_drop_total(model));
    right.pieces[3].role = CELL_WARN;
    dead_piece(model, length >= LENGTH_BRIEF, &right.pieces[PIECE_DEAD]);
    alarm_pieces(scene, length, &right);
    for (int i = 0; i < PIECES; i++)
        if (right.pieces[i].text[0])
            right.width += text_width(right.pieces[i].text) + gap_of(&right.pieces[i]);
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

/* Which shift is on, before the clock, where there is room: the site's, else that of the first line that has a calendar. */
static void draw_shift(const struct model *model, struct surface s)
{
    const struct plant *plant = model_plant(model);
    char text[SHIFT_TEXT];
    uint32_t node = 0;
    struct shift_at shift;
    if (model_wall(model) == 0 || s.w < SHIFT_LEAST_W)
        return;
    while (node != NO_NODE && plant->calendars[plant->nodes[node].calendar].always)
        node = plant_line_from(plant, node ? plant->nodes[node].end : 1);
    if (node == NO_NODE)
        return;
    model_shift(model, node, &shift);
    shift_text(&plant->zone, &shift, s.w, text);
    surface_text(s, s.w - text_width(text), 0, CELL_TEXT, text);
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
    int longest = s.w >= DATED_LEAST_W ? LENGTH_DATE : LENGTH_DAY;
    struct right right = right_group(scene, longest, s.grid->tier);
    for (int length = longest + 1; length < LENGTHS && site_w + 1 + text_width(where) + right.width > s.w; length++)
        right = right_group(scene, length, s.grid->tier);
    int x = s.w - right.width;
    for (int i = 0; i < PIECES; i++)
        if (right.pieces[i].text[0])
            x = surface_text(s, x + gap_of(&right.pieces[i]), 0, right.pieces[i].role, right.pieces[i].text);
    int room = s.w - right.width;
    /* A breadcrumb is cut at its front, the name of a view not at all: then rather the plant's name. */
    int site_room = crumb[0] ? room / 2 : room - 1 - text_width(where) > SITE_LEAST_W ? room - 1 - text_width(where) : SITE_LEAST_W;
    x = surface_text_fit(s, 0, 0, site_w < site_room ? site_w : site_room, CELL_TITLE, site) + 1;
    x = surface_text_fit(s, x, 0, room - x, CELL_ACCENT, crumb_end(where, room - x));
    draw_shift(scene->model, surface_sub(s, rect_of(x + SHIFT_GAP, 0, room - x - SHIFT_GAP, 1)));
}
