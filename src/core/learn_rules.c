/*
 * What a series is: rules in a table, each with the names that speak for it and what its values must be like. A name alone or values alone are a guess, both are likely. What two series of one
 * machine say of each other is learn_roles.c.
 */
#include "core/learn_private.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const char *const learn_sure_names[LEARN_CERTAIN + 1] = {"guess", "likely", "certain"};

enum { NAMES = 44, WORDS = 12, PACKML_LAST = 17, BEATS_LEAST = 10, SET_LEAST = 20, STATE_RISES = 5 };
enum { SCORE_VALUES = 3, SCORE_WHOLE = 4, SCORE_LAST = 3, SCORE_WORD = 1 };

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

bool learn_is_number(const struct learn_series *s)
{
    return s->numbers > 0 && s->texts == 0 && s->bools == 0;
}

static bool is_text(const struct learn_series *s)
{
    return s->texts > 0 && s->numbers == 0;
}

/* Never falls but to begin again. */
bool learn_rises(const struct learn_series *s)
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
    if (!learn_is_number(s) || !s->whole || s->low < 0 || s->downs > s->falls_to_zero)
        return AGAINST;
    return learn_rises(s) && s->largest_up < 1000 ? FOR : NEUTRAL;
}

static enum verdict counts_energy(const struct learn_series *s)
{
    if (!learn_is_number(s) || s->low < 0 || s->downs > s->falls_to_zero)
        return AGAINST;
    return learn_rises(s) ? FOR : NEUTRAL;
}

static enum verdict moves(const struct learn_series *s)
{
    if (!learn_is_number(s))
        return AGAINST;
    return s->ups > 0 && s->downs > s->falls_to_zero ? FOR : learn_rises(s) && s->ups > BEATS_LEAST ? AGAINST : NEUTRAL;
}

static enum verdict is_positive(const struct learn_series *s)
{
    return learn_is_number(s) && s->low >= 0 && !(learn_rises(s) && s->ups > BEATS_LEAST) ? NEUTRAL : AGAINST;
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
    return learn_is_number(s) && s->whole && s->low >= 0 && s->high <= PACKML_LAST && executes && !s->many;
}

static enum verdict is_state(const struct learn_series *s)
{
    static const char words[] = "run running execute executing produce producing production auto automatic stop stopped halt idle ready standby wait waiting starved blocked held hold holding fault faulted error alarm "
                                "aborted abort setup changeover maintenance repair cleaning off on down up pause paused manual emergency complete completed starting stopping clearing resetting suspended "
                                "laufend steht betrieb stoerung ruesten pausiert bereit blow heating cast casting idle_no_order no_order";
    if (s->many || (learn_is_number(s) && (!s->whole || s->high > 65535 || s->low < 0 || (learn_rises(s) && s->ups > STATE_RISES))) || s->bools > 0)
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
    return is_text(s) || (learn_is_number(s) && s->whole) ? (s->changes * 10 <= s->count || s->count < 5 ? NEUTRAL : AGAINST) : AGAINST;
}

/* Words, or nothing at all: a machine that has nothing to say may send just that. */
static enum verdict is_message(const struct learn_series *s)
{
    return is_text(s) || (s->nulls > 0 && s->numbers == 0 && s->bools == 0) ? NEUTRAL : AGAINST;
}

/* Rises by the same with every message, at a regular cadence. */
static enum verdict beats(const struct learn_series *s)
{
    if (s->bools > 0 || is_text(s))
        return s->bools > BEATS_LEAST && s->changes + 2 >= s->count && is_regular(s) ? FOR : AGAINST;
    return learn_is_number(s) && s->ups >= BEATS_LEAST && learn_rises(s) && s->ups + s->downs + 1 >= s->numbers && s->step_low == s->step_high && is_regular(s) ? FOR : AGAINST;
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
    if (learn_is_number(s))
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
    if (!learn_is_number(s) || learn_rises(s) || (s->changes * 10 > s->count && s->count >= 5))
        return AGAINST;
    return s->count >= SET_LEAST && s->changes * 20 <= s->count ? FOR : NEUTRAL;
}

/* A meter: it only rises, and not by whole pieces. */
static enum verdict is_meter(const struct learn_series *s)
{
    enum verdict verdict = counts_energy(s);
    return verdict == FOR && (s->ups <= STATE_RISES || (s->whole && s->largest_up <= 8)) ? NEUTRAL : verdict;
}

/* ---- rules, the strictest first ---- */

static const struct rule rules[] = {
    {.what = IS_CLOCK, .values = is_clock, .by_values = true, .names = {"ts", "time", "timestamp", "at", "clock", "datetime", "utc", "zeit", "zeitstempel", "uhrzeit", "heure", "hora", "时间"}},
    {.what = IS_AVAILABILITY, .kind = KIND_TEXT, .values = is_availability, .names = {"lwt", "availability", "available", "online", "connected", "connection", "alive", "status", "lastwill", "verbunden", "verbindung",
        "connecte", "conectado", "在线"}},
    {.what = IS_BEAT, .values = beats, .by_values = true, .names = {"hb", "heartbeat", "alive", "watchdog", "wd", "beat", "uptime", "lifebit", "seq", "sequence", "lebenszeichen", "lifecounter", "lifesign", "alivecounter", "心跳"}},
    {.kind = KIND_STATE, .role = ROLE_STATE, .values = is_state, .by_values = true, .names = {"state", "st", "status", "statecurrent", "machinestate", "unitstate", "zustand", "packml", "stat", "running", "betriebszustand",
        "maschinenstatus", "anlagenstatus", "etat", "estado", "stato", "状态", "运行状态"}},
    {.kind = KIND_COUNTER, .role = ROLE_REJECT, .values = counts_pieces, .names = {"reject", "rej", "rejected", "rejects", "scrap", "nok", "ng", "bad", "nio", "ausschuss", "badcount", "defective", "schlechtteile", "schlecht",
        "scrapped", "rebut", "rebuts", "rechazo", "scarto", "不合格", "不良", "报废", "次品"}},
    {.kind = KIND_COUNTER, .role = ROLE_REWORK, .values = counts_pieces, .names = {"rework", "reworked", "nacharbeit", "retouche", "返工"}},
    {.kind = KIND_COUNTER, .role = ROLE_INSPECTED, .values = counts_pieces, .names = {"inspected", "tested", "checked", "geprueft", "geprüft", "检验"}},
    {.kind = KIND_COUNTER, .role = ROLE_FIRST_PASS, .values = counts_pieces, .names = {"firstpass", "fpy", "firsttimeok", "直通"}},
    {.kind = KIND_COUNTER, .role = ROLE_TOTAL, .values = counts_pieces, .names = {"total", "totalcount", "all", "gesamt", "gesamtmenge", "totalparts", "总数", "总量"}},
    {.kind = KIND_COUNTER, .role = ROLE_GOOD, .values = counts_pieces, .names = {"good", "ok", "cnt", "count", "counter", "parts", "pieces", "produced", "qty", "goodcount", "gut", "io", "output", "strokes", "boards", "units",
        "gutteile", "gutmenge", "gutstück", "stückzahl", "stueckzahl", "menge", "teile", "yield", "production", "prodcount", "bonnes", "buenas", "buoni", "合格", "良品", "产量", "计数"}},
    {.kind = KIND_REGISTER, .values = counts_energy, .unit = "kWh", .names = {"kwh", "energy", "e", "wh", "mwh", "energie", "energia", "wirkarbeit", "arbeit", "activeenergy", "energytotal", "epos", "电量", "电能"}},
    {.kind = KIND_REGISTER, .values = is_meter, .by_values = true, .unit = "", .names = {"zaehler", "zähler", "zaehlerstand", "meter", "consumption", "verbrauch", "kvarh", "reactive", "blindarbeit", "q", "volume", "volumen",
        "register", "totalizer", "totaliser", "m3", "consumo", "用量", "累计"}},
    {.kind = KIND_POWER, .values = moves, .unit = "kW", .names = {"kw", "power", "p", "watt", "w", "mw", "leistung", "wirkleistung", "activepower", "pactive", "puissance", "potencia", "potenza", "功率"}},
    {.kind = KIND_VALUE, .role = ROLE_CYCLE, .values = is_positive, .unit = "s", .names = {"ct", "cycle", "cycletime", "takt", "tact", "taktzeit", "zyklus", "zykluszeit", "stückzeit", "cyc", "cadence", "ciclo", "节拍"}},
    {.kind = KIND_TEXT, .role = ROLE_ORDER, .values = stands, .names = {"order", "job", "wo", "workorder", "auftrag", "auftragsnummer", "mo", "orderno", "jobid", "batch", "heat", "fa", "charge", "commande", "orden", "ordine", "订单",
        "工单"}},
    {.kind = KIND_TEXT, .role = ROLE_PRODUCT, .values = stands, .names = {"product", "prod", "article", "part", "sku", "material", "artikel", "produkt", "partno", "grade", "sorte", "item", "matnr", "produit", "producto", "prodotto",
        "产品", "型号"}},
    {.kind = KIND_TEXT, .role = ROLE_CREW, .values = stands, .names = {"crew", "shift", "team", "schicht", "equipe", "turno", "班组", "班次"}},
    {.kind = KIND_TEXT, .role = ROLE_DEFECT, .values = is_message, .names = {"defect", "defects", "fehlerart", "mangel", "defaut", "defecto", "缺陷"}},
    {.kind = KIND_TEXT, .role = ROLE_REASON, .values = is_message, .names = {"why", "reason", "msg", "message", "fault", "alarmtext", "error", "errortext", "cause", "grund", "stopreason", "meldung", "stoergrund", "störgrund",
        "stoerung", "störung", "stoermeldung", "störmeldung", "motif", "causa", "原因", "报警"}},
    {.kind = KIND_VALUE, .role = ROLE_MODE, .values = is_mode, .names = {"mode", "unitmode", "unitmodecurrent", "betriebsart", "modus", "modo", "模式"}},
    {.kind = KIND_VALUE, .role = ROLE_PLAN, .values = is_set, .names = {"plan", "planned", "planqty", "targetqty", "ordered", "planmenge", "sollmenge", "计划"}},
    {.kind = KIND_VALUE, .role = ROLE_BUFFER, .values = is_positive, .names = {"buffer", "buf", "queue", "wip", "puffer"}},
    {.kind = KIND_VALUE, .role = ROLE_SPEED, .values = moves, .names = {"speed", "rate", "spd", "geschwindigkeit", "drehzahl", "velocity", "vitesse", "velocidad", "throughput", "durchsatz", "速度"}},
    {.kind = KIND_SETPOINT, .values = is_set, .names = {"sp", "set", "setpoint", "soll", "sollwert", "target", "setpoints", "vorgabe", "consigne", "consigna", "gain", "kp", "设定"}},
    {.kind = KIND_LIMIT, .values = is_set, .names = {"limit", "lim", "max", "min", "hi", "lo", "upper", "lower", "grenze", "grenzwert", "maximum", "minimum", "limite", "上限", "下限"}},
    {.kind = KIND_RECIPE, .values = stands, .names = {"recipe", "rezept", "rezeptur", "program", "programm", "prog", "pattern", "rcp", "recette", "receta", "配方", "程序"}},
    {.what = IS_IDENTITY, .values = is_identity, .names = {"serial", "serialnumber", "seriennummer", "sn", "id", "mac", "ip", "fw", "version", "firmware", "model", "hostname", "vendor", "uuid", "name", "device", "dev", "hersteller"}},
    {.kind = KIND_COUNTER, .values = counts_pieces, .by_values = true, .names = {"pulses", "impulse"}},
};
enum { RULES = sizeof rules / sizeof rules[0] };

/* Words that say nothing of what it is: "rejCount" is of rejects, "order_id" of an order. Alone they may be all there is. */
static const char vague[] = "cnt count counter value val v qty number num nr no total tot sum actual act ist istwert pv raw active import text txt word code id name current now sec ms";

/* What a thing flows by; in front of them stands what flows. */
static const char rates[] = "flow flw durchfluss volumenstrom debit caudal";

/* The words of a name, "goodCount_1" is good and count; of all its parts, the last ones. `joined`: those of the last part as one word. */
struct name { char words[WORDS][LEARN_TEXT]; size_t count; char joined[LEARN_TEXT]; size_t last; /* where the last part begins */ };

static void add_word(struct name *n, const char *word, size_t length)
{
    if (length == 0)
        return;
    if (n->count == WORDS) {
        memmove(n->words, n->words + 1, (WORDS - 1) * sizeof *n->words);
        n->count--;
        n->last -= n->last > 0;
    }
    snprintf(n->words[n->count++], LEARN_TEXT, "%.*s", (int)(length < LEARN_TEXT ? length : LEARN_TEXT - 1), word);
}

static void join_last(struct name *n)
{
    n->joined[0] = '\0';
    for (size_t i = n->last; i < n->count; i++)
        snprintf(n->joined + strlen(n->joined), LEARN_TEXT - strlen(n->joined), "%s", n->words[i]);
}

static void read_name(const char *text, struct name *n)
{
    char word[LEARN_TEXT];
    size_t length = 0;
    *n = (struct name){.count = 0};
    for (const char *c = text;; c++) {
        bool upper = *c >= 'A' && *c <= 'Z', letter = upper || (*c >= 'a' && *c <= 'z') || (unsigned char)*c >= 0x80;
        if (!letter || (upper && c > text && c[-1] >= 'a' && c[-1] <= 'z')) {
            add_word(n, word, length);
            length = 0;
        }
        if (!*c)
            break;
        if (*c == '/' && c[1])
            n->last = n->count;
        if (letter && length + 1 < sizeof word)
            word[length++] = upper ? (char)(*c - 'A' + 'a') : *c;
    }
    n->last = n->last < n->count ? n->last : n->count ? n->count - 1 : 0;
    join_last(n);
}

static bool has_name(const struct rule *rule, const char *word)
{
    for (size_t n = 0; n < NAMES && rule->names[n]; n++)
        if (strcmp(word, rule->names[n]) == 0)
            return true;
    return false;
}

/* 0: not named so. A vague word at the end is looked behind; what is before it then counts a little less. */
static int named(const struct rule *rule, const struct name *name)
{
    struct name n = *name;
    int loss = 0;
    for (; n.count > 0; loss = 1) {
        const char *last = n.words[n.count - 1];
        bool is_vague = has_word(vague, last), alone = n.count == 1;
        if (has_name(rule, n.joined) && (!is_vague || alone || n.last + 1 < n.count))
            return SCORE_WHOLE - loss;
        if (has_name(rule, last) && !is_vague)
            return SCORE_LAST - loss;
        if (rule->kind == KIND_SETPOINT && has_name(rule, n.words[n.last]) && n.last + 1 < n.count)
            return SCORE_LAST - loss;
        if (!is_vague)
            break;
        n.count--;
        n.last = n.last < n.count ? n.last : n.count ? n.count - 1 : 0;
        join_last(&n);
    }
    if (name->count > 0 && has_name(rule, name->words[name->count - 1])) /* of vague words, at least this */
        return SCORE_WORD;
    bool words = rule->kind == KIND_STATE || rule->kind == KIND_TEXT;
    for (size_t i = name->last; words && i < name->count; i++)
        if (has_name(rule, name->words[i]))
            return SCORE_WORD;
    return 0;
}

bool learn_same_stem(const char *a, const char *b)
{
    struct name names[2];
    read_name(a, &names[0]);
    read_name(b, &names[1]);
    for (int i = 0; i < 2; i++)
        while (names[i].count > 0 && (has_word(vague, names[i].words[names[i].count - 1]) || has_word(rates, names[i].words[names[i].count - 1])))
            names[i].count--;
    bool same = names[0].count == names[1].count;
    for (size_t w = 0; same && w < names[0].count; w++)
        same = strcmp(names[0].words[w], names[1].words[w]) == 0;
    return same;
}

bool learn_is_named(const char *name, enum tag_kind kind, enum tag_role role)
{
    struct name n;
    read_name(name, &n);
    for (size_t r = 0; r < RULES; r++)
        if (rules[r].what == IS_TAG && rules[r].kind == kind && rules[r].role == role && named(&rules[r], &n) > SCORE_WORD)
            return true;
    return false;
}

/* ---- evidence ---- */

static void number_to(char *out, size_t cap, double number)
{
    snprintf(out, cap, fabs(number - round(number)) < 1e-9 && fabs(number) < 1e15 ? "%.0f" : "%.4g", number);
}

static void tell_values(const struct learn_series *s, char *out, size_t cap)
{
    char low[32], high[32];
    if (s->texts > 0 || (s->whole && s->distinct_count > 0 && s->distinct_count <= 6 && !s->many && !learn_rises(s))) {
        size_t length = (size_t)snprintf(out, cap, "%s", s->many ? "many words: " : "");
        for (uint8_t i = 0; i < s->distinct_count && i < 6 && length < cap; i++)
            length += (size_t)snprintf(out + length, cap - length, "%s%s", i ? ", " : "", s->distinct[i]);
        return;
    }
    number_to(low, sizeof low, s->low);
    number_to(high, sizeof high, s->high);
    if (learn_rises(s)) {
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
    struct name n;
    read_name(name, &n);
    const struct rule *best = NULL;
    int best_score = 0;
    *out = (struct learn_role){.kind = is_text(s) ? KIND_TEXT : s->bools > 0 ? KIND_BOOL : KIND_VALUE, .unit = ""};
    for (size_t r = 0; r < RULES; r++) {
        enum verdict verdict = rules[r].values(s);
        int name_score = named(&rules[r], &n);
        if (verdict == AGAINST || (name_score == 0 && !(verdict == FOR && rules[r].by_values)))
            continue;
        int score = name_score * 2 + (verdict == FOR ? SCORE_VALUES : 0);
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
        bool by_name = best_score >= 2 * (SCORE_LAST - 1); /* more than a vague word */
        out->sure = by_name && (best_score >= 2 * (SCORE_LAST - 1) + SCORE_VALUES || (best->role != ROLE_NONE && is_text(s))) ? LEARN_LIKELY : LEARN_GUESS;
        out->packml = best->role == ROLE_STATE && is_packml(s);
        out->fastest_s = best->role == ROLE_GOOD || best->role == ROLE_TOTAL ? s->cycle_low : 0;
    }
    if (is_regular(s))
        out->interval_s = s->gap_sum / (double)s->gaps;
    tell_values(s, out->evidence, sizeof out->evidence);
}
