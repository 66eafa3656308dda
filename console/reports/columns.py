"""Columns and cells of a report's table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from console.domain.values import Origin

Value: TypeAlias = "bool | int | float | str | datetime | None"
"""A typed cell: None when absent or not of the column's kind (its text is then kept beside it)."""

Cell: TypeAlias = "tuple[Value, str | None]"
"""Value to sort and compute by, and the vendor's own text where it differs from ours (None: none was sent)."""


class ColumnKind(StrEnum):
    """What the values of a column are."""

    TEXT = "text"
    NUMBER = "number"  # int or float
    DURATION = "duration"  # milliseconds
    PERCENT = "percent"  # 0 to 100
    MONEY = "money"  # float in Column.unit
    DATETIME = "datetime"  # the site's wall clock, without zone
    FLAG = "flag"
    JSON = "json"  # text that is JSON


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        id: unique within the table (duplicate vendor titles get a suffix), stable between runs.
        title: the vendor's title.
        unit: currency or other unit, when there is one.
        origin: vendor, computed by the console, or inferred.
        help: definition of the figure, shown under About and as a tooltip.
        vendor_format: the vendor's own word for the kind, shown when the console does not know it.
        has_text: cells may carry the vendor's formatted text beside the value.
    """

    id: str
    title: str
    kind: ColumnKind = ColumnKind.TEXT
    unit: str = ""
    origin: Origin = Origin.VENDOR
    help: str = ""
    vendor_format: str = ""
    has_text: bool = False
