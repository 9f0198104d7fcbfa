#include "check.h"

#include "views/matrix_heads.h"
#include "views/matrix_odd.h"

/* What stands out in a column of equal machines, and how its names are made short. */

enum { CELLS_MOST = 12 };

/* A column in few words: numbers or words parted by blanks. "-" has no such value, "?" was never heard, "~" behind a value: not trusted, "@90" behind it: heard 90 s ago, "=90": stands
 * since 90 s. `odd` has a letter for each: s stale, d differs, t stopped, f far, "." nothing. */
struct column_case { const char *what, *cells, *odd; bool counts; };

static size_t read_cells(const char *text, struct odd_cell cells[CELLS_MOST], char words[CELLS_MOST][16])
{
    size_t count = 0;
    for (const char *p = text; *p; count++) {
        char word[32];
        size_t length = strcspn(p, " ");
        snprintf(word, sizeof word, "%.*s", (int)length, p);
        p += length + (p[length] == ' ');
        struct odd_cell *cell = &cells[count];
        *cell = (struct odd_cell){.there = word[0] != '-' || word[1], .trust = word[0] == '?' ? TRUST_NEVER : TRUST_GOOD, .age_ms = 1000, .still_ms = 1000};
        char *age = strchr(word, '@'), *still = strchr(word, '='), *end;
        if (strchr(word, '~'))
            cell->trust = TRUST_UNCONFIRMED;
        if (age)
            cell->age_ms = strtol(age + 1, NULL, 10) * 1000;
        if (still)
            cell->still_ms = strtol(still + 1, NULL, 10) * 1000;
        word[strcspn(word, "@=~")] = '\0';
        cell->number = strtod(word, &end);
        cell->has_number = end != word && !*end;
        snprintf(words[count], sizeof words[count], "%.15s", word);
        cell->word = words[count];
    }
    return count;
}

static const struct column_case cases[] = {
    {"one switch unlike all others", "on on on off on", "...d.", false},
    {"half of the switches", "on off on off on off", "......", false},
    {"two of ten words", "run run run run stop run run run idle run", "....d...d.", false},
    {"three of ten words", "run run stop run stop run run run idle run", "..........", false},
    {"words that are all others", "a b c d e f", "......", false},
    {"of three words nobody can say which is odd", "on on off", "...", false},
    {"a number far from the others", "61 62 60.5 61.2 91 61.7", "....f.", false},
    {"and far below", "61 62 60.5 61.2 3 61.7", "....f.", false},
    {"spread widely: nothing is far", "10 40 25 60 33 52", "......", false},
    {"machines that stand and machines that run", "0 50 51 0 49 0 50 0", "........", false},
    {"a twentieth of the median is not far", "100.0 100.1 99.9 100.0 100.1 103", "......", false},
    {"one setpoint unlike all others", "80 80 80 85 80 80", "...d..", false},
    {"the same but for rounding", "80 80 80 80.1 80 80", "......", false},
    {"all nought but one", "0 0 0 0 7 0", "....d.", false},
    {"four numbers are too few", "1 1 1 9", "....", false},
    {"one that does not speak any more", "1 2 3@600 2 1 2", "..s...", false},
    {"all speak seldom", "1@300 2@900 3@4000 2@100 1@800 2@700", "......", false},
    {"one is late by little", "1 2 3@20 2 1 2", "......", false},
    {"one that is not trusted among those that are", "1~ 2 3 2 1 2", "s.....", false},
    {"most are not trusted: that is no exception", "1~ 2~ 3~ 2~ 1 2", "......", false},
    {"what is not there or was never heard is not odd", "- 2 ? 2 - 2", "......", false},
    {"a counter that stands among those that rise", "100=5 700=8 300=900 20=6", "..t.", true},
    {"counters differ by nature", "100=5 700=8 9300000=3 20=6", "....", true},
    {"all stand: a break", "100=900 700=800 300=950 20=870", "....", true},
    {"a slow one is not stopped", "100=5 700=8 300=50 20=6", "....", true},
    {"two counters tell nothing of each other", "100=5 700=900", "..", true},
    {"stale goes before all else", "61 62 60.5 61.2 91~ 61.7", "....s.", false},
};

static void what_is_unlike_its_column_is_odd(void **state)
{
    (void)state;
    static const char letters[ODD_COUNT + 1] = ".sdtf";
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        struct odd_cell cells[CELLS_MOST];
        char words[CELLS_MOST][16], have[CELLS_MOST + 1] = "";
        struct odd_column column = {.counts = cases[c].counts};
        size_t count = read_cells(cases[c].cells, cells, words), odd = 0;
        odd_judge(cells, count, &column);
        for (size_t i = 0; i < count; i++) {
            have[i] = letters[cells[i].odd];
            odd += cells[i].odd != ODD_NO;
        }
        if (strcmp(have, cases[c].odd) != 0)
            fail_msg("%s: %s, expected %s", cases[c].what, have, cases[c].odd);
        assert_int_equal(column.odd, odd);
    }
}

static void what_is_usual_is_told(void **state)
{
    (void)state;
    struct odd_cell cells[CELLS_MOST];
    char words[CELLS_MOST][16];
    struct odd_column column = {.counts = false};
    odd_judge(cells, read_cells("61 62 60.5 61.2 91 61.7", cells, words), &column);
    assert_near(column.median, 61.45, 1e-9);
    assert_near(column.spread, 1.4826 * 0.55, 1e-9);
    assert_int_equal(column.known, 6);
    odd_judge(cells, read_cells("on on off on", cells, words), &column);
    assert_string_equal(column.word, "on");
    odd_judge(cells, read_cells("a b c d", cells, words), &column);
    assert_null(column.word);
    odd_judge(cells, 0, &column);
    assert_int_equal(column.known, 0);
}

/* Names and heads parted by blanks. */
static void heads_are_short_and_each_unlike_the_others(void **state)
{
    (void)state;
    static const struct { int w; const char *names, *heads; } table[] = {
        {8, "state good temp", "state good temp"},
        {8, "oil_temperature oil_pressure", "oil_temp oil_pres"},
        {8, "phase1_current phase2_current phase3_current", "pha1_cur pha2_cur pha3_cur"},
        {6, "temperature temperatures temperature-2", "temper tempe temp_2"},
        {6, "motor_current_l1 motor_current_l2", "m_c_l1 m_c_l2"},
        {3, "abc abd abcd abce", "abc abd ab a"},
        {8, "a a a", "a a2 a3"},
        {6, "油温 主轴温度 主轴温度二", "油温 主轴温 主轴"},
    };
    for (size_t t = 0; t < sizeof table / sizeof table[0]; t++) {
        char names[CELLS_MOST][HEAD_TEXT], heads[CELLS_MOST][HEAD_TEXT], have[256] = "";
        const char *borrowed[CELLS_MOST];
        size_t count = 0, used = 0;
        for (const char *p = table[t].names; *p; count++) {
            size_t length = strcspn(p, " ");
            snprintf(names[count], HEAD_TEXT, "%.*s", (int)length, p);
            borrowed[count] = names[count];
            p += length + (p[length] == ' ');
        }
        matrix_heads(borrowed, count, table[t].w, heads);
        for (size_t i = 0; i < count; i++)
            used += (size_t)snprintf(have + used, sizeof have - used, "%s%s", i ? " " : "", heads[i]);
        assert_string_equal(have, table[t].heads);
    }
}

static void machines_are_called_by_what_tells_them_apart(void **state)
{
    (void)state;
    static const struct { const char *paths[4], *labels[4]; } table[] = {
        {{"plant/hall1/press01", "plant/hall1/press02"}, {"press01", "press02"}},
        {{"plant/hall1/press01", "plant/hall2/press01", "plant/hall2/press02"}, {"hall1/press01", "hall2/press01", "hall2/press02"}},
        {{"plant/p1/data", "plant/p2/data"}, {"p1", "p2"}},
        {{"a", "b"}, {"a", "b"}},
        {{"x/a", "a"}, {"x/a", "a"}},
        {{"only/one"}, {"one"}},
    };
    for (size_t t = 0; t < sizeof table / sizeof table[0]; t++) {
        char labels[4][HEAD_TEXT];
        size_t count = 0;
        while (count < 4 && table[t].paths[count])
            count++;
        matrix_labels(table[t].paths, count, labels);
        for (size_t i = 0; i < count; i++)
            assert_string_equal(labels[i], table[t].labels[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(what_is_unlike_its_column_is_odd),
        CASE(what_is_usual_is_told),
        CASE(heads_are_short_and_each_unlike_the_others),
        CASE(machines_are_called_by_what_tells_them_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
