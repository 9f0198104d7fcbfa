/*
 * Feeds bytes as the inside of a run: header and checksum are made right, so that everything behind them is reached. What
 * reads as batches must fold, and pack again to batches that read the same.
 */
#include <stdlib.h>
#include <string.h>

#include "core/health.h"
#include "core/model.h"
#include "core/plant_build.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct plant *small_plant(void)
{
    struct plant_build b;
    plant_build_init(&b);
    plant_add_broker(&b, (struct plant_broker){.name = "main", .url = "mqtt://127.0.0.1", .version = 5});
    uint32_t site = plant_add_node(&b, NO_NODE, (struct node){.level = LEVEL_SITE, .name = "s"});
    uint32_t line = plant_add_node(&b, site, (struct node){.level = LEVEL_LINE, .name = "l", .ideal_cycle_s = 1, .silent_after_ms = 5000});
    plant_add_tag(&b, line, plant_add_def(&b, (struct tag_def){.name = "state", .kind = KIND_STATE}));
    plant_add_tag(&b, line, plant_add_def(&b, (struct tag_def){.name = "good", .kind = KIND_COUNTER, .modulus = 65536}));
    plant_add_tag(&b, line, plant_add_def(&b, (struct tag_def){.name = "t", .interval_ms = 1000}));
    return plant_build_finish(&b);
}

static void pack_again(const struct batch *batch)
{
    struct packer p;
    struct run_reader reader;
    struct batch back;
    packer_init(&p);
    batch_init(&back);
    run_begin(&p);
    run_add_batch(&p, batch);
    run_end(&p);
    if (!run_open(&reader, p.bytes, p.count, NULL) || !run_next_batch(&reader, &back) || back.count != batch->count)
        abort();
    batch_finish(&back);
    packer_finish(&p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct plant *plant = small_plant();
    struct model *model = model_create(plant);
    struct packer run;
    struct run_reader reader;
    struct batch batch;
    packer_init(&run);
    batch_init(&batch);
    run_begin(&run);
    pack_bytes(&run, data, size);
    run_end(&run);
    if (!run_open(&reader, run.bytes, run.count, NULL))
        abort();
    for (int most = 0; most < 64 && run_next_batch(&reader, &batch); most++) {
        model_apply(model, &batch);
        pack_again(&batch);
    }
    struct model *loaded = model_load(plant, run.bytes, run.count, NULL);
    if (loaded && run_open(&reader, run.bytes, run.count, NULL))
        while (run_next_batch(&reader, &batch) && model_elapsed(loaded) < TIME_MOST_MS)
            model_apply(loaded, &batch);
    struct health health;
    health_unpack(&health, data, size);
    model_destroy(loaded);
    model_destroy(model);
    plant_destroy(plant);
    batch_finish(&batch);
    packer_finish(&run);
    return 0;
}
