/*
 * tags_rows: the list behind the tags view: every tag under the headings of the plant's tree, discovered ones last.
 *
 * The list is kept from draw to draw and made anew only when the configuration or the filter changes; tags that are
 * discovered meanwhile are appended. So a hundred thousand tags cost nothing while nobody types.
 */
#ifndef ANDON_VIEWS_TAGS_ROWS_H
#define ANDON_VIEWS_TAGS_ROWS_H

#include "views/view.h"

/* A row is a tag's index, or a node's heading with this bit, or the heading of the discovered ones. */
#define ROW_HEADING UINT32_C(0x80000000)
#define ROW_DISCOVERED UINT32_MAX

struct tags_rows {
    uint32_t *rows;
    size_t count, capacity;
    size_t listed_tags;     /* how many tags of the model have been looked at */
    size_t shown;           /* tags among the rows */
    uint64_t plant_id;
    const struct plant *plant;
    char filter[FILTER_BYTES];
    const struct plant_binding **topics; /* by configured tag: the binding that feeds it, or NULL */
    const struct plant_field **fields;
    bool ready;
};

void tags_rows_update(struct tags_rows *rows, const struct scene *scene);
void tags_rows_finish(struct tags_rows *rows);

#endif
