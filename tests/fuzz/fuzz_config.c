#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "fuzz.h"
#include "io/config.h"

/* Any text is either a configuration or a list of what is wrong with it; and what was read travels as bytes. A second file is
 * there to be included. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bundle bundle, copy;
    struct config config;
    struct diagnostics diagnostics = {.rows = NULL};
    struct packer p;
    char *text = mem_text_n((const char *)data, size);
    packer_init(&p);
    pack_varint(&p, 2);
    pack_text(&p, "main.cfg");
    pack_varint(&p, size);
    pack_bytes(&p, data, size);
    pack_text(&p, "other.cfg");
    pack_text(&p, "screen = { view = \"tags\"; };\n@include \"main.cfg\"\n");
    pack_text(&p, "");
    PROMISE(bundle_unpack(&bundle, p.bytes, p.count, NULL));
    packer_clear(&p);
    bundle_pack(&bundle, &p);
    PROMISE(bundle_unpack(&copy, p.bytes, p.count, NULL));
    PROMISE(copy.id == bundle.id && memcmp(copy.files[0].text, text, size) == 0);
    bundle_finish(&copy);
    if (config_build(&bundle, &config, &diagnostics)) {
        PROMISE(diagnostics.errors == 0 && config.plant->node_count > 0);
        config_finish(&config);
    } else {
        PROMISE(diagnostics.errors > 0 && bundle.count == 2);
        bundle_finish(&bundle);
    }
    for (size_t i = 0; i < diagnostics.count; i++)
        PROMISE(diagnostics.rows[i].line >= 0 && *diagnostics.rows[i].text);
    bundle_unpack(&copy, data, size, NULL) ? bundle_finish(&copy) : (void)0;
    diagnostics_finish(&diagnostics);
    packer_finish(&p);
    free(text);
    return 0;
}
