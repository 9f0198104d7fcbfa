/*
 * Views of one's own. What is read here is how they are written; whether there is such a widget, and whether a pattern fits anything, is judged by
 * who draws them (views/panels_check.h), and never stops a collector.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "io/config_reader.h"

/* Texts into one, parted by blanks. */
static void read_patterns(struct reader *r, const struct fields *f, const char *key, char *out, size_t cap)
{
    setting_t *list = field(f, key);
    int count = 0;
    size_t used = 0;
    text_at(list, 0, &count);
    for (int i = 0; i < count; i++) {
        setting_t *one = text_at(list, i, &count);
        const char *text = setting_text(one);
        if (!*text || strchr(text, ' ')) {
            complain(r, one, "\"%.60s\": a pattern without blanks is wanted; ? fits a blank in a key", text);
            continue;
        }
        if (used + strlen(text) + 2 > cap) {
            complain(r, list, "too long: all patterns together may have %zu bytes", cap - 1);
            return;
        }
        used += (size_t)snprintf(out + used, cap - used, "%s%s", used ? " " : "", text);
    }
}

static void read_text(struct reader *r, const struct fields *f, const char *key, char *out, size_t cap)
{
    const char *text = field_text(f, key);
    if (strlen(text) >= cap)
        complain(r, field(f, key), "too long: %zu bytes; %zu are allowed", strlen(text), cap - 1);
    else
        snprintf(out, cap, "%s", text);
}

static int flat_line_of(const struct reader *r, setting_t *s)
{
    size_t file;
    int line;
    flat_locate(&r->flat, (int)s->line, &file, &line);
    return line;
}

static void read_panel(struct reader *r, setting_t *s, struct panel_view *view, struct panel_row *row)
{
    struct fields f;
    struct panel panel = panel_blank("");
    fields_read(r, s, "panels", &f);
    if (view->panel_count == PANELS) {
        complain(r, s, "more than %d panels in a view", PANELS);
        return;
    }
    if (!field_required(r, &f, "widget"))
        return;
    read_text(r, &f, "widget", panel.widget, sizeof panel.widget);
    read_text(r, &f, "title", panel.title, sizeof panel.title);
    read_patterns(r, &f, "tags", panel.tags, sizeof panel.tags);
    read_patterns(r, &f, "lines", panel.lines, sizeof panel.lines);
    panel.span_ms = field(&f, "span") ? field_duration(&f, "span") : 0;
    panel.has_range = field_range(&f, "range", panel.range);
    if (field(&f, "decimals"))
        panel.decimals = (int)field_integer(&f, "decimals");
    if (field(&f, "columns"))
        panel.columns = (int)field_integer(&f, "columns");
    panel.width = (int)field_integer(&f, "width");
    panel.line = flat_line_of(r, s);
    view->panels[view->panel_count++] = panel;
    row->count++;
}

static void read_row(struct reader *r, setting_t *s, struct panel_view *view)
{
    struct fields f;
    struct panel_row row = {.weight = 1};
    fields_read(r, s, "rows", &f);
    setting_t *panels = field(&f, "panels");
    if (view->row_count == PANEL_ROWS) {
        complain(r, s, "more than %d rows in a view", PANEL_ROWS);
        return;
    }
    if (!field_required(r, &f, "panels"))
        return;
    row.height = field(&f, "height") ? (int)field_integer(&f, "height") : 0;
    row.weight = (int)field_integer(&f, "weight");
    if (row.height && field(&f, "weight"))
        complain(r, field(&f, "weight"), "beside height: one of them says how high the row is");
    if (config_setting_length(panels) == 0)
        complain(r, panels, "a row without a panel");
    for (int i = 0; i < config_setting_length(panels); i++)
        if (is_group(r, config_setting_get_elem(panels, (unsigned)i)))
            read_panel(r, config_setting_get_elem(panels, (unsigned)i), view, &row);
    if (row.count > 0)
        view->rows[view->row_count++] = row;
}

/* The number that somebody else has already. */
static const struct panel_view *key_taken(const struct reader *r, char key)
{
    for (size_t i = 0; key && i < r->build.plant->view_count; i++)
        if (r->build.plant->views[i].key == key)
            return &r->build.plant->views[i];
    return NULL;
}

static void read_view(struct reader *r, setting_t *s)
{
    struct fields f;
    char also[PATH_MOST];
    const struct name_entry *earlier;
    fields_read(r, s, "views", &f);
    setting_t *rows = field(&f, "rows");
    if (!field_required(r, &f, "name") || !field_required(r, &f, "rows"))
        return;
    struct panel_view *view = mem_zero(1, sizeof *view);
    const char *name = field_text(&f, "name");
    if (!panel_name_good(name))
        complain(r, field(&f, "name"), "\"%.60s\": at most %d characters are allowed", name, PANEL_NAME - 1);
    else if (!names_add(&r->view_names, NULL, name, s, NULL, &earlier))
        complain(r, field(&f, "name"), "\"%s\" is there twice; also at %s", name, place(r, earlier->where, also));
    else if (r->build.plant->view_count == PANEL_VIEWS)
        complain(r, s, "more than %d views", PANEL_VIEWS);
    snprintf(view->name, sizeof view->name, "%.*s", PANEL_NAME - 1, name);
    read_text(r, &f, "title", view->title, sizeof view->title);
    view->key = field(&f, "key") ? (char)('0' + field_integer(&f, "key")) : 0;
    if (key_taken(r, view->key))
        complain(r, field(&f, "key"), "%c goes to view \"%s\" already", view->key, key_taken(r, view->key)->name);
    if (config_setting_length(rows) == 0)
        complain(r, rows, "a view without a row");
    for (int i = 0; i < config_setting_length(rows); i++)
        if (is_group(r, config_setting_get_elem(rows, (unsigned)i)))
            read_row(r, config_setting_get_elem(rows, (unsigned)i), view);
    size_t file;
    flat_locate(&r->flat, (int)s->line, &file, &view->line);
    view->file = r->bundle->files[file].name;
    if (view->panel_count > 0 && r->build.plant->view_count < PANEL_VIEWS)
        plant_add_view(&r->build, view);
    free(view);
}

void read_view_list(struct reader *r, setting_t *list)
{
    for (int i = 0; i < config_setting_length(list); i++)
        if (is_group(r, config_setting_get_elem(list, (unsigned)i)))
            read_view(r, config_setting_get_elem(list, (unsigned)i));
}

void read_views(struct reader *r, const struct fields *root)
{
    read_each(r, root, "views", read_view);
}
