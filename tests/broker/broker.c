#include "broker.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <dirent.h>
#include <unistd.h>

#include "check.h"

extern char **environ;

static struct sockaddr_in loopback(uint16_t port)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return a;
}

/* Listens on a free loopback port. */
static int listen_free(uint16_t *port)
{
    struct sockaddr_in a = loopback(0);
    socklen_t length = sizeof a;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof a), 0);
    assert_int_equal(listen(fd, 16), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &length), 0);
    *port = ntohs(a.sin_port);
    return fd;
}

/* The name under which tests agree whose a port is: an abstract socket's, gone with its process. -1 when it is another one's. */
static int reserve(uint16_t port)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    int length = snprintf(a.sun_path + 1, sizeof a.sun_path - 1, "andon-test-port-%u", (unsigned)port);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    if (bind(fd, (struct sockaddr *)&a, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)length)) == 0)
        return fd;
    close(fd);
    return -1;
}

static bool is_free(uint16_t port)
{
    struct sockaddr_in a = loopback(port);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int one = 1;
    assert_true(fd >= 0);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one); /* as mosquitto does */
    bool free = bind(fd, (struct sockaddr *)&a, sizeof a) == 0 && listen(fd, 1) == 0;
    close(fd);
    return free;
}

enum { PORT_FIRST = 10000, PORT_COUNT = 20000 };

/* A port for a broker that may end and come back: none of those that the kernel gives to whoever connects somewhere, or somebody might have it
 * meanwhile, or we might reach ourselves. */
static uint16_t take_port(int *reservation)
{
    static unsigned tried;
    for (unsigned tries = 0; tries < PORT_COUNT; tries++) {
        uint16_t port = (uint16_t)(PORT_FIRST + ((unsigned)getpid() * 97 + tried++ * 13) % PORT_COUNT);
        *reservation = reserve(port);
        if (*reservation >= 0 && is_free(port))
            return port;
        if (*reservation >= 0)
            close(*reservation);
    }
    fail_msg("no port is free");
    return 0;
}

static bool takes_connections(uint16_t port)
{
    struct sockaddr_in a = loopback(port);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool taken = connect(fd, (struct sockaddr *)&a, sizeof a) == 0;
    close(fd);
    return taken;
}

void broker_prepare(struct broker *broker)
{
    *broker = (struct broker){.pid = -1, .folder = "/tmp/andon-broker-XXXXXX"};
    assert_non_null(mkdtemp(broker->folder));
    assert_int_equal(chmod(broker->folder, 0755), 0); /* started as root it gives its rights up, and must still read its files */
    broker->port = take_port(&broker->reservation);
    snprintf(broker->url, sizeof broker->url, "mqtt://127.0.0.1:%u", (unsigned)broker->port);
}

void broker_path(const struct broker *broker, const char *name, char out[128])
{
    snprintf(out, 128, "%s/%s", broker->folder, name);
}

void broker_run(struct broker *broker, const char *lines)
{
    char path[128];
    broker_path(broker, "mosquitto.conf", path);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fprintf(out, "listener %u 127.0.0.1\nmax_queued_messages 0\nmax_inflight_messages 0\nlog_dest none\n%s", (unsigned)broker->port, lines);
    fclose(out);

    broker->pid = fork();
    assert_true(broker->pid >= 0);
    if (broker->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        int null = open("/dev/null", O_RDWR);
        dup2(null, 1);
        dup2(null, 2);
        execlp("mosquitto", "mosquitto", "-c", path, (char *)NULL);
        execl("/usr/sbin/mosquitto", "mosquitto", "-c", path, (char *)NULL);
        _exit(127);
    }
    int64_t until = clock_monotonic_ms() + PATIENCE_MS;
    while (!takes_connections(broker->port)) {
        int status;
        if (waitpid(broker->pid, &status, WNOHANG) == broker->pid)
            fail_msg("mosquitto ended with status %d (127: package mosquitto is missing)", WEXITSTATUS(status));
        assert_true(clock_monotonic_ms() < until);
        poll(NULL, 0, 5);
    }
}

void broker_start(struct broker *broker)
{
    broker_prepare(broker);
    broker_run(broker, "allow_anonymous true\n");
}

void broker_end(struct broker *broker, int signal)
{
    if (broker->pid <= 0)
        return;
    kill(broker->pid, signal);
    while (waitpid(broker->pid, NULL, 0) < 0 && errno == EINTR)
        continue;
    broker->pid = -1;
}

void broker_finish(struct broker *broker)
{
    broker_end(broker, SIGTERM);
    close(broker->reservation);
    DIR *folder = opendir(broker->folder);
    for (struct dirent *e; folder && (e = readdir(folder));) {
        char path[128 + 256];
        snprintf(path, sizeof path, "%s/%s", broker->folder, e->d_name);
        unlink(path);
    }
    if (folder)
        closedir(folder);
    rmdir(broker->folder);
}

int run_program(const char *const argv[])
{
    posix_spawn_file_actions_t actions;
    pid_t pid;
    int status = -1;
    posix_spawn_file_actions_init(&actions);
    for (int fd = 0; fd < 3; fd++)
        posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0);
    char *copy[32] = {NULL};
    for (int i = 0; argv[i] && i < 31; i++)
        copy[i] = strdup(argv[i]);
    if (posix_spawnp(&pid, argv[0], &actions, NULL, copy, environ) == 0)
        waitpid(pid, &status, 0);
    for (int i = 0; copy[i]; i++)
        free(copy[i]);
    posix_spawn_file_actions_destroy(&actions);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* ---- one that misbehaves ---- */

/* Waits for a packet of the client, or until it or the liar goes; its bytes, as far as they fit. */
static ssize_t hear(const struct liar *liar, int fd, uint8_t *bytes, size_t cap)
{
    struct pollfd fds[2] = {{.fd = fd, .events = POLLIN}, {.fd = liar->stop[0], .events = POLLIN}};
    if (poll(fds, 2, PATIENCE_MS) <= 0 || fds[1].revents)
        return -1;
    return recv(fd, bytes, cap, 0);
}

static void say(int fd, const void *bytes, size_t length)
{
    ssize_t sent = send(fd, bytes, length, MSG_NOSIGNAL);
    (void)sent;
}

/* True when the connection is to be closed at once. */
static bool lie_to(const struct liar *liar, int fd)
{
    static const uint8_t accepted[] = {0x20, 0x03, 0x00, 0x00, 0x00};
    static const uint8_t accepted_311[] = {0x20, 0x02, 0x00, 0x00};
    static const uint8_t garbage[] = "\xf7\xff\xff\xff\xff\xff\xff\xff";
    static const char http[] = "HTTP/1.1 400 Bad Request\r\nConnection: keep-alive\r\n\r\n";
    uint8_t bytes[512];
    if (liar->lie == LIE_SILENT)
        return false;
    if (liar->lie == LIE_DROP || hear(liar, fd, bytes, sizeof bytes) <= 0)
        return true;
    if (liar->lie == LIE_GARBAGE) {
        say(fd, garbage, sizeof garbage);
        return false;
    }
    if (liar->lie == LIE_HTTP) {
        say(fd, http, sizeof http - 1);
        return false;
    }
    if (liar->lie == LIE_REFUSE_SUBSCRIPTION_311)
        say(fd, accepted_311, sizeof accepted_311);
    else
        say(fd, accepted, sizeof accepted);
    ssize_t length = hear(liar, fd, bytes, sizeof bytes);
    if (liar->lie == LIE_DROP_AFTER_CONNECT || length < 4)
        return true;
    if (liar->lie == LIE_DISCONNECT) {
        static const uint8_t goodbye[] = {0xe0, 0x02, 0x8e, 0x00};
        say(fd, goodbye, sizeof goodbye);
        return false;
    }
    const uint8_t refused[] = {0x90, 0x04, bytes[2], bytes[3], 0x00, 0x87}; /* SUBACK: not authorised */
    const uint8_t second[] = {0x90, 0x05, bytes[2], bytes[3], 0x00, 0x00, 0x87};
    const uint8_t refused_311[] = {0x90, 0x03, bytes[2], bytes[3], 0x80};
    if (liar->lie == LIE_REFUSE_SECOND)
        say(fd, second, sizeof second);
    else if (liar->lie == LIE_REFUSE_SUBSCRIPTION_311)
        say(fd, refused_311, sizeof refused_311);
    else
        say(fd, refused, sizeof refused);
    return false;
}

static void *liar_main(void *arg)
{
    struct liar *liar = arg;
    int kept[64];
    size_t count = 0;
    for (;;) {
        struct pollfd fds[2] = {{.fd = liar->listener, .events = POLLIN}, {.fd = liar->stop[0], .events = POLLIN}};
        if (poll(fds, 2, -1) < 0 || fds[1].revents)
            break;
        int fd = accept(liar->listener, NULL, NULL);
        if (fd < 0)
            continue;
        atomic_fetch_add(&liar->visits, 1);
        if (lie_to(liar, fd) || count == 64)
            close(fd);
        else
            kept[count++] = fd;
    }
    while (count > 0)
        close(kept[--count]);
    return NULL;
}

void liar_start(struct liar *liar, enum lie lie)
{
    *liar = (struct liar){.lie = lie};
    liar->listener = listen_free(&liar->port);
    assert_int_equal(pipe(liar->stop), 0);
    snprintf(liar->url, sizeof liar->url, "mqtt://127.0.0.1:%u", (unsigned)liar->port);
    assert_int_equal(pthread_create(&liar->thread, NULL, liar_main, liar), 0);
}

void liar_finish(struct liar *liar)
{
    assert_int_equal(write(liar->stop[1], "x", 1), 1);
    pthread_join(liar->thread, NULL);
    close(liar->listener);
    close(liar->stop[0]);
    close(liar->stop[1]);
}

/* ---- a consumer ---- */

static void copy_text(char *out, size_t cap, const char *text, size_t length)
{
    length = length < cap ? length : cap - 1;
    memcpy(out, text, length);
    out[length] = '\0';
}

static void note_message(struct seen *seen, const struct message *m)
{
    seen->messages++;
    seen->of_broker[m->broker]++;
    seen->retained += m->retained;
    seen->without_payload += m->payload == NULL;
    seen->bytes += m->payload_length;
    seen->last_length = m->payload_length;
    copy_text(seen->topic, sizeof seen->topic, m->topic, m->topic_length);
    if (m->payload)
        copy_text(seen->payload, sizeof seen->payload, m->payload, m->payload_length);
}

static void note(struct seen *seen, const struct mqtt_event *event)
{
    seen->broker = event->message.broker;
    if (event->kind == MQTT_MESSAGE) {
        note_message(seen, &event->message);
    } else if (event->kind == MQTT_OVERFLOW) {
        seen->overflows++;
        seen->lost += event->count;
        copy_text(seen->lost_topic, sizeof seen->lost_topic, event->message.topic, event->message.topic_length);
    } else {
        seen->ups += event->kind == MQTT_LINK_UP;
        seen->downs += event->kind == MQTT_LINK_DOWN;
        copy_text(seen->reason, sizeof seen->reason, event->reason, strlen(event->reason));
    }
}

void seen_turn(struct seen *seen, int64_t most_ms)
{
    int64_t wait = mqtt_tick(seen->mqtt, clock_monotonic_ms());
    struct pollfd fd = {.fd = mqtt_fd(seen->mqtt), .events = POLLIN};
    poll(&fd, 1, (int)(wait < most_ms ? wait : most_ms));
    struct mqtt_event event;
    while (mqtt_take(seen->mqtt, &event))
        note(seen, &event);
}

struct plant *plant_with(const struct plant_broker *brokers, size_t count, const struct bounds *bounds)
{
    struct plant_build b;
    plant_build_init(&b);
    plant_add_node(&b, NO_NODE, (struct node){.level = LEVEL_SITE, .name = "works"});
    for (size_t i = 0; i < count; i++)
        plant_add_broker(&b, brokers[i]);
    struct plant *plant = plant_build_finish(&b);
    if (bounds)
        plant->bounds = *bounds;
    return plant;
}

struct plant_broker broker_at(const char *url, uint8_t version)
{
    return (struct plant_broker){
        .name = "main", .url = url, .ca = "", .cert = "", .key = "", .user = "", .password_file = "", .password_env = "", .client_id = "",
        .server_name = "", .verify = true, .version = version, .keepalive_ms = 600000, .connect_timeout_ms = PATIENCE_MS, .backoff_max_ms = 1000};
}

void consume(struct seen *seen, const struct plant *plant)
{
    struct error err = {""};
    *seen = (struct seen){.mqtt = mqtt_create(plant, "/tmp/test-cache", &err)};
    if (!seen->mqtt)
        fail_msg("mqtt_create: %s", err.text);
}

struct broker_health health_of(struct seen *seen, size_t broker)
{
    struct health health = {.pid = 0};
    mqtt_health(seen->mqtt, &health);
    assert_true(broker < health.broker_count);
    return health.brokers[broker];
}
