/*
 * Properties of alarms over random streams with random actions: one step or a thousand give the same state and the same events; what is saved
 * and loaded goes on as what was not; an equal configuration changes nothing; what is counted and listed is what is there; damage does no harm.
 */
#include "check.h"

#include "alarm_fixture.h"

enum { STREAMS = 25, BATCHES = 400 };

static uint64_t seed;

static uint32_t dice(uint32_t sides)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % sides;
}

static void add_random_sample(struct shop *s)
{
    static const char *const words[] = {"fault", "auto", "9", "", "Door open", "Grease low"};
    char key[KEY_BYTES];
    uint32_t tag = dice((uint32_t)s->w.plant->tag_count);
    const struct tag_def *def = s->w.plant->tags[tag].def;
    const char *word = words[dice(6)];
    plant_tag_key(s->w.plant, tag, key, sizeof key);
    struct value v = def->kind == KIND_STATE ? value_int(dice(19)) : def->kind == KIND_TEXT ? value_text(batch_text(&s->w.batch, word, strlen(word))) :
        strcmp(def->name, "code") == 0 ? value_int(dice(3) * 21) : value_real(dice(3) ? dice(200) / 10.0 : dice(1100) / 10.0);
    struct record *r = put(&s->w, key, v);
    r->time_ms -= dice(4) ? dice(400) : 0;
    r->flags |= (uint8_t)(dice(20) == 0 ? SAMPLE_RETAINED : dice(25) == 0 ? SAMPLE_LATE : 0);
    if (dice(20) == 0)
        r->quality = QUALITY_BAD;
}

static void add_random_other(struct shop *s)
{
    static const uint8_t kinds[] = {RECORD_BIRTH, RECORD_DEATH, RECORD_GAP, RECORD_CLOCK};
    uint8_t kind = kinds[dice(4)];
    batch_add(&s->w.batch, (struct record){.kind = kind, .value = value_int(dice(5000)), .text = batch_text(&s->w.batch, "broker:main", 11)});
}

/* By what is seen now; it arrives at `ms`. */
static struct action random_action(const struct shop *s, int64_t ms)
{
    struct action action = {.kind = (enum action_kind)dice(ACTION_IMPORT), .time_ms = T0 + ms, .who = "Kim", .comment = "why not"};
    uint32_t alarm = dice((uint32_t)s->w.plant->alarm_count);
    bool node = action.kind == ACTION_MAINTENANCE_ON || action.kind == ACTION_MAINTENANCE_OFF;
    action.id[0] = (uint8_t)dice(256);
    if (node)
        plant_node_path(s->w.plant, dice((uint32_t)s->w.plant->node_count), action.target, sizeof action.target);
    else
        plant_alarm_key(s->w.plant, alarm, action.target, sizeof action.target);
    action.occurrence_ms = model_alarm(s->w.model, alarm)->raised_ms;
    action.severity = (uint8_t)(1 + dice(2));
    action.until_ms = dice(3) ? T0 + ms + dice(60) * SECOND : 0;
    if (dice(6) == 0)
        action.comment[0] = '\0';
    return action;
}

/* A batch that goes on with a sequence number: with `chop`, empty ones stand between them that have none of their own. */
static void close_at(struct shop *s, uint64_t seq, int64_t ms)
{
    s->w.batch.seq = seq;
    step(&s->w, ms);
}

static void play(struct shop *s, uint64_t stream, bool chop, void (*between)(struct shop *))
{
    int64_t now = 0;
    seed = stream;
    for (uint64_t b = 0; b < BATCHES; b++) {
        int64_t next = now + (dice(4) ? dice(20) : dice(300)) * BATCH_GRID_MS;
        struct action action = random_action(s, next);
        struct batch open = s->w.batch;
        batch_init(&s->w.batch);
        while (chop && s->w.closed + BATCH_GRID_MS < next)
            close_at(s, b, s->w.closed + BATCH_GRID_MS);
        batch_finish(&s->w.batch);
        s->w.batch = open;
        now = s->w.now = next;
        for (uint32_t r = dice(6); r > 0; r--)
            add_random_sample(s);
        if (dice(25) == 0)
            add_random_other(s);
        if (dice(3) == 0)
            action_record(&action, &s->w.batch);
        close_at(s, b, now);
        if (between && b % 50 == 49)
            between(s);
    }
}

static void assert_same_state(const struct model *a, const struct model *b)
{
    struct packer pa, pb;
    packer_init(&pa);
    packer_init(&pb);
    model_save(a, &pa);
    model_save(b, &pb);
    assert_int_equal(pa.count, pb.count);
    assert_memory_equal(pa.bytes, pb.bytes, pa.count);
    packer_finish(&pa);
    packer_finish(&pb);
}

static void compare(bool chop, void (*between)(struct shop *))
{
    for (uint64_t stream = 1; stream <= STREAMS; stream++) {
        struct shop plain, other;
        shop_open(&plain);
        shop_open(&other);
        play(&plain, stream, false, NULL);
        play(&other, stream, chop, between);
        assert_same_state(plain.w.model, other.w.model);
        assert_true(plain.w.events.count > 0);
        assert_int_equal(plain.w.events.count, other.w.events.count);
        assert_memory_equal(plain.w.events.bytes, other.w.events.bytes, plain.w.events.count);
        shop_close(&plain);
        shop_close(&other);
    }
}

static void one_step_and_a_thousand_give_the_same_alarms(void **state)
{
    (void)state;
    compare(true, NULL);
}

static void through_a_save(struct shop *s)
{
    struct packer p;
    struct error err;
    packer_init(&p);
    model_save(s->w.model, &p);
    struct model *loaded = model_load(s->w.plant, p.bytes, p.count, &err);
    assert_non_null(loaded);
    assert_same_state(s->w.model, loaded);
    model_destroy(s->w.model);
    s->w.model = loaded;
    packer_finish(&p);
}

static void loaded_alarms_go_on_as_those_that_were_saved(void **state)
{
    (void)state;
    compare(false, through_a_save);
}

static void through_a_reload(struct shop *s)
{
    struct plant *old = s->w.plant;
    s->w.plant = shop_plant(85, true);
    model_configure(s->w.model, s->w.plant);
    plant_destroy(old);
}

static void an_equal_configuration_changes_nothing(void **state)
{
    (void)state;
    compare(false, through_a_reload);
}

/* Counted and listed anew, and compared. */
static void assert_counted(struct shop *s)
{
    struct alarm_counts all;
    size_t listed, expected = 0;
    const struct alarm_counts *kept = model_alarm_counts(s->w.model);
    const uint32_t *list = model_alarms_listed(s->w.model, &listed);
    uint32_t unacked = 0, sounding = 0, out = 0, hidden = 0, seen = 0;
    for (uint32_t a = 0; a < s->w.plant->alarm_count; a++) {
        const struct alarm *alarm = model_alarm(s->w.model, a);
        uint8_t shown = alarm_shown(alarm);
        expected += alarm->state != ALARM_NORM || alarm_hidden(alarm);
        unacked += shown == ALARM_UNACK || shown == ALARM_RTNUN || shown == ALARM_LATCH_UNACK;
        seen += shown != ALARM_NORM && shown < ALARM_STATE_COUNT;
        sounding += (alarm->flags & ALARM_SOUNDS) != 0;
        out += shown == SHOWN_OOSRV;
        hidden += shown >= ALARM_STATE_COUNT;
        assert_true(alarm->severity == 0 || alarm->state == ALARM_UNACK || alarm->state == ALARM_ACKED);
    }
    model_alarm_counts_below(s->w.model, 0, &all);
    assert_memory_equal(&all, kept, sizeof all);
    assert_int_equal(listed, expected);
    assert_int_equal(kept->unacked[0], unacked);
    assert_int_equal(kept->active[0] + kept->returned + kept->latched, seen);
    assert_int_equal(kept->sounding, sounding);
    assert_int_equal(kept->out, out);
    assert_int_equal(kept->out + kept->shelved + kept->suppressed, hidden);
    for (size_t l = 0; l < listed; l++)
        assert_true(list[l] < s->w.plant->alarm_count);
}

static void what_is_counted_and_listed_is_what_is_there(void **state)
{
    (void)state;
    for (uint64_t stream = 1; stream <= STREAMS; stream++) {
        struct shop s;
        shop_open(&s);
        play(&s, stream, false, assert_counted);
        shop_close(&s);
    }
}

static void a_damaged_save_is_refused_without_harm(void **state)
{
    (void)state;
    struct shop s;
    struct packer p, q;
    shop_open(&s);
    play(&s, 3, false, NULL);
    packer_init(&p);
    model_save(s.w.model, &p);
    seed = 99;
    for (int n = 0; n < 1500; n++) {
        packer_init(&q);
        pack_bytes(&q, p.bytes, p.count - 8);
        q.bytes[6 + dice((uint32_t)q.count - 6)] ^= (uint8_t)(1 + dice(255));
        run_end(&q);
        struct model *loaded = model_load(s.w.plant, q.bytes, q.count, NULL);
        if (loaded) { /* whatever it says now, it goes on */
            struct batch later;
            batch_init(&later);
            later.elapsed_ms = HOUR;
            later.wall_ms = model_wall(loaded) + HOUR;
            later.seq = model_seq(loaded) + 1;
            if (n % 50 == 0)
                model_apply(loaded, &later);
            batch_finish(&later);
        }
        model_destroy(loaded);
        packer_finish(&q);
    }
    packer_finish(&p);
    shop_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(one_step_and_a_thousand_give_the_same_alarms),
        CASE(loaded_alarms_go_on_as_those_that_were_saved),
        CASE(an_equal_configuration_changes_nothing),
        CASE(what_is_counted_and_listed_is_what_is_there),
        CASE(a_damaged_save_is_refused_without_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
