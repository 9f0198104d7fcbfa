/*
 * 10,000 alarms, of which 1,000 are raised in one second and chatter for a minute: every transition is told once, and the list is right.
 */
#include "check.h"

#include "core/memory.h"
#include "many_alarms.h"

enum { SHOWER = 1000, CHATTER_S = 60 };

struct heard { uint32_t raised[MANY], cleared[MANY], total; uint64_t last; };

static void hear(struct heard *heard, const struct model *model)
{
    const struct outcomes *o = model_outcomes(model);
    for (size_t e = 0; e < o->event_count; e++) {
        const struct event *event = &o->events[e];
        assert_int_equal(event->number, heard->last + 1);
        heard->last = event->number;
        if (event->kind != EVENT_ALARM)
            continue;
        uint32_t alarm = model_find_alarm(model, event->path);
        assert_true(alarm < SHOWER);
        heard->raised[alarm] += event->alarm.event == ALARM_RAISED;
        heard->cleared[alarm] += event->alarm.event == ALARM_CLEARED;
        heard->total++;
    }
}

/* Is exactly each of the first `count` listed? */
static void assert_listed(const struct model *model, size_t count)
{
    size_t listed;
    const uint32_t *list = model_alarms_listed(model, &listed);
    bool *seen = mem_zero(MANY, sizeof *seen);
    assert_int_equal(listed, count);
    for (size_t l = 0; l < listed; l++) {
        assert_true(list[l] < count && !seen[list[l]]);
        seen[list[l]] = true;
    }
    free(seen);
}

static void a_shower_of_alarms_is_told_completely(void **state)
{
    (void)state;
    struct plant *plant = many_plant(true);
    struct model *model = model_create(plant);
    struct heard *heard = mem_zero(1, sizeof *heard);
    struct batch batch;
    int64_t ms = 100, since;
    batch_init(&batch);
    many_names(plant, &batch);
    for (uint32_t t = 0; t < MANY; t++)
        many_say(&batch, t, ms, 50);
    many_apply(model, &batch, ms);
    for (uint32_t t = 0; t < SHOWER; t++) { /* a tenth in each tenth of a second */
        many_say(&batch, t, ms, 90);
        if (t % (SHOWER / 10) == SHOWER / 10 - 1) {
            many_apply(model, &batch, ms += 100);
            hear(heard, model);
        }
    }
    assert_listed(model, SHOWER);
    assert_int_equal(model_alarm_counts(model)->unacked[2], SHOWER);
    assert_int_equal(model_alarm_counts(model)->sounding, SHOWER);
    for (int s = 0; s < 2 * CHATTER_S; s++) {
        for (uint32_t t = 0; t < SHOWER; t++)
            many_say(&batch, t, ms, s % 2 ? 90 : 50);
        many_apply(model, &batch, ms += 500);
        hear(heard, model);
        assert_int_equal(model_alarm_counts(model)->unacked[0], SHOWER); /* returned or not, nobody has acknowledged them */
        assert_int_equal(model_alarm_counts(model)->returned, s % 2 ? 0 : SHOWER);
    }
    assert_listed(model, SHOWER);
    for (uint32_t a = 0; a < SHOWER; a++) {
        assert_int_equal(heard->raised[a], 1 + CHATTER_S);
        assert_int_equal(heard->cleared[a], CHATTER_S);
    }
    assert_int_equal(heard->total, SHOWER * (1 + 2 * CHATTER_S));
    assert_int_equal(model_alarm_raises(model, 0, &since), SHOWER * (1 + CHATTER_S));
    assert_int_equal(since, MANY_T0 + 200); /* with the eleventh */
    batch_finish(&batch);
    free(heard);
    model_destroy(model);
    plant_destroy(plant);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_shower_of_alarms_is_told_completely),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
