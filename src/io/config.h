/*
 * config: reads configuration files (libconfig syntax; CONFIG.md) into a plant and settings. One option table drives
 * parsing, `andon check` and the man page's test.
 *
 * Most callers want config_load(). Reading is two steps. config_gather() reads the file and all that it includes into a bundle: the source text of every
 * file, which is what is kept as the configuration in force. config_build() makes a plant of a bundle, from memory alone
 * (libconfig has a config_read() of its own, so ours is not called that).
 */
#ifndef ANDON_IO_CONFIG_H
#define ANDON_IO_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/action.h"
#include "core/error.h"
#include "core/pack.h"
#include "core/plant.h"

#define CONFIG_SYSTEM_PATH "/etc/andon/andon.cfg"

struct bundle_file {
    char *name; /* as given or included, relative to the including file's folder */
    char *text;
    size_t length;
};

struct bundle {
    struct bundle_file *files; /* the first is the main one */
    size_t count;
    char *broker;              /* a broker's URL that replaces the one in the files (--broker), or NULL */
    uint64_t id;               /* hash over names (relative to the main file's folder), texts and broker */
};

enum severity { SEVERITY_ERROR, SEVERITY_WARNING };

struct diagnostic {
    enum severity severity;
    char *file;
    size_t order; /* of the file in the bundle */
    int line;   /* 0: the file as a whole */
    char *key;  /* "areas[0].lines[2].ideal_cycle", "" for none */
    char *text; /* what is wrong, what is valid */
};

struct diagnostics {
    struct diagnostic *rows;
    size_t count, capacity; /* of the rows that are kept: at most 1,000 */
    size_t errors, warnings; /* of all */
};

/* The cache's. 0: for ever. */
struct store_settings {
    int64_t keep_ms, keep_events_ms; /* samples; events, states, quantities and hourly summaries */
    int64_t size_most;               /* bytes, of all files together */
    int64_t flush_ms;
};

/* Who may do what, by Unix user and group; of several that fit, the highest role. The texts and `people` live as long as the plant. */
enum { ACCESS_PEOPLE = 256, ACCESS_SHIFTS = PERIOD_SHIFTS };
struct access_person { const char *name; bool group; enum person_role role; };
struct access_settings {
    struct access_person *people;
    size_t person_count;
    enum person_role preset;              /* of everybody else; operator while nobody has a role */
    bool sign_on;                         /* who it is, is asked at the first action of a shift */
    uint16_t shifts[ACCESS_SHIFTS];       /* minutes of the day, the site's, rising */
    size_t shift_count;                   /* at least 1 */
};

/* Where the state of the alarms at and below a node is published. The topics live as long as the plant. */
enum { OUTPUTS_MOST = 48 };
struct alarm_output { uint16_t broker; uint32_t node; const char *topic; };
struct output_settings { struct alarm_output *list; size_t count; };

/* Are each line's figures published? */
struct kpi_settings { bool publish; uint16_t broker; };

/* What is not the plant's: how the program behaves. Owned by struct config. */
struct settings {
    char theme[64], glyphs[16], view[32]; /* "dark"; "wgl4", "ascii", "full"; the view to begin with */
    bool ambiguous_wide;                  /* ■ ▲ ─ ° take two cells in this terminal */
    int64_t linger_ms;                    /* how long a spawned collector stays after its last screen; -1: for ever */
    int64_t frame_ms;                     /* least time between frames, default 200 */
    struct store_settings store;
    struct access_settings access;
    struct output_settings outputs;
    struct kpi_settings kpi;
    bool bell;                            /* when an alarm begins to sound */
};

struct config {
    struct plant *plant;
    struct settings settings;
    struct bundle bundle;
};

void bundle_finish(struct bundle *bundle);
void diagnostics_finish(struct diagnostics *diagnostics);
/* "file:line: key: text", one a line, to a FILE *; warnings say so. In the order of files and lines; of more than 200 the
 * rest is counted. */
void diagnostics_print(const struct diagnostics *diagnostics, void *stream_file);

/* Files and their includes (10 levels, 16 MiB in all). Problems (a folder, a cycle, a missing file) become diagnostics. */
bool config_gather(const char *path, struct bundle *bundle, struct diagnostics *diagnostics);
/* A bundle of one text, for tests. */
void bundle_of_text(struct bundle *bundle, const char *name, const char *text);
/* The configuration that is compiled in (config/default.cfg): it discovers what a broker carries. */
void bundle_of_default(struct bundle *bundle);
/* Replaces the URL of the configuration's only broker, or adds a broker "main": --broker and $ANDON_BROKER. False when it is
 * not mqtt:// or mqtts://; that the files have two brokers is found by config_build(). */
bool bundle_set_broker(struct bundle *bundle, const char *url, struct error *err);
/* Reads everything, reports everything. False when there was an error; `config` is then untouched. Takes the bundle on
 * success (config_finish() releases it). */
bool config_build(struct bundle *bundle_take, struct config *config, struct diagnostics *diagnostics);
void config_finish(struct config *config);
/* Adds what others found wrong with a configuration that was built, at its place. */
void config_note(const struct config *config, struct diagnostics *diagnostics, enum severity severity, const char *file, int line, const char *key, const char *text);
/* The views of panels that a text holds, whatever else stands in it; `views` is to free(), NULL for none. False: the first that is wrong. */
bool config_read_views(const char *text, struct panel_view **views, size_t *count, struct error *err);
/* Gathers and builds. An empty path is the built-in default; `broker` is for bundle_set_broker(), NULL or "" for none. All
 * problems of the files that could be read are reported, also when one is missing. */
bool config_load(const char *path, const char *broker, struct config *config, struct diagnostics *diagnostics);
/* A bundle as bytes and back: it travels to screens. */
void bundle_pack(const struct bundle *bundle, struct packer *p);
bool bundle_unpack(struct bundle *bundle, const void *bytes, size_t length, struct error *err);
/* Where the configuration is: `given` (-c), $ANDON_CONFIG, $XDG_CONFIG_HOME/andon/andon.cfg, /etc/andon/andon.cfg; "" when
 * there is none. */
void config_path(const char *given, char *out, size_t cap);

/* The option table, for `check`, the man page's test and completion. */
enum option_type {
    OPTION_BOOL,
    OPTION_INT,
    OPTION_FLOAT,    /* an integer will do */
    OPTION_TEXT,
    OPTION_NAME,     /* [a-z0-9_-]+ */
    OPTION_NAMES,    /* a name that may hold a range: p{01..04} */
    OPTION_TEXT_INT, /* a text or an integer */
    OPTION_CHOICE,   /* an integer will do where it is a choice */
    OPTION_DURATION, /* "90s", or one of the choices */
    OPTION_SIZE,     /* "2GB", "512MiB", or an integer of bytes */
    OPTION_POINTER,  /* RFC 6901, may hold captures */
    OPTION_TOPIC,    /* a filter, may hold captures */
    OPTION_RANGE,    /* [low, high] */
    OPTION_TEXTS,    /* a text, or a list of them */
    OPTION_VALUES,   /* a text, a number, true or false, or a list of them */
    OPTION_GROUP,    /* one group of the options named by `choices` */
    OPTION_LIST      /* a list of such groups */
};

struct option_row {
    const char *group;   /* "site", "brokers", "types", "tags", ... : where the key may stand */
    const char *key;
    enum option_type type;
    double least, most;  /* of numbers, (in ms) durations and (in bytes) sizes; both 0: any */
    const char *choices; /* "a|b|c"; of a group or list: the group whose keys it takes */
    const char *preset;  /* as it would be written; "" for none */
    const char *help;
};

extern const struct option_row option_table[];
extern const size_t option_count;

/* The text of config/default.cfg, NUL-terminated. */
extern const char config_default_text[];

#endif
