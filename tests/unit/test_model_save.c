#include "check.h"

#include "core/chunk.h"
#include "core/model.h"
#include "core/plant_build.h"

enum { TAGS = 100 };

static char names[TAGS][8];

/* One line with TAGS tags t00 .. t99. */
static struct plant *many_tags(void)
{
    struct plant_build b;
    plant_build_init(&b);
    uint32_t site = plant_add_node(&b, NO_NODE, (struct node){.level = LEVEL_SITE, .name = "works"});
    uint32_t line = plant_add_node(&b, site, (struct node){.level = LEVEL_LINE, .name = "l1"});
    for (int t = 0; t < TAGS; t++) {
        snprintf(names[t], sizeof names[t], "t%02d", t);
        plant_add_tag(&b, line, plant_add_def(&b, (struct tag_def){.name = names[t], .interval_ms = 1000}));
    }
    return plant_build_finish(&b);
}

struct feed {
    struct plant *plant;
    struct model *model;
    struct batch batch;
};

static void feed_open(struct feed *f)
{
    f->plant = many_tags();
    f->model = model_create(f->plant);
    batch_init(&f->batch);
    for (uint32_t t = 0; t < TAGS; t++) {
        char key[KEY_BYTES];
        size_t length = plant_tag_key(f->plant, t, key, sizeof key);
        batch_add(&f->batch, (struct record){.kind = RECORD_SERIES, .series = t + 1, .text = batch_text(&f->batch, key, length)});
    }
}

static void feed_close(struct feed *f)
{
    batch_finish(&f->batch);
    model_destroy(f->model);
    plant_destroy(f->plant);
}

static void add(struct feed *f, uint32_t tag, int64_t time_ms, double value)
{
    batch_add(&f->batch, (struct record){.kind = RECORD_SAMPLE, .series = tag + 1, .time_ms = time_ms, .value = value_real(value), .quality = QUALITY_GOOD});
}

static void close_batch(struct feed *f, int64_t wall_ms, int64_t elapsed_ms)
{
    f->batch.seq++;
    f->batch.wall_ms = wall_ms;
    f->batch.elapsed_ms = elapsed_ms;
    model_apply(f->model, &f->batch);
    batch_clear(&f->batch);
}

static struct packer saved(const struct model *model)
{
    struct packer p;
    packer_init(&p);
    model_save(model, &p);
    return p;
}

static void assert_comes_back(const struct feed *f)
{
    struct packer first = saved(f->model);
    struct error err;
    struct model *loaded = model_load(f->plant, first.bytes, first.count, &err);
    assert_non_null(loaded);
    struct packer second = saved(loaded);
    assert_int_equal(first.count, second.count);
    assert_memory_equal(first.bytes, second.bytes, first.count);
    for (uint32_t t = 0; t < TAGS; t++) {
        const struct ring *a = model_tag(f->model, t)->ring, *b = model_tag(loaded, t)->ring;
        assert_int_equal(a == NULL, b == NULL);
        if (!a)
            continue;
        assert_int_equal(a->head, b->head);
        for (int c = 0; c < RING_COLUMNS; c++)
            if (a->low[c] <= a->high[c]) {
                assert_memory_equal(&a->low[c], &b->low[c], sizeof a->low[c]);
                assert_memory_equal(&a->high[c], &b->high[c], sizeof a->high[c]);
            } else {
                assert_true(b->low[c] > b->high[c]);
            }
    }
    model_destroy(loaded);
    packer_finish(&first);
    packer_finish(&second);
}

static void every_ring_comes_back_bit_for_bit(void **state)
{
    (void)state;
    static const double odd[] = {0.0, -0.0, 21.37, -0.1, 1.0 / 3, 1e300, -1e300, 5e-324, 1234567.8, 16777217, 4e9, 0.000000001, 1e-20, -61.03};
    struct feed f;
    feed_open(&f);
    for (int64_t s = 0; s < 900; s++) {
        for (uint32_t t = 0; t < TAGS; t++) {
            size_t kind = t % (sizeof odd / sizeof *odd);
            if (t < 28 && (t != 5 || s < 100) && (t != 6 || s % 60 < 10)) /* one falls silent, one is seen now and then */
                add(&f, t, s * 1000, t < 14 ? odd[kind] : odd[kind] + (double)(s * 7919 % 1000) / 100);
        }
        close_batch(&f, s * 1000, 1000);
        if (s % 90 == 7)
            assert_comes_back(&f);
    }
    feed_close(&f);
}

static uint64_t seed;

static double uniform(void)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (double)(seed >> 11) / 9007199254740992.0;
}

/* Of ten tags five are process values (2 decimals), two noisy sensors (1 decimal), two counters, one a machine state. */
static double next_value(uint32_t tag, double *value)
{
    uint32_t kind = tag % 10;
    if (kind < 5)
        return *value = round((*value + (uniform() - 0.5) * 0.4) * 100) / 100;
    if (kind < 7)
        return round((*value + (uniform() - 0.5) * 2) * 10) / 10;
    if (kind < 9)
        return *value += uniform() < 0.4;
    return *value = uniform() < 0.005 ? floor(18 * uniform()) : *value;
}

static void a_hundred_tags_with_full_rings_take_less_than_8_kb(void **state)
{
    (void)state;
    struct feed f;
    double value[TAGS];
    struct packer tight;
    feed_open(&f);
    packer_init(&tight);
    seed = 1;
    for (uint32_t t = 0; t < TAGS; t++)
        value[t] = t % 10 < 7 ? 20 + 60 * uniform() : t % 10 < 9 ? floor(1e6 * uniform()) : 6;
    for (int64_t s = 0; s < 900; s++) {
        for (uint32_t t = 0; t < TAGS; t++)
            add(&f, t, INT64_C(1700000000000) + s * 1000 + (int64_t)(6 * uniform()), next_value(t, &value[t]));
        close_batch(&f, INT64_C(1700000000000) + s * 1000 + 10, 1000);
    }
    assert_comes_back(&f);
    struct packer plain = saved(f.model);
    squeeze(plain.bytes, plain.count, &tight);
    if (tight.count > 8000)
        fail_msg("%zu bytes, %zu before they are squeezed", tight.count, plain.count);
    packer_finish(&plain);
    packer_finish(&tight);
    feed_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(every_ring_comes_back_bit_for_bit),
        CASE(a_hundred_tags_with_full_rings_take_less_than_8_kb),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
