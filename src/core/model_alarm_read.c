/*
 * What screens ask of the alarms.
 */
#include <string.h>

#include "core/model_alarm_private.h"

const struct alarm *model_alarm(const struct model *model, uint32_t alarm) { return &model->alarms->alarms[alarm]; }
const struct alarm_counts *model_alarm_counts(const struct model *model) { return &model->alarms->counts; }
uint64_t model_alarms_generation(const struct model *model) { return model->alarms->generation; }

const uint32_t *model_alarms_listed(const struct model *model, size_t *count)
{
    *count = model->alarms->listed_count;
    return model->alarms->listed;
}

void model_alarm_counts_below(const struct model *model, uint32_t node, struct alarm_counts *out)
{
    const struct alarm_book *book = model->alarms;
    *out = (struct alarm_counts){.returned = 0};
    for (size_t l = 0; l < book->listed_count; l++) {
        uint32_t at = model->plant->alarms[book->listed[l]].node;
        if (at >= node && at < model->plant->nodes[node].end)
            alarm_add(out, book->counted[book->listed[l]], 1);
    }
}

/* Is a a better one to show than b? */
static bool worse(const struct alarm *a, const struct alarm *b)
{
    bool unacked_a = alarm_shown_unacked(a->state), unacked_b = alarm_shown_unacked(b->state);
    if (unacked_a != unacked_b)
        return unacked_a;
    if (alarm_priority(a) != alarm_priority(b))
        return alarm_priority(a) < alarm_priority(b);
    if (alarm_active(a) != alarm_active(b))
        return alarm_active(a);
    return a->raised_ms != b->raised_ms ? a->raised_ms > b->raised_ms : a < b;
}

uint32_t model_alarm_worst(const struct model *model)
{
    const struct alarm_book *book = model->alarms;
    uint32_t worst = NO_ALARM;
    for (size_t l = 0; l < book->listed_count; l++) {
        uint32_t a = book->listed[l];
        if (!alarm_hidden(&book->alarms[a]) && (worst == NO_ALARM || worse(&book->alarms[a], &book->alarms[worst])))
            worst = a;
    }
    return worst;
}
