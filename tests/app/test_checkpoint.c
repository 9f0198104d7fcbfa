/* When the collector hands the state of its fold to the store: as much lies between two as may be folded anew for a moment. */
#include "check.h"

#include <stdio.h>

#include "app/collector_parts.h"
#include "core/plant_build.h"

enum { TAGS_MOST = 2000, IN_A_BATCH = 1000 };

static char names[TAGS_MOST][16];

static struct plant *plant_of(uint32_t tags)
{
    struct plant_build b;
    plant_build_init(&b);
    uint32_t line = plant_add_node(&b, NO_NODE, (struct node){.level = LEVEL_LINE, .name = "l1"});
    for (uint32_t t = 0; t < tags; t++) {
        snprintf(names[t], sizeof names[t], "t%u", (unsigned)t);
        plant_add_tag(&b, line, plant_add_def(&b, (struct tag_def){.name = names[t], .interval_ms = 1000}));
    }
    return plant_build_finish(&b);
}

/* Folds so many samples of the first tag, a batch every so many milliseconds. */
static void fold(struct model *model, struct batch *batch, uint64_t samples, int64_t step_ms)
{
    char key[KEY_BYTES];
    size_t length = plant_tag_key(model_plant(model), 0, key, sizeof key);
    for (uint64_t done = 0; done < samples; done += IN_A_BATCH) {
        uint64_t count = samples - done < IN_A_BATCH ? samples - done : IN_A_BATCH;
        batch_clear(batch);
        batch->seq++;
        batch->wall_ms += step_ms;
        batch->elapsed_ms = step_ms;
        if (batch->seq == 1)
            batch_add(batch, (struct record){.kind = RECORD_SERIES, .series = 1, .text = batch_text(batch, key, length)});
        for (uint64_t i = 0; i < count; i++)
            batch_add(batch, (struct record){.kind = RECORD_SAMPLE, .series = 1, .time_ms = batch->wall_ms, .value = value_int((int64_t)i), .quality = QUALITY_GOOD, .flags = SAMPLE_SOURCE_TIME});
        model_apply(model, batch);
    }
}

/* So many samples after the last one, is it due? */
static void expect(uint32_t tags, uint64_t samples, int64_t step_ms, bool due)
{
    struct plant *plant = plant_of(tags);
    struct model *model = model_create(plant);
    struct batch batch;
    batch_init(&batch);
    batch.wall_ms = INT64_C(1700000000000);
    fold(model, &batch, 3 * IN_A_BATCH, 100);
    struct cache cache = {.checkpoint_elapsed = model_elapsed(model), .checkpoint_samples = model_samples(model)};
    fold(model, &batch, samples, step_ms);
    assert_int_equal(model_samples(model), cache.checkpoint_samples + samples);
    assert_int_equal(cache_checkpoint_due(&cache, model), due);
    cache.checkpoint_due = true;
    assert_true(cache_checkpoint_due(&cache, model));
    batch_finish(&batch);
    model_destroy(model);
    plant_destroy(plant);
}

static void after_a_quarter_of_an_hour(void **state)
{
    (void)state;
    expect(1, 8 * IN_A_BATCH, 112500, true);
    expect(1, 8 * IN_A_BATCH, 112499, false);
}

static void after_450000_samples(void **state)
{
    (void)state;
    expect(1, 450000, 100, true);
    expect(1, 449999, 100, false);
    expect(1000, 450000, 100, true);
}

/* A checkpoint holds every tag: with more of them as many more samples lie between. */
static void after_450_a_tag_of_many(void **state)
{
    (void)state;
    expect(2000, 899999, 100, false);
    expect(2000, 900000, 100, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {CASE(after_a_quarter_of_an_hour), CASE(after_450000_samples), CASE(after_450_a_tag_of_many)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
