/*
 * reasons: giving a stop its reason. The list (reasons_view) is drawn over another view; what that view needs to offer it is here.
 */
#ifndef ANDON_VIEWS_REASONS_H
#define ANDON_VIEWS_REASONS_H

#include "views/view.h"

/* The stop of a node's path that began at start_ms, as the model remembers it; NULL: it does not. */
const struct stop *stop_named(const struct model *model, const char *path, int64_t start_ms);
/* The reason that one key confirms: the proposed one, as long as nobody has given any; NO_REASON. The stop may be NULL. */
uint16_t reason_to_confirm(const struct model *model, const struct stop *stop);
/* A view's `label` for the key `r`: "confirm: Pick-up error". False for other keys, and where there is nothing to confirm. */
bool reason_label(const struct model *model, const struct stop *stop, const char *key, char *out, size_t cap);
/* What was sent for the stop and is not answered, NULL: nothing. */
const struct pending_action *stop_pending(const struct scene *scene, const char *path, int64_t start_ms);

#endif
