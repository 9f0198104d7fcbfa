/*
 * shim_vfs: a file system for SQLite that fails when it is told to: the default one underneath, and in front of it a switch.
 *
 *     shim_vfs_install();
 *     shim_fail(SHIM_WRITE, SQLITE_FULL, 3);  // from the fourth write on
 *     shim_heal();
 */
#ifndef ANDON_TESTS_SHIM_VFS_H
#define ANDON_TESTS_SHIM_VFS_H

#include <stdbool.h>

enum shim_call { SHIM_WRITE, SHIM_SYNC, SHIM_READ };

/* Becomes the default of this process. */
void shim_vfs_install(void);
/* After so many more calls of that kind each one returns `code`, until shim_heal(). */
void shim_fail(enum shim_call call, int code, int after);
void shim_heal(void);
/* From now on a read never comes back, as from a disk that is gone; and whether one does not. For the rest of the process. */
void shim_hang(void);
bool shim_hangs(void);
/* How many of that kind there were since shim_vfs_install(). */
unsigned long shim_calls(enum shim_call call);

#endif
