/*
 * log: the one sink for what the program says of itself: a file, or standard error when that is not the screen (systemd
 * keeps it). Before log_open() and after log_close() nothing is written. Lines are gated and bounded; a line that repeats
 * is held back and counted (one a minute for each `topic`).
 */
#ifndef ANDON_IO_LOG_H
#define ANDON_IO_LOG_H

#include <stdbool.h>

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

/* `path` NULL: standard error. A file is rotated once at 1 MiB (path.1). */
bool log_open(const char *path, enum log_level least);
void log_close(void);
void log_line(enum log_level level, const char *format, ...);
/* At most one line a minute for each `topic` (a short fixed text); the next one, or log_close(), tells how many
 * were held back. */
void log_limited(enum log_level level, const char *topic, const char *format, ...);

#endif
