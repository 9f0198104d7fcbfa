/*
 * What a series is: rules in a table, each with the names that speak for it and what its values must be like. A name alone or values alone are a guess, both are likely; certain is
 * only what two series of one machine say of each other: a register that rises by the power beside it, a counter whose pieces come at the cycle beside it.
 */
#include "core/learn.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const char *const learn_sure_names[LEARN_CERTAIN + 1] = {"guess", "likely", "certain"};

enum { NAMES = 18, TOKENS = 6, PACKML_LAST = 17, PACKML_EXECUTE = 6, BEATS_LEAST = 5 };

enum verdict { AGAINST, NEUTRAL, FOR };

struct rule {
    enum tag_kind kind;
    enum tag_role role;
    enum { IS_TAG, IS_BEAT, IS_AVAILABILITY, IS_CLOCK, IS_IDENTITY } what;
    enum verdict (*values)(const struct learn_series *s);
    bool by_values;   /* values that speak for it are a guess without a name */
    const char *unit;
    const char *names[NAMES];
};

/* ---- what values say ---- */

static bool is_numeric(const struct learn_series *s)
{
    return s->numbers > 0 && s->texts == 0 && s->bools == 0;
}

static bool is_text(const struct learn_series *s)
{
    return s->texts > 0 && s->numbers == 0;
}

/* Never falls but to begin again. */
static bool rises_only(const struct learn_series *s)
{
    return s->ups > 0 && s->downs <= s->falls_to_zero && s->downs * 20 <= s->ups;
}

static bool is_regular(const struct learn_series *s)
{
    if (s->gaps < BEATS_LEAST)
        return false;
    double mean = s->gap_sum / (double)s->gaps, variance = s->gap_squares / (double)s->gaps - mean * mean;
    return mean > 0 && variance < 0.04 * mean * mean;
}

static enum verdict counts_pieces(const struct learn_series *s)
{
    if (!is_numeric(s) || !s->whole || s->low < 0 || s->downs > s->falls_to_zero)
        return AGAINST;
    return rises_only(s) && s->largest_up < 1000 ? FOR : NEUTRAL;
}

static enum verdict counts_energy(const struct learn_series *s)
{
    if (!is_numeric(s) || s->low < 0 || s->downs > s->falls_to_zero)
        return AGAINST;
    return rises_only(s) ? FOR : NEUTRAL;
}

static enum verdict moves(const struct learn_series *s)
{
    if (!is_numeric(s))
        return AGAINST;
    return s->ups > 0 && s->downs > s->falls_to_zero ? FOR : rises_only(s) && s->ups > BEATS_LEAST ? AGAINST : NEUTRAL;
}

static enum verdict is_positive(const struct learn_series *s)
{
    return is_numeric(s) && s->low >= 0 && !(rises_only(s) && s->ups > BEATS_LEAST) ? NEUTRAL : AGAINST;
}

static bool has_word(const char *list, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = list; *at;) {
        size_t n = strcspn(at, " ");
        if (n == length && strncmp(at, word, n) == 0)
            return true;
        at += n + (at[n] == ' ');
    }
    return false;
}

static void lower(char *out, size_t cap, const char *in)
{
    size_t i = 0;
    for (; in[i] && i + 1 < cap; i++)
        out[i] = in[i] >= 'A' && in[i] <= 'Z' ? (char)(in[i] - 'A' + 'a') : in[i];
    out[i] = '\0';
}

static size_t known_words(const struct learn_series *s, const char *list)
{
    size_t known = 0;
    for (uint8_t i = 0; i < s->distinct_count; i++) {
        char word[LEARN_TEXT];
        lower(word, sizeof word, s->distinct[i]);
        known += has_word(list, word);
    }
    return known;
}

static bool is_packml(const struct learn_series *s)
{
    bool executes = false;
    for (uint8_t i = 0; i < s->distinct_count; i++)
        executes = executes || strcmp(s->distinct[i], "6") == 0;
    return is_numeric(s) && s->whole && s->low >= 0 && s->high <= PACKML_LAST && executes && !s->many;
}

static enum verdict is_state(const struct learn_series *s)
{
    static const char words[] = "run running execute executing produce producing production auto automatic stop stopped halt idle ready standby wait waiting starved blocked held hold holding fault faulted error alarm "
                                "aborted abort setup changeover maintenance repair cleaning off on down up pause paused manual emergency complete completed starting stopping clearing resetting suspended "
                                "laufend steht betrieb stoerung ruesten pausiert bereit blow heating cast casting idle_no_order no_order";
    if (s->many || (is_numeric(s) && (!s->whole || s->high > 64 || s->low < 0 || rises_only(s))) || s->bools > 0)
        return AGAINST;
    if (is_text(s))
        return known_words(s, words) > 0 ? FOR : NEUTRAL;
    return is_packml(s) && s->distinct_count > 1 ? FOR : NEUTRAL;
}

static enum verdict is_mode(const struct learn_series *s)
{
    return s->many || s->texts > 0 ? (s->many ? AGAINST : NEUTRAL) : s->whole && s->high <= 31 && s->low >= 0 ? NEUTRAL : AGAINST;
}

/* Words that stand for long: an order, a product. */
static enum verdict stands(const struct learn_series *s)
{
    return is_text(s) || (is_numeric(s) && s->whole) ? (s->changes * 10 <= s->count || s->count < 5 ? NEUTRAL : AGAINST) : AGAINST;
}

static enum verdict is_message(const struct learn_series *s)
{
    return is_text(s) ? NEUTRAL : AGAINST;
}

/* Rises by the same with every message, at a regular cadence. */
static enum verdict beats(const struct learn_series *s)
{
    if (s->bools > 0 || is_text(s))
        return s->bools > BEATS_LEAST && s->changes + 2 >= s->count && is_regular(s) ? FOR : AGAINST;
    return is_numeric(s) && s->ups >= BEATS_LEAST && s->ups + s->downs + 1 >= s->numbers && s->step_low == s->step_high && is_regular(s) ? FOR : AGAINST;
}

static enum verdict is_availability(const struct learn_series *s)
{
    static const char words[] = "online offline connected disconnected available unavailable alive dead up down 1 0 true false";
    if (s->many || s->distinct_count > 2)
        return AGAINST;
    if (s->bools > 0)
        return NEUTRAL;
    return known_words(s, words) == s->distinct_count && s->distinct_count > 0 ? (is_text(s) ? FOR : NEUTRAL) : AGAINST;
}

/* Its value is the time at which it came, in s or ms, or a time in words. */
static enum verdict is_clock(const struct learn_series *s)
{
    double arrival = (double)s->last_ms;
    if (is_numeric(s))
        return fabs(s->last - arrival) < 86400e3 || fabs(s->last - arrival / 1e3) < 86400 || fabs(s->last - arrival * 1e3) < 86400e6 ? FOR : AGAINST;
    int year, month, day;
    return is_text(s) && sscanf(s->distinct[0], "%4d-%2d-%2dT", &year, &month, &day) == 3 ? FOR : AGAINST;
}

static enum verdict is_identity(const struct learn_series *s)
{
    return s->distinct_count <= 1 && !s->many && s->ups + s->downs == 0 ? NEUTRAL : AGAINST;
}

static enum verdict is_set(const struct learn_series *s)
{
    return is_numeric(s) && !rises_only(s) && (s->changes * 10 <= s->count || s->count < 5) ? NEUTRAL : AGAINST;
}

/* ---- rules, the strictest first ---- */

static const struct rule rules[] = {
    {.what = IS_CLOCK, .values = is_clock, .by_values = true, .names = {"ts", "time", "timestamp", "at", "clock", "datetime", "utc"}},
    {.what = IS_AVAILABILITY, .kind = KIND_TEXT, .values = is_availability, .names = {"lwt", "availability", "available", "online", "connected", "connection", "alive", "status"}},
    {.what = IS_BEAT, .values = beats, .names = {"hb", "heartbeat", "alive", "watchdog", "wd", "beat", "uptime", "lifebit", "seq"}},
    {.kind = KIND_STATE, .role = ROLE_STATE, .values = is_state, .by_values = true, .names = {"state", "st", "status", "statecurrent", "machinestate", "unitstate", "zustand", "packml", "stat", "running"}},
    {.kind = KIND_COUNTER, .role = ROLE_REJECT, .values = counts_pieces, .names = {"reject", "rej", "rejected", "rejects", "scrap", "nok", "ng", "bad", "nio", "ausschuss", "badcount", "defective"}},
    {.kind = KIND_COUNTER, .role = ROLE_REWORK, .values = counts_pieces, .names = {"rework", "reworked", "nacharbeit"}},
    {.kind = KIND_COUNTER, .role = ROLE_TOTAL, .values = counts_pieces, .names = {"total", "totalcount", "all", "gesamt", "inspected"}},
    {.kind = KIND_COUNTER, .role = ROLE_GOOD, .values = counts_pieces, .names = {"good", "ok", "cnt", "count", "counter", "parts", "pieces", "produced", "qty", "goodcount", "gut", "io", "output", "strokes", "boards", "units"}},
    {.kind = KIND_REGISTER, .values = counts_energy, .unit = "kWh", .names = {"kwh", "energy", "e", "wh", "mwh", "energie", "zaehler", "meter", "consumption", "energytotal"}},
    {.kind = KIND_POWER, .values = moves, .unit = "kW", .names = {"kw", "power", "p", "watt", "w", "mw", "leistung", "activepower", "pactive"}},
    {.kind = KIND_VALUE, .role = ROLE_CYCLE, .values = is_positive, .unit = "s", .names = {"ct", "cycle", "cycletime", "takt", "tact", "taktzeit", "zykluszeit"}},
    {.kind = KIND_TEXT, .role = ROLE_ORDER, .values = stands, .names = {"order", "job", "wo", "workorder", "auftrag", "mo", "orderno", "jobid", "batch", "heat"}},
    {.kind = KIND_TEXT, .role = ROLE_PRODUCT, .values = stands, .names = {"product", "prod", "article", "part", "sku", "material", "artikel", "produkt", "partno", "grade", "sorte"}},
    {.kind = KIND_TEXT, .role = ROLE_CREW, .values = stands, .names = {"crew", "shift", "team", "schicht"}},
    {.kind = KIND_TEXT, .role = ROLE_REASON, .values = is_message, .names = {"why", "reason", "msg", "message", "fault", "alarmtext", "error", "errortext", "cause", "grund", "meldung"}},
    {.kind = KIND_VALUE, .role = ROLE_MODE, .values = is_mode, .names = {"mode", "unitmode", "unitmodecurrent", "betriebsart"}},
    {.kind = KIND_VALUE, .role = ROLE_PLAN, .values = is_set, .names = {"plan", "planned", "planqty", "targetqty", "ordered"}},
    {.kind = KIND_VALUE, .role = ROLE_BUFFER, .values = is_positive, .names = {"buffer", "buf", "queue", "wip", "puffer"}},
    {.kind = KIND_VALUE, .role = ROLE_SPEED, .values = moves, .names = {"speed", "rate", "spd", "geschwindigkeit", "rpm", "velocity"}},
    {.kind = KIND_SETPOINT, .values = is_set, .names = {"sp", "set", "setpoint", "soll", "sollwert", "target", "setpoints"}},
    {.what = IS_IDENTITY, .values = is_identity, .names = {"serial", "sn", "id", "mac", "ip", "fw", "version", "firmware", "model", "hostname", "vendor", "uuid", "name", "device", "dev"}},
};
enum { RULES = sizeof rules / sizeof rules[0] };

/* The words of a name: "goodCount_1" is good, count and goodcount. */
static size_t tokens_of(const char *name, char tokens[TOKENS][LEARN_TEXT])
{
    size_t count = 0, length = 0, whole = 0;
    memset(tokens, 0, TOKENS * sizeof *tokens);
    for (const char *c = name;; c++) {
        bool upper = *c >= 'A' && *c <= 'Z', letter = upper || (*c >= 'a' && *c <= 'z') || (unsigned char)*c >= 0x80;
        bool breaks = !letter || (upper && c > name && c[-1] >= 'a' && c[-1] <= 'z');
        if (breaks && length > 0 && count + 2 < TOKENS) {
            tokens[1 + count++][length] = '\0';
            length = 0;
        }
        if (!*c)
            break;
        if (!letter)
            continue;
        char small = upper ? (char)(*c - 'A' + 'a') : *c;
        if (whole + 1 < LEARN_TEXT)
            tokens[0][whole++] = small; /* all together */
        if (length + 1 < LEARN_TEXT && count + 1 < TOKENS)
            tokens[1 + count][length++] = small;
    }
    return count + 1;
}

/* 0: not named so; 2: by its whole name, 1: by a word of it. */
static int named(const struct rule *rule, char tokens[TOKENS][LEARN_TEXT], size_t count)
{
    int best = 0;
    for (size_t n = 0; n < NAMES && rule->names[n]; n++)
        for (size_t t = 0; t < count; t++)
            if (strcmp(tokens[t], rule->names[n]) == 0)
                best = t == 0 || count == 2 ? 2 : best > 1 ? best : 1;
    return best;
}

/* ---- evidence ---- */

static void number_to(char *out, size_t cap, double number)
{
    snprintf(out, cap, fabs(number - round(number)) < 1e-9 && fabs(number) < 1e15 ? "%.0f" : "%.4g", number);
}

static void tell_values(const struct learn_series *s, char *out, size_t cap)
{
    char low[32], high[32];
    if (s->texts > 0 || (s->whole && s->distinct_count > 0 && s->distinct_count <= 6 && !s->many && !rises_only(s))) {
        size_t length = (size_t)snprintf(out, cap, "%s", s->many ? "many words: " : "");
        for (uint8_t i = 0; i < s->distinct_count && i < 6 && length < cap; i++)
            length += (size_t)snprintf(out + length, cap - length, "%s%s", i ? ", " : "", s->distinct[i]);
        return;
    }
    number_to(low, sizeof low, s->low);
    number_to(high, sizeof high, s->high);
    if (rises_only(s)) {
        char step[32];
        number_to(step, sizeof step, s->largest_up);
        snprintf(out, cap, "rises only, %llu times, by %s at most", (unsigned long long)s->ups, step);
    } else if (s->numbers > 0) {
        snprintf(out, cap, "%s .. %s", low, high);
    } else {
        snprintf(out, cap, "nothing");
    }
}

void learn_role_of(const struct learn_series *s, const char *name, struct learn_role *out)
{
    char tokens[TOKENS][LEARN_TEXT];
    size_t count = tokens_of(name, tokens);
    const struct rule *best = NULL;
    int best_score = 0;
    *out = (struct learn_role){.kind = is_text(s) ? KIND_TEXT : s->bools > 0 ? KIND_BOOL : KIND_VALUE, .unit = ""};
    for (size_t r = 0; r < RULES; r++) {
        enum verdict verdict = rules[r].values(s);
        int name_score = named(&rules[r], tokens, count);
        if (verdict == AGAINST || (name_score == 0 && !(verdict == FOR && rules[r].by_values)))
            continue;
        int score = name_score * 2 + (verdict == FOR ? 3 : 0);
        if (score > best_score) {
            best = &rules[r];
            best_score = score;
        }
    }
    if (best) {
        out->kind = best->what == IS_TAG ? best->kind : out->kind;
        out->role = best->what == IS_TAG ? best->role : ROLE_NONE;
        out->heartbeat = best->what == IS_BEAT;
        out->availability = best->what == IS_AVAILABILITY;
        out->clock = best->what == IS_CLOCK;
        out->ignored = best->what == IS_IDENTITY;
        out->unit = best->unit ? best->unit : "";
        out->sure = best_score >= 5 || (best_score == 4 && best->role != ROLE_NONE && is_text(s)) ? LEARN_LIKELY : LEARN_GUESS;
        out->packml = best->role == ROLE_STATE && is_packml(s);
        out->fastest_s = best->role == ROLE_GOOD || best->role == ROLE_TOTAL ? s->cycle_low : 0;
    }
    if (is_regular(s))
        out->interval_s = s->gap_sum / (double)s->gaps;
    tell_values(s, out->evidence, sizeof out->evidence);
}

/* ---- of a type ---- */

static double mean_of(const struct learn_series *s)
{
    return s->numbers > 0 ? s->sum / (double)s->numbers : NAN;
}

static const struct learn_series *series_at(const struct learn *learn, const struct learned_instance *instance, size_t leaf)
{
    return instance->series[leaf] == SIZE_MAX ? NULL : learn_series_at(learn, instance->series[leaf]);
}

static double hours(const struct learn_series *s)
{
    return (double)(s->last_ms - s->first_ms) / 3600e3;
}

/* In how many instances the register rises by the power, and how many there are to judge by. */
static size_t fits_power(const struct learn *learn, const struct learned_type *type, size_t reg, size_t power, size_t *judged)
{
    size_t fits = 0;
    *judged = 0;
    for (size_t i = 0; i < type->instance_count; i++) {
        const struct learn_series *r = series_at(learn, &type->instances[i], reg), *p = series_at(learn, &type->instances[i], power);
        if (!r || !p || r->ups < 10 || !(hours(r) > 0) || !(mean_of(p) > 0))
            continue;
        (*judged)++;
        double ratio = (r->last - r->first) / hours(r) / mean_of(p);
        fits += ratio > 0.9 && ratio < 1.1;
    }
    return fits;
}

static size_t fits_cycle(const struct learn *learn, const struct learned_type *type, size_t good, size_t cycle, size_t *judged)
{
    size_t fits = 0;
    *judged = 0;
    for (size_t i = 0; i < type->instance_count; i++) {
        const struct learn_series *g = series_at(learn, &type->instances[i], good), *c = series_at(learn, &type->instances[i], cycle);
        if (!g || !c || g->risen_cycles < 5 || !(mean_of(c) > 0))
            continue;
        (*judged)++;
        double ratio = g->cycle_low / mean_of(c);
        fits += ratio > 0.75 && ratio < 1.25;
    }
    return fits;
}

static void add_evidence(struct learn_role *role, const char *text)
{
    size_t length = strlen(role->evidence);
    snprintf(role->evidence + length, sizeof role->evidence - length, "; %s", text);
}

static void compare_leaves(const struct learn *learn, struct learned_type *type)
{
    char text[LEARN_NAME + 96];
    size_t judged;
    for (size_t a = 0; a < type->leaf_count; a++)
        for (size_t b = 0; b < type->leaf_count; b++) {
            struct learned_leaf *x = &type->leaves[a], *y = &type->leaves[b];
            if (x->role.kind == KIND_REGISTER && y->role.kind == KIND_POWER) {
                size_t fits = fits_power(learn, type, a, b, &judged);
                if (judged == 0 || fits * 10 < judged * 8)
                    continue;
                snprintf(text, sizeof text, "rises by the power of %s in %zu of %zu", y->name, fits, judged);
                add_evidence(&x->role, text);
                x->role.sure = y->role.sure = LEARN_CERTAIN;
            } else if (x->role.role == ROLE_GOOD && y->role.role == ROLE_CYCLE) {
                size_t fits = fits_cycle(learn, type, a, b, &judged);
                if (judged == 0 || fits * 10 < judged * 6)
                    continue;
                snprintf(text, sizeof text, "its pieces come at the cycle of %s in %zu of %zu", y->name, fits, judged);
                add_evidence(&x->role, text);
                x->role.sure = y->role.sure = LEARN_CERTAIN;
            }
        }
}

static bool same_role(const struct learn_role *a, const struct learn_role *b)
{
    return a->kind == b->kind && a->role == b->role && a->heartbeat == b->heartbeat && a->availability == b->availability && a->clock == b->clock && a->ignored == b->ignored;
}

/* The role of most instances; its fastest cycle is the fastest of all, its range that of all. */
static void role_of_leaf(const struct learn *learn, const struct learned_type *type, size_t leaf, const char *name, struct learn_role *out)
{
    struct learn_role seen[8];
    size_t times[8] = {0}, count = 0, best = 0;
    double fastest = 0;
    for (size_t i = 0; i < type->instance_count; i++) {
        const struct learn_series *s = series_at(learn, &type->instances[i], leaf);
        struct learn_role role;
        if (!s)
            continue;
        learn_role_of(s, name, &role);
        fastest = role.fastest_s > 0 && (fastest == 0 || role.fastest_s < fastest) ? role.fastest_s : fastest;
        size_t at = 0;
        while (at < count && !same_role(&seen[at], &role))
            at++;
        if (at == count && count < 8)
            seen[count++] = role;
        if (at < count) {
            times[at]++;
            if (role.sure > seen[at].sure)
                seen[at] = role;
        }
    }
    for (size_t k = 1; k < count; k++) /* a rare better proof goes before a frequent guess: one machine of many may have run alone */
        if ((seen[k].sure > seen[best].sure && times[k] * 4 >= times[best]) || (seen[k].sure == seen[best].sure && times[k] > times[best]))
            best = k;
    if (count > 0)
        *out = seen[best];
    out->fastest_s = out->fastest_s > 0 ? fastest : 0;
}

/* A tag's name from where it is: the last part, more of it while that is taken. */
static void name_leaf(const struct learned_type *type, size_t leaf)
{
    struct learned_leaf *l = &type->leaves[leaf];
    char whole[KEY_BYTES + 256], *parts[LEARN_LEVELS];
    size_t count = 0, kept = 0;
    snprintf(whole, sizeof whole, "%s%s", l->topic, l->path);
    for (char *at = whole; *at && count < LEARN_LEVELS; at++) {
        if (*at == '/')
            *at = '\0';
        if (at == whole || at[-1] == '\0')
            if (*at)
                parts[count++] = at;
    }
    for (size_t take = 1; take <= count + 1; take++) {
        kept = 0;
        for (size_t p = take <= count ? count - take : 0; p < count; p++) {
            for (const char *c = parts[p]; *c && kept + 1 < sizeof l->name; c++) {
                char small = *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
                bool fine = (small >= 'a' && small <= 'z') || (small >= '0' && small <= '9') || small == '_' || small == '-';
                l->name[kept++] = fine ? small : '_';
            }
            if (p + 1 < count && kept + 1 < sizeof l->name)
                l->name[kept++] = '_';
        }
        l->name[kept] = '\0';
        bool taken = kept == 0;
        for (size_t other = 0; other < leaf; other++)
            taken = taken || strcmp(type->leaves[other].name, l->name) == 0;
        if (!taken)
            return;
    }
    snprintf(l->name, sizeof l->name, "value%zu", leaf + 1);
}

void learn_roles_of_type(const struct learn *learn, struct learned_type *type)
{
    for (size_t l = 0; l < type->leaf_count; l++) {
        struct learned_leaf *leaf = &type->leaves[l];
        const char *last = strrchr(leaf->path[0] ? leaf->path : leaf->topic, '/');
        const char *name = last ? last + 1 : leaf->path[0] ? leaf->path : leaf->topic;
        name_leaf(type, l);
        /* {"value": 3} on a topic of its own has the topic's name. */
        if (strcmp(leaf->path, "/value") == 0 || strcmp(leaf->path, "/v") == 0 || strcmp(leaf->path, "/val") == 0) {
            const char *slash = strrchr(leaf->topic, '/');
            name = leaf->topic[0] ? slash ? slash + 1 : leaf->topic : name;
        }
        /* /cnt/good is good; /el/p is p of el. */
        role_of_leaf(learn, type, l, name, &leaf->role);
    }
    compare_leaves(learn, type);
    for (size_t l = 0; l < type->leaf_count; l++) { /* one tag a role: the surest; others are plain */
        struct learn_role *role = &type->leaves[l].role;
        for (size_t other = 0; other < type->leaf_count; other++) {
            const struct learn_role *better = &type->leaves[other].role;
            if (other != l && role->role != ROLE_NONE && better->role == role->role && (better->sure > role->sure || (better->sure == role->sure && other < l)))
                role->role = ROLE_NONE;
        }
    }
}
