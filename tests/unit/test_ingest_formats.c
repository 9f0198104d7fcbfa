#include "check.h"

#include "core/envelope.h"
#include "core/ingest.h"
#include "core/plant_build.h"
#include "core/value_form.h"

#define T0 INT64_C(1718178720000) /* 2024-06-12 07:52:00 UTC */

static const struct value_code broken[] = {{NULL, 32767}};
static const struct value_form bit = {.mask = 4, .bit = true}, step = {.mask = 0xF0}, probe = {.invalid = broken, .invalid_count = 1};

/* A press whose one word holds a bit and a step, with a probe beside them; and a tank whose level an Industrial Edge item feeds, which another message names. */
static struct plant *desk_plant(void)
{
    static const char *const names[] = {"door", "step", "probe", "level"};
    static const struct value_form *const forms[] = {&bit, &step, &probe, NULL};
    struct plant_build b;
    uint32_t tags[4];
    plant_build_init(&b);
    plant_add_broker(&b, (struct plant_broker){.name = "main", .url = "mqtt://127.0.0.1", .version = 5});
    uint32_t site = plant_add_node(&b, NO_NODE, (struct node){.level = LEVEL_SITE, .name = "works"});
    for (size_t t = 0; t < 4; t++)
        tags[t] = plant_add_tag(&b, site, plant_add_def(&b, (struct tag_def){.name = names[t], .kind = t == 0 ? KIND_BOOL : KIND_VALUE, .scale = t == 2 ? 0.1 : 1, .form = forms[t]}));
    plant_add_binding(&b, (struct plant_binding){.topic = "press", .broker = 0, .format = FORMAT_JSON, .time_path = "",
        .fields = (struct plant_field[]){{"/w", tags[0]}, {"/w", tags[1]}, {"/p", tags[2]}}, .field_count = 3});
    plant_add_binding(&b, (struct plant_binding){.topic = "data/tank", .broker = 0, .format = FORMAT_JSON, .time_path = "", .envelope = &envelope_by_name("industrial-edge")->shape,
        .fields = (struct plant_field[]){{"/level", tags[3]}}, .field_count = 1});
    return plant_build_finish(&b);
}

struct desk {
    struct plant *plant;
    struct model *model;
    struct ingest *ingest;
};

static void says(struct desk *d, const char *topic, const char *payload)
{
    static int64_t now = T0;
    ingest_message(d->ingest, &(struct message){.topic = topic, .topic_length = strlen(topic), .payload = payload, .payload_length = strlen(payload), .arrival_ms = now});
    now += 100;
    ingest_close(d->ingest, now, 100);
}

static void desk_open(struct desk *d)
{
    d->plant = desk_plant();
    d->model = model_create(d->plant);
    d->ingest = ingest_create(d->plant, d->model);
}

static void desk_close(struct desk *d)
{
    ingest_destroy(d->ingest);
    model_destroy(d->model);
    plant_destroy(d->plant);
}

static const struct tag *tag_of(const struct desk *d, const char *key)
{
    uint32_t tag = model_find(d->model, key);
    assert_int_not_equal(tag, NO_TAG);
    return model_tag(d->model, tag);
}

static void tags_share_the_bits_of_a_word(void **state)
{
    (void)state;
    struct desk d;
    double number = 0;
    desk_open(&d);
    says(&d, "press", "{\"w\":53,\"p\":215}");
    assert_true(tag_of(&d, "works/door")->value.kind == VALUE_BOOL && tag_of(&d, "works/door")->value.b);
    assert_true(value_number(tag_of(&d, "works/step")->value, &number));
    assert_near(number, 3, 0);
    assert_true(value_number(tag_of(&d, "works/probe")->value, &number));
    assert_near(number, 21.5, 1e-9);
    says(&d, "press", "{\"w\":1.5,\"p\":32767}");
    assert_int_equal(model_drops(d.model, DROP_WRONG_TYPE)->count, 2);
    assert_int_equal(tag_of(&d, "works/probe")->value.kind, VALUE_NULL);
    assert_int_equal(tag_of(&d, "works/probe")->quality, QUALITY_BAD);
    desk_close(&d);
}

static void names_that_were_told_outlive_a_reload(void **state)
{
    (void)state;
    struct desk d;
    double number = 0;
    desk_open(&d);
    says(&d, "data/tank", "{\"seq\":1,\"vals\":[{\"id\":\"7\",\"val\":1,\"qc\":3}]}");
    assert_int_equal(model_drops(d.model, DROP_NAME_UNKNOWN)->count, 1);
    says(&d, "meta", "{\"connections\":[{\"dataPoints\":[{\"topic\":\"data/tank\",\"dataPointDefinitions\":[{\"id\":\"7\",\"name\":\"level\"}]}]}]}");
    assert_int_equal(model_discovered(d.model), 0);
    struct plant *next = desk_plant();
    model_configure(d.model, next);
    ingest_configure(d.ingest, next, "next");
    plant_destroy(d.plant);
    d.plant = next;
    says(&d, "data/tank", "{\"seq\":2,\"vals\":[{\"id\":\"7\",\"val\":80.5,\"qc\":3}]}");
    assert_true(value_number(tag_of(&d, "works/level")->value, &number));
    assert_near(number, 80.5, 0);
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {CASE(tags_share_the_bits_of_a_word), CASE(names_that_were_told_outlive_a_reload)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
