"""What the man page must say of a row of the option table: its type, range and default, spelled in one way."""
import math
import re

TYPES = {"bool": "true or false", "int": "integer", "float": "number", "text": "text", "name": "name",
         "names": "name, may hold a range", "text_int": "text or integer", "duration": "duration", "size": "size", "pointer": "JSON pointer",
         "topic": "topic filter", "range": "[low, high]", "texts": "text or list of texts", "values": "text, number, true or false, or list of them", "group": "group", "list": "list of groups"}


def number(text):
    value = float(text)
    if value > 2 ** 53:
        return "2^%d" % round(math.log2(value))
    return "%d" % value if value == int(value) else "%g" % value


def span(text):
    ms, out = int(float(text)), ""
    for unit, length in (("d", 86400000), ("h", 3600000), ("m", 60000), ("s", 1000), ("ms", 1)):
        if ms >= length:
            out += "%d%s" % (ms // length, unit)
            ms %= length
    return out or "0s"


def size(text):
    value, letters = float(text), " kMGT"
    while value >= 1000 and len(letters) > 1:
        value, letters = value / 1000, letters[1:]
    return "%g%sB" % (value, letters[0].strip())


def specification(row):
    """row: group, key, type, least, most, choices, preset, and the unit of a bound."""
    group, key, kind, least, most, choices, preset, unit = row
    text = "one of " + ", ".join(choices.split("|")) if kind == "choice" else TYPES[kind]
    if float(least) != float(most):
        spell = {"duration": span, "size": size}.get(kind, number)
        text += ", %s to %s%s" % (spell(least), spell(most), " " + unit if unit else "")
    if kind == "duration" and choices:
        text += ", or " + choices
    if preset:
        text += "; default " + (preset if not unit else "%s %s" % (preset, unit))
    return text


def plain(text):
    """scdoc's source without its marks."""
    return re.sub(r"\\(.)", r"\1", re.sub(r"(?<!\\)\*", "", text))


def read_tables(lines):
    """The lines of man_tables, by kind."""
    tables = {}
    for line in lines:
        kind, *fields = line.split("\t")
        tables.setdefault(kind, []).append(fields)
    bounds = {b[0]: b for b in tables["bound"]}
    rows = []
    for group, key, kind, least, most, choices, preset in tables["option"]:
        unit = ""
        if group == "bounds":
            _, least, most, preset, unit = bounds[key]
        rows.append((group, key, kind, least, most, choices, preset, unit))
    tables["option"] = rows
    return tables
