/*
 * The stage is a file in memory with no name. curses fills it; output_flush() copies it to the terminal and empties it.
 * curses itself would lose an error of write() and repeat an EAGAIN for ever.
 */
#include "io/terminal_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static FILE *stage_open(void)
{
    char name[64];
    snprintf(name, sizeof name, "/andon-screen-%ld", (long)getpid());
    int fd = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
    if (fd < 0)
        return tmpfile(); /* no shared memory here */
    shm_unlink(name);
    FILE *stage = fdopen(fd, "w+");
    if (!stage)
        close(fd);
    return stage;
}

bool output_open(struct output *output, int fd, struct error *err)
{
    *output = (struct output){.fd = fd, .stage = stage_open()};
    if (!output->stage)
        return error_set(err, "no temporary file for the screen: %s", strerror(errno));
    return true;
}

void output_close(struct output *output)
{
    if (output->stage)
        fclose(output->stage);
    output->stage = NULL;
}

bool output_ready(struct output *output)
{
    struct pollfd wait = {.fd = output->fd, .events = POLLOUT};
    if (poll(&wait, 1, 0) > 0 && (wait.revents & (POLLERR | POLLHUP | POLLNVAL)))
        output->gone = true;
    return !output->gone && (wait.revents & POLLOUT);
}

/* All bytes, however many writes that takes. */
static bool send_bytes(struct output *output, const char *bytes, size_t length)
{
    while (length) {
        ssize_t n = write(output->fd, bytes, length);
        if (n > 0) {
            bytes += n;
            length -= (size_t)n;
            output->sent += (size_t)n;
        } else if (n < 0 && errno == EAGAIN) { /* somebody else made the terminal non-blocking */
            struct pollfd wait = {.fd = output->fd, .events = POLLOUT};
            poll(&wait, 1, -1);
        } else if (n == 0 || errno != EINTR) {
            return false;
        }
    }
    return true;
}

bool output_flush(struct output *output)
{
    int stage = fileno(output->stage);
    char bytes[8192];
    ssize_t n;
    fflush(output->stage);
    output->sent = 0;
    for (off_t from = 0; !output->gone && (n = pread(stage, bytes, sizeof bytes, from)) > 0; from += n)
        output->gone = !send_bytes(output, bytes, (size_t)n);
    if (lseek(stage, 0, SEEK_SET) != 0 || ftruncate(stage, 0) != 0)
        output->gone = true;
    return !output->gone;
}
