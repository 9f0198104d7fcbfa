#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/encoding.h"
#include "core/envelope.h"
#include "core/memory.h"
#include "core/value_form.h"
#include "io/config_reader.h"
#include "io/zonefile.h"

/* How payloads are written: envelopes, encodings, zones. What is said twice alike is kept once, so that two places that say the same of one topic are known to agree by their pointers. */

/* Appends one part of what a select says to its text, by which equal ones are found. */
static void add_said(char *text, size_t cap, const char *what, const char *said)
{
    size_t length = strlen(text);
    snprintf(text + length, cap - length, "%s=%s\n", what, said);
}

/* A list of one way, or NULL when the key is not there. */
static envelope_ways one_way(struct reader *r, const struct fields *f, const char *key, char *text, size_t cap)
{
    if (!field(f, key))
        return NULL;
    const char **ways = plant_take(&r->build, 2 * sizeof *ways);
    ways[0] = plant_keep_text(&r->build, field_text(f, key));
    ways[1] = NULL;
    add_said(text, cap, key, ways[0]);
    return ways;
}

static void read_names(struct reader *r, const struct fields *f, struct envelope *out, char *text, size_t cap)
{
    setting_t *names = field(f, "names");
    int count = 0;
    for (int i = 0; names && (i == 0 || i < count); i++) {
        setting_t *s = text_at(names, i, &count);
        if (count == 0 || i >= ENVELOPE_NAMES) {
            complain(r, names, count == 0 ? "the list is empty: where are the names?" : "a name has at most %d parts", ENVELOPE_NAMES);
            return;
        }
        const char **ways = plant_take(&r->build, 2 * sizeof *ways);
        ways[0] = plant_keep_text(&r->build, setting_text(s));
        ways[1] = NULL;
        if (ways[0][0] != '/')
            complain(r, s, "\"%s\" is not a JSON pointer (\"/dev\")", ways[0]);
        out->names[i] = ways;
        add_said(text, cap, "names", ways[0]);
    }
}

static const char *const *read_good(struct reader *r, const struct fields *f, char *text, size_t cap)
{
    setting_t *good = field(f, "good");
    int count = 0;
    if (!good)
        return NULL;
    text_at(good, 0, &count);
    const char **words = plant_take(&r->build, ((size_t)count + 1) * sizeof *words);
    for (int i = 0; i < count; i++) {
        words[i] = plant_keep_text(&r->build, setting_text(text_at(good, i, &count)));
        add_said(text, cap, "good", words[i]);
    }
    words[count] = NULL;
    return words;
}

const struct envelope *read_select(struct reader *r, const struct fields *f)
{
    struct fields s;
    struct envelope shape = {.keys = KEYS_NONE};
    char text[TEXT_MOST * 4] = "";
    setting_t *group = field(f, "select");
    if (!group)
        return NULL;
    fields_read(r, group, "select", &s);
    shape.items = one_way(r, &s, "items", text, sizeof text);
    shape.value = one_way(r, &s, "value", text, sizeof text);
    shape.quality = one_way(r, &s, "quality", text, sizeof text);
    shape.time = one_way(r, &s, "time", text, sizeof text);
    read_names(r, &s, &shape, text, sizeof text);
    shape.good = read_good(r, &s, text, sizeof text);
    if (field_choice(&s, "keys") == KEYS_NAME) {
        shape.keys = KEYS_NAME;
        add_said(text, sizeof text, "keys", "names");
    }
    const char *split = field_text(&s, "split");
    if (field(&s, "split") && (strlen(split) != 1 || split[0] == '/'))
        complain(r, field(&s, "split"), "\"%s\" is not one character (\".\")", split);
    shape.split = split[0];
    add_said(text, sizeof text, "split", split);
    if (field(&s, "split") && !shape.names[0] && shape.keys == KEYS_NONE)
        warn(r, field(&s, "split"), "there is no name that it could part");
    if (shape.good && !shape.quality)
        warn(r, field(&s, "good"), "there is no \"quality\" that could be good");
    if (!shape.items && !shape.value && !shape.quality && !shape.time && !shape.names[0] && shape.keys == KEYS_NONE) {
        complain(r, group, "this selects nothing: \"items\", \"names\", \"value\", \"quality\" or \"time\" is missing");
        return NULL;
    }
    const struct name_entry *same = names_find(&r->select_names, NULL, text);
    if (same)
        return same->value;
    struct envelope *kept = plant_take(&r->build, sizeof *kept);
    *kept = shape;
    names_add(&r->select_names, NULL, plant_keep_text(&r->build, text), group, kept, NULL);
    return kept;
}

const struct envelope_kind *read_format_kind(const struct fields *f)
{
    return field(f, "format") ? envelope_by_name(field_text(f, "format")) : NULL;
}

/* "+08:00", "-0330": one offset for ever. */
static bool read_offset(const char *text, struct zone *zone)
{
    int hours, minutes;
    char sign, rest;
    if (sscanf(text, "%c%2d:%2d%c", &sign, &hours, &minutes, &rest) != 3 || (sign != '+' && sign != '-') || strlen(text) != 6)
        return false;
    if (hours < 0 || minutes < 0 || hours > 14 || minutes > 59)
        return false;
    zone->spans = mem_zero(1, sizeof *zone->spans);
    zone->spans[0].offset_s = (sign == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
    zone->count = 1;
    return true;
}

const struct zone *read_time_zone(struct reader *r, const struct fields *f)
{
    struct zone zone = {NULL, 0};
    struct error err;
    setting_t *s = field(f, "time_zone");
    if (!s)
        return NULL;
    int format = field_choice(f, "time_format");
    if (format >= TIME_S && format <= TIME_NS)
        warn(r, s, "a time in numbers counts from 1970 in UTC: it has no zone");
    const struct name_entry *same = names_find(&r->zone_names, NULL, setting_text(s));
    if (same)
        return same->value;
    if (!read_offset(setting_text(s), &zone) && !zonefile_read(setting_text(s), &zone, &err)) {
        complain(r, s, "%s, or +08:00", err.text);
        return NULL;
    }
    struct zone *kept = plant_take(&r->build, sizeof *kept);
    *kept = (struct zone){plant_take(&r->build, (zone.count + 1) * sizeof *zone.spans), zone.count};
    if (zone.count)
        memcpy(kept->spans, zone.spans, zone.count * sizeof *zone.spans);
    free(zone.spans);
    names_add(&r->zone_names, NULL, plant_keep_text(&r->build, setting_text(s)), s, kept, NULL);
    return kept;
}

const char *read_encoding(struct reader *r, const struct fields *f)
{
    setting_t *s = field(f, "encoding");
    if (!s)
        return NULL;
    struct encoding *encoding = setting_text(s)[0] ? encoding_open(setting_text(s)) : NULL;
    if (!encoding)
        complain(r, s, "\"%s\" is no encoding that this machine knows: gb18030, gbk, big5, shift_jis, windows-1252, iso-8859-1 ...", setting_text(s));
    encoding_close(encoding);
    return encoding ? plant_keep_text(&r->build, setting_text(s)) : NULL;
}

const char *select_path(const struct plant *plant, uint32_t node, const char *tag, const struct envelope *select, char *out, size_t cap)
{
    size_t names = select->keys == KEYS_NAME;
    for (size_t n = 0; n < ENVELOPE_NAMES; n++)
        names += select->names[n] != NULL;
    names += !select->value;
    /* Of several names the last is the tag's, the one before it the machine's. */
    snprintf(out, cap, names > 1 ? "/%s/%s" : names == 1 ? "/%s%s" : "", names > 1 ? plant->nodes[node].name : "", tag);
    return out;
}

/* ---- values ---- */

static void read_invalid(struct reader *r, setting_t *s, struct value_form *form)
{
    bool list = s->type == CONFIG_TYPE_LIST || s->type == CONFIG_TYPE_ARRAY;
    int count = list ? config_setting_length(s) : 1;
    struct value_code *codes = plant_take(&r->build, (size_t)count * sizeof *codes);
    for (int i = 0; i < count; i++) {
        setting_t *code = list ? config_setting_get_elem(s, (unsigned)i) : s;
        bool word = code->type == CONFIG_TYPE_STRING;
        if (code->type == CONFIG_TYPE_BOOL)
            complain(r, code, "true and false stand for values, never for none");
        codes[i] = (struct value_code){.word = word ? plant_keep_text(&r->build, setting_text(code)) : NULL, .number = word || code->type == CONFIG_TYPE_BOOL ? 0 : setting_number(code)};
    }
    form->invalid = codes;
    form->invalid_count = (size_t)count;
}

const struct value_form *read_form(struct reader *r, const struct fields *f, const struct value_form *base)
{
    static const char *const keys[] = {"bit", "mask", "base", "decimal_comma", "unit_inside", "invalid"};
    struct value_form form = base ? *base : (struct value_form){.mask = 0};
    bool any = false;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        any = any || field(f, keys[i]);
    if (!any)
        return base;
    if (field(f, "bit") && field(f, "mask"))
        complain(r, field(f, "bit"), "one bit or several: leave \"bit\" or \"mask\" out");
    if (field(f, "bit") || field(f, "mask")) {
        form.bit = field(f, "bit") != NULL;
        form.mask = form.bit ? UINT64_C(1) << field_integer(f, "bit") : (uint64_t)field_integer(f, "mask");
    }
    if (field(f, "base"))
        form.hex = field_choice(f, "base") == 1;
    if (field(f, "decimal_comma"))
        form.decimal_comma = field_bool(f, "decimal_comma");
    if (field(f, "unit_inside"))
        form.unit_inside = field_bool(f, "unit_inside");
    if (field(f, "invalid"))
        read_invalid(r, field(f, "invalid"), &form);
    if (form.hex && (form.decimal_comma || form.unit_inside))
        complain(r, f->group, "hexadecimal digits have neither comma nor unit: leave \"base\" out, or these");
    struct value_form *kept = plant_take(&r->build, sizeof *kept);
    *kept = form;
    return kept;
}

void check_form(struct reader *r, const struct fields *f, const struct tag_def *def)
{
    static const char *const numbers[] = {"bit", "mask", "base", "decimal_comma", "unit_inside"};
    bool words = def->kind == KIND_TEXT || def->kind == KIND_RECIPE;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (field(f, numbers[i]) && words)
            complain(r, field(f, numbers[i]), "a tag of the kind \"%s\" holds no number", tag_kind_names[def->kind]);
    if (field(f, "bit") && (def->scale != 1 || def->offset != 0))
        warn(r, field(f, "bit"), "one bit has no scale");
    if (field(f, "unit_inside") && !def->unit[0] && field_bool(f, "unit_inside"))
        warn(r, field(f, "unit_inside"), "the tag has no \"unit\": whatever stands behind the number is taken for it");
}
