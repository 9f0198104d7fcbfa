/*
 * Who may do what, and what a screen keeps until it is answered: rules against users that the test makes up, the shift's end, the outbox,
 * and the frames that carry them.
 */
#include "check.h"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include "app/access.h"
#include "app/outbox.h"
#include "app/protocol.h"
#include "app/shift.h"

/* ---- roles ---- */

enum { OWNER = 500, KIM = 1001, LI = 1002, STAMPING = 70, MAINTENANCE = 80 };

static bool test_group(const char *name, gid_t *gid)
{
    *gid = strcmp(name, "stamping") == 0 ? STAMPING : MAINTENANCE;
    return strcmp(name, "stamping") == 0 || strcmp(name, "maintenance") == 0;
}

static struct access_person people[] = {
    {.name = "maintenance", .group = true, .role = PERSON_ENGINEER},
    {.name = "stamping", .group = true, .role = PERSON_OPERATOR},
    {.name = "nobody-has-this", .group = true, .role = PERSON_ENGINEER},
    {.name = "li", .role = PERSON_VIEWER},
};

static struct access_settings rules(void)
{
    return (struct access_settings){.people = people, .person_count = sizeof people / sizeof people[0], .preset = PERSON_VIEWER};
}

static enum person_role role_of(const struct access_settings *settings, bool service, uid_t uid, const char *name, gid_t first, gid_t second)
{
    struct identity who = {.uid = uid, .groups = {first, second}, .group_count = 2};
    snprintf(who.name, sizeof who.name, "%s", name);
    return access_role(settings, service, OWNER, &who, test_group);
}

static void the_highest_role_of_a_user_counts(void **state)
{
    const struct access_settings named = rules(), none = {.preset = PERSON_OPERATOR};
    struct access_settings generous = rules();
    (void)state;
    assert_int_equal(role_of(&named, true, KIM, "kim", STAMPING, 100), PERSON_OPERATOR);
    assert_int_equal(role_of(&named, true, KIM, "kim", STAMPING, MAINTENANCE), PERSON_ENGINEER);
    assert_int_equal(role_of(&named, true, KIM, "kim", 100, 101), PERSON_VIEWER); /* everybody else */
    assert_int_equal(role_of(&named, true, LI, "li", STAMPING, 100), PERSON_OPERATOR); /* by name a viewer, by group more */
    generous.preset = PERSON_OPERATOR;
    assert_int_equal(role_of(&generous, true, KIM, "kim", 100, 101), PERSON_OPERATOR);
    assert_int_equal(role_of(&generous, true, LI, "li", 100, 101), PERSON_VIEWER); /* named is not everybody else */
    assert_int_equal(role_of(&none, true, KIM, "kim", 100, 101), PERSON_OPERATOR); /* no roles given: whoever the socket lets in */
}

static void root_and_the_service_are_engineers(void **state)
{
    const struct access_settings named = rules();
    (void)state;
    assert_int_equal(role_of(&named, true, 0, "root", 0, 0), PERSON_ENGINEER);
    assert_int_equal(role_of(&named, true, OWNER, "andon", 100, 100), PERSON_ENGINEER);
    assert_int_equal(role_of(&named, false, LI, "li", 100, 100), PERSON_ENGINEER); /* one's own collector: one's own rules */
}

static void who_it_was_cannot_be_made_up(void **state)
{
    char who[ACTION_WHO], most[ACTION_WHO];
    (void)state;
    access_who("Kim", "operator1", who);
    assert_string_equal(who, "Kim (as operator1)");
    access_who("", "operator1", who);
    assert_string_equal(who, "operator1");
    access_who("operator1", "operator1", who);
    assert_string_equal(who, "operator1");
    memset(most, 'm', sizeof most - 1);
    most[sizeof most - 1] = '\0';
    access_who(most, "operator1", who);
    assert_int_equal(strlen(who), sizeof who - 1);
    assert_string_equal(who + sizeof who - 1 - strlen("m (as operator1)"), "m (as operator1)");
    access_who(most, most, who);
    assert_string_equal(who, most);
    access_who("x", most, who); /* the longest user's name leaves room for a word */
    assert_memory_equal(who, "x (as mmm", 9);
}

static void users_are_asked_for_anew(void **state)
{
    static struct access access;
    const struct access_settings none = {.person_count = 0};
    struct identity me;
    (void)state;
    identity_of(geteuid(), &me);
    assert_true(me.name[0]);
    access_rules(&access, &none, true);
    const struct person *person = access_person(&access, geteuid(), 1000);
    assert_int_equal(person->role, PERSON_ENGINEER);
    assert_string_equal(person->name, me.name);
    int64_t until = person->until_ms;
    assert_int_equal(until, 1000 + ACCESS_KEPT_MS);
    assert_int_equal(access_person(&access, geteuid(), until - 1)->until_ms, until);
    assert_true(access_person(&access, geteuid(), until)->until_ms > until);
    for (uid_t stranger = 4000000; stranger < 4000000 + 3 * ACCESS_KNOWN; stranger++) /* of no name, and more than are remembered */
        assert_memory_equal(access_person(&access, stranger, 0)->name, "uid 4", 5);
    assert_int_equal(access.known_count, ACCESS_KNOWN);
}

/* ---- shifts ---- */

/* Berlin in spring 2024: the clock is set forward at 2024-03-31 02:00. */
static void a_shift_ends_at_the_next_boundary_of_the_local_day(void **state)
{
    enum { HOUR = 3600 * 1000 };
    static struct zone_span spans[] = {{0, 3600}, {INT64_C(1711846800000), 7200}};
    const struct zone zone = {spans, 2};
    const int64_t midnight = INT64_C(1711753200000); /* 2024-03-30 00:00 in Berlin */
    const uint16_t shifts[] = {360, 840, 1320};
    (void)state;
    assert_int_equal(shift_end_ms(&zone, midnight + 7 * (int64_t)HOUR, shifts, 3), midnight + 14 * (int64_t)HOUR);
    assert_int_equal(shift_end_ms(&zone, midnight + 14 * (int64_t)HOUR, shifts, 3), midnight + 22 * (int64_t)HOUR);
    assert_int_equal(shift_end_ms(&zone, midnight + 23 * (int64_t)HOUR, shifts, 3), midnight + (24 + 5) * (int64_t)HOUR); /* an hour is left out */
    assert_int_equal(shift_end_ms(&zone, midnight, shifts, 1), midnight + 6 * (int64_t)HOUR);
    assert_int_equal(shift_end_ms(&zone, midnight, NULL, 0), midnight + 24 * (int64_t)HOUR);
}

static void where_the_site_has_a_calendar_its_shifts_count(void **state)
{
    (void)state;
    const int64_t hour = 3600 * 1000, midnight = INT64_C(1718150400000); /* 2024-06-12 00:00 UTC, a Wednesday */
    struct calendar_shift early = {.name = "early", .weekdays = 1 << 3, .from_minute = 300, .to_minute = 780};
    struct calendar calendars[] = {*calendar_always(), {.name = "days", .shifts = &early, .shift_count = 1}};
    struct node site = {.calendar = 1};
    struct plant plant = {.nodes = &site, .node_count = 1, .calendars = calendars, .calendar_count = 2};
    const uint16_t shifts[] = {360, 840, 1320};
    assert_int_equal(shift_until_ms(&plant, midnight + 7 * hour, shifts, 3), midnight + 13 * hour);
    assert_int_equal(shift_until_ms(&plant, midnight + 2 * hour, shifts, 3), midnight + 5 * hour);
    site.calendar = 0;
    assert_int_equal(shift_until_ms(&plant, midnight + 7 * hour, shifts, 3), midnight + 14 * hour);
}

/* ---- the outbox ---- */

static void what_is_sent_is_pending_until_it_is_answered(void **state)
{
    struct outbox outbox = {.rows = NULL};
    struct action first = {.kind = ACTION_ACK, .target = "a"}, second = {.kind = ACTION_SHELVE, .target = "b"}, out;
    (void)state;
    assert_true(outbox_add(&outbox, &first, 1000) && outbox_add(&outbox, &second, 2000));
    assert_memory_not_equal(first.id, second.id, sizeof first.id);
    assert_int_equal(outbox.shown[1].kind, ACTION_SHELVE);
    assert_string_equal(outbox.shown[1].target, "b");
    assert_true(outbox_take(&outbox, first.id, &out));
    assert_string_equal(out.target, "a");
    assert_false(outbox_take(&outbox, first.id, &out));
    assert_int_equal(outbox.count, 1);
    assert_string_equal(outbox.shown[0].target, "b");
    assert_false(outbox_take_old(&outbox, 2000 + OUTBOX_MS - 1, &out));
    assert_true(outbox_take_old(&outbox, 2000 + OUTBOX_MS, &out));
    assert_string_equal(out.target, "b");
    assert_int_equal(outbox.count, 0);
    for (int i = 0; i < OUTBOX_MOST; i++)
        assert_true(outbox_add(&outbox, &first, 0));
    assert_false(outbox_add(&outbox, &first, 0));
    outbox_finish(&outbox);
}

/* ---- frames ---- */

static void rights_and_answers_come_back_as_they_were(void **state)
{
    const struct rights rights = {.role = PERSON_OPERATOR, .user = "operator1", .sign_on = true, .shifts = {360, 840}, .shift_count = 2};
    const struct action_answer answer = {.id = {1, 2, 3}, .refusal = REFUSAL_SEVERER};
    struct rights back;
    struct action_answer said;
    struct packer p;
    (void)state;
    packer_init(&p);
    rights_pack(&rights, &p);
    assert_true(rights_unpack(&back, p.bytes, p.count));
    assert_int_equal(back.role, PERSON_OPERATOR);
    assert_string_equal(back.user, "operator1");
    assert_true(back.sign_on && back.shift_count == 2 && back.shifts[1] == 840);
    for (size_t cut = 0; cut < p.count; cut++)
        assert_false(rights_unpack(&back, p.bytes, cut));
    packer_clear(&p);
    action_answer_pack(&answer, &p);
    assert_true(action_answer_unpack(&said, p.bytes, p.count));
    assert_memory_equal(said.id, answer.id, sizeof said.id);
    assert_int_equal(said.refusal, REFUSAL_SEVERER);
    p.bytes[p.count - 1] = 250; /* of a later version */
    assert_true(action_answer_unpack(&said, p.bytes, p.count));
    assert_int_equal(said.refusal, REFUSAL_UNKNOWN);
    assert_false(action_answer_unpack(&said, p.bytes, p.count - 1));
    packer_finish(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_highest_role_of_a_user_counts),
        CASE(root_and_the_service_are_engineers),
        CASE(who_it_was_cannot_be_made_up),
        CASE(users_are_asked_for_anew),
        CASE(a_shift_ends_at_the_next_boundary_of_the_local_day),
        CASE(where_the_site_has_a_calendar_its_shifts_count),
        CASE(what_is_sent_is_pending_until_it_is_answered),
        CASE(rights_and_answers_come_back_as_they_were),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
