#include <string.h>

#include "core/action.h"
#include "core/text_gate.h"
#include "fuzz.h"

static void is_clean(const struct action *a)
{
    PROMISE(text_is_clean(a->target, strlen(a->target)) && text_is_clean(a->who, strlen(a->who)) && text_is_clean(a->comment, strlen(a->comment)));
    PROMISE(a->time_ms <= TIME_MOST_MS && a->time_ms >= -TIME_MOST_MS && a->until_ms <= TIME_MOST_MS && a->until_ms >= -TIME_MOST_MS);
    PROMISE(a->occurrence_ms <= TIME_MOST_MS && a->occurrence_ms >= -TIME_MOST_MS);
}

/* What was read once reads the same again, as a record too. */
static void comes_back(const struct action *a)
{
    struct action back;
    struct packer p, q;
    struct batch batch;
    packer_init(&p);
    packer_init(&q);
    batch_init(&batch);
    action_pack(a, &p);
    PROMISE(action_unpack(&back, p.bytes, p.count));
    action_pack(&back, &q);
    PROMISE(p.count == q.count && memcmp(p.bytes, q.bytes, p.count) == 0);
    action_record(a, &batch);
    PROMISE(action_of_record(&back, &batch, &batch.records[0]));
    packer_clear(&q);
    action_pack(&back, &q);
    PROMISE(p.count == q.count && memcmp(p.bytes, q.bytes, p.count) == 0);
    batch_finish(&batch);
    packer_finish(&p);
    packer_finish(&q);
}

/* The bytes as a frame; and as a record, whose name the first byte picks: target, person and words stand apart by line ends. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct action a;
    struct batch batch;
    if (action_unpack(&a, data, size)) {
        is_clean(&a);
        if (a.kind < ACTION_KIND_COUNT)
            comes_back(&a);
    }
    if (size == 0)
        return 0;
    const char *name = action_table[data[0] % ACTION_KIND_COUNT].name, *at = (const char *)data + 1, *end = (const char *)data + size;
    uint32_t texts[3] = {0};
    batch_init(&batch);
    for (int t = 0; t < 3; t++) {
        const char *stop = t < 2 ? memchr(at, '\n', (size_t)(end - at)) : NULL;
        size_t length = (size_t)((stop ? stop : end) - at);
        if (!memchr(at, '\0', length))
            texts[t] = batch_text(&batch, at, length);
        at = stop ? stop + 1 : end;
    }
    struct record r = {.kind = RECORD_ACTION, .text = batch_text(&batch, name, strlen(name)), .detail = texts[0], .who = texts[1], .value = value_text(texts[2])};
    if (action_of_record(&a, &batch, &r)) {
        is_clean(&a);
        comes_back(&a);
    }
    batch_finish(&batch);
    return 0;
}
