"""What a report means: what it answers, what it needs, where that is written, what is inferred, each column."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QStackedWidget, QVBoxLayout, QWidget

from console.domain.text import safe_text
from console.domain.values import Origin
from console.reports.schema import ReportDefinition
from console.ui.kinds import kind_title
from console.ui.reports.preview_tab import origin_title
from console.ui.text import tr
from console.ui.theme import Space, Theme, Type
from console.ui.widgets import EmptyState, Label, line
from console.ui.windows.frame import scrolled

_MOST = 120  # columns described; an imported definition may have any number
_SENTENCE = 1200


class AboutTab(QWidget):
    """Describes one report; built when it is first looked at."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._definition: ReportDefinition | None = None
        self.empty = EmptyState(theme)
        self.empty.show_state("info", tr("No report chosen"), tr("Choose one in the list."))
        self.area = scrolled(QWidget())
        self._pages = QStackedWidget()
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self.area)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._pages)

    def show_report(self, definition: ReportDefinition | None) -> None:
        """Describe a report."""
        if definition is self._definition:
            return
        self._definition = definition
        if definition is None:
            self._pages.setCurrentIndex(0)
            return
        page = self._described(definition)
        self.area.setWidget(page)
        page.setAutoFillBackground(False)  # which setting it has switched on
        self._pages.setCurrentIndex(1)

    def _described(self, definition: ReportDefinition) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(Space.AROUND, Space.BETWEEN, Space.AROUND, Space.AROUND)
        column.setSpacing(Space.INSIDE)
        column.addWidget(self._words(definition.title, Type.SECTION, bold=True))
        if definition.summary:
            column.addWidget(self._words(definition.summary))
        column.addLayout(self._facts(definition))
        inferred = [param.label for param in definition.params if param.inferred]
        inferred += [item.title for item in definition.columns if item.origin is Origin.INFERRED]
        if definition.inferred or inferred:
            column.addWidget(line())
            column.addWidget(self._words(tr("Inferred, not documented"), bold=True))
            if definition.inferred:
                column.addWidget(self._words(tr("That this report exists, or the name it is asked for by.")))
            if inferred:
                column.addWidget(self._words(", ".join(safe_text(name, 80) for name in inferred)))
        if definition.columns:
            column.addWidget(line())
            column.addWidget(self._words(tr("Columns"), bold=True))
            column.addLayout(self._columns(definition))
        column.addStretch(1)
        return page

    def _facts(self, definition: ReportDefinition) -> QGridLayout:
        facts = [
            (tr("Needs"), definition.needs),
            (tr("Described in"), definition.source),
            (tr("Comes as"), ", ".join(item.value for item in definition.formats)),
            (tr("Id"), definition.id),
        ]
        grid = QGridLayout()
        grid.setHorizontalSpacing(Space.AROUND)
        grid.setVerticalSpacing(Space.TIGHT)
        grid.setColumnStretch(1, 1)
        for at, (caption, text) in enumerate((c, t) for c, t in facts if t):
            grid.addWidget(Label(self._theme, caption, muted=True), at, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(self._words(text), at, 1)
        return grid

    def _columns(self, definition: ReportDefinition) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(Space.AROUND)
        grid.setVerticalSpacing(Space.INSIDE)
        grid.setColumnStretch(1, 1)
        grid.setColumnMinimumWidth(0, 140)
        for at, item in enumerate(definition.columns[:_MOST]):
            name = Label(self._theme, safe_text(item.title, 80), wrap=True)
            name.setFixedWidth(150)
            grid.addWidget(name, at, 0, Qt.AlignmentFlag.AlignTop)
            kind = kind_title(item.kind) + (f", {safe_text(item.unit, 20)}" if item.unit else "")
            made = "" if item.origin is Origin.VENDOR else f" ({origin_title(item.origin)})"
            meaning = f"{safe_text(item.help, _SENTENCE)} " if item.help else ""
            grid.addWidget(self._words(f"{meaning}{kind}{made}", muted=True), at, 1, Qt.AlignmentFlag.AlignTop)
        return grid

    def _words(self, text: str, size: Type = Type.BODY, *, bold: bool = False, muted: bool = False) -> Label:
        label = Label(self._theme, safe_text(text, _SENTENCE), size, bold=bold, muted=muted, wrap=True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return label
