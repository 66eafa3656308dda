"""What recorder and alarms cost: the demo's floor of 500 queues and 10,000 agents, polled each 5 s.

The engine alone and the window, with and without them: processor time, memory, and the worst gap of the loop between
two snapshots. The demo and the console share the machine, so the difference of two runs is what counts.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any

from harness import HERE, ROOT, Served, compile_all, console_home, demo, options, show, watch

from console.settings.paths import resolve_paths

LARGE = ("--queues", "500", "--agents", "10000")
SETTLE_S = 10.0
DAY_S = 86_400.0


def without(folder: Path) -> None:
    """Switch the recorder off and leave no rule."""
    file = folder / "settings.json"
    body = json.loads(file.read_text(encoding="utf-8"))
    body["general"]["record"] = False
    file.write_text(json.dumps(body), encoding="utf-8")
    rules = resolve_paths(str(folder), environ={}).rules_file
    rules.parent.mkdir(parents=True, exist_ok=True)
    rules.write_text(json.dumps({"version": 1, "revision": 1, "rules": []}), encoding="utf-8")


def engine(plan: dict[str, Any], words: list[str], env: dict[str, str]) -> dict[str, Any]:
    """Run the engine without a window under a plan."""
    command = [sys.executable, str(HERE / "headless.py"), json.dumps(plan), *words]
    done = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"the engine ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    seen: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return seen


def once(server: Served, seconds: float, *, has_window: bool, is_on: bool) -> dict[str, Any]:
    """One run."""
    plan = {"settle_s": SETTLE_S, "measure_s": seconds, "gaps": True}
    with console_home(server, poll_s=5.0) as (words, env):
        if not is_on:
            without(Path(words[1]))
        return watch(plan, words, env) if has_window else engine(plan, words, env)


def tell(name: str, seen: dict[str, Any], former: dict[str, Any] | None = None) -> None:
    """Print one run beside the run without recorder and alarms."""
    own, share = seen["threads"], former["cpu_percent"] if former else None
    threads = ", ".join(f"{thread} {used:.1f}" for thread, used in sorted(own.items()))
    show(f"memory.{name}.cpu", seen["cpu_percent"], "%", share, f"of a core ({threads})")
    gaps, before = median(seen["worst_ms"]), median(former["worst_ms"]) if former else None
    show(f"memory.{name}.worst_gap_median", gaps, "ms", before, f"p99 {seen['gap_p99_ms']:.1f}")
    show(f"memory.{name}.gap_max", seen["gap_max_ms"], "ms", former["gap_max_ms"] if former else None)
    show(f"memory.{name}.rss", seen["rss_mib"], "MiB", former["rss_mib"] if former else None)


def main() -> None:
    """Measure and print."""
    seconds = options(__doc__, seconds=60).seconds
    compile_all()
    with demo(*LARGE) as server:
        for name, has_window in (("engine", False), ("window", True)):
            former = once(server, seconds, has_window=has_window, is_on=False)
            tell(f"{name}.without", former)
            seen = once(server, seconds, has_window=has_window, is_on=True)
            tell(f"{name}.with", seen, former)
            show(f"memory.{name}.recorder", seen["threads"].get("recorder", 0.0), "%", 5.0, "of a core, aim <= 5")
            if not has_window:
                day = seen["sealed_bytes"] * DAY_S / (SETTLE_S + seconds) / 1e6
                show("memory.large.day", day, "MB", 1500.0, "aim <= 1,500 (short segments pack worse)")
    with demo("--queues", "12", "--agents", "60") as server:
        seen = once(server, 2 * seconds, has_window=False, is_on=True)
    show("memory.small.day", seen["sealed_bytes"] * DAY_S / (SETTLE_S + 2 * seconds) / 1e6, "MB", 50.0, "aim <= 50")


if __name__ == "__main__":
    main()
