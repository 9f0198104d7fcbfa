#!/usr/bin/env python3
"""Prints every failed case of a meson run and, last, "N passed, N failed", counting the cases inside each program.

A program that ended badly without a failed case, ran no case at all or skipped one counts as a failure: a test that did
not run has not passed.

    summary.py TESTLOG_JSON STATUS_OF_MESON
"""
import json
import re
import sys


MOST_NOTES = 200  # of the failed programs' own words


def count(test):
    out = test.get("stdout") or ""
    passed = len(re.findall(r"^ok \d+(?!.*# SKIP)", out, re.M))
    failed = re.findall(r"^not ok \d+.*$|^ok \d+.*# SKIP.*$", out, re.M)
    good = test["result"] in ("OK", "EXPECTEDFAIL")
    if not failed and (not good or passed == 0):
        failed = ["%s: %s with %d passed cases" % (test["result"], test.get("returncode"), passed)]
    notes = re.findall(r"^#.*$", out, re.M) if failed else []
    return passed, [test["name"] + ": " + line for line in failed], notes


def main():
    path, status = sys.argv[1], int(sys.argv[2])
    passed, failed, said = 0, [], []
    try:
        with open(path, encoding="utf-8", errors="replace") as log:
            for line in log:
                p, f, notes = count(json.loads(line))
                passed += p
                failed += f
                said += notes
    except OSError as error:
        failed.append(str(error))
    if status and not failed:
        failed.append("meson test ended with %d" % status)
    if passed == 0 and not failed:
        failed.append("no test ran")
    for line in said[:MOST_NOTES]:
        print(line)
    for line in failed:
        print("FAILED " + line)
    print("%d passed, %d failed" % (passed, len(failed)))
    return 1 if failed else 0


sys.exit(main())
