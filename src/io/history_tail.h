/*
 * history_tail: the youngest samples, which lie in the journal in order of arrival, all series mixed. What was found there of the series that
 * somebody follows is kept, so that looking again costs only what has come since.
 */
#ifndef ANDON_IO_HISTORY_TAIL_H
#define ANDON_IO_HISTORY_TAIL_H

#include "core/chunk.h"

struct history;
struct tail;

enum { TAIL_SERIES = 1024 };

struct tail *tail_create(void);
void tail_destroy(struct tail *tail);
/* Forgets everything. */
void tail_clear(struct tail *tail);
/* Follows these series too (at most TAIL_SERIES; others may be forgotten) and reads on to what the open transaction sees. It may end the
 * transaction and begin another, so call it first. */
bool tail_follow(struct history *h, const uint32_t *series, size_t count, struct error *err);
/* What the journal has of a followed series, as it came. Those up to the newest batch of its chunks stand there already. */
const struct samples *tail_samples(const struct tail *tail, uint32_t series);

#endif
