/*
 * common: what several subcommands do: the dashboard on a configuration, and one frame on standard output.
 */
#ifndef ANDON_CLI_COMMON_H
#define ANDON_CLI_COMMON_H

#include <stdbool.h>

#include "app/attach.h"
#include "app/compose.h"
#include "app/screen.h"
#include "io/config.h"

struct dashboard_request {
    struct attach_options attach;
    const char *view, *theme, *at; /* NULL: the preset; at: live */
    bool ascii;
};

/* Runs the dashboard; an exit status. */
int common_dashboard(const struct dashboard_request *request);
/* A screen's options from a configuration and what the command line says. */
struct screen_options common_screen(const struct config *config, const char *view, const char *theme, bool ascii, bool read_only, const char *folder);
/* True when what is drawn must be ASCII: asked for, or the locale is not UTF-8. */
bool common_ascii(bool asked, const struct settings *settings);

/* The cache that the options name, without touching it: its history's file, and the configuration whose zone times are understood by. */
struct cache_request {
    const char *config, *broker, *cache; /* NULL: not given */
};

/* False: *status is the exit status, and why was told. `attach` is to be closed in any case. */
bool common_history(const struct cache_request *request, struct attach *attach, char path[PATHS_BYTES], int *status);
/* Whoever listens beside the collector is one more client: a client id of the configuration would throw that one off its broker. */
void common_guest(struct plant *plant);
/* Standard output took no more: an exit status. A pipe whose reader has gone is no news. */
int common_unwritten(void);

/* What the options of `snapshot` and `replay` say of the frame. */
struct frame_request {
    const char *view, *size, *format, *focus, *theme; /* NULL: the preset */
    const char *trend, *from, *to;   /* the trends view: a saved set, and its stretch of time; NULL: not said */
    bool ascii;
    struct history *history;         /* answers what the view wants of the past; NULL: there is none */
    uint64_t until_seq;              /* up to this batch; 0: everything */
    const struct past_scene *travel; /* the origin is a moment of the past; NULL: it is live */
};

/* A time from the command line; false and a message when it is none. */
bool common_time(const char *option, const char *text, const struct plant *plant, int64_t *ms);
/* The same, of a moment that is over. */
bool common_past(const char *option, const char *text, const struct plant *plant, int64_t *ms);
/* Checks the texts before anything is started: false has told why. */
bool frame_check(const struct frame_request *request);
/* When the configuration is read: is there such a view? */
bool frame_check_view(const struct frame_request *request, const struct plant *plant);
/* Draws one frame of an origin and prints it; an exit status. */
int frame_print(const struct frame_request *request, struct origin origin, const struct settings *settings, const char *config_folder);

#endif
