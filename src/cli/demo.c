/*
 * andon demo: a plant on your own machine: a private mosquitto on a free loopback port, the simulator, the collector, and
 * the dashboard in this process. A struct demo holds everything that must be gone afterwards: three children and a folder.
 * Signals stay blocked until the dashboard's loop takes them, so that no way out leaves something behind.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "app/attach.h"
#include "app/process.h"
#include "app/spawn.h"
#include "cli/cli.h"
#include "cli/common.h"
#include "io/clock.h"
#include "io/log.h"
#include "sim/sim.h"
#include "views/survey.h"

enum { INDUSTRY, SEED, VIEW, THEME, ASCII };
enum { BROKER_MS = 30000, LINES_MS = 60000, END_MS = 10000, PORT_ATTEMPTS = 5 };

static const struct cli_option table[] = {
    [INDUSTRY] = {"industry", 'i', "NAME", "ANDON_INDUSTRY", "appliance (a refrigerator works, by default), steel, automotive, electronics or chemical"},
    [SEED] = {"seed", 0, "N", "ANDON_SEED", "another number, another course of events"},
    [VIEW] = {"view", 0, "NAME", "ANDON_VIEW", "the view to begin with"},
    [THEME] = {"theme", 0, "NAME", "ANDON_THEME", "dark, light, high-contrast, deuteranopia, mono, or a theme file"},
    [ASCII] = {"ascii", 0, NULL, "ANDON_ASCII", "draw with ASCII only"},
};

struct demo {
    char folder[64], cache[80], url[64], config[PATH_MAX];
    pid_t broker, collector, sim;
    struct attach attach;
};

/* ---- the folder ---- */

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *where)
{
    (void)st, (void)kind, (void)where;
    return remove(path);
}

static bool make_folder(struct demo *d, struct error *err)
{
    const char *tmp = getenv("TMPDIR");
    snprintf(d->folder, sizeof d->folder, "%s/andon-demo-XXXXXX", tmp && tmp[0] == '/' && strlen(tmp) < 32 ? tmp : "/tmp");
    if (!mkdtemp(d->folder)) {
        error_set(err, "%s: %s", d->folder, strerror(errno));
        d->folder[0] = '\0';
        return false;
    }
    snprintf(d->cache, sizeof d->cache, "%s/cache", d->folder);
    setenv("XDG_RUNTIME_DIR", d->folder, 1); /* the socket too shall go with the folder */
    return mkdir(d->cache, 0700) == 0 || error_set(err, "%s: %s", d->cache, strerror(errno));
}

/* From the source tree when we run from the build folder, else where `meson install` put it. */
static bool find_config(struct demo *d, const char *industry, struct error *err)
{
    char self[PATH_MAX];
    ssize_t n = readlink(process_self(), self, sizeof self - 1);
    self[n > 0 ? n : 0] = '\0';
    bool built_here = strncmp(self, ANDON_BUILD_ROOT "/", sizeof ANDON_BUILD_ROOT) == 0;
    if (strspn(industry, "abcdefghijklmnopqrstuvwxyz0123456789_-") != strlen(industry) || !*industry)
        return error_set(err, "--industry %.40s: one of " SIM_INDUSTRIES " is wanted", industry);
    snprintf(d->config, sizeof d->config, "%s/%s.cfg", built_here ? ANDON_SOURCE_CONFIG : ANDON_CONFIG_DIR, industry);
    if (access(d->config, R_OK) != 0)
        return error_set(err, "--industry %.40s: one of " SIM_INDUSTRIES " is wanted (%s: %s)", industry, d->config, strerror(errno));
    return true;
}

/* ---- waiting without a loop ---- */

static void block_signals(sigset_t *before)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &set, before);
}

/* ---- the broker ---- */

static bool find_mosquitto(char out[PATH_MAX], struct error *err)
{
    const char *path = getenv("PATH");
    for (const char *at = path ? path : ""; *at;) {
        size_t length = strcspn(at, ":");
        snprintf(out, PATH_MAX, "%.*s/mosquitto", (int)length, at);
        if (length > 0 && access(out, X_OK) == 0)
            return true;
        at += length + (at[length] == ':');
    }
    snprintf(out, PATH_MAX, "/usr/sbin/mosquitto");
    return access(out, X_OK) == 0 || error_set(err, "mosquitto is not installed: the demo needs it (Debian: apt install mosquitto)");
}

static int loopback_socket(uint16_t port, struct sockaddr_in *address)
{
    *address = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static uint16_t free_port(void)
{
    struct sockaddr_in address;
    socklen_t length = sizeof address;
    int fd = loopback_socket(0, &address);
    if (fd < 0)
        return 0;
    bool got = bind(fd, (struct sockaddr *)&address, sizeof address) == 0 && getsockname(fd, (struct sockaddr *)&address, &length) == 0;
    close(fd);
    return got ? ntohs(address.sin_port) : 0;
}

static bool port_answers(uint16_t port)
{
    struct sockaddr_in address;
    int fd = loopback_socket(port, &address);
    bool answers = fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
    if (fd >= 0)
        close(fd);
    return answers;
}

static bool write_broker_config(const char *path, uint16_t port, struct error *err)
{
    FILE *file = fopen(path, "w");
    if (!file)
        return error_set(err, "%s: %s", path, strerror(errno));
    fprintf(file, "listener %u 127.0.0.1\nallow_anonymous true\npersistence false\nlog_dest stdout\n", port);
    if (geteuid() == 0)
        fputs("user root\n", file); /* else it becomes a user who cannot read our folder */
    return fclose(file) == 0 || error_set(err, "%s: %s", path, strerror(errno));
}

/* Another program may take the port between our look and mosquitto's: then it ends, and we try another. */
static bool start_broker(struct demo *d, struct error *err)
{
    char program[PATH_MAX], config[96], log[96];
    if (!find_mosquitto(program, err))
        return false;
    snprintf(config, sizeof config, "%s/mosquitto.conf", d->folder);
    snprintf(log, sizeof log, "%s/mosquitto.log", d->folder);
    for (int attempt = 0; attempt < PORT_ATTEMPTS; attempt++) {
        uint16_t port = free_port();
        const char *argv[] = {program, "-c", config, NULL};
        if (!write_broker_config(config, port, err))
            return false;
        d->broker = process_start(&(struct process_request){.argv = argv, .log = log, .bound = true}, err);
        if (d->broker < 0)
            return false;
        int64_t until = clock_monotonic_ms() + BROKER_MS;
        bool ended = false;
        for (struct timespec nap = {.tv_nsec = 5000000}; !(ended = process_ended(d->broker, NULL)) && clock_monotonic_ms() < until; nanosleep(&nap, NULL)) {
            if (process_asked_to_leave())
                return error_set(err, "interrupted");
            if (port_answers(port)) {
                snprintf(d->url, sizeof d->url, "mqtt://127.0.0.1:%u", port);
                return true;
            }
        }
        if (ended)
            d->broker = 0;
        else
            break;
    }
    return error_set(err, "mosquitto does not start: run `mosquitto -v` to see why");
}

/* ---- the others ---- */

static bool start_collector(struct demo *d, struct error *err)
{
    struct paths paths;
    int ready;
    return paths_find(&paths, &(struct paths_request){.given = d->cache, .site = "demo"}, err)
        && spawn_begin(&paths, &(struct load_request){.config = d->config, .broker = d->url}, &ready, &d->collector, err)
        && spawn_wait(&paths, ready, err);
}

static bool start_sim(struct demo *d, const char *industry, const char *seed, struct error *err)
{
    char log[96];
    snprintf(log, sizeof log, "%s/sim.log", d->folder);
    const char *argv[] = {"andon", "sim", "--industry", industry, "--broker", d->url, seed ? "--seed" : NULL, seed, NULL};
    d->sim = process_start(&(struct process_request){.file = process_self(), .argv = argv, .log = log, .bound = true}, err);
    return d->sim > 0;
}

static void print_log(const struct demo *d, const char *name)
{
    char path[96], line[512];
    snprintf(path, sizeof path, "%s/%s", d->folder, name);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        fputs(line, stderr);
    if (file)
        fclose(file);
}

/* Whether it has ended by itself, which it must not; then it is told why. */
static bool simulator_ended(struct demo *d)
{
    if (d->sim <= 0 || !process_ended(d->sim, NULL))
        return false;
    d->sim = 0;
    cli_fail(CLI_FAILED, "demo: the simulator has ended:");
    print_log(d, "sim.log");
    return true;
}

/* ---- without a terminal ---- */

struct wait {
    struct loop *loop;
    struct demo *demo;
    bool reported, whole, interrupted; /* each line has told its state; and every value was heard */
};

/* Lines that have not told their state yet; their names into `out`. */
static size_t missing_lines(const struct model *model, char *out, size_t cap)
{
    const struct plant *plant = model_plant(model);
    size_t missing = 0, used = 0;
    out[0] = '\0';
    for (uint32_t n = 0; n < plant->node_count; n++) {
        if (plant->nodes[n].level != LEVEL_LINE || model_line_state(model, n)->class != CLASS_UNKNOWN)
            continue;
        if (used < cap)
            used += (size_t)snprintf(out + used, cap - used, "%s%s", missing ? ", " : "", plant->nodes[n].name);
        missing++;
    }
    return missing;
}

/* A frame is worth printing when every line has told its state, and a better one when every value was heard: that one is waited for. */
static void on_changed(void *arg)
{
    struct wait *w = arg;
    struct survey survey;
    char names[8];
    if (!w->demo->attach.client)
        return;
    struct origin origin = attach_origin(&w->demo->attach);
    const struct model *model = origin.model(origin.self);
    w->reported = missing_lines(model, names, sizeof names) == 0;
    survey_take(&survey, model);
    w->whole = w->reported && survey.trust[TRUST_NEVER] == 0;
    if (w->whole)
        loop_stop(w->loop);
}

static void on_deadline(void *arg)
{
    struct wait *w = arg;
    loop_stop(w->loop);
}

static void on_signal(void *arg, int signal)
{
    struct wait *w = arg;
    (void)signal;
    w->interrupted = true;
    loop_stop(w->loop);
}

/* One of ours has ended before its time. */
static void on_child(void *arg, int signal)
{
    struct wait *w = arg;
    (void)signal;
    loop_stop(w->loop);
}

static int print_when_complete(struct demo *d, const struct cli_args *args)
{
    struct diagnostics found = {.count = 0};
    struct error err = {.text = ""};
    struct loop *loop = loop_create();
    struct wait wait = {.loop = loop, .demo = d};
    loop_signal(loop, SIGCHLD, on_child, &wait);
    int status = CLI_FAILED;
    loop_signal(loop, SIGTERM, on_signal, &wait);
    loop_signal(loop, SIGINT, on_signal, &wait);
    loop_signal(loop, SIGHUP, on_signal, &wait);
    int deadline = loop_timer(loop, on_deadline, &wait);
    loop_timer_at(loop, deadline, clock_monotonic_ms() + LINES_MS);
    if (!attach_load(&d->attach, &(struct attach_options){.load = {.config = d->config, .broker = d->url}, .cache = d->cache, .no_spawn = true}, &found, &err)
        || !attach_open(&d->attach, loop, on_changed, &wait, &err)) {
        diagnostics_print(&found, stderr);
        cli_fail(CLI_FAILED, "%s", err.text[0] ? err.text : "the demo's configuration has errors");
        goto out;
    }
    on_changed(&wait);
    if (!wait.whole)
        loop_run(loop);
    struct origin origin = attach_origin(&d->attach);
    char names[256];
    if (wait.reported && !wait.interrupted) {
        status = frame_print(&(struct frame_request){.view = args->value[VIEW], .size = "120x40", .theme = args->value[THEME],
            .ascii = args->value[ASCII] != NULL}, origin, &d->attach.config.settings, d->attach.config_folder);
    } else if (simulator_ended(d)) {
        status = CLI_FAILED;
    } else if (!wait.interrupted) {
        missing_lines(origin.model(origin.self), names, sizeof names);
        cli_fail(CLI_FAILED, "these lines have not reported within %d s: %s", LINES_MS / 1000, names);
    }
out:
    attach_close(&d->attach);
    loop_destroy(loop);
    diagnostics_finish(&found);
    return status;
}

static int run(const struct cli_args *args)
{
    static struct demo demo;
    struct demo *d = &demo;
    struct error err = {.text = ""};
    const char *industry = args->value[INDUSTRY] ? args->value[INDUSTRY] : "appliance";
    sigset_t before;
    int status = CLI_FAILED;
    if (!frame_check(&(struct frame_request){.view = args->value[VIEW]}))
        return CLI_WRONG;
    if (!find_config(d, industry, &err))
        return cli_fail(CLI_WRONG, "%s", err.text);
    log_open(NULL, LOG_LEVEL_ERROR);
    block_signals(&before);
    if (!make_folder(d, &err) || !start_broker(d, &err) || !start_collector(d, &err) || !start_sim(d, industry, args->value[SEED], &err)) {
        cli_fail(CLI_FAILED, "demo: %s", err.text);
        goto out;
    }
    if (isatty(STDOUT_FILENO) && isatty(STDIN_FILENO)) {
        status = common_dashboard(&(struct dashboard_request){
            .attach = {.load = {.config = d->config, .broker = d->url}, .cache = d->cache, .no_spawn = true},
            .view = args->value[VIEW], .theme = args->value[THEME], .ascii = args->value[ASCII] != NULL});
        if (simulator_ended(d))
            status = CLI_FAILED;
    } else {
        status = print_when_complete(d, args);
    }
out:
    process_end(d->sim, END_MS);
    process_end(d->collector, END_MS);
    process_end(d->broker, END_MS);
    if (d->folder[0])
        nftw(d->folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return status;
}

const struct cli_command cli_demo = {
    .name = "demo", .operands = "", .summary = "a simulated plant on this machine: broker, simulator, collector, dashboard",
    .options = table, .option_count = sizeof table / sizeof table[0], .run = run,
};
