/*
 * Defects: each message is one, counted by what it says, in the hour, shift, product and order in which it came.
 */
#include "check.h"

#include "account_fixture.h"
#include "core/number.h"

static void defect_at(struct shop *s, int64_t utc_ms, const char *unit, const char *text)
{
    char key[KEY_BYTES];
    snprintf(key, sizeof key, LINE "/%s/defect", unit);
    s->w.now = utc_ms - T0;
    put(&s->w, key, value_text(batch_text(&s->w.batch, text, strlen(text))));
}

static void defect(struct shop *s, const char *at, const char *unit, const char *text)
{
    defect_at(s, local_ms(at), unit, text);
    close_at(s, local_ms(at));
}

/* Of a node in all its cells; NULL: of any kind. */
static uint64_t held(const struct shop *s, uint32_t node, const char *text)
{
    size_t count;
    const struct defect *all = model_defects(s->w.model, node, &count);
    uint64_t sum = 0;
    for (size_t d = 0; d < count; d++)
        sum += !text || strcmp(all[d].text, text) == 0 ? all[d].count : 0;
    return sum;
}

/* As facts, in cells that begin in [from, to). */
static uint64_t told(const struct shop *s, const char *path, const char *text, const char *from, const char *to)
{
    uint64_t sum = 0;
    for (size_t f = 0; f < s->fact_count; f++) {
        const struct account_gain *fact = &s->facts[f];
        if (strcmp(fact->path, path) == 0 && strcmp(fact->defect, text) == 0 && fact->cell.from_ms >= local_ms(from) && fact->cell.from_ms < local_ms(to))
            sum += fact->defects;
    }
    return sum;
}

static void open_two(struct shop *s)
{
    shop_open(s, (struct shop_plan){.calendar = &two, .ideal_s = 1});
    tell(s, "06:00", "state", value_int(RUN));
}

static void each_message_is_one_and_is_told_with_its_hour(void **state)
{
    (void)state;
    struct shop s;
    open_two(&s);
    defect(&s, "06:10", "m", "scratch");
    defect(&s, "06:10", "m", "scratch"); /* the same words again: another one */
    defect(&s, "06:20", "m", "dent");
    assert_int_equal(told(&s, UNIT, "scratch", "06:00", "08:00"), 0);
    defect(&s, "07:30", "m", "scratch");
    assert_int_equal(held(&s, unit_of(&s), "scratch"), 3);
    assert_int_equal(held(&s, line_of(&s), "scratch"), 3);
    wait_until(&s, "07:50");
    assert_int_equal(told(&s, UNIT, "scratch", "06:00", "07:00"), 2);
    assert_int_equal(told(&s, LINE, "dent", "06:00", "07:00"), 1);
    wait_until(&s, "08:10");
    assert_int_equal(told(&s, LINE, "scratch", "06:00", "09:00"), 3);
    assert_int_equal(held(&s, line_of(&s), NULL), 4);
    shop_close(&s);
}

static void a_lines_defects_are_those_of_all_its_units(void **state)
{
    (void)state;
    struct shop s;
    open_two(&s);
    defect(&s, "06:10", "m", "scratch");
    defect(&s, "06:11", "aoi", "scratch");
    defect(&s, "06:12", "aoi", "solder bridge");
    assert_int_equal(held(&s, line_of(&s), "scratch"), 2);
    assert_int_equal(held(&s, line_of(&s), NULL), 3);
    assert_int_equal(held(&s, unit_of(&s), NULL), 1);
    shop_close(&s);
}

static void what_is_no_message_of_a_defect_counts_nothing(void **state)
{
    (void)state;
    struct shop s;
    open_two(&s);
    defect_at(&s, local_ms("06:10"), "m", "scratch");
    s.w.batch.records[s.w.batch.count - 1].flags |= SAMPLE_RETAINED; /* the broker had kept it: it was counted when it came */
    defect_at(&s, local_ms("06:11"), "m", "");
    defect_at(&s, local_ms("06:12"), "m", "dent");
    s.w.batch.records[s.w.batch.count - 1].quality = QUALITY_BAD;
    close_at(&s, local_ms("06:13"));
    assert_int_equal(held(&s, line_of(&s), NULL), 0);
    add(&s, local_ms("06:14"), "defect", value_int(17)); /* a code */
    close_at(&s, local_ms("06:14"));
    assert_int_equal(held(&s, line_of(&s), "17"), 1);
    shop_close(&s);
}

/* What comes late counts in its own hour: to one that was told already it is one more fact. */
static void late_ones_count_at_their_time(void **state)
{
    (void)state;
    struct shop s;
    open_two(&s);
    defect(&s, "06:30", "m", "scratch");
    defect(&s, "08:30", "m", "dent");
    assert_int_equal(told(&s, UNIT, "scratch", "06:00", "07:00"), 1);
    defect_at(&s, local_ms("06:40"), "m", "scratch");
    close_at(&s, local_ms("08:31"));
    assert_int_equal(told(&s, UNIT, "scratch", "06:00", "07:00"), 2);
    assert_int_equal(held(&s, unit_of(&s), "scratch"), 2);
    defect_at(&s, local_ms("2024-06-09T06:40"), "m", "scratch"); /* older than what is remembered */
    close_at(&s, local_ms("08:32"));
    assert_int_equal(told(&s, UNIT, "scratch", "2024-06-09T06:00", "2024-06-09T07:00"), 1);
    assert_int_equal(held(&s, unit_of(&s), "scratch"), 2);
    shop_close(&s);
}

static void those_of_another_product_are_facts_of_its_cell(void **state)
{
    (void)state;
    struct shop s;
    open_two(&s);
    tell_text(&s, "06:05", "product", "jar");
    defect(&s, "06:10", "m", "scratch");
    tell_text(&s, "06:20", "product", "lid");
    defect(&s, "06:25", "m", "scratch");
    defect(&s, "06:26", "m", "scratch");
    wait_until(&s, "07:10");
    uint32_t jars = 0, lids = 0;
    for (size_t f = 0; f < s.fact_count; f++)
        if (s.facts[f].line && s.facts[f].defect[0])
            *(strcmp(s.facts[f].cell.product, "jar") == 0 ? &jars : &lids) += s.facts[f].defects;
    assert_int_equal(jars, 1);
    assert_int_equal(lids, 2);
    shop_close(&s);
}

/* However many kinds there are, so many are told apart; none is lost. */
static void beyond_the_bound_the_rest_are_others(void **state)
{
    (void)state;
    struct shop s;
    open_two(&s);
    size_t count, most = (size_t)s.w.plant->bounds.limit[BOUND_DEFECTS];
    for (int i = 0; i < 1000; i++) {
        char text[32];
        snprintf(text, sizeof text, "defect %d", i % 500);
        defect_at(&s, local_ms("06:00") + i * 1000, "m", text);
    }
    close_at(&s, local_ms("06:20"));
    model_defects(s.w.model, line_of(&s), &count);
    assert_int_equal(count, most + 1);
    assert_int_equal(held(&s, line_of(&s), "defect 3"), 2);
    assert_int_equal(held(&s, line_of(&s), DEFECT_OTHERS), 1000 - 2 * most);
    assert_int_equal(held(&s, line_of(&s), NULL), 1000);
    shop_close(&s);
}

static void they_are_forgotten_with_their_cells(void **state)
{
    (void)state;
    struct shop s;
    size_t count;
    open_two(&s);
    defect(&s, "06:10", "m", "scratch");
    defect(&s, "2024-06-15T06:10", "m", "dent");
    assert_int_equal(model_defects(s.w.model, line_of(&s), &count)->from_ms, local_ms("2024-06-15T06:00"));
    assert_int_equal(count, 1);
    assert_int_equal(told(&s, LINE, "scratch", "06:00", "07:00"), 1);
    shop_close(&s);
}

static uint64_t seed;

static uint64_t draw(uint64_t below)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (seed >> 33) % below;
}

/* A day of defects, some late; once told in steps of a second, once in a thousandth as many. */
static void live(struct shop *s, int64_t step_ms, bool halfway_saved)
{
    static const char *const kinds[] = {"scratch", "dent", "solder bridge", "missing part"};
    int64_t from = local_ms("06:00"), next = from;
    seed = 7;
    for (int64_t t = from; t < from + 20 * HOUR; t = next) {
        next = t + (int64_t)draw(900000) + 1;
        int64_t at = draw(10) == 0 ? t - (int64_t)draw(5400000) : t;
        while (s->w.closed + T0 + step_ms < t)
            close_at(s, s->w.closed + T0 + step_ms);
        defect_at(s, at > from ? at : from, draw(2) ? "m" : "aoi", kinds[draw(4)]);
        if (!halfway_saved || t < from + 10 * HOUR)
            continue;
        halfway_saved = false;
        close_at(s, t);
        struct packer p = {.bytes = NULL};
        struct error err;
        model_save_configured(s->w.model, &p);
        model_destroy(s->w.model);
        s->w.model = model_load(s->w.plant, p.bytes, p.count, &err);
        assert_non_null(s->w.model);
        packer_finish(&p);
    }
    close_at(s, from + 30 * HOUR);
}

static void one_step_or_a_thousand_and_a_restart_count_the_same(void **state)
{
    (void)state;
    static const struct { int64_t step_ms; bool saved; } ways[] = {{HOUR, false}, {20000, false}, {HOUR, true}};
    uint64_t first[5] = {0};
    for (size_t w = 0; w < sizeof ways / sizeof ways[0]; w++) {
        struct shop s;
        open_two(&s);
        live(&s, ways[w].step_ms, ways[w].saved);
        const uint64_t sums[5] = {held(&s, line_of(&s), NULL), held(&s, unit_of(&s), "dent"), told(&s, LINE, "scratch", "00:00", "2024-06-14T00:00"),
            told(&s, UNIT, "dent", "00:00", "2024-06-14T00:00"), told(&s, LINE, "scratch", "09:00", "10:00")};
        assert_true(sums[0] > 100 && sums[1] == sums[3]);
        for (size_t i = 0; w > 0 && i < 5; i++)
            assert_int_equal(sums[i], first[i]);
        memcpy(first, sums, sizeof first);
        shop_close(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(each_message_is_one_and_is_told_with_its_hour), CASE(a_lines_defects_are_those_of_all_its_units), CASE(what_is_no_message_of_a_defect_counts_nothing),
        CASE(late_ones_count_at_their_time), CASE(those_of_another_product_are_facts_of_its_cell), CASE(beyond_the_bound_the_rest_are_others),
        CASE(they_are_forgotten_with_their_cells), CASE(one_step_or_a_thousand_and_a_restart_count_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
