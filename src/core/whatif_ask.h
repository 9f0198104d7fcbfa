/*
 * whatif_ask: several settings of one alarm as people ask for them, in one line: "works/press/oil.high deadband=5; limit=90 on-delay=60s". Before the first
 * semicolon stands whom it is about, with a first change; each part after it is another one, made on the settings as they are.
 *
 * A tag's key with limits ("works/press/oil high=85 low=20 deadband=1") is about an alarm that there is not: these are its settings, and what the parts
 * after it are made on.
 */
#ifndef ANDON_CORE_WHATIF_ASK_H
#define ANDON_CORE_WHATIF_ASK_H

#include "core/whatif.h"

enum { WHATIF_ROWS = 12, WHATIF_KEY = ALARM_KEY_BYTES, WHATIF_SETTINGS = 240 };

/* Settings to be counted with: the first are those as they are. */
struct whatif_variant {
    struct whatif_change changes[WHATIF_CHANGES];
    size_t change_count;
    char settings[WHATIF_SETTINGS]; /* whatif_text() */
};

struct whatif_ask {
    char key[WHATIF_KEY];           /* of the alarm, or of the tag */
    uint32_t alarm, tag;            /* of the plant; the one that it is not about is NO_ALARM or NO_TAG */
    struct alarm_def def;           /* a tag's: it lies in this struct, which must not be moved */
    struct alarm_condition_def conditions[ALARM_CONDITIONS];
    struct whatif_variant variants[WHATIF_ROWS];
    size_t count;
};

/* "KEY[ changes][; changes]...". False: err names what is valid. */
bool whatif_ask_read(struct whatif_ask *ask, const struct plant *plant, const char *text, struct error *err);
/* "[changes][; changes]..." of a known alarm; "": its settings beside the deadband doubled and an on-delay of 60 s. */
bool whatif_ask_alarm(struct whatif_ask *ask, const struct plant *plant, uint32_t alarm, const char *text, struct error *err);
/* The what-if of a variant: the caller's. */
struct whatif *whatif_ask_create(const struct whatif_ask *ask, const struct plant *plant, size_t variant);

#endif
