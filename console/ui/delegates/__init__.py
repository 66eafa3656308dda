"""Painters of table cells: they read a finished `Cell` and paint; nothing is worked out here."""

from __future__ import annotations

from console.ui.delegates.cell import CellDelegate
from console.ui.delegates.inks import Inks

__all__ = ["CellDelegate", "Inks"]
