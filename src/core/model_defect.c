/*
 * Defects: each message of a tag of role defect is one, counted by what it says in the cell of its time, of its unit and of its line. A ledger's struct
 * defect are in order of their cells; they are told when their cell is, and what comes later is told at once.
 */
#include <assert.h>
#include <string.h>

#include "core/memory.h"
#include "core/model_account_private.h"
#include "core/number.h"

const struct defect *model_defects(const struct model *model, uint32_t node, size_t *count)
{
    const struct ledger *ledger = &model->accounts->ledgers[node];
    *count = ledger->defect_count;
    return ledger->defects;
}

static_assert((int)DEFECT_TEXT >= (int)NUMBER_TEXT, "a number is a word too");

static void tell(struct model *model, uint32_t node, const struct account_cell *cell, const char *text, uint32_t count)
{
    struct account_gain *gain = account_fact(model, node, cell);
    event_word(gain->defect, sizeof gain->defect, text);
    gain->defects = count;
}

/* Where those of a cell begin, or would. */
static size_t first_of(const struct ledger *ledger, int64_t from_ms)
{
    size_t low = 0, high = ledger->defect_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (ledger->defects[middle].from_ms < from_ms)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void defects_give(struct model *model, uint32_t node, const struct account_cell *cell)
{
    const struct ledger *ledger = &model->accounts->ledgers[node];
    for (size_t d = first_of(ledger, cell->from_ms); d < ledger->defect_count && ledger->defects[d].from_ms == cell->from_ms; d++)
        tell(model, node, cell, ledger->defects[d].text, ledger->defects[d].count);
}

void defects_forget(struct ledger *ledger)
{
    size_t old = first_of(ledger, ledger->known_ms);
    if (old == 0)
        return;
    ledger->defect_count -= old;
    memmove(ledger->defects, ledger->defects + old, ledger->defect_count * sizeof *ledger->defects);
}

/* The row of a cell that such a defect is counted in; it is made while there is room for one more kind. */
static struct defect *row_of(const struct model *model, struct ledger *ledger, int64_t from_ms, const char *text)
{
    size_t first = first_of(ledger, from_ms), d = first, most = (size_t)model->plant->bounds.limit[BOUND_DEFECTS];
    for (; d < ledger->defect_count && ledger->defects[d].from_ms == from_ms; d++)
        if (strcmp(ledger->defects[d].text, text) == 0)
            return &ledger->defects[d];
    if (d - first >= most && strcmp(text, DEFECT_OTHERS) != 0)
        return row_of(model, ledger, from_ms, DEFECT_OTHERS);
    ledger->defects = mem_grow(ledger->defects, ledger->defect_count, &ledger->defect_capacity, sizeof *ledger->defects);
    memmove(ledger->defects + d + 1, ledger->defects + d, (ledger->defect_count - d) * sizeof *ledger->defects);
    ledger->defect_count++;
    ledger->defects[d] = (struct defect){.from_ms = from_ms};
    memcpy(ledger->defects[d].text, text, strlen(text) + 1);
    return &ledger->defects[d];
}

static void count(struct model *model, uint32_t node, const char *text, int64_t ms)
{
    struct ledger *ledger = &model->accounts->ledgers[node];
    if (model->accounts->tracks[ledger->basis].count == 0)
        track_begin(model, ledger->basis, CLASS_UNKNOWN, ms);
    size_t place = ledger_cell(model, node, ms);
    if (place == SIZE_MAX) {
        struct account_cell cell = ledger_forgotten(model, node, ms);
        tell(model, node, &cell, text, 1);
        return;
    }
    const struct account_cell *cell = &ledger->cells[place];
    struct defect *defect = row_of(model, ledger, cell->from_ms, text);
    if (defect->count < UINT32_MAX)
        defect->count++;
    if (place < ledger->given)
        tell(model, node, cell, defect->text, 1);
}

void defect_told(struct model *model, uint32_t index, struct value value, const char *text, int64_t ms)
{
    uint32_t node = model->tags[index].node, line = plant_ancestor(model->plant, node, LEVEL_LINE);
    char word[DEFECT_TEXT] = "";
    double number;
    if (value.kind == VALUE_TEXT)
        event_word(word, DEFECT_TEXT, text);
    else if (value_number(value, &number))
        number_text(number, DECIMALS_AUTO, false, word);
    if (!word[0])
        return;
    if (model->accounts->ledgers[node].kept)
        count(model, node, word, ms);
    if (line != NO_NODE && line != node && model->accounts->ledgers[line].kept)
        count(model, line, word, ms);
}

/* ---- saved ---- */

void defects_save(const struct model *model, uint32_t node, struct packer *p)
{
    const struct ledger *ledger = &model->accounts->ledgers[node];
    char path[KEY_BYTES];
    size_t mark = p->count;
    int64_t before = 0;
    if (ledger->defect_count == 0)
        return;
    plant_node_path(model->plant, node, path, sizeof path);
    pack_text(p, path);
    pack_varint(p, ledger->defect_count);
    for (size_t d = 0; d < ledger->defect_count; d++) {
        pack_zigzag(p, ledger->defects[d].from_ms - before);
        pack_text(p, ledger->defects[d].text);
        pack_varint(p, ledger->defects[d].count);
        before = ledger->defects[d].from_ms;
    }
    run_frame(p, mark, CHECK_DEFECTS);
}

/* Behind the node's cells. */
void defects_load(struct model *model, struct unpacker *u)
{
    char path[KEY_BYTES];
    unpack_text(u, path, sizeof path);
    uint32_t node = u->failed ? NO_NODE : plant_node_by_path(model->plant, path);
    if (node == NO_NODE || !model->accounts->ledgers[node].kept || model->accounts->ledgers[node].defect_count > 0)
        return;
    struct ledger *ledger = &model->accounts->ledgers[node];
    uint64_t rows = unpack_varint(u);
    int64_t before = 0;
    for (uint64_t d = 0; d < rows && !u->failed; d++) {
        struct defect defect = {.from_ms = before + unpack_time(u)};
        unpack_text(u, defect.text, sizeof defect.text);
        uint64_t seen = unpack_varint(u);
        defect.count = (uint32_t)seen;
        if (u->failed || (d > 0 && defect.from_ms < before) || !ledger_cell_at(ledger, defect.from_ms) || seen > UINT32_MAX) {
            u->failed = true;
            return;
        }
        before = defect.from_ms;
        ledger->defects = mem_grow(ledger->defects, ledger->defect_count, &ledger->defect_capacity, sizeof *ledger->defects);
        ledger->defects[ledger->defect_count++] = defect;
    }
}
