/*
 * solo: a read-only screen without a collector folds for itself: its own links to the brokers, no lock, no socket, nothing
 * written.
 */
#ifndef ANDON_APP_SOLO_H
#define ANDON_APP_SOLO_H

#include "app/loop.h"
#include "app/origin.h"
#include "core/error.h"
#include "io/config.h"

struct solo;

/* The configuration is borrowed for its life. */
struct solo *solo_create(struct loop *loop, const struct config *config, const char *config_name, origin_changed_fn *changed, void *arg, struct error *err);
void solo_destroy(struct solo *solo);
struct origin solo_origin(struct solo *solo);

#endif
