"""Columns of numbers that name something and count nothing: never added up, averaged or drawn by themselves. No Qt."""

from __future__ import annotations

import re

from console.reports.columns import Column, ColumnKind

_NAMES = re.compile(r"\b(id|ids|no|nr|number|extension|uid|uuid|key|pin)\.?$", re.IGNORECASE)


def is_numbering(column: Column) -> bool:
    """Whether a column's figures are ids or numbers of something, by its title."""
    return column.kind is ColumnKind.NUMBER and bool(_NAMES.search(column.title.strip()))
