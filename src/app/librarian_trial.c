/*
 * Back-tests on the librarian's thread, a variant at a time, so that what the views want comes between. A trial is the librarian's from
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
    for (size_t v = 0; trial && v < trial->count; v++)
        whatif_destroy(trial->whatifs[v]);
    free(trial);
}

static bool in_vain(void *arg)
{
    const struct attempt *a = arg;
    struct librarian *l = a->librarian;
    pthread_mutex_lock(&l->lock);
    bool over = l->leaving || l->trial != a->trial;
    pthread_mutex_unlock(&l->lock);
    return over;
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

static void run_variant(struct librarian *l, struct trial *trial)
{
    struct attempt attempt = {.librarian = l, .trial = trial};
    struct error err = {.text = ""};
    struct history *history = librarian_connect(l, &err);
    struct whatif *whatif = trial->whatifs[trial->done];
    bool good = history && backtest_run(history, whatif, trial->from_ms, trial->to_ms, in_vain, &attempt, &err);
    if (good)
        trial->counts[trial->done++] = *whatif_counts(whatif);
    else
        snprintf(trial->said, sizeof trial->said, "%.150s", err.text[0] ? err.text : "cannot be read");
}

void librarian_run_trial(struct librarian *l)
{
    struct trial *trial = l->trial;
    l->trying = trial;
    pthread_mutex_unlock(&l->lock);
    run_variant(l, trial);
    pthread_mutex_lock(&l->lock);
    l->trying = NULL;
    bool wanted = l->trial == trial;
    if (wanted && trial->done < trial->count && !trial->said[0])
        return; /* its next variant waits its turn */
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
