/*
 * Proposals as JSON, for scripts: types in the order in which they rank, with their machines and values.
 */
#include "cli/learn.h"

#include <string.h>

#include "core/learn_private.h"
#include "io/capture.h"

static void text(FILE *out, const char *key, const char *value)
{
    fprintf(out, "\"%s\":", key);
    capture_write_text(out, value, strlen(value));
}

static void print_role(FILE *out, const struct learn_role *role)
{
    fprintf(out, "\"is\":\"%s\",\"kind\":\"%s\",\"role\":\"%s\",\"sure\":\"%s\",\"tag\":%s,", learn_leaf_word(role), tag_kind_names[role->kind], role->role == ROLE_NONE ? "none" : tag_role_names[role->role], learn_sure_names[role->sure],
        learn_is_tag(role) ? "true" : "false");
    text(out, "unit", role->own_unit[0] ? role->own_unit : role->unit);
    if (role->interval_s > 0)
        fprintf(out, ",\"interval_s\":%.3f", role->interval_s);
    if (role->fastest_s > 0)
        fprintf(out, ",\"fastest_cycle_s\":%.1f", role->fastest_s);
    fputc(',', out);
    text(out, "evidence", role->evidence);
}

static void print_type(FILE *out, const struct learned_type *type)
{
    fputc('{', out);
    text(out, "name", type->name);
    fprintf(out, ",\"sure\":\"%s\",\"score\":%.0f,\"complete\":%zu,\"machines\":[", learn_sure_names[type->sure], type->gain, type->complete);
    for (size_t i = 0; i < type->instance_count; i++) {
        fputs(i ? ",{" : "{", out);
        text(out, "topic", type->instances[i].topic);
        fputc(',', out);
        text(out, "pointer", type->instances[i].pointer);
        fprintf(out, ",\"values\":%zu}", type->instances[i].leaves);
    }
    fputs("],\"values\":[", out);
    for (size_t l = 0; l < type->leaf_count; l++) {
        const struct learned_leaf *leaf = &type->leaves[l];
        fputs(l ? ",{" : "{", out);
        text(out, "name", leaf->name);
        fputc(',', out);
        text(out, "topic", leaf->topic);
        fputc(',', out);
        text(out, "path", leaf->path);
        fprintf(out, ",\"machines\":%zu,", leaf->present);
        print_role(out, &leaf->role);
        fputc('}', out);
    }
    fputs("]}", out);
}

void learn_print_json(FILE *out, const struct learn *learn, const struct learned *learned)
{
    uint64_t beyond;
    size_t series = learn_series_count(learn, &beyond);
    fprintf(out, "{\"messages\":%llu,\"seconds\":%lld,\"series\":%zu,\"explained\":%zu,\"beyond\":%llu,\"types\":[", (unsigned long long)learn_messages(learn), (long long)(learn_span_ms(learn) / 1000), series,
        learned->explained, (unsigned long long)beyond);
    for (size_t t = 0; t < learned->type_count; t++) {
        fputs(t ? ",\n" : "\n", out);
        print_type(out, &learned->types[t]);
    }
    fputs("],\n\"single\":[", out);
    for (size_t i = 0; i < learned->loose_count; i++) {
        const struct learn_series *s = learn_series_at(learn, learned->loose[i]);
        fputs(i ? ",\n{" : "\n{", out);
        text(out, "topic", s->topic);
        fputc(',', out);
        text(out, "path", s->path);
        fputc(',', out);
        print_role(out, &learned->loose_roles[i]);
        fputc('}', out);
    }
    fputs("]}\n", out);
}
