#include "check.h"

#include "core/payload.h"

/*
 * A struct heard writes down all that a reader says, one word each, so that a case is one line:
 * "0=21.5" field 0 is the real 21.5; i5 an int, u5 a uint, b1 a boolean, "x" a text, null; @ its time, ! bad, ? uncertain;
 * -not-finite:/a a drop with its detail. A discovered field has its path for its number.
 */
struct heard {
    bool paths;
    size_t length;
    char text[4096];
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
    say(heard, heard->length ? " " : "");
    if (heard->paths)
        say(heard, "%s=", item->path);
    else
        say(heard, "%zu=", item->field);
    switch (item->value.kind) {
    case VALUE_NULL: say(heard, "null"); break;
    case VALUE_BOOL: say(heard, "b%d", item->value.b); break;
    case VALUE_INT: say(heard, "i%lld", (long long)item->value.i); break;
    case VALUE_UINT: say(heard, "u%llu", (unsigned long long)item->value.u); break;
    case VALUE_REAL: say(heard, "%.17g", item->value.d); break;
    default:
        say(heard, "\"%s\"", item->text);
        assert_int_equal(strlen(item->text), item->text_length);
    }
    if (item->has_time)
        say(heard, "@%lld", (long long)item->time_ms);
    if (item->quality != QUALITY_GOOD)
        say(heard, item->quality == QUALITY_BAD ? "!" : "?");
}

static void hear_drop(void *arg, enum drop reason, const char *detail)
{
    struct heard *heard = arg;
    say(heard, "%s-%s:%s", heard->length ? " " : "", drop_table[reason].name, detail);
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

static void expect_read(const struct plant_binding *binding, const void *bytes, size_t length, const char *expected)
{
    struct heard heard = {.paths = false};
    struct payload_sink sink = {hear_item, hear_drop, &heard};
    char *exact = malloc(length ? length : 1); /* no byte behind the payload may be looked at */
    memcpy(exact, bytes, length);
    payload_read(reader, binding, exact, length, &sink);
    free(exact);
    if (strcmp(heard.text, expected) != 0)
        fail_msg("%.*s: heard %s, expected %s", length < 200 ? (int)length : 200, (const char *)bytes, heard.text, expected);
}

/* Field 0 is /v, field 1 is /t/oil, field 2 is /list/1. */
static struct plant_field fields[] = {{"/v", 0}, {"/t/oil", 1}, {"/list/1", 2}};
static struct plant_field whole[] = {{"", 0}};

static void json(const char *text, const char *expected)
{
    struct plant_binding binding = {.format = FORMAT_JSON, .time_path = "", .fields = fields, .field_count = 3};
    expect_read(&binding, text, strlen(text), expected);
}

static void automatic(const char *text, const char *expected)
{
    struct plant_binding binding = {.format = FORMAT_AUTO, .time_path = "", .fields = whole, .field_count = 1};
    expect_read(&binding, text, strlen(text), expected);
}

static void timed(enum time_format format, const char *text, const char *expected)
{
    struct plant_binding binding = {.format = FORMAT_JSON, .time_path = "/ts", .time_format = format, .fields = fields, .field_count = 1};
    expect_read(&binding, text, strlen(text), expected);
}

static void discover(const char *text, const char *expected)
{
    struct heard heard = {.paths = true};
    struct payload_sink sink = {hear_item, hear_drop, &heard};
    payload_discover(reader, text, strlen(text), &sink);
    if (strcmp(heard.text, expected) != 0)
        fail_msg("%s: heard %s, expected %s", text, heard.text, expected);
}

static void bare_values(void **state)
{
    (void)state;
    automatic("21.5", "0=21.5");
    automatic(" 12\r\n", "0=i12");
    automatic("18446744073709551615", "0=u18446744073709551615");
    automatic("TRUE", "0=b1");
    automatic("off", "0=b0");
    automatic("On", "0=b1");
    automatic("Execute", "0=\"Execute\"");
    automatic("21,5", "0=\"21,5\"");
    automatic("0x10", "0=\"0x10\"");
    automatic("", "0=null");
    automatic("NaN", "-not-finite: 0=null!");
    automatic("-Infinity", "-not-finite: 0=null!");
    automatic("1e400", "-not-finite: 0=null!");
    automatic("\xEF\xBB\xBF" "5", "0=i5");
}

static void text_is_always_text(void **state)
{
    (void)state;
    struct plant_binding binding = {.format = FORMAT_TEXT, .time_path = "", .fields = whole, .field_count = 1};
    expect_read(&binding, "42", 2, "0=\"42\"");
    expect_read(&binding, "{\"a\":1}", 7, "0=\"{\"a\":1}\"");
    expect_read(&binding, "", 0, "0=\"\"");
    expect_read(&binding, "ok\0\0", 4, "0=\"ok\"");
}

static void text_passes_the_gate(void **state)
{
    (void)state;
    automatic("\x1B[2Jx", "-control-text: 0=\"[2Jx\"");
    automatic("a\xFF" "b", "-invalid-utf8: 0=\"a\xEF\xBF\xBD" "b\"");
    automatic("abc\xE2\x80\xAE" "def", "-control-text: 0=\"abcdef\"");
    json("{\"v\":\"\\u001b[31m\\u202e\"}", "-control-text:/v 0=\"[31m\"");
    json("{\"v\":\"\x1B[31m\"}", "-control-text:/v 0=\"[31m\"");
    json("{\"v\":\"a\\u0000b\"}", "-control-text:/v 0=\"ab\"");
    json("{\"v\":\"\xC3\x28\"}", "-invalid-utf8:/v 0=\"\xEF\xBF\xBD(\"");
    char text[400];
    memset(text, 'x', sizeof text);
    struct plant_binding binding = {.format = FORMAT_AUTO, .time_path = "", .fields = whole, .field_count = 1};
    char expected[300] = "-text-cut: 0=\"";
    memset(expected + 14, 'x', 256);
    memcpy(expected + 14 + 256, "\"", 2);
    expect_read(&binding, text, sizeof text, expected);
}

static void fields_by_pointer(void **state)
{
    (void)state;
    json("{\"v\": 3, \"t\": {\"oil\": 61.25}, \"list\": [1, true, null]}", "0=i3 1=61.25 2=b1");
    json("{\"list\":[0,\"two\"],\"t\":{\"air\":1,\"oil\":-2},\"x\":{\"y\":[{}]},\"v\":null}", "0=null 1=i-2 2=\"two\"");
    json("{\"v\":1,\"other\":2}", "0=i1");
    json("{\"t\":{\"v\":5}}", "-field-missing:/v");
    json("{}", "-field-missing:/v");
    json("[1,2]", "-field-missing:/v");
    json("{\"v\":18446744073709551615}", "0=u18446744073709551615");
    json("\xEF\xBB\xBF {\"v\":1}\n", "0=i1");
    json("{\"\\u0076\":7}", "0=i7");
    json("{\"v\":\"12.5\"}", "0=\"12.5\"");
}

static void pointers_escape_and_index(void **state)
{
    (void)state;
    static struct plant_field odd[] = {{"/a~1b", 0}, {"/m~0n", 1}, {"/", 2}, {"/l/0/x", 3}, {"/l/01/x", 4}, {"/l/-", 5}, {"/e\\u0041", 6}, {"/ü", 7}};
    struct plant_binding binding = {.format = FORMAT_JSON, .time_path = "", .fields = odd, .field_count = 8};
    static const char text[] = "{\"a/b\":1,\"m~n\":2,\"\":3,\"l\":[{\"x\":4},{\"x\":5}],\"e\\u0041\":6,\"\\u00fc\":7}";
    expect_read(&binding, text, sizeof text - 1, "0=i1 1=i2 2=i3 3=i4 7=i7");
}

static void the_order_of_fields_does_not_matter(void **state)
{
    (void)state;
    struct plant_field many[30];
    char paths[30][8], text[1024] = "{", expected[1024] = "";
    for (int i = 0; i < 30; i++) {
        snprintf(paths[i], sizeof paths[i], "/f%d", i);
        many[i] = (struct plant_field){paths[i], (uint32_t)i};
        snprintf(expected + strlen(expected), sizeof expected - strlen(expected), "%s%d=i%d", i ? " " : "", i, i * 3);
        snprintf(text + strlen(text), sizeof text - strlen(text), "\"f%d\":%d%s", i * 7 % 30, i * 7 % 30 * 3, i < 29 ? "," : "}");
    }
    struct plant_binding binding = {.format = FORMAT_JSON, .time_path = "", .fields = many, .field_count = 30};
    expect_read(&binding, text, strlen(text), expected);
}

static void one_bad_field_costs_one_field(void **state)
{
    (void)state;
    json("{\"v\":NaN,\"t\":{\"oil\":2}}", "-not-finite:/v 0=null! 1=i2");
    json("{\"v\":-Infinity,\"t\":{\"oil\":2}}", "-not-finite:/v 0=null! 1=i2");
    json("{\"v\":1e400,\"t\":{\"oil\":2}}", "-not-finite:/v 0=null! 1=i2");
    json("{\"v\":[1],\"t\":{\"oil\":2}}", "-wrong-type:/v 1=i2");
    json("{\"v\":{\"a\":1},\"t\":{\"oil\":2}}", "-wrong-type:/v 1=i2");
    json("{\"v\":1,\"x\":NaN}", "0=i1");
}

static void what_is_not_json_delivers_nothing(void **state)
{
    (void)state;
    static const char *const cases[] = {"", "{", "{\"v\":1", "{\"v\":1,", "{\"v\"", "{\"v\":1}x", "{\"v\":1} {}", "{\"v\":1}}", "{\"v\":1},",
        "{\"v\" 1}", "{\"v\":}", "{\"v\":1 \"w\":2}", "{v:1}", "{1:2}", "{\"v\":yes}", "{\"v\":01}", "{\"v\":+1}", "{\"v\":'x'}", "{\"v\":\"x}",
        "{\"v\":\"\\x\"}", "{\"v\":\"\\u12\"}", "{\"v\":1]", "[1}", "[1:2]", "{\"v\":{}:\"k\":1}", "{]", "}", "{\"v\":undefined}", "{{}}", "{\"v\":1:2}",
        "{[1]:2}", "\"v\":1", "[1 2]", "[1,]", "[,1]", "[1,,2]", "[,]", "[\"a\"\"b\"]", "[[]1]", "[1[2]]", "[1\"a\"]", "{\"v\":1,}", "{,\"v\":1}",
        "{\"v\":1,,\"w\":2}", "{\"v\"::1}", "{\"v\":1,\"w\"}", "{\"v\",1}", "{\"v\":1\"w\":2}", "{\"v\":[1}]", "[{]}", "[] []", "{\"v\":1}\"", "{\"v\":\"\\\"}",
        "{\"v\":1\f}"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        json(cases[i], "-not-json:");
    automatic("[alarm] motor", "-not-json:");
    static const char nul[] = "{\"v\":1\0}";
    struct plant_binding binding = {.format = FORMAT_JSON, .time_path = "", .fields = fields, .field_count = 1};
    expect_read(&binding, nul, sizeof nul - 1, "-not-json:");
    static struct plant_field named[] = {{"/v", 0}};
    struct plant_binding any = {.format = FORMAT_AUTO, .time_path = "", .fields = named, .field_count = 1};
    expect_read(&any, "12", 2, "-not-json:/v");
}

static void json_is_free_with_blanks_and_quotes(void **state)
{
    (void)state;
    json(" \t\r\n{ \"v\" : 1 , \"t\" : { \"oil\" : 2 } } ", "0=i1 1=i2");
    json("{\"e\":[],\"f\":{},\"g\":[{},[ ],[[]]],\"v\":1}", "0=i1");
    json("{\"a\":\"\\\\\",\"v\":\"\\\"\\\\\\\"}{\"}", "0=\"\"\\\"}{\"");
    json("{\"\":0,\"a,b:c\":\",:]}\",\"v\":1}", "0=i1");
}

static void bounds_hold(void **state)
{
    (void)state;
    static char big[1 << 20];
    memset(big, '[', sizeof big);
    struct plant_binding binding = {.format = FORMAT_JSON, .time_path = "", .fields = fields, .field_count = 1};
    expect_read(&binding, big, sizeof big, "-payload-size:");
    expect_read(&binding, big, 100000, "-too-deep:");
    expect_read(&binding, big, 33, "-too-deep:");
    expect_read(&binding, big, 32, "-not-json:");
    memset(big, ' ', 100);
    memcpy(big, "{\"v\":\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"[[[[\"}", 52);
    expect_read(&binding, big, 100, "0=\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"[[[[\"");
    big[0] = '[';
    for (size_t i = 0; i < 5000; i++)
        memcpy(big + 1 + 2 * i, "1,", 2);
    big[10000] = ']';
    expect_read(&binding, big, 10001, "-too-many-tokens:");
}

static void escapes(void **state)
{
    (void)state;
    json("{\"v\":\"a\\\"b\\\\c\\/d\"}", "0=\"a\"b\\c/d\"");
    json("{\"v\":\"\\u00b0C \\u7BB1 \\ud83d\\ude00\"}", "0=\"\xC2\xB0" "C \xE7\xAE\xB1 \xF0\x9F\x98\x80\"");
    json("{\"v\":\"a\\nb\\tc\"}", "0=\"a b c\"");
    json("{\"v\":\"\\ud83dx\"}", "-invalid-utf8:/v 0=\"\xEF\xBF\xBDx\"");
    json("{\"v\":\"\\ud83d\\u0041\"}", "-invalid-utf8:/v 0=\"\xEF\xBF\xBD" "A\"");
    json("{\"v\":\"\\udc00\"}", "-invalid-utf8:/v 0=\"\xEF\xBF\xBD\"");
    json("{\"v\":\"\\ufffd\"}", "0=\"\xEF\xBF\xBD\"");
}

static void envelopes(void **state)
{
    (void)state;
    automatic("{\"timestamp_ms\": 1718185925123, \"value\": 21.5}", "0=21.5@1718185925123");
    automatic("{\"timestamp_ms\": 5000, \"value\": 1}", "0=i1@5000");
    automatic("{\"value\":\"run\",\"timestamp\":\"2024-06-12T09:52:05.123Z\",\"quality\":\"good\"}", "0=\"run\"@1718185925123");
    automatic("{\"ts\":1718185925,\"v\":1,\"q\":192}", "0=i1@1718185925000");
    automatic("{\"v\":1,\"q\":\"BAD_NOT_CONNECTED\"}", "0=i1!");
    automatic("{\"v\":1,\"q\":0}", "0=i1!");
    automatic("{\"v\":1,\"q\":64}", "0=i1?");
    automatic("{\"v\":1,\"q\":\"216\"}", "0=i1");
    automatic("{\"v\":1,\"q\":2147483648}", "0=i1!");
    automatic("{\"v\":1,\"q\":1073741824}", "0=i1?");
    automatic("{\"v\":1,\"q\":false}", "0=i1!");
    automatic("{\"v\":1,\"q\":\"splendid\"}", "-wrong-type: 0=i1?");
    automatic("{\"value\":null,\"t\":1718185925}", "0=null@1718185925000");
    automatic("{\"value\":[1]}", "-wrong-type:");
    automatic("{\"a\":1}", "-wrong-type:");
    automatic("{\"value\":1,\"timestamp\":\"yesterday\"}", "-time-unreadable: 0=i1");
    json("{\"v\":{\"value\":3,\"ts\":1718185925,\"q\":0},\"t\":{\"oil\":4}}", "0=i3@1718185925000! 1=i4");
}

static void the_time_of_a_message(void **state)
{
    (void)state;
    timed(TIME_AUTO, "{\"ts\":1718185925,\"v\":1}", "0=i1@1718185925000");
    timed(TIME_AUTO, "{\"ts\":1718185925.123,\"v\":1}", "0=i1@1718185925123");
    timed(TIME_AUTO, "{\"ts\":1718185925123,\"v\":1}", "0=i1@1718185925123");
    timed(TIME_AUTO, "{\"ts\":1718185925123456,\"v\":1}", "0=i1@1718185925123");
    timed(TIME_AUTO, "{\"ts\":1718185925123456789,\"v\":1}", "0=i1@1718185925123");
    timed(TIME_AUTO, "{\"ts\":\"1718185925123\",\"v\":1}", "0=i1@1718185925123");
    timed(TIME_AUTO, "{\"ts\":\"2024-06-12T11:52:05.123\",\"v\":1}", "0=i1@1718185925123");
    timed(TIME_AUTO, "{\"ts\":\"20240612\",\"v\":1}", "0=i1@1718143200000");
    timed(TIME_ISO, "{\"ts\":\"2024-06-12T09:52:05Z\",\"v\":1}", "0=i1@1718185925000");
    timed(TIME_S, "{\"ts\":1718185925.5,\"v\":1}", "0=i1@1718185925500");
    timed(TIME_MS, "{\"ts\":86400000,\"v\":1}", "0=i1@86400000");
    timed(TIME_MS, "{\"ts\":1718185925123.9,\"v\":1}", "0=i1@1718185925123");
    timed(TIME_US, "{\"ts\":1718185925123999,\"v\":1}", "0=i1@1718185925123");
    timed(TIME_NS, "{\"ts\":1718185925123999999,\"v\":1}", "0=i1@1718185925123");
    timed(TIME_AUTO, "{\"ts\":4294967295,\"v\":1}", "0=i1@4294967295000"); /* 2106: told as it is */
}

static void a_time_that_cannot_be_read_leaves_the_item(void **state)
{
    (void)state;
    static const struct { enum time_format format; const char *ts; } cases[] = {{TIME_AUTO, "\"noon\""}, {TIME_AUTO, "null"}, {TIME_AUTO, "true"},
        {TIME_AUTO, "[1]"}, {TIME_AUTO, "NaN"}, {TIME_ISO, "1718185925"}, {TIME_MS, "\"2024-06-12T09:52:05Z\""}, {TIME_S, "9223372036854775807"},
        {TIME_AUTO, "1e300"}, {TIME_S, "1e300"}, {TIME_AUTO, "\"2024-13-12T09:52:05Z\""}, {TIME_AUTO, "18446744073709551615"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[80];
        snprintf(text, sizeof text, "{\"ts\":%s,\"v\":1}", cases[i].ts);
        timed(cases[i].format, text, "-time-unreadable:/ts 0=i1");
    }
    timed(TIME_AUTO, "{\"v\":1}", "-time-unreadable:/ts 0=i1");
}

static void discovery(void **state)
{
    (void)state;
    discover("21.5", "=21.5");
    discover("run", "=\"run\"");
    discover("{\"a\":1,\"b\":{\"c\":\"x\",\"d\":[true,{\"e\":null}]}}", "/a=i1 /b/c=\"x\" /b/d/0=b1 /b/d/1/e=null");
    discover("{\"ts\":1718185925,\"a/b\":1,\"m~n\":{\"ts\":5}}", "/a~1b=i1@1718185925000 /m~0n/ts=i5@1718185925000");
    discover("{\"time\":\"never\",\"a\":1}", "/time=\"never\" /a=i1");
    discover("[1,[2]]", "/0=i1 /1/0=i2");
    discover("{\"a\":NaN}", "-not-finite:/a /a=null!");
    discover("{\"a\\u001b\":1}", "-control-text:a /a=i1");
    discover("{\"a\":", "-not-json:");
    discover("{\"l\":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17],\"a\":1}", "/a=i1");
    discover("[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,15]",
        "/0=i0 /1=i0 /2=i0 /3=i0 /4=i0 /5=i0 /6=i0 /7=i0 /8=i0 /9=i0 /10=i0 /11=i0 /12=i0 /13=i0 /14=i0 /15=i15");
    discover("{}", "");
}

static void discovery_is_bounded(void **state)
{
    (void)state;
    char text[2048] = "{";
    for (int i = 0; i < 70; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s\"%d\":%d", i ? "," : "", i, i);
    snprintf(text + strlen(text), sizeof text - strlen(text), "}");
    struct heard heard = {.paths = true};
    struct payload_sink sink = {hear_item, hear_drop, &heard};
    payload_discover(reader, text, strlen(text), &sink);
    assert_non_null(strstr(heard.text, "/63=i63 -too-many-tokens:/64"));
    assert_null(strstr(heard.text, "/64=i64"));
    assert_null(strstr(heard.text, "/65"));
    char name[600] = "{\"";
    memset(name + 2, 'k', 300);
    snprintf(name + 302, sizeof name - 302, "\":1,\"a\":2}");
    discover(name, "-text-cut: /a=i2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {CASE(bare_values), CASE(text_is_always_text), CASE(text_passes_the_gate), CASE(fields_by_pointer),
        CASE(pointers_escape_and_index), CASE(the_order_of_fields_does_not_matter), CASE(one_bad_field_costs_one_field),
        CASE(what_is_not_json_delivers_nothing), CASE(json_is_free_with_blanks_and_quotes),
        CASE(bounds_hold), CASE(escapes), CASE(envelopes), CASE(the_time_of_a_message),
        CASE(a_time_that_cannot_be_read_leaves_the_item), CASE(discovery), CASE(discovery_is_bounded)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
