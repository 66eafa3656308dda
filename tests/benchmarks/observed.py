"""The console, watched from outside: ``observed.py PLAN ARGUMENTS...``; prints what was seen as one JSON line."""

from time import perf_counter

STARTED = perf_counter()

import sys  # noqa: E402

from watch import run  # noqa: E402

if __name__ == "__main__":
    sys.exit(run(STARTED, sys.argv[1], sys.argv[2:]))
