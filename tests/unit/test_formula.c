#include "check.h"

#include <locale.h>

#include "core/formula.h"
#include "core/memory.h"
#include "core/state.h"

#define UNKNOWN (0.0 / 0.0)

/* The value of a source with these inputs, in the order in which the source names them. */
static double value_of(const char *source, const double *inputs, size_t count)
{
    struct formula_refs refs = {.count = 0};
    struct error err = {.text = ""};
    char text[FORMULA_BYTES];
    if (!formula_translate(source, &refs, text, sizeof text, &err))
        fail_msg("%s: %s", source, err.text);
    struct formula *formula = formula_create(text);
    double value = formula_value(formula, inputs, count);
    formula_destroy(formula);
    return value;
}

static void assert_value(const char *source, const double *inputs, size_t count, double expected)
{
    double value = value_of(source, inputs, count);
    if (isnan(expected) ? !isnan(value) : !(fabs(value - expected) <= 1e-12 * (1 + fabs(expected))))
        fail_msg("%s is %g, expected %g", source, value, expected);
}

static void assert_refused(const char *source, const char *why)
{
    struct formula_refs refs = {.ref = {"kept"}, .count = 1};
    struct error err = {.text = ""};
    char text[FORMULA_BYTES] = "as it was";
    if (formula_translate(source, &refs, text, sizeof text, &err))
        fail_msg("%s passes as %s", source, text);
    if (strcmp(err.text, why) != 0)
        fail_msg("%s: \"%s\", expected \"%s\"", source, err.text, why);
    assert_string_equal(text, "as it was");
    assert_int_equal(refs.count, 1);
    assert_string_equal(refs.ref[0], "kept");
}

static void arithmetic_is_as_at_school(void **state)
{
    (void)state;
    static const struct { const char *source; double value; } cases[] = {
        {"1", 1}, {"1 + 2 * 3", 7}, {"(1 + 2) * 3", 9}, {"2 * 3 ^ 2", 18}, {"10 - 4 - 3", 3}, {"12 / 4 / 3", 1}, {"-2 ^ 2", -4},
        {"- 5 + 8", 3}, {"2 - -3", 5}, {"1.5e3", 1500}, {"1e-3", 0.001}, {"0.5 + 0.25", 0.75}, {"10/4", 2.5},
        {"abs(-3)", 3}, {"sign(-3) + sign(0) + sign(8)", 0}, {"sqrt(16)", 4}, {"exp(0)", 1}, {"ln(exp(2))", 2}, {"log10(1000)", 3},
        {"floor(-1.5)", -2}, {"ceil(1.2)", 2}, {"round(2.5)", 3}, {"min(3, 1, 2)", 1}, {"max(3, 7, 2)", 7}, {"sum(1, 2, 3)", 6},
        {"avg(1, 2, 6)", 3}, {"if(1 > 2, 5, 6)", 6}, {"max(min(1, 2), abs (-1.5))", 1.5},
        {"1 < 2", 1}, {"2 <= 1", 0}, {"2 > 1", 1}, {"1 >= 2", 0}, {"2 == 2.0", 1}, {"2 != 2", 0}, {"1 < 2 && 2 < 3", 1},
        {"1 > 2 || 2 < 3", 1}, {"!(1 > 2)", 1}, {"!1", 0}, {"1 || 0 && 0", 1}, {"1 + 1 > 1 && 3 / 3 == 1", 1}, {"(1 < 2) == (3 < 4)", 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_value(cases[i].source, NULL, 0, cases[i].value);
}

static void every_function_that_is_named_is_there(void **state)
{
    (void)state;
    for (size_t i = 0; formula_functions[i]; i++) {
        char one[64], three[64];
        struct formula_refs refs = {.count = 0};
        char text[FORMULA_BYTES];
        snprintf(one, sizeof one, "%s(1)", formula_functions[i]);
        snprintf(three, sizeof three, "%s(1, 2, 3)", formula_functions[i]);
        assert_true(formula_translate(one, &refs, text, sizeof text, NULL) || formula_translate(three, &refs, text, sizeof text, NULL));
    }
}

static void references_become_variables_in_order_each_once(void **state)
{
    (void)state;
    struct formula_refs refs = {.count = 0};
    char text[FORMULA_BYTES];
    assert_true(formula_translate("{oil} > 80 && {../pump/state} != stop && {oil} < 200", &refs, text, sizeof text, NULL));
    assert_int_equal(refs.count, 2);
    assert_string_equal(refs.ref[0], "oil");
    assert_string_equal(refs.ref[1], "../pump/state");
    assert_true(formula_translate("bath_level<5&&{:state}==run && {hall/l1/p-1/oil.high} && {../pump/state} == run", &refs, text, sizeof text, NULL));
    assert_int_equal(refs.count, 5);
    assert_string_equal(refs.ref[2], "bath_level");
    assert_string_equal(refs.ref[3], ":state");
    assert_string_equal(refs.ref[4], "hall/l1/p-1/oil.high");
    struct formula *formula = formula_create(text);
    const double inputs[] = {UNKNOWN, CLASS_RUN, 4, CLASS_RUN, 1};
    assert_near(formula_value(formula, inputs, 5), 1, 0);
    formula_destroy(formula);
}

static void names_of_state_classes_are_constants(void **state)
{
    (void)state;
    for (int c = CLASS_UNKNOWN + 1; c < CLASS_COUNT; c++) {
        char source[64];
        snprintf(source, sizeof source, "{:state} == %s", state_class_table[c].name);
        for (char *p = source; *p; p++)
            *p = (char)(*p == '-' ? '_' : *p);
        assert_value(source, (const double[]){c}, 1, 1);
        assert_value(source, (const double[]){c + 1}, 1, 0);
    }
}

static void what_is_not_known_is_not_false(void **state)
{
    (void)state;
    static const struct { const char *source; double a, b, value; } cases[] = {
        {"{a} > 80", UNKNOWN, 0, UNKNOWN}, {"{a} < 80", UNKNOWN, 0, UNKNOWN}, {"{a} == 80", UNKNOWN, 0, UNKNOWN}, {"{a} != 80", UNKNOWN, 0, UNKNOWN},
        {"{a} + 1", UNKNOWN, 0, UNKNOWN}, {"!{a}", UNKNOWN, 0, UNKNOWN}, {"-{a} > 1", UNKNOWN, 0, UNKNOWN}, {"{a}", UNKNOWN, 0, UNKNOWN},
        {"abs({a}) > 1", UNKNOWN, 0, UNKNOWN}, {"max(1, {a}) > 0", UNKNOWN, 0, UNKNOWN}, {"min({a}, 1) > 0", UNKNOWN, 0, UNKNOWN},
        {"avg({a}, {b}) > 0", 1, UNKNOWN, UNKNOWN}, {"sum({a}, {b}, 1)", UNKNOWN, 1, UNKNOWN}, {"sign({a})", UNKNOWN, 0, UNKNOWN},
        {"{a} && {b}", UNKNOWN, 0, 0}, {"{a} && {b}", 0, UNKNOWN, 0}, {"{a} && {b}", UNKNOWN, 1, UNKNOWN}, {"{a} && {b}", 1, UNKNOWN, UNKNOWN},
        {"{a} || {b}", UNKNOWN, 1, 1}, {"{a} || {b}", 1, UNKNOWN, 1}, {"{a} || {b}", UNKNOWN, 0, UNKNOWN}, {"{a} || {b}", 0, UNKNOWN, UNKNOWN},
        {"if({a}, 1, 2)", UNKNOWN, 0, UNKNOWN}, {"if({a}, 5, {b})", 1, UNKNOWN, 5}, {"if({a}, {b}, 5)", 1, UNKNOWN, UNKNOWN}, {"if({a}, {b}, 5)", 0, UNKNOWN, 5},
        {"{a} / {b}", 1, 0, UNKNOWN}, {"{a} / {b} > 1", 1, 0, UNKNOWN}, {"{a} / {b} < 1", 0, 0, UNKNOWN}, {"1 / ({a} / {b})", 1, 0, UNKNOWN},
        {"{a} / {b} > 1", 3, 2, 1}, {"sqrt({a}) > 1", -1, 0, UNKNOWN}, {"ln({a}) < 0", 0, 0, UNKNOWN}, {"ln({a})", -1, 0, UNKNOWN},
        {"exp({a}) > 1", 1e6, 0, UNKNOWN}, {"{a} * {b} > 1", 1e308, 1e308, UNKNOWN}, {"{a} ^ {b}", 10, 1000, UNKNOWN},
        {"0 && {a}", UNKNOWN, 0, 0}, {"1 || {a}", UNKNOWN, 0, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_value(cases[i].source, (const double[]){cases[i].a, cases[i].b}, 2, cases[i].value);
    /* An input that is not given is not known; one that no formula reads does not matter. */
    assert_value("{a} > {b}", (const double[]){1}, 1, UNKNOWN);
    assert_value("{a} > 0", (const double[]){1, UNKNOWN}, 2, 1);
}

static void a_compiled_formula_forgets_what_it_was_asked(void **state)
{
    (void)state;
    struct formula_refs refs = {.count = 0};
    char text[FORMULA_BYTES];
    assert_true(formula_translate("{a} - {b}", &refs, text, sizeof text, NULL));
    struct formula *one = formula_create(text), *other = formula_create(text);
    assert_near(formula_value(one, (const double[]){5, 3}, 2), 2, 0);
    assert_true(isnan(formula_value(other, (const double[]){5}, 1)));
    assert_near(formula_value(one, (const double[]){1, 3}, 2), -2, 0);
    assert_near(formula_value(other, (const double[]){8, 3}, 2), 5, 0);
    formula_destroy(one);
    assert_near(formula_value(other, (const double[]){7, 3}, 2), 4, 0);
    formula_destroy(other);
    formula_destroy(NULL);
}

static void a_refusal_says_where_and_why(void **state)
{
    (void)state;
    static const struct { const char *source, *why; } cases[] = {
        {"", "the formula is empty"}, {"   ", "the formula is empty"},
        {"{a} = 5", "at \"= 5\": nothing is assigned here; to compare, write =="},
        {"{a} += 5", "at \"= 5\": nothing is assigned here; to compare, write =="},
        {"{a} & {b}", "at \"& {b}\": write && for \"and\""}, {"{a} | 1", "at \"| 1\": write || for \"or\""},
        {"{a} and {b}", "at \"and {b}\": \"and\", \"or\" and \"not\" are written && || !"},
        {"not {a}", "at \"not {a}\": \"and\", \"or\" and \"not\" are written && || !"},
        {"{a} ? 1 : 2", "at \"? 1 : 2\": write if(condition, then, else)"}, {"{a} % 2", "at \"% 2\": there is no remainder here"},
        {"{a} == \"on\"", "at \"\"on\"\": texts are not compared here: a discrete alarm's values are"},
        {"20 < {a} < 80", "at \"< 80\": two comparisons in a row; write a < b && b < c"},
        {"{a} == {b} == 1", "at \"== 1\": two comparisons in a row; write a < b && b < c"},
        {"{a} +", "the formula ends too early"}, {"{a} > ", "the formula ends too early"}, {"(1 + 2", "a parenthesis is not closed"},
        {"1 + 2)", "at \")\": this parenthesis closes nothing"}, {"()", "at \")\": a parenthesis too many, or nothing in it"},
        {"{a} {b}", "at \"{b}\": an operator is missing before this"}, {"2 3", "at \"3\": an operator is missing before this"},
        {"2oil > 1", "at \"oil > 1\": an operator is missing before this"}, {"2 abs(1)", "at \"abs(1)\": an operator is missing before this"},
        {"* 2", "at \"* 2\": an operator too many"}, {"1 + * 2", "at \"* 2\": an operator too many"}, {"{a} && && {b}", "at \"&& {b}\": an operator too many"},
        {"1, 2", "at \", 2\": a comma stands between the arguments of a function; decimals have a point"},
        {"{a} > 0,5", "at \",5\": a comma stands between the arguments of a function; decimals have a point"},
        {"(1, 2)", "at \", 2)\": a comma stands between the arguments of a function; decimals have a point"},
        {"max((1, 2), 3)", "at \", 2), 3)\": a comma stands between the arguments of a function; decimals have a point"},
        {"1.5.5", "at \"1.5.5\": this is not a number; one is written 80, 0.5 or 1e-3"},
        {"1e400", "at \"1e400\": this is not a number; one is written 80, 0.5 or 1e-3"},
        {".5", "at \".5\": this is not a number; one is written 80, 0.5 or 1e-3"},
        {"0x10", "at \"x10\": an operator is missing before this"},
        {"rnd(1)", "at \"rnd(1)\": this function is not known; known are abs sign sqrt exp ln log10 floor ceil round if min max sum avg"},
        {"system(1)", "at \"system(1)\": this function is not known; known are abs sign sqrt exp ln log10 floor ceil round if min max sum avg"},
        {"{oil}(3)", "at \"(3)\": a parenthesis too many, or nothing in it"},
        {"{}", "at \"{}\": the braces are empty; a tag's name belongs into them"},
        {"{oil", "at \"{oil\": a reference is written {tag}, {../unit/tag}, {area/line/unit/tag}, {:state} or {tag.alarm}, in small letters"},
        {"{Oil}", "at \"{Oil}\": a reference is written {tag}, {../unit/tag}, {area/line/unit/tag}, {:state} or {tag.alarm}, in small letters"},
        {"{{a}}", "at \"{{a}}\": a reference is written {tag}, {../unit/tag}, {area/line/unit/tag}, {:state} or {tag.alarm}, in small letters"},
        {"a}", "at \"}\": this } closes nothing"}, {"Oil > 3", "at \"Oil > 3\": this does not belong into a formula"},
        {"{a} > 3; {b}", "at \"; {b}\": this does not belong into a formula"}, {"{a} > 3 # 4", "at \"# 4\": this does not belong into a formula"},
        {"{a} @ \xc3\xa9", "at \"@ \": this does not belong into a formula"}, {"\xc3\xa9", "at byte 1: this does not belong into a formula"},
        {"1 +\x01 2", "at byte 4: this does not belong into a formula"}, {"1 +\n 2", "at byte 4: this does not belong into a formula"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_refused(cases[i].source, cases[i].why);
}

static void functions_count_their_arguments(void **state)
{
    (void)state;
    static const char *const few[] = {"max()", "if(1, 2)", "abs()"}, *const many[] = {"if(1, 2, 3, 4)", "abs(1, 2)"};
    struct formula_refs refs = {.count = 0};
    struct error err;
    char text[FORMULA_BYTES];
    for (size_t i = 0; i < sizeof few / sizeof *few; i++) {
        assert_false(formula_translate(few[i], &refs, text, sizeof text, &err));
        assert_non_null(strstr(err.text, "the function has too few arguments"));
    }
    for (size_t i = 0; i < sizeof many / sizeof *many; i++) {
        assert_false(formula_translate(many[i], &refs, text, sizeof text, &err));
        assert_non_null(strstr(err.text, "the function has too many arguments"));
    }
    assert_false(formula_translate("max(1,,2)", &refs, text, sizeof text, &err));
    assert_false(formula_translate("max(,1)", &refs, text, sizeof text, &err));
}

static void repeat(char *out, const char *piece, size_t times)
{
    for (size_t i = 0; i < times; i++)
        memcpy(out + i * strlen(piece), piece, strlen(piece));
    out[times * strlen(piece)] = '\0';
}

static void size_depth_and_inputs_are_bounded(void **state)
{
    (void)state;
    char source[4096], *end;
    repeat(source, "(", FORMULA_DEEP);
    end = source + FORMULA_DEEP;
    *end++ = '7';
    repeat(end, ")", FORMULA_DEEP);
    assert_value(source, NULL, 0, 7);
    repeat(source, "(", FORMULA_DEEP + 1);
    assert_refused(source, "at \"(\": more than 32 parentheses in each other");
    repeat(source, "(", 1000);
    assert_refused(source, "at \"((((((((((((((((((((((((\": more than 32 parentheses in each other");
    repeat(source, "1+", 510);
    assert_refused(source, "the formula is too long");
    repeat(source, "a", FORMULA_BYTES);
    assert_refused(source, "the formula is too long");
    repeat(source, "-", 100);
    assert_refused(source, "at \"------------------------\": an operator too many");

    /* Sixteen references, the seventeenth, and one that is longer than any key. */
    struct formula_refs refs = {.count = 0};
    struct error err;
    char text[FORMULA_BYTES];
    for (int i = 0; i < FORMULA_INPUTS; i++) {
        snprintf(source, sizeof source, "{tag%d} > 0", i);
        assert_true(formula_translate(source, &refs, text, sizeof text, NULL));
        assert_int_equal(refs.count, i + 1);
    }
    assert_true(formula_translate("{tag3} + {tag15}", &refs, text, sizeof text, NULL));
    assert_false(formula_translate("{tag3} + {tag16}", &refs, text, sizeof text, &err));
    assert_string_equal(err.text, "at \"{tag16}\": one reference too many; 16 are allowed");
    assert_int_equal(refs.count, FORMULA_INPUTS);
    source[0] = '{';
    repeat(source + 1, "a", FORMULA_REF);
    source[FORMULA_REF + 1] = '}';
    source[FORMULA_REF + 2] = '\0';
    assert_refused(source, "at \"{aaaaaaaaaaaaaaaaaaaaaaa\": this reference is too long");
    char small[4];
    refs.count = 0;
    assert_false(formula_translate("{a} > 80", &refs, small, sizeof small, &err));
    assert_string_equal(err.text, "the formula is too long");
    assert_int_equal(refs.count, 0);
}

static void a_decimal_point_is_a_point_in_every_locale(void **state)
{
    (void)state;
    char *before = mem_text(setlocale(LC_ALL, NULL));
    if (!setlocale(LC_ALL, "de_DE.UTF-8")) {
        free(before);
        skip();
    }
    assert_value("1.5 + 0.25", NULL, 0, 1.75);
    assert_value("max(1,5)", NULL, 0, 5);
    setlocale(LC_ALL, before);
    free(before);
}

/* Any bytes at all are either refused with words or compile. */
static void hostile_text_is_refused_or_computes(void **state)
{
    (void)state;
    static const char alphabet[] = "{}()a.v0123456789eE+-*/^<>=!&|,?:\"'#@ \t_;%run\x80\x01";
    uint32_t seed = 1;
    size_t passed = 0;
    for (int round = 0; round < 20000; round++) {
        char source[24], text[FORMULA_BYTES];
        struct formula_refs refs = {.count = 0};
        struct error err = {.text = ""};
        size_t length = 1 + (size_t)round % (sizeof source - 1);
        for (size_t i = 0; i < length; i++) {
            seed = seed * 1664525u + 1013904223u;
            source[i] = alphabet[(seed >> 16) % (sizeof alphabet - 1)];
        }
        source[length] = '\0';
        if (!formula_translate(source, &refs, text, sizeof text, &err)) {
            assert_true(*err.text);
            continue;
        }
        struct formula *formula = formula_create(text);
        double inputs[FORMULA_INPUTS] = {1, 2, 3};
        double value = formula_value(formula, inputs, refs.count);
        assert_true(isnan(value) || isfinite(value));
        assert_true(inputs[0] == 1 && inputs[1] == 2);
        formula_destroy(formula);
        passed++;
    }
    assert_true(passed > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(arithmetic_is_as_at_school),
        CASE(every_function_that_is_named_is_there),
        CASE(references_become_variables_in_order_each_once),
        CASE(names_of_state_classes_are_constants),
        CASE(what_is_not_known_is_not_false),
        CASE(a_compiled_formula_forgets_what_it_was_asked),
        CASE(a_refusal_says_where_and_why),
        CASE(functions_count_their_arguments),
        CASE(size_depth_and_inputs_are_bounded),
        CASE(a_decimal_point_is_a_point_in_every_locale),
        CASE(hostile_text_is_refused_or_computes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
