"""`self-test`: is this installation whole? Loads every backend, font and icon, opens the window where no one looks."""

from __future__ import annotations

import asyncio
import os
import platform
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from console import __version__


def self_test() -> int:
    """Run every check, print a line for each; returns 0 when all passed, 1 otherwise."""
    print(f"Supervisor Console {__version__}, Python {platform.python_version()}, {sys.platform}")
    checks: tuple[tuple[str, Callable[[], str]], ...] = (
        ("backends", _backends),
        ("files", _files),
        ("secret store", _secret_store),
        ("window", _window),
    )
    failed = 0
    for name, check in checks:
        try:
            print(f"ok      {name}: {check()}", flush=True)
        except Exception as error:  # a self-test reports whatever is broken
            failed += 1
            print(f"FAILED  {name}: {type(error).__name__}: {error}", flush=True)
    return 1 if failed else 0


def _backends() -> str:
    from console.vendors.registry import backends

    found = backends()
    if not found:
        raise RuntimeError("no backend was found")
    return ", ".join(f"{spec.title} ({len(spec.allow)} permitted requests)" for spec in found.values())


def _files() -> str:
    from console.assets import asset_path, font_paths

    icons = list(Path(asset_path("icons")).glob("*.svg"))
    fonts = [path for path in font_paths() if path.stat().st_size > 0]
    if not icons or not fonts:
        raise RuntimeError("icons or fonts are missing")
    return f"{len(icons)} icons, {len(fonts)} fonts"


def _secret_store() -> str:
    from console.domain.messages import english
    from console.settings.secrets import KeyringStore

    store = KeyringStore()
    try:
        info = asyncio.run(store.describe())
    finally:
        store.close()
    return f"{info.name}, {'usable' if info.usable else english(info.message)}"


def _window() -> str:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from console.app.crash import CrashHandler
    from console.app.window import open_window
    from console.cli.parser import build_parser
    from console.net.redact import Redactor

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        picture = Path(folder) / "window.png"
        args = build_parser().parse_args(
            ["--config-dir", str(Path(folder) / "home"), "--screenshot", str(picture), "--after", "0.2"]
        )
        code = open_window(args, Redactor(), CrashHandler())
        if code or not picture.stat().st_size:
            raise RuntimeError(f"the window ended with {code}")
        return f"opened and closed, picture of {picture.stat().st_size // 1024} KB"
