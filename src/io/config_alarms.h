/*
 * config_alarms: what the alarms' part of the configuration edge shares: from the entries of a list to plans, and from plans to the plant.
 */
#ifndef ANDON_IO_CONFIG_ALARMS_H
#define ANDON_IO_CONFIG_ALARMS_H

#include "io/config_reader.h"

enum { ALARMS_OF_ONE = 64 };

/* One condition. */
struct alarm_entry {
    struct fields f;      /* its keys, and those of the type's entry that it changes */
    const char *name;
    setting_t *where;
    int kind;             /* enum alarm_kind, -1 while it is not known */
    bool own;             /* said in this list, not in what it is based on */
};

/* One alarm, on every machine that it applies to. */
struct alarm_plan {
    const struct alarm_def *def;
    const char *names[ALARM_CONDITIONS];  /* of its conditions */
    const char *refs[ALARM_INPUTS];       /* def->input_count of them */
    setting_t *ref_where[ALARM_INPUTS];
    uint32_t computed;                    /* by ref: something is computed with it */
    setting_t *where, *suppress_where, *first_out_where;
    const char *first_out;
    bool circle;                          /* told of already */
};

struct alarm_list {
    struct alarm_entry *rows;
    size_t count, capacity;
    struct alarm_plan **plans;
    size_t plan_count, plan_capacity;
};

/* One machine's. In the order of the plant's alarms. */
struct alarm_seat { uint32_t node, tag; struct alarm_plan *plan; };

/* ---- config_alarms.c ---- */
void alarm_list_plan(struct reader *r, struct alarm_list *list, const struct tag_def *tag);

/* ---- config_alarm_check.c ---- */
/* A deadband and an off-delay, as given or by the tag's unit and range. */
void alarm_entry_presets(const struct alarm_entry *entry, const struct tag_def *tag, double *deadband, int64_t *off_delay_ms);
/* False when nothing can be made of it: it was told, or it is switched off. */
bool alarm_entry_check(struct reader *r, const struct alarm_entry *entry, const struct tag_def *tag);
/* The limits of one tag against each other; `skip` by entry. */
void alarm_limits_check(struct reader *r, const struct alarm_list *list, const bool *skip, const struct tag_def *tag);
/* What only the whole alarm tells. */
void alarm_plan_check(struct reader *r, const struct alarm_plan *plan, const struct alarm_entry *const *entries, const struct alarm_def *def);

#endif
