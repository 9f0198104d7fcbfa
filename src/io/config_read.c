#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "io/config_reader.h"

/* config_build(): the flat text is scanned for what libconfig would hide, parsed by libconfig, and read group by group into a
 * plant. A struct reader lives for this one call. Reporting goes on after an error, so that one run tells everything; the
 * plant is given up at the end when there was one. */

/* ---- names ---- */

struct name_key {
    const void *owner;
    const char *name;
};

static bool entry_is(const void *context, uint32_t number, const void *key)
{
    const struct name_entry *entry = &((const struct names *)context)->entries[number];
    const struct name_key *k = key;
    return entry->owner == k->owner && strcmp(entry->name, k->name) == 0;
}

static uint64_t name_hash(const void *owner, const char *name)
{
    return hash_bytes(name, strlen(name)) ^ ((uint64_t)(uintptr_t)owner * UINT64_C(0x9E3779B97F4A7C15));
}

const struct name_entry *names_find(const struct names *names, const void *owner, const char *name)
{
    struct name_key key = {.owner = owner, .name = name};
    uint32_t number = hash_index_find(&names->index, name_hash(owner, name), entry_is, names, &key);
    return number == HASH_INDEX_NONE ? NULL : &names->entries[number];
}

bool names_add(struct names *names, const void *owner, const char *name, setting_t *where, const void *value,
    const struct name_entry **earlier)
{
    const struct name_entry *found = names_find(names, owner, name);
    if (earlier)
        *earlier = found;
    if (found)
        return false;
    names->entries = mem_grow(names->entries, names->count, &names->capacity, sizeof *names->entries);
    names->entries[names->count] = (struct name_entry){.owner = owner, .name = name, .where = where, .value = value};
    hash_index_add(&names->index, name_hash(owner, name), (uint32_t)names->count);
    names->count++;
    return true;
}

void names_finish(struct names *names)
{
    hash_index_finish(&names->index);
    free(names->entries);
}

/* Edit distance (optimal string alignment) of two short words, when it is small against their length. */
bool names_near(const char *a, const char *b, size_t *distance)
{
    enum { MOST = 32 };
    size_t n = strlen(a), m = strlen(b), rows[3][MOST + 1];
    if (n > MOST || m > MOST)
        return false;
    for (size_t j = 0; j <= m; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t *row = rows[i % 3], *above = rows[(i - 1) % 3], *twice = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t best = above[j - 1] + (a[i - 1] != b[j - 1]);
            best = above[j] + 1 < best ? above[j] + 1 : best;
            best = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && twice[j - 2] + 1 < best)
                best = twice[j - 2] + 1;
            row[j] = best;
        }
    }
    *distance = rows[n % 3][m];
    return *distance <= (n > m ? n : m) / 3 + 1 && *distance < m;
}

const char *names_nearest(const struct names *names, const void *owner, const char *name)
{
    const char *best = NULL;
    size_t least = SIZE_MAX, distance;
    for (size_t i = 0; i < names->count && i < DIAGNOSTICS_KEPT; i++) {
        if (names->entries[i].owner == owner && names_near(name, names->entries[i].name, &distance) && distance < least) {
            least = distance;
            best = names->entries[i].name;
        }
    }
    return best;
}

/* ---- reporting ---- */

void report_at(struct reader *r, enum severity severity, int flat_line, const char *key, const char *text)
{
    size_t file;
    int line;
    flat_locate(&r->flat, flat_line, &file, &line);
    diagnostics_add(r->diagnostics, severity, r->bundle->files[file].name, file, line, key, text);
}

/* "areas[0].lines[2].ideal_cycle" */
static void key_of(setting_t *s, char *out, size_t cap)
{
    enum { DEEP = 32 };
    setting_t *chain[DEEP];
    size_t depth = 0, length = 0;
    for (; s && s->parent && depth < DEEP; s = s->parent)
        chain[depth++] = s;
    out[0] = '\0';
    while (depth-- > 0 && length < cap) {
        int n = chain[depth]->name ? snprintf(out + length, cap - length, "%s%s", length ? "." : "", chain[depth]->name)
                                   : snprintf(out + length, cap - length, "[%d]", config_setting_index(chain[depth]));
        length += n > 0 ? (size_t)n : 0;
    }
}

static void say(struct reader *r, enum severity severity, setting_t *where, const char *text)
{
    /* A type's fault shows in each of its machines: it is said once. */
    if (!names_add(&r->said, where, plant_keep_text(&r->build, text), where, NULL, NULL))
        return;
    char key[PATH_MOST] = "";
    if (r->diagnostics->count < DIAGNOSTICS_KEPT)
        key_of(where, key, sizeof key);
    report_at(r, severity, where ? (int)where->line : 0, key, text);
}

void complain(struct reader *r, setting_t *where, const char *format, ...)
{
    char text[TEXT_MOST];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    say(r, SEVERITY_ERROR, where, text);
}

void warn(struct reader *r, setting_t *where, const char *format, ...)
{
    char text[TEXT_MOST];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    say(r, SEVERITY_WARNING, where, text);
}

const char *place(const struct reader *r, setting_t *where, char out[PATH_MOST])
{
    size_t file;
    int line;
    flat_locate(&r->flat, (int)where->line, &file, &line);
    snprintf(out, PATH_MOST, "%s:%d", r->bundle->files[file].name, line);
    return out;
}

/* ---- the two looks at the text ---- */

struct look {
    struct reader *r;
    size_t *offsets; /* behind integers that want an L */
    size_t count, capacity;
};

static void on_problem(void *arg, int line, int opened, const char *text)
{
    struct reader *r = ((struct look *)arg)->r;
    char longer[TEXT_MOST], where[PATH_MOST];
    config_setting_t bracket = {.line = (unsigned)opened};
    snprintf(longer, sizeof longer, "%s%s%s", text, opened ? ", which is opened at " : "", opened ? place(r, &bracket, where) : "");
    report_at(r, SEVERITY_ERROR, line, "", longer);
}

static void on_widen(void *arg, size_t offset)
{
    struct look *look = arg;
    look->offsets = mem_grow(look->offsets, look->count, &look->capacity, sizeof *look->offsets);
    look->offsets[look->count++] = offset;
}

/* Puts the missing Ls in, so that a value which was complained of once is not complained of again for what it became. */
static void widen(struct flat *flat, const struct look *look)
{
    char *text = mem_resize(NULL, flat->length + look->count + 1, 1);
    size_t from = 0, to = 0;
    for (size_t i = 0; i < look->count; i++) {
        memcpy(text + to, flat->text + from, look->offsets[i] - from);
        to += look->offsets[i] - from;
        from = look->offsets[i];
        text[to++] = 'L';
    }
    memcpy(text + to, flat->text + from, flat->length - from);
    free(flat->text);
    flat->text = text;
    flat->length = to + flat->length - from;
    text[flat->length] = '\0';
}

static void report_parse(struct reader *r, const config_t *tree)
{
    char name[NAME_MOST], text[PATH_MOST] = "syntax error", where[PATH_MOST];
    int first = 0;
    if (tree->error_text && strstr(tree->error_text, "duplicate"))
        first = scan_duplicate(r->flat.text, r->flat.length, tree->error_line, name, sizeof name);
    if (first) {
        config_setting_t at = {.line = (unsigned)first};
        snprintf(text, sizeof text, "\"%s\" is given twice; also at %s", name, place(r, &at, where));
    } else if (tree->error_text) {
        snprintf(text, sizeof text, "%s", tree->error_text);
    }
    report_at(r, SEVERITY_ERROR, tree->error_line, first ? name : "", text);
}

static bool parse(struct reader *r, config_t *tree)
{
    if (!flat_make(r))
        return false;
    struct look look = {.r = r};
    bool ok = scan_check(r->flat.text, r->flat.length, on_problem, on_widen, &look);
    if (ok && look.count)
        widen(&r->flat, &look);
    free(look.offsets);
    if (!ok)
        return false;
    if (config_read_string(tree, r->flat.text)) {
        tables_place(r, config_root_setting(tree));
        return true;
    }
    report_parse(r, tree);
    return false;
}

static void read_tree(struct reader *r, const config_t *tree)
{
    struct fields root;
    fields_read(r, config_root_setting(tree), "", &root);
    read_settings(r, &root);
    read_alarm_settings(r, &root);
    read_brokers(r, &root);
    read_maps(r, &root);
    read_types(r, &root);
    read_calendars(r, &root);
    read_reasons(r, &root);
    read_calls(r, &root);
    read_tariffs(r, &root);
    read_carriers(r, &root);
    read_plant(r, &root);
    read_trends(r, &root);
    read_views(r, &root);
    add_energy(r);
    read_baselines(r, &root);
    add_alarms(r);
    read_positions(r, &root);
    read_outputs(r, &root);
    read_access(r, &root);
    add_bindings(r);
}

static void reader_finish(struct reader *r)
{
    flat_finish(&r->flat);
    struct names *const names[] = {&r->said, &r->broker_names, &r->select_names, &r->zone_names, &r->map_names, &r->type_names, &r->node_names, &r->tag_names, &r->trend_names, &r->view_names,
        &r->class_names, &r->position_names, &r->people_names, &r->calendar_names, &r->reason_names, &r->call_names,
        &r->carrier_names, &r->tariff_names, &r->meter_names, &r->baseline_names};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        names_finish(names[i]);
    for (size_t i = 0; i < r->type_count; i++) {
        free(r->types[i]->tags.rows);
        free(r->types[i]);
    }
    for (size_t i = 0; i < r->alarm_list_count; i++)
        alarm_list_destroy(r->alarm_lists[i]);
    free(r->alarm_lists);
    for (size_t i = 0; i < r->energy_list_count; i++)
        energy_list_destroy(r->energy_lists[i]);
    free(r->energy_lists);
    free(r->energy_seats);
    free(r->seats);
    free(r->types);
    free(r->broker_availabilities);
    free(r->drafts);
    free(r->fields);
    hash_index_finish(&r->draft_index);
    hash_index_finish(&r->field_index);
}

bool config_build(struct bundle *bundle_take, struct config *config, struct diagnostics *diagnostics)
{
    struct reader r = {.bundle = bundle_take, .diagnostics = diagnostics};
    size_t before = diagnostics->errors;
    config_t tree;
    config_init(&tree);
    plant_build_init(&r.build);
    if (parse(&r, &tree))
        read_tree(&r, &tree);
    config_destroy(&tree);
    reader_finish(&r);
    diagnostics_sort(diagnostics);
    if (diagnostics->errors != before) {
        plant_build_abandon(&r.build);
        return false;
    }
    struct plant *plant = plant_build_finish(&r.build);
    plant->id = bundle_take->id;
    *config = (struct config){.plant = plant, .settings = r.settings, .bundle = *bundle_take};
    *bundle_take = (struct bundle){.files = NULL};
    return true;
}

void config_note(const struct config *config, struct diagnostics *diagnostics, enum severity severity, const char *file, int line, const char *key, const char *text)
{
    size_t order = 0;
    while (order < config->bundle.count && strcmp(config->bundle.files[order].name, file) != 0)
        order++;
    diagnostics_add(diagnostics, severity, file, order, line, key, text);
    diagnostics_sort(diagnostics);
}

bool config_read_views(const char *text, struct panel_view **views, size_t *count, struct error *err)
{
    struct bundle bundle;
    struct diagnostics found = {.count = 0};
    config_t tree;
    bundle_of_text(&bundle, "layout", text);
    struct reader r = {.bundle = &bundle, .diagnostics = &found};
    config_init(&tree);
    plant_build_init(&r.build);
    if (parse(&r, &tree)) {
        setting_t *list = config_lookup(&tree, "views");
        if (list && config_setting_is_list(list))
            read_view_list(&r, list);
        else if (list)
            complain(&r, list, "not a list ( ... )");
    }
    config_destroy(&tree);
    reader_finish(&r);
    diagnostics_sort(&found);
    bool good = found.errors == 0;
    for (size_t i = 0; !good && i < found.count; i++)
        if (found.rows[i].severity == SEVERITY_ERROR) {
            error_set(err, "line %d: %.60s: %.300s", found.rows[i].line, found.rows[i].key, found.rows[i].text);
            break;
        }
    if (good) {
        *count = r.build.plant->view_count;
        *views = *count ? mem_zero(*count, sizeof **views) : NULL;
        for (size_t i = 0; i < *count; i++) {
            (*views)[i] = r.build.plant->views[i];
            (*views)[i].file = NULL;
        }
    }
    plant_build_abandon(&r.build);
    diagnostics_finish(&found);
    bundle_finish(&bundle);
    return good;
}
