/*
 * html: what the reports' pages have in common. A page needs nothing else: no script, nothing from elsewhere; every text is escaped.
 */
#ifndef ANDON_CLI_HTML_H
#define ANDON_CLI_HTML_H

#include <stdio.h>

/* Up to the heading, with the title in it; the end of the page. Classes: n a number, t a text, k beside it, sum, missed; of rect bar, under, fall; line, line.base. */
void html_begin(FILE *out, const char *title);
void html_end(FILE *out);
void html_text(FILE *out, const char *text);
/* <p>, <h2>, ... with a text in it. */
void html_element(FILE *out, const char *element, const char *text);
/* <td class="CLASS">TEXT</td> */
void html_cell(FILE *out, const char *class, const char *text);

#endif
