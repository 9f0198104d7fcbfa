#include "core/bounds.h"

#define MIB (INT64_C(1) << 20)

const struct bound_row bound_table[BOUND_COUNT] = {
    [BOUND_TOPICS] = {"topics", "discovered topics", "", 20000, 0, 10000000, "topics outside the configuration that are listed"},
    [BOUND_SERIES] = {"series", "discovered series", "", 40000, 0, 10000000, "fields of discovered topics that are followed"},
    [BOUND_PAYLOAD_BYTES] = {"payload_bytes", "payload", "bytes", 256 * 1024, 64, 64 * MIB, "largest payload that is read"},
    [BOUND_JSON_DEPTH] = {"json_depth", "JSON depth", "", 32, 1, 512, "deepest nesting that is read"},
    [BOUND_JSON_TOKENS] = {"json_tokens", "JSON tokens", "", 4096, 16, 1000000, "values and names in one message"},
    [BOUND_TEXT_BYTES] = {"text_bytes", "text value", "bytes", 256, 8, 4096, "longest text value; more is cut"},
    [BOUND_TOPIC_BYTES] = {"topic_bytes", "topic", "bytes", 512, 16, 65535, "longest topic that is read"},
    [BOUND_QUEUE_BYTES] = {"queue_bytes", "broker queue", "bytes", 4 * MIB, 65536, 1024 * MIB, "messages between the brokers and the fold"},
    [BOUND_RAW_BYTES] = {"raw_bytes", "raw payloads", "bytes", MIB, 4096, 256 * MIB, "ring of last raw payloads"},
    [BOUND_CLIENT_BYTES] = {"screen_bytes", "screen backlog", "bytes", MIB, 65536, 256 * MIB, "how far a screen may fall behind before it gets a fresh snapshot"},
    [BOUND_CLIENTS] = {"screens", "screens", "", 64, 1, 1024, "screens at one time"},
    [BOUND_INTERVALS] = {"intervals", "state intervals", "", 512, 16, 100000, "remembered state intervals of one unit"},
    [BOUND_CELLS] = {"cells", "account cells", "", 96, 24, 10000, "remembered cells of the account of one unit or line: an hour, shift, product and order each"},
    [BOUND_STOPS] = {"stops", "stops", "", 20000, 100, 1000000, "remembered stops of the plant; older ones are in the cache, and cannot be amended"},
    [BOUND_ENERGY_CELLS] = {"energy_cells", "energy cells", "", 160, 100, 10000, "remembered cells of one meter: a quarter of an hour, shift, product and order each"},
    [BOUND_DEFECTS] = {"defects", "kinds of defects", "", 32, 1, 1000, "kinds of defects that are told apart on one unit or line in an hour, shift, product and order; the rest is counted as others"},
    [BOUND_TIME_AHEAD_MS] = {"time_ahead_ms", "source time ahead", "ms", 300000, 0, INT64_C(31622400000), "further ahead of arrival is replaced by the arrival time"},
    [BOUND_TIME_OLDEST_MS] = {"time_oldest_ms", "oldest source time", "ms", INT64_C(946684800000), 0, INT64_C(4102444800000), "an older source time is replaced by the arrival time"},
};

void bounds_preset(struct bounds *bounds)
{
    for (int b = 0; b < BOUND_COUNT; b++)
        bounds->limit[b] = bound_table[b].preset;
}
