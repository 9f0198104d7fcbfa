/*
 * One handshake over a socket that does not block. Verification is done by OpenSSL, but does not end the handshake: its result is read behind it, so that an expired
 * certificate of a stranger is told as both.
 */
#include "io/tls_look.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "core/text_gate.h"
#include "core/zone.h"
#include "io/clock.h"
#include "io/mqtt_private.h"

static bool ready(int fd, short events, int64_t until)
{
    struct pollfd p = {.fd = fd, .events = events};
    int64_t left = until - clock_monotonic_ms();
    return left > 0 && poll(&p, 1, (int)left) > 0;
}

static int connect_to(const char *host, uint16_t port, int64_t until, struct error *err)
{
    char service[8];
    struct addrinfo wanted = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM}, *found = NULL;
    snprintf(service, sizeof service, "%u", (unsigned)port);
    int rc = getaddrinfo(host, service, &wanted, &found), fd = -1, why = EADDRNOTAVAIL;
    if (rc != 0)
        return error_set(err, "%s: %s", host, gai_strerror(rc)), -1;
    for (const struct addrinfo *a = found; a && fd < 0; a = a->ai_next) {
        fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, a->ai_protocol);
        socklen_t length = sizeof why;
        why = fd < 0 ? errno : connect(fd, a->ai_addr, a->ai_addrlen) == 0 ? 0 : errno;
        if (why == EINPROGRESS && (!ready(fd, POLLOUT, until) || getsockopt(fd, SOL_SOCKET, SO_ERROR, &why, &length) != 0))
            why = ETIMEDOUT;
        if (why != 0 && fd >= 0) {
            close(fd);
            fd = -1;
        }
    }
    freeaddrinfo(found);
    if (fd < 0)
        error_set(err, "%s: %s", host, strerror(why));
    return fd;
}

static void name_text(X509_NAME *name, char out[TLS_TEXT])
{
    char text[512] = "";
    X509_NAME_oneline(name, text, sizeof text);
    text_gate(text, strlen(text), out, TLS_TEXT, NULL);
}

static int64_t time_of(const ASN1_TIME *t)
{
    struct tm tm;
    if (!t || ASN1_TIME_to_tm(t, &tm) != 1)
        return 0;
    return (civil_days(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday) * 86400 + tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec) * 1000;
}

static void read_names(X509 *certificate, char out[TLS_TEXT])
{
    GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    char text[TLS_TEXT * 2] = "";
    size_t used = 0;
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names) && used + 64 < sizeof text; i++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
        int n = 0;
        if (name->type == GEN_DNS)
            n = snprintf(text + used, sizeof text - used, "%s%.*s", used ? ", " : "", ASN1_STRING_length(name->d.dNSName) > 60 ? 60 : ASN1_STRING_length(name->d.dNSName),
                (const char *)ASN1_STRING_get0_data(name->d.dNSName));
        else if (name->type == GEN_IPADD && ASN1_STRING_length(name->d.iPAddress) == 4) {
            const unsigned char *b = ASN1_STRING_get0_data(name->d.iPAddress);
            n = snprintf(text + used, sizeof text - used, "%s%u.%u.%u.%u", used ? ", " : "", b[0], b[1], b[2], b[3]);
        }
        used += n > 0 ? (size_t)n : 0;
    }
    GENERAL_NAMES_free(names);
    text_gate(text, strlen(text), out, TLS_TEXT, NULL);
}

static void read_chain(SSL *ssl, const char *host, struct tls_look *out)
{
    STACK_OF(X509) *chain = SSL_get_peer_cert_chain(ssl);
    for (int i = 0; chain && i < sk_X509_num(chain) && out->count < TLS_CHAIN; i++) {
        X509 *x = sk_X509_value(chain, i);
        struct tls_certificate *c = &out->chain[out->count++];
        name_text(X509_get_subject_name(x), c->subject);
        name_text(X509_get_issuer_name(x), c->maker);
        c->from_ms = time_of(X509_get0_notBefore(x));
        c->until_ms = time_of(X509_get0_notAfter(x));
        if (i == 0) {
            read_names(x, out->names);
            out->named = X509_check_host(x, host, 0, 0, NULL) == 1 || X509_check_ip_asc(x, host, 0) == 1;
        }
    }
    long result = SSL_get_verify_result(ssl);
    out->trusted = result == X509_V_OK;
    snprintf(out->untrusted, sizeof out->untrusted, "%s", out->trusted ? "" : X509_verify_cert_error_string(result));
    snprintf(out->version, sizeof out->version, "%s", SSL_get_version(ssl));
}

static int trust_all(int good, X509_STORE_CTX *context)
{
    (void)good, (void)context; /* the result stays, and is read behind the handshake */
    return 1;
}

static bool prepare(SSL_CTX *context, const char *ca, const char *cert, const char *key, struct error *err)
{
    struct stat st;
    bool folder = ca[0] && stat(ca, &st) == 0 && S_ISDIR(st.st_mode);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, trust_all);
    if (!ca[0] ? SSL_CTX_set_default_verify_paths(context) != 1 : SSL_CTX_load_verify_locations(context, folder ? NULL : ca, folder ? ca : NULL) != 1)
        return error_set(err, "ca %s: it holds no certificates that can be read", ca);
    if (cert[0] && (SSL_CTX_use_certificate_chain_file(context, cert) != 1 || SSL_CTX_use_PrivateKey_file(context, key[0] ? key : cert, SSL_FILETYPE_PEM) != 1))
        return error_set(err, "cert %s: the certificate or its key cannot be read, or they do not belong together", cert);
    return true;
}

static bool shake(SSL *ssl, int fd, int64_t until, struct error *err)
{
    for (;;) {
        ERR_clear_error();
        int rc = SSL_connect(ssl);
        if (rc == 1)
            return true;
        int wants = SSL_get_error(ssl, rc);
        if (wants != SSL_ERROR_WANT_READ && wants != SSL_ERROR_WANT_WRITE) {
            const char *said = ERR_reason_error_string(ERR_peek_error());
            return error_set(err, "%s", said ? said : "it ended the handshake: this may be a port without TLS");
        }
        if (!ready(fd, wants == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT, until))
            return error_set(err, "no answer to the handshake: this may be a port without TLS");
    }
}

bool tls_wanted(const struct plant_broker *broker)
{
    struct mqtt_url url;
    return mqtt_url_read(broker->url, &url, NULL) && url.tls;
}

bool tls_look(const struct plant_broker *broker, int wait_ms, struct tls_look *out, struct error *err)
{
    struct mqtt_url url;
    int64_t until = clock_monotonic_ms() + wait_ms;
    bool good = false;
    *out = (struct tls_look){.count = 0};
    if (!mqtt_url_read(broker->url, &url, err))
        return false;
    snprintf(out->host, sizeof out->host, "%s", url.host);
    int fd = connect_to(url.host, url.port, until, err);
    SSL_CTX *context = fd >= 0 ? SSL_CTX_new(TLS_client_method()) : NULL;
    SSL *ssl = context && prepare(context, broker->ca, broker->cert, broker->key, err) ? SSL_new(context) : NULL;
    if (ssl && SSL_set_fd(ssl, fd) == 1) {
        SSL_set_tlsext_host_name(ssl, url.host);
        good = shake(ssl, fd, until, err);
        read_chain(ssl, url.host, out);
    }
    SSL_free(ssl);
    SSL_CTX_free(context);
    if (fd >= 0)
        close(fd);
    return good;
}
