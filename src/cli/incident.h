/*
 * incident: what the files of `andon incident` share.
 */
#ifndef ANDON_CLI_INCIDENT_H
#define ANDON_CLI_INCIDENT_H

#include <stdio.h>
#include <string.h>

#include "app/attach.h"

/* Writes how the running collector is, as JSON and without names; {"collector": false} where none answers in time. */
void incident_health(struct attach *attach, FILE *out);

#endif
