/*
 * The thread that reads the cache, as its screen sees it: answers and pictures come through the loop, the newest first, and whatever is wrong
 * with the cache is an answer and not an end.
 */
#include "check.h"

#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "app/backtest.h"
#include "app/librarian_parts.h"
#include "app/loop.h"
#include "app/travel.h"
#include "core/plant_build.h"
#include "io/clock.h"
#include "store/shim_vfs.h"
#include "works.h"

enum { PATIENCE_MS = 120000, SECOND = 1000, MINUTE = 60000 };

struct desk {
    struct loop *loop;
    struct librarian *librarian;
    int tick;
    unsigned changes;
};

static void on_changed(void *arg) { ((struct desk *)arg)->changes++; }

static void stop(void *arg) { loop_stop(((struct desk *)arg)->loop); }

static void open_desk(struct desk *d, const char *path)
{
    *d = (struct desk){.loop = loop_create()};
    d->tick = loop_timer(d->loop, stop, d);
    d->librarian = librarian_create(&(struct librarian_options){.loop = d->loop, .path = path, .changed = on_changed, .arg = d});
}

static void close_desk(struct desk *d)
{
    librarian_destroy(d->librarian);
    loop_timer_remove(d->loop, d->tick);
    loop_destroy(d->loop);
}

static void turn(struct desk *d)
{
    loop_timer_at(d->loop, d->tick, clock_monotonic_ms() + 10);
    loop_run(d->loop);
}

#define wait_until(desk, condition)                                                                                     \
    do {                                                                                                                \
        int64_t until_ = clock_monotonic_ms() + PATIENCE_MS;                                                            \
        while (!(condition)) {                                                                                          \
            if (clock_monotonic_ms() > until_)                                                                          \
                fail_msg("waited in vain for %s", #condition);                                                          \
            turn(desk);                                                                                                 \
        }                                                                                                               \
    } while (0)

/* A frame that wants this; the answer that is there. */
static const struct answer *frame(struct desk *d, const struct want *want)
{
    struct recall *recall = librarian_recall(d->librarian);
    recall_frame(recall);
    const struct answer *answer = recall_want(recall, want);
    librarian_fetch(d->librarian);
    return answer;
}

static struct shot *arrival(struct desk *d)
{
    struct shot *shot = NULL;
    wait_until(d, (shot = librarian_shot(d->librarian)) != NULL);
    return shot;
}

static struct want curve(const char *path, int64_t from_ms, int64_t to_ms, uint16_t columns)
{
    struct want want = {.kind = WANT_COLUMNS, .from_ms = from_ms, .to_ms = to_ms, .columns = columns};
    snprintf(want.path, sizeof want.path, "%s", path);
    return want;
}

static uint32_t counted(const struct answer *answer)
{
    uint32_t count = 0;
    for (size_t i = 0; i < answer->column_count; i++)
        count += answer->columns[i].count;
    return count;
}

/* ---- cases ---- */

static const char oil[] = "shenyang/stamping/side1/p03/oil";

static void what_is_wanted_is_answered_through_the_loop(void **state)
{
    (void)state;
    static struct works w;
    struct desk d;
    works_begin(&w, &(struct store_options){.path = NULL});
    int64_t began = w.wall_ms;
    works_run(&w, MINUTE);
    works_flush(&w);
    open_desk(&d, w.path);
    struct want span = {.kind = WANT_SPAN}, want = curve(oil, began, began + MINUTE, 60);
    const struct answer *answer = NULL;
    assert_null(frame(&d, &span));
    wait_until(&d, (answer = frame(&d, &span)) != NULL);
    assert_string_equal(answer->why, "");
    assert_in_range((uintmax_t)answer->last_ms, (uintmax_t)began, (uintmax_t)w.wall_ms);
    wait_until(&d, (answer = frame(&d, &want)) != NULL);
    assert_string_equal(answer->why, "");
    assert_in_range(counted(answer), 50, 61);
    close_desk(&d);
    works_end(&w);
}

static void a_cache_may_come_later(void **state)
{
    (void)state;
    static struct works w;
    struct desk d;
    works_begin(&w, &(struct store_options){.path = NULL});
    works_run(&w, SECOND);
    works_flush(&w);
    char path[128];
    snprintf(path, sizeof path, "%s/later.db", w.folder);
    open_desk(&d, path);
    struct want span = {.kind = WANT_SPAN};
    const struct answer *answer = NULL;
    wait_until(&d, (answer = frame(&d, &span)) != NULL);
    assert_string_not_equal(answer->why, "");
    librarian_travel(d.librarian, w.wall_ms, 0);
    struct shot *shot = arrival(&d);
    assert_null(shot->model);
    assert_string_not_equal(shot->said, "");
    librarian_return(d.librarian, shot);
    assert_int_equal(symlink(w.path, path), 0);
    wait_until(&d, (answer = frame(&d, &span)) != NULL && !answer->why[0]);
    librarian_travel(d.librarian, w.wall_ms, 0);
    shot = arrival(&d);
    assert_non_null(shot->model);
    librarian_return(d.librarian, shot);
    close_desk(&d);
    works_end(&w);
}

static void a_file_that_is_no_cache_is_an_answer(void **state)
{
    (void)state;
    char path[] = "/tmp/andon-librarian-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "this is no database, whatever its name says", 43), 43);
    close(fd);
    struct desk d;
    open_desk(&d, path);
    struct want span = {.kind = WANT_SPAN};
    const struct answer *answer = NULL;
    wait_until(&d, (answer = frame(&d, &span)) != NULL);
    assert_string_not_equal(answer->why, "");
    close_desk(&d);
    unlink(path);
}

/* Far more than fits is wanted, and other things in every frame: nothing grows, and what is wanted at the end is answered. */
static void a_greedy_screen_is_bounded(void **state)
{
    (void)state;
    static struct works w;
    struct desk d;
    works_begin(&w, &(struct store_options){.path = NULL});
    int64_t began = w.wall_ms;
    works_run(&w, 10 * SECOND);
    works_flush(&w);
    open_desk(&d, w.path);
    for (int64_t f = 0; f < 30; f++) {
        struct recall *recall = librarian_recall(d.librarian);
        recall_frame(recall);
        for (int64_t i = 0; i < 3 * RECALL_WANTS; i++) {
            struct want want = curve(oil, began + f * 1000 + i, began + f * 1000 + i + MINUTE, RECALL_COLUMNS);
            recall_want(recall, &want);
        }
        librarian_fetch(d.librarian);
        turn(&d);
    }
    struct want want = curve(oil, began, began + MINUTE, 10);
    const struct answer *answer = NULL;
    wait_until(&d, (answer = frame(&d, &want)) != NULL);
    assert_string_equal(answer->why, "");
    close_desk(&d);
    works_end(&w);
}

/* Has the thread taken what was asked last? */
static bool at_work(struct librarian *l)
{
    pthread_mutex_lock(&l->lock);
    bool taken = l->errand_count == 0;
    pthread_mutex_unlock(&l->lock);
    return taken;
}

/* A read that was given up may have ended by itself just then: the next one does not pay for it. */
static void nobody_is_interrupted_for_another(void **state)
{
    (void)state;
    static struct works w;
    struct desk d;
    works_begin(&w, &(struct store_options){.path = NULL});
    int64_t began = w.wall_ms;
    works_run(&w, 10 * SECOND);
    works_flush(&w);
    open_desk(&d, w.path);
    for (int64_t f = 0; f < 150; f++) {
        struct want dropped = curve(oil, began + f, began + f + MINUTE, 10), want = curve(oil, began - f, began + MINUTE, 10);
        const struct answer *answer = NULL;
        frame(&d, &dropped);
        while (!at_work(d.librarian))
            sched_yield();
        frame(&d, &want);
        wait_until(&d, (answer = frame(&d, &want)) != NULL);
        assert_string_equal(answer->why, "");
    }
    close_desk(&d);
    works_end(&w);
}

static void of_many_moments_the_newest_arrives(void **state)
{
    (void)state;
    static struct works w;
    struct desk d;
    works_begin(&w, &(struct store_options){.path = NULL});
    int64_t began = w.wall_ms;
    works_run(&w, 2 * MINUTE);
    works_flush(&w);
    open_desk(&d, w.path);
    for (int64_t back = 1; back <= 100; back++)
        librarian_travel(d.librarian, began + 2 * MINUTE - back * SECOND, 0);
    int64_t wanted = began + 20 * SECOND;
    struct shot *shot = NULL;
    do {
        librarian_return(d.librarian, shot);
        shot = arrival(&d);
        assert_non_null(shot->model);
        assert_true(model_wall(shot->model) <= shot->asked_ms);
    } while (shot->asked_ms != wanted);
    assert_true(model_wall(shot->model) > wanted - 2 * SECOND);
    librarian_return(d.librarian, shot);
    close_desk(&d);
    works_end(&w);
}

/* In the past nothing is told that came later; a curve that was live before is asked for anew. */
static void in_the_past_nothing_later_is_known(void **state)
{
    (void)state;
    static struct works w;
    struct desk d;
    works_begin(&w, &(struct store_options){.path = NULL});
    int64_t began = w.wall_ms;
    works_run(&w, 30 * SECOND);
    uint64_t then = model_seq(w.model);
    works_run(&w, 30 * SECOND);
    works_flush(&w);
    open_desk(&d, w.path);
    struct want want = curve(oil, began, began + MINUTE, 60);
    const struct answer *answer = NULL;
    wait_until(&d, (answer = frame(&d, &want)) != NULL);
    assert_true(counted(answer) > 50);
    librarian_until(d.librarian, then);
    assert_null(frame(&d, &want));
    wait_until(&d, (answer = frame(&d, &want)) != NULL);
    assert_in_range(counted(answer), 25, 31);
    for (size_t i = 32; i < answer->column_count; i++)
        assert_int_equal(answer->columns[i].count, 0);
    librarian_until(d.librarian, 0);
    wait_until(&d, (answer = frame(&d, &want)) != NULL && counted(answer) > 50);
    close_desk(&d);
    works_end(&w);
}

static struct account told_in(const struct answer *answer)
{
    struct account sum = {.good = 0};
    for (size_t i = 0; i < answer->account_count; i++)
        account_add(&sum, &answer->accounts[i].cell.sum);
    return sum;
}

/* The collector ends without a last word in the middle: what is stored up to a cut is what the fold knows of it, and a past screen knows less. */
static void accounts_are_stored_once_and_answered(void **state)
{
    (void)state;
    static struct works w;
    struct desk d;
    works_begin(&w, &(struct store_options){.path = NULL});
    int64_t hour = 60 * MINUTE, began = w.wall_ms - w.wall_ms % hour;
    works_run(&w, SECOND);
    uint64_t then = model_seq(w.model);
    works_run(&w, began + hour - w.wall_ms + 2 * MINUTE);
    works_flush(&w);
    works_restart(&w, 5 * SECOND, false);
    works_run(&w, hour);
    works_flush(&w);
    open_desk(&d, w.path);
    struct want want = {.kind = WANT_ACCOUNTS, .by = BY_HOUR, .path = "shenyang/stamping/side1", .from_ms = began, .to_ms = began + 2 * hour};
    const struct answer *answer = NULL;
    wait_until(&d, (answer = frame(&d, &want)) != NULL);
    assert_string_equal(answer->why, "");
    assert_int_equal(answer->account_count, 2);
    struct account known, told = told_in(answer);
    model_account(w.model, plant_node_by_path(model_plant(w.model), want.path), began, began + 2 * hour, &known, NULL);
    assert_true(told.ms[TIME_RUN] > 0 && told.good > 0);
    for (size_t c = 0; c < TIME_CATEGORIES; c++)
        if (c != TIME_UNKNOWN) /* before the beginning nobody knows, and that is no fact */
            assert_int_equal(told.ms[c], known.ms[c]);
    assert_near(told.good, known.good, 1e-6);
    assert_near(told.ideal_ms, known.ideal_ms, 1e-3);
    librarian_until(d.librarian, then);
    wait_until(&d, (answer = frame(&d, &want)) != NULL);
    assert_int_equal(answer->account_count, 0);
    close_desk(&d);
    works_end(&w);
}

struct edge {
    struct desk desk;
    uint32_t told; /* samples of the oil since it began */
};

static void pass_on(void *arg, const struct works *w, const struct batch *batch)
{
    struct edge *e = arg;
    uint32_t series = model_tag(w->model, model_find(w->model, oil))->series;
    for (size_t r = 0; r < batch->count; r++)
        e->told += batch->records[r].kind == RECORD_SAMPLE && batch->records[r].series == series;
    if (e->desk.librarian)
        librarian_batch(e->desk.librarian, w->model, batch);
}

static bool complete(struct edge *e, const struct works *w, const struct want *want)
{
    librarian_refresh(e->desk.librarian, w->model);
    const struct answer *answer = frame(&e->desk, want);
    return answer && !answer->why[0] && counted(answer) == e->told;
}

/* What is not on the disk yet is in the curve all the same, and when it is, it is not in it twice. */
static void the_living_edge_is_complete(void **state)
{
    (void)state;
    static struct works w;
    struct edge e = {.told = 0};
    works_begin(&w, &(struct store_options){.flush_ms = 300});
    w.on_batch = pass_on;
    w.arg = &e;
    int64_t began = w.wall_ms;
    works_run(&w, 10 * SECOND);
    works_flush(&w);
    open_desk(&e.desk, w.path);
    struct want want = curve(oil, began - MINUTE, began + 2 * MINUTE, 18);
    for (int i = 0; i < 4; i++) {
        wait_until(&e.desk, complete(&e, &w, &want));
        works_run(&w, 3700);
        assert_true(complete(&e, &w, &want)); /* at once, whatever is on the disk by now */
    }
    works_flush(&w);
    librarian_until(e.desk.librarian, 1); /* asked for anew, from the beginning */
    librarian_until(e.desk.librarian, 0);
    wait_until(&e.desk, complete(&e, &w, &want));
    works_run(&w, 3700);
    wait_until(&e.desk, complete(&e, &w, &want));
    close_desk(&e.desk);
    works_end(&w);
}

/* ---- a screen that travels ---- */

static const struct model *live_model(const void *self) { return ((const struct works *)self)->model; }

static void begin_travel(struct travel *t, struct desk *d, struct works *w)
{
    travel_init(t, (struct origin){.self = w, .model = live_model}, d->librarian, "");
}

/* Steps end at the first moment that is kept; who names an older one is told which that is, and stays where he is. */
static void before_the_beginning_there_is_nothing(void **state)
{
    (void)state;
    static struct works w;
    struct desk d;
    struct travel t;
    struct error err;
    works_begin(&w, &(struct store_options){.path = NULL});
    int64_t began = w.wall_ms;
    works_run(&w, 30 * SECOND);
    works_flush(&w);
    open_desk(&d, w.path);
    begin_travel(&t, &d, &w);
    assert_true(travel_step(&t, -60 * MINUTE, &err));
    wait_until(&d, travel_arrived(&t, &err));
    assert_non_null(strstr(err.text, ": nothing older"));
    wait_until(&d, travel_arrived(&t, &err));
    assert_string_equal(err.text, "");
    assert_int_equal(travel_seq(&t), 1);
    assert_in_range(travel_scene(&t)->target_ms, began, began + SECOND);
    assert_true(travel_to(&t, began - MINUTE, &err));
    wait_until(&d, travel_arrived(&t, &err));
    assert_non_null(strstr(err.text, ": nothing of that moment"));
    assert_false(travel_scene(&t)->loading);
    assert_int_equal(travel_seq(&t), 1);
    travel_finish(&t);
    assert_true(travel_to(&t, began - MINUTE, &err));
    wait_until(&d, travel_arrived(&t, &err));
    assert_null(travel_scene(&t));
    travel_finish(&t);
    close_desk(&d);
    works_end(&w);
}

/* ---- the tail of a curve, by itself ---- */

enum { EDGE_COLUMNS = 6, EDGE_PART = 10000 };

/* Six columns of ten seconds; the base knows 7 in the first of them, up to batch 1. What the tail holds is added as it came. */
static struct answer merged(const struct sample *rows, size_t count, uint64_t broken_seq, int64_t now_ms)
{
    struct column columns[EDGE_COLUMNS] = {{.state = COLUMN_FILLED, .count = 1, .low = 7, .high = 7, .mean = 7, .last = 7}};
    struct sample ring[TAIL_MOST];
    struct order order = {.want = {.kind = WANT_COLUMNS, .to_ms = (int64_t)EDGE_COLUMNS * EDGE_PART, .columns = EDGE_COLUMNS}, .base_seq = 1};
    memcpy(ring, rows, count * sizeof *rows);
    order.base = (struct answer){.want = order.want, .columns = columns, .column_count = EDGE_COLUMNS};
    order.tail = (struct tail){.rows = ring, .count = count, .since_seq = 2, .broken_seq = broken_seq};
    return tail_merge(&order, now_ms);
}

static struct sample told(uint64_t seq, int64_t ms, double value, uint8_t quality, uint8_t flags)
{
    return (struct sample){.seq = seq, .time_ms = ms, .value = {.kind = VALUE_REAL, .d = value}, .quality = quality, .flags = flags};
}

/* A letter a column: . nothing is known, h held, f filled. */
static const char *letters(const struct answer *answer)
{
    static char text[EDGE_COLUMNS + 1];
    for (size_t i = 0; i < EDGE_COLUMNS; i++)
        text[i] = ".hf"[answer->columns[i].state];
    return text;
}

static void a_tail_holds_only_what_stands(void **state)
{
    (void)state;
    static const struct {
        const char *columns;
        uint64_t broken_seq;
        size_t count;
        struct { int64_t ms; double value; uint8_t quality, flags; } rows[2];
    } cases[] = {
        {"f.fhh.", 0, 1, {{21000, 5, QUALITY_GOOD, 0}}},
        {"f.....", 0, 1, {{21000, 5, 0, 0}}},                            /* a bad one brings no old value back */
        {"f.f...", 0, 2, {{21000, 5, QUALITY_GOOD, 0}, {31000, 5, 0, 0}}}, /* and ends the one before it */
        {"f.f...", 2, 1, {{21000, 5, QUALITY_GOOD, 0}}},                 /* so does a gap */
        {"f.fhh.", 2, 2, {{11000, 5, 0, 0}, {21000, 5, QUALITY_GOOD, 0}}}, /* behind which a new one stands again */
        {"ff....", 0, 1, {{11000, 5, QUALITY_GOOD, SAMPLE_LATE}}},       /* a late one says nothing of now */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sample rows[2];
        for (size_t r = 0; r < cases[i].count; r++)
            rows[r] = told(2 + r, cases[i].rows[r].ms, cases[i].rows[r].value, cases[i].rows[r].quality, cases[i].rows[r].flags);
        struct answer answer = merged(rows, cases[i].count, cases[i].broken_seq, 45000);
        assert_string_equal(letters(&answer), cases[i].columns);
        answer_finish(&answer);
    }
}

/* The loss of another source leaves it standing. */
static void only_its_own_source_breaks_a_tail(void **state)
{
    (void)state;
    static const struct { const char *feeds, *lost; bool breaks; } cases[] = {{"broker:main", "broker:main", true}, {"broker:main", "broker:far", false}, {"", "broker:far", true}};
    struct plant_build b;
    plant_build_init(&b);
    plant_add_node(&b, NO_NODE, (struct node){.level = LEVEL_SITE, .name = "works"});
    struct plant *plant = plant_build_finish(&b);
    struct model *model = model_create(plant);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct order order = {.want = {.kind = WANT_COLUMNS}};
        struct batch batch;
        snprintf(order.want.source, sizeof order.want.source, "%s", cases[i].feeds);
        batch_init(&batch);
        batch_clear(&batch);
        batch.seq = 7;
        batch_add(&batch, (struct record){.kind = RECORD_DEATH, .text = batch_text(&batch, cases[i].lost, strlen(cases[i].lost))});
        tail_batch(&order, model, &batch);
        assert_int_equal(order.tail.broken_seq, cases[i].breaks ? 7 : 0);
        batch_finish(&batch);
        tail_finish(&order);
    }
    model_destroy(model);
    plant_destroy(plant);
}

/* A late sample alone in its column is what that column ended with; in a column where a value stood that one is. */
static void a_late_sample_makes_no_nought(void **state)
{
    (void)state;
    struct sample late = told(2, 11000, 5, QUALITY_GOOD, SAMPLE_LATE);
    struct answer answer = merged(&late, 1, 0, 45000);
    assert_near(answer.columns[1].last, 5, 1e-9);
    answer_finish(&answer);
}

/* oil as a trial alarm, with limits that some of its values are beyond. */
static struct trial *trial_of(const struct works *w, struct whatif_ask *ask, const char *text, int64_t from_ms)
{
    struct error err;
    struct trial *trial = calloc(1, sizeof *trial);
    assert_non_null(trial);
    if (!whatif_ask_read(ask, model_plant(w->model), text, &err))
        fail_msg("%s", err.text);
    trial->from_ms = from_ms;
    trial->to_ms = w->wall_ms;
    for (; trial->count < ask->count; trial->count++)
        trial->whatifs[trial->count] = whatif_ask_create(ask, model_plant(w->model), trial->count);
    return trial;
}

static void of_many_back_tests_the_newest_ends(void **state)
{
    (void)state;
    static struct works w;
    static struct whatif_ask ask;
    struct desk d;
    struct trial *trial = NULL;
    works_begin(&w, &(struct store_options){.path = NULL});
    int64_t began = w.wall_ms;
    works_run(&w, 2 * MINUTE);
    works_flush(&w);
    open_desk(&d, w.path);
    for (int i = 0; i < 20; i++)
        librarian_try(d.librarian, trial_of(&w, &ask, "shenyang/stamping/side1/p03/oil high=500", began));
    librarian_try(d.librarian, trial_of(&w, &ask, "shenyang/stamping/side1/p03/oil high=-500; limit=500", began));
    wait_until(&d, (trial = librarian_tried(d.librarian)) != NULL && trial->count == 2);
    assert_string_equal(trial->said, "");
    assert_int_equal(trial->done, 2);
    assert_int_equal(trial->counts[0].raises, 1);
    assert_in_range(trial->counts[0].samples, 100, 121);
    assert_int_equal(trial->counts[1].raises, 0);
    trial_destroy(trial);
    librarian_try(d.librarian, trial_of(&w, &ask, "shenyang/stamping/side1/p03/oil high=500", began - 100 * 3600000));
    librarian_try(d.librarian, NULL); /* given up: nothing comes of it, and closing waits for nothing */
    assert_null(librarian_tried(d.librarian));
    librarian_try(d.librarian, trial_of(&w, &ask, "shenyang/stamping/side1/p03/oil high=500", began - 100 * 3600000));
    close_desk(&d);
    works_end(&w);
}

/* A trial that would take hours keeps no want waiting, nor who goes to another moment; and the greediest screen only delays a trial. */
static void a_trial_and_a_greedy_screen_do_not_disturb_each_other(void **state)
{
    (void)state;
    static struct works w;
    static struct whatif_ask ask;
    struct desk d;
    struct trial *trial = NULL;
    works_begin(&w, &(struct store_options){.path = NULL});
    int64_t began = w.wall_ms;
    works_run(&w, 2 * MINUTE);
    works_flush(&w);
    open_desk(&d, w.path);
    librarian_try(d.librarian, trial_of(&w, &ask, "shenyang/stamping/side1/p03/oil high=500", began - INT64_C(3600000) * 24 * 365 * 10000));
    for (int64_t f = 0; f < 20; f++) {
        struct want want = curve(oil, began + f, began + f + MINUTE, 10);
        const struct answer *answer = NULL;
        wait_until(&d, (answer = frame(&d, &want)) != NULL);
        assert_string_equal(answer->why, "");
    }
    librarian_travel(d.librarian, began + MINUTE, 0);
    librarian_return(d.librarian, arrival(&d));
    assert_null(librarian_tried(d.librarian));
    librarian_try(d.librarian, trial_of(&w, &ask, "shenyang/stamping/side1/p03/oil high=-500; limit=500", began - 200 * 3600000LL));
    for (int64_t f = 0; !trial; f++) {
        struct want dropped = curve(oil, began + f, began + f + MINUTE, RECALL_COLUMNS);
        frame(&d, &dropped);
        turn(&d);
        trial = librarian_tried(d.librarian);
    }
    assert_string_equal(trial->said, "");
    assert_int_equal(trial->done, 2);
    assert_int_equal(trial->counts[0].raises, 1);
    assert_in_range(trial->counts[0].samples, 100, 121);
    trial_destroy(trial);
    close_desk(&d);
    works_end(&w);
}

/* Twice not, and from then on two times of three: at the beginning of a stretch and in the midst of it. */
static bool most_times(void *arg)
{
    unsigned times = ++*(unsigned *)arg;
    return times >= 3 && times % 3 != 1;
}

/* However often it pauses, it counts every sample once. */
static void a_back_test_that_pauses_counts_the_same(void **state)
{
    (void)state;
    static struct works w;
    static struct whatif_ask ask;
    struct error err = {.text = ""};
    unsigned asked = 0, pauses = 0;
    works_begin(&w, &(struct store_options){.path = NULL});
    int64_t began = w.wall_ms;
    works_run(&w, 5 * MINUTE);
    works_flush(&w);
    struct history *history = history_open(w.path, &err);
    struct trial *whole = trial_of(&w, &ask, "shenyang/stamping/side1/p03/oil high=0", began), *parts = trial_of(&w, &ask, "shenyang/stamping/side1/p03/oil high=0", began);
    assert_true(backtest_run(history, whole->whatifs[0], began, w.wall_ms, &err));
    parts->under_way = backtest_create(parts->whatifs[0], began, w.wall_ms);
    while (!backtest_go_on(parts->under_way, history, most_times, &asked, &err)) {
        assert_string_equal(err.text, "");
        pauses++;
    }
    assert_true(pauses >= 5);
    assert_in_range(whatif_counts(whole->whatifs[0])->samples, 250, 301);
    assert_memory_equal(whatif_counts(parts->whatifs[0]), whatif_counts(whole->whatifs[0]), sizeof(struct whatif_counts));
    trial_destroy(whole);
    trial_destroy(parts);
    history_close(history);
    works_end(&w);
}

/* What this process has worked: the machine's other business does not count. */
static int64_t worked_us(void)
{
    struct timespec spent;
    assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent), 0);
    return (int64_t)spent.tv_sec * 1000000 + spent.tv_nsec / 1000;
}

static void leaving_does_not_wait(void **state)
{
    (void)state;
    static struct works w;
    struct desk d;
    works_begin(&w, &(struct store_options){.path = NULL});
    w.checkpoint_ms = INT64_MAX;
    int64_t began = w.wall_ms;
    works_run(&w, 10 * MINUTE);
    works_flush(&w);
    open_desk(&d, w.path);
    int64_t before = worked_us();
    librarian_travel(d.librarian, began + 9 * MINUTE, 0);
    librarian_return(d.librarian, arrival(&d));
    int64_t whole = worked_us() - before;
    close_desk(&d);
    open_desk(&d, w.path);
    before = worked_us();
    librarian_travel(d.librarian, began + 9 * MINUTE, 0);
    while (worked_us() - before < whole / 10) /* it is on its way */
        poll(NULL, 0, 1);
    before = worked_us();
    close_desk(&d);
    assert_true(worked_us() - before < whole / 3);
    works_end(&w);
}

/* The last case: the disk is gone from here on, and so is whatever reads it. */
static void leaving_does_not_wait_for_a_disk_that_hangs(void **state)
{
    (void)state;
    static struct works w;
    struct desk d;
    works_begin(&w, &(struct store_options){.path = NULL});
    w.checkpoint_ms = INT64_MAX;
    int64_t began = w.wall_ms;
    works_run(&w, MINUTE);
    works_flush(&w);
    store_close(w.store);
    w.store = NULL;
    shim_vfs_install();
    open_desk(&d, w.path);
    shim_hang();
    librarian_travel(d.librarian, began + MINUTE / 2, 0);
    wait_until(&d, shim_hangs());
    close_desk(&d); /* comes back */
    assert_true(shim_hangs());
    works_end(&w);
}

/* With the plant of the configuration that the collector recorded. */
static void energy_is_asked_of_the_recorded_plant(void **state)
{
    (void)state;
    static struct works w;
    struct desk d;
    const struct answer *answer = NULL;
    works_begin(&w, &(struct store_options){.path = NULL});
    int64_t began = w.wall_ms;
    works_run(&w, MINUTE);
    works_flush(&w);
    open_desk(&d, w.path);
    struct want want = {.kind = WANT_ENERGY, .path = "shenyang/none", .from_ms = began, .to_ms = began + MINUTE};
    wait_until(&d, (answer = frame(&d, &want)) != NULL);
    assert_string_equal(answer->why, "no meter is configured there");
    close_desk(&d);
    works_end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(energy_is_asked_of_the_recorded_plant),
        CASE(what_is_wanted_is_answered_through_the_loop), CASE(a_cache_may_come_later), CASE(a_file_that_is_no_cache_is_an_answer),
        CASE(a_greedy_screen_is_bounded), CASE(nobody_is_interrupted_for_another), CASE(of_many_moments_the_newest_arrives), CASE(in_the_past_nothing_later_is_known), CASE(accounts_are_stored_once_and_answered),
        CASE(the_living_edge_is_complete), CASE(before_the_beginning_there_is_nothing), CASE(a_tail_holds_only_what_stands), CASE(only_its_own_source_breaks_a_tail), CASE(a_late_sample_makes_no_nought),
        CASE(of_many_back_tests_the_newest_ends), CASE(a_trial_and_a_greedy_screen_do_not_disturb_each_other),
        CASE(a_back_test_that_pauses_counts_the_same), CASE(leaving_does_not_wait), CASE(leaving_does_not_wait_for_a_disk_that_hangs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
