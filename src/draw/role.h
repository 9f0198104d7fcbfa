/*
 * role: what a cell means. Views and widgets speak only of roles; a theme turns them into colours at the terminal edge.
 */
#ifndef ANDON_DRAW_ROLE_H
#define ANDON_DRAW_ROLE_H

enum cell_role {
    CELL_TEXT,      /* . plain */
    CELL_DIM,       /* d labels, units, what matters less */
    CELL_TITLE,     /* T */
    CELL_BORDER,    /* b lines and frames */
    CELL_SELECTED,  /* S the row or entry that keys act on */
    CELL_KEY,       /* k a key's name in footer and help */
    CELL_OK,        /* o grey in most themes: healthy is not a colour */
    CELL_WARN,      /* w outside its normal band */
    CELL_ALARM_1,   /* 1 worst */
    CELL_ALARM_2, CELL_ALARM_3, CELL_ALARM_4,
    CELL_UNACKED_1, /* 5 to 8 the same, not acknowledged: the marker changes between the two */
    CELL_UNACKED_2, CELL_UNACKED_3, CELL_UNACKED_4,
    CELL_STOP,      /* H a stop (halt): the word, and its cell in a band while it lasts */
    CELL_BAND,      /* = normal band of a range bar, running in a state band */
    CELL_VALUE,     /* v a number that is fresh and good */
    CELL_STALE,     /* s hollow and dim */
    CELL_UNKNOWN,   /* u never seen, unconfirmed */
    CELL_BAD,       /* q bad quality */
    CELL_ACCENT,    /* a what the eye may follow: cursor, breadcrumb's end */
    CELL_BANNER,    /* ! cannot be missed: link lost, PAST, FROZEN, read-only */
    CELL_SERIES_1, CELL_SERIES_2, CELL_SERIES_3, CELL_SERIES_4, CELL_SERIES_5, CELL_SERIES_6, /* A-F curves */
    CELL_ROLE_COUNT
};

struct cell_role_row {
    const char *name; /* in theme files: "alarm_1" */
    char letter;      /* in role planes of goldens */
};

extern const struct cell_role_row cell_role_table[CELL_ROLE_COUNT];

#endif
