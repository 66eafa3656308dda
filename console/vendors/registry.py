"""Finds the backends: sub-packages of `console.vendors` and installed entry points. No vendor is named here."""

from __future__ import annotations

import importlib
import logging
import pkgutil
from collections.abc import Iterable
from functools import cache
from importlib.metadata import entry_points

import console.vendors
from console.vendors.base import BackendSpec

log = logging.getLogger(__name__)

ENTRY_POINTS = "supervisor_console.backends"  # group in which other packages offer a `BACKENDS` tuple


@cache
def backends() -> dict[str, BackendSpec]:
    """All backends by id, in a stable order; ours win over foreign ones of the same id."""
    found: dict[str, BackendSpec] = {}
    for info in sorted(pkgutil.iter_modules(console.vendors.__path__), key=lambda item: item.name):
        if info.ispkg:
            module = importlib.import_module(f"{console.vendors.__name__}.{info.name}")
            _add(found, getattr(module, "BACKENDS", ()))
    for entry in sorted(entry_points(group=ENTRY_POINTS), key=lambda item: item.name):
        try:
            _add(found, entry.load())
        except Exception:  # a broken add-on must not take the console down; it is logged and left out
            log.exception("backend %s could not be loaded", entry.name)
    return found


def _add(found: dict[str, BackendSpec], specs: Iterable[BackendSpec]) -> None:
    for spec in specs:
        if spec.id in found:
            log.warning("backend %s is offered twice; the first one stands", spec.id)
        else:
            found[spec.id] = spec
