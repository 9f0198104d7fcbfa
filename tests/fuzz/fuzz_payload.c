#include <math.h>
#include <string.h>

#include "core/payload.h"
#include "core/text_gate.h"
#include "core/timestamp.h"
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

/* An envelope of every kind by turns, and one that a configuration would say; the paths are some that its items may have. */
static void read_enveloped(struct payload_reader *reader, struct watch *watch, const struct payload_sink *sink, const uint8_t *data, size_t size)
{
    static struct plant_field fields[] = {{"/1", 0}, {"/P07/t", 1}, {"/a/b", 2}, {"/t", 3}};
    static const uint32_t by_path[] = {0, 1, 2, 3};
    static const char *const topics[] = {"plant/all", "tele/P07/SENSOR", "zigbee2mqtt/bridge/devices", "ha/sensor/x/config", "ie/d/j/simatic/v1/s7c1/dp/r/p/d"};
    static const char *const encodings[] = {"", "gb18030", "shift_jis"};
    const struct envelope *shape = &envelope_table[data[0] % envelope_count].shape;
    struct plant_binding binding = {.format = data[0] & 128 ? FORMAT_CSV : FORMAT_JSON, .envelope = shape, .time_path = "", .fields = fields, .field_count = 4, .by_path = by_path};
    const char *topic = topics[data[0] % 5];
    payload_topic(reader, topic, strlen(topic));
    payload_encoding(reader, encodings[data[0] / 64 % 3]);
    payload_discover(reader, data + 1, size - 1, sink); /* it may tell names of others */
    watch->items = 0;
    payload_read(reader, &binding, data + 1, size - 1, sink);
    PROMISE(watch->items <= PAYLOAD_ITEMS);
}

/* The first byte picks format, time format and envelope; the rest is the payload, read by a binding and by discovery. */
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
        .time_format = (enum time_format)((size_t)data[0] / 3 % (TIME_PATTERNS + timestamp_pattern_count)), .fields = fields, .field_count = sizeof fields / sizeof *fields};
    struct payload_reader *reader = payload_reader_create(&bounds, &zone);
    payload_read(reader, &binding, data + 1, size - 1, &sink);
    PROMISE(watch.items <= binding.field_count);
    watch.items = 0;
    payload_discover(reader, data + 1, size - 1, &sink);
    PROMISE(watch.items <= PAYLOAD_ITEMS);
    read_enveloped(reader, &watch, &sink, data, size);
    payload_reader_destroy(reader);
    return 0;
}
