#!/usr/bin/env python3
"""The man pages and the README against the program: every option, key, reason and command is described, with its type, range and
default, and nothing is described that does not exist; the examples are what `andon check` accepts; man(1) has no complaint.

    test_man.py ANDON MAN_TABLES SOURCE_ROOT PAGE...

Prints TAP. MAN_TABLES prints the tables of the code, the PAGEs are what scdoc made of man/*.scd.
"""
import os
import pathlib
import re
import sqlite3
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
from pages import plain, read_tables, specification  # noqa: E402

MEANT_BY = {"": "top level", "alarm_settings": "the group alarms", "alarm_classes": "alarm classes"}  # how a heading names a group


def output(*command, **more):
    """Standard output; a failure's standard error ends the test."""
    ran = subprocess.run(command, capture_output=True, text=True, **more)
    if ran.returncode != 0:
        raise SystemExit("Bail out! %s: %s%s" % (" ".join(command), ran.stdout, ran.stderr))
    return ran.stdout


def sections(source):
    """{(chapter, heading): lines} of a page's source."""
    found, chapter, heading = {}, "", ""
    for line in source.splitlines():
        if line.startswith("# "):
            chapter, heading = line[2:], ""
        elif line.startswith("## "):
            heading = line[3:]
        found.setdefault((chapter, heading), []).append(line)
    return found


def entries(lines):
    """What an indented explanation follows: [(line without marks, explanation)]."""
    return [(plain(line), lines[i + 1].strip()) for i, line in enumerate(lines[:-1])
            if line.startswith("*") and lines[i + 1].startswith("\t")]


# ---- andon.cfg(5) ----

def described_keys(page):
    """{(group, key): [specification]} as the page has them."""
    found = {}
    for (chapter, heading), lines in sections(page).items():
        if chapter != "KEYS" or not heading:
            continue
        for head, _ in entries(lines):
            key, spec = head.split(" = ", 1)
            for group in heading.split(", "):
                found.setdefault((group, key), []).append(spec)
    return found


def check_keys(page, tables):
    described, problems = described_keys(page), []
    for row in tables["option"]:
        group = MEANT_BY.get(row[0], row[0])
        said, wanted = described.pop((group, row[1]), []), specification(row)
        if said != [wanted]:
            problems.append("%s.%s: the page says %s; the table says \"%s\"" % (group, row[1], said or "nothing", wanted))
    return problems + ["%s.%s: is not in the table" % place for place in described]


def check_states(page, tables):
    text = plain(page)
    return ["state %s %s: %s is missing" % (number, name, cls) for number, name, cls in tables["state"]
            if "- %s %s: %s\n" % (number, name, cls) not in text]


# ---- andon(1) ----

def options_of(andon, name):
    """{option: variable or ""} that --help tells of."""
    text = output(andon, *([name] if name else []), "--help", env=dict(os.environ, ANDON_CONFIG=""))
    return {m[1]: m[2] or "" for m in re.finditer(r"^  (?:-\w, |    )--([a-z-]+)\b.*?(?:\[(ANDON_\w+)\])?$", joined(text), re.M)
            if m[1] not in ("help", "version")}


def joined(text):
    """A long option's help stands on the next line."""
    return re.sub(r"(?m)^(  (?:-\w, |    )--\S+ \S+) *\n {20,}", r"\1 ", text)


def check_options(andon, page, commands):
    problems = []
    for name in commands:
        heading = "andon " + name if name else "The dashboard: andon"
        lines = sections(page).get(("OPTIONS", heading))
        if not lines:
            problems.append("OPTIONS has no section \"%s\"" % heading)
            continue
        heads = [head for head, _ in entries(lines)]
        known = options_of(andon, name) if name != "check" else {}
        for option, variable in known.items():
            said = re.search(r"--%s\b(?!-)[^[\n,]*(?:\[(\w+)\])?" % re.escape(option), "\n".join(heads))
            if not said or (said[1] or "") != variable:
                problems.append("andon %s: --%s is missing, or its variable is not %s" % (name, option, variable or "none"))
        for head in heads:
            problems += ["andon %s: there is no --%s" % (name, option) for option in re.findall(r"--([a-z-]+)", head) if option not in known]
    variables = {v for name in commands if name != "check" for v in options_of(andon, name).values()}
    return problems + ["%s is not a variable of any option" % v for v in re.findall(r"\bANDON_\w+", plain(page)) if v not in variables]


def check_screens(page, tables):
    problems, found = [], sections(page)
    keys = {"everywhere": ("KEYS", "Everywhere")}
    for view, key, _ in tables["key"]:
        lines = found.get(keys.get(view, ("KEYS", view)), [])
        if not any(line.startswith("*%s*" % key) for line in lines):
            problems.append("KEYS, %s: %s is missing" % (view, key))
    for (view,) in tables["view"]:
        known = {key for v, key, _ in tables["key"] if v == view}
        for head, _ in entries(found.get(("KEYS", view), [])):
            problems += ["KEYS, %s: there is no %s" % (view, head)] * (head not in known)
    commands = {name: argument.strip("[]") for name, argument in tables["command"]}
    for head, _ in entries(found.get(("KEYS", "Commands"), [])):
        name, _, argument = head.partition(" ")
        if commands.pop(name[1:], None) != argument.replace("_", "").strip("[]"):
            problems.append("KEYS, Commands: there is no \"%s\"" % head)
    return problems + ["KEYS, Commands: :%s is missing" % name for name in commands]


def check_reasons(page, tables):
    text, problems = page, []
    for name, title in tables["drop"]:
        problems += ["drop reason %s is missing" % name] * ("*%s*\n\t%s.\n" % (name, title[0].upper() + title[1:]) not in text)
    for name, word, glyph in tables["class"]:
        problems += ["class %s is missing" % name] * ("*%s*\n\t%s %s\n" % (name, "*.*" if glyph == "." else glyph, word) not in text)
    return problems


# ---- andon-cache(5) ----

def check_columns(page, tables):
    found, problems = sections(page), []
    described = {(table, head) for (chapter, table), lines in found.items() if chapter == "TABLES" for head, _ in entries(lines)}
    wanted = {(table, ("%s %s" % (name, kind)).strip()) for table, name, kind in tables["column"]}
    problems += ["%s: %s is missing" % column for column in sorted(wanted - described)]
    problems += ["%s: there is no %s" % column for column in sorted(described - wanted)]
    kinds = ", ".join(name for (name,) in tables["event"])
    return problems + ["event: the kinds are %s" % kinds] * ("\t%s.\n" % kinds not in plain(page))


def check_queries(page):
    """sqlite3 understands the examples: on the tables as the page tells of them."""
    problems, db = [], sqlite3.connect(":memory:")
    for (chapter, table), lines in sections(page).items():
        if chapter == "TABLES" and table:
            db.execute("CREATE TABLE %s(%s)" % (table, ", ".join(head for head, _ in entries(lines))))
    queries = re.findall(r"^```\n(.*?)^```", page, re.M | re.S)
    for query in queries:
        try:
            db.execute(query)
        except sqlite3.Error as error:
            problems.append("%s: %s" % (query, error))
    return problems or ([] if queries else ["there is no example"])


# ---- examples, and the other texts ----

def check_examples(andon, text, what):
    """Every block that describes a site is a configuration."""
    problems, blocks = [], [b for b in re.findall(r"^```\w*\n(.*?)^```", text, re.M | re.S) if re.search(r"^site *=", b, re.M)]
    for block in blocks:
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "andon.cfg")
            pathlib.Path(path).write_text(block, encoding="utf-8")
            ran = subprocess.run([andon, "check", path], capture_output=True, text=True)
            if ran.returncode != 0 or "warning" in ran.stdout:
                problems.append("%s: %s%s" % (what, ran.stdout, ran.stderr))
    return problems or ([] if blocks else ["%s has no example" % what])


def check_mentioned(andon, text, commands, root):
    """Options behind a subcommand, links and pictures in README.md and CONTRIBUTING.md."""
    problems = []
    known = {name: options_of(andon, name) if name != "check" else {} for name in commands}
    for command in re.findall(r"(?<![/\w])andon((?: [^`\n|>&]+)?)", "\n".join(re.findall(r"`[^`\n]+`|^    .*$", text, re.M))):
        words = command.strip("`").split()
        name = words[0] if words and words[0] in known else ""
        for option in re.findall(r" --([a-z-]+)", command):
            problems += ["andon %s has no --%s" % (name, option)] * (option not in known[name] and option not in ("help", "version"))
    for link in re.findall(r"\]\(([^)#:]+)\)", text):
        problems += ["%s: there is no such file" % link] * (not (root / link).exists())
    return problems


def check_rendering(page):
    ran = subprocess.run(["man", "--warnings", "-l", page], capture_output=True, text=True,
                         env=dict(os.environ, LC_ALL="C.UTF-8", MANWIDTH="80", MANPAGER="cat", PAGER="cat"))
    return ran.stderr.splitlines() if ran.stderr or ran.returncode else [] if len(ran.stdout) > 5000 else ["nothing was rendered"]


def main():
    andon, man_tables, root, *built = sys.argv[1:]
    root = pathlib.Path(root)
    tables = read_tables(output(man_tables).splitlines())
    read = {name: (root / name).read_text(encoding="utf-8") for name in
            ("man/andon.1.scd", "man/andon.cfg.5.scd", "man/andon-cache.5.scd", "README.md", "CONTRIBUTING.md")}
    program, format_ = read["man/andon.1.scd"], read["man/andon.cfg.5.scd"]
    commands = [""] + re.findall(r"^  ([a-z]+) ", output(andon, "--help").split("subcommands", 1)[1], re.M)
    tests = [
        ("andon.cfg(5) has every key with its type, range and default, and no other", check_keys(format_, tables)),
        ("andon.cfg(5) has every PackML state", check_states(format_, tables)),
        ("andon.cfg(5)'s example is a configuration", check_examples(andon, format_, "andon.cfg(5)")),
        ("andon-cache(5) has every column with its type, and no other", check_columns(read["man/andon-cache.5.scd"], tables)),
        ("andon-cache(5)'s examples are SQL for its tables", check_queries(read["man/andon-cache.5.scd"])),
        ("andon(1) has every option with its variable, and no other", check_options(andon, program, commands)),
        ("andon(1) has every key and command, and no other", check_screens(program, tables)),
        ("andon(1) has every reason and class", check_reasons(program, tables)),
        ("README.md's example is a configuration", check_examples(andon, read["README.md"], "README.md")),
        ("README.md names only what exists", check_mentioned(andon, read["README.md"], commands, root)),
        ("CONTRIBUTING.md names only what exists", check_mentioned(andon, read["CONTRIBUTING.md"], commands, root)),
    ] + [("man renders %s without warnings" % os.path.basename(page), check_rendering(page)) for page in built]
    print("1..%d" % len(tests))
    for number, (name, problems) in enumerate(tests, 1):
        print("%s %d - %s" % ("not ok" if problems else "ok", number, name))
        for problem in problems:
            print("# " + problem.replace("\n", "\n# "))
    return 0


if __name__ == "__main__":
    sys.exit(main())
