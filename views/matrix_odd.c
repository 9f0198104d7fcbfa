/*
 * Everything here is robust: medians and shares, so that the odd ones do not hide themselves by what they do to a mean.
 */
#include "views/matrix_odd.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

enum { WORDS_LEAST = 4, NUMBERS_LEAST = 5, COUNTERS_LEAST = 3, AGES_LEAST = 4, FRESH_MS = 60000, QUICK_MS = 3000, STILL_LEAST_MS = 60000, STILL_MOST_MS = 600000, TIMES = 10 };

static const double far_spreads = 6, far_share = 0.05, alike_share = 0.005, mad_to_spread = 1.4826;

const char *const odd_names[ODD_COUNT] = {"", "stale", "differs", "stopped", "far"};

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Of sorted ones. */
static double quantile(const double *sorted, size_t count, double share)
{
    size_t at = (size_t)(share * (double)count);
    return sorted[at < count ? at : count - 1];
}

/* Are so few of so many an exception? */
static bool few(size_t odd, size_t of)
{
    return odd > 0 && odd <= (of >= 10 ? of / 5 : 1);
}

static bool is_fresh(const struct odd_cell *cell)
{
    return cell->there && cell->odd == ODD_NO && (cell->trust == TRUST_GOOD || cell->trust == TRUST_UNCERTAIN);
}

/* Marks those for which `is` holds, when they are few of the fresh ones. */
static void mark_few(struct odd_cell *cells, size_t count, const bool *is, size_t of, enum odd odd)
{
    size_t marked = 0;
    for (size_t i = 0; i < count; i++)
        marked += is[i];
    for (size_t i = 0; i < count && few(marked, of); i++)
        if (is[i])
            cells[i].odd = odd;
}

/* ---- stale among fresh ones ---- */

static void judge_trust(struct odd_cell *cells, size_t count)
{
    size_t fresh = 0, heard = 0;
    for (size_t i = 0; i < count; i++) {
        heard += cells[i].there && cells[i].trust != TRUST_NEVER;
        fresh += is_fresh(&cells[i]);
    }
    for (size_t i = 0; i < count && fresh * 2 >= heard; i++)
        if (cells[i].there && cells[i].trust != TRUST_NEVER && !is_fresh(&cells[i]))
            cells[i].odd = ODD_STALE;
}

static void judge_age(struct odd_cell *cells, size_t count, double *space, bool *is, struct odd_column *column)
{
    size_t fresh = 0;
    for (size_t i = 0; i < count; i++)
        if (is_fresh(&cells[i]))
            space[fresh++] = (double)cells[i].age_ms;
    if (fresh < AGES_LEAST)
        return;
    qsort(space, fresh, sizeof *space, compare);
    column->age_ms = (int64_t)quantile(space, fresh, fresh >= 10 ? 0.8 : 0.5);
    int64_t most = TIMES * (column->age_ms > QUICK_MS ? column->age_ms : QUICK_MS);
    for (size_t i = 0; i < count; i++)
        is[i] = column->age_ms <= FRESH_MS && is_fresh(&cells[i]) && cells[i].age_ms > most;
    mark_few(cells, count, is, fresh, ODD_STALE);
}

/* ---- words and switches ---- */

static void judge_words(struct odd_cell *cells, size_t count, bool *is, struct odd_column *column)
{
    size_t words = 0, votes = 0, usual = 0;
    for (size_t i = 0; i < count; i++) { /* the majority, if there is one, is what remains */
        if (!is_fresh(&cells[i]) || cells[i].has_number)
            continue;
        words++;
        if (votes == 0)
            column->word = cells[i].word;
        votes = votes == 0 || strcmp(cells[i].word, column->word) == 0 ? votes + 1 : votes - 1;
    }
    for (size_t i = 0; i < count; i++) {
        bool word = is_fresh(&cells[i]) && !cells[i].has_number, same = word && strcmp(cells[i].word, column->word) == 0;
        usual += same;
        is[i] = word && !same;
    }
    if (words >= WORDS_LEAST)
        mark_few(cells, count, is, words, ODD_DIFFERS);
    if (usual * 2 <= words)
        column->word = NULL;
}

/* ---- numbers ---- */

static void judge_counters(struct odd_cell *cells, size_t count, double *space, bool *is, struct odd_column *column)
{
    size_t known = 0;
    for (size_t i = 0; i < count; i++)
        if (is_fresh(&cells[i]) && cells[i].has_number)
            space[known++] = (double)cells[i].still_ms;
    if (known < COUNTERS_LEAST)
        return;
    qsort(space, known, sizeof *space, compare);
    column->still_ms = (int64_t)quantile(space, known, 0.5);
    int64_t most = TIMES * column->still_ms > STILL_LEAST_MS ? TIMES * column->still_ms : STILL_LEAST_MS;
    for (size_t i = 0; i < count; i++)
        is[i] = column->still_ms <= STILL_MOST_MS && is_fresh(&cells[i]) && cells[i].has_number && cells[i].still_ms > most;
    mark_few(cells, count, is, known, ODD_STOPPED);
}

static void judge_numbers(struct odd_cell *cells, size_t count, double *space, bool *is, struct odd_column *column)
{
    size_t known = 0;
    for (size_t i = 0; i < count; i++)
        if (is_fresh(&cells[i]) && cells[i].has_number)
            space[known++] = cells[i].number;
    if (known == 0)
        return;
    qsort(space, known, sizeof *space, compare);
    column->median = known % 2 ? space[known / 2] : (space[known / 2 - 1] + space[known / 2]) / 2;
    for (size_t i = 0; i < known; i++)
        space[i] = fabs(space[i] - column->median);
    qsort(space, known, sizeof *space, compare);
    column->spread = mad_to_spread * space[known / 2];
    double share = column->spread > 0 ? far_share : alike_share, least = fmax(far_spreads * column->spread, share * fabs(column->median));
    for (size_t i = 0; i < count; i++)
        is[i] = is_fresh(&cells[i]) && cells[i].has_number && fabs(cells[i].number - column->median) > least;
    if (known >= NUMBERS_LEAST)
        mark_few(cells, count, is, known, column->spread > 0 ? ODD_FAR : ODD_DIFFERS);
}

void odd_judge(struct odd_cell *cells, size_t count, struct odd_column *column)
{
    double *space = mem_zero(count + 1, sizeof *space);
    bool *is = mem_zero(count + 1, sizeof *is);
    *column = (struct odd_column){.counts = column->counts};
    for (size_t i = 0; i < count; i++)
        cells[i].odd = ODD_NO;
    judge_trust(cells, count);
    judge_age(cells, count, space, is, column);
    for (size_t i = 0; i < count; i++)
        column->known += is_fresh(&cells[i]);
    judge_words(cells, count, is, column);
    if (column->counts)
        judge_counters(cells, count, space, is, column);
    else
        judge_numbers(cells, count, space, is, column);
    for (size_t i = 0; i < count; i++)
        column->odd += cells[i].odd != ODD_NO;
    free(is);
    free(space);
}
