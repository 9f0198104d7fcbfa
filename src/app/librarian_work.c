/*
 * The thread. It owns the past (and by it the connection); everything that it shares with the loop it touches under the lock, and it never
 * reads while it holds it. A journey comes before errands, but not twice in a row while one waits.
 */
#include "app/librarian_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/memory.h"
#include "io/clock.h"

enum { RETRY_MS = 1000, PATIENT_MS = 400 };

/* ---- the connection ---- */

static void lose(struct librarian *l)
{
    past_close(l->past);
    l->past = NULL;
}

/* Opens it when it is not open, or when another file stands there now: one that was set aside, or removed. */
static bool ready(struct librarian *l, struct error *err)
{
    struct stat now;
    bool there = stat(l->path, &now) == 0;
    if (l->past && there && now.st_dev == l->device && now.st_ino == l->inode)
        return true;
    lose(l);
    if (l->failed_at && clock_monotonic_ms() - l->failed_at < RETRY_MS) {
        *err = l->failed;
        return false;
    }
    l->past = past_open(l->path, err);
    if (!l->past) {
        l->failed = *err;
        l->failed_at = clock_monotonic_ms();
        return false;
    }
    l->failed_at = 0;
    l->device = there ? now.st_dev : 0;
    l->inode = there ? now.st_ino : 0;
    if (l->preset.count)
        past_preset(l->past, l->preset.bytes, l->preset.count);
    return true;
}

struct history *librarian_connect(struct librarian *l, struct error *err)
{
    return ready(l, err) ? past_history(l->past) : NULL;
}

void librarian_wake(struct librarian *l)
{
    static const uint64_t one = 1;
    if (write(l->wake, &one, sizeof one) < 0)
        return; /* it is awake */
}

/* Who interrupts does it under the lock while `reading` stands; what came too late must not meet the next read. */
void librarian_read(struct librarian *l)
{
    history_uninterrupt(l->reading);
    l->reading = NULL;
}

/* ---- errands ---- */

/* What the answer knows of the stream's end must be what it was read with: read again when the writer came between. */
static bool read_answer(struct history *history, const struct errand *e, struct reply *reply, struct error *err)
{
    int64_t first_ms, last_ms;
    uint64_t before = 0, after = 0;
    for (int tries = 0; tries < 3; tries++) {
        error_set(err, "%s", "");
        if (!history_span(history, &first_ms, &last_ms, &before, err)) {
            if (err->text[0])
                return false;
            first_ms = last_ms = 0; /* it is empty */
        }
        if (!history_answer(history, &e->want, e->until_seq, &reply->answer, err))
            return false;
        reply->last_seq = before;
        reply->last_ms = last_ms;
        if (e->want.kind != WANT_COLUMNS || !history_span(history, &first_ms, &last_ms, &after, NULL) || after == before)
            return true;
        if (tries < 2)
            answer_finish(&reply->answer);
    }
    return true;
}

/* Meters, prices and factors are those of the configuration that was in force then. */
static bool know_plant(struct past *past, const struct errand *e, struct error *err)
{
    if (e->want.kind != WANT_ENERGY)
        return true;
    const struct plant *plant = past_plant(past, e->until_seq, err);
    history_plant(past_history(past), plant);
    return plant || !err->text[0];
}

static void refuse(struct reply *reply, const struct errand *e, const char *why)
{
    reply->outcome = ERRAND_FAILED;
    reply->answer = (struct answer){.want = e->want};
    snprintf(reply->answer.why, sizeof reply->answer.why, "%.95s", why);
}

/* Called and returns with the lock held. */
static void run_errand(struct librarian *l)
{
    struct errand errand = l->errands[--l->errand_count];
    struct reply reply = {.number = errand.number, .outcome = ERRAND_DONE};
    struct error err = {.text = ""};
    l->running = errand.number;
    pthread_mutex_unlock(&l->lock);
    bool open = ready(l, &err), good = false;
    pthread_mutex_lock(&l->lock);
    if (open) {
        l->reading = past_history(l->past);
        pthread_mutex_unlock(&l->lock);
        good = know_plant(l->past, &errand, &err) && read_answer(l->reading, &errand, &reply, &err);
        pthread_mutex_lock(&l->lock);
        librarian_read(l);
    }
    if (!good)
        refuse(&reply, &errand, err.text[0] ? err.text : "cannot be read");
    if (!good && l->running != errand.number)
        reply.outcome = ERRAND_INTERRUPTED;
    l->running = 0;
    if (l->reply_count == REPLIES_MOST) { /* nobody looks: the oldest is asked for again */
        answer_finish(&l->replies[0].answer);
        memmove(&l->replies[0], &l->replies[1], --l->reply_count * sizeof l->replies[0]);
    }
    l->replies[l->reply_count++] = reply;
    librarian_wake(l);
}

/* ---- journeys ---- */

struct hurry {
    struct librarian *librarian;
    uint64_t number;
    int64_t began;
};

/* A newer moment is wanted. A journey that is nearly there still ends, or a held key would never show anything. */
static bool in_vain(void *arg)
{
    struct hurry *h = arg;
    struct librarian *l = h->librarian;
    pthread_mutex_lock(&l->lock);
    bool newer = l->journey != h->number, leave = l->leaving || l->stay;
    pthread_mutex_unlock(&l->lock);
    return leave || (newer && clock_monotonic_ms() - h->began > PATIENT_MS);
}

static void release(struct shot *shot)
{
    while (shot) {
        struct shot *next = shot->next;
        model_destroy(shot->model);
        past_release(shot->hold);
        free(shot);
        shot = next;
    }
}

/* The first moment that is kept, when this one lies before it; else 0. */
static int64_t first_after(struct past *past, int64_t ms)
{
    int64_t first_ms = past_first(past);
    return first_ms > ms ? first_ms : 0;
}

static bool go(struct librarian *l, int64_t ms, int64_t ahead_ms, struct hurry *hurry, struct shot *shot)
{
    struct error err = {.text = ""};
    if (!ready(l, &err)) {
        snprintf(shot->said, sizeof shot->said, "%.150s", err.text);
        return true;
    }
    past_stop_when(l->past, in_vain, hurry);
    past_read_ahead(l->past, ahead_ms);
    bool there = past_to(l->past, ms, &err);
    past_stop_when(l->past, NULL, NULL);
    if (!there && !err.text[0])
        return false;
    if (there)
        shot->model = past_copy(l->past, &shot->hold);
    else
        shot->first_ms = first_after(l->past, ms);
    snprintf(shot->said, sizeof shot->said, "%.150s", there ? past_said(l->past) : err.text);
    return true;
}

/* Called and returns with the lock held. */
static void run_journey(struct librarian *l)
{
    struct hurry hurry = {.librarian = l, .number = l->journey, .began = clock_monotonic_ms()};
    struct shot *shot = mem_zero(1, sizeof *shot), *old = NULL;
    int64_t ahead_ms = l->journey_ahead;
    shot->asked_ms = l->journey_ms;
    pthread_mutex_unlock(&l->lock);
    bool ended = go(l, shot->asked_ms, ahead_ms, &hurry, shot);
    pthread_mutex_lock(&l->lock);
    if (ended && !l->stay) {
        old = l->shot;
        l->shot = shot;
        l->journey_done = hurry.number > l->journey_done ? hurry.number : l->journey_done;
        librarian_wake(l);
    } else {
        old = shot;
    }
    if (old) {
        pthread_mutex_unlock(&l->lock);
        release(old);
        pthread_mutex_lock(&l->lock);
    }
}

/* ---- the thread ---- */

void *librarian_work(void *arg)
{
    struct librarian *l = arg;
    bool travelled = false;
    pthread_mutex_lock(&l->lock);
    while (!l->leaving) {
        if (l->returned) {
            struct shot *returned = l->returned;
            l->returned = NULL;
            pthread_mutex_unlock(&l->lock);
            release(returned);
            pthread_mutex_lock(&l->lock);
        } else if (l->journey != l->journey_done && !(travelled && l->errand_count)) {
            run_journey(l);
            travelled = true;
        } else if (l->errand_count) {
            run_errand(l);
            travelled = false;
        } else if (l->trial) {
            librarian_run_trial(l);
        } else {
            pthread_cond_wait(&l->work, &l->lock);
        }
    }
    release(l->shot);
    release(l->returned);
    trial_destroy(l->trial);
    trial_destroy(l->tried);
    pthread_mutex_unlock(&l->lock);
    lose(l);
    pthread_mutex_lock(&l->lock);
    l->gone = true;
    pthread_cond_signal(&l->ended);
    pthread_mutex_unlock(&l->lock);
    return NULL;
}

/* ---- without a thread ---- */

void recall_answer_now(struct recall *recall, struct history *history, uint64_t until_seq)
{
    size_t wanted = recall_wanted(recall);
    for (size_t i = 0; i < wanted; i++) {
        struct errand errand = {.want = *recall_wanted_at(recall, i), .until_seq = until_seq};
        struct reply reply = {.number = 0};
        struct error err = {.text = ""};
        if (!read_answer(history, &errand, &reply, &err))
            refuse(&reply, &errand, err.text);
        recall_answer_take(recall, &reply.answer);
    }
}
