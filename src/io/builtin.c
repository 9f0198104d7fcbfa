#include "io/builtin.h"

#include <stddef.h>
#include <string.h>

extern const char config_text_appliance[], config_text_automotive[], config_text_chemical[], config_text_electronics[], config_text_steel[];

static const struct {
    const char *name, *text;
} config_table[] = {{"appliance", config_text_appliance}, {"steel", config_text_steel}, {"automotive", config_text_automotive}, {"electronics", config_text_electronics},
    {"chemical", config_text_chemical}};

const char *builtin_config(const char *name)
{
    for (size_t i = 0; i < sizeof config_table / sizeof *config_table; i++)
        if (strcmp(config_table[i].name, name) == 0)
            return config_table[i].text;
    return NULL;
}
