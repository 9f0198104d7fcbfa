/*
 * A struct layout owns its sets, sorted by name, no two of one name. A file is read into a fresh one and taken over only as a whole. Its
 * texts come from outside: each passes the text gate and its bound.
 */
#include "io/layout.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <libconfig.h>

#include "core/memory.h"
#include "core/text_gate.h"
#include "io/config.h"

void layout_finish(struct layout *layout)
{
    free(layout->sets);
    free(layout->views);
    *layout = (struct layout){.count = 0};
}

void layout_path(char *out, size_t cap)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    if (state && state[0] == '/')
        snprintf(out, cap, "%s/andon/layout.cfg", state);
    else
        snprintf(out, cap, "%s/.local/state/andon/layout.cfg", home && home[0] == '/' ? home : "");
}

bool layout_name_good(const char *name)
{
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
    return length > 0 && length < LAYOUT_NAME && !name[length];
}

const struct layout_set *layout_find(const struct layout *layout, const char *name)
{
    for (size_t i = 0; i < layout->count; i++)
        if (strcmp(layout->sets[i].name, name) == 0)
            return &layout->sets[i];
    return NULL;
}

bool layout_drop(struct layout *layout, const char *name)
{
    const struct layout_set *set = layout_find(layout, name);
    if (!set)
        return false;
    size_t index = (size_t)(set - layout->sets);
    memmove(&layout->sets[index], &layout->sets[index + 1], (--layout->count - index) * sizeof *set);
    return true;
}

bool layout_put(struct layout *layout, const struct layout_set *set, struct error *err)
{
    if (!layout_name_good(set->name))
        return error_set(err, "\"%.40s\" is no name for a set: letters, digits, - and _, at most %d", set->name, LAYOUT_NAME - 1);
    layout_drop(layout, set->name);
    if (layout->count == LAYOUT_SETS)
        return error_set(err, "%d sets are the most: drop one first", LAYOUT_SETS);
    size_t at = 0;
    while (at < layout->count && strcmp(layout->sets[at].name, set->name) < 0)
        at++;
    layout->sets = mem_resize(layout->sets, layout->count + 1, sizeof *layout->sets);
    memmove(&layout->sets[at + 1], &layout->sets[at], (layout->count - at) * sizeof *layout->sets);
    layout->sets[at] = *set;
    layout->count++;
    return true;
}

/* ---- views ---- */

const struct panel_view *layout_find_view(const struct layout *layout, const char *name)
{
    for (size_t i = 0; i < layout->view_count; i++)
        if (strcmp(layout->views[i].name, name) == 0)
            return &layout->views[i];
    return NULL;
}

bool layout_drop_view(struct layout *layout, const char *name)
{
    const struct panel_view *view = layout_find_view(layout, name);
    if (!view)
        return false;
    size_t index = (size_t)(view - layout->views);
    memmove(&layout->views[index], &layout->views[index + 1], (--layout->view_count - index) * sizeof *view);
    return true;
}

bool layout_put_view(struct layout *layout, const struct panel_view *view, struct error *err)
{
    if (!panel_name_good(view->name))
        return error_set(err, "\"%.40s\" is no name for a view: a-z, 0-9, - and _, at most %d", view->name, PANEL_NAME - 1);
    if (view->panel_count == 0)
        return error_set(err, "there is no panel in it yet");
    layout_drop_view(layout, view->name);
    if (layout->view_count == PANEL_VIEWS)
        return error_set(err, "%d views are the most: drop one first", PANEL_VIEWS);
    size_t at = 0;
    while (at < layout->view_count && strcmp(layout->views[at].name, view->name) < 0)
        at++;
    layout->views = mem_resize(layout->views, layout->view_count + 1, sizeof *layout->views);
    memmove(&layout->views[at + 1], &layout->views[at], (layout->view_count - at) * sizeof *layout->views);
    layout->views[at] = *view;
    layout->view_count++;
    return true;
}

/* ---- reading ---- */

static bool read_set(const config_setting_t *group, struct layout *layout, struct error *err)
{
    struct layout_set set = {.count = 0};
    const char *name;
    const config_setting_t *tags = config_setting_is_group(group) ? config_setting_get_member(group, "tags") : NULL;
    if (!tags || !config_setting_is_aggregate(tags) || !config_setting_lookup_string(group, "name", &name))
        return error_set(err, "line %u: not a set { name = \"...\"; tags = (\"...\"); }", config_setting_source_line(group));
    snprintf(set.name, sizeof set.name, "%.*s", LAYOUT_NAME - 1, name);
    for (int i = 0; i < config_setting_length(tags); i++) {
        const char *tag = config_setting_get_string_elem(tags, i);
        if (!tag || !*tag || strlen(tag) >= KEY_BYTES || set.count == LAYOUT_TAGS)
            return error_set(err, "line %u: a set has up to %d keys of tags", config_setting_source_line(tags), LAYOUT_TAGS);
        text_gate(tag, strlen(tag), set.tags[set.count++], KEY_BYTES, NULL);
    }
    return layout_put(layout, &set, err);
}

static const char newer[] = "of a newer andon";

/* libconfig would follow it to any file. */
static bool has_include(const char *text)
{
    for (; *text; text += strcspn(text, "\n"), text += *text == '\n')
        if (strncmp(text + strspn(text, " \t"), "@include", 8) == 0)
            return true;
    return false;
}

static bool read_views(const char *text, struct layout *layout, struct error *err)
{
    struct panel_view *views;
    size_t count;
    if (!config_read_views(text, &views, &count, err))
        return false;
    bool good = true;
    for (size_t i = 0; good && i < count; i++) {
        for (size_t p = 0; p < views[i].panel_count; p++)
            views[i].panels[p].line = 0;
        views[i].line = 0;
        good = layout_put_view(layout, &views[i], err);
    }
    free(views);
    return good;
}

static bool read_text(const char *text, struct layout *layout, struct error *err)
{
    config_t config;
    int version = LAYOUT_VERSION;
    if (has_include(text))
        return error_set(err, "it includes no other file");
    config_init(&config);
    bool good = config_read_string(&config, text) == CONFIG_TRUE;
    if (!good)
        error_set(err, "line %d: %s", config_error_line(&config), config_error_text(&config));
    if (good && config_lookup_int(&config, "version", &version) && version > LAYOUT_VERSION)
        good = error_set(err, "%s, version %d", newer, version);
    const config_setting_t *sets = good ? config_lookup(&config, "trends") : NULL;
    if (sets && !config_setting_is_list(sets))
        good = error_set(err, "line %u: trends is not a list ( ... )", config_setting_source_line(sets));
    for (int i = 0; good && sets && i < config_setting_length(sets); i++)
        good = read_set(config_setting_get_elem(sets, (unsigned)i), layout, err);
    config_destroy(&config);
    return good && read_views(text, layout, err);
}

static bool read_file(FILE *file, struct layout *layout, struct error *err)
{
    char *text = mem_zero(LAYOUT_BYTES + 1, 1);
    size_t length = fread(text, 1, LAYOUT_BYTES + 1, file);
    bool good = !ferror(file) && length <= LAYOUT_BYTES && !memchr(text, 0, length);
    if (good)
        good = read_text(text, layout, err);
    else
        error_set(err, "it is not a text of at most %d KiB", LAYOUT_BYTES / 1024);
    free(text);
    return good;
}

bool layout_load(struct layout *layout, const char *path, bool set_aside, struct error *err)
{
    struct layout read = {.count = 0};
    struct error why;
    *layout = read;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* whatever lies there, one does not wait for it */
    struct stat is;
    if (fd < 0)
        return errno == ENOENT || error_set(err, "%s: %s", path, strerror(errno));
    if (fstat(fd, &is) != 0 || !S_ISREG(is.st_mode)) {
        close(fd);
        return error_set(err, "%s: not a file", path);
    }
    FILE *file = fdopen(fd, "rb");
    if (!file) {
        close(fd);
        return error_set(err, "%s: %s", path, strerror(errno));
    }
    bool good = read_file(file, &read, &why);
    fclose(file);
    if (good) {
        *layout = read;
        return true;
    }
    layout_finish(&read);
    char aside[LAYOUT_PATH];
    bool is_newer = strncmp(why.text, newer, strlen(newer)) == 0;
    snprintf(aside, sizeof aside, "%s.%s", path, is_newer ? "newer" : "damaged");
    if (!set_aside || rename(path, aside) != 0)
        return error_set(err, "%s: %.200s", path, why.text);
    if (is_newer)
        return error_set(err, "what was saved on screens is %.60s: set aside as %s", why.text, aside);
    return error_set(err, "what was saved on screens was damaged (%.120s): set aside as %s", why.text, aside);
}

/* ---- writing ---- */

static void write_text(FILE *file, const char *text)
{
    fputc('"', file);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            fputc('\\', file);
        fputc(*text, file);
    }
    fputc('"', file);
}

static void write_sets(FILE *file, const struct layout *layout)
{
    fprintf(file, "# What was arranged on screens. andon replaces this file as a whole.\nversion = %d;\ntrends = (\n", LAYOUT_VERSION);
    for (size_t i = 0; i < layout->count; i++) {
        const struct layout_set *set = &layout->sets[i];
        fputs("  { name = ", file);
        write_text(file, set->name);
        fputs("; tags = (", file);
        for (size_t t = 0; t < set->count; t++) {
            fputs(t ? ",\n    " : "\n    ", file);
            write_text(file, set->tags[t]);
        }
        fputs(i + 1 < layout->count ? "); },\n" : "); }\n", file);
    }
    fputs(");\n", file);
}

static void write_views(FILE *file, const struct panel_view *views, size_t count)
{
    char *text = panel_views_text(views, count);
    fputs(text, file);
    free(text);
}

static bool make_folders(const char *path, struct error *err)
{
    char folder[LAYOUT_PATH];
    snprintf(folder, sizeof folder, "%s", path);
    for (char *p = folder + 1; *p; p++) {
        if (*p != '/')
            continue;
        *p = '\0';
        if (mkdir(folder, 0700) != 0 && errno != EEXIST)
            return error_set(err, "%s: %s", folder, strerror(errno));
        *p = '/';
    }
    return true;
}

bool layout_save(const struct layout *layout, const char *path, struct error *err)
{
    char fresh[LAYOUT_PATH];
    if (snprintf(fresh, sizeof fresh, "%s.XXXXXX", path) >= (int)sizeof fresh)
        return error_set(err, "the layout file's name is too long");
    if (!make_folders(path, err))
        return false;
    int fd = mkstemp(fresh);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "wb");
    if (!file) {
        error_set(err, "%s: %s", path, strerror(errno));
        if (fd >= 0) {
            close(fd);
            unlink(fresh);
        }
        return false;
    }
    write_sets(file, layout);
    if (layout->view_count > 0)
        write_views(file, layout->views, layout->view_count);
    bool good = fflush(file) == 0 && !ferror(file) && fsync(fd) == 0;
    good = fclose(file) == 0 && good;
    if (good && rename(fresh, path) == 0)
        return true;
    error_set(err, "%s: %s", path, strerror(errno));
    unlink(fresh);
    return false;
}

bool layout_export(const struct panel_view *views, size_t count, const char *path, struct error *err)
{
    if (!make_folders(path, err))
        return false;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "wb");
    if (!file) {
        error_set(err, errno == EEXIST ? "there is such a file already, name another: %.300s" : "%.300s: %s", path, strerror(errno));
        if (fd >= 0)
            close(fd);
        return false;
    }
    write_views(file, views, count);
    bool good = fflush(file) == 0 && !ferror(file);
    good = fclose(file) == 0 && good;
    return good || error_set(err, "%.300s: %s", path, strerror(errno));
}
