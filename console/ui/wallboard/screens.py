"""Displays: which one a board stands on, told by what the system calls it, not by a number that changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QRect
from PySide6.QtGui import QScreen

from console.ui.text import tr


class Display(Protocol):
    """As much of a `QScreen` as is asked of it."""

    def name(self) -> str:
        """The connector, like ``HDMI-1``."""
        ...

    def serialNumber(self) -> str:
        """The monitor's own number; often empty."""
        ...

    def geometry(self) -> QRect:
        """Its place among all displays."""
        ...


def key_of(display: Display) -> str:
    """What is remembered of a display."""
    return f"{display.name()}|{display.serialNumber()}"


def find(key: str, displays: Sequence[QScreen]) -> QScreen | None:
    """The display that was meant: the same monitor at the same connector, else the monitor, else the connector."""
    if not key:
        return None
    name, _, serial = key.partition("|")
    for same in (
        lambda each: key_of(each) == key,
        lambda each: bool(serial) and each.serialNumber() == serial,
        lambda each: bool(name) and each.name() == name,
    ):
        found = next((each for each in displays if same(each)), None)
        if found is not None:
            return found
    return None


def title_of(number: int, display: QScreen) -> str:
    """A display in words; `number` counts from 1, as ``--screen`` does."""
    size = display.geometry().size() * display.devicePixelRatio()
    what = " ".join(filter(None, (display.manufacturer(), display.model()))) or display.name()
    first = tr("Display {n}: {what}", n=number, what=what) if what else tr("Display {n}", n=number)
    return tr("{display}, {w} × {h}", display=first, w=size.width(), h=size.height())
