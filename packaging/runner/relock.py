"""Resolve the locked versions again, for every platform and Python version at once, with uv."""

from __future__ import annotations

import shutil

from runner.ground import LOCKS, MACHINE_LACKS_SOMETHING, ROOT, RunError, logged, say, shown, timed


def run(arguments: list[str]) -> int:
    """Write ``runtime.txt`` and ``dev.txt`` from ``pyproject.toml`` and ``pins.txt``; arguments go to uv.

    Versions already locked stay unless they must change; ``lock -- --upgrade`` takes the newest.
    """
    uv = shutil.which("uv")
    if uv is None:
        raise RunError(
            "The lock is resolved by uv, and there is no uv on the PATH. Install it (pip install uv), then try again.",
            MACHINE_LACKS_SOMETHING,
        )
    common = [uv, "pip", "compile", "pyproject.toml", "--universal", "--python-version", "3.11"]
    # no addresses and no comments: the files must be the same whoever makes them
    common += ["--generate-hashes", "--no-emit-index-url", "--no-emit-find-links", "--no-header", "--no-annotate"]
    common += [*arguments, "--constraints", str(LOCKS / "pins.txt")]
    runtime, dev = LOCKS / "runtime.txt", LOCKS / "dev.txt"
    log = ROOT / ".venv" / "lock.log"
    log.parent.mkdir(exist_ok=True)
    log.unlink(missing_ok=True)
    with timed(f"Resolving {shown(runtime)}"):
        logged([*common, "--output-file", runtime], log, "Resolving the runtime packages")
    more = ["--group", "pyproject.toml:dev", "--constraints", runtime]
    with timed(f"Resolving {shown(dev)}"):
        logged([*common, *more, "--output-file", dev], log, "Resolving the development packages")
    say("Run the tests, then commit both files together with pyproject.toml.")
    return 0
