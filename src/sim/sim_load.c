/*
 * The load plant: lines l1.. of units u1.., each unit at most ten tags in one JSON message: a state, a good counter, values. The
 * first (tags % lines) lines have a tag more than the others, so that there are exactly as many tags as asked for. Units take
 * turns; message k is due at start + k / rate, so the load is even down to the millisecond.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "sim/sim_world.h"

enum { TAGS_PER_UNIT = 10, PACKML_EXECUTE = 6, PACKML_HELD = 11 };

struct load {
    uint32_t lines, tags;
    double rate;
    int64_t start_ms;
    uint64_t sent;    /* messages so far */
    uint32_t line, unit; /* whose turn it is */
    struct dice dice;
    uint32_t *good;   /* of each unit, in the order of their turns */
    uint64_t units, turn;
    struct sim_text topic, payload;
};

/* The tags of line i, and of its unit u. */
static uint32_t tags_of(uint32_t lines, uint32_t tags, uint32_t line)
{
    return tags / lines + (line < tags % lines ? 1 : 0);
}

static uint32_t units_of(uint32_t tags)
{
    return (tags + TAGS_PER_UNIT - 1) / TAGS_PER_UNIT;
}

static uint32_t unit_tags(uint32_t tags, uint32_t unit)
{
    uint32_t left = tags - unit * TAGS_PER_UNIT;
    return left < TAGS_PER_UNIT ? left : TAGS_PER_UNIT;
}

bool load_check(const struct sim_options *o, struct error *err)
{
    if (o->lines < 1 || o->lines > SIM_MAX_LINES)
        return error_set(err, "%" PRIu32 " lines; 1 to %d are valid", o->lines, SIM_MAX_LINES);
    if (o->tags < o->lines || o->tags > SIM_MAX_TAGS)
        return error_set(err, "%" PRIu32 " tags; %" PRIu32 " (one a line) to %d are valid", o->tags, o->lines, SIM_MAX_TAGS);
    if (!(o->rate > 0 && o->rate <= SIM_MAX_RATE))
        return error_set(err, "a rate of %g messages a second; over 0 to %d is valid", o->rate, SIM_MAX_RATE);
    return true;
}

struct load *load_create(const struct sim_options *o)
{
    struct load *load = mem_zero(1, sizeof *load);
    *load = (struct load){.lines = o->lines, .tags = o->tags, .rate = o->rate, .start_ms = o->start_ms,
        .dice = dice_make(o->seed, 0)};
    for (uint32_t i = 0; i < o->lines; i++)
        load->units += units_of(tags_of(o->lines, o->tags, i));
    load->good = mem_zero(load->units, sizeof *load->good);
    return load;
}

void load_destroy(struct load *load)
{
    if (!load)
        return;
    free(load->good);
    free(load->topic.bytes);
    free(load->payload.bytes);
    free(load);
}

static void write_message(struct load *load, int64_t now_ms)
{
    uint32_t tags = unit_tags(tags_of(load->lines, load->tags, load->line), load->unit);
    struct sim_text *p = &load->payload;
    sim_text_clear(&load->topic);
    sim_text_add(&load->topic, "load/l%" PRIu32 "/u%" PRIu32, load->line + 1, load->unit + 1);
    sim_text_clear(p);
    sim_text_add(p, "{\"ts\":%" PRId64 ",\"st\":%d", now_ms, dice_chance(&load->dice, 0.02) ? PACKML_HELD : PACKML_EXECUTE);
    load->good[load->turn] += dice_pick(&load->dice, 3);
    if (tags > 1)
        sim_text_add(p, ",\"good\":%" PRIu32, load->good[load->turn]);
    for (uint32_t v = 3; v <= tags; v++)
        sim_text_add(p, ",\"v%" PRIu32 "\":%.2f", v, 50.0 + 10.0 * v + 5.0 * dice_noise(&load->dice));
    sim_text_add(p, "}");
}

static void next_turn(struct load *load)
{
    load->sent++;
    load->turn = (load->turn + 1) % load->units;
    if (++load->unit < units_of(tags_of(load->lines, load->tags, load->line)))
        return;
    load->unit = 0;
    load->line = (load->line + 1) % load->lines;
}

void load_step(struct load *load, int64_t until_ms, const struct sim_sink *sink)
{
    for (;;) {
        int64_t due_ms = load->start_ms + (int64_t)floor((double)load->sent * 1000.0 / load->rate);
        if (due_ms > until_ms)
            return;
        write_message(load, due_ms);
        struct sim_message message = {.topic = load->topic.bytes, .payload = load->payload.bytes,
            .payload_length = load->payload.length, .ts_ms = due_ms};
        if (sink->message)
            sink->message(sink->arg, &message);
        next_turn(load);
    }
}

/* ---- its configuration ---- */

static void add_type(struct sim_text *out, uint32_t tags)
{
    sim_text_add(out, "  { name = \"t%" PRIu32 "\"; topic = \"load/{line}/{unit}\"; format = \"json\"; time = \"/ts\"; time_format = \"ms\";\n"
                      "    tags = ( { name = \"state\"; path = \"/st\"; kind = \"state\"; }", tags);
    if (tags > 1)
        sim_text_add(out, ",\n             { name = \"good\"; path = \"/good\"; kind = \"counter\"; }");
    for (uint32_t v = 3; v <= tags; v++)
        sim_text_add(out, ",\n             { name = \"v%" PRIu32 "\"; path = \"/v%" PRIu32 "\"; decimals = 2; normal = [%u.0, %u.0]; }",
            v, v, 40 + 10 * v, 60 + 10 * v);
    sim_text_add(out, " ); }");
}

/* The lines from .. to (counted from 1), all with so many tags. */
static void add_lines(struct sim_text *out, uint32_t from, uint32_t to, uint32_t tags)
{
    uint32_t full = tags / TAGS_PER_UNIT, rest = tags % TAGS_PER_UNIT;
    sim_text_add(out, "    { name = \"l{%" PRIu32 "..%" PRIu32 "}\"; units = (", from, to);
    if (full)
        sim_text_add(out, " { name = \"u{1..%" PRIu32 "}\"; type = \"t%d\"; }", full, TAGS_PER_UNIT);
    if (rest)
        sim_text_add(out, "%s { name = \"u%" PRIu32 "\"; type = \"t%" PRIu32 "\"; }", full ? "," : "", full + 1, rest);
    sim_text_add(out, " ); }");
}

char *sim_load_config(const struct sim_options *o, struct error *err)
{
    if (!load_check(o, err))
        return NULL;
    struct sim_text out = {NULL, 0, 0};
    uint32_t less = o->tags / o->lines, more_lines = o->tags % o->lines;
    bool used[TAGS_PER_UNIT + 1] = {false}, first = true;
    for (uint32_t t = less; t <= less + (more_lines ? 1 : 0); t++) {
        used[TAGS_PER_UNIT] |= t >= TAGS_PER_UNIT;
        used[t % TAGS_PER_UNIT] = true;
    }
    sim_text_clear(&out);
    sim_text_add(&out, "# A load plant: %" PRIu32 " lines, %" PRIu32 " tags.\n"
                       "site = { name = \"load\"; title = \"Load plant\"; };\ntypes = (\n", o->lines, o->tags);
    for (uint32_t t = 1; t <= TAGS_PER_UNIT; t++)
        if (used[t]) {
            sim_text_add(&out, first ? "" : ",\n");
            add_type(&out, t);
            first = false;
        }
    sim_text_add(&out, " );\nareas = (\n  { name = \"load\"; lines = (\n");
    if (more_lines) {
        add_lines(&out, 1, more_lines, less + 1);
        sim_text_add(&out, ",\n");
    }
    add_lines(&out, more_lines + 1, o->lines, less);
    sim_text_add(&out, " ); } );\n");
    return out.bytes;
}
