"""Layers point down, modules are quiet when imported, and the command line starts without Qt."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conventions.sources import ROOT, modules

_QT = {"PySide6", "shiboken6", "qasync", "pyqtgraph"}
_HEAVY = {"httpx", "websockets", "keyring", "numpy", "aiohttp", "trustme", "truststore"}

# Imports what it is told in a process of its own and reports what that left behind.
_PROBE = """
import importlib, json, logging, os, signal, sys, threading, warnings

def state():
    return {
        "threads": sorted(thread.name for thread in threading.enumerate()),
        "root handlers": [repr(handler) for handler in logging.getLogger().handlers],
        "excepthook": repr(sys.excepthook),
        "working directory": os.getcwd(),
        "environment": dict(os.environ),
        "files here": sorted(os.listdir()),
        "interrupt handler": repr(signal.getsignal(signal.SIGINT)),
        "path": sys.path[:],
    }

before = state()
failures = {}
for name in json.loads(sys.argv[1]):
    try:
        importlib.import_module(name)
    except BaseException as error:
        failures[name] = repr(error)
after = state()
changed = [what for what in before if before[what] != after[what]]
application = "none"
if "PySide6.QtCore" in sys.modules:
    application = repr(sys.modules["PySide6.QtCore"].QCoreApplication.instance())
loaded = sorted({name.split(".")[0] for name in sys.modules})
print(json.dumps({"failures": failures, "changed": changed, "application": application, "loaded": loaded}))
"""


def _import_in_a_process(names: list[str], folder: Path) -> dict:
    env = dict(os.environ) | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", _PROBE, json.dumps(names)],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    *said, last = done.stdout.splitlines()
    assert said == [], "an import printed something"
    return json.loads(last)


def test_importing_any_module_changes_nothing(tmp_path: Path):
    """No QApplication, no thread, no handler, no file: whoever imports decides what happens."""
    report = _import_in_a_process(modules(), tmp_path)
    assert report["failures"] == {}
    assert report["changed"] == []
    assert report["application"] in {"none", "None"}
    assert list(tmp_path.iterdir()) == []


def test_nothing_below_the_window_loads_qt(tmp_path: Path):
    names = [name for name in modules() if not name.startswith(("console.ui", "console.app"))]
    report = _import_in_a_process(names, tmp_path)
    assert report["failures"] == {}
    assert _QT.isdisjoint(report["loaded"])


@pytest.mark.parametrize("room", ["console.domain", "console.tasks", "console.assets", "console.app.main"])
def test_light_rooms_stay_light(room: str, tmp_path: Path):
    """``--version`` and the first paint wait for these."""
    names = [name for name in modules() if name == room or name.startswith(f"{room}.")]
    report = _import_in_a_process(names, tmp_path)
    assert report["failures"] == {}
    assert (_HEAVY | _QT).isdisjoint(report["loaded"])


def test_import_contracts_hold():
    script = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([script, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
