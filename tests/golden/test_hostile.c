/*
 * A plant that nobody meant to be read: very long titles, empty ones, mixed scripts, emoji, units of ten characters, numbers of
 * every size. Whatever it says, columns stay where they are and no number is shown cut.
 */
#include "fixture.h"

#include "check.h"
#include "golden.h"
#include "views/trends.h"

#define LONG_TITLE "Werk 7 \xe5\x86\xb7\xe6\xb0\xb4\xe7\xab\x99 Kühlwasserrücklaufvorwärmer Ost"
#define EMOJI "\xf0\x9f\x94\xa5\xf0\x9f\x94\xa5 oven"
#define REASON "Störung: 注料枪堵塞 \xf0\x9f\x94\xa5 clogged mixing head, call maintenance before resetting the drive"

static const struct {
    const char *name, *title, *unit;
    enum tag_kind kind;
    double value;
} tags[] = {
    {"huge", "a value beyond all measure and its title too", "kg/(m2*h*K)", KIND_SETPOINT, 1e300},
    {"tiny", "\xe5\xbe\xae", "mol/l", KIND_VALUE, -1e-9},
    {"counter", EMOJI, "pcs", KIND_COUNTER, 18446744073709549568.0},
    {"register", "energy", "kilowattho", KIND_REGISTER, 1234567.8},
    {"minus", "", "°C", KIND_VALUE, -123456.789},
    {"third", "\xe4\xb8\x89\xe5\x88\x86\xe4\xb9\x8b\xe4\xb8\x80", "", KIND_VALUE, 1.0 / 3},
};

static void add_unit(struct plant_build *b, uint32_t line, const char *name, const char *title)
{
    uint32_t unit = plant_add_node(b, line, (struct node){.level = LEVEL_UNIT, .name = name, .title = title, .ideal_cycle_s = 123456});
    plant_add_tag(b, unit, plant_add_def(b, (struct tag_def){.name = "state", .kind = KIND_STATE}));
    plant_add_tag(b, unit, plant_add_def(b, (struct tag_def){.name = "good", .kind = KIND_COUNTER}));
    plant_add_tag(b, unit, plant_add_def(b, (struct tag_def){.name = "reject", .kind = KIND_COUNTER}));
    plant_add_tag(b, unit, plant_add_def(b, (struct tag_def){.name = "cycle"}));
    plant_add_tag(b, unit, plant_add_def(b, (struct tag_def){.name = "reason", .kind = KIND_TEXT}));
    plant_add_tag(b, unit, plant_add_def(b, (struct tag_def){.name = "product", .kind = KIND_TEXT}));
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++)
        plant_add_tag(b, unit, plant_add_def(b, (struct tag_def){.name = tags[i].name, .title = tags[i].title, .unit = tags[i].unit,
            .kind = tags[i].kind, .decimals = i == 3 ? 1 : DECIMALS_AUTO, .has_range = i == 0 || i == 4, .range = {-1e9, 1e12},
            .has_normal = i == 4, .normal = {-0.000001, 1e9}}));
}

static struct plant *hostile_plant(void)
{
    struct plant_build b;
    plant_build_init(&b);
    uint32_t site = plant_add_node(&b, NO_NODE, (struct node){.level = LEVEL_SITE, .name = "site", .title = LONG_TITLE});
    uint32_t area = plant_add_node(&b, site, (struct node){.level = LEVEL_AREA, .name = "area-with-a-name-of-forty-characters-here", .title = LONG_TITLE});
    uint32_t line = plant_add_node(&b, area, (struct node){.level = LEVEL_LINE, .name = "a", .title = LONG_TITLE});
    add_unit(&b, line, "u1", LONG_TITLE);
    add_unit(&b, line, "u2", EMOJI);
    line = plant_add_node(&b, area, (struct node){.level = LEVEL_LINE, .name = "b", .title = EMOJI EMOJI EMOJI});
    plant_add_tag(&b, line, plant_add_def(&b, (struct tag_def){.name = "state", .kind = KIND_STATE})); /* it and its unit stop as one */
    add_unit(&b, line, "u3", "");
    return plant_build_finish(&b);
}

static void put(struct fixture *f, const char *unit, const char *tag, struct value value)
{
    char key[KEY_BYTES];
    snprintf(key, sizeof key, "site/area-with-a-name-of-forty-characters-here/%s/%s", unit, tag);
    fixture_put(f, key, value, QUALITY_GOOD, SAMPLE_SOURCE_TIME);
}

/* `turn`: what people set is another each time. */
static void tell(struct fixture *f, const char *unit, int state, double pieces, bool turn)
{
    char key[KEY_BYTES];
    put(f, unit, "state", value_int(state));
    put(f, unit, "good", value_real(pieces));
    put(f, unit, "reject", value_real(pieces / 7));
    put(f, unit, "cycle", value_real(98765.4321));
    snprintf(key, sizeof key, "site/area-with-a-name-of-forty-characters-here/%s/reason", unit);
    fixture_text(f, key, REASON, SAMPLE_SOURCE_TIME);
    snprintf(key, sizeof key, "site/area-with-a-name-of-forty-characters-here/%s/product", unit);
    fixture_text(f, key, turn ? LONG_TITLE : EMOJI REASON, SAMPLE_SOURCE_TIME);
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++)
        put(f, unit, tags[i].name, value_real(tags[i].kind == KIND_SETPOINT && turn ? -tags[i].value : tags[i].value));
}

static void open_hostile(struct fixture *f)
{
    enum { EXECUTE = 6, ABORTED = 9 };
    fixture_begin(f, hostile_plant(), "broker:" LONG_TITLE);
    fixture_step(f, 0);
    for (int second = 0; second <= 36000; second += 600) {
        tell(f, "a/u1", second > 30000 ? ABORTED : EXECUTE, second * 1234567.0, second / 600 % 2);
        tell(f, "a/u2", EXECUTE, second * 98.5, false);
        tell(f, "b/u3", second > 24000 && second < 27000 ? ABORTED : EXECUTE, second * 3.0, second / 600 % 2);
        put(f, "b", "state", value_int(second > 24000 && second < 27000 ? ABORTED : EXECUTE));
        fixture_step(f, second);
    }
    fixture_report(f);
}

static void nothing_that_a_plant_says_moves_a_column(void **state)
{
    (void)state;
    static const struct { int w, h; } sizes[] = {{80, 24}, {40, 12}, {200, 60}};
    struct fixture f;
    open_hostile(&f);
    for (size_t v = 0; v < view_count; v++)
        for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
            char name[64];
            snprintf(name, sizeof name, "hostile-%s", view_registry[v]->name);
            fixture_open(&f, view_registry[v]->name);
            fixture_golden(&f, name, sizes[i].w, sizes[i].h, NULL);
        }
    fixture_open(&f, "tags");
    snprintf(f.scene.focus.tag, sizeof f.scene.focus.tag, "site/area-with-a-name-of-forty-characters-here/a/u1/huge");
    fixture_golden(&f, "hostile-faceplate", 80, 24, &faceplate_view);
    fixture_finish(&f);
}

static void curves_of_numbers_of_every_size(void **state)
{
    (void)state;
    struct fixture f;
    open_hostile(&f);
    fixture_open(&f, "trends");
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
        char key[KEY_BYTES];
        snprintf(key, sizeof key, "site/area-with-a-name-of-forty-characters-here/a/u1/%s", tags[i].name);
        assert_true(trends_add(f.state, key));
        if (i == 0)
            fixture_golden(&f, "hostile-trends-huge", 80, 24, NULL);
    }
    fixture_golden(&f, "hostile-trends-all", 80, 24, NULL);
    fixture_golden(&f, "hostile-trends-all", 40, 12, NULL);
    fixture_press(&f, key_char('o'));
    fixture_press(&f, key_char('o'));
    fixture_golden(&f, "hostile-trends-common", 80, 24, NULL);
    fixture_finish(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {CASE(nothing_that_a_plant_says_moves_a_column), CASE(curves_of_numbers_of_every_size)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
