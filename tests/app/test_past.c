/*
 * The frame at T equals the frame that was live at T, in every cell but the banner and what is of a process: every view, at several sizes, at
 * many moments of a bad morning; before and after the journal has become chunks, and when checkpoints are missing.
 */
#include "check.h"

#include <sqlite3.h>

#include "app/compose.h"
#include "app/librarian.h"
#include "app/past.h"
#include "core/memory.h"
#include "works.h"

enum { MOMENTS = 48, BANNER_ROW = 1, SECOND = 1000, MINUTE = 60000, VIEWS = COMPOSE_VIEWS };

static const struct { int w, h; } sizes[] = {{80, 24}, {40, 12}, {200, 60}};
enum { SIZES = sizeof sizes / sizeof sizes[0] };

/* ---- frames ---- */

struct still {
    const struct model *model;
};

static const struct model *still_model(const void *self) { return ((const struct still *)self)->model; }

static const struct health *still_health(const void *self)
{
    (void)self;
    return NULL;
}

static void still_watch(void *self, const char *key) { (void)self, (void)key; }

static void still_raw(const void *self, char *topic, size_t topic_cap, char *payload, size_t payload_cap)
{
    (void)self, (void)topic_cap, (void)payload_cap;
    topic[0] = payload[0] = '\0';
}

static void still_banner(const void *self, char *out, size_t cap)
{
    (void)self, (void)cap;
    out[0] = '\0';
}

/* Where there is a history, a value's faceplate lies over the tags, and the trends show it: its curve, its band, what changed. */
static void look_at_a_curve(struct compose *compose, const char *view)
{
    if (strcmp(view, "tags") != 0 && strcmp(view, "trends") != 0)
        return;
    assert_true(compose_goto(compose, "shenyang/stamping/side1/p03/oil", NULL));
    if (strcmp(view, "trends") == 0)
        assert_true(compose_key(compose, key_char('v')));
}

/* A whole frame with a banner of one row: live on its way to somewhere, or of the past. */
static struct grid *draw(const struct model *model, size_t view, size_t size, bool past, struct history *history, uint64_t until_seq)
{
    struct still still = {.model = model};
    struct past_scene travel = {.target_ms = model_wall(model), .live_ms = model_wall(model), .arrived = past, .said = ""};
    struct compose compose;
    struct grid *grid = grid_create(sizes[size].w, sizes[size].h);
    grid->tier = TIER_WGL4;
    compose_init(&compose, (struct origin){.self = &still, .model = still_model, .health = still_health, .watch = still_watch, .raw = still_raw, .banner = still_banner});
    assert_true(compose_go(&compose, view_registry[view]->name, NULL, NULL));
    compose.travel = &travel;
    compose.recall = history ? recall_create() : NULL;
    if (history)
        look_at_a_curve(&compose, view_registry[view]->name);
    compose_draw(&compose, grid);
    for (int round = 0; round < 3 && recall_wanted(compose.recall) > 0; round++) {
        recall_answer_now(compose.recall, history, until_seq);
        compose_draw(&compose, grid);
    }
    recall_destroy(compose.recall);
    compose_finish(&compose);
    return grid;
}

static void print_row(const struct grid *grid, int y)
{
    for (int x = 0; x < grid->w; x++)
        fprintf(stderr, "%s", grid_cell(grid, x, y)->text);
    fputc('\n', stderr);
}

static void assert_same_frame(const struct grid *live, const struct grid *past, const char *view, int64_t wall_ms)
{
    for (int y = 0; y < live->h; y++)
        for (int x = 0; x < live->w && y != BANNER_ROW; x++)
            if (memcmp(grid_cell(live, x, y), grid_cell(past, x, y), sizeof(struct cell)) != 0) {
                fprintf(stderr, "%s %dx%d at %lld, row %d, column %d: live, then past\n", view, live->w, live->h, (long long)wall_ms, y, x);
                print_row(live, y);
                print_row(past, y);
                fail_msg("the frame is not the one that was live");
            }
}

/* ---- the morning ---- */

struct moment {
    int64_t wall_ms;
    uint64_t seq;
    struct packer state;
    struct grid *frames[VIEWS][SIZES];
    bool with_history;
    bool lost;           /* the clock was set back over it: a later batch has this time */
};

struct morning {
    struct works works;
    struct moment moments[MOMENTS];
    size_t count;
    int64_t next_at, every_ms; /* in the plant's time */
    bool with_history;         /* views may ask the cache: what was put must be on the disk first */
};

static void remember(struct morning *m)
{
    struct works *w = &m->works;
    struct history *history = NULL;
    struct error err;
    assert_true(m->count < MOMENTS);
    struct moment *now = &m->moments[m->count++];
    *now = (struct moment){.wall_ms = w->wall_ms, .seq = model_seq(w->model), .with_history = m->with_history};
    packer_init(&now->state);
    model_save_configured(w->model, &now->state);
    if (m->with_history) {
        works_flush(w);
        history = history_open(w->path, &err);
        if (!history)
            fail_msg("%s", err.text);
    }
    for (size_t v = 0; v < view_count; v++)
        for (size_t s = 0; s < (m->count % 3 ? 1 : SIZES); s++) /* the large ones now and then */
            now->frames[v][s] = draw(w->model, v, s, false, history, 0);
    history_close(history);
}

static void on_batch(void *arg, const struct works *w, const struct batch *batch)
{
    struct morning *m = arg;
    for (size_t i = 0; i < m->count; i++)
        if (m->moments[i].wall_ms >= batch->wall_ms)
            m->moments[i].lost = true;
    if (w->sim_ms < m->next_at)
        return;
    m->next_at = w->sim_ms + m->every_ms;
    remember(m);
}

static void begin(struct morning *m, const struct store_options *options, bool with_history)
{
    *m = (struct morning){.every_ms = 37 * SECOND + 300, .with_history = with_history};
    works_begin(&m->works, options);
    m->works.on_batch = on_batch;
    m->works.arg = m;
}

/* What can go wrong, and what the frame must then remember: each of it close before and close behind a moment. */
static void live_through(struct morning *m)
{
    struct works *w = &m->works;
    works_run(w, 3 * MINUTE);
    works_lose_broker(w);
    works_run(w, MINUTE);
    works_find_broker(w);
    works_run(w, 2 * MINUTE);
    works_reload(w, "normal = [40, 55]", "normal = [40, 41]");
    works_run(w, 2 * MINUTE);
    works_restart(w, 95 * SECOND, true);
    works_run(w, 2 * MINUTE);
    works_step_clock(w, -70 * SECOND);
    works_run(w, 3 * MINUTE);
    works_reload(w, "title = \"液压油温\"", "title = \"oil temperature of all presses\"");
    works_run(w, 30 * SECOND);
    works_restart(w, 20 * MINUTE, false);
    works_run(w, 2 * MINUTE);
    works_step_clock(w, 40 * SECOND);
    works_run(w, MINUTE);
}

static void end(struct morning *m)
{
    for (size_t i = 0; i < m->count; i++) {
        packer_finish(&m->moments[i].state);
        for (size_t v = 0; v < view_count; v++)
            for (size_t s = 0; s < SIZES; s++)
                grid_destroy(m->moments[i].frames[v][s]);
    }
    works_end(&m->works);
}

static void assert_was_so(const struct moment *then, struct past *past)
{
    struct packer state;
    const struct model *model = past_model(past);
    assert_int_equal(model_seq(model), then->seq);
    for (size_t v = 0; v < view_count; v++)
        for (size_t s = 0; s < SIZES; s++) {
            if (!then->frames[v][s])
                continue;
            struct grid *grid = draw(model, v, s, true, then->with_history ? past_history(past) : NULL, then->seq);
            assert_same_frame(then->frames[v][s], grid, view_registry[v]->name, then->wall_ms);
            grid_destroy(grid);
        }
    packer_init(&state);
    model_save_configured(model, &state);
    assert_int_equal(state.count, then->state.count);
    assert_memory_equal(state.bytes, then->state.bytes, state.count);
    packer_finish(&state);
}

static void go(struct past *past, const struct moment *then)
{
    struct error err;
    if (!past_to(past, then->wall_ms, &err))
        fail_msg("%s", err.text);
    assert_string_equal(past_said(past), "");
}

/* Backward, each from a checkpoint; then forward, folding on; then in leaps. */
static void look_back(struct morning *m)
{
    struct error err;
    works_flush(&m->works);
    struct past *past = past_open(m->works.path, &err);
    if (!past)
        fail_msg("%s", err.text);
    size_t seen = 0;
    for (size_t i = m->count; i-- > 0;)
        if (!m->moments[i].lost) {
            go(past, &m->moments[i]);
            assert_was_so(&m->moments[i], past);
            seen++;
        }
    assert_true(seen > 15);
    past_read_ahead(past, 100 * SECOND);
    for (size_t i = 0; i < m->count; i++)
        if (!m->moments[i].lost) {
            go(past, &m->moments[i]);
            assert_int_equal(model_seq(past_model(past)), m->moments[i].seq);
        }
    past_read_ahead(past, 0);
    for (size_t i = 0; i < m->count; i++) {
        const struct moment *then = &m->moments[i * 37 % m->count];
        if (!then->lost) {
            go(past, then);
            assert_int_equal(model_seq(past_model(past)), then->seq);
        }
    }
    past_close(past);
}

/* ---- cases ---- */

static void the_frame_is_the_one_that_was_live_while_all_is_in_the_journal(void **state)
{
    (void)state;
    static struct morning m;
    begin(&m, &(struct store_options){.chunk_ms = 86400000}, false);
    live_through(&m);
    look_back(&m);
    end(&m);
}

static void and_when_the_journal_has_become_chunks(void **state)
{
    (void)state;
    static struct morning m;
    begin(&m, &(struct store_options){.chunk_ms = 20 * SECOND}, true);
    live_through(&m);
    look_back(&m);
    end(&m);
}

static void execute(const char *path, const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    sqlite3_busy_timeout(db, 120000); /* the store's thread is at work too */
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

/* The way is longer, the end the same; without any checkpoint it begins at the first batch. */
static void and_when_checkpoints_are_gone(void **state)
{
    (void)state;
    static struct morning m;
    begin(&m, &(struct store_options){.chunk_ms = 60 * SECOND}, false);
    m.every_ms = 130 * SECOND;
    works_run(&m.works, 11 * MINUTE);
    works_flush(&m.works);
    static const char *const losses[] = {"DELETE FROM checkpoint WHERE seq % 2", "DELETE FROM checkpoint"};
    for (size_t l = 0; l < sizeof losses / sizeof losses[0]; l++) {
        struct error err;
        execute(m.works.path, losses[l]);
        struct past *past = past_open(m.works.path, &err);
        assert_non_null(past);
        for (size_t i = m.count; i-- > 0;) {
            go(past, &m.moments[i]);
            assert_was_so(&m.moments[i], past);
        }
        past_close(past);
    }
    end(&m);
}

/* The clock loses its time and has it again ten minutes later: what was recorded meanwhile is no moment of today, be it gone to or played to. */
static void a_while_at_1970_is_not_today(void **state)
{
    (void)state;
    struct error err;
    static struct works w;
    static const int64_t chunk_ms[] = {86400000, 20 * SECOND};
    for (size_t i = 0; i < sizeof chunk_ms / sizeof chunk_ms[0]; i++) {
        works_begin(&w, &(struct store_options){.chunk_ms = chunk_ms[i]});
        works_run(&w, 7 * MINUTE);
        int64_t then = w.wall_ms;
        uint64_t seq = model_seq(w.model);
        works_run(&w, 2 * MINUTE);
        int64_t last = w.wall_ms;
        uint64_t end = model_seq(w.model);
        works_step_clock(&w, 5 * SECOND - w.wall_ms);
        works_run(&w, MINUTE);
        works_checkpoint(&w);
        works_run(&w, MINUTE);
        int64_t lost = w.wall_ms;
        uint64_t lost_seq = model_seq(w.model);
        works_step_clock(&w, last + 10 * MINUTE - w.wall_ms);
        works_run(&w, 2 * MINUTE);
        works_flush(&w);
        struct past *past = past_open(w.path, &err);
        assert_non_null(past);
        const struct { int64_t at; uint64_t seq; } cases[] = {
            {then, seq}, {last, end}, {last + 5 * MINUTE, end}, {lost, lost_seq}, {then, seq}, {w.wall_ms, model_seq(w.model)}, {last + 9 * MINUTE, end}};
        for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
            assert_true(past_to(past, cases[k].at, &err));
            assert_int_equal(model_seq(past_model(past)), cases[k].seq);
        }
        past_read_ahead(past, 20 * MINUTE);
        for (int64_t at = then; at < last + 10 * MINUTE; at += 20 * SECOND) {
            assert_true(past_to(past, at, &err));
            assert_true(model_wall(past_model(past)) > then - SECOND);
            assert_true(model_seq(past_model(past)) <= end);
        }
        assert_int_equal(model_seq(past_model(past)), end);
        assert_true(past_to(past, w.wall_ms, &err));
        assert_int_equal(model_seq(past_model(past)), model_seq(w.model));
        past_close(past);
        works_end(&w);
    }
}

/* T need not be a batch's: it snaps to the last one before it. */
static void between_two_batches_it_is_the_first(void **state)
{
    (void)state;
    struct error err;
    static struct works w;
    works_begin(&w, &(struct store_options){.path = NULL});
    works_run(&w, MINUTE);
    uint64_t seq = model_seq(w.model);
    int64_t wall_ms = w.wall_ms;
    works_restart(&w, 10 * MINUTE, true);
    works_run(&w, 5 * SECOND);
    works_flush(&w);
    struct past *past = past_open(w.path, &err);
    static const int64_t after[] = {0, 1, 5 * MINUTE, 10 * MINUTE - 1};
    for (size_t i = 0; i < sizeof after / sizeof after[0]; i++) {
        assert_true(past_to(past, wall_ms + after[i], &err));
        assert_int_equal(model_seq(past_model(past)), seq);
    }
    assert_true(past_to(past, wall_ms + 10 * MINUTE, &err));
    assert_true(model_seq(past_model(past)) > seq);
    past_close(past);
    works_end(&w);
}

static void what_was_never_kept_is_refused_and_the_state_stays(void **state)
{
    (void)state;
    struct error err;
    static struct works w;
    works_begin(&w, &(struct store_options){.path = NULL});
    int64_t began = w.wall_ms;
    works_run(&w, MINUTE);
    works_flush(&w);
    struct past *past = past_open(w.path, &err);
    assert_false(past_to(past, began - 1, &err));
    assert_string_equal(err.text, "nothing is kept of that moment");
    assert_null(past_model(past));
    int64_t first_ms = past_first(past);
    assert_in_range(first_ms, began, began + SECOND);
    assert_false(past_to(past, first_ms - 1, &err));
    assert_true(past_to(past, first_ms, &err));
    assert_int_equal(model_seq(past_model(past)), 1);
    assert_true(past_to(past, INT64_MAX, &err));
    uint64_t seq = model_seq(past_model(past));
    assert_int_equal(seq, model_seq(w.model));
    assert_false(past_to(past, 0, &err));
    assert_int_equal(model_seq(past_model(past)), seq);
    past_close(past);
    works_end(&w);
}

/* Where the configuration of then is gone, what there is instead is used, and said. */
static void a_lost_configuration_is_said(void **state)
{
    (void)state;
    struct error err;
    static struct works w;
    works_begin(&w, &(struct store_options){.path = NULL});
    works_run(&w, MINUTE);
    works_checkpoint(&w);
    works_flush(&w);
    execute(w.path, "UPDATE config SET bundle = x'00'");
    struct past *past = past_open(w.path, &err);
    assert_false(past_to(past, INT64_MAX, &err));
    struct packer bundle;
    packer_init(&bundle);
    bundle_pack(&w.configs[0].bundle, &bundle);
    past_preset(past, bundle.bytes, bundle.count);
    packer_finish(&bundle);
    assert_true(past_to(past, INT64_MAX, &err));
    assert_non_null(strstr(past_said(past), "today's is used"));
    past_close(past);
    works_end(&w);
}

static bool at_once(void *arg)
{
    (void)arg;
    return true;
}

static void a_journey_can_be_given_up(void **state)
{
    (void)state;
    struct error err;
    static struct works w;
    works_begin(&w, &(struct store_options){.path = NULL});
    works_run(&w, MINUTE);
    works_flush(&w);
    struct past *past = past_open(w.path, &err);
    past_stop_when(past, at_once, NULL);
    assert_false(past_to(past, INT64_MAX, &err));
    assert_string_equal(err.text, "");
    past_stop_when(past, NULL, NULL);
    assert_true(past_to(past, INT64_MAX, &err));
    assert_int_equal(model_seq(past_model(past)), model_seq(w.model));
    past_close(past);
    works_end(&w);
}

/* A copy stays while the past goes on under another configuration, and even when it is closed. */
static void a_copy_outlives_the_past(void **state)
{
    (void)state;
    struct error err;
    static struct works w;
    struct past_config *hold = NULL;
    works_begin(&w, &(struct store_options){.path = NULL});
    int64_t began = w.wall_ms;
    works_run(&w, 30 * SECOND);
    works_reload(&w, "normal = [40, 55]", "normal = [40, 41]");
    works_run(&w, 30 * SECOND);
    works_flush(&w);
    struct past *past = past_open(w.path, &err);
    assert_true(past_to(past, began + 20 * SECOND, &err));
    struct model *copy = past_copy(past, &hold);
    assert_true(past_to(past, INT64_MAX, &err));
    past_close(past);
    assert_int_equal(model_plant(copy)->id, w.configs[0].plant->id);
    assert_true(model_wall(copy) <= began + 20 * SECOND);
    model_destroy(copy);
    past_release(hold);
    works_end(&w);
}

/* One screen goes to and fro between two plants: what it looks at may not exist there, and the keys go on all the same. */
static void a_screen_survives_a_smaller_plant(void **state)
{
    (void)state;
    static const struct key keys[] = {{KEYC_CHAR, 'G'}, {KEYC_DOWN, 0}, {KEYC_ENTER, 0}, {KEYC_TAB, 0}, {KEYC_CHAR, 'G'}, {KEYC_ENTER, 0}, {KEYC_CHAR, 'z'},
        {KEYC_CHAR, 'v'}, {KEYC_PAGE_DOWN, 0}, {KEYC_RIGHT, 0}, {KEYC_ESC, 0}, {KEYC_CHAR, 'k'}, {KEYC_ENTER, 0}};
    struct error err;
    static struct works w;
    struct past_config *holds[2];
    struct model *models[2];
    works_begin(&w, &(struct store_options){.path = NULL});
    int64_t began = w.wall_ms;
    works_run(&w, 20 * SECOND);
    works_reload(&w, "{ name = \"f{1..6}\";", "{ name = \"f{1..2}\";");
    works_reload(&w, "{ name = \"k{1..4}\";", "{ name = \"k1\";");
    works_run(&w, 20 * SECOND);
    works_flush(&w);
    struct past *past = past_open(w.path, &err);
    assert_true(past_to(past, INT64_MAX, &err));
    models[1] = past_copy(past, &holds[1]);
    assert_true(past_to(past, began + 15 * SECOND, &err));
    models[0] = past_copy(past, &holds[0]);
    struct still still = {.model = models[0]};
    struct grid *grid = grid_create(80, 24);
    struct compose compose;
    compose_init(&compose, (struct origin){.self = &still, .model = still_model, .health = still_health, .watch = still_watch, .raw = still_raw, .banner = still_banner});
    assert_true(compose_goto(&compose, "shenyang/foaming/cabinet/f6", &err));
    for (size_t v = 0; v < view_count; v++) {
        assert_true(compose_go(&compose, view_registry[v]->name, NULL, NULL));
        for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++) {
            still.model = models[k % 2];
            compose_draw(&compose, grid);
            still.model = models[(k + k / 3) % 2];
            compose_key(&compose, keys[k]);
            compose_draw(&compose, grid);
        }
    }
    still.model = models[1];
    assert_false(compose_goto(&compose, "shenyang/foaming/cabinet/f6", &err));
    still.model = models[0];
    assert_true(compose_goto(&compose, "shenyang/foaming/cabinet/f6", &err));
    compose_finish(&compose);
    grid_destroy(grid);
    for (size_t i = 0; i < 2; i++) {
        model_destroy(models[i]);
        past_release(holds[i]);
    }
    past_close(past);
    works_end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_while_at_1970_is_not_today), CASE(between_two_batches_it_is_the_first), CASE(what_was_never_kept_is_refused_and_the_state_stays), CASE(a_lost_configuration_is_said),
        CASE(a_journey_can_be_given_up), CASE(a_copy_outlives_the_past), CASE(a_screen_survives_a_smaller_plant), CASE(and_when_checkpoints_are_gone),
        CASE(the_frame_is_the_one_that_was_live_while_all_is_in_the_journal), CASE(and_when_the_journal_has_become_chunks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
