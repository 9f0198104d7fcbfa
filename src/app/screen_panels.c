/*
 * :panel: views of panels by hand. What is changed lies in the panels view's draft; here it is begun, saved into the user's layout file, dropped and exported.
 * The file is read anew before it is changed, because other screens of the user may have changed it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/screen_parts.h"
#include "core/memory.h"
#include "views/panels.h"

enum { EXPORT_PATH = LAYOUT_PATH };

static struct panels *panels_of(const struct screen *s)
{
    return compose_state((struct compose *)(uintptr_t)&s->compose, panels_view.name); /* it is made when first asked for */
}

void screen_panels_show(struct screen *s)
{
    s->compose.own = s->layout.views;
    s->compose.own_count = s->layout.view_count;
}

static struct scene scene_now(const struct screen *s)
{
    const struct compose *c = &s->compose;
    return (struct scene){.model = compose_model(c), .focus = c->here.focus, .own = c->own, .own_count = c->own_count};
}

static bool may_write(const struct screen *s, struct error *err)
{
    return !s->compose.read_only || error_set(err, "read-only: nothing is written");
}

/* ---- the words ---- */

static bool begin(struct screen *s, const char *name, struct error *err)
{
    struct panels *p = panels_of(s);
    struct scene scene = scene_now(s);
    bool fresh = name[0] || !panels_current(p, &scene);
    if (!panels_edit(p, &scene, name, err))
        return false;
    struct focus focus = s->compose.here.focus;
    snprintf(focus.panels, sizeof focus.panels, "%s", p->draft->name);
    compose_go(&s->compose, panels_view.name, &focus, err);
    if (fresh && p->draft->panel_count == 0) /* what one looked at is the first thing to see */
        panels_add(p, focus.tag[0] ? "trend" : "lines", focus.tag, false, err);
    return true;
}

static bool run_edit(struct screen *s, const char *argument, struct error *err)
{
    (void)argument;
    return begin(s, "", err);
}

static bool run_new(struct screen *s, const char *name, struct error *err)
{
    return name[0] ? begin(s, name, err) : error_set(err, ":panel new NAME");
}

static bool run_add(struct screen *s, const char *widget, struct error *err)
{
    struct panels *p = panels_of(s);
    bool known = !widget[0] || widget_find(widget) || panels_part(widget);
    if (!known)
        return error_set(err, "no widget \"%.30s\": Tab shows which there are", widget);
    if (!p->editing && !begin(s, "", err))
        return false;
    return panels_add(p, widget[0] ? widget : "value", s->compose.here.focus.tag, false, err);
}

static bool run_undo(struct screen *s, const char *argument, struct error *err)
{
    (void)argument;
    return panels_undo(panels_of(s), err);
}

/* Gives the draft another name for the user. */
static bool run_save(struct screen *s, const char *name, struct error *err)
{
    struct panels *p = panels_of(s);
    char said[PANEL_NAME + 64];
    if (!may_write(s, err))
        return false;
    if (!p->draft || (!p->editing && !p->changed))
        return error_set(err, "nothing is edited: :panel begins");
    if (name[0] && view_find(name))
        return error_set(err, "\"%.30s\" is a view that is built in: another name", name);
    struct panel_view *view = mem_zero(1, sizeof *view);
    memcpy(view, p->draft, sizeof *view);
    if (name[0])
        snprintf(view->name, sizeof view->name, "%.*s", strlen(name) < PANEL_NAME ? PANEL_NAME - 1 : 0, name);
    bool good = screen_trends_load(s, err) && layout_put_view(&s->layout, view, err) && screen_layout_store(s, err);
    if (good) {
        panels_saved(p, view->name);
        snprintf(s->compose.here.focus.panels, PANEL_NAME, "%s", view->name);
        snprintf(said, sizeof said, "saved: V or :view %s shows it", view->name);
        screen_say(s, said);
    }
    free(view);
    return good;
}

static bool run_discard(struct screen *s, const char *argument, struct error *err)
{
    (void)argument;
    struct panels *p = panels_of(s);
    if (!p->draft || !p->changed)
        return error_set(err, "there is nothing that is not saved");
    p->editing = p->changed = p->moving = false;
    free(p->draft);
    p->draft = NULL;
    screen_say(s, "what was not saved is forgotten");
    return true;
}

static bool run_drop(struct screen *s, const char *name, struct error *err)
{
    if (!may_write(s, err) || !screen_trends_load(s, err))
        return false;
    const struct panel_view *dropped = layout_find_view(&s->layout, name);
    if (!dropped)
        return error_set(err, panels_find(model_plant(compose_model(&s->compose)), NULL, 0, name) ? "\"%.40s\" stands in the configuration" : "no saved view \"%.40s\"", name);
    struct panels *p = panels_of(s);
    struct panel_view *kept = mem_zero(1, sizeof *kept);
    memcpy(kept, dropped, sizeof *kept);
    layout_drop_view(&s->layout, name);
    bool good = screen_layout_store(s, err);
    if (good && !p->changed && !p->editing) { /* it can be saved again */
        free(p->draft);
        p->draft = kept;
        kept = NULL;
        p->changed = true;
    }
    free(kept);
    if (good)
        screen_say(s, p->changed ? "dropped; :panel save keeps it after all" : "dropped");
    return good;
}

static void export_path(const char *name, char out[EXPORT_PATH])
{
    layout_path(out, EXPORT_PATH);
    char *slash = strrchr(out, '/');
    size_t used = slash ? (size_t)(slash + 1 - out) : 0;
    snprintf(out + used, EXPORT_PATH - used, "%s.cfg", name);
}

static bool run_export(struct screen *s, const char *file, struct error *err)
{
    const struct panels *p = panels_of(s);
    struct scene scene = scene_now(s);
    const struct panel_view *view = panels_current(p, &scene);
    char path[EXPORT_PATH], said[COMPOSE_MESSAGE];
    if (!may_write(s, err))
        return false;
    if (!view || view->panel_count == 0)
        return error_set(err, "there is no view of panels to export");
    if (file[0])
        snprintf(path, sizeof path, "%s", file);
    else
        export_path(view->name, path);
    if (!layout_export(view, 1, path, err))
        return false;
    snprintf(said, sizeof said, "written for a configuration: %.150s", path);
    screen_say(s, said);
    return true;
}

static const struct word {
    const char *word;
    bool (*run)(struct screen *s, const char *argument, struct error *err);
} words[] = {
    {"", run_edit}, {"new", run_new}, {"add", run_add}, {"save", run_save}, {"undo", run_undo}, {"discard", run_discard}, {"drop", run_drop}, {"export", run_export},
};
enum { WORDS = sizeof words / sizeof words[0] };

bool screen_panel(struct screen *s, const char *argument, struct error *err)
{
    size_t length = strcspn(argument, " ");
    const char *rest = argument + length + strspn(argument + length, " ");
    for (size_t i = 0; i < WORDS; i++)
        if (strlen(words[i].word) == length && strncmp(words[i].word, argument, length) == 0)
            return words[i].run(s, rest, err);
    for (size_t n = 0; panel_key(n); n++)
        if (strlen(panel_key(n)) == length && strncmp(panel_key(n), argument, length) == 0)
            return panels_set(panels_of(s), panel_key(n), rest, err);
    return error_set(err, ":panel knows no \"%.*s\": Tab shows what it knows", length > 30 ? 30 : (int)length, argument);
}

/* ---- completion ---- */

/* The n-th of the first words that begin so. */
static bool complete_word(const char *typed, size_t n, char *out, size_t cap)
{
    for (size_t i = 1; i < WORDS; i++)
        if (strncmp(words[i].word, typed, strlen(typed)) == 0 && n-- == 0)
            return snprintf(out, cap, "%s ", words[i].word) > 0;
    for (size_t i = 0; panel_key(i); i++)
        if (strncmp(panel_key(i), typed, strlen(typed)) == 0 && n-- == 0)
            return snprintf(out, cap, "%s ", panel_key(i)) > 0;
    return false;
}

static bool complete_patterns(const struct screen *s, bool lines, const char *typed, const char *word, size_t n, char *out, size_t cap)
{
    char key[KEY_BYTES];
    const char *last = strrchr(word, ' ') ? strrchr(word, ' ') + 1 : word;
    if (!panels_completion(compose_model(&s->compose), lines, last, n, key))
        return false;
    snprintf(out, cap, "%.*s%s", (int)(last - typed), typed, key);
    return true;
}

bool screen_panel_complete(const struct screen *s, const char *typed, size_t n, char *out, size_t cap)
{
    size_t length = strcspn(typed, " ");
    const char *word = typed + length + strspn(typed + length, " "), *name;
    if (!typed[length])
        return complete_word(typed, n, out, cap);
    bool widget = strncmp(typed, "widget ", 7) == 0 || strncmp(typed, "add ", 4) == 0, drop = strncmp(typed, "drop ", 5) == 0;
    if (strncmp(typed, "tags ", 5) == 0 || strncmp(typed, "lines ", 6) == 0)
        return complete_patterns(s, typed[0] == 'l', typed, word, n, out, cap);
    for (size_t i = 0; widget && (name = panels_widget(i)) != NULL; i++)
        if (strncmp(name, word, strlen(word)) == 0 && n-- == 0)
            return snprintf(out, cap, "%.*s %s", (int)length, typed, name) > 0;
    for (size_t i = 0; drop && i < s->layout.view_count; i++)
        if (strncmp(s->layout.views[i].name, word, strlen(word)) == 0 && n-- == 0)
            return snprintf(out, cap, "drop %s", s->layout.views[i].name) > 0;
    return false;
}

/* ---- the end ---- */

void screen_panels_leave(struct screen *s)
{
    struct error err;
    if (!s->showing || s->compose.read_only)
        return;
    const struct panels *p = panels_of(s);
    if (!p->draft || !p->changed || p->draft->panel_count == 0 || !screen_trends_load(s, &err))
        return;
    struct panel_view *view = mem_zero(1, sizeof *view);
    memcpy(view, p->draft, sizeof *view);
    snprintf(view->name, sizeof view->name, "%.24s-draft", p->draft->name);
    if (layout_put_view(&s->layout, view, &err))
        screen_layout_store(s, &err);
    free(view);
}
