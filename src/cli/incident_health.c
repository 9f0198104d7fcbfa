/*
 * How the collector is, when one runs: it is asked as a screen would ask it, and what it answers within some seconds goes along.
 */
#include "cli/incident.h"

#include <inttypes.h>
#include <unistd.h>

#include "app/loop.h"
#include "cli/rows.h"
#include "core/drop.h"
#include "io/clock.h"
#include "io/socket.h"

enum { WAIT_MS = 5000 };

struct asking {
    struct loop *loop;
    const struct attach *attach;
    int timer;
    bool done;
};

static const struct health *health_of(const struct attach *attach)
{
    struct origin origin = attach_origin(attach);
    return origin.health(origin.self);
}

static void on_time(void *arg)
{
    loop_stop(((struct asking *)arg)->loop);
}

static void on_changed(void *arg)
{
    struct asking *a = arg;
    if (!a->attach->client || !health_of(a->attach))
        return;
    a->done = true;
    loop_stop(a->loop);
}

static void write_health(const struct health *h, const struct model *model, FILE *out)
{
    fprintf(out, "{\"collector\": true, \"version\": ");
    rows_json_text(out, h->version, strlen(h->version));
    fprintf(out, ", \"started\": %" PRId64 ", \"at\": %" PRId64 ", \"lag_ms\": %" PRId64 ", \"memory_bytes\": %" PRIu64 ", \"screens\": %u, \"messages_per_second\": %.1f,\n \"store\": {\"stopped\": %s, \"file_bytes\": %" PRId64
        ", \"first\": %" PRId64 ", \"damaged\": %" PRIu64 ", \"batches_lost\": %" PRIu64 ", \"flush_max_us\": %" PRId64 "},\n \"brokers\": [", h->started_ms, h->wall_ms, h->lag_max_ms, h->memory_bytes, (unsigned)h->screens,
        h->messages_per_second, h->store.stopped ? "true" : "false", h->store.file_bytes, h->store.first_ms, h->store.damaged, h->store.batches_lost, h->store.flush_max_us);
    for (uint32_t b = 0; b < h->broker_count; b++)
        fprintf(out, "%s{\"state\": \"%s\", \"tls\": %s, \"since\": %" PRId64 ", \"attempts\": %" PRIu64 ", \"messages\": %" PRIu64 "}", b ? ", " : "", link_state_names[h->brokers[b].state], h->brokers[b].tls ? "true" : "false",
            h->brokers[b].since_ms, h->brokers[b].attempts, h->brokers[b].messages);
    fputs("],\n \"drops\": {", out);
    for (int d = 0, first = 1; d < DROP_COUNT; d++)
        if (model_drops(model, (enum drop)d)->count) {
            fprintf(out, "%s\"%s\": %" PRIu64, first ? "" : ", ", drop_table[d].name, model_drops(model, (enum drop)d)->count);
            first = 0;
        }
    fputs("}}\n", out);
}

void incident_health(struct attach *attach, FILE *out)
{
    struct error err;
    int fd = socket_connect(attach->paths.socket);
    struct asking a = {.loop = fd >= 0 ? loop_create() : NULL, .attach = attach};
    if (fd >= 0)
        close(fd);
    if (a.loop) {
        a.timer = loop_timer(a.loop, on_time, &a);
        loop_timer_at(a.loop, a.timer, clock_monotonic_ms() + WAIT_MS);
        if (attach_open(attach, a.loop, on_changed, &a, &err)) {
            on_changed(&a);
            if (!a.done)
                loop_run(a.loop);
        }
    }
    struct origin origin = a.done ? attach_origin(attach) : (struct origin){.self = NULL};
    if (a.done)
        write_health(health_of(attach), origin.model(origin.self), out);
    else
        fputs("{\"collector\": false}\n", out);
    if (a.loop) {
        client_destroy(attach->client);
        attach->client = NULL;
        loop_destroy(a.loop);
    }
}
