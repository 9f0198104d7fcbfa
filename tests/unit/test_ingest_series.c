/*
 * The ids of series: given once, kept through reloads, renames and restarts, and told to the stream only when it does not know them.
 */
#include "check.h"

#include "core/ingest.h"
#include "core/plant_build.h"

enum { NAMES_MOST = 4 };

/* A line with one tag for each name; "new<old" was renamed. */
static struct plant *plant_of(const char *const names[NAMES_MOST])
{
    struct plant_build b;
    plant_build_init(&b);
    uint32_t site = plant_add_node(&b, NO_NODE, (struct node){.level = LEVEL_SITE, .name = "works"});
    uint32_t line = plant_add_node(&b, site, (struct node){.level = LEVEL_LINE, .name = "l1"});
    for (int n = 0; n < NAMES_MOST && names[n]; n++) {
        char name[32], was[64] = "";
        size_t length = strcspn(names[n], "<");
        snprintf(name, sizeof name, "%.*s", (int)length, names[n]);
        if (names[n][length])
            snprintf(was, sizeof was, "works/l1/%s", names[n] + length + 1);
        plant_add_tag(&b, line, plant_add_def(&b, (struct tag_def){.name = name, .kind = KIND_VALUE, .was = *was ? was : NULL}));
    }
    return plant_build_finish(&b);
}

struct desk {
    struct plant *plant;
    struct model *model;
    struct ingest *ingest;
    char told[512]; /* what the last batch told of series: "l1/temp=1 l1/oil=2" */
};

static void close_batch(struct desk *d)
{
    const struct batch *batch = ingest_close(d->ingest, 1000, 0);
    size_t used = 0;
    d->told[0] = '\0';
    for (size_t r = 0; r < batch->count; r++)
        if (batch->records[r].kind == RECORD_SERIES)
            used += (size_t)snprintf(d->told + used, sizeof d->told - used, "%s%s=%u", used ? " " : "",
                strchr(batch_text_at(batch, batch->records[r].text), '/') + 1, batch->records[r].series);
}

static void begin(struct desk *d, const struct ingest_past *past, const char *const names[NAMES_MOST])
{
    *d = (struct desk){.plant = plant_of(names)};
    d->model = model_create(d->plant);
    d->ingest = ingest_resume(d->plant, d->model, past);
    close_batch(d);
}

static void reload(struct desk *d, const char *const names[NAMES_MOST])
{
    struct plant *old = d->plant;
    d->plant = plant_of(names);
    model_configure(d->model, d->plant);
    ingest_configure(d->ingest, d->plant, "");
    close_batch(d);
    plant_destroy(old);
}

static void end(struct desk *d)
{
    ingest_destroy(d->ingest);
    model_destroy(d->model);
    plant_destroy(d->plant);
}

#define NAMES(...) (const char *const[NAMES_MOST]){__VA_ARGS__}

static void each_id_is_told_once(void **state)
{
    (void)state;
    struct desk d;
    begin(&d, NULL, NAMES("temp", "oil"));
    assert_string_equal(d.told, "l1/temp=1 l1/oil=2");
    close_batch(&d);
    assert_string_equal(d.told, "");
    reload(&d, NAMES("temp", "oil", "good"));
    assert_string_equal(d.told, "l1/good=3");
    end(&d);
}

static void a_tag_that_comes_back_gets_its_id_again(void **state)
{
    (void)state;
    struct desk d;
    begin(&d, NULL, NAMES("temp", "oil"));
    reload(&d, NAMES("temp"));
    assert_string_equal(d.told, "");
    reload(&d, NAMES("temp", "good"));
    assert_string_equal(d.told, "l1/good=3");
    reload(&d, NAMES("temp", "good", "oil"));
    assert_string_equal(d.told, "l1/oil=2");
    end(&d);
}

/* The id goes on under the new key; who takes the old key is somebody else. */
static void a_rename_takes_the_id_along(void **state)
{
    (void)state;
    struct desk d;
    begin(&d, NULL, NAMES("temp", "oil"));
    reload(&d, NAMES("heat<temp", "oil"));
    assert_string_equal(d.told, "l1/heat=1");
    reload(&d, NAMES("heat<temp", "oil", "temp"));
    assert_string_equal(d.told, "l1/temp=3");
    reload(&d, NAMES("oil"));
    reload(&d, NAMES("oil", "temp"));
    assert_string_equal(d.told, "l1/temp=3");
    end(&d);
}

static void what_was_given_out_before_counts(void **state)
{
    (void)state;
    char temp[] = "works/l1/temp", oil[] = "works/l1/oil";
    const struct series_name known[] = {{7, temp}, {4, oil}};
    struct desk d;
    begin(&d, &(struct ingest_past){.seq = 99, .series = 12, .known = known, .count = 2}, NAMES("good", "temp", "oil"));
    assert_string_equal(d.told, "l1/good=13 l1/temp=7 l1/oil=4"); /* the model lacks them, so the stream is told again */
    assert_int_equal(model_seq(d.model), 100);
    end(&d);
}

static void a_state_that_goes_on_is_told_nothing(void **state)
{
    (void)state;
    char temp[] = "works/l1/temp", oil[] = "works/l1/oil";
    struct series_name known[] = {{1, temp}, {2, oil}};
    struct desk d;
    begin(&d, NULL, NAMES("temp", "oil"));
    ingest_destroy(d.ingest);
    d.ingest = ingest_resume(d.plant, d.model, &(struct ingest_past){.seq = 1, .series = 2, .known = known, .count = 2});
    close_batch(&d);
    assert_string_equal(d.told, "");
    assert_int_equal(model_seq(d.model), 2);
    end(&d);
}

/* A damaged cache may say anything: ids beyond the bound are no ids, and two keys never get the same. */
static void nonsense_gives_no_id_twice(void **state)
{
    (void)state;
    char temp[] = "works/l1/temp", oil[] = "works/l1/oil", good[] = "works/l1/good";
    const struct series_name known[] = {{3, temp}, {3, oil}, {UINT32_MAX, good}, {0, good}};
    struct desk d;
    begin(&d, &(struct ingest_past){.known = known, .count = 4}, NAMES("temp", "oil", "good"));
    assert_string_equal(d.told, "l1/temp=3 l1/oil=4 l1/good=5");
    end(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(each_id_is_told_once),
        CASE(a_tag_that_comes_back_gets_its_id_again),
        CASE(a_rename_takes_the_id_along),
        CASE(what_was_given_out_before_counts),
        CASE(a_state_that_goes_on_is_told_nothing),
        CASE(nonsense_gives_no_id_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
