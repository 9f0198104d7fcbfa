/*
 * Saved sets of trends: those of the configuration, which everybody has, and the user's own, which hide one of the same name. The user's file
 * is read anew before it is changed, because other screens of his may have changed it.
 */
#include <stdio.h>
#include <string.h>

#include "app/screen_parts.h"

static void list_drops(struct screen *s)
{
    for (size_t i = 0; i < s->layout.count; i++)
        snprintf(s->drops[i], sizeof s->drops[i], "drop %s", s->layout.sets[i].name);
}

bool screen_trends_load(struct screen *s, struct error *err)
{
    char path[LAYOUT_PATH];
    layout_path(path, sizeof path);
    layout_finish(&s->layout);
    bool good = layout_load(&s->layout, path, !s->compose.read_only, err);
    list_drops(s);
    screen_panels_show(s);
    return good;
}

bool screen_layout_store(struct screen *s, struct error *err)
{
    char path[LAYOUT_PATH];
    layout_path(path, sizeof path);
    list_drops(s);
    screen_panels_show(s);
    return layout_save(&s->layout, path, err);
}

static bool save(struct screen *s, const char *name, struct error *err)
{
    struct trends *trends = compose_trends(&s->compose);
    struct layout_set set = {.count = trends->count};
    if (s->compose.read_only)
        return error_set(err, "read-only: nothing is written");
    if (trends->count == 0)
        return error_set(err, "no tag is drawn: v takes one into the trends");
    if (!layout_name_good(name))
        return error_set(err, ":trend save NAME: of letters, digits, - and _");
    snprintf(set.name, sizeof set.name, "%.*s", LAYOUT_NAME - 1, name);
    memcpy(set.tags, trends->tags, sizeof set.tags);
    if (!screen_trends_load(s, err) || !layout_put(&s->layout, &set, err) || !screen_layout_store(s, err))
        return false;
    snprintf(trends->name, sizeof trends->name, "%s", set.name);
    char said[LAYOUT_NAME + 32];
    snprintf(said, sizeof said, "saved: :trend %s shows it again", set.name);
    screen_say(s, said);
    return true;
}

static bool drop(struct screen *s, const char *name, struct error *err)
{
    if (s->compose.read_only)
        return error_set(err, "read-only: nothing is written");
    if (!screen_trends_load(s, err))
        return false;
    if (!layout_drop(&s->layout, name))
        return error_set(err, compose_configured(&s->compose, name) ? "\"%.40s\" stands in the configuration" : "no saved set \"%.40s\"", name);
    if (!screen_layout_store(s, err))
        return false;
    struct trends *trends = compose_trends(&s->compose);
    if (strcmp(trends->name, name) == 0) /* what is drawn stays, without a name */
        trends->name[0] = '\0';
    screen_say(s, "dropped; what is drawn stays");
    return true;
}

bool screen_trend(struct screen *s, const char *argument, struct error *err)
{
    static const struct { const char *word; bool (*run)(struct screen *s, const char *name, struct error *err); } words[] = {{"save", save}, {"drop", drop}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t length = strlen(words[i].word);
        if (strncmp(argument, words[i].word, length) == 0 && (argument[length] == ' ' || !argument[length])) {
            const char *name = argument + length + strspn(argument + length, " ");
            return words[i].run(s, name, err);
        }
    }
    return compose_trend(&s->compose, argument, &s->layout, err);
}

const char *screen_trend_choice(const struct screen *s, size_t n)
{
    const struct plant *plant = model_plant(s->compose.origin.model(s->compose.origin.self));
    if (n < s->layout.count)
        return s->layout.sets[n].name;
    n -= s->layout.count;
    if (n < plant->trend_count)
        return plant->trends[n].name;
    n -= plant->trend_count;
    if (n == 0)
        return "save";
    return n <= s->layout.count ? s->drops[n - 1] : NULL;
}
