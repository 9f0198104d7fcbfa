/*
 * A frame on standard output is drawn by the same composer as the live screen, so that a snapshot shows what an operator
 * would see, less the clock of the banner.
 */
#include "cli/common.h"

#include <errno.h>
#include <langinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/librarian.h"
#include "cli/cli.h"
#include "core/timestamp.h"
#include "io/clock.h"
#include "io/log.h"
#include "io/picture.h"
#include "views/energy.h"
#include "views/panels.h"

bool common_ascii(bool asked, const struct settings *settings)
{
    return asked || strcmp(settings->glyphs, "ascii") == 0 || strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
}

struct screen_options common_screen(const struct config *config, const char *view, const char *theme, bool ascii, bool read_only, const char *folder)
{
    const struct settings *settings = &config->settings;
    return (struct screen_options){.view = view ? view : settings->view, .theme = theme ? theme : settings->theme, .config_folder = folder,
        .ascii = common_ascii(ascii, settings), .full = strcmp(settings->glyphs, "full") == 0, .ambiguous_wide = settings->ambiguous_wide,
        .read_only = read_only, .bell = settings->bell, .frame_ms = settings->frame_ms};
}

/* What a user made himself; a file that cannot be read has nothing, and whoever writes it says so. */
static void own_layout(struct layout *layout)
{
    char path[LAYOUT_PATH];
    struct error err;
    layout_path(path, sizeof path);
    layout_load(layout, path, false, &err);
}

/* Without a plant only what no view can be called is wrong: it may be one of panels. */
static bool view_check(const char *name, const struct plant *plant)
{
    static const struct plant nothing = {.view_count = 0};
    struct layout layout = {.count = 0};
    const struct panel_view *own;
    if (!name || view_find(name) || (!plant && panel_name_good(name)))
        return true;
    own_layout(&layout);
    plant = plant ? plant : &nothing;
    bool found = panels_find(plant, layout.views, layout.view_count, name) != NULL;
    if (!found) {
        fprintf(stderr, "andon: no view \"%s\": there are", name);
        for (size_t i = 0; i < view_count; i++)
            fprintf(stderr, "%s %s", i ? "," : "", view_registry[i]->name);
        for (size_t n = 0; (own = panels_nth(plant, layout.views, layout.view_count, n)) != NULL; n++)
            fprintf(stderr, ", %s", own->name);
        fputc('\n', stderr);
    }
    layout_finish(&layout);
    return found;
}

int common_dashboard(const struct dashboard_request *r)
{
    static struct attach attach;
    struct diagnostics found = {.count = 0};
    struct error err = {.text = ""};
    struct loop *loop = NULL;
    struct screen *screen = NULL;
    int64_t at_ms = 0;
    int status = CLI_FAILED;
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        return cli_fail(CLI_FAILED, "standard input and output must be a terminal; for one frame as text: andon snapshot");
    if (!attach_load(&attach, &r->attach, &found, &err)) {
        diagnostics_print(&found, stderr);
        status = err.text[0] ? cli_fail(CLI_FAILED, "%s", err.text) : CLI_WRONG;
        goto out;
    }
    if (!view_check(r->view, attach.config.plant)) {
        status = CLI_WRONG;
        goto out;
    }
    loop = loop_create();
    if (r->at && !common_past("at", r->at, attach.config.plant, &at_ms)) {
        status = CLI_WRONG;
        goto out;
    }
    struct screen_options options = common_screen(&attach.config, r->view, r->theme, r->ascii, r->attach.read_only, attach.config_folder);
    options.history = attach.history;
    options.bundle = &attach.config.bundle;
    attach.folded = screen_folded;
    attach.answered = screen_answered;
    struct theme theme;
    if (options.theme && *options.theme && !theme_load(&theme, options.theme, options.config_folder, &err)) {
        status = cli_fail(CLI_WRONG, "%s", err.text);
        goto out;
    }
    screen = screen_create(loop, &options);
    if (!attach_open(&attach, loop, screen_changed, screen, &err) || !screen_show(screen, attach_origin(&attach), &err)
        || (r->at && !screen_travel(screen, at_ms, &err))) {
        status = cli_fail(CLI_FAILED, "%s", err.text);
        goto out;
    }
    status = screen_run(screen);
out:
    screen_destroy(screen);
    attach_close(&attach);
    loop_destroy(loop);
    diagnostics_finish(&found);
    return status;
}

bool common_time(const char *option, const char *text, const struct plant *plant, int64_t *ms)
{
    struct error err;
    if (timestamp_typed(text, &plant->zone, clock_wall_ms(), ms, &err))
        return true;
    cli_fail(CLI_WRONG, "--%s: %s", option, err.text);
    return false;
}

bool common_past(const char *option, const char *text, const struct plant *plant, int64_t *ms)
{
    if (!common_time(option, text, plant, ms))
        return false;
    if (*ms <= clock_wall_ms())
        return true;
    cli_fail(CLI_WRONG, "--%s: \"%.40s\" has not come yet", option, text);
    return false;
}

/* ---- the history ---- */

bool common_history(const struct cache_request *r, struct attach *attach, char path[PATHS_BYTES], int *status)
{
    struct diagnostics found = {.count = 0};
    struct error err = {.text = ""};
    bool good = attach_load(attach, &(struct attach_options){.load = {.config = r->config, .broker = r->broker}, .cache = r->cache, .read_only = true}, &found, &err);
    if (!good) {
        diagnostics_print(&found, stderr);
        *status = err.text[0] ? cli_fail(CLI_FAILED, "%s", err.text) : CLI_WRONG;
    }
    diagnostics_finish(&found);
    if (good)
        snprintf(path, PATHS_BYTES, "%s", attach->paths.store);
    return good;
}

void common_guest(struct plant *plant)
{
    for (size_t i = 0; i < plant->broker_count; i++)
        plant->brokers[i].client_id = "";
}

int common_unwritten(void)
{
    return errno == EPIPE ? CLI_FAILED : cli_fail(CLI_FAILED, "standard output: %s", strerror(errno));
}

/* ---- one frame ---- */

/* What a view wants of the past is known when it has drawn, and what it wants next when it has seen the answers. */
static void draw(const struct frame_request *r, struct compose *compose, struct grid *grid)
{
    enum { ROUNDS = 4 };
    compose->travel = r->travel;
    if (r->history) {
        compose->recall = recall_create();
        history_plant(r->history, model_plant(compose->origin.model(compose->origin.self)));
    }
    compose_draw(compose, grid);
    for (int round = 1; r->history && round < ROUNDS && recall_wanted(compose->recall) > 0; round++) {
        recall_answer_now(compose->recall, r->history, r->until_seq);
        compose_draw(compose, grid);
    }
    if (r->history)
        history_plant(r->history, NULL);
    recall_destroy(compose->recall);
    compose->recall = NULL;
}

bool frame_check(const struct frame_request *r)
{
    int w, h;
    enum picture_format format;
    if (r->size && !cli_size("size", r->size, &w, &h))
        return false;
    if (r->format && !picture_format_read(r->format, &format)) {
        cli_fail(CLI_WRONG, "--format %s: text, ansi or svg is wanted", r->format);
        return false;
    }
    bool trends = r->view && strcmp(r->view, trends_view.name) == 0, energy = r->view && strcmp(r->view, energy_view.name) == 0;
    if (((r->trend || r->to) && !trends) || (r->from && !trends && !energy)) {
        cli_fail(CLI_WRONG, "--trend, --from and --to are for --view %s, --from for --view %s too", trends_view.name, energy_view.name);
        return false;
    }
    if (r->to && !r->from) {
        cli_fail(CLI_WRONG, "--to: --from is wanted too");
        return false;
    }
    return view_check(r->view, NULL);
}

bool frame_check_view(const struct frame_request *r, const struct plant *plant) { return view_check(r->view, plant); }

static bool show_set(struct compose *compose, const char *name, struct error *err)
{
    struct layout layout = {.count = 0};
    char path[LAYOUT_PATH];
    layout_path(path, sizeof path);
    bool good = layout_load(&layout, path, false, err) && compose_trend(compose, name, &layout, err);
    layout_finish(&layout);
    return good;
}

/* The trends view: which tags, and which stretch of time. */
static int show_trends(const struct frame_request *r, struct compose *compose)
{
    const struct model *model = compose->origin.model(compose->origin.self);
    const struct plant *plant = model_plant(model);
    const struct scene scene = {.model = model, .now_ms = model_wall(model)};
    struct error err;
    int64_t from, to = scene.now_ms;
    if (r->focus)
        trends_add_focus(compose_trends(compose), model, &compose->here.focus);
    if (r->trend && !show_set(compose, r->trend, &err))
        return cli_fail(CLI_WRONG, "--trend: %s", err.text);
    if (!r->from)
        return CLI_DONE;
    if (!common_time("from", r->from, plant, &from) || (r->to && !common_time("to", r->to, plant, &to)))
        return CLI_WRONG;
    if (from >= to)
        return cli_fail(CLI_WRONG, "--from %s: it is not before the end", r->from);
    trends_between(compose_trends(compose), &scene, from, to);
    return CLI_DONE;
}

int frame_print(const struct frame_request *r, struct origin origin, const struct settings *settings, const char *config_folder)
{
    int w = 80, h = 24, status = CLI_DONE;
    enum picture_format format = PICTURE_TEXT;
    struct theme theme;
    struct error err;
    struct compose compose;
    if (r->size)
        cli_size("size", r->size, &w, &h);
    if (r->format)
        picture_format_read(r->format, &format);
    const char *theme_name = r->theme ? r->theme : *settings->theme ? settings->theme : "dark";
    if (!theme_load(&theme, theme_name, config_folder, &err))
        return cli_fail(CLI_WRONG, "%s", err.text);
    struct grid *grid = grid_create(w, h);
    grid->tier = r->ascii ? TIER_ASCII : strcmp(settings->glyphs, "full") == 0 ? TIER_FULL : TIER_WGL4;
    compose_init(&compose, origin);
    struct layout layout = {.count = 0};
    own_layout(&layout);
    compose.own = layout.views;
    compose.own_count = layout.view_count;
    compose_go(&compose, r->view ? r->view : view_registry[0]->name, NULL, NULL);
    if (r->focus && !compose_goto(&compose, r->focus, &err))
        status = cli_fail(CLI_WRONG, "--focus: %s", err.text);
    if (r->view && strcmp(r->view, trends_view.name) == 0 && status == CLI_DONE) {
        status = show_trends(r, &compose);
        compose_go(&compose, r->view, NULL, NULL);
    } else if (r->view && !compose.over) { /* a node has its own view; a tag's faceplate lies over any */
        struct focus focus = compose.here.focus;
        compose_go(&compose, r->view, &focus, NULL);
    }
    if (status == CLI_DONE && r->from && strcmp(r->view, energy_view.name) == 0) {
        int64_t from;
        if (common_time("from", r->from, model_plant(origin.model(origin.self)), &from))
            energy_ask(compose_state(&compose, energy_view.name), origin.model(origin.self), from);
        else
            status = CLI_WRONG;
    }
    if (status == CLI_DONE) {
        draw(r, &compose, grid);
        if (!picture_write(stdout, grid, &theme, format, r->ascii))
            status = cli_fail(CLI_FAILED, "standard output: cannot be written");
    }
    compose_finish(&compose);
    layout_finish(&layout);
    grid_destroy(grid);
    return status;
}
