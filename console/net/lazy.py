"""Heavy libraries, imported when first needed and not on the thread that paints."""

from __future__ import annotations

import asyncio
import importlib
import sys


async def load(*names: str) -> None:
    """Import modules in a worker thread, unless they are there already."""
    if any(name not in sys.modules for name in names):
        await asyncio.to_thread(_load, names)


def _load(names: tuple[str, ...]) -> None:
    for name in names:
        importlib.import_module(name)
