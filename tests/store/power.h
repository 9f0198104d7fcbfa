/*
 * power: cuts the power for a test. An SQLite VFS over the ordinary one notes every write, truncation and sync; the writing process is
 * killed at one of them; afterwards what was not synced is partly taken back, by sectors, as a disk may do that was writing them.
 *
 *     child:  power_install(log, 200);   // SIGKILL in the 200th operation
 *             ... store_open(), store_put() ...
 *     parent: waitpid(); power_lose(log, POWER_SOME, seed);
 */
#ifndef ANDON_TESTS_STORE_POWER_H
#define ANDON_TESTS_STORE_POWER_H

#include <stdint.h>

enum power_loss { POWER_ALL, POWER_SOME, POWER_NONE }; /* of what was not synced: all is lost, some sectors, nothing (kill -9) */

/* Makes the noting VFS the default of this process. The process kills itself in operation number `cut` (0: never). */
void power_install(const char *log_path, unsigned long cut);
/* Brings the files to a state that a disk may show after the power came back. Returns how many operations were not synced. */
unsigned long power_lose(const char *log_path, enum power_loss loss, uint64_t seed);

#endif
