/*
 * alarms: what the files of the view of alarms share: its list, its state, its table and the record below it.
 */
#ifndef ANDON_VIEWS_ALARMS_H
#define ANDON_VIEWS_ALARMS_H

#include "draw/table.h"
#include "views/alarm_text.h"
#include "views/common.h"

enum alarms_tab { ALARMS_ACTIVE, ALARMS_UNACKED, ALARMS_SHELVED, ALARMS_SUPPRESSED, ALARMS_OUT, ALARMS_TABS };
enum { ALARMS_COLUMNS = 15, ALARMS_LARGE = 1000, ALARMS_DRAWN = 256 };

/* A row is an alarm's index, or a node's heading with this bit. */
#define ALARMS_HEADING UINT32_C(0x80000000)

struct alarms_entry { uint64_t order; uint32_t alarm; };
/* How an alarm stands in `sorted`: by which order (0: not at all), and in which round it was last among the entries as that. */
struct alarms_stand { uint64_t order, round; };

/*
 * The rows of one tab. Their order is made when the set of them changes: an alarm comes, goes, is raised again or becomes worse. What is
 * acknowledged meanwhile keeps its place. A large list is put into order once a second at most: nobody reads it faster.
 */
struct alarms_list {
    uint32_t *rows;
    size_t count, capacity;
    struct alarms_entry *entries;    /* what belongs here now, in no order */
    size_t entry_count, entry_capacity;
    struct alarms_entry *sorted, *fresh, *merged; /* as it was put into order last; scratch: what is new in it; scratch */
    size_t sorted_count, sorted_capacity, fresh_capacity, merged_capacity;
    struct alarms_stand *stands;     /* by alarm */
    uint64_t round;
    uint32_t tabs[ALARMS_TABS];      /* how many each has, in this position */
    uint32_t standing;               /* active for over 24 h */
    uint8_t *matched;                /* by alarm: 0 not known yet, 1 no, 2 yes; what the filter says of fixed texts */
    const struct model *model;
    const struct plant *plant;
    uint64_t plant_id, generation, signature, version; /* version: changes with the rows */
    int64_t second;
    enum alarms_tab tab;
    int position;
    bool tree, ready;
    char filter[FILTER_BYTES];
};

/* An alarm as it was drawn last: what a person acts on is what was seen. */
struct alarms_drawn { uint32_t alarm; uint8_t severity; int64_t occurrence_ms; };

/* What the screen keeps. */
struct alarms {
    struct table table;
    struct alarms_list list;
    enum alarms_tab tab;
    int position;                    /* index into plant->positions, -1: all of them; `positioned`: it was chosen */
    bool positioned, tree, zoomed;
    int64_t touched_ms;              /* wall time of the last key that moved the selection; 0: never */
    char selected[ALARM_KEY_BYTES];  /* of the last drawing: finds it again in another configuration */
    char followed[ALARM_KEY_BYTES];  /* of the focus: the alarm that somebody came for */
    uint64_t plant_id;
    struct alarms_drawn drawn[ALARMS_DRAWN], chosen; /* the visible rows and the selected one; chosen.alarm NO_ALARM: none */
    size_t drawn_count;
};

/* The table's context for one call. */
struct alarms_panel {
    const struct scene *scene;
    struct alarms *view;
    struct table_column columns[ALARMS_COLUMNS];
};

void alarms_list_update(struct alarms_list *list, const struct scene *scene, enum alarms_tab tab, bool tree, int position);
void alarms_list_finish(struct alarms_list *list);
/* The table for a surface of this width; it borrows `panel`. */
struct table_spec alarms_table(struct alarms_panel *panel, int w);
/* "respond within 5m00s: 3m27s left", "" when there is nothing to say; true when the time is over. */
bool alarm_respond_text(const struct model *model, const struct alarm *alarm, char *out, size_t cap);
/* Everything known of one alarm: what it means and what to do first. Draws at most s.h rows; returns how many it would take to say all. */
int alarms_record(const struct scene *scene, uint32_t alarm, struct surface s);

#endif
