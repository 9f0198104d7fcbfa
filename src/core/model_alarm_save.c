/*
 * The alarms in the saved state: those that are not as they were made, by key; traces of rates; raises by position; first-out groups; nodes in
 * maintenance. What the configuration does not have any more is skipped.
 */
#include <string.h>

#include "core/memory.h"
#include "core/model_alarm_private.h"

enum alarm_bit { BIT_WANTED = 1, BIT_UNSEEN = 2, BIT_RECORD = 4 };

static int64_t none_as(int64_t value, int64_t none) { return value == INT64_MAX ? none : value; }

static int64_t load_due(struct unpacker *u)
{
    int64_t due = unpack_time(u);
    return due < 0 ? INT64_MAX : due;
}

/* ---- alarms ---- */

static void save_hold(const struct alarm_hold *hold, struct packer *p)
{
    pack_zigzag(p, hold->since_ms);
    pack_zigzag(p, hold->until_ms);
    pack_text(p, hold->who);
    pack_text(p, hold->reason);
}

static void load_hold(struct alarm_hold *hold, struct unpacker *u)
{
    hold->since_ms = unpack_time(u);
    hold->until_ms = unpack_time(u);
    unpack_text(u, hold->who, sizeof hold->who);
    unpack_text(u, hold->reason, sizeof hold->reason);
}

static void save_record(const struct alarm_record *r, struct packer *p)
{
    const char *const texts[] = {r->ack_who, r->ack_comment, r->comment_who, r->comment, r->message, r->code, r->value};
    pack_zigzag(p, r->acked_ms);
    pack_zigzag(p, r->comment_ms);
    for (size_t t = 0; t < sizeof texts / sizeof texts[0]; t++)
        pack_text(p, texts[t]);
    save_hold(&r->shelf, p);
    save_hold(&r->service, p);
    pack_zigzag(p, r->hour);
    for (size_t h = 0; h < sizeof r->raises_hour / sizeof r->raises_hour[0]; h++)
        pack_varint(p, r->raises_hour[h]);
}

static void load_record(struct alarm_record *r, struct unpacker *u)
{
    r->acked_ms = unpack_time(u);
    r->comment_ms = unpack_time(u);
    unpack_text(u, r->ack_who, sizeof r->ack_who);
    unpack_text(u, r->ack_comment, sizeof r->ack_comment);
    unpack_text(u, r->comment_who, sizeof r->comment_who);
    unpack_text(u, r->comment, sizeof r->comment);
    unpack_text(u, r->message, sizeof r->message);
    unpack_text(u, r->code, sizeof r->code);
    unpack_text(u, r->value, sizeof r->value);
    load_hold(&r->shelf, u);
    load_hold(&r->service, u);
    r->hour = unpack_time(u);
    for (size_t h = 0; h < sizeof r->raises_hour / sizeof r->raises_hour[0]; h++)
        r->raises_hour[h] = (uint16_t)unpack_varint(u);
    if (r->hour < 0)
        u->failed = true;
}

static void save_condition(const struct alarm_condition *c, enum alarm_kind kind, struct packer *p)
{
    pack_u8(p, (uint8_t)kind);
    pack_u8(p, (uint8_t)(c->truth | c->active << 2 | c->frozen << 3));
    pack_zigzag(p, c->since_ms);
    pack_zigzag(p, none_as(c->due_ms, -1));
    pack_zigzag(p, c->frozen ? c->left_ms : 0);
}

static struct alarm_condition load_condition(struct unpacker *u, uint8_t *kind)
{
    *kind = unpack_u8(u);
    uint8_t bits = unpack_u8(u);
    struct alarm_condition c = {.truth = bits & 3, .active = bits >> 2 & 1, .frozen = bits >> 3 & 1};
    c.since_ms = unpack_time(u);
    c.due_ms = load_due(u);
    c.left_ms = unpack_time(u);
    if (c.truth > TRUTH_UNKNOWN || c.left_ms < 0)
        u->failed = true;
    return c;
}

/* One that was never raised and is not about to be is not worth a word: a truth that is false and one that is not known are the same then. */
static bool is_plain(const struct alarm *alarm)
{
    for (size_t c = 0; c < alarm->def->condition_count; c++)
        if (alarm->conditions[c].truth == TRUTH_TRUE || alarm->conditions[c].active)
            return false;
    return alarm->state == ALARM_NORM && alarm->flags == 0 && !alarm->record && alarm->raised_ms == 0 && alarm->late_ms == 0 && !alarm->suppress_wanted &&
        alarm->hold_due_ms == INT64_MAX;
}

static void save_alarm(const struct model *m, uint32_t index, struct packer *p)
{
    const struct alarm *a = &m->alarms->alarms[index];
    char key[ALARM_KEY_BYTES];
    size_t mark = p->count;
    plant_alarm_key(m->plant, index, key, sizeof key);
    pack_text(p, key);
    pack_u8(p, a->state);
    pack_u8(p, a->flags);
    pack_u8(p, a->severity);
    pack_u8(p, a->shown_condition);
    pack_u8(p, (uint8_t)((a->suppress_wanted ? BIT_WANTED : 0) | (a->unseen ? BIT_UNSEEN : 0) | (a->record ? BIT_RECORD : 0)));
    pack_zigzag(p, a->raised_ms);
    pack_zigzag(p, a->since_ms);
    pack_zigzag(p, a->cleared_ms);
    pack_zigzag(p, none_as(a->hold_due_ms, -1));
    pack_zigzag(p, none_as(a->shelf_due_ms, -1));
    pack_zigzag(p, none_as(a->clear_due_ms, -1));
    pack_zigzag(p, none_as(a->late_ms, TIME_MOST_MS));
    pack_u8(p, (uint8_t)a->def->condition_count);
    for (size_t c = 0; c < a->def->condition_count; c++)
        save_condition(&a->conditions[c], a->def->conditions[c].kind, p);
    if (a->record)
        save_record(a->record, p);
    run_frame(p, mark, CHECK_ALARM);
}

static bool fits(const struct alarm *a, uint8_t severity)
{
    uint8_t is = 0;
    for (size_t c = 0; c < a->def->condition_count && !is; c++)
        is = a->conditions[c].active ? (uint8_t)(a->def->condition_count - c) : 0;
    return a->state < ALARM_STATE_COUNT && severity == is && a->shown_condition < a->def->condition_count;
}

/* Conditions are those of the configuration that is loaded with; a definition that differs would have come as another configuration. */
static void load_alarm(struct model *m, struct unpacker *u)
{
    char key[ALARM_KEY_BYTES];
    unpack_text(u, key, sizeof key);
    uint32_t index = u->failed ? NO_ALARM : model_find_alarm(m, key);
    if (index == NO_ALARM || m->alarms->alarms[index].record)
        return;
    struct alarm *a = &m->alarms->alarms[index], was = *a;
    a->state = unpack_u8(u);
    a->flags = unpack_u8(u);
    a->severity = unpack_u8(u);
    a->shown_condition = unpack_u8(u);
    uint8_t bits = unpack_u8(u);
    a->suppress_wanted = bits & BIT_WANTED;
    a->unseen = bits & BIT_UNSEEN;
    a->raised_ms = unpack_time(u);
    a->since_ms = unpack_time(u);
    a->cleared_ms = unpack_time(u);
    a->hold_due_ms = load_due(u);
    a->shelf_due_ms = load_due(u);
    a->clear_due_ms = load_due(u);
    a->late_ms = unpack_time(u);
    a->late_ms = a->late_ms == TIME_MOST_MS ? INT64_MAX : a->late_ms;
    uint8_t count = unpack_u8(u);
    bool same = count == a->def->condition_count;
    for (uint8_t c = 0; c < count && !u->failed; c++) {
        uint8_t kind;
        struct alarm_condition condition = load_condition(u, &kind);
        if (c < a->def->condition_count)
            a->conditions[c] = condition;
        same = same && kind == (uint8_t)a->def->conditions[c].kind;
    }
    if (bits & BIT_RECORD)
        load_record(alarm_record_of(a), u);
    if (same && !fits(a, a->severity))
        u->failed = true;
    if (same && !u->failed)
        return;
    struct alarm_condition *conditions = was.conditions;
    alarm_finish(a);
    alarm_init(a, was.def, was.class, conditions);
}

/* ---- what belongs to several ---- */

static void save_rate(const struct model *m, const struct alarm_rate *rate, struct packer *p)
{
    char key[ALARM_KEY_BYTES];
    size_t mark = p->count;
    plant_alarm_key(m->plant, rate->alarm, key, sizeof key);
    pack_text(p, key);
    pack_u8(p, rate->condition);
    pack_u8(p, rate->trace.count);
    for (size_t v = 0; v < rate->trace.count; v++) {
        pack_zigzag(p, rate->trace.time_ms[v]);
        pack_double(p, rate->trace.value[v]);
    }
    run_frame(p, mark, CHECK_ALARM_RATE);
}

static void load_rate(struct model *m, struct unpacker *u)
{
    char key[ALARM_KEY_BYTES];
    unpack_text(u, key, sizeof key);
    uint8_t condition = unpack_u8(u), count = unpack_u8(u);
    uint32_t alarm = u->failed || count > ALARM_TRACE ? NO_ALARM : model_find_alarm(m, key);
    if (alarm == NO_ALARM || condition >= m->plant->alarms[alarm].def->condition_count || m->plant->alarms[alarm].def->conditions[condition].kind != ALARM_RATE)
        return;
    struct alarm_trace *trace = &alarm_rate_of(m, alarm, condition)->trace;
    for (trace->count = 0; trace->count < count && !u->failed; trace->count++) {
        trace->time_ms[trace->count] = unpack_time(u);
        trace->value[trace->count] = unpack_double(u);
        if (trace->count && trace->time_ms[trace->count] < trace->time_ms[trace->count - 1])
            u->failed = true;
    }
}

static void save_position(const struct model *m, size_t position, struct packer *p)
{
    const struct position_raises *r = &m->alarms->positions[position];
    size_t mark = p->count, seconds = 0;
    for (size_t s = 0; s < RAISE_SECONDS; s++)
        seconds += r->by_second[s] != 0;
    pack_text(p, m->plant->positions[position].name);
    pack_zigzag(p, r->second);
    pack_zigzag(p, r->flood_since_ms);
    pack_varint(p, seconds);
    for (uint64_t s = 0; s < RAISE_SECONDS; s++)
        if (r->by_second[s]) {
            pack_varint(p, s);
            pack_varint(p, r->by_second[s]);
        }
    run_frame(p, mark, CHECK_ALARM_POSITION);
}

static void load_position(struct model *m, struct unpacker *u)
{
    char name[KEY_BYTES];
    struct position_raises r = {.sum = 0};
    unpack_text(u, name, sizeof name);
    r.second = unpack_time(u);
    r.flood_since_ms = unpack_time(u);
    uint64_t seconds = unpack_varint(u);
    for (uint64_t n = 0; n < seconds && !u->failed; n++) {
        uint64_t s = unpack_varint(u), count = unpack_varint(u);
        if (s >= RAISE_SECONDS || count > UINT16_MAX || r.by_second[s]) {
            u->failed = true;
            return;
        }
        r.by_second[s] = (uint16_t)count;
        r.sum += (uint32_t)count;
    }
    if (r.second < 0)
        u->failed = true;
    for (size_t position = 0; position < m->plant->position_count && !u->failed; position++)
        if (strcmp(m->plant->positions[position].name, name) == 0)
            m->alarms->positions[position] = r;
}

static void save_first_out(const struct model *m, size_t group, struct packer *p)
{
    size_t mark = p->count;
    pack_text(p, m->plant->first_outs[group]);
    pack_zigzag(p, m->alarms->first_outs[group].first_ms);
    run_frame(p, mark, CHECK_FIRST_OUT);
}

static void load_first_out(struct model *m, struct unpacker *u)
{
    char name[KEY_BYTES];
    unpack_text(u, name, sizeof name);
    int64_t first_ms = unpack_time(u);
    for (size_t group = 0; group < m->plant->first_out_count && !u->failed; group++)
        if (strcmp(m->plant->first_outs[group], name) == 0)
            m->alarms->first_outs[group].first_ms = first_ms;
}

static void save_maintenance(const struct model *m, const struct maintenance *entry, struct packer *p)
{
    char path[KEY_BYTES];
    size_t mark = p->count;
    plant_node_path(m->plant, entry->node, path, sizeof path);
    pack_text(p, path);
    pack_zigzag(p, entry->since_ms);
    pack_zigzag(p, entry->until_ms);
    pack_text(p, entry->who);
    pack_text(p, entry->reason);
    run_frame(p, mark, CHECK_MAINTENANCE);
}

static void load_maintenance(struct model *m, struct unpacker *u)
{
    char path[KEY_BYTES];
    struct maintenance entry = {.node = NO_NODE};
    unpack_text(u, path, sizeof path);
    entry.since_ms = unpack_time(u);
    entry.until_ms = unpack_time(u);
    unpack_text(u, entry.who, sizeof entry.who);
    unpack_text(u, entry.reason, sizeof entry.reason);
    entry.node = u->failed ? NO_NODE : plant_node_by_path(m->plant, path);
    if (entry.node != NO_NODE && !model_maintenance(m, entry.node))
        maintenance_add(m->alarms, entry);
}

/* ---- all of it ---- */

void alarms_save(const struct model *m, struct packer *p)
{
    const struct alarm_book *book = m->alarms;
    if (m->plant->alarm_count > 0) {
        size_t mark = p->count;
        pack_zigzag(p, book->linked_ms);
        run_frame(p, mark, CHECK_ALARMS);
    }
    for (uint32_t a = 0; a < m->plant->alarm_count; a++)
        if (!is_plain(&book->alarms[a]))
            save_alarm(m, a, p);
    for (size_t r = 0; r < book->rate_count; r++)
        if (book->rates[r].trace.count)
            save_rate(m, &book->rates[r], p);
    for (size_t position = 0; position < m->plant->position_count; position++)
        if (book->positions[position].second)
            save_position(m, position, p);
    for (size_t group = 0; group < m->plant->first_out_count; group++)
        if (book->first_outs[group].first_ms)
            save_first_out(m, group, p);
    for (size_t e = 0; e < book->maintenance_count; e++)
        save_maintenance(m, &book->maintenance[e], p);
}

bool alarms_load(struct model *m, uint8_t kind, struct unpacker *u)
{
    switch (kind) {
    case CHECK_ALARMS: m->alarms->linked_ms = unpack_time(u); return true;
    case CHECK_ALARM: load_alarm(m, u); return true;
    case CHECK_ALARM_RATE: load_rate(m, u); return true;
    case CHECK_ALARM_POSITION: load_position(m, u); return true;
    case CHECK_FIRST_OUT: load_first_out(m, u); return true;
    case CHECK_MAINTENANCE: load_maintenance(m, u); return true;
    default: return false;
    }
}

void alarms_loaded(struct model *m)
{
    alarms_at(m, m->elapsed);
    for (uint32_t a = 0; a < m->plant->alarm_count; a++)
        alarm_count(m, a);
}
