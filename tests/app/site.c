#include "app/site.h"

#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/memory.h"

const char plant_text[] =
    "site = { name = \"works\"; };\n"
    "brokers = ( { name = \"main\"; url = \"%s\"; } );\n"
    "bounds = { screen_bytes = 65536; };\n"
    "types = ( { name = \"press\"; topic = \"plant/{area}/{line}/{unit}\"; format = \"json\"; tags = (\n"
    "  { name = \"state\"; path = \"/st\"; kind = \"state\"; map = \"packml\"; },\n"
    "  { name = \"good\"; path = \"/good\"; kind = \"counter\"; },\n"
    "  { name = \"oil\"; path = \"/oil\"; unit = \"C\"; }%s ); } );\n"
    "areas = ( { name = \"a\"; lines = ( { name = \"l1\"; units = ( { name = \"p{01..04}\"; type = \"press\"; } ); } ); } );\n";
const char one_tag_more[] = ", { name = \"noise\"; path = \"/noise\"; }";


/* ---- helpers ---- */

void write_config(const struct site *s, const char *path, const char *format, const char *extra)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, format, s->broker.url, extra);
    assert_int_equal(fclose(file), 0);
}

void read_config(const char *path, struct config *config)
{
    struct diagnostics found = {.count = 0};
    if (!load_config(&(struct load_request){.config = path}, config, &found)) {
        diagnostics_print(&found, stderr);
        fail_msg("%s does not read", path);
    }
    diagnostics_finish(&found);
}

pid_t start_collector(const struct site *s, const char *log, const char *clock_topic)
{
    const char *argv[] = {process_self(), "collect", "--config", s->config_path, "--cache", s->cache, clock_topic ? "--clock" : NULL, clock_topic, NULL};
    struct error err;
    pid_t pid = process_start(&(struct process_request){.argv = argv, .log = log, .bound = true}, &err);
    if (pid < 0)
        fail_msg("%s", err.text);
    return pid;
}

static void wake(void *arg)
{
    struct site *s = arg;
    loop_stop(s->loop);
}

/* One turn of the screen's loop, at most 20 ms. */
void turn(struct site *s)
{
    loop_timer_at(s->loop, s->tick, clock_monotonic_ms() + 20);
    loop_run(s->loop);
}

bool listens(const struct site *s)
{
    int fd = socket_connect(s->paths.socket);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

void nothing(void *arg) { (void)arg; }

struct client *attach(struct site *s, const struct load_request *load)
{
    struct error err;
    struct client *client = client_create(s->loop, &(struct client_options){.paths = &s->paths, .config = &s->config, .config_name = s->config_path,
        .load = load, .changed = nothing}, &err);
    if (!client)
        fail_msg("%s", err.text);
    return client;
}

const struct model *model_of(struct client *client)
{
    struct origin origin = client_origin(client);
    return origin.model(origin.self);
}

const struct health *health_of_collector(struct client *client)
{
    struct origin origin = client_origin(client);
    return origin.health(origin.self);
}

uint64_t samples(struct client *client)
{
    return model_samples(model_of(client));
}

bool link_is_up(struct client *client)
{
    const struct model *model = model_of(client);
    return model_source_count(model) > 0 && model_source(model, 0)->alive;
}

/* `count` messages of three fields each, over four machines. */
void publish(const struct site *s, unsigned count, size_t padding)
{
    struct error err;
    struct plant_broker broker = broker_at(s->broker.url, 5);
    struct mqtt_publisher *publisher = mqtt_publisher_create(&broker, "test-publisher", PATIENCE_MS, &err);
    if (!publisher)
        fail_msg("%s", err.text);
    char topic[64], *payload = mem_zero(padding + 128, 1);
    for (unsigned i = 0; i < count; i++) {
        snprintf(topic, sizeof topic, "plant/a/l1/p0%u", i % 4 + 1);
        int length = snprintf(payload, padding + 128, "{\"st\": %u, \"good\": %u, \"oil\": %u.5, \"pad\": \"%0*d\"}", i % 2 ? 6 : 2, i, i % 100, (int)padding, 0);
        assert_true(mqtt_publish(publisher, topic, payload, (size_t)length, 1, false, &err));
    }
    assert_true(mqtt_publisher_drain(publisher, 0, PATIENCE_MS));
    mqtt_publisher_destroy(publisher);
    free(payload);
}

/* ---- a connection without a screen behind it ---- */

struct channel raw_connect(const struct site *s)
{
    struct channel c;
    int fd = socket_connect(s->paths.socket);
    assert_true(fd >= 0);
    channel_init(&c, fd);
    return c;
}

void raw_hello(struct channel *c, uint64_t config_id, uint32_t protocol)
{
    struct packer p;
    packer_init(&p);
    struct hello hello = {.protocol = protocol, .config_id = config_id, .config = "other.cfg"};
    hello_pack(&hello, &p);
    channel_send(c, FRAME_HELLO, p.bytes, p.count);
    packer_finish(&p);
}

/* Reads until a frame of this kind; its body is borrowed. False when the connection ended without one. */
bool raw_wait(struct channel *c, uint8_t wanted, const uint8_t **body, size_t *length)
{
    int64_t until = clock_monotonic_ms() + PATIENCE_MS;
    for (;;) {
        uint8_t kind;
        while (channel_next(c, FRAME_MOST, &kind, body, length))
            if (kind == wanted)
                return true;
        struct pollfd p = {.fd = c->fd, .events = POLLIN};
        if (c->closed || clock_monotonic_ms() > until)
            return false;
        poll(&p, 1, 100);
        channel_fill(c);
    }
}

bool hung_up(struct channel *c)
{
    const uint8_t *body;
    size_t length;
    raw_wait(c, 0, &body, &length);
    return c->closed;
}

bool same_state(const struct model *model, const uint8_t *run, size_t length)
{
    struct packer mine;
    packer_init(&mine);
    model_save(model, &mine);
    bool same = mine.count == length && memcmp(mine.bytes, run, length) == 0;
    packer_finish(&mine);
    return same;
}

/* Folds what comes behind the snapshot up to this batch. */
static void fold_up_to(struct channel *c, struct model *model, uint64_t seq)
{
    const uint8_t *body;
    size_t length;
    struct batch batch;
    batch_init(&batch);
    while (model_seq(model) < seq) {
        struct run_reader run;
        struct error err;
        assert_true(raw_wait(c, FRAME_BATCH, &body, &length));
        assert_true(run_open(&run, body, length, &err));
        while (model_seq(model) < seq && run_next_batch(&run, &batch))
            model_apply(model, &batch);
    }
    batch_finish(&batch);
}

/* The collector's own state, asked for by a fresh connection, is the screen's at the same batch: whoever is behind folds on. */
void expect_equal_to_collector(struct site *s, struct client *client)
{
    struct channel c = raw_connect(s);
    const uint8_t *body;
    size_t length;
    struct error err;
    struct packer told;
    raw_hello(&c, s->config.plant->id, SOCKET_PROTOCOL);
    assert_true(raw_wait(&c, FRAME_SNAPSHOT, &body, &length));
    struct model *model = model_load(model_plant(model_of(client)), body, length, &err);
    if (!model)
        fail_msg("%s", err.text);
    wait_until(s, model_seq(model_of(client)) >= model_seq(model));
    fold_up_to(&c, model, model_seq(model_of(client)));
    packer_init(&told);
    model_save(model, &told);
    assert_true(same_state(model_of(client), told.bytes, told.count));
    packer_finish(&told);
    model_destroy(model);
    channel_finish(&c);
}

/* ---- fixture ---- */

int site_make(void **state)
{
    struct site *s = mem_zero(1, sizeof *s);
    *state = s;
    broker_start(&s->broker);
    snprintf(s->folder, sizeof s->folder, "/tmp/andon-collector-XXXXXX");
    assert_non_null(mkdtemp(s->folder));
    setenv("XDG_RUNTIME_DIR", s->folder, 1);
    snprintf(s->config_path, sizeof s->config_path, "%s/works.cfg", s->folder);
    snprintf(s->cache, sizeof s->cache, "%s/cache", s->folder);
    write_config(s, s->config_path, plant_text, "");
    read_config(s->config_path, &s->config);
    s->load = (struct load_request){.config = s->config_path};
    assert_true(paths_find(&s->paths, &(struct paths_request){.given = s->cache, .site = "works"}, NULL));
    s->loop = loop_create();
    s->tick = loop_timer(s->loop, wake, s);
    s->collector = start_collector(s, NULL, NULL);
    wait_until(s, listens(s));
    return 0;
}

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *where)
{
    (void)st, (void)kind, (void)where;
    return remove(path);
}

int site_remove(void **state)
{
    struct site *s = *state;
    process_end(s->collector, PATIENCE_MS);
    broker_finish(&s->broker);
    loop_destroy(s->loop);
    config_finish(&s->config);
    nftw(s->folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    free(s);
    return 0;
}
