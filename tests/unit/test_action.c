/*
 * What a person did, as a record of the stream and as a frame of the socket: both come back as they were, both are bounded and gated, and
 * what older programs wrote and newer ones will write reads.
 */
#include "check.h"

#include "core/action.h"

static const struct action an_ack = {.kind = ACTION_ACK, .id = {1, 2, 0xfe, 0xff, 0, 9}, .target = "works/hall/press1/oil.high", .who = "Kim (as operator1)",
    .time_ms = INT64_C(1700000000123), .occurrence_ms = INT64_C(1699999999456), .severity = 2, .comment = "öl nachgefüllt, comment=ok until=5"};
static const struct action a_shelf = {.kind = ACTION_SHELVE, .target = "works/hall.silent", .who = "li", .time_ms = 5, .until_ms = 8 * INT64_C(3600000), .comment = "x"};
static const struct action a_silence = {.kind = ACTION_SILENCE, .id = {0xff}};

static void assert_same(const struct action *a, const struct action *b)
{
    assert_int_equal(a->kind, b->kind);
    assert_memory_equal(a->id, b->id, sizeof a->id);
    assert_string_equal(a->target, b->target);
    assert_string_equal(a->who, b->who);
    assert_int_equal(a->time_ms, b->time_ms);
    assert_int_equal(a->occurrence_ms, b->occurrence_ms);
    assert_int_equal(a->severity, b->severity);
    assert_int_equal(a->until_ms, b->until_ms);
    assert_string_equal(a->comment, b->comment);
    assert_string_equal(a->word, b->word);
    assert_int_equal(a->amount, b->amount);
}

/* ---- as a record ---- */

/* Through a packed run, as the journal and the socket carry it. */
static void assert_record_comes_back(const struct action *action)
{
    struct batch batch, back;
    struct packer p;
    struct run_reader run;
    struct action read;
    batch_init(&batch);
    batch_init(&back);
    packer_init(&p);
    action_record(action, &batch);
    run_begin(&p);
    run_add_batch(&p, &batch);
    run_end(&p);
    assert_true(run_open(&run, p.bytes, p.count, NULL) && run_next_batch(&run, &back));
    assert_int_equal(back.count, 1);
    assert_true(action_of_record(&read, &back, &back.records[0]));
    assert_same(action, &read);
    packer_finish(&p);
    batch_finish(&batch);
    batch_finish(&back);
}

/* A record with these texts; `words` NULL: a number stands there. */
static bool reads(struct action *action, const char *name, const char *target, const char *words)
{
    struct batch batch;
    batch_init(&batch);
    struct record r = {.kind = RECORD_ACTION, .time_ms = 7, .value = value_uint(12)};
    r.text = batch_text(&batch, name, strlen(name));
    r.detail = batch_text(&batch, target, strlen(target));
    r.who = batch_text(&batch, "Kim", 3);
    if (words)
        r.value = value_text(batch_text(&batch, words, strlen(words)));
    bool good = action_of_record(action, &batch, &r);
    batch_finish(&batch);
    return good;
}

static void a_record_comes_back_as_it_was(void **state)
{
    (void)state;
    assert_record_comes_back(&an_ack);
    assert_record_comes_back(&a_shelf);
    assert_record_comes_back(&a_silence);
    for (int k = 0; k < ACTION_KIND_COUNT; k++)
        assert_record_comes_back(&(struct action){.kind = (enum action_kind)k, .until_ms = -k, .occurrence_ms = TIME_MOST_MS, .severity = 255});
    struct action longest = {.kind = ACTION_COMMENT_ON};
    memset(longest.target, 't', sizeof longest.target - 1);
    memset(longest.who, 'w', sizeof longest.who - 1);
    memset(longest.comment, 'c', sizeof longest.comment - 1);
    assert_record_comes_back(&longest);
}

static void an_import_of_an_older_journal_reads(void **state)
{
    struct action a;
    (void)state;
    assert_true(reads(&a, "import", "2024.csv", NULL));
    assert_same(&a, &(struct action){.kind = ACTION_IMPORT, .target = "2024.csv", .who = "Kim", .time_ms = 7});
}

static void words_of_a_newer_program_are_passed_over(void **state)
{
    struct action a;
    (void)state;
    assert_true(reads(&a, "ack", "a.b", "lamport=5 severity=3 flag colour= comment=by  hand"));
    assert_int_equal(a.severity, 3);
    assert_string_equal(a.comment, "by  hand");
    assert_true(reads(&a, "ack", "a.b", ""));
}

static void a_record_that_lies_is_no_action(void **state)
{
    static const struct {
        const char *name, *words;
    } lies[] = {
        {"launch", "severity=1"}, {"", ""}, {"ack", "id=00"}, {"ack", "id=0102030405060708090a0b0c0d0e0f1G"}, {"ack", "severity=256"}, {"ack", "severity=-1"},
        {"ack", "occurrence=99999999999999999999"}, {"ack", "until=5000000000000000"}, {"ack", "until="}, {"ack", "until=5x"},
    };
    struct action a = an_ack;
    char huge[ACTION_TARGET + 1], words[ACTION_COMMENT + 16];
    (void)state;
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++)
        assert_false(reads(&a, lies[i].name, "t", lies[i].words));
    memset(huge, 'x', sizeof huge);
    huge[ACTION_TARGET] = '\0';
    assert_false(reads(&a, "ack", huge, NULL));
    snprintf(words, sizeof words, "comment=%.*s", ACTION_COMMENT, huge);
    assert_false(reads(&a, "ack", "t", words));
    assert_same(&a, &an_ack); /* untouched */
}

static void a_record_passes_the_gate(void **state)
{
    struct action a;
    (void)state;
    assert_true(reads(&a, "comment", "a\x1b[2J.b", "comment=red \x1b[31malert\x07 \xff"));
    assert_string_equal(a.target, "a[2J.b");
    assert_string_equal(a.comment, "red [31malert \xEF\xBF\xBD");
}

/* ---- as a frame ---- */

static void a_frame_comes_back_as_it_was(void **state)
{
    const struct action *const actions[] = {&an_ack, &a_shelf, &a_silence};
    struct packer p;
    struct action back;
    (void)state;
    packer_init(&p);
    for (size_t i = 0; i < 3; i++) {
        packer_clear(&p);
        action_pack(actions[i], &p);
        assert_true(action_unpack(&back, p.bytes, p.count));
        assert_same(actions[i], &back);
        for (size_t cut = 0; cut < p.count; cut++)
            assert_false(action_unpack(&back, p.bytes, cut));
        pack_text(&p, "a later version says more");
        assert_true(action_unpack(&back, p.bytes, p.count));
    }
    packer_finish(&p);
}

/* A frame as a forger makes it. */
static bool forged_word(struct action *action, uint8_t kind, const char *target, const char *comment, size_t comment_length, int64_t until, const char *word)
{
    static const uint8_t id[16] = {7};
    struct packer p;
    packer_init(&p);
    pack_bytes(&p, id, sizeof id);
    pack_u8(&p, kind);
    pack_text(&p, target);
    pack_text(&p, "me");
    pack_zigzag(&p, 1);
    pack_zigzag(&p, 2);
    pack_u8(&p, 3);
    pack_zigzag(&p, until);
    pack_varint(&p, comment_length);
    pack_bytes(&p, comment, comment_length);
    pack_text(&p, word);
    pack_zigzag(&p, 0);
    bool good = action_unpack(action, p.bytes, p.count);
    packer_finish(&p);
    return good;
}

static bool forged(struct action *action, uint8_t kind, const char *target, const char *comment, size_t comment_length, int64_t until)
{
    return forged_word(action, kind, target, comment, comment_length, until, "");
}

static void a_forged_frame_is_refused_or_made_harmless(void **state)
{
    struct action a = an_ack;
    char *much = calloc(1 << 20, 1), target[ACTION_TARGET + 1];
    (void)state;
    memset(much, 'c', 1 << 20);
    memset(target, 't', ACTION_TARGET);
    target[ACTION_TARGET] = '\0';
    assert_false(forged(&a, ACTION_ACK, "t", much, 1 << 20, 0));
    assert_false(forged(&a, ACTION_ACK, "t", much, ACTION_COMMENT, 0));
    assert_false(forged(&a, ACTION_ACK, target, "", 0, 0));
    assert_false(forged(&a, ACTION_ACK, "t", "", 0, INT64_MAX));
    assert_false(forged_word(&a, ACTION_STOP_REASON, "t", "", 0, 0, "two words")); /* it would be read as another field of the record */
    assert_same(&a, &an_ack);
    assert_true(forged(&a, ACTION_ACK, "t\x1b]0;x\x07", "a\tb\xE2\x80\xAE" "c", 7, 0));
    assert_string_equal(a.target, "t]0;x");
    assert_string_equal(a.comment, "a bc");
    assert_true(forged(&a, ACTION_ACK, "t", much, ACTION_COMMENT - 1, 0));
    assert_true(forged(&a, ACTION_KIND_COUNT, "t", "", 0, 0) && a.kind == ACTION_KIND_COUNT);
    assert_true(forged(&a, 255, "t", "", 0, 0) && a.kind == ACTION_KIND_COUNT); /* of a later version: to be answered */
    free(much);
}

/* ---- the tables ---- */

static void every_action_has_a_name_of_its_own(void **state)
{
    (void)state;
    for (int k = 0; k < ACTION_KIND_COUNT; k++) {
        assert_int_equal(action_by_name(action_table[k].name), k);
        assert_true(action_table[k].title && action_table[k].title[0]);
        assert_true(action_table[k].least < PERSON_ROLES && action_table[k].least > PERSON_VIEWER); /* a viewer only looks */
    }
    assert_int_equal(action_by_name("launch"), -1);
    assert_int_equal(action_by_name(""), -1);
    for (int r = 0; r < REFUSAL_COUNT; r++)
        assert_true(refusal_texts[r] && refusal_texts[r][0]);
    assert_string_equal(refusal_text(ACTION_CALL, REFUSAL_STATE), "somebody was called already");
    assert_string_equal(refusal_text(ACTION_ACK, REFUSAL_STATE), refusal_texts[REFUSAL_STATE]);
    assert_string_equal(refusal_text(ACTION_CALL, REFUSAL_BUSY), refusal_texts[REFUSAL_BUSY]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_record_comes_back_as_it_was),
        CASE(an_import_of_an_older_journal_reads),
        CASE(words_of_a_newer_program_are_passed_over),
        CASE(a_record_that_lies_is_no_action),
        CASE(a_record_passes_the_gate),
        CASE(a_frame_comes_back_as_it_was),
        CASE(a_forged_frame_is_refused_or_made_harmless),
        CASE(every_action_has_a_name_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
