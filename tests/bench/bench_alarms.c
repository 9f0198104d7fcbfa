/*
 * What alarms cost the fold: CPU a sample of 10,000 tags with a group of two limits on each and with none, and the time of a batch while 1,000
 * of the alarms are raised in a second and chatter for a minute. Prints; tests nothing.
 */
#include <stdio.h>
#include <time.h>

#include "core/alarm.h"
#include "unit/many_alarms.h"

enum { SECONDS = 60, SAMPLES_A_BATCH = 2000, SHOWER = 1000, ROUNDS = 3 };

static double cpu_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* 20,000 samples a second, every tag twice, in batches of a tenth of a second; microseconds a sample. */
static double calm(bool alarms)
{
    struct plant *plant = many_plant(alarms);
    struct model *model = model_create(plant);
    struct batch batch;
    double spent = 0;
    int64_t ms = 0;
    batch_init(&batch);
    many_names(plant, &batch);
    many_apply(model, &batch, ms += 100);
    for (uint32_t b = 0; b < 10 * SECONDS; b++) {
        for (uint32_t s = 0; s < SAMPLES_A_BATCH; s++)
            many_say(&batch, (b * SAMPLES_A_BATCH + s) * 7 % MANY, ms, 50 + (double)((b + s) % 300) / 10);
        double before = cpu_us();
        many_apply(model, &batch, ms += 100);
        spent += cpu_us() - before;
    }
    batch_finish(&batch);
    model_destroy(model);
    plant_destroy(plant);
    return spent / (10.0 * SECONDS * SAMPLES_A_BATCH);
}

static void shower(void)
{
    struct plant *plant = many_plant(true);
    struct model *model = model_create(plant);
    struct batch batch;
    double worst = 0, spent = 0, frame = 0;
    int64_t ms = 0;
    size_t batches = 0;
    batch_init(&batch);
    many_names(plant, &batch);
    many_apply(model, &batch, ms += 100);
    for (uint32_t b = 0; b < 10 * SECONDS; b++, batches++) {
        for (uint32_t t = 0; t < SHOWER / 5; t++) /* each turns twice a second */
            many_say(&batch, (b * (SHOWER / 5) + t) % SHOWER, ms, b / 5 % 2 ? 50 : 90);
        double before = cpu_us(), took;
        many_apply(model, &batch, ms += 100);
        took = cpu_us() - before;
        before = cpu_us();
        model_alarm_worst(model);
        frame += cpu_us() - before;
        spent += took;
        worst = took > worst ? took : worst;
    }
    size_t listed;
    model_alarms_listed(model, &listed);
    printf("shower     %6.0f us CPU a batch of 200 transitions, %.0f the worst; %.0f us to find the worst of %zu listed\n", spent / (double)batches, worst, frame / (double)batches, listed);
    batch_finish(&batch);
    model_destroy(model);
    plant_destroy(plant);
}

int main(void)
{
    double without = 1e9, with = 1e9;
    for (int round = 0; round < ROUNDS; round++) { /* the least of each: what is above it, something else did */
        double a = calm(false), b = calm(true);
        without = a < without ? a : without;
        with = b < with ? b : with;
    }
    printf("fold       %6.3f us CPU a sample without alarms, %.3f with %d of them: %.3f more\n", without, with, MANY, with - without);
    shower();
    return 0;
}
