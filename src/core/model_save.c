/*
 * The whole state as a run of records whose kinds are for checkpoints. Tags and nodes are written by key, so that a run
 * can be read under a configuration that has changed since: what is not there any more is skipped.
 */
#include <stdlib.h>
#include <string.h>

#include "core/decimal.h"
#include "core/memory.h"
#include "core/model_private.h"

enum check_kind { CHECK_CLOCK = 32, CHECK_SOURCE, CHECK_DROP, CHECK_TAG, CHECK_NODE, CHECK_EVENTS, CHECK_CHANGE, CHECK_SKEW, CHECK_BAND = 50 };
enum { RING_RAW = 0xFF }; /* in place of a number of decimals: floats as they are */
enum tag_bit { BIT_STALE = 1, BIT_UNCONFIRMED = 2, BIT_COUNTING = 4, BIT_RING = 8, BIT_CHANGE = 16, BIT_TALLY = 32, BIT_FORSAKEN = 64 };

static void save_clock(const struct model *m, struct packer *p)
{
    size_t mark = p->count;
    pack_varint(p, m->seq);
    pack_zigzag(p, m->wall);
    pack_zigzag(p, m->elapsed);
    pack_bytes(p, m->boot, sizeof m->boot);
    pack_varint(p, m->samples);
    pack_u64(p, m->config_id);
    pack_zigzag(p, m->clock_step);
    pack_zigzag(p, m->clock_when);
    pack_zigzag(p, m->gap);
    pack_zigzag(p, m->gap_when);
    run_frame(p, mark, CHECK_CLOCK);
}

static void load_clock(struct model *m, struct unpacker *u)
{
    m->seq = unpack_varint(u);
    m->wall = unpack_time(u);
    m->elapsed = unpack_time(u);
    const void *boot = unpack_bytes(u, sizeof m->boot);
    if (boot)
        memcpy(m->boot, boot, sizeof m->boot);
    m->samples = unpack_varint(u);
    m->config_id = unpack_u64(u);
    m->clock_step = unpack_time(u);
    m->clock_when = unpack_time(u);
    m->gap = unpack_time(u);
    m->gap_when = unpack_time(u);
    if (m->elapsed < 0)
        u->failed = true;
}

static void save_source(const struct source *s, struct packer *p)
{
    size_t mark = p->count;
    pack_text(p, s->name);
    pack_text(p, s->detail);
    pack_u8(p, (uint8_t)(s->alive | s->whole << 1));
    pack_zigzag(p, s->since_ms);
    pack_varint(p, s->births);
    pack_varint(p, s->deaths);
    run_frame(p, mark, CHECK_SOURCE);
}

static void load_source(struct model *m, struct unpacker *u)
{
    char name[KEY_BYTES], detail[512];
    unpack_text(u, name, sizeof name);
    unpack_text(u, detail, sizeof detail);
    struct source *s = u->failed ? NULL : model_add_source(m, name);
    if (!s)
        return;
    char *old = s->detail;
    s->detail = mem_text(detail);
    uint8_t bits = unpack_u8(u);
    s->alive = bits & 1;
    s->whole = bits >> 1 & 1;
    s->since_ms = unpack_time(u);
    s->births = unpack_varint(u);
    s->deaths = unpack_varint(u);
    free(old);
}

static void save_drop(const struct drop_count *d, uint8_t reason, struct packer *p)
{
    size_t mark = p->count;
    pack_u8(p, reason);
    pack_varint(p, d->count);
    pack_zigzag(p, d->last_ms);
    pack_text(p, d->example);
    run_frame(p, mark, CHECK_DROP);
}

static void load_drop(struct model *m, struct unpacker *u)
{
    uint8_t reason = unpack_u8(u);
    struct drop_count d = {.count = unpack_varint(u)};
    d.last_ms = unpack_time(u);
    unpack_text(u, d.example, sizeof d.example);
    if (!u->failed && reason < DROP_COUNT)
        m->drops[reason] = d;
}

static bool column_empty(const struct ring *ring, int column)
{
    return ring->low[column] > ring->high[column];
}

/* The fewest decimals that tell every extreme exactly; RING_RAW when none do. */
static int ring_decimals(const struct ring *ring)
{
    int decimals = 0;
    int64_t whole;
    for (int c = 0; c < RING_COLUMNS; c++)
        for (int high = 0; high < 2 && !column_empty(ring, c); high++) {
            double v = (double)(high ? ring->high[c] : ring->low[c]);
            while (!decimal_of(v, decimal_power(decimals), true, &whole))
                if (++decimals > DECIMALS_MOST)
                    return RING_RAW;
        }
    return decimals;
}

static int64_t ring_whole(float v, int decimals)
{
    int64_t whole = 0;
    decimal_of((double)v, decimal_power(decimals), true, &whole);
    return whole;
}

/* Empty columns as a bit mask, then the extremes of the filled ones by time: scaled integers where these tell them exactly, the low one as a
 * difference to the column before, the high one to its low one. */
static void save_ring(const struct ring *ring, struct packer *p)
{
    uint64_t filled = 0;
    int64_t before = 0;
    int decimals = ring_decimals(ring);
    for (int c = 0; c < RING_COLUMNS; c++)
        if (!column_empty(ring, c))
            filled |= UINT64_C(1) << c;
    pack_zigzag(p, ring->head);
    pack_varint(p, filled);
    pack_u8(p, (uint8_t)decimals);
    for (int n = 1; n <= RING_COLUMNS; n++) {
        int c = (int)((ring->head + n) % RING_COLUMNS);
        if (column_empty(ring, c))
            continue;
        if (decimals == RING_RAW) {
            pack_float(p, ring->low[c]);
            pack_float(p, ring->high[c]);
        } else {
            int64_t low = ring_whole(ring->low[c], decimals);
            pack_zigzag(p, low - before);
            pack_varint(p, (uint64_t)(ring_whole(ring->high[c], decimals) - low));
            before = low;
        }
    }
}

static struct ring *load_ring(struct unpacker *u)
{
    struct ring *ring = mem_zero(1, sizeof *ring);
    uint64_t low = 0;
    ring_init(ring, 0);
    ring->head = unpack_time(u);
    uint64_t filled = unpack_varint(u);
    uint8_t decimals = unpack_u8(u);
    if (ring->head < 0 || (decimals > DECIMALS_MOST && decimals != RING_RAW)) {
        u->failed = true;
        return ring;
    }
    for (int n = 1; n <= RING_COLUMNS; n++) {
        int c = (int)((ring->head + n) % RING_COLUMNS);
        if (!(filled >> c & 1))
            continue;
        if (decimals == RING_RAW) {
            ring->low[c] = unpack_float(u);
            ring->high[c] = unpack_float(u);
        } else {
            low += (uint64_t)unpack_zigzag(u);
            ring->low[c] = (float)decimal_real((int64_t)low, decimal_power(decimals), true);
            ring->high[c] = (float)decimal_real((int64_t)(low + unpack_varint(u)), decimal_power(decimals), true);
        }
    }
    return ring;
}

static void save_tag(const struct model *m, uint32_t index, struct packer *p)
{
    const struct tag *t = &m->tags[index];
    char key[KEY_BYTES];
    size_t mark = p->count;
    model_tag_key(m, index, key, sizeof key);
    pack_text(p, key);
    pack_varint(p, t->series);
    pack_varint(p, t->count);
    if (t->count) {
        struct value v = t->value;
        if (v.kind == VALUE_TEXT)
            v.text = 0;
        pack_value(p, v);
        if (v.kind == VALUE_TEXT)
            pack_text(p, t->text);
        pack_zigzag(p, t->time_ms);
        pack_zigzag(p, t->wall_ms);
        pack_zigzag(p, t->elapsed_ms);
        pack_zigzag(p, t->changed_ms);
        pack_value(p, value_real(t->gained));
        pack_value(p, value_real(t->last_count));
        pack_float(p, t->per_minute);
        pack_u8(p, t->quality);
        pack_u8(p, t->flags);
        pack_u8(p, (uint8_t)((t->stale ? BIT_STALE : 0) | (t->unconfirmed ? BIT_UNCONFIRMED : 0) | (t->counting ? BIT_COUNTING : 0) |
            (t->ring ? BIT_RING : 0) | (t->change ? BIT_CHANGE : 0) | (t->tally ? BIT_TALLY : 0) | (t->forsaken ? BIT_FORSAKEN : 0)));
        if (t->ring)
            save_ring(t->ring, p);
        if (t->change)
            change_pack(t, p);
        if (t->tally)
            tally_pack(t, p);
    }
    run_frame(p, mark, CHECK_TAG);
}

static double load_real(struct unpacker *u)
{
    struct value v = unpack_value(u);
    return v.kind == VALUE_REAL ? v.d : 0;
}

static void load_values(struct tag *t, struct unpacker *u)
{
    char text[4097];
    t->value = unpack_value(u);
    if (t->value.kind == VALUE_TEXT) {
        unpack_text(u, text, sizeof text);
        t->text = mem_text(text);
    }
    t->time_ms = unpack_time(u);
    t->wall_ms = unpack_time(u);
    t->elapsed_ms = unpack_time(u);
    t->changed_ms = unpack_time(u);
    t->gained = load_real(u);
    t->last_count = load_real(u);
    t->per_minute = unpack_float(u);
    t->quality = unpack_u8(u);
    t->flags = unpack_u8(u);
    uint8_t bits = unpack_u8(u);
    t->stale = bits & BIT_STALE;
    t->unconfirmed = bits & BIT_UNCONFIRMED;
    t->counting = bits & BIT_COUNTING;
    t->forsaken = bits & BIT_FORSAKEN;
    if (bits & BIT_RING)
        t->ring = load_ring(u);
    if (bits & BIT_CHANGE)
        change_load(t, u);
    if (bits & BIT_TALLY)
        tally_load(t, u);
}

static void load_tag(struct model *m, struct unpacker *u)
{
    char key[KEY_BYTES];
    unpack_text(u, key, sizeof key);
    uint32_t series = (uint32_t)unpack_varint(u);
    uint64_t count = unpack_varint(u);
    if (u->failed)
        return;
    uint32_t tag = model_find(m, key);
    if (tag == NO_TAG && strchr(key, ':'))
        tag = model_add_discovered(m, key);
    if (tag == NO_TAG || m->tags[tag].count)
        return;
    model_set_series(m, tag, series);
    m->tags[tag].count = count;
    if (count)
        load_values(&m->tags[tag], u);
    const struct tag_def *def = m->tags[tag].def;
    if (!def || change_kind(def) == EVENT_KIND_COUNT)
        change_release(&m->tags[tag]);
}

static void save_node(const struct model *m, uint32_t index, struct packer *p)
{
    const struct node_state *n = &m->nodes[index];
    char path[KEY_BYTES];
    size_t mark = p->count;
    plant_node_path(m->plant, index, path, sizeof path);
    pack_text(p, path);
    pack_u8(p, n->class);
    pack_u8(p, n->state);
    pack_text(p, n->word ? n->word : "");
    pack_zigzag(p, n->since_ms);
    pack_zigzag(p, n->heard_elapsed_ms);
    pack_zigzag(p, n->heard_ms);
    pack_zigzag(p, n->last_piece_ms);
    pack_zigzag(p, n->piece_elapsed_ms);
    pack_u8(p, (uint8_t)(n->silent | n->derived << 1 | n->watching << 2 | n->lost << 3 | n->mended << 4));
    pack_varint(p, n->interval_count);
    for (size_t i = 0; i < n->interval_count; i++) {
        pack_zigzag(p, n->intervals[i].start_ms);
        pack_zigzag(p, n->intervals[i].end_ms);
        pack_u8(p, n->intervals[i].class);
        pack_u8(p, n->intervals[i].state);
    }
    run_frame(p, mark, CHECK_NODE);
}

/* The word is the plant's own text: looked up in the map again. */
static const char *find_word(const struct model *m, uint32_t node, const char *word)
{
    uint32_t tag = m->plant->nodes[node].role_tag[ROLE_STATE];
    if (!*word || tag == NO_TAG)
        return NULL;
    const struct state_map *map = &m->plant->maps[m->plant->tags[tag].def->map];
    for (size_t r = 0; r < map->count; r++)
        if (map->rows[r].word && strcmp(map->rows[r].word, word) == 0)
            return map->rows[r].word;
    return NULL;
}

static void load_node(struct model *m, struct unpacker *u)
{
    char path[KEY_BYTES], word[KEY_BYTES];
    unpack_text(u, path, sizeof path);
    uint32_t index = u->failed ? NO_NODE : plant_node_by_path(m->plant, path);
    if (index == NO_NODE || m->nodes[index].intervals)
        return;
    struct node_state *n = &m->nodes[index];
    n->class = unpack_u8(u);
    n->state = unpack_u8(u);
    unpack_text(u, word, sizeof word);
    n->word = find_word(m, index, word);
    n->since_ms = unpack_time(u);
    n->heard_elapsed_ms = unpack_time(u);
    n->heard_ms = unpack_time(u);
    n->last_piece_ms = unpack_time(u);
    n->piece_elapsed_ms = unpack_time(u);
    uint8_t bits = unpack_u8(u);
    n->silent = bits & 1;
    n->derived = bits >> 1 & 1;
    n->watching = bits >> 2 & 1;
    n->lost = bits >> 3 & 1;
    n->mended = bits >> 4 & 1;
    uint64_t count = unpack_varint(u);
    for (uint64_t i = 0; i < count && !u->failed && i < (uint64_t)bound_table[BOUND_INTERVALS].max; i++) {
        struct interval interval = {.start_ms = unpack_time(u)};
        interval.end_ms = unpack_time(u);
        interval.class = unpack_u8(u);
        interval.state = unpack_u8(u);
        if (interval.class >= CLASS_COUNT || interval.state >= PACK_STATE_COUNT)
            u->failed = true;
        n->intervals = mem_grow(n->intervals, n->interval_count, &n->interval_capacity, sizeof *n->intervals);
        n->intervals[n->interval_count++] = interval;
    }
    if (n->class >= CLASS_COUNT || n->state >= PACK_STATE_COUNT)
        u->failed = true;
}

static void save_events(const struct model *m, struct packer *p)
{
    size_t mark = p->count, count;
    const struct event *changes = model_changes(m, &count);
    pack_varint(p, m->event_number);
    run_frame(p, mark, CHECK_EVENTS);
    for (size_t c = 0; c < count; c++) {
        mark = p->count;
        event_pack(&changes[c], p);
        run_frame(p, mark, CHECK_CHANGE);
    }
}

/* Behind the tags, whose series it names. */
static void save_bands(const struct model *m, struct packer *p)
{
    size_t mark = p->count;
    band_pack(m, p);
    run_frame(p, mark, CHECK_BAND);
}

/* Of what was only discovered the names are no paths. */
static void save_skews(const struct model *m, bool discovered, struct packer *p)
{
    for (size_t s = 0; s < m->skew_count; s++) {
        size_t mark = p->count;
        if (strchr(m->skews[s].name, ':') && !discovered)
            continue;
        skew_pack(&m->skews[s], p);
        run_frame(p, mark, CHECK_SKEW);
    }
}

static void save(const struct model *model, bool discovered, struct packer *p)
{
    size_t start = p->count;
    struct packer run;
    packer_init(&run);
    run_begin(&run);
    save_clock(model, &run);
    for (size_t s = 0; s < model->source_count; s++)
        save_source(&model->sources[s], &run);
    for (int d = 0; d < DROP_COUNT; d++)
        if (model->drops[d].count)
            save_drop(&model->drops[d], (uint8_t)d, &run);
    save_events(model, &run);
    save_skews(model, discovered, &run);
    for (uint32_t t = 0; t < (discovered ? model->tag_count : model->plant->tag_count); t++)
        save_tag(model, t, &run);
    for (uint32_t n = 0; n < model->plant->node_count; n++)
        save_node(model, n, &run);
    save_bands(model, &run);
    alarms_save(model, &run);
    accounts_save(model, &run);
    dues_save(model, &run);
    energies_save(model, &run);
    run_end(&run);
    if (start == 0 && p->capacity == 0) {
        *p = run;
        return;
    }
    pack_bytes(p, run.bytes, run.count);
    packer_finish(&run);
}

void model_save(const struct model *model, struct packer *p)
{
    save(model, true, p);
}

void model_save_configured(const struct model *model, struct packer *p)
{
    save(model, false, p);
}

struct model *model_load(const struct plant *plant, const void *bytes, size_t length, struct error *err)
{
    struct run_reader reader;
    if (!run_open(&reader, bytes, length, err))
        return NULL;
    struct model *model = model_create(plant);
    struct unpacker body;
    uint8_t kind;
    while (run_next(&reader, &kind, &body)) {
        switch (kind) {
        case CHECK_CLOCK: load_clock(model, &body); break;
        case CHECK_SOURCE: load_source(model, &body); break;
        case CHECK_DROP: load_drop(model, &body); break;
        case CHECK_TAG: load_tag(model, &body); break;
        case CHECK_NODE: load_node(model, &body); break;
        case CHECK_EVENTS: model->event_number = unpack_varint(&body); break;
        case CHECK_CHANGE: changes_load(model, &body); break;
        case CHECK_BAND: band_load(model, &body); break;
        case CHECK_SKEW: skew_load(model, &body); break;
        default: (void)(alarms_load(model, kind, &body) || accounts_load(model, kind, &body) || dues_load(model, kind, &body) || energies_load(model, kind, &body)); break;
        }
        if (body.failed) {
            reader.in.failed = true;
            break;
        }
    }
    if (reader.in.failed) {
        model_destroy(model);
        error_set(err, "damaged: a record of the saved state does not read");
        return NULL;
    }
    publishers_settle(model);
    alarms_loaded(model);
    for (uint32_t n = 0; n < plant->node_count; n++)
        model->any_lost |= model->nodes[n].lost;
    standing_recount(model);
    model_arm(model);
    return model;
}
