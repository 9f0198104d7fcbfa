#!/usr/bin/env python3
"""Rules that the compiler does not know: layers, edges, banned calls, one picture of the options everywhere.

    lint.py SOURCE_ROOT CORE_LIB DRAW_LIB WIDGETS_LIB VIEWS_LIB SIM_LIB

Prints TAP. The pure libraries' undefined symbols are held against an allow-list, so that a clock, a file, a socket, curses
or sqlite cannot creep in.
"""
import pathlib
import re
import subprocess
import sys

# iconv computes, from tables that libc loads: texts in another encoding become UTF-8 before the gate sees them
LIBC = """
abort memcmp memcpy memmove memset memchr strlen strcmp strncmp strchr strrchr strstr strcspn strspn strcasecmp strncasecmp
snprintf vsnprintf strtod strtol strtoll strtoull malloc calloc realloc free qsort bsearch
floor ceil round nearbyint exp2 fabs log2 fmod pow log10 log exp sqrt lround llround isfinite trunc fmin fmax lrint ldexp
iconv_open iconv iconv_close
__assert_fail __stack_chk_fail __ctype_b_loc __ctype_tolower_loc __ctype_toupper_loc
__snprintf_chk __vsnprintf_chk __memcpy_chk __memmove_chk __memset_chk __isoc99_sscanf _GLOBAL_OFFSET_TABLE_
""".split()
COMPUTING = ("utf8proc_", "XXH", "ZSTD_", "mup", "__asan_", "__ubsan_", "__sanitizer_", "__gcov")
EDGES = {"curses.h": "terminal", "ncurses.h": "terminal", "term.h": "terminal", "MQTTAsync.h": "mqtt", "sqlite3.h": ("store", "history"), "archive.h": "packed", "archive_entry.h": "packed", "zlib.h": "packed", "ssl.h": "tls", "err.h": "tls", "x509v3.h": "tls", "libconfig.h": ("config", "layout", "theme")}
BANNED = r"\b(sprintf|vsprintf|strcpy|strcat|gets|strtok|atoi|atol|atoll|atof|alloca|system|popen)\s*\("
LAYERS = {  # what a file of this folder may include of ours
    "src/core": ("core/",),
    "src/draw": ("core/", "draw/"),
    "src/sim": ("core/", "sim/"),
    "widgets": ("core/", "draw/", "widgets/"),
    "views": ("core/", "draw/", "widgets/", "views/"),
    "src/io": ("core/", "draw/", "io/"),
    "src/app": ("core/", "draw/", "io/", "widgets/", "views/", "app/", "sim/"),
}


def code(text):
    """The text with comments and string contents blanked."""
    def blank(match):
        return '""' if match.group(1) else re.sub(r"[^\n]", " ", match.group(0))
    return re.sub(r'("(?:\\.|[^"\\\n])*")|/\*.*?\*/|//[^\n]*', blank, text, flags=re.S)


def sources(root):
    for folder in ("src", "widgets", "views"):
        for path in sorted((root / folder).rglob("*.[ch]")):
            yield path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")


def undefined(library):
    out = subprocess.run(["nm", "-u", library], check=True, capture_output=True, text=True).stdout
    return {line.split()[-1].split("@")[0] for line in out.splitlines() if " U " in line}


def defined(libraries):
    names = set()
    for library in libraries:
        out = subprocess.run(["nm", "--defined-only", library], check=True, capture_output=True, text=True).stdout
        names |= {line.split()[-1] for line in out.splitlines() if len(line.split()) == 3}
    return names


def pure(libraries, upto):
    """Undefined symbols of a library that neither the allow-list nor the layers below bring."""
    below = defined(libraries[:upto + 1])
    return sorted(s for s in undefined(libraries[upto]) - below - set(LIBC) if not s.startswith(COMPUTING))


def layer_of(name):
    return max((folder for folder in LAYERS if name.startswith(folder + "/")), key=len, default=None)


def wrong_includes(root):
    for name, text in sources(root):
        layer = layer_of(name)
        for include in re.findall(r'#\s*include\s*"([^"]+)"', text):
            if layer and "/" in include and not include.startswith(LAYERS[layer]):
                yield "%s includes %s" % (name, include)


def wrong_edges(root):
    for name, text in sources(root):
        for include in re.findall(r"#\s*include\s*<([^>]+)>", text):
            edge = EDGES.get(include.split("/")[-1])
            if edge and not (name.startswith("src/io/") and name.split("/")[-1].startswith(edge)):
                yield "%s includes <%s>" % (name, include)


def banned(root):
    for name, text in sources(root):
        for number, line in enumerate(code(text).splitlines(), 1):
            if re.search(BANNED, line):
                yield "%s:%d: %s" % (name, number, line.strip())


def too_long(root):
    for name, text in sources(root):
        if text.count("\n") > 600:
            yield "%s has %d lines" % (name, text.count("\n"))


def main():
    root, libraries = pathlib.Path(sys.argv[1]), sys.argv[2:]
    cases = [
        ("layers include only what lies below them", list(wrong_includes(root))),
        ("only an edge includes its library's header", list(wrong_edges(root))),
        ("no banned call", list(banned(root))),
        ("no file over 600 lines", list(too_long(root))),
    ]
    for upto, library in enumerate(libraries):
        cases.append((pathlib.Path(library).stem + " needs only what computes", pure(libraries, upto)))
    print("1..%d" % len(cases))
    for number, (title, problems) in enumerate(cases, 1):
        for problem in problems:
            print("# " + problem)
        print("%s %d - %s" % ("not ok" if problems else "ok", number, title))
    return 0


sys.exit(main())
