"""The columns page of the profile editor: which vendor metric fills which standard column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QStackedLayout, QVBoxLayout, QWidget

from console.domain.columns import StandardColumn, standard
from console.domain.profile import Profile
from console.domain.text import safe_text
from console.settings.checks import MAPPED_SECTIONS
from console.ui.services import Metric
from console.ui.text import section_title, tr
from console.ui.theme import Space, Theme, Type
from console.ui.widgets import EmptyState, Label, set_tip
from console.ui.windows.frame import WheelGuard, scrolled

_AUTOMATIC, _NONE = "\0automatic", ""  # item data: the proposal counts; nothing is shown


class MappingPage(QWidget):
    """The standard columns, each with a choice of metrics.

    Signals:
        test_wanted: the metrics are not known; run a test.
        changed: a choice was made.
    """

    test_wanted = Signal()
    changed = Signal()

    def __init__(self, theme: Theme, draft: Profile, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._guard = WheelGuard(self)
        self._mapping = dict(draft.mapping)
        self._combos: dict[str, QComboBox] = {}
        self._empty = EmptyState(theme)
        self._empty.show_state(
            "columns-3",
            tr("The server's metrics are not known yet"),
            tr("Test the connection: then each column can be tied to one of them."),
            "test",
            tr("Test connection"),
        )
        self._empty.action_triggered.connect(self._on_empty_action)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, Space.BETWEEN, 0, 0)
        column.setSpacing(Space.INSIDE)
        column.addWidget(
            Label(
                theme,
                tr("Proposals come from the metrics' names. Choose another metric where a proposal is wrong."),
                muted=True,
                wrap=True,
            )
        )
        self._rows = QWidget()
        self._grid = QGridLayout(self._rows)
        self._grid.setContentsMargins(0, 0, Space.INSIDE, 0)
        self._grid.setHorizontalSpacing(Space.AROUND)
        self._grid.setVerticalSpacing(Space.INSIDE)
        self._grid.setColumnMinimumWidth(0, 140)
        self._grid.setColumnStretch(1, 1)
        column.addWidget(scrolled(self._rows), 1)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(content)

    def read(self, draft: Profile) -> Profile:
        """The draft with the user's own choices; proposals that stand are not written down."""
        return replace(draft, mapping=dict(self._mapping))

    def show_metrics(self, metrics: Sequence[Metric]) -> None:
        """Offer the metrics a test has found."""
        if not metrics:
            return
        ordered = sorted(metrics, key=lambda metric: (metric.category, metric.title.casefold()))
        proposed = {metric.proposed: metric for metric in metrics if metric.proposed}
        self._clear()
        row = 0
        for section in MAPPED_SECTIONS:
            self._grid.addWidget(Label(self._theme, section_title(section), Type.BODY, bold=True), row, 0, 1, 2)
            for column in (column for column in standard(section) if not column.is_computed):
                row += 1
                self._fill_row(row, column, ordered, proposed)
            row += 1
        self._stack.setCurrentIndex(1)

    def combo(self, key: str) -> QComboBox:
        """The choice of a column (``queues.waiting``)."""
        return self._combos[key]

    def _clear(self) -> None:
        self._combos.clear()
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()

    def _fill_row(
        self, row: int, column: StandardColumn, metrics: Sequence[Metric], proposed: Mapping[str, Metric]
    ) -> None:
        key = f"{column.section}.{column.id}"
        title = Label(self._theme, tr(column.title), muted=True)
        set_tip(title, tr(column.definition))
        self._grid.addWidget(title, row, 0)
        combo = QComboBox()
        combo.setAccessibleName(tr("Metric for {column}", column=tr(column.title)))
        set_tip(combo, tr(column.definition))
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        combo.installEventFilter(self._guard)
        proposal = proposed.get(key)
        automatic = tr("proposed: {metric}", metric=safe_text(proposal.title)) if proposal else tr("nothing proposed")
        combo.addItem(automatic, _AUTOMATIC)
        combo.addItem(tr("none – leave the column empty"), _NONE)
        combo.insertSeparator(2)
        for metric in metrics:
            category = f"  ·  {safe_text(metric.category)}" if metric.category else ""
            combo.addItem(f"{safe_text(metric.title)}{category}", metric.id)
        own = self._mapping.get(key, _AUTOMATIC)
        at = combo.findData(own)
        if at < 0:
            combo.addItem(tr("{metric} (not on this server)", metric=safe_text(own)), own)
            at = combo.count() - 1
        combo.setCurrentIndex(at)
        combo.setProperty("column_key", key)
        combo.currentIndexChanged.connect(self._on_chosen)
        self._combos[key] = combo
        self._grid.addWidget(combo, row, 1)

    def _on_chosen(self, _index: int) -> None:
        for key, combo in self._combos.items():
            chosen = str(combo.currentData())
            if chosen == _AUTOMATIC:
                self._mapping.pop(key, None)
            else:
                self._mapping[key] = chosen
        self.changed.emit()

    def _on_empty_action(self, _action: str) -> None:
        self.test_wanted.emit()
