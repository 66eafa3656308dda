"""A report's result before it becomes JSON or a file: columns, rows, summary, sub-reports.

Column formats STRING, NUMBER and DURATION are the vendor's; PERCENTAGE, MONEY, DATE_TIME and BOOLEAN are the demo's
names for kinds the product has. Durations are whole ms, shown as ``H:MM:SS`` with the fraction cut off.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from console.demo.world.directory import MONEY_SCALE
from console.demo.world.zone import Zone

STRING: Final = "STRING"
NUMBER: Final = "NUMBER"
DURATION: Final = "DURATION"
PERCENTAGE: Final = "PERCENTAGE"
MONEY: Final = "MONEY"
DATE_TIME: Final = "DATE_TIME"
BOOLEAN: Final = "BOOLEAN"

Value = str | int | float | bool | None
Row = list[Value]
Item = tuple[str, Value, str]
"""A summary item: title, value, format."""


@dataclass
class Sub:
    """A sub-report; its columns are those of its report."""

    title: str
    rows: list[Row]
    summary: list[Item]


@dataclass
class Table:
    """A result. ``columns`` are titles with formats; None in a row is a blank cell. ``subs`` replace ``rows``."""

    columns: list[tuple[str, str]]
    rows: list[Row] = field(default_factory=list)
    summary: list[Item] = field(default_factory=list)
    subs: list[Sub] | None = None
    charts: list[dict[str, Any]] = field(default_factory=list)


def average(total: float, count: int) -> int | None:
    """A mean of durations in whole ms, None of nothing."""
    return int(total // count) if count else None


def percent(part: int, whole: int) -> float | None:
    """A share of a whole, None of nothing."""
    return round(100 * part / whole, 2) if whole else None


def money(cost: int) -> float:
    """An amount in units of the currency."""
    return cost / MONEY_SCALE


def shown(value: Value, form: str, zone: Zone) -> str:
    """A value as the product's own screens show it."""
    if value is None:
        return ""
    if form == DURATION:
        whole = int(value) // 1000
        return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"
    if form == DATE_TIME:
        return american(zone.local(int(value)))
    if form == BOOLEAN:
        return "\u2713" if value else ""
    if form == PERCENTAGE:
        return f"{value:.2f}%"
    return f"\u20ac{value:,.2f}" if form == MONEY else str(value)


def american(wall: datetime) -> str:
    """A local time as the product writes it, whatever the computer's locale."""
    half = "PM" if wall.hour >= 12 else "AM"
    return f"{wall.month}/{wall.day}/{wall.year} {(wall.hour + 11) % 12 + 1}:{wall:%M:%S} {half}"


class JsonShape:
    """Writes results as the JSON of the vendor's page "Historical Call Data".

    ``blank_is_null``: a blank cell has a null value and an empty text; otherwise it is not there at all.
    ``inner_columns``: the columns of sub-reports stand in each of them instead of at the top. Both are left open by
    the vendor and differ between the demo's two products.
    """

    def __init__(self, zone: Zone, *, blank_is_null: bool, inner_columns: bool) -> None:
        self._zone = zone
        self._blank_is_null = blank_is_null
        self._inner_columns = inner_columns

    def body(self, head: dict[str, Any], table: Table) -> dict[str, Any]:
        """Give the reply; ``head`` is everything before the columns."""
        columns = [
            {"key": str(place), "title": title, "format": form} for place, (title, form) in enumerate(table.columns)
        ]
        is_inside = self._inner_columns and table.subs is not None
        body = head | {
            "columns": [] if is_inside else columns,
            "dataFlag": "INCLUDED",
            "summaryItems": self._items(table.summary),
        }
        if table.subs is None:
            body["rows"] = self._rows(table.rows, table.columns)
        else:
            body["subReports"] = [
                {"title": sub.title}
                | ({"columns": columns} if is_inside else {})
                | {"summaryItems": self._items(sub.summary), "rows": self._rows(sub.rows, table.columns)}
                for sub in table.subs
            ]
        return body | {"charts": {"type": "CHARTS", "rows": table.charts}}

    def _items(self, items: Sequence[Item]) -> list[dict[str, Any]]:
        """Everything in a summary is a NUMBER, durations too; only the text tells them apart."""
        return [
            {"title": title, "value": value, "formattedValue": shown(value, form, self._zone), "format": NUMBER}
            for title, value, form in items
        ]

    def _rows(self, rows: Sequence[Row], columns: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
        made = []
        for row in rows:
            cells: dict[str, Any] = {}
            for place, (value, (_, form)) in enumerate(zip(row, columns, strict=True)):
                if value is None:
                    if self._blank_is_null:
                        cells[str(place)] = {"value": None, "formattedValue": ""}
                elif form == STRING:
                    cells[str(place)] = {"value": value}
                else:
                    cells[str(place)] = {"value": value, "formattedValue": shown(value, form, self._zone)}
            made.append({"values": cells})
        return made
