"""Kinds of columns in words. No Qt."""

from __future__ import annotations

from console.reports.columns import ColumnKind
from console.ui.text import tr


def kind_title(kind: ColumnKind) -> str:
    """A kind of column in words."""
    return {
        ColumnKind.TEXT: tr("Text"),
        ColumnKind.NUMBER: tr("Number"),
        ColumnKind.DURATION: tr("Duration"),
        ColumnKind.PERCENT: tr("Percent"),
        ColumnKind.MONEY: tr("Amount of money"),
        ColumnKind.DATETIME: tr("Date and time"),
        ColumnKind.FLAG: tr("Yes or no"),
        ColumnKind.JSON: tr("JSON"),
    }.get(kind, kind.value)
