#include "sim/sim_text.h"

#include <stdarg.h>
#include <stdio.h>

#include "core/memory.h"

static void need(struct sim_text *text, size_t more)
{
    if (text->length + more + 1 <= text->capacity)
        return;
    text->capacity = (text->length + more + 1) * 2;
    text->bytes = mem_resize(text->bytes, text->capacity, 1);
}

void sim_text_clear(struct sim_text *text)
{
    need(text, 64);
    text->length = 0;
    text->bytes[0] = '\0';
}

void sim_text_add(struct sim_text *text, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (length < 0)
        return;
    need(text, (size_t)length);
    va_start(args, format);
    vsnprintf(text->bytes + text->length, (size_t)length + 1, format, args);
    va_end(args);
    text->length += (size_t)length;
}

void sim_text_add_json(struct sim_text *text, const char *value)
{
    sim_text_add(text, "\"");
    for (; *value; value++)
        sim_text_add(text, *value == '"' || *value == '\\' ? "\\%c" : "%c", *value);
    sim_text_add(text, "\"");
}
