#include "check.h"

#include "io/mqtt_private.h"

static void addresses_are_read(void **state)
{
    static const struct { const char *text, *paho, *host; uint16_t port; bool tls; } cases[] = {
        {"mqtt://broker", "tcp://broker:1883", "broker", 1883, false},
        {"mqtts://broker.works.example", "ssl://broker.works.example:8883", "broker.works.example", 8883, true},
        {"mqtt://10.0.0.7:1884", "tcp://10.0.0.7:1884", "10.0.0.7", 1884, false},
        {"mqtt://[fd00::1]", "tcp://[fd00::1]:1883", "fd00::1", 1883, false},
        {"mqtts://[fd00::1]:65535", "ssl://[fd00::1]:65535", "fd00::1", 65535, true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mqtt_url url;
        assert_true(mqtt_url_read(cases[i].text, &url, NULL));
        assert_string_equal(url.paho, cases[i].paho);
        assert_string_equal(url.host, cases[i].host);
        assert_int_equal(url.port, cases[i].port);
        assert_int_equal(url.tls, cases[i].tls);
    }
}

static void others_are_refused_without_repeating_them(void **state)
{
    static const char *const cases[] = {
        "", "secret", "http://secret", "mqtt:/secret", "mqtt://", "mqtt://:1883", "mqtt://secret:0", "mqtt://secret:65536", "mqtt://secret:18a3",
        "mqtt://secret:", "mqtt://kim:secret@host", "mqtt://host/secret", "mqtt://host:1883/secret", "mqtt://[secret]", "mqtt://[::1",
        "mqtt://host secret", "mqtt://secret\xc3\xa4", "MQTT://secret",
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mqtt_url url = {.port = 7};
        struct error err = {""};
        if (mqtt_url_read(cases[i], &url, &err))
            fail_msg("read %s", cases[i]);
        assert_int_equal(url.port, 7);
        assert_true(err.text[0] != '\0');
        assert_null(strstr(err.text, "secret"));
    }
}

static void a_host_has_its_bound(void **state)
{
    char text[600] = "mqtt://";
    struct mqtt_url url;
    (void)state;
    memset(text + 7, 'a', 255);
    assert_true(mqtt_url_read(text, &url, NULL));
    memset(text + 7, 'a', 256);
    assert_false(mqtt_url_read(text, &url, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(addresses_are_read),
        CASE(others_are_refused_without_repeating_them),
        CASE(a_host_has_its_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
