/*
 * The collector's side of what people do. A struct awaited is an action that has been put into the stream and not been answered: without a
 * batch (seq 0) until that closes, then until the store says that it is on the disk. It outlives its seat: a screen that comes back and
 * sends the same id again takes it over. `done` remembers the ids of the last answers for the same reason, so that nothing is done twice.
 */
#include "app/collector_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/memory.h"
#include "io/clock.h"
#include "io/log.h"

enum { LOOK_MS = 10, STORED_BY_MS = 10000, SETTLE_MS = 2000, SECOND_MS = 1000, REFUSED_MS = 60000, AHEAD_MS = 60000, ACTIONS_A_SECOND = 200, PENDING_MOST = 256,
    REFUSED_A_MINUTE = 10 };

/* ---- telling ---- */

static void answer(struct seat *s, const uint8_t id[16], enum refusal refusal)
{
    struct packer p;
    struct action_answer said = {.refusal = refusal};
    memcpy(said.id, id, sizeof said.id);
    packer_init(&p);
    action_answer_pack(&said, &p);
    seat_say(s, FRAME_ANSWER, p.bytes, p.count);
    packer_finish(&p);
}

void actions_rights(struct seat *s)
{
    struct collector *c = s->collector;
    struct packer p;
    const struct access_settings *settings = &c->config.settings.access;
    const struct person *person = access_person(&c->actions.access, s->peer.uid, loop_now(c->loop));
    struct rights rights = {.role = s->read_only ? PERSON_VIEWER : person->role, .sign_on = settings->sign_on, .shift_count = settings->shift_count};
    memcpy(rights.user, person->name, sizeof rights.user);
    memcpy(rights.shifts, settings->shifts, sizeof rights.shifts);
    packer_init(&p);
    rights_pack(&rights, &p);
    seat_say(s, FRAME_RIGHTS, p.bytes, p.count);
    packer_finish(&p);
}

void actions_config(struct collector *c)
{
    access_rules(&c->actions.access, &c->config.settings.access, c->paths.service);
    for (size_t i = 0; i < c->seat_count; i++)
        if (c->seats[i]->state == SEAT_LIVE || c->seats[i]->state == SEAT_BEHIND)
            actions_rights(c->seats[i]);
}

/* ---- answers ---- */

static struct awaited *find_awaited(struct actions *a, const uint8_t id[16])
{
    for (size_t i = 0; i < a->awaited_count; i++)
        if (memcmp(a->awaited[i].id, id, sizeof a->awaited[i].id) == 0)
            return &a->awaited[i];
    return NULL;
}

static const struct answered *find_done(const struct actions *a, const uint8_t id[16])
{
    for (size_t i = 0; i < a->done_count; i++)
        if (memcmp(a->done[i].id, id, sizeof a->done[i].id) == 0)
            return &a->done[i];
    return NULL;
}

static void remember(struct actions *a, const uint8_t id[16], enum refusal refusal)
{
    struct answered *done = &a->done[a->done_next];
    memcpy(done->id, id, sizeof done->id);
    done->refusal = refusal;
    a->done_next = (a->done_next + 1) % ACTIONS_REMEMBERED;
    a->done_count += a->done_count < ACTIONS_REMEMBERED;
}

static void finish(struct collector *c, const struct awaited *awaited, enum refusal refusal)
{
    remember(&c->actions, awaited->id, refusal);
    if (awaited->seat)
        answer(awaited->seat, awaited->id, refusal);
}

/* What has become of it, as far as is known: true when it can be answered. */
static bool settled(const struct awaited *awaited, const struct store_status *status, int64_t now, enum refusal *refusal)
{
    *refusal = awaited->refusal;
    if (awaited->seq == 0)
        return false;
    if (awaited->refusal != REFUSAL_NONE)
        return true;
    bool stored = !awaited->lost && status->thrown == awaited->thrown && status->durable_seq >= awaited->seq;
    *refusal = stored ? REFUSAL_NONE : REFUSAL_NOT_STORED;
    return stored || awaited->lost || status->thrown != awaited->thrown || now >= awaited->by_ms;
}

static void answer_settled(struct collector *c)
{
    struct actions *a = &c->actions;
    struct store_status status;
    size_t kept = 0;
    store_status(c->cache.store, &status);
    for (size_t i = 0; i < a->awaited_count; i++) {
        enum refusal refusal;
        if (settled(&a->awaited[i], &status, loop_now(c->loop), &refusal))
            finish(c, &a->awaited[i], refusal);
        else
            a->awaited[kept++] = a->awaited[i];
    }
    a->awaited_count = kept;
    loop_timer_at(c->loop, a->timer, kept ? loop_now(c->loop) + LOOK_MS : INT64_MAX);
}

static void on_look(void *arg)
{
    struct collector *c = arg;
    answer_settled(c);
    clients_reap(c);
}

void actions_batch(struct collector *c, const struct batch *batch)
{
    struct actions *a = &c->actions;
    struct store_status status;
    if (a->awaited_count == 0)
        return;
    store_status(c->cache.store, &status);
    for (size_t i = 0; i < a->awaited_count; i++) {
        struct awaited *awaited = &a->awaited[i];
        if (awaited->seq)
            continue;
        awaited->seq = batch->seq;
        awaited->lost = !c->cache.taken;
        awaited->thrown = status.thrown;
        awaited->by_ms = loop_now(c->loop) + STORED_BY_MS;
        if (!model_action_result(feed_model(c->feed), awaited->id, &awaited->refusal))
            awaited->refusal = REFUSAL_UNKNOWN;
    }
    loop_timer_at(c->loop, a->timer, loop_now(c->loop));
}

void actions_leave(struct seat *s)
{
    struct actions *a = &s->collector->actions;
    for (size_t i = 0; i < a->awaited_count; i++)
        if (a->awaited[i].seat == s)
            a->awaited[i].seat = NULL;
}

void actions_settle(struct collector *c)
{
    const struct timespec moment = {.tv_nsec = LOOK_MS * 1000000L};
    int64_t until = clock_monotonic_ms() + SETTLE_MS;
    for (answer_settled(c); c->actions.awaited_count > 0 && clock_monotonic_ms() < until; answer_settled(c))
        nanosleep(&moment, NULL);
}

void actions_resume(void *arg, const struct model *model, const struct batch *batch)
{
    struct collector *c = arg;
    struct action action;
    enum refusal refusal;
    for (size_t r = 0; r < batch->count; r++)
        if (batch->records[r].kind == RECORD_ACTION && action_of_record(&action, batch, &batch->records[r])
            && model_action_result(model, action.id, &refusal))
            remember(&c->actions, action.id, refusal);
}

void actions_begin(struct collector *c)
{
    c->actions.timer = loop_timer(c->loop, on_look, c);
    access_rules(&c->actions.access, &c->config.settings.access, c->paths.service);
}

void actions_finish(struct collector *c)
{
    free(c->actions.awaited);
    c->actions.awaited = NULL;
    c->actions.awaited_count = 0;
}

/* ---- what people do ---- */

/* One more within this window of time? */
static bool within(struct pace *pace, int64_t now, int64_t window_ms, unsigned most)
{
    if (now - pace->since_ms >= window_ms)
        *pace = (struct pace){.since_ms = now};
    return pace->count++ < most;
}

static size_t pending_of(const struct seat *s)
{
    const struct actions *a = &s->collector->actions;
    size_t count = 0;
    for (size_t i = 0; i < a->awaited_count; i++)
        count += a->awaited[i].seat == s;
    return count;
}

/* An attempt is journalled; somebody who keeps trying does not fill the journal, but is counted. */
static void journal_refused(struct seat *s, const struct action *tried, const struct person *person)
{
    struct collector *c = s->collector;
    struct action refused = {.kind = ACTION_REFUSED, .time_ms = feed_wall(c->feed), .occurrence_ms = tried->occurrence_ms, .severity = tried->severity};
    log_limited(LOG_LEVEL_WARNING, "role", "%s, %s of process %ld: %s is not allowed", person->name, person_role_names[person->role], (long)s->peer.pid,
        action_table[tried->kind].name);
    if (!within(&s->refused, loop_now(c->loop), REFUSED_MS, REFUSED_A_MINUTE)) {
        s->refused_untold++;
        return;
    }
    memcpy(refused.id, tried->id, sizeof refused.id);
    memcpy(refused.target, tried->target, sizeof refused.target);
    access_who(tried->who, person->name, refused.who);
    int used = snprintf(refused.comment, sizeof refused.comment, "%s: %s", action_table[tried->kind].name, refusal_texts[REFUSAL_ROLE]);
    if (s->refused_untold > 0)
        snprintf(refused.comment + used, sizeof refused.comment - (size_t)used, "; and %" PRIu64 " more before", s->refused_untold);
    s->refused_untold = 0;
    feed_act(c->feed, &refused);
}

static enum refusal allowed(struct seat *s, const struct action *action)
{
    struct collector *c = s->collector;
    if (action->kind >= ACTION_KIND_COUNT || action->kind == ACTION_IMPORT || action->kind == ACTION_REFUSED) /* of a later version, or the collector's own to write */
        return REFUSAL_UNKNOWN;
    if (!within(&s->acts, loop_now(c->loop), SECOND_MS, ACTIONS_A_SECOND) || pending_of(s) >= PENDING_MOST)
        return REFUSAL_BUSY;
    if (s->read_only)
        return REFUSAL_READ_ONLY;
    const struct person *person = access_person(&c->actions.access, s->peer.uid, loop_now(c->loop));
    if (person->role < action_table[action->kind].least) {
        journal_refused(s, action, person);
        actions_rights(s);
        return REFUSAL_ROLE;
    }
    if (action->time_ms > feed_wall(c->feed) + AHEAD_MS)
        return REFUSAL_FUTURE;
    return model_action_check(feed_model(c->feed), action);
}

static void await(struct seat *s, const uint8_t id[16])
{
    struct actions *a = &s->collector->actions;
    a->awaited = mem_grow(a->awaited, a->awaited_count, &a->awaited_capacity, sizeof *a->awaited);
    struct awaited *awaited = &a->awaited[a->awaited_count++];
    *awaited = (struct awaited){.seat = s, .uid = s->peer.uid};
    memcpy(awaited->id, id, sizeof awaited->id);
}

/* The time that counts is ours, and who he is we know. */
static void put(struct seat *s, const struct action *asked)
{
    struct collector *c = s->collector;
    struct action action = *asked;
    access_who(asked->who, access_person(&c->actions.access, s->peer.uid, loop_now(c->loop))->name, action.who);
    action.time_ms = feed_wall(c->feed);
    await(s, action.id);
    feed_act(c->feed, &action);
}

void actions_frame(struct seat *s, const uint8_t *body, size_t length)
{
    struct actions *a = &s->collector->actions;
    struct action action;
    if ((s->state != SEAT_LIVE && s->state != SEAT_BEHIND) || !action_unpack(&action, body, length)) {
        s->channel.closed = true;
        return;
    }
    struct awaited *again = find_awaited(a, action.id);
    const struct answered *done = find_done(a, action.id);
    if (again && again->uid == s->peer.uid)
        again->seat = s;
    if (again)
        return;
    enum refusal refusal = done ? done->refusal : allowed(s, &action);
    if (done || refusal != REFUSAL_NONE)
        answer(s, action.id, refusal);
    else
        put(s, &action);
}
