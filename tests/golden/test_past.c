/* The row that says that this is not now: in every size, in every state, in ASCII too. */
#include "fixture.h"

#include "check.h"

enum { MINUTE = 60000, HOUR = 3600000, DAY = 86400000 };

static const struct { int w, h; } sizes[] = {{80, 24}, {40, 12}, {200, 60}, {30, 8}};

static void at_every_size(struct fixture *f, const char *name, const struct past_scene *travel)
{
    f->scene.travel = travel;
    f->scene.past = travel->arrived;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        fixture_golden(f, name, sizes[i].w, sizes[i].h, NULL);
}

static struct past_scene days_ago(const struct fixture *f)
{
    return (struct past_scene){.target_ms = f->now_ms, .live_ms = f->now_ms + 4 * (int64_t)DAY + 7 * (int64_t)HOUR, .arrived = true, .said = ""};
}

static void the_past_is_said_in_every_size(void **state)
{
    (void)state;
    struct fixture f;
    fixture_appliance(&f);
    fixture_open(&f, "overview");
    struct past_scene travel = days_ago(&f);
    at_every_size(&f, "past", &travel);
    f.tier = TIER_ASCII;
    fixture_golden(&f, "past-ascii", 80, 24, NULL);
    fixture_finish(&f);
}

static void what_is_under_way_is_said(void **state)
{
    (void)state;
    struct fixture f;
    fixture_appliance(&f);
    fixture_open(&f, "line");
    struct past_scene travel = days_ago(&f);
    travel.speed = 10;
    at_every_size(&f, "past-playing", &travel);
    travel.target_ms -= 20 * MINUTE;
    travel.loading = true;
    at_every_size(&f, "past-loading", &travel);
    travel.arrived = false;
    at_every_size(&f, "past-leaving", &travel);
    fixture_finish(&f);
}

static void what_is_old_or_broken_in_it_is_said(void **state)
{
    (void)state;
    struct fixture f;
    fixture_appliance(&f);
    fixture_open(&f, "tags");
    struct past_scene travel = days_ago(&f);
    travel.target_ms += 22 * MINUTE;
    travel.said = "its configuration cannot be read: today's is used";
    f.scene.read_only = true;
    at_every_size(&f, "past-partial", &travel);
    fixture_finish(&f);
}

/* A process is only known as it is now, and says so; the links are those of then. */
static void the_health_of_the_process_is_marked(void **state)
{
    (void)state;
    struct fixture f;
    fixture_appliance(&f);
    fixture_open(&f, "health");
    struct past_scene travel = days_ago(&f);
    at_every_size(&f, "past-health", &travel);
    fixture_finish(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_past_is_said_in_every_size), CASE(what_is_under_way_is_said), CASE(what_is_old_or_broken_in_it_is_said),
        CASE(the_health_of_the_process_is_marked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
