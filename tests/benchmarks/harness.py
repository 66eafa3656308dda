"""What the benchmarks share: servers, config folders, runs of the watched console, and how figures are printed."""

from __future__ import annotations

import argparse
import compileall
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
SECRET = "SUPERVISOR_CONSOLE_SECRET_{name}_KEY"
# AG Grid with transactions in Chromium, same data, measured on a machine of this kind
PEER = {
    2_000: {"gap_max": 46.0, "worst_median": 29.5, "cpu": 11.0, "memory": 477.0, "painted": 1600.0},
    10_000: {"gap_max": 62.0, "worst_median": 43.5, "cpu": 20.0},
}

Json = dict[str, Any]


def options(description: str | None, *, seconds: float, runs: int = 0) -> argparse.Namespace:
    """The options every benchmark takes; what another one needs is ignored, so that all can be run alike."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--seconds", type=float, default=seconds, help="how long to measure (%(default)s)")
    parser.add_argument("--runs", type=int, default=runs, help="fresh processes per figure (%(default)s)")
    parser.add_argument("--profile", default="", metavar="FILE", help="write a profile of the measured time")
    return parser.parse_known_args()[0]


def show(name: str, value: float, unit: str, reference: float | None = None, aim: str = "") -> None:
    """Print ``name value unit ratio aim``; the ratio is to `reference`, a limit or peer."""
    ratio = f"{value / reference:.2f}x" if reference else "-"
    number = f"{value:.2f}" if value < 10 else f"{value:.1f}"
    print(f"{name:<44} {number:>9} {unit:<5} {ratio:>8}  {aim}".rstrip(), flush=True)


def spread(values: Sequence[float]) -> str:
    """Minimum, median and maximum."""
    return f"(min {min(values):.0f}, median {statistics.median(values):.0f}, max {max(values):.0f}; n={len(values)})"


def environment(**more: str) -> dict[str, str]:
    """The environment of a measured process: compiled code is used, and there is no screen."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("SUPERVISOR_CONSOLE_")}
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    env.setdefault("QT_QPA_PLATFORM", "offscreen")
    return env | more


def compile_all() -> None:
    """Compile what will be imported, as an installation does."""
    for folder in (ROOT / "console", HERE):
        compileall.compile_dir(folder, quiet=2)


class Served:
    """A running server process: its address, its key, and its further lines of output."""

    def __init__(self, process: subprocess.Popen[str], url: str, key: str) -> None:
        self.process = process
        self.url = url
        self.key = key


@contextmanager
def floor(*arguments: str) -> Iterator[Served]:
    """The benchmark's own floor of made-up values."""
    with _child([sys.executable, str(HERE / "floor.py"), *arguments]) as (process, offer):
        yield Served(process, offer["url"], offer["key"])


@contextmanager
def demo(*arguments: str) -> Iterator[Served]:
    """The demo call centre's Chronicall server."""
    with _child([sys.executable, "-m", "console.demo", *arguments]) as (process, offer):
        mine = next(item for item in offer["profiles"] if item["backend"] == "chronicall")
        yield Served(process, mine["url"], mine["secrets"]["key"])


@contextmanager
def _child(command: list[str]) -> Iterator[tuple[subprocess.Popen[str], Json]]:
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment(), cwd=ROOT
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield process, json.loads(process.stdout.readline())
        finally:
            process.stdin.close()
            try:
                process.wait(3)
            except subprocess.TimeoutExpired:
                process.kill()


@contextmanager
def console_home(
    *servers: Served, poll_s: float = 1.0, transport: str = "polling"
) -> Iterator[tuple[list[str], dict[str, str]]]:
    """A config folder with a profile for each server; yields arguments and environment for the console."""
    profiles, env = [], {}
    for number, served in enumerate(servers, 1):
        name = f"Floor {number}"
        env[SECRET.format(name=f"FLOOR_{number}")] = served.key
        profiles.append(
            {
                "id": f"00000000-0000-4000-8000-{number:012d}",
                "name": name,
                "backend": "chronicall",
                "url": served.url,
                "fields": {"transport": transport},
                "poll_s": poll_s,
            }
        )
    with tempfile.TemporaryDirectory(prefix="supervisor-console-bench-", ignore_cleanup_errors=True) as folder:
        body = {"version": 1, "revision": 1, "profiles": profiles, "general": {"theme": "dark"}}
        Path(folder, "settings.json").write_text(json.dumps(body), encoding="utf-8")
        yield ["--config-dir", folder], environment(**env)


def watch(plan: Json, arguments: Sequence[str], env: dict[str, str], size: str = "1600x900") -> Json:
    """Run the console in a fresh process under a plan; returns what was seen."""
    command = [sys.executable, str(HERE / "observed.py"), json.dumps(plan), *arguments, "--size", size]
    done = subprocess.run(command, env=env, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    lines = done.stdout.strip().splitlines()
    if done.returncode or not lines:
        raise SystemExit(f"the console ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    seen: Json = json.loads(lines[-1])
    return seen


def bare() -> float:
    """Milliseconds of the barest window in a fresh process."""
    command = [sys.executable, str(HERE / "bare.py")]
    return float(subprocess.run(command, env=environment(), cwd=ROOT, capture_output=True, check=True).stdout)
