/*
 * Baselines: what a consumption depends on. They look at what is there when all meters and tags are, by paths from the site.
 */
#include <stdio.h>
#include <string.h>

#include "io/config_meters.h"

static int64_t day_of(int32_t date)
{
    return civil_days(date / 10000, date / 100 % 100, date % 100);
}

static uint32_t tag_at(struct reader *r, setting_t *s)
{
    const struct plant *plant = r->build.plant;
    const char *text = setting_text(s), *slash = strrchr(text, '/'), *name = slash ? slash + 1 : text, *nearest = NULL;
    uint32_t node = energy_node_at(r, text, slash ? (size_t)(slash - text) : 0);
    size_t least = SIZE_MAX, distance;
    for (uint32_t t = node == NO_NODE ? 0 : plant->nodes[node].first_tag; node != NO_NODE && t < plant->nodes[node].first_tag + plant->nodes[node].tag_count; t++) {
        const char *other = plant->tags[t].def->name;
        if (strcmp(other, name) == 0)
            return t;
        if (names_near(name, other, &distance) && distance < least)
            least = distance, nearest = other;
    }
    complain(r, s, "there is no tag \"%s\"%s%s%s", text, nearest ? "; did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
    return NO_TAG;
}

static bool is_of_tag(enum driver_kind kind)
{
    return kind == DRIVER_MEAN || kind == DRIVER_ABOVE || kind == DRIVER_BELOW;
}

static void read_target(struct reader *r, const struct fields *f, struct baseline_driver *driver)
{
    setting_t *of = field(f, "of");
    if (is_of_tag(driver->kind)) {
        driver->tag = tag_at(r, of);
        enum tag_kind kind = driver->tag == NO_TAG ? KIND_VALUE : r->build.plant->tags[driver->tag].def->kind;
        if (kind == KIND_STATE || kind == KIND_TEXT || kind == KIND_RECIPE)
            complain(r, of, "a tag of the kind \"%s\" has no mean", tag_kind_names[kind]);
        return;
    }
    driver->node = energy_node_at(r, setting_text(of), strlen(setting_text(of)));
    if (driver->node == NO_NODE)
        complain(r, of, "there is no area, line or unit \"%s\"", setting_text(of));
}

static bool read_driver(struct reader *r, setting_t *s, struct baseline_driver *driver)
{
    struct fields f;
    fields_read(r, s, "drivers", &f);
    bool whole = field_required(r, &f, "name");
    whole = field_required(r, &f, "kind") && whole;
    whole = field_required(r, &f, "of") && whole;
    if (!whole)
        return false;
    *driver = (struct baseline_driver){.name = field_text(&f, "name"), .kind = (enum driver_kind)field_choice(&f, "kind"), .node = NO_NODE, .tag = NO_TAG, .base = field_number(&f, "base")};
    bool degrees = driver->kind == DRIVER_ABOVE || driver->kind == DRIVER_BELOW;
    if (degrees)
        field_required(r, &f, "base");
    else if (field(&f, "base"))
        warn(r, field(&f, "base"), "only of the kinds above and below");
    read_target(r, &f, driver);
    return true;
}

static void read_drivers(struct reader *r, setting_t *list, struct baseline *b)
{
    char also[PATH_MOST];
    setting_t *places[BASELINE_DRIVERS];
    int count = config_setting_length(list);
    if (count < 1 || count > BASELINE_DRIVERS)
        complain(r, list, "%d drivers; from 1 to %d are allowed", count, BASELINE_DRIVERS);
    for (int i = 0; i < count && count <= BASELINE_DRIVERS; i++) {
        setting_t *s = config_setting_get_elem(list, (unsigned)i);
        struct baseline_driver *driver = &b->drivers[b->driver_count];
        if (!is_group(r, s) || !read_driver(r, s, driver))
            continue;
        for (size_t k = 0; k < b->driver_count; k++)
            if (strcmp(b->drivers[k].name, driver->name) == 0)
                complain(r, s, "\"%s\" is there twice; also at %s", driver->name, place(r, places[k], also));
        places[b->driver_count++] = s;
    }
}

static void check_period(struct reader *r, const struct fields *f, const struct baseline *b)
{
    if (b->to < b->from) {
        complain(r, field(f, "to"), "is before \"from\"");
        return;
    }
    int64_t rows = (day_of(b->to) - day_of(b->from) + 1) / (b->weekly ? 7 : 1);
    if (rows < (int64_t)b->driver_count + 2)
        complain(r, field(f, "to"), "the period has %d %s: too few for %zu drivers", (int)rows, b->weekly ? "weeks" : "days", b->driver_count);
}

static void read_baseline(struct reader *r, setting_t *s)
{
    static const char *const needed[] = {"name", "meter", "from", "to", "drivers"};
    struct fields f;
    char also[PATH_MOST];
    const struct name_entry *earlier;
    bool whole = true;
    fields_read(r, s, "baselines", &f);
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        whole = field_required(r, &f, needed[i]) && whole;
    struct baseline b = {.name = field_text(&f, "name"), .title = field_text(&f, "title"), .weekly = field_choice(&f, "by") == 1, .meter = NO_METER};
    bool dated = read_date(r, &f, "from", &b.from);
    dated = read_date(r, &f, "to", &b.to) && dated;
    if (field(&f, "drivers"))
        read_drivers(r, field(&f, "drivers"), &b);
    if (field(&f, "meter"))
        b.meter = energy_meter_at(r, field(&f, "meter"), field_text(&f, "meter"));
    if (b.meter != NO_METER && r->build.plant->meters[b.meter].kind == METER_EMISSION)
        complain(r, field(&f, "meter"), "\"%s\" is an emission: there is no consumption to be explained", field_text(&f, "meter"));
    if (!whole || !dated)
        return;
    check_period(r, &f, &b);
    if (!names_add(&r->baseline_names, NULL, b.name, s, NULL, &earlier))
        complain(r, field(&f, "name"), "\"%s\" is there twice; also at %s", b.name, place(r, earlier->where, also));
    else
        plant_add_baseline(&r->build, b);
}

void read_baselines(struct reader *r, const struct fields *root)
{
    read_each(r, root, "baselines", read_baseline);
}
