/*
 * What will be due on a line or unit. A type's list is read for each node that has the type, since its tags are the node's; what is wrong with it is told once.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "io/config_reader.h"

enum { HOUR_MS = 3600000, DUES_MOST = 64 };

/* The dues of one node while they are read; those before `own` are its type's. */
struct reading_dues {
    uint32_t node;
    struct due rows[DUES_MOST];
    setting_t *places[DUES_MOST];
    size_t count, own;
};

/* A tag of the node by its name. */
static uint32_t tag_named(struct reader *r, uint32_t node, const struct fields *f, const char *key)
{
    const struct plant *plant = r->build.plant;
    const struct node *n = &plant->nodes[node];
    for (uint32_t t = n->first_tag; t < n->first_tag + n->tag_count; t++)
        if (strcmp(plant->tags[t].def->name, field_text(f, key)) == 0)
            return t;
    complain(r, field(f, key), "\"%s\" is no tag of %s", field_text(f, key), n->name);
    return NO_TAG;
}

static bool is_number(enum tag_kind kind)
{
    return kind != KIND_TEXT && kind != KIND_STATE && kind != KIND_BOOL && kind != KIND_RECIPE;
}

/* What kind it is follows from what it names. */
static bool read_what(struct reader *r, uint32_t node, const struct fields *f, struct due *due)
{
    bool level = field(f, "tag"), life = field(f, "counter"), hours = field(f, "hours");
    due->tag = NO_TAG;
    if (level + life + hours != 1) {
        complain(r, f->group, "one of \"tag\", \"counter\" and \"hours\" is wanted: what it hangs on");
        return false;
    }
    due->kind = level ? DUE_LEVEL : life ? DUE_LIFE : DUE_HOURS;
    if (hours) {
        due->run_ms = (int64_t)(field_number(f, "hours") * HOUR_MS);
        return true;
    }
    if (!field_required(r, f, level ? "at" : "life"))
        return false;
    due->at = field_number(f, "at");
    due->life = field_number(f, "life");
    due->own_reset = field_choice(f, "reset") == 1;
    due->tag = tag_named(r, node, f, level ? "tag" : "counter");
    if (due->tag == NO_TAG)
        return false;
    enum tag_kind kind = r->build.plant->tags[due->tag].def->kind;
    if (life && kind != KIND_COUNTER && kind != KIND_REGISTER)
        complain(r, field(f, "counter"), "\"%s\" is no counter", field_text(f, "counter"));
    else if (level && !is_number(kind))
        complain(r, field(f, "tag"), "\"%s\" is no number", field_text(f, "tag"));
    else
        return true;
    return false;
}

static void read_due(struct reader *r, setting_t *s, struct reading_dues *d)
{
    struct fields f;
    char also[PATH_MOST];
    fields_read(r, s, "due", &f);
    if (!field_required(r, &f, "name"))
        return;
    struct due due = {.name = field_text(&f, "name"), .title = field_text(&f, "title"), .text = field_text(&f, "text"), .warn_ms = field_duration(&f, "warn")};
    size_t at = 0;
    while (at < d->count && strcmp(d->rows[at].name, due.name) != 0)
        at++;
    if (at < d->count && at >= d->own) {
        complain(r, field(&f, "name"), "\"%s\" is there twice; also at %s", due.name, place(r, d->places[at], also));
    } else if (strlen(due.name) >= DUE_NAME) {
        complain(r, field(&f, "name"), "\"%s\" is too long: %d bytes are allowed", due.name, DUE_NAME - 1);
    } else if (at == DUES_MOST) {
        complain(r, s, "one too many; %d are allowed on a line or unit", DUES_MOST);
    } else if (read_what(r, d->node, &f, &due)) {
        d->rows[at] = due;
        d->places[at] = s;
        d->count += at == d->count;
    }
}

void read_dues(struct reader *r, uint32_t node, setting_t *of_type, setting_t *own)
{
    setting_t *const lists[] = {of_type, own};
    struct reading_dues d = {.node = node};
    for (int i = 0; i < 2; i++) {
        d.own = d.count;
        for (int k = 0, n = lists[i] ? config_setting_length(lists[i]) : 0; k < n; k++)
            if (is_group(r, config_setting_get_elem(lists[i], (unsigned)k)))
                read_due(r, config_setting_get_elem(lists[i], (unsigned)k), &d);
    }
    for (size_t i = 0; i < d.count; i++)
        plant_add_due(&r->build, node, d.rows[i]);
}
