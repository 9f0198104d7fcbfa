/*
 * fixture: two plants in the middle of a shift, for goldens of views: a refrigerator works with Chinese names at 10:42:17,
 * and a small steel works at 11:52:05. Their mornings are told to the model in batches, from tables of states and waves.
 *
 *     struct fixture f;
 *     fixture_appliance(&f);
 *     fixture_golden(&f, "overview", 80, 24);
 *     fixture_finish(&f);
 */
#ifndef ANDON_TESTS_FIXTURE_H
#define ANDON_TESTS_FIXTURE_H

#include "core/plant_build.h"
#include "views/view.h"

struct fixture {
    struct plant *plant;
    struct model *model;
    struct batch batch;
    struct health health;
    struct scene scene;  /* what the next drawing sees; tests change it */
    int64_t now_ms, midnight_ms; /* wall; local midnight as UTC */
    enum glyph_tier tier;        /* with what the next golden is drawn */
    const struct view *view;     /* its state is kept from one drawing to the next */
    void *state;
};

void fixture_appliance(struct fixture *f);
void fixture_steel(struct fixture *f);
/* Nothing is configured: a broker was named on the command line and nobody has spoken yet. */
void fixture_nothing(struct fixture *f);
/* A desk that only imports: there is no broker either. */
void fixture_desk(struct fixture *f);
/* Any other plant: the model begins with its series known; when its story is told, fixture_report() makes the scene. */
void fixture_begin(struct fixture *f, struct plant *plant, const char *broker);
void fixture_report(struct fixture *f);
void fixture_finish(struct fixture *f);

/* Adds to the open batch; fixture_step() closes it at a local time in seconds since midnight. */
void fixture_put(struct fixture *f, const char *key, struct value value, uint8_t quality, uint8_t flags);
void fixture_text(struct fixture *f, const char *key, const char *text, uint8_t flags);
void fixture_record(struct fixture *f, struct record record, const char *text, const char *detail);
void fixture_step(struct fixture *f, int64_t second);
/* A discovered series of this key. */
void fixture_discover(struct fixture *f, const char *key);

/* Takes another view, with fresh state. */
void fixture_open(struct fixture *f, const char *view);
/* A whole screen with the view and what is drawn over it, compared with expected/NAME-WxH.txt. */
void fixture_golden(struct fixture *f, const char *name, int w, int h, const struct view *over);
/* Presses a key in the view; the request it made, if any. */
struct request fixture_press(struct fixture *f, struct key key);

#endif
