"""Which of a run's remarks must be read before its rows, and which only tell how it was asked."""

from __future__ import annotations

from typing import Final

from console.domain.messages import Message
from console.reports.result import ReportResult

_MANNER: Final = frozenset(
    {
        "pbx.asked",
        "pbx.dates_written",
        "pbx.file_follows",
        "pbx.in_background",
        "pbx.calls_follow",
        "run.by_day",
        "report.no_zone",
    }
)
"""Codes of remarks that are true of every run and not of these rows; a range names its zone in any case."""


def must_know(result: ReportResult) -> tuple[Message, ...]:
    """What stands above the rows: first what the answer showed, then what was known before it was asked."""
    found = {note.code for note in result.notes}
    asked = [
        note for note in result.plan.notes if note.code != "report.unknown_choice" or "pbx.empty_unknown" not in found
    ]
    return tuple(note for note in dict.fromkeys((*result.notes, *asked)) if note.code not in _MANNER)


def manner(result: ReportResult) -> tuple[Message, ...]:
    """How it was asked: for the page of details."""
    return tuple(note for note in dict.fromkeys((*result.plan.notes, *result.notes)) if note.code in _MANNER)
