#include "check.h"

#include <sys/stat.h>
#include <unistd.h>

#include "io/log.h"

static char folder[] = "/tmp/andon-log-XXXXXX";
static char path[64], old[64];

static int make(void **state)
{
    (void)state;
    memcpy(folder + strlen(folder) - 6, "XXXXXX", 6);
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/log", folder);
    snprintf(old, sizeof old, "%s/log.1", folder);
    return log_open(path, LOG_LEVEL_INFO) ? 0 : -1;
}

static int drop(void **state)
{
    (void)state;
    log_close();
    unlink(path);
    unlink(old);
    return rmdir(folder);
}

/* The log as it stands, without the stamps (24 bytes and a blank on each line). */
static const char *written(void)
{
    static char text[65536];
    char line[4096];
    size_t length = 0;
    FILE *in = fopen(path, "r");
    assert_non_null(in);
    text[0] = '\0';
    while (fgets(line, sizeof line, in)) {
        assert_true(strlen(line) > 25 && line[10] == 'T' && line[23] == 'Z');
        length += (size_t)snprintf(text + length, sizeof text - length, "%s", line + 25);
    }
    fclose(in);
    return text;
}

static void lines_of_the_wanted_levels_are_written(void **state)
{
    (void)state;
    log_line(LOG_LEVEL_ERROR, "one %d", 1);
    log_line(LOG_LEVEL_DEBUG, "not wanted");
    log_line(LOG_LEVEL_INFO, "two");
    assert_string_equal(written(), "error: one 1\ninfo: two\n");
}

static void text_from_outside_passes_the_gate(void **state)
{
    (void)state;
    log_line(LOG_LEVEL_WARNING, "a\x1b[31mb\nfake: line\xe2\x80\xae c\xff");
    assert_string_equal(written(), "warning: a[31mb fake: line c\xef\xbf\xbd\n");
}

static void a_line_is_bounded(void **state)
{
    static char big[5000];
    (void)state;
    memset(big, 'x', sizeof big - 1);
    log_line(LOG_LEVEL_ERROR, "%s", big);
    log_line(LOG_LEVEL_ERROR, "next");
    const char *text = written();
    assert_true(strlen(text) < 1200);
    assert_string_equal(text + strlen(text) - strlen("error: next\n"), "error: next\n");
}

static void repeats_are_held_back_and_counted(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++) {
        log_limited(LOG_LEVEL_WARNING, "payload", "bad payload %d", i);
        log_limited(LOG_LEVEL_WARNING, "topic", "bad topic %d", i);
    }
    assert_string_equal(written(), "warning: bad payload 0\nwarning: bad topic 0\n");
    log_close();
    assert_string_equal(written(), "warning: bad payload 0\nwarning: bad topic 0\n"
                                   "info: payload: 4 more like this were held back\ninfo: topic: 4 more like this were held back\n");
}

static void a_million_topics_do_not_grow_it(void **state)
{
    char topic[32];
    (void)state;
    for (int i = 0; i < 1000; i++) {
        snprintf(topic, sizeof topic, "t%d", i);
        log_limited(LOG_LEVEL_INFO, topic, "x");
        log_limited(LOG_LEVEL_INFO, topic, "x");
    }
    assert_true(strstr(written(), "info: t0: 1 more like this were held back\n") != NULL);
}

static void it_is_rotated_once(void **state)
{
    struct stat now, before;
    (void)state;
    for (int i = 0; i < 30000; i++)
        log_line(LOG_LEVEL_INFO, "%060d", i);
    assert_int_equal(stat(path, &now), 0);
    assert_int_equal(stat(old, &before), 0);
    assert_true(now.st_size <= (1 << 20) + 200 && before.st_size <= (1 << 20) + 200);
    assert_int_equal(now.st_mode & 0777 & ~0640u, 0);
}

static void closed_it_writes_nothing(void **state)
{
    (void)state;
    log_close();
    log_line(LOG_LEVEL_ERROR, "nobody");
    log_limited(LOG_LEVEL_ERROR, "nobody", "nobody");
    assert_string_equal(written(), "");
    assert_false(log_open("/nonexistent/folder/log", LOG_LEVEL_INFO));
}

#define LOG_CASE(function) cmocka_unit_test_setup_teardown(function, make, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LOG_CASE(lines_of_the_wanted_levels_are_written),
        LOG_CASE(text_from_outside_passes_the_gate),
        LOG_CASE(a_line_is_bounded),
        LOG_CASE(repeats_are_held_back_and_counted),
        LOG_CASE(a_million_topics_do_not_grow_it),
        LOG_CASE(it_is_rotated_once),
        LOG_CASE(closed_it_writes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
