#include "check.h"

#include "core/envelope.h"
#include "core/envelope_names.h"
#include "core/payload.h"
#include "core/plant_build.h"

/*
 * A struct heard writes down all that a reader says: "/P07/t=12.5", with @ its time, ! bad, ? uncertain; -not-format a drop. A case is a message on a topic and what is heard of it.
 */
struct heard {
    size_t length;
    char text[8192];
    const struct envelope_kind *kind;
};

static void say(struct heard *heard, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(heard->text + heard->length, sizeof heard->text - heard->length, format, args);
    va_end(args);
    heard->length += (size_t)n;
    assert_true(heard->length < sizeof heard->text);
}

static void hear_item(void *arg, const struct payload_item *item)
{
    struct heard *heard = arg;
    heard->kind = item->kind;
    say(heard, "%s%s=", heard->length ? " " : "", item->path);
    switch (item->value.kind) {
    case VALUE_NULL: say(heard, "null"); break;
    case VALUE_BOOL: say(heard, "%s", item->value.b ? "true" : "false"); break;
    case VALUE_INT: say(heard, "%lld", (long long)item->value.i); break;
    case VALUE_UINT: say(heard, "%llu", (unsigned long long)item->value.u); break;
    case VALUE_REAL: say(heard, "%.17g", item->value.d); break;
    default: say(heard, "\"%s\"", item->text);
    }
    if (item->has_time)
        say(heard, "@%lld", (long long)item->time_ms);
    if (item->quality != QUALITY_GOOD)
        say(heard, item->quality == QUALITY_BAD ? "!" : "?");
}

static void hear_drop(void *arg, enum drop reason, const char *detail)
{
    struct heard *heard = arg;
    (void)detail;
    say(heard, "%s-%s", heard->length ? " " : "", drop_table[reason].name);
}

static struct bounds bounds;
static struct zone_span berlin_summer = {0, 7200};
static const struct zone zone = {&berlin_summer, 1};
static struct payload_reader *reader;

static int set_up(void **state)
{
    (void)state;
    bounds_preset(&bounds);
    reader = payload_reader_create(&bounds, &zone);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    payload_reader_destroy(reader);
    return 0;
}

/* `kind`: what it is recognised as; NULL: nothing. */
static void expect_seen(const char *kind, const char *topic, const char *text, const char *expected)
{
    struct heard heard = {.length = 0};
    payload_topic(reader, topic, strlen(topic));
    payload_discover(reader, text, strlen(text), &(struct payload_sink){hear_item, hear_drop, &heard});
    if (strcmp(heard.text, expected) != 0)
        fail_msg("%s: heard %s, expected %s", text, heard.text, expected);
    const char *said = heard.kind ? heard.kind->name ? heard.kind->name : "csv" : "";
    if (heard.length && heard.text[0] != '-')
        assert_string_equal(said, kind ? kind : "");
}

static void plain(const char *topic, const char *text, const char *expected)
{
    expect_seen(NULL, topic, text, expected);
}

static void rows_name_device_and_tag(void **state)
{
    (void)state;
    expect_seen("rows", "plant/all", "{\"dev\":\"P07\",\"tag\":\"t\",\"val\":\"12.5\"}", "/P07/t=\"12.5\"");
    expect_seen("rows", "plant/all", "[{\"dev\":\"P07\",\"tag\":\"t\",\"val\":12.5,\"ts\":1718185925},{\"dev\":\"P08\",\"tag\":\"n\",\"val\":3,\"q\":0}]", "/P07/t=12.5@1718185925000 /P08/n=3!");
    expect_seen("rows", "a", "{\"deviceId\":\"m1\",\"name\":\"speed\",\"value\":1450}", "/m1/speed=1450");
    expect_seen("rows", "a", "[{\"bn\":\"dev1\",\"n\":\"temp\",\"u\":\"Cel\",\"v\":23.5}]", "/dev1/temp=23.5");
    expect_seen("rows", "a", "[{\"tagname\":\"Group A.Tag 42\",\"timestamp\":1651604184861,\"value\":1291},{\"tagname\":\"x/y\",\"timestamp\":1651604184861,\"value\":2}]",
        "/Group A.Tag 42=1291@1651604184861 /x~1y=2@1651604184861");
    expect_seen("rows", "plant/P07/data", "{\"dev\":\"P07\",\"tag\":\"t\",\"val\":1}", "/t=1");
    expect_seen("device", "plant/all", "{\"device\":\"P07\",\"t\":12.5,\"n\":3,\"ts\":1718185925}", "/P07/t=12.5@1718185925000 /P07/n=3@1718185925000");
}

static void a_message_that_names_nothing_is_as_it_stands(void **state)
{
    (void)state;
    plain("a", "{\"id\":\"0a1b\",\"value\":5}", "/id=\"0a1b\" /value=5");
    plain("a", "{\"value\":5,\"unit\":\"C\"}", "/value=5 /unit=\"C\"");
    plain("a/P07", "{\"device\":\"P07\",\"t\":1,\"n\":2}", "/device=\"P07\" /t=1 /n=2");
    plain("a", "{\"st\":\"Execute\",\"cnt\":7}", "/st=\"Execute\" /cnt=7");
    plain("a", "[1,2]", "/0=1 /1=2");
    plain("a", "21,5", "=\"21,5\"");
    plain("a", "stopped, no material", "=\"stopped, no material\"");
    plain("a", "{\"name\":5,\"value\":1}", "/name=5 /value=1");
}

static void a_bad_item_costs_itself(void **state)
{
    (void)state;
    expect_seen("rows", "a", "[{\"dev\":\"P07\",\"tag\":\"t\",\"val\":1},{\"dev\":\"P08\",\"tag\":{},\"val\":2},{\"dev\":\"P09\",\"tag\":\"t\"},7,{\"dev\":\"P10\",\"tag\":\"t\",\"val\":4}]",
        "/P07/t=1 -not-format -not-format -not-format /P10/t=4");
    plain("a", "[{\"dev\":\"P07\",\"tag\":\"t\",\"val\":1},{\"dev\":", "-not-json");
    expect_seen("rows", "a", "{\"dev\":\"P07\",\"tag\":\"t\",\"val\":NaN}", "-not-finite /P07/t=null!");
    expect_seen("rows", "a", "{\"dev\":\"P\xFF\",\"tag\":\"t\",\"val\":1}", "-invalid-utf8 /P\xEF\xBF\xBD/t=1");
    expect_seen("rows", "a", "{\"dev\":\"P07\",\"tag\":\"t\",\"val\":1,\"ts\":\"soon\"}", "-time-unreadable /P07/t=1");
}

static void kepware(void **state)
{
    (void)state;
    expect_seen("kepware", "iotgateway", "{\"timestamp\":1458666021148,\"values\":[{\"id\":\"Line1.Press01.Temp\",\"v\":42.5,\"q\":true,\"t\":1458666018132},{\"id\":\"Line1.Press02.Temp\",\"v\":0,\"q\":false,\"t\":1458666018133}]}",
        "/Line1/Press01/Temp=42.5@1458666018132 /Line1/Press02/Temp=0@1458666018133!");
    expect_seen("kepware", "iotgateway", "{\"timestamp\":1458666021148,\"values\":[{\"id\":\"a.b\",\"v\":1},{\"id\":7.5,\"v\":1},{\"id\":\"a.c\"}]}", "/a/b=1@1458666021148 -not-format -not-format");
}

static void neuron(void **state)
{
    (void)state;
    expect_seen("neuron", "neuron/mqtt", "{\"node\":\"modbus\",\"group\":\"grp\",\"timestamp\":1650006388943,\"values\":{\"tag0\":123},\"errors\":{\"tag1\":2014},\"metas\":{}}",
        "/modbus/grp/tag1=null@1650006388943! /modbus/grp/tag0=123@1650006388943");
    expect_seen("neuron", "neuron/mqtt/modbus/grp", "{\"node\":\"modbus\",\"group\":\"grp\",\"timestamp\":1650006388943,\"values\":{\"tag0\":123},\"errors\":{}}", "/tag0=123@1650006388943");
    expect_seen("neuron-tags", "neuron/mqtt", "{\"node\":\"modbus\",\"group\":\"grp\",\"timestamp\":1647497389075,\"tags\":[{\"name\":\"tag0\",\"value\":123},{\"name\":\"tag1\",\"error\":2014}]}",
        "/modbus/grp/tag0=123@1647497389075 /modbus/grp/tag1=null@1647497389075!");
}

static void thingsboard(void **state)
{
    (void)state;
    expect_seen("thingsboard", "v1/gateway/telemetry", "{\"Device A\":[{\"ts\":1483228800000,\"values\":{\"temperature\":42,\"humidity\":80}},{\"ts\":1483228801000,\"values\":{\"temperature\":43}}],\"Device B\":[{\"ts\":1483228800000,\"values\":{\"temperature\":42}}]}",
        "/Device A/temperature=42@1483228800000 /Device A/humidity=80@1483228800000 /Device A/temperature=43@1483228801000 /Device B/temperature=42@1483228800000");
    expect_seen("thingsboard-device", "v1/devices/me/telemetry", "{\"ts\":1451649600512,\"values\":{\"key1\":\"value1\"}}", "/key1=\"value1\"@1451649600512");
}

static void industrial_edge_takes_names_from_another_message(void **state)
{
    (void)state;
    static const char data[] = "{\"seq\":84,\"vals\":[{\"id\":\"101\",\"qc\":3,\"ts\":\"2020-11-24T15:11:45.123Z\",\"val\":1.5},{\"id\":\"102\",\"qc\":0,\"ts\":\"2020-11-24T15:11:45.123Z\",\"val\":7}]}";
    expect_seen("industrial-edge", "ie/d/j/simatic/v1/s7c1/dp/r/plc1/default", data, "-name-unknown -name-unknown");
    expect_seen(NULL, "ie/m/j/simatic/v1/s7c1/dp", "{\"seq\":1,\"connections\":[{\"name\":\"plc1\",\"dataPoints\":[{\"name\":\"default\",\"topic\":\"ie/d/j/simatic/v1/s7c1/dp/r/plc1/default\","
        "\"dataPointDefinitions\":[{\"name\":\"level\",\"id\":\"101\",\"dataType\":\"Real\"},{\"name\":\"count\",\"id\":\"102\"}]}]}]}", "");
    expect_seen("industrial-edge", "ie/d/j/simatic/v1/s7c1/dp/r/plc1/default", data, "/level=1.5@1606230705123 /count=7@1606230705123!");
    expect_seen("industrial-edge", "ie/d/j/simatic/v1/s7c1/dp/r/plc2/default", data, "-name-unknown -name-unknown");
}

static void home_automation(void **state)
{
    (void)state;
    expect_seen("umh", "umh/v1/acme/cologne/weld/l1/_historian", "{\"timestamp_ms\":1718185925123,\"temperature\":21.5,\"axis\":{\"x\":1}}", "/temperature=21.5@1718185925123 /axis/x=1@1718185925123");
    expect_seen("tasmota", "tele/boiler/SENSOR", "{\"Time\":\"2024-06-12T11:52:05\",\"ENERGY\":{\"Power\":120},\"TempUnit\":\"C\"}", "/ENERGY/Power=120@1718185925000 /TempUnit=\"C\"@1718185925000");
    plain("tele/boiler/LWT", "Online", "=\"Online\"");
    expect_seen("zigbee2mqtt", "zigbee2mqtt/cold store", "{\"temperature\":4.5,\"linkquality\":90,\"last_seen\":\"2024-06-12T09:52:05Z\"}", "/temperature=4.5@1718185925000 /linkquality=90@1718185925000");
    plain("zigbee2mqtt/cold store/availability", "{\"state\":\"online\"}", "/state=\"online\"");
    expect_seen("shelly", "shellyplus1pm-a8/events/rpc", "{\"src\":\"shellyplus1pm-a8\",\"dst\":\"x\",\"method\":\"NotifyStatus\",\"params\":{\"ts\":1631186545.04,\"switch:0\":{\"id\":0,\"apower\":9.5}}}",
        "/switch:0/id=0@1631186545040 /switch:0/apower=9.5@1631186545040");
    expect_seen("node-red", "out", "{\"_msgid\":\"1f\",\"topic\":\"press/temp\",\"payload\":21.5}", "/press/temp=21.5");
    expect_seen("node-red", "out", "{\"_msgid\":\"1f\",\"payload\":{\"a\":1}}", "/a=1");
}

static void units_are_told_of_fields(void **state)
{
    (void)state;
    const struct envelope_names *names = payload_names(reader);
    expect_seen(NULL, "zigbee2mqtt/bridge/devices", "[{\"friendly_name\":\"cold store\",\"definition\":{\"exposes\":[{\"property\":\"temperature\",\"unit\":\"\xC2\xB0" "C\"},{\"type\":\"climate\",\"features\":[{\"property\":\"local\",\"unit\":\"K\"}]}]}},{\"friendly_name\":\"Coordinator\",\"definition\":null}]", "");
    assert_string_equal(envelope_names_find(names, "zigbee2mqtt/cold store", "/temperature")->unit, "\xC2\xB0" "C");
    assert_string_equal(envelope_names_find(names, "zigbee2mqtt/cold store", "/local")->unit, "K");
    expect_seen(NULL, "homeassistant/sensor/boiler/p/config", "{\"name\":\"Boiler power\",\"state_topic\":\"tele/boiler/SENSOR\",\"unit_of_measurement\":\"W\",\"value_template\":\"{{ value_json['ENERGY'].Power }}\"}", "");
    assert_string_equal(envelope_names_find(names, "tele/boiler/SENSOR", "/ENERGY/Power")->unit, "W");
    expect_seen(NULL, "homeassistant/sensor/x/config", "{\"~\":\"home/x\",\"stat_t\":\"~/state\",\"unit_of_meas\":\"kWh\"}", "");
    assert_string_equal(envelope_names_find(names, "home/x/state", "")->unit, "kWh");
    assert_null(envelope_names_find(names, "home/x/state", "/v"));
    expect_seen(NULL, "homeassistant/x/y/config", "{\"stat_t\":[],\"val_tpl\":{}}", "");
    expect_seen(NULL, "zigbee2mqtt/bridge/info", "{\"version\":\"1.40\"}", "");
}

static void lines_of_cells(void **state)
{
    (void)state;
    expect_seen("csv", "lines", "2024-06-12T09:52:05Z,P07,temp,12.5\n2024-06-12T09:52:06Z,P08,temp,13", "/P07/temp=12.5@1718185925000 /P08/temp=13@1718185926000");
    expect_seen("csv", "lines", "P07;temp;12.5", "/P07/temp=12.5");
    expect_seen("csv", "lines", "P07;12.5;3", "/P07/1=12.5 /P07/2=3");
    expect_seen("csv", "lines", "20240612115205;1;2", "/1=1@1718185925000 /2=2@1718185925000");
    plain("lines", "P07;12.5", "=\"P07;12.5\"");
    plain("lines", "P07;temp;12.5\nP08;off;x", "=\"P07;temp;12.5 P08;off;x\"");
}

/* ---- for a binding ---- */

static void expect_read(const struct plant_binding *binding, const char *text, const char *expected)
{
    struct heard heard = {.length = 0};
    struct plant_build b;
    plant_build_init(&b);
    plant_add_node(&b, NO_NODE, (struct node){.level = LEVEL_SITE, .name = "works"});
    plant_add_binding(&b, *binding);
    struct plant *plant = plant_build_finish(&b);
    payload_topic(reader, "plant/all", 9);
    payload_read(reader, &plant->bindings[0], text, strlen(text), &(struct payload_sink){hear_item, hear_drop, &heard});
    if (strcmp(heard.text, expected) != 0)
        fail_msg("%s: heard %s, expected %s", text, heard.text, expected);
    plant_destroy(plant);
}

#define WAYS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void a_binding_takes_what_its_paths_name(void **state)
{
    (void)state;
    static struct plant_field fields[] = {{"/p08/t", 0}, {"/p07/t", 1}, {"/p07/n", 2}};
    const struct envelope shape = {.items = WAYS("/list"), .names = {WAYS("/d"), WAYS("/k")}, .value = WAYS("/x"), .quality = WAYS("/q"), .good = WAYS("ok", "0"), .time = WAYS("/at")};
    struct plant_binding binding = {.format = FORMAT_JSON, .envelope = &shape, .fields = fields, .field_count = 3};
    expect_read(&binding, "{\"at\":1718185925,\"list\":[{\"d\":\"p07\",\"k\":\"t\",\"x\":1,\"q\":\"OK\"},{\"d\":\"p09\",\"k\":\"t\",\"x\":1},{\"d\":\"p08\",\"k\":\"t\",\"x\":2,\"q\":17,\"at\":1718185926}]}",
        "/p07/t=1@1718185925000 /p08/t=2@1718185926000!");
    expect_read(&binding, "{\"list\":[{\"d\":\"p09\",\"k\":\"t\",\"x\":1}]}", "-field-missing");
    expect_read(&binding, "{\"lists\":[]}", "-not-format");
    expect_read(&binding, "{\"list\":7}", "-not-format");
    expect_read(&binding, "{\"list\":[]}", "");
    expect_read(&binding, "{\"list\":[{\"d\":\"p07\",\"k\":\"t\",\"x\":1},{\"d\":\"p07\",\"k\":\"t\",\"x\":2}]}", "/p07/t=1 /p07/t=2");
    expect_read(&binding, "12", "-not-format");
}

static void keys_may_be_names(void **state)
{
    (void)state;
    static struct plant_field fields[] = {{"/t", 0}, {"/n", 1}};
    const struct envelope shape = {.keys = KEYS_NAME, .value = WAYS("/v"), .time = WAYS("/t")};
    struct plant_binding binding = {.format = FORMAT_JSON, .envelope = &shape, .fields = fields, .field_count = 2};
    expect_read(&binding, "{\"t\":{\"v\":1.5,\"t\":1718185925},\"n\":7}", "/t=1.5@1718185925000 /n=7");
    expect_read(&binding, "[1]", "-not-format");
}

static void csv_feeds_columns(void **state)
{
    (void)state;
    static struct plant_field columns[] = {{"/1", 0}, {"/3", 1}}, named[] = {{"/temp", 0}};
    struct plant_binding binding = {.format = FORMAT_CSV, .fields = columns, .field_count = 2};
    expect_read(&binding, "P07;\"a \"\"b\"\"\";x;12,5", "/1=\"a \"b\"\" /3=\"12,5\"");
    expect_read(&binding, "1,2,3,4\n5,6,7,8", "/1=2 /3=4 /1=6 /3=8");
    binding.fields = named;
    binding.field_count = 1;
    expect_read(&binding, "name,temp\nP07, 12.5\nP08,\n", "/temp=12.5 /temp=null");
    expect_read(&binding, "", "-not-format");
    expect_read(&binding, "a\xFF,temp\n1,2", "-invalid-utf8 /temp=2");
}

static void other_encodings(void **state)
{
    (void)state;
    static struct plant_field fields[] = {{"/\xE6\xB8\xA9\xE5\xBA\xA6", 0}, {"/s", 1}}; /* wen du */
    struct plant_binding binding = {.format = FORMAT_JSON, .fields = fields, .field_count = 2, .time_path = ""};
    payload_encoding(reader, "gb18030");
    expect_read(&binding, "{\"\xCE\xC2\xB6\xC8\":21.5,\"s\":\"\xD4\xCB\xD0\xD0\"}", "/\xE6\xB8\xA9\xE5\xBA\xA6=21.5 /s=\"\xE8\xBF\x90\xE8\xA1\x8C\"");
    expect_read(&binding, "{\"s\":\"\x95\x5C\"}", "/s=\"\xE6\x98\x9E\""); /* its second byte is a backslash */
    expect_read(&binding, "{\"s\":\"a\xFF" "b\"}", "-invalid-utf8 /s=\"a\xEF\xBF\xBD" "b\"");
    payload_encoding(reader, "");
    expect_read(&binding, "{\"s\":\"\xD4\xCB\"}", "-invalid-utf8 /s=\"\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

static void times_of_publishers(void **state)
{
    (void)state;
    static struct plant_field fields[] = {{"/v", 0}};
    static struct zone_span shanghai = {0, 28800};
    static const struct zone east = {&shanghai, 1};
    struct plant_binding binding = {.format = FORMAT_JSON, .fields = fields, .field_count = 1, .time_path = "/ts", .zone = &east};
    expect_read(&binding, "{\"ts\":20240612175205,\"v\":1}", "/v=1@1718185925000");
    expect_read(&binding, "{\"ts\":\"20240612175205123\",\"v\":1}", "/v=1@1718185925123");
    expect_read(&binding, "{\"ts\":\"2024/06/12 17:52:05\",\"v\":1}", "/v=1@1718185925000");
    expect_read(&binding, "{\"ts\":\"12.06.2024 17:52:05.5\",\"v\":1}", "/v=1@1718185925500");
    expect_read(&binding, "{\"ts\":\"2024-06-12 17:52:05\",\"v\":1}", "/v=1@1718185925000");
    expect_read(&binding, "{\"ts\":\"12/06/2024 17:52:05\",\"v\":1}", "-time-unreadable /v=1"); /* which is the month? */
    expect_read(&binding, "{\"ts\":1718185925123,\"v\":1}", "/v=1@1718185925123");
    binding.time_format = TIME_PATTERNS + 3;
    expect_read(&binding, "{\"ts\":\"12/06/2024 17:52:05\",\"v\":1}", "/v=1@1718185925000");
    binding.time_format = TIME_PATTERNS;
    expect_read(&binding, "{\"ts\":\"20241312175205\",\"v\":1}", "-time-unreadable /v=1");
    expect_read(&binding, "{\"ts\":1718185925123,\"v\":1}", "-time-unreadable /v=1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {CASE(rows_name_device_and_tag), CASE(a_message_that_names_nothing_is_as_it_stands), CASE(a_bad_item_costs_itself), CASE(kepware), CASE(neuron), CASE(thingsboard),
        CASE(industrial_edge_takes_names_from_another_message), CASE(home_automation), CASE(units_are_told_of_fields), CASE(lines_of_cells), CASE(a_binding_takes_what_its_paths_name), CASE(keys_may_be_names),
        CASE(csv_feeds_columns), CASE(other_encodings), CASE(times_of_publishers)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
