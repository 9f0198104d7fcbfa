/* Views of panels in a configuration: every complaint, those of the reader and those of who draws them; and a view that is written comes back, and draws the same. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"

#include "core/memory.h"
#include "draw/surface.h"
#include "io/config.h"
#include "io/layout.h"
#include "views/panels.h"
#include "views/panels_check.h"

#define PLANT "areas = ( { name = \"a\"; lines = ( { name = \"l\"; tags = ( { name = \"oil\"; unit = \"K\"; topic = \"t/oil\"; range = [0, 9]; }, { name = \"good\"; topic = \"t/good\"; } ); } ); } );\n"
#define VIEW(rows) "views = ( { name = \"v\"; rows = ( " rows " ); } );"
#define PANEL(keys) VIEW("{ panels = ( { " keys " } ); }")

struct found {
    struct config *config;
    struct diagnostics *diagnostics;
};

static void on_said(void *arg, bool error, const char *file, int line, const char *place, const char *text)
{
    const struct found *found = arg;
    config_note(found->config, found->diagnostics, error ? SEVERITY_ERROR : SEVERITY_WARNING, file, line, place, text);
}

/* All that is said of a text, as `andon check` does. */
static char *said_of(const char *text)
{
    struct bundle bundle;
    struct config config;
    struct diagnostics diagnostics = {.rows = NULL};
    char *out = NULL;
    size_t size = 0;
    bundle_of_text(&bundle, "f", text);
    bool built = config_build(&bundle, &config, &diagnostics);
    if (built)
        panels_check(config.plant, on_said, &(struct found){&config, &diagnostics});
    FILE *stream = open_memstream(&out, &size);
    assert_non_null(stream);
    diagnostics_print(&diagnostics, stream);
    fclose(stream);
    if (built)
        config_finish(&config);
    else
        bundle_finish(&bundle);
    diagnostics_finish(&diagnostics);
    return out;
}

static void every_mistake_is_named(void **state)
{
    (void)state;
    static const struct { const char *text, *said; } cases[] = {
        {PANEL("widget = \"gauge\"; tags = \"site/a/l/oil\";"), ""},
        {PANEL("widget = \"alarms\";"), ""},
        {PANEL("widget = \"value\"; tags = ( \"site/*/oil\", \"main:*\" );"), ""},
        {VIEW("{ height = 4; weight = 2; panels = ( { widget = \"alarms\"; } ); }"), "f:2: views[0].rows[0].weight: beside height: one of them says how high the row is\n"},
        {VIEW("{ panels = ( ); }"), "f:2: views[0].rows[0].panels: a row without a panel\n"},
        {VIEW("{ height = 1; panels = ( { widget = \"alarms\"; } ); }"), "f:2: views[0].rows[0].height: 1 is not an integer from 2 to 200\n"},
        {"views = ( { name = \"v\"; rows = ( ); } );", "f:2: views[0].rows: a view without a row\n"},
        {"views = ( { name = \"v\"; } );", "f:2: views[0]: \"rows\" is missing: a list of groups ( { ... }, { ... } )\n"},
        {PANEL("tags = \"x\";"), "f:2: views[0].rows[0].panels[0]: \"widget\" is missing: a name of a-z, 0-9, _ and -, at most 63 of them\n"},
        {PANEL("widget = \"value\"; tags = \"a b\";"), "f:2: views[0].rows[0].panels[0].tags: \"a b\": a pattern without blanks is wanted; ? fits a blank in a key\n"},
        {"views = ( { name = \"v\"; key = 5; rows = ( { panels = ( { widget = \"data\"; } ); } ); },\n  { name = \"v\"; key = 5; rows = ( { panels = ( { widget = \"data\"; } ); } ); } );",
            "f:3: views[1].key: 5 goes to view \"v\" already\nf:3: views[1].name: \"v\" is there twice; also at f:2\n"},
        {PANEL("widget = \"gague\"; tags = \"site/a/l/oil\";"),
            "f:2: views.v.panels[0]: no widget \"gague\": there are value, bar, lamp, spark, band, big, text, gauge, trend, heat, pareto, lines, alarms, not-running, running, calls, stops, losses, outside, changes, "
            "energy, data\n"},
        {PANEL("widget = \"gauge\";"), "f:2: warning: views.v.panels[0]: it shows nothing: tags or lines are missing\n"},
        {PANEL("widget = \"gauge\"; tags = \"site/b/*\";"),
            "f:2: warning: views.v.panels[0]: \"site/b/*\" fits no tag that is configured; what is only discovered has a broker in its key (main:...)\n"},
        {PANEL("widget = \"band\"; lines = \"site/b*\";"), "f:2: warning: views.v.panels[0]: \"site/b*\" fits no area, line or unit\n"},
        {PANEL("widget = \"gauge\"; lines = \"site/a\";"), "f:2: warning: views.v.panels[0]: gauge draws values of tags: lines have none; band, lamp, text and value draw states\n"},
        {PANEL("widget = \"alarms\"; tags = \"site/a/l/oil\";"), "f:2: warning: views.v.panels[0]: alarms is built in: tags and lines mean nothing to it\n"},
        {VIEW("{ height = 3;\n panels = ( {\n widget = \"trend\"; tags = \"*oil\"; } ); }"), "f:3: warning: views.v.panels[0]: height = 3: trend needs 4, with its title, and gets them\n"},
        {"views = ( { name = \"energy\"; rows = ( { panels = ( { widget = \"data\"; } ); } ); } );", "f:2: views.energy: \"energy\" is a view that is built in: another name\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[2048];
        snprintf(text, sizeof text, PLANT "%s", cases[i].text);
        char *said = said_of(text);
        if (strcmp(said, cases[i].said) != 0)
            fail_msg("%s\nexpected\n%s\nbut got\n%s", cases[i].text, cases[i].said, said);
        free(said);
    }
}

static struct config built(const char *text)
{
    struct bundle bundle;
    struct config config = {.plant = NULL};
    struct diagnostics diagnostics = {.rows = NULL};
    bundle_of_text(&bundle, "f", text);
    if (!config_build(&bundle, &config, &diagnostics)) {
        diagnostics_print(&diagnostics, stderr);
        fail();
    }
    diagnostics_finish(&diagnostics);
    return config;
}

static const char everything[] = "views = (\n"
    "  { name = \"melt-1\"; title = \"炼钢 \\\"1\\\"\"; key = 0; rows = (\n"
    "    { height = 8; panels = (\n"
    "      { widget = \"trend\"; title = \"a \\\\ b\"; tags = (\"site/*/oil\", \"main:t?x\"); lines = (\"site/a/l\"); span = \"90m\"; range = [-1.5, 0.10000000000000001]; decimals = 0; columns = 3; width = 2; },\n"
    "      { widget = \"alarms\"; } ); },\n"
    "    { weight = 3; panels = (\n"
    "      { widget = \"band\"; lines = (\"site/*\"); span = \"7d\"; } ); } ); },\n"
    "  { name = \"second\"; rows = (\n"
    "    { panels = (\n"
    "      { widget = \"gauge\"; tags = (\"site/a/l/oil\"); } ); } ); }\n"
    ");\n";

/* As many characters as a screen of them has, drawn from these views. */
static void draw(const struct plant *plant, const struct panel_view *own, size_t count, const char *name, struct grid *grid)
{
    struct model *model = model_create(plant);
    struct panels *state = mem_zero(1, panels_view.state_size);
    struct scene scene = {.model = model, .now_ms = INT64_C(1718100000000), .filter = "", .banner = "", .message = "", .user = "", .who = "", .own = own, .own_count = count};
    snprintf(scene.focus.panels, sizeof scene.focus.panels, "%s", name);
    grid_clear(grid);
    panels_view.draw(state, &scene, surface_of(grid));
    panels_view.finish(state);
    free(state);
    model_destroy(model);
}

/* What is exported is, in a configuration, the same view, and the same frame. */
static void what_is_written_comes_back(void **state)
{
    (void)state;
    char text[4096], path[64];
    struct error err;
    snprintf(text, sizeof text, PLANT "%s", everything);
    struct config config = built(text);
    char *written = panel_views_text(config.plant->views, config.plant->view_count);
    assert_string_equal(written, everything);
    snprintf(path, sizeof path, "/tmp/andon-views-%ld.cfg", (long)getpid());
    assert_true(layout_export(config.plant->views, 1, path, &err));
    assert_false(layout_export(config.plant->views, 1, path, &err)); /* what is there is not touched */
    FILE *file = fopen(path, "r");
    size_t used = (size_t)snprintf(text, sizeof text, "%s", PLANT), length = fread(text + used, 1, sizeof text - used - 1, file);
    text[used + length] = '\0';
    fclose(file);
    unlink(path);
    struct config pasted = built(text);
    assert_int_equal(pasted.plant->view_count, 1);
    static const int sizes[][2] = {{80, 24}, {40, 12}, {200, 60}};
    for (size_t i = 0; i < 3; i++) {
        struct grid *own = grid_create(sizes[i][0], sizes[i][1]), *configured = grid_create(sizes[i][0], sizes[i][1]);
        draw(pasted.plant, config.plant->views, 1, "melt-1", own);
        draw(pasted.plant, NULL, 0, "melt-1", configured);
        assert_memory_equal(own->cells, configured->cells, (size_t)own->w * (size_t)own->h * sizeof *own->cells);
        grid_destroy(own);
        grid_destroy(configured);
    }
    free(written);
    config_finish(&pasted);
    config_finish(&config);
}

static void a_text_with_bad_views_is_refused_whole(void **state)
{
    (void)state;
    static const struct { const char *text, *why; } cases[] = {
        {"views = ( { name = \"v\" ", "line 1"}, {"views = 5;", "not a list"}, {"views = ( 5 );", "not a group"}, {"views = ( { name = \"V\"; rows = ( ); } );", "line 1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct panel_view *views = NULL;
        size_t count = 7;
        struct error err = {.text = ""};
        assert_false(config_read_views(cases[i].text, &views, &count, &err));
        if (!strstr(err.text, cases[i].why))
            fail_msg("%s: %s", cases[i].text, err.text);
        assert_true(views == NULL && count == 7);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {CASE(every_mistake_is_named), CASE(what_is_written_comes_back), CASE(a_text_with_bad_views_is_refused_whole)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
