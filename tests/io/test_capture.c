#include "tests/check.h"

#include "io/capture.h"

/* Reads one line; the error's text, or "" when it was read. */
static struct capture_reader *reader;
static struct capture_message got;

static const char *read_text(const char *line)
{
    static struct error err;
    err.text[0] = '\0';
    capture_read_line(reader, line, strlen(line), &got, &err);
    return err.text;
}

static int make_reader(void **state)
{
    (void)state;
    reader = capture_memory_reader();
    return 0;
}

static int end_reader(void **state)
{
    (void)state;
    capture_close(reader);
    return 0;
}

static void reads_every_member(void **state)
{
    (void)state;
    assert_string_equal(read_text("{\"ts\": 1718186400123, \"topic\": \"a/b\", \"payload\": \"{\\\"v\\\": 1}\", \"qos\": 1, "
                                  "\"retain\": true, \"broker\": \"main\", \"props\": {\"x\": [1, {\"ts\": 2}]}}\r"), "");
    assert_int_equal(got.ts_ms, 1718186400123);
    assert_string_equal(got.topic, "a/b");
    assert_string_equal(got.payload, "{\"v\": 1}");
    assert_int_equal(got.payload_length, 8);
    assert_int_equal(got.qos, 1);
    assert_true(got.retain);
    assert_string_equal(got.broker, "main");
}

static void reads_escapes_and_bytes(void **state)
{
    (void)state;
    static const struct { const char *json, *bytes; size_t length; } cases[] = {
        {"\"payload\":\"\"", "", 0},
        {"\"payload\":\"\\u00e9\\t\\/\"", "\xc3\xa9\t/", 4},
        {"\"payload\":\"\\ud83d\\ude00\"", "\xf0\x9f\x98\x80", 4},
        {"\"payload\":\"\\ud83d!\"", "\xef\xbf\xbd!", 4},
        {"\"payload\":\"a\\u0000b\"", "a\0b", 3},
        {"\"payload_b64\":\"\"", "", 0},
        {"\"payload_b64\":\"/w==\"", "\xff", 1},
        {"\"payload_b64\":\"AP8=\"", "\0\xff", 2},
        {"\"payload_b64\":\"AP8B\"", "\0\xff\1", 3},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char line[200];
        snprintf(line, sizeof line, "{\"ts\":1,\"topic\":\"t\",%s}", cases[i].json);
        assert_string_equal(read_text(line), "");
        assert_int_equal(got.payload_length, cases[i].length);
        assert_memory_equal(got.payload, cases[i].bytes, cases[i].length + 1);
    }
}

static void says_what_is_wrong(void **state)
{
    (void)state;
    static const struct { const char *line, *why; } cases[] = {
        {"", "not a JSON object"},
        {"[1]", "not a JSON object"},
        {"{\"ts\":1", "not a JSON object"},
        {"{\"ts\"}", "not a JSON object"},
        {"{} {}", "not a JSON object"},
        {"{}", "ts is missing"},
        {"{\"ts\":1,\"payload\":\"\"}", "topic is missing"},
        {"{\"ts\":1,\"topic\":\"t\"}", "payload is missing"},
        {"{\"ts\":1.5,\"topic\":\"t\",\"payload\":\"\"}", "ts is not a whole number of milliseconds"},
        {"{\"ts\":\"1\",\"topic\":\"t\",\"payload\":\"\"}", "ts is not a whole number of milliseconds"},
        {"{\"ts\":99999999999999999999,\"topic\":\"t\",\"payload\":\"\"}", "ts is not a whole number of milliseconds"},
        {"{\"ts\":9223372036854775807,\"topic\":\"t\",\"payload\":\"\"}", "ts is beyond all times"},
        {"{\"ts\":-9223372036854775808,\"topic\":\"t\",\"payload\":\"\"}", "ts is beyond all times"},
        {"{\"ts\":4503599627370497,\"topic\":\"t\",\"payload\":\"\"}", "ts is beyond all times"},
        {"{\"ts\":1,\"topic\":\"\",\"payload\":\"\"}", "topic has 0 bytes; 1 to 65535 are valid"},
        {"{\"ts\":1,\"topic\":\"t\",\"payload\":5}", "payload is not a text (other bytes go into payload_b64)"},
        {"{\"ts\":1,\"topic\":\"t\",\"payload_b64\":\"abc\"}", "payload_b64 is not base64"},
        {"{\"ts\":1,\"topic\":\"t\",\"payload_b64\":\"a===\"}", "payload_b64 is not base64"},
        {"{\"ts\":1,\"topic\":\"t\",\"payload\":\"\",\"payload_b64\":\"\"}", "more than one payload"},
        {"{\"ts\":1,\"topic\":\"t\",\"payload\":\"\",\"qos\":3}", "qos is not 0, 1 or 2"},
        {"{\"ts\":1,\"topic\":\"t\",\"payload\":\"\",\"broker\":\"\\u001b[2J\"}", "broker is not a name: a-z, 0-9, _ and - are valid"},
        {"{\"ts\":1,\"topic\":\"t\",\"payload\":\"\",\"retain\":1}", "retain is not true or false"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        got.ts_ms = 77;
        assert_string_equal(read_text(cases[i].line), cases[i].why);
        assert_int_equal(got.ts_ms, 77);
    }
}

/* What is written is read back byte for byte, whatever the bytes. */
static void round_trip(void **state)
{
    (void)state;
    char path[] = "/tmp/andon-capture-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    FILE *file = fdopen(fd, "wb");
    static const char bytes[] = "\"\\\x01\x7f\n沈阳 é\xff\xc0\0z";
    for (size_t length = 0; length <= sizeof bytes - 1; length++) {
        struct capture_message m = {.ts_ms = -5 + (int64_t)length, .topic = "plant/冰箱 \"1\"", .topic_length = 16,
            .payload = bytes, .payload_length = length, .qos = (int)(length % 3), .retain = length % 2, .broker = "b"};
        assert_true(capture_write(file, &m));
    }
    fclose(file);
    struct error err;
    struct capture_reader *in = capture_open(path, &err);
    assert_non_null(in);
    for (size_t length = 0; length <= sizeof bytes - 1; length++) {
        assert_int_equal(capture_read(in, &got, &err), CAPTURE_MESSAGE);
        assert_int_equal(got.ts_ms, -5 + (int64_t)length);
        assert_int_equal(got.topic_length, 16);
        assert_int_equal(got.payload_length, length);
        assert_memory_equal(got.payload, bytes, length);
        assert_int_equal(got.qos, length % 3);
        assert_int_equal(got.retain, length % 2);
    }
    assert_int_equal(capture_read(in, &got, &err), CAPTURE_END);
    capture_close(in);
    remove(path);
}

static void what_the_recorder_notes_of_itself_stands_between(void **state)
{
    (void)state;
    char path[] = "/tmp/andon-capture-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    FILE *file = fdopen(fd, "wb");
    assert_true(capture_write(file, &(struct capture_message){.ts_ms = 1, .note = NOTE_DOWN, .broker = "main", .said = "connection \"lost\""}));
    assert_true(capture_write(file, &(struct capture_message){.ts_ms = 2, .note = NOTE_LOST, .count = 7}));
    fputs("{\"ts\":3,\"note\":\"sneeze\",\"said\":\"a\\u001bb\"}\n", file);
    fputs("{\"ts\":4,\"note\":\"down\",\"said\":5,\"count\":\"x\",\"topic\":\"t\",\"payload\":\"a message that calls something so\"}\n", file);
    fputs("{\"ts\":5,\"note\":5}\n{\"ts\":6,\"topic\":\"t\",\"pay", file);
    fclose(file);
    struct error err;
    struct capture_reader *in = capture_open(path, &err);
    assert_int_equal(capture_read(in, &got, &err), CAPTURE_NOTE);
    assert_true(got.ts_ms == 1 && got.note == NOTE_DOWN && !got.topic);
    assert_string_equal(got.broker, "main");
    assert_string_equal(got.said, "connection \"lost\"");
    assert_int_equal(capture_read(in, &got, &err), CAPTURE_NOTE);
    assert_true(got.note == NOTE_LOST && got.count == 7);
    assert_int_equal(capture_read(in, &got, &err), CAPTURE_NOTE);
    assert_int_equal(got.note, NOTE_OTHER);
    assert_null(strchr(got.said, 27));
    assert_int_equal(capture_read(in, &got, &err), CAPTURE_MESSAGE);
    assert_int_equal(got.note, NOTE_NONE);
    assert_int_equal(capture_read(in, &got, &err), CAPTURE_BAD);
    assert_string_equal(err.text, "line 5: topic is missing");
    assert_false(capture_is_cut(in));
    assert_int_equal(capture_read(in, &got, &err), CAPTURE_BAD);
    assert_true(capture_is_cut(in));
    assert_int_equal(capture_read(in, &got, &err), CAPTURE_END);
    capture_close(in);
    remove(path);
}

static void a_bad_line_is_named_and_passed(void **state)
{
    (void)state;
    char path[] = "/tmp/andon-capture-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    FILE *file = fdopen(fd, "wb");
    fputs("\n{\"ts\":1,\"topic\":\"t\",\"payload\":\"\"}\n", file);
    fputs("{\"ts\":2,", file);
    for (int i = 0; i < CAPTURE_LINE_BYTES; i++)
        putc(' ', file);
    fputs("\"topic\":\"t\",\"payload\":\"\"}\nnonsense\n{\"ts\":3,\"topic\":\"t\",\"payload\":\"x\"}", file);
    fclose(file);
    struct error err;
    struct capture_reader *in = capture_open(path, &err);
    assert_int_equal(capture_read(in, &got, &err), CAPTURE_MESSAGE);
    assert_int_equal(capture_line_number(in), 2);
    assert_int_equal(capture_read(in, &got, &err), CAPTURE_BAD);
    assert_string_equal(err.text, "line 3: longer than 8388608 bytes");
    assert_int_equal(capture_read(in, &got, &err), CAPTURE_BAD);
    assert_string_equal(err.text, "line 4: not a JSON object");
    assert_int_equal(capture_read(in, &got, &err), CAPTURE_MESSAGE);
    assert_int_equal(got.ts_ms, 3);
    assert_int_equal(capture_read(in, &got, &err), CAPTURE_END);
    capture_close(in);
    remove(path);
    assert_null(capture_open("/nonexistent/capture", &err));
    assert_string_equal(err.text, "/nonexistent/capture: No such file or directory");
    assert_null(capture_open("/tmp", &err));
    assert_string_equal(err.text, "/tmp: is a folder, not a file");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(reads_every_member), CASE(reads_escapes_and_bytes), CASE(says_what_is_wrong), CASE(round_trip),
        CASE(what_the_recorder_notes_of_itself_stands_between),
        CASE(a_bad_line_is_named_and_passed),
    };
    return cmocka_run_group_tests_name("capture", tests, make_reader, end_reader);
}
