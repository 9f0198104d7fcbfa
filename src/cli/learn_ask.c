/*
 * Proposals on a terminal, one after the other, line by line: that works on every terminal and over every link. What is typed passes the gate. Nothing is written before all are answered: who
 * leaves, by q, Ctrl-D or Ctrl-C, leaves no file.
 */
#include "cli/learn.h"

#include <stdlib.h>
#include <string.h>

#include "core/learn_private.h"
#include "core/text_gate.h"

enum { LINE = 200 };

static bool read_line(char out[LINE])
{
    char raw[LINE];
    if (!fgets(raw, sizeof raw, stdin))
        return false;
    size_t length = strcspn(raw, "\r\n");
    if (raw[length] == '\0' && length + 1 == sizeof raw) /* too long: the rest is not another answer */
        for (int c = fgetc(stdin); c != '\n' && c != EOF;)
            c = fgetc(stdin);
    text_gate(raw, length, out, LINE, NULL);
    return true;
}

static void print_leaves(const struct learned_type *type)
{
    fprintf(stderr, "    %-22s %-10s %-9s %-8s %7s  %s\n", "TAG", "IS", "KIND", "SURE", "HAVE IT", "EVIDENCE");
    for (size_t l = 0; l < type->leaf_count; l++) {
        const struct learned_leaf *leaf = &type->leaves[l];
        fprintf(stderr, "    %-22s %-10s %-9s %-8s %3zu/%-3zu  %s%s%s%s\n", leaf->name, learn_leaf_word(&leaf->role), learn_is_tag(&leaf->role) ? tag_kind_names[leaf->role.kind] : "-",
            leaf->role.chosen ? "chosen" : learn_sure_names[leaf->role.sure], leaf->present, type->instance_count, leaf->role.evidence, leaf->role.fastest_s > 0 ? "; " : "", leaf->role.fastest_s > 0 ? "fastest cycle measured" : "",
            leaf->role.interval_s > 0 ? "" : "; on change");
    }
}

static void print_machines(const struct learned_type *type)
{
    for (size_t i = 0; i < type->instance_count; i++)
        fprintf(stderr, "    %s%s  %zu of %zu\n", type->instances[i].topic, type->instances[i].pointer, type->instances[i].leaves, type->leaf_count);
}

static void print_changes(void)
{
    for (size_t i = 0; i < learn_edit_count; i++)
        fprintf(stderr, "    %-8s %-14s %s\n", learn_edit_table[i].name, learn_edit_table[i].argument, learn_edit_table[i].help);
    fprintf(stderr, "    %-8s %-14s %s\n    %-8s %-14s %s\n", "undo", "", "takes the last change back", "done", "", "goes back to the proposal; an empty line, too");
}

/* False: input has ended. */
static bool change(struct learn_edit *edit, size_t t)
{
    char line[LINE];
    struct error err;
    for (;;) {
        fprintf(stderr, "  change %s (? helps, empty: done): ", learn_edit_learned(edit)->types[t].name);
        if (!read_line(line))
            return false;
        const char *word = line + strspn(line, " ");
        if (!*word || strcmp(word, "done") == 0)
            return true;
        if (*word == '?')
            print_changes();
        else if (strcmp(word, "undo") == 0 && !learn_edit_undo(edit))
            fprintf(stderr, "    there is nothing to take back\n");
        else if (strcmp(word, "undo") != 0 && !learn_edit_do(edit, t, word, &err))
            fprintf(stderr, "    %s\n", err.text);
        else
            print_leaves(&learn_edit_learned(edit)->types[t]);
        if (t >= learn_edit_learned(edit)->type_count) /* it came by a split that was taken back */
            return true;
    }
}

static void print_help(void)
{
    fprintf(stderr, "    y or Enter takes it, n leaves it out, e changes it (names, roles, kinds, units, which machines)\n    l shows its values, m its machines, b goes one step back, q leaves and writes nothing\n");
}

static bool one(struct learn_edit *edit, size_t *t)
{
    char line[LINE], about[512];
    const struct learned_type *type = &learn_edit_learned(edit)->types[*t];
    learn_line(type, about, sizeof about);
    fprintf(stderr, "\n%zu of %zu  %s, score %.0f\n    %s\n", *t + 1, learn_edit_learned(edit)->type_count, type->name, type->gain, about);
    for (;;) {
        fprintf(stderr, "  take it? [y] n e l m b q ?: ");
        if (!read_line(line))
            return false;
        type = &learn_edit_learned(edit)->types[*t];
        switch (line[strspn(line, " ")]) {
        case '\0': case 'y': case 'Y':
            learn_edit_decide(edit, (*t)++, LEARN_YES);
            return true;
        case 'n': case 'N':
            learn_edit_decide(edit, (*t)++, LEARN_NO);
            return true;
        case 'e':
            print_leaves(type);
            return change(edit, *t);
        case 'l': print_leaves(type); break;
        case 'm': print_machines(type); break;
        case 'b':
            if (!learn_edit_undo(edit))
                fprintf(stderr, "    this is the first step\n");
            *t = 0; /* the first that is open again */
            return true;
        case 'q': return false;
        default: print_help(); break;
        }
    }
}

bool learn_ask(struct learn_edit *edit, const struct learn *learn)
{
    size_t taken = 0;
    for (size_t t = 0; t < learn_edit_learned(edit)->type_count;) {
        if (learn_edit_verdict(edit, t) != LEARN_OPEN)
            t++;
        else if (!one(edit, &t))
            return false;
    }
    for (size_t t = 0; t < learn_edit_learned(edit)->type_count; t++)
        taken += learn_edit_verdict(edit, t) == LEARN_YES;
    char *left = learn_left_out(learn, learn_edit_learned(edit));
    fprintf(stderr, "\n%zu of %zu types are taken, and %zu single values.\n", taken, learn_edit_learned(edit)->type_count, learn_edit_learned(edit)->loose_count);
    if (left[0])
        fprintf(stderr, "Left out, because they are no values of a machine (drop, keep and role change that):\n%s", left);
    free(left);
    return true;
}

bool learn_ask_file(const char *preset, char *out, size_t cap)
{
    char line[LINE];
    fprintf(stderr, "file to write [%s], q writes none: ", preset);
    if (!read_line(line) || strcmp(line, "q") == 0)
        return false;
    snprintf(out, cap, "%s", line[0] ? line : preset);
    return true;
}
