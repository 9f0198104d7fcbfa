"""What the tests of the program's reports and queries share: the program and a cache to ask, an environment with nothing of
the user's in it, and cases that are run one after the other and told as TAP."""
import os
import shutil
import subprocess
import sys
import tempfile

ANDON, MAKE_CACHE = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
EMPTY_HOME = tempfile.mkdtemp(prefix="andon-home-")
ENVIRONMENT = {**{k: v for k, v in os.environ.items() if not k.startswith(("ANDON_", "XDG_"))}, "HOME": EMPTY_HOME, "XDG_RUNTIME_DIR": EMPTY_HOME, "LC_ALL": "C.UTF-8"}
CASES = []


def case(function):
    CASES.append(function)
    return function


def new_cache():
    return subprocess.run([MAKE_CACHE], capture_output=True, text=True, check=True).stdout.strip()


def run_cases(cache):
    """Runs them all, removes the cache, and ends the program: one case's failure does not hide the others."""
    failed = 0
    print("1..%d" % len(CASES))
    for number, function in enumerate(CASES, 1):
        try:
            function()
            print("ok %d - %s" % (number, function.__name__))
        except Exception as why:  # noqa: BLE001
            failed += 1
            print("not ok %d - %s" % (number, function.__name__))
            for line in (str(why) or repr(why))[:2000].splitlines():
                print("# " + line)
        sys.stdout.flush()
    shutil.rmtree(cache)
    shutil.rmtree(EMPTY_HOME)
    sys.exit(failed > 0)
