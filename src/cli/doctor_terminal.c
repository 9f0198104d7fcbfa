/*
 * The terminal: a table of what can be wrong with it would hide that each finding looks at two or three things at once; so it is a chain of plain questions.
 */
#include <string.h>

#include "cli/doctor.h"
#include "io/terminal_probe.h"

enum { ANSWER_MS = 3000, LEAST_W = 40, LEAST_H = 12, WHOLE_W = 80, WHOLE_H = 24 };

static const char area[] = "terminal";

static void widths(struct doctor *d, const struct terminal_probe *p, bool told_wide)
{
    if (!p->answers) {
        doctor_say(d, FINDING_HINT, area, "if boxes and bars do not line up: screen = { ambiguous_wide = true; }, or --ascii", "it does not say where its cursor is: the widths of characters were not measured");
        return;
    }
    if (!p->utf8)
        return;
    if (p->ambiguous == 2 && !told_wide)
        doctor_say(d, FINDING_WRONG, area, "screen = { ambiguous_wide = true; } in the configuration, or set the terminal to narrow ambiguous characters",
            "characters of ambiguous width (a square, lines, degrees) take two cells here, and andon expects one: columns will not line up");
    else if (p->ambiguous == 1 && told_wide)
        doctor_say(d, FINDING_WRONG, area, "take ambiguous_wide = true out of the configuration", "characters of ambiguous width take one cell here, and the configuration says two");
    else
        doctor_say(d, FINDING_FINE, area, "", "characters of ambiguous width take %d cell%s, as configured", p->ambiguous, p->ambiguous == 1 ? "" : "s");
    if (p->wide != 2)
        doctor_say(d, FINDING_WRONG, area, "another font or terminal", "a Chinese character takes %d cells instead of two: names in Chinese will not line up", p->wide);
}

void doctor_terminal(struct doctor *d, const struct settings *settings)
{
    struct terminal_probe p;
    terminal_probe(&p, ANSWER_MS);
    if (p.utf8)
        doctor_say(d, FINDING_FINE, area, "", "the locale is UTF-8");
    else
        doctor_say(d, FINDING_HINT, area, "export LANG=C.UTF-8, and a terminal that shows UTF-8", "the locale's characters are %s, not UTF-8: screens are drawn with ASCII", p.codeset);
    if (!p.is_terminal) {
        doctor_say(d, FINDING_FINE, area, "", "standard input and output are no terminal: nothing more to measure");
        return;
    }
    if (!p.described)
        doctor_say(d, FINDING_WRONG, area, "export TERM=xterm-256color, or install the package ncurses-term", "TERM=%s is not known on this machine: it is treated as xterm-256color, which it may not be", p.name);
    else if (!p.addresses)
        doctor_say(d, FINDING_WRONG, area, "another terminal, or andon snapshot", "TERM=%s cannot place its cursor: no screen can be drawn", p.name);
    else
        doctor_say(d, FINDING_FINE, area, "", "TERM=%s", p.name);
    if (p.described && p.colours < 8)
        doctor_say(d, FINDING_HINT, area, "if it has colours, a TERM that says so: xterm-256color", "no colours: alarms are told by shape, digit and reverse");
    else if (p.described)
        doctor_say(d, p.colours < 256 ? FINDING_HINT : FINDING_FINE, area, p.colours < 256 ? "a TERM with 256 colours shows greys" : "", "%d colours", p.colours);
    if (p.w < LEAST_W || p.h < LEAST_H)
        doctor_say(d, FINDING_WRONG, area, "make it larger", "%dx%d: too small, from %dx%d on screens are usable", p.w, p.h, LEAST_W, LEAST_H);
    else
        doctor_say(d, p.w < WHOLE_W || p.h < WHOLE_H ? FINDING_HINT : FINDING_FINE, area, p.w < WHOLE_W || p.h < WHOLE_H ? "from 80x24 on screens are complete" : "", "%dx%d", p.w, p.h);
    widths(d, &p, settings && settings->ambiguous_wide);
}
