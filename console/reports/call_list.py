"""Which report of a system lists the calls of its queues one by one, with their waits: the data to count them by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CallList:
    """A report with one row a call, to be asked for today.

    Attributes:
        report_id: id of its definition.
        timeframe: id of the parameter that takes the day.
        queue: titles of the columns that name the queue, the best first.
        wait: title of the column with the wait (a duration).
        ending: title of the column that says how the call ended.
        endings: how it ended (casefolded) -> ``answered`` or ``abandoned``; anything else left the queue otherwise.
        note: code of a message about what a row is.
    """

    report_id: str
    timeframe: str
    queue: tuple[str, ...]
    wait: str
    ending: str
    endings: Mapping[str, str]
    note: str = ""
