/*
 * A command is a row: its name, what follows it, what it does. Nothing here knows of keys or terminals.
 */
#include "app/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/screen_parts.h"
#include "core/timestamp.h"
#include "io/log.h"
#include "io/theme.h"
#include "views/panels.h"

enum { COMMAND_ARGUMENT = 640 };

enum { TAPE_SPEED_MOST = 1000, STEPS_MOST = 1000000, DAY_MS = 86400000 };

static bool run_quit(struct screen *s, const char *argument, struct error *err)
{
    (void)argument, (void)err;
    screen_leave(s);
    return true;
}

static bool run_view(struct screen *s, const char *argument, struct error *err)
{
    return compose_go(&s->compose, argument, NULL, err);
}

static bool run_filter(struct screen *s, const char *argument, struct error *err)
{
    (void)err;
    snprintf(s->compose.filter, sizeof s->compose.filter, "%.*s", FILTER_BYTES - 1, argument);
    return true;
}

static bool run_help(struct screen *s, const char *argument, struct error *err)
{
    (void)argument, (void)err;
    compose_open(&s->compose, &help_view);
    return true;
}

static bool run_theme(struct screen *s, const char *argument, struct error *err)
{
    return screen_set_theme(s, argument, err);
}

static bool run_go(struct screen *s, const char *argument, struct error *err)
{
    return compose_go_time(&s->compose, argument, err);
}

static bool run_goto(struct screen *s, const char *argument, struct error *err)
{
    return compose_goto(&s->compose, argument, err);
}

static bool run_redraw(struct screen *s, const char *argument, struct error *err)
{
    (void)argument, (void)err;
    terminal_redraw(s->terminal);
    return true;
}

static bool run_at(struct screen *s, const char *argument, struct error *err)
{
    const struct origin *live = &s->travel.live;
    const struct model *model = live->model(live->self);
    int64_t ms, begin = live->tape ? live->tape->begin(live->self) : 0, now = model_wall(model) > begin ? model_wall(model) : begin; /* nothing of a capture may be folded yet */
    if (!timestamp_typed(argument, &model_plant(model)->zone, now, &ms, err))
        return false;
    if (live->tape && ms < begin && strchr(argument, ':') && !strchr(argument, '-'))
        ms += DAY_MS; /* a time of the day is the first one of the capture */
    if (ms > model_wall(model) && !live->tape)
        return error_set(err, "\"%.40s\" has not come yet: time goes back only, [ or :at -2h", argument);
    return screen_travel(s, ms, err);
}

static bool run_live(struct screen *s, const char *argument, struct error *err)
{
    (void)argument, (void)err;
    screen_live(s);
    return true;
}

static bool run_play(struct screen *s, const char *argument, struct error *err)
{
    char *end;
    long speed = strtol(argument, &end, 10);
    int most = s->travel.live.tape ? TAPE_SPEED_MOST : TRAVEL_SPEED_MOST;
    if (*argument == '\0' || *end != '\0' || speed < 0 || speed > most)
        return error_set(err, "\"%.40s\" is not a speed: 0 (stand still) to %d times as fast as it was", argument, most);
    screen_play(s, (double)speed);
    return true;
}

static bool run_step(struct screen *s, const char *argument, struct error *err)
{
    char *end;
    bool back = argument[0] == '-';
    int64_t ms;
    long count = *argument ? strtol(argument, &end, 10) : 1;
    if (*argument && *end != '\0') {
        if (!duration_read(argument + back, &ms, err))
            return error_set(err, "\"%.40s\" is neither a number of messages nor a duration: 5, -1, 1s, -10m", argument);
        screen_step(s, back ? -ms : ms);
        return true;
    }
    if (count == 0 || count > STEPS_MOST || count < -STEPS_MOST)
        return error_set(err, "so many messages cannot be stepped: 1 to %d, or back with a minus", STEPS_MOST);
    screen_messages(s, count);
    return true;
}

static bool run_ack(struct screen *s, const char *argument, struct error *err) { return screen_act_typed(s, ACTION_ACK, argument, err); }
static bool run_comment(struct screen *s, const char *argument, struct error *err) { return screen_act_typed(s, ACTION_COMMENT_ON, argument, err); }
static bool run_shelve(struct screen *s, const char *argument, struct error *err) { return screen_act_typed(s, ACTION_SHELVE, argument, err); }
static bool run_unshelve(struct screen *s, const char *argument, struct error *err) { return screen_act_typed(s, ACTION_UNSHELVE, argument, err); }
static bool run_out(struct screen *s, const char *argument, struct error *err) { return screen_act_typed(s, ACTION_SERVICE_OUT, argument, err); }
static bool run_in(struct screen *s, const char *argument, struct error *err) { return screen_act_typed(s, ACTION_SERVICE_IN, argument, err); }
static bool run_maintenance(struct screen *s, const char *argument, struct error *err) { return screen_act_typed(s, ACTION_MAINTENANCE_ON, argument, err); }
static bool run_silence(struct screen *s, const char *argument, struct error *err) { return screen_act_typed(s, ACTION_SILENCE, argument, err); }
static bool run_split(struct screen *s, const char *argument, struct error *err) { return screen_stop_typed(s, ACTION_STOP_SPLIT, argument, err); }
static bool run_merge(struct screen *s, const char *argument, struct error *err) { return screen_stop_typed(s, ACTION_STOP_MERGE, argument, err); }
static bool run_stop_comment(struct screen *s, const char *argument, struct error *err) { return screen_stop_typed(s, ACTION_STOP_COMMENT, argument, err); }
static bool run_come(struct screen *s, const char *argument, struct error *err) { return screen_call_typed(s, ACTION_CALL_TAKE, argument, err); }
static bool run_close(struct screen *s, const char *argument, struct error *err) { return screen_call_typed(s, ACTION_CALL_CLOSE, argument, err); }
static bool run_good(struct screen *s, const char *argument, struct error *err) { return screen_quantity(s, "good", argument, err); }
static bool run_scrap(struct screen *s, const char *argument, struct error *err) { return screen_quantity(s, "reject", argument, err); }
static bool run_rework(struct screen *s, const char *argument, struct error *err) { return screen_quantity(s, "rework", argument, err); }
static bool run_reset(struct screen *s, const char *argument, struct error *err) { return screen_act_typed(s, ACTION_RESET, argument, err); }

static const char *choose_shown(const struct screen *s, size_t n)
{
    (void)s;
    return n == 0 ? "shown" : NULL;
}

static const char *choose_span(const struct screen *s, size_t n)
{
    static const char *const names[] = {"15m", "30m", "1h", "4h", "8h", "clear"};
    (void)s;
    return n < sizeof names / sizeof names[0] ? names[n] : NULL;
}

static const char *choose_maintenance(const struct screen *s, size_t n)
{
    static const char *const names[] = {"30m", "1h", "4h", "8h", "open", "end"};
    (void)s;
    return n < sizeof names / sizeof names[0] ? names[n] : NULL;
}

static const char *choose_view(const struct screen *s, size_t n)
{
    if (n < view_count)
        return view_registry[n]->name;
    const struct panel_view *own = panels_nth(model_plant(compose_model(&s->compose)), s->compose.own, s->compose.own_count, n - view_count);
    return own ? own->name : NULL;
}

static const char *choose_theme(const struct screen *s, size_t n)
{
    (void)s;
    return theme_builtin(n);
}

static const char *choose_node(const struct screen *s, size_t n)
{
    const struct model *model = s->compose.origin.model(s->compose.origin.self);
    const struct plant *plant = model_plant(model);
    return n < plant->node_count ? plant->nodes[n].name : NULL;
}

const struct command command_table[] = {
    {"ack", "[COMMENT]", "acknowledges the selected alarm; shown: all visible ones, but for priority 1", run_ack, choose_shown},
    {"at", "TIME", "goes back in time: 03:12 is the last one, yesterday 03:12, -2h, 2024-06-12T11:52; now is live", run_at, NULL},
    {"backtest", "[CHANGES]", "what the selected alarm would have done with other settings: deadband=5; limit=90 on-delay=60s", screen_backtest, NULL},
    {"call", "KIND [COMMENT]", "calls somebody to the selected line or unit: maintenance, quality ...", screen_call, screen_call_choice},
    {"close-call", "[COMMENT]", "closes the selected call, or the one at the selected line", run_close, NULL},
    {"comment", "[TEXT]", "comments on the selected alarm", run_comment, NULL},
    {"filter", "TEXT", "shows only what matches; without TEXT everything again", run_filter, NULL},
    {"go", "TIME", "goes to a time in the trends view: 03:12, 2024-06-11 03:12, -2h", run_go, NULL},
    {"good", "N [COMMENT]", "corrects the good pieces of the selected line or unit, by so many", run_good, NULL},
    {"goto", "PATH", "goes to a node (path, name or alias) or to a tag", run_goto, choose_node},
    {"help", "", "help for this view", run_help, NULL},
    {"in", "", "returns the selected alarm to service", run_in, NULL},
    {"learn", "[CHANGE]", "proposes a configuration of what was heard and nobody configured; CHANGE changes the selected type: name, tag, role, kind, unit, drop, keep, without, split, merge", screen_learn, screen_learn_choice},
    {"live", "", "comes back from the past", run_live, NULL},
    {"maintenance", "[DURATION]", "takes all alarms of the unit out of service, for a time or until end", run_maintenance, choose_maintenance},
    {"merge", "[COMMENT]", "makes one of the selected stop and the next", run_merge, NULL},
    {"note", "[TEXT]", "leaves a note for the next shift of the selected line", screen_note, NULL},
    {"out", "[REASON]", "takes the selected alarm out of service", run_out, NULL},
    {"panel", "[WORDS]", "changes a view of panels by hand, or: new NAME, tags, lines, title, widget, span, range ... of a panel, save [NAME], undo, discard, drop NAME, export [FILE]", screen_panel, NULL},
    {"play", "SPEED", "plays the past on, 1 to 60 times as fast as it was, or a capture up to 1000 times; 0 stands", run_play, NULL},
    {"quit", "", "leaves andon; the collector goes on", run_quit, NULL},
    {"reason", "[PATH [COMMENT]]", "gives the selected stop its reason, - takes it back; without PATH the proposed one, or a list", screen_reason, screen_reason_choice},
    {"redraw", "", "draws the whole screen anew", run_redraw, NULL},
    {"replaced", "NAME [COMMENT]", "says that something was replaced on the selected line or unit: its life begins anew", screen_replaced, screen_due_choice},
    {"reset", "", "resets the selected alarm, when it is latched", run_reset, NULL},
    {"rework", "N [COMMENT]", "corrects the pieces for rework, by so many", run_rework, NULL},
    {"scrap", "N [COMMENT]", "corrects the rejected pieces, by so many", run_scrap, NULL},
    {"serviced", "NAME [COMMENT]", "says that the selected line or unit was serviced: its hours begin anew", screen_replaced, screen_due_choice},
    {"shelve", "[DURATION]", "shelves the selected alarm, for a time or until it clears (clear), and why", run_shelve, choose_span},
    {"silence", "", "silences the horn", run_silence, NULL},
    {"split", "[TIME]", "makes two of the selected stop", run_split, NULL},
    {"step", "[N]", "goes on by N messages of a capture, or by a time: 5, -1, 1s, -10m", run_step, NULL},
    {"stop-comment", "[TEXT]", "comments on the selected stop", run_stop_comment, NULL},
    {"take", "[COMMENT]", "takes the selected call, or the one that waits at the selected line", run_come, NULL},
    {"theme", "NAME", "changes the colours", run_theme, choose_theme},
    {"trend", "NAME", "shows a saved set of trends; save NAME saves what is drawn, drop NAME forgets it", screen_trend, screen_trend_choice},
    {"unshelve", "", "takes the selected alarm off the shelf", run_unshelve, NULL},
    {"view", "NAME", "goes to a view", run_view, choose_view},
    {"who", "[NAME]", "signs on by badge or initials until the shift ends; without NAME it says who did", screen_who, NULL},
};
const size_t command_count = sizeof command_table / sizeof command_table[0];

/* Insertions, deletions and replacements between two short words. */
static size_t distance(const char *a, size_t a_length, const char *b)
{
    size_t row[32], b_length = strlen(b);
    if (a_length > 30 || b_length > 30)
        return 99;
    for (size_t j = 0; j <= b_length; j++)
        row[j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            size_t replace = diagonal + (a[i - 1] != b[j - 1]), above = row[j] + 1, left = row[j - 1] + 1;
            diagonal = row[j];
            row[j] = replace < above ? (replace < left ? replace : left) : (above < left ? above : left);
        }
    }
    return row[b_length];
}

static const struct command *nearest(const char *word, size_t length)
{
    const struct command *best = &command_table[0];
    for (size_t i = 1; i < command_count; i++)
        if (distance(word, length, command_table[i].name) < distance(word, length, best->name))
            best = &command_table[i];
    return best;
}

/* The command of that name, or the only one that begins so. */
static const struct command *find(const char *word, size_t length)
{
    const struct command *found = NULL;
    for (size_t i = 0; i < command_count; i++) {
        if (strncmp(command_table[i].name, word, length) != 0)
            continue;
        if (command_table[i].name[length] == '\0')
            return &command_table[i];
        if (found)
            return NULL;
        found = &command_table[i];
    }
    return found;
}

bool command_run(struct screen *screen, const char *line, struct error *err)
{
    line += strspn(line, " ");
    size_t length = strcspn(line, " ");
    if (length == 0)
        return true;
    const struct command *command = find(line, length);
    if (!command)
        return error_set(err, "no command \"%.*s\": did you mean %s?", length > 40 ? 40 : (int)length, line, nearest(line, length)->name);
    char argument[COMMAND_ARGUMENT];
    const char *from = line + length + strspn(line + length, " ");
    size_t end = strlen(from);
    while (end > 0 && from[end - 1] == ' ')
        end--;
    snprintf(argument, sizeof argument, "%.*s", (int)(end < sizeof argument ? end : sizeof argument - 1), from);
    if (!argument[0] && command->argument[0] && command->argument[0] != '[' && command->run != run_filter)
        return error_set(err, ":%s wants %s", command->name, command->argument);
    return command->run(screen, argument, err);
}

bool command_complete(const struct screen *screen, char *line, size_t cap, const char *typed, size_t turn)
{
    size_t length = strcspn(typed, " "), fits = 0;
    const struct command *command = typed[length] ? find(typed, length) : NULL;
    const char *word = typed[length] ? typed + length + strspn(typed + length, " ") : typed;
    const char *names[64];
    if (command && command->run == screen_panel) { /* whose words have words of their own */
        char rest[COMMAND_ARGUMENT];
        bool good = screen_panel_complete(screen, word, turn, rest, sizeof rest) || (turn > 0 && screen_panel_complete(screen, word, 0, rest, sizeof rest));
        if (good)
            snprintf(line, cap, "%s %s", command->name, rest);
        return good;
    }
    if (typed[length] && (!command || !command->choice))
        return false;
    for (size_t n = 0; fits < sizeof names / sizeof names[0]; n++) {
        const char *name = command ? command->choice(screen, n) : n < command_count ? command_table[n].name : NULL;
        if (!name)
            break;
        if (strncmp(name, word, strlen(word)) == 0)
            names[fits++] = name;
    }
    if (fits == 0)
        return false;
    const char *name = names[turn % fits];
    if (command)
        snprintf(line, cap, "%s %s", command->name, name);
    else
        snprintf(line, cap, "%s%s", name, fits == 1 ? " " : "");
    return true;
}
