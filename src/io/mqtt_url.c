#include <stdio.h>
#include <string.h>

#include "io/mqtt_private.h"

static const struct {
    const char *prefix, *paho;
    bool tls;
    uint16_t port;
} schemes[] = {
    {"mqtt://", "tcp://", false, 1883},
    {"mqtts://", "ssl://", true, 8883},
};

enum { SCHEMES = sizeof schemes / sizeof schemes[0] };

/* 1 to 65535, digits alone. */
static bool port_read(const char *text, uint16_t *port)
{
    unsigned long number = 0;
    size_t length = strlen(text);
    if (length == 0 || length > 5 || strspn(text, "0123456789") != length)
        return false;
    for (size_t i = 0; i < length; i++)
        number = number * 10 + (unsigned long)(text[i] - '0');
    if (number == 0 || number > UINT16_MAX)
        return false;
    *port = (uint16_t)number;
    return true;
}

/* Splits "host", "host:port", "[v6]", "[v6]:port"; `rest` is what follows the host. */
static bool host_split(const char *text, const char **host, size_t *length, const char **rest)
{
    if (text[0] == '[') {
        const char *end = strchr(text, ']');
        if (!end || strspn(text + 1, "0123456789abcdefABCDEF:.%") != (size_t)(end - text - 1))
            return false;
        *host = text + 1;
        *length = (size_t)(end - text - 1);
        *rest = end + 1;
    } else {
        *host = text;
        *length = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_");
        *rest = text + *length;
    }
    return *length > 0 && *length < sizeof ((struct mqtt_url *)0)->host;
}

bool mqtt_url_read(const char *text, struct mqtt_url *url, struct error *err)
{
    size_t s = 0;
    while (s < SCHEMES && strncmp(text, schemes[s].prefix, strlen(schemes[s].prefix)) != 0)
        s++;
    if (s == SCHEMES)
        return error_set(err, "the address of a broker begins with mqtt:// or mqtts://");
    text += strlen(schemes[s].prefix);
    if (strchr(text, '@'))
        return error_set(err, "the address holds a user or a password: they belong in user and password_file");

    const char *host, *rest;
    size_t length;
    if (!host_split(text, &host, &length, &rest))
        return error_set(err, "the address holds no host name that could be read: mqtt://host[:port]");
    struct mqtt_url read = {.tls = schemes[s].tls, .port = schemes[s].port};
    if (rest[0] == ':' && !port_read(rest + 1, &read.port))
        return error_set(err, "the port of the address is not a number from 1 to 65535");
    if (rest[0] != ':' && rest[0] != '\0')
        return error_set(err, "the address of a broker is mqtt://host[:port], with nothing behind it");
    memcpy(read.host, host, length);
    snprintf(read.paho, sizeof read.paho, text[0] == '[' ? "%s[%s]:%u" : "%s%s:%u", schemes[s].paho, read.host, (unsigned)read.port);
    *url = read;
    return true;
}
