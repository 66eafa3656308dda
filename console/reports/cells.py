"""The text of a report's cell: the vendor's own where it sent one, else ours."""

from __future__ import annotations

from datetime import datetime

from console.domain.text import format_number
from console.reports.columns import Cell, Column, ColumnKind, Value

LEFT = (ColumnKind.TEXT, ColumnKind.JSON, ColumnKind.DATETIME, ColumnKind.FLAG)
"""Kinds whose cells stand on the left; all others are figures."""


def show(cell: Cell, column: Column) -> str:
    """What a person sees: the vendor's formatted text, else the value in the column's form; '' for an absent cell."""
    value, text = cell
    return text if text is not None else show_value(value, column.kind, column.unit)


def written(cell: Cell, column: Column) -> Value:
    """What a file gets: the value, or the text as sent where the value says little.

    In a column whose format the console does not know a number may be anything: there the system's own text counts.
    Columns whose cells have proved what they are (a share, an amount, a moment) give their values.
    """
    value, text = cell
    is_unknown = bool(column.vendor_format) and column.kind in (ColumnKind.NUMBER, ColumnKind.TEXT)
    return text if text is not None and (value is None or is_unknown) else value


def show_value(value: Value, kind: ColumnKind, unit: str = "") -> str:
    """A value in the form of its kind; '' for None."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    if kind is ColumnKind.DURATION:
        return hours(value)
    if kind is ColumnKind.PERCENT:
        return f"{value:.2f}\u202f%"
    if kind is ColumnKind.MONEY:
        return f"{value:.2f} {unit}".rstrip()
    return format_number(value)


def hours(ms: float) -> str:
    """Milliseconds as ``h:mm:ss``, always with hours, so that a column lines up; fractions are cut."""
    seconds = int(abs(ms) // 1000)
    minutes, secs = divmod(seconds, 60)
    whole, minutes = divmod(minutes, 60)
    return f"{'-' if ms < 0 and seconds else ''}{whole}:{minutes:02d}:{secs:02d}"
