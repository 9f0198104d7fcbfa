#include "io/clock.h"

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int64_t clock_ms(clockid_t id)
{
    struct timespec t = {0};
    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t clock_wall_ms(void)
{
    return clock_ms(CLOCK_REALTIME);
}

int64_t clock_monotonic_ms(void)
{
    return clock_ms(CLOCK_BOOTTIME);
}

int64_t clock_monotonic_us(void)
{
    struct timespec t = {0};
    clock_gettime(CLOCK_BOOTTIME, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

/* "6f1c...-....\n": 32 hexadecimal digits and some dashes. */
static bool uuid_read(const char *text, size_t length, uint8_t out[16])
{
    size_t digits = 0;
    for (size_t i = 0; i < length && digits < 32; i++) {
        int digit = hex_digit(text[i]);
        if (digit < 0)
            continue;
        out[digits / 2] = (uint8_t)(out[digits / 2] << 4 | digit);
        digits++;
    }
    return digits == 32;
}

void clock_boot_id(uint8_t out[16])
{
    char text[64];
    ssize_t length = -1;
    int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        length = read(fd, text, sizeof text);
        close(fd);
    }
    memset(out, 0, 16);
    if (length > 0 && uuid_read(text, (size_t)length, out))
        return;
    /* Without /proc: the second of the boot. It is the same for every process of this boot, and differs from the last one's. */
    int64_t booted_s = (clock_wall_ms() - clock_monotonic_ms() + 500) / 1000;
    memset(out, 0, 16);
    memcpy(out, &booted_s, sizeof booted_s);
}
