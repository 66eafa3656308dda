"""Leaving while four servers leave requests unanswered: from the close of the window to the end of the process."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from contextlib import ExitStack
from statistics import median

from harness import HERE, ROOT, compile_all, console_home, floor, options, show

HANGING = 4


def leave() -> float:
    """One run; returns milliseconds."""
    with ExitStack() as stack:
        servers = [stack.enter_context(floor("--hang", "--tell")) for _ in range(HANGING)]
        words, env = stack.enter_context(console_home(*servers))
        plan = json.dumps({"close_after_s": 2.0})
        command = [sys.executable, str(HERE / "observed.py"), plan, *words, "--size", "1366x768"]
        done = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, check=True)
        ended = time.time()
        left_at = json.loads(done.stdout.strip().splitlines()[-1])["left_at"]
        for server in servers:
            server.process.stdin.close()
            lines = server.process.stdout.read().splitlines()
            if not any(line.endswith("/values") for line in lines):
                raise SystemExit("a server was not asked for values: nothing was hanging")
        return (ended - left_at) * 1000


def main() -> None:
    """Measure and print."""
    runs = options(__doc__, seconds=0, runs=3).runs
    compile_all()
    times = [leave() for _ in range(runs)]
    show("quit.hanging_requests", max(times), "ms", 2000.0, f"aim < 2000 (median {median(times):.0f}; n={runs})")


if __name__ == "__main__":
    main()
