#include "cli/html.h"

#include <stddef.h>

/*
 * No state: text goes out as it comes, and what HTML means something by is replaced.
 */

void html_text(FILE *out, const char *text)
{
    static const struct { char c; const char *as; } escapes[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}};
    for (; *text; text++) {
        const char *as = NULL;
        for (size_t e = 0; e < sizeof escapes / sizeof escapes[0]; e++)
            as = *text == escapes[e].c ? escapes[e].as : as;
        if (as)
            fputs(as, out);
        else
            fputc(*text, out);
    }
}

void html_cell(FILE *out, const char *class, const char *text)
{
    fprintf(out, "<td class=\"%s\">", class);
    html_text(out, text);
    fputs("</td>", out);
}
