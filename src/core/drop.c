#include "core/drop.h"

const struct drop_row drop_table[DROP_COUNT] = {
    [DROP_QUEUE_FULL] = {"queue-full", "broker queue full", false},
    [DROP_PAYLOAD_SIZE] = {"payload-size", "payload too large", false},
    [DROP_NOT_JSON] = {"not-json", "payload is not JSON", false},
    [DROP_TOO_DEEP] = {"too-deep", "JSON nested too deep", false},
    [DROP_TOO_MANY_TOKENS] = {"too-many-tokens", "JSON with too many values", false},
    [DROP_FIELD_MISSING] = {"field-missing", "no configured field in the payload", false},
    [DROP_WRONG_TYPE] = {"wrong-type", "value of the wrong type", false},
    [DROP_NOT_FINITE] = {"not-finite", "NaN or infinity, kept as bad quality", true},
    [DROP_INVALID_UTF8] = {"invalid-utf8", "invalid UTF-8, replaced", true},
    [DROP_CONTROL_TEXT] = {"control-text", "control or bidi characters, removed", true},
    [DROP_TEXT_CUT] = {"text-cut", "text too long, cut", true},
    [DROP_TIME_UNREADABLE] = {"time-unreadable", "source time unreadable, arrival time used", true},
    [DROP_TIME_REPLACED] = {"time-replaced", "source time not credible, arrival time used", true},
    [DROP_TOPIC_BOUND] = {"topic-bound", "too many topics outside the configuration", false},
    [DROP_SERIES_BOUND] = {"series-bound", "too many fields outside the configuration", false},
    [DROP_TOPIC_INVALID] = {"topic-invalid", "topic malformed or too long", false},
    [DROP_STATE_UNMAPPED] = {"state-unmapped", "state that the map does not know", true},
    [DROP_COUNTER_GLITCH] = {"counter-glitch", "counter dipped, ignored", true},
    [DROP_LATE] = {"late", "older than the current value, history only", true},
};
