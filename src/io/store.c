/*
 * The life of the store and of its thread. The thread sleeps until the queue is due, a piece of background work is, or somebody wakes it;
 * it does one small thing at a time and looks at the queue between, so that what is durable never waits for what is not urgent.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "core/memory.h"
#include "io/clock.h"
#include "io/log.h"
#include "io/store_private.h"

enum { FLUSH_PRESET_MS = 1000, CHUNK_PRESET_MS = 1200000, QUEUE_PRESET_BYTES = 64 << 20, CLOSING_TRIES = 5, IDLE_MS = 60000 };

const char *const store_state_names[STORE_STATE_COUNT] = {[STORE_RECORDING] = "recording", [STORE_STOPPED] = "stopped"};

/* ---- the thread ---- */

static void take_queue(struct store *store)
{
    pthread_mutex_lock(&store->lock);
    store->work = store->first;
    store->in_work = store->queued;
    store->first = NULL;
    store->last = &store->first;
    store->queued = 0;
    store->due_ms = INT64_MAX;
    store->beat_ms = clock_monotonic_ms() + store->options.flush_ms;
    pthread_mutex_unlock(&store->lock);
}

/* Milliseconds until something has to be done. While batches come, the thread looks for them by itself once every flush_ms: nobody has to wake
 * it, and each flush takes one sleep. */
static int until_next(struct store *store, bool *flush, bool *closing)
{
    int64_t now = clock_monotonic_ms(), next = INT64_MAX, background = store_background_due(store);
    pthread_mutex_lock(&store->lock);
    bool stopped = store->status.state == STORE_STOPPED, beat = store->beat_ms <= now;
    *closing = store->closing;
    *flush = store->work || store->due_ms <= now || (store->first && (beat || store->closing));
    if (beat)
        store->beat_ms = INT64_MAX;
    const int64_t times[] = {store->due_ms, store->beat_ms, stopped ? store->retry_ms : background};
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++)
        next = times[i] < next ? times[i] : next;
    next = *flush || next <= now ? now : next - now > IDLE_MS ? now + IDLE_MS : next;
    store->wakes_ms = next;
    pthread_mutex_unlock(&store->lock);
    return (int)(next - now);
}

static void wait_for(struct store *store, int ms)
{
    struct pollfd fd = {.fd = store->event, .events = POLLIN};
    uint64_t wakes;
    if (poll(&fd, 1, ms) > 0 && read(store->event, &wakes, sizeof wakes) < 0)
        return;
}

static bool is_stopped(struct store *store)
{
    pthread_mutex_lock(&store->lock);
    bool stopped = store->status.state == STORE_STOPPED;
    pthread_mutex_unlock(&store->lock);
    return stopped;
}

static void flush_queue(struct store *store)
{
    if (!store->work)
        take_queue(store);
    store_write_work(store);
}

/* Takes what is fresh into the file, folds the log into it, and lets go of everything. */
static void end_thread(struct store *store)
{
    store_forget_turn(store);
    if (store->db && store_settle(store) == SQLITE_OK)
        store_fresh_empty(store);
    if (store->db && store_fold_log(store) != SQLITE_OK)
        log_line(LOG_LEVEL_WARNING, "the cache's write-ahead log could not be folded in: %s", sqlite3_errmsg(store->db));
    store_end(store);
}

static void *run_thread(void *arg)
{
    struct store *store = arg;
    bool flush, closing;
    for (int tries = 0;;) {
        store_take_options(store);
        int wait = until_next(store, &flush, &closing);
        if (is_stopped(store)) {
            if (closing)
                break;
            if (wait == 0)
                store_retry(store);
            else
                wait_for(store, wait);
        } else if (flush) {
            flush_queue(store);
            if (store->work && closing && ++tries == CLOSING_TRIES)
                break; /* another program does not let go */
        } else if (closing) {
            break;
        } else if (wait == 0) {
            store_background(store);
        } else {
            wait_for(store, wait);
        }
    }
    end_thread(store);
    return NULL;
}

static bool start_thread(struct store *store, struct error *err)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&store->thread, NULL, run_thread, store);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    store->running = failed == 0;
    return store->running || error_set(err, "cannot start a thread: %s", strerror(failed));
}

/* ---- life ---- */

static struct store *create(const struct store_options *options)
{
    struct store *store = mem_zero(1, sizeof *store);
    store->options = *options;
    struct store_options *o = &store->options;
    o->path = store->path = mem_text(options->path);
    o->flush_ms = o->flush_ms > 0 ? o->flush_ms : FLUSH_PRESET_MS;
    o->chunk_ms = o->chunk_ms > 0 ? o->chunk_ms : CHUNK_PRESET_MS;
    o->queue_bytes = o->queue_bytes > 0 ? o->queue_bytes : QUEUE_PRESET_BYTES;
    store->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    store->lock_fd = -1;
    store->last = &store->first;
    store->due_ms = store->beat_ms = INT64_MAX;
    batch_init(&store->kept);
    samples_init(&store->samples);
    store->squeezer = squeezer_create();
    pthread_mutex_init(&store->lock, NULL);
    store->status = (struct store_status){.state = STORE_RECORDING, .since_ms = clock_wall_ms(), .size_most = o->size_most};
    return store;
}

static void destroy(struct store *store)
{
    store_end(store);
    items_free(store->first);
    items_free(store->work);
    item_free(store->config);
    packer_finish(&store->packed);
    packer_finish(&store->rows);
    packer_finish(&store->run);
    packer_finish(&store->squeezed);
    packer_finish(&store->minutes);
    outcomes_finish(&store->outcomes);
    energy_day_finish(&store->filling.day);
    samples_finish(&store->samples);
    squeezer_destroy(store->squeezer);
    batch_finish(&store->kept);
    batch_finish(&store->checked);
    if (store->lock_fd >= 0)
        close(store->lock_fd);
    if (store->event >= 0)
        close(store->event);
    pthread_mutex_destroy(&store->lock);
    free(store->stored);
    free(store->path);
    free(store);
}

/* A cache that is there but cannot be written now begins stopped, and is tried again; one that must not be touched ends here. */
static bool open_now(struct store *store, struct error *err)
{
    struct error why = {.text = ""};
    if (store_refused(store->path, err))
        return false;
    bool begun = store_begin(store, &why);
    if (!begun && store->failure != FAIL_NOW)
        return error_set(err, "%s", why.text);
    store_recall_identities(store);
    store->next_seq = store->last_seq ? store->last_seq + 1 : 0;
    store->status.durable_seq = store->last_seq; /* of one that begins stopped, too: numbers must go on behind it */
    store->begun_anew = false;
    if (!begun)
        store_stop(store, store->rc, NULL);
    else
        store_measure(store);
    return true;
}

struct store *store_open(const struct store_options *options, struct error *err)
{
    struct store *store = create(options);
    if (store->event < 0)
        error_set(err, "cannot make an event descriptor: %s", strerror(errno));
    else if (open_now(store, err) && start_thread(store, err))
        return store;
    destroy(store);
    return NULL;
}

void store_close(struct store *store)
{
    if (!store)
        return;
    uint64_t one = 1;
    pthread_mutex_lock(&store->lock);
    store->closing = true;
    pthread_mutex_unlock(&store->lock);
    while (write(store->event, &one, sizeof one) < 0 && errno == EINTR)
        continue;
    pthread_join(store->thread, NULL);
    destroy(store);
}

const char *store_uuid(const struct store *store)
{
    return store->uuid;
}
