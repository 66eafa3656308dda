"""Palettes, sizes, fonts, icons and shapes; no colour or size is written anywhere else."""

from __future__ import annotations

from console.ui.theme.palette import DARK, LIGHT, Mark, Palette
from console.ui.theme.shapes import Shape, level_shape, paint_shape, state_shape
from console.ui.theme.sizes import Density, Space, Type
from console.ui.theme.theme import Mode, Theme

__all__ = [
    "DARK",
    "LIGHT",
    "Density",
    "Mark",
    "Mode",
    "Palette",
    "Shape",
    "Space",
    "Theme",
    "Type",
    "level_shape",
    "paint_shape",
    "state_shape",
]
