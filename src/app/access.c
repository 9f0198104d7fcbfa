/*
 * A struct access remembers the last few users with their roles; the one that was asked for longest ago goes first. Root and the user that
 * the collector runs as can change everything anyhow, and are engineers: a rule that said less would only pretend.
 */
#define _DEFAULT_SOURCE /* getgrouplist() */
#include "app/access.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/text_gate.h"

void access_rules(struct access *access, const struct access_settings *settings, bool service)
{
    *access = (struct access){.settings = *settings, .service = service};
}

void identity_of(uid_t uid, struct identity *out)
{
    const struct passwd *who = getpwuid(uid);
    int count = ACCESS_GROUPS;
    *out = (struct identity){.uid = uid};
    if (!who) {
        snprintf(out->name, sizeof out->name, "uid %lu", (unsigned long)uid);
        return;
    }
    text_gate(who->pw_name, strlen(who->pw_name), out->name, sizeof out->name, NULL);
    if (getgrouplist(who->pw_name, who->pw_gid, out->groups, &count) < 0)
        count = ACCESS_GROUPS; /* of more than that the first count */
    out->group_count = (size_t)count;
}

static bool in_group(const struct identity *who, gid_t gid)
{
    for (size_t i = 0; i < who->group_count; i++)
        if (who->groups[i] == gid)
            return true;
    return false;
}

enum person_role access_role(const struct access_settings *s, bool service, uid_t owner, const struct identity *who, bool (*group_id)(const char *name, gid_t *gid))
{
    enum person_role best = PERSON_VIEWER;
    bool named = false;
    gid_t gid;
    if (!service || who->uid == 0 || who->uid == owner)
        return PERSON_ENGINEER;
    for (size_t i = 0; i < s->person_count; i++) {
        const struct access_person *person = &s->people[i];
        bool his = person->group ? group_id(person->name, &gid) && in_group(who, gid) : strcmp(person->name, who->name) == 0;
        named = named || his;
        best = his && person->role > best ? person->role : best;
    }
    return named ? best : s->preset;
}

static bool system_group(const char *name, gid_t *gid)
{
    const struct group *group = getgrnam(name);
    if (group)
        *gid = group->gr_gid;
    return group != NULL;
}

const struct person *access_person(struct access *a, uid_t uid, int64_t now_ms)
{
    struct identity identity;
    size_t at = 0;
    while (at < a->known_count && a->known[at].uid != uid)
        at++;
    if (at < a->known_count && a->known[at].until_ms > now_ms)
        return &a->known[at];
    if (at == a->known_count && at < ACCESS_KNOWN) {
        a->known_count++;
    } else if (at == a->known_count) {
        at = a->next;
        a->next = (a->next + 1) % ACCESS_KNOWN;
    }
    identity_of(uid, &identity);
    a->known[at] = (struct person){.uid = uid, .role = access_role(&a->settings, a->service, geteuid(), &identity, system_group),
        .until_ms = now_ms + ACCESS_KEPT_MS};
    memcpy(a->known[at].name, identity.name, sizeof identity.name);
    return &a->known[at];
}

/* What he says of himself gives way, never what the system says of him. */
void access_who(const char *declared, const char *user, char out[ACTION_WHO])
{
    char suffix[ACTION_WHO];
    bool bare = !*declared || strcmp(declared, user) == 0;
    int length = snprintf(suffix, sizeof suffix, bare ? "%.63s" : " (as %.50s)", user);
    size_t room = ACTION_WHO - (size_t)length, used = bare ? 0 : text_gate(declared, strlen(declared), out, room, NULL);
    memcpy(out + used, suffix, (size_t)length + 1);
}
