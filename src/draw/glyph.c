/*
 * glyph_table holds every drawing character once for each tier. stand_in_table says which ASCII character stands for a
 * character that is not ASCII; what it does not name is taken apart (u for ü) or becomes '?'. For the glyphs both agree, so
 * that a screen drawn for WGL4 and shown on an ASCII terminal reads as one drawn for ASCII; only the sparkline's steps differ.
 */
#include "draw/glyph.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include <utf8proc.h>

static const char *const glyph_table[][3] = {
    [GLYPH_HLINE] = {"─", "-", "─"},
    [GLYPH_VLINE] = {"│", "|", "│"},
    [GLYPH_TEE] = {"┬", "+", "┬"},
    [GLYPH_CROSS] = {"┼", "+", "┼"},
    [GLYPH_BOTTOM_TEE] = {"┴", "+", "┴"},
    [GLYPH_BLOCK] = {"█", "#", "█"},
    [GLYPH_SHADE] = {"▒", ":", "▒"},
    [GLYPH_BAND] = {"═", "=", "═"},
    [GLYPH_LINE] = {"─", "-", "─"},
    [GLYPH_ALARM_1] = {"■", "#", "■"},
    [GLYPH_ALARM_2] = {"▲", "^", "▲"},
    [GLYPH_ALARM_3] = {"▼", "v", "▼"},
    [GLYPH_ALARM_4] = {"●", "*", "●"},
    [GLYPH_UP] = {"↑", "^", "↑"},
    [GLYPH_DOWN] = {"↓", "v", "↓"},
    [GLYPH_FLAT] = {"→", ">", "→"},
    [GLYPH_MORE] = {"…", "~", "…"},
    [GLYPH_LAMP_ON] = {"●", "*", "●"},
    [GLYPH_LAMP_OFF] = {"○", "o", "○"},
    [GLYPH_HOLLOW] = {"○", "o", "○"},
    /* WGL4 has the lower half and the full block but no eighths. */
    [GLYPH_SPARK_1] = {"_", "_", "▁"},
    [GLYPH_SPARK_2] = {"_", ".", "▂"},
    [GLYPH_SPARK_3] = {"_", ":", "▃"},
    [GLYPH_SPARK_4] = {"▄", "-", "▄"},
    [GLYPH_SPARK_5] = {"▄", "=", "▅"},
    [GLYPH_SPARK_6] = {"▄", "+", "▆"},
    [GLYPH_SPARK_7] = {"█", "*", "▇"},
    [GLYPH_SPARK_8] = {"█", "#", "█"},
    [GLYPH_OPEN] = {"-", "-", "▾"},
    [GLYPH_CLOSED] = {"+", "+", "▸"},
    [GLYPH_UPPER] = {"▀", "=", "▀"},
    [GLYPH_LOWER] = {"▄", "=", "▄"},
    [GLYPH_FAINT] = {"░", ".", "░"},
    [GLYPH_DOT] = {"·", ".", "·"},
};
static_assert(sizeof glyph_table / sizeof glyph_table[0] == GLYPH_COUNT, "a row for every glyph");
static_assert(GLYPH_DOT + 1 == GLYPH_COUNT, "a new glyph needs its three tiers here");

static const struct {
    int from, to; /* Unicode, inclusive */
    char ascii;
} stand_in_table[] = {
    {0xA0, 0xA0, ' '},     {0xA6, 0xA6, '|'},     {0xAB, 0xAB, '<'},     {0xAD, 0xAD, '-'},     {0xB0, 0xB0, 'o'},
    {0xB1, 0xB1, '+'},     {0xB5, 0xB5, 'u'},     {0xB7, 0xB7, '.'},     {0xBB, 0xBB, '>'},     {0xC6, 0xC6, 'A'},
    {0xD7, 0xD7, 'x'},     {0xD8, 0xD8, 'O'},     {0xDF, 0xDF, 's'},     {0xE6, 0xE6, 'a'},     {0xF7, 0xF7, '/'},
    {0xF8, 0xF8, 'o'},     {0x394, 0x394, 'D'},   {0x3A9, 0x3A9, 'O'},   {0x3BC, 0x3BC, 'u'},   {0x2010, 0x2015, '-'},
    {0x2018, 0x201B, '\''}, {0x201C, 0x201F, '"'}, {0x2022, 0x2022, '*'}, {0x2026, 0x2026, '~'}, {0x2030, 0x2030, '%'},
    {0x2039, 0x2039, '<'}, {0x203A, 0x203A, '>'}, {0x20AC, 0x20AC, 'E'}, {0x2190, 0x2190, '<'}, {0x2191, 0x2191, '^'},
    {0x2192, 0x2192, '>'}, {0x2193, 0x2193, 'v'}, {0x2212, 0x2212, '-'}, {0x2248, 0x2248, '~'}, {0x2260, 0x2260, '#'},
    {0x2264, 0x2264, '<'}, {0x2265, 0x2265, '>'}, {0x2500, 0x2501, '-'}, {0x2502, 0x2503, '|'}, {0x2504, 0x2505, '-'},
    {0x2506, 0x2507, '|'}, {0x2508, 0x2509, '-'}, {0x250A, 0x250B, '|'}, {0x250C, 0x254B, '+'}, {0x2550, 0x2550, '='},
    {0x2551, 0x2551, '|'}, {0x2552, 0x256C, '+'}, {0x2580, 0x2580, '='}, {0x2581, 0x2581, '_'}, {0x2582, 0x2582, '.'}, {0x2583, 0x2583, ':'},
    {0x2584, 0x2584, '='}, {0x2585, 0x2585, '='}, {0x2586, 0x2586, '+'}, {0x2587, 0x2587, '*'}, {0x2588, 0x2588, '#'},
    {0x2589, 0x258F, '|'}, {0x2591, 0x2591, '.'}, {0x2592, 0x2592, ':'}, {0x2593, 0x2593, '%'}, {0x25A0, 0x25A0, '#'},
    {0x25AA, 0x25AC, '#'}, {0x25B2, 0x25B2, '^'}, {0x25B6, 0x25BA, '>'}, {0x25BC, 0x25BC, 'v'}, {0x25BE, 0x25BE, '-'},
    {0x25B8, 0x25B8, '+'}, {0x25C0, 0x25C4, '<'}, {0x25CB, 0x25CB, 'o'}, {0x25CF, 0x25CF, '*'}, {0x2800, 0x2800, ' '},
    {0x2801, 0x28FF, '.'},
};

static const char *const ascii_text[] = {
    " ", "!", "\"", "#", "$", "%", "&", "'", "(", ")", "*", "+", ",", "-", ".", "/", "0", "1", "2",
    "3", "4", "5", "6", "7", "8", "9", ":", ";", "<", "=", ">", "?", "@", "A", "B", "C", "D", "E",
    "F", "G", "H", "I", "J", "K", "L", "M", "N", "O", "P", "Q", "R", "S", "T", "U", "V", "W", "X",
    "Y", "Z", "[", "\\", "]", "^", "_", "`", "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k",
    "l", "m", "n", "o", "p", "q", "r", "s", "t", "u", "v", "w", "x", "y", "z", "{", "|", "}", "~",
};
static_assert(sizeof ascii_text / sizeof ascii_text[0] == 0x7f - 0x20, "every printable ASCII character");

const char *glyph_text(enum glyph_tier tier, enum glyph glyph)
{
    assert((unsigned)glyph < GLYPH_COUNT && (unsigned)tier <= TIER_FULL);
    return glyph_table[glyph][tier];
}

/* The first character of the canonical decomposition: an accent falls off its letter. 0 when that is not ASCII either. */
static int base_letter(int character)
{
    utf8proc_int32_t parts[16];
    int boundary = 0;
    utf8proc_ssize_t count = utf8proc_decompose_char(character, parts, 16, UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT, &boundary);
    return count > 0 && count <= 16 && parts[0] >= 0x20 && parts[0] < 0x7f ? parts[0] : 0;
}

static int stand_in(int character)
{
    for (size_t i = 0; i < sizeof stand_in_table / sizeof stand_in_table[0]; i++)
        if (character >= stand_in_table[i].from && character <= stand_in_table[i].to)
            return stand_in_table[i].ascii;
    int letter = base_letter(character);
    return letter ? letter : '?';
}

const char *glyph_ascii(const char *grapheme, int width)
{
    const unsigned char first = (unsigned char)grapheme[0];
    if (first < 0x80 && grapheme[0] && !grapheme[1])
        return first >= 0x20 && first < 0x7f ? grapheme : "?";
    if (!first)
        return width == 2 ? "  " : " ";
    if (width == 2)
        return "??";
    utf8proc_int32_t character;
    if (utf8proc_iterate((const utf8proc_uint8_t *)grapheme, (utf8proc_ssize_t)strlen(grapheme), &character) <= 0)
        return "?";
    int ascii = character >= 0x20 && character < 0x7f ? character : character < 0x80 ? '?' : stand_in(character);
    return ascii_text[ascii - 0x20];
}
