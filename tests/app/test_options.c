/*
 * The command line: one table drives parsing and the environment; what is wrong is refused with status 2.
 */
#include "check.h"

#include <unistd.h>

#include "cli/cli.h"

static struct cli_args seen;
static int runs;

static int remember(const struct cli_args *args)
{
    seen = *args;
    runs++;
    return 7;
}

enum { CONFIG, ASCII, HIDDEN };

static const struct cli_option table[] = {
    [CONFIG] = {"config", 'c', "FILE", "ANDON_TEST_CONFIG", "the configuration"},
    [ASCII] = {"ascii", 0, NULL, "ANDON_TEST_ASCII", "draw with ASCII only"},
    [HIDDEN] = {"-hidden", 0, NULL, NULL, ""},
};
static const struct cli_command command = {.name = "test", .operands = "[FILE]", .operands_most = 1, .summary = "a test", .options = table,
    .option_count = sizeof table / sizeof table[0], .run = remember};
const struct cli_command *const cli_commands[] = {&command};
const size_t cli_command_count = 1;

#define RUN(...) run_with((char *[]){(char[]){"test"}, __VA_ARGS__ NULL})
#define ARG(text) (char[]){text},

static int run_with(char **argv)
{
    int argc = 0;
    while (argv[argc])
        argc++;
    runs = 0;
    return cli_run(&command, argc, argv);
}

static int no_environment(void **state)
{
    (void)state;
    unsetenv("ANDON_TEST_CONFIG");
    unsetenv("ANDON_TEST_ASCII");
    return 0;
}

static void values_and_flags_are_found(void **state)
{
    (void)state;
    assert_int_equal(RUN(ARG("-c") ARG("a.cfg") ARG("--ascii") ARG("file")), 7);
    assert_string_equal(seen.value[CONFIG], "a.cfg");
    assert_string_equal(seen.value[ASCII], "1");
    assert_null(seen.value[HIDDEN]);
    assert_int_equal(seen.operand_count, 1);
    assert_string_equal(seen.operands[0], "file");
    assert_int_equal(RUN(ARG("--config=b.cfg") ARG("--hidden")), 7);
    assert_string_equal(seen.value[CONFIG], "b.cfg");
    assert_string_equal(seen.value[HIDDEN], "1");
    assert_null(seen.value[ASCII]);
}

static void the_environment_stands_in_for_what_is_not_given(void **state)
{
    (void)state;
    setenv("ANDON_TEST_CONFIG", "env.cfg", 1);
    setenv("ANDON_TEST_ASCII", "yes", 1);
    assert_int_equal(RUN(), 7);
    assert_string_equal(seen.value[CONFIG], "env.cfg");
    assert_string_equal(seen.value[ASCII], "1");
    assert_int_equal(RUN(ARG("-c") ARG("a.cfg")), 7);
    assert_string_equal(seen.value[CONFIG], "a.cfg");
    setenv("ANDON_TEST_ASCII", "0", 1);
    setenv("ANDON_TEST_CONFIG", "", 1);
    assert_int_equal(RUN(), 7);
    assert_null(seen.value[ASCII]);
    assert_null(seen.value[CONFIG]);
}

static void wrong_usage_runs_nothing(void **state)
{
    (void)state;
    assert_int_equal(RUN(ARG("--nope")), CLI_WRONG);
    assert_int_equal(RUN(ARG("-x")), CLI_WRONG);
    assert_int_equal(RUN(ARG("--config")), CLI_WRONG);
    assert_int_equal(RUN(ARG("a") ARG("b")), CLI_WRONG);
    assert_int_equal(RUN(ARG("--ascii=yes")), CLI_WRONG);
    assert_int_equal(runs, 0);
}

static void numbers_and_sizes_are_checked(void **state)
{
    (void)state;
    double number = 5;
    int w = 1, h = 1;
    assert_true(cli_number("wait", "2.5", 0, 10, &number));
    assert_near(number, 2.5, 0);
    static const char *const not_numbers[] = {"", "x", "1x", "11", "-1", "nan", "inf"};
    for (size_t i = 0; i < sizeof not_numbers / sizeof not_numbers[0]; i++)
        assert_false(cli_number("wait", not_numbers[i], 0, 10, &number));
    assert_near(number, 2.5, 0);
    assert_true(cli_size("size", "120x40", &w, &h));
    assert_int_equal(w, 120);
    assert_int_equal(h, 40);
    static const char *const not_sizes[] = {"", "80", "80x", "x24", "0x24", "80x24x", "80x5000", "80 24"};
    for (size_t i = 0; i < sizeof not_sizes / sizeof not_sizes[0]; i++)
        assert_false(cli_size("size", not_sizes[i], &w, &h));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(values_and_flags_are_found, no_environment),
        cmocka_unit_test_setup(the_environment_stands_in_for_what_is_not_given, no_environment),
        cmocka_unit_test_setup(wrong_usage_runs_nothing, no_environment),
        cmocka_unit_test_setup(numbers_and_sizes_are_checked, no_environment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
