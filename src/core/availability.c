#include "core/availability.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "core/number.h"

/* A struct word is one that publishers use; `plain` ones are said of nothing else than a connection. A struct custom is the last level of a topic that tells of it. */

struct word {
    const char *text;
    enum liveness means;
    bool plain;
};

static const struct word words[] = {
    {"online", LIVENESS_ALIVE, true}, {"offline", LIVENESS_DEAD, true},
    {"connected", LIVENESS_ALIVE, true}, {"disconnected", LIVENESS_DEAD, true},
    {"available", LIVENESS_ALIVE, true}, {"unavailable", LIVENESS_DEAD, true},
    {"alive", LIVENESS_ALIVE, true}, {"dead", LIVENESS_DEAD, true},
    {"lost", LIVENESS_DEAD, false}, {"ready", LIVENESS_ALIVE, false}, {"init", LIVENESS_ALIVE, false}, {"sleeping", LIVENESS_ALIVE, false}, {"alert", LIVENESS_ALIVE, false},
    {"up", LIVENESS_ALIVE, false}, {"down", LIVENESS_DEAD, false},
    {"true", LIVENESS_ALIVE, false}, {"false", LIVENESS_DEAD, false},
    {"on", LIVENESS_ALIVE, false}, {"off", LIVENESS_DEAD, false},
    {"yes", LIVENESS_ALIVE, false}, {"no", LIVENESS_DEAD, false},
    {"1", LIVENESS_ALIVE, false}, {"2", LIVENESS_ALIVE, false}, {"0", LIVENESS_DEAD, false},
};

/* `words`: machines publish other things under this name too. A heartbeat ("alive": 0, 1, 0) is none. */
static const struct custom { const char *name; bool words; } customs[] = {
    {"lwt", false}, {"availability", false}, {"available", false}, {"online", false}, {"connected", false}, {"$state", false},
    {"status", true}, {"state", true}, {"connection", true},
};

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_word(const char *text, size_t length, const char *word)
{
    size_t i = 0;
    for (; i < length && word[i]; i++)
        if (lower(text[i]) != lower(word[i]))
            return false;
    return i == length && !word[i];
}

static enum liveness told(const char *text, bool plain)
{
    size_t length = strlen(text);
    for (size_t w = 0; w < sizeof words / sizeof words[0]; w++)
        if ((words[w].plain || !plain) && is_word(text, length, words[w].text))
            return words[w].means;
    return LIVENESS_UNKNOWN;
}

enum liveness availability_value(struct value value, const char *text)
{
    double number;
    if (value.kind == VALUE_TEXT)
        return told(text, false);
    if (!value_number(value, &number))
        return LIVENESS_UNKNOWN;
    return number != 0 ? LIVENESS_ALIVE : LIVENESS_DEAD;
}

static bool is_listed(const char **list, size_t count, const char *text)
{
    for (size_t i = 0; i < count; i++)
        if (is_word(text, strlen(text), list[i]))
            return true;
    return false;
}

bool availability_read(const struct tag_def *def, struct value value, const char *text, struct value *out)
{
    char shown[NUMBER_TEXT] = "";
    double number;
    if (value.kind == VALUE_BOOL)
        snprintf(shown, sizeof shown, "%s", value.b ? "true" : "false");
    else if (value_number(value, &number))
        number_text(number, DECIMALS_AUTO, false, shown);
    const char *word = value.kind == VALUE_TEXT ? text : shown;
    enum liveness liveness = is_listed(def->alive, def->alive_count, word) ? LIVENESS_ALIVE : is_listed(def->dead, def->dead_count, word) ? LIVENESS_DEAD
        : availability_value(value, text);
    *out = value_bool(liveness == LIVENESS_ALIVE);
    return liveness != LIVENESS_UNKNOWN;
}

enum liveness availability_word(struct value value, const char *text)
{
    return value.kind == VALUE_TEXT ? told(text, true) : LIVENESS_UNKNOWN;
}

size_t availability_key(const char *key, bool *words_only)
{
    const char *colon = strchr(key, ':'), *hash = strchr(key, '#');
    if (!colon || !hash || (hash[1] && strcmp(hash + 1, "/state") != 0))
        return 0;
    const char *slash = NULL;
    for (const char *p = colon; p < hash; p++)
        if (*p == '/')
            slash = p;
    if (!slash || slash == colon + 1)
        return 0;
    for (size_t c = 0; c < sizeof customs / sizeof customs[0]; c++)
        if (is_word(slash + 1, (size_t)(hash - slash) - 1, customs[c].name)) {
            *words_only = customs[c].words;
            return (size_t)(slash - key);
        }
    return 0;
}
