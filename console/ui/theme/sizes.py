"""Sizes in pixels at 100 %: type scale, spacing, row heights. Qt scales them with the screen."""

from __future__ import annotations

from enum import IntEnum
from typing import Final


class Type(IntEnum):
    """The type scale."""

    CAPTION = 11
    SMALL = 12
    BODY = 13
    SECTION = 15
    TITLE = 20
    TILE = 28


class Space(IntEnum):
    """Distances on the 4 px grid."""

    TIGHT = 4
    INSIDE = 8
    BETWEEN = 12
    AROUND = 16
    GROUPS = 24


class Density(IntEnum):
    """Height of a table row."""

    COMPACT = 24
    NORMAL = 30
    ROOMY = 38


RADIUS: Final = 6
FOCUS_RING: Final = 2
ALARM_EDGE: Final = 4
CONTROL_HEIGHT: Final = 30
HEADER_HEIGHT: Final = 32
ICON: Final = 16
CELL_PADDING: Final = 10
MAX_COLUMN: Final = 400  # a name of a megabyte must not make a column wider than a screen
