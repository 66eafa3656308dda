"""Which report of a system counts what its live figures count: the data behind reconciling the two."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from console.reports.schema import Json


@dataclass(frozen=True, slots=True)
class Counterpart:
    """One live column and what stands for it in the report.

    Attributes:
        column: id of the live column.
        titles: titles of the report's columns; several are added up.
        scale: report's unit to the live one's (seconds to ms), where the report's column has no kind of its own.
        differs: code of a message that says why the two may differ by definition; empty: they should be equal.
        within: live columns whose sum bounds such a difference (calls in progress are no more than busy agents and
            waiting callers); empty: no bound is known.
    """

    column: str
    titles: tuple[str, ...]
    scale: float = 1.0
    differs: str = ""
    within: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DayReport:
    """A report with one row a queue, to be asked for today.

    Attributes:
        report_id: id of its definition.
        timeframe: id of the parameter that takes the day.
        queues: id of the parameter that takes queues: all of its directory are asked for; empty: none needed.
        values: other parameters.
        names: titles of the columns that name the queue, by name or number; any that fits a live row does.
        notes: codes of messages that hold for all of it.
    """

    report_id: str
    timeframe: str
    counterparts: tuple[Counterpart, ...]
    names: tuple[str, ...]
    queues: str = ""
    values: Mapping[str, Json] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
