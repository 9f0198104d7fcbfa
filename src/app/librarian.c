/*
 * The main loop's side. An order is a want that some frame had, with its age; the errand that fetches it is in the thread's list under the
 * same number. Who is not wanted any more loses both, and a read that is under way for it is interrupted. Orders are at most as many as
 * wants, errands and replies at most as many as orders: nothing here grows.
 */
#include "app/librarian_parts.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "core/memory.h"
#include "io/clock.h"

enum { LIVE_MS = 1000, OLD_MS = 30000, SPAN_MS = 5000, FAILED_MS = 2000, LEAVE_MS = 300, ENERGY_MS = 10000 /* quarters of an hour are told when they are over */ };
#define LONG_MS (INT64_C(8) * 86400000)

static void on_wake(void *arg);

struct librarian *librarian_create(const struct librarian_options *o)
{
    struct librarian *l = mem_zero(1, sizeof *l);
    *l = (struct librarian){.loop = o->loop, .changed = o->changed, .arg = o->arg, .path = mem_text(o->path), .recall = recall_create()};
    packer_init(&l->preset);
    if (o->bundle)
        bundle_pack(o->bundle, &l->preset);
    l->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    l->watch = loop_watch(l->loop, l->wake, LOOP_READ, on_wake, l);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&l->lock, NULL);
    pthread_cond_init(&l->work, NULL);
    pthread_cond_init(&l->ended, &monotonic);
    pthread_condattr_destroy(&monotonic);
    static const int own[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}; /* a crash restores the terminal, whoever crashes */
    sigset_t all, before;
    sigfillset(&all); /* the others belong to the loop */
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        sigdelset(&all, own[i]);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (pthread_create(&l->thread, NULL, librarian_work, l) != 0)
        abort();
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return l;
}

/* ---- orders ---- */

static void orders_forget(struct librarian *l, size_t index)
{
    tail_finish(&l->orders[index]);
    l->orders[index] = l->orders[--l->order_count];
}

static struct order *order_by_number(struct librarian *l, uint64_t number)
{
    for (size_t i = 0; i < l->order_count; i++)
        if (l->orders[i].number == number)
            return &l->orders[i];
    return NULL;
}

static struct order *order_of(struct librarian *l, const struct want *want)
{
    for (size_t i = 0; i < l->order_count; i++)
        if (want_same(&l->orders[i].want, want))
            return &l->orders[i];
    if (l->order_count == ORDERS_MOST)
        return NULL;
    struct order *order = &l->orders[l->order_count++];
    *order = (struct order){.want = *want};
    return order;
}

/* Both with the lock held. */
static void errand_drop(struct librarian *l, uint64_t number)
{
    for (size_t i = 0; i < l->errand_count; i++)
        if (l->errands[i].number == number) {
            memmove(&l->errands[i], &l->errands[i + 1], (--l->errand_count - i) * sizeof l->errands[0]);
            return;
        }
    if (l->running == number && l->reading) {
        history_interrupt(l->reading);
        l->running = 0;
    }
}

static void errand_add(struct librarian *l, struct order *order)
{
    if (l->errand_count == ORDERS_MOST)
        return;
    order->number = ++l->numbers;
    l->errands[l->errand_count++] = (struct errand){.want = order->want, .number = order->number, .until_seq = l->until_seq};
}

void librarian_fetch(struct librarian *l)
{
    int64_t now = clock_monotonic_ms();
    size_t wanted = recall_wanted(l->recall), before;
    l->round++;
    pthread_mutex_lock(&l->lock);
    for (size_t i = 0; i < l->order_count; i++)
        for (size_t w = 0; w < wanted && l->orders[i].round != l->round; w++)
            if (want_same(&l->orders[i].want, recall_wanted_at(l->recall, w)))
                l->orders[i].round = l->round;
    for (size_t i = l->order_count; i-- > 0;)
        if (l->orders[i].round != l->round) {
            if (l->orders[i].number)
                errand_drop(l, l->orders[i].number);
            orders_forget(l, i);
        }
    before = l->errand_count;
    for (size_t w = 0; w < wanted; w++) {
        struct order *order = order_of(l, recall_wanted_at(l->recall, w));
        if (!order)
            break;
        order->round = l->round;
        if (order->number == 0 && (!order->answered || now >= order->due_at))
            errand_add(l, order);
    }
    if (l->errand_count > before)
        pthread_cond_signal(&l->work);
    pthread_mutex_unlock(&l->lock);
}

/* ---- answers ---- */

/* A stretch that reaches the newest sample goes on growing; an older one may still get late ones. With a long span a new answer is worth its
 * price when a column is complete: until then the tail adds what comes. */
static int64_t due_after(const struct librarian *l, const struct reply *reply)
{
    const struct want *want = &reply->answer.want;
    if (reply->outcome == ERRAND_FAILED)
        return FAILED_MS;
    if (l->until_seq)
        return INT64_MAX;
    if (want->kind == WANT_SPAN)
        return SPAN_MS;
    bool months = (want->kind == WANT_ACCOUNTS || want->kind == WANT_ENERGY) && want->to_ms - want->from_ms > LONG_MS; /* they change by an hour at most, and cost more */
    if (want->to_ms <= reply->last_ms || want->kind == WANT_METRICS || months)
        return OLD_MS;
    if (want->kind == WANT_ENERGY)
        return ENERGY_MS;
    int64_t column = want->kind == WANT_COLUMNS ? (want->to_ms - want->from_ms) / want->columns : 0;
    return column > LIVE_MS ? column : LIVE_MS;
}

static void take_reply(struct librarian *l, struct reply *reply)
{
    struct order *order = order_by_number(l, reply->number);
    if (!order) {
        answer_finish(&reply->answer);
        return;
    }
    order->number = 0;
    if (reply->outcome == ERRAND_INTERRUPTED)
        return;
    int64_t after = due_after(l, reply);
    order->due_at = after == INT64_MAX ? INT64_MAX : clock_monotonic_ms() + after;
    bool worse = reply->outcome == ERRAND_FAILED && order->good; /* what was read once stays while it cannot be read again */
    order->answered = true;
    if (worse) {
        answer_finish(&reply->answer);
        return;
    }
    order->good = reply->outcome == ERRAND_DONE;
    if (order->good && l->until_seq == 0 && order_has_tail(order)) {
        tail_begin(order, &reply->answer, reply->last_seq);
        if (order->tail.since_seq == 0 || reply->last_seq + 1 < order->tail.since_seq)
            order->due_at = clock_monotonic_ms() + LIVE_MS; /* what came between was on its way to the disk */
    }
    recall_answer_take(l->recall, &reply->answer);
}

static void on_wake(void *arg)
{
    struct librarian *l = arg;
    uint64_t times;
    struct reply replies[REPLIES_MOST];
    if (read(l->wake, &times, sizeof times) < 0)
        return;
    pthread_mutex_lock(&l->lock);
    size_t count = l->reply_count;
    memcpy(replies, l->replies, count * sizeof replies[0]);
    l->reply_count = 0;
    pthread_mutex_unlock(&l->lock);
    for (size_t i = 0; i < count; i++)
        take_reply(l, &replies[i]);
    l->changed(l->arg);
}

struct recall *librarian_recall(struct librarian *l)
{
    return l->recall;
}

/* Going back, answers that know more than the moment must go; going forward they are old at worst. */
void librarian_until(struct librarian *l, uint64_t seq)
{
    if (seq == l->until_seq)
        return;
    bool forward = l->until_seq != 0 && (seq == 0 || seq > l->until_seq);
    l->until_seq = seq;
    pthread_mutex_lock(&l->lock);
    l->errand_count = 0;
    if (l->running && l->reading) {
        history_interrupt(l->reading);
        l->running = 0;
    }
    pthread_mutex_unlock(&l->lock);
    while (l->order_count > 0)
        orders_forget(l, l->order_count - 1);
    if (forward)
        return;
    recall_destroy(l->recall);
    l->recall = recall_create();
}

void librarian_batch(struct librarian *l, const struct model *model, const struct batch *batch)
{
    for (size_t i = 0; i < l->order_count && l->until_seq == 0; i++)
        if (order_has_tail(&l->orders[i]))
            tail_batch(&l->orders[i], model, batch);
}

void librarian_refresh(struct librarian *l, const struct model *model)
{
    for (size_t i = 0; i < l->order_count; i++) {
        struct order *order = &l->orders[i];
        if (!order->good || !order->base.columns || !order->tail.dirty)
            continue;
        order->tail.dirty = false;
        if (order->tail.lost_seq > order->base_seq)
            order->due_at = 0; /* more came than is kept */
        struct answer merged = tail_merge(order, model_wall(model));
        recall_answer_take(l->recall, &merged);
    }
}

/* ---- journeys ---- */

void librarian_travel(struct librarian *l, int64_t ms, int64_t ahead_ms)
{
    pthread_mutex_lock(&l->lock);
    l->journey++;
    l->journey_ms = ms;
    l->journey_ahead = ahead_ms;
    l->stay = false;
    pthread_cond_signal(&l->work);
    pthread_mutex_unlock(&l->lock);
}

void librarian_stay(struct librarian *l)
{
    pthread_mutex_lock(&l->lock);
    l->stay = true;
    l->journey_done = l->journey;
    pthread_mutex_unlock(&l->lock);
}

struct shot *librarian_shot(struct librarian *l)
{
    pthread_mutex_lock(&l->lock);
    struct shot *shot = l->shot;
    l->shot = NULL;
    pthread_mutex_unlock(&l->lock);
    return shot;
}

/* The thread lets go of it: configurations belong to its past. */
void librarian_return(struct librarian *l, struct shot *shot)
{
    if (!shot)
        return;
    pthread_mutex_lock(&l->lock);
    shot->next = l->returned;
    l->returned = shot;
    pthread_cond_signal(&l->work);
    pthread_mutex_unlock(&l->lock);
}

/* ---- the end ---- */

static bool wait_for_end(struct librarian *l)
{
    int64_t ms = clock_monotonic_ms() + LEAVE_MS;
    struct timespec until = {.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000L};
    pthread_mutex_lock(&l->lock);
    l->leaving = true;
    if (l->reading)
        history_interrupt(l->reading);
    pthread_cond_signal(&l->work);
    while (!l->gone && pthread_cond_timedwait(&l->ended, &l->lock, &until) == 0)
        continue;
    bool gone = l->gone;
    pthread_mutex_unlock(&l->lock);
    return gone;
}

void librarian_destroy(struct librarian *l)
{
    if (!l)
        return;
    loop_unwatch(l->loop, l->watch);
    while (l->order_count > 0)
        orders_forget(l, l->order_count - 1);
    recall_destroy(l->recall);
    if (!wait_for_end(l)) { /* it hangs in a read: nobody waits for it, and it keeps what it uses */
        pthread_detach(l->thread);
        return;
    }
    pthread_join(l->thread, NULL);
    for (size_t i = 0; i < l->reply_count; i++)
        answer_finish(&l->replies[i].answer);
    close(l->wake);
    pthread_cond_destroy(&l->work);
    pthread_cond_destroy(&l->ended);
    pthread_mutex_destroy(&l->lock);
    packer_finish(&l->preset);
    free(l->path);
    free(l);
}
