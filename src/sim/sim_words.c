/*
 * Whole names come first, then words: names are cut at '/', '_' and '-'. "t/oil" becomes "oil_temp", and "Temp_Oel".
 */
#include "sim/sim_words.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { WORDS = 6, WORD = 32 };

static const struct { const char *name, *english, *german; } words[] = {
    {"st", "state", "Zustand"}, {"state", "state", "Zustand"}, {"cnt/good", "good count", "Gutteile"}, {"cnt/rej", "reject count", "Ausschuss"},
    {"cnt", "good count", "Gutteile"}, {"ct", "cycle time", "Taktzeit"}, {"why", "stop reason", "Stoergrund"}, {"order", "order", "Auftrag"},
    {"product", "product", "Produkt"}, {"crew", "crew", "Mannschaft"}, {"door", "door open", "Tuer offen"}, {"defect", "defect", "Fehler"},
    {"el/p", "power", "Leistung"}, {"kw", "power", "Leistung"}, {"el/e", "energy", "Energie"}, {"kwh", "energy", "Energie"}, {"el/q", "reactive energy", "Blindenergie"},
    {"energy", "energy", "Energie"}, {"power", "power", "Leistung"}, {"reactive", "reactive energy", "Blindenergie"}, {"rate", "speed", "Geschwindigkeit"},
    {"mw", "output", "Generatorleistung"}, {"t", "temp", "Temp"}, {"prs", "pressure", "Druck"}, {"em", "stack", "Kamin"}, {"set", "setpoint", "Soll"},
    {"total", "total", "Summe"}, {"flow", "flow", "Durchfluss"}, {"gas", "gas", "Gas"}, {"ng", "natural gas", "Erdgas"}, {"steam", "steam", "Dampf"}, {"water", "water", "Wasser"},
    {"make", "makeup", "Nachspeisung"}, {"makeup", "makeup flow", "Nachspeisung"}, {"volume", "volume", "Volumen"}, {"voc", "voc", "VOC"}, {"dust", "dust", "Staub"},
    {"oil", "oil", "Oel"}, {"die", "die", "Werkzeug"}, {"force", "force", "Kraft"}, {"coil", "coil length", "Bandlaenge"}, {"vib", "vibration", "Schwingung"},
    {"zone3", "zone 3", "Zone 3"}, {"mould", "mould", "Form"}, {"vacuum", "vacuum", "Vakuum"}, {"mat", "material", "Material"}, {"jig", "jig", "Spanner"},
    {"inj", "injection", "Einspritz"}, {"pentane", "pentane", "Pentan"}, {"recipe", "recipe", "Rezept"}, {"cur", "current", "Strom"}, {"torque", "torque", "Drehmoment"},
    {"leak", "leak rate", "Leckrate"}, {"leak_max", "leak limit", "Leckgrenze"}, {"volt", "voltage", "Spannung"}, {"supply", "supply", "Vorlauf"}, {"return", "return", "Ruecklauf"},
    {"specific", "specific power", "Spez Leistung"}, {"dew", "dew point", "Taupunkt"}, {"pressure", "pressure", "Druck"}, {"out", "outlet", "Austritt"}, {"load", "load", "Last"},
    {"cond", "condenser", "Kondensator"}, {"speed", "line speed", "Bandgeschw"}, {"hood", "hood", "Haube"}, {"brg", "bearing", "Lager"}, {"flue", "flue", "Zug"}, {"pos", "position", "Position"},
    {"dome", "dome", "Kuppel"}, {"stack", "stack", "Kamin"}, {"steel", "steel", "Stahl"}, {"exit", "exit", "Austritt"}, {"level", "level", "Fuellstand"}, {"gain", "gain", "Verstaerkung"},
    {"soak", "soak", "Ausgleich"}, {"tension", "tension", "Zug"}, {"gauge", "gauge", "Dicke"}, {"acid", "acid", "Saeure"}, {"spray", "spray flow", "Spritzwasser"}, {"blast", "blast", "Wind"},
    {"top", "top", "Gicht"}, {"temp", "temp", "Temp"}, {"air", "air", "Luft"}, {"line", "line", "Linie"}, {"purity", "purity", "Reinheit"}, {"coat", "coating", "Auflage"},
    /* what machines are */
    {"press", "press", "Presse"}, {"former", "former", "Former"}, {"fixture", "fixture", "Vorrichtung"}, {"station", "station", "Station"}, {"tester", "tester", "Pruefstand"},
    {"orders", "line", "Linie"}, {"chillers", "chillers", "Kaelte"}, {"chiller", "chiller", "Kaltwassersatz"}, {"compressor", "compressor", "Verdichter"}, {"compressors", "compressors", "Druckluft"},
    {"unit", "unit", "Einheit"}, {"fan", "fan", "Antrieb"}, {"stand", "stand", "Geruest"}, {"strand", "strand", "Strang"}, {"furnace", "furnace", "Ofen"}, {"pump", "pump", "Pumpe"},
    {"tank", "tank", "Tank"}, {"reactor", "reactor", "Reaktor"}, {"column", "column", "Kolonne"}, {"robot", "robot", "Roboter"}, {"oven", "oven", "Trockner"}, {"booth", "booth", "Kabine"},
    {"printer", "printer", "Drucker"}, {"placer", "placer", "Bestuecker"}, {"caster", "caster", "Giessanlage"}, {"site", "site", "Werk"},
    {"stamping", "stamping", "Presswerk"}, {"thermo", "thermoforming", "Tiefziehen"}, {"foaming", "foaming", "Schaeumen"}, {"assembly", "assembly", "Montage"}, {"body", "body", "Rohbau"}, {"primer", "primer", "Grundierung"}, {"topcoat", "topcoat", "Decklack"}, {"media", "media", "Medien"},
    {"smt", "smt", "SMT"}, {"tht", "tht", "THT"}, {"test", "test", "Pruefung"}, {"reactors", "reactors", "Reaktoren"}, {"columns", "columns", "Kolonnen"}, {"filling", "filling", "Abfuellung"},
    {"tanks", "tanks", "Tanklager"},
    {"utility", "utilities", "Medien"}, {"sintering", "sintering", "Sinteranlage"}, {"coke", "coke", "Kokerei"}, {"iron", "iron", "Hochofen"}, {"steelshop", "steelshop", "Stahlwerk"},
    {"casting", "casting", "Giessen"}, {"hot", "hot rolling", "Warmwalzen"}, {"cold", "cold rolling", "Kaltwalzen"},
};

static size_t row_of(const char *name, size_t length)
{
    size_t i = 0;
    while (i < sizeof words / sizeof *words && (strlen(words[i].name) != length || strncmp(words[i].name, name, length) != 0))
        i++;
    return i;
}

/* What was measured stands behind of what in English, and before it in German. */
static bool is_measured(size_t row)
{
    return strcmp(words[row].name, "t") == 0 || strcmp(words[row].name, "temp") == 0 || strcmp(words[row].name, "prs") == 0;
}

struct parts { char text[WORDS * 2][WORD]; size_t count; };

/* "good count": two parts. */
static void add_parts(struct parts *p, const char *text, size_t length)
{
    while (length > 0 && p->count < WORDS * 2) {
        size_t end = 0;
        while (end < length && text[end] != ' ')
            end++;
        snprintf(p->text[p->count++], WORD, "%.*s", (int)end, text);
        length -= end + (end < length);
        text += end + (end < length || text[end] == ' ');
    }
}

static void add_row(struct parts *p, size_t row, enum sim_style style)
{
    const char *text = style == SIM_GERMAN ? words[row].german : words[row].english;
    add_parts(p, text, strlen(text));
}

static void split(const char *name, enum sim_style style, struct parts *p)
{
    size_t behind = sizeof words / sizeof *words, none = behind;
    for (const char *at = name; *at;) {
        size_t length = strcspn(at, "/_-"), row = row_of(at, length);
        if (row < none && is_measured(row) && style != SIM_GERMAN && behind == none)
            behind = row;
        else if (row < none)
            add_row(p, row, style);
        else
            add_parts(p, at, length);
        at += length + (at[length] != '\0');
    }
    if (behind < none)
        add_row(p, behind, style);
}

static char cased(char c, bool upper)
{
    bool lower_is = c >= 'a' && c <= 'z', upper_is = c >= 'A' && c <= 'Z';
    return upper && lower_is ? (char)(c - 'a' + 'A') : !upper && upper_is ? (char)(c - 'A' + 'a') : c;
}

void sim_word(const char *name, enum sim_style style, char *out, size_t cap)
{
    struct parts p = {.count = 0};
    name += *name == '/';
    size_t row = row_of(name, strlen(name)), used = 0;
    if (row < sizeof words / sizeof *words)
        add_row(&p, row, style);
    else
        split(name, style, &p);
    for (size_t i = 0; i < p.count; i++) {
        if (i > 0 && style != SIM_CAMEL && used + 1 < cap)
            out[used++] = '_';
        for (const char *c = p.text[i]; *c && used + 1 < cap; c++)
            out[used++] = style == SIM_SNAKE ? cased(*c, false) : c == p.text[i] ? cased(*c, true) : *c;
    }
    out[used] = '\0';
}
