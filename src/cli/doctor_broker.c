/*
 * The brokers. A struct listening is the links to all of them for some seconds; each message is folded as a collector would, so that what its tags say of the
 * time of their sources can be held against the clock of this machine.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timex.h>
#include <unistd.h>

#include "cli/common.h"
#include "cli/doctor.h"
#include "core/ingest.h"
#include "core/memory.h"
#include "core/timestamp.h"
#include "io/clock.h"
#include "io/mqtt.h"
#include "io/tls_look.h"
#include "io/zonefile.h"

enum { SKEWS = 4096, SKEW_ENOUGH = 50, SKEW_MOST_MS = 2000, CLOSE_MS = 100, LOOK_MS = 5000 };

#define SOON_MS (30 * INT64_C(86400000))

struct link_seen {
    bool up, down;
    char reason[128];
};

struct listening {
    const struct plant *plant;
    struct mqtt *mqtt;
    struct model *model;
    struct ingest *ingest;
    struct link_seen *links;
    uint64_t messages;
    int64_t closed_ms, skews[SKEWS]; /* arrival minus source time */
    size_t skew_count;
};

/* ---- TLS ---- */

static void certificates(struct doctor *d, const struct plant_broker *b, const struct tls_look *look)
{
    int64_t now = clock_wall_ms();
    char when[SPAN_TEXT + 8];
    for (size_t i = 0; i < look->count; i++) {
        const struct tls_certificate *c = &look->chain[i];
        iso_text(c->until_ms, when);
        if (c->until_ms < now)
            doctor_say(d, FINDING_WRONG, "tls", "renew it on the broker; if it was renewed, restart the broker", "%s: the certificate of %s expired at %s", b->name, c->subject, when);
        else if (c->from_ms > now)
            doctor_say(d, FINDING_WRONG, "tls", "set the clock here or there", "%s: the certificate of %s is not valid yet", b->name, c->subject);
        else
            doctor_say(d, c->until_ms - now < SOON_MS ? FINDING_HINT : FINDING_FINE, "tls", c->until_ms - now < SOON_MS ? "renew it on the broker soon" : "", "%s: certificate of %s, by %s, until %s", b->name,
                c->subject, c->maker, when);
    }
    if (!b->verify)
        doctor_say(d, FINDING_HINT, "tls", "take verify = false out of the configuration", "%s: the certificate is not checked: anybody may pretend to be this broker", b->name);
    if (!look->trusted)
        doctor_say(d, b->verify ? FINDING_WRONG : FINDING_HINT, "tls", b->ca[0] ? "ca must hold the certificate of who made the broker's" : "name the file of who made it: ca = \"...\"", "%s: the chain is not trusted: %s", b->name, look->untrusted);
    if (!look->named)
        doctor_say(d, b->verify ? FINDING_WRONG : FINDING_HINT, "tls", "write a name that it is for into url", "%s: the certificate is for %s, not for %s", b->name, look->names[0] ? look->names : "no name at all", look->host);
}

static void tls(struct doctor *d, const struct plant_broker *b)
{
    struct tls_look *look = mem_zero(1, sizeof *look);
    struct error err;
    if (tls_look(b, LOOK_MS, look, &err))
        doctor_say(d, FINDING_FINE, "tls", "", "%s: %s", b->name, look->version);
    else
        doctor_say(d, FINDING_WRONG, "tls", "is this the port for TLS (8883)?", "%s: no TLS: %s", b->name, err.text);
    if (look->count)
        certificates(d, b, look);
    free(look);
}

/* ---- the links ---- */

/* What helps, by what the link says. */
static const char *fix_of(const char *reason)
{
    static const struct { const char *in, *fix; } table[] = {
        {"Connection refused", "does the broker run, and listen on this port? there: ss -tlnp"},
        {"No route", "is the host up, and is there a route to it? ping, ip route"},
        {"timed out", "does a firewall lie between? is the address right?"},
        {"not known", "is the host's name right? getent hosts NAME"},
        {"user name", "user and password_file (or password_env) of the broker's entry must be those of its password file"},
        {"Not authorized", "user and password_file (or password_env) must be right, and the broker's access list must let this user in"},
        {"not authorised", "user and password_file (or password_env) must be right, and the broker's access list must let this user in"},
        {"password", "the file or variable that holds the password must be there, and readable by this user"},
        {"client id", "take client_id out of the configuration"},
        {"protocol version", "version = \"3.1.1\" in the broker's entry"},
        {"subscription", "the broker's access list must let this user read these topics"},
        {"TLS", "see tls"},
        {"MQTT", "is this an MQTT port (1883, with TLS 8883)?"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (strstr(reason, table[i].in))
            return table[i].fix;
    return "the broker's log tells more";
}

static void note_skews(struct listening *l, const struct batch *batch)
{
    for (size_t r = 0; r < batch->count && l->skew_count < SKEWS; r++) {
        const struct record *record = &batch->records[r];
        if (record->kind == RECORD_SAMPLE && !(record->flags & SAMPLE_RETAINED) && (record->flags & SAMPLE_SOURCE_TIME))
            l->skews[l->skew_count++] = batch->wall_ms - record->time_ms;
    }
}

static void take_all(struct listening *l)
{
    struct mqtt_event e;
    while (mqtt_take(l->mqtt, &e)) {
        struct link_seen *link = &l->links[e.message.broker];
        if (e.kind == MQTT_MESSAGE) {
            l->messages++;
            ingest_message(l->ingest, &e.message);
        } else if (e.kind == MQTT_LINK_UP || e.kind == MQTT_LINK_RESUMED) {
            link->up = true;
        } else if (e.kind == MQTT_LINK_DOWN) {
            link->down = true;
            snprintf(link->reason, sizeof link->reason, "%s", e.reason);
        }
    }
    int64_t now = clock_wall_ms();
    if (ingest_pending(l->ingest) && now - l->closed_ms >= CLOSE_MS) {
        note_skews(l, ingest_close(l->ingest, now, l->closed_ms ? now - l->closed_ms : 0));
        l->closed_ms = now;
    }
}

/* Each link tells that it is up, or (its connect timeout is over at the latest) why not. */
static size_t links_in(const struct listening *l, bool up)
{
    size_t count = 0;
    for (size_t i = 0; i < l->plant->broker_count; i++)
        count += up ? l->links[i].up : l->links[i].up || l->links[i].down;
    return count;
}

/* Until every link is up or has failed; then, if one is up, for so long, or until enough was heard. */
static void hear(struct listening *l, int64_t wait_ms)
{
    int64_t until = INT64_MAX, now;
    while ((now = clock_monotonic_ms()) < until && l->skew_count < SKEW_ENOUGH) {
        if (until == INT64_MAX && links_in(l, false) == l->plant->broker_count) {
            if (links_in(l, true) == 0)
                return;
            until = now + wait_ms;
        }
        int64_t due = mqtt_tick(l->mqtt, now), left = until - now;
        struct pollfd fd = {.fd = mqtt_fd(l->mqtt), .events = POLLIN};
        due = due < left ? due : left;
        if (poll(&fd, 1, (int)(due < CLOSE_MS ? due : CLOSE_MS)) < 0 && errno != EINTR)
            return;
        take_all(l);
    }
}

static int by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void skew(struct doctor *d, struct listening *l)
{
    char text[SPAN_TEXT];
    if (l->skew_count == 0) {
        doctor_say(d, FINDING_FINE, "clock", "", "no machine told a time of its own meanwhile: nothing to hold this clock against");
        return;
    }
    qsort(l->skews, l->skew_count, sizeof l->skews[0], by_size);
    int64_t median = l->skews[l->skew_count / 2], size = median < 0 ? -median : median;
    span_text(size, text);
    if (size > SKEW_MOST_MS)
        doctor_say(d, FINDING_WRONG, "clock", size % 1800000 < 60000 || size % 1800000 > 1740000 ? "a whole number of half hours: do they tell local time? then with its zone, or in UTC" : "timedatectl here and there: which clock is wrong?",
            "the machines' times are %s %s this clock (median of %zu values)", text, median > 0 ? "behind" : "ahead of", l->skew_count);
    else
        doctor_say(d, FINDING_FINE, "clock", "", "the machines' times agree with this clock within %lld ms (median of %zu values)", (long long)size, l->skew_count);
}

void doctor_brokers(struct doctor *d, struct plant *plant, int64_t wait_ms)
{
    struct listening *l = mem_zero(1, sizeof *l);
    char identity[64];
    struct error err;
    *l = (struct listening){.plant = plant, .links = mem_zero(plant->broker_count + 1, sizeof *l->links)};
    snprintf(identity, sizeof identity, "doctor-%ld-%lld", (long)getpid(), (long long)clock_wall_ms());
    common_guest(plant);
    l->model = model_create(plant);
    l->ingest = ingest_create(plant, l->model);
    ingest_configure(l->ingest, plant, "doctor");
    l->mqtt = mqtt_create(plant, identity, &err);
    if (l->mqtt)
        hear(l, wait_ms);
    else
        doctor_say(d, FINDING_WRONG, "broker", "", "%s", err.text);
    for (size_t i = 0; i < plant->broker_count; i++) {
        const struct plant_broker *b = &plant->brokers[i];
        if (l->links[i].up)
            doctor_say(d, FINDING_FINE, "broker", "", "%s: connected", b->name);
        else if (l->mqtt)
            doctor_say(d, FINDING_WRONG, "broker", fix_of(l->links[i].reason), "%s: %s", b->name, l->links[i].reason[0] ? l->links[i].reason : "no answer in time");
        if (tls_wanted(b))
            tls(d, b);
    }
    if (plant->broker_count == 0)
        doctor_say(d, FINDING_HINT, "broker", "brokers = ( { name = \"main\"; url = \"mqtt://HOST\"; } ), or --broker", "no broker is configured");
    if (l->messages)
        doctor_say(d, FINDING_FINE, "broker", "", "%llu messages were heard", (unsigned long long)l->messages);
    skew(d, l);
    mqtt_destroy(l->mqtt);
    ingest_destroy(l->ingest);
    model_destroy(l->model);
    free(l->links);
    free(l);
}

void doctor_clock(struct doctor *d, const struct plant *plant)
{
    struct timex state = {.modes = 0};
    struct zone zone = {.count = 0};
    struct error err;
    int rc = ntp_adjtime(&state);
    if (rc < 0)
        doctor_say(d, FINDING_HINT, "clock", "", "whether this clock is kept right cannot be told: %s", strerror(errno));
    else if (rc == TIME_ERROR || (state.status & STA_UNSYNC))
        doctor_say(d, FINDING_HINT, "clock", "timedatectl set-ntp true, or install chrony", "nobody keeps this machine's clock right (no NTP)");
    else
        doctor_say(d, FINDING_FINE, "clock", "", "this machine's clock is kept right (NTP)");
    const char *name = plant->site_zone_name[0] ? plant->site_zone_name : "Europe/Berlin";
    if (zonefile_read(name, &zone, &err))
        doctor_say(d, FINDING_FINE, "clock", "", "times are shown in %s", plant->site_zone_name[0] ? plant->site_zone_name : "UTC");
    else
        doctor_say(d, FINDING_WRONG, "clock", "install the package tzdata", "%s", err.text);
    free(zone.spans);
}
