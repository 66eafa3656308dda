"""One million rows by twelve columns (about 137 MB of CSV): the table of reports, and the engines it could be made of.

Each figure is the median of fresh processes; the whole process is watched, so its peak memory is that of one engine.
Engines that are not installed are left out: duckdb is a dependency, polars and pyarrow are not. VisiData and
LibreOffice, the programs people open such a file with, take about 30 and 34 s on a machine of this kind.

``--engines`` names some of: ours duckdb polars pyarrow csv sqlite; ``--file`` keeps the made-up file for the next time.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from callfile import write_calls
from harness import HERE, ROOT, compile_all, environment, options, show

ENGINES = {"ours": "duckdb", "duckdb": "duckdb", "polars": "polars", "pyarrow": "pyarrow", "csv": "", "sqlite": ""}
INSTALLED = {"duckdb": ("duckdb", "_duckdb*"), "polars": ("polars", "_polars*"), "pyarrow": ("pyarrow", "pyarrow.libs")}
PEERS = {"VisiData": 30_000.0, "LibreOffice": 34_000.0}
# aims in ms, in the order they are printed
AIMS: dict[str, float | None] = {
    "import": None,
    "first_rows": 300.0,
    "load": 900.0,
    "sort_number": 200.0,
    "sort_text": 300.0,
    "sort_queue": 300.0,
    "filter": 200.0,
    "page": None,
    "page_sorted": None,
}


def main() -> None:
    """Measure and print."""
    runs = options(__doc__, seconds=0, runs=3).runs
    parser = argparse.ArgumentParser()
    parser.add_argument("--engines", nargs="+", choices=tuple(ENGINES), default=list(ENGINES))
    parser.add_argument("--file", type=Path)
    chosen = parser.parse_known_args()[0]
    compile_all()
    with tempfile.TemporaryDirectory(prefix="supervisor-console-bench-") as folder:
        path = chosen.file or Path(folder, "calls.csv")
        size = path.stat().st_size if path.exists() else write_calls(path)
        show("tables.file", size / 1e6, "MB")
        for engine in chosen.engines:
            needs = ENGINES[engine]
            if needs and importlib.util.find_spec(needs) is None:
                print(f"tables.{engine:<37} not installed")
                continue
            _one(engine, path, size, runs if engine not in ("csv", "sqlite") else 1)


def _one(engine: str, path: Path, size: int, runs: int) -> None:
    seen = [_measured(engine, path) for _ in range(runs)]
    for name, aim in AIMS.items():
        if name in seen[0]:
            times = [run[name] for run in seen]
            said = f"aim <= {aim:.0f}" if aim else ""
            said += f" (min {min(times):.0f}, max {max(times):.0f}; n={runs})" if runs > 1 else " (n=1)"
            show(f"tables.{engine}.{name}", median(times), "ms", aim, said.strip())
    cpu = [run["load_cpu"] for run in seen]
    show(f"tables.{engine}.load_cpu", median(cpu), "ms", None, "of all cores")
    peak = median(run["peak_mb"] for run in seen)
    show(f"tables.{engine}.peak", peak, "MB", 4 * size / 1e6, "aim <= 4 x the file, the whole process")
    if engine == "ours":
        loaded = median(run["load"] for run in seen)
        for peer, took in PEERS.items():
            show(f"tables.ours.load_to_{peer}", loaded, "ms", took, f"{peer} {took / 1000:.0f} s")
    elif engine in INSTALLED:
        show(f"tables.{engine}.installed", _installed(engine), "MB")


def _measured(engine: str, path: Path) -> dict[str, float]:
    command = [sys.executable, str(HERE / "table_engines.py"), engine, str(path)]
    env = environment(PYTHONPATH=str(ROOT))
    done = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{engine} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    seen: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return seen


def _installed(engine: str) -> float:
    spec = importlib.util.find_spec(engine)
    assert spec is not None
    assert spec.origin is not None
    site = Path(spec.origin).parent.parent
    roots = [found for pattern in INSTALLED[engine] for found in site.glob(pattern)]
    files = [file for root in roots for file in ([root] if root.is_file() else root.rglob("*"))]
    return sum(file.stat().st_size for file in files if file.is_file() and file.suffix != ".pyc") / 1e6


if __name__ == "__main__":
    main()
