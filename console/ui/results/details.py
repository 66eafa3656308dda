"""What else is known of a result: what was asked, what the server said besides its rows, what the columns mean."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from console.domain.text import safe_text
from console.domain.values import Origin
from console.reports.columns import Column
from console.reports.result import ReportResult
from console.ui.kinds import kind_title
from console.ui.ranges import range_text
from console.ui.results.said import manner
from console.ui.text import plural, tr, translate
from console.ui.theme import Space, Theme, Type
from console.ui.widgets import Label

_LONGEST = 2000  # characters of a text
_LISTED = 400  # columns that are explained


class DetailsPage(QScrollArea):
    """Facts as captions and texts that can be selected."""

    def __init__(self, theme: Theme, result: ReportResult) -> None:
        super().__init__()
        self._theme = theme
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setAccessibleName(tr("Details"))
        box = QWidget()
        box.setProperty("surface", "pane")
        box.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(box)
        column.setContentsMargins(Space.GROUPS, Space.AROUND, Space.GROUPS, Space.AROUND)
        column.setSpacing(Space.BETWEEN)
        for title, facts in (
            (tr("The run"), _run_facts(result)),
            (tr("Said by the system"), list(result.metadata)),
            (tr("Columns"), [fact for table in _columns(result) for fact in table]),
        ):
            if facts:
                column.addWidget(Label(theme, title, Type.SECTION, bold=True))
                column.addLayout(self._grid(facts))
        column.addStretch(1)
        self.setWidget(box)

    def _grid(self, facts: Iterable[tuple[str, str]]) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(Space.AROUND)
        grid.setVerticalSpacing(Space.TIGHT)
        grid.setColumnStretch(1, 1)
        grid.setColumnMinimumWidth(0, 200)
        for row, (caption, text) in enumerate(facts):
            grid.addWidget(Label(self._theme, safe_text(caption, 80), muted=True), row, 0, Qt.AlignmentFlag.AlignTop)
            value = Label(self._theme, safe_text(text, _LONGEST), wrap=True)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(value, row, 1)
        return grid


def _run_facts(result: ReportResult) -> list[tuple[str, str]]:
    plan = result.plan
    facts = [(tr("Report"), plan.report_id)]
    if plan.timeframe is not None:
        facts.append((tr("Timeframe"), range_text(plan.timeframe, names_zone=True)))
    facts.append((tr("Format asked for"), plan.format))
    how = "\n".join(translate(note) for note in manner(result))
    if how:
        facts.append((tr("How it was asked"), how))
    for table, words in ((result.table, tr("Table")), (result.sub_table, tr("Sub-reports"))):
        if table is None:
            continue
        rows = plural("{n} row", "{n} rows", table.row_count)
        facts.append((words, f"{rows}, {plural('{n} column', '{n} columns', len(table.columns))}"))
        unread = sum(table.problems.unread.values())
        if unread:
            cells = plural("{n} cell", "{n} cells", unread)
            facts.append((tr("Not readable"), tr("{cells} kept as text, left out of sums", cells=cells)))
    return facts


def _columns(result: ReportResult) -> Iterable[list[tuple[str, str]]]:
    for table in (result.table, result.sub_table):
        if table is not None:
            yield [(column.title or column.id, _meaning(column)) for column in table.columns[:_LISTED]]


def _meaning(column: Column) -> str:
    made = {
        Origin.COMPUTED: tr("Computed by the console."),
        Origin.INFERRED: tr("What it means was inferred by the console."),
    }.get(column.origin, "")
    title = kind_title(column.kind)
    kind = f"{title} ({safe_text(column.vendor_format, 40)})" if column.vendor_format else title
    return " ".join(part for part in (f"{kind}.", column.help, made) if part)
