"""What every command stands on: places, calm output, the environment of child processes, and their logs."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
LOCKS: Final = ROOT / "packaging" / "lock"
VENVS: Final = ROOT / ".venv"

# exit codes
FAILED: Final = 1
USAGE: Final = 2
MACHINE_LACKS_SOMETHING: Final = 3
INTERRUPTED: Final = 130

# Where pip would install somewhere else, install something else, or leave the bytecode out. Settings about
# the network (index, proxy, certificates) belong to the machine and stay.
_PIP_SCRUBBED: Final = """
    PIP_BUILD_CONSTRAINT PIP_CONSTRAINT PIP_DRY_RUN PIP_IGNORE_INSTALLED PIP_NO_BINARY PIP_NO_COMPILE PIP_NO_DEPS
    PIP_ONLY_BINARY PIP_PREFIX PIP_PYTHON PIP_REQUIREMENT PIP_REQUIRE_VIRTUALENV PIP_ROOT PIP_TARGET PIP_UPGRADE
    PIP_USER
"""
# Where Python would look for other modules, drop assertions, or write no bytecode (every start would compile).
_PYTHON_SCRUBBED: Final = """
    PYTHONDONTWRITEBYTECODE PYTHONHOME PYTHONINSPECT PYTHONOPTIMIZE PYTHONPATH PYTHONPLATLIBDIR
    PYTHONPYCACHEPREFIX PYTHONSAFEPATH PYTHONSTARTUP
"""
_LOG_TAIL_LINES: Final = 30


class RunError(Exception):
    """A command cannot go on; ``str()`` is the sentence for the reader, ``code`` the exit code."""

    def __init__(self, text: str, code: int = FAILED) -> None:
        super().__init__(text)
        self.code = code


def say(text: str) -> None:
    """Print one line of progress at once."""
    print(text, flush=True)


def complain(text: str) -> None:
    """Print one line about something wrong on standard error, after everything said before it."""
    sys.stdout.flush()
    print(text, file=sys.stderr, flush=True)


def child_env(changes: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return this process's environment without what would spoil an installation, plus ``changes``."""
    scrubbed = {*_PIP_SCRUBBED.split(), *_PYTHON_SCRUBBED.split()}
    kept = {name: value for name, value in os.environ.items() if name.upper() not in scrubbed}
    return kept | dict(changes or {})


@contextmanager
def timed(text: str) -> Iterator[None]:
    """Say what is being done, and how long it took when it is done."""
    say(f"{text} …")
    started = time.monotonic()
    yield
    say(f"  done in {seconds(time.monotonic() - started)}")


def seconds(span_s: float) -> str:
    """Return a span as ``0.4 s`` or ``1 min 12 s``."""
    if span_s < 60:
        return f"{span_s:.1f} s"
    return f"{int(span_s // 60)} min {int(span_s % 60)} s"


def logged(command: Sequence[str | Path], log: Path, what: str, env: Mapping[str, str] | None = None) -> None:
    """Run ``command`` in the project folder with its output appended to ``log``.

    Raises RunError with the end of the log when it fails; ``what`` names the step in that sentence.
    """
    with log.open("ab") as stream:
        stream.write(f"$ {' '.join(map(str, command))}\n".encode())
        stream.flush()
        code = subprocess.run(
            [str(part) for part in command],
            cwd=ROOT,
            env=child_env(env),
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            check=False,
        ).returncode
    if code:
        raise RunError(f"{tail(log)}\n{what} failed (exit code {code}); the whole output is in {shown(log)}.")


def tail(log: Path) -> str:
    """Return the last lines of a log file, indented."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LOG_TAIL_LINES:]
    return "\n".join(f"  | {line}" for line in lines)


def shown(path: Path) -> str:
    """Return a path as the reader knows it: from the project folder where it lies inside."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
