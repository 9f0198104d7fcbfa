/*
 * A struct whatif feeds its model batches on the grid of 100 ms, as a collector would have that got every sample at its source time, and counts
 * what the events of its alarm say. What is active at `from_ms` was raised before, and does not count as a raise, but its time does.
 */
#include "core/whatif.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/model.h"
#include "core/number.h"
#include "core/timestamp.h"
#include "core/whatif_private.h"

struct whatif {
    struct plant *plant;
    struct model *model;
    struct batch batch;
    uint32_t alarm;
    char key[ALARM_KEY_BYTES];
    int64_t from_ms;              /* INT64_MIN: everything counts */
    int64_t wall_ms;              /* of the open batch; 0: none has begun */
    int64_t raised_ms;            /* of what is active; 0: nothing is */
    int64_t recent[WHATIF_CHATTER]; /* the last raises, by count modulo */
    uint64_t raises;              /* all of them */
    struct whatif_counts counts;
};

/* ---- changes as text ---- */

static const struct { const char *name; bool duration, of_limit; } fields[WHATIF_FIELDS] = {
    [WHATIF_LIMIT] = {"limit", false, true}, [WHATIF_DEADBAND] = {"deadband", false, true}, [WHATIF_ON_DELAY] = {"on-delay", true, false},
    [WHATIF_OFF_DELAY] = {"off-delay", true, false},
};

static bool has_limit(const struct alarm_def *def, size_t condition)
{
    return alarm_kind_table[def->conditions[condition].kind].limit;
}

/* The condition of a kind's name: ALARM_CONDITIONS when there is none. */
static size_t condition_named(const struct alarm_def *def, const char *name, size_t length)
{
    size_t c = 0;
    while (c < def->condition_count && (strlen(alarm_kind_table[def->conditions[c].kind].name) != length ||
               strncmp(alarm_kind_table[def->conditions[c].kind].name, name, length) != 0))
        c++;
    return c < def->condition_count ? c : ALARM_CONDITIONS;
}

static bool field_named(const char *name, size_t length, enum whatif_field *field)
{
    for (int f = 0; f < WHATIF_FIELDS; f++)
        if (strlen(fields[f].name) == length && strncmp(fields[f].name, name, length) == 0) {
            *field = (enum whatif_field)f;
            return true;
        }
    return false;
}

static bool value_of(enum whatif_field field, const char *text, size_t length, double *value, struct error *err)
{
    char word[32];
    int64_t ms;
    struct value number;
    bool overflow;
    if (length == 0 || length >= sizeof word)
        return error_set(err, "%s: a %s is expected", fields[field].name, fields[field].duration ? "duration as 60s" : "number");
    memcpy(word, text, length);
    word[length] = '\0';
    if (fields[field].duration) {
        if (!duration_read(word, &ms, err))
            return false;
        *value = (double)ms;
        return true;
    }
    if (!number_read(word, length, &number, &overflow) || !value_number(number, value) || (field == WHATIF_DEADBAND && *value < 0))
        return error_set(err, "%s: \"%s\" is not a number%s", fields[field].name, word, field == WHATIF_DEADBAND ? " from 0 on" : "");
    return true;
}

/* Which conditions a change without a name is about: of a limit the only one that has one. */
static bool add_changes(const struct alarm_def *def, enum whatif_field field, size_t named, double value, struct whatif_change *changes, size_t *count, struct error *err)
{
    size_t limits = 0;
    for (size_t c = 0; c < def->condition_count; c++)
        limits += has_limit(def, c);
    if (fields[field].of_limit && limits == 0)
        return error_set(err, "%s: this alarm has none", fields[field].name);
    if (field == WHATIF_LIMIT && named == ALARM_CONDITIONS && limits > 1)
        return error_set(err, "limit: which one? Say %s.limit or %s.limit", alarm_kind_table[def->conditions[0].kind].name, alarm_kind_table[def->conditions[1].kind].name);
    for (size_t c = 0; c < def->condition_count; c++) {
        if ((named != ALARM_CONDITIONS && c != named) || (fields[field].of_limit && !has_limit(def, c)))
            continue;
        if (*count >= WHATIF_CHANGES)
            return error_set(err, "more than %d changes", WHATIF_CHANGES);
        changes[(*count)++] = (struct whatif_change){.field = field, .condition = c, .value = value};
    }
    return true;
}

static bool read_one(const char *word, size_t length, const struct alarm_def *def, struct whatif_change *changes, size_t *count, struct error *err)
{
    const char *equals = memchr(word, '=', length), *point = equals ? memchr(word, '.', (size_t)(equals - word)) : NULL;
    const char *name = point ? point + 1 : word;
    size_t named = point ? condition_named(def, word, (size_t)(point - word)) : ALARM_CONDITIONS;
    enum whatif_field field;
    double value;
    if (!equals || !field_named(name, (size_t)(equals - name), &field))
        return error_set(err, "\"%.*s\": limit=, deadband=, on-delay= or off-delay= is expected", (int)(length < 40 ? length : 40), word);
    if (point && named == ALARM_CONDITIONS)
        return error_set(err, "\"%.*s\": this alarm has no such condition", (int)(point - word < 40 ? point - word : 40), word);
    return value_of(field, equals + 1, length - (size_t)(equals + 1 - word), &value, err) && add_changes(def, field, named, value, changes, count, err);
}

bool whatif_change_read(const char *text, const struct alarm_def *def, struct whatif_change changes[WHATIF_CHANGES], size_t *count, struct error *err)
{
    static const char separators[] = " \t,";
    struct whatif_change read[WHATIF_CHANGES];
    size_t read_count = *count;
    memcpy(read, changes, read_count * sizeof read[0]);
    for (const char *at = text + strspn(text, separators); *at; at += strspn(at, separators)) {
        size_t length = strcspn(at, separators);
        if (!read_one(at, length, def, read, &read_count, err))
            return false;
        at += length;
    }
    memcpy(changes, read, read_count * sizeof read[0]);
    *count = read_count;
    return true;
}

static void change_condition(struct alarm_condition_def *c, const struct whatif_change *change)
{
    switch (change->field) {
    case WHATIF_LIMIT: c->limit = change->value; break;
    case WHATIF_DEADBAND: c->deadband = change->value; break;
    case WHATIF_ON_DELAY: c->on_delay_ms = (int64_t)change->value; break;
    case WHATIF_OFF_DELAY: c->off_delay_ms = (int64_t)change->value; break;
    case WHATIF_FIELDS: break;
    }
}

void whatif_conditions(const struct alarm_def *def, const struct whatif_change *changes, size_t count, struct alarm_condition_def out[ALARM_CONDITIONS])
{
    memcpy(out, def->conditions, def->condition_count * sizeof out[0]);
    for (size_t i = 0; i < count; i++)
        if (changes[i].condition < def->condition_count)
            change_condition(&out[changes[i].condition], &changes[i]);
}

static size_t append(char *out, size_t cap, size_t used, const char *text)
{
    int more = used < cap ? snprintf(out + used, cap - used, "%s", text) : 0;
    return used + (size_t)(more > 0 ? more : 0);
}

static size_t append_number(char *out, size_t cap, size_t used, const char *label, double number)
{
    char text[NUMBER_TEXT];
    number_text(number, DECIMALS_AUTO, false, text);
    used = append(out, cap, used, label);
    return append(out, cap, used, text);
}

static size_t append_span(char *out, size_t cap, size_t used, const char *label, int64_t ms)
{
    char text[SPAN_TEXT];
    if (ms == 0)
        return used;
    span_text(ms, text);
    used = append(out, cap, used, label);
    return append(out, cap, used, text);
}

void whatif_text(const struct alarm_def *def, const struct whatif_change *changes, size_t count, char *out, size_t cap)
{
    struct alarm_condition_def conditions[ALARM_CONDITIONS];
    size_t used = 0;
    out[0] = '\0';
    whatif_conditions(def, changes, count, conditions);
    for (size_t i = 0; i < def->condition_count; i++) {
        const struct alarm_condition_def *c = &conditions[i];
        used = append(out, cap, used, i ? "; " : "");
        used = append(out, cap, used, alarm_kind_table[c->kind].name);
        if (alarm_kind_table[c->kind].limit) {
            used = append_number(out, cap, used, c->kind == ALARM_LOW || c->kind == ALARM_LOW_LOW || (c->kind == ALARM_RATE && c->limit < 0) ? " < " : " > ", c->limit);
            used = append_number(out, cap, used, ", deadband ", c->deadband);
        }
        used = append_span(out, cap, used, ", on-delay ", c->on_delay_ms);
        used = append_span(out, cap, used, ", off-delay ", c->off_delay_ms);
    }
}

/* ---- running ---- */

/* Series are numbered as the small plant's tags, from 1 on. */
static struct whatif *begin(struct plant *plant_take, uint32_t alarm)
{
    struct whatif *w = mem_zero(1, sizeof *w);
    char key[KEY_BYTES];
    w->plant = plant_take;
    w->alarm = alarm;
    w->from_ms = INT64_MIN;
    w->model = model_create(w->plant);
    plant_alarm_key(w->plant, alarm, w->key, sizeof w->key);
    batch_init(&w->batch);
    for (uint32_t t = 0; t < w->plant->tag_count; t++) {
        size_t length = plant_tag_key(w->plant, t, key, sizeof key);
        batch_add(&w->batch, (struct record){.kind = RECORD_SERIES, .series = t + 1, .text = batch_text(&w->batch, key, length)});
    }
    return w;
}

struct whatif *whatif_create(const struct plant *plant, uint32_t alarm, const struct whatif_change *changes, size_t count)
{
    struct alarm_condition_def conditions[ALARM_CONDITIONS];
    struct alarm_def def = *plant->alarms[alarm].def;
    uint32_t index;
    whatif_conditions(&def, changes, count, conditions);
    def.conditions = conditions;
    struct plant *small = whatif_plant(plant, alarm, &def, &index);
    return begin(small, index);
}

struct whatif *whatif_create_new(const struct plant *plant, uint32_t tag, const struct alarm_def *def)
{
    return begin(whatif_plant_new(plant, tag, def), 0);
}

void whatif_destroy(struct whatif *w)
{
    if (!w)
        return;
    model_destroy(w->model);
    plant_destroy(w->plant);
    batch_finish(&w->batch);
    free(w);
}

size_t whatif_tag_count(const struct whatif *w)
{
    return w->plant->tag_count;
}

size_t whatif_tag_key(const struct whatif *w, size_t tag, char *out, size_t cap)
{
    return plant_tag_key(w->plant, (uint32_t)tag, out, cap);
}

void whatif_begin(struct whatif *w, int64_t from_ms)
{
    w->from_ms = from_ms;
}

static void raised(struct whatif *w, int64_t ms)
{
    struct whatif_counts *c = &w->counts;
    w->raised_ms = ms;
    w->recent[w->raises++ % WHATIF_CHATTER] = ms;
    bool chatters = w->raises >= WHATIF_CHATTER && ms - w->recent[w->raises % WHATIF_CHATTER] <= WHATIF_CHATTER_MS; /* the oldest that is kept */
    if (ms < w->from_ms)
        return;
    c->raises++;
    c->chattering += chatters;
    c->first_ms = c->first_ms ? c->first_ms : ms;
    c->last_ms = ms;
}

static void ended(struct whatif *w, int64_t ms)
{
    int64_t start = w->raised_ms > w->from_ms ? w->raised_ms : w->from_ms, lasted = ms > start ? ms - start : 0;
    if (w->raised_ms == 0)
        return;
    w->counts.active_ms += lasted;
    w->counts.longest_ms = lasted > w->counts.longest_ms ? lasted : w->counts.longest_ms;
    w->counts.fleeting += w->raised_ms >= w->from_ms && ms - w->raised_ms < WHATIF_FLEETING_MS;
    w->raised_ms = 0;
}

static void count_condition(struct whatif *w, uint8_t kind)
{
    const struct alarm_def *def = w->plant->alarms[w->alarm].def;
    for (size_t c = 0; c < def->condition_count; c++)
        if (def->conditions[c].kind == kind) {
            w->counts.by_condition[c]++;
            return;
        }
}

static void count_events(struct whatif *w)
{
    const struct outcomes *o = model_outcomes(w->model);
    for (size_t e = 0; e < o->event_count; e++) {
        const struct event *event = &o->events[e];
        if (event->kind != EVENT_ALARM || strcmp(event->path, w->key) != 0)
            continue;
        bool rose = event->alarm.event == ALARM_RAISED || event->alarm.event == ALARM_ROSE;
        if (rose && event->time_ms >= w->from_ms)
            count_condition(w, event->alarm.kind);
        if (event->alarm.event == ALARM_RAISED)
            raised(w, event->time_ms);
        else if (event->alarm.event == ALARM_CLEARED)
            ended(w, event->time_ms);
    }
}

static void close_batch(struct whatif *w, int64_t wall_ms)
{
    int64_t before = model_wall(w->model);
    w->batch.seq = model_seq(w->model) + 1;
    w->batch.wall_ms = wall_ms;
    w->batch.elapsed_ms = before ? wall_ms - before : 0;
    model_apply(w->model, &w->batch);
    batch_clear(&w->batch);
    count_events(w);
}

static int64_t grid_up(int64_t ms)
{
    int64_t over = ms % BATCH_GRID_MS;
    return over > 0 ? ms + BATCH_GRID_MS - over : ms - over;
}

void whatif_sample(struct whatif *w, size_t tag, const struct sample *sample, const char *text)
{
    int64_t wall = grid_up(sample->time_ms);
    if (w->wall_ms && wall > w->wall_ms)
        close_batch(w, w->wall_ms);
    if (wall > w->wall_ms)
        w->wall_ms = wall;
    struct record r = {.kind = RECORD_SAMPLE, .series = (uint32_t)tag + 1, .time_ms = sample->time_ms, .value = sample->value, .quality = sample->quality,
        .flags = (uint8_t)(sample->flags & ~(SAMPLE_LATE | SAMPLE_HISTORICAL))};
    if (sample->value.kind == VALUE_TEXT)
        r.value.text = batch_text(&w->batch, text ? text : "", text ? strlen(text) : 0);
    batch_add(&w->batch, r);
    w->counts.samples += sample->time_ms >= w->from_ms;
}

void whatif_end(struct whatif *w, int64_t to_ms)
{
    if (w->wall_ms)
        close_batch(w, w->wall_ms);
    if (to_ms > w->wall_ms && w->wall_ms) {
        w->wall_ms = to_ms;
        close_batch(w, to_ms);
    }
    ended(w, to_ms);
}

const struct whatif_counts *whatif_counts(const struct whatif *w)
{
    return &w->counts;
}
