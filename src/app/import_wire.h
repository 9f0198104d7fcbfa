/*
 * import_wire: what an importer and its collector say to each other over the socket, in frames FRAME_IMPORT and FRAME_IMPORTED.
 *
 *   importer:  BEGIN  PART PART ...  END        collector:  BEGUN  TAKEN ...  DONE      or FRAME_REFUSED at any time
 *
 * A part is taken when it is on the disk. An importer has at most IMPORT_WINDOW parts under way.
 */
#ifndef ANDON_APP_IMPORT_WIRE_H
#define ANDON_APP_IMPORT_WIRE_H

#include "core/chunk.h"
#include "core/outcome.h"
#include "core/pack.h"

enum { IMPORT_WINDOW = 4, IMPORT_PART_BYTES = 16 << 20, IMPORT_NAME = 256 };

enum import_word { IMPORT_BEGIN = 1, IMPORT_PART, IMPORT_END, IMPORT_BEGUN, IMPORT_TAKEN, IMPORT_DONE };

struct import_begin {
    uint32_t protocol;
    uint64_t config_id;
    char source[IMPORT_NAME];
};

void import_begin_pack(const struct import_begin *begin, struct packer *p);
bool import_begin_unpack(struct import_begin *begin, struct unpacker *u);
/* What goes in one part: ranges of a tag's samples, of intervals, facts and stops (of any node), facts of any meter and of buckets (of the tag). */
struct import_slice {
    const char *key;
    const struct samples *samples;
    size_t from, count;
    const struct interval_end *intervals;
    size_t interval_count;
    const struct bucket_gain *buckets;
    size_t bucket_count;
    const struct account_gain *gains;
    size_t gain_count;
    const struct stop_version *stops;
    size_t stop_count;
    const struct energy_gain *energies; /* those without a path are left out */
    size_t energy_count;
    const uint8_t *events;   /* packed; of alarms */
    size_t event_bytes, event_count;
};
void import_part_pack(struct packer *p, const struct import_slice *slice);
/* Everything is checked and gated; samples come back in order of time, finite, as historical ones. Buckets have series 0. Facts and stops are of no batch, and of nobody. Events are those of alarms'
 * lives, nobody's news (not annunciated), of no batch, and numbered by what they are. */
bool import_part_unpack(struct unpacker *u, char key[IMPORT_NAME], struct samples *samples, struct outcomes *outcomes);

#endif
