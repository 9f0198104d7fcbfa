#include "tests/check.h"

#include "core/memory.h"
#include "sim/sim_dialect.h"

#define START INT64_C(1718073720000)

/* A plant in a dialect: the messages, one a line ("topic payload\n"), and its key. */
struct row { char topic[256], path[160], device[96], name[96], type[32], plain[300]; enum tag_kind kind; enum tag_role role; };

struct spoken {
    struct sim_dialect *dialect;
    char *text;
    size_t length, capacity, messages, key_count, key_capacity;
    struct row *key;
};

static void keep_message(void *arg, const struct sim_message *m)
{
    struct spoken *s = arg;
    size_t topic = strlen(m->topic), more = topic + m->payload_length + 2;
    assert_int_equal(strlen(m->payload), m->payload_length);
    while (s->length + more + 1 > s->capacity)
        s->text = mem_resize(s->text, s->capacity = (s->capacity + more) * 2, 1);
    s->length += (size_t)snprintf(s->text + s->length, s->capacity - s->length, "%s %s\n", m->topic, m->payload);
    s->messages++;
}

static void through(void *arg, const struct sim_message *m)
{
    sim_dialect_message(((struct spoken *)arg)->dialect, m);
}

static void keep_key(void *arg, const struct sim_key *k)
{
    struct spoken *s = arg;
    s->key = mem_grow(s->key, s->key_count, &s->key_capacity, sizeof *s->key);
    struct row *row = &s->key[s->key_count++];
    *row = (struct row){.kind = k->was.kind, .role = k->was.role};
    snprintf(row->topic, sizeof row->topic, "%s", k->topic);
    snprintf(row->path, sizeof row->path, "%s", k->path);
    snprintf(row->device, sizeof row->device, "%s", k->device);
    snprintf(row->name, sizeof row->name, "%s", k->name);
    snprintf(row->type, sizeof row->type, "%s", k->was.type);
    snprintf(row->plain, sizeof row->plain, "%s %s", k->was.topic, k->was.path);
}

static struct spoken speak(const char *industry, const char *name, int64_t length_ms, int64_t step_ms)
{
    struct error err;
    struct spoken s = {.text = mem_zero(64, 1), .capacity = 64};
    struct sim *sim = sim_create(&(struct sim_options){.industry = industry, .seed = 1, .start_ms = START}, &err);
    assert_non_null(sim);
    const struct sim_sink to = {.message = keep_message, .arg = &s}, from = {.message = through, .arg = &s};
    s.dialect = sim_dialect_create(name, sim, &to);
    for (int64_t t = 0; t <= length_ms; t += step_ms) {
        sim_step(sim, START + t, &from);
        sim_dialect_flush(s.dialect);
    }
    sim_dialect_key(s.dialect, keep_key, &s);
    sim_dialect_destroy(s.dialect);
    sim_destroy(sim);
    return s;
}

static void forget(struct spoken *s)
{
    free(s->text);
    free(s->key);
}

static bool says(const struct spoken *s, const char *piece)
{
    if (strstr(s->text, piece))
        return true;
    fprintf(stderr, "not said: %s\n", piece);
    return false;
}

/* Each of them once, so that a key is an answer. */
static void a_key_names_each_value_once(void **state)
{
    (void)state;
    for (size_t i = 0; i < sim_industry_count; i++) {
        const struct sim_dialect_row *row;
        for (size_t d = 0; (row = sim_dialect_at(d)) != NULL; d++) {
            struct spoken s = speak(sim_industries[i].name, row->name, 0, 1000);
            assert_true(s.key_count > 300);
            for (size_t a = 0; a < s.key_count; a++)
                for (size_t b = a + 1; b < s.key_count; b++)
                    if (strcmp(s.key[a].topic, s.key[b].topic) == 0 && strcmp(s.key[a].path, s.key[b].path) == 0 && strcmp(s.key[a].device, s.key[b].device) == 0 &&
                        strcmp(s.key[a].name, s.key[b].name) == 0)
                        fail_msg("%s in %s: %s %s %s %s is %s and %s", sim_industries[i].name, row->name, s.key[a].topic, s.key[a].path, s.key[a].device, s.key[a].name, s.key[a].plain,
                            s.key[b].plain);
            forget(&s);
        }
    }
}

/* Within eight seconds something was said of each, but defects that did not happen. Of the first plant in all dialects, of the others in three. */
static void everything_in_the_key_is_said(void **state)
{
    (void)state;
    for (size_t i = 0; i < sim_industry_count; i++) {
        const struct sim_dialect_row *row;
        for (size_t d = 0; (row = sim_dialect_at(d)) != NULL; d++) {
            if (i > 0 && d % 3 != 1)
                continue;
            struct spoken s = speak(sim_industries[i].name, row->name, 8000, 1000);
            char piece[400];
            for (size_t k = 0; k < s.key_count; k++) {
                const char *slash = strrchr(s.key[k].path, '/');
                snprintf(piece, sizeof piece, "%s%s", s.key[k].topic, s.key[k].path[0] ? " {" : " ");
                if (s.key[k].role != ROLE_DEFECT && !says(&s, piece))
                    fail_msg("%s in %s says nothing of %s", sim_industries[i].name, row->name, s.key[k].plain);
                snprintf(piece, sizeof piece, "\"%s\":", slash ? slash + 1 : "");
                assert_true(!slash || s.key[k].role == ROLE_DEFECT || says(&s, piece));
            }
            forget(&s);
        }
    }
}

/* One machine's material temperature, its state, and its line's order. */
static void each_dialect_has_its_form(void **state)
{
    (void)state;
    static const struct { const char *dialect, *pieces[3]; } cases[] = {
        {"plain", {"plant/foaming/cabinet/f2/telemetry {\"ts\":1718073720", "\"t\":{\"mat\":", "plant/foaming/cabinet/order MO-40"}},
        {"uns", {"Enterprise/Shenyang/Foaming/Cabinet/F2/MaterialTemp {\"timestamp_ms\":1718073720", "Foaming/Cabinet/F2/State {\"timestamp_ms\":17180737", "Cabinet/Order {\"timestamp_ms\":1718073720000,\"value\":\"MO-40"}},
        {"flat", {"plant/cabinet_f2/material_temp 2", "plant/cabinet_f2/state 1\n", "plant/cabinet/order MO-40"}},
        {"vendor", {"SPS/Schaeumen/Temp_Material/Vorrichtung0502 2", "SPS/Schaeumen/Zustand/Vorrichtung0502 1\n", "SPS/Schaeumen/Auftrag/Linie05 MO-40"}},
        {"object", {"factory/foaming/cabinet/f2 {\"timestamp\":171807372", ",\"material_temp\":2", "factory/foaming/cabinet {\"timestamp\":1718073720000,\"crew\":\""}},
        {"dev-tag", {"scada/foaming {\"dev\":\"cabinet_f2\",\"tag\":\"material_temp\",\"val\":2", "\"tag\":\"state\",\"val\":1,\"ts\":17", "scada/foaming {\"dev\":\"cabinet\",\"tag\":\"order\",\"val\":\"MO-40"}},
        {"kepware", {"iotgateway {\"timestamp\":171807372", "{\"id\":\"Cabinet.F2.MaterialTemp\",\"v\":2", "{\"id\":\"Cabinet.Order\",\"v\":\"MO-40"}},
        {"neuron", {"neuron/shenyang {\"node\":\"cabinet_f2\",\"group\":\"default\",\"timestamp\":171807372", "\"material_temp\":2", "},\"errors\":{}}\n"}},
        {"gateway", {"v1/gateway/telemetry {\"", "\"cabinet_f2\":[{\"ts\":171807372", "}}],\""}},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        struct spoken s = speak("appliance", cases[c].dialect, 3000, 1000);
        for (size_t p = 0; p < 3; p++)
            if (!says(&s, cases[c].pieces[p]))
                fail_msg("in %s", cases[c].dialect);
        assert_true(says(&s, "building/hall2/temperature 2")); /* strangers stay what they are */
        forget(&s);
    }
}

static void a_dialect_is_the_same_in_any_steps(void **state)
{
    (void)state;
    const struct sim_dialect_row *row;
    for (size_t d = 0; (row = sim_dialect_at(d)) != NULL; d++) {
        struct spoken one = speak("steel", row->name, 10000, 10000), many = speak("steel", row->name, 10000, 50);
        assert_int_equal(one.messages, many.messages);
        assert_string_equal(one.text, many.text);
        forget(&one);
        forget(&many);
    }
}

/* What is no number comes when it changes, where it has a topic of its own. */
static void texts_come_when_they_change(void **state)
{
    (void)state;
    struct spoken s = speak("appliance", "flat", 60000, 1000);
    size_t products = 0, temperatures = 0;
    for (const char *at = s.text; (at = strstr(at, "plant/cabinet/product ")) != NULL; at++)
        products++;
    for (const char *at = s.text; (at = strstr(at, "plant/cabinet_f2/material_temp ")) != NULL; at++)
        temperatures++;
    assert_int_equal(products, 1);
    assert_in_range(temperatures, 60, 64);
    forget(&s);
}

static void an_unknown_dialect_names_all(void **state)
{
    (void)state;
    struct error err;
    assert_false(sim_dialect_named("klingon", &err));
    assert_string_equal(err.text, "no dialect is named \"klingon\"; there are plain, uns, flat, vendor, object, dev-tag, kepware, neuron, gateway");
    assert_true(sim_dialect_named("uns", &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_key_names_each_value_once), CASE(everything_in_the_key_is_said), CASE(each_dialect_has_its_form), CASE(a_dialect_is_the_same_in_any_steps),
        CASE(texts_come_when_they_change), CASE(an_unknown_dialect_names_all),
    };
    return cmocka_run_group_tests_name("sim_dialect", tests, NULL, NULL);
}
