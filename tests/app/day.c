/*
 * A struct held is a message on its way: it waits in the slot of the step in which it comes, so that none needs a clock. A struct stream is what thins
 * out a plant's messages before both models hear them.
 */
#include "day.h"

#include "app/past.h"
#include "core/memory.h"
#include "io/builtin.h"

struct held { char topic[128], payload[1000]; size_t length; struct held *next; };

static uint32_t node_of(const struct day *d, const char *path)
{
    uint32_t node = plant_node_by_path(d->plant, path);
    assert_int_not_equal(node, NO_NODE);
    return node;
}

/* ---- what follows from the batches ---- */

static void keep_stop(struct day *d, const struct stop_version *v)
{
    struct kept_stops *k = &d->stops[node_of(d, v->path)];
    size_t i = k->count;
    while (i > 0 && k->rows[i - 1].start_ms > v->stop.start_ms)
        i--;
    if (i > 0 && k->rows[i - 1].start_ms == v->stop.start_ms) {
        k->rows[i - 1] = v->stop;
        return;
    }
    k->rows = mem_grow(k->rows, k->count, &k->capacity, sizeof *k->rows);
    memmove(k->rows + i + 1, k->rows + i, (k->count++ - i) * sizeof *k->rows);
    k->rows[i] = v->stop;
}

static void keep_gain(struct day *d, const struct account_gain *gain)
{
    struct kept_cells *k = &d->told[node_of(d, gain->path)];
    for (size_t i = k->count; i-- > 0;)
        if (account_cell_same(&k->rows[i], &gain->cell)) {
            account_add(&k->rows[i].sum, &gain->cell.sum);
            return;
        }
    k->rows = mem_grow(k->rows, k->count, &k->capacity, sizeof *k->rows);
    k->rows[k->count++] = gain->cell;
}

static void keep_energy(struct day *d, const struct energy_gain *gain)
{
    struct kept_energy *k = &d->energy[plant_meter_by_key(d->plant, gain->path)];
    for (size_t i = k->count; i-- > 0;)
        if (energy_cell_same(&k->rows[i], &gain->cell)) {
            energy_add(&k->rows[i].sum, &gain->cell.sum);
            return;
        }
    k->rows = mem_grow(k->rows, k->count, &k->capacity, sizeof *k->rows);
    k->rows[k->count++] = gain->cell;
}

static void close_batch(struct day *d, int64_t elapsed_ms)
{
    d->closed_ms += elapsed_ms;
    if (d->wire) {
        d->wire->tick(d->wire->arg, d->closed_ms);
        return;
    }
    ingest_close(d->ingest, d->closed_ms, elapsed_ms);
    const struct outcomes *o = model_outcomes(d->model);
    for (size_t i = 0; i < o->stop_count; i++)
        keep_stop(d, &o->stops[i]);
    for (size_t i = 0; i < o->gain_count; i++)
        keep_gain(d, &o->gains[i]);
    for (size_t i = 0; i < o->energy_count; i++)
        keep_energy(d, &o->energies[i]);
}

/* ---- the stream ---- */

static void hear(struct day *d, bool retained, const char *topic, const char *payload, size_t length)
{
    if (d->wire) {
        d->wire->say(d->wire->arg, retained, topic, payload, length);
        return;
    }
    ingest_message(d->ingest, &(struct message){.retained = retained, .topic = topic, .topic_length = strlen(topic),
        .payload = payload, .payload_length = length, .arrival_ms = d->closed_ms + TICK_MS});
}

static void hold(struct day *d, const struct sim_message *m, size_t slots)
{
    size_t slot = (d->slot + slots) % LATE_SLOTS;
    struct held *h = mem_zero(1, sizeof *h);
    assert_true(strlen(m->topic) < sizeof h->topic && m->payload_length < sizeof h->payload);
    memcpy(h->topic, m->topic, strlen(m->topic));
    memcpy(h->payload, m->payload, m->payload_length);
    h->length = m->payload_length;
    if (d->last[slot])
        d->last[slot]->next = h;
    else
        d->held[slot] = h;
    d->last[slot] = h;
}

static void release(struct day *d)
{
    for (struct held *h = d->held[d->slot], *next; h; h = next) {
        next = h->next;
        hear(d, false, h->topic, h->payload, h->length);
        free(h);
    }
    d->held[d->slot] = d->last[d->slot] = NULL;
}

static void step_to(struct day *d, int64_t ms)
{
    while (ms >= d->closed_ms + TICK_MS) {
        close_batch(d, TICK_MS);
        d->slot = (d->slot + 1) % LATE_SLOTS;
        release(d);
    }
}

/* A plant publishes every value each second. A day of that is thinned to what matters here: each message that tells another state, reason or count, all
 * for a while after a change of state, some powers, and a sign of life. */
struct topic { char name[128]; uint64_t says, state; int64_t kept_ms, changed_ms; };

struct stream {
    struct day *days[2];                    /* in order, and late */
    int count;
    bool dense;                             /* nothing is left out now */
    struct topic topics[1024];
};

static uint64_t hash_of(const char *payload, const char *member, char end)
{
    const char *at = strstr(payload, member);
    uint64_t hash = UINT64_C(14695981039346656037);
    for (at = at ? at + strlen(member) : ""; *at && *at != end; at++)
        hash = (hash ^ (unsigned char)*at) * UINT64_C(1099511628211);
    return hash;
}

static struct topic *topic_of(struct stream *s, const char *name)
{
    size_t slot = hash_of(name, "", '\0') % 1024;
    while (s->topics[slot].name[0] && strcmp(s->topics[slot].name, name) != 0)
        slot = (slot + 1) % 1024;
    struct topic *topic = &s->topics[slot];
    if (!topic->name[0]) {
        snprintf(topic->name, sizeof topic->name, "%s", name);
        topic->kept_ms = topic->changed_ms = INT64_MIN / 2;
    }
    return topic;
}

bool day_hears_all(const char *path)
{
    return strstr(path, "/hot/") || strstr(path, "/cold/") || strstr(path, "/casting/");
}

static bool matters(struct stream *s, const struct sim_message *m)
{
    struct topic *topic = topic_of(s, m->topic);
    uint64_t state = hash_of(m->payload, "\"st\":", ','), says = state ^ hash_of(m->payload, "\"cnt\":", '"') * 3 ^ hash_of(m->payload, "\"good\":", ',') * 5 ^
        hash_of(m->payload, "\"rej\":", '}') * 7 ^ hash_of(m->payload, "\"why\":\"", '"') * 11;
    if (state != topic->state)
        topic->changed_ms = m->ts_ms;
    bool integrated = day_hears_all(m->topic) && strstr(m->payload, "\"el\":{\"p\":") && !strstr(m->payload, "\"e\":");
    bool wanted = s->dense || m->retained || integrated || says != topic->says || m->ts_ms < topic->changed_ms + 2 * WINDOW_MS || m->ts_ms >= topic->kept_ms + 2 * WINDOW_MS;
    topic->state = state;
    topic->says = says;
    topic->kept_ms = wanted ? m->ts_ms : topic->kept_ms;
    return wanted;
}

static void publish(struct day *d, const struct sim_message *m)
{
    step_to(d, m->ts_ms);
    bool first = m->ts_ms < d->start_ms + 2 * WINDOW_MS; /* nobody knows of what was before the first that is heard */
    bool in_order = first || (d->wire && m->retained); /* a broker that got two of them in the wrong order would keep the older one */
    if (d->late && !in_order && dice_chance(&d->dice, 0.2))
        hold(d, m, 1 + dice_pick(&d->dice, WINDOW_MS / TICK_MS));
    else
        hear(d, d->wire ? m->retained : m->initial, m->topic, m->payload, m->payload_length);
}

static void take_message(void *arg, const struct sim_message *m)
{
    struct stream *s = arg;
    if (!matters(s, m) && !strstr(m->topic, "/defect"))
        return;
    for (int i = 0; i < s->count; i++)
        publish(s->days[i], m);
}

static void keep_interval(struct day *d, const struct sim_interval *i)
{
    uint32_t node = node_of(d, i->node);
    struct stretches *t = &d->truth[node];
    struct states *s = &d->states[node];
    s->rows = mem_grow(s->rows, s->count, &s->capacity, sizeof *s->rows);
    s->rows[s->count++] = (struct interval){.start_ms = i->from_ms, .end_ms = i->to_ms, .class = (uint8_t)i->class, .state = (uint8_t)i->state};
    if (t->count > 0 && t->rows[t->count - 1].class == i->class) {
        t->rows[t->count - 1].to_ms = i->to_ms;
        return;
    }
    t->rows = mem_grow(t->rows, t->count, &t->capacity, sizeof *t->rows);
    t->rows[t->count++] = (struct stretch){i->class, i->from_ms, i->to_ms};
}

static void take_interval(void *arg, const struct sim_interval *i)
{
    struct stream *s = arg;
    for (int k = 0; k < s->count; k++)
        keep_interval(s->days[k], i);
}

static void take_count(void *arg, const struct sim_count *c)
{
    struct stream *s = arg;
    for (int k = 0; k < s->count; k++) {
        struct day *d = s->days[k];
        d->counts[node_of(d, c->node)] = *c;
    }
}

static void take_defects(void *arg, const struct sim_defects *c)
{
    struct stream *s = arg;
    for (int k = 0; k < s->count; k++) {
        struct day *d = s->days[k];
        assert_true(d->defect_count < DEFECTS);
        d->defects[d->defect_count++] = (struct seen_defects){node_of(d, c->node), c->text, c->count};
    }
}

static void take_energy(void *arg, const struct sim_energy *e)
{
    const struct stream *s = arg;
    for (int k = 0; k < s->count; k++) {
        struct day *d = s->days[k];
        struct kept_used *u = &d->used[node_of(d, e->node)];
        u->rows = mem_grow(u->rows, u->count, &u->capacity, sizeof *u->rows);
        struct used_row *row = &u->rows[u->count++];
        *row = (struct used_row){.shift_ms = e->shift_ms, .from_ms = e->from_ms, .to_ms = e->to_ms, .kwh = e->kwh, .idle_kwh = e->idle_kwh};
        snprintf(row->product, sizeof row->product, "%s", e->product);
    }
}

/* What a collector does that ends and begins again at once: the state is saved, and what was given out is known. */
static void restart(struct day *d)
{
    struct error err;
    struct packer p = {.bytes = NULL};
    struct series_name *known = mem_zero(d->plant->tag_count, sizeof *known);
    struct ingest_past past = {.seq = ingest_next_seq(d->ingest), .known = known};
    char key[KEY_BYTES];
    for (uint32_t t = 0; t < d->plant->tag_count + model_discovered(d->model); t++) {
        uint32_t series = model_tag(d->model, t)->series;
        past.series = series > past.series ? series : past.series;
        if (series == 0 || t >= d->plant->tag_count)
            continue;
        plant_tag_key(d->plant, t, key, sizeof key);
        known[past.count++] = (struct series_name){series, mem_text(key)};
    }
    model_save_configured(d->model, &p);
    struct model *again = model_load(d->plant, p.bytes, p.count, &err);
    assert_non_null(again);
    ingest_destroy(d->ingest);
    model_destroy(d->model);
    d->model = again;
    d->ingest = ingest_resume(d->plant, again, &past);
    for (size_t k = 0; k < past.count; k++)
        free(known[k].key);
    free(known);
    packer_finish(&p);
}

static struct day *begin(size_t industry, const char *config, int64_t hours, bool late)
{
    struct day *d = mem_zero(1, sizeof *d);
    struct bundle bundle;
    struct diagnostics diagnostics = {.rows = NULL};
    bundle_of_text(&bundle, "plant.cfg", config);
    assert_true(config_build(&bundle, &d->config, &diagnostics));
    diagnostics_finish(&diagnostics);
    d->plant = d->config.plant;
    assert_true(d->plant->node_count <= NODES && d->plant->meter_count <= NODES);
    d->late = late;
    d->dice = dice_make(20240611, industry);
    d->start_ms = sim_industries[industry].preset_start_ms;
    d->end_ms = d->start_ms + hours * HOUR_MS;
    d->wanted_ms = d->start_ms / HOUR_MS * HOUR_MS;
    d->closed_ms = d->start_ms - TICK_MS;
    return d;
}

static void finish_day(struct day *d)
{
    for (size_t s = 0; s < LATE_SLOTS; s++) {
        d->slot = (d->slot + 1) % LATE_SLOTS;
        release(d);
    }
    close_batch(d, TICK_MS);
}

void day_live(size_t industry, int64_t hours, struct day *days[2])
{
    struct stream *s = mem_zero(1, sizeof *s);
    struct error err;
    const struct sim_sink sink = {take_message, take_interval, take_count, take_defects, take_energy, s};
    s->count = 2;
    for (int i = 0; i < 2; i++) {
        struct day *d = s->days[i] = days[i] = begin(industry, builtin_config(sim_industries[industry].name), hours, i == 1);
        d->model = model_create(d->plant);
        d->ingest = ingest_create(d->plant, d->model);
    }
    struct sim *sim = sim_create(&(struct sim_options){.industry = sim_industries[industry].name, .seed = 1, .start_ms = days[0]->start_ms}, &err);
    assert_non_null(sim);
    sim_step(sim, (days[0]->start_ms + days[0]->end_ms) / 2 + 7300, &sink);
    for (int i = 0; i < 2; i++) {
        close_batch(days[i], 0);
        restart(days[i]);
    }
    sim_step(sim, days[0]->end_ms, &sink);
    sim_close(sim, &sink);
    sim_destroy(sim);
    for (int i = 0; i < 2; i++)
        finish_day(days[i]);
    free(s);
}

struct day *day_over(size_t industry, const char *config, int64_t hours, const struct day_wire *wire)
{
    enum { STEP_MS = 1000 };
    struct stream *s = mem_zero(1, sizeof *s);
    struct error err;
    const struct sim_sink sink = {take_message, take_interval, take_count, take_defects, take_energy, s};
    struct day *d = s->days[0] = begin(industry, config, hours, true);
    s->count = 1;
    d->wire = wire;
    struct sim *sim = sim_create(&(struct sim_options){.industry = sim_industries[industry].name, .seed = 1, .start_ms = d->start_ms}, &err);
    assert_non_null(sim);
    for (int64_t t = d->start_ms; t <= d->end_ms; t += STEP_MS) {
        sim_step(sim, t, &sink);
        s->dense = wire->reached(wire->arg, t - d->start_ms);
    }
    sim_close(sim, &sink);
    sim_destroy(sim);
    finish_day(d);
    wire->tick(wire->arg, d->end_ms);
    free(s);
    return d;
}

void day_take(struct day *d, const char *cache)
{
    struct error err;
    struct past *past = past_open(cache, &err);
    struct account_row *rows;
    struct stop_version *stops;
    size_t count;
    bool cut;
    if (!past || !past_to(past, INT64_MAX, &err))
        fail_msg("%s", err.text);
    config_finish(&d->config);
    d->model = past_take(past, &d->config);
    d->plant = d->config.plant;
    assert_true(history_accounts(past_history(past), &(struct account_query){.path = "", .below = true, .all = true, .by = BY_CELL, .from_ms = 0, .to_ms = INT64_MAX / 2}, &rows, &count, &err));
    for (size_t r = 0; r < count; r++) {
        struct account_gain gain = {.cell = rows[r].cell};
        memcpy(gain.path, rows[r].path, strlen(rows[r].path));
        keep_gain(d, &gain);
    }
    free(rows);
    assert_true(history_stops(past_history(past), "", 0, INT64_MAX / 2, 0, SIZE_MAX, &stops, &count, &cut, &err));
    for (size_t i = 0; i < count; i++)
        keep_stop(d, &stops[i]);
    free(stops);
    past_close(past);
}

void day_end(struct day *d)
{
    for (size_t n = 0; n < NODES; n++) {
        free(d->truth[n].rows);
        free(d->states[n].rows);
        free(d->stops[n].rows);
        free(d->told[n].rows);
        free(d->used[n].rows);
        free(d->energy[n].rows);
    }
    ingest_destroy(d->ingest);
    model_destroy(d->model);
    config_finish(&d->config);
    free(d);
}
