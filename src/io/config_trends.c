/*
 * Sets of tags that everybody finds in the trends view. Their keys are not held against the plant: a set may name what is only discovered,
 * and one that names a machine before it comes must not stop the collector; the view says which tags are not there.
 */
#include <stdlib.h>

#include "core/memory.h"
#include "io/config_reader.h"

static void read_trend(struct reader *r, setting_t *s)
{
    struct fields f;
    char also[PATH_MOST];
    const struct name_entry *earlier;
    fields_read(r, s, "trends", &f);
    setting_t *tags = field(&f, "tags");
    if (!field_required(r, &f, "name") || !field_required(r, &f, "tags"))
        return;
    bool one = tags->type == CONFIG_TYPE_STRING;
    int count = one ? 1 : config_setting_length(tags);
    struct plant_trend trend = {.name = field_text(&f, "name")};
    if (count < 1 || count > PLANT_TREND_TAGS) {
        complain(r, tags, "%d tags; from 1 to %d are allowed", count, PLANT_TREND_TAGS);
        return;
    }
    if (!names_add(&r->trend_names, NULL, trend.name, s, NULL, &earlier)) {
        complain(r, field(&f, "name"), "\"%s\" is there twice; also at %s", trend.name, place(r, earlier->where, also));
        return;
    }
    trend.tags = mem_zero((size_t)count, sizeof *trend.tags);
    for (int i = 0; i < count; i++)
        trend.tags[trend.tag_count++] = setting_text(one ? tags : config_setting_get_elem(tags, (unsigned)i));
    plant_add_trend(&r->build, trend);
    free(trend.tags);
}

void read_trends(struct reader *r, const struct fields *root)
{
    read_each(r, root, "trends", read_trend);
}
