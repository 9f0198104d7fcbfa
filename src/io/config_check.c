#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/number.h"
#include "core/text_gate.h"
#include "core/timestamp.h"
#include "io/config_reader.h"

/* A struct fields is one group of the files, seen through the option table: set[i] is the setting of rows[i], NULL when it is
 * absent or was refused. Whoever reads a field can rely on its type and range. */

static bool is_number(setting_t *s)
{
    return s->type == CONFIG_TYPE_INT || s->type == CONFIG_TYPE_INT64 || s->type == CONFIG_TYPE_FLOAT;
}

static int64_t integer_of(setting_t *s)
{
    return s->type == CONFIG_TYPE_INT ? s->value.ival : s->value.llval;
}

/* libconfig keeps nothing for "". */
const char *setting_text(setting_t *s)
{
    return s->type == CONFIG_TYPE_STRING && s->value.sval ? s->value.sval : "";
}

double setting_number(setting_t *s)
{
    return s->type == CONFIG_TYPE_FLOAT ? s->value.fval : (double)integer_of(s);
}

const char *setting_shown(setting_t *s, char out[NAME_MOST + 16])
{
    enum { CAP = NAME_MOST + 16 };
    char text[NAME_MOST];
    switch (s->type) {
    case CONFIG_TYPE_INT: case CONFIG_TYPE_INT64: snprintf(out, CAP, "%" PRId64, integer_of(s)); break;
    case CONFIG_TYPE_FLOAT: snprintf(out, CAP, "%.15g", s->value.fval); break;
    case CONFIG_TYPE_BOOL: snprintf(out, CAP, "%s", s->value.ival ? "true" : "false"); break;
    case CONFIG_TYPE_GROUP: snprintf(out, CAP, "a group { }"); break;
    case CONFIG_TYPE_ARRAY: snprintf(out, CAP, "an array [ ]"); break;
    case CONFIG_TYPE_LIST: snprintf(out, CAP, "a list ( )"); break;
    default:
        text_gate(setting_text(s), strlen(setting_text(s)), text, sizeof text, NULL);
        snprintf(out, CAP, "\"%s\"", text);
    }
    return out;
}

/* ---- what is valid, in words ---- */

static void valid_numbers(const struct option_row *row, const char *what, char *out, size_t cap)
{
    if (row->least == 0 && row->most == 0)
        snprintf(out, cap, "%s", what);
    else
        snprintf(out, cap, "%s from %.15g to %.15g", what, row->least, row->most);
}

static void valid_choices(const struct option_row *row, char *out, size_t cap)
{
    size_t length = (size_t)snprintf(out, cap, "one of");
    for (const char *p = row->choices; *p && length < cap; p += p[0] == '|') {
        size_t n = strcspn(p, "|");
        int wrote = snprintf(out + length, cap - length, "%s \"%.*s\"", p == row->choices ? "" : ",", (int)n, p);
        length += wrote > 0 ? (size_t)wrote : 0;
        p += n;
    }
}

static void valid_durations(const struct option_row *row, char *out, size_t cap)
{
    char least[SPAN_TEXT], most[SPAN_TEXT];
    span_text((int64_t)row->least, least);
    span_text((int64_t)row->most, most);
    if (row->least < 1000)
        snprintf(least, sizeof least, "%.0fms", row->least);
    snprintf(out, cap, "a duration (\"90s\", \"15m\", \"8h\", \"7d\") from %s to %s%s%s%s", least, most, *row->choices ? ", or \"" : "",
        row->choices, *row->choices ? "\"" : "");
}

static double in_unit(double bytes, char *letter)
{
    const char *letters = " kMGT";
    for (; bytes >= 1000 && letters[1]; letters++)
        bytes /= 1000;
    *letter = *letters;
    return bytes;
}

static void valid_sizes(const struct option_row *row, char *out, size_t cap)
{
    char letters[2];
    double least = in_unit(row->least, &letters[0]), most = in_unit(row->most, &letters[1]);
    snprintf(out, cap, "a size (\"500MB\", \"2GB\", \"1.5GiB\", or bytes) from %.15g%cB to %.15g%cB", least, letters[0], most, letters[1]);
}

static const char *valid(const struct option_row *row, char *out, size_t cap)
{
    static const char *const words[] = {
        [OPTION_BOOL] = "true or false",
        [OPTION_TEXT] = "a text (\"...\")",
        [OPTION_NAME] = "a name of a-z, 0-9, _ and -, at most 63 of them",
        [OPTION_NAMES] = "a name of a-z, 0-9, _ and -, at most 63 of them, with one range at most (p{01..04})",
        [OPTION_TEXT_INT] = "a text (\"...\") or an integer",
        [OPTION_POINTER] = "a JSON pointer (\"/counts/good\"), or \"\" for the whole payload",
        [OPTION_TOPIC] = "an MQTT topic filter (\"plant/{line}/{unit}/state\")",
        [OPTION_RANGE] = "two numbers, the lower one first ([0.0, 120.0])",
        [OPTION_TEXTS] = "a text or a list of texts (\"a/#\", \"b/#\")",
        [OPTION_VALUES] = "a text, a number, true or false, or a list of them (\"trip\", 3)",
        [OPTION_GROUP] = "a group { ... }",
        [OPTION_LIST] = "a list of groups ( { ... }, { ... } )",
    };
    if (row->type == OPTION_INT)
        valid_numbers(row, "an integer", out, cap);
    else if (row->type == OPTION_FLOAT)
        valid_numbers(row, "a number", out, cap);
    else if (row->type == OPTION_CHOICE)
        valid_choices(row, out, cap);
    else if (row->type == OPTION_SIZE)
        valid_sizes(row, out, cap);
    else if (row->type == OPTION_DURATION)
        valid_durations(row, out, cap);
    else
        snprintf(out, cap, "%s", words[row->type]);
    return out;
}

/* ---- the types ---- */

static int choice_of(const char *choices, const char *text)
{
    int index = 0;
    size_t length = strlen(text);
    for (const char *p = choices; *p; p += p[0] == '|', index++) {
        size_t n = strcspn(p, "|");
        if (n == length && memcmp(p, text, n) == 0)
            return index;
        p += n;
    }
    return -1;
}

/* The choice that a text or an integer names, or -1. */
static int choice_in(const struct option_row *row, setting_t *s)
{
    char text[24];
    if (s->type == CONFIG_TYPE_STRING)
        return choice_of(row->choices, setting_text(s));
    if (s->type != CONFIG_TYPE_INT && s->type != CONFIG_TYPE_INT64)
        return -1;
    snprintf(text, sizeof text, "%" PRId64, integer_of(s));
    return choice_of(row->choices, text);
}

static bool is_name(const char *text, bool range)
{
    size_t length = strlen(text);
    size_t plain = strspn(text, range ? "abcdefghijklmnopqrstuvwxyz0123456789_-{}." : "abcdefghijklmnopqrstuvwxyz0123456789_-");
    return length > 0 && length < NAME_MOST && plain == length && (strpbrk(text, "{") || !strpbrk(text, "}."));
}

static bool in_range(const struct option_row *row, double v)
{
    return isfinite(v) && ((row->least == 0 && row->most == 0) || (v >= row->least && v <= row->most));
}

static bool is_pointer(const char *text)
{
    if (*text && *text != '/')
        return false;
    for (const char *p = text; (p = strchr(p, '~')); p++)
        if (p[1] != '0' && p[1] != '1')
            return false;
    return true;
}

static bool is_range(setting_t *s)
{
    if ((s->type != CONFIG_TYPE_ARRAY && s->type != CONFIG_TYPE_LIST) || config_setting_length(s) != 2)
        return false;
    setting_t *low = config_setting_get_elem(s, 0), *high = config_setting_get_elem(s, 1);
    /* An infinity was complained of by the scan. */
    return is_number(low) && is_number(high) && setting_number(low) < setting_number(high);
}

static bool is_texts(setting_t *s)
{
    if (s->type == CONFIG_TYPE_STRING)
        return true;
    if (s->type != CONFIG_TYPE_ARRAY && s->type != CONFIG_TYPE_LIST)
        return false;
    for (int i = 0; i < config_setting_length(s); i++)
        if (config_setting_get_elem(s, (unsigned)i)->type != CONFIG_TYPE_STRING)
            return false;
    return true;
}

static bool is_value(setting_t *s)
{
    return s->type == CONFIG_TYPE_STRING || s->type == CONFIG_TYPE_BOOL || (is_number(s) && isfinite(setting_number(s)));
}

static bool is_values(setting_t *s)
{
    if (s->type != CONFIG_TYPE_ARRAY && s->type != CONFIG_TYPE_LIST)
        return is_value(s);
    for (int i = 0; i < config_setting_length(s); i++)
        if (!is_value(config_setting_get_elem(s, (unsigned)i)))
            return false;
    return config_setting_length(s) > 0;
}

static bool duration_in(const struct option_row *row, setting_t *s, int64_t *ms)
{
    *ms = -1;
    if (s->type != CONFIG_TYPE_STRING)
        return false;
    if (choice_of(row->choices, setting_text(s)) >= 0)
        return true;
    return duration_read(setting_text(s), ms, NULL) && in_range(row, (double)*ms);
}

static bool size_in(const struct option_row *row, setting_t *s, int64_t *bytes)
{
    bool integer = s->type == CONFIG_TYPE_INT || s->type == CONFIG_TYPE_INT64;
    if (integer)
        *bytes = integer_of(s);
    return (integer || (s->type == CONFIG_TYPE_STRING && number_bytes(setting_text(s), bytes))) && in_range(row, (double)*bytes);
}

static bool fits(const struct option_row *row, setting_t *s)
{
    bool text = s->type == CONFIG_TYPE_STRING, integer = s->type == CONFIG_TYPE_INT || s->type == CONFIG_TYPE_INT64;
    int64_t ms, bytes;
    switch (row->type) {
    case OPTION_BOOL: return s->type == CONFIG_TYPE_BOOL;
    case OPTION_INT: return integer && in_range(row, (double)integer_of(s));
    case OPTION_FLOAT: return is_number(s) && in_range(row, setting_number(s));
    case OPTION_TEXT: return text;
    case OPTION_NAME: case OPTION_NAMES: return text && is_name(setting_text(s), row->type == OPTION_NAMES);
    case OPTION_TEXT_INT: return text || integer;
    case OPTION_CHOICE: return choice_in(row, s) >= 0;
    case OPTION_DURATION: return duration_in(row, s, &ms);
    case OPTION_SIZE: return size_in(row, s, &bytes);
    case OPTION_POINTER: return text && is_pointer(setting_text(s));
    case OPTION_TOPIC: return text && *setting_text(s) != '\0';
    case OPTION_RANGE: return is_range(s);
    case OPTION_TEXTS: return is_texts(s);
    case OPTION_VALUES: return is_values(s);
    case OPTION_GROUP: return s->type == CONFIG_TYPE_GROUP;
    case OPTION_LIST: return s->type == CONFIG_TYPE_LIST || (s->type == CONFIG_TYPE_ARRAY && config_setting_length(s) == 0);
    }
    return false;
}

/* Texts are shown on screens and written into files: nothing gets past the gate here either. */
static bool clean(struct reader *r, setting_t *s)
{
    bool ok = true;
    if (s->type == CONFIG_TYPE_STRING) {
        size_t length = strlen(setting_text(s));
        if (length >= TEXT_MOST)
            complain(r, s, "the text has %zu bytes; %d are allowed", length, TEXT_MOST - 1);
        else if (!text_is_clean(setting_text(s), length))
            complain(r, s, "the text contains control or bidi characters, line ends or zero-width characters");
        else
            return true;
        return false;
    }
    if (s->type == CONFIG_TYPE_ARRAY || s->type == CONFIG_TYPE_LIST)
        for (int i = 0, n = config_setting_length(s); i < n; i++)
            if (config_setting_get_elem(s, (unsigned)i)->type == CONFIG_TYPE_STRING)
                ok = clean(r, config_setting_get_elem(s, (unsigned)i)) && ok;
    return ok;
}

/* ---- a group ---- */

static void complain_unknown(struct reader *r, setting_t *s, const char *group, const struct fields *f)
{
    if (strcmp(group, "brokers") == 0 && strcmp(s->name, "password") == 0) {
        complain(r, s, "a password does not belong into this file: name a file (password_file) or an environment variable (password_env)");
        return;
    }
    char known[512];
    const char *best = NULL;
    size_t least = SIZE_MAX, distance, length = 0;
    for (size_t i = 0; i < f->count; i++) {
        if (names_near(s->name, f->rows[i].key, &distance) && distance < least) {
            least = distance;
            best = f->rows[i].key;
        }
        int n = snprintf(known + length, sizeof known - length, "%s%s", i ? ", " : "", f->rows[i].key);
        length = n > 0 && length + (size_t)n < sizeof known ? length + (size_t)n : sizeof known - 1;
    }
    if (best)
        complain(r, s, "this key is not known here; did you mean \"%s\"?", best);
    else
        complain(r, s, "this key is not known here; known are %s", known);
}

static void check_member(struct reader *r, setting_t *s, const char *group, struct fields *f)
{
    char shown[NAME_MOST + 16], words[512];
    for (size_t i = 0; i < f->count; i++) {
        if (strcmp(f->rows[i].key, s->name) != 0)
            continue;
        if (fits(&f->rows[i], s)) {
            f->set[i] = clean(r, s) ? s : NULL;
            return;
        }
        /* The scan has told of an infinite number already. */
        if (s->type != CONFIG_TYPE_FLOAT || isfinite(s->value.fval))
            complain(r, s, "%s is not %s", setting_shown(s, shown), valid(&f->rows[i], words, sizeof words));
        return;
    }
    complain_unknown(r, s, group, f);
}

void fields_read(struct reader *r, setting_t *group, const char *name, struct fields *f)
{
    *f = (struct fields){.group = group};
    for (size_t i = 0; i < option_count; i++) {
        if (strcmp(option_table[i].group, name) != 0)
            continue;
        if (!f->rows)
            f->rows = &option_table[i];
        f->count++;
    }
    assert(f->rows && f->count <= MOST_KEYS);
    for (int i = 0, n = group ? config_setting_length(group) : 0; i < n; i++)
        check_member(r, config_setting_get_elem(group, (unsigned)i), name, f);
}

static size_t row_of(const struct fields *f, const char *key)
{
    size_t i = 0;
    while (i < f->count && strcmp(f->rows[i].key, key) != 0)
        i++;
    assert(i < f->count);
    return i;
}

setting_t *field(const struct fields *f, const char *key)
{
    return f->set[row_of(f, key)];
}

const char *field_text(const struct fields *f, const char *key)
{
    setting_t *s = field(f, key);
    return s ? setting_text(s) : "";
}

double field_number(const struct fields *f, const char *key)
{
    size_t i = row_of(f, key);
    return f->set[i] ? setting_number(f->set[i]) : strtod(f->rows[i].preset, NULL);
}

int64_t field_integer(const struct fields *f, const char *key)
{
    size_t i = row_of(f, key);
    return f->set[i] ? integer_of(f->set[i]) : strtoll(f->rows[i].preset, NULL, 10);
}

bool field_bool(const struct fields *f, const char *key)
{
    size_t i = row_of(f, key);
    return f->set[i] ? f->set[i]->value.ival != 0 : strcmp(f->rows[i].preset, "true") == 0;
}

int64_t field_duration(const struct fields *f, const char *key)
{
    size_t i = row_of(f, key);
    int64_t ms = 0;
    if (f->set[i])
        duration_in(&f->rows[i], f->set[i], &ms);
    else if (*f->rows[i].preset)
        duration_read(f->rows[i].preset, &ms, NULL);
    return ms;
}

int64_t field_size(const struct fields *f, const char *key)
{
    size_t i = row_of(f, key);
    int64_t bytes = 0;
    if (f->set[i])
        size_in(&f->rows[i], f->set[i], &bytes);
    else
        number_bytes(f->rows[i].preset, &bytes);
    return bytes;
}

int field_choice(const struct fields *f, const char *key)
{
    size_t i = row_of(f, key);
    return f->set[i] ? choice_in(&f->rows[i], f->set[i]) : -1;
}

bool field_range(const struct fields *f, const char *key, double out[2])
{
    setting_t *s = field(f, key);
    if (!s)
        return false;
    for (unsigned i = 0; i < 2; i++)
        out[i] = setting_number(config_setting_get_elem(s, i));
    return true;
}

bool field_required(struct reader *r, const struct fields *f, const char *key)
{
    if (field(f, key))
        return true;
    if (!config_setting_get_member(f->group, key)) {
        char words[512];
        complain(r, f->group, "\"%s\" is missing: %s", key, valid(&f->rows[row_of(f, key)], words, sizeof words));
    }
    return false;
}
