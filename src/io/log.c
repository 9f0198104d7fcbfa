/*
 * The sink is the program's one mutable global: a descriptor, its size, and the topics whose lines are being held back.
 * Each struct held is one topic of log_limited(): when it last wrote and how many lines it has swallowed since. A lock guards
 * all of it, since edges with threads of their own may log. Closed (fd -1), it writes nothing: a screen must not be drawn over.
 */
#include "io/log.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/text_gate.h"
#include "io/clock.h"

enum { LINE_MOST = 1024, TOPICS = 64, ROTATE_BYTES = 1 << 20, HOLD_MS = 60000 };

struct held {
    char topic[48];
    int64_t written_ms;
    uint64_t count;
};

static struct {
    pthread_mutex_t lock;
    int fd;
    enum log_level least;
    char path[1024]; /* "" for standard error */
    int64_t size;
    struct held topics[TOPICS];
} sink = {.lock = PTHREAD_MUTEX_INITIALIZER, .fd = -1};

static const char *const level_names[] = {
    [LOG_LEVEL_ERROR] = "error", [LOG_LEVEL_WARNING] = "warning", [LOG_LEVEL_INFO] = "info", [LOG_LEVEL_DEBUG] = "debug"};

static bool open_file(void)
{
    struct stat st;
    sink.fd = open(sink.path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
    if (sink.fd < 0)
        return false;
    sink.size = fstat(sink.fd, &st) == 0 ? (int64_t)st.st_size : 0;
    return true;
}

/* The old file becomes path.1. When that fails, or no new one can be made, the log goes on in the old one. */
static void rotate(void)
{
    char old[sizeof sink.path + 2];
    snprintf(old, sizeof old, "%s.1", sink.path);
    int before = sink.fd;
    if (rename(sink.path, old) == 0 && open_file())
        close(before);
    else
        sink.fd = before;
    if (sink.fd == before)
        sink.size = 0;
}

static size_t stamp(char *out, size_t cap)
{
    int64_t now = clock_wall_ms();
    time_t seconds = (time_t)(now / 1000);
    struct tm tm;
    size_t length = gmtime_r(&seconds, &tm) ? strftime(out, cap, "%Y-%m-%dT%H:%M:%S", &tm) : 0;
    int more = snprintf(out + length, cap - length, ".%03dZ", (int)(now % 1000));
    return length + (size_t)more;
}

/* Called with the lock held and the sink open. */
static void write_line(enum log_level level, const char *text)
{
    char line[LINE_MOST + 64];
    if (sink.path[0] && sink.size >= ROTATE_BYTES)
        rotate();
    size_t length = stamp(line, 48);
    length += (size_t)snprintf(line + length, sizeof line - length, " %s: ", level_names[level]);
    length += text_gate(text, strlen(text), line + length, sizeof line - length - 1, NULL);
    line[length++] = '\n';
    ssize_t written = write(sink.fd, line, length); /* a full disk loses the line: there is nowhere to tell it */
    if (written > 0)
        sink.size += written;
}

static bool wanted(enum log_level level)
{
    return sink.fd >= 0 && level <= sink.least;
}

static void tell_held(enum log_level level, struct held *held)
{
    char text[128];
    if (held->count == 0)
        return;
    snprintf(text, sizeof text, "%s: %llu more like this were held back", held->topic, (unsigned long long)held->count);
    held->count = 0;
    write_line(level, text);
}

static void close_sink(void)
{
    for (size_t i = 0; i < TOPICS; i++) {
        if (sink.fd >= 0)
            tell_held(LOG_LEVEL_INFO, &sink.topics[i]);
        sink.topics[i] = (struct held){.count = 0};
    }
    if (sink.fd > STDERR_FILENO)
        close(sink.fd);
    sink.fd = -1;
    sink.path[0] = '\0';
}

bool log_open(const char *path, enum log_level least)
{
    bool opened = true;
    pthread_mutex_lock(&sink.lock);
    close_sink();
    sink.least = least;
    if (!path) {
        sink.fd = STDERR_FILENO;
    } else if (strlen(path) >= sizeof sink.path) {
        opened = false;
    } else {
        memcpy(sink.path, path, strlen(path) + 1);
        opened = open_file();
    }
    pthread_mutex_unlock(&sink.lock);
    return opened;
}

void log_close(void)
{
    pthread_mutex_lock(&sink.lock);
    close_sink();
    pthread_mutex_unlock(&sink.lock);
}

void log_line(enum log_level level, const char *format, ...)
{
    char text[LINE_MOST];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    pthread_mutex_lock(&sink.lock);
    if (wanted(level))
        write_line(level, text);
    pthread_mutex_unlock(&sink.lock);
}

/* The entry of a topic; a new one takes a free slot, else that of the topic that wrote longest ago. */
static struct held *held_for(const char *topic)
{
    struct held *oldest = &sink.topics[0];
    char name[sizeof oldest->topic];
    snprintf(name, sizeof name, "%s", topic);
    for (size_t i = 0; i < TOPICS; i++) {
        struct held *h = &sink.topics[i];
        if (strcmp(h->topic, name) == 0)
            return h;
        if (oldest->topic[0] && (!h->topic[0] || h->written_ms < oldest->written_ms))
            oldest = h;
    }
    tell_held(LOG_LEVEL_INFO, oldest);
    *oldest = (struct held){.written_ms = -HOLD_MS};
    memcpy(oldest->topic, name, sizeof name);
    return oldest;
}

void log_limited(enum log_level level, const char *topic, const char *format, ...)
{
    char text[LINE_MOST];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    pthread_mutex_lock(&sink.lock);
    if (wanted(level)) {
        struct held *held = held_for(topic);
        int64_t now = clock_monotonic_ms();
        if (now - held->written_ms < HOLD_MS) {
            held->count++;
        } else {
            tell_held(level, held);
            held->written_ms = now;
            write_line(level, text);
        }
    }
    pthread_mutex_unlock(&sink.lock);
}
