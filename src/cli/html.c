#include "cli/html.h"

#include <stddef.h>

/*
 * No state: text goes out as it comes, and what HTML means something by is replaced.
 */

void html_begin(FILE *out, const char *title)
{
    fputs("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>", out);
    html_text(out, title);
    fputs("</title>\n<style>body{font:15px/1.45 system-ui,sans-serif;max-width:70em;margin:2em auto;padding:0 1em;color:#222;background:#fff}"
          "h1{font-size:1.4em}h2{font-size:1.2em;margin-top:2em;border-top:2px solid #999;padding-top:.5em}h3{font-size:1em}table{border-collapse:collapse}"
          "td,th{padding:.15em .8em .15em 0;text-align:left;border-bottom:1px solid #ddd}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}"
          ".k{color:#666;font-weight:normal}.sum td,td.sum{font-weight:bold}.missed{color:#a30000;font-weight:bold}"
          "rect.bar{fill:#7a8a99}rect.under{fill:#b06a50}rect.fall{fill:#b9a58c}line{stroke:#a30000;stroke-dasharray:4 3}line.base{stroke:#999;stroke-dasharray:none}"
          "path.now{fill:none;stroke:#222;stroke-width:1.6}path.was{fill:none;stroke:#8a97a3;stroke-width:1.2}path.typical{fill:none;stroke:#b06a50;stroke-width:1.2;stroke-dasharray:4 3}"
          "svg text{font-size:11px;fill:#666}@media print{body{margin:0}}</style></head><body>\n", out);
    html_element(out, "h1", title);
}

void html_end(FILE *out)
{
    fputs("</body></html>\n", out);
}

void html_element(FILE *out, const char *element, const char *text)
{
    fprintf(out, "<%s>", element);
    html_text(out, text);
    fprintf(out, "</%s>\n", element);
}

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
