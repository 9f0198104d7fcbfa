#include "check.h"

#include <signal.h>
#include <unistd.h>

#include "app/loop.h"
#include "io/clock.h"

/* One loop, a pipe, and what happened, as a line of letters. */
struct scene {
    struct loop *loop;
    int pipe[2], watch, timer;
    char log[64];
};

static struct scene s;

static int make(void **state)
{
    (void)state;
    s = (struct scene){.loop = loop_create(), .watch = -1, .timer = -1};
    return pipe(s.pipe);
}

static int drop(void **state)
{
    (void)state;
    loop_destroy(s.loop);
    close(s.pipe[0]);
    close(s.pipe[1]);
    return 0;
}

static void note(char letter)
{
    size_t length = strlen(s.log);
    assert_true(length + 1 < sizeof s.log);
    s.log[length] = letter;
}

static void feed(void) { assert_int_equal(write(s.pipe[1], "x", 1), 1); }

static void on_read(void *arg)
{
    char byte;
    (void)arg;
    note('r');
    assert_int_equal(read(s.pipe[0], &byte, 1), 1);
}

static void on_stop(void *arg) { (void)arg; note('.'); loop_stop(s.loop); }
static void on_a(void *arg) { (void)arg; note('a'); }
static void on_b(void *arg) { (void)arg; note('b'); }

static int timer_at(loop_fn *fn, int64_t at_ms)
{
    int timer = loop_timer(s.loop, fn, NULL);
    loop_timer_at(s.loop, timer, at_ms);
    return timer;
}

static int timer_in(loop_fn *fn, int64_t ms)
{
    return timer_at(fn, clock_monotonic_ms() + ms);
}

static void timers_fire_once_in_the_order_of_their_times(void **state)
{
    (void)state;
    int64_t before = clock_monotonic_ms(); /* of all: so their order holds, however long setting them takes */
    timer_at(on_stop, before + 30);
    timer_at(on_b, before + 15);
    timer_at(on_a, before + 5);
    int never = timer_at(on_b, before + 1);
    loop_timer_at(s.loop, never, INT64_MAX);
    loop_timer_remove(s.loop, timer_at(on_b, before + 1));
    loop_timer_remove(s.loop, -1);
    loop_run(s.loop);
    assert_string_equal(s.log, "ab.");
    assert_true(loop_now(s.loop) - before >= 30);
}

static void on_second_read(void *arg)
{
    on_read(arg);
    if (strcmp(s.log, "rr") == 0)
        timer_in(on_stop, 20); /* a third one, which would be wrong, has its chance */
}

static void descriptors_are_told(void **state)
{
    (void)state;
    loop_watch(s.loop, s.pipe[0], LOOP_READ, on_second_read, NULL);
    feed();
    feed();
    loop_run(s.loop);
    assert_string_equal(s.log, "rr.");
}

static void a_paused_watch_is_not_told(void **state)
{
    (void)state;
    int watch = loop_watch(s.loop, s.pipe[0], LOOP_READ, on_read, NULL);
    loop_watch_events(s.loop, watch, 0);
    feed();
    timer_in(on_stop, 5);
    loop_run(s.loop);
    assert_string_equal(s.log, ".");
}

static void on_hang_up(void *arg)
{
    (void)arg;
    note('h');
    loop_unwatch(s.loop, s.watch);
    loop_stop(s.loop);
}

static void a_hang_up_is_told(void **state)
{
    (void)state;
    s.watch = loop_watch(s.loop, s.pipe[0], LOOP_READ, on_hang_up, NULL);
    close(s.pipe[1]);
    loop_run(s.loop);
    assert_string_equal(s.log, "h");
    s.pipe[1] = dup(s.pipe[0]);
}

static void on_write(void *arg)
{
    (void)arg;
    note('w');
    loop_unwatch(s.loop, s.watch);
    timer_in(on_stop, 20);
}

/* Two descriptors are ready; the first callback removes the second watch and puts another one into its place. */
static void on_replace(void *arg)
{
    (void)arg;
    note('R');
    loop_unwatch(s.loop, s.watch);
    s.watch = loop_watch(s.loop, s.pipe[1], LOOP_WRITE, on_write, NULL);
    loop_unwatch(s.loop, s.timer);
}

static void what_is_removed_is_not_called_and_its_place_is_free(void **state)
{
    (void)state;
    s.timer = loop_watch(s.loop, s.pipe[1], LOOP_WRITE, on_replace, NULL);
    s.watch = loop_watch(s.loop, s.pipe[0], LOOP_READ, on_read, NULL);
    feed();
    loop_run(s.loop);
    assert_string_equal(s.log, "Rw.");
}

static void on_again(void *arg)
{
    (void)arg;
    if (strlen(s.log) < 20)
        note('t');
    loop_timer_at(s.loop, s.timer, loop_now(s.loop));
}

static void on_read_in_time(void *arg)
{
    on_read(arg);
    timer_in(on_stop, 20);
}

/* A timer that is always due does not keep descriptors or the others from their turn: else this never ends. */
static void nobody_starves(void **state)
{
    (void)state;
    s.timer = timer_in(on_again, 0);
    loop_watch(s.loop, s.pipe[0], LOOP_READ, on_read_in_time, NULL);
    feed();
    loop_run(s.loop);
    assert_non_null(strchr(s.log, 't'));
    assert_non_null(strchr(s.log, 'r'));
    assert_non_null(strchr(s.log, '.'));
}

static void on_signal(void *arg, int signal)
{
    (void)arg;
    note(signal == SIGUSR1 ? '1' : '2');
    if (signal == SIGUSR2)
        loop_stop(s.loop);
}

static void signals_come_through_the_loop(void **state)
{
    sigset_t now;
    (void)state;
    assert_true(loop_signal(s.loop, SIGUSR1, on_signal, NULL));
    assert_true(loop_signal(s.loop, SIGUSR2, on_signal, NULL));
    assert_false(loop_signal(s.loop, 4000, on_signal, NULL));
    raise(SIGUSR1);
    raise(SIGUSR2);
    loop_run(s.loop);
    assert_string_equal(s.log, "12");
    loop_destroy(s.loop);
    s.loop = loop_create();
    pthread_sigmask(SIG_SETMASK, NULL, &now);
    assert_false(sigismember(&now, SIGUSR1)); /* as it was before */
}

#define LOOP_CASE(function) cmocka_unit_test_setup_teardown(function, make, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LOOP_CASE(timers_fire_once_in_the_order_of_their_times),
        LOOP_CASE(descriptors_are_told),
        LOOP_CASE(a_paused_watch_is_not_told),
        LOOP_CASE(a_hang_up_is_told),
        LOOP_CASE(what_is_removed_is_not_called_and_its_place_is_free),
        LOOP_CASE(nobody_starves),
        LOOP_CASE(signals_come_through_the_loop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
