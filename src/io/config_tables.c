/*
 * Rows of tables find their lists. libconfig has read them into a list of their own, `tags*csv` beside `tags_csv` (a name that nobody needs), each group with
 * the flat line of its row; here they are moved behind what the list `tags` has, and those who read it do not know where a group came from.
 */
#include <stdio.h>
#include <string.h>

#include "io/config_reader.h"

static void copy_into(config_setting_t *to, setting_t *from);

static void copy_value(config_setting_t *to, setting_t *from)
{
    to->line = from->line;
    switch (from->type) {
    case CONFIG_TYPE_INT: config_setting_set_int(to, from->value.ival); break;
    case CONFIG_TYPE_INT64: config_setting_set_int64(to, from->value.llval); break;
    case CONFIG_TYPE_FLOAT: config_setting_set_float(to, from->value.fval); break;
    case CONFIG_TYPE_BOOL: config_setting_set_bool(to, from->value.ival); break;
    case CONFIG_TYPE_STRING: config_setting_set_string(to, setting_text(from)); break;
    default: copy_into(to, from); break;
    }
}

static void copy_into(config_setting_t *to, setting_t *from)
{
    for (int i = 0, n = config_setting_length(from); i < n; i++) {
        setting_t *child = config_setting_get_elem(from, (unsigned)i);
        if (child->name && child->name[0] == '*')
            continue;
        config_setting_t *new = config_setting_add(to, child->name, child->type);
        if (new)
            copy_value(new, child);
    }
}

/* The list of that name in a group, made where there is none; NULL: something else has the name, which is told elsewhere. */
static config_setting_t *list_in(config_setting_t *group, const char *name, unsigned line)
{
    config_setting_t *list = config_setting_get_member(group, name);
    if (list && list->type == CONFIG_TYPE_ARRAY && config_setting_length(list) == 0) {
        config_setting_remove(group, name);
        list = NULL;
    }
    if (list)
        return list->type == CONFIG_TYPE_LIST ? list : NULL;
    list = config_setting_add(group, name, CONFIG_TYPE_LIST);
    if (list)
        list->line = line;
    return list;
}

static config_setting_t *named_in(config_setting_t *list, const char *name, size_t length)
{
    for (int i = 0, n = list ? config_setting_length(list) : 0; i < n; i++) {
        config_setting_t *s = config_setting_get_elem(list, (unsigned)i), *named = s->type == CONFIG_TYPE_GROUP ? config_setting_get_member(s, "name") : NULL;
        if (named && strlen(setting_text(named)) == length && memcmp(setting_text(named), name, length) == 0)
            return s;
    }
    return NULL;
}

/* Of a row that has no place of its own yet. */
static void wrong(struct reader *r, setting_t *row, const char *format, int length, const char *name)
{
    char text[TEXT_MOST];
    const char *hole = strstr(format, "%.*s");
    snprintf(text, sizeof text, "%.*s%.*s%s", (int)(hole - format), format, length, name, hole + 4);
    report_at(r, SEVERITY_ERROR, (int)row->line, "", text);
}

/* The alarms of a tag: of one that stands here, or (on a node) of one that its type has. */
static config_setting_t *alarms_of(struct reader *r, config_setting_t *group, setting_t *row, const char *tag)
{
    bool type = group->parent && group->parent->name && strcmp(group->parent->name, "types") == 0;
    config_setting_t *tags = list_in(group, "tags", row->line), *there = named_in(tags, tag, strlen(tag));
    if (!tags)
        return NULL;
    if (!there && type) {
        wrong(r, row, "there is no tag \"%.*s\" in this type", (int)strlen(tag), tag);
        return NULL;
    }
    if (!there) {
        there = config_setting_add(tags, NULL, CONFIG_TYPE_GROUP);
        there->line = row->line;
        config_setting_t *name = config_setting_add(there, "name", CONFIG_TYPE_STRING);
        config_setting_set_string(name, tag);
        name->line = row->line;
    }
    return list_in(there, "alarms", row->line);
}

/* A reason's name may be a path: those above it stand in rows before, or in the list itself. */
static config_setting_t *reasons_of(struct reader *r, config_setting_t *list, setting_t *row, const char *path, const char **name)
{
    for (size_t n; list && (n = strcspn(path, "/")) < strlen(path); path += n + 1) {
        config_setting_t *above = named_in(list, path, n);
        if (!above) {
            wrong(r, row, "there is no reason \"%.*s\" above this row", (int)n, path);
            return NULL;
        }
        list = list_in(above, "reasons", row->line);
    }
    *name = path;
    return list;
}

static void place_row(struct reader *r, config_setting_t *group, const char *base, setting_t *row)
{
    setting_t *tag = config_setting_get_member(row, "*tag"), *named = config_setting_get_member(row, "name");
    const char *name = named ? setting_text(named) : "";
    config_setting_t *list = tag ? alarms_of(r, group, row, setting_text(tag)) : list_in(group, base, row->line);
    if (list && strcmp(base, "reasons") == 0)
        list = reasons_of(r, list, row, name, &name);
    config_setting_t *new = list ? config_setting_add(list, NULL, CONFIG_TYPE_GROUP) : NULL;
    if (!new)
        return;
    new->line = row->line;
    copy_into(new, row);
    config_setting_t *renamed = config_setting_get_member(new, "name");
    if (renamed && name != setting_text(named)) {
        char last[TEXT_MOST];
        snprintf(last, sizeof last, "%s", name);
        config_setting_set_string(renamed, last);
    }
}

/* One table of a group, tags before the alarms that hang on them. False: there is none left. */
static bool place_next(struct reader *r, config_setting_t *group)
{
    config_setting_t *table = NULL;
    for (int i = 0, n = config_setting_length(group); i < n; i++) {
        config_setting_t *s = config_setting_get_elem(group, (unsigned)i);
        const char *star = s->name ? strstr(s->name, "*csv") : NULL;
        if (star && (!table || strncmp(s->name, "tags*", 5) == 0))
            table = s;
    }
    if (!table)
        return false;
    char base[NAME_MOST], whole[NAME_MOST];
    snprintf(whole, sizeof whole, "%s", table->name);
    snprintf(base, sizeof base, "%.*s", (int)strcspn(whole, "*"), whole);
    for (int i = 0, n = table->type == CONFIG_TYPE_LIST ? config_setting_length(table) : 0; i < n; i++)
        if (config_setting_get_elem(table, (unsigned)i)->type == CONFIG_TYPE_GROUP)
            place_row(r, group, base, config_setting_get_elem(table, (unsigned)i));
    config_setting_remove(group, whole);
    return true;
}

void tables_place(struct reader *r, config_setting_t *s)
{
    for (int i = 0; i < config_setting_length(s); i++) {
        config_setting_t *child = config_setting_get_elem(s, (unsigned)i);
        if (child->type == CONFIG_TYPE_GROUP || child->type == CONFIG_TYPE_LIST)
            tables_place(r, child);
    }
    while (s->type == CONFIG_TYPE_GROUP && place_next(r, s))
        ;
}
