/*
 * What a station publishes, as a list: the same flags and signals that sim_publish turns into messages. A teller keeps the topic of the values that follow.
 */
#include <stdio.h>
#include <string.h>

#include "sim/sim_station.h"

struct teller {
    const struct station *s;
    char topic[256];
    void (*take)(void *arg, const struct sim_tag *tag);
    void *arg;
};

static void on_topic(struct teller *t, const char *suffix)
{
    snprintf(t->topic, sizeof t->topic, "%s/%s", t->s->topic, suffix);
}

static void tell(const struct teller *t, const char *path, enum tag_kind kind, enum tag_role role)
{
    t->take(t->arg, &(struct sim_tag){.node = t->s->node, .type = t->s->type->name, .topic = t->topic, .path = path, .kind = kind, .role = role});
}

static void tell_alone(struct teller *t, const char *suffix, const char *path, enum tag_kind kind, enum tag_role role)
{
    on_topic(t, suffix);
    tell(t, path, kind, role);
}

/* What a register of a medium counts is a flow, whatever it follows. */
static void tell_signal(const struct teller *t, const struct signal *g, const char *path)
{
    static const enum tag_kind kinds[] = {
        [SIGNAL_WALK] = KIND_VALUE, [SIGNAL_POWER] = KIND_POWER, [SIGNAL_ENERGY] = KIND_REGISTER, [SIGNAL_SET] = KIND_SETPOINT, [SIGNAL_SUPPLY] = KIND_VALUE,
        [SIGNAL_FOLLOW] = KIND_VALUE, [SIGNAL_TOTAL] = KIND_REGISTER, [SIGNAL_REACTIVE] = KIND_REGISTER, [SIGNAL_RATE] = KIND_VALUE, [SIGNAL_LEVEL] = KIND_VALUE, [SIGNAL_HEAT] = KIND_VALUE,
    };
    bool flows = g + 1 < t->s->type->signals + MAX_SIGNALS && g[1].name && g[1].kind == SIGNAL_TOTAL;
    tell(t, path, flows ? KIND_POWER : kinds[g->kind], g->kind == SIGNAL_RATE ? ROLE_SPEED : ROLE_NONE);
}

static bool is_own(const struct signal *g)
{
    return g->name[0] == '@' || g->name[0] == '#';
}

static void tell_telemetry(struct teller *t)
{
    const struct type *type = t->s->type;
    on_topic(t, t->s->plant->suffix);
    if (type->flags & TYPE_STATE && t->s->machine)
        tell(t, "/st", KIND_STATE, ROLE_STATE);
    if (type->flags & TYPE_GOOD_ONLY)
        tell(t, "/cnt", KIND_COUNTER, ROLE_GOOD);
    else if (type->flags & TYPE_COUNTS) {
        tell(t, "/cnt/good", KIND_COUNTER, ROLE_GOOD);
        tell(t, "/cnt/rej", KIND_COUNTER, ROLE_REJECT);
    }
    if (type->flags & TYPE_CYCLE)
        tell(t, "/ct", KIND_VALUE, ROLE_CYCLE);
    if (type->flags & TYPE_BUFFER)
        tell(t, "/buf", KIND_VALUE, ROLE_BUFFER);
    if (type->flags & TYPE_REASON)
        tell(t, "/why", KIND_TEXT, ROLE_REASON);
    for (const struct signal *g = type->signals; g < type->signals + MAX_SIGNALS && g->name; g++) {
        char path[64];
        snprintf(path, sizeof path, "/%s", g->name);
        if (!is_own(g))
            tell_signal(t, g, path);
    }
}

void station_tags(const struct station *s, void (*take)(void *arg, const struct sim_tag *tag), void *arg)
{
    struct teller t = {.s = s, .take = take, .arg = arg};
    const struct type *type = s->type;
    if (s->is_line && !(s->line->spec->flags & LINE_UTILITY)) {
        if (s->plant->crews[0])
            tell_alone(&t, "crew", "", KIND_TEXT, ROLE_CREW);
        if (s->line->spec->product_count > 0) {
            tell_alone(&t, "order", "", KIND_TEXT, ROLE_ORDER);
            tell_alone(&t, "product", "", KIND_TEXT, ROLE_PRODUCT);
        }
    }
    if (type->flags & TYPE_DOOR)
        tell_alone(&t, "door", "", KIND_BOOL, ROLE_NONE);
    if (type->flags & TYPE_STATE_TOPIC)
        tell_alone(&t, "state", "/value", KIND_STATE, ROLE_STATE);
    if (type->defect_count > 0)
        tell_alone(&t, "defect", "/value", KIND_TEXT, ROLE_DEFECT);
    if (!(type->flags & TYPE_SILENT))
        tell_telemetry(&t);
    for (const struct signal *g = type->signals; g < type->signals + MAX_SIGNALS && g->name; g++)
        if (is_own(g)) {
            on_topic(&t, g->name + 1);
            tell_signal(&t, g, g->name[0] == '#' ? "/value" : "");
        }
}
