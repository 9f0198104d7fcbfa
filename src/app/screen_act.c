/*
 * What people do. An action comes from a view's key or a typed command; what it lacks is asked for, a question at a time, in the line at
 * the bottom, and then it is sent for each of its targets. struct acting holds it meanwhile: nothing is sent before the last answer, and Esc
 * forgets all of it.
 */
#include "app/screen_parts.h"

#include <stdio.h>
#include <string.h>

#include "app/shift.h"
#include "core/text_gate.h"
#include "core/timestamp.h"
#include "draw/text.h"
#include "views/alarm_text.h"

enum { SHORT_NAME = 80, SHORT_CELLS = 24, CHOICES = 6 };

/* What an action wants to know. The word stands for "without end". */
static const struct wants {
    bool duration, moment, comment, must; /* must: an empty comment will not do */
    const char *word;
} wants_table[ACTION_KIND_COUNT] = {
    [ACTION_COMMENT_ON] = {.comment = true, .must = true},
    [ACTION_SHELVE] = {.duration = true, .comment = true, .word = "clear"},
    [ACTION_SERVICE_OUT] = {.comment = true, .must = true},
    [ACTION_MAINTENANCE_ON] = {.duration = true, .comment = true, .word = "open"},
    [ACTION_STOP_SPLIT] = {.moment = true},
    [ACTION_STOP_COMMENT] = {.comment = true, .must = true},
    [ACTION_NOTE] = {.comment = true, .must = true},
};
static const char *const spans[CHOICES] = {"15m", "30m", "1h", "4h", "8h"};

/* ---- helpers ---- */

const struct model *act_model(const struct screen *s)
{
    return s->travel.live.model(s->travel.live.self);
}

static const struct rights *rights_of(const struct screen *s)
{
    return origin_rights(&s->travel.live);
}

/* As people call it: "Placer 2", an alarm by its title; what the plant does not have, by its key. */
static void title_of(const struct screen *s, const struct action *action, char out[SHORT_NAME])
{
    const struct model *model = act_model(s);
    uint32_t alarm = model_find_alarm(model, action->target), node = plant_node_by_path(model_plant(model), action->target);
    const char *key = strrchr(action->target, '/');
    const char *title = alarm != NO_ALARM ? alarm_text_title(model, alarm) : node != NO_NODE ? model_plant(model)->nodes[node].title : key ? key + 1 : action->target;
    int cells;
    snprintf(out, SHORT_NAME, "%.*s", (int)text_fit(title, SHORT_CELLS, &cells), title);
}

static void say_refusal(struct screen *s, const struct action *action, enum refusal refusal)
{
    char text[COMPOSE_MESSAGE], name[SHORT_NAME];
    title_of(s, action, name);
    snprintf(text, sizeof text, "%s%s%s: %s", action_table[action->kind].title, *action->target ? " " : "", name, refusal_text(action->kind, refusal));
    screen_say(s, text);
}

/* "oil too high", "3 alarms" */
static void short_name(const struct screen *s, char out[SHORT_NAME])
{
    const struct acting *a = &s->acting;
    if (a->target_count > 1)
        snprintf(out, SHORT_NAME, "%zu alarms", a->target_count);
    else
        title_of(s, &a->targets[0], out);
}

static const char *choice_of(enum action_kind kind, size_t n)
{
    return n + 1 < CHOICES ? spans[n] : n + 1 == CHOICES ? wants_table[kind].word : NULL;
}

/* ---- who ---- */

static void expire_who(struct screen *s)
{
    if (s->compose.who[0] && model_wall(act_model(s)) >= s->who_until)
        s->compose.who[0] = '\0';
}

bool screen_who(struct screen *s, const char *name, struct error *err)
{
    const struct rights *rights = rights_of(s);
    const struct model *model = act_model(s);
    char clean[ACTION_WHO], text[COMPOSE_MESSAGE];
    text_gate(name, strlen(name), clean, sizeof clean, NULL);
    if (clean[strspn(clean, " ")] == '\0' && !*name) {
        expire_who(s);
        snprintf(text, sizeof text, "%s, %s%s%s", rights ? rights->user : s->compose.user, rights ? person_role_names[rights->role] : "looks only",
            s->compose.who[0] ? ", signed on as " : "", s->compose.who);
        screen_say(s, text);
        return true;
    }
    if (clean[strspn(clean, " ")] == '\0')
        return error_set(err, "a badge or initials are wanted");
    memcpy(s->compose.who, clean, sizeof clean);
    s->who_until = shift_until_ms(model_plant(model), model_wall(model), rights ? rights->shifts : NULL, rights ? rights->shift_count : 0);
    return true;
}

static bool must_sign_on(struct screen *s)
{
    const struct rights *rights = rights_of(s);
    expire_who(s);
    return rights && rights->sign_on && !s->compose.who[0];
}

/* ---- sending ---- */

static void forget(struct screen *s)
{
    s->acting.question = ASK_NOTHING;
    s->acting.target_count = 0;
}

static void send_all(struct screen *s)
{
    struct acting *a = &s->acting;
    const struct origin *origin = &s->compose.origin;
    int64_t wall = model_wall(act_model(s));
    enum refusal refusal = REFUSAL_NONE;
    for (size_t i = 0; i < a->target_count && refusal == REFUSAL_NONE; i++) {
        struct action action = a->targets[i];
        action.kind = a->action.kind;
        action.time_ms = wall;
        if (wants_table[action.kind].duration)
            action.until_ms = a->span_ms > 0 ? wall + a->span_ms : 0;
        memcpy(action.who, s->compose.who, sizeof action.who);
        memcpy(action.comment, a->action.comment, sizeof action.comment);
        refusal = origin_act(origin, &action);
        if (refusal != REFUSAL_NONE)
            say_refusal(s, &action, refusal);
    }
    forget(s);
    frame_soon(s, true);
}

/* ---- asking ---- */

/* What the text is that an action is asked for; "" where its title says it. */
static const char *asked_for(enum action_kind kind)
{
    bool said = kind == ACTION_STOP_COMMENT || kind == ACTION_NOTE;
    return said ? "" : kind == ACTION_ACK || kind == ACTION_COMMENT_ON ? ", comment" : ", reason";
}

static void ask(struct screen *s, enum question question)
{
    struct acting *a = &s->acting;
    char line[PROMPT_BYTES], name[SHORT_NAME], span[64];
    const char *title = action_table[a->action.kind].title;
    short_name(s, name);
    a->question = question;
    switch (question) {
    case ASK_WHO: snprintf(line, sizeof line, "who are you (badge or initials)? "); break;
    case ASK_DURATION:
        snprintf(line, sizeof line, "%s %s for 15m 30m 1h 4h 8h %s: ", title, name, wants_table[a->action.kind].word);
        break;
    case ASK_MOMENT:
        act_stop_texts(s, span, a->offer);
        snprintf(line, sizeof line, "%s %s (%s) at: ", title, name, span);
        break;
    default: snprintf(line, sizeof line, "%s %s%s: ", title, name, asked_for(a->action.kind)); break;
    }
    prompt_ask(s, line);
}

/* Asks for the next thing that is not known; with everything known it is sent. */
static void go_on(struct screen *s)
{
    struct acting *a = &s->acting;
    if (must_sign_on(s))
        ask(s, ASK_WHO);
    else if (a->ask_duration)
        ask(s, ASK_DURATION);
    else if (a->ask_moment)
        ask(s, ASK_MOMENT);
    else if (a->ask_comment)
        ask(s, ASK_COMMENT);
    else
        send_all(s);
}

/* "1h", or the word for without end. */
static bool take_span(struct acting *a, const char *text, struct error *err)
{
    const struct wants *wants = &wants_table[a->action.kind];
    a->span_ms = 0;
    if (strcmp(text, wants->word) == 0)
        return true;
    if (duration_read(text, &a->span_ms, NULL) && a->span_ms > 0)
        return true;
    return error_set(err, "\"%.20s\" is no duration: 30m, 1h, 1h30m or %s", text, wants->word);
}

bool act_comment(struct screen *s, const char *text, struct error *err)
{
    struct acting *a = &s->acting;
    struct text_gate seen;
    text_gate(text, strlen(text), a->action.comment, sizeof a->action.comment, &seen);
    if (seen.cut)
        return error_set(err, "too long: %d bytes at most", ACTION_COMMENT - 1);
    if (a->must && a->action.comment[strspn(a->action.comment, " ")] == '\0')
        return error_set(err, "it cannot be left empty");
    return true;
}

bool act_answer(struct screen *s, const char *text, struct error *err)
{
    struct acting *a = &s->acting;
    bool good = true;
    switch (a->question) {
    case ASK_NOTHING: return true;
    case ASK_WHO: good = *text ? screen_who(s, text, err) : error_set(err, "a badge or initials are wanted"); break;
    case ASK_DURATION:
        good = take_span(a, text, err);
        a->ask_duration = !good;
        break;
    case ASK_MOMENT:
        good = act_moment(s, text, err);
        a->ask_moment = !good;
        break;
    case ASK_COMMENT:
        good = act_comment(s, text, err);
        a->ask_comment = !good;
        break;
    }
    if (good)
        go_on(s);
    return good;
}

void act_cancel(struct screen *s)
{
    forget(s);
    screen_say(s, "nothing was done");
}

const char *act_choice(const struct screen *s, size_t n)
{
    const struct acting *a = &s->acting;
    if (a->question == ASK_MOMENT)
        return n == 0 && a->offer[0] ? a->offer : NULL;
    return a->question == ASK_DURATION ? choice_of(a->action.kind, n) : NULL;
}

/* ---- beginning ---- */

/* Of whatever kind and target. */
enum refusal act_refused(const struct screen *s)
{
    return s->options.read_only || !rights_of(s) ? REFUSAL_READ_ONLY : s->travel.away ? REFUSAL_PAST : REFUSAL_NONE;
}

/* What would be refused anyhow is not asked about. What the role forbids is sent as it is: the attempt belongs into the journal. */
void act_begin(struct screen *s)
{
    struct acting *a = &s->acting;
    const struct rights *rights = rights_of(s);
    enum refusal refusal = act_refused(s);
    if (refusal != REFUSAL_NONE) {
        struct action about = {.kind = a->action.kind};
        if (a->target_count == 1)
            memcpy(about.target, a->targets[0].target, sizeof about.target);
        say_refusal(s, &about, refusal);
        forget(s);
    } else if (rights->role < action_table[a->action.kind].least) {
        send_all(s);
    } else {
        go_on(s);
    }
}

/* An alarm's class may want a comment for an ack. */
static bool wants_comment(const struct screen *s, const struct action *target)
{
    const struct model *model = act_model(s);
    uint32_t alarm = target->kind == ACTION_ACK ? model_find_alarm(model, target->target) : NO_ALARM;
    return alarm != NO_ALARM && model_alarm(model, alarm)->class->comment;
}

struct action *act_prepare(struct screen *s, enum action_kind kind)
{
    struct acting *a = &s->acting;
    *a = (struct acting){.action = {.kind = kind}};
    a->ask_duration = wants_table[kind].duration;
    a->ask_moment = wants_table[kind].moment;
    a->ask_comment = wants_table[kind].comment;
    a->must = wants_table[kind].must;
    return &a->targets[0];
}

void screen_act(void *arg, const struct action *what)
{
    struct screen *s = arg;
    struct acting *a = &s->acting;
    screen_say(s, ""); /* what was said of the action before is not of this one */
    act_prepare(s, what->kind);
    a->targets[a->target_count++] = *what;
    if (wants_comment(s, what))
        a->ask_comment = a->must = true;
    act_begin(s);
}

/* ---- typed ---- */

/* The next word of the argument, if there is one; *rest is behind it. */
bool act_word(const char **rest, char *out, size_t cap)
{
    const char *at = *rest + strspn(*rest, " ");
    size_t length = strcspn(at, " ");
    if (length == 0 || length >= cap)
        return false;
    memcpy(out, at, length);
    out[length] = '\0';
    *rest = at + length + strspn(at + length, " ");
    return true;
}

/* The unit of the alarm that is selected, or what the view looks at. */
static bool selected_node(struct screen *s, struct action *target)
{
    uint32_t node = compose_node(&s->compose);
    *target = (struct action){.kind = ACTION_MAINTENANCE_ON};
    if (node == NO_NODE)
        return false;
    plant_node_path(model_plant(act_model(s)), node, target->target, sizeof target->target);
    return true;
}

/* As it was drawn; a view may list other things than alarms. */
static bool selected_alarm(struct screen *s, struct action *target)
{
    *target = (struct action){.kind = ACTION_ACK};
    return compose_targets(&s->compose, TARGET_SELECTED, target, 1) == 1 && target->kind == ACTION_ACK;
}

/* What could be done to, of what is shown. The highest priority wants to be looked at one by one. */
static size_t keep_shown(struct screen *s, size_t count, size_t *highest)
{
    const struct model *model = act_model(s);
    struct acting *a = &s->acting;
    size_t kept = 0;
    *highest = 0;
    for (size_t i = 0; i < count; i++) {
        struct action *target = &a->targets[i];
        uint32_t alarm = model_find_alarm(model, target->target);
        target->kind = a->action.kind;
        memcpy(target->comment, a->action.comment, sizeof target->comment);
        if (alarm == NO_ALARM || model_action_check(model, target) != REFUSAL_NONE)
            continue;
        if (alarm_priority(model_alarm(model, alarm)) == 1)
            ++*highest;
        else
            a->targets[kept++] = *target;
    }
    return kept;
}

static bool act_shown(struct screen *s, const char *comment, struct error *err)
{
    struct acting *a = &s->acting;
    size_t highest;
    char text[COMPOSE_MESSAGE];
    enum refusal refusal = act_refused(s);
    if (refusal != REFUSAL_NONE)
        return error_set(err, "%s: %s", action_table[a->action.kind].title, refusal_texts[refusal]);
    if (!act_comment(s, comment, err))
        return false;
    size_t count = compose_targets(&s->compose, TARGET_SHOWN, a->targets, ACT_TARGETS);
    a->target_count = keep_shown(s, count, &highest);
    if (a->target_count == 0 && highest > 0)
        return error_set(err, "priority 1 is acknowledged one by one");
    if (a->target_count == 0)
        return error_set(err, "nothing is shown here that could be acknowledged");
    if (highest > 0) {
        snprintf(text, sizeof text, "acknowledging %zu; priority 1 is acknowledged one by one: %zu left", a->target_count, highest);
        screen_say(s, text);
    }
    act_begin(s);
    return true;
}

bool screen_act_typed(struct screen *s, enum action_kind kind, const char *argument, struct error *err)
{
    struct acting *a = &s->acting;
    char word[32];
    const char *rest = argument, *after = argument;
    act_prepare(s, kind);
    if (kind == ACTION_ACK && act_word(&after, word, sizeof word) && strcmp(word, "shown") == 0)
        return act_shown(s, after, err);
    if (kind == ACTION_MAINTENANCE_ON && strcmp(argument, "end") == 0) {
        act_prepare(s, kind = ACTION_MAINTENANCE_OFF);
        rest = "";
    }
    if (a->ask_duration && act_word(&rest, word, sizeof word)) {
        if (!take_span(a, word, err))
            return false;
        a->ask_duration = false;
    }
    if (*rest) {
        if (!act_comment(s, rest, err))
            return false;
        a->ask_comment = false;
    }
    bool node = kind == ACTION_MAINTENANCE_ON || kind == ACTION_MAINTENANCE_OFF;
    if (node && !selected_node(s, &a->targets[0]))
        return error_set(err, "no unit is selected: :goto PATH goes to one");
    if (kind == ACTION_SILENCE)
        a->targets[0] = (struct action){.kind = kind};
    else if (!node && !selected_alarm(s, &a->targets[0]))
        return error_set(err, "no alarm is selected here");
    a->target_count = 1;
    a->targets[0].kind = kind;
    if (!*a->action.comment && wants_comment(s, &a->targets[0]))
        a->ask_comment = a->must = true;
    act_begin(s);
    return true;
}

/* ---- answers ---- */

void screen_answered(void *arg, const struct action *action, enum refusal refusal)
{
    struct screen *s = arg;
    if (s->showing && refusal != REFUSAL_NONE)
        say_refusal(s, action, refusal);
}

/* Before each frame: what may have changed since the last one. */
void act_before_frame(struct screen *s)
{
    const struct rights *rights = rights_of(s);
    expire_who(s);
    s->compose.role = rights ? rights->role : PERSON_VIEWER;
    s->compose.pending_count = origin_pending(&s->compose.origin, &s->compose.pending);
}
