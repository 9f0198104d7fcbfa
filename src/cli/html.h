/*
 * html: what the reports' pages have in common. A page needs nothing else: no script, nothing from elsewhere; every text is escaped.
 */
#ifndef ANDON_CLI_HTML_H
#define ANDON_CLI_HTML_H

#include <stdio.h>

void html_text(FILE *out, const char *text);
/* <td class="CLASS">TEXT</td> */
void html_cell(FILE *out, const char *class, const char *text);

#endif
