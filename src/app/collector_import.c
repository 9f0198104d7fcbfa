/*
 * The collector's side of an import. A struct importer hangs off the one seat that imports; its parts go to the store in order, and the seat is not
 * read while one of them does not fit. A timer looks what has become durable meanwhile: only that is acknowledged. One that says nothing more keeps
 * others out for QUIET_LOOKS at most; looks are counted and not time, so that what came while the collector itself was asleep is read first.
 */
#include "app/collector_parts.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/import_wire.h"
#include "core/memory.h"
#include "io/clock.h"
#include "io/log.h"

enum { LOOK_MS = 25, QUIET_LOOKS = 400 };

struct importer {
    struct seat *seat;
    char source[IMPORT_NAME];
    uint64_t base;              /* of the store's numbers: parts count from it */
    uint64_t parts, told;       /* handed over; acknowledged */
    uint64_t samples;
    bool begun;                 /* told so: what an import before it had handed over is on the disk */
    bool waits;                 /* the part below did not fit yet */
    uint32_t series;
    struct samples part;
    struct outcomes outcomes;
    uint64_t end_seq;           /* of the batch that tells the stream; 0: not ended yet */
    uint64_t thrown;            /* what the store had thrown away when it began */
    uint64_t overlaps;          /* and what it had left out of imports */
    bool in_the_way;            /* another one was refused for it */
    int quiet;                  /* looks since it spoke or was answered, while it is its turn */
};

static void say_two(struct importer *im, enum import_word word, uint64_t number, uint64_t second)
{
    struct packer p;
    packer_init(&p);
    pack_u8(&p, (uint8_t)word);
    pack_varint(&p, number);
    pack_varint(&p, second);
    seat_say(im->seat, FRAME_IMPORTED, p.bytes, p.count);
    packer_finish(&p);
}

static void say(struct importer *im, enum import_word word, uint64_t number)
{
    say_two(im, word, number, 0);
}

bool import_waits(const struct seat *s)
{
    return s->importer && s->importer->waits;
}

void import_drop(struct seat *s)
{
    struct importer *im = s->importer;
    if (!im)
        return;
    s->collector->importing = NULL;
    loop_timer_at(s->collector->loop, s->collector->import_timer, INT64_MAX);
    samples_finish(&im->part);
    outcomes_finish(&im->outcomes);
    free(im);
    s->importer = NULL;
}

static void hand_over(struct importer *im)
{
    struct collector *c = im->seat->collector;
    im->waits = !store_import(c->cache.store, im->base + im->parts + 1, im->series, &im->part, &im->outcomes, im->source);
    if (im->waits)
        return;
    im->parts++;
    im->samples += im->part.count;
    c->import_number = im->base + im->parts;
}

static void begin(struct seat *s, struct unpacker *u)
{
    struct collector *c = s->collector;
    struct import_begin b;
    if (s->state != SEAT_NEW || !import_begin_unpack(&b, u)) {
        s->channel.closed = true;
    } else if (b.protocol != SOCKET_PROTOCOL || b.config_id != c->config.plant->id) {
        seat_refuse(s, "the collector runs with another configuration: give the same -c and --broker, or reload it with kill -HUP");
    } else if (c->importing) {
        c->importing->importer->in_the_way = true;
        seat_refuse(s, "another import is under way: wait for its end");
    } else {
        struct importer *im = s->importer = mem_zero(1, sizeof *im);
        struct store_status status;
        store_status(c->cache.store, &status);
        *im = (struct importer){.seat = s, .base = c->import_number, .thrown = status.thrown, .overlaps = status.overlaps};
        snprintf(im->source, sizeof im->source, "%s", b.source);
        samples_init(&im->part);
        s->state = SEAT_IMPORT;
        c->importing = s;
        loop_timer_at(c->loop, c->import_timer, loop_now(c->loop));
        if (ingest_pending(feed_ingest(c->feed))) /* a collector that has just begun has named no series yet */
            feed_close_batch(c->feed);
    }
}

/* One that follows another closely must find in the history all that the other brought: else it brings it again. */
static void begin_when_settled(struct importer *im, uint64_t done, const struct store_status *status)
{
    if (im->begun || (done < im->base && !status->thrown)) /* what was thrown away is never done */
        return;
    im->begun = true;
    say(im, IMPORT_BEGUN, 0);
}

/* Are states, facts and stops of nodes and meters that there are? */
static bool knows_nodes(const struct plant *plant, const struct outcomes *o)
{
    bool known = true;
    for (size_t i = 0; i < o->interval_count && known; i++)
        known = plant_node_by_path(plant, o->intervals[i].path) != NO_NODE;
    for (size_t i = 0; i < o->gain_count && known; i++) {
        uint32_t node = plant_node_by_path(plant, o->gains[i].path);
        known = node != NO_NODE && o->gains[i].line == (plant->nodes[node].level == LEVEL_LINE);
    }
    for (size_t i = 0; i < o->energy_count && known; i++)
        known = plant_meter_by_key(plant, o->energies[i].path) != NO_METER;
    for (size_t i = 0; i < o->stop_count && known; i++)
        known = plant_node_by_path(plant, o->stops[i].path) != NO_NODE;
    return known;
}

static void take_part(struct seat *s, struct unpacker *u)
{
    struct importer *im = s->importer;
    const struct model *model = feed_model(s->collector->feed);
    char key[IMPORT_NAME];
    if (!im || !im->begun || im->end_seq || im->parts - im->told >= IMPORT_WINDOW || !import_part_unpack(u, key, &im->part, &im->outcomes)) {
        s->channel.closed = true;
        return;
    }
    uint32_t tag = model_find(model, key);
    im->series = tag < model_plant(model)->tag_count ? model_tag(model, tag)->series : 0;
    if (im->series == 0) {
        seat_refuse(s, "the collector's configuration has no such tag: was it reloaded?");
        return;
    }
    for (size_t i = 0; i < im->outcomes.bucket_count; i++)
        im->outcomes.buckets[i].series = im->series;
    if (!knows_nodes(model_plant(model), &im->outcomes)) {
        s->channel.closed = true;
        return;
    }
    for (size_t i = 0; i < im->outcomes.event_count; i++)
        if (model_find_alarm(model, im->outcomes.events[i].path) == NO_ALARM) {
            s->channel.closed = true;
            return;
        }
    hand_over(im);
}

static void name_of(const struct peer *peer, char *out, size_t cap)
{
    const struct passwd *user = getpwuid(peer->uid);
    if (user)
        snprintf(out, cap, "%s", user->pw_name);
    else
        snprintf(out, cap, "user %ld", (long)peer->uid);
}

/* The stream learns of it once, in a batch that is synced. */
static void end(struct seat *s)
{
    struct importer *im = s->importer;
    struct collector *c = s->collector;
    char who[64], file[IMPORT_NAME];
    if (!im || im->end_seq || im->waits) {
        s->channel.closed = true;
        return;
    }
    name_of(&s->peer, who, sizeof who);
    snprintf(file, sizeof file, "%.*s", (int)strcspn(im->source, " "), im->source);
    feed_action(c->feed, "import", file, who, value_uint(im->samples));
    feed_close_batch(c->feed);
    im->end_seq = model_seq(feed_model(c->feed));
    log_line(LOG_LEVEL_INFO, "imported by %s: %s, %llu samples", who, im->source, (unsigned long long)im->samples);
}

void import_frame(struct seat *s, const uint8_t *body, size_t length)
{
    struct unpacker u = unpacker_of(body, length);
    if (s->importer)
        s->importer->quiet = 0;
    switch (unpack_u8(&u)) {
    case IMPORT_BEGIN: begin(s, &u); return;
    case IMPORT_PART: take_part(s, &u); return;
    case IMPORT_END: end(s); return;
    default: s->channel.closed = true; return;
    }
}

/* Everything is on the disk and told, and what comes next is for the importer to say. */
static bool hangs(struct importer *im)
{
    bool its_turn = im->begun && !im->waits && !im->end_seq && im->told == im->parts;
    im->quiet = its_turn ? im->quiet + 1 : 0;
    return im->in_the_way && im->quiet > QUIET_LOOKS;
}

/* Looks what has become of it. */
void import_look(void *arg)
{
    struct collector *c = arg;
    struct seat *s = c->importing;
    struct store_status status;
    if (!s)
        return;
    struct importer *im = s->importer;
    uint64_t done = store_imported(c->cache.store);
    store_status(c->cache.store, &status);
    uint64_t taken = done > im->base ? done - im->base : 0;
    cache_mend(c);
    if (status.thrown != im->thrown && status.state != STORE_STOPPED) { /* parts that waited are lost, though later ones may be in: what is told must not jump over them */
        char why[PROTOCOL_REASON];
        snprintf(why, sizeof why, "the collector lost what it had not written yet: %s", status.said[0] ? status.said : "the cache could not be written");
        seat_refuse(s, why);
        seat_go_on(s);
        return;
    }
    begin_when_settled(im, done, &status);
    if (im->waits) {
        hand_over(im);
        if (!im->waits)
            seat_go_on(s);
    }
    if (s != c->importing) /* what had waited behind it ended the connection */
        return;
    if (taken > im->told) {
        im->told = taken;
        say(im, IMPORT_TAKEN, taken);
    }
    if (im->end_seq && im->told == im->parts && status.durable_seq >= im->end_seq) {
        say_two(im, IMPORT_DONE, im->samples, status.overlaps - im->overlaps);
        import_drop(s);
    } else if (status.state == STORE_STOPPED) {
        char why[PROTOCOL_REASON];
        snprintf(why, sizeof why, "the collector records nothing now: %s", status.said);
        seat_refuse(s, why);
        seat_go_on(s); /* which lets it go */
    } else if (hangs(im)) {
        seat_refuse(s, "it said nothing for long, and another import waited: begin again, it goes on where it ended");
        seat_go_on(s);
    }
    loop_timer_at(c->loop, c->import_timer, c->importing ? loop_now(c->loop) + LOOK_MS : INT64_MAX);
}
