/*
 * Classes of alarms, operators' positions, who may do what, and when shifts begin. A class that has the name of a built-in one changes that.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "io/config_alarms.h"

enum { MOST_CLASSES = 100, MOST_POSITIONS = 1000, DAY_MINUTES = 24 * 60 };

/* ---- classes ---- */

static void class_set_flag(const struct fields *f, const char *key, bool *out)
{
    if (field(f, key))
        *out = field_bool(f, key);
}

static void read_class(struct reader *r, setting_t *s)
{
    struct fields f;
    struct plant *plant = r->build.plant;
    const struct name_entry *earlier = NULL;
    char also[PATH_MOST];
    fields_read(r, s, "alarm_classes", &f);
    if (!field_required(r, &f, "name"))
        return;
    const struct name_entry *there = names_find(&r->class_names, NULL, field_text(&f, "name"));
    bool built_in = there && !there->where;
    if (built_in && !names_add(&r->class_names, plant, field_text(&f, "name"), s, NULL, &earlier))
        there = earlier;
    if (there && (!built_in || earlier)) {
        complain(r, field(&f, "name"), "\"%s\" is there twice; also at %s", field_text(&f, "name"), place(r, there->where, also));
        return;
    }
    if (!there && plant->alarm_class_count >= MOST_CLASSES) {
        complain(r, s, "one class too many; %d are allowed", MOST_CLASSES);
        return;
    }
    struct alarm_class class = there ? plant->alarm_classes[entry_index(there)]
        : (struct alarm_class){.name = field_text(&f, "name"), .horn = true, .counted = true, .shelve_most_ms = r->shelve_most_ms};
    if (field(&f, "title"))
        class.title = plant_keep_text(&r->build, field_text(&f, "title"));
    if (field(&f, "ack"))
        class.ack = (enum alarm_ack)field_choice(&f, "ack");
    class_set_flag(&f, "safety", &class.safety);
    class_set_flag(&f, "comment", &class.comment);
    class_set_flag(&f, "horn", &class.horn);
    class_set_flag(&f, "counted", &class.counted);
    if (field(&f, "shelve_max"))
        class.shelve_most_ms = field_duration(&f, "shelve_max");
    if (class.safety && field(&f, "shelve_max") && class.shelve_most_ms > 0)
        complain(r, field(&f, "shelve_max"), "what protects people is never shelved: leave it out, or \"safety\"");
    else if (class.shelve_most_ms > r->shelve_most_ms && field(&f, "shelve_max"))
        complain(r, field(&f, "shelve_max"), "is longer than the plant's \"shelve_max\", in the group alarms");
    if (class.safety)
        class.shelve_most_ms = 0;
    if (there) {
        plant->alarm_classes[entry_index(there)] = class;
        return;
    }
    names_add(&r->class_names, NULL, field_text(&f, "name"), s, entry_value(plant->alarm_class_count), NULL);
    plant_add_alarm_class(&r->build, class);
}

void read_alarm_settings(struct reader *r, const struct fields *root)
{
    struct fields f;
    struct plant *plant = r->build.plant;
    fields_read(r, field(root, "alarms"), "alarm_settings", &f);
    plant->clock_error_ms = field_duration(&f, "clock_error");
    r->shelve_most_ms = field_duration(&f, "shelve_max");
    plant->counting.chatter_count = (unsigned)field_integer(&f, "chattering");
    plant->counting.chatter_ms = field_duration(&f, "chattering_within");
    plant->counting.fleeting_ms = field_duration(&f, "fleeting");
    for (size_t i = 0; i < plant->alarm_class_count; i++) {
        struct alarm_class *class = &plant->alarm_classes[i];
        class->shelve_most_ms = class->shelve_most_ms > r->shelve_most_ms ? r->shelve_most_ms : class->shelve_most_ms;
        names_add(&r->class_names, NULL, class->name, NULL, entry_value(i), NULL);
    }
    read_each(r, root, "alarm_classes", read_class);
}

/* ---- positions ---- */

setting_t *text_at(setting_t *s, int i, int *count)
{
    bool one = s && s->type == CONFIG_TYPE_STRING;
    *count = !s ? 0 : one ? 1 : config_setting_length(s);
    return one ? s : i < *count ? config_setting_get_elem(s, (unsigned)i) : NULL;
}

uint32_t config_node_of(struct reader *r, setting_t *s)
{
    char path[TEXT_MOST];
    uint32_t node = 0;
    snprintf(path, sizeof path, "%s", setting_text(s));
    for (char *part = path, *next; part && node != NO_NODE; part = next) {
        next = strchr(part, '/');
        if (next)
            *next++ = '\0';
        const struct name_entry *child = names_find(&r->node_names, node_owner(node), part);
        const char *nearest = child ? NULL : names_nearest(&r->node_names, node_owner(node), part);
        if (!child && node == 0 && strcmp(part, r->build.plant->nodes[0].name) == 0 && next)
            continue;
        if (!child)
            complain(r, s, "\"%s\": there is no area, line or unit \"%s\"%s%s%s", setting_text(s), part, nearest ? "; did you mean \"" : "", nearest ? nearest : "",
                nearest ? "\"?" : "");
        node = child ? entry_index(child) : NO_NODE;
    }
    return node;
}

static void read_position(struct reader *r, setting_t *s)
{
    struct fields f;
    const struct name_entry *earlier;
    char also[PATH_MOST], key[32];
    int count, n = 0;
    fields_read(r, s, "positions", &f);
    setting_t *areas = field(&f, "areas");
    if (!field_required(r, &f, "name") || !field_required(r, &f, "areas"))
        return;
    if (!names_add(&r->position_names, NULL, field_text(&f, "name"), s, NULL, &earlier)) {
        if (earlier->where)
            complain(r, field(&f, "name"), "\"%s\" is there twice; also at %s", field_text(&f, "name"), place(r, earlier->where, also));
        else
            complain(r, field(&f, "name"), "\"%s\" is built in: what no other position has", field_text(&f, "name"));
        return;
    }
    if (r->build.plant->position_count > MOST_POSITIONS) {
        complain(r, s, "one position too many; %d are allowed", MOST_POSITIONS);
        return;
    }
    text_at(areas, 0, &count);
    uint32_t *nodes = mem_zero((size_t)count, sizeof *nodes);
    for (int i = 0; i < count; i++) {
        setting_t *area = text_at(areas, i, &count);
        uint32_t node = config_node_of(r, area);
        if (node == NO_NODE)
            continue;
        snprintf(key, sizeof key, "node %u", node);
        if (names_add(&r->position_names, r->build.plant, plant_keep_text(&r->build, key), area, NULL, &earlier))
            nodes[n++] = node;
        else
            complain(r, area, "\"%s\" has a position already; also at %s", setting_text(area), place(r, earlier->where, also));
    }
    plant_add_position(&r->build, (struct alarm_position){.name = field_text(&f, "name"), .title = field_text(&f, "title"), .nodes = nodes, .node_count = (size_t)n});
    free(nodes);
}

/* Where positions are configured, each line's alarms should have one. */
static void check_covered(struct reader *r, setting_t *positions)
{
    const struct plant *plant = r->build.plant;
    bool *covered = mem_zero(plant->node_count, sizeof *covered);
    char path[KEY_BYTES];
    for (size_t p = 0; p < plant->position_count; p++)
        for (size_t i = 0; i < plant->positions[p].node_count; i++)
            covered[plant->positions[p].nodes[i]] = true;
    for (uint32_t n = 1; n < plant->node_count; n++)
        covered[n] = covered[n] || covered[plant->nodes[n].parent];
    for (size_t s = 0; s < r->seat_count; s++) {
        uint32_t line = plant_ancestor(plant, r->seats[s].node, LEVEL_LINE);
        if (line == NO_NODE || covered[line] || covered[r->seats[s].node])
            continue;
        covered[line] = true;
        plant_node_path(plant, line, path, sizeof path);
        warn(r, positions, "no position has %s: its alarms go to \"plant\"", path);
    }
    free(covered);
}

void read_positions(struct reader *r, const struct fields *root)
{
    names_add(&r->position_names, NULL, "plant", NULL, NULL, NULL);
    read_each(r, root, "positions", read_position);
    if (r->build.plant->position_count > 1)
        check_covered(r, field(root, "positions"));
}

/* ---- who may do what ---- */

static void read_people(struct reader *r, const struct fields *f, const char *key, bool group, enum person_role role, struct access_settings *out)
{
    int count;
    char name[TEXT_MOST], also[PATH_MOST];
    const struct name_entry *earlier;
    text_at(field(f, key), 0, &count);
    for (int i = 0; i < count; i++) {
        setting_t *s = text_at(field(f, key), i, &count);
        if (out->person_count == ACCESS_PEOPLE) {
            complain(r, s, "more than %d users and groups", ACCESS_PEOPLE);
            return;
        }
        snprintf(name, sizeof name, "%s%s", group ? "@" : "", setting_text(s));
        if (!*setting_text(s))
            complain(r, s, "a name is missing here");
        else if (!names_add(&r->people_names, NULL, plant_keep_text(&r->build, name), s, NULL, &earlier))
            complain(r, s, "\"%s\" has a role already; also at %s", setting_text(s), place(r, earlier->where, also));
        else
            out->people[out->person_count++] = (struct access_person){.name = plant_keep_text(&r->build, setting_text(s)), .group = group, .role = role};
    }
}

static void read_role(struct reader *r, setting_t *s)
{
    struct fields f;
    fields_read(r, s, "roles", &f);
    if (!field_required(r, &f, "role"))
        return;
    enum person_role role = (enum person_role)field_choice(&f, "role");
    if (!field(&f, "users") && !field(&f, "groups"))
        warn(r, s, "nobody has this role: \"users\" and \"groups\" say who");
    read_people(r, &f, "users", false, role, &r->settings.access);
    read_people(r, &f, "groups", true, role, &r->settings.access);
}

int minutes_of_day(const char *text)
{
    static const char digits[] = "0123456789";
    if (strlen(text) != 5 || strspn(text, digits) != 2 || text[2] != ':' || strspn(text + 3, digits) != 2)
        return -1;
    int minutes = ((text[0] - '0') * 10 + text[1] - '0') * 60 + (text[3] - '0') * 10 + text[4] - '0';
    return text[3] < '6' && minutes < DAY_MINUTES ? minutes : -1;
}

static void read_shifts(struct reader *r, setting_t *s, struct access_settings *out)
{
    static const uint16_t preset[] = {6 * 60, 14 * 60, 22 * 60};
    int count;
    text_at(s, 0, &count);
    if (!s) {
        memcpy(out->shifts, preset, sizeof preset);
        out->shift_count = sizeof preset / sizeof preset[0];
    }
    if (s && (count < 1 || count > ACCESS_SHIFTS)) {
        complain(r, s, "%d shifts; from 1 to %d are allowed", count, ACCESS_SHIFTS);
        return;
    }
    for (int i = 0; i < count; i++) {
        setting_t *at = text_at(s, i, &count);
        int minutes = minutes_of_day(setting_text(at));
        if (minutes < 0)
            complain(r, at, "\"%s\" is not a time of the day (\"06:00\")", setting_text(at));
        else if (out->shift_count && minutes <= out->shifts[out->shift_count - 1])
            complain(r, at, "shifts begin one after the other: \"%s\" is not later than the one before", setting_text(at));
        else
            out->shifts[out->shift_count++] = (uint16_t)minutes;
    }
}

void read_access(struct reader *r, const struct fields *root)
{
    struct fields f;
    struct access_settings *out = &r->settings.access;
    fields_read(r, field(root, "access"), "access", &f);
    out->people = plant_take(&r->build, ACCESS_PEOPLE * sizeof *out->people);
    out->sign_on = field_bool(&f, "sign_on");
    read_each(r, &f, "roles", read_role);
    out->preset = field(&f, "default") ? (enum person_role)field_choice(&f, "default") : out->person_count ? PERSON_VIEWER : PERSON_OPERATOR;
    read_shifts(r, field(&f, "shifts"), out);
    if (out->shift_count) { /* views count by them too */
        memcpy(r->build.plant->shift_begins.minutes, out->shifts, sizeof out->shifts);
        r->build.plant->shift_begins.count = out->shift_count;
    }
}
