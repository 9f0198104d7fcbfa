/*
 * health: how andon itself is doing: links, lag, what was dropped and why, how full every bound is. What the model knows is
 * there at once; what the collector reports comes every second, and its absence is said.
 *
 * A struct health_view is how far it was scrolled and how long it was. Sections are drawn below one another, or in two
 * columns where there is room; each returns the row below it.
 */
#include <stdio.h>
#include <string.h>

#include "draw/text.h"
#include "views/health.h"

enum { COLUMNS_LEAST_W = 76, LABEL_W = 15, NUMBER_W = 10, DROP_LABEL_W = 26, DROP_NUMBER_W = 8, FILL_X = 18, FILL_W = 8, LIMIT_W = 11, SOURCE_W = 20 };

/* What the keys act on; Tab goes from one to the next. */
enum health_panel { PANEL_LINKS, PANEL_PUBLISHERS, PANEL_COLLECTOR, PANEL_STORE, PANEL_STREAM, PANEL_DROPS, PANEL_BOUNDS, PANEL_COUNT };

struct health_view {
    int top, rows;
    enum health_panel focus;
    bool chosen, zoomed;    /* chosen: somebody asked for a panel, and its title is marked */
    int place[PANEL_COUNT]; /* the row of each title; the same as the next one's where it has nothing to say */
};

static void row_text(struct surface s, int y, const char *label, enum cell_role role, const char *text)
{
    surface_text_fit(s, 0, y, LABEL_W - 1, CELL_DIM, label);
    surface_text_fit(s, LABEL_W, y, s.w - LABEL_W, role, text);
}

static void row_number(struct surface s, int y, const char *label, enum cell_role role, double number, const char *unit)
{
    char text[NUMBER_TEXT];
    number_fit(number, 0, NUMBER_W, text);
    surface_text_fit(s, 0, y, LABEL_W - 1, CELL_DIM, label);
    surface_number_right(s, LABEL_W, y, NUMBER_W, role, text);
    surface_text(s, LABEL_W + NUMBER_W + 1, y, CELL_DIM, unit);
}

/* In the past the stream's part is as it was then; a process is only ever known as it is now. */
static const char *of_process(const struct scene *scene, const char *title, const char *title_now)
{
    return scene->past && scene->health ? title_now : title;
}

/* ---- links ---- */

static void draw_link(const struct broker_health *broker, int64_t now_ms, struct surface s)
{
    char span[SPAN_TEXT], number[NUMBER_TEXT];
    enum cell_role role = broker->state == LINK_UP ? CELL_OK : broker->state == LINK_OFF ? CELL_DIM : CELL_BANNER;
    bool wide = s.w >= 60;
    int name_w = wide ? 10 : 8, x = name_w + 1;
    surface_text_fit(s, 0, 0, name_w, CELL_TEXT, broker->name);
    surface_text_fit(s, x, 0, 10, role, broker->state < LINK_STATE_COUNT ? link_state_names[broker->state] : "?");
    span_text(now_ms - broker->since_ms, span);
    surface_text_right(s, x + 10, 0, 7, CELL_TEXT, span);
    number_fit(broker->per_second, 0, 7, number);
    surface_number_right(s, x + 18, 0, 7, CELL_VALUE, number);
    if (!wide)
        return;
    number_fit((double)broker->messages, 0, 12, number);
    surface_number_right(s, x + 26, 0, 12, CELL_VALUE, number);
    number_fit((double)broker->attempts, 0, 5, number);
    surface_number_right(s, x + 39, 0, 5, CELL_VALUE, number);
    int end = surface_text_fit(s, x + 46, 0, s.w - x - 46, CELL_DIM, broker->url);
    if (end + 16 <= s.w)
        end = surface_format(s, end + 2, 0, CELL_DIM, "MQTT %s%s", broker->version == 5 ? "5" : "3.1.1", broker->tls ? " TLS" : "");
    if (s.w >= 150)
        surface_text_fit(s, end + 2, 0, s.w - end - 2, role == CELL_OK ? CELL_DIM : CELL_TEXT, broker->said);
}

/* Without a report from the collector, what the stream says of its sources. */
static int draw_sources(const struct model *model, struct surface s, int y)
{
    char span[SPAN_TEXT];
    for (size_t i = 0; i < model_source_count(model); i++, y++) {
        const struct source *source = model_source(model, i);
        span_text(model_wall(model) - source->since_ms, span);
        surface_text_fit(s, 0, y, SOURCE_W - 1, CELL_TEXT, source->name);
        int x = surface_text(s, SOURCE_W, y, source->alive ? CELL_OK : CELL_BANNER, source->alive ? "up" : "LOST");
        surface_format(s, x + 1, y, CELL_TEXT, "%s", span);
        surface_text_fit(s, SOURCE_W + 14, y, s.w - SOURCE_W - 14, CELL_DIM, source->detail ? source->detail : "");
    }
    if (model_source_count(model) == 0)
        surface_text_fit(s, 0, y++, s.w, CELL_DIM, model_plant(model)->broker_count > 0 ? "no broker has been heard of yet" : "none is configured");
    return y;
}

static int draw_links(const struct scene *scene, bool focused, struct surface s, int y)
{
    const struct health *health = scene->health;
    y = health_section(s, y, "BROKERS", focused);
    if (!health || scene->past)
        return draw_sources(scene->model, s, y) + 1;
    bool wide = s.w >= 60;
    surface_text(s, 0, y, CELL_DIM, wide ? "NAME       LINK           FOR   MSG/S     MESSAGES TRIES  URL" : "NAME     LINK          FOR   MSG/S");
    y++;
    for (uint32_t i = 0; i < health->broker_count && i < HEALTH_BROKERS; i++) {
        const struct broker_health *broker = &health->brokers[i];
        draw_link(broker, health->wall_ms, surface_sub(s, rect_of(0, y++, s.w, 1)));
        if (s.w < 150 && broker->said[0])
            surface_text_fit(s, 2, y++, s.w - 2, broker->state == LINK_UP ? CELL_DIM : CELL_TEXT, broker->said);
    }
    if (health->broker_count == 0)
        surface_text(s, 0, y++, CELL_DIM, "none is configured");
    return y + 1;
}

/* ---- the collector ---- */

static int draw_collector(const struct scene *scene, bool focused, struct surface s, int y)
{
    const struct health *h = scene->health;
    char text[LABEL_TEXT], span[SPAN_TEXT];
    y = health_section(s, y, of_process(scene, "COLLECTOR", "COLLECTOR NOW"), focused);
    if (!h) {
        surface_text_fit(s, 0, y, s.w, CELL_UNKNOWN, "the collector has not reported yet");
        return y + 2;
    }
    span_text(h->wall_ms - h->started_ms, span);
    row_text(s, y++, "version", CELL_TEXT, h->version);
    snprintf(text, sizeof text, "%llu, up %s", (unsigned long long)h->pid, span);
    row_text(s, y++, "process", CELL_TEXT, text);
    row_text(s, y++, "configuration", CELL_TEXT, h->config);
    if (h->notice[0])
        surface_text_fit(s, 0, y++, s.w, CELL_WARN, h->notice);
    row_number(s, y++, "messages", CELL_VALUE, h->messages_per_second, "/s");
    row_number(s, y++, "samples", CELL_VALUE, h->samples_per_second, "/s");
    snprintf(text, sizeof text, "ms, most %lld", (long long)h->lag_max_ms);
    row_number(s, y++, "lag", h->lag_ms > 1000 ? CELL_WARN : CELL_VALUE, (double)h->lag_ms, text);
    snprintf(text, sizeof text, "%.1f", h->cpu_share * 100);
    surface_text_fit(s, 0, y, LABEL_W - 1, CELL_DIM, "processor");
    surface_number_right(s, LABEL_W, y, NUMBER_W, CELL_VALUE, text);
    surface_text(s, LABEL_W + NUMBER_W + 1, y++, CELL_DIM, "% of a core");
    bytes_text((double)h->memory_bytes, span);
    surface_text_fit(s, 0, y, LABEL_W - 1, CELL_DIM, "memory");
    char *unit = strchr(span, ' ');
    if (unit)
        *unit++ = '\0';
    surface_number_right(s, LABEL_W, y, NUMBER_W, CELL_VALUE, span);
    surface_text(s, LABEL_W + NUMBER_W + 1, y++, CELL_DIM, unit ? unit : "");
    snprintf(text, sizeof text, "%llu fell behind", (unsigned long long)h->screens_dropped);
    row_number(s, y++, "screens", CELL_VALUE, h->screens, h->screens_dropped ? text : "");
    return y + 1;
}

/* ---- the store ---- */

/* "412 MB of 2.0 GB" */
static void row_bytes(struct surface s, int y, const char *label, enum cell_role role, double bytes, double most)
{
    char text[LABEL_TEXT], have[SPAN_TEXT], limit[SPAN_TEXT];
    bytes_text(bytes, have);
    bytes_text(most, limit);
    snprintf(text, sizeof text, "%s%s%s", have, most > 0 ? " of " : "", most > 0 ? limit : "");
    row_text(s, y, label, role, text);
}

static int draw_recording(const struct store_health *h, int64_t now_ms, struct surface s, int y)
{
    char text[LABEL_TEXT], span[SPAN_TEXT];
    span_text(now_ms - h->since_ms, span);
    snprintf(text, sizeof text, "%s %s", h->stopped ? "STOPPED" : "recording", span);
    row_text(s, y++, "state", h->stopped ? CELL_BANNER : CELL_OK, text);
    if (h->said[0])
        surface_text_fit(s, 0, y++, s.w, h->stopped ? CELL_TEXT : CELL_WARN, h->said);
    if (h->batches_lost) {
        snprintf(text, sizeof text, "%llu batches", (unsigned long long)h->batches_lost);
        row_text(s, y++, "lost", CELL_WARN, text);
    }
    if (h->damaged) {
        snprintf(text, sizeof text, "%llu blobs", (unsigned long long)h->damaged);
        row_text(s, y++, "damaged", CELL_WARN, text);
    }
    return y;
}

static int draw_store(const struct scene *scene, bool focused, struct surface s, int y)
{
    const struct store_health *h = scene->health ? &scene->health->store : NULL;
    char text[LABEL_TEXT], span[SPAN_TEXT], number[NUMBER_TEXT], most[NUMBER_TEXT];
    y = health_section(s, y, of_process(scene, "STORE", "STORE NOW"), focused);
    if (!h || !h->kept) {
        surface_text_fit(s, 0, y, s.w, CELL_DIM, h ? "nothing is kept: there is no collector" : "the collector has not reported yet");
        return y + 2;
    }
    int64_t now = scene->health->wall_ms;
    y = draw_recording(h, now, s, y);
    span_text(now - h->first_ms, span);
    row_text(s, y++, "reaches back", CELL_TEXT, h->first_ms ? span : "nothing yet");
    double all = (double)(h->file_bytes + h->wal_bytes);
    row_bytes(s, y++, "on disk", all > 0.95 * (double)h->size_most && h->size_most ? CELL_WARN : CELL_TEXT, all, (double)h->size_most);
    row_number(s, y++, "samples", CELL_VALUE, (double)h->samples, "since the start");
    number_text((double)h->flush_last_us / 1000, 1, true, number);
    number_text((double)h->flush_max_us / 1000, 1, true, most);
    snprintf(text, sizeof text, "%s ms, most %s", number, most);
    row_text(s, y++, "flush", h->flush_last_us > 1000000 ? CELL_WARN : CELL_TEXT, text);
    bool full = h->queue_most && (double)h->queue_bytes >= 0.5 * (double)h->queue_most;
    row_bytes(s, y++, "queue", full ? CELL_WARN : CELL_TEXT, (double)h->queue_bytes, (double)h->queue_most);
    span_text(h->journal_ms, span);
    row_text(s, y++, "journal", CELL_TEXT, span);
    age_text(now - h->checkpoint_ms, span);
    snprintf(text, sizeof text, "%s ago", span);
    row_text(s, y++, "checkpoint", CELL_TEXT, h->checkpoint_ms ? text : "none yet");
    return y + 1;
}

/* ---- the stream ---- */

static void draw_moment(const struct model *model, int64_t when_ms, struct surface s, int y)
{
    char clock[SPAN_TEXT];
    weekday_clock_text(&model_plant(model)->zone, when_ms, clock);
    surface_format(s, LABEL_W + NUMBER_W + 3, y, CELL_DIM, "%.9s", clock); /* to the minute */
}

static int draw_stream(const struct scene *scene, bool focused, struct surface s, int y)
{
    const struct model *model = scene->model;
    int64_t when = 0, step = model_clock_step(model, &when);
    y = health_section(s, y, "STREAM", focused);
    row_number(s, y++, "samples so far", CELL_VALUE, (double)model_samples(model), "");
    if (step == 0) {
        row_text(s, y++, "clock steps", CELL_DIM, "none");
    } else {
        row_number(s, y, "clock step", CELL_WARN, (double)step / 1000, "s");
        draw_moment(model, when, s, y++);
    }
    int64_t gap = model_last_gap(model, &when);
    if (gap < 0) {
        row_text(s, y++, "gaps", CELL_DIM, "none");
    } else {
        char span[SPAN_TEXT];
        span_text(gap, span);
        surface_text(s, 0, y, CELL_DIM, gap ? "last gap" : "heard since");
        surface_text_right(s, LABEL_W, y, NUMBER_W, CELL_TEXT, gap ? span : "");
        draw_moment(model, when, s, y++);
    }
    return y + 1;
}

static int draw_drops(const struct scene *scene, bool focused, struct surface s, int y)
{
    const struct model *model = scene->model;
    bool any = false;
    y = health_section(s, y, "DROPPED OR MENDED", focused);
    for (int reason = 0; reason < DROP_COUNT; reason++) {
        const struct drop_count *drop = model_drops(model, (enum drop)reason);
        if (!drop || drop->count == 0)
            continue;
        any = true;
        char text[LABEL_TEXT], age[SPAN_TEXT];
        age_text(model_wall(model) - drop->last_ms, age);
        snprintf(text, sizeof text, "%s ago  %s", age, drop->example);
        surface_text_fit(s, 0, y, DROP_LABEL_W - 1, drop_table[reason].mended ? CELL_DIM : CELL_TEXT, drop_table[reason].title);
        char number[NUMBER_TEXT];
        number_fit((double)drop->count, 0, DROP_NUMBER_W, number);
        surface_number_right(s, DROP_LABEL_W, y, DROP_NUMBER_W, drop_table[reason].mended ? CELL_VALUE : CELL_WARN, number);
        int x = DROP_LABEL_W + DROP_NUMBER_W + 1;
        if (s.w >= 60)
            surface_text_fit(s, x, y, s.w - x, CELL_DIM, text);
        else
            surface_text_fit(s, x, y, s.w - x, CELL_DIM, age);
        y++;
    }
    if (!any)
        surface_text(s, 0, y++, CELL_DIM, "none dropped");
    return y + 1;
}

/* ---- bounds ---- */

static void bound_text(enum bound bound, int64_t value, char out[SPAN_TEXT])
{
    if (strcmp(bound_table[bound].unit, "bytes") == 0) {
        bytes_text((double)value, out);
    } else if (strcmp(bound_table[bound].unit, "ms") == 0) {
        span_text(value, out);
    } else {
        char number[NUMBER_TEXT];
        number_text((double)value, 0, true, number);
        snprintf(out, SPAN_TEXT, "%.20s", number);
    }
}

static void draw_bound(const struct scene *scene, enum bound bound, struct surface s)
{
    int64_t limit = model_plant(scene->model)->bounds.limit[bound], now = scene->health ? scene->health->fill[bound] : -1;
    char text[SPAN_TEXT];
    bound_text(bound, limit, text);
    surface_text_fit(s, 0, 0, FILL_X - 1, CELL_DIM, bound_table[bound].title);
    surface_format(s, FILL_X + FILL_W, 0, CELL_DIM, " of %s", text);
    if (now < 0)
        return;
    int bar_x = FILL_X + FILL_W + 1 + LIMIT_W, bar_w = s.w - bar_x < 20 ? s.w - bar_x : 20;
    double share = limit > 0 ? (double)now / (double)limit : 0;
    enum cell_role role = share >= 0.9 ? CELL_WARN : CELL_VALUE;
    bound_text(bound, now, text);
    surface_text_right(s, FILL_X, 0, FILL_W, role, text);
    for (int x = 0; x < bar_w && bar_w >= 2; x++) {
        bool full = x < (int)(share * bar_w + 0.5);
        surface_glyph(s, bar_x + x, 0, full ? role : CELL_DIM, full ? GLYPH_BLOCK : GLYPH_LINE);
    }
}

/* Those that are measured first. */
static int draw_bounds(const struct scene *scene, bool focused, struct surface s, int y)
{
    y = health_section(s, y, of_process(scene, "BOUNDS", "BOUNDS NOW"), focused);
    for (int measured = 1; measured >= 0; measured--)
        for (int b = 0; b < BOUND_COUNT; b++)
            if (b != BOUND_TIME_OLDEST_MS && (scene->health && scene->health->fill[b] >= 0) == measured)
                draw_bound(scene, (enum bound)b, surface_sub(s, rect_of(0, y++, s.w, 1)));
    return y + 1;
}

/* ---- the view ---- */

/* In the order of Tab, which is that of the left column, then of the right one. */
static int (*const panels[PANEL_COUNT])(const struct scene *scene, bool focused, struct surface s, int y) = {
    [PANEL_LINKS] = draw_links, [PANEL_PUBLISHERS] = health_publishers, [PANEL_COLLECTOR] = draw_collector, [PANEL_STORE] = draw_store, [PANEL_STREAM] = draw_stream,
    [PANEL_DROPS] = draw_drops, [PANEL_BOUNDS] = draw_bounds,
};

static int draw_some(struct health_view *view, const struct scene *scene, enum health_panel first, enum health_panel last, struct surface s, int y)
{
    for (int i = (int)first; i <= (int)last; i++) {
        view->place[i] = y;
        y = panels[i](scene, view->chosen && i == (int)view->focus, s, y);
    }
    return y;
}

/* Returns the row below the last one. */
static int draw_page(struct health_view *view, const struct scene *scene, struct surface page)
{
    if (view->zoomed)
        return draw_some(view, scene, view->focus, view->focus, page, 0);
    int y = draw_some(view, scene, PANEL_LINKS, PANEL_PUBLISHERS, page, 0);
    if (page.w < COLUMNS_LEAST_W)
        return draw_some(view, scene, PANEL_COLLECTOR, PANEL_BOUNDS, page, y);
    int left_w = (page.w - 2) / 2;
    int left_y = draw_some(view, scene, PANEL_COLLECTOR, PANEL_STREAM, surface_sub(page, rect_of(0, 0, left_w, page.h)), y);
    int right_y = draw_some(view, scene, PANEL_DROPS, PANEL_BOUNDS, surface_sub(page, rect_of(left_w + 2, 0, page.w - left_w - 2, page.h)), y);
    return left_y > right_y ? left_y : right_y;
}

static void health_draw(void *state, const struct scene *scene, struct surface s)
{
    struct health_view *view = state;
    if (view->top > view->rows - s.h)
        view->top = view->rows > s.h ? view->rows - s.h : 0;
    view->rows = draw_page(view, scene, surface_sub(s, rect_of(0, -view->top, s.w, s.h + view->top))) - 1;
    int below = view->rows - view->top - s.h;
    if (below > 0) {
        char hint[32];
        snprintf(hint, sizeof hint, " %s%d", glyph_text(s.grid->tier, GLYPH_DOWN), below);
        surface_text_right(s, s.w - text_width(hint), 0, text_width(hint), CELL_ACCENT, hint);
    }
}

static void choose_panel(struct health_view *view, const struct scene *scene, int step)
{
    if (view->chosen || view->zoomed)
        do
            view->focus = (enum health_panel)(((int)view->focus + step + PANEL_COUNT) % PANEL_COUNT);
        while (view->focus == PANEL_PUBLISHERS && !health_has_publishers(scene->model));
    view->chosen = true;
    view->top = view->zoomed ? 0 : view->place[view->focus];
}

static bool health_key(void *state, const struct scene *scene, struct key key, struct request *request)
{
    struct health_view *view = state;
    (void)request;
    switch (key.code == KEYC_CHAR ? key.character : 0) {
    case 'j': key.code = KEYC_DOWN; break;
    case 'k': key.code = KEYC_UP; break;
    case 'g': key.code = KEYC_HOME; break;
    case 'G': key.code = KEYC_END; break;
    case 'z':
        view->zoomed = !view->zoomed;
        view->chosen = true;
        view->top = 0;
        return true;
    default: break;
    }
    enum { PAGE = 8 };
    switch (key.code) {
    case KEYC_DOWN: view->top++; return true;
    case KEYC_UP: view->top -= view->top > 0; return true;
    case KEYC_PAGE_DOWN: view->top += PAGE; return true;
    case KEYC_PAGE_UP: view->top = view->top > PAGE ? view->top - PAGE : 0; return true;
    case KEYC_HOME: view->top = 0; return true;
    case KEYC_END: view->top = view->rows; return true;
    case KEYC_TAB:
    case KEYC_BACKTAB: choose_panel(view, scene, key.code == KEYC_TAB ? 1 : -1); return true;
    case KEYC_ESC:
        if (!view->zoomed)
            return false;
        view->zoomed = false;
        return true;
    default: return false;
    }
}

static const struct key_row health_keys[] = {
    {"Tab", "panel", "goes from one panel to the next", 2},
    {"z", "zoom", "gives the whole screen to the marked panel, and back", 3},
    {"↑ ↓", "scroll", "scrolls; PgUp, PgDn, g and G go further", 3},
};

const struct view health_view = {
    .name = "health", .title = "HEALTH",
    .help = "How andon itself is doing. What is dropped is counted here by reason, with the newest example; every bound shows how full it is.",
    .state_size = sizeof(struct health_view), .keys = health_keys, .key_count = sizeof health_keys / sizeof health_keys[0],
    .draw = health_draw, .key = health_key,
};
