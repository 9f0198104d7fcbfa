/*
 * A struct whatif_ask is read part by part. Its first variant has no changes: the settings as they are, or a trial alarm's own, which are in `def` already.
 * Trial conditions stand in the order of their severity, and "high=90" in any part is "high.limit=90".
 */
#include "core/whatif_ask.h"

#include <stdio.h>
#include <string.h>

enum { PART_BYTES = 256, PATIENCE = 96 };

static const char blanks[] = " \t,";

/* ---- words ---- */

static const enum alarm_kind trial_kinds[] = {ALARM_HIGH_HIGH, ALARM_LOW_LOW, ALARM_HIGH, ALARM_LOW};
enum { TRIALS = sizeof trial_kinds / sizeof trial_kinds[0] };

/* "high=85" is about a kind: which of trial_kinds; TRIALS: none. */
static size_t trial_of(const char *word, size_t length)
{
    size_t name = 0, t = 0;
    while (name < length && word[name] != '=')
        name++;
    while (t < TRIALS && (strlen(alarm_kind_table[trial_kinds[t]].name) != name || strncmp(alarm_kind_table[trial_kinds[t]].name, word, name) != 0))
        t++;
    return name < length ? t : TRIALS;
}

/* The part with "high=" spelled out as "high.limit="; a bit of `kinds` each, of those that are in it. */
static bool spell(const char *part, size_t length, char out[PART_BYTES], unsigned *kinds, struct error *err)
{
    size_t used = 0;
    *kinds = 0;
    out[0] = '\0';
    for (const char *at = part, *end = part + length; at < end;) {
        size_t gap = strspn(at, blanks), word;
        at = gap < (size_t)(end - at) ? at + gap : end;
        word = strcspn(at, " \t,;");
        word = word < (size_t)(end - at) ? word : (size_t)(end - at);
        size_t trial = trial_of(at, word), name = trial < TRIALS ? strlen(alarm_kind_table[trial_kinds[trial]].name) : 0;
        int more = word ? snprintf(out + used, PART_BYTES - used, "%.*s%s%.*s ", (int)name, at, name ? ".limit" : "", (int)(word - name), at + name) : 0;
        used += (size_t)more;
        if (used >= PART_BYTES)
            return error_set(err, "too many changes in one part");
        *kinds |= trial < TRIALS ? 1u << trial : 0;
        at += word;
    }
    return true;
}

/* ---- parts ---- */

static const struct alarm_def *def_of(const struct whatif_ask *ask, const struct plant *plant)
{
    return ask->alarm != NO_ALARM ? plant->alarms[ask->alarm].def : &ask->def;
}

static void add_variant(struct whatif_ask *ask, const struct alarm_def *def, const struct whatif_change *changes, size_t count)
{
    struct whatif_variant *v = &ask->variants[ask->count++];
    if (count)
        memcpy(v->changes, changes, count * sizeof changes[0]);
    v->change_count = count;
    whatif_text(def, changes, count, v->settings, sizeof v->settings);
}

static bool add_part(struct whatif_ask *ask, const struct alarm_def *def, const char *part, size_t length, struct error *err)
{
    struct whatif_change changes[WHATIF_CHANGES];
    size_t count = 0;
    unsigned kinds;
    char text[PART_BYTES];
    if (!spell(part, length, text, &kinds, err) || !whatif_change_read(text, def, changes, &count, err))
        return false;
    if (count == 0)
        return true;
    if (ask->count == WHATIF_ROWS)
        return error_set(err, "more than %d variants", WHATIF_ROWS - 1);
    add_variant(ask, def, changes, count);
    return true;
}

static bool add_parts(struct whatif_ask *ask, const struct alarm_def *def, const char *text, struct error *err)
{
    for (const char *at = text;; at++) {
        size_t length = strcspn(at, ";");
        if (!add_part(ask, def, at, length, err))
            return false;
        at += length;
        if (!*at)
            return true;
    }
}

/* ---- a trial ---- */

/* Its definition out of the first part. */
static bool make_trial(struct whatif_ask *ask, const char *part, size_t length, struct error *err)
{
    struct whatif_change changes[WHATIF_CHANGES];
    size_t count = 0;
    unsigned kinds;
    char text[PART_BYTES];
    if (!spell(part, length, text, &kinds, err))
        return false;
    if (kinds == 0)
        return error_set(err, "%s is a tag: say the limits of a trial alarm, as in \"%s high=85 deadband=1\" (high-high=, high=, low=, low-low=)", ask->key, ask->key);
    for (size_t t = 0; t < TRIALS; t++)
        if (kinds >> t & 1)
            ask->conditions[ask->def.condition_count++] = (struct alarm_condition_def){.kind = trial_kinds[t], .title = alarm_kind_table[trial_kinds[t]].title,
                .cause = "", .consequence = "", .action = "", .related = "", .priority = 3};
    ask->def.conditions = ask->conditions;
    if (!whatif_change_read(text, &ask->def, changes, &count, err))
        return false;
    struct alarm_condition_def made[ALARM_CONDITIONS];
    whatif_conditions(&ask->def, changes, count, made);
    memcpy(ask->conditions, made, ask->def.condition_count * sizeof made[0]);
    return true;
}

/* ---- whom it is about ---- */

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Levenshtein's, of two keys; both shorter than WHATIF_KEY. */
static size_t distance(const char *a, const char *b)
{
    size_t row[WHATIF_KEY], length = strlen(b);
    for (size_t j = 0; j <= length; j++)
        row[j] = j;
    for (size_t i = 1; a[i - 1]; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= length; j++) {
            size_t above = row[j];
            row[j] = smaller(smaller(row[j - 1], above) + 1, diagonal + (a[i - 1] != b[j - 1]));
            diagonal = above;
        }
    }
    return row[length];
}

static bool unknown(const struct plant *plant, const char *key, struct error *err)
{
    char one[WHATIF_KEY], best[WHATIF_KEY] = "";
    size_t least = SIZE_MAX;
    for (uint32_t a = 0; a < plant->alarm_count; a++) {
        plant_alarm_key(plant, a, one, sizeof one);
        size_t far = distance(key, one);
        if (far >= least)
            continue;
        least = far;
        memcpy(best, one, sizeof best);
    }
    if (!best[0])
        return error_set(err, "\"%.*s\": there is no such tag, and the configuration has no alarms", PATIENCE, key);
    return error_set(err, "\"%.*s\": there is no such alarm or tag; did you mean %.*s?", PATIENCE, key, PATIENCE, best);
}

static void find(struct whatif_ask *ask, const struct plant *plant)
{
    char one[WHATIF_KEY];
    for (uint32_t a = 0; a < plant->alarm_count && ask->alarm == NO_ALARM; a++) {
        plant_alarm_key(plant, a, one, sizeof one);
        ask->alarm = strcmp(one, ask->key) == 0 ? a : NO_ALARM;
    }
    for (uint32_t t = 0; t < plant->tag_count && ask->alarm == NO_ALARM && ask->tag == NO_TAG; t++) {
        plant_tag_key(plant, t, one, sizeof one);
        ask->tag = strcmp(one, ask->key) == 0 ? t : NO_TAG;
    }
}

static void ask_begin(struct whatif_ask *ask)
{
    *ask = (struct whatif_ask){.alarm = NO_ALARM, .tag = NO_TAG, .def = {.name = "trial", .title = "trial", .message_text = ALARM_INPUTS}};
}

bool whatif_ask_read(struct whatif_ask *ask, const struct plant *plant, const char *text, struct error *err)
{
    text += strspn(text, blanks);
    size_t key = strcspn(text, " \t;");
    ask_begin(ask);
    if (key == 0 || key >= sizeof ask->key)
        return error_set(err, "the key of an alarm or a tag is expected first");
    memcpy(ask->key, text, key);
    ask->key[key] = '\0';
    find(ask, plant);
    const char *rest = text + key;
    size_t first = strcspn(rest, ";");
    if (ask->alarm == NO_ALARM && ask->tag == NO_TAG)
        return unknown(plant, ask->key, err);
    if (ask->tag != NO_TAG && !make_trial(ask, rest, first, err))
        return false;
    const struct alarm_def *def = def_of(ask, plant);
    add_variant(ask, def, NULL, 0);
    return add_parts(ask, def, ask->tag != NO_TAG ? rest + first : rest, err);
}

/* ---- an alarm on the screen ---- */

static void usual_variants(struct whatif_ask *ask, const struct alarm_def *def)
{
    struct whatif_change wider[WHATIF_CHANGES], later[WHATIF_CHANGES];
    size_t wide = 0, late = 0;
    for (size_t c = 0; c < def->condition_count; c++) {
        later[late++] = (struct whatif_change){.field = WHATIF_ON_DELAY, .condition = c, .value = 60000};
        if (alarm_kind_table[def->conditions[c].kind].limit && def->conditions[c].deadband > 0)
            wider[wide++] = (struct whatif_change){.field = WHATIF_DEADBAND, .condition = c, .value = 2 * def->conditions[c].deadband};
    }
    if (wide)
        add_variant(ask, def, wider, wide);
    add_variant(ask, def, later, late);
}

bool whatif_ask_alarm(struct whatif_ask *ask, const struct plant *plant, uint32_t alarm, const char *text, struct error *err)
{
    const struct alarm_def *def = plant->alarms[alarm].def;
    ask_begin(ask);
    ask->alarm = alarm;
    plant_alarm_key(plant, alarm, ask->key, sizeof ask->key);
    add_variant(ask, def, NULL, 0);
    if (!add_parts(ask, def, text, err))
        return false;
    if (ask->count == 1)
        usual_variants(ask, def);
    return true;
}

struct whatif *whatif_ask_create(const struct whatif_ask *ask, const struct plant *plant, size_t variant)
{
    const struct whatif_variant *v = &ask->variants[variant];
    if (ask->alarm != NO_ALARM)
        return whatif_create(plant, ask->alarm, v->changes, v->change_count);
    struct alarm_condition_def conditions[ALARM_CONDITIONS];
    struct alarm_def def = ask->def;
    whatif_conditions(&def, v->changes, v->change_count, conditions);
    def.conditions = conditions;
    return whatif_create_new(plant, ask->tag, &def);
}
