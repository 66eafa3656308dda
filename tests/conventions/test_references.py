"""PySide6 must not lose references to None and True; a version that does aborts within seconds of running."""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject, Signal


class _Emitter(QObject):
    fired = Signal(bool)


def test_void_calls_keep_the_reference_to_none():
    item = QObject()
    before = sys.getrefcount(None)
    for _ in range(1000):
        item.setObjectName("x")
    assert abs(sys.getrefcount(None) - before) < 100


def test_emit_keeps_the_reference_to_true():
    emitter = _Emitter()
    before = sys.getrefcount(True)
    for _ in range(100):
        emitter.fired.emit(True)
    assert abs(sys.getrefcount(True) - before) < 20
