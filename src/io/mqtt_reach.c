#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io/mqtt_private.h"

enum { WAIT_MS = 250 };

/* 0 when it answered, else errno; it is closed in any case. */
static int try_address(const struct addrinfo *address)
{
    int fd = socket(address->ai_family, address->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, address->ai_protocol);
    if (fd < 0)
        return errno;
    int why = connect(fd, address->ai_addr, address->ai_addrlen) == 0 ? 0 : errno;
    if (why == EINPROGRESS) {
        struct pollfd ready = {.fd = fd, .events = POLLOUT};
        socklen_t length = sizeof why;
        if (poll(&ready, 1, WAIT_MS) <= 0)
            why = ETIMEDOUT;
        else
            getsockopt(fd, SOL_SOCKET, SO_ERROR, &why, &length);
    }
    close(fd);
    return why;
}

bool mqtt_reach(const char *host, uint16_t port, char *text, size_t cap)
{
    char service[8];
    struct addrinfo wanted = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM}, *found = NULL;
    snprintf(service, sizeof service, "%u", (unsigned)port);
    int rc = getaddrinfo(host, service, &wanted, &found);
    if (rc != 0) {
        snprintf(text, cap, "%s: %s", host, gai_strerror(rc));
        return false;
    }
    int why = EADDRNOTAVAIL;
    for (const struct addrinfo *a = found; a && why != 0; a = a->ai_next)
        why = try_address(a);
    freeaddrinfo(found);
    if (why != 0)
        snprintf(text, cap, "%s: %s", host, strerror(why));
    return why == 0;
}
