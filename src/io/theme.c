/*
 * A theme file is read into a struct theme on the stack and copied out only when all of it was good. struct source is where
 * a text came from, for messages: a built-in theme has no file, only its name.
 */
#include "io/theme.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libconfig.h>

#include "core/memory.h"

enum { THEME_BYTES = 64 * 1024, THEME_PATH = 1024 };

extern const char theme_text_dark[], theme_text_light[], theme_text_high_contrast[], theme_text_deuteranopia[], theme_text_mono[];

static const struct {
    const char *name, *text;
} builtin_table[] = {
    {"dark", theme_text_dark}, {"light", theme_text_light}, {"high-contrast", theme_text_high_contrast}, {"deuteranopia", theme_text_deuteranopia},
    {"mono", theme_text_mono},
};

struct source {
    const char *name; /* as messages show it */
    const char *text;
};

enum key_kind { KEY_COLOUR, KEY_COLOUR_8, KEY_FLAG };

static const struct style_key {
    const char *name;
    enum key_kind kind;
    size_t offset;
} key_table[] = {
    {"fg", KEY_COLOUR, offsetof(struct style, fg)},
    {"bg", KEY_COLOUR, offsetof(struct style, bg)},
    {"fg8", KEY_COLOUR_8, offsetof(struct style, fg8)},
    {"bg8", KEY_COLOUR_8, offsetof(struct style, bg8)},
    {"bold", KEY_FLAG, offsetof(struct style, bold)},
    {"dim", KEY_FLAG, offsetof(struct style, dim)},
    {"reverse", KEY_FLAG, offsetof(struct style, reverse)},
    {"underline", KEY_FLAG, offsetof(struct style, underline)},
};
enum { KEY_COUNT = sizeof key_table / sizeof key_table[0], BUILTIN_COUNT = sizeof builtin_table / sizeof builtin_table[0] };

static const struct style plain = {COLOUR_DEFAULT, COLOUR_DEFAULT, COLOUR_DEFAULT, COLOUR_DEFAULT, false, false, false, false};

static const char *role_name(size_t i)
{
    return cell_role_table[i].name;
}

static const char *key_name(size_t i)
{
    return key_table[i].name;
}

/* Insertions, deletions and replacements between two names of at most 31 bytes. */
static size_t distance(const char *a, const char *b)
{
    size_t row[32], m = strlen(a), n = strlen(b);
    if (m > 31 || n > 31)
        return 99;
    for (size_t j = 0; j <= n; j++)
        row[j] = j;
    for (size_t i = 1; i <= m; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            size_t best = diagonal + (a[i - 1] != b[j - 1]);
            best = row[j] + 1 < best ? row[j] + 1 : best;
            best = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
            diagonal = row[j];
            row[j] = best;
        }
    }
    return row[n];
}

const char *theme_builtin(size_t index)
{
    return index < BUILTIN_COUNT ? builtin_table[index].name : NULL;
}

static const char *nearest(const char *name, const char *(*known)(size_t), size_t count)
{
    size_t best = 0;
    for (size_t i = 1; i < count; i++)
        if (distance(name, known(i)) < distance(name, known(best)))
            best = i;
    return known(best);
}

static size_t find(const char *name, const char *(*known)(size_t), size_t count)
{
    size_t i = 0;
    while (i < count && strcmp(known(i), name) != 0)
        i++;
    return i;
}

static bool read_colour(const config_setting_t *setting, int most, int *out)
{
    int colour = config_setting_get_int(setting);
    if (config_setting_type(setting) != CONFIG_TYPE_INT || colour < 0 || colour > most)
        return false;
    *out = colour;
    return true;
}

static bool read_key(const struct source *source, const char *role, const config_setting_t *setting, struct style *style, struct error *err)
{
    const char *name = config_setting_name(setting);
    unsigned line = config_setting_source_line(setting);
    size_t i = find(name, key_name, KEY_COUNT);
    if (i == KEY_COUNT)
        return error_set(err, "%s:%u: %s.%s: no such key; the nearest is \"%s\"", source->name, line, role, name, nearest(name, key_name, KEY_COUNT));
    void *target = (char *)style + key_table[i].offset;
    if (key_table[i].kind == KEY_FLAG) {
        if (config_setting_type(setting) != CONFIG_TYPE_BOOL)
            return error_set(err, "%s:%u: %s.%s: must be true or false", source->name, line, role, name);
        *(bool *)target = config_setting_get_bool(setting) != 0;
        return true;
    }
    int most = key_table[i].kind == KEY_COLOUR ? 255 : 7;
    return read_colour(setting, most, target) ||
           error_set(err, "%s:%u: %s.%s: must be a colour from 0 to %d", source->name, line, role, name, most);
}

static bool read_role(const struct source *source, const config_setting_t *group, struct style *style, struct error *err)
{
    *style = plain;
    for (int i = 0; i < config_setting_length(group); i++)
        if (!read_key(source, config_setting_name(group), config_setting_get_elem(group, (unsigned)i), style, err))
            return false;
    return true;
}

static bool read_roles(const struct source *source, const config_setting_t *root, struct theme *theme, struct error *err)
{
    bool given[CELL_ROLE_COUNT] = {false};
    theme->style[CELL_TEXT] = plain;
    for (int i = 0; i < config_setting_length(root); i++) {
        const config_setting_t *group = config_setting_get_elem(root, (unsigned)i);
        const char *name = config_setting_name(group);
        unsigned line = config_setting_source_line(group);
        size_t role = find(name, role_name, CELL_ROLE_COUNT);
        if (role == CELL_ROLE_COUNT)
            return error_set(err, "%s:%u: %s: no such role; the nearest is \"%s\"", source->name, line, name, nearest(name, role_name, CELL_ROLE_COUNT));
        if (!config_setting_is_group(group))
            return error_set(err, "%s:%u: %s: must be a group such as { fg = 250; bold = true; }", source->name, line, name);
        if (!read_role(source, group, &theme->style[role], err))
            return false;
        given[role] = true;
    }
    for (size_t role = 0; role < CELL_ROLE_COUNT; role++)
        if (!given[role])
            theme->style[role] = theme->style[CELL_TEXT];
    for (size_t role = 0; role < CELL_ROLE_COUNT; role++) { /* one paper for all that has none of its own */
        struct style *style = &theme->style[role];
        style->bg = style->bg == COLOUR_DEFAULT ? theme->style[CELL_TEXT].bg : style->bg;
        style->bg8 = style->bg8 == COLOUR_DEFAULT ? theme->style[CELL_TEXT].bg8 : style->bg8;
    }
    for (size_t p = 0; p < 4; p++) /* a theme that is older than these roles */
        if (!given[CELL_UNACKED_1 + p]) {
            theme->style[CELL_UNACKED_1 + p] = theme->style[CELL_ALARM_1 + p];
            theme->style[CELL_UNACKED_1 + p].reverse = true;
        }
    return true;
}

/* The line of an @include directive, which libconfig would follow to any file; 0 when there is none. */
static int include_line(const char *text)
{
    for (int line = 1; *text; line++) {
        const char *word = text + strspn(text, " \t");
        if (strncmp(word, "@include", 8) == 0)
            return line;
        text += strcspn(text, "\n");
        text += *text == '\n';
    }
    return 0;
}

static bool read_text(const struct source *source, struct theme *theme, struct error *err)
{
    int line = include_line(source->text);
    if (line)
        return error_set(err, "%s:%d: a theme includes no other file", source->name, line);
    config_t config;
    config_init(&config);
    bool good = config_read_string(&config, source->text) == CONFIG_TRUE;
    if (!good)
        error_set(err, "%s:%d: %s", source->name, config_error_line(&config), config_error_text(&config));
    else
        good = read_roles(source, config_root_setting(&config), theme, err);
    config_destroy(&config);
    return good;
}

static bool read_stream(FILE *file, const char *path, struct theme *theme, struct error *err)
{
    char *text = mem_zero(THEME_BYTES + 1, 1);
    size_t length = fread(text, 1, THEME_BYTES + 1, file);
    bool good = false;
    if (ferror(file))
        error_set(err, "%s: cannot be read", path);
    else if (length > THEME_BYTES || memchr(text, 0, length))
        error_set(err, "%s: not a theme: larger than %d bytes or not text", path, THEME_BYTES);
    else
        good = read_text(&(struct source){path, text}, theme, err);
    free(text);
    return good;
}

/* The theme's own name: the last part of its path without the ending. */
static void name_of(const char *path, char *out, size_t cap)
{
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
    const char *dot = strrchr(base, '.');
    snprintf(out, cap, "%.*s", dot && dot != base ? (int)(dot - base) : (int)strlen(base), base);
}

/* *found tells a file that is there but bad from one that is not there. */
static bool read_path(const char *path, struct theme *theme, bool *found, struct error *err)
{
    FILE *file = fopen(path, "rb");
    *found = file != NULL;
    if (!file)
        return error_set(err, "theme %s: cannot be opened", path);
    struct theme read = {.name = ""};
    name_of(path, read.name, sizeof read.name);
    bool good = read_stream(file, path, &read, err);
    fclose(file);
    if (good)
        *theme = read;
    return good;
}

/* A name is a word: it cannot climb out of the folders in which themes are looked for. */
static bool is_name(const char *name)
{
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
    return length > 0 && length < sizeof((struct theme *)NULL)->name && !name[length];
}

static bool read_builtin(const char *name, struct theme *theme, bool *found, struct error *err)
{
    for (size_t i = 0; i < BUILTIN_COUNT; i++) {
        if (strcmp(builtin_table[i].name, name) != 0)
            continue;
        struct theme read = {.name = ""};
        snprintf(read.name, sizeof read.name, "%s", name);
        *found = true;
        bool good = read_text(&(struct source){name, builtin_table[i].text}, &read, err);
        if (good)
            *theme = read;
        return good;
    }
    *found = false;
    return false;
}

bool theme_load(struct theme *theme, const char *name, const char *config_folder, struct error *err)
{
    bool found, has_folder = config_folder && config_folder[0];
    if (strchr(name, '/'))
        return read_path(name, theme, &found, err);
    if (!is_name(name))
        return error_set(err, "theme \"%s\": a name is made of letters, digits, - and _; a path has a /", name);
    bool good = read_builtin(name, theme, &found, err);
    const char *const folders[] = {config_folder, ANDON_DATA_DIR};
    for (size_t i = 0; i < 2 && !found; i++) {
        char path[THEME_PATH];
        if (i == 0 && !has_folder)
            continue;
        if (snprintf(path, sizeof path, "%s/themes/%s.cfg", folders[i], name) < (int)sizeof path)
            good = read_path(path, theme, &found, err);
    }
    if (!found)
        return error_set(err, "theme \"%s\": not found; built in are \"dark\", \"light\", \"high-contrast\", \"deuteranopia\" and \"mono\", others lie in %s%s%s/themes", name,
            has_folder ? config_folder : "", has_folder ? "/themes and " : "", ANDON_DATA_DIR);
    return good;
}

uint32_t palette_rgb(int colour)
{
    static const uint32_t base[16] = {0x000000, 0xcd3131, 0x0dbc79, 0xe5e510, 0x2472c8, 0xbc3fbc, 0x11a8cd, 0xe5e5e5,
        0x666666, 0xf14c4c, 0x23d18b, 0xf5f543, 0x3b8eea, 0xd670d6, 0x29b8db, 0xffffff};
    static const uint32_t level[6] = {0, 95, 135, 175, 215, 255};
    assert(colour >= 0 && colour <= 255);
    if (colour < 16)
        return base[colour];
    if (colour >= 232) {
        uint32_t grey = 8 + 10 * (uint32_t)(colour - 232);
        return grey << 16 | grey << 8 | grey;
    }
    int cube = colour - 16;
    return level[cube / 36] << 16 | level[cube / 6 % 6] << 8 | level[cube % 6];
}
