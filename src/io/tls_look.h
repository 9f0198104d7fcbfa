/*
 * tls_look: what a TLS server shows of itself: its certificates, who made them, until when they hold, whether they are for its name. For `andon doctor`, by OpenSSL,
 * which paho uses too; it says more than "certificate verify failed".
 */
#ifndef ANDON_IO_TLS_LOOK_H
#define ANDON_IO_TLS_LOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "core/plant.h"

enum { TLS_TEXT = 160, TLS_CHAIN = 10 };

struct tls_certificate {
    char subject[TLS_TEXT], maker[TLS_TEXT]; /* through the gate */
    int64_t from_ms, until_ms;               /* UTC; 0: unreadable */
};

struct tls_look {
    char host[256];                          /* that was asked for */
    char version[16];                        /* "TLSv1.3" */
    struct tls_certificate chain[TLS_CHAIN]; /* the server's own first */
    size_t count;
    bool trusted, named;                     /* by `ca` (the system's without it); for that host */
    char untrusted[TLS_TEXT];                /* why not */
    char names[TLS_TEXT];                    /* what it is for: "localhost, 127.0.0.1" */
};

/* Is the broker's address one with TLS? */
bool tls_wanted(const struct plant_broker *broker);
/* Connects, waiting so long at most, and shakes hands without trusting anybody. False: err says why it came to no handshake; what was shown until then is told. */
bool tls_look(const struct plant_broker *broker, int wait_ms, struct tls_look *out, struct error *err);

#endif
