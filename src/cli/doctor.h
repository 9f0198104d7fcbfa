/*
 * doctor: what `andon doctor` finds. Each part looks at one thing and says what it finds, and what to do about it; no part prints a secret.
 */
#ifndef ANDON_CLI_DOCTOR_H
#define ANDON_CLI_DOCTOR_H

#include <stdbool.h>
#include <stdio.h>

#include "app/paths.h"
#include "io/config.h"

enum finding_kind { FINDING_FINE, FINDING_HINT, FINDING_WRONG, FINDING_KINDS };
enum { FINDING_TEXT = 400, FINDINGS_MOST = 400 };

struct finding {
    enum finding_kind kind;
    const char *area;                         /* static: "terminal", "broker" ... */
    char text[FINDING_TEXT], fix[FINDING_TEXT]; /* fix: "" for none */
};

struct doctor {
    struct finding rows[FINDINGS_MOST];
    size_t count, of[FINDING_KINDS];
};

/* Says what is found; the texts go through the gate. `fix`: what to do, "" for nothing. */
void doctor_say(struct doctor *d, enum finding_kind kind, const char *area, const char *fix, const char *format, ...);

void doctor_terminal(struct doctor *d, const struct settings *settings);
/* Listens for `wait_ms` at most; the clock is held against what the machines say of theirs. */
void doctor_brokers(struct doctor *d, struct plant *plant, int64_t wait_ms);
/* Of this machine alone. */
void doctor_clock(struct doctor *d, const struct plant *plant);
void doctor_cache(struct doctor *d, const struct paths *paths, const struct settings *settings);

/* For people, and as JSON. */
void doctor_text(const struct doctor *d, FILE *out);
void doctor_json(const struct doctor *d, FILE *out);

#endif
