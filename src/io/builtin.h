/*
 * builtin: the configurations that are compiled in: those of the simulated plants.
 */
#ifndef ANDON_IO_BUILTIN_H
#define ANDON_IO_BUILTIN_H

/* The text of config/NAME.cfg ("appliance", "steel", "automotive", "electronics", "chemical"); NULL when there is none of that name. */
const char *builtin_config(const char *name);

#endif
