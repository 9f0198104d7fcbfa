#include "core/formula.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <muParserDLL.h>

#include "core/memory.h"
#include "core/number.h"
#include "core/state.h"

/* A struct formula is muParser's compiled text with the variables it reads. A struct translation walks a source once, word by word, and writes what
 * muParser gets; place[] leads from each byte of that back to the source, so that muParser's complaint is told where it was written. Invariants:
 * out holds nothing but the words of the tables below, numbers and v0..v15; of muParser's own operators only + - * ^ reach it, because its
 * comparisons take what is not known for false. Its functions that share a buffer between threads (messages, tokens) are not called. */

struct formula {
    muParserHandle_t parser;
    double inputs[FORMULA_INPUTS];
    size_t used; /* one past the highest input that it reads */
};

/* ---- what it computes with: NaN is "not known" ---- */

static double either(bool truth) { return truth ? 1 : 0; }
static bool both(double a, double b) { return isfinite(a) && isfinite(b); }

static double op_lt(double a, double b) { return both(a, b) ? either(a < b) : NAN; }
static double op_le(double a, double b) { return both(a, b) ? either(a <= b) : NAN; }
static double op_gt(double a, double b) { return both(a, b) ? either(a > b) : NAN; }
static double op_ge(double a, double b) { return both(a, b) ? either(a >= b) : NAN; }
static double op_eq(double a, double b) { return both(a, b) ? either(a == b) : NAN; }
static double op_ne(double a, double b) { return both(a, b) ? either(a != b) : NAN; }
static double op_div(double a, double b) { return both(a, b) && b != 0 ? a / b : NAN; }
static double op_and(double a, double b) { return a == 0 || b == 0 ? 0 : both(a, b) ? 1 : NAN; }
static double op_or(double a, double b)
{
    return (isfinite(a) && a != 0) || (isfinite(b) && b != 0) ? 1 : both(a, b) ? 0 : NAN;
}
static double op_not(double a) { return isfinite(a) ? either(a == 0) : NAN; }

static double fn_sign(double a) { return isfinite(a) ? either(a > 0) - either(a < 0) : NAN; }
static double fn_if(double condition, double a, double b) { return isfinite(condition) ? condition != 0 ? a : b : NAN; }

static double fold(const double *a, int count, double (*add)(double sum, double one))
{
    double sum = a[0];
    for (int i = 1; i < count && isfinite(sum); i++)
        sum = isfinite(a[i]) ? add(sum, a[i]) : NAN;
    return sum;
}
static double add_least(double sum, double one) { return one < sum ? one : sum; }
static double add_most(double sum, double one) { return one > sum ? one : sum; }
static double add_sum(double sum, double one) { return sum + one; }
static double fn_min(const double *a, int count) { return fold(a, count, add_least); }
static double fn_max(const double *a, int count) { return fold(a, count, add_most); }
static double fn_sum(const double *a, int count) { return fold(a, count, add_sum); }
static double fn_avg(const double *a, int count) { return fold(a, count, add_sum) / count; }

static const struct { const char *name; double (*one)(double); double (*three)(double, double, double); double (*many)(const double *, int); } functions[] = {
    {.name = "abs", .one = fabs}, {.name = "sign", .one = fn_sign}, {.name = "sqrt", .one = sqrt}, {.name = "exp", .one = exp},
    {.name = "ln", .one = log}, {.name = "log10", .one = log10}, {.name = "floor", .one = floor}, {.name = "ceil", .one = ceil},
    {.name = "round", .one = round}, {.name = "if", .three = fn_if}, {.name = "min", .many = fn_min}, {.name = "max", .many = fn_max},
    {.name = "sum", .many = fn_sum}, {.name = "avg", .many = fn_avg},
};
enum { FUNCTIONS = sizeof functions / sizeof functions[0] };
const char *const formula_functions[] = {"abs", "sign", "sqrt", "exp", "ln", "log10", "floor", "ceil", "round", "if", "min", "max", "sum", "avg", NULL};

/* Longer spellings first. muParser's precedences: || 1, && 2, comparisons 4, + - 5, * / 6, ^ 7; its own operators have no function here. */
static const struct operator { const char *source, *out; double (*apply)(double, double); int precedence; bool compares; } operators[] = {
    {"<=", " #le ", op_le, 4, true}, {">=", " #ge ", op_ge, 4, true}, {"==", " #eq ", op_eq, 4, true}, {"!=", " #ne ", op_ne, 4, true},
    {"&&", " #and ", op_and, 2, false}, {"||", " #or ", op_or, 1, false}, {"<", " #lt ", op_lt, 4, true}, {">", " #gt ", op_gt, 4, true},
    {"/", " #div ", op_div, 6, false}, {"+", " + ", NULL, 0, false}, {"-", " - ", NULL, 0, false}, {"*", " * ", NULL, 0, false},
    {"^", " ^ ", NULL, 0, false}, {"!", "!", NULL, 0, false},
};

/* What people write who know another language. */
static const struct { const char *source, *hint; } strangers[] = {
    {"=", "nothing is assigned here; to compare, write =="}, {"&", "write && for \"and\""}, {"|", "write || for \"or\""},
    {"?", "write if(condition, then, else)"}, {"%", "there is no remainder here"}, {"\"", "texts are not compared here: a discrete alarm's values are"},
    {"'", "texts are not compared here: a discrete alarm's values are"}, {"}", "this } closes nothing"},
};

static muParserHandle_t parser_create(double inputs[FORMULA_INPUTS])
{
    muParserHandle_t parser = mupCreate(muBASETYPE_FLOAT);
    mupClearFun(parser);
    mupClearConst(parser);
    for (size_t i = 0; i < FUNCTIONS; i++) {
        if (functions[i].one)
            mupDefineFun1(parser, functions[i].name, functions[i].one, 1);
        else if (functions[i].three)
            mupDefineFun3(parser, functions[i].name, functions[i].three, 1);
        else
            mupDefineMultFun(parser, functions[i].name, functions[i].many, 1);
    }
    for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++) {
        char name[8] = "";
        if (!operators[i].apply)
            continue;
        memcpy(name, operators[i].out + 1, strlen(operators[i].out) - 2);
        mupDefineOprt(parser, name, operators[i].apply, operators[i].precedence, muOPRT_ASCT_LEFT, 1);
    }
    mupDefineInfixOprt(parser, "!", op_not, 1);
    for (int i = 0; i < FORMULA_INPUTS; i++) {
        char name[16];
        snprintf(name, sizeof name, "v%d", i);
        mupDefineVar(parser, name, &inputs[i]);
    }
    return parser;
}

/* ---- from a source to what muParser gets ---- */

struct translation {
    const char *source;
    struct formula_refs refs;
    char out[FORMULA_BYTES];
    uint16_t place[FORMULA_BYTES];
    size_t length;
    int depth;
    bool function[FORMULA_DEEP + 1], compared[FORMULA_DEEP + 1]; /* by depth: it is a function's; a comparison stands there already */
};

/* Says where: the source from there on, as far as it is plain. */
static bool wrong(const struct translation *t, size_t at, struct error *err, const char *what)
{
    enum { SHOWN = 24 };
    char shown[SHOWN + 1];
    size_t n = 0;
    for (const char *p = t->source + at; n < SHOWN && *p >= ' ' && *p <= '~'; p++)
        shown[n++] = *p;
    shown[n] = '\0';
    if (n)
        return error_set(err, "at \"%s\": %s", shown, what);
    return error_set(err, "at byte %zu: %s", at + 1, what);
}

static bool put(struct translation *t, size_t at, const char *text, struct error *err)
{
    size_t n = strlen(text);
    if (t->length + n >= sizeof t->out)
        return error_set(err, "the formula is too long");
    memcpy(t->out + t->length, text, n + 1);
    for (size_t i = 0; i < n; i++)
        t->place[t->length + i] = (uint16_t)at;
    t->length += n;
    return true;
}

static bool put_reference(struct translation *t, size_t at, const char *name, size_t length, struct error *err)
{
    size_t i = 0;
    char text[16];
    if (length == 0)
        return wrong(t, at, err, "the braces are empty; a tag's name belongs into them");
    if (length >= FORMULA_REF)
        return wrong(t, at, err, "this reference is too long");
    while (i < t->refs.count && (strlen(t->refs.ref[i]) != length || memcmp(t->refs.ref[i], name, length) != 0))
        i++;
    if (i == FORMULA_INPUTS)
        return wrong(t, at, err, "one reference too many; 16 are allowed");
    memcpy(t->refs.ref[i], name, length);
    t->refs.ref[i][length] = '\0';
    t->refs.count += i == t->refs.count;
    snprintf(text, sizeof text, " v%zu ", i);
    return put(t, at, text, err);
}

static bool take_braces(struct translation *t, size_t *at, struct error *err)
{
    const char *name = t->source + *at + 1;
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-./:");
    if (name[length] != '}')
        return wrong(t, *at, err, "a reference is written {tag}, {../unit/tag}, {area/line/unit/tag}, {:state} or {tag.alarm}, in small letters");
    if (!put_reference(t, *at, name, length, err))
        return false;
    *at += length + 2;
    return true;
}

/* The index of a state class by its name, its - written as _, or -1. "unknown" is no value that anything could be compared with. */
static int class_constant(const char *name, size_t length)
{
    char class[32];
    if (length >= sizeof class)
        return -1;
    for (size_t i = 0; i < length; i++)
        class[i] = (char)(name[i] == '_' ? '-' : name[i]);
    class[length] = '\0';
    int index = state_class_by_name(class);
    return index == CLASS_UNKNOWN ? -1 : index;
}

static bool is_function(const char *name, size_t length)
{
    for (size_t i = 0; i < FUNCTIONS; i++)
        if (strlen(functions[i].name) == length && memcmp(functions[i].name, name, length) == 0)
            return true;
    return false;
}

static bool put_function(struct translation *t, size_t at, size_t length, struct error *err)
{
    char known[256] = "this function is not known; known are";
    if (is_function(t->source + at, length)) {
        char text[16];
        snprintf(text, sizeof text, " %.*s", (int)length, t->source + at);
        return put(t, at, text, err);
    }
    for (size_t i = 0, n = strlen(known); i < FUNCTIONS; i++)
        n += (size_t)snprintf(known + n, sizeof known - n, " %s", functions[i].name);
    return wrong(t, at, err, known);
}

static bool take_word(struct translation *t, size_t *at, struct error *err)
{
    static const char *const words[] = {"and", "or", "not"};
    const char *name = t->source + *at;
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_"), from = *at;
    *at += length;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strlen(words[i]) == length && memcmp(words[i], name, length) == 0)
            return wrong(t, from, err, "\"and\", \"or\" and \"not\" are written && || !");
    if (name[length + strspn(name + length, " ")] == '(')
        return put_function(t, from, length, err);
    int class = class_constant(name, length);
    if (class < 0)
        return put_reference(t, from, name, length, err);
    char text[16];
    snprintf(text, sizeof text, " %d ", class);
    return put(t, from, text, err);
}

static bool take_number(struct translation *t, size_t *at, struct error *err)
{
    char text[NUMBER_TEXT + 4];
    const char *p = t->source + *at;
    struct value value;
    size_t length = strspn(p, "0123456789.");
    if (p[length] == 'e' || p[length] == 'E') {
        size_t sign = p[length + 1] == '+' || p[length + 1] == '-', digits = strspn(p + length + 1 + sign, "0123456789");
        length += digits ? 1 + sign + digits : 0;
    }
    if (length >= NUMBER_TEXT || !number_read(p, length, &value, NULL))
        return wrong(t, *at, err, "this is not a number; one is written 80, 0.5 or 1e-3");
    snprintf(text, sizeof text, " %.*s ", (int)length, p);
    if (!put(t, *at, text, err))
        return false;
    *at += length;
    return true;
}

static bool open_parenthesis(struct translation *t, size_t at, struct error *err)
{
    if (t->depth >= FORMULA_DEEP)
        return wrong(t, at, err, "more than 32 parentheses in each other");
    t->depth++;
    t->function[t->depth] = t->length && t->out[t->length - 1] >= '0' && t->out[t->length - 1] <= 'z';
    t->compared[t->depth] = false;
    return put(t, at, "(", err);
}

static bool take_mark(struct translation *t, size_t at, struct error *err)
{
    switch (t->source[at]) {
    case '(': return open_parenthesis(t, at, err);
    case ')':
        if (!t->depth)
            return wrong(t, at, err, "this parenthesis closes nothing");
        t->depth--;
        return put(t, at, ") ", err);
    default:
        if (!t->function[t->depth])
            return wrong(t, at, err, "a comma stands between the arguments of a function; decimals have a point");
        t->compared[t->depth] = false;
        return put(t, at, ",", err);
    }
}

static bool take_operator(struct translation *t, size_t *at, struct error *err)
{
    for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++) {
        const struct operator *op = &operators[i];
        if (strncmp(t->source + *at, op->source, strlen(op->source)) != 0)
            continue;
        /* 20 < x < 80 would be (20 < x) < 80, which is always true. */
        if (op->compares && t->compared[t->depth])
            return wrong(t, *at, err, "two comparisons in a row; write a < b && b < c");
        if (op->compares)
            t->compared[t->depth] = true;
        else if (op->apply == op_and || op->apply == op_or)
            t->compared[t->depth] = false;
        if (!put(t, *at, op->out, err))
            return false;
        *at += strlen(op->source);
        return true;
    }
    for (size_t i = 0; i < sizeof strangers / sizeof strangers[0]; i++)
        if (t->source[*at] == *strangers[i].source)
            return wrong(t, *at, err, strangers[i].hint);
    return wrong(t, *at, err, "this does not belong into a formula");
}

static bool translate(struct translation *t, struct error *err)
{
    for (size_t at = 0; t->source[at];) {
        char c = t->source[at];
        bool ok = true;
        if (c == ' ' || c == '\t')
            at++;
        else if (c == '{')
            ok = take_braces(t, &at, err);
        else if ((c >= 'a' && c <= 'z') || c == '_')
            ok = take_word(t, &at, err);
        else if ((c >= '0' && c <= '9') || c == '.')
            ok = take_number(t, &at, err);
        else if (c == '(' || c == ')' || c == ',')
            ok = take_mark(t, at++, err);
        else
            ok = take_operator(t, &at, err);
        if (!ok)
            return false;
    }
    return t->length > 0 || error_set(err, "the formula is empty");
}

/* ---- what muParser says of it ---- */

static const char *const complaints[] = {
    [0] = "an operator too many", [1] = "an operator too many", [2] = "the formula ends too early", [3] = "a comma too many",
    [4] = "a comma too many", [5] = "an operator is missing before this", [6] = "an operator is missing before this",
    [7] = "a parenthesis too many, or nothing in it", [11] = "a parenthesis is not closed", [12] = "an operator is missing before this",
    [14] = "the function has too many arguments", [15] = "the function has too few arguments",
};

static bool complain(const struct translation *t, muParserHandle_t parser, struct error *err)
{
    int code = mupGetErrorCode(parser), at = mupGetErrorPos(parser);
    const char *text = code >= 0 && (size_t)code < sizeof complaints / sizeof complaints[0] ? complaints[code] : NULL;
    if (!text)
        return error_set(err, "this is no formula (muParser's error %d)", code);
    /* It counts up to behind what it read for operators and functions, and up to the end for what is missing. */
    if (code == 0 || code >= 14)
        at--;
    if (code == 2 || code == 11 || at < 0 || (size_t)at >= t->length)
        return error_set(err, "%s", text);
    while ((size_t)at + 1 < t->length && t->out[at] == ' ')
        at++;
    return wrong(t, t->place[at], err, text);
}

static bool try_out(const struct translation *t, struct error *err)
{
    double inputs[FORMULA_INPUTS];
    int results = 0;
    for (size_t i = 0; i < FORMULA_INPUTS; i++)
        inputs[i] = 1;
    muParserHandle_t parser = parser_create(inputs);
    mupSetExpr(parser, t->out);
    mupEvalMulti(parser, &results);
    bool ok = !mupError(parser) ? results == 1 || error_set(err, "this is no formula: it has more than one result") : complain(t, parser, err);
    mupRelease(parser);
    return ok;
}

bool formula_translate(const char *source, struct formula_refs *refs, char *out, size_t cap, struct error *err)
{
    struct translation t = {.source = source, .refs = *refs};
    if (strlen(source) >= FORMULA_BYTES)
        return error_set(err, "the formula is too long");
    if (!translate(&t, err) || !try_out(&t, err))
        return false;
    if (t.length >= cap)
        return error_set(err, "the formula is too long");
    memcpy(out, t.out, t.length + 1);
    *refs = t.refs;
    return true;
}

/* ---- a compiled one ---- */

/* One past the highest v0..v15 of a translated text. */
static size_t inputs_of(const char *text)
{
    size_t used = 0;
    for (const char *p = text; *p; p++) {
        if (*p != 'v' || (p > text && p[-1] != ' ') || p[1] < '0' || p[1] > '9')
            continue;
        size_t number = (size_t)strtol(p + 1, NULL, 10) + 1;
        used = number > used ? number : used;
    }
    return used;
}

struct formula *formula_create(const char *translated)
{
    struct formula *formula = mem_zero(1, sizeof *formula);
    formula->used = inputs_of(translated);
    assert(formula->used <= FORMULA_INPUTS);
    formula->parser = parser_create(formula->inputs);
    mupSetExpr(formula->parser, translated);
    return formula;
}

void formula_destroy(struct formula *formula)
{
    if (!formula)
        return;
    mupRelease(formula->parser);
    free(formula);
}

double formula_value(struct formula *formula, const double *inputs, size_t count)
{
    for (size_t i = 0; i < formula->used; i++)
        formula->inputs[i] = i < count ? inputs[i] : NAN;
    double value = mupEval(formula->parser);
    if (mupError(formula->parser)) {
        mupErrorReset(formula->parser);
        return NAN;
    }
    return isfinite(value) ? value : NAN;
}
