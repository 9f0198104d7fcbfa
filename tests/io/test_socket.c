/*
 * The socket: addresses that always fit, frames that survive any cut, and a hostile other side that costs its connection
 * and nothing else.
 */
#include "check.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/memory.h"
#include "io/socket.h"

enum { MOST = 65536 };

struct ends {
    struct channel a, b;
};

static struct ends joined(void)
{
    int fd[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
    struct ends e;
    channel_init(&e.a, fd[0]);
    channel_init(&e.b, fd[1]);
    return e;
}

static void part(struct ends *e)
{
    channel_finish(&e->a);
    channel_finish(&e->b);
}

static void raw(struct channel *c, const void *bytes, size_t length)
{
    assert_int_equal(send(c->fd, bytes, length, 0), (ssize_t)length);
}

static void expect_frame(struct channel *c, uint8_t kind, const char *text)
{
    uint8_t got;
    const uint8_t *body;
    size_t length;
    assert_true(channel_next(c, MOST, &got, &body, &length));
    assert_int_equal(got, kind);
    assert_int_equal(length, strlen(text));
    assert_memory_equal(body, text, length);
}

static bool any_frame(struct channel *c)
{
    uint8_t kind;
    const uint8_t *body;
    size_t length;
    return channel_next(c, MOST, &kind, &body, &length);
}

static void frames_arrive_whole_and_in_order(void **state)
{
    (void)state;
    struct ends e = joined();
    channel_send(&e.a, FRAME_HELLO, "hello", 5);
    channel_send(&e.a, FRAME_WATCH, "", 0);
    channel_send(&e.a, FRAME_ACTION, "ack", 3);
    assert_true(channel_fill(&e.b));
    expect_frame(&e.b, FRAME_HELLO, "hello");
    expect_frame(&e.b, FRAME_WATCH, "");
    expect_frame(&e.b, FRAME_ACTION, "ack");
    assert_false(any_frame(&e.b));
    part(&e);
}

static void a_frame_cut_anywhere_waits_for_its_rest(void **state)
{
    (void)state;
    const uint8_t bytes[] = {4, 0, 0, 0, FRAME_RAW, 'a', 'b', 'c'};
    for (size_t cut = 1; cut < sizeof bytes; cut++) {
        struct ends e = joined();
        raw(&e.a, bytes, cut);
        assert_true(channel_fill(&e.b));
        assert_false(any_frame(&e.b));
        raw(&e.a, bytes + cut, sizeof bytes - cut);
        assert_true(channel_fill(&e.b));
        expect_frame(&e.b, FRAME_RAW, "abc");
        part(&e);
    }
}

static void an_impossible_length_closes_the_connection(void **state)
{
    (void)state;
    const uint8_t heads[][4] = {{0, 0, 0, 0}, {1, 0, 1, 0}, {255, 255, 255, 255}, {0, 0, 0, 128}};
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        struct ends e = joined();
        raw(&e.a, heads[i], 4);
        assert_true(channel_fill(&e.b));
        assert_false(any_frame(&e.b));
        assert_true(e.b.closed);
        assert_true(e.b.in_capacity <= 2 * MOST);
        part(&e);
    }
}

static void what_was_sent_before_the_end_is_still_taken(void **state)
{
    (void)state;
    struct ends e = joined();
    channel_send(&e.a, FRAME_REFUSED, "no", 2);
    channel_finish(&e.a);
    assert_true(channel_fill(&e.b));
    expect_frame(&e.b, FRAME_REFUSED, "no");
    assert_false(channel_fill(&e.b));
    part(&e);
}

static void sending_to_nobody_does_not_kill_and_reading_tells_the_end(void **state)
{
    (void)state;
    struct ends e = joined();
    channel_finish(&e.b);
    channel_send(&e.a, FRAME_BATCH, "x", 1);
    channel_send(&e.a, FRAME_BATCH, "x", 1);
    assert_int_equal(channel_backlog(&e.a), 0);
    assert_false(channel_fill(&e.a));
    assert_true(e.a.closed);
    part(&e);
}

/* It refused and went, and we had gone on speaking: why is still there to be read, whether or not it had read all of ours. */
static void the_last_words_are_heard_though_we_went_on_speaking(void **state)
{
    (void)state;
    for (int unread = 0; unread < 2; unread++) {
        struct ends e = joined();
        if (unread)
            channel_send(&e.a, FRAME_IMPORT, "part", 4);
        channel_send(&e.b, FRAME_REFUSED, "full", 4);
        channel_finish(&e.b);
        for (int i = 0; i < 3; i++)
            channel_send(&e.a, FRAME_IMPORT, "part", 4);
        assert_true(channel_fill(&e.a));
        expect_frame(&e.a, FRAME_REFUSED, "full");
        assert_false(channel_fill(&e.a));
        part(&e);
    }
}

/* Sends numbered frames of 32 KiB until bytes stay behind; returns how many were sent. */
static unsigned fill_the_pipe(struct channel *c)
{
    static uint8_t body[32768];
    unsigned sent = 0;
    while (channel_backlog(c) < 4 * sizeof body) {
        body[0] = (uint8_t)sent++;
        channel_send(c, FRAME_BATCH, body, sizeof body);
    }
    return sent;
}

/* Reads everything; returns the frames seen, and checks that they are numbered without a gap and that only `last` follows. */
static unsigned drain(struct ends *e, bool *saw_last)
{
    unsigned frames = 0;
    *saw_last = false;
    for (int quiet = 0; quiet < 2;) {
        channel_flush(&e->a);
        size_t before = e->b.in_count - e->b.in_taken;
        assert_true(channel_fill(&e->b));
        quiet = e->b.in_count - e->b.in_taken == before ? quiet + 1 : 0;
        uint8_t kind;
        const uint8_t *body;
        size_t length;
        while (channel_next(&e->b, MOST, &kind, &body, &length)) {
            assert_false(*saw_last);
            *saw_last = kind == FRAME_SNAPSHOT;
            if (kind == FRAME_BATCH)
                assert_int_equal(body[0], (uint8_t)frames++);
        }
    }
    return frames;
}

static void a_backlog_arrives_when_the_reader_wakes(void **state)
{
    (void)state;
    struct ends e = joined();
    unsigned sent = fill_the_pipe(&e.a);
    bool last;
    assert_int_equal(drain(&e, &last), sent);
    assert_int_equal(channel_backlog(&e.a), 0);
    part(&e);
}

static void a_dropped_backlog_keeps_the_half_sent_frame_whole(void **state)
{
    (void)state;
    struct ends e = joined();
    unsigned sent = fill_the_pipe(&e.a);
    channel_drop_backlog(&e.a);
    assert_true(channel_backlog(&e.a) < 32768 + 5);
    channel_send(&e.a, FRAME_SNAPSHOT, "s", 1);
    bool last;
    unsigned got = drain(&e, &last);
    assert_true(got > 0 && got < sent);
    assert_true(last);
    part(&e);
}

struct folder {
    char path[64];
};

static int folder_make(void **state)
{
    struct folder *f = mem_zero(1, sizeof *f);
    snprintf(f->path, sizeof f->path, "/tmp/andon-socket-XXXXXX");
    *state = f;
    unsetenv("XDG_RUNTIME_DIR");
    return mkdtemp(f->path) ? 0 : -1;
}

static int folder_remove(void **state)
{
    struct folder *f = *state;
    char path[96];
    const char *names[] = {"run/s", "run", "s"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", f->path, names[i]);
        remove(path);
    }
    int failed = rmdir(f->path);
    free(f);
    return failed;
}

static void a_listener_is_personal(void **state)
{
    struct folder *f = *state;
    char path[96], folder[96];
    snprintf(folder, sizeof folder, "%s/run", f->path);
    snprintf(path, sizeof path, "%s/run/s", f->path);
    int fd = socket_listen(path, false, NULL);
    assert_true(fd >= 0);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(stat(folder, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    int client = socket_connect(path), server = socket_accept(fd);
    assert_true(client >= 0 && server >= 0);
    struct peer peer;
    assert_true(socket_peer(server, &peer));
    assert_int_equal(peer.uid, getuid());
    assert_int_equal(peer.pid, getpid());
    close(client), close(server), close(fd);
}

static void only_a_socket_nobody_listens_on_is_replaced(void **state)
{
    struct folder *f = *state;
    char path[96];
    struct error err;
    snprintf(path, sizeof path, "%s/s", f->path);
    int first = socket_listen(path, false, NULL);
    assert_true(first >= 0);
    assert_int_equal(socket_listen(path, false, &err), -1);
    assert_non_null(strstr(err.text, "somebody listens"));
    close(first); /* as a killed collector leaves it */
    assert_int_equal(socket_connect(path), -1);
    int second = socket_listen(path, false, &err);
    assert_true(second >= 0);
    close(second);
    remove(path);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fclose(file);
    assert_int_equal(socket_listen(path, false, &err), -1);
    assert_non_null(strstr(err.text, "not a socket"));
}

static void no_socket_stands_where_everybody_may_put_one(void **state)
{
    struct folder *f = *state;
    char folder[96], path[96];
    struct error err = {.text = ""};
    snprintf(folder, sizeof folder, "%s/run", f->path);
    snprintf(path, sizeof path, "%s/run/s", f->path);
    assert_int_equal(mkdir(folder, 0700), 0);
    assert_int_equal(chmod(folder, 0777), 0);
    assert_int_equal(socket_listen(path, false, &err), -1);
    assert_non_null(strstr(err.text, folder));
    assert_int_equal(chmod(folder, 0750), 0);
    int fd = socket_listen(path, false, &err);
    assert_true(fd >= 0);
    close(fd);
}

static void the_address_fits_whatever_the_cache_is_called(void **state)
{
    struct folder *f = *state;
    char long_cache[400], path[256], again[256];
    memset(long_cache, 'x', sizeof long_cache);
    long_cache[0] = '/';
    long_cache[sizeof long_cache - 1] = '\0';
    struct error err;
    assert_false(socket_path(long_cache, path, sizeof path, &err));
    assert_non_null(strstr(err.text, "XDG_RUNTIME_DIR"));
    setenv("XDG_RUNTIME_DIR", f->path, 1);
    assert_true(socket_path(long_cache, path, sizeof path, &err));
    assert_true(strlen(path) < sizeof((struct sockaddr_un *)0)->sun_path);
    assert_true(socket_path("/tmp/", again, sizeof again, NULL));
    assert_string_not_equal(path, again);
    assert_true(socket_path("/tmp/../tmp", path, sizeof path, NULL));
    assert_string_equal(path, again);
    unsetenv("XDG_RUNTIME_DIR");
    assert_true(socket_path("/var/lib/andon", path, sizeof path, NULL));
    assert_memory_equal(path, "/run/andon/", 11);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(frames_arrive_whole_and_in_order),
        CASE(a_frame_cut_anywhere_waits_for_its_rest),
        CASE(an_impossible_length_closes_the_connection),
        CASE(what_was_sent_before_the_end_is_still_taken),
        CASE(sending_to_nobody_does_not_kill_and_reading_tells_the_end),
        CASE(the_last_words_are_heard_though_we_went_on_speaking),
        CASE(a_backlog_arrives_when_the_reader_wakes),
        CASE(a_dropped_backlog_keeps_the_half_sent_frame_whole),
        cmocka_unit_test_setup_teardown(a_listener_is_personal, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(only_a_socket_nobody_listens_on_is_replaced, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(no_socket_stands_where_everybody_may_put_one, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(the_address_fits_whatever_the_cache_is_called, folder_make, folder_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
