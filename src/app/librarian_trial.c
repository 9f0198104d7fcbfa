/*
 * Back-tests on the librarian's thread, when nobody wants anything else: a trial pauses for what the views want and for journeys. It is the librarian's from
 * librarian_try() on; while the thread works on it (`trying`) it is the thread's, and another or none in its place tells the thread to end it.
 */
#include "app/librarian_parts.h"

#include <stdio.h>
#include <stdlib.h>

#include "app/backtest.h"

struct attempt {
    struct librarian *librarian;
    const struct trial *trial;
};

void trial_destroy(struct trial *trial)
{
    if (!trial)
        return;
    backtest_destroy(trial->under_way);
    for (size_t v = 0; v < trial->count; v++)
        whatif_destroy(trial->whatifs[v]);
    free(trial);
}

static bool gives_way(void *arg)
{
    const struct attempt *a = arg;
    struct librarian *l = a->librarian;
    pthread_mutex_lock(&l->lock);
    bool gives = l->leaving || l->trial != a->trial || l->errand_count || l->journey != l->journey_done || l->returned;
    pthread_mutex_unlock(&l->lock);
    return gives;
}

void librarian_try(struct librarian *l, struct trial *trial)
{
    pthread_mutex_lock(&l->lock);
    struct trial *old = l->trial == l->trying ? NULL : l->trial, *tried = l->tried;
    l->trial = trial;
    l->tried = NULL;
    pthread_cond_signal(&l->work);
    pthread_mutex_unlock(&l->lock);
    trial_destroy(old);
    trial_destroy(tried);
}

struct trial *librarian_tried(struct librarian *l)
{
    pthread_mutex_lock(&l->lock);
    struct trial *tried = l->tried;
    l->tried = NULL;
    pthread_mutex_unlock(&l->lock);
    return tried;
}

static void go_on(struct librarian *l, struct trial *trial)
{
    struct attempt attempt = {.librarian = l, .trial = trial};
    struct error err = {.text = ""};
    struct whatif *whatif = trial->whatifs[trial->done];
    struct history *history = librarian_connect(l, &err);
    if (!trial->under_way)
        trial->under_way = backtest_create(whatif, trial->from_ms, trial->to_ms);
    pthread_mutex_lock(&l->lock);
    l->reading = history; /* who leaves need not wait for it */
    pthread_mutex_unlock(&l->lock);
    bool good = history && backtest_go_on(trial->under_way, history, gives_way, &attempt, &err);
    pthread_mutex_lock(&l->lock);
    if (history)
        librarian_read(l);
    pthread_mutex_unlock(&l->lock);
    if (!good && !err.text[0])
        return; /* it pauses */
    backtest_destroy(trial->under_way);
    trial->under_way = NULL;
    if (good)
        trial->counts[trial->done++] = *whatif_counts(whatif);
    else
        snprintf(trial->said, sizeof trial->said, "%.150s", err.text);
}

void librarian_run_trial(struct librarian *l)
{
    struct trial *trial = l->trial;
    l->trying = trial;
    pthread_mutex_unlock(&l->lock);
    go_on(l, trial);
    pthread_mutex_lock(&l->lock);
    l->trying = NULL;
    bool wanted = l->trial == trial;
    if (wanted && trial->done < trial->count && !trial->said[0])
        return; /* the rest waits its turn */
    if (wanted) {
        l->trial = NULL;
        l->tried = trial;
        librarian_wake(l);
        return;
    }
    pthread_mutex_unlock(&l->lock);
    trial_destroy(trial);
    pthread_mutex_lock(&l->lock);
}
