/*
 * Properties of the fold over random streams: one step or a thousand give the same state; a state that is saved and loaded
 * goes on as the one that was not; a swap to an equal configuration changes nothing.
 */
#include "check.h"

#include "model_fixture.h"

enum { STREAMS = 40, BATCHES = 300 };

static uint64_t seed;

static uint32_t dice(uint32_t sides)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % sides;
}

static const char *const keys[] = {PRESS "/state", PRESS "/temp", PRESS "/good", PRESS "/reason", ROBOT "/good", OVEN "/state", OVEN "/temp"};

static void add_random_sample(struct works *w)
{
    const char *key = keys[dice(7)];
    struct value v = strstr(key, "state") ? value_int(dice(19)) : strstr(key, "good") ? value_int(dice(3) ? w->now / 2000 : dice(50)) :
        strstr(key, "reason") ? value_text(batch_text(&w->batch, dice(2) ? "F2 high" : "ok all", 2)) : value_real(dice(1000) / 10.0);
    struct record *r = put(w, key, v);
    r->time_ms -= dice(400);
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

static void compare(bool chop, void (*between)(struct works *))
{
    for (uint64_t stream = 1; stream <= STREAMS; stream++) {
        struct works plain, other;
        works_open(&plain);
        works_open(&other);
        play(&plain, stream, false, NULL);
        play(&other, stream, chop, between);
        assert_same_state(plain.model, other.model);
        works_close(&plain);
        works_close(&other);
    }
}

static void one_step_and_a_thousand_give_the_same_state(void **state)
{
    (void)state;
    compare(true, NULL);
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
        CASE(a_loaded_state_goes_on_as_the_one_that_was_saved),
        CASE(an_equal_configuration_changes_nothing),
        CASE(a_damaged_save_is_refused_without_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
