/*
 * A struct past stands at `stage`: a model and the configuration whose plant it borrows. A jump builds another stage beside it and takes
 * its place only when it got there. `configs` are the configurations that somebody borrows, and some that nobody does any more: building one
 * anew takes longer than most folds. `ahead` holds batches that were read but not folded yet; they follow the stage's batch without a hole.
 */
#include "app/past.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

enum { CHECKPOINT_TRIES = 4, IDLE_CONFIGS = 4, AHEAD_BYTES = 16 << 20, STOP_EVERY = 64 };

#define NEAR_MS INT64_C(1200000) /* forward by no more than this the way over a checkpoint is hardly shorter */

struct past_config {
    struct config config;
    unsigned users;
    bool orphan;             /* its past is closed: the last user lets it go */
    struct past_config *next;
};

struct stage {
    struct model *model;
    struct past_config *config;
};

/* The batches of one packed run; reach[i] is the least wall time of batch i and all after it: only a moment before that comes before the batch. Times
 * more than a day before the stage's, of a clock that lost its time, do not count: such a batch is reached with the one after it. */
struct ahead {
    struct packer run;
    struct run_reader reader;
    int64_t *reach;
    size_t count, next, capacity;
};

struct past {
    struct history *history;
    struct past_config *configs;
    struct packer preset;
    struct past_config *asked; /* of past_plant(); NULL: none */
    struct stage stage;
    struct ahead ahead;
    struct batch batch;      /* scratch */
    int64_t read_ahead;
    past_stop_fn *stop;
    void *stop_arg;
    past_folded_fn *folded;
    void *folded_arg;
    char said[160];
};

/* What is under way. */
struct journey {
    struct past *past;
    struct stage *stage;
    struct error *err;
    uint64_t folded, damaged; /* damaged: what the history had met before */
    bool stopped, refused;
};

/* ---- configurations ---- */

static void drop_idle(struct past *p, unsigned most)
{
    unsigned idle = 0;
    for (struct past_config **at = &p->configs; *at;) {
        struct past_config *c = *at;
        if (c->users == 0 && ++idle > most) {
            *at = c->next;
            config_finish(&c->config);
            free(c);
        } else {
            at = &c->next;
        }
    }
}

static struct past_config *build(struct past *p, const void *bytes, size_t length, struct error *err)
{
    struct bundle bundle;
    struct config config = {.plant = NULL};
    struct diagnostics found = {.count = 0};
    if (!bundle_unpack(&bundle, bytes, length, err))
        return NULL;
    bool built = config_build(&bundle, &config, &found);
    if (!built) {
        error_set(err, "%s", found.count && found.rows[0].text ? found.rows[0].text : "it has errors");
        bundle_finish(&bundle);
    }
    diagnostics_finish(&found);
    if (!built)
        return NULL;
    struct past_config *c = mem_zero(1, sizeof *c);
    *c = (struct past_config){.config = config, .next = p->configs};
    p->configs = c;
    return c;
}

/* The configuration of an id, else what there is instead: what the stage has, what the caller gave. */
static struct past_config *config_of(struct past *p, uint64_t id, struct past_config *had, struct error *err)
{
    struct packer bundle;
    char name[64];
    for (struct past_config *c = p->configs; c; c = c->next)
        if (c->config.plant->id == id)
            return c;
    packer_init(&bundle);
    bool found = history_config(p->history, id, &bundle, name, sizeof name, err);
    struct past_config *c = found ? build(p, bundle.bytes, bundle.count, err) : NULL;
    packer_finish(&bundle);
    if (c)
        return c;
    snprintf(p->said, sizeof p->said, "its configuration cannot be read (%.60s): %s is used", err->text, had ? "the one before" : "today's");
    if (had)
        return had;
    return p->preset.count ? build(p, p->preset.bytes, p->preset.count, err) : NULL;
}

static void hold(struct stage *stage, struct past_config *config)
{
    config->users++;
    if (stage->config)
        stage->config->users--;
    stage->config = config;
}

static void stage_clear(struct stage *stage)
{
    model_destroy(stage->model);
    if (stage->config)
        stage->config->users--;
    *stage = (struct stage){.model = NULL};
}

/* ---- folding ---- */

/* The configuration that a batch brings into force; 0: none. */
static uint64_t brings(const struct batch *batch)
{
    uint64_t id = 0;
    for (size_t r = 0; r < batch->count; r++)
        if (batch->records[r].kind == RECORD_CONFIG)
            id = batch->records[r].value.u;
    return id;
}

/* As the collector did: another configuration is in force before the batch that tells of it is folded. Without a checkpoint
 * the stream must be there from its beginning. */
static bool prepare(struct journey *j, const struct batch *batch)
{
    struct stage *stage = j->stage;
    uint64_t id = brings(batch);
    if (!stage->model && batch->seq != 1)
        return error_set(j->err, "nothing is kept of that moment any more");
    if (stage->model && batch->seq != model_seq(stage->model) + 1)
        return error_set(j->err, "the batches behind %" PRIu64 " are missing", model_seq(stage->model));
    if (stage->model && (id == 0 || id == stage->config->config.plant->id))
        return true;
    struct past_config *config = config_of(j->past, id, stage->config, j->err);
    if (!config)
        return false;
    if (!stage->model)
        stage->model = model_create(config->config.plant);
    else if (config != stage->config)
        model_configure(stage->model, config->config.plant);
    hold(stage, config);
    return true;
}

static bool fold(void *arg, const struct batch *batch)
{
    struct journey *j = arg;
    struct past *p = j->past;
    if (j->folded++ % STOP_EVERY == 0 && p->stop && p->stop(p->stop_arg)) {
        j->stopped = true;
        return false;
    }
    if (!prepare(j, batch)) {
        j->refused = true;
        return false;
    }
    model_apply(j->stage->model, batch);
    if (p->folded)
        p->folded(p->folded_arg, j->stage->model, batch);
    return true;
}

/* ---- reading ahead ---- */

static void ahead_clear(struct ahead *a)
{
    packer_clear(&a->run);
    a->count = a->next = 0;
}

static bool collect(void *arg, const struct batch *batch)
{
    struct ahead *a = arg;
    a->reach = mem_grow(a->reach, a->count, &a->capacity, sizeof *a->reach);
    a->reach[a->count++] = batch->wall_ms;
    run_add_batch(&a->run, batch);
    return a->run.count < AHEAD_BYTES;
}

static bool ahead_fill(struct past *p, uint64_t seq, int64_t until_ms, struct error *err)
{
    struct ahead *a = &p->ahead;
    ahead_clear(a);
    run_begin(&a->run);
    bool whole = history_batches(p->history, seq, until_ms, collect, a, err);
    run_end(&a->run);
    int64_t lost = model_wall(p->stage.model) - 24 * HOUR_MS;
    for (size_t i = a->count; i-- > 1;)
        if (a->reach[i - 1] < lost || (a->reach[i] < a->reach[i - 1] && a->reach[i] >= lost))
            a->reach[i - 1] = a->reach[i];
    return run_open(&a->reader, a->run.bytes, a->run.count, NULL) && whole;
}

/* Folds what was read ahead, up to the moment. */
static bool ahead_fold(struct journey *j, int64_t ms)
{
    struct past *p = j->past;
    struct ahead *a = &p->ahead;
    while (a->next < a->count && a->reach[a->next] <= ms) {
        a->next++;
        if (!run_next_batch(&a->reader, &p->batch) || !fold(j, &p->batch)) {
            ahead_clear(a);
            return false;
        }
    }
    return true;
}

/* ---- going there ---- */

/* From the stage to the last batch at or before the moment. False: it got only part of the way; j tells why. */
static bool go_on(struct journey *j, int64_t ms)
{
    struct past *p = j->past;
    bool here = j->stage == &p->stage;
    if (here && !ahead_fold(j, ms))
        return false;
    if (here && p->ahead.next < p->ahead.count)
        return true;
    while (here && p->read_ahead > 0 && ms < INT64_MAX - p->read_ahead) {
        bool whole = ahead_fill(p, model_seq(p->stage.model), ms + p->read_ahead, j->err);
        if (!ahead_fold(j, ms) || !whole)
            return false;
        if (p->ahead.next < p->ahead.count || p->ahead.run.count < AHEAD_BYTES)
            return true;
    }
    uint64_t seq = j->stage->model ? model_seq(j->stage->model) : 0;
    return history_batches(p->history, seq, ms, fold, j, j->err) && !j->stopped && !j->refused;
}

static bool load(struct past *p, const struct checkpoint *checkpoint, struct stage *stage, struct error *err)
{
    struct past_config *config = config_of(p, checkpoint->config_id, NULL, err);
    if (!config)
        return false;
    stage->model = model_load(config->config.plant, checkpoint->state.bytes, checkpoint->state.count, err);
    if (!stage->model)
        return false;
    hold(stage, config);
    return true;
}

/* A stage from a checkpoint, an older one when it is damaged; without any it stays empty and the fold begins at the beginning. */
static bool begin(struct past *p, struct stage *stage, int64_t ms, uint64_t newer_than, struct error *err)
{
    struct checkpoint checkpoint;
    bool done = false;
    for (int tries = 0; tries < CHECKPOINT_TRIES && !done; tries++) {
        error_set(err, "%s", "");
        if (!history_checkpoint(p->history, ms, &checkpoint, err))
            return err->text[0] == '\0';
        done = checkpoint.seq <= newer_than || load(p, &checkpoint, stage, err);
        ms = checkpoint.wall_ms - 1;
        packer_finish(&checkpoint.state);
    }
    return done;
}

static void settle(struct past *p, struct stage *stage)
{
    if (stage != &p->stage) {
        stage_clear(&p->stage);
        p->stage = *stage;
        ahead_clear(&p->ahead);
    }
    drop_idle(p, IDLE_CONFIGS);
}

/* What could be folded is better than nothing, if it says so. */
static bool arrive(struct past *p, struct journey *j, bool whole, struct error *err)
{
    if (j->stopped)
        error_set(err, "%s", "");
    bool any = j->stage->model != NULL;
    if (any)
        settle(p, j->stage);
    if (!whole && !j->stopped && any && !p->said[0])
        snprintf(p->said, sizeof p->said, "%.150s", err->text[0] ? err->text : "what came after it is missing");
    else if (any && !p->said[0] && history_damaged(p->history) > j->damaged)
        snprintf(p->said, sizeof p->said, "%" PRIu64 " damaged pieces of the history are missing in it", history_damaged(p->history) - j->damaged);
    if (!any && !j->stopped && !err->text[0])
        error_set(err, "nothing is kept of that moment");
    return any && !j->stopped;
}

bool past_to(struct past *p, int64_t ms, struct error *err)
{
    struct error own;
    struct stage fresh = {.model = NULL};
    struct journey j = {.past = p, .stage = &p->stage, .err = err ? err : &own, .damaged = history_damaged(p->history)};
    err = j.err;
    /* a stage that is more than a day before it may be of another pass of the clock, behind it in the stream */
    bool forward = p->stage.model && ms >= model_wall(p->stage.model) && (ms == INT64_MAX || ms - model_wall(p->stage.model) <= 24 * HOUR_MS);
    error_set(err, "%s", "");
    if (forward && ms - model_wall(p->stage.model) <= NEAR_MS) {
        bool whole = go_on(&j, ms);
        if (whole || j.stopped)
            return arrive(p, &j, whole, err);
        error_set(err, "%s", ""); /* behind a hole a checkpoint may stand */
        j.refused = false;
    }
    char said[sizeof p->said]; /* of the old state, which may stay */
    memcpy(said, p->said, sizeof said);
    p->said[0] = '\0';
    if (!begin(p, &fresh, ms, forward ? model_seq(p->stage.model) : 0, err)) {
        stage_clear(&fresh);
        memcpy(p->said, said, sizeof said);
        return false;
    }
    if (fresh.model || !forward)
        j.stage = &fresh;
    else
        memcpy(p->said, said, sizeof said);
    return arrive(p, &j, go_on(&j, ms), err);
}

/* ---- life ---- */

struct past *past_open(const char *cache_path, struct error *err)
{
    struct history *history = history_open(cache_path, err);
    if (!history)
        return NULL;
    struct past *p = mem_zero(1, sizeof *p);
    p->history = history;
    packer_init(&p->preset);
    packer_init(&p->ahead.run);
    batch_init(&p->batch);
    return p;
}

void past_close(struct past *p)
{
    if (!p)
        return;
    stage_clear(&p->stage);
    if (p->asked)
        p->asked->users--;
    drop_idle(p, 0);
    for (struct past_config *c = p->configs; c; c = c->next)
        c->orphan = true;
    history_close(p->history);
    packer_finish(&p->preset);
    packer_finish(&p->ahead.run);
    free(p->ahead.reach);
    batch_finish(&p->batch);
    free(p);
}

void past_preset(struct past *p, const void *bundle, size_t length)
{
    packer_clear(&p->preset);
    pack_bytes(&p->preset, bundle, length);
}

const struct plant *past_plant(struct past *p, uint64_t until_seq, struct error *err)
{
    uint64_t id;
    char said[sizeof p->said]; /* of the stage's */
    memcpy(said, p->said, sizeof said);
    error_set(err, "%s", "");
    struct past_config *config = history_config_at(p->history, until_seq, &id, err) ? config_of(p, id, NULL, err) :
        !err->text[0] && p->preset.count ? build(p, p->preset.bytes, p->preset.count, err) : NULL;
    memcpy(p->said, said, sizeof said);
    if (!config)
        return NULL;
    config->users++;
    if (p->asked)
        p->asked->users--;
    p->asked = config;
    return config->config.plant;
}

struct model *past_model(struct past *p)
{
    return p->stage.model;
}

const char *past_said(const struct past *p)
{
    return p->said;
}

int64_t past_first(struct past *p)
{
    int64_t first_ms = 0;
    return history_told_first(p->history, &first_ms, NULL) ? first_ms : 0;
}

struct history *past_history(struct past *p)
{
    return p->history;
}

/* A configuration that a copy still borrows stays; the caller then gets one of his own. */
struct model *past_take(struct past *p, struct config *config_take)
{
    struct stage stage = p->stage;
    struct past_config *c = stage.config;
    if (!stage.model)
        return NULL;
    p->stage = (struct stage){.model = NULL};
    ahead_clear(&p->ahead);
    if (--c->users > 0) {
        struct packer bundle;
        packer_init(&bundle);
        bundle_pack(&c->config.bundle, &bundle);
        c = build(p, bundle.bytes, bundle.count, NULL);
        packer_finish(&bundle);
        model_configure(stage.model, c->config.plant);
    }
    for (struct past_config **at = &p->configs; *at; at = &(*at)->next)
        if (*at == c) {
            *at = c->next;
            break;
        }
    *config_take = c->config;
    free(c);
    return stage.model;
}

void past_stop_when(struct past *p, past_stop_fn *stop, void *arg)
{
    p->stop = stop;
    p->stop_arg = arg;
}

void past_watch(struct past *p, past_folded_fn *folded, void *arg)
{
    p->folded = folded;
    p->folded_arg = arg;
}

void past_read_ahead(struct past *p, int64_t ms)
{
    p->read_ahead = ms;
}

struct model *past_copy(struct past *p, struct past_config **hold_out)
{
    struct packer run;
    packer_init(&run);
    model_save_configured(p->stage.model, &run);
    struct model *copy = model_load(p->stage.config->config.plant, run.bytes, run.count, NULL);
    packer_finish(&run);
    if (copy) {
        p->stage.config->users++;
        *hold_out = p->stage.config;
    }
    return copy;
}

void past_release(struct past_config *config)
{
    if (!config || --config->users > 0 || !config->orphan)
        return;
    config_finish(&config->config);
    free(config);
}
