/*
 * glyph: the drawing characters, in three tiers. WGL4 is the default (PuTTY's fonts and the Linux console lack braille and
 * eighths), ASCII where the locale is not UTF-8 or by --ascii, full where the configuration says so.
 */
#ifndef ANDON_DRAW_GLYPH_H
#define ANDON_DRAW_GLYPH_H

enum glyph_tier { TIER_WGL4, TIER_ASCII, TIER_FULL };

enum glyph {
    GLYPH_HLINE, GLYPH_VLINE, GLYPH_TEE, GLYPH_CROSS, GLYPH_BOTTOM_TEE,
    GLYPH_BLOCK, GLYPH_SHADE, GLYPH_BAND, GLYPH_LINE,  /* █ ▒ ═ ─ */
    GLYPH_ALARM_1, GLYPH_ALARM_2, GLYPH_ALARM_3, GLYPH_ALARM_4, /* ■ ▲ ▼ ● */
    GLYPH_UP, GLYPH_DOWN, GLYPH_FLAT, /* trend arrows ▲ ▼ ─ in WGL4: ↑ ↓ → */
    GLYPH_MORE,      /* end of cut text: … or ~ */
    GLYPH_LAMP_ON, GLYPH_LAMP_OFF, /* ● ○ */
    GLYPH_HOLLOW,    /* a stale value's mark: ○ or o */
    GLYPH_SPARK_1, GLYPH_SPARK_2, GLYPH_SPARK_3, GLYPH_SPARK_4, GLYPH_SPARK_5, GLYPH_SPARK_6, GLYPH_SPARK_7, GLYPH_SPARK_8,
    GLYPH_OPEN, GLYPH_CLOSED, /* tree marks - + */
    GLYPH_UPPER, GLYPH_LOWER, /* half blocks of curves ▀ ▄ */
    GLYPH_FAINT, GLYPH_DOT,   /* what lies behind a curve: another one ░, a limit · */
    GLYPH_COUNT
};

const char *glyph_text(enum glyph_tier tier, enum glyph glyph);
/* A grapheme for a terminal that has ASCII only: a stand-in of the same width in cells ("°" is "o", "─" is "-", a Chinese
 * character is "??"). Returns the grapheme itself when it is ASCII. */
const char *glyph_ascii(const char *grapheme, int width);

#endif
