/*
 * clock: the two clocks of the machine, and its boot id. The only place where time is read.
 */
#ifndef ANDON_IO_CLOCK_H
#define ANDON_IO_CLOCK_H

#include <stdint.h>

int64_t clock_wall_ms(void);      /* UTC */
int64_t clock_monotonic_ms(void); /* does not jump; stands still in no case but suspend (CLOCK_BOOTTIME: it counts that too) */
int64_t clock_monotonic_us(void); /* the same in microseconds: for how long something took */
void clock_boot_id(uint8_t out[16]);

#endif
