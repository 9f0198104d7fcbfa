#include "check.h"

#include <sys/stat.h>

#include "broker.h"

/* A broker with a certificate for the name "localhost", and the files of its makers. */
struct secured {
    struct broker broker;
    char ca[128], ca_key[128], cert[128], key[128], client[128], client_key[128], other[128], other_key[128];
    char by_name[64], by_number[64];
};

static void make_ca(const char *cert, const char *key)
{
    const char *const argv[] = {"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
        "-subj", "/CN=test maker", "-keyout", key, "-out", cert, NULL};
    assert_int_equal(run_program(argv), 0);
}

static void make_cert(const struct secured *s, const char *subject, const char *names, const char *cert, const char *key)
{
    const char *const argv[] = {"openssl", "req", "-x509", "-CA", s->ca, "-CAkey", s->ca_key, "-newkey", "ec", "-pkeyopt",
        "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", subject, "-addext", names, "-keyout", key, "-out", cert, NULL};
    assert_int_equal(run_program(argv), 0);
    assert_int_equal(chmod(key, 0644), 0);
}

static void secured_start(struct secured *s, const char *more)
{
    char lines[1024];
    broker_prepare(&s->broker);
    const struct { const char *name; char *path; } files[] = {
        {"ca.pem", s->ca}, {"ca.key", s->ca_key}, {"cert.pem", s->cert}, {"cert.key", s->key}, {"client.pem", s->client},
        {"client.key", s->client_key}, {"other.pem", s->other}, {"other.key", s->other_key}};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        broker_path(&s->broker, files[i].name, files[i].path);
    make_ca(s->ca, s->ca_key);
    make_ca(s->other, s->other_key);
    make_cert(s, "/CN=localhost", "subjectAltName=DNS:localhost", s->cert, s->key);
    make_cert(s, "/CN=andon", "subjectAltName=DNS:andon", s->client, s->client_key);
    snprintf(lines, sizeof lines, "allow_anonymous true\ncafile %s\ncertfile %s\nkeyfile %s\n%s", s->ca, s->cert, s->key, more);
    broker_run(&s->broker, lines);
    snprintf(s->by_name, sizeof s->by_name, "mqtts://localhost:%u", (unsigned)s->broker.port);
    snprintf(s->by_number, sizeof s->by_number, "mqtts://127.0.0.1:%u", (unsigned)s->broker.port);
}

/* Connects once; the link's reason, up or down. */
static bool reach(const struct plant_broker *broker, char reason[128], char said[HEALTH_TEXT])
{
    struct plant *plant = plant_with(broker, 1, NULL);
    struct seen seen;
    consume(&seen, plant);
    wait_for(&seen, seen.ups + seen.downs == 1);
    bool up = seen.ups == 1;
    if (up)
        wait_for(&seen, health_of(&seen, 0).state == LINK_UP);
    memcpy(reason, seen.reason, 128);
    struct broker_health h = health_of(&seen, 0);
    assert_true(h.tls);
    memcpy(said, h.said, HEALTH_TEXT);
    mqtt_destroy(seen.mqtt);
    plant_destroy(plant);
    return up;
}

/* A machine so busy that the attempt took over a second is not asked again for its reason (mqtt_session.c): it is told less. */
static bool is_reason(const char *reason, const char *wanted, const char *host)
{
    char slow[64];
    snprintf(slow, sizeof slow, "no TLS with %s", host);
    return strncmp(reason, wanted, strlen(wanted)) == 0 || strncmp(reason, slow, strlen(slow)) == 0;
}

static void certificates_and_names_are_checked(void **state)
{
    static const uint8_t versions[] = {5, 4};
    struct secured s;
    char reason[128], said[HEALTH_TEXT];
    (void)state;
    secured_start(&s, "");
    for (size_t i = 0; i < 2; i++) {
        struct plant_broker b = broker_at(s.by_name, versions[i]);
        b.ca = s.ca;
        assert_true(reach(&b, reason, said));
        assert_string_equal(said, versions[i] == 5 ? "connected; the broker drops what is over 260 KiB, uncounted" : "connected");
        b.server_name = "localhost"; /* the same as the address: nothing more to do */
        assert_true(reach(&b, reason, said));

        b = broker_at(s.by_number, versions[i]);
        b.ca = s.ca;
        assert_false(reach(&b, reason, said));
        assert_true(is_reason(reason, "TLS: its certificate is not for 127.0.0.1, or it ended the handshake", "127.0.0.1"));

        b.verify = false;
        assert_true(reach(&b, reason, said));
        assert_string_equal(said, "certificate not checked; connected");

        b = broker_at(s.by_name, versions[i]);
        b.ca = s.other;
        assert_false(reach(&b, reason, said));
        assert_string_equal(reason, "TLS: certificate verify failed");

        b.ca = "/nonexistent/ca.pem";
        assert_false(reach(&b, reason, said));
        assert_string_equal(reason, "ca /nonexistent/ca.pem: No such file or directory");
    }
    broker_finish(&s.broker);
}

static void a_client_certificate_may_be_required(void **state)
{
    struct secured s;
    char reason[128], said[HEALTH_TEXT];
    (void)state;
    secured_start(&s, "require_certificate true\n");
    struct plant_broker b = broker_at(s.by_name, 5);
    b.ca = s.ca;
    assert_false(reach(&b, reason, said));
    assert_true(is_reason(reason, "TLS: ", "localhost"));
    b.cert = s.client;
    b.key = s.client_key;
    assert_true(reach(&b, reason, said));
    broker_finish(&s.broker);
}

static void a_broker_without_tls_is_refused(void **state)
{
    struct broker plain;
    char reason[128], said[HEALTH_TEXT], url[64];
    (void)state;
    broker_start(&plain);
    snprintf(url, sizeof url, "mqtts://localhost:%u", (unsigned)plain.port);
    struct plant_broker b = broker_at(url, 5);
    assert_false(reach(&b, reason, said));
    assert_true(is_reason(reason, "TLS: ", "localhost"));
    b.verify = false;
    assert_false(reach(&b, reason, said));
    assert_true(strncmp(said, "certificate not checked; ", 25) == 0);
    broker_finish(&plain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(certificates_and_names_are_checked),
        CASE(a_client_certificate_may_be_required),
        CASE(a_broker_without_tls_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
