/*
 * chunk_private: what the writer and the reader of chunks agree on, and nobody else needs.
 */
#ifndef ANDON_CORE_CHUNK_PRIVATE_H
#define ANDON_CORE_CHUNK_PRIVATE_H

enum {
    CHUNK_VERSION = 1,
    CHECKSUM_BYTES = 8,
    TEXT_MOST = 65536,     /* bytes of one text; far above what a payload may hold */
    PLAIN_MOST = 64 << 20,
};

#endif
