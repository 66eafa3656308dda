"""The test, bench and fuzz commands: every check runs, each says how long it took, the last word is pytest's."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from runner import system
from runner.ground import FAILED, ROOT, RunError, child_env, complain, say, seconds
from runner.venvs import Venv

_NO_TESTS_SELECTED: Final = 5  # pytest's exit code
_MOST_PROCESSES: Final = 4
_OFFSCREEN: Final = {"QT_QPA_PLATFORM": "offscreen", "QT_API": "pyside6"}

# A keyring opened with a throw-away password; it ends by itself together with the bus it is on.
_WITH_KEYRING: Final = """
printf 'throw-away\\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null
exec "$@"
"""


def test_venv() -> Venv:
    """Return the environment of tests and benchmarks."""
    return Venv("test", "dev.txt", installed=True)


def run(arguments: list[str]) -> int:
    """Run all checks and the tests; ``arguments`` go to pytest. Return 0 when everything passed."""
    system.ensure(system.test_needs())
    venv = test_venv()
    python = str(venv.ensure())
    quiet_steps = {
        "ruff check": [python, "-m", "ruff", "check"],
        "ruff format": [python, "-m", "ruff", "format", "--check"],
        "mypy": [python, "-m", "mypy"],
        "mypy packaging": [python, "-m", "mypy", "packaging/run.py"],
        "lint-imports": [str(venv.script("lint-imports"))],
    }
    failed = [name for name, command in quiet_steps.items() if not _passes(name, command)]
    if not _secret_service_passes(python, arguments):
        failed.append("Secret Service tests")
    if failed:
        say(f"Failed so far: {', '.join(failed)}")
    say("pytest …")
    code = _call([python, "-m", "pytest", *(arguments or _spread())], _OFFSCREEN)
    if failed:
        complain(f"Failed besides pytest: {', '.join(failed)}")
    return code or (FAILED if failed else 0)


def bench(arguments: list[str]) -> int:
    """Run the benchmark scripts, all of them or those whose names contain one of ``arguments``.

    Words that start with a dash, and everything after them, go to the scripts.
    """
    cut = next((at for at, word in enumerate(arguments) if word.startswith("-")), len(arguments))
    names, options = arguments[:cut], arguments[cut:]
    scripts = sorted((ROOT / "tests" / "benchmarks").glob("bench_*.py"))
    chosen = [script for script in scripts if not names or any(name in script.stem for name in names)]
    if not chosen:
        known = ", ".join(script.stem.removeprefix("bench_") for script in scripts) or "none yet"
        raise RunError(f"No benchmark is called {' or '.join(names) or 'bench_*.py'}; there are: {known}.")
    system.ensure(system.test_needs())
    python = str(test_venv().ensure())
    failed = []
    for script in chosen:
        say(f"== {script.stem}")
        if _call([python, str(script), *options], {"QT_QPA_PLATFORM": "offscreen"} | _chosen_platform()):
            failed.append(script.stem)
    if failed:
        complain(f"Failed: {', '.join(failed)}")
    return FAILED if failed else 0


def fuzz(arguments: list[str]) -> int:
    """Feed damaged replies to the adapters; ``arguments`` say how many. Return 0 when nothing was found."""
    python = str(test_venv().ensure())
    return _call([python, "-m", "tests.fuzz.command", *arguments], {})


def _spread() -> list[str]:
    """Run all tests in as many processes as there are processors, up to four; a file stays in one of them.

    With arguments pytest runs as it does by itself: a debugger needs the terminal, and few tests need no company.
    """
    processes = min(_MOST_PROCESSES, os.cpu_count() or 1)
    return ["-n", str(processes), "--dist", "loadfile"] if processes > 1 else []


def _chosen_platform() -> dict[str, str]:
    platform = os.environ.get("QT_QPA_PLATFORM")
    return {"QT_QPA_PLATFORM": platform} if platform else {}


def _passes(name: str, command: Sequence[str]) -> bool:
    """Run one check, telling its time, and its output only when it fails."""
    started = time.monotonic()
    done = subprocess.run(
        command, cwd=ROOT, env=child_env(), stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    took = seconds(time.monotonic() - started)
    if done.returncode == 0:
        say(f"{name}: passed in {took}")
        return True
    say(f"{name}: FAILED after {took}")
    sys.stdout.flush()
    sys.stdout.buffer.write(done.stdout + done.stderr)
    sys.stdout.flush()
    return False


def _call(command: Sequence[str], env: Mapping[str, str]) -> int:
    return subprocess.run(command, cwd=ROOT, env=child_env(env), check=False).returncode


def _secret_service_passes(python: str, arguments: list[str]) -> bool:
    """Run the tests marked ``secretservice`` with a bus, a keyring and a home folder of their own."""
    if sys.platform != "linux":
        return True
    if any(shutil.which(tool) is None for tool in ("dbus-run-session", "gnome-keyring-daemon", "bash")):
        say("Secret Service tests: not run, this system has no dbus-run-session or no gnome-keyring-daemon")
        return True
    pytest = [python, "-m", "pytest", *arguments, "-m", "secretservice", "-p", "no:cacheprovider"]
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="supervisor-console-home-") as home:
        runtime = Path(home, "runtime")
        runtime.mkdir(mode=0o700)
        env = child_env(_OFFSCREEN | {"HOME": home, "XDG_RUNTIME_DIR": str(runtime)})
        for name in (
            "XDG_CONFIG_HOME",
            "XDG_DATA_HOME",
            "XDG_CACHE_HOME",
            "DBUS_SESSION_BUS_ADDRESS",
            "GNOME_KEYRING_CONTROL",
        ):
            env.pop(name, None)
        done = subprocess.run(
            ["dbus-run-session", "--", "bash", "-c", _WITH_KEYRING, "bash", *pytest],
            cwd=ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
    took = seconds(time.monotonic() - started)
    if done.returncode in {0, _NO_TESTS_SELECTED}:
        say(f"Secret Service tests: {'passed' if done.returncode == 0 else 'none selected'} in {took}")
        return True
    say(f"Secret Service tests: FAILED after {took}")
    sys.stdout.buffer.write(done.stdout + done.stderr)
    sys.stdout.flush()
    return False
