/*
 * :learn on a screen. A struct learning is what was asked for: what was heard (of the tags that the configuration does not name), and proposals of it. It lives while its view is open, and is
 * never in the way: what the model remembers is read in slices, a thread of its own looks for equal machines and writes the file, and while it does, what comes is not listened to. The thread
 * owns `learn` and `learned` from its start until it has written a byte into the pipe.
 */
#include "app/screen_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/memory.h"
#include "io/clock.h"
#include "views/learn.h"

enum { SLICE_TAGS = 400, SLICE_MS = 10, FILES_MOST = 1000, FILE_PATH = 1024 };

struct learning {
    struct learn *learn;
    struct learn_edit *edit;
    struct learn_shown shown;
    struct learned learned;
    char *text, path[FILE_PATH];  /* to be written */
    int failed;                   /* errno of that */
    size_t next;                  /* tag of the model that is read next */
    int64_t begun_ms;             /* monotonic */
    int timer, watch, ends[2];
    pthread_t thread;
    bool reading, working, helped; /* helped: the help lies over it */
};

/* ---- the thread ---- */

/* A new file in the folder: the first of learnt.cfg, learnt-2.cfg ... that is not there. */
static int new_file(char path[FILE_PATH])
{
    char folder[FILE_PATH - 40];
    const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    if (config && config[0] == '/')
        snprintf(folder, sizeof folder, "%s", config);
    else
        snprintf(folder, sizeof folder, "%s/.config", home && home[0] == '/' ? home : "");
    mkdir(folder, 0700);
    snprintf(folder + strlen(folder), sizeof folder - strlen(folder), "/andon");
    mkdir(folder, 0700);
    for (int n = 1; n < FILES_MOST; n++) {
        if (n == 1)
            snprintf(path, FILE_PATH, "%s/learnt.cfg", folder);
        else
            snprintf(path, FILE_PATH, "%s/learnt-%d.cfg", folder, n);
        int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (fd >= 0 || errno != EEXIST)
            return fd;
    }
    return -1;
}

static void write_file(struct learning *g)
{
    int fd = new_file(g->path);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
    bool good = file && fputs(g->text, file) >= 0;
    good = file && fclose(file) == 0 && good;
    g->failed = good ? 0 : errno ? errno : EIO;
}

static void *work(void *arg)
{
    struct learning *g = arg;
    if (g->text)
        write_file(g);
    else
        learn_conclude(g->learn, &g->learned);
    while (write(g->ends[1], "", 1) < 0 && errno == EINTR) {}
    return NULL;
}

static void finish_work(struct screen *s, struct learning *g)
{
    g->working = false;
    g->shown.doing = "";
    if (g->text) {
        if (g->failed)
            snprintf(g->shown.said, sizeof g->shown.said, "%.150s: %s", g->path, strerror(g->failed));
        else
            snprintf(g->shown.said, sizeof g->shown.said, "written; look at it, then: andon -c %.200s", g->path);
        screen_say(s, g->shown.said);
        free(g->text);
        g->text = NULL;
        return;
    }
    learn_edit_destroy(g->edit);
    g->edit = learn_edit_create(g->learn, &g->learned);
    g->shown.edit = g->edit;
}

static void on_done(void *arg)
{
    struct screen *s = arg;
    struct learning *g = s->learning;
    char byte;
    if (read(g->ends[0], &byte, 1) != 1)
        return;
    pthread_join(g->thread, NULL);
    finish_work(s, g);
    frame_soon(s, false);
}

/* Looks for equal machines, or writes g->text. */
static void start_work(struct screen *s, const char *doing)
{
    struct learning *g = s->learning;
    if (g->working)
        return;
    sigset_t all, before; /* signals are the loop's */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    g->working = pthread_create(&g->thread, NULL, work, g) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    g->shown.doing = g->working ? doing : "";
    if (!g->working) {
        snprintf(g->shown.said, sizeof g->shown.said, "no thread can be started here");
        free(g->text);
        g->text = NULL;
    }
}

/* ---- what is heard ---- */

/* "main:plant/l1/p01#/t/oil": topic and pointer. */
static bool split_key(const char *key, char topic[KEY_BYTES], const char **path)
{
    const char *colon = strchr(key, ':'), *hash = colon ? strrchr(colon, '#') : NULL;
    if (!colon)
        return false;
    *path = hash ? hash + 1 : "";
    snprintf(topic, KEY_BYTES, "%.*s", hash ? (int)(hash - colon - 1) : (int)strlen(colon + 1), colon + 1);
    return true;
}

/* As the ring keeps it, so that a value and what is remembered of it are the same number. */
static struct value rounded(double number)
{
    char text[32];
    snprintf(text, sizeof text, "%.7g", number);
    return value_real(strtod(text, NULL));
}

static void hear(struct learning *g, const struct model *model, uint32_t tag, struct value value, const char *text, bool coarse, int64_t ms)
{
    char key[KEY_BYTES * 2], topic[KEY_BYTES];
    const char *path;
    model_tag_key(model, tag, key, sizeof key);
    if (split_key(key, topic, &path))
        learn_value(g->learn, topic, path, value, text, coarse, ms);
}

/* What the model remembers of a tag: the extremes of its last ten minutes, and its value. */
static void read_tag(struct learning *g, const struct model *model, uint32_t tag)
{
    const struct tag *t = model_tag(model, tag);
    int64_t now = model_elapsed(model), wall = model_wall(model);
    for (int back = RING_COLUMNS; t->ring && back-- > 0;) {
        double low, high;
        if (!ring_at(t->ring, now, back, &low, &high))
            continue;
        hear(g, model, tag, rounded(low), "", true, wall - (int64_t)back * RING_STEP_MS);
        if (high > low)
            hear(g, model, tag, rounded(high), "", true, wall - (int64_t)back * RING_STEP_MS + 1);
    }
    double number;
    if (t->count > 0)
        hear(g, model, tag, t->value.kind == VALUE_REAL && value_number(t->value, &number) ? rounded(number) : t->value, t->text ? t->text : "", true, wall);
}

static const struct model *live(const struct screen *s)
{
    return s->travel.live.model(s->travel.live.self);
}

static void on_slice(void *arg)
{
    struct screen *s = arg;
    struct learning *g = s->learning;
    const struct model *model = live(s);
    size_t end = g->next + SLICE_TAGS, count = model_tag_count(model);
    if (!g->reading)
        return;
    for (; g->next < end && g->next < count; g->next++)
        read_tag(g, model, (uint32_t)g->next);
    if (g->next < count) {
        loop_timer_at(s->loop, g->timer, clock_monotonic_ms() + SLICE_MS);
    } else {
        g->reading = false;
        start_work(s, "looking for equal machines");
    }
    frame_soon(s, false);
}

void learn_folded(struct screen *s, const struct model *model, const struct batch *batch)
{
    struct learning *g = s->learning;
    if (!g || g->working || g->reading)
        return;
    for (size_t i = 0; i < batch->count; i++) {
        const struct record *r = &batch->records[i];
        uint32_t tag = r->kind == RECORD_SAMPLE ? model_find_series(model, r->series) : NO_TAG;
        if (tag != NO_TAG && tag >= model_plant(model)->tag_count)
            hear(g, model, tag, r->value, r->value.kind == VALUE_TEXT ? batch_text_at(batch, r->value.text) : "", (r->flags & SAMPLE_RETAINED) != 0, batch->wall_ms);
    }
}

/* ---- its life ---- */

void learn_end(struct screen *s)
{
    struct learning *g = s->learning;
    if (!g)
        return;
    if (g->working)
        pthread_join(g->thread, NULL);
    loop_timer_remove(s->loop, g->timer);
    loop_unwatch(s->loop, g->watch);
    close(g->ends[0]);
    close(g->ends[1]);
    learned_finish(&g->learned);
    learn_edit_destroy(g->edit);
    learn_destroy(g->learn);
    free(g->text);
    free(g);
    s->learning = NULL;
}

static bool begin(struct screen *s, struct error *err)
{
    const struct plant *plant = model_plant(live(s));
    struct learning *g = mem_zero(1, sizeof *g);
    if (pipe(g->ends) != 0) {
        free(g);
        return error_set(err, "no pipe: %s", strerror(errno));
    }
    for (int i = 0; i < 2; i++)
        fcntl(g->ends[i], F_SETFD, FD_CLOEXEC);
    s->learning = g;
    g->learn = learn_create(&plant->bounds, &plant->zone);
    g->timer = loop_timer(s->loop, on_slice, s);
    g->watch = loop_watch(s->loop, g->ends[0], LOOP_READ, on_done, s);
    g->begun_ms = clock_monotonic_ms();
    g->next = plant->tag_count;
    g->reading = true;
    g->shown = (struct learn_shown){.learn = g->learn, .doing = "reading what was heard"};
    loop_timer_at(s->loop, g->timer, g->begun_ms);
    return true;
}

static void save(struct screen *s)
{
    struct learning *g = s->learning;
    const struct plant *plant = model_plant(live(s));
    bool any = false;
    for (size_t t = 0; t < learn_edit_learned(g->edit)->type_count; t++)
        any = any || learn_edit_verdict(g->edit, t) == LEARN_YES;
    if (s->options.read_only || !any) {
        snprintf(g->shown.said, sizeof g->shown.said, "%s", any ? "this screen is read-only: it writes nothing" : "nothing is taken yet: y takes the selected type");
        return;
    }
    g->text = learn_edit_config(g->edit, plant->broker_count ? plant->brokers[0].url : "mqtt://127.0.0.1:1883");
    start_work(s, "writing");
}

static void answer(struct screen *s, char asked)
{
    struct learning *g = s->learning;
    g->shown.said[0] = '\0';
    if (g->working || g->reading) {
        snprintf(g->shown.said, sizeof g->shown.said, "a moment: it is still %s", g->shown.doing);
    } else if (asked == 'r') {
        start_work(s, "looking for equal machines");
        g->shown.edit = NULL;
    } else if (!g->edit) {
        return;
    } else if (asked == 'y' || asked == 'n') {
        learn_edit_decide(g->edit, g->shown.type, asked == 'y' ? LEARN_YES : LEARN_NO);
    } else if (asked == 'u' && !learn_edit_undo(g->edit)) {
        snprintf(g->shown.said, sizeof g->shown.said, "there is nothing to take back");
    } else if (asked == 'w') {
        save(s);
    } else if (asked == 'e') {
        prompt_open(s, ":learn ");
    }
}

void learn_before_frame(struct screen *s)
{
    struct learning *g = s->learning;
    if (!g)
        return;
    if (!s->compose.over && g->helped)
        compose_open(&s->compose, &learn_view);
    g->helped = s->compose.over == &help_view;
    if (s->compose.over != &learn_view && !g->helped) {
        if (!g->working)
            learn_end(s);
        return;
    }
    if (s->compose.over == &learn_view)
        learn_state_show(s->compose.over_state, &g->shown);
    g->shown.heard_ms = clock_monotonic_ms() - g->begun_ms;
}

void learn_answer(struct screen *s)
{
    char asked = s->learning ? s->learning->shown.asked : 0;
    if (!asked)
        return;
    s->learning->shown.asked = 0;
    answer(s, asked);
}

bool screen_learn(struct screen *s, const char *argument, struct error *err)
{
    if (!s->learning && !begin(s, err))
        return false;
    struct learning *g = s->learning;
    if (s->compose.over != &learn_view)
        compose_open(&s->compose, &learn_view);
    learn_state_show(s->compose.over_state, &g->shown);
    if (!argument[0])
        return true;
    if (g->working || g->reading || !g->edit || g->shown.type >= learn_edit_learned(g->edit)->type_count)
        return error_set(err, "there is nothing to change yet");
    return learn_edit_do(g->edit, g->shown.type, argument, err);
}

const char *screen_learn_choice(const struct screen *s, size_t n)
{
    (void)s;
    return n < learn_edit_count ? learn_edit_table[n].name : NULL;
}
