/*
 * config: reads configuration files (libconfig syntax; CONFIG.md) into a plant and settings. One option table drives
 * parsing, `andon check` and the man page's test.
 *
 * Reading is two steps. config_gather() reads the file and all that it includes into a bundle: the source text of every
 * file, which is what is kept as the configuration in force. config_build() makes a plant of a bundle, from memory alone
 * (libconfig has a config_read() of its own, so ours is not called that).
 */
#ifndef ANDON_IO_CONFIG_H
#define ANDON_IO_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "core/pack.h"
#include "core/plant.h"

struct bundle_file {
    char *name; /* as given or included, relative to the including file's folder */
    char *text;
    size_t length;
};

struct bundle {
    struct bundle_file *files; /* the first is the main one */
    size_t count;
    uint64_t id;               /* hash over names (relative) and texts */
};

enum severity { SEVERITY_ERROR, SEVERITY_WARNING };

struct diagnostic {
    enum severity severity;
    char *file;
    int line;   /* 0: the file as a whole */
    char *key;  /* "areas[0].lines[2].ideal_cycle", "" for none */
    char *text; /* what is wrong, what is valid */
};

struct diagnostics {
    struct diagnostic *rows;
    size_t count, capacity, errors;
};

/* What is not the plant's: how the program behaves. Owned by struct config. */
struct settings {
    char theme[64], glyphs[16], view[32]; /* "dark"; "wgl4", "ascii", "full"; the view to begin with */
    bool ambiguous_wide;                  /* ■ ▲ ─ ° take two cells in this terminal */
    int64_t linger_ms;                    /* how long a spawned collector stays after its last screen; -1: for ever */
    int64_t frame_ms;                     /* least time between frames, default 200 */
};

struct config {
    struct plant *plant;
    struct settings settings;
    struct bundle bundle;
};

void bundle_finish(struct bundle *bundle);
void diagnostics_finish(struct diagnostics *diagnostics);
/* "file:line: key: text", one a line, to a stream; warnings say so. */
void diagnostics_print(const struct diagnostics *diagnostics, void *stream_file);

/* Files and their includes (10 levels, 16 MiB in all). Problems (a folder, a cycle, a missing file) become diagnostics. */
bool config_gather(const char *path, struct bundle *bundle, struct diagnostics *diagnostics);
/* A bundle of one text, for tests, the built-in default and a screen that is sent a configuration. */
void bundle_of_text(struct bundle *bundle, const char *name, const char *text);
/* Reads everything, reports everything. False when there was an error; `config` is then untouched. Takes the bundle on
 * success (config_finish() releases it). */
bool config_build(struct bundle *bundle_take, struct config *config, struct diagnostics *diagnostics);
void config_finish(struct config *config);
/* A bundle as bytes and back: it travels to screens. */
void bundle_pack(const struct bundle *bundle, struct packer *p);
bool bundle_unpack(struct bundle *bundle, const void *bytes, size_t length, struct error *err);
/* Where the configuration is: `given` (-c), $ANDON_CONFIG, $XDG_CONFIG_HOME/andon/andon.cfg, /etc/andon/andon.cfg; "" when
 * there is none. */
void config_path(const char *given, char *out, size_t cap);

/* The option table, for `check`, the man page's test and completion. */
enum option_type { OPTION_BOOL, OPTION_INT, OPTION_FLOAT, OPTION_TEXT, OPTION_NAME, OPTION_CHOICE, OPTION_DURATION, OPTION_RANGE, OPTION_TEXTS, OPTION_GROUP, OPTION_LIST };

struct option_row {
    const char *group;   /* "site", "brokers", "types", "tags", ... : where the key may stand */
    const char *key;
    enum option_type type;
    double least, most;  /* of numbers; both 0: any */
    const char *choices; /* "a|b|c" */
    const char *preset;  /* as it would be written; "" for none */
    const char *help;
};

extern const struct option_row option_table[];
extern const size_t option_count;

#endif
