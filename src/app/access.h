/*
 * access: who is on the other side of the socket, and what he may do. The kernel says the user's number; names and groups are asked for
 * when somebody acts, and remembered for some seconds, so that somebody who was put out of a group soon is.
 *
 *     access_init(&access);
 *     access_rules(&access, &settings.access, paths.service);   // at the start and after a reload
 *     const struct person *person = access_person(&access, peer.uid, now);
 */
#ifndef ANDON_APP_ACCESS_H
#define ANDON_APP_ACCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/action.h"
#include "io/config.h"

enum { ACCESS_KNOWN = 16, ACCESS_GROUPS = 256, ACCESS_KEPT_MS = 5000 };

/* As the system tells of a user. */
struct identity {
    uid_t uid;
    char name[ACTION_WHO];     /* "uid 1234" when he has none */
    gid_t groups[ACCESS_GROUPS];
    size_t group_count;
};

struct person {
    uid_t uid;
    char name[ACTION_WHO];
    enum person_role role;
    int64_t until_ms;          /* monotonic: asked for anew then */
};

struct access {
    struct access_settings settings;
    bool service;              /* roles are enforced; else whoever may connect owns everything */
    struct person known[ACCESS_KNOWN];
    size_t known_count, next;
};

/* Also forgets who is known. What the settings point to must live as long as they are in force. */
void access_rules(struct access *access, const struct access_settings *settings, bool service);
/* Borrowed until the next call. */
const struct person *access_person(struct access *access, uid_t uid, int64_t now_ms);

void identity_of(uid_t uid, struct identity *out);
/* The highest role of any rule that names him or one of his groups. `group_id` looks a group's name up: false when there is none. */
enum person_role access_role(const struct access_settings *settings, bool service, uid_t owner, const struct identity *who,
    bool (*group_id)(const char *name, gid_t *gid));
/* "Kim (as operator1)"; the user alone when he declared nothing, or that. */
void access_who(const char *declared, const char *user, char out[ACTION_WHO]);

#endif
