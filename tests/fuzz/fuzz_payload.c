#include <math.h>
#include <string.h>

#include "core/payload.h"
#include "core/text_gate.h"
#include "fuzz.h"

struct watch {
    const struct bounds *bounds;
    size_t items;
};

static void watch_item(void *arg, const struct payload_item *item)
{
    struct watch *watch = arg;
    watch->items++;
    PROMISE(item->text_length <= (size_t)watch->bounds->limit[BOUND_TEXT_BYTES]);
    PROMISE(strlen(item->text) == item->text_length);
    PROMISE(text_is_clean(item->text, item->text_length));
    PROMISE(strlen(item->path) < KEY_BYTES && text_is_clean(item->path, strlen(item->path)));
    PROMISE(item->value.kind < VALUE_KIND_COUNT);
    PROMISE(item->value.kind != VALUE_REAL || isfinite(item->value.d));
    PROMISE(item->quality == QUALITY_BAD || item->quality == QUALITY_UNCERTAIN || item->quality == QUALITY_GOOD);
}

static void watch_drop(void *arg, enum drop reason, const char *detail)
{
    (void)arg;
    PROMISE(reason < DROP_COUNT);
    PROMISE(text_is_clean(detail, strlen(detail)));
}

/* The first byte picks format and time format; the rest is the payload, read by a binding and by discovery. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct plant_field fields[] = {{"", 0}, {"/v", 1}, {"/t/oil", 2}, {"/a~1b/0", 3}, {"/v/v", 4}, {"/2", 5}, {"/ts", 6}};
    struct zone_span span = {0, 7200};
    struct zone zone = {&span, 1};
    struct bounds bounds;
    if (size == 0)
        return 0;
    bounds_preset(&bounds);
    bounds.limit[BOUND_JSON_TOKENS] = 256;
    bounds.limit[BOUND_TEXT_BYTES] = 64;
    struct watch watch = {&bounds, 0};
    struct payload_sink sink = {watch_item, watch_drop, &watch};
    struct plant_binding binding = {.format = (enum payload_format)(data[0] % 3), .time_path = "/ts",
        .time_format = (enum time_format)(data[0] / 3 % 6), .fields = fields, .field_count = sizeof fields / sizeof *fields};
    struct payload_reader *reader = payload_reader_create(&bounds, &zone);
    payload_read(reader, &binding, data + 1, size - 1, &sink);
    PROMISE(watch.items <= binding.field_count);
    watch.items = 0;
    payload_discover(reader, data + 1, size - 1, &sink);
    PROMISE(watch.items <= PAYLOAD_LEAVES);
    payload_reader_destroy(reader);
    return 0;
}
