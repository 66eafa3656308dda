"""Where the window was, and making sure that it can still be seen there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QMargins, QPoint, QRect, QSize
from PySide6.QtWidgets import QWidget

KEY: Final = "main.geometry"
FIRST_SIZE: Final = QSize(1440, 900)
STEP: Final = 28  # px between windows that would hide each other
FRAME: Final = QMargins(6, 34, 6, 6)  # px a system may draw around a window; its place is told without them
LEAST: Final = 120  # px of the window that must be on a screen to be able to grab it


def fitted(wanted: QRect, screens: Sequence[QRect]) -> QRect:
    """`wanted` where enough of its top edge lies on a screen, else its size centred on the first screen."""
    if not screens:
        return wanted
    top = QRect(wanted.left(), wanted.top(), wanted.width(), min(wanted.height(), LEAST))
    for screen in screens:
        common = screen.intersected(top)
        if common.width() >= LEAST and common.height() >= LEAST // 3:
            return wanted
    first = screens[0]
    size = wanted.size().boundedTo(first.size())
    place = QRect(first.topLeft(), size)
    place.moveCenter(first.center())
    return place


def beside(window: QWidget, others: Sequence[QWidget]) -> QPoint:
    """Where a new window stands so that none of its kind is exactly below it."""
    taken = {(each.x(), each.y()) for each in others if isinstance(each, type(window)) and each.isVisible()}
    place, screen = window.pos(), window.screen().availableGeometry()
    while (place.x(), place.y()) in taken and screen.contains(place + QPoint(2 * STEP, 2 * STEP)):
        place += QPoint(STEP, STEP)
    return place


def save(window: QWidget) -> list[int]:
    """The window's normal rectangle and whether it is maximised, as plain numbers."""
    normal = window.normalGeometry() if window.normalGeometry().isValid() else window.geometry()
    return [normal.x(), normal.y(), normal.width(), normal.height(), int(window.isMaximized())]


def restore(window: QWidget, saved: object, screens: Sequence[QRect], first: QSize = FIRST_SIZE) -> bool:
    """Give the window its saved place; returns whether it was maximised. Nonsense gives the first-day place.

    Args:
        first: its size on the first day, where the screen has room for it and for its title bar.
    """
    if isinstance(saved, list) and len(saved) == 5 and all(type(part) is int for part in saved):
        x, y, width, height, was_maximised = saved
        if 200 <= width <= 20_000 and 150 <= height <= 20_000 and abs(x) < 100_000 and abs(y) < 100_000:
            window.setGeometry(fitted(QRect(x, y, width, height), screens))
            return bool(was_maximised)
    if not screens:
        window.resize(first)
        return False
    room = screens[0].marginsRemoved(FRAME)
    place = QRect(room.topLeft(), first.boundedTo(room.size()))
    place.moveCenter(room.center())
    window.setGeometry(place)
    return False
