/*
 * squeeze_private: a squeezer's inside, for who compresses in a way of his own.
 */
#ifndef ANDON_CORE_SQUEEZE_PRIVATE_H
#define ANDON_CORE_SQUEEZE_PRIVATE_H

#include <zstd.h>

/* Each is made when it is first needed. `columns` keeps the parameters of column.c. */
struct squeezer {
    ZSTD_CCtx *quick, *columns;
    ZSTD_DCtx *back;
};

ZSTD_CCtx *squeezer_cctx(ZSTD_CCtx **kept);

#endif
