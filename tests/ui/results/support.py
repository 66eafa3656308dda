"""Results to show: a table with every kind of cell, sub-reports, files; and a desktop that answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QWidget

from console.reports.columns import Column, ColumnKind
from console.reports.request import RunPlan
from console.reports.result import SUB_REPORT, ReportResult, SubReport, SummaryItem
from console.reports.table import Table, TableBuilder
from console.reports.timeframe import ResolvedTimeframe
from console.ui.results import ResultWindow
from tests.ui.conftest import until

COLUMNS = (
    Column("call_id", "Call ID"),
    Column("start", "Start", ColumnKind.DATETIME),
    Column("queue", "Queue"),
    Column("calls", "Calls", ColumnKind.NUMBER),
    Column("talk", "Talk", ColumnKind.DURATION, has_text=True),
    Column("level", "Service level", ColumnKind.PERCENT),
    Column("note", "Note"),
)
DAY = datetime(2016, 8, 1, 8, tzinfo=UTC).replace(tzinfo=None)


def cells(number: int) -> list[Any]:
    """A row of the table: every seventh call count and every third note is missing in its own way."""
    talk = (number * 1000, f"{number} s") if number % 5 else (None, "n/a")
    calls = None if number % 7 == 6 else number % 7
    note = (None, "", "asked\tagain")[number % 3]
    start = DAY + timedelta(hours=number)
    return [f"id{number}", start, f"Support {number % 4 + 1}", calls, talk, float(number % 100), note]


def table(rows: int = 40) -> Table:
    """A table of so many rows."""
    builder = TableBuilder(COLUMNS)
    builder.append([cells(number) for number in range(rows)])
    return builder.finish()


def plan(report: str = "calls") -> RunPlan:
    """What it was asked with."""
    frame = ResolvedTimeframe(DAY.replace(tzinfo=UTC), DAY.replace(tzinfo=UTC) + timedelta(days=2), "UTC")
    return RunPlan("p", report, "Call records", {}, "table", (), timeframe=frame)


def result(rows: int = 40, **more: Any) -> ReportResult:
    """A result with rows."""
    return ReportResult(plan(), "Call records", table(rows), **more)


def with_sub_reports() -> ReportResult:
    """A result with two sub-reports, one of them with a child."""
    columns = (Column(SUB_REPORT, "Sub-report"), Column("queue", "Queue"), Column("calls", "Calls", ColumnKind.NUMBER))
    builder = TableBuilder(columns)
    builder.append([("a", f"Q{n}", n) for n in range(3)] + [("b", f"Q{n}", n) for n in range(4)] + [("c", "Q9", 9)])
    child = SubReport("c", "Gamma", row_count=1)
    subs = (
        SubReport("a", "Alpha", (SummaryItem("Total", 3, kind=ColumnKind.NUMBER),), row_count=3),
        SubReport("b", "Beta", (), (child,), row_count=4),
    )
    return result(sub_table=builder.finish(), sub_reports=subs)


class FakeDesktop:
    """Names files as told."""

    def __init__(self, answer: Path | None = None) -> None:
        self.answer = answer
        self.proposed: list[str] = []
        self.opened: list[Path] = []

    async def save_file(
        self, parent: QWidget, title: str, name: str, filters: Sequence[str], folder: Path | None
    ) -> Path | None:
        """Give the prepared answer."""
        self.proposed.append(name)
        return self.answer

    def open_folder(self, folder: Path) -> None:
        """Note it."""
        self.opened.append(folder)


def column(window: ResultWindow, place: int) -> list[str]:
    """The texts of a column, top to bottom."""
    assert window.panel is not None
    model = window.panel.model
    return [str(model.data(model.index(row, place))) for row in range(model.rowCount())]


async def rows_are_here(window: ResultWindow) -> None:
    """Wait for the first page."""
    panel = window.current_panel()
    assert panel is not None
    panel.model.data(panel.model.index(0, 0))
    await until(lambda: bool(panel.model.sample(1)))


async def settled(window: ResultWindow, rows: int) -> None:
    """Wait for so many rows, and the first page of them."""
    panel = window.current_panel()
    assert panel is not None
    await until(lambda: panel.model.rowCount() == rows)
    if rows:
        await rows_are_here(window)
