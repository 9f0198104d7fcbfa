/*
 * What makes sense of an alarm: which keys its kind takes, limits that do not contradict each other, deadbands that let it clear, and an operator
 * who knows what to do. Tables say it; the deadband and the delay that a unit suggests are in one too.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/config_alarms.h"

#define OF(kind) (1u << (kind))
enum {
    LIMITS = OF(ALARM_HIGH_HIGH) | OF(ALARM_HIGH) | OF(ALARM_LOW) | OF(ALARM_LOW_LOW),
    NUMERIC = LIMITS | OF(ALARM_DEVIATION) | OF(ALARM_RATE),
    ALONE = OF(ALARM_NO_DATA) | OF(ALARM_MESSAGE),
    ANYWHERE = OF(ALARM_NO_DATA) | OF(ALARM_EXPRESSION),
};

static bool is_kind(const struct alarm_entry *entry, unsigned kinds)
{
    return (OF(entry->kind) & kinds) != 0;
}

static const char *kind_name(const struct alarm_entry *entry)
{
    return alarm_kind_table[entry->kind].name;
}

/* ---- presets by the unit ---- */

enum quantity { QUANTITY_OTHER, QUANTITY_FLOW, QUANTITY_LEVEL, QUANTITY_PRESSURE, QUANTITY_TEMPERATURE };

/* Starting values: deadband as a share of the range, and delay. */
static const struct { double share; int64_t delay_ms; } presets[] = {
    [QUANTITY_OTHER] = {0, 0}, [QUANTITY_FLOW] = {0.05, 15000}, [QUANTITY_LEVEL] = {0.05, 60000},
    [QUANTITY_PRESSURE] = {0.02, 15000}, [QUANTITY_TEMPERATURE] = {0.01, 60000},
};

static const struct { const char *unit; enum quantity quantity; } units[] = {
    {"°C", QUANTITY_TEMPERATURE}, {"℃", QUANTITY_TEMPERATURE}, {"degC", QUANTITY_TEMPERATURE}, {"C", QUANTITY_TEMPERATURE}, {"K", QUANTITY_TEMPERATURE},
    {"°F", QUANTITY_TEMPERATURE}, {"degF", QUANTITY_TEMPERATURE}, {"bar", QUANTITY_PRESSURE}, {"mbar", QUANTITY_PRESSURE}, {"bara", QUANTITY_PRESSURE},
    {"barg", QUANTITY_PRESSURE}, {"Pa", QUANTITY_PRESSURE}, {"hPa", QUANTITY_PRESSURE}, {"kPa", QUANTITY_PRESSURE}, {"MPa", QUANTITY_PRESSURE},
    {"psi", QUANTITY_PRESSURE},
};

/* A volume or a mass in a time. */
static bool is_flow(const char *unit)
{
    static const char *const amounts[] = {"m3", "m³", "Nm3", "Nm³", "km3", "km³", "l", "L", "kg", "g", "t"}, *const times[] = {"s", "min", "h", "d"};
    const char *slash = strchr(unit, '/');
    bool amount = false, time = false;
    for (size_t i = 0; slash && i < sizeof amounts / sizeof amounts[0]; i++)
        amount = amount || (strlen(amounts[i]) == (size_t)(slash - unit) && memcmp(amounts[i], unit, (size_t)(slash - unit)) == 0);
    for (size_t i = 0; slash && i < sizeof times / sizeof times[0]; i++)
        time = time || strcmp(times[i], slash + 1) == 0;
    return amount && time;
}

static enum quantity quantity_of(const struct tag_def *tag)
{
    if (strstr(tag->name, "level"))
        return QUANTITY_LEVEL;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (strcmp(units[i].unit, tag->unit) == 0)
            return units[i].quantity;
    return is_flow(tag->unit) ? QUANTITY_FLOW : QUANTITY_OTHER;
}

void alarm_entry_presets(const struct alarm_entry *entry, const struct tag_def *tag, double *deadband, int64_t *off_delay_ms)
{
    bool takes = tag && is_kind(entry, LIMITS | OF(ALARM_DEVIATION));
    enum quantity quantity = takes ? quantity_of(tag) : QUANTITY_OTHER;
    *deadband = field(&entry->f, "deadband") ? field_number(&entry->f, "deadband")
        : takes && tag->has_range ? presets[quantity].share * (tag->range[1] - tag->range[0]) : 0;
    *off_delay_ms = field(&entry->f, "off_delay") ? field_duration(&entry->f, "off_delay") : presets[quantity].delay_ms;
}

/* ---- keys and kinds ---- */

static const struct { const char *key; unsigned kinds; } effects[] = {
    {"limit", NUMERIC}, {"deadband", NUMERIC}, {"window", OF(ALARM_RATE) | OF(ALARM_NO_DATA)}, {"setpoint", OF(ALARM_DEVIATION)},
    {"when", OF(ALARM_EXPRESSION)}, {"values", OF(ALARM_DISCRETE) | OF(ALARM_MESSAGE)}, {"codes", OF(ALARM_MESSAGE)}, {"text", OF(ALARM_MESSAGE)},
    {"clears_after", OF(ALARM_MESSAGE)},
};

static const struct { unsigned kinds; const char *key, *words; } needs[] = {
    {NUMERIC, "limit", "the number beyond which it is raised"}, {OF(ALARM_DEVIATION), "setpoint", "the tag that the value is held against"},
    {OF(ALARM_RATE), "window", "the time over which the change is taken (\"5m\"); the limit is per minute"},
    {OF(ALARM_DISCRETE), "values", "what raises it: a text, a number, true or false, or a list of them"},
    {OF(ALARM_EXPRESSION), "when", "the formula that raises it (\"{oil} > 80 && {:state} == run\")"},
};

static bool check_keys(struct reader *r, const struct alarm_entry *entry)
{
    bool whole = true;
    for (size_t i = 0; i < sizeof effects / sizeof effects[0]; i++)
        if (field(&entry->f, effects[i].key) && !is_kind(entry, effects[i].kinds))
            warn(r, field(&entry->f, effects[i].key), "has no effect on an alarm of the kind \"%s\"", kind_name(entry));
    for (size_t i = 0; i < sizeof needs / sizeof needs[0]; i++) {
        if (!is_kind(entry, needs[i].kinds) || field(&entry->f, needs[i].key))
            continue;
        if (!config_setting_get_member(entry->where, needs[i].key))
            complain(r, entry->where, "\"%s\" is missing, an alarm of the kind \"%s\" needs it: %s", needs[i].key, kind_name(entry), needs[i].words);
        whole = false;
    }
    if (is_kind(entry, ALONE) && field(&entry->f, "group"))
        complain(r, field(&entry->f, "group"), "an alarm of the kind \"%s\" stands alone", kind_name(entry));
    return whole;
}

/* Does the tag hold what the kind looks at? */
static bool check_tag(struct reader *r, const struct alarm_entry *entry, const struct tag_def *tag)
{
    if (!tag && !is_kind(entry, ANYWHERE)) {
        complain(r, entry->where, "an alarm of the kind \"%s\" hangs on a tag; on an area, line, unit or the site there are \"no-data\" and \"expression\"", kind_name(entry));
        return false;
    }
    if (tag && is_kind(entry, NUMERIC) && (tag->kind == KIND_TEXT || tag->kind == KIND_STATE || tag->kind == KIND_BOOL || tag->kind == KIND_RECIPE)) {
        complain(r, entry->where, "the tag \"%s\" is of the kind \"%s\" and has no limits; for its values there is \"discrete\"", tag->name, tag_kind_names[tag->kind]);
        return false;
    }
    if (tag && is_kind(entry, OF(ALARM_NO_DATA)) && !tag->interval_ms && !field(&entry->f, "window")) {
        complain(r, entry->where, "the tag \"%s\" has no \"interval\": say with \"window\" how long it may keep silent", tag->name);
        return false;
    }
    return true;
}

static bool check_limit(struct reader *r, const struct alarm_entry *entry, const struct tag_def *tag)
{
    double limit = field_number(&entry->f, "limit");
    setting_t *s = field(&entry->f, "limit");
    if (is_kind(entry, OF(ALARM_RATE)) && limit == 0)
        complain(r, s, "a rate of 0 is no limit: a positive one is a rise per minute, a negative one a fall");
    else if (is_kind(entry, OF(ALARM_DEVIATION)) && limit <= 0)
        complain(r, s, "the distance from the setpoint is not above 0");
    else if (is_kind(entry, LIMITS) && tag->has_range && (limit < tag->range[0] || limit > tag->range[1]))
        complain(r, s, "%.15g lies outside the tag's range [%.15g, %.15g]", limit, tag->range[0], tag->range[1]);
    else if (is_kind(entry, OF(ALARM_DEVIATION)) && tag->has_range && limit > tag->range[1] - tag->range[0])
        complain(r, s, "%.15g is more than the tag's whole range [%.15g, %.15g]", limit, tag->range[0], tag->range[1]);
    else
        return true;
    return false;
}

bool alarm_entry_check(struct reader *r, const struct alarm_entry *entry, const struct tag_def *tag)
{
    if (!field_bool(&entry->f, "enabled"))
        return false;
    if (entry->kind < 0) {
        field_required(r, &entry->f, "kind");
        return false;
    }
    return check_keys(r, entry) && check_tag(r, entry, tag) && (!is_kind(entry, NUMERIC) || check_limit(r, entry, tag));
}

/* ---- limits against each other ---- */

/* From the lowest to the highest; -1 for what is no limit. */
static int level_of(const struct alarm_entry *entry)
{
    static const int levels[ALARM_KIND_COUNT] = {[ALARM_HIGH_HIGH] = 4, [ALARM_HIGH] = 3, [ALARM_LOW] = 2, [ALARM_LOW_LOW] = 1};
    return levels[entry->kind] - 1;
}

static void check_order(struct reader *r, const struct alarm_entry *upper, const struct alarm_entry *lower)
{
    char also[PATH_MOST];
    double above = field_number(&upper->f, "limit"), below = field_number(&lower->f, "limit");
    if (above <= below)
        complain(r, field(&upper->f, "limit"), "%s %.15g is not above %s %.15g; also at %s", kind_name(upper), above, kind_name(lower), below,
            place(r, field(&lower->f, "limit"), also));
}

/* A value that is back between the limits must be able to clear it. */
static void check_deadband(struct reader *r, const struct alarm_list *list, const bool *skip, const struct alarm_entry *entry, const struct tag_def *tag)
{
    double limit = field_number(&entry->f, "limit"), deadband, edge;
    int64_t delay;
    bool high = level_of(entry) >= 2, bounded = tag->has_range;
    setting_t *s = field(&entry->f, "deadband") ? field(&entry->f, "deadband") : entry->where;
    const char *what = field(&entry->f, "deadband") ? "" : ", which the tag's unit and range suggest,";
    alarm_entry_presets(entry, tag, &deadband, &delay);
    if (!is_kind(entry, LIMITS)) {
        if (deadband >= fabs(limit))
            complain(r, s, "with a deadband of %.15g it would never clear: the limit is %.15g", deadband, limit);
        return;
    }
    edge = bounded ? tag->range[!high] : 0;
    for (size_t i = 0; i < list->count; i++) {
        if (skip[i] || !is_kind(&list->rows[i], LIMITS) || (level_of(&list->rows[i]) >= 2) == high)
            continue;
        double other = field_number(&list->rows[i].f, "limit");
        edge = !bounded || (high ? other > edge : other < edge) ? other : edge;
        bounded = true;
    }
    if (bounded && (high ? limit > edge && limit - deadband <= edge : limit < edge && limit + deadband >= edge))
        complain(r, s, "with a deadband of %.15g%s it would clear only at %.15g, which is not %s %.15g", deadband, what, high ? limit - deadband : limit + deadband,
            high ? "above" : "below", edge);
}

void alarm_limits_check(struct reader *r, const struct alarm_list *list, const bool *skip, const struct tag_def *tag)
{
    for (size_t i = 0; i < list->count; i++) {
        if (skip[i] || !is_kind(&list->rows[i], NUMERIC))
            continue;
        check_deadband(r, list, skip, &list->rows[i], tag);
        for (size_t j = 0; j < list->count; j++)
            if (!skip[j] && is_kind(&list->rows[i], LIMITS) && is_kind(&list->rows[j], LIMITS) && level_of(&list->rows[i]) > level_of(&list->rows[j]))
                check_order(r, &list->rows[i], &list->rows[j]);
    }
}

/* ---- the whole alarm ---- */

static setting_t *said(const struct alarm_entry *const *entries, size_t count, const char *key)
{
    setting_t *s = NULL;
    for (size_t i = 0; i < count && !s; i++)
        s = field(&entries[i]->f, key);
    return s;
}

/* What a machine says of itself is handled at the machine: it needs no words here. */
static void check_action(struct reader *r, const struct alarm_entry *entry, const struct alarm_def *def)
{
    if (*field_text(&entry->f, "action"))
        return;
    for (size_t i = 0; i < def->code_count; i++)
        if (!*def->codes[i].action) {
            warn(r, entry->where, "not every code has an \"action\": what shall the operator do? What needs no action is no alarm");
            return;
        }
    if (!def->code_count)
        warn(r, entry->where, "there is no \"action\": what shall the operator do? What needs no action is no alarm");
}

void alarm_plan_check(struct reader *r, const struct alarm_plan *plan, const struct alarm_entry *const *entries, const struct alarm_def *def)
{
    const struct alarm_class *class = &r->build.plant->alarm_classes[def->class];
    setting_t *hold_off = said(entries, def->condition_count, "hold_off");
    for (size_t i = 0; i < def->condition_count && class->ack != ACK_BY_ITSELF; i++)
        check_action(r, entries[i], def);
    if (class->safety && plan->suppress_where)
        complain(r, plan->suppress_where, "an alarm of the class \"%s\" protects people and is never suppressed", class->name);
    if (hold_off && !plan->suppress_where)
        warn(r, hold_off, "has no effect without \"suppress\"");
}
