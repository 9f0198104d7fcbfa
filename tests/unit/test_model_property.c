/*
 * Properties of the fold over random streams: one step or a thousand give the same state; a state that is saved and loaded
 * goes on as the one that was not; a swap to an equal configuration changes nothing; a screen that follows the collector
 * through reloads, lost brokers and its own delays holds the same bytes.
 */
#include "check.h"

#include "core/ingest.h"
#include "model_fixture.h"

enum { STREAMS = 40, BATCHES = 300 };

static uint64_t seed;

static uint32_t dice(uint32_t sides)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % sides;
}

static const char *const keys[] = {PRESS "/state", PRESS "/temp", PRESS "/good", PRESS "/reason", PRESS "/force", PRESS "/order", PRESS "/program", ROBOT "/good", OVEN "/state", OVEN "/temp"};

enum { TIMES = 8 };
static int64_t told[TIMES]; /* when states were told: stops begin then */

/* Whatever a person may want, of a stop that may be there. */
static void add_random_action(struct works *w)
{
    static const enum action_kind kinds[] = {ACTION_STOP_REASON, ACTION_STOP_REASON, ACTION_STOP_SPLIT, ACTION_STOP_SPLIT, ACTION_STOP_MERGE, ACTION_STOP_MERGE, ACTION_STOP_COMMENT,
        ACTION_QUANTITY, ACTION_CALL, ACTION_CALL_TAKE, ACTION_CALL_CLOSE, ACTION_NOTE, ACTION_REPLACED};
    static const char *const reasons[] = {"", "jam", "setup"};
    struct action action = {.kind = kinds[dice(sizeof kinds / sizeof kinds[0])], .time_ms = T0 + w->now, .who = "Kim", .comment = "why", .amount = (int64_t)dice(20000) - 10000};
    action.occurrence_ms = told[dice(TIMES)];
    action.until_ms = action.occurrence_ms + 1 + dice(20000);
    snprintf(action.target, sizeof action.target, "%s", dice(2) ? PRESS : OVEN);
    snprintf(action.word, sizeof action.word, "%s", action.kind == ACTION_STOP_REASON ? reasons[dice(3)] : action.kind == ACTION_QUANTITY ? "good" : "quality");
    action_record(&action, &w->batch);
}

static void add_random_sample(struct works *w)
{
    const char *key = keys[dice(sizeof keys / sizeof keys[0])];
    struct value v = strstr(key, "state") ? value_int(dice(19)) : strstr(key, "good") ? value_int(dice(3) ? w->now / 2000 : dice(50)) :
        strstr(key, "force") ? value_real(dice(3)) : strstr(key, "program") ? value_int(dice(2)) :
        strstr(key, "reason") || strstr(key, "order") ? value_text(batch_text(&w->batch, dice(2) ? "F2 high" : "ok all", 2)) : value_real(dice(1000) / 10.0);
    struct record *r = put(w, key, v);
    r->time_ms -= dice(400);
    if (strstr(key, "state"))
        told[dice(TIMES)] = r->time_ms;
    if (dice(20) == 0)
        r->flags |= SAMPLE_RETAINED;
    if (dice(30) == 0)
        r->quality = QUALITY_BAD;
}

static void add_random_other(struct works *w)
{
    static const uint8_t kinds[] = {RECORD_BIRTH, RECORD_DEATH, RECORD_GAP, RECORD_CLOCK, RECORD_DROPPED};
    uint8_t kind = kinds[dice(5)];
    batch_add(&w->batch, (struct record){.kind = kind, .code = (uint8_t)dice(DROP_COUNT), .value = kind == RECORD_DROPPED ? value_uint(1) : value_int(dice(5000)),
        .text = batch_text(&w->batch, "broker:main", 11)});
}

/* Batches with 0 to 4 records, up to 30 s apart; `chop` closes empty batches every 100 ms between them. */
static void play(struct works *w, uint64_t stream, bool chop, void (*between)(struct works *))
{
    int64_t now = 0;
    seed = stream;
    memset(told, 0, sizeof told);
    for (int b = 0; b < BATCHES; b++) {
        int64_t next = now + (dice(4) ? dice(20) : dice(300)) * BATCH_GRID_MS;
        uint64_t seq = (uint64_t)b;
        while (chop && w->closed + BATCH_GRID_MS < next) {
            w->batch.seq = seq;
            struct batch open = w->batch;
            batch_init(&w->batch);
            w->batch.seq = seq;
            step(w, w->closed + BATCH_GRID_MS);
            batch_finish(&w->batch);
            w->batch = open;
        }
        now = w->now = next;
        for (uint32_t r = dice(5); r > 0; r--)
            add_random_sample(w);
        if (dice(25) == 0)
            add_random_other(w);
        if (dice(6) == 0)
            add_random_action(w);
        w->batch.seq = seq;
        step(w, now);
        if (between && b % 50 == 49)
            between(w);
    }
}

static void assert_same_state(const struct model *a, const struct model *b)
{
    struct packer pa, pb;
    packer_init(&pa);
    packer_init(&pb);
    model_save(a, &pa);
    model_save(b, &pb);
    assert_int_equal(pa.count, pb.count);
    assert_memory_equal(pa.bytes, pb.bytes, pa.count);
    packer_finish(&pa);
    packer_finish(&pb);
}

static void assert_same_bytes(const struct packer *a, const struct packer *b)
{
    assert_true(a->count > 0); /* else it compares nothing */
    assert_int_equal(a->count, b->count);
    assert_memory_equal(a->bytes, b->bytes, a->count);
}

static void compare_ordered(int orders, bool chop, void (*between)(struct works *))
{
    for (uint64_t stream = 1; stream <= STREAMS; stream++) {
        struct works plain, other;
        works_open(&plain);
        works_open(&other);
        plain.orders = orders > 0;
        other.orders = orders;
        play(&plain, stream, false, NULL);
        play(&other, stream, chop, between);
        assert_same_state(plain.model, other.model);
        assert_same_bytes(&plain.events, &other.events);
        assert_same_bytes(&plain.intervals, &other.intervals);
        assert_same_bytes(&plain.buckets, &other.buckets);
        assert_same_bytes(&plain.gains, &other.gains);
        assert_same_bytes(&plain.stops, &other.stops);
        assert_same_bytes(&plain.energies, &other.energies);
        works_close(&plain);
        works_close(&other);
    }
}

static void compare(bool chop, void (*between)(struct works *))
{
    compare_ordered(0, chop, between);
}

static void one_step_and_a_thousand_give_the_same_state(void **state)
{
    (void)state;
    compare(true, NULL);
}

static void a_batch_that_is_ordered_twice_is_folded_as_one_that_is_ordered_once(void **state)
{
    (void)state;
    compare_ordered(2, false, NULL);
    compare_ordered(1, true, NULL);
}

static void through_a_save(struct works *w)
{
    struct packer p;
    struct error err;
    packer_init(&p);
    model_save(w->model, &p);
    struct model *loaded = model_load(w->plant, p.bytes, p.count, &err);
    assert_non_null(loaded);
    assert_same_state(w->model, loaded);
    model_destroy(w->model);
    w->model = loaded;
    packer_finish(&p);
}

static void a_loaded_state_goes_on_as_the_one_that_was_saved(void **state)
{
    (void)state;
    compare(false, through_a_save);
}

static void through_a_reload(struct works *w)
{
    struct plant *old = w->plant;
    w->plant = works_plant();
    model_configure(w->model, w->plant);
    plant_destroy(old);
}

static void an_equal_configuration_changes_nothing(void **state)
{
    (void)state;
    compare(false, through_a_reload);
}

/* ---- the collector and a screen ---- */

/* Makes the works with its robot's and its oven's life as the reload has it: 0 is works_plant(). */
static struct plant *plant_of_reload(uint32_t variant)
{
    struct plant *plant = works_plant();
    for (size_t n = 0; n < plant->node_count; n++) {
        struct node *node = &plant->nodes[n];
        if (variant & 1 && strcmp(node->name, "robot") == 0)
            node->ideal_cycle_s = 0;
        if (variant & 2 && strcmp(node->name, "oven") == 0)
            node->silent_after_ms = 0;
        if (variant & 4 && strcmp(node->name, "oven") == 0)
            node->name = "kiln"; /* gone, and another one there */
    }
    return plant;
}

struct pair {
    struct plant *ours, *theirs; /* each side builds its own, as two processes do */
    struct model *collector, *screen;
    struct ingest *ingest;
    struct packer unread;        /* batches that the screen has not folded yet */
    int64_t wall;
};

static void resync(struct pair *p)
{
    struct packer run;
    struct error err;
    packer_init(&run);
    model_save(p->collector, &run);
    model_destroy(p->screen);
    p->screen = model_load(p->theirs, run.bytes, run.count, &err);
    assert_non_null(p->screen);
    packer_finish(&run);
    packer_clear(&p->unread);
    run_begin(&p->unread);
}

static void catch_up(struct pair *p)
{
    struct run_reader reader;
    struct batch batch;
    batch_init(&batch);
    run_end(&p->unread);
    assert_true(run_open(&reader, p->unread.bytes, p->unread.count, NULL));
    while (run_next_batch(&reader, &batch))
        model_apply(p->screen, &batch);
    assert_false(reader.in.failed);
    batch_finish(&batch);
    packer_clear(&p->unread);
    run_begin(&p->unread);
}

static void close_pair_batch(struct pair *p, int64_t elapsed)
{
    p->wall += elapsed;
    run_add_batch(&p->unread, ingest_close(p->ingest, p->wall, elapsed));
}

static void reload_both(struct pair *p)
{
    uint32_t variant = dice(8);
    struct plant *ours = plant_of_reload(variant), *theirs = plant_of_reload(variant);
    if (ingest_pending(p->ingest))
        close_pair_batch(p, 0);
    model_configure(p->collector, ours);
    ingest_configure(p->ingest, ours, "works.cfg");
    catch_up(p);
    model_configure(p->screen, theirs);
    plant_destroy(p->ours);
    plant_destroy(p->theirs);
    p->ours = ours;
    p->theirs = theirs;
}

static void say_anything(struct pair *p)
{
    static const char *const topics[] = {"oven/temp", "other/one", "other/two", "other/\x01three", "$SYS/x"};
    static const char *const payloads[] = {"1", "21.5", "1e308", "-1e308", "nan", "{\"a\": 1, \"b\": \"text\", \"ts\": 1718178720}", "{\"a\": [1, 2, 1e999]}", "{", "", "on",
        "{\"value\": 3, \"timestamp_ms\": 1718178721000, \"quality\": 0}"};
    const char *topic = topics[dice(5)], *payload = payloads[dice(11)];
    ingest_message(p->ingest, &(struct message){.retained = dice(6) == 0, .topic = topic, .topic_length = strlen(topic), .payload = payload,
        .payload_length = strlen(payload), .arrival_ms = p->wall + dice(100)});
}

static void sample_anything(struct pair *p)
{
    uint32_t tag = dice((uint32_t)p->ours->tag_count);
    static const double numbers[] = {1e308, -1e308, 0, -0.0, 0.1, 1e-300};
    struct value v = dice(4) ? value_int(dice(19)) : value_real(numbers[dice(6)]);
    ingest_record(p->ingest, (struct record){.kind = RECORD_SAMPLE, .series = model_tag(p->collector, tag)->series, .time_ms = p->wall - dice(300), .value = v,
        .quality = dice(20) ? QUALITY_GOOD : QUALITY_BAD, .flags = (uint8_t)(dice(16))}, NULL, NULL);
}

static void happen(struct pair *p)
{
    static const uint8_t kinds[] = {RECORD_BIRTH, RECORD_DEATH, RECORD_GAP, RECORD_CLOCK};
    uint8_t kind = kinds[dice(4)];
    int64_t span = kind == RECORD_CLOCK ? (int64_t)dice(7200000) - 3600000 : dice(5000);
    if (kind == RECORD_CLOCK)
        p->wall += span;
    ingest_record(p->ingest, (struct record){.kind = kind, .time_ms = p->wall, .value = value_int(span)}, "broker:main", "why");
}

static void a_screen_that_follows_holds_the_same_bytes(void **state)
{
    (void)state;
    for (uint64_t stream = 1; stream <= STREAMS; stream++) {
        struct pair p = {.ours = works_plant(), .theirs = works_plant(), .wall = T0};
        seed = stream;
        p.collector = model_create(p.ours);
        p.ingest = ingest_create(p.ours, p.collector);
        packer_init(&p.unread);
        resync(&p);
        for (int b = 0; b < BATCHES; b++) {
            for (uint32_t n = dice(4); n > 0; n--)
                dice(2) ? say_anything(&p) : sample_anything(&p);
            if (dice(25) == 0)
                happen(&p);
            close_pair_batch(&p, (dice(4) ? dice(20) : dice(300)) * BATCH_GRID_MS);
            if (dice(40) == 0)
                reload_both(&p);
            if (dice(30) == 0)
                resync(&p); /* it fell too far behind */
            else if (dice(3))
                catch_up(&p);
            if (p.unread.count == 6) /* nothing but a run's head: both are at the same batch */
                assert_same_state(p.collector, p.screen);
        }
        ingest_destroy(p.ingest);
        model_destroy(p.collector);
        model_destroy(p.screen);
        packer_finish(&p.unread);
        plant_destroy(p.ours);
        plant_destroy(p.theirs);
    }
}

/* Every byte that is cut off or changed is refused or read, but never crashes; the checksum is made right on purpose. */
static void a_damaged_save_is_refused_without_harm(void **state)
{
    (void)state;
    struct works w;
    struct packer p, q;
    works_open(&w);
    play(&w, 3, false, NULL);
    packer_init(&p);
    model_save(w.model, &p);
    seed = 99;
    for (int n = 0; n < 2000; n++) {
        packer_init(&q);
        pack_bytes(&q, p.bytes, p.count - 8);
        q.bytes[6 + dice((uint32_t)q.count - 6)] ^= (uint8_t)(1 + dice(255));
        run_end(&q);
        model_destroy(model_load(w.plant, q.bytes, q.count, NULL));
        packer_finish(&q);
    }
    packer_finish(&p);
    works_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(one_step_and_a_thousand_give_the_same_state),
        CASE(a_batch_that_is_ordered_twice_is_folded_as_one_that_is_ordered_once),
        CASE(a_loaded_state_goes_on_as_the_one_that_was_saved),
        CASE(an_equal_configuration_changes_nothing),
        CASE(a_screen_that_follows_holds_the_same_bytes),
        CASE(a_damaged_save_is_refused_without_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
