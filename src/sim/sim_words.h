/*
 * sim_words: what the plants' own short names are called by others: "t/oil" is oil_temp, OilTemp or Temp_Oel.
 */
#ifndef ANDON_SIM_SIM_WORDS_H
#define ANDON_SIM_SIM_WORDS_H

#include <stddef.h>

enum sim_style { SIM_SNAKE /* oil_temp */, SIM_CAMEL /* OilTemp */, SIM_GERMAN /* Temp_Oel */ };

/* A name of "/t/oil" or "cold-stand" in a style; what is not known stays as it is. Cut to cap. */
void sim_word(const char *name, enum sim_style style, char *out, size_t cap);

#endif
