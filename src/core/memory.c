#include "core/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void *mem_zero(size_t count, size_t size)
{
    void *p = calloc(count ? count : 1, size ? size : 1);
    if (!p)
        abort();
    return p;
}

void *mem_resize(void *old, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        abort();
    void *p = realloc(old, count > 0 && size > 0 ? count * size : 1);
    if (!p)
        abort();
    return p;
}

void *mem_grow(void *old, size_t used, size_t *capacity, size_t size)
{
    if (used < *capacity)
        return old;
    *capacity = *capacity ? *capacity * 2 : 8;
    return mem_resize(old, *capacity, size);
}

char *mem_text(const char *text)
{
    return mem_text_n(text, strlen(text));
}

char *mem_text_n(const char *text, size_t length)
{
    char *copy = mem_resize(NULL, length + 1, 1);
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}
