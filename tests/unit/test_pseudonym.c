/*
 * Other names: the same word is the same everywhere, what the program needs stays, and of what was there nothing is left.
 */
#include "check.h"

#include "core/pseudonym.h"

static char *said(struct pseudonyms *p, const char *text, bool payload)
{
    char *other = (payload ? pseudonyms_payload : pseudonyms_text)(p, text, strlen(text), NULL);
    assert_non_null(other);
    return other;
}

static void expect(struct pseudonyms *p, const char *text, bool payload, const char *wanted)
{
    char *other = said(p, text, payload);
    assert_string_equal(other, wanted);
    free(other);
}

static void a_word_is_the_same_everywhere(void **state)
{
    struct pseudonyms *p = pseudonyms_create();
    (void)state;
    pseudonyms_keep(p, "state kW Execute");
    expect(p, "works/hall/p01/state", false, "xaaa/xaab/p01/state");
    expect(p, "Hall of WORKS, hall3 works-hall", false, "Xaab xaac XAAA, xaab3 xaaa-xaab");
    expect(p, "9.5 kW Execute a b2", false, "9.5 kW Execute a b2");
    expect(p, "\xe5\x86\xb0\xe7\xae\xb1" "7", false, "xaad7");
    expect(p, "10.0.3.7 127.0.0.1 10.0.3.7:1883 1.2.3 v1.2.3.4.5", false, "192.0.2.5 127.0.0.1 192.0.2.5:1883 1.2.3 v1.2.3.4.5");
    assert_int_equal(pseudonyms_count(p), 5);
    pseudonyms_destroy(p);
}

static void json_stays_json(void **state)
{
    struct pseudonyms *p = pseudonyms_create();
    (void)state;
    pseudonyms_keep(p, "true");
    expect(p, "{\"oil\": 40.5, \"on\": true, \"who\": \"Kim\\nLee \\\"x\\\"\"}", true, "{\"xaaa\": 40.5, \"xaab\": true, \"xaac\": \"Xaad\\nXaae \\\"x\\\"\"}");
    expect(p, "[\"K\\u00f6ln\", \"K\xc3\xb6ln\"]", true, "[\"Xaaf\", \"Xaaf\"]");
    expect(p, "{\"Password\": \"hunter\", \"api_token\" : 77, \"oil\": 1}", true, "{\"Xaag\": \"***\", \"xaah_xaai\" : \"***\", \"xaaa\": 1}");
    expect(p, "\"unfinished \\", true, "\"xaaj \\");
    expect(p, "plain words", true, "xaak xaal");
    pseudonyms_destroy(p);
}

static void secrets_go_whether_words_do_or_not(void **state)
{
    struct pseudonyms *p = pseudonyms_create();
    (void)state;
    pseudonyms_hide(p, "s3cret/word");
    pseudonyms_hide(p, "abc"); /* too short to be looked for */
    pseudonyms_words(p, false);
    expect(p, "Hall abc s3cret/word. xs3cret/words", false, "Hall abc ***. x***s");
    expect(p, "{\"k\": \"s3cret/word\", \"password\": \"other\"}", true, "{\"k\": \"***\", \"password\": \"***\"}");
    pseudonyms_words(p, true);
    expect(p, "Hall s3cret/word", false, "Xaaa ***");
    pseudonyms_destroy(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_word_is_the_same_everywhere),
        CASE(json_stays_json),
        CASE(secrets_go_whether_words_do_or_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
