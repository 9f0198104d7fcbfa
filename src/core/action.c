/*
 * An action has two written forms. As a record of the stream its name, target, person and time stand in the record's own fields, and all
 * else in one text of `key=value` words, the comment last: a reader skips words that it does not know, and a word that is missing is 0. As
 * a frame's body its fields follow one another in the order of pack_fields(); a later version may append.
 *
 * A record is not believed more than a frame is: both pass the gate and the same bounds.
 */
#include "core/action.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/text_gate.h"

enum { ID_BYTES = 16, WORDS_BYTES = 208 + ACTION_WORD, DIGITS_MOST = 16, FRAME_TEXT_MOST = 1 << 16 };
#define AMOUNT_MOST INT64_C(1000000000000000)

const char *const person_role_names[PERSON_ROLES] = {"viewer", "operator", "engineer"};

const struct action_row action_table[ACTION_KIND_COUNT] = {
    [ACTION_ACK] = {"ack", "acknowledge", PERSON_OPERATOR},
    [ACTION_COMMENT_ON] = {"comment", "comment on", PERSON_OPERATOR},
    [ACTION_RESET] = {"reset", "reset", PERSON_OPERATOR},
    [ACTION_SHELVE] = {"shelve", "shelve", PERSON_OPERATOR},
    [ACTION_UNSHELVE] = {"unshelve", "unshelve", PERSON_OPERATOR},
    [ACTION_SERVICE_OUT] = {"out", "take out of service", PERSON_ENGINEER},
    [ACTION_SERVICE_IN] = {"in", "return to service", PERSON_ENGINEER},
    [ACTION_MAINTENANCE_ON] = {"maintenance", "begin maintenance of", PERSON_ENGINEER},
    [ACTION_MAINTENANCE_OFF] = {"maintenance-end", "end maintenance of", PERSON_ENGINEER},
    [ACTION_SILENCE] = {"silence", "silence the horn", PERSON_OPERATOR},
    [ACTION_IMPORT] = {"import", "import", PERSON_ENGINEER},
    [ACTION_REFUSED] = {"refused", "refused", PERSON_ENGINEER},
    [ACTION_STOP_REASON] = {"reason", "give a reason for the stop of", PERSON_OPERATOR},
    [ACTION_STOP_SPLIT] = {"split", "split the stop of", PERSON_OPERATOR},
    [ACTION_STOP_MERGE] = {"merge", "merge the stop with the next of", PERSON_OPERATOR},
    [ACTION_STOP_COMMENT] = {"stop-comment", "comment on the stop of", PERSON_OPERATOR},
    [ACTION_QUANTITY] = {"quantity", "correct the quantity of", PERSON_OPERATOR},
    [ACTION_CALL] = {"call", "call to", PERSON_OPERATOR},
    [ACTION_CALL_TAKE] = {"take-call", "take the call to", PERSON_OPERATOR},
    [ACTION_CALL_CLOSE] = {"close-call", "close the call to", PERSON_OPERATOR},
    [ACTION_NOTE] = {"note", "leave a note for", PERSON_OPERATOR},
    [ACTION_REPLACED] = {"replaced", "say what was replaced or serviced at", PERSON_OPERATOR},
};

const char *const refusal_texts[REFUSAL_COUNT] = {
    [REFUSAL_NONE] = "done",
    [REFUSAL_ROLE] = "your role does not allow it",
    [REFUSAL_READ_ONLY] = "this screen only reads",
    [REFUSAL_PAST] = "this is the past: L comes back to what is live",
    [REFUSAL_NO_TARGET] = "there is no such alarm or unit",
    [REFUSAL_GONE] = "that occurrence is over",
    [REFUSAL_SEVERER] = "it is more severe by now: look again",
    [REFUSAL_STATE] = "it makes no sense in its present state",
    [REFUSAL_ACTIVE] = "the cause is still present",
    [REFUSAL_SAFETY] = "a safety alarm is neither shelved nor suppressed",
    [REFUSAL_TOO_LONG] = "longer than a shelf may last",
    [REFUSAL_COMMENT] = "a comment is needed",
    [REFUSAL_FUTURE] = "it comes from the future: a clock is wrong",
    [REFUSAL_NOT_STORED] = "in force, but it could not be stored",
    [REFUSAL_UNKNOWN] = "the collector does not know it",
    [REFUSAL_BUSY] = "too many at once: try again",
    [REFUSAL_LOST] = "the collector did not answer",
    [REFUSAL_NO_STOP] = "no such stop is remembered",
    [REFUSAL_NO_REASON] = "there is no such reason",
    [REFUSAL_NUMBER] = "that is not such a number",
};

const char *refusal_text(enum action_kind kind, enum refusal refusal)
{
    static const char *const states[ACTION_KIND_COUNT] = {
        [ACTION_CALL] = "somebody was called already",
        [ACTION_CALL_TAKE] = "the call is closed, or somebody took it already",
        [ACTION_CALL_CLOSE] = "no such call is open",
        [ACTION_STOP_SPLIT] = "that moment is not within the stop",
        [ACTION_STOP_MERGE] = "no stop follows it, or more than a short run lies between",
        [ACTION_REPLACED] = "its level or its own counter tells by itself when it is renewed",
        [ACTION_MAINTENANCE_OFF] = "it is not in maintenance",
    };
    bool known = (unsigned)kind < ACTION_KIND_COUNT && refusal == REFUSAL_STATE && states[kind];
    return known ? states[kind] : refusal_texts[refusal];
}

int action_by_name(const char *name)
{
    for (int k = 0; k < ACTION_KIND_COUNT; k++)
        if (strcmp(action_table[k].name, name) == 0)
            return k;
    return -1;
}

/* False when it does not fit whole. */
static bool take_text(const char *text, size_t length, char *out, size_t cap)
{
    struct text_gate seen;
    text_gate(text, length, out, cap, &seen);
    return !seen.cut;
}

/* ---- as a record ---- */

static void id_text(const uint8_t id[ID_BYTES], char out[2 * ID_BYTES + 1])
{
    for (int i = 0; i < ID_BYTES; i++)
        snprintf(out + 2 * i, 3, "%02x", id[i]);
}

void action_record(const struct action *action, struct batch *batch)
{
    char words[WORDS_BYTES + ACTION_COMMENT], id[2 * ID_BYTES + 1];
    const char *name = action_table[action->kind].name;
    id_text(action->id, id);
    int length = snprintf(words, sizeof words, "id=%s occurrence=%" PRId64 " severity=%u until=%" PRId64 "%s%s amount=%" PRId64 " comment=%s", id,
        action->occurrence_ms, action->severity, action->until_ms, action->word[0] ? " word=" : "", action->word, action->amount, action->comment);
    struct record record = {.kind = RECORD_ACTION, .time_ms = action->time_ms};
    record.text = batch_text(batch, name, strlen(name));
    record.detail = batch_text(batch, action->target, strlen(action->target));
    record.who = batch_text(batch, action->who, strlen(action->who));
    record.value = value_text(batch_text(batch, words, (size_t)length));
    batch_add(batch, record);
}

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) : -1;
}

static bool take_id(const char *word, size_t length, uint8_t id[ID_BYTES])
{
    if (length != 2 * ID_BYTES)
        return false;
    for (size_t i = 0; i < ID_BYTES; i++) {
        int high = hex_digit(word[2 * i]), low = hex_digit(word[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        id[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

static bool take_number(const char *word, size_t length, int64_t least, int64_t most, int64_t *out)
{
    bool negative = length > 0 && word[0] == '-';
    int64_t number = 0;
    if (length == (size_t)negative || length - negative > DIGITS_MOST)
        return false;
    for (size_t i = negative; i < length; i++) {
        if (word[i] < '0' || word[i] > '9')
            return false;
        number = number * 10 + (word[i] - '0');
    }
    number = negative ? -number : number;
    if (number < least || number > most)
        return false;
    *out = number;
    return true;
}

/* One word; one that this program does not know is passed over. */
static bool take_word(struct action *action, const char *key, size_t key_length, const char *word, size_t length)
{
    int64_t severity = action->severity;
    const struct { const char *key; int64_t *number, least, most; } numbers[] = {
        {"occurrence", &action->occurrence_ms, -TIME_MOST_MS, TIME_MOST_MS},
        {"severity", &severity, 0, UINT8_MAX},
        {"until", &action->until_ms, -TIME_MOST_MS, TIME_MOST_MS},
        {"amount", &action->amount, -AMOUNT_MOST, AMOUNT_MOST},
    };
    bool good = true;
    if (key_length == 2 && memcmp(key, "id", 2) == 0)
        return take_id(word, length, action->id);
    if (key_length == 4 && memcmp(key, "word", 4) == 0)
        return take_text(word, length, action->word, sizeof action->word);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (key_length == strlen(numbers[i].key) && memcmp(key, numbers[i].key, key_length) == 0)
            good = take_number(word, length, numbers[i].least, numbers[i].most, numbers[i].number);
    action->severity = (uint8_t)severity;
    return good;
}

static bool take_words(struct action *action, const char *words)
{
    static const char comment[] = "comment=";
    for (const char *at = words; *at; at += *at == ' ') {
        if (strncmp(at, comment, sizeof comment - 1) == 0)
            return take_text(at + sizeof comment - 1, strlen(at + sizeof comment - 1), action->comment, sizeof action->comment);
        size_t length = strcspn(at, " "), key = strcspn(at, "= ");
        if (key < length && !take_word(action, at, key, at + key + 1, length - key - 1))
            return false;
        at += length;
    }
    return true;
}

bool action_of_record(struct action *action, const struct batch *batch, const struct record *r)
{
    static const struct action blank;
    struct action a = blank;
    const char *target = batch_text_at(batch, r->detail), *who = batch_text_at(batch, r->who);
    int kind = action_by_name(batch_text_at(batch, r->text));
    if (r->kind != RECORD_ACTION || kind < 0 || r->time_ms > TIME_MOST_MS || r->time_ms < -TIME_MOST_MS)
        return false;
    a.kind = (enum action_kind)kind;
    a.time_ms = r->time_ms;
    if (!take_text(target, strlen(target), a.target, sizeof a.target) || !take_text(who, strlen(who), a.who, sizeof a.who))
        return false;
    if (r->value.kind == VALUE_TEXT && !take_words(&a, batch_text_at(batch, r->value.text)))
        return false;
    *action = a;
    return true;
}

/* ---- as a frame ---- */

void action_pack(const struct action *action, struct packer *p)
{
    pack_bytes(p, action->id, sizeof action->id);
    pack_u8(p, (uint8_t)action->kind);
    pack_text(p, action->target);
    pack_text(p, action->who);
    pack_zigzag(p, action->time_ms);
    pack_zigzag(p, action->occurrence_ms);
    pack_u8(p, action->severity);
    pack_zigzag(p, action->until_ms);
    pack_text(p, action->comment);
    pack_text(p, action->word);
    pack_zigzag(p, action->amount);
}

static void unpack_gated(struct unpacker *u, char *out, size_t cap)
{
    uint64_t length = unpack_varint(u);
    const char *bytes = length <= FRAME_TEXT_MOST ? unpack_bytes(u, (size_t)length) : NULL;
    if (!bytes || !take_text(bytes, (size_t)length, out, cap))
        u->failed = true;
}

bool action_unpack(struct action *action, const void *bytes, size_t length)
{
    static const struct action blank;
    struct unpacker u = unpacker_of(bytes, length);
    struct action a = blank;
    const void *id = unpack_bytes(&u, sizeof a.id);
    if (id)
        memcpy(a.id, id, sizeof a.id);
    uint8_t kind = unpack_u8(&u);
    a.kind = kind < ACTION_KIND_COUNT ? (enum action_kind)kind : ACTION_KIND_COUNT;
    unpack_gated(&u, a.target, sizeof a.target);
    unpack_gated(&u, a.who, sizeof a.who);
    a.time_ms = unpack_time(&u);
    a.occurrence_ms = unpack_time(&u);
    a.severity = unpack_u8(&u);
    a.until_ms = unpack_time(&u);
    unpack_gated(&u, a.comment, sizeof a.comment);
    unpack_gated(&u, a.word, sizeof a.word);
    a.amount = unpack_zigzag(&u);
    if (u.failed || a.amount > AMOUNT_MOST || a.amount < -AMOUNT_MOST || strcspn(a.word, " \t") != strlen(a.word))
        return false;
    *action = a;
    return true;
}
