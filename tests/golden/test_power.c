/*
 * The views of energy and environment, of a small steel works at three sizes; what their keys ask for.
 */
#include "fixture_power.h"

#include <string.h>

#include "check.h"
#include "core/memory.h"
#include "core/recall.h"
#include "golden.h"

static void three_sizes(struct fixture *f, const char *name)
{
    fixture_golden(f, name, 80, 24, NULL);
    fixture_golden(f, name, 40, 12, NULL);
    fixture_golden(f, name, 200, 60, NULL);
}

static void both_views(void **state)
{
    (void)state;
    static const char *const views[] = {"energy", "environment"};
    char name[48];
    struct fixture f;
    for (int chinese = 0; chinese < 2; chinese++) {
        fixture_power(&f, chinese);
        for (size_t i = 0; i < 2; i++) {
            snprintf(name, sizeof name, chinese ? "power-chinese-%s" : "power-%s", views[i]);
            fixture_open(&f, views[i]);
            three_sizes(&f, name);
        }
        fixture_finish(&f);
    }
}

static void the_overview_tells_demand_and_emissions(void **state)
{
    (void)state;
    struct fixture f;
    fixture_power(&f, false);
    fixture_open(&f, "overview");
    three_sizes(&f, "power-overview");
    fixture_finish(&f);
}

static void each_panel_alone_and_beside(void **state)
{
    (void)state;
    static const char *const names[] = {"demand", "day", "map", "peaks", "baseline"};
    char name[48];
    struct fixture f;
    fixture_power(&f, false);
    fixture_open(&f, "energy");
    for (size_t i = 0; i < 5; i++) {
        fixture_press(&f, key_code(KEYC_TAB));
        snprintf(name, sizeof name, "power-panel-%s", names[i]);
        fixture_golden(&f, name, 80, 24, NULL);
        fixture_press(&f, key_char('z'));
        snprintf(name, sizeof name, "power-zoom-%s", names[i]);
        fixture_golden(&f, name, 80, 24, NULL);
        fixture_press(&f, key_char('z'));
    }
    fixture_finish(&f);
}

/* Of each line the history knows 1,000 and 500 kWh of the year's first day, and of the area, which is their sum, the 1,500: they count once. */
static void a_sum_of_what_was_before_counts_once(void **state)
{
    (void)state;
    static const struct { const char *key; double amount; } known[] = {{"nord/rolling/el", 1500}, {"nord/rolling/mill/el", 1000}, {"nord/rolling/tandem/el", 500}};
    struct fixture f, today;
    struct recall *recall = recall_create();
    fixture_power(&today, false);
    fixture_open(&today, "energy");
    fixture_press(&today, key_code(KEYC_LEFT));
    fixture_golden(&today, "power-year", 80, 24, NULL);
    fixture_finish(&today);
    fixture_power(&f, false);
    f.scene.recall = recall;
    fixture_open(&f, "energy");
    fixture_press(&f, key_code(KEYC_LEFT));
    fixture_golden(&f, "power-reading", 80, 24, NULL);
    for (size_t i = 0; i < recall_wanted(recall); i++) {
        struct answer answer = {.want = *recall_wanted_at(recall, i)};
        if (answer.want.kind == WANT_ENERGY && answer.want.below) {
            answer.energies = mem_zero(3, sizeof *answer.energies);
            answer.energy_count = 3;
            for (size_t k = 0; k < 3; k++) {
                snprintf(answer.energies[k].path, sizeof answer.energies[k].path, "%s", known[k].key);
                answer.energies[k].cell = (struct energy_cell){.from_ms = answer.want.from_ms, .to_ms = answer.want.from_ms + 3600000, .sum = {.amount = known[k].amount, .valid_ms = 3600000}};
            }
        }
        recall_answer_take(recall, &answer);
    }
    fixture_golden(&f, "power-history", 80, 24, NULL);
    f.scene.recall = NULL;
    fixture_finish(&f);
    recall_destroy(recall);
}

static void by_product_and_of_another_carrier(void **state)
{
    (void)state;
    struct fixture f;
    fixture_power(&f, false);
    fixture_open(&f, "energy");
    fixture_press(&f, key_char('y'));
    fixture_golden(&f, "power-shifts", 80, 24, NULL);
    for (int i = 0; i < 4; i++)
        fixture_press(&f, key_char('y'));
    fixture_press(&f, key_char('u'));
    fixture_golden(&f, "power-gas", 80, 24, NULL);
    fixture_press(&f, key_char('u'));
    fixture_press(&f, key_code(KEYC_LEFT));
    fixture_golden(&f, "power-year", 80, 24, NULL);
    fixture_press(&f, key_code(KEYC_RIGHT));
    fixture_press(&f, key_char('p'));
    fixture_golden(&f, "power-day-before", 80, 24, NULL);
    fixture_press(&f, key_char('n'));
    fixture_golden(&f, "power-today-again", 80, 24, NULL);
    fixture_finish(&f);
}

static void the_selected_meter_is_what_the_panels_are_of(void **state)
{
    (void)state;
    struct fixture f;
    fixture_power(&f, false);
    snprintf(f.scene.focus.node, sizeof f.scene.focus.node, POWER_MILL);
    fixture_open(&f, "energy");
    fixture_press(&f, key_code(KEYC_TAB));
    fixture_press(&f, key_code(KEYC_TAB));
    fixture_golden(&f, "power-mill", 80, 24, NULL);
    struct request request = fixture_press(&f, key_char('v'));
    assert_int_equal(request.kind, REQUEST_TREND);
    assert_string_equal(request.focus.tag, POWER_MILL "/kw");
    for (int i = 0; i < 4; i++)
        fixture_press(&f, key_code(KEYC_TAB));
    request = fixture_press(&f, key_code(KEYC_ENTER));
    assert_int_equal(request.kind, REQUEST_FACEPLATE);
    assert_string_equal(request.focus.tag, POWER_MILL "/kw");
    request = fixture_press(&f, key_char('e'));
    assert_int_equal(request.kind, REQUEST_VIEW);
    assert_string_equal(request.name, "environment");
    fixture_finish(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(both_views), CASE(the_overview_tells_demand_and_emissions), CASE(each_panel_alone_and_beside), CASE(a_sum_of_what_was_before_counts_once), CASE(by_product_and_of_another_carrier), CASE(the_selected_meter_is_what_the_panels_are_of),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
