#include "check.h"

#include "core/health.h"

static struct health sample(void)
{
    struct health h;
    memset(&h, 0, sizeof h);
    snprintf(h.version, sizeof h.version, "0.1.0");
    snprintf(h.site, sizeof h.site, "沈阳冰箱厂");
    snprintf(h.config, sizeof h.config, "/etc/andon/andon.cfg");
    snprintf(h.notice, sizeof h.notice, "reload refused: 3 errors");
    h.pid = 4711;
    h.started_ms = INT64_C(1718178720000);
    h.wall_ms = h.started_ms + 1500;
    h.service = true;
    h.broker_count = 2;
    snprintf(h.brokers[0].name, sizeof h.brokers[0].name, "main");
    h.brokers[0].state = LINK_UP;
    h.brokers[0].version = 5;
    h.brokers[0].tls = true;
    h.brokers[0].messages = UINT64_MAX;
    h.brokers[0].per_second = 118.25;
    snprintf(h.brokers[1].said, sizeof h.brokers[1].said, "not authorised");
    h.brokers[1].state = LINK_WAITING;
    h.brokers[1].retry_ms = h.wall_ms + 30000;
    h.cpu_share = 0.015;
    h.screens = 3;
    h.store = (struct store_health){.kept = true, .stopped = true, .said = "the disk is full", .since_ms = h.wall_ms - 60000, .file_bytes = 412000000,
        .size_most = 2000000000, .first_ms = 5, .samples = 86400, .batches_lost = 7, .queue_most = 67108864, .flush_max_us = 48000};
    for (int b = 0; b < BOUND_COUNT; b++) {
        h.fill[b] = b % 2 ? -1 : b * 1000;
        h.high[b] = b * 2000;
    }
    return h;
}

static void what_the_collector_says_arrives_as_it_was(void **state)
{
    (void)state;
    struct health h = sample(), back;
    struct packer p;
    packer_init(&p);
    health_pack(&h, &p);
    memset(&back, 0, sizeof back);
    assert_true(health_unpack(&back, p.bytes, p.count));
    assert_string_equal(back.site, h.site);
    assert_string_equal(back.notice, h.notice);
    assert_int_equal(back.broker_count, 2);
    assert_true(back.brokers[0].messages == UINT64_MAX);
    assert_true(back.brokers[0].tls);
    assert_near(back.brokers[0].per_second, 118.25, 0);
    assert_string_equal(back.brokers[1].said, "not authorised");
    assert_int_equal(back.brokers[1].retry_ms, h.brokers[1].retry_ms);
    assert_true(back.store.kept && back.store.stopped);
    assert_string_equal(back.store.said, "the disk is full");
    assert_int_equal(back.store.since_ms, h.store.since_ms);
    assert_int_equal(back.store.size_most, 2000000000);
    assert_int_equal(back.store.batches_lost, 7);
    assert_int_equal(back.store.flush_max_us, 48000);
    assert_int_equal(back.store.queue_most, 67108864);
    assert_memory_equal(back.fill, h.fill, sizeof h.fill);
    assert_memory_equal(back.high, h.high, sizeof h.high);
    packer_finish(&p);
}

static void a_cut_or_lengthened_frame_is_refused_and_changes_nothing(void **state)
{
    (void)state;
    struct health h = sample(), back;
    struct packer p;
    packer_init(&p);
    health_pack(&h, &p);
    memset(&back, 0x5A, sizeof back);
    struct health before = back;
    for (size_t length = 0; length < p.count; length++)
        assert_false(health_unpack(&back, p.bytes, length));
    pack_u8(&p, 0);
    assert_false(health_unpack(&back, p.bytes, p.count));
    assert_memory_equal(&back, &before, sizeof back);
    packer_finish(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(what_the_collector_says_arrives_as_it_was),
        CASE(a_cut_or_lengthened_frame_is_refused_and_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
