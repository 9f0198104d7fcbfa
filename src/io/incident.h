/*
 * incident: the one file of `andon incident`, as a reader finds it: a tar whose members are described in MEMBERS. The configuration's files are config/0, config/1 ...; their names stand
 * in config/names, a line each.
 */
#ifndef ANDON_IO_INCIDENT_H
#define ANDON_IO_INCIDENT_H

#include <stdbool.h>

#include "core/error.h"
#include "io/config.h"

#define INCIDENT_CAPTURE "capture.jsonl" /* as it was recorded */
#define INCIDENT_HISTORY "history.jsonl" /* rebuilt from a history: see app/rebuild.h */
#define INCIDENT_NAMES "config/names"

/* Is the file at `path` an archive? */
bool incident_is(const char *path);
/* Reads the configuration out of it. *rebuilt: its capture is one of a history. */
bool incident_config(const char *path, struct bundle *bundle, bool *rebuilt, struct error *err);

#endif
