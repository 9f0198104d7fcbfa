/*
 * Reasons of stops, calls, products, and what a node says of its work. Reasons and codes are found by their names; the owner of a reason's name is
 * its parent's number, that of the codes the plant. Reasons are added to the plant as they are read, which is depth first.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "io/config_reader.h"

enum { MOST_REASONS = 10000 };

/* ---- reasons ---- */

/* Of two reasons with one code the first is proposed, always. */
static void check_code(struct reader *r, setting_t *s, uint16_t reason)
{
    char code[TEXT_MOST], also[PATH_MOST];
    const struct name_entry *earlier;
    snprintf(code, sizeof code, "%s", setting_text(s));
    for (char *p = code; *p; p++)
        *p = (char)tolower((unsigned char)*p);
    if (!*code)
        complain(r, s, "a code is missing here: what a machine's message is, with * and ? for what differs");
    else if (!names_add(&r->reason_names, r->build.plant, plant_keep_text(&r->build, code), s, entry_value(reason), &earlier))
        warn(r, s, "\"%s\" proposes another reason already; also at %s", setting_text(s), place(r, earlier->where, also));
}

static const char **read_codes(struct reader *r, const struct fields *f, uint16_t reason, size_t *count)
{
    int n;
    setting_t *codes = field(f, "codes");
    text_at(codes, 0, &n);
    const char **texts = mem_zero((size_t)n, sizeof *texts);
    for (int i = 0; i < n; i++) {
        setting_t *code = text_at(codes, i, &n);
        check_code(r, code, reason);
        texts[i] = setting_text(code);
    }
    *count = (size_t)n;
    return texts;
}

static void read_reason(struct reader *r, setting_t *s, uint16_t parent, int depth);

static void read_reason_list(struct reader *r, const struct fields *f, uint16_t parent, int depth)
{
    setting_t *list = field(f, "reasons");
    int count = list ? config_setting_length(list) : 0;
    if (count && depth > REASON_DEPTH) {
        complain(r, list, "reasons are %d levels deep at most", REASON_DEPTH);
        return;
    }
    for (int i = 0; i < count; i++)
        if (is_group(r, config_setting_get_elem(list, (unsigned)i)))
            read_reason(r, config_setting_get_elem(list, (unsigned)i), parent, depth);
}

static void read_reason(struct reader *r, setting_t *s, uint16_t parent, int depth)
{
    struct fields f;
    char also[PATH_MOST], path[REASON_PATH];
    const struct name_entry *earlier;
    fields_read(r, s, "reasons", &f);
    size_t index = r->build.plant->reason_count;
    if (index >= MOST_REASONS) {
        if (!r->full)
            complain(r, s, "one reason too many; %d are allowed", MOST_REASONS);
        r->full = true;
        return;
    }
    bool named = field_required(r, &f, "name");
    if (named && !names_add(&r->reason_names, entry_value((size_t)parent + 1), field_text(&f, "name"), s, entry_value(index), &earlier))
        complain(r, field(&f, "name"), "\"%s\" is there twice; also at %s", field_text(&f, "name"), place(r, earlier->where, also));
    size_t above = plant_reason_path(r->build.plant, parent, path, sizeof path);
    if (above + 1 + strlen(field_text(&f, "name")) >= REASON_PATH)
        complain(r, field(&f, "name"), "the path of the reason has more than %d bytes: %s/%s", REASON_PATH - 1, path, field_text(&f, "name"));
    struct reason reason = {.name = named ? field_text(&f, "name") : "nameless", .title = field_text(&f, "title"), .has_class = field(&f, "class")};
    if (reason.has_class)
        reason.class = (enum state_class)state_class_by_name(field_text(&f, "class"));
    const char **codes = read_codes(r, &f, (uint16_t)index, &reason.code_count);
    reason.codes = codes;
    plant_add_reason(&r->build, parent, reason);
    free(codes);
    read_reason_list(r, &f, (uint16_t)index, depth + 1);
}

void read_reasons(struct reader *r, const struct fields *root)
{
    read_reason_list(r, root, NO_REASON, 1);
}

/* ---- calls ---- */

static void read_call(struct reader *r, setting_t *s)
{
    struct fields f;
    char also[PATH_MOST];
    const struct name_entry *earlier;
    fields_read(r, s, "calls", &f);
    if (!field_required(r, &f, "name"))
        return;
    const char *name = field_text(&f, "name");
    if (strlen(name) >= CALL_KIND)
        complain(r, field(&f, "name"), "\"%s\" is too long: %d bytes are allowed", name, CALL_KIND - 1);
    else if (r->build.plant->call_kind_count >= CALLS_MOST)
        complain(r, s, "one call too many; %d are allowed", CALLS_MOST);
    else if (names_add(&r->call_names, NULL, name, s, NULL, &earlier))
        plant_add_call_kind(&r->build, (struct call_kind){.name = name, .title = field_text(&f, "title"), .late_ms = field(&f, "late") ? field_duration(&f, "late") : CALL_LATE_MS});
    else
        complain(r, field(&f, "name"), "\"%s\" is there twice; also at %s", name, place(r, earlier->where, also));
}

void read_calls(struct reader *r, const struct fields *root)
{
    read_each(r, root, "calls", read_call);
}

/* ---- nodes ---- */

/* A given 0 is not the same as nothing: plant_build knows it by its sign. */
static int64_t given_ms(const struct fields *f, const char *key)
{
    int64_t ms = field_duration(f, key);
    return field(f, key) && ms == 0 ? -1 : ms;
}

void read_work(struct reader *r, const struct fields *f, struct node *node)
{
    const struct name_entry *calendar = field_reference(r, f, "calendar", &r->calendar_names);
    node->calendar = calendar ? (uint16_t)entry_index(calendar) : 0;
    node->target = field_number(f, "target");
    node->minor_stop_ms = given_ms(f, "minor_stop");
    node->startup_ms = given_ms(f, "startup");
    node->setup_standard_ms = given_ms(f, "setup_standard");
    node->gap_said = field(f, "gap_pieces");
    node->gap_pieces = field_choice(f, "gap_pieces") == 1;
}

static bool same_product(const char *a, const char *b)
{
    while (*a && tolower((unsigned char)*a) == tolower((unsigned char)*b))
        a++, b++;
    return *a == *b;
}

static void read_product(struct reader *r, setting_t *s, struct product_list *out, setting_t **places)
{
    struct fields f;
    char also[PATH_MOST];
    fields_read(r, s, "products", &f);
    bool whole = field_required(r, &f, "name");
    whole = field_required(r, &f, "ideal_cycle") && whole;
    const char *name = field_text(&f, "name");
    if (field(&f, "name") && (!*name || strlen(name) >= WORK_NAME)) {
        complain(r, field(&f, "name"), "\"%s\" is not the name of a product: from 1 to %d bytes are allowed", name, WORK_NAME - 1);
        whole = false;
    }
    for (size_t i = 0; whole && i < out->count; i++)
        if (same_product(out->rows[i].name, name)) {
            complain(r, field(&f, "name"), "\"%s\" is there twice; also at %s", name, place(r, places[i], also));
            whole = false;
        }
    if (!whole)
        return;
    places[out->count] = s;
    out->rows[out->count++] = (struct plant_product){.name = name, .title = field_text(&f, "title"), .ideal_cycle_s = field_number(&f, "ideal_cycle")};
}

void read_products(struct reader *r, const struct fields *f, struct product_list *out)
{
    setting_t *list = field(f, "products");
    int count = list ? config_setting_length(list) : 0;
    *out = (struct product_list){.rows = mem_zero((size_t)count, sizeof *out->rows)};
    setting_t **places = mem_zero((size_t)count, sizeof *places);
    for (int i = 0; i < count; i++)
        if (is_group(r, config_setting_get_elem(list, (unsigned)i)))
            read_product(r, config_setting_get_elem(list, (unsigned)i), out, places);
    free(places);
}
