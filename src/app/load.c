/*
 * The path is made absolute once, here, so that a collector that was started elsewhere, a reload and a screen mean the same
 * file.
 */
#include "app/load.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void load_path(const struct load_request *request, char *out, size_t cap)
{
    char path[PATH_MAX], whole[PATH_MAX];
    config_path(request->config, path, sizeof path);
    snprintf(out, cap, "%s", *path && realpath(path, whole) ? whole : path);
}

bool load_config(const struct load_request *request, struct config *config, struct diagnostics *diagnostics)
{
    char path[PATH_MAX];
    load_path(request, path, sizeof path);
    return config_load(path, request->broker, config, diagnostics);
}

const char *load_name(const char *path)
{
    return *path ? path : "(built in)";
}

void load_title(const struct load_request *request, const char *path, char *out, size_t cap)
{
    bool changed = request->broker && *request->broker;
    snprintf(out, cap, "%s%s%s", load_name(path), changed ? " --broker " : "", changed ? request->broker : "");
}
