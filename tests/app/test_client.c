/*
 * A screen before a collector that lies: a process that speaks the protocol and skips, repeats or damages batches, or hangs. On
 * its second connection it tells the truth, and the screen must come to hear it.
 */
#include "check.h"

#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/client.h"
#include "app/protocol.h"
#include "core/memory.h"
#include "core/plant_build.h"
#include "io/clock.h"
#include "io/socket.h"

enum { PATIENCE_MS = 120000, BEFORE = 5, AFTER = 40 };

enum lie { HOLE, REPEATED, BACKWARDS, DAMAGED, CUT, HOLE_IN_A_RUN, NO_SNAPSHOT, SILENT, LIES };

/* ---- the collector ---- */

static void add_batch(struct packer *p, uint64_t seq)
{
    struct batch batch;
    batch_init(&batch);
    batch_clear(&batch);
    batch.seq = seq;
    batch.wall_ms = INT64_C(1700000000000) + 100 * (int64_t)seq;
    batch.elapsed_ms = 100;
    run_add_batch(p, &batch);
    batch_finish(&batch);
}

static void send_batches(struct channel *c, uint64_t first, uint64_t second, enum lie lie)
{
    struct packer p;
    packer_init(&p);
    run_begin(&p);
    add_batch(&p, first);
    if (second)
        add_batch(&p, second);
    run_end(&p);
    if (lie == DAMAGED)
        p.bytes[p.count / 2] ^= 1;
    channel_send(c, FRAME_BATCH, p.bytes, lie == CUT ? p.count - 1 : p.count);
    packer_finish(&p);
}

static void send_snapshot(struct channel *c, const struct plant *plant, uint64_t seq)
{
    struct model *model = model_create(plant);
    struct batch batch;
    struct packer p;
    packer_init(&p);
    batch_init(&batch);
    batch_clear(&batch);
    batch.seq = seq;
    model_apply(model, &batch);
    model_save(model, &p);
    channel_send(c, FRAME_SNAPSHOT, p.bytes, p.count);
    batch_finish(&batch);
    packer_finish(&p);
    model_destroy(model);
}

static void tell_lie(struct channel *c, const struct plant *plant, enum lie lie)
{
    if (lie != NO_SNAPSHOT)
        send_snapshot(c, plant, BEFORE);
    send_batches(c, BEFORE + 1, 0, HOLE);
    switch (lie) {
    case HOLE: send_batches(c, BEFORE + 3, 0, lie); break;
    case REPEATED: send_batches(c, BEFORE + 1, 0, lie); break;
    case BACKWARDS: send_batches(c, BEFORE, 0, lie); break;
    case HOLE_IN_A_RUN: send_batches(c, BEFORE + 2, BEFORE + 4, lie); break;
    case SILENT: break; /* it hangs: its socket stands, and nothing comes */
    default: send_batches(c, BEFORE + 2, 0, lie); break;
    }
}

static void serve(int listener, const struct plant *plant, enum lie lie)
{
    for (int connection = 0;; connection++) {
        struct channel c;
        struct pollfd p = {.fd = listener, .events = POLLIN};
        poll(&p, 1, -1);
        channel_init(&c, socket_accept(listener));
        struct packer packer;
        packer_init(&packer);
        welcome_pack(&(struct welcome){.protocol = SOCKET_PROTOCOL, .version = "1", .config_id = plant->id}, &packer);
        channel_send(&c, FRAME_WELCOME, packer.bytes, packer.count);
        packer_finish(&packer);
        if (connection == 0) {
            tell_lie(&c, plant, lie);
        } else {
            send_snapshot(&c, plant, AFTER);
            send_batches(&c, AFTER + 1, AFTER + 2, HOLE);
        }
        p.fd = c.fd;
        do
            poll(&p, 1, -1);
        while (channel_fill(&c));
        channel_finish(&c);
    }
}

/* ---- the screen ---- */

struct seat {
    char folder[64];
    struct paths paths;
    struct config config;
    struct loop *loop;
    pid_t collector;
    int tick;
};

static void wake(void *arg) { loop_stop(((struct seat *)arg)->loop); }
static void nothing(void *arg) { (void)arg; }

static void take_seat(struct seat *s, enum lie lie)
{
    static const char text[] = "site = { name = \"works\"; };";
    struct bundle bundle;
    struct diagnostics found = {.rows = NULL};
    struct error err;
    snprintf(s->folder, sizeof s->folder, "/tmp/andon-client-XXXXXX");
    assert_non_null(mkdtemp(s->folder));
    setenv("XDG_RUNTIME_DIR", s->folder, 1);
    bundle_of_text(&bundle, "works.cfg", text);
    assert_true(config_build(&bundle, &s->config, &found));
    diagnostics_finish(&found);
    assert_true(paths_find(&s->paths, &(struct paths_request){.given = s->folder, .site = "works"}, &err));
    s->loop = loop_create();
    s->tick = loop_timer(s->loop, wake, s);
    int listener = socket_listen(s->paths.socket, false, &err);
    assert_true(listener >= 0);
    s->collector = fork();
    assert_true(s->collector >= 0);
    if (s->collector == 0)
        serve(listener, s->config.plant, lie);
    close(listener);
}

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *where)
{
    (void)st, (void)kind, (void)where;
    return remove(path);
}

static void leave_seat(struct seat *s)
{
    kill(s->collector, SIGKILL);
    waitpid(s->collector, NULL, 0);
    loop_destroy(s->loop);
    config_finish(&s->config);
    nftw(s->folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static uint64_t seq_of(struct client *client)
{
    struct origin origin = client_origin(client);
    return model_seq(origin.model(origin.self));
}

static struct client *attach(struct seat *s, struct error *err)
{
    return client_create(s->loop, &(struct client_options){.paths = &s->paths, .config = &s->config, .config_name = "works.cfg", .changed = nothing}, err);
}

static void hears_the_truth(enum lie lie)
{
    struct seat s = {.collector = 0};
    struct error err = {.text = ""};
    take_seat(&s, lie);
    struct client *client = attach(&s, &err);
    if (!client) /* the lie came before the first screen was drawn: the user is told, and tries again */
        client = attach(&s, &err);
    if (!client)
        fail_msg("lie %d: %s", (int)lie, err.text);
    int64_t until = clock_monotonic_ms() + PATIENCE_MS;
    while (seq_of(client) != AFTER + 2) {
        if (clock_monotonic_ms() > until)
            fail_msg("lie %d: at batch %d", (int)lie, (int)seq_of(client));
        loop_timer_at(s.loop, s.tick, clock_monotonic_ms() + 20);
        loop_run(s.loop);
    }
    client_destroy(client);
    leave_seat(&s);
}

static void a_batch_is_folded_only_onto_the_one_before_it(void **state)
{
    (void)state;
    for (int lie = 0; lie < LIES; lie++)
        hears_the_truth((enum lie)lie);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        CASE(a_batch_is_folded_only_onto_the_one_before_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
