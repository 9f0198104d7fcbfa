#include "check.h"

#include "app/paths.h"

static struct paths found(const char *given, const char *site, const char *broker)
{
    struct paths paths;
    struct error err;
    if (!paths_find(&paths, &(struct paths_request){.given = given, .site = site, .broker = broker}, &err))
        fail_msg("%s", err.text);
    return paths;
}

static void the_cache_is_named_after_the_site(void **state)
{
    (void)state;
    setenv("XDG_STATE_HOME", "/tmp/state", 1);
    assert_string_equal(found(NULL, "shenyang", NULL).cache, "/tmp/state/andon/shenyang");
    assert_string_equal(found("", "", "").cache, "/tmp/state/andon/site");
    unsetenv("XDG_STATE_HOME");
    setenv("HOME", "/home/kim", 1);
    assert_string_equal(found(NULL, "works", NULL).cache, "/home/kim/.local/state/andon/works");
}

static void two_brokers_under_one_configuration_have_caches_of_their_own(void **state)
{
    (void)state;
    struct paths a = found(NULL, "site", "mqtt://192.0.2.7"), b = found(NULL, "site", "mqtt://192.0.2.8"), again = found(NULL, "site", "mqtt://192.0.2.7");
    assert_string_equal(a.cache, again.cache);
    assert_string_not_equal(a.cache, b.cache);
    assert_string_not_equal(a.socket, b.socket);
    assert_string_equal(found("/srv/cache", "site", "mqtt://192.0.2.7").cache, "/srv/cache");
}

static void the_socket_has_a_short_name_however_long_the_cache_is(void **state)
{
    (void)state;
    char deep[600];
    memset(deep, 'x', sizeof deep - 1);
    deep[0] = '/';
    deep[sizeof deep - 1] = '\0';
    setenv("XDG_RUNTIME_DIR", "/run/user/1000", 1);
    struct paths paths = found(deep, "site", NULL);
    assert_true(strlen(paths.socket) < 108);
    assert_memory_equal(paths.socket, "/run/user/1000/andon/", 21);
    unsetenv("XDG_RUNTIME_DIR");
    struct error err;
    assert_false(paths_find(&paths, &(struct paths_request){.given = deep}, &err));
    assert_non_null(strstr(err.text, "XDG_RUNTIME_DIR"));
}

static void the_services_cache_has_its_socket_in_run(void **state)
{
    (void)state;
    struct paths service = found("/var/lib/andon", "works", NULL);
    assert_true(service.service);
    assert_memory_equal(service.socket, "/run/andon/", 11);
    assert_false(found("/var/lib/andon2", "works", NULL).service);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_cache_is_named_after_the_site),
        CASE(two_brokers_under_one_configuration_have_caches_of_their_own),
        CASE(the_socket_has_a_short_name_however_long_the_cache_is),
        CASE(the_services_cache_has_its_socket_in_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
