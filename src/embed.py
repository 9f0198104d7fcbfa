#!/usr/bin/env python3
"""Writes a file as a C array with a NUL at its end: embed.py NAME INPUT OUTPUT."""
import sys

name, source, target = sys.argv[1:]
with open(source, "rb") as file:
    data = file.read() + b"\0"
rows = [", ".join(str(byte) if byte < 128 else f"(char){byte}" for byte in data[i:i + 24]) for i in range(0, len(data), 24)]
with open(target, "w", encoding="ascii") as file:
    file.write(f"extern const char {name}[];\nconst char {name}[] = {{\n    " + ",\n    ".join(rows) + ",\n};\n")
