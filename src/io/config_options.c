#include "io/config.h"

/* One row for each key that may stand in a configuration, in the order in which the man page tells of them. The rows of one
 * group stand together. Topics are declared alike wherever tags may hang. */

#define SOURCE_ROWS(group) \
    {group, "topic", OPTION_TOPIC, 0, 0, "", "", "topic that feeds the tags; may hold {site} {area} {line} {unit} {tag} and + #"}, \
    {group, "broker", OPTION_NAME, 0, 0, "", "", "the broker that carries the topic; without it, any"}, \
    {group, "format", OPTION_CHOICE, 0, 0, FORMATS, "auto", "how the payload is written"}, \
    {group, "select", OPTION_GROUP, 0, 0, "select", "", "of json or csv: where in the payload names, values, qualities and times stand"}, \
    {group, "encoding", OPTION_TEXT, 0, 0, "", "", "the payload's encoding, as iconv calls it: \"gb18030\"; UTF-8, or the broker's, without it"}, \
    {group, "time", OPTION_POINTER, 0, 0, "", "", "where the payload holds the source's time"}, \
    {group, "time_format", OPTION_CHOICE, 0, 0, TIME_FORMATS, "auto", "how that time is written; auto tells by its size or form"}, \
    {group, "time_zone", OPTION_TEXT, 0, 0, "", "", "the zone of times that say none, \"Asia/Shanghai\" or \"+08:00\"; the site's without it"}

#define FORMATS "auto|text|json|csv|rows|device|kepware|neuron|neuron-tags|thingsboard|thingsboard-device|industrial-edge|umh|tasmota|zigbee2mqtt|shelly|node-red"
#define TIME_FORMATS "auto|s|ms|us|ns|iso|yyyyMMddHHmmss|yyyy/MM/dd HH:mm:ss|dd.MM.yyyy HH:mm:ss|dd/MM/yyyy HH:mm:ss|MM/dd/yyyy HH:mm:ss"

#define LIVENESS_ROWS(group, of) \
    {group, "alive", OPTION_TEXTS, 0, 0, "", "", of "values that say that the publisher lives, beside the usual ones (online, connected, true, 1)"}, \
    {group, "dead", OPTION_TEXTS, 0, 0, "", "", of "values that say that it does not, beside the usual ones (offline, disconnected, lost, false, 0)"}

/* Of a last will, or the like. */
#define AVAILABILITY_ROWS(group, what) \
    {group, "availability", OPTION_TEXT, 0, 0, "", "", what}, \
    LIVENESS_ROWS(group, "of its availability: ")

#define ALARMS_ROW(group) {group, "alarms", OPTION_LIST, 0, 0, "alarms", "", "its alarms; one with the name of a type's alarm changes that"}

/* Behind a list that may go on in a CSV file: the file, and what its columns are. */
#define TABLE_ROW(group, list, of) {group, list "_csv", OPTION_TEXT, 0, 0, of, "", "more of them: a CSV file whose columns are their keys"}

#define ENERGY_ROWS(group) \
    {group, "meters", OPTION_LIST, 0, 0, "meters", "", "what its energy and other media are measured with; one with the name of a type's meter changes that"}, \
    {group, "demands", OPTION_LIST, 0, 0, "demands", "", "mean powers of its meters that have a limit; changes a type's of that name"}, \
    {group, "emissions", OPTION_LIST, 0, 0, "emissions", "", "concentrations whose means have limits; changes a type's of that name"}

/* What a node hands down to those in it. */
#define WORK_ROWS(group) \
    {group, "calendar", OPTION_NAME, 0, 0, "", "", "when it works; always is 24 hours, 7 days. Like the next five, the parent's without one"}, \
    {group, "target", OPTION_FLOAT, 0.01, 1, "", "", "the OEE that is wanted: 0.85 is 85 %"}, \
    {group, "minor_stop", OPTION_DURATION, 0, 86400000, "", "", "unplanned stops shorter than this are minor ones, a loss of speed; 2m if nobody says it"}, \
    {group, "startup", OPTION_DURATION, 0, 86400000, "", "", "pieces rejected within it after a set-up are start-up rejects; 0s if nobody says it"}, \
    {group, "setup_standard", OPTION_DURATION, 0, 604800000, "", "", "how long a changeover may take; what is beyond is a loss of its own; 0s for no standard"}, \
    {group, "gap_pieces", OPTION_CHOICE, 0, 0, "unknown|estimated", "", "what was counted across a gap in the data: unknown, or produced while it ran; unknown if nobody says it"}

#define NODE_ROWS(group, names) \
    {group, "name", names, 0, 0, "", "", "unique among its siblings; part of every tag's key"}, \
    {group, "title", OPTION_TEXT, 0, 0, "", "", "for people, in any script; the name without one"}, \
    {group, "alias", OPTION_TEXT, 0, 0, "", "", "what is typed by those without an input method"}, \
    {group, "type", OPTION_NAME, 0, 0, "", "", "the type whose tags and topic it has"}, \
    SOURCE_ROWS(group), \
    {group, "tags", OPTION_LIST, 0, 0, "tags", "", "its own tags; one with the name of a type's tag changes that"}, \
    TABLE_ROW(group, "tags", "tags"), \
    {group, "silent_after", OPTION_DURATION, 1, 31536000000.0, "", "", "silence of all its tags after which it counts as dead"}, \
    AVAILABILITY_ROWS(group, "topic that tells whether the publisher of all tags here and below lives, often its last will; may hold captures, and # with a pointer into the payload"), \
    ALARMS_ROW(group), \
    TABLE_ROW(group, "alarms", "alarms"), \
    ENERGY_ROWS(group), \
    WORK_ROWS(group)

#define PLAN_ROWS(group) \
    {group, "plan_per_hour", OPTION_FLOAT, 0.001, 1e9, "", "", "pieces that are planned for an hour of work; by ideal cycle and target without it"}, \
    {group, "products", OPTION_LIST, 0, 0, "products", "", "products with an ideal cycle of their own; those of a line hold for its units too"}, \
    TABLE_ROW(group, "products", "products")

#define PACE_ROWS(group) \
    {group, "due", OPTION_LIST, 0, 0, "due", "", "what will be due: levels, lives of tools, services; one with the name of a type's changes that"}, \
    {group, "ideal_cycle", OPTION_FLOAT, 0.001, 1e6, "", "", "seconds for a piece, as designed"}, \
    {group, "stop_after", OPTION_FLOAT, 1, 1e6, "", "5", "ideal cycles without a piece after which it counts as stopped"}

const struct option_row option_table[] = {
    {"", "site", OPTION_GROUP, 0, 0, "site", "", "the works: name, title, time zone, tags of its own"},
    {"", "brokers", OPTION_LIST, 0, 0, "brokers", "", "where the messages come from"},
    {"", "types", OPTION_LIST, 0, 0, "types", "", "what equal machines have in common"},
    {"", "maps", OPTION_LIST, 0, 0, "maps", "", "what a machine's states mean; packml is built in"},
    {"", "areas", OPTION_LIST, 0, 0, "areas", "", "the plant: areas with lines with units"},
    {"", "calendars", OPTION_LIST, 0, 0, "calendars", "", "when the plant works: shifts, breaks, crews, holidays, overtime"},
    {"", "reasons", OPTION_LIST, 0, 0, "reasons", "", "why something stops, as a tree"},
    TABLE_ROW("", "reasons", "reasons"),
    {"", "calls", OPTION_LIST, 0, 0, "calls", "", "who can be called to a line; maintenance, quality, material and supervisor without it"},
    {"", "carriers", OPTION_LIST, 0, 0, "carriers", "", "what is consumed; electricity, gas, steam, water, compressed-air and heat are built in"},
    {"", "tariffs", OPTION_LIST, 0, 0, "tariffs", "", "what it costs, and when"},
    {"", "baselines", OPTION_LIST, 0, 0, "baselines", "", "what a consumption depends on (ISO 50006)"},
    {"", "trends", OPTION_LIST, 0, 0, "trends", "", "sets of tags that everybody finds in the trends view"},
    {"", "views", OPTION_LIST, 0, 0, "views", "", "views of one's own: rows of panels"},
    {"", "alarms", OPTION_GROUP, 0, 0, "alarm_settings", "", "what all alarms have in common"},
    {"", "alarm_classes", OPTION_LIST, 0, 0, "alarm_classes", "", "how alarms of a class are dealt with; process, safety, machine and system are built in"},
    {"", "positions", OPTION_LIST, 0, 0, "positions", "", "operators' positions, each with its areas"},
    {"", "kpi", OPTION_GROUP, 0, 0, "kpi", "", "figures of production that are published to a broker"},
    {"", "access", OPTION_GROUP, 0, 0, "access", "", "who may do what, and when shifts begin"},
    {"", "bounds", OPTION_GROUP, 0, 0, "bounds", "", "limits of everything that grows"},
    {"", "store", OPTION_GROUP, 0, 0, "store", "", "how much is remembered, and for how long"},
    {"", "screen", OPTION_GROUP, 0, 0, "screen", "", "how the dashboard looks and behaves"},

    NODE_ROWS("site", OPTION_NAME),
    {"site", "zone", OPTION_TEXT, 0, 0, "", "UTC", "time zone of the works, as in tzdata: \"Europe/Berlin\""},
    {"site", "currency", OPTION_TEXT, 0, 0, "", "", "of all prices: \"EUR\", at most 7 bytes"},

    {"brokers", "name", OPTION_NAME, 0, 0, "", "", "unique among the brokers"},
    {"brokers", "url", OPTION_TEXT, 0, 0, "", "", "mqtt://host[:port] or mqtts://host[:port]; ports 1883 and 8883"},
    {"brokers", "ca", OPTION_TEXT, 0, 0, "", "", "file of the certificates to trust; the system's without it"},
    {"brokers", "cert", OPTION_TEXT, 0, 0, "", "", "file of the client's certificate"},
    {"brokers", "key", OPTION_TEXT, 0, 0, "", "", "file of the client's private key"},
    {"brokers", "user", OPTION_TEXT, 0, 0, "", "", "user name"},
    {"brokers", "password_file", OPTION_TEXT, 0, 0, "", "", "file whose first line is the password"},
    {"brokers", "password_env", OPTION_TEXT, 0, 0, "", "", "environment variable that holds the password"},
    {"brokers", "client_id", OPTION_TEXT, 0, 0, "", "", "MQTT client id; without it, one that is stable for the cache"},
    {"brokers", "server_name", OPTION_TEXT, 0, 0, "", "", "name that the certificate is for; it must be the URL's host, since no other can be checked"},
    {"brokers", "verify", OPTION_BOOL, 0, 0, "", "true", "check the certificate and its host name"},
    {"brokers", "version", OPTION_CHOICE, 0, 0, "5|3.1.1|3|4", "5", "MQTT version"},
    {"brokers", "qos", OPTION_INT, 0, 2, "", "0", "quality of service of the subscriptions"},
    {"brokers", "session", OPTION_DURATION, 0, 604800000, "", "1h", "with qos 1 or 2: so long the broker keeps what comes while no collector listens; 0s: nothing"},
    {"brokers", "session_messages", OPTION_INT, 1, 1000000000, "", "1000", "how many messages the broker keeps for one client, as it is configured there"},
    {"brokers", "keepalive", OPTION_DURATION, 1000, 65535000, "", "30s", "time between pings"},
    {"brokers", "connect_timeout", OPTION_DURATION, 100, 600000, "", "10s", "time after which a connect is given up"},
    {"brokers", "backoff_max", OPTION_DURATION, 100, 86400000, "", "60s", "longest wait between two connects"},
    {"brokers", "encoding", OPTION_TEXT, 0, 0, "", "", "of payloads that no tag says otherwise of: \"gb18030\"; UTF-8 without it"},
    {"brokers", "subscribe", OPTION_TEXTS, 0, 0, "", "#", "topic filters to subscribe to"},
    AVAILABILITY_ROWS("brokers", "topic that tells whether publishers live: with {area}, {line} or {unit} of each of them, else of all that this broker carries"),

    {"types", "name", OPTION_NAME, 0, 0, "", "", "unique among the types"},
    SOURCE_ROWS("types"),
    {"types", "tags", OPTION_LIST, 0, 0, "tags", "", "the tags that everything of this type has"},
    TABLE_ROW("types", "tags", "tags"),
    {"types", "silent_after", OPTION_DURATION, 1, 31536000000.0, "", "", "silence of all its tags after which it counts as dead"},
    AVAILABILITY_ROWS("types", "topic that tells whether the publisher of such a machine lives, often its last will; may hold captures, and # with a pointer into the payload"),
    ALARMS_ROW("types"),
    TABLE_ROW("types", "alarms", "alarms"),
    ENERGY_ROWS("types"),
    PACE_ROWS("types"),

    {"tags", "name", OPTION_NAME, 0, 0, "", "", "unique among its siblings; the last part of the tag's key"},
    {"tags", "title", OPTION_TEXT, 0, 0, "", "", "for people, in any script; the name without one"},
    {"tags", "alias", OPTION_TEXT, 0, 0, "", "", "what is typed by those without an input method"},
    {"tags", "description", OPTION_TEXT, 0, 0, "", "", "a sentence about it"},
    {"tags", "unit", OPTION_TEXT, 0, 0, "", "", "engineering unit: \"°C\", \"kW\""},
    {"tags", "kind", OPTION_CHOICE, 0, 0, "value|state|counter|power|register|text|bool|setpoint|limit|recipe", "value", "what it holds"},
    {"tags", "role", OPTION_CHOICE, 0, 0, "none|state|good|reject|cycle|speed|reason|order|product|crew|total|rework|first_pass|inspected|mode|plan|ordered|buffer|defect|availability", "", "what it is to its unit; a tag of that name has the role by itself, but for availability"},
    {"tags", "key", OPTION_BOOL, 0, 0, "", "false", "show it on the overview beside the state"},
    {"tags", "range", OPTION_RANGE, 0, 0, "", "", "lowest and highest value that is possible"},
    {"tags", "normal", OPTION_RANGE, 0, 0, "", "", "lowest and highest value that is normal"},
    {"tags", "decimals", OPTION_INT, 0, 9, "", "", "digits behind the point; without it, as the values come"},
    {"tags", "bit", OPTION_INT, 0, 63, "", "", "of a number that is a word of bits: this one, true or false"},
    {"tags", "mask", OPTION_INT, 1, 9007199254740991.0, "", "", "of such a number: these bits (0x0F00), shifted down to the lowest of them"},
    {"tags", "base", OPTION_CHOICE, 0, 0, "dec|hex", "dec", "hex: digits are hexadecimal: \"1F\", \"0x1F\", \"16#1F\""},
    {"tags", "decimal_comma", OPTION_BOOL, 0, 0, "", "false", "numbers in texts have a comma for the point: \"1.234,5\""},
    {"tags", "unit_inside", OPTION_BOOL, 0, 0, "", "false", "the unit stands behind the number: \"12.5 bar\"; another one than the tag's is counted as wrong"},
    {"tags", "invalid", OPTION_VALUES, 0, 0, "", "", "numbers and words that stand for no value, as of a broken sensor: (32767, -9999, \"n/a\")"},
    {"tags", "scale", OPTION_FLOAT, 0, 0, "", "1", "shown = raw * scale + offset"},
    {"tags", "offset", OPTION_FLOAT, 0, 0, "", "0", "shown = raw * scale + offset"},
    {"tags", "modulus", OPTION_FLOAT, 2, 18446744073709551616.0, "", "", "of a counter: the number at which it begins again at 0"},
    {"tags", "count", OPTION_CHOICE, 0, 0, "total|increment|pulse", "total", "of a counter: what is sent: all since its last reset, what came since the last message, or a bit whose rise is one"},
    {"tags", "pieces", OPTION_FLOAT, 0.001, 1e6, "", "1", "of a counter: pieces for each count: cavities, boards of a panel"},
    {"tags", "interval", OPTION_DURATION, 1, 31536000000.0, "", "", "how often it is sent; stale after three of them; without it, when it changes"},
    LIVENESS_ROWS("tags", "of the role availability: "),
    {"tags", "map", OPTION_NAME, 0, 0, "", "packml", "of a state: what its values mean"},
    {"tags", "was", OPTION_TEXT, 0, 0, "", "", "the key before a rename; keeps its history"},
    {"tags", "path", OPTION_POINTER, 0, 0, "", "", "where the payload holds it; \"\" is the whole payload"},
    SOURCE_ROWS("tags"),
    ALARMS_ROW("tags"),

    {"select", "items", OPTION_POINTER, 0, 0, "", "", "the array of items, or the object that is one; the whole payload without it"},
    {"select", "keys", OPTION_CHOICE, 0, 0, "none|names", "none", "names: the keys of that object are the names of its items"},
    {"select", "names", OPTION_TEXTS, 0, 0, "", "", "where an item (else the payload) holds its names, in the order of the path, at most 3: ( \"/dev\", \"/tag\" )"},
    {"select", "split", OPTION_TEXT, 0, 0, "", "", "the character that parts a name into levels of the path: \".\""},
    {"select", "value", OPTION_POINTER, 0, 0, "", "", "where an item holds its value; without it all that is not named here are values"},
    {"select", "quality", OPTION_POINTER, 0, 0, "", "", "where an item (else the payload) holds its quality"},
    {"select", "good", OPTION_TEXTS, 0, 0, "", "", "the qualities that mean good, all others bad; without it as OPC and its words have it"},
    {"select", "time", OPTION_POINTER, 0, 0, "", "", "where an item (else the payload) holds its time"},

    {"maps", "name", OPTION_NAME, 0, 0, "", "", "unique among the maps"},
    {"maps", "states", OPTION_LIST, 0, 0, "states", "", "one row for each value that the machine sends"},
    TABLE_ROW("maps", "states", "states"),

    {"states", "from", OPTION_TEXT_INT, 0, 0, "", "", "what the machine sends: a text or an integer"},
    {"states", "state", OPTION_TEXT, 0, 0, "", "", "PackML state: \"Execute\", \"Stopped\", \"Held\""},
    {"states", "class", OPTION_TEXT, 0, 0, "", "", "what it means for the line: \"run\", \"stop\", \"starved\"; by the state without it"},
    {"states", "word", OPTION_TEXT, 0, 0, "", "", "what to show instead of the class's word: \"blow\""},

    NODE_ROWS("areas", OPTION_NAMES),
    {"areas", "lines", OPTION_LIST, 0, 0, "lines", "", "its lines"},

    NODE_ROWS("lines", OPTION_NAMES),
    PACE_ROWS("lines"),
    PLAN_ROWS("lines"),
    {"lines", "constraint", OPTION_NAME, 0, 0, "", "", "the unit that sets the pace: its state and counts are the line's"},
    {"lines", "units", OPTION_LIST, 0, 0, "units", "", "its units"},
    TABLE_ROW("lines", "units", "units"),

    NODE_ROWS("units", OPTION_NAMES),
    PACE_ROWS("units"),
    PLAN_ROWS("units"),

    {"products", "name", OPTION_TEXT, 0, 0, "", "", "as the machine's tag product says it, without regard to case"},
    {"products", "title", OPTION_TEXT, 0, 0, "", "", "for people; the name without one"},
    {"products", "ideal_cycle", OPTION_FLOAT, 0.001, 1e6, "", "", "seconds for a piece of it, as designed"},

    {"calendars", "name", OPTION_NAME, 0, 0, "", "", "unique among the calendars; always is built in"},
    {"calendars", "night", OPTION_CHOICE, 0, 0, "begin|next", "begin", "the day that a shift over midnight belongs to: the one that it begins on, or the next"},
    {"calendars", "shifts", OPTION_LIST, 0, 0, "shifts", "", "the shifts of a week"},
    TABLE_ROW("calendars", "shifts", "shifts"),
    {"calendars", "rotation", OPTION_GROUP, 0, 0, "rotation", "", "which crew has which shift"},
    {"calendars", "holidays", OPTION_LIST, 0, 0, "holidays", "", "days on which no weekly shift begins"},
    TABLE_ROW("calendars", "holidays", "holidays"),
    {"calendars", "overtime", OPTION_LIST, 0, 0, "overtime", "", "single shifts; they go before weekly ones"},
    TABLE_ROW("calendars", "overtime", "overtime"),

    {"shifts", "name", OPTION_NAME, 0, 0, "", "", "at most 23 characters; several rows may be parts of one shift"},
    {"shifts", "title", OPTION_TEXT, 0, 0, "", "", "for people; the name without one"},
    {"shifts", "days", OPTION_TEXTS, 0, 0, "", "mon-sun", "weekdays on which it begins: mon tue wed thu fri sat sun, or from one to another"},
    {"shifts", "from", OPTION_TEXT, 0, 0, "", "", "when it begins, in the site's time: \"06:00\""},
    {"shifts", "to", OPTION_TEXT, 0, 0, "", "", "when it ends; not later than the beginning: on the next day"},
    {"shifts", "crew", OPTION_TEXT, 0, 0, "", "", "who works; without one, by the rotation"},
    {"shifts", "valid_from", OPTION_TEXT, 0, 0, "", "", "the first day on which it begins: \"2024-07-01\""},
    {"shifts", "valid_to", OPTION_TEXT, 0, 0, "", "", "the last day on which it begins"},
    {"shifts", "breaks", OPTION_LIST, 0, 0, "breaks", "", "up to 8 planned breaks"},

    {"breaks", "from", OPTION_TEXT, 0, 0, "", "", "when it begins: \"09:00\""},
    {"breaks", "to", OPTION_TEXT, 0, 0, "", "", "when it ends"},

    {"rotation", "start", OPTION_TEXT, 0, 0, "", "", "the day on which the first crew begins with the first shift: \"2024-01-01\""},
    {"rotation", "days", OPTION_INT, 1, 366, "", "7", "after so many days each crew goes on"},
    {"rotation", "crews", OPTION_TEXTS, 0, 0, "", "", "up to 16 crews: on the start, the first has the first shift, the second the second"},
    {"rotation", "turn", OPTION_CHOICE, 0, 0, "forward|backward", "forward", "to which shift a crew goes: forward takes it to the one before, as the shifts stand here"},

    {"holidays", "date", OPTION_TEXT, 0, 0, "", "", "one day: \"2024-12-25\""},
    {"holidays", "from", OPTION_TEXT, 0, 0, "", "", "of several days the first"},
    {"holidays", "to", OPTION_TEXT, 0, 0, "", "", "and the last"},
    {"holidays", "title", OPTION_TEXT, 0, 0, "", "", "for people"},

    {"overtime", "date", OPTION_TEXT, 0, 0, "", "", "the day on which it begins"},
    {"overtime", "from", OPTION_TEXT, 0, 0, "", "", "when it begins"},
    {"overtime", "to", OPTION_TEXT, 0, 0, "", "", "when it ends; not later than the beginning: on the next day"},
    {"overtime", "name", OPTION_NAME, 0, 0, "", "overtime", "the shift's name, at most 23 characters"},
    {"overtime", "crew", OPTION_TEXT, 0, 0, "", "", "who works"},

    {"due", "name", OPTION_NAME, 0, 0, "", "", "unique among those of its line or unit; what :replaced and :serviced name"},
    {"due", "title", OPTION_TEXT, 0, 0, "", "", "for people; the name without one"},
    {"due", "text", OPTION_TEXT, 0, 0, "", "", "what to do then, or before"},
    {"due", "tag", OPTION_NAME, 0, 0, "", "", "a level: the tag whose value reaches at"},
    {"due", "at", OPTION_FLOAT, 0, 0, "", "", "of a level: where it is due"},
    {"due", "counter", OPTION_NAME, 0, 0, "", "", "a life: the counter that counts it"},
    {"due", "life", OPTION_FLOAT, 0.001, 1e15, "", "", "of a counter: how much it counts from one replacement to the next"},
    {"due", "reset", OPTION_CHOICE, 0, 0, "hand|counter", "hand", "how a life begins anew: somebody says so (:replaced), or the counter itself begins at 0"},
    {"due", "hours", OPTION_FLOAT, 0.001, 1e6, "", "", "a service: hours of running from one to the next"},
    {"due", "warn", OPTION_DURATION, 0, 31536000000.0, "", "30m", "so long before it is marked"},

    {"reasons", "name", OPTION_NAME, 0, 0, "", "", "unique among its siblings"},
    {"reasons", "title", OPTION_TEXT, 0, 0, "", "", "for people; the name without one"},
    {"reasons", "class", OPTION_CHOICE, 0, 0, "stop|starved|blocked|setup|cleaning|maintenance|break|not-scheduled", "", "what a stop with it counts as; without one, its parent's, else what the machine says"},
    {"reasons", "codes", OPTION_TEXTS, 0, 0, "", "", "messages of machines that propose it; * and ? stand for any characters and for one"},
    {"reasons", "reasons", OPTION_LIST, 0, 0, "reasons", "", "finer ones, up to 4 levels in all"},

    {"calls", "name", OPTION_NAME, 0, 0, "", "", "unique among the calls, at most 31 characters"},
    {"calls", "title", OPTION_TEXT, 0, 0, "", "", "for people; the name without one"},
    {"calls", "late", OPTION_DURATION, 0, 86400000, "", "5m", "a call that nobody took for so long is overdue; 0s: never"},

    {"carriers", "name", OPTION_NAME, 0, 0, "", "", "unique among the carriers; a built-in one's changes that"},
    {"carriers", "title", OPTION_TEXT, 0, 0, "", "", "for people; the name without one"},
    {"carriers", "unit", OPTION_TEXT, 0, 0, "", "", "of its quantities: kWh of electricity and heat, m3 of gas, water and compressed-air, t of steam"},
    {"carriers", "kwh", OPTION_FLOAT, 1e-9, 1e9, "", "", "energy in one unit; 1 of electricity and heat, else unknown"},
    {"carriers", "co2", OPTION_LIST, 0, 0, "co2", "", "what one unit gives off, by date"},
    {"carriers", "tariff", OPTION_NAME, 0, 0, "", "", "what it costs"},

    {"co2", "kg", OPTION_FLOAT, 0, 1e6, "", "", "CO2 of one unit"},
    {"co2", "from", OPTION_TEXT, 0, 0, "", "", "the first day on which it holds: \"2024-01-01\"; the first of all holds before it too"},

    {"tariffs", "name", OPTION_NAME, 0, 0, "", "", "unique among the tariffs"},
    {"tariffs", "title", OPTION_TEXT, 0, 0, "", "", "for people; the name without one"},
    {"tariffs", "rates", OPTION_LIST, 0, 0, "rates", "", "its prices; each quarter of an hour has one"},
    {"tariffs", "demand_charge", OPTION_FLOAT, 0, 1e9, "", "", "for each unit of a month's highest demand (kW)"},
    {"tariffs", "calendar", OPTION_NAME, 0, 0, "", "", "whose holidays count; the site's without it"},

    {"rates", "name", OPTION_NAME, 0, 0, "", "", "what it is called: peak, off-peak; several rows may be one rate, at most 31 characters"},
    {"rates", "price", OPTION_FLOAT, 0, 0, "", "", "of one unit of the carrier, in the site's currency"},
    {"rates", "days", OPTION_TEXTS, 0, 0, "", "mon-sun", "days on which it holds: mon tue wed thu fri sat sun, from one to another, or holiday; holidays are weekdays unless a rate of the tariff says holiday"},
    {"rates", "from", OPTION_TEXT, 0, 0, "", "00:00", "when it begins on such a day, in the site's time, on a quarter of an hour"},
    {"rates", "to", OPTION_TEXT, 0, 0, "", "24:00", "when it ends; before the beginning: it holds from midnight to this, and from the beginning to midnight"},
    {"rates", "months", OPTION_TEXTS, 0, 0, "", "jan-dec", "months in which it holds: jan feb mar apr may jun jul aug sep oct nov dec, or from one to another"},
    {"rates", "valid_from", OPTION_TEXT, 0, 0, "", "", "the first day on which it holds: \"2024-07-01\""},
    {"rates", "valid_to", OPTION_TEXT, 0, 0, "", "", "the last day on which it holds"},

    {"meters", "name", OPTION_NAME, 0, 0, "", "", "unique on what it hangs on; the last part of the meter's key"},
    {"meters", "title", OPTION_TEXT, 0, 0, "", "", "for people; the name without one"},
    {"meters", "enabled", OPTION_BOOL, 0, 0, "", "true", "false takes away a meter that a type has"},
    {"meters", "carrier", OPTION_NAME, 0, 0, "", "electricity", "what it measures"},
    {"meters", "register", OPTION_NAME, 0, 0, "", "", "the tag that counts, on the same node (kWh, m3)"},
    {"meters", "power", OPTION_NAME, 0, 0, "", "", "the tag that is the present power (kW, m3/h): integrated when there is no register, else shown"},
    {"meters", "reactive", OPTION_NAME, 0, 0, "", "", "the tag of reactive energy (kVArh) beside a register, or of reactive power (kVAr) beside a power"},
    {"meters", "leading", OPTION_NAME, 0, 0, "", "", "the like of what leads, where it is measured apart"},
    {"meters", "count", OPTION_CHOICE, 0, 0, "total|increment", "total", "what the register's messages hold: all so far, or what came in the interval before their time"},
    {"meters", "interval", OPTION_DURATION, 1000, 86400000, "", "", "of increments; the tag's without it"},
    {"meters", "parent", OPTION_TEXT, 0, 0, "", "", "the meter that measures this one's too: main on the same node, area/line/main from the site, or none; without it, the nearest one above of the same carrier"},
    {"meters", "gap", OPTION_DURATION, 1000, 31536000000.0, "", "", "over a longer silence a power is missing and a register's is estimated; 5m, or three of the tag's intervals if that is longer"},
    {"meters", "most", OPTION_FLOAT, 0, 1e12, "", "", "the highest power that can be (units an hour): a register that climbs faster has a glitch"},

    {"demands", "name", OPTION_NAME, 0, 0, "", "", "unique on what it hangs on; its tags are name-forecast and name-mean"},
    {"demands", "title", OPTION_TEXT, 0, 0, "", "", "for people; the name without one"},
    {"demands", "enabled", OPTION_BOOL, 0, 0, "", "true", "false takes away a demand that a type has"},
    {"demands", "meter", OPTION_NAME, 0, 0, "", "", "a meter on the same node; the only one there without it"},
    {"demands", "kind", OPTION_CHOICE, 0, 0, "block|sliding|rolling", "block", "blocks on the clock, a window that moves by steps, or one that ends now"},
    {"demands", "block", OPTION_DURATION, 60000, 86400000, "", "15m", "length of the block or window; of blocks a part of a day"},
    {"demands", "step", OPTION_DURATION, 1000, 86400000, "", "", "of sliding: how often the window moves; a third of it without this"},
    {"demands", "limit", OPTION_FLOAT, 0, 1e12, "", "", "highest mean that is allowed, in the meter's power (kW)"},
    {"demands", "warn", OPTION_FLOAT, 0, 1e12, "", "", "mean from which the screen warns"},
    {"demands", "sync", OPTION_NAME, 0, 0, "", "", "the utility's pulse, a tag on the same node: each rise begins a block; the clock without it"},

    {"emissions", "name", OPTION_NAME, 0, 0, "", "", "unique on what it hangs on, among the meters too; its tags are name-forecast and name-mean"},
    {"emissions", "title", OPTION_TEXT, 0, 0, "", "", "for people; the name without one"},
    {"emissions", "enabled", OPTION_BOOL, 0, 0, "", "true", "false takes away an emission that a type has"},
    {"emissions", "tag", OPTION_NAME, 0, 0, "", "", "the concentration, on the same node; the tag of this name without it"},
    {"emissions", "half_hour", OPTION_FLOAT, 0, 1e12, "", "", "limit of half-hour means, in the tag's unit"},
    {"emissions", "hour", OPTION_FLOAT, 0, 1e12, "", "", "limit of hourly means"},
    {"emissions", "day", OPTION_FLOAT, 0, 1e12, "", "", "limit of daily means"},
    {"emissions", "o2", OPTION_NAME, 0, 0, "", "", "measured oxygen in % by volume, a tag on the same node"},
    {"emissions", "o2_reference", OPTION_FLOAT, 0, 20.4, "", "", "oxygen that means are converted to, in %; as measured without it"},
    {"emissions", "valid_share", OPTION_FLOAT, 0.01, 1, "", "", "a mean counts when this share of its time is valid; 2/3 without it"},
    {"emissions", "gap", OPTION_DURATION, 1000, 86400000, "", "", "a longer silence is not valid; 5m, or three of the tag's intervals if that is longer"},

    {"baselines", "name", OPTION_NAME, 0, 0, "", "", "unique among the baselines"},
    {"baselines", "title", OPTION_TEXT, 0, 0, "", "", "for people; the name without one"},
    {"baselines", "meter", OPTION_TEXT, 0, 0, "", "", "what is explained: main (of the site), area/line/main"},
    {"baselines", "from", OPTION_TEXT, 0, 0, "", "", "first day of the period that it is made from: \"2024-01-01\""},
    {"baselines", "to", OPTION_TEXT, 0, 0, "", "", "and the last"},
    {"baselines", "by", OPTION_CHOICE, 0, 0, "day|week", "day", "what is one row of it"},
    {"baselines", "drivers", OPTION_LIST, 0, 0, "drivers", "", "what it depends on, up to 6"},

    {"drivers", "name", OPTION_NAME, 0, 0, "", "", "unique in its baseline"},
    {"drivers", "kind", OPTION_CHOICE, 0, 0, "good|produced|run_hours|mean|above|below", "", "good pieces, all pieces, hours of running, the mean of a tag, its degree days above or below a base"},
    {"drivers", "of", OPTION_TEXT, 0, 0, "", "", "the line or unit (area/line), or the tag (area/line/oil, or outside of the site)"},
    {"drivers", "base", OPTION_FLOAT, 0, 0, "", "", "of above and below: the value from which degrees count"},

    {"trends", "name", OPTION_NAME, 0, 0, "", "", "unique among the sets; :trend NAME shows it"},
    {"trends", "tags", OPTION_TEXTS, 0, 0, "", "", "keys of up to 8 tags"},

    {"views", "name", OPTION_NAME, 0, 0, "", "", "unique among the views; :view NAME shows it; at most 31 characters"},
    {"views", "title", OPTION_TEXT, 0, 0, "", "", "for people, in any script; the name without one"},
    {"views", "key", OPTION_INT, 0, 9, "", "", "the number that goes to it, instead of to a view that is built in"},
    {"views", "rows", OPTION_LIST, 0, 0, "rows", "", "its rows of panels, from the top"},

    {"rows", "height", OPTION_INT, 2, 200, "", "", "cells, with the title; without it, a part of what others leave"},
    {"rows", "weight", OPTION_INT, 1, 20, "", "1", "how large that part is against others'"},
    {"rows", "panels", OPTION_LIST, 0, 0, "panels", "", "its panels, from the left"},

    {"panels", "widget", OPTION_NAME, 0, 0, "", "", "what draws it: a widget (value, bar, text, lamp, spark, band, big, gauge, trend, heat, pareto) or a panel that is built in (lines, alarms, ...)"},
    {"panels", "title", OPTION_TEXT, 0, 0, "", "", "above it; without one, what it shows"},
    {"panels", "tags", OPTION_TEXTS, 0, 0, "", "", "patterns of keys of tags, discovered series too: * is anything, ? one character"},
    {"panels", "lines", OPTION_TEXTS, 0, 0, "", "", "patterns of paths of areas, lines and units, whose state is shown"},
    {"panels", "span", OPTION_DURATION, 60000, 31622400000.0, "", "", "of a trend, heat map or band: how far it reaches back"},
    {"panels", "range", OPTION_RANGE, 0, 0, "", "", "the ends of its scale, instead of the tags' own"},
    {"panels", "decimals", OPTION_INT, 0, 9, "", "", "digits behind the point, instead of the tags' own"},
    {"panels", "columns", OPTION_INT, 1, 16, "", "", "values beside one another; without it, as many as are needed and fit"},
    {"panels", "width", OPTION_INT, 1, 20, "", "1", "its part of the row's width against others'"},

    {"alarms", "name", OPTION_NAME, 0, 0, "", "", "unique where it hangs; without one, its kind"},
    {"alarms", "kind", OPTION_CHOICE, 0, 0, "high-high|high|low|low-low|deviation|rate|discrete|no-data|bad-quality|expression|message", "", "what raises it; without one, the name says it"},
    {"alarms", "title", OPTION_TEXT, 0, 0, "", "", "for people; without one, the tag's title and the kind"},
    {"alarms", "enabled", OPTION_BOOL, 0, 0, "", "true", "false takes away an alarm that a type has"},
    {"alarms", "limit", OPTION_FLOAT, 0, 0, "", "", "raised beyond it; of a deviation the distance from the setpoint, of a rate the change a minute"},
    {"alarms", "deadband", OPTION_FLOAT, 0, 1e12, "", "", "how far back from the limit it clears; without one, by the tag's unit"},
    {"alarms", "on_delay", OPTION_DURATION, 0, 86400000, "", "", "how long the cause must stand before it is raised"},
    {"alarms", "off_delay", OPTION_DURATION, 0, 86400000, "", "", "how long the cause must be gone before it clears; without one, by the tag's unit"},
    {"alarms", "window", OPTION_DURATION, 1000, 604800000, "", "", "of a rate: the time over which the change is taken; of no-data: the silence"},
    {"alarms", "setpoint", OPTION_TEXT, 0, 0, "", "", "of a deviation: the tag that the value is held against"},
    {"alarms", "when", OPTION_TEXT, 0, 0, "", "", "of an expression: the formula"},
    {"alarms", "values", OPTION_VALUES, 0, 0, "", "", "of discrete: what raises it; of a message: what is no message, besides 0, false and \"\""},
    {"alarms", "priority", OPTION_INT, 1, 4, "", "3", "1 is the highest"},
    {"alarms", "class", OPTION_NAME, 0, 0, "", "", "its class; without one, process, of a message machine"},
    {"alarms", "latching", OPTION_BOOL, 0, 0, "", "false", "it stays until it is reset"},
    {"alarms", "group", OPTION_NAME, 0, 0, "", "", "conditions of one group are one alarm"},
    {"alarms", "suppress", OPTION_TEXT, 0, 0, "", "", "the formula that suppresses it"},
    {"alarms", "hold_off", OPTION_DURATION, 0, 86400000, "", "", "how long it stays suppressed after that"},
    {"alarms", "first_out", OPTION_TEXT, 0, 0, "", "", "of the alarms of one line with this word, the first is marked; may hold {unit}"},
    {"alarms", "cause", OPTION_TEXT, 0, 0, "", "", "why it may come"},
    {"alarms", "consequence", OPTION_TEXT, 0, 0, "", "", "what follows when nobody acts"},
    {"alarms", "action", OPTION_TEXT, 0, 0, "", "", "what the operator does"},
    {"alarms", "respond", OPTION_DURATION, 1000, 604800000, "", "", "the time that is left for it"},
    {"alarms", "related", OPTION_TEXT, 0, 0, "", "", "what protects besides: a trip, a valve"},
    {"alarms", "codes", OPTION_LIST, 0, 0, "codes", "", "of a message: what its codes mean"},
    TABLE_ROW("alarms", "codes", "codes"),
    {"alarms", "text", OPTION_TEXT, 0, 0, "", "", "of a message: the tag that holds its words"},
    {"alarms", "clears_after", OPTION_DURATION, 1000, 604800000, "", "", "of a message that is never taken back: how long it stands"},

    {"codes", "code", OPTION_TEXT_INT, 0, 0, "", "", "what the machine sends"},
    {"codes", "title", OPTION_TEXT, 0, 0, "", "", "for people"},
    {"codes", "priority", OPTION_INT, 1, 4, "", "", "1 is the highest; without one, the alarm's"},
    {"codes", "cause", OPTION_TEXT, 0, 0, "", "", "why it may come"},
    {"codes", "consequence", OPTION_TEXT, 0, 0, "", "", "what follows when nobody acts"},
    {"codes", "action", OPTION_TEXT, 0, 0, "", "", "what the operator does"},

    {"alarm_settings", "clock_error", OPTION_DURATION, 0, 3600000, "", "1s", "how far the sources' clocks may be apart: what comes first within it is not told"},
    {"alarm_settings", "shelve_max", OPTION_DURATION, 60000, 604800000, "", "8h", "longest shelf"},
    {"alarm_settings", "chattering", OPTION_INT, 2, 16, "", "3", "so many raises of one alarm within chattering_within are chattering"},
    {"alarm_settings", "chattering_within", OPTION_DURATION, 1000, 3600000, "", "60s", "the time for that"},
    {"alarm_settings", "fleeting", OPTION_DURATION, 1, 3600000, "", "10s", "what returns to normal so soon, and unacknowledged, is fleeting"},
    {"alarm_settings", "outputs", OPTION_LIST, 0, 0, "outputs", "", "what is published of the alarms, for stack lights and message bridges; nothing without it"},

    {"outputs", "broker", OPTION_NAME, 0, 0, "", "", "the broker that gets it; the first without one"},
    {"outputs", "below", OPTION_TEXT, 0, 0, "", "", "path of the area, line or unit whose alarms count: \"stamping/side\"; without one, all"},
    {"outputs", "topic", OPTION_TEXT, 0, 0, "", "", "the topic above horn, unacked, active and counts; andon/v1/SITE/alarm and the path without one"},

    {"kpi", "publish", OPTION_BOOL, 0, 0, "", "false", "publish them"},
    {"kpi", "broker", OPTION_NAME, 0, 0, "", "", "the broker that gets them; the first without one"},

    {"alarm_classes", "name", OPTION_NAME, 0, 0, "", "", "unique; that of a built-in class changes it"},
    {"alarm_classes", "title", OPTION_TEXT, 0, 0, "", "", "for people; the name without one"},
    {"alarm_classes", "ack", OPTION_CHOICE, 0, 0, "operator|return|itself", "operator", "who acknowledges: the operator; the alarm itself on its return; or it needs none"},
    {"alarm_classes", "safety", OPTION_BOOL, 0, 0, "", "false", "neither shelved nor suppressed"},
    {"alarm_classes", "comment", OPTION_BOOL, 0, 0, "", "false", "an acknowledgement needs a comment"},
    {"alarm_classes", "horn", OPTION_BOOL, 0, 0, "", "true", "it sounds while it is not acknowledged"},
    {"alarm_classes", "counted", OPTION_BOOL, 0, 0, "", "true", "its raises count as an operator's load"},
    {"alarm_classes", "shelve_max", OPTION_DURATION, 0, 604800000, "", "", "longest shelf; without one, that of all alarms"},

    {"positions", "name", OPTION_NAME, 0, 0, "", "", "unique among the positions"},
    {"positions", "title", OPTION_TEXT, 0, 0, "", "", "for people; the name without one"},
    {"positions", "areas", OPTION_TEXTS, 0, 0, "", "", "paths of its areas and lines, from the site: \"stamping\", \"stamping/side\""},

    {"access", "default", OPTION_CHOICE, 0, 0, "viewer|operator|engineer", "viewer", "the role of whom no other names; as long as nobody has a role, operator"},
    {"access", "roles", OPTION_LIST, 0, 0, "roles", "", "who has which role"},
    {"access", "sign_on", OPTION_BOOL, 0, 0, "", "false", "ask for a name or badge at the first action of a shift"},
    {"access", "shifts", OPTION_TEXTS, 0, 0, "", "", "when shifts begin, in the site's time, as long as the site has no calendar; 06:00, 14:00 and 22:00 without it"},

    {"roles", "role", OPTION_CHOICE, 0, 0, "viewer|operator|engineer", "", "what they may do; each may do what those before it may"},
    {"roles", "users", OPTION_TEXTS, 0, 0, "", "", "Unix users"},
    {"roles", "groups", OPTION_TEXTS, 0, 0, "", "", "Unix groups"},

    /* Their ranges and presets are those of bound_table (core/bounds.c). */
    {"bounds", "topics", OPTION_INT, 0, 0, "", "", "topics outside the configuration that are listed"},
    {"bounds", "series", OPTION_INT, 0, 0, "", "", "fields of discovered topics that are followed"},
    {"bounds", "payload_bytes", OPTION_INT, 0, 0, "", "", "largest payload that is read"},
    {"bounds", "json_depth", OPTION_INT, 0, 0, "", "", "deepest nesting that is read"},
    {"bounds", "json_tokens", OPTION_INT, 0, 0, "", "", "values and names in one message"},
    {"bounds", "text_bytes", OPTION_INT, 0, 0, "", "", "longest text value; more is cut"},
    {"bounds", "topic_bytes", OPTION_INT, 0, 0, "", "", "longest topic that is read"},
    {"bounds", "queue_bytes", OPTION_INT, 0, 0, "", "", "messages between the brokers and the fold"},
    {"bounds", "raw_bytes", OPTION_INT, 0, 0, "", "", "ring of last raw payloads"},
    {"bounds", "screen_bytes", OPTION_INT, 0, 0, "", "", "how far a screen may fall behind"},
    {"bounds", "screens", OPTION_INT, 0, 0, "", "", "screens at one time"},
    {"bounds", "intervals", OPTION_INT, 0, 0, "", "", "remembered state intervals of one unit"},
    {"bounds", "cells", OPTION_INT, 0, 0, "", "", "remembered cells of the account of one unit or line: an hour, shift, product and order each"},
    {"bounds", "stops", OPTION_INT, 0, 0, "", "", "remembered stops of the plant; older ones are in the cache, and cannot be amended"},
    {"bounds", "energy_cells", OPTION_INT, 0, 0, "", "", "remembered cells of one meter: a quarter of an hour, shift, product and order each"},
    {"bounds", "defects", OPTION_INT, 0, 0, "", "", "kinds of defects that are told apart on one unit or line in an hour, shift, product and order; the rest is counted as others"},
    {"bounds", "time_ahead_ms", OPTION_INT, 0, 0, "", "", "a source time further ahead is replaced by the arrival time"},
    {"bounds", "time_oldest_ms", OPTION_INT, 0, 0, "", "", "an older source time is replaced by the arrival time"},

    {"store", "keep", OPTION_DURATION, 86400000, 3153600000000.0, "forever", "400d", "how long samples are kept; the size may end that earlier"},
    {"store", "keep_events", OPTION_DURATION, 86400000, 3153600000000.0, "forever", "1100d", "how long events, states, quantities and hourly summaries are kept"},
    {"store", "size", OPTION_SIZE, 16e6, 1e14, "", "2GiB", "most that all files of the cache take together; beyond it the oldest samples go"},
    {"store", "flush", OPTION_DURATION, 100, 60000, "", "1s", "how often samples go to the disk, and so how much a power cut may take; events and actions do not wait"},

    {"screen", "theme", OPTION_NAME, 0, 0, "", "dark", "name of a theme"},
    {"screen", "glyphs", OPTION_CHOICE, 0, 0, "wgl4|ascii|full", "wgl4", "the characters that the terminal's font has"},
    {"screen", "view", OPTION_NAME, 0, 0, "", "overview", "the view to begin with"},
    {"screen", "ambiguous_wide", OPTION_BOOL, 0, 0, "", "false", "characters of ambiguous width take two cells in this terminal"},
    {"screen", "linger", OPTION_DURATION, 0, 31536000000.0, "forever", "10m", "how long a collector that a screen started stays after the last one"},
    {"screen", "bell", OPTION_BOOL, 0, 0, "", "false", "ring the terminal's bell when an alarm begins to sound"},
    {"screen", "frame", OPTION_DURATION, 50, 10000, "", "200ms", "least time between two frames"},
};

const size_t option_count = sizeof option_table / sizeof option_table[0];
