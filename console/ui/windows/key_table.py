"""The keys of the program's rooms beyond its menus, for the list of shortcuts."""

from __future__ import annotations

from PySide6.QtGui import QKeySequence

from console.ui.text import tr

KeyGroup = tuple[str, tuple[tuple[str, str], ...]]


def native(*keys: str) -> str:
    """Keys as this system writes them, side by side where any of them will do."""
    return " / ".join(QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText) for key in keys)


def room_keys() -> tuple[KeyGroup, ...]:
    """Heading and (what it does, keys) of every room."""
    return (
        (tr("Alert centre"), _alerts()),
        (tr("Rewind"), _rewind()),
        (tr("Charts"), _charts()),
        (tr("Wallboard"), _wallboard()),
        (tr("Wallboard, being arranged"), _arranging()),
    )


def _alerts() -> tuple[tuple[str, str], ...]:
    return (
        (tr("Acknowledge"), native("A")),
        (tr("Snooze"), native("S")),
        (tr("Write a note"), native("N")),
        (tr("Go to the row"), native("Return")),
        (tr("Archive"), native("Del")),
    )


def _rewind() -> tuple[tuple[str, str], ...]:
    return (
        (tr("Play, or stand still"), native("Space")),
        (tr("Back or on in time"), native("Left", "Right")),
        (tr("Farther"), native("Shift+Left", "Ctrl+Left")),
        (tr("First or last moment of the day"), native("Home", "End")),
        (tr("Back to now"), native("Esc")),
    )


def _charts() -> tuple[tuple[str, str], ...]:
    return (
        (tr("Move along the time"), native("Left", "Right")),
        (tr("Read values, from one to the next"), native("Ctrl+Left", "Ctrl+Right")),
        (tr("Agents' day: another agent"), native("Up", "Down")),
        (tr("Closer, or farther away"), native("+", "-")),
        (tr("All of it again"), native("Home")),
    )


def _wallboard() -> tuple[tuple[str, str], ...]:
    return (
        (tr("Another page"), native("Left", "Right")),
        (tr("Hold the page, or go on turning"), native("Space")),
        (tr("Arrange it"), native("E")),
        (tr("Full screen, or in a window"), native("F11")),
        (tr("Leave"), native("Esc")),
    )


def _arranging() -> tuple[tuple[str, str], ...]:
    return (
        (tr("Another tile"), native("Tab")),
        (tr("Move the tile"), tr("Arrow")),
        (tr("Make it larger or smaller"), tr("Shift and arrow")),
        (tr("What it shows"), native("Return")),
        (tr("Duplicate"), native("Ctrl+D")),
        (tr("Delete"), native("Del")),
        (tr("Undo, redo"), native("Ctrl+Z", "Ctrl+Y")),
        (tr("Another page"), native("PgUp", "PgDown")),
    )
